/* What an e-mail costs as the product writes it, on one core: facts cleaned, objects made, subject,
 * HTML and plain text written from the ready reminder, for one invoice and for ten. Beside it what
 * memcpy of the same bytes would do, and the bare Liquid programs of the same e-mail. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/embedded.h"
#include "base/limits.h"
#include "compose/compose.h"
#include "compose/data.h"
#include "compose/family.h"
#include "rig.h"

extern const pn_embedded pn_share_files[];

enum { INVOICES = 10, ROUNDS = 5 };

typedef struct {
    pn_buf subject, text, html;
    pn_arena arena;
} desk;

static pn_arena arena;

static const pn_variant *reminder(void) {
    const pn_embedded *file =
        pn_embedded_find(pn_share_files, PN_STR("templates/recordatorio.json"));
    assert(file != NULL);
    pn_json *json = NULL;
    const pn_family *family = NULL;
    pn_diag diag = {0};
    rig_must(pn_json_parse(pn_embedded_text(file), NULL, &arena, &json, &diag), &diag);
    rig_must(pn_family_compile(json, &arena, &family, NULL, &diag), &diag);
    return pn_family_choose(family, PN_CHANNEL_EMAIL, PN_STR("es"), PN_STR_NONE, PN_FORM_ANY, 3);
}

static pn_compose_facts facts_with(size_t count) {
    pn_compose_facts facts;
    pn_compose_example(PN_STR("es"), PN_STR("ES"), &arena, &facts);
    pn_compose_item *items = pn_arena_array(&arena, pn_compose_item, count);
    facts.total = (pn_money){0, facts.total.currency};
    for (size_t i = 0; i < count; i++) {
        items[i] = facts.overdue[0];
        items[i].number = pn_str_format(&arena, "2026/%06zu", 123 + i * 8);
        items[i].claimable.minor = items[i].open.minor += (int64_t)i * 4177;
        items[i].days_overdue -= (int32_t)i;
        items[i].due += (pn_date)i;
        facts.total.minor += items[i].claimable.minor;
    }
    facts.total_overdue = facts.total;
    facts.overdue = items;
    facts.overdue_count = count;
    facts.upcoming_count = 0;
    return facts;
}

static void clear(desk *d) {
    pn_arena_reset(&d->arena);
    pn_buf_clear(&d->subject);
    pn_buf_clear(&d->text);
    pn_buf_clear(&d->html);
}

static void write_mail(desk *d, const pn_variant *variant, const pn_compose_facts *facts) {
    pn_diag diag;
    clear(d);
    rig_must(pn_compose_email(variant, facts, &d->arena, &d->subject, &d->text, &d->html, &diag),
             &diag);
}

/* What of it is Liquid. */
static void write_liquid(desk *d, const pn_variant *variant, const pn_compose_facts *facts) {
    pn_diag diag;
    clear(d);
    pn_liquid_context context = {.root = pn_compose_objects(facts, &d->arena),
                                 .language = variant->language,
                                 .country = facts->country,
                                 .zone = facts->zone,
                                 .now = facts->now};
    rig_must(pn_liquid_render(variant->subject, &context, &d->arena, &d->subject, &diag), &diag);
    for (size_t i = 0; i < variant->block_count; i++) {
        if (variant->blocks[i].program != NULL) {
            rig_must(
                pn_liquid_render(variant->blocks[i].program, &context, &d->arena, &d->text, &diag),
                &diag);
        }
    }
}

typedef void writer(desk *d, const pn_variant *variant, const pn_compose_facts *facts);

/* Times a second, the best of the rounds. */
static double measure(writer *write, desk *d, const pn_variant *variant,
                      const pn_compose_facts *facts, int count) {
    double best = 0;
    for (int round = 0; round < ROUNDS; round++) {
        double start = rig_seconds();
        for (int i = 0; i < count; i++) {
            write(d, variant, facts);
        }
        best = PN_MAX(best, count / (rig_seconds() - start));
    }
    return best;
}

static void report(const char *job, desk *d, const pn_variant *variant, size_t invoices,
                   int count) {
    pn_compose_facts facts = facts_with(invoices);
    double liquid = measure(write_liquid, d, variant, &facts, count);
    rig_count_begin();
    double rate = measure(write_mail, d, variant, &facts, count);
    rig_count_end(job, (int64_t)count * ROUNDS);
    size_t bytes = d->subject.len + d->text.len + d->html.len;
    char more[200];
    (void)snprintf(more, sizeof more,
                   "\"html_bytes\":%zu,\"text_bytes\":%zu,\"liquid_alone_s\":%.0f", d->html.len,
                   d->text.len, liquid);
    rig_report(job, rate, "e-mails/s", rig_raw_copies(bytes), rig_own_rss_mb(), more);
}

int main(int argc, char **argv) {
    int count = (int)rig_number(argc, argv, "mails", 60000);
    pn_arena_init(&arena, 0);
    desk d;
    pn_arena_init(&d.arena, 0);
    pn_buf_init(&d.subject, PN_LIMIT_TEMPLATE_BYTES);
    pn_buf_init(&d.text, PN_LIMIT_TEMPLATE_BYTES);
    pn_buf_init(&d.html, PN_LIMIT_TEMPLATE_BYTES);
    const pn_variant *variant = reminder();
    report("compose", &d, variant, 1, count);
    report("compose-ten", &d, variant, INVOICES, count);
    pn_buf_done(&d.subject);
    pn_buf_done(&d.text);
    pn_buf_done(&d.html);
    pn_arena_done(&d.arena);
    pn_arena_done(&arena);
    return 0;
}
