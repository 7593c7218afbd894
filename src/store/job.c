#include "store/job.h"

#include "base/banned.h"

static const char *const STATES[] = {
    [PN_JOB_WAITS] = "waits",   [PN_JOB_RUNS] = "runs",           [PN_JOB_DONE] = "done",
    [PN_JOB_FAILED] = "failed", [PN_JOB_CANCELLED] = "cancelled",
};

const char *pn_job_state_name(pn_job_state state) {
    return STATES[state];
}

#define COLUMNS                                                                                    \
    "id, org_id, kind, state, file_id, request, result, problem, refused_id, done, total, cancel," \
    " tries, lease_until, actor, created_at, started_at, finished_at"

static void read_job(pn_stmt *q, pn_arena *arena, void *row) {
    *(pn_job_row *)row = (pn_job_row){
        .id = pn_col_int(q, 0),
        .org_id = pn_col_int(q, 1),
        .kind = pn_col_str_dup(q, 2, arena),
        .state = (pn_job_state)pn_col_int(q, 3),
        .file_id = pn_col_int(q, 4),
        .request = pn_col_str_dup(q, 5, arena),
        .result = pn_col_str_dup(q, 6, arena),
        .problem = pn_col_str_dup(q, 7, arena),
        .refused_id = pn_col_int(q, 8),
        .done = pn_col_int(q, 9),
        .total = pn_col_int(q, 10),
        .cancel = pn_col_int(q, 11) != 0,
        .tries = pn_col_int(q, 12),
        .lease_until = pn_col_int(q, 13),
        .actor = pn_col_str_dup(q, 14, arena),
        .created_at = pn_col_int(q, 15),
        .started_at = pn_col_int_or(q, 16, PN_TIME_NONE),
        .finished_at = pn_col_int_or(q, 17, PN_TIME_NONE),
    };
}

pn_err pn_job_insert(pn_db *db, const pn_job_row *row) {
    pn_stmt *q = pn_db_stmt(
        db, "INSERT INTO job (id, org_id, kind, state, file_id, request, result, problem,"
            " refused_id, done, total, cancel, tries, lease_until, actor, created_at)"
            " VALUES ($1,$2,$3,0,$4,$5,'','',0,0,0,0,0,0,$6,$7)");
    pn_bind_int(q, 1, row->id);
    pn_bind_int(q, 2, row->org_id);
    pn_bind_str(q, 3, row->kind);
    pn_bind_int(q, 4, row->file_id);
    pn_bind_str(q, 5, row->request);
    pn_bind_str(q, 6, row->actor);
    pn_bind_int(q, 7, row->created_at);
    return pn_stmt_run(q, NULL);
}

static pn_err read_one(pn_stmt *q, pn_arena *arena, pn_job_row *ret_row) {
    PN_TRY(pn_row_next(q));
    read_job(q, arena, ret_row);
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_job_get(pn_db *db, pn_id org_id, pn_id id, pn_arena *arena, pn_job_row *ret_row) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " COLUMNS " FROM job WHERE org_id = $1 AND id = $2");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, id);
    return read_one(q, arena, ret_row);
}

pn_err pn_job_page(pn_db *db, pn_id org_id, pn_id before, int64_t limit, pn_arena *arena,
                   pn_job_row **ret_rows, size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " COLUMNS " FROM job WHERE org_id = $1 AND id < $2"
                                " ORDER BY id DESC LIMIT $3");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, before == 0 ? INT64_MAX : before);
    pn_bind_int(q, 3, limit);
    void *rows = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_job_row), read_job, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

pn_err pn_job_next(pn_db *db, pn_id org_id, bool studies, pn_time now, pn_arena *arena,
                   pn_job_row *ret_row) {
    pn_stmt *q =
        pn_db_stmt(db, "SELECT " COLUMNS " FROM job WHERE org_id = $1 AND state < 2 AND"
                       " lease_until < $2 AND (CASE WHEN kind IN ('simulation', 'forecast')"
                       " THEN 1 ELSE 0 END) = $3 ORDER BY id LIMIT 1");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, now);
    pn_bind_int(q, 3, studies);
    return read_one(q, arena, ret_row);
}

static pn_err run_one(pn_stmt *q) {
    int64_t changed = 0;
    PN_TRY(pn_stmt_run(q, &changed));
    return changed == 1 ? PN_OK : PN_CONFLICT;
}

pn_err pn_job_claim(pn_db *db, pn_job_row *row, pn_time now, pn_time lease_until) {
    pn_stmt *q = pn_db_stmt(db, "UPDATE job SET state = 1, tries = tries + 1, lease_until = $4,"
                                " started_at = coalesce(started_at, $3) WHERE org_id = $1 AND"
                                " id = $2 AND state < 2 AND tries = $5");
    pn_bind_int(q, 1, row->org_id);
    pn_bind_int(q, 2, row->id);
    pn_bind_int(q, 3, now);
    pn_bind_int(q, 4, lease_until);
    pn_bind_int(q, 5, row->tries);
    PN_TRY(run_one(q));
    row->state = PN_JOB_RUNS;
    row->tries++;
    row->lease_until = lease_until;
    return PN_OK;
}

pn_err pn_job_go_on(pn_db *db, const pn_job_row *row, int64_t done, int64_t total,
                    pn_time lease_until, bool *ret_cancel) {
    pn_stmt *q = pn_db_stmt(db, "UPDATE job SET done = $4, total = $5, lease_until = $6 WHERE"
                                " org_id = $1 AND id = $2 AND state = 1 AND tries = $3"
                                " RETURNING cancel");
    pn_bind_int(q, 1, row->org_id);
    pn_bind_int(q, 2, row->id);
    pn_bind_int(q, 3, row->tries);
    pn_bind_int(q, 4, done);
    pn_bind_int(q, 5, total);
    pn_bind_int(q, 6, lease_until);
    PN_TRY(pn_row_next(q));
    *ret_cancel = pn_col_int(q, 0) != 0;
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_job_settle(pn_db *db, const pn_job_row *row) {
    pn_stmt *q = pn_db_stmt(db, "UPDATE job SET state = $4, result = $5, problem = $6,"
                                " refused_id = $7, done = $8, total = $9, finished_at = $10,"
                                " lease_until = 0 WHERE org_id = $1 AND id = $2 AND state = 1 AND"
                                " tries = $3");
    pn_bind_int(q, 1, row->org_id);
    pn_bind_int(q, 2, row->id);
    pn_bind_int(q, 3, row->tries);
    pn_bind_int(q, 4, row->state);
    pn_bind_str(q, 5, row->result);
    pn_bind_str(q, 6, row->problem);
    pn_bind_int(q, 7, row->refused_id);
    pn_bind_int(q, 8, row->done);
    pn_bind_int(q, 9, row->total);
    pn_bind_int_or_null(q, 10, row->finished_at, PN_TIME_NONE);
    return run_one(q);
}

pn_err pn_job_cancel(pn_db *db, pn_id org_id, pn_id id, pn_time now) {
    pn_stmt *q = pn_db_stmt(db, "UPDATE job SET cancel = 1, finished_at = CASE WHEN state = 0 THEN"
                                " $3 ELSE finished_at END, state = CASE WHEN state = 0 THEN 4 ELSE"
                                " state END WHERE org_id = $1 AND id = $2 AND state < 2");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, id);
    pn_bind_int(q, 3, now);
    return run_one(q);
}

pn_err pn_job_open_count(pn_db *db, pn_id org_id, int64_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT count(*) FROM job WHERE org_id = $1 AND state < 2");
    pn_bind_int(q, 1, org_id);
    PN_TRY(pn_row_next(q));
    *ret_count = pn_col_int(q, 0);
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_job_uses_file(pn_db *db, pn_id org_id, pn_id file_id, bool *ret_uses) {
    pn_stmt *q = pn_db_stmt(db, "SELECT 1 FROM job WHERE org_id = $1 AND state < 2 AND file_id = $2"
                                " LIMIT 1");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, file_id);
    pn_err err = pn_row_next(q);
    *ret_uses = err == PN_OK;
    pn_stmt_reset(q);
    return err == PN_NOT_FOUND ? PN_OK : err;
}
