/* The step.
 *
 * Level-triggered: it looks at the run and at the facts as they are now. First the case as a whole
 * is judged (is anything open, held, claimable; is the anchor still there), then the run walks node
 * by node until one stays. The laws' numbers are those of the design (docs/ARCHITECTURE.md). */
#include "core/step.h"

#include "base/banned.h"
#include "base/limits.h"
#include "core/node/node.h"

const char *pn_cmd_kind_name(pn_cmd_kind kind) {
    switch (kind) {
    case PN_CMD_SEND: return "send";
    case PN_CMD_TASK: return "task";
    case PN_CMD_CANCEL_TASKS: return "cancel_tasks";
    case PN_CMD_CHARGE: return "charge";
    case PN_CMD_SET: return "set";
    case PN_CMD_NOTE: return "note";
    case PN_CMD_NOTIFY: return "notify";
    case PN_CMD_PILL: return "pill";
    case PN_CMD_ARM: return "arm";
    case PN_CMD_JUMP: return "jump";
    case PN_CMD_ERRAND: return "ask";
    case PN_CMD_OFFER: return "offer";
    }
    return "?";
}

/* ── the case as a whole ─────────────────────────────────────────────────────────────────────── */

typedef struct {
    bool open;      /* something it works is open */
    bool elsewhere; /* something of the account is open and has a run of its own */
    bool returned;  /* a reversal reopened something after the case had closed */
    int64_t claimable;
    const pn_item *oldest; /* of what is claimable; NULL none */
    const pn_item *anchor; /* the run's anchor, if it is still claimable */
    pn_closed closed;      /* how it closed, when nothing is open */
} case_state;

static case_state look(const pn_run *run, const pn_facts *facts) {
    case_state state = {.closed = facts->account.last_closed};
    for (size_t i = 0; i < facts->item_count; i++) {
        const pn_item *item = &facts->items[i];
        if (!pn_facts_works(facts, item)) {
            state.elsewhere =
                state.elsewhere || (facts->item == NULL && item->closed == PN_CLOSED_NOT);
            continue;
        }
        if (item == facts->item) {
            state.closed = item->closed;
        }
        if (item->closed != PN_CLOSED_NOT) {
            continue;
        }
        state.open = true;
        state.returned = state.returned ||
                         (run->closed_at != PN_TIME_NONE && item->reopened_at >= run->closed_at);
        if (item->claimable <= 0) {
            continue;
        }
        state.claimable += item->claimable;
        if (state.oldest == NULL || item->effective_due < state.oldest->effective_due) {
            state.oldest = item;
        }
        if (item->id == run->anchor_item) {
            state.anchor = item;
        }
    }
    return state;
}

static void enter(pn_step_context *c, uint32_t node, pn_time at) {
    pn_run *run = c->run;
    if (c->path != NULL) {
        pn_path *path = c->path;
        path->items =
            pn_arena_grow(c->arena, path->items, path->count, &path->capacity, sizeof *path->items);
        path->items[path->count++] = (pn_visited){node, at};
    }
    run->node = node;
    run->visit++;
    run->entered_at = at;
    run->paused_us = 0;
    run->not_before = PN_TIME_NONE;
}

static void rest(pn_run *run, pn_run_wait wait, pn_time wake) {
    run->wait = wait;
    run->wake_at = wake;
}

static void begin_cycle(pn_run *run) {
    run->cycle++;
    run->message_count = 0;
    run->counter_count = 0;
    run->late_count = 0;
    run->catch_due = PN_NODE_NONE;
    run->returned = false;
}

static void finish(pn_run *run, pn_run_status status, pn_str outcome, pn_time now) {
    run->status = status;
    run->outcome = outcome;
    run->closed_at = run->closed_at != PN_TIME_NONE ? run->closed_at : now;
    run->late_count = 0;
    run->catch_up = false;
    run->catch_due = PN_NODE_NONE;
    run->returned = false;
    rest(run, PN_WAIT_OVER, PN_TIME_NEVER);
}

/* Law 1. Money leads to on_paid; whatever else closed it ends silently by on_closed. */
static void close_case(pn_step_context *c, const case_state *state) {
    pn_run *run = c->run;
    pn_closed closed = state->closed != PN_CLOSED_NOT ? state->closed : PN_CLOSED_CANCELLED;
    uint32_t target = closed == PN_CLOSED_PAID ? c->flow->on_paid : c->flow->on_closed;
    if (c->flow->has_tasks) {
        pn_cmd_add(c, PN_CMD_CANCEL_TASKS)->node = PN_NODE_NONE;
    }
    run->closed_at = c->now;
    run->paused_since = PN_TIME_NONE;
    run->quiet_until = PN_TIME_NONE;
    run->late_count = 0;
    run->catch_up = false;
    run->catch_due = PN_NODE_NONE;
    run->returned = false;
    if (target == PN_NODE_NONE) {
        finish(run, PN_RUN_CLOSED, pn_str_of(pn_closed_name(closed)), c->now);
        return;
    }
    run->closing = closed;
    enter(c, target, c->now);
}

/* Law 1. A reversal reopens the case with the original due date; it never salvoes what was sent. */
static void reopen_case(pn_step_context *c, const case_state *state) {
    pn_run *run = c->run;
    bool at_start = c->flow->on_returned == PN_NODE_NONE;
    run->status = PN_RUN_ACTIVE;
    run->closing = PN_CLOSED_NOT;
    run->closed_at = PN_TIME_NONE;
    run->outcome = PN_STR_NONE;
    begin_cycle(run);
    run->catch_up = at_start;
    run->returned = !at_start;
    if (state->oldest != NULL) {
        run->anchor_item = state->oldest->id;
        run->anchor_due = state->oldest->effective_due;
    }
    enter(c, at_start ? c->flow->start : c->flow->on_returned, c->now);
}

/* Law 2. Only when the anchor itself closed or is held does another one take its place; a later one
 * restarts the flow, which then waits for its own next step. */
static void keep_anchor(pn_step_context *c, const case_state *state) {
    pn_run *run = c->run;
    if (state->anchor != NULL) {
        run->anchor_due = state->anchor->effective_due;
        return;
    }
    assert(state->oldest != NULL);
    pn_date before = run->anchor_due;
    run->anchor_item = state->oldest->id;
    run->anchor_due = state->oldest->effective_due;
    if (run->visit != 0 && before != PN_DATE_NONE && run->anchor_due > before) {
        begin_cycle(run);
        run->catch_up = true;
        enter(c, c->flow->start, c->now);
    }
}

static void pause(pn_run *run, pn_run_wait wait, pn_time wake, pn_time now) {
    if (run->paused_since == PN_TIME_NONE) {
        run->paused_since = now;
    }
    rest(run, wait, wake);
}

/* Law 3: after a long hold a neutral notice comes before any demand. */
static void resume(pn_step_context *c) {
    pn_run *run = c->run;
    if (run->paused_since == PN_TIME_NONE) {
        return;
    }
    int64_t paused = c->now - run->paused_since;
    run->paused_since = PN_TIME_NONE;
    run->paused_us += paused;
    if (paused < PN_LONG_HOLD_DAYS * PN_DAY || run->visit == 0) {
        return;
    }
    for (int channel = PN_CHANNEL_EMAIL; channel <= PN_CHANNEL_WHATSAPP; channel++) {
        if (pn_facts_reachable(c->facts, (pn_channel_kind)channel)) {
            pn_cmd *cmd = pn_cmd_add(c, PN_CMD_SEND);
            cmd->node = PN_NODE_NONE;
            cmd->ordinal = PN_NOTICE_ORDINAL; /* the node's own message may still be open */
            cmd->send.channel = (pn_channel_kind)channel;
            cmd->send.template_name = PN_STR("reanudacion");
            cmd->send.tone = 1;
            cmd->send.neutral = true;
            cmd->send.supersede_at = PN_TIME_NEVER;
            break;
        }
    }
    run->quiet_until = pn_time_add_days(c->now, PN_QUIET_AFTER_NOTICE_DAYS, true, -1, c->facts);
}

/* A hold whose review has passed is in force until somebody releases it: nothing to wake for. */
static pn_time earliest_hold_end(const pn_facts *facts, pn_time now) {
    pn_time end = PN_TIME_NEVER;
    for (size_t i = 0; i < facts->hold_count; i++) {
        pn_time until = facts->holds[i].until;
        end = until > now ? PN_MIN(end, until) : end;
    }
    return end;
}

/* True when the run may walk. */
static bool judge(pn_step_context *c) {
    pn_run *run = c->run;
    const pn_facts *facts = c->facts;
    case_state state = look(run, facts);
    if (run->status == PN_RUN_ENDED) {
        rest(run, PN_WAIT_OVER, PN_TIME_NEVER);
        return false;
    }
    if (run->status == PN_RUN_CLOSED || run->closing != PN_CLOSED_NOT) {
        if (state.returned && !facts->succeeded) {
            reopen_case(c, &state);
            state = look(run, facts); /* with the new anchor */
        } else if (run->status == PN_RUN_CLOSED) {
            rest(run, PN_WAIT_OVER, PN_TIME_NEVER);
            return false;
        } else {
            return true; /* saying thanks is neither held nor anchored */
        }
    }
    if (!state.open && state.elsewhere) {
        /* nothing was settled: it goes on when one of them comes back to the account */
        rest(run, PN_WAIT_AMOUNTS, PN_TIME_NEVER);
        return false;
    }
    if (!state.open) {
        close_case(c, &state);
        return run->status == PN_RUN_ACTIVE;
    }
    if (facts->hold_count != 0) {
        pause(run, PN_WAIT_HOLD, earliest_hold_end(facts, c->now), c->now);
        return false;
    }
    if (facts->creditor.stale) {
        pause(run, PN_WAIT_HOLD, PN_TIME_NEVER, c->now);
        return false;
    }
    if (state.claimable <= 0 && !pn_trigger_of_held(c->flow->trigger)) {
        pause(run, PN_WAIT_AMOUNTS, PN_TIME_NEVER, c->now);
        return false;
    }
    resume(c);
    if (state.oldest != NULL) {
        keep_anchor(c, &state);
    }
    return true;
}

/* ── the walk ────────────────────────────────────────────────────────────────────────────────── */

static void at_node(pn_step_context *c, uint32_t node) {
    c->node_index = node;
    c->node = &c->flow->nodes[node];
}

/* Law 4: what was postponed is done now that the run rests; tasks collapse to the last one. What a
 * catching-up run passed is dropped: the new anchor never reached those stages. */
static void do_late(pn_step_context *c) {
    pn_run *run = c->run;
    if (run->catch_up) {
        run->late_count = 0;
        return;
    }
    uint32_t collapsing = 0;
    for (size_t i = 0; i < run->late_count; i++) {
        collapsing += (c->flow->nodes[run->late[i]].type->flags & PN_NODE_COLLAPSES) != 0;
    }
    uint32_t seen = 0;
    for (size_t i = 0; i < run->late_count; i++) {
        at_node(c, run->late[i]);
        if ((c->node->type->flags & PN_NODE_COLLAPSES) == 0) {
            c->node->type->late(c, 0);
        } else if (++seen == collapsing) {
            c->node->type->late(c, collapsing - 1);
        }
    }
    run->late_count = 0;
}

/* Law 2: catching up, the run never reaches a hand-over or its end: it returns to the last stage it
 * passed and goes on from there, not before tomorrow. */
static void stay_before_final(pn_step_context *c) {
    pn_run *run = c->run;
    uint32_t due = run->catch_due;
    run->catch_up = false;
    run->catch_due = PN_NODE_NONE;
    run->late_count = 0;
    enter(c, due, c->now);
    int32_t at = (int32_t)c->flow->nodes[due].params[PN_DUE_AT].number;
    run->not_before = pn_zone_instant(c->facts->debtor.zone, c->facts->today + 1, at);
}

static void walk(pn_step_context *c) {
    pn_run *run = c->run;
    if (run->visit == 0) {
        enter(c, c->flow->start, run->started_at);
    }
    for (int visits = 0; visits < PN_LIMIT_STEP_VISITS; visits++) {
        assert(run->node < c->flow->node_count);
        at_node(c, run->node);
        const pn_node_type *type = c->node->type;
        if (run->catch_up && (type->flags & PN_NODE_FINAL) != 0 && run->catch_due != PN_NODE_NONE) {
            stay_before_final(c);
            continue;
        }
        if ((type->flags & PN_NODE_FINAL) != 0) {
            do_late(c); /* before a jump, which is the last command, and before the end */
            at_node(c, run->node);
        }
        pn_go go = type->step(c);
        if (go.kind == PN_GO_STAY && go.wait == PN_WAIT_ANSWER) {
            /* An answer may come at once, so this is no rest: a loop whose tasks are all late would
             * postpone them anew each time round, and ask for ever. */
            rest(run, go.wait, go.wake);
            return;
        }
        if (go.kind == PN_GO_STAY) {
            do_late(c);
            run->catch_up = false;
            run->catch_due = PN_NODE_NONE;
            rest(run, go.wait, go.wake);
            return;
        }
        if (go.kind == PN_GO_END) {
            finish(run, run->closing != PN_CLOSED_NOT ? PN_RUN_CLOSED : PN_RUN_ENDED, go.outcome,
                   c->now);
            return;
        }
        if ((type->flags & PN_NODE_DUE_WAIT) != 0) {
            run->catch_due = run->catch_up ? run->node : run->catch_due;
            run->returned = false;
        }
        assert(go.exit < c->node->exit_count);
        pn_time left_at = PN_MAX(go.left_at, run->entered_at);
        enter(c, c->node->exits[go.exit].target, PN_MIN(left_at, PN_MAX(c->now, run->entered_at)));
    }
    rest(run, PN_WAIT_NONE, c->now); /* the bound of one step: the next goes on */
}

/* The run's memory names nodes of this flow, of the kinds that it remembers. */
static bool fits(const pn_run *run, const pn_flow *flow) {
    bool fitting = run->visit == 0 || run->node < flow->node_count;
    for (size_t i = 0; i < run->late_count; i++) {
        fitting = fitting && run->late[i] < flow->node_count &&
                  flow->nodes[run->late[i]].type->late != NULL;
    }
    if (run->catch_due != PN_NODE_NONE) {
        fitting = fitting && run->catch_due < flow->node_count &&
                  (flow->nodes[run->catch_due].type->flags & PN_NODE_DUE_WAIT) != 0;
    }
    return fitting;
}

/* An answer that has come is taken also while all that is open is held back, for it may be what
 * holds it: a plan that was accepted, a payment that somebody reports. The next node waits as the
 * case does. A hold stops that too. */
static void take_answer(pn_step_context *c) {
    pn_run *run = c->run;
    if (c->facts->hold_count != 0 || c->facts->creditor.stale) {
        return;
    }
    if (run->status != PN_RUN_ACTIVE || run->wait != PN_WAIT_AMOUNTS || run->visit == 0 ||
        run->task_visit != run->visit) {
        return;
    }
    at_node(c, run->node);
    if ((c->node->type->flags & (PN_NODE_ASKS | PN_NODE_OFFERS)) == 0) {
        return;
    }
    pn_go go = c->node->type->step(c);
    if (go.kind == PN_GO_EXIT) {
        enter(c, c->node->exits[go.exit].target, c->now);
    }
}

pn_err pn_step_along(const pn_flow *flow, const pn_run *run, const pn_facts *facts, pn_time now,
                     pn_arena *arena, pn_path *path, pn_run *ret_run, pn_cmds *ret_cmds) {
    pn_run next = pn_run_copy(run, arena);
    pn_cmds cmds = {0};
    pn_step_context context = {.flow = flow,
                               .facts = facts,
                               .now = now,
                               .arena = arena,
                               .run = &next,
                               .cmds = &cmds,
                               .path = path};
    if (!fits(&next, flow)) {
        return PN_CORRUPT;
    }
    if (judge(&context)) {
        walk(&context);
    } else {
        take_answer(&context);
    }
    *ret_run = next;
    *ret_cmds = cmds;
    return PN_OK;
}

pn_err pn_step(const pn_flow *flow, const pn_run *run, const pn_facts *facts, pn_time now,
               pn_arena *arena, pn_run *ret_run, pn_cmds *ret_cmds) {
    return pn_step_along(flow, run, facts, now, arena, NULL, ret_run, ret_cmds);
}

pn_run pn_run_start(const pn_flow *flow, const pn_facts *facts, pn_time now) {
    pn_run run = {
        .started_at = now,
        .status = PN_RUN_ACTIVE,
        .wait = PN_WAIT_NONE,
        .node = flow->start,
        .cycle = 1,
        .wake_at = now,
        .anchor_due = PN_DATE_NONE,
        .entered_at = now,
        .not_before = PN_TIME_NONE,
        .paused_since = PN_TIME_NONE,
        .quiet_until = PN_TIME_NONE,
        .task_due = PN_TIME_NONE,
        .closed_at = PN_TIME_NONE,
        .catch_due = PN_NODE_NONE,
    };
    if (facts->item != NULL) {
        run.anchor_item = facts->item->id;
        run.anchor_due = facts->item->effective_due;
    }
    return run;
}

void pn_run_jump(pn_run *run, const pn_flow *flow, pn_id strategy_id, pn_id version_id,
                 pn_time now) {
    if (run->jumps < PN_LIMIT_CASE_JUMPS) {
        run->passed[run->jumps] = run->strategy_id;
    }
    run->strategy_id = strategy_id;
    run->version_id = version_id;
    run->jumps++;
    run->message_count = 0;
    run->counter_count = 0;
    run->late_count = 0;
    run->catch_due = PN_NODE_NONE;
    run->returned = false;
    run->node = flow->start;
    run->visit++;
    run->entered_at = now;
    run->paused_us = 0;
    run->not_before = PN_TIME_NONE;
    run->wait = PN_WAIT_NONE;
}
