/* To whom a case has been handed where a node of it writes. */
#ifndef PN_CORE_FLOW_HANDED_H
#define PN_CORE_FLOW_HANDED_H

#include "core/flow/flow.h"

typedef enum {
    PN_PARTNER_NONE,
    PN_PARTNER_LAWYER,
    PN_PARTNER_INSURER,
    PN_PARTNER_AGENCY,
    PN_PARTNERS
} pn_partner_kind;

/* "lawyer", "insurer", "agency"; "" for none. */
const char *pn_partner_kind_name(pn_partner_kind kind);
/* NONE for no such name. */
pn_partner_kind pn_partner_kind_of(pn_str name);

/* The one to whom handovers hand the case whose approval leads to this node; NONE where there is no
 * such handover, or where they hand it to several kinds. */
pn_partner_kind pn_flow_handed_to(const pn_flow *flow, uint32_t node, pn_arena *arena);

#endif
