/* Keys of systems: rows. */
#ifndef PN_AUTH_KEY_H
#define PN_AUTH_KEY_H

#include "auth/role.h"
#include "base/hash.h"
#include "store/db.h"

typedef struct {
    pn_id id, org_id, user_id;
    pn_str name, start;
    pn_sha256 hash;
    pn_str scopes, addresses;                            /* separated by spaces */
    pn_time created_at, expires_at, used_at, revoked_at; /* PN_TIME_NONE: not */
    pn_str revoked_reason;
    pn_str user_name; /* read by pn_key_list */
} pn_key_row;

PN_MUST_USE pn_err pn_key_insert(pn_db *db, const pn_key_row *row);
PN_MUST_USE pn_err pn_key_get(pn_db *db, pn_id org_id, pn_id id, pn_arena *arena,
                              pn_key_row *ret_row);
/* The newest first; those before `before` (0: all), at most `max`. */
PN_MUST_USE pn_err pn_key_list(pn_db *db, pn_id org_id, pn_id before, int64_t max, pn_arena *arena,
                               pn_key_row **ret_rows, size_t *ret_count);
PN_MUST_USE pn_err pn_key_count(pn_db *db, pn_id org_id, pn_time now, int64_t *ret_count);
PN_MUST_USE pn_err pn_key_used(pn_db *db, pn_id id, pn_time at);
/* One, or with id 0 all of a user in the organization. */
PN_MUST_USE pn_err pn_key_revoke(pn_db *db, pn_id org_id, pn_id id, pn_id user_id, pn_str reason,
                                 pn_time at, int64_t *ret_count);

/* "203.0.113.0/24", an address alone, or of IPv6. */
bool pn_network_is(pn_str network);
/* Whether an address lies in one of the networks; in none of an empty list is anybody. */
bool pn_network_holds(pn_str networks, pn_str address);

#endif
