#include "core/node/node.h"

#include "base/banned.h"

enum { INTERVAL, TIMES, WHILE };
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
};

static const char *const EXITS[] = {"again", "done", NULL};

static pn_go step(pn_step_context *c) {
    const pn_param_value *rule = pn_node_param(c, WHILE);
    bool more = pn_run_count(c->run, c->node_index) < (uint32_t)pn_node_param(c, TIMES)->number;
    if (!more || (rule->given && !pn_rule_holds(rule->rule, c->facts))) {
        return pn_leave(FINISHED, c->now);
    }
    pn_time time =
        pn_time_add_duration(c->run->entered_at, pn_node_param(c, INTERVAL)->number, c->facts);
    pn_go go = pn_wait_until(c, time);
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
