/* Providers and the people they vouch for: rows. */
#ifndef PN_APP_OIDC_INT_H
#define PN_APP_OIDC_INT_H

#include "app/oidc.h"
#include "auth/id_token.h"

#define PN_OIDC_TIME (10 * PN_MINUTE) /* for a sign-in at the provider */

typedef struct {
    pn_sha256 hash; /* of the state */
    pn_id org_id, provider_id;
    pn_str secrets;    /* sealed: nonce and verifier */
    pn_sha256 browser; /* of its cookie */
    pn_time created_at;
} pn_oidc_login_row;

/* Those that were never finished go with it. */
PN_MUST_USE pn_err pn_oidc_login_put(pn_db *db, const pn_oidc_login_row *row);
/* Reads and deletes it. */
PN_MUST_USE pn_err pn_oidc_login_take(pn_db *db, const pn_sha256 *hash, pn_arena *arena,
                                      pn_oidc_login_row *ret_row);

/* One in use; NOT_FOUND with a sentence. */
PN_MUST_USE pn_err pn_oidc_get(const pn_visitor *visitor, pn_id id, pn_provider_row *ret_row);
PN_MUST_USE pn_err pn_oidc_secret(const pn_visitor *visitor, const pn_provider_row *row,
                                  pn_str *ret_secret);

/* Who the subject is: known already, a member with that verified address, or somebody new where the
 * provider may bring people in. DENIED with a sentence for nobody. */
PN_MUST_USE pn_err pn_oidc_user(const pn_visitor *visitor, const pn_provider_row *provider,
                                const pn_id_token *token, pn_id *ret_user_id);

#endif
