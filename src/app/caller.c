#include "app/caller.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/banned.h"

enum { PAUSE_MS = 500, PAUSE_MS_MAX = 30000, FINISH_MS = 10000 };

struct pn_caller {
    pn_caller_options options;
    pn_bell bell;
    atomic_bool stop;
    pthread_t thread;
    bool runs;
    /* the thread's */
    pn_apps *apps; /* NULL: closed */
    pn_calls *calls;
};

/* The organization as it is now; what others changed is loaded anew at the latest when nothing is
 * under way. */
static pn_err open_app(pn_caller *caller, pn_app **ret_app, pn_diag *diag) {
    const pn_caller_options *own = &caller->options;
    if (caller->apps == NULL) {
        PN_TRY(pn_apps_open(&own->apps, &caller->apps, diag));
    }
    if (!pn_calls_under_way(caller->calls)) {
        pn_apps_forget(caller->apps);
    }
    pn_apps_refresh(caller->apps);
    PN_TRY(pn_apps_get(caller->apps, own->org_id, ret_app, diag));
    (*ret_app)->lane_held = own->lane_held;
    (*ret_app)->stop = &caller->stop;
    (*ret_app)->lease_seconds = own->lease_seconds;
    return PN_OK;
}

static void tell(const pn_caller *caller, const pn_call_stats *done) {
    static const pn_call_stats NOTHING = {0};
    if (memcmp(done, &NOTHING, sizeof NOTHING) != 0) {
        caller->options.worked(caller->options.context, done);
    }
}

/* One turn, and the wait for the next. */
static pn_err turn(pn_caller *caller, pn_diag *diag) {
    pn_app *app = NULL;
    pn_call_stats done = {0};
    PN_TRY(open_app(caller, &app, diag));
    pn_err err = pn_calls_turn(caller->calls, app, &done, diag);
    tell(caller, &done);
    PN_TRY(err);
    return pn_app_fail(
        app, pn_calls_wait(caller->calls, app, &caller->bell, caller->options.look_ms), diag);
}

static void finish(pn_caller *caller) {
    pn_app *app = NULL;
    pn_call_stats done = {0};
    pn_diag diag = {0};
    pn_err err = pn_calls_under_way(caller->calls) ? open_app(caller, &app, &diag) : PN_OK;
    if (err == PN_OK && app != NULL) {
        err = pn_calls_finish(caller->calls, app, FINISH_MS, &done, &diag);
        tell(caller, &done);
    }
    if (err != PN_OK) { /* leases run out */
        pn_log_write(caller->options.apps.log, PN_LOG_ERROR, "calls.lost",
                     (pn_log_fields){.org = caller->options.org_id, .detail = diag.what});
    }
}

/* What is wrong is logged once, and that it works again: the database may be away. */
static void *run(void *context) {
    pn_caller *caller = context;
    int64_t pause = 0; /* 0: all is well */
    while (!atomic_load(&caller->stop)) {
        pn_diag diag = {0};
        pn_log_fields fields = {.org = caller->options.org_id};
        pn_err err = turn(caller, &diag);
        if (err == PN_OK && pause != 0) {
            pn_log_write(caller->options.apps.log, PN_LOG_WARN, "calls.back", fields);
        }
        if (err != PN_OK && pause == 0) {
            fields.detail = diag.what;
            pn_log_write(caller->options.apps.log, PN_LOG_ERROR, "calls.away", fields);
        }
        pause =
            err == PN_OK ? 0 : PN_MIN(PN_MAX(pause * 2, (int64_t)PAUSE_MS), (int64_t)PAUSE_MS_MAX);
        if (err != PN_OK) {
            pn_apps_close(caller->apps);
            caller->apps = NULL;
            pn_bell_wait(&caller->bell, atomic_load(&caller->stop) ? 0 : pause);
        }
    }
    finish(caller);
    return NULL;
}

pn_err pn_caller_start(const pn_caller_options *options, pn_caller **ret_caller, pn_diag *diag) {
    pn_caller *caller = pn_alloc(sizeof *caller);
    memset(caller, 0, sizeof *caller);
    caller->options = *options;
    caller->bell.fd = -1;
    caller->calls = pn_calls_new();
    pn_err err = pn_bell_open(&caller->bell, diag);
    if (err == PN_OK) {
        caller->runs = pthread_create(&caller->thread, NULL, run, caller) == 0;
        err = caller->runs ? PN_OK : pn_diag_set(diag, PN_IO, "The system gives no more threads.");
    }
    if (err != PN_OK) {
        pn_caller_stop(caller);
        return err;
    }
    *ret_caller = caller;
    return PN_OK;
}

void pn_caller_ring(const pn_caller *caller) {
    pn_bell_ring(&caller->bell);
}

void pn_caller_end(pn_caller *caller) {
    atomic_store(&caller->stop, true);
    pn_bell_ring(&caller->bell);
}

void pn_caller_stop(pn_caller *caller) {
    if (caller == NULL) {
        return;
    }
    if (caller->runs) {
        pn_caller_end(caller);
        (void)pthread_join(caller->thread, NULL);
    }
    pn_calls_free(caller->calls);
    pn_apps_close(caller->apps);
    pn_bell_close(&caller->bell);
    free(caller);
}
