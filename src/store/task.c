#include "store/task.h"

#include "base/banned.h"
#include "core/run.h"

#define FIRST                                                                                      \
    "id, org_id, debtor_id, run_id, node, visit, category, title, queue, script, collapsed,"       \
    " due_at, state, outcome, opened_at, settled_at, settled_by"
#define COLUMNS                                                                                    \
    FIRST ", version, assignee, snoozed_until, snooze_reason, about_kind, about_id, suggestion"

void pn_task_read(pn_stmt *q, pn_arena *arena, void *row) {
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
        .version = pn_col_int_or(q, 17, 1),
        .assignee = pn_col_str_dup(q, 18, arena),
        .snoozed_until = pn_col_int_or(q, 19, PN_TIME_NONE),
        .snooze_reason = pn_col_str_dup(q, 20, arena),
        .about = (pn_task_about)pn_col_int_or(q, 21, PN_ABOUT_NOTHING),
        .about_id = pn_col_int_or(q, 22, 0),
        .suggestion = (pn_task_suggestion)pn_col_int_or(q, 23, PN_SUGGESTION_WAITS),
    };
}

/* What hardly any task has beside what a strategy's has. */
static pn_err insert_more(pn_db *db, const pn_task_row *row) {
    pn_stmt *q = pn_db_stmt(db, "UPDATE task SET assignee = $2, about_kind = $3, about_id = $4"
                                " WHERE id = $1");
    pn_bind_int(q, 1, row->id);
    pn_bind_str_or_null(q, 2, row->assignee);
    pn_bind_int(q, 3, row->about);
    pn_bind_int_or_null(q, 4, row->about_id, 0);
    return pn_stmt_run(q, NULL);
}

pn_err pn_task_insert(pn_db *db, const pn_task_row *row) {
    pn_stmt *q = pn_db_stmt_many(
        db,
        "INSERT INTO task (" FIRST ") VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,"
        "$10,$11,$12,0,'',$13,NULL,'')",
        PN_PG("INSERT INTO task (" FIRST
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
    PN_TRY(pn_stmt_later(q, PN_ANY_ROWS));
    return row->about_id != 0 || row->assignee.len != 0 ? insert_more(db, row) : PN_OK;
}

pn_err pn_task_update(pn_db *db, pn_task_row *row) {
    pn_stmt *q =
        pn_db_stmt(db, "UPDATE task SET state = $3, outcome = $4, settled_by = $5,"
                       " settled_at = $6, assignee = $7, snoozed_until = $8,"
                       " snooze_reason = $9, suggestion = $10, version = coalesce(version, 1) + 1"
                       " WHERE id = $1 AND coalesce(version, 1) = $2");
    pn_bind_int(q, 1, row->id);
    pn_bind_int(q, 2, row->version);
    pn_bind_int(q, 3, row->state);
    pn_bind_str(q, 4, row->outcome);
    pn_bind_str(q, 5, row->settled_by);
    pn_bind_int_or_null(q, 6, row->settled_at, PN_TIME_NONE);
    pn_bind_str_or_null(q, 7, row->assignee);
    pn_bind_int_or_null(q, 8, row->snoozed_until, PN_TIME_NONE);
    pn_bind_str_or_null(q, 9, row->snooze_reason);
    pn_bind_int(q, 10, row->suggestion);
    int64_t changed = 0;
    PN_TRY(pn_stmt_run(q, &changed));
    row->version += changed;
    return changed == 1 ? PN_OK : PN_CONFLICT;
}

pn_err pn_task_of_about(pn_db *db, pn_id org_id, pn_task_about about, pn_id about_id,
                        pn_arena *arena, pn_task_row *ret_row) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " COLUMNS " FROM task WHERE about_id = $1 AND about_kind ="
                                " $2 AND org_id = $3 ORDER BY id DESC LIMIT 1");
    pn_bind_int(q, 1, about_id);
    pn_bind_int(q, 2, about);
    pn_bind_int(q, 3, org_id);
    PN_TRY(pn_row_next(q));
    pn_task_read(q, arena, ret_row);
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_task_settle(pn_db *db, pn_id id, pn_task_state state, pn_str outcome, pn_str by,
                      pn_time at) {
    pn_stmt *q = pn_db_stmt(
        db, "UPDATE task SET state = $2, outcome = $3, settled_by = $4,"
            " settled_at = $5, version = coalesce(version, 1) + 1 WHERE id = $1 AND state ="
            " 0");
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
    pn_stmt *q =
        pn_db_stmt(db, "UPDATE task SET state = 2, outcome = 'case_closed',"
                       " settled_by = 'engine', settled_at = $3, version = coalesce(version, 1) + 1"
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
    pn_task_read(q, arena, ret_row);
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_task_of_debtor(pn_db *db, pn_id debtor_id, pn_arena *arena, pn_task_row **ret_rows,
                         size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " COLUMNS " FROM task WHERE debtor_id = $1 ORDER BY id");
    pn_bind_int(q, 1, debtor_id);
    void *rows = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_task_row), pn_task_read, &rows, ret_count));
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
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_task_row), pn_task_read, &rows, ret_count));
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
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_task_row), pn_task_read, &rows, ret_count));
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
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_task_row), pn_task_read, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

/* ── what was done with one ── */

#define CHANGE                                                                                     \
    "change_id, task_id, org_id, debtor_id, act, version, assignee, snoozed_until, snooze_reason," \
    " suggestion, made_kind, made_id, actor, at, undone_at"

const char *pn_task_act_name(pn_task_act act) {
    switch (act) {
    case PN_ACT_FINISH: return "finish";
    case PN_ACT_SNOOZE: return "snooze";
    case PN_ACT_WAKE: return "wake";
    case PN_ACT_ASSIGN: return "assign";
    case PN_ACT_CALL: return "call";
    case PN_ACT_ACCEPT: return "accept";
    case PN_ACT_REJECT: return "reject";
    case PN_ACTS: break;
    }
    return "";
}

static void read_change(pn_stmt *q, pn_arena *arena, void *row) {
    *(pn_task_change_row *)row = (pn_task_change_row){
        .change_id = pn_col_int(q, 0),
        .task_id = pn_col_int(q, 1),
        .org_id = pn_col_int(q, 2),
        .debtor_id = pn_col_int(q, 3),
        .act = (pn_task_act)pn_col_int(q, 4),
        .version = pn_col_int(q, 5),
        .before = {.assignee = pn_col_str_dup(q, 6, arena),
                   .snoozed_until = pn_col_int_or(q, 7, PN_TIME_NONE),
                   .snooze_reason = pn_col_str_dup(q, 8, arena),
                   .suggestion = (pn_task_suggestion)pn_col_int(q, 9)},
        .made = (pn_task_made)pn_col_int(q, 10),
        .made_id = pn_col_int(q, 11),
        .actor = pn_col_str_dup(q, 12, arena),
        .at = pn_col_int(q, 13),
        .undone_at = pn_col_int_or(q, 14, PN_TIME_NONE),
    };
}

pn_err pn_task_change_insert(pn_db *db, const pn_task_change_row *row) {
    pn_stmt *q = pn_db_stmt(db, "INSERT INTO task_change (" CHANGE ") VALUES ($1, $2, $3, $4, $5,"
                                " $6, $7, $8, $9, $10, $11, $12, $13, $14, NULL)");
    pn_bind_int(q, 1, row->change_id);
    pn_bind_int(q, 2, row->task_id);
    pn_bind_int(q, 3, row->org_id);
    pn_bind_int(q, 4, row->debtor_id);
    pn_bind_int(q, 5, row->act);
    pn_bind_int(q, 6, row->version);
    pn_bind_str_or_null(q, 7, row->before.assignee);
    pn_bind_int_or_null(q, 8, row->before.snoozed_until, PN_TIME_NONE);
    pn_bind_str_or_null(q, 9, row->before.snooze_reason);
    pn_bind_int(q, 10, row->before.suggestion);
    pn_bind_int(q, 11, row->made);
    pn_bind_int(q, 12, row->made_id);
    pn_bind_str(q, 13, row->actor);
    pn_bind_int(q, 14, row->at);
    return pn_stmt_run(q, NULL);
}

pn_err pn_task_change_list(pn_db *db, pn_id org_id, pn_id change_id, pn_arena *arena,
                           pn_task_change_row **ret_rows, size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " CHANGE " FROM task_change WHERE change_id = $1 AND org_id"
                                " = $2 ORDER BY task_id");
    pn_bind_int(q, 1, change_id);
    pn_bind_int(q, 2, org_id);
    void *rows = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_task_change_row), read_change, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

pn_err pn_task_change_undone(pn_db *db, pn_id change_id, pn_id task_id, pn_time at) {
    pn_stmt *q = pn_db_stmt(db, "UPDATE task_change SET undone_at = $3 WHERE change_id = $1 AND"
                                " task_id = $2");
    pn_bind_int(q, 1, change_id);
    pn_bind_int(q, 2, task_id);
    pn_bind_int(q, 3, at);
    return pn_stmt_run(q, NULL);
}

pn_err pn_task_change_forget(pn_db *db, pn_id org_id, pn_time before) {
    pn_stmt *q = pn_db_stmt(db, "DELETE FROM task_change WHERE org_id = $1 AND at < $2");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, before);
    return pn_stmt_run(q, NULL);
}

/* ── notices ── */

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
