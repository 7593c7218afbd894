/* Sessions of browsers: rows. A session is found by the hash of its token, which changes when
 * somebody signs in and when rights change; it ends when it is idle or old. */
#ifndef PN_AUTH_SESSION_H
#define PN_AUTH_SESSION_H

#include "base/hash.h"
#include "store/db.h"

typedef enum { PN_SESSION_WAITS, PN_SESSION_WHOLE } pn_session_state; /* order is stored */

typedef struct {
    pn_id id, org_id, user_id;
    pn_sha256 hash;
    pn_session_state state;
    pn_str device, address;
    pn_time created_at, seen_at, ends_at;
    pn_time strong_at; /* PN_TIME_NONE */
} pn_session_row;

/* Where a user has too many, the one used longest ago ends. */
PN_MUST_USE pn_err pn_session_insert(pn_db *db, const pn_session_row *row);
/* NOT_FOUND for none, and for one that has ended by then. */
PN_MUST_USE pn_err pn_session_find(pn_db *db, const pn_sha256 *hash, pn_time now, pn_arena *arena,
                                   pn_session_row *ret_row);
/* Organization, hash, state and strong_at. */
PN_MUST_USE pn_err pn_session_update(pn_db *db, const pn_session_row *row);
PN_MUST_USE pn_err pn_session_seen(pn_db *db, pn_id id, pn_time at);
/* Those that have not ended, the one used last first. */
PN_MUST_USE pn_err pn_session_list(pn_db *db, pn_id user_id, pn_time now, pn_arena *arena,
                                   pn_session_row **ret_rows, size_t *ret_count);
/* NOT_FOUND where the user has none of that id. */
PN_MUST_USE pn_err pn_session_delete(pn_db *db, pn_id user_id, pn_id id);
/* All of a user but one (0: all); `org_id` 0 for those of every organization. */
PN_MUST_USE pn_err pn_session_delete_others(pn_db *db, pn_id user_id, pn_id org_id, pn_id but,
                                            int64_t *ret_count);
/* A backup was restored: what was revoked since may be in it again, so nobody is signed in, and no
 * link and no letter waits. Of the organization, and of none. */
PN_MUST_USE pn_err pn_session_end_restored(pn_db *db, pn_id org_id, pn_time at);
/* What has ended, goes. */
PN_MUST_USE pn_err pn_session_sweep(pn_db *db, pn_time now);

/* A browser's name for itself, in words: "Firefox, Linux". */
pn_str pn_device_words(pn_str user_agent, pn_arena *arena);

#endif
