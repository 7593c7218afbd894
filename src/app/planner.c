#include "app/planner.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/banned.h"
#include "base/limits.h"

struct pn_planner {
    pn_app *app; /* the thread's own, for reading */
    pn_env env;  /* what it knows of time: the order's */
    pn_time recorded_at;
    pn_buf scratch;
    pthread_t thread;
    bool started;
    pthread_mutex_t reading; /* held while it reads */
    pthread_mutex_t lock;    /* of what follows */
    pthread_cond_t changed;
    pn_plan plans[PN_PLANS_AHEAD];
    uint64_t ordered, planned, released; /* plans so far; each at its number modulo the ring */
    bool ending;
    atomic_int_fast64_t generation; /* the oldest that is of use */
};

/* ── what is due ─────────────────────────────────────────────────────────────────────────────── */

pn_err pn_zone_scan(pn_app *app, const pn_zone_row *zone, pn_time now, pn_arena *arena,
                    pn_zone_due *ret_due) {
    pn_zone_due due = {.others = PN_TIME_NEVER};
    size_t capacity = 0;
    pn_stmt *q =
        pn_db_stmt(app->db, "SELECT debtor_id, wake_at FROM run WHERE debtor_id BETWEEN $1 AND $2"
                            " AND org_id = $3 AND status = 0 ORDER BY debtor_id, id");
    pn_bind_int(q, 1, zone->first_debtor);
    pn_bind_int(q, 2, zone->last_debtor);
    pn_bind_int(q, 3, app->org.id);
    pn_err err;
    while ((err = pn_row_next(q)) == PN_OK) {
        pn_id debtor = pn_col_int(q, 0);
        pn_time wake = pn_col_int(q, 1);
        due.runs++;
        if (wake > now) {
            due.others = PN_MIN(due.others, wake);
        } else if (due.count == 0 || due.debtors[due.count - 1] != debtor) {
            due.debtors =
                pn_arena_grow(arena, due.debtors, due.count, &capacity, sizeof *due.debtors);
            due.debtors[due.count++] = debtor;
        }
    }
    *ret_due = due;
    return err == PN_NOT_FOUND ? PN_OK : err;
}

/* ── planning ────────────────────────────────────────────────────────────────────────────────── */

/* The plan takes from the range's first millisecond, the engine from the rest. */
static bool ids_suffice(const pn_plan *plan) {
    return (plan->ids.last & (PN_IDS_A_MS - 1)) + PN_MOVE_IDS_MAX < PN_IDS_A_MS;
}

/* Charges, fields and pills change more than the run's own rows. */
static bool writes_only_own_rows(const pn_move *move) {
    for (size_t i = 0; i < move->cmd_count; i++) {
        switch (move->cmds[i].kind) {
        case PN_CMD_CHARGE:
        case PN_CMD_SET:
        case PN_CMD_ERRAND:
        case PN_CMD_OFFER:
        case PN_CMD_PILL: return false;
        case PN_CMD_SEND:
        case PN_CMD_TASK:
        case PN_CMD_CANCEL_TASKS:
        case PN_CMD_NOTE:
        case PN_CMD_NOTIFY:
        case PN_CMD_ARM:
        case PN_CMD_JUMP: break;
        }
    }
    return true;
}

static void again(pn_plan *plan, pn_plan_zone *zone, pn_id debtor_id) {
    zone->again = pn_arena_grow(&plan->arena, zone->again, zone->again_count, &zone->again_capacity,
                                sizeof *zone->again);
    zone->again[zone->again_count++] = debtor_id;
}

static pn_err plan_run(pn_planner *planner, pn_plan *plan, pn_plan_zone *zone, const pn_view *view,
                       const pn_run_row *row, bool *ret_again) {
    pn_move_maker maker = {
        .ids = &plan->ids, .journal = &plan->journal, .scratch = &planner->scratch};
    zone->moves = pn_arena_grow(&plan->arena, zone->moves, zone->move_count, &zone->move_capacity,
                                sizeof *zone->moves);
    pn_move *move = &zone->moves[zone->move_count];
    PN_TRY(
        pn_move_plan(planner->app, view, row, false, plan->now, &maker, &plan->arena, move, NULL));
    if (!writes_only_own_rows(move)) {
        *ret_again = true;
    } else if (!move->changed && row->run.status == PN_RUN_ACTIVE) {
        zone->stuck = pn_arena_grow(&plan->arena, zone->stuck, zone->stuck_count,
                                    &zone->stuck_capacity, sizeof *zone->stuck);
        zone->stuck[zone->stuck_count++] = (pn_plan_stuck){*row, move->unreadable};
    } else {
        zone->move_count++;
    }
    return PN_OK;
}

/* The events of the plan are the first of their transaction: its tree is made here. */
static void count_event(pn_plan *plan, pn_move *move) {
    if (move->changed) {
        pn_journal_count(&plan->journal, &move->event);
        move->counted = true;
    }
}

/* All of a debtor's runs are planned here, or none. */
static pn_err plan_debtor(pn_planner *planner, pn_plan *plan, pn_plan_zone *zone,
                          const pn_view *view) {
    size_t moves = zone->move_count, stuck = zone->stuck_count;
    /* an account's run is stepped after what works its invoices has been written */
    bool not_here =
        pn_view_has_due(view, true, plan->now) && pn_view_has_due(view, false, plan->now);
    for (size_t i = 0; i < view->run_count && !not_here; i++) {
        const pn_run_row *row = &view->runs[i];
        if (row->run.wake_at > plan->now) {
            continue;
        }
        not_here = !ids_suffice(plan);
        if (!not_here) {
            PN_TRY(plan_run(planner, plan, zone, view, row, &not_here));
        }
    }
    if (not_here) {
        zone->move_count = moves;
        zone->stuck_count = stuck;
        again(plan, zone, view->row.id);
    }
    for (size_t i = moves; i < zone->move_count; i++) {
        count_event(plan, &zone->moves[i]);
    }
    return PN_OK;
}

static pn_err plan_zone(pn_planner *planner, pn_plan *plan, pn_plan_zone *zone) {
    pn_zone_due due;
    PN_TRY(pn_zone_scan(planner->app, &zone->zone, plan->now, &plan->arena, &due));
    zone->others = due.others;
    zone->runs = due.runs;
    zone->move_capacity = due.count;
    zone->moves = pn_arena_alloc(&plan->arena, due.count * sizeof *zone->moves);
    if (pn_zone_is_dense(&due)) {
        pn_view *views = NULL;
        size_t count = 0;
        PN_TRY(pn_view_range(planner->app, zone->zone.first_debtor, zone->zone.last_debtor, false,
                             &plan->arena, &views, &count));
        for (size_t i = 0; i < count; i++) {
            PN_TRY(plan_debtor(planner, plan, zone, &views[i]));
        }
        return PN_OK;
    }
    for (size_t i = 0; i < due.count; i++) {
        pn_view view;
        PN_TRY(pn_view_one(planner->app, due.debtors[i], false, &plan->arena, &view));
        PN_TRY(plan_debtor(planner, plan, zone, &view));
    }
    return PN_OK;
}

/* One transaction, so that all of the plan is of one moment. */
static pn_err make_plan(pn_planner *planner, pn_plan *plan) {
    pn_arena_reset(&plan->arena);
    if (plan->generation < atomic_load(&planner->generation)) {
        return PN_RETRY;
    }
    planner->recorded_at = plan->recorded_at;
    PN_TRY(pn_db_begin_read(planner->app->db));
    pn_err err = pn_catalog_renew(planner->app, &plan->arena);
    for (size_t i = 0; i < plan->zone_count && err == PN_OK; i++) {
        err = plan_zone(planner, plan, &plan->zones[i]);
    }
    pn_db_rollback(planner->app->db);
    return err;
}

/* ── the thread ──────────────────────────────────────────────────────────────────────────────── */

/* The next order's plan; NULL when the thread is to end. */
static pn_plan *wait_for_order(pn_planner *planner) {
    (void)pthread_mutex_lock(&planner->lock);
    while (planner->planned == planner->ordered && !planner->ending) {
        (void)pthread_cond_wait(&planner->changed, &planner->lock);
    }
    pn_plan *plan = planner->ending ? NULL : &planner->plans[planner->planned % PN_PLANS_AHEAD];
    (void)pthread_mutex_unlock(&planner->lock);
    return plan;
}

static void *run(void *context) {
    pn_planner *planner = context;
    pn_plan *plan;
    while ((plan = wait_for_order(planner)) != NULL) {
        (void)pthread_mutex_lock(&planner->reading);
        plan->err = make_plan(planner, plan);
        (void)pthread_mutex_unlock(&planner->reading);
        (void)pthread_mutex_lock(&planner->lock);
        planner->planned++;
        (void)pthread_cond_broadcast(&planner->changed);
        (void)pthread_mutex_unlock(&planner->lock);
    }
    return NULL;
}

/* The thread reads no clock: what it writes down is the order's. */
static pn_time order_now(void *context) {
    const pn_planner *planner = context;
    return planner->recorded_at;
}

pn_err pn_planner_open(pn_app *app, pn_planner **ret_planner, pn_diag *diag) {
    pn_planner *planner = pn_alloc(sizeof *planner);
    memset(planner, 0, sizeof *planner);
    planner->env = (pn_env){.now = order_now, .context = planner};
    pn_buf_init(&planner->scratch, 1 << 16);
    (void)pthread_mutex_init(&planner->reading, NULL);
    (void)pthread_mutex_init(&planner->lock, NULL);
    (void)pthread_cond_init(&planner->changed, NULL);
    pn_err err = pn_app_open_reader(app, &planner->env, &planner->app, diag);
    if (err == PN_OK) {
        planner->started = pthread_create(&planner->thread, NULL, run, planner) == 0;
        if (!planner->started) {
            err = pn_diag_set(diag, PN_IO, "The system gives no thread to plan in.");
        }
    }
    if (err != PN_OK) {
        pn_planner_close(planner);
        return err;
    }
    *ret_planner = planner;
    return PN_OK;
}

void pn_planner_close(pn_planner *planner) {
    if (planner == NULL) {
        return;
    }
    if (planner->started) {
        (void)pthread_mutex_lock(&planner->lock);
        planner->ending = true;
        (void)pthread_cond_broadcast(&planner->changed);
        (void)pthread_mutex_unlock(&planner->lock);
        (void)pthread_join(planner->thread, NULL);
    }
    pn_app_close(planner->app);
    for (size_t i = 0; i < PN_PLANS_AHEAD; i++) {
        pn_arena_done(&planner->plans[i].arena);
    }
    pn_buf_done(&planner->scratch);
    (void)pthread_mutex_destroy(&planner->reading);
    (void)pthread_mutex_destroy(&planner->lock);
    (void)pthread_cond_destroy(&planner->changed);
    free(planner);
}

/* ── the engine's side: only it changes `ordered` and `released` ─────────────────────────────── */

pn_plan *pn_planner_vacant(pn_planner *planner) {
    return planner->ordered - planner->released == PN_PLANS_AHEAD
               ? NULL
               : &planner->plans[planner->ordered % PN_PLANS_AHEAD];
}

void pn_planner_order(pn_planner *planner) {
    (void)pthread_mutex_lock(&planner->lock);
    planner->ordered++;
    (void)pthread_cond_broadcast(&planner->changed);
    (void)pthread_mutex_unlock(&planner->lock);
}

pn_plan *pn_planner_take(pn_planner *planner) {
    if (planner->released == planner->ordered) {
        return NULL;
    }
    (void)pthread_mutex_lock(&planner->lock);
    while (planner->planned == planner->released) {
        (void)pthread_cond_wait(&planner->changed, &planner->lock);
    }
    (void)pthread_mutex_unlock(&planner->lock);
    return &planner->plans[planner->released % PN_PLANS_AHEAD];
}

void pn_planner_release(pn_planner *planner) {
    planner->released++;
}

void pn_planner_outdate(pn_planner *planner, int64_t generation) {
    atomic_store(&planner->generation, generation);
}

void pn_planner_pause(pn_planner *planner) {
    (void)pthread_mutex_lock(&planner->reading);
}

void pn_planner_resume(pn_planner *planner) {
    (void)pthread_mutex_unlock(&planner->reading);
}
