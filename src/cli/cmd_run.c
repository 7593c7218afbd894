#include "app/work.h"
#include "base/banned.h"
#include "base/limits.h"
#include "cli/cmd.h"
#include "cli/follow.h"
#include "store/document.h"

/* ── what was done ───────────────────────────────────────────────────────────────────────────── */

/* For people, what is zero goes without saying. */
static void print_count(pn_out *out, const char *key, const char *label, int64_t count) {
    pn_out_int(out, key, count != 0 ? label : NULL, count);
}

static void print_stats(pn_cli *cli, const pn_work_stats *stats) {
    pn_out *out = &cli->out;
    const pn_delivery_stats *delivery = &stats->delivery;
    pn_out_time(out, "now", "Clock", pn_app_now(cli->app));
    print_count(out, "enrolled", "Cases begun", stats->engine.enrolled);
    print_count(out, "stepped", "Cases looked at", stats->engine.stepped);
    print_count(out, "moved", "Cases moved", stats->engine.moved);
    print_count(out, "intents", "Messages written", stats->engine.intents);
    print_count(out, "sent", "Messages sent", delivery->sent);
    print_count(out, "carriers", "… in e-mails", delivery->carriers);
    print_count(out, "skipped", "Not sent", delivery->skipped);
    print_count(out, "delayed", "Delayed", delivery->delayed);
    print_count(out, "retried", "To be tried again", delivery->retried);
    print_count(out, "failed", "Failed", delivery->failed);
    print_count(out, "uncertain", "Uncertain", delivery->uncertain);
    print_count(out, "asked", "Other systems asked", stats->calls.errands.asked);
    print_count(out, "told", "Webhooks told", stats->calls.webhooks.sent);
    print_count(out, "asked_failed", "… in vain", stats->calls.errands.failed);
    print_count(out, "asked_uncertain", "… and nobody knows", stats->calls.errands.uncertain);
    if (stats->engine.stepped + stats->calls.errands.asked == 0 &&
        delivery->sent + delivery->skipped + delivery->failed == 0) {
        pn_out_line(out, "Nothing was due.");
    }
    if (delivery->uncertain != 0) {
        pn_out_line(out, "\nUncertain messages were handed over when something broke off; they are "
                         "not sent again by themselves.");
    }
}

/* A channel that stopped is said: its messages wait. */
static pn_err print_paused(pn_cli *cli) {
    pn_channel_row *rows = NULL;
    size_t count = 0;
    pn_err err = pn_channel_list(cli->app->db, cli->app->org.id, &cli->arena, &rows, &count);
    PN_TRY(pn_app_fail(cli->app, err, &cli->diag));
    for (size_t i = 0; i < count; i++) {
        if (rows[i].paused_reason.len != 0) {
            const char *name = pn_channel_kind_name(rows[i].channel);
            pn_out_line(&cli->out,
                        "\nThe %s channel is paused: %.*s\n`puntual channel resume %s` goes on.",
                        name, PN_STR_ARG(rows[i].paused_reason), name);
        }
    }
    return PN_OK;
}

static pn_err finish(pn_cli *cli, const pn_work_stats *stats) {
    print_stats(cli, stats);
    return print_paused(cli);
}

/* ── run ─────────────────────────────────────────────────────────────────────────────────────── */

const pn_cli_option PN_RUN_OPTIONS[] = {
    {"until-idle", NULL, "read the clock again until nothing is due any more"},
    {"follow", NULL, "stay, and work whenever something is due, until a signal ends it"},
    {"lease", "SECONDS",
     "how long a message that is claimed belongs to this process (default 300)"},
    {NULL, NULL, NULL},
};

pn_err pn_cmd_run(pn_cli *cli) {
    pn_worker *worker = NULL;
    pn_work_stats stats = {0};
    PN_TRY(pn_cli_lease(cli));
    if (pn_cli_given(cli, "follow")) {
        PN_TRY(pn_cli_follow(cli, &stats));
        return finish(cli, &stats);
    }
    PN_TRY(pn_worker_open(cli->app, &worker, &cli->diag));
    pn_err err = pn_worker_run(worker, &stats, &cli->diag);
    while (err == PN_OK && pn_cli_given(cli, "until-idle")) {
        int64_t before = stats.engine.moved + stats.delivery.sent + stats.delivery.failed;
        err = pn_worker_run(worker, &stats, &cli->diag);
        if (stats.engine.moved + stats.delivery.sent + stats.delivery.failed == before) {
            break;
        }
    }
    pn_worker_close(worker);
    PN_TRY(err);
    return finish(cli, &stats);
}

/* ── advance ─────────────────────────────────────────────────────────────────────────────────── */

const pn_cli_option PN_ADVANCE_OPTIONS[] = {
    {"to", "DATE", "until the beginning of that day, or a time like 2026-03-31T10:00"},
    {"days", "N", "so many days, until the same time of day"},
    {"lease", "SECONDS",
     "how long a message that is claimed belongs to this process (default 300)"},
    {NULL, NULL, NULL},
};

static pn_err parse_target(pn_cli *cli, pn_time *ret_to) {
    pn_time now = pn_app_now(cli->app);
    int64_t days = 0;
    if (pn_cli_given(cli, "to") == pn_cli_given(cli, "days")) {
        return pn_cli_usage(cli, "Say either --to DATE or --days N.");
    }
    PN_TRY(pn_cli_int(cli, "days", 0, PN_LIMIT_ADVANCE_DAYS, 0, &days));
    pn_local local = pn_zone_local(cli->out.zone, now);
    *ret_to = pn_zone_instant(cli->out.zone, local.date + (pn_date)days, local.second);
    PN_TRY(pn_cli_time(cli, "to", cli->out.zone, *ret_to, ret_to));
    if (*ret_to < now) {
        return pn_diag_set(&cli->diag, PN_INVALID,
                           "The sandbox's clock stands at %.*s already; it only moves forward.",
                           PN_STR_ARG(pn_time_iso(now, cli->out.zone, &cli->arena)));
    }
    return PN_OK;
}

static void show_day(void *context, pn_time now, const pn_work_stats *stats) {
    pn_cli *cli = context;
    char date[PN_DATE_ISO_SIZE];
    pn_cli_progress("%s  %lld steps, %lld messages sent",
                    pn_date_iso(pn_zone_date(cli->out.zone, now), date),
                    (long long)stats->engine.stepped, (long long)stats->delivery.sent);
}

pn_err pn_cmd_advance(pn_cli *cli) {
    pn_time to = PN_TIME_NONE;
    pn_worker *worker = NULL;
    pn_work_stats stats = {0};
    pn_advance_watch watch = {.progress = show_day, .context = cli};
    PN_TRY(parse_target(cli, &to));
    PN_TRY(pn_cli_lease(cli));
    PN_TRY(pn_worker_open(cli->app, &worker, &cli->diag));
    pn_err err = pn_worker_advance(worker, to, &watch, &stats, &cli->diag);
    pn_cli_progress("%s", "");
    pn_worker_close(worker);
    PN_TRY(err);
    return finish(cli, &stats);
}
