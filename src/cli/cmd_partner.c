/* Lawyers, insurers and agencies that take cases over. */
#include "base/banned.h"
#include "cli/cmd.h"
#include "store/partner.h"

const pn_cli_option PN_PARTNER_OPTIONS[] = {
    {"name", "TEXT", "who they are, as debtors shall read it"},
    {"contact", "TEXT", "how to reach them: telephone, address, e-mail"},
    {"creditor", "NAME", "for this creditor alone"},
    {NULL, NULL, NULL},
};

static pn_err read_partner(pn_cli *cli, pn_partner_row *row) {
    const pn_creditor_row *creditor = NULL;
    *row = (pn_partner_row){.org_id = cli->app->org.id,
                            .kind = pn_partner_kind_of(cli->args[0]),
                            .name = pn_cli_value(cli, "name"),
                            .contact = pn_cli_value(cli, "contact")};
    if (row->kind == PN_PARTNER_NONE) {
        return pn_cli_usage(cli, "A partner is a lawyer, an insurer or an agency.");
    }
    if (pn_cli_given(cli, "creditor")) {
        PN_TRY(
            pn_app_find_creditor(cli->app, pn_cli_value(cli, "creditor"), &creditor, &cli->diag));
        row->creditor_id = creditor->id;
    }
    return PN_OK;
}

static pn_err put(pn_cli *cli, void *context) {
    const pn_partner_row *row = context;
    pn_id event = 0;
    pn_buf body;
    PN_TRY(pn_partner_put(cli->app->db, row));
    pn_buf_init(&body, 8192);
    pn_json_writer w = pn_json_writer_on(&body, 0);
    pn_json_begin_object(&w);
    pn_json_put_str(&w, "contact", row->contact);
    pn_json_put_str(&w, "name", row->name);
    pn_json_put_str(&w, "partner", pn_str_of(pn_partner_kind_name(row->kind)));
    pn_json_end_object(&w);
    pn_err err = pn_journal_add(cli->app, 0, 0, 0, PN_EVENT_SETTING, pn_buf_str(&body), &event);
    pn_buf_done(&body);
    return err;
}

pn_err pn_cmd_partner_set(pn_cli *cli) {
    pn_partner_row row;
    PN_TRY(read_partner(cli, &row));
    if (row.name.len == 0 || row.contact.len == 0) {
        return pn_cli_usage(cli, "A partner needs --name and --contact: debtors read both.");
    }
    PN_TRY(pn_cli_write(cli, put, &row));
    pn_out_str(&cli->out, "kind", "Partner", cli->args[0]);
    pn_out_str(&cli->out, "name", "Name", row.name);
    pn_out_str(&cli->out, "contact", "Contact", row.contact);
    return PN_OK;
}

static pn_err take_away(pn_cli *cli, void *context) {
    const pn_partner_row *row = context;
    bool removed = false;
    PN_TRY(pn_partner_remove(cli->app->db, row->org_id, row->creditor_id, row->kind, &removed));
    return removed ? PN_OK : pn_diag_set(&cli->diag, PN_NOT_FOUND, "No such partner is set.");
}

pn_err pn_cmd_partner_remove(pn_cli *cli) {
    pn_partner_row row;
    PN_TRY(read_partner(cli, &row));
    PN_TRY(pn_cli_write(cli, take_away, &row));
    pn_out_str(&cli->out, "removed", "Removed", cli->args[0]);
    return PN_OK;
}

pn_err pn_cmd_partner_list(pn_cli *cli) {
    static const pn_column COLUMNS[] = {
        {"kind", "Partner", false},
        {"name", "Name", false},
        {"contact", "Contact", false},
        {"creditor", "Of", false},
    };
    pn_partner_row *rows = NULL;
    size_t count = 0;
    pn_err err = pn_partner_list(cli->app->db, cli->app->org.id, &cli->arena, &rows, &count);
    PN_TRY(pn_app_fail(cli->app, err, &cli->diag));
    pn_out_table(&cli->out, "partners", COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < count; i++) {
        const pn_creditor_row *creditor = pn_app_creditor(cli->app, rows[i].creditor_id);
        pn_cell_str(&cli->out, pn_str_of(pn_partner_kind_name(rows[i].kind)));
        pn_cell_str(&cli->out, rows[i].name);
        pn_cell_str(&cli->out, rows[i].contact);
        pn_cell_str(&cli->out, creditor != NULL ? creditor->name : PN_STR(""));
    }
    pn_out_table_end(&cli->out, "No partner is set. `puntual partner set lawyer --name … "
                                "--contact …` names one.");
    return PN_OK;
}
