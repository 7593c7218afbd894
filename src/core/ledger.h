/* The ledger: immutable signed entries whose sum is what an invoice still owes.
 *
 * An entry is never changed: a mistake is reversed by an entry of the opposite amount. Principal is
 * settled before interest and fees, so those alone never keep a case open. What may be asked for
 * (claimable) is what is open less what is disputed, promised, planned, on its way or covered by
 * unapplied credit, never below 0. */
#ifndef PN_CORE_LEDGER_H
#define PN_CORE_LEDGER_H

#include "core/fact.h"

/* Order is stored. */
typedef enum {
    PN_ENTRY_CHARGE,      /* + the invoice's amount */
    PN_ENTRY_PAYMENT,     /* − money */
    PN_ENTRY_CREDIT,      /* − credit note */
    PN_ENTRY_FEE,         /* + */
    PN_ENTRY_INTEREST,    /* + */
    PN_ENTRY_DISCOUNT,    /* − */
    PN_ENTRY_WITHHOLDING, /* − tax the debtor withheld; a certificate stays receivable */
    PN_ENTRY_WRITE_OFF,   /* − */
    PN_ENTRY_FX,          /* ± exchange difference */
    PN_ENTRY_CANCEL,      /* − the invoice was cancelled */
    PN_ENTRIES
} pn_entry_kind;

const char *pn_entry_kind_name(pn_entry_kind kind);
/* PN_ENTRIES when there is none of that name. */
pn_entry_kind pn_entry_kind_of(pn_str name);
/* +1 for kinds that add to a debt, −1 for those that lower it, 0 for either. */
int pn_entry_sign(pn_entry_kind kind);

typedef struct {
    pn_entry_kind kind;
    bool reversal;  /* takes back an earlier entry of this kind: its sign is the opposite */
    int64_t amount; /* signed minor units */
    pn_time at;
} pn_entry;

typedef struct {
    int64_t open;      /* the sum */
    int64_t principal; /* of it, what keeps the case open; never below 0 */
    int64_t charges;   /* of it, interest and fees */
    pn_closed closed;
    pn_time closed_at;   /* PN_TIME_NONE while open */
    pn_time reopened_at; /* the last time a reversal opened it again; PN_TIME_NONE */
} pn_balance;

/* Entries in the order they were recorded. LIMIT on overflow. */
PN_MUST_USE pn_err pn_ledger_fold(const pn_entry *entries, size_t count, pn_balance *ret_balance);

/* Sets `claimable` of an account's items: items in any order, unapplied credit of the account used
 * for the oldest effective due date first. */
void pn_ledger_claimable(pn_item *items, size_t count, int64_t unapplied_credit);

/* Money that came for an invoice; `left`: minor units of it that fulfil nothing yet. */
typedef struct {
    pn_id id; /* the entry's */
    int64_t left;
} pn_ledger_money;

/* Takes up to `wanted` minor units out of what was recorded after `after`, the oldest first, which
 * leaves the most for what was agreed later; returns how much. `money` is in the order of ids. */
int64_t pn_ledger_take(pn_ledger_money *money, size_t count, pn_id after, int64_t wanted);

/* ── allocation: which invoices a payment settles ── */

typedef enum {
    PN_ALLOCATED_INSTRUCTED, /* the payer or a person named the invoices */
    PN_ALLOCATED_EXACT_ITEM, /* exactly one invoice has this amount open */
    PN_ALLOCATED_WITHHELD,   /* one invoice less a withholding that is configured */
    PN_ALLOCATED_SUBSET,     /* exactly one set of invoices adds up to it */
    PN_ALLOCATED_BALANCE,    /* the whole balance */
    PN_ALLOCATED_OLDEST,     /* oldest first, disputed last */
} pn_allocation_method;

const char *pn_allocation_method_name(pn_allocation_method method);

typedef struct {
    pn_id item;
    int64_t amount;   /* minor units, positive */
    int64_t withheld; /* a further part settled by a withholding entry */
} pn_allocation;

typedef struct {
    pn_allocation_method method;
    bool ambiguous;    /* more than one reading is equally good: a person should look */
    int64_t unapplied; /* what is left over */
    pn_allocation *items;
    size_t count;
} pn_allocation_plan;

typedef struct {
    const pn_id *instructed; /* in this order; may be empty */
    size_t instructed_count;
    const int32_t *withholding_bp; /* rates that debtors may withhold, basis points of the amount */
    size_t withholding_count;
} pn_allocation_rules;

/* `amount` is positive. Closed items are passed over. */
PN_MUST_USE pn_err pn_allocate(const pn_item *items, size_t count, int64_t amount,
                               const pn_allocation_rules *rules, pn_arena *arena,
                               pn_allocation_plan *ret_plan);

/* ── promises ── */

/* Law 13: kept means that at least 95 % came within 3 bank days. */
enum { PN_PROMISE_KEPT_PERCENT = 95, PN_PROMISE_GRACE_BANK_DAYS = 3 };

static inline bool pn_promise_kept(int64_t promised, int64_t paid) {
    return (pn_int128)paid * 100 >= (pn_int128)promised * PN_PROMISE_KEPT_PERCENT;
}
/* The last day on which its money may arrive. */
pn_date pn_promise_last_day(pn_date due, const pn_calendar *bank);

/* ── dates ── */

/* How an invoice's effective due date follows from the contractual one. */
typedef struct {
    uint32_t payment_days;   /* bit (1 << day): the customer pays on these days; 0 any day */
    uint16_t closed_months;  /* bit (1 << month): the customer does not pay in it (August) */
    pn_date portal_accepted; /* the customer's portal accepted it then; PN_DATE_NONE no portal */
    const pn_calendar *calendar;
} pn_due_rules;

/* The due date, not before acceptance, moved to the next payment day, out of a closed month, and to
 * the next business day: an invoice due on a Sunday is not late on Monday. */
pn_date pn_effective_due(pn_date due, pn_date issued, const pn_due_rules *rules);

#endif
