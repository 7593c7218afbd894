#define _GNU_SOURCE /* sigaction */
#include "cli/follow.h"

#include <pthread.h>
#include <signal.h>

#include "app/caller.h"
#include "app/follow.h"
#include "app/lock.h"
#include "app/turn.h"
#include "base/banned.h"
#include "base/limits.h"

enum { LOOK_MS = 250 };

/* What a signal says; there is no other way out of its handler. */
static volatile sig_atomic_t ending;
static pn_bell bell = {.fd = -1};

static void end(int signal_number) {
    (void)signal_number;
    ending = 1;
    pn_bell_ring(&bell);
}

static bool should_end(void) {
    return ending != 0;
}

static bool is_ending(void *context) {
    (void)context;
    return should_end();
}

pn_err pn_cli_lease(pn_cli *cli) {
    return pn_cli_int(cli, "lease", 1, 3600, PN_LIMIT_DELIVERY_LEASE_SECONDS,
                      &cli->app->lease_seconds);
}

/* What the command's thread and the caller's share is behind `mutex`. */
typedef struct {
    pn_cli *cli;
    pn_work_stats *stats;
    pthread_mutex_t mutex;
    pn_turns *turns; /* between engine and caller */
    pn_lock *lock;   /* of a file: for as long as somebody may be asking */
    pn_changes changes;
    pn_caller *caller; /* NULL: the engine's thread asks by itself */
} follower;

/* An outage between two transactions is over before anybody else hears of it. */
static void log_reconnects(const pn_cli *cli) {
    unsigned count = cli->app != NULL ? pn_db_reconnects(cli->app->db) : 0;
    if (count != 0) {
        pn_log_write(&cli->log, PN_LOG_WARN, "worker.reconnected", (pn_log_fields){.count = count});
    }
}

static void release(void *context) {
    pn_cli *cli = ((follower *)context)->cli;
    log_reconnects(cli);
    pn_app_close(cli->app);
    cli->app = NULL;
}

static pn_err open_again(void *context, pn_app **ret_app, pn_diag *diag) {
    const follower *own = context;
    pn_cli *cli = own->cli;
    release(context);
    (void)diag; /* it is the command's */
    PN_TRY(pn_cli_open(cli, false));
    cli->app->should_stop = should_end;
    cli->app->rank = PN_TURN_BATCH;
    cli->app->lane_held = own->lock != NULL;
    if (own->turns != NULL) {
        cli->app->turn = pn_turns_own(own->turns);
    }
    PN_TRY(pn_cli_lease(cli));
    *ret_app = cli->app;
    return PN_OK;
}

static void add(follower *own, const pn_work_stats *done) {
    (void)pthread_mutex_lock(&own->mutex);
    pn_work_add(own->stats, done);
    (void)pthread_mutex_unlock(&own->mutex);
}

static void count(void *context, const pn_work_stats *done) {
    static const pn_work_stats NOTHING = {0};
    follower *own = context;
    add(own, done);
    if (own->caller != NULL && memcmp(done, &NOTHING, sizeof NOTHING) != 0) {
        pn_caller_ring(own->caller);
    }
}

/* Answers are facts. */
static void count_calls(void *context, const pn_call_stats *done) {
    const pn_work_stats calls = {.calls = *done};
    add(context, &calls);
    pn_bell_ring(&bell);
}

static void nothing(void *context, bool away) {
    (void)context;
    (void)away;
}

/* ── other systems ───────────────────────────────────────────────────────────────────────────── */

/* A thread of its own, so that a system which does not answer keeps neither steps nor mail waiting.
 * A sandbox's clock is moved by others, and its systems are asked in the order of its time. */
static pn_err start_caller(follower *own) {
    pn_cli *cli = own->cli;
    bool file = pn_db_is_file(cli->db);
    if (cli->app->org.mode == PN_MODE_SANDBOX) {
        return PN_OK;
    }
    if (file) {
        PN_TRY(pn_lock_take(pn_db_file(cli->db), cli->app->org.lane, &own->lock, &cli->diag));
        PN_TRY(pn_calls_left(cli->app, &cli->diag));
    }
    own->turns = file ? pn_turns_new() : pn_turns_new_shared();
    pn_caller_options options = {.apps = {.url = cli->db,
                                          .mode = PN_DB_WRITE,
                                          .env = cli->env,
                                          .log = &cli->log,
                                          .actor = "engine",
                                          .turn = pn_turns_own(own->turns),
                                          .rank = PN_TURN_BATCH,
                                          .changes = &own->changes},
                                 .org_id = cli->app->org.id,
                                 .lane_held = file,
                                 .lease_seconds = cli->app->lease_seconds,
                                 .look_ms = LOOK_MS,
                                 .worked = count_calls,
                                 .context = own};
    return pn_caller_start(&options, &own->caller, &cli->diag);
}

/* The app may outlive it. */
static void stop_caller(follower *own) {
    pn_caller_stop(own->caller);
    if (own->cli->app != NULL) {
        own->cli->app->turn = NULL;
        own->cli->app->lane_held = false;
    }
    pn_lock_release(own->lock);
    pn_turns_free(own->turns);
    (void)pthread_mutex_destroy(&own->mutex);
}

static pn_err follow_on(follower *own) {
    pn_cli *cli = own->cli;
    pn_app *app = NULL;
    PN_TRY(start_caller(own));
    int calls = own->caller != NULL ? PN_WORK_CALLS : 0;
    pn_follow follow = {.roles = (pn_work_roles)(PN_WORK_ALL & ~calls),
                        .log = &cli->log,
                        .bell = &bell,
                        .look_ms = LOOK_MS,
                        .ending = is_ending,
                        .open = open_again,
                        .release = release,
                        .worked = count,
                        .away = nothing,
                        .context = own};
    PN_TRY(pn_follow_work(&follow, &cli->diag));
    return cli->app != NULL ? PN_OK : open_again(own, &app, &cli->diag);
}

pn_err pn_cli_follow(pn_cli *cli, pn_work_stats *stats) {
    follower own = {.cli = cli, .stats = stats};
    struct sigaction on_signal = {.sa_handler = end};
    (void)pthread_mutex_init(&own.mutex, NULL);
    PN_TRY(pn_bell_open(&bell, &cli->diag));
    (void)sigaction(SIGINT, &on_signal, NULL);
    (void)sigaction(SIGTERM, &on_signal, NULL);
    pn_err err = follow_on(&own);
    stop_caller(&own);
    return err;
}
