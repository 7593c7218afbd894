/* Messages of which nobody can say whether they left. */
#include "app/lookup.h"
#include "app/uncertain.h"
#include "base/banned.h"
#include "cli/cmd.h"
#include "store/debtor.h"
#include "store/message.h"

const pn_cli_option PN_MESSAGE_UNCERTAIN_OPTIONS[] = {
    {"limit", "N", "at most so many (default 50)"},
    {NULL, NULL, NULL},
};

static pn_err uncertain_row(pn_cli *cli, const pn_message_row *row) {
    pn_debtor_row debtor;
    pn_carrier_row carrier = {0};
    pn_err err = pn_debtor_get(cli->app->db, row->debtor_id, &cli->arena, &debtor);
    if (err == PN_OK && row->carrier_id != 0) {
        err = pn_carrier_get(cli->app->db, row->carrier_id, &cli->arena, &carrier);
    }
    PN_TRY(pn_app_fail(cli->app, err, &cli->diag));
    pn_cell_id(&cli->out, PN_ID_MESSAGE, row->id);
    pn_cell_time(&cli->out, row->settled_at);
    pn_cell_str(&cli->out, debtor.name);
    pn_cell_str(&cli->out, carrier.address);
    pn_cell_str(&cli->out, carrier.subject);
    pn_cell_id(&cli->out, PN_ID_CARRIER, carrier.id);
    return PN_OK;
}

pn_err pn_cmd_message_uncertain(pn_cli *cli) {
    static const pn_column COLUMNS[] = {
        {"id", "Message", false},      {"at", "Since", false},        {"debtor", "Debtor", false},
        {"address", "Address", false}, {"subject", "Subject", false}, {"carrier", "Sent as", false},
    };
    int64_t limit = 50;
    pn_message_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_cli_int(cli, "limit", 1, 1000000, 50, &limit));
    pn_err err = pn_message_uncertain_list(cli->app->db, cli->app->org.id, limit, &cli->arena,
                                           &rows, &count);
    PN_TRY(pn_app_fail(cli->app, err, &cli->diag));
    pn_out_table(&cli->out, "messages", COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < count; i++) {
        PN_TRY(uncertain_row(cli, &rows[i]));
    }
    pn_out_table_end(&cli->out, "No message is uncertain.");
    return PN_OK;
}

const pn_cli_option PN_MESSAGE_SETTLE_OPTIONS[] = {
    {"as", "sent|resend|drop", "it left; it did not and is sent again; it did not and is not"},
    {"reason", "TEXT", "how you know; it is kept"},
    {NULL, NULL, NULL},
};

typedef struct {
    pn_id message_id;
    pn_uncertain_verdict verdict;
    size_t count;
} settling;

static pn_err settle(pn_cli *cli, void *context) {
    settling *s = context;
    return pn_uncertain_settle(cli->app, s->message_id, s->verdict, pn_cli_value(cli, "reason"),
                               &cli->arena, &s->count, &cli->diag);
}

pn_err pn_cmd_message_settle(pn_cli *cli) {
    pn_str as = pn_cli_value(cli, "as");
    settling s = {.verdict = PN_UNCERTAIN_SENT};
    if (pn_str_is(as, "resend")) {
        s.verdict = PN_UNCERTAIN_RESEND;
    } else if (pn_str_is(as, "drop")) {
        s.verdict = PN_UNCERTAIN_DROP;
    } else if (!pn_str_is(as, "sent")) {
        return pn_cli_usage(cli, "--as is sent, resend or drop.");
    }
    PN_TRY(pn_lookup_id(PN_ID_MESSAGE, cli->args[0], &s.message_id, &cli->diag));
    PN_TRY(pn_cli_write(cli, settle, &s));
    pn_out_id(&cli->out, "id", NULL, PN_ID_MESSAGE, s.message_id);
    pn_out_int(&cli->out, "settled", "Messages settled", (int64_t)s.count);
    return PN_OK;
}
