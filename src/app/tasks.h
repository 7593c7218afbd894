/* Tasks: what people do about them. */
#ifndef PN_APP_TASKS_H
#define PN_APP_TASKS_H

#include "app/app.h"

/* A person has done it; the outcome is their own word ("approved", "promised"; empty: "done").
 * Moves the run that waits for it; a reply that was read lets its debtor's runs go on. In the
 * transaction under way. NOT_FOUND; CONFLICT when it is not open any more. */
PN_MUST_USE pn_err pn_tasks_done(pn_app *app, pn_id task_id, pn_str outcome, pn_arena *arena,
                                 pn_diag *diag);

#endif
