/* The debtor's page: what is read. A GET changes nothing; only the page's own picture tells that
 * somebody looked. */
#include "app/documents.h"
#include "base/banned.h"
#include "base/limits.h"
#include "format/agent.h"
#include "http/files.h"
#include "http/portal.h"
#include "page/html.h"

/* NOT_FOUND of pn_portal_enter means that the answer is there. */
#define ENTER(exchange, portal)                                                                    \
    do {                                                                                           \
        pn_err enter_err_ = pn_portal_enter((exchange), (portal));                                 \
        if (enter_err_ != PN_OK) {                                                                 \
            return enter_err_ == PN_NOT_FOUND ? PN_OK : enter_err_;                                \
        }                                                                                          \
    } while (0)

static pn_err answer_account(pn_exchange *exchange) {
    pn_portal portal;
    ENTER(exchange, &portal);
    return pn_portal_show_account(exchange, &portal, NULL);
}

/* All invoices: after a code, and then it is the account's page with all of them. */
static pn_err answer_all(pn_exchange *exchange) {
    pn_portal portal;
    ENTER(exchange, &portal);
    return portal.opened ? pn_portal_show_account(exchange, &portal, NULL)
                         : pn_portal_show_form(exchange, &portal, "code", NULL, NULL);
}

static pn_err answer_form(pn_exchange *exchange) {
    pn_portal portal;
    ENTER(exchange, &portal);
    const char *name = strrchr(exchange->route->path, '/') + 1;
    return pn_portal_show_form(exchange, &portal, name, NULL, NULL);
}

/* A plan needs what the account's page has. */
static pn_err answer_code(pn_exchange *exchange) {
    pn_portal portal;
    pn_page_form form;
    ENTER(exchange, &portal);
    pn_err err = pn_portal_form(&portal, "code", NULL, NULL, &form, &exchange->diag);
    if (err == PN_NOT_FOUND) {
        pn_page_notice notice = {.title = pn_page_said(&portal.frame, PN_SAY_CODE_TITLE,
                                                       PN_STR_NONE, PN_STR_NONE, exchange->arena),
                                 .text = pn_page_said(&portal.frame, PN_SAY_CODE_NONE, PN_STR_NONE,
                                                      PN_STR_NONE, exchange->arena),
                                 .back = portal.frame.base};
        return pn_portal_notice(exchange, &portal, 200, &notice);
    }
    PN_TRY(err);
    return pn_portal_show_form(exchange, &portal, "code", NULL, NULL);
}

/* What was done, said once more; the address bar keeps a page that may be loaded again. */
static const struct {
    const char *what;
    pn_saying title, text;
} DONE[] = {
    {"promise", PN_SAY_PROMISE_DONE, PN_SAY_PROMISED_TITLE},
    {"dispute", PN_SAY_DISPUTE_DONE, PN_SAY_DISPUTED_TEXT},
    {"paid", PN_SAY_PAID_DONE, PN_SAY_PAID_DONE_TEXT},
    {"help", PN_SAY_HELP_DONE, PN_SAY_HELP_DONE_TEXT},
    {"contact", PN_SAY_PREF_DONE, PN_SAY_PREF_DONE_TEXT},
    {"plan", PN_SAY_PLAN_DONE, PN_SAY_PLAN_DONE_TEXT},
    {"plan-other", PN_SAY_PLAN_OTHER_DONE, PN_SAY_PLAN_OTHER_DONE_TEXT},
};

/* The values of the sentence, from the books as they are now. */
static pn_str done_text(pn_portal *portal, const pn_page_account *account, pn_saying key) {
    const pn_page_frame *frame = &portal->frame;
    char room[2][80];
    pn_buf money = {.ptr = room[0], .capacity = 80, .max = 80};
    pn_buf day = {.ptr = room[1], .capacity = 80, .max = 80};
    bool plan = key == PN_SAY_PLAN_DONE_TEXT;
    int64_t minor = plan ? account->plan_next : account->promised;
    pn_date on = plan ? account->plan_next_due : account->promised_for;
    pn_money_text(&money, (pn_money){minor, account->currency}, frame->language, frame->country);
    if (on != PN_DATE_NONE && on != 0) {
        pn_date_text_long(&day, on, frame->language, frame->country);
    }
    return pn_page_said(frame, key, pn_buf_str(&money), pn_buf_str(&day), portal->arena);
}

static pn_err answer_done(pn_exchange *exchange) {
    pn_portal portal;
    pn_page_account account;
    ENTER(exchange, &portal);
    for (size_t i = 0; i < PN_COUNT(DONE); i++) {
        if (pn_str_eq(exchange->arguments[1], pn_str_of(DONE[i].what))) {
            PN_TRY(pn_portal_account(&portal, &account, &exchange->diag));
            pn_page_notice notice = {
                .tone = PN_TONE_GOOD,
                .title = pn_page_said(&portal.frame, DONE[i].title, PN_STR_NONE, PN_STR_NONE,
                                      exchange->arena),
                .text = done_text(&portal, &account, DONE[i].text),
                .back = pn_str_format(exchange->arena, "%.*s%.*s", PN_STR_ARG(portal.frame.base),
                                      PN_STR_ARG(portal.frame.query))};
            return pn_portal_notice(exchange, &portal, 200, &notice);
        }
    }
    return pn_portal_go(exchange, &portal, "");
}

static pn_err answer_voucher(pn_exchange *exchange) {
    pn_portal portal;
    pn_page_voucher voucher;
    ENTER(exchange, &portal);
    pn_err err = pn_portal_voucher(&portal, exchange->arguments[1], &voucher, &exchange->diag);
    if (err == PN_NOT_FOUND) {
        return pn_portal_go(exchange, &portal, "");
    }
    PN_TRY(err);
    pn_portal_begin(exchange);
    PN_TRY(pn_page_voucher_write(&portal.frame, &voucher, exchange->arena, &exchange->answer.body));
    return pn_portal_answer(exchange, 200, PN_STR_NONE);
}

/* ── pictures ────────────────────────────────────────────────────────────────────────────────── */

static pn_err answer_logo(pn_exchange *exchange) {
    pn_portal portal;
    pn_str bytes = PN_STR_NONE;
    ENTER(exchange, &portal);
    PN_TRY(pn_app_logo(exchange->app, portal.creditor, &bytes));
    if (bytes.len == 0) {
        return pn_portal_unknown(exchange);
    }
    pn_buf_init(&exchange->answer.body, PN_LIMIT_CREDITOR_LOGO_BYTES);
    pn_buf_add_str(&exchange->answer.body, bytes);
    exchange->answer.content_type = pn_str_z(exchange->arena, portal.creditor->logo_type);
    pn_answer_field(exchange, "Cache-Control", PN_STR("private, max-age=86400"));
    return PN_OK;
}

/* One transparent pixel: who draws it has drawn the page. */
static pn_err answer_seen(pn_exchange *exchange) {
    static const char PIXEL[] = "GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xFF\xFF\xFF!\xF9"
                                "\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02"
                                "\x02D\x01\x00;";
    pn_portal portal;
    ENTER(exchange, &portal);
    pn_agent agent = pn_agent_of(pn_exchange_header(exchange, "user-agent"));
    PN_TRY(pn_portal_visited(&portal, (pn_signal_source)agent, &exchange->diag));
    exchange->answer.whole = (pn_str){PIXEL, sizeof PIXEL - 1};
    exchange->answer.content_type = "image/gif";
    return PN_OK;
}

/* ── documents ───────────────────────────────────────────────────────────────────────────────── */

static pn_err make_document(pn_exchange *exchange, const pn_document_request *request) {
    pn_helper *helper = NULL;
    pn_document_file file;
    PN_TRY(pn_helper_new(exchange->app->env, "puntual-pdf", &helper, &exchange->diag));
    pn_err err =
        pn_documents_make(exchange->app, helper, request, exchange->arena, &file, &exchange->diag);
    pn_helper_free(helper);
    PN_TRY(err);
    pn_buf_init(&exchange->answer.body, PN_LIMIT_PDF_BYTES);
    pn_buf_add_str(&exchange->answer.body, file.pdf);
    exchange->answer.content_type = "application/pdf";
    pn_buf name;
    pn_buf_init(&name, 2048);
    pn_html_url(&name, file.sheet.file_name);
    pn_answer_field(exchange, "Content-Disposition",
                    pn_str_format(exchange->arena,
                                  "attachment; filename=\"documento.pdf\"; "
                                  "filename*=UTF-8''%.*s",
                                  PN_STR_ARG(pn_buf_str(&name))));
    pn_buf_done(&name);
    return PN_OK;
}

static pn_err answer_invoice_pdf(pn_exchange *exchange) {
    pn_portal portal;
    pn_invoice_row invoice;
    ENTER(exchange, &portal);
    pn_err err = pn_portal_invoice(&portal, exchange->arguments[1], &invoice);
    if (err == PN_NOT_FOUND) {
        return pn_portal_unknown(exchange);
    }
    PN_TRY(err);
    pn_file_row attached;
    err = pn_file_copy_of(exchange->db, invoice.debtor_id, invoice.item.id, exchange->arena,
                          &attached);
    if (err != PN_NOT_FOUND) {
        return err == PN_OK ? pn_file_answer(exchange, &attached)
                            : pn_app_fail(exchange->app, err, &exchange->diag);
    }
    pn_document_request request = {.kind = PN_DOCUMENT_INVOICE,
                                   .language = portal.frame.language,
                                   .invoice_id = invoice.item.id,
                                   .since = PN_DATE_NONE};
    return make_document(exchange, &request);
}

/* A link of one invoice shows no others: its statement takes the code. */
static pn_err answer_statement_pdf(pn_exchange *exchange) {
    pn_portal portal;
    ENTER(exchange, &portal);
    if (!portal.has_account) {
        return pn_portal_unknown(exchange);
    }
    if (portal.link.invoice_id != 0 && !portal.opened) {
        return pn_portal_go(exchange, &portal, "/code");
    }
    pn_document_request request = {.kind = PN_DOCUMENT_STATEMENT,
                                   .language = portal.frame.language,
                                   .debtor_id = portal.debtor.id,
                                   .account_id = portal.account.id,
                                   .since = PN_DATE_NONE};
    return make_document(exchange, &request);
}

static pn_err answer_receipt_pdf(pn_exchange *exchange) {
    pn_portal portal;
    pn_payment_row payment;
    ENTER(exchange, &portal);
    pn_err err = pn_portal_payment(&portal, exchange->arguments[1], &payment);
    if (err == PN_NOT_FOUND) {
        return pn_portal_unknown(exchange);
    }
    PN_TRY(err);
    pn_document_request request = {.kind = PN_DOCUMENT_RECEIPT,
                                   .language = portal.frame.language,
                                   .payment_id = payment.id,
                                   .since = PN_DATE_NONE};
    return make_document(exchange, &request);
}

/* What was agreed last, as it was accepted. */
static pn_err answer_agreement_pdf(pn_exchange *exchange) {
    pn_portal portal;
    pn_id plan_id = 0;
    ENTER(exchange, &portal);
    pn_err err = pn_portal_agreement(&portal, &plan_id);
    if (err == PN_NOT_FOUND) {
        return pn_portal_unknown(exchange);
    }
    PN_TRY(err);
    pn_document_request request = {.kind = PN_DOCUMENT_PLAN,
                                   .language = portal.frame.language,
                                   .plan_id = plan_id,
                                   .since = PN_DATE_NONE};
    return make_document(exchange, &request);
}

/* ── the table ───────────────────────────────────────────────────────────────────────────────── */

#define PAGE(route_path, route_name, where, function)                                              \
    {                                                                                              \
        .method = PN_HTTP_GET, .path = "/p/{token}" route_path, .name = "page_" route_name,        \
        .runs = PN_RUNS_##where, .door = PN_ROUTE_LINK, .place = pn_portal_place,                  \
        .unlisted = true, .answer_type = "text/html", .answer = (function),                        \
        .summary = "The debtor's page"                                                             \
    }

pn_route_table PN_ROUTES_PAGE = {
    PAGE("", "account", READER, answer_account),
    PAGE("/all", "all", READER, answer_all),
    PAGE("/promise", "promise_form", READER, answer_form),
    PAGE("/dispute", "dispute_form", READER, answer_form),
    PAGE("/paid", "paid_form", READER, answer_form),
    PAGE("/help", "help_form", READER, answer_form),
    PAGE("/contact", "contact_form", READER, answer_form),
    PAGE("/plan", "plan_form", READER, answer_form),
    PAGE("/plan-other", "plan_other_form", READER, answer_form),
    PAGE("/enter", "enter_form", READER, answer_form),
    PAGE("/code", "code_form", READER, answer_code),
    PAGE("/done/{what}", "done", READER, answer_done),
    PAGE("/voucher/{voucher}", "voucher", READER, answer_voucher),
    PAGE("/logo", "logo", READER, answer_logo),
    PAGE("/seen.gif", "seen", WRITER, answer_seen),
    PAGE("/invoice/{invoice}", "invoice", LONG, answer_invoice_pdf),
    PAGE("/statement", "statement", LONG, answer_statement_pdf),
    PAGE("/receipt/{payment}", "receipt", LONG, answer_receipt_pdf),
    PAGE("/agreement", "agreement", LONG, answer_agreement_pdf),
    {.path = NULL},
};
