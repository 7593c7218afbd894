#include "app/shift.h"

#include <pthread.h>
#include <stdlib.h>

#include "app/caller.h"
#include "app/chores.h"
#include "app/intake.h"
#include "app/lock.h"
#include "base/banned.h"
#include "base/limits.h"

enum {
    LOOK_MS_FILE = 5000, /* others ring, through the control socket */
    LOOK_MS_SERVER = 500,
    FIND_MS = 5000,
    CHORE_MS = 60000,
    CHORE_REST_MS = 100,   /* between two times, however many ring */
    CHORE_PAUSE_MS = 5000, /* after a failure */
};

/* An organization's place in the shift. */
typedef struct post {
    pn_shift *shift;
    struct post *next;
    pn_id org_id;
    int64_t lane;
    pn_lock *lock; /* NULL: the database is shared */
    pn_bell work_bell, chore_bell;
    pn_apps *work_apps, *chore_apps; /* each thread's; NULL: closed */
    pn_caller *caller;               /* NULL: it asks and tells nobody */
    pn_intake *intake;               /* NULL: nobody listens to its mailboxes */
    pthread_t worker, doer;
    bool works, does; /* whether the threads run */
} post;

struct pn_shift {
    pn_shift_options options;
    pthread_mutex_t mutex; /* of the list, which only grows */
    post *posts;
    int64_t count;
    atomic_bool stop;
    pn_bell bell; /* of whoever looks for new organizations */
    pthread_t finder;
    bool finds;
};

/* ── an organization as it is now ────────────────────────────────────────────────────────────── */

static pn_apps_options connection(const pn_shift_options *own) {
    return (pn_apps_options){.url = own->url,
                             .mode = PN_DB_WRITE,
                             .env = own->env,
                             .log = own->log,
                             .actor = "engine",
                             .public_url = own->public_url,
                             .turn = own->turn,
                             .rank = PN_TURN_BATCH,
                             .changes = own->changes};
}

static pn_err open_as_now(const post *p, pn_apps **apps, pn_app **ret_app, pn_diag *diag) {
    const pn_shift_options *own = &p->shift->options;
    if (*apps == NULL) {
        pn_apps_options options = connection(own);
        PN_TRY(pn_apps_open(&options, apps, diag));
    }
    pn_apps_forget(*apps);
    pn_apps_refresh(*apps);
    PN_TRY(pn_apps_get(*apps, p->org_id, ret_app, diag));
    (*ret_app)->lane_held = p->lock != NULL;
    (*ret_app)->stop = &p->shift->stop;
    (*ret_app)->lease_seconds = own->lease_seconds;
    return PN_OK;
}

/* ── engine and delivery ─────────────────────────────────────────────────────────────────────── */

static pn_err open_work(void *context, pn_app **ret_app, pn_diag *diag) {
    post *p = context;
    return open_as_now(p, &p->work_apps, ret_app, diag);
}

static void release_work(void *context) {
    post *p = context;
    pn_apps_close(p->work_apps);
    p->work_apps = NULL;
}

static bool is_stopping(void *context) {
    return atomic_load(&((post *)context)->shift->stop);
}

/* A step may have asked another system something, or charged; and whatever happens may be told. */
static void tell_worked(void *context, const pn_work_stats *done) {
    static const pn_work_stats NOTHING = {0};
    const post *p = context;
    p->shift->options.worked(p->shift->options.context, p->org_id, done);
    if (done->engine.moved != 0 && p->does) {
        pn_bell_ring(&p->chore_bell);
    }
    if (p->caller != NULL && memcmp(done, &NOTHING, sizeof NOTHING) != 0) {
        pn_caller_ring(p->caller);
    }
}

static void tell_away(void *context, bool away) {
    const post *p = context;
    p->shift->options.away(p->shift->options.context, away);
}

static int64_t look_ms(const pn_shift_options *own) {
    return pn_db_is_file(own->url) ? LOOK_MS_FILE : LOOK_MS_SERVER;
}

/* What will not pass by itself (a document that does not compile any more) is told, and tried again
 * when somebody has changed something. */
static void *run_worker(void *context) {
    post *p = context;
    const pn_shift_options *own = &p->shift->options;
    pn_follow follow = {.roles = (pn_work_roles)(own->roles & ~(unsigned)PN_WORK_CALLS),
                        .log = own->log,
                        .bell = &p->work_bell,
                        .look_ms = look_ms(own),
                        .ending = is_stopping,
                        .open = open_work,
                        .release = release_work,
                        .worked = tell_worked,
                        .away = tell_away,
                        .context = p};
    pn_diag diag;
    while (pn_follow_work(&follow, &diag) != PN_OK && !is_stopping(p)) {
        pn_log_write(own->log, PN_LOG_ERROR, "worker.stopped",
                     (pn_log_fields){.org = p->org_id, .detail = diag.what});
        tell_away(p, true);
        pn_bell_wait(&p->work_bell, LOOK_MS_FILE);
        tell_away(p, false);
    }
    release_work(p);
    return NULL;
}

/* ── other systems ───────────────────────────────────────────────────────────────────────────── */

static void tell_called(void *context, const pn_call_stats *done) {
    const post *p = context;
    (void)done;
    pn_bell_ring(&p->work_bell); /* answers are facts */
}

static pn_err start_caller(post *p, pn_diag *diag) {
    const pn_shift_options *own = &p->shift->options;
    pn_caller_options options = {.apps = connection(own),
                                 .org_id = p->org_id,
                                 .lane_held = p->lock != NULL,
                                 .lease_seconds = own->lease_seconds,
                                 .look_ms = look_ms(own),
                                 .worked = tell_called,
                                 .context = p};
    pn_app *app = NULL;
    if ((own->roles & PN_WORK_CALLS) == 0) {
        return PN_OK;
    }
    if (p->lock != NULL) {
        PN_TRY(open_as_now(p, &p->chore_apps, &app, diag));
        PN_TRY(pn_calls_left(app, diag));
    }
    return pn_caller_start(&options, &p->caller, diag);
}

/* ── chores ──────────────────────────────────────────────────────────────────────────────────── */

/* All of them in turn; how long until one wants to be done again. */
static int64_t do_chores(post *p, pn_app *app) {
    int64_t ms = CHORE_MS;
    for (const pn_chore *chore = PN_CHORES; chore->name != NULL && !is_stopping(p); chore++) {
        pn_diag diag = {0};
        pn_arena arena;
        pn_time next = PN_TIME_NEVER;
        pn_arena_init(&arena, 0);
        pn_err err = chore->run(app, &arena, &next, &diag);
        pn_arena_done(&arena);
        if (err != PN_OK) {
            pn_log_write(p->shift->options.log, PN_LOG_ERROR, "chore.failed",
                         (pn_log_fields){
                             .org = p->org_id, .route = chore->name, .detail = pn_err_name(err)});
            ms = PN_MIN(ms, (int64_t)CHORE_PAUSE_MS);
        } else if (next != PN_TIME_NEVER) {
            ms = PN_MIN(ms, PN_MAX((next - pn_app_now(app)) / 1000 + 1, (int64_t)CHORE_REST_MS));
        }
    }
    return ms;
}

/* Money that came in, or did not, moves cases and is told. */
static void ring_others(const post *p) {
    pn_bell_ring(&p->work_bell);
    if (p->caller != NULL) {
        pn_caller_ring(p->caller);
    }
}

static void *run_doer(void *context) {
    post *p = context;
    while (!is_stopping(p)) {
        pn_diag diag = {0};
        pn_app *app = NULL;
        int64_t ms = CHORE_PAUSE_MS;
        if (open_as_now(p, &p->chore_apps, &app, &diag) == PN_OK) {
            uint64_t before = app->commits;
            ms = do_chores(p, app);
            if (app->commits != before) {
                ring_others(p);
            }
        } else {
            pn_apps_close(p->chore_apps);
            p->chore_apps = NULL;
        }
        if (!is_stopping(p)) {
            pn_bell_rest(CHORE_REST_MS);
        }
        pn_bell_wait(&p->chore_bell, is_stopping(p) ? 0 : ms);
    }
    pn_apps_close(p->chore_apps);
    p->chore_apps = NULL;
    return NULL;
}

/* ── intake ──────────────────────────────────────────────────────────────────────────────────── */

static void tell_received(void *context) {
    const post *p = context;
    p->shift->options.received(p->shift->options.context);
    pn_bell_ring(&p->work_bell);
}

static void tell_mailboxes(void *context, int set, int open, int failed) {
    const post *p = context;
    p->shift->options.mailboxes(p->shift->options.context, set, open, failed);
}

static pn_err start_intake(post *p, pn_diag *diag) {
    pn_intake_options options = {.apps = connection(&p->shift->options),
                                 .org_id = p->org_id,
                                 .received = tell_received,
                                 .mailboxes = tell_mailboxes,
                                 .context = p};
    return p->shift->options.intake ? pn_intake_start(&options, &p->intake, diag) : PN_OK;
}

/* ── who is there ────────────────────────────────────────────────────────────────────────────── */

static void free_post(post *p) {
    pn_apps_close(p->chore_apps); /* where its thread never began */
    pn_lock_release(p->lock);
    pn_bell_close(&p->work_bell);
    pn_bell_close(&p->chore_bell);
    free(p);
}

static pn_err start_threads(post *p, pn_diag *diag) {
    bool works = p->shift->options.roles != 0;
    PN_TRY(start_caller(p, diag));
    PN_TRY(start_intake(p, diag));
    p->does = works && pthread_create(&p->doer, NULL, run_doer, p) == 0;
    p->works = works && pthread_create(&p->worker, NULL, run_worker, p) == 0;
    return p->works == works && p->does == works
               ? PN_OK
               : pn_diag_set(diag, PN_IO, "The system gives no more threads.");
}

static pn_err add_post(pn_shift *shift, const pn_org_row *org, pn_diag *diag) {
    post *p = pn_alloc(sizeof *p);
    *p = (post){.shift = shift, .org_id = org->id, .lane = org->lane};
    p->work_bell.fd = p->chore_bell.fd = -1;
    pn_err err = pn_bell_open(&p->work_bell, diag);
    err = err == PN_OK ? pn_bell_open(&p->chore_bell, diag) : err;
    if (err == PN_OK && shift->options.roles != 0 && pn_db_is_file(shift->options.url)) {
        err = pn_lock_take(pn_db_file(shift->options.url), org->lane, &p->lock, diag);
    }
    err = err == PN_OK ? start_threads(p, diag) : err;
    if (err != PN_OK && !p->works && !p->does && p->intake == NULL) {
        pn_caller_stop(p->caller);
        free_post(p);
        return err;
    }
    (void)pthread_mutex_lock(&shift->mutex);
    p->next = shift->posts;
    shift->posts = p;
    int64_t count = ++shift->count;
    (void)pthread_mutex_unlock(&shift->mutex);
    shift->options.workers(shift->options.context, shift->options.roles != 0 ? count : 0);
    return err;
}

static bool has_post(const pn_shift *shift, pn_id org_id) {
    const post *p = shift->posts; /* only whoever looks for organizations adds to it */
    while (p != NULL && p->org_id != org_id) {
        p = p->next;
    }
    return p != NULL;
}

static pn_err find_new(pn_shift *shift, pn_db *db, pn_diag *diag) {
    pn_arena arena;
    pn_org_row *rows = NULL;
    size_t count = 0;
    pn_arena_init(&arena, 0);
    pn_err err = pn_org_list(db, &arena, &rows, &count);
    if (err != PN_OK) {
        (void)pn_db_diag(db, err, diag);
    }
    for (size_t i = 0; i < count && err == PN_OK; i++) {
        if (rows[i].mode != PN_MODE_SANDBOX && !has_post(shift, rows[i].id)) {
            err = add_post(shift, &rows[i], diag);
        }
    }
    pn_arena_done(&arena);
    return err;
}

static pn_err find_once(pn_shift *shift, pn_diag *diag) {
    pn_db *db = NULL;
    pn_db_options options = {.mode = PN_DB_READ, .cache_kib = 512};
    PN_TRY(pn_db_open(shift->options.url, &options, &db, diag));
    pn_err err = find_new(shift, db, diag);
    pn_db_close(db);
    return err;
}

static void *run_finder(void *context) {
    pn_shift *shift = context;
    while (!atomic_load(&shift->stop)) {
        pn_diag diag = {0};
        pn_bell_wait(&shift->bell, FIND_MS);
        if (!atomic_load(&shift->stop) && find_once(shift, &diag) != PN_OK) {
            pn_log_write(shift->options.log, PN_LOG_WARN, "shift.waits",
                         (pn_log_fields){.detail = diag.what});
        }
    }
    return NULL;
}

/* ── beginning and end ───────────────────────────────────────────────────────────────────────── */

pn_err pn_shift_start(const pn_shift_options *options, pn_shift **ret_shift, pn_diag *diag) {
    pn_shift *shift = pn_alloc(sizeof *shift);
    memset(shift, 0, sizeof *shift);
    shift->options = *options;
    (void)pthread_mutex_init(&shift->mutex, NULL);
    pn_err err = pn_bell_open(&shift->bell, diag);
    err = err == PN_OK ? find_once(shift, diag) : err;
    if (err == PN_OK) {
        shift->finds = pthread_create(&shift->finder, NULL, run_finder, shift) == 0;
        err = shift->finds ? PN_OK : pn_diag_set(diag, PN_IO, "The system gives no more threads.");
    }
    if (err != PN_OK) {
        pn_shift_stop(shift);
        return err;
    }
    *ret_shift = shift;
    return PN_OK;
}

void pn_shift_ring(pn_shift *shift, pn_id org_id) {
    (void)pthread_mutex_lock(&shift->mutex);
    for (const post *p = shift->posts; p != NULL; p = p->next) {
        if (org_id == 0 || p->org_id == org_id) {
            pn_bell_ring(&p->work_bell);
            pn_bell_ring(&p->chore_bell);
            if (p->caller != NULL) {
                pn_caller_ring(p->caller);
            }
        }
    }
    (void)pthread_mutex_unlock(&shift->mutex);
    if (org_id == 0) {
        pn_bell_ring(&shift->bell);
    }
}

static void end_post(post *p) {
    if (p->works) {
        (void)pthread_join(p->worker, NULL);
    }
    if (p->does) {
        (void)pthread_join(p->doer, NULL);
    }
    pn_intake_stop(p->intake);
    pn_caller_stop(p->caller);
    free_post(p);
}

void pn_shift_stop(pn_shift *shift) {
    if (shift == NULL) {
        return;
    }
    atomic_store(&shift->stop, true);
    if (shift->finds) {
        pn_bell_ring(&shift->bell);
        (void)pthread_join(shift->finder, NULL);
    }
    for (const post *p = shift->posts; p != NULL; p = p->next) {
        pn_bell_ring(&p->work_bell);
        pn_bell_ring(&p->chore_bell);
        if (p->intake != NULL) {
            pn_intake_end(p->intake);
        }
        if (p->caller != NULL) {
            pn_caller_end(p->caller);
        }
    }
    for (post *p = shift->posts, *next; p != NULL; p = next) {
        next = p->next;
        end_post(p);
    }
    pn_bell_close(&shift->bell);
    (void)pthread_mutex_destroy(&shift->mutex);
    free(shift);
}
