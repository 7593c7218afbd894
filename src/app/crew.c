#include "app/crew.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/banned.h"

enum { THREADS_MAX = 32 };

typedef struct {
    pn_crew *crew;
    pn_apps *apps;
    pthread_t thread;
    bool started;
} member;

struct pn_crew {
    pthread_mutex_t mutex;
    pthread_cond_t added;
    pn_job *first, **last;
    int64_t waiting, waiting_max;
    bool ending;
    member members[THREADS_MAX];
};

bool pn_crew_add(pn_crew *crew, pn_job *job) {
    job->next = NULL;
    (void)pthread_mutex_lock(&crew->mutex);
    bool room = !crew->ending && crew->waiting < crew->waiting_max;
    if (room) {
        *crew->last = job;
        crew->last = &job->next;
        crew->waiting++;
        (void)pthread_cond_signal(&crew->added);
    }
    (void)pthread_mutex_unlock(&crew->mutex);
    return room;
}

/* Waits for one; NULL at the end. */
static pn_job *take(pn_crew *crew) {
    (void)pthread_mutex_lock(&crew->mutex);
    while (crew->first == NULL && !crew->ending) {
        (void)pthread_cond_wait(&crew->added, &crew->mutex);
    }
    pn_job *job = crew->first;
    if (job != NULL) {
        crew->first = job->next;
        crew->last = crew->first == NULL ? &crew->first : crew->last;
        crew->waiting--;
    }
    (void)pthread_mutex_unlock(&crew->mutex);
    return job;
}

static void *run_member(void *context) {
    member *m = context;
    pn_job *job = NULL;
    while ((job = take(m->crew)) != NULL) {
        job->run(job, m->apps);
    }
    return NULL;
}

static pn_err start(pn_crew *crew, member *m, const pn_apps_options *options, pn_diag *diag) {
    m->crew = crew;
    PN_TRY(pn_apps_open(options, &m->apps, diag));
    m->started = pthread_create(&m->thread, NULL, run_member, m) == 0;
    return m->started ? PN_OK : pn_diag_set(diag, PN_IO, "The system gives no more threads.");
}

pn_err pn_crew_new(const pn_apps_options *options, unsigned threads, int64_t waiting_max,
                   pn_crew **ret_crew, pn_diag *diag) {
    pn_crew *crew = pn_alloc(sizeof *crew);
    memset(crew, 0, sizeof *crew);
    crew->last = &crew->first;
    crew->waiting_max = waiting_max;
    (void)pthread_mutex_init(&crew->mutex, NULL);
    (void)pthread_cond_init(&crew->added, NULL);
    pn_err err = PN_OK;
    for (unsigned i = 0; i < PN_MIN(threads, (unsigned)THREADS_MAX) && err == PN_OK; i++) {
        err = start(crew, &crew->members[i], options, diag);
    }
    if (err != PN_OK) {
        pn_crew_free(crew);
        return err;
    }
    *ret_crew = crew;
    return PN_OK;
}

void pn_crew_free(pn_crew *crew) {
    if (crew == NULL) {
        return;
    }
    (void)pthread_mutex_lock(&crew->mutex);
    crew->ending = true;
    (void)pthread_cond_broadcast(&crew->added);
    (void)pthread_mutex_unlock(&crew->mutex);
    for (unsigned i = 0; i < PN_COUNT(crew->members); i++) {
        if (crew->members[i].started) {
            (void)pthread_join(crew->members[i].thread, NULL);
        }
        pn_apps_close(crew->members[i].apps);
    }
    (void)pthread_mutex_destroy(&crew->mutex);
    (void)pthread_cond_destroy(&crew->added);
    free(crew);
}

int64_t pn_crew_waiting(pn_crew *crew) {
    (void)pthread_mutex_lock(&crew->mutex);
    int64_t waiting = crew->waiting;
    (void)pthread_mutex_unlock(&crew->mutex);
    return waiting;
}
