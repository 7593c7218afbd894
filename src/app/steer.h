/* Leading a case by hand: to another node, past its wait, later, or out of its strategy.
 *
 * Only the place is changed; what follows is the engine's next step, under its laws: a due date
 * that has passed is passed at once, a message whose stage is over is skipped, the tone climbs by
 * steps (laws 4 and 5). What the case had begun where it was ends with it: messages that wait are
 * skipped, tasks cancelled, an open offer withdrawn. Nothing is taken back that has left. */
#ifndef PN_APP_STEER_H
#define PN_APP_STEER_H

#include "app/app.h"
#include "store/run.h"

typedef enum {
    PN_STEER_MOVE,     /* to `node` */
    PN_STEER_SKIP,     /* as if the present wait were over */
    PN_STEER_POSTPONE, /* the present wait lasts until `until` at least */
    PN_STEER_STOP,     /* the run ends; its strategy does not take what is open now again */
} pn_steer_kind;

typedef struct {
    pn_steer_kind kind;
    pn_str node;
    pn_time until;
    pn_str reason; /* kept, and shown in the timeline */
} pn_steer_wish;

/* In the transaction under way, which has the organization for itself; `row` is the run as it was
 * read in it, and becomes what it is now. CONFLICT with a sentence where the case is over, waits
 * for something else, or has a message that is leaving; INVALID for what cannot be. */
PN_MUST_USE pn_err pn_steer(pn_app *app, pn_run_row *row, const pn_steer_wish *wish,
                            pn_arena *arena, pn_diag *diag);

#endif
