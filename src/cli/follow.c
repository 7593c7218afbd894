#define _GNU_SOURCE /* sigaction, nanosleep */
#include "cli/follow.h"

#include <signal.h>
#include <time.h>

#include "base/banned.h"
#include "base/limits.h"

enum { LOOK_MS = 250, PAUSE_MS = 500, PAUSE_MS_MAX = 30000 };

static volatile sig_atomic_t ending;

static void end(int signal_number) {
    (void)signal_number;
    ending = 1;
}

static bool should_end(void) {
    return ending != 0;
}

/* In pieces, for a signal may come just before. */
static void pause_ms(int64_t ms) {
    for (; ms > 0 && ending == 0; ms -= LOOK_MS) {
        int64_t now = PN_MIN(ms, (int64_t)LOOK_MS);
        (void)nanosleep(&(struct timespec){.tv_nsec = now * 1000000}, NULL);
    }
}

pn_err pn_cli_lease(pn_cli *cli) {
    return pn_cli_int(cli, "lease", 1, 3600, PN_LIMIT_DELIVERY_LEASE_SECONDS,
                      &cli->app->lease_seconds);
}

/* An outage between two transactions is over before anybody else hears of it. */
static void log_reconnects(const pn_cli *cli) {
    unsigned count = cli->app != NULL ? pn_db_reconnects(cli->app->db) : 0;
    if (count != 0) {
        pn_log_write(&cli->log, PN_LOG_WARN, "worker.reconnected", (pn_log_fields){.count = count});
    }
}

static pn_err open_again(pn_cli *cli) {
    log_reconnects(cli);
    pn_app_close(cli->app);
    cli->app = NULL;
    PN_TRY(pn_cli_open(cli, false));
    cli->app->should_stop = should_end;
    return pn_cli_lease(cli);
}

static pn_err work(pn_cli *cli, pn_work_stats *stats) {
    pn_worker *worker = NULL;
    PN_TRY(open_again(cli));
    PN_TRY(pn_worker_open(cli->app, &worker, &cli->diag));
    pn_err err = pn_worker_run(worker, stats, &cli->diag);
    pn_worker_close(worker);
    return err;
}

static pn_err wait_for_work(pn_cli *cli) {
    bool waits = false;
    while (!waits && ending == 0) {
        PN_TRY(pn_app_fail(cli->app, pn_work_waits(cli->app, &waits), &cli->diag));
        if (!waits) {
            pause_ms(LOOK_MS);
        }
    }
    return PN_OK;
}

/* The disk, the server, or somebody who works on the organization for long: it will pass. */
static bool will_pass(pn_err err) {
    return err == PN_IO || err == PN_RETRY || err == PN_CONFLICT;
}

pn_err pn_cli_follow(pn_cli *cli, pn_work_stats *stats) {
    int64_t pause = 0; /* 0: all is well */
    struct sigaction on_signal = {.sa_handler = end};
    (void)sigaction(SIGINT, &on_signal, NULL);
    (void)sigaction(SIGTERM, &on_signal, NULL);
    while (ending == 0) {
        pn_diag_clear(&cli->diag);
        const pn_work_stats before = *stats;
        pn_err err = work(cli, stats);
        if (err == PN_OK && pause != 0) {
            pn_log_write(&cli->log, PN_LOG_WARN, "worker.back", (pn_log_fields){0});
            pause = 0;
        }
        if (err == PN_OK && memcmp(&before, stats, sizeof before) == 0) {
            pause_ms(LOOK_MS); /* what is due is in other hands */
        }
        if (err == PN_OK) {
            err = wait_for_work(cli);
        }
        if (err != PN_OK && !will_pass(err)) {
            return err;
        }
        if (err != PN_OK) {
            if (pause == 0) {
                pn_log_write(&cli->log, PN_LOG_ERROR, "worker.away",
                             (pn_log_fields){.detail = cli->diag.what});
            }
            pause = pause == 0 ? PAUSE_MS : PN_MIN(pause * 2, (int64_t)PAUSE_MS_MAX);
            pause_ms(pause);
        }
    }
    pn_diag_clear(&cli->diag);
    return cli->app != NULL ? PN_OK : open_again(cli);
}
