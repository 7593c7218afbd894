/* Work: engine and delivery together, until nothing is due; and living through time. */
#ifndef PN_APP_WORK_H
#define PN_APP_WORK_H

#include "app/deliver.h"
#include "app/errands.h"
#include "app/webhooks.h"

typedef struct {
    pn_engine_stats engine;
    pn_delivery_stats delivery;
    pn_call_stats calls;
    int64_t moments; /* distinct times at which something was due (advance) */
} pn_work_stats;

/* What a worker does: on a shared database engine and delivery may be different processes. */
typedef enum {
    PN_WORK_STEPS = 1,
    PN_WORK_DELIVERS = 2,
    PN_WORK_CALLS = 4, /* asks and tells other systems */
    PN_WORK_CHARGES = 8,
    PN_WORK_ALL = PN_WORK_STEPS | PN_WORK_DELIVERS | PN_WORK_CALLS | PN_WORK_CHARGES,
} pn_work_roles;

void pn_work_add(pn_work_stats *to, const pn_work_stats *from);

typedef struct pn_worker pn_worker;

PN_MUST_USE pn_err pn_worker_open(pn_app *app, pn_worker **ret_worker, pn_diag *diag);
/* One that does only a part. */
PN_MUST_USE pn_err pn_worker_open_as(pn_app *app, pn_work_roles roles, pn_worker **ret_worker,
                                     pn_diag *diag);
void pn_worker_close(pn_worker *worker);
pn_engine *pn_worker_engine(pn_worker *worker);

/* Enrols, steps and delivers everything that is due now, until nothing is, or what is left is in
 * the hands of other processes. */
PN_MUST_USE pn_err pn_worker_run(pn_worker *worker, pn_work_stats *stats, pn_diag *diag);

/* When something is due next (PN_TIME_NEVER: nothing is), asked without taking anything: also what
 * another process left behind on a shared database. What is due now is told as now or before. */
PN_MUST_USE pn_err pn_work_next(pn_app *app, pn_work_roles roles, pn_time *ret_next);

/* Moves a sandbox's clock, event by event, to `to`. What happens at each moment may be watched and
 * influenced by `each` (the demo's world lives there); it returns the next time it wants to act, or
 * PN_TIME_NEVER. `each` may be NULL. DENIED outside a sandbox. */
typedef struct {
    pn_err (*each)(void *context, pn_app *app, pn_time now, pn_time *ret_next, pn_diag *diag);
    void (*progress)(void *context, pn_time now, const pn_work_stats *stats);
    void *context;
} pn_advance_watch;

PN_MUST_USE pn_err pn_worker_advance(pn_worker *worker, pn_time to, const pn_advance_watch *watch,
                                     pn_work_stats *stats, pn_diag *diag);

#endif
