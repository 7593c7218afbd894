/* Which servers an organization's forms may lead to. */
#ifndef PN_HTTP_REACH_H
#define PN_HTTP_REACH_H

#include "http/exchange.h"

/* Private networks, this machine among them, are the whole installation's: only who runs it opens
 * them to an organization. What was opened stays so while it is the same server, whoever changes
 * the rest. `opened`: that server was open to it. DENIED, with the sentence at /private. */
PN_MUST_USE pn_err pn_check_reach(pn_exchange *x, bool wants_private, bool opened);

/* Whether two addresses with a scheme have the same host and port. */
bool pn_same_server(pn_str url, pn_str other);

#endif
