#include "auth/ticket.h"

#include "base/banned.h"

pn_err pn_ticket_insert(pn_db *db, const pn_ticket_row *row) {
    pn_stmt *q = pn_db_stmt(db, "UPDATE user_ticket SET used_at = $3 WHERE user_id = $1 AND"
                                " kind = $2 AND used_at IS NULL");
    pn_bind_int(q, 1, row->user_id);
    pn_bind_int(q, 2, row->kind);
    pn_bind_int(q, 3, row->created_at);
    PN_TRY(pn_stmt_run(q, NULL));
    q = pn_db_stmt(db, "INSERT INTO user_ticket (id, org_id, user_id, kind, hash, created_at,"
                       " expires_at, used_at) VALUES ($1, $2, $3, $4, $5, $6, $7, NULL)");
    pn_bind_int(q, 1, row->id);
    pn_bind_int(q, 2, row->org_id);
    pn_bind_int(q, 3, row->user_id);
    pn_bind_int(q, 4, row->kind);
    pn_bind_blob(q, 5, row->hash.bytes, PN_SHA256_BYTES);
    pn_bind_int(q, 6, row->created_at);
    pn_bind_int(q, 7, row->expires_at);
    int64_t changed = 0;
    return pn_stmt_run(q, &changed);
}

pn_err pn_ticket_find(pn_db *db, const pn_sha256 *hash, pn_time now, pn_ticket_row *ret_row) {
    pn_stmt *q =
        pn_db_stmt(db, "SELECT id, org_id, user_id, kind, created_at, expires_at FROM user_ticket"
                       " WHERE hash = $1 AND used_at IS NULL AND expires_at > $2");
    pn_bind_blob(q, 1, hash->bytes, PN_SHA256_BYTES);
    pn_bind_int(q, 2, now);
    PN_TRY(pn_row_next(q));
    *ret_row = (pn_ticket_row){
        .id = pn_col_int(q, 0),
        .org_id = pn_col_int(q, 1),
        .user_id = pn_col_int(q, 2),
        .kind = (pn_ticket_kind)pn_col_int(q, 3),
        .hash = *hash,
        .created_at = pn_col_int(q, 4),
        .expires_at = pn_col_int(q, 5),
    };
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_ticket_use(pn_db *db, pn_id id, pn_time at) {
    int64_t changed = 0;
    pn_stmt *q =
        pn_db_stmt(db, "UPDATE user_ticket SET used_at = $2 WHERE id = $1 AND used_at IS NULL");
    pn_bind_int(q, 1, id);
    pn_bind_int(q, 2, at);
    PN_TRY(pn_stmt_run(q, &changed));
    return changed == 1 ? PN_OK : PN_CONFLICT;
}

pn_err pn_ticket_end(pn_db *db, pn_id user_id, pn_time at) {
    pn_stmt *q = pn_db_stmt(
        db, "UPDATE user_ticket SET used_at = $2 WHERE user_id = $1 AND used_at IS NULL");
    pn_bind_int(q, 1, user_id);
    pn_bind_int(q, 2, at);
    return pn_stmt_run(q, NULL);
}

/* ── letters ─────────────────────────────────────────────────────────────────────────────────── */

pn_err pn_letter_insert(pn_db *db, const pn_letter_row *row) {
    pn_stmt *q = pn_db_stmt(db, "UPDATE user_letter SET state = 2, settled_at = $4, trouble ="
                                " 'asked for again' WHERE org_id = $1 AND user_id = $2 AND"
                                " kind = $3 AND state = 0");
    pn_bind_int(q, 1, row->org_id);
    pn_bind_int(q, 2, row->user_id);
    pn_bind_int(q, 3, row->kind);
    pn_bind_int(q, 4, row->requested_at);
    PN_TRY(pn_stmt_run(q, NULL));
    q = pn_db_stmt(db, "INSERT INTO user_letter (id, org_id, user_id, kind, sender, state,"
                       " attempts, not_before, requested_at, settled_at, trouble) VALUES"
                       " ($1, $2, $3, $4, $5, 0, 0, $6, $7, NULL, '')");
    pn_bind_int(q, 1, row->id);
    pn_bind_int(q, 2, row->org_id);
    pn_bind_int(q, 3, row->user_id);
    pn_bind_int(q, 4, row->kind);
    pn_bind_str(q, 5, row->sender);
    pn_bind_int(q, 6, row->not_before);
    pn_bind_int(q, 7, row->requested_at);
    return pn_stmt_run(q, NULL);
}

static void read_letter(pn_stmt *q, pn_arena *arena, void *row) {
    *(pn_letter_row *)row = (pn_letter_row){
        .id = pn_col_int(q, 0),
        .org_id = pn_col_int(q, 1),
        .user_id = pn_col_int(q, 2),
        .kind = (pn_letter_kind)pn_col_int(q, 3),
        .sender = pn_col_str_dup(q, 4, arena),
        .attempts = pn_col_int(q, 5),
        .not_before = pn_col_int(q, 6),
        .requested_at = pn_col_int(q, 7),
    };
}

pn_err pn_letter_due(pn_db *db, pn_id org_id, pn_time now, int64_t max, pn_arena *arena,
                     pn_letter_row **ret_rows, size_t *ret_count) {
    void *rows = NULL;
    pn_stmt *q = pn_db_stmt(
        db, "SELECT id, org_id, user_id, kind, sender, attempts, not_before, requested_at FROM"
            " user_letter WHERE org_id = $1 AND state = 0 AND not_before <= $2 ORDER BY id"
            " LIMIT $3");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, now);
    pn_bind_int(q, 3, max);
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_letter_row), read_letter, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

pn_err pn_letter_next(pn_db *db, pn_id org_id, pn_time *ret_at) {
    pn_stmt *q =
        pn_db_stmt(db, "SELECT min(not_before) FROM user_letter WHERE org_id = $1 AND state = 0");
    pn_bind_int(q, 1, org_id);
    PN_TRY(pn_row_next(q));
    *ret_at = pn_col_int_or(q, 0, PN_TIME_NEVER);
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_letter_take(pn_db *db, const pn_letter_row *row, pn_time not_before) {
    int64_t changed = 0;
    pn_stmt *q = pn_db_stmt(db, "UPDATE user_letter SET not_before = $3, attempts = attempts + 1"
                                " WHERE id = $1 AND state = 0 AND not_before = $2");
    pn_bind_int(q, 1, row->id);
    pn_bind_int(q, 2, row->not_before);
    pn_bind_int(q, 3, not_before);
    PN_TRY(pn_stmt_run(q, &changed));
    return changed == 1 ? PN_OK : PN_CONFLICT;
}

pn_err pn_letter_settle(pn_db *db, pn_id id, bool sent, pn_str trouble, pn_time at) {
    pn_stmt *q = pn_db_stmt(
        db, "UPDATE user_letter SET state = $2, trouble = $3, settled_at = $4 WHERE id = $1");
    pn_bind_int(q, 1, id);
    pn_bind_int(q, 2, sent ? 1 : 2);
    pn_bind_str(q, 3, trouble);
    pn_bind_int(q, 4, at);
    return pn_stmt_run(q, NULL);
}

pn_err pn_letter_trouble(pn_db *db, pn_id id, pn_str trouble) {
    pn_stmt *q = pn_db_stmt(db, "UPDATE user_letter SET trouble = $2 WHERE id = $1");
    pn_bind_int(q, 1, id);
    pn_bind_str(q, 2, trouble);
    return pn_stmt_run(q, NULL);
}
