#include "unit.h"

#include "base/hash.h"
#include "format/agent.h"

static void assert_all(const char *const *agents, size_t count, pn_agent wanted) {
    for (size_t i = 0; i < count; i++) {
        pn_agent is = pn_agent_of(pn_str_of(agents[i]));
        if (is != wanted) {
            print_error("%s: %s\n", pn_agent_name(is), agents[i]);
        }
        assert_int_equal(is, wanted);
    }
}

/* ── agents ── */

static void browsers_and_mail_programs_are_peoples(void **state) {
    (void)state;
    static const char *const AGENTS[] = {
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/124.0.0.0 Safari/537.36",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/124.0.0.0 Safari/537.36 Edg/124.0.2478.51",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
        "Version/17.4 Safari/605.1.15",
        "Mozilla/5.0 (X11; Linux x86_64; rv:125.0) Gecko/20100101 Firefox/125.0",
        "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:125.0) Gecko/20100101 Firefox/125.0",
        "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/124.0.0.0 Safari/537.36",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
        "Gecko) Version/17.4 Mobile/15E148 Safari/604.1",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
        "Gecko) Mobile/15E148",
        "Mozilla/5.0 (Linux; Android 14; SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) "
        "SamsungBrowser/24.0 Chrome/117.0.0.0 Mobile Safari/537.36",
        "Mozilla/5.0 (Linux; Android 9; CUBOT_X18_Plus) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/83.0.4103.106 Mobile Safari/537.36",
        "Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 10.0; WOW64; Trident/7.0; Microsoft Outlook "
        "16.0.17328)",
        "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17328; Pro)",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:115.0) Gecko/20100101 Thunderbird/115.10.1",
        "Outlook-iOS/709.2226530.prod.iphone (3.24.1)",
        "The Bat! 10.5.2.1",
        "Opera/9.80 (J2ME/MIDP; Opera Mini/7.1.32052/29.3709; U; en) Presto/2.8.119 Version/11.10",
    };
    assert_all(AGENTS, PN_COUNT(AGENTS), PN_AGENT_HUMAN);
}

static void programs_are_machines(void **state) {
    (void)state;
    static const char *const AGENTS[] = {
        "",
        "   ",
        "-",
        "Mozilla",
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 (compatible; some-new-thing/1.0)",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
        "HeadlessChrome/124.0.0.0 Safari/537.36",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 "
        "Safari/537.36 AnyMonitor",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko; "
        "compatible; X/1.0) Chrome/124.0.0.0 Safari/537.36",
        "Barracuda Sentinel (EE)",
        "Proofpoint-TAP/1.0",
        "Mimecast-URLScanner",
        "python-requests/2.31.0",
        "curl/8.5.0",
        "Wget/1.21.4 (linux-gnu)",
        "Go-http-client/1.1",
        "Java/17.0.9",
        "okhttp/4.12.0",
        "node-fetch/1.0 (+https://github.com/bitinn/node-fetch)",
        "WhatsApp/2.23.20.0 A",
        "facebookexternalhit/1.1",
        "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
        "TelegramBot (like TwitterBot)",
        "Mozilla/5.0 AppleWebKit/537.36",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7; ${jndi:ldap://x.example/a})",
        "SomeGateway contact security@gateway.example",
    };
    assert_all(AGENTS, PN_COUNT(AGENTS), PN_AGENT_MACHINE);
}

static void mail_services_are_proxies(void **state) {
    (void)state;
    static const char *const AGENTS[] = {
        "Mozilla/5.0",
        "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
         "Chrome/42.0.2311.135 Safari/537.36 Edge/12.246 Mozilla/5.0"),
        "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html",
    };
    assert_all(AGENTS, PN_COUNT(AGENTS), PN_AGENT_PROXY);
}

static void any_bytes_are_classified(void **state) {
    (void)state;
    char text[4000];
    pn_random random = pn_random_for(7, PN_STR("agents"));
    for (int round = 0; round < 2000; round++) {
        size_t len = pn_random_below(&random, sizeof text);
        for (size_t i = 0; i < len; i++) {
            text[i] = (char)pn_random_below(&random, 256);
        }
        assert_true(pn_agent_of((pn_str){text, len}) <= PN_AGENT_MACHINE);
    }
}

/* ── touches ── */

static const pn_touch PERSON = {
    .agent = PN_AGENT_HUMAN, .after_us = 60 * 1000000, .links = 3, .links_hit = 1};

static void a_person_is_a_person(void **state) {
    (void)state;
    pn_touch touch = PERSON;
    assert_int_equal(pn_touch_classify(&touch), PN_AGENT_HUMAN);
    touch.agent = PN_AGENT_PROXY;
    assert_int_equal(pn_touch_classify(&touch), PN_AGENT_PROXY);
    touch.agent = PN_AGENT_MACHINE;
    assert_int_equal(pn_touch_classify(&touch), PN_AGENT_MACHINE);
}

static void what_only_machines_do(void **state) {
    (void)state;
    pn_touch soon = PERSON, early = PERSON, head = PERSON, pot = PERSON, centre = PERSON,
             sweep = PERSON;
    soon.after_us = 4999999;
    early.after_us = -1;
    head.head = pot.honeypot = centre.data_centre = true;
    sweep.links_hit = 3;
    sweep.hit_in_us = 9999999;
    const pn_touch *const ALL[] = {&soon, &early, &head, &pot, &centre, &sweep};
    for (size_t i = 0; i < PN_COUNT(ALL); i++) {
        assert_int_equal(pn_touch_classify(ALL[i]), PN_AGENT_MACHINE);
    }
}

static void what_people_do_too(void **state) {
    (void)state;
    pn_touch late = PERSON, reader = PERSON, only = PERSON;
    late.after_us = 5000000;
    reader.links_hit = 3; /* all links, but one after the other */
    reader.hit_in_us = 10000000;
    only.links = only.links_hit = 1; /* there is but one */
    const pn_touch *const ALL[] = {&late, &reader, &only};
    for (size_t i = 0; i < PN_COUNT(ALL); i++) {
        assert_int_equal(pn_touch_classify(ALL[i]), PN_AGENT_HUMAN);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(browsers_and_mail_programs_are_peoples),
        cmocka_unit_test(programs_are_machines),
        cmocka_unit_test(mail_services_are_proxies),
        cmocka_unit_test(any_bytes_are_classified),
        cmocka_unit_test(a_person_is_a_person),
        cmocka_unit_test(what_only_machines_do),
        cmocka_unit_test(what_people_do_too),
    };
    return cmocka_run_group_tests_name("format: agents", tests, NULL, NULL);
}
