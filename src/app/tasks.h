/* Tasks: what people do about them. */
#ifndef PN_APP_TASKS_H
#define PN_APP_TASKS_H

#include "app/app.h"
#include "store/task.h"

/* Tasks that the application opens itself; titles are in the organization's language. */
typedef enum {
    PN_TASK_APPROVE_LAWYER,
    PN_TASK_APPROVE_INSURER,
    PN_TASK_APPROVE_AGENCY,
    PN_TASK_BROKEN_PROMISES,
    PN_TASK_REPORTED_PAID, /* of which invoice */
    PN_TASK_REPLY,
    PN_TASK_ESCALATION,
    PN_TASK_FIND_CONTACT,  /* which address does not work */
    PN_TASK_PROTECTED,     /* why */
    PN_TASK_CONTESTED,     /* a payment, by the payer's bank: which */
    PN_TASK_STRANGE_MONEY, /* what a provider says cannot be booked as it is: which */
    PN_TASK_DISPUTE,       /* of which invoice */
    PN_TASK_COMPLAINT,
    PN_TASK_RECEIPT,       /* somebody says they paid, and sent a receipt: which invoice */
    PN_TASK_PLAN_ASKED,    /* other instalments than the page offers */
    PN_TASK_CONTACT_ASKED, /* which */
    PN_TASK_SUSPEND,       /* over which connector it failed */
    PN_TASK_RESTORE,
    PN_TASK_ASKED_UNCERTAIN, /* over which connector */
    PN_TASK_WEBHOOK_OFF,     /* which URL */
    PN_TASK_BROKEN_PROMISE,
    PN_TASK_UNCERTAIN, /* of which template */
    PN_TASK_HOLD_ENDS, /* why it was laid */
    PN_TASK_KINDS
} pn_task_kind;

/* `about` is what the title names; empty where it names nothing. */
pn_str pn_tasks_title(const pn_app *app, pn_task_kind kind, pn_str about, pn_arena *arena);

/* A task of a debtor that no node of a strategy opened. */
typedef struct {
    pn_id id; /* 0: a new one */
    pn_id debtor_id;
    pn_task_kind kind;
    pn_str about, queue, script;
    pn_time due_at;
    pn_task_about about_kind; /* the mail, promise … that it is about */
    pn_id about_id;
} pn_task_request;

/* Opens it as of the organization's now, in the transaction under way. */
PN_MUST_USE pn_err pn_tasks_open(pn_app *app, const pn_task_request *request, pn_arena *arena);
/* The category that tasks of the kind have. */
pn_str pn_tasks_category(pn_task_kind kind);
/* An event of the task: of its debtor and run, else of the organization. `body` is JSON. */
PN_MUST_USE pn_err pn_tasks_event(pn_app *app, const pn_task_row *task, pn_str body);

/* A person has done it; the outcome is their own word ("approved", "promised"; empty: "done").
 * Moves the run that waits for it; a reply that was read lets its debtor's runs go on. In the
 * transaction under way. NOT_FOUND; CONFLICT when it is not open any more. */
PN_MUST_USE pn_err pn_tasks_done(pn_app *app, pn_id task_id, pn_str outcome, pn_arena *arena,
                                 pn_diag *diag);

#endif
