/* Fuzzes template families and the e-mails that come of them. The first eight bytes choose the
 * facts, up to the first NUL the texts in them are hostile too, the rest is the document. Checked
 * besides memory: a refusal has a sentence and a place; what compiles strictly renders, or fails
 * with a sentence; subjects are one line, HTML has no NUL and no script that facts brought in;
 * equal inputs give equal mails. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/utf8.h"
#include "compose/compose.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds) {
    if (!holds) {
        abort();
    }
}

typedef struct {
    pn_buf subject, text, html;
} mail;

static mail mail_new(void) {
    mail m;
    pn_buf_init(&m.subject, PN_LIMIT_TEMPLATE_BYTES);
    pn_buf_init(&m.text, PN_LIMIT_TEMPLATE_BYTES);
    pn_buf_init(&m.html, PN_LIMIT_TEMPLATE_BYTES);
    return m;
}

static void mail_free(mail *m) {
    pn_buf_done(&m->subject);
    pn_buf_done(&m->text);
    pn_buf_done(&m->html);
}

/* The example with what the seed takes away, and `text` where a debtor or an ERP may write. */
static void facts_of(uint64_t seed, pn_str text, pn_arena *arena, pn_compose_facts *facts) {
    static const char *const COUNTRIES[] = {"ES", "MX", "CL", "BR", "US", "", "XX", "AR"};
    static const char *const LANGUAGES[] = {"es", "en", "pt", "es-419"};
    pn_compose_example(pn_str_of(LANGUAGES[seed & 3]), pn_str_of(COUNTRIES[seed >> 2 & 7]), arena,
                       facts);
    facts->overdue_count = seed >> 5 & 1 ? facts->overdue_count : 0;
    facts->upcoming_count = seed >> 6 & 1 ? facts->upcoming_count : 0;
    facts->link = seed >> 7 & 1 ? facts->link : text;
    facts->creditor_iban = seed >> 8 & 1 ? facts->creditor_iban : text;
    facts->deadline = seed >> 9 & 1 ? facts->deadline : PN_DATE_NONE;
    facts->total.minor = seed >> 10 & 1 ? facts->total.minor : (int64_t)(seed << 13);
    facts->promise_due = seed >> 11 & 1 ? facts->promise_due : PN_DATE_NONE;
    if (seed >> 12 & 1) {
        pn_attr *attr = pn_arena_new(arena, pn_attr);
        *attr = (pn_attr){.key = text,
                          .type = (pn_attr_type)(seed >> 14 & 3),
                          .text = text,
                          .number = (int64_t)seed};
        facts->debtor_attrs = attr;
        facts->debtor_attr_count = 1;
    }
    if (text.len != 0) {
        pn_compose_item *items = pn_arena_array(arena, pn_compose_item, 2);
        items[0] = facts->overdue[0];
        items[1] = facts->overdue[1];
        items[0].number = items[1].product = text;
        items[1].days_overdue = (int32_t)(seed >> 20);
        items[1].amount.minor = (int64_t)seed;
        facts->overdue = items;
        facts->overdue_count = seed >> 13 & 1 ? 2 : 1;
        facts->debtor_name = facts->contact_name = facts->reference = text;
        facts->creditor_address = facts->code = facts->handover_name = text;
    }
}

static void check_mail(const mail *m) {
    for (size_t i = 0; i < m->subject.len; i++) {
        check((unsigned char)m->subject.ptr[i] >= 0x20);
    }
    check(m->subject.len > 0);
    check(memchr(m->html.ptr, '\0', m->html.len) == NULL);
    check(memchr(m->text.ptr, '\0', m->text.len) == NULL);
    check(pn_str_find(pn_buf_str(&m->html), PN_STR("<script")) == SIZE_MAX);
}

static void write_mails(const pn_family *family, const pn_compose_facts *facts) {
    mail first = mail_new(), second = mail_new();
    pn_arena arena;
    pn_arena_init(&arena, 0);
    for (size_t i = 0; i < pn_family_variant_count(family); i++) {
        const pn_variant *variant = pn_family_variant(family, i);
        pn_diag diag = {0};
        if (pn_variant_channel(variant) != PN_CHANNEL_EMAIL) {
            continue;
        }
        pn_buf_clear(&first.subject);
        pn_buf_clear(&first.text);
        pn_buf_clear(&first.html);
        pn_buf_clear(&second.subject);
        pn_buf_clear(&second.text);
        pn_buf_clear(&second.html);
        pn_arena_reset(&arena);
        pn_err err = pn_compose_email(variant, facts, &arena, &first.subject, &first.text,
                                      &first.html, &diag);
        check(err == PN_OK ||
              (diag.what[0] != '\0' && first.subject.len + first.text.len + first.html.len == 0));
        if (err == PN_OK) {
            check_mail(&first);
            check(pn_compose_email(variant, facts, &arena, &second.subject, &second.text,
                                   &second.html, &diag) == PN_OK);
            check(pn_str_eq(pn_buf_str(&first.html), pn_buf_str(&second.html)));
            check(pn_str_eq(pn_buf_str(&first.text), pn_buf_str(&second.text)));
        }
    }
    pn_arena_done(&arena);
    mail_free(&first);
    mail_free(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    uint64_t seed = 0;
    if (size < sizeof seed) {
        return 0;
    }
    memcpy(&seed, data, sizeof seed);
    pn_str rest = {(const char *)data + sizeof seed, size - sizeof seed}, text = PN_STR_NONE;
    size_t nul = pn_str_find_char(rest, '\0');
    if (nul != SIZE_MAX) {
        text = pn_str_first(rest, nul);
        rest = pn_str_from(rest, nul + 1);
    }
    pn_arena arena;
    pn_arena_init(&arena, 0);
    pn_json *document = NULL;
    if (pn_json_parse(rest, NULL, &arena, &document, NULL) == PN_OK) {
        const pn_family *family = NULL;
        pn_compose_problems problems;
        pn_diag diag = {0};
        pn_err err = pn_family_compile(document, &arena, &family, &problems, &diag);
        check(err == PN_OK ? problems.errors == 0
                           : family == NULL && problems.errors != 0 && diag.what[0] != '\0' &&
                                 diag.where[0] != '\0');
        for (size_t i = 0; i < problems.count; i++) {
            check(problems.items[i].sentence.len != 0 && problems.items[i].where.len != 0);
        }
        if (err == PN_OK) {
            pn_compose_facts facts;
            facts_of(seed, text, &arena, &facts);
            write_mails(family, &facts);
        }
    }
    pn_arena_done(&arena);
    return 0;
}
