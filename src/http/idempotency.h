/* Idempotency-Key: the same POST again gets the same answer and changes nothing.
 *
 * A key belongs to who sent it. Its row stands in the transaction of the change, so there is an
 * answer if and only if there is the change; a refused request keeps no row, and may be mended
 * under its key. Work that makes its own transactions is marked as under way before it begins.
 * Answers are forgotten after PN_LIMIT_IDEMPOTENCY_HOURS of real time, and with the debtor whose
 * data they may hold. */
#ifndef PN_HTTP_IDEMPOTENCY_H
#define PN_HTTP_IDEMPOTENCY_H

#include "http/route.h"

/* Asked before a POST's route. Nothing happens without the header. `ret_replayed`: the answer is
 * there already, and the route is not asked. INVALID and CONFLICT with exchange->problem.
 *
 * In a route's transaction (PN_RUNS_WRITER) it only reads; for a PN_RUNS_LONG route it begins and
 * commits a transaction of its own that marks the key as under way. */
PN_MUST_USE pn_err pn_idempotency_begin(pn_exchange *exchange, bool *ret_replayed);
/* Keeps the answer of a route that succeeded: in its transaction, or of a PN_RUNS_LONG route in one
 * of its own. An answer that is too large is kept without its body. */
PN_MUST_USE pn_err pn_idempotency_keep(pn_exchange *exchange);
/* A PN_RUNS_LONG route failed: the key is free again. */
void pn_idempotency_drop(pn_exchange *exchange);

#endif
