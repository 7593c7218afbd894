/* A shift: engine, delivery and intake of every organization that is live or test.
 *
 * Each organization has a thread of its own, for a mail server that is slow keeps its delivery
 * waiting and nobody else's; its chores (app/chores.h) and its mailboxes have others. New
 * organizations are found when somebody rings, and every few seconds. On a file the shift holds
 * every organization's lock (app/lock.h) as long as it lasts, so that a second engine is refused.
 */
#ifndef PN_APP_SHIFT_H
#define PN_APP_SHIFT_H

#include "app/apps.h"
#include "app/follow.h"

typedef struct {
    const char *url;
    const pn_env *env;
    const pn_log *log;
    pn_str public_url;
    const pn_turn *turn; /* NULL: none is needed */
    pn_changes *changes;
    pn_work_roles roles; /* 0: neither engine nor delivery */
    bool intake;
    int64_t lease_seconds;
    /* Told on the threads of the shift. */
    void (*worked)(void *context, pn_id org_id, const pn_work_stats *done);
    void (*away)(void *context, bool away);
    void (*received)(void *context);
    void (*mailboxes)(void *context, int set, int open, int failed); /* app/intake.h */
    void (*workers)(void *context, int64_t count);
    void *context;
} pn_shift_options;

typedef struct pn_shift pn_shift;

/* CONFLICT with the pid where another engine works on the file. */
PN_MUST_USE pn_err pn_shift_start(const pn_shift_options *options, pn_shift **ret_shift,
                                  pn_diag *diag);
/* Something was committed in the organization; 0: in any, or a new one may be there. */
void pn_shift_ring(pn_shift *shift, pn_id org_id);
/* What was begun is finished; what is in flight is waited for at most a second. NULL accepted. */
void pn_shift_stop(pn_shift *shift);

#endif
