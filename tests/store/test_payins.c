/* Payment intents over the simulated bank: from the wish to pay to the books, whatever the provider
 * tells, when and how often. After every test the audit agrees. */
#define _GNU_SOURCE /* setenv */
#include "app_rig.h"

#include <stdlib.h>

#include "app/bank.h"
#include "app/payins.h"

static rig r;
static pn_till till;

static const char *const INVOICES =
    "external_id;debtor;debtor_name;email;issued;due;amount\n"
    "F-1;D1;Talleres Núñez;nunez@example.com;2025-12-12;2026-01-02;1.210,00\n"
    "F-2;D1;Talleres Núñez;nunez@example.com;2025-12-20;2026-01-20;1.060,00\n"
    "F-3;D2;Bar Pepe;pepe@example.com;2025-12-15;2026-01-15;300,00\n";

static void begin(void) {
    rig_ok(&r, pn_app_begin(r.app, &r.diag));
}

static void commit(void) {
    rig_ok(&r, pn_app_commit(r.app, &r.diag));
}

static void offer(const char *kind, const char *settings) {
    pn_method_row row = {.kind = pn_str_of(kind), .settings = pn_str_of(settings)};
    begin();
    rig_ok(&r, pn_till_set(r.app, &row, &r.arena, &r.diag));
    commit();
}

static int set_up(void **state) {
    (void)state;
    rig_open(&r);
    rig_sql(&r, "UPDATE organization SET public_url = 'https://pay.example'");
    rig_reopen(&r);
    rig_import(&r, PN_IMPORT_INVOICES, INVOICES);
    offer("simulated", "");
    rig_ok(&r, pn_till_open(r.app, r.app->creditors[0].id, PN_STR("ES"), PN_STR("simulated"),
                            &r.arena, &till, &r.diag));
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    rig_agrees(&r);
    rig_close(&r);
    return 0;
}

static pn_payin_request wish(int64_t minor, const pn_id *invoices, size_t count) {
    pn_payin_request request = {.debtor_id = rig_debtor(&r, "D1"),
                                .account_id = rig_account(&r, "D1"),
                                .amount = {.minor = minor},
                                .invoices = invoices,
                                .invoice_count = count,
                                .origin = PN_STR("page"),
                                .title = PN_STR("Factura F-1"),
                                .language = PN_STR("es"),
                                .back_url = PN_STR("https://pay.example/p/X")};
    memcpy(request.amount.currency.code, "EUR", 4);
    return request;
}

static pn_payin_row start(int64_t minor, const pn_id *invoices, size_t count) {
    pn_payin_row payin;
    pn_payin_request request = wish(minor, invoices, count);
    rig_ok(&r, pn_payins_start(r.app, &till, &request, &r.arena, &payin, &r.diag));
    return payin;
}

static pn_err tell(pn_str body, pn_str signature, bool *ret_news) {
    pn_pay_webhook webhook = {.body = body, .signature = signature, .now = r.clock.now};
    begin();
    pn_err err = pn_payins_webhook(r.app, &till, &webhook, &r.arena, ret_news, &r.diag);
    if (err == PN_OK) {
        commit();
    } else {
        pn_app_rollback(r.app);
    }
    return err;
}

/* What the person on the bank's page chooses, with the webhook that follows. */
static pn_str last_body, last_signature;
static void choose(const pn_payin_row *payin, pn_bank_choice choice) {
    bool news = false;
    begin();
    rig_ok(&r, pn_bank_choose(r.app, payin->ref, (pn_money){payin->amount, payin->currency}, choice,
                              &r.arena, &last_body, &last_signature, &r.diag));
    commit();
    if (last_body.len != 0) {
        rig_ok(&r, tell(last_body, last_signature, &news));
        assert_true(news);
    }
}

static void poll(void) {
    pn_payin_poll_stats stats;
    pn_time next;
    rig_ok(&r, pn_payins_poll(r.app, 100, &r.arena, &stats, &next, &r.diag));
}

#define STATES "SELECT state, refunded_minor FROM payment_intent ORDER BY id"
#define OPEN                                                                                       \
    "SELECT external_id, open_minor, in_flight_minor, claimable_minor FROM invoice ORDER BY 1"
#define PAYMENTS                                                                                   \
    "SELECT amount_minor, external_id <> '', reversed_at IS NULL FROM payment ORDER BY id"

static void what_is_paid_is_booked_once(void **state) {
    (void)state;
    pn_id f1 = rig_invoice(&r, "F-1");
    bool news = true;
    pn_payin_row payin = start(121000, &f1, 1);
    assert_true(pn_str_starts(payin.url, PN_STR("https://pay.example/simulated-bank/sim_")));
    rig_assert_rows(&r, "F-1|121000|0|121000\nF-2|106000|0|106000\nF-3|30000|0|30000", OPEN);
    choose(&payin, PN_BANK_PAY);
    rig_assert_rows(&r, "F-1|0|0|0\nF-2|106000|0|106000\nF-3|30000|0|30000", OPEN);
    rig_assert_rows(&r, "121000|1|1", PAYMENTS);
    rig_ok(&r, tell(last_body, last_signature, &news));
    assert_false(news);
    choose(&payin, PN_BANK_PAY); /* the same said by another event */
    poll();
    rig_assert_rows(&r, "121000|1|1", PAYMENTS);
    rig_assert_rows(&r, "2|0", STATES);
    rig_assert_rows(&r, "moved\nknown", "SELECT verdict FROM provider_event ORDER BY id");
}

static void what_is_on_its_way_is_not_asked_for(void **state) {
    (void)state;
    pn_payin_row payin = start(227000, NULL, 0);
    choose(&payin, PN_BANK_PENDING);
    rig_assert_rows(&r, "F-1|121000|121000|0\nF-2|106000|106000|0\nF-3|30000|0|30000", OPEN);
    choose(&payin, PN_BANK_PAY);
    rig_assert_rows(&r, "F-1|0|0|0\nF-2|0|0|0\nF-3|30000|0|30000", OPEN);
    rig_assert_rows(&r, "1|227000", "SELECT state, amount_minor FROM instrument");
}

static void what_fails_can_be_asked_for_again(void **state) {
    (void)state;
    pn_payin_row payin = start(100000, NULL, 0);
    choose(&payin, PN_BANK_PENDING);
    rig_assert_rows(&r, "F-1|121000|100000|21000\nF-2|106000|0|106000\nF-3|30000|0|30000", OPEN);
    choose(&payin, PN_BANK_DECLINE);
    rig_assert_rows(&r, "F-1|121000|0|121000\nF-2|106000|0|106000\nF-3|30000|0|30000", OPEN);
    rig_assert_rows(&r, "3|0", STATES);
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM signal WHERE kind = 5"), 1);
    choose(&payin, PN_BANK_PAY); /* a success that comes late is believed */
    rig_assert_rows(&r, "2|0", STATES);
    rig_assert_rows(&r, "F-1|21000|0|21000\nF-2|106000|0|106000\nF-3|30000|0|30000", OPEN);
}

static void what_contradicts_is_asked_about(void **state) {
    (void)state;
    pn_payin_row payin = start(100000, NULL, 0);
    choose(&payin, PN_BANK_PAY);
    choose(&payin, PN_BANK_DECLINE);
    rig_assert_rows(&r, "2|0", STATES);
    rig_assert_rows(&r, "moved\ncontradicts", "SELECT verdict FROM provider_event ORDER BY id");
    rig_assert_rows(&r, "100000|1|1", PAYMENTS);
    poll();
    rig_assert_rows(&r, "2|0", STATES);
    assert_int_equal(rig_int(&r, "SELECT poll_at = 9223372036854775807 FROM payment_intent"), 1);
}

static void a_lost_webhook_comes_with_the_next_asking(void **state) {
    (void)state;
    pn_payin_row payin = start(100000, NULL, 0);
    choose(&payin, PN_BANK_LOST);
    rig_assert_rows(&r, "0|0", STATES);
    rig_advance(&r, "2026-01-12", 8, 5);
    poll();
    rig_assert_rows(&r, "2|0", STATES);
    rig_assert_rows(&r, "100000|1|1", PAYMENTS);
}

static void what_comes_late_is_found_by_asking(void **state) {
    (void)state;
    pn_payin_row payin = start(100000, NULL, 0);
    choose(&payin, PN_BANK_LATE);
    rig_assert_rows(&r, "1|0", STATES);
    rig_advance(&r, "2026-01-12", 12, 0);
    poll();
    rig_assert_rows(&r, "1|0", STATES);
    rig_advance(&r, "2026-01-13", 12, 0);
    poll();
    rig_assert_rows(&r, "2|0", STATES);
}

static void what_nobody_pays_ends(void **state) {
    (void)state;
    start(100000, NULL, 0);
    rig_advance(&r, "2026-01-12", 9, 30);
    poll();
    rig_assert_rows(&r, "0|0", STATES);
    rig_advance(&r, "2026-01-12", 14, 0);
    poll();
    rig_assert_rows(&r, "4|0", STATES);
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM payment"), 0);
}

static void money_that_goes_back_opens_the_invoice_again(void **state) {
    (void)state;
    pn_id f1 = rig_invoice(&r, "F-1");
    pn_payin_row payin = start(121000, &f1, 1);
    choose(&payin, PN_BANK_PAY);
    rig_ok(&r,
           pn_payins_refund(r.app, payin.id, 21000, PN_STR("de más"), &r.arena, &payin, &r.diag));
    rig_assert_rows(&r, "2|21000", STATES);
    rig_assert_rows(&r, "121000|1|0\n100000|1|1", PAYMENTS);
    rig_assert_rows(&r, "F-1|21000|0|21000\nF-2|106000|0|106000\nF-3|30000|0|30000", OPEN);
    assert_int_equal(
        pn_payins_refund(r.app, payin.id, 121000, PN_STR(""), &r.arena, &payin, &r.diag),
        PN_INVALID);
}

static void all_of_it_goes_back(void **state) {
    (void)state;
    pn_payin_row payin = start(121000, NULL, 0);
    choose(&payin, PN_BANK_PAY);
    rig_ok(&r, pn_payins_refund(r.app, payin.id, 0, PN_STR("error"), &r.arena, &payin, &r.diag));
    rig_assert_rows(&r, "5|121000", STATES);
    rig_assert_rows(&r, "F-1|121000|0|121000\nF-2|106000|0|106000\nF-3|30000|0|30000", OPEN);
    assert_int_equal(pn_payins_refund(r.app, payin.id, 0, PN_STR(""), &r.arena, &payin, &r.diag),
                     PN_CONFLICT);
}

static void what_was_paid_meanwhile_is_no_obstacle(void **state) {
    (void)state;
    pn_id f1 = rig_invoice(&r, "F-1");
    pn_payin_row payin = start(121000, &f1, 1);
    rig_pay(&r, "D1", 121000, "F-1"); /* by transfer, while the card page was open */
    choose(&payin, PN_BANK_PAY);
    rig_assert_rows(&r, "2|0", STATES);
    assert_int_equal(rig_int(&r, "SELECT sum(amount_minor) FROM payment"), 242000);
}

static void forgeries_change_nothing(void **state) {
    (void)state;
    bool news = false;
    pn_payin_row payin = start(121000, NULL, 0);
    begin();
    rig_ok(&r, pn_bank_choose(r.app, payin.ref, (pn_money){payin.amount, payin.currency},
                              PN_BANK_PAY, &r.arena, &last_body, &last_signature, &r.diag));
    commit();
    pn_str other = pn_str_format(&r.arena, "%.*s ", PN_STR_ARG(last_body));
    assert_int_equal(tell(other, last_signature, &news), PN_DENIED);
    assert_int_equal(tell(last_body, PN_STR(""), &news), PN_DENIED);
    rig_assert_rows(&r, "0|0", STATES);
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM provider_event"), 0);
}

static void amounts_that_make_no_sense_are_refused(void **state) {
    (void)state;
    static const int64_t WRONG[] = {0, -1, 227001};
    for (size_t i = 0; i < PN_COUNT(WRONG); i++) {
        pn_payin_row payin;
        pn_payin_request request = wish(WRONG[i], NULL, 0);
        assert_int_equal(pn_payins_start(r.app, &till, &request, &r.arena, &payin, &r.diag),
                         PN_INVALID);
    }
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM payment_intent"), 0);
}

static void a_mandate_is_charged(void **state) {
    (void)state;
    pn_payin_row payin;
    pn_payin_request request = wish(121000, NULL, 0);
    rig_ok(&r,
           pn_payins_charge(r.app, &till, &request, PN_STR("sim-paid"), &r.arena, &payin, &r.diag));
    assert_int_equal(payin.state, PN_PAYIN_SUCCEEDED);
    request.amount.minor = 106000;
    rig_ok(&r, pn_payins_charge(r.app, &till, &request, PN_STR("sim-expired_card"), &r.arena,
                                &payin, &r.diag));
    assert_int_equal(payin.state, PN_PAYIN_FAILED);
    assert_str(payin.reason, "expired_card");
    rig_assert_rows(&r, "F-1|0|0|0\nF-2|106000|0|106000\nF-3|30000|0|30000", OPEN);
}

/* ── vouchers ────────────────────────────────────────────────────────────────────────────────── */

static pn_payin_row voucher(const pn_voucher_settings *settings) {
    pn_payin_row payin;
    pn_payin_request request = wish(121000, NULL, 0);
    begin();
    rig_ok(&r, pn_payins_voucher(r.app, &request, settings, &r.arena, &payin, &r.diag));
    commit();
    return payin;
}

static void vouchers_hold_back_until_they_run_out(void **state) {
    (void)state;
    pn_str code;
    pn_voucher_settings n57 = {.place = PN_STR("Correos"),
                               .form = PN_STR("n57"),
                               .issuer = PN_STR("12345678"),
                               .suffix = PN_STR("501"),
                               .days = 3};
    pn_payin_row first = voucher(&n57);
    rig_ok(&r, pn_payins_voucher_code(&first, &n57, &r.arena, &code, &r.diag));
    assert_int_equal(code.len, 46);
    assert_true(pn_str_starts(code, PN_STR("9050712345678501")));
    assert_true(pn_str_ends(code, PN_STR("00001210000")));
    rig_assert_rows(&r, "F-1|121000|121000|0\nF-2|106000|0|106000\nF-3|30000|0|30000", OPEN);
    voucher(&n57); /* takes the first one's place */
    rig_assert_rows(&r, "3|0\n1|0", STATES);
    rig_advance(&r, "2026-01-15", 9, 0);
    poll();
    rig_assert_rows(&r, "3|0\n4|0", STATES);
    voucher(&n57);
    rig_advance(&r, "2026-01-18", 10, 0);
    poll();
    voucher(&n57); /* after two that ran out nothing is held back any more */
    rig_assert_rows(&r, "F-1|121000|0|121000\nF-2|106000|0|106000\nF-3|30000|0|30000", OPEN);
}

/* ── ways to pay ─────────────────────────────────────────────────────────────────────────────── */

static pn_err refused(const char *kind, const char *settings) {
    pn_method_row row = {.kind = pn_str_of(kind), .settings = pn_str_of(settings)};
    begin();
    pn_err err = pn_till_set(r.app, &row, &r.arena, &r.diag);
    pn_app_rollback(r.app);
    return err;
}

static void wrong_ways_to_pay_are_refused(void **state) {
    (void)state;
    assert_int_equal(refused("paypal", ""), PN_INVALID);
    assert_int_equal(refused("stripe", ""), PN_INVALID);
    assert_int_equal(refused("stripe", "{\"key_env\":\"PUNTUAL_NOT_SET\"}"), PN_NOT_FOUND);
    assert_int_equal(refused("stripe", "{\"key\":\"sk_live_1\"}"), PN_INVALID);
    assert_int_equal(refused("voucher", "{}"), PN_INVALID);
    assert_int_equal(refused("voucher", "{\"place\":\"Correos\",\"form\":\"n57\"}"), PN_INVALID);
    assert_int_equal(refused("transfer", "{\"iban\":\"x\"}"), PN_INVALID);
    rig_sql(&r, "UPDATE organization SET mode = 0, clock = NULL");
    rig_reopen(&r);
    assert_int_equal(refused("simulated", ""), PN_DENIED);
}

static void the_nearest_way_holds(void **state) {
    (void)state;
    pn_method_row *rows = NULL;
    size_t count = 0;
    pn_id creditor = r.app->creditors[0].id;
    pn_method_row mexico = {.creditor_id = creditor,
                            .country = PN_STR("MX"),
                            .kind = PN_STR("voucher"),
                            .position = 1,
                            .settings = PN_STR("{\"place\":\"OXXO\"}")};
    offer("voucher", "{\"place\":\"Correos\"}");
    begin();
    rig_ok(&r, pn_till_set(r.app, &mexico, &r.arena, &r.diag));
    commit();
    rig_ok(&r, pn_till_offers(r.app, creditor, PN_STR("MX"), &r.arena, &rows, &count));
    assert_int_equal(count, 2);
    assert_str(rows[1].settings, "{\"place\":\"OXXO\"}");
    rig_ok(&r, pn_till_offers(r.app, creditor, PN_STR("ES"), &r.arena, &rows, &count));
    assert_int_equal(count, 2);
    assert_str(rows[1].settings, "{\"place\":\"Correos\"}");
}

static pn_str recalled_secret(void) {
    const pn_till *known = NULL;
    rig_ok(&r, pn_till_recall(r.app, r.app->creditors[0].id, PN_STR("ES"), PN_STR("stripe"), &known,
                              &r.diag));
    return known->account.webhook_secret;
}

/* A webhook is verified with what was read at most a second ago. */
static void a_till_is_recalled_for_a_second(void **state) {
    const pn_till *known = NULL;
    pn_id creditor = r.app->creditors[0].id;
    (void)state;
    assert_int_equal(setenv("PUNTUAL_TEST_SECRET", "first", 1), 0);
    offer("stripe", "{\"key_env\":\"PUNTUAL_TEST_SECRET\","
                    "\"webhook_secret_env\":\"PUNTUAL_TEST_SECRET\"}");
    assert_str(recalled_secret(), "first");
    assert_int_equal(setenv("PUNTUAL_TEST_SECRET", "second", 1), 0);
    assert_str(recalled_secret(), "first");
    r.clock.now += PN_SECOND;
    assert_str(recalled_secret(), "second");
    for (int i = 0; i < 40; i++) { /* more than are kept, and what nobody offers */
        char country[3] = {(char)('A' + i / 26), (char)('A' + i % 26), '\0'};
        rig_ok(&r, pn_till_recall(r.app, creditor, pn_str_of(country), PN_STR("stripe"), &known,
                                  &r.diag));
        assert_int_equal(
            pn_till_recall(r.app, creditor, pn_str_of(country), PN_STR("paypal"), &known, &r.diag),
            PN_NOT_FOUND);
    }
    begin();
    rig_ok(&r, pn_till_remove(r.app, 0, PN_STR(""), PN_STR("stripe"), &r.diag));
    commit();
    assert_int_equal(
        pn_till_recall(r.app, creditor, PN_STR("ES"), PN_STR("stripe"), &known, &r.diag),
        PN_NOT_FOUND);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_paid_is_booked_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_on_its_way_is_not_asked_for, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_fails_can_be_asked_for_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_contradicts_is_asked_about, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_lost_webhook_comes_with_the_next_asking, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_comes_late_is_found_by_asking, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_nobody_pays_ends, set_up, tear_down),
        cmocka_unit_test_setup_teardown(money_that_goes_back_opens_the_invoice_again, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(all_of_it_goes_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_was_paid_meanwhile_is_no_obstacle, set_up, tear_down),
        cmocka_unit_test_setup_teardown(forgeries_change_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(amounts_that_make_no_sense_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_mandate_is_charged, set_up, tear_down),
        cmocka_unit_test_setup_teardown(vouchers_hold_back_until_they_run_out, set_up, tear_down),
        cmocka_unit_test_setup_teardown(wrong_ways_to_pay_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_nearest_way_holds, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_till_is_recalled_for_a_second, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
