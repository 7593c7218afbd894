/* Signing in and out, and what people do about themselves. */
#include "app/qr.h"
#include "base/banned.h"
#include "base/limits.h"
#include "http/answer.h"
#include "http/problem.h"
#include "http/service.h"
#include "http/tables.h"
#include "http/visit.h"

/* ── what is taken and given ─────────────────────────────────────────────────────────────────── */

static const pn_shape SIGN_IN_BODY[] = {
    {.name = "email", .type = PN_SHAPE_TEXT, .required = true, .max = 254},
    {.name = "password", .type = PN_SHAPE_TEXT, .required = true, .max = 256},
    {.name = NULL},
};
static const pn_shape CODE_BODY[] = {
    {.name = "code",
     .type = PN_SHAPE_TEXT,
     .required = true,
     .max = 40,
     .help = "of the second factor, or a recovery code"},
    {.name = NULL},
};
static const pn_shape CONFIRM_BODY[] = {
    {.name = "password", .type = PN_SHAPE_TEXT, .max = 256, .help = "of who has no second factor"},
    {.name = "code", .type = PN_SHAPE_TEXT, .max = 40},
    {.name = NULL},
};
static const pn_shape GO_BODY[] = {
    {.name = "organization", .type = PN_SHAPE_ID, .id_kind = PN_ID_ORGANIZATION, .required = true},
    {.name = NULL},
};
static const pn_shape PASSWORD_BODY[] = {
    {.name = "old", .type = PN_SHAPE_TEXT, .required = true, .max = 256},
    {.name = "new", .type = PN_SHAPE_TEXT, .required = true, .max = 256},
    {.name = NULL},
};
static const pn_shape FORGOT_BODY[] = {
    {.name = "email", .type = PN_SHAPE_TEXT, .required = true, .max = 254},
    {.name = NULL},
};
static const pn_shape LINK_BODY[] = {
    {.name = "token", .type = PN_SHAPE_TEXT, .required = true, .max = 100},
    {.name = "password", .type = PN_SHAPE_TEXT, .required = true, .max = 256},
    {.name = "name", .type = PN_SHAPE_TEXT, .max = 200},
    {.name = "email", .type = PN_SHAPE_TEXT, .max = 254, .help = "of the first owner"},
    {.name = NULL},
};

static const char *const STATES[] = {"signed_in", "second_factor", NULL};
static const pn_shape STATE_FIELDS[] = {
    {.name = "state", .type = PN_SHAPE_WORD, .words = STATES, .required = true},
    {.name = "csrf",
     .type = PN_SHAPE_TEXT,
     .required = true,
     .help = "for the header X-CSRF-Token of every request that changes something"},
    {.name = NULL},
};
static const pn_schema_object STATE = {"SignInState", STATE_FIELDS, "How far a sign-in is"};

static const pn_shape ORGANIZATION_FIELDS[] = {
    {.name = "id", .type = PN_SHAPE_ID, .id_kind = PN_ID_ORGANIZATION, .required = true},
    {.name = "name", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "role", .type = PN_SHAPE_TEXT, .required = true},
    {.name = NULL},
};
static const pn_shape ME_FIELDS[] = {
    {.name = "user", .type = PN_SHAPE_ID, .id_kind = PN_ID_USER, .required = true},
    {.name = "name", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "email", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "language", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "operator", .type = PN_SHAPE_BOOL, .required = true},
    {.name = "organization", .type = PN_SHAPE_ID, .id_kind = PN_ID_ORGANIZATION},
    {.name = "role", .type = PN_SHAPE_TEXT},
    {.name = "second_factor", .type = PN_SHAPE_BOOL, .required = true},
    {.name = "second_factor_due",
     .type = PN_SHAPE_BOOL,
     .required = true,
     .help = "it has to be set up before anything else"},
    {.name = "strong_until",
     .type = PN_SHAPE_TIME,
     .help = "until then people, keys and secrets may be changed without asking again"},
    {.name = "csrf", .type = PN_SHAPE_TEXT},
    {.name = "organizations",
     .type = PN_SHAPE_LIST,
     .required = true,
     .fields = ORGANIZATION_FIELDS},
    {.name = NULL},
};
static const pn_schema_object ME = {"Me", ME_FIELDS, "Who is signed in"};

static const pn_shape SESSION_FIELDS[] = {
    {.name = "id", .type = PN_SHAPE_ID, .id_kind = PN_ID_SESSION, .required = true},
    {.name = "device", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "address", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "created_at", .type = PN_SHAPE_TIME, .required = true},
    {.name = "seen_at", .type = PN_SHAPE_TIME, .required = true},
    {.name = "ends_at", .type = PN_SHAPE_TIME, .required = true},
    {.name = "current", .type = PN_SHAPE_BOOL, .required = true, .help = "it is this one"},
    {.name = NULL},
};
static const pn_schema_object SESSION = {"Session", SESSION_FIELDS, "A browser signed in"};

static const pn_shape OFFER_FIELDS[] = {
    {.name = "secret", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "uri", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "qr", .type = PN_SHAPE_LINES, .required = true, .help = "the same as an SVG picture"},
    {.name = NULL},
};
static const pn_schema_object OFFER = {"SecondFactorOffer", OFFER_FIELDS,
                                       "What an authenticator app needs"};
static const pn_shape A_CODE[] = {{.name = "", .type = PN_SHAPE_TEXT}, {.name = NULL}};
static const pn_shape CODES_FIELDS[] = {
    {.name = "recovery_codes",
     .type = PN_SHAPE_LIST,
     .required = true,
     .fields = A_CODE,
     .help = "shown this once; each works once instead of the second factor"},
    {.name = "csrf", .type = PN_SHAPE_TEXT},
    {.name = NULL},
};
static const pn_schema_object CODES = {"RecoveryCodes", CODES_FIELDS, "Codes to keep on paper"};

/* ── signing in ──────────────────────────────────────────────────────────────────────────────── */

static pn_err give_state(pn_exchange *x, const pn_signed_in *in) {
    pn_str token = pn_str_dup(x->arena, pn_str_of(in->token));
    pn_answer_session(x, token);
    pn_json_writer *w = pn_answer_json(x);
    pn_json_put_str(w, "state", pn_str_of(STATES[in->waits]));
    pn_json_put_str(w, "csrf", pn_csrf_token(token, x->arena));
    pn_json_end_object(w);
    return PN_OK;
}

static pn_err sign_in(pn_exchange *x) {
    pn_signed_in in;
    pn_visitor visitor = pn_exchange_visitor(x);
    PN_TRY(pn_visit_allowed(x));
    PN_TRY(pn_visit_problem(x, pn_sign_in(&visitor, pn_body_value(x, "email")->text,
                                          pn_body_value(x, "password")->text, &in)));
    return give_state(x, &in);
}

static pn_err sign_in_code(pn_exchange *x) {
    pn_signed_in in;
    pn_visitor visitor = pn_exchange_visitor(x);
    PN_TRY(pn_visit_allowed(x));
    PN_TRY(pn_visit_problem(x, pn_sign_in_code(&visitor, pn_body_value(x, "code")->text, &in)));
    return give_state(x, &in);
}

static pn_err sign_out(pn_exchange *x) {
    pn_visitor visitor = pn_exchange_visitor(x);
    PN_TRY(pn_sign_out(&visitor));
    pn_answer_session(x, PN_STR_NONE);
    return PN_OK;
}

static pn_err accept(pn_exchange *x) {
    pn_signed_in in;
    pn_visitor visitor = pn_exchange_visitor(x);
    PN_TRY(pn_visit_allowed(x));
    PN_TRY(pn_ticket_accept(&visitor, pn_body_value(x, "token")->text,
                            pn_body_value(x, "name")->text, pn_body_value(x, "email")->text,
                            pn_body_value(x, "password")->text, &in));
    return give_state(x, &in);
}

static pn_err forgot(pn_exchange *x) {
    pn_visitor visitor = pn_exchange_visitor(x);
    PN_TRY(pn_visit_allowed(x));
    PN_TRY(pn_visit_problem(x, pn_password_forgot(&visitor, pn_body_value(x, "email")->text)));
    x->answer.status = 202;
    return PN_OK;
}

/* ── about oneself ───────────────────────────────────────────────────────────────────────────── */

static void put_organizations(pn_json_writer *w, const pn_membership_row *rows, size_t count) {
    pn_put_list(w, "organizations");
    for (size_t i = 0; i < count; i++) {
        pn_json_begin_object(w);
        pn_put_id(w, "id", PN_ID_ORGANIZATION, rows[i].org_id);
        pn_json_put_str(w, "name", rows[i].org_name);
        pn_json_put_str(w, "role", pn_str_of(pn_role_name(rows[i].role)));
        pn_json_end_object(w);
    }
    pn_json_end_array(w);
}

static pn_err me(pn_exchange *x) {
    const pn_identity *who = x->identity;
    pn_user_row user;
    pn_membership_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_user_get(x->db, who->user_id, x->arena, &user));
    PN_TRY(pn_membership_of_user(x->db, who->user_id, x->arena, &rows, &count));
    pn_str token = pn_exchange_cookie(x, pn_cookie_name(x->secure));
    pn_json_writer *w = pn_answer_json(x);
    pn_put_id(w, "user", PN_ID_USER, user.id);
    pn_json_put_str(w, "name", user.name);
    pn_json_put_str(w, "email", user.email);
    pn_json_put_str(w, "language", user.language);
    pn_json_put_bool(w, "operator", who->operates);
    pn_put_id(w, "organization", PN_ID_ORGANIZATION, who->org_id);
    pn_put_str_or_null(w, "role",
                       who->role < PN_ROLES ? pn_str_of(pn_role_name(who->role)) : PN_STR_NONE);
    pn_json_put_bool(w, "second_factor", user.totp.len != 0);
    pn_json_put_bool(w, "second_factor_due", who->factor_due);
    pn_put_time(w, "strong_until",
                who->strong_at == PN_TIME_NONE
                    ? PN_TIME_NONE
                    : who->strong_at + PN_LIMIT_STRONG_MINUTES * PN_MINUTE);
    pn_put_str_or_null(w, "csrf", pn_csrf_token(token, x->arena));
    put_organizations(w, rows, count);
    pn_json_end_object(w);
    return PN_OK;
}

static pn_err go(pn_exchange *x) {
    pn_signed_in in;
    pn_visitor visitor = pn_exchange_visitor(x);
    PN_TRY(pn_session_go(&visitor, x->identity, pn_body_value(x, "organization")->number, &in));
    return give_state(x, &in);
}

static pn_err confirm(pn_exchange *x) {
    pn_signed_in in;
    pn_visitor visitor = pn_exchange_visitor(x);
    pn_err err = pn_session_confirm(&visitor, x->identity, pn_body_value(x, "password")->text,
                                    pn_body_value(x, "code")->text, &in);
    if (err != PN_OK) {
        x->problem = err == PN_LIMIT ? PN_PROBLEM_RATE : x->problem;
        return err;
    }
    return give_state(x, &in);
}

static pn_err list_sessions(pn_exchange *x) {
    pn_session_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_session_list(x->db, x->identity->user_id, pn_env_now(x->service->options.env),
                           x->arena, &rows, &count));
    pn_json_writer *w = pn_page_begin(x);
    for (size_t i = 0; i < count; i++) {
        pn_json_begin_object(w);
        pn_put_id(w, "id", PN_ID_SESSION, rows[i].id);
        pn_json_put_str(w, "device", rows[i].device);
        pn_json_put_str(w, "address", rows[i].address);
        pn_put_time(w, "created_at", rows[i].created_at);
        pn_put_time(w, "seen_at", rows[i].seen_at);
        pn_put_time(w, "ends_at", rows[i].ends_at);
        pn_json_put_bool(w, "current", rows[i].id == x->identity->session_id);
        pn_json_end_object(w);
    }
    pn_page_end(x, (int64_t[PN_PAGE_KEYS]){0}, false);
    return PN_OK;
}

static pn_err revoke_session(pn_exchange *x) {
    pn_id id = 0;
    int64_t count = 0;
    pn_visitor visitor = pn_exchange_visitor(x);
    PN_TRY(pn_argument_id(x, 0, PN_ID_SESSION, &id));
    return pn_session_revoke(&visitor, x->identity, id, &count);
}

static pn_err revoke_sessions(pn_exchange *x) {
    int64_t count = 0;
    pn_visitor visitor = pn_exchange_visitor(x);
    return pn_session_revoke(&visitor, x->identity, 0, &count);
}

static pn_err change_password(pn_exchange *x) {
    pn_signed_in in;
    pn_visitor visitor = pn_exchange_visitor(x);
    pn_err err = pn_password_change(&visitor, x->identity, pn_body_value(x, "old")->text,
                                    pn_body_value(x, "new")->text, &in);
    x->problem = err == PN_LIMIT ? PN_PROBLEM_RATE : x->problem;
    return err == PN_OK ? give_state(x, &in) : err;
}

/* ── second factor ───────────────────────────────────────────────────────────────────────────── */

static pn_err strong(pn_exchange *x) {
    pn_err err = pn_identity_strong(x->identity, pn_env_now(x->service->options.env), &x->diag);
    if (err != PN_OK) {
        x->problem = PN_PROBLEM_STRONG;
    }
    return err;
}

static pn_err begin_factor(pn_exchange *x) {
    pn_factor_offer offer;
    pn_str svg;
    pn_visitor visitor = pn_exchange_visitor(x);
    PN_TRY(strong(x));
    PN_TRY(pn_factor_begin(&visitor, x->identity, &offer));
    PN_TRY(pn_qr_svg(offer.uri, x->arena, &svg));
    pn_json_writer *w = pn_answer_json(x);
    pn_json_put_str(w, "secret", offer.secret);
    pn_json_put_str(w, "uri", offer.uri);
    pn_json_put_str(w, "qr", svg);
    pn_json_end_object(w);
    return PN_OK;
}

static pn_err give_codes(pn_exchange *x, const pn_recovery_codes *codes, pn_str token) {
    pn_json_writer *w = pn_answer_json(x);
    pn_put_list(w, "recovery_codes");
    for (size_t i = 0; i < PN_RECOVERY_CODES; i++) {
        pn_json_add_str(w, pn_str_of(codes->codes[i]));
    }
    pn_json_end_array(w);
    if (token.len != 0) {
        pn_json_put_str(w, "csrf", pn_csrf_token(token, x->arena));
    }
    pn_json_end_object(w);
    return PN_OK;
}

static pn_err confirm_factor(pn_exchange *x) {
    pn_recovery_codes codes;
    pn_signed_in in;
    pn_visitor visitor = pn_exchange_visitor(x);
    PN_TRY(pn_factor_confirm(&visitor, x->identity, pn_body_value(x, "code")->text, &codes, &in));
    pn_str token = pn_str_dup(x->arena, pn_str_of(in.token));
    pn_answer_session(x, token);
    return give_codes(x, &codes, token);
}

static pn_err drop_factor(pn_exchange *x) {
    pn_visitor visitor = pn_exchange_visitor(x);
    PN_TRY(strong(x));
    return pn_factor_drop(&visitor, x->identity);
}

static pn_err renew_codes(pn_exchange *x) {
    pn_recovery_codes codes;
    pn_visitor visitor = pn_exchange_visitor(x);
    PN_TRY(strong(x));
    PN_TRY(pn_factor_renew_codes(&visitor, x->identity, &codes));
    return give_codes(x, &codes, PN_STR_NONE);
}

/* ── the table ───────────────────────────────────────────────────────────────────────────────── */

#define OPEN .runs = PN_RUNS_ENTRANCE, .door = PN_ROUTE_PUBLIC
#define OWN .runs = PN_RUNS_ENTRANCE, .roles = PN_MAY_SELF

pn_route_table PN_ROUTES_SESSION = {
    {.method = PN_HTTP_POST,
     .path = "/v1/session",
     .name = "sign_in",
     OPEN,
     .body = SIGN_IN_BODY,
     .gives = &STATE,
     .answer = sign_in,
     .summary = "sign in with address and password",
     .help = "Sets the session's cookie. Where the state is second_factor, its code is next."},
    {.method = PN_HTTP_POST,
     .path = "/v1/session/second-factor",
     .name = "sign_in_code",
     OPEN,
     .body = CODE_BODY,
     .gives = &STATE,
     .answer = sign_in_code,
     .summary = "finish signing in with a code"},
    {.method = PN_HTTP_DELETE,
     .path = "/v1/session",
     .name = "sign_out",
     OWN,
     .answer = sign_out,
     .summary = "sign out"},
    {.method = PN_HTTP_GET,
     .path = "/v1/session",
     .name = "get_session",
     .runs = PN_RUNS_READER,
     .roles = PN_MAY_SELF,
     .gives = &ME,
     .answer = me,
     .summary = "who is signed in, and where they may work"},
    {.method = PN_HTTP_POST,
     .path = "/v1/session/organization",
     .name = "switch_organization",
     OWN,
     .body = GO_BODY,
     .gives = &STATE,
     .answer = go,
     .summary = "work in another organization"},
    {.method = PN_HTTP_POST,
     .path = "/v1/session/confirm",
     .name = "confirm_session",
     OWN,
     .body = CONFIRM_BODY,
     .gives = &STATE,
     .answer = confirm,
     .summary = "give password or code again, for what is guarded"},
    {.method = PN_HTTP_GET,
     .path = "/v1/sessions",
     .name = "list_sessions",
     .runs = PN_RUNS_READER,
     .roles = PN_MAY_SELF,
     .gives = &SESSION,
     .gives_list = true,
     .answer = list_sessions,
     .summary = "where one is signed in"},
    {.method = PN_HTTP_DELETE,
     .path = "/v1/sessions/{session}",
     .name = "revoke_session",
     OWN,
     .answer = revoke_session,
     .summary = "end one of one's sessions"},
    {.method = PN_HTTP_DELETE,
     .path = "/v1/sessions",
     .name = "revoke_sessions",
     OWN,
     .answer = revoke_sessions,
     .summary = "end all of one's sessions but this one"},
    {.method = PN_HTTP_POST,
     .path = "/v1/password",
     .name = "change_password",
     OWN,
     .body = PASSWORD_BODY,
     .gives = &STATE,
     .answer = change_password,
     .summary = "change one's password",
     .help = "All other sessions end."},
    {.method = PN_HTTP_POST,
     .path = "/v1/password/forgotten",
     .name = "forgot_password",
     OPEN,
     .body = FORGOT_BODY,
     .answer = forgot,
     .summary = "ask for a link to a new password",
     .help = "The answer is the same whether there is such an account or not."},
    {.method = PN_HTTP_POST,
     .path = "/v1/links",
     .name = "accept_link",
     OPEN,
     .body = LINK_BODY,
     .gives = &STATE,
     .answer = accept,
     .summary = "set a password by a link from a letter, and sign in"},
    {.method = PN_HTTP_POST,
     .path = "/v1/second-factor",
     .name = "begin_second_factor",
     OWN,
     .gives = &OFFER,
     .answer = begin_factor,
     .summary = "begin to set up a second factor"},
    {.method = PN_HTTP_POST,
     .path = "/v1/second-factor/confirm",
     .name = "confirm_second_factor",
     OWN,
     .body = CODE_BODY,
     .gives = &CODES,
     .answer = confirm_factor,
     .summary = "finish it with the app's first code"},
    {.method = PN_HTTP_DELETE,
     .path = "/v1/second-factor",
     .name = "drop_second_factor",
     OWN,
     .answer = drop_factor,
     .summary = "have no second factor any more"},
    {.method = PN_HTTP_POST,
     .path = "/v1/second-factor/recovery-codes",
     .name = "renew_recovery_codes",
     OWN,
     .gives = &CODES,
     .answer = renew_codes,
     .summary = "ten new recovery codes in place of the old ones"},
    {.path = NULL},
};
