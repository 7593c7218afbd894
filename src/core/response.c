#include "core/response.h"

#include <math.h>

#include "base/banned.h"
#include "base/hash.h"
#include "core/hazard_int.h"
#include "core/tone.h"

const int32_t PN_RESPONSE_BAND_LAST[PN_RESPONSE_BANDS] = {3, 7, PN_RESPONSE_DAYS};

const char *const PN_RESPONSE_NAMES[PN_RESPONSE_FEATURES] = {"days_1_3", "days_4_7", "days_8_14",
                                                             "tone", "more"};

enum { COUNTED_MOST = 5 }; /* messages beyond the fifth change nothing more */

/* A fresh message that makes a day's payment three times as likely is unusual, not impossible; what
 * tone and number add to it is less. */
static const double RIDGES[PN_RESPONSE_FEATURES] = {1, 1, 2, 4, 4};
static const double WRITTEN_RIDGE = 1;

/* Days relative to the due date, beside the hazard's bands: by two from −20 to 39, by five to 89,
 * and what is later. */
enum { FINE_FIRST = -20, FINE_TWOS = 30, FINE_FIVES = 10, FINE = FINE_TWOS + FINE_FIVES + 1 };
static const double FINE_RIDGE = 1;
/* Who pays in turn hardly ever pays another: little is held against that. */
static const double OTHERS_RIDGE = 0.3;

/* FINE: before all of them. */
static size_t fine_of(int32_t late) {
    int32_t from = late - FINE_FIRST;
    if (from < 0) {
        return FINE;
    }
    if (from < 2 * FINE_TWOS) {
        return (size_t)from / 2;
    }
    return PN_MIN((size_t)FINE_TWOS + (size_t)(from - 2 * FINE_TWOS) / 5, (size_t)FINE - 1);
}

/* ── what had reached the debtor ─────────────────────────────────────────────────────────────── */

/* By band, tone and count; 0: nothing within PN_RESPONSE_DAYS. */
enum { STATES = 1 + PN_RESPONSE_BANDS * PN_TONE_MAX * COUNTED_MOST };

static size_t state_of(size_t band, unsigned tone, size_t count) {
    size_t of_tone = (size_t)(tone < 1 ? 1 : PN_MIN(tone, (unsigned)PN_TONE_MAX)) - 1;
    return 1 + (band * PN_TONE_MAX + of_tone) * COUNTED_MOST + PN_MIN(count, COUNTED_MOST) - 1;
}

/* PN_RESPONSE_FEATURES numbers. */
static void features_of(size_t state, double *ret) {
    for (size_t i = 0; i < PN_RESPONSE_FEATURES; i++) {
        ret[i] = 0;
    }
    if (state == 0) {
        return;
    }
    size_t rest = state - 1;
    ret[PN_RESPONSE_MORE] = (double)(rest % COUNTED_MOST) / 2;
    rest /= COUNTED_MOST;
    ret[PN_RESPONSE_TONE] = ((double)(rest % PN_TONE_MAX) - 1) / 2;
    ret[rest / PN_TONE_MAX] = 1;
}

/* Walks an invoice's messages along its days, which must not go back. */
typedef struct {
    pn_reaches reaches;
    size_t seen;
} walker;

static size_t state_on(walker *w, pn_date day) {
    while (w->seen < w->reaches.count && w->reaches.items[w->seen].day < day) {
        w->seen++;
    }
    if (w->seen == 0) {
        return 0;
    }
    const pn_reach *last = &w->reaches.items[w->seen - 1];
    for (size_t band = 0; band < PN_RESPONSE_BANDS; band++) {
        if (day - last->day <= PN_RESPONSE_BAND_LAST[band]) {
            return state_of(band, last->tone, w->seen);
        }
    }
    return 0;
}

/* ── fitting ─────────────────────────────────────────────────────────────────────────────────── */

typedef struct {
    const pn_spell *spells;
    const pn_exposure *exposures;
    const pn_fitted *chosen;
    pn_response *r;
    const pn_patience *patience;
    size_t base; /* features of the hazard */
    pn_logit fit;
} fitter;

static bool is_paused(const pn_exposure *exposure, pn_date day) {
    for (size_t i = 0; i < exposure->pause_count; i++) {
        if (exposure->pauses[i].first <= day && day <= exposure->pauses[i].last) {
            return true;
        }
    }
    return false;
}

static void count_messages(const pn_exposure *exposure, const pn_fitted *each, pn_response *r) {
    walker w = {.reaches = exposure->reaches};
    if (each->first > each->last) {
        return;
    }
    for (size_t i = 0; i < w.reaches.count; i++) {
        pn_date day = w.reaches.items[i].day;
        r->messages += day >= each->first - 1 && day < each->last;
    }
    if (!each->paid || is_paused(exposure, each->last)) {
        return;
    }
    if (state_on(&w, each->last) != 0) {
        r->paid_after++;
    } else {
        r->paid_without++;
    }
}

/* What follows the effects: the trait, the fine days, the debtor's other invoices. */
enum {
    TRAIT = PN_RESPONSE_FEATURES,
    FINE_AT,
    OTHERS_AT = (int)FINE_AT + (int)FINE,
    ADDED = (int)OTHERS_AT + (int)PN_SIBLINGS_FEATURES,
    DAY_FEATURES = (int)PN_HAZARD_FEATURES + (int)ADDED,
};
_Static_assert((int)FINE == (int)PN_RESPONSE_FINE, "room for all bands");
_Static_assert((int)DAY_FEATURES <= (int)PN_LOGIT_MAX, "room for all features");

/* The days of an invoice that count, one after the other. */
typedef struct {
    const fitter *f;
    const pn_fitted *each;
    const pn_exposure *exposure;
    walker w;
    pn_siblings_walk others;
    pn_date day;
    double features[DAY_FEATURES];
    bool paid; /* on that day */
} days_of;

static days_of days_begin(const fitter *f, const pn_fitted *each) {
    const pn_exposure *exposure = &f->exposures[each->spell - f->spells];
    return (days_of){.f = f,
                     .each = each,
                     .exposure = exposure,
                     .w = {.reaches = exposure->reaches},
                     .others = pn_siblings_of(f->r->siblings, each->spell, each->first),
                     .day = each->first - 1};
}

static bool days_next(days_of *d) {
    const fitter *f = d->f;
    do {
        d->day++;
    } while (d->day <= d->each->last && is_paused(d->exposure, d->day));
    if (d->day > d->each->last) {
        return false;
    }
    pn_hazard_features(&f->r->base, &d->each->habit, d->each->spell, d->day, d->features);
    features_of(state_on(&d->w, d->day), d->features + f->base);
    d->features[f->base + TRAIT] = d->w.seen != 0;
    double *fine = d->features + f->base + FINE_AT;
    size_t at = fine_of(d->day - d->each->spell->due);
    for (size_t i = 0; i < FINE; i++) {
        fine[i] = i == at;
    }
    pn_siblings_on(&d->others, d->day, d->features + f->base + OTHERS_AT);
    d->paid = d->each->paid && d->day == d->each->last;
    return true;
}

/* Newton's error is squared with each round: after such a step none is left that shows. */
static const double CLOSE = 2e-3;

static pn_err newton_step(fitter *f, double *ret_step) {
    f->r->days = 0;
    pn_logit_begin(&f->fit);
    for (size_t i = 0; i < f->r->base.invoices; i++) {
        if (pn_patience_over(f->patience, i)) {
            return PN_CONFLICT;
        }
        days_of d = days_begin(f, &f->chosen[i]);
        while (days_next(&d)) {
            pn_logit_add(&f->fit, d.features, d.paid);
            f->r->days++;
        }
    }
    *ret_step = pn_logit_step(&f->fit);
    return PN_OK;
}

typedef double block[PN_RESPONSE_FEATURES][PN_RESPONSE_FEATURES];

/* What a debtor's days pull the effects by, added to the sum of its squares. */
static void add_pull(const fitter *f, double columns[][PN_LOGIT_MAX], const double *gradient,
                     block squares) {
    double pulls[PN_RESPONSE_FEATURES];
    for (size_t i = 0; i < PN_RESPONSE_FEATURES; i++) {
        pulls[i] = pn_logit_sum(columns[i], gradient, f->fit.size);
        for (size_t j = 0; j <= i; j++) {
            squares[i][j] += pulls[i] * pulls[j];
        }
    }
}

static void add_gradient(const fitter *f, const pn_fitted *each, double *gradient) {
    days_of d = days_begin(f, each);
    while (days_next(&d)) {
        double sum = pn_logit_sum(f->fit.weights, d.features, f->fit.size);
        double rest = (d.paid ? 1.0 : 0.0) - pn_logit_chance(sum);
        for (size_t i = 0; i < f->fit.size; i++) {
            gradient[i] += rest * d.features[i];
        }
    }
}

/* The sum over debtors, each of whose invoices together are one observation; how many there are. */
static size_t sum_pulls(const fitter *f, double columns[][PN_LOGIT_MAX], block squares) {
    double gradient[PN_LOGIT_MAX] = {0};
    size_t debtors = 0, invoices = f->r->base.invoices;
    for (size_t i = 0; i < invoices; i++) {
        add_gradient(f, &f->chosen[i], gradient);
        if (i + 1 == invoices ||
            f->chosen[i + 1].spell->debtor_id != f->chosen[i].spell->debtor_id) {
            add_pull(f, columns, gradient, squares);
            debtors++;
            for (size_t j = 0; j < f->fit.size; j++) {
                gradient[j] = 0;
            }
        }
    }
    return debtors;
}

/* What the ridges contribute to the covariance of two effects: they count as observations of their
 * own, without which a sandwich would take what was shrunk for known. */
static double of_ridges(const fitter *f, const double *a, const double *b) {
    double sum = 0;
    for (size_t i = 0; i < f->fit.size; i++) {
        sum += a[i] * f->fit.ridges[i] * b[i];
    }
    return sum;
}

/* The sandwich covariance of the effects, clustered by debtor, none of them surer than the inverse
 * Hessian (whose columns are the effects') has it. */
static void cluster(const fitter *f, double columns[][PN_LOGIT_MAX], block ret) {
    block squares = {{0}};
    double wider[PN_RESPONSE_FEATURES];
    size_t debtors = f->r->debtors = sum_pulls(f, columns, squares);
    double correction = debtors > 1 ? (double)debtors / (double)(debtors - 1) : 1;
    for (size_t i = 0; i < PN_RESPONSE_FEATURES; i++) {
        for (size_t j = 0; j <= i; j++) {
            ret[i][j] = squares[i][j] * correction + of_ridges(f, columns[i], columns[j]);
        }
        double ratio = columns[i][f->base + i] / ret[i][i];
        wider[i] = ratio > 1 ? sqrt(ratio) : 1;
    }
    for (size_t i = 0; i < PN_RESPONSE_FEATURES; i++) {
        for (size_t j = 0; j <= i; j++) {
            ret[i][j] *= wider[i] * wider[j];
            ret[j][i] = ret[i][j];
        }
    }
}

/* From −1 to 1, always the same for the same mark. */
static double side(uint64_t mark) {
    return (double)(pn_hash64(&mark, sizeof mark, 71) >> 11) / 4503599627370496.0 - 1;
}

/* Standard normal, always the same for the same place (Marsaglia's polar method). */
static double normal(uint64_t place) {
    double u = 0, square = 0;
    for (uint64_t mark = place << 16; square <= 0 || square >= 1; mark += 2) {
        double v = side(mark + 1);
        u = side(mark);
        square = u * u + v * v;
    }
    return u * sqrt(-2 * log(square) / square);
}

/* Lower Cholesky root in place. */
static void take_root(block b) {
    for (size_t i = 0; i < PN_RESPONSE_FEATURES; i++) {
        for (size_t j = 0; j <= i; j++) {
            double sum = b[i][j];
            for (size_t k = 0; k < j; k++) {
                sum -= b[i][k] * b[j][k];
            }
            b[i][j] = i == j ? sqrt(sum > 1e-12 ? sum : 1e-12) : sum / b[j][j];
        }
    }
}

/* Every second draw is the one before it, mirrored: their middle is the estimate. */
static void draw(pn_response *r, block root) {
    for (size_t d = 0; d < PN_RESPONSE_DRAWS; d += 2) {
        for (size_t i = 0; i < PN_RESPONSE_FEATURES; i++) {
            double away = 0;
            for (size_t j = 0; j <= i; j++) {
                away += root[i][j] * normal(d * PN_RESPONSE_FEATURES + j);
            }
            r->draws[d][i] = r->effects[i] + away;
            r->draws[d + 1][i] = r->effects[i] - away;
        }
    }
}

/* What a debtor's other invoices say of the effects is never all of it: what was not seen of them
 * may move the effects by a part of what was, either way. */
static const double DOUBT = 0.5;

static void take_effects(fitter *f) {
    double columns[PN_RESPONSE_FEATURES][PN_LOGIT_MAX], moves[PN_LOGIT_MAX];
    block covariance;
    pn_response *r = f->r;
    for (size_t i = 0; i < PN_RESPONSE_FEATURES; i++) {
        pn_logit_inverse(&f->fit, f->base + i, columns[i]);
        r->effects[i] = f->fit.weights[f->base + i];
    }
    for (size_t i = 0; i < f->base; i++) {
        r->base.weights[i] = f->fit.weights[i];
    }
    r->written = f->fit.weights[f->base + TRAIT];
    for (size_t i = 0; i < FINE; i++) {
        r->fine[i] = f->fit.weights[f->base + FINE_AT + i];
    }
    for (size_t i = 0; i < PN_SIBLINGS_FEATURES; i++) {
        r->others[i] = f->fit.weights[f->base + OTHERS_AT + i];
    }
    cluster(f, columns, covariance);
    pn_logit_without(&f->fit, f->base + OTHERS_AT, moves);
    for (size_t i = 0; i < PN_RESPONSE_FEATURES; i++) {
        r->moved[i] = moves[f->base + i];
        for (size_t j = 0; j < PN_RESPONSE_FEATURES; j++) {
            covariance[i][j] += DOUBT * moves[f->base + i] * DOUBT * moves[f->base + j];
        }
        r->errors[i] = sqrt(covariance[i][i]);
    }
    take_root(covariance);
    draw(r, covariance);
}

static void set_ridges(fitter *f) {
    f->base = pn_hazard_ridge(&f->fit);
    f->fit.size = f->base + ADDED;
    double *ridges = f->fit.ridges + f->base;
    for (size_t i = 0; i < PN_RESPONSE_FEATURES; i++) {
        ridges[i] = RIDGES[i];
    }
    ridges[TRAIT] = WRITTEN_RIDGE;
    for (size_t i = FINE_AT; i < OTHERS_AT; i++) {
        ridges[i] = FINE_RIDGE;
    }
    for (size_t i = OTHERS_AT; i < ADDED; i++) {
        ridges[i] = OTHERS_RIDGE;
    }
}

pn_err pn_response_fit(const pn_spell *spells, const pn_exposure *exposures, size_t count,
                       pn_date until, size_t invoices_max, const pn_patience *patience,
                       pn_arena *arena, pn_response *ret_response) {
    pn_response *r = ret_response;
    pn_fitted *chosen = NULL;
    double step = 0;
    fitter f = {.spells = spells, .exposures = exposures, .r = r, .patience = patience};
    *r = (pn_response){0};
    if (!pn_hazard_choose(spells, count, until, invoices_max, arena, &r->base, &chosen)) {
        return PN_OK;
    }
    f.chosen = chosen;
    r->siblings = pn_siblings_new(spells, count, arena);
    for (size_t i = 0; i < r->base.invoices; i++) {
        count_messages(&exposures[chosen[i].spell - spells], &chosen[i], r);
        r->invoices += chosen[i].first <= chosen[i].last;
    }
    if (r->messages < PN_RESPONSE_MESSAGES_MIN || r->paid_after < PN_RESPONSE_PAID_MIN ||
        r->paid_without < PN_RESPONSE_PAID_MIN) {
        return PN_OK;
    }
    set_ridges(&f);
    for (int i = 0; i < PN_HAZARD_ROUNDS && !r->base.converged; i++) {
        PN_TRY(newton_step(&f, &step));
        r->base.converged = step < CLOSE;
    }
    take_effects(&f);
    r->fitted = r->base.converged;
    return PN_OK;
}

/* ── what other messages would have moved ────────────────────────────────────────────────────── */

struct pn_response_odds {
    double by[STATES][PN_RESPONSE_DRAWS];
};

pn_response_odds *pn_response_odds_new(const pn_response *r, pn_arena *arena) {
    pn_response_odds *odds = pn_arena_new(arena, pn_response_odds);
    double features[PN_RESPONSE_FEATURES];
    for (size_t state = 0; state < STATES; state++) {
        features_of(state, features);
        for (size_t d = 0; d < PN_RESPONSE_DRAWS; d++) {
            double sum = pn_logit_sum(r->draws[d], features, PN_RESPONSE_FEATURES);
            odds->by[state][d] = exp(pn_bounded(sum, -20, 20));
        }
    }
    return odds;
}

typedef struct {
    const pn_response *r;
    const pn_response_odds *odds;
    const pn_habit *habit;
    const pn_spell *spell;
    walker truly, instead;          /* who truly was written to keeps that trait in either life */
    pn_siblings_walk others;        /* as they truly were */
    double open[PN_RESPONSE_DRAWS]; /* the chance that it is still open */
} mover;

/* The odds of a day on which nothing had reached the debtor lately. */
static double odds_on(mover *m, pn_date day) {
    const pn_response *r = m->r;
    const pn_spell *spell = m->spell;
    double chance = pn_hazard_on(&r->base, m->habit, spell, day);
    size_t fine = fine_of(day - spell->due);
    double more = (m->truly.seen != 0 ? r->written : 0) + (fine < FINE ? r->fine[fine] : 0);
    more += pn_siblings_sum(&m->others, day, r->others);
    return chance / (1 - chance) * exp(pn_bounded(more, -20, 20));
}

/* It was not paid on that day: its luck lay above the true chance, and may have lain below the
 * other. (h' − h) / (1 − h) with h = o / (1 + o). */
static void pass(double plain, const double *truly, const double *instead, double *open) {
    for (size_t d = 0; d < PN_RESPONSE_DRAWS; d++) {
        double a = plain * truly[d], b = plain * instead[d];
        open[d] *= b > a ? (1 + a) / (1 + b) : 1;
    }
}

/* It was paid: its luck lay below the true chance. */
static void pay(double plain, const double *truly, const double *instead, double *open) {
    for (size_t d = 0; d < PN_RESPONSE_DRAWS; d++) {
        double a = plain * truly[d], b = plain * instead[d];
        double kept = b < a ? b * (1 + a) / (a * (1 + b)) : 1;
        open[d] *= 1 - kept;
    }
}

/* It had been paid: of the luck of later days nothing is known. */
static void go_on(double plain, const double *instead, double *open) {
    for (size_t d = 0; d < PN_RESPONSE_DRAWS; d++) {
        open[d] /= 1 + plain * instead[d];
    }
}

static void live_day(mover *m, pn_date day, size_t truly, size_t instead) {
    const pn_spell *spell = m->spell;
    bool was_open = spell->paid == PN_DATE_NONE || day < spell->paid;
    if (truly == instead && was_open) {
        return;
    }
    double plain = odds_on(m, day);
    if (was_open) {
        pass(plain, m->odds->by[truly], m->odds->by[instead], m->open);
    } else if (day == spell->paid) {
        pay(plain, m->odds->by[truly], m->odds->by[instead], m->open);
    } else {
        go_on(plain, m->odds->by[instead], m->open);
    }
}

static void begin_moving(mover *m, pn_response_moved *moved) {
    for (size_t d = 0; d < PN_RESPONSE_DRAWS; d++) {
        m->open[d] = 1;
        moved->days[d] = 0;
    }
}

/* After every day. */
static const pn_date NEVER = INT32_MAX;

bool pn_response_move(const pn_response *r, const pn_response_odds *odds, const pn_habit *habit,
                      const pn_spell *spell, pn_reaches truly, pn_reaches instead, pn_date from,
                      pn_date to, pn_response_moved *ret_moved) {
    pn_date first = PN_MAX(PN_MAX(spell->issued, spell->since), from);
    mover m = {.r = r,
               .odds = odds,
               .habit = habit,
               .spell = spell,
               .truly = {.reaches = truly},
               .instead = {.reaches = instead},
               .others = pn_siblings_of(r->siblings, spell, first)};
    pn_date paid = spell->paid != PN_DATE_NONE ? spell->paid : NEVER;
    pn_date end = paid != NEVER ? to : PN_MIN(to, spell->seen + 1);
    bool moved = false;
    for (pn_date day = first; day < end && (moved || day <= paid); day++) {
        size_t a = state_on(&m.truly, day), b = state_on(&m.instead, day);
        if (!moved && a == b) {
            continue;
        }
        if (!moved) {
            begin_moving(&m, ret_moved);
            moved = true;
        }
        live_day(&m, day, a, b);
        for (size_t d = 0; d < PN_RESPONSE_DRAWS; d++) {
            ret_moved->days[d] += m.open[d] - (day < paid ? 1 : 0);
        }
    }
    for (size_t d = 0; moved && d < PN_RESPONSE_DRAWS; d++) {
        ret_moved->paid[d] = 1 - m.open[d] - (paid < to ? 1 : 0);
    }
    return moved;
}

/* ── ranges ──────────────────────────────────────────────────────────────────────────────────── */

pn_response_range pn_response_range_of(const double *by_draw) {
    double sorted[PN_RESPONSE_DRAWS] = {0};
    for (size_t i = 0; i < PN_RESPONSE_DRAWS; i++) {
        size_t at = i;
        for (; at > 0 && sorted[at - 1] > by_draw[i]; at--) {
            sorted[at] = sorted[at - 1];
        }
        sorted[at] = by_draw[i];
    }
    size_t last = PN_RESPONSE_DRAWS - 1;
    return (pn_response_range){
        .low = sorted[last / 10],
        .middle = (sorted[last / 2] + sorted[last / 2 + 1]) / 2,
        .high = sorted[last - last / 10],
    };
}

bool pn_response_range_covers_none(pn_response_range range) {
    return range.low <= 0 && range.high >= 0;
}
