/* The event loop, addresses, name lookup, dialling and plain connections. TLS is tested with the
 * channel, where a server stands; the SMTP session in test_smtp.c. */
#define _GNU_SOURCE
#include "unit.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/conn.h"
#include "net/dial.h"
#include "real_env.h"

/* ── the loop ── */

typedef struct {
    pn_timer timer;
    pn_loop *loop;
    pn_buf *trace;
    char name;
    int64_t again_at; /* starts itself again, once */
} bell;

static void bell_rang(void *context) {
    bell *b = context;
    pn_buf_add_char(b->trace, b->name);
    if (b->again_at != 0) {
        pn_loop_timer_start(b->loop, &b->timer, b->again_at);
        b->again_at = 0;
    }
}

static void timers_fire_in_order_of_time(void **state) {
    (void)state;
    fake_clock clock = {.ticks = 1000};
    pn_env env = {.ticks = fake_ticks, .context = &clock};
    pn_loop *loop = NULL;
    assert_int_equal(pn_loop_new(&env, &loop), PN_OK);
    pn_buf trace;
    pn_buf_init(&trace, 100);
    static const int64_t at[] = {5000, 3000, 9000, 4000, 7000, 3500};
    bell bells[6];
    for (size_t i = 0; i < 6; i++) {
        bells[i] = (bell){.loop = loop, .trace = &trace, .name = (char)('a' + i)};
        bells[i].timer = (pn_timer){.fn = bell_rang, .context = &bells[i]};
        pn_loop_timer_start(loop, &bells[i].timer, at[i]);
    }
    pn_loop_timer_stop(loop, &bells[4].timer);
    pn_loop_timer_start(loop, &bells[2].timer, 3200); /* moved */
    bells[1].again_at = 3100;                         /* gone by when it is started: next turn */
    assert_int_equal(pn_loop_turn(loop, 0), PN_OK);
    assert_str(pn_buf_str(&trace), "");
    clock.ticks = 3600;
    assert_int_equal(pn_loop_turn(loop, 100000), PN_OK);
    assert_true(pn_str_starts(pn_buf_str(&trace), PN_STR("b")));
    assert_int_equal(pn_loop_turn(loop, 0), PN_OK);
    clock.ticks = 100000;
    assert_int_equal(pn_loop_turn(loop, 100000), PN_OK);
    assert_str(pn_buf_str(&trace), "bbcfda");
    pn_buf_done(&trace);
    pn_loop_free(loop);
}

static void the_loops_descriptor_wakes_for_timers(void **state) {
    (void)state;
    pn_loop *inner = NULL, *outer = NULL;
    assert_int_equal(pn_loop_new(&REAL_ENV, &inner), PN_OK);
    assert_int_equal(pn_loop_new(&REAL_ENV, &outer), PN_OK);
    pn_buf trace;
    pn_buf_init(&trace, 100);
    bell b = {.loop = inner, .trace = &trace, .name = 'x'};
    b.timer = (pn_timer){.fn = bell_rang, .context = &b};
    pn_loop_timer_start(inner, &b.timer, pn_loop_now(inner) + 20000);
    assert_int_equal(pn_loop_turn(inner, 0), PN_OK); /* arms */
    struct {
        pn_watch watch;
        int woken;
    } w = {0};
    w.watch.fn = watch_count;
    w.watch.context = &w.woken;
    assert_int_equal(pn_loop_watch(outer, &w.watch, pn_loop_fd(inner), PN_LOOP_READ), PN_OK);
    assert_int_equal(pn_loop_turn(outer, 5000), PN_OK);
    assert_int_equal(w.woken, 1);
    assert_int_equal(pn_loop_turn(inner, 0), PN_OK);
    assert_str(pn_buf_str(&trace), "x");
    pn_loop_unwatch(outer, &w.watch);
    pn_loop_free(outer);
    pn_loop_free(inner);
    pn_buf_done(&trace);
}

typedef struct {
    pn_loop *loop;
    pn_watch watch;
    pn_watch *victim;
    int calls;
} killer;

static void kill_other(void *context, unsigned events) {
    (void)events;
    killer *k = context;
    k->calls++;
    pn_loop_unwatch(k->loop, k->victim);
    pn_loop_unwatch(k->loop, &k->watch);
}

static void an_unwatched_descriptor_is_silent_at_once(void **state) {
    (void)state;
    pn_loop *loop = NULL;
    assert_int_equal(pn_loop_new(&REAL_ENV, &loop), PN_OK);
    int a[2], b[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, a), 0);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, b), 0);
    killer one = {.loop = loop}, two = {.loop = loop};
    one.watch = (pn_watch){.fn = kill_other, .context = &one};
    two.watch = (pn_watch){.fn = kill_other, .context = &two};
    one.victim = &two.watch;
    two.victim = &one.watch;
    assert_int_equal(pn_loop_watch(loop, &one.watch, a[0], PN_LOOP_READ), PN_OK);
    assert_int_equal(pn_loop_watch(loop, &two.watch, b[0], PN_LOOP_READ), PN_OK);
    assert_int_equal(write(a[1], "x", 1), 1);
    assert_int_equal(write(b[1], "x", 1), 1);
    assert_int_equal(pn_loop_turn(loop, 1000), PN_OK);
    assert_int_equal(one.calls + two.calls, 1);
    pn_loop_free(loop);
    for (int i = 0; i < 2; i++) {
        (void)close(a[i]);
        (void)close(b[i]);
    }
}

/* ── addresses ── */

static void addresses_know_what_place_they_are(void **state) {
    (void)state;
    static const struct {
        const char *text;
        pn_net_kind kind;
    } cases[] = {
        {"8.8.8.8", PN_NET_PUBLIC},
        {"127.0.0.1", PN_NET_LOOPBACK},
        {"127.255.0.9", PN_NET_LOOPBACK},
        {"10.1.2.3", PN_NET_PRIVATE},
        {"172.16.0.1", PN_NET_PRIVATE},
        {"172.31.255.255", PN_NET_PRIVATE},
        {"172.32.0.1", PN_NET_PUBLIC},
        {"192.168.1.1", PN_NET_PRIVATE},
        {"100.64.0.1", PN_NET_PRIVATE},
        {"100.128.0.1", PN_NET_PUBLIC},
        {"169.254.169.254", PN_NET_UNUSABLE}, /* the clouds' metadata */
        {"0.0.0.0", PN_NET_UNUSABLE},
        {"224.0.0.1", PN_NET_UNUSABLE},
        {"255.255.255.255", PN_NET_UNUSABLE},
        {"::1", PN_NET_LOOPBACK},
        {"::", PN_NET_UNUSABLE},
        {"::ffff:127.0.0.1", PN_NET_LOOPBACK},
        {"::ffff:169.254.169.254", PN_NET_UNUSABLE},
        {"::ffff:10.0.0.1", PN_NET_PRIVATE},
        {"64:ff9b::7f00:1", PN_NET_LOOPBACK},
        {"2002:7f00:1::", PN_NET_LOOPBACK},
        {"fe80::1", PN_NET_UNUSABLE},
        {"fc00::1", PN_NET_PRIVATE},
        {"fd12:3456::1", PN_NET_PRIVATE},
        {"2a00:1450:4001:800::200e", PN_NET_PUBLIC},
        {"2001:db8::1", PN_NET_UNUSABLE},
        {"ff02::1", PN_NET_UNUSABLE},
    };
    for (size_t i = 0; i < PN_COUNT(cases); i++) {
        pn_address address;
        assert_true(pn_address_parse(pn_str_of(cases[i].text), 25, &address));
        if (pn_address_kind(&address) != cases[i].kind) {
            fail_msg("%s is %s", cases[i].text, pn_net_kind_name(pn_address_kind(&address)));
        }
    }
}

static void addresses_are_read_and_written(void **state) {
    (void)state;
    pn_address address;
    char text[PN_ADDRESS_TEXT_SIZE];
    assert_true(pn_address_parse(PN_STR("2a00:0::1"), 465, &address));
    assert_string_equal(pn_address_text(&address, text), "[2a00::1]:465");
    assert_string_equal(pn_address_literal(&address, text), "[IPv6:2a00::1]");
    assert_true(pn_address_parse(PN_STR("192.0.2.7"), 25, &address));
    assert_string_equal(pn_address_text(&address, text), "192.0.2.7:25");
    assert_string_equal(pn_address_literal(&address, text), "[192.0.2.7]");
    assert_false(pn_address_parse(PN_STR("127.1"), 25, &address));
    assert_false(pn_address_parse(PN_STR("0x7f.0.0.1"), 25, &address));
    assert_false(pn_address_parse(PN_STR("::1%lo"), 25, &address));
    assert_false(pn_address_parse(PN_STR(""), 25, &address));
    assert_true(pn_host_is_loopback(PN_STR("LocalHost")));
    assert_true(pn_host_is_loopback(PN_STR("127.0.0.53")));
    assert_false(pn_host_is_loopback(PN_STR("localhost.example.com")));
}

static void families_alternate(void **state) {
    (void)state;
    pn_addresses list = {.count = 5};
    static const char *const in[] = {"2a00::1", "2a00::2", "2a00::3", "8.8.8.8", "9.9.9.9"};
    static const char *const out[] = {"2a00::1", "8.8.8.8", "2a00::2", "9.9.9.9", "2a00::3"};
    for (size_t i = 0; i < 5; i++) {
        assert_true(pn_address_parse(pn_str_of(in[i]), 25, &list.items[i]));
    }
    pn_addresses_interleave(&list);
    assert_int_equal(list.count, 5);
    for (size_t i = 0; i < 5; i++) {
        pn_address expected;
        assert_true(pn_address_parse(pn_str_of(out[i]), 25, &expected));
        assert_memory_equal(list.items[i].ip, expected.ip, 16);
    }
}

/* ── lookup ── */

typedef struct {
    bool called;
    pn_err err;
    pn_addresses addresses;
    pn_diag diag;
} lookup_result;

static void keep_lookup(void *context, pn_err err, const pn_addresses *addresses,
                        const pn_diag *diag) {
    lookup_result *r = context;
    r->called = true;
    r->err = err;
    if (err == PN_OK) {
        r->addresses = *addresses;
    } else {
        r->diag = *diag;
    }
}

static lookup_result look_up(const char *name, unsigned allowed) {
    pn_loop *loop = NULL;
    assert_int_equal(pn_loop_new(&REAL_ENV, &loop), PN_OK);
    pn_host *host = pn_host_new(loop, pn_str_of(name), 25, allowed);
    lookup_result result = {0};
    pn_host_waiter waiter = {.fn = keep_lookup, .context = &result};
    pn_host_lookup(host, &waiter);
    for (int i = 0; i < 300 && !result.called; i++) {
        assert_int_equal(pn_loop_turn(loop, 100), PN_OK);
    }
    assert_true(result.called);
    if (result.err == PN_OK) { /* the second time from memory, at once */
        lookup_result again = {0};
        waiter.context = &again;
        pn_host_lookup(host, &waiter);
        assert_true(again.called);
    }
    pn_host_free(host);
    pn_loop_free(loop);
    return result;
}

static void names_are_looked_up_within_the_policy(void **state) {
    (void)state;
    lookup_result r = look_up("localhost", PN_NET_LOOPBACK);
    assert_int_equal(r.err, PN_OK);
    assert_true(r.addresses.count >= 1);
    assert_int_equal(r.addresses.items[0].port, 25);
    r = look_up("localhost", PN_NET_PUBLIC | PN_NET_PRIVATE);
    assert_int_equal(r.err, PN_DENIED);
    r = look_up("169.254.169.254", PN_NET_PUBLIC | PN_NET_PRIVATE | PN_NET_LOOPBACK);
    assert_int_equal(r.err, PN_DENIED);
    assert_non_null(strstr(r.diag.what, "link-local"));
    r = look_up("no-such-host.invalid", PN_NET_PUBLIC);
    assert_true(r.err == PN_NOT_FOUND || r.err == PN_IO); /* IO without any name server */
}

static void a_lookup_can_be_given_up(void **state) {
    (void)state;
    pn_loop *loop = NULL;
    assert_int_equal(pn_loop_new(&REAL_ENV, &loop), PN_OK);
    pn_host *host = pn_host_new(loop, PN_STR("localhost"), 25, PN_NET_LOOPBACK);
    lookup_result result = {0};
    pn_host_waiter waiter = {.fn = keep_lookup, .context = &result};
    pn_host_lookup(host, &waiter);
    pn_host_cancel(host, &waiter);
    pn_host_free(host); /* while its thread may still run */
    pn_loop_free(loop);
    assert_false(result.called);
}

/* ── dialling ── */

static int listen_on(uint16_t *ret_port) {
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof name;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&name, size), 0);
    assert_int_equal(listen(fd, 16), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&name, &size), 0);
    *ret_port = ntohs(name.sin_port);
    return fd;
}

typedef struct {
    bool called;
    int fd, error;
    pn_address peer;
} dial_result;

static void keep_dial(void *context, int fd, const pn_address *peer, int error) {
    dial_result *r = context;
    *r = (dial_result){.called = true, .fd = fd, .error = error};
    if (peer != NULL) {
        r->peer = *peer;
    }
}

static dial_result dial(const pn_addresses *addresses) {
    pn_loop *loop = NULL;
    assert_int_equal(pn_loop_new(&REAL_ENV, &loop), PN_OK);
    dial_result result = {0};
    pn_dial d = {.fn = keep_dial, .context = &result};
    pn_dial_start(&d, loop, addresses);
    assert_false(result.called);
    for (int i = 0; i < 100 && !result.called; i++) {
        assert_int_equal(pn_loop_turn(loop, 100), PN_OK);
    }
    assert_true(result.called);
    pn_loop_free(loop);
    return result;
}

static void the_next_address_is_tried_when_one_fails(void **state) {
    (void)state;
    uint16_t closed = 0, open = 0;
    int fd = listen_on(&closed);
    (void)close(fd);
    fd = listen_on(&open);
    pn_addresses list = {.count = 3};
    assert_true(pn_address_parse(PN_STR("127.0.0.1"), closed, &list.items[0]));
    assert_true(pn_address_parse(PN_STR("::1"), closed, &list.items[1]));
    assert_true(pn_address_parse(PN_STR("127.0.0.1"), open, &list.items[2]));
    dial_result r = dial(&list);
    assert_true(r.fd >= 0);
    assert_int_equal(r.peer.port, open);
    (void)close(r.fd);
    list.count = 2;
    r = dial(&list);
    assert_int_equal(r.fd, -1);
    assert_int_not_equal(r.error, 0);
    (void)close(fd);
}

/* ── connections ── */

typedef struct {
    pn_conn *conn;
    pn_buf trace, got;
} witness;

static void witness_event(void *context, pn_conn_event event) {
    static const char letters[] = {'O', 'S', 'D', 'R', 'C', 'F'};
    witness *w = context;
    if (event != PN_CONN_DATA && event != PN_CONN_ROOM) {
        pn_buf_add_char(&w->trace, letters[event]);
    }
    if (event == PN_CONN_DATA) {
        pn_str in = pn_conn_in(w->conn);
        pn_buf_add_str(&w->got, in);
        pn_conn_consume(w->conn, in.len);
    }
}

static void a_connection_carries_more_than_the_system_buffers(void **state) {
    (void)state;
    enum { BYTES = 8 << 20 };
    uint16_t port = 0;
    int listener = listen_on(&port);
    pn_loop *loop = NULL;
    assert_int_equal(pn_loop_new(&REAL_ENV, &loop), PN_OK);
    pn_host *host = pn_host_new(loop, PN_STR("127.0.0.1"), port, PN_NET_LOOPBACK);
    witness w = {0};
    pn_buf_init(&w.trace, 100);
    pn_buf_init(&w.got, 100);
    w.conn = pn_conn_new(loop, 1000, BYTES, witness_event, &w);
    pn_conn_open(w.conn, host, NULL);
    while (!pn_conn_is_open(w.conn)) {
        assert_int_equal(pn_loop_turn(loop, 1000), PN_OK);
    }
    int peer = accept(listener, NULL, NULL);
    assert_true(peer >= 0);
    for (size_t i = 0; i < BYTES; i++) {
        pn_buf_add_char(pn_conn_out(w.conn), (char)(i * 31 >> 8));
    }
    pn_conn_flush(w.conn);
    assert_true(pn_conn_unsent(w.conn) > 0);
    size_t got = 0;
    static char chunk[65536];
    while (got < BYTES) {
        assert_int_equal(pn_loop_turn(loop, 0), PN_OK);
        ssize_t n = recv(peer, chunk, sizeof chunk, MSG_DONTWAIT);
        for (ssize_t i = 0; i < n; i++, got++) {
            assert_int_equal(chunk[i], (char)(got * 31 >> 8));
        }
    }
    assert_int_equal(pn_conn_sent_bytes(w.conn), BYTES);
    assert_int_equal(send(peer, "adios", 5, 0), 5);
    (void)close(peer);
    for (int i = 0; i < 10 && w.trace.len < 2; i++) {
        assert_int_equal(pn_loop_turn(loop, 1000), PN_OK);
    }
    assert_str(pn_buf_str(&w.trace), "OC");
    assert_str(pn_buf_str(&w.got), "adios");
    pn_conn_free(w.conn);
    pn_host_free(host);
    pn_loop_free(loop);
    pn_buf_done(&w.trace);
    pn_buf_done(&w.got);
    (void)close(listener);
}

static void what_was_said_before_a_reset_is_heard(void **state) {
    (void)state;
    uint16_t port = 0;
    int listener = listen_on(&port);
    pn_loop *loop = NULL;
    assert_int_equal(pn_loop_new(&REAL_ENV, &loop), PN_OK);
    pn_host *host = pn_host_new(loop, PN_STR("127.0.0.1"), port, PN_NET_LOOPBACK);
    witness w = {0};
    pn_buf_init(&w.trace, 100);
    pn_buf_init(&w.got, 100);
    w.conn = pn_conn_new(loop, 1000, 100000, witness_event, &w);
    pn_conn_open(w.conn, host, NULL);
    while (!pn_conn_is_open(w.conn)) {
        assert_int_equal(pn_loop_turn(loop, 1000), PN_OK);
    }
    int peer = accept(listener, NULL, NULL);
    /* The peer answers and closes with our bytes unread: that makes a reset. */
    pn_buf_add_z(pn_conn_out(w.conn), "MAIL");
    pn_conn_flush(w.conn);
    assert_int_equal(send(peer, "421", 3, 0), 3);
    (void)close(peer);
    for (int i = 0; i < 5; i++) {
        pn_buf_add_z(pn_conn_out(w.conn), "more");
        pn_conn_flush(w.conn);
    }
    for (int i = 0; i < 10 && w.trace.len < 2; i++) {
        assert_int_equal(pn_loop_turn(loop, 1000), PN_OK);
    }
    assert_str(pn_buf_str(&w.got), "421");
    assert_true(pn_str_is(pn_buf_str(&w.trace), "OF") || pn_str_is(pn_buf_str(&w.trace), "OC"));
    pn_conn_free(w.conn);
    pn_host_free(host);
    pn_loop_free(loop);
    pn_buf_done(&w.trace);
    pn_buf_done(&w.got);
    (void)close(listener);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(timers_fire_in_order_of_time),
        cmocka_unit_test(the_loops_descriptor_wakes_for_timers),
        cmocka_unit_test(an_unwatched_descriptor_is_silent_at_once),
        cmocka_unit_test(addresses_know_what_place_they_are),
        cmocka_unit_test(addresses_are_read_and_written),
        cmocka_unit_test(families_alternate),
        cmocka_unit_test(names_are_looked_up_within_the_policy),
        cmocka_unit_test(a_lookup_can_be_given_up),
        cmocka_unit_test(the_next_address_is_tried_when_one_fails),
        cmocka_unit_test(a_connection_carries_more_than_the_system_buffers),
        cmocka_unit_test(what_was_said_before_a_reset_is_heard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
