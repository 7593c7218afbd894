/* Errands: what visits of runs ask of other systems, and the answers. */
#ifndef PN_STORE_ERRAND_H
#define PN_STORE_ERRAND_H

#include "core/fact.h"
#include "store/call.h"

typedef struct {
    pn_id debtor_id, id, org_id, run_id;
    uint32_t visit;
    pn_errand_kind kind;
    pn_id version_id;
    uint32_t node;
    pn_str connector;
    pn_call call; /* its state: pn_errand_state */
    pn_str outcome, reference;
    pn_time asked_at;
} pn_errand_row;

/* Those that go over connectors; and charges, which go to no connector: ask them for "". */
extern const pn_call_texts PN_ERRAND_CALLS;

PN_MUST_USE pn_err pn_errand_insert(pn_db *db, const pn_errand_row *row);
/* All of the debtor's, in the order in which they were wanted. */
PN_MUST_USE pn_err pn_errand_of_debtor(pn_db *db, pn_id debtor_id, pn_arena *arena,
                                       pn_errand_row **ret_rows, size_t *ret_count);
PN_MUST_USE pn_err pn_errand_of_run(pn_db *db, pn_id debtor_id, pn_id run_id, pn_arena *arena,
                                    pn_errand_row **ret_rows, size_t *ret_count);
/* The newest first. */
PN_MUST_USE pn_err pn_errand_list(pn_db *db, pn_id org_id, int64_t limit, pn_arena *arena,
                                  pn_errand_row **ret_rows, size_t *ret_count);
/* The first that is due for a connector and that nobody has; NOT_FOUND. */
PN_MUST_USE pn_err pn_errand_due(pn_db *db, pn_id org_id, const pn_call_to *to, pn_time now,
                                 pn_time real_now, pn_arena *arena, pn_errand_row *ret_row);
/* How the call stands, outcome and reference; ends the lease. CONFLICT as of pn_call_changed. */
PN_MUST_USE pn_err pn_errand_record(pn_db *db, const pn_errand_row *row);

#endif
