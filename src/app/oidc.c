#include "app/oidc.h"

#include <stdlib.h>

#include "app/oidc_int.h"
#include "app/sign_in_int.h"
#include "app/users.h"
#include "auth/id_token.h"
#include "base/banned.h"
#include "net/fetch.h"

/* ── asking the provider ─────────────────────────────────────────────────────────────────────── */

/* Private providers are the operator's to allow: settings are an organization's, the network is
 * not. Outside live mode this machine's may be used, for trying things. */
static unsigned networks_of(const pn_visitor *visitor) {
    const char *more = getenv("PUNTUAL_PROVIDER_NETWORKS");
    unsigned networks = PN_NET_PUBLIC;
    (void)visitor;
    if (more != NULL && strstr(more, "private") != NULL) {
        networks |= PN_NET_PRIVATE;
    }
    if (more != NULL && strstr(more, "loopback") != NULL) {
        networks |= PN_NET_LOOPBACK;
    }
    return networks;
}

static pn_err ask(const pn_visitor *visitor, pn_fetch_request *request, pn_json **ret_json,
                  pn_str *ret_body) {
    pn_fetch_answer answer;
    request->networks = networks_of(visitor);
    request->timeout_ms = 10000;
    request->answer_max = 262144;
    PN_TRY(pn_fetch(request, visitor->arena, &answer, visitor->diag));
    if (answer.status != 200) {
        return pn_diag_set(visitor->diag, PN_DENIED, "The provider answered with %d.",
                           answer.status);
    }
    *ret_body = answer.body;
    if (ret_json != NULL && pn_json_parse(answer.body, NULL, visitor->arena, ret_json, NULL)) {
        return pn_diag_set(visitor->diag, PN_DENIED, "The provider's answer cannot be read.");
    }
    return PN_OK;
}

typedef struct {
    pn_str authorize, token, keys;
} provider_urls;

static pn_err read_url(const pn_visitor *visitor, const pn_json *json, const char *name,
                       pn_str *ret_url) {
    *ret_url = pn_json_text(pn_json_get(json, pn_str_of(name)), PN_STR(""));
    return pn_fetch_check_url(*ret_url, visitor->arena, NULL, visitor->diag);
}

/* OpenID Connect Discovery 1.0: what it says must be about the issuer that was asked. */
static pn_err discover(const pn_visitor *visitor, const pn_provider_row *provider,
                       provider_urls *ret_urls) {
    pn_json *json = NULL;
    pn_str body;
    pn_fetch_request request = {
        .url = pn_str_format(visitor->arena, "%.*s%s.well-known/openid-configuration",
                             PN_STR_ARG(provider->issuer),
                             pn_str_ends(provider->issuer, PN_STR("/")) ? "" : "/")};
    PN_TRY(ask(visitor, &request, &json, &body));
    if (!pn_str_eq(pn_json_text(pn_json_field(json, "issuer"), PN_STR("")), provider->issuer)) {
        return pn_diag_set(visitor->diag, PN_DENIED,
                           "The provider says that it is another issuer.");
    }
    PN_TRY(read_url(visitor, json, "authorization_endpoint", &ret_urls->authorize));
    PN_TRY(read_url(visitor, json, "token_endpoint", &ret_urls->token));
    return read_url(visitor, json, "jwks_uri", &ret_urls->keys);
}

static void add_parameter(pn_buf *out, const char *name, pn_str value) {
    if (out->len != 0 && out->ptr[out->len - 1] != '?') {
        pn_buf_add_char(out, '&');
    }
    pn_buf_add_format(out, "%s=", name);
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.ptr[i];
        if (pn_is_alpha((char)c) || pn_is_digit((char)c) || strchr("-._~", c) != NULL) {
            pn_buf_add_char(out, (char)c);
        } else {
            pn_buf_add_format(out, "%%%02X", c);
        }
    }
}

/* ── beginning ───────────────────────────────────────────────────────────────────────────────── */

static pn_err begin_in(const pn_visitor *visitor, void *context) {
    return pn_oidc_login_put(visitor->app->db, context);
}

pn_err pn_oidc_begin(const pn_visitor *visitor, pn_id provider_id, pn_str return_url,
                     pn_str *ret_url, char ret_browser[PN_TOKEN_SIZE]) {
    char state[PN_TOKEN_SIZE], nonce[PN_TOKEN_SIZE], verifier[PN_TOKEN_SIZE],
        browser[PN_TOKEN_SIZE];
    pn_provider_row provider;
    provider_urls urls;
    const pn_seal_key *key = NULL;
    const pn_env *env = visitor->app->env;
    pn_arena *arena = visitor->arena;
    PN_TRY(pn_oidc_get(visitor, provider_id, &provider));
    PN_TRY(discover(visitor, &provider, &urls));
    PN_TRY(pn_auth_key(visitor->auth, &key, visitor->diag));
    pn_token_make(env, state);
    pn_token_make(env, nonce);
    pn_token_make(env, verifier);
    pn_token_make(env, browser);
    pn_oidc_login_row row = {.hash = pn_token_hash(pn_str_of(state)),
                             .org_id = provider.org_id,
                             .provider_id = provider.id,
                             .browser = pn_token_hash(pn_str_of(browser)),
                             .created_at = pn_env_now(env)};
    PN_TRY(pn_seal(key, PN_STR("oidc_login.secrets"), pn_str_format(arena, "%s%s", nonce, verifier),
                   env, arena, &row.secrets));
    PN_TRY(pn_visit_write(visitor, 0, begin_in, &row));
    pn_buf out;
    pn_buf_init(&out, 16384);
    pn_buf_add_str(&out, urls.authorize);
    pn_buf_add_char(&out, pn_str_find_char(urls.authorize, '?') == SIZE_MAX ? '?' : '&');
    add_parameter(&out, "response_type", PN_STR("code"));
    add_parameter(&out, "client_id", provider.client_id);
    add_parameter(&out, "redirect_uri", return_url);
    add_parameter(&out, "scope", PN_STR("openid email profile"));
    add_parameter(&out, "state", pn_str_of(state));
    add_parameter(&out, "nonce", pn_str_of(nonce));
    add_parameter(&out, "code_challenge", pn_pkce_challenge(pn_str_of(verifier), arena));
    add_parameter(&out, "code_challenge_method", PN_STR("S256"));
    *ret_url = pn_str_dup(arena, pn_buf_str(&out));
    pn_buf_done(&out);
    memcpy(ret_browser, browser, sizeof browser);
    return PN_OK;
}

/* ── coming back ─────────────────────────────────────────────────────────────────────────────── */

static pn_err lost(const pn_visitor *visitor) {
    return pn_diag_set(visitor->diag, PN_DENIED,
                       "This sign-in was not begun here, or took too long. Begin again.");
}

typedef struct {
    pn_str state;
    pn_oidc_login_row row;
} returning;

static pn_err take_in(const pn_visitor *visitor, void *context) {
    returning *r = context;
    pn_sha256 hash = pn_token_hash(r->state);
    pn_err err = pn_oidc_login_take(visitor->app->db, &hash, visitor->arena, &r->row);
    return err == PN_NOT_FOUND ? lost(visitor) : err;
}

/* The login that the state belongs to; it is gone then, whatever comes of it. */
static pn_err take_login(const pn_visitor *visitor, pn_str state, pn_str browser,
                         pn_oidc_login_row *ret_row, pn_str *ret_nonce, pn_str *ret_verifier) {
    returning r = {.state = state};
    pn_str secrets;
    const pn_seal_key *key = NULL;
    if (!pn_token_looks_right(state) || !pn_token_looks_right(browser)) {
        return lost(visitor);
    }
    PN_TRY(pn_visit_write(visitor, 0, take_in, &r));
    pn_sha256 shown = pn_token_hash(browser);
    pn_time age = pn_env_now(visitor->app->env) - r.row.created_at;
    if (memcmp(shown.bytes, r.row.browser.bytes, sizeof shown.bytes) != 0 || age > PN_OIDC_TIME) {
        return lost(visitor);
    }
    PN_TRY(pn_auth_key(visitor->auth, &key, visitor->diag));
    PN_TRY(pn_unseal(key, PN_STR("oidc_login.secrets"), r.row.secrets, visitor->arena, &secrets,
                     visitor->diag));
    *ret_nonce = pn_str_first(secrets, PN_TOKEN_LETTERS);
    *ret_verifier = pn_str_from(secrets, PN_TOKEN_LETTERS);
    *ret_row = r.row;
    return PN_OK;
}

static pn_err redeem(const pn_visitor *visitor, const pn_provider_row *provider, pn_str url,
                     pn_str code, pn_str verifier, pn_str return_url, pn_str *ret_token) {
    pn_fetch_header headers[] = {
        {PN_STR("content-type"), PN_STR("application/x-www-form-urlencoded")},
        {PN_STR("accept"), PN_STR("application/json")}};
    pn_json *json = NULL;
    pn_str answer, secret = PN_STR_NONE;
    pn_buf body;
    pn_buf_init(&body, 16384);
    PN_TRY(pn_oidc_secret(visitor, provider, &secret));
    add_parameter(&body, "grant_type", PN_STR("authorization_code"));
    add_parameter(&body, "code", code);
    add_parameter(&body, "redirect_uri", return_url);
    add_parameter(&body, "code_verifier", verifier);
    add_parameter(&body, "client_id", provider->client_id);
    if (secret.len != 0) {
        add_parameter(&body, "client_secret", secret);
    }
    pn_fetch_request request = {.method = "POST",
                                .url = url,
                                .headers = headers,
                                .header_count = PN_COUNT(headers),
                                .body = pn_buf_str(&body)};
    pn_err err = pn_buf_err(&body);
    err = err == PN_OK ? ask(visitor, &request, &json, &answer) : err;
    pn_buf_done(&body);
    PN_TRY(err);
    *ret_token = pn_json_text(pn_json_field(json, "id_token"), PN_STR(""));
    return PN_OK;
}

static pn_err vouch(const pn_visitor *visitor, const pn_provider_row *provider, pn_str code,
                    pn_str nonce, pn_str verifier, pn_str return_url, pn_id_token *ret_token) {
    provider_urls urls;
    pn_str token, keys;
    PN_TRY(discover(visitor, provider, &urls));
    PN_TRY(redeem(visitor, provider, urls.token, code, verifier, return_url, &token));
    pn_fetch_request request = {.url = urls.keys};
    PN_TRY(ask(visitor, &request, NULL, &keys));
    pn_id_token_wanted wanted = {.issuer = provider->issuer,
                                 .client_id = provider->client_id,
                                 .nonce = nonce,
                                 .algorithm = provider->algorithm,
                                 .now = pn_env_now(visitor->app->env)};
    return pn_id_token_verify(token, keys, &wanted, visitor->arena, ret_token, visitor->diag);
}

pn_err pn_oidc_finish(const pn_visitor *visitor, pn_str state, pn_str code, pn_str browser,
                      pn_str return_url, pn_signed_in *ret) {
    pn_oidc_login_row login = {0};
    pn_provider_row provider;
    pn_id_token token;
    pn_str nonce = PN_STR_NONE, verifier = PN_STR_NONE;
    pn_id user_id = 0;
    PN_TRY(take_login(visitor, state, browser, &login, &nonce, &verifier));
    PN_TRY(pn_oidc_get(visitor, login.provider_id, &provider));
    PN_TRY(vouch(visitor, &provider, code, nonce, verifier, return_url, &token));
    PN_TRY(pn_oidc_user(visitor, &provider, &token, &user_id));
    return pn_sign_in_vouched(visitor, user_id, provider.org_id, ret);
}
