/* The entrance: pages to sign in, set a password and get a new one, without script.
 *
 * A GET changes nothing: mail programs open links before people do. Where all went well the answer
 * is 303 to the console. */
#include "app/found.h"
#include "app/oidc.h"
#include "base/banned.h"
#include "base/limits.h"
#include "http/entrance.h"
#include "http/service.h"
#include "http/tables.h"
#include "http/visit.h"

static const char HOME[] = "/app";

/* What a page says of an error; the status that goes with it. */
static pn_entrance_saying saying_of(const pn_exchange *x, pn_err err, pn_entrance_saying denied,
                                    int *ret_status) {
    switch (err) {
    case PN_DENIED: *ret_status = 403; return denied;
    case PN_LIMIT: *ret_status = 429; return PN_SAY_SLOW_DOWN;
    case PN_INVALID:
        *ret_status = 422;
        return strcmp(x->diag.where, "password") == 0 ? PN_SAY_PASSWORD_BAD : PN_SAY_FIELDS_BAD;
    case PN_OK:
    case PN_NOT_FOUND:
    case PN_CONFLICT:
    case PN_RETRY:
    case PN_IO:
    case PN_CORRUPT: break;
    }
    *ret_status = 500;
    return PN_SAY_TROUBLE;
}

/* The request was not let in at all, before anything was looked at. */
static bool refused(pn_exchange *x, pn_entrance_saying *ret_saying) {
    if (pn_visit_allowed(x) == PN_OK) {
        return false;
    }
    *ret_saying = x->problem != 0 ? PN_SAY_ELSEWHERE : PN_SAY_INSECURE;
    x->problem = 0;
    return true;
}

static pn_err enter(pn_exchange *x, const pn_signed_in *in) {
    pn_answer_session(x, pn_str_dup(x->arena, pn_str_of(in->token)));
    return pn_answer_see_other(x, in->waits ? PN_STR("/sign-in/code") : pn_str_of(HOME));
}

/* Whoever vouches for people here. */
static void add_providers(pn_entrance *page) {
    pn_exchange *x = page->exchange;
    pn_provider_row *rows = NULL;
    size_t count = 0;
    char id[PN_ID_TEXT_SIZE];
    if (pn_oidc_list(x->db, 0, x->arena, &rows, &count) != PN_OK) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        pn_str path =
            pn_str_format(x->arena, "/sign-in/with/%s", pn_id_text(PN_ID_PROVIDER, rows[i].id, id));
        pn_entrance_link_to(page, path.ptr, PN_SAY_WITH, rows[i].name);
    }
}

/* ── signing in ──────────────────────────────────────────────────────────────────────────────── */

static pn_err sign_in_page(pn_exchange *x, pn_entrance_saying wrong, int status) {
    pn_entrance page = pn_entrance_begin(x, PN_SAY_SIGN_IN, wrong);
    pn_entrance_form(&page, "/sign-in");
    pn_entrance_field(&page, "email", "email", "username", PN_SAY_EMAIL, pn_form_value(x, "email"));
    pn_entrance_field(&page, "password", "password", "current-password", PN_SAY_PASSWORD,
                      PN_STR_NONE);
    pn_entrance_submit(&page, PN_SAY_SIGN_IN_BUTTON);
    add_providers(&page);
    pn_entrance_link(&page, "/forgot", PN_SAY_FORGOT);
    return pn_entrance_end(&page, status);
}

static pn_err get_sign_in(pn_exchange *x) {
    return sign_in_page(x, PN_SAYS, 200);
}

static pn_err post_sign_in(pn_exchange *x) {
    pn_signed_in in;
    pn_entrance_saying wrong = PN_SAYS;
    int status = 403;
    pn_visitor visitor = pn_exchange_visitor(x);
    if (refused(x, &wrong)) {
        return sign_in_page(x, wrong, status);
    }
    pn_err err = pn_sign_in(&visitor, pn_form_value(x, "email"), pn_form_value(x, "password"), &in);
    if (err != PN_OK) {
        wrong = saying_of(x, err, PN_SAY_WRONG, &status);
        return sign_in_page(x, wrong, status);
    }
    return enter(x, &in);
}

static pn_err code_page(pn_exchange *x, pn_entrance_saying wrong, int status) {
    pn_entrance page = pn_entrance_begin(x, PN_SAY_CODE_TITLE, wrong);
    pn_entrance_p(&page, PN_SAY_CODE_LEAD, PN_STR_NONE);
    pn_entrance_form(&page, "/sign-in/code");
    pn_entrance_field(&page, "code", "text", "one-time-code", PN_SAY_CODE, PN_STR_NONE);
    pn_entrance_submit(&page, PN_SAY_CODE_BUTTON);
    pn_entrance_link(&page, "/sign-in", PN_SAY_BACK);
    return pn_entrance_end(&page, status);
}

static pn_err get_code(pn_exchange *x) {
    return code_page(x, PN_SAYS, 200);
}

static pn_err post_code(pn_exchange *x) {
    pn_signed_in in;
    pn_entrance_saying wrong = PN_SAYS;
    int status = 403;
    pn_visitor visitor = pn_exchange_visitor(x);
    if (refused(x, &wrong)) {
        return code_page(x, wrong, status);
    }
    pn_err err = pn_sign_in_code(&visitor, pn_form_value(x, "code"), &in);
    if (err != PN_OK) {
        wrong = saying_of(x, err, PN_SAY_WRONG_CODE, &status);
        return code_page(x, wrong, status);
    }
    return enter(x, &in);
}

static pn_err post_sign_out(pn_exchange *x) {
    pn_visitor visitor = pn_exchange_visitor(x);
    pn_credentials shown = pn_exchange_credentials(x);
    if (pn_origin_check(&shown, &x->diag) == PN_OK) {
        PN_TRY(pn_sign_out(&visitor));
        pn_answer_session(x, PN_STR_NONE);
    }
    return pn_answer_see_other(x, PN_STR("/sign-in"));
}

/* ── forgotten ───────────────────────────────────────────────────────────────────────────────── */

static pn_err forgot_page(pn_exchange *x, pn_entrance_saying wrong, int status) {
    pn_entrance page = pn_entrance_begin(x, PN_SAY_RESET, wrong);
    pn_entrance_p(&page, PN_SAY_FORGOT_LEAD, PN_STR_NONE);
    pn_entrance_form(&page, "/forgot");
    pn_entrance_field(&page, "email", "email", "username", PN_SAY_EMAIL, pn_form_value(x, "email"));
    pn_entrance_submit(&page, PN_SAY_FORGOT_BUTTON);
    pn_entrance_link(&page, "/sign-in", PN_SAY_BACK);
    return pn_entrance_end(&page, status);
}

static pn_err get_forgot(pn_exchange *x) {
    return forgot_page(x, PN_SAYS, 200);
}

static pn_err post_forgot(pn_exchange *x) {
    pn_entrance_saying wrong = PN_SAYS;
    int status = 403;
    pn_visitor visitor = pn_exchange_visitor(x);
    if (refused(x, &wrong)) {
        return forgot_page(x, wrong, status);
    }
    pn_err err = pn_password_forgot(&visitor, pn_form_value(x, "email"));
    if (err != PN_OK) {
        wrong = saying_of(x, err, PN_SAY_TROUBLE, &status);
        return forgot_page(x, wrong, status);
    }
    pn_entrance page = pn_entrance_begin(x, PN_SAY_FORGOT_DONE, PN_SAYS);
    pn_entrance_p(&page, PN_SAY_FORGOT_DONE_LEAD, PN_STR_NONE);
    pn_entrance_link(&page, "/sign-in", PN_SAY_BACK);
    return pn_entrance_end(&page, 200);
}

/* ── links ───────────────────────────────────────────────────────────────────────────────────── */

static pn_err old_link_page(pn_exchange *x) {
    pn_entrance page = pn_entrance_begin(x, PN_SAY_OLD_LINK, PN_SAYS);
    pn_entrance_p(&page, PN_SAY_OLD_LINK_LEAD, PN_STR_NONE);
    pn_entrance_link(&page, "/forgot", PN_SAY_FORGOT_BUTTON);
    pn_entrance_link(&page, "/sign-in", PN_SAY_BACK);
    return pn_entrance_end(&page, 404);
}

static void welcome(pn_entrance *page, const pn_ticket_view *view) {
    switch (view->kind) {
    case PN_TICKET_FIRST: pn_entrance_p(page, PN_SAY_FIRST_LEAD, PN_STR_NONE); break;
    case PN_TICKET_INVITATION:
        pn_entrance_p(page, PN_SAY_WELCOME_LEAD,
                      view->org_name.len != 0 ? view->org_name : PN_STR("Puntual"));
        break;
    case PN_TICKET_RESET: pn_entrance_p(page, PN_SAY_RESET_LEAD, view->email); break;
    }
}

static pn_str typed_or(pn_exchange *x, const char *name, pn_str otherwise) {
    pn_str typed = pn_form_value(x, name);
    return typed.len != 0 ? typed : otherwise;
}

static pn_err link_page(pn_exchange *x, const pn_ticket_view *view, pn_entrance_saying wrong,
                        int status) {
    static const pn_entrance_saying TITLES[] = {[PN_TICKET_FIRST] = PN_SAY_WELCOME_FIRST,
                                                [PN_TICKET_INVITATION] = PN_SAY_WELCOME,
                                                [PN_TICKET_RESET] = PN_SAY_RESET};
    pn_str least = pn_str_format(x->arena, "%d", PN_LIMIT_PASSWORD_CHARACTERS_MIN);
    pn_entrance page = pn_entrance_begin(x, TITLES[view->kind], wrong);
    const char *path = pn_str_format(x->arena, "/enter/%.*s", PN_STR_ARG(x->arguments[0])).ptr;
    welcome(&page, view);
    pn_entrance_form(&page, path);
    if (view->kind != PN_TICKET_RESET) {
        pn_entrance_field(&page, "name", "text", "name", PN_SAY_NAME,
                          typed_or(x, "name", view->name));
    }
    if (view->kind == PN_TICKET_FIRST) {
        pn_entrance_field(&page, "email", "email", "username", PN_SAY_EMAIL,
                          pn_form_value(x, "email"));
        if (view->founds) {
            pn_entrance_field(&page, "organization", "text", "organization", PN_SAY_COMPANY,
                              pn_form_value(x, "organization"));
            pn_entrance_countries(&page, "country", pn_form_value(x, "country"));
        }
    } else {
        pn_entrance_hidden(&page, "username", view->email);
    }
    pn_entrance_field(&page, "password", "password", "new-password", PN_SAY_NEW_PASSWORD,
                      PN_STR_NONE);
    pn_entrance_hint(&page, PN_SAY_PASSWORD_HINT, least);
    pn_entrance_submit(&page, PN_SAY_SET_BUTTON);
    return pn_entrance_end(&page, status);
}

static pn_err get_link(pn_exchange *x) {
    pn_ticket_view view;
    pn_visitor visitor = pn_exchange_visitor(x);
    pn_err err = pn_ticket_look(&visitor, x->arguments[0], &view);
    if (err == PN_NOT_FOUND) {
        return old_link_page(x);
    }
    PN_TRY(err);
    return link_page(x, &view, PN_SAYS, 200);
}

static pn_err post_link(pn_exchange *x) {
    pn_ticket_view view;
    pn_signed_in in;
    pn_entrance_saying wrong = PN_SAYS;
    int status = 403;
    pn_visitor visitor = pn_exchange_visitor(x);
    pn_err err = pn_ticket_look(&visitor, x->arguments[0], &view);
    if (err == PN_NOT_FOUND) {
        return old_link_page(x);
    }
    PN_TRY(err);
    if (refused(x, &wrong)) {
        return link_page(x, &view, wrong, status);
    }
    pn_init_request company = {.name = pn_str_trim(pn_form_value(x, "organization")),
                               .country = pn_form_value(x, "country"),
                               .mode = PN_MODE_TEST, /* it goes live on the screen */
                               .clock = PN_TIME_NONE};
    if (view.founds && (company.name.len == 0 || company.name.len > 200)) {
        return link_page(x, &view, PN_SAY_FIELDS_BAD, 422);
    }
    err = pn_ticket_accept(&visitor, x->arguments[0], pn_form_value(x, "name"),
                           pn_form_value(x, "email"), pn_form_value(x, "password"), &in);
    if (err == PN_NOT_FOUND) {
        return old_link_page(x);
    }
    if (err != PN_OK) {
        wrong = saying_of(x, err, PN_SAY_TROUBLE, &status);
        return link_page(x, &view, wrong, status);
    }
    /* who is in without it can still found one */
    if (view.founds && pn_found_first(&visitor, &company, &in) == PN_OK) {
        pn_service_committed(x->service, 0, true);
    }
    return enter(x, &in);
}

/* ── the table ───────────────────────────────────────────────────────────────────────────────── */

#define PAGE .door = PN_ROUTE_PUBLIC, .unlisted = true, .answer_type = "text/html"
#define FORM                                                                                       \
    .runs = PN_RUNS_ENTRANCE, .body_type = "application/x-www-form-urlencoded", .body_max = 8192,  \
    PAGE

pn_route_table PN_ROUTES_ENTRANCE = {
    {.method = PN_HTTP_GET,
     .path = "/sign-in",
     .name = "page_sign_in",
     .runs = PN_RUNS_READER,
     PAGE,
     .answer = get_sign_in,
     .summary = "the page to sign in"},
    {.method = PN_HTTP_POST,
     .path = "/sign-in",
     .name = "form_sign_in",
     FORM,
     .answer = post_sign_in,
     .summary = "sign in"},
    {.method = PN_HTTP_GET,
     .path = "/sign-in/code",
     .name = "page_code",
     .runs = PN_RUNS_HERE,
     PAGE,
     .answer = get_code,
     .summary = "the page for the second factor"},
    {.method = PN_HTTP_POST,
     .path = "/sign-in/code",
     .name = "form_code",
     FORM,
     .answer = post_code,
     .summary = "give the second factor"},
    {.method = PN_HTTP_POST,
     .path = "/sign-out",
     .name = "form_sign_out",
     FORM,
     .answer = post_sign_out,
     .summary = "sign out"},
    {.method = PN_HTTP_GET,
     .path = "/forgot",
     .name = "page_forgot",
     .runs = PN_RUNS_HERE,
     PAGE,
     .answer = get_forgot,
     .summary = "the page to ask for a new password"},
    {.method = PN_HTTP_POST,
     .path = "/forgot",
     .name = "form_forgot",
     FORM,
     .answer = post_forgot,
     .summary = "ask for a new password"},
    {.method = PN_HTTP_GET,
     .path = "/enter/{token}",
     .name = "page_link",
     .runs = PN_RUNS_ENTRANCE,
     PAGE,
     .answer = get_link,
     .summary = "the page behind a link"},
    {.method = PN_HTTP_POST,
     .path = "/enter/{token}",
     .name = "form_link",
     FORM,
     .answer = post_link,
     .summary = "set a password"},
    {.path = NULL},
};
