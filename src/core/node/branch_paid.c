#include "core/node/node.h"

#include "base/banned.h"

enum { SOURCE, CONNECTOR, METHOD, PATH, BODY, ANSWER, PAID_WORDS, PARTIAL_WORDS, UNPAID_WORDS };
enum { PAID, PARTIAL, UNPAID, UNKNOWN };
enum { LEDGER, OVER_CONNECTOR };

static const char *const SOURCES[] = {"ledger", "connector", NULL};

static const pn_param PARAMS[] = {
    {.name = "source",
     .type = PN_PARAM_CHOICE,
     .choices = SOURCES,
     .otherwise = "\"ledger\"",
     .help = "Who is asked: the ledger, or another system over a connector."},
    {.name = "connector",
     .type = PN_PARAM_CONNECTOR,
     .max = 60,
     .help = "Which system is asked: a connector (`puntual connector list`)."},
    {.name = "method",
     .type = PN_PARAM_CHOICE,
     .choices = pn_ask_methods,
     .otherwise = "\"GET\"",
     .help = "The method of the request."},
    {.name = "path",
     .type = PN_PARAM_TEXT,
     .max = 1000,
     .help = "What follows the connector's address; a template, what it prints is encoded for a "
             "URL: \"/paid?customer={{ debtor.external_id }}\"."},
    {.name = "body",
     .type = PN_PARAM_TEXT,
     .max = 4000,
     .help = "The body of the request; a template."},
    {.name = "answer",
     .type = PN_PARAM_TEXT,
     .otherwise = "\"/status\"",
     .max = 200,
     .help = "JSON pointer of the value that says it: a word, or true or false."},
    {.name = "paid_words",
     .type = PN_PARAM_TEXT,
     .otherwise = "\"paid\"",
     .max = 400,
     .help = "Values that mean that it is paid, separated by commas; true does too."},
    {.name = "partial_words",
     .type = PN_PARAM_TEXT,
     .otherwise = "\"partial\"",
     .max = 400,
     .help = "Values that mean that part of it is."},
    {.name = "unpaid_words",
     .type = PN_PARAM_TEXT,
     .otherwise = "\"unpaid\"",
     .max = 400,
     .help = "Values that mean that it is not; false does too. Any other answer is “unknown”."},
};

static const char *const EXITS[] = {"paid", "partial", "unpaid", "unknown", NULL};

/* Stale source data stop the run before it comes here; should they not, nothing is known. */
static pn_go ask_ledger(pn_step_context *c) {
    if (c->facts->creditor.stale) {
        return pn_leave(UNKNOWN, c->now);
    }
    int64_t amount = 0, open = 0;
    bool any = false;
    for (size_t i = 0; i < c->facts->item_count; i++) {
        const pn_item *item = &c->facts->items[i];
        if (pn_facts_works(c->facts, item) && item->closed == PN_CLOSED_NOT &&
            !item->paid_reported) {
            any = true;
            amount += item->amount;
            open += item->open - item->charges;
        }
    }
    if (!any) {
        return pn_leave(PAID, c->now);
    }
    return pn_leave(open < amount ? PARTIAL : UNPAID, c->now);
}

/* Who asks in vain knows nothing. */
static uint32_t exit_of(const pn_errand_fact *answer) {
    if (answer->state != PN_ERRAND_DONE) {
        return UNKNOWN;
    }
    return pn_str_is(answer->outcome, "paid")      ? PAID
           : pn_str_is(answer->outcome, "partial") ? PARTIAL
           : pn_str_is(answer->outcome, "unpaid")  ? UNPAID
                                                   : UNKNOWN;
}

static pn_go step(pn_step_context *c) {
    if (pn_node_param(c, SOURCE)->number == LEDGER) {
        return ask_ledger(c);
    }
    const pn_errand_fact *answer = pn_ask(c, PN_ERRAND_PAID);
    return answer == NULL ? pn_stay(PN_WAIT_ANSWER, PN_TIME_NEVER)
                          : pn_leave(exit_of(answer), answer->settled_at);
}

static const char *check(const pn_flow *flow, const pn_flow_node *node) {
    bool over = node->params[SOURCE].number == OVER_CONNECTOR;
    if (over && (!node->params[CONNECTOR].given || !node->params[PATH].given)) {
        return "To ask over a connector, “connector” and “path” are needed.";
    }
    if (!over && (node->params[CONNECTOR].given || node->params[PATH].given)) {
        return "“connector” and “path” need “source”: \"connector\".";
    }
    if (!pn_str_starts(node->params[ANSWER].text, PN_STR("/"))) {
        return "“answer” is a JSON pointer, which begins with “/”.";
    }
    return pn_ask_check(flow, node);
}

const pn_node_type pn_node_branch_paid = {
    .type = "branch.paid",
    .label_es = "¿Está pagado?",
    .label_en = "Is it paid?",
    .label_pt = "Está pago?",
    .help = "Asks whether it is paid: the ledger, or the creditor's own system over a connector. "
            "“paid” is then kept as reported: nothing is asked for during 5 business days, and if "
            "no money came by then, a person gets a task. “unknown” must not lead to a demand.",
    .version = 1,
    .flags = PN_NODE_ASKS,
    .params = PARAMS,
    .param_count = PN_COUNT(PARAMS),
    .exits = EXITS,
    .step = step,
    .check = check,
};
