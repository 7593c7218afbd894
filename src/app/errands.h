/* Errands: what cases ask of other systems, over connectors.
 *
 * A step writes the errand as a row. Here it is asked and the answer recorded, in three parts like
 * a message: a transaction takes what is due and sees whether it is still wanted; the requests run
 * outside of any; a transaction records the answers, does what follows from them, and pokes the
 * runs. A process that ends in between leaves an expired lease: what the other system would not do
 * twice (`repeats`, or a method that HTTP calls idempotent) is asked again with the same
 * Idempotency-Key, anything else is uncertain, which a person is told. */
#ifndef PN_APP_ERRANDS_H
#define PN_APP_ERRANDS_H

#include "app/move.h"
#include "store/errand.h"

typedef struct {
    int64_t asked; /* requests that left, or were tried */
    int64_t done;
    int64_t failed;
    int64_t uncertain;
    int64_t retried; /* to be asked again later */
} pn_errand_stats;

/* Asks everything that is due at `now`, until nothing is; adds to `stats`. */
PN_MUST_USE pn_err pn_errands_work(pn_app *app, pn_time now, pn_errand_stats *stats, pn_diag *diag);
/* When something is to be asked next; PN_TIME_NEVER. */
PN_MUST_USE pn_err pn_errands_next(pn_app *app, pn_time *ret_next);

/* ── for moves: in the transaction of a run's new state ── */

/* Writes what the run wants to ask. */
PN_MUST_USE pn_err pn_errands_write(pn_app *app, const pn_move *move, const pn_cmd *cmd,
                                    pn_arena *arena, pn_diag *diag);
/* The case is closed: what it suspended is restored. */
PN_MUST_USE pn_err pn_errands_closed(pn_app *app, const pn_move *move, pn_arena *arena,
                                     pn_diag *diag);

/* ── for publishing: what the templates of a flow's questions say ── */

/* Adds a problem for each template that cannot be compiled, or reads what there is not. */
PN_MUST_USE pn_err pn_errands_check(const pn_flow *flow, pn_arena *arena, pn_problems *problems);

#endif
