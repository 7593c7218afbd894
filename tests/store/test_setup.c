/* What a company sets up: secrets that nobody reads back, its mail server, days of closure, going
 * live; and what the DNS says of a sender. */
#define _GNU_SOURCE /* setenv */
#include <stdlib.h>
#include <unistd.h>

#include "app/channel_setup.h"
#include "app/closing.h"
#include "app/mail_dns.h"
#include "app/mailbox.h"
#include "app/mode.h"
#include "app/vault.h"
#include "app_rig.h"
#include "net/dns.h"
#include "store/setup.h"

static rig r;
static char key_file[128];

static int set_up(void **state) {
    (void)state;
    rig_folder(&r);
    (void)snprintf(key_file, sizeof key_file, "%s/master.key", r.at.folder);
    (void)setenv("PUNTUAL_KEY_FILE", key_file, 1);
    rig_ok(&r, rig_open_app(&r, true, NULL));
    rig_init(&r, PN_MODE_TEST);
    rig_ok(&r, pn_app_begin(r.app, &r.diag));
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    pn_app_rollback(r.app);
    (void)unlink(key_file);
    rig_close(&r);
    return 0;
}

/* ── secrets ── */

static void a_secret_is_sealed_and_bound_to_its_place(void **state) {
    (void)state;
    pn_str got;
    pn_time since = PN_TIME_NONE;
    pn_str name = PN_STR("channel.email.password");
    rig_ok(&r, pn_vault_put(r.app, name, PN_STR("muy secreta"), &r.arena, &r.diag));
    rig_ok(&r, pn_vault_get(r.app, name, &r.arena, &got, &r.diag));
    assert_true(pn_str_is(got, "muy secreta"));
    rig_ok(&r, pn_vault_since(r.app, name, &since));
    assert_true(since != PN_TIME_NONE);
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM vault WHERE length(sealed) > 30"), 1);
    /* moved to another use it does not open */
    rig_sql(&r, "UPDATE vault SET name = 'way.stripe.all..key'");
    assert_int_equal(pn_vault_get(r.app, PN_STR("way.stripe.all..key"), &r.arena, &got, &r.diag),
                     PN_CORRUPT);
    assert_int_equal(pn_vault_get(r.app, name, &r.arena, &got, &r.diag), PN_NOT_FOUND);
    rig_ok(&r, pn_vault_drop(r.app, PN_STR("way.stripe.all..key")));
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM vault"), 0);
}

static pn_channel_form mail_form(void) {
    return (pn_channel_form){.channel = PN_CHANNEL_EMAIL,
                             .driver = PN_STR("smtp"),
                             .from_name = PN_STR("Cobros"),
                             .from_address = PN_STR("cobros@example.com"),
                             .host = PN_STR("smtp.example.com"),
                             .secured = PN_SECURED_STARTTLS,
                             .user = PN_STR("cobros"),
                             .password = PN_STR("muy secreta")};
}

static void a_password_stays_with_its_server(void **state) {
    (void)state;
    pn_str warning;
    pn_channel_form form = mail_form();
    rig_ok(&r, pn_channel_setup(r.app, &form, &r.arena, &warning, &r.diag));
    assert_string_equal(
        rig_rows(&r, "SELECT settings FROM channel_setting WHERE driver = 'smtp'"),
        "{\"url\":\"smtp://smtp.example.com\",\"user\":\"cobros\",\"password_kept\":"
        "\"channel.email.password\",\"starttls\":\"required\",\"private\":false}");
    form.password = PN_STR("");
    form.from_name = PN_STR("Tesorería");
    rig_ok(&r, pn_channel_setup(r.app, &form, &r.arena, &warning, &r.diag));
    form.host = PN_STR("smtp.elsewhere.example");
    assert_int_equal(pn_channel_setup(r.app, &form, &r.arena, &warning, &r.diag), PN_DENIED);
    form.password = PN_STR("otra");
    rig_ok(&r, pn_channel_setup(r.app, &form, &r.arena, &warning, &r.diag));
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM event WHERE body LIKE '%%secreta%%'"), 0);
    rig_ok(&r, pn_channel_remove(r.app, PN_CHANNEL_EMAIL, &r.arena, &r.diag));
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM vault"), 0);
}

static void a_server_may_have_an_ipv6_address(void **state) {
    (void)state;
    pn_str warning;
    pn_channel_form form = mail_form();
    form.host = PN_STR("2001:db8::25");
    form.port = 587;
    rig_ok(&r, pn_channel_setup(r.app, &form, &r.arena, &warning, &r.diag));
    assert_non_null(strstr(rig_rows(&r, "SELECT settings FROM channel_setting"),
                           "\"smtp://[2001:db8::25]:587\""));
    pn_mailbox_form box = {.name = PN_STR("respuestas"),
                           .host = PN_STR("2001:db8::143"),
                           .port = 993,
                           .tls = true,
                           .user = PN_STR("cobros"),
                           .password = PN_STR("muy secreta"),
                           .days = -1};
    rig_ok(&r, pn_mailbox_setup(r.app, &box, &r.arena, &r.diag));
    assert_non_null(
        strstr(rig_rows(&r, "SELECT settings FROM mailbox"), "\"imaps://[2001:db8::143]:993\""));
}

static void outside_live_mode_its_mail_is_captured(void **state) {
    (void)state;
    pn_str warning;
    pn_channel_row row;
    pn_started started = {0};
    bool captured = false;
    pn_channel_form form = mail_form();
    rig_ok(&r, pn_channel_setup(r.app, &form, &r.arena, &warning, &r.diag));
    rig_ok(&r, pn_channel_get(r.app->db, r.app->org.id, PN_CHANNEL_EMAIL, &r.arena, &row));
    rig_ok(&r, pn_outlet_is_captured(r.app, &row, &r.arena, &captured, &r.diag));
    assert_true(captured);
    rig_ok(&r, pn_outlet_start(r.app, &row, PN_OUTLET_DELIVERS, &r.arena, &started, &r.diag));
    assert_string_equal(started.driver->name, "capture");
    pn_outlet_stop(&started);
    rig_ok(&r, pn_outlet_start(r.app, &row, PN_OUTLET_TO_US, &r.arena, &started, &r.diag));
    assert_string_equal(started.driver->name, "smtp");
    pn_outlet_stop(&started);
}

/* ── closing days ── */

static void nothing_leaves_on_a_closing_day(void **state) {
    (void)state;
    pn_date monday = 0;
    rig_ok(&r, pn_date_parse_iso(PN_STR("2026-08-10"), &monday));
    rig_ok(&r, pn_closing_set(r.app, monday, monday + 1, PN_STR("Agosto"), &r.arena, &r.diag));
    pn_calendar calendar = pn_app_calendar(r.app, PN_STR("ES"), PN_STR("MD"));
    assert_false(pn_calendar_is_business(&calendar, monday));
    assert_true(pn_str_is(pn_calendar_closed(&calendar, monday), "Agosto"));
    assert_int_equal(pn_calendar_next(&calendar, monday), monday + 2);
    rig_ok(&r, pn_closing_remove(r.app, monday, &r.arena, &r.diag));
    calendar = pn_app_calendar(r.app, PN_STR("ES"), PN_STR("MD"));
    assert_true(pn_calendar_is_business(&calendar, monday));
    assert_int_equal(pn_closing_remove(r.app, monday, &r.arena, &r.diag), PN_NOT_FOUND);
    assert_int_equal(pn_closing_set(r.app, monday, monday - 1, PN_STR(""), &r.arena, &r.diag),
                     PN_INVALID);
    assert_int_equal(pn_closing_set(r.app, monday, monday + 100, PN_STR(""), &r.arena, &r.diag),
                     PN_INVALID);
}

/* ── going live ── */

static bool good(pn_ready_kind kind) {
    pn_ready_check checks[PN_READY_CHECKS];
    rig_ok(&r, pn_mode_checks(r.app, &r.arena, checks, &r.diag));
    return checks[kind].good;
}

static void it_goes_live_with_what_it_needs_and_sending_off(void **state) {
    (void)state;
    pn_str warning;
    pn_channel_form form = mail_form();
    assert_int_equal(pn_mode_set(r.app, PN_MODE_LIVE, &r.arena, &r.diag), PN_INVALID);
    assert_false(good(PN_READY_SENDER));
    rig_ok(&r, pn_channel_setup(r.app, &form, &r.arena, &warning, &r.diag));
    assert_true(good(PN_READY_SENDER));
    assert_false(good(PN_READY_TESTED));
    r.clock.now += PN_SECOND;
    rig_ok(&r, pn_channel_health_tested(r.app->db, r.app->org.id, PN_CHANNEL_EMAIL, r.clock.now));
    assert_true(good(PN_READY_TESTED));
    assert_false(good(PN_READY_CREDITOR));
    rig_sql(&r, "UPDATE creditor SET tax_id = 'B12345674', email = 'a@example.com',"
                " iban = 'ES9121000418450200051332'");
    rig_ok(&r, pn_app_reload(r.app, &r.diag));
    rig_ok(&r, pn_mode_set(r.app, PN_MODE_LIVE, &r.arena, &r.diag));
    assert_int_equal(r.app->org.mode, PN_MODE_LIVE);
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM channel_setting WHERE paused_reason = ''"),
                     0);
    rig_ok(&r, pn_mode_set(r.app, PN_MODE_TEST, &r.arena, &r.diag));
    assert_int_equal(r.app->org.mode, PN_MODE_TEST);
    assert_int_equal(pn_mode_set(r.app, PN_MODE_SANDBOX, &r.arena, &r.diag), PN_DENIED);
    /* set anew, it was not tried */
    r.clock.now += PN_SECOND;
    rig_ok(&r, pn_channel_setup(r.app, &form, &r.arena, &warning, &r.diag));
    assert_false(good(PN_READY_TESTED));
}

/* ── the DNS ── */

static void texts_of_an_answer_are_read(void **state) {
    (void)state;
    /* one question, two answers: a TXT of two strings, and an address that is none of ours */
    static const uint8_t ANSWER[] =
        "\x12\x34\x81\x80\x00\x01\x00\x02\x00\x00\x00\x00"
        "\x01\x61\x00\x00\x10\x00\x01"
        "\xc0\x0c\x00\x10\x00\x01\x00\x00\x00\x3c\x00\x0d\x06v=spf1\x05 -all"
        "\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\x7f\x00\x00\x01";
    pn_str *texts = NULL;
    size_t count = 0;
    rig_ok(&r, pn_dns_read_texts(ANSWER, sizeof ANSWER - 1, &r.arena, &texts, &count));
    assert_int_equal(count, 1);
    assert_true(pn_str_is(texts[0], "v=spf1 -all"));
    for (size_t size = 0; size < sizeof ANSWER - 1; size++) { /* cut anywhere, it is no answer */
        assert_int_equal(pn_dns_read_texts(ANSWER, size, &r.arena, &texts, &count), PN_CORRUPT);
    }
}

static pn_dns_state judged(pn_dns_kind kind, const char *wanted, const char *text) {
    pn_str texts[1] = {pn_str_of(text)};
    pn_dns_check check = {.kind = kind, .name = PN_STR("a"), .wanted = pn_str_of(wanted)};
    pn_mail_dns_judge(&check, texts, text[0] != '\0');
    return check.state;
}

static void records_are_judged(void **state) {
    (void)state;
    assert_int_equal(judged(PN_DNS_SPF, "v=spf1", "v=spf1 include:_spf.example -all"), PN_DNS_GOOD);
    assert_int_equal(judged(PN_DNS_SPF, "v=spf1", "v=spf1 +all"), PN_DNS_WRONG);
    assert_int_equal(judged(PN_DNS_SPF, "v=spf1", "google-site-verification=1"), PN_DNS_MISSING);
    assert_int_equal(judged(PN_DNS_DKIM, "v=DKIM1; k=rsa; p=AAA", "v=DKIM1; p=AAA"), PN_DNS_GOOD);
    assert_int_equal(judged(PN_DNS_DKIM, "v=DKIM1; k=rsa; p=AAA", "v=DKIM1; p=BBB"), PN_DNS_WRONG);
    assert_int_equal(judged(PN_DNS_DKIM, "v=DKIM1", ""), PN_DNS_MISSING);
    assert_int_equal(judged(PN_DNS_DMARC, "", "v=DMARC1; p=none"), PN_DNS_GOOD);
    assert_int_equal(judged(PN_DNS_DMARC, "", "v=DMARC1"), PN_DNS_WRONG);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_secret_is_sealed_and_bound_to_its_place),
        TEST(a_password_stays_with_its_server),
        TEST(a_server_may_have_an_ipv6_address),
        TEST(outside_live_mode_its_mail_is_captured),
        TEST(nothing_leaves_on_a_closing_day),
        TEST(it_goes_live_with_what_it_needs_and_sending_off),
        TEST(texts_of_an_answer_are_read),
        TEST(records_are_judged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
