/* Chores: what has to be done beside engine and delivery, again and again, and mostly waits for
 * other systems. The shift (app/shift.h) gives each organization that is live or test a thread that
 * does them in turn: whenever one is due, somebody committed something, or a minute is over. */
#ifndef PN_APP_CHORES_H
#define PN_APP_CHORES_H

#include "app/app.h"

typedef struct {
    const char *name; /* for the log */
    /* Does what is due, with transactions of its own, at most some seconds of it; `ret_next` is
     * when there is something again (now or before: at once), else PN_TIME_NEVER, as it is before.
     * An error is logged, and it is asked again later. */
    pn_err (*run)(pn_app *app, pn_arena *arena, pn_time *ret_next, pn_diag *diag);
} pn_chore;

extern const pn_chore PN_CHORES[]; /* ended by an entry without a name */

#endif
