/* Errands: what cases ask of other systems, over connectors.
 *
 * A step writes the errand as a row. Here it is asked and the answer recorded, in three parts like
 * a message (app/calls.h): a transaction takes what is due and sees whether it is still wanted; the
 * requests run outside of any; a transaction records the answers, does what follows from them, and
 * pokes the runs. Charges go to payment providers instead, one after the other. A process that ends
 * in between leaves an expired lease: what the other system would not do twice (`repeats`, or a
 * method that HTTP calls idempotent) is asked again with the same Idempotency-Key, anything else is
 * uncertain, which a person is told. */
#ifndef PN_APP_ERRANDS_H
#define PN_APP_ERRANDS_H

#include "app/calls.h"
#include "app/move.h"
#include "store/errand.h"

extern const pn_call_kind PN_ERRAND_KIND;

/* Charges what is due at `now`, at most `max` of them; `ret_next` is when there is something again,
 * PN_TIME_NEVER where there is nothing. A provider that does not answer rests for some minutes, and
 * its other charges with it. With transactions of its own. */
PN_MUST_USE pn_err pn_charges_work(pn_app *app, pn_time now, int64_t max, pn_errand_stats *stats,
                                   pn_time *ret_next, pn_diag *diag);
PN_MUST_USE pn_err pn_charges_next(pn_app *app, pn_time *ret_next);

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
