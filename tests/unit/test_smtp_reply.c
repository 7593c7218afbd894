/* What goes in and out of an SMTP session: messages that may be sent, replies as they are read. */
#include "unit.h"

#include <string.h>

#include "net/smtp_message.h"
#include "net/smtp_reply.h"

/* ── messages ── */

static void content_that_could_be_misread_does_not_pass(void **state) {
    (void)state;
    static char longest[1100];
    memset(longest, 'x', sizeof longest);
    memcpy(longest, "A: b\r\n\r\n", 8);
    static const struct {
        const char *content;
        pn_smtp_check check;
    } cases[] = {
        {"A: b\r\n\r\nc\r\n", PN_SMTP_FINE},
        {"A: b\r\n\r\n", PN_SMTP_FINE},
        {"", PN_SMTP_BAD_CONTENT},
        {"A: b\r\n\r\nc", PN_SMTP_BAD_CONTENT},
        {"A: b\r\n\r\nc\n.\nMAIL\r\n", PN_SMTP_BAD_CONTENT},
        {"A: b\r\n\r\nc\r.\rMAIL\r\n", PN_SMTP_BAD_CONTENT},
        {"A: b\n\nc\n", PN_SMTP_BAD_CONTENT},
        {"A: b\r\n\r\nc\r\r\n", PN_SMTP_BAD_CONTENT},
        {"A: b\r\n\r\nc\r\n\r", PN_SMTP_BAD_CONTENT},
    };
    for (size_t i = 0; i < PN_COUNT(cases); i++) {
        pn_smtp_message m = {.recipient = PN_STR("a@b.example"),
                             .content = pn_str_of(cases[i].content)};
        assert_int_equal(pn_smtp_message_check(&m), cases[i].check);
    }
    pn_smtp_message m = {.recipient = PN_STR("a@b.example"), .content = PN_STR("a\0b\r\n")};
    assert_int_equal(pn_smtp_message_check(&m), PN_SMTP_BAD_CONTENT);
    memcpy(longest + 8 + 998, "\r\n", 2);
    m.content = (pn_str){longest, 8 + 998 + 2};
    assert_int_equal(pn_smtp_message_check(&m), PN_SMTP_FINE);
    memcpy(longest + 8 + 998, "x\r\n", 3);
    m.content = (pn_str){longest, 8 + 999 + 2};
    assert_int_equal(pn_smtp_message_check(&m), PN_SMTP_BAD_CONTENT);
}

static void addresses_cannot_break_out_of_their_command(void **state) {
    (void)state;
    static const char *const good[] = {
        "a@b.example",          "a.b+c_d-e=f@b-c.example", "ni\xC3\xB1o@x.example",
        "\"a b\"@x.example",    "\"a\\\"b\"@x.example",    "a@[192.0.2.1]",
        "a@[IPv6:2001:db8::1]", "o'hara@x.example",        "a..b@docomo.example",
        "a@localhost",
    };
    static const char *const bad[] = {
        "",
        "a",
        "@b",
        "a@",
        "a b@x.example",
        "a@x.example>",
        "<a@x.example>",
        "a@x.example\r\nRCPT TO:<b@x.example",
        "\"a\r\nb\"@x.example",
        "\"a\"b\"@x.example",
        "\"a@x.example",
        "a@x example",
        "a@.x",
        "a@-x",
        "a,b@x.example",
        "a@\xFF.example",
        "a@x.example;b",
    };
    pn_smtp_message m = {.content = PN_STR("A: b\r\n")};
    for (size_t i = 0; i < PN_COUNT(good); i++) {
        m.recipient = m.sender = pn_str_of(good[i]);
        if (pn_smtp_message_check(&m) != PN_SMTP_FINE) {
            fail_msg("%s is refused", good[i]);
        }
    }
    for (size_t i = 0; i < PN_COUNT(bad); i++) {
        m.sender = PN_STR_NONE;
        m.recipient = pn_str_of(bad[i]);
        if (pn_smtp_message_check(&m) != PN_SMTP_BAD_RECIPIENT) {
            fail_msg("%s is accepted", bad[i]);
        }
    }
    m.sender = PN_STR("a b@x.example");
    assert_int_equal(pn_smtp_message_check(&m), PN_SMTP_BAD_SENDER);
}

static void dots_are_doubled_whatever_the_room(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {".\r\n", "..\r\n"},
        {"a\r\n.\r\n", "a\r\n..\r\n"},
        {".a\r\n..b\r\nc.\r\n.\r\n", "..a\r\n...b\r\nc.\r\n..\r\n"},
        {"no dots\r\n", "no dots\r\n"},
    };
    for (size_t i = 0; i < PN_COUNT(cases); i++) {
        for (size_t room = 1; room < 30; room++) {
            pn_smtp_message m = {.recipient = PN_STR("a@b"), .content = pn_str_of(cases[i][0])};
            assert_int_equal(pn_smtp_message_check(&m), PN_SMTP_FINE);
            pn_buf out;
            pn_buf_init(&out, 1000);
            for (size_t at = 0; at < m.content.len;) {
                size_t before = at;
                pn_smtp_message_copy(&m, &at, &out, room);
                assert_true(at > before);
            }
            assert_str(pn_buf_str(&out), cases[i][1]);
            pn_buf_done(&out);
        }
    }
}

/* ── replies ── */

static void replies_are_read_whole_or_not_at_all(void **state) {
    (void)state;
    static const char *const whole = "250-a\r\n250-b\r\n250 c\r\n";
    pn_smtp_reply reply;
    size_t size = 0;
    for (size_t len = 0; len < strlen(whole); len++) {
        assert_int_equal(pn_smtp_reply_parse((pn_str){whole, len}, &reply, &size), PN_NOT_FOUND);
    }
    assert_int_equal(pn_smtp_reply_parse(pn_str_of(whole), &reply, &size), PN_OK);
    assert_int_equal(size, strlen(whole));
    assert_int_equal(reply.code, 250);
    assert_int_equal(pn_smtp_reply_parse(PN_STR("221\n"), &reply, &size), PN_OK);
    assert_int_equal(size, 4);
    assert_int_equal(pn_smtp_reply_parse(PN_STR("250-a\r\n550 b\r\n"), &reply, &size), PN_OK);
    assert_int_equal(reply.code, 550);
    assert_int_equal(pn_smtp_reply_parse(PN_STR("250-a\r\nb\r\n"), &reply, &size), PN_INVALID);
    assert_int_equal(pn_smtp_reply_parse(PN_STR("150 a\r\n"), &reply, &size), PN_INVALID);
}

static void answers_are_made_printable(void **state) {
    (void)state;
    static const char *const cases[][3] = {
        {"550 5.1.1 <a@b>: no\r\n", "5.1.1", "550 5.1.1 <a@b>: no"},
        {"550-5.7.26 one\r\n550-5.7.26 two\r\n550 5.7.26 three\r\n", "5.7.26",
         "550 5.7.26 one two three"},
        {"421\r\n", "", "421"},
        {"250 ok\r\n", "", "250 ok"},
        {"550 5.1 no\r\n", "", "550 5.1 no"},
        {"550 5.1.1234 no\r\n", "", "550 5.1.1234 no"},
        {"550 a\x1B[31mb\x07\xFF\t\xC3\xB1\r\n", "", "550 a?[31mb?? \xC3\xB1"},
    };
    for (size_t i = 0; i < PN_COUNT(cases); i++) {
        pn_smtp_reply reply;
        pn_smtp_answer answer;
        size_t size = 0;
        assert_int_equal(pn_smtp_reply_parse(pn_str_of(cases[i][0]), &reply, &size), PN_OK);
        pn_smtp_answer_of(&reply, &answer);
        assert_string_equal(answer.status, cases[i][1]);
        assert_string_equal(answer.text, cases[i][2]);
    }
}

static void queue_ids_are_found(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"250 2.0.0 Ok: queued as 4Zb1Xk2JqDz3", "4Zb1Xk2JqDz3"},
        {"250 OK id=1rAbCd-0001Ab-2x", "1rAbCd-0001Ab-2x"},
        {"250 2.0.0 3AGH1x4d012345 Message accepted for delivery", "3AGH1x4d012345"},
        {"250 2.6.0 <x@y> [InternalId=123456789, Hostname=h] Queued mail for delivery",
         "123456789"},
        {"250 Ok 0100018c2f3a-5b-000000", "0100018c2f3a-5b-000000"},
        {"250 2.0.0 Ok", ""},
        {"250 Ok thanks", ""},
    };
    for (size_t i = 0; i < PN_COUNT(cases); i++) {
        pn_smtp_answer answer = pn_smtp_answer_own("", cases[i][0]);
        char id[PN_SMTP_QUEUE_ID_SIZE];
        pn_smtp_queue_id(&answer, id);
        assert_string_equal(id, cases[i][1]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(content_that_could_be_misread_does_not_pass),
        cmocka_unit_test(addresses_cannot_break_out_of_their_command),
        cmocka_unit_test(dots_are_doubled_whatever_the_room),
        cmocka_unit_test(replies_are_read_whole_or_not_at_all),
        cmocka_unit_test(answers_are_made_printable),
        cmocka_unit_test(queue_ids_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
