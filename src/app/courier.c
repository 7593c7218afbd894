#include "app/courier.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/banned.h"
#include "base/limits.h"

enum {
    BATCH = 64,     /* messages and results moved at once */
    LINGER_MS = 2,  /* results wait so long for others: waking the owner for each costs more */
    REGAIN_MS = 100 /* how often a driver that has no room is asked again */
};

struct pn_channel {
    const pn_channel_driver *driver;
    pn_channel *inner; /* the thread's, as is what it moves at once */
    pn_outgoing leaving[BATCH];
    pn_send_result coming[BATCH];
    int inner_fd;
    int rouse; /* readable: the thread has something to do */
    int bell;  /* readable: the owner should poll */
    pthread_t thread;
    bool started;
    pthread_mutex_t mutex, *lock; /* of what follows */
    pn_outgoing orders[PN_LIMIT_CHANNEL_QUEUE];
    size_t order_first, order_count;
    pn_send_result results[PN_LIMIT_CHANNEL_QUEUE];
    size_t result_first, result_count;
    size_t held; /* messages whose result was not polled yet */
    size_t room; /* of the driver within, beyond what it was given */
    bool asleep; /* the thread waits, and wants to be roused */
    bool rung;
    bool ending;
    pn_err err; /* of the driver's last turn */
};

static void lock(const pn_channel *c) {
    (void)pthread_mutex_lock(c->lock);
}

static void unlock(const pn_channel *c) {
    (void)pthread_mutex_unlock(c->lock);
}

static void signal_on(int fd) {
    ssize_t written = write(fd, &(uint64_t){1}, sizeof(uint64_t));
    assert(written == (ssize_t)sizeof(uint64_t) || errno == EAGAIN);
}

static void clear(int fd) {
    uint64_t count = 0;
    ssize_t got = read(fd, &count, sizeof count);
    assert(got == (ssize_t)sizeof count || errno == EAGAIN || errno == EINTR);
}

static void wait_for(struct pollfd *fds, nfds_t count, int timeout_ms) {
    int ready = poll(fds, count, timeout_ms);
    assert(ready >= 0 || errno == EINTR || errno == ENOMEM);
}

/* ── the thread; under the lock ──────────────────────────────────────────────────────────────── */

static void ring(pn_channel *c) {
    if (!c->rung && (c->result_count != 0 || c->err != PN_OK)) {
        c->rung = true;
        signal_on(c->bell);
    }
}

static void put_result(pn_channel *c, const pn_send_result *result) {
    assert(c->result_count < PN_COUNT(c->results));
    c->results[(c->result_first + c->result_count++) % PN_COUNT(c->results)] = *result;
}

static pn_outgoing pop_order(pn_channel *c) {
    pn_outgoing order = c->orders[c->order_first];
    c->order_first = (c->order_first + 1) % PN_COUNT(c->orders);
    c->order_count--;
    return order;
}

/* The driver has nothing under way that could make room. */
static void give_back(pn_channel *c) {
    while (c->order_count != 0) {
        pn_send_result result = {.id = pop_order(c).id, .outcome = PN_SEND_RETRY, .untried = true};
        (void)snprintf(result.reply, sizeof result.reply, "its server cannot be reached now");
        put_result(c, &result);
    }
}

static size_t take_orders(pn_channel *c) {
    size_t room = c->driver->room(c->inner);
    size_t count = PN_MIN(PN_MIN(room, c->order_count), (size_t)BATCH);
    for (size_t i = 0; i < count; i++) {
        c->leaving[i] = pop_order(c);
    }
    c->room = room - count;
    if (room == 0 && c->driver->pending(c->inner) == 0) {
        give_back(c);
    }
    return count;
}

/* ── the thread ──────────────────────────────────────────────────────────────────────────────── */

/* Moves what came in to the driver and lets it work; whether it may have more results. */
static bool turn(pn_channel *c, size_t count) {
    size_t taken = 0, got = 0;
    if (count != 0) {
        pn_err sent = c->driver->send(c->inner, c->leaving, count, &taken);
        assert(sent == PN_OK && taken == count); /* there was room, and nobody else sends */
    }
    pn_err err = c->driver->poll(c->inner, 0, c->coming, BATCH, &got);
    lock(c);
    c->err = err;
    for (size_t i = 0; i < got; i++) {
        put_result(c, &c->coming[i]);
    }
    unlock(c);
    return got == BATCH;
}

/* Waits until there is something to do; false when the thread is to end. */
static bool rest(pn_channel *c, bool more) {
    struct pollfd fds[] = {{.fd = c->inner_fd, .events = POLLIN},
                           {.fd = c->rouse, .events = POLLIN}};
    lock(c);
    if (c->result_count >= BATCH || c->result_count == c->held || c->err != PN_OK) {
        ring(c);
    }
    bool lingers = c->result_count != 0 && !c->rung;
    int timeout_ms = lingers ? LINGER_MS : c->room == 0 ? REGAIN_MS : -1;
    bool ending = c->ending;
    bool works = more || (c->order_count != 0 && c->room != 0);
    c->asleep = !works && !ending;
    unlock(c);
    if (works || ending) {
        return !ending;
    }
    wait_for(fds, PN_COUNT(fds), timeout_ms);
    if ((fds[1].revents & POLLIN) != 0) {
        clear(c->rouse);
    }
    lock(c);
    c->asleep = false;
    if (fds[0].revents == 0 && fds[1].revents == 0) {
        ring(c); /* nothing came meanwhile */
    }
    unlock(c);
    return true;
}

static void *run(void *context) {
    pn_channel *c = context;
    bool goes_on = true;
    while (goes_on) {
        lock(c);
        size_t count = take_orders(c);
        unlock(c);
        bool more = turn(c, count); /* results that are there already rouse nobody */
        goes_on = rest(c, more || count == BATCH);
    }
    return NULL;
}

/* ── the owner's side ────────────────────────────────────────────────────────────────────────── */

static size_t courier_room(const pn_channel *c) {
    lock(c);
    size_t room = c->room > c->order_count ? c->room - c->order_count : 0;
    room = PN_MIN(room, PN_LIMIT_CHANNEL_QUEUE - c->held);
    unlock(c);
    return room;
}

static pn_err courier_send(pn_channel *c, const pn_outgoing *messages, size_t count,
                           size_t *ret_taken) {
    size_t taken = PN_MIN(count, courier_room(c)); /* the thread only makes it larger */
    lock(c);
    for (size_t i = 0; i < taken; i++) {
        c->orders[(c->order_first + c->order_count++) % PN_COUNT(c->orders)] = messages[i];
    }
    c->held += taken;
    bool rouse = c->asleep && taken != 0;
    c->asleep = c->asleep && !rouse;
    unlock(c);
    if (rouse) {
        signal_on(c->rouse);
    }
    *ret_taken = taken;
    return taken < count ? PN_LIMIT : PN_OK;
}

static pn_err take_results(pn_channel *c, pn_send_result *results, size_t max, size_t *ret_count) {
    lock(c);
    size_t count = PN_MIN(max, c->result_count);
    for (size_t i = 0; i < count; i++) {
        results[i] = c->results[c->result_first];
        c->result_first = (c->result_first + 1) % PN_COUNT(c->results);
    }
    c->result_count -= count;
    c->held -= count;
    pn_err err = c->err;
    if (c->rung && c->result_count == 0) {
        c->rung = false;
        clear(c->bell);
    }
    unlock(c);
    *ret_count = count;
    return err;
}

static pn_err courier_poll(pn_channel *c, int timeout_ms, pn_send_result *results, size_t max,
                           size_t *ret_count) {
    pn_err err = take_results(c, results, max, ret_count);
    if (err == PN_OK && *ret_count == 0 && timeout_ms != 0) {
        struct pollfd fd = {.fd = c->bell, .events = POLLIN};
        wait_for(&fd, 1, timeout_ms);
        err = take_results(c, results, max, ret_count);
    }
    return err;
}

static size_t courier_pending(const pn_channel *c) {
    lock(c);
    size_t held = c->held;
    unlock(c);
    return held;
}

static int courier_wait_fd(const pn_channel *c) {
    return c->bell;
}

static void end_thread(pn_channel *c) {
    if (c->started) {
        lock(c);
        c->ending = true;
        unlock(c);
        signal_on(c->rouse);
        (void)pthread_join(c->thread, NULL);
    }
}

static void courier_free(pn_channel *c) {
    end_thread(c);
    if (c->rouse >= 0) {
        (void)close(c->rouse);
    }
    if (c->bell >= 0) {
        (void)close(c->bell);
    }
    (void)pthread_mutex_destroy(&c->mutex);
    free(c);
}

static void courier_stop(pn_channel *c) {
    if (c != NULL) {
        end_thread(c);
        c->started = false;
        c->driver->stop(c->inner);
        courier_free(c);
    }
}

static const pn_channel_driver COURIER = {
    .name = "courier",
    .channel = "any",
    .help = "Another driver in a thread of its own.",
    .delivers = true,
    .room = courier_room,
    .send = courier_send,
    .poll = courier_poll,
    .pending = courier_pending,
    .wait_fd = courier_wait_fd,
    .stop = courier_stop,
};

pn_err pn_courier_start(const pn_channel_driver *driver, pn_channel *channel,
                        const pn_channel_driver **ret_driver, pn_channel **ret_channel,
                        pn_diag *diag) {
    pn_channel *c = pn_alloc(sizeof *c);
    memset(c, 0, sizeof *c);
    c->driver = driver;
    c->inner = channel;
    c->inner_fd = driver->wait_fd(channel);
    c->room = driver->room(channel);
    c->rouse = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    c->bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    assert(c->inner_fd >= 0);
    (void)pthread_mutex_init(&c->mutex, NULL);
    c->lock = &c->mutex;
    c->started = c->rouse >= 0 && c->bell >= 0 && pthread_create(&c->thread, NULL, run, c) == 0;
    if (!c->started) {
        courier_free(c);
        return pn_diag_set(diag, PN_IO, "The system gives no thread to drive a channel in.");
    }
    *ret_driver = &COURIER;
    *ret_channel = c;
    return PN_OK;
}
