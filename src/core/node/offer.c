/* What every node does that offers something to the debtor.
 *
 * The offer is a row in the transaction of the step. Where the matrix of the node (segment, amount,
 * age) does not allow it, nothing is offered. It is out until its last day, whatever the case does
 * meanwhile; accepting it is a fact, as its end is. */
#include "core/node/node.h"

#include "base/banned.h"

static const pn_offer_fact *offer_of(const pn_step_context *c) {
    for (size_t i = 0; i < c->facts->offer_count; i++) {
        if (c->facts->offers[i].visit == c->run->visit) {
            return &c->facts->offers[i];
        }
    }
    return NULL;
}

/* What may be asked for, in hundredths of the currency, and how long the oldest of it is overdue.
 */
static int64_t claimable_of(const pn_facts *facts, int64_t *ret_age) {
    int64_t sum = 0, age = INT64_MIN;
    for (size_t i = 0; i < facts->item_count; i++) {
        const pn_item *item = &facts->items[i];
        if (pn_facts_works(facts, item) && item->claimable > 0) {
            sum += item->claimable;
            age = PN_MAX(age, (int64_t)facts->today - item->effective_due);
        }
    }
    *ret_age = age;
    int32_t scale = facts->account.scale > 0 ? facts->account.scale : 100;
    return sum > INT64_MAX / 100 ? INT64_MAX : sum * 100 / scale;
}

bool pn_offer_allowed(const pn_flow_node *node, const pn_facts *facts) {
    const pn_param_value *when = &node->params[PN_OFFER_WHEN];
    const pn_param_value *least = &node->params[PN_OFFER_AMOUNT_MIN];
    const pn_param_value *most = &node->params[PN_OFFER_AMOUNT_MAX];
    const pn_param_value *age_min = &node->params[PN_OFFER_AGE_MIN];
    int64_t age = 0, claimable = claimable_of(facts, &age);
    return claimable > 0 && (!when->given || pn_rule_holds(when->rule, facts)) &&
           (!least->given || claimable >= least->number) &&
           (!most->given || claimable <= most->number) &&
           (!age_min->given || age >= age_min->number);
}

pn_go pn_offer_step(pn_step_context *c, pn_offer_kind kind) {
    pn_run *run = c->run;
    if (run->task_visit != run->visit) {
        if (pn_stage_missed(c) || !pn_offer_allowed(c->node, c->facts)) {
            return pn_leave(PN_OFFER_EXPIRED_EXIT, c->now);
        }
        run->task_visit = run->visit;
        run->task_due =
            pn_time_add_days(c->now, pn_node_param(c, PN_OFFER_DAYS)->number, false, -1, c->facts);
        pn_cmd *cmd = pn_cmd_add(c, PN_CMD_OFFER);
        cmd->offer.kind = kind;
        cmd->offer.until = run->task_due;
    }
    const pn_offer_fact *offer = offer_of(c);
    if (offer != NULL && offer->state != PN_OFFER_OPEN) {
        return pn_leave(offer->state == PN_OFFER_ACCEPTED ? PN_OFFER_ACCEPTED_EXIT
                                                          : PN_OFFER_EXPIRED_EXIT,
                        offer->settled_at);
    }
    return c->now >= run->task_due ? pn_leave(PN_OFFER_EXPIRED_EXIT, run->task_due)
                                   : pn_stay(PN_WAIT_OFFER, run->task_due);
}

bool pn_offer_breathes(const pn_flow_node *node, uint32_t exit) {
    (void)node;
    return exit == PN_OFFER_ACCEPTED_EXIT;
}

const char *pn_offer_check(const pn_flow *flow, const pn_flow_node *node) {
    const pn_param_value *least = &node->params[PN_OFFER_AMOUNT_MIN];
    const pn_param_value *most = &node->params[PN_OFFER_AMOUNT_MAX];
    (void)flow;
    if (least->given && most->given && least->number > most->number) {
        return "“amount_min” is more than “amount_max”: nobody would be offered anything.";
    }
    return NULL;
}
