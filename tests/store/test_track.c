/* Opens, clicks, opting out and the web version over HTTP's routes: what is answered, what is
 * recorded, and that nothing else happens. */
#include "app_rig.h"

#include "app/config.h"
#include "app/links.h"
#include "http/route.h"
#include "http/service.h"
#include "store/message.h"

static rig r;
static pn_service *service;
static pn_exchange asked;

static const char *const INVOICES =
    "external_id;debtor;debtor_name;email;issued;due;amount\n"
    "F-1;D1;Talleres Núñez;pagos@example.com;2025-12-12;2026-01-14;1210,00\n"
    "F-2;D2;Bar Pepe;pagos@example.com;2025-12-15;2026-01-14;300,00\n";

/* A message with links of others, and one to the page. */
static const char *const TEMPLATE =
    "{'puntual':1,'kind':'template','family':'prueba','title':'Prueba','purpose':'demand',"
    "'variants':[{'channel':'email','language':'es','subject':'Factura {{ invoice.number }}',"
    "'blocks':[{'text':'{{ creditor.name }}. Código {{ code }}. "
    "[Condiciones](https://www.example.com/condiciones?a=1&b=2) y [ayuda]"
    "(https://ayuda.example.com/)'},{'amount_due':true},{'invoice_table':true},{'pay_button':'Ver "
    "y pagar'}]}]}";

static const char *const CHROME =
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/124.0.0.0 Safari/537.36";

static void begin(void) {
    rig_ok(&r, pn_app_begin(r.app, &r.diag));
}

static void commit(pn_err err) {
    rig_ok(&r, err);
    rig_ok(&r, pn_app_commit(r.app, &r.diag));
}

static pn_ranges *data_centres;
static const char *peer = ""; /* whence it is asked */

static void open_service(void) {
    pn_service_options options = {.url = r.app->url,
                                  .env = &r.env,
                                  .log = r.app->log,
                                  .routes = PN_ROUTES,
                                  .data_centres = data_centres};
    rig_ok(&r, pn_service_open(&options, &service, &r.diag));
}

static void close_service(void) {
    pn_service_close(service);
    service = NULL;
}

static int set_up(void **state) {
    (void)state;
    rig_open(&r);
    rig_template(&r, TEMPLATE);
    begin();
    commit(pn_config_set(r.app, PN_STR("public_url"), PN_STR("https://p.example.com"), &r.diag));
    rig_ok(&r, pn_app_reload(r.app, &r.diag));
    rig_sql(&r, "UPDATE creditor SET tracking = 1");
    rig_ok(&r, pn_app_reload(r.app, &r.diag));
    rig_import(&r, PN_IMPORT_INVOICES, INVOICES);
    rig_strategy(&r, RIG_STRATEGY);
    rig_advance(&r, "2026-01-20", 12, 0);
    rig_sql(&r, "DELETE FROM poke");
    open_service();
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    close_service();
    pn_buf_done(&asked.answer.body);
    rig_close(&r);
    return 0;
}

/* ── asking ──────────────────────────────────────────────────────────────────────────────────── */

static const char *body_of(void) {
    pn_str body = asked.answer.whole.len != 0 ? asked.answer.whole : pn_buf_str(&asked.answer.body);
    return pn_str_z(&r.arena, body);
}

static pn_str field_of(const char *name) {
    for (size_t i = 0; i < asked.answer.field_count; i++) {
        if (pn_str_eq(asked.answer.fields[i].name, pn_str_of(name))) {
            return asked.answer.fields[i].value;
        }
    }
    return PN_STR_NONE;
}

static void ask(pn_http_method method, pn_str path, const char *agent, bool head) {
    static pn_http_field headers[2];
    headers[0] = (pn_http_field){PN_STR("user-agent"), pn_str_of(agent)};
    headers[1] =
        (pn_http_field){PN_STR("content-type"), PN_STR("application/x-www-form-urlencoded")};
    pn_buf_done(&asked.answer.body);
    asked = (pn_exchange){.method = method,
                          .head = head,
                          .path = path,
                          .headers = headers,
                          .header_count = method == PN_HTTP_POST ? 2 : 1,
                          .body = method == PN_HTTP_POST ? PN_STR("List-Unsubscribe=One-Click")
                                                         : PN_STR_NONE,
                          .peer = pn_str_of(peer),
                          .arena = &r.arena};
    pn_service_ask(service, &asked);
}

static void get(pn_str path) {
    ask(PN_HTTP_GET, path, CHROME, false);
}

static pn_id carrier(void) {
    return rig_int(&r, "SELECT id FROM carrier");
}

/* "/c/TOKEN" and what follows */
static pn_str path_of(pn_link_kind kind, const char *tail) {
    pn_str url = pn_link_url(r.app, kind, carrier(), &r.arena);
    return pn_str_format(&r.arena, "%.*s%s",
                         PN_STR_ARG(pn_str_from(url, strlen("https://p.example.com"))), tail);
}

/* kind|source|detail, of one of the debtors: both have the same. */
static const char *signals(void) {
    return rig_rows(&r,
                    "SELECT kind, source, detail FROM signal WHERE debtor_id = %lld ORDER BY id",
                    (long long)rig_debtor(&r, "D1"));
}

/* Opens are stored by the time the service is closed. */
static void settle(void) {
    close_service();
    open_service();
}

static pn_str mail(void) {
    pn_str content;
    rig_ok(&r, pn_carrier_content(r.app->db, carrier(), &r.arena, &content));
    return content;
}

/* ── the e-mail ──────────────────────────────────────────────────────────────────────────────── */

static void an_email_has_our_links(void **state) {
    (void)state;
    get(path_of(PN_LINK_WEB, ""));
    const char *html = body_of();
    assert_null(strstr(html, "href=\"https://www.example.com"));
    assert_non_null(strstr(html, pn_str_z(&r.arena, path_of(PN_LINK_CLICK, "/1\""))));
    assert_non_null(strstr(html, pn_str_z(&r.arena, path_of(PN_LINK_CLICK, "/2\""))));
    assert_non_null(strstr(html, pn_str_z(&r.arena, path_of(PN_LINK_CLICK, "/0\""))));
    assert_non_null(strstr(html, pn_str_z(&r.arena, path_of(PN_LINK_CLICK, "\""))));
    rig_assert_rows(&r, "https://www.example.com/condiciones?a=1&b=2\nhttps://ayuda.example.com/\n",
                    "SELECT target FROM link");
    pn_str unsubscribe = path_of(PN_LINK_UNSUBSCRIBE, "");
    assert_true(pn_str_find(mail(), PN_STR("List-Unsubscribe-Post: List-Unsubscribe=One-Click")) !=
                SIZE_MAX);
    assert_true(pn_str_find(mail(), PN_STR("List-Unsubscribe:")) != SIZE_MAX);
    assert_true(unsubscribe.len == 3 + PN_LINK_TOKEN_LEN);
}

/* ── opens ───────────────────────────────────────────────────────────────────────────────────── */

static void an_open_is_answered_and_stored(void **state) {
    (void)state;
    get(path_of(PN_LINK_OPEN, ".gif"));
    assert_int_equal(asked.answer.status, 200);
    assert_string_equal(asked.answer.content_type, "image/gif");
    assert_int_equal(asked.answer.whole.len, 43);
    assert_memory_equal(asked.answer.whole.ptr, "GIF89a", 6);
    settle();
    assert_string_equal(signals(), "0|0|");
    rig_assert_rows(&r, "0|0|\n0|0|", "SELECT kind, source, detail FROM signal"); /* law 6 */
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM poke"), 2);
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM event WHERE kind = 21"), 2);
    rig_agrees(&r);
}

static void only_people_poke(void **state) {
    (void)state;
    ask(PN_HTTP_GET, path_of(PN_LINK_OPEN, ".gif"), "Mozilla/5.0", false);
    settle();
    ask(PN_HTTP_GET, path_of(PN_LINK_OPEN, ".gif"), "curl/8", false);
    settle();
    ask(PN_HTTP_GET, path_of(PN_LINK_OPEN, ".gif"), CHROME, true);
    settle();
    assert_string_equal(signals(), "0|1|\n0|2|\n0|2|");
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM poke"), 0);
}

static void opens_are_not_kept_without_end(void **state) {
    (void)state;
    for (int i = 0; i < PN_LIMIT_TOUCHES_KEPT + 10; i++) {
        for (int j = 0; j < 3; j++) {
            get(path_of(PN_LINK_OPEN, ".gif"));
        }
        settle();
    }
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM signal WHERE debtor_id = %lld",
                             (long long)rig_debtor(&r, "D1")),
                     PN_LIMIT_TOUCHES_KEPT);
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM event WHERE kind = 21"), 2);
}

static void a_forged_pixel_is_no_page(void **state) {
    (void)state;
    static const char *const PATHS[] = {"/o/x.gif",
                                        "/o/.gif",
                                        "/o/AAAAAAAAAAAABAAAAAAAAAAAAAAAAo.gif",
                                        "/c/AAAAAAAAAAAABAAAAAAAAAAAAAAAAc",
                                        "/c/x/1",
                                        "/u/x",
                                        "/w/x",
                                        "/s/x",
                                        "/s/0b8x3k2v7q1zc"};
    for (size_t i = 0; i < PN_COUNT(PATHS); i++) {
        get(pn_str_of(PATHS[i]));
        assert_int_equal(asked.answer.status, 404);
        assert_int_equal(field_of("Location").len, 0);
    }
    get(path_of(PN_LINK_CLICK, ".gif"));
    assert_int_equal(asked.answer.status, 404);
    settle();
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM signal"), 0);
}

/* ── clicks ──────────────────────────────────────────────────────────────────────────────────── */

static void assert_leads(const char *tail, const char *location) {
    get(path_of(PN_LINK_CLICK, tail));
    assert_int_equal(asked.answer.status, 302);
    assert_string_equal(pn_str_z(&r.arena, field_of("Location")), location);
    assert_string_equal(pn_str_z(&r.arena, field_of("Referrer-Policy")), "no-referrer");
}

static void a_click_leads_to_what_was_stored(void **state) {
    (void)state;
    const char *page = pn_str_z(&r.arena, pn_link_url(r.app, PN_LINK_PAGE, carrier(), &r.arena));
    assert_leads("/1", "https://www.example.com/condiciones?a=1&b=2");
    assert_leads("", page);
    static const char *const OTHERS[] = {"/3",  "/999999", "/-1",
                                         "/1x", "/%2e",    "/18446744073709551617"};
    for (size_t i = 0; i < PN_COUNT(OTHERS); i++) {
        assert_leads(OTHERS[i], page);
    }
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM signal WHERE kind = 1"), 2 * 8);
    assert_true(rig_int(&r, "SELECT count(*) FROM poke") >= 2);
    rig_agrees(&r);
}

static void who_follows_everything_is_a_machine(void **state) {
    (void)state;
    get(path_of(PN_LINK_CLICK, "/1"));
    assert_string_equal(signals(), "1|0|1");
    get(path_of(PN_LINK_CLICK, "/2"));
    assert_string_equal(signals(), "1|0|1\n1|0|2");
    get(path_of(PN_LINK_CLICK, ""));
    assert_string_equal(signals(), "1|2|1\n1|2|2\n1|2|"); /* all of them, at once */
}

static void a_browser_in_a_data_centre_is_nobodys(void **state) {
    (void)state;
    rig_ok(&r, pn_ranges_read(PN_STR("198.51.100.0/24"), &data_centres, &r.diag));
    settle();
    peer = "198.51.100.9";
    get(path_of(PN_LINK_CLICK, "/1"));
    assert_string_equal(signals(), "1|2|1");
    peer = "198.51.101.9";
    get(path_of(PN_LINK_CLICK, "/2"));
    assert_string_equal(signals(), "1|2|1\n1|0|2");
    peer = "";
    close_service();
    pn_ranges_free(data_centres);
    data_centres = NULL;
}

static void the_link_that_nobody_sees_gives_them_away(void **state) {
    (void)state;
    get(path_of(PN_LINK_CLICK, "/1"));
    get(path_of(PN_LINK_CLICK, "/0"));
    assert_string_equal(signals(), "1|2|1\n1|2|0");
    get(path_of(PN_LINK_CLICK, "/2"));
    assert_string_equal(signals(), "1|2|1\n1|2|0\n1|2|2");
    r.clock.now += 11 * PN_SECOND; /* later it may be somebody else */
    get(path_of(PN_LINK_CLICK, "/2"));
    assert_string_equal(signals(), "1|2|1\n1|2|0\n1|2|2\n1|0|2");
}

static void a_revoked_link_leads_to_the_page(void **state) {
    (void)state;
    begin();
    commit(pn_link_revoke(r.app, carrier(), &r.arena, &r.diag));
    assert_leads("/1", pn_str_z(&r.arena, pn_link_url(r.app, PN_LINK_PAGE, carrier(), &r.arena)));
    get(path_of(PN_LINK_WEB, ""));
    assert_int_equal(asked.answer.status, 410);
    assert_non_null(strstr(body_of(), "ya no es válido"));
}

static void a_short_link_leads_to_its_page(void **state) {
    (void)state;
    pn_link link;
    pn_link_request request = {
        .kind = PN_LINK_PAGE, .debtor_id = rig_debtor(&r, "D1"), .brief = true};
    begin();
    commit(pn_link_make(r.app, &request, &r.arena, &link, &r.diag));
    get(pn_str_from(pn_link_brief_url(r.app, link.code, &r.arena),
                    strlen("https://p.example.com")));
    assert_int_equal(asked.answer.status, 302);
    assert_true(
        pn_str_eq(field_of("Location"), pn_link_url(r.app, PN_LINK_PAGE, link.id, &r.arena)));
}

/* ── opting out ──────────────────────────────────────────────────────────────────────────────── */

static int64_t opted_out(void) {
    return rig_int(&r, "SELECT count(*) FROM contact WHERE state = 3");
}

static void only_a_post_unsubscribes(void **state) {
    (void)state;
    for (int i = 0; i < 3; i++) {
        ask(PN_HTTP_GET, path_of(PN_LINK_UNSUBSCRIBE, ""), CHROME, i == 2);
        assert_int_equal(asked.answer.status, 200);
        assert_non_null(strstr(body_of(), "<form method=\"post\""));
        assert_non_null(strstr(body_of(), "¿Dejar de recibir estos correos?"));
    }
    assert_int_equal(opted_out(), 0);
    for (int i = 0; i < 2; i++) { /* twice is once */
        ask(PN_HTTP_POST, path_of(PN_LINK_UNSUBSCRIBE, ""), "Google-Mail", false);
        assert_int_equal(asked.answer.status, 200);
        assert_int_equal(field_of("Location").len, 0);
        assert_int_equal(opted_out(), 2); /* one address, both debtors */
    }
    rig_assert_rows(&r, "one_click|2\none_click|2", "SELECT state_reason, consent FROM contact");
    rig_agrees(&r);
}

static void who_opted_out_gets_no_more(void **state) {
    (void)state;
    ask(PN_HTTP_POST, path_of(PN_LINK_UNSUBSCRIBE, ""), CHROME, false);
    close_service();
    rig_advance(&r, "2026-02-20", 12, 0);
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM carrier"), 1);
    open_service();
}

static void other_methods_and_bodies_do_nothing(void **state) {
    (void)state;
    for (int method = PN_HTTP_PUT; method < PN_HTTP_METHODS; method++) {
        ask((pn_http_method)method, path_of(PN_LINK_UNSUBSCRIBE, ""), CHROME, false);
        assert_int_equal(asked.answer.status, 405);
    }
    ask(PN_HTTP_POST, path_of(PN_LINK_CLICK, ""), CHROME, false);
    assert_int_equal(asked.answer.status, 405);
    ask(PN_HTTP_POST, PN_STR("/u/x"), CHROME, false);
    assert_int_equal(asked.answer.status, 404);
    assert_int_equal(opted_out(), 0);
}

/* ── in the browser ──────────────────────────────────────────────────────────────────────────── */

static void the_web_version_is_what_was_sent(void **state) {
    (void)state;
    get(path_of(PN_LINK_WEB, ""));
    assert_int_equal(asked.answer.status, 200);
    assert_non_null(strstr(body_of(), "F-1"));
    assert_null(strstr(body_of(), "/o/")); /* looking at it is no open */
    assert_non_null(strstr(body_of(), "</html>"));
    pn_str policy = field_of("Content-Security-Policy");
    assert_true(pn_str_find(policy, PN_STR("sandbox")) != SIZE_MAX);
    assert_true(pn_str_find(policy, PN_STR("allow-scripts")) == SIZE_MAX);
    settle();
    assert_string_equal(signals(), "1|0|web");
    rig_sql(&r, "DELETE FROM carrier_content");
    get(path_of(PN_LINK_WEB, ""));
    assert_int_equal(asked.answer.status, 404);
}

#define EACH(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

/* ── receipts ────────────────────────────────────────────────────────────────────────────────── */

enum { DONE = 0 }; /* the server says 204 */

static int tell(pn_str path, const char *body) {
    static pn_http_field headers[1];
    headers[0] = (pn_http_field){PN_STR("content-type"), PN_STR("application/json")};
    pn_buf_done(&asked.answer.body);
    asked = (pn_exchange){.method = PN_HTTP_POST,
                          .path = path,
                          .headers = headers,
                          .header_count = 1,
                          .body = pn_str_of(body),
                          .peer = pn_str_of(peer),
                          .arena = &r.arena};
    pn_service_ask(service, &asked);
    return asked.answer.status;
}

static const char STATES[] = "SELECT c.state, m.state FROM carrier c JOIN message m ON"
                             " m.carrier_id = c.id ORDER BY m.id";

static void a_receipt_says_what_became_of_a_message(void **state) {
    (void)state;
    pn_str path = path_of(PN_LINK_RECEIPT, "");
    assert_int_equal(tell(path, "{\"status\":\"delivered\"}"), DONE);
    assert_int_equal(tell(path, "{\"status\":\"delivered\"}"), DONE); /* told twice */
    rig_assert_rows(&r, "3|3\n3|3", STATES);
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM event WHERE kind = 21"), 2);
    assert_string_equal(signals(), "");
    assert_int_equal(tell(path, "{\"status\":\"read\"}"), DONE);
    assert_int_equal(tell(path, "{\"status\":\"read\"}"), DONE);
    assert_string_equal(signals(), "0|0|");
    rig_agrees(&r);
    assert_int_equal(tell(path, "{\"status\":\"gone\",\"detail\":\"uninstalled\"}"), DONE);
    assert_int_equal(tell(path, "{\"status\":\"delivered\"}"), DONE); /* late: it stays bounced */
    rig_assert_rows(&r, "4|4\n4|4", STATES);
    assert_string_equal(signals(), "0|0|\n7|2|uninstalled");
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM contact WHERE state = 1"), 2);
    rig_agrees(&r);
}

static void what_failed_once_leaves_its_address(void **state) {
    (void)state;
    assert_int_equal(tell(path_of(PN_LINK_RECEIPT, ""), "{\"status\":\"failed\"}"), DONE);
    rig_assert_rows(&r, "4|4\n4|4", STATES);
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM contact WHERE state = 1"), 0);
}

static void a_receipt_settles_what_was_uncertain(void **state) {
    (void)state;
    rig_sql(&r, "UPDATE carrier SET state = 8");
    rig_sql(&r, "UPDATE message SET state = 8");
    assert_int_equal(tell(path_of(PN_LINK_RECEIPT, ""), "{\"status\":\"read\"}"), DONE);
    rig_assert_rows(&r, "3|3\n3|3", STATES);
    assert_string_equal(signals(), "0|0|");
}

static void a_receipt_that_cannot_be_taken_is_refused(void **state) {
    (void)state;
    pn_str path = path_of(PN_LINK_RECEIPT, "");
    assert_int_equal(tell(path, "{\"status\":\"paid\"}"), 422);
    assert_int_equal(tell(path, "{}"), 422);
    pn_str other = path_of(PN_LINK_OPEN, "");
    other = pn_str_format(&r.arena, "/r/%.*s", PN_STR_ARG(pn_str_from(other, 3)));
    assert_int_equal(tell(other, "{\"status\":\"read\"}"), 404);
    rig_sql(&r, "UPDATE carrier SET state = 1");
    assert_int_equal(tell(path, "{\"status\":\"read\"}"), 409);
    assert_string_equal(signals(), "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        EACH(an_email_has_our_links),
        EACH(an_open_is_answered_and_stored),
        EACH(only_people_poke),
        EACH(opens_are_not_kept_without_end),
        EACH(a_forged_pixel_is_no_page),
        EACH(a_click_leads_to_what_was_stored),
        EACH(who_follows_everything_is_a_machine),
        EACH(a_browser_in_a_data_centre_is_nobodys),
        EACH(the_link_that_nobody_sees_gives_them_away),
        EACH(a_revoked_link_leads_to_the_page),
        EACH(a_short_link_leads_to_its_page),
        EACH(only_a_post_unsubscribes),
        EACH(who_opted_out_gets_no_more),
        EACH(other_methods_and_bodies_do_nothing),
        EACH(the_web_version_is_what_was_sent),
        EACH(a_receipt_says_what_became_of_a_message),
        EACH(what_failed_once_leaves_its_address),
        EACH(a_receipt_settles_what_was_uncertain),
        EACH(a_receipt_that_cannot_be_taken_is_refused),
    };
    return cmocka_run_group_tests_name("tracking", tests, NULL, NULL);
}
