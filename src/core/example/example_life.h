/* For the files of this folder: the life of one example in memory. */
#ifndef PN_CORE_EXAMPLE_EXAMPLE_LIFE_H
#define PN_CORE_EXAMPLE_EXAMPLE_LIFE_H

#include "core/example/example.h"
#include "core/gate.h"
#include "core/outlook.h"
#include "core/past.h"
#include "core/step.h"

/* What is kept of a message besides the fact of the same index. */
typedef struct {
    pn_cmd cmd;
    pn_purpose purpose;
    pn_time not_before;
} life_intent;

/* A payment or a promise, by invoice. */
typedef struct {
    int64_t amount;
    int64_t *parts; /* beside the example's invoices */
    int64_t paid;   /* of a promise, since it was made */
    pn_time judge_at;
    bool over;
} life_share;

typedef struct {
    pn_str category;
    pn_str title;
} life_task;

typedef struct {
    const pn_flow *flow;
    const pn_example *example;
    const pn_example_world *world;
    pn_arena *arena;
    pn_time now, end;
    pn_facts facts; /* its lists are the ones below */
    pn_item *items; /* those that have arrived, oldest effective due date first */
    size_t item_count;
    bool *arrived; /* beside the example's invoices */
    pn_message_fact *messages;
    life_intent *intents;
    size_t message_count, message_capacity, intent_capacity;
    pn_task_fact *tasks;
    life_task *task_words;
    size_t task_count, task_capacity, word_capacity;
    pn_signal *signals;
    size_t signal_count, signal_capacity;
    pn_hold_fact *holds; /* room for a pause and an unread reply beside those there are */
    size_t hold_count;
    pn_errand_fact *errands;
    size_t errand_count, errand_capacity;
    pn_offer_fact *offers;
    size_t offer_count, offer_capacity;
    pn_arm_fact *arms;
    size_t arm_count, arm_capacity;
    pn_contact_made *contacts;
    size_t contact_count, contact_capacity;
    life_share *payments, *promises;
    size_t payment_count, payment_capacity, promise_count, promise_capacity;
    size_t next_deed;
    const pn_gate_query *gate; /* of a real case; NULL: an example's */
    int64_t unapplied;         /* credit of the account */
    pn_id strategy_id;
    pn_run run;
    int steps; /* taken so far */
    bool started;
    bool over;    /* it jumped into another strategy */
    pn_path path; /* nodes it stood on */
    pn_happening *happenings;
    size_t happening_count, happening_capacity;
    pn_past_case *past; /* what truly happened; NULL: an example or an outlook */
} life;

/* Holds that an example itself can make. */
enum { LIFE_HOLDS_OWN = 2 };

pn_happening *life_note(life *l, pn_happening_kind kind, pn_str word);
void life_refresh(life *l);
/* What is due now, until it rests; false when it never does. */
bool life_moment(life *l);
pn_time life_next_moment(const life *l);
/* From moment to moment until the end; false likewise. */
bool life_go_on(life *l);

/* ── money (example_money.c) ── */

/* Ids of invoices are 1 + their place in the example. */
void life_arrive(life *l);
void life_pay(life *l, int64_t amount, pn_str invoice, pn_closed how);
void life_return(life *l);
void life_promise(life *l, int64_t amount, int32_t by_day);
void life_dispute(life *l, int64_t amount, pn_str invoice);
void life_settle(life *l);
/* Judges promises whose time has come (law 13); the next time is put into `next`. */
void life_judge_promises(life *l);
pn_time life_money_next(const life *l);

/* Lives the example without comparing. */
void life_live(const pn_flow *flow, const pn_example *example, const pn_example_world *world,
               pn_arena *arena, pn_example_result *ret_result);

/* What a debtor did, attached to the last message that left. */
void life_heard(life *l, pn_signal_kind kind, pn_signal_source source);
/* The oldest open task of that category is done. */
void life_finish_task(life *l, pn_str category, pn_str outcome);

/* ── the past (example_past.c) ── */

/* Where a pill began beside a real case; NULL for all others. */
const pn_past_beside *life_past_beside(const life *l);
/* What truly happened until now. */
void life_past_do(life *l);
pn_time life_past_next(const life *l);
/* A message left, or the gate held it back. */
void life_past_sent(life *l, const pn_past_sent *sent);
void life_past_held(life *l, pn_gate_reason reason);

/* ── messages (example_send.c) ── */

/* Of a template family, perhaps "@n". */
pn_purpose life_purpose(const life *l, pn_str name);
void life_queue(life *l, const pn_cmd *cmd);
/* Lets go what may go; true when a message's state changed. */
bool life_deliver(life *l);
/* All that waits is looked at again: a hold ended. */
void life_due_again(life *l);
pn_time life_deliver_next(const life *l);

#endif
