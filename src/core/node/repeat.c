#include "core/node/node.h"

#include "base/banned.h"

enum { INTERVAL, TIMES, WHILE, AT };
enum { AGAIN, FINISHED };

static const pn_param PARAMS[] = {
    {.name = "interval",
     .type = PN_PARAM_DURATION,
     .required = true,
     .min = 60,
     .max = INT64_C(365) * 86400,
     .help = "How long to wait before going back."},
    {.name = "times",
     .type = PN_PARAM_INT,
     .required = true,
     .min = 1,
     .max = 100,
     .help = "How often it goes back at most."},
    {.name = "while", .type = PN_PARAM_RULE, .help = "It goes back only while this holds."},
    {.name = "at",
     .type = PN_PARAM_CLOCK,
     .help = "Local time of day to go back at, on the day when the interval is over; without it, "
             "the time at which the wait began."},
};

static const char *const EXITS[] = {"again", "done", NULL};

/* On the day when the interval is over; always later than the wait began. */
static pn_time back_at(const pn_step_context *c) {
    const pn_param_value *at = pn_node_param(c, AT);
    const pn_zone *zone = c->facts->debtor.zone;
    pn_time time =
        pn_time_add_duration(c->run->entered_at, pn_node_param(c, INTERVAL)->number, c->facts);
    if (!at->given) {
        return time;
    }
    pn_date date = pn_zone_date(zone, time);
    pn_time on_day = pn_zone_instant(zone, date, (int32_t)at->number);
    return on_day > c->run->entered_at ? on_day
                                       : pn_zone_instant(zone, date + 1, (int32_t)at->number);
}

static pn_go step(pn_step_context *c) {
    const pn_param_value *rule = pn_node_param(c, WHILE);
    bool more = pn_run_count(c->run, c->node_index) < (uint32_t)pn_node_param(c, TIMES)->number;
    if (!more || (rule->given && !pn_rule_holds(rule->rule, c->facts))) {
        return pn_leave(FINISHED, c->now);
    }
    pn_go go = pn_wait_until(c, back_at(c));
    if (go.kind == PN_GO_EXIT) {
        pn_run_count_up(c->run, c->node_index);
        go.exit = AGAIN;
    }
    return go;
}

/* It leaves by "done" at once when it has gone back often enough. */
static bool breathes(const pn_flow_node *node, uint32_t exit) {
    (void)node;
    return exit == AGAIN;
}

const pn_node_type pn_node_repeat = {
    .type = "repeat",
    .label_es = "Repetir",
    .label_en = "Repeat",
    .label_pt = "Repetir",
    .help = "Waits, then goes back to the node at “again”, a number of times while a rule holds; "
            "then “done”.",
    .version = 1,
    .flags = PN_NODE_BREATHES | PN_NODE_COUNTS,
    .params = PARAMS,
    .param_count = PN_COUNT(PARAMS),
    .exits = EXITS,
    .step = step,
    .breathes = breathes,
};
