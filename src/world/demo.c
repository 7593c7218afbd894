#include "world/demo.h"

#include "app/publish.h"
#include "app/work.h"
#include "base/banned.h"
#include "base/embedded.h"
#include "store/debtor.h"
#include "store/document.h"
#include "store/message.h"
#include "world/folder.h"
#include "world/sample.h"
#include "world/world.h"

extern const pn_embedded pn_share_files[];

typedef struct {
    const pn_demo_options *options;
    pn_world *world;
    pn_app *app;
    pn_worker *worker;
    pn_date shown;
    pn_arena *arena;
    pn_demo_result *result;
} demo;

/* The first day: a Monday before which something is overdue already. The months that follow hold a
 * Holy Week, public holidays on both sides of the ocean and a night that daylight saving shortens.
 */
static pn_date first_day(void) {
    return pn_date_of(2026, 2, 2);
}

/* ── beginning ───────────────────────────────────────────────────────────────────────────────── */

static pn_err publish_strategies(demo *d, pn_diag *diag) {
    for (const pn_embedded *file = pn_share_files; file->name != NULL; file++) {
        pn_problems problems;
        pn_publish_result published;
        if (pn_str_starts(pn_str_of(file->name), PN_STR("strategies/"))) {
            PN_TRY(pn_publish_strategy(d->app, pn_embedded_text(file), (pn_publish_choice){0},
                                       d->arena, &problems, &published, diag));
        }
    }
    return PN_OK;
}

/* Who the e-mails come from. */
static pn_err name_sender(demo *d, pn_diag *diag) {
    pn_channel_row row;
    PN_TRY(pn_app_begin(d->app, diag));
    pn_err err = pn_channel_get(d->app->db, d->app->org.id, PN_CHANNEL_EMAIL, d->arena, &row);
    if (err == PN_OK) {
        row.sender = PN_STR("Grupo Demo <cobros@grupo-demo.example>");
        err = pn_channel_put(d->app->db, &row);
    }
    return pn_app_end(d->app, err, diag);
}

/* The folder's file is new; a server's database is whatever it is. */
static pn_err must_be_empty(demo *d, pn_diag *diag) {
    pn_org_row *rows = NULL;
    size_t count = 0;
    pn_err err = pn_org_list(d->app->db, d->arena, &rows, &count);
    if (err != PN_OK || count == 0) {
        return pn_app_fail(d->app, err, diag);
    }
    err = pn_diag_set(diag, PN_DENIED, "The database %.*s holds “%.*s” already.",
                      PN_STR_ARG(d->result->db), PN_STR_ARG(rows[0].name));
    pn_diag_mend(diag, "A demo lives in a database, or a schema of it, that holds nothing.");
    return err;
}

static pn_err begin(demo *d, pn_diag *diag) {
    pn_str folder = d->options->out;
    const char *url = pn_str_z(d->arena, d->options->url);
    PN_TRY(pn_folder_prepare(folder, d->arena, diag));
    if (url[0] == '\0') {
        url = pn_str_format(d->arena, "%.*s/puntual.db", PN_STR_ARG(folder)).ptr;
    }
    pn_app_options options = {.url = url,
                              .create = true,
                              .env = &d->world->env,
                              .log = d->options->log,
                              .actor = "demo",
                              .scratch = true};
    PN_TRY(pn_app_open(&options, &d->app, diag));
    d->result->db = pn_str_dup(d->arena, pn_str_of(pn_db_path(d->app->db)));
    PN_TRY(must_be_empty(d, diag));
    d->app->driver_override = &pn_channel_world;
    pn_init_request init = {.name = PN_STR("Grupo Demo"),
                            .country = PN_STR("ES"),
                            .mode = PN_MODE_SANDBOX,
                            .clock = PN_TIME_NONE};
    const pn_zone *madrid = NULL;
    PN_TRY(pn_app_zone(d->app, PN_STR("Europe/Madrid"), &madrid, diag));
    init.clock = pn_zone_instant(madrid, first_day(), 0);
    PN_TRY(pn_publish_init(d->app, &init, diag));
    PN_TRY(name_sender(d, diag));
    PN_TRY(publish_strategies(d, diag));
    return pn_world_begin(d->world, d->app, diag);
}

/* ── living ──────────────────────────────────────────────────────────────────────────────────── */

static pn_err live_moment(void *context, pn_app *app, pn_time now, pn_time *ret_next,
                          pn_diag *diag) {
    demo *d = context;
    return pn_world_live(d->world, app, now, ret_next, diag);
}

static void show_moment(void *context, pn_time now, const pn_work_stats *stats) {
    demo *d = context;
    pn_date today = pn_zone_date(pn_app_zone_or_own(d->app, d->app->org.zone), now);
    if (today == d->shown || d->options->progress == NULL) {
        return;
    }
    d->shown = today;
    pn_demo_progress progress = {.today = today,
                                 .day = today - first_day(),
                                 .days = d->options->days,
                                 .sent = stats->delivery.sent,
                                 .payments = d->world->statement};
    d->options->progress(d->options->context, &progress);
}

static pn_err live(demo *d, pn_diag *diag) {
    pn_work_stats stats = {0};
    pn_advance_watch watch = {.each = live_moment, .progress = show_moment, .context = d};
    const pn_zone *zone = pn_app_zone_or_own(d->app, d->app->org.zone);
    pn_time to = pn_zone_instant(zone, first_day() + d->options->days, 0);
    PN_TRY(pn_worker_open(d->app, &d->worker, diag));
    PN_TRY(pn_worker_advance(d->worker, to, &watch, &stats, diag));
    return pn_report_make(d->app, first_day(), first_day() + d->options->days, d->arena,
                          &d->result->report, diag);
}

/* ── samples ─────────────────────────────────────────────────────────────────────────────────── */

typedef struct {
    const char *name, *what, *family;
    int tone;          /* 0: any */
    int64_t items_min; /* invoices it lists */
    const char *currency;
} wanted;

static const wanted WANTED[PN_DEMO_SAMPLES] = {
    {"mail-1-entrega", "an invoice is delivered", "entrega", 0, 1, "MXN"},
    {"mail-2-recordatorio", "a second reminder that lists several invoices", "recordatorio", 2, 3,
     "EUR"},
    {"mail-3-reclamacion", "a firm reminder in Mexico", "recordatorio", 3, 2, "MXN"},
};

enum { LOOKED_AT = 400 };

static bool fits(const demo *d, const pn_carrier_row *carrier, const wanted *want) {
    pn_json *facts = NULL;
    const pn_world_debtor *debtor = pn_world_debtor_of(d->world, carrier->debtor_id);
    if (debtor == NULL || strcmp(debtor->of->currency, want->currency) != 0 ||
        pn_json_parse(carrier->facts, NULL, d->arena, &facts, NULL) != PN_OK) {
        return false;
    }
    const pn_json *items = pn_json_field(facts, "items");
    return items != NULL && (int64_t)items->count >= want->items_min && items->count <= 8;
}

/* The first message that fits; in a short demo there may be none, and the first of its kind does.
 */
static pn_err choose(demo *d, const wanted *want, pn_carrier_row *ret_carrier) {
    pn_id *ids = NULL;
    size_t count = 0;
    PN_TRY(pn_report_sent(d->app->db, d->app->org.id, pn_str_of(want->family), want->tone,
                          LOOKED_AT, d->arena, &ids, &count));
    for (size_t i = 0; i < count; i++) {
        PN_TRY(pn_carrier_get(d->app->db, ids[i], d->arena, ret_carrier));
        if (fits(d, ret_carrier, want)) {
            return PN_OK;
        }
    }
    return count == 0 ? PN_NOT_FOUND : pn_carrier_get(d->app->db, ids[0], d->arena, ret_carrier);
}

static pn_err write_sample(demo *d, const wanted *want, pn_diag *diag) {
    pn_carrier_row carrier;
    pn_str mail, html;
    pn_err err = choose(d, want, &carrier);
    if (err == PN_OK) {
        err = pn_carrier_content(d->app->db, carrier.id, d->arena, &mail);
    }
    if (err == PN_NOT_FOUND) {
        return PN_OK; /* a demo of a few days has sent none of these */
    }
    if (err != PN_OK) {
        return pn_app_fail(d->app, err, diag);
    }
    pn_demo_sample *sample = &d->result->samples[d->result->sample_count];
    *sample = (pn_demo_sample){
        .what = want->what,
        .subject = carrier.subject,
        .to = carrier.address,
        .eml = pn_str_format(d->arena, "%.*s/%s.eml", PN_STR_ARG(d->options->out), want->name),
        .html = pn_str_format(d->arena, "%.*s/%s.html", PN_STR_ARG(d->options->out), want->name)};
    PN_TRY(pn_folder_write(sample->eml, mail, diag));
    PN_TRY(pn_sample_html(mail, d->arena, &html));
    PN_TRY(pn_folder_write(sample->html, html, diag));
    d->result->sample_count++;
    return PN_OK;
}

/* A debtor whose story has turns, and a message that was not sent. */
static pn_err choose_examples(demo *d, pn_diag *diag) {
    pn_demo_result *result = d->result;
    for (size_t i = 0; i < d->world->debtor_count && result->debtor == 0; i++) {
        pn_debtor_row row;
        const pn_world_debtor *debtor = &d->world->debtors[i];
        pn_err err = pn_debtor_get(d->app->db, debtor->id, d->arena, &row);
        if (err != PN_OK) {
            return pn_app_fail(d->app, err, diag);
        }
        if (!debtor->large && row.promises_broken != 0 && row.promises_kept != 0) {
            result->debtor = row.id;
            result->debtor_name = row.name;
        }
    }
    pn_id about = 0;
    pn_err err = pn_report_skipped(d->app->db, d->app->org.id, PN_STR("superseded"),
                                   &result->message, &about);
    if (err == PN_NOT_FOUND) {
        return PN_OK;
    }
    if (err != PN_OK) {
        return pn_app_fail(d->app, err, diag);
    }
    result->message_about = pn_world_debtor_of(d->world, about)->name;
    result->message_about = pn_str_dup(d->arena, result->message_about);
    return PN_OK;
}

/* ── the whole ───────────────────────────────────────────────────────────────────────────────── */

static pn_err run(demo *d, pn_diag *diag) {
    PN_TRY(begin(d, diag));
    PN_TRY(live(d, diag));
    for (size_t i = 0; i < PN_DEMO_SAMPLES; i++) {
        PN_TRY(write_sample(d, &WANTED[i], diag));
    }
    return choose_examples(d, diag);
}

pn_err pn_demo_run(const pn_demo_options *options, pn_arena *arena, pn_demo_result *ret_result,
                   pn_diag *diag) {
    *ret_result = (pn_demo_result){.sample_count = 0};
    if (options->days < 1 || options->days > PN_DEMO_DAYS_MAX) {
        return pn_diag_set(diag, PN_INVALID, "A demo lives 1 to %d days.", PN_DEMO_DAYS_MAX);
    }
    demo d = {.options = options,
              .world = pn_world_new(options->seed, first_day(), options->days),
              .shown = PN_DATE_NONE,
              .arena = arena,
              .result = ret_result};
    pn_err err = run(&d, diag);
    pn_worker_close(d.worker);
    pn_app_close(d.app);
    pn_world_free(d.world);
    return err;
}
