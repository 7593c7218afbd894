#include "core/node/node.h"

#include "base/banned.h"

static const char *const EXITS[] = {"next", NULL};

/* Always, late or not: a debtor who has paid must not wait for the strategy. */
static pn_go step(pn_step_context *c) {
    pn_ask_once(c, PN_ERRAND_RESTORE);
    return pn_leave(0, c->now);
}

const pn_node_type pn_node_restore = {
    .type = "restore",
    .label_es = "Restablecer el servicio",
    .label_en = "Restore the service",
    .label_pt = "Restabelecer o serviço",
    .help = "Asks the creditor's system to restore what this case suspended, as its node “suspend” "
            "says; nothing happens where nothing is suspended.",
    .version = 1,
    .flags = PN_NODE_ASKS,
    .params = NULL,
    .param_count = 0,
    .exits = EXITS,
    .step = step,
};
