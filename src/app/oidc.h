/* Signing in through somebody who vouches for people: OpenID Connect, the code flow with PKCE.
 *
 * The provider is asked anew at every sign-in what its addresses and keys are, so a key that was
 * changed there is known here at once; what is asked goes through the guard of net/fetch.h. State,
 * nonce and verifier are one sign-in's, bound to the browser that began it, and used once. */
#ifndef PN_APP_OIDC_H
#define PN_APP_OIDC_H

#include "app/sign_in.h"

typedef struct {
    pn_id id, org_id;
    pn_str name, issuer, client_id;
    pn_str secret;     /* sealed; empty: a public client */
    pn_str algorithm;  /* RS256, PS256, ES256 */
    pn_role join_role; /* PN_ROLES: who is not known does not come in */
    pn_time created_at, archived_at;
} pn_provider_row;

/* `secret` is plain here and sealed in the row. In the transaction under way. INVALID with a
 * sentence; CONFLICT for a name that is taken. */
PN_MUST_USE pn_err pn_oidc_add(pn_app *app, pn_auth *auth, const pn_provider_row *row,
                               pn_str secret, pn_arena *arena, pn_id *ret_id, pn_diag *diag);
PN_MUST_USE pn_err pn_oidc_archive(pn_app *app, pn_id id, pn_arena *arena, pn_diag *diag);
/* Those in use. `org_id` 0: of every organization, for the page to sign in. */
PN_MUST_USE pn_err pn_oidc_list(pn_db *db, pn_id org_id, pn_arena *arena,
                                pn_provider_row **ret_rows, size_t *ret_count);

/* Where the browser goes; `ret_browser` is a cookie's value that it must bring back. */
PN_MUST_USE pn_err pn_oidc_begin(const pn_visitor *visitor, pn_id provider_id, pn_str return_url,
                                 pn_str *ret_url, char ret_browser[PN_TOKEN_SIZE]);
/* It came back with a code. DENIED with a sentence where it does not hold. */
PN_MUST_USE pn_err pn_oidc_finish(const pn_visitor *visitor, pn_str state, pn_str code,
                                  pn_str browser, pn_str return_url, pn_signed_in *ret);

#endif
