#include "store/draft.h"

#include "base/banned.h"
#include "base/limits.h"

#define COLUMNS(document)                                                                          \
    "id, org_id, kind, name, title, " document                                                     \
    ", base, version, created_by, created_at, changed_by,"                                         \
    " changed_at, ended_at"

static void read_draft(pn_stmt *q, pn_arena *arena, void *row) {
    *(pn_draft_row *)row = (pn_draft_row){
        .id = pn_col_int(q, 0),
        .org_id = pn_col_int(q, 1),
        .kind = (pn_draft_kind)pn_col_int(q, 2),
        .name = pn_col_str_dup(q, 3, arena),
        .title = pn_col_str_dup(q, 4, arena),
        .document = pn_col_str_dup(q, 5, arena),
        .base = pn_col_int(q, 6),
        .version = pn_col_int(q, 7),
        .created_by = pn_col_str_dup(q, 8, arena),
        .created_at = pn_col_int(q, 9),
        .changed_by = pn_col_str_dup(q, 10, arena),
        .changed_at = pn_col_int(q, 11),
        .ended_at = pn_col_int_or(q, 12, PN_TIME_NONE),
    };
}

pn_err pn_draft_insert(pn_db *db, const pn_draft_row *row) {
    pn_stmt *q = pn_db_stmt(db, "INSERT INTO draft (" COLUMNS(
                                    "document") ") VALUES ($1, $2, $3,"
                                                " $4, $5, $6, $7, $8, $9, $10, $9, $10, NULL)");
    pn_bind_int(q, 1, row->id);
    pn_bind_int(q, 2, row->org_id);
    pn_bind_int(q, 3, row->kind);
    pn_bind_str(q, 4, row->name);
    pn_bind_str(q, 5, row->title);
    pn_bind_str(q, 6, row->document);
    pn_bind_int(q, 7, row->base);
    pn_bind_int(q, 8, row->version);
    pn_bind_str(q, 9, row->created_by);
    pn_bind_int(q, 10, row->created_at);
    return pn_stmt_run(q, NULL);
}

pn_err pn_draft_update(pn_db *db, const pn_draft_row *row) {
    int64_t changes = 0;
    pn_stmt *q =
        pn_db_stmt(db, "UPDATE draft SET document = $3, base = $4, version = $5, changed_by = $6,"
                       " changed_at = $7, ended_at = $8, title = $9 WHERE id = $1 AND org_id = $2"
                       " AND version = $5 - 1");
    pn_bind_int(q, 1, row->id);
    pn_bind_int(q, 2, row->org_id);
    pn_bind_str(q, 3, row->document);
    pn_bind_int(q, 4, row->base);
    pn_bind_int(q, 5, row->version);
    pn_bind_str(q, 6, row->changed_by);
    pn_bind_int(q, 7, row->changed_at);
    pn_bind_int_or_null(q, 8, row->ended_at, PN_TIME_NONE);
    pn_bind_str(q, 9, row->title);
    PN_TRY(pn_stmt_run(q, &changes));
    return changes == 1 ? PN_OK : PN_CONFLICT;
}

static pn_err read_one(pn_stmt *q, pn_arena *arena, pn_draft_row *ret_row) {
    PN_TRY(pn_row_next(q));
    read_draft(q, arena, ret_row);
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_draft_get(pn_db *db, pn_id org_id, pn_id id, pn_arena *arena, pn_draft_row *ret_row) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " COLUMNS("document") " FROM draft WHERE id = $1"
                                                              " AND org_id = $2");
    pn_bind_int(q, 1, id);
    pn_bind_int(q, 2, org_id);
    return read_one(q, arena, ret_row);
}

pn_err pn_draft_named(pn_db *db, pn_id org_id, pn_draft_kind kind, pn_str name, pn_arena *arena,
                      pn_draft_row *ret_row) {
    pn_stmt *q = pn_db_stmt(
        db, "SELECT " COLUMNS("document") " FROM draft WHERE org_id = $1"
                                          " AND kind = $2 AND name = $3 AND ended_at IS NULL");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, kind);
    pn_bind_str(q, 3, name);
    return read_one(q, arena, ret_row);
}

pn_err pn_draft_list(pn_db *db, pn_id org_id, int kind, pn_arena *arena, pn_draft_row **ret_rows,
                     size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(
        db, "SELECT " COLUMNS("''") " FROM draft WHERE org_id = $1"
                                    " AND (kind = $2 OR $2 < 0) AND ended_at IS NULL ORDER BY id"
                                    " LIMIT $3");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, kind);
    pn_bind_int(q, 3, PN_LIMIT_DRAFTS);
    void *rows = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_draft_row), read_draft, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

pn_err pn_draft_forget(pn_db *db, pn_id org_id, pn_time before) {
    pn_stmt *q = pn_db_stmt(db, "DELETE FROM draft WHERE org_id = $1 AND ended_at < $2");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, before);
    return pn_stmt_run(q, NULL);
}
