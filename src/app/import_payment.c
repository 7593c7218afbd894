/* Payments: each row is one payment, allocated as if it had been entered by hand. */
#include "app/import_int.h"

#include "app/books.h"
#include "base/banned.h"
#include "store/run.h"

typedef struct {
    int64_t line;
    const pn_creditor_row *creditor;
    pn_str key, debtor_key, invoices, reference, method;
    pn_currency currency;
    int64_t amount;
    pn_date received;
} staged;

typedef struct {
    staged *rows;
    size_t count, capacity;
} stage_area;

static bool read_currency(pn_importer *importer, pn_currency *ret_currency) {
    pn_str text = pn_import_value(importer, "currency");
    if (text.len == 0) {
        text = importer->request->currency.len != 0 ? importer->request->currency
                                                    : importer->app->org.currency;
    }
    if (pn_currency_parse(text, ret_currency) != PN_OK) {
        pn_import_refuse(importer, "currency", text, "this is no currency code");
        return false;
    }
    return true;
}

static pn_err stage(pn_importer *importer, void *context) {
    stage_area *area = context;
    staged row = {.line = importer->line};
    row.creditor = pn_import_creditor(importer);
    bool good = row.creditor != NULL && read_currency(importer, &row.currency);
    good = good && pn_import_amount(importer, "amount", true, row.currency, 0, &row.amount);
    good &= pn_import_text(importer, "external_id", false, PN_LIMIT_EXTERNAL_ID_BYTES, &row.key);
    good &= pn_import_text(importer, "debtor", false, PN_LIMIT_EXTERNAL_ID_BYTES, &row.debtor_key);
    good &= pn_import_text(importer, "invoice", false, 2000, &row.invoices);
    good &= pn_import_text(importer, "reference", false, 500, &row.reference);
    good &= pn_import_text(importer, "method", false, 40, &row.method);
    good &= pn_import_date(importer, "date", false, PN_DATE_NONE, &row.received);
    if (good && row.amount <= 0) {
        pn_import_refuse(importer, "amount", pn_import_value(importer, "amount"),
                         "a payment is positive; one that was returned is taken back with "
                         "`puntual payment reverse`");
        good = false;
    }
    if (good && row.debtor_key.len == 0 && row.invoices.len == 0) {
        pn_import_refuse(importer, "debtor", PN_STR(""), "neither debtor nor invoice is given");
        good = false;
    }
    if (!good || importer->row_bad) {
        return PN_OK;
    }
    pn_import_count(importer, row.currency, row.amount, 0);
    area->rows = pn_arena_grow(importer->arena, area->rows, area->count, &area->capacity,
                               sizeof *area->rows);
    area->rows[area->count++] = row;
    return PN_OK;
}

static void refuse_late(pn_importer *importer, const staged *row, const char *field, pn_str value,
                        const char *reason) {
    importer->line = row->line;
    pn_import_refuse(importer, field, value, "%s", reason);
    importer->report->skipped++;
}

/* Numbers separated by blanks, commas or semicolons. */
static pn_err find_invoices(pn_importer *importer, const staged *row, pn_id *ids, size_t max,
                            size_t *ret_count, pn_id *debtor_id, bool *ret_good) {
    pn_str text = row->invoices;
    *ret_count = 0;
    *ret_good = true;
    size_t at = 0;
    while (at < text.len) {
        size_t begin = at;
        while (at < text.len && text.ptr[at] != ' ' && text.ptr[at] != ',' && text.ptr[at] != ';') {
            at++;
        }
        pn_str number = pn_str_sub(text.ptr + begin, text.ptr + at);
        at++;
        if (number.len == 0) {
            continue;
        }
        pn_invoice_row invoice;
        pn_err err = pn_invoice_by_key(importer->app->db, row->creditor->id, number,
                                       &importer->row_arena, &invoice);
        if (err == PN_NOT_FOUND || *ret_count == max) {
            refuse_late(importer, row, "invoice", number, "there is no such invoice");
            *ret_good = false;
            return PN_OK;
        }
        PN_TRY(err);
        if (*debtor_id != 0 && *debtor_id != invoice.debtor_id) {
            refuse_late(importer, row, "invoice", number, "this invoice is of another debtor");
            *ret_good = false;
            return PN_OK;
        }
        *debtor_id = invoice.debtor_id;
        if (invoice.item.closed == PN_CLOSED_NOT) {
            ids[(*ret_count)++] = invoice.item.id;
        }
    }
    return PN_OK;
}

static pn_err post(pn_importer *importer, const staged *row) {
    pn_id debtor_id = 0, invoices[64];
    size_t count = 0;
    bool good = true;
    pn_arena_reset(&importer->row_arena);
    if (row->debtor_key.len != 0) {
        pn_err err =
            pn_debtor_by_key(importer->app->db, row->creditor->id, row->debtor_key, &debtor_id);
        if (err == PN_NOT_FOUND) {
            refuse_late(importer, row, "debtor", row->debtor_key, "there is no such debtor");
            return PN_OK;
        }
        PN_TRY(err);
    }
    PN_TRY(find_invoices(importer, row, invoices, PN_COUNT(invoices), &count, &debtor_id, &good));
    if (!good) {
        return PN_OK;
    }
    pn_payment_request request = {.debtor_id = debtor_id,
                                  .creditor_id = row->creditor->id,
                                  .amount = {row->amount, row->currency},
                                  .received = row->received,
                                  .at = PN_TIME_NONE,
                                  .external_id = row->key,
                                  .method = row->method.len != 0 ? row->method : PN_STR("bank"),
                                  .reference = row->reference,
                                  .invoices = invoices,
                                  .invoice_count = count};
    pn_payment_result result;
    pn_diag diag = {0};
    pn_err err = pn_books_pay(importer->app, &request, &importer->row_arena, &result, &diag);
    if (err == PN_INVALID || err == PN_CONFLICT) {
        refuse_late(importer, row, "amount", PN_STR(""), diag.what);
        return PN_OK;
    }
    PN_TRY(err);
    importer->report->created += !result.existed;
    importer->report->same += result.existed;
    return PN_OK;
}

/* Promises wait for the statement of their day (law 13): with new payments loaded they are looked
 * at again. */
static pn_err statements_loaded(pn_importer *importer, const stage_area *area) {
    pn_app *app = importer->app;
    pn_time now = pn_app_now(app);
    bool may_be_stale = false;
    for (size_t i = 0; i < app->creditor_count; i++) {
        pn_date through = PN_DATE_NONE;
        for (size_t j = 0; j < area->count; j++) {
            if (area->rows[j].creditor->id == app->creditors[i].id &&
                area->rows[j].received != PN_DATE_NONE) {
                through = PN_MAX(through, area->rows[j].received);
            }
        }
        if (through == PN_DATE_NONE) {
            continue;
        }
        PN_TRY(pn_creditor_loaded(app->db, app->creditors[i].id, now, through));
        may_be_stale = may_be_stale || app->creditors[i].data_hours_max != 0;
    }
    if (may_be_stale) {
        PN_TRY(pn_poke_held(app->db, app->org.id, app->org.lane));
    }
    pn_stmt *q = pn_db_stmt(app->db, "INSERT INTO poke (lane, debtor_id) SELECT $1, debtor_id"
                                     " FROM promise WHERE org_id = $2 AND state = 0"
                                     " GROUP BY debtor_id ORDER BY debtor_id");
    pn_bind_int(q, 1, app->org.lane);
    pn_bind_int(q, 2, app->org.id);
    return pn_stmt_run(q, NULL);
}

pn_err pn_import_payments(pn_importer *importer) {
    stage_area area = {0};
    PN_TRY(pn_import_rows(importer, stage, &area));
    if (!pn_import_may_write(importer)) {
        return PN_OK;
    }
    for (size_t i = 0; i < area.count; i++) {
        PN_TRY(post(importer, &area.rows[i]));
        PN_TRY(pn_import_go_on(importer, true, (int64_t)i, (int64_t)area.count));
    }
    PN_TRY(statements_loaded(importer, &area));
    /* the app keeps creditors in memory: their marks of freshness moved */
    return PN_OK;
}
