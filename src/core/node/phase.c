#include "core/node/node.h"

#include "base/banned.h"

enum { PHASE };

static const pn_param PARAMS[] = {
    {.name = "phase",
     .type = PN_PARAM_TEXT,
     .required = true,
     .max = 40,
     .help = "pre-due, due, early, mid, late, or a name of your own; results are shown by it."},
};

static const char *const EXITS[] = {"next", NULL};

static pn_go step(pn_step_context *c) {
    c->run->phase = pn_node_param(c, PHASE)->text;
    return pn_leave(0, c->now);
}

const pn_node_type pn_node_phase = {
    .type = "phase",
    .label_es = "Fase",
    .label_en = "Phase",
    .label_pt = "Fase",
    .help = "Names the phase that begins here.",
    .version = 1,
    .params = PARAMS,
    .param_count = PN_COUNT(PARAMS),
    .exits = EXITS,
    .step = step,
};
