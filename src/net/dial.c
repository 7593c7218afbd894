#include "net/dial.h"

#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/banned.h"
#include "base/limits.h"

#define NEXT_AFTER_US (250 * INT64_C(1000)) /* RFC 8305, section 8 */

static socklen_t socket_address(const pn_address *address, struct sockaddr_storage *out) {
    *out = (struct sockaddr_storage){0};
    if (address->family == 4) {
        struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(address->port)};
        memcpy(&in.sin_addr, address->ip, 4);
        memcpy(out, &in, sizeof in);
        return sizeof in;
    }
    struct sockaddr_in6 in = {.sin6_family = AF_INET6, .sin6_port = htons(address->port)};
    memcpy(&in.sin6_addr, address->ip, 16);
    memcpy(out, &in, sizeof in);
    return sizeof in;
}

static void try_close(pn_dial_try *t) {
    if (t->watch.watched) {
        pn_loop_unwatch(t->dial->loop, &t->watch);
        (void)close(t->watch.fd);
        t->dial->open--;
    }
}

void pn_dial_stop(pn_dial *dial) {
    if (dial->loop == NULL) {
        return;
    }
    pn_loop_timer_stop(dial->loop, &dial->timer);
    for (size_t i = 0; i < dial->next; i++) {
        try_close(&dial->tries[i]);
    }
    dial->loop = NULL;
}

static void end(pn_dial *dial, int fd, const pn_address *peer) {
    pn_dial_stop(dial);
    dial->fn(dial->context, fd, peer, dial->error);
}

/* Goes on with the next address at once, if there is one. */
static void try_failed(pn_dial *dial, int error) {
    dial->error = error;
    if (dial->next < dial->addresses.count) {
        pn_loop_timer_start(dial->loop, &dial->timer, pn_loop_now(dial->loop));
    } else if (dial->open == 0) {
        end(dial, -1, NULL);
    }
}

static void try_answered(void *context, unsigned events) {
    (void)events;
    pn_dial_try *t = context;
    pn_dial *dial = t->dial;
    int error = 0;
    socklen_t size = sizeof error;
    if (getsockopt(t->watch.fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0) {
        error = errno;
    }
    if (error != 0) {
        try_close(t);
        try_failed(dial, error);
        return;
    }
    int fd = t->watch.fd;
    pn_loop_unwatch(dial->loop, &t->watch);
    dial->open--;
    int on = 1;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    end(dial, fd, &dial->addresses.items[t->index]);
}

static void try_next(pn_dial *dial) {
    pn_dial_try *t = &dial->tries[dial->next];
    const pn_address *address = &dial->addresses.items[dial->next];
    *t = (pn_dial_try){.dial = dial, .index = dial->next++};
    t->watch.fn = try_answered;
    t->watch.context = t;
    int family = address->family == 4 ? AF_INET : AF_INET6;
    int fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        try_failed(dial, errno);
        return;
    }
    struct sockaddr_storage to;
    socklen_t size = socket_address(address, &to);
    /* Whether it is connected already or not, the loop says "writable" when it is decided. */
    if ((connect(fd, (const struct sockaddr *)&to, size) != 0 && errno != EINPROGRESS) ||
        pn_loop_watch(dial->loop, &t->watch, fd, PN_LOOP_WRITE) != PN_OK) {
        int error = errno;
        (void)close(fd);
        try_failed(dial, error);
        return;
    }
    dial->open++;
    int64_t again = pn_loop_now(dial->loop) + NEXT_AFTER_US;
    bool more = dial->next < dial->addresses.count;
    pn_loop_timer_start(dial->loop, &dial->timer, more ? again : dial->until_ticks);
}

static void timer_rang(void *context) {
    pn_dial *dial = context;
    if (pn_loop_now(dial->loop) >= dial->until_ticks) {
        dial->error = ETIMEDOUT;
        end(dial, -1, NULL);
    } else if (dial->next < dial->addresses.count) {
        try_next(dial);
    } else {
        pn_loop_timer_start(dial->loop, &dial->timer, dial->until_ticks);
    }
}

void pn_dial_start(pn_dial *dial, pn_loop *loop, const pn_addresses *addresses) {
    assert(dial->loop == NULL && addresses->count > 0);
    dial->loop = loop;
    dial->addresses = *addresses;
    dial->next = 0;
    dial->open = 0;
    dial->error = 0;
    dial->until_ticks = pn_loop_now(loop) + PN_LIMIT_CONNECT_SECONDS * PN_SECOND;
    dial->timer = (pn_timer){.fn = timer_rang, .context = dial};
    /* From the timer, so that an address that fails at once is not reported before we return. */
    pn_loop_timer_start(loop, &dial->timer, pn_loop_now(loop));
}
