#include "core/node/node.h"

#include "base/banned.h"

enum { AMOUNT, PER };
enum { PER_INVOICE, PER_CASE };

static const char *const PERS[] = {"invoice", "case", NULL};

static const pn_param PARAMS[] = {
    {.name = "amount",
     .type = PN_PARAM_AMOUNT,
     .required = true,
     .min = 1,
     .max = 100000000,
     .help = "The fee, in the currency of the invoices: 40 in the European Union."},
    {.name = "per",
     .type = PN_PARAM_CHOICE,
     .choices = PERS,
     .otherwise = "\"invoice\"",
     .help = "Once for each overdue invoice, or once for the case (on its oldest invoice)."},
};

static const char *const EXITS[] = {"next", NULL};

/* Once a cycle: the run counts it. An invoice that got a fee before (fees > 0) gets no second. */
static void late(pn_step_context *c, uint32_t others) {
    (void)others;
    if (c->run->closing != PN_CLOSED_NOT || pn_run_count(c->run, c->node_index) != 0) {
        return; /* what is open beside a case that says thanks is another one's */
    }
    pn_run_count_up(c->run, c->node_index);
    size_t cursor = 0;
    for (size_t i = 0; i < c->facts->item_count; i++) {
        const pn_item *item = &c->facts->items[i];
        if (!pn_facts_works(c->facts, item) || item->claimable <= 0 || item->fee_charged ||
            item->effective_due >= c->facts->today ||
            pn_charged_in_step(c, item->id, false, &cursor)) {
            continue;
        }
        pn_cmd *cmd = pn_cmd_add(c, PN_CMD_CHARGE);
        cmd->charge.item = item->id;
        cmd->charge.amount = pn_node_param(c, AMOUNT)->number * item->scale / 100;
        cmd->charge.from = cmd->charge.to = c->facts->today;
        if (pn_node_param(c, PER)->number == PER_CASE) {
            return;
        }
    }
}

static pn_go step(pn_step_context *c) {
    if (!pn_stage_missed(c)) {
        late(c, 0);
    } else {
        (void)pn_postpone(c);
    }
    return pn_leave(0, c->now);
}

const pn_node_type pn_node_charge_fee = {
    .type = "charge.fee",
    .label_es = "Cargar gastos",
    .label_en = "Charge a fee",
    .label_pt = "Cobrar taxa",
    .help = "Adds a fixed fee to overdue invoices, once each. A fee alone never keeps a case open.",
    .version = 1,
    .flags = PN_NODE_POSTPONES | PN_NODE_COUNTS,
    .params = PARAMS,
    .param_count = PN_COUNT(PARAMS),
    .exits = EXITS,
    .step = step,
    .late = late,
};
