#include "core/node/node.h"

#include "base/banned.h"
#include "base/hash.h"

enum { ARMS, HOLDOUT, KEY };

static const pn_param PARAMS[] = {
    {.name = "arms",
     .type = PN_PARAM_ARMS,
     .required = true,
     .help = "The arms and their shares: [{\"name\": …, \"percent\": …, \"next\": …}]."},
    {.name = "holdout",
     .type = PN_PARAM_HOLDOUT,
     .help = "A share kept apart to measure against: {\"percent\": …, \"next\": …}."},
    {.name = "split_key",
     .type = PN_PARAM_TEXT,
     .max = 60,
     .help = "Splits with the same key give a debtor the same arm; without it, the node's id."},
};

static const char *const EXITS[] = {NULL};

static const pn_param_option *option_named(const pn_param_value *arms,
                                           const pn_param_value *holdout, pn_str name) {
    for (size_t i = 0; i < arms->option_count; i++) {
        if (pn_str_eq(arms->options[i].name, name)) {
            return &arms->options[i];
        }
    }
    return holdout->option_count != 0 && pn_str_is(name, "holdout") ? holdout->options : NULL;
}

/* Law 7: hash(strategy, split_key, debtor). The held-out share is cut off first, so that changing
 * the arms' percentages moves nobody out of it. */
static const pn_param_option *draw(const pn_step_context *c, pn_str key) {
    const pn_param_value *arms = pn_node_param(c, ARMS);
    const pn_param_value *holdout = pn_node_param(c, HOLDOUT);
    uint64_t hash = pn_hash64_str(key, (uint64_t)c->run->strategy_id);
    hash = pn_mix64(hash ^ pn_mix64((uint64_t)c->run->debtor_id));
    if (holdout->option_count != 0 && hash % 10000 < holdout->options->weight) {
        return holdout->options;
    }
    uint64_t point = pn_mix64(hash) % 10000;
    for (size_t i = 0; i < arms->option_count; i++) {
        if (point < arms->options[i].weight) {
            return &arms->options[i];
        }
        point -= arms->options[i].weight;
    }
    return &arms->options[arms->option_count - 1];
}

/* The arm that this key was given, by a fact or a moment ago by another split of this step. */
static pn_str arm_given(const pn_step_context *c, pn_str key) {
    for (size_t i = 0; i < c->cmds->count; i++) {
        const pn_cmd *cmd = &c->cmds->items[i];
        if (cmd->kind == PN_CMD_ARM && pn_str_eq(cmd->arm.key, key)) {
            return cmd->arm.arm;
        }
    }
    for (size_t i = 0; i < c->facts->arm_count; i++) {
        const pn_arm_fact *stored = &c->facts->arms[i];
        if (stored->strategy == c->run->strategy_id && pn_str_eq(stored->key, key)) {
            return stored->arm;
        }
    }
    return PN_STR_NONE;
}

static pn_go step(pn_step_context *c) {
    pn_str key = pn_node_param(c, KEY)->given ? pn_node_param(c, KEY)->text : c->node->id;
    const pn_param_option *option =
        option_named(pn_node_param(c, ARMS), pn_node_param(c, HOLDOUT), arm_given(c, key));
    if (option != NULL) {
        return pn_leave(option->exit, c->now);
    }
    option = draw(c, key); /* new, or its arm is no more */
    pn_cmd *cmd = pn_cmd_add(c, PN_CMD_ARM);
    cmd->arm.key = key;
    cmd->arm.arm = option->name;
    return pn_leave(option->exit, c->now);
}

const pn_node_type pn_node_split = {
    .type = "split",
    .label_es = "Repartir (A/B)",
    .label_en = "Split (A/B)",
    .label_pt = "Dividir (A/B)",
    .help = "Gives each debtor one arm, for good. A holdout stays held out.",
    .version = 1,
    .params = PARAMS,
    .param_count = PN_COUNT(PARAMS),
    .exits = EXITS,
    .step = step,
};
