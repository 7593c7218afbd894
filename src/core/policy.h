/* Contact policies: what the law and good manners allow, as data.
 *
 * A policy is a JSON document (share/policies): a country pack or an organization's own. It says in
 * which windows which channels may be used, how many contacts a period may have, what lies between
 * two of them, where consent is needed first, what a demand must say, how protected debtors are
 * treated, and below which amount nobody is chased. Each rule has a scope (whom, by what, for whose
 * claim, where, from when until when) and names its source; the language is told in
 * docs/policies.md. */
#ifndef PN_CORE_POLICY_H
#define PN_CORE_POLICY_H

#include "base/json.h"
#include "core/fact.h"

/* Whom a rule protects. */
enum { PN_APPLIES_PERSON = 1, PN_APPLIES_COMPANY = 2, PN_APPLIES_ALL = 3 };

/* Whose claim it is: the creditor's own, or collected for somebody else. */
enum { PN_PARTY_OWN = 1, PN_PARTY_THIRD = 2, PN_PARTY_ALL = 3 };

enum {
    PN_PURPOSES_DEMAND = 1U << PN_PURPOSE_DEMAND,
    PN_PURPOSES_ALL = 7,
};

/* What a rule rests on. */
typedef enum {
    PN_BASIS_LAW,         /* a law or regulation in force */
    PN_BASIS_GUIDANCE,    /* what an authority says without a law that we have seen */
    PN_BASIS_PRACTICE,    /* good manners of the trade */
    PN_BASIS_UNCONFIRMED, /* said by others; the text itself was not seen */
} pn_basis;

const char *pn_basis_name(pn_basis basis);

typedef struct {
    pn_str key;
    pn_str text; /* law and article, and what it says */
    pn_str url;  /* empty: none known */
    pn_basis basis;
    pn_date in_force; /* PN_DATE_NONE: not told */
    pn_date checked;  /* when somebody last looked */
} pn_policy_source;

/* Where and when a rule holds. */
typedef struct {
    uint32_t channels;     /* bit (1 << pn_channel_kind) */
    unsigned applies;      /* PN_APPLIES_… */
    unsigned parties;      /* PN_PARTY_… */
    unsigned purposes;     /* bit (1 << pn_purpose) */
    pn_date since, until;  /* in force on these local days, both included */
    const pn_str *regions; /* ISO 3166-2 without the country; none: everywhere */
    size_t region_count;
    pn_str source;                 /* its text */
    const pn_policy_source *cited; /* NULL: the source is free text, or there is none */
} pn_policy_scope;

typedef struct {
    pn_policy_scope scope;
    uint8_t weekdays; /* bit 0 Monday */
    bool holidays;    /* open on public holidays too */
    int32_t from_second, to_second;
} pn_policy_window;

/* Whose contacts are counted. */
typedef enum {
    PN_PER_PERSON,   /* all that this debtor got */
    PN_PER_CREDITOR, /* those for the same creditor */
    PN_PER_DEBT,     /* those about the same account */
} pn_per;

const char *pn_per_name(pn_per per);

typedef struct {
    pn_policy_scope scope;
    pn_per per;
    bool channels; /* different channels are counted, not contacts */
    int32_t max;   /* so many … */
    int32_t days;  /* … in so many consecutive local days, today included */
} pn_policy_cap;

typedef struct {
    pn_policy_scope scope;
    pn_per per;
    bool conversation; /* counted from the last conversation by any channel, else from a contact */
    int32_t hours;     /* between one and the next; 0: `days` says it */
    int32_t days;      /* not before so many local days after the day of the one before */
} pn_policy_gap;

/* `consent`: contact within the scope needs a consent that was given. `opt_out`: who opted out of
 * one of the scope's channels opted out of all of them. */
typedef struct {
    pn_policy_scope scope;
} pn_policy_consent;

/* Particulars of the creditor that a text cannot do without. */
enum { PN_NEEDS_TAX_ID = 1, PN_NEEDS_ADDRESS = 2, PN_NEEDS_PHONE = 4, PN_NEEDS_EMAIL = 8 };

/* A text that a message within the scope must carry. */
typedef struct {
    pn_policy_scope scope;
    pn_str name;
    unsigned needs;       /* PN_NEEDS_… */
    const pn_json *words; /* language to text in the template language; of the document */
} pn_policy_text;

/* Why a debtor is protected. Order is stored. */
typedef enum {
    PN_PROTECT_VULNERABLE,
    PN_PROTECT_BANKRUPTCY,
    PN_PROTECT_ATTORNEY, /* represented by one */
    PN_PROTECT_DECEASED,
    PN_PROTECT_CEASE, /* asked in writing not to be contacted */
    PN_PROTECT_MINOR,
    PN_PROTECTIONS
} pn_protect_kind;

const char *pn_protect_name(pn_protect_kind kind);
/* PN_PROTECTIONS when there is none of that name. */
pn_protect_kind pn_protect_of(pn_str name);

/* What is done about it, mildest first. */
typedef enum {
    PN_TREAT_NOTHING,
    PN_TREAT_ONLY,           /* only by the scope's channels */
    PN_TREAT_REPRESENTATIVE, /* only to who represents them */
    PN_TREAT_TASK,           /* a person takes over: nothing is sent, a task is opened */
    PN_TREAT_NEVER,
} pn_treatment;

const char *pn_treatment_name(pn_treatment treatment);

typedef struct {
    pn_policy_scope scope;
    pn_protect_kind kind;
    pn_treatment treatment;
} pn_policy_protection;

typedef struct {
    pn_currency currency;
    int64_t minor;
} pn_policy_minimum;

typedef struct {
    pn_str name; /* "es" */
    pn_str title;
    pn_str version; /* "2026-01" */
    pn_str country; /* empty for the neutral one */
    pn_str base;    /* the pack that it rests on; empty: none */
    pn_date from;   /* in force from this day; PN_DATE_NONE always */
    const pn_policy_source *sources;
    size_t source_count;
    const pn_str *notes; /* what people should know and no rule says */
    size_t note_count;
    const pn_policy_window *windows;
    size_t window_count;
    const pn_policy_cap *caps;
    size_t cap_count;
    const pn_policy_gap *gaps;
    size_t gap_count;
    const pn_policy_consent *consents;
    size_t consent_count;
    const pn_policy_consent *opt_outs;
    size_t opt_out_count;
    const pn_policy_text *texts;
    size_t text_count;
    const pn_policy_protection *protections;
    size_t protection_count;
    const pn_policy_minimum *minimums;
    size_t minimum_count;
} pn_policy;

/* INVALID with a sentence for a document that is no policy. The policy borrows the document. */
PN_MUST_USE pn_err pn_policy_parse(const pn_json *document, pn_arena *arena,
                                   const pn_policy **ret_policy, pn_diag *diag);

/* Whether nothing is open in `own` that `base` forbids, from `today` on: hours within its hours,
 * each of its other rules kept or made stricter. INVALID with a sentence that names the rule. */
PN_MUST_USE pn_err pn_policy_within(const pn_policy *own, const pn_policy *base, pn_date today,
                                    pn_diag *diag);

/* Who is asked about: what scopes are compared with. */
typedef struct {
    pn_channel_kind channel;
    pn_purpose purpose;
    bool person;      /* a consumer; also when it is not known */
    bool third_party; /* the claim is collected for somebody else */
    pn_str region;    /* of the debtor; empty: not known */
} pn_policy_case;

/* Whether a rule of that scope holds for the case on that local day. */
bool pn_policy_applies(const pn_policy_scope *scope, const pn_policy_case *about, pn_date day);
/* The same without looking at the channel. */
bool pn_policy_concerns(const pn_policy_scope *scope, const pn_policy_case *about, pn_date day);

/* What the policy says of a protection for the case, the strictest of the rules that hold; where
 * none does, PN_TREAT_NEVER for demands, and for the dead and minors for everything. With
 * PN_TREAT_ONLY, whether the case's channel is one of those left is in `ret_open`. `ret_rule` is
 * NULL where no rule holds. */
pn_treatment pn_policy_treatment(const pn_policy *policy, pn_protect_kind kind,
                                 const pn_policy_case *about, pn_date day, bool *ret_open,
                                 const pn_policy_protection **ret_rule);

/* Rules in English words: "at most 2 contacts in 7 days", without whom and where. */
const char *pn_channel_words(pn_channel_kind kind);
void pn_channels_words(uint32_t channels, pn_buf *out);
void pn_policy_window_words(const pn_policy_window *window, pn_buf *out);
void pn_policy_cap_words(const pn_policy_cap *cap, pn_buf *out);
void pn_policy_gap_words(const pn_policy_gap *gap, pn_buf *out);
/* "in insolvency proceedings", in es, pt or else en. */
const char *pn_protect_words(pn_protect_kind kind, pn_str language);
void pn_policy_protection_words(const pn_policy_protection *rule, pn_buf *out);

/* The fields of a policy as Markdown, for docs. */
void pn_policy_reference(pn_buf *out);

#endif
