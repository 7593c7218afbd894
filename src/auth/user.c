#include "auth/user.h"

#include "base/banned.h"

#define COLUMNS                                                                                    \
    "id, email, email_fold, name, language, operates, password, password_at, totp, totp_pending,"  \
    " totp_step, created_at, archived_at"

static void read_user(pn_stmt *q, pn_arena *arena, pn_user_row *row) {
    *row = (pn_user_row){
        .id = pn_col_int(q, 0),
        .email = pn_col_str_dup(q, 1, arena),
        .email_fold = pn_col_str_dup(q, 2, arena),
        .name = pn_col_str_dup(q, 3, arena),
        .language = pn_col_str_dup(q, 4, arena),
        .operates = pn_col_int(q, 5) != 0,
        .password = pn_col_str_dup(q, 6, arena),
        .password_at = pn_col_int_or(q, 7, PN_TIME_NONE),
        .totp = pn_col_str_dup(q, 8, arena),
        .totp_pending = pn_col_str_dup(q, 9, arena),
        .totp_step = pn_col_int(q, 10),
        .created_at = pn_col_int(q, 11),
        .archived_at = pn_col_int_or(q, 12, PN_TIME_NONE),
    };
}

static pn_err read_one(pn_stmt *q, pn_arena *arena, pn_user_row *ret_row) {
    PN_TRY(pn_row_next(q));
    read_user(q, arena, ret_row);
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_user_insert(pn_db *db, const pn_user_row *row) {
    pn_stmt *q = pn_db_stmt(
        db, "INSERT INTO app_user (id, email, email_fold, name, language, operates, password,"
            " password_at, totp, totp_pending, totp_step, created_at, archived_at) VALUES"
            " ($1, $2, $3, $4, $5, $6, $7, $8, NULL, NULL, 0, $9, NULL)");
    pn_bind_int(q, 1, row->id);
    pn_bind_str(q, 2, row->email);
    pn_bind_str(q, 3, row->email_fold);
    pn_bind_str(q, 4, row->name);
    pn_bind_str(q, 5, row->language);
    pn_bind_int(q, 6, row->operates);
    pn_bind_str(q, 7, row->password);
    pn_bind_int_or_null(q, 8, row->password_at, PN_TIME_NONE);
    pn_bind_int(q, 9, row->created_at);
    return pn_stmt_run(q, NULL);
}

pn_err pn_user_get(pn_db *db, pn_id id, pn_arena *arena, pn_user_row *ret_row) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " COLUMNS " FROM app_user WHERE id = $1");
    pn_bind_int(q, 1, id);
    return read_one(q, arena, ret_row);
}

pn_err pn_user_by_email(pn_db *db, pn_str email_fold, pn_arena *arena, pn_user_row *ret_row) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " COLUMNS " FROM app_user WHERE email_fold = $1");
    pn_bind_str(q, 1, email_fold);
    return read_one(q, arena, ret_row);
}

pn_err pn_user_count(pn_db *db, int64_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT count(*) FROM app_user");
    PN_TRY(pn_row_next(q));
    *ret_count = pn_col_int(q, 0);
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_user_update(pn_db *db, const pn_user_row *row) {
    pn_stmt *q = pn_db_stmt(db, "UPDATE app_user SET name = $2, language = $3, operates = $4,"
                                " archived_at = $5 WHERE id = $1");
    pn_bind_int(q, 1, row->id);
    pn_bind_str(q, 2, row->name);
    pn_bind_str(q, 3, row->language);
    pn_bind_int(q, 4, row->operates);
    pn_bind_int_or_null(q, 5, row->archived_at, PN_TIME_NONE);
    return pn_stmt_run(q, NULL);
}

pn_err pn_user_set_password(pn_db *db, pn_id id, pn_str hash, pn_time at) {
    pn_stmt *q =
        pn_db_stmt(db, "UPDATE app_user SET password = $2, password_at = $3 WHERE id = $1");
    pn_bind_int(q, 1, id);
    pn_bind_str(q, 2, hash);
    pn_bind_int_or_null(q, 3, at, PN_TIME_NONE);
    return pn_stmt_run(q, NULL);
}

pn_err pn_user_set_totp(pn_db *db, pn_id id, pn_str totp, pn_str pending) {
    pn_stmt *q = pn_db_stmt(db, "UPDATE app_user SET totp = $2, totp_pending = $3 WHERE id = $1");
    pn_bind_int(q, 1, id);
    pn_bind_blob_or_null(q, 2, totp.ptr, totp.len);
    pn_bind_blob_or_null(q, 3, pending.ptr, pending.len);
    return pn_stmt_run(q, NULL);
}

pn_err pn_user_use_step(pn_db *db, pn_id id, int64_t step) {
    int64_t changed = 0;
    pn_stmt *q =
        pn_db_stmt(db, "UPDATE app_user SET totp_step = $2 WHERE id = $1 AND totp_step < $2");
    pn_bind_int(q, 1, id);
    pn_bind_int(q, 2, step);
    PN_TRY(pn_stmt_run(q, &changed));
    return changed == 1 ? PN_OK : PN_CONFLICT;
}

/* ── recovery codes ──────────────────────────────────────────────────────────────────────────── */

static void hex_of(const pn_sha256 *hash, char out[2 * PN_SHA256_BYTES + 1]) {
    pn_hex(hash->bytes, sizeof hash->bytes, out);
}

pn_err pn_recovery_put(pn_db *db, pn_id user_id, const pn_sha256 *hashes, size_t count) {
    char hex[2 * PN_SHA256_BYTES + 1];
    pn_stmt *q = pn_db_stmt(db, "DELETE FROM recovery_code WHERE user_id = $1");
    pn_bind_int(q, 1, user_id);
    PN_TRY(pn_stmt_run(q, NULL));
    for (size_t i = 0; i < count; i++) {
        hex_of(&hashes[i], hex);
        q = pn_db_stmt(db, "INSERT INTO recovery_code (user_id, hash, used_at) VALUES"
                           " ($1, $2, NULL)");
        pn_bind_int(q, 1, user_id);
        pn_bind_str(q, 2, pn_str_of(hex));
        int64_t changed = 0; /* asked for: the hash may be written over then */
        PN_TRY(pn_stmt_run(q, &changed));
    }
    return PN_OK;
}

pn_err pn_recovery_use(pn_db *db, pn_id user_id, const pn_sha256 *hash, pn_time at) {
    char hex[2 * PN_SHA256_BYTES + 1];
    int64_t changed = 0;
    hex_of(hash, hex);
    pn_stmt *q = pn_db_stmt(db, "UPDATE recovery_code SET used_at = $3 WHERE user_id = $1 AND"
                                " hash = $2 AND used_at IS NULL");
    pn_bind_int(q, 1, user_id);
    pn_bind_str(q, 2, pn_str_of(hex));
    pn_bind_int(q, 3, at);
    PN_TRY(pn_stmt_run(q, &changed));
    return changed == 1 ? PN_OK : PN_NOT_FOUND;
}

pn_err pn_recovery_left(pn_db *db, pn_id user_id, int64_t *ret_count) {
    pn_stmt *q =
        pn_db_stmt(db, "SELECT count(*) FROM recovery_code WHERE user_id = $1 AND used_at IS NULL");
    pn_bind_int(q, 1, user_id);
    PN_TRY(pn_row_next(q));
    *ret_count = pn_col_int(q, 0);
    pn_stmt_reset(q);
    return PN_OK;
}

/* ── memberships ─────────────────────────────────────────────────────────────────────────────── */

pn_err pn_membership_put(pn_db *db, const pn_membership_row *row) {
    pn_stmt *q = pn_db_stmt(
        db, "INSERT INTO membership (org_id, user_id, role, person_key, created_at, archived_at)"
            " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (org_id, user_id) DO UPDATE SET"
            " role = excluded.role, person_key = excluded.person_key,"
            " archived_at = excluded.archived_at");
    pn_bind_int(q, 1, row->org_id);
    pn_bind_int(q, 2, row->user_id);
    pn_bind_int(q, 3, row->role);
    pn_bind_str(q, 4, row->person_key);
    pn_bind_int(q, 5, row->created_at);
    pn_bind_int_or_null(q, 6, row->archived_at, PN_TIME_NONE);
    return pn_stmt_run(q, NULL);
}

static void read_membership(pn_stmt *q, pn_arena *arena, void *row) {
    *(pn_membership_row *)row = (pn_membership_row){
        .org_id = pn_col_int(q, 0),
        .user_id = pn_col_int(q, 1),
        .role = (pn_role)pn_col_int(q, 2),
        .person_key = pn_col_str_dup(q, 3, arena),
        .created_at = pn_col_int(q, 4),
        .archived_at = pn_col_int_or(q, 5, PN_TIME_NONE),
        .org_name = pn_col_str_dup(q, 6, arena),
    };
}

pn_err pn_membership_get(pn_db *db, pn_id org_id, pn_id user_id, pn_arena *arena,
                         pn_membership_row *ret_row) {
    pn_stmt *q = pn_db_stmt(
        db, "SELECT m.org_id, m.user_id, m.role, m.person_key, m.created_at, m.archived_at, o.name"
            " FROM membership m JOIN organization o ON o.id = m.org_id WHERE m.org_id = $1 AND"
            " m.user_id = $2");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, user_id);
    PN_TRY(pn_row_next(q));
    read_membership(q, arena, ret_row);
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_membership_of_user(pn_db *db, pn_id user_id, pn_arena *arena,
                             pn_membership_row **ret_rows, size_t *ret_count) {
    void *rows = NULL;
    pn_stmt *q = pn_db_stmt(
        db, "SELECT m.org_id, m.user_id, m.role, m.person_key, m.created_at, m.archived_at, o.name"
            " FROM membership m JOIN organization o ON o.id = m.org_id WHERE m.user_id = $1 AND"
            " m.archived_at IS NULL ORDER BY m.created_at, m.org_id");
    pn_bind_int(q, 1, user_id);
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_membership_row), read_membership, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

pn_err pn_membership_count_role(pn_db *db, pn_id org_id, pn_role role, int64_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT count(*) FROM membership WHERE org_id = $1 AND role = $2"
                                " AND archived_at IS NULL");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, role);
    PN_TRY(pn_row_next(q));
    *ret_count = pn_col_int(q, 0);
    pn_stmt_reset(q);
    return PN_OK;
}

static void read_member(pn_stmt *q, pn_arena *arena, void *row) {
    pn_member_row *member = row;
    read_membership(q, arena, &member->membership);
    member->email = pn_col_str_dup(q, 7, arena);
    member->name = pn_col_str_dup(q, 8, arena);
    member->language = pn_col_str_dup(q, 9, arena);
    member->operates = pn_col_int(q, 10) != 0;
    member->has_password = pn_col_int(q, 11) != 0;
    member->has_totp = pn_col_int(q, 12) != 0;
    member->seen_at = pn_col_int_or(q, 13, PN_TIME_NONE);
}

pn_err pn_member_list(pn_db *db, pn_id org_id, pn_arena *arena, pn_member_row **ret_rows,
                      size_t *ret_count) {
    void *rows = NULL;
    pn_stmt *q = pn_db_stmt(
        db, "SELECT m.org_id, m.user_id, m.role, m.person_key, m.created_at, m.archived_at, '',"
            " u.email, u.name, u.language, u.operates,"
            " CASE WHEN u.password = '' THEN 0 ELSE 1 END,"
            " CASE WHEN u.totp IS NULL THEN 0 ELSE 1 END,"
            " (SELECT max(s.seen_at) FROM user_session s WHERE s.user_id = m.user_id)"
            " FROM membership m JOIN app_user u ON u.id = m.user_id WHERE m.org_id = $1"
            " ORDER BY CASE WHEN m.archived_at IS NULL THEN 0 ELSE 1 END, u.name, u.id");
    pn_bind_int(q, 1, org_id);
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_member_row), read_member, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}
