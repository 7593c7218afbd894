/* Mandates: what debtors left with a provider so that it may be charged. */
#ifndef PN_APP_MANDATES_H
#define PN_APP_MANDATES_H

#include "app/app.h"
#include "store/mandate.h"

/* Writes a new one, with an event, in the transaction under way; debtor, creditor, provider, token
 * and label are given. INVALID with a sentence for a provider that charges none, for no token, and
 * for one that looks like the number of a card. */
PN_MUST_USE pn_err pn_mandates_add(pn_app *app, pn_mandate_row *row, pn_arena *arena,
                                   pn_diag *diag);
/* It is charged no more. NOT_FOUND with a sentence unless it is in force. */
PN_MUST_USE pn_err pn_mandates_end(pn_app *app, pn_id id, pn_arena *arena, pn_diag *diag);

#endif
