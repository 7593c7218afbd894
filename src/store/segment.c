#include "store/segment.h"

#include "base/banned.h"

#define COLUMNS "id, org_id, name, name_fold, subject, rule, created_at, archived_at, version"

static void read_segment(pn_stmt *q, pn_arena *arena, void *row) {
    *(pn_segment_row *)row = (pn_segment_row){
        .id = pn_col_int(q, 0),
        .org_id = pn_col_int(q, 1),
        .name = pn_col_str_dup(q, 2, arena),
        .name_fold = pn_col_str_dup(q, 3, arena),
        .subject = (int)pn_col_int(q, 4),
        .rule = pn_col_str_dup(q, 5, arena),
        .created_at = pn_col_int(q, 6),
        .archived_at = pn_col_int_or(q, 7, PN_TIME_NONE),
        .version = pn_col_int_or(q, 8, 1),
    };
}

pn_err pn_segment_insert(pn_db *db, const pn_segment_row *row) {
    pn_stmt *q = pn_db_stmt(db, "INSERT INTO segment (" COLUMNS
                                ") VALUES ($1, $2, $3, $4, $5, $6, $7, NULL, 1)");
    pn_bind_int(q, 1, row->id);
    pn_bind_int(q, 2, row->org_id);
    pn_bind_str(q, 3, row->name);
    pn_bind_str(q, 4, row->name_fold);
    pn_bind_int(q, 5, row->subject);
    pn_bind_str(q, 6, row->rule);
    pn_bind_int(q, 7, row->created_at);
    return pn_stmt_run(q, NULL);
}

pn_err pn_segment_update(pn_db *db, pn_segment_row *row) {
    pn_stmt *q = pn_db_stmt(db, "UPDATE segment SET name = $3, name_fold = $4, subject = $5,"
                                " rule = $6, archived_at = $7, version = coalesce(version, 1) + 1"
                                " WHERE id = $1 AND org_id = $2");
    row->version++;
    pn_bind_int(q, 1, row->id);
    pn_bind_int(q, 2, row->org_id);
    pn_bind_str(q, 3, row->name);
    pn_bind_str(q, 4, row->name_fold);
    pn_bind_int(q, 5, row->subject);
    pn_bind_str(q, 6, row->rule);
    pn_bind_int_or_null(q, 7, row->archived_at, PN_TIME_NONE);
    return pn_stmt_run(q, NULL);
}

pn_err pn_segment_delete(pn_db *db, pn_id org_id, pn_id id) {
    pn_stmt *q = pn_db_stmt(db, "DELETE FROM segment WHERE id = $1 AND org_id = $2"
                                " AND archived_at IS NOT NULL");
    int64_t changed = 0;
    pn_bind_int(q, 1, id);
    pn_bind_int(q, 2, org_id);
    PN_TRY(pn_stmt_run(q, &changed));
    return changed == 0 ? PN_NOT_FOUND : PN_OK;
}

pn_err pn_segment_list(pn_db *db, pn_id org_id, pn_arena *arena, pn_segment_row **ret_rows,
                       size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " COLUMNS " FROM segment WHERE org_id = $1"
                                " AND archived_at IS NULL ORDER BY name_fold");
    pn_bind_int(q, 1, org_id);
    void *rows = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_segment_row), read_segment, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

pn_err pn_segment_named(pn_db *db, pn_id org_id, pn_str name_fold, pn_arena *arena,
                        pn_segment_row *ret_row) {
    pn_stmt *q =
        pn_db_stmt(db, "SELECT " COLUMNS " FROM segment WHERE org_id = $1 AND name_fold = $2");
    pn_bind_int(q, 1, org_id);
    pn_bind_str(q, 2, name_fold);
    PN_TRY(pn_row_next(q));
    read_segment(q, arena, ret_row);
    pn_stmt_reset(q);
    return PN_OK;
}
