/* The event loop: descriptors and timers over epoll, one thread.
 *
 * Level-triggered, because a handler may then stop reading when its own buffer is full and nothing
 * is lost. Timers stand in a binary heap; the earliest one also arms a timerfd inside the epoll
 * set, so the loop's own descriptor turns readable for timers too and one thread can wait for
 * several loops at once (`pn_loop_fd`). An event library was rejected: this is all of it that we
 * use, and the clock must be the injected one. */
#ifndef PN_NET_LOOP_H
#define PN_NET_LOOP_H

#include "base/err.h"
#include "base/time.h"

typedef struct pn_loop pn_loop;

/* What a watch waits for, and what its handler is told. Errors and hang-ups are told as both: the
 * handler finds out by reading or writing. */
enum { PN_LOOP_READ = 1, PN_LOOP_WRITE = 2 };

/* A watched descriptor. It lives in its owner and must not move while it is watched; a zeroed one
 * is unwatched. The owner closes the descriptor, after `pn_loop_unwatch`. */
typedef struct {
    void (*fn)(void *context, unsigned events);
    void *context;
    int fd;
    unsigned events;
    bool watched;
} pn_watch;

/* A timer, likewise; it fires once. A zeroed one with `fn` set is ready to be started. */
typedef struct {
    void (*fn)(void *context);
    void *context;
    int64_t at_ticks;
    size_t slot; /* 1 + index in the heap; 0: not running */
} pn_timer;

/* Also sets SIGPIPE to be ignored if nobody handles it: OpenSSL writes without MSG_NOSIGNAL. IO
 * when the system has no descriptors left. `env` must outlive the loop. */
PN_MUST_USE pn_err pn_loop_new(const pn_env *env, pn_loop **ret_loop);
void pn_loop_free(pn_loop *loop);

PN_MUST_USE pn_err pn_loop_watch(pn_loop *loop, pn_watch *watch, int fd, unsigned events);
/* Waits for other events from now on. */
void pn_loop_change(pn_loop *loop, pn_watch *watch, unsigned events);
/* Its handler is not called any more, not even for events already fetched. */
void pn_loop_unwatch(pn_loop *loop, pn_watch *watch);

/* Starts or moves the timer. A handler may start its own timer again. */
void pn_loop_timer_start(pn_loop *loop, pn_timer *timer, int64_t at_ticks);
void pn_loop_timer_stop(pn_loop *loop, pn_timer *timer);

/* The monotonic clock in microseconds; within a turn, as of when the turn woke up. */
int64_t pn_loop_now(const pn_loop *loop);

/* Waits at most `timeout_ms` (negative: for ever) for something to do and does it: descriptors
 * first, so that an answer which waited for us counts before its time limit does. */
PN_MUST_USE pn_err pn_loop_turn(pn_loop *loop, int timeout_ms);

/* Readable when a turn would have something to do. */
int pn_loop_fd(const pn_loop *loop);

#endif
