#include "core/run.h"

#include <assert.h>

#include "base/banned.h"

const char *pn_run_status_name(pn_run_status status) {
    switch (status) {
    case PN_RUN_ACTIVE: return "active";
    case PN_RUN_ENDED: return "ended";
    case PN_RUN_CLOSED: return "closed";
    }
    return "?";
}

const char *pn_run_wait_name(pn_run_wait wait) {
    switch (wait) {
    case PN_WAIT_NONE: return "moving";
    case PN_WAIT_TIME: return "waits for a time";
    case PN_WAIT_MESSAGE: return "waits for its message to leave";
    case PN_WAIT_SIGNAL: return "waits for what the debtor does";
    case PN_WAIT_TASK: return "waits for a person";
    case PN_WAIT_RULE: return "waits for a rule";
    case PN_WAIT_AMOUNTS: return "sleeps: all that is open is held";
    case PN_WAIT_HOLD: return "on hold";
    case PN_WAIT_OVER: return "over";
    case PN_WAIT_ANSWER: return "waits for another system";
    case PN_WAIT_OFFER: return "waits for the debtor to accept an offer";
    }
    return "?";
}

/* ── encoding: a version byte, a bit a field that is present, then varints ───────────────────── */

enum { MEMORY_VERSION = 1 };

enum {
    HAS_NOT_BEFORE = 1 << 0,
    HAS_PAUSED_SINCE = 1 << 1,
    HAS_PAUSED = 1 << 2,
    HAS_QUIET = 1 << 3,
    HAS_CLOSED_AT = 1 << 4,
    HAS_JUMPS = 1 << 5,
    HAS_CLOSING = 1 << 6,
    HAS_CATCH_UP = 1 << 7,
    HAS_CATCH_DUE = 1 << 8,
    HAS_PHASE = 1 << 9,
    HAS_OUTCOME = 1 << 10,
    HAS_MESSAGES = 1 << 11,
    HAS_COUNTERS = 1 << 12,
    HAS_LATE = 1 << 13,
    HAS_TASK = 1 << 14,
    HAS_RETURNED = 1 << 15,
    HAS_KNOWN = (1 << 16) - 1,
};

static void put(pn_buf *out, uint64_t value) {
    while (value >= 0x80) {
        pn_buf_add_char(out, (char)(unsigned char)(value | 0x80));
        value >>= 7;
    }
    pn_buf_add_char(out, (char)(unsigned char)value);
}

static void put_signed(pn_buf *out, int64_t value) {
    put(out, ((uint64_t)value << 1) ^ (uint64_t)(value >> 63));
}

static void put_text(pn_buf *out, pn_str text) {
    put(out, text.len);
    pn_buf_add_str(out, text);
}

static uint64_t presence(const pn_run *run) {
    uint64_t bits = 0;
    bits |= run->not_before != PN_TIME_NONE ? HAS_NOT_BEFORE : 0U;
    bits |= run->paused_since != PN_TIME_NONE ? HAS_PAUSED_SINCE : 0U;
    bits |= run->paused_us != 0 ? HAS_PAUSED : 0U;
    bits |= run->quiet_until != PN_TIME_NONE ? HAS_QUIET : 0U;
    bits |= run->closed_at != PN_TIME_NONE ? HAS_CLOSED_AT : 0U;
    bits |= run->jumps != 0 ? HAS_JUMPS : 0U;
    bits |= run->closing != PN_CLOSED_NOT ? HAS_CLOSING : 0U;
    bits |= run->catch_up ? HAS_CATCH_UP : 0U;
    bits |= run->catch_due != PN_NODE_NONE ? HAS_CATCH_DUE : 0U;
    bits |= run->phase.len != 0 ? HAS_PHASE : 0U;
    bits |= run->outcome.len != 0 ? HAS_OUTCOME : 0U;
    bits |= run->message_count != 0 ? HAS_MESSAGES : 0U;
    bits |= run->counter_count != 0 ? HAS_COUNTERS : 0U;
    bits |= run->late_count != 0 ? HAS_LATE : 0U;
    bits |= run->task_visit != 0 ? HAS_TASK : 0U;
    bits |= run->returned ? HAS_RETURNED : 0U;
    return bits;
}

static void encode_arrays(const pn_run *run, uint64_t bits, pn_buf *out) {
    if ((bits & HAS_MESSAGES) != 0) {
        put(out, run->message_count);
        for (size_t i = 0; i < run->message_count; i++) {
            put(out, run->messages[i].node);
            put(out, run->messages[i].visit);
            put(out, (uint64_t)run->messages[i].message);
        }
    }
    if ((bits & HAS_COUNTERS) != 0) {
        put(out, run->counter_count);
        for (size_t i = 0; i < run->counter_count; i++) {
            put(out, run->counters[i].node);
            put(out, run->counters[i].count);
        }
    }
    if ((bits & HAS_LATE) != 0) {
        put(out, run->late_count);
        for (size_t i = 0; i < run->late_count; i++) {
            put(out, run->late[i]);
        }
    }
}

void pn_run_encode(const pn_run *run, pn_buf *out) {
    uint64_t bits = presence(run);
    pn_buf_add_char(out, MEMORY_VERSION);
    put(out, bits);
    put_signed(out, run->entered_at);
    if ((bits & HAS_NOT_BEFORE) != 0) {
        put_signed(out, run->not_before);
    }
    if ((bits & HAS_PAUSED_SINCE) != 0) {
        put_signed(out, run->paused_since);
    }
    if ((bits & HAS_PAUSED) != 0) {
        put_signed(out, run->paused_us);
    }
    if ((bits & HAS_QUIET) != 0) {
        put_signed(out, run->quiet_until);
    }
    if ((bits & HAS_CLOSED_AT) != 0) {
        put_signed(out, run->closed_at);
    }
    if ((bits & HAS_JUMPS) != 0) {
        put(out, run->jumps);
        for (uint32_t i = 0; i < run->jumps && i < PN_COUNT(run->passed); i++) {
            put(out, (uint64_t)run->passed[i]);
        }
    }
    if ((bits & HAS_CLOSING) != 0) {
        put(out, run->closing);
    }
    if ((bits & HAS_CATCH_DUE) != 0) {
        put(out, run->catch_due);
    }
    if ((bits & HAS_PHASE) != 0) {
        put_text(out, run->phase);
    }
    if ((bits & HAS_OUTCOME) != 0) {
        put_text(out, run->outcome);
    }
    if ((bits & HAS_TASK) != 0) {
        put(out, run->task_visit);
        put_signed(out, run->task_due);
    }
    encode_arrays(run, bits, out);
}

typedef struct {
    pn_str rest;
    bool bad;
} cursor;

static uint64_t get(cursor *c) {
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        if (c->rest.len == 0) {
            break;
        }
        unsigned char byte = (unsigned char)c->rest.ptr[0];
        c->rest = pn_str_from(c->rest, 1);
        value |= (uint64_t)(byte & 0x7F) << shift;
        if (byte < 0x80) {
            c->bad = c->bad || (byte == 0 && shift != 0) || (shift == 63 && byte > 1);
            return value;
        }
    }
    c->bad = true;
    return 0;
}

static int64_t get_signed(cursor *c) {
    uint64_t value = get(c);
    return (int64_t)(value >> 1) ^ -(int64_t)(value & 1);
}

static uint32_t get_small(cursor *c, uint64_t max) {
    uint64_t value = get(c);
    c->bad = c->bad || value > max;
    return c->bad ? 0 : (uint32_t)value;
}

static pn_str get_text(cursor *c, pn_arena *arena) {
    size_t len = get_small(c, c->rest.len);
    if (c->bad || len > c->rest.len) {
        c->bad = true;
        return PN_STR_NONE;
    }
    pn_str text = pn_str_dup(arena, pn_str_first(c->rest, len));
    c->rest = pn_str_from(c->rest, len);
    return text;
}

static void decode_arrays(cursor *c, uint64_t bits, pn_arena *arena, pn_run *run) {
    if ((bits & HAS_MESSAGES) != 0) {
        run->message_count = get_small(c, PN_RUN_MESSAGES_MAX);
        run->messages = pn_arena_alloc(arena, run->message_count * sizeof *run->messages);
        for (size_t i = 0; i < run->message_count; i++) {
            run->messages[i].node = get_small(c, UINT32_MAX);
            run->messages[i].visit = get_small(c, UINT32_MAX);
            run->messages[i].message = (pn_id)get(c);
        }
    }
    if ((bits & HAS_COUNTERS) != 0) {
        run->counter_count = get_small(c, PN_RUN_COUNTERS_MAX);
        run->counters = pn_arena_alloc(arena, run->counter_count * sizeof *run->counters);
        for (size_t i = 0; i < run->counter_count; i++) {
            run->counters[i].node = get_small(c, UINT32_MAX);
            run->counters[i].count = get_small(c, UINT32_MAX);
        }
    }
    if ((bits & HAS_LATE) != 0) {
        run->late_count = get_small(c, PN_RUN_LATE_MAX);
        run->late = pn_arena_alloc(arena, run->late_count * sizeof *run->late);
        for (size_t i = 0; i < run->late_count; i++) {
            run->late[i] = get_small(c, UINT32_MAX);
        }
    }
}

bool pn_run_passed(const pn_run *run, pn_id strategy_id) {
    bool passed = run->strategy_id == strategy_id;
    for (uint32_t i = 0; i < run->jumps && i < PN_COUNT(run->passed); i++) {
        passed = passed || run->passed[i] == strategy_id;
    }
    return passed;
}

/* Room for the arrays is taken once, at their bounds: a step adds without growing. */
static void give_room(pn_run *run, pn_arena *arena) {
    char *room = pn_arena_alloc(arena, PN_RUN_MESSAGES_MAX * sizeof *run->messages +
                                           PN_RUN_COUNTERS_MAX * sizeof *run->counters +
                                           PN_RUN_LATE_MAX * sizeof *run->late);
    run->messages = (void *)room;
    room += PN_RUN_MESSAGES_MAX * sizeof *run->messages;
    run->counters = (void *)room;
    room += PN_RUN_COUNTERS_MAX * sizeof *run->counters;
    run->late = (void *)room;
}

pn_err pn_run_decode(pn_str bytes, pn_arena *arena, pn_run *run) {
    cursor c = {.rest = bytes};
    if (get(&c) != MEMORY_VERSION) {
        return PN_CORRUPT;
    }
    uint64_t bits = get(&c);
    if ((bits & ~(uint64_t)HAS_KNOWN) != 0) {
        return PN_CORRUPT;
    }
    run->message_count = run->counter_count = run->late_count = 0;
    run->messages = NULL;
    run->counters = NULL;
    run->late = NULL;
    run->entered_at = get_signed(&c);
    run->not_before = (bits & HAS_NOT_BEFORE) != 0 ? get_signed(&c) : PN_TIME_NONE;
    run->paused_since = (bits & HAS_PAUSED_SINCE) != 0 ? get_signed(&c) : PN_TIME_NONE;
    run->paused_us = (bits & HAS_PAUSED) != 0 ? get_signed(&c) : 0;
    run->quiet_until = (bits & HAS_QUIET) != 0 ? get_signed(&c) : PN_TIME_NONE;
    run->closed_at = (bits & HAS_CLOSED_AT) != 0 ? get_signed(&c) : PN_TIME_NONE;
    run->jumps = (bits & HAS_JUMPS) != 0 ? get_small(&c, PN_LIMIT_CASE_JUMPS) : 0;
    for (uint32_t i = 0; i < run->jumps; i++) {
        run->passed[i] = (pn_id)get(&c);
    }
    run->closing =
        (bits & HAS_CLOSING) != 0 ? (pn_closed)get_small(&c, PN_CLOSED_CANCELLED) : PN_CLOSED_NOT;
    run->catch_up = (bits & HAS_CATCH_UP) != 0;
    run->returned = (bits & HAS_RETURNED) != 0;
    run->catch_due = (bits & HAS_CATCH_DUE) != 0 ? get_small(&c, UINT32_MAX) : PN_NODE_NONE;
    run->phase = (bits & HAS_PHASE) != 0 ? get_text(&c, arena) : PN_STR_NONE;
    run->outcome = (bits & HAS_OUTCOME) != 0 ? get_text(&c, arena) : PN_STR_NONE;
    run->task_visit = (bits & HAS_TASK) != 0 ? get_small(&c, UINT32_MAX) : 0;
    run->task_due = (bits & HAS_TASK) != 0 ? get_signed(&c) : PN_TIME_NONE;
    decode_arrays(&c, bits, arena, run);
    /* what is at its default is never written, so equal memory has equal bytes */
    return c.bad || c.rest.len != 0 || presence(run) != bits ? PN_CORRUPT : PN_OK;
}

pn_run pn_run_copy(const pn_run *run, pn_arena *arena) {
    pn_run copy = *run;
    give_room(&copy, arena);
    if (run->message_count != 0) {
        memcpy(copy.messages, run->messages, run->message_count * sizeof *run->messages);
    }
    if (run->counter_count != 0) {
        memcpy(copy.counters, run->counters, run->counter_count * sizeof *run->counters);
    }
    if (run->late_count != 0) {
        memcpy(copy.late, run->late, run->late_count * sizeof *run->late);
    }
    return copy;
}

bool pn_run_same_place(const pn_run *a, const pn_run *b) {
    return a->id == b->id && a->debtor_id == b->debtor_id && a->creditor_id == b->creditor_id &&
           a->account_id == b->account_id && a->invoice_id == b->invoice_id &&
           a->strategy_id == b->strategy_id && a->version_id == b->version_id &&
           a->parent_id == b->parent_id && a->started_at == b->started_at &&
           a->status == b->status && a->wait == b->wait && a->node == b->node &&
           a->visit == b->visit && a->cycle == b->cycle && a->wake_at == b->wake_at &&
           a->anchor_due == b->anchor_due && a->anchor_item == b->anchor_item;
}

bool pn_run_equal(const pn_run *a, const pn_run *b) {
    if (!pn_run_same_place(a, b)) {
        return false;
    }
    pn_buf first, second;
    pn_buf_init(&first, 65536);
    pn_buf_init(&second, 65536);
    pn_run_encode(a, &first);
    pn_run_encode(b, &second);
    bool equal = pn_str_eq(pn_buf_str(&first), pn_buf_str(&second));
    pn_buf_done(&first);
    pn_buf_done(&second);
    return equal;
}

const pn_run_message *pn_run_message_of(const pn_run *run, uint32_t node) {
    const pn_run_message *found = NULL;
    for (size_t i = 0; i < run->message_count; i++) {
        const pn_run_message *message = &run->messages[i];
        if ((node == PN_NODE_NONE || message->node == node) &&
            (found == NULL || message->visit > found->visit)) {
            found = message;
        }
    }
    return found;
}

void pn_run_remember(pn_run *run, uint32_t node, uint32_t visit, pn_id message) {
    size_t at = 0;
    while (at < run->message_count && run->messages[at].node != node) {
        at++;
    }
    if (at ==
        PN_RUN_MESSAGES_MAX) { /* more send nodes than are remembered: the oldest makes room */
        size_t oldest = 0;
        for (size_t i = 1; i < run->message_count; i++) {
            oldest = run->messages[i].visit < run->messages[oldest].visit ? i : oldest;
        }
        at--;
        memmove(run->messages + oldest, run->messages + oldest + 1,
                (at - oldest) * sizeof *run->messages);
    } else if (at == run->message_count) {
        run->message_count++;
    }
    run->messages[at] = (pn_run_message){node, visit, message};
}

uint32_t pn_run_count(const pn_run *run, uint32_t node) {
    for (size_t i = 0; i < run->counter_count; i++) {
        if (run->counters[i].node == node) {
            return run->counters[i].count;
        }
    }
    return 0;
}

void pn_run_count_up(pn_run *run, uint32_t node) {
    for (size_t i = 0; i < run->counter_count; i++) {
        if (run->counters[i].node == node) {
            run->counters[i].count++;
            return;
        }
    }
    if (run->counter_count < PN_RUN_COUNTERS_MAX) {
        run->counters[run->counter_count++] = (pn_run_counter){node, 1};
    }
}

void pn_run_recall(pn_run *run, pn_str bytes, pn_arena *arena) {
    static const char NOTHING[] = {MEMORY_VERSION, 0, 0};
    run->unreadable = pn_run_decode(bytes, arena, run) != PN_OK;
    if (run->unreadable) {
        pn_err err = pn_run_decode((pn_str){NOTHING, sizeof NOTHING}, arena, run);
        assert(err == PN_OK);
        run->entered_at = run->started_at;
    }
}
