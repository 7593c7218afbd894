#include "core/node/node.h"

#include "base/banned.h"

enum { PAID, PARTIAL, UNPAID, UNKNOWN };

static const char *const SOURCES[] = {"ledger", NULL};

static const pn_param PARAMS[] = {
    {.name = "source",
     .type = PN_PARAM_CHOICE,
     .choices = SOURCES,
     .otherwise = "\"ledger\"",
     .help = "Who is asked: the ledger."},
};

static const char *const EXITS[] = {"paid", "partial", "unpaid", "unknown", NULL};

/* Stale source data stop the run before it comes here; should they not, nothing is known. */
static pn_go step(pn_step_context *c) {
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

const pn_node_type pn_node_branch_paid = {
    .type = "branch.paid",
    .label_es = "¿Está pagado?",
    .label_en = "Is it paid?",
    .label_pt = "Está pago?",
    .help = "Asks whether it is paid. “unknown” must not lead to a demand.",
    .version = 1,
    .params = PARAMS,
    .param_count = PN_COUNT(PARAMS),
    .exits = EXITS,
    .step = step,
};
