/* What a link says that leads to no page of its own: to be written to no more, it expired, it is
 * none of ours. */
#ifndef PN_APP_LINK_PAGES_H
#define PN_APP_LINK_PAGES_H

#include "app/links.h"

typedef enum {
    PN_LINK_PAGE_ASKS,    /* shall we write no more? with a button */
    PN_LINK_PAGE_DONE,    /* we write no more */
    PN_LINK_PAGE_EXPIRED, /* or was revoked, or what it showed is not kept */
    PN_LINK_PAGE_NOT_OURS,
    PN_LINK_PAGES
} pn_link_page;

/* Writes the page to `out`, and the policy of what it may load. `app` and `link` are NULL where
 * nobody knows whose it is. It speaks `chosen` where the reader chose a language, else the
 * message's, else `otherwise`. `path` is where the button posts to. */
PN_MUST_USE pn_err pn_link_page_write(pn_app *app, const pn_link *link, pn_link_page page,
                                      pn_str path, pn_str chosen, pn_str otherwise, pn_arena *arena,
                                      pn_buf *out, pn_str *ret_policy);

#endif
