/* Instants and where they come from.
 *
 * `pn_time` is microseconds of UTC since 1970-01-01. Nothing below the composition root reads a
 * clock or makes entropy: both come through a `pn_env`, one of which main makes. */
#ifndef PN_BASE_TIME_H
#define PN_BASE_TIME_H

#include "base/macros.h"

typedef int64_t pn_time;

#define PN_SECOND INT64_C(1000000)
#define PN_MINUTE (60 * PN_SECOND)
#define PN_HOUR (60 * PN_MINUTE)
#define PN_DAY (24 * PN_HOUR)
#define PN_TIME_NEVER INT64_MAX
/* No instant: absent in a row, unknown in a fact. */
#define PN_TIME_NONE INT64_MIN

typedef struct pn_env {
    /* Real time, microseconds UTC. */
    pn_time (*now)(void *context);
    /* Time that only grows, microseconds, for measuring durations. */
    int64_t (*ticks)(void *context);
    /* Unpredictable bytes for secrets and ids. */
    void (*entropy)(void *context, void *bytes, size_t size);
    void *context;
} pn_env;

static inline pn_time pn_env_now(const pn_env *env) {
    return env->now(env->context);
}
static inline int64_t pn_env_ticks(const pn_env *env) {
    return env->ticks(env->context);
}
static inline void pn_env_entropy(const pn_env *env, void *bytes, size_t size) {
    env->entropy(env->context, bytes, size);
}

#endif
