/* The writer: operations that were queued, run in one transaction, and answered when that is
 * committed.
 *
 * A group is of one organization, ends at 256 operations, after 2 ms of work or when nothing more
 * waits; while it is committed the next one gathers, so the disk is waited for once for many. An
 * operation that fails is undone alone: on a file it seldom has written anything by then, and a
 * group in which one had is undone and run again with a savepoint around each. One that others were
 * in the way of (RETRY) runs again, and so does every operation of a group that could not be
 * committed for that reason.
 *
 * On a file there is one thread, for SQLite has one writer; on a server several, each with another
 * organization, for pn_app_begin keeps everybody else out of one. */
#ifndef PN_APP_WRITER_H
#define PN_APP_WRITER_H

#include "app/apps.h"

typedef struct pn_writer pn_writer;
typedef struct pn_operation pn_operation;

/* Lives in its owner until `done` was called, which is done once. */
struct pn_operation {
    pn_id org_id; /* 0: the instance's */
    /* In the transaction. May be called again when everything was undone. */
    pn_err (*run)(pn_operation *operation, pn_app *app, pn_diag *diag);
    /* Committed (OK) or undone (all else); on the writer's thread, which must not wait for long. */
    void (*done)(pn_operation *operation, pn_err err, const pn_diag *diag);
    /* the writer's own */
    pn_operation *next;
    pn_diag diag;
    pn_err err;
    int tries;
};

typedef struct {
    pn_apps_options apps; /* mode and rank are the writer's to set */
    unsigned threads;
    /* After a commit, on the writer's thread: the organization's engine may have something to do.
     * May be NULL. */
    void (*committed)(void *context, pn_id org_id, bool changed);
    void *context;
} pn_writer_options;

PN_MUST_USE pn_err pn_writer_new(const pn_writer_options *options, pn_writer **ret_writer,
                                 pn_diag *diag);
/* Runs what is queued still, then ends. NULL accepted. */
void pn_writer_free(pn_writer *writer);

/* False where PN_LIMIT_WRITER_QUEUE operations wait: nothing was taken. Any thread. */
PN_MUST_USE bool pn_writer_add(pn_writer *writer, pn_operation *operation);

typedef struct {
    uint64_t operations, undone, commits;
    int64_t waiting;
} pn_writer_stats;

pn_writer_stats pn_writer_told(pn_writer *writer);

#endif
