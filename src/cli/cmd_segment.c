/* Commands on segments. */
#include "app/segments.h"
#include "base/banned.h"
#include "cli/cmd.h"

const pn_cli_option PN_SEGMENT_OPTIONS[] = {
    {"subject", "account|invoice", "what it is about (default account)"},
    {NULL, NULL, NULL},
};

typedef struct {
    pn_subject subject;
    pn_segment_row row;
} writing;

static const char *subject_name(int subject) {
    return subject == PN_SUBJECT_INVOICE ? "invoice" : "account";
}

static pn_err print_sums(pn_cli *cli, const pn_segment_row *row) {
    static const pn_column COLUMNS[] = {
        {"currency", "Currency", false},        {"cases", "Cases", true},
        {"debtors", "Debtors", true},           {"open", "Open", true},
        {"claimable", "To be asked for", true},
    };
    pn_case_query query = {.subject = (pn_subject)row->subject};
    pn_case_sum *sums = NULL;
    size_t count = 0;
    pn_out *out = &cli->out;
    PN_TRY(pn_segments_rule(row, &cli->arena, &query.rule, &cli->diag));
    PN_TRY(pn_case_sums(cli->app, &query, &cli->arena, &sums, &count, &cli->diag));
    pn_out_table(out, "sums", COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < count; i++) {
        pn_cell_str(out, pn_str_of(sums[i].currency.code));
        pn_cell_int(out, sums[i].cases);
        pn_cell_int(out, sums[i].debtors);
        pn_cell_amount(out, (pn_money){sums[i].open, sums[i].currency});
        pn_cell_amount(out, (pn_money){sums[i].claimable, sums[i].currency});
    }
    pn_out_table_end(out, "Nothing open fits now.");
    return PN_OK;
}

static pn_err print_segment(pn_cli *cli, const pn_segment_row *row) {
    pn_out_str(&cli->out, "name", "Segment", row->name);
    pn_out_str(&cli->out, "subject", "About", pn_str_of(subject_name(row->subject)));
    pn_out_raw(&cli->out, "rule", "Rule", row->rule);
    return print_sums(cli, row);
}

static pn_err put(pn_cli *cli, void *context) {
    writing *w = context;
    return pn_segments_put(cli->app, cli->args[0], w->subject, cli->args[1], &cli->arena, &w->row,
                           &cli->diag);
}

pn_err pn_cmd_segment_set(pn_cli *cli) {
    pn_str subject = pn_cli_value(cli, "subject");
    writing w = {.subject =
                     pn_str_is(subject, "invoice") ? PN_SUBJECT_INVOICE : PN_SUBJECT_ACCOUNT};
    if (subject.len != 0 && !pn_str_is(subject, "invoice") && !pn_str_is(subject, "account")) {
        return pn_cli_usage(cli, "--subject is account or invoice.");
    }
    PN_TRY(pn_cli_write(cli, put, &w));
    return print_segment(cli, &w.row);
}

pn_err pn_cmd_segment_show(pn_cli *cli) {
    pn_segment_row row;
    PN_TRY(pn_segments_get(cli->app, cli->args[0], &cli->arena, &row, &cli->diag));
    return print_segment(cli, &row);
}

pn_err pn_cmd_segment_list(pn_cli *cli) {
    static const pn_column COLUMNS[] = {
        {"name", "Segment", false}, {"subject", "About", false}, {"rule", "Rule", false}};
    pn_segment_row *rows = NULL;
    size_t count = 0;
    pn_err err = pn_segment_list(cli->app->db, cli->app->org.id, &cli->arena, &rows, &count);
    PN_TRY(pn_app_fail(cli->app, err, &cli->diag));
    pn_out_table(&cli->out, "segments", COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < count; i++) {
        pn_cell_str(&cli->out, rows[i].name);
        pn_cell_str(&cli->out, pn_str_of(subject_name(rows[i].subject)));
        pn_cell_raw(&cli->out, rows[i].rule);
    }
    pn_out_table_end(&cli->out,
                     "There are no segments: `puntual segment set NAME RULE` makes one.");
    return PN_OK;
}

static pn_err rename_it(pn_cli *cli, void *context) {
    writing *w = context;
    PN_TRY(pn_segments_get(cli->app, cli->args[0], &cli->arena, &w->row, &cli->diag));
    return pn_segments_rename(cli->app, &w->row, cli->args[1], &cli->arena, &cli->diag);
}

pn_err pn_cmd_segment_rename(pn_cli *cli) {
    writing w = {0};
    PN_TRY(pn_cli_write(cli, rename_it, &w));
    return print_segment(cli, &w.row);
}

static pn_err take_away(pn_cli *cli, void *context) {
    (void)context;
    return pn_segments_remove(cli->app, cli->args[0], &cli->arena, &cli->diag);
}

pn_err pn_cmd_segment_remove(pn_cli *cli) {
    PN_TRY(pn_cli_write(cli, take_away, NULL));
    pn_out_line(&cli->out,
                "It is gone; strategies do not use it, for they hold rules of their own.");
    return PN_OK;
}
