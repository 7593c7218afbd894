/* The vault: secrets that were entered on a screen or sent to the API (passwords, keys of
 * providers, private keys of DKIM).
 *
 * They stand in the database sealed under the master key, which is not in it (auth/seal.h), each
 * bound to its organization and name. They are read by whoever connects, and by nobody else: no
 * answer, log line, event or list has them. docs/decisions/kept-secrets.md */
#ifndef PN_APP_VAULT_H
#define PN_APP_VAULT_H

#include "app/app.h"

/* Seals and keeps one, in place of the one there was; in the transaction under way. The audit trail
 * is the caller's. NOT_FOUND or DENIED with a sentence where there is no master key. */
PN_MUST_USE pn_err pn_vault_put(pn_app *app, pn_str name, pn_str secret, pn_arena *arena,
                                pn_diag *diag);
/* In the transaction under way; one that is not there is no error. */
PN_MUST_USE pn_err pn_vault_drop(pn_app *app, pn_str name);

/* The secret, on the arena. NOT_FOUND with a sentence where there is none, or another key sealed
 * it. */
PN_MUST_USE pn_err pn_vault_get(const pn_app *app, pn_str name, pn_arena *arena, pn_str *ret_secret,
                                pn_diag *diag);
/* Real time; PN_TIME_NONE where there is none. */
PN_MUST_USE pn_err pn_vault_since(pn_app *app, pn_str name, pn_time *ret_at);

#endif
