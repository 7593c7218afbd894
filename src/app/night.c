/* The night: zones that are due are planned ahead in a thread (planner.h) and written here. */
#include "app/engine_int.h"

#include "base/banned.h"

typedef struct {
    pn_engine *engine;
    pn_planner *planner;
    pn_time now;
    size_t next_zone;       /* not ordered yet */
    int64_t generation;     /* of the moment that plans must not be older than */
    int64_t foreign_writes; /* at that moment */
    bool crowded; /* others wrote before the last batch: what is planned ahead would not hold */
    int64_t batches;
    pn_engine_stats *stats;
    pn_diag *diag;
} night;

/* How often the log is folded back: about every 5,000 pages of 16 KB. */
enum { BATCHES_A_FOLD = 128 };

/* ── ordering ────────────────────────────────────────────────────────────────────────────────── */

static void choose_zones(night *n, pn_plan *plan) {
    plan->zone_count = 0;
    while (n->next_zone < n->engine->zones.count && plan->zone_count < PN_PLAN_ZONES) {
        size_t index = n->next_zone++;
        if (n->engine->zones.rows[index].wake_at <= n->now) {
            plan->zones[plan->zone_count++] =
                (pn_plan_zone){.index = index, .zone = n->engine->zones.rows[index]};
        }
    }
}

/* Gives the thread as much as it takes. In a transaction, for the ids. */
static pn_err order_more(night *n) {
    pn_app *app = n->engine->app;
    pn_plan *plan;
    while ((plan = pn_planner_vacant(n->planner)) != NULL) {
        choose_zones(n, plan);
        if (plan->zone_count == 0) {
            return PN_OK;
        }
        plan->generation = n->generation;
        plan->now = n->now;
        plan->recorded_at = pn_env_now(app->env);
        pn_journal *journal = &plan->journal;
        *journal = (pn_journal){.salt_counter = 1}; /* a draw of its own, made here */
        pn_env_entropy(app->env, journal->salt_key.bytes, sizeof journal->salt_key.bytes);
        PN_TRY(pn_app_carve_ids(app, PN_PLAN_ID_MS, &plan->ids, &plan->ids_end));
        pn_planner_order(n->planner);
    }
    return PN_OK;
}

/* ── writing ─────────────────────────────────────────────────────────────────────────────────── */

/* Whether somebody else wrote since: plans under way may not hold, and their ids may come too
 * early. */
static pn_err look_round(night *n) {
    int64_t mark = 0;
    PN_TRY(pn_db_foreign_writes(n->engine->app->db, &mark));
    n->crowded = mark != n->foreign_writes;
    if (n->crowded || n->engine->app->ids_leased == 0) {
        n->foreign_writes = mark;
        pn_planner_outdate(n->planner, ++n->generation);
    }
    return PN_OK;
}

/* At least one zone in each transaction, whoever waits. */
static bool may_go_on(const night *n, size_t stepped) {
    return stepped == 0 || !pn_app_yields(n->engine->app);
}

/* Zones that are left because the turn is wanted stay due, for the next round. */
static pn_err step_in_transaction(night *n, const pn_plan *plan) {
    for (size_t i = 0; i < plan->zone_count && may_go_on(n, i); i++) {
        PN_TRY(pn_engine_work_zone(n->engine, plan->zones[i].index, n->now, n->stats, n->diag));
    }
    return PN_OK;
}

/* The zone forgets its old minimum first: each run that moves lowers it again. */
static pn_err write_moves(night *n, const pn_plan_zone *zone) {
    n->engine->zones.rows[zone->index].wake_at = zone->others;
    pn_db_neighbours(n->engine->app->db, zone->move_count * 2 > zone->runs);
    for (size_t i = 0; i < zone->move_count; i++) {
        PN_TRY(pn_engine_write_move(n->engine, &zone->moves[i], n->stats, n->diag));
    }
    for (size_t i = 0; i < zone->stuck_count; i++) {
        n->stats->stepped++;
        PN_TRY(
            pn_engine_unstick(n->engine, &zone->stuck[i].row, zone->stuck[i].unreadable, n->now));
    }
    return PN_OK;
}

static pn_err step_again(night *n, const pn_plan_zone *zone) {
    for (size_t i = 0; i < zone->again_count; i++) {
        pn_view view;
        PN_TRY(pn_view_one(n->engine->app, zone->again[i], false, &n->engine->arena, &view));
        PN_TRY(pn_engine_step_due_runs(n->engine, &view, n->now, n->stats, n->diag));
    }
    pn_zones_touch(&n->engine->zones, zone->index);
    return PN_OK;
}

/* What else is written in this transaction takes its ids behind the plan's, from the same range. */
static pn_err write_plan(night *n, const pn_plan *plan) {
    pn_app *app = n->engine->app;
    pn_id_maker ids = app->ids;
    pn_id leased = app->ids_leased;
    app->ids = plan->ids;
    app->ids_leased = plan->ids_end;
    pn_journal_take(app, &plan->journal);
    pn_err err = PN_OK;
    for (size_t i = 0; i < plan->zone_count && err == PN_OK; i++) {
        err = write_moves(n, &plan->zones[i]);
    }
    pn_db_neighbours(app->db, false);
    for (size_t i = 0; i < plan->zone_count && err == PN_OK; i++) {
        err = step_again(n, &plan->zones[i]);
    }
    if (app->ids_leased == plan->ids_end) {
        app->ids = ids;
        app->ids_leased = leased;
    } else { /* the range did not suffice: what was planned since has ids that come too early */
        pn_planner_outdate(n->planner, ++n->generation);
    }
    return err;
}

static pn_err write_or_step(night *n, const pn_plan *plan) {
    bool holds = plan->err == PN_OK && plan->generation == n->generation;
    return holds ? write_plan(n, plan) : step_in_transaction(n, plan);
}

/* Where others write all the time no plan would hold: the next zones are stepped as they are. */
static pn_err step_next(night *n) {
    const pn_zones *zones = &n->engine->zones;
    size_t stepped = 0;
    while (n->next_zone < zones->count && stepped < PN_PLAN_ZONES && may_go_on(n, stepped)) {
        size_t index = n->next_zone++;
        if (zones->rows[index].wake_at <= n->now) {
            PN_TRY(pn_engine_work_zone(n->engine, index, n->now, n->stats, n->diag));
            stepped++;
        }
    }
    return PN_OK;
}

/* `plan` NULL: there is none. */
static pn_err write_batch(night *n, const pn_plan *plan) {
    PN_TRY(pn_engine_begin_batch(n->engine, n->diag));
    pn_err err = look_round(n);
    if (err == PN_OK) {
        err = plan != NULL ? write_or_step(n, plan) : step_next(n);
    }
    if (plan != NULL) {
        pn_planner_release(n->planner);
    }
    if (err == PN_OK && !n->crowded) {
        err = order_more(n);
    }
    return pn_engine_end_batch(n->engine, err, n->diag);
}

/* A log that is never free of readers grows without bound: the thread stands still for this. */
static void fold_log(night *n) {
    if (++n->batches % BATCHES_A_FOLD == 0) {
        pn_planner_pause(n->planner);
        pn_db_fold_log(n->engine->app->db);
        pn_planner_resume(n->planner);
    }
}

static pn_err begin(night *n) {
    PN_TRY(pn_engine_begin_batch(n->engine, n->diag));
    pn_err err = pn_db_foreign_writes(n->engine->app->db, &n->foreign_writes);
    if (err == PN_OK) {
        err = order_more(n);
    }
    return pn_engine_end_batch(n->engine, err, n->diag);
}

pn_err pn_night_work(pn_engine *engine, pn_time now, pn_engine_stats *stats, pn_diag *diag) {
    night n = {.engine = engine, .now = now, .stats = stats, .diag = diag};
    PN_TRY(pn_planner_open(engine->app, &n.planner, diag));
    pn_db_fold_by_itself(engine->app->db, false);
    pn_err err = begin(&n);
    while (err == PN_OK && !pn_app_stops(engine->app)) {
        const pn_plan *plan = pn_planner_take(n.planner);
        if (plan == NULL && n.next_zone == engine->zones.count) {
            break;
        }
        err = write_batch(&n, plan);
        fold_log(&n);
    }
    pn_planner_close(n.planner);
    pn_db_fold_by_itself(engine->app->db, true);
    return err;
}
