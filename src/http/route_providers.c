/* Signing in through a provider of identities, and an owner's list of them. */
#include "app/oidc.h"
#include "base/banned.h"
#include "http/answer.h"
#include "http/entrance.h"
#include "http/problem.h"
#include "http/service.h"
#include "http/tables.h"
#include "http/visit.h"

/* ── the way there and back ──────────────────────────────────────────────────────────────────── */

/* Where the provider sends browsers back to: registered there, letter for letter. */
static pn_str return_url(const pn_exchange *x) {
    pn_str own = x->service->options.public_url;
    return own.len != 0 ? pn_str_format(x->arena, "%.*s/sign-in/return", PN_STR_ARG(own))
                        : pn_str_format(x->arena, "%s://%.*s/sign-in/return",
                                        x->secure ? "https" : "http", PN_STR_ARG(x->host));
}

static const char *cookie_name(const pn_exchange *x) {
    return x->secure ? "__Host-puntual-way" : "puntual-way";
}

static void set_way(pn_exchange *x, const char *value, int seconds) {
    pn_answer_field(x, "Set-Cookie",
                    pn_str_format(x->arena, "%s=%s; Path=/; HttpOnly; SameSite=Lax; Max-Age=%d%s",
                                  cookie_name(x), value, seconds, x->secure ? "; Secure" : ""));
}

static pn_err failed(pn_exchange *x) {
    pn_log_write(x->service->options.log, PN_LOG_WARN, "sign_in.provider",
                 (pn_log_fields){.detail = x->diag.what});
    pn_entrance page = pn_entrance_begin(x, PN_SAY_SIGN_IN, PN_SAY_PROVIDER_FAILED);
    pn_entrance_link(&page, "/sign-in", PN_SAY_BACK);
    return pn_entrance_end(&page, 403);
}

static pn_err go_to_provider(pn_exchange *x) {
    pn_id id = 0;
    pn_str url;
    char browser[PN_TOKEN_SIZE];
    pn_visitor visitor = pn_exchange_visitor(x);
    PN_TRY(pn_argument_id(x, 0, PN_ID_PROVIDER, &id));
    if (pn_oidc_begin(&visitor, id, return_url(x), &url, browser) != PN_OK) {
        return failed(x);
    }
    set_way(x, browser, 600);
    return pn_answer_see_other(x, url);
}

static pn_err come_back(pn_exchange *x) {
    pn_str state = PN_STR_NONE, code = PN_STR_NONE;
    pn_signed_in in;
    pn_visitor visitor = pn_exchange_visitor(x);
    (void)pn_exchange_query(x, "state", &state);
    (void)pn_exchange_query(x, "code", &code);
    pn_err err = pn_oidc_finish(&visitor, state, code, pn_exchange_cookie(x, cookie_name(x)),
                                return_url(x), &in);
    set_way(x, "", 0);
    if (err != PN_OK) {
        return failed(x);
    }
    pn_answer_session(x, pn_str_dup(x->arena, pn_str_of(in.token)));
    return pn_answer_see_other(x, PN_STR("/"));
}

/* ── an owner's list ─────────────────────────────────────────────────────────────────────────── */

static const char *const ALGORITHMS[] = {"RS256", "PS256", "ES256", NULL};
static const char *const ROLES[] = {"owner",   "manager",     "collector", "treasurer",
                                    "auditor", "integration", NULL};
static const pn_shape PROVIDER_FIELDS[] = {
    {.name = "id", .type = PN_SHAPE_ID, .id_kind = PN_ID_PROVIDER, .required = true},
    {.name = "name", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "issuer", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "client_id", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "algorithm", .type = PN_SHAPE_WORD, .words = ALGORITHMS, .required = true},
    {.name = "join_role", .type = PN_SHAPE_TEXT},
    {.name = "created_at", .type = PN_SHAPE_TIME, .required = true},
    {.name = NULL},
};
static const pn_schema_object PROVIDER = {"IdentityProvider", PROVIDER_FIELDS,
                                          "Who vouches for people (OpenID Connect)"};
static const pn_shape PROVIDER_BODY[] = {
    {.name = "name", .type = PN_SHAPE_TEXT, .required = true, .min = 1, .max = 60},
    {.name = "issuer",
     .type = PN_SHAPE_URL,
     .required = true,
     .help = "exactly as the provider writes it"},
    {.name = "client_id", .type = PN_SHAPE_TEXT, .required = true, .min = 1, .max = 255},
    {.name = "client_secret", .type = PN_SHAPE_TEXT, .max = 500, .help = "kept sealed"},
    {.name = "algorithm",
     .type = PN_SHAPE_WORD,
     .words = ALGORITHMS,
     .help = "of its signatures, and no other; RS256 where it is left out"},
    {.name = "join_role",
     .type = PN_SHAPE_WORD,
     .words = ROLES,
     .help = "of people it vouches for whom nobody invited; without it none come in"},
    {.name = NULL},
};
static const pn_shape MADE_FIELDS[] = {
    {.name = "id", .type = PN_SHAPE_ID, .id_kind = PN_ID_PROVIDER, .required = true},
    {.name = NULL},
};
static const pn_schema_object MADE = {"IdentityProviderMade", MADE_FIELDS, "What was added"};

static pn_err list_providers(pn_exchange *x) {
    pn_provider_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_oidc_list(x->db, x->app->org.id, x->arena, &rows, &count));
    pn_json_writer *w = pn_page_begin(x);
    for (size_t i = 0; i < count; i++) {
        pn_json_begin_object(w);
        pn_put_id(w, "id", PN_ID_PROVIDER, rows[i].id);
        pn_json_put_str(w, "name", rows[i].name);
        pn_json_put_str(w, "issuer", rows[i].issuer);
        pn_json_put_str(w, "client_id", rows[i].client_id);
        pn_json_put_str(w, "algorithm", rows[i].algorithm);
        pn_put_str_or_null(w, "join_role",
                           rows[i].join_role < PN_ROLES ? pn_str_of(pn_role_name(rows[i].join_role))
                                                        : PN_STR_NONE);
        pn_put_time(w, "created_at", rows[i].created_at);
        pn_json_end_object(w);
    }
    pn_page_end(x, (int64_t[PN_PAGE_KEYS]){0}, false);
    return PN_OK;
}

static pn_err add_in(pn_exchange *x, void *context) {
    const pn_route_value *algorithm = pn_body_value(x, "algorithm");
    const pn_route_value *join = pn_body_value(x, "join_role");
    pn_provider_row row = {
        .name = pn_body_value(x, "name")->text,
        .issuer = pn_body_value(x, "issuer")->text,
        .client_id = pn_body_value(x, "client_id")->text,
        .algorithm = pn_str_of(ALGORITHMS[algorithm->given ? algorithm->number : 0]),
        .join_role = join->given ? pn_role_of(pn_str_of(ROLES[join->number])) : PN_ROLES,
    };
    return pn_oidc_add(x->app, x->service->auth, &row, pn_body_value(x, "client_secret")->text,
                       x->arena, context, &x->diag);
}

static pn_err add_provider(pn_exchange *x) {
    pn_id id = 0;
    PN_TRY(pn_visit_write_owner(x, add_in, &id));
    return pn_answer_made(x, "/v1/identity-providers", PN_ID_PROVIDER, id);
}

static pn_err remove_in(pn_exchange *x, void *context) {
    return pn_oidc_archive(x->app, *(const pn_id *)context, x->arena, &x->diag);
}

static pn_err remove_provider(pn_exchange *x) {
    pn_id id = 0;
    PN_TRY(pn_argument_id(x, 0, PN_ID_PROVIDER, &id));
    return pn_visit_write_owner(x, remove_in, &id);
}

#define PAGE                                                                                       \
    .runs = PN_RUNS_ENTRANCE, .door = PN_ROUTE_PUBLIC, .unlisted = true, .answer_type = "text/html"
#define OWNERS .runs = PN_RUNS_ENTRANCE, .roles = PN_MAY_OWN

pn_route_table PN_ROUTES_PROVIDERS = {
    {.method = PN_HTTP_GET,
     .path = "/sign-in/with/{provider}",
     .name = "page_provider",
     PAGE,
     .answer = go_to_provider,
     .summary = "to a provider of identities"},
    {.method = PN_HTTP_GET,
     .path = "/sign-in/return",
     .name = "page_return",
     PAGE,
     .answer = come_back,
     .summary = "back from it"},
    {.method = PN_HTTP_GET,
     .path = "/v1/identity-providers",
     .name = "list_identity_providers",
     .runs = PN_RUNS_READER,
     .roles = PN_MAY_OWN,
     .gives = &PROVIDER,
     .gives_list = true,
     .answer = list_providers,
     .summary = "who vouches for people of the organization"},
    {.method = PN_HTTP_POST,
     .path = "/v1/identity-providers",
     .name = "add_identity_provider",
     OWNERS,
     .body = PROVIDER_BODY,
     .gives = &MADE,
     .answer = add_provider,
     .summary = "let a provider vouch for people"},
    {.method = PN_HTTP_DELETE,
     .path = "/v1/identity-providers/{provider}",
     .name = "remove_identity_provider",
     OWNERS,
     .answer = remove_provider,
     .summary = "take a provider's word no more"},
    {.path = NULL},
};
