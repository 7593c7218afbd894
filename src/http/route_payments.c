/* Payments and what they settled. */
#include "app/allocations.h"
#include "base/banned.h"
#include "http/answer.h"
#include "http/find.h"
#include "http/tables.h"

static const pn_shape ALLOCATION_FIELDS[] = {
    {.name = "invoice", .type = PN_SHAPE_ID, .id_kind = PN_ID_INVOICE, .required = true},
    {.name = "amount", .type = PN_SHAPE_AMOUNT, .required = true, .help = "settled by it"},
    {.name = "withheld",
     .type = PN_SHAPE_AMOUNT,
     .required = true,
     .help = "short by a rate that may be withheld"},
    {.name = NULL},
};
static const pn_shape PAYMENT_FIELDS[] = {
    {.name = "id", .type = PN_SHAPE_ID, .id_kind = PN_ID_PAYMENT, .required = true},
    {.name = "debtor", .type = PN_SHAPE_ID, .id_kind = PN_ID_DEBTOR, .required = true},
    {.name = "debtor_name", .type = PN_SHAPE_TEXT, .help = "in a list"},
    {.name = "creditor", .type = PN_SHAPE_ID, .id_kind = PN_ID_CREDITOR, .required = true},
    {.name = "key", .type = PN_SHAPE_TEXT, .help = "of the bank or ERP"},
    {.name = "amount", .type = PN_SHAPE_AMOUNT, .required = true},
    {.name = "unapplied", .type = PN_SHAPE_AMOUNT, .required = true},
    {.name = "received", .type = PN_SHAPE_DATE, .required = true},
    {.name = "at", .type = PN_SHAPE_TIME, .required = true},
    {.name = "recorded_at", .type = PN_SHAPE_TIME, .required = true},
    {.name = "method", .type = PN_SHAPE_TEXT},
    {.name = "reference", .type = PN_SHAPE_TEXT},
    {.name = "allocated_by",
     .type = PN_SHAPE_TEXT,
     .help = "how its invoices were found: instruction, reference, exact, oldest …"},
    {.name = "reversed_at", .type = PN_SHAPE_TIME},
    {.name = "reversal_reason", .type = PN_SHAPE_TEXT},
    {.name = "allocations",
     .type = PN_SHAPE_LIST,
     .fields = ALLOCATION_FIELDS,
     .help = "where one payment is asked for"},
    {.name = "version", .type = PN_SHAPE_TEXT, .help = "for If-Match of a move; as allocations"},
    {.name = "existed", .type = PN_SHAPE_BOOL, .help = "it was there already: nothing changed"},
    {.name = NULL},
};
static const pn_schema_object PAYMENT = {"Payment", PAYMENT_FIELDS, "Money that was received"};

const char *const PN_PAYMENT_STATES[] = {"any", "applied", "unapplied", "reversed", NULL};

static const pn_shape LIST_QUERY[] = {
    {.name = "debtor", .type = PN_SHAPE_ID, .id_kind = PN_ID_DEBTOR},
    {.name = "state",
     .type = PN_SHAPE_WORD,
     .words = PN_PAYMENT_STATES,
     .help = "unapplied: some of it settles nothing yet"},
    {.name = "from", .type = PN_SHAPE_DATE, .help = "received then or later"},
    {.name = "to", .type = PN_SHAPE_DATE, .help = "received before"},
    {.name = NULL},
};
static const pn_shape ADD_BODY[] = {
    PN_DEAL_FIELDS,
    {.name = "amount", .type = PN_SHAPE_AMOUNT, .required = true, .min = 1, .max = PN_AMOUNT_MAX},
    {.name = "received", .type = PN_SHAPE_DATE, .help = "the day; today where it is left out"},
    {.name = "at", .type = PN_SHAPE_TIME, .help = "the moment; now where it is left out"},
    {.name = "key",
     .type = PN_SHAPE_TEXT,
     .min = 1,
     .max = 200,
     .help = "of the bank or ERP: a payment of the same key is not added twice"},
    {.name = "method", .type = PN_SHAPE_TEXT, .max = 60, .help = "transfer, card, cash …"},
    {.name = "reference", .type = PN_SHAPE_TEXT, .max = 400, .help = "what the payer wrote"},
    {.name = NULL},
};
static const pn_shape REVERSE_BODY[] = {
    {.name = "reason", .type = PN_SHAPE_TEXT, .required = true, .min = 1, .max = 400},
    {.name = NULL},
};

static const pn_shape ALLOCATE_BODY[] = {
    {.name = "invoices",
     .type = PN_SHAPE_LIST,
     .max = 1000,
     .fields = PN_DEAL_INVOICES,
     .help = "in this order; the oldest open ones of the account where it is left out"},
    {.name = NULL},
};
static const pn_shape DEALLOCATE_BODY[] = {
    {.name = "invoices",
     .type = PN_SHAPE_LIST,
     .required = true,
     .min = 1,
     .max = 1000,
     .fields = PN_DEAL_INVOICES},
    {.name = "reason", .type = PN_SHAPE_TEXT, .required = true, .min = 1, .max = 400},
    {.name = NULL},
};

#define ID_LIST(key, says)                                                                         \
    { .name = key, .type = PN_SHAPE_LIST, .max = 1000, .fields = PN_DEAL_INVOICES, .help = says }
static const pn_shape MOVE_BODY[] = {
    ID_LIST("from", "invoices that it was not meant for"),
    ID_LIST("to", "invoices to settle with what is left of it then, in this order"),
    {.name = "settles",
     .type = PN_SHAPE_LIST,
     .max = 1000,
     .fields = ALLOCATION_FIELDS,
     .help = "instead: exactly this, as `allocations` gave it before, which takes a move back"},
    {.name = "reason", .type = PN_SHAPE_TEXT, .required = true, .min = 1, .max = 400},
    {.name = NULL},
};

static void put_payment(pn_json_writer *w, const pn_payment_row *row) {
    pn_put_id(w, "id", PN_ID_PAYMENT, row->id);
    pn_put_id(w, "debtor", PN_ID_DEBTOR, row->debtor_id);
    pn_put_id(w, "creditor", PN_ID_CREDITOR, row->creditor_id);
    pn_put_str_or_null(w, "key", row->external_id);
    pn_put_amount(w, "amount", row->amount, row->currency);
    pn_put_amount(w, "unapplied", row->unapplied, row->currency);
    pn_put_date(w, "received", row->received);
    pn_put_time(w, "at", row->at);
    pn_put_time(w, "recorded_at", row->recorded_at);
    pn_put_str_or_null(w, "method", row->method);
    pn_put_str_or_null(w, "reference", row->reference);
    pn_put_str_or_null(w, "allocated_by", row->allocation);
    pn_put_time(w, "reversed_at", row->reversed_at);
    pn_put_str_or_null(w, "reversal_reason", row->reversal_reason);
}

static pn_err put_row_of_payments(pn_exchange *x, pn_json_writer *w, const void *item,
                                  int64_t key[PN_PAGE_KEYS]) {
    const pn_payment_row *row = item;
    pn_debtor_row debtor;
    PN_TRY(pn_find_debtor(x, row->debtor_id, &debtor));
    pn_json_begin_object(w);
    put_payment(w, row);
    pn_json_put_str(w, "debtor_name", debtor.name);
    pn_json_end_object(w);
    key[0] = row->received;
    key[1] = row->id;
    return PN_OK;
}

static pn_err list_payments(pn_exchange *x) {
    pn_page page;
    pn_payment_row *rows = NULL;
    pn_debtor_row debtor = {0};
    size_t count = 0;
    const pn_route_value *of = pn_query_value(x, "debtor");
    const pn_route_value *from = pn_query_value(x, "from"), *to = pn_query_value(x, "to");
    PN_TRY(pn_page_read(x, &page));
    if (of->given) {
        PN_TRY(pn_find_debtor(x, of->number, &debtor));
    }
    const pn_payment_filter filter = {
        .debtor_id = debtor.id,
        .state = (pn_payment_state)pn_query_value(x, "state")->number,
        .from = from->given ? (pn_date)from->number : PN_DATE_NONE,
        .to = to->given ? (pn_date)to->number : PN_DATE_NONE,
        .behind_day = page.key[0] == INT64_MIN ? PN_DATE_NONE : (pn_date)page.key[0],
        .behind_id = page.key[1],
    };
    PN_TRY(pn_told(x, pn_payment_page(x->db, x->app->org.id, &filter, page.limit + 1, x->arena,
                                      &rows, &count)));
    return pn_page_give(x, &page, rows, sizeof *rows, count, put_row_of_payments);
}

/* Of what it settles: any move gives another. */
static pn_err settling_version(pn_exchange *x, const pn_payment_row *row, int64_t *ret_version) {
    pn_ledger_row *entries = NULL;
    size_t count = 0;
    PN_TRY(pn_told(
        x, pn_ledger_of_payment(x->db, row->debtor_id, row->id, x->arena, &entries, &count)));
    pn_id last = 0;
    for (size_t i = 0; i < count; i++) {
        last = PN_MAX(last, entries[i].id);
    }
    *ret_version = pn_version_of(pn_str_format(x->arena, "%zu|%lld|%lld", count, (long long)last,
                                               (long long)row->unapplied));
    return PN_OK;
}

/* The entries of the ledger that it made and that stand. */
static pn_err put_allocations(pn_exchange *x, pn_json_writer *w, const pn_payment_row *row) {
    pn_ledger_row *entries = NULL;
    size_t count = 0;
    PN_TRY(pn_told(
        x, pn_ledger_of_payment(x->db, row->debtor_id, row->id, x->arena, &entries, &count)));
    count = pn_ledger_standing(entries, count);
    pn_put_list(w, "allocations");
    for (size_t i = 0; i < count; i++) {
        bool withheld = false;
        if (entries[i].kind != PN_ENTRY_PAYMENT) {
            continue;
        }
        int64_t short_by = 0;
        for (size_t j = 0; j < count; j++) {
            withheld = entries[j].kind == PN_ENTRY_WITHHOLDING &&
                       entries[j].invoice_id == entries[i].invoice_id;
            short_by -= withheld ? entries[j].amount : 0;
        }
        pn_json_begin_object(w);
        pn_put_id(w, "invoice", PN_ID_INVOICE, entries[i].invoice_id);
        pn_put_amount(w, "amount", -entries[i].amount, row->currency);
        pn_put_amount(w, "withheld", short_by, row->currency);
        pn_json_end_object(w);
    }
    pn_json_end_array(w);
    return PN_OK;
}

static pn_err give_payment(pn_exchange *x, const pn_payment_row *row, bool added, bool existed) {
    int64_t version = 0;
    PN_TRY(settling_version(x, row, &version));
    pn_json_writer *w = pn_answer_json(x);
    put_payment(w, row);
    PN_TRY(put_allocations(x, w, row));
    pn_json_put_str(w, "version", pn_str_format(x->arena, "%lld", (long long)version));
    if (added) {
        pn_json_put_bool(w, "existed", existed);
    }
    pn_json_end_object(w);
    return PN_OK;
}

static pn_err get_payment(pn_exchange *x) {
    pn_payment_row row;
    PN_TRY(pn_path_payment(x, &row));
    return give_payment(x, &row, false, false);
}

static pn_err add_payment(pn_exchange *x) {
    pn_deal deal;
    pn_payment_result result;
    pn_payment_row row;
    PN_TRY(pn_body_deal(x, &deal));
    const pn_route_value *received = pn_body_value(x, "received"), *at = pn_body_value(x, "at");
    pn_payment_request request = {
        .debtor_id = deal.debtor_id,
        .creditor_id = deal.account.creditor_id,
        .amount = deal.amount,
        .received = received->given ? (pn_date)received->number : PN_DATE_NONE,
        .at = at->given ? at->number : PN_TIME_NONE,
        .external_id = pn_body_value(x, "key")->text,
        .method = pn_body_value(x, "method")->text,
        .reference = pn_body_value(x, "reference")->text,
        .invoices = deal.invoices,
        .invoice_count = deal.invoice_count,
    };
    PN_TRY(pn_books_pay(x->app, &request, x->arena, &result, &x->diag));
    PN_TRY(pn_find_payment(x, result.payment_id, &row));
    if (!result.existed) {
        pn_answer_created(x, "/v1/payments", PN_ID_PAYMENT, row.id);
    }
    return give_payment(x, &row, true, result.existed);
}

static pn_err reverse_payment(pn_exchange *x) {
    pn_payment_row row;
    PN_TRY(pn_path_payment(x, &row));
    PN_TRY(pn_books_reverse(x->app, row.id, pn_body_value(x, "reason")->text, x->arena, &x->diag));
    PN_TRY(pn_find_payment(x, row.id, &row));
    return give_payment(x, &row, false, false);
}

/* Of the body, each of this organization. */
static pn_err body_ids(pn_exchange *x, const char *name, const pn_id **ret_ids, size_t *ret_count) {
    pn_invoice_row row;
    pn_value_ids(pn_body_value(x, name), PN_ID_INVOICE, x->arena, ret_ids, ret_count);
    for (size_t i = 0; i < *ret_count; i++) {
        PN_TRY(pn_find_invoice(x, (*ret_ids)[i], &row));
    }
    return PN_OK;
}

static pn_err body_invoices(pn_exchange *x, const pn_id **ret_ids, size_t *ret_count) {
    return body_ids(x, "invoices", ret_ids, ret_count);
}

static pn_err allocate_payment(pn_exchange *x) {
    pn_payment_row row;
    const pn_id *invoices = NULL;
    size_t count = 0;
    PN_TRY(pn_path_payment(x, &row));
    PN_TRY(body_invoices(x, &invoices, &count));
    PN_TRY(pn_payment_allocate(x->app, row.id, invoices, count, x->arena, &x->diag));
    PN_TRY(pn_find_payment(x, row.id, &row));
    return give_payment(x, &row, false, false);
}

static pn_err deallocate_payment(pn_exchange *x) {
    pn_payment_row row;
    const pn_id *invoices = NULL;
    size_t count = 0;
    pn_str reason = pn_body_value(x, "reason")->text;
    PN_TRY(pn_path_payment(x, &row));
    PN_TRY(body_invoices(x, &invoices, &count));
    PN_TRY(pn_payment_deallocate(x->app, row.id, invoices, count, reason, x->arena, &x->diag));
    PN_TRY(pn_find_payment(x, row.id, &row));
    return give_payment(x, &row, false, false);
}

static pn_err read_settled(pn_exchange *x, const pn_payment_row *row, pn_settled **ret_settled,
                           size_t *ret_count) {
    const pn_json *list = pn_body_value(x, "settles")->json;
    pn_settled *settled = pn_arena_array(x->arena, pn_settled, list->count + 1);
    for (size_t i = 0; i < list->count; i++) {
        pn_route_value *values = NULL;
        pn_invoice_row invoice;
        pn_str pointer = pn_str_format(x->arena, "/settles/%zu", i);
        PN_TRY(pn_shape_read(x, ALLOCATION_FIELDS, &list->items[i], pn_str_z(x->arena, pointer),
                             &values));
        const pn_route_value *amount = pn_value_named(ALLOCATION_FIELDS, values, "amount");
        const pn_route_value *withheld = pn_value_named(ALLOCATION_FIELDS, values, "withheld");
        settled[i] =
            (pn_settled){.invoice_id = pn_value_named(ALLOCATION_FIELDS, values, "invoice")->number,
                         .amount = amount->number,
                         .withheld = withheld->number};
        PN_TRY(pn_find_invoice(x, settled[i].invoice_id, &invoice));
        if (!pn_currency_eq(amount->currency, row->currency) ||
            !pn_currency_eq(withheld->currency, row->currency)) {
            pn_err err =
                pn_diag_set(&x->diag, PN_INVALID, "The payment is in %s.", row->currency.code);
            pn_diag_where(&x->diag, "%.*s", PN_STR_ARG(pointer));
            return err;
        }
    }
    *ret_settled = settled;
    *ret_count = list->count;
    return PN_OK;
}

static pn_err move_some(pn_exchange *x, const pn_payment_row *row, pn_str reason) {
    const pn_id *from = NULL, *to = NULL;
    size_t from_count = 0, to_count = 0;
    PN_TRY(body_ids(x, "from", &from, &from_count));
    PN_TRY(body_ids(x, "to", &to, &to_count));
    if (from_count == 0 && to_count == 0) {
        return pn_diag_set(&x->diag, PN_INVALID, "Name invoices in from or to, or in settles.");
    }
    if (from_count != 0) {
        PN_TRY(
            pn_payment_deallocate(x->app, row->id, from, from_count, reason, x->arena, &x->diag));
    }
    return to_count == 0 ? PN_OK
                         : pn_payment_allocate(x->app, row->id, to, to_count, x->arena, &x->diag);
}

/* All of it or nothing: the money is never left between two invoices. */
static pn_err move_payment(pn_exchange *x) {
    pn_payment_row row;
    int64_t version = 0;
    pn_str reason = pn_body_value(x, "reason")->text;
    bool exactly = pn_body_value(x, "settles")->given;
    PN_TRY(pn_path_payment(x, &row));
    PN_TRY(settling_version(x, &row, &version));
    PN_TRY(pn_check_version(x, version));
    if (exactly && (pn_body_value(x, "from")->given || pn_body_value(x, "to")->given)) {
        return pn_diag_set(&x->diag, PN_INVALID, "Give settles, or from and to; not both.");
    }
    if (exactly) {
        pn_settled *settled = NULL;
        size_t count = 0;
        PN_TRY(read_settled(x, &row, &settled, &count));
        PN_TRY(pn_payment_settle(x->app, row.id, settled, count, reason, x->arena, &x->diag));
    } else {
        PN_TRY(move_some(x, &row, reason));
    }
    PN_TRY(pn_find_payment(x, row.id, &row));
    return give_payment(x, &row, false, false);
}

pn_route_table PN_ROUTES_PAYMENTS = {
    {.method = PN_HTTP_GET,
     .path = "/v1/payments",
     .name = "list_payments",
     .runs = PN_RUNS_READER,
     .roles = PN_MAY_READ,
     .scope = "payments:read",
     .query = LIST_QUERY,
     .gives = &PAYMENT,
     .gives_list = true,
     .answer = list_payments,
     .summary = "payments, the newest first"},
    {.method = PN_HTTP_POST,
     .path = "/v1/payments",
     .name = "add_payment",
     .runs = PN_RUNS_WRITER,
     .roles = PN_MAY_BOOK,
     .scope = "payments:write",
     .body = ADD_BODY,
     .gives = &PAYMENT,
     .answer = add_payment,
     .summary = "money was received",
     .help = "It settles the invoices named; else it is matched by reference and amount, the "
             "oldest first at last."},
    {.method = PN_HTTP_GET,
     .path = "/v1/payments/{payment}",
     .name = "get_payment",
     .runs = PN_RUNS_READER,
     .roles = PN_MAY_READ,
     .scope = "payments:read",
     .gives = &PAYMENT,
     .answer = get_payment,
     .summary = "one payment with what it settled"},
    {.method = PN_HTTP_POST,
     .path = "/v1/payments/{payment}/reverse",
     .name = "reverse_payment",
     .runs = PN_RUNS_WRITER,
     .roles = PN_MAY_BOOK,
     .scope = "payments:write",
     .body = REVERSE_BODY,
     .gives = &PAYMENT,
     .answer = reverse_payment,
     .summary = "take a payment back: what it had closed is open again"},
    {.method = PN_HTTP_POST,
     .path = "/v1/payments/{payment}/allocate",
     .name = "allocate_payment",
     .runs = PN_RUNS_WRITER,
     .roles = PN_MAY_BOOK,
     .scope = "payments:write",
     .body = ALLOCATE_BODY,
     .gives = &PAYMENT,
     .answer = allocate_payment,
     .summary = "settle invoices with what is left of a payment"},
    {.method = PN_HTTP_POST,
     .path = "/v1/payments/{payment}/deallocate",
     .name = "deallocate_payment",
     .runs = PN_RUNS_WRITER,
     .roles = PN_MAY_BOOK,
     .scope = "payments:write",
     .body = DEALLOCATE_BODY,
     .gives = &PAYMENT,
     .answer = deallocate_payment,
     .summary = "take a payment from invoices it was not meant for",
     .help = "They are open again; the money is not applied until somebody says to what."},
    {.method = PN_HTTP_POST,
     .path = "/v1/payments/{payment}/move",
     .name = "move_payment",
     .runs = PN_RUNS_WRITER,
     .roles = PN_MAY_BOOK,
     .scope = "payments:write",
     .body = MOVE_BODY,
     .gives = &PAYMENT,
     .answer = move_payment,
     .summary = "take a payment from some invoices and settle others with it, at once",
     .help = "With If-Match nothing is moved that somebody else moved meanwhile."},
    {.path = NULL},
};
