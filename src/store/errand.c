#include "store/errand.h"

#include "base/banned.h"

#define COLUMNS                                                                                    \
    "debtor_id, id, org_id, run_id, visit, kind, version_id, node, connector, state, due_at,"      \
    " lease_until, attempts, status, outcome, reference, reason, asked_at, settled_at"

static void read_errand(pn_stmt *q, pn_arena *arena, void *row) {
    *(pn_errand_row *)row = (pn_errand_row){
        .debtor_id = pn_col_int(q, 0),
        .id = pn_col_int(q, 1),
        .org_id = pn_col_int(q, 2),
        .run_id = pn_col_int(q, 3),
        .visit = (uint32_t)pn_col_int(q, 4),
        .kind = (pn_errand_kind)pn_col_int(q, 5),
        .version_id = pn_col_int(q, 6),
        .node = (uint32_t)pn_col_int(q, 7),
        .connector = pn_col_str_dup(q, 8, arena),
        .state = (pn_errand_state)pn_col_int(q, 9),
        .due_at = pn_col_int(q, 10),
        .lease_until = pn_col_int(q, 11),
        .attempts = pn_col_int(q, 12),
        .status = pn_col_int(q, 13),
        .outcome = pn_col_str_dup(q, 14, arena),
        .reference = pn_col_str_dup(q, 15, arena),
        .reason = pn_col_str_dup(q, 16, arena),
        .asked_at = pn_col_int(q, 17),
        .settled_at = pn_col_int_or(q, 18, PN_TIME_NONE),
    };
}

static pn_err read_all(pn_stmt *q, pn_arena *arena, pn_errand_row **ret_rows, size_t *ret_count) {
    void *rows = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_errand_row), read_errand, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

pn_err pn_errand_insert(pn_db *db, const pn_errand_row *row) {
    pn_stmt *q = pn_db_stmt(db, "INSERT INTO errand (" COLUMNS ") VALUES ($1,$2,$3,$4,$5,$6,$7,$8,"
                                "$9,0,$10,0,0,0,'','',$11,$12,NULL)");
    pn_bind_int(q, 1, row->debtor_id);
    pn_bind_int(q, 2, row->id);
    pn_bind_int(q, 3, row->org_id);
    pn_bind_int(q, 4, row->run_id);
    pn_bind_int(q, 5, row->visit);
    pn_bind_int(q, 6, row->kind);
    pn_bind_int(q, 7, row->version_id);
    pn_bind_int(q, 8, row->node);
    pn_bind_str(q, 9, row->connector);
    pn_bind_int(q, 10, row->due_at);
    pn_bind_str(q, 11, row->reason);
    pn_bind_int(q, 12, row->asked_at);
    return pn_stmt_run(q, NULL);
}

pn_err pn_errand_of_debtor(pn_db *db, pn_id debtor_id, pn_arena *arena, pn_errand_row **ret_rows,
                           size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " COLUMNS " FROM errand WHERE debtor_id = $1 ORDER BY id");
    pn_bind_int(q, 1, debtor_id);
    return read_all(q, arena, ret_rows, ret_count);
}

pn_err pn_errand_of_run(pn_db *db, pn_id debtor_id, pn_id run_id, pn_arena *arena,
                        pn_errand_row **ret_rows, size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " COLUMNS " FROM errand WHERE debtor_id = $1"
                                " AND run_id = $2 ORDER BY id");
    pn_bind_int(q, 1, debtor_id);
    pn_bind_int(q, 2, run_id);
    return read_all(q, arena, ret_rows, ret_count);
}

pn_err pn_errand_list(pn_db *db, pn_id org_id, int64_t limit, pn_arena *arena,
                      pn_errand_row **ret_rows, size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " COLUMNS
                                " FROM errand WHERE org_id = $1 ORDER BY id DESC LIMIT $2");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, limit);
    return read_all(q, arena, ret_rows, ret_count);
}

pn_err pn_errand_due(pn_db *db, pn_id org_id, pn_time now, pn_time real_now, int64_t limit,
                     pn_arena *arena, pn_errand_row **ret_rows, size_t *ret_count) {
    static const char *const SQLITE =
        PN_SQLITE("SELECT " COLUMNS " FROM errand WHERE org_id = $1 AND state = 0 AND due_at <= $2"
                  " AND lease_until <= $3 ORDER BY due_at, id LIMIT $4");
    static const char *const PG =
        PN_PG("SELECT " COLUMNS " FROM errand WHERE org_id = $1 AND state = 0 AND due_at <= $2"
              " AND lease_until <= $3 ORDER BY due_at, id LIMIT $4 FOR UPDATE SKIP LOCKED");
    pn_stmt *q = pn_db_stmt(db, pn_db_speaks_pg(db) ? PG : SQLITE);
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, now);
    pn_bind_int(q, 3, real_now);
    pn_bind_int(q, 4, limit);
    return read_all(q, arena, ret_rows, ret_count);
}

pn_err pn_errand_next(pn_db *db, pn_id org_id, pn_time real_now, pn_time *ret_due) {
    pn_stmt *q = pn_db_stmt(db, "SELECT due_at FROM errand WHERE org_id = $1 AND state = 0"
                                " AND lease_until <= $2 ORDER BY due_at LIMIT 1");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, real_now);
    pn_err err = pn_row_next(q);
    *ret_due = err == PN_OK ? pn_col_int(q, 0) : PN_TIME_NEVER;
    pn_stmt_reset(q);
    return err == PN_NOT_FOUND ? PN_OK : err;
}

pn_err pn_errand_lease(pn_db *db, const pn_errand_row *row, pn_time lease_until) {
    pn_stmt *q =
        pn_db_stmt(db, "UPDATE errand SET lease_until = $3, attempts = attempts + 1"
                       " WHERE debtor_id = $1 AND id = $2 AND state = 0 AND attempts = $4");
    int64_t changed = 0;
    pn_bind_int(q, 1, row->debtor_id);
    pn_bind_int(q, 2, row->id);
    pn_bind_int(q, 3, lease_until);
    pn_bind_int(q, 4, row->attempts);
    PN_TRY(pn_stmt_run(q, &changed));
    return changed == 1 ? PN_OK : PN_CONFLICT;
}

pn_err pn_errand_record(pn_db *db, const pn_errand_row *row) {
    pn_stmt *q = pn_db_stmt(
        db, "UPDATE errand SET state = $3, due_at = $4, status = $5, outcome = $6, reference = $7,"
            " reason = $8, settled_at = $9, lease_until = 0"
            " WHERE debtor_id = $1 AND id = $2 AND state = 0");
    int64_t changed = 0;
    pn_bind_int(q, 1, row->debtor_id);
    pn_bind_int(q, 2, row->id);
    pn_bind_int(q, 3, row->state);
    pn_bind_int(q, 4, row->due_at);
    pn_bind_int(q, 5, row->status);
    pn_bind_str(q, 6, row->outcome);
    pn_bind_str(q, 7, row->reference);
    pn_bind_str(q, 8, row->reason);
    pn_bind_int_or_null(q, 9, row->settled_at, PN_TIME_NONE);
    PN_TRY(pn_stmt_run(q, &changed));
    return changed == 1 ? PN_OK : PN_CONFLICT;
}
