/* Mail that arrived, from its bytes: the plain function behind puntual-mail, the program itself,
 * and mails that are made to hurt. */
#define _GNU_SOURCE /* clocks */
#include "unit.h"

#include <string.h>

#include "base/limits.h"
#include "base/utf8.h"
#include "codec/mail/charset.h"
#include "codec/mail/parse.h"
#include "codec/mail/tame.h"
#include "codec/mail_read.h"
#include "real_env.h"

static pn_arena arena;
static pn_buf raw;

static int set_up(void **state) {
    (void)state;
    pn_arena_init(&arena, 0);
    pn_buf_init(&raw, 128U << 20);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    pn_arena_done(&arena);
    pn_buf_done(&raw);
    return 0;
}

static void check_text(pn_str text) {
    assert_true(pn_utf8_valid(text));
    assert_true(pn_str_find_char(text, '\0') == SIZE_MAX);
    assert_true(pn_str_find_char(text, '\r') == SIZE_MAX);
}

static void check_fields(pn_mail_fields fields) {
    assert_true(fields.count <= PN_LIMIT_MAIL_HEADER_FIELDS);
    for (size_t i = 0; i < fields.count; i++) {
        check_text(fields.items[i].name);
        check_text(fields.items[i].value);
        assert_true(pn_str_find_char(fields.items[i].value, '\n') == SIZE_MAX);
    }
}

/* What the type promises, whatever the mail was. */
static void check_promises(const pn_mail *mail) {
    size_t texts = 0;
    assert_true(mail->part_count <= PN_LIMIT_MAIL_PARTS);
    check_fields(mail->fields);
    check_text(mail->content_type);
    for (size_t i = 0; i < mail->part_count; i++) {
        const pn_mail_part *part = &mail->parts[i];
        check_text(part->text);
        check_text(part->content_type);
        check_text(part->charset);
        check_text(part->file_name);
        check_fields(part->fields);
        assert_true(part->text.len <= PN_LIMIT_MAIL_TEXT_BYTES);
        assert_true(part->depth <= PN_LIMIT_MAIL_DEPTH);
        texts += part->text.len;
    }
    assert_true(texts <= PN_LIMIT_MAIL_TEXTS_BYTES);
}

/* Parsed, and the same after the serial form. */
static pn_mail parse(pn_str bytes) {
    pn_mail mail, again;
    pn_buf json, texts;
    pn_buf_init(&json, PN_LIMIT_HELPER_BYTES);
    pn_buf_init(&texts, PN_LIMIT_HELPER_BYTES);
    pn_mail_parse(bytes, &arena, &mail);
    check_promises(&mail);
    pn_mail_save(&mail, &json, &texts);
    pn_str json_text = pn_str_dup(&arena, pn_buf_str(&json));
    pn_str blob = pn_str_dup(&arena, pn_buf_str(&texts));
    assert_int_equal(pn_mail_load(json_text, blob, &arena, &again, NULL), PN_OK);
    assert_int_equal(again.part_count, mail.part_count);
    assert_int_equal(again.fields.count, mail.fields.count);
    assert_true(again.cut == mail.cut);
    for (size_t i = 0; i < mail.part_count; i++) {
        assert_true(pn_str_eq(again.parts[i].text, mail.parts[i].text));
        assert_int_equal(again.parts[i].fields.count, mail.parts[i].fields.count);
    }
    pn_buf_done(&json);
    pn_buf_done(&texts);
    return again;
}

#define PARSE(text) parse(PN_STR(text))

/* ── ordinary mail ───────────────────────────────────────────────────────────────────────────── */

static const char NESTED[] =
    "From: =?utf-8?Q?Jos=C3=A9_N=C3=BA=C3=B1ez?= <jose@nunez.example>\n"
    "To: cobros@example.com\nSubject: =?iso-8859-1?B?RmFjdHVyYSBu+g==?=\n"
    " =?iso-8859-1?Q?mero_7?=\nMIME-Version: 1.0\n"
    "Content-Type: multipart/mixed; boundary=\"a\"\n\npreamble\n--a\n"
    "Content-Type: multipart/alternative; boundary=b\n\n--b\n"
    "Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\n"
    "Pagu=E9 ayer=\n mismo.\n--b\nContent-Type: text/html; charset=utf-8\n\n"
    "<p>Pagu\xC3\xA9 ayer</p>\n--b--\n--a\n"
    "Content-Type: application/pdf; name=\"j.pdf\"\nContent-Transfer-Encoding: base64\n"
    "Content-Disposition: attachment; filename*=utf-8''justificante%20%C3%B1.pdf\n\nQUJD\n--a\n"
    "Content-Type: message/rfc822\n\nSubject: inner\nContent-Type: text/plain\n\ndeep\n--a--\n";

static void check_nested(pn_str bytes) {
    pn_mail mail = parse(bytes);
    assert_false(mail.cut);
    assert_str(mail.content_type, "multipart/mixed");
    assert_str(pn_mail_header(&mail, "from"), "José Núñez <jose@nunez.example>");
    assert_str(pn_mail_header(&mail, "Subject"), "Factura número 7");
    assert_int_equal(mail.part_count, 5);
    assert_str(mail.parts[0].content_type, "text/plain");
    assert_str(mail.parts[0].charset, "iso-8859-1");
    assert_str(mail.parts[0].text, "Pagué ayer mismo.");
    assert_int_equal(mail.parts[0].depth, 2);
    assert_str(mail.parts[1].content_type, "text/html");
    assert_str(mail.parts[2].content_type, "application/pdf");
    assert_str(mail.parts[2].disposition, "attachment");
    assert_str(mail.parts[2].file_name, "justificante ñ.pdf");
    assert_int_equal(mail.parts[2].size_bytes, 3);
    assert_int_equal(mail.parts[2].text.len, 0);
    assert_str(mail.parts[3].content_type, "message/rfc822");
    assert_str(pn_mail_field_of(mail.parts[3].fields, PN_STR("subject")), "inner");
    assert_true(mail.parts[4].enclosed);
    assert_str(mail.parts[4].text, "deep");
    assert_str(pn_mail_words(&mail, &arena), "Pagué ayer mismo.");
}

static void test_nested(void **state) {
    (void)state;
    check_nested(pn_str_of(NESTED));
}

/* Every line end that mail has been seen with, and what stands before it in a mailbox. */
static void test_line_ends(void **state) {
    (void)state;
    static const char *const ENDS[] = {"\r\n", "\r", "\r\r\n"};
    for (size_t e = 0; e < PN_COUNT(ENDS); e++) {
        pn_buf_clear(&raw);
        pn_buf_add_z(&raw, e == 0 ? "\xEF\xBB\xBF\r\n\r\n" : "From ana@b Thu Jan  1 00:00:00 2026");
        pn_buf_add_z(&raw, e == 0 ? "" : ENDS[e]);
        for (const char *p = NESTED; *p != '\0'; p++) {
            if (*p == '\n') {
                pn_buf_add_z(&raw, ENDS[e]);
            } else {
                pn_buf_add_char(&raw, *p);
            }
        }
        check_nested(pn_buf_str(&raw));
    }
}

static void test_without_structure(void **state) {
    (void)state;
    pn_mail mail = PARSE("");
    assert_int_equal(mail.fields.count, 0);
    mail = PARSE("no header at all\nonly words\n");
    assert_true(mail.part_count <= 1);
    mail = PARSE("Subject: only a header");
    assert_str(pn_mail_header(&mail, "Subject"), "only a header");
    mail = PARSE("Subject: x\nContent-Type: multipart/mixed; boundary=none\n\nthe words\n");
    assert_str(pn_mail_words(&mail, &arena), "the words");
    mail = PARSE("Subject: x\nContent-Type: multipart/mixed\n\nno boundary is named\n");
    assert_str(pn_mail_words(&mail, &arena), "no boundary is named");
    mail = PARSE("Subject: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\ncut off");
    assert_str(pn_mail_words(&mail, &arena), "cut off");
    mail = PARSE("A: b\nContent-Transfer-Encoding: base64\n\nSG9s*!!YQ\n====\nxx");
    assert_true(pn_str_starts(mail.parts[0].text, PN_STR("Hola")));
}

/* Encoded, against the standard, and by some all the same. */
static void test_encoded_message(void **state) {
    (void)state;
    pn_mail mail = PARSE("A: b\nContent-Type: multipart/mixed; boundary=b\n\n--b\n"
                         "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"
                         "U3ViamVjdDogaW5uZXIKCmRlZXA=\n--b--\n");
    assert_int_equal(mail.part_count, 2);
    assert_str(pn_mail_field_of(mail.parts[0].fields, PN_STR("Subject")), "inner");
    assert_str(mail.parts[1].text, "deep\n");
}

/* ── character sets ──────────────────────────────────────────────────────────────────────────── */

static void assert_utf8(const char *bytes, const char *charset, const char *expected) {
    assert_str(pn_mail_charset_utf8(pn_str_of(bytes), pn_str_of(charset), &arena), expected);
}

static void test_charsets(void **state) {
    (void)state;
    assert_utf8("a\xF1o", "iso-8859-1", "año");
    assert_utf8("10 \x80", "iso-8859-1", "10 €"); /* which means windows-1252 */
    assert_utf8("10 \xA4", "ISO-8859-15", "10 €");
    assert_utf8("a\xC3\xB1o", "utf-8", "año");
    assert_utf8("a\xC3\xB1o", "iso-8859-1", "año"); /* a lie */
    assert_utf8("a\xF1o", "utf-8", "año");          /* another */
    assert_utf8("a\xF1o", "", "año");
    assert_utf8("a\xF1o", "x-nonsense", "año");
    assert_utf8("a\xF1o", "../../etc/passwd", "año");
    assert_utf8("\033$B%F%9%H\033(B", "iso-2022-jp", "テスト");
    assert_utf8("\033$B%F%9%H\033(B", "us-ascii", "テスト");
    assert_utf8("\xCF\xF0\xE8\xE2\xE5\xF2", "windows-1251", "Привет");
    assert_utf8("\xF0\xD2\xC9\xD7\xC5\xD4", "koi8-r", "Привет");
    assert_utf8("\x83\x65\x83\x58\x83\x67", "Shift_JIS", "テスト");
    assert_utf8("\xC4\xE3\xBA\xC3", "gb2312", "你好");
    assert_utf8("Hi +AOk-", "utf-7", "Hi é");
    assert_utf8("a\r\nb\rc\n", "utf-8", "a\nb\nc\n");
}

/* ── mails that are made to hurt ─────────────────────────────────────────────────────────────── */

static void add_times(const char *text, size_t times) {
    for (size_t i = 0; i < times; i++) {
        pn_buf_add_z(&raw, text);
    }
}

static void test_deep_multiparts(void **state) {
    (void)state;
    add_times("Content-Type: multipart/mixed; boundary=b\n\n--b\n", 200000);
    pn_mail mail = parse(pn_buf_str(&raw));
    assert_true(mail.cut);
    pn_buf_clear(&raw);
    for (unsigned i = 0; i < 5000; i++) {
        pn_buf_add_format(&raw, "Content-Type: multipart/mixed; boundary=b%u\n\n--b%u\n", i, i);
    }
    assert_true(parse(pn_buf_str(&raw)).cut);
}

static void test_deep_messages(void **state) {
    (void)state;
    add_times("Content-Type: message/rfc822\n\n", 300000);
    pn_buf_add_z(&raw, "Subject: the last\n\nwords\n");
    pn_mail mail = parse(pn_buf_str(&raw));
    assert_true(mail.cut);
    assert_true(mail.part_count <= PN_LIMIT_MAIL_DEPTH + 1);
}

static void test_many_parts(void **state) {
    (void)state;
    pn_buf_add_z(&raw, "Content-Type: multipart/mixed; boundary=b\n\n");
    add_times("--b\n\nx\n", 1000000);
    pn_mail mail = parse(pn_buf_str(&raw));
    assert_true(mail.cut);
    assert_int_equal(mail.part_count, PN_LIMIT_MAIL_PARTS);
}

static void test_many_headers(void **state) {
    (void)state;
    pn_buf_add_z(&raw, "Subject: first\n");
    add_times("X-A: b\n", 100000);
    pn_buf_add_z(&raw, "\nwords\n");
    pn_mail mail = parse(pn_buf_str(&raw));
    assert_true(mail.cut);
    assert_str(pn_mail_header(&mail, "Subject"), "first");
    assert_str(pn_mail_words(&mail, &arena), "words");
    pn_buf_clear(&raw); /* the same inside */
    pn_buf_add_z(&raw, "Content-Type: message/rfc822\n\n");
    add_times("X-A: b\n", 100000);
    assert_true(parse(pn_buf_str(&raw)).cut);
}

static void test_long_header(void **state) {
    (void)state;
    pn_buf_add_z(&raw, "Subject: ");
    add_times("=?utf-8?Q?=C3=B1?= ", 10U << 20 >> 4);
    pn_buf_add_z(&raw, "\nX-After: gone\n\nwords\n");
    pn_mail mail = parse(pn_buf_str(&raw));
    assert_true(mail.cut);
    assert_true(pn_mail_header(&mail, "Subject").len <= PN_LIMIT_MAIL_HEADER_BYTES);
    assert_str(pn_mail_words(&mail, &arena), "words");
}

static void test_large_text(void **state) {
    (void)state;
    pn_buf_add_z(&raw, "Content-Type: multipart/mixed; boundary=b\n\n");
    for (unsigned part = 0; part < 24; part++) {
        pn_buf_add_z(&raw, "--b\nContent-Type: text/plain; charset=utf-8\n\n");
        add_times("\xE4\xBD\xA0\xE5\xA5\xBD\n", 50000); /* 350 KB of characters of three bytes */
    }
    pn_mail mail = parse(pn_buf_str(&raw));
    assert_true(mail.parts[0].cut);
    assert_int_equal(mail.part_count, 24);
    pn_buf_clear(&raw); /* shorter in its own character set than in UTF-8 */
    pn_buf_add_z(&raw, "Content-Type: text/plain; charset=gb18030\n\n");
    add_times("\xC4\xE3\xBA\xC3", 100000);
    assert_true(parse(pn_buf_str(&raw)).parts[0].cut);
}

static void test_charset_bombs(void **state) {
    (void)state;
    static const char *const NAMES[] = {"utf-7",      "iso-2022-jp", "iso-2022-kr",
                                        "hz-gb-2312", "utf-16",      "gb18030",
                                        "big5",       "shift_jis",   "tscii"};
    for (size_t n = 0; n < PN_COUNT(NAMES); n++) {
        pn_buf_clear(&raw);
        add_times("\033$B+/v8-\033$)C\x0E~{\xFF\xFE\x8E\xA1\x80", 10000);
        pn_str text = pn_mail_charset_utf8(pn_buf_str(&raw), pn_str_of(NAMES[n]), &arena);
        check_text(text);
        assert_true(text.len <= 9 * raw.len);
    }
}

static void test_odd_bytes(void **state) {
    (void)state;
    pn_mail mail = PARSE("Subject: a\0b\nX: \x01\x7F\xFF\n\nw\0ords\n");
    assert_str(pn_mail_header(&mail, "Subject"), "ab");
    assert_str(pn_mail_words(&mail, &arena), "words");
    pn_buf_add(&raw, "\0\0\0", 3);
    add_times("\r", 100000);
    (void)parse(pn_buf_str(&raw));
    pn_buf_clear(&raw);
    for (unsigned i = 0; i < 65536; i++) {
        pn_buf_add_char(&raw, (char)(i * 167 + i / 251));
    }
    (void)parse(pn_buf_str(&raw));
}

static void test_larger_than_read(void **state) {
    (void)state;
    pn_buf_add_z(&raw, "Subject: large\n\n");
    add_times("0123456789abcde\n", (PN_LIMIT_INBOUND_BYTES >> 4) + 100);
    assert_true(parse(pn_buf_str(&raw)).cut);
}

/* What is written never passes what came in, and a well-behaved mail is not touched. */
static void test_tame(void **state) {
    (void)state;
    pn_mail_tamed tamed;
    char *room = pn_arena_alloc(&arena, sizeof NESTED);
    pn_mail_tame(pn_str_of(NESTED), room, &tamed);
    assert_str(tamed.text, NESTED);
    assert_false(tamed.cut);
}

/* ── the serial form ─────────────────────────────────────────────────────────────────────────── */

static void refuse(const char *json, pn_str texts) {
    pn_mail mail;
    pn_diag diag = {0};
    assert_int_equal(pn_mail_load(pn_str_of(json), texts, &arena, &mail, &diag), PN_INVALID);
    assert_true(diag.what[0] != '\0');
}

static void test_load_refuses(void **state) {
    (void)state;
    static const char *const PARTS[] = {
        "{\"type\":\"a\",\"at\":0,\"length\":4,\"size\":1,\"depth\":0,\"fields\":[]}",
        "{\"type\":\"a\",\"at\":4,\"length\":0,\"size\":1,\"depth\":0,\"fields\":[]}",
        "{\"type\":\"a\",\"at\":-1,\"length\":1,\"size\":1,\"depth\":0,\"fields\":[]}",
        "{\"type\":\"a\",\"at\":1099511627776,\"length\":1,\"size\":1,\"depth\":0,\"fields\":[]}",
        "{\"type\":\"a\",\"at\":0,\"length\":1,\"size\":1,\"depth\":0}",
        "{\"type\":\"a\",\"at\":0,\"length\":1,\"size\":1,\"depth\":0,\"fields\":[[\"a\"]]}",
        "{\"type\":\"a\\u0000\",\"at\":0,\"length\":1,\"size\":1,\"depth\":0,\"fields\":[]}",
        "7",
    };
    for (size_t i = 0; i < PN_COUNT(PARTS); i++) {
        char json[400];
        (void)snprintf(json, sizeof json, "{\"type\":\"\",\"fields\":[],\"parts\":[%s]}", PARTS[i]);
        refuse(json, PN_STR("abc"));
    }
    refuse("{", PN_STR(""));
    refuse("[]", PN_STR(""));
    refuse("{\"type\":\"\",\"fields\":[],\"parts\":[]}", (pn_str){"a\0b", 3});
    refuse(
        "{\"type\":\"\",\"fields\":[],\"parts\":[{\"type\":\"a\",\"at\":0,\"length\":1,\"size\":1,"
        "\"depth\":0,\"fields\":[]}]}",
        PN_STR("\xFF"));
}

/* ── values in fields ────────────────────────────────────────────────────────────────────────── */

static void assert_addresses(const char *value, const char *expected) {
    pn_str found[10];
    pn_buf text;
    pn_buf_init(&text, 1000);
    size_t count = pn_mail_addresses(pn_str_of(value), found, 10);
    for (size_t i = 0; i < count; i++) {
        pn_buf_add_format(&text, "%s%.*s", i == 0 ? "" : " ", PN_STR_ARG(found[i]));
    }
    assert_str(pn_buf_str(&text), expected);
    pn_buf_done(&text);
}

static void test_addresses(void **state) {
    (void)state;
    assert_addresses("Ana <ana@b.es>, \"Paz, Luis\" <luis@b.es>; x", "ana@b.es luis@b.es");
    assert_addresses("a@b (not c@d), <e@f>", "a@b e@f");
    assert_addresses("\"neko....\"@b.org", "\"neko....\"@b.org");
    assert_addresses("'a@b' o'neill@b.ie", "a@b o'neill@b.ie");
    assert_addresses("rfc822;a@b mailto:c@d", "a@b c@d");
    assert_addresses("@ a@ @b (never closed a@b", "");
    assert_addresses("\"never closed a@b", "");
    pn_str ids[3];
    assert_int_equal(pn_mail_ids(PN_STR("<a@b> junk <c d> <>\t<e@f> <g@h> <i@j>"), ids, 3), 3);
    assert_str(ids[1], "e@f");
}

static void test_html(void **state) {
    (void)state;
    assert_str(pn_mail_html_words(PN_STR("<html><head><title>t</title><style>p{}</style></head>"
                                         "<p>Hola,&nbsp;<b>Ana</b></p><p>Pagu&eacute; &#8364;5 "
                                         "&lt;3<br>a < b<!-- <p>no -->.</p><script>x</script>"),
                                  &arena),
               "Hola, Ana\n\nPagué €5 <3\na < b.\n\n");
    assert_str(pn_mail_html_words(PN_STR("a<style>never closed"), &arena), "a");
    assert_str(pn_mail_html_words(PN_STR("a &unknown; &#xZZ; &"), &arena), "a &unknown; &#xZZ; &");
}

/* ── the program itself ──────────────────────────────────────────────────────────────────────── */

static void test_helper(void **state) {
    (void)state;
    pn_helper *helper = NULL;
    pn_diag diag = {0};
    pn_mail mail;
    assert_int_equal(pn_helper_new(&REAL_ENV, "puntual-mail", &helper, &diag), PN_OK);
    assert_int_equal(pn_mail_read(helper, pn_str_of(NESTED), &arena, &mail, &diag), PN_OK);
    assert_str(mail.parts[0].text, "Pagué ayer mismo.");
    /* Its converters work inside the sandbox, where it can open no file. */
    assert_int_equal(pn_mail_read(helper,
                                  PN_STR("Subject: =?iso-2022-jp?B?GyRCJUYlOSVIGyhC?=\n"
                                         "Content-Type: text/plain; charset=koi8-r\n\n"
                                         "\xF0\xD2\xC9\xD7\xC5\xD4\n"),
                                  &arena, &mail, &diag),
                     PN_OK);
    assert_str(pn_mail_header(&mail, "Subject"), "テスト");
    assert_str(pn_mail_words(&mail, &arena), "Привет");
    add_times("Content-Type: message/rfc822\n\n", 300000);
    assert_int_equal(pn_mail_read(helper, pn_buf_str(&raw), &arena, &mail, &diag), PN_OK);
    assert_true(mail.cut);
    assert_int_equal(pn_mail_read(helper, PN_STR(""), &arena, &mail, &diag), PN_OK);
    pn_helper_free(helper);
}

int main(void) {
    pn_mail_parse_prepare();
#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(nested),          TEST(line_ends),        TEST(without_structure),
        TEST(encoded_message), TEST(charsets),         TEST(deep_multiparts),
        TEST(deep_messages),   TEST(many_parts),       TEST(many_headers),
        TEST(long_header),     TEST(large_text),       TEST(charset_bombs),
        TEST(odd_bytes),       TEST(larger_than_read), TEST(tame),
        TEST(load_refuses),    TEST(addresses),        TEST(html),
        TEST(helper),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
