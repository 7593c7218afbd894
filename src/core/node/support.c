/* What node files share: times, stages, facts of this visit. */
#include "core/node/node.h"

#include "base/banned.h"

pn_cmd *pn_cmd_add(pn_step_context *c, pn_cmd_kind kind) {
    pn_cmds *cmds = c->cmds;
    uint32_t ordinal = 0;
    for (size_t i = 0; i < cmds->count; i++) {
        ordinal += cmds->items[i].kind == kind && cmds->items[i].visit == c->run->visit;
    }
    cmds->items =
        pn_arena_grow(c->arena, cmds->items, cmds->count, &cmds->capacity, sizeof *cmds->items);
    pn_cmd *cmd = &cmds->items[cmds->count++];
    *cmd =
        (pn_cmd){.kind = kind, .node = c->node_index, .visit = c->run->visit, .ordinal = ordinal};
    return cmd;
}

pn_go pn_wait_until(const pn_step_context *c, pn_time time) {
    if (c->run->not_before != PN_TIME_NONE && c->run->not_before > time) {
        time = c->run->not_before;
    }
    return c->now >= time ? pn_leave(0, time) : pn_stay(PN_WAIT_TIME, time);
}

pn_go pn_wait_counted(pn_step_context *c, pn_time time) {
    pn_go go = pn_wait_until(c, time);
    if (go.kind == PN_GO_EXIT) {
        pn_run_count_up(c->run, c->node_index);
    }
    return go;
}

pn_time pn_due_wait_time(const pn_flow_node *node, const pn_run *run, const pn_facts *facts) {
    if (run->anchor_due == PN_DATE_NONE) {
        return PN_TIME_NEVER;
    }
    int days = (int)node->params[PN_DUE_DAYS].number;
    bool business = node->params[PN_DUE_KIND].number != 0;
    pn_date date = business ? pn_calendar_add(&facts->debtor.calendar, run->anchor_due, days)
                            : run->anchor_due + days;
    if (days > 0) {
        date += facts->debtor.grace_days;
    }
    date = PN_MAX(PN_MIN(date, PN_DATE_LAST), PN_DATE_FIRST);
    return pn_zone_instant(facts->debtor.zone, date, (int32_t)node->params[PN_DUE_AT].number);
}

pn_time pn_stage_end(const pn_flow_node *node, const pn_flow *flow, const pn_run *run,
                     const pn_facts *facts) {
    pn_time end = PN_TIME_NEVER;
    if (run->returned) {
        return end; /* what comes after a reversal was never reachable before */
    }
    for (uint32_t i = 0; i < node->next_due_count; i++) {
        pn_time due = pn_due_wait_time(&flow->nodes[node->next_dues[i]], run, facts);
        end = i == 0 ? due : PN_MAX(end, due);
    }
    return end;
}

bool pn_stage_missed(const pn_step_context *c) {
    return c->run->catch_up || pn_stage_end(c->node, c->flow, c->run, c->facts) <= c->now;
}

static size_t place_in_late(const pn_step_context *c) {
    size_t at = 0;
    while (at < c->run->late_count && c->run->late[at] != c->node_index) {
        at++;
    }
    return at;
}

bool pn_postpone(pn_step_context *c) {
    pn_run *run = c->run;
    if (place_in_late(c) < run->late_count || run->late_count == PN_RUN_LATE_MAX) {
        return false;
    }
    run->late[run->late_count++] = c->node_index;
    return true;
}

void pn_postpone_no_more(pn_step_context *c) {
    pn_run *run = c->run;
    size_t at = place_in_late(c);
    if (at < run->late_count) {
        run->late_count--;
        memmove(run->late + at, run->late + at + 1, (run->late_count - at) * sizeof *run->late);
    }
}

bool pn_charged_in_step(const pn_step_context *c, pn_id item, bool interest, size_t *cursor) {
    for (size_t i = 0; i < c->cmds->count; i++) {
        size_t at = (*cursor + i) % c->cmds->count;
        const pn_cmd *cmd = &c->cmds->items[at];
        if (cmd->kind == PN_CMD_CHARGE && cmd->charge.item == item &&
            cmd->charge.interest == interest) {
            *cursor = at;
            return true;
        }
    }
    return false;
}

pn_time pn_time_add_days(pn_time from, int64_t days, bool business, int64_t at_second,
                         const pn_facts *facts) {
    pn_local local = pn_zone_local(facts->debtor.zone, from);
    pn_date date = business ? pn_calendar_add(&facts->debtor.calendar, local.date, (int)days)
                            : local.date + (pn_date)days;
    if (at_second < 0 && date == local.date) {
        return from; /* not rounded to a second, nor to the first of two equal hours */
    }
    date = PN_MIN(date, PN_DATE_LAST);
    int32_t second = at_second >= 0 ? (int32_t)at_second : local.second;
    pn_time time = pn_zone_instant(facts->debtor.zone, date, second);
    /* "in 0 days at 09:00", said at noon, is tomorrow's nine */
    if (time < from) {
        date = business ? pn_calendar_add(&facts->debtor.calendar, date + 1, 0) : date + 1;
        time = pn_zone_instant(facts->debtor.zone, date, second);
    }
    return time;
}

pn_time pn_time_add_duration(pn_time from, int64_t seconds, const pn_facts *facts) {
    return seconds % 86400 == 0 ? pn_time_add_days(from, seconds / 86400, false, -1, facts)
                                : from + seconds * PN_SECOND;
}

const pn_param_value *pn_node_param_named(const pn_flow_node *node, const char *name) {
    for (size_t i = 0; i < node->type->param_count; i++) {
        if (strcmp(node->type->params[i].name, name) == 0) {
            return &node->params[i];
        }
    }
    return NULL;
}

const pn_message_fact *pn_message_fact_of(const pn_facts *facts, pn_id message) {
    for (size_t i = 0; i < facts->message_count; i++) {
        if (facts->messages[i].id == message) {
            return &facts->messages[i];
        }
    }
    return NULL;
}

const pn_task_fact *pn_task_fact_of(const pn_step_context *c) {
    for (size_t i = 0; i < c->facts->task_count; i++) {
        const pn_task_fact *task = &c->facts->tasks[i];
        if (task->node == c->node_index && task->visit == c->run->visit) {
            return task;
        }
    }
    return NULL;
}
