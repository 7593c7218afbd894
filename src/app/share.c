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

/* A fact may have made a message due earlier. */
static pn_err lower_to_messages(share *s, const pn_id *debtors, size_t count) {
    pn_engine *engine = s->engine;
    pn_message_due *due = NULL;
    size_t due_count = 0;
    PN_TRY(pn_message_due_of_debtors(engine->app->db, engine->app->org.id, debtors, count,
                                     &engine->arena, &due, &due_count));
    for (size_t i = 0; i < due_count; i++) {
        PN_TRY(pn_zones_lower(&engine->zones, due[i].debtor_id, PN_TIME_NEVER, due[i].not_before));
    }
    return PN_OK;
}

static pn_err work_debtors(share *s, const pn_id *debtors, size_t count, pn_diag *diag) {
    pn_view *views = NULL;
    size_t view_count = 0;
    s->done = count;
    if (count == 0) {
        return PN_OK;
    }
    PN_TRY(
        pn_view_list(s->engine->app, debtors, count, true, &s->engine->arena, &views, &view_count));
    for (size_t i = 0; i < view_count; i++) {
        PN_TRY(pn_engine_work_debtor(s->engine, &views[i], s->now, s->stats, diag));
    }
    return lower_to_messages(s, debtors, count);
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

/* The debtors with a run that is due, over the zones of a batch. */
typedef struct {
    pn_id *ids;
    size_t count, capacity;
    size_t zones;
} due_debtors;

static void add_due(share *s, due_debtors *all, const pn_zone_due *due) {
    for (size_t i = 0; i < due->count; i++) {
        all->ids = pn_arena_grow(&s->engine->arena, all->ids, all->count, &all->capacity,
                                 sizeof *all->ids);
        all->ids[all->count++] = due->debtors[i];
    }
}

/* Takes zones until their due debtors fill a batch. Each forgets its old minimum: every run that
 * moves lowers it again. */
static pn_err take_zones(share *s, due_debtors *ret_due) {
    pn_zones *zones = &s->engine->zones;
    due_debtors all = {0};
    while (all.zones < ZONES_A_BATCH && all.count < PN_LIMIT_STEP_BATCH) {
        size_t index = 0;
        pn_zone_due due;
        pn_err err = pn_zones_next(zones, PN_ZONE_STEP, s->now, s->from, &index);
        if (err == PN_NOT_FOUND) {
            break;
        }
        PN_TRY(err);
        s->from = zones->rows[index].first_debtor + 1;
        PN_TRY(pn_zone_scan(s->engine->app, &zones->rows[index], s->now, &s->engine->arena, &due));
        zones->rows[index].wake_at = due.others;
        pn_zones_touch(zones, index);
        add_due(s, &all, &due);
        all.zones++;
    }
    *ret_due = all;
    return PN_OK;
}

/* Zones ascend, and so do their debtors. */
static pn_err work_zones(share *s, pn_diag *diag) {
    due_debtors due;
    pn_view *views = NULL;
    size_t count = 0;
    PN_TRY(take_zones(s, &due));
    s->done = due.zones;
    if (due.count == 0) {
        return PN_OK;
    }
    PN_TRY(pn_debtors_lock(s->engine->app->db, due.ids, due.count));
    PN_TRY(
        pn_view_list(s->engine->app, due.ids, due.count, false, &s->engine->arena, &views, &count));
    for (size_t i = 0; i < count; i++) {
        PN_TRY(pn_engine_step_due_runs(s->engine, &views[i], s->now, s->stats, diag));
    }
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
