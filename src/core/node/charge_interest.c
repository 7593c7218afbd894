#include "core/interest.h"
#include "core/node/node.h"

#include "base/banned.h"

enum { RATE, MINIMUM };

static const char *const RATES[] = {"statutory", "agreed", NULL};

static const pn_param PARAMS[] = {
    {.name = "rate",
     .type = PN_PARAM_CHOICE,
     .choices = RATES,
     .otherwise = "\"statutory\"",
     .help = "The statutory rate of the creditor's country, or the one agreed with the creditor."},
    {.name = "minimum",
     .type = PN_PARAM_AMOUNT,
     .otherwise = "0",
     .min = 0,
     .max = 100000000,
     .help = "Less than this is not charged, per invoice."},
};

static const char *const EXITS[] = {"next", NULL};

/* Interest counts from the contractual due date, and each day once: an invoice knows up to which
 * day it was charged. */
static void charge_item(pn_step_context *c, const pn_item *item, int32_t agreed_bp) {
    int64_t principal = item->open - item->charges - item->disputed;
    pn_date from = item->interest_until != PN_DATE_NONE ? item->interest_until : item->due + 1;
    int64_t amount = 0;
    int32_t rate_bp = 0;
    if (item->closed != PN_CLOSED_NOT || principal <= 0 || from >= c->facts->today ||
        pn_interest_amount(principal, c->facts->creditor.country, agreed_bp, from, c->facts->today,
                           &amount, &rate_bp) != PN_OK) {
        return;
    }
    if (amount <= 0 || amount * 100 < pn_node_param(c, MINIMUM)->number * item->scale) {
        return;
    }
    pn_cmd *cmd = pn_cmd_add(c, PN_CMD_CHARGE);
    cmd->charge.interest = true;
    cmd->charge.item = item->id;
    cmd->charge.amount = amount;
    cmd->charge.from = from;
    cmd->charge.to = c->facts->today;
    cmd->charge.rate_bp = rate_bp;
}

static void late(pn_step_context *c, uint32_t others) {
    (void)others;
    if (c->run->closing != PN_CLOSED_NOT) {
        return; /* what is open beside a case that says thanks is another one's */
    }
    int32_t agreed_bp = pn_node_param(c, RATE)->number == 1 ? c->facts->creditor.interest_bp : 0;
    if (pn_node_param(c, RATE)->number == 1 && agreed_bp == 0) {
        return; /* nothing was agreed */
    }
    size_t cursor = 0;
    for (size_t i = 0; i < c->facts->item_count; i++) {
        const pn_item *item = &c->facts->items[i];
        if (pn_facts_works(c->facts, item) && !pn_charged_in_step(c, item->id, true, &cursor)) {
            charge_item(c, item, agreed_bp);
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

const pn_node_type pn_node_charge_interest = {
    .type = "charge.interest",
    .label_es = "Cargar intereses",
    .label_en = "Charge interest",
    .label_pt = "Cobrar juros",
    .help = "Adds late-payment interest from the contractual due date, each day once. Interest "
            "alone never keeps a case open.",
    .version = 1,
    .flags = PN_NODE_POSTPONES,
    .params = PARAMS,
    .param_count = PN_COUNT(PARAMS),
    .exits = EXITS,
    .step = step,
    .late = late,
};
