#include "store/invoice.h"

#include "base/banned.h"
#include "store/currency.h"

#define COLUMNS                                                                                    \
    "id, org_id, creditor_id, debtor_id, account_id, external_id, currency, amount_minor,"         \
    " unapplied_minor, received, at, recorded_at, method, reference, allocation, reversed_at,"     \
    " reversal_reason"

static void read_payment(pn_stmt *q, pn_arena *arena, void *out) {
    pn_payment_row *row = out;
    *row = (pn_payment_row){
        .id = pn_col_int(q, 0),
        .org_id = pn_col_int(q, 1),
        .creditor_id = pn_col_int(q, 2),
        .debtor_id = pn_col_int(q, 3),
        .account_id = pn_col_int(q, 4),
        .external_id = pn_col_str_dup(q, 5, arena),
        .currency = pn_col_currency(q, 6),
        .amount = pn_col_int(q, 7),
        .unapplied = pn_col_int(q, 8),
        .received = (pn_date)pn_col_int(q, 9),
        .at = pn_col_int(q, 10),
        .recorded_at = pn_col_int(q, 11),
        .method = pn_col_str_dup(q, 12, arena),
        .reference = pn_col_str_dup(q, 13, arena),
        .allocation = pn_col_str_dup(q, 14, arena),
        .reversed_at = pn_col_int_or(q, 15, PN_TIME_NONE),
        .reversal_reason = pn_col_str_dup(q, 16, arena),
    };
}

pn_err pn_payment_insert(pn_db *db, const pn_payment_row *row) {
    pn_stmt *q = pn_db_stmt(db, "INSERT INTO payment (" COLUMNS ") VALUES ($1,$2,$3,$4,$5,$6,$7,$8,"
                                "$9,$10,$11,$12,$13,$14,$15,NULL,'')");
    pn_bind_int(q, 1, row->id);
    pn_bind_int(q, 2, row->org_id);
    pn_bind_int(q, 3, row->creditor_id);
    pn_bind_int(q, 4, row->debtor_id);
    pn_bind_int(q, 5, row->account_id);
    pn_bind_str_or_null(q, 6, row->external_id);
    pn_bind_str(q, 7, (pn_str){row->currency.code, 3});
    pn_bind_int(q, 8, row->amount);
    pn_bind_int(q, 9, row->unapplied);
    pn_bind_int(q, 10, row->received);
    pn_bind_int(q, 11, row->at);
    pn_bind_int(q, 12, row->recorded_at);
    pn_bind_str(q, 13, row->method);
    pn_bind_str(q, 14, row->reference);
    pn_bind_str(q, 15, row->allocation);
    return pn_stmt_run(q, NULL);
}

static pn_err read_one(pn_stmt *q, pn_arena *arena, pn_payment_row *ret_row) {
    PN_TRY(pn_row_next(q));
    read_payment(q, arena, ret_row);
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_payment_get(pn_db *db, pn_id org_id, pn_id id, pn_arena *arena, pn_payment_row *ret_row) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " COLUMNS " FROM payment WHERE id = $1 AND org_id = $2");
    pn_bind_int(q, 1, id);
    pn_bind_int(q, 2, org_id);
    return read_one(q, arena, ret_row);
}

pn_err pn_payment_by_key(pn_db *db, pn_id creditor_id, pn_str external_id, pn_arena *arena,
                         pn_payment_row *ret_row) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " COLUMNS
                                " FROM payment WHERE creditor_id = $1 AND external_id = $2");
    pn_bind_int(q, 1, creditor_id);
    pn_bind_str(q, 2, external_id);
    return read_one(q, arena, ret_row);
}

pn_err pn_payment_of_debtor(pn_db *db, pn_id debtor_id, pn_arena *arena, pn_payment_row **ret_rows,
                            size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " COLUMNS " FROM payment WHERE debtor_id = $1 ORDER BY id");
    pn_bind_int(q, 1, debtor_id);
    void *rows = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_payment_row), read_payment, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

/* The newest day first, by an index for what few payments are: a state that is a parameter has
 * none. */
#define PAGE(narrowed)                                                                             \
    "SELECT " COLUMNS " FROM payment WHERE org_id = $1 AND received >= $2 AND (received, id) <"    \
    " ($3, $4)" narrowed " ORDER BY received DESC, id DESC LIMIT $5"
#define APPLIED " AND unapplied_minor = 0 AND reversed_at IS NULL"
#define UNAPPLIED " AND unapplied_minor > 0"
#define REVERSED " AND reversed_at IS NOT NULL"
#define OF_DEBTOR " AND debtor_id = $6"

static pn_stmt *page_stmt(pn_db *db, const pn_payment_filter *filter) {
    bool one = filter->debtor_id != 0;
    switch (filter->state) {
    case PN_PAYMENT_ANY: return one ? pn_db_stmt(db, PAGE(OF_DEBTOR)) : pn_db_stmt(db, PAGE(""));
    case PN_PAYMENT_APPLIED:
        return one ? pn_db_stmt(db, PAGE(OF_DEBTOR APPLIED)) : pn_db_stmt(db, PAGE(APPLIED));
    case PN_PAYMENT_UNAPPLIED:
        return one ? pn_db_stmt(db, PAGE(OF_DEBTOR UNAPPLIED)) : pn_db_stmt(db, PAGE(UNAPPLIED));
    case PN_PAYMENT_REVERSED: break;
    }
    return one ? pn_db_stmt(db, PAGE(OF_DEBTOR REVERSED)) : pn_db_stmt(db, PAGE(REVERSED));
}

pn_err pn_payment_page(pn_db *db, pn_id org_id, const pn_payment_filter *filter, int64_t limit,
                       pn_arena *arena, pn_payment_row **ret_rows, size_t *ret_count) {
    pn_stmt *q = page_stmt(db, filter);
    bool begins = filter->behind_day == PN_DATE_NONE;
    pn_date end = filter->to == PN_DATE_NONE ? INT32_MAX : filter->to;
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, filter->from == PN_DATE_NONE ? INT32_MIN : filter->from);
    pn_bind_int(q, 3, begins ? end : filter->behind_day);
    pn_bind_int(q, 4, begins ? 0 : filter->behind_id); /* no id is less than 0 */
    pn_bind_int(q, 5, limit);
    if (filter->debtor_id != 0) {
        pn_bind_int(q, 6, filter->debtor_id);
    }
    void *rows = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_payment_row), read_payment, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

pn_err pn_payment_unapplied_sum(pn_db *db, pn_id debtor_id, pn_id account_id, int64_t *ret_sum) {
    pn_stmt *q = pn_db_stmt(db, "SELECT coalesce(sum(unapplied_minor), 0) FROM payment"
                                " WHERE debtor_id = $1 AND +account_id = $2"
                                " AND reversed_at IS NULL");
    pn_bind_int(q, 1, debtor_id);
    pn_bind_int(q, 2, account_id);
    PN_TRY(pn_row_next(q));
    *ret_sum = pn_col_int(q, 0);
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_payment_reverse(pn_db *db, pn_id id, pn_time at, pn_str reason) {
    pn_stmt *q = pn_db_stmt(db, "UPDATE payment SET reversed_at = $2, reversal_reason = $3,"
                                " unapplied_minor = 0 WHERE id = $1 AND reversed_at IS NULL");
    pn_bind_int(q, 1, id);
    pn_bind_int(q, 2, at);
    pn_bind_str(q, 3, reason);
    int64_t changed = 0;
    PN_TRY(pn_stmt_run(q, &changed));
    return changed == 1 ? PN_OK : PN_CONFLICT;
}

pn_err pn_payment_set_unapplied(pn_db *db, pn_id id, int64_t unapplied) {
    pn_stmt *q = pn_db_stmt(db, "UPDATE payment SET unapplied_minor = $2 WHERE id = $1 AND"
                                " reversed_at IS NULL");
    pn_bind_int(q, 1, id);
    pn_bind_int(q, 2, unapplied);
    int64_t changed = 0;
    PN_TRY(pn_stmt_run(q, &changed));
    return changed == 1 ? PN_OK : PN_CONFLICT;
}
