#include "net/loop.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/banned.h"

enum { READY_MAX = 64, TIMERS_FIRST = 16 };

/* The timerfd runs on the system's clock, the timers on the injected one. When the latter is
 * slower or stands still (a test's), waking up is repeated at this distance instead of at once. */
#define WAKE_AGAIN_US INT64_C(1000)

struct pn_loop {
    const pn_env *env;
    int epoll_fd;
    pn_watch alarm; /* the timerfd */
    int64_t alarm_at;
    int64_t now; /* of the turn under way */
    bool in_turn;
    pn_timer **heap;
    size_t timers, timers_capacity;
    struct epoll_event ready[READY_MAX];
    int ready_at, ready_count;
};

static void ignore_sigpipe(void) {
    struct sigaction now;
    if (sigaction(SIGPIPE, NULL, &now) == 0 && (now.sa_flags & SA_SIGINFO) == 0 &&
        now.sa_handler == SIG_DFL) {
        struct sigaction ignore = {.sa_handler = SIG_IGN};
        (void)sigaction(SIGPIPE, &ignore, NULL);
    }
}

/* ── descriptors ── */

static uint32_t epoll_events(unsigned events) {
    return ((events & PN_LOOP_READ) != 0 ? (uint32_t)EPOLLIN : 0) |
           ((events & PN_LOOP_WRITE) != 0 ? (uint32_t)EPOLLOUT : 0);
}

pn_err pn_loop_watch(pn_loop *loop, pn_watch *watch, int fd, unsigned events) {
    assert(!watch->watched && watch->fn != NULL);
    struct epoll_event event = {.events = epoll_events(events), .data.ptr = watch};
    if (epoll_ctl(loop->epoll_fd, EPOLL_CTL_ADD, fd, &event) != 0) {
        return PN_IO;
    }
    watch->fd = fd;
    watch->events = events;
    watch->watched = true;
    return PN_OK;
}

void pn_loop_change(pn_loop *loop, pn_watch *watch, unsigned events) {
    assert(watch->watched);
    if (watch->events == events) {
        return;
    }
    struct epoll_event event = {.events = epoll_events(events), .data.ptr = watch};
    if (epoll_ctl(loop->epoll_fd, EPOLL_CTL_MOD, watch->fd, &event) != 0) {
        pn_panic("a watched descriptor was closed before it was unwatched");
    }
    watch->events = events;
}

void pn_loop_unwatch(pn_loop *loop, pn_watch *watch) {
    if (!watch->watched) {
        return;
    }
    if (epoll_ctl(loop->epoll_fd, EPOLL_CTL_DEL, watch->fd, NULL) != 0) {
        pn_panic("a watched descriptor was closed before it was unwatched");
    }
    watch->watched = false;
    for (int i = loop->ready_at; i < loop->ready_count; i++) {
        if (loop->ready[i].data.ptr == watch) {
            loop->ready[i].data.ptr = NULL;
        }
    }
}

static void tell_ready(pn_loop *loop) {
    while (loop->ready_at < loop->ready_count) {
        struct epoll_event event = loop->ready[loop->ready_at++];
        pn_watch *watch = event.data.ptr;
        if (watch == NULL) {
            continue;
        }
        unsigned events = ((event.events & EPOLLIN) != 0 ? PN_LOOP_READ : 0) |
                          ((event.events & EPOLLOUT) != 0 ? PN_LOOP_WRITE : 0);
        if ((event.events & (EPOLLERR | EPOLLHUP)) != 0) {
            events = PN_LOOP_READ | PN_LOOP_WRITE;
        }
        watch->fn(watch->context, events);
    }
}

/* ── timers: a binary heap by time ── */

static void heap_place(pn_loop *loop, size_t index, pn_timer *timer) {
    loop->heap[index] = timer;
    timer->slot = index + 1;
}

static void heap_up(pn_loop *loop, size_t index, pn_timer *timer) {
    while (index > 0 && loop->heap[(index - 1) / 2]->at_ticks > timer->at_ticks) {
        heap_place(loop, index, loop->heap[(index - 1) / 2]);
        index = (index - 1) / 2;
    }
    heap_place(loop, index, timer);
}

static void heap_down(pn_loop *loop, size_t index, pn_timer *timer) {
    for (;;) {
        size_t child = 2 * index + 1;
        if (child >= loop->timers) {
            break;
        }
        if (child + 1 < loop->timers &&
            loop->heap[child + 1]->at_ticks < loop->heap[child]->at_ticks) {
            child++;
        }
        if (loop->heap[child]->at_ticks >= timer->at_ticks) {
            break;
        }
        heap_place(loop, index, loop->heap[child]);
        index = child;
    }
    heap_up(loop, index, timer);
}

static void set_alarm(pn_loop *loop) {
    if (loop->timers == 0 || loop->heap[0]->at_ticks >= loop->alarm_at) {
        return;
    }
    int64_t left = PN_MAX(loop->heap[0]->at_ticks - pn_env_ticks(loop->env), WAKE_AGAIN_US);
    struct itimerspec when = {
        .it_value = {.tv_sec = left / PN_SECOND, .tv_nsec = left % PN_SECOND * 1000}};
    if (timerfd_settime(loop->alarm.fd, 0, &when, NULL) != 0) {
        pn_panic("the loop's timer could not be set");
    }
    loop->alarm_at = loop->heap[0]->at_ticks;
}

void pn_loop_timer_start(pn_loop *loop, pn_timer *timer, int64_t at_ticks) {
    assert(timer->fn != NULL);
    pn_loop_timer_stop(loop, timer);
    if (loop->timers == loop->timers_capacity) {
        loop->timers_capacity =
            loop->timers_capacity == 0 ? TIMERS_FIRST : loop->timers_capacity * 2;
        loop->heap = pn_realloc(loop->heap, loop->timers_capacity * sizeof(pn_timer *));
    }
    timer->at_ticks = at_ticks;
    heap_up(loop, loop->timers++, timer);
    if (!loop->in_turn) {
        set_alarm(loop); /* for who waits on the loop's descriptor instead of in a turn */
    }
}

void pn_loop_timer_stop(pn_loop *loop, pn_timer *timer) {
    if (timer->slot == 0) {
        return;
    }
    size_t index = timer->slot - 1;
    assert(index < loop->timers && loop->heap[index] == timer);
    timer->slot = 0;
    pn_timer *last = loop->heap[--loop->timers];
    if (last != timer) {
        heap_down(loop, index, last);
    }
}

/* At most as many as run now: a handler that starts its timer for an instant gone by must not
 * keep the descriptors waiting. */
static void fire_due(pn_loop *loop) {
    for (size_t left = loop->timers; left > 0 && loop->timers > 0; left--) {
        pn_timer *timer = loop->heap[0];
        if (timer->at_ticks > loop->now) {
            break;
        }
        pn_loop_timer_stop(loop, timer);
        timer->fn(timer->context);
    }
}

static void alarm_rang(void *context, unsigned events) {
    (void)events;
    pn_loop *loop = context;
    uint64_t times;
    ssize_t got = read(loop->alarm.fd, &times, sizeof times);
    (void)got; /* a second reader may have been faster; the heap decides what is due */
    loop->alarm_at = PN_TIME_NEVER;
}

/* ── the loop ── */

pn_err pn_loop_new(const pn_env *env, pn_loop **ret_loop) {
    ignore_sigpipe();
    pn_loop *loop = pn_alloc(sizeof *loop);
    *loop = (pn_loop){.env = env, .alarm_at = PN_TIME_NEVER, .alarm.fd = -1};
    loop->alarm.fn = alarm_rang;
    loop->alarm.context = loop;
    loop->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    int alarm_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    if (loop->epoll_fd < 0 || alarm_fd < 0 ||
        pn_loop_watch(loop, &loop->alarm, alarm_fd, PN_LOOP_READ) != PN_OK) {
        if (alarm_fd >= 0) {
            (void)close(alarm_fd);
        }
        pn_loop_free(loop);
        return PN_IO;
    }
    *ret_loop = loop;
    return PN_OK;
}

void pn_loop_free(pn_loop *loop) {
    if (loop == NULL) {
        return;
    }
    if (loop->alarm.watched) {
        pn_loop_unwatch(loop, &loop->alarm);
        (void)close(loop->alarm.fd);
    }
    if (loop->epoll_fd >= 0) {
        (void)close(loop->epoll_fd);
    }
    free(loop->heap);
    free(loop);
}

int64_t pn_loop_now(const pn_loop *loop) {
    return loop->in_turn ? loop->now : pn_env_ticks(loop->env);
}

pn_err pn_loop_turn(pn_loop *loop, int timeout_ms) {
    assert(!loop->in_turn);
    if (loop->timers > 0 && loop->heap[0]->at_ticks <= pn_env_ticks(loop->env)) {
        timeout_ms = 0;
    }
    set_alarm(loop);
    int count = epoll_wait(loop->epoll_fd, loop->ready, READY_MAX, timeout_ms);
    if (count < 0 && errno != EINTR) {
        return PN_IO;
    }
    loop->now = pn_env_ticks(loop->env);
    loop->in_turn = true;
    loop->ready_at = 0;
    loop->ready_count = PN_MAX(count, 0);
    tell_ready(loop);
    fire_due(loop);
    loop->in_turn = false;
    set_alarm(loop);
    return PN_OK;
}

int pn_loop_fd(const pn_loop *loop) {
    return loop->epoll_fd;
}
