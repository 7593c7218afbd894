/* A foreman: runs jobs of all organizations, one after the other; one for those that change
 * something, and one for simulations and forecasts, which keep nobody waiting. One thread, one
 * connection, and on a shared database another one for telling how far a job is.
 *
 * On a file the job's transaction keeps every other writer out, so how far it is stands in memory,
 * where requests ask for it; on a shared database it stands with the job, for whichever process is
 * asked. */
#ifndef PN_APP_FOREMAN_H
#define PN_APP_FOREMAN_H

#include "app/apps.h"

typedef struct pn_foreman pn_foreman;

typedef struct {
    pn_apps_options apps; /* of a writer */
    bool studies;         /* simulations and forecasts, when the machine has nothing better to do */
    /* After a job: it may have changed anything. On the foreman's thread; may be NULL. */
    void (*committed)(void *context, pn_id org_id, bool changed);
    void *context;
} pn_foreman_options;

/* What the options name must outlive it. */
PN_MUST_USE pn_err pn_foreman_start(const pn_foreman_options *options, pn_foreman **ret_foreman,
                                    pn_diag *diag);
/* There may be a job. NULL accepted. */
void pn_foreman_ring(pn_foreman *foreman);
/* The job under way is put back, and begun again by who comes next. NULL accepted. */
void pn_foreman_stop(pn_foreman *foreman);

/* How far the organization's job is that runs here now, any where `job_id` is 0; false: none does.
 */
bool pn_foreman_at(pn_foreman *foreman, pn_id org_id, pn_id *job_id, int64_t *ret_done,
                   int64_t *ret_total);
/* That job shall end, if it runs here now. */
void pn_foreman_cancel(pn_foreman *foreman, pn_id org_id, pn_id job_id);

#endif
