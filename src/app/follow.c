#include "app/follow.h"

#include "base/banned.h"

enum {
    REST_MS = 20,
    REST_MS_MAX = 200,
    REST_TIMES = 4,
    IDLE_MS = 250,
    PAUSE_MS = 500,
    PAUSE_MS_MAX = 30000
};

static bool ends(const pn_follow *f) {
    return f->ending(f->context);
}

/* Whoever pokes meanwhile is heard after a short rest, so that many pokes are worked together: some
 * times as long as they took. Each commit of ours makes those who answer read their pages again. */
static void rest(const pn_app *app, int64_t began) {
    int64_t took_ms = (pn_env_ticks(app->env) - began) / 1000;
    pn_bell_rest(PN_MIN(PN_MAX(took_ms * REST_TIMES, (int64_t)REST_MS), (int64_t)REST_MS_MAX));
}

/* One time: everything that is due. */
static pn_err work(const pn_follow *f, pn_app **ret_app, bool *ret_did, pn_diag *diag) {
    pn_worker *worker = NULL;
    pn_work_stats stats = {0};
    static const pn_work_stats NOTHING = {0};
    PN_TRY(f->open(f->context, ret_app, diag));
    int64_t began = pn_env_ticks((*ret_app)->env);
    PN_TRY(pn_worker_open_as(*ret_app, f->roles, &worker, diag));
    pn_err err = pn_worker_run(worker, &stats, diag);
    pn_worker_close(worker);
    *ret_did = memcmp(&stats, &NOTHING, sizeof stats) != 0;
    f->worked(f->context, &stats);
    if (*ret_did && !ends(f)) {
        rest(*ret_app, began);
    }
    return err;
}

static pn_err wait_for_work(const pn_follow *f, pn_app *app, pn_diag *diag) {
    while (!ends(f)) {
        pn_time next = PN_TIME_NEVER;
        PN_TRY(pn_app_fail(app, pn_work_next(app, f->roles, &next), diag));
        pn_time now = pn_app_now(app);
        if (next <= now) {
            return PN_OK;
        }
        int64_t ms = next == PN_TIME_NEVER ? f->look_ms : (next - now) / 1000 + 1;
        pn_bell_wait(f->bell, PN_MIN(ms, f->look_ms));
    }
    return PN_OK;
}

/* The disk, the server, or somebody who works on the organization for long: it will pass. */
static bool will_pass(pn_err err) {
    return err == PN_IO || err == PN_RETRY || err == PN_CONFLICT;
}

static void tell_away(const pn_follow *f, bool away, const char *why) {
    pn_log_write(f->log, away ? PN_LOG_ERROR : PN_LOG_WARN, away ? "worker.away" : "worker.back",
                 (pn_log_fields){.detail = why});
    f->away(f->context, away);
}

pn_err pn_follow_work(const pn_follow *f, pn_diag *diag) {
    int64_t pause = 0; /* 0: all is well */
    while (!ends(f)) {
        pn_app *app = NULL;
        bool did = false;
        pn_diag_clear(diag);
        pn_err err = work(f, &app, &did, diag);
        if (err == PN_OK && pause != 0) {
            tell_away(f, false, NULL);
            pause = 0;
        }
        if (err == PN_OK && !did) {
            pn_bell_wait(f->bell, ends(f) ? 0 : REST_MS); /* what is due is in other hands */
        }
        err = err == PN_OK ? wait_for_work(f, app, diag) : err;
        if (err == PN_OK) {
            continue;
        }
        f->release(f->context);
        if (!will_pass(err)) {
            return err;
        }
        if (pause == 0) {
            tell_away(f, true, diag->what);
        }
        pause = pause == 0 ? PAUSE_MS : PN_MIN(pause * 2, (int64_t)PAUSE_MS_MAX);
        for (int64_t left = pause; left > 0 && !ends(f); left -= IDLE_MS) {
            pn_bell_wait(f->bell, PN_MIN(left, (int64_t)IDLE_MS));
        }
    }
    pn_diag_clear(diag);
    return PN_OK;
}
