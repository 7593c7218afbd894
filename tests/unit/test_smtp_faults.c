/* The driver `smtp` against servers that refuse, delay, hang up and talk nonsense, over real
 * sockets and TLS. */
#define _GNU_SOURCE
#include "unit.h"

#include <signal.h>

#include "channel_rig.h"
#include "smtp_peer.h"

static rig r;
static peer p;

#define HELLO ">220 mx", "<EHLO [127.0.0.1]", ">250-mx|250-PIPELINING|250 8BITMIME"
#define SCRIPT(...) ((const char *const[]){__VA_ARGS__, NULL})
#define PLAIN "{'url':'smtp://127.0.0.1:%d'}"
#define ONE "{'url':'smtp://127.0.0.1:%d','connections':1}"

/* Starts the peer with up to three scripts and a channel to it. */
static void begin_with(const char *settings, const char *secret, const peer_script *scripts,
                       size_t count) {
    peer_start(&p, scripts, count);
    rig_start_on(&r, secret, settings, p.port);
}
#define begin(settings, ...)                                                                       \
    const peer_script scripts_[] = {__VA_ARGS__};                                                  \
    begin_with((settings), "", scripts_, PN_COUNT(scripts_))

static void end(void) {
    rig_stop(&r);
    assert_string_equal(peer_stop(&p), "");
}

/* ── refusals ── */

static void greylisting_is_for_later_and_the_connection_goes_on(void **state) {
    (void)state;
    begin(ONE, SCRIPT(HELLO, "<MAIL FROM:<a@we.example> BODY=8BITMIME", "<RCPT TO:<b@x.example>",
                      "<DATA", "!250 ok|450 4.7.1 Greylisted|503 5.5.1 no recipient|", "<RSET",
                      "<MAIL", "<RCPT", "<DATA", "!250 ok|250 ok|250 ok|354 go|", "data",
                      ">250 2.0.0 Ok: queued as X1", "<QUIT", ">221 bye", "eof"));
    assert_int_equal(rig_offer(&r,
                               (pn_outgoing){.sender = PN_STR("a@we.example"),
                                             .recipient = PN_STR("b@x.example"),
                                             .content = PN_STR("A: b\r\n\r\n\xC3\xB1\r\n")},
                               1),
                     1);
    rig_send(&r, 1);
    rig_run(&r);
    assert_int_equal(r.count, 2);
    assert_int_equal(r.results[0].outcome, PN_SEND_RETRY);
    assert_string_equal(r.results[0].status, "4.7.1");
    assert_string_equal(r.results[0].reply, "450 4.7.1 Greylisted");
    assert_int_equal(r.results[1].outcome, PN_SEND_ACCEPTED);
    assert_string_equal(r.results[1].provider_id, "X1");
    end();
}

static void a_refused_recipient_with_accepted_data_gets_a_lone_dot(void **state) {
    (void)state;
    begin(ONE, SCRIPT(HELLO, "<MAIL", "<RCPT", "<DATA", "!250 ok|550 5.1.1 unknown|354 go|", "<.",
                      ">554 5.5.1 no valid recipients", "serve"));
    rig_send(&r, 2);
    rig_run(&r);
    assert_int_equal(r.count, 2);
    assert_int_equal(r.results[0].outcome, PN_SEND_NEXT_CONTACT);
    assert_int_equal(r.results[1].outcome, PN_SEND_ACCEPTED);
    assert_int_equal(peer_accepted(&p), 1);
    end();
}

static void a_refusal_in_the_middle_of_the_content_is_heard(void **state) {
    (void)state;
    begin(ONE,
          SCRIPT(HELLO, "<MAIL", "<RCPT", "<DATA", "!250 ok|250 ok|354 go|", "read 200000",
                 ">552 5.3.4 too big", "sleep 200", "reset"),
          SCRIPT("serve"));
    static char big[3000000];
    for (size_t i = 0; i < sizeof big; i += 50) {
        memset(big + i, 'x', 48);
        memcpy(big + i + 48, "\r\n", 2);
    }
    rig_offer(&r, (pn_outgoing){.recipient = PN_STR("b@x.example"), .content = {big, sizeof big}},
              1);
    rig_run(&r);
    rig_expect(&r, PN_SEND_NEXT_CHANNEL, 1);
    assert_string_equal(r.results[0].status, "5.3.4");
    end();
}

/* ── 421 ── */

static void a_421_after_good_work_only_changes_the_connection(void **state) {
    (void)state;
    begin(ONE,
          SCRIPT(HELLO, "<MAIL", "<RCPT", "<DATA", "!250 ok|250 ok|354 go|", "data", "<MAIL",
                 "<RCPT", "<DATA", "!250 2.0.0 ok|421 4.7.0 too many messages|"),
          SCRIPT(">220 mx", "serve"));
    rig_send(&r, 3);
    rig_run(&r);
    rig_expect(&r, PN_SEND_ACCEPTED, 3);
    assert_int_equal(peer_accepted(&p), 2);
    assert_int_equal(peer_connections(&p), 2);
    end();
}

static void a_421_at_once_makes_the_driver_back_off(void **state) {
    (void)state;
    begin(ONE, SCRIPT(HELLO, "<MAIL", "<RCPT", "<DATA", ">421 4.3.2 shutting down"),
          SCRIPT(">220 mx", "serve"));
    assert_int_equal(r.driver->room(r.channel), PN_LIMIT_CHANNEL_QUEUE);
    rig_send(&r, 2);
    rig_run(&r);
    rig_expect(&r, PN_SEND_RETRY, 2);
    assert_int_equal(r.driver->room(r.channel), 0);
    assert_int_equal(rig_send(&r, 1), 0);
    rig_jump(&r, 2);
    assert_int_equal(r.driver->room(r.channel), PN_LIMIT_CHANNEL_QUEUE);
    assert_int_equal(rig_send(&r, 1), 1);
    rig_run(&r);
    assert_int_equal(r.results[2].outcome, PN_SEND_ACCEPTED);
    end();
}

static void a_server_that_limits_connections_is_used_with_what_it_gives(void **state) {
    (void)state;
    begin(PLAIN, SCRIPT(">220 mx", "sleep 50", "serve"),
          SCRIPT(">421 4.7.0 too many connections from you"));
    rig_send(&r, 50);
    rig_run(&r);
    rig_expect(&r, PN_SEND_ACCEPTED, 50);
    end();
}

static void an_idle_connection_closed_by_the_server_is_no_failure(void **state) {
    (void)state;
    begin(ONE,
          SCRIPT(HELLO, "<MAIL", "<RCPT", "<DATA", "!250 ok|250 ok|354 go|", "data",
                 "!250 ok|421 4.4.2 idle|"),
          SCRIPT(">220 mx", "serve"));
    rig_send(&r, 1);
    rig_run(&r);
    (void)nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
    rig_send(&r, 1);
    rig_run(&r);
    rig_expect(&r, PN_SEND_ACCEPTED, 2);
    end();
}

/* ── connections that end ── */

static void a_connection_lost_before_the_dot_costs_nothing(void **state) {
    (void)state;
    begin(ONE, SCRIPT(HELLO, "<MAIL", ">250 ok", "close"), SCRIPT(HELLO, "<MAIL", "<RCPT", "reset"),
          SCRIPT(">220 mx", "serve"));
    rig_send(&r, 2);
    rig_run(&r);
    rig_expect(&r, PN_SEND_ACCEPTED, 2);
    assert_int_equal(peer_accepted(&p), 2);
    end();
}

static void a_server_that_always_hangs_up_is_given_up(void **state) {
    (void)state;
    begin(ONE, SCRIPT(HELLO, "<MAIL", "close"));
    rig_send(&r, 5);
    rig_run(&r);
    rig_expect(&r, PN_SEND_RETRY, 5);
    assert_true(peer_connections(&p) <= 4);
    assert_int_equal(r.driver->room(r.channel), 0);
    end();
}

static void a_connection_lost_after_the_dot_is_uncertain(void **state) {
    (void)state;
    begin(ONE, SCRIPT(HELLO, "<MAIL", "<RCPT", "<DATA", "!250 ok|250 ok|354 go|", "data", "close"),
          SCRIPT(">220 mx", "serve"));
    rig_send(&r, 3);
    rig_run(&r);
    assert_int_equal(rig_outcomes(&r, PN_SEND_UNCERTAIN), 1);
    assert_int_equal(rig_outcomes(&r, PN_SEND_ACCEPTED), 2);
    assert_int_equal(peer_accepted(&p), 2);
    end();
}

static void a_large_message_cut_off_is_sent_again(void **state) {
    (void)state;
    begin(
        ONE,
        SCRIPT(HELLO, "<MAIL", "<RCPT", "<DATA", "!250 ok|250 ok|354 go|", "read 500000", "reset"),
        SCRIPT(">220 mx", "serve"));
    static char big[20000000];
    for (size_t i = 0; i < sizeof big; i += 50) {
        memset(big + i, '.', 48);
        memcpy(big + i + 48, "\r\n", 2);
    }
    rig_offer(&r, (pn_outgoing){.recipient = PN_STR("b@x.example"), .content = {big, sizeof big}},
              1);
    rig_run(&r);
    rig_expect(&r, PN_SEND_ACCEPTED, 1);
    assert_int_equal(peer_accepted(&p), 1);
    end();
}

static void an_unreachable_server_makes_the_driver_back_off_longer_and_longer(void **state) {
    (void)state;
    peer_start(&p, (const peer_script[]){SCRIPT("close")}, 1);
    int port = p.port;
    assert_string_equal(peer_stop(&p), "");
    rig_start_on(&r, "", PLAIN, port);
    int64_t pauses[3];
    for (int i = 0; i < 3; i++) {
        assert_int_equal(rig_send(&r, 10), 10);
        rig_run(&r);
        int64_t begin = fake_ticks(&r.clock);
        while (r.driver->room(r.channel) == 0) {
            r.clock.ticks += 100000;
        }
        pauses[i] = (fake_ticks(&r.clock) - begin) / PN_SECOND;
    }
    rig_expect(&r, PN_SEND_RETRY, 30);
    assert_non_null(strstr(r.results[0].reply, "could not be reached"));
    assert_true(pauses[1] > pauses[0] && pauses[2] > pauses[1] && pauses[2] <= 5);
    rig_stop(&r);
}

/* ── time ── */

static void silence_before_the_dot_is_for_later(void **state) {
    (void)state;
    begin(ONE, SCRIPT(HELLO, "<MAIL", "<RCPT", "<DATA", ">250 ok", "eof"));
    rig_send(&r, 2);
    rig_poll(&r, 200);
    assert_int_equal(r.count, 0);
    rig_jump(&r, PN_LIMIT_SMTP_TIMEOUT_SECONDS + 1);
    rig_run(&r);
    rig_expect(&r, PN_SEND_RETRY, 2);
    assert_int_equal(r.driver->room(r.channel), 0);
    end();
}

static void silence_after_the_dot_is_uncertain(void **state) {
    (void)state;
    begin(ONE, SCRIPT(HELLO, "<MAIL", "<RCPT", "<DATA", "!250 ok|250 ok|354 go|", "data", "eof"));
    rig_send(&r, 1);
    rig_poll(&r, 200);
    assert_int_equal(r.count, 0);
    rig_jump(&r, PN_LIMIT_SMTP_TIMEOUT_SECONDS + 1);
    rig_run(&r);
    rig_expect(&r, PN_SEND_UNCERTAIN, 1);
    end();
}

static void an_answer_that_waited_for_us_counts_before_the_time_limit(void **state) {
    (void)state;
    begin(ONE, SCRIPT(">220 mx", "serve"));
    rig_send(&r, 1);
    size_t got = 0;
    for (int i = 0; i < 6; i++) { /* some of the way */
        assert_int_equal(r.driver->poll(r.channel, 0, r.results, 1, &got), PN_OK);
        (void)nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
    }
    r.count = got;
    rig_jump(&r, PN_LIMIT_SMTP_TIMEOUT_SECONDS + 1); /* we were stopped for that long */
    rig_run(&r);
    rig_expect(&r, PN_SEND_ACCEPTED, 1);
    end();
}

static void a_greeting_that_never_comes_ends_in_time(void **state) {
    (void)state;
    begin(PLAIN, SCRIPT("eof"));
    rig_send(&r, 3);
    rig_poll(&r, 100);
    rig_jump(&r, PN_LIMIT_SMTP_TIMEOUT_SECONDS + 1);
    rig_run(&r);
    rig_expect(&r, PN_SEND_RETRY, 3);
    end();
}

static void every_message_gets_its_result_in_time(void **state) {
    (void)state;
    /* The server takes just less time than it may for every reply. */
    begin(ONE, SCRIPT(">220 mx", "<EHLO", "sleep 100", ">250 mx", "<MAIL", "sleep 100", ">250 ok",
                      "<RCPT", "sleep 100", ">250 ok", "<DATA", "sleep 100", ">354 go", "eof"));
    rig_send(&r, 3);
    for (int i = 0; i < 5 && r.count < 3; i++) {
        rig_poll(&r, 110);
        rig_jump(&r, PN_LIMIT_SMTP_TIMEOUT_SECONDS / 2);
    }
    rig_run(&r);
    assert_int_equal(r.count, 3);
    assert_true(r.clock.ticks <=
                (PN_LIMIT_CHANNEL_RESULT_SECONDS + PN_LIMIT_SMTP_TIMEOUT_SECONDS / 2) * PN_SECOND);
    assert_int_equal(rig_outcomes(&r, PN_SEND_ACCEPTED), 0);
    rig_stop(&r);
    (void)peer_stop(&p);
}

static void an_idle_connection_says_quit(void **state) {
    (void)state;
    begin(ONE, SCRIPT(HELLO, "<MAIL", "<RCPT", "<DATA", "!250 ok|250 ok|354 go|", "data", ">250 ok",
                      "<QUIT", ">221 bye", "eof"));
    rig_send(&r, 1);
    rig_run(&r);
    rig_jump(&r, 40);
    size_t got = 0;
    for (int i = 0; i < 5; i++) {
        assert_int_equal(r.driver->poll(r.channel, 20, r.results, 1, &got), PN_OK);
    }
    assert_string_equal(p.wrong, "");
    end();
}

static void the_rate_is_kept(void **state) {
    (void)state;
    begin("{'url':'smtp://127.0.0.1:%d','rate_per_second':50}", SCRIPT(">220 mx", "serve"));
    int64_t begin_ticks = real_ticks(NULL);
    rig_send(&r, 30);
    rig_run(&r);
    double seconds = (double)(real_ticks(NULL) - begin_ticks) / 1e6;
    rig_expect(&r, PN_SEND_ACCEPTED, 30);
    assert_true(seconds > 0.45); /* five may catch up */
    assert_true(r.driver->room(r.channel) <= PN_LIMIT_CHANNEL_QUEUE);
    end();
}

static void no_more_is_taken_than_the_rate_lets_through_soon(void **state) {
    (void)state;
    begin("{'url':'smtp://127.0.0.1:%d','rate_per_second':0.05}", SCRIPT(">220 mx", "serve"));
    assert_int_equal(r.driver->room(r.channel), 3); /* a minute's worth */
    assert_int_equal(rig_send(&r, 10), 3);
    end();
}

/* ── nonsense ── */

static void what_is_not_smtp_is_given_up(void **state) {
    (void)state;
    static const char *const greetings[] = {"!SSH-2.0-OpenSSH_9.2p1|", "!HTTP/1.1 400 Bad|",
                                            "flood", "!|", "!220-never|ends|"};
    for (size_t i = 0; i < PN_COUNT(greetings); i++) {
        begin(ONE, SCRIPT(greetings[i], "eof"));
        rig_send(&r, 2);
        rig_run(&r);
        rig_expect(&r, PN_SEND_RETRY, 2);
        assert_non_null(strstr(r.results[0].reply, "not SMTP"));
        end();
    }
}

static void nonsense_for_the_dot_is_uncertain(void **state) {
    (void)state;
    static const char *const answers[] = {"flood", "!what?|", "!354 more|"};
    for (size_t i = 0; i < PN_COUNT(answers); i++) {
        begin(ONE,
              SCRIPT(HELLO, "<MAIL", "<RCPT", "<DATA", "!250 ok|250 ok|354 go|", "data", answers[i],
                     "sleep 50"),
              SCRIPT(">220 mx", "serve"));
        rig_send(&r, 1);
        rig_run(&r);
        rig_expect(&r, PN_SEND_UNCERTAIN, 1);
        assert_int_equal(peer_accepted(&p), 0);
        end();
    }
}

static void long_and_split_replies_are_read(void **state) {
    (void)state;
    begin(ONE,
          SCRIPT("!22", "sleep 10", "!0-mx|220", "sleep 10", "!-more|220 ready|", "<EHLO",
                 "!250-mx|250-", "sleep 10", "!PIPELI", "sleep 10", "!NING|250 HELP|", "<MAIL",
                 "<RCPT", "<DATA", "!250-2.1.0 one|250-2.1.0 two|250 2.1.0 three|25", "sleep 10",
                 "!0 ok|354-go|354 on|", "data", "!250-2.0.0 a|250 2.0.0 b|", "<QUIT", ">221 bye"));
    rig_send(&r, 1);
    rig_run(&r);
    rig_expect(&r, PN_SEND_ACCEPTED, 1);
    assert_string_equal(r.results[0].reply, "250 2.0.0 a b");
    end();
}

static void without_pipelining_one_command_at_a_time(void **state) {
    (void)state;
    begin(ONE,
          SCRIPT("quiet", ">220 mx", "<EHLO", "quiet", ">502 no", "<HELO [127.0.0.1]", "quiet",
                 ">250 mx", "<MAIL FROM:<a@we.example>", "quiet", ">250 ok", "<RCPT", "quiet",
                 ">250 ok", "<DATA", "quiet", ">354 go", "data", "quiet", ">250 ok", "<MAIL",
                 "quiet", ">250 ok", "<RCPT", "quiet", ">550 5.1.1 no", "<RSET", "quiet", ">250 ok",
                 "<MAIL", "quiet", ">550 5.7.1 no", "<QUIT", "quiet", ">221 bye", "eof"));
    rig_send(&r, 3);
    rig_run(&r);
    assert_int_equal(r.count, 3);
    assert_int_equal(r.results[0].outcome, PN_SEND_ACCEPTED);
    assert_int_equal(r.results[1].outcome, PN_SEND_NEXT_CONTACT);
    assert_int_equal(r.results[2].outcome, PN_SEND_SENDER_PROBLEM);
    end();
}

/* ── TLS ── */

#define CA_FILE "puntual-test-ca.pem" /* where the test runs: in the build folder */
#define SECURE(host, more) "{'url':'smtp://" host ":%d','connections':1" more "}"
#define WITH_CA ",'starttls':'required','ca_file':'" CA_FILE "'"
#define STARTTLS                                                                                   \
    ">220 mx", "<EHLO", ">250-mx|250-PIPELINING|250 STARTTLS", "<STARTTLS", "quiet", ">220 go",    \
        "tls"

static void begin_tls(const char *settings, const char *secret, const char *names,
                      const peer_script *scripts, size_t count) {
    peer_start(&p, scripts, count);
    peer_certificate(&p, names, CA_FILE);
    rig_start_on(&r, secret, settings, p.port);
}

static void starttls_secures_what_follows(void **state) {
    (void)state;
    begin_tls(SECURE("127.0.0.1", WITH_CA), "", "IP:127.0.0.1",
              (const peer_script[]){SCRIPT(STARTTLS, "serve")}, 1);
    rig_send(&r, 20);
    rig_run(&r);
    rig_expect(&r, PN_SEND_ACCEPTED, 20);
    assert_int_equal(peer_accepted(&p), 20);
    end();
}

static void a_name_is_verified_and_sessions_are_resumed(void **state) {
    (void)state;
    begin_tls(
        "{'url':'smtps://localhost:%d','connections':1,'connection_messages':2,'ca_file':'" CA_FILE
        "'}",
        "", "DNS:localhost", (const peer_script[]){SCRIPT("tls", ">220 mx", "serve")}, 1);
    rig_send(&r, 6);
    rig_run(&r);
    rig_expect(&r, PN_SEND_ACCEPTED, 6);
    assert_int_equal(peer_connections(&p), 3);
    pthread_mutex_lock(&p.lock);
    assert_int_equal(p.resumed, 2);
    pthread_mutex_unlock(&p.lock);
    end();
}

static void a_large_message_goes_through_tls(void **state) {
    (void)state;
    begin_tls(SECURE("127.0.0.1", WITH_CA), "", "IP:127.0.0.1",
              (const peer_script[]){SCRIPT(STARTTLS, "serve")}, 1);
    static char big[5000000];
    for (size_t i = 0; i < sizeof big; i += 50) {
        memset(big + i, '.', 48);
        memcpy(big + i + 48, "\r\n", 2);
    }
    rig_offer(&r, (pn_outgoing){.recipient = PN_STR("b@x.example"), .content = {big, sizeof big}},
              2);
    rig_run(&r);
    rig_expect(&r, PN_SEND_ACCEPTED, 2);
    end();
}

static void untrusted_certificates_are_refused(void **state) {
    (void)state;
    static const struct {
        const char *settings, *names;
    } cases[] = {
        {SECURE("127.0.0.1", ",'starttls':'required'"), "IP:127.0.0.1"}, /* unknown authority */
        {SECURE("127.0.0.1", WITH_CA), "IP:127.0.0.2"},                  /* another address */
        {SECURE("localhost", WITH_CA), "DNS:mail.example.com"},          /* another name */
        {SECURE("127.0.0.1", ",'starttls':'opportunistic'"), "IP:127.0.0.1"},
    };
    for (size_t i = 0; i < PN_COUNT(cases); i++) {
        begin_tls(cases[i].settings, "", cases[i].names,
                  (const peer_script[]){SCRIPT(STARTTLS, "serve")}, 1);
        rig_send(&r, 2);
        rig_run(&r);
        rig_expect(&r, PN_SEND_SENDER_PROBLEM, 2);
        assert_non_null(strstr(r.results[0].reply, "not trusted"));
        assert_int_equal(peer_accepted(&p), 0);
        end();
    }
}

static void verification_can_be_left_out_on_this_machine(void **state) {
    (void)state;
    begin_tls(SECURE("127.0.0.1", ",'starttls':'required','verify':'none'"), "",
              "DNS:elsewhere.example", (const peer_script[]){SCRIPT(STARTTLS, "serve")}, 1);
    rig_send(&r, 1);
    rig_run(&r);
    rig_expect(&r, PN_SEND_ACCEPTED, 1);
    end();
}

static void starttls_that_is_missing_or_broken_stops_the_mail(void **state) {
    (void)state;
    static const struct {
        const char *script[10];
        pn_send_outcome outcome;
        const char *says;
    } cases[] = {
        {{">220 mx", "<EHLO", ">250-mx|250 PIPELINING", "eof"}, PN_SEND_SENDER_PROBLEM, "STARTTLS"},
        {{">220 mx", "<EHLO", ">250-mx|250 STARTTLS", "<STARTTLS", ">454 4.7.0 not now", "eof"},
         PN_SEND_RETRY,
         "not now"},
        {{">220 mx", "<EHLO", ">250-mx|250 STARTTLS", "<STARTTLS", "!220 go|250 injected|", "eof"},
         PN_SEND_RETRY,
         "not SMTP"},
        {{">220 mx", "<EHLO", ">250-mx|250 STARTTLS", "<STARTTLS", ">220 go", "read 1", "close"},
         PN_SEND_RETRY,
         ""},
        {{">220 mx", "<EHLO", ">250-mx|250 STARTTLS", "<STARTTLS", ">220 go", "read 1",
          ">this is no TLS", "sleep 100"},
         PN_SEND_RETRY,
         "secured connection"},
    };
    for (size_t i = 0; i < PN_COUNT(cases); i++) {
        begin_tls(SECURE("127.0.0.1", WITH_CA), "", "IP:127.0.0.1",
                  (const peer_script[]){cases[i].script}, 1);
        rig_send(&r, 2);
        rig_run(&r);
        rig_expect(&r, cases[i].outcome, 2);
        assert_non_null(strstr(r.results[0].reply, cases[i].says));
        end();
    }
}

/* ── login ── */

#define USER(auth) ",'user':'ana@we.example','auth':'" auth "'"

static void logins_work(void **state) {
    (void)state;
    begin_with(SECURE("127.0.0.1", USER("auto")), "pencil",
               (const peer_script[]){SCRIPT(
                   ">220 mx", "<EHLO", ">250-mx|250 AUTH PLAIN LOGIN",
                   "<AUTH PLAIN AGFuYUB3ZS5leGFtcGxlAHBlbmNpbA==", ">235 2.7.0 in", "serve")},
               1);
    rig_send(&r, 2);
    rig_run(&r);
    rig_expect(&r, PN_SEND_ACCEPTED, 2);
    end();
    begin_with(SECURE("127.0.0.1", USER("login")), "pencil",
               (const peer_script[]){SCRIPT(
                   ">220 mx", "<EHLO", ">250-mx|250 AUTH LOGIN", "<AUTH LOGIN", ">334 VXNlcm5hbWU6",
                   "<YW5hQHdlLmV4YW1wbGU=", ">334 UGFzc3dvcmQ6", "<cGVuY2ls", ">235 in", "serve")},
               1);
    rig_send(&r, 2);
    rig_run(&r);
    rig_expect(&r, PN_SEND_ACCEPTED, 2);
    end();
    begin_tls(SECURE("127.0.0.1", WITH_CA USER("xoauth2")), "token", "IP:127.0.0.1",
              (const peer_script[]){
                  SCRIPT(STARTTLS, "<EHLO", ">250-mx|250 AUTH XOAUTH2",
                         "<AUTH XOAUTH2 dXNlcj1hbmFAd2UuZXhhbXBsZQFhdXRoPUJlYXJlciB0b2tlbgEB",
                         ">235 2.7.0 in", "serve")},
              1);
    rig_send(&r, 2);
    rig_run(&r);
    rig_expect(&r, PN_SEND_ACCEPTED, 2);
    end();
}

static void a_refused_login_is_the_senders_problem_for_all_that_wait(void **state) {
    (void)state;
    static const struct {
        const char *auth, *script[10];
        pn_send_outcome outcome;
    } cases[] = {
        {USER("auto"),
         {">220 mx", "<EHLO", ">250-mx|250 AUTH PLAIN", "<AUTH PLAIN", ">535 5.7.8 wrong", "eof"},
         PN_SEND_SENDER_PROBLEM},
        {USER("auto"),
         {">220 mx", "<EHLO", ">250-mx|250 AUTH PLAIN", "<AUTH PLAIN", ">454 4.7.0 later", "eof"},
         PN_SEND_RETRY},
        {USER("plain"),
         {">220 mx", "<EHLO", ">250-mx|250 AUTH CRAM-MD5", "eof"},
         PN_SEND_SENDER_PROBLEM},
        {USER("login"),
         {">220 mx", "<EHLO", ">250-mx|250 AUTH LOGIN", "<AUTH LOGIN", ">334 VXNlcm5hbWU6", "<",
          ">535 5.7.8 no such user", "eof"},
         PN_SEND_SENDER_PROBLEM},
        {USER("xoauth2"),
         {">220 mx", "<EHLO", ">250-mx|250 AUTH XOAUTH2", "<AUTH XOAUTH2", ">334 eyJ9", "<",
          ">535 5.7.8 token expired", "eof"},
         PN_SEND_SENDER_PROBLEM},
    };
    for (size_t i = 0; i < PN_COUNT(cases); i++) {
        char settings[300];
        (void)snprintf(settings, sizeof settings,
                       "{'url':'smtp://127.0.0.1:%%d','connections':2%s}", cases[i].auth);
        begin_with(settings, "pencil", (const peer_script[]){cases[i].script}, 1);
        assert_int_equal(rig_send(&r, 100), 100);
        rig_run(&r);
        rig_expect(&r, cases[i].outcome, 100);
        assert_int_equal(r.driver->room(r.channel), 0);
        if (cases[i].outcome == PN_SEND_SENDER_PROBLEM) {
            rig_jump(&r, 50); /* no new attempt for a minute: accounts get locked */
            assert_int_equal(r.driver->room(r.channel), 0);
        }
        end();
    }
}

static void a_password_does_not_go_over_an_unsecured_connection(void **state) {
    (void)state;
    begin_with(
        "{'url':'smtp://127.0.0.1:%d','connections':1,'starttls':'required'" USER("auto") "}",
        "pencil",
        (const peer_script[]){SCRIPT(">220 mx", "<EHLO", ">250-mx|250 AUTH PLAIN", "eof")}, 1);
    rig_send(&r, 1);
    rig_run(&r);
    rig_expect(&r, PN_SEND_SENDER_PROBLEM, 1);
    end();
}

/* ── waiting elsewhere ── */

static void a_channel_can_be_waited_for_by_its_descriptor(void **state) {
    (void)state;
    begin("{'url':'smtp://localhost:%d','rate_per_second':200,'connection_messages':7}",
          SCRIPT(">220 mx", "sleep 20", "serve"), SCRIPT(HELLO, "<MAIL", "close"),
          SCRIPT(">220 mx", "serve"));
    rig_send(&r, 60);
    size_t got = 0;
    assert_int_equal(r.driver->poll(r.channel, 0, r.results, RIG_RESULTS, &got), PN_OK);
    r.count = got;
    for (int turns = 0; r.driver->pending(r.channel) > 0 && turns < 5000; turns++) {
        struct pollfd waits = {.fd = r.driver->wait_fd(r.channel), .events = POLLIN};
        assert_int_equal(poll(&waits, 1, 3000), 1);
        assert_int_equal(
            r.driver->poll(r.channel, 0, r.results + r.count, RIG_RESULTS - r.count, &got), PN_OK);
        r.count += got;
    }
    rig_expect(&r, PN_SEND_ACCEPTED, 60);
    end();
}

/* ── stopping ── */

static void stopping_waits_for_answers_and_says_quit(void **state) {
    (void)state;
    begin(ONE, SCRIPT(HELLO, "<MAIL", "<RCPT", "<DATA", "!250 ok|250 ok|354 go|", "data",
                      "sleep 200", ">250 ok", "<QUIT", ">221 bye", "eof"));
    rig_send(&r, 1);
    rig_poll(&r, 100);
    rig_stop(&r);
    assert_string_equal(peer_stop(&p), "");
}

static void stopping_takes_a_second_at_most(void **state) {
    (void)state;
    begin(ONE, SCRIPT(HELLO, "<MAIL", "<RCPT", "<DATA", "!250 ok|250 ok|354 go|", "data", "eof"));
    rig_send(&r, 2);
    rig_poll(&r, 100);
    int64_t begin_ticks = real_ticks(NULL);
    rig_stop(&r);
    assert_true(real_ticks(NULL) - begin_ticks < PN_MINUTE); /* an answer may take more */
    (void)peer_stop(&p);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(greylisting_is_for_later_and_the_connection_goes_on),
        cmocka_unit_test(a_refused_recipient_with_accepted_data_gets_a_lone_dot),
        cmocka_unit_test(a_refusal_in_the_middle_of_the_content_is_heard),
        cmocka_unit_test(a_421_after_good_work_only_changes_the_connection),
        cmocka_unit_test(a_421_at_once_makes_the_driver_back_off),
        cmocka_unit_test(a_server_that_limits_connections_is_used_with_what_it_gives),
        cmocka_unit_test(an_idle_connection_closed_by_the_server_is_no_failure),
        cmocka_unit_test(a_connection_lost_before_the_dot_costs_nothing),
        cmocka_unit_test(a_server_that_always_hangs_up_is_given_up),
        cmocka_unit_test(a_connection_lost_after_the_dot_is_uncertain),
        cmocka_unit_test(a_large_message_cut_off_is_sent_again),
        cmocka_unit_test(an_unreachable_server_makes_the_driver_back_off_longer_and_longer),
        cmocka_unit_test(silence_before_the_dot_is_for_later),
        cmocka_unit_test(silence_after_the_dot_is_uncertain),
        cmocka_unit_test(an_answer_that_waited_for_us_counts_before_the_time_limit),
        cmocka_unit_test(a_greeting_that_never_comes_ends_in_time),
        cmocka_unit_test(every_message_gets_its_result_in_time),
        cmocka_unit_test(an_idle_connection_says_quit),
        cmocka_unit_test(the_rate_is_kept),
        cmocka_unit_test(no_more_is_taken_than_the_rate_lets_through_soon),
        cmocka_unit_test(what_is_not_smtp_is_given_up),
        cmocka_unit_test(nonsense_for_the_dot_is_uncertain),
        cmocka_unit_test(long_and_split_replies_are_read),
        cmocka_unit_test(without_pipelining_one_command_at_a_time),
        cmocka_unit_test(starttls_secures_what_follows),
        cmocka_unit_test(a_name_is_verified_and_sessions_are_resumed),
        cmocka_unit_test(a_large_message_goes_through_tls),
        cmocka_unit_test(untrusted_certificates_are_refused),
        cmocka_unit_test(verification_can_be_left_out_on_this_machine),
        cmocka_unit_test(starttls_that_is_missing_or_broken_stops_the_mail),
        cmocka_unit_test(logins_work),
        cmocka_unit_test(a_refused_login_is_the_senders_problem_for_all_that_wait),
        cmocka_unit_test(a_password_does_not_go_over_an_unsecured_connection),
        cmocka_unit_test(a_channel_can_be_waited_for_by_its_descriptor),
        cmocka_unit_test(stopping_waits_for_answers_and_says_quit),
        cmocka_unit_test(stopping_takes_a_second_at_most),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    (void)unlink(CA_FILE);
    return failed;
}
