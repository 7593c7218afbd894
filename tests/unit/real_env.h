/* Clocks for tests: the machine's, and one that the test moves. */
#ifndef PN_TESTS_REAL_ENV_H
#define PN_TESTS_REAL_ENV_H

#include <time.h>

#include "base/time.h"

static inline int64_t real_ticks(void *context) {
    (void)context;
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * PN_SECOND + now.tv_nsec / 1000;
}

static inline pn_time real_now(void *context) {
    (void)context;
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * PN_SECOND + now.tv_nsec / 1000;
}

static const pn_env REAL_ENV = {.now = real_now, .ticks = real_ticks};

/* `ticks` when it stands still; with `real` the machine's plus `ticks`, so that time passes and
 * can also be jumped over. */
typedef struct {
    int64_t ticks;
    bool real;
} fake_clock;

static inline int64_t fake_ticks(void *context) {
    const fake_clock *clock = context;
    return clock->ticks + (clock->real ? real_ticks(NULL) : 0);
}

/* A watch's handler that only counts, in an int. */
static inline void watch_count(void *context, unsigned events) {
    (void)events;
    *(int *)context += 1;
}

#endif
