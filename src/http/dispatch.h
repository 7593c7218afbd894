/* Dispatch: a request's way from its head to its answer (http/service.h tells it). */
#ifndef PN_HTTP_DISPATCH_H
#define PN_HTTP_DISPATCH_H

#include "http/service.h"

/* Finds the route; what it says of the body. Else the answer is there. */
PN_MUST_USE pn_err pn_dispatch_head(pn_service *service, pn_exchange *exchange,
                                    int64_t *ret_body_max);
/* True: it was answered here. False: `pn_dispatch_done` is called for it, on another thread. */
bool pn_dispatch_whole(pn_service *service, pn_exchange *exchange);
/* The answer to a body that is too large, or comes when there is no memory for it. */
void pn_dispatch_refuse(pn_service *service, pn_exchange *exchange, pn_err err);
/* Counts and logs it. */
void pn_dispatch_over(pn_service *service, const pn_exchange *exchange, int64_t duration);

#endif
