#include "core/node/node.h"

#include "base/banned.h"

enum { PICK = PN_ASK_PARAM_COUNT, INTO };
enum { ANSWERED, FAILED };

static const pn_param PARAMS[] = {
    PN_ASK_PARAMS("\"POST\""),
    {.name = "pick",
     .type = PN_PARAM_TEXT,
     .max = 200,
     .help = "JSON pointer of a value in the answer: \"/customer/status\"."},
    {.name = "into",
     .type = PN_PARAM_TEXT,
     .max = 80,
     .help = "Where that value is kept: debtor.attr.NAME or invoice.attr.NAME."},
};

static const char *const EXITS[] = {"ok", "error", NULL};

static pn_go step(pn_step_context *c) {
    if (c->run->task_visit != c->run->visit && pn_stage_missed(c)) {
        return pn_leave(ANSWERED, c->now);
    }
    const pn_errand_fact *answer = pn_ask(c, PN_ERRAND_HTTP);
    if (answer == NULL) {
        return pn_stay(PN_WAIT_ANSWER, PN_TIME_NEVER);
    }
    return pn_leave(answer->state == PN_ERRAND_DONE ? ANSWERED : FAILED, answer->settled_at);
}

static const char *check(const pn_flow *flow, const pn_flow_node *node) {
    pn_str key, into = node->params[INTO].text;
    if (node->params[PICK].given != node->params[INTO].given) {
        return "“pick” and “into” belong together: what is kept of the answer, and where.";
    }
    if (node->params[PICK].given && !pn_str_starts(node->params[PICK].text, PN_STR("/"))) {
        return "“pick” is a JSON pointer, which begins with “/”.";
    }
    if (node->params[INTO].given) {
        switch (pn_field_family_of(into, &key)) {
        case PN_FAMILY_DEBTOR_ATTR: break;
        case PN_FAMILY_INVOICE_ATTR:
            if (flow->subject != PN_SUBJECT_INVOICE) {
                return "An account's strategy cannot set a field of an invoice.";
            }
            break;
        case PN_FAMILY_LINE:
        case PN_FAMILY_NONE: return "“into” must be debtor.attr.NAME or invoice.attr.NAME.";
        }
    }
    return pn_ask_check(flow, node);
}

const pn_node_type pn_node_http = {
    .type = "http",
    .label_es = "Consultar otro sistema",
    .label_en = "Ask another system",
    .label_pt = "Consultar outro sistema",
    .help =
        "Sends a request over a connector and waits for the answer; a value of it can be kept. "
        "“error”: it was refused, there was no answer after all tries, or it may have been done "
        "and nobody knows. Past its stage it is not asked and leaves by “ok”.",
    .version = 1,
    .flags = PN_NODE_ASKS,
    .params = PARAMS,
    .param_count = PN_COUNT(PARAMS),
    .exits = EXITS,
    .step = step,
    .check = check,
};
