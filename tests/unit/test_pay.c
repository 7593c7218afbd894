/* Providers: what Stripe is asked and what is understood of its answers, signatures, units of
 * currencies, the states of an intent. The network is a table of answers. */
#include <stdio.h>

#include "unit.h"

#include "base/hash.h"
#include "pay/pay.h"
#include "pay/stripe_int.h"

static pn_arena arena;
static pn_diag diag;

static int set_up(void **state) {
    (void)state;
    pn_arena_init(&arena, 0);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    pn_arena_done(&arena);
    return 0;
}

/* ── the wire ────────────────────────────────────────────────────────────────────────────────── */

static struct {
    const char *answer;
    int status;
    pn_str url, body, key;
    int calls;
} wire;

static pn_err fake_fetch(const pn_fetch_request *request, pn_arena *on, pn_fetch_answer *ret_answer,
                         pn_diag *ret_diag) {
    (void)ret_diag;
    wire.calls++;
    wire.url = pn_str_dup(on, request->url);
    wire.body = pn_str_dup(on, request->body);
    wire.key = PN_STR_NONE;
    for (size_t i = 0; i < request->header_count; i++) {
        if (pn_str_is(request->headers[i].name, "Idempotency-Key")) {
            wire.key = pn_str_dup(on, request->headers[i].value);
        }
    }
    *ret_answer = (pn_fetch_answer){.status = wire.status, .body = pn_str_of(wire.answer)};
    return PN_OK;
}

static pn_pay_host host = {.public_url = {"https://pay.example", 19}, .fetch = fake_fetch};
static const pn_json NO_SETTINGS = {.type = PN_JSON_OBJECT};
static pn_pay_account account = {.settings = &NO_SETTINGS,
                                 .key = {"sk_test_1", 9},
                                 .webhook_secret = {"whsec_test", 10},
                                 .host = &host};

static void answers(int status, const char *json) {
    memset(&wire, 0, sizeof wire);
    wire.status = status;
    wire.answer = json;
}

static pn_money money(int64_t minor, const char *code) {
    pn_money amount = {.minor = minor};
    assert_int_equal(pn_currency_parse(pn_str_of(code), &amount.currency), PN_OK);
    return amount;
}

static void holds(pn_str text, const char *part) {
    if (pn_str_find(text, pn_str_of(part)) == SIZE_MAX) {
        print_error("“%.*s” lacks “%s”\n", PN_STR_ARG(text), part);
        fail();
    }
}

static const pn_pay_provider *stripe(void) {
    const pn_pay_provider *provider = pn_pay_provider_find(PN_STR("stripe"));
    assert_non_null(provider);
    return provider;
}

/* ── states ──────────────────────────────────────────────────────────────────────────────────── */

/* Whatever the order and number of claims, the end is the same. */
static void claims_in_any_order_end_alike(void **state) {
    (void)state;
    static const pn_payin_state CLAIMS[] = {PN_PAYIN_PENDING, PN_PAYIN_SUCCEEDED, PN_PAYIN_FAILED,
                                            PN_PAYIN_EXPIRED};
    for (unsigned order = 0; order < 256; order++) {
        pn_payin_state at = PN_PAYIN_CREATED;
        bool paid = false;
        for (unsigned i = 0; i < 4; i++) {
            pn_payin_state claim = CLAIMS[order >> (2 * i) & 3];
            paid = paid || claim == PN_PAYIN_SUCCEEDED;
            if (pn_payin_judge(at, claim) == PN_PAYIN_MOVES) {
                at = claim;
            }
        }
        assert_int_equal(at == PN_PAYIN_SUCCEEDED, paid);
    }
}

static void money_wins_and_refunded_is_the_end(void **state) {
    (void)state;
    assert_int_equal(pn_payin_judge(PN_PAYIN_EXPIRED, PN_PAYIN_SUCCEEDED), PN_PAYIN_MOVES);
    assert_int_equal(pn_payin_judge(PN_PAYIN_SUCCEEDED, PN_PAYIN_FAILED), PN_PAYIN_CONTRADICTS);
    assert_int_equal(pn_payin_judge(PN_PAYIN_SUCCEEDED, PN_PAYIN_PENDING), PN_PAYIN_STAYS);
    assert_int_equal(pn_payin_judge(PN_PAYIN_FAILED, PN_PAYIN_PENDING), PN_PAYIN_STAYS);
    for (unsigned claim = 0; claim < PN_PAYIN_STATES; claim++) {
        assert_int_equal(pn_payin_judge(PN_PAYIN_REFUNDED, (pn_payin_state)claim), PN_PAYIN_STAYS);
    }
}

/* ── units ───────────────────────────────────────────────────────────────────────────────────── */

static void currencies_have_stripes_units(void **state) {
    (void)state;
    static const struct {
        const char *code;
        int64_t minor, units; /* units 0: refused */
    } CASES[] = {
        {"EUR", 121000, 121000}, {"MXN", 1, 1},       {"CLP", 5000, 5000}, {"JPY", 800, 800},
        {"COP", 150000, 150000}, {"UGX", 700, 70000}, {"KWD", 1230, 1230}, {"KWD", 1234, 0},
        {"EUR", 0, 0},           {"EUR", -5, 0},      {"ISK", 90, 9000},
    };
    for (size_t i = 0; i < PN_COUNT(CASES); i++) {
        int64_t units = 0;
        pn_err err = pn_stripe_amount(money(CASES[i].minor, CASES[i].code), &units, &diag);
        assert_int_equal(err, CASES[i].units == 0 ? PN_INVALID : PN_OK);
        assert_int_equal(units, CASES[i].units);
        if (err == PN_OK) {
            pn_money back;
            assert_int_equal(pn_stripe_money(units, pn_str_of(CASES[i].code), &back), PN_OK);
            assert_int_equal(back.minor, CASES[i].minor);
        }
    }
}

/* ── asking ──────────────────────────────────────────────────────────────────────────────────── */

static pn_pay_request a_request(int64_t minor, const char *code) {
    return (pn_pay_request){.payin_id = INT64_C(123456789012345),
                            .amount = money(minor, code),
                            .title = PN_STR("Factura F-1 & más"),
                            .language = PN_STR("es"),
                            .back_url = PN_STR("https://pay.example/p/TOKEN"),
                            .now = INT64_C(1700000000) * PN_SECOND,
                            .expires_at = INT64_C(1700003600) * PN_SECOND};
}

static void a_session_is_made(void **state) {
    (void)state;
    pn_pay_created created;
    pn_pay_request request = a_request(121000, "EUR");
    answers(200, "{\"id\":\"cs_test_1\",\"url\":\"https://checkout.stripe.com/c/pay/cs_test_1\","
                 "\"expires_at\":1700003600}");
    assert_int_equal(stripe()->create(&account, &request, &arena, &created, &diag), PN_OK);
    assert_true(pn_str_is(created.ref, "cs_test_1"));
    assert_int_equal(created.expires_at, INT64_C(1700003600) * PN_SECOND);
    assert_true(pn_str_is(wire.url, "https://api.stripe.com/v1/checkout/sessions"));
    holds(wire.body, "unit_amount%5D=121000");
    holds(wire.body, "currency%5D=eur");
    holds(wire.body, "name%5D=Factura%20F-1%20%26%20m%C3%A1s");
    holds(wire.body, "expires_at=1700003600");
    holds(wire.body, "metadata%5Bpayin%5D=pin_");
    assert_true(pn_str_starts(wire.key, PN_STR("pin_")));
}

static void refusals_say_what_to_do(void **state) {
    (void)state;
    static const struct {
        int status;
        pn_err err;
    } CASES[] = {
        {401, PN_DENIED}, {400, PN_INVALID}, {429, PN_RETRY}, {500, PN_IO}, {402, PN_INVALID}};
    pn_pay_created created;
    pn_pay_request request = a_request(100, "EUR");
    for (size_t i = 0; i < PN_COUNT(CASES); i++) {
        answers(CASES[i].status, "{\"error\":{\"code\":\"x\",\"message\":\"No such thing\"}}");
        assert_int_equal(stripe()->create(&account, &request, &arena, &created, &diag),
                         CASES[i].err);
        assert_non_null(strstr(diag.what, "No such thing"));
        assert_null(strstr(diag.what, "sk_test"));
    }
    answers(200, "<html>");
    assert_int_equal(stripe()->create(&account, &request, &arena, &created, &diag), PN_IO);
    answers(200, "{\"id\":\"cs/../x\",\"url\":\"https://a\"}");
    assert_int_equal(stripe()->create(&account, &request, &arena, &created, &diag), PN_IO);
}

static pn_pay_report polled(const char *ref, const char *json) {
    pn_pay_report report = {0};
    answers(200, json);
    assert_int_equal(stripe()->poll(&account, pn_str_of(ref), &arena, &report, &diag), PN_OK);
    return report;
}

static void asking_tells_the_truth(void **state) {
    (void)state;
    pn_pay_report r = polled("cs_1", "{\"id\":\"cs_1\",\"status\":\"open\",\"payment_status\":"
                                     "\"unpaid\",\"amount_total\":1000,\"currency\":\"eur\"}");
    assert_false(r.claims);
    r = polled("cs_1", "{\"id\":\"cs_1\",\"status\":\"expired\",\"payment_status\":\"unpaid\"}");
    assert_int_equal(r.state, PN_PAYIN_EXPIRED);
    r = polled("cs_1", "{\"id\":\"cs_1\",\"status\":\"complete\",\"payment_status\":\"paid\","
                       "\"amount_total\":1000,\"currency\":\"eur\",\"payment_intent\":{\"id\":"
                       "\"pi_1\",\"latest_charge\":{\"amount_refunded\":300,\"refunded\":false,"
                       "\"currency\":\"eur\",\"payment_method_details\":{\"type\":\"card\"}}}}");
    assert_true(r.claims);
    assert_int_equal(r.state, PN_PAYIN_SUCCEEDED);
    assert_int_equal(r.paid.minor, 1000);
    assert_int_equal(r.refunded.minor, 300);
    assert_true(pn_str_is(r.money_ref, "pi_1"));
    assert_true(pn_str_is(r.method, "card"));
    r = polled("cs_1", "{\"id\":\"cs_1\",\"status\":\"complete\",\"payment_status\":\"unpaid\","
                       "\"payment_intent\":{\"id\":\"pi_1\",\"status\":\"processing\"}}");
    assert_int_equal(r.state, PN_PAYIN_PENDING);
    r = polled("cs_1", "{\"id\":\"cs_1\",\"status\":\"complete\",\"payment_status\":\"unpaid\","
                       "\"payment_intent\":{\"id\":\"pi_1\",\"status\":\"requires_payment_method\","
                       "\"last_payment_error\":{\"code\":\"debit_not_authorized\"}}}");
    assert_int_equal(r.state, PN_PAYIN_FAILED);
    assert_true(pn_str_is(r.reason, "debit_not_authorized"));
    answers(200, "{}");
    assert_int_equal(stripe()->poll(&account, PN_STR("cs_1/../x"), &arena, &r, &diag), PN_INVALID);
    assert_int_equal(wire.calls, 0);
}

static void a_mandate_is_charged(void **state) {
    (void)state;
    pn_pay_report r = {0};
    pn_pay_request request = a_request(5000, "CLP");
    answers(200, "{\"id\":\"pi_9\",\"status\":\"succeeded\",\"amount_received\":5000,\"currency\":"
                 "\"clp\"}");
    assert_int_equal(stripe()->charge(&account, &request, PN_STR("cus_1/pm_1"), &arena, &r, &diag),
                     PN_OK);
    assert_int_equal(r.state, PN_PAYIN_SUCCEEDED);
    assert_int_equal(r.paid.minor, 5000);
    holds(wire.body, "customer=cus_1");
    holds(wire.body, "payment_method=pm_1");
    assert_int_equal(stripe()->charge(&account, &request, PN_STR("pm_1"), &arena, &r, &diag),
                     PN_INVALID);
}

/* ── webhooks ────────────────────────────────────────────────────────────────────────────────── */

static pn_err verified(const char *signature, const char *body, int64_t now_seconds) {
    pn_pay_webhook webhook = {
        .body = pn_str_of(body), .signature = pn_str_of(signature), .now = now_seconds * PN_SECOND};
    return stripe()->verify(&account, &webhook, &diag);
}

/* whsec_test over 1700000000.{"id":"evt_1"} */
#define V1 "c89214b5b5da833daed6f0b8c5bb6bd58cea9022bd80ccc78230f3942d632925"

static void signatures_are_checked(void **state) {
    (void)state;
    const char *body = "{\"id\":\"evt_1\"}";
    const int64_t at = 1700000000;
    assert_int_equal(verified("t=1700000000,v1=" V1, body, at), PN_OK);
    assert_int_equal(verified("t=1700000000,v1=" V1, body, at + 300), PN_OK);
    assert_int_equal(verified("t=1700000000,v1=" V1, body, at + 301), PN_DENIED);
    assert_int_equal(verified("t=1700000000,v1=" V1, body, at - 301), PN_DENIED);
    assert_int_equal(verified("t=1700000000,v1=00,v1=" V1 ",v0=x", body, at), PN_OK);
    assert_int_equal(verified(" t=1700000000, v1=" V1, body, at), PN_OK);
    assert_int_equal(verified("t=1700000000,v0=" V1, body, at), PN_DENIED);
    assert_int_equal(verified("t=1700000001,v1=" V1, body, at), PN_DENIED);
    assert_int_equal(verified("t=1700000000,v1=" V1, "{\"id\":\"evt_2\"}", at), PN_DENIED);
    assert_int_equal(verified("v1=" V1, body, at), PN_DENIED);
    assert_int_equal(verified("", body, at), PN_DENIED);
    assert_int_equal(verified("t=99999999999999999999,v1=" V1, body, at), PN_DENIED);
    account.webhook_secret = PN_STR("whsec_new whsec_test"); /* while one is changed */
    assert_int_equal(verified("t=1700000000,v1=" V1, body, at), PN_OK);
    account.webhook_secret = PN_STR("");
    assert_int_equal(verified("t=1700000000,v1=" V1, body, at), PN_DENIED);
    account.webhook_secret = PN_STR("whsec_test");
}

static size_t read(const char *body, pn_pay_report *ret_report) {
    pn_pay_report reports[PN_PAY_REPORTS];
    size_t count = 0;
    memset(reports, 0, sizeof reports);
    assert_int_equal(stripe()->read(&account, pn_str_of(body), &arena, reports, &count, &diag),
                     PN_OK);
    *ret_report = reports[0];
    return count;
}

#define EVENT(type, object)                                                                        \
    "{\"id\":\"evt_1\",\"type\":\"" type "\",\"data\":{\"object\":" object "}}"

static void events_claim_what_they_say(void **state) {
    (void)state;
    pn_pay_report r;
    assert_int_equal(read(EVENT("checkout.session.completed",
                                "{\"id\":\"cs_1\",\"status\":\"complete\",\"payment_status\":"
                                "\"paid\",\"amount_total\":500,\"currency\":\"mxn\"}"),
                          &r),
                     1);
    assert_int_equal(r.state, PN_PAYIN_SUCCEEDED);
    assert_string_equal(r.paid.currency.code, "MXN");
    read(EVENT("checkout.session.completed", "{\"id\":\"cs_1\",\"status\":\"complete\","
                                             "\"payment_status\":\"unpaid\"}"),
         &r);
    assert_int_equal(r.state, PN_PAYIN_PENDING);
    read(EVENT("checkout.session.async_payment_succeeded",
               "{\"id\":\"cs_1\",\"amount_total\":7,\"currency\":\"eur\"}"),
         &r);
    assert_int_equal(r.state, PN_PAYIN_SUCCEEDED);
    assert_int_equal(r.paid.minor, 7);
    read(EVENT("checkout.session.async_payment_failed",
               "{\"id\":\"cs_1\",\"payment_status\":\"unpaid\"}"),
         &r);
    assert_int_equal(r.state, PN_PAYIN_FAILED);
    read(EVENT("checkout.session.expired", "{\"id\":\"cs_1\",\"status\":\"expired\"}"), &r);
    assert_int_equal(r.state, PN_PAYIN_EXPIRED);
    read(EVENT("charge.refunded", "{\"id\":\"ch_1\",\"payment_intent\":\"pi_1\",\"refunded\":true,"
                                  "\"amount_refunded\":500,\"currency\":\"eur\"}"),
         &r);
    assert_int_equal(r.state, PN_PAYIN_REFUNDED);
    assert_true(pn_str_is(r.money_ref, "pi_1"));
    read(EVENT("charge.dispute.created", "{\"id\":\"dp_1\",\"payment_intent\":\"pi_1\"}"), &r);
    assert_true(r.contested);
    assert_false(r.claims);
    read(EVENT("payment_intent.payment_failed",
               "{\"id\":\"pi_1\",\"status\":\"requires_payment_method\",\"last_payment_error\":"
               "{\"decline_code\":\"insufficient_funds\"}}"),
         &r);
    assert_true(r.attempt_failed);
    assert_false(r.claims);
    assert_int_equal(read(EVENT("invoice.paid", "{\"id\":\"in_1\"}"), &r), 0);
}

static void hostile_events_are_refused(void **state) {
    (void)state;
    static const char *const BODIES[] = {"",
                                         "{",
                                         "[]",
                                         "{}",
                                         "{\"id\":1,\"type\":2}",
                                         "null",
                                         "{\"id\":\"e\",\"id\":\"f\",\"type\":\"t\"}"};
    for (size_t i = 0; i < PN_COUNT(BODIES); i++) {
        pn_pay_report reports[PN_PAY_REPORTS];
        size_t count = 0;
        assert_int_not_equal(
            stripe()->read(&account, pn_str_of(BODIES[i]), &arena, reports, &count, &diag), PN_OK);
    }
    pn_pay_report r;
    assert_int_equal(read(EVENT("checkout.session.completed",
                                "{\"payment_status\":\"paid\",\"amount_total\":-1,\"currency\":"
                                "\"e\",\"metadata\":7,\"payment_intent\":[]}"),
                          &r),
                     1);
    assert_int_equal(r.paid.currency.code[0], '\0');
}

/* ── settings ────────────────────────────────────────────────────────────────────────────────── */

static void settings_are_checked(void **state) {
    (void)state;
    pn_json *json = NULL;
    assert_int_equal(pn_json_parse(PN_STR("{\"methods\":\"card\"}"), NULL, &arena, &json, &diag),
                     PN_OK);
    assert_int_equal(pn_pay_settings_check(stripe(), json, &diag), PN_OK);
    assert_int_equal(pn_json_parse(PN_STR("{\"key\":\"sk\"}"), NULL, &arena, &json, &diag), PN_OK);
    assert_int_equal(pn_pay_settings_check(stripe(), json, &diag), PN_INVALID);
    assert_null(pn_pay_provider_find(PN_STR("paypal")));
    for (size_t i = 0; i < pn_pay_provider_count(); i++) {
        const pn_pay_provider *provider = pn_pay_provider_at(i);
        assert_ptr_equal(pn_pay_provider_find(pn_str_of(provider->name)), provider);
        assert_non_null(provider->verify);
        assert_non_null(provider->poll);
    }
}

/* ── the published fixtures, where they are ──────────────────────────────────────────────────── */

static pn_str corpus_file(const char *name) {
    char path[1200];
    (void)snprintf(path, sizeof path, "%s/%s", corpus_or_skip("5-payment-webhooks"), name);
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return PN_STR_NONE;
    }
    char *bytes = pn_arena_alloc(&arena, 1 << 20);
    size_t size = fread(bytes, 1, 1 << 20, file);
    (void)fclose(file);
    return (pn_str){bytes, size};
}

/* Every resource there, as the object of every event that we know: understood or left alone, never
 * believed to be paid unless it says so. */
static void published_fixtures_are_understood(void **state) {
    (void)state;
    static const char *const TYPES[] = {"checkout.session.completed",
                                        "payment_intent.succeeded",
                                        "payment_intent.processing",
                                        "charge.refunded",
                                        "charge.dispute.created",
                                        "checkout.session.expired",
                                        "payment_intent.canceled",
                                        "payment_intent.payment_failed",
                                        "invoice.paid"};
    pn_json *whole = NULL;
    pn_str bytes = corpus_file("stripe-openapi/fixtures3.resources.json");
    assert_true(bytes.len != 0);
    assert_int_equal(pn_json_parse(bytes, NULL, &arena, &whole, &diag), PN_OK);
    const pn_json *resources = pn_json_field(whole, "resources");
    resources = resources != NULL ? resources : whole;
    size_t seen = 0;
    for (size_t i = 0; i < resources->count; i++) {
        for (size_t k = 0; k < PN_COUNT(TYPES); k++) {
            pn_pay_report reports[PN_PAY_REPORTS];
            size_t count = 0;
            pn_buf body;
            pn_buf_init(&body, 1 << 20);
            pn_buf_add_format(&body,
                              "{\"id\":\"evt_1\",\"type\":\"%s\",\"data\":{\"object\":", TYPES[k]);
            pn_json_writer w = pn_json_writer_on(&body, 0);
            pn_json_add_value(&w, &resources->members[i].value);
            pn_buf_add_lit(&body, "}}");
            assert_int_equal(
                stripe()->read(&account, pn_buf_str(&body), &arena, reports, &count, &diag), PN_OK);
            const pn_json *object = &resources->members[i].value;
            pn_str status = pn_json_text(pn_json_field(object, "status"), PN_STR_NONE);
            pn_str paid = pn_json_text(pn_json_field(object, "payment_status"), PN_STR_NONE);
            if (count == 1 && reports[0].claims && reports[0].state == PN_PAYIN_SUCCEEDED) {
                assert_true(pn_str_is(status, "succeeded") || pn_str_is(paid, "paid") ||
                            pn_str_is(paid, "no_payment_required"));
            }
            pn_buf_done(&body);
        }
        seen++;
    }
    assert_true(seen > 50);
    pn_pay_report report = {0};
    const pn_json *payment = pn_json_field(resources, "payment_intent");
    assert_non_null(payment);
    pn_stripe_read_payment(payment, &arena, &report);
    assert_false(report.claims); /* requires_payment_method */
    assert_true(pn_str_starts(report.money_ref, PN_STR("pi_")));
    const pn_json *session = pn_json_field(resources, "checkout.session");
    if (session != NULL) { /* in the other half of the corpus */
        report = (pn_pay_report){0};
        pn_stripe_read_session(session, &arena, &report);
        assert_true(pn_str_starts(report.ref, PN_STR("cs_")));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(claims_in_any_order_end_alike),
        cmocka_unit_test(money_wins_and_refunded_is_the_end),
        cmocka_unit_test(currencies_have_stripes_units),
        cmocka_unit_test(a_session_is_made),
        cmocka_unit_test(refusals_say_what_to_do),
        cmocka_unit_test(asking_tells_the_truth),
        cmocka_unit_test(a_mandate_is_charged),
        cmocka_unit_test(signatures_are_checked),
        cmocka_unit_test(events_claim_what_they_say),
        cmocka_unit_test(hostile_events_are_refused),
        cmocka_unit_test(settings_are_checked),
        cmocka_unit_test(published_fixtures_are_understood),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
