#include "core/node/node.h"

#include "base/banned.h"

static const pn_param PARAMS[] = {
    [PN_DUE_DAYS] = {.name = "days",
                     .type = PN_PARAM_INT,
                     .required = true,
                     .min = -365,
                     .max = 1095,
                     .help = "Days before (negative) or after the effective due date; in an "
                             "account's strategy, of its oldest claimable invoice."},
    [PN_DUE_KIND] = {.name = "kind",
                     .type = PN_PARAM_DAYKIND,
                     .otherwise = "\"calendar\"",
                     .help = "Calendar days, or business days of the debtor's calendar."},
    [PN_DUE_AT] = {.name = "at",
                   .type = PN_PARAM_CLOCK,
                   .otherwise = "\"09:00\"",
                   .help = "Local time of day to go on at."},
};

static const char *const EXITS[] = {"next", NULL};

static pn_go step(pn_step_context *c) {
    if (c->run->anchor_due == PN_DATE_NONE) {
        return pn_leave(0,
                        c->now); /* closed before its first step: on_paid has nothing to wait for */
    }
    return pn_wait_until(c, pn_due_wait_time(c->node, c->run, c->facts));
}

const pn_node_type pn_node_wait_due = {
    .type = "wait.due",
    .label_es = "Esperar al vencimiento",
    .label_en = "Wait for the due date",
    .label_pt = "Esperar o vencimento",
    .help = "Waits for a day relative to the due date. Past already, it goes on at once; the "
            "debtor's grace is added to days after it.",
    .version = 1,
    .flags = PN_NODE_DUE_WAIT,
    .params = PARAMS,
    .param_count = PN_COUNT(PARAMS),
    .exits = EXITS,
    .step = step,
};
