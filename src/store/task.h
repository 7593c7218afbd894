/* Tasks for people, notices to people of ours. */
#ifndef PN_STORE_TASK_H
#define PN_STORE_TASK_H

#include "core/fact.h"
#include "store/db.h"

typedef struct {
    pn_id id, org_id, debtor_id, run_id;
    uint32_t node, visit;
    pn_str category, title, queue, script;
    uint32_t collapsed;
    pn_time due_at;
    pn_task_state state;
    pn_str outcome;
    pn_time opened_at, settled_at;
    pn_str settled_by;
} pn_task_row;

PN_MUST_USE pn_err pn_task_insert(pn_db *db, const pn_task_row *row);
/* CONFLICT when it is not open any more. */
PN_MUST_USE pn_err pn_task_settle(pn_db *db, pn_id id, pn_task_state state, pn_str outcome,
                                  pn_str by, pn_time at);
/* Cancels the open tasks of a run; `ret_count` says how many. */
PN_MUST_USE pn_err pn_task_cancel_of_run(pn_db *db, pn_id debtor_id, pn_id run_id, pn_time at,
                                         int64_t *ret_count);
PN_MUST_USE pn_err pn_task_get(pn_db *db, pn_id org_id, pn_id id, pn_arena *arena,
                               pn_task_row *ret_row);
PN_MUST_USE pn_err pn_task_of_debtor(pn_db *db, pn_id debtor_id, pn_arena *arena,
                                     pn_task_row **ret_rows, size_t *ret_count);
/* Open ones of the organization, the most urgent first. */
PN_MUST_USE pn_err pn_task_open_list(pn_db *db, pn_id org_id, int64_t limit, pn_arena *arena,
                                     pn_task_row **ret_rows, size_t *ret_count);

/* The same behind a row that was seen (INT64_MIN: from the beginning). */
PN_MUST_USE pn_err pn_task_open_page(pn_db *db, pn_id org_id, pn_time after_due, pn_id after_id,
                                     int64_t limit, pn_arena *arena, pn_task_row **ret_rows,
                                     size_t *ret_count);
/* All of the organization before `before` (0: all), the newest first. */
PN_MUST_USE pn_err pn_task_page(pn_db *db, pn_id org_id, pn_id before, int64_t limit,
                                pn_arena *arena, pn_task_row **ret_rows, size_t *ret_count);

typedef struct {
    pn_id id, org_id, debtor_id, run_id;
    pn_str recipient, text;
    pn_time at;
} pn_notice_row;

PN_MUST_USE pn_err pn_notice_insert(pn_db *db, const pn_notice_row *row);
/* Newest first. */
PN_MUST_USE pn_err pn_notice_list(pn_db *db, pn_id org_id, int64_t limit, pn_arena *arena,
                                  pn_notice_row **ret_rows, size_t *ret_count);

#endif
