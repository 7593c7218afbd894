/* Shared by the parts of explaining. */
#ifndef PN_APP_EXPLAIN_INT_H
#define PN_APP_EXPLAIN_INT_H

#include "app/explain.h"

/* `language`: as pn_say's. */

/* The sentence of an event; `strategy` is the name of the run's strategy, empty for none. */
pn_str pn_explain_event(pn_app *app, const pn_event_row *event, pn_str strategy, pn_str language,
                        pn_arena *arena);
/* "1234.50 EUR", "1.234,50 €" */
pn_str pn_explain_amount(int64_t minor, pn_str currency, pn_str language, pn_arena *arena);
/* "2026-03-10", "10/03/2026" */
pn_str pn_explain_day(pn_date date, pn_str language, pn_arena *arena);
/* What the gate said, from what is kept of it with the message. */
pn_str pn_explain_verdict(pn_app *app, const pn_json *verdict, pn_str language, pn_arena *arena);
/* The sentence of a message: sent, waits, or was not sent, and why. */
pn_str pn_explain_message(pn_app *app, const pn_message_row *message, const pn_carrier_row *carrier,
                          pn_str language, pn_arena *arena);

#endif
