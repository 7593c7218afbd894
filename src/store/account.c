#include "store/invoice.h"

#include "base/banned.h"
#include "store/currency.h"

#define COLUMNS                                                                                    \
    "debtor_id, id, org_id, creditor_id, currency, scale, open_minor, claimable_minor,"            \
    " open_items, claimable_items, oldest_due, unapplied_minor, last_closed, chase_hold_until"

static void read_account(pn_stmt *q, pn_arena *arena, void *row) {
    (void)arena;
    *(pn_account_row *)row = (pn_account_row){
        .debtor_id = pn_col_int(q, 0),
        .id = pn_col_int(q, 1),
        .org_id = pn_col_int(q, 2),
        .creditor_id = pn_col_int(q, 3),
        .currency = pn_col_currency(q, 4),
        .scale = (int32_t)pn_col_int(q, 5),
        .open = pn_col_int(q, 6),
        .claimable = pn_col_int(q, 7),
        .open_items = (int32_t)pn_col_int(q, 8),
        .claimable_items = (int32_t)pn_col_int(q, 9),
        .oldest_due = (pn_date)pn_col_int_or(q, 10, PN_DATE_NONE),
        .unapplied = pn_col_int(q, 11),
        .last_closed = (pn_closed)pn_col_int(q, 12),
        .chase_hold_until = pn_col_int_or(q, 13, PN_TIME_NONE),
    };
}

static void bind_sums(pn_stmt *q, const pn_account_row *row) {
    pn_bind_int(q, 1, row->debtor_id);
    pn_bind_int(q, 2, row->id);
    pn_bind_int(q, 3, row->open);
    pn_bind_int(q, 4, row->claimable);
    pn_bind_int(q, 5, row->open_items);
    pn_bind_int(q, 6, row->claimable_items);
    pn_bind_int_or_null(q, 7, row->oldest_due, PN_DATE_NONE);
    pn_bind_int(q, 8, row->unapplied);
    pn_bind_int(q, 9, row->last_closed);
    pn_bind_int_or_null(q, 10, row->chase_hold_until, PN_TIME_NONE);
}

pn_err pn_account_insert(pn_db *db, const pn_account_row *row) {
    pn_stmt *q = pn_db_stmt_many(
        db,
        "INSERT INTO account (" COLUMNS ") VALUES ($1, $2, $11, $12, $13,"
        " $14, $3, $4, $5, $6, $7, $8, $9, $10)",
        PN_PG("INSERT INTO account (" COLUMNS
              ") SELECT debtor_id, id, org_id, creditor_id, currency, scale, open_minor, "
              "claimable_minor, open_items, claimable_items, oldest_due, unapplied_minor, "
              "last_closed, chase_hold_until FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, "
              "$11, $12, $13, $14) AS v (debtor_id, id, open_minor, claimable_minor, open_items, "
              "claimable_items, oldest_due, unapplied_minor, last_closed, chase_hold_until, "
              "org_id, creditor_id, currency, scale)"));
    bind_sums(q, row);
    pn_bind_int(q, 11, row->org_id);
    pn_bind_int(q, 12, row->creditor_id);
    pn_bind_str(q, 13, (pn_str){row->currency.code, 3});
    pn_bind_int(q, 14, row->scale);
    return pn_stmt_later(q, PN_ANY_ROWS);
}

pn_err pn_account_update(pn_db *db, const pn_account_row *row) {
    pn_stmt *q = pn_db_stmt_many(
        db,
        "UPDATE account SET open_minor = $3, claimable_minor = $4, open_items = $5,"
        " claimable_items = $6, oldest_due = $7, unapplied_minor = $8, last_closed = $9,"
        " chase_hold_until = $10 WHERE debtor_id = $1 AND id = $2",
        PN_PG("UPDATE account SET open_minor = v.open_minor, claimable_minor = v.claimable_minor, "
              "open_items = v.open_items, claimable_items = v.claimable_items, oldest_due = "
              "v.oldest_due, unapplied_minor = v.unapplied_minor, last_closed = v.last_closed, "
              "chase_hold_until = v.chase_hold_until FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, "
              "$9, $10) AS v (debtor_id, id, open_minor, claimable_minor, open_items, "
              "claimable_items, oldest_due, unapplied_minor, last_closed, chase_hold_until) WHERE "
              "account.debtor_id = v.debtor_id AND account.id = v.id"));
    bind_sums(q, row);
    return pn_stmt_later(q, PN_ANY_ROWS);
}

pn_err pn_account_set_last_closed(pn_db *db, pn_id debtor_id, pn_id id, pn_closed closed) {
    pn_stmt *q =
        pn_db_stmt(db, "UPDATE account SET last_closed = $3 WHERE debtor_id = $1 AND id = $2");
    pn_bind_int(q, 1, debtor_id);
    pn_bind_int(q, 2, id);
    pn_bind_int(q, 3, closed);
    return pn_stmt_run(q, NULL);
}

pn_err pn_account_find(pn_db *db, pn_id debtor_id, pn_id creditor_id, pn_currency currency,
                       pn_arena *arena, pn_account_row *ret_row) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " COLUMNS " FROM account WHERE debtor_id = $1"
                                " AND creditor_id = $2 AND currency = $3");
    pn_bind_int(q, 1, debtor_id);
    pn_bind_int(q, 2, creditor_id);
    pn_bind_str(q, 3, (pn_str){currency.code, 3});
    PN_TRY(pn_row_next(q));
    read_account(q, arena, ret_row);
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_account_get(pn_db *db, pn_id debtor_id, pn_id id, pn_arena *arena,
                      pn_account_row *ret_row) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " COLUMNS " FROM account WHERE debtor_id = $1 AND id = $2");
    pn_bind_int(q, 1, debtor_id);
    pn_bind_int(q, 2, id);
    PN_TRY(pn_row_next(q));
    read_account(q, arena, ret_row);
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_account_range(pn_db *db, pn_id first, pn_id last, pn_arena *arena,
                        pn_account_row **ret_rows, size_t *ret_count) {
    pn_stmt *q = pn_db_stmt_rows(db, "SELECT " COLUMNS " FROM account"
                                     " WHERE debtor_id BETWEEN $1 AND $2 ORDER BY debtor_id, id");
    pn_bind_int(q, 1, first);
    pn_bind_int(q, 2, last);
    void *rows = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_account_row), read_account, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

pn_err pn_account_of_debtors(pn_db *db, const pn_id *debtors, size_t count, pn_arena *arena,
                             pn_account_row **ret_rows, size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, PN_PG("SELECT " COLUMNS " FROM account WHERE debtor_id = ANY ($1)"
                                      " ORDER BY debtor_id, id"));
    pn_bind_ids(q, 1, debtors, count);
    void *rows = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_account_row), read_account, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}
