#define _GNU_SOURCE /* nanosleep */
#include "app/work.h"

#include <stdlib.h>
#include <time.h>

#include "app/lock.h"
#include "base/banned.h"
#include "base/limits.h"
#include "store/debtor.h"
#include "store/message.h"

struct pn_worker {
    pn_app *app;
    pn_work_roles roles;
    pn_engine *engine;
    pn_delivery *delivery;
};

pn_err pn_worker_open(pn_app *app, pn_worker **ret_worker, pn_diag *diag) {
    return pn_worker_open_as(app, PN_WORK_ALL, ret_worker, diag);
}

pn_err pn_worker_open_as(pn_app *app, pn_work_roles roles, pn_worker **ret_worker, pn_diag *diag) {
    pn_worker *worker = pn_alloc(sizeof *worker);
    *worker = (pn_worker){.app = app, .roles = roles};
    pn_err err = pn_engine_open(app, &worker->engine, diag);
    if (err == PN_OK && (roles & PN_WORK_DELIVERS) != 0) {
        err = pn_delivery_open(worker->engine, &worker->delivery, diag);
    }
    if (err == PN_OK && (roles & PN_WORK_CALLS) != 0) {
        err = pn_calls_left(app, diag);
    }
    if (err != PN_OK) {
        pn_worker_close(worker);
        return err;
    }
    *ret_worker = worker;
    return PN_OK;
}

void pn_worker_close(pn_worker *worker) {
    if (worker != NULL) {
        pn_delivery_close(worker->delivery);
        pn_engine_close(worker->engine);
        free(worker);
    }
}

pn_engine *pn_worker_engine(pn_worker *worker) {
    return worker->engine;
}

void pn_work_add(pn_work_stats *to, const pn_work_stats *from) {
    to->engine.stepped += from->engine.stepped;
    to->engine.moved += from->engine.moved;
    to->engine.enrolled += from->engine.enrolled;
    to->engine.intents += from->engine.intents;
    to->delivery.sent += from->delivery.sent;
    to->delivery.carriers += from->delivery.carriers;
    to->delivery.skipped += from->delivery.skipped;
    to->delivery.delayed += from->delivery.delayed;
    to->delivery.failed += from->delivery.failed;
    to->delivery.retried += from->delivery.retried;
    to->delivery.uncertain += from->delivery.uncertain;
    pn_call_stats_add(&to->calls, &from->calls);
    to->moments += from->moments;
}

static pn_err pokes_waiting(pn_app *app, bool *ret_any) {
    pn_stmt *q = pn_db_stmt(app->db, "SELECT 1 FROM poke WHERE lane = $1 LIMIT 1");
    pn_bind_int(q, 1, app->org.lane);
    pn_err err = pn_row_next(q);
    *ret_any = err == PN_OK;
    pn_stmt_reset(q);
    return err == PN_NOT_FOUND ? PN_OK : err;
}

/* When another system is asked or told something next, or something is charged. */
static pn_err outside_next(pn_app *app, pn_work_roles roles, pn_time *ret_next) {
    pn_time calls = PN_TIME_NEVER, charges = PN_TIME_NEVER;
    PN_TRY((roles & PN_WORK_CALLS) != 0 ? pn_calls_next(app, &calls) : PN_OK);
    PN_TRY((roles & PN_WORK_CHARGES) != 0 ? pn_charges_next(app, &charges) : PN_OK);
    *ret_next = PN_MIN(calls, charges);
    return PN_OK;
}

/* Another process may have moved a sandbox's clock. */
static pn_err read_clock(pn_app *app) {
    return app->org.mode == PN_MODE_SANDBOX && pn_db_is_shared(app->db)
               ? pn_org_clock(app->db, app->org.id, &app->org.clock)
               : PN_OK;
}

pn_err pn_work_next(pn_app *app, pn_work_roles roles, pn_time *ret_next) {
    pn_time step = PN_TIME_NEVER, deliver = PN_TIME_NEVER, timers = PN_TIME_NEVER;
    pn_time outside = PN_TIME_NEVER;
    bool poked = false, left = false;
    PN_TRY(pn_org_clock(app->db, app->org.id, &app->org.clock));
    PN_TRY(pn_zone_min_due(app->db, app->org.lane, &step, &deliver));
    PN_TRY(pn_debtor_next_wake(app->db, app->org.id, &timers));
    PN_TRY(pokes_waiting(app, &poked));
    if (pn_db_is_shared(app->db)) {
        PN_TRY(pn_carriers_left(app->db, app->org.id, pn_env_now(app->env), &left));
    }
    pn_time now = pn_app_now(app), next = PN_TIME_NEVER;
    if ((roles & PN_WORK_STEPS) != 0) {
        next = poked ? now : PN_MIN(step, timers);
    }
    if ((roles & PN_WORK_DELIVERS) != 0) {
        next = PN_MIN(next, left ? now : deliver);
    }
    PN_TRY(outside_next(app, roles, &outside));
    *ret_next = PN_MIN(next, outside);
    return PN_OK;
}

/* What is due and was not ours to take is in the hands of another process. */
static void wait_for_others(void) {
    (void)nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
}

static int64_t work_done(const pn_work_stats *stats) {
    return stats->engine.stepped + stats->delivery.carriers + stats->delivery.failed +
           stats->delivery.skipped + stats->delivery.delayed + stats->calls.errands.asked +
           stats->calls.errands.failed + stats->calls.webhooks.sent + stats->calls.webhooks.retried;
}

/* Everything that is due for other systems. `ret_next` as after it. */
static pn_err call_outside(const pn_worker *worker, pn_time now, pn_call_stats *stats,
                           pn_time *ret_next, pn_diag *diag) {
    pn_app *app = worker->app;
    if ((worker->roles & PN_WORK_CALLS) != 0) {
        PN_TRY(pn_calls_work(app, NULL, now, stats, diag));
    }
    if ((worker->roles & PN_WORK_CHARGES) != 0) {
        PN_TRY(pn_charges_work(app, now, INT64_MAX, &stats->errands, ret_next, diag));
    }
    return outside_next(app, worker->roles, ret_next);
}

/* One round. `ret_left` when something is due still. */
static pn_err work_round(pn_worker *worker, bool *ret_left, pn_work_stats *stats, pn_diag *diag) {
    pn_time step = PN_TIME_NEVER, deliver = PN_TIME_NEVER, outside = PN_TIME_NEVER;
    bool poked = false;
    PN_TRY(read_clock(worker->app));
    pn_time now = pn_app_now(worker->app);
    bool steps = (worker->roles & PN_WORK_STEPS) != 0;
    bool delivers = (worker->roles & PN_WORK_DELIVERS) != 0;
    if (steps) {
        PN_TRY(pn_engine_work(worker->engine, now, &stats->engine, diag));
    }
    if (delivers) {
        PN_TRY(pn_delivery_work(worker->delivery, now, &stats->delivery, diag));
    }
    PN_TRY(call_outside(worker, now, &stats->calls, &outside, diag));
    PN_TRY(pn_engine_next(worker->engine, &step, &deliver));
    PN_TRY(pokes_waiting(worker->app, &poked));
    *ret_left = (steps && (poked || step <= now)) || (delivers && deliver <= now) || outside <= now;
    return PN_OK;
}

enum { ROUNDS_MAX = 10000, IDLE_ROUNDS = 3 };

/* Until nothing is due; or, unless `all` must be done, until what is left is in other hands. */
static pn_err run(pn_worker *worker, bool all, pn_work_stats *stats, pn_diag *diag) {
    for (int rounds = 0, idle = 0; rounds < ROUNDS_MAX;) {
        bool left = false;
        int64_t before = work_done(stats);
        PN_TRY(work_round(worker, &left, stats, diag));
        if (!left || pn_app_stops(worker->app)) {
            return PN_OK;
        }
        if (!pn_db_is_shared(worker->app->db) || work_done(stats) != before) {
            rounds++;
            idle = 0;
            continue;
        }
        if (++idle == IDLE_ROUNDS && !all) {
            return PN_OK;
        }
        wait_for_others();
    }
    return pn_diag_set(diag, PN_LIMIT, "There was new work 10,000 times in one moment.");
}

static pn_err run_or_say(pn_worker *worker, bool all, pn_work_stats *stats, pn_diag *diag) {
    pn_diag_clear(diag);
    return pn_app_fail(worker->app, run(worker, all, stats, diag), diag);
}

pn_err pn_worker_run(pn_worker *worker, pn_work_stats *stats, pn_diag *diag) {
    return run_or_say(worker, false, stats, diag);
}

static pn_err set_clock(pn_worker *worker, pn_time now, pn_diag *diag) {
    pn_err err = pn_org_set_clock(worker->app->db, worker->app->org.id, now);
    if (err != PN_OK) {
        return pn_app_fail(worker->app, err, diag);
    }
    worker->app->org.clock = now;
    return PN_OK;
}

static pn_err live_until(pn_worker *worker, pn_time to, const pn_advance_watch *watch,
                         pn_work_stats *stats, pn_diag *diag) {
    pn_app *app = worker->app;
    for (;;) {
        pn_time now = app->org.clock;
        pn_time step = PN_TIME_NEVER, deliver = PN_TIME_NEVER, world = PN_TIME_NEVER;
        pn_time outside = PN_TIME_NEVER;
        PN_TRY(run_or_say(worker, true, stats, diag));
        if (watch != NULL && watch->each != NULL) {
            PN_TRY(watch->each(watch->context, app, now, &world, diag));
            PN_TRY(run_or_say(worker, true, stats, diag));
        }
        stats->moments++;
        if (watch != NULL && watch->progress != NULL) {
            watch->progress(watch->context, now, stats);
        }
        if (now >= to) {
            return PN_OK;
        }
        PN_TRY(pn_engine_next(worker->engine, &step, &deliver));
        PN_TRY(outside_next(app, worker->roles, &outside));
        pn_time next = PN_MIN(PN_MIN(PN_MIN(step, deliver), world), outside);
        PN_TRY(set_clock(worker, PN_MIN(to, PN_MAX(next, now + 1)), diag));
    }
}

pn_err pn_worker_advance(pn_worker *worker, pn_time to, const pn_advance_watch *watch,
                         pn_work_stats *stats, pn_diag *diag) {
    pn_app *app = worker->app;
    if (app->org.mode != PN_MODE_SANDBOX) {
        pn_err err = pn_diag_set(diag, PN_DENIED, "Only a sandbox has a clock that can be moved.");
        pn_diag_mend(diag, "`puntual init --mode sandbox` makes one.");
        return err;
    }
    if (to < app->org.clock) {
        return pn_diag_set(diag, PN_INVALID, "A sandbox's clock only moves forward.");
    }
    if (to - app->org.clock > PN_LIMIT_ADVANCE_DAYS * PN_DAY) {
        return pn_diag_set(diag, PN_LIMIT, "A clock moves at most %d days at once.",
                           PN_LIMIT_ADVANCE_DAYS);
    }
    pn_diag_clear(diag);
    pn_lock *lock = NULL; /* the clock is moved by one; on a file the engine's lock is this one */
    if (pn_db_is_shared(app->db)) {
        PN_TRY(pn_lock_take_on(app->db, app->org.lane, &lock, diag));
    }
    pn_err err = pn_app_fail(app, live_until(worker, to, watch, stats, diag), diag);
    pn_lock_release(lock);
    return err;
}
