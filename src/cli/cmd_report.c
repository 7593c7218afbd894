/* Reports, as the API has them. Formulas: docs/reports.md. */
#include "app/report_cause.h"
#include "app/report_money.h"
#include "app/rollup.h"
#include "app/segments.h"
#include "base/banned.h"
#include "cli/cmd.h"

#define WHOSE                                                                                      \
    {"creditor", "NAME", "of this one alone"}, {                                                   \
        "segment", "NAME", "of the cases that fit this segment's rule today"                       \
    }
#define SPAN                                                                                       \
    {"from", "DATE", "first day (default: 30 days ago)"},                                          \
        {"to", "DATE", "the first day that is not in it (default: tomorrow)"}, WHOSE
const pn_cli_option PN_REPORT_OPTIONS[] = {SPAN, {NULL, NULL, NULL}};
const pn_cli_option PN_REPORT_AGEING_OPTIONS[] = {
    {"as-of", "DATE", "at the end of this day (default: today)"},
    WHOSE,
    {NULL, NULL, NULL},
};
const pn_cli_option PN_REPORT_CAUSES_OPTIONS[] = {
    {"by", "WHAT", "phase, channel, template, strategy or segment"},
    SPAN,
    {NULL, NULL, NULL},
};
const pn_cli_option PN_REPORT_SPLITS_OPTIONS[] = {
    {"from", "DATE", "who came into an arm from this day on (default: 30 days ago)"},
    {"to", "DATE", "before this one (default: tomorrow)"},
    {"days", "N", "payments count so long after it (default 30)"},
    WHOSE,
    {NULL, NULL, NULL},
};
const pn_cli_option PN_REPORT_STEPS_OPTIONS[] = {
    {"from", "DATE", "first day (default: from the beginning)"},
    {"to", "DATE", "the first day that is not in it (default: until now)"},
    WHOSE,
    {NULL, NULL, NULL},
};

static pn_err ready(pn_cli *cli) {
    bool stale = false;
    PN_TRY(pn_app_fail(cli->app, pn_rollup_is_stale(cli->app->db, cli->app->org.id, &stale),
                       &cli->diag));
    if (!stale) {
        return PN_OK;
    }
    pn_err err = pn_diag_set(&cli->diag, PN_CONFLICT,
                             "The figures have to be made anew: an older program kept none.");
    pn_diag_mend(&cli->diag, "Run `puntual report rebuild`; a server does it by itself.");
    return err;
}

static pn_err read_days(pn_cli *cli, pn_date *ret_from, pn_date *ret_to) {
    pn_date today = pn_app_today(cli->app);
    PN_TRY(ready(cli));
    PN_TRY(pn_cli_date(cli, "from", today - 30, ret_from));
    PN_TRY(pn_cli_date(cli, "to", today + 1, ret_to));
    return *ret_to > *ret_from
               ? PN_OK
               : pn_cli_usage(cli, "The report ends before it begins (--from, --to).");
}

static pn_err read_of(pn_cli *cli, pn_report_of *ret_of) {
    pn_str creditor = pn_cli_value(cli, "creditor"), segment = pn_cli_value(cli, "segment");
    *ret_of = (pn_report_of){0};
    if (creditor.len != 0) {
        const pn_creditor_row *row = NULL;
        PN_TRY(pn_app_find_creditor(cli->app, creditor, &row, &cli->diag));
        ret_of->creditor_id = row->id;
    }
    if (segment.len != 0) {
        pn_segment_row row;
        PN_TRY(pn_segments_get(cli->app, segment, &cli->arena, &row, &cli->diag));
        PN_TRY(pn_segments_rule(&row, &cli->arena, &ret_of->rule, &cli->diag));
    }
    return PN_OK;
}

static void cell_known(pn_out *out, int64_t value) {
    if (value < 0) {
        pn_cell_raw(out, PN_STR_NONE);
    } else {
        pn_cell_int(out, value);
    }
}

/* "1,210.00 EUR, 90.50 USD": cells hold one thing. */
static void cell_monies(pn_out *out, const pn_figure_monies *monies) {
    pn_buf text;
    pn_buf_init(&text, 4096);
    for (size_t i = 0; i < monies->count; i++) {
        pn_buf_add_z(&text, i == 0 ? "" : ", ");
        pn_amount_plain(&text, monies->items[i].amount,
                        pn_currency_decimals(monies->items[i].currency));
        pn_buf_add_char(&text, ' ');
        pn_buf_add_z(&text, monies->items[i].currency.code);
    }
    pn_cell_str(out, pn_str_dup(out->arena, pn_buf_str(&text)));
    pn_buf_done(&text);
}

/* ── money ───────────────────────────────────────────────────────────────────────────────────── */

pn_err pn_cmd_report_ageing(pn_cli *cli) {
    static const pn_column COLUMNS[] = {
        {"currency", "Currency", false}, {"creditor", "Creditor", false},
        {"open", "Open", true},          {"not_due", "Not due", true},
        {"days_1", "1–30", true},        {"days_31", "31–60", true},
        {"days_61", "61–90", true},      {"days_91", "91–120", true},
        {"days_121", "121…", true},
    };
    pn_ageing_row *rows = NULL;
    size_t count = 0;
    pn_report_of of;
    pn_date as_of = 0;
    pn_out *out = &cli->out;
    PN_TRY(ready(cli));
    PN_TRY(pn_cli_date(cli, "as-of", pn_app_today(cli->app), &as_of));
    PN_TRY(read_of(cli, &of));
    PN_TRY(pn_report_ageing(cli->app, as_of, &of, &cli->arena, &rows, &count, &cli->diag));
    pn_out_date(out, "as_of", "At the end of", as_of);
    pn_out_table(out, "rows", COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < count; i++) {
        const pn_creditor_row *creditor = pn_app_creditor(cli->app, rows[i].creditor_id);
        pn_cell_str(out, pn_str_of(rows[i].currency.code));
        pn_cell_str(out, creditor != NULL ? creditor->name : PN_STR(""));
        pn_cell_amount(out, (pn_money){rows[i].open, rows[i].currency});
        for (size_t j = 0; j < PN_AGE_BANDS; j++) {
            pn_cell_amount(out, (pn_money){rows[i].bands[j], rows[i].currency});
        }
    }
    pn_out_table_end(out, "Nothing was open.");
    return PN_OK;
}

pn_err pn_cmd_report_money(pn_cli *cli) {
    static const pn_column COLUMNS[] = {
        {"currency", "Currency", false},
        {"open_before", "Open before", true},
        {"billed", "Billed", true},
        {"collected", "Collected", true},
        {"taken_back", "Taken back", true},
        {"lowered", "Lowered", true},
        {"open", "Open", true},
        {"overdue", "Overdue", true},
        {"payments", "Payments", true},
        {"paid_late_tenths", "Late, days/10", true},
        {"dso_tenths", "DSO, days/10", true},
        {"countback_days", "Countback", true},
        {"add_tenths", "ADD, days/10", true},
        {"cei_bp", "CEI, %/100", true},
    };
    pn_money_row *rows = NULL;
    size_t count = 0;
    pn_report_of of;
    pn_date from = 0, to = 0;
    pn_out *out = &cli->out;
    PN_TRY(read_days(cli, &from, &to));
    PN_TRY(read_of(cli, &of));
    PN_TRY(pn_report_money(cli->app, from, to, &of, &cli->arena, &rows, &count, &cli->diag));
    pn_out_date(out, "from", "From", from);
    pn_out_date(out, "to", "Before", to);
    pn_out_table(out, "currencies", COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < count; i++) {
        const pn_money_row *row = &rows[i];
        const int64_t amounts[] = {row->open_before, row->billed, row->collected, row->taken_back,
                                   row->lowered,     row->open,   row->overdue};
        pn_cell_str(out, pn_str_of(row->currency.code));
        for (size_t j = 0; j < PN_COUNT(amounts); j++) {
            pn_cell_amount(out, (pn_money){amounts[j], row->currency});
        }
        pn_cell_int(out, row->payments);
        pn_cell_int(out, row->paid_late_tenths);
        cell_known(out, row->dso_tenths);
        cell_known(out, row->countback_days);
        cell_known(out, row->add_tenths);
        cell_known(out, row->cei_bp);
    }
    pn_out_table_end(out, "No invoices.");
    return PN_OK;
}

pn_err pn_cmd_report_cohorts(pn_cli *cli) {
    static const pn_column COLUMNS[] = {
        {"currency", "Currency", false}, {"month", "Due in", false}, {"due", "Due", true},
        {"days", "Days after", true},    {"paid", "Paid", true},     {"complete", "Over", false},
    };
    pn_cohort_row *rows = NULL;
    size_t count = 0;
    pn_report_of of;
    pn_date from = 0, to = 0;
    pn_out *out = &cli->out;
    PN_TRY(read_days(cli, &from, &to));
    PN_TRY(read_of(cli, &of));
    PN_TRY(pn_report_cohorts(cli->app, from, to, pn_app_today(cli->app), &of, &cli->arena, &rows,
                             &count, &cli->diag));
    pn_out_table(out, "cohorts", COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < PN_COHORT_POINTS; j++) {
            pn_cell_str(out, pn_str_of(rows[i].currency.code));
            pn_cell_date(out, rows[i].first);
            pn_cell_amount(out, (pn_money){rows[i].due, rows[i].currency});
            pn_cell_int(out, PN_COHORT_DAYS[j]);
            pn_cell_amount(out, (pn_money){rows[i].paid[j], rows[i].currency});
            pn_cell_bool(out, rows[i].complete[j]);
        }
    }
    pn_out_table_end(out, "Nothing was due in these days.");
    return PN_OK;
}

/* ── causes ──────────────────────────────────────────────────────────────────────────────────── */

pn_err pn_cmd_report_causes(pn_cli *cli) {
    static const char *const BY[] = {"phase", "channel", "template", "strategy", "segment"};
    static const pn_column COLUMNS[] = {
        {"name", "Name", false},      {"version", "Version", true},  {"sent", "Sent", true},
        {"bounced", "Bounced", true}, {"failed", "Failed", true},    {"read", "Read", true},
        {"clicked", "Clicked", true}, {"visited", "Visited", true},  {"cost", "Cost", true},
        {"paid", "Paid", true},       {"hands_free", "Alone", true},
    };
    pn_cause_row *rows = NULL;
    size_t count = 0, by = 0;
    pn_report_of of;
    pn_date from = 0, to = 0;
    pn_out *out = &cli->out;
    while (by < PN_COUNT(BY) && !pn_str_eq(pn_cli_value(cli, "by"), pn_str_of(BY[by]))) {
        by++;
    }
    if (by == PN_COUNT(BY)) {
        return pn_cli_usage(cli, "Say --by phase, channel, template, strategy or segment.");
    }
    PN_TRY(read_days(cli, &from, &to));
    PN_TRY(read_of(cli, &of));
    PN_TRY(pn_report_causes(cli->app, (pn_cause_by)by, from, to, &of, &cli->arena, &rows, &count,
                            &cli->diag));
    pn_out_table(out, "rows", COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < count; i++) {
        const pn_cause_row *row = &rows[i];
        pn_cell_str(out, row->name);
        pn_cell_int(out, row->version);
        pn_cell_int(out, row->sent);
        pn_cell_int(out, row->bounced);
        pn_cell_int(out, row->failed);
        pn_cell_int(out, row->read);
        pn_cell_int(out, row->clicked);
        pn_cell_int(out, row->visited);
        cell_monies(out, &row->cost);
        cell_monies(out, &row->paid);
        cell_monies(out, &row->alone);
    }
    pn_out_table_end(out, "Nothing was sent and nothing came in.");
    return PN_OK;
}

static void out_monies(pn_out *out, const char *key, const char *title,
                       const pn_figure_monies *monies) {
    static const pn_column COLUMNS[] = {
        {"amount", "Amount", true}, {"count", "Count", true}, {"currency", "Currency", false}};
    pn_out_title(out, "%s", title);
    pn_out_table(out, key, COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < monies->count; i++) {
        pn_cell_amount(out, (pn_money){monies->items[i].amount, monies->items[i].currency});
        pn_cell_int(out, monies->items[i].count);
        pn_cell_str(out, pn_str_of(monies->items[i].currency.code));
    }
    pn_out_table_end(out, "Nothing.");
}

pn_err pn_cmd_report_work(pn_cli *cli) {
    pn_work_report report;
    pn_report_of of;
    pn_date from = 0, to = 0;
    pn_out *out = &cli->out;
    PN_TRY(read_days(cli, &from, &to));
    PN_TRY(read_of(cli, &of));
    PN_TRY(pn_report_work(cli->app, from, to, &of, &cli->arena, &report, &cli->diag));
    pn_out_date(out, "from", "From", from);
    pn_out_date(out, "to", "Before", to);
    pn_out_int(out, "promises_kept", "Promises kept", report.promises_kept);
    pn_out_int(out, "promises_broken", "Promises broken", report.promises_broken);
    pn_out_int(out, "complaints", "Complaints", report.complaints);
    pn_out_int(out, "tasks", "Tasks done", report.tasks);
    pn_out_int(out, "sent", "Messages sent", report.sent);
    out_monies(out, "cost", "Cost", &report.cost);
    out_monies(out, "paid", "Paid", &report.paid);
    out_monies(out, "hands_free", "Of it without a person's work", &report.alone);
    return PN_OK;
}

pn_err pn_cmd_report_splits(pn_cli *cli) {
    static const pn_column COLUMNS[] = {
        {"key", "Split", false},
        {"arm", "Arm", false},
        {"cases", "Cases", true},
        {"ripe", "Ripe", true},
        {"paid", "Paid", true},
        {"share_bp", "%/100", true},
        {"share_low_bp", "from", true},
        {"share_high_bp", "to", true},
        {"money", "Money", true},
        {"compared", "Compared", false},
        {"difference_bp", "Difference", true},
        {"difference_low_bp", "from", true},
        {"difference_high_bp", "to", true},
        {"differs", "Differs", false},
    };
    const pn_published *version = NULL;
    pn_split_report *splits = NULL;
    pn_report_of of;
    size_t count = 0;
    int64_t days = 0;
    pn_date from = 0, to = 0;
    pn_out *out = &cli->out;
    PN_TRY(pn_cli_int(cli, "days", 1, 365, 30, &days));
    PN_TRY(read_days(cli, &from, &to));
    PN_TRY(read_of(cli, &of));
    PN_TRY(pn_catalog_find(cli->app, cli->args[0], &version, &cli->diag));
    PN_TRY(pn_report_splits(cli->app, version->strategy_id, from, to, (int)days, &of, &cli->arena,
                            &splits, &count, &cli->diag));
    pn_out_table(out, "arms", COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < splits[i].arm_count; j++) {
            const pn_split_arm *arm = &splits[i].arms[j];
            pn_cell_str(out, splits[i].key);
            pn_cell_str(out, arm->arm);
            pn_cell_int(out, arm->cases);
            pn_cell_int(out, arm->ripe);
            pn_cell_int(out, arm->paid);
            pn_cell_int(out, arm->share_bp);
            pn_cell_int(out, arm->share_low_bp);
            pn_cell_int(out, arm->share_high_bp);
            cell_monies(out, &arm->money);
            pn_cell_bool(out, arm->compared);
            pn_cell_int(out, arm->difference_bp);
            pn_cell_int(out, arm->difference_low_bp);
            pn_cell_int(out, arm->difference_high_bp);
            pn_cell_bool(out, arm->differs);
        }
    }
    pn_out_table_end(out, "Nobody came into an arm in these days.");
    return PN_OK;
}

pn_err pn_cmd_report_steps(pn_cli *cli) {
    static const pn_column COLUMNS[] = {
        {"node", "Step", false},   {"runs", "Cases", true},      {"open", "Open", true},
        {"entered", "Came", true}, {"sent", "Sent", true},       {"bounced", "Bounced", true},
        {"read", "Read", true},    {"clicked", "Clicked", true}, {"visited", "Visited", true},
        {"cost", "Cost", true},    {"paid", "Paid", true},
    };
    const pn_published *version = NULL;
    pn_figures figures;
    pn_report_of of;
    pn_date from = 0, to = 0;
    pn_out *out = &cli->out;
    PN_TRY(ready(cli));
    PN_TRY(pn_cli_date(cli, "from", PN_DATE_FIRST, &from));
    PN_TRY(pn_cli_date(cli, "to", PN_DATE_LAST, &to));
    PN_TRY(read_of(cli, &of));
    PN_TRY(pn_catalog_find(cli->app, cli->args[0], &version, &cli->diag));
    PN_TRY(
        pn_figures_make(cli->app, version, from, to - 1, &of, &cli->arena, &figures, &cli->diag));
    pn_out_int(out, "version", "Version", version->version);
    pn_out_table(out, "nodes", COLUMNS, PN_COUNT(COLUMNS));
    for (uint32_t i = 0; i < figures.flow->node_count; i++) {
        const pn_node_figures *node = &figures.nodes[i];
        pn_cell_str(out, pn_flow_node_id(figures.flow, i));
        pn_cell_int(out, node->standing);
        cell_monies(out, &node->open);
        cell_known(out, figures.narrowed ? -1 : node->entered);
        pn_cell_int(out, node->sent);
        pn_cell_int(out, node->bounced);
        pn_cell_int(out, node->read);
        pn_cell_int(out, node->clicked);
        pn_cell_int(out, node->visited);
        cell_monies(out, &node->cost);
        cell_monies(out, &node->paid);
    }
    pn_out_table_end(out, NULL);
    return PN_OK;
}

pn_err pn_cmd_report_rebuild(pn_cli *cli) {
    size_t rows = 0;
    PN_TRY(pn_rollup_rebuild(cli->app, &rows, &cli->diag));
    pn_out_int(&cli->out, "rows", "Sums", (int64_t)rows);
    return PN_OK;
}
