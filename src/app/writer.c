#define _GNU_SOURCE /* nanosleep */
#include "app/writer.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/banned.h"
#include "base/limits.h"

/* After a group that had to be undone because of one of its operations, so many are run with
 * savepoints: whatever fails there may come again. */
enum { THREADS_MAX = 16, GROUP_US = 2000, CAREFUL_GROUPS = 8 };

/* Where so many came together, others are on their way: they are waited for so long, before anybody
 * is kept out, for a commit costs more than ten of them. */
enum { MANY = 8, GATHER_NS = 150000 };

typedef struct {
    pn_writer *writer;
    pn_apps *apps;
    pthread_t thread;
    bool started;
    pn_id org_id; /* whose group it works on… */
    bool busy;    /* …if it does */
    int careful;  /* groups that are run with savepoints now */
    bool gathers; /* many came together the last time */
} worker;

struct pn_writer {
    pn_writer_options options;
    pthread_mutex_t mutex;
    pthread_cond_t added;
    pn_operation *first, **last; /* those that wait, in their order */
    worker workers[THREADS_MAX];
    bool ending;
    pn_writer_stats stats;
};

/* ── the queue ───────────────────────────────────────────────────────────────────────────────── */

bool pn_writer_add(pn_writer *writer, pn_operation *operation) {
    operation->next = NULL;
    operation->tries = 0;
    (void)pthread_mutex_lock(&writer->mutex);
    bool room = !writer->ending && writer->stats.waiting < PN_LIMIT_WRITER_QUEUE;
    if (room) {
        *writer->last = operation;
        writer->last = &operation->next;
        writer->stats.waiting++;
        (void)pthread_cond_signal(&writer->added);
    }
    (void)pthread_mutex_unlock(&writer->mutex);
    return room;
}

/* Takes out the first operation of that organization. */
static pn_operation *take_of(pn_writer *writer, pn_id org_id) {
    for (pn_operation **at = &writer->first; *at != NULL; at = &(*at)->next) {
        pn_operation *operation = *at;
        if (operation->org_id == org_id) {
            *at = operation->next;
            writer->last = operation->next == NULL ? at : writer->last;
            writer->stats.waiting--;
            return operation;
        }
    }
    return NULL;
}

static bool is_worked(const pn_writer *writer, pn_id org_id) {
    for (unsigned i = 0; i < writer->options.threads; i++) {
        if (writer->workers[i].busy && writer->workers[i].org_id == org_id) {
            return true;
        }
    }
    return false;
}

/* The first operation whose organization nobody works on; NULL for none. */
static pn_operation *take_free(pn_writer *writer) {
    for (const pn_operation *at = writer->first; at != NULL; at = at->next) {
        if (!is_worked(writer, at->org_id)) {
            return take_of(writer, at->org_id);
        }
    }
    return NULL;
}

/* Waits for one; NULL at the end. */
static pn_operation *take_first(worker *w) {
    pn_writer *writer = w->writer;
    pn_operation *operation = NULL;
    (void)pthread_mutex_lock(&writer->mutex);
    w->busy = false;
    while ((operation = take_free(writer)) == NULL && !(writer->ending && writer->first == NULL)) {
        (void)pthread_cond_wait(&writer->added, &writer->mutex);
    }
    if (operation != NULL) {
        w->busy = true;
        w->org_id = operation->org_id;
    }
    /* what stays may be another one's: of an organization that is free now, or the end */
    (void)pthread_cond_signal(&writer->added);
    (void)pthread_mutex_unlock(&writer->mutex);
    return operation;
}

static pn_operation *take_next(worker *w) {
    (void)pthread_mutex_lock(&w->writer->mutex);
    pn_operation *operation = take_of(w->writer, w->org_id);
    (void)pthread_mutex_unlock(&w->writer->mutex);
    return operation;
}

/* ── a group ─────────────────────────────────────────────────────────────────────────────────── */

typedef struct {
    pn_operation *items[PN_LIMIT_WRITER_GROUP];
    size_t count;
    size_t given; /* of the items that are there already, to be run again; 0: of the queue */
    bool careful; /* each in a savepoint of its own */
    bool sound;   /* what the app has loaded is what the database holds */
    bool begun;   /* the transaction was */
    pn_err lost;  /* why the transaction cannot be committed */
    pn_diag diag;
} group;

static bool lose(group *g, pn_err err, const pn_diag *diag) {
    g->lost = err;
    g->diag = *diag;
    return false;
}

/* In a savepoint of its own; false when the transaction has to end here. */
static bool run_apart(group *g, pn_operation *operation, pn_app *app) {
    pn_app_mark mark;
    pn_diag *diag = &operation->diag;
    operation->err = pn_app_savepoint(app, &mark, diag);
    if (operation->err != PN_OK) {
        return lose(g, operation->err, diag);
    }
    operation->err = operation->run(operation, app, diag);
    if (operation->err == PN_OK) {
        operation->err = pn_app_keep(app, diag);
    }
    if (operation->err == PN_OK) {
        return true;
    }
    (void)pn_app_fail(app, operation->err, diag);
    g->sound = app->changed == mark.changed;
    g->lost = pn_app_undo(app, &mark, &g->diag);
    return g->lost == PN_OK && g->sound;
}

/* Without one, which costs SQLite two statements and a copy of each page that is changed, and lets
 * rows that are put off wait for those of the next operation. Who fails having written nothing has
 * nothing to undo; else the group is run again, carefully. */
static bool run_bare(group *g, pn_operation *operation, pn_app *app) {
    pn_diag *diag = &operation->diag;
    uint64_t before = pn_db_written(app->db) + app->rollup.added;
    operation->err = operation->run(operation, app, diag);
    (void)pn_app_fail(app, operation->err, diag);
    bool whole = operation->err == PN_OK || pn_db_written(app->db) + app->rollup.added == before;
    pn_err err = app->broken != PN_OK ? app->broken : operation->err;
    return whole && app->broken == PN_OK ? true : lose(g, err, diag);
}

static bool run_one(group *g, pn_operation *operation, pn_app *app) {
    g->items[g->count++] = operation;
    pn_diag_clear(&operation->diag);
    return g->careful ? run_apart(g, operation, app) : run_bare(g, operation, app);
}

static pn_operation *next_of(worker *w, const group *g) {
    if (g->given != 0) {
        return g->count < g->given ? g->items[g->count] : NULL;
    }
    return take_next(w);
}

static void run_all(worker *w, group *g, pn_operation *operation, pn_app *app) {
    const pn_env *env = w->writer->options.apps.env;
    int64_t until = pn_env_ticks(env) + GROUP_US;
    while (operation != NULL && run_one(g, operation, app)) {
        bool full = g->count == PN_COUNT(g->items) || pn_env_ticks(env) >= until;
        operation = full && g->given == 0 ? NULL : next_of(w, g);
    }
}

static pn_err run_group(worker *w, group *g, pn_operation *operation, bool *ret_changed) {
    pn_app *app = NULL;
    pn_apps_refresh(w->apps);
    pn_err err = pn_apps_get(w->apps, w->org_id, &app, &g->diag);
    if (err == PN_OK) { /* of the instance: it locks the rows that it changes */
        err = w->org_id != 0 ? pn_app_begin(app, &g->diag) : pn_app_begin_rows(app, &g->diag);
    }
    if (err != PN_OK) {
        g->items[g->count++] = operation;
        operation->err = PN_OK; /* the group's error is its own */
        return err;
    }
    g->begun = true;
    run_all(w, g, operation, app);
    *ret_changed = app->changed;
    if (g->lost != PN_OK) {
        pn_app_rollback(app);
        return g->lost;
    }
    return pn_app_commit(app, &g->diag);
}

/* ── answering ───────────────────────────────────────────────────────────────────────────────── */

/* Back to the head of the queue, in their order. */
static void put_back(pn_writer *writer, pn_operation *const *items, size_t count) {
    (void)pthread_mutex_lock(&writer->mutex);
    for (size_t i = count; i > 0; i--) {
        pn_operation *operation = items[i - 1];
        operation->next = writer->first;
        writer->last = writer->first == NULL ? &operation->next : writer->last;
        writer->first = operation;
        writer->stats.waiting++;
    }
    (void)pthread_mutex_unlock(&writer->mutex);
}

/* Takes those out of the group that are to run again. */
static void keep_for_again(pn_writer *writer, group *g, pn_err err) {
    group again = {0};
    size_t kept = 0;
    for (size_t i = 0; i < g->count; i++) {
        pn_operation *operation = g->items[i];
        bool in_the_way = err == PN_RETRY || operation->err == PN_RETRY;
        if (in_the_way && ++operation->tries < PN_LIMIT_TRANSACTION_TRIES) {
            again.items[again.count++] = operation;
        } else {
            g->items[kept++] = operation;
        }
    }
    g->count = kept;
    put_back(writer, again.items, again.count);
}

static void count(pn_writer *writer, const group *g, pn_err err) {
    (void)pthread_mutex_lock(&writer->mutex);
    writer->stats.commits += err == PN_OK;
    for (size_t i = 0; i < g->count; i++) {
        bool done = err == PN_OK && g->items[i]->err == PN_OK;
        writer->stats.operations += done;
        writer->stats.undone += !done;
    }
    (void)pthread_mutex_unlock(&writer->mutex);
}

/* Where the group was lost, those that were well are told of it; those that were not keep their own
 * reason. */
static void answer(const group *g, pn_err err) {
    for (size_t i = 0; i < g->count; i++) {
        pn_operation *operation = g->items[i];
        bool own = operation->err != PN_OK;
        operation->done(operation, own ? operation->err : err, own ? &operation->diag : &g->diag);
    }
}

/* All of it again, each operation in a savepoint: what was wrong with one is that one's alone.
 * Those that it does not come to go back to the queue. */
static pn_err run_again(worker *w, group *g, bool *ret_changed) {
    size_t given = g->count;
    pn_apps_forget(w->apps); /* what it has loaded may have been undone */
    pn_operation *first = g->items[0];
    g->count = 0;
    g->given = given;
    g->careful = true;
    g->begun = false;
    g->lost = PN_OK;
    pn_diag_clear(&g->diag);
    pn_err err = run_group(w, g, first, ret_changed);
    put_back(w->writer, g->items + g->count, given - g->count);
    return err;
}

static pn_err run_guessing(worker *w, group *g, pn_operation *operation, bool *ret_changed) {
    w->careful -= g->careful && w->careful > 0;
    pn_err err = run_group(w, g, operation, ret_changed);
    if (err != PN_OK && g->begun && !g->careful) {
        w->careful = CAREFUL_GROUPS;
        err = run_again(w, g, ret_changed);
    }
    return err;
}

static void work(worker *w, pn_operation *operation) {
    const pn_writer_options *options = &w->writer->options;
    group g = {.sound = true, .careful = w->careful > 0 || !pn_db_is_file(options->apps.url)};
    bool changed = false;
    pn_err err = run_guessing(w, &g, operation, &changed);
    w->gathers = g.count >= MANY;
    if (err == PN_OK && changed) {
        (void)atomic_fetch_add(options->apps.changes, 1);
    }
    if (err != PN_OK || !g.sound) {
        pn_apps_forget(w->apps);
    }
    if (err == PN_OK && options->committed != NULL) {
        options->committed(options->context, w->org_id, changed);
    }
    keep_for_again(w->writer, &g, err);
    count(w->writer, &g, err);
    answer(&g, err);
}

static void *run_worker(void *context) {
    worker *w = context;
    pn_operation *operation = NULL;
    while ((operation = take_first(w)) != NULL) {
        if (w->gathers) {
            (void)nanosleep(&(struct timespec){.tv_nsec = GATHER_NS}, NULL);
        }
        work(w, operation);
    }
    return NULL;
}

/* ── beginning and end ───────────────────────────────────────────────────────────────────────── */

static pn_err start(pn_writer *writer, worker *w, pn_diag *diag) {
    w->writer = writer;
    PN_TRY(pn_apps_open(&writer->options.apps, &w->apps, diag));
    w->started = pthread_create(&w->thread, NULL, run_worker, w) == 0;
    return w->started ? PN_OK : pn_diag_set(diag, PN_IO, "The system gives no more threads.");
}

pn_err pn_writer_new(const pn_writer_options *options, pn_writer **ret_writer, pn_diag *diag) {
    pn_writer *writer = pn_alloc(sizeof *writer);
    memset(writer, 0, sizeof *writer);
    writer->options = *options;
    writer->options.apps.mode = PN_DB_WRITE;
    writer->options.apps.rank = PN_TURN_ANSWER;
    writer->last = &writer->first;
    (void)pthread_mutex_init(&writer->mutex, NULL);
    (void)pthread_cond_init(&writer->added, NULL);
    bool one = pn_db_is_file(options->apps.url);
    writer->options.threads = one ? 1 : PN_MIN(PN_MAX(options->threads, 1U), (unsigned)THREADS_MAX);
    pn_err err = PN_OK;
    for (unsigned i = 0; i < writer->options.threads && err == PN_OK; i++) {
        err = start(writer, &writer->workers[i], diag);
    }
    if (err != PN_OK) {
        pn_writer_free(writer);
        return err;
    }
    *ret_writer = writer;
    return PN_OK;
}

void pn_writer_free(pn_writer *writer) {
    if (writer == NULL) {
        return;
    }
    (void)pthread_mutex_lock(&writer->mutex);
    writer->ending = true;
    (void)pthread_cond_broadcast(&writer->added);
    (void)pthread_mutex_unlock(&writer->mutex);
    for (unsigned i = 0; i < PN_COUNT(writer->workers); i++) {
        if (writer->workers[i].started) {
            (void)pthread_join(writer->workers[i].thread, NULL);
        }
        pn_apps_close(writer->workers[i].apps);
    }
    (void)pthread_mutex_destroy(&writer->mutex);
    (void)pthread_cond_destroy(&writer->added);
    free(writer);
}

pn_writer_stats pn_writer_told(pn_writer *writer) {
    (void)pthread_mutex_lock(&writer->mutex);
    pn_writer_stats stats = writer->stats;
    (void)pthread_mutex_unlock(&writer->mutex);
    return stats;
}
