/* The step: the functional core's one door. */
#ifndef PN_CORE_STEP_H
#define PN_CORE_STEP_H

#include "core/cmd.h"
#include "core/flow/flow.h"

/* Advances one run as far as it can go now. Pure: equal inputs give equal outputs, and stepping the
 * result again on equal facts and time changes nothing and commands nothing.
 *
 * `ret_run` has arrays of its own in the arena. A PN_CMD_SEND's message id is not known here: the
 * caller makes it and remembers it with pn_run_remember. PN_CMD_JUMP, when there is one, is the
 * last command: the caller puts the run at the other flow's start (jumps + 1) and steps again. */
PN_MUST_USE pn_err pn_step(const pn_flow *flow, const pn_run *run, const pn_facts *facts,
                           pn_time now, pn_arena *arena, pn_run *ret_run, pn_cmds *ret_cmds);

/* Nodes that a run entered, in their order. */
typedef struct {
    uint32_t node;
    pn_time at; /* what the node counts from: a wait that was passed late ended when it was due */
} pn_visited;
typedef struct {
    pn_visited *items;
    size_t count, capacity;
} pn_path;

/* The same, and appends to `path` what it entered on the way. */
PN_MUST_USE pn_err pn_step_along(const pn_flow *flow, const pn_run *run, const pn_facts *facts,
                                 pn_time now, pn_arena *arena, pn_path *path, pn_run *ret_run,
                                 pn_cmds *ret_cmds);

/* A run at the start of a flow, not stepped yet. */
pn_run pn_run_start(const pn_flow *flow, const pn_facts *facts, pn_time now);

/* Puts a run at the start of another flow (law 9's companion): nodes are numbered anew there, so
 * what it remembers of its own is forgotten. */
void pn_run_jump(pn_run *run, const pn_flow *flow, pn_id strategy_id, pn_id version_id,
                 pn_time now);

/* After how long a hold a neutral notice comes before any demand (law 3). */
enum { PN_LONG_HOLD_DAYS = 30, PN_QUIET_AFTER_NOTICE_DAYS = 3 };

#endif
