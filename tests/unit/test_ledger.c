/* The ledger: what an invoice owes, what may be asked for, which invoices a payment settles, when
 * something is due, what lateness costs. */
#include "random_rule.h"

#include "core/interest.h"
#include "core/ledger.h"

static pn_arena arena;

static int set_up(void **state) {
    (void)state;
    pn_arena_init(&arena, 0);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    pn_arena_done(&arena);
    return 0;
}

static pn_date day(const char *iso) {
    pn_date date = 0;
    assert_int_equal(pn_date_parse_iso(pn_str_of(iso), &date), PN_OK);
    return date;
}

/* ── fold ────────────────────────────────────────────────────────────────────────────────────── */

typedef struct {
    const char *entries; /* "charge 100, payment -60, fee 5", "!" before a kind: a reversal */
    int64_t open, principal, charges;
    const char *closed;
    pn_time closed_at, reopened_at; /* entry number n stands at n seconds */
} fold_case;

static size_t entries_of(const char *text, pn_entry entries[20]) {
    size_t count = 0;
    pn_str rest = pn_str_of(text), part;
    while (pn_str_split(&rest, ',', &part)) {
        part = pn_str_trim(part);
        pn_entry *entry = &entries[count++];
        *entry = (pn_entry){.at = (pn_time)count * PN_SECOND};
        if (pn_str_starts(part, PN_STR("!"))) {
            entry->reversal = true;
            part = pn_str_from(part, 1);
        }
        size_t space = pn_str_find_char(part, ' ');
        entry->kind = pn_entry_kind_of(pn_str_first(part, space));
        assert_true(entry->kind < PN_ENTRIES);
        assert_int_equal(pn_str_to_int64(pn_str_from(part, space + 1), &entry->amount), PN_OK);
    }
    return count;
}

static void balances_follow_from_entries(void **state) {
    (void)state;
#define NONE PN_TIME_NONE
#define AT(n) ((n)*PN_SECOND)
    static const fold_case CASES[] = {
        {"charge 100", 100, 100, 0, "open", NONE, NONE},
        {"charge 100, payment -60", 40, 40, 0, "open", NONE, NONE},
        {"charge 100, payment -60, payment -40", 0, 0, 0, "paid", AT(3), NONE},
        /* what closes it says how it closed */
        {"charge 100, credit -100", 0, 0, 0, "credited", AT(2), NONE},
        {"charge 100, payment -99, write_off -1", 0, 0, 0, "written_off", AT(3), NONE},
        {"charge 100, cancel -100", 0, 0, 0, "cancelled", AT(2), NONE},
        {"charge 100, !charge -100", 0, 0, 0, "cancelled", AT(2), NONE},
        {"charge 100, payment -85, withholding -15", 0, 0, 0, "paid", AT(3), NONE},
        {"charge 100, payment -98, discount -2", 0, 0, 0, "paid", AT(3), NONE},
        {"charge 100, payment -98, fx -2", 0, 0, 0, "paid", AT(3), NONE},
        {"charge 100, credit -30, payment -70", 0, 0, 0, "paid", AT(3), NONE},
        /* fees and interest do not keep it open, and are settled after the principal */
        {"charge 100, fee 40", 140, 100, 40, "open", NONE, NONE},
        {"charge 100, fee 40, payment -100", 40, 0, 40, "paid", AT(3), NONE},
        {"charge 100, interest 5, fee 40, payment -50", 95, 50, 45, "open", NONE, NONE},
        {"charge 100, fee 40, payment -120", 20, 0, 20, "paid", AT(3), NONE},
        {"charge 100, fee 40, payment -140", 0, 0, 0, "paid", AT(3), NONE},
        {"charge 100, payment -100, interest 3", 3, 0, 3, "paid", AT(2), NONE},
        {"charge 100, fee 40, !fee -40", 100, 100, 0, "open", NONE, NONE},
        /* overpaid: the rest is a credit of the invoice */
        {"charge 100, payment -130", -30, 0, -30, "paid", AT(2), NONE},
        {"charge 100, payment -100, payment -5", -5, 0, -5, "paid", AT(2), NONE},
        /* a reversal opens it again; the first closing is forgotten */
        {"charge 100, payment -100, !payment 100", 100, 100, 0, "open", NONE, AT(3)},
        {"charge 100, payment -60, payment -40, !payment 60", 60, 60, 0, "open", NONE, AT(4)},
        {"charge 100, payment -100, !payment 100, credit -100", 0, 0, 0, "credited", AT(4), AT(3)},
        {"charge 100, payment -130, !payment 130", 100, 100, 0, "open", NONE, AT(3)},
        {"charge 100, fee 40, payment -100, !payment 100", 140, 100, 40, "open", NONE, AT(4)},
        {"charge 100, payment -130, !fx 20", -10, 0, -10, "paid", AT(2), NONE},
        {"charge 0", 0, 0, 0, "cancelled", AT(1), NONE},
    };
    for (size_t i = 0; i < PN_COUNT(CASES); i++) {
        const fold_case *c = &CASES[i];
        pn_entry entries[20];
        size_t count = entries_of(c->entries, entries);
        pn_balance b;
        assert_int_equal(pn_ledger_fold(entries, count, &b), PN_OK);
        if (b.open != c->open || b.principal != c->principal || b.charges != c->charges ||
            strcmp(pn_closed_name(b.closed), c->closed) != 0 || b.closed_at != c->closed_at ||
            b.reopened_at != c->reopened_at) {
            print_error("%s: %lld = %lld + %lld, %s %lld %lld\n", c->entries, (long long)b.open,
                        (long long)b.principal, (long long)b.charges, pn_closed_name(b.closed),
                        (long long)b.closed_at, (long long)b.reopened_at);
            fail();
        }
    }
}

static void kinds_have_names_and_signs(void **state) {
    (void)state;
    for (int i = 0; i < PN_ENTRIES; i++) {
        pn_entry_kind kind = (pn_entry_kind)i;
        assert_int_equal(pn_entry_kind_of(pn_str_of(pn_entry_kind_name(kind))), kind);
    }
    assert_int_equal(pn_entry_kind_of(PN_STR("tip")), PN_ENTRIES);
    assert_int_equal(pn_entry_sign(PN_ENTRY_CHARGE), 1);
    assert_int_equal(pn_entry_sign(PN_ENTRY_FEE), 1);
    assert_int_equal(pn_entry_sign(PN_ENTRY_INTEREST), 1);
    assert_int_equal(pn_entry_sign(PN_ENTRY_FX), 0);
    assert_int_equal(pn_entry_sign(PN_ENTRY_WITHHOLDING), -1);
}

static void sums_that_do_not_fit_are_refused(void **state) {
    (void)state;
    pn_balance b = {.open = 7};
    pn_entry charges[] = {{.kind = PN_ENTRY_CHARGE, .amount = INT64_MAX},
                          {.kind = PN_ENTRY_CHARGE, .amount = 1}};
    assert_int_equal(pn_ledger_fold(charges, 2, &b), PN_LIMIT);
    charges[1].kind = PN_ENTRY_FEE;
    assert_int_equal(pn_ledger_fold(charges, 2, &b), PN_LIMIT);
    assert_int_equal(b.open, 7);
    assert_int_equal(pn_ledger_fold(NULL, 0, &b), PN_OK);
    assert_int_equal(b.open, 0);
}

/* Whatever the entries: the sum is the sum, its parts add up, and it is closed exactly while no
 * principal is left. */
static void folding_keeps_its_sums(void **state) {
    (void)state;
    uint64_t seed = random_seed();
    pn_random random = pn_random_for(seed, PN_STR("fold"));
    for (int i = 0; i < 20000; i++) {
        pn_entry entries[12] = {
            {.kind = PN_ENTRY_CHARGE, .amount = between(&random, 1, 100), .at = 0}};
        size_t count = (size_t)between(&random, 1, 12);
        int64_t sum = entries[0].amount, principal = sum;
        pn_time closed_at = PN_TIME_NONE;
        for (size_t j = 1; j < count; j++) {
            pn_entry *entry = &entries[j];
            entry->kind = (pn_entry_kind)pn_random_below(&random, PN_ENTRIES);
            entry->at = (pn_time)j;
            entry->reversal = one_in(&random, 4);
            int sign = pn_entry_sign(entry->kind);
            entry->amount = between(&random, 1, 60) * (sign == 0 ? 1 : sign);
            entry->amount = entry->reversal ? -entry->amount : entry->amount;
            sum += entry->amount;
            bool extra = entry->kind == PN_ENTRY_FEE || entry->kind == PN_ENTRY_INTEREST;
            int64_t before = principal;
            principal += extra ? 0 : entry->amount;
            if ((before > 0) != (principal > 0)) {
                closed_at = principal > 0 ? PN_TIME_NONE : entry->at;
            }
        }
        pn_balance b;
        assert_int_equal(pn_ledger_fold(entries, count, &b), PN_OK);
        assert_int_equal(b.open, sum);
        assert_int_equal(b.principal, PN_MAX(principal, 0));
        assert_int_equal(b.principal + b.charges, b.open);
        assert_int_equal(b.closed != PN_CLOSED_NOT, principal <= 0);
        assert_true(b.closed_at == closed_at);
    }
}

/* ── claimable ───────────────────────────────────────────────────────────────────────────────── */

static void what_is_held_is_not_asked_for(void **state) {
    (void)state;
    pn_item items[] = {
        {.id = 1, .open = 1000},
        {.id = 2, .open = 1000, .disputed = 100, .promised = 200, .planned = 50, .in_flight = 25},
        {.id = 3, .open = 1000, .disputed = 800, .promised = 300}, /* more than is open */
        {.id = 4, .open = 1000, .paid_reported = true},
        {.id = 5, .open = 40, .charges = 40, .closed = PN_CLOSED_PAID},
        {.id = 6, .open = -30, .closed = PN_CLOSED_PAID},
    };
    pn_ledger_claimable(items, PN_COUNT(items), 0);
    static const int64_t EXPECTED[] = {1000, 625, 0, 0, 0, 0};
    for (size_t i = 0; i < PN_COUNT(items); i++) {
        assert_int_equal(items[i].claimable, EXPECTED[i]);
    }
}

static void credit_covers_the_oldest_first(void **state) {
    (void)state;
    pn_item items[] = {
        {.id = 1, .open = 100, .effective_due = 30},
        {.id = 2, .open = 100, .effective_due = 10},
        {.id = 4, .open = 100, .effective_due = 20, .disputed = 60},
        {.id = 3, .open = 100, .effective_due = 20},
    };
    static const struct {
        int64_t credit, expected[4];
    } CASES[] = {
        {0, {100, 100, 40, 100}}, {70, {100, 30, 40, 100}}, {100, {100, 0, 40, 100}},
        {150, {100, 0, 40, 50}},  {220, {100, 0, 20, 0}},   {250, {90, 0, 0, 0}},
        {10000, {0, 0, 0, 0}},
    };
    for (size_t i = 0; i < PN_COUNT(CASES); i++) {
        pn_ledger_claimable(items, PN_COUNT(items), CASES[i].credit);
        for (size_t j = 0; j < PN_COUNT(items); j++) {
            assert_int_equal(items[j].claimable, CASES[i].expected[j]);
        }
    }
}

static pn_item random_open_item(pn_random *random, pn_id id) {
    return (pn_item){.id = id,
                     .amount = between(random, 1, 200),
                     .open = between(random, 0, 200),
                     .effective_due = (pn_date)between(random, 0, 6),
                     .disputed = one_in(random, 3) ? between(random, 0, 150) : 0,
                     .promised = one_in(random, 4) ? between(random, 0, 150) : 0,
                     .planned = one_in(random, 6) ? between(random, 0, 150) : 0,
                     .in_flight = one_in(random, 6) ? between(random, 0, 150) : 0,
                     .paid_reported = one_in(random, 8),
                     .closed = one_in(random, 6) ? PN_CLOSED_PAID : PN_CLOSED_NOT};
}

static bool older(const pn_item *a, const pn_item *b) {
    return a->effective_due != b->effective_due ? a->effective_due < b->effective_due
                                                : a->id < b->id;
}

static void claimable_is_never_negative_and_credit_is_used_once(void **state) {
    (void)state;
    uint64_t seed = random_seed();
    pn_random random = pn_random_for(seed, PN_STR("claimable"));
    for (int i = 0; i < 20000; i++) {
        pn_item items[8], plain[8];
        size_t count = (size_t)between(&random, 0, 8);
        for (size_t j = 0; j < count; j++) {
            items[j] = random_open_item(&random, (pn_id)between(&random, 1, 1000) * 8 + (pn_id)j);
        }
        memcpy(plain, items, sizeof items);
        pn_ledger_claimable(plain, count, 0);
        int64_t credit = between(&random, 0, 600);
        pn_ledger_claimable(items, count, credit);
        int64_t before = 0, after = 0;
        for (size_t j = 0; j < count; j++) {
            const pn_item *item = &items[j];
            int64_t held = item->disputed + item->promised + item->planned + item->in_flight;
            assert_true(item->claimable >= 0 && item->claimable <= plain[j].claimable);
            assert_true(item->claimable == 0 ||
                        (item->closed == PN_CLOSED_NOT && item->claimable + held <= item->open));
            before += plain[j].claimable;
            after += item->claimable;
            for (size_t k = 0; k < count; k++) { /* a later one is touched only after an earlier */
                if (older(&items[k], item) && item->claimable < plain[j].claimable) {
                    assert_int_equal(items[k].claimable, 0);
                }
            }
        }
        assert_int_equal(after, PN_MAX(before - credit, 0));
    }
}

/* ── allocation ──────────────────────────────────────────────────────────────────────────────── */

static pn_item open_item(pn_id id, int64_t open, pn_date due) {
    return (pn_item){.id = id, .amount = open, .open = open, .effective_due = due};
}

/* "oldest_first 1:100 2:50 +20?" : method, items with amounts (and w: withheld), what is left over,
 * "?" when a person should look. */
static const char *allocated(const pn_item *items, size_t count, int64_t amount,
                             const pn_allocation_rules *rules) {
    pn_allocation_plan plan;
    assert_int_equal(pn_allocate(items, count, amount, rules, &arena, &plan), PN_OK);
    pn_buf out;
    pn_buf_init(&out, 10000);
    pn_buf_add_z(&out, pn_allocation_method_name(plan.method));
    for (size_t i = 0; i < plan.count; i++) {
        pn_buf_add_format(&out, " %lld:%lld", (long long)plan.items[i].item,
                          (long long)plan.items[i].amount);
        if (plan.items[i].withheld != 0) {
            pn_buf_add_format(&out, "w%lld", (long long)plan.items[i].withheld);
        }
    }
    if (plan.unapplied != 0) {
        pn_buf_add_format(&out, " +%lld", (long long)plan.unapplied);
    }
    pn_buf_add_z(&out, plan.ambiguous ? "?" : "");
    const char *copy = pn_str_z(&arena, pn_buf_str(&out));
    pn_buf_done(&out);
    return copy;
}

static void payments_find_their_invoices(void **state) {
    (void)state;
    pn_item items[] = {
        open_item(1, 100, 30), open_item(2, 250, 10), open_item(3, 70, 20),
        open_item(4, 400, 40), open_item(5, 999, 5),
    };
    items[4].closed = PN_CLOSED_PAID; /* passed over */
    pn_allocation_rules none = {0};
#define ALLOCATED(amount) allocated(items, PN_COUNT(items), (amount), &none)
    assert_string_equal(ALLOCATED(70), "exact_invoice 3:70");
    assert_string_equal(ALLOCATED(400), "exact_invoice 4:400");
    assert_string_equal(ALLOCATED(820), "balance 2:250 3:70 1:100 4:400");
    assert_string_equal(ALLOCATED(170), "exact_set 3:70 1:100");
    assert_string_equal(ALLOCATED(720), "exact_set 2:250 3:70 4:400");
    assert_string_equal(ALLOCATED(300), "oldest_first 2:250 3:50");
    assert_string_equal(ALLOCATED(10), "oldest_first 2:10");
    assert_string_equal(ALLOCATED(1000), "oldest_first 2:250 3:70 1:100 4:400 +180");
    items[1].disputed = 1; /* disputed ones come last, whatever their age */
    assert_string_equal(ALLOCATED(300), "oldest_first 3:70 1:100 4:130");
    assert_string_equal(ALLOCATED(250), "exact_invoice 2:250");
    items[1].disputed = 0;
    items[3].open = 100; /* two invoices alike: the older one, and a person looks */
    assert_string_equal(ALLOCATED(100), "exact_invoice 1:100?");
    assert_string_equal(ALLOCATED(170), "oldest_first 2:170?"); /* 3 with 1, or 3 with 4 */
    assert_string_equal(allocated(items, 0, 50, &none), "oldest_first +50");
    pn_allocation_plan plan = {.unapplied = 7};
    assert_int_equal(pn_allocate(items, 5, 0, &none, &arena, &plan), PN_INVALID);
    assert_int_equal(pn_allocate(items, 5, -1, &none, &arena, &plan), PN_INVALID);
    assert_int_equal(plan.unapplied, 7);
}

static void instructions_come_first(void **state) {
    (void)state;
    pn_item items[] = {open_item(1, 100, 30), open_item(2, 250, 10), open_item(3, 70, 20)};
    static const struct {
        pn_id ids[4];
        size_t count;
        int64_t amount;
        const char *plan;
    } CASES[] = {
        {{1, 3}, 2, 170, "instructed 1:100 3:70"},
        {{3, 1}, 2, 100, "instructed 3:70 1:30"},
        {{2}, 1, 300, "instructed 2:250 +50"},
        {{9}, 1, 70, "instructed +70"},
        {{1}, 1, 70, "instructed 1:70"},
        /* named twice, it is settled once */
        {{1, 1}, 2, 200, "instructed 1:100 +100"},
        {{1, 3, 1}, 3, 300, "instructed 1:100 3:70 +130"},
    };
    for (size_t i = 0; i < PN_COUNT(CASES); i++) {
        pn_allocation_rules rules = {.instructed = CASES[i].ids,
                                     .instructed_count = CASES[i].count};
        assert_string_equal(allocated(items, PN_COUNT(items), CASES[i].amount, &rules),
                            CASES[i].plan);
    }
}

static void withholdings_close_the_rest(void **state) {
    (void)state;
    static const int32_t RATES[] = {1500, 700};
    pn_allocation_rules rules = {.withholding_bp = RATES, .withholding_count = 2};
    pn_item items[] = {open_item(1, 1210, 10), open_item(2, 1000, 20), open_item(3, 500, 30)};
    assert_string_equal(allocated(items, 3, 850, &rules), "withheld 2:850w150");
    assert_string_equal(allocated(items, 3, 465, &rules), "withheld 3:465w35");
    assert_string_equal(allocated(items, 3, 851, &rules), "oldest_first 1:851");
    assert_string_equal(allocated(items, 3, 1000, &rules), "exact_invoice 2:1000");
    items[1].open = 400; /* partly paid: the rate is of the whole amount */
    assert_string_equal(allocated(items, 3, 250, &rules), "withheld 2:250w150");
    /* two invoices it may be: nothing is closed silently, and a person looks */
    pn_item twins[] = {open_item(1, 1000, 10), open_item(2, 1000, 20)};
    assert_string_equal(allocated(twins, 2, 850, &rules), "oldest_first 1:850?");
    /* the same rate given twice is one reading */
    static const int32_t TWICE[] = {1500, 1500};
    pn_allocation_rules same = {.withholding_bp = TWICE, .withholding_count = 2};
    assert_string_equal(allocated(items + 1, 1, 250, &same), "withheld 2:250w150");
    /* an exact set is a better reading than two doubtful ones */
    pn_item three[] = {open_item(1, 1000, 10), open_item(2, 1000, 20), open_item(3, 600, 30),
                       open_item(4, 250, 40)};
    assert_string_equal(allocated(three, 4, 850, &rules), "exact_set 3:600 4:250");
}

enum { SET_MAX = 9 };

/* All sets of two or more, not all, that add up to the amount. */
static unsigned sets_that_add_up(const pn_item *items, size_t count, int64_t amount,
                                 unsigned *ret_set) {
    unsigned found = 0;
    for (unsigned set = 1; set < 1U << count; set++) {
        int64_t sum = 0;
        for (size_t i = 0; i < count; i++) {
            sum += (set >> i & 1) != 0 ? items[i].open : 0;
        }
        if (sum == amount) {
            *ret_set = set;
            found++;
        }
    }
    return found;
}

static void check_plan(const pn_item *items, size_t count, int64_t amount,
                       const pn_allocation_plan *plan) {
    int64_t applied = 0;
    for (size_t i = 0; i < plan->count; i++) {
        const pn_allocation *a = &plan->items[i];
        size_t at = 0;
        while (at < count && items[at].id != a->item) {
            at++;
        }
        assert_true(at < count);
        const pn_item *item = &items[at];
        assert_int_equal(item->closed, PN_CLOSED_NOT);
        assert_true(a->amount > 0 && a->withheld >= 0 && a->amount + a->withheld <= item->open);
        for (size_t j = 0; j < i; j++) {
            assert_true(plan->items[j].item != a->item);
        }
        applied += a->amount;
    }
    assert_true(plan->unapplied >= 0);
    assert_int_equal(applied + plan->unapplied, amount);
}

static void sets_are_found_exactly_when_unique(void **state) {
    (void)state;
    uint64_t seed = random_seed();
    pn_random random = pn_random_for(seed, PN_STR("subset"));
    unsigned unique = 0, several = 0;
    for (int i = 0; i < 20000; i++) {
        pn_arena_reset(&arena);
        pn_item items[SET_MAX];
        size_t count = (size_t)between(&random, 3, SET_MAX);
        int64_t bound = one_in(&random, 2) ? 20 : 500;
        for (size_t j = 0; j < count; j++) {
            items[j] = open_item((pn_id)j + 1, between(&random, 1, bound), (pn_date)j);
            items[j].disputed = one_in(&random, 5);
        }
        int64_t amount = 0;
        for (size_t j = 0; j < count; j++) {
            amount += one_in(&random, 3) ? items[j].open : 0;
        }
        amount = amount == 0 ? between(&random, 1, bound * 3) : amount;
        pn_allocation_plan plan;
        assert_int_equal(
            pn_allocate(items, count, amount, &(pn_allocation_rules){0}, &arena, &plan), PN_OK);
        check_plan(items, count, amount, &plan);
        if (plan.method == PN_ALLOCATED_EXACT_ITEM || plan.method == PN_ALLOCATED_BALANCE) {
            continue;
        }
        unsigned set = 0;
        unsigned found = sets_that_add_up(items, count, amount, &set);
        assert_int_equal(plan.method, found == 1 ? PN_ALLOCATED_SUBSET : PN_ALLOCATED_OLDEST);
        assert_int_equal(plan.ambiguous, found > 1);
        for (size_t j = 0; found == 1 && j < plan.count; j++) {
            assert_true((set >> (plan.items[j].item - 1) & 1) != 0);
            assert_int_equal(plan.items[j].amount, items[plan.items[j].item - 1].open);
        }
        unique += found == 1;
        several += found > 1;
    }
    assert_true(unique > 2000 && several > 2000);
}

static void amounts_are_conserved(void **state) {
    (void)state;
    uint64_t seed = random_seed();
    pn_random random = pn_random_for(seed, PN_STR("allocation"));
    static const int32_t RATES[] = {1500, 700};
    for (int i = 0; i < 20000; i++) {
        pn_arena_reset(&arena);
        pn_item items[12];
        size_t count = (size_t)between(&random, 0, 12);
        for (size_t j = 0; j < count; j++) {
            items[j] = random_open_item(&random, (pn_id)j + 1);
        }
        pn_id instructed[4];
        pn_allocation_rules rules = {.instructed = instructed,
                                     .instructed_count =
                                         one_in(&random, 3) ? pn_random_below(&random, 5) : 0,
                                     .withholding_bp = RATES,
                                     .withholding_count = pn_random_below(&random, 3)};
        for (size_t j = 0; j < rules.instructed_count; j++) {
            instructed[j] = between(&random, 1, 14);
        }
        int64_t amount = between(&random, 1, one_in(&random, 4) ? 3000 : 250);
        pn_allocation_plan plan;
        assert_int_equal(pn_allocate(items, count, amount, &rules, &arena, &plan), PN_OK);
        check_plan(items, count, amount, &plan);
        bool fills = plan.method == PN_ALLOCATED_OLDEST;
        for (size_t j = 0; fills && j + 1 < plan.count; j++) { /* all but the last in full */
            assert_int_equal(plan.items[j].amount, items[plan.items[j].item - 1].open);
        }
    }
}

/* Twenty-four invoices of powers of two: every set is unique and the search is bounded. */
static void the_search_for_sets_is_bounded(void **state) {
    (void)state;
    pn_item items[40];
    for (size_t i = 0; i < 40; i++) {
        items[i] = open_item((pn_id)i + 1, (INT64_C(1) << (i % 24)) + 1000000, (pn_date)i);
    }
    pn_allocation_plan plan;
    for (int64_t amount = 5000000; amount < 5000050; amount++) {
        assert_int_equal(pn_allocate(items, 24, amount, &(pn_allocation_rules){0}, &arena, &plan),
                         PN_OK);
        check_plan(items, 24, amount, &plan);
        assert_int_equal(pn_allocate(items, 40, amount, &(pn_allocation_rules){0}, &arena, &plan),
                         PN_OK);
        assert_int_equal(plan.method, PN_ALLOCATED_OLDEST);
    }
    /* a set is found and its being the only one cannot be shown: a person looks */
    int64_t twelve = 0;
    for (size_t i = 0; i < 12; i++) {
        twelve += items[i].open;
    }
    assert_int_equal(pn_allocate(items, 24, twelve, &(pn_allocation_rules){0}, &arena, &plan),
                     PN_OK);
    assert_int_equal(plan.method, PN_ALLOCATED_OLDEST);
    assert_true(plan.ambiguous);
}

/* ── due dates ───────────────────────────────────────────────────────────────────────────────── */

static void due_dates_follow_the_customer(void **state) {
    (void)state;
    pn_calendar madrid = pn_calendar_for(PN_STR("ES"), PN_STR("MD"));
    static const struct {
        const char *issued, *due, *accepted;
        uint32_t payment_days;
        uint16_t closed_months;
        const char *effective;
    } CASES[] = {
        {"2026-01-30", "2026-03-02", "", 0, 0, "2026-03-02"},
        /* a Sunday, a holiday, Easter */
        {"2026-01-30", "2026-03-01", "", 0, 0, "2026-03-02"},
        {"2026-03-01", "2026-04-02", "", 0, 0, "2026-04-06"},
        {"2026-10-02", "2026-11-01", "", 0, 0, "2026-11-03"},
        /* days on which they pay */
        {"2026-01-30", "2026-03-02", "", 1U << 10, 0, "2026-03-10"},
        {"2026-01-30", "2026-03-10", "", 1U << 10, 0, "2026-03-10"},
        {"2026-01-30", "2026-03-11", "", 1U << 10, 0, "2026-04-10"},
        {"2026-01-30", "2026-03-11", "", 1U << 10 | 1U << 25, 0, "2026-03-25"},
        {"2026-01-30", "2026-03-26", "", 1U << 10 | 1U << 25, 0, "2026-04-10"},
        {"2026-01-30", "2026-02-10", "", 1U << 30, 0, "2026-03-02"}, /* the 28th, a Saturday */
        {"2026-01-30", "2026-04-10", "", 1U << 31, 0, "2026-04-30"},
        {"2027-12-30", "2028-02-10", "", 1U << 31, 0, "2028-02-29"},
        {"2026-01-30", "2026-12-26", "", 1U << 25, 0, "2027-01-25"},
        /* closed in August, or all summer */
        {"2026-06-30", "2026-07-31", "", 0, 1U << 8, "2026-07-31"},
        {"2026-06-30", "2026-08-01", "", 0, 1U << 8, "2026-09-01"},
        {"2026-06-30", "2026-08-31", "", 1U << 10, 1U << 8, "2026-09-10"},
        {"2026-06-30", "2026-07-12", "", 1U << 10, 1U << 8, "2026-09-10"},
        {"2026-06-30", "2026-07-12", "", 0, 1U << 7 | 1U << 8, "2026-09-01"},
        /* a Saturday at the end of July: the next business day is in August already */
        {"2027-06-30", "2027-07-31", "", 0, 1U << 8, "2027-09-01"},
        {"2027-06-30", "2027-07-31", "", 1U << 31 | 1U << 5, 1U << 8, "2027-09-06"},
        /* a portal begins the terms anew, and never shortens them */
        {"2026-03-01", "2026-03-31", "2026-03-10", 0, 0, "2026-04-09"},
        {"2026-03-01", "2026-03-31", "2026-03-01", 0, 0, "2026-03-31"},
        {"2026-03-01", "2026-03-31", "2026-02-10", 0, 0, "2026-03-31"},
        {"2026-03-01", "2026-03-31", "2026-03-10", 1U << 15, 0, "2026-04-15"},
        /* who never pays, pays some time */
        {"2026-03-01", "2026-03-31", "", 0, 0x1FFE, "2027-04-01"},
        /* "no due date" in many systems */
        {"2026-03-01", "9999-12-31", "", 0, 0, "9999-12-31"},
        {"2026-03-01", "9999-12-31", "", 1U << 10, 1U << 12, "9999-12-31"},
        {"2026-03-01", "9999-12-20", "2026-04-20", 1U << 10, 1U << 12, "9999-12-31"},
    };
    for (size_t i = 0; i < PN_COUNT(CASES); i++) {
        bool portal = CASES[i].accepted[0] != '\0';
        pn_due_rules rules = {.payment_days = CASES[i].payment_days,
                              .closed_months = CASES[i].closed_months,
                              .portal_accepted = portal ? day(CASES[i].accepted) : PN_DATE_NONE,
                              .calendar = &madrid};
        char text[PN_DATE_ISO_SIZE];
        pn_date effective = pn_effective_due(day(CASES[i].due), day(CASES[i].issued), &rules);
        if (strcmp(pn_date_iso(effective, text), CASES[i].effective) != 0) {
            print_error("case %zu: due %s is effectively %s, not %s\n", i, CASES[i].due, text,
                        CASES[i].effective);
            fail();
        }
    }
}

static void due_dates_are_days_on_which_one_can_pay(void **state) {
    (void)state;
    pn_random random = pn_random_for(random_seed(), PN_STR("due"));
    pn_calendar madrid = pn_calendar_for(PN_STR("ES"), PN_STR("MD"));
    for (int i = 0; i < 20000; i++) {
        pn_date due = day("2025-01-01") + (pn_date)between(&random, 0, 1500);
        pn_due_rules rules = {
            .payment_days = one_in(&random, 2)
                                ? 0
                                : 1U << between(&random, 1, 31) | 1U << between(&random, 1, 31),
            .closed_months = one_in(&random, 2) ? 0 : (uint16_t)(1U << between(&random, 1, 12)),
            .portal_accepted = PN_DATE_NONE,
            .calendar = &madrid};
        pn_date effective = pn_effective_due(due, due - 30, &rules);
        assert_true(effective >= due && effective <= due + 110);
        assert_true(pn_calendar_is_business(&madrid, effective));
        assert_int_equal(rules.closed_months >> pn_date_civil(effective).month & 1, 0);
        /* and none is sooner: the days between are no payment days, closed, or no business days */
        for (pn_date date = due; date < effective; date++) {
            pn_civil civil = pn_date_civil(date);
            uint32_t means = pn_date_month_end(date) == date ? ~0U << civil.day : 1U << civil.day;
            bool pays = rules.payment_days == 0 || (rules.payment_days & means) != 0;
            bool closed = (rules.closed_months >> civil.month & 1) != 0;
            assert_false(pays && !closed && pn_calendar_is_business(&madrid, date));
        }
    }
}

static void promises_have_three_bank_days(void **state) {
    (void)state;
    pn_calendar bank = pn_calendar_for(PN_STR("ES"), PN_STR("MD"));
    static const struct {
        const char *due, *last;
    } CASES[] = {
        {"2026-03-02", "2026-03-05"}, /* Monday to Thursday */
        {"2026-03-06", "2026-03-11"}, /* over a weekend */
        {"2026-03-08", "2026-03-11"}, /* promised for a Sunday */
        {"2026-04-01", "2026-04-08"}, /* Easter */
        {"2026-12-24", "2026-12-30"}, /* Christmas */
        {"2026-12-30", "2027-01-05"}, /* New Year */
        {"2026-12-04", "2026-12-11"}, /* the long weekend of December */
    };
    for (size_t i = 0; i < PN_COUNT(CASES); i++) {
        char text[PN_DATE_ISO_SIZE];
        assert_string_equal(pn_date_iso(pn_promise_last_day(day(CASES[i].due), &bank), text),
                            CASES[i].last);
    }
    assert_true(pn_promise_kept(1000, 950));
    assert_false(pn_promise_kept(1000, 949));
    assert_true(pn_promise_kept(PN_AMOUNT_MAX, PN_AMOUNT_MAX));
    assert_false(pn_promise_kept(PN_AMOUNT_MAX, PN_AMOUNT_MAX / 2));
}

/* ── interest ────────────────────────────────────────────────────────────────────────────────── */

static void money_is_taken_once_and_the_oldest_first(void **state) {
    (void)state;
    pn_ledger_money money[] = {{10, 100}, {20, 50}, {30, 70}};
    assert_int_equal(pn_ledger_take(money, 3, 10, 60), 60); /* the entry at its mark is earlier */
    assert_int_equal(money[0].left, 100);
    assert_int_equal(money[1].left, 0);
    assert_int_equal(money[2].left, 60);
    assert_int_equal(pn_ledger_take(money, 3, 5, 120), 120);
    assert_int_equal(money[0].left, 0);
    assert_int_equal(pn_ledger_take(money, 3, 5, 100), 40); /* no more than there is */
    assert_int_equal(pn_ledger_take(money, 3, 5, 100), 0);
    assert_int_equal(pn_ledger_take(money, 0, 5, 100), 0);
}

static void interest_by_hand(void **state) {
    (void)state;
    static const struct {
        int64_t principal;
        const char *country;
        int32_t agreed_bp;
        const char *from, *to;
        int64_t amount;
        int32_t last_bp;
    } CASES[] = {
        /* 1,000 € at 10.15 %, 45 days */
        {100000, "ES", 0, "2026-01-10", "2026-02-24", 1251, 1015},
        /* 10,000 €: 16 days at 11.15 %, 14 at 10.15 % */
        {1000000, "ES", 0, "2025-06-15", "2025-07-15", 8781, 1015},
        /* 1,000 €: 31 days at 12 %, 182 of a leap year at 12.50 %, 9 at 12.25 % */
        {100000, "es", 0, "2023-12-01", "2024-07-10", 7554, 1225},
        /* one day on either side of the new year: 12.25 % and 11.15 % */
        {36500000, "ES", 0, "2024-12-31", "2025-01-02", 23400, 1115},
        /* 123.45 € at the agreed 8 %, 30 days; anywhere */
        {12345, "DE", 800, "2026-03-01", "2026-03-31", 81, 800},
        {12345, "ES", 800, "2025-06-01", "2025-07-01", 81, 800},
        /* 10,000 pesos at 6 %, 30 days */
        {1000000, "MX", 0, "2026-03-01", "2026-03-31", 4932, 600},
        /* half a cent goes up */
        {1825, "DE", 1000, "2026-03-01", "2026-03-02", 1, 1000},
        {1824, "DE", 1000, "2026-03-01", "2026-03-02", 0, 1000},
        {100000, "ES", 0, "2026-03-01", "2026-03-01", 0, 0},
        /* the largest amount for ten years fits */
        {PN_AMOUNT_MAX, "MX", 0, "2016-01-01", "2026-01-01", INT64_C(6004931506849314), 600},
    };
    for (size_t i = 0; i < PN_COUNT(CASES); i++) {
        int64_t amount = -1;
        int32_t last = -1;
        assert_int_equal(pn_interest_amount(CASES[i].principal, pn_str_of(CASES[i].country),
                                            CASES[i].agreed_bp, day(CASES[i].from),
                                            day(CASES[i].to), &amount, &last),
                         PN_OK);
        assert_int_equal(amount, CASES[i].amount);
        assert_int_equal(last, CASES[i].last_bp);
    }
    int64_t amount = 7;
    int32_t last = 7;
    assert_int_equal(pn_interest_amount(1000, PN_STR("DE"), 0, day("2026-03-01"), day("2026-03-02"),
                                        &amount, &last),
                     PN_NOT_FOUND);
    assert_int_equal(pn_interest_amount(1000, PN_STR("ES"), 0, day("2011-12-31"), day("2012-02-01"),
                                        &amount, &last),
                     PN_NOT_FOUND);
    assert_int_equal(amount, 7);
    int32_t rate = 0;
    assert_int_equal(pn_interest_statutory(PN_STR("ES"), day("2025-06-30"), &rate), PN_OK);
    assert_int_equal(rate, 1115);
    assert_int_equal(pn_interest_statutory(PN_STR("ES"), day("2025-07-01"), &rate), PN_OK);
    assert_int_equal(rate, 1015);
    assert_int_equal(pn_interest_statutory(PN_STR("US"), day("2025-07-01"), &rate), PN_NOT_FOUND);
}

static void interest_is_the_sum_of_its_days(void **state) {
    (void)state;
    pn_random random = pn_random_for(random_seed(), PN_STR("interest"));
    for (int i = 0; i < 2000; i++) {
        pn_date from = day("2012-01-01") + (pn_date)between(&random, 0, 5000);
        pn_date to = from + (pn_date)between(&random, 0, 900);
        int64_t principal = between(&random, 1, 100000000), rate_days = 0;
        for (pn_date date = from; date < to; date++) {
            int32_t rate = 0;
            assert_int_equal(pn_interest_statutory(PN_STR("ES"), date, &rate), PN_OK);
            rate_days += rate;
        }
        int64_t expected = 0, amount = 0;
        int32_t last = 0;
        assert_int_equal(pn_amount_scale(principal, rate_days, 3650000, &expected), PN_OK);
        assert_int_equal(pn_interest_amount(principal, PN_STR("ES"), 0, from, to, &amount, &last),
                         PN_OK);
        assert_int_equal(amount, expected);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
#define LEDGER(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        LEDGER(balances_follow_from_entries),
        LEDGER(kinds_have_names_and_signs),
        LEDGER(sums_that_do_not_fit_are_refused),
        LEDGER(folding_keeps_its_sums),
        LEDGER(what_is_held_is_not_asked_for),
        LEDGER(credit_covers_the_oldest_first),
        LEDGER(claimable_is_never_negative_and_credit_is_used_once),
        LEDGER(payments_find_their_invoices),
        LEDGER(instructions_come_first),
        LEDGER(withholdings_close_the_rest),
        LEDGER(sets_are_found_exactly_when_unique),
        LEDGER(amounts_are_conserved),
        LEDGER(the_search_for_sets_is_bounded),
        LEDGER(due_dates_follow_the_customer),
        LEDGER(due_dates_are_days_on_which_one_can_pay),
        LEDGER(promises_have_three_bank_days),
        LEDGER(money_is_taken_once_and_the_oldest_first),
        LEDGER(interest_by_hand),
        LEDGER(interest_is_the_sum_of_its_days),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
