#include "app/intake.h"

#include <pthread.h>
#include <stdlib.h>

#include "app/bell.h"
#include "app/inbound_fetch.h"
#include "base/banned.h"
#include "base/limits.h"

enum {
    LOOK_MS = 5000, /* for mailboxes that are new, changed or gone */
    POLL_MS = 60000,
    REST_MS = 1000,
    PAUSE_MS = 5000, /* after a failure */
    PAUSE_MS_MAX = 600000,
    STALE_SECONDS = 60,
    SESSION_SECONDS = 300,
};

/* A mailbox that is listened to. */
typedef struct {
    pn_intake *intake;
    pn_arena arena; /* of the next two */
    pn_str name, settings;
    pthread_t thread;
    bool used;
    atomic_bool ending;
    pn_bell bell;
    /* the thread's */
    pn_apps *apps; /* NULL: closed */
    pn_app *app;
    const pn_mailbox_row *row;
    bool open;
    int64_t began;
    uint64_t seen; /* changes that were there when it began */
} listener;

struct pn_intake {
    pn_intake_options options;
    pthread_t thread;
    bool runs;
    atomic_bool ending;
    pn_bell bell;
    /* the thread's */
    pn_apps *apps; /* NULL: closed */
    listener listeners[PN_LIMIT_MAILBOXES_LISTENED];
    int set;
    int64_t polled; /* in ticks: those that nobody listens to */
};

static pn_err open_as_now(const pn_intake *intake, pn_apps **apps, pn_app **ret_app,
                          pn_diag *diag) {
    if (*apps == NULL) {
        PN_TRY(pn_apps_open(&intake->options.apps, apps, diag));
    }
    pn_apps_forget(*apps);
    pn_apps_refresh(*apps);
    return pn_apps_get(*apps, intake->options.org_id, ret_app, diag);
}

static void tell(const pn_intake *intake, int set, int open, int failed) {
    intake->options.mailboxes(intake->options.context, set, open, failed);
}

static void tell_received(const pn_intake *intake, bool existed) {
    if (!existed) {
        intake->options.received(intake->options.context);
    }
}

/* ── one that is listened to ─────────────────────────────────────────────────────────────────── */

static void came(void *context, const pn_received_row *row, bool existed) {
    const listener *l = context;
    (void)row;
    tell_received(l->intake, existed);
}

/* People see that it works now, not only when the session is over. */
static void opened(void *context) {
    listener *l = context;
    pn_diag diag = {0};
    l->open = true;
    tell(l->intake, 0, 1, 0);
    if (pn_inbound_checked(l->app, l->row, PN_STR(""), &diag) !=
        PN_OK) { /* it works all the same */
        pn_log_write(l->intake->options.apps.log, PN_LOG_WARN, "intake.untold",
                     (pn_log_fields){.org = l->intake->options.org_id, .detail = diag.what});
    }
}

static bool is_over(void *context) {
    const listener *l = context;
    const pn_apps_options *own = &l->intake->options.apps;
    int64_t lasted = pn_env_ticks(own->env) - l->began;
    return atomic_load(&l->ending) || lasted > SESSION_SECONDS * PN_SECOND ||
           (atomic_load(own->changes) != l->seen && lasted > STALE_SECONDS * PN_SECOND);
}

static pn_err listen_to(listener *l, pn_arena *arena, pn_diag *diag) {
    pn_mailbox_row row;
    pn_inbound *inbound = NULL;
    pn_diag trouble;
    const pn_inbound_listener ears = {
        .opened = opened, .received = came, .stopped = is_over, .context = l};
    l->seen = atomic_load(l->intake->options.apps.changes);
    l->began = pn_env_ticks(l->intake->options.apps.env);
    PN_TRY(open_as_now(l->intake, &l->apps, &l->app, diag));
    pn_err err = pn_mailbox_get(l->app->db, l->app->org.id, l->name, arena, &row);
    PN_TRY(pn_app_fail(l->app, err, diag));
    l->row = &row;
    PN_TRY(pn_inbound_new(l->app, &inbound, diag));
    err = pn_inbound_fetch_named(inbound, &row, true, &ears, &trouble, diag);
    pn_inbound_free(inbound);
    return err;
}

/* How long until the next session: the mailbox is there again, or was there. */
static int64_t pause_after(pn_err err, bool was_open, int64_t pause) {
    if (err == PN_OK) {
        return REST_MS;
    }
    return was_open ? PAUSE_MS : PN_MIN(PN_MAX(2 * pause, (int64_t)PAUSE_MS), PAUSE_MS_MAX);
}

static void *listen_on(void *context) {
    listener *l = context;
    int64_t pause = 0;
    bool away = false;
    while (!atomic_load(&l->ending)) {
        pn_diag diag = {0};
        pn_arena arena;
        pn_arena_init(&arena, 0);
        pn_err err = listen_to(l, &arena, &diag);
        pn_arena_done(&arena);
        pause = pause_after(err, l->open, pause);
        tell(l->intake, 0, l->open ? -1 : 0, err != PN_OK);
        if (err != PN_OK && (!away || l->open)) {
            pn_log_write(
                l->intake->options.apps.log, PN_LOG_ERROR, "intake.away",
                (pn_log_fields){.org = l->intake->options.org_id, .detail = pn_err_name(err)});
        }
        away = err != PN_OK;
        l->open = false;
        pn_bell_wait(&l->bell, atomic_load(&l->ending) ? 0 : pause);
    }
    pn_apps_close(l->apps);
    l->apps = NULL;
    return NULL;
}

static void end_listener(listener *l) {
    if (l->used) {
        atomic_store(&l->ending, true);
        pn_bell_ring(&l->bell);
    }
}

static void free_listener(listener *l) {
    if (l->used) {
        end_listener(l);
        (void)pthread_join(l->thread, NULL);
        pn_bell_close(&l->bell);
        pn_arena_done(&l->arena);
        l->used = false;
    }
}

static pn_err start_listener(pn_intake *intake, listener *l, const pn_mailbox_row *row,
                             pn_diag *diag) {
    memset(l, 0, sizeof *l);
    l->intake = intake;
    PN_TRY(pn_bell_open(&l->bell, diag));
    pn_arena_init(&l->arena, 0);
    l->name = pn_str_dup(&l->arena, row->name);
    l->settings = pn_str_dup(&l->arena, row->settings);
    l->used = pthread_create(&l->thread, NULL, listen_on, l) == 0;
    if (l->used) {
        return PN_OK;
    }
    pn_bell_close(&l->bell);
    pn_arena_done(&l->arena);
    return pn_diag_set(diag, PN_IO, "The system gives no more threads.");
}

/* ── which there are ─────────────────────────────────────────────────────────────────────────── */

static bool is_of(const listener *l, const pn_mailbox_row *row) {
    return pn_str_eq(l->name, row->name) && pn_str_eq(l->settings, row->settings);
}

static listener *listener_of(pn_intake *intake, const pn_mailbox_row *row) {
    for (size_t i = 0; i < PN_COUNT(intake->listeners); i++) {
        if (intake->listeners[i].used && is_of(&intake->listeners[i], row)) {
            return &intake->listeners[i];
        }
    }
    return NULL;
}

/* Those that are gone, or are other ones now. */
static void end_others(pn_intake *intake, const pn_mailbox_row *rows, size_t count) {
    for (size_t i = 0; i < PN_COUNT(intake->listeners); i++) {
        listener *l = &intake->listeners[i];
        size_t at = 0;
        while (l->used && at < count && !is_of(l, &rows[at])) {
            at++;
        }
        if (l->used && at == count) {
            free_listener(l);
        }
    }
}

static listener *free_place(pn_intake *intake) {
    for (size_t i = 0; i < PN_COUNT(intake->listeners); i++) {
        if (!intake->listeners[i].used) {
            return &intake->listeners[i];
        }
    }
    return NULL;
}

static void came_by_turns(void *context, const pn_received_row *row, bool existed) {
    (void)row;
    tell_received(context, existed);
}

static bool is_ending(void *context) {
    return atomic_load(&((const pn_intake *)context)->ending);
}

static pn_err poll_one(pn_intake *intake, pn_app *app, const pn_mailbox_row *row, pn_diag *diag) {
    pn_inbound *inbound = NULL;
    pn_diag trouble;
    const pn_inbound_listener ears = {
        .received = came_by_turns, .stopped = is_ending, .context = intake};
    PN_TRY(pn_inbound_new(app, &inbound, diag));
    pn_err err = pn_inbound_fetch_named(inbound, row, false, &ears, &trouble, diag);
    pn_inbound_free(inbound);
    tell(intake, 0, 0, err != PN_OK);
    return err;
}

/* One that fails, and says so itself, keeps none of the others from being looked at. */
static pn_err look_at(pn_intake *intake, pn_app *app, const pn_mailbox_row *rows, size_t count,
                      pn_diag *diag) {
    int64_t now = pn_env_ticks(app->env);
    bool polls = now - intake->polled > (int64_t)POLL_MS * 1000;
    pn_err err = PN_OK;
    intake->polled = polls ? now : intake->polled;
    for (size_t i = 0; i < count && !is_ending(intake); i++) {
        listener *place = free_place(intake);
        if (listener_of(intake, &rows[i]) != NULL) {
            continue;
        }
        pn_err one = PN_OK;
        if (place != NULL) {
            one = start_listener(intake, place, &rows[i], diag);
        } else if (polls) {
            one = poll_one(intake, app, &rows[i], diag);
        }
        err = err == PN_OK ? one : err;
    }
    return err;
}

static pn_err look(pn_intake *intake, pn_arena *arena, pn_diag *diag) {
    pn_mailbox_row *rows = NULL;
    pn_app *app = NULL;
    size_t count = 0;
    PN_TRY(open_as_now(intake, &intake->apps, &app, diag));
    pn_err err = pn_mailbox_list(app->db, app->org.id, arena, &rows, &count);
    PN_TRY(pn_app_fail(app, err, diag));
    end_others(intake, rows, count);
    tell(intake, (int)count - intake->set, 0, 0);
    intake->set = (int)count;
    return look_at(intake, app, rows, count, diag);
}

static void *run(void *context) {
    pn_intake *intake = context;
    bool well = true;
    while (!is_ending(intake)) {
        pn_diag diag = {0};
        pn_arena arena;
        pn_arena_init(&arena, 0);
        pn_err err = look(intake, &arena, &diag);
        pn_arena_done(&arena);
        if (err != PN_OK && well) {
            pn_log_write(
                intake->options.apps.log, PN_LOG_ERROR, "intake.away",
                (pn_log_fields){.org = intake->options.org_id, .detail = pn_err_name(err)});
        }
        well = err == PN_OK;
        pn_bell_wait(&intake->bell, is_ending(intake) ? 0 : LOOK_MS);
    }
    for (size_t i = 0; i < PN_COUNT(intake->listeners); i++) {
        end_listener(&intake->listeners[i]);
    }
    end_others(intake, NULL, 0);
    pn_apps_close(intake->apps);
    intake->apps = NULL;
    return NULL;
}

pn_err pn_intake_start(const pn_intake_options *options, pn_intake **ret_intake, pn_diag *diag) {
    pn_intake *intake = pn_alloc(sizeof *intake);
    memset(intake, 0, sizeof *intake);
    intake->options = *options;
    intake->bell.fd = -1;
    pn_err err = pn_bell_open(&intake->bell, diag);
    if (err == PN_OK) {
        intake->runs = pthread_create(&intake->thread, NULL, run, intake) == 0;
        err = intake->runs ? PN_OK : pn_diag_set(diag, PN_IO, "The system gives no more threads.");
    }
    if (err != PN_OK) {
        pn_intake_stop(intake);
        return err;
    }
    *ret_intake = intake;
    return PN_OK;
}

void pn_intake_end(pn_intake *intake) {
    atomic_store(&intake->ending, true);
    pn_bell_ring(&intake->bell);
}

void pn_intake_stop(pn_intake *intake) {
    if (intake == NULL) {
        return;
    }
    if (intake->runs) {
        pn_intake_end(intake);
        (void)pthread_join(intake->thread, NULL);
    }
    pn_bell_close(&intake->bell);
    free(intake);
}
