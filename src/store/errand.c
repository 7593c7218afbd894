#include "store/errand.h"

#include "base/banned.h"

#define COLUMNS                                                                                    \
    "debtor_id, id, org_id, run_id, visit, kind, version_id, node, connector, outcome, reference," \
    " asked_at, " PN_CALL_COLUMNS

#define WAITING                                                                                    \
    " FROM errand WHERE org_id = $1 AND connector = $2 AND state = 0 AND lease_until <= $3"

#define DUE WAITING " AND due_at <= $4 ORDER BY due_at, id LIMIT 1"

const pn_call_texts PN_ERRAND_CALLS = {
    .by_name = true,
    .to = "SELECT connector FROM errand WHERE org_id = $1 AND connector > $2 AND state = 0"
          " ORDER BY connector LIMIT 1",
    .next = "SELECT due_at" WAITING " ORDER BY due_at LIMIT 1",
    .due = PN_SQLITE("SELECT " COLUMNS DUE),
    .due_pg = PN_PG("SELECT " COLUMNS DUE " FOR UPDATE SKIP LOCKED"),
    .left = "UPDATE errand SET lease_until = 1 WHERE org_id = $1 AND state = 0"
            " AND lease_until > 1",
    .lease = "UPDATE errand SET lease_until = $3, attempts = attempts + 1"
             " WHERE debtor_id = $1 AND id = $2 AND state = 0 AND attempts = $4",
    .record = "UPDATE errand SET state = $3, due_at = $4, status = $5, reason = $6,"
              " settled_at = $7, outcome = $9, reference = $10, lease_until = 0"
              " WHERE debtor_id = $1 AND id = $2 AND state = 0 AND attempts = $8",
};

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
        .outcome = pn_col_str_dup(q, 9, arena),
        .reference = pn_col_str_dup(q, 10, arena),
        .asked_at = pn_col_int(q, 11),
        .call = pn_call_read(q, 12, arena),
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
                                "$9,'','',$10,0,$11,0,0,0,'',NULL)");
    pn_bind_int(q, 1, row->debtor_id);
    pn_bind_int(q, 2, row->id);
    pn_bind_int(q, 3, row->org_id);
    pn_bind_int(q, 4, row->run_id);
    pn_bind_int(q, 5, row->visit);
    pn_bind_int(q, 6, row->kind);
    pn_bind_int(q, 7, row->version_id);
    pn_bind_int(q, 8, row->node);
    pn_bind_str(q, 9, row->connector);
    pn_bind_int(q, 10, row->asked_at);
    pn_bind_int(q, 11, row->call.due_at);
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

pn_err pn_errand_due(pn_db *db, pn_id org_id, const pn_call_to *to, pn_time now, pn_time real_now,
                     pn_arena *arena, pn_errand_row *ret_row) {
    pn_stmt *q = pn_call_due(db, &PN_ERRAND_CALLS, org_id, to, now, real_now);
    PN_TRY(pn_row_next(q));
    read_errand(q, arena, ret_row);
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_errand_record(pn_db *db, const pn_errand_row *row) {
    pn_stmt *q = pn_call_record(db, &PN_ERRAND_CALLS, row->debtor_id, row->id, &row->call);
    pn_bind_str(q, 9, row->outcome);
    pn_bind_str(q, 10, row->reference);
    return pn_call_changed(q);
}
