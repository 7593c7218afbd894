/* The past of a case, lived again under a strategy: what truly happened (invoices, money, disputes,
 * holds, what the debtor did) is given with its times, and the strategy acts in it, by the same
 * step, gate, tones and calendars that work a real case, with nothing but memory beneath.
 *
 * Cases of one debtor are lived side by side by whoever calls, moment by moment: what one sends
 * counts for the caps of the others (pn_past_contacted). What a debtor did is attached to the last
 * message that left in this life before it. A task is finished when one of its category truly was;
 * other systems answer, and offers are taken, as in an example: not at all. */
#ifndef PN_CORE_PAST_H
#define PN_CORE_PAST_H

#include "core/ledger.h"
#include "core/outlook.h"

typedef enum {
    PN_PAST_ARRIVES,  /* an invoice becomes known */
    PN_PAST_ENTRY,    /* an entry of an invoice's ledger; `amount` is signed */
    PN_PAST_DISPUTED, /* of an invoice, ± */
    PN_PAST_PROMISED, /* of the account, ±: the oldest claimable invoices first */
    PN_PAST_CREDIT,   /* unapplied credit of the account, ± */
    PN_PAST_HELD,     /* `word` is the reason */
    PN_PAST_RELEASED,
    PN_PAST_SIGNAL,
    PN_PAST_LOST, /* the last usable contact of a channel */
    PN_PAST_TASK, /* one of category `word` was finished with `outcome` */
} pn_past_kind;

typedef struct {
    pn_time at;
    pn_past_kind kind;
    size_t item; /* index of the invoice: ARRIVES, ENTRY, DISPUTED */
    int64_t amount;
    pn_entry_kind entry;
    bool reversal;
    pn_signal_kind signal;
    pn_signal_source source;
    pn_channel_kind channel;
    pn_id id;      /* of a hold */
    pn_time until; /* of a hold */
    pn_str word, outcome;
} pn_past_deed;

/* Where a pill begins: beside a case, with its anchor. */
typedef struct {
    pn_time at;
    pn_id anchor_item;
    pn_date anchor_due;
} pn_past_beside;

typedef struct {
    const pn_flow *flow;
    pn_id strategy_id;
    const pn_past_beside *beside; /* a pill's; NULL: it begins by its own entry rule */
    const pn_facts *facts;        /* debtor, creditor, account; no items yet */
    pn_id item_id;                /* the case's own invoice; 0: an account's case */
    const pn_gate_query *gate;
    const pn_policy *policy;
    const pn_flow_names *names;
    const pn_item *items; /* as they arrive: nothing is open yet */
    size_t item_count;
    const pn_past_deed *deeds; /* in the order of time */
    size_t deed_count;
    pn_time from, until; /* what happened before `from` is known then; it acts from then on */
} pn_past_question;

/* A message that the gate did not let go at once. */
typedef struct {
    pn_time at;
    pn_gate_reason reason;
} pn_past_held;

/* A message that left. */
typedef struct {
    pn_time at;
    pn_str family;
    pn_channel_kind channel;
    pn_purpose purpose;
    unsigned tone;
    uint32_t node;
    int64_t claimable; /* what it asked for, minor units */
} pn_past_sent;

typedef struct {
    const pn_happening *happenings; /* in the order of time */
    size_t count;
    const pn_past_held *held;
    size_t held_count;
    const pn_past_sent *sent;
    size_t sent_count;
    bool entered;
    size_t entries; /* how often: an account's case comes back */
    bool rests;     /* false: it takes more steps than an example may */
} pn_past_told;

typedef struct pn_past_case pn_past_case;

/* Everything lives in the arena, and what the question points to must outlive it. */
pn_past_case *pn_past_begin(const pn_past_question *question, pn_arena *arena);
/* The next moment at which something happens in it; NEVER when nothing will. */
pn_time pn_past_next(const pn_past_case *past);
/* Lives that moment. */
void pn_past_live(pn_past_case *past, pn_time now);
/* Another case of the debtor made this contact. */
void pn_past_contacted(pn_past_case *past, const pn_contact_made *made);
/* Takes from a case of the same account how far invoices were asked for, and where that one works
 * an invoice of its own (`owns`), whether it still does. True when the case must be lived for it.
 */
bool pn_past_shared(pn_past_case *past, const pn_past_case *other, bool owns);
/* True while it works, and where a pill would begin beside it. */
bool pn_past_works(const pn_past_case *past, pn_past_beside *ret_beside);
/* Contacts it made itself so far, among those that it was told of. */
const pn_contact_made *pn_past_contacts(const pn_past_case *past, size_t *ret_count);
pn_past_told pn_past_told_of(const pn_past_case *past);

#endif
