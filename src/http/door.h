/* The door of a route: who asks, and whether they may. */
#ifndef PN_HTTP_DOOR_H
#define PN_HTTP_DOOR_H

#include "http/route.h"

/* On a reader's thread, in its snapshot (exchange->db): sets exchange->identity and ->org_id.
 * DENIED with exchange->problem for whoever may not. */
PN_MUST_USE pn_err pn_door_open(pn_exchange *exchange);

#endif
