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
    pn_id org, who; /* whose job it does, where that has its place; else 0 */
} member;

struct pn_crew {
    pthread_mutex_t mutex;
    pthread_cond_t added;
    pn_job *first, **last;     /* what nobody has begun… */
    pn_job *held, **held_last; /* …and what waits for a place */
    pn_crew_bounds bounds;
    int64_t waiting, waiting_max;
    bool ending;
    member members[THREADS_MAX];
};

bool pn_crew_add(pn_crew *crew, pn_job *job) {
    job->next = NULL;
    job->org = job->who = 0;
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

static bool has_place(const pn_crew *crew, pn_id org, pn_id who) {
    unsigned of_org = 0, of_who = 0;
    for (size_t i = 0; i < PN_COUNT(crew->members); i++) {
        of_org += org != 0 && crew->members[i].org == org;
        of_who += who != 0 && crew->members[i].who == who;
    }
    return (crew->bounds.org == 0 || of_org < crew->bounds.org) &&
           (crew->bounds.who == 0 || of_who < crew->bounds.who);
}

/* The first one held that has its place now. */
static pn_job *take_held(pn_crew *crew) {
    for (pn_job **at = &crew->held; *at != NULL; at = &(*at)->next) {
        pn_job *job = *at;
        if (has_place(crew, job->org, job->who)) {
            *at = job->next;
            crew->held_last = job->next == NULL ? at : crew->held_last;
            return job;
        }
    }
    return NULL;
}

static pn_job *take_new(pn_crew *crew) {
    pn_job *job = crew->first;
    if (job != NULL) {
        crew->first = job->next;
        crew->last = crew->first == NULL ? &crew->first : crew->last;
    }
    return job;
}

/* Gives the place of the last one back, and waits for one; NULL at the end. What is held at the end
 * is taken by whoever gives back its place. */
static pn_job *take(member *m) {
    pn_crew *crew = m->crew;
    pn_job *job = NULL;
    (void)pthread_mutex_lock(&crew->mutex);
    m->org = m->who = 0;
    while ((job = take_held(crew)) == NULL && (job = take_new(crew)) == NULL && !crew->ending) {
        (void)pthread_cond_wait(&crew->added, &crew->mutex);
    }
    if (job != NULL) {
        m->org = job->org;
        m->who = job->who;
        crew->waiting--;
    }
    (void)pthread_mutex_unlock(&crew->mutex);
    return job;
}

bool pn_crew_place(pn_crew *crew, const pn_apps *apps, pn_job *job, pn_id org, pn_id who) {
    member *m = crew->members;
    while (m->apps != apps) {
        m++;
    }
    (void)pthread_mutex_lock(&crew->mutex);
    m->org = m->who = 0;
    bool has = has_place(crew, org, who);
    job->org = org;
    job->who = who;
    if (has) {
        m->org = org;
        m->who = who;
    } else {
        job->next = NULL;
        *crew->held_last = job;
        crew->held_last = &job->next;
        crew->waiting++;
    }
    (void)pthread_mutex_unlock(&crew->mutex);
    return has;
}

static void *run_member(void *context) {
    member *m = context;
    pn_job *job = NULL;
    while ((job = take(m)) != NULL) {
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
                   pn_crew_bounds bounds, pn_crew **ret_crew, pn_diag *diag) {
    pn_crew *crew = pn_alloc(sizeof *crew);
    memset(crew, 0, sizeof *crew);
    crew->last = &crew->first;
    crew->held_last = &crew->held;
    crew->bounds = bounds;
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
