/* Tasks for people, notices to people of ours. */
#ifndef PN_STORE_TASK_H
#define PN_STORE_TASK_H

#include "core/fact.h"
#include "store/db.h"

/* What a task is about, beside its debtor. Order is stored. */
typedef enum {
    PN_ABOUT_NOTHING,
    PN_ABOUT_MAIL,    /* that a debtor wrote (store/received.h) */
    PN_ABOUT_PROMISE, /* that was broken */
    PN_ABOUT_MESSAGE, /* that may have left */
    PN_ABOUT_HOLD,    /* that ends soon */
    PN_ABOUTS
} pn_task_about;

/* What was said to what the mail seems to want. Order is stored. */
typedef enum {
    PN_SUGGESTION_WAITS,
    PN_SUGGESTION_ACCEPTED,
    PN_SUGGESTION_EDITED, /* accepted with other words, amount or day */
    PN_SUGGESTION_REJECTED,
    PN_SUGGESTIONS
} pn_task_suggestion;

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
    int64_t version;       /* one more with each change */
    pn_str assignee;       /* who took it over; empty: whose queue it is */
    pn_time snoozed_until; /* PN_TIME_NONE: it is not put off */
    pn_str snooze_reason;
    pn_task_about about;
    pn_id about_id;
    pn_task_suggestion suggestion;
} pn_task_row;

/* Of what is below `version` in the row, only assignee and what it is about count. */
PN_MUST_USE pn_err pn_task_insert(pn_db *db, const pn_task_row *row);
/* Writes how it stands: state, outcome, by whom and when, assignee, snooze, suggestion. CONFLICT
 * where it is not of `row->version` any more; else that is one more now. */
PN_MUST_USE pn_err pn_task_update(pn_db *db, pn_task_row *row);
/* CONFLICT when it is not open any more. */
PN_MUST_USE pn_err pn_task_settle(pn_db *db, pn_id id, pn_task_state state, pn_str outcome,
                                  pn_str by, pn_time at);
/* Cancels the open tasks of a run; `ret_count` says how many. */
PN_MUST_USE pn_err pn_task_cancel_of_run(pn_db *db, pn_id debtor_id, pn_id run_id, pn_time at,
                                         int64_t *ret_count);
/* Reads all of a task's columns, in their order in the table. */
void pn_task_read(pn_stmt *q, pn_arena *arena, void *row);
PN_MUST_USE pn_err pn_task_get(pn_db *db, pn_id org_id, pn_id id, pn_arena *arena,
                               pn_task_row *ret_row);
PN_MUST_USE pn_err pn_task_of_debtor(pn_db *db, pn_id debtor_id, pn_arena *arena,
                                     pn_task_row **ret_rows, size_t *ret_count);
/* Open ones of the organization, the most urgent first. */
PN_MUST_USE pn_err pn_task_open_list(pn_db *db, pn_id org_id, int64_t limit, pn_arena *arena,
                                     pn_task_row **ret_rows, size_t *ret_count);

/* The task about that promise, mail …, the newest; NOT_FOUND. */
PN_MUST_USE pn_err pn_task_of_about(pn_db *db, pn_id org_id, pn_task_about about, pn_id about_id,
                                    pn_arena *arena, pn_task_row *ret_row);

/* The same behind a row that was seen (INT64_MIN: from the beginning). */
PN_MUST_USE pn_err pn_task_open_page(pn_db *db, pn_id org_id, pn_time after_due, pn_id after_id,
                                     int64_t limit, pn_arena *arena, pn_task_row **ret_rows,
                                     size_t *ret_count);
/* All of the organization before `before` (0: all), the newest first. */
PN_MUST_USE pn_err pn_task_page(pn_db *db, pn_id org_id, pn_id before, int64_t limit,
                                pn_arena *arena, pn_task_row **ret_rows, size_t *ret_count);

/* ── what was done with one ── */

/* Order is stored. */
typedef enum {
    PN_ACT_FINISH,
    PN_ACT_SNOOZE,
    PN_ACT_WAKE, /* no longer put off */
    PN_ACT_ASSIGN,
    PN_ACT_CALL,
    PN_ACT_ACCEPT, /* what the mail seems to want is carried out */
    PN_ACT_REJECT,
    PN_ACTS
} pn_task_act;

const char *pn_task_act_name(pn_task_act act);

/* Order is stored. */
typedef enum {
    PN_MADE_NOTHING,
    PN_MADE_PROMISE,
    PN_MADE_DISPUTE,
    PN_MADE_PAID_REPORT,   /* an invoice's */
    PN_MADE_WRONG_CONTACT, /* a contact is not theirs */
    PN_MADE_OPT_OUT        /* a contact does not want to be written to */
} pn_task_made;

typedef struct {
    pn_id change_id, task_id, org_id, debtor_id;
    pn_task_act act;
    int64_t version;    /* of the task after it */
    pn_task_row before; /* assignee, snooze and suggestion alone */
    pn_task_made made;
    pn_id made_id; /* of what was made, or of the invoice or contact that was changed */
    pn_str actor;
    pn_time at, undone_at; /* PN_TIME_NONE: it stands */
} pn_task_change_row;

PN_MUST_USE pn_err pn_task_change_insert(pn_db *db, const pn_task_change_row *row);
/* All tasks of one request, by id. */
PN_MUST_USE pn_err pn_task_change_list(pn_db *db, pn_id org_id, pn_id change_id, pn_arena *arena,
                                       pn_task_change_row **ret_rows, size_t *ret_count);
/* Those made before `before` cannot be taken back any more. */
PN_MUST_USE pn_err pn_task_change_forget(pn_db *db, pn_id org_id, pn_time before);
PN_MUST_USE pn_err pn_task_change_undone(pn_db *db, pn_id change_id, pn_id task_id, pn_time at);

/* ── notices ── */

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
