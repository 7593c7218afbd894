/* A life: a history played over a fresh database, with crashes and recoveries. */
#define _GNU_SOURCE /* nanosleep */
#include "sim/sim_int.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "app/catalog.h"
#include "app/publish.h"
#include "base/banned.h"

/* ── clock, entropy ──────────────────────────────────────────────────────────────────────────── */

static pn_time life_now(void *context) {
    const pn_life *life = context;
    return life->real + life->skew;
}

static int64_t life_ticks(void *context) {
    const pn_life *life = context;
    return life->ticks;
}

static void life_entropy(void *context, void *bytes, size_t size) {
    pn_life *life = context;
    pn_random random = pn_random_for(life->history->seed ^ ++life->draws, PN_STR("entropy"));
    for (size_t i = 0; i < size; i++) {
        ((uint8_t *)bytes)[i] = (uint8_t)pn_random_next(&random);
    }
}

void pn_sim_broken(pn_life *life, const char *law, const char *format, ...) {
    va_list args;
    if (life->broken) {
        return;
    }
    life->broken = true;
    life->result->held = false;
    life->result->day = life->day;
    (void)snprintf(life->result->law, sizeof life->result->law, "%s", law);
    va_start(args, format);
    (void)vsnprintf(life->result->sentence, sizeof life->result->sentence, format, args);
    va_end(args);
}

int64_t pn_sim_int(pn_db *db, const char *sql, int64_t otherwise, const int64_t *bind,
                   size_t count) {
    pn_stmt *q = pn_db_stmt(db, sql);
    for (size_t i = 0; i < count; i++) {
        pn_bind_int(q, (int)i + 1, bind[i]);
    }
    int64_t value = pn_row_next(q) == PN_OK ? pn_col_int_or(q, 0, otherwise) : otherwise;
    pn_stmt_reset(q);
    return value;
}

/* ── two processes, one thread ───────────────────────────────────────────────────────────────── */

/* The second process acts just before the first begins a transaction: between any two of them. */
static void take_turn(void *context, pn_turn_rank rank) {
    pn_life *life = context;
    (void)rank;
    if (life->inside || life->desk == NULL) {
        return;
    }
    life->inside = true;
    for (size_t i = 0; i < life->amid_count && !life->broken;) {
        if (--life->amid_left[i] != 0) {
            i++;
            continue;
        }
        const pn_sim_act *deed = life->amid[i];
        life->amid_count--;
        life->amid[i] = life->amid[life->amid_count];
        life->amid_left[i] = life->amid_left[life->amid_count];
        pn_err err = pn_org_clock(life->desk->db, life->desk->org.id, &life->desk->org.clock);
        if (err == PN_OK) {
            err = pn_sim_do(life, life->desk, deed);
        }
        life->result->amid++;
        life->stale = true;
        pn_sim_look_again(life);
        if (err != PN_OK && !pn_fault_happened()) {
            char sentence[900];
            pn_diag_sentence(&life->diag, sentence, sizeof sentence);
            pn_sim_broken(life, "a second process writes too", "%s failed: %s: %s",
                          pn_sim_act_name(deed->kind), pn_err_name(err), sentence);
        }
    }
    life->inside = false;
}

static void give_turn(void *context) {
    pn_life *life = context;
    if (!life->inside && !pn_fault_ended()) {
        pn_sim_watch(life);
        pn_sim_moved(life);
    }
}

/* Somebody waits now and then, so that batches end early. */
static bool is_wanted(void *context, int64_t lane) {
    pn_life *life = context;
    (void)lane;
    life->ticks += 700;
    return life->amid_count != 0;
}

/* ── opening, closing ────────────────────────────────────────────────────────────────────────── */

static void close_all(pn_life *life) {
    pn_worker_close(life->worker);
    pn_app_close(life->app);
    pn_app_close(life->desk);
    pn_db_close(life->watch);
    life->worker = NULL;
    life->app = life->desk = NULL;
    life->watch = NULL;
}

static pn_err open_app(pn_life *life, bool create, pn_app **ret_app, const char *actor) {
    const char *url = life->by_cutter != NULL ? life->by_cutter : life->url;
    pn_app_options options = {
        .url = url, .create = create, .env = &life->env, .actor = actor, .vfs = life->vfs};
    PN_TRY(pn_app_open(&options, ret_app, &life->diag));
    (*ret_app)->driver_override = &pn_channel_sim;
    return PN_OK;
}

static pn_err open_all(pn_life *life, bool create) {
    PN_TRY(open_app(life, create, &life->app, "engine"));
    life->app->turn = &life->turn;
    if (create) {
        pn_init_request request = {
            .name = PN_STR("Ibarra"),
            .country = PN_STR("ES"),
            .mode = PN_MODE_SANDBOX,
            .clock = (pn_time)life->history->start * PN_DAY,
        };
        PN_TRY(pn_publish_init(life->app, &request, &life->diag));
    }
    PN_TRY(open_app(life, false, &life->desk, "desk"));
    PN_TRY(pn_db_open(life->url, &(pn_db_options){.mode = PN_DB_READ}, &life->watch, &life->diag));
    pn_sim_look_again(life); /* a worker that opens may begin transactions, which are looked at */
    return pn_worker_open(life->app, &life->worker, &life->diag);
}

/* A server notices a little later that a session is gone, and gives its locks back. */
static pn_err open_again(pn_life *life) {
    pn_err err = open_all(life, false);
    for (int tries = 0; err == PN_CONFLICT && life->vfs == NULL && tries < 200; tries++) {
        close_all(life);
        (void)nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
        err = open_all(life, false);
    }
    return err;
}

/* What a fault left behind is opened again, as after a restart of the machine or the program. */
static void recover(pn_life *life) {
    close_all(life);
    pn_fault_reboot();
    life->result->recoveries++;
    life->inside = false;
    pn_err err = open_again(life);
    if (err != PN_OK) {
        char sentence[900];
        pn_diag_sentence(&life->diag, sentence, sizeof sentence);
        pn_sim_broken(life, "it opens again after a crash", "%s: %s", pn_err_name(err), sentence);
    }
}

/* An error that a fault explains is recovered from; another is a law that did not hold. True where
 * the life goes on, and what was under way should be done again. */
static bool failed(pn_life *life, pn_err err, const char *what) {
    if (pn_fault_happened() && !life->broken) {
        life->result->faults++;
        recover(life);
        return !life->broken;
    }
    char sentence[900];
    pn_diag_sentence(&life->diag, sentence, sizeof sentence);
    pn_sim_broken(life, "nothing fails without a cause", "%s: %s: %s", what, pn_err_name(err),
                  sentence);
    return false;
}

/* ── time ────────────────────────────────────────────────────────────────────────────────────── */

static pn_err work_until(pn_life *life, pn_time to) {
    pn_work_stats stats = {0};
    if (life->stale) {
        life->stale = false;
        PN_TRY(pn_app_reload(life->app, &life->diag));
        pn_catalog_reset(life->app);
    }
    pn_err err = to > life->app->org.clock
                     ? pn_worker_advance(life->worker, to, NULL, &stats, &life->diag)
                     : pn_worker_run(life->worker, &stats, &life->diag);
    life->result->steps += stats.engine.stepped;
    return err;
}

/* The lane's clock is moved, moment by moment; the machine's own follows. */
static void advance(pn_life *life, pn_time to) {
    for (int tries = 0; !life->broken; tries++) {
        life->real = PN_MAX(life->real, to);
        pn_err err = work_until(life, to);
        if (err == PN_OK || !failed(life, err, "working")) {
            break;
        }
        if (tries == 50) {
            pn_sim_broken(life, "it comes to rest", "Fifty recoveries in one moment.");
        }
    }
    if (!life->broken) {
        pn_sim_check_rest(life);
    }
}

/* ── the world's own deeds ───────────────────────────────────────────────────────────────────── */

/* Every session but the checker's is ended by the server. */
static void end_sessions(pn_life *life) {
    (void)pn_sim_int(life->watch,
                     PN_PG("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE"
                           " application_name = current_schema() AND pid <> pg_backend_pid()"),
                     0, NULL, 0);
    life->result->faults++;
}

static void plan_cut(pn_life *life, const pn_sim_act *deed) {
    pn_random dice = pn_random_for(deed->dice, PN_STR("fault"));
    uint64_t drawn = pn_random_below(&dice, 8);
    if (drawn == 0) {
        end_sessions(life);
    } else if (drawn < 5) {
        pn_fault_plan(PN_FAULT_COMMIT, 1 + pn_random_below(&dice, 12), deed->dice);
    } else {
        pn_fault_plan(PN_FAULT_CUT, 1 + pn_random_below(&dice, 400), deed->dice);
    }
}

static void plan_fault(const pn_sim_act *deed) {
    static const pn_fault_kind KINDS[] = {PN_FAULT_KILL,  PN_FAULT_KILL, PN_FAULT_KILL,
                                          PN_FAULT_POWER, PN_FAULT_FULL, PN_FAULT_WRITE,
                                          PN_FAULT_SYNC,  PN_FAULT_READ};
    pn_random dice = pn_random_for(deed->dice, PN_STR("fault"));
    pn_fault_kind kind = KINDS[pn_random_below(&dice, PN_COUNT(KINDS))];
    uint64_t nth = 1 + pn_random_below(&dice, kind == PN_FAULT_SYNC ? 12 : 60);
    pn_fault_plan(kind, nth, deed->dice);
}

static bool is_worlds(pn_life *life, const pn_sim_act *deed) {
    if (deed->kind == PN_SIM_WEATHER) {
        life->weather = deed->dice;
        life->trouble_percent = (int)(deed->dice % 4) * 20;
    } else if (deed->kind == PN_SIM_CLOCK) {
        life->skew += ((int64_t)(deed->dice % 7) - 3) * PN_HOUR;
    } else if (deed->kind == PN_SIM_FAULT) {
        if (life->by_cutter != NULL) {
            plan_cut(life, deed);
        } else {
            plan_fault(deed);
        }
    } else if (deed->kind == PN_SIM_RESTART) {
        close_all(life);
        if (open_again(life) != PN_OK && !failed(life, PN_IO, "opening again")) {
            return true;
        }
    } else {
        return false;
    }
    return true;
}

/* What failed for a fault is not known to be done: files come again, the rest does not. */
static void do_deed(pn_life *life, const pn_sim_act *deed) {
    if (is_worlds(life, deed)) {
        return;
    }
    if (deed->amid != 0 && life->amid_count < PN_COUNT(life->amid)) {
        life->amid[life->amid_count] = deed;
        life->amid_left[life->amid_count++] = deed->amid;
        return;
    }
    life->inside = true;
    pn_err err = pn_sim_do(life, life->app, deed);
    pn_sim_look_again(life);
    life->inside = false;
    if (err != PN_OK) {
        (void)failed(life, err, pn_sim_act_name(deed->kind));
    }
}

static void live_day(pn_life *life, int32_t day, size_t *at) {
    const pn_history *h = life->history;
    pn_time begins = ((pn_time)h->start + day) * PN_DAY;
    life->day = day;
    for (; *at < h->count && h->deeds[*at].day == day && !life->broken; (*at)++) {
        advance(life, begins + h->deeds[*at].minute * PN_MINUTE);
        if (!life->broken) {
            do_deed(life, &h->deeds[*at]);
            pn_arena_reset(&life->scratch);
        }
    }
    if (!life->broken) {
        advance(life, begins + PN_DAY);
    }
    if (!life->broken) {
        if (pn_fault_happened()) { /* of which nobody was told: reading ahead, closing */
            life->result->faults++;
            recover(life);
        }
        pn_sim_check_day(life, false);
        pn_arena_reset(&life->scratch);
    }
}

static void finish(pn_life *life) {
    pn_fault_clear();
    for (size_t i = 0; i < life->payment_count && !life->broken; i++) {
        if (!life->payments[i].told) { /* the bank's file comes until it was taken */
            const pn_sim_act again = {.kind = PN_SIM_PAY_TWICE, .dice = i};
            do_deed(life, &again);
            break;
        }
    }
    if (!life->broken) {
        advance(life, ((pn_time)life->history->start + life->history->days) * PN_DAY + PN_HOUR);
    }
    if (!life->broken) {
        pn_sim_check_day(life, true);
    }
    life->result->hash = life->broken ? 0 : pn_sim_hash(life);
}

static void free_all(pn_life *life) {
    close_all(life);
    pn_arena_done(&life->arena);
    pn_arena_done(&life->scratch);
    pn_arena_done(&life->moving);
    free(life->runs);
    free(life->arms);
    free(life->mails);
    free(life->payments);
    free(life->seen);
}

void pn_sim_live(const pn_history *history, const pn_sim_place *place, pn_sim_result *ret_result) {
    size_t at = 0;
    pn_life life = {
        .history = history, .url = place->url, .by_cutter = place->by_cutter, .result = ret_result};
    *ret_result = (pn_sim_result){.held = true};
    life.real = (pn_time)history->start * PN_DAY;
    life.env =
        (pn_env){.now = life_now, .ticks = life_ticks, .entropy = life_entropy, .context = &life};
    life.turn =
        (pn_turn){.take = take_turn, .give = give_turn, .wanted = is_wanted, .context = &life};
    pn_arena_init(&life.arena, 0);
    pn_arena_init(&life.scratch, 0);
    pn_arena_init(&life.moving, 0);
    life.vfs = pn_db_is_file(life.url) ? pn_fault_register() : NULL;
    pn_fault_plan(PN_FAULT_NONE, 0, 0);
    pn_err err = open_all(&life, true);
    if (err == PN_OK) {
        err = pn_app_zone(life.app, PN_STR("Europe/Madrid"), &life.zone, &life.diag);
        if (err == PN_OK) { /* it outlives the app */
            err = pn_app_zone_file(PN_STR("Europe/Madrid"), &life.arena, &life.zone, &life.diag);
        }
    }
    if (err != PN_OK) {
        (void)failed(&life, err, "beginning");
    }
    for (int32_t day = 0; day < history->days && !life.broken; day++) {
        live_day(&life, day, &at);
    }
    if (!life.broken) {
        finish(&life);
    }
    free_all(&life);
}
