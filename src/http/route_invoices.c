/* Invoices: what is owed, what it is made of, what lowered it. */
#include "app/books.h"
#include "app/cases.h"
#include "base/banned.h"
#include "http/answer.h"
#include "http/find.h"
#include "http/four_eyes.h"
#include "http/tables.h"
#include "store/bill.h"

static const char *const CLOSED[] = {"no", "paid", "credited", "written_off", "cancelled", NULL};

static const pn_shape INVOICE_FIELDS[] = {
    {.name = "id", .type = PN_SHAPE_ID, .id_kind = PN_ID_INVOICE, .required = true},
    {.name = "number", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "debtor", .type = PN_SHAPE_ID, .id_kind = PN_ID_DEBTOR, .required = true},
    {.name = "creditor", .type = PN_SHAPE_ID, .id_kind = PN_ID_CREDITOR, .required = true},
    {.name = "product", .type = PN_SHAPE_TEXT},
    {.name = "issued", .type = PN_SHAPE_DATE, .required = true},
    {.name = "due", .type = PN_SHAPE_DATE, .required = true, .help = "as agreed"},
    {.name = "effective_due",
     .type = PN_SHAPE_DATE,
     .required = true,
     .help = "with the customer's payment days: what waits count from"},
    {.name = "portal_accepted", .type = PN_SHAPE_DATE},
    {.name = "amount", .type = PN_SHAPE_AMOUNT, .required = true},
    {.name = "open", .type = PN_SHAPE_AMOUNT, .required = true},
    {.name = "claimable",
     .type = PN_SHAPE_AMOUNT,
     .required = true,
     .help = "open − disputed − promised − planned − in flight"},
    {.name = "charges",
     .type = PN_SHAPE_AMOUNT,
     .required = true,
     .help = "of what is open, interest and fees"},
    {.name = "disputed", .type = PN_SHAPE_AMOUNT, .required = true},
    {.name = "promised", .type = PN_SHAPE_AMOUNT, .required = true},
    {.name = "planned", .type = PN_SHAPE_AMOUNT, .required = true},
    {.name = "in_flight", .type = PN_SHAPE_AMOUNT, .required = true},
    {.name = "closed", .type = PN_SHAPE_WORD, .words = CLOSED, .required = true},
    {.name = "closed_at", .type = PN_SHAPE_TIME},
    {.name = "reopened_at", .type = PN_SHAPE_TIME},
    {.name = "reported_paid_until", .type = PN_SHAPE_DATE},
    {.name = "run", .type = PN_SHAPE_ID, .id_kind = PN_ID_RUN, .help = "of its own"},
    {.name = "created_at", .type = PN_SHAPE_TIME, .required = true},
    {.name = NULL},
};
static const pn_schema_object INVOICE = {"Invoice", INVOICE_FIELDS, "What is owed"};

static const pn_shape ENTRY_FIELDS[] = {
    {.name = "id", .type = PN_SHAPE_ID, .id_kind = PN_ID_LEDGER_ENTRY, .required = true},
    {.name = "kind", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "amount", .type = PN_SHAPE_AMOUNT, .required = true, .help = "signed"},
    {.name = "payment", .type = PN_SHAPE_ID, .id_kind = PN_ID_PAYMENT},
    {.name = "reverses", .type = PN_SHAPE_ID, .id_kind = PN_ID_LEDGER_ENTRY},
    {.name = "at", .type = PN_SHAPE_TIME, .required = true},
    {.name = "recorded_at", .type = PN_SHAPE_TIME, .required = true},
    {.name = "actor", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "note", .type = PN_SHAPE_LINES},
    {.name = NULL},
};
static const pn_schema_object ENTRY = {"LedgerEntry", ENTRY_FIELDS,
                                       "What an invoice's amount is made of; never changed"};

static const pn_shape LINE_FIELDS[] = {
    {.name = "line", .type = PN_SHAPE_INT, .required = true},
    {.name = "sku", .type = PN_SHAPE_TEXT},
    {.name = "product", .type = PN_SHAPE_TEXT},
    {.name = "description", .type = PN_SHAPE_TEXT},
    {.name = "quantity_millionths", .type = PN_SHAPE_INT},
    {.name = "unit_price_millionths", .type = PN_SHAPE_INT, .help = "of a major unit"},
    {.name = "net", .type = PN_SHAPE_AMOUNT, .required = true, .help = "before taxes"},
    {.name = "tax_ppm", .type = PN_SHAPE_INT, .help = "its first tax, in millionths"},
    {.name = "amount",
     .type = PN_SHAPE_AMOUNT,
     .required = true,
     .help = "its share of the invoice's amount"},
    {.name = NULL},
};
static const pn_schema_object LINE = {"InvoiceLine", LINE_FIELDS, "What an invoice bills"};

static const pn_shape LIST_QUERY[] = {
    {.name = "filter", .type = PN_SHAPE_RULE, .min = PN_SUBJECT_INVOICE},
    {.name = "debtor", .type = PN_SHAPE_ID, .id_kind = PN_ID_DEBTOR},
    {.name = "closed", .type = PN_SHAPE_BOOL, .help = "closed ones too"},
    {.name = NULL},
};
static const pn_shape FIND_QUERY[] = {
    {.name = "number", .type = PN_SHAPE_TEXT, .required = true, .min = 1, .max = 200},
    {.name = "creditor", .type = PN_SHAPE_ID, .id_kind = PN_ID_CREDITOR},
    {.name = NULL},
};
static const char *const LOWER_KINDS[] = {"credit",      "write_off", "discount",
                                          "withholding", "cancel",    NULL};
static const pn_shape LOWER_BODY[] = {
    {.name = "kind", .type = PN_SHAPE_WORD, .words = LOWER_KINDS, .required = true},
    {.name = "amount",
     .type = PN_SHAPE_AMOUNT,
     .min = 1,
     .max = PN_AMOUNT_MAX,
     .help = "all that is open where it is left out"},
    {.name = "note", .type = PN_SHAPE_TEXT, .max = 400},
    {.name = NULL},
};

static void put_invoice(pn_json_writer *w, const pn_invoice_row *row) {
    const pn_item *item = &row->item;
    pn_put_id(w, "id", PN_ID_INVOICE, item->id);
    pn_json_put_str(w, "number", item->number);
    pn_put_id(w, "debtor", PN_ID_DEBTOR, row->debtor_id);
    pn_put_id(w, "creditor", PN_ID_CREDITOR, row->creditor_id);
    pn_put_str_or_null(w, "product", row->product);
    pn_put_date(w, "issued", item->issued);
    pn_put_date(w, "due", item->due);
    pn_put_date(w, "effective_due", item->effective_due);
    pn_put_date(w, "portal_accepted", row->portal_accepted);
    pn_put_amount(w, "amount", item->amount, item->currency);
    pn_put_amount(w, "open", item->open, item->currency);
    pn_put_amount(w, "claimable", item->claimable, item->currency);
    pn_put_amount(w, "charges", item->charges, item->currency);
    pn_put_amount(w, "disputed", item->disputed, item->currency);
    pn_put_amount(w, "promised", item->promised, item->currency);
    pn_put_amount(w, "planned", item->planned, item->currency);
    pn_put_amount(w, "in_flight", item->in_flight, item->currency);
    pn_json_put_str(w, "closed", pn_str_of(CLOSED[item->closed]));
    pn_put_time(w, "closed_at", item->closed_at);
    pn_put_time(w, "reopened_at", item->reopened_at);
    pn_put_date(w, "reported_paid_until", row->paid_reported_until);
    pn_put_id(w, "run", PN_ID_RUN, row->run_id);
    pn_put_time(w, "created_at", row->created_at);
}

static pn_err give_invoice(pn_exchange *x, pn_id id) {
    pn_invoice_row row;
    PN_TRY(pn_find_invoice(x, id, &row));
    pn_json_writer *w = pn_answer_json(x);
    put_invoice(w, &row);
    pn_json_end_object(w);
    return PN_OK;
}

static pn_err put_row_of_invoices(pn_exchange *x, pn_json_writer *w, const void *item,
                                  int64_t key[PN_PAGE_KEYS]) {
    const pn_case_row *each = item;
    pn_invoice_row row;
    PN_TRY(pn_find_invoice(x, each->invoice_id, &row));
    pn_json_begin_object(w);
    put_invoice(w, &row);
    pn_json_end_object(w);
    key[0] = each->due;
    key[1] = each->debtor_id;
    key[2] = each->invoice_id;
    return PN_OK;
}

static pn_err list_invoices(pn_exchange *x) {
    pn_page page;
    pn_case_row *cases = NULL;
    size_t count = 0;
    int64_t total = 0;
    PN_TRY(pn_page_read(x, &page));
    pn_case_query query = {
        .subject = PN_SUBJECT_INVOICE,
        .rule = pn_query_value(x, "filter")->rule,
        .debtor_id = pn_query_value(x, "debtor")->number,
        .closed = pn_query_value(x, "closed")->number != 0,
        .limit = page.limit + 1,
        .uncounted = true,
        .without_runs = true,
        .behind = page.key[0] != INT64_MIN,
        .behind_due = (pn_date)page.key[0],
        .behind_debtor = page.key[1],
        .behind_id = page.key[2],
    };
    PN_TRY(pn_case_list(x->app, &query, x->arena, &cases, &count, &total, &x->diag));
    return pn_page_give(x, &page, cases, sizeof *cases, count, put_row_of_invoices);
}

static pn_err find_invoice(pn_exchange *x) {
    pn_str number = pn_query_value(x, "number")->text;
    const pn_route_value *of = pn_query_value(x, "creditor");
    for (size_t i = 0; i < x->app->creditor_count; i++) {
        pn_invoice_row row;
        pn_id creditor = x->app->creditors[i].id;
        if (of->given && of->number != creditor) {
            continue;
        }
        pn_err err = pn_invoice_by_key(x->db, creditor, number, x->arena, &row);
        if (err == PN_OK) {
            return give_invoice(x, row.item.id);
        }
        if (err != PN_NOT_FOUND) {
            return pn_told(x, err);
        }
    }
    return pn_diag_set(&x->diag, PN_NOT_FOUND, "There is no invoice of this number here.");
}

static pn_err get_invoice(pn_exchange *x) {
    pn_invoice_row row;
    PN_TRY(pn_path_invoice(x, &row));
    return give_invoice(x, row.item.id);
}

static pn_err list_ledger(pn_exchange *x) {
    pn_invoice_row row;
    pn_ledger_row *entries = NULL;
    size_t count = 0;
    PN_TRY(pn_path_invoice(x, &row));
    PN_TRY(pn_told(
        x, pn_ledger_of_invoice(x->db, row.debtor_id, row.item.id, x->arena, &entries, &count)));
    pn_json_writer *w = pn_page_begin(x);
    for (size_t i = 0; i < count; i++) {
        pn_json_begin_object(w);
        pn_put_id(w, "id", PN_ID_LEDGER_ENTRY, entries[i].id);
        pn_json_put_str(w, "kind", pn_str_of(pn_entry_kind_name(entries[i].kind)));
        pn_put_amount(w, "amount", entries[i].amount, row.item.currency);
        pn_put_id(w, "payment", PN_ID_PAYMENT, entries[i].payment_id);
        pn_put_id(w, "reverses", PN_ID_LEDGER_ENTRY, entries[i].reverses_id);
        pn_put_time(w, "at", entries[i].at);
        pn_put_time(w, "recorded_at", entries[i].recorded_at);
        pn_json_put_str(w, "actor", entries[i].actor);
        pn_put_str_or_null(w, "note", entries[i].note);
        pn_json_end_object(w);
    }
    pn_page_end(x, (int64_t[PN_PAGE_KEYS]){0}, false);
    return PN_OK;
}

static void put_known(pn_json_writer *w, const char *key, int64_t value) {
    pn_json_key(w, pn_str_of(key));
    if (value == PN_MILLIONTHS_NONE) {
        pn_json_add_null(w);
    } else {
        pn_json_add_int(w, value);
    }
}

static pn_err list_lines(pn_exchange *x) {
    pn_invoice_row row;
    pn_bill bill;
    PN_TRY(pn_path_invoice(x, &row));
    PN_TRY(pn_told(x, pn_bill_get(x->db, row.debtor_id, row.item.id, x->arena, &bill)));
    pn_json_writer *w = pn_page_begin(x);
    for (size_t i = 0; i < bill.line_count; i++) {
        const pn_bill_line *line = &bill.lines[i];
        pn_json_begin_object(w);
        pn_json_put_int(w, "line", line->number);
        pn_put_str_or_null(w, "sku", line->sku);
        pn_put_str_or_null(w, "product", line->product);
        pn_put_str_or_null(w, "description", line->description);
        put_known(w, "quantity_millionths", line->quantity);
        put_known(w, "unit_price_millionths", line->unit_price);
        pn_put_amount(w, "net", line->net, row.item.currency);
        put_known(w, "tax_ppm", line->tax_ppm);
        pn_put_amount(w, "amount", line->amount, row.item.currency);
        pn_json_end_object(w);
    }
    pn_page_end(x, (int64_t[PN_PAGE_KEYS]){0}, false);
    return PN_OK;
}

/* What is given up for good may wait for a second person. */
static pn_err may_lower(pn_exchange *x, const pn_invoice_row *row, int64_t minor, bool *ret_go) {
    char id[PN_ID_TEXT_SIZE];
    pn_str subject = pn_str_format(x->arena, "%s %lld", pn_id_text(PN_ID_INVOICE, row->item.id, id),
                                   (long long)minor);
    *ret_go = true;
    return pn_entry_kind_of(pn_body_value(x, "kind")->text) == PN_ENTRY_WRITE_OFF
               ? pn_four_eyes(x, PN_APPROVE_WRITE_OFF, subject, row->item.number,
                              (pn_money){minor, row->item.currency}, ret_go)
               : PN_OK;
}

static pn_err lower(pn_exchange *x) {
    pn_invoice_row row;
    const pn_route_value *amount = pn_body_value(x, "amount");
    PN_TRY(pn_path_invoice(x, &row));
    if (amount->given && !pn_currency_eq(amount->currency, row.item.currency)) {
        pn_err err =
            pn_diag_set(&x->diag, PN_INVALID, "The invoice is in %s.", row.item.currency.code);
        pn_diag_where(&x->diag, "/amount/currency");
        return err;
    }
    bool go = false;
    PN_TRY(may_lower(x, &row, amount->given ? amount->number : row.item.open, &go));
    if (!go) {
        return PN_OK;
    }
    PN_TRY(pn_books_lower(x->app, row.item.id, pn_entry_kind_of(pn_body_value(x, "kind")->text),
                          amount->number, pn_body_value(x, "note")->text, x->arena, &x->diag));
    return give_invoice(x, row.item.id);
}

static pn_err report_paid(pn_exchange *x) {
    pn_invoice_row row;
    PN_TRY(pn_path_invoice(x, &row));
    if (row.item.open <= 0) {
        return pn_diag_set(&x->diag, PN_CONFLICT, "Nothing is open on this invoice.");
    }
    PN_TRY(pn_books_report_paid(x->app, row.item.id, x->arena, &x->diag));
    return give_invoice(x, row.item.id);
}

#define ONE "/v1/invoices/{invoice}"
#define READS(at, id, takes, what, is_list, does, says)                                            \
    {                                                                                              \
        .method = PN_HTTP_GET, .path = at, .name = id, .runs = PN_RUNS_READER,                     \
        .roles = PN_MAY_READ, .scope = "invoices:read", .query = takes, .gives = what,             \
        .gives_list = is_list, .answer = does, .summary = says                                     \
    }

pn_route_table PN_ROUTES_INVOICES = {
    READS("/v1/invoices", "list_invoices", LIST_QUERY, &INVOICE, true, list_invoices,
          "open invoices, the oldest due date first"),
    READS("/v1/invoices/find", "find_invoice", FIND_QUERY, &INVOICE, false, find_invoice,
          "one invoice by its number"),
    READS(ONE, "get_invoice", NULL, &INVOICE, false, get_invoice, "one invoice"),
    READS(ONE "/ledger", "list_ledger", NULL, &ENTRY, true, list_ledger,
          "the entries that its open amount is the sum of"),
    READS(ONE "/lines", "list_lines", NULL, &LINE, true, list_lines, "what it bills"),
    {.method = PN_HTTP_POST,
     .path = ONE "/credit",
     .name = "credit_invoice",
     .runs = PN_RUNS_WRITER,
     .roles = PN_MAY_BOOK,
     .scope = "invoices:write",
     .body = LOWER_BODY,
     .gives = &INVOICE,
     .answer = lower,
     .summary = "a credit note, write-off, discount, withholding or cancellation lowers it"},
    {.method = PN_HTTP_POST,
     .path = ONE "/reported-paid",
     .name = "report_invoice_paid",
     .runs = PN_RUNS_WRITER,
     .roles = PN_MAY_COLLECT | PN_MAY_BOOK,
     .scope = "invoices:write",
     .gives = &INVOICE,
     .answer = report_paid,
     .summary = "somebody says that it is paid: not asked for during five business days"},
    {.path = NULL},
};
