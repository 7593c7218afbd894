#include "core/node/node.h"

#include "base/banned.h"
#include "base/limits.h"

enum { STRATEGY };

static const pn_param PARAMS[] = {
    {.name = "strategy",
     .type = PN_PARAM_STRATEGY,
     .required = true,
     .max = 120,
     .help = "The strategy to go on in, at its start and in its newest version."},
};

static const char *const EXITS[] = {NULL};

/* The caller moves the run; should the strategy be gone, or the case have jumped too often, the run
 * ends and says so. */
static pn_go step(pn_step_context *c) {
    if (c->run->jumps >= PN_LIMIT_CASE_JUMPS) {
        return (pn_go){.kind = PN_GO_END, .outcome = PN_STR("too_many_jumps")};
    }
    pn_cmd_add(c, PN_CMD_JUMP)->start.name = pn_node_param(c, STRATEGY)->text;
    return pn_stay(PN_WAIT_NONE, c->now);
}

const pn_node_type pn_node_jump = {
    .type = "jump",
    .label_es = "Ir a otra estrategia",
    .label_en = "Jump to another strategy",
    .label_pt = "Ir para outra estratégia",
    .help = "Goes on in another strategy; at most 8 times a case.",
    .version = 1,
    .flags = PN_NODE_FINAL,
    .params = PARAMS,
    .param_count = PN_COUNT(PARAMS),
    .exits = EXITS,
    .step = step,
};
