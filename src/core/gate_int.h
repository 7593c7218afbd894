/* Shared by the gate's files. */
#ifndef PN_CORE_GATE_INT_H
#define PN_CORE_GATE_INT_H

#include "core/gate.h"

/* A policy that opens no day within this many never does. */
enum { PN_GATE_DAYS_AHEAD = 62 };

typedef struct {
    pn_time at;
    pn_gate_reason reason; /* why it is not the moment that was asked about */
    pn_str detail;
    pn_str source;
} pn_opening;

/* The first moment from `from` on at which a window is open on this zone's clocks. */
pn_opening pn_gate_zone_opening(const pn_policy *policy, const pn_gate_query *query,
                                const pn_zone *zone, pn_time from);
/* The same for the strategy's own hours, which are of the address's clocks. */
pn_time pn_gate_own_opening(const pn_gate_query *query, pn_time from);

#endif
