#include "app/foreman.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "app/bell.h"
#include "app/jobs.h"
#include "base/banned.h"
#include "base/limits.h"

enum {
    LOOK_MS = 5000,    /* what another process was asked for is found this soon */
    TELL_TICKS = 1000, /* ms between two words to the database */
    STUDY_NICE = 10,
};

struct pn_foreman {
    pn_foreman_options options;
    pn_apps *apps, *side; /* side: NULL on a file */
    pn_bell bell;
    pthread_t thread;
    atomic_bool ending;
    bool first;            /* on a file nobody else can have begun what runs there */
    pthread_mutex_t mutex; /* of what follows: the job under way */
    pn_job_row job;        /* id 0: none */
    int64_t done, total;
    bool cancelled;
    int64_t told; /* in ticks: when the database heard of it last */
};

/* ── how far it is ───────────────────────────────────────────────────────────────────────────── */

static bool tell_database(pn_foreman *f, int64_t done, int64_t total) {
    pn_app *app = NULL;
    pn_diag diag = {0};
    bool cancel = false;
    int64_t now = pn_env_ticks(f->options.apps.env) / 1000;
    if (f->side == NULL || now - f->told < TELL_TICKS) {
        return false;
    }
    f->told = now;
    if (pn_apps_get(f->side, 0, &app, &diag) != PN_OK || pn_app_begin_rows(app, &diag) != PN_OK) {
        return false; /* it is only told later */
    }
    pn_time until = pn_env_now(app->env) + PN_LIMIT_JOB_LEASE_SECONDS * PN_SECOND;
    pn_err err = pn_job_go_on(app->db, &f->job, done, total, until, &cancel);
    return pn_app_end(app, err, &diag) == PN_OK && cancel;
}

static pn_job_word tell(void *context, int64_t done, int64_t total) {
    pn_foreman *f = context;
    bool cancel = tell_database(f, done, total);
    (void)pthread_mutex_lock(&f->mutex);
    f->done = done;
    f->total = total;
    cancel = cancel || f->cancelled;
    (void)pthread_mutex_unlock(&f->mutex);
    return cancel ? PN_JOB_CANCEL : atomic_load(&f->ending) ? PN_JOB_PUT_BACK : PN_JOB_GO_ON;
}

static void begin_job(void *context, const pn_job_row *row) {
    pn_foreman *f = context;
    (void)pthread_mutex_lock(&f->mutex);
    f->job = (pn_job_row){0};
    if (row != NULL) {
        f->job = (pn_job_row){.id = row->id, .org_id = row->org_id, .tries = row->tries};
    }
    f->done = f->total = f->told = 0;
    f->cancelled = false;
    (void)pthread_mutex_unlock(&f->mutex);
}

bool pn_foreman_at(pn_foreman *foreman, pn_id org_id, pn_id *job_id, int64_t *ret_done,
                   int64_t *ret_total) {
    (void)pthread_mutex_lock(&foreman->mutex);
    bool here = foreman->job.id != 0 && foreman->job.org_id == org_id &&
                (*job_id == 0 || *job_id == foreman->job.id);
    if (here) {
        *job_id = foreman->job.id;
        *ret_done = foreman->done;
        *ret_total = foreman->total;
    }
    (void)pthread_mutex_unlock(&foreman->mutex);
    return here;
}

void pn_foreman_cancel(pn_foreman *foreman, pn_id org_id, pn_id job_id) {
    (void)pthread_mutex_lock(&foreman->mutex);
    if (foreman->job.id == job_id && foreman->job.org_id == org_id) {
        foreman->cancelled = true;
    }
    (void)pthread_mutex_unlock(&foreman->mutex);
}

/* ── the thread ──────────────────────────────────────────────────────────────────────────────── */

/* One job of the organization; NOT_FOUND where none waits. */
static pn_err run_one(pn_foreman *f, pn_id org_id, pn_diag *diag) {
    pn_app *app = NULL;
    pn_arena arena;
    pn_job_row row = {0};
    pn_job_watch watch = {.begun = begin_job, .tell = tell, .context = f};
    pn_apps_refresh(f->apps);
    PN_TRY(pn_apps_get(f->apps, org_id, &app, diag));
    pn_time now = f->first ? PN_TIME_NEVER : pn_env_now(app->env);
    pn_arena_init(&arena, 0);
    pn_err err = pn_jobs_run_next(app, f->options.studies, now, &watch, &arena, &row, diag);
    pn_arena_done(&arena);
    begin_job(f, NULL);
    if (err == PN_OK) {
        bool changed = !f->options.studies;
        if (changed) {
            pn_apps_forget(f->apps);
            (void)atomic_fetch_add(f->options.apps.changes, 1);
        }
        if (f->options.committed != NULL) {
            f->options.committed(f->options.context, org_id, changed);
        }
    }
    return err;
}

/* One job of each organization in turn, until none waits. */
static pn_err work(pn_foreman *f, pn_arena *arena, pn_diag *diag) {
    pn_org_row *orgs = NULL;
    size_t count = 0;
    bool any = true;
    PN_TRY(pn_org_list(pn_apps_db(f->apps), arena, &orgs, &count));
    while (any && !atomic_load(&f->ending)) {
        any = false;
        for (size_t i = 0; i < count && !atomic_load(&f->ending); i++) {
            pn_err err = run_one(f, orgs[i].id, diag);
            any = any || err == PN_OK;
            PN_TRY(err == PN_NOT_FOUND ? PN_OK : err);
        }
        f->first = false;
    }
    return PN_OK;
}

static void *run(void *context) {
    pn_foreman *f = context;
    bool well = true;
    if (f->options.studies) {
        (void)setpriority(PRIO_PROCESS, 0, STUDY_NICE); /* on Linux of this thread alone */
    }
    while (!atomic_load(&f->ending)) {
        pn_diag diag = {0};
        pn_arena arena;
        pn_arena_init(&arena, 0);
        pn_err err = work(f, &arena, &diag);
        pn_arena_done(&arena);
        if (err != PN_OK && err != PN_RETRY && err != PN_CONFLICT && well) {
            pn_log_write(f->options.apps.log, PN_LOG_ERROR, "jobs.away",
                         (pn_log_fields){.detail = pn_err_name(err)});
        }
        well = err == PN_OK || err == PN_RETRY || err == PN_CONFLICT;
        if (!atomic_load(&f->ending)) {
            pn_bell_wait(&f->bell, LOOK_MS);
        }
    }
    return NULL;
}

static void free_all(pn_foreman *f) {
    pn_apps_close(f->apps);
    pn_apps_close(f->side);
    pn_bell_close(&f->bell);
    (void)pthread_mutex_destroy(&f->mutex);
    free(f);
}

pn_err pn_foreman_start(const pn_foreman_options *options, pn_foreman **ret_foreman,
                        pn_diag *diag) {
    pn_foreman *f = pn_alloc(sizeof *f);
    memset(f, 0, sizeof *f);
    f->options = *options;
    f->bell.fd = -1;
    f->first = pn_db_is_file(options->apps.url);
    (void)pthread_mutex_init(&f->mutex, NULL);
    pn_err err = pn_apps_open(&options->apps, &f->apps, diag);
    if (err == PN_OK && !pn_db_is_file(options->apps.url)) {
        err = pn_apps_open(&options->apps, &f->side, diag);
    }
    err = err == PN_OK ? pn_bell_open(&f->bell, diag) : err;
    if (err == PN_OK && pthread_create(&f->thread, NULL, run, f) != 0) {
        err = pn_diag_set(diag, PN_IO, "The system gives no more threads.");
    }
    if (err != PN_OK) {
        free_all(f);
        return err;
    }
    *ret_foreman = f;
    return PN_OK;
}

void pn_foreman_ring(pn_foreman *foreman) {
    if (foreman != NULL) {
        pn_bell_ring(&foreman->bell);
    }
}

void pn_foreman_stop(pn_foreman *foreman) {
    if (foreman != NULL) {
        atomic_store(&foreman->ending, true);
        pn_bell_ring(&foreman->bell);
        (void)pthread_join(foreman->thread, NULL);
        free_all(foreman);
    }
}
