/* Shared by the parts of explaining. */
#ifndef PN_APP_EXPLAIN_INT_H
#define PN_APP_EXPLAIN_INT_H

#include "app/explain.h"

/* The sentence of an event; `strategy` is the name of the run's strategy, empty for none. */
pn_str pn_explain_event(pn_app *app, const pn_event_row *event, pn_str strategy, pn_arena *arena);
/* "1,234.50 EUR" */
pn_str pn_explain_amount(int64_t minor, pn_str currency, pn_arena *arena);
/* The sentence of a message: sent, waits, or was not sent, and why. */
pn_str pn_explain_message(pn_app *app, const pn_message_row *message, const pn_carrier_row *carrier,
                          pn_arena *arena);

#endif
