#include "core/hazard.h"

#include <math.h>

#include "base/banned.h"
#include "base/hash.h"
#include "base/sort.h"

/* ── features ────────────────────────────────────────────────────────────────────────────────── */

/* The first day after the due date that is in the next band. */
static const int32_t BANDS[] = {-20, -10, -3, 0, 1, 4, 8, 15, 31, 61, 121, INT32_MAX};
enum {
    BAND_COUNT = PN_COUNT(BANDS),
    WEEKDAY = BAND_COUNT, /* Tuesday … Sunday, against Monday */
    NEAR = WEEKDAY + 6,   /* within two days of the usual delay */
    AROUND,               /* within seven */
    BEYOND,               /* later than that */
    SPREAD,               /* how irregular the debtor is */
    SIZE,                 /* amount against others, as a logarithm */
    FAR,                  /* how late, in months, at most six: the tail falls on */
    TIMELY,               /* log odds of the share paid in time, until a week after the due date */
    TARDY,                /* the same later */
    FRESH,                /* issued within three days */
    RECENT,               /* within ten */
    TERMS,                /* days from issue to due, as a logarithm */
    FEATURES,
};
_Static_assert((int)FEATURES <= (int)PN_HAZARD_FEATURES, "room for all features");

enum { SHRINK = 3, LATE_MOST = 60, EARLY_MOST = 45, SPREAD_MOST = 30 };

static double bounded(double value, double least, double most) {
    return value < least ? least : value > most ? most : value;
}

static void features_of(const pn_hazard *h, const pn_habit *habit, const pn_spell *spell,
                        pn_date day, double *ret) {
    int32_t late = day - spell->due;
    size_t band = 0;
    for (size_t i = 0; i < PN_HAZARD_FEATURES; i++) {
        ret[i] = 0;
    }
    while (late >= BANDS[band]) {
        band++;
    }
    ret[band] = 1;
    unsigned weekday = pn_date_weekday(day);
    if (weekday != 0) {
        ret[WEEKDAY + weekday - 1] = 1;
    }
    double distance = late - habit->delay;
    double size = distance < 0 ? -distance : distance;
    ret[NEAR] = size <= 2.5;
    ret[AROUND] = size <= 7.5;
    ret[BEYOND] = distance > 7.5;
    ret[SPREAD] = (habit->spread - h->usual_spread) / 10;
    ret[SIZE] = (log(spell->amount > 1 ? (double)spell->amount : 1.0) - h->log_amount) / 2;
    ret[FAR] = bounded(late / 30.0, 0, 6);
    double odds = log(habit->share / (1 - habit->share)) / 2;
    ret[late <= PN_HAZARD_WITHIN_DAYS ? TIMELY : TARDY] = odds;
    ret[FRESH] = day - spell->issued <= 3;
    ret[RECENT] = day - spell->issued <= 10;
    ret[TERMS] = log(1 + bounded(spell->due - spell->issued, 0, 365)) - 3;
}

static double chance(const double *weights, const double *features) {
    double sum = 0;
    for (int i = 0; i < FEATURES; i++) {
        sum += weights[i] * features[i];
    }
    return 1 / (1 + exp(-bounded(sum, -30, 30)));
}

/* ── habits ──────────────────────────────────────────────────────────────────────────────────── */

static double delay_of(const pn_spell *spell) {
    return bounded(spell->paid - spell->due, -EARLY_MOST, LATE_MOST);
}

static size_t first_of(const pn_spell *spells, size_t count, pn_id debtor_id) {
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (spells[middle].debtor_id < debtor_id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static bool was_paid(const pn_spell *spell, pn_date before) {
    return spell->paid != PN_DATE_NONE && spell->paid < before;
}

/* 1 and 0 for what is known of it on that day, negative for what is not. */
static int in_time(const pn_spell *spell, pn_date on) {
    if (was_paid(spell, on)) {
        return spell->paid - spell->due <= PN_HAZARD_WITHIN_DAYS;
    }
    return spell->due + PN_HAZARD_WITHIN_DAYS < PN_MIN(on, spell->seen) ? 0 : -1;
}

pn_habit pn_hazard_habit(const pn_hazard *h, const pn_spell *spells, size_t count, pn_id debtor_id,
                         pn_date on) {
    size_t first = first_of(spells, count, debtor_id), known = 0;
    double sum = SHRINK * h->usual_delay, spread = SHRINK * h->usual_spread;
    double share = SHRINK * h->usual_share, judged = SHRINK;
    for (size_t i = first; i < count && spells[i].debtor_id == debtor_id; i++) {
        int timely = in_time(&spells[i], on);
        share += timely > 0;
        judged += timely >= 0;
        if (was_paid(&spells[i], on)) {
            sum += delay_of(&spells[i]);
            known++;
        }
    }
    double mean = sum / (double)(known + SHRINK);
    for (size_t i = first; i < count && spells[i].debtor_id == debtor_id; i++) {
        if (was_paid(&spells[i], on)) {
            spread += fabs(delay_of(&spells[i]) - mean);
        }
    }
    return (pn_habit){.delay = mean,
                      .spread = bounded(spread / (double)(known + SHRINK), 0, SPREAD_MOST),
                      .share = bounded(share / judged, 0.01, 0.99),
                      .known = known};
}

double pn_hazard_on(const pn_hazard *h, const pn_habit *habit, const pn_spell *spell, pn_date day) {
    double features[PN_HAZARD_FEATURES];
    features_of(h, habit, spell, day, features);
    return chance(h->weights, features);
}

/* ── fitting ─────────────────────────────────────────────────────────────────────────────────── */

/* An invoice that is fitted on, with its debtor's habit when it was issued. */
typedef struct {
    const pn_spell *spell;
    pn_habit habit;
    pn_date last; /* the last day that counts */
    bool paid;    /* on it */
} fitted;

static size_t take_means(const pn_spell *spells, size_t count, pn_date until, pn_hazard *h) {
    size_t paid = 0, all = 0;
    double timely = 0, judged = 0;
    for (size_t i = 0; i < count; i++) {
        timely += in_time(&spells[i], until) > 0;
        judged += in_time(&spells[i], until) >= 0;
        if (spells[i].issued < until) {
            h->log_amount += log(spells[i].amount > 1 ? (double)spells[i].amount : 1.0);
            all++;
        }
        if (was_paid(&spells[i], until)) {
            h->usual_delay += delay_of(&spells[i]);
            paid++;
        }
    }
    h->log_amount /= all != 0 ? (double)all : 1;
    h->usual_delay /= paid != 0 ? (double)paid : 1;
    for (size_t i = 0; i < count; i++) {
        h->usual_spread +=
            was_paid(&spells[i], until) ? fabs(delay_of(&spells[i]) - h->usual_delay) : 0;
    }
    h->usual_spread /= paid != 0 ? (double)paid : 1;
    h->usual_share = judged > 0 ? timely / judged : 0.5;
    return paid;
}

/* Followed for so long after the due date at most: what is open then says little about a day. */
enum { FOLLOWED_DAYS = 240 };

static size_t choose(const pn_spell *spells, size_t count, pn_date until, size_t most,
                     const pn_hazard *h, fitted *chosen) {
    size_t taken = 0, all = 0;
    for (size_t i = 0; i < count; i++) {
        all += spells[i].issued < until;
    }
    for (size_t i = 0; i < count; i++) {
        const pn_spell *spell = &spells[i];
        uint64_t mark = pn_hash64(&i, sizeof i, 11) % (all != 0 ? all : 1);
        if (spell->issued >= until || (all > most && mark >= most)) {
            continue;
        }
        bool paid = was_paid(spell, until);
        pn_date last = paid ? spell->paid : PN_MIN(until - 1, spell->seen);
        bool followed = last <= spell->due + FOLLOWED_DAYS;
        chosen[taken++] =
            (fitted){.spell = spell,
                     .habit = pn_hazard_habit(h, spells, count, spell->debtor_id, spell->issued),
                     .last = followed ? last : spell->due + FOLLOWED_DAYS,
                     .paid = paid && followed};
    }
    return taken;
}

typedef double matrix[FEATURES][FEATURES];

/* Adds what one day of one invoice says to gradient and (lower) Hessian. Most features are 0. */
static void add_day(const double *features, double expected, bool paid, double *gradient,
                    matrix hessian) {
    double weight = expected * (1 - expected), rest = (paid ? 1.0 : 0.0) - expected;
    for (int i = 0; i < FEATURES; i++) {
        if (features[i] == 0) {
            continue;
        }
        gradient[i] += rest * features[i];
        for (int j = 0; j <= i; j++) {
            hessian[i][j] += weight * features[i] * features[j];
        }
    }
}

/* Solves H x = g in place of g, H positive definite and lower; Cholesky. */
static void solve(matrix h, double *g) {
    for (int i = 0; i < FEATURES; i++) {
        for (int j = 0; j <= i; j++) {
            double sum = h[i][j];
            for (int k = 0; k < j; k++) {
                sum -= h[i][k] * h[j][k];
            }
            h[i][j] = i == j ? sqrt(sum > 1e-12 ? sum : 1e-12) : sum / h[j][j];
        }
    }
    for (int i = 0; i < FEATURES; i++) {
        for (int k = 0; k < i; k++) {
            g[i] -= h[i][k] * g[k];
        }
        g[i] /= h[i][i];
    }
    for (int i = FEATURES - 1; i >= 0; i--) {
        for (int k = i + 1; k < FEATURES; k++) {
            g[i] -= h[k][i] * g[k];
        }
        g[i] /= h[i][i];
    }
}

/* The level of a band without data is a small chance, not one half. */
static const double BAND_PRIOR = -4;

static double newton_step(pn_hazard *h, const fitted *chosen, size_t count) {
    double gradient[FEATURES] = {0}, features[PN_HAZARD_FEATURES];
    matrix hessian = {{0}};
    h->days = 0;
    for (size_t i = 0; i < count; i++) {
        const fitted *each = &chosen[i];
        for (pn_date day = each->spell->issued; day <= each->last; day++) {
            features_of(h, &each->habit, each->spell, day, features);
            add_day(features, chance(h->weights, features), each->paid && day == each->last,
                    gradient, hessian);
            h->days++;
        }
    }
    for (int i = 0; i < FEATURES; i++) {
        double prior = i < BAND_COUNT ? BAND_PRIOR : 0, ridge = i < BAND_COUNT ? 0.5 : 20;
        gradient[i] -= ridge * (h->weights[i] - prior);
        hessian[i][i] += ridge;
    }
    solve(hessian, gradient);
    double largest = 0;
    for (int i = 0; i < FEATURES; i++) {
        double step = bounded(gradient[i], -2, 2);
        h->weights[i] += step;
        largest = fabs(step) > largest ? fabs(step) : largest;
    }
    return largest;
}

pn_err pn_hazard_fit(const pn_spell *spells, size_t count, pn_date until, size_t invoices_max,
                     pn_arena *arena, pn_hazard *ret_hazard) {
    pn_hazard h = {0};
    if (take_means(spells, count, until, &h) < PN_HAZARD_PAID_MIN) {
        return PN_NOT_FOUND;
    }
    fitted *chosen = pn_arena_array(arena, fitted, count);
    h.invoices = choose(spells, count, until, invoices_max, &h, chosen);
    for (int i = 0; i < BAND_COUNT; i++) {
        h.weights[i] = BAND_PRIOR;
    }
    for (int i = 0; i < 25 && !h.converged; i++) {
        h.converged = newton_step(&h, chosen, h.invoices) < 1e-4;
    }
    *ret_hazard = h;
    return PN_OK;
}

/* ── checking ────────────────────────────────────────────────────────────────────────────────── */

enum { FOLLOWED_LEAST = 30, MEDIAN_MOST = 400, FITTED_MOST = 8000 };

static pn_date median_of(const pn_hazard *h, const pn_habit *habit, const pn_spell *spell) {
    double open = 1;
    pn_date day = spell->issued;
    for (; open > 0.5 && day < spell->issued + MEDIAN_MOST; day++) {
        open *= 1 - pn_hazard_on(h, habit, spell, day);
    }
    return day - 1;
}

static double chance_within(const pn_hazard *h, const pn_habit *habit, const pn_spell *spell) {
    double open = 1;
    for (pn_date day = spell->issued; day <= spell->due + PN_HAZARD_WITHIN_DAYS; day++) {
        open *= 1 - pn_hazard_on(h, habit, spell, day);
    }
    return 1 - open;
}

static int by_date(const void *a, const void *b) {
    const pn_date *x = a;
    const pn_date *y = b;
    return (*x > *y) - (*x < *y);
}

static void judge(const pn_hazard *h, const pn_habit *habit, const pn_spell *spell,
                  pn_hazard_check *check) {
    double p = chance_within(h, habit, spell), naive = habit->share;
    double came = in_time(spell, spell->seen + 1) > 0 ? 1 : 0;
    size_t bin = (size_t)bounded(p * PN_HAZARD_BINS, 0, PN_HAZARD_BINS - 1);
    check->foretold[bin] += p;
    check->came[bin] += came;
    check->counts[bin]++;
    check->brier += (p - came) * (p - came);
    check->naive_brier += (naive - came) * (naive - came);
    check->judged++;
}

static void finish(pn_hazard_check *check) {
    double invoices = check->invoices != 0 ? (double)check->invoices : 1;
    double judged = check->judged != 0 ? (double)check->judged : 1;
    check->error_days /= invoices;
    check->naive_days /= invoices;
    check->brier /= judged;
    check->naive_brier /= judged;
    for (int i = 0; i < PN_HAZARD_BINS; i++) {
        double size = check->counts[i] != 0 ? (double)check->counts[i] : 1;
        check->foretold[i] /= size;
        check->came[i] /= size;
    }
}

/* Of invoices that are hardly due yet only those that were paid early could be judged. */
static bool was_followed(const pn_spell *spell) {
    return spell->seen >= spell->due + FOLLOWED_LEAST;
}

pn_err pn_hazard_try(const pn_spell *spells, size_t count, pn_arena *arena,
                     pn_hazard_check *ret_check) {
    pn_hazard_check check = {0};
    pn_hazard h;
    pn_date *issued = pn_arena_array(arena, pn_date, count + 1);
    size_t followed = 0;
    for (size_t i = 0; i < count; i++) {
        if (was_followed(&spells[i])) {
            issued[followed++] = spells[i].issued;
        }
    }
    if (followed < 2 * PN_HAZARD_PAID_MIN) {
        return PN_NOT_FOUND;
    }
    pn_sort(issued, followed, sizeof *issued, by_date, arena);
    check.split = issued[followed - followed / 5];
    PN_TRY(pn_hazard_fit(spells, count, check.split, FITTED_MOST, arena, &h));
    for (size_t i = 0; i < count; i++) {
        const pn_spell *spell = &spells[i];
        if (spell->issued < check.split || !was_followed(spell)) {
            continue;
        }
        pn_habit habit = pn_hazard_habit(&h, spells, count, spell->debtor_id, check.split);
        if (spell->paid != PN_DATE_NONE) {
            check.error_days += fabs((double)(median_of(&h, &habit, spell) - spell->paid));
            check.naive_days += fabs(spell->due + habit.delay - spell->paid);
            check.invoices++;
        }
        judge(&h, &habit, spell, &check);
    }
    finish(&check);
    *ret_check = check;
    return check.judged != 0 ? PN_OK : PN_NOT_FOUND;
}
