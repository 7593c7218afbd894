/* Hooks: what happens becomes a notification for whoever listens.
 *
 * Written in the transaction that changes the fact. Where nobody listens to a kind of event, it
 * costs the look at one bit; which bits are set is read once a transaction. A notification holds
 * ids and amounts, and nothing personal: who wants to know more asks with the id. */
#ifndef PN_APP_HOOKS_H
#define PN_APP_HOOKS_H

#include "app/app.h"

/* The table of what can be listened to; docs/webhooks.md is made of it. */
typedef struct {
    const char *type; /* "promise.kept" */
    const char *help;
} pn_hook_type;

size_t pn_hook_type_count(void);
const pn_hook_type *pn_hook_type_at(size_t index);
bool pn_hook_type_known(pn_str type);

/* Reads who listens, in the transaction that begins. */
PN_MUST_USE pn_err pn_hooks_begin(pn_app *app);

/* An event was written. A step counts as what became of the case: `over` where it ended it. */
PN_MUST_USE pn_err pn_hooks_event_slow(pn_app *app, const pn_event_row *event, bool over);
static inline pn_err pn_hooks_event(pn_app *app, const pn_event_row *event, bool over) {
    return (app->hook_kinds >> event->kind & 1) == 0 ? PN_OK
                                                     : pn_hooks_event_slow(app, event, over);
}

/* An invoice was closed by money, or opened again by a reversal. */
PN_MUST_USE pn_err pn_hooks_invoice(pn_app *app, pn_id debtor_id, pn_id invoice_id, bool paid);

/* A notification for one webhook, whatever it listens to. */
PN_MUST_USE pn_err pn_hooks_test(pn_app *app, pn_id webhook_id, pn_id *ret_id);

#endif
