#include "core/node/node.h"

#include "base/banned.h"

enum { TICKET_ID = PN_ASK_PARAM_COUNT };
enum { OPENED, FAILED };

static const pn_param PARAMS[] = {
    PN_ASK_PARAMS("\"POST\""),
    {.name = "id",
     .type = PN_PARAM_TEXT,
     .otherwise = "\"/id\"",
     .max = 200,
     .help = "JSON pointer of the ticket's number in the answer."},
};

static const char *const EXITS[] = {"ok", "error", NULL};

static pn_go step(pn_step_context *c) {
    if (c->run->task_visit != c->run->visit && pn_stage_missed(c)) {
        return pn_leave(OPENED, c->now);
    }
    const pn_errand_fact *answer = pn_ask(c, PN_ERRAND_TICKET);
    if (answer == NULL) {
        return pn_stay(PN_WAIT_ANSWER, PN_TIME_NEVER);
    }
    return pn_leave(answer->state == PN_ERRAND_DONE ? OPENED : FAILED, answer->settled_at);
}

static const char *check(const pn_flow *flow, const pn_flow_node *node) {
    if (!pn_str_starts(node->params[TICKET_ID].text, PN_STR("/"))) {
        return "“id” is a JSON pointer, which begins with “/”.";
    }
    return pn_ask_check(flow, node);
}

const pn_node_type pn_node_ticket = {
    .type = "ticket",
    .label_es = "Abrir un tique",
    .label_en = "Open a ticket",
    .label_pt = "Abrir um chamado",
    .help =
        "Opens a ticket in a help desk over a connector and keeps its number. “error”: none was "
        "opened, or nobody knows. Past its stage none is opened and it leaves by “ok”.",
    .version = 1,
    .flags = PN_NODE_ASKS,
    .params = PARAMS,
    .param_count = PN_COUNT(PARAMS),
    .exits = EXITS,
    .step = step,
    .check = check,
};
