#include "app/outbox.h"
#include "base/banned.h"
#include "base/limits.h"
#include "cli/cmd.h"

enum { ROWS_MAX = 1000 };

const pn_cli_option PN_OUTBOX_LIST_OPTIONS[] = {
    {"days", "N", "so far ahead (default 1)"},
    {"limit", "N", "at most about so many (default 100); a debtor's are not torn apart"},
    {"after", "ID", "go on behind this debtor"},
    {NULL, NULL, NULL},
};

static void outbox_row(pn_out *out, const pn_outbox_row *row) {
    pn_cell_time(out, row->at);
    pn_cell_str(out, row->debtor_key);
    pn_cell_str(out, row->debtor_name);
    pn_cell_str(out, row->family);
    if (row->tone != 0) {
        pn_cell_int(out, row->tone);
    } else {
        pn_cell_raw(out, PN_STR_NONE);
    }
    pn_cell_amount(out, row->claimable);
    pn_cell_str(out, row->strategy);
    pn_cell_str(out, row->number);
    if (out->json) {
        pn_cell_id(out, PN_ID_RUN, row->run_id);
        pn_cell_id(out, PN_ID_DEBTOR, row->debtor_id);
        pn_cell_str(out, row->creditor);
        pn_cell_str(out, pn_str_of(row->claimable.currency.code));
    }
}

pn_err pn_cmd_outbox_list(pn_cli *cli) {
    static const pn_column COLUMNS[] = {
        {"at", "When", false},
        {"debtor_key", "Key", false},
        {"name", "Debtor", false},
        {"template", "Template", false},
        {"tone", "Tone", true},
        {"claimable", "To be asked for", true},
        {"strategy", "Strategy", false},
        {"invoice", "Invoice", false},
        {"run", "", false},
        {"debtor", "", false},
        {"creditor", "", false},
        {"currency", "", false},
    };
    enum { FOR_PROGRAMS = 4 };
    int64_t days = 0, limit = 0;
    pn_outbox_query query = {0};
    pn_outbox_row *rows = NULL;
    size_t count = 0;
    pn_id next = 0;
    PN_TRY(pn_cli_int(cli, "days", 1, PN_OUTLOOK_DAYS_MAX, 1, &days));
    PN_TRY(pn_cli_int(cli, "limit", 1, ROWS_MAX, 100, &limit));
    if (pn_cli_given(cli, "after")) {
        PN_TRY(pn_lookup_debtor(cli->app, pn_cli_value(cli, "after"), PN_STR_NONE, &query.after,
                                &cli->diag));
    }
    query.until = pn_app_now(cli->app) + days * PN_DAY;
    query.limit = (size_t)limit;
    PN_TRY(pn_outbox_list(cli->app, &query, &cli->arena, &rows, &count, &next, &cli->diag));
    pn_out_table(&cli->out, "messages", COLUMNS,
                 PN_COUNT(COLUMNS) - (cli->out.json ? 0 : FOR_PROGRAMS));
    for (size_t i = 0; i < count; i++) {
        outbox_row(&cli->out, &rows[i]);
    }
    pn_out_table_end(&cli->out, "Nothing is about to leave.");
    pn_out_id(&cli->out, "next", next != 0 ? "Go on with --after" : NULL, PN_ID_DEBTOR, next);
    return PN_OK;
}

const pn_cli_option PN_OUTBOX_HOLD_OPTIONS[] = {
    {"reason", "TEXT", "why; it is kept"},
    {"until", "DATE", "when it is looked at again"},
    {NULL, NULL, NULL},
};

typedef struct {
    pn_case_ref *cases;
    pn_time until;
    size_t held;
} holding;

static pn_err hold(pn_cli *cli, void *context) {
    holding *h = context;
    return pn_outbox_hold(cli->app, h->cases, (size_t)cli->arg_count, pn_cli_value(cli, "reason"),
                          h->until, &h->held, &cli->diag);
}

pn_err pn_cmd_outbox_hold(pn_cli *cli) {
    holding h = {.cases = pn_arena_array(&cli->arena, pn_case_ref, (size_t)cli->arg_count)};
    PN_TRY(pn_cli_time(cli, "until", cli->out.zone, PN_TIME_NONE, &h.until));
    if (!pn_cli_given(cli, "reason") || h.until == PN_TIME_NONE) {
        return pn_cli_usage(cli, "A hold needs --reason TEXT and --until DATE.");
    }
    for (int i = 0; i < cli->arg_count; i++) {
        PN_TRY(pn_lookup_case(cli->app, cli->args[i], &cli->arena, &h.cases[i], &cli->diag));
    }
    PN_TRY(pn_cli_write(cli, hold, &h));
    pn_out_int(&cli->out, "held", NULL, (int64_t)h.held);
    pn_out_line(&cli->out, "%zu held. `puntual case release ID` lets one go on.", h.held);
    return PN_OK;
}
