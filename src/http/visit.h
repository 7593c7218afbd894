/* Sign-in over HTTP: what a request shows, and the cookie it gets. */
#ifndef PN_HTTP_VISIT_H
#define PN_HTTP_VISIT_H

#include "app/sign_in.h"
#include "http/exchange.h"

/* What a request shows of whoever sends it: for pn_auth_identify, in front of every route. */
pn_credentials pn_exchange_credentials(const pn_exchange *exchange);

/* The visitor of a route that runs long, on the app that it was given. */
pn_visitor pn_exchange_visitor(pn_exchange *exchange);

/* DENIED with a sentence where a session could not be kept: without TLS, and not on this machine.
 * Nor may the request come from a page of somebody else. */
PN_MUST_USE pn_err pn_visit_allowed(pn_exchange *exchange);

/* Sets the session's cookie; an empty token takes it away. */
void pn_answer_session(pn_exchange *exchange, pn_str token);

/* Runs `work` in a transaction of its own for who changes people, keys or secrets: DENIED unless
 * password or second factor was given lately. Who was remembered is forgotten once it is committed,
 * and not before. */
PN_MUST_USE pn_err pn_visit_write_owner(pn_exchange *exchange,
                                        pn_err (*work)(pn_exchange *exchange, void *context),
                                        void *context);

/* Names the problem that an error of signing in is: 401 for who is not let in, 429 for who has to
 * wait. Gives `err`. */
pn_err pn_visit_problem(pn_exchange *exchange, pn_err err);

#endif
