/* Calls: asking and telling other systems what waits for them.
 *
 *   take    in a transaction: what is due is looked at, made a request, and leased
 *   ask     outside of any: many at once, in the caller's thread
 *   record  in a transaction: what came of it, and what follows
 *
 * There are two kinds: what cases ask (app/errands.h) and what webhooks are told
 * (app/webhooks.h). A slow system holds up nobody else: to each of them go at most
 * PN_LIMIT_CALLS_TO_ONE at a time, and to one that let us wait in vain one at a time, until it
 * answers again.
 *
 * Rejected: a thread for each system (their number is the company's to choose), and taking what is
 * due by time alone (whoever hangs would stand at its head). */
#ifndef PN_APP_CALLS_H
#define PN_APP_CALLS_H

#include "app/app.h"
#include "app/bell.h"
#include "net/fetch.h"
#include "store/call.h"

typedef struct {
    int64_t asked; /* requests of cases that left, or were tried; and charges */
    int64_t done;
    int64_t failed;
    int64_t uncertain;
    int64_t retried; /* to be asked again later */
} pn_errand_stats;

typedef struct {
    int64_t sent, failed, retried;
} pn_webhook_stats;

typedef struct {
    pn_errand_stats errands;
    pn_webhook_stats webhooks;
} pn_call_stats;

void pn_call_stats_add(pn_call_stats *to, const pn_call_stats *from);

/* ── kinds ── */

typedef struct pn_call_kind pn_call_kind;

/* One that is under way. */
typedef struct pn_call_job {
    struct pn_call_job *next;
    const pn_call_kind *kind;
    uint64_t to;    /* whom, as a number */
    pn_arena arena; /* of all that belongs to it */
    void *row;      /* the kind's own */
    pn_fetch_request request;
    pn_fetch_answer answer;
} pn_call_job;

/* What came of looking for one. */
typedef enum {
    PN_TAKEN_NONE,    /* nothing is due for them */
    PN_TAKEN_SETTLED, /* it need not, or cannot, be asked: that is recorded */
    PN_TAKEN_READY    /* leased, with its request */
} pn_taken;

struct pn_call_kind {
    const pn_call_texts *texts;
    /* In a transaction: the first that is due. `scratch` is for what nobody needs later. */
    pn_err (*take)(pn_app *app, pn_call_job *job, const pn_call_to *to, pn_time now,
                   pn_arena *scratch, pn_taken *ret_taken, pn_call_stats *stats, pn_diag *diag);
    /* In a transaction: its answer. Between the two the app may have been loaded anew. */
    pn_err (*record)(pn_app *app, pn_call_job *job, pn_time now, pn_arena *scratch,
                     pn_call_stats *stats, pn_diag *diag);
};

/* Until when what is asked now belongs to this process: longer than it waits for an answer. */
pn_time pn_call_lease_until(const pn_app *app, unsigned timeout_ms);

/* ── working them off ── */

/* At the start, before anything of it works (charges too): what a process that ended had taken is
 * taken anew at once, where nobody else can be at work: on a file whose lane is ours. Elsewhere its
 * leases run out. */
PN_MUST_USE pn_err pn_calls_left(pn_app *app, pn_diag *diag);
/* When something is to be asked or told next; PN_TIME_NEVER. */
PN_MUST_USE pn_err pn_calls_next(pn_app *app, pn_time *ret_next);
/* Asks and tells everything that is due at `now`, until nothing is; of one kind alone unless `only`
 * is NULL. What is asked together is recorded together, in the order in which it was taken. */
PN_MUST_USE pn_err pn_calls_work(pn_app *app, const pn_call_kind *only, pn_time now,
                                 pn_call_stats *stats, pn_diag *diag);

/* ── the same as it comes: for a thread of its own ── */

typedef struct pn_calls pn_calls;

pn_calls *pn_calls_new(void);
/* What is under way is given up: its leases run out. NULL accepted. */
void pn_calls_free(pn_calls *calls);
/* Records what was answered, takes what is due. */
PN_MUST_USE pn_err pn_calls_turn(pn_calls *calls, pn_app *app, pn_call_stats *stats, pn_diag *diag);
/* Waits until there is an answer, the bell rings, or there is something to take; at most `ms`. */
PN_MUST_USE pn_err pn_calls_wait(pn_calls *calls, pn_app *app, const pn_bell *bell, int64_t ms);
bool pn_calls_under_way(const pn_calls *calls);
/* The end: what is under way gets `ms` more; what is not answered by then is recorded as broken
 * off. */
PN_MUST_USE pn_err pn_calls_finish(pn_calls *calls, pn_app *app, int64_t ms, pn_call_stats *stats,
                                   pn_diag *diag);

#endif
