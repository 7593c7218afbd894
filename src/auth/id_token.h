/* ID tokens of OpenID Connect (Core 1.0, section 3.1.3.7): who signed, for whom, until when.
 *
 * The algorithm is pinned by the provider's setting, never taken from the token: a token that says
 * “none”, or HMAC with the public key as its secret, is refused before any key is looked at. */
#ifndef PN_AUTH_ID_TOKEN_H
#define PN_AUTH_ID_TOKEN_H

#include "base/str.h"
#include "base/time.h"

typedef struct {
    pn_str issuer, client_id, nonce;
    pn_str algorithm; /* RS256, PS256 or ES256 */
    pn_time now;
} pn_id_token_wanted;

typedef struct {
    pn_str subject, email, name;
    bool email_verified;
} pn_id_token;

/* DENIED with a sentence for a token that is not what is wanted; `jwks` is the provider's set of
 * keys as it came. Both are hostile. */
PN_MUST_USE pn_err pn_id_token_verify(pn_str token, pn_str jwks, const pn_id_token_wanted *wanted,
                                      pn_arena *arena, pn_id_token *ret_token, pn_diag *diag);

bool pn_id_token_algorithm_is(pn_str algorithm);

/* SHA-256 as base64url without padding: a PKCE challenge (RFC 7636, 4.2). */
pn_str pn_pkce_challenge(pn_str verifier, pn_arena *arena);

#endif
