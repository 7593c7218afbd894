#include "http/visit.h"

#include "base/banned.h"
#include "base/limits.h"
#include "http/problem.h"
#include "http/service.h"

pn_credentials pn_exchange_credentials(const pn_exchange *exchange) {
    return (pn_credentials){
        .authorization = pn_exchange_header(exchange, "authorization"),
        .cookie = pn_exchange_cookie(exchange, pn_cookie_name(exchange->secure)),
        .csrf = pn_exchange_header(exchange, "x-csrf-token"),
        .origin = pn_exchange_header(exchange, "origin"),
        .fetch_site = pn_exchange_header(exchange, "sec-fetch-site"),
        .host = exchange->host,
        .address = exchange->peer,
        .secure = exchange->secure,
        .changes = exchange->method != PN_HTTP_GET,
    };
}

pn_visitor pn_exchange_visitor(pn_exchange *exchange) {
    return (pn_visitor){
        .app = exchange->app,
        .auth = exchange->service->auth,
        .arena = exchange->arena,
        .address = exchange->peer,
        .user_agent = pn_exchange_header(exchange, "user-agent"),
        .token = pn_exchange_cookie(exchange, pn_cookie_name(exchange->secure)),
        .diag = &exchange->diag,
    };
}

static bool is_this_machine(pn_str peer) {
    return pn_str_starts(peer, PN_STR("127.")) || pn_str_is(peer, "::1") ||
           pn_str_starts(peer, PN_STR("::ffff:127."));
}

pn_err pn_visit_allowed(pn_exchange *exchange) {
    pn_credentials shown = pn_exchange_credentials(exchange);
    if (pn_origin_check(&shown, &exchange->diag) != PN_OK) {
        exchange->problem = PN_PROBLEM_FORM_TOKEN;
        return PN_DENIED;
    }
    if (exchange->secure || is_this_machine(exchange->peer)) {
        return PN_OK;
    }
    pn_err err = pn_diag_set(&exchange->diag, PN_DENIED,
                             "Nobody signs in over a connection that others can read.");
    pn_diag_mend(&exchange->diag, "Use https: give the server a certificate, or put a proxy with "
                                  "one before it.");
    return err;
}

void pn_answer_session(pn_exchange *exchange, pn_str token) {
    pn_answer_field(exchange, "Set-Cookie",
                    pn_cookie_text(exchange->secure, token, PN_LIMIT_SESSION_DAYS * INT64_C(86400),
                                   exchange->arena));
}

pn_err pn_visit_problem(pn_exchange *exchange, pn_err err) {
    if (err == PN_DENIED) {
        exchange->problem = PN_PROBLEM_SIGN_IN;
    } else if (err == PN_LIMIT) {
        exchange->problem = PN_PROBLEM_RATE;
    }
    return err;
}

pn_err pn_visit_write_owner(pn_exchange *exchange,
                            pn_err (*work)(pn_exchange *exchange, void *context), void *context) {
    pn_app *app = exchange->app;
    pn_err err = pn_identity_strong(exchange->identity, pn_env_now(app->env), &exchange->diag);
    if (err != PN_OK) {
        exchange->problem = PN_PROBLEM_STRONG;
        return err;
    }
    PN_TRY(pn_app_begin(app, &exchange->diag));
    err = work(exchange, context);
    if (err != PN_OK) {
        (void)pn_app_fail(app, err, &exchange->diag);
        pn_app_rollback(app);
        return err;
    }
    err = pn_app_commit(app, &exchange->diag);
    pn_auth_forget(exchange->service->auth);
    return err;
}
