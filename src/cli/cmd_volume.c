/* How much a strategy sends, and letting one go on that the volume breaker stopped. */
#include "app/volume.h"
#include "base/banned.h"
#include "cli/cmd.h"

const pn_cli_option PN_VOLUME_OPTIONS[] = {
    {"daily-max", "N", "at most so many messages a day, whatever is predicted; 0 ends it"},
    {NULL, NULL, NULL},
};

/* No bound is an empty text for people and null for programs. */
static void print_bound(pn_cli *cli, const char *key, const char *label, int64_t bound) {
    if (bound != INT64_MAX) {
        pn_out_int(&cli->out, key, label, bound);
    } else {
        pn_out_raw(&cli->out, key, NULL, PN_STR("null"));
        pn_out_line(&cli->out, "%s: no bound", label);
    }
}

static void print_days(pn_cli *cli, const pn_volume_report *report) {
    static const pn_column COLUMNS[] = {
        {"day", "Day", false}, {"sent", "Messages", true}, {"released", "Released", false}};
    pn_out_table(&cli->out, "days", COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < report->day_count; i++) {
        pn_cell_date(&cli->out, report->days[i].day);
        pn_cell_int(&cli->out, report->days[i].sent);
        pn_cell_raw(&cli->out, report->days[i].released ? PN_STR("true") : PN_STR_NONE);
    }
    pn_out_table_end(&cli->out, "It has not sent anything in the last eight weeks.");
}

static void print_report(pn_cli *cli, const pn_volume_report *report) {
    pn_out *out = &cli->out;
    pn_out_str(out, "strategy", "Strategy", report->strategy.name);
    pn_out_date(out, "stopped_on", "Stopped on", report->strategy.stopped_on);
    pn_out_int(out, "sent_today", "Sent today", report->sent_today);
    print_bound(cli, "allowed_today", "Allowed today", report->allowed_today);
    print_bound(cli, "predicted", "From its history", report->predicted.allowed);
    pn_out_raw(out, "daily_max", report->strategy.daily_max != 0 ? "Daily maximum" : NULL,
               report->strategy.daily_max != 0
                   ? pn_str_format(&cli->arena, "%lld", (long long)report->strategy.daily_max)
                   : PN_STR("null"));
    pn_out_int(out, "history_days", "Days with messages", report->predicted.days);
    pn_out_int(out, "mean", "Mean", report->predicted.mean);
    pn_out_int(out, "deviation", "Standard deviation", report->predicted.deviation);
    pn_out_int(out, "most", "Busiest day", report->predicted.most);
    print_days(cli, report);
    if (report->predicted.allowed == INT64_MAX) {
        pn_out_line(out,
                    "Nothing is predicted before %d days with messages and a whole month; "
                    "--daily-max sets a bound.",
                    PN_VOLUME_DAYS_MIN);
    }
    if (report->strategy.stopped_on != PN_DATE_NONE) {
        pn_out_line(out, "`puntual strategy release %.*s` lets it go on.",
                    PN_STR_ARG(report->strategy.name));
    }
}

static pn_err set_max(pn_cli *cli, void *context) {
    const int64_t *max = context;
    return pn_volume_set_max(cli->app, cli->args[0], *max, &cli->arena, &cli->diag);
}

pn_err pn_cmd_strategy_volume(pn_cli *cli) {
    enum { MOST = 1000000000 };
    pn_volume_report report;
    int64_t max = 0;
    PN_TRY(pn_cli_int(cli, "daily-max", 0, MOST, 0, &max));
    if (pn_cli_given(cli, "daily-max")) {
        PN_TRY(pn_cli_write(cli, set_max, &max));
    }
    PN_TRY(pn_volume_look(cli->app, cli->args[0], &cli->arena, &report, &cli->diag));
    print_report(cli, &report);
    return PN_OK;
}

static pn_err release(pn_cli *cli, void *context) {
    (void)context;
    return pn_volume_release(cli->app, cli->args[0], pn_cli_value(cli, "reason"), &cli->arena,
                             &cli->diag);
}

pn_err pn_cmd_strategy_release(pn_cli *cli) {
    PN_TRY(pn_cli_write(cli, release, NULL));
    pn_out_str(&cli->out, "released", "Released", cli->args[0]);
    pn_out_line(&cli->out, "It may send whatever it wants today; tomorrow its history counts "
                           "again, today included.");
    return PN_OK;
}
