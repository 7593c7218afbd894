/* The gate: may this contact be made now?
 *
 * A pure function of policy, debtor, contact, channel, contact history and now. It is asked before
 * every contact, also manual ones, under the debtor's lock. */
#ifndef PN_CORE_GATE_H
#define PN_CORE_GATE_H

#include "core/flow/flow.h"
#include "core/policy.h"

/* A contact that was made (or for which a quota is reserved). */
typedef struct {
    pn_time at;
    pn_channel_kind channel;
    pn_purpose purpose;
    bool conversation; /* a person was spoken to */
} pn_contact_made;

typedef struct {
    pn_channel_kind channel;
    pn_purpose purpose;
    bool person; /* a consumer; also when it is not known */
    const pn_zone
        *zones[2];     /* of the address, and of the phone where it differs: both must allow */
    size_t zone_count; /* 1 or 2 */
    const pn_calendar *calendar; /* of the debtor's address */
    pn_flow_hours hours;         /* the strategy's own, inside the policy's */
    pn_money claimable;          /* for a demand: what would be asked for */
    bool opted_out;              /* this contact asked not to be written to */
    bool unusable;               /* bounced or invalid */
    pn_str barred;               /* the debtor must not be contacted: the reason; empty: may be */
    const pn_contact_made *history; /* oldest first */
    size_t history_count;
} pn_gate_query;

typedef enum { PN_GATE_ALLOW, PN_GATE_LATER, PN_GATE_NEVER } pn_gate_answer;

typedef enum {
    PN_GATE_OK,
    PN_GATE_HOURS, /* outside the hours */
    PN_GATE_HOLIDAY,
    PN_GATE_OWN_HOURS,    /* outside the strategy's own hours */
    PN_GATE_CAP,          /* so many contacts in the period already */
    PN_GATE_GAP,          /* too soon after the last one */
    PN_GATE_CONVERSATION, /* too soon after a conversation */
    PN_GATE_MINIMUM,      /* less than the amount worth chasing */
    PN_GATE_NOTHING,      /* nothing to ask for */
    PN_GATE_OPT_OUT,
    PN_GATE_UNUSABLE,
    PN_GATE_BARRED,
    PN_GATE_CLOSED, /* the policy never opens this channel */
} pn_gate_reason;

const char *pn_gate_answer_name(pn_gate_answer answer);
const char *pn_gate_reason_name(pn_gate_reason reason);

typedef struct {
    pn_gate_answer answer;
    pn_gate_reason reason; /* the first thing that kept it from being allowed now */
    pn_time at;            /* LATER: the first moment at which all rules allow it */
    int32_t number;        /* the cap, the hours of the gap, the days after a conversation */
    int32_t days;          /* the cap's period */
    pn_str source;         /* of the rule */
    pn_str detail;         /* the holiday's name, the reason for being barred */
} pn_verdict;

/* `history` of the last PN_GATE_HISTORY_DAYS is enough. */
enum { PN_GATE_HISTORY_DAYS = 31 };

pn_verdict pn_gate(const pn_policy *policy, const pn_gate_query *query, pn_time now);

/* One sentence: "Not now: outside the contact hours (Europe/Madrid); possible from …". */
void pn_gate_explain(const pn_verdict *verdict, const pn_policy *policy, const pn_zone *zone,
                     pn_str language, pn_buf *out);

#endif
