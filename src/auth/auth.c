#include "auth/auth.h"

#include <openssl/crypto.h>
#include <pthread.h>
#include <stdlib.h>

#include "auth/key.h"
#include "auth/session.h"
#include "auth/setting.h"
#include "auth/token.h"
#include "base/banned.h"
#include "base/limits.h"

/* Direct mapped: what shares a place with something newer is asked for again. */
enum { CACHE_ENTRIES = 1024, CACHED_SCOPES_BYTES = 512, NAME_BYTES = 120, USED_MAX = 4096 };

typedef struct {
    bool filled, live; /* live: its key says so */
    pn_sha256 hash;
    int64_t read_at_ticks;
    pn_time ends_at; /* of a key: expires_at; PN_TIME_NEVER */
    pn_id user_id, session_id, key_id, org_id;
    pn_role role;
    bool operates, factor_due;
    pn_time strong_at;
    char name[NAME_BYTES], language[4], scopes[CACHED_SCOPES_BYTES], addresses[CACHED_SCOPES_BYTES];
} cached;

/* Last uses that are not written yet. */
typedef struct {
    pn_id id;
    bool is_key;
    pn_time at, written_at;
} used;

struct pn_auth {
    const pn_env *env;
    char *db_url;
    pn_hasher *hasher;
    pthread_mutex_t lock;
    uint64_t generation; /* raised by pn_auth_forget: what was read before is not kept */
    cached entries[CACHE_ENTRIES];
    used used[USED_MAX];
    pn_seal_key key;
};

pn_auth *pn_auth_new(const char *db_url, const pn_env *env) {
    pn_auth *auth = pn_alloc(sizeof *auth);
    memset(auth, 0, sizeof *auth);
    auth->env = env;
    auth->db_url = pn_alloc(strlen(db_url) + 1);
    memcpy(auth->db_url, db_url, strlen(db_url) + 1);
    auth->hasher = pn_hasher_new();
    if (pthread_mutex_init(&auth->lock, NULL) != 0) {
        pn_panic("the system gives no lock");
    }
    return auth;
}

void pn_auth_free(pn_auth *auth) {
    if (auth == NULL) {
        return;
    }
    pn_hasher_free(auth->hasher);
    (void)pthread_mutex_destroy(&auth->lock);
    pn_seal_forget(&auth->key);
    free(auth->db_url);
    free(auth);
}

pn_hasher *pn_auth_hasher(pn_auth *auth) {
    return auth->hasher;
}

const pn_env *pn_auth_env(const pn_auth *auth) {
    return auth->env;
}

pn_err pn_auth_key(pn_auth *auth, const pn_seal_key **ret_key, pn_diag *diag) {
    pn_err err = PN_OK;
    (void)pthread_mutex_lock(&auth->lock);
    if (!auth->key.loaded) {
        err = pn_seal_load(auth->db_url, true, auth->env, &auth->key, diag);
    }
    (void)pthread_mutex_unlock(&auth->lock);
    *ret_key = &auth->key;
    return err;
}

/* ── what the database says ──────────────────────────────────────────────────────────────────── */

static void keep(char *out, size_t size, pn_str text) {
    pn_str cut = text.len < size ? text : pn_str_first(text, size - 1);
    if (cut.len != 0) {
        memcpy(out, cut.ptr, cut.len);
    }
    out[cut.len] = '\0';
}

/* Role, and whether it may be used: a person archived is nobody, one who has to set up a second
 * factor has no role until then. */
static pn_err take_rights(pn_db *db, pn_stmt *q, int first, bool has_factor, cached *entry) {
    bool member = !pn_col_null(q, first) && pn_col_null(q, first + 1);
    entry->role = member ? (pn_role)pn_col_int(q, first) : PN_ROLES;
    entry->factor_due = false;
    pn_stmt_reset(q);
    if (!has_factor && (member || entry->operates)) {
        PN_TRY(pn_factor_wanted(db, entry->org_id, entry->role, &entry->factor_due));
    }
    if (entry->factor_due) {
        entry->role = PN_ROLES;
    }
    return PN_OK;
}

static pn_err read_session(pn_db *db, const pn_sha256 *hash, pn_time now, cached *entry,
                           bool *ret_waits) {
    pn_stmt *q = pn_db_stmt(
        db, "SELECT s.id, s.user_id, s.org_id, s.state, s.strong_at, s.ends_at, u.name, u.language,"
            " u.operates, CASE WHEN u.totp IS NULL THEN 0 ELSE 1 END, m.role, m.archived_at FROM"
            " user_session s JOIN app_user u ON u.id = s.user_id LEFT JOIN membership m ON m.org_id"
            " = s.org_id AND m.user_id = s.user_id WHERE s.hash = $1 AND s.ends_at > $2 AND"
            " s.seen_at > $3 AND u.archived_at IS NULL");
    pn_bind_blob(q, 1, hash->bytes, PN_SHA256_BYTES);
    pn_bind_int(q, 2, now);
    pn_bind_int(q, 3, now - PN_LIMIT_SESSION_IDLE_HOURS * PN_HOUR);
    PN_TRY(pn_row_next(q));
    entry->session_id = pn_col_int(q, 0);
    entry->user_id = pn_col_int(q, 1);
    entry->org_id = pn_col_int(q, 2);
    *ret_waits = pn_col_int(q, 3) == PN_SESSION_WAITS;
    entry->strong_at = pn_col_int_or(q, 4, PN_TIME_NONE);
    entry->ends_at = pn_col_int(q, 5);
    keep(entry->name, sizeof entry->name, pn_col_str(q, 6));
    keep(entry->language, sizeof entry->language, pn_col_str(q, 7));
    entry->operates = pn_col_int(q, 8) != 0;
    return take_rights(db, q, 10, pn_col_int(q, 9) != 0, entry);
}

static pn_err read_key(pn_db *db, const pn_sha256 *hash, pn_time now, cached *entry) {
    pn_stmt *q = pn_db_stmt(
        db, "SELECT k.id, k.user_id, k.org_id, k.expires_at, k.name, u.language, k.scopes,"
            " k.addresses, m.role, m.archived_at FROM api_key k JOIN app_user u ON u.id = k.user_id"
            " LEFT JOIN membership m ON m.org_id = k.org_id AND m.user_id = k.user_id WHERE"
            " k.hash = $1 AND k.revoked_at IS NULL AND u.archived_at IS NULL AND (k.expires_at IS"
            " NULL OR k.expires_at > $2)");
    pn_bind_blob(q, 1, hash->bytes, PN_SHA256_BYTES);
    pn_bind_int(q, 2, now);
    PN_TRY(pn_row_next(q));
    entry->key_id = pn_col_int(q, 0);
    entry->user_id = pn_col_int(q, 1);
    entry->org_id = pn_col_int(q, 2);
    entry->ends_at = pn_col_int_or(q, 3, PN_TIME_NEVER);
    keep(entry->name, sizeof entry->name, pn_col_str(q, 4));
    keep(entry->language, sizeof entry->language, pn_col_str(q, 5));
    keep(entry->scopes, sizeof entry->scopes, pn_col_str(q, 6));
    keep(entry->addresses, sizeof entry->addresses, pn_col_str(q, 7));
    entry->strong_at = PN_TIME_NONE;
    /* the factor is asked of people: a key was made by somebody who had it */
    return take_rights(db, q, 8, true, entry);
}

/* ── cache ───────────────────────────────────────────────────────────────────────────────────── */

static cached *place_of(pn_auth *auth, const pn_sha256 *hash) {
    size_t index = (size_t)hash->bytes[0] << 8 | hash->bytes[1];
    return &auth->entries[index % CACHE_ENTRIES];
}

static bool cache_get(pn_auth *auth, const pn_sha256 *hash, pn_time now, cached *ret_entry,
                      uint64_t *ret_generation) {
    int64_t ticks = pn_env_ticks(auth->env);
    (void)pthread_mutex_lock(&auth->lock);
    cached *entry = place_of(auth, hash);
    bool good = entry->filled && ticks - entry->read_at_ticks < PN_AUTH_CACHE_SECONDS * PN_SECOND &&
                entry->ends_at > now &&
                memcmp(entry->hash.bytes, hash->bytes, PN_SHA256_BYTES) == 0;
    if (good) {
        *ret_entry = *entry;
    }
    *ret_generation = auth->generation;
    (void)pthread_mutex_unlock(&auth->lock);
    return good;
}

static void cache_put(pn_auth *auth, const pn_sha256 *hash, cached *entry, uint64_t generation) {
    entry->filled = true;
    entry->hash = *hash;
    entry->read_at_ticks = pn_env_ticks(auth->env);
    (void)pthread_mutex_lock(&auth->lock);
    if (generation == auth->generation) {
        *place_of(auth, hash) = *entry;
    }
    (void)pthread_mutex_unlock(&auth->lock);
}

void pn_auth_forget(pn_auth *auth) {
    if (auth == NULL) {
        return;
    }
    (void)pthread_mutex_lock(&auth->lock);
    auth->generation++;
    for (size_t i = 0; i < CACHE_ENTRIES; i++) {
        auth->entries[i].filled = false;
    }
    (void)pthread_mutex_unlock(&auth->lock);
}

/* ── last uses ───────────────────────────────────────────────────────────────────────────────── */

static void note_use(pn_auth *auth, const cached *entry, pn_time now) {
    pn_id id = entry->key_id != 0 ? entry->key_id : entry->session_id;
    size_t start = (size_t)pn_mix64((uint64_t)id) % USED_MAX;
    (void)pthread_mutex_lock(&auth->lock);
    used *u = &auth->used[start];
    for (size_t i = 0; i < 16 && u->id != 0 && u->id != id; i++) {
        u = &auth->used[(start + i) % USED_MAX];
    }
    if (u->id != id) {
        *u = (used){.id = id, .is_key = entry->key_id != 0};
    }
    u->at = now;
    (void)pthread_mutex_unlock(&auth->lock);
}

static bool take_use(pn_auth *auth, size_t index, used *ret_used) {
    (void)pthread_mutex_lock(&auth->lock);
    *ret_used = auth->used[index];
    auth->used[index].id = 0;
    (void)pthread_mutex_unlock(&auth->lock);
    return ret_used->id != 0;
}

pn_err pn_auth_flush(pn_auth *auth, pn_db *db) {
    for (size_t i = 0; i < USED_MAX; i++) {
        used u;
        if (take_use(auth, i, &u)) {
            PN_TRY(u.is_key ? pn_key_used(db, u.id, u.at) : pn_session_seen(db, u.id, u.at));
        }
    }
    return PN_OK;
}

/* ── identities ──────────────────────────────────────────────────────────────────────────────── */

static void take_scopes(const cached *entry, pn_arena *arena, pn_identity *identity) {
    pn_str rest = pn_str_dup(arena, pn_str_of(entry->scopes)), scope;
    pn_str *scopes = pn_arena_array(arena, pn_str, PN_LIMIT_API_KEY_SCOPES);
    size_t count = 0;
    while (rest.len != 0 && count < PN_LIMIT_API_KEY_SCOPES && pn_str_split(&rest, ' ', &scope)) {
        scopes[count++] = scope;
    }
    identity->scopes = scopes;
    identity->scope_count = count;
}

static void make_identity(const cached *entry, pn_arena *arena, pn_identity *ret_identity) {
    char id[PN_ID_TEXT_SIZE];
    bool is_key = entry->key_id != 0;
    *ret_identity = (pn_identity){
        .user_id = entry->user_id,
        .session_id = entry->session_id,
        .key_id = entry->key_id,
        .org_id = entry->org_id,
        .role = entry->role,
        .operates = entry->operates,
        .factor_due = entry->factor_due,
        .name = pn_str_dup(arena, pn_str_of(entry->name)),
        .language = pn_str_dup(arena, pn_str_of(entry->language)),
        .strong_at = entry->strong_at,
    };
    ret_identity->actor = pn_str_format(arena, "%s:%s", is_key ? "key" : "user",
                                        is_key ? pn_id_text(PN_ID_KEY, entry->key_id, id)
                                               : pn_id_text(PN_ID_USER, entry->user_id, id));
    if (is_key) {
        take_scopes(entry, arena, ret_identity);
    }
}

static pn_err wrong_key(pn_diag *diag) {
    pn_err err = pn_diag_set(diag, PN_DENIED, "This API key is not in use.");
    pn_diag_mend(diag, "It may have been revoked or have ended, or lost letters when it was "
                       "copied. An owner makes a new one.");
    return err;
}

static pn_err identify_key(pn_auth *auth, pn_db *db, const pn_credentials *shown, pn_arena *arena,
                           pn_identity *ret_identity, pn_diag *diag) {
    pn_str key = pn_str_trim(pn_str_from(shown->authorization, 7));
    cached entry = {0};
    uint64_t generation = 0;
    pn_time now = pn_env_now(auth->env);
    if (!pn_key_looks_right(key, NULL)) {
        return wrong_key(diag);
    }
    pn_sha256 hash = pn_token_hash(key);
    if (!cache_get(auth, &hash, now, &entry, &generation)) {
        pn_err err = read_key(db, &hash, now, &entry);
        if (err != PN_OK) {
            return err == PN_NOT_FOUND ? wrong_key(diag) : err;
        }
        cache_put(auth, &hash, &entry, generation);
    }
    if (entry.role == PN_ROLES) {
        return wrong_key(diag);
    }
    if (entry.addresses[0] != '\0' &&
        !pn_network_holds(pn_str_of(entry.addresses), shown->address)) {
        return pn_diag_set(diag, PN_DENIED, "This API key may not be used from this address.");
    }
    note_use(auth, &entry, now);
    make_identity(&entry, arena, ret_identity);
    return PN_OK;
}

static pn_err no_session(pn_diag *diag) {
    pn_err err = pn_diag_set(diag, PN_DENIED, "The session has ended.");
    pn_diag_mend(diag, "Sign in again.");
    return err;
}

static pn_err identify_session(pn_auth *auth, pn_db *db, const pn_credentials *shown,
                               pn_arena *arena, pn_identity *ret_identity, pn_diag *diag) {
    cached entry = {0};
    bool waits = false;
    uint64_t generation = 0;
    pn_time now = pn_env_now(auth->env);
    if (!pn_token_looks_right(shown->cookie)) {
        return no_session(diag);
    }
    pn_sha256 hash = pn_token_hash(shown->cookie);
    if (!cache_get(auth, &hash, now, &entry, &generation)) {
        pn_err err = read_session(db, &hash, now, &entry, &waits);
        if (err != PN_OK) {
            return err == PN_NOT_FOUND ? no_session(diag) : err;
        }
        if (waits) {
            pn_err due = pn_diag_set(diag, PN_DENIED, "The second factor is missing.");
            pn_diag_mend(diag, "Give its code to finish signing in.");
            return due;
        }
        cache_put(auth, &hash, &entry, generation);
    }
    if (shown->changes) {
        PN_TRY(pn_csrf_check(shown, diag));
    }
    note_use(auth, &entry, now);
    make_identity(&entry, arena, ret_identity);
    return PN_OK;
}

pn_err pn_auth_identify(pn_auth *auth, pn_db *db, const pn_credentials *shown, pn_arena *arena,
                        pn_identity *ret_identity, pn_diag *diag) {
    if (shown->authorization.len > 7 &&
        pn_str_eq_nocase(pn_str_first(shown->authorization, 7), PN_STR("Bearer "))) {
        return identify_key(auth, db, shown, arena, ret_identity, diag);
    }
    return shown->cookie.len != 0 ? identify_session(auth, db, shown, arena, ret_identity, diag)
                                  : PN_NOT_FOUND;
}

/* ── cookies and forms ───────────────────────────────────────────────────────────────────────── */

const char *pn_cookie_name(bool secure) {
    return secure ? "__Host-puntual" : "puntual";
}

pn_str pn_cookie_text(bool secure, pn_str token, int64_t max_age_seconds, pn_arena *arena) {
    return pn_str_format(arena, "%s=%.*s; Path=/; HttpOnly; SameSite=Lax; Max-Age=%lld%s",
                         pn_cookie_name(secure), PN_STR_ARG(token),
                         token.len == 0 ? 0LL : (long long)max_age_seconds,
                         secure ? "; Secure" : "");
}

pn_str pn_csrf_token(pn_str session_token, pn_arena *arena) {
    pn_sha256 mac = pn_hmac_sha256(session_token, PN_STR("puntual csrf 1"));
    char *out = pn_arena_alloc(arena, 2 * PN_SHA256_BYTES + 1);
    pn_hex(mac.bytes, PN_SHA256_BYTES, out);
    return (pn_str){out, (size_t)2 * PN_SHA256_BYTES};
}

/* Browsers that send neither header with a request that changes something are older than both. */
pn_err pn_origin_check(const pn_credentials *shown, pn_diag *diag) {
    pn_str origin = shown->origin;
    size_t scheme = pn_str_find(origin, PN_STR("://"));
    bool same = true;
    if (shown->fetch_site.len != 0) {
        same = pn_str_is(shown->fetch_site, "same-origin") || pn_str_is(shown->fetch_site, "none");
    }
    if (same && origin.len != 0) {
        same = scheme != SIZE_MAX && pn_str_eq_nocase(pn_str_from(origin, scheme + 3), shown->host);
    }
    if (same) {
        return PN_OK;
    }
    return pn_diag_set(diag, PN_DENIED, "This came from a page of somebody else.");
}

pn_err pn_csrf_check(const pn_credentials *shown, pn_diag *diag) {
    pn_arena arena;
    PN_TRY(pn_origin_check(shown, diag));
    pn_arena_init(&arena, 0);
    bool right = pn_secret_equal(pn_csrf_token(shown->cookie, &arena), shown->csrf);
    pn_arena_done(&arena);
    if (right) {
        return PN_OK;
    }
    pn_err err = pn_diag_set(diag, PN_DENIED, "The form's token is missing or wrong.");
    pn_diag_mend(diag, "Load the page again. Programs send the header X-CSRF-Token with what GET "
                       "/v1/session gives, or use an API key.");
    return err;
}
