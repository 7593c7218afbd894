#include "store/idempotency.h"

#include "base/banned.h"

#define COLUMNS "org_id, key, request_hash, status, content_type, location, etag, body, created_at"

pn_err pn_idempotency_get(pn_db *db, pn_id org_id, pn_str key, pn_time since, pn_arena *arena,
                          pn_idempotency_row *ret_row) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " COLUMNS " FROM idempotency"
                                " WHERE org_id = $1 AND key = $2 AND created_at >= $3");
    pn_bind_int(q, 1, org_id);
    pn_bind_str(q, 2, key);
    pn_bind_int(q, 3, since);
    PN_TRY(pn_row_next(q));
    pn_idempotency_row row = {
        .org_id = pn_col_int(q, 0),
        .key = pn_col_str_dup(q, 1, arena),
        .status = pn_col_int(q, 3),
        .content_type = pn_col_str_dup(q, 4, arena),
        .location = pn_col_str_dup(q, 5, arena),
        .etag = pn_col_str_dup(q, 6, arena),
        .body = pn_col_str_dup(q, 7, arena),
        .created_at = pn_col_int(q, 8),
    };
    pn_str hash = pn_col_str(q, 2);
    bool sound = hash.len == sizeof row.request_hash.bytes;
    if (sound) {
        memcpy(row.request_hash.bytes, hash.ptr, hash.len);
        *ret_row = row;
    }
    pn_stmt_reset(q);
    return sound ? PN_OK : PN_CORRUPT;
}

static void bind_answer(pn_stmt *q, const pn_idempotency_row *row) {
    pn_bind_int(q, 1, row->org_id);
    pn_bind_str(q, 2, row->key);
    pn_bind_int(q, 3, row->status);
    pn_bind_str(q, 4, row->content_type);
    pn_bind_str(q, 5, row->location);
    pn_bind_str(q, 6, row->etag);
    pn_bind_blob(q, 7, row->body.ptr == NULL ? "" : row->body.ptr, row->body.len);
}

pn_err pn_idempotency_insert(pn_db *db, const pn_idempotency_row *row, pn_time since) {
    pn_stmt *q = pn_db_stmt(db, "DELETE FROM idempotency WHERE org_id = $1 AND created_at < $2");
    pn_bind_int(q, 1, row->org_id);
    pn_bind_int(q, 2, since);
    PN_TRY(pn_stmt_run(q, NULL));
    q = pn_db_stmt(db, "INSERT INTO idempotency (org_id, key, status, content_type, location, etag,"
                       " body, request_hash, created_at) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9)");
    bind_answer(q, row);
    pn_bind_blob(q, 8, row->request_hash.bytes, sizeof row->request_hash.bytes);
    pn_bind_int(q, 9, row->created_at);
    int64_t changed = 0; /* asked for, so that a conflict is known here */
    return pn_stmt_run(q, &changed);
}

pn_err pn_idempotency_finish(pn_db *db, const pn_idempotency_row *row) {
    pn_stmt *q = pn_db_stmt(db, "UPDATE idempotency SET status = $3, content_type = $4,"
                                " location = $5, etag = $6, body = $7"
                                " WHERE org_id = $1 AND key = $2");
    bind_answer(q, row);
    return pn_stmt_run(q, NULL);
}

pn_err pn_idempotency_delete(pn_db *db, pn_id org_id, pn_str key) {
    pn_stmt *q = pn_db_stmt(db, "DELETE FROM idempotency WHERE org_id = $1 AND key = $2");
    pn_bind_int(q, 1, org_id);
    pn_bind_str(q, 2, key);
    return pn_stmt_run(q, NULL);
}
