#include "core/flow/handed.h"

#include "base/banned.h"
#include "core/node/node.h"

const char *pn_partner_kind_name(pn_partner_kind kind) {
    switch (kind) {
    case PN_PARTNER_LAWYER: return "lawyer";
    case PN_PARTNER_INSURER: return "insurer";
    case PN_PARTNER_AGENCY: return "agency";
    case PN_PARTNER_NONE:
    case PN_PARTNERS: break;
    }
    return "";
}

pn_partner_kind pn_partner_kind_of(pn_str name) {
    for (int kind = PN_PARTNER_LAWYER; kind < PN_PARTNERS; kind++) {
        if (pn_str_eq(name, pn_str_of(pn_partner_kind_name((pn_partner_kind)kind)))) {
            return (pn_partner_kind)kind;
        }
    }
    return PN_PARTNER_NONE;
}

/* Whether `to` is reached from `from`; `seen` has a place for every node. */
static bool reaches(const pn_flow *flow, uint32_t from, uint32_t to, bool *seen, uint32_t *open) {
    size_t count = 0;
    open[count++] = from;
    while (count != 0) {
        uint32_t at = open[--count];
        if (at == PN_NODE_NONE || seen[at]) {
            continue;
        }
        if (at == to) {
            return true;
        }
        seen[at] = true;
        for (uint32_t i = 0; i < flow->nodes[at].exit_count; i++) {
            open[count++] = flow->nodes[at].exits[i].target;
        }
    }
    return false;
}

/* Its parameter “to” and its exit “approved” are the first ones of every handover. */
enum { TO, APPROVED = 0 };

pn_partner_kind pn_flow_handed_to(const pn_flow *flow, uint32_t node, pn_arena *arena) {
    pn_partner_kind found = PN_PARTNER_NONE;
    size_t exits = 1;
    for (uint32_t i = 0; i < flow->node_count; i++) {
        exits += flow->nodes[i].exit_count;
    }
    uint32_t *open = pn_arena_array(arena, uint32_t, exits);
    for (uint32_t i = 0; i < flow->node_count && node < flow->node_count; i++) {
        const pn_flow_node *each = &flow->nodes[i];
        if (strcmp(each->type->type, "handover") != 0) {
            continue;
        }
        bool *seen = pn_arena_array(arena, bool, flow->node_count);
        pn_partner_kind to = (pn_partner_kind)(each->params[TO].number + 1);
        if (reaches(flow, each->exits[APPROVED].target, node, seen, open)) {
            if (found != PN_PARTNER_NONE && found != to) {
                return PN_PARTNER_NONE;
            }
            found = to;
        }
    }
    return found;
}
