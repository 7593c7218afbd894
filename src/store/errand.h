/* Errands: what visits of runs ask of other systems, and the answers. */
#ifndef PN_STORE_ERRAND_H
#define PN_STORE_ERRAND_H

#include "core/fact.h"
#include "store/db.h"

typedef struct {
    pn_id debtor_id, id, org_id, run_id;
    uint32_t visit;
    pn_errand_kind kind;
    pn_id version_id;
    uint32_t node;
    pn_str connector;
    pn_errand_state state;
    pn_time due_at;
    pn_time lease_until; /* real time; 0: nobody is asking */
    int64_t attempts;
    int64_t status;
    pn_str outcome, reference, reason;
    pn_time asked_at;
    pn_time settled_at; /* PN_TIME_NONE: open */
} pn_errand_row;

PN_MUST_USE pn_err pn_errand_insert(pn_db *db, const pn_errand_row *row);
/* All of the debtor's, in the order in which they were wanted. */
PN_MUST_USE pn_err pn_errand_of_debtor(pn_db *db, pn_id debtor_id, pn_arena *arena,
                                       pn_errand_row **ret_rows, size_t *ret_count);
PN_MUST_USE pn_err pn_errand_of_run(pn_db *db, pn_id debtor_id, pn_id run_id, pn_arena *arena,
                                    pn_errand_row **ret_rows, size_t *ret_count);
/* The newest first. */
PN_MUST_USE pn_err pn_errand_list(pn_db *db, pn_id org_id, int64_t limit, pn_arena *arena,
                                  pn_errand_row **ret_rows, size_t *ret_count);
/* Open ones that are due, nobody asking them (or not any more), the oldest first; on a shared
 * database none that another transaction has. */
PN_MUST_USE pn_err pn_errand_due(pn_db *db, pn_id org_id, pn_time now, pn_time real_now,
                                 int64_t limit, pn_arena *arena, pn_errand_row **ret_rows,
                                 size_t *ret_count);
/* When the next one may be asked, in the lane's time; PN_TIME_NEVER. Those that somebody is asking
 * do not count. */
PN_MUST_USE pn_err pn_errand_next(pn_db *db, pn_id org_id, pn_time real_now, pn_time *ret_due);
/* It is being asked: CONFLICT unless it is open and has been asked `attempts` times. */
PN_MUST_USE pn_err pn_errand_lease(pn_db *db, const pn_errand_row *row, pn_time lease_until);
/* Its state, due_at, status, outcome, reference, reason and settled_at; ends the lease. CONFLICT
 * when it is not open any more. */
PN_MUST_USE pn_err pn_errand_record(pn_db *db, const pn_errand_row *row);

#endif
