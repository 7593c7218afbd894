/* When invoices are paid: the fit finds what made the history, and foretells the day in
 * real histories (corpora/4-ar-payments, skipped where they are not) better than a debtor's own
 * mean does, and whether it is in time not worse than the debtor's own share. */
#include "core/spread.h"

#include <math.h>

#include "base/hash.h"
#include "base/sort.h"
#include "unit.h"

enum { START = 18000, SPELLS_MAX = 8000 };

static double draw(uint64_t what) {
    return (double)(pn_hash64(&what, sizeof what, 5) >> 11) / 9007199254740992.0;
}

static int by_debtor(const void *a, const void *b) {
    const pn_spell *x = a;
    const pn_spell *y = b;
    int order = (x->debtor_id > y->debtor_id) - (x->debtor_id < y->debtor_id);
    return order != 0 ? order : (x->issued > y->issued) - (x->issued < y->issued);
}

/* Nobody pays early; from the due date on one in twenty of what is open pays each day. */
static size_t make_steady(pn_spell *spells) {
    size_t count = 0;
    for (int debtor = 1; debtor <= 40; debtor++) {
        for (int i = 0; i < 25; i++) {
            pn_spell *each = &spells[count++];
            *each = (pn_spell){.debtor_id = debtor,
                               .issued = START + i * 14,
                               .due = START + i * 14 + 30,
                               .paid = PN_DATE_NONE,
                               .seen = START + 500,
                               .amount = 10000};
            for (pn_date day = each->due; each->paid == PN_DATE_NONE && day < each->seen; day++) {
                bool pays = draw((uint64_t)debtor * 1000000 + (uint64_t)i * 1000 +
                                 (uint64_t)(day - each->due)) < 0.05;
                each->paid = pays ? day : PN_DATE_NONE;
            }
        }
    }
    return count;
}

static double within(const pn_hazard *h, const pn_habit *habit, const pn_spell *spell, int days) {
    double open = 1;
    for (pn_date day = spell->issued; day < spell->due + days; day++) {
        open *= 1 - pn_hazard_on(h, habit, spell, day);
    }
    return 1 - open;
}

static void a_steady_hazard_is_found(void **state) {
    (void)state;
    pn_arena arena;
    pn_arena_init(&arena, 0);
    pn_spell *spells = pn_arena_array(&arena, pn_spell, SPELLS_MAX);
    size_t count = make_steady(spells);
    pn_hazard h, again;
    assert_int_equal(pn_hazard_fit(spells, count, START + 500, SPELLS_MAX, NULL, &arena, &h),
                     PN_OK);
    assert_int_equal(pn_hazard_fit(spells, count, START + 500, SPELLS_MAX, NULL, &arena, &again),
                     PN_OK);
    assert_memory_equal(h.weights, again.weights, sizeof h.weights);
    assert_true(h.converged);
    double mean = 0, mean_10 = 0, mean_30 = 0;
    for (size_t i = 0; i < count; i++) {
        pn_habit habit = pn_hazard_habit(&h, spells, count, spells[i].debtor_id, spells[i].issued);
        mean += within(&h, &habit, &spells[i], 0) / (double)count;
        mean_10 += within(&h, &habit, &spells[i], 10) / (double)count;
        mean_30 += within(&h, &habit, &spells[i], 30) / (double)count;
    }
    assert_true(mean < 0.02);
    assert_true(fabs(mean_10 - (1 - pow(0.95, 10))) < 0.04);
    assert_true(fabs(mean_30 - (1 - pow(0.95, 30))) < 0.05);
    pn_arena_done(&arena);
}

/* Half of the debtors pay on the day, the others three weeks later. */
static void habits_are_told_apart(void **state) {
    (void)state;
    pn_arena arena;
    pn_arena_init(&arena, 0);
    pn_spell *spells = pn_arena_array(&arena, pn_spell, SPELLS_MAX);
    size_t count = 0;
    for (int debtor = 1; debtor <= 40; debtor++) {
        for (int i = 0; i < 25; i++) {
            pn_date due = START + i * 14 + 30;
            int late = debtor % 2 == 0 ? 0 : 21;
            spells[count++] = (pn_spell){.debtor_id = debtor,
                                         .issued = due - 30,
                                         .due = due,
                                         .paid = due + late,
                                         .seen = START + 600,
                                         .amount = 5000 + debtor};
        }
    }
    pn_hazard_check check;
    assert_int_equal(pn_hazard_try(spells, count, NULL, &arena, &check), PN_OK);
    assert_true(check.brier < 0.02);
    assert_true(check.error_days < 3);
    size_t judged = 0;
    for (int i = 0; i < PN_HAZARD_BINS; i++) {
        judged += check.counts[i];
    }
    assert_int_equal(judged, check.judged);
    assert_int_equal(check.counts[1] + check.counts[2] + check.counts[3], 0);
    pn_arena_done(&arena);
}

static void what_came_later_is_not_known(void **state) {
    (void)state;
    pn_arena arena;
    pn_arena_init(&arena, 0);
    pn_spell *spells = pn_arena_array(&arena, pn_spell, SPELLS_MAX);
    size_t count = make_steady(spells);
    pn_hazard before, after;
    pn_date until = START + 200;
    assert_int_equal(pn_hazard_fit(spells, count, until, SPELLS_MAX, NULL, &arena, &before), PN_OK);
    for (size_t i = 0; i < count; i++) {
        spells[i].paid = spells[i].paid < until ? spells[i].paid : PN_DATE_NONE;
    }
    assert_int_equal(pn_hazard_fit(spells, count, until, SPELLS_MAX, NULL, &arena, &after), PN_OK);
    assert_memory_equal(before.weights, after.weights, sizeof before.weights);
    assert_int_equal(pn_hazard_fit(spells, count, START + 31, SPELLS_MAX, NULL, &arena, &after),
                     PN_NOT_FOUND);
    pn_arena_done(&arena);
}

/* Who waits is asked all along, and may end it. */
static bool loses_patience(void *context) {
    return --*(int *)context > 0;
}

static void it_ends_when_told(void **state) {
    (void)state;
    pn_arena arena;
    pn_arena_init(&arena, 0);
    pn_spell *spells = pn_arena_array(&arena, pn_spell, SPELLS_MAX);
    size_t count = make_steady(spells);
    pn_hazard h;
    pn_hazard_check check;
    int questions = 10;
    pn_patience patience = {loses_patience, &questions};
    assert_int_equal(pn_hazard_fit(spells, count, START + 500, SPELLS_MAX, &patience, &arena, &h),
                     PN_CONFLICT);
    assert_int_equal(questions, 0);
    questions = 10;
    assert_int_equal(pn_hazard_try(spells, count, &patience, &arena, &check), PN_CONFLICT);
    assert_int_equal(questions, 0);
    questions = 1000;
    assert_int_equal(pn_hazard_fit(spells, count, START + 500, SPELLS_MAX, &patience, &arena, &h),
                     PN_OK);
    pn_arena_done(&arena);
}

/* ── real histories ──────────────────────────────────────────────────────────────────────────── */

static FILE *corpus(const char *name) {
    const char *folder = getenv("PUNTUAL_CORPORA");
    char path[4096];
    (void)snprintf(path, sizeof path, "%s/4-ar-payments/%s", folder != NULL ? folder : ".", name);
    return folder != NULL ? fopen(path, "r") : NULL;
}

/* The line's fields, split from its end, for a description in front may hold commas. */
static size_t split_back(char *line, char **fields, size_t most) {
    size_t count = 0;
    line[strcspn(line, "\r\n")] = 0;
    for (char *comma = NULL; count + 1 < most && (comma = strrchr(line, ',')) != NULL;) {
        *comma = 0;
        fields[count++] = comma + 1;
    }
    fields[count++] = line;
    return count;
}

static pn_date read_date(const char *text, const char *format) {
    pn_date date = PN_DATE_NONE;
    return pn_date_parse(pn_str_of(text), pn_str_of(format), &date, NULL) == PN_OK ? date
                                                                                   : PN_DATE_NONE;
}

/* The last fifth of the history, foretold each week by what was known when it began. All of it was
 * paid in the end, so nothing is unknown after the last payment. */
static void spread_holds(pn_spell *spells, size_t count, pn_date last, pn_arena *arena) {
    pn_spread_check check;
    int64_t *amounts = pn_arena_array(arena, int64_t, count);
    for (size_t i = 0; i < count; i++) {
        spells[i].seen = last + 30;
        amounts[i] = spells[i].amount;
    }
    assert_int_equal(pn_spread_try(spells, amounts, count, NULL, arena, &check), PN_OK);
    print_message("  P10 to P90 held %zu of %zu weeks, %zu of %zu months; pace %.2f\n",
                  check.week.within, check.week.times, check.month.within, check.month.times,
                  check.pace_before);
    assert_true(check.week.times >= 20);
    assert_true(check.week.within * 100 >= check.week.times * 75);
    assert_true(check.month.within * 100 >= check.month.times * 55);
}

static void try_on(const char *name, pn_spell *spells, size_t count, pn_arena *arena) {
    pn_hazard_check check;
    pn_date last = 0;
    for (size_t i = 0; i < count; i++) {
        last = PN_MAX(last, spells[i].paid);
    }
    for (size_t i = 0; i < count; i++) {
        spells[i].seen = last;
    }
    pn_sort(spells, count, sizeof *spells, by_debtor, arena);
    assert_int_equal(pn_hazard_try(spells, count, NULL, arena, &check), PN_OK);
    print_message("%s: %zu invoices; of %zu later ones, day of payment off by %.2f days (naive "
                  "%.2f), Brier of paid within 7 days %.4f (naive %.4f)\n",
                  name, count, check.judged, check.error_days, check.naive_days, check.brier,
                  check.naive_brier);
    for (int i = 0; i < PN_HAZARD_BINS; i++) {
        print_message("  foretold %.2f, came %.2f of %zu\n", check.foretold[i], check.came[i],
                      check.counts[i]);
    }
    assert_true(check.brier < check.naive_brier * 1.05); /* a share is hard to beat: not worse */
    assert_true(check.error_days < check.naive_days);
    spread_holds(spells, count, last, arena);
}

/* A row's cells in `f`; false where the row says too little. */
typedef bool (*row_reader)(char **f, pn_spell *ret_spell);

/* Learnt and foretold from a file that lies beside the project; skipped where it does not. */
static void file_is_foretold(const char *name, const char *path, size_t columns, row_reader read) {
    FILE *file = corpus(path);
    if (file == NULL) {
        skip();
    }
    pn_arena arena;
    pn_arena_init(&arena, 0);
    pn_spell *spells = pn_arena_array(&arena, pn_spell, SPELLS_MAX);
    size_t count = 0;
    char line[4096], *f[16];
    assert_non_null(fgets(line, sizeof line, file));
    while (count < SPELLS_MAX && fgets(line, sizeof line, file) != NULL) {
        if (split_back(line, f, columns) == columns && read(f, &spells[count])) {
            count++;
        }
    }
    (void)fclose(file);
    assert_true(count > 1000);
    try_on(name, spells, count, &arena);
    pn_arena_done(&arena);
}

static bool read_ibm(char **f, pn_spell *ret_spell) {
    *ret_spell = (pn_spell){.debtor_id = (pn_id)(pn_hash64(f[10], strlen(f[10]), 1) >> 2),
                            .issued = read_date(f[7], "M/D/YYYY"),
                            .due = read_date(f[6], "M/D/YYYY"),
                            .paid = read_date(f[3], "M/D/YYYY"),
                            .amount = (int64_t)(strtod(f[5], NULL) * 100)};
    return true;
}

static void ibm_is_foretold(void **state) {
    (void)state;
    file_is_foretold("IBM", "WA_Fn-UseC_-Accounts-Receivable.csv", 12, read_ibm);
}

static bool read_cassandra(char **f, pn_spell *ret_spell) {
    *ret_spell = (pn_spell){.debtor_id = (pn_id)(pn_hash64(f[7], strlen(f[7]), 1) >> 2),
                            .issued = read_date(f[5], "D-MMM-YY"),
                            .due = read_date(f[4], "D-MMM-YY"),
                            .amount = (int64_t)(strtod(f[3], NULL) * 100)};
    if (ret_spell->issued == PN_DATE_NONE || ret_spell->due == PN_DATE_NONE) {
        return false;
    }
    ret_spell->paid = ret_spell->issued + (pn_date)strtol(f[0], NULL, 10);
    return true;
}

static void cassandra_is_foretold(void **state) {
    (void)state;
    file_is_foretold("Cassandra", "cassandra22_trainData.csv", 9, read_cassandra);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_steady_hazard_is_found),     cmocka_unit_test(habits_are_told_apart),
        cmocka_unit_test(what_came_later_is_not_known), cmocka_unit_test(ibm_is_foretold),
        cmocka_unit_test(cassandra_is_foretold),        cmocka_unit_test(it_ends_when_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
