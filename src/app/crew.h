/* A crew: threads that take jobs from one queue, each with a connection and its organizations.
 *
 * So that one organization's slow jobs leave threads to the others', a job that has begun and knows
 * whose it is may ask for its place: where those of the same organization, or of the same one who
 * asks, have all the threads they may, it waits until one of them is done, and is run anew. */
#ifndef PN_APP_CREW_H
#define PN_APP_CREW_H

#include "app/apps.h"

typedef struct pn_crew pn_crew;
typedef struct pn_job pn_job;

struct pn_job {
    void (*run)(pn_job *job, pn_apps *apps);
    pn_job *next; /* the crew's own, as what follows: whose it is, where it knows */
    pn_id org, who;
};

/* Threads that one may have at a time; 0: all. */
typedef struct {
    unsigned org, who;
} pn_crew_bounds;

PN_MUST_USE pn_err pn_crew_new(const pn_apps_options *options, unsigned threads,
                               int64_t waiting_max, pn_crew_bounds bounds, pn_crew **ret_crew,
                               pn_diag *diag);
/* Does what waits still, then ends. NULL accepted. */
void pn_crew_free(pn_crew *crew);
/* False where as many wait as may. Any thread. */
PN_MUST_USE bool pn_crew_add(pn_crew *crew, pn_job *job);
/* Of the job that runs with `apps`, before its work. False: it is run again later, and must end
 * without another touch. 0: nobody's. */
PN_MUST_USE bool pn_crew_place(pn_crew *crew, const pn_apps *apps, pn_job *job, pn_id org,
                               pn_id who);
int64_t pn_crew_waiting(pn_crew *crew);

#endif
