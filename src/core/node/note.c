#include "core/node/node.h"

#include "base/banned.h"

enum { TEXT };

static const pn_param PARAMS[] = {
    {.name = "text",
     .type = PN_PARAM_TEXT,
     .required = true,
     .max = 1000,
     .help = "What to write on the timeline."},
};

static const char *const EXITS[] = {"next", NULL};

static pn_go step(pn_step_context *c) {
    pn_cmd_add(c, PN_CMD_NOTE)->note.text = pn_node_param(c, TEXT)->text;
    return pn_leave(0, c->now);
}

const pn_node_type pn_node_note = {
    .type = "note",
    .label_es = "Nota",
    .label_en = "Note",
    .label_pt = "Nota",
    .help = "Writes a line on the case's timeline.",
    .version = 1,
    .params = PARAMS,
    .param_count = PN_COUNT(PARAMS),
    .exits = EXITS,
    .step = step,
};
