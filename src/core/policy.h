/* Contact policies: what the law and good manners allow, as data.
 *
 * A policy is a JSON document (share/policies): a country pack or an organization's own. Every rule
 * in it may carry its source. It says in which windows which channels may be used, on which
 * holidays not, how many contacts a period may have, what gap lies between two, how long nothing
 * follows a conversation, and below which amount nobody is chased. */
#ifndef PN_CORE_POLICY_H
#define PN_CORE_POLICY_H

#include "base/json.h"
#include "core/fact.h"

/* Whom a rule protects. */
enum { PN_APPLIES_PERSON = 1, PN_APPLIES_COMPANY = 2, PN_APPLIES_ALL = 3 };

enum {
    PN_PURPOSES_DEMAND = 1U << PN_PURPOSE_DEMAND,
    PN_PURPOSES_ALL = 7,
};

typedef struct {
    uint32_t channels; /* bit (1 << pn_channel_kind) */
    unsigned applies;
    uint8_t weekdays; /* bit 0 Monday */
    int32_t from_second, to_second;
    pn_str source;
} pn_policy_window;

typedef struct {
    uint32_t channels;
    unsigned applies;
    unsigned purposes; /* bit (1 << pn_purpose) */
    int32_t max;       /* contacts … */
    int32_t days;      /* … in so many consecutive local days, today included */
    pn_str source;
} pn_policy_cap;

typedef struct {
    uint32_t channels;
    unsigned applies;
    unsigned purposes;
    int32_t hours; /* between one contact and the next */
    pn_str source;
} pn_policy_gap;

typedef struct {
    pn_currency currency;
    int64_t minor;
} pn_policy_minimum;

typedef struct {
    pn_str name; /* "es" */
    pn_str title;
    pn_str version;                  /* "2026-01" */
    pn_str country;                  /* empty for the neutral one */
    pn_date from;                    /* in force from this day; PN_DATE_NONE always */
    bool no_holidays;                /* nothing on public holidays */
    int32_t after_conversation_days; /* no call within so many days after a conversation; 0 none */
    uint32_t after_conversation_channels;
    const pn_policy_window *windows;
    size_t window_count;
    const pn_policy_cap *caps;
    size_t cap_count;
    const pn_policy_gap *gaps;
    size_t gap_count;
    const pn_policy_minimum *minimums;
    size_t minimum_count;
} pn_policy;

/* INVALID with a sentence for a document that is no policy. */
PN_MUST_USE pn_err pn_policy_parse(const pn_json *document, pn_arena *arena,
                                   const pn_policy **ret_policy, pn_diag *diag);

#endif
