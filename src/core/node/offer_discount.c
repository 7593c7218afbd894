#include "core/node/node.h"

#include "base/banned.h"

enum { PERCENT = PN_OFFER_PARAM_COUNT };

static const pn_param PARAMS[] = {
    PN_OFFER_PARAMS,
    {.name = "percent",
     .type = PN_PARAM_PERCENT,
     .required = true,
     .help = "How much is let off, in percent: 90 at most."},
    {.name = "pay_days",
     .type = PN_PARAM_INT,
     .otherwise = "5",
     .min = 1,
     .max = 60,
     .help = "Within how many days after accepting it the rest must be paid."},
};

static const char *const EXITS[] = {"accepted", "expired", NULL};

static const char *check(const pn_flow *flow, const pn_flow_node *node) {
    int64_t percent = node->params[PERCENT].number;
    if (percent < 1 || percent > 9000) {
        return "“percent” is more than 0 and at most 90.";
    }
    return pn_offer_check(flow, node);
}

static pn_go step(pn_step_context *c) {
    return pn_offer_step(c, PN_OFFER_DISCOUNT);
}

const pn_node_type pn_node_offer_discount = {
    .type = "offer.discount",
    .label_es = "Ofrecer un descuento",
    .label_en = "Offer a discount",
    .label_pt = "Oferecer um desconto",
    .help = "Offers to let a part off if the rest is paid within some days. Accepted, nothing is "
            "asked for until then; the discount is entered once the rest has been paid.",
    .version = 1,
    .flags = PN_NODE_BREATHES | PN_NODE_OFFERS,
    .params = PARAMS,
    .param_count = PN_COUNT(PARAMS),
    .exits = EXITS,
    .step = step,
    .breathes = pn_offer_breathes,
    .check = check,
};
