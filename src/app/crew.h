/* A crew: threads that take jobs from one queue, each with a connection and its organizations. */
#ifndef PN_APP_CREW_H
#define PN_APP_CREW_H

#include "app/apps.h"

typedef struct pn_crew pn_crew;
typedef struct pn_job pn_job;

struct pn_job {
    void (*run)(pn_job *job, pn_apps *apps);
    pn_job *next; /* the crew's own */
};

PN_MUST_USE pn_err pn_crew_new(const pn_apps_options *options, unsigned threads,
                               int64_t waiting_max, pn_crew **ret_crew, pn_diag *diag);
/* Does what waits still, then ends. NULL accepted. */
void pn_crew_free(pn_crew *crew);
/* False where as many wait as may. Any thread. */
PN_MUST_USE bool pn_crew_add(pn_crew *crew, pn_job *job);
int64_t pn_crew_waiting(pn_crew *crew);

#endif
