#include "core/node/node.h"

#include "base/banned.h"

enum { RESTORE_PATH = PN_ASK_PARAM_COUNT, RESTORE_BODY };

static const pn_param PARAMS[] = {
    PN_ASK_PARAMS("\"POST\""),
    {.name = "restore_path",
     .type = PN_PARAM_TEXT,
     .max = 1000,
     .help = "Where the service is restored, once the case is closed or a node “restore” comes; a "
             "template like “path”. Without it a person is asked to."},
    {.name = "restore_body",
     .type = PN_PARAM_TEXT,
     .max = 4000,
     .help = "The body of that request, a template like “body”."},
};

static const char *const EXITS[] = {"next", NULL};

/* Nobody waits for it: whether it could be done is on the timeline, and a failure is a task. */
static pn_go step(pn_step_context *c) {
    if (c->run->task_visit == c->run->visit || !pn_stage_missed(c)) {
        pn_ask_once(c, PN_ERRAND_SUSPEND);
    }
    return pn_leave(0, c->now);
}

static const char *check(const pn_flow *flow, const pn_flow_node *node) {
    const pn_param_value *path = &node->params[RESTORE_PATH];
    if (path->given && !pn_str_starts(path->text, PN_STR("/"))) {
        return "“restore_path” begins with “/”: the host is the connector's.";
    }
    if (node->params[RESTORE_BODY].given && !path->given) {
        return "“restore_body” needs “restore_path”.";
    }
    return pn_ask_check(flow, node);
}

const pn_node_type pn_node_suspend = {
    .type = "suspend",
    .label_es = "Suspender el servicio",
    .label_en = "Suspend the service",
    .label_pt = "Suspender o serviço",
    .help =
        "Asks the creditor's system, over a connector, to suspend the service. It is asked only "
        "while something may still be claimed, and restored by itself when the case closes. If "
        "it cannot be done, a person gets a task.",
    .version = 1,
    .flags = PN_NODE_ASKS,
    .params = PARAMS,
    .param_count = PN_COUNT(PARAMS),
    .exits = EXITS,
    .step = step,
    .check = check,
};
