/* Four eyes over HTTP: a route that is guarded asks before it acts. */
#ifndef PN_HTTP_FOUR_EYES_H
#define PN_HTTP_FOUR_EYES_H

#include "app/approvals.h"
#include "http/exchange.h"

/* In the transaction under way. `ret_go`: act. Else the answer is there: 202 with the approval that
 * it waits for; the same request goes through once somebody else has approved it. */
PN_MUST_USE pn_err pn_four_eyes(pn_exchange *exchange, pn_approval_kind kind, pn_str subject,
                                pn_str words, pn_money amount, bool *ret_go);
/* The same for a route that begins its own transactions later. */
PN_MUST_USE pn_err pn_four_eyes_alone(pn_exchange *exchange, pn_approval_kind kind, pn_str subject,
                                      pn_str words, bool *ret_go);

#endif
