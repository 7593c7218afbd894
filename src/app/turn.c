#include "app/turn.h"

#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/banned.h"

/* Turns that may go by while a batch waits. */
enum { ANSWERS_IN_A_ROW = 8 };

/* Lanes that share a place are cut off for each other, which costs little. */
enum { LANES = 64 };

struct pn_turns {
    pthread_mutex_t mutex;
    pthread_cond_t given;
    pn_turn own;
    bool taken;
    unsigned answers; /* turns of that rank since a batch had one */
    uint64_t next[PN_TURN_RANKS], served[PN_TURN_RANKS]; /* numbers drawn, and called up */
    atomic_uint answers_waiting; /* for who has the turn, without the lock */
    atomic_uint awaited[LANES];  /* of a server's database: who waits there */
};

static bool any_waits(const pn_turns *turns, pn_turn_rank rank) {
    return turns->next[rank] != turns->served[rank];
}

/* Whose turn it is when nobody has it. */
static pn_turn_rank rank_next(const pn_turns *turns) {
    bool batch = any_waits(turns, PN_TURN_BATCH) &&
                 (!any_waits(turns, PN_TURN_ANSWER) || turns->answers >= ANSWERS_IN_A_ROW);
    return batch ? PN_TURN_BATCH : PN_TURN_ANSWER;
}

static void take(void *context, pn_turn_rank rank) {
    pn_turns *turns = context;
    (void)pthread_mutex_lock(&turns->mutex);
    uint64_t number = turns->next[rank]++;
    bool answers = rank == PN_TURN_ANSWER;
    (void)atomic_fetch_add_explicit(&turns->answers_waiting, answers, memory_order_relaxed);
    while (turns->taken || rank_next(turns) != rank || turns->served[rank] != number) {
        (void)pthread_cond_wait(&turns->given, &turns->mutex);
    }
    turns->taken = true;
    turns->served[rank]++;
    (void)atomic_fetch_sub_explicit(&turns->answers_waiting, answers, memory_order_relaxed);
    turns->answers = rank == PN_TURN_BATCH ? 0 : turns->answers + 1;
    (void)pthread_mutex_unlock(&turns->mutex);
}

static void give(void *context) {
    pn_turns *turns = context;
    (void)pthread_mutex_lock(&turns->mutex);
    assert(turns->taken);
    turns->taken = false;
    (void)pthread_cond_broadcast(&turns->given);
    (void)pthread_mutex_unlock(&turns->mutex);
}

static bool wanted(void *context, int64_t lane) {
    pn_turns *turns = context;
    (void)lane;
    return atomic_load_explicit(&turns->answers_waiting, memory_order_relaxed) != 0;
}

/* ── of a server's database ──────────────────────────────────────────────────────────────────── */

static void take_shared(void *context, pn_turn_rank rank) {
    (void)context;
    (void)rank;
}

static void give_shared(void *context) {
    (void)context;
}

static atomic_uint *place_of(pn_turns *turns, int64_t lane) {
    return &turns->awaited[(uint64_t)lane % LANES];
}

static bool wanted_shared(void *context, int64_t lane) {
    return atomic_load_explicit(place_of(context, lane), memory_order_relaxed) != 0;
}

static void awaits_shared(void *context, int64_t lane, bool begins) {
    (void)atomic_fetch_add_explicit(place_of(context, lane), begins ? 1U : UINT_MAX,
                                    memory_order_relaxed);
}

/* ── beginning and end ───────────────────────────────────────────────────────────────────────── */

pn_turns *pn_turns_new(void) {
    pn_turns *turns = pn_alloc(sizeof *turns);
    *turns = (pn_turns){.own = {.take = take, .give = give, .wanted = wanted, .context = turns}};
    (void)pthread_mutex_init(&turns->mutex, NULL);
    (void)pthread_cond_init(&turns->given, NULL);
    return turns;
}

void pn_turns_free(pn_turns *turns) {
    if (turns != NULL) {
        (void)pthread_mutex_destroy(&turns->mutex);
        (void)pthread_cond_destroy(&turns->given);
        free(turns);
    }
}

pn_turns *pn_turns_new_shared(void) {
    pn_turns *turns = pn_turns_new();
    turns->own = (pn_turn){.take = take_shared,
                           .give = give_shared,
                           .wanted = wanted_shared,
                           .awaits = awaits_shared,
                           .context = turns};
    return turns;
}

const pn_turn *pn_turns_own(const pn_turns *turns) {
    return &turns->own;
}

void pn_turns_tell(pn_turns *turns, void (*log_is_long)(void *context), void *context) {
    turns->own.log_is_long = log_is_long;
    turns->own.log_context = context;
}

unsigned pn_turns_waiting(pn_turns *turns) {
    (void)pthread_mutex_lock(&turns->mutex);
    unsigned waiting = 0;
    for (int rank = 0; rank < PN_TURN_RANKS; rank++) {
        waiting += (unsigned)(turns->next[rank] - turns->served[rank]);
    }
    (void)pthread_mutex_unlock(&turns->mutex);
    return waiting;
}
