#include "store/saved_view.h"

#include "base/banned.h"

#define COLUMNS                                                                                    \
    "id, org_id, list, name, owner_id, shared, query, position, version, created_at, archived_at"

static void read_view(pn_stmt *q, pn_arena *arena, void *row) {
    *(pn_saved_view_row *)row = (pn_saved_view_row){
        .id = pn_col_int(q, 0),
        .org_id = pn_col_int(q, 1),
        .list = pn_col_str_dup(q, 2, arena),
        .name = pn_col_str_dup(q, 3, arena),
        .owner_id = pn_col_int(q, 4),
        .shared = pn_col_int(q, 5) != 0,
        .query = pn_col_str_dup(q, 6, arena),
        .position = pn_col_int(q, 7),
        .version = pn_col_int(q, 8),
        .created_at = pn_col_int(q, 9),
        .archived_at = pn_col_int_or(q, 10, PN_TIME_NONE),
    };
}

pn_err pn_saved_view_insert(pn_db *db, const pn_saved_view_row *row) {
    pn_stmt *q = pn_db_stmt(db, "INSERT INTO saved_view (" COLUMNS
                                ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9, NULL)");
    pn_bind_int(q, 1, row->id);
    pn_bind_int(q, 2, row->org_id);
    pn_bind_str(q, 3, row->list);
    pn_bind_str(q, 4, row->name);
    pn_bind_int(q, 5, row->owner_id);
    pn_bind_int(q, 6, row->shared);
    pn_bind_str(q, 7, row->query);
    pn_bind_int(q, 8, row->position);
    pn_bind_int(q, 9, row->created_at);
    return pn_stmt_run(q, NULL);
}

pn_err pn_saved_view_update(pn_db *db, pn_saved_view_row *row) {
    pn_stmt *q = pn_db_stmt(db, "UPDATE saved_view SET name = $4, shared = $5, query = $6,"
                                " position = $7, archived_at = $8, version = version + 1"
                                " WHERE id = $1 AND org_id = $2 AND version = $3");
    pn_bind_int(q, 1, row->id);
    pn_bind_int(q, 2, row->org_id);
    pn_bind_int(q, 3, row->version);
    pn_bind_str(q, 4, row->name);
    pn_bind_int(q, 5, row->shared);
    pn_bind_str(q, 6, row->query);
    pn_bind_int(q, 7, row->position);
    pn_bind_int_or_null(q, 8, row->archived_at, PN_TIME_NONE);
    int64_t changed = 0;
    PN_TRY(pn_stmt_run(q, &changed));
    row->version += changed;
    return changed == 1 ? PN_OK : PN_CONFLICT;
}

pn_err pn_saved_view_get(pn_db *db, pn_id org_id, pn_id id, pn_arena *arena,
                         pn_saved_view_row *ret_row) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " COLUMNS " FROM saved_view WHERE id = $1 AND org_id = $2");
    pn_bind_int(q, 1, id);
    pn_bind_int(q, 2, org_id);
    PN_TRY(pn_row_next(q));
    read_view(q, arena, ret_row);
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_saved_view_list(pn_db *db, pn_id org_id, pn_id owner_id, pn_str list, pn_arena *arena,
                          pn_saved_view_row **ret_rows, size_t *ret_count) {
    pn_stmt *q =
        pn_db_stmt(db, "SELECT " COLUMNS " FROM saved_view WHERE org_id = $1 AND (list = $2 OR $2"
                       " = '') AND archived_at IS NULL AND (owner_id = $3 OR shared = 1)"
                       " ORDER BY position, id");
    pn_bind_int(q, 1, org_id);
    pn_bind_str(q, 2, list);
    pn_bind_int(q, 3, owner_id);
    void *rows = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_saved_view_row), read_view, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}
