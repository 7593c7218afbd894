/* Closing days: days on which the organization itself rests (its August, its town's feast).
 *
 * They are no business days for its debtors' waits, and no message leaves on them, whatever the
 * policy says of public holidays. */
#ifndef PN_APP_CLOSING_H
#define PN_APP_CLOSING_H

#include "app/app.h"

enum { PN_CLOSING_DAYS_MAX = 1000, PN_CLOSING_SPAN_MAX = 62 };

/* Every day from the first to the last gets that name; with the audit trail, and every debtor is
 * looked at anew. INVALID with a sentence for a span that ends before it begins, or has more than
 * PN_CLOSING_SPAN_MAX days; LIMIT past PN_CLOSING_DAYS_MAX. In the transaction under way. */
PN_MUST_USE pn_err pn_closing_set(pn_app *app, pn_date from, pn_date to, pn_str name,
                                  pn_arena *arena, pn_diag *diag);
/* It is a day like others again. NOT_FOUND with a sentence. */
PN_MUST_USE pn_err pn_closing_remove(pn_app *app, pn_date day, pn_arena *arena, pn_diag *diag);

#endif
