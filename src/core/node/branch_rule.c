#include "core/node/node.h"

#include "base/banned.h"

enum { RULES };
enum { ELSE };

static const pn_param PARAMS[] = {
    {.name = "rules",
     .type = PN_PARAM_RULES,
     .required = true,
     .help = "Named rules with their exits: [{\"name\": …, \"rule\": …, \"next\": …}]."},
};

static const char *const EXITS[] = {"else", NULL};

static pn_go step(pn_step_context *c) {
    const pn_param_value *rules = pn_node_param(c, RULES);
    for (size_t i = 0; i < rules->option_count; i++) {
        if (pn_rule_holds(rules->options[i].rule, c->facts)) {
            return pn_leave(rules->options[i].exit, c->now);
        }
    }
    return pn_leave(ELSE, c->now);
}

const pn_node_type pn_node_branch_rule = {
    .type = "branch.rule",
    .label_es = "Decidir por regla",
    .label_en = "Decide by rule",
    .label_pt = "Decidir por regra",
    .help = "Takes the exit of the first rule that holds, else “else”.",
    .version = 1,
    .params = PARAMS,
    .param_count = PN_COUNT(PARAMS),
    .exits = EXITS,
    .step = step,
};
