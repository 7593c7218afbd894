/* What the routes of the debtor's page share: opening its link, answering with HTML. */
#ifndef PN_HTTP_PORTAL_H
#define PN_HTTP_PORTAL_H

#include "app/portal.h"
#include "http/route.h"

/* Whose page a token is of; of nobody's (0) where we did not make it: the route answers that. */
pn_err pn_portal_place(pn_exchange *exchange, pn_id *ret_org_id);
/* The same for a link of another kind. */
pn_err pn_portal_place_of(pn_exchange *exchange, pn_link_kind kind, pn_id *ret_org_id);
/* The organization whose public address was asked, else the first one. */
pn_err pn_portal_place_host(pn_exchange *exchange, pn_id *ret_org_id);

/* Opens the link of the path. NOT_FOUND: the answer is there already (unknown, expired, withdrawn);
 * the route ends with PN_OK. */
PN_MUST_USE pn_err pn_portal_enter(pn_exchange *exchange, pn_portal *ret_portal);

/* Answers with a page that stands in answer.body. `pay_origins` as pn_page_policy. */
pn_err pn_portal_answer(pn_exchange *exchange, int status, pn_str pay_origins);
void pn_portal_begin(pn_exchange *exchange);

/* A page of a sentence, of this portal or of nobody's (NULL). */
pn_err pn_portal_notice(pn_exchange *exchange, const pn_portal *portal, int status,
                        const pn_page_notice *notice);
/* A form, empty or as it was sent. NOT_FOUND: it makes no sense now, and the answer leads back. */
pn_err pn_portal_show_form(pn_exchange *exchange, pn_portal *portal, const char *name,
                           const pn_form_data *sent, const pn_portal_problems *problems);
/* The account's page, with what was wrong in what was sent. */
pn_err pn_portal_show_account(pn_exchange *exchange, pn_portal *portal,
                              const pn_portal_problems *problems);
/* 303 to a path of the page. */
pn_err pn_portal_go(pn_exchange *exchange, const pn_portal *portal, const char *path);
pn_err pn_portal_unknown(pn_exchange *exchange);

/* What went wrong on our side or by the limits, as a page; the answer stays as it is where that
 * fails too. */
void pn_portal_trouble(pn_exchange *exchange, int status);

/* Reads the form of a POST. INVALID: the answer is there already. */
PN_MUST_USE pn_err pn_portal_read_form(pn_exchange *exchange, pn_form_data *ret_form);

#endif
