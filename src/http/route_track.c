/* Links in what was sent: the open pixel, clicks, short links, writing no more, an e-mail in the
 * browser. A GET changes nothing but what is known of reading (law 10), and leads to nothing that
 * was not stored with the message. */
#include "app/link_pages.h"
#include "app/receipts.h"
#include "base/banned.h"
#include "base/limits.h"
#include "http/problem.h"
#include "http/service.h"
#include "http/tables.h"

/* One transparent dot. */
static const char PIXEL[] = "GIF89a\1\0\1\0\x80\0\0\0\0\0\0\0\0!\xf9\4\1\0\0\0\0,\0\0\0\0\1\0\1\0\0"
                            "\2\2D\1\0;";

static void keep_private(pn_exchange *x) {
    pn_answer_field(x, "Cache-Control", PN_STR("no-store, private"));
    pn_answer_field(x, "Referrer-Policy", PN_STR("no-referrer"));
    pn_answer_field(x, "X-Robots-Tag", PN_STR("noindex, nofollow"));
}

/* A browser in a data centre is nobody's; a mail service fetches from there for its users. */
static pn_agent agent_of(const pn_exchange *x) {
    pn_agent agent = pn_tracker_agent(x->service->tracker, pn_exchange_header(x, "user-agent"));
    bool program =
        agent == PN_AGENT_HUMAN && pn_ranges_have(x->service->options.data_centres, x->peer);
    return program ? PN_AGENT_MACHINE : agent;
}

/* ── pages ───────────────────────────────────────────────────────────────────────────────────── */

static pn_err answer_page(pn_exchange *x, int status, const pn_link *link, pn_link_page page) {
    pn_buf *out = &x->answer.body;
    pn_str policy = PN_STR_NONE, chosen = PN_STR_NONE;
    (void)pn_exchange_query(x, "l", &chosen);
    pn_buf_init(out, PN_LIMIT_API_ANSWER_BYTES);
    x->answer.status = status;
    x->answer.content_type = "text/html; charset=utf-8";
    keep_private(x);
    PN_TRY(pn_link_page_write(
        link == NULL ? NULL : x->app, link, page, x->path, pn_str_first(chosen, 2),
        pn_str_first(pn_exchange_header(x, "accept-language"), 2), x->arena, out, &policy));
    pn_answer_field(x, "Content-Security-Policy", policy);
    return PN_OK;
}

/* Whoever follows it is a person, mostly: a page, not a problem. The error stays for `place`. */
static pn_err not_ours(pn_exchange *x) {
    pn_err err = answer_page(x, 404, NULL, PN_LINK_PAGE_NOT_OURS);
    return err != PN_OK ? err : PN_NOT_FOUND;
}

/* ── whose it is ─────────────────────────────────────────────────────────────────────────────── */

static pn_err place_by(pn_exchange *x, pn_link_kind kind, pn_id *ret_org_id) {
    pn_id id = 0;
    return pn_tracker_whose(x->service->tracker, kind, x->arguments[0], &id, ret_org_id) == PN_OK
               ? PN_OK
               : not_ours(x);
}

static pn_err place_click(pn_exchange *x, pn_id *ret_org_id) {
    return place_by(x, PN_LINK_CLICK, ret_org_id);
}

static pn_err place_unsubscribe(pn_exchange *x, pn_id *ret_org_id) {
    return place_by(x, PN_LINK_UNSUBSCRIBE, ret_org_id);
}

static pn_err place_web(pn_exchange *x, pn_id *ret_org_id) {
    return place_by(x, PN_LINK_WEB, ret_org_id);
}

static pn_err place_code(pn_exchange *x, pn_id *ret_org_id) {
    pn_err err = pn_link_code_org(x->db, x->arguments[0], x->arena, ret_org_id);
    return err == PN_NOT_FOUND ? not_ours(x) : err;
}

/* ── opens ───────────────────────────────────────────────────────────────────────────────────── */

/* "TOKEN.gif". The same dot for every token that is ours, whatever becomes of the open. */
static pn_err answer_open(pn_exchange *x) {
    pn_tracker *tracker = x->service->tracker;
    pn_opened opened = {
        .kind = PN_SIGNAL_OPEN, .at = pn_env_now(x->service->options.env), .head = x->head};
    pn_str name = x->arguments[0];
    bool gif = pn_str_ends(name, PN_STR(".gif"));
    pn_str token = pn_str_first(name, gif ? name.len - 4 : name.len);
    if (pn_tracker_whose(tracker, PN_LINK_OPEN, token, &opened.carrier_id, &opened.org_id) !=
        PN_OK) {
        return pn_diag_set(&x->diag, PN_NOT_FOUND, "There is no such page.");
    }
    opened.agent = agent_of(x);
    pn_tracker_opened(tracker, &opened);
    x->answer.status = 200;
    x->answer.content_type = "image/gif";
    x->answer.whole = (pn_str){PIXEL, sizeof PIXEL - 1};
    x->answer.same = true;
    pn_answer_field(x, "Cache-Control", PN_STR("no-store, private"));
    return PN_OK;
}

/* ── clicks ──────────────────────────────────────────────────────────────────────────────────── */

static pn_err lead_to(pn_exchange *x, pn_str location) {
    x->answer.status = 302;
    keep_private(x);
    pn_answer_field(x, "Location", location);
    return PN_OK;
}

static pn_err click(pn_exchange *x, int64_t number) {
    pn_str location;
    pn_clicked clicked = {
        .token = x->arguments[0], .number = number, .agent = agent_of(x), .head = x->head};
    pn_err err = pn_touches_clicked(x->app, &clicked, x->arena, &location, &x->diag);
    if (err == PN_NOT_FOUND) {
        return answer_page(x, 404, NULL, PN_LINK_PAGE_NOT_OURS);
    }
    return err == PN_OK ? lead_to(x, location) : err;
}

static pn_err answer_click(pn_exchange *x) {
    return click(x, PN_CLICK_PAGE);
}

/* A number that does not exist leads to the page. */
static pn_err answer_click_target(pn_exchange *x) {
    int64_t number = 0;
    bool known = x->arguments[1].len <= 4 && pn_str_is_digits(x->arguments[1]) &&
                 pn_str_to_int64(x->arguments[1], &number) == PN_OK;
    return click(x, known ? number : PN_LIMIT_LINK_TARGETS + 1);
}

static pn_err answer_code(pn_exchange *x) {
    pn_str location;
    pn_err err = pn_touches_code(x->app, x->arguments[0], agent_of(x), x->head, x->arena, &location,
                                 &x->diag);
    if (err == PN_NOT_FOUND) {
        return answer_page(x, 404, NULL, PN_LINK_PAGE_NOT_OURS);
    }
    return err == PN_OK ? lead_to(x, location) : err;
}

/* ── writing no more ─────────────────────────────────────────────────────────────────────────── */

/* A page with a button: mail programs and gateways follow links by themselves. */
static pn_err answer_unsubscribe_ask(pn_exchange *x) {
    pn_link link;
    pn_err err =
        pn_link_open(x->app, PN_LINK_UNSUBSCRIBE, x->arguments[0], x->arena, &link, &x->diag);
    if (err == PN_NOT_FOUND) {
        return answer_page(x, 404, NULL, PN_LINK_PAGE_NOT_OURS);
    }
    return err == PN_OK ? answer_page(x, 200, &link, PN_LINK_PAGE_ASKS) : err;
}

/* RFC 8058, or the button of the page: whoever holds the link may. */
static pn_err answer_unsubscribe(pn_exchange *x) {
    pn_link link;
    pn_err err = pn_touches_unsubscribe(x->app, x->arguments[0], x->arena, &link, &x->diag);
    if (err == PN_NOT_FOUND) {
        return answer_page(x, 404, NULL, PN_LINK_PAGE_NOT_OURS);
    }
    return err == PN_OK ? answer_page(x, 200, &link, PN_LINK_PAGE_DONE) : err;
}

/* ── what became of a message over a connector ───────────────────────────────────────────────── */

static const char *const RECEIPTS[] = {"delivered", "read", "failed", "gone", NULL};
static const pn_shape RECEIPT_BODY[] = {
    {.name = "status",
     .type = PN_SHAPE_WORD,
     .words = RECEIPTS,
     .required = true,
     .help = "it arrived; a person read it; it did not arrive; nothing arrives at the address"},
    {.name = "detail", .type = PN_SHAPE_TEXT, .max = 400, .help = "why, in the system's words"},
    {.name = NULL},
};

/* Whoever asks is a program: a problem, not a page. */
static pn_err place_receipt(pn_exchange *x, pn_id *ret_org_id) {
    pn_id id = 0;
    pn_err err =
        pn_tracker_whose(x->service->tracker, PN_LINK_RECEIPT, x->arguments[0], &id, ret_org_id);
    return err == PN_OK ? PN_OK : pn_diag_set(&x->diag, PN_NOT_FOUND, "There is no such message.");
}

static pn_err answer_receipt(pn_exchange *x) {
    pn_id org_id = 0;
    pn_receipt receipt = {.kind = (pn_receipt_kind)pn_body_value(x, "status")->number,
                          .detail = pn_body_value(x, "detail")->text};
    PN_TRY(pn_tracker_whose(x->service->tracker, PN_LINK_RECEIPT, x->arguments[0],
                            &receipt.carrier_id, &org_id));
    return pn_receipt_take(x->app, &receipt, x->arena, &x->diag);
}

/* ── in the browser ──────────────────────────────────────────────────────────────────────────── */

static void saw_web_version(pn_exchange *x, const pn_link *link) {
    pn_opened opened = {.org_id = link->org_id,
                        .carrier_id = link->carrier_id,
                        .kind = PN_SIGNAL_CLICK,
                        .at = pn_env_now(x->service->options.env),
                        .agent = agent_of(x),
                        .head = x->head};
    pn_tracker_opened(x->service->tracker, &opened);
}

/* As it was sent, and able to do nothing: no script, no form, no frame around it. */
static pn_err answer_web(pn_exchange *x) {
    pn_link link;
    pn_buf *out = &x->answer.body;
    pn_buf_init(out, PN_LIMIT_API_ANSWER_BYTES);
    pn_err err = pn_touches_web_version(x->app, x->arguments[0], x->arena, out, &link, &x->diag);
    if (err == PN_NOT_FOUND || err == PN_DENIED) {
        bool known = err == PN_DENIED;
        pn_buf_done(out);
        return answer_page(x, known ? 410 : 404, known ? &link : NULL,
                           known ? PN_LINK_PAGE_EXPIRED : PN_LINK_PAGE_NOT_OURS);
    }
    PN_TRY(err);
    saw_web_version(x, &link);
    x->answer.status = 200;
    x->answer.content_type = "text/html; charset=utf-8";
    keep_private(x);
    pn_answer_field(x, "X-Content-Type-Options", PN_STR("nosniff"));
    pn_answer_field(x, "Content-Security-Policy",
                    PN_STR("default-src 'none'; img-src https: data:; style-src 'unsafe-inline'; "
                           "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox "
                           "allow-popups allow-popups-to-escape-sandbox "
                           "allow-top-navigation-by-user-activation"));
    return PN_OK;
}

/* ── the table ───────────────────────────────────────────────────────────────────────────────── */

const pn_route PN_ROUTES_TRACK[] = {
    {.path = "/o/{token}",
     .name = "open",
     .runs = PN_RUNS_HERE,
     .door = PN_ROUTE_LINK,
     .unlisted = true,
     .answer = answer_open,
     .summary = "A message was opened."},
    {.path = "/c/{token}",
     .name = "click",
     .runs = PN_RUNS_WRITER,
     .door = PN_ROUTE_LINK,
     .unlisted = true,
     .place = place_click,
     .placed_here = true,
     .answer = answer_click,
     .summary = "To the debtor's page."},
    {.path = "/c/{token}/{target}",
     .name = "click_target",
     .runs = PN_RUNS_WRITER,
     .door = PN_ROUTE_LINK,
     .unlisted = true,
     .place = place_click,
     .placed_here = true,
     .answer = answer_click_target,
     .summary = "To where a link of the message leads."},
    {.path = "/s/{code}",
     .name = "short_link",
     .runs = PN_RUNS_WRITER,
     .door = PN_ROUTE_LINK,
     .unlisted = true,
     .place = place_code,
     .answer = answer_code,
     .summary = "To the debtor's page, by a short link."},
    {.path = "/u/{token}",
     .name = "unsubscribe_ask",
     .runs = PN_RUNS_READER,
     .door = PN_ROUTE_LINK,
     .unlisted = true,
     .place = place_unsubscribe,
     .answer = answer_unsubscribe_ask,
     .summary = "Asks whether to write no more."},
    {.method = PN_HTTP_POST,
     .path = "/u/{token}",
     .name = "unsubscribe",
     .runs = PN_RUNS_WRITER,
     .door = PN_ROUTE_LINK,
     .body_type = "application/x-www-form-urlencoded multipart/form-data",
     .body_max = 4096,
     .unlisted = true,
     .place = place_unsubscribe,
     .placed_here = true,
     .answer = answer_unsubscribe,
     .summary = "Writes no more to the address."},
    {.method = PN_HTTP_POST,
     .path = "/r/{token}",
     .name = "receipt",
     .runs = PN_RUNS_WRITER,
     .door = PN_ROUTE_LINK,
     .body = RECEIPT_BODY,
     .body_max = 4096,
     .unlisted = true,
     .place = place_receipt,
     .placed_here = true,
     .answer = answer_receipt,
     .summary = "What became of a message over a connector."},
    {.path = "/w/{token}",
     .name = "web_version",
     .runs = PN_RUNS_READER,
     .door = PN_ROUTE_LINK,
     .unlisted = true,
     .place = place_web,
     .answer = answer_web,
     .summary = "An e-mail as it was sent."},
    {.path = NULL},
};
