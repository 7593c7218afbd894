/* A worker that stays: engine and delivery of one organization, whenever something is due.
 *
 * Each time begins with the organization as it is now: its settings may have changed, and the
 * database may have been away; that it is away is logged once, and that it is back. Between times
 * it sleeps until something is due, the bell rings, or `look_ms` are over: others may write without
 * ringing. */
#ifndef PN_APP_FOLLOW_H
#define PN_APP_FOLLOW_H

#include "app/bell.h"
#include "app/work.h"

typedef struct {
    pn_work_roles roles;
    const pn_log *log;
    const pn_bell *bell;
    int64_t look_ms;
    bool (*ending)(void *context);
    /* The organization as it is now, and borrowed until the next call or `release`. */
    pn_err (*open)(void *context, pn_app **ret_app, pn_diag *diag);
    void (*release)(void *context); /* also where `open` failed */
    void (*worked)(void *context, const pn_work_stats *done);
    void (*away)(void *context, bool away);
    void *context;
} pn_follow;

/* Until `ending`; else what went wrong and will not pass. The app that was opened last is still the
 * opener's. */
PN_MUST_USE pn_err pn_follow_work(const pn_follow *follow, pn_diag *diag);

#endif
