#include "app/api_keys.h"

#include "app/trail.h"
#include "auth/user.h"
#include "base/banned.h"
#include "base/limits.h"
#include "base/utf8.h"

const char *pn_api_key_state(const pn_key_row *row, pn_time now) {
    if (row->revoked_at != PN_TIME_NONE) {
        return "revoked";
    }
    return row->expires_at != PN_TIME_NONE && row->expires_at <= now ? "expired" : "in use";
}

/* ── checking ────────────────────────────────────────────────────────────────────────────────── */

static pn_err wrong(pn_diag *diag, const char *where, const char *mend, const char *format,
                    pn_str text) {
    pn_str shown = pn_str_first(text, 60);
    pn_err err = pn_diag_set(diag, PN_INVALID, "“%.*s” %s", PN_STR_ARG(shown), format);
    pn_diag_where(diag, "%s", where);
    pn_diag_mend(diag, "%s", mend);
    return err;
}

static pn_err check_name(pn_str name, pn_diag *diag) {
    bool good = name.len != 0 && name.len <= 100 && pn_utf8_valid(name);
    for (size_t i = 0; i < name.len && good; i++) {
        good = (unsigned char)name.ptr[i] >= 0x20 && name.ptr[i] != 0x7F;
    }
    if (good) {
        return PN_OK;
    }
    pn_err err = pn_diag_set(diag, PN_INVALID, "A key needs a name, of at most 100 bytes.");
    pn_diag_where(diag, "name");
    pn_diag_mend(diag, "Say what uses it: 'SAP, nightly invoices'.");
    return err;
}

static pn_err join(const pn_str *items, size_t count, size_t most, const char *where,
                   bool (*is)(pn_str text), const char *mend, pn_arena *arena, pn_str *ret_text,
                   pn_diag *diag) {
    size_t size = 0, len = 0;
    if (count > most) {
        pn_err err = pn_diag_set(diag, PN_LIMIT, "There are more than %zu %s.", most, where);
        pn_diag_where(diag, "%s", where);
        return err;
    }
    for (size_t i = 0; i < count; i++) {
        if (!is(items[i])) {
            return wrong(diag, where, mend, "cannot be used here.", items[i]);
        }
        size += items[i].len + 1;
    }
    char *text = pn_arena_alloc(arena, size + 1);
    for (size_t i = 0; i < count; i++) {
        if (i != 0) {
            text[len++] = ' ';
        }
        memcpy(text + len, items[i].ptr, items[i].len);
        len += items[i].len;
    }
    *ret_text = (pn_str){text, len};
    /* kept whole beside the identity: auth/auth.c */
    return len < 500 ? PN_OK : wrong(diag, where, mend, "and the others are too long.", items[0]);
}

static pn_err check_maker(pn_app *app, pn_id user_id, pn_arena *arena, pn_diag *diag) {
    pn_membership_row row;
    pn_err err = pn_membership_get(app->db, app->org.id, user_id, arena, &row);
    if (err == PN_NOT_FOUND || (err == PN_OK && row.archived_at != PN_TIME_NONE)) {
        return pn_diag_set(diag, PN_DENIED, "Only who belongs to the organization makes keys.");
    }
    return err;
}

static pn_err check_room(pn_app *app, pn_diag *diag) {
    int64_t count = 0;
    PN_TRY(pn_key_count(app->db, app->org.id, pn_env_now(app->env), &count));
    return count < PN_LIMIT_API_KEYS
               ? PN_OK
               : pn_diag_set(diag, PN_LIMIT, "There are %d keys in use: revoke those that are not.",
                             PN_LIMIT_API_KEYS);
}

/* ── adding, revoking ────────────────────────────────────────────────────────────────────────── */

static pn_str key_json(const pn_key_row *row, pn_arena *arena) {
    pn_buf out;
    pn_buf_init(&out, 1 << 16);
    pn_json_writer w = pn_json_writer_on(&out, 0);
    pn_json_begin_object(&w);
    pn_json_put_str_if(&w, "addresses", row->addresses);
    pn_json_put_str(&w, "name", row->name);
    pn_json_put_str(&w, "scopes", row->scopes);
    pn_json_put_str(&w, "start", row->start);
    pn_json_end_object(&w);
    pn_str json = pn_str_dup(arena, pn_buf_str(&out));
    pn_buf_done(&out);
    return json;
}

static pn_err check_request(pn_app *app, const pn_key_request *request, pn_key_row *row,
                            pn_arena *arena, pn_diag *diag) {
    PN_TRY(check_name(request->name, diag));
    if (request->scope_count == 0) {
        pn_err err = pn_diag_set(diag, PN_INVALID, "A key without a scope opens nothing.");
        pn_diag_where(diag, "scopes");
        return err;
    }
    PN_TRY(join(request->scopes, request->scope_count, PN_LIMIT_API_KEY_SCOPES, "scopes",
                pn_scope_is, "A scope is like invoices:read or payments:write.", arena,
                &row->scopes, diag));
    PN_TRY(join(request->addresses, request->address_count, PN_LIMIT_API_KEY_NETWORKS, "addresses",
                pn_network_is, "Write networks like 203.0.113.0/24 or 2001:db8::/32.", arena,
                &row->addresses, diag));
    if (request->expires_at != PN_TIME_NONE && request->expires_at <= pn_env_now(app->env)) {
        pn_err err = pn_diag_set(diag, PN_INVALID, "The key would have ended already.");
        pn_diag_where(diag, "expires_at");
        return err;
    }
    PN_TRY(check_maker(app, request->user_id, arena, diag));
    return check_room(app, diag);
}

pn_err pn_api_key_add(pn_app *app, const pn_key_request *request, pn_arena *arena, pn_id *ret_id,
                      char ret_key[PN_KEY_SIZE], pn_diag *diag) {
    char key[PN_KEY_SIZE];
    pn_key_row row = {.org_id = app->org.id,
                      .user_id = request->user_id,
                      .name = request->name,
                      .expires_at = request->expires_at,
                      .created_at = pn_env_now(app->env)};
    pn_err err = check_request(app, request, &row, arena, diag);
    if (err != PN_OK) {
        return pn_app_fail(app, err, diag);
    }
    pn_key_make(app->env, app->org.mode == PN_MODE_LIVE, key);
    row.id = pn_app_id(app);
    row.start = pn_str_dup(arena, pn_str_first(pn_str_of(key), PN_KEY_START_LETTERS));
    row.hash = pn_token_hash(pn_str_of(key));
    PN_TRY(pn_key_insert(app->db, &row));
    memcpy(ret_key, key, PN_KEY_SIZE);
    *ret_id = row.id;
    pn_trail_change change = {
        .what = "key.made", .kind = PN_ID_KEY, .id = row.id, .after = key_json(&row, arena)};
    return pn_trail_add(app, &change);
}

pn_err pn_api_key_revoke(pn_app *app, pn_id id, pn_arena *arena, pn_diag *diag) {
    pn_key_row row;
    pn_time now = pn_env_now(app->env);
    pn_err err = pn_key_get(app->db, app->org.id, id, arena, &row);
    if (err == PN_NOT_FOUND) {
        return pn_diag_set(diag, err, "There is no such key.");
    }
    PN_TRY(pn_app_fail(app, err, diag));
    if (row.revoked_at != PN_TIME_NONE) {
        return pn_diag_set(diag, PN_CONFLICT, "The key “%.*s” was revoked already.",
                           PN_STR_ARG(row.name));
    }
    PN_TRY(pn_key_revoke(app->db, app->org.id, id, 0, PN_STR("revoked"), now, NULL));
    pn_trail_change change = {
        .what = "key.revoked", .kind = PN_ID_KEY, .id = id, .before = key_json(&row, arena)};
    return pn_trail_add(app, &change);
}
