/* How cash spreads, and how often the range held: in worlds where debtors pay alike, and where some
 * weeks are slow for all of them, the range from P10 to P90 holds about eight of ten weeks. */
#include "core/spread.h"

#include <math.h>

#include "base/hash.h"
#include "unit.h"

enum { START = 18000, DEBTORS = 60, EACH = 40, SPELLS = DEBTORS * EACH };

static double draw(uint64_t what) {
    return (double)(pn_hash64(&what, sizeof what, 5) >> 11) / 9007199254740992.0;
}

/* From the due date on one in ten of what is open pays each day, in a slow month fewer. */
static void make_world(pn_spell *spells, int64_t *amounts, double slow) {
    for (size_t i = 0; i < SPELLS; i++) {
        size_t debtor = i / EACH, at = i % EACH;
        pn_date issued = START + (pn_date)(at * 14 + debtor % 14);
        spells[i] = (pn_spell){.debtor_id = (pn_id)debtor + 1,
                               .issued = issued,
                               .due = issued + 20,
                               .paid = PN_DATE_NONE,
                               .seen = START + EACH * 14 + 90,
                               .amount = 10000 + (int64_t)(i % 7) * 1000};
        for (pn_date day = spells[i].due; spells[i].paid == PN_DATE_NONE; day++) {
            double mood = draw((uint64_t)(day / 28)) * 2 - 1;
            bool pays = draw(i * 10000 + (uint64_t)(day - START)) < 0.1 * exp(slow * mood);
            spells[i].paid = pays ? day : PN_DATE_NONE;
        }
        amounts[i] = spells[i].amount;
    }
}

static pn_spread_check try_world(double slow) {
    pn_arena arena;
    pn_arena_init(&arena, 0);
    pn_spell *spells = pn_arena_array(&arena, pn_spell, SPELLS);
    int64_t *amounts = pn_arena_array(&arena, int64_t, SPELLS);
    pn_spread_check check;
    make_world(spells, amounts, slow);
    assert_int_equal(pn_spread_try(spells, amounts, SPELLS, NULL, &arena, &check), PN_OK);
    print_message("slow %.1f: pace %.2f, weeks %zu of %zu, months %zu of %zu\n", slow, check.pace,
                  check.week.within, check.week.times, check.month.within, check.month.times);
    pn_arena_done(&arena);
    return check;
}

static void a_pace_is_found_where_there_is_one(void **state) {
    (void)state;
    pn_spread_check even = try_world(0), uneven = try_world(1.2);
    assert_true(even.pace < 0.15);
    assert_true(uneven.pace > 0.25);
    assert_true(even.week.times >= 10);
    assert_true(even.week.within * 10 >= even.week.times * 6);
    assert_true(uneven.week.within * 10 >= uneven.week.times * 6);
    assert_true(uneven.month.within * 10 >= uneven.month.times * 6);
}

static void a_pace_widens_and_keeps_the_middle(void **state) {
    (void)state;
    enum { COUNT = 200, DAYS = 10 };
    pn_arena arena;
    pn_arena_init(&arena, 0);
    double paid_by[DAYS];
    pn_spread_invoice invoices[COUNT];
    pn_spread_day one[DAYS], many[DAYS];
    for (int day = 0; day < DAYS; day++) {
        paid_by[day] = 1 - pow(0.95, day + 1);
    }
    for (int i = 0; i < COUNT; i++) {
        invoices[i] = (pn_spread_invoice){
            .debtor_id = i + 1, .id = 1000 + i, .amount = 100, .paid_by = paid_by};
    }
    assert_int_equal(pn_spread_find(invoices, COUNT, DAYS, 0, NULL, &arena, one), PN_OK);
    assert_int_equal(pn_spread_find(invoices, COUNT, DAYS, 0.5, NULL, &arena, many), PN_OK);
    for (int day = 0; day < DAYS; day++) {
        assert_true(one[day].p10 <= one[day].p50 && one[day].p50 <= one[day].p90);
        assert_true(many[day].p90 - many[day].p10 > one[day].p90 - one[day].p10);
        assert_true(llabs(many[day].p50 - one[day].p50) <= COUNT * 100 / 20);
    }
    pn_arena_done(&arena);
}

static bool never(void *context) {
    ++*(int *)context;
    return false;
}

static void it_ends_when_told(void **state) {
    (void)state;
    pn_arena arena;
    pn_arena_init(&arena, 0);
    int asked = 0;
    double paid_by[1] = {0.5};
    pn_patience patience = {never, &asked};
    pn_spread_invoice invoice = {.debtor_id = 1, .id = 1, .amount = 1, .paid_by = paid_by};
    pn_spread_day day;
    assert_int_equal(pn_spread_find(&invoice, 1, 1, 0, &patience, &arena, &day), PN_CONFLICT);
    assert_int_equal(asked, 1);
    pn_arena_done(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pace_is_found_where_there_is_one),
        cmocka_unit_test(a_pace_widens_and_keeps_the_middle),
        cmocka_unit_test(it_ends_when_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
