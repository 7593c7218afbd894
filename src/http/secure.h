/* Header fields that every answer has, so that a browser trusts as little as possible. */
#ifndef PN_HTTP_SECURE_H
#define PN_HTTP_SECURE_H

#include "http/exchange.h"

/* Adds to the answer what it has not set itself: no sniffing, no framing, no referrer, scripts of
 * ours alone, and no caching of what stands behind a sign-in. Asked once, before it is sent. */
void pn_answer_secure(pn_exchange *exchange);

#endif
