#include "app/oidc_int.h"
#include "app/sign_in_int.h"
#include "app/trail.h"
#include "app/users.h"
#include "base/banned.h"
#include "net/fetch.h"

/* ── providers ───────────────────────────────────────────────────────────────────────────────── */

#define COLUMNS                                                                                    \
    "id, org_id, name, issuer, client_id, secret, algorithm, join_role, created_at, archived_at"

static void read_provider(pn_stmt *q, pn_arena *arena, void *out) {
    *(pn_provider_row *)out = (pn_provider_row){
        .id = pn_col_int(q, 0),
        .org_id = pn_col_int(q, 1),
        .name = pn_col_str_dup(q, 2, arena),
        .issuer = pn_col_str_dup(q, 3, arena),
        .client_id = pn_col_str_dup(q, 4, arena),
        .secret = pn_col_str_dup(q, 5, arena),
        .algorithm = pn_col_str_dup(q, 6, arena),
        .join_role = (pn_role)pn_col_int_or(q, 7, PN_ROLES),
        .created_at = pn_col_int(q, 8),
        .archived_at = pn_col_int_or(q, 9, PN_TIME_NONE),
    };
}

pn_err pn_oidc_list(pn_db *db, pn_id org_id, pn_arena *arena, pn_provider_row **ret_rows,
                    size_t *ret_count) {
    void *rows = NULL;
    pn_stmt *q =
        pn_db_stmt(db, "SELECT " COLUMNS " FROM oidc_provider WHERE (org_id = $1 OR $1 = 0)"
                       " AND archived_at IS NULL ORDER BY name, id");
    pn_bind_int(q, 1, org_id);
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_provider_row), read_provider, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

pn_err pn_oidc_get(const pn_visitor *visitor, pn_id id, pn_provider_row *ret_row) {
    pn_stmt *q = pn_db_stmt(visitor->app->db, "SELECT " COLUMNS " FROM oidc_provider WHERE id = $1"
                                              " AND archived_at IS NULL");
    pn_bind_int(q, 1, id);
    pn_err err = pn_row_next(q);
    if (err == PN_OK) {
        read_provider(q, visitor->arena, ret_row);
    }
    pn_stmt_reset(q);
    return err == PN_NOT_FOUND
               ? pn_diag_set(visitor->diag, err, "There is no such provider of identities.")
               : err;
}

static pn_str context_of(pn_id id, pn_arena *arena) {
    char text[PN_ID_TEXT_SIZE];
    return pn_str_format(arena, "oidc_provider.secret %s", pn_id_text(PN_ID_PROVIDER, id, text));
}

pn_err pn_oidc_secret(const pn_visitor *visitor, const pn_provider_row *row, pn_str *ret_secret) {
    const pn_seal_key *key = NULL;
    if (row->secret.len == 0) {
        *ret_secret = PN_STR_NONE;
        return PN_OK;
    }
    PN_TRY(pn_auth_key(visitor->auth, &key, visitor->diag));
    return pn_unseal(key, context_of(row->id, visitor->arena), row->secret, visitor->arena,
                     ret_secret, visitor->diag);
}

static pn_err check(const pn_provider_row *row, pn_arena *arena, pn_diag *diag) {
    pn_str host;
    if (row->name.len == 0 || row->name.len > 60) {
        return pn_diag_refuse(diag, "name", "A provider needs a name of at most 60 bytes.",
                              "It stands on the button: Google, Microsoft, our own.");
    }
    if (pn_fetch_check_url(row->issuer, arena, &host, diag) != PN_OK) {
        return pn_diag_refuse(
            diag, "issuer", "The issuer is no address.",
            "Write it exactly as the provider does, like https://accounts.google.com.");
    }
    bool here = pn_str_is(host, "127.0.0.1") || pn_str_is(host, "localhost");
    if (!here && !pn_str_starts(row->issuer, PN_STR("https://"))) {
        return pn_diag_refuse(diag, "issuer", "The issuer must be reached by https.",
                              "A word that others could change on its way proves nothing.");
    }
    if (row->client_id.len == 0 || row->client_id.len > 255) {
        return pn_diag_refuse(diag, "client_id", "The provider's name for us is missing.",
                              "It is given when Puntual is registered there.");
    }
    return pn_id_token_algorithm_is(row->algorithm)
               ? PN_OK
               : pn_diag_refuse(diag, "algorithm", "That is no algorithm for signatures here.",
                                "There are RS256, PS256 and ES256.");
}

static pn_str provider_json(const pn_provider_row *row, pn_arena *arena) {
    pn_buf out;
    pn_buf_init(&out, 16384);
    pn_json_writer w = pn_json_writer_on(&out, 0);
    pn_json_begin_object(&w);
    pn_json_put_str(&w, "algorithm", row->algorithm);
    pn_json_put_str(&w, "client_id", row->client_id);
    pn_json_put_str(&w, "issuer", row->issuer);
    pn_json_put_str(&w, "name", row->name);
    pn_json_end_object(&w);
    pn_str json = pn_str_dup(arena, pn_buf_str(&out));
    pn_buf_done(&out);
    return json;
}

static pn_err insert(pn_db *db, const pn_provider_row *row) {
    int64_t changed = 0;
    pn_stmt *q = pn_db_stmt(
        db, "INSERT INTO oidc_provider (id, org_id, name, issuer, client_id, secret, algorithm,"
            " join_role, created_at, archived_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, NULL)"
            " ON CONFLICT (org_id, name) DO NOTHING");
    pn_bind_int(q, 1, row->id);
    pn_bind_int(q, 2, row->org_id);
    pn_bind_str(q, 3, row->name);
    pn_bind_str(q, 4, row->issuer);
    pn_bind_str(q, 5, row->client_id);
    pn_bind_blob_or_null(q, 6, row->secret.ptr, row->secret.len);
    pn_bind_str(q, 7, row->algorithm);
    pn_bind_int_or_null(q, 8, row->join_role, PN_ROLES);
    pn_bind_int(q, 9, row->created_at);
    PN_TRY(pn_stmt_run(q, &changed));
    return changed == 1 ? PN_OK : PN_CONFLICT;
}

pn_err pn_oidc_add(pn_app *app, pn_auth *auth, const pn_provider_row *row, pn_str secret,
                   pn_arena *arena, pn_id *ret_id, pn_diag *diag) {
    pn_provider_row made = *row;
    const pn_seal_key *key = NULL;
    PN_TRY(check(row, arena, diag));
    made.id = pn_app_id(app);
    made.org_id = app->org.id;
    made.secret = PN_STR_NONE;
    made.created_at = pn_env_now(app->env);
    if (secret.len != 0) {
        PN_TRY(pn_auth_key(auth, &key, diag));
        PN_TRY(pn_seal(key, context_of(made.id, arena), secret, app->env, arena, &made.secret));
    }
    pn_err err = insert(app->db, &made);
    if (err == PN_CONFLICT) {
        return pn_diag_set(diag, err, "There is, or was, a provider “%.*s” already.",
                           PN_STR_ARG(row->name));
    }
    PN_TRY(err);
    *ret_id = made.id;
    pn_trail_change change = {.what = "provider.added",
                              .kind = PN_ID_PROVIDER,
                              .id = made.id,
                              .after = provider_json(&made, arena)};
    return pn_trail_add(app, &change);
}

pn_err pn_oidc_archive(pn_app *app, pn_id id, pn_arena *arena, pn_diag *diag) {
    int64_t changed = 0;
    (void)arena;
    pn_stmt *q = pn_db_stmt(app->db, "UPDATE oidc_provider SET archived_at = $3 WHERE org_id = $1"
                                     " AND id = $2 AND archived_at IS NULL");
    pn_bind_int(q, 1, app->org.id);
    pn_bind_int(q, 2, id);
    pn_bind_int(q, 3, pn_env_now(app->env));
    PN_TRY(pn_stmt_run(q, &changed));
    if (changed == 0) {
        return pn_diag_set(diag, PN_NOT_FOUND, "There is no such provider of identities.");
    }
    pn_trail_change change = {.what = "provider.removed", .kind = PN_ID_PROVIDER, .id = id};
    return pn_trail_add(app, &change);
}

/* ── sign-ins under way ──────────────────────────────────────────────────────────────────────── */

static pn_str hex_of(const pn_sha256 *hash, char hex[2 * PN_SHA256_BYTES + 1]) {
    pn_hex(hash->bytes, sizeof hash->bytes, hex);
    return pn_str_of(hex);
}

pn_err pn_oidc_login_put(pn_db *db, const pn_oidc_login_row *row) {
    char hex[2 * PN_SHA256_BYTES + 1];
    int64_t changed = 0;
    pn_stmt *q = pn_db_stmt(db, "DELETE FROM oidc_login WHERE org_id = $1 AND created_at < $2");
    pn_bind_int(q, 1, row->org_id);
    pn_bind_int(q, 2, row->created_at - PN_OIDC_TIME);
    PN_TRY(pn_stmt_run(q, NULL));
    q = pn_db_stmt(db, "INSERT INTO oidc_login (hash, org_id, provider_id, secrets, browser,"
                       " created_at) VALUES ($1, $2, $3, $4, $5, $6)");
    pn_bind_str(q, 1, hex_of(&row->hash, hex));
    pn_bind_int(q, 2, row->org_id);
    pn_bind_int(q, 3, row->provider_id);
    pn_bind_blob(q, 4, row->secrets.ptr, row->secrets.len);
    pn_bind_blob(q, 5, row->browser.bytes, PN_SHA256_BYTES);
    pn_bind_int(q, 6, row->created_at);
    return pn_stmt_run(q, &changed);
}

pn_err pn_oidc_login_take(pn_db *db, const pn_sha256 *hash, pn_arena *arena,
                          pn_oidc_login_row *ret_row) {
    char hex[2 * PN_SHA256_BYTES + 1];
    int64_t changed = 0;
    pn_stmt *q = pn_db_stmt(db, "SELECT org_id, provider_id, secrets, browser, created_at FROM"
                                " oidc_login WHERE hash = $1");
    pn_bind_str(q, 1, hex_of(hash, hex));
    PN_TRY(pn_row_next(q));
    *ret_row = (pn_oidc_login_row){.hash = *hash,
                                   .org_id = pn_col_int(q, 0),
                                   .provider_id = pn_col_int(q, 1),
                                   .secrets = pn_col_str_dup(q, 2, arena),
                                   .created_at = pn_col_int(q, 4)};
    pn_str browser = pn_col_str(q, 3);
    assert(browser.len == PN_SHA256_BYTES);
    memcpy(ret_row->browser.bytes, browser.ptr, PN_SHA256_BYTES);
    pn_stmt_reset(q);
    q = pn_db_stmt(db, "DELETE FROM oidc_login WHERE hash = $1 AND org_id = $2");
    pn_bind_str(q, 1, pn_str_of(hex));
    pn_bind_int(q, 2, ret_row->org_id);
    PN_TRY(pn_stmt_run(q, &changed));
    return changed == 1 ? PN_OK : PN_NOT_FOUND;
}

/* ── people ──────────────────────────────────────────────────────────────────────────────────── */

typedef struct {
    const pn_provider_row *provider;
    const pn_id_token *token;
    pn_id user_id;
} meeting;

static pn_err find_subject(pn_db *db, const meeting *m, pn_id *ret_user_id) {
    pn_stmt *q = pn_db_stmt(
        db, "SELECT user_id FROM oidc_identity WHERE provider_id = $1 AND subject = $2 AND"
            " org_id = $3");
    pn_bind_int(q, 1, m->provider->id);
    pn_bind_str(q, 2, m->token->subject);
    pn_bind_int(q, 3, m->provider->org_id);
    pn_err err = pn_row_next(q);
    *ret_user_id = err == PN_OK ? pn_col_int(q, 0) : 0;
    pn_stmt_reset(q);
    return err;
}

static pn_err nobody(const pn_visitor *visitor) {
    pn_err err = pn_diag_set(visitor->diag, PN_DENIED,
                             "Nobody here belongs to this account of the provider.");
    pn_diag_mend(visitor->diag, "Ask for an invitation to the address that the provider knows.");
    return err;
}

static pn_err make_user(const pn_visitor *visitor, const meeting *m, pn_str fold,
                        pn_user_row *ret_user) {
    pn_app *app = visitor->app;
    pn_str name =
        m->token->name.len != 0 && m->token->name.len <= 200 ? m->token->name : m->token->email;
    if (m->provider->join_role >= PN_ROLES) {
        return nobody(visitor);
    }
    *ret_user = (pn_user_row){.id = pn_app_id(app),
                              .email = m->token->email,
                              .email_fold = fold,
                              .name = name,
                              .language = PN_STR("es"),
                              .password = PN_STR(""),
                              .password_at = PN_TIME_NONE,
                              .created_at = pn_env_now(app->env),
                              .archived_at = PN_TIME_NONE};
    return pn_user_insert(app->db, ret_user);
}

static pn_err join(const pn_visitor *visitor, const meeting *m, pn_id user_id) {
    pn_app *app = visitor->app;
    pn_membership_row row = {.org_id = m->provider->org_id,
                             .user_id = user_id,
                             .role = m->provider->join_role,
                             .person_key = PN_STR(""),
                             .created_at = pn_env_now(app->env),
                             .archived_at = PN_TIME_NONE};
    pn_trail_change change = {.what = "user.joined_by_provider", .kind = PN_ID_USER, .id = user_id};
    PN_TRY(pn_membership_put(app->db, &row));
    return pn_trail_add_org(app, m->provider->org_id, &change);
}

static pn_err link_subject(const pn_visitor *visitor, const meeting *m, pn_id user_id) {
    int64_t changed = 0;
    pn_stmt *q = pn_db_stmt(visitor->app->db,
                            "INSERT INTO oidc_identity (provider_id, subject, org_id, user_id,"
                            " created_at) VALUES ($1, $2, $3, $4, $5)");
    pn_bind_int(q, 1, m->provider->id);
    pn_bind_str(q, 2, m->token->subject);
    pn_bind_int(q, 3, m->provider->org_id);
    pn_bind_int(q, 4, user_id);
    pn_bind_int(q, 5, pn_env_now(visitor->app->env));
    PN_TRY(pn_stmt_run(q, &changed));
    pn_trail_change change = {.what = "user.provider_linked", .kind = PN_ID_USER, .id = user_id};
    return pn_trail_add_org(visitor->app, m->provider->org_id, &change);
}

/* An address counts only where the provider says that it was verified: else anybody could take an
 * account over by claiming its address there. */
static pn_err meet_by_email(const pn_visitor *visitor, meeting *m) {
    pn_user_row user;
    pn_str fold;
    pn_membership_row row;
    pn_db *db = visitor->app->db;
    if (!m->token->email_verified ||
        pn_email_fold(m->token->email, visitor->arena, &fold, NULL) != PN_OK) {
        return nobody(visitor);
    }
    pn_err err = pn_user_by_email(db, fold, visitor->arena, &user);
    err = err == PN_NOT_FOUND ? make_user(visitor, m, fold, &user) : err;
    PN_TRY(err);
    if (user.archived_at != PN_TIME_NONE) {
        return nobody(visitor);
    }
    err = pn_membership_get(db, m->provider->org_id, user.id, visitor->arena, &row);
    if (err == PN_NOT_FOUND && m->provider->join_role < PN_ROLES) {
        err = join(visitor, m, user.id);
    } else if (err == PN_NOT_FOUND || (err == PN_OK && row.archived_at != PN_TIME_NONE)) {
        return nobody(visitor);
    }
    PN_TRY(err);
    m->user_id = user.id;
    return link_subject(visitor, m, user.id);
}

static pn_err meet(const pn_visitor *visitor, void *context) {
    meeting *m = context;
    pn_membership_row row;
    pn_db *db = visitor->app->db;
    pn_err err = find_subject(db, m, &m->user_id);
    if (err == PN_NOT_FOUND) {
        return meet_by_email(visitor, m);
    }
    PN_TRY(err);
    err = pn_membership_get(db, m->provider->org_id, m->user_id, visitor->arena, &row);
    if (err == PN_NOT_FOUND || (err == PN_OK && row.archived_at != PN_TIME_NONE)) {
        return nobody(visitor);
    }
    return err;
}

pn_err pn_oidc_user(const pn_visitor *visitor, const pn_provider_row *provider,
                    const pn_id_token *token, pn_id *ret_user_id) {
    meeting m = {.provider = provider, .token = token};
    PN_TRY(pn_visit_write(visitor, 0, meet, &m));
    *ret_user_id = m.user_id;
    return PN_OK;
}
