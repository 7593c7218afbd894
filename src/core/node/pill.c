#include "core/node/node.h"

#include "base/banned.h"

enum { PILL };

static const pn_param PARAMS[] = {
    {.name = "pill",
     .type = PN_PARAM_PILL,
     .required = true,
     .max = 120,
     .help = "The small flow to start beside this one."},
};

static const char *const EXITS[] = {"next", NULL};

static pn_go step(pn_step_context *c) {
    if (!c->run->catch_up) {
        pn_cmd_add(c, PN_CMD_PILL)->start.name = pn_node_param(c, PILL)->text;
    }
    return pn_leave(0, c->now);
}

const pn_node_type pn_node_pill = {
    .type = "pill",
    .label_es = "Iniciar una píldora",
    .label_en = "Start a pill",
    .label_pt = "Iniciar uma pílula",
    .help = "Starts a small reactive flow beside this run and goes on.",
    .version = 1,
    .params = PARAMS,
    .param_count = PN_COUNT(PARAMS),
    .exits = EXITS,
    .step = step,
};
