#include "app/engine.h"

#include <stdlib.h>

#include "app/books.h"
#include "app/engine_int.h"
#include "app/enroll.h"
#include "app/lock.h"
#include "app/pills.h"
#include "app/replies.h"
#include "base/banned.h"
#include "base/limits.h"
#include "base/sort.h"

/* Strategies that are asked in turn for an invoice; the rest is left to the poke of the last. */
enum { POKES_A_BATCH = 20000, ENROLLED_MAX = 64 };

/* On a shared database others write the zones: a poke tells the engine, as every fact does. */
pn_err pn_engine_deliver_at(pn_engine *engine, pn_id debtor_id, pn_time at) {
    if (engine->zones.shared) {
        return pn_poke(engine->app->db, engine->app->org.lane, debtor_id);
    }
    PN_TRY(pn_zones_lower(&engine->zones, debtor_id, PN_TIME_NEVER, at));
    return pn_zones_save(&engine->zones);
}

pn_zones *pn_engine_zones(pn_engine *engine) {
    return &engine->zones;
}

pn_app *pn_engine_app(pn_engine *engine) {
    return engine->app;
}

/* ── opening ─────────────────────────────────────────────────────────────────────────────────── */

pn_err pn_engine_open(pn_app *app, pn_engine **ret_engine, pn_diag *diag) {
    pn_engine *engine = pn_alloc(sizeof *engine);
    memset(engine, 0, sizeof *engine);
    engine->app = app;
    pn_arena_init(&engine->arena, 0);
    pn_buf_init(&engine->scratch, 1 << 16);
    pn_err err = PN_OK;
    if (!pn_db_is_shared(app->db) && !app->lane_held) {
        err = pn_lock_take_on(app->db, app->org.lane, &engine->lock, diag);
    }
    if (err == PN_OK) {
        err = pn_app_fail(app, pn_zones_open(&engine->zones, app), diag);
    }
    if (err != PN_OK) {
        pn_engine_close(engine);
        return err;
    }
    *ret_engine = engine;
    return PN_OK;
}

void pn_engine_close(pn_engine *engine) {
    if (engine == NULL) {
        return;
    }
    pn_lock_release(engine->lock);
    pn_arena_done(&engine->arena);
    pn_buf_done(&engine->scratch);
    pn_zones_close(&engine->zones);
    free(engine);
}

/* ── one transaction of work ─────────────────────────────────────────────────────────────────── */

pn_err pn_engine_begin_batch(pn_engine *engine, pn_diag *diag) {
    pn_arena_reset(&engine->arena);
    pn_zones_begin(&engine->zones);
    PN_TRY(pn_app_begin_rows(engine->app, diag));
    pn_app *app = engine->app;
    /* A statement that another process loaded just now pokes whoever waits for it: judged by older
     * marks they would go to sleep again, for ever. */
    pn_err err = pn_creditor_read_marks(app->db, app->org.id, app->creditors, app->creditor_count);
    if (err == PN_OK) { /* a case that entered an older version now would stay in it */
        err = pn_catalog_renew(app, &engine->arena);
    }
    return err == PN_OK ? PN_OK : pn_app_end(app, err, diag);
}

pn_err pn_engine_end_batch(pn_engine *engine, pn_err err, pn_diag *diag) {
    if (err == PN_OK) {
        err = pn_zones_save(&engine->zones);
    }
    err = pn_app_end(engine->app, err, diag);
    if (err != PN_OK) {
        pn_zones_again(&engine->zones);
    }
    return err;
}

pn_err pn_engine_hold(pn_engine *engine, const pn_id *debtors, size_t count) {
    PN_TRY(pn_zones_hold(&engine->zones, debtors, count));
    return pn_debtors_lock(engine->app->db, debtors, count);
}

static pn_move_maker maker_of(pn_engine *engine) {
    return (pn_move_maker){
        .ids = &engine->app->ids, .journal = &engine->salts, .scratch = &engine->scratch};
}

pn_err pn_engine_write_move(pn_engine *engine, const pn_move *move, pn_engine_stats *stats,
                            pn_diag *diag) {
    stats->stepped++;
    if (!move->changed) {
        return PN_OK;
    }
    PN_TRY(pn_move_write(engine->app, move, &engine->arena, diag));
    stats->moved++;
    stats->enrolled += move->is_new;
    for (size_t i = 0; i < move->cmd_count; i++) {
        stats->intents += move->cmds[i].kind == PN_CMD_SEND;
    }
    const pn_run *run = &move->row.run;
    bool ended = move->was_active && run->status != PN_RUN_ACTIVE;
    if (ended || (move->was_active && run->closing != PN_CLOSED_NOT)) {
        /* what it worked is free for other strategies */
        PN_TRY(pn_poke(engine->app->db, engine->app->org.lane, run->debtor_id));
    }
    return pn_zones_lower(&engine->zones, run->debtor_id,
                          run->status == PN_RUN_ACTIVE ? run->wake_at : PN_TIME_NEVER,
                          move->deliver_at);
}

pn_err pn_engine_unstick(pn_engine *engine, const pn_run_row *row, bool unreadable, pn_time now) {
    pn_log_write(engine->app->log, PN_LOG_ERROR, unreadable ? "run.unreadable" : "engine.stuck",
                 (pn_log_fields){
                     .org = engine->app->org.id, .debtor = row->run.debtor_id, .run = row->run.id});
    pn_stmt *q = pn_db_stmt(engine->app->db, "UPDATE run SET wake_at = $3, wait = $4"
                                             " WHERE debtor_id = $1 AND id = $2");
    pn_bind_int(q, 1, row->run.debtor_id);
    pn_bind_int(q, 2, row->run.id);
    pn_bind_int(q, 3, now + PN_HOUR);
    pn_bind_int(q, 4, unreadable ? PN_WAIT_HOLD : row->run.wait);
    PN_TRY(pn_stmt_run(q, NULL));
    return pn_zones_lower(&engine->zones, row->run.debtor_id, now + PN_HOUR, PN_TIME_NEVER);
}

static bool has_charged(const pn_move *move) {
    for (size_t i = 0; i < move->cmd_count; i++) {
        if (move->cmds[i].kind == PN_CMD_CHARGE) {
            return true;
        }
    }
    return false;
}

/* What was charged is seen by the debtor's other runs: each fee and each day of interest once. */
static pn_err read_accounts(pn_engine *engine, pn_view *view) {
    pn_view now;
    PN_TRY(pn_view_one(engine->app, view->row.id, false, &engine->arena, &now));
    view->accounts = now.accounts;
    view->account_count = now.account_count;
    view->invoices = now.invoices;
    view->invoice_count = now.invoice_count;
    return PN_OK;
}

static pn_err step_run(pn_engine *engine, pn_view *view, const pn_run_row *row, pn_time now,
                       pn_engine_stats *stats, pn_diag *diag) {
    pn_move_maker maker = maker_of(engine);
    pn_move move;
    PN_TRY(pn_app_reserve_ids(engine->app, PN_MOVE_IDS_MAX));
    PN_TRY(pn_move_plan(engine->app, view, row, false, now, &maker, &engine->arena, &move, diag));
    bool due = row->run.wake_at <= now || move.unreadable;
    if (!move.changed && row->run.status == PN_RUN_ACTIVE && due) {
        return pn_engine_unstick(engine, row, move.unreadable, now);
    }
    PN_TRY(pn_engine_write_move(engine, &move, stats, diag));
    return has_charged(&move) ? read_accounts(engine, view) : PN_OK;
}

/* ── debtors whose facts changed ─────────────────────────────────────────────────────────────── */

/* Of a subject's closed runs only the last one may be reopened by a reversal. */
static bool newest_closed(const pn_view *view, const pn_run *run) {
    for (size_t i = 0; i < view->run_count; i++) {
        const pn_run *other = &view->runs[i].run;
        if (other != run && other->account_id == run->account_id &&
            other->invoice_id == run->invoice_id && other->parent_id == 0 &&
            (other->status == PN_RUN_ACTIVE ||
             (other->status == PN_RUN_CLOSED && other->closed_at > run->closed_at))) {
            return false;
        }
    }
    return run->parent_id == 0;
}

static bool item_returned(const pn_view *view, const pn_run *run) {
    const pn_view_account *account = pn_view_account_of(view, run->account_id);
    for (size_t i = 0; account != NULL && i < account->item_count; i++) {
        const pn_item *item = &account->items[i];
        if (item->reopened_at >= run->closed_at && item->closed == PN_CLOSED_NOT &&
            (run->invoice_id == 0 ? !item->own_run : item->id == run->invoice_id)) {
            return true;
        }
    }
    return false;
}

/* Those that own an invoice, or the others. `ret_reopened` when one that was over, or on its way to
 * the end, works again: then the view is out of date. */
static pn_err step_runs(pn_engine *engine, pn_view *view, bool owners, pn_time now,
                        bool *ret_reopened, pn_engine_stats *stats, pn_diag *diag) {
    *ret_reopened = false;
    for (size_t i = 0; i < view->run_count; i++) {
        const pn_run_row *row = &view->runs[i];
        bool reopens = row->run.status == PN_RUN_CLOSED && !row->run.unreadable &&
                       newest_closed(view, &row->run) && item_returned(view, &row->run);
        bool closing = row->run.status == PN_RUN_ACTIVE && !pn_run_working(&row->run);
        if (pn_run_owns(&row->run) == owners && (row->run.status == PN_RUN_ACTIVE || reopens)) {
            PN_TRY(step_run(engine, view, row, now, stats, diag));
            *ret_reopened = *ret_reopened || reopens || (closing && item_returned(view, &row->run));
        }
    }
    return PN_OK;
}

/* `ret_over` when one of them came to its end at once, which gives its invoice back. */
static pn_err enroll(pn_engine *engine, pn_view *view, pn_subject subject, pn_time now,
                     pn_time *next, bool *ret_over, pn_engine_stats *stats, pn_diag *diag) {
    pn_move_maker maker = maker_of(engine);
    pn_move *moves = NULL;
    size_t count = 0;
    pn_time crossed = PN_TIME_NEVER;
    PN_TRY(pn_enroll(engine->app, view, subject, now, &maker, &engine->arena, &moves, &count,
                     &crossed, diag));
    *ret_over = false;
    for (size_t i = 0; i < count; i++) {
        PN_TRY(pn_engine_write_move(engine, &moves[i], stats, diag));
        *ret_over = *ret_over || moves[i].row.run.status != PN_RUN_ACTIVE;
    }
    *next = PN_MIN(*next, crossed);
    return PN_OK;
}

/* Where a case comes to its end at once, the next strategy may have the invoice: until all of them
 * were asked it is not settled whose it is. */
static pn_err enroll_all(pn_engine *engine, pn_view *view, pn_subject subject, bool others,
                         pn_time now, pn_time *next, pn_engine_stats *stats, pn_diag *diag) {
    bool over = true;
    for (int tries = 0; over && tries < ENROLLED_MAX; tries++) {
        int64_t moved = stats->moved;
        PN_TRY(enroll(engine, view, subject, now, next, &over, stats, diag));
        over = over && subject == PN_SUBJECT_INVOICE;
        if (over || (others && subject == PN_SUBJECT_INVOICE && stats->moved != moved)) {
            PN_TRY(pn_view_one(engine->app, view->row.id, true, &engine->arena, view));
        }
    }
    return PN_OK;
}

/* What works invoices of its own goes first, and begins first: an account is stepped when it is
 * settled which of its invoices are its own, and writes nothing that would be dropped at once. */
static pn_err work_runs(pn_engine *engine, pn_view *view, pn_time now, pn_time *next,
                        pn_engine_stats *stats, pn_diag *diag) {
    bool others = pn_view_has_due(view, false, PN_TIME_NEVER);
    for (int own = 1; own >= 0; own--) {
        bool reopened = false;
        int64_t moved = stats->moved;
        PN_TRY(step_runs(engine, view, own != 0, now, &reopened, stats, diag));
        if (reopened || (own != 0 && others && stats->moved != moved)) {
            /* else a second run would begin beside the one that works again */
            PN_TRY(pn_view_one(engine->app, view->row.id, true, &engine->arena, view));
        }
        PN_TRY(enroll_all(engine, view, own != 0 ? PN_SUBJECT_INVOICE : PN_SUBJECT_ACCOUNT, others,
                          now, next, stats, diag));
    }
    return PN_OK;
}

/* The time at which the first hold in force ends: the runs themselves wake then, but amounts held
 * on the account (unmatched money) end with it too. */
static pn_time chase_holds_end(const pn_view *view, pn_time now) {
    pn_time next = PN_TIME_NEVER;
    for (size_t i = 0; i < view->account_count; i++) {
        pn_time until = view->accounts[i].row.chase_hold_until;
        if (until != PN_TIME_NONE && until > now) {
            next = PN_MIN(next, until);
        }
    }
    return next;
}

pn_err pn_engine_work_debtor(pn_engine *engine, pn_view *view, pn_time now, pn_engine_stats *stats,
                             pn_diag *diag) {
    pn_app *app = engine->app;
    pn_id debtor_id = view->row.id;
    pn_time next = PN_TIME_NEVER;
    bool changed = false;
    PN_TRY(pn_books_timers(app, &view->row, now, &engine->arena, &changed, &next));
    if ((view->row.flags & PN_DEBTOR_HAS_HOLDS) != 0) {
        pn_time review = PN_TIME_NEVER;
        PN_TRY(pn_replies_timers(app, &view->row, now, &engine->arena, &review));
        next = PN_MIN(next, review);
    }
    if (changed) { /* the facts are others now; what it judged pokes again, harmlessly */
        PN_TRY(pn_view_one(app, debtor_id, true, &engine->arena, view));
    }
    pn_time pills_next = PN_TIME_NEVER;
    PN_TRY(pn_pills_trigger(app, view, now, &engine->arena, &pills_next, diag));
    next = PN_MIN(next, pills_next);
    PN_TRY(work_runs(engine, view, now, &next, stats, diag));
    pn_time hold_end = chase_holds_end(view, now);
    next = PN_MIN(next, hold_end);
    return next == view->row.wake_at ? PN_OK : pn_debtor_set_wake(app->db, debtor_id, next);
}

static pn_err work_one(pn_engine *engine, pn_id debtor_id, pn_time now, pn_engine_stats *stats,
                       pn_diag *diag) {
    pn_view view;
    pn_err err = pn_view_one(engine->app, debtor_id, true, &engine->arena, &view);
    if (err == PN_NOT_FOUND) {
        return PN_OK;
    }
    PN_TRY(err);
    PN_TRY(pn_engine_work_debtor(engine, &view, now, stats, diag));
    pn_time deliver = PN_TIME_NEVER; /* a fact may have made a message due earlier */
    PN_TRY(
        pn_message_min_due(engine->app->db, engine->app->org.id, debtor_id, debtor_id, &deliver));
    return pn_zones_lower(&engine->zones, debtor_id, PN_TIME_NEVER, deliver);
}

/* Works debtors in order, in transactions of a bounded number; `last_poke` is drained with the last
 * one, so that a crash before it merely repeats harmless work. */
static pn_err work_debtors(pn_engine *engine, const pn_id *debtors, size_t count, pn_id last_poke,
                           pn_time now, pn_engine_stats *stats, pn_diag *diag) {
    size_t at = 0;
    do {
        PN_TRY(pn_engine_begin_batch(engine, diag));
        pn_err err = PN_OK;
        size_t end = PN_MIN(at + PN_LIMIT_STEP_BATCH, count);
        do {
            err = work_one(engine, debtors[at++], now, stats, diag);
        } while (at < end && err == PN_OK && !pn_app_yields(engine->app));
        if (err == PN_OK && at == count && last_poke != 0) {
            err = pn_poke_drain(engine->app->db, engine->app->org.lane, last_poke);
        }
        PN_TRY(pn_engine_end_batch(engine, err, diag));
    } while (at < count && !pn_app_stops(engine->app));
    return PN_OK;
}

static pn_err work_pokes(pn_engine *engine, pn_time now, bool *worked, pn_engine_stats *stats,
                         pn_diag *diag) {
    pn_arena arena;
    pn_arena_init(&arena, 0);
    pn_id *debtors = NULL;
    size_t count = 0;
    pn_id last = 0;
    pn_err err = pn_poke_list(engine->app->db, engine->app->org.lane, POKES_A_BATCH, &arena,
                              &debtors, &count, &last);
    if (err == PN_OK && count != 0) {
        *worked = true;
        err = work_debtors(engine, debtors, count, last, now, stats, diag);
    }
    pn_arena_done(&arena);
    return pn_app_fail(engine->app, err, diag);
}

static pn_err work_timers(pn_engine *engine, pn_time now, bool *worked, pn_engine_stats *stats,
                          pn_diag *diag) {
    pn_arena arena;
    pn_arena_init(&arena, 0);
    pn_id *debtors = NULL;
    size_t count = 0;
    pn_err err = pn_debtor_due(engine->app->db, engine->app->org.id, now, POKES_A_BATCH, &arena,
                               &debtors, &count);
    if (err == PN_OK && count != 0) {
        *worked = true;
        err = work_debtors(engine, debtors, count, 0, now, stats, diag);
    }
    pn_arena_done(&arena);
    return pn_app_fail(engine->app, err, diag);
}

/* ── zones whose time has come ───────────────────────────────────────────────────────────────── */

pn_err pn_engine_step_due_runs(pn_engine *engine, const pn_view *view, pn_time now,
                               pn_engine_stats *stats, pn_diag *diag) {
    pn_view later = *view;
    int64_t moved = stats->moved;
    for (int own = 1; own >= 0; own--) {
        if (own == 0 && stats->moved != moved && pn_view_has_due(&later, false, now)) {
            PN_TRY(pn_view_one(engine->app, view->row.id, false, &engine->arena, &later));
        }
        for (size_t i = 0; i < later.run_count; i++) {
            const pn_run_row *row = &later.runs[i];
            if (pn_run_owns(&row->run) == (own != 0) && row->run.wake_at <= now) {
                PN_TRY(step_run(engine, &later, row, now, stats, diag));
            }
        }
    }
    return PN_OK;
}

/* A zone that is loaded as a whole is stepped so far at least before it is left to somebody who
 * waits: else it would be loaded for each debtor. */
enum { STEPPED_MIN = 32 };

static pn_err work_dense(pn_engine *engine, const pn_zone_row *zone, pn_time now, bool *ret_left,
                         pn_engine_stats *stats, pn_diag *diag) {
    pn_view *views = NULL;
    size_t count = 0;
    int64_t enough = stats->stepped + STEPPED_MIN;
    PN_TRY(pn_view_range(engine->app, zone->first_debtor, zone->last_debtor, false, &engine->arena,
                         &views, &count));
    for (size_t i = 0; i < count && !*ret_left; i++) {
        PN_TRY(pn_engine_step_due_runs(engine, &views[i], now, stats, diag));
        *ret_left = stats->stepped >= enough && pn_app_yields(engine->app);
    }
    return PN_OK;
}

static pn_err work_scattered(pn_engine *engine, const pn_zone_due *due, pn_time now, bool *ret_left,
                             pn_engine_stats *stats, pn_diag *diag) {
    for (size_t i = 0; i < due->count && !*ret_left; i++) {
        pn_view view;
        PN_TRY(pn_view_one(engine->app, due->debtors[i], false, &engine->arena, &view));
        PN_TRY(pn_engine_step_due_runs(engine, &view, now, stats, diag));
        *ret_left = pn_app_yields(engine->app);
    }
    return PN_OK;
}

/* Loads by range where more than an eighth of the zone is due, else debtor by debtor. */
pn_err pn_engine_work_zone(pn_engine *engine, size_t index, pn_time now, pn_engine_stats *stats,
                           pn_diag *diag) {
    pn_zone_row zone = engine->zones.rows[index];
    pn_zone_due due;
    PN_TRY(pn_zone_scan(engine->app, &zone, now, &engine->arena, &due));
    /* the zone forgets its old minimum first: each run that moves lowers it again */
    engine->zones.rows[index].wake_at = due.others;
    pn_zones_touch(&engine->zones, index);
    bool left = false;
    PN_TRY(pn_zone_is_dense(&due) ? work_dense(engine, &zone, now, &left, stats, diag)
                                  : work_scattered(engine, &due, now, &left, stats, diag));
    if (left) { /* those that were not reached */
        engine->zones.rows[index].wake_at = now;
    }
    return PN_OK;
}

static pn_err work_zones(pn_engine *engine, pn_time now, bool *worked, pn_engine_stats *stats,
                         pn_diag *diag) {
    size_t due = 0;
    for (size_t i = 0; i < engine->zones.count; i++) {
        due += engine->zones.rows[i].wake_at <= now;
    }
    *worked = *worked || due != 0;
    if (due >= PN_NIGHT_ZONES) {
        return pn_night_work(engine, now, stats, diag);
    }
    for (size_t at = 0; at < engine->zones.count && due != 0;) {
        PN_TRY(pn_engine_begin_batch(engine, diag));
        pn_err err = PN_OK;
        int64_t before = stats->stepped;
        bool yields = false;
        for (; at < engine->zones.count && err == PN_OK &&
               stats->stepped - before < PN_LIMIT_STEP_BATCH && !yields;
             at++) {
            if (engine->zones.rows[at].wake_at <= now) {
                err = pn_engine_work_zone(engine, at, now, stats, diag);
                yields = pn_app_yields(engine->app);
            }
        }
        PN_TRY(pn_engine_end_batch(engine, err, diag));
    }
    return PN_OK;
}

/* ── the engine's work ───────────────────────────────────────────────────────────────────────── */

pn_err pn_engine_work(pn_engine *engine, pn_time now, pn_engine_stats *stats, pn_diag *diag) {
    for (int round = 0; round < 10000; round++) {
        bool worked = false;
        if (engine->zones.shared) {
            PN_TRY(pn_share_work(engine, now, &worked, stats, diag));
        } else {
            PN_TRY(work_pokes(engine, now, &worked, stats, diag));
            PN_TRY(work_timers(engine, now, &worked, stats, diag));
            PN_TRY(work_zones(engine, now, &worked, stats, diag));
        }
        if (!worked || pn_app_stops(engine->app)) {
            return PN_OK;
        }
    }
    return pn_diag_set(diag, PN_LIMIT, "The engine found new work 10,000 times in one moment.");
}

pn_err pn_engine_next(pn_engine *engine, pn_time *ret_step, pn_time *ret_deliver) {
    pn_time step = PN_TIME_NEVER, deliver = PN_TIME_NEVER, timers = PN_TIME_NEVER;
    PN_TRY(pn_zones_due(&engine->zones, &step, &deliver));
    PN_TRY(pn_debtor_next_wake(engine->app->db, engine->app->org.id, &timers));
    *ret_step = PN_MIN(step, timers);
    *ret_deliver = deliver;
    return PN_OK;
}

/* ── enrolling by hand ───────────────────────────────────────────────────────────────────────── */

static pn_err enroll_one(pn_engine *engine, pn_id debtor_id, const pn_published *strategy,
                         const pn_rule *rule, pn_time now, pn_engine_stats *stats, pn_diag *diag) {
    pn_view view;
    pn_move *moves = NULL;
    size_t count = 0;
    pn_move_maker maker = maker_of(engine);
    PN_TRY(pn_view_one(engine->app, debtor_id, true, &engine->arena, &view));
    PN_TRY(pn_enroll_in(engine->app, &view, strategy, rule, now, &maker, &engine->arena, &moves,
                        &count, diag));
    for (size_t i = 0; i < count; i++) {
        PN_TRY(pn_engine_write_move(engine, &moves[i], stats, diag));
    }
    return PN_OK;
}

static pn_err debtors_after(pn_engine *engine, pn_id after, pn_arena *arena, pn_id **ret_ids,
                            size_t *ret_count) {
    size_t capacity = 0, count = 0;
    pn_id *ids = NULL;
    pn_stmt *q = pn_db_stmt(engine->app->db, "SELECT id FROM debtor WHERE org_id = $1 AND id > $2"
                                             " AND archived_at IS NULL ORDER BY id LIMIT $3");
    pn_bind_int(q, 1, engine->app->org.id);
    pn_bind_int(q, 2, after);
    pn_bind_int(q, 3, PN_LIMIT_STEP_BATCH);
    pn_err err;
    while ((err = pn_row_next(q)) == PN_OK) {
        ids = pn_arena_grow(arena, ids, count, &capacity, sizeof *ids);
        ids[count++] = pn_col_int(q, 0);
    }
    *ret_ids = ids;
    *ret_count = count;
    return err == PN_NOT_FOUND ? PN_OK : err;
}

static pn_err enroll_batch(pn_engine *engine, pn_id *after, const pn_published *strategy,
                           const pn_rule *rule, pn_time now, size_t *ret_seen,
                           pn_engine_stats *stats, pn_diag *diag) {
    pn_id *ids = NULL;
    PN_TRY(debtors_after(engine, *after, &engine->arena, &ids, ret_seen));
    PN_TRY(pn_engine_hold(engine, ids, *ret_seen));
    for (size_t i = 0; i < *ret_seen; i++) {
        PN_TRY(enroll_one(engine, ids[i], strategy, rule, now, stats, diag));
        *after = ids[i];
    }
    return PN_OK;
}

pn_err pn_engine_enroll_all(pn_engine *engine, pn_str strategy_name, const pn_json *rule_json,
                            pn_time now, int64_t *ret_count, pn_diag *diag) {
    const pn_published *strategy = NULL;
    const pn_rule *rule = NULL;
    pn_arena arena;
    PN_TRY(pn_catalog_find(engine->app, strategy_name, &strategy, diag));
    pn_arena_init(&arena, 0);
    pn_err err = PN_OK;
    if (rule_json != NULL) {
        err = pn_rule_compile(rule_json, strategy->flow->subject, &arena, &rule, diag);
    }
    pn_engine_stats stats = {0};
    size_t seen = PN_LIMIT_STEP_BATCH;
    pn_id after = 0;
    while (err == PN_OK && seen == PN_LIMIT_STEP_BATCH) {
        err = pn_engine_begin_batch(engine, diag);
        if (err == PN_OK) {
            err = pn_engine_end_batch(
                engine, enroll_batch(engine, &after, strategy, rule, now, &seen, &stats, diag),
                diag);
        }
    }
    pn_arena_done(&arena);
    *ret_count = stats.enrolled;
    return err;
}
