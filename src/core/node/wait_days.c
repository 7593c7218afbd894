#include "core/node/node.h"

#include "base/banned.h"

enum { DAYS, KIND, AT };

static const pn_param PARAMS[] = {
    {.name = "days",
     .type = PN_PARAM_INT,
     .required = true,
     .min = 0,
     .max = 3650,
     .help = "How many days to wait, from the moment the node is reached."},
    {.name = "kind",
     .type = PN_PARAM_DAYKIND,
     .otherwise = "\"calendar\"",
     .help = "Calendar days, or business days of the debtor's calendar."},
    {.name = "at",
     .type = PN_PARAM_CLOCK,
     .help = "Local time of day to go on at; without it, the time at which the wait began."},
};

static const char *const EXITS[] = {"next", NULL};

static pn_go step(pn_step_context *c) {
    int64_t at = pn_node_param(c, AT)->given ? pn_node_param(c, AT)->number : -1;
    return pn_wait_until(c, pn_time_add_days(c->run->entered_at, pn_node_param(c, DAYS)->number,
                                             pn_node_param(c, KIND)->number != 0, at, c->facts));
}

/* "In 0 days at nine" may be now. */
static bool breathes(const pn_flow_node *node, uint32_t exit) {
    (void)exit;
    return node->params[DAYS].number > 0;
}

const pn_node_type pn_node_wait_days = {
    .type = "wait.days",
    .label_es = "Esperar días",
    .label_en = "Wait days",
    .label_pt = "Esperar dias",
    .help = "Waits a number of days after what came before; after a message, from its sending.",
    .version = 1,
    .flags = PN_NODE_BREATHES,
    .params = PARAMS,
    .param_count = PN_COUNT(PARAMS),
    .exits = EXITS,
    .step = step,
    .breathes = breathes,
};
