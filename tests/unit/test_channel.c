/* The registry, the settings, `capture`, and `smtp` against smtp-sink with its fault options. */
#define _GNU_SOURCE
#include "unit.h"

#include <dirent.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "channel_rig.h"

static rig r;

/* ── registry and settings ── */

static void drivers_are_found_by_name(void **state) {
    (void)state;
    assert_non_null(pn_channel_driver_find(PN_STR("smtp")));
    assert_non_null(pn_channel_driver_find(PN_STR("capture")));
    assert_null(pn_channel_driver_find(PN_STR("pigeon")));
    for (size_t i = 0; i < pn_channel_driver_count(); i++) {
        const pn_channel_driver *d = pn_channel_driver_at(i);
        assert_ptr_equal(pn_channel_driver_find(pn_str_of(d->name)), d);
        assert_true(d->start != NULL && d->room != NULL && d->send != NULL && d->poll != NULL &&
                    d->pending != NULL && d->wait_fd != NULL && d->stop != NULL);
        d->stop(NULL);
        for (size_t j = 0; j < d->setting_count; j++) {
            const pn_channel_setting *s = &d->settings[j];
            assert_true(s->name != NULL && s->help != NULL);
            assert_true(s->required || s->otherwise != NULL);
            assert_true((s->type == PN_SETTING_CHOICE) == (s->choices != NULL));
        }
    }
    assert_null(pn_channel_driver_at(pn_channel_driver_count()));
}

static void wrong_settings_are_explained(void **state) {
    (void)state;
    static const struct {
        const char *settings, *secret, *where, *says;
    } cases[] = {
        {"{}", "", "url", "missing"},
        {"[]", "", "", "JSON object"},
        {"{'url':'smtp://a','colour':'red'}", "", "colour", "no setting"},
        {"{'url':7}", "", "url", "text"},
        {"{'url':'mail.example.com'}", "", "url", "smtp://"},
        {"{'url':'http://mail.example.com'}", "", "url", "smtp://"},
        {"{'url':'smtp://'}", "", "url", "host name"},
        {"{'url':'smtp://a b'}", "", "url", "host name"},
        {"{'url':'smtp://correo.espa\xC3\xB1"
         "a.es'}",
         "", "url", "xn--"},
        {"{'url':'smtp://a:0'}", "", "url", "port"},
        {"{'url':'smtp://a:65536'}", "", "url", "port"},
        {"{'url':'smtp://a:'}", "", "url", "port"},
        {"{'url':'smtp://a:+25'}", "", "url", "port"},
        {"{'url':'smtp://a:25x'}", "", "url", "port"},
        {"{'url':'smtp://[::1'}", "", "url", "]"},
        {"{'url':'smtp://[::1]25'}", "", "url", "IPv6"},
        {"{'url':'smtp://[127.0.0.1]:25'}", "", "url", "IPv6"},
        {"{'url':'smtp://ana:secret@mail.example.com'}", "", "url", "password"},
        {"{'url':'smtp://a','user':'ana'}", "", "user", "no password"},
        {"{'url':'smtp://a'}", "pencil", "user", "no user"},
        {"{'url':'smtp://a','auth':'plain'}", "", "user", "no user"},
        {"{'url':'smtp://a','user':'ana'}", "pencil\n", "secret", "line end"},
        {"{'url':'smtp://a','user':'ana','auth':'cram-md5'}", "p", "auth", "plain|login"},
        {"{'url':'smtp://a','user':'a\\nb'}", "p", "user", "control"},
        {"{'url':'smtp://a','starttls':'never','user':'ana'}", "p", "starttls", "unprotected"},
        {"{'url':'smtps://a','starttls':'required'}", "", "starttls", "smtps"},
        {"{'url':'smtp://a','verify':'none'}", "", "verify", "this machine"},
        {"{'url':'smtp://10.0.0.1','verify':'none'}", "", "verify", "this machine"},
        {"{'url':'smtp://localhost.example.com','verify':'none'}", "", "verify", "this machine"},
        {"{'url':'smtp://a','ca_file':'/nowhere/ca.pem'}", "", "ca_file", "/nowhere/ca.pem"},
        {"{'url':'smtp://a','helo':'we are'}", "", "helo", "host name"},
        {"{'url':'smtp://a','connections':0}", "", "connections", "from 1 to 16"},
        {"{'url':'smtp://a','connections':17}", "", "connections", "from 1 to 16"},
        {"{'url':'smtp://a','connections':2.5}", "", "connections", "whole"},
        {"{'url':'smtp://a','connections':'4'}", "", "connections", "whole"},
        {"{'url':'smtp://a','rate_per_second':0}", "", "rate_per_second", "number"},
    };
    for (size_t i = 0; i < PN_COUNT(cases); i++) {
        assert_int_equal(rig_start(&r, "smtp", cases[i].secret, cases[i].settings), PN_INVALID);
        char sentence[900];
        pn_diag_sentence(&r.diag, sentence, sizeof sentence);
        if (strcmp(r.diag.where, cases[i].where) != 0 || strstr(sentence, cases[i].says) == NULL) {
            fail_msg("%s: %s", cases[i].settings, sentence);
        }
        pn_arena_done(&r.arena);
    }
}

static void right_settings_are_taken_without_touching_the_network(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"{'url':'smtp://mail.example.com'}", ""},
        {"{'url':'SMTPS://mail.example.com:465/'}", ""},
        {"{'url':'smtp://[2001:db8::1]:2525','helo':'[192.0.2.1]'}", ""},
        {"{'url':'smtp://localhost:25','verify':'none','starttls':'required'}", ""},
        {"{'url':'smtp://127.0.0.1:25','user':'ana','starttls':'never'}", "pencil"},
        {"{'url':'smtp://mail.example.com','user':'ana','auth':'xoauth2','connections':16,"
         "'connection_messages':10000,'rate_per_second':0.5,'helo':'mail.we.example',"
         "'starttls':'opportunistic'}",
         "ya29.token"},
    };
    for (size_t i = 0; i < PN_COUNT(cases); i++) {
        if (rig_start(&r, "smtp", cases[i][1], cases[i][0]) != PN_OK) {
            fail_msg("%s: %s", cases[i][0], r.diag.what);
        }
        assert_true(r.driver->wait_fd(r.channel) >= 0);
        assert_int_equal(r.driver->pending(r.channel), 0);
        rig_stop(&r);
    }
}

static void the_network_is_the_operators(void **state) {
    (void)state;
    static const char *const urls[] = {"smtp://127.0.0.1:25", "smtp://localhost:25",
                                       "smtp://[::1]:25", "smtp://169.254.169.254:25",
                                       "smtp://[::ffff:169.254.169.254]:25"};
    for (size_t i = 0; i < PN_COUNT(urls); i++) {
        char settings[200];
        (void)snprintf(settings, sizeof settings, "{'url':'%s','starttls':'never'}", urls[i]);
        assert_int_equal(rig_start(&r, "smtp", "", settings), PN_OK);
        r.driver->stop(r.channel);
        r.host.networks = PN_NET_PUBLIC;
        pn_json *parsed = NULL;
        pn_str text = pn_str_format(&r.arena, "{\"url\":\"%s\",\"starttls\":\"never\"}", urls[i]);
        assert_int_equal(pn_json_parse(text, NULL, &r.arena, &parsed, NULL), PN_OK);
        assert_int_equal(r.driver->start(parsed, PN_STR_NONE, &r.host, &r.channel, NULL), PN_OK);
        rig_send(&r, 2);
        rig_run(&r);
        rig_expect(&r, PN_SEND_SENDER_PROBLEM, 2);
        assert_non_null(strstr(r.results[0].reply, "may not be connected to"));
        rig_stop(&r);
    }
}

/* ── messages that are refused here ── */

static void broken_messages_get_their_result_without_a_server(void **state) {
    (void)state;
    assert_int_equal(rig_start(&r, "smtp", "", "{'url':'smtp://127.0.0.1:1'}"), PN_OK);
    pn_outgoing message = {.sender = PN_STR("a@we.example"),
                           .recipient = PN_STR("b@x.example\r\nRCPT TO:<c@x.example"),
                           .content = RIG_CONTENT};
    rig_offer(&r, message, 1);
    message.recipient = PN_STR("b@x.example");
    message.sender = PN_STR("not an address");
    rig_offer(&r, message, 1);
    message.sender = PN_STR_NONE;
    message.content = PN_STR("A: b\n\nbare\n");
    rig_offer(&r, message, 1);
    rig_run(&r);
    assert_int_equal(r.count, 3);
    assert_int_equal(r.results[0].outcome, PN_SEND_NEXT_CONTACT);
    assert_int_equal(r.results[1].outcome, PN_SEND_SENDER_PROBLEM);
    assert_int_equal(r.results[2].outcome, PN_SEND_NEXT_CHANNEL);
    rig_stop(&r);
}

/* ── capture ── */

static void capture_accepts_everything(void **state) {
    (void)state;
    assert_int_equal(rig_start(&r, "capture", "", "{}"), PN_OK);
    assert_false(r.driver->delivers);
    assert_int_equal(rig_send(&r, 5), 5);
    assert_int_equal(r.driver->pending(r.channel), 5);
    rig_run(&r);
    rig_expect(&r, PN_SEND_ACCEPTED, 5);
    r.count = 0;
    assert_int_equal(rig_send(&r, PN_LIMIT_CHANNEL_QUEUE + 1), PN_LIMIT_CHANNEL_QUEUE);
    assert_int_equal(r.driver->room(r.channel), 0);
    rig_run(&r);
    rig_expect(&r, PN_SEND_ACCEPTED, PN_LIMIT_CHANNEL_QUEUE);
    rig_stop(&r);
    assert_int_equal(rig_start(&r, "capture", "", "{'folder':'/nowhere/at/all'}"), PN_INVALID);
    assert_string_equal(r.diag.where, "folder");
    pn_arena_done(&r.arena);
}

static void capture_writes_whole_files(void **state) {
    (void)state;
    char folder[] = "/tmp/puntual-capture-XXXXXX", settings[100], path[200], id[PN_ID_TEXT_SIZE];
    assert_non_null(mkdtemp(folder));
    (void)snprintf(settings, sizeof settings, "{'folder':'%s'}", folder);
    assert_int_equal(rig_start(&r, "capture", "", settings), PN_OK);
    rig_send(&r, 3);
    rig_run(&r);
    rig_expect(&r, PN_SEND_ACCEPTED, 3);
    pn_arena arena;
    pn_arena_init(&arena, 0);
    for (pn_id i = 1; i <= 3; i++) {
        (void)snprintf(path, sizeof path, "%s/%s.eml", folder, pn_id_text(PN_ID_CARRIER, i, id));
        assert_true(pn_str_eq(file_read(&arena, path), RIG_CONTENT));
        assert_int_equal(unlink(path), 0);
    }
    assert_int_equal(rmdir(folder), 0); /* and nothing else was left there */
    r.count = 0;
    rig_send(&r, 1);
    rig_run(&r);
    rig_expect(&r, PN_SEND_RETRY, 1);
    rig_stop(&r);
    pn_arena_done(&arena);
}

/* ── smtp-sink ── */

#define SINK "/usr/sbin/smtp-sink"

static pid_t sink;
static int sink_port;

static int free_port(void) {
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof name;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&name, size), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&name, &size), 0);
    (void)close(fd);
    return ntohs(name.sin_port);
}

static void wait_until_it_listens(void) {
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)sink_port),
                             .sin_addr = {htonl(INADDR_LOOPBACK)}};
    for (int i = 0; i < 1000; i++) {
        int fd = socket(AF_INET, SOCK_STREAM, 0);
        int failed = connect(fd, (struct sockaddr *)&to, sizeof to);
        (void)close(fd);
        if (failed == 0) {
            return;
        }
        (void)usleep(5000);
    }
    fail_msg("smtp-sink does not listen");
}

/* Starts smtp-sink with up to four options; skips the test where it is not installed. */
static void sink_start(const char *a, const char *b, const char *c, const char *d) {
    if (access(SINK, X_OK) != 0) {
        print_message("skipped: %s is not on this machine (package postfix)\n", SINK);
        skip();
    }
    char address[32];
    sink_port = free_port();
    (void)snprintf(address, sizeof address, "127.0.0.1:%d", sink_port);
    const char *argv[16] = {SINK};
    int argc = 1;
    if (geteuid() == 0) {
        argv[argc++] = "-u";
        argv[argc++] = "nobody";
    }
    const char *options[] = {a, b, c, d};
    for (size_t i = 0; i < PN_COUNT(options) && options[i] != NULL; i++) {
        argv[argc++] = options[i];
    }
    argv[argc++] = address;
    argv[argc] = "128";
    sink = fork();
    if (sink == 0) {
        (void)execv(SINK, (char *const *)argv);
        _exit(127);
    }
    assert_true(sink > 0);
    wait_until_it_listens();
}

static int sink_stop(void **state) {
    (void)state;
    if (sink > 0) {
        (void)kill(sink, SIGKILL);
        (void)waitpid(sink, NULL, 0);
        sink = 0;
    }
    return 0;
}

#define sink_with(...) sink_with_(__VA_ARGS__, NULL, NULL, NULL, NULL)
#define sink_with_(a, b, c, d, ...) sink_start((a), (b), (c), (d))
#define TO_SINK "{'url':'smtp://127.0.0.1:%d'}"

static void mail_goes_to_a_real_server(void **state) {
    (void)state;
    static const char *const options[] = {"-4", "-p", "-e", "-E", "-N"};
    for (size_t i = 0; i < PN_COUNT(options); i++) {
        sink_with(options[i]);
        rig_start_on(&r, "", "{'url':'smtp://127.0.0.1:%d','connection_messages':50}", sink_port);
        assert_int_equal(rig_send(&r, 600), 600);
        rig_run(&r);
        rig_expect(&r, PN_SEND_ACCEPTED, 600);
        rig_stop(&r);
        (void)sink_stop(NULL);
    }
}

static bool dump_holds(const char *folder, pn_str content) {
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    bool found = false;
    pn_arena arena;
    pn_arena_init(&arena, 0);
    for (struct dirent *e; (e = readdir(dir)) != NULL;) {
        char path[600];
        (void)snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        if (e->d_name[0] != '.') {
            found = found || pn_str_find(file_read(&arena, path), content) != SIZE_MAX;
            (void)unlink(path);
        }
    }
    (void)closedir(dir);
    (void)rmdir(folder);
    pn_arena_done(&arena);
    return found;
}

static void what_arrives_is_what_was_sent(void **state) {
    (void)state;
    char folder[] = "/tmp/puntual-sink-XXXXXX", template[100];
    assert_non_null(mkdtemp(folder));
    assert_int_equal(chmod(folder, 0777), 0);
    (void)snprintf(template, sizeof template, "%s/m.", folder);
    sink_with("-d", template);
    rig_start_on(&r, "", TO_SINK, sink_port);
    rig_send(&r, 1);
    rig_run(&r);
    rig_expect(&r, PN_SEND_ACCEPTED, 1);
    rig_stop(&r);
    (void)sink_stop(NULL);
    /* its files have LF for CRLF */
    assert_true(dump_holds(folder, PN_STR("Subject: Factura\n\nHola.\n.\n..fin\n")));
}

static void expect_of_sink(const char *option, const char *command, pn_send_outcome outcome) {
    sink_with(option, command);
    rig_start_on(&r, "", "{'url':'smtp://127.0.0.1:%d','connections':2}", sink_port);
    assert_int_equal(rig_send(&r, 20), 20);
    rig_run(&r);
    if (rig_outcomes(&r, outcome) != 20) {
        print_error("smtp-sink %s %s\n", option, command);
    }
    rig_expect(&r, outcome, 20);
    rig_stop(&r);
    (void)sink_stop(NULL);
}

static void a_server_that_hangs_up_never_accepts(void **state) {
    (void)state;
    static const char *const before[] = {"CONNECT", "EHLO", "MAIL", "RCPT", "DATA"};
    for (size_t i = 0; i < PN_COUNT(before); i++) {
        expect_of_sink("-q", before[i], PN_SEND_RETRY);
        expect_of_sink("-Q", before[i], PN_SEND_RETRY);
    }
    expect_of_sink("-Q", ".", PN_SEND_RETRY);
}

static void a_server_that_hangs_up_at_the_dot_leaves_doubt(void **state) {
    (void)state;
    sink_with("-q", ".");
    rig_start_on(&r, "", "{'url':'smtp://127.0.0.1:%d','connections':2}", sink_port);
    assert_int_equal(rig_send(&r, 20), 20);
    rig_run(&r);
    /* Each message was handed over once, or never when the driver had given up before. */
    assert_true(rig_outcomes(&r, PN_SEND_UNCERTAIN) >= 2);
    assert_int_equal(rig_outcomes(&r, PN_SEND_UNCERTAIN) + rig_outcomes(&r, PN_SEND_RETRY), 20);
    rig_stop(&r);
}

static void soft_refusals_are_for_later(void **state) {
    (void)state;
    static const char *const commands[] = {"CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "."};
    for (size_t i = 0; i < PN_COUNT(commands); i++) {
        expect_of_sink("-r", commands[i], PN_SEND_RETRY);
    }
}

static void hard_refusals_say_who_is_to_blame(void **state) {
    (void)state;
    static const struct {
        const char *command, *reply;
        pn_send_outcome outcome;
    } cases[] = {
        {"CONNECT", "554 5.7.1 go away", PN_SEND_SENDER_PROBLEM},
        {"MAIL", "550 5.7.1 not you", PN_SEND_SENDER_PROBLEM},
        {"RCPT", "550 5.1.1 user unknown", PN_SEND_NEXT_CONTACT},
        {"RCPT", "552 5.2.2 mailbox full", PN_SEND_RETRY},
        {"DATA", "554 5.7.1 no", PN_SEND_SENDER_PROBLEM},
        {".", "552 5.3.4 too big", PN_SEND_NEXT_CHANNEL},
        {".", "550 5.7.26 unauthenticated", PN_SEND_SENDER_PROBLEM},
        {"EHLO", "502 5.5.1 what?", PN_SEND_ACCEPTED}, /* HELO it is */
        {"RSET", "500 what?", PN_SEND_ACCEPTED},
    };
    for (size_t i = 0; i < PN_COUNT(cases); i++) {
        sink_with("-B", cases[i].reply, "-f", cases[i].command);
        rig_start_on(&r, "", TO_SINK, sink_port);
        rig_send(&r, 20);
        rig_run(&r);
        rig_expect(&r, cases[i].outcome, 20);
        rig_stop(&r);
        (void)sink_stop(NULL);
    }
}

static void a_server_that_stops_reading_is_heard(void **state) {
    (void)state;
    static char big[4000000];
    for (size_t i = 0; i < sizeof big; i += 50) {
        memset(big + i, 'x', 48);
        memcpy(big + i + 48, "\r\n", 2);
    }
    pn_outgoing message = {.recipient = PN_STR("b@x.example"), .content = {big, sizeof big}};
    sink_with("-A", "0"); /* 354, then 550 without reading on */
    rig_start_on(&r, "", "{'url':'smtp://127.0.0.1:%d','connections':1}", sink_port);
    rig_offer(&r, message, 2);
    rig_run(&r);
    assert_int_equal(rig_outcomes(&r, PN_SEND_ACCEPTED), 0);
    assert_int_equal(r.count, 2);
    rig_stop(&r);
    (void)sink_stop(NULL);
    sink_with("-H", "1", "-T", "2000"); /* reads late, through a small window */
    rig_start_on(&r, "", "{'url':'smtp://127.0.0.1:%d','connections':1}", sink_port);
    message.content = pn_str_first(message.content, 300000);
    rig_offer(&r, message, 1);
    rig_run(&r);
    rig_expect(&r, PN_SEND_ACCEPTED, 1);
    rig_stop(&r);
}

static void slow_servers_are_waited_for(void **state) {
    (void)state;
    sink_with("-w", "1");
    rig_start_on(&r, "", TO_SINK, sink_port);
    rig_send(&r, 8);
    rig_run(&r);
    rig_expect(&r, PN_SEND_ACCEPTED, 8);
    rig_stop(&r);
}

static void eight_bit_needs_a_server_that_takes_it(void **state) {
    (void)state;
    pn_outgoing message = {.recipient = PN_STR("b@x.example"),
                           .content = PN_STR("Subject: x\r\n\r\nni\xC3\xB1o\r\n")};
    sink_with("-8");
    rig_start_on(&r, "", TO_SINK, sink_port);
    rig_offer(&r, message, 2);
    rig_run(&r);
    rig_expect(&r, PN_SEND_SENDER_PROBLEM, 2);
    assert_string_equal(r.results[0].status, "5.6.3");
    rig_stop(&r);
    (void)sink_stop(NULL);
    sink_with("-4");
    rig_start_on(&r, "", TO_SINK, sink_port);
    rig_offer(&r, message, 2);
    rig_run(&r);
    rig_expect(&r, PN_SEND_ACCEPTED, 2);
    rig_stop(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(drivers_are_found_by_name),
        cmocka_unit_test(wrong_settings_are_explained),
        cmocka_unit_test(right_settings_are_taken_without_touching_the_network),
        cmocka_unit_test(the_network_is_the_operators),
        cmocka_unit_test(broken_messages_get_their_result_without_a_server),
        cmocka_unit_test(capture_accepts_everything),
        cmocka_unit_test(capture_writes_whole_files),
        cmocka_unit_test_teardown(mail_goes_to_a_real_server, sink_stop),
        cmocka_unit_test_teardown(what_arrives_is_what_was_sent, sink_stop),
        cmocka_unit_test_teardown(a_server_that_hangs_up_never_accepts, sink_stop),
        cmocka_unit_test_teardown(a_server_that_hangs_up_at_the_dot_leaves_doubt, sink_stop),
        cmocka_unit_test_teardown(soft_refusals_are_for_later, sink_stop),
        cmocka_unit_test_teardown(hard_refusals_say_who_is_to_blame, sink_stop),
        cmocka_unit_test_teardown(a_server_that_stops_reading_is_heard, sink_stop),
        cmocka_unit_test_teardown(slow_servers_are_waited_for, sink_stop),
        cmocka_unit_test_teardown(eight_bit_needs_a_server_that_takes_it, sink_stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
