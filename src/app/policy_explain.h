/* What a contact policy leaves, and why: the hours of each day, and its rules in words with what
 * they rest on. Nothing is written. */
#ifndef PN_APP_POLICY_EXPLAIN_H
#define PN_APP_POLICY_EXPLAIN_H

#include "app/app.h"
#include "core/gate.h"

enum { PN_POLICY_DAYS_MAX = 800 };

typedef struct {
    pn_str policy;     /* its name; empty: the country's, else the neutral one */
    pn_str country;    /* two letters; empty: the organization's */
    pn_str region;     /* of the debtor, ISO 3166-2 without the country; empty: none */
    pn_str zone;       /* of the debtor's address; empty: the country's or region's */
    pn_str phone_zone; /* shown by a telephone, must be open too; empty: none */
    pn_str phone;      /* a telephone of the debtor's: its zones, where they are others */
    pn_date from, to;  /* both included; PN_DATE_NONE: today, a week */
    uint32_t channels; /* bit (1 << pn_channel_kind); 0: all but http */
    bool company;      /* debtors who are companies, not persons */
    bool third_party;  /* claims of somebody else, not one's own */
    pn_time now;
} pn_policy_question;

typedef struct {
    const char *kind;             /* window, cap, gap, consent, opt_out, text, protect */
    const pn_policy_scope *scope; /* channels, dates, source and what was cited */
    pn_str words;
    bool asked; /* it is about one of the channels that were asked about, or about no channel */
} pn_policy_rule;

typedef struct {
    const pn_policy *policy;
    pn_str country, region;
    const pn_zone *zones[PN_GATE_ZONES_MAX]; /* of the address first */
    size_t zone_count;
    pn_calendar calendar;
    pn_date from, to; /* both included */
    uint32_t channels;
    bool company, third_party;
    bool holidays_known; /* of all these days */
    size_t day_count;
    /* By channel, day by day: "07:00–19:00", several with a comma between; empty when shut. NULL
     * for a channel that was not asked about. */
    const pn_str *hours[PN_CHANNELS];
    pn_policy_rule *rules; /* by kind, in the policy's order */
    size_t rule_count;
} pn_policy_explained;

/* `app` may be NULL: the packs that come with the program alone. INVALID with what is wrong, and
 * with the field's name as `where` for what is missing or out of bounds; NOT_FOUND with a
 * sentence. All that comes back lives on the arena or in the catalog. */
PN_MUST_USE pn_err pn_policy_explain(pn_app *app, const pn_policy_question *question,
                                     pn_arena *arena, pn_policy_explained *ret_explained,
                                     pn_diag *diag);

#endif
