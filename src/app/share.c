/* Several engines on one database: each transaction takes what nobody else has at that moment.
 *
 * Nothing is remembered between transactions and nothing is leased: pokes are removed by who works
 * them, zones and debtors are locked for as long as the transaction lasts. A process that dies
 * gives all of it back by dying. Facts are read after their debtors were locked, and ids are made
 * after that: so the events of a case stand in the order of their ids, whichever engine wrote them.
 */
#include "app/engine_int.h"

#include "base/banned.h"
#include "base/limits.h"
#include "store/debtor.h"

typedef struct {
    pn_engine *engine;
    pn_time now;
    pn_engine_stats *stats;
    pn_id from;  /* zones from this debtor on */
    size_t done; /* by the last transaction */
} share;

/* One transaction, begun again while others are in the way. */
static pn_err in_batch(share *s, pn_err (*work)(share *s, pn_diag *diag), pn_diag *diag) {
    const pn_engine_stats stats = *s->stats;
    const pn_id from = s->from;
    for (int tries = 1;; tries++) {
        s->done = 0;
        pn_err err = pn_engine_begin_batch(s->engine, diag);
        if (err == PN_OK) {
            err = pn_engine_end_batch(s->engine, work(s, diag), diag);
        }
        if (err != PN_RETRY || tries == PN_LIMIT_TRANSACTION_TRIES) {
            return err;
        }
        *s->stats = stats;
        s->from = from;
    }
}

static pn_err work_debtors(share *s, const pn_id *debtors, size_t count, pn_diag *diag) {
    for (size_t i = 0; i < count; i++) {
        PN_TRY(pn_engine_work_debtor(s->engine, debtors[i], s->now, s->stats, diag));
    }
    s->done = count;
    return PN_OK;
}

static pn_err work_pokes(share *s, pn_diag *diag) {
    pn_app *app = s->engine->app;
    pn_id *debtors = NULL;
    size_t count = 0;
    PN_TRY(pn_poke_take(app->db, app->org.lane, PN_LIMIT_STEP_BATCH, &s->engine->arena, &debtors,
                        &count));
    PN_TRY(pn_engine_hold(s->engine, debtors, count));
    return work_debtors(s, debtors, count, diag);
}

/* Of those that are due, the ones that still are when they are locked. */
static pn_err work_timers(share *s, pn_diag *diag) {
    pn_app *app = s->engine->app;
    pn_arena *arena = &s->engine->arena;
    pn_id *debtors = NULL;
    size_t count = 0;
    PN_TRY(
        pn_debtor_due(app->db, app->org.id, s->now, PN_LIMIT_STEP_BATCH, arena, &debtors, &count));
    PN_TRY(pn_zones_hold(&s->engine->zones, debtors, count));
    PN_TRY(pn_debtors_lock_due(app->db, debtors, count, s->now, arena, &debtors, &count));
    return work_debtors(s, debtors, count, diag);
}

enum { ZONES_A_BATCH = PN_LIMIT_STEP_BATCH / PN_ZONE_DEBTORS + 1 };

typedef struct {
    size_t index;
    pn_zone_due due;
} due_zone;

/* Takes zones until their due debtors fill a batch. */
static pn_err take_zones(share *s, due_zone *zones, size_t *ret_count) {
    size_t count = 0, debtors = 0;
    pn_engine *engine = s->engine;
    while (count < ZONES_A_BATCH && debtors < PN_LIMIT_STEP_BATCH) {
        due_zone *each = &zones[count];
        pn_err err = pn_zones_next(&engine->zones, PN_ZONE_STEP, s->now, s->from, &each->index);
        if (err == PN_NOT_FOUND) {
            break;
        }
        PN_TRY(err);
        s->from = engine->zones.rows[each->index].first_debtor + 1;
        PN_TRY(pn_zone_scan(engine->app, &engine->zones.rows[each->index], s->now, &engine->arena,
                            &each->due));
        debtors += each->due.count;
        count++;
    }
    *ret_count = count;
    return PN_OK;
}

static pn_err lock_due(share *s, const due_zone *zones, size_t count) {
    size_t total = 0;
    for (size_t i = 0; i < count; i++) {
        total += zones[i].due.count;
    }
    pn_id *debtors = pn_arena_array(&s->engine->arena, pn_id, total + 1);
    total = 0;
    for (size_t i = 0; i < count; i++) {
        if (zones[i].due.count != 0) {
            memcpy(debtors + total, zones[i].due.debtors, zones[i].due.count * sizeof *debtors);
        }
        total += zones[i].due.count;
    }
    return pn_debtors_lock(s->engine->app->db, debtors, total);
}

/* Zones ascend, and so do their debtors. */
static pn_err work_zones(share *s, pn_diag *diag) {
    due_zone zones[ZONES_A_BATCH];
    size_t count = 0;
    PN_TRY(take_zones(s, zones, &count));
    PN_TRY(lock_due(s, zones, count));
    for (size_t i = 0; i < count; i++) {
        PN_TRY(
            pn_engine_step_zone(s->engine, zones[i].index, &zones[i].due, s->now, s->stats, diag));
    }
    s->done = count;
    return PN_OK;
}

static pn_err work_all(share *s, pn_err (*work)(share *s, pn_diag *diag), bool *worked,
                       pn_diag *diag) {
    do {
        PN_TRY(in_batch(s, work, diag));
        *worked = *worked || s->done != 0;
    } while (s->done != 0 && !pn_app_stops(s->engine->app));
    return PN_OK;
}

pn_err pn_share_work(pn_engine *engine, pn_time now, bool *ret_worked, pn_engine_stats *stats,
                     pn_diag *diag) {
    share s = {.engine = engine, .now = now, .stats = stats};
    *ret_worked = false;
    PN_TRY(work_all(&s, work_pokes, ret_worked, diag));
    PN_TRY(work_all(&s, work_timers, ret_worked, diag));
    return work_all(&s, work_zones, ret_worked, diag);
}
