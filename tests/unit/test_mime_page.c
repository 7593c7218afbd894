#include "unit.h"

#include <string.h>

#include "format/mime.h"
#include "format/mime_page.h"

/* ── what the tests share ── */

static pn_arena arena;

/* The page of a mail that our writer made of this HTML, and a picture. */
static pn_err page_of(pn_str html, pn_str picture, pn_buf *ret_page) {
    pn_mime_address from = {PN_STR("Ana"), PN_STR("ana@example.com")}, to = from;
    pn_mime_file logo = {.content_type = PN_STR("image/png"),
                         .file_name = PN_STR("logo.png"),
                         .content_id = PN_STR("logo.1@example.com"),
                         .bytes = picture};
    pn_mime_file pdf = {.content_type = PN_STR("application/pdf"),
                        .file_name = PN_STR("a.pdf"),
                        .bytes = PN_STR("%PDF")};
    pn_mime_message mail = {.from = from,
                            .to = {&to, 1},
                            .subject = PN_STR("Hola"),
                            .message_id = PN_STR("1@example.com"),
                            .text = PN_STR("hola\n"),
                            .html = html,
                            .inlines = &logo,
                            .inlines_count = picture.len != 0,
                            .attachments = &pdf,
                            .attachments_count = 1};
    pn_buf eml;
    pn_diag diag = {0};
    pn_buf_init(&eml, 1 << 20);
    assert_int_equal(pn_mime_write(&mail, &eml, &diag), PN_OK);
    pn_err err = pn_mime_page(pn_buf_str(&eml), &arena, ret_page);
    pn_buf_done(&eml);
    return err;
}

static void assert_page(pn_str html, pn_str picture, const char *wanted) {
    pn_buf page;
    pn_buf_init(&page, 1 << 20);
    assert_int_equal(page_of(html, picture, &page), PN_OK);
    pn_str got = pn_str_trim(pn_buf_str(&page));
    assert_int_equal(got.len, strlen(wanted));
    assert_memory_equal(got.ptr, wanted, got.len);
    pn_buf_done(&page);
}

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

/* ── tests ── */

static void what_was_written_is_shown(void **state) {
    (void)state;
    assert_page(PN_STR("<p>hola</p>"), PN_STR_NONE, "<p>hola</p>");
    assert_page(PN_STR("<p class=\"ñ\">factura nº 7 = 10 €</p>"), PN_STR_NONE,
                "<p class=\"ñ\">factura nº 7 = 10 €</p>");
    assert_page(PN_STR("ÁÉÍÓÚÑáéíóúñÁÉÍÓÚÑáéíóúñÁÉÍÓÚÑáéíóúñ€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€"),
                PN_STR_NONE, "ÁÉÍÓÚÑáéíóúñÁÉÍÓÚÑáéíóúñÁÉÍÓÚÑáéíóúñ€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€");
}

static void long_lines_come_whole(void **state) {
    (void)state;
    char html[5000];
    memset(html, 'a', sizeof html);
    memcpy(html + 2000, "ñ=_ñ", 6);
    html[sizeof html - 1] = '\0';
    assert_page(pn_str_of(html), PN_STR_NONE, html);
}

static void pictures_stand_within(void **state) {
    (void)state;
    assert_page(PN_STR("<img src=\"cid:logo.1@example.com\"><p>x</p>"), PN_STR("\x89PNG"),
                "<img src=\"data:image/png;base64,iVBORw==\"><p>x</p>");
    assert_page(PN_STR("<img src=\"cid:other@example.com\"><img src=\"https://a.example/b.png\">"),
                PN_STR("\x89PNG"),
                "<img src=\"cid:other@example.com\"><img src=\"https://a.example/b.png\">");
}

static void what_is_no_such_mail_is_told(void **state) {
    (void)state;
    static const char *const MAILS[] = {"", "From: a\r\n\r\nhola\r\n",
                                        "Content-Type: text/plain\r\n\r\nhola\r\n"};
    pn_buf page;
    pn_buf_init(&page, 1 << 20);
    for (size_t i = 0; i < PN_COUNT(MAILS); i++) {
        assert_int_equal(pn_mime_page(pn_str_of(MAILS[i]), &arena, &page), PN_NOT_FOUND);
    }
    assert_int_equal(pn_mime_page(PN_STR("Content-Type: text/html; charset=utf-8\r\n"
                                         "Content-Transfer-Encoding: quoted-printable\r\n\r\na=Z1"),
                                  &arena, &page),
                     PN_CORRUPT);
    assert_int_equal(page.len, 0);
    pn_buf_done(&page);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_written_is_shown),
        cmocka_unit_test(long_lines_come_whole),
        cmocka_unit_test(pictures_stand_within),
        cmocka_unit_test(what_is_no_such_mail_is_told),
    };
    return cmocka_run_group_tests_name("format: own mail as a page", tests, set_up, tear_down);
}
