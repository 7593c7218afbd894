/* Stripe: a Checkout Session a payment, where the payer leaves card or wallet with Stripe and not
 * with us; webhooks (Stripe-Signature), asking, refunds, and charging what a payer left there.
 *
 * docs.stripe.com/api, version 2024-06-20, which every call names. Every POST carries an
 * Idempotency-Key made of our own id, so that a lost answer is asked for again and not paid twice.
 */
#include <stdio.h>

#include "base/banned.h"
#include "base/limits.h"
#include "pay/stripe_int.h"

#define API_VERSION "2024-06-20"
#define API_URL "https://api.stripe.com"

enum {
    TOLERANCE_SECONDS = 300,
    FORM_BYTES = 16384,
    TITLE_CHARS = 120,
    SESSION_MINUTES_MIN = 30, /* Stripe's own bounds */
    SESSION_HOURS_MAX = 24,
    DECLINED = 402, /* by the card's bank: docs.stripe.com/api/errors */
};

static const pn_pay_setting SETTINGS[] = {
    {"methods", false, "what the account offers", "methods to offer, such as “card sepa_debit”"},
    {"api_url", false, API_URL, "another address of the API, for tests"},
};

/* ── forms ───────────────────────────────────────────────────────────────────────────────────── */

static void add_encoded(pn_buf *form, pn_str text) {
    static const char HEX[] = "0123456789ABCDEF";
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        bool plain = pn_is_digit((char)c) || pn_is_alpha((char)c) || c == '-' || c == '_' ||
                     c == '.' || c == '~';
        if (plain) {
            pn_buf_add_char(form, (char)c);
        } else {
            const char escaped[3] = {'%', HEX[c >> 4], HEX[c & 15]};
            pn_buf_add(form, escaped, sizeof escaped);
        }
    }
}

static void put(pn_buf *form, const char *name, pn_str value) {
    if (form->len != 0) {
        pn_buf_add_char(form, '&');
    }
    add_encoded(form, pn_str_of(name));
    pn_buf_add_char(form, '=');
    add_encoded(form, value);
}

static void put_int(pn_buf *form, const char *name, int64_t value) {
    char text[20];
    put(form, name, (pn_str){text, pn_int64_text(value, text)});
}

static void put_currency(pn_buf *form, const char *name, pn_currency currency) {
    char code[3];
    for (size_t i = 0; i < 3; i++) {
        code[i] = pn_to_lower(currency.code[i]);
    }
    put(form, name, (pn_str){code, 3});
}

/* ── calls ───────────────────────────────────────────────────────────────────────────────────── */

static pn_err refused(int status, const pn_json *answer, pn_diag *diag) {
    const pn_json *error = pn_json_field(answer, "error");
    pn_str code = pn_json_text(pn_json_field(error, "code"), PN_STR_NONE);
    pn_str sentence = pn_json_text(pn_json_field(error, "message"), PN_STR("no reason given"));
    pn_err err = status == 401 || status == 403   ? PN_DENIED
                 : status == 404                  ? PN_NOT_FOUND
                 : status == 409 || status == 429 ? PN_RETRY
                 : status >= 500                  ? PN_IO
                                                  : PN_INVALID;
    (void)pn_diag_set(diag, err, "Stripe answers %d%s%.*s: %.*s", status, code.len != 0 ? " " : "",
                      PN_STR_ARG(pn_str_first(code, 60)), PN_STR_ARG(pn_str_first(sentence, 200)));
    pn_diag_cause(diag, err == PN_DENIED                  ? PN_CAUSE_LOGIN
                        : err == PN_RETRY || err == PN_IO ? PN_CAUSE_LATER
                                                          : PN_CAUSE_REFUSED);
    if (err == PN_DENIED) {
        pn_diag_mend(diag, "Look at the key: it must be the account's secret key, of the right "
                           "mode.");
    }
    return err;
}

/* `form` empty: GET; `key` empty: none. The answer is given with a refusal, too, where it can be
 * read; NULL where not. */
static pn_err ask(const pn_pay_account *account, pn_str path, pn_str form, pn_str key,
                  pn_arena *arena, int *ret_status, pn_json **ret_answer, pn_diag *diag) {
    pn_str base = pn_json_text(pn_json_field(account->settings, "api_url"), PN_STR(API_URL));
    pn_fetch_header headers[4] = {
        {PN_STR("Authorization"), pn_str_format(arena, "Bearer %.*s", PN_STR_ARG(account->key))},
        {PN_STR("Stripe-Version"), PN_STR(API_VERSION)},
    };
    size_t count = 2;
    if (form.len != 0) {
        headers[count++] =
            (pn_fetch_header){PN_STR("Content-Type"), PN_STR("application/x-www-form-urlencoded")};
        headers[count++] = (pn_fetch_header){PN_STR("Idempotency-Key"), key};
    }
    pn_fetch_request request = {
        .method = form.len != 0 ? "POST" : "GET",
        .url = pn_str_format(arena, "%.*s%.*s", PN_STR_ARG(base), PN_STR_ARG(path)),
        .headers = headers,
        .header_count = count,
        .body = form,
        .networks = account->host->networks,
    };
    pn_fetch_answer answer = {0};
    PN_TRY(account->host->fetch(&request, arena, &answer, diag));
    pn_json *json = NULL;
    pn_err err = pn_json_parse(answer.body, NULL, arena, &json, diag);
    *ret_status = answer.status;
    *ret_answer = err == PN_OK ? json : NULL;
    if (answer.status < 200 || answer.status > 299) {
        return refused(answer.status, *ret_answer, diag);
    }
    return err == PN_OK ? PN_OK : pn_diag_set(diag, PN_IO, "Stripe's answer cannot be read.");
}

static pn_err call(const pn_pay_account *account, pn_str path, pn_str form, pn_str key,
                   pn_arena *arena, pn_json **ret_answer, pn_diag *diag) {
    int status = 0;
    return ask(account, path, form, key, arena, &status, ret_answer, diag);
}

/* What becomes part of a path: an id of theirs and nothing else. */
static bool is_id(pn_str ref) {
    for (size_t i = 0; i < ref.len; i++) {
        if (!pn_is_digit(ref.ptr[i]) && !pn_is_alpha(ref.ptr[i]) && ref.ptr[i] != '_') {
            return false;
        }
    }
    return ref.len > 3 && ref.len <= 200;
}

static pn_err wrong_id(pn_diag *diag) {
    return pn_diag_set(diag, PN_INVALID, "This is no id of Stripe's.");
}

/* ── what the use case asks for ──────────────────────────────────────────────────────────────── */

static pn_err stripe_check(const pn_pay_account *account, pn_money amount, pn_diag *diag) {
    int64_t units = 0;
    (void)account;
    return pn_stripe_amount(amount, &units, diag);
}

static void put_methods(pn_buf *form, pn_str methods) {
    int position = 0;
    pn_str method;
    while (pn_str_split(&methods, ' ', &method)) {
        if (method.len != 0) {
            char name[40];
            (void)snprintf(name, sizeof name, "payment_method_types[%d]", position++);
            put(form, name, method);
        }
    }
}

static int64_t session_end(const pn_pay_request *request) {
    pn_time least = request->now + SESSION_MINUTES_MIN * PN_MINUTE + PN_MINUTE;
    pn_time most = request->now + SESSION_HOURS_MAX * PN_HOUR - PN_MINUTE;
    return PN_MIN(PN_MAX(request->expires_at, least), most) / PN_SECOND;
}

static void session_form(pn_buf *form, const pn_pay_account *account, const pn_pay_request *request,
                         int64_t units) {
    char id[PN_ID_TEXT_SIZE];
    pn_str ours = pn_str_of(pn_id_text(PN_ID_PAYIN, request->payin_id, id));
    put(form, "mode", PN_STR("payment"));
    put(form, "client_reference_id", ours);
    put(form, "metadata[payin]", ours);
    put(form, "payment_intent_data[metadata][payin]", ours);
    put_currency(form, "line_items[0][price_data][currency]", request->amount.currency);
    put_int(form, "line_items[0][price_data][unit_amount]", units);
    put(form, "line_items[0][price_data][product_data][name]",
        pn_str_first(request->title, TITLE_CHARS));
    put(form, "line_items[0][quantity]", PN_STR("1"));
    put(form, "success_url", request->back_url);
    put(form, "cancel_url", request->back_url);
    put_int(form, "expires_at", session_end(request));
    put(form, "locale", pn_str_first(request->language, 2));
    put_methods(form, pn_json_text(pn_json_field(account->settings, "methods"), PN_STR_NONE));
}

static pn_err stripe_create(const pn_pay_account *account, const pn_pay_request *request,
                            pn_arena *arena, pn_pay_created *ret_created, pn_diag *diag) {
    int64_t units = 0;
    pn_buf form;
    pn_json *session = NULL;
    char id[PN_ID_TEXT_SIZE];
    PN_TRY(pn_stripe_amount(request->amount, &units, diag));
    pn_buf_init(&form, FORM_BYTES);
    session_form(&form, account, request, units);
    pn_err err = pn_buf_err(&form);
    if (err == PN_OK) {
        err =
            call(account, PN_STR("/v1/checkout/sessions"), pn_buf_str(&form),
                 pn_str_of(pn_id_text(PN_ID_PAYIN, request->payin_id, id)), arena, &session, diag);
    }
    pn_buf_done(&form);
    PN_TRY(err);
    int64_t until = pn_json_int(pn_json_field(session, "expires_at"), 0);
    *ret_created = (pn_pay_created){
        .ref = pn_str_dup(arena, pn_json_text(pn_json_field(session, "id"), PN_STR_NONE)),
        .url = pn_str_dup(arena, pn_json_text(pn_json_field(session, "url"), PN_STR_NONE)),
        .state = PN_PAYIN_CREATED,
        .expires_at = until > 0 && until < INT64_MAX / PN_SECOND ? until * PN_SECOND : PN_TIME_NONE,
    };
    if (!is_id(ret_created->ref) || !pn_str_starts(ret_created->url, PN_STR("http"))) {
        return pn_diag_set(diag, PN_IO, "Stripe's answer holds no page to pay on.");
    }
    return PN_OK;
}

/* "pi_…" is of a charge without a payer, "cs_…" of a session. */
static pn_err stripe_poll(const pn_pay_account *account, pn_str ref, pn_arena *arena,
                          pn_pay_report *ret_report, pn_diag *diag) {
    pn_json *answer = NULL;
    pn_pay_report report = {.ref = ref, .kind = PN_STR("poll")};
    bool payment = pn_str_starts(ref, PN_STR("pi_"));
    if (!is_id(ref)) {
        return wrong_id(diag);
    }
    pn_str path =
        payment ? pn_str_format(arena, "/v1/payment_intents/%.*s?expand[]=latest_charge",
                                PN_STR_ARG(ref))
                : pn_str_format(arena,
                                "/v1/checkout/sessions/%.*s?expand[]=payment_intent.latest_charge",
                                PN_STR_ARG(ref));
    PN_TRY(call(account, path, PN_STR_NONE, PN_STR_NONE, arena, &answer, diag));
    if (payment) {
        pn_stripe_read_payment(answer, arena, &report);
    } else {
        pn_stripe_read_session(answer, arena, &report);
    }
    *ret_report = report;
    return PN_OK;
}

/* The payment behind a session. */
static pn_err payment_ref(const pn_pay_account *account, pn_str ref, pn_arena *arena,
                          pn_str *ret_payment, pn_diag *diag) {
    pn_pay_report report = {0};
    PN_TRY(stripe_poll(account, ref, arena, &report, diag));
    if (!is_id(report.money_ref)) {
        return pn_diag_set(diag, PN_CONFLICT, "Nothing was paid there that could go back.");
    }
    *ret_payment = report.money_ref;
    return PN_OK;
}

static pn_err stripe_refund(const pn_pay_account *account, pn_str ref, pn_money amount, pn_str key,
                            pn_arena *arena, pn_pay_report *ret_report, pn_diag *diag) {
    int64_t units = 0;
    pn_str payment = ref;
    pn_json *refund = NULL;
    pn_buf form;
    PN_TRY(pn_stripe_amount(amount, &units, diag));
    if (!pn_str_starts(ref, PN_STR("pi_"))) {
        PN_TRY(payment_ref(account, ref, arena, &payment, diag));
    }
    pn_buf_init(&form, FORM_BYTES);
    put(&form, "payment_intent", payment);
    put_int(&form, "amount", units);
    pn_err err = call(account, PN_STR("/v1/refunds"), pn_buf_str(&form), key, arena, &refund, diag);
    pn_buf_done(&form);
    PN_TRY(err);
    pn_str status = pn_json_text(pn_json_field(refund, "status"), PN_STR_NONE);
    if (pn_str_is(status, "failed") || pn_str_is(status, "canceled")) {
        return pn_diag_set(diag, PN_INVALID, "Stripe could not send the money back (%.*s).",
                           PN_STR_ARG(status));
    }
    return stripe_poll(account, ref, arena, ret_report, diag);
}

/* A mandate is "cus_…/pm_…". */
static pn_err stripe_charge(const pn_pay_account *account, const pn_pay_request *request,
                            pn_str mandate, pn_arena *arena, pn_pay_report *ret_report,
                            pn_diag *diag) {
    int64_t units = 0;
    pn_str customer, method = mandate;
    char id[PN_ID_TEXT_SIZE];
    pn_json *payment = NULL;
    pn_buf form;
    if (!pn_str_split(&method, '/', &customer) || !is_id(customer) || !is_id(method)) {
        return pn_diag_set(diag, PN_INVALID, "A mandate at Stripe is written cus_…/pm_….");
    }
    PN_TRY(pn_stripe_amount(request->amount, &units, diag));
    pn_str ours = pn_str_of(pn_id_text(PN_ID_PAYIN, request->payin_id, id));
    pn_buf_init(&form, FORM_BYTES);
    put_int(&form, "amount", units);
    put_currency(&form, "currency", request->amount.currency);
    put(&form, "customer", customer);
    put(&form, "payment_method", method);
    put(&form, "off_session", PN_STR("true"));
    put(&form, "confirm", PN_STR("true"));
    put(&form, "description", pn_str_first(request->title, TITLE_CHARS));
    put(&form, "metadata[payin]", ours);
    int status = 0;
    pn_err err = ask(account, PN_STR("/v1/payment_intents"), pn_buf_str(&form), ours, arena,
                     &status, &payment, diag);
    pn_buf_done(&form);
    pn_pay_report report = {.kind = PN_STR("charge")};
    if (status == DECLINED && payment != NULL) {
        pn_stripe_read_decline(payment, arena, &report);
        *ret_report = report;
        return PN_OK;
    }
    PN_TRY(err);
    pn_stripe_read_payment(payment, arena, &report);
    if (report.attempt_failed) { /* nobody is there to try again */
        report.claims = true;
        report.state = PN_PAYIN_FAILED;
    }
    *ret_report = report;
    return PN_OK;
}

/* The balance is what every secret key may read; it says of which mode the key is. */
static pn_err stripe_look(const pn_pay_account *account, pn_arena *arena, bool *ret_live,
                          pn_diag *diag) {
    pn_json *balance = NULL;
    PN_TRY(call(account, PN_STR("/v1/balance"), PN_STR_NONE, PN_STR_NONE, arena, &balance, diag));
    *ret_live = pn_json_bool(pn_json_field(balance, "livemode"), false);
    return PN_OK;
}

/* ── webhooks ────────────────────────────────────────────────────────────────────────────────── */

/* "t=1700000000,v1=hex[,v1=hex]": the time, and whether one of the signatures is right. */
static bool signature_is_right(const pn_pay_account *account, const pn_pay_webhook *webhook,
                               int64_t *ret_time) {
    pn_str rest = webhook->signature, part;
    pn_str stamp = PN_STR_NONE;
    bool right = false;
    int64_t seconds = 0;
    while (stamp.len == 0 && pn_str_split(&rest, ',', &part)) {
        part = pn_str_trim(part);
        stamp = pn_str_starts(part, PN_STR("t=")) ? pn_str_from(part, 2) : stamp;
    }
    if (!pn_str_is_digits(stamp) || pn_str_to_int64(stamp, &seconds) != PN_OK) {
        return false;
    }
    const pn_str pieces[] = {stamp, PN_STR("."), webhook->body};
    rest = webhook->signature;
    while (pn_str_split(&rest, ',', &part)) {
        part = pn_str_trim(part);
        if (pn_str_starts(part, PN_STR("v1="))) {
            right = pn_pay_signed(account->webhook_secret, pieces, PN_COUNT(pieces),
                                  pn_str_from(part, 3)) ||
                    right;
        }
    }
    *ret_time = seconds;
    return right;
}

static pn_err stripe_verify(const pn_pay_account *account, const pn_pay_webhook *webhook,
                            pn_diag *diag) {
    enum { SIGNATURE_BYTES_MAX = 2048 };
    int64_t stamp = 0;
    if (webhook->signature.len == 0 || webhook->signature.len > SIGNATURE_BYTES_MAX) {
        return pn_diag_set(diag, PN_DENIED, "The webhook is not signed.");
    }
    if (!signature_is_right(account, webhook, &stamp)) {
        return pn_diag_set(diag, PN_DENIED, "The webhook's signature is not right.");
    }
    int64_t age = webhook->now / PN_SECOND - stamp;
    if (age > TOLERANCE_SECONDS || age < -TOLERANCE_SECONDS) {
        return pn_diag_set(diag, PN_DENIED, "The webhook was signed more than %d seconds ago.",
                           TOLERANCE_SECONDS);
    }
    return PN_OK;
}

static pn_err stripe_read(const pn_pay_account *account, pn_str body, pn_arena *arena,
                          pn_pay_report ret_reports[PN_PAY_REPORTS], size_t *ret_count,
                          pn_diag *diag) {
    (void)account;
    return pn_stripe_read_event(body, arena, ret_reports, ret_count, diag);
}

const pn_pay_provider pn_pay_stripe;
const pn_pay_provider pn_pay_stripe = {
    .name = "stripe",
    .title = "Stripe",
    .help = "cards, wallets and bank debits on Stripe's own page (Checkout)",
    .signature_header = "stripe-signature",
    .payer_origin = "https://checkout.stripe.com",
    .needs_key = true,
    .settings = SETTINGS,
    .setting_count = PN_COUNT(SETTINGS),
    .check = stripe_check,
    .create = stripe_create,
    .poll = stripe_poll,
    .refund = stripe_refund,
    .charge = stripe_charge,
    .look = stripe_look,
    .verify = stripe_verify,
    .read = stripe_read,
};
