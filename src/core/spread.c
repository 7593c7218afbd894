#include "core/spread.h"

#include <math.h>

#include "base/banned.h"
#include "base/hash.h"
#include "base/sort.h"

/* ── paths ───────────────────────────────────────────────────────────────────────────────────── */

/* From 0 to 1, always the same for the same mark. */
static double uniform(uint64_t path, pn_id id) {
    uint64_t mark = pn_hash64(&id, sizeof id, 1000003 + path);
    return (double)(mark >> 11) / 9007199254740992.0;
}

/* Nearly normal, of mean 0 and variance 1: twelve uniform numbers less six. */
static double normal(uint64_t path) {
    double sum = -6;
    for (pn_id i = 1; i <= 12; i++) {
        sum += uniform(path, -i);
    }
    return sum;
}

/* The first day on which it is paid in a path; `days` where it is not. */
static int64_t day_paid(const pn_spread_invoice *each, int64_t days, double draw) {
    int64_t low = 0, high = days;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (each->paid_by[middle] < draw) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* Cash by day in one path. A pace of two doubles each day's hazard. */
static void walk(const pn_spread_invoice *invoices, size_t count, int64_t days, double pace,
                 uint64_t path, int64_t *ret_sums) {
    double slowness = exp(-pace * normal(path));
    for (int64_t day = 0; day < days; day++) {
        ret_sums[day] = 0;
    }
    for (size_t i = 0; i < count; i++) {
        const pn_spread_invoice *each = &invoices[i];
        double draw = uniform(path, path % 2 == 0 ? each->debtor_id : each->id);
        draw = pace > 0 ? 1 - pow(1 - draw, slowness) : draw;
        int64_t day = day_paid(each, days, draw);
        if (day < days) {
            ret_sums[day] += each->amount;
        }
    }
    for (int64_t day = 1; day < days; day++) {
        ret_sums[day] += ret_sums[day - 1];
    }
}

static int by_size(const void *a, const void *b) {
    const int64_t *x = a;
    const int64_t *y = b;
    return (*x > *y) - (*x < *y);
}

pn_err pn_spread_find(const pn_spread_invoice *invoices, size_t count, int64_t days, double pace,
                      const pn_patience *patience, pn_arena *arena, pn_spread_day *ret_days) {
    size_t size = (size_t)days;
    pn_arena_mark mark = pn_arena_marked(arena);
    int64_t *sums = pn_arena_array(arena, int64_t, size * PN_SPREAD_PATHS);
    int64_t *of_day = pn_arena_array(arena, int64_t, PN_SPREAD_PATHS);
    for (uint64_t path = 0; path < PN_SPREAD_PATHS; path++) {
        if (pn_patience_over(patience, 0)) {
            return PN_CONFLICT;
        }
        walk(invoices, count, days, pace, path, &sums[path * size]);
    }
    for (size_t day = 0; day < size; day++) {
        for (size_t path = 0; path < PN_SPREAD_PATHS; path++) {
            of_day[path] = sums[path * size + day];
        }
        pn_sort(of_day, PN_SPREAD_PATHS, sizeof *of_day, by_size, arena);
        ret_days[day] = (pn_spread_day){.p10 = of_day[PN_SPREAD_PATHS / 10],
                                        .p50 = of_day[PN_SPREAD_PATHS / 2],
                                        .p90 = of_day[PN_SPREAD_PATHS * 9 / 10]};
    }
    pn_arena_rewind(arena, mark);
    return PN_OK;
}

/* ── how it held ─────────────────────────────────────────────────────────────────────────────── */

enum { WEEK = 7, MONTH = 30, FITTED_MOST = 8000, OPEN_LEAST = 10 };

typedef struct {
    const pn_spell *spells;
    const int64_t *amounts;
    size_t count;
    const pn_patience *patience;
    pn_arena *arena;
    pn_hazard h;
    pn_date last;          /* looked at */
    double surplus, lever; /* of squares: what paths of one pace do not hold, what a pace moves */
} trier;

/* Expected and come, and what its paths of one pace vary by. */
typedef struct {
    double expected, came, variance, lever;
} period;

static bool is_open(const trier *t, size_t at, pn_date day) {
    const pn_spell *spell = &t->spells[at];
    return t->amounts[at] > 0 && spell->issued < day && spell->seen >= day + MONTH &&
           (spell->paid == PN_DATE_NONE || spell->paid >= day);
}

/* What was open in the morning of that day, foretold by what was known before. */
static size_t foretell(const trier *t, pn_date day, pn_spread_invoice *invoices, period *of_week,
                       period *of_month) {
    size_t open = 0;
    pn_habit habit = {0};
    pn_id of = 0;
    for (size_t i = 0; i < t->count; i++) {
        const pn_spell *spell = &t->spells[i];
        if (!is_open(t, i, day)) {
            continue;
        }
        if (of != spell->debtor_id) {
            of = spell->debtor_id;
            habit = pn_hazard_habit(&t->h, t->spells, t->count, of, day);
        }
        double *paid_by = pn_arena_array(t->arena, double, MONTH), left = 1;
        for (int ahead = 0; ahead < MONTH; ahead++) {
            left *= 1 - pn_hazard_on(&t->h, &habit, spell, day + ahead);
            paid_by[ahead] = 1 - left;
        }
        invoices[open++] = (pn_spread_invoice){.debtor_id = spell->debtor_id,
                                               .id = (pn_id)i + 1,
                                               .amount = t->amounts[i],
                                               .paid_by = paid_by};
        for (int month = 0; month < 2; month++) {
            period *p = month == 1 ? of_month : of_week;
            int days = month == 1 ? MONTH : WEEK;
            double unpaid = 1 - paid_by[days - 1], amount = (double)t->amounts[i];
            bool came = spell->paid != PN_DATE_NONE && spell->paid < day + days;
            p->expected += amount * paid_by[days - 1];
            p->came += came ? amount : 0;
            p->variance += amount * amount * paid_by[days - 1] * unpaid;
            p->lever += unpaid > 0 ? -amount * unpaid * log(unpaid) : 0;
        }
    }
    return open;
}

/* In half of the paths a debtor's invoices go together: half of their covariance is there. */
static void add_shared(const pn_spread_invoice *invoices, size_t count, int days, period *p) {
    for (size_t i = 0; i < count; i++) {
        for (size_t j = i + 1; j < count && invoices[j].debtor_id == invoices[i].debtor_id; j++) {
            double a = invoices[i].paid_by[days - 1], b = invoices[j].paid_by[days - 1];
            double both = (double)invoices[i].amount * (double)invoices[j].amount;
            p->variance += both * ((a < b ? a : b) - a * b); /* twice a half */
        }
    }
}

static void learn(trier *t, const period *p) {
    double off = p->came - p->expected;
    if (p->lever > 0) {
        t->surplus += (off * off - p->variance) / (p->lever * p->lever);
        t->lever += 1;
    }
}

static double pace_of(double surplus, double lever) {
    return lever > 0 && surplus > 0 ? sqrt(surplus / lever) : 0;
}

static void judge(const pn_spread_day *days, const period *p, int ahead, pn_spread_held *held) {
    held->times++;
    held->within +=
        p->came >= (double)days[ahead - 1].p10 && p->came <= (double)days[ahead - 1].p90;
}

/* Each seventh day from … until; `check`: judged with its pace, NULL: learnt from alone. */
static pn_err try_span(trier *t, pn_date from, pn_date until, pn_spread_check *check) {
    pn_spread_day days[MONTH];
    pn_arena_mark mark = pn_arena_marked(t->arena);
    PN_TRY(pn_hazard_fit(t->spells, t->count, from, FITTED_MOST, t->patience, t->arena, &t->h));
    pn_spread_invoice *invoices = pn_arena_array(t->arena, pn_spread_invoice, t->count);
    for (pn_date day = from; day < until && day + MONTH <= t->last; day += WEEK) {
        period week = {0}, month = {0};
        if (pn_patience_over(t->patience, 0)) {
            return PN_CONFLICT;
        }
        size_t open = foretell(t, day, invoices, &week, &month);
        if (open < OPEN_LEAST) {
            continue;
        }
        add_shared(invoices, open, WEEK, &week);
        add_shared(invoices, open, MONTH, &month);
        learn(t, &week);
        learn(t, &month);
        if (check != NULL) {
            PN_TRY(pn_spread_find(invoices, open, MONTH, check->pace_before, t->patience, t->arena,
                                  days));
            judge(days, &week, WEEK, &check->week);
            judge(days, &month, MONTH, &check->month);
        }
    }
    pn_arena_rewind(t->arena, mark);
    return PN_OK;
}

static int by_date(const void *a, const void *b) {
    const pn_date *x = a;
    const pn_date *y = b;
    return (*x > *y) - (*x < *y);
}

pn_err pn_spread_try(const pn_spell *spells, const int64_t *amounts, size_t count,
                     const pn_patience *patience, pn_arena *arena, pn_spread_check *ret_check) {
    pn_spread_check check = {0};
    trier t = {
        .spells = spells, .amounts = amounts, .count = count, .patience = patience, .arena = arena};
    pn_date *issued = pn_arena_array(arena, pn_date, count + 1);
    for (size_t i = 0; i < count; i++) {
        issued[i] = spells[i].issued;
        t.last = PN_MAX(t.last, spells[i].seen);
    }
    if (count < 2 * PN_HAZARD_PAID_MIN) {
        return PN_NOT_FOUND;
    }
    pn_sort(issued, count, sizeof *issued, by_date, arena);
    pn_date fourth = issued[count * 3 / 5];
    check.from = issued[count * 4 / 5];
    PN_TRY(try_span(&t, fourth, check.from, NULL));
    check.pace_before = pace_of(t.surplus, t.lever);
    PN_TRY(try_span(&t, check.from, issued[count - 1] + 1, &check));
    check.pace = pace_of(t.surplus, t.lever);
    *ret_check = check;
    return check.month.times != 0 ? PN_OK : PN_NOT_FOUND;
}
