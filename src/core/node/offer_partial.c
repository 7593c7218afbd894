#include "core/node/node.h"

#include "base/banned.h"

enum { FIRST_PERCENT = PN_OFFER_PARAM_COUNT };

static const pn_param PARAMS[] = {
    PN_OFFER_PARAMS,
    {.name = "first_percent",
     .type = PN_PARAM_PERCENT,
     .otherwise = "50",
     .help = "How much of it is paid now, in percent: 5 to 95."},
    {.name = "rest_days",
     .type = PN_PARAM_INT,
     .otherwise = "30",
     .min = 1,
     .max = 365,
     .help = "After how many days the rest is due."},
};

static const char *const EXITS[] = {"accepted", "expired", NULL};

static const char *check(const pn_flow *flow, const pn_flow_node *node) {
    int64_t first = node->params[FIRST_PERCENT].number;
    if (first < 500 || first > 9500) {
        return "“first_percent” lies between 5 and 95.";
    }
    return pn_offer_check(flow, node);
}

static pn_go step(pn_step_context *c) {
    return pn_offer_step(c, PN_OFFER_PARTIAL);
}

const pn_node_type pn_node_offer_partial = {
    .type = "offer.partial",
    .label_es = "Ofrecer un pago parcial",
    .label_en = "Offer a partial payment",
    .label_pt = "Oferecer um pagamento parcial",
    .help = "Offers to pay a part within three days and the rest later. Accepted, it is a plan of "
            "two installments, and nothing is asked for while it holds.",
    .version = 1,
    .flags = PN_NODE_BREATHES | PN_NODE_OFFERS,
    .params = PARAMS,
    .param_count = PN_COUNT(PARAMS),
    .exits = EXITS,
    .step = step,
    .breathes = pn_offer_breathes,
    .check = check,
};
