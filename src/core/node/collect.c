#include "core/node/node.h"

#include "base/banned.h"

enum { PAID, DECLINED, NO_MANDATE };

static const pn_param PARAMS[] = {
    {.name = "retries",
     .type = PN_PARAM_INT,
     .otherwise = "2",
     .min = 0,
     .max = 5,
     .help =
         "How often it is tried again when the bank says not now (no funds, try later). What it "
         "declines for good (expired, stolen, revoked) is not tried again, and the mandate ends."},
    {.name = "retry_days",
     .type = PN_PARAM_INT,
     .otherwise = "3",
     .min = 1,
     .max = 14,
     .help = "Days between two tries."},
};

static const char *const EXITS[] = {"paid", "declined", "no_mandate", NULL};

static pn_go step(pn_step_context *c) {
    if (c->run->task_visit != c->run->visit && c->run->catch_up) {
        return pn_leave(DECLINED, c->now); /* nothing is charged while catching up */
    }
    const pn_errand_fact *answer = pn_ask(c, PN_ERRAND_COLLECT);
    if (answer == NULL) {
        return pn_stay(PN_WAIT_ANSWER, PN_TIME_NEVER);
    }
    return pn_leave(pn_str_is(answer->outcome, "paid")         ? PAID
                    : pn_str_is(answer->outcome, "no_mandate") ? NO_MANDATE
                                                               : DECLINED,
                    answer->settled_at);
}

const pn_node_type pn_node_collect = {
    .type = "collect",
    .label_es = "Cobrar",
    .label_en = "Collect",
    .label_pt = "Cobrar",
    .help =
        "Charges what may be claimed to the card or direct debit that the debtor agreed to, over "
        "its provider. While the money is on its way, nothing is asked for.",
    .version = 1,
    .flags = PN_NODE_ASKS,
    .params = PARAMS,
    .param_count = PN_COUNT(PARAMS),
    .exits = EXITS,
    .step = step,
};
