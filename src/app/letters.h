/* Letters to people who sign in: invitations, links to a new password, what was changed.
 *
 * They go through the organization's e-mail channel like everything else, but past queue and gate:
 * they are to people of ours, and about signing in. A letter waits in the database without its
 * link; the token is made when it is written, so that none is ever stored. */
#ifndef PN_APP_LETTERS_H
#define PN_APP_LETTERS_H

#include "app/app.h"
#include "auth/ticket.h"

typedef struct {
    int64_t sent, failed; /* failed: not sent now; tried again later unless given up */
} pn_letters_stats;

/* Sends those that are due, outside of a transaction. `public_url` is where people reach this
 * installation, where the organization does not say itself; empty: unknown. What keeps a letter
 * from being sent is kept with it, and is no error. */
PN_MUST_USE pn_err pn_letters_send(pn_app *app, pn_str public_url, pn_letters_stats *ret_stats,
                                   pn_diag *diag);

/* What is written, for tests and previews. */
typedef struct {
    pn_str subject, text, html;
} pn_letter_text;
typedef struct {
    pn_letter_kind kind;
    pn_str language, name, org_name, sender, link;
} pn_letter_facts;
void pn_letter_write(const pn_letter_facts *facts, pn_arena *arena, pn_letter_text *ret_text);

#endif
