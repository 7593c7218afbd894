#include "app/apps.h"

#include <stdlib.h>

#include "base/banned.h"
#include "base/limits.h"

struct pn_apps {
    pn_apps_options options;
    pn_db *db;
    pn_app *items[PN_LIMIT_APPS];
    size_t count;
    uint64_t seen;     /* changes that were there when they were loaded */
    int64_t loaded_at; /* ticks, of the oldest */
};

pn_err pn_apps_open(const pn_apps_options *options, pn_apps **ret_apps, pn_diag *diag) {
    pn_db_options how = {.mode = options->mode, .cache_kib = options->cache_kib};
    pn_apps *apps = pn_alloc(sizeof *apps);
    *apps = (pn_apps){.options = *options};
    pn_err err = pn_db_open(options->url, &how, &apps->db, diag);
    if (err != PN_OK) {
        pn_apps_close(apps);
        return err;
    }
    const pn_turn *turn = options->turn;
    if (turn != NULL && turn->log_is_long != NULL && options->mode == PN_DB_WRITE) {
        pn_db_fold_elsewhere(apps->db, turn->log_is_long, turn->log_context);
    }
    *ret_apps = apps;
    return PN_OK;
}

void pn_apps_forget(pn_apps *apps) {
    for (size_t i = 0; i < apps->count; i++) {
        pn_app_close(apps->items[i]);
    }
    apps->count = 0;
}

void pn_apps_close(pn_apps *apps) {
    if (apps != NULL) {
        pn_apps_forget(apps);
        pn_db_close(apps->db);
        free(apps);
    }
}

pn_db *pn_apps_db(const pn_apps *apps) {
    return apps->db;
}

/* The count is read before anything is loaded: what changes meanwhile is loaded again. */
void pn_apps_refresh(pn_apps *apps) {
    uint64_t changes = atomic_load(apps->options.changes);
    int64_t now = pn_env_ticks(apps->options.env);
    bool old = pn_db_is_shared(apps->db) && now - apps->loaded_at > PN_SECOND;
    if (changes != apps->seen || old || apps->count == PN_COUNT(apps->items)) {
        pn_apps_forget(apps);
    }
    if (apps->count == 0) {
        apps->seen = changes;
        apps->loaded_at = now;
    }
}

pn_err pn_apps_get(pn_apps *apps, pn_id org_id, pn_app **ret_app, pn_diag *diag) {
    const pn_apps_options *own = &apps->options;
    for (size_t i = 0; i < apps->count; i++) {
        if (apps->items[i]->org.id == org_id) {
            *ret_app = apps->items[i];
            /* a sandbox's is moved by others */
            return apps->items[i]->org.clock == PN_TIME_NONE
                       ? PN_OK
                       : pn_org_clock(apps->db, org_id, &apps->items[i]->org.clock);
        }
    }
    pn_app *app = NULL;
    pn_app_options options = {
        .url = own->url, .env = own->env, .log = own->log, .actor = own->actor};
    PN_TRY(pn_app_borrow(apps->db, &options, org_id, &app, diag));
    if (app->org.public_url.len == 0) {
        app->org.public_url = own->public_url;
    }
    app->turn = own->turn;
    app->rank = own->rank;
    assert(apps->count < PN_COUNT(apps->items)); /* it was refreshed */
    apps->items[apps->count++] = app;
    *ret_app = app;
    return PN_OK;
}
