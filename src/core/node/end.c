#include "core/node/node.h"

#include "base/banned.h"

enum { OUTCOME };

static const pn_param PARAMS[] = {
    {.name = "outcome",
     .type = PN_PARAM_TEXT,
     .otherwise = "\"done\"",
     .max = 60,
     .help = "What the case's end is called in results."},
};

static const char *const EXITS[] = {NULL};

static pn_go step(pn_step_context *c) {
    return (pn_go){.kind = PN_GO_END, .outcome = pn_node_param(c, OUTCOME)->text};
}

const pn_node_type pn_node_end = {
    .type = "end",
    .label_es = "Fin",
    .label_en = "End",
    .label_pt = "Fim",
    .help = "Ends the run.",
    .version = 1,
    .flags = PN_NODE_FINAL,
    .params = PARAMS,
    .param_count = PN_COUNT(PARAMS),
    .exits = EXITS,
    .step = step,
};
