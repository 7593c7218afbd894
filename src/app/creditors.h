/* Creditors: what is checked before one is changed. */
#ifndef PN_APP_CREDITORS_H
#define PN_APP_CREDITORS_H

#include "app/app.h"

/* Writes a creditor that was read and changed, in the transaction under way, and loads all again.
 * INVALID with a sentence and a JSON pointer for a time zone, colour or account that is none; the
 * account is brought to its plain form. */
PN_MUST_USE pn_err pn_creditors_change(pn_app *app, pn_creditor_row *row, pn_arena *arena,
                                       pn_diag *diag);

#endif
