#include "core/node/node.h"

#include "base/banned.h"

enum { FIELD, VALUE };

static const pn_param PARAMS[] = {
    {.name = "field",
     .type = PN_PARAM_TEXT,
     .required = true,
     .max = 80,
     .help = "debtor.attr.NAME or invoice.attr.NAME."},
    {.name = "value",
     .type = PN_PARAM_VALUE,
     .required = true,
     .help = "A text, a number, true or false."},
};

static const char *const EXITS[] = {"next", NULL};

static pn_go step(pn_step_context *c) {
    pn_cmd *cmd = pn_cmd_add(c, PN_CMD_SET);
    cmd->set.field = pn_node_param(c, FIELD)->text;
    cmd->set.value = pn_node_param(c, VALUE)->text;
    return pn_leave(0, c->now);
}

static const char *check(const pn_flow *flow, const pn_flow_node *node) {
    pn_str key;
    switch (pn_field_family_of(node->params[FIELD].text, &key)) {
    case PN_FAMILY_DEBTOR_ATTR: return NULL;
    case PN_FAMILY_INVOICE_ATTR:
        return flow->subject == PN_SUBJECT_INVOICE
                   ? NULL
                   : "An account's strategy cannot set a field of an invoice.";
    case PN_FAMILY_LINE:
    case PN_FAMILY_NONE: break;
    }
    return "“field” must be debtor.attr.NAME or invoice.attr.NAME.";
}

const pn_node_type pn_node_set = {
    .type = "set",
    .label_es = "Cambiar un campo",
    .label_en = "Set a field",
    .label_pt = "Alterar um campo",
    .help = "Sets an attribute of the debtor or the invoice.",
    .version = 1,
    .params = PARAMS,
    .param_count = PN_COUNT(PARAMS),
    .exits = EXITS,
    .step = step,
    .check = check,
};
