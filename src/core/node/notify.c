#include "core/node/node.h"

#include "base/banned.h"

enum { TO, TEXT };

static const pn_param PARAMS[] = {
    {.name = "to",
     .type = PN_PARAM_RECIPIENTS,
     .required = true,
     .help = "Who is told: \"owner\", \"salesperson\", addresses."},
    {.name = "text",
     .type = PN_PARAM_TEXT,
     .required = true,
     .max = 1000,
     .help = "What they are told."},
};

static const char *const EXITS[] = {"next", NULL};

static pn_go step(pn_step_context *c) {
    if (!c->run->catch_up) {
        pn_cmd *cmd = pn_cmd_add(c, PN_CMD_NOTIFY);
        cmd->note.to = pn_node_param(c, TO)->text;
        cmd->note.text = pn_node_param(c, TEXT)->text;
    }
    return pn_leave(0, c->now);
}

const pn_node_type pn_node_notify = {
    .type = "notify",
    .label_es = "Avisar al equipo",
    .label_en = "Notify the team",
    .label_pt = "Avisar a equipe",
    .help = "Tells people of ours; nothing goes to the debtor.",
    .version = 1,
    .params = PARAMS,
    .param_count = PN_COUNT(PARAMS),
    .exits = EXITS,
    .step = step,
};
