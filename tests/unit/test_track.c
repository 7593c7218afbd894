#include "unit.h"

#include <string.h>

#include "compose/track.h"

/* ── what the tests share ── */

static const pn_track_wish WISH = {.own = {"https://p.example", 17},
                                   .click = {"https://p.example/c/T/", 22},
                                   .pixel = {"https://p.example/o/T.gif", 25},
                                   .max = 3,
                                   .url_bytes_max = 60};

#define HONEYPOT                                                                                   \
    "<a href=\"https://p.example/c/T/0\" style=\"display:none\" tabindex=\"-1\" "                  \
    "aria-hidden=\"true\"></a>\n"
#define PIXEL                                                                                      \
    "<img src=\"https://p.example/o/T.gif\" width=\"1\" height=\"1\" alt=\"\" "                    \
    "style=\"display:block;border:0\">\n"
#define BODY(text) "<html><body>" text "</body></html>"
#define TRACKED(text) "<html><body>" text HONEYPOT PIXEL "</body></html>"

static void assert_tracked(const pn_track_wish *wish, const char *html, const char *wanted,
                           const char *targets) {
    pn_buf out, urls;
    pn_buf_init(&out, 100000);
    pn_buf_init(&urls, 100000);
    assert_int_equal(pn_track_html(pn_str_of(html), wish, &out, &urls), PN_OK);
    pn_buf_add_char(&out, '\0');
    pn_buf_add_char(&urls, '\0');
    assert_string_equal(out.ptr, wanted);
    assert_string_equal(urls.ptr, targets);
    pn_buf_done(&out);
    pn_buf_done(&urls);
}

/* ── tests ── */

static void links_get_numbers(void **state) {
    (void)state;
    assert_tracked(&WISH,
                   BODY("<a href=\"https://a.example/x?y=1&amp;z=2\">a</a> <a class='q' "
                        "href='http://b.example'>b</a> <a href=\"https://a.example/x?y=1&amp;z=2\""
                        ">again</a>"),
                   TRACKED("<a href=\"https://p.example/c/T/1\">a</a> <a class='q' "
                           "href='https://p.example/c/T/2'>b</a> <a "
                           "href=\"https://p.example/c/T/1\">again</a>"),
                   "https://a.example/x?y=1&z=2\nhttp://b.example\n");
}

static void our_own_and_other_kinds_stay(void **state) {
    (void)state;
    static const char *const STAY[] = {
        "<a href=\"https://p.example/p/TOKEN\">pay</a>",
        "<a href=\"https://p.example\">us</a>",
        "<a href=\"mailto:cobros@a.example\">mail</a>",
        "<a href=\"tel:+34600000000\">call</a>",
        "<a href=\"#top\">up</a>",
        "<a href=\"\">nothing</a>",
        "<a href=https://a.example/bare>bare</a>",
        "<a href=\"https://a.example/&hellip;\">an entity of others</a>",
        "<a href=\"https://a.example/0123456789012345678901234567890123456789012345\">long</a>",
        "<a href=\"https://a.example/not-closed>x</a>",
        "<a href=",
        "<a data-href=\"https://a.example\">data</a>",
    };
    for (size_t i = 0; i < PN_COUNT(STAY); i++) {
        char html[400], wanted[1000];
        (void)snprintf(html, sizeof html, BODY("%s"), STAY[i]);
        (void)snprintf(wanted, sizeof wanted, TRACKED("%s"), STAY[i]);
        assert_tracked(&WISH, html, wanted, "");
    }
    assert_tracked(&WISH, BODY("<a href=\"https://p.example.evil.example/\">x</a>"),
                   TRACKED("<a href=\"https://p.example/c/T/1\">x</a>"),
                   "https://p.example.evil.example/\n");
}

static void an_address_never_becomes_two_lines(void **state) {
    (void)state;
    assert_tracked(&WISH, BODY("<a href=\"https://a.example/\nhttps://b.example/\">x</a>"),
                   TRACKED("<a href=\"https://a.example/\nhttps://b.example/\">x</a>"), "");
}

static void beyond_the_bound_links_stay(void **state) {
    (void)state;
    assert_tracked(
        &WISH,
        BODY("<a href=\"http://1.x\"><a href=\"http://2.x\"><a href=\"http://3.x\">"
             "<a href=\"http://4.x\"><a href=\"http://2.x\">"),
        TRACKED("<a href=\"https://p.example/c/T/1\"><a href=\"https://p.example/c/T/2\">"
                "<a href=\"https://p.example/c/T/3\"><a href=\"http://4.x\">"
                "<a href=\"https://p.example/c/T/2\">"),
        "http://1.x\nhttp://2.x\nhttp://3.x\n");
}

static void what_is_not_wanted_is_left_out(void **state) {
    (void)state;
    pn_track_wish clicks = WISH, opens = WISH, nothing = WISH;
    clicks.pixel = opens.click = nothing.pixel = nothing.click = PN_STR_NONE;
    const char *html = BODY("<a href=\"http://1.x\">x</a>");
    assert_tracked(&clicks, html, BODY("<a href=\"https://p.example/c/T/1\">x</a>" HONEYPOT),
                   "http://1.x\n");
    assert_tracked(&opens, html, BODY("<a href=\"http://1.x\">x</a>" PIXEL), "");
    assert_tracked(&nothing, html, html, "");
    assert_tracked(&opens, "no body at all", "no body at all" PIXEL, "");
    assert_tracked(&opens, "", PIXEL, "");
}

static void too_much_is_told(void **state) {
    (void)state;
    pn_buf out, urls;
    pn_buf_init(&out, 100);
    pn_buf_init(&urls, 100);
    assert_int_equal(pn_track_html(PN_STR(BODY("<p>hola</p>")), &WISH, &out, &urls), PN_LIMIT);
    pn_buf_done(&out);
    pn_buf_done(&urls);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(links_get_numbers),
        cmocka_unit_test(our_own_and_other_kinds_stay),
        cmocka_unit_test(an_address_never_becomes_two_lines),
        cmocka_unit_test(beyond_the_bound_links_stay),
        cmocka_unit_test(what_is_not_wanted_is_left_out),
        cmocka_unit_test(too_much_is_told),
    };
    return cmocka_run_group_tests_name("compose: tracking", tests, NULL, NULL);
}
