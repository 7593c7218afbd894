#include "store/connector.h"

#include "base/banned.h"

#define COLUMNS "id, org_id, name, settings, trouble, used_at, updated_at"

static void read_connector(pn_stmt *q, pn_arena *arena, void *row) {
    *(pn_connector_row *)row = (pn_connector_row){.id = pn_col_int(q, 0),
                                                  .org_id = pn_col_int(q, 1),
                                                  .name = pn_col_str_dup(q, 2, arena),
                                                  .settings = pn_col_str_dup(q, 3, arena),
                                                  .trouble = pn_col_str_dup(q, 4, arena),
                                                  .used_at = pn_col_int_or(q, 5, PN_TIME_NONE),
                                                  .updated_at = pn_col_int(q, 6)};
}

pn_err pn_connector_put(pn_db *db, const pn_connector_row *row) {
    pn_stmt *q =
        pn_db_stmt(db, "INSERT INTO connector (" COLUMNS ") VALUES ($1,$2,$3,$4,'',NULL,$5)"
                       " ON CONFLICT (org_id, name) DO UPDATE SET settings = excluded.settings,"
                       " trouble = '', updated_at = excluded.updated_at");
    pn_bind_int(q, 1, row->id);
    pn_bind_int(q, 2, row->org_id);
    pn_bind_str(q, 3, row->name);
    pn_bind_str(q, 4, row->settings);
    pn_bind_int(q, 5, row->updated_at);
    return pn_stmt_run(q, NULL);
}

pn_err pn_connector_get(pn_db *db, pn_id org_id, pn_str name, pn_arena *arena,
                        pn_connector_row *ret_row) {
    pn_stmt *q =
        pn_db_stmt(db, "SELECT " COLUMNS " FROM connector WHERE org_id = $1 AND name = $2");
    pn_bind_int(q, 1, org_id);
    pn_bind_str(q, 2, name);
    PN_TRY(pn_row_next(q));
    read_connector(q, arena, ret_row);
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_connector_list(pn_db *db, pn_id org_id, pn_arena *arena, pn_connector_row **ret_rows,
                         size_t *ret_count) {
    pn_stmt *q =
        pn_db_stmt(db, "SELECT " COLUMNS " FROM connector WHERE org_id = $1 ORDER BY name");
    void *rows = NULL;
    pn_bind_int(q, 1, org_id);
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_connector_row), read_connector, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

pn_err pn_connector_remove(pn_db *db, pn_id org_id, pn_str name) {
    pn_stmt *q = pn_db_stmt(db, "DELETE FROM connector WHERE org_id = $1 AND name = $2");
    int64_t changed = 0;
    pn_bind_int(q, 1, org_id);
    pn_bind_str(q, 2, name);
    PN_TRY(pn_stmt_run(q, &changed));
    return changed != 0 ? PN_OK : PN_NOT_FOUND;
}

pn_err pn_connector_used(pn_db *db, pn_id org_id, pn_str name, pn_str trouble, pn_time at) {
    pn_stmt *q = pn_db_stmt(db, "UPDATE connector SET trouble = $3, used_at = $4"
                                " WHERE org_id = $1 AND name = $2");
    pn_bind_int(q, 1, org_id);
    pn_bind_str(q, 2, name);
    pn_bind_str(q, 3, trouble);
    pn_bind_int(q, 4, at);
    return pn_stmt_run(q, NULL);
}
