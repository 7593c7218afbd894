/* Answers that were given to requests with an Idempotency-Key. */
#ifndef PN_STORE_IDEMPOTENCY_H
#define PN_STORE_IDEMPOTENCY_H

#include "base/hash.h"
#include "store/db.h"

typedef struct {
    pn_id org_id;
    pn_str key;             /* of the client, behind who it is: "user:usr_… 7f3a" */
    pn_sha256 request_hash; /* of method, path, query and body */
    int64_t status;         /* 0: under way */
    pn_str content_type, location, etag;
    pn_str body;
    pn_time created_at; /* real time */
} pn_idempotency_row;

/* NOT_FOUND when there is none; what is older than `since` is none. */
PN_MUST_USE pn_err pn_idempotency_get(pn_db *db, pn_id org_id, pn_str key, pn_time since,
                                      pn_arena *arena, pn_idempotency_row *ret_row);
/* Writes a new one, and deletes the organization's that are older than `since`. CONFLICT where
 * another request with the key was faster. */
PN_MUST_USE pn_err pn_idempotency_insert(pn_db *db, const pn_idempotency_row *row, pn_time since);
/* What was under way has its answer. */
PN_MUST_USE pn_err pn_idempotency_finish(pn_db *db, const pn_idempotency_row *row);
PN_MUST_USE pn_err pn_idempotency_delete(pn_db *db, pn_id org_id, pn_str key);

#endif
