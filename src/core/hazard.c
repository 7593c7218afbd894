#include "core/hazard_int.h"

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

void pn_hazard_features(const pn_hazard *h, const pn_habit *habit, const pn_spell *spell,
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
    ret[FAR] = pn_bounded(late / 30.0, 0, 6);
    double odds = log(habit->share / (1 - habit->share)) / 2;
    ret[late <= PN_HAZARD_WITHIN_DAYS ? TIMELY : TARDY] = odds;
    ret[FRESH] = day - spell->issued <= 3;
    ret[RECENT] = day - spell->issued <= 10;
    ret[TERMS] = log(1 + pn_bounded(spell->due - spell->issued, 0, 365)) - 3;
}

/* ── habits ──────────────────────────────────────────────────────────────────────────────────── */

static double delay_of(const pn_spell *spell) {
    return pn_bounded(spell->paid - spell->due, -EARLY_MOST, LATE_MOST);
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
                      .spread = pn_bounded(spread / (double)(known + SHRINK), 0, SPREAD_MOST),
                      .share = pn_bounded(share / judged, 0.01, 0.99),
                      .known = known};
}

double pn_hazard_on(const pn_hazard *h, const pn_habit *habit, const pn_spell *spell, pn_date day) {
    double features[PN_HAZARD_FEATURES];
    pn_hazard_features(h, habit, spell, day, features);
    return pn_logit_chance(pn_logit_sum(h->weights, features, FEATURES));
}

/* ── fitting ─────────────────────────────────────────────────────────────────────────────────── */

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
                     const pn_hazard *h, pn_fitted *chosen) {
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
        const pn_spell *before = taken != 0 ? chosen[taken - 1].spell : NULL;
        bool alike = before != NULL && before->debtor_id == spell->debtor_id &&
                     before->issued == spell->issued;
        chosen[taken] = (pn_fitted){
            .spell = spell,
            .habit = alike ? chosen[taken - 1].habit
                           : pn_hazard_habit(h, spells, count, spell->debtor_id, spell->issued),
            .first = PN_MAX(spell->issued, spell->since),
            .last = followed ? last : spell->due + FOLLOWED_DAYS,
            .paid = paid && followed};
        taken++;
    }
    return taken;
}

bool pn_hazard_choose(const pn_spell *spells, size_t count, pn_date until, size_t most,
                      pn_arena *arena, pn_hazard *ret_hazard, pn_fitted **ret_chosen) {
    pn_hazard h = {0};
    if (take_means(spells, count, until, &h) < PN_HAZARD_PAID_MIN) {
        return false;
    }
    *ret_chosen = pn_arena_array(arena, pn_fitted, count);
    h.invoices = choose(spells, count, until, most, &h, *ret_chosen);
    *ret_hazard = h;
    return true;
}

/* The level of a band without data is a small chance, not one half. */
static const double BAND_PRIOR = -4;

size_t pn_hazard_ridge(pn_logit *fit) {
    for (size_t i = 0; i < FEATURES; i++) {
        fit->priors[i] = i < BAND_COUNT ? BAND_PRIOR : 0;
        fit->ridges[i] = i < BAND_COUNT ? 0.5 : 20;
        fit->weights[i] = fit->priors[i];
    }
    return FEATURES;
}

static pn_err newton_step(pn_hazard *h, const pn_fitted *chosen, const pn_patience *patience,
                          pn_logit *fit, double *ret_step) {
    double features[PN_HAZARD_FEATURES];
    h->days = 0;
    pn_logit_begin(fit);
    for (size_t i = 0; i < h->invoices; i++) {
        const pn_fitted *each = &chosen[i];
        if (pn_patience_over(patience, i)) {
            return PN_CONFLICT;
        }
        for (pn_date day = each->first; day <= each->last; day++) {
            pn_hazard_features(h, &each->habit, each->spell, day, features);
            pn_logit_add(fit, features, each->paid && day == each->last);
            h->days++;
        }
    }
    *ret_step = pn_logit_step(fit);
    return PN_OK;
}

pn_err pn_hazard_fit(const pn_spell *spells, size_t count, pn_date until, size_t invoices_max,
                     const pn_patience *patience, pn_arena *arena, pn_hazard *ret_hazard) {
    double step = 0;
    pn_hazard h;
    pn_fitted *chosen = NULL;
    pn_logit fit = {0};
    if (!pn_hazard_choose(spells, count, until, invoices_max, arena, &h, &chosen)) {
        return PN_NOT_FOUND;
    }
    fit.size = pn_hazard_ridge(&fit);
    for (int i = 0; i < PN_HAZARD_ROUNDS && !h.converged; i++) {
        PN_TRY(newton_step(&h, chosen, patience, &fit, &step));
        h.converged = step < PN_HAZARD_CLOSE;
    }
    for (size_t i = 0; i < FEATURES; i++) {
        h.weights[i] = fit.weights[i];
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
    size_t bin = (size_t)pn_bounded(p * PN_HAZARD_BINS, 0, PN_HAZARD_BINS - 1);
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

pn_err pn_hazard_try(const pn_spell *spells, size_t count, const pn_patience *patience,
                     pn_arena *arena, pn_hazard_check *ret_check) {
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
    PN_TRY(pn_hazard_fit(spells, count, check.split, FITTED_MOST, patience, arena, &h));
    for (size_t i = 0; i < count; i++) {
        const pn_spell *spell = &spells[i];
        if (pn_patience_over(patience, i)) {
            return PN_CONFLICT;
        }
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
