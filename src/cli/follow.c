#define _GNU_SOURCE /* sigaction */
#include "cli/follow.h"

#include <signal.h>

#include "app/follow.h"
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

typedef struct {
    pn_cli *cli;
    pn_work_stats *stats;
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
    pn_cli *cli = ((follower *)context)->cli;
    release(context);
    (void)diag; /* it is the command's */
    PN_TRY(pn_cli_open(cli, false));
    cli->app->should_stop = should_end;
    PN_TRY(pn_cli_lease(cli));
    *ret_app = cli->app;
    return PN_OK;
}

static void count(void *context, const pn_work_stats *done) {
    pn_work_add(((follower *)context)->stats, done);
}

static void nothing(void *context, bool away) {
    (void)context;
    (void)away;
}

pn_err pn_cli_follow(pn_cli *cli, pn_work_stats *stats) {
    follower own = {cli, stats};
    pn_app *app = NULL;
    pn_follow follow = {.roles = PN_WORK_ALL,
                        .log = &cli->log,
                        .bell = &bell,
                        .look_ms = LOOK_MS,
                        .ending = is_ending,
                        .open = open_again,
                        .release = release,
                        .worked = count,
                        .away = nothing,
                        .context = &own};
    struct sigaction on_signal = {.sa_handler = end};
    PN_TRY(pn_bell_open(&bell, &cli->diag));
    (void)sigaction(SIGINT, &on_signal, NULL);
    (void)sigaction(SIGTERM, &on_signal, NULL);
    PN_TRY(pn_follow_work(&follow, &cli->diag));
    return cli->app != NULL ? PN_OK : open_again(&own, &app, &cli->diag);
}
