/* What the parts of taking a mail share. */
#ifndef PN_APP_INBOUND_INT_H
#define PN_APP_INBOUND_INT_H

#include "app/inbound.h"
#include "format/bounce.h"
#include "store/message.h"

/* Fills matched_by, carrier, debtor, state, note, and of a report its recipient. */
PN_MUST_USE pn_err pn_inbound_find(pn_app *app, const pn_mail_finding *finding, pn_str recipient,
                                   pn_arena *arena, pn_received_row *row);

/* Does what follows from a matched mail, and sets its state. */
PN_MUST_USE pn_err pn_inbound_act(pn_app *app, pn_received_row *row, pn_arena *arena,
                                  pn_diag *diag);
/* Its event: of the debtor it belongs to, else of the organization. */
PN_MUST_USE pn_err pn_inbound_record(pn_app *app, const pn_received_row *row, const char *what);

/* What a reply seems to want, as JSON; empty: nothing. */
pn_str pn_inbound_suggestion(pn_str text, pn_date written, bool month_first, pn_arena *arena);

#endif
