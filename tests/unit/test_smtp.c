/* The SMTP session, word by word: replies go in, what it writes and tells comes out. */
#include "unit.h"

#include <string.h>

#include "base/limits.h"
#include "net/smtp.h"

/* ── a dialogue ── */

enum { MESSAGES_MAX = 8 };

typedef struct {
    pn_smtp_options options;
    pn_smtp *smtp;
    pn_smtp_message messages[MESSAGES_MAX];
    size_t offered, count;
    pn_buf out, told;
    uint64_t sent;
    bool stuck; /* what is written stays unsent */
} dialogue;

static char name_of(const dialogue *d, const pn_smtp_message *message) {
    return (char)('a' + (message - d->messages));
}

static pn_smtp_message *next(void *context) {
    dialogue *d = context;
    return d->offered < d->count ? &d->messages[d->offered++] : NULL;
}

static void answered(void *context, pn_smtp_message *message, pn_smtp_stage stage,
                     const pn_smtp_answer *answer) {
    static const char *const stages[] = {"greeting", "hello", "tls",  "auth",
                                         "mail",     "rcpt",  "data", "content"};
    dialogue *d = context;
    pn_buf_add_format(&d->told, "%c %s %u %s\n", name_of(d, message), stages[stage], answer->code,
                      answer->status);
}

static void lost(void *context, pn_smtp_message *message, bool transmitted) {
    dialogue *d = context;
    pn_buf_add_format(&d->told, "%c %s\n", name_of(d, message),
                      transmitted ? "uncertain" : "unsent");
}

static const pn_smtp_owner OWNER = {.next = next, .answered = answered, .lost = lost};

static void begin(dialogue *d, size_t count) {
    *d = (dialogue){.count = count};
    d->options = (pn_smtp_options){.helo = PN_STR("we.example"), .messages_max = 100};
    pn_buf_init(&d->out, 1 << 20);
    pn_buf_init(&d->told, 10000);
    static const char *const to[] = {"a@x.example", "b@x.example", "c@x.example", "d@x.example"};
    for (size_t i = 0; i < count; i++) {
        d->messages[i] = (pn_smtp_message){.sender = PN_STR("s@we.example"),
                                           .recipient = pn_str_of(to[i % 4]),
                                           .content = PN_STR("Subject: x\r\n\r\nhi\r\n")};
        assert_int_equal(pn_smtp_message_check(&d->messages[i]), PN_SMTP_FINE);
    }
    d->smtp = pn_smtp_new(&d->options, &OWNER, d);
    pn_smtp_begin(d->smtp, false, PN_STR("[127.0.0.1]"));
}

static void end(dialogue *d) {
    pn_smtp_free(d->smtp);
    pn_buf_done(&d->out);
    pn_buf_done(&d->told);
}

/* What it wrote since it was asked last; line ends shown as '|'. */
static const char *wrote(dialogue *d) {
    static char text[4096];
    pn_smtp_advance(d->smtp, &d->out, 65536);
    size_t len = 0;
    for (size_t i = 0; i < d->out.len && len + 1 < sizeof text; i++) {
        if (d->out.ptr[i] == '\n') {
            text[len++] = '|';
        } else if (d->out.ptr[i] != '\r') {
            text[len++] = d->out.ptr[i];
        }
    }
    text[len] = '\0';
    if (!d->stuck) {
        d->sent += d->out.len;
    }
    pn_buf_clear(&d->out);
    return text;
}

static pn_err hear(dialogue *d, const char *replies) {
    size_t consumed = 0;
    pn_str text = pn_str_of(replies);
    pn_err err = pn_smtp_receive(d->smtp, text, d->sent, &consumed);
    if (err == PN_OK && pn_smtp_state_of(d->smtp) != PN_SMTP_ENDED) {
        assert_int_equal(consumed, text.len);
    }
    return err;
}

#define says(d, replies, expected)                                                                 \
    do {                                                                                           \
        assert_int_equal(hear((d), (replies)), PN_OK);                                             \
        assert_string_equal(wrote(d), (expected));                                                 \
    } while (0)

static const char *told(dialogue *d) {
    static char text[4096];
    (void)snprintf(text, sizeof text, "%.*s", (int)d->told.len,
                   d->told.len == 0 ? "" : d->told.ptr);
    pn_buf_clear(&d->told);
    return text;
}

#define EHLO_ALL                                                                                   \
    "250-mx.example greets you\r\n250-PIPELINING\r\n250-SIZE 1000000\r\n250-8BITMIME\r\n"          \
    "250-SMTPUTF8\r\n250 ENHANCEDSTATUSCODES\r\n"
#define GROUP(x) "MAIL FROM:<s@we.example> SIZE=18|RCPT TO:<" x "@x.example>|DATA|"
#define CONTENT "Subject: x||hi|.|"

/* Greeting and EHLO; leaves the first group written. */
static void open_pipelining(dialogue *d, const char *expected) {
    assert_string_equal(wrote(d), "");
    says(d, "220 mx.example\r\n", "EHLO we.example|");
    says(d, EHLO_ALL, expected);
}

static void open_plain(dialogue *d) {
    says(d, "220 mx\r\n", "EHLO we.example|");
    says(d, "250 mx\r\n", "MAIL FROM:<s@we.example>|");
}

/* ── the usual way ── */

static void messages_follow_each_other_in_one_group(void **state) {
    (void)state;
    dialogue d;
    begin(&d, 3);
    open_pipelining(&d, GROUP("a"));
    says(&d, "250 2.1.0 Ok\r\n", "");
    says(&d, "250 2.1.5 Ok\r\n", "");
    says(&d, "354 go\r\n", CONTENT GROUP("b"));
    says(&d, "250 2.0.0 Ok: queued as 1\r\n250 ok\r\n250 ok\r\n354 go\r\n", CONTENT GROUP("c"));
    assert_string_equal(told(&d), "a content 250 2.0.0\n");
    says(&d, "451 4.7.1 later\r\n250 ok\r\n250 ok\r\n354 go\r\n", CONTENT);
    says(&d, "250 ok\r\n", "");
    assert_string_equal(told(&d), "b content 451 4.7.1\nc content 250 \n");
    assert_false(pn_smtp_is_busy(d.smtp));
    assert_int_equal(pn_smtp_accepted(d.smtp), 2);
    pn_smtp_quit(d.smtp);
    assert_string_equal(wrote(&d), "QUIT|");
    says(&d, "221 bye\r\n", "");
    assert_int_equal(pn_smtp_state_of(d.smtp), PN_SMTP_ENDED);
    pn_smtp_end(d.smtp, d.sent);
    assert_string_equal(told(&d), "");
    end(&d);
}

static void without_pipelining_every_command_waits(void **state) {
    (void)state;
    dialogue d;
    begin(&d, 2);
    open_plain(&d);
    says(&d, "250 ok\r\n", "RCPT TO:<a@x.example>|");
    says(&d, "250 ok\r\n", "DATA|");
    says(&d, "354 go\r\n", CONTENT);
    says(&d, "250 ok\r\n", "MAIL FROM:<s@we.example>|");
    says(&d, "550 5.1.8 no\r\n", "");
    assert_string_equal(told(&d), "a content 250 \nb mail 550 5.1.8\n");
    end(&d);
}

static void the_last_message_of_a_connection_takes_quit_along(void **state) {
    (void)state;
    dialogue d;
    begin(&d, 3);
    d.options.messages_max = 2;
    open_pipelining(&d, GROUP("a"));
    says(&d, "250 ok\r\n250 ok\r\n354 go\r\n", CONTENT GROUP("b"));
    says(&d, "250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n", CONTENT "QUIT|");
    assert_int_equal(pn_smtp_state_of(d.smtp), PN_SMTP_QUITTING);
    says(&d, "250 ok\r\n221 bye\r\n", "");
    assert_int_equal(pn_smtp_state_of(d.smtp), PN_SMTP_ENDED);
    assert_string_equal(told(&d), "a content 250 \nb content 250 \n");
    assert_int_equal(d.offered, 2);
    end(&d);
}

/* ── refusals: every combination ── */

static void a_refused_recipient_with_accepted_data_ends_with_a_lone_dot(void **state) {
    (void)state;
    dialogue d;
    begin(&d, 2);
    open_pipelining(&d, GROUP("a"));
    says(&d, "250 ok\r\n550 5.1.1 unknown\r\n354 go\r\n", ".|");
    says(&d, "554 5.5.1 no valid recipients\r\n", GROUP("b"));
    assert_string_equal(told(&d), "a rcpt 550 5.1.1\n");
    says(&d, "250 ok\r\n250 ok\r\n354 go\r\n", CONTENT);
    says(&d, "250 ok\r\n", "");
    assert_string_equal(told(&d), "b content 250 \n");
    end(&d);
    /* the server may even accept the empty message: that changes nothing */
    begin(&d, 1);
    open_pipelining(&d, GROUP("a"));
    says(&d, "250 ok\r\n550 5.1.1 unknown\r\n354 go\r\n", ".|");
    says(&d, "250 2.0.0 Ok: queued\r\n", "");
    assert_string_equal(told(&d), "a rcpt 550 5.1.1\n");
    assert_int_equal(pn_smtp_accepted(d.smtp), 0);
    end(&d);
}

static void a_refused_recipient_with_refused_data_is_followed_by_rset(void **state) {
    (void)state;
    dialogue d;
    begin(&d, 2);
    open_pipelining(&d, GROUP("a"));
    says(&d, "250 ok\r\n450 4.2.1 greylisted\r\n", "");
    assert_string_equal(told(&d), "");
    says(&d, "503 5.5.1 need RCPT\r\n", "RSET|" GROUP("b"));
    assert_string_equal(told(&d), "a rcpt 450 4.2.1\n");
    says(&d, "250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n", CONTENT);
    says(&d, "250 ok\r\n", "");
    assert_string_equal(told(&d), "b content 250 \n");
    end(&d);
}

static void a_refused_sender_counts_and_not_what_follows(void **state) {
    (void)state;
    dialogue d;
    begin(&d, 1);
    open_pipelining(&d, GROUP("a"));
    says(&d, "550 5.7.1 not you\r\n503 5.5.1 MAIL first\r\n503 5.5.1 RCPT first\r\n", "");
    assert_string_equal(told(&d), "a mail 550 5.7.1\n");
    end(&d);
    begin(&d, 1);
    open_pipelining(&d, GROUP("a"));
    says(&d, "550 5.7.1 not you\r\n250 ok\r\n354 go\r\n", ".|");
    says(&d, "554 nothing\r\n", "");
    assert_string_equal(told(&d), "a mail 550 5.7.1\n");
    end(&d);
}

static void refused_data_is_the_messages_answer(void **state) {
    (void)state;
    dialogue d;
    begin(&d, 2);
    open_pipelining(&d, GROUP("a"));
    says(&d, "250 ok\r\n250 ok\r\n451 4.3.0 not now\r\n", "RSET|" GROUP("b"));
    assert_string_equal(told(&d), "a data 451 4.3.0\n");
    end(&d);
}

static void without_pipelining_refusals_save_the_rest(void **state) {
    (void)state;
    dialogue d;
    begin(&d, 2);
    open_plain(&d);
    says(&d, "250 ok\r\n", "RCPT TO:<a@x.example>|");
    says(&d, "550 5.1.1 unknown\r\n", "RSET|");
    assert_string_equal(told(&d), "a rcpt 550 5.1.1\n");
    says(&d, "250 ok\r\n", "MAIL FROM:<s@we.example>|");
    end(&d);
    begin(&d, 2);
    open_plain(&d);
    says(&d, "250 ok\r\n", "RCPT TO:<a@x.example>|");
    says(&d, "250 ok\r\n", "DATA|");
    says(&d, "554 5.7.1 no\r\n", "RSET|");
    assert_string_equal(told(&d), "a data 554 5.7.1\n");
    end(&d);
}

/* ── 421 and the end of connections ── */

static void a_421_ends_the_session_after_its_command(void **state) {
    (void)state;
    static const struct {
        const char *replies, *told;
    } cases[] = {
        {"421 4.3.2 closing\r\n", "a mail 421 4.3.2\n"},
        {"250 ok\r\n421 4.3.2 closing\r\n", "a rcpt 421 4.3.2\n"},
        {"250 ok\r\n250 ok\r\n421 4.3.2 closing\r\n", "a data 421 4.3.2\n"},
    };
    for (size_t i = 0; i < PN_COUNT(cases); i++) {
        dialogue d;
        begin(&d, 2);
        open_pipelining(&d, GROUP("a"));
        says(&d, cases[i].replies, "");
        assert_int_equal(pn_smtp_state_of(d.smtp), PN_SMTP_ENDED);
        pn_smtp_end(d.smtp, d.sent);
        assert_string_equal(told(&d), cases[i].told);
        pn_smtp_stage stage;
        assert_int_equal(pn_smtp_reason(d.smtp, &stage)->code, 421);
        end(&d);
    }
    dialogue d;
    begin(&d, 2);
    open_pipelining(&d, GROUP("a"));
    says(&d, "250 ok\r\n250 ok\r\n354 go\r\n", CONTENT GROUP("b"));
    says(&d, "421 4.3.2 closing\r\n", "");
    pn_smtp_end(d.smtp, d.sent);
    assert_string_equal(told(&d), "a content 421 4.3.2\nb unsent\n");
    end(&d);
}

static void only_a_dot_on_its_way_makes_a_message_uncertain(void **state) {
    (void)state;
    static const struct {
        uint64_t sent_of_content;
        const char *told;
    } cases[] = {
        {0, "a unsent\nb unsent\n"},
        {10, "a unsent\nb unsent\n"},
        {18, "a unsent\nb unsent\n"},    /* the content, but not its dot */
        {19, "a uncertain\nb unsent\n"}, /* the dot, but not its line end */
        {21, "a uncertain\nb unsent\n"},
        {100, "a uncertain\nb unsent\n"}, /* the next one's commands too */
    };
    for (size_t i = 0; i < PN_COUNT(cases); i++) {
        dialogue d;
        begin(&d, 2);
        open_pipelining(&d, GROUP("a"));
        assert_int_equal(hear(&d, "250 ok\r\n250 ok\r\n354 go\r\n"), PN_OK);
        uint64_t before = d.sent;
        assert_string_equal(wrote(&d), CONTENT GROUP("b"));
        pn_smtp_end(d.smtp, before + cases[i].sent_of_content);
        assert_string_equal(told(&d), cases[i].told);
        end(&d);
    }
}

static void a_refusal_stands_when_the_connection_breaks_after_it(void **state) {
    (void)state;
    dialogue d;
    begin(&d, 2);
    open_pipelining(&d, GROUP("a"));
    says(&d, "250 ok\r\n550 5.1.1 unknown\r\n", "");
    pn_smtp_end(d.smtp, d.sent);
    assert_string_equal(told(&d), "a rcpt 550 5.1.1\n");
    end(&d);
}

static void an_idle_connection_may_be_closed_with_a_421(void **state) {
    (void)state;
    dialogue d;
    begin(&d, 1);
    open_pipelining(&d, GROUP("a"));
    says(&d, "250 ok\r\n250 ok\r\n354 go\r\n", CONTENT);
    says(&d, "250 ok\r\n", "");
    says(&d, "421 4.4.2 idle too long\r\n", "");
    assert_int_equal(pn_smtp_state_of(d.smtp), PN_SMTP_ENDED);
    pn_smtp_end(d.smtp, d.sent);
    assert_string_equal(told(&d), "a content 250 \n");
    end(&d);
}

/* ── replies that come too early or make no sense ── */

static void a_refusal_during_the_content_is_taken(void **state) {
    (void)state;
    dialogue d;
    begin(&d, 2);
    open_pipelining(&d, GROUP("a"));
    assert_int_equal(hear(&d, "250 ok\r\n250 ok\r\n354 go\r\n"), PN_OK);
    d.stuck = true; /* the dot is written and not sent */
    (void)wrote(&d);
    says(&d, "552 5.3.4 too big\r\n", "");
    assert_int_equal(pn_smtp_state_of(d.smtp), PN_SMTP_ENDED);
    pn_smtp_end(d.smtp, d.sent);
    assert_string_equal(told(&d), "a content 552 5.3.4\nb unsent\n");
    end(&d);
    /* the dot is not even written */
    begin(&d, 1);
    open_pipelining(&d, GROUP("a"));
    assert_int_equal(hear(&d, "250 ok\r\n250 ok\r\n354 go\r\n"), PN_OK);
    pn_smtp_advance(d.smtp, &d.out, 5);
    says(&d, "552 5.3.4 too big\r\n", "Subje");
    pn_smtp_end(d.smtp, d.sent);
    assert_string_equal(told(&d), "a content 552 5.3.4\n");
    end(&d);
}

static void an_acceptance_before_the_dot_is_nonsense(void **state) {
    (void)state;
    dialogue d;
    begin(&d, 1);
    open_pipelining(&d, GROUP("a"));
    assert_int_equal(hear(&d, "250 ok\r\n250 ok\r\n354 go\r\n"), PN_OK);
    d.stuck = true;
    (void)wrote(&d);
    assert_int_equal(hear(&d, "250 ok\r\n"), PN_INVALID);
    pn_smtp_end(d.smtp, d.sent);
    assert_string_equal(told(&d), "a unsent\n");
    end(&d);
}

static void replies_nobody_asked_for_end_the_session(void **state) {
    (void)state;
    static const char *const cases[] = {
        "250 ok\r\n250 ok\r\n354 go\r\n250 one\r\n", /* the last before the content was sent */
        "250 ok\r\n250 ok\r\n250 no, 354 was due\r\n",
        "354 go\r\n",
        "250 ok\r\n354 go\r\n",
        "HTTP/1.1 400 Bad Request\r\n",
        "250_ok\r\n",
        "999 ok\r\n",
        "25 ok\r\n",
        "\r\n",
    };
    for (size_t i = 0; i < PN_COUNT(cases); i++) {
        dialogue d;
        begin(&d, 1);
        open_pipelining(&d, GROUP("a"));
        assert_int_equal(hear(&d, cases[i]), PN_INVALID);
        assert_int_equal(pn_smtp_state_of(d.smtp), PN_SMTP_ENDED);
        pn_smtp_end(d.smtp, d.sent);
        assert_string_equal(told(&d), "a unsent\n");
        end(&d);
    }
}

static void a_strange_answer_to_the_dot_leaves_it_uncertain(void **state) {
    (void)state;
    static const char *const cases[] = {"354 more\r\n", "hello\r\n"};
    for (size_t i = 0; i < PN_COUNT(cases); i++) {
        dialogue d;
        begin(&d, 1);
        open_pipelining(&d, GROUP("a"));
        says(&d, "250 ok\r\n250 ok\r\n354 go\r\n", CONTENT);
        assert_int_equal(hear(&d, cases[i]), PN_INVALID);
        pn_smtp_end(d.smtp, d.sent);
        assert_string_equal(told(&d), "a uncertain\n");
        end(&d);
    }
}

static void an_endless_reply_is_cut_off(void **state) {
    (void)state;
    static char endless[PN_LIMIT_SMTP_REPLY_BYTES + 100];
    dialogue d;
    for (int lines = 0; lines < 2; lines++) {
        for (size_t i = 0; i < sizeof endless - 1; i++) {
            endless[i] = lines != 0 ? "250-xxxx\r\n"[i % 10] : i < 4 ? "250 "[i] : 'x';
        }
        begin(&d, 1);
        open_pipelining(&d, GROUP("a"));
        assert_int_equal(hear(&d, endless), PN_LIMIT);
        end(&d);
    }
}

/* ── opening ── */

static void a_server_without_ehlo_gets_helo(void **state) {
    (void)state;
    dialogue d;
    begin(&d, 1);
    says(&d, "220-mx\r\n220 ready\r\n", "EHLO we.example|");
    says(&d, "502 what?\r\n", "HELO we.example|");
    says(&d, "250 mx\r\n", "MAIL FROM:<s@we.example>|");
    end(&d);
}

static void a_session_that_cannot_be_opened_says_why(void **state) {
    (void)state;
    dialogue d;
    pn_smtp_stage stage;
    begin(&d, 1);
    says(&d, "554 5.7.1 go away\r\n", "");
    assert_int_equal(pn_smtp_state_of(d.smtp), PN_SMTP_ENDED);
    assert_string_equal(pn_smtp_reason(d.smtp, &stage)->text, "554 5.7.1 go away");
    assert_int_equal(stage, PN_SMTP_STAGE_GREETING);
    pn_smtp_begin(d.smtp, false, PN_STR("[::1]"));
    assert_null(pn_smtp_reason(d.smtp, &stage));
    says(&d, "220 mx\r\n", "EHLO we.example|");
    says(&d, "421 4.7.0 busy\r\n", "");
    assert_int_equal(pn_smtp_reason(d.smtp, &stage)->code, 421);
    assert_int_equal(stage, PN_SMTP_STAGE_HELLO);
    assert_int_equal(d.offered, 0);
    end(&d);
}

static void without_a_name_we_greet_with_our_address(void **state) {
    (void)state;
    dialogue d;
    begin(&d, 0);
    d.options.helo = PN_STR_NONE;
    says(&d, "220 mx\r\n", "EHLO [127.0.0.1]|");
    end(&d);
}

static void starttls_forgets_what_was_announced_before(void **state) {
    (void)state;
    dialogue d;
    begin(&d, 1);
    d.options.starttls = PN_SMTP_STARTTLS_REQUIRED;
    says(&d, "220 mx\r\n", "EHLO we.example|");
    says(&d, "250-mx\r\n250-PIPELINING\r\n250 STARTTLS\r\n", "STARTTLS|");
    says(&d, "220 go\r\n", "");
    assert_int_equal(pn_smtp_state_of(d.smtp), PN_SMTP_WANTS_TLS);
    pn_smtp_secured(d.smtp);
    assert_string_equal(wrote(&d), "EHLO we.example|");
    says(&d, "250 mx\r\n", "MAIL FROM:<s@we.example>|");
    says(&d, "250 ok\r\n", "RCPT TO:<a@x.example>|"); /* PIPELINING is no more */
    end(&d);
}

static void what_comes_before_the_handshake_is_not_heard(void **state) {
    (void)state;
    dialogue d;
    begin(&d, 1);
    d.options.starttls = PN_SMTP_STARTTLS_REQUIRED;
    says(&d, "220 mx\r\n", "EHLO we.example|");
    says(&d, "250-mx\r\n250 STARTTLS\r\n", "STARTTLS|");
    assert_int_equal(hear(&d, "220 go\r\n250 injected\r\n"), PN_INVALID);
    end(&d);
}

static void starttls_is_required_or_not(void **state) {
    (void)state;
    dialogue d;
    pn_smtp_stage stage;
    begin(&d, 1);
    d.options.starttls = PN_SMTP_STARTTLS_REQUIRED;
    says(&d, "220 mx\r\n", "EHLO we.example|");
    says(&d, "250 mx\r\n", "");
    assert_int_equal(pn_smtp_state_of(d.smtp), PN_SMTP_ENDED);
    assert_string_equal(pn_smtp_reason(d.smtp, &stage)->status, "5.7.10");
    end(&d);
    begin(&d, 1);
    d.options.starttls = PN_SMTP_STARTTLS_OPPORTUNISTIC;
    says(&d, "220 mx\r\n", "EHLO we.example|");
    says(&d, "250-mx\r\n250 STARTTLS\r\n", "STARTTLS|");
    says(&d, "454 4.7.0 not now\r\n", "MAIL FROM:<s@we.example>|");
    end(&d);
    begin(&d, 1); /* but no password without it */
    d.options.starttls = PN_SMTP_STARTTLS_OPPORTUNISTIC;
    d.options.auth = PN_SMTP_AUTH_AUTO;
    d.options.user = PN_STR("u");
    d.options.secret = PN_STR("p");
    says(&d, "220 mx\r\n", "EHLO we.example|");
    says(&d, "250-mx\r\n250 AUTH PLAIN\r\n", "");
    assert_string_equal(pn_smtp_reason(d.smtp, &stage)->status, "5.7.11");
    end(&d);
}

/* ── login ── */

static void open_auth(dialogue *d, pn_smtp_auth auth, const char *secret) {
    begin(d, 1);
    d->options.auth = auth;
    d->options.auth_in_clear = true;
    d->options.user = PN_STR("ana@we.example");
    d->options.secret = pn_str_of(secret);
    says(d, "220 mx\r\n", "EHLO we.example|");
}

static void logins_are_spoken_as_written_down(void **state) {
    (void)state;
    dialogue d;
    open_auth(&d, PN_SMTP_AUTH_AUTO, "pencil");
    says(&d, "250-mx\r\n250 AUTH LOGIN PLAIN\r\n", "AUTH PLAIN AGFuYUB3ZS5leGFtcGxlAHBlbmNpbA==|");
    says(&d, "235 2.7.0 in\r\n", "MAIL FROM:<s@we.example>|");
    end(&d);
    open_auth(&d, PN_SMTP_AUTH_AUTO, "pencil");
    says(&d, "250-mx\r\n250 AUTH=LOGIN\r\n", "AUTH LOGIN|");
    says(&d, "334 VXNlcm5hbWU6\r\n", "YW5hQHdlLmV4YW1wbGU=|");
    says(&d, "334 UGFzc3dvcmQ6\r\n", "cGVuY2ls|");
    says(&d, "235 in\r\n", "MAIL FROM:<s@we.example>|");
    end(&d);
    open_auth(&d, PN_SMTP_AUTH_XOAUTH2, "token");
    says(&d, "250-mx\r\n250 AUTH XOAUTH2\r\n",
         "AUTH XOAUTH2 dXNlcj1hbmFAd2UuZXhhbXBsZQFhdXRoPUJlYXJlciB0b2tlbgEB|");
    says(&d, "334 eyJzdGF0dXMiOiI0MDEifQ==\r\n", "|");
    says(&d, "535 5.7.8 expired\r\n", "");
    pn_smtp_stage stage;
    assert_int_equal(pn_smtp_reason(d.smtp, &stage)->code, 535);
    assert_int_equal(stage, PN_SMTP_STAGE_AUTH);
    end(&d);
}

static void a_long_token_waits_for_its_challenge(void **state) {
    (void)state;
    static char token[2001];
    memset(token, 't', sizeof token - 1);
    dialogue d;
    open_auth(&d, PN_SMTP_AUTH_XOAUTH2, token);
    says(&d, "250-mx\r\n250 AUTH XOAUTH2\r\n", "AUTH XOAUTH2|");
    assert_int_equal(hear(&d, "334 \r\n"), PN_OK);
    assert_true(strlen(wrote(&d)) > 2600);
    says(&d, "235 in\r\n", "MAIL FROM:<s@we.example>|");
    end(&d);
}

static void a_login_that_is_not_offered_or_never_ends_is_given_up(void **state) {
    (void)state;
    dialogue d;
    pn_smtp_stage stage;
    open_auth(&d, PN_SMTP_AUTH_PLAIN, "pencil");
    says(&d, "250-mx\r\n250 AUTH CRAM-MD5\r\n", "");
    assert_string_equal(pn_smtp_reason(d.smtp, &stage)->status, "5.7.4");
    end(&d);
    open_auth(&d, PN_SMTP_AUTH_LOGIN, "pencil");
    says(&d, "250-mx\r\n250 AUTH LOGIN\r\n", "AUTH LOGIN|");
    says(&d, "334 a\r\n", "YW5hQHdlLmV4YW1wbGU=|");
    says(&d, "334 b\r\n", "cGVuY2ls|");
    says(&d, "334 c\r\n", "");
    assert_int_equal(pn_smtp_state_of(d.smtp), PN_SMTP_ENDED);
    end(&d);
}

/* ── what the server announces ── */

static void messages_the_server_cannot_take_are_not_offered(void **state) {
    (void)state;
    dialogue d;
    begin(&d, 4);
    d.messages[0].content = PN_STR("Subject: x\r\n\r\nni\xC3\xB1o\r\n");
    d.messages[1].recipient = PN_STR("ni\xC3\xB1o@x.example");
    d.messages[2].content =
        PN_STR("Subject: x\r\n\r\n0123456789012345678901234567890123456789\r\n");
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(pn_smtp_message_check(&d.messages[i]), PN_SMTP_FINE);
    }
    says(&d, "220 mx\r\n", "EHLO we.example|");
    says(&d, "250-mx\r\n250 SIZE 40\r\n", "MAIL FROM:<s@we.example> SIZE=18|");
    assert_string_equal(told(&d), "a content 0 5.6.3\nb content 0 5.6.7\nc content 0 5.3.4\n");
    end(&d);
}

static void parameters_are_sent_where_they_are_needed(void **state) {
    (void)state;
    dialogue d;
    begin(&d, 1);
    d.messages[0].sender = PN_STR_NONE;
    d.messages[0].recipient = PN_STR("ni\xC3\xB1o@x.example");
    d.messages[0].content = PN_STR("Subject: a\xC3\xB1o\r\n\r\nhi\r\n");
    assert_int_equal(pn_smtp_message_check(&d.messages[0]), PN_SMTP_FINE);
    open_pipelining(&d, "MAIL FROM:<> SIZE=21 BODY=8BITMIME SMTPUTF8|"
                        "RCPT TO:<ni\xC3\xB1o@x.example>|DATA|");
    end(&d);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_follow_each_other_in_one_group),
        cmocka_unit_test(without_pipelining_every_command_waits),
        cmocka_unit_test(the_last_message_of_a_connection_takes_quit_along),
        cmocka_unit_test(a_refused_recipient_with_accepted_data_ends_with_a_lone_dot),
        cmocka_unit_test(a_refused_recipient_with_refused_data_is_followed_by_rset),
        cmocka_unit_test(a_refused_sender_counts_and_not_what_follows),
        cmocka_unit_test(refused_data_is_the_messages_answer),
        cmocka_unit_test(without_pipelining_refusals_save_the_rest),
        cmocka_unit_test(a_421_ends_the_session_after_its_command),
        cmocka_unit_test(only_a_dot_on_its_way_makes_a_message_uncertain),
        cmocka_unit_test(a_refusal_stands_when_the_connection_breaks_after_it),
        cmocka_unit_test(an_idle_connection_may_be_closed_with_a_421),
        cmocka_unit_test(a_refusal_during_the_content_is_taken),
        cmocka_unit_test(an_acceptance_before_the_dot_is_nonsense),
        cmocka_unit_test(replies_nobody_asked_for_end_the_session),
        cmocka_unit_test(a_strange_answer_to_the_dot_leaves_it_uncertain),
        cmocka_unit_test(an_endless_reply_is_cut_off),
        cmocka_unit_test(a_server_without_ehlo_gets_helo),
        cmocka_unit_test(a_session_that_cannot_be_opened_says_why),
        cmocka_unit_test(without_a_name_we_greet_with_our_address),
        cmocka_unit_test(starttls_forgets_what_was_announced_before),
        cmocka_unit_test(what_comes_before_the_handshake_is_not_heard),
        cmocka_unit_test(starttls_is_required_or_not),
        cmocka_unit_test(logins_are_spoken_as_written_down),
        cmocka_unit_test(a_long_token_waits_for_its_challenge),
        cmocka_unit_test(a_login_that_is_not_offered_or_never_ends_is_given_up),
        cmocka_unit_test(messages_the_server_cannot_take_are_not_offered),
        cmocka_unit_test(parameters_are_sent_where_they_are_needed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
