/* The debtor's page: what is done. Every form carries a token of its link and action, and works
 * once; sent again, it leads where it led the first time. */
#include "base/banned.h"
#include "base/limits.h"
#include "http/portal.h"

typedef pn_err deed(pn_portal *portal, const pn_form_data *form, pn_portal_problems *problems,
                    pn_diag *diag);

static void wrong_form(const pn_portal *portal, pn_portal_problems *problems, pn_err err) {
    pn_saying key = err == PN_LIMIT ? PN_SAY_ERROR_OFTEN : PN_SAY_ERROR_STALE;
    problems->items[problems->count++] = (pn_portal_problem){
        "", pn_page_said(&portal->frame, key, PN_STR_NONE, PN_STR_NONE, portal->arena)};
}

static pn_err go_done(pn_exchange *exchange, const pn_portal *portal, const char *name) {
    return pn_portal_go(
        exchange, portal,
        pn_str_z(exchange->arena, pn_str_format(exchange->arena, "/done/%s", name)));
}

/* What is wrong is said before anything is written but that the form was used. */
static pn_err run(pn_exchange *exchange, const char *name, deed *deed_of) {
    pn_portal portal;
    pn_form_data form;
    pn_portal_problems problems = {0};
    pn_err err = pn_portal_enter(exchange, &portal);
    if (err != PN_OK) {
        return err == PN_NOT_FOUND ? PN_OK : err;
    }
    PN_TRY(pn_portal_read_form(exchange, &form));
    err = pn_portal_spend(&portal, name, pn_form_text(&form, "t"));
    if (err == PN_CONFLICT) {
        return go_done(exchange, &portal, name);
    }
    if (err == PN_DENIED || err == PN_LIMIT) {
        wrong_form(&portal, &problems, err);
        return pn_portal_show_form(exchange, &portal, name, &form, &problems);
    }
    PN_TRY(err);
    PN_TRY(pn_debtors_lock(exchange->db, &portal.debtor.id, 1));
    err = deed_of(&portal, &form, &problems, &exchange->diag);
    if (err == PN_INVALID && problems.count != 0) {
        return pn_portal_show_form(exchange, &portal, name, &form, &problems);
    }
    if (err == PN_NOT_FOUND) {
        return pn_portal_go(exchange, &portal, "");
    }
    PN_TRY(err);
    return go_done(exchange, &portal, name);
}

static pn_err do_promise(pn_exchange *exchange) {
    return run(exchange, "promise", pn_portal_promise);
}

static pn_err do_dispute(pn_exchange *exchange) {
    return run(exchange, "dispute", pn_portal_dispute);
}

static pn_err do_paid(pn_exchange *exchange) {
    return run(exchange, "paid", pn_portal_paid);
}

static pn_err do_help(pn_exchange *exchange) {
    return run(exchange, "help", pn_portal_help);
}

static pn_err do_contact(pn_exchange *exchange) {
    return run(exchange, "contact", pn_portal_contact);
}

static pn_err do_plan(pn_exchange *exchange) {
    return run(exchange, "plan", pn_portal_plan);
}

static pn_err do_plan_other(pn_exchange *exchange) {
    return run(exchange, "plan-other", pn_portal_plan_other);
}

/* ── code and new link ───────────────────────────────────────────────────────────────────────── */

/* Spends a form's token in a transaction of its own, for work that waits for the network. */
static pn_err spend_alone(pn_exchange *exchange, pn_portal *portal, const char *name,
                          const pn_form_data *form) {
    PN_TRY(pn_app_begin(exchange->app, &exchange->diag));
    pn_err err = pn_portal_spend(portal, name, pn_form_text(form, "t"));
    if (err != PN_OK) {
        pn_app_rollback(exchange->app);
        return err;
    }
    return pn_app_commit(exchange->app, &exchange->diag);
}

static pn_err do_code(pn_exchange *exchange) {
    pn_portal portal;
    pn_form_data form;
    pn_portal_problems problems = {0};
    pn_str masked = PN_STR_NONE;
    pn_err err = pn_portal_enter(exchange, &portal);
    if (err != PN_OK) {
        return err == PN_NOT_FOUND ? PN_OK : err;
    }
    PN_TRY(pn_portal_read_form(exchange, &form));
    err = spend_alone(exchange, &portal, "code", &form);
    if (err == PN_CONFLICT) {
        return pn_portal_go(exchange, &portal, "/enter");
    }
    if (err == PN_OK) {
        err =
            pn_portal_code_send(&portal, pn_form_text(&form, "contact"), &masked, &exchange->diag);
    }
    if (err == PN_OK) {
        return pn_portal_go(exchange, &portal, "/enter");
    }
    if (err == PN_DENIED || err == PN_LIMIT) {
        wrong_form(&portal, &problems, err);
    } else {
        problems.items[problems.count++] =
            (pn_portal_problem){"", pn_page_said(&portal.frame, PN_SAY_CODE_NOT_SENT, PN_STR_NONE,
                                                 PN_STR_NONE, exchange->arena)};
    }
    return pn_portal_show_form(exchange, &portal, "code", &form, &problems);
}

static pn_err refuse_code(pn_exchange *exchange, pn_portal *portal, int64_t left) {
    char text[20];
    pn_str number = {text, pn_int64_text(left, text)};
    pn_portal_problems problems = {.count = 1};
    pn_form_data sent = {0};
    problems.items[0] = (pn_portal_problem){
        "code", pn_page_said(&portal->frame, left > 0 ? PN_SAY_CODE_WRONG : PN_SAY_CODE_OVER,
                             number, PN_STR_NONE, exchange->arena)};
    return pn_portal_show_form(exchange, portal, "enter", &sent, &problems);
}

static pn_err do_enter(pn_exchange *exchange) {
    pn_portal portal;
    pn_form_data form;
    pn_str pass = PN_STR_NONE;
    int64_t left = 0;
    pn_err err = pn_portal_enter(exchange, &portal);
    if (err != PN_OK) {
        return err == PN_NOT_FOUND ? PN_OK : err;
    }
    PN_TRY(pn_portal_read_form(exchange, &form));
    err = pn_portal_spend(&portal, "enter", pn_form_text(&form, "t"));
    if (err == PN_OK) {
        err = pn_portal_code_enter(&portal, pn_form_text(&form, "code"), &pass, &left);
    }
    if (err == PN_DENIED || err == PN_CONFLICT || err == PN_LIMIT) {
        return refuse_code(exchange, &portal, left);
    }
    PN_TRY(err);
    pn_answer_field(exchange, "Set-Cookie",
                    pn_str_format(exchange->arena,
                                  "pn_pass=%.*s; Path=%.*s; Max-Age=%d; HttpOnly; "
                                  "SameSite=Strict%s",
                                  PN_STR_ARG(pass), PN_STR_ARG(portal.frame.base),
                                  PN_PASS_MINUTES * 60, exchange->secure ? "; Secure" : ""));
    return pn_portal_go(exchange, &portal, "/all");
}

/* The answer is the same whether there is an address or not. */
static pn_err do_renew(pn_exchange *exchange) {
    pn_portal portal;
    pn_form_data form;
    pn_err err = pn_portal_enter(exchange, &portal);
    if (err != PN_OK) {
        return err == PN_NOT_FOUND ? PN_OK : err;
    }
    PN_TRY(pn_portal_read_form(exchange, &form));
    err = portal.link.state == PN_LINK_EXPIRED ? spend_alone(exchange, &portal, "renew", &form)
                                               : PN_DENIED;
    if (err == PN_OK) {
        err = pn_portal_renew(&portal, &exchange->diag);
    }
    portal.frame.code = portal.frame.seen = PN_STR_NONE;
    pn_saying title = PN_SAY_EXPIRED_DONE, text = PN_SAY_EXPIRED_DONE_TEXT;
    if (err != PN_OK && err != PN_CONFLICT) {
        title = PN_SAY_TROUBLE_TITLE;
        text = err == PN_LIMIT ? PN_SAY_ERROR_OFTEN : PN_SAY_TROUBLE_TEXT;
    }
    pn_page_notice notice = {
        .title = pn_page_said(&portal.frame, title, PN_STR_NONE, PN_STR_NONE, exchange->arena),
        .text = pn_page_said(&portal.frame, text, PN_STR_NONE, PN_STR_NONE, exchange->arena)};
    return pn_portal_notice(exchange, &portal, 200, &notice);
}

/* ── paying ──────────────────────────────────────────────────────────────────────────────────── */

static pn_payin_request payin_request(pn_exchange *exchange, const pn_portal *portal,
                                      const pn_portal_wish *wish) {
    return (pn_payin_request){
        .debtor_id = portal->debtor.id,
        .account_id = portal->account.id,
        .amount = wish->amount,
        .invoices = wish->invoices,
        .invoice_count = wish->invoice_count,
        .origin = PN_STR("page"),
        .title = wish->title,
        .language = portal->frame.language,
        .back_url = pn_str_format(exchange->arena, "%.*s%.*s/back%.*s",
                                  PN_STR_ARG(exchange->app->org.public_url),
                                  PN_STR_ARG(portal->frame.base), PN_STR_ARG(portal->frame.query)),
    };
}

static pn_err voucher(pn_exchange *exchange, pn_portal *portal, const pn_portal_wish *wish,
                      pn_payin_row *ret_payin) {
    pn_method_row *rows = NULL;
    size_t count = 0;
    pn_voucher_settings settings;
    pn_payin_request request = payin_request(exchange, portal, wish);
    pn_app *app = exchange->app;
    PN_TRY(pn_till_offers(app, portal->creditor->id, portal->debtor.country, exchange->arena, &rows,
                          &count));
    for (size_t i = 0; i < count; i++) {
        if (pn_str_is(rows[i].kind, "voucher")) {
            PN_TRY(pn_till_voucher(&rows[i], exchange->arena, &settings, &exchange->diag));
            PN_TRY(pn_app_begin(app, &exchange->diag));
            pn_err err = pn_payins_voucher(app, &request, &settings, exchange->arena, ret_payin,
                                           &exchange->diag);
            if (err != PN_OK) {
                pn_app_rollback(app);
                return err;
            }
            return pn_app_commit(app, &exchange->diag);
        }
    }
    return PN_NOT_FOUND;
}

/* That somebody set out to pay, and by what. */
static pn_err tell_attempt(pn_exchange *exchange, pn_portal *portal, pn_str method) {
    PN_TRY(pn_app_begin(exchange->app, &exchange->diag));
    pn_err err = pn_portal_signal(portal, PN_SIGNAL_PAYMENT_ATTEMPT, method, &exchange->diag);
    if (err != PN_OK) {
        pn_app_rollback(exchange->app);
        return err;
    }
    return pn_app_commit(exchange->app, &exchange->diag);
}

/* Where the payer goes: the provider's page, or the voucher. */
static pn_err pay(pn_exchange *exchange, pn_portal *portal, const pn_portal_wish *wish,
                  pn_str *ret_url) {
    pn_payin_row payin;
    pn_till till;
    char id[PN_ID_TEXT_SIZE];
    PN_TRY(tell_attempt(exchange, portal, wish->method));
    if (pn_str_is(wish->method, "voucher")) {
        PN_TRY(voucher(exchange, portal, wish, &payin));
        *ret_url =
            pn_str_format(exchange->arena, "%.*s/voucher/%s%.*s", PN_STR_ARG(portal->frame.base),
                          pn_id_text(PN_ID_PAYIN, payin.id, id), PN_STR_ARG(portal->frame.query));
        return PN_OK;
    }
    pn_payin_request request = payin_request(exchange, portal, wish);
    PN_TRY(pn_till_open(exchange->app, portal->creditor->id, portal->debtor.country, wish->method,
                        exchange->arena, &till, &exchange->diag));
    PN_TRY(
        pn_payins_start(exchange->app, &till, &request, exchange->arena, &payin, &exchange->diag));
    *ret_url = payin.url;
    return PN_OK;
}

static pn_err do_pay(pn_exchange *exchange) {
    pn_portal portal;
    pn_form_data form;
    pn_portal_wish wish;
    pn_portal_problems problems = {0};
    pn_str url = PN_STR_NONE;
    pn_err err = pn_portal_enter(exchange, &portal);
    if (err != PN_OK) {
        return err == PN_NOT_FOUND ? PN_OK : err;
    }
    PN_TRY(pn_portal_read_form(exchange, &form));
    err = spend_alone(exchange, &portal, "pay", &form);
    if (err == PN_CONFLICT) {
        return pn_portal_go(exchange, &portal, "");
    }
    if (err == PN_DENIED || err == PN_LIMIT) {
        wrong_form(&portal, &problems, err);
        return pn_portal_show_account(exchange, &portal, &problems);
    }
    PN_TRY(err);
    err = pn_portal_wish_read(&portal, &form, &wish, &problems);
    if (err == PN_OK) {
        err = pay(exchange, &portal, &wish, &url);
    }
    if (err == PN_OK) {
        return pn_answer_see_other(exchange, url);
    }
    if (problems.count == 0) {
        problems.items[problems.count++] =
            (pn_portal_problem){"", pn_page_said(&portal.frame, PN_SAY_PAY_TROUBLE, PN_STR_NONE,
                                                 PN_STR_NONE, exchange->arena)};
    }
    return pn_portal_show_account(exchange, &portal, &problems);
}

/* The payer comes back from the provider's page: the webhook may be on its way still, so it is
 * asked. Asking is no change of anybody's wish; a mail scanner that comes here asks in vain. */
static pn_err come_back(pn_exchange *exchange) {
    enum { LATEST = 5 };
    pn_portal portal;
    pn_payin_row *rows = NULL;
    size_t count = 0;
    pn_err err = pn_portal_enter(exchange, &portal);
    if (err != PN_OK) {
        return err == PN_NOT_FOUND ? PN_OK : err;
    }
    PN_TRY(
        pn_payin_of_debtor(exchange->db, portal.debtor.id, LATEST, exchange->arena, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        bool open = rows[i].state == PN_PAYIN_CREATED || rows[i].state == PN_PAYIN_PENDING;
        if (open && rows[i].asked < 10 && !pn_str_is(rows[i].provider, "voucher")) {
            pn_err asked = pn_payins_ask(exchange->app, &rows[i], exchange->arena, &exchange->diag);
            if (asked == PN_CORRUPT) {
                return asked;
            } /* who does not answer is asked again by itself */
            break;
        }
    }
    return pn_portal_go(exchange, &portal, "");
}

/* ── the table ───────────────────────────────────────────────────────────────────────────────── */

#define DEED(how, route_path, route_name, where, function)                                         \
    {                                                                                              \
        .method = PN_HTTP_##how, .path = "/p/{token}" route_path, .name = "page_" route_name,      \
        .runs = PN_RUNS_##where, .door = PN_ROUTE_LINK, .place = pn_portal_place,                  \
        .unlisted = true, .body_type = "application/x-www-form-urlencoded multipart/form-data",    \
        .body_max = PN_LIMIT_PAGE_FILE_BYTES + 65536, .answer_type = "text/html",                  \
        .answer = (function), .summary = "The debtor's page"                                       \
    }

pn_route_table PN_ROUTES_PAGE_DO = {
    DEED(POST, "/pay", "pay", LONG, do_pay),
    DEED(POST, "/promise", "promise", WRITER, do_promise),
    DEED(POST, "/dispute", "dispute", WRITER, do_dispute),
    DEED(POST, "/paid", "paid", WRITER, do_paid),
    DEED(POST, "/help", "help", WRITER, do_help),
    DEED(POST, "/contact", "contact", WRITER, do_contact),
    DEED(POST, "/plan", "plan", WRITER, do_plan),
    DEED(POST, "/plan-other", "plan_other", WRITER, do_plan_other),
    DEED(POST, "/code", "code", LONG, do_code),
    DEED(POST, "/enter", "enter", WRITER, do_enter),
    DEED(POST, "/renew", "renew", LONG, do_renew),
    {.method = PN_HTTP_GET,
     .path = "/p/{token}/back",
     .name = "page_back",
     .runs = PN_RUNS_LONG,
     .door = PN_ROUTE_LINK,
     .place = pn_portal_place,
     .unlisted = true,
     .answer_type = "text/html",
     .answer = come_back,
     .summary = "The debtor's page"},
    {.path = NULL},
};
