#include "core/ledger.h"

#include "base/banned.h"
#include "base/sort.h"

static const char *const ENTRY_NAMES[] = {
    [PN_ENTRY_CHARGE] = "charge",
    [PN_ENTRY_PAYMENT] = "payment",
    [PN_ENTRY_CREDIT] = "credit",
    [PN_ENTRY_FEE] = "fee",
    [PN_ENTRY_INTEREST] = "interest",
    [PN_ENTRY_DISCOUNT] = "discount",
    [PN_ENTRY_WITHHOLDING] = "withholding",
    [PN_ENTRY_WRITE_OFF] = "write_off",
    [PN_ENTRY_FX] = "fx",
    [PN_ENTRY_CANCEL] = "cancel",
};
static_assert(PN_COUNT(ENTRY_NAMES) == PN_ENTRIES, "every kind of entry has a name");

const char *pn_entry_kind_name(pn_entry_kind kind) {
    return ENTRY_NAMES[kind];
}

pn_entry_kind pn_entry_kind_of(pn_str name) {
    size_t i = 0;
    while (i < PN_ENTRIES && !pn_str_eq(name, pn_str_of(ENTRY_NAMES[i]))) {
        i++;
    }
    return (pn_entry_kind)i;
}

int pn_entry_sign(pn_entry_kind kind) {
    switch (kind) {
    case PN_ENTRY_CHARGE:
    case PN_ENTRY_FEE:
    case PN_ENTRY_INTEREST: return 1;
    case PN_ENTRY_PAYMENT:
    case PN_ENTRY_CREDIT:
    case PN_ENTRY_DISCOUNT:
    case PN_ENTRY_WITHHOLDING:
    case PN_ENTRY_WRITE_OFF:
    case PN_ENTRY_CANCEL: return -1;
    case PN_ENTRY_FX:
    case PN_ENTRIES: break;
    }
    return 0;
}

/* What kind of closing an entry is that settles the principal. */
static pn_closed closing_of(pn_entry_kind kind) {
    switch (kind) {
    case PN_ENTRY_PAYMENT:
    case PN_ENTRY_WITHHOLDING:
    case PN_ENTRY_FX:
    case PN_ENTRY_DISCOUNT: return PN_CLOSED_PAID;
    case PN_ENTRY_CREDIT: return PN_CLOSED_CREDITED;
    case PN_ENTRY_WRITE_OFF: return PN_CLOSED_WRITTEN_OFF;
    case PN_ENTRY_CANCEL:
    case PN_ENTRY_CHARGE:
    case PN_ENTRY_FEE:
    case PN_ENTRY_INTEREST:
    case PN_ENTRIES: break;
    }
    return PN_CLOSED_CANCELLED;
}

pn_err pn_ledger_fold(const pn_entry *entries, size_t count, pn_balance *ret_balance) {
    pn_balance balance = {.closed_at = PN_TIME_NONE, .reopened_at = PN_TIME_NONE};
    int64_t principal = 0, accessory = 0;
    for (size_t i = 0; i < count; i++) {
        const pn_entry *entry = &entries[i];
        bool extra = entry->kind == PN_ENTRY_FEE || entry->kind == PN_ENTRY_INTEREST;
        bool was_closed = i != 0 && principal <= 0;
        if (__builtin_add_overflow(extra ? accessory : principal, entry->amount,
                                   extra ? &accessory : &principal)) {
            return PN_LIMIT;
        }
        if (principal <= 0 && !was_closed) {
            balance.closed = closing_of(entry->kind);
            balance.closed_at = entry->at;
        } else if (principal > 0 && was_closed) {
            balance.closed = PN_CLOSED_NOT;
            balance.closed_at = PN_TIME_NONE;
            balance.reopened_at = entry->at;
        }
    }
    if (__builtin_add_overflow(principal, accessory, &balance.open)) {
        return PN_LIMIT;
    }
    balance.principal = PN_MAX(principal, 0);
    balance.charges = balance.open - balance.principal;
    *ret_balance = balance;
    return PN_OK;
}

static int by_due(const void *a, const void *b) {
    const pn_item *const *x = a;
    const pn_item *const *y = b;
    if ((*x)->effective_due != (*y)->effective_due) {
        return (*x)->effective_due < (*y)->effective_due ? -1 : 1;
    }
    return ((*x)->id > (*y)->id) - ((*x)->id < (*y)->id);
}

/* The open item with the earliest due date after (due, id), by one pass: accounts with unapplied
 * credit are few and short, and this needs no memory. */
static pn_item *next_oldest(pn_item *items, size_t count, const pn_item *after) {
    pn_item *best = NULL;
    for (size_t i = 0; i < count; i++) {
        pn_item *item = &items[i];
        if (item->claimable <= 0 || (after != NULL && by_due(&item, &after) <= 0)) {
            continue;
        }
        if (best == NULL || by_due(&item, &best) < 0) {
            best = item;
        }
    }
    return best;
}

int64_t pn_ledger_take(pn_ledger_money *money, size_t count, pn_id after, int64_t wanted) {
    int64_t taken = 0;
    for (size_t i = 0; i < count && taken < wanted; i++) {
        if (money[i].id > after) {
            int64_t part = PN_MIN(money[i].left, wanted - taken);
            money[i].left -= part;
            taken += part;
        }
    }
    return taken;
}

void pn_ledger_claimable(pn_item *items, size_t count, int64_t unapplied_credit) {
    for (size_t i = 0; i < count; i++) {
        pn_item *item = &items[i];
        int64_t held = item->disputed + item->promised + item->planned + item->in_flight;
        bool none = item->closed != PN_CLOSED_NOT || item->paid_reported || held >= item->open;
        item->claimable = none ? 0 : item->open - held;
    }
    const pn_item *last = NULL;
    while (unapplied_credit > 0) {
        pn_item *item = next_oldest(items, count, last);
        if (item == NULL) {
            break;
        }
        int64_t covered = PN_MIN(item->claimable, unapplied_credit);
        item->claimable -= covered;
        unapplied_credit -= covered;
        last = item;
    }
}

pn_date pn_promise_last_day(pn_date due, const pn_calendar *bank) {
    return pn_calendar_add(bank, due, PN_PROMISE_GRACE_BANK_DAYS);
}

static pn_date next_payment_day(pn_date date, uint32_t days) {
    for (int i = 0; days != 0 && i < 62; i++) {
        pn_civil civil = pn_date_civil(date);
        bool last = pn_date_month_end(date) == date;
        /* the 31st of a month that has 30 days is its last day */
        uint32_t today = last ? ~0U << civil.day : 1U << civil.day;
        if ((days & today) != 0) {
            break;
        }
        date++;
    }
    return date;
}

static bool in_closed_month(pn_date date, const pn_due_rules *rules) {
    return (rules->closed_months >> pn_date_civil(date).month & 1U) != 0;
}

/* Whoever writes such a day means none ("31.12.9999"). */
enum { FAR_AWAY = PN_DATE_LAST - 1000 };

pn_date pn_effective_due(pn_date due, pn_date issued, const pn_due_rules *rules) {
    pn_date date = due;
    if (rules->portal_accepted != PN_DATE_NONE && rules->portal_accepted > issued) {
        /* the terms begin when the customer's portal accepts the invoice */
        date = PN_MIN(PN_MAX(date, rules->portal_accepted + (due - issued)), PN_DATE_LAST);
    }
    /* Each round leaves a closed month; the bound is for a customer who never pays. */
    for (int i = 0; i < 13 && date < FAR_AWAY; i++) {
        pn_date pays = next_payment_day(date, rules->payment_days);
        pn_date open = pn_calendar_next(rules->calendar, pays);
        if (!in_closed_month(pays, rules) && !in_closed_month(open, rules)) {
            return open;
        }
        date = pn_date_month_end(in_closed_month(pays, rules) ? pays : open) + 1;
    }
    return pn_calendar_next(rules->calendar, date);
}
