/* Ways to pay, links to the debtor's page, and payments through providers. */
#include "app/lookup.h"
#include "app/payins.h"
#include "base/banned.h"
#include "cli/cmd.h"

const pn_cli_option PN_METHOD_OPTIONS[] = {
    {"settings", "JSON", "of the way to pay; secrets are named: key_file, webhook_secret_env, …"},
    {"creditor", "NAME", "for this creditor alone"},
    {"country", "CODE", "for debtors of this country alone"},
    {"position", "NUMBER", "place on the page, the lowest first (default 0)"},
    {"pause", "REASON", "do not offer it for now"},
    {NULL, NULL, NULL},
};

const pn_cli_option PN_PAYIN_OPTIONS[] = {
    {"amount", "AMOUNT", "so much of it (default all)"},
    {"reason", "TEXT", "why"},
    {NULL, NULL, NULL},
};

/* ── ways to pay ─────────────────────────────────────────────────────────────────────────────── */

static pn_err read_method(pn_cli *cli, pn_method_row *row) {
    const pn_creditor_row *creditor = NULL;
    *row = (pn_method_row){.kind = cli->args[0],
                           .country = pn_cli_value(cli, "country"),
                           .settings = pn_cli_value(cli, "settings"),
                           .paused = pn_cli_value(cli, "pause")};
    PN_TRY(pn_cli_int(cli, "position", 0, 100, 0, &row->position));
    if (pn_cli_given(cli, "creditor")) {
        PN_TRY(
            pn_app_find_creditor(cli->app, pn_cli_value(cli, "creditor"), &creditor, &cli->diag));
        row->creditor_id = creditor->id;
    }
    return PN_OK;
}

static pn_err set_method(pn_cli *cli, void *context) {
    const pn_method_row *row = context;
    pn_id event = 0;
    pn_buf body;
    PN_TRY(pn_till_set(cli->app, row, &cli->arena, &cli->diag));
    pn_buf_init(&body, 8192);
    pn_json_writer w = pn_json_writer_on(&body, 0);
    pn_json_begin_object(&w);
    pn_json_put_str_if(&w, "country", row->country);
    pn_json_put_str(&w, "method", row->kind);
    pn_json_put_str_if(&w, "paused", row->paused);
    pn_json_end_object(&w);
    pn_err err = pn_journal_add(cli->app, 0, 0, 0, PN_EVENT_SETTING, pn_buf_str(&body), &event);
    pn_buf_done(&body);
    return err;
}

pn_err pn_cmd_method_set(pn_cli *cli) {
    pn_method_row row;
    PN_TRY(read_method(cli, &row));
    PN_TRY(pn_cli_write(cli, set_method, &row));
    pn_out_str(&cli->out, "method", "Way to pay", row.kind);
    return PN_OK;
}

static pn_err remove_method(pn_cli *cli, void *context) {
    const pn_method_row *row = context;
    return pn_till_remove(cli->app, row->creditor_id, row->country, row->kind, &cli->diag);
}

pn_err pn_cmd_method_remove(pn_cli *cli) {
    pn_method_row row;
    PN_TRY(read_method(cli, &row));
    PN_TRY(pn_cli_write(cli, remove_method, &row));
    pn_out_str(&cli->out, "removed", "Removed", row.kind);
    return PN_OK;
}

pn_err pn_cmd_method_list(pn_cli *cli) {
    static const pn_column COLUMNS[] = {
        {"method", "Way to pay", false}, {"creditor", "Of", false},   {"country", "Country", false},
        {"settings", "Settings", false}, {"paused", "Paused", false},
    };
    pn_method_row *rows = NULL;
    size_t count = 0;
    pn_err err = pn_method_list(cli->app->db, cli->app->org.id, 0, &cli->arena, &rows, &count);
    PN_TRY(pn_app_fail(cli->app, err, &cli->diag));
    pn_out_table(&cli->out, "methods", COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < count; i++) {
        const pn_creditor_row *creditor = pn_app_creditor(cli->app, rows[i].creditor_id);
        pn_cell_str(&cli->out, rows[i].kind);
        pn_cell_str(&cli->out, creditor != NULL ? creditor->name : PN_STR(""));
        pn_cell_str(&cli->out, rows[i].country);
        pn_cell_str(&cli->out, rows[i].settings);
        pn_cell_str(&cli->out, rows[i].paused);
    }
    pn_out_table_end(&cli->out, "No way to pay is set: debtors are offered a transfer to the "
                                "creditor's account.");
    return PN_OK;
}

/* ── payments through providers ──────────────────────────────────────────────────────────────── */

pn_err pn_cmd_payin_list(pn_cli *cli) {
    static const pn_column COLUMNS[] = {
        {"id", "Id", false},        {"provider", "Through", false}, {"amount", "Amount", true},
        {"currency", "", false},    {"state", "State", false},      {"reason", "Why", false},
        {"refunded", "Back", true},
    };
    enum { MAX = 100 };
    pn_payin_row *rows = NULL;
    size_t count = 0;
    pn_id debtor = 0;
    PN_TRY(pn_lookup_debtor(cli->app, cli->args[0], PN_STR_NONE, &debtor, &cli->diag));
    pn_err err = pn_payin_of_debtor(cli->app->db, debtor, MAX, &cli->arena, &rows, &count);
    PN_TRY(pn_app_fail(cli->app, err, &cli->diag));
    pn_out_table(&cli->out, "payins", COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < count; i++) {
        char id[PN_ID_TEXT_SIZE];
        pn_cell_str(&cli->out, pn_str_of(pn_id_text(PN_ID_PAYIN, rows[i].id, id)));
        pn_cell_str(&cli->out, rows[i].provider);
        pn_cell_amount(&cli->out, (pn_money){rows[i].amount, rows[i].currency});
        pn_cell_str(&cli->out, pn_str_of(rows[i].currency.code));
        pn_cell_str(&cli->out, pn_str_of(pn_payin_state_name(rows[i].state)));
        pn_cell_str(&cli->out, rows[i].reason);
        pn_cell_amount(&cli->out, (pn_money){rows[i].refunded, rows[i].currency});
    }
    pn_out_table_end(&cli->out, "Nobody has set out to pay through a provider.");
    return PN_OK;
}

pn_err pn_cmd_payin_refund(pn_cli *cli) {
    pn_payin_row payin;
    pn_id id = 0;
    int64_t minor = 0;
    PN_TRY(pn_lookup_id(PN_ID_PAYIN, cli->args[0], &id, &cli->diag));
    pn_err err = pn_payin_get(cli->app->db, cli->app->org.id, id, &cli->arena, &payin);
    if (err == PN_NOT_FOUND) {
        return pn_diag_set(&cli->diag, err, "There is no such payment.");
    }
    PN_TRY(err);
    PN_TRY(pn_cli_amount(cli, "amount", payin.currency, 0, &minor));
    PN_TRY(pn_payins_refund(cli->app, id, minor, pn_cli_value(cli, "reason"), &cli->arena, &payin,
                            &cli->diag));
    pn_out_str(&cli->out, "state", "State", pn_str_of(pn_payin_state_name(payin.state)));
    return PN_OK;
}

pn_err pn_cmd_payin_poll(pn_cli *cli) {
    enum { MAX = 1000 };
    pn_payin_poll_stats stats = {0};
    pn_time next = PN_TIME_NEVER;
    PN_TRY(pn_payins_poll(cli->app, MAX, &cli->arena, &stats, &next, &cli->diag));
    pn_out_int(&cli->out, "asked", "Asked", stats.asked);
    pn_out_int(&cli->out, "moved", "Changed", stats.moved);
    pn_out_int(&cli->out, "unanswered", "Without answer", stats.unanswered);
    return PN_OK;
}
