#include "http/find.h"

#include "app/lookup.h"
#include "base/banned.h"
#include "http/answer.h"

const pn_shape PN_DEAL_INVOICES[] = {
    {.name = "", .type = PN_SHAPE_ID, .id_kind = PN_ID_INVOICE},
    {.name = NULL},
};

pn_err pn_nothing_here(pn_exchange *exchange, const char *what, pn_id_kind kind, pn_id id) {
    char text[PN_ID_TEXT_SIZE];
    return pn_diag_set(&exchange->diag, PN_NOT_FOUND, "There is no %s %s here.", what,
                       pn_id_text(kind, id, text));
}

pn_err pn_told(pn_exchange *exchange, pn_err err) {
    return pn_app_fail(exchange->app, err, &exchange->diag);
}

/* What was read, unless it is another organization's. */
static pn_err own(pn_exchange *exchange, pn_err err, pn_id org_id, const char *what,
                  pn_id_kind kind, pn_id id) {
    if (err == PN_NOT_FOUND || (err == PN_OK && org_id != exchange->app->org.id)) {
        return pn_nothing_here(exchange, what, kind, id);
    }
    return pn_told(exchange, err);
}

pn_err pn_find_debtor(pn_exchange *exchange, pn_id id, pn_debtor_row *ret_row) {
    pn_debtor_row row = {0};
    pn_err err = pn_debtor_get(exchange->db, id, exchange->arena, &row);
    PN_TRY(own(exchange, err, row.org_id, "debtor", PN_ID_DEBTOR, id));
    *ret_row = row;
    return PN_OK;
}

pn_err pn_find_invoice(pn_exchange *exchange, pn_id id, pn_invoice_row *ret_row) {
    pn_invoice_row row = {0};
    pn_err err = pn_invoice_get(exchange->db, id, exchange->arena, &row);
    PN_TRY(own(exchange, err, row.org_id, "invoice", PN_ID_INVOICE, id));
    *ret_row = row;
    return PN_OK;
}

pn_err pn_find_payment(pn_exchange *exchange, pn_id id, pn_payment_row *ret_row) {
    pn_payment_row row = {0};
    pn_err err = pn_payment_get(exchange->db, exchange->app->org.id, id, exchange->arena, &row);
    PN_TRY(own(exchange, err, row.org_id, "payment", PN_ID_PAYMENT, id));
    *ret_row = row;
    return PN_OK;
}

pn_err pn_find_run(pn_exchange *exchange, pn_id id, pn_run_row *ret_row) {
    pn_run_row row = {0};
    pn_err err = pn_run_get(exchange->db, id, exchange->arena, &row);
    PN_TRY(own(exchange, err, row.org_id, "run", PN_ID_RUN, id));
    *ret_row = row;
    return PN_OK;
}

pn_err pn_find_message(pn_exchange *exchange, pn_id id, pn_message_row *ret_row) {
    pn_message_row row = {0};
    pn_err err = pn_message_get(exchange->db, id, exchange->arena, &row);
    PN_TRY(own(exchange, err, row.org_id, "message", PN_ID_MESSAGE, id));
    *ret_row = row;
    return PN_OK;
}

pn_err pn_find_creditor(pn_exchange *exchange, pn_id id, const pn_creditor_row **ret_row) {
    const pn_creditor_row *row = pn_app_creditor(exchange->app, id);
    if (row == NULL) {
        return pn_nothing_here(exchange, "creditor", PN_ID_CREDITOR, id);
    }
    *ret_row = row;
    return PN_OK;
}

pn_err pn_path_debtor(pn_exchange *exchange, pn_debtor_row *ret_row) {
    pn_id id = 0;
    PN_TRY(pn_argument_id(exchange, 0, PN_ID_DEBTOR, &id));
    return pn_find_debtor(exchange, id, ret_row);
}

pn_err pn_path_invoice(pn_exchange *exchange, pn_invoice_row *ret_row) {
    pn_id id = 0;
    PN_TRY(pn_argument_id(exchange, 0, PN_ID_INVOICE, &id));
    return pn_find_invoice(exchange, id, ret_row);
}

pn_err pn_path_payment(pn_exchange *exchange, pn_payment_row *ret_row) {
    pn_id id = 0;
    PN_TRY(pn_argument_id(exchange, 0, PN_ID_PAYMENT, &id));
    return pn_find_payment(exchange, id, ret_row);
}

pn_err pn_path_run(pn_exchange *exchange, pn_run_row *ret_row) {
    pn_id id = 0;
    PN_TRY(pn_argument_id(exchange, 0, PN_ID_RUN, &id));
    return pn_find_run(exchange, id, ret_row);
}

pn_err pn_path_message(pn_exchange *exchange, pn_message_row *ret_row) {
    pn_id id = 0;
    PN_TRY(pn_argument_id(exchange, 0, PN_ID_MESSAGE, &id));
    return pn_find_message(exchange, id, ret_row);
}

/* ── deals ── */

/* The account of the invoices, which must be one. */
static pn_err account_of_invoices(pn_exchange *exchange, pn_deal *deal) {
    for (size_t i = 0; i < deal->invoice_count; i++) {
        pn_invoice_row row;
        PN_TRY(pn_find_invoice(exchange, deal->invoices[i], &row));
        if ((deal->debtor_id != 0 && deal->debtor_id != row.debtor_id) ||
            (deal->account.id != 0 && deal->account.id != row.account_id)) {
            pn_err err = pn_diag_set(&exchange->diag, PN_INVALID,
                                     "The invoices belong to several accounts.");
            pn_diag_where(&exchange->diag, "/invoices/%zu", i);
            pn_diag_mend(&exchange->diag, "Name those of one debtor, creditor and currency.");
            return err;
        }
        deal->debtor_id = row.debtor_id;
        deal->account.id = row.account_id;
    }
    pn_err err = pn_account_get(exchange->db, deal->debtor_id, deal->account.id, exchange->arena,
                                &deal->account);
    return pn_told(exchange, err);
}

/* The debtor's account with that creditor in the amount's currency. */
static pn_err account_of_debtor(pn_exchange *exchange, pn_deal *deal) {
    char creditor[PN_ID_TEXT_SIZE] = "";
    const pn_route_value *given = pn_body_value(exchange, "creditor");
    if (deal->debtor_id == 0) {
        pn_err err = pn_diag_set(&exchange->diag, PN_INVALID, "Nobody says whose it is.");
        pn_diag_where(&exchange->diag, "/debtor");
        pn_diag_mend(&exchange->diag, "Name a debtor or invoices.");
        return err;
    }
    if (given->given) {
        const pn_creditor_row *row = NULL;
        PN_TRY(pn_find_creditor(exchange, given->number, &row));
        (void)pn_id_text(PN_ID_CREDITOR, row->id, creditor);
    }
    return pn_lookup_account(exchange->app, deal->debtor_id, pn_str_of(creditor),
                             pn_str_of(deal->amount.currency.code), exchange->arena, &deal->account,
                             &exchange->diag);
}

pn_err pn_body_deal(pn_exchange *exchange, pn_deal *ret_deal) {
    pn_deal deal = {0};
    const pn_route_value *debtor = pn_body_value(exchange, "debtor");
    if (debtor->given) {
        pn_debtor_row row;
        PN_TRY(pn_find_debtor(exchange, debtor->number, &row));
        deal.debtor_id = row.id;
    }
    const pn_shape *shape = exchange->route->body;
    while (shape->name != NULL && strcmp(shape->name, "amount") != 0) {
        shape++;
    }
    if (shape->name != NULL) {
        const pn_route_value *amount = pn_body_value(exchange, "amount");
        deal.amount = (pn_money){amount->number, amount->currency};
    }
    pn_value_ids(pn_body_value(exchange, "invoices"), PN_ID_INVOICE, exchange->arena,
                 &deal.invoices, &deal.invoice_count);
    PN_TRY(deal.invoice_count != 0 ? account_of_invoices(exchange, &deal)
                                   : account_of_debtor(exchange, &deal));
    if (deal.amount.currency.code[0] != '\0' &&
        !pn_currency_eq(deal.amount.currency, deal.account.currency)) {
        pn_err err =
            pn_diag_set(&exchange->diag, PN_INVALID, "The account is in %s, the amount in %s.",
                        deal.account.currency.code, deal.amount.currency.code);
        pn_diag_where(&exchange->diag, "/amount/currency");
        return err;
    }
    *ret_deal = deal;
    return PN_OK;
}
