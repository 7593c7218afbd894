/* Keys of systems: made, listed, revoked. A key is shown once, and only its hash is kept. It has at
 * most the rights of who made it, and never those over people, keys and secrets: routes about these
 * have no scope that a key could be given. */
#ifndef PN_APP_API_KEYS_H
#define PN_APP_API_KEYS_H

#include "app/app.h"
#include "auth/key.h"
#include "auth/token.h"

typedef struct {
    pn_id user_id; /* who makes it */
    pn_str name;
    const pn_str *scopes;
    size_t scope_count;
    const pn_str *addresses; /* networks; none: from anywhere */
    size_t address_count;
    pn_time expires_at; /* PN_TIME_NONE: never */
} pn_key_request;

/* In the transaction under way. INVALID with a sentence and where for what is wrong of the request;
 * DENIED for who does not belong to the organization. "pk_live_…" in a live organization, else
 * "pk_test_…". */
PN_MUST_USE pn_err pn_api_key_add(pn_app *app, const pn_key_request *request, pn_arena *arena,
                                  pn_id *ret_id, char ret_key[PN_KEY_SIZE], pn_diag *diag);
/* NOT_FOUND for none of the organization; CONFLICT for one that ended already. */
PN_MUST_USE pn_err pn_api_key_revoke(pn_app *app, pn_id id, pn_arena *arena, pn_diag *diag);

/* "in use", "expired" or "revoked". */
const char *pn_api_key_state(const pn_key_row *row, pn_time now);

#endif
