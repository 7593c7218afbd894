#include "store/task.h"

#include "base/banned.h"
#include "core/run.h"

#define COLUMNS                                                                                    \
    "id, org_id, debtor_id, run_id, node, visit, category, title, queue, script, collapsed,"       \
    " due_at, state, outcome, opened_at, settled_at, settled_by"

static void read_task(pn_stmt *q, pn_arena *arena, void *row) {
    int64_t node = pn_col_int(q, 4);
    *(pn_task_row *)row = (pn_task_row){
        .id = pn_col_int(q, 0),
        .org_id = pn_col_int(q, 1),
        .debtor_id = pn_col_int(q, 2),
        .run_id = pn_col_int(q, 3),
        .node = node < 0 ? PN_NODE_NONE : (uint32_t)node,
        .visit = (uint32_t)pn_col_int(q, 5),
        .category = pn_col_str_dup(q, 6, arena),
        .title = pn_col_str_dup(q, 7, arena),
        .queue = pn_col_str_dup(q, 8, arena),
        .script = pn_col_str_dup(q, 9, arena),
        .collapsed = (uint32_t)pn_col_int(q, 10),
        .due_at = pn_col_int(q, 11),
        .state = (pn_task_state)pn_col_int(q, 12),
        .outcome = pn_col_str_dup(q, 13, arena),
        .opened_at = pn_col_int(q, 14),
        .settled_at = pn_col_int_or(q, 15, PN_TIME_NONE),
        .settled_by = pn_col_str_dup(q, 16, arena),
    };
}

pn_err pn_task_insert(pn_db *db, const pn_task_row *row) {
    pn_stmt *q = pn_db_stmt_many(
        db,
        "INSERT INTO task (" COLUMNS ") VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,"
        "$10,$11,$12,0,'',$13,NULL,'')",
        PN_PG("INSERT INTO task (" COLUMNS
              ") SELECT id, org_id, debtor_id, run_id, node, visit, category, title, queue, "
              "script, collapsed, due_at, 0, '', opened_at, NULL, '' FROM unnest($1, $2, $3, $4, "
              "$5, $6, $7, $8, $9, $10, $11, $12, $13) AS v (id, org_id, debtor_id, run_id, node, "
              "visit, category, title, queue, script, collapsed, due_at, opened_at)"));
    pn_bind_int(q, 1, row->id);
    pn_bind_int(q, 2, row->org_id);
    pn_bind_int(q, 3, row->debtor_id);
    pn_bind_int(q, 4, row->run_id);
    pn_bind_int(q, 5, row->node == PN_NODE_NONE ? -1 : (int64_t)row->node);
    pn_bind_int(q, 6, row->visit);
    pn_bind_str(q, 7, row->category);
    pn_bind_str(q, 8, row->title);
    pn_bind_str(q, 9, row->queue);
    pn_bind_str(q, 10, row->script);
    pn_bind_int(q, 11, row->collapsed);
    pn_bind_int(q, 12, row->due_at);
    pn_bind_int(q, 13, row->opened_at);
    return pn_stmt_later(q, PN_ANY_ROWS);
}

pn_err pn_task_settle(pn_db *db, pn_id id, pn_task_state state, pn_str outcome, pn_str by,
                      pn_time at) {
    pn_stmt *q = pn_db_stmt(db, "UPDATE task SET state = $2, outcome = $3, settled_by = $4,"
                                " settled_at = $5 WHERE id = $1 AND state = 0");
    pn_bind_int(q, 1, id);
    pn_bind_int(q, 2, state);
    pn_bind_str(q, 3, outcome);
    pn_bind_str(q, 4, by);
    pn_bind_int(q, 5, at);
    int64_t changed = 0;
    PN_TRY(pn_stmt_run(q, &changed));
    return changed == 1 ? PN_OK : PN_CONFLICT;
}

pn_err pn_task_cancel_of_run(pn_db *db, pn_id debtor_id, pn_id run_id, pn_time at,
                             int64_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "UPDATE task SET state = 2, outcome = 'case_closed',"
                                " settled_by = 'engine', settled_at = $3"
                                " WHERE debtor_id = $1 AND run_id = $2 AND state = 0");
    pn_bind_int(q, 1, debtor_id);
    pn_bind_int(q, 2, run_id);
    pn_bind_int(q, 3, at);
    return pn_stmt_run(q, ret_count);
}

pn_err pn_task_get(pn_db *db, pn_id org_id, pn_id id, pn_arena *arena, pn_task_row *ret_row) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " COLUMNS " FROM task WHERE id = $1 AND org_id = $2");
    pn_bind_int(q, 1, id);
    pn_bind_int(q, 2, org_id);
    PN_TRY(pn_row_next(q));
    read_task(q, arena, ret_row);
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_task_of_debtor(pn_db *db, pn_id debtor_id, pn_arena *arena, pn_task_row **ret_rows,
                         size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " COLUMNS " FROM task WHERE debtor_id = $1 ORDER BY id");
    pn_bind_int(q, 1, debtor_id);
    void *rows = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_task_row), read_task, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

pn_err pn_task_open_list(pn_db *db, pn_id org_id, int64_t limit, pn_arena *arena,
                         pn_task_row **ret_rows, size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " COLUMNS " FROM task WHERE org_id = $1 AND state = 0"
                                " ORDER BY due_at, id LIMIT $2");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, limit);
    void *rows = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_task_row), read_task, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

pn_err pn_task_open_page(pn_db *db, pn_id org_id, pn_time after_due, pn_id after_id, int64_t limit,
                         pn_arena *arena, pn_task_row **ret_rows, size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " COLUMNS " FROM task WHERE org_id = $1 AND state = 0"
                                " AND (due_at, id) > ($2, $3) ORDER BY due_at, id LIMIT $4");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, after_due);
    pn_bind_int(q, 3, after_id);
    pn_bind_int(q, 4, limit);
    void *rows = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_task_row), read_task, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

pn_err pn_task_page(pn_db *db, pn_id org_id, pn_id before, int64_t limit, pn_arena *arena,
                    pn_task_row **ret_rows, size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " COLUMNS " FROM task WHERE org_id = $1 AND id < $2"
                                " ORDER BY id DESC LIMIT $3");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, before == 0 ? INT64_MAX : before);
    pn_bind_int(q, 3, limit);
    void *rows = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_task_row), read_task, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

pn_err pn_notice_insert(pn_db *db, const pn_notice_row *row) {
    pn_stmt *q =
        pn_db_stmt(db, "INSERT INTO notice (id, org_id, debtor_id, run_id, recipient, text,"
                       " at) VALUES ($1,$2,$3,$4,$5,$6,$7)");
    pn_bind_int(q, 1, row->id);
    pn_bind_int(q, 2, row->org_id);
    pn_bind_int(q, 3, row->debtor_id);
    pn_bind_int(q, 4, row->run_id);
    pn_bind_str(q, 5, row->recipient);
    pn_bind_str(q, 6, row->text);
    pn_bind_int(q, 7, row->at);
    return pn_stmt_run(q, NULL);
}

static void read_notice(pn_stmt *q, pn_arena *arena, void *row) {
    *(pn_notice_row *)row = (pn_notice_row){.id = pn_col_int(q, 0),
                                            .org_id = pn_col_int(q, 1),
                                            .debtor_id = pn_col_int(q, 2),
                                            .run_id = pn_col_int(q, 3),
                                            .recipient = pn_col_str_dup(q, 4, arena),
                                            .text = pn_col_str_dup(q, 5, arena),
                                            .at = pn_col_int(q, 6)};
}

pn_err pn_notice_list(pn_db *db, pn_id org_id, int64_t limit, pn_arena *arena,
                      pn_notice_row **ret_rows, size_t *ret_count) {
    pn_stmt *q =
        pn_db_stmt(db, "SELECT id, org_id, debtor_id, run_id, recipient, text, at FROM notice"
                       " WHERE org_id = $1 ORDER BY id DESC LIMIT $2");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, limit);
    void *rows = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_notice_row), read_notice, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}
