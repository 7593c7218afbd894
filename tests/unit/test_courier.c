/* A channel in a thread of its own: everything taken gets one result, whatever the driver within
 * does. */
#include "unit.h"

#include <assert.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "app/courier.h"
#include "base/limits.h"

enum { WITHIN = 200 }; /* messages that the driver holds: more than are moved at once */

/* A driver that answers every other poll, and takes nothing while it is closed. Or one that fails
 * all at once when it is full, as where a server goes away: what it has to say rouses nobody. */
struct pn_channel {
    int fd;
    bool fails, failed;
    atomic_bool closed;
    atomic_int stopped;
    pn_id held[WITHIN];
    size_t count;
    unsigned polls;
};

static size_t lazy_room(const pn_channel *c) {
    return atomic_load(&c->closed) ? 0 : WITHIN - c->count;
}

static pn_err lazy_send(pn_channel *c, const pn_outgoing *messages, size_t count,
                        size_t *ret_taken) {
    for (size_t i = 0; i < count; i++) {
        assert(c->count < WITHIN && pn_str_is(messages[i].content, "text"));
        c->held[c->count++] = messages[i].id;
    }
    (void)!write(c->fd, &(uint64_t){1}, sizeof(uint64_t));
    *ret_taken = count;
    return PN_OK;
}

static size_t answered_now(pn_channel *c) {
    c->failed = c->failed || c->count == WITHIN;
    if (c->fails) {
        return c->failed ? c->count : 0;
    }
    return ++c->polls % 2 == 0 ? PN_MIN(c->count, (size_t)7) : 0;
}

static pn_err lazy_poll(pn_channel *c, int timeout_ms, pn_send_result *results, size_t max,
                        size_t *ret_count) {
    uint64_t rings = 0;
    size_t count = PN_MIN(answered_now(c), max);
    assert(timeout_ms == 0);
    for (size_t i = 0; i < count; i++) {
        results[i] = (pn_send_result){.id = c->held[i], .outcome = PN_SEND_ACCEPTED};
    }
    memmove(c->held, c->held + count, (c->count - count) * sizeof *c->held);
    c->count -= count;
    if (c->count == 0 || c->fails) {
        (void)!read(c->fd, &rings, sizeof rings);
    }
    *ret_count = count;
    return PN_OK;
}

static size_t lazy_pending(const pn_channel *c) {
    return c->count;
}

static int lazy_wait_fd(const pn_channel *c) {
    return c->fd;
}

static void lazy_stop(pn_channel *c) {
    atomic_fetch_add(&c->stopped, 1);
}

static const pn_channel_driver LAZY = {
    .name = "lazy",
    .channel = "any",
    .room = lazy_room,
    .send = lazy_send,
    .poll = lazy_poll,
    .pending = lazy_pending,
    .wait_fd = lazy_wait_fd,
    .stop = lazy_stop,
};

typedef struct {
    pn_channel within;
    const pn_channel_driver *driver;
    pn_channel *channel;
    pn_id sent;
    unsigned answers[5000]; /* by id */
    size_t answered, untried;
} post;

static post p;

static void open_post_of(bool closed, bool fails) {
    memset(&p, 0, sizeof p);
    p.within.fails = fails;
    p.within.fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    atomic_store(&p.within.closed, closed);
    assert_int_equal(pn_courier_start(&LAZY, &p.within, &p.driver, &p.channel, NULL), PN_OK);
    assert_true(p.driver->wait_fd(p.channel) >= 0);
}

static void open_post(bool closed) {
    open_post_of(closed, false);
}

static void close_post(void) {
    p.driver->stop(p.channel);
    assert_int_equal(atomic_load(&p.within.stopped), 1);
    (void)close(p.within.fd);
}

static size_t send_some(size_t count) {
    pn_outgoing messages[PN_LIMIT_CHANNEL_QUEUE];
    size_t taken = 0;
    for (size_t i = 0; i < count; i++) {
        messages[i] = (pn_outgoing){.id = p.sent + (pn_id)i + 1, .content = PN_STR("text")};
    }
    pn_err err = p.driver->send(p.channel, messages, count, &taken);
    assert_int_equal(err, taken < count ? PN_LIMIT : PN_OK);
    p.sent += (pn_id)taken;
    return taken;
}

static void poll_some(int timeout_ms) {
    pn_send_result results[16];
    size_t count = 0;
    assert_int_equal(p.driver->poll(p.channel, timeout_ms, results, PN_COUNT(results), &count),
                     PN_OK);
    for (size_t i = 0; i < count; i++) {
        assert_in_range(results[i].id, 1, p.sent);
        p.answers[results[i].id]++;
        p.untried += results[i].untried;
    }
    p.answered += count;
}

static void poll_all(void) {
    while (p.driver->pending(p.channel) != 0) {
        poll_some(1000);
    }
    assert_int_equal(p.answered, p.sent);
    for (pn_id id = 1; id <= p.sent; id++) {
        assert_int_equal(p.answers[id], 1);
    }
}

static void everything_gets_one_result(void **state) {
    (void)state;
    open_post(false);
    for (size_t i = 0; p.sent < 4000; i++) {
        assert_in_range(p.driver->room(p.channel), 0, WITHIN);
        (void)send_some(1 + i % 9);
        poll_some(i % 3 == 0 ? 5 : 0);
    }
    poll_all();
    assert_int_equal(p.untried, 0);
    close_post();
}

static void what_a_closed_driver_cannot_take_comes_back(void **state) {
    (void)state;
    open_post(false);
    assert_int_equal(send_some(5), 5);
    poll_all();
    assert_true(p.driver->room(p.channel) != 0);
    atomic_store(&p.within.closed, true); /* it has not said so yet */
    (void)send_some(20);
    poll_all();
    assert_true(p.untried <= 20);
    close_post();
    open_post(true);
    assert_int_equal(p.driver->room(p.channel), 0);
    assert_int_equal(send_some(3), 0);
    atomic_store(&p.within.closed, false);
    while (p.driver->room(p.channel) == 0) { /* asked again now and then */
        (void)poll(NULL, 0, 1);
    }
    assert_true(send_some(3) == 3);
    poll_all();
    close_post();
}

static void all_that_failed_at_once_comes_though_nothing_rouses(void **state) {
    (void)state;
    open_post_of(false, true);
    assert_int_equal(send_some(WITHIN), WITHIN);
    for (int i = 0; i < 100 && p.answered < WITHIN; i++) {
        poll_some(100);
    }
    assert_int_equal(p.answered, WITHIN);
    close_post();
}

/* What is pending is forgotten. */
static void it_stops_with_messages_under_way(void **state) {
    (void)state;
    for (unsigned i = 0; i < 50; i++) {
        open_post(false);
        (void)send_some(WITHIN);
        poll_some((int)(i % 3));
        close_post();
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_gets_one_result),
        cmocka_unit_test(what_a_closed_driver_cannot_take_comes_back),
        cmocka_unit_test(all_that_failed_at_once_comes_though_nothing_rouses),
        cmocka_unit_test(it_stops_with_messages_under_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
