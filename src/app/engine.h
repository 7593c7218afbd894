/* The engine: steps every run that is due.
 *
 * Due are runs whose time has come (wake zones), debtors whose own timers have (promises, entry
 * rules) and debtors that were poked because a fact changed. Work is done in debtor order, in
 * transactions of up to PN_LIMIT_STEP_BATCH cases. */
#ifndef PN_APP_ENGINE_H
#define PN_APP_ENGINE_H

#include "app/app.h"
#include "app/zones.h"

typedef struct {
    int64_t stepped; /* runs that were stepped */
    int64_t moved;   /* of them, those whose state changed */
    int64_t enrolled;
    int64_t intents; /* messages written, skipped ones included */
} pn_engine_stats;

typedef struct pn_engine pn_engine;

/* On a file one engine a lane at a time: a lock file beside the database sees to that; CONFLICT
 * names the pid that holds it. On a shared database as many as there are. */
PN_MUST_USE pn_err pn_engine_open(pn_app *app, pn_engine **ret_engine, pn_diag *diag);
void pn_engine_close(pn_engine *engine);

/* Does everything that is due at `now`, until nothing is; adds to `stats`. */
PN_MUST_USE pn_err pn_engine_work(pn_engine *engine, pn_time now, pn_engine_stats *stats,
                                  pn_diag *diag);

/* When something is next due: a run, a debtor's timer, a poke (now), a message. */
PN_MUST_USE pn_err pn_engine_next(pn_engine *engine, pn_time *ret_step, pn_time *ret_deliver);

/* ── for delivery, which shares the zones ── */

pn_zones *pn_engine_zones(pn_engine *engine);
/* Outside the transaction of a claim: a message of the debtor is due then. */
PN_MUST_USE pn_err pn_engine_deliver_at(pn_engine *engine, pn_id debtor_id, pn_time at);
pn_app *pn_engine_app(pn_engine *engine);

/* Enters every fitting case of the organization into one strategy (`puntual strategy enroll`). */
PN_MUST_USE pn_err pn_engine_enroll_all(pn_engine *engine, pn_str strategy, const pn_json *rule,
                                        pn_time now, int64_t *ret_count, pn_diag *diag);

#endif
