#define _GNU_SOURCE /* pthread_rwlock_t */
#include "app/tracker.h"

#include <assert.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/banned.h"
#include "base/limits.h"
#include "base/sort.h"

/* A piece is stored in about a millisecond; two at a time, so that one is worked on while the other
 * waits. */
enum { PIECE = 128, PIECES = 2, GATHER_MS = 100, RELOAD_MS = 1000, TRIES = 5, AGENTS = 4096 };

typedef struct {
    pn_operation operation; /* first: the writer gives it back */
    pn_tracker *tracker;
    pn_opened *items;
    size_t count;
    enum { FREE, STORING, AGAIN } state;
    int tries;
    pn_arena arena;
} piece;

struct pn_tracker {
    pn_tracker_options options;
    pn_db *db; /* the thread's: keys are read with it */
    pthread_t thread;
    bool started;

    uint64_t agents_seed;
    atomic_uint_fast64_t agents[AGENTS]; /* hashes of agents seen, with their class in two bits */

    pthread_rwlock_t keys_lock;
    pn_link_ring ring;
    pn_arena ring_arena;

    pthread_mutex_t mutex;
    int bell;            /* eventfd: the thread has something to do */
    bool ending, sleeps; /* the latter: nothing came, and it waits for the bell */
    pn_opened *came;     /* PN_LIMIT_TOUCHES_WAITING of room */
    size_t came_count;
    pn_tracker_stats stats;

    pn_opened *batch; /* the thread's: what is being stored */
    size_t batch_count;
    piece pieces[PIECES];
};

/* ── keys ────────────────────────────────────────────────────────────────────────────────────── */

/* Of the thread; a database that is away leaves what is known. */
static void reload_keys(pn_tracker *tracker) {
    pn_arena arena;
    pn_link_ring ring;
    pn_arena_init(&arena, 0);
    if (pn_link_ring_load(tracker->db, &arena, &ring) != PN_OK) {
        pn_arena_done(&arena);
        return;
    }
    (void)pthread_rwlock_wrlock(&tracker->keys_lock);
    pn_arena old = tracker->ring_arena;
    tracker->ring = ring;
    tracker->ring_arena = arena;
    (void)pthread_rwlock_unlock(&tracker->keys_lock);
    pn_arena_done(&old);
}

pn_err pn_tracker_whose(pn_tracker *tracker, pn_link_kind kind, pn_str token, pn_id *ret_id,
                        pn_id *ret_org) {
    (void)pthread_rwlock_rdlock(&tracker->keys_lock);
    pn_err err = pn_link_ring_org(&tracker->ring, kind, token, ret_id, ret_org);
    (void)pthread_rwlock_unlock(&tracker->keys_lock);
    return err;
}

/* A class more than 0, so that no place which was never written to says one. */
pn_agent pn_tracker_agent(pn_tracker *tracker, pn_str user_agent) {
    uint64_t hash = pn_hash64_str(user_agent, tracker->agents_seed);
    atomic_uint_fast64_t *place = &tracker->agents[hash >> 2 & (AGENTS - 1)];
    uint64_t known = atomic_load_explicit(place, memory_order_relaxed);
    if ((known & 3) != 0 && known >> 2 == hash >> 2) {
        return (pn_agent)((known & 3) - 1);
    }
    pn_agent agent = pn_agent_of(user_agent);
    atomic_store_explicit(place, (hash & ~UINT64_C(3)) | ((uint64_t)agent + 1),
                          memory_order_relaxed);
    return agent;
}

static void ring(pn_tracker *tracker) {
    ssize_t rung = write(tracker->bell, &(uint64_t){1}, sizeof(uint64_t));
    assert(rung == (ssize_t)sizeof(uint64_t));
}

/* ── storing ─────────────────────────────────────────────────────────────────────────────────── */

static pn_err run_piece(pn_operation *operation, pn_app *app, pn_diag *diag) {
    piece *p = (piece *)(void *)operation;
    (void)diag;
    pn_arena_reset(&p->arena);
    return pn_touches_opened(app, p->items, p->count, &p->arena);
}

/* On the writer's thread. One that cannot be stored is tried again some times, then lost. */
static void piece_done(pn_operation *operation, pn_err err, const pn_diag *diag) {
    piece *p = (piece *)(void *)operation;
    pn_tracker *tracker = p->tracker;
    (void)diag;
    (void)pthread_mutex_lock(&tracker->mutex);
    bool again = err != PN_OK && ++p->tries < TRIES;
    p->state = again ? AGAIN : FREE;
    tracker->stats.stored += err == PN_OK ? p->count : 0;
    tracker->stats.lost += err != PN_OK && !again ? p->count : 0;
    ring(tracker);
    (void)pthread_mutex_unlock(&tracker->mutex);
}

static int by_org(const void *a, const void *b) {
    const pn_opened *x = a;
    const pn_opened *y = b;
    int order = (x->org_id > y->org_id) - (x->org_id < y->org_id);
    return order != 0 ? order : (x->carrier_id > y->carrier_id) - (x->carrier_id < y->carrier_id);
}

/* Until the bell rings, or so long; the lock is given back meanwhile. */
static void nap(pn_tracker *tracker, int ms) {
    uint64_t rung = 0;
    struct pollfd bell = {.fd = tracker->bell, .events = POLLIN};
    (void)pthread_mutex_unlock(&tracker->mutex);
    if (poll(&bell, 1, ms) == 1) {
        ssize_t got = read(tracker->bell, &rung, sizeof rung);
        (void)got; /* somebody rings again if need be */
    }
    (void)pthread_mutex_lock(&tracker->mutex);
}

/* Holds the lock, which is given back meanwhile. */
static void hand_over(pn_tracker *tracker, piece *p) {
    p->state = STORING;
    (void)pthread_mutex_unlock(&tracker->mutex);
    bool taken = pn_writer_add(tracker->options.writer, &p->operation);
    (void)pthread_mutex_lock(&tracker->mutex);
    if (!taken) { /* too much waits for it */
        p->state = AGAIN;
    }
}

/* Waits for a piece that is free; NULL: for all of them. Holds the lock. */
static piece *wait_free(pn_tracker *tracker, bool all) {
    for (;;) {
        size_t idle = 0;
        for (size_t i = 0; i < PIECES; i++) {
            piece *p = &tracker->pieces[i];
            if (p->state == AGAIN) {
                hand_over(tracker, p);
            }
            idle += p->state == FREE;
            if (p->state == FREE && !all) {
                return p;
            }
        }
        if (idle == PIECES) {
            return NULL;
        }
        nap(tracker, GATHER_MS);
    }
}

/* The next opens of one organization. */
static void store_next(pn_tracker *tracker, size_t *at) {
    (void)pthread_mutex_lock(&tracker->mutex);
    piece *p = wait_free(tracker, false);
    p->items = tracker->batch + *at;
    p->tries = 0;
    for (p->count = 0; *at < tracker->batch_count && p->count < PIECE &&
                       tracker->batch[*at].org_id == p->items[0].org_id;
         p->count++) {
        (*at)++;
    }
    p->operation =
        (pn_operation){.org_id = p->items[0].org_id, .run = run_piece, .done = piece_done};
    hand_over(tracker, p);
    (void)pthread_mutex_unlock(&tracker->mutex);
}

static void store_batch(pn_tracker *tracker) {
    pn_arena arena;
    pn_arena_init(&arena, 0);
    pn_sort(tracker->batch, tracker->batch_count, sizeof *tracker->batch, by_org, &arena);
    pn_arena_done(&arena);
    for (size_t at = 0; at < tracker->batch_count;) {
        store_next(tracker, &at);
    }
    (void)pthread_mutex_lock(&tracker->mutex);
    (void)wait_free(tracker, true);
    (void)pthread_mutex_unlock(&tracker->mutex);
}

/* ── the thread ──────────────────────────────────────────────────────────────────────────────── */

/* Takes what came; false at the end. */
static bool gather(pn_tracker *tracker) {
    (void)pthread_mutex_lock(&tracker->mutex);
    tracker->sleeps = tracker->came_count == 0;
    if (tracker->sleeps && !tracker->ending) {
        nap(tracker, RELOAD_MS);
    }
    tracker->sleeps = false;
    if (!tracker->ending) { /* some more come with the first */
        nap(tracker, GATHER_MS);
    }
    pn_opened *empty = tracker->batch;
    tracker->batch = tracker->came;
    tracker->batch_count = tracker->came_count;
    tracker->came = empty;
    tracker->came_count = 0;
    bool going = !tracker->ending || tracker->batch_count != 0;
    (void)pthread_mutex_unlock(&tracker->mutex);
    return going;
}

static void *run(void *context) {
    pn_tracker *tracker = context;
    int64_t loaded = pn_env_ticks(tracker->options.env);
    while (gather(tracker)) {
        if (pn_env_ticks(tracker->options.env) - loaded > (int64_t)RELOAD_MS * 1000) {
            reload_keys(tracker);
            loaded = pn_env_ticks(tracker->options.env);
        }
        store_batch(tracker);
    }
    return NULL;
}

void pn_tracker_opened(pn_tracker *tracker, const pn_opened *opened) {
    (void)pthread_mutex_lock(&tracker->mutex);
    if (tracker->came_count == PN_LIMIT_TOUCHES_WAITING) {
        tracker->stats.lost++;
    } else {
        tracker->came[tracker->came_count++] = *opened;
        if (tracker->came_count == 1 && tracker->sleeps) {
            ring(tracker);
        }
    }
    (void)pthread_mutex_unlock(&tracker->mutex);
}

pn_tracker_stats pn_tracker_told(pn_tracker *tracker) {
    (void)pthread_mutex_lock(&tracker->mutex);
    pn_tracker_stats stats = tracker->stats;
    stats.waiting = (int64_t)tracker->came_count;
    (void)pthread_mutex_unlock(&tracker->mutex);
    return stats;
}

/* ── beginning and end ───────────────────────────────────────────────────────────────────────── */

static pn_err start(pn_tracker *tracker, pn_diag *diag) {
    PN_TRY(
        pn_db_open(tracker->options.url, &(pn_db_options){.mode = PN_DB_READ}, &tracker->db, diag));
    reload_keys(tracker);
    tracker->started = pthread_create(&tracker->thread, NULL, run, tracker) == 0;
    return tracker->started ? PN_OK : pn_diag_set(diag, PN_IO, "The system gives no more threads.");
}

pn_err pn_tracker_new(const pn_tracker_options *options, pn_tracker **ret_tracker, pn_diag *diag) {
    pn_tracker *tracker = pn_alloc(sizeof *tracker);
    memset(tracker, 0, sizeof *tracker);
    tracker->options = *options;
    pn_env_entropy(options->env, &tracker->agents_seed, sizeof tracker->agents_seed);
    (void)pthread_rwlock_init(&tracker->keys_lock, NULL);
    (void)pthread_mutex_init(&tracker->mutex, NULL);
    tracker->bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    pn_arena_init(&tracker->ring_arena, 0);
    tracker->came = pn_alloc(PN_LIMIT_TOUCHES_WAITING * sizeof *tracker->came);
    tracker->batch = pn_alloc(PN_LIMIT_TOUCHES_WAITING * sizeof *tracker->batch);
    for (size_t i = 0; i < PIECES; i++) {
        tracker->pieces[i].tracker = tracker;
        pn_arena_init(&tracker->pieces[i].arena, 0);
    }
    pn_err err = start(tracker, diag);
    if (err != PN_OK) {
        pn_tracker_free(tracker);
        return err;
    }
    *ret_tracker = tracker;
    return PN_OK;
}

void pn_tracker_free(pn_tracker *tracker) {
    if (tracker == NULL) {
        return;
    }
    (void)pthread_mutex_lock(&tracker->mutex);
    tracker->ending = true;
    if (tracker->started) {
        ring(tracker);
    }
    (void)pthread_mutex_unlock(&tracker->mutex);
    if (tracker->started) {
        (void)pthread_join(tracker->thread, NULL);
    }
    for (size_t i = 0; i < PIECES; i++) {
        pn_arena_done(&tracker->pieces[i].arena);
    }
    pn_db_close(tracker->db);
    pn_arena_done(&tracker->ring_arena);
    (void)pthread_rwlock_destroy(&tracker->keys_lock);
    (void)pthread_mutex_destroy(&tracker->mutex);
    if (tracker->bell >= 0) {
        (void)close(tracker->bell);
    }
    free(tracker->came);
    free(tracker->batch);
    free(tracker);
}
