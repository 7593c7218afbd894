/* The list of node types: a new one is its file and one line here. */
#include "core/node/node.h"

#include "base/banned.h"

#define PN_NODE_TYPES(X)                                                                           \
    X(wait_days)                                                                                   \
    X(wait_weekday)                                                                                \
    X(wait_monthday)                                                                               \
    X(wait_due)                                                                                    \
    X(wait_until)                                                                                  \
    X(send_email)                                                                                  \
    X(send_http)                                                                                   \
    X(branch_message)                                                                              \
    X(branch_behaviour)                                                                            \
    X(branch_rule)                                                                                 \
    X(branch_paid)                                                                                 \
    X(split)                                                                                       \
    X(repeat)                                                                                      \
    X(phase)                                                                                       \
    X(task)                                                                                        \
    X(note)                                                                                        \
    X(notify)                                                                                      \
    X(set)                                                                                         \
    X(charge_interest)                                                                             \
    X(charge_fee)                                                                                  \
    X(http)                                                                                        \
    X(ticket)                                                                                      \
    X(suspend)                                                                                     \
    X(restore)                                                                                     \
    X(offer_partial)                                                                               \
    X(offer_plan)                                                                                  \
    X(offer_discount)                                                                              \
    X(collect)                                                                                     \
    X(handover)                                                                                    \
    X(jump)                                                                                        \
    X(pill)                                                                                        \
    X(end)

#define DECLARE(name) extern const pn_node_type pn_node_##name;
PN_NODE_TYPES(DECLARE)
#undef DECLARE

static const pn_node_type *const TYPES[] = {
#define ENTRY(name) &pn_node_##name,
    PN_NODE_TYPES(ENTRY)
#undef ENTRY
};

size_t pn_node_type_count(void) {
    return PN_COUNT(TYPES);
}

const pn_node_type *pn_node_type_at(size_t index) {
    return TYPES[index];
}

const pn_node_type *pn_node_type_find(pn_str type) {
    for (size_t i = 0; i < PN_COUNT(TYPES); i++) {
        if (pn_str_eq(type, pn_str_of(TYPES[i]->type))) {
            return TYPES[i];
        }
    }
    return NULL;
}

pn_str pn_node_type_suggest(pn_str type) {
    const char *best = NULL;
    unsigned best_distance = 4;
    for (size_t i = 0; i < PN_COUNT(TYPES); i++) {
        unsigned distance = pn_str_distance(type, pn_str_of(TYPES[i]->type));
        if (distance < best_distance) {
            best_distance = distance;
            best = TYPES[i]->type;
        }
    }
    return pn_str_of(best);
}
