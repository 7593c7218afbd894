#include "core/node/node.h"

#include "base/banned.h"

static const pn_param PARAMS[] = {
    PN_OFFER_PARAMS,
    {.name = "installments_max",
     .type = PN_PARAM_INT,
     .otherwise = "3",
     .min = 2,
     .max = 36,
     .help = "In at most how many installments; the debtor chooses from 2 on."},
    {.name = "every_days",
     .type = PN_PARAM_INT,
     .otherwise = "30",
     .min = 7,
     .max = 92,
     .help =
         "How many days lie between two of them; from 28 to 31, it is the same day of each month."},
    {.name = "installment_min",
     .type = PN_PARAM_AMOUNT,
     .min = 1,
     .max = INT64_C(100000000000),
     .help = "No installment is smaller."},
};

static const char *const EXITS[] = {"accepted", "expired", NULL};

static pn_go step(pn_step_context *c) {
    return pn_offer_step(c, PN_OFFER_PLAN);
}

const pn_node_type pn_node_offer_plan = {
    .type = "offer.plan",
    .label_es = "Ofrecer un plan de pagos",
    .label_en = "Offer a payment plan",
    .label_pt = "Oferecer um plano de pagamento",
    .help =
        "Offers to pay in equal installments, the first within three days. Accepted, nothing is "
        "asked for while the plan holds; an installment 5 days late ends it.",
    .version = 1,
    .flags = PN_NODE_BREATHES | PN_NODE_OFFERS,
    .params = PARAMS,
    .param_count = PN_COUNT(PARAMS),
    .exits = EXITS,
    .step = step,
    .breathes = pn_offer_breathes,
    .check = pn_offer_check,
};
