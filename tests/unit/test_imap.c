/* The IMAP session, word by word: responses go in, commands and mail come out. Then a few whole
 * connections to a server that misbehaves. */
#define _GNU_SOURCE
#include "unit.h"

#include <signal.h>
#include <string.h>
#include <sys/time.h>

#include "net/address.h"
#include "net/imap_client.h"
#include "net/imap_reply.h"
#include "real_env.h"
#include "smtp_peer.h"

/* ── responses ── */

static void responses_are_cut_where_they_end(void **state) {
    (void)state;
    static const struct {
        const char *input;
        pn_err err;
        size_t size;
    } cases[] = {
        {"* OK hi\r\nmore", PN_OK, 9},
        {"* OK hi\nmore", PN_OK, 8},
        {"* OK hi", PN_NOT_FOUND, 0},
        {"", PN_NOT_FOUND, 0},
        {"* OK see {5}\r\nmore", PN_OK, 14},
        {"p1 NO see {5}\r\nmore", PN_OK, 15},
        {"* 1 FETCH (BODY[] {5}\r\nab\r\nc)\r\nx", PN_OK, 31},
        {"* 1 FETCH (BODY[] {5}\r\nab", PN_NOT_FOUND, 0},
        {"* 1 FETCH (BODY[] {5}\r\nabcde", PN_NOT_FOUND, 0},
        {"* 1 FETCH (A {1}\r\nx B {2}\r\nyz)\r\n", PN_OK, 32},
        {"* 1 FETCH (BODY[] {5000}\r\n", PN_LIMIT, 0},
        {"* 1 FETCH (BODY[] {99999999999}\r\n", PN_OK, 33}, /* no number: not a literal */
    };
    for (size_t i = 0; i < PN_COUNT(cases); i++) {
        size_t size = 0;
        assert_int_equal(pn_imap_reply_size(pn_str_of(cases[i].input), 1000, &size), cases[i].err);
        assert_int_equal(size, cases[i].size);
    }
    char flood[1001];
    memset(flood, 'x', sizeof flood);
    size_t size = 0;
    assert_int_equal(pn_imap_reply_size((pn_str){flood, 999}, 1000, &size), PN_NOT_FOUND);
    assert_int_equal(pn_imap_reply_size((pn_str){flood, 1001}, 1000, &size), PN_LIMIT);
}

static void responses_are_read(void **state) {
    (void)state;
    pn_arena arena;
    pn_imap_reply reply;
    pn_arena_init(&arena, 0);
    assert_int_equal(pn_imap_reply_parse(PN_STR("* 12 FETCH (UID 4 FLAGS (\\Seen $x) ENVELOPE "
                                                "(\"a \\\"b\\\\\" NIL {3}\r\nx\"y) "
                                                "BODY[HEADER.FIELDS (FROM)]<0> \"h\")\r\n"),
                                         &arena, &reply),
                     PN_OK);
    assert_int_equal(reply.kind, PN_IMAP_DATA);
    assert_int_equal(reply.number, 12);
    assert_str(reply.word, "FETCH");
    const pn_imap_value *pairs = reply.values[0].items;
    size_t count = reply.values[0].count;
    uint32_t uid = 0;
    assert_true(pn_imap_number(pn_imap_find(pairs, count, PN_STR("uid")), &uid));
    assert_int_equal(uid, 4);
    assert_int_equal(pn_imap_find(pairs, count, PN_STR("FLAGS"))->count, 2);
    const pn_imap_value *envelope = pn_imap_find(pairs, count, PN_STR("ENVELOPE"));
    assert_str(envelope->items[0].text, "a \"b\\");
    assert_int_equal(envelope->items[1].type, PN_IMAP_NIL);
    assert_str(envelope->items[2].text, "x\"y");
    assert_str(pn_imap_find(pairs, count, PN_STR("BODY[HEADER.FIELDS (FROM)]<0>"))->text, "h");

    assert_int_equal(
        pn_imap_reply_parse(PN_STR("* OK [UIDVALIDITY 42] fine [x]\r\n"), &arena, &reply), PN_OK);
    assert_int_equal(reply.kind, PN_IMAP_OK);
    assert_int_equal(reply.count, 2);
    assert_str(reply.text, "fine [x]");
    assert_int_equal(pn_imap_reply_parse(PN_STR("p7 NO [TRYCREATE] none\r\n"), &arena, &reply),
                     PN_OK);
    assert_str(reply.tag, "p7");
    assert_str(reply.values[0].text, "TRYCREATE");
    assert_int_equal(pn_imap_reply_parse(PN_STR("+ eyJ4In0=\r\n"), &arena, &reply), PN_OK);
    assert_str(reply.text, "eyJ4In0=");
    assert_int_equal(pn_imap_reply_parse(PN_STR("* SEARCH\r\n"), &arena, &reply), PN_OK);
    assert_int_equal(reply.count, 0);
    pn_arena_done(&arena);
}

static void what_is_no_response_is_refused(void **state) {
    (void)state;
    static const char *const bad[] = {
        "\r\n",
        "*\r\n",
        "* \r\n",
        "220 mx ESMTP\r\n",
        "p1\r\n",
        "p1 PREAUTH x\r\n",
        "p1 BYE x\r\n",
        "* 1 FETCH (\r\n",
        "* 1 FETCH (UID 4\r\n",
        "* 1 FETCH )\r\n",
        "* 1 FETCH \"a\r\n",
        "* 1 FETCH BODY[x\r\n",
        "* 12\r\n",
        "* 12345678901 EXISTS\r\n",
        "* 1 FETCH (A {9}\r\nxx)\r\n",
    };
    pn_arena arena;
    pn_imap_reply reply;
    pn_arena_init(&arena, 0);
    for (size_t i = 0; i < PN_COUNT(bad); i++) {
        assert_int_equal(pn_imap_reply_parse(pn_str_of(bad[i]), &arena, &reply), PN_INVALID);
    }
    pn_buf deep;
    pn_buf_init(&deep, 100000);
    pn_buf_add_lit(&deep, "* 1 FETCH ");
    for (int i = 0; i < 10000; i++) {
        pn_buf_add_char(&deep, '(');
    }
    assert_int_equal(pn_imap_reply_parse(pn_buf_str(&deep), &arena, &reply), PN_LIMIT);
    pn_buf_done(&deep);
    pn_arena_done(&arena);
}

static void folders_are_written_in_modified_utf_7(void **state) {
    (void)state;
    static const struct {
        const char *folder, *written;
    } cases[] = {
        {"INBOX", "INBOX"},
        {"Cobros & más", "Cobros &- m&AOE-s"},
        {"~peter/mail/\xE5\x8F\xB0\xE5\x8C\x97/\xE6\x97\xA5\xE6\x9C\xAC\xE8\xAA\x9E",
         "~peter/mail/&U,BTFw-/&ZeVnLIqe-"}, /* RFC 3501, section 5.1.3 */
        {"\xF0\x9F\x98\x80", "&2D3eAA-"},
    };
    pn_buf out;
    pn_buf_init(&out, 1000);
    for (size_t i = 0; i < PN_COUNT(cases); i++) {
        pn_buf_clear(&out);
        assert_int_equal(pn_imap_folder_name(pn_str_of(cases[i].folder), &out), PN_OK);
        assert_str(pn_buf_str(&out), cases[i].written);
    }
    assert_int_equal(pn_imap_folder_name(PN_STR("a\r\nb"), &out), PN_INVALID);
    assert_int_equal(pn_imap_folder_name(PN_STR("a\xC3"), &out), PN_INVALID);
    pn_buf_done(&out);
}

/* ── a dialogue ── */

typedef struct {
    pn_imap_options options;
    pn_imap *imap;
    pn_buf out, told;
    pn_err verdict; /* what the owner says of a mail */
} dialogue;

static void opened(void *context, uint32_t uid_validity, uint32_t mails) {
    dialogue *d = context;
    pn_buf_add_format(&d->told, "open %u %u\n", uid_validity, mails);
}

static pn_err mail(void *context, const pn_imap_mail *m) {
    dialogue *d = context;
    pn_buf_add_format(&d->told, "mail %u.%u %s %.*s\n", m->uid_validity, m->uid,
                      m->whole ? "whole" : "cut", PN_STR_ARG(m->bytes));
    return d->verdict;
}

static const pn_imap_owner OWNER = {.opened = opened, .mail = mail};

static void begin(dialogue *d) {
    *d = (dialogue){.options = {.user = PN_STR("ana"),
                                .secret = PN_STR("pa\"ss"),
                                .auth = PN_SMTP_AUTH_AUTO,
                                .auth_in_clear = true,
                                .mail_bytes_max = 1000}};
    pn_buf_init(&d->out, 100000);
    pn_buf_init(&d->told, 100000);
}

static void start(dialogue *d, bool secured) {
    d->imap = pn_imap_new(&d->options, &OWNER, d);
    pn_imap_begin(d->imap, secured);
}

static void finish(dialogue *d) {
    pn_imap_free(d->imap);
    pn_buf_done(&d->out);
    pn_buf_done(&d->told);
}

/* The server says this, all of which must be taken, and the session answers that. */
static void talk_at(dialogue *d, const char *says, const char *answer, int line) {
    size_t consumed = 0;
    pn_imap_receive(d->imap, pn_str_of(says), &consumed);
    if (pn_imap_state_of(d->imap) != PN_IMAP_ENDED) {
        assert_int_equal(consumed, strlen(says));
    }
    pn_buf_clear(&d->out);
    pn_imap_advance(d->imap, &d->out);
    assert_str_at(pn_buf_str(&d->out), answer, __FILE__, line);
}
#define talk(d, says, answer) talk_at((d), (says), (answer), __LINE__)

static void told(dialogue *d, const char *expected) {
    assert_str(pn_buf_str(&d->told), expected);
    pn_buf_clear(&d->told);
}

static pn_err result(dialogue *d) {
    pn_diag diag;
    assert_int_equal(pn_imap_state_of(d->imap), PN_IMAP_ENDED);
    return pn_imap_result(d->imap, &diag);
}

static void log_in(dialogue *d, const char *capabilities) {
    char says[300];
    talk(d, "* OK hello\r\n", "p1 CAPABILITY\r\n");
    (void)snprintf(says, sizeof says, "* CAPABILITY IMAP4rev1 %s\r\np1 OK done\r\n", capabilities);
    talk(d, says, "p2 LOGIN \"ana\" \"pa\\\"ss\"\r\n");
    (void)snprintf(says, sizeof says, "p2 OK [CAPABILITY IMAP4rev1 %s] in\r\n", capabilities);
    talk(d, says, "p3 SELECT \"INBOX\"\r\n");
}

#define SELECTED                                                                                   \
    "* 3 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 10] x\r\np3 OK [READ-WRITE] x\r\n"

static void mail_is_brought_in_oldest_first_and_marked(void **state) {
    (void)state;
    dialogue d;
    begin(&d);
    start(&d, false);
    log_in(&d, "IDLE");
    talk(&d, SELECTED, "p4 UID SEARCH ALL\r\n");
    talk(&d, "* SEARCH 9 4\r\np4 OK x\r\n", "p5 UID FETCH 4,9 (UID RFC822.SIZE)\r\n");
    talk(&d, "* 1 FETCH (UID 4 RFC822.SIZE 10)\r\n* 2 FETCH (RFC822.SIZE 12 UID 9)\r\np5 OK x\r\n",
         "p6 UID FETCH 4 (UID BODY.PEEK[])\r\n");
    talk(&d, "* 1 FETCH (UID 4 BODY[] {3}\r\nA:b)\r\np6 OK x\r\n",
         "p7 UID STORE 4 +FLAGS.SILENT (\\Seen)\r\np8 UID FETCH 9 (UID BODY.PEEK[])\r\n");
    /* answers may come in another order, and flags in between */
    talk(&d, "* 1 FETCH (FLAGS (\\Seen))\r\n* 2 FETCH (BODY[] \"C\" UID 9)\r\np8 OK x\r\n",
         "p9 UID STORE 9 +FLAGS.SILENT (\\Seen)\r\n");
    talk(&d, "p7 OK x\r\n", "");
    talk(&d, "p9 OK x\r\n", "p10 LOGOUT\r\n");
    talk(&d, "* BYE bye\r\np10 OK x\r\n", "");
    assert_int_equal(result(&d), PN_OK);
    told(&d, "open 7 3\nmail 7.4 whole A:b\nmail 7.9 whole C\n");
    finish(&d);
}

static void a_session_goes_on_where_another_ended(void **state) {
    (void)state;
    dialogue d;
    begin(&d);
    d.options.uid_validity = 7;
    d.options.last_uid = 9;
    d.options.since = PN_STR("1-Mar-2026");
    start(&d, false);
    log_in(&d, "");
    talk(&d, SELECTED, "p4 UID SEARCH UID 10:*\r\n");
    talk(&d, "* SEARCH 9\r\np4 OK x\r\n", "p5 LOGOUT\r\n"); /* 10:* always gives the last one */
    finish(&d);

    begin(&d); /* another UIDVALIDITY: the UIDs mean nothing any more */
    d.options.uid_validity = 6;
    d.options.last_uid = 9;
    d.options.since = PN_STR("1-Mar-2026");
    start(&d, false);
    log_in(&d, "");
    talk(&d, SELECTED, "p4 UID SEARCH SINCE 1-Mar-2026\r\n");
    finish(&d);
}

static void what_is_not_stored_is_not_marked(void **state) {
    (void)state;
    dialogue d;
    begin(&d);
    d.verdict = PN_RETRY;
    start(&d, false);
    log_in(&d, "");
    talk(&d, SELECTED, "p4 UID SEARCH ALL\r\n");
    talk(&d, "* SEARCH 4\r\np4 OK x\r\n", "p5 UID FETCH 4 (UID RFC822.SIZE)\r\n");
    talk(&d, "* 1 FETCH (UID 4 RFC822.SIZE 3)\r\np5 OK x\r\n",
         "p6 UID FETCH 4 (UID BODY.PEEK[])\r\n");
    talk(&d, "* 1 FETCH (UID 4 BODY[] \"A\")\r\np6 OK x\r\n", "");
    assert_int_equal(result(&d), PN_RETRY);
    finish(&d);
}

static void large_mail_comes_as_its_header_and_stays(void **state) {
    (void)state;
    dialogue d;
    begin(&d);
    start(&d, false);
    log_in(&d, "");
    talk(&d, SELECTED, "p4 UID SEARCH ALL\r\n");
    talk(&d, "* SEARCH 4\r\np4 OK x\r\n", "p5 UID FETCH 4 (UID RFC822.SIZE)\r\n");
    talk(&d, "* 1 FETCH (UID 4 RFC822.SIZE 1001)\r\np5 OK x\r\n",
         "p6 UID FETCH 4 (UID BODY.PEEK[HEADER]<0.65536>)\r\n");
    talk(&d, "* 1 FETCH (UID 4 BODY[HEADER]<0> \"A: b\")\r\np6 OK x\r\n", "p7 LOGOUT\r\n");
    told(&d, "open 7 3\nmail 7.4 cut A: b\n");
    finish(&d);
}

static void a_mail_that_cannot_be_given_is_listed(void **state) {
    (void)state;
    dialogue d;
    begin(&d);
    start(&d, false);
    log_in(&d, "");
    talk(&d, SELECTED, "p4 UID SEARCH ALL\r\n");
    talk(&d, "* SEARCH 4 5\r\np4 OK x\r\n", "p5 UID FETCH 4,5 (UID RFC822.SIZE)\r\n");
    talk(&d, "* 1 FETCH (UID 4 RFC822.SIZE 1)\r\n* 2 FETCH (UID 5 RFC822.SIZE 1)\r\np5 OK x\r\n",
         "p6 UID FETCH 4 (UID BODY.PEEK[])\r\n");
    talk(&d, "p6 NO it is broken\r\n", "p7 UID FETCH 5 (UID BODY.PEEK[])\r\n");
    told(&d, "open 7 3\nmail 7.4 cut \n");
    assert_non_null(pn_imap_trouble(d.imap));
    talk(&d, "p7 NO [UNAVAILABLE] not now\r\n", ""); /* that one is asked again another day */
    assert_int_equal(result(&d), PN_IO);
    told(&d, "");
    finish(&d);
}

static void stored_mail_is_moved(void **state) {
    (void)state;
    dialogue d;
    begin(&d);
    d.options.processed = PN_STR("Hecho");
    start(&d, false);
    log_in(&d, "MOVE");
    talk(&d, SELECTED, "p4 UID SEARCH ALL\r\n");
    talk(&d, "* SEARCH 4\r\np4 OK x\r\n", "p5 UID FETCH 4 (UID RFC822.SIZE)\r\n");
    talk(&d, "* 1 FETCH (UID 4 RFC822.SIZE 3)\r\np5 OK x\r\n",
         "p6 UID FETCH 4 (UID BODY.PEEK[])\r\n");
    talk(&d, "* 1 FETCH (UID 4 BODY[] \"A\")\r\np6 OK x\r\n", "p7 UID MOVE 4 \"Hecho\"\r\n");
    talk(&d, "p7 NO [TRYCREATE] no such folder\r\n", "p8 CREATE \"Hecho\"\r\n");
    talk(&d, "p8 OK x\r\n", "p9 UID MOVE 4 \"Hecho\"\r\n");
    talk(&d, "* 1 EXPUNGE\r\np9 OK x\r\n", "p10 LOGOUT\r\n");
    assert_null(pn_imap_trouble(d.imap));
    finish(&d);

    begin(&d); /* without MOVE */
    d.options.processed = PN_STR("Hecho");
    start(&d, false);
    log_in(&d, "UIDPLUS");
    talk(&d, SELECTED, "p4 UID SEARCH ALL\r\n");
    talk(&d, "* SEARCH 4\r\np4 OK x\r\n", "p5 UID FETCH 4 (UID RFC822.SIZE)\r\n");
    talk(&d, "* 1 FETCH (UID 4 RFC822.SIZE 3)\r\np5 OK x\r\n",
         "p6 UID FETCH 4 (UID BODY.PEEK[])\r\n");
    talk(&d, "* 1 FETCH (UID 4 BODY[] \"A\")\r\np6 OK x\r\n", "p7 UID COPY 4 \"Hecho\"\r\n");
    talk(&d, "p7 OK x\r\n", "p8 UID STORE 4 +FLAGS.SILENT (\\Seen \\Deleted)\r\n");
    talk(&d, "p8 OK x\r\n", "p9 UID EXPUNGE 4\r\n");
    talk(&d, "p9 OK x\r\n", "p10 LOGOUT\r\n");
    finish(&d);
}

static void idle_ends_when_mail_comes(void **state) {
    (void)state;
    dialogue d;
    begin(&d);
    d.options.wait = true;
    start(&d, false);
    log_in(&d, "IDLE");
    talk(&d, SELECTED, "p4 UID SEARCH ALL\r\n");
    talk(&d, "* SEARCH\r\np4 OK x\r\n", "p5 IDLE\r\n");
    assert_int_equal(pn_imap_state_of(d.imap), PN_IMAP_WORKING);
    talk(&d, "+ idling\r\n", "");
    assert_true(pn_imap_is_idle(d.imap));
    talk(&d, "* OK still here\r\n", "");
    talk(&d, "* 4 EXISTS\r\n* 1 RECENT\r\n", "DONE\r\n");
    talk(&d, "p5 OK x\r\n", "p6 UID SEARCH ALL\r\n");
    talk(&d, "* SEARCH\r\np6 OK x\r\n", "p7 IDLE\r\n");
    talk(&d, "+ idling\r\n", "");
    pn_imap_look_again(d.imap); /* before half an hour is over */
    talk(&d, "", "DONE\r\n");
    talk(&d, "p7 OK x\r\n", "p8 UID SEARCH ALL\r\n");
    talk(&d, "* SEARCH\r\np8 OK x\r\n", "p9 IDLE\r\n");
    talk(&d, "+ idling\r\n", "");
    pn_imap_logout(d.imap);
    talk(&d, "", "DONE\r\n");
    talk(&d, "p9 OK x\r\n", "p10 LOGOUT\r\n");
    talk(&d, "* BYE x\r\np10 OK x\r\n", "");
    assert_int_equal(result(&d), PN_OK);
    finish(&d);
}

static void without_idle_it_asks_now_and_then(void **state) {
    (void)state;
    dialogue d;
    begin(&d);
    d.options.wait = true;
    start(&d, false);
    log_in(&d, "");
    talk(&d, SELECTED, "p4 UID SEARCH ALL\r\n");
    talk(&d, "* SEARCH\r\np4 OK x\r\n", "");
    assert_int_equal(pn_imap_state_of(d.imap), PN_IMAP_WAITING);
    assert_false(pn_imap_is_idle(d.imap));
    pn_imap_look_again(d.imap);
    talk(&d, "", "p5 NOOP\r\n");
    talk(&d, "p5 OK x\r\n", "p6 UID SEARCH ALL\r\n");
    talk(&d, "* SEARCH\r\np6 OK x\r\n", "");
    pn_imap_logout(d.imap);
    talk(&d, "", "p7 LOGOUT\r\n");
    finish(&d);
}

static void starttls_comes_before_the_password(void **state) {
    (void)state;
    dialogue d;
    begin(&d);
    d.options.starttls = PN_SMTP_STARTTLS_REQUIRED;
    start(&d, false);
    talk(&d, "* OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] hello\r\n", "p1 CAPABILITY\r\n");
    talk(&d, "* CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED\r\np1 OK x\r\n", "p2 STARTTLS\r\n");
    talk(&d, "p2 OK go\r\n", "");
    assert_int_equal(pn_imap_state_of(d.imap), PN_IMAP_WANTS_TLS);
    pn_imap_secured(d.imap);
    talk(&d, "", "p3 CAPABILITY\r\n");
    talk(&d, "* CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR\r\np3 OK x\r\n",
         "p4 AUTHENTICATE PLAIN AGFuYQBwYSJzcw==\r\n");
    talk(&d, "p4 NO [AUTHENTICATIONFAILED] wrong\r\n", "");
    assert_int_equal(result(&d), PN_DENIED);
    finish(&d);

    begin(&d); /* what comes between STARTTLS and the handshake is anybody's */
    d.options.starttls = PN_SMTP_STARTTLS_REQUIRED;
    start(&d, false);
    talk(&d, "* OK hello\r\n", "p1 CAPABILITY\r\n");
    talk(&d, "* CAPABILITY STARTTLS\r\np1 OK x\r\n", "p2 STARTTLS\r\n");
    talk(&d, "p2 OK go\r\n* CAPABILITY AUTH=PLAIN\r\n", "");
    assert_int_equal(result(&d), PN_INVALID);
    finish(&d);

    static const char *const refusing[] = {"* CAPABILITY IMAP4rev1\r\np1 OK x\r\n",
                                           "* PREAUTH welcome\r\n"};
    for (size_t i = 0; i < PN_COUNT(refusing); i++) {
        begin(&d);
        d.options.starttls = PN_SMTP_STARTTLS_REQUIRED;
        start(&d, false);
        if (i == 0) {
            talk(&d, "* OK hello\r\n", "p1 CAPABILITY\r\n");
        }
        talk(&d, refusing[i], "");
        assert_int_equal(result(&d), PN_DENIED);
        finish(&d);
    }
}

static void a_refused_token_is_heard_to_the_end(void **state) {
    (void)state;
    for (int ir = 0; ir < 2; ir++) {
        dialogue d;
        begin(&d);
        d.options.auth = PN_SMTP_AUTH_XOAUTH2;
        d.options.secret = PN_STR("tok");
        start(&d, true);
        talk(&d, "* OK hello\r\n", "p1 CAPABILITY\r\n");
        if (ir == 0) {
            talk(&d, "* CAPABILITY AUTH=XOAUTH2\r\np1 OK x\r\n", "p2 AUTHENTICATE XOAUTH2\r\n");
            talk(&d, "+ \r\n", "dXNlcj1hbmEBYXV0aD1CZWFyZXIgdG9rAQE=\r\n");
        } else {
            talk(&d, "* CAPABILITY AUTH=XOAUTH2 SASL-IR\r\np1 OK x\r\n",
                 "p2 AUTHENTICATE XOAUTH2 dXNlcj1hbmEBYXV0aD1CZWFyZXIgdG9rAQE=\r\n");
        }
        talk(&d, "+ eyJzdGF0dXMiOiI0MDEifQ==\r\n", "\r\n"); /* an error told as a challenge */
        talk(&d, "p2 NO expired\r\n", "");
        assert_int_equal(result(&d), PN_DENIED);
        finish(&d);
    }
}

static void nonsense_ends_the_session(void **state) {
    (void)state;
    static const char *const nonsense[] = {
        "220 mx ESMTP\r\n",
        "+ go\r\n",
        "* CAPABILITY IMAP4rev1\r\n",
        "p1 OK x\r\n",
        "* BYE no\r\n",
        "* NO\r\n",
        "* OK hi\r\np9 OK x\r\n",
        "* OK hi\r\n+ go\r\n",
        "* OK hi\r\nwhat\r\n",
        "* OK hi\r\n* 1 FETCH (\r\n",
        "* OK hi\r\n* BYE x\r\n",
    };
    for (size_t i = 0; i < PN_COUNT(nonsense); i++) {
        dialogue d;
        size_t consumed = 0;
        begin(&d);
        start(&d, false);
        pn_imap_receive(d.imap, pn_str_of(nonsense[i]), &consumed);
        assert_int_not_equal(result(&d), PN_OK);
        finish(&d);
    }
}

/* A server that answers each FETCH and never a STORE. */
static void what_is_left_unanswered_is_bounded(void **state) {
    (void)state;
    dialogue d;
    begin(&d);
    start(&d, false);
    log_in(&d, "");
    talk(&d, SELECTED, "p4 UID SEARCH ALL\r\n");
    talk(&d, "* SEARCH 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20\r\np4 OK x\r\n",
         "p5 UID FETCH 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20 (UID RFC822.SIZE)\r\n");
    size_t consumed = 0;
    pn_imap_receive(d.imap, PN_STR("p5 OK x\r\n"), &consumed);
    for (unsigned uid = 1, tag = 6; uid <= 20; uid++, tag += 2) {
        char says[100];
        pn_imap_advance(d.imap, &d.out);
        (void)snprintf(says, sizeof says, "* 1 FETCH (UID %u BODY[] \"x\")\r\np%u OK x\r\n", uid,
                       uid == 1 ? 6 : tag);
        pn_imap_receive(d.imap, pn_str_of(says), &consumed);
    }
    assert_int_equal(result(&d), PN_IO);
    finish(&d);
}

/* ── whole connections ── */

#define HELLO ">* OK hello", "<p1 CAPABILITY", ">* CAPABILITY IMAP4rev1 IDLE|p1 OK x"
#define LOGIN "<p2 LOGIN", ">p2 OK [CAPABILITY IMAP4rev1 IDLE] x"
#define OPENED "<p3 SELECT", ">* 1 EXISTS|* OK [UIDVALIDITY 7] x|p3 OK x"

static pn_err run(const peer_script *script, dialogue *d, pn_diag *diag) {
    peer p;
    peer_start(&p, script, 1);
    pn_imap_account account = {.host = PN_STR("127.0.0.1"),
                               .port = p.port,
                               .networks = PN_NET_LOOPBACK,
                               .session = d->options};
    pn_diag trouble;
    pn_err err = pn_imap_run(&REAL_ENV, &account, &OWNER, d, NULL, &trouble, diag);
    assert_string_equal(peer_stop(&p), "");
    return err;
}

static void connections_that_break_are_told(void **state) {
    (void)state;
    static const char *const closes[] = {HELLO, LOGIN, "close", NULL};
    static const char *const resets[] = {HELLO, LOGIN, OPENED, "<p4", "reset", NULL};
    static const char *const in_a_literal[] = {HELLO,
                                               LOGIN,
                                               OPENED,
                                               "<p4",
                                               ">* SEARCH 4|p4 OK x",
                                               "<p5",
                                               ">* 1 FETCH (UID 4 RFC822.SIZE 100)|p5 OK x",
                                               "<p6",
                                               ">* 1 FETCH (UID 4 BODY[] {100}|abc",
                                               "close",
                                               NULL};
    static const char *const floods[] = {">* OK hello", "<p1",   "flood", "flood", "flood",
                                         "flood",       "flood", "flood", "flood", "flood",
                                         "flood",       "flood", "eof",   NULL};
    static const peer_script scripts[] = {closes, resets, in_a_literal, floods};
    for (size_t i = 0; i < PN_COUNT(scripts); i++) {
        dialogue d;
        pn_diag diag = {0};
        begin(&d);
        pn_err err = run(&scripts[i], &d, &diag);
        assert_int_equal(err, i == 3 ? PN_LIMIT : PN_IO);
        assert_true(diag.what[0] != '\0');
        finish(&d);
    }
}

static void a_whole_connection_ends_well(void **state) {
    (void)state;
    static const char *const script[] = {HELLO,
                                         LOGIN,
                                         OPENED,
                                         "<p4 UID SEARCH",
                                         ">* SEARCH 4|p4 OK x",
                                         "<p5 UID FETCH",
                                         ">* 1 FETCH (UID 4 RFC822.SIZE 3)|p5 OK x",
                                         "<p6 UID FETCH",
                                         "!* 1 FETCH (UID 4 BOD",
                                         "sleep 20",
                                         ">Y[] {3}|A:b)|p6 OK x",
                                         "<p7 UID STORE 4",
                                         ">p7 OK x",
                                         "<p8 LOGOUT",
                                         ">* BYE x|p8 OK x",
                                         "close",
                                         NULL};
    static const peer_script scripts[] = {script};
    dialogue d;
    pn_diag diag = {0};
    begin(&d);
    assert_int_equal(run(scripts, &d, &diag), PN_OK);
    told(&d, "open 7 1\nmail 7.4 whole A:b\n");
    finish(&d);
}

static void addresses_that_are_not_allowed_are_not_connected_to(void **state) {
    (void)state;
    dialogue d;
    pn_diag diag = {0};
    begin(&d);
    pn_imap_account account = {
        .host = PN_STR("127.0.0.1"), .port = 1, .networks = PN_NET_PUBLIC, .session = d.options};
    assert_int_equal(pn_imap_run(&REAL_ENV, &account, &OWNER, &d, NULL, NULL, &diag), PN_DENIED);
    finish(&d);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(responses_are_cut_where_they_end),
        cmocka_unit_test(responses_are_read),
        cmocka_unit_test(what_is_no_response_is_refused),
        cmocka_unit_test(folders_are_written_in_modified_utf_7),
        cmocka_unit_test(mail_is_brought_in_oldest_first_and_marked),
        cmocka_unit_test(a_session_goes_on_where_another_ended),
        cmocka_unit_test(what_is_not_stored_is_not_marked),
        cmocka_unit_test(large_mail_comes_as_its_header_and_stays),
        cmocka_unit_test(a_mail_that_cannot_be_given_is_listed),
        cmocka_unit_test(stored_mail_is_moved),
        cmocka_unit_test(idle_ends_when_mail_comes),
        cmocka_unit_test(without_idle_it_asks_now_and_then),
        cmocka_unit_test(starttls_comes_before_the_password),
        cmocka_unit_test(a_refused_token_is_heard_to_the_end),
        cmocka_unit_test(nonsense_ends_the_session),
        cmocka_unit_test(what_is_left_unanswered_is_bounded),
        cmocka_unit_test(connections_that_break_are_told),
        cmocka_unit_test(a_whole_connection_ends_well),
        cmocka_unit_test(addresses_that_are_not_allowed_are_not_connected_to),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
