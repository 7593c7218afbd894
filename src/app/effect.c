#include "app/effect.h"

#include "app/effect_past.h"
#include "app/report_cause.h"
#include "base/banned.h"

/* So many invoices are fitted on at most, evenly. */
enum { FITTED_MOST = 15000 };

struct pn_effect {
    const pn_zone *zone;
    pn_date from, to; /* to: no later than payments are known */
    pn_effect_past past;
    pn_response *response;
    const pn_response_odds *odds;
    pn_effect_split *splits;
    size_t split_count, split_capacity;
};

const pn_effect_assumption PN_EFFECT_ASSUMPTIONS[] = {
    {"observational",
     "It is observed, not tried out: those who were written to differ from those "
     "who were not. The days after a message are held against other days of "
     "invoices that were written about, adjusted for age, habit, weekday, terms "
     "and amount, for the debtor's other open invoices and last payment, and for nothing "
     "else: the true effect may lie outside the range."},
    {"span", "A message acts for 14 days, from the day after it left; what it does later, or what "
             "being written to does at all times, is not in it, nor what comes after the span."},
    {"until_paid", "Nobody is written to after the day on which an invoice was truly paid: what a "
                   "strategy would have sent later, to who would have paid later, is missing."},
    {"messages_only", "Only messages act, all channels alike: calls and other tasks, fees, "
                      "interest, plans and handovers have no effect in it. Days of a promise, a "
                      "plan, a dispute or a pause were not learnt from."},
    {"whole_invoices", "An invoice is paid when its last money comes; a message of an account's "
                       "case is about each of its invoices that was open."},
    {"estimates", "The range holds what is unsure about the effect of a message, not the luck of "
                  "each payment, nor what has changed since."},
};
const size_t PN_EFFECT_ASSUMPTION_COUNT = PN_COUNT(PN_EFFECT_ASSUMPTIONS);

/* ── holdouts ────────────────────────────────────────────────────────────────────────────────── */

static bool enough(int64_t ripe, int64_t paid) {
    return ripe >= PN_SPLIT_CASES_MIN && paid >= PN_SPLIT_EACH_MIN &&
           ripe - paid >= PN_SPLIT_EACH_MIN;
}

static void compare_arms(pn_effect *e, pn_str strategy, const pn_split_report *split,
                         pn_arena *arena) {
    const pn_split_arm *apart = NULL;
    for (size_t i = 0; i < split->arm_count; i++) {
        apart = pn_str_is(split->arms[i].arm, "holdout") ? &split->arms[i] : apart;
    }
    for (size_t i = 0; apart != NULL && apart->ripe != 0 && i < split->arm_count; i++) {
        const pn_split_arm *arm = &split->arms[i];
        if (arm == apart) {
            continue;
        }
        e->splits =
            pn_arena_grow(arena, e->splits, e->split_count, &e->split_capacity, sizeof *e->splits);
        pn_effect_split *told = &e->splits[e->split_count++];
        *told = (pn_effect_split){.strategy = strategy,
                                  .split = split->key,
                                  .arm = arm->arm,
                                  .ripe = arm->ripe,
                                  .paid = arm->paid,
                                  .apart_ripe = apart->ripe,
                                  .apart_paid = apart->paid};
        told->compared = enough(arm->ripe, arm->paid) && enough(apart->ripe, apart->paid);
        if (told->compared) {
            told->difference_bp = arm->share_bp - apart->share_bp;
            pn_difference_interval(arm->paid, arm->ripe, apart->paid, apart->ripe, &told->low_bp,
                                   &told->high_bp);
        }
    }
}

static pn_err measure_splits(pn_app *app, pn_effect *e, pn_arena *arena, pn_diag *diag) {
    static const pn_report_of ALL = {0};
    pn_holdout_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_past_holdouts(app->db, app->org.id, arena, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        pn_split_report *splits = NULL;
        size_t split_count = 0;
        PN_TRY(pn_report_splits(app, rows[i].strategy_id, e->from, e->to, PN_EFFECT_SPLIT_DAYS,
                                &ALL, arena, &splits, &split_count, diag));
        for (size_t j = 0; j < split_count; j++) {
            compare_arms(e, rows[i].name, &splits[j], arena);
        }
    }
    return PN_OK;
}

/* ── all of it ───────────────────────────────────────────────────────────────────────────────── */

static pn_err read_all(pn_app *app, pn_effect *e, const pn_patience *patience, pn_arena *arena,
                       pn_diag *diag) {
    pn_effect_past *p = &e->past;
    PN_TRY(pn_effect_past_read(app, e->zone, arena, p));
    e->to = PN_MIN(e->to, p->until);
    PN_TRY(pn_response_fit(p->spells, p->exposures, p->count, p->until, FITTED_MOST, patience,
                           arena, e->response));
    if (e->response->fitted) {
        e->odds = pn_response_odds_new(e->response, arena);
    }
    return measure_splits(app, e, arena, diag);
}

pn_err pn_effect_new(pn_app *app, pn_date from, pn_date to, const pn_patience *patience,
                     pn_arena *arena, pn_effect **ret_effect, pn_diag *diag) {
    pn_effect *e = pn_arena_new(arena, pn_effect);
    *e = (pn_effect){.zone = pn_app_zone_or_own(app, app->org.zone),
                     .from = from,
                     .to = to,
                     .response = pn_arena_new(arena, pn_response)};
    pn_err err = pn_db_begin_read(app->db);
    if (err == PN_OK) {
        err = read_all(app, e, patience, arena, diag);
        pn_db_rollback(app->db);
    }
    if (err != PN_OK) {
        return pn_app_fail(app, err, diag);
    }
    *ret_effect = e;
    return PN_OK;
}

const pn_response *pn_effect_response(const pn_effect *e) {
    return e->response;
}

const pn_effect_split *pn_effect_splits(const pn_effect *e, size_t *ret_count) {
    *ret_count = e->split_count;
    return e->splits;
}

pn_str pn_effect_lack(const pn_effect *e, pn_arena *arena) {
    const pn_response *r = e->response;
    if (r->fitted) {
        return PN_STR_NONE;
    }
    if (r->messages >= PN_RESPONSE_MESSAGES_MIN && r->paid_after >= PN_RESPONSE_PAID_MIN &&
        r->paid_without >= PN_RESPONSE_PAID_MIN) {
        return PN_STR("The model found no answer in this history: no range is told.");
    }
    return pn_str_format(
        arena,
        "No range is told: it needs %d messages, %d payments within %d days after one and %d "
        "without; the history since invoices are loaded here holds %zu, %zu and %zu. It comes by "
        "itself with time; a split with a holdout gives payments without a message on purpose.",
        PN_RESPONSE_MESSAGES_MIN, PN_RESPONSE_PAID_MIN, PN_RESPONSE_DAYS, PN_RESPONSE_PAID_MIN,
        r->messages, r->paid_after, r->paid_without);
}

/* ── one strategy ────────────────────────────────────────────────────────────────────────────── */

pn_effect_sums pn_effect_sums_of(const pn_effect *effect, pn_arena *arena) {
    return (pn_effect_sums){.effect = effect, .arena = arena};
}

static pn_effect_sum *sum_of(pn_effect_sums *s, pn_currency currency) {
    for (size_t i = 0; i < s->count; i++) {
        if (pn_currency_eq(s->sums[i].currency, currency)) {
            return &s->sums[i];
        }
    }
    s->sums = pn_arena_grow(s->arena, s->sums, s->count, &s->capacity, sizeof *s->sums);
    s->sums[s->count] = (pn_effect_sum){.currency = currency};
    return &s->sums[s->count++];
}

static const pn_habit *habit_of(pn_effect_sums *s, const pn_spell *spell) {
    const pn_effect_past *p = &s->effect->past;
    if (s->habit_of != spell->debtor_id || s->habit_on != spell->issued) {
        s->habit = pn_hazard_habit(&s->effect->response->base, p->spells, p->count,
                                   spell->debtor_id, spell->issued);
        s->habit_of = spell->debtor_id;
        s->habit_on = spell->issued;
    }
    return &s->habit;
}

/* What truly came before the span, and then what the strategy would have sent. */
static pn_reaches instead_of(const pn_effect *e, size_t at, const pn_past_sent *sent, size_t count,
                             pn_arena *arena) {
    const pn_reaches *truly = &e->past.exposures[at].reaches;
    pn_reach *items = pn_arena_array(arena, pn_reach, truly->count + count + 1);
    pn_reaches instead = {items, 0};
    for (size_t i = 0; i < truly->count && truly->items[i].day < e->from; i++) {
        items[instead.count++] = truly->items[i];
    }
    for (size_t i = 0; i < count; i++) {
        pn_date day = pn_zone_date(e->zone, sent[i].at);
        if (sent[i].purpose != PN_PURPOSE_SERVICE && pn_effect_open_on(&e->past.spells[at], day)) {
            items[instead.count++] = (pn_reach){day, sent[i].tone};
        }
    }
    return instead;
}

static bool is_alike(pn_reaches a, pn_reaches b) {
    for (size_t i = 0; a.count == b.count && i < a.count; i++) {
        if (a.items[i].day != b.items[i].day || a.items[i].tone != b.items[i].tone) {
            return false;
        }
    }
    return a.count == b.count;
}

static void add_moved(pn_effect_sum *sum, const pn_response_moved *moved, int64_t amount) {
    for (size_t d = 0; d < PN_RESPONSE_DRAWS; d++) {
        sum->days[d] += moved->days[d];
        sum->count[d] += moved->paid[d];
        sum->money[d] += moved->paid[d] * (double)amount;
    }
}

void pn_effect_add(pn_effect_sums *s, pn_id invoice_id, const pn_past_sent *sent, size_t count) {
    const pn_effect *e = s->effect;
    size_t at = pn_effect_past_find(&e->past, invoice_id);
    if (at == SIZE_MAX || !e->response->fitted) {
        return;
    }
    const pn_spell *spell = &e->past.spells[at];
    pn_reaches truly = e->past.exposures[at].reaches;
    pn_date first = PN_MAX(PN_MAX(spell->issued, spell->since), e->from);
    if (first >= e->to || !pn_effect_open_on(spell, first)) {
        return;
    }
    pn_effect_sum *sum = sum_of(s, e->past.rows[at].currency);
    pn_arena_mark mark = pn_arena_marked(s->arena);
    pn_reaches instead = instead_of(e, at, sent, count, s->arena);
    bool paid = spell->paid != PN_DATE_NONE && spell->paid < e->to;
    sum->invoices++;
    sum->amount += spell->amount;
    sum->paid += paid;
    sum->paid_amount += paid ? spell->amount : 0;
    if (!is_alike(truly, instead)) {
        pn_response_moved moved;
        sum->written++;
        if (pn_response_move(e->response, e->odds, habit_of(s, spell), spell, truly, instead,
                             e->from, e->to, &moved)) {
            add_moved(sum, &moved, spell->amount);
        }
    }
    pn_arena_rewind(s->arena, mark);
}

/* ── what is told ────────────────────────────────────────────────────────────────────────────── */

static pn_response_range range_of(const double *first, const double *second, double divisor) {
    double by_draw[PN_RESPONSE_DRAWS];
    for (size_t d = 0; d < PN_RESPONSE_DRAWS; d++) {
        by_draw[d] = (first[d] - (second != NULL ? second[d] : 0)) / divisor;
    }
    return pn_response_range_of(by_draw);
}

static pn_effect_told tell(const pn_effect_sum *a, const pn_effect_sum *b) {
    double invoices = a->invoices != 0 ? (double)a->invoices : 1;
    return (pn_effect_told){
        .currency = a->currency,
        .days = range_of(a->days, b != NULL ? b->days : NULL, invoices),
        .share = range_of(a->count, b != NULL ? b->count : NULL, invoices),
        .money = range_of(a->money, b != NULL ? b->money : NULL, 1),
    };
}

int64_t pn_effect_minor(double money) {
    return (int64_t)(money + (money < 0 ? -0.5 : 0.5));
}

pn_effect_told pn_effect_tell(const pn_effect_sum *sum) {
    return tell(sum, NULL);
}

bool pn_effect_tell_difference(const pn_effect_sum *first, const pn_effect_sums *second,
                               pn_effect_told *ret_told) {
    for (size_t i = 0; i < second->count; i++) {
        if (pn_currency_eq(second->sums[i].currency, first->currency)) {
            *ret_told = tell(first, &second->sums[i]);
            return true;
        }
    }
    return false;
}
