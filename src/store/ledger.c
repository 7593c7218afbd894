#include "store/invoice.h"

#include "base/banned.h"

#define COLUMNS                                                                                    \
    "debtor_id, invoice_id, id, org_id, kind, reverses_id, amount_minor, payment_id, at,"          \
    " recorded_at, actor, note"

static void read_entry(pn_stmt *q, pn_arena *arena, void *row) {
    *(pn_ledger_row *)row = (pn_ledger_row){
        .debtor_id = pn_col_int(q, 0),
        .invoice_id = pn_col_int(q, 1),
        .id = pn_col_int(q, 2),
        .org_id = pn_col_int(q, 3),
        .kind = (pn_entry_kind)pn_col_int(q, 4),
        .reverses_id = pn_col_int(q, 5),
        .amount = pn_col_int(q, 6),
        .payment_id = pn_col_int(q, 7),
        .at = pn_col_int(q, 8),
        .recorded_at = pn_col_int(q, 9),
        .actor = pn_col_str_dup(q, 10, arena),
        .note = pn_col_str_dup(q, 11, arena),
    };
}

pn_err pn_ledger_insert(pn_db *db, const pn_ledger_row *row) {
    pn_stmt *q = pn_db_stmt_many(
        db,
        "INSERT INTO ledger (" COLUMNS ") VALUES"
        " ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12)",
        PN_PG("INSERT INTO ledger (" COLUMNS
              ") SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"));
    pn_bind_int(q, 1, row->debtor_id);
    pn_bind_int(q, 2, row->invoice_id);
    pn_bind_int(q, 3, row->id);
    pn_bind_int(q, 4, row->org_id);
    pn_bind_int(q, 5, row->kind);
    pn_bind_int(q, 6, row->reverses_id);
    pn_bind_int(q, 7, row->amount);
    pn_bind_int(q, 8, row->payment_id);
    pn_bind_int(q, 9, row->at);
    pn_bind_int(q, 10, row->recorded_at);
    pn_bind_str(q, 11, row->actor);
    pn_bind_str(q, 12, row->note);
    return pn_stmt_later(q, PN_ANY_ROWS);
}

pn_err pn_ledger_of_invoice(pn_db *db, pn_id debtor_id, pn_id invoice_id, pn_arena *arena,
                            pn_ledger_row **ret_rows, size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " COLUMNS " FROM ledger WHERE debtor_id = $1"
                                " AND invoice_id = $2 ORDER BY id");
    pn_bind_int(q, 1, debtor_id);
    pn_bind_int(q, 2, invoice_id);
    void *rows = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_ledger_row), read_entry, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

pn_err pn_ledger_of_payment(pn_db *db, pn_id debtor_id, pn_id payment_id, pn_arena *arena,
                            pn_ledger_row **ret_rows, size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " COLUMNS " FROM ledger WHERE debtor_id = $1"
                                " AND payment_id = $2 ORDER BY id");
    pn_bind_int(q, 1, debtor_id);
    pn_bind_int(q, 2, payment_id);
    void *rows = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_ledger_row), read_entry, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

static bool was_reversed(const pn_ledger_row *rows, size_t count, pn_id id) {
    for (size_t i = 0; i < count; i++) {
        if (rows[i].reverses_id == id) {
            return true;
        }
    }
    return false;
}

size_t pn_ledger_standing(pn_ledger_row *rows, size_t count) {
    size_t kept = 0;
    /* A reversal stands behind what it reverses, so it is still to come when that is looked at. */
    for (size_t i = 0; i < count; i++) {
        if (rows[i].reverses_id == 0 && !was_reversed(rows + i + 1, count - i - 1, rows[i].id)) {
            rows[kept++] = rows[i];
        }
    }
    return kept;
}

pn_err pn_ledger_paid_after(pn_db *db, pn_id debtor_id, pn_id invoice_id, pn_id after_id,
                            int64_t *ret_paid) {
    pn_stmt *q = pn_db_stmt(db, "SELECT coalesce(-sum(amount_minor), 0) FROM ledger"
                                " WHERE debtor_id = $1 AND invoice_id = $2 AND kind = $3"
                                " AND id > $4 AND (reverses_id = 0 OR reverses_id > $4)");
    pn_bind_int(q, 1, debtor_id);
    pn_bind_int(q, 2, invoice_id);
    pn_bind_int(q, 3, PN_ENTRY_PAYMENT);
    pn_bind_int(q, 4, after_id);
    PN_TRY(pn_row_next(q));
    *ret_paid = pn_col_int(q, 0);
    pn_stmt_reset(q);
    return PN_OK;
}
