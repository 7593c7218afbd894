/* What people do with tasks beside finishing them: put off, take over, call, accept or reject what
 * a reply seems to want; over one or many, and taken back as one.
 *
 * Everything that one request does has one change id. Undoing gives each task back how it stood,
 * unless something else was done with it since; a promise or dispute that was made is withdrawn, an
 * invoice that was reported as paid is not any more, a contact that was taken for a wrong one is
 * used again, a reply counts as unread again. What a strategy did because its task was finished is
 * not undone, nor that somebody does not want to be written to: such a task is refused with a
 * sentence. A call that was made was made. What was done longer than PN_TASK_UNDO_DAYS ago stands:
 * it is forgotten when the next is done. */
#ifndef PN_APP_TASK_ACTS_H
#define PN_APP_TASK_ACTS_H

#include "app/tasks.h"

enum { PN_TASKS_AT_ONCE = 500, PN_TASK_WORDS_MAX = 400, PN_TASK_UNDO_DAYS = 30 };

/* How a call went. */
typedef enum {
    PN_CALL_REACHED,
    PN_CALL_NO_ANSWER,
    PN_CALL_VOICEMAIL,
    PN_CALL_CALL_BACK, /* they asked to be called at another time */
    PN_CALL_PROMISED,
    PN_CALL_DISPUTED,
    PN_CALL_REFUSED,
    PN_CALL_WRONG_NUMBER,
    PN_CALL_OUTCOMES
} pn_call_outcome;

const char *pn_call_outcome_name(pn_call_outcome outcome);

typedef struct {
    pn_call_outcome outcome;
    pn_str note;      /* what was said; may be empty */
    pn_id contact_id; /* of a wrong number: the contact that is not used any more; 0 */
    pn_time again_at; /* when to call again: the task is put off until then; PN_TIME_NONE */
    bool finish;      /* the task is done with it */
} pn_task_call;

/* What a reply wants, as a person accepts it; what is left out is taken from the suggestion. */
typedef struct {
    pn_str intent;    /* "promise", "paid", "dispute", "wrong_person", "stop"; empty */
    pn_id invoice_id; /* 0 */
    pn_money amount;  /* 0: all that may be asked for */
    pn_date due;      /* PN_DATE_NONE */
    pn_str reason;    /* of a dispute */
} pn_task_answer;

typedef struct {
    pn_task_act act;
    pn_str outcome;  /* FINISH */
    pn_time until;   /* SNOOZE */
    pn_str reason;   /* SNOOZE, REJECT */
    pn_str assignee; /* ASSIGN: a person's key, name or address; empty: back to its queue */
    pn_task_call call;
    pn_task_answer answer;
} pn_task_wish;

/* One of a selection: a task, or what is none yet and becomes one. */
typedef struct {
    pn_task_about about; /* PN_ABOUT_NOTHING: `id` is a task's */
    pn_id id;
    int64_t version; /* that was seen; 0: any */
} pn_task_ref;

/* What came of one; `refused` is a sentence, empty where it was done. */
typedef struct {
    pn_task_ref ref;
    pn_task_row row; /* as it is now; id 0 where there is none */
    pn_str refused;
    pn_err err;   /* of what was refused */
    pn_diag diag; /* the same with where and how to mend it */
} pn_task_result;

/* In the transaction under way. INVALID with a sentence where the wish itself is wrong (nothing is
 * done then); what cannot be done with one task is in its result, and the others are done all the
 * same. `ret_change_id` is what it is undone by. */
PN_MUST_USE pn_err pn_tasks_act(pn_app *app, const pn_task_ref *refs, size_t count,
                                const pn_task_wish *wish, pn_arena *arena,
                                pn_task_result **ret_results, pn_id *ret_change_id, pn_diag *diag);

/* NOT_FOUND for a change that is none; CONFLICT for one that was undone. Else each task of it has
 * its result. */
PN_MUST_USE pn_err pn_tasks_undo(pn_app *app, pn_id change_id, pn_arena *arena,
                                 pn_task_result **ret_results, size_t *ret_count, pn_diag *diag);

/* The task about a broken promise, an uncertain message or a hold, opened if there is none yet.
 * NOT_FOUND with a sentence. */
PN_MUST_USE pn_err pn_tasks_about(pn_app *app, pn_task_about about, pn_id id, pn_arena *arena,
                                  pn_task_row *ret_row, pn_diag *diag);

/* Inserts a task that a person wrote down; `row` becomes what it is then. */
PN_MUST_USE pn_err pn_tasks_add(pn_app *app, pn_task_row *row, pn_arena *arena, pn_diag *diag);

/* Somebody of ours called the debtor: it stands in the timeline, and a conversation counts for the
 * policy's wait. `task` may be NULL. */
PN_MUST_USE pn_err pn_tasks_called(pn_app *app, pn_id debtor_id, const pn_task_row *task,
                                   const pn_task_call *call, pn_arena *arena, pn_diag *diag);

/* Carries out what a reply wants (app/task_answer.c); `ret_outcome` is the word the task is done
 * with. */
PN_MUST_USE pn_err pn_tasks_answer(pn_app *app, const pn_task_row *task,
                                   const pn_task_answer *answer, pn_arena *arena,
                                   pn_task_made *ret_made, pn_id *ret_made_id, pn_str *ret_outcome,
                                   bool *ret_edited, pn_diag *diag);

#endif
