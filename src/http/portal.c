#include "http/portal.h"

#include "base/banned.h"
#include "base/limits.h"
#include "http/service.h"
#include "store/org.h"

/* ── whose page it is ────────────────────────────────────────────────────────────────────────── */

pn_err pn_portal_place(pn_exchange *exchange, pn_id *ret_org_id) {
    return pn_portal_place_of(exchange, PN_LINK_PAGE, ret_org_id);
}

pn_err pn_portal_place_of(pn_exchange *exchange, pn_link_kind kind, pn_id *ret_org_id) {
    pn_link_ring ring;
    pn_id link = 0;
    *ret_org_id = 0;
    if (pn_tracker_whose(exchange->service->tracker, kind, exchange->arguments[0], &link,
                         ret_org_id) == PN_OK) {
        return PN_OK;
    }
    PN_TRY(pn_link_ring_load(exchange->db, exchange->arena, &ring)); /* its key may be new */
    pn_err err = pn_link_ring_org(&ring, kind, exchange->arguments[0], &link, ret_org_id);
    return err == PN_INVALID || err == PN_DENIED || err == PN_NOT_FOUND ? PN_OK : err;
}

pn_err pn_portal_place_host(pn_exchange *exchange, pn_id *ret_org_id) {
    pn_org_row *rows = NULL;
    size_t count = 0;
    *ret_org_id = 0;
    PN_TRY(pn_org_list(exchange->db, exchange->arena, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        bool asked = rows[i].public_url.len != 0 && exchange->host.len != 0 &&
                     pn_str_find(rows[i].public_url, exchange->host) != SIZE_MAX;
        if (i == 0 || asked) {
            *ret_org_id = rows[i].id;
        }
        if (asked) {
            break;
        }
    }
    return PN_OK;
}

/* ── answers ─────────────────────────────────────────────────────────────────────────────────── */

void pn_portal_begin(pn_exchange *exchange) {
    pn_buf_done(&exchange->answer.body);
    pn_buf_init(&exchange->answer.body, PN_LIMIT_PAGE_BYTES);
}

pn_err pn_portal_answer(pn_exchange *exchange, int status, pn_str pay_origins) {
    pn_answer *answer = &exchange->answer;
    pn_str html = pn_buf_str(&answer->body);
    answer->status = status;
    answer->content_type = "text/html; charset=utf-8";
    pn_answer_field(exchange, "Content-Security-Policy",
                    pn_page_policy(html, pay_origins, exchange->arena));
    pn_answer_field(exchange, "X-Robots-Tag", PN_STR("noindex, nofollow"));
    return PN_OK;
}

/* The reader's language, for pages that are nobody's. */
static pn_str language_of(const pn_exchange *exchange) {
    const char *preferred = pn_exchange_language(exchange);
    pn_str chosen = PN_STR_NONE;
    if (pn_exchange_query(exchange, "l", &chosen) && pn_page_language(chosen)) {
        return chosen;
    }
    return pn_str_of(preferred != NULL ? preferred : "es");
}

pn_err pn_portal_notice(pn_exchange *exchange, const pn_portal *portal, int status,
                        const pn_page_notice *notice) {
    pn_page_frame nobody = {.language = language_of(exchange)};
    const pn_page_frame *frame = portal != NULL ? &portal->frame : &nobody;
    pn_portal_begin(exchange);
    PN_TRY(pn_page_notice_write(frame, notice, exchange->arena, &exchange->answer.body));
    return pn_portal_answer(exchange, status, PN_STR_NONE);
}

static pn_str word(const pn_exchange *exchange, pn_saying key) {
    return pn_str_of(pn_say_of(key, language_of(exchange), PN_STR_NONE, false));
}

pn_err pn_portal_unknown(pn_exchange *exchange) {
    pn_page_notice notice = {.title = word(exchange, PN_SAY_UNKNOWN_TITLE),
                             .text = word(exchange, PN_SAY_UNKNOWN_TEXT)};
    return pn_portal_notice(exchange, NULL, 404, &notice);
}

void pn_portal_trouble(pn_exchange *exchange, int status) {
    pn_page_frame nobody = {.language = language_of(exchange)};
    bool gone = status == 404;
    pn_page_notice notice = {
        .title = word(exchange, gone ? PN_SAY_UNKNOWN_TITLE : PN_SAY_TROUBLE_TITLE),
        .text = word(exchange, gone ? PN_SAY_UNKNOWN_TEXT : PN_SAY_TROUBLE_TEXT)};
    pn_buf html;
    pn_buf_init(&html, PN_LIMIT_PAGE_BYTES);
    if (pn_page_notice_write(&nobody, &notice, exchange->arena, &html) != PN_OK) {
        pn_buf_done(&html);
        return;
    }
    pn_buf_done(&exchange->answer.body);
    exchange->answer.body = html;
    (void)pn_portal_answer(exchange, status, PN_STR_NONE);
}

pn_err pn_portal_go(pn_exchange *exchange, const pn_portal *portal, const char *path) {
    const pn_page_frame *frame = &portal->frame;
    return pn_answer_see_other(exchange,
                               pn_str_format(exchange->arena, "%.*s%s%.*s", PN_STR_ARG(frame->base),
                                             path, PN_STR_ARG(frame->query)));
}

/* ── links that do not open ──────────────────────────────────────────────────────────────────── */

static pn_str say(const pn_portal *portal, pn_saying key) {
    return pn_page_said(&portal->frame, key, portal->creditor->name, PN_STR_NONE, portal->arena);
}

/* Nothing of the debtor is shown: who holds an old link may be somebody else by now. */
static pn_err closed_notice(pn_exchange *exchange, pn_portal *portal) {
    bool expired = portal->link.state == PN_LINK_EXPIRED;
    bool renewable = expired && !pn_portal_own_look(portal);
    portal->frame.code = PN_STR_NONE;
    portal->frame.seen = PN_STR_NONE;
    pn_page_notice notice = {
        .title = say(portal, expired ? PN_SAY_EXPIRED_TITLE : PN_SAY_WITHDRAWN_TITLE),
        .text = say(portal, expired ? PN_SAY_EXPIRED_TEXT : PN_SAY_WITHDRAWN_TEXT),
        .action = renewable ? "/renew" : NULL,
        .token = renewable ? pn_portal_form_token(portal, "renew") : PN_STR_NONE,
        .button = say(portal, PN_SAY_EXPIRED_BUTTON),
    };
    return pn_portal_notice(exchange, portal, 410, &notice);
}

/* The page that is looked at takes nothing: what would be done is the debtor's to do. */
static pn_err own_look_notice(pn_exchange *exchange, const pn_portal *portal) {
    pn_page_notice notice = {.title = say(portal, PN_SAY_OWN_LOOK_TITLE),
                             .text = say(portal, PN_SAY_OWN_LOOK_TEXT),
                             .back = pn_str_format(exchange->arena, "%.*s%.*s",
                                                   PN_STR_ARG(portal->frame.base),
                                                   PN_STR_ARG(portal->frame.query))};
    return pn_portal_notice(exchange, portal, 403, &notice);
}

pn_err pn_portal_enter(pn_exchange *exchange, pn_portal *ret_portal) {
    pn_str language = PN_STR_NONE;
    pn_err err = PN_NOT_FOUND;
    (void)pn_exchange_query(exchange, "l", &language);
    if (exchange->app != NULL) {
        err = pn_portal_open(exchange->app, exchange->arguments[0], language,
                             pn_exchange_cookie(exchange, "pn_pass"), exchange->arena, ret_portal,
                             &exchange->diag);
    }
    if (err == PN_NOT_FOUND || err == PN_DENIED || err == PN_INVALID) {
        PN_TRY(pn_portal_unknown(exchange));
        return PN_NOT_FOUND;
    }
    PN_TRY(err);
    bool renews = strcmp(exchange->route->name, "page_renew") == 0;
    if (ret_portal->link.state != PN_LINK_GOOD && !renews) {
        PN_TRY(closed_notice(exchange, ret_portal));
        return PN_NOT_FOUND;
    }
    if (exchange->route->method == PN_HTTP_POST && pn_portal_own_look(ret_portal)) {
        PN_TRY(own_look_notice(exchange, ret_portal));
        return PN_NOT_FOUND;
    }
    return PN_OK;
}

/* ── pages ───────────────────────────────────────────────────────────────────────────────────── */

/* Where paying may lead on to: a form's policy holds for what it is redirected to. */
static pn_str pay_origins(const pn_exchange *exchange, const pn_page_account *account) {
    pn_str origins = PN_STR_NONE;
    for (size_t i = 0; i < account->method_count; i++) {
        const pn_pay_provider *provider = pn_pay_provider_find(account->methods[i].kind);
        if (provider != NULL && provider->payer_origin != NULL) {
            origins = pn_str_format(exchange->arena, "%.*s%s%s", PN_STR_ARG(origins),
                                    origins.len != 0 ? " " : "", provider->payer_origin);
        }
    }
    return origins;
}

pn_err pn_portal_show_account(pn_exchange *exchange, pn_portal *portal,
                              const pn_portal_problems *problems) {
    pn_page_account account;
    pn_str sentences[PN_COUNT(problems->items)];
    PN_TRY(pn_portal_account(portal, &account, &exchange->diag));
    account.form_token = pn_portal_form_token(portal, "pay");
    for (size_t i = 0; problems != NULL && i < problems->count; i++) {
        sentences[account.problem_count++] = problems->items[i].sentence;
    }
    account.problems = sentences;
    pn_portal_begin(exchange);
    PN_TRY(
        pn_page_account_write(&portal->frame, &account, exchange->arena, &exchange->answer.body));
    return pn_portal_answer(exchange, account.problem_count != 0 ? 422 : 200,
                            pay_origins(exchange, &account));
}

pn_err pn_portal_show_form(pn_exchange *exchange, pn_portal *portal, const char *name,
                           const pn_form_data *sent, const pn_portal_problems *problems) {
    pn_page_form form;
    pn_err err = pn_portal_form(portal, name, sent, problems, &form, &exchange->diag);
    if (err == PN_NOT_FOUND) {
        return pn_portal_go(exchange, portal, "");
    }
    PN_TRY(err);
    pn_portal_begin(exchange);
    PN_TRY(pn_page_form_write(&portal->frame, &form, exchange->arena, &exchange->answer.body));
    return pn_portal_answer(exchange, sent != NULL ? 422 : 200, PN_STR_NONE);
}

pn_err pn_portal_read_form(pn_exchange *exchange, pn_form_data *ret_form) {
    return pn_form_read(pn_exchange_header(exchange, "content-type"), exchange->body,
                        exchange->arena, ret_form, &exchange->diag);
}
