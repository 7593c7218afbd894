#define _GNU_SOURCE /* inet_pton */
#include "auth/key.h"

#include <arpa/inet.h>

#include "base/banned.h"

static void read_key(pn_stmt *q, pn_arena *arena, void *out) {
    pn_key_row *row = out;
    *row = (pn_key_row){
        .id = pn_col_int(q, 0),
        .org_id = pn_col_int(q, 1),
        .user_id = pn_col_int(q, 2),
        .name = pn_col_str_dup(q, 3, arena),
        .start = pn_col_str_dup(q, 4, arena),
        .scopes = pn_col_str_dup(q, 5, arena),
        .addresses = pn_col_str_dup(q, 6, arena),
        .created_at = pn_col_int(q, 7),
        .expires_at = pn_col_int_or(q, 8, PN_TIME_NONE),
        .used_at = pn_col_int_or(q, 9, PN_TIME_NONE),
        .revoked_at = pn_col_int_or(q, 10, PN_TIME_NONE),
        .revoked_reason = pn_col_str_dup(q, 11, arena),
        .user_name = pn_col_str_dup(q, 12, arena),
    };
}

pn_err pn_key_insert(pn_db *db, const pn_key_row *row) {
    pn_stmt *q = pn_db_stmt(
        db, "INSERT INTO api_key (id, org_id, user_id, name, start, hash, scopes, addresses,"
            " created_at, expires_at, used_at, revoked_at, revoked_reason) VALUES"
            " ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, NULL, NULL, '')");
    pn_bind_int(q, 1, row->id);
    pn_bind_int(q, 2, row->org_id);
    pn_bind_int(q, 3, row->user_id);
    pn_bind_str(q, 4, row->name);
    pn_bind_str(q, 5, row->start);
    pn_bind_blob(q, 6, row->hash.bytes, PN_SHA256_BYTES);
    pn_bind_str(q, 7, row->scopes);
    pn_bind_str(q, 8, row->addresses);
    pn_bind_int(q, 9, row->created_at);
    pn_bind_int_or_null(q, 10, row->expires_at, PN_TIME_NONE);
    int64_t changed = 0;
    return pn_stmt_run(q, &changed);
}

pn_err pn_key_get(pn_db *db, pn_id org_id, pn_id id, pn_arena *arena, pn_key_row *ret_row) {
    pn_stmt *q = pn_db_stmt(
        db, "SELECT k.id, k.org_id, k.user_id, k.name, k.start, k.scopes, k.addresses,"
            " k.created_at, k.expires_at, k.used_at, k.revoked_at, k.revoked_reason, u.name FROM"
            " api_key k JOIN app_user u ON u.id = k.user_id WHERE k.org_id = $1 AND k.id = $2");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, id);
    PN_TRY(pn_row_next(q));
    read_key(q, arena, ret_row);
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_key_list(pn_db *db, pn_id org_id, pn_id before, int64_t max, pn_arena *arena,
                   pn_key_row **ret_rows, size_t *ret_count) {
    void *rows = NULL;
    pn_stmt *q = pn_db_stmt(
        db, "SELECT k.id, k.org_id, k.user_id, k.name, k.start, k.scopes, k.addresses,"
            " k.created_at, k.expires_at, k.used_at, k.revoked_at, k.revoked_reason, u.name FROM"
            " api_key k JOIN app_user u ON u.id = k.user_id WHERE k.org_id = $1 AND k.id < $2"
            " ORDER BY k.id DESC LIMIT $3");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, before == 0 ? INT64_MAX : before);
    pn_bind_int(q, 3, max);
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_key_row), read_key, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

pn_err pn_key_count(pn_db *db, pn_id org_id, pn_time now, int64_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT count(*) FROM api_key WHERE org_id = $1 AND revoked_at IS"
                                " NULL AND (expires_at IS NULL OR expires_at > $2)");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, now);
    PN_TRY(pn_row_next(q));
    *ret_count = pn_col_int(q, 0);
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_key_used(pn_db *db, pn_id id, pn_time at) {
    pn_stmt *q = pn_db_stmt(db, "UPDATE api_key SET used_at = $2 WHERE id = $1 AND (used_at IS NULL"
                                " OR used_at < $2)");
    pn_bind_int(q, 1, id);
    pn_bind_int(q, 2, at);
    return pn_stmt_run(q, NULL);
}

pn_err pn_key_revoke(pn_db *db, pn_id org_id, pn_id id, pn_id user_id, pn_str reason, pn_time at,
                     int64_t *ret_count) {
    int64_t changed = 0;
    pn_stmt *q = pn_db_stmt(
        db, "UPDATE api_key SET revoked_at = $5, revoked_reason = $4 WHERE org_id = $1 AND"
            " (id = $2 OR $2 = 0) AND (user_id = $3 OR $3 = 0) AND revoked_at IS NULL");
    assert(id != 0 || user_id != 0);
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, id);
    pn_bind_int(q, 3, user_id);
    pn_bind_str(q, 4, reason);
    pn_bind_int(q, 5, at);
    PN_TRY(pn_stmt_run(q, &changed));
    if (ret_count != NULL) {
        *ret_count = changed;
    }
    return PN_OK;
}

/* ── networks ────────────────────────────────────────────────────────────────────────────────── */

typedef struct {
    uint8_t ip[16]; /* IPv4 as mapped into IPv6 */
    unsigned bits;  /* of the network */
} network;

static bool read_address(pn_str text, uint8_t ip[16], bool *ret_is_v4) {
    char z[64];
    if (text.len == 0 || text.len >= sizeof z) {
        return false;
    }
    memcpy(z, text.ptr, text.len);
    z[text.len] = '\0';
    memset(ip, 0, 16);
    ip[10] = ip[11] = 0xFF;
    *ret_is_v4 = inet_pton(AF_INET, z, ip + 12) == 1;
    return *ret_is_v4 || inet_pton(AF_INET6, z, ip) == 1;
}

static bool read_network(pn_str text, network *ret_network) {
    pn_str address, bits = text;
    int64_t number = 0;
    bool is_v4 = false, has_bits = pn_str_find_char(text, '/') != SIZE_MAX;
    if (!pn_str_split(&bits, '/', &address) || !read_address(address, ret_network->ip, &is_v4)) {
        return false;
    }
    int64_t most = is_v4 ? 32 : 128;
    if (has_bits && (bits.len > 3 || !pn_str_is_digits(bits) ||
                     pn_str_to_int64(bits, &number) != PN_OK || number > most)) {
        return false;
    }
    ret_network->bits = (unsigned)((has_bits ? number : most) + 128 - most);
    return true;
}

bool pn_network_is(pn_str text) {
    network parsed;
    return read_network(text, &parsed);
}

static bool holds(const network *n, const uint8_t ip[16]) {
    unsigned whole = n->bits / 8, rest = n->bits % 8;
    uint8_t mask = (uint8_t)(0xFF << (8 - rest));
    return memcmp(n->ip, ip, whole) == 0 && (rest == 0 || ((n->ip[whole] ^ ip[whole]) & mask) == 0);
}

bool pn_network_holds(pn_str networks, pn_str address) {
    uint8_t ip[16];
    bool is_v4 = false;
    network parsed;
    pn_str rest = networks, text;
    if (!read_address(address, ip, &is_v4)) {
        return false;
    }
    while (rest.len != 0 && pn_str_split(&rest, ' ', &text)) {
        if (read_network(text, &parsed) && holds(&parsed, ip)) {
            return true;
        }
    }
    return false;
}
