/* Jobs: work that takes longer than an answer, one at a time.
 *
 * A job is a row; whoever takes it (app/foreman.h) claims it, runs it and settles it. What a job
 * changes and that it is done are one transaction: a process that dies leaves either the whole
 * result or nothing, and the job is begun again by whoever finds its lease over. One that was begun
 * PN_LIMIT_JOB_TRIES times and never ended has failed. */
#ifndef PN_APP_JOBS_H
#define PN_APP_JOBS_H

#include "app/app.h"
#include "store/job.h"

/* What whoever runs a job says between two pieces of it. */
typedef enum {
    PN_JOB_GO_ON,
    PN_JOB_CANCEL,   /* somebody does not want it any more */
    PN_JOB_PUT_BACK, /* the process ends: another one begins it again */
} pn_job_word;

typedef struct {
    void (*begun)(void *context, const pn_job_row *row); /* it was claimed; may be NULL */
    /* How far it is, in what it counts; `total` may be a guess, and 0 is not known. */
    pn_job_word (*tell)(void *context, int64_t done, int64_t total);
    void *context;
} pn_job_watch;

/* A job under way. */
typedef struct {
    pn_app *app;
    pn_job_row *row; /* claimed */
    const pn_job_watch *watch;
    pn_job_word word; /* the last that the watch said */
    pn_arena *arena;
    pn_diag *diag;
} pn_job_run;

/* Adds one, in the transaction under way; its actor is the app's. LIMIT where too many wait. */
PN_MUST_USE pn_err pn_jobs_add(pn_app *app, pn_str kind, pn_id file_id, pn_str request,
                               pn_id *ret_id, pn_diag *diag);
/* In a transaction of its own that waits for nobody's work. NOT_FOUND; CONFLICT for one that is
 * over. */
PN_MUST_USE pn_err pn_jobs_cancel(pn_app *app, pn_id id, pn_diag *diag);

/* Claims the oldest job of the organization that waits, of those that study (simulations and
 * forecasts) or of all others, and runs it to its end; NOT_FOUND where none waits. An error is of
 * the database, not of the job, whose own stands with it. */
PN_MUST_USE pn_err pn_jobs_run_next(pn_app *app, bool studies, pn_time now,
                                    const pn_job_watch *watch, pn_arena *arena, pn_job_row *ret_row,
                                    pn_diag *diag);

/* For kinds of jobs: tells the watch; false: end. */
bool pn_job_tell(pn_job_run *run, int64_t done, int64_t total);
/* The job is over as its row says, in the transaction under way. CONFLICT where it is not in these
 * hands any more: nothing of it may be committed. */
PN_MUST_USE pn_err pn_job_over(pn_job_run *run, pn_job_state state);

/* The kinds: each does its work in transactions of its own, and ends with pn_job_over in the last
 * of them. An error is told by whoever runs it. */
PN_MUST_USE pn_err pn_job_import(pn_job_run *run);
PN_MUST_USE pn_err pn_job_simulation(pn_job_run *run);
PN_MUST_USE pn_err pn_job_forecast(pn_job_run *run);

#endif
