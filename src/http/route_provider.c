/* What providers tell: their webhooks; and the simulated bank's page. */
#include "app/bank.h"
#include "base/banned.h"
#include "base/limits.h"
#include "http/portal.h"
#include "http/service.h"

/* ── webhooks ────────────────────────────────────────────────────────────────────────────────── */

static pn_err place_of_creditor(pn_exchange *exchange, pn_id *ret_org_id) {
    pn_id creditor = 0;
    *ret_org_id = 0;
    if (pn_id_parse(PN_ID_CREDITOR, exchange->arguments[1], &creditor) != PN_OK) {
        return pn_diag_set(&exchange->diag, PN_NOT_FOUND, "There is no such page.");
    }
    pn_stmt *q = pn_db_stmt(exchange->db, "SELECT org_id FROM creditor WHERE id = $1");
    pn_bind_int(q, 1, creditor);
    pn_err err = pn_row_next(q);
    if (err == PN_NOT_FOUND) {
        return pn_diag_set(&exchange->diag, err, "There is no such page.");
    }
    PN_TRY(err);
    *ret_org_id = pn_col_int(q, 0);
    pn_stmt_reset(q);
    pn_known_put(exchange->service->creditors, creditor, *ret_org_id);
    return PN_OK;
}

static bool recall_creditor(pn_exchange *exchange, pn_id *ret_org_id) {
    pn_id creditor = 0;
    if (pn_id_parse(PN_ID_CREDITOR, exchange->arguments[1], &creditor) != PN_OK) {
        return false;
    }
    *ret_org_id = pn_known_get(exchange->service->creditors, creditor);
    return *ret_org_id != 0;
}

/* Durable before the answer: a provider that hears 200 does not tell it again. */
static pn_err answer_webhook(pn_exchange *exchange) {
    const pn_till *till = NULL;
    pn_id creditor = 0;
    bool news = false;
    pn_str country = PN_STR_NONE;
    (void)pn_exchange_query(exchange, "country", &country);
    PN_TRY(pn_id_parse(PN_ID_CREDITOR, exchange->arguments[1], &creditor));
    PN_TRY(pn_till_recall(exchange->app, creditor, country, exchange->arguments[0], &till,
                          &exchange->diag));
    pn_pay_webhook webhook = {.body = exchange->body,
                              .signature =
                                  pn_exchange_header(exchange, till->provider->signature_header),
                              .now = pn_env_now(exchange->app->env)};
    PN_TRY(
        pn_payins_webhook(exchange->app, till, &webhook, exchange->arena, &news, &exchange->diag));
    pn_json_writer *w = pn_answer_json(exchange);
    pn_json_put_bool(w, "received", true);
    pn_json_put_bool(w, "news", news);
    pn_json_end_object(w);
    return PN_OK;
}

/* ── the simulated bank ──────────────────────────────────────────────────────────────────────── */

static pn_err place_of_charge(pn_exchange *exchange, pn_id *ret_org_id) {
    *ret_org_id = 0;
    pn_stmt *q = pn_db_stmt(exchange->db, "SELECT org_id FROM payment_intent WHERE provider ="
                                          " 'simulated' AND ref = $1");
    pn_bind_str(q, 1, exchange->arguments[0]);
    pn_err err = pn_row_next(q);
    if (err == PN_OK) {
        *ret_org_id = pn_col_int(q, 0);
        pn_stmt_reset(q);
    }
    return err == PN_NOT_FOUND ? PN_OK : err;
}

static pn_err find_charge(pn_exchange *exchange, pn_payin_row *ret_payin) {
    pn_err err = PN_NOT_FOUND;
    if (exchange->app != NULL && exchange->app->org.mode != PN_MODE_LIVE) {
        err = pn_payin_by_ref(exchange->db, exchange->app->org.id, PN_STR("simulated"),
                              exchange->arguments[0], exchange->arena, ret_payin);
    }
    if (err == PN_NOT_FOUND) {
        PN_TRY(pn_portal_unknown(exchange));
    }
    return err;
}

/* Where the payer came from: a page of the same debtor. */
static pn_err page_of(pn_exchange *exchange, const pn_payin_row *payin, pn_str *ret_path) {
    pn_link_request request = {
        .kind = PN_LINK_PAGE, .debtor_id = payin->debtor_id, .account_id = payin->account_id};
    pn_link link;
    pn_stmt *q = pn_db_stmt(exchange->db, "SELECT link_id FROM page_action WHERE debtor_id = $1 AND"
                                          " action = 'pay' ORDER BY at DESC LIMIT 1");
    pn_bind_int(q, 1, payin->debtor_id);
    pn_err err = pn_row_next(q);
    if (err == PN_OK) {
        pn_id id = pn_col_int(q, 0);
        pn_stmt_reset(q);
        *ret_path = pn_str_format(
            exchange->arena, "%.*s/back",
            PN_STR_ARG(pn_link_url(exchange->app, PN_LINK_PAGE, id, exchange->arena)));
        return PN_OK;
    }
    if (err != PN_NOT_FOUND) {
        return err;
    }
    PN_TRY(pn_link_make(exchange->app, &request, exchange->arena, &link, &exchange->diag));
    *ret_path = pn_link_url(exchange->app, PN_LINK_PAGE, link.id, exchange->arena);
    return PN_OK;
}

static pn_err answer_bank(pn_exchange *exchange) {
    pn_payin_row payin;
    pn_debtor_row debtor;
    pn_err err = find_charge(exchange, &payin);
    if (err != PN_OK) {
        return err == PN_NOT_FOUND ? PN_OK : err;
    }
    PN_TRY(pn_debtor_get(exchange->db, payin.debtor_id, exchange->arena, &debtor));
    const pn_creditor_row *creditor = pn_app_creditor(exchange->app, payin.creditor_id);
    pn_page_bank bank = {
        .language = pn_str_first(debtor.language, 2),
        .country = debtor.country,
        .payee = creditor != NULL ? creditor->name : PN_STR_NONE,
        .title = payin.ref,
        .amount = {payin.amount, payin.currency},
        .action = exchange->path,
        .token = pn_page_token_make(exchange->app, payin.ref, exchange->arena),
    };
    pn_portal_begin(exchange);
    PN_TRY(pn_page_bank_write(&bank, exchange->arena, &exchange->answer.body));
    return pn_portal_answer(exchange, 200, exchange->app->org.public_url);
}

static pn_err tell_us(pn_exchange *exchange, const pn_payin_row *payin, pn_str body,
                      pn_str signature) {
    pn_till till;
    pn_debtor_row debtor;
    bool news = false;
    pn_pay_webhook webhook = {.body = body, .signature = signature};
    PN_TRY(pn_debtor_get(exchange->db, payin->debtor_id, exchange->arena, &debtor));
    PN_TRY(pn_till_open(exchange->app, payin->creditor_id, debtor.country, PN_STR("simulated"),
                        exchange->arena, &till, &exchange->diag));
    webhook.now = pn_env_now(exchange->app->env);
    return pn_payins_webhook(exchange->app, &till, &webhook, exchange->arena, &news,
                             &exchange->diag);
}

static pn_err answer_choice(pn_exchange *exchange) {
    pn_payin_row payin;
    pn_form_data form;
    pn_str nonce, body, signature, back;
    pn_err err = find_charge(exchange, &payin);
    if (err != PN_OK) {
        return err == PN_NOT_FOUND ? PN_OK : err;
    }
    PN_TRY(pn_portal_read_form(exchange, &form));
    if (!pn_page_token_good(exchange->app, pn_form_text(&form, "t"), payin.ref, &nonce)) {
        return pn_answer_see_other(exchange, exchange->path);
    }
    pn_bank_choice choice = pn_bank_choice_of(pn_form_text(&form, "choice"));
    PN_TRY(pn_bank_choose(exchange->app, payin.ref, (pn_money){payin.amount, payin.currency},
                          choice, exchange->arena, &body, &signature, &exchange->diag));
    if (body.len != 0) {
        PN_TRY(tell_us(exchange, &payin, body, signature));
    }
    PN_TRY(page_of(exchange, &payin, &back));
    return pn_answer_see_other(exchange, back);
}

/* ── is this message from us? ────────────────────────────────────────────────────────────────── */

static pn_str say(const pn_page_frame *frame, pn_saying key, pn_str first, pn_arena *arena) {
    return pn_page_said(frame, key, first, PN_STR_NONE, arena);
}

/* Nobody has said yet whose debtor asks: the colour that all creditors share, or ours. */
static pn_str shared_colour(const pn_app *app) {
    pn_str colour = app->creditor_count != 0 ? app->creditors[0].colour : PN_STR_NONE;
    for (size_t i = 1; i < app->creditor_count; i++) {
        if (!pn_str_eq(app->creditors[i].colour, colour)) {
            return PN_STR_NONE;
        }
    }
    return colour;
}

static pn_page_frame verify_frame(pn_exchange *exchange) {
    pn_str wanted = PN_STR_NONE;
    pn_page_frame frame = {.base = PN_STR("/verify")};
    (void)pn_exchange_query(exchange, "l", &wanted);
    pn_str own = pn_str_first(exchange->app->org.language, 2);
    frame.language = pn_page_language(wanted) ? wanted : pn_page_language(own) ? own : PN_STR("en");
    frame.query = pn_page_language(wanted)
                      ? pn_str_format(exchange->arena, "?l=%.*s", PN_STR_ARG(wanted))
                      : PN_STR_NONE;
    frame.country = exchange->app->org.country;
    frame.creditor = exchange->app->creditor_count == 1 ? exchange->app->creditors[0].name
                                                        : exchange->app->org.name;
    frame.colour = shared_colour(exchange->app);
    return frame;
}

static pn_err show_verify(pn_exchange *exchange, const pn_page_frame *frame, pn_str problem) {
    pn_arena *arena = exchange->arena;
    pn_page_field fields[] = {
        {.kind = PN_INPUT_TEXT,
         .name = "number",
         .label = say(frame, PN_SAY_VERIFY_INVOICE, PN_STR_NONE, arena)},
        {.kind = PN_INPUT_TEXT,
         .name = "code",
         .label = say(frame, PN_SAY_VERIFY_CODE, PN_STR_NONE, arena),
         .hint = say(frame, PN_SAY_VERIFY_CODE_HINT, PN_STR_NONE, arena)},
    };
    pn_page_form form = {
        .title = say(frame, PN_SAY_VERIFY_TITLE, PN_STR_NONE, arena),
        .lead = say(frame, PN_SAY_VERIFY_LEAD, PN_STR_NONE, arena),
        .action = "",
        .token = pn_page_token_make(exchange->app, PN_STR("verify"), arena),
        .fields = fields,
        .field_count = PN_COUNT(fields),
        .terms = say(frame, PN_SAY_VERIFY_TIPS, PN_STR_NONE, arena),
        .button = say(frame, PN_SAY_VERIFY_BUTTON, PN_STR_NONE, arena),
        .problem = problem,
    };
    pn_portal_begin(exchange);
    PN_TRY(pn_page_form_write(frame, &form, arena, &exchange->answer.body));
    return pn_portal_answer(exchange, problem.len != 0 ? 422 : 200, PN_STR_NONE);
}

static pn_err answer_verify_form(pn_exchange *exchange) {
    if (exchange->app == NULL) {
        return pn_portal_unknown(exchange);
    }
    pn_page_frame frame = verify_frame(exchange);
    return show_verify(exchange, &frame, PN_STR_NONE);
}

/* Guesses are counted by address: a code has six letters. */
static pn_err count_guess(pn_exchange *exchange, pn_str nonce) {
    enum { AN_HOUR_MAX = 20 };
    pn_time now = pn_env_now(exchange->app->env);
    pn_id who = (pn_id)(pn_hash64_str(exchange->peer, 0) >> 1);
    int64_t done = 0;
    PN_TRY(pn_page_guesses(exchange->app, who, now - PN_HOUR, &done));
    return done >= AN_HOUR_MAX ? PN_LIMIT : pn_page_guessed(exchange->app, who, nonce);
}

static pn_err answer_verify(pn_exchange *exchange) {
    pn_form_data form;
    pn_str nonce;
    const pn_creditor_row *ours = NULL;
    if (exchange->app == NULL) {
        return pn_portal_unknown(exchange);
    }
    pn_page_frame frame = verify_frame(exchange);
    pn_arena *arena = exchange->arena;
    PN_TRY(pn_portal_read_form(exchange, &form));
    pn_err err =
        pn_page_token_good(exchange->app, pn_form_text(&form, "t"), PN_STR("verify"), &nonce)
            ? count_guess(exchange, nonce)
            : PN_DENIED;
    if (err == PN_DENIED || err == PN_LIMIT || err == PN_CONFLICT) {
        pn_saying key = err == PN_LIMIT ? PN_SAY_ERROR_OFTEN : PN_SAY_ERROR_STALE;
        return show_verify(exchange, &frame, say(&frame, key, PN_STR_NONE, arena));
    }
    PN_TRY(err);
    PN_TRY(pn_portal_verify(exchange->app, pn_form_text(&form, "number"),
                            pn_form_text(&form, "code"), arena, &ours));
    frame.colour = ours != NULL ? ours->colour : frame.colour;
    pn_page_notice notice = {
        .tone = ours != NULL ? PN_TONE_GOOD : PN_TONE_BAD,
        .title =
            say(&frame, ours != NULL ? PN_SAY_VERIFY_YES : PN_SAY_VERIFY_NO, PN_STR_NONE, arena),
        .text = ours != NULL ? say(&frame, PN_SAY_VERIFY_YES_TEXT, ours->name, arena)
                             : say(&frame, PN_SAY_VERIFY_NO_TEXT, PN_STR_NONE, arena),
        .more = say(&frame, PN_SAY_VERIFY_TIPS, PN_STR_NONE, arena),
        .back = pn_str_format(arena, "/verify%.*s", PN_STR_ARG(frame.query))};
    pn_portal_begin(exchange);
    PN_TRY(pn_page_notice_write(&frame, &notice, arena, &exchange->answer.body));
    return pn_portal_answer(exchange, 200, PN_STR_NONE);
}

/* ── the table ───────────────────────────────────────────────────────────────────────────────── */

#define FORM_TYPES "application/x-www-form-urlencoded"

static const pn_shape WEBHOOK_QUERY[] = {
    {.name = "country",
     .type = PN_SHAPE_TEXT,
     .min = 2,
     .max = 2,
     .help = "where the way to pay is set for debtors of one country"},
    {.name = NULL},
};

pn_route_table PN_ROUTES_PROVIDER = {
    {.method = PN_HTTP_POST,
     .path = "/v1/provider/{provider}/{creditor}",
     .name = "provider_webhook",
     .runs = PN_RUNS_WRITER,
     .door = PN_ROUTE_PROVIDER,
     .place = place_of_creditor,
     .recall = recall_creditor,
     .query = WEBHOOK_QUERY,
     .body_type = "application/json",
     .answer_type = "application/json",
     .answer = answer_webhook,
     .summary = "A payment provider's webhook",
     .help = "Verified on the raw bytes with the secret that the way to pay names, stored, and "
             "booked before the answer. The same event again changes nothing."},
    {.method = PN_HTTP_GET,
     .path = "/simulated-bank/{ref}",
     .name = "bank_page",
     .runs = PN_RUNS_READER,
     .door = PN_ROUTE_PUBLIC,
     .place = place_of_charge,
     .unlisted = true,
     .answer_type = "text/html",
     .answer = answer_bank,
     .summary = "The simulated bank"},
    {.method = PN_HTTP_POST,
     .path = "/simulated-bank/{ref}",
     .name = "bank_choice",
     .runs = PN_RUNS_WRITER,
     .door = PN_ROUTE_PUBLIC,
     .place = place_of_charge,
     .unlisted = true,
     .body_type = FORM_TYPES,
     .answer_type = "text/html",
     .answer = answer_choice,
     .summary = "The simulated bank"},
    {.method = PN_HTTP_GET,
     .path = "/verify",
     .name = "verify_form",
     .runs = PN_RUNS_READER,
     .door = PN_ROUTE_PUBLIC,
     .place = pn_portal_place_host,
     .unlisted = true,
     .answer_type = "text/html",
     .answer = answer_verify_form,
     .summary = "Is this message from us?"},
    {.method = PN_HTTP_POST,
     .path = "/verify",
     .name = "verify",
     .runs = PN_RUNS_WRITER,
     .door = PN_ROUTE_PUBLIC,
     .place = pn_portal_place_host,
     .unlisted = true,
     .body_type = FORM_TYPES,
     .answer_type = "text/html",
     .answer = answer_verify,
     .summary = "Is this message from us?"},
    {.path = NULL},
};
