/* Touches: requests for the pixel and the links of what we sent, as signals (docs/tracking.md).
 *
 * A touch is recorded with what kind of program made it, and of no person's the runs are poked
 * (law 10). Neither address nor User-Agent is kept. Of equal touches of a message the first
 * PN_LIMIT_TOUCHES_KEPT are recorded, the first of them as an event: who reloads a picture has told
 * nothing new. */
#ifndef PN_APP_TOUCHES_H
#define PN_APP_TOUCHES_H

#include "app/links.h"
#include "format/agent.h"

/* An open, or a look at the web version, as the connection's thread saw it. */
typedef struct {
    pn_id org_id, carrier_id;
    pn_signal_kind kind; /* OPEN or CLICK */
    pn_time at;          /* real time */
    pn_agent agent;
    bool head;
} pn_opened;

/* Records opens of this organization in the transaction under way; those of carriers that are gone
 * or revoked are passed over. Sorts them. */
PN_MUST_USE pn_err pn_touches_opened(pn_app *app, pn_opened *opened, size_t count, pn_arena *arena);

typedef struct {
    pn_str token;
    int64_t number; /* behind the token: of the target; 0 nobody sees; PN_CLICK_PAGE: none stood */
    pn_agent agent;
    bool head;
} pn_clicked;
enum { PN_CLICK_PAGE = -1 };

/* Records a click in the transaction under way; `ret_location` is where it leads: the debtor's page
 * or an address that was stored with the message, and to the page where that does not exist. Also
 * for links that expired: the page says so. NOT_FOUND for a token that is none of ours. */
PN_MUST_USE pn_err pn_touches_clicked(pn_app *app, const pn_clicked *clicked, pn_arena *arena,
                                      pn_str *ret_location, pn_diag *diag);

/* A short link was followed: a click on what it was sent with. */
PN_MUST_USE pn_err pn_touches_code(pn_app *app, pn_str code, pn_agent agent, bool head,
                                   pn_arena *arena, pn_str *ret_location, pn_diag *diag);

/* The address that the message went to is not written to any more, whatever debtors have it; in the
 * transaction under way. Twice is once. */
PN_MUST_USE pn_err pn_touches_unsubscribe(pn_app *app, pn_str token, pn_arena *arena,
                                          pn_link *ret_link, pn_diag *diag);

/* The e-mail as it was sent, as a page without the pixel. NOT_FOUND, or DENIED with a sentence
 * where the link expired or was revoked. */
PN_MUST_USE pn_err pn_touches_web_version(pn_app *app, pn_str token, pn_arena *arena, pn_buf *out,
                                          pn_link *ret_link, pn_diag *diag);

/* The same of what was sent with a carrier, for people of ours: nothing is recorded. NOT_FOUND
 * where it is not kept any more or has no HTML. */
PN_MUST_USE pn_err pn_touches_page(pn_app *app, pn_id carrier_id, pn_arena *arena, pn_buf *out);

#endif
