/* A world in memory for testing the step: one debtor, its items, one run, and what the run's
 * commands led to. Time moves from wake-up to wake-up, as the engine does it. */
#ifndef PN_TESTS_WORLD_H
#define PN_TESTS_WORLD_H

#include "unit.h"

#include "core/ledger.h"
#include "core/step.h"

enum {
    WORLD_ITEMS = 50,
    WORLD_MESSAGES = 600,
    WORLD_CMDS = 2000,
    WORLD_TASKS = 400,
    WORLD_ARMS = 100
};

typedef struct world {
    pn_arena arena;
    const pn_flow *flow;
    pn_problems problems;
    pn_facts facts;
    pn_item items[WORLD_ITEMS];
    pn_message_fact messages[WORLD_MESSAGES];
    pn_task_fact tasks[WORLD_TASKS];
    pn_errand_fact errands[WORLD_TASKS];
    pn_offer_fact offers[WORLD_TASKS];
    pn_signal signals[WORLD_MESSAGES];
    pn_arm_fact arms[WORLD_ARMS];
    pn_hold_fact holds[4];
    pn_run run;
    pn_cmd cmds[WORLD_CMDS]; /* all that were ever given */
    pn_time cmd_at[WORLD_CMDS];
    size_t cmd_count;
    pn_time now;
    pn_id next_id;
    pn_errand_state errand_state; /* what becomes of errands at once (default: done) */
    pn_str errand_outcome;
    bool send_at_once; /* messages leave in the moment they are written (default) */
    /* looks at every step before its commands are obeyed; may be NULL */
    void (*on_step)(struct world *w, const pn_run *next, const pn_cmds *cmds);
} world;

/* A zone of the system; the test is skipped where the machine has no zone files. */
const pn_zone *world_zone(pn_arena *arena, const char *name);
/* At `when` ("2026-03-02 10:00", Madrid time), with one debtor and the flow of that document; '
 * stands for " in it. The run starts when world_start is called. */
void world_init(world *w, const char *document, const char *when);
void world_done(world *w);
pn_time world_time(const world *w, const char *when);
/* An invoice due on that day; returns its place in `items`. */
pn_item *world_item(world *w, const char *due, int64_t amount);
void world_start(world *w);
/* Steps now, and checks that stepping again changes nothing and commands nothing. */
void world_step(world *w);
/* Lives until `when`, from wake-up to wake-up. */
void world_advance(world *w, const char *when);
/* Money for an item; closes it when nothing is left. */
void world_pay(world *w, pn_item *item, int64_t amount);
void world_refresh(world *w);

/* The commands of one kind so far, sent ones only for PN_CMD_SEND (not those born skipped). */
size_t world_count(const world *w, pn_cmd_kind kind);
size_t world_skipped(const world *w, pn_skip skip);
/* The local time of the nth send that was not skipped ("2026-03-02 09:00"). */
const char *world_sent_at(world *w, size_t nth);
const pn_cmd *world_nth(const world *w, pn_cmd_kind kind, size_t nth);

#endif
