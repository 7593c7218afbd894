#include "store/message.h"

#include "base/banned.h"
#include "core/run.h"

#define COLUMNS                                                                                    \
    "id, org_id, debtor_id, run_id, visit, ordinal, prev_id, node, channel, tone, state,"          \
    " template, not_before, supersede_at, lease_until, attempts, first_try_at, contact_id,"        \
    " carrier_id, settled_at, reason, params"

static void read_message(pn_stmt *q, pn_arena *arena, void *row) {
    int64_t node = pn_col_int(q, 7);
    *(pn_message_row *)row = (pn_message_row){
        .id = pn_col_int(q, 0),
        .org_id = pn_col_int(q, 1),
        .debtor_id = pn_col_int(q, 2),
        .run_id = pn_col_int(q, 3),
        .visit = (uint32_t)pn_col_int(q, 4),
        .ordinal = (uint32_t)pn_col_int(q, 5),
        .prev_id = pn_col_int(q, 6),
        .node = node < 0 ? PN_NODE_NONE : (uint32_t)node,
        .channel = (pn_channel_kind)pn_col_int(q, 8),
        .tone = (uint8_t)pn_col_int(q, 9),
        .state = (pn_message_state)pn_col_int(q, 10),
        .template_name = pn_col_str_dup(q, 11, arena),
        .not_before = pn_col_int(q, 12),
        .supersede_at = pn_col_int(q, 13),
        .lease_until = pn_col_int(q, 14),
        .attempts = (int32_t)pn_col_int(q, 15),
        .first_try_at = pn_col_int_or(q, 16, PN_TIME_NONE),
        .contact_id = pn_col_int(q, 17),
        .carrier_id = pn_col_int(q, 18),
        .settled_at = pn_col_int_or(q, 19, PN_TIME_NONE),
        .reason = pn_col_str_dup(q, 20, arena),
        .params = pn_col_str_dup(q, 21, arena),
    };
}

pn_err pn_message_insert(pn_db *db, const pn_message_row *row) {
    pn_stmt *q = pn_db_stmt_many(
        db,
        "INSERT INTO message (" COLUMNS ") VALUES ($1,$2,$3,$4,$5,$6,$7,$8,"
        "$9,$10,$11,$12,$13,$14,0,0,NULL,0,0,$15,$16,$17)",
        PN_PG("INSERT INTO message (" COLUMNS
              ") SELECT id, org_id, debtor_id, run_id, visit, ordinal, prev_id, node, channel, "
              "tone, state, template, not_before, supersede_at, 0, 0, NULL, 0, 0, settled_at, "
              "reason, params FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, "
              "$14, $15, $16, $17) AS v (id, org_id, debtor_id, run_id, visit, ordinal, prev_id, "
              "node, channel, tone, state, template, not_before, supersede_at, settled_at, reason, "
              "params)"));
    pn_bind_int(q, 1, row->id);
    pn_bind_int(q, 2, row->org_id);
    pn_bind_int(q, 3, row->debtor_id);
    pn_bind_int(q, 4, row->run_id);
    pn_bind_int(q, 5, row->visit);
    pn_bind_int(q, 6, row->ordinal);
    pn_bind_int(q, 7, row->prev_id);
    pn_bind_int(q, 8, row->node == PN_NODE_NONE ? -1 : (int64_t)row->node);
    pn_bind_int(q, 9, row->channel);
    pn_bind_int(q, 10, row->tone);
    pn_bind_int(q, 11, row->state);
    pn_bind_str(q, 12, row->template_name);
    pn_bind_int(q, 13, row->not_before);
    pn_bind_int(q, 14, row->supersede_at);
    pn_bind_int_or_null(q, 15, row->settled_at, PN_TIME_NONE);
    pn_bind_str(q, 16, row->reason);
    pn_bind_str(q, 17, row->params);
    return pn_stmt_later(q, PN_ANY_ROWS);
}

pn_err pn_message_update(pn_db *db, const pn_message_row *row) {
    pn_stmt *q = pn_db_stmt_many(
        db,
        "UPDATE message SET state = $2, not_before = $3, lease_until = $4, attempts = $5,"
        " first_try_at = $6, contact_id = $7, carrier_id = $8, settled_at = $9, reason = $10,"
        " tone = $11, params = $12 WHERE id = $1",
        PN_PG("UPDATE message SET state = v.state, not_before = v.not_before, lease_until = "
              "v.lease_until, attempts = v.attempts, first_try_at = v.first_try_at, contact_id = "
              "v.contact_id, carrier_id = v.carrier_id, settled_at = v.settled_at, reason = "
              "v.reason, tone = v.tone, params = v.params FROM unnest($1, $2, $3, $4, $5, $6, $7, "
              "$8, $9, $10, $11, $12) AS v (id, state, not_before, lease_until, attempts, "
              "first_try_at, contact_id, carrier_id, settled_at, reason, tone, params) WHERE "
              "message.id = v.id"));
    pn_bind_int(q, 1, row->id);
    pn_bind_int(q, 2, row->state);
    pn_bind_int(q, 3, row->not_before);
    pn_bind_int(q, 4, row->lease_until);
    pn_bind_int(q, 5, row->attempts);
    pn_bind_int_or_null(q, 6, row->first_try_at, PN_TIME_NONE);
    pn_bind_int(q, 7, row->contact_id);
    pn_bind_int(q, 8, row->carrier_id);
    pn_bind_int_or_null(q, 9, row->settled_at, PN_TIME_NONE);
    pn_bind_str(q, 10, row->reason);
    pn_bind_int(q, 11, row->tone);
    pn_bind_str(q, 12, row->params);
    return pn_stmt_later(q, PN_ANY_ROWS);
}

pn_err pn_message_get(pn_db *db, pn_id id, pn_arena *arena, pn_message_row *ret_row) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " COLUMNS " FROM message WHERE id = $1");
    pn_bind_int(q, 1, id);
    PN_TRY(pn_row_next(q));
    read_message(q, arena, ret_row);
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_message_of_ids(pn_db *db, pn_id org_id, const pn_id *ids, size_t count, pn_arena *arena,
                         pn_message_row **ret_rows, size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, PN_PG("SELECT " COLUMNS " FROM message WHERE id = ANY ($1) AND"
                                      " org_id = $2 ORDER BY id"));
    pn_bind_ids(q, 1, ids, count);
    pn_bind_int(q, 2, org_id);
    void *rows = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_message_row), read_message, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

static void read_due(pn_stmt *q, pn_arena *arena, void *row) {
    (void)arena;
    *(pn_message_due *)row =
        (pn_message_due){.debtor_id = pn_col_int(q, 0), .not_before = pn_col_int(q, 1)};
}

pn_err pn_message_due_of_debtors(pn_db *db, pn_id org_id, const pn_id *debtors, size_t count,
                                 pn_arena *arena, pn_message_due **ret_rows, size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, PN_PG("SELECT debtor_id, min(not_before) FROM message WHERE"
                                      " debtor_id = ANY ($1) AND state = 0 AND org_id = $2 GROUP BY"
                                      " debtor_id ORDER BY debtor_id"));
    pn_bind_ids(q, 1, debtors, count);
    pn_bind_int(q, 2, org_id);
    void *rows = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_message_due), read_due, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

pn_err pn_message_queued_range(pn_db *db, pn_id org_id, pn_id first, pn_id last, pn_arena *arena,
                               pn_message_row **ret_rows, size_t *ret_count) {
    pn_stmt *q =
        pn_db_stmt_rows(db, "SELECT " COLUMNS " FROM message WHERE debtor_id BETWEEN $1 AND $2"
                            " AND state = 0 AND org_id = $3"
                            " ORDER BY debtor_id, run_id, visit, ordinal");
    pn_bind_int(q, 1, first);
    pn_bind_int(q, 2, last);
    pn_bind_int(q, 3, org_id);
    void *rows = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_message_row), read_message, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

pn_err pn_message_chain(pn_db *db, pn_id last_id, size_t max, pn_arena *arena,
                        pn_message_row **ret_rows, size_t *ret_count) {
    pn_message_row *rows = NULL;
    size_t count = 0, capacity = 0;
    while (last_id != 0 && count < max) {
        rows = pn_arena_grow(arena, rows, count, &capacity, sizeof *rows);
        PN_TRY(pn_message_get(db, last_id, arena, &rows[count]));
        last_id = rows[count].prev_id;
        count++;
    }
    *ret_rows = rows;
    *ret_count = count;
    return PN_OK;
}

pn_err pn_message_due_again(pn_db *db, pn_id org_id, pn_id debtor_id, pn_str reason, pn_time at) {
    pn_stmt *q = pn_db_stmt(db, "UPDATE message SET not_before = $4 WHERE debtor_id = $1"
                                " AND state IN (0, 1, 7) AND state = 0 AND org_id = $2"
                                " AND reason = $3 AND not_before > $4");
    pn_bind_int(q, 1, debtor_id);
    pn_bind_int(q, 2, org_id);
    pn_bind_str(q, 3, reason);
    pn_bind_int(q, 4, at);
    return pn_stmt_run(q, NULL);
}

pn_err pn_message_doubt_waiting(pn_db *db, pn_id org_id, pn_str reason, pn_time at,
                                int64_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "UPDATE message SET state = 8, reason = $2, settled_at = $3,"
                                " carrier_id = 0, lease_until = 0 WHERE state IN (0, 1, 7)"
                                " AND state IN (0, 7) AND org_id = $1");
    pn_bind_int(q, 1, org_id);
    pn_bind_str(q, 2, reason);
    pn_bind_int(q, 3, at);
    return pn_stmt_run(q, ret_count);
}

pn_err pn_message_page(pn_db *db, pn_id org_id, pn_id debtor_id, pn_id before, int64_t limit,
                       pn_arena *arena, pn_message_row **ret_rows, size_t *ret_count) {
    pn_stmt *q =
        debtor_id != 0
            ? pn_db_stmt(db, "SELECT " COLUMNS " FROM message WHERE org_id = $1 AND id < $2"
                             " AND debtor_id = $4 ORDER BY id DESC LIMIT $3")
            : pn_db_stmt(db, "SELECT " COLUMNS " FROM message WHERE org_id = $1 AND id < $2"
                             " ORDER BY id DESC LIMIT $3");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, before);
    pn_bind_int(q, 3, limit);
    if (debtor_id != 0) {
        pn_bind_int(q, 4, debtor_id);
    }
    void *rows = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_message_row), read_message, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

pn_err pn_message_waiting(pn_db *db, pn_id org_id, pn_time until, pn_id after_debtor,
                          pn_id after_id, int64_t limit, pn_arena *arena, pn_message_row **ret_rows,
                          size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " COLUMNS " FROM message WHERE org_id = $1 AND state = 0"
                                " AND not_before <= $2 AND (debtor_id, id) > ($3, $4)"
                                " ORDER BY debtor_id, id LIMIT $5");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, until);
    pn_bind_int(q, 3, after_debtor);
    pn_bind_int(q, 4, after_id);
    pn_bind_int(q, 5, limit);
    void *rows = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_message_row), read_message, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

pn_err pn_message_uncertain_list(pn_db *db, pn_id org_id, int64_t limit, pn_arena *arena,
                                 pn_message_row **ret_rows, size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " COLUMNS " FROM message WHERE state = 8 AND org_id = $1"
                                " ORDER BY id LIMIT $2");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, limit);
    void *rows = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_message_row), read_message, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

pn_err pn_message_due_again_all(pn_db *db, pn_id org_id, pn_str reason, pn_time at) {
    pn_stmt *q = pn_db_stmt(db, "UPDATE message SET not_before = $3 WHERE state IN (0, 1, 7)"
                                " AND state = 0 AND org_id = $1 AND reason = $2"
                                " AND not_before > $3");
    pn_bind_int(q, 1, org_id);
    pn_bind_str(q, 2, reason);
    pn_bind_int(q, 3, at);
    return pn_stmt_run(q, NULL);
}

pn_err pn_message_min_due(pn_db *db, pn_id org_id, pn_id first, pn_id last, pn_time *ret_due) {
    pn_stmt *q = pn_db_stmt(db, "SELECT min(not_before) FROM message WHERE debtor_id BETWEEN $1"
                                " AND $2 AND state = 0 AND org_id = $3");
    pn_bind_int(q, 1, first);
    pn_bind_int(q, 2, last);
    pn_bind_int(q, 3, org_id);
    PN_TRY(pn_row_next(q));
    *ret_due = pn_col_int_or(q, 0, PN_TIME_NEVER);
    pn_stmt_reset(q);
    return PN_OK;
}
