/* A caller: the thread of an organization that asks and tells other systems (app/calls.h), so that
 * none of them holds up engine or delivery. */
#ifndef PN_APP_CALLER_H
#define PN_APP_CALLER_H

#include "app/apps.h"
#include "app/calls.h"

typedef struct {
    pn_apps_options apps;
    pn_id org_id;
    bool lane_held;
    int64_t lease_seconds;
    int64_t look_ms; /* how long others may have written without ringing */
    /* Something was recorded; on the caller's thread. */
    void (*worked)(void *context, const pn_call_stats *done);
    void *context;
} pn_caller_options;

typedef struct pn_caller pn_caller;

PN_MUST_USE pn_err pn_caller_start(const pn_caller_options *options, pn_caller **ret_caller,
                                   pn_diag *diag);
/* There may be something to ask or to tell. Any thread. */
void pn_caller_ring(const pn_caller *caller);
/* Nothing more is begun. Does not wait. */
void pn_caller_end(pn_caller *caller);
/* Waits until what is under way is answered, at most ten seconds: what is not by then is recorded
 * as broken off. NULL accepted. */
void pn_caller_stop(pn_caller *caller);

#endif
