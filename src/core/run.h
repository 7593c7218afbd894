/* A run: one case walking through one version of a strategy.
 *
 * Everything that must be remembered stands here; whatever can be looked at again is a fact. The
 * identity, the place and the clock are columns of the database; the rest is `memory`, encoded
 * canonically (pn_run_encode), which is also how states are compared: never by memcmp. */
#ifndef PN_CORE_RUN_H
#define PN_CORE_RUN_H

#include "base/limits.h"
#include "core/fact.h"

/* Order is stored. */
typedef enum {
    PN_RUN_ACTIVE,
    PN_RUN_ENDED,  /* came to an end node, or was stopped, while something was open */
    PN_RUN_CLOSED, /* its items closed, and on_paid or on_closed is through */
} pn_run_status;

const char *pn_run_status_name(pn_run_status status);

/* Why it does not move now. Order is stored. "Every open case has a wake-up or a reason." */
typedef enum {
    PN_WAIT_NONE,    /* it moves: it was just made or poked */
    PN_WAIT_TIME,    /* a wait node's time */
    PN_WAIT_MESSAGE, /* its message has not left yet */
    PN_WAIT_SIGNAL,  /* what the debtor does, within a time */
    PN_WAIT_TASK,    /* a person's work */
    PN_WAIT_RULE,    /* a rule to become true, within a time */
    PN_WAIT_AMOUNTS, /* all that is open is disputed, promised, planned or in flight */
    PN_WAIT_HOLD,    /* stopped: manual pause, unread reply, stale data */
    PN_WAIT_OVER,    /* ended or closed */
    PN_WAIT_ANSWER,  /* another system's answer */
    PN_WAIT_OFFER,   /* the debtor's answer to an offer, until it ends */
} pn_run_wait;

const char *pn_run_wait_name(pn_run_wait wait);

#define PN_NODE_NONE UINT32_MAX

/* The last message of a send node. */
typedef struct {
    uint32_t node;
    uint32_t visit;
    pn_id message;
} pn_run_message;

/* How often a node did its work in this cycle (repeat, charges). */
typedef struct {
    uint32_t node;
    uint32_t count;
} pn_run_counter;

typedef struct pn_run {
    /* identity */
    pn_id id;
    pn_id debtor_id;
    pn_id creditor_id;
    pn_id account_id;
    pn_id invoice_id; /* 0: the run of an account */
    pn_id strategy_id;
    pn_id version_id;
    pn_id parent_id; /* the run a pill accompanies; 0 for none */
    pn_time started_at;
    /* place */
    pn_run_status status;
    pn_run_wait wait;
    uint32_t node;
    uint32_t visit; /* nodes entered so far, over all cycles: with it a message is unique */
    uint32_t cycle;
    pn_time wake_at; /* PN_TIME_NEVER: only a fact moves it */
    pn_date anchor_due;
    pn_id anchor_item;
    /* memory */
    pn_time entered_at;   /* when the node was entered: what relative waits count from */
    pn_time not_before;   /* the node is not left earlier (after a re-anchoring); PN_TIME_NONE */
    pn_time paused_since; /* held or asleep since; PN_TIME_NONE: not */
    int64_t paused_us;    /* time held since the node was entered: `within` does not count it */
    pn_time quiet_until;  /* no demand before (after a long hold); PN_TIME_NONE */
    uint32_t task_visit;  /* the visit whose task, question or offer is out; 0 none */
    pn_time task_due;     /* when that task is overdue, or that offer over */
    pn_time closed_at;    /* when the case closed or the run ended; PN_TIME_NONE */
    uint32_t jumps;
    pn_id passed[PN_LIMIT_CASE_JUMPS]; /* the strategies it jumped out of, `jumps` of them */
    pn_closed closing;                 /* on the way through on_paid or on_closed */
    bool catch_up;                     /* re-anchored: does nothing until it comes to rest */
    uint32_t catch_due;                /* the last due-wait passed while catching up */
    bool returned; /* on the way from on_returned to its first due-wait: nothing is late yet */
    pn_str phase;
    pn_str outcome;
    pn_run_message *messages;
    size_t message_count;
    pn_run_counter *counters;
    size_t counter_count;
    uint32_t *late; /* nodes whose task or charge was postponed until the run rests */
    size_t late_count;
    bool unreadable; /* not stored: the stored memory is damaged, what stands here is none of it */
} pn_run;

enum { PN_RUN_MESSAGES_MAX = 64, PN_RUN_COUNTERS_MAX = 64, PN_RUN_LATE_MAX = 32 };

/* The run walks in that strategy, or has walked in it before a jump. */
bool pn_run_passed(const pn_run *run, pn_id strategy_id);

/* The run works its items: not over, and not merely saying thanks. */
static inline bool pn_run_working(const pn_run *run) {
    return run->status == PN_RUN_ACTIVE && run->closing == PN_CLOSED_NOT;
}

/* An invoice's own run, which the invoice names while it is active: the account's run leaves that
 * invoice alone. A pill works an invoice beside its case without owning it. */
static inline bool pn_run_owns(const pn_run *run) {
    return run->invoice_id != 0 && run->parent_id == 0;
}

/* Canonical bytes of the memory: equal memory gives equal bytes. */
void pn_run_encode(const pn_run *run, pn_buf *out);
/* Fills the memory part of `run`; CORRUPT for bytes that pn_run_encode cannot have written. Its
 * arrays have no room to add: pn_run_copy gives that. */
PN_MUST_USE pn_err pn_run_decode(pn_str bytes, pn_arena *arena, pn_run *run);

/* The same for what was stored: damaged bytes leave the memory of a run that remembers nothing, and
 * `unreadable` says so. Such a run is shown and counted, but never stepped, steered or written. */
void pn_run_recall(pn_run *run, pn_str bytes, pn_arena *arena);

/* The same but for the memory, which is compared by its bytes. */
bool pn_run_same_place(const pn_run *a, const pn_run *b);
/* The same run, place and memory alike. */
bool pn_run_equal(const pn_run *a, const pn_run *b);

/* A copy whose arrays are its own, with room to add. */
pn_run pn_run_copy(const pn_run *run, pn_arena *arena);

/* The last message of that send node, or of any when `node` is PN_NODE_NONE; NULL for none. */
const pn_run_message *pn_run_message_of(const pn_run *run, uint32_t node);
void pn_run_remember(pn_run *run, uint32_t node, uint32_t visit, pn_id message);
uint32_t pn_run_count(const pn_run *run, uint32_t node);
void pn_run_count_up(pn_run *run, uint32_t node);

#endif
