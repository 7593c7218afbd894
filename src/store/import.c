#include "store/import.h"

#include "base/banned.h"

#define COLUMNS                                                                                    \
    "id, org_id, kind, file_name, rows_read, rows_created, rows_changed, rows_same, rows_skipped," \
    " totals, at, last_id, undone_at, taken_back, left_behind"

static void read_import(pn_stmt *q, pn_arena *arena, void *row) {
    *(pn_import_row *)row = (pn_import_row){
        .id = pn_col_int(q, 0),
        .org_id = pn_col_int(q, 1),
        .kind = pn_col_str_dup(q, 2, arena),
        .file_name = pn_col_str_dup(q, 3, arena),
        .rows_read = pn_col_int(q, 4),
        .rows_created = pn_col_int(q, 5),
        .rows_changed = pn_col_int(q, 6),
        .rows_same = pn_col_int(q, 7),
        .rows_skipped = pn_col_int(q, 8),
        .totals = pn_col_str_dup(q, 9, arena),
        .at = pn_col_int(q, 10),
        .last_id = pn_col_int_or(q, 11, 0),
        .undone_at = pn_col_int_or(q, 12, PN_TIME_NONE),
        .taken_back = pn_col_int_or(q, 13, 0),
        .left = pn_col_int_or(q, 14, 0),
    };
}

pn_err pn_import_insert(pn_db *db, const pn_import_row *row) {
    pn_stmt *q = pn_db_stmt(
        db, "INSERT INTO import (id, org_id, kind, file_name, file_hash, rows_read, rows_created,"
            " rows_changed, rows_same, rows_skipped, totals, at, last_id)"
            " VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13)");
    pn_bind_int(q, 1, row->id);
    pn_bind_int(q, 2, row->org_id);
    pn_bind_str(q, 3, row->kind);
    pn_bind_str(q, 4, row->file_name);
    pn_bind_blob(q, 5, row->file_hash.ptr, row->file_hash.len);
    pn_bind_int(q, 6, row->rows_read);
    pn_bind_int(q, 7, row->rows_created);
    pn_bind_int(q, 8, row->rows_changed);
    pn_bind_int(q, 9, row->rows_same);
    pn_bind_int(q, 10, row->rows_skipped);
    pn_bind_str(q, 11, row->totals);
    pn_bind_int(q, 12, row->at);
    pn_bind_int_or_null(q, 13, row->last_id, 0);
    return pn_stmt_run(q, NULL);
}

pn_err pn_import_get(pn_db *db, pn_id org_id, pn_id id, pn_arena *arena, pn_import_row *ret_row) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " COLUMNS " FROM import WHERE org_id = $1 AND id = $2");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, id);
    PN_TRY(pn_row_next(q));
    read_import(q, arena, ret_row);
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_import_page(pn_db *db, pn_id org_id, pn_id before, int64_t limit, pn_arena *arena,
                      pn_import_row **ret_rows, size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " COLUMNS " FROM import WHERE org_id = $1 AND id < $2"
                                " ORDER BY id DESC LIMIT $3");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, before == 0 ? INT64_MAX : before);
    pn_bind_int(q, 3, limit);
    void *rows = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_import_row), read_import, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

pn_err pn_import_set_undone(pn_db *db, const pn_import_row *row) {
    pn_stmt *q = pn_db_stmt(db, "UPDATE import SET undone_at = $3, taken_back = $4,"
                                " left_behind = $5 WHERE org_id = $1 AND id = $2");
    pn_bind_int(q, 1, row->org_id);
    pn_bind_int(q, 2, row->id);
    pn_bind_int_or_null(q, 3, row->undone_at, PN_TIME_NONE);
    pn_bind_int(q, 4, row->taken_back);
    pn_bind_int(q, 5, row->left);
    return pn_stmt_run(q, NULL);
}

/* ── what it made ────────────────────────────────────────────────────────────────────────────── */

/* Ids of another node may lie between. */
static size_t of_node(pn_id *ids, size_t count, pn_id import_id) {
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (pn_id_node(ids[i]) == pn_id_node(import_id)) {
            ids[kept++] = ids[i];
        }
    }
    return kept;
}

static void bind_range(pn_stmt *q, const pn_import_row *row) {
    pn_bind_int(q, 1, row->org_id);
    pn_bind_int(q, 2, row->id);
    pn_bind_int(q, 3, row->last_id);
}

static void read_invoice(pn_stmt *q, pn_arena *arena, void *row) {
    (void)arena;
    *(pn_import_invoice *)row = (pn_import_invoice){.id = pn_col_int(q, 0),
                                                    .debtor_id = pn_col_int(q, 1),
                                                    .account_id = pn_col_int(q, 2),
                                                    .open = pn_col_int(q, 3)};
}

pn_err pn_import_invoices_made(pn_db *db, const pn_import_row *row, pn_arena *arena,
                               pn_import_invoice **ret_rows, size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT id, debtor_id, account_id, open_minor FROM invoice WHERE"
                                " +org_id = $1 AND id BETWEEN $2 AND $3 AND import_id = $2"
                                " ORDER BY debtor_id, account_id, id");
    bind_range(q, row);
    void *rows = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_import_invoice), read_invoice, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

pn_err pn_import_debtors_made(pn_db *db, const pn_import_row *row, pn_arena *arena, pn_id **ret_ids,
                              size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT id FROM debtor WHERE org_id = $1 AND id BETWEEN $2 AND $3"
                                " AND archived_at IS NULL ORDER BY id");
    bind_range(q, row);
    PN_TRY(pn_rows_ids(q, arena, ret_ids, ret_count));
    *ret_count = of_node(*ret_ids, *ret_count, row->id);
    return PN_OK;
}

pn_err pn_import_payments_made(pn_db *db, const pn_import_row *row, pn_arena *arena,
                               pn_id **ret_ids, size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT id FROM payment WHERE +org_id = $1 AND id BETWEEN $2 AND $3"
                                " AND reversed_at IS NULL ORDER BY id");
    bind_range(q, row);
    PN_TRY(pn_rows_ids(q, arena, ret_ids, ret_count));
    *ret_count = of_node(*ret_ids, *ret_count, row->id);
    return PN_OK;
}

/* ── what was built on it ────────────────────────────────────────────────────────────────────── */

static pn_err any(pn_stmt *q, bool *ret_any) {
    pn_err err = pn_row_next(q);
    *ret_any = err == PN_OK;
    pn_stmt_reset(q);
    return err == PN_NOT_FOUND ? PN_OK : err;
}

pn_err pn_contact_made_since(pn_db *db, pn_id debtor_id, pn_id account_id, pn_id since,
                             bool *ret_made) {
    pn_stmt *q = pn_db_stmt(db, "SELECT 1 FROM contact_made WHERE debtor_id = $1 AND id > $2"
                                " AND account_id IN (0, $3) LIMIT 1");
    pn_bind_int(q, 1, debtor_id);
    pn_bind_int(q, 2, since);
    pn_bind_int(q, 3, account_id);
    return any(q, ret_made);
}

pn_err pn_import_debtor_used(pn_db *db, const pn_import_row *row, pn_id debtor_id, bool *ret_used) {
    pn_stmt *q = pn_db_stmt(
        db, "SELECT 1 WHERE EXISTS (SELECT 1 FROM invoice WHERE debtor_id = $1 AND"
            " import_id <> -$2) OR EXISTS (SELECT 1 FROM payment WHERE debtor_id = $1 AND"
            " reversed_at IS NULL) OR EXISTS (SELECT 1 FROM contact_made WHERE debtor_id = $1)"
            " OR EXISTS (SELECT 1 FROM debtor WHERE parent_id = $1 AND archived_at IS NULL)"
            " OR EXISTS (SELECT 1 FROM task WHERE debtor_id = $1 AND run_id = 0 AND state = 0)");
    pn_bind_int(q, 1, debtor_id);
    pn_bind_int(q, 2, row->id);
    return any(q, ret_used);
}

/* ── taking back ─────────────────────────────────────────────────────────────────────────────── */

pn_err pn_import_free_invoice(pn_db *db, pn_id debtor_id, pn_id id, pn_str key) {
    pn_stmt *q = pn_db_stmt(db, "UPDATE invoice SET external_id = $3, number_fold = $3,"
                                " import_id = -import_id WHERE debtor_id = $1 AND id = $2");
    pn_bind_int(q, 1, debtor_id);
    pn_bind_int(q, 2, id);
    pn_bind_str(q, 3, key);
    return pn_stmt_run(q, NULL);
}

pn_err pn_import_free_payment(pn_db *db, pn_id org_id, pn_id id, pn_str key) {
    pn_stmt *q = pn_db_stmt(db, "UPDATE payment SET external_id = $3 WHERE org_id = $1 AND id = $2"
                                " AND external_id IS NOT NULL");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, id);
    pn_bind_str(q, 3, key);
    return pn_stmt_run(q, NULL);
}

static pn_err delete_of(pn_db *db, const char *sql, pn_id debtor_id) {
    pn_stmt *q = pn_db_stmt(db, sql);
    pn_bind_int(q, 1, debtor_id);
    return pn_stmt_run(q, NULL);
}

pn_err pn_import_free_debtor(pn_db *db, pn_id org_id, pn_id id, pn_str key, pn_time at) {
    pn_stmt *q = pn_db_stmt(db, "UPDATE debtor SET external_id = $3, external_id_fold = $3,"
                                " channels = 0, archived_at = $4, seq = seq + 1"
                                " WHERE org_id = $1 AND id = $2");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, id);
    pn_bind_str(q, 3, key);
    pn_bind_int(q, 4, at);
    PN_TRY(pn_stmt_run(q, NULL));
    PN_TRY(delete_of(db, "DELETE FROM contact WHERE debtor_id = $1", id));
    PN_TRY(delete_of(db, "DELETE FROM debtor_key WHERE debtor_id = $1", id));
    q = pn_db_stmt(db, "INSERT INTO debtor_key (creditor_id, external_id, org_id, debtor_id) SELECT"
                       " creditor_id, external_id, org_id, id FROM debtor WHERE id = $1");
    pn_bind_int(q, 1, id);
    return pn_stmt_run(q, NULL);
}
