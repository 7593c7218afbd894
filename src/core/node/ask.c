/* What every node does that asks another system.
 *
 * The question is a row in the transaction of the step; who works off the rows asks it, and the
 * answer is a fact of the run and the visit. A question that was put stays put: whatever happens, a
 * visit asks once. */
#include "core/node/node.h"

#include "base/banned.h"

const char *const pn_ask_methods[] = {"GET", "POST", "PUT", "PATCH", "DELETE", NULL};

static const pn_errand_fact *answer_of(const pn_step_context *c, pn_errand_kind kind) {
    for (size_t i = 0; i < c->facts->errand_count; i++) {
        const pn_errand_fact *errand = &c->facts->errands[i];
        if (errand->visit == c->run->visit && errand->kind == kind) {
            return errand;
        }
    }
    return NULL;
}

void pn_ask_once(pn_step_context *c, pn_errand_kind kind) {
    if (c->run->task_visit != c->run->visit) {
        c->run->task_visit = c->run->visit;
        c->run->task_due = PN_TIME_NONE;
        const pn_param_value *connector = pn_node_param_named(c->node, "connector");
        pn_cmd *cmd = pn_cmd_add(c, PN_CMD_ERRAND);
        cmd->errand.kind = kind;
        cmd->errand.connector = connector != NULL ? connector->text : PN_STR_NONE;
    }
}

const pn_errand_fact *pn_ask(pn_step_context *c, pn_errand_kind kind) {
    pn_ask_once(c, kind);
    const pn_errand_fact *answer = answer_of(c, kind);
    return answer != NULL && answer->state != PN_ERRAND_OPEN ? answer : NULL;
}

const char *pn_ask_check(const pn_flow *flow, const pn_flow_node *node) {
    (void)flow;
    const pn_param_value *path = pn_node_param_named(node, "path");
    if (path->given && (path->text.len == 0 || path->text.ptr[0] != '/')) {
        return "“path” begins with “/”: the host is the connector's.";
    }
    return NULL;
}
