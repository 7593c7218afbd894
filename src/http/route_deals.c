/* What is agreed with debtors and what they contest: promises, disputes, instruments, plans. */
#include "app/books.h"
#include "base/banned.h"
#include "http/answer.h"
#include "http/find.h"
#include "http/tables.h"
#include "store/claim.h"

/* ── what is given ── */

static const char *const PROMISE_STATES[] = {"open", "kept", "broken", "cancelled", NULL};
static const pn_shape PROMISE_FIELDS[] = {
    {.name = "id", .type = PN_SHAPE_ID, .id_kind = PN_ID_PROMISE, .required = true},
    {.name = "debtor", .type = PN_SHAPE_ID, .id_kind = PN_ID_DEBTOR, .required = true},
    {.name = "amount", .type = PN_SHAPE_AMOUNT, .required = true},
    {.name = "due", .type = PN_SHAPE_DATE, .required = true},
    {.name = "state", .type = PN_SHAPE_WORD, .words = PROMISE_STATES, .required = true},
    {.name = "source", .type = PN_SHAPE_TEXT},
    {.name = "made_at", .type = PN_SHAPE_TIME, .required = true},
    {.name = "judged_at", .type = PN_SHAPE_TIME},
    {.name = NULL},
};
static const pn_schema_object PROMISE = {"Promise", PROMISE_FIELDS, "A debtor said when to pay"};

static const pn_shape DISPUTE_FIELDS[] = {
    {.name = "id", .type = PN_SHAPE_ID, .id_kind = PN_ID_DISPUTE, .required = true},
    {.name = "debtor", .type = PN_SHAPE_ID, .id_kind = PN_ID_DEBTOR, .required = true},
    {.name = "invoice", .type = PN_SHAPE_ID, .id_kind = PN_ID_INVOICE, .required = true},
    {.name = "line", .type = PN_SHAPE_INT, .help = "where it is about one line"},
    {.name = "amount", .type = PN_SHAPE_AMOUNT, .required = true},
    {.name = "reason", .type = PN_SHAPE_LINES},
    {.name = "closed", .type = PN_SHAPE_BOOL, .required = true},
    {.name = "outcome", .type = PN_SHAPE_LINES},
    {.name = "opened_at", .type = PN_SHAPE_TIME, .required = true},
    {.name = "closed_at", .type = PN_SHAPE_TIME},
    {.name = NULL},
};
static const pn_schema_object DISPUTE = {"Dispute", DISPUTE_FIELDS, "A debtor contests a charge"};

static const char *const INSTRUMENT_STATES[] = {"in_flight", "cleared", "returned", NULL};
static const pn_shape INSTRUMENT_FIELDS[] = {
    {.name = "id", .type = PN_SHAPE_ID, .id_kind = PN_ID_INSTRUMENT, .required = true},
    {.name = "debtor", .type = PN_SHAPE_ID, .id_kind = PN_ID_DEBTOR, .required = true},
    {.name = "debtor_name", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "kind", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "number", .type = PN_SHAPE_TEXT},
    {.name = "amount", .type = PN_SHAPE_AMOUNT, .required = true},
    {.name = "due", .type = PN_SHAPE_DATE, .required = true},
    {.name = "state", .type = PN_SHAPE_WORD, .words = INSTRUMENT_STATES, .required = true},
    {.name = "payment", .type = PN_SHAPE_ID, .id_kind = PN_ID_PAYMENT, .help = "once it cleared"},
    {.name = "taken_at", .type = PN_SHAPE_TIME, .required = true},
    {.name = "settled_at", .type = PN_SHAPE_TIME},
    {.name = NULL},
};
static const pn_schema_object INSTRUMENT = {"Instrument", INSTRUMENT_FIELDS,
                                            "A cheque, note or direct debit on its way"};

static const char *const PLAN_STATES[] = {"active", "done", "defaulted", "cancelled", NULL};
static const pn_shape INSTALLMENT_FIELDS[] = {
    {.name = "due", .type = PN_SHAPE_DATE, .required = true},
    {.name = "amount", .type = PN_SHAPE_AMOUNT, .required = true, .min = 1, .max = PN_AMOUNT_MAX},
    {.name = NULL},
};
static const pn_shape PLAN_FIELDS[] = {
    {.name = "id", .type = PN_SHAPE_ID, .id_kind = PN_ID_PLAN, .required = true},
    {.name = "debtor", .type = PN_SHAPE_ID, .id_kind = PN_ID_DEBTOR, .required = true},
    {.name = "state", .type = PN_SHAPE_WORD, .words = PLAN_STATES, .required = true},
    {.name = "installments", .type = PN_SHAPE_LIST, .fields = INSTALLMENT_FIELDS, .required = true},
    {.name = "made_at", .type = PN_SHAPE_TIME, .required = true},
    {.name = "ended_at", .type = PN_SHAPE_TIME},
    {.name = NULL},
};
static const pn_schema_object PLAN = {"Plan", PLAN_FIELDS, "Installments agreed upon"};

/* ── what is taken ── */

enum { INSTALLMENTS_MAX = 120 };

static const pn_shape PROMISE_BODY[] = {
    PN_DEAL_FIELDS,
    {.name = "amount", .type = PN_SHAPE_AMOUNT, .required = true, .min = 1, .max = PN_AMOUNT_MAX},
    {.name = "due", .type = PN_SHAPE_DATE, .required = true},
    {.name = "source", .type = PN_SHAPE_TEXT, .max = 60, .help = "phone, reply, page …"},
    {.name = NULL},
};
static const pn_shape DISPUTE_BODY[] = {
    {.name = "invoice", .type = PN_SHAPE_ID, .id_kind = PN_ID_INVOICE, .required = true},
    {.name = "line", .type = PN_SHAPE_INT, .min = 1, .max = 1000},
    {.name = "amount",
     .type = PN_SHAPE_AMOUNT,
     .min = 1,
     .max = PN_AMOUNT_MAX,
     .help = "all that is open where it is left out"},
    {.name = "reason", .type = PN_SHAPE_LINES, .required = true, .min = 1},
    {.name = NULL},
};
static const pn_shape CLOSE_BODY[] = {
    {.name = "outcome", .type = PN_SHAPE_LINES, .required = true, .min = 1},
    {.name = NULL},
};
static const char *const INSTRUMENT_KINDS[] = {"cheque", "promissory_note", "direct_debit", "card",
                                               NULL};
static const pn_shape INSTRUMENT_BODY[] = {
    PN_DEAL_FIELDS,
    {.name = "kind", .type = PN_SHAPE_WORD, .words = INSTRUMENT_KINDS, .required = true},
    {.name = "number", .type = PN_SHAPE_TEXT, .max = 60},
    {.name = "amount", .type = PN_SHAPE_AMOUNT, .required = true, .min = 1, .max = PN_AMOUNT_MAX},
    {.name = "due", .type = PN_SHAPE_DATE, .required = true},
    {.name = NULL},
};
static const pn_shape REASON_BODY[] = {
    {.name = "reason", .type = PN_SHAPE_TEXT, .max = 400},
    {.name = NULL},
};
static const pn_shape PLAN_BODY[] = {
    PN_DEAL_FIELDS,
    {.name = "installments",
     .type = PN_SHAPE_LIST,
     .min = 1,
     .max = INSTALLMENTS_MAX,
     .fields = INSTALLMENT_FIELDS,
     .required = true,
     .help = "in the order of their days"},
    {.name = NULL},
};
static const pn_shape OF_DEBTOR[] = {
    {.name = "debtor", .type = PN_SHAPE_ID, .id_kind = PN_ID_DEBTOR, .required = true},
    {.name = NULL},
};

/* ── shared ── */

/* The debtor of the query, and its accounts by id for their currencies. */
static pn_err read_debtor(pn_exchange *x, pn_id *ret_debtor) {
    pn_debtor_row row;
    PN_TRY(pn_find_debtor(x, pn_query_value(x, "debtor")->number, &row));
    *ret_debtor = row.id;
    return PN_OK;
}

static pn_err currency_of(pn_exchange *x, pn_id debtor_id, pn_id account_id,
                          pn_currency *ret_currency) {
    pn_account_row account;
    PN_TRY(pn_told(x, pn_account_get(x->db, debtor_id, account_id, x->arena, &account)));
    *ret_currency = account.currency;
    return PN_OK;
}

static pn_err none(pn_exchange *x, const char *what, pn_id_kind kind, pn_id id, pn_err err) {
    return err == PN_NOT_FOUND ? pn_nothing_here(x, what, kind, id) : pn_told(x, err);
}

/* All there are stand on one page: a debtor has few. */
static pn_err end_page(pn_exchange *x) {
    pn_page_end(x, (int64_t[PN_PAGE_KEYS]){0}, false);
    return PN_OK;
}

/* ── promises ── */

static pn_err put_promise(pn_exchange *x, pn_json_writer *w, const pn_promise_row *row) {
    pn_currency currency;
    PN_TRY(currency_of(x, row->debtor_id, row->account_id, &currency));
    pn_json_begin_object(w);
    pn_put_id(w, "id", PN_ID_PROMISE, row->id);
    pn_put_id(w, "debtor", PN_ID_DEBTOR, row->debtor_id);
    pn_put_amount(w, "amount", row->amount, currency);
    pn_put_date(w, "due", row->due);
    pn_json_put_str(w, "state", pn_str_of(PROMISE_STATES[row->state]));
    pn_put_str_or_null(w, "source", row->source);
    pn_put_time(w, "made_at", row->made_at);
    pn_put_time(w, "judged_at", row->judged_at);
    pn_json_end_object(w);
    return PN_OK;
}

static pn_err list_promises(pn_exchange *x) {
    pn_id debtor = 0;
    pn_promise_row *rows = NULL;
    size_t count = 0;
    PN_TRY(read_debtor(x, &debtor));
    PN_TRY(pn_told(x, pn_promise_list(x->db, debtor, x->arena, &rows, &count)));
    pn_json_writer *w = pn_page_begin(x);
    for (size_t i = 0; i < count; i++) {
        PN_TRY(put_promise(x, w, &rows[i]));
    }
    return end_page(x);
}

static pn_err add_promise(pn_exchange *x) {
    pn_deal deal;
    pn_id id = 0;
    pn_str source = pn_body_value(x, "source")->text;
    PN_TRY(pn_body_deal(x, &deal));
    PN_TRY(pn_books_promise(x->app, deal.debtor_id, deal.account.id, deal.amount.minor,
                            (pn_date)pn_body_value(x, "due")->number,
                            source.len == 0 ? PN_STR("api") : source, deal.invoices,
                            deal.invoice_count, x->arena, &id, &x->diag));
    return pn_answer_made(x, "/v1/promises", PN_ID_PROMISE, id);
}

static pn_err cancel_promise(pn_exchange *x) {
    pn_id id = 0, debtor = 0;
    PN_TRY(pn_argument_id(x, 0, PN_ID_PROMISE, &id));
    PN_TRY(none(x, "promise", PN_ID_PROMISE, id,
                pn_promise_debtor(x->db, x->app->org.id, id, &debtor)));
    return pn_books_cancel_promise(x->app, debtor, id, x->arena, &x->diag);
}

/* ── disputes ── */

static pn_err put_dispute(pn_exchange *x, pn_json_writer *w, const pn_dispute_row *row) {
    pn_invoice_row invoice;
    PN_TRY(pn_find_invoice(x, row->invoice_id, &invoice));
    pn_json_begin_object(w);
    pn_put_id(w, "id", PN_ID_DISPUTE, row->id);
    pn_put_id(w, "debtor", PN_ID_DEBTOR, row->debtor_id);
    pn_put_id(w, "invoice", PN_ID_INVOICE, row->invoice_id);
    pn_json_key(w, PN_STR("line"));
    if (row->line == 0) {
        pn_json_add_null(w);
    } else {
        pn_json_add_int(w, row->line);
    }
    pn_put_amount(w, "amount", row->amount, invoice.item.currency);
    pn_put_str_or_null(w, "reason", row->reason);
    pn_json_put_bool(w, "closed", row->closed);
    pn_put_str_or_null(w, "outcome", row->outcome);
    pn_put_time(w, "opened_at", row->opened_at);
    pn_put_time(w, "closed_at", row->closed_at);
    pn_json_end_object(w);
    return PN_OK;
}

static pn_err list_disputes(pn_exchange *x) {
    pn_id debtor = 0;
    pn_dispute_row *rows = NULL;
    size_t count = 0;
    PN_TRY(read_debtor(x, &debtor));
    PN_TRY(pn_told(x, pn_dispute_list(x->db, debtor, x->arena, &rows, &count)));
    pn_json_writer *w = pn_page_begin(x);
    for (size_t i = 0; i < count; i++) {
        PN_TRY(put_dispute(x, w, &rows[i]));
    }
    return end_page(x);
}

static pn_err open_dispute(pn_exchange *x) {
    pn_invoice_row invoice;
    pn_id id = 0;
    const pn_route_value *amount = pn_body_value(x, "amount");
    PN_TRY(pn_find_invoice(x, pn_body_value(x, "invoice")->number, &invoice));
    if (amount->given && !pn_currency_eq(amount->currency, invoice.item.currency)) {
        pn_err err =
            pn_diag_set(&x->diag, PN_INVALID, "The invoice is in %s.", invoice.item.currency.code);
        pn_diag_where(&x->diag, "/amount/currency");
        return err;
    }
    PN_TRY(pn_books_dispute(x->app, invoice.item.id, pn_body_value(x, "line")->number,
                            amount->number, pn_body_value(x, "reason")->text, x->arena, &id,
                            &x->diag));
    return pn_answer_made(x, "/v1/disputes", PN_ID_DISPUTE, id);
}

static pn_err close_dispute(pn_exchange *x) {
    pn_id id = 0;
    pn_dispute_row row;
    PN_TRY(pn_argument_id(x, 0, PN_ID_DISPUTE, &id));
    PN_TRY(none(x, "dispute", PN_ID_DISPUTE, id,
                pn_dispute_get(x->db, x->app->org.id, id, x->arena, &row)));
    return pn_books_close_dispute(x->app, id, pn_body_value(x, "outcome")->text, x->arena,
                                  &x->diag);
}

/* ── instruments ── */

static pn_err put_instrument(pn_exchange *x, pn_json_writer *w, const pn_instrument_row *row) {
    pn_currency currency;
    pn_debtor_row debtor;
    PN_TRY(currency_of(x, row->debtor_id, row->account_id, &currency));
    PN_TRY(pn_find_debtor(x, row->debtor_id, &debtor));
    pn_json_begin_object(w);
    pn_put_id(w, "id", PN_ID_INSTRUMENT, row->id);
    pn_put_id(w, "debtor", PN_ID_DEBTOR, row->debtor_id);
    pn_json_put_str(w, "debtor_name", debtor.name);
    pn_json_put_str(w, "kind", row->kind);
    pn_put_str_or_null(w, "number", row->number);
    pn_put_amount(w, "amount", row->amount, currency);
    pn_put_date(w, "due", row->due);
    pn_json_put_str(w, "state", pn_str_of(INSTRUMENT_STATES[row->state]));
    pn_put_id(w, "payment", PN_ID_PAYMENT, row->payment_id);
    pn_put_time(w, "taken_at", row->taken_at);
    pn_put_time(w, "settled_at", row->settled_at);
    pn_json_end_object(w);
    return PN_OK;
}

static pn_err list_instruments(pn_exchange *x) {
    pn_id debtor = 0;
    pn_instrument_row *rows = NULL;
    size_t count = 0;
    PN_TRY(read_debtor(x, &debtor));
    PN_TRY(pn_told(x, pn_instrument_list(x->db, debtor, x->arena, &rows, &count)));
    pn_json_writer *w = pn_page_begin(x);
    for (size_t i = 0; i < count; i++) {
        PN_TRY(put_instrument(x, w, &rows[i]));
    }
    return end_page(x);
}

static const pn_shape DUE_QUERY[] = {
    {.name = "from", .type = PN_SHAPE_DATE, .required = true, .help = "due then or later"},
    {.name = "to", .type = PN_SHAPE_DATE, .required = true, .help = "due before"},
    {.name = "state", .type = PN_SHAPE_WORD, .words = INSTRUMENT_STATES},
    {.name = NULL},
};

static pn_err put_due(pn_exchange *x, pn_json_writer *w, const void *item,
                      int64_t key[PN_PAGE_KEYS]) {
    const pn_instrument_row *row = item;
    key[0] = row->due;
    key[1] = row->id;
    return put_instrument(x, w, row);
}

static pn_err list_due_instruments(pn_exchange *x) {
    pn_page page;
    pn_instrument_row *rows = NULL;
    size_t count = 0;
    const pn_route_value *state = pn_query_value(x, "state");
    PN_TRY(pn_page_read(x, &page));
    bool begins = page.key[0] == INT64_MIN;
    PN_TRY(pn_told(x, pn_instrument_due(
                          x->db, x->app->org.id, (pn_date)pn_query_value(x, "from")->number,
                          (pn_date)pn_query_value(x, "to")->number,
                          state->given ? (int)state->number : -1, begins ? 0 : (pn_date)page.key[0],
                          begins ? 0 : page.key[1], page.limit + 1, x->arena, &rows, &count)));
    return pn_page_give(x, &page, rows, sizeof *rows, count, put_due);
}

static pn_err add_instrument(pn_exchange *x) {
    pn_deal deal;
    pn_id id = 0;
    PN_TRY(pn_body_deal(x, &deal));
    PN_TRY(pn_books_instrument(x->app, deal.debtor_id, deal.account.id,
                               pn_body_value(x, "kind")->text, pn_body_value(x, "number")->text,
                               deal.amount.minor, (pn_date)pn_body_value(x, "due")->number,
                               deal.invoices, deal.invoice_count, x->arena, &id, &x->diag));
    return pn_answer_made(x, "/v1/instruments", PN_ID_INSTRUMENT, id);
}

static pn_err settle_instrument(pn_exchange *x, bool cleared, pn_str reason) {
    pn_id id = 0;
    pn_instrument_row row;
    PN_TRY(pn_argument_id(x, 0, PN_ID_INSTRUMENT, &id));
    PN_TRY(none(x, "instrument", PN_ID_INSTRUMENT, id,
                pn_instrument_get(x->db, x->app->org.id, id, x->arena, &row)));
    return pn_books_settle_instrument(x->app, id, cleared, reason, x->arena, &x->diag);
}

static pn_err clear_instrument(pn_exchange *x) {
    return settle_instrument(x, true, PN_STR(""));
}

static pn_err return_instrument(pn_exchange *x) {
    return settle_instrument(x, false, pn_body_value(x, "reason")->text);
}

/* ── plans ── */

static pn_err put_plan(pn_exchange *x, pn_json_writer *w, const pn_plan_row *row) {
    pn_currency currency;
    pn_installment_row *parts = NULL;
    size_t count = 0;
    PN_TRY(currency_of(x, row->debtor_id, row->account_id, &currency));
    PN_TRY(
        pn_told(x, pn_plan_installments(x->db, row->debtor_id, row->id, x->arena, &parts, &count)));
    pn_json_begin_object(w);
    pn_put_id(w, "id", PN_ID_PLAN, row->id);
    pn_put_id(w, "debtor", PN_ID_DEBTOR, row->debtor_id);
    pn_json_put_str(w, "state", pn_str_of(PLAN_STATES[row->state]));
    pn_put_list(w, "installments");
    for (size_t i = 0; i < count; i++) {
        pn_json_begin_object(w);
        pn_put_date(w, "due", parts[i].due);
        pn_put_amount(w, "amount", parts[i].amount, currency);
        pn_json_end_object(w);
    }
    pn_json_end_array(w);
    pn_put_time(w, "made_at", row->made_at);
    pn_put_time(w, "ended_at", row->ended_at);
    pn_json_end_object(w);
    return PN_OK;
}

static pn_err list_plans(pn_exchange *x) {
    pn_id debtor = 0;
    pn_plan_row *rows = NULL;
    size_t count = 0;
    PN_TRY(read_debtor(x, &debtor));
    PN_TRY(pn_told(x, pn_plan_list(x->db, debtor, x->arena, &rows, &count)));
    pn_json_writer *w = pn_page_begin(x);
    for (size_t i = 0; i < count; i++) {
        PN_TRY(put_plan(x, w, &rows[i]));
    }
    return end_page(x);
}

static pn_err read_installments(pn_exchange *x, pn_currency currency,
                                pn_installment_row *ret_rows) {
    const pn_json *list = pn_body_value(x, "installments")->json;
    for (uint32_t i = 0; i < list->count; i++) {
        pn_route_value *values = NULL;
        PN_TRY(pn_shape_read(x, INSTALLMENT_FIELDS, &list->items[i], "", &values));
        const pn_route_value *amount = pn_value_named(INSTALLMENT_FIELDS, values, "amount");
        if (!pn_currency_eq(amount->currency, currency)) {
            pn_err err = pn_diag_set(&x->diag, PN_INVALID, "The account is in %s.", currency.code);
            pn_diag_where(&x->diag, "/installments/%u/amount/currency", i);
            return err;
        }
        ret_rows[i] = (pn_installment_row){
            .number = i + 1,
            .due = (pn_date)pn_value_named(INSTALLMENT_FIELDS, values, "due")->number,
            .amount = amount->number,
        };
    }
    return PN_OK;
}

static pn_err add_plan(pn_exchange *x) {
    pn_deal deal;
    pn_id id = 0;
    PN_TRY(pn_body_deal(x, &deal));
    size_t count = pn_body_value(x, "installments")->json->count;
    pn_installment_row *rows = pn_arena_array(x->arena, pn_installment_row, count);
    PN_TRY(read_installments(x, deal.account.currency, rows));
    PN_TRY(pn_books_plan(x->app, deal.debtor_id, deal.account.id, rows, count, x->arena, &id,
                         &x->diag));
    return pn_answer_made(x, "/v1/plans", PN_ID_PLAN, id);
}

static pn_err cancel_plan(pn_exchange *x) {
    pn_id id = 0, debtor = 0;
    PN_TRY(pn_argument_id(x, 0, PN_ID_PLAN, &id));
    PN_TRY(none(x, "plan", PN_ID_PLAN, id, pn_plan_debtor(x->db, x->app->org.id, id, &debtor)));
    return pn_books_cancel_plan(x->app, debtor, id, pn_body_value(x, "reason")->text, x->arena,
                                &x->diag);
}

/* ── the table ── */

#define LISTS(noun, object, function)                                                              \
    {                                                                                              \
        .method = PN_HTTP_GET, .path = "/v1/" noun, .name = "list_" noun, .runs = PN_RUNS_READER,  \
        .roles = PN_MAY_READ, .scope = noun ":read", .query = OF_DEBTOR, .gives = &(object),       \
        .gives_list = true, .answer = function, .summary = noun " of a debtor"                     \
    }
#define CHANGES(noun, at, id, may, takes, gives_what, function, says)                              \
    {                                                                                              \
        .method = PN_HTTP_POST, .path = "/v1/" noun at, .name = id, .runs = PN_RUNS_WRITER,        \
        .roles = may, .scope = noun ":write", .body = takes, .gives = gives_what,                  \
        .answer = function, .summary = says                                                        \
    }

pn_route_table PN_ROUTES_DEALS = {
    LISTS("promises", PROMISE, list_promises),
    CHANGES("promises", "", "add_promise", PN_MAY_COLLECT, PROMISE_BODY, &PN_MADE, add_promise,
            "a debtor promised to pay"),
    CHANGES("promises", "/{promise}/cancel", "cancel_promise", PN_MAY_COLLECT, NULL, NULL,
            cancel_promise, "it does not hold any more: what it covered may be asked for again"),
    LISTS("disputes", DISPUTE, list_disputes),
    CHANGES("disputes", "", "open_dispute", PN_MAY_COLLECT, DISPUTE_BODY, &PN_MADE, open_dispute,
            "a debtor contests an invoice, a line or an amount"),
    CHANGES("disputes", "/{dispute}/close", "close_dispute", PN_MAY_COLLECT, CLOSE_BODY, NULL,
            close_dispute, "it is decided: what it covered may be asked for again"),
    LISTS("instruments", INSTRUMENT, list_instruments),
    {.method = PN_HTTP_GET,
     .path = "/v1/instruments/due",
     .name = "list_due_instruments",
     .runs = PN_RUNS_READER,
     .roles = PN_MAY_READ,
     .scope = "instruments:read",
     .query = DUE_QUERY,
     .gives = &INSTRUMENT,
     .gives_list = true,
     .answer = list_due_instruments,
     .summary = "cheques, notes and direct debits of everybody, by the day they are due"},
    CHANGES("instruments", "", "add_instrument", PN_MAY_BOOK, INSTRUMENT_BODY, &PN_MADE,
            add_instrument, "a cheque, note or direct debit is on its way"),
    CHANGES("instruments", "/{instrument}/clear", "clear_instrument", PN_MAY_BOOK, NULL, NULL,
            clear_instrument, "it cleared: its amount is a payment now"),
    CHANGES("instruments", "/{instrument}/return", "return_instrument", PN_MAY_BOOK, REASON_BODY,
            NULL, return_instrument, "it came back unpaid"),
    LISTS("plans", PLAN, list_plans),
    CHANGES("plans", "", "add_plan", PN_MAY_COLLECT, PLAN_BODY, &PN_MADE, add_plan,
            "installments are agreed upon"),
    CHANGES("plans", "/{plan}/cancel", "cancel_plan", PN_MAY_COLLECT, REASON_BODY, NULL,
            cancel_plan, "it does not hold any more: what it covered may be asked for again"),
    {.path = NULL},
};
