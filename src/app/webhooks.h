/* Webhooks: who is told of what happens (app/hooks.h), and the telling.
 *
 * As Standard Webhooks 1.0 wants it: the same id at every try and the time of the try, signed with
 * HMAC-SHA-256; tried again after 5 seconds, 5 and 30 minutes, 2, 5, 10, 14, 20 and 24 hours, each
 * a little later by chance; redirects are not followed; 410 turns the webhook off, and so do five
 * days in which nothing arrived. Secrets are made from the organization's key, so the database
 * holds none; after a rotation both sign for a day. */
#ifndef PN_APP_WEBHOOKS_H
#define PN_APP_WEBHOOKS_H

#include "app/calls.h"
#include "app/hooks.h"
#include "store/webhook.h"

enum { PN_WEBHOOK_KEPT_DAYS = 30, PN_WEBHOOK_FAILING_DAYS = 5, PN_WEBHOOK_OVERLAP_HOURS = 24 };

extern const pn_call_kind PN_WEBHOOK_KIND;

/* "whsec_…": what the other side checks signatures with. */
pn_str pn_webhook_secret(const pn_app *app, const pn_webhook_row *row, int64_t generation,
                         pn_arena *arena);

/* ── changing them, in the transaction under way ── */

/* `events` are types separated by spaces; empty: all. INVALID with a sentence. */
PN_MUST_USE pn_err pn_webhook_add(pn_app *app, pn_str url, pn_str events, bool private_too,
                                  pn_arena *arena, pn_webhook_row *ret_row, pn_diag *diag);
/* NOT_FOUND with a sentence. */
PN_MUST_USE pn_err pn_webhook_find(pn_app *app, pn_id id, pn_arena *arena, pn_webhook_row *ret_row,
                                   pn_diag *diag);
/* On again, after it was turned off: what was dropped meanwhile is not told. */
PN_MUST_USE pn_err pn_webhook_enable(pn_app *app, pn_id id, pn_arena *arena, pn_diag *diag);
/* A new secret; the one before signs too for a day. */
PN_MUST_USE pn_err pn_webhook_rotate(pn_app *app, pn_id id, pn_arena *arena,
                                     pn_webhook_row *ret_row, pn_diag *diag);
PN_MUST_USE pn_err pn_webhook_remove(pn_app *app, pn_id id, pn_diag *diag);
/* The same notification once more, with the same id. */
PN_MUST_USE pn_err pn_webhook_redeliver(pn_app *app, pn_id notification_id, pn_arena *arena,
                                        pn_diag *diag);

#endif
