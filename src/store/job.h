/* Jobs: work that takes longer than an answer. */
#ifndef PN_STORE_JOB_H
#define PN_STORE_JOB_H

#include "store/db.h"

/* Order is stored. */
typedef enum {
    PN_JOB_WAITS,
    PN_JOB_RUNS,
    PN_JOB_DONE,
    PN_JOB_FAILED,
    PN_JOB_CANCELLED,
} pn_job_state;

const char *pn_job_state_name(pn_job_state state);

typedef struct {
    pn_id id, org_id;
    pn_str kind;
    pn_job_state state;
    pn_id file_id; /* 0: none */
    pn_str request, result, problem;
    pn_id refused_id; /* 0: nothing was refused */
    int64_t done, total;
    bool cancel;
    int64_t tries;
    pn_time lease_until;
    pn_str actor;
    pn_time created_at, started_at, finished_at; /* PN_TIME_NONE: not yet */
} pn_job_row;

PN_MUST_USE pn_err pn_job_insert(pn_db *db, const pn_job_row *row);
/* NOT_FOUND where the organization has none of that id. */
PN_MUST_USE pn_err pn_job_get(pn_db *db, pn_id org_id, pn_id id, pn_arena *arena,
                              pn_job_row *ret_row);
/* The newest first, before `before` (0: all). */
PN_MUST_USE pn_err pn_job_page(pn_db *db, pn_id org_id, pn_id before, int64_t limit,
                               pn_arena *arena, pn_job_row **ret_rows, size_t *ret_count);
/* The oldest that waits, or that its process has given up: of whose lease less than nothing is left
 * at `now`; of those that study, or of all others. NOT_FOUND. */
PN_MUST_USE pn_err pn_job_next(pn_db *db, pn_id org_id, bool studies, pn_time now, pn_arena *arena,
                               pn_job_row *ret_row);
/* It is begun, once more; CONFLICT where somebody else was quicker. Moves the row. */
PN_MUST_USE pn_err pn_job_claim(pn_db *db, pn_job_row *row, pn_time now, pn_time lease_until);
/* How far it is, and the lease anew, where it is still in the same hands; `ret_cancel` whether it
 * shall end. */
PN_MUST_USE pn_err pn_job_go_on(pn_db *db, const pn_job_row *row, int64_t done, int64_t total,
                                pn_time lease_until, bool *ret_cancel);
/* State, result, problem, refused_id, done, total and the end as in the row; CONFLICT where it is
 * not in these hands any more. */
PN_MUST_USE pn_err pn_job_settle(pn_db *db, const pn_job_row *row);
/* One that waits is cancelled, one that runs shall end; CONFLICT for one that is over. */
PN_MUST_USE pn_err pn_job_cancel(pn_db *db, pn_id org_id, pn_id id, pn_time now);
/* Jobs of the organization that wait or run. */
PN_MUST_USE pn_err pn_job_open_count(pn_db *db, pn_id org_id, int64_t *ret_count);
/* Whether one that waits or runs works on this file. */
PN_MUST_USE pn_err pn_job_uses_file(pn_db *db, pn_id org_id, pn_id file_id, bool *ret_uses);

#endif
