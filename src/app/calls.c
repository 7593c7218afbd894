#include "app/calls.h"

#include <stdlib.h>

#include "app/errands.h"
#include "app/webhooks.h"
#include "base/banned.h"
#include "base/hash.h"
#include "base/limits.h"

enum { SLOW_MAX = 64, SETTLED_MAX = 100, LOOK_MS = 1000, FINISH_MS = 10000, LEASE_MARGIN = 5 };

static const pn_call_kind *const KINDS[] = {&PN_ERRAND_KIND, &PN_WEBHOOK_KIND};

struct pn_calls {
    pn_fetches *fetches;
    pn_call_job *first, **last; /* in the order in which they were taken */
    size_t count;
    uint64_t slow[SLOW_MAX]; /* who let us wait in vain the last time; 0: free */
    size_t slow_next;
    bool rolling; /* who is slow is remembered */
};

void pn_call_stats_add(pn_call_stats *to, const pn_call_stats *from) {
    to->errands.asked += from->errands.asked;
    to->errands.done += from->errands.done;
    to->errands.failed += from->errands.failed;
    to->errands.uncertain += from->errands.uncertain;
    to->errands.retried += from->errands.retried;
    to->webhooks.sent += from->webhooks.sent;
    to->webhooks.failed += from->webhooks.failed;
    to->webhooks.retried += from->webhooks.retried;
}

pn_time pn_call_lease_until(const pn_app *app, unsigned timeout_ms) {
    int64_t seconds = PN_MAX(app->lease_seconds, (int64_t)timeout_ms / 1000 + LEASE_MARGIN);
    return pn_env_now(app->env) + seconds * PN_SECOND;
}

/* ── jobs ────────────────────────────────────────────────────────────────────────────────────── */

static pn_calls *new_calls(bool rolling) {
    pn_calls *calls = pn_alloc(sizeof *calls);
    memset(calls, 0, sizeof *calls);
    calls->fetches = pn_fetches_new();
    calls->last = &calls->first;
    calls->rolling = rolling;
    return calls;
}

pn_calls *pn_calls_new(void) {
    return new_calls(true);
}

static pn_call_job *new_job(const pn_call_kind *kind, uint64_t to) {
    pn_call_job *job = pn_alloc(sizeof *job);
    memset(job, 0, sizeof *job);
    job->kind = kind;
    job->to = to;
    pn_arena_init(&job->arena, 0);
    return job;
}

static void free_job(pn_call_job *job) {
    pn_arena_done(&job->arena);
    free(job);
}

static void free_jobs(pn_call_job *first) {
    for (pn_call_job *job = first, *next; job != NULL; job = next) {
        next = job->next;
        free_job(job);
    }
}

void pn_calls_free(pn_calls *calls) {
    if (calls != NULL) {
        pn_fetches_free(calls->fetches);
        free_jobs(calls->first);
        free(calls);
    }
}

bool pn_calls_under_way(const pn_calls *calls) {
    return calls->count != 0;
}

/* ── whom, and how many at a time ────────────────────────────────────────────────────────────── */

static uint64_t number_of(const pn_call_kind *kind, const pn_call_to *to) {
    uint64_t number =
        kind->texts->by_name ? pn_hash64_str(to->name, 1) : pn_hash64(&to->id, sizeof to->id, 2);
    return number != 0 ? number : 1;
}

static uint64_t *slow_of(pn_calls *calls, uint64_t to) {
    for (size_t i = 0; i < SLOW_MAX; i++) {
        if (calls->slow[i] == to) {
            return &calls->slow[i];
        }
    }
    return NULL;
}

static void learn(pn_calls *calls, const pn_call_job *job) {
    uint64_t *known = slow_of(calls, job->to);
    if (job->answer.timed_out && known == NULL && calls->rolling) {
        calls->slow[calls->slow_next] = job->to;
        calls->slow_next = (calls->slow_next + 1) % SLOW_MAX;
    } else if (!job->answer.timed_out && known != NULL) {
        *known = 0;
    }
}

/* How many more may go to them now. */
static size_t room_for(pn_calls *calls, uint64_t to) {
    size_t most = slow_of(calls, to) != NULL ? 1 : PN_LIMIT_CALLS_TO_ONE;
    size_t running = 0;
    for (const pn_call_job *job = calls->first; job != NULL; job = job->next) {
        running += job->to == to;
    }
    return running >= most || calls->count >= PN_LIMIT_CALLS_AT_ONCE
               ? 0
               : PN_MIN(most - running, PN_LIMIT_CALLS_AT_ONCE - calls->count);
}

/* ── when ────────────────────────────────────────────────────────────────────────────────────── */

/* When the first is due of one kind; whoever has no room (`calls` not NULL) does not count. */
static pn_err next_of(pn_app *app, pn_calls *calls, const pn_call_kind *kind, pn_time *next) {
    pn_call_to to = {.name = PN_STR("")};
    pn_arena arena;
    pn_arena_init(&arena, 0);
    pn_err err;
    while ((err = pn_call_next_to(app->db, kind->texts, app->org.id, &arena, &to)) == PN_OK) {
        pn_time due = PN_TIME_NEVER;
        if (calls != NULL && room_for(calls, number_of(kind, &to)) == 0) {
            continue;
        }
        err = pn_call_next(app->db, kind->texts, app->org.id, &to, pn_env_now(app->env), &due);
        if (err != PN_OK) {
            break;
        }
        *next = PN_MIN(*next, due);
    }
    pn_arena_done(&arena);
    return err == PN_NOT_FOUND ? PN_OK : err;
}

static pn_err next_of_all(pn_app *app, pn_calls *calls, const pn_call_kind *only,
                          pn_time *ret_next) {
    pn_time next = PN_TIME_NEVER;
    for (size_t i = 0; i < PN_COUNT(KINDS); i++) {
        if (only == NULL || only == KINDS[i]) {
            PN_TRY(next_of(app, calls, KINDS[i], &next));
        }
    }
    *ret_next = next;
    return PN_OK;
}

pn_err pn_calls_left(pn_app *app, pn_diag *diag) {
    pn_err err = PN_OK;
    if (pn_db_is_shared(app->db)) {
        return PN_OK;
    }
    PN_TRY(pn_app_begin(app, diag));
    for (size_t i = 0; i < PN_COUNT(KINDS) && err == PN_OK; i++) {
        err = pn_call_left(app->db, KINDS[i]->texts, app->org.id);
    }
    return pn_app_end(app, err, diag);
}

pn_err pn_calls_next(pn_app *app, pn_time *ret_next) {
    return next_of_all(app, NULL, NULL, ret_next);
}

/* ── taking ──────────────────────────────────────────────────────────────────────────────────── */

/* What one transaction takes. */
typedef struct {
    pn_calls *calls;
    pn_time now;
    pn_arena scratch;
    pn_call_job *first, **last;
    size_t settled;
    pn_call_stats stats;
} taking;

static pn_err take_one(pn_app *app, taking *t, const pn_call_kind *kind, const pn_call_to *to,
                       pn_taken *ret_taken, pn_diag *diag) {
    pn_call_job *job = new_job(kind, number_of(kind, to));
    pn_err err = kind->take(app, job, to, t->now, &t->scratch, ret_taken, &t->stats, diag);
    pn_arena_reset(&t->scratch);
    if (err != PN_OK || *ret_taken != PN_TAKEN_READY) {
        free_job(job);
        return err;
    }
    *t->last = job;
    t->last = &job->next;
    return PN_OK;
}

static pn_err take_for(pn_app *app, taking *t, const pn_call_kind *kind, const pn_call_to *to,
                       size_t *left, pn_diag *diag) {
    size_t room = PN_MIN(room_for(t->calls, number_of(kind, to)), *left);
    while (room > 0 && t->settled < SETTLED_MAX) {
        pn_taken taken = PN_TAKEN_NONE;
        PN_TRY(take_one(app, t, kind, to, &taken, diag));
        if (taken == PN_TAKEN_NONE) {
            return PN_OK;
        }
        t->settled += taken == PN_TAKEN_SETTLED;
        room -= taken == PN_TAKEN_READY;
        *left -= taken == PN_TAKEN_READY;
    }
    return PN_OK;
}

static pn_err take_kind(pn_app *app, taking *t, const pn_call_kind *kind, size_t *left,
                        pn_diag *diag) {
    pn_call_to to = {.name = PN_STR("")};
    pn_arena arena;
    pn_arena_init(&arena, 0);
    pn_err err = PN_OK;
    while (err == PN_OK && *left > 0) {
        err = pn_call_next_to(app->db, kind->texts, app->org.id, &arena, &to);
        if (err == PN_NOT_FOUND) {
            break;
        }
        err = err == PN_OK ? take_for(app, t, kind, &to, left, diag) : err;
    }
    pn_arena_done(&arena);
    return err == PN_NOT_FOUND ? PN_OK : err;
}

static pn_err take_all(pn_app *app, taking *t, const pn_call_kind *only, pn_diag *diag) {
    size_t left = PN_LIMIT_CALLS_AT_ONCE - t->calls->count;
    for (size_t i = 0; i < PN_COUNT(KINDS); i++) {
        if (only == NULL || only == KINDS[i]) {
            PN_TRY(take_kind(app, t, KINDS[i], &left, diag));
        }
    }
    return PN_OK;
}

static void begin_jobs(pn_calls *calls, taking *t) {
    for (pn_call_job *job = t->first; job != NULL; job = job->next) {
        calls->count++;
        pn_fetches_begin(calls->fetches, &job->request, &job->arena, &job->answer);
    }
    if (t->first != NULL) {
        *calls->last = t->first;
        calls->last = t->last;
    }
}

/* `ret_settled` of those that need not be asked: there may be more of them. */
static pn_err take(pn_calls *calls, pn_app *app, const pn_call_kind *only, pn_time now,
                   size_t *ret_settled, pn_call_stats *stats, pn_diag *diag) {
    taking t = {.calls = calls, .now = now};
    t.last = &t.first;
    pn_arena_init(&t.scratch, 0);
    pn_err err = pn_app_begin(app, diag);
    if (err == PN_OK) {
        err = pn_app_end(app, take_all(app, &t, only, diag), diag);
    }
    pn_arena_done(&t.scratch);
    if (err != PN_OK) {
        free_jobs(t.first);
        return err;
    }
    begin_jobs(calls, &t);
    pn_call_stats_add(stats, &t.stats);
    *ret_settled = t.settled;
    return PN_OK;
}

/* ── recording ───────────────────────────────────────────────────────────────────────────────── */

static pn_err record_all(pn_calls *calls, pn_app *app, pn_time now, pn_call_stats *stats,
                         pn_diag *diag) {
    pn_arena scratch;
    pn_arena_init(&scratch, 0);
    pn_err err = PN_OK;
    for (pn_call_job *job = calls->first; job != NULL && err == PN_OK; job = job->next) {
        if (job->answer.done) {
            err = job->kind->record(app, job, now, &scratch, stats, diag);
            pn_arena_reset(&scratch);
        }
    }
    pn_arena_done(&scratch);
    return err;
}

static void drop_answered(pn_calls *calls) {
    pn_call_job **link = &calls->first;
    while (*link != NULL) {
        pn_call_job *job = *link;
        if (job->answer.done) {
            learn(calls, job);
            *link = job->next;
            calls->count--;
            free_job(job);
        } else {
            link = &job->next;
        }
    }
    calls->last = link;
}

/* Answers stay until a transaction with them was committed. */
static pn_err record(pn_calls *calls, pn_app *app, pn_time now, pn_call_stats *stats,
                     pn_diag *diag) {
    pn_call_stats own = {0};
    if (pn_fetches_running(calls->fetches) == calls->count) {
        return PN_OK;
    }
    PN_TRY(pn_app_begin(app, diag));
    PN_TRY(pn_app_end(app, record_all(calls, app, now, &own, diag), diag));
    drop_answered(calls);
    pn_call_stats_add(stats, &own);
    return PN_OK;
}

/* ── the rounds ──────────────────────────────────────────────────────────────────────────────── */

pn_err pn_calls_turn(pn_calls *calls, pn_app *app, pn_call_stats *stats, pn_diag *diag) {
    size_t settled = 0;
    do {
        pn_time now = pn_app_now(app), next = PN_TIME_NEVER;
        PN_TRY(record(calls, app, now, stats, diag));
        PN_TRY(pn_app_fail(app, next_of_all(app, calls, NULL, &next), diag));
        settled = 0;
        if (next <= now && !pn_app_stops(app)) {
            PN_TRY(take(calls, app, NULL, now, &settled, stats, diag));
        }
    } while (settled != 0);
    return PN_OK;
}

pn_err pn_calls_wait(pn_calls *calls, pn_app *app, const pn_bell *bell, int64_t ms) {
    pn_time next = PN_TIME_NEVER;
    PN_TRY(next_of_all(app, calls, NULL, &next));
    pn_time now = pn_app_now(app);
    if (next != PN_TIME_NEVER) { /* what is due already is in the hands of others */
        ms = PN_MIN(ms, next > now ? (next - now) / 1000 + 1 : LOOK_MS);
    }
    if (calls->count != 0) {
        pn_fetches_wait(calls->fetches, ms, bell->fd);
        ms = 0; /* takes what it rang */
    }
    pn_bell_wait(bell, ms);
    return PN_OK;
}

pn_err pn_calls_finish(pn_calls *calls, pn_app *app, int64_t ms, pn_call_stats *stats,
                       pn_diag *diag) {
    int64_t until = pn_env_ticks(app->env) + ms * 1000;
    while (pn_fetches_running(calls->fetches) != 0 && pn_env_ticks(app->env) < until) {
        pn_fetches_wait(calls->fetches, LOOK_MS / 5, -1);
    }
    pn_fetches_break(calls->fetches);
    return record(calls, app, pn_app_now(app), stats, diag);
}

static pn_err ask_together(pn_calls *calls, pn_app *app, pn_time now, pn_call_stats *stats,
                           pn_diag *diag) {
    while (pn_fetches_running(calls->fetches) != 0) {
        if (pn_app_stops(app)) {
            return pn_calls_finish(calls, app, FINISH_MS, stats, diag);
        }
        pn_fetches_wait(calls->fetches, LOOK_MS / 5, -1);
    }
    return record(calls, app, now, stats, diag);
}

pn_err pn_calls_work(pn_app *app, const pn_call_kind *only, pn_time now, pn_call_stats *stats,
                     pn_diag *diag) {
    pn_calls *calls = new_calls(false);
    pn_err err = PN_OK;
    bool did = true;
    while (err == PN_OK && did && !pn_app_stops(app)) {
        pn_time next = PN_TIME_NEVER;
        size_t settled = 0;
        did = false;
        err = pn_app_fail(app, next_of_all(app, calls, only, &next), diag);
        if (err == PN_OK && next <= now) {
            err = take(calls, app, only, now, &settled, stats, diag);
            did = settled + calls->count != 0;
        }
        err = err == PN_OK ? ask_together(calls, app, now, stats, diag) : err;
    }
    pn_calls_free(calls);
    return err;
}
