#include "app/clerk.h"

#include <pthread.h>
#include <stdlib.h>

#include "app/bell.h"
#include "app/letters.h"
#include "base/banned.h"

/* Letters that another process was asked for are found this soon; last uses are told as often. */
enum { LOOK_MS = 20000 };

struct pn_clerk {
    pn_apps *apps;
    pn_auth *auth;
    const pn_log *log;
    pn_str public_url;
    pn_bell bell;
    pthread_t thread;
    atomic_bool ending;
};

static pn_err send_letters(pn_clerk *clerk, pn_id org_id, pn_diag *diag) {
    pn_app *app = NULL;
    pn_letters_stats stats;
    pn_time due = PN_TIME_NEVER;
    PN_TRY(pn_letter_next(pn_apps_db(clerk->apps), org_id, &due));
    PN_TRY(pn_apps_get(clerk->apps, org_id, &app, diag));
    if (due > pn_env_now(app->env)) {
        return PN_OK;
    }
    PN_TRY(pn_letters_send(app, clerk->public_url, &stats, diag));
    if (stats.failed != 0) {
        pn_log_write(clerk->log, PN_LOG_WARN, "letters.wait",
                     (pn_log_fields){.org = org_id, .count = stats.failed});
    }
    return PN_OK;
}

static pn_err write_uses(pn_clerk *clerk, pn_diag *diag) {
    pn_app *app = NULL;
    PN_TRY(pn_apps_get(clerk->apps, 0, &app, diag));
    PN_TRY(pn_app_begin_rows(app, diag));
    pn_err err = pn_auth_flush(clerk->auth, app->db);
    if (err != PN_OK) {
        pn_app_rollback(app);
        return err;
    }
    return pn_app_commit(app, diag);
}

static pn_err work(pn_clerk *clerk, pn_arena *arena, pn_diag *diag) {
    pn_org_row *orgs = NULL;
    size_t count = 0;
    pn_apps_refresh(clerk->apps);
    PN_TRY(write_uses(clerk, diag));
    PN_TRY(pn_org_list(pn_apps_db(clerk->apps), arena, &orgs, &count));
    for (size_t i = 0; i < count && !atomic_load(&clerk->ending); i++) {
        PN_TRY(send_letters(clerk, orgs[i].id, diag));
    }
    return PN_OK;
}

/* What fails is tried again: the letters stand in the database. It is logged once. */
static void *run(void *context) {
    pn_clerk *clerk = context;
    bool well = true;
    while (!atomic_load(&clerk->ending)) {
        pn_diag diag = {0};
        pn_arena arena;
        pn_arena_init(&arena, 0);
        pn_err err = work(clerk, &arena, &diag);
        pn_arena_done(&arena);
        if (err != PN_OK && err != PN_RETRY && well) {
            pn_log_write(clerk->log, PN_LOG_ERROR, "clerk.away",
                         (pn_log_fields){.detail = pn_err_name(err)});
        }
        well = err == PN_OK || err == PN_RETRY;
        pn_bell_wait(&clerk->bell, LOOK_MS);
    }
    pn_diag diag = {0};
    (void)write_uses(clerk, &diag); /* without them sessions only look idle a minute longer */
    return NULL;
}

pn_err pn_clerk_start(const pn_apps_options *apps, pn_auth *auth, pn_str public_url,
                      pn_clerk **ret_clerk, pn_diag *diag) {
    pn_clerk *clerk = pn_alloc(sizeof *clerk);
    *clerk = (pn_clerk){.auth = auth, .log = apps->log, .public_url = public_url};
    clerk->bell.fd = -1;
    pn_err err = pn_apps_open(apps, &clerk->apps, diag);
    err = err == PN_OK ? pn_bell_open(&clerk->bell, diag) : err;
    if (err == PN_OK && pthread_create(&clerk->thread, NULL, run, clerk) != 0) {
        err = pn_diag_set(diag, PN_IO, "The system gives no more threads.");
    }
    if (err != PN_OK) {
        pn_apps_close(clerk->apps);
        pn_bell_close(&clerk->bell);
        free(clerk);
        return err;
    }
    *ret_clerk = clerk;
    return PN_OK;
}

void pn_clerk_ring(pn_clerk *clerk) {
    if (clerk != NULL) {
        pn_bell_ring(&clerk->bell);
    }
}

void pn_clerk_stop(pn_clerk *clerk) {
    if (clerk == NULL) {
        return;
    }
    atomic_store(&clerk->ending, true);
    pn_bell_ring(&clerk->bell);
    (void)pthread_join(clerk->thread, NULL);
    pn_apps_close(clerk->apps);
    pn_bell_close(&clerk->bell);
    free(clerk);
}
