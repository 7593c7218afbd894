#include "store/queue.h"

#include "base/banned.h"

/* The account of which most is claimable says how much and in what. */
#define ACCOUNT(what)                                                                              \
    "(SELECT " what " FROM account a WHERE a.debtor_id = d.id"                                     \
    " ORDER BY a.claimable_minor DESC, a.id LIMIT 1 )"
#define DEBTOR                                                                                     \
    ", d.name, d.owner, d.promises_broken, " ACCOUNT("a.claimable_minor") ", " ACCOUNT(            \
        "a.scale") ", " ACCOUNT("a.currency")
#define TASK                                                                                       \
    "t.id, t.org_id, t.debtor_id, t.run_id, t.node, t.visit, t.category, t.title, t.queue,"        \
    " t.script, t.collapsed, t.due_at, t.state, t.outcome, t.opened_at, t.settled_at,"             \
    " t.settled_by, t.version, t.assignee, t.snoozed_until, t.snooze_reason, t.about_kind,"        \
    " t.about_id, t.suggestion"
enum { TASK_COLUMNS = 24, FOUND_COLUMNS = 5 };

static void read_debtor(pn_stmt *q, int first, pn_arena *arena, pn_queue_row *row) {
    row->debtor_name = pn_col_str_dup(q, first, arena);
    row->owner = pn_col_str_dup(q, first + 1, arena);
    row->promises_broken = pn_col_int_or(q, first + 2, 0);
    row->claimable = pn_col_int_or(q, first + 3, 0);
    row->claimable_scale = pn_col_int_or(q, first + 4, 1);
    row->currency = pn_col_str_dup(q, first + 5, arena);
}

static void read_task(pn_stmt *q, pn_arena *arena, void *out) {
    pn_queue_row *row = out;
    pn_task_read(q, arena, &row->task);
    read_debtor(q, TASK_COLUMNS, arena, row);
}

pn_err pn_queue_tasks(pn_db *db, pn_id org_id, const pn_queue_filter *filter, pn_arena *arena,
                      pn_queue_row **ret_rows, size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(
        db, "SELECT " TASK DEBTOR " FROM task t LEFT JOIN debtor d ON d.id = t.debtor_id"
            " WHERE t.org_id = $1 AND t.state = 0 AND (t.category = $2 OR $2 = '')"
            " AND (coalesce(t.snoozed_until, 0) > $3) = ($4 = 1) AND (t.debtor_id = $5 OR $5 = 0)"
            " ORDER BY t.due_at, t.id LIMIT $6");
    pn_bind_int(q, 1, org_id);
    pn_bind_str(q, 2, filter->category);
    pn_bind_int(q, 3, filter->now);
    pn_bind_int(q, 4, filter->snoozed ? 1 : 0);
    pn_bind_int(q, 5, filter->debtor_id);
    pn_bind_int(q, 6, filter->limit);
    void *rows = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_queue_row), read_task, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

/* id, debtor, when it came up, what it is called, about whom. */
static void read_found(pn_stmt *q, pn_arena *arena, void *out) {
    pn_queue_row *row = out;
    *row = (pn_queue_row){
        .task = {.about_id = pn_col_int(q, 0),
                 .debtor_id = pn_col_int(q, 1),
                 .due_at = pn_col_int(q, 2),
                 .opened_at = pn_col_int(q, 3),
                 .title = pn_col_str_dup(q, 4, arena),
                 .settled_at = PN_TIME_NONE,
                 .snoozed_until = PN_TIME_NONE,
                 .node = UINT32_MAX},
    };
    read_debtor(q, FOUND_COLUMNS, arena, row);
}

static pn_err read_all(pn_stmt *q, pn_id org_id, pn_task_about about, pn_arena *arena,
                       pn_queue_row **ret_rows, size_t *ret_count) {
    void *rows = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_queue_row), read_found, &rows, ret_count));
    *ret_rows = rows;
    for (size_t i = 0; i < *ret_count; i++) {
        (*ret_rows)[i].task.org_id = org_id;
        (*ret_rows)[i].task.about = about;
    }
    return PN_OK;
}

pn_err pn_queue_promises(pn_db *db, pn_id org_id, pn_time since, int64_t limit, pn_arena *arena,
                         pn_queue_row **ret_rows, size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(
        db, "SELECT p.id, p.debtor_id, p.judged_at, p.judged_at, ''" DEBTOR
            " FROM promise p JOIN debtor d ON d.id = p.debtor_id JOIN account c ON c.debtor_id ="
            " p.debtor_id AND c.id = p.account_id WHERE p.org_id = $1 AND p.state = 2"
            " AND p.judged_at > $2 AND c.claimable_minor > 0"
            " AND NOT EXISTS (SELECT 1 FROM promise o WHERE o.debtor_id = p.debtor_id AND o.id >"
            " p.id AND o.account_id = p.account_id)"
            " AND NOT EXISTS (SELECT 1 FROM task t WHERE t.about_id = p.id)"
            " AND NOT EXISTS (SELECT 1 FROM task t WHERE t.debtor_id = p.debtor_id AND t.state = 0"
            " AND t.category = 'broken_promises') ORDER BY p.judged_at LIMIT $3");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, since);
    pn_bind_int(q, 3, limit);
    return read_all(q, org_id, PN_ABOUT_PROMISE, arena, ret_rows, ret_count);
}

pn_err pn_queue_uncertain(pn_db *db, pn_id org_id, int64_t limit, pn_arena *arena,
                          pn_queue_row **ret_rows, size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(
        db, "SELECT m.id, m.debtor_id, m.not_before, m.not_before, m.template" DEBTOR
            " FROM message m JOIN debtor d ON d.id = m.debtor_id WHERE m.org_id = $1 AND m.state ="
            " 8 AND NOT EXISTS (SELECT 1 FROM task t WHERE t.about_id = m.id)"
            " ORDER BY m.id LIMIT $2");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, limit);
    return read_all(q, org_id, PN_ABOUT_MESSAGE, arena, ret_rows, ret_count);
}

pn_err pn_queue_holds(pn_db *db, pn_id org_id, pn_time now, pn_time until, int64_t limit,
                      pn_arena *arena, pn_queue_row **ret_rows, size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(
        db, "SELECT h.id, h.debtor_id, h.until, h.since, h.reason" DEBTOR
            " FROM hold h JOIN debtor d ON d.id = h.debtor_id WHERE h.org_id = $1 AND"
            " h.released_at IS NULL AND h.until > $2 AND h.until <= $3 AND h.reason <> 'reply' AND"
            " (h.actor = 'cli' OR substr(h.actor, 1, 5) = 'user:' OR"
            " substr(h.actor, 1, 4) = 'key:')"
            " AND NOT EXISTS (SELECT 1 FROM task t WHERE t.about_id = h.id)"
            " ORDER BY h.until, h.id LIMIT $4");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, now);
    pn_bind_int(q, 3, until);
    pn_bind_int(q, 4, limit);
    return read_all(q, org_id, PN_ABOUT_HOLD, arena, ret_rows, ret_count);
}

static void read_count(pn_stmt *q, pn_arena *arena, void *out) {
    *(pn_queue_count *)out = (pn_queue_count){.category = pn_col_str_dup(q, 0, arena),
                                              .count = pn_col_int(q, 1),
                                              .late = pn_col_int(q, 2)};
}

pn_err pn_queue_counts(pn_db *db, pn_id org_id, pn_time now, pn_arena *arena,
                       pn_queue_count **ret_rows, size_t *ret_count, int64_t *ret_snoozed) {
    pn_stmt *q = pn_db_stmt(
        db, "SELECT category, count(*), sum(CASE WHEN due_at < $2 THEN 1 ELSE 0 END) FROM task"
            " WHERE org_id = $1 AND state = 0 AND coalesce(snoozed_until, 0) <= $2"
            " GROUP BY category ORDER BY 2 DESC, 1");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, now);
    void *rows = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_queue_count), read_count, &rows, ret_count));
    *ret_rows = rows;
    q = pn_db_stmt(db, "SELECT count(*) FROM task WHERE org_id = $1 AND state = 0"
                       " AND coalesce(snoozed_until, 0) > $2");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, now);
    PN_TRY(pn_row_next(q));
    *ret_snoozed = pn_col_int(q, 0);
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_queue_debtor(pn_db *db, pn_id org_id, pn_task_about about, pn_id id, pn_arena *arena,
                       pn_id *ret_debtor, pn_str *ret_words) {
    pn_stmt *q =
        about == PN_ABOUT_PROMISE
            ? pn_db_stmt(db, "SELECT debtor_id, '' FROM promise WHERE id = $1 AND +org_id = $2"
                             " AND state = 2")
        : about == PN_ABOUT_HOLD
            ? pn_db_stmt(db, "SELECT debtor_id, reason FROM hold WHERE id = $1 AND +org_id = $2"
                             " AND released_at IS NULL")
            : pn_db_stmt(db, "SELECT debtor_id, template FROM message WHERE id = $1 AND org_id = $2"
                             " AND state = 8");
    pn_bind_int(q, 1, id);
    pn_bind_int(q, 2, org_id);
    PN_TRY(pn_row_next(q));
    *ret_debtor = pn_col_int(q, 0);
    *ret_words = pn_col_str_dup(q, 1, arena);
    pn_stmt_reset(q);
    return PN_OK;
}
