#include "unit.h"

#include <string.h>

#include "base/hash.h"
#include "base/limits.h"
#include "format/mime.h"
#include "format/mime_body.h"
#include "mime_reader.h"

static void mime_wrong(const char *what, pn_str where) {
    print_error("%s: %.*s\n", what, PN_STR_ARG(pn_str_first(where, 200)));
    fail();
}

static pn_arena arena;
static pn_diag diag;
static pn_buf out;

static int set_up(void **state) {
    (void)state;
    pn_arena_init(&arena, 0);
    pn_buf_init(&out, PN_LIMIT_MESSAGE_BYTES);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    pn_arena_done(&arena);
    pn_buf_done(&out);
    return 0;
}

/* ── what the tests share ── */

#define LIT(text)                                                                                  \
    { text, sizeof(text) - 1 }

static const pn_mime_address ANA[] = {{LIT("Ana"), LIT("ana@example.com")}};

/* The least that is a message. */
static pn_mime_message least(void) {
    return (pn_mime_message){
        .from = {PN_STR(""), PN_STR("us@example.com")},
        .to = {ANA, 1},
        .subject = PN_STR("Hello"),
        .message_id = PN_STR("1@example.com"),
        .text = PN_STR("Hi\n"),
    };
}

static pn_str written(const pn_mime_message *message) {
    pn_buf_clear(&out);
    if (pn_mime_write(message, &out, &diag) != PN_OK) {
        print_error("%s %s\n", diag.what, diag.where);
        fail();
    }
    mime_check_lines(pn_buf_str(&out), false);
    return pn_buf_str(&out);
}

/* The field `name` with its folds, as written. */
static const char *raw_field(const pn_mime_message *message, const char *name) {
    pn_str text = written(message);
    pn_str wanted = pn_str_format(&arena, "\r\n%s: ", name);
    size_t at = pn_str_find(text, wanted);
    assert_true(at != SIZE_MAX);
    text = pn_str_from(text, at + wanted.len);
    size_t end = 0;
    do {
        end += pn_str_find(pn_str_from(text, end), PN_STR("\r\n")) + 2;
    } while (text.ptr[end] == ' ');
    return pn_str_z(&arena, pn_str_first(text, end - 2));
}

static const char *subject_of(const char *text) {
    pn_mime_message message = least();
    message.subject = pn_str_of(text);
    return raw_field(&message, "Subject");
}

static const char *to_of(const char *name, const char *address) {
    pn_mime_address to = {pn_str_of(name), pn_str_of(address)};
    pn_mime_message message = least();
    message.to = (pn_mime_addresses){&to, 1};
    return raw_field(&message, "To");
}

static void refused(const pn_mime_message *message, pn_err err, const char *where) {
    pn_buf_clear(&out);
    pn_buf_add_lit(&out, "kept");
    pn_diag_clear(&diag);
    assert_int_equal(pn_mime_write(message, &out, &diag), err);
    assert_string_equal(diag.where, where);
    assert_str(pn_buf_str(&out), "kept");
}

/* ── structure ── */

static void mime_writes_plain_text(void **state) {
    (void)state;
    pn_mime_message message = least();
    message.date = INT64_C(1767600180) * PN_SECOND;
    message.date_offset_minutes = 60;
    message.text = PN_STR("Hi,\nline\r\n\nend");
    assert_str(written(&message), "Date: Mon, 05 Jan 2026 09:03:00 +0100\r\n"
                                  "From: us@example.com\r\n"
                                  "To: Ana <ana@example.com>\r\n"
                                  "Subject: Hello\r\n"
                                  "Message-ID: <1@example.com>\r\n"
                                  "MIME-Version: 1.0\r\n"
                                  "Content-Type: text/plain; charset=utf-8\r\n"
                                  "Content-Transfer-Encoding: 7bit\r\n"
                                  "\r\n"
                                  "Hi,\r\nline\r\n\r\nend\r\n");
}

static void mime_nests_what_there_is(void **state) {
    (void)state;
    static const pn_mime_file logo[] = {
        {LIT("image/png"), LIT("logo.png"), LIT("logo@example.com"), LIT("\x89PNG")}};
    static const pn_mime_file files[] = {
        {LIT("application/pdf"), LIT("F-1.pdf"), LIT(""), LIT("%PDF-1.7")},
        {LIT(""), LIT(""), LIT(""), LIT("")}};
    pn_mime_message message = least();
    message.html = PN_STR("<p>Hi</p>");
    message.inlines = logo;
    message.inlines_count = 1;
    message.attachments = files;
    message.attachments_count = 2;
    pn_str text = written(&message);
    size_t at = pn_str_find(text, PN_STR("Content-Type"));
    assert_str(pn_str_from(text, at), "Content-Type: multipart/mixed;\r\n"
                                      " boundary=\"=_m_b6a7ae2ebda18980\"\r\n"
                                      "\r\n"
                                      "--=_m_b6a7ae2ebda18980\r\n"
                                      "Content-Type: multipart/alternative;\r\n"
                                      " boundary=\"=_a_4892cc357f4d5847\"\r\n"
                                      "\r\n"
                                      "--=_a_4892cc357f4d5847\r\n"
                                      "Content-Type: text/plain; charset=utf-8\r\n"
                                      "Content-Transfer-Encoding: 7bit\r\n"
                                      "\r\n"
                                      "Hi\r\n"
                                      "--=_a_4892cc357f4d5847\r\n"
                                      "Content-Type: multipart/related; type=\"text/html\";\r\n"
                                      " boundary=\"=_r_4221ff231ec10609\"\r\n"
                                      "\r\n"
                                      "--=_r_4221ff231ec10609\r\n"
                                      "Content-Type: text/html; charset=utf-8\r\n"
                                      "Content-Transfer-Encoding: 7bit\r\n"
                                      "\r\n"
                                      "<p>Hi</p>\r\n"
                                      "--=_r_4221ff231ec10609\r\n"
                                      "Content-Type: image/png; name=\"logo.png\"\r\n"
                                      "Content-Transfer-Encoding: base64\r\n"
                                      "Content-Disposition: inline; filename=\"logo.png\"\r\n"
                                      "Content-ID: <logo@example.com>\r\n"
                                      "\r\n"
                                      "iVBORw==\r\n"
                                      "--=_r_4221ff231ec10609--\r\n"
                                      "--=_a_4892cc357f4d5847--\r\n"
                                      "--=_m_b6a7ae2ebda18980\r\n"
                                      "Content-Type: application/pdf; name=\"F-1.pdf\"\r\n"
                                      "Content-Transfer-Encoding: base64\r\n"
                                      "Content-Disposition: attachment; filename=\"F-1.pdf\"\r\n"
                                      "\r\n"
                                      "JVBERi0xLjc=\r\n"
                                      "--=_m_b6a7ae2ebda18980\r\n"
                                      "Content-Type: application/octet-stream\r\n"
                                      "Content-Transfer-Encoding: base64\r\n"
                                      "Content-Disposition: attachment\r\n"
                                      "\r\n"
                                      "--=_m_b6a7ae2ebda18980--\r\n");
    mime_part root = mime_read(&arena, text);
    assert_int_equal(root.count, 3);
    assert_int_equal(root.parts[0].count, 2);
    assert_int_equal(root.parts[0].parts[1].count, 2);
    assert_str(root.parts[1].content, "%PDF-1.7");
    assert_int_equal(root.parts[2].content.len, 0);
    message.text = PN_STR("");
    message.attachments_count = 0;
    root = mime_read(&arena, written(&message));
    assert_int_equal(root.count, 2); /* related alone */
    message.inlines_count = 0;
    root = mime_read(&arena, written(&message));
    assert_int_equal(root.count, 0);
    assert_str(mime_field(&arena, root.header, "Content-Type"), "text/html; charset=utf-8");
    message.html = PN_STR("");
    message.attachments_count = 1;
    root = mime_read(&arena, written(&message));
    assert_int_equal(root.count, 2); /* an empty text, and the file */
}

static void mime_is_repeatable(void **state) {
    (void)state;
    pn_mime_message message = least();
    message.html = PN_STR("<p>á</p>");
    pn_str first = pn_str_dup(&arena, written(&message));
    assert_true(pn_str_eq(first, written(&message)));
    message.message_id = PN_STR("2@example.com");
    pn_str second = written(&message);
    assert_false(pn_str_eq(pn_str_from(first, pn_str_find(first, PN_STR("boundary"))),
                           pn_str_from(second, pn_str_find(second, PN_STR("boundary")))));
    /* appended behind what is there, folds counted from the line's own start */
    pn_buf_clear(&out);
    pn_buf_add_lit(&out, "before");
    message.message_id = PN_STR("1@example.com");
    assert_int_equal(pn_mime_write(&message, &out, NULL), PN_OK);
    assert_true(pn_str_eq(pn_str_from(pn_buf_str(&out), 6), first));
}

/* ── fields ── */

static void mime_writes_dates(void **state) {
    (void)state;
    static const struct {
        pn_time seconds;
        int32_t offset;
        const char *text;
    } DATES[] = {
        {0, 0, "Thu, 01 Jan 1970 00:00:00 +0000"},
        {-1, 0, "Wed, 31 Dec 1969 23:59:59 +0000"},
        {951782400, 0, "Tue, 29 Feb 2000 00:00:00 +0000"},
        {1772328599, -210, "Sat, 28 Feb 2026 21:59:59 -0330"},
        {1798761599, 60, "Fri, 01 Jan 2027 00:59:59 +0100"},
        {INT64_C(253402300799), 0, "Fri, 31 Dec 9999 23:59:59 +0000"},
        {-INT64_C(2208988800), 0, "Mon, 01 Jan 1900 00:00:00 +0000"},
    };
    pn_mime_message message = least();
    for (size_t i = 0; i < PN_COUNT(DATES); i++) {
        message.date = DATES[i].seconds * PN_SECOND + (DATES[i].seconds < 0 ? 1 : 999999);
        message.date_offset_minutes = DATES[i].offset;
        pn_str root = mime_read(&arena, written(&message)).header;
        assert_str(mime_field(&arena, root, "Date"), DATES[i].text);
    }
    static const struct {
        pn_time time;
        int32_t offset;
    } WRONG[] = {{PN_TIME_NONE, 0},
                 {PN_TIME_NEVER, 0},
                 {0, 1440},
                 {0, INT32_MIN},
                 {INT64_C(253402300800) * PN_SECOND, 0},
                 {-INT64_C(2208988801) * PN_SECOND, 0}};
    for (size_t i = 0; i < PN_COUNT(WRONG); i++) {
        message.date = WRONG[i].time;
        message.date_offset_minutes = WRONG[i].offset;
        refused(&message, PN_INVALID, "date");
    }
}

static void mime_encodes_subjects(void **state) {
    (void)state;
    assert_string_equal(subject_of("Invoice 12, due 3/4 (= 5 €)"),
                        "=?UTF-8?Q?Invoice_12,_due_3/4_(=3D_5_=E2=82=AC)?=");
    assert_string_equal(subject_of("Factura vencida: venció (5 €)"),
                        "=?UTF-8?Q?Factura_vencida:_venci=C3=B3_(5_=E2=82=AC)?=");
    assert_string_equal(subject_of("Отправка"), "=?UTF-8?B?0J7RgtC/0YDQsNCy0LrQsA==?=");
    assert_string_equal(subject_of("a  b"), "=?UTF-8?Q?a__b?=");
    assert_string_equal(subject_of("more words "), "=?UTF-8?Q?more_words_?=");
    assert_string_equal(subject_of("=?x?="), "=?UTF-8?B?PT94Pz0=?=");
    assert_string_equal(subject_of("tab\there it is"), "=?UTF-8?Q?tab=09here_it_is?=");
    assert_string_equal(
        subject_of("A subject that is long enough to need a second line, which begins with a space "
                   "and goes on until it needs a third line to hold the whole of it all"),
        "A subject that is long enough to need a second line, which begins\r\n"
        " with a space and goes on until it needs a third line to hold the whole of\r\n it all");
    /* characters are never split, whatever their place on the line */
    for (size_t pad = 0; pad < 80; pad++) {
        char text[400];
        memset(text, 'x', pad);
        memcpy(text + pad, "ñ€😎 ñ€😎 ñ€😎 ñ€😎 ñ€😎 ñ€😎 ñ€😎 ñ€😎 ñ€😎", 90);
        text[pad + 90] = '\0';
        const char *raw = subject_of(text);
        for (pn_str rest = pn_str_of(raw), line; pn_str_split(&rest, '\n', &line);) {
            assert_true(line.len <= 77);
        }
        pn_str header = mime_read(&arena, pn_buf_str(&out)).header;
        assert_str(mime_text(&arena, mime_field(&arena, header, "Subject")), text);
    }
    pn_mime_message message = least();
    message.subject = PN_STR("");
    assert_null(mime_field(&arena, mime_read(&arena, written(&message)).header, "Subject").ptr);
}

static void mime_writes_addresses(void **state) {
    (void)state;
    assert_string_equal(to_of("", "a@b.example"), "a@b.example");
    assert_string_equal(to_of("Ana Mayor", "a@b.example"), "Ana Mayor <a@b.example>");
    assert_string_equal(to_of("Mayor, Ana", "a@b.example"), "\"Mayor, Ana\" <a@b.example>");
    assert_string_equal(to_of("J. \"X\" \\", "a@b.example"), "\"J. \\\"X\\\" \\\\\" <a@b.example>");
    assert_string_equal(to_of(" a  b", "a@b.example"), "\" a  b\" <a@b.example>");
    assert_string_equal(to_of("Núñez, Ana María", "a@b.example"),
                        "=?UTF-8?B?TsO6w7FleiwgQW5hIE1hcsOtYQ==?= <a@b.example>");
    assert_string_equal(to_of("=?UTF-8?Q?x?=", "a@b.example"),
                        "=?UTF-8?B?PT9VVEYtOD9RP3g/PQ==?= <a@b.example>");
    assert_string_equal(to_of("x", "\"a b,c\"@[192.0.2.1]"), "x <\"a b,c\"@[192.0.2.1]>");
    static const pn_mime_address many[] = {
        {LIT("Departamento de Compras"), LIT("compras@distribuciones.example")},
        {LIT(""), LIT("pagos@distribuciones.example")},
        {LIT("Peña"), LIT("pena@distribuciones.example")},
        {LIT(""), LIT("x@example.com")},
    };
    pn_mime_message message = least();
    message.to = (pn_mime_addresses){many, 4};
    message.cc = (pn_mime_addresses){many + 3, 1};
    message.reply_to = (pn_mime_addresses){many + 1, 1};
    message.sender = many[3];
    assert_string_equal(raw_field(&message, "To"),
                        "Departamento de Compras <compras@distribuciones.example>,\r\n"
                        " pagos@distribuciones.example,\r\n"
                        " =?UTF-8?B?UGXDsWE=?= <pena@distribuciones.example>, x@example.com");
    assert_string_equal(raw_field(&message, "Cc"), "x@example.com");
    assert_string_equal(raw_field(&message, "Reply-To"), "pagos@distribuciones.example");
    assert_string_equal(raw_field(&message, "Sender"), "x@example.com");
    message.to.count = 0;
    message.cc.count = 0;
    assert_string_equal(raw_field(&message, "To"), "undisclosed-recipients:;");
}

static void mime_knows_addresses(void **state) {
    (void)state;
    static const char *const GOOD[] = {
        "a@b",       "a.b+c@d-e.example", "o'neil/x=1@b",        "ñ@españa.es",
        "\"a@b\"@c", "\"a\\\"b\"@c",      "a@[IPv6:2001:db8::1]"};
    static const char *const BAD[] = {
        "",          "a",           "@b",         "a@",     "a@b@c",  "a b@c",    "a@b c",
        "a@b>,<c@d", "<a@b>",       "a@b,c@d",    ".a@b",   "a.@b",   "a@.b",     "a@b.",
        "a..b@c",    "a@b\r\nX: y", "a\n@b",      "a@b;c",  "\"a@b",  "\"a\"b@c", "a@[b\r\n]",
        "a@[x] y",   "a@\xFF",      "\"a\nb\"@c", "a(x)@b", "a@b(x)", "a:b@c",    "a@b\x7F"};
    for (size_t i = 0; i < PN_COUNT(GOOD); i++) {
        assert_true(pn_mime_is_address(pn_str_of(GOOD[i])));
    }
    for (size_t i = 0; i < PN_COUNT(BAD); i++) {
        if (pn_mime_is_address(pn_str_of(BAD[i]))) {
            print_error("“%s” is taken for an address\n", BAD[i]);
            fail();
        }
    }
    assert_false(pn_mime_is_address((pn_str){"a\0b@c", 5}));
    char long_address[300] = "a@";
    memset(long_address + 2, 'b', sizeof long_address - 2);
    assert_true(pn_mime_is_address((pn_str){long_address, PN_LIMIT_EMAIL_BYTES}));
    assert_false(pn_mime_is_address((pn_str){long_address, PN_LIMIT_EMAIL_BYTES + 1}));
}

static void mime_threads(void **state) {
    (void)state;
    pn_str ids[30];
    for (int i = 0; i < 30; i++) {
        ids[i] = pn_str_format(&arena, "%d.thread@example.com", i);
    }
    pn_mime_message message = least();
    message.in_reply_to = ids[2];
    message.references = ids;
    message.references_count = 3;
    assert_string_equal(raw_field(&message, "In-Reply-To"), "<2.thread@example.com>");
    assert_string_equal(raw_field(&message, "References"),
                        "<0.thread@example.com> <1.thread@example.com>\r\n"
                        " <2.thread@example.com>");
    message.references_count = 20;
    assert_non_null(strstr(raw_field(&message, "References"), "<1.thread"));
    message.references_count = 30;
    const char *chain = raw_field(&message, "References");
    assert_non_null(strstr(chain, "<0.thread@example.com> <11.thread@example.com>"));
    assert_null(strstr(chain, "<10.thread"));
    assert_non_null(strstr(chain, "<29.thread"));
    static const char *const BAD[] = {"", "a", "<a@b>", "a@b c", "a@b\r\n", "ñ@b", "@b", "a@"};
    for (size_t i = 0; i < PN_COUNT(BAD); i++) {
        assert_false(pn_mime_is_message_id(pn_str_of(BAD[i])));
        ids[1] = pn_str_of(BAD[i]);
        message.references_count = 3;
        refused(&message, PN_INVALID, "references[1]");
    }
    message = least();
    message.message_id = PN_STR("");
    refused(&message, PN_INVALID, "message_id");
}

static void mime_folds_other_fields(void **state) {
    (void)state;
    pn_mime_header headers[] = {
        {LIT("List-Unsubscribe"),
         LIT("<https://example.com/u/0123456789012345678901234567890123456789>, "
             "<mailto:out@example.com>")},
        {LIT("X-Note"), LIT("  señal  ")},
        {LIT("X-Blank"), LIT("")},
    };
    pn_mime_message message = least();
    message.headers = headers;
    message.headers_count = 3;
    assert_string_equal(raw_field(&message, "List-Unsubscribe"),
                        "<https://example.com/u/0123456789012345678901234567890123456789>"
                        ",\r\n <mailto:out@example.com>");
    assert_string_equal(raw_field(&message, "X-Note"), "=?UTF-8?B?c2XDsWFs?=");
    assert_string_equal(raw_field(&message, "X-Blank"), "");
    headers[1] = (pn_mime_header){
        PN_STR("X-A-Name-So-Long-That-No-Encoded-Word-Fits-Into-The-Line-Behind-It"), PN_STR("ñ")};
    assert_string_equal(raw_field(&message, headers[1].name.ptr), "\r\n =?UTF-8?B?w7E=?=");
    headers[1] = (pn_mime_header){PN_STR("X-A"), PN_STR("a\tb")};
    refused(&message, PN_INVALID, "headers[1]");
    char word[1000];
    memset(word, 'w', sizeof word);
    headers[1].value = (pn_str){word, 901};
    refused(&message, PN_LIMIT, "headers[1]");
    static const char *const OWN[] = {
        "From", "BCC", "content-type", "Content-X", "Subject", "mime-version",
        "date", "X y", "X:",           "",          "X\r\nY",  "Ñ"};
    for (size_t i = 0; i < PN_COUNT(OWN); i++) {
        headers[1] = (pn_mime_header){pn_str_of(OWN[i]), PN_STR("x")};
        refused(&message, PN_INVALID, "headers[1]");
    }
}

static void mime_names_files(void **state) {
    (void)state;
    pn_mime_file file = {.content_type = PN_STR("application/pdf"), .bytes = PN_STR("x")};
    pn_mime_message message = least();
    message.attachments = &file;
    message.attachments_count = 1;
    static const struct {
        const char *name;
        const char *plain;
        const char *disposition;
    } FILES[] = {
        {"F 1.pdf", "F 1.pdf", "attachment; filename=\"F 1.pdf\""},
        {"Facturación Ñandú.pdf", "Facturacion Nandu.pdf",
         "attachment;\r\n filename*=UTF-8''Facturaci%C3%B3n%20%C3%91and%C3%BA.pdf"},
        {"Straße, n.º 5 ½", "Strasse, n._ 5 _",
         "attachment;\r\n filename*=UTF-8''Stra%C3%9Fe%2C%20n.%C2%BA%205%20%C2%BD"},
        {"a\"b.pdf", "a_b.pdf", "attachment; filename*=UTF-8''a%22b.pdf"},
        {"../x\\y.pdf", ".._x_y.pdf", "attachment; filename=\".._x_y.pdf\""},
        {"e\xCC\x81/.pdf", "e_.pdf", "attachment; filename*=UTF-8''e%CC%81_.pdf"},
    };
    for (size_t i = 0; i < PN_COUNT(FILES); i++) {
        file.file_name = pn_str_of(FILES[i].name);
        assert_string_equal(raw_field(&message, "Content-Disposition"), FILES[i].disposition);
        mime_part file_part = mime_read(&arena, pn_buf_str(&out)).parts[1];
        pn_str type = mime_field(&arena, file_part.header, "Content-Type");
        assert_str(mime_parameter(&arena, type, "name"), FILES[i].plain);
    }
    file.file_name = pn_str_of("Übersicht über alle offenen Rechnungen des vergangenen Jahres und "
                               "der ersten Monate dieses Jahres (geprüft).xlsx");
    const char *raw = raw_field(&message, "Content-Disposition");
    assert_non_null(strstr(raw, ";\r\n filename*0*=UTF-8''%C3%9Cbersicht%20"));
    assert_non_null(strstr(raw, ";\r\n filename*1*="));
    mime_part root = mime_read(&arena, pn_buf_str(&out));
    pn_str value = mime_field(&arena, root.parts[1].header, "Content-Disposition");
    assert_true(pn_str_eq(mime_parameter(&arena, value, "filename"), file.file_name));
    char long_name[256];
    memset(long_name, 'n', sizeof long_name);
    file.file_name = (pn_str){long_name, 256};
    refused(&message, PN_LIMIT, "attachments[0]");
}

/* ── injection ── */

static void mime_lets_nothing_in(void **state) {
    (void)state;
    static const pn_str BAD[] = {LIT("a\r\nBcc: x@y"), LIT("a\nb"), LIT("a\rb"), LIT("a\0b"),
                                 LIT("\xC3(")};
    for (size_t i = 0; i < PN_COUNT(BAD); i++) {
        pn_mime_message message = least();
        message.subject = BAD[i];
        refused(&message, PN_INVALID, "subject");
        message = least();
        message.from.name = BAD[i];
        refused(&message, PN_INVALID, "from[0]");
        message = least();
        message.from.address = BAD[i];
        refused(&message, PN_INVALID, "from[0]");
        message = least();
        pn_mime_address people[] = {ANA[0], {BAD[i], ANA[0].address}};
        message.cc = (pn_mime_addresses){people, 2};
        refused(&message, PN_INVALID, "cc[1]");
        message = least();
        message.message_id = BAD[i];
        refused(&message, PN_INVALID, "message_id");
        message = least();
        message.in_reply_to = BAD[i];
        refused(&message, PN_INVALID, "in_reply_to");
        pn_mime_header header = {PN_STR("X-A"), BAD[i]};
        message = least();
        message.headers = &header;
        message.headers_count = 1;
        refused(&message, PN_INVALID, "headers[0]");
        pn_mime_file file = {.file_name = BAD[i]};
        message = least();
        message.attachments = &file;
        message.attachments_count = 1;
        refused(&message, PN_INVALID, "attachments[0]");
        file = (pn_mime_file){.content_type = BAD[i]};
        refused(&message, PN_INVALID, "attachments[0]");
        file = (pn_mime_file){.content_id = BAD[i]};
        message.inlines = &file;
        message.inlines_count = 1;
        refused(&message, PN_INVALID, "inlines");
        message.html = PN_STR("x");
        refused(&message, PN_INVALID, "inlines[0]");
    }
    static const char *const TYPES[] = {
        "pdf", "/x", "a/", "a/b c", "a b/c", "a/b,x", "message/rfc822", "Multipart/mixed"};
    for (size_t i = 0; i < PN_COUNT(TYPES); i++) {
        pn_mime_file file = {.content_type = pn_str_of(TYPES[i])};
        pn_mime_message message = least();
        message.attachments = &file;
        message.attachments_count = 1;
        refused(&message, PN_INVALID, "attachments[0]");
    }
}

static void mime_keeps_to_the_size_given(void **state) {
    (void)state;
    pn_mime_message message = least();
    message.subject = PN_STR("Señal de que la factura está pendiente");
    pn_mime_file file = {.file_name = PN_STR("ñandú ñandú ñandú ñandú ñandú ñandú ñandú ñandú"),
                         .bytes = PN_STR("0123456789012345678901234567890123456789")};
    message.attachments = &file;
    message.attachments_count = 1;
    size_t whole = written(&message).len;
    for (size_t max = 0; max < whole; max++) {
        pn_buf small;
        pn_buf_init(&small, max);
        assert_int_equal(pn_mime_write(&message, &small, &diag), PN_LIMIT);
        assert_int_equal(small.len, 0);
        pn_buf_done(&small);
    }
}

/* ── bodies ── */

static const char *encoding_of(pn_str text) {
    pn_mime_survey survey = pn_mime_survey_of(text);
    return pn_mime_encoding_name(pn_mime_choose(&survey, text));
}

static const char *quoted_of(const char *text) {
    pn_mime_survey survey = pn_mime_survey_of(pn_str_of(text));
    pn_buf_clear(&out);
    pn_mime_add_text(&out, PN_MIME_QUOTED_PRINTABLE, &survey, pn_str_of(text));
    return pn_str_z(&arena, pn_buf_str(&out));
}

static void mime_chooses_encodings(void **state) {
    (void)state;
    char line[80];
    memset(line, 'a', sizeof line);
    assert_string_equal(encoding_of(PN_STR("")), "7bit");
    assert_string_equal(encoding_of(PN_STR("plain\ttext\r\n.\r\n")), "7bit");
    assert_string_equal(encoding_of((pn_str){line, 76}), "7bit");
    assert_string_equal(encoding_of((pn_str){line, 77}), "quoted-printable");
    assert_string_equal(encoding_of(PN_STR("a\n.\nb\n")), "7bit");
    assert_string_equal(encoding_of(PN_STR("bare\rreturn")), "quoted-printable");
    assert_string_equal(encoding_of(PN_STR("x\nFrom here")), "quoted-printable");
    assert_string_equal(encoding_of(PN_STR("From here")), "quoted-printable");
    assert_string_equal(encoding_of(PN_STR("x From here\nFrom")), "7bit");
    assert_string_equal(encoding_of(PN_STR("--=_a_0123456789abcdef")), "quoted-printable");
    assert_string_equal(encoding_of(PN_STR("a = b")), "7bit");
    assert_string_equal(encoding_of(PN_STR("España")), "quoted-printable");
    assert_string_equal(encoding_of(PN_STR("Счёт на оплату")), "base64");
    assert_string_equal(encoding_of((pn_str){"a\0b", 3}), "quoted-printable");
}

static void mime_quotes_printables(void **state) {
    (void)state;
    assert_string_equal(quoted_of("a=b\tc \t\nd\r\ne\rf \n"), "a=3Db\tc =09\r\nd\r\ne\r\nf=20\r\n");
    assert_string_equal(quoted_of("From me\nFrom you\rFrom us"),
                        "=46rom me\r\n=46rom you\r\n=46rom us\r\n");
    assert_string_equal(quoted_of("€\x7F\x01"), "=E2=82=AC=7F=01\r\n");
    assert_string_equal(
        quoted_of("123456789012345678901234567890123456789012345678901234567890123456789012345"),
        "123456789012345678901234567890123456789012345678901234567890123456789012345\r\n");
    assert_string_equal(
        quoted_of("1234567890123456789012345678901234567890123456789012345678901234567890123456"),
        "123456789012345678901234567890123456789012345678901234567890123456789012345=\r\n6\r\n");
    assert_string_equal(
        quoted_of("123456789012345678901234567890123456789012345678901234567890123456789012345"
                  "From "),
        "123456789012345678901234567890123456789012345678901234567890123456789012345=\r\n"
        "=46rom=20\r\n");
    assert_string_equal(
        quoted_of("1234567890123456789012345678901234567890123456789012345678901234567890123 "),
        "1234567890123456789012345678901234567890123456789012345678901234567890123=\r\n=20\r\n");
    assert_string_equal(
        quoted_of("1234567890123456789012345678901234567890123456789012345678901234567890123=x"),
        "1234567890123456789012345678901234567890123456789012345678901234567890123=\r\n=3Dx\r\n");
}

static void mime_writes_base64(void **state) {
    (void)state;
    /* RFC 4648, section 10 */
    static const char *const VECTORS[][2] = {{"", ""},
                                             {"f", "Zg=="},
                                             {"fo", "Zm8="},
                                             {"foo", "Zm9v"},
                                             {"foob", "Zm9vYg=="},
                                             {"fooba", "Zm9vYmE="},
                                             {"foobar", "Zm9vYmFy"}};
    for (size_t i = 0; i < PN_COUNT(VECTORS); i++) {
        char text[16];
        size_t len = pn_mime_base64(VECTORS[i][0], strlen(VECTORS[i][0]), text);
        assert_int_equal(len, pn_mime_base64_size(strlen(VECTORS[i][0])));
        assert_str(((pn_str){text, len}), VECTORS[i][1]);
    }
    char bytes[256];
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (char)i;
    }
    for (size_t len = 0; len <= sizeof bytes; len++) {
        pn_buf_clear(&out);
        pn_mime_add_base64(&out, (pn_str){bytes, len});
        pn_str back = mime_base64_decode(&arena, pn_buf_str(&out));
        assert_true(pn_str_eq(back, (pn_str){bytes, len}));
    }
}

/* ── anything comes back as it was ── */

static pn_str random_text(pn_random *random, size_t pieces) {
    static const char *const PIECES[] = {
        "a",     "palabra ", "ñ",       "€",
        "😎",     "\n",       "\r\n",    "\r",
        " ",     "\t",       "=",       "=_",
        "--",    ".",        "From",    "F",
        "x",     "\n.",      "\nFrom ", "--=_a_",
        "From ", "\x7F",     "\x01",    "línea de texto bastante larga para doblarse "};
    pn_buf text;
    pn_buf_init(&text, 1 << 20);
    uint64_t kinds = 1 + pn_random_below(random, PN_COUNT(PIECES));
    for (size_t i = 0; i < pieces; i++) {
        pn_buf_add_z(&text, PIECES[pn_random_below(random, kinds)]);
    }
    pn_str copy = pn_str_dup(&arena, pn_buf_str(&text));
    pn_buf_done(&text);
    return copy;
}

static void mime_comes_back_as_it_was(void **state) {
    (void)state;
    pn_random random = pn_random_for(11, PN_STR("mime round trip"));
    for (int round = 0; round < 3000; round++) {
        pn_mime_message message = least();
        message.text = random_text(&random, 1 + pn_random_below(&random, 120));
        if (round % 2 == 0) {
            message.html = random_text(&random, 1 + pn_random_below(&random, 400));
        }
        pn_mime_file file = {.bytes = random_text(&random, pn_random_below(&random, 60)),
                             .file_name = PN_STR("ñ.bin")};
        message.attachments = &file;
        message.attachments_count = round % 3 == 0;
        mime_part root = mime_read(&arena, written(&message));
        const mime_part *body = message.attachments_count != 0 ? &root.parts[0] : &root;
        if (message.attachments_count != 0) {
            assert_int_equal(root.count, 2);
            assert_true(pn_str_eq(root.parts[1].content, file.bytes));
        }
        if (message.html.len != 0) {
            assert_int_equal(body->count, 2);
            assert_true(mime_content_is(&arena, &body->parts[1], message.html));
            body = &body->parts[0];
        }
        assert_true(mime_content_is(&arena, body, message.text));
        assert_int_equal(pn_str_find(body->body, PN_STR("\r\nFrom ")), SIZE_MAX);
        pn_arena_reset(&arena);
    }
}

/* ── run ── */

int main(void) {
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(mime_writes_plain_text),  TEST(mime_nests_what_there_is),
        TEST(mime_is_repeatable),      TEST(mime_writes_dates),
        TEST(mime_encodes_subjects),   TEST(mime_writes_addresses),
        TEST(mime_knows_addresses),    TEST(mime_threads),
        TEST(mime_folds_other_fields), TEST(mime_names_files),
        TEST(mime_lets_nothing_in),    TEST(mime_keeps_to_the_size_given),
        TEST(mime_chooses_encodings),  TEST(mime_quotes_printables),
        TEST(mime_writes_base64),      TEST(mime_comes_back_as_it_was),
#undef TEST
    };
    return cmocka_run_group_tests_name("format_mime", tests, NULL, NULL);
}
