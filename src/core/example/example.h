/* Examples: the tests that a strategy carries with it.
 *
 * An example says what is given (a debtor, invoices, what the debtor and we do on which day) and
 * what must come of it, day by day. It is played through the same step, gate, tones and calendars
 * that work a real case, with nothing but memory beneath: `strategy test`, `strategy check` and
 * `strategy publish` play all of them.
 *
 * Days count from day 0, the due date that an invoice has when its example says nothing else. One
 * example is one case: the first invoice's where the subject is an invoice, else the account's. */
#ifndef PN_CORE_EXAMPLE_EXAMPLE_H
#define PN_CORE_EXAMPLE_EXAMPLE_H

#include "core/flow/flow.h"
#include "core/policy.h"

typedef enum {
    PN_DEED_PAYS,
    PN_DEED_CREDITED,
    PN_DEED_RETURNED, /* the last payment is taken back */
    PN_DEED_PROMISES,
    PN_DEED_DISPUTES,
    PN_DEED_SETTLED, /* the disputes */
    PN_DEED_BOUNCES, /* the last message; its address is not used any more */
    PN_DEED_REPLIES, /* a person wrote; unread until `answered` */
    PN_DEED_ANSWERED,
    PN_DEED_READS,
    PN_DEED_VISITS,
    PN_DEED_TRIES, /* to pay */
    PN_DEED_TASK,  /* a person of ours finishes a task */
    PN_DEED_PAUSED,
    PN_DEED_RESUMED,
    PN_DEED_EMAIL, /* an address becomes known, or is lost */
} pn_deed_kind;

/* Something that is done on a day. */
typedef struct {
    pn_deed_kind kind;
    int32_t day, second; /* local time */
    pn_str invoice;      /* its number; empty: the oldest first */
    int64_t amount;      /* minor units; 0: all there is */
    int32_t by_day;      /* of a promise */
    pn_str task;         /* its category */
    pn_str outcome;
    bool on; /* EMAIL */
} pn_deed;

typedef enum {
    PN_HAPPENS_MAIL,
    PN_HAPPENS_TASK,
    PN_HAPPENS_HANDOVER,
    PN_HAPPENS_INTEREST,
    PN_HAPPENS_FEE,
    PN_HAPPENS_JUMP,
    PN_HAPPENS_END,
    /* from here on an example need not list what it does not care about */
    PN_HAPPENS_SKIPPED,
    PN_HAPPENS_PHASE,
    PN_HAPPENS_NOTE,
    PN_HAPPENS_NOTIFY,
    PN_HAPPENS_PILL,
} pn_happening_kind;

/* Something the strategy does; or, with 0 and empty where the example leaves it open, what it is
 * expected to do. */
typedef struct {
    pn_happening_kind kind;
    int32_t day;
    pn_time at;   /* NONE in an expectation */
    pn_str word;  /* template family, category, recipient, strategy, outcome, phase, text, pill */
    pn_str title; /* a task's; why a message was skipped */
    pn_str node;  /* whose doing it is; NONE in an expectation, and where no one node's */
    unsigned tone;
    pn_channel_kind channel; /* of what was lived: a mail's */
    int64_t amount;          /* interest, fee */
    pn_currency currency;
} pn_happening;

typedef struct {
    pn_str number;
    pn_str product; /* folded */
    int64_t amount;
    int32_t due_day, issued_day, arrives_day;
    unsigned tone; /* received before, on tone_day */
    int32_t tone_day;
    const pn_attr *attrs;
    size_t attr_count;
} pn_example_invoice;

typedef struct {
    pn_str title;
    pn_date day_0;
    int32_t until_day; /* the last day that is lived */
    bool enrolled; /* by hand (or a pill's trigger) on starts_day, whatever the entry rule says */
    int32_t starts_day;
    pn_currency currency;
    int32_t scale;
    pn_debtor_fact debtor; /* without zone and calendar */
    bool person;
    bool third_party;          /* the claim is collected for somebody else */
    pn_creditor_fact creditor; /* without calendar */
    pn_arm_fact *arms;         /* of splits, without the strategy */
    size_t arm_count;
    pn_example_invoice *invoices;
    size_t invoice_count;
    pn_deed *deeds; /* in the order of time */
    size_t deed_count;
    pn_happening *expected;
    size_t expected_count;
} pn_example;

/* Reads "examples" of a document that compiled. What is wrong is added to `problems`, with a
 * sentence that names the example; those examples are left out. */
void pn_examples_read(const pn_json *document, pn_arena *arena, pn_problems *problems,
                      pn_example **ret_examples, size_t *ret_count);

/* The JSON schema of "examples". */
void pn_examples_schema(pn_json_writer *writer);

/* What the world of an example is like; the caller finds it by the debtor's country. */
typedef struct {
    const pn_zone *zone;
    const pn_policy *policy;
    const pn_flow_names *names; /* purposes of templates; NULL: every message is a demand */
} pn_example_world;

typedef struct {
    const pn_example *example;
    pn_happening *happenings; /* in the order of time */
    size_t count;
    bool met;
    int32_t day;     /* where it was not met */
    pn_str expected; /* in words; both for people, in one line each */
    pn_str got;
} pn_example_result;

/* Lives the example and compares. */
void pn_example_play(const pn_flow *flow, const pn_example *example, const pn_example_world *world,
                     pn_arena *arena, pn_example_result *ret_result);

/* "mail recordatorio, tone 2" */
pn_str pn_happening_text(const pn_happening *happening, pn_arena *arena);
/* "mail", "task" … as the document writes it. */
const char *pn_happening_name(pn_happening_kind kind);

#endif
