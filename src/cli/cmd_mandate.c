/* Mandates: what debtors left with a provider so that it may be charged. */
#include "app/lookup.h"
#include "app/mandates.h"
#include "base/banned.h"
#include "cli/cmd.h"

const pn_cli_option PN_MANDATE_ADD_OPTIONS[] = {
    {"provider", "NAME", "who keeps the card or account: stripe, simulated"},
    {"token", "TEXT", "what the provider calls it: cus_…/pm_…; never a card's number"},
    {"label", "TEXT", "what people read: \"Visa ···4242\""},
    {"creditor", "NAME", "who may charge it (default: every creditor)"},
    {NULL, NULL, NULL},
};

static pn_err insert(pn_cli *cli, void *context) {
    return pn_mandates_add(cli->app, context, &cli->arena, &cli->diag);
}

pn_err pn_cmd_mandate_add(pn_cli *cli) {
    pn_mandate_row row = {.provider = pn_cli_value(cli, "provider"),
                          .token = pn_cli_value(cli, "token"),
                          .label = pn_cli_value(cli, "label")};
    const pn_creditor_row *creditor = NULL;
    if (!pn_cli_given(cli, "provider") || !pn_cli_given(cli, "token")) {
        return pn_cli_usage(cli, "A mandate needs --provider and --token.");
    }
    PN_TRY(pn_lookup_debtor(cli->app, cli->args[0], PN_STR(""), &row.debtor_id, &cli->diag));
    if (pn_cli_given(cli, "creditor")) {
        PN_TRY(
            pn_app_find_creditor(cli->app, pn_cli_value(cli, "creditor"), &creditor, &cli->diag));
        row.creditor_id = creditor->id;
    }
    PN_TRY(pn_cli_write(cli, insert, &row));
    pn_out_id(&cli->out, "mandate", "Mandate", PN_ID_MANDATE, row.id);
    return PN_OK;
}

pn_err pn_cmd_mandate_list(pn_cli *cli) {
    static const pn_column COLUMNS[] = {
        {"id", "Mandate", false},     {"provider", "Provider", false}, {"label", "Label", false},
        {"state", "State", false},    {"reason", "Why", false},        {"made_at", "Since", false},
        {"ended_at", "Ended", false},
    };
    pn_mandate_row *rows = NULL;
    size_t count = 0;
    pn_id debtor_id = 0;
    PN_TRY(pn_lookup_debtor(cli->app, cli->args[0], PN_STR(""), &debtor_id, &cli->diag));
    pn_err err = pn_mandate_of_debtor(cli->app->db, debtor_id, &cli->arena, &rows, &count);
    PN_TRY(pn_app_fail(cli->app, err, &cli->diag));
    pn_out_table(&cli->out, "mandates", COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < count; i++) {
        pn_cell_id(&cli->out, PN_ID_MANDATE, rows[i].id);
        pn_cell_str(&cli->out, rows[i].provider);
        pn_cell_str(&cli->out, rows[i].label);
        pn_cell_str(&cli->out, rows[i].ended ? PN_STR("ended") : PN_STR("in force"));
        pn_cell_str(&cli->out, rows[i].reason);
        pn_cell_time(&cli->out, rows[i].made_at);
        pn_cell_time(&cli->out, rows[i].ended_at);
    }
    pn_out_table_end(&cli->out, "This debtor left none.");
    return PN_OK;
}

static pn_err end(pn_cli *cli, void *context) {
    const pn_id *id = context;
    return pn_mandates_end(cli->app, *id, &cli->arena, &cli->diag);
}

pn_err pn_cmd_mandate_end(pn_cli *cli) {
    pn_id id = 0;
    PN_TRY(pn_lookup_id(PN_ID_MANDATE, cli->args[0], &id, &cli->diag));
    PN_TRY(pn_cli_write(cli, end, &id));
    pn_out_id(&cli->out, "mandate", NULL, PN_ID_MANDATE, id);
    pn_out_line(&cli->out, "Ended: it is not charged any more.");
    return PN_OK;
}
