#include "store/run.h"

#include "base/banned.h"

#define COLUMNS                                                                                    \
    "debtor_id, id, org_id, account_id, invoice_id, version_id, parent_id, status, wait, node,"    \
    " visit, cycle, wake_at, anchor_due, anchor_item, started_at, memory, last_event_id,"          \
    " last_message_id"

/* A node that is none is stored as -1. */
static int64_t node_out(uint32_t node) {
    return node == PN_NODE_NONE ? -1 : (int64_t)node;
}

static uint32_t node_in(int64_t node) {
    return node < 0 ? PN_NODE_NONE : (uint32_t)node;
}

static void read_run(pn_stmt *q, pn_arena *arena, void *out) {
    pn_run_row *row = out;
    *row = (pn_run_row){
        .org_id = pn_col_int(q, 2),
        .last_event_id = pn_col_int(q, 17),
        .last_message_id = pn_col_int(q, 18),
    };
    pn_run *run = &row->run;
    run->debtor_id = pn_col_int(q, 0);
    run->id = pn_col_int(q, 1);
    run->account_id = pn_col_int(q, 3);
    run->invoice_id = pn_col_int(q, 4);
    run->version_id = pn_col_int(q, 5);
    run->parent_id = pn_col_int(q, 6);
    run->status = (pn_run_status)pn_col_int(q, 7);
    run->wait = (pn_run_wait)pn_col_int(q, 8);
    run->node = node_in(pn_col_int(q, 9));
    run->visit = (uint32_t)pn_col_int(q, 10);
    run->cycle = (uint32_t)pn_col_int(q, 11);
    run->wake_at = pn_col_int(q, 12);
    run->anchor_due = (pn_date)pn_col_int_or(q, 13, PN_DATE_NONE);
    run->anchor_item = pn_col_int(q, 14);
    run->started_at = pn_col_int(q, 15);
    row->memory = pn_col_str_dup(q, 16, arena);
    pn_run_recall(run, row->memory, arena);
}

static void bind_state(pn_stmt *q, const pn_run_row *row, pn_str memory) {
    const pn_run *run = &row->run;
    pn_bind_int(q, 1, run->debtor_id);
    pn_bind_int(q, 2, run->id);
    pn_bind_int(q, 3, run->version_id);
    pn_bind_int(q, 4, run->status);
    pn_bind_int(q, 5, run->wait);
    pn_bind_int(q, 6, node_out(run->node));
    pn_bind_int(q, 7, run->visit);
    pn_bind_int(q, 8, run->cycle);
    pn_bind_int(q, 9, run->wake_at);
    pn_bind_int_or_null(q, 10, run->anchor_due, PN_DATE_NONE);
    pn_bind_int(q, 11, run->anchor_item);
    pn_bind_blob(q, 12, memory.ptr, memory.len);
    pn_bind_int(q, 13, row->last_event_id);
    pn_bind_int(q, 14, row->last_message_id);
}

pn_err pn_run_insert(pn_db *db, const pn_run_row *row, pn_str memory) {
    pn_stmt *q = pn_db_stmt_many(
        db,
        "INSERT INTO run (" COLUMNS ") VALUES ($1, $2, $15, $16, $17, $3, $18, $4, $5, $6, $7,"
        " $8, $9, $10, $11, $19, $12, $13, $14)",
        PN_PG("INSERT INTO run (" COLUMNS
              ") SELECT debtor_id, id, org_id, account_id, invoice_id, version_id, parent_id, "
              "status, wait, node, visit, cycle, wake_at, anchor_due, anchor_item, started_at, "
              "memory, last_event_id, last_message_id FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, "
              "$9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19) AS v (debtor_id, id, "
              "version_id, status, wait, node, visit, cycle, wake_at, anchor_due, anchor_item, "
              "memory, last_event_id, last_message_id, org_id, account_id, invoice_id, parent_id, "
              "started_at)"));
    bind_state(q, row, memory);
    pn_bind_int(q, 15, row->org_id);
    pn_bind_int(q, 16, row->run.account_id);
    pn_bind_int(q, 17, row->run.invoice_id);
    pn_bind_int(q, 18, row->run.parent_id);
    pn_bind_int(q, 19, row->run.started_at);
    return pn_stmt_later(q, PN_ANY_ROWS);
}

pn_err pn_run_update(pn_db *db, const pn_run_row *row, pn_str memory, uint32_t old_visit) {
    pn_stmt *q = pn_db_stmt_many(
        db,
        "UPDATE run SET version_id = $3, status = $4, wait = $5, node = $6, visit = $7,"
        " cycle = $8, wake_at = $9, anchor_due = $10, anchor_item = $11, memory = $12,"
        " last_event_id = $13, last_message_id = $14"
        " WHERE debtor_id = $1 AND id = $2 AND visit = $15",
        PN_PG("UPDATE run SET version_id = v.version_id, status = v.status, wait = v.wait, node = "
              "v.node, visit = v.visit, cycle = v.cycle, wake_at = v.wake_at, anchor_due = "
              "v.anchor_due, anchor_item = v.anchor_item, memory = v.memory, last_event_id = "
              "v.last_event_id, last_message_id = v.last_message_id FROM unnest($1, $2, $3, $4, "
              "$5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) AS v (debtor_id, id, version_id, "
              "status, wait, node, visit, cycle, wake_at, anchor_due, anchor_item, memory, "
              "last_event_id, last_message_id, old_visit) WHERE run.debtor_id = v.debtor_id AND "
              "run.id = v.id AND run.visit = v.old_visit"));
    bind_state(q, row, memory);
    pn_bind_int(q, 15, old_visit);
    return pn_stmt_later(q, 1);
}

pn_err pn_run_get(pn_db *db, pn_id id, pn_arena *arena, pn_run_row *ret_row) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " COLUMNS " FROM run WHERE id = $1");
    pn_bind_int(q, 1, id);
    PN_TRY(pn_row_next(q));
    read_run(q, arena, ret_row);
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_run_range(pn_db *db, pn_id first, pn_id last, bool active_only, pn_arena *arena,
                    pn_run_row **ret_rows, size_t *ret_count) {
    pn_stmt *q = pn_db_stmt_rows(db, "SELECT " COLUMNS " FROM run WHERE debtor_id BETWEEN $1 AND $2"
                                     " AND status <= $3 ORDER BY debtor_id, id");
    pn_bind_int(q, 1, first);
    pn_bind_int(q, 2, last);
    pn_bind_int(q, 3, active_only ? PN_RUN_ACTIVE : PN_RUN_CLOSED);
    void *rows = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_run_row), read_run, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

pn_err pn_run_of_debtors(pn_db *db, const pn_id *debtors, size_t count, bool active_only,
                         pn_arena *arena, pn_run_row **ret_rows, size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, PN_PG("SELECT " COLUMNS " FROM run WHERE debtor_id = ANY ($1) AND"
                                      " status <= $2 ORDER BY debtor_id, id"));
    pn_bind_ids(q, 1, debtors, count);
    pn_bind_int(q, 2, active_only ? PN_RUN_ACTIVE : PN_RUN_CLOSED);
    void *rows = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_run_row), read_run, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

pn_err pn_run_last_message(pn_db *db, pn_id debtor_id, pn_id id, pn_id *ret_message_id) {
    pn_stmt *q = pn_db_stmt(db, "SELECT last_message_id FROM run WHERE debtor_id = $1 AND id = $2");
    pn_bind_int(q, 1, debtor_id);
    pn_bind_int(q, 2, id);
    pn_err err = pn_row_next(q);
    *ret_message_id = err == PN_OK ? pn_col_int(q, 0) : 0;
    pn_stmt_reset(q);
    return err == PN_NOT_FOUND ? PN_OK : err;
}

pn_err pn_run_set_last_event(pn_db *db, pn_id debtor_id, pn_id id, pn_id event_id) {
    pn_stmt *q = pn_db_stmt_many(
        db, "UPDATE run SET last_event_id = $3 WHERE debtor_id = $1 AND id = $2",
        PN_PG(
            "UPDATE run SET last_event_id = v.last_event_id FROM unnest($1, $2, $3) AS v "
            "(debtor_id, id, last_event_id) WHERE run.debtor_id = v.debtor_id AND run.id = v.id"));
    pn_bind_int(q, 1, debtor_id);
    pn_bind_int(q, 2, id);
    pn_bind_int(q, 3, event_id);
    return pn_stmt_later(q, PN_ANY_ROWS);
}

/* ── zones ── */

static void read_zone(pn_stmt *q, pn_arena *arena, void *row) {
    (void)arena;
    *(pn_zone_row *)row = (pn_zone_row){
        .lane = pn_col_int(q, 0),
        .first_debtor = pn_col_int(q, 1),
        .last_debtor = pn_col_int(q, 2),
        .debtors = pn_col_int(q, 3),
        .wake_at = pn_col_int(q, 4),
        .deliver_at = pn_col_int(q, 5),
    };
}

#define ZONE_COLUMNS "lane, first_debtor, last_debtor, debtors, wake_at, deliver_at"

static pn_err read_zones(pn_stmt *q, pn_arena *arena, pn_zone_row **ret_rows, size_t *ret_count) {
    void *rows = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_zone_row), read_zone, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

static pn_err read_one_zone(pn_stmt *q, pn_zone_row *ret_row) {
    PN_TRY(pn_row_next(q));
    read_zone(q, NULL, ret_row);
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_zone_list(pn_db *db, int64_t lane, pn_arena *arena, pn_zone_row **ret_rows,
                    size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " ZONE_COLUMNS " FROM wake_zone WHERE lane = $1 ORDER BY"
                                " first_debtor");
    pn_bind_int(q, 1, lane);
    return read_zones(q, arena, ret_rows, ret_count);
}

pn_err pn_zone_of_debtors(pn_db *db, int64_t lane, const pn_id *debtors, size_t count,
                          pn_arena *arena, pn_zone_row **ret_rows, size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(
        db, PN_PG("SELECT " ZONE_COLUMNS " FROM wake_zone WHERE lane = $1 AND first_debtor IN"
                  " (SELECT (SELECT max(z.first_debtor) FROM wake_zone z WHERE z.lane = $1 AND"
                  " z.first_debtor <= d) FROM unnest($2) d) ORDER BY first_debtor"));
    pn_bind_int(q, 1, lane);
    pn_bind_ids(q, 2, debtors, count);
    return read_zones(q, arena, ret_rows, ret_count);
}

pn_err pn_zone_lock(pn_db *db, int64_t lane, const pn_id *firsts, size_t count, pn_arena *arena,
                    pn_zone_row **ret_rows, size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, PN_PG("SELECT " ZONE_COLUMNS " FROM wake_zone WHERE lane = $1 AND"
                                      " first_debtor = ANY ($2) ORDER BY first_debtor FOR UPDATE"));
    pn_bind_int(q, 1, lane);
    pn_bind_ids(q, 2, firsts, count);
    return read_zones(q, arena, ret_rows, ret_count);
}

pn_err pn_zone_lock_before(pn_db *db, int64_t lane, pn_id debtor_id, pn_zone_row *ret_row) {
    pn_stmt *q = pn_db_stmt(db, PN_PG("SELECT " ZONE_COLUMNS " FROM wake_zone WHERE lane = $1"
                                      " AND first_debtor <= $2 ORDER BY first_debtor DESC LIMIT 1"
                                      " FOR UPDATE"));
    pn_bind_int(q, 1, lane);
    pn_bind_int(q, 2, debtor_id);
    return read_one_zone(q, ret_row);
}

pn_err pn_zone_lock_next(pn_db *db, int64_t lane, bool deliver, pn_time now, pn_id from,
                         pn_zone_row *ret_row) {
    pn_stmt *q =
        deliver
            ? pn_db_stmt(db, PN_PG("SELECT " ZONE_COLUMNS " FROM wake_zone WHERE lane = $1 AND"
                                   " first_debtor >= $2 AND deliver_at <= $3 ORDER BY first_debtor"
                                   " LIMIT 1 FOR UPDATE SKIP LOCKED"))
            : pn_db_stmt(db, PN_PG("SELECT " ZONE_COLUMNS " FROM wake_zone WHERE lane = $1 AND"
                                   " first_debtor >= $2 AND wake_at <= $3 ORDER BY first_debtor"
                                   " LIMIT 1 FOR UPDATE SKIP LOCKED"));
    pn_bind_int(q, 1, lane);
    pn_bind_int(q, 2, from);
    pn_bind_int(q, 3, now);
    return read_one_zone(q, ret_row);
}

pn_err pn_zone_any_behind(pn_db *db, int64_t lane, pn_id debtor_id, bool *ret_any) {
    pn_stmt *q =
        pn_db_stmt(db, "SELECT 1 FROM wake_zone WHERE lane = $1 AND first_debtor > $2 LIMIT 1");
    pn_bind_int(q, 1, lane);
    pn_bind_int(q, 2, debtor_id);
    pn_err err = pn_row_next(q);
    pn_stmt_reset(q);
    *ret_any = err == PN_OK;
    return err == PN_NOT_FOUND ? PN_OK : err;
}

pn_err pn_zone_min_due(pn_db *db, int64_t lane, pn_time *ret_wake, pn_time *ret_deliver) {
    pn_stmt *q =
        pn_db_stmt(db, "SELECT min(wake_at), min(deliver_at) FROM wake_zone WHERE lane = $1");
    pn_bind_int(q, 1, lane);
    PN_TRY(pn_row_next(q));
    *ret_wake = pn_col_int_or(q, 0, PN_TIME_NEVER);
    *ret_deliver = pn_col_int_or(q, 1, PN_TIME_NEVER);
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_zone_put(pn_db *db, const pn_zone_row *row) {
    pn_stmt *q = pn_db_stmt(
        db, "INSERT INTO wake_zone (lane, first_debtor, last_debtor, debtors, wake_at, deliver_at)"
            " VALUES ($1,$2,$3,$4,$5,$6) ON CONFLICT (lane, first_debtor) DO UPDATE SET"
            " last_debtor = excluded.last_debtor, debtors = excluded.debtors,"
            " wake_at = excluded.wake_at, deliver_at = excluded.deliver_at");
    pn_bind_int(q, 1, row->lane);
    pn_bind_int(q, 2, row->first_debtor);
    pn_bind_int(q, 3, row->last_debtor);
    pn_bind_int(q, 4, row->debtors);
    pn_bind_int(q, 5, row->wake_at);
    pn_bind_int(q, 6, row->deliver_at);
    return pn_stmt_run(q, NULL);
}

pn_err pn_zone_deliver_now(pn_db *db, int64_t lane, pn_time now) {
    pn_stmt *q = pn_db_stmt(db, "UPDATE wake_zone SET deliver_at = $2 WHERE lane = $1 AND"
                                " deliver_at > $2 AND deliver_at < $3");
    pn_bind_int(q, 1, lane);
    pn_bind_int(q, 2, now);
    pn_bind_int(q, 3, PN_TIME_NEVER);
    return pn_stmt_run(q, NULL);
}

/* ── pokes ── */

pn_err pn_poke(pn_db *db, int64_t lane, pn_id debtor_id) {
    pn_stmt *q =
        pn_db_stmt_many(db, "INSERT INTO poke (lane, debtor_id) VALUES ($1, $2)",
                        PN_PG("INSERT INTO poke (lane, debtor_id) SELECT * FROM unnest($1, $2)"));
    pn_bind_int(q, 1, lane);
    pn_bind_int(q, 2, debtor_id);
    return pn_stmt_later(q, PN_ANY_ROWS);
}

pn_err pn_poke_uncertain(pn_db *db, pn_id org_id, int64_t lane) {
    pn_stmt *q = pn_db_stmt(db, "INSERT INTO poke (lane, debtor_id) SELECT $1, debtor_id FROM"
                                " message WHERE state = 8 AND org_id = $2"
                                " GROUP BY debtor_id ORDER BY debtor_id");
    pn_bind_int(q, 1, lane);
    pn_bind_int(q, 2, org_id);
    return pn_stmt_run(q, NULL);
}

pn_err pn_poke_held(pn_db *db, pn_id org_id, int64_t lane) {
    pn_stmt *q = pn_db_stmt(db, "INSERT INTO poke (lane, debtor_id) SELECT $1, debtor_id FROM run"
                                " WHERE org_id = $2 AND status = 0 AND wait = 7"
                                " GROUP BY debtor_id ORDER BY debtor_id");
    pn_bind_int(q, 1, lane);
    pn_bind_int(q, 2, org_id);
    return pn_stmt_run(q, NULL);
}

pn_err pn_poke_list(pn_db *db, int64_t lane, size_t max, pn_arena *arena, pn_id **ret_debtors,
                    size_t *ret_count, pn_id *ret_last) {
    /* the bound first: pokes that come while this batch is worked stay for the next */
    pn_stmt *bound = pn_db_stmt(db, "SELECT max(id) FROM (SELECT id FROM poke WHERE lane = $1"
                                    " ORDER BY id LIMIT $2) oldest");
    pn_bind_int(bound, 1, lane);
    pn_bind_int(bound, 2, (int64_t)max);
    PN_TRY(pn_row_next(bound));
    *ret_last = pn_col_int_or(bound, 0, 0);
    pn_stmt_reset(bound);
    pn_stmt *q = pn_db_stmt(db, "SELECT DISTINCT debtor_id FROM poke WHERE lane = $1 AND id <= $2"
                                " ORDER BY debtor_id");
    pn_bind_int(q, 1, lane);
    pn_bind_int(q, 2, *ret_last);
    return pn_rows_ids(q, arena, ret_debtors, ret_count);
}

pn_err pn_poke_drain(pn_db *db, int64_t lane, pn_id last) {
    pn_stmt *q = pn_db_stmt(db, "DELETE FROM poke WHERE lane = $1 AND id <= $2");
    pn_bind_int(q, 1, lane);
    pn_bind_int(q, 2, last);
    return pn_stmt_run(q, NULL);
}

pn_err pn_poke_take(pn_db *db, int64_t lane, size_t max, pn_arena *arena, pn_id **ret_debtors,
                    size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, PN_PG("WITH taken AS (DELETE FROM poke WHERE id IN (SELECT id FROM"
                                      " poke WHERE lane = $1 ORDER BY id LIMIT $2 FOR UPDATE SKIP"
                                      " LOCKED) RETURNING debtor_id) SELECT DISTINCT debtor_id"
                                      " FROM taken ORDER BY debtor_id"));
    pn_bind_int(q, 1, lane);
    pn_bind_int(q, 2, (int64_t)max);
    return pn_rows_ids(q, arena, ret_debtors, ret_count);
}

/* ── arms and pills ── */

pn_err pn_arm_put(pn_db *db, pn_id org_id, pn_id debtor_id, const pn_arm_fact *arm, pn_time at) {
    pn_stmt *q = pn_db_stmt_many(
        db,
        "INSERT INTO split_arm (debtor_id, strategy_id, split_key, org_id, arm, at)"
        " VALUES ($1,$2,$3,$4,$5,$6) ON CONFLICT (debtor_id, strategy_id, split_key)"
        " DO NOTHING",
        PN_PG("INSERT INTO split_arm (debtor_id, strategy_id, split_key, org_id, arm, at) SELECT * "
              "FROM unnest($1, $2, $3, $4, $5, $6) ON CONFLICT (debtor_id, strategy_id, split_key) "
              "DO NOTHING"));
    pn_bind_int(q, 1, debtor_id);
    pn_bind_int(q, 2, arm->strategy);
    pn_bind_str(q, 3, arm->key);
    pn_bind_int(q, 4, org_id);
    pn_bind_str(q, 5, arm->arm);
    pn_bind_int(q, 6, at);
    return pn_stmt_later(q, PN_ANY_ROWS);
}

static void read_arm(pn_stmt *q, pn_arena *arena, void *row) {
    *(pn_arm_fact *)row = (pn_arm_fact){
        .strategy = pn_col_int(q, 0),
        .key = pn_col_str_dup(q, 1, arena),
        .arm = pn_col_str_dup(q, 2, arena),
    };
}

pn_err pn_arm_list(pn_db *db, pn_id debtor_id, pn_arena *arena, pn_arm_fact **ret_arms,
                   size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT strategy_id, split_key, arm FROM split_arm"
                                " WHERE debtor_id = $1 ORDER BY strategy_id, split_key");
    pn_bind_int(q, 1, debtor_id);
    void *rows = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_arm_fact), read_arm, &rows, ret_count));
    *ret_arms = rows;
    return PN_OK;
}

pn_err pn_pill_start_insert(pn_db *db, pn_id org_id, pn_id debtor_id, pn_id strategy_id,
                            pn_id fact_id, pn_id run_id) {
    pn_stmt *q = pn_db_stmt(
        db, "INSERT INTO pill_start (debtor_id, strategy_id, fact_id, org_id, run_id)"
            " VALUES ($1,$2,$3,$4,$5) ON CONFLICT (debtor_id, strategy_id, fact_id) DO NOTHING");
    pn_bind_int(q, 1, debtor_id);
    pn_bind_int(q, 2, strategy_id);
    pn_bind_int(q, 3, fact_id);
    pn_bind_int(q, 4, org_id);
    pn_bind_int(q, 5, run_id);
    int64_t changed = 0;
    PN_TRY(pn_stmt_run(q, &changed));
    return changed == 1 ? PN_OK : PN_CONFLICT;
}
