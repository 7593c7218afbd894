/* Which invoices a payment settles: instruction, one exact invoice, one less its withholding, the
 * whole balance, the one exact set, else oldest first with disputed ones last. */
#include "core/ledger.h"

#include "base/banned.h"
#include "base/sort.h"

/* A set is searched for among this many invoices at most, with this much work: past it "exactly one
 * set" could not be promised, and a person looks. */
enum { SUBSET_ITEMS_MAX = 24, SUBSET_WORK_MAX = 200000 };

const char *pn_allocation_method_name(pn_allocation_method method) {
    switch (method) {
    case PN_ALLOCATED_INSTRUCTED: return "instructed";
    case PN_ALLOCATED_EXACT_ITEM: return "exact_invoice";
    case PN_ALLOCATED_WITHHELD: return "withheld";
    case PN_ALLOCATED_SUBSET: return "exact_set";
    case PN_ALLOCATED_BALANCE: return "balance";
    case PN_ALLOCATED_OLDEST: return "oldest_first";
    }
    return "?";
}

typedef struct {
    const pn_item **items; /* open ones, in the order in which they are settled */
    size_t count;
    int64_t amount;
    bool doubtful; /* a method had more than one reading, or could not tell */
    pn_arena *arena;
    pn_allocation_plan plan;
} allocator;

static int settle_order(const void *a, const void *b) {
    const pn_item *x = *(const pn_item *const *)a;
    const pn_item *y = *(const pn_item *const *)b;
    if ((x->disputed > 0) != (y->disputed > 0)) {
        return x->disputed > 0 ? 1 : -1;
    }
    if (x->effective_due != y->effective_due) {
        return x->effective_due < y->effective_due ? -1 : 1;
    }
    return (x->id > y->id) - (x->id < y->id);
}

static void take(allocator *a, const pn_item *item, int64_t amount, int64_t withheld) {
    a->plan.items[a->plan.count++] = (pn_allocation){item->id, amount, withheld};
    a->plan.unapplied -= amount;
}

static bool one_exact_item(allocator *a) {
    const pn_item *found = NULL;
    size_t hits = 0;
    for (size_t i = 0; i < a->count; i++) {
        if (a->items[i]->open == a->amount) {
            found = found == NULL ? a->items[i] : found;
            hits++;
        }
    }
    if (found == NULL) {
        return false;
    }
    a->plan.method = PN_ALLOCATED_EXACT_ITEM;
    a->plan.ambiguous = hits > 1; /* several like it: the oldest, and a person may look */
    take(a, found, a->amount, 0);
    return true;
}

static bool less_withholding(const allocator *a, const pn_allocation_rules *rules,
                             const pn_item *item) {
    for (size_t i = 0; i < rules->withholding_count; i++) {
        int64_t withheld = 0;
        if (pn_amount_scale(item->amount, rules->withholding_bp[i], 10000, &withheld) == PN_OK &&
            withheld > 0 && item->open - withheld == a->amount) {
            return true;
        }
    }
    return false;
}

static bool one_less_withholding(allocator *a, const pn_allocation_rules *rules) {
    const pn_item *found = NULL;
    size_t hits = 0;
    for (size_t i = 0; i < a->count; i++) {
        if (less_withholding(a, rules, a->items[i])) {
            found = a->items[i];
            hits++;
        }
    }
    a->doubtful = hits > 1;
    if (hits != 1) {
        return false;
    }
    a->plan.method = PN_ALLOCATED_WITHHELD;
    take(a, found, a->amount, found->open - a->amount);
    return true;
}

static bool whole_balance(allocator *a) {
    int64_t total = 0;
    for (size_t i = 0; i < a->count; i++) {
        if (__builtin_add_overflow(total, a->items[i]->open, &total)) {
            return false;
        }
    }
    if (total != a->amount) {
        return false;
    }
    a->plan.method = PN_ALLOCATED_BALANCE;
    for (size_t i = 0; i < a->count; i++) {
        take(a, a->items[i], a->items[i]->open, 0);
    }
    return true;
}

typedef struct {
    const allocator *a;
    int64_t rest_sum[SUBSET_ITEMS_MAX + 1]; /* of the items from i on */
    uint32_t chosen, found;
    unsigned solutions;
    unsigned work;
} subset_search;

static void search(subset_search *s, size_t i, int64_t missing) {
    if (missing == 0) {
        s->found = s->chosen;
        s->solutions++;
        return;
    }
    if (i == s->a->count || missing < 0 || missing > s->rest_sum[i] || s->solutions > 1 ||
        ++s->work > SUBSET_WORK_MAX) {
        return;
    }
    s->chosen |= 1U << i;
    search(s, i + 1, missing - s->a->items[i]->open);
    s->chosen &= ~(1U << i);
    search(s, i + 1, missing);
}

static bool one_exact_set(allocator *a) {
    if (a->count < 3 || a->count > SUBSET_ITEMS_MAX) {
        return false;
    }
    subset_search s = {.a = a};
    for (size_t i = a->count; i > 0; i--) {
        s.rest_sum[i - 1] = s.rest_sum[i] + a->items[i - 1]->open;
    }
    search(&s, 0, a->amount);
    bool exhausted = s.work > SUBSET_WORK_MAX;
    if (s.solutions != 1 || exhausted) {
        a->doubtful = a->doubtful || s.solutions != 0;
        return false;
    }
    a->plan.method = PN_ALLOCATED_SUBSET;
    for (size_t i = 0; i < a->count; i++) {
        if ((s.found >> i & 1U) != 0) {
            take(a, a->items[i], a->items[i]->open, 0);
        }
    }
    return true;
}

static void fill_in_order(allocator *a, const pn_item *const *items, size_t count) {
    for (size_t i = 0; i < count && a->plan.unapplied > 0; i++) {
        take(a, items[i], PN_MIN(items[i]->open, a->plan.unapplied), 0);
    }
}

static bool named_before(const pn_allocation_rules *rules, size_t index) {
    for (size_t i = 0; i < index; i++) {
        if (rules->instructed[i] == rules->instructed[index]) {
            return true;
        }
    }
    return false;
}

/* One invoice is named and what it lacks is a withholding: that closes it as well. */
static bool instructed_less_withholding(allocator *a, const pn_allocation_rules *rules) {
    for (size_t i = 0; rules->instructed_count == 1 && i < a->count; i++) {
        const pn_item *item = a->items[i];
        if (item->id == rules->instructed[0] && less_withholding(a, rules, item)) {
            a->plan.method = PN_ALLOCATED_WITHHELD;
            take(a, item, a->amount, item->open - a->amount);
            return true;
        }
    }
    return false;
}

static void as_instructed(allocator *a, const pn_allocation_rules *rules) {
    if (instructed_less_withholding(a, rules)) {
        return;
    }
    a->plan.method = PN_ALLOCATED_INSTRUCTED;
    for (size_t i = 0; i < rules->instructed_count; i++) {
        if (named_before(rules, i)) {
            continue; /* an invoice is settled once */
        }
        for (size_t j = 0; j < a->count && a->plan.unapplied > 0; j++) {
            if (a->items[j]->id == rules->instructed[i]) {
                fill_in_order(a, &a->items[j], 1);
            }
        }
    }
}

pn_err pn_allocate(const pn_item *items, size_t count, int64_t amount,
                   const pn_allocation_rules *rules, pn_arena *arena,
                   pn_allocation_plan *ret_plan) {
    if (amount <= 0) {
        return PN_INVALID;
    }
    allocator a = {.amount = amount, .arena = arena, .plan = {.unapplied = amount}};
    a.items = pn_arena_alloc(arena, (count + 1) * sizeof(void *));
    for (size_t i = 0; i < count; i++) {
        if (items[i].closed == PN_CLOSED_NOT && items[i].open > 0) {
            a.items[a.count++] = &items[i];
        }
    }
    pn_sort((void *)a.items, a.count, sizeof *a.items, settle_order, arena);
    a.plan.items = pn_arena_array(arena, pn_allocation, a.count + rules->instructed_count + 1);
    if (rules->instructed_count != 0) {
        as_instructed(&a, rules);
    } else if (!one_exact_item(&a) && !one_less_withholding(&a, rules) && !whole_balance(&a) &&
               !one_exact_set(&a)) {
        a.plan.method = PN_ALLOCATED_OLDEST;
        a.plan.ambiguous = a.doubtful;
        fill_in_order(&a, a.items, a.count);
    }
    *ret_plan = a.plan;
    return PN_OK;
}
