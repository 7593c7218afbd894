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
    pn_id creditor_id; /* whose claim it was about; 0: not known, so it counts for all of them */
    pn_id account_id;  /* what it was about; 0: not known, so it counts for everything */
} pn_contact_made;

/* An address and a few phones; further zones of a phone that could be anywhere are not asked. */
enum { PN_GATE_ZONES_MAX = 8 };

typedef struct {
    pn_policy_case about;
    const pn_zone *zones[PN_GATE_ZONES_MAX]; /* of the address first, then those that phones show:
                                                all must allow */
    size_t zone_count;                       /* 1 or more */
    const pn_calendar *calendar;             /* of the debtor's address */
    pn_flow_hours hours;                     /* the strategy's own, inside the policy's */
    pn_money claimable;                      /* for a demand: what would be asked for */
    pn_id creditor_id, account_id;           /* whose claim, and which debt */
    uint32_t protections;                    /* bit (1 << pn_protect_kind): in force */
    bool to_representative;                  /* the contact is who represents the debtor */
    bool consented;                          /* a consent to this contact was given */
    bool opted_out;                          /* this contact asked not to be written to */
    uint32_t opted_out_channels;             /* bit (1 << channel): a contact of the debtor's did */
    bool unusable;                           /* bounced or invalid */
    pn_str barred; /* the debtor must not be contacted: the reason; empty: may be */
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
    PN_GATE_CHANNELS,     /* so many other channels in the period already */
    PN_GATE_GAP,          /* too soon after the last one */
    PN_GATE_CONVERSATION, /* too soon after a conversation */
    PN_GATE_MINIMUM,      /* less than the amount worth chasing */
    PN_GATE_NOTHING,      /* nothing to ask for */
    PN_GATE_OPT_OUT,
    PN_GATE_CONSENT, /* it needs a consent that was not given */
    PN_GATE_UNUSABLE,
    PN_GATE_BARRED,
    PN_GATE_PROTECTED, /* the debtor is protected */
    PN_GATE_CLOSED,    /* the policy never opens this channel */
} pn_gate_reason;

const char *pn_gate_answer_name(pn_gate_answer answer);
const char *pn_gate_reason_name(pn_gate_reason reason);
/* Of a name; ALLOW and OK for a name that is none. */
pn_gate_answer pn_gate_answer_of(pn_str name);
pn_gate_reason pn_gate_reason_of(pn_str name);

typedef struct {
    pn_gate_answer answer;
    pn_gate_reason reason;  /* the first thing that kept it from being allowed now */
    pn_time at;             /* LATER: the first moment at which all rules allow it */
    int32_t number;         /* the cap, the hours or days of the gap */
    int32_t days;           /* the cap's period; of a gap, 1 when `number` counts days */
    pn_str source;          /* of the rule */
    pn_str detail;          /* the holiday's name, the reason for being barred, the protection */
    pn_treatment treatment; /* PROTECTED: what the policy does about it */
} pn_verdict;

/* `history` of the last PN_GATE_HISTORY_DAYS is enough. */
enum { PN_GATE_HISTORY_DAYS = 31 };

pn_verdict pn_gate(const pn_policy *policy, const pn_gate_query *query, pn_time now);

/* What the policy does about the debtor's protections, the strictest of them; NOTHING without any.
 * `ret_kind` is the one that decides. */
pn_treatment pn_gate_treatment(const pn_policy *policy, const pn_gate_query *query, pn_date day,
                               pn_protect_kind *ret_kind);

/* A stretch of time in which windows are open. */
typedef struct {
    pn_time from, to;
    pn_str source; /* of the window that opens it */
} pn_gate_span;

/* Hours of one local day of the query's first zone in which all its zones are open, in order and
 * apart from each other: what remains of a day for somebody who was not contacted yet. At most
 * `max` of them; returns how many. */
size_t pn_gate_spans(const pn_policy *policy, const pn_gate_query *query, pn_date date,
                     pn_gate_span *ret_spans, size_t max);

/* One sentence: "Not now: outside the contact hours (Europe/Madrid); possible from …". */
void pn_gate_explain(const pn_verdict *verdict, const pn_policy *policy, const pn_zone *zone,
                     pn_str language, pn_buf *out);

#endif
