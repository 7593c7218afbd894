#include "auth/session.h"

#include "base/banned.h"
#include "base/limits.h"

#define COLUMNS                                                                                    \
    "id, org_id, user_id, hash, state, device, address, created_at, seen_at, ends_at, strong_at"

static void read_session(pn_stmt *q, pn_arena *arena, void *out) {
    pn_session_row *row = out;
    *row = (pn_session_row){
        .id = pn_col_int(q, 0),
        .org_id = pn_col_int(q, 1),
        .user_id = pn_col_int(q, 2),
        .state = (pn_session_state)pn_col_int(q, 4),
        .device = pn_col_str_dup(q, 5, arena),
        .address = pn_col_str_dup(q, 6, arena),
        .created_at = pn_col_int(q, 7),
        .seen_at = pn_col_int(q, 8),
        .ends_at = pn_col_int(q, 9),
        .strong_at = pn_col_int_or(q, 10, PN_TIME_NONE),
    };
    pn_str hash = pn_col_str(q, 3);
    assert(hash.len == PN_SHA256_BYTES);
    memcpy(row->hash.bytes, hash.ptr, PN_SHA256_BYTES);
}

static pn_err make_room(pn_db *db, pn_id user_id) {
    pn_stmt *q = pn_db_stmt(
        db, "DELETE FROM user_session WHERE id IN (SELECT id FROM user_session WHERE user_id = $1"
            " ORDER BY seen_at DESC, id DESC LIMIT 1000 OFFSET $2)");
    pn_bind_int(q, 1, user_id);
    pn_bind_int(q, 2, PN_LIMIT_SESSIONS_OF_USER - 1);
    return pn_stmt_run(q, NULL);
}

pn_err pn_session_insert(pn_db *db, const pn_session_row *row) {
    PN_TRY(make_room(db, row->user_id));
    pn_stmt *q = pn_db_stmt(db, "INSERT INTO user_session (id, org_id, user_id, hash, state,"
                                " device, address, created_at, seen_at, ends_at, strong_at) VALUES"
                                " ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)");
    pn_bind_int(q, 1, row->id);
    pn_bind_int(q, 2, row->org_id);
    pn_bind_int(q, 3, row->user_id);
    pn_bind_blob(q, 4, row->hash.bytes, PN_SHA256_BYTES);
    pn_bind_int(q, 5, row->state);
    pn_bind_str(q, 6, row->device);
    pn_bind_str(q, 7, row->address);
    pn_bind_int(q, 8, row->created_at);
    pn_bind_int(q, 9, row->seen_at);
    pn_bind_int(q, 10, row->ends_at);
    pn_bind_int_or_null(q, 11, row->strong_at, PN_TIME_NONE);
    int64_t changed = 0;
    return pn_stmt_run(q, &changed);
}

pn_err pn_session_find(pn_db *db, const pn_sha256 *hash, pn_time now, pn_arena *arena,
                       pn_session_row *ret_row) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " COLUMNS " FROM user_session WHERE hash = $1 AND"
                                " ends_at > $2 AND seen_at > $3");
    pn_bind_blob(q, 1, hash->bytes, PN_SHA256_BYTES);
    pn_bind_int(q, 2, now);
    pn_bind_int(q, 3, now - PN_LIMIT_SESSION_IDLE_HOURS * PN_HOUR);
    PN_TRY(pn_row_next(q));
    read_session(q, arena, ret_row);
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_session_update(pn_db *db, const pn_session_row *row) {
    pn_stmt *q = pn_db_stmt(db, "UPDATE user_session SET org_id = $2, hash = $3, state = $4,"
                                " strong_at = $5 WHERE id = $1");
    pn_bind_int(q, 1, row->id);
    pn_bind_int(q, 2, row->org_id);
    pn_bind_blob(q, 3, row->hash.bytes, PN_SHA256_BYTES);
    pn_bind_int(q, 4, row->state);
    pn_bind_int_or_null(q, 5, row->strong_at, PN_TIME_NONE);
    int64_t changed = 0;
    return pn_stmt_run(q, &changed);
}

pn_err pn_session_seen(pn_db *db, pn_id id, pn_time at) {
    pn_stmt *q =
        pn_db_stmt(db, "UPDATE user_session SET seen_at = $2 WHERE id = $1 AND seen_at < $2");
    pn_bind_int(q, 1, id);
    pn_bind_int(q, 2, at);
    return pn_stmt_run(q, NULL);
}

pn_err pn_session_list(pn_db *db, pn_id user_id, pn_time now, pn_arena *arena,
                       pn_session_row **ret_rows, size_t *ret_count) {
    void *rows = NULL;
    pn_stmt *q = pn_db_stmt(db, "SELECT " COLUMNS " FROM user_session WHERE user_id = $1 AND"
                                " ends_at > $2 AND seen_at > $3 AND state = 1"
                                " ORDER BY seen_at DESC, id DESC");
    pn_bind_int(q, 1, user_id);
    pn_bind_int(q, 2, now);
    pn_bind_int(q, 3, now - PN_LIMIT_SESSION_IDLE_HOURS * PN_HOUR);
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_session_row), read_session, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

pn_err pn_session_delete(pn_db *db, pn_id user_id, pn_id id) {
    int64_t changed = 0;
    pn_stmt *q = pn_db_stmt(db, "DELETE FROM user_session WHERE id = $1 AND user_id = $2");
    pn_bind_int(q, 1, id);
    pn_bind_int(q, 2, user_id);
    PN_TRY(pn_stmt_run(q, &changed));
    return changed == 1 ? PN_OK : PN_NOT_FOUND;
}

pn_err pn_session_delete_others(pn_db *db, pn_id user_id, pn_id org_id, pn_id but,
                                int64_t *ret_count) {
    int64_t changed = 0;
    pn_stmt *q = pn_db_stmt(db, "DELETE FROM user_session WHERE user_id = $1 AND id <> $2 AND"
                                " (org_id = $3 OR $3 = 0)");
    pn_bind_int(q, 1, user_id);
    pn_bind_int(q, 2, but);
    pn_bind_int(q, 3, org_id);
    PN_TRY(pn_stmt_run(q, &changed));
    if (ret_count != NULL) {
        *ret_count = changed;
    }
    return PN_OK;
}

pn_err pn_session_sweep(pn_db *db, pn_time now) {
    pn_stmt *q = pn_db_stmt(db, "DELETE FROM user_session WHERE id IN (SELECT id FROM user_session"
                                " WHERE ends_at <= $1 OR seen_at <= $2)");
    pn_bind_int(q, 1, now);
    pn_bind_int(q, 2, now - PN_LIMIT_SESSION_IDLE_HOURS * PN_HOUR);
    return pn_stmt_run(q, NULL);
}

pn_err pn_session_end_restored(pn_db *db, pn_id org_id, pn_time at) {
    pn_stmt *q = pn_db_stmt(db, "DELETE FROM user_session WHERE org_id = $1 OR org_id = 0");
    pn_bind_int(q, 1, org_id);
    PN_TRY(pn_stmt_run(q, NULL));
    q = pn_db_stmt(db, "UPDATE user_ticket SET used_at = $2 WHERE (org_id = $1 OR org_id = 0) AND"
                       " used_at IS NULL");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, at);
    PN_TRY(pn_stmt_run(q, NULL));
    q = pn_db_stmt(db, "UPDATE user_letter SET state = 2, settled_at = $2, trouble = 'restored'"
                       " WHERE org_id = $1 AND state = 0");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, at);
    return pn_stmt_run(q, NULL);
}

/* ── devices ─────────────────────────────────────────────────────────────────────────────────── */

typedef struct {
    const char *sign, *word;
} device_sign;

static const char *first_sign(pn_str text, const device_sign *signs, size_t count,
                              const char *otherwise) {
    for (size_t i = 0; i < count; i++) {
        if (pn_str_find(text, pn_str_of(signs[i].sign)) != SIZE_MAX) {
            return signs[i].word;
        }
    }
    return otherwise;
}

/* Browsers name those they descend from, so the youngest comes first. */
pn_str pn_device_words(pn_str user_agent, pn_arena *arena) {
    static const device_sign BROWSERS[] = {
        {"Edg", "Edge"},       {"OPR/", "Opera"},       {"SamsungBrowser", "Samsung Internet"},
        {"FxiOS", "Firefox"},  {"Firefox/", "Firefox"}, {"CriOS", "Chrome"},
        {"Chrome/", "Chrome"}, {"Chromium", "Chrome"},  {"Safari/", "Safari"},
        {"curl/", "curl"},
    };
    static const device_sign SYSTEMS[] = {
        {"iPhone", "iPhone"}, {"iPad", "iPad"},     {"Android", "Android"}, {"Windows", "Windows"},
        {"Macintosh", "Mac"}, {"CrOS", "ChromeOS"}, {"Linux", "Linux"},
    };
    user_agent = pn_str_first(user_agent, 500);
    const char *browser = first_sign(user_agent, BROWSERS, PN_COUNT(BROWSERS), "");
    const char *system = first_sign(user_agent, SYSTEMS, PN_COUNT(SYSTEMS), "");
    return pn_str_format(arena, "%s%s%s", browser,
                         browser[0] != '\0' && system[0] != '\0' ? ", " : "", system);
}
