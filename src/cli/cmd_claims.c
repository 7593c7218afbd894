/* What was agreed with a debtor, as `case show` lists it: the ids are those that the commands of
 * promises, disputes, instruments and plans want. */
#include "app/books.h"
#include "base/banned.h"
#include "cli/cmd.h"

typedef struct {
    pn_cli *cli;
    pn_id debtor_id;
    bool begun; /* the table */
} lister;

typedef struct {
    pn_id_kind kind;
    const char *name, *state;
    pn_id id, account_id;
    int64_t amount;
    pn_currency currency; /* none: the account's */
    pn_date due;
    pn_str detail;
} entry;

static void begin(lister *l) {
    static const pn_column COLUMNS[] = {
        {"id", "ID", false},        {"kind", "What", false},   {"amount", "Amount", true},
        {"due", "For when", false}, {"state", "State", false}, {"detail", "Detail", false},
        {"currency", "", false},
    };
    if (!l->begun) {
        pn_out_title(&l->cli->out, "Agreed and disputed");
        pn_out_table(&l->cli->out, "claims", COLUMNS, PN_COUNT(COLUMNS) - !l->cli->out.json);
        l->begun = true;
    }
}

static pn_err put(lister *l, entry one) {
    pn_out *out = &l->cli->out;
    if (one.currency.code[0] == '\0') {
        pn_account_row account;
        PN_TRY(pn_account_get(l->cli->app->db, l->debtor_id, one.account_id, &l->cli->arena,
                              &account));
        one.currency = account.currency;
    }
    begin(l);
    pn_cell_id(out, one.kind, one.id);
    pn_cell_str(out, pn_str_of(one.name));
    pn_cell_amount(out, (pn_money){one.amount, one.currency});
    pn_cell_date(out, one.due);
    pn_cell_str(out, pn_str_of(one.state));
    pn_cell_str(out, one.detail);
    if (out->json) {
        pn_cell_str(out, pn_str_of(one.currency.code));
    }
    return PN_OK;
}

static pn_err put_promises(lister *l) {
    pn_promise_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_promise_list(l->cli->app->db, l->debtor_id, &l->cli->arena, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        PN_TRY(put(l, (entry){.kind = PN_ID_PROMISE,
                              .name = "promise",
                              .state = pn_promise_state_name(rows[i].state),
                              .id = rows[i].id,
                              .account_id = rows[i].account_id,
                              .amount = rows[i].amount,
                              .due = rows[i].due,
                              .detail = rows[i].source}));
    }
    return PN_OK;
}

static pn_err put_disputes(lister *l) {
    pn_dispute_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_dispute_list(l->cli->app->db, l->debtor_id, &l->cli->arena, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        pn_invoice_row invoice;
        PN_TRY(pn_invoice_get(l->cli->app->db, rows[i].invoice_id, &l->cli->arena, &invoice));
        PN_TRY(put(l, (entry){.kind = PN_ID_DISPUTE,
                              .name = "dispute",
                              .state = rows[i].closed ? "closed" : "open",
                              .id = rows[i].id,
                              .amount = rows[i].amount,
                              .currency = invoice.item.currency,
                              .due = PN_DATE_NONE,
                              .detail = pn_str_format(&l->cli->arena, "%.*s: %.*s",
                                                      PN_STR_ARG(invoice.item.number),
                                                      PN_STR_ARG(rows[i].reason))}));
    }
    return PN_OK;
}

static pn_err put_instruments(lister *l) {
    pn_instrument_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_instrument_list(l->cli->app->db, l->debtor_id, &l->cli->arena, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        PN_TRY(put(l, (entry){.kind = PN_ID_INSTRUMENT,
                              .name = "instrument",
                              .state = pn_instrument_state_name(rows[i].state),
                              .id = rows[i].id,
                              .account_id = rows[i].account_id,
                              .amount = rows[i].amount,
                              .due = rows[i].due,
                              .detail = pn_str_format(&l->cli->arena, "%.*s %.*s",
                                                      PN_STR_ARG(rows[i].kind),
                                                      PN_STR_ARG(rows[i].number))}));
    }
    return PN_OK;
}

static pn_err put_plans(lister *l) {
    pn_plan_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_plan_list(l->cli->app->db, l->debtor_id, &l->cli->arena, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        pn_installment_row *parts = NULL;
        size_t part_count = 0;
        entry one = {.kind = PN_ID_PLAN,
                     .name = "plan",
                     .state = pn_plan_state_name(rows[i].state),
                     .id = rows[i].id,
                     .account_id = rows[i].account_id,
                     .due = PN_DATE_NONE};
        PN_TRY(pn_plan_installments(l->cli->app->db, l->debtor_id, rows[i].id, &l->cli->arena,
                                    &parts, &part_count));
        for (size_t j = 0; j < part_count; j++) {
            one.amount += parts[j].amount;
            one.due = parts[j].due;
        }
        one.detail = pn_str_format(&l->cli->arena, "%zu installments", part_count);
        PN_TRY(put(l, one));
    }
    return PN_OK;
}

pn_err pn_cli_print_claims(pn_cli *cli, pn_id debtor_id) {
    lister l = {.cli = cli, .debtor_id = debtor_id};
    if (cli->out.json) {
        begin(&l);
    }
    pn_err err = put_promises(&l);
    err = err != PN_OK ? err : put_disputes(&l);
    err = err != PN_OK ? err : put_instruments(&l);
    err = err != PN_OK ? err : put_plans(&l);
    PN_TRY(pn_app_fail(cli->app, err, &cli->diag));
    if (l.begun) {
        pn_out_table_end(&cli->out, NULL);
    }
    return PN_OK;
}
