#include "store/invoice.h"

#include "base/banned.h"
#include "base/sort.h"
#include "store/currency.h"

#define COLUMNS                                                                                    \
    "debtor_id, id, org_id, creditor_id, account_id, external_id, number_fold, currency, scale,"   \
    " issued, due, effective_due, portal_accepted, product, product_fold, document, flags,"        \
    " amount_minor, open_minor, charges_minor, disputed_minor, promised_minor, planned_minor,"     \
    " in_flight_minor, claimable_minor, closed, closed_at, reopened_at, paid_reported_until,"      \
    " tone_received, tone_on, interest_until, fee_charged, run_id, import_id, created_at"

static void read_invoice(pn_stmt *q, pn_arena *arena, void *out) {
    pn_invoice_row *row = out;
    *row = (pn_invoice_row){
        .debtor_id = pn_col_int(q, 0),
        .org_id = pn_col_int(q, 2),
        .creditor_id = pn_col_int(q, 3),
        .account_id = pn_col_int(q, 4),
        .product = pn_col_str_dup(q, 13, arena),
        .document = pn_col_str_dup(q, 15, arena),
        .flags = (uint32_t)pn_col_int(q, 16),
        .portal_accepted = (pn_date)pn_col_int_or(q, 12, PN_DATE_NONE),
        .paid_reported_until = (pn_date)pn_col_int_or(q, 28, PN_DATE_NONE),
        .run_id = pn_col_int(q, 33),
        .import_id = pn_col_int(q, 34),
        .created_at = pn_col_int(q, 35),
    };
    pn_item *item = &row->item;
    item->id = pn_col_int(q, 1);
    item->number = pn_col_str_dup(q, 5, arena);
    item->number_fold = pn_col_str_dup(q, 6, arena);
    item->currency = pn_col_currency(q, 7);
    item->scale = (int32_t)pn_col_int(q, 8);
    item->issued = (pn_date)pn_col_int(q, 9);
    item->due = (pn_date)pn_col_int(q, 10);
    item->effective_due = (pn_date)pn_col_int(q, 11);
    item->product = pn_col_str_dup(q, 14, arena);
    item->amount = pn_col_int(q, 17);
    item->open = pn_col_int(q, 18);
    item->charges = pn_col_int(q, 19);
    item->disputed = pn_col_int(q, 20);
    item->promised = pn_col_int(q, 21);
    item->planned = pn_col_int(q, 22);
    item->in_flight = pn_col_int(q, 23);
    item->claimable = pn_col_int(q, 24);
    item->closed = (pn_closed)pn_col_int(q, 25);
    item->closed_at = pn_col_int_or(q, 26, PN_TIME_NONE);
    item->reopened_at = pn_col_int_or(q, 27, PN_TIME_NONE);
    item->paid_reported = row->paid_reported_until != PN_DATE_NONE;
    item->tone_received = (uint8_t)pn_col_int(q, 29);
    item->tone_on = (pn_date)pn_col_int_or(q, 30, PN_DATE_NONE);
    item->interest_until = (pn_date)pn_col_int_or(q, 31, PN_DATE_NONE);
    item->fee_charged = pn_col_int(q, 32) != 0;
    item->own_run = row->run_id != 0;
}

/* Parameters 1 and 2 identify, 3–10 describe. */
static void bind_description(pn_stmt *q, const pn_invoice_row *row) {
    pn_bind_int(q, 1, row->debtor_id);
    pn_bind_int(q, 2, row->item.id);
    pn_bind_int(q, 3, row->item.issued);
    pn_bind_int(q, 4, row->item.due);
    pn_bind_int(q, 5, row->item.effective_due);
    pn_bind_int_or_null(q, 6, row->portal_accepted, PN_DATE_NONE);
    pn_bind_str(q, 7, row->product);
    pn_bind_str(q, 8, row->item.product);
    pn_bind_str(q, 9, row->document);
    pn_bind_int(q, 10, row->flags);
}

/* Ten parameters from the given one on. */
static void bind_amounts(pn_stmt *q, int first, const pn_item *item) {
    pn_bind_int(q, first, item->open);
    pn_bind_int(q, first + 1, item->charges);
    pn_bind_int(q, first + 2, item->disputed);
    pn_bind_int(q, first + 3, item->promised);
    pn_bind_int(q, first + 4, item->planned);
    pn_bind_int(q, first + 5, item->in_flight);
    pn_bind_int(q, first + 6, item->claimable);
    pn_bind_int(q, first + 7, item->closed);
    pn_bind_int_or_null(q, first + 8, item->closed_at, PN_TIME_NONE);
    pn_bind_int_or_null(q, first + 9, item->reopened_at, PN_TIME_NONE);
}

pn_err pn_invoice_insert(pn_db *db, const pn_invoice_row *row) {
    pn_stmt *q = pn_db_stmt_many(
        db,
        "INSERT INTO invoice (" COLUMNS ") VALUES ($1, $2, $21, $22, $23, $24, $25, $26, $27,"
        " $3, $4, $5, $6, $7, $8, $9, $10, $28, $11, $12, $13, $14, $15, $16, $17, $18, $19,"
        " $20, $29, 0, NULL, NULL, 0, 0, $30, $31) ON CONFLICT (creditor_id, external_id)"
        " DO NOTHING",
        PN_PG("INSERT INTO invoice (" COLUMNS
              ") SELECT debtor_id, id, org_id, creditor_id, account_id, external_id, number_fold, "
              "currency, scale, issued, due, effective_due, portal_accepted, product, "
              "product_fold, document, flags, amount_minor, open_minor, charges_minor, "
              "disputed_minor, promised_minor, planned_minor, in_flight_minor, claimable_minor, "
              "closed, closed_at, reopened_at, paid_reported_until, 0, NULL, NULL, 0, 0, "
              "import_id, created_at FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, "
              "$12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, "
              "$28, $29, $30, $31) AS v (debtor_id, id, issued, due, effective_due, "
              "portal_accepted, product, product_fold, document, flags, open_minor, charges_minor, "
              "disputed_minor, promised_minor, planned_minor, in_flight_minor, claimable_minor, "
              "closed, closed_at, reopened_at, org_id, creditor_id, account_id, external_id, "
              "number_fold, currency, scale, amount_minor, paid_reported_until, import_id, "
              "created_at) ON CONFLICT (creditor_id, external_id) DO NOTHING"));
    bind_description(q, row);
    bind_amounts(q, 11, &row->item);
    pn_bind_int(q, 21, row->org_id);
    pn_bind_int(q, 22, row->creditor_id);
    pn_bind_int(q, 23, row->account_id);
    pn_bind_str(q, 24, row->item.number);
    pn_bind_str(q, 25, row->item.number_fold);
    pn_bind_str(q, 26, (pn_str){row->item.currency.code, 3});
    pn_bind_int(q, 27, row->item.scale);
    pn_bind_int(q, 28, row->item.amount);
    pn_bind_int_or_null(q, 29, row->paid_reported_until, PN_DATE_NONE);
    pn_bind_int(q, 30, row->import_id);
    pn_bind_int(q, 31, row->created_at);
    return pn_stmt_later(q, 1);
}

pn_err pn_invoice_update(pn_db *db, const pn_invoice_row *row) {
    pn_stmt *q = pn_db_stmt(
        db, "UPDATE invoice SET issued = $3, due = $4, effective_due = $5, portal_accepted = $6,"
            " product = $7, product_fold = $8, document = $9, flags = $10"
            " WHERE debtor_id = $1 AND id = $2");
    bind_description(q, row);
    return pn_stmt_run(q, NULL);
}

pn_err pn_invoice_set_amounts(pn_db *db, const pn_invoice_row *row) {
    pn_stmt *q = pn_db_stmt_many(
        db,
        "UPDATE invoice SET open_minor = $3, charges_minor = $4, disputed_minor = $5,"
        " promised_minor = $6, planned_minor = $7, in_flight_minor = $8,"
        " claimable_minor = $9, closed = $10, closed_at = $11, reopened_at = $12"
        " WHERE debtor_id = $1 AND id = $2",
        PN_PG("UPDATE invoice SET open_minor = v.open_minor, charges_minor = v.charges_minor, "
              "disputed_minor = v.disputed_minor, promised_minor = v.promised_minor, planned_minor "
              "= v.planned_minor, in_flight_minor = v.in_flight_minor, claimable_minor = "
              "v.claimable_minor, closed = v.closed, closed_at = v.closed_at, reopened_at = "
              "v.reopened_at FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) AS v "
              "(debtor_id, id, open_minor, charges_minor, disputed_minor, promised_minor, "
              "planned_minor, in_flight_minor, claimable_minor, closed, closed_at, reopened_at) "
              "WHERE invoice.debtor_id = v.debtor_id AND invoice.id = v.id"));
    pn_bind_int(q, 1, row->debtor_id);
    pn_bind_int(q, 2, row->item.id);
    bind_amounts(q, 3, &row->item);
    return pn_stmt_later(q, PN_ANY_ROWS);
}

pn_err pn_invoice_set_run(pn_db *db, pn_id debtor_id, pn_id id, pn_id run_id) {
    pn_stmt *q = pn_db_stmt_many(
        db, "UPDATE invoice SET run_id = $3 WHERE debtor_id = $1 AND id = $2",
        PN_PG("UPDATE invoice SET run_id = v.run_id FROM unnest($1, $2, $3) AS v (debtor_id, id, "
              "run_id) WHERE invoice.debtor_id = v.debtor_id AND invoice.id = v.id"));
    pn_bind_int(q, 1, debtor_id);
    pn_bind_int(q, 2, id);
    pn_bind_int(q, 3, run_id);
    return pn_stmt_later(q, PN_ANY_ROWS);
}

pn_err pn_invoice_raise_tone(pn_db *db, pn_id debtor_id, pn_id id, uint8_t tone, pn_date on) {
    pn_stmt *q =
        pn_db_stmt_many(db,
                        "UPDATE invoice SET tone_received = $3, tone_on = $4"
                        " WHERE debtor_id = $1 AND id = $2 AND tone_received < $3",
                        PN_PG("UPDATE invoice SET tone_received = v.tone_received, tone_on = "
                              "v.tone_on FROM unnest($1, $2, $3, $4) AS v (debtor_id, id, "
                              "tone_received, tone_on) WHERE invoice.debtor_id = v.debtor_id AND "
                              "invoice.id = v.id AND invoice.tone_received < v.tone_received"));
    pn_bind_int(q, 1, debtor_id);
    pn_bind_int(q, 2, id);
    pn_bind_int(q, 3, tone);
    pn_bind_int_or_null(q, 4, on, PN_DATE_NONE);
    return pn_stmt_later(q, PN_ANY_ROWS);
}

pn_err pn_invoice_charged(pn_db *db, pn_id debtor_id, pn_id id, bool fee, pn_date interest_until) {
    pn_stmt *q = pn_db_stmt(
        db, "UPDATE invoice SET fee_charged = CASE WHEN $3 = 1 THEN 1 ELSE fee_charged END,"
            " interest_until = coalesce($4, interest_until) WHERE debtor_id = $1 AND id = $2");
    pn_bind_int(q, 1, debtor_id);
    pn_bind_int(q, 2, id);
    pn_bind_int(q, 3, fee);
    pn_bind_int_or_null(q, 4, interest_until, PN_DATE_NONE);
    return pn_stmt_run(q, NULL);
}

pn_err pn_invoice_report_paid(pn_db *db, pn_id debtor_id, pn_id id, pn_date until) {
    pn_stmt *q = pn_db_stmt(
        db, "UPDATE invoice SET paid_reported_until = $3 WHERE debtor_id = $1 AND id = $2");
    pn_bind_int(q, 1, debtor_id);
    pn_bind_int(q, 2, id);
    pn_bind_int_or_null(q, 3, until, PN_DATE_NONE);
    return pn_stmt_run(q, NULL);
}

static int by_due(const void *a, const void *b) {
    const pn_invoice_row *x = a;
    const pn_invoice_row *y = b;
    if (x->debtor_id != y->debtor_id) {
        return x->debtor_id < y->debtor_id ? -1 : 1;
    }
    if (x->item.effective_due != y->item.effective_due) {
        return x->item.effective_due < y->item.effective_due ? -1 : 1;
    }
    return (x->item.id > y->item.id) - (x->item.id < y->item.id);
}

/* Sorted here, not in SQL: the database would sort a temporary copy of whole rows. */
static pn_err read_sorted(pn_stmt *q, pn_arena *arena, pn_invoice_row **ret_rows,
                          size_t *ret_count) {
    void *rows = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_invoice_row), read_invoice, &rows, ret_count));
    bool sorted = true;
    const pn_invoice_row *row = rows;
    for (size_t i = 1; i < *ret_count && sorted; i++) {
        sorted = by_due(&row[i - 1], &row[i]) <= 0;
    }
    if (!sorted) {
        pn_sort(rows, *ret_count, sizeof(pn_invoice_row), by_due, arena);
    }
    *ret_rows = rows;
    return PN_OK;
}

pn_err pn_invoice_range(pn_db *db, pn_id org_id, pn_id first, pn_id last, pn_arena *arena,
                        pn_invoice_row **ret_rows, size_t *ret_count) {
    pn_stmt *q =
        pn_db_stmt_rows(db, "SELECT " COLUMNS " FROM invoice WHERE debtor_id BETWEEN $1 AND $2"
                            " AND +org_id = $3 ORDER BY debtor_id, id");
    pn_bind_int(q, 1, first);
    pn_bind_int(q, 2, last);
    pn_bind_int(q, 3, org_id);
    return read_sorted(q, arena, ret_rows, ret_count);
}

pn_err pn_invoice_working_range(pn_db *db, pn_id first, pn_id last, pn_arena *arena,
                                pn_invoice_row **ret_rows, size_t *ret_count) {
    pn_stmt *q =
        pn_db_stmt_rows(db, "SELECT " COLUMNS " FROM invoice WHERE debtor_id BETWEEN $1 AND $2"
                            " AND (closed = 0 OR run_id <> 0) ORDER BY debtor_id, id");
    pn_bind_int(q, 1, first);
    pn_bind_int(q, 2, last);
    return read_sorted(q, arena, ret_rows, ret_count);
}

pn_err pn_invoice_working_of_debtors(pn_db *db, const pn_id *debtors, size_t count, pn_arena *arena,
                                     pn_invoice_row **ret_rows, size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, PN_PG("SELECT " COLUMNS " FROM invoice WHERE debtor_id = ANY ($1)"
                                      " AND (closed = 0 OR run_id <> 0) ORDER BY debtor_id, id"));
    pn_bind_ids(q, 1, debtors, count);
    return read_sorted(q, arena, ret_rows, ret_count);
}

pn_err pn_invoice_of_account(pn_db *db, pn_id debtor_id, pn_id account_id, bool all,
                             pn_arena *arena, pn_invoice_row **ret_rows, size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " COLUMNS " FROM invoice WHERE debtor_id = $1"
                                " AND +account_id = $2 AND (closed <= $3 OR disputed_minor +"
                                " promised_minor + planned_minor + in_flight_minor <> 0 OR EXISTS"
                                " (SELECT 1 FROM earmark e WHERE e.debtor_id = invoice.debtor_id"
                                " AND e.invoice_id = invoice.id))"
                                " ORDER BY id");
    pn_bind_int(q, 1, debtor_id);
    pn_bind_int(q, 2, account_id);
    pn_bind_int(q, 3, all ? PN_CLOSED_CANCELLED : PN_CLOSED_NOT);
    return read_sorted(q, arena, ret_rows, ret_count);
}

pn_err pn_invoice_get(pn_db *db, pn_id id, pn_arena *arena, pn_invoice_row *ret_row) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " COLUMNS " FROM invoice WHERE id = $1");
    pn_bind_int(q, 1, id);
    PN_TRY(pn_row_next(q));
    read_invoice(q, arena, ret_row);
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_invoice_any(pn_db *db, pn_id creditor_id, bool *ret_any) {
    pn_stmt *q = pn_db_stmt(db, "SELECT 1 FROM invoice WHERE creditor_id = $1 LIMIT 1");
    pn_bind_int(q, 1, creditor_id);
    pn_err err = pn_row_next(q);
    pn_stmt_reset(q);
    *ret_any = err == PN_OK;
    return err == PN_NOT_FOUND ? PN_OK : err;
}

pn_err pn_invoice_by_key(pn_db *db, pn_id creditor_id, pn_str external_id, pn_arena *arena,
                         pn_invoice_row *ret_row) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " COLUMNS
                                " FROM invoice WHERE creditor_id = $1 AND external_id = $2");
    pn_bind_int(q, 1, creditor_id);
    pn_bind_str(q, 2, external_id);
    PN_TRY(pn_row_next(q));
    read_invoice(q, arena, ret_row);
    pn_stmt_reset(q);
    return PN_OK;
}
