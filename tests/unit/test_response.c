/* Whether messages are found to do what they do: invented worlds in which it is known how much
 * sooner a message makes a debtor pay, lived once as they truly were and once under other messages,
 * with the same luck. The range must hold what truly would have come of it in most worlds, and
 * nothing in worlds where messages do nothing. How often it does is asked of six worlds, not of the
 * one that is lived with the sanitizers: the shares of WORLDS below round to nothing there. */
#include "core/response.h"

#include <math.h>

#include "base/hash.h"
#include "core/logit.h"
#include "unit.h"

enum { START = 18000, DEBTORS = 60, EACH = 20, INVOICES = DEBTORS * EACH, LAST = START + 420 };
enum { PLAN_MOST = 6, COURSE_MOST = 64, WORLDS = TRIES(6, 1), FITTED_MOST = 8000 };

/* What a message does to the log odds of a day, by days since: nothing where `strength` is 0. */
typedef enum {
    OF_INVOICES, /* each invoice has its own messages, and is paid by its own luck */
    OF_ACCOUNTS, /* messages are about all that is due, anew after each payment of the oldest */
    OF_TURNS,    /* the same, and each debtor pays in turn */
} world_kind;

typedef struct {
    double strength;
    bool to_the_slow; /* debtors who pay late are written to more: what confounds */
    uint64_t seed;
    world_kind kind;
} rules;

typedef struct {
    pn_spell spells[INVOICES];
    pn_exposure exposed[INVOICES]; /* as it truly was */
    pn_reaches instead[INVOICES], truly[INVOICES];
    pn_reach truly_items[INVOICES][COURSE_MOST], instead_items[INVOICES][PLAN_MOST];
    double days, paid; /* what the other messages would truly have moved, per invoice */
} life;

static double luck(const rules *world, uint64_t invoice, uint64_t what) {
    uint64_t mark[3] = {world->seed, invoice, what};
    return (double)(pn_hash64(mark, sizeof mark, 9) >> 11) / 9007199254740992.0;
}

static bool is_slow(uint64_t invoice) {
    return invoice / EACH % 3 == 0;
}

static double logit_of(const rules *world, uint64_t invoice, const pn_spell *spell, pn_date day,
                       const pn_reach *items, size_t count) {
    double base = day < spell->due ? -6 : day < spell->due + 30 ? -3.2 : -3.8;
    base += is_slow(invoice) ? -0.8 : 0.3;
    for (size_t i = count; i > 0; i--) {
        int since = day - items[i - 1].day;
        if (since > 0) {
            double shape = since <= 3 ? 1 : since <= 7 ? 0.6 : since <= 14 ? 0.3 : 0;
            return base + world->strength * shape * (1 + ((double)items[i - 1].tone - 2) / 4);
        }
    }
    return base;
}

/* Lives an invoice under a plan; the day on which it is paid. What comes after is not sent. */
static pn_date live(const rules *world, uint64_t invoice, const pn_spell *spell,
                    const pn_reach *plan, size_t count) {
    for (pn_date day = spell->issued; day < LAST; day++) {
        double chance = pn_logit_chance(logit_of(world, invoice, spell, day, plan, count));
        if (luck(world, invoice, (uint64_t)day) < chance) {
            return day;
        }
    }
    return PN_DATE_NONE;
}

/* Messages that truly were planned: the first from two days before the due date to 20 after, others
 * a week or three later; for every fifth invoice none. */
static size_t plan_truly(const rules *world, uint64_t invoice, const pn_spell *spell,
                         pn_reach *plan) {
    double none = world->to_the_slow ? is_slow(invoice) ? 0.05 : 0.7 : 0.2;
    pn_date day = spell->due - 2 + (pn_date)(luck(world, invoice, 1) * 22);
    size_t count = 0;
    for (; luck(world, invoice, 2) >= none && count < PLAN_MOST; count++) {
        plan[count] = (pn_reach){.day = day, .tone = (unsigned)PN_MIN(count + 1, 4)};
        day += 5 + (pn_date)(luck(world, invoice, 3 + count) * 16);
    }
    return count;
}

static size_t sent_by(const pn_reach *plan, size_t count, pn_date paid) {
    size_t sent = 0;
    while (sent < count && plan[sent].day < LAST &&
           (paid == PN_DATE_NONE || plan[sent].day <= paid)) {
        sent++;
    }
    return sent;
}

static double days_open(const pn_spell *spell, pn_date paid) {
    return (paid == PN_DATE_NONE ? LAST : paid) - spell->issued;
}

static void make_life(const rules *world, size_t invoices, life *ret) {
    ret->days = ret->paid = 0;
    for (uint64_t i = 0; i < invoices; i++) {
        pn_date issued = START + (pn_date)(i % EACH) * 14;
        pn_spell *spell = &ret->spells[i];
        *spell = (pn_spell){.debtor_id = (pn_id)(1 + i / EACH),
                            .issued = issued,
                            .due = issued + 30,
                            .seen = LAST - 1,
                            .amount = 10000 + (int64_t)(luck(world, i, 0) * 90000)};
        pn_reach *plan = ret->truly_items[i], *other = ret->instead_items[i];
        size_t count = plan_truly(world, i, spell, plan);
        for (size_t j = 0; j < 3; j++) {
            other[j] = (pn_reach){.day = spell->due + 1 + (pn_date)j * 7, .tone = 2 + (unsigned)j};
        }
        spell->paid = live(world, i, spell, plan, count);
        pn_date other_paid = live(world, i, spell, other, 3);
        ret->truly[i] = (pn_reaches){plan, sent_by(plan, count, spell->paid)};
        ret->exposed[i] = (pn_exposure){.reaches = ret->truly[i]};
        ret->instead[i] = (pn_reaches){other, sent_by(other, 3, spell->paid)};
        ret->days +=
            (days_open(spell, other_paid) - days_open(spell, spell->paid)) / (double)invoices;
        ret->paid +=
            ((other_paid != PN_DATE_NONE) - (spell->paid != PN_DATE_NONE)) / (double)invoices;
    }
}

/* ── accounts ── */

/* The oldest is paid so long after the one before it, or after it came near its due date. */
static void pay_in_turn(const rules *world, uint64_t debtor, life *l) {
    pn_date before = START;
    int least = 3 + (int)(debtor % 5), more = 35;
    for (uint64_t i = debtor * EACH; i < (debtor + 1) * EACH; i++) {
        pn_spell *spell = &l->spells[i];
        before = PN_MAX(before, spell->due - 8) + least + (pn_date)(luck(world, i, 50) * more);
        spell->paid = before < LAST ? before : PN_DATE_NONE;
    }
}

static bool is_due(const pn_spell *spell, pn_date day) {
    return spell->due <= day && (spell->paid == PN_DATE_NONE || day <= spell->paid);
}

static void write_to_all(life *l, uint64_t debtor, pn_date day, unsigned tone) {
    for (uint64_t i = debtor * EACH; i < (debtor + 1) * EACH; i++) {
        if (is_due(&l->spells[i], day) && l->truly[i].count < COURSE_MOST) {
            l->truly_items[i][l->truly[i].count++] = (pn_reach){day, tone};
        }
    }
}

/* A course of three messages about the account; when its oldest invoice is paid, it begins anew. */
static void write_to_account(life *l, uint64_t debtor) {
    uint64_t oldest = UINT64_MAX;
    pn_date begun = 0;
    for (pn_date day = START; day < LAST; day++) {
        uint64_t first = debtor * EACH;
        while (first < (debtor + 1) * EACH && !is_due(&l->spells[first], day)) {
            first++;
        }
        if (first != oldest) {
            oldest = first;
            begun = day;
        }
        pn_date since = day - begun;
        if (first < (debtor + 1) * EACH && (since == 2 || since == 9)) {
            write_to_all(l, debtor, day, 1 + (unsigned)since / 7);
        }
    }
}

static void make_accounts(const rules *world, life *l) {
    for (uint64_t debtor = 0; debtor < DEBTORS; debtor++) {
        if (world->kind != OF_ACCOUNTS) {
            pay_in_turn(world, debtor, l);
        }
        for (uint64_t i = debtor * EACH; i < (debtor + 1) * EACH; i++) {
            l->truly[i] = (pn_reaches){l->truly_items[i], 0};
            l->instead[i].count = sent_by(l->instead[i].items, 3, l->spells[i].paid);
        }
        if (debtor % 4 != 1) { /* the others are never written to */
            write_to_account(l, debtor);
        }
        for (uint64_t i = debtor * EACH; i < (debtor + 1) * EACH; i++) {
            l->exposed[i].reaches = l->truly[i];
        }
    }
}

typedef struct {
    pn_response_range days, paid, money;
    size_t moved;
} told;

static told tell(const life *l, const pn_response *r, const pn_reaches *instead, pn_arena *arena) {
    const pn_response_odds *odds = pn_response_odds_new(r, arena);
    pn_response_moved sum = {{0}, {0}}, one;
    double money[PN_RESPONSE_DRAWS] = {0};
    told t = {.moved = 0};
    for (size_t i = 0; i < INVOICES; i++) {
        pn_habit habit = pn_hazard_habit(&r->base, l->spells, INVOICES, l->spells[i].debtor_id,
                                         l->spells[i].issued);
        if (pn_response_move(r, odds, &habit, &l->spells[i], l->truly[i], instead[i], START, LAST,
                             &one)) {
            t.moved++;
            for (size_t d = 0; d < PN_RESPONSE_DRAWS; d++) {
                sum.days[d] += one.days[d] / INVOICES;
                sum.paid[d] += one.paid[d] / INVOICES;
                money[d] += one.paid[d] * (double)l->spells[i].amount;
            }
        }
    }
    t.days = pn_response_range_of(sum.days);
    t.paid = pn_response_range_of(sum.paid);
    t.money = pn_response_range_of(money);
    return t;
}

static void fit_life(const rules *world, life *l, pn_arena *arena, pn_response *ret_response) {
    make_life(world, INVOICES, l);
    if (world->kind != OF_INVOICES) {
        make_accounts(world, l);
    }
    assert_int_equal(pn_response_fit(l->spells, l->exposed, INVOICES, LAST, FITTED_MOST, NULL,
                                     arena, ret_response),
                     PN_OK);
    assert_true(ret_response->fitted);
}

typedef struct {
    size_t held, held_none; /* worlds whose range holds the truth, or nothing */
    double truth, middle, width;
} rate;

static rate rate_of(double strength, bool to_the_slow) {
    rate sum = {0};
    for (uint64_t seed = 0; seed < WORLDS; seed++) {
        pn_arena arena;
        pn_arena_init(&arena, 0);
        life *l = pn_arena_new(&arena, life);
        pn_response *r = pn_arena_new(&arena, pn_response);
        rules world = {strength, to_the_slow, seed, OF_INVOICES};
        fit_life(&world, l, &arena, r);
        told t = tell(l, r, l->instead, &arena);
        sum.held += t.days.low <= l->days && l->days <= t.days.high;
        sum.held_none += pn_response_range_covers_none(t.days);
        sum.truth += l->days / WORLDS;
        sum.middle += t.days.middle / WORLDS;
        sum.width += (t.days.high - t.days.low) / WORLDS;
        pn_arena_done(&arena);
    }
    print_message(
        "strength %.1f%s: truly %.2f days, told %.2f, width %.2f; held in %zu of %d, none "
        "in %zu\n",
        strength, to_the_slow ? ", confounded" : "", sum.truth, sum.middle, sum.width, sum.held,
        WORLDS, sum.held_none);
    return sum;
}

static void an_effect_is_held(void **state) {
    (void)state;
    rate strong = rate_of(1.2, false), slow = rate_of(1.2, true);
    assert_true(slow.held >= WORLDS / 2);
    assert_true(strong.truth < -5);
    assert_true(strong.held >= WORLDS * 2 / 3);
    /* a model that knows nothing holds everything */
    assert_true(strong.held_none <= (WORLDS + 1) / 2);
    assert_true(strong.middle < 0 && strong.width < 15);
}

static void no_effect_is_held(void **state) {
    (void)state;
    rate none = rate_of(0, false), slow = rate_of(0, true);
    assert_true(none.truth == 0 && slow.truth == 0);
    assert_true(none.held_none >= WORLDS * 2 / 3);
    assert_true(slow.held_none >= WORLDS * 2 / 3);
}

/* Messages of accounts do nothing; worlds that told so by days, share and money. */
typedef struct {
    size_t days, share, money, told;
} nothing;

static nothing nothing_of(world_kind kind, bool silent) {
    nothing sum = {0};
    double middle = 0, width = 0;
    for (uint64_t seed = 0; seed < WORLDS; seed++) {
        pn_arena arena;
        pn_arena_init(&arena, 0);
        life *l = pn_arena_new(&arena, life);
        pn_response *r = pn_arena_new(&arena, pn_response);
        rules world = {0, false, seed, kind};
        fit_life(&world, l, &arena, r);
        pn_reaches *none = pn_arena_array(&arena, pn_reaches, INVOICES);
        for (size_t i = 0; i < INVOICES; i++) {
            none[i] = (pn_reaches){NULL, 0};
        }
        told t = tell(l, r, silent ? none : l->instead, &arena);
        sum.told += t.moved != 0;
        sum.days += pn_response_range_covers_none(t.days);
        sum.share += pn_response_range_covers_none(t.paid);
        sum.money += pn_response_range_covers_none(t.money);
        middle += t.days.middle / WORLDS;
        width += (t.days.high - t.days.low) / WORLDS;
        pn_arena_done(&arena);
    }
    print_message("kind %d%s: told %.2f days, width %.2f; nothing in %zu (days), %zu (share), %zu "
                  "(money) of %d\n",
                  (int)kind, silent ? ", silent" : "", middle, width, sum.days, sum.share,
                  sum.money, WORLDS);
    return sum;
}

static void accounts_without_effect_are_held(void **state) {
    (void)state;
    for (int silent = 0; silent < 2; silent++) {
        nothing own = nothing_of(OF_ACCOUNTS, silent != 0), turn = nothing_of(OF_TURNS, silent);
        assert_true(own.told == WORLDS && turn.told == WORLDS);
        assert_true(own.days >= WORLDS / 2 && own.share >= WORLDS / 2 && own.money >= WORLDS / 2);
        assert_true(turn.days >= WORLDS * 3 / 4);
        assert_true(turn.share >= WORLDS * 3 / 4);
        assert_true(turn.money >= WORLDS * 3 / 4);
    }
}

/* ── the fit ─────────────────────────────────────────────────────────────────────────────────── */

typedef struct {
    pn_arena arena;
    life *l;
    pn_response *r;
    rules world;
} fixture;

static void begin(fixture *f) {
    pn_arena_init(&f->arena, 0);
    f->l = pn_arena_new(&f->arena, life);
    f->r = pn_arena_new(&f->arena, pn_response);
    f->world = (rules){1.2, false, 1, OF_INVOICES};
    fit_life(&f->world, f->l, &f->arena, f->r);
}

static void alike_moves_nothing_and_the_same_twice(void **state) {
    (void)state;
    fixture f;
    begin(&f);
    assert_int_equal(tell(f.l, f.r, f.l->truly, &f.arena).moved, 0);
    pn_response *again = pn_arena_new(&f.arena, pn_response);
    assert_int_equal(pn_response_fit(f.l->spells, f.l->exposed, INVOICES, LAST, FITTED_MOST, NULL,
                                     &f.arena, again),
                     PN_OK);
    assert_memory_equal(again->draws, f.r->draws, sizeof f.r->draws);
    double mean = 0, spread = 0;
    for (size_t d = 0; d < PN_RESPONSE_DRAWS; d++) {
        mean += f.r->draws[d][0] / PN_RESPONSE_DRAWS;
    }
    for (size_t d = 0; d < PN_RESPONSE_DRAWS; d++) {
        double away = f.r->draws[d][0] - f.r->effects[0];
        spread += away * away / PN_RESPONSE_DRAWS;
    }
    assert_true(fabs(mean - f.r->effects[0]) < 1e-9);
    assert_true(fabs(sqrt(spread) / f.r->errors[0] - 1) < 0.2);
    pn_arena_done(&f.arena);
}

static void errors_of(const life *l, pn_arena *arena, pn_response *r, double *ret) {
    assert_int_equal(
        pn_response_fit(l->spells, l->exposed, INVOICES, LAST, FITTED_MOST, NULL, arena, r), PN_OK);
    assert_true(r->fitted);
    for (size_t i = 0; i < PN_RESPONSE_FEATURES; i++) {
        ret[i] = r->errors[i];
    }
}

/* Where each debtor's invoices come and go five by five, they tell no more than one of the five; of
 * debtors of their own the same invoices would tell more. */
static void invoices_decided_together_are_less_sure(void **state) {
    (void)state;
    fixture f;
    double together[PN_RESPONSE_FEATURES], apart[PN_RESPONSE_FEATURES];
    begin(&f);
    for (size_t i = 0; i < INVOICES; i++) {
        f.l->spells[i] = f.l->spells[i - i % 5];
        f.l->exposed[i] = f.l->exposed[i - i % 5];
    }
    errors_of(f.l, &f.arena, f.r, together);
    assert_int_equal(f.r->debtors, DEBTORS);
    for (size_t i = 0; i < INVOICES; i++) {
        f.l->spells[i].debtor_id = (pn_id)i + 1;
    }
    errors_of(f.l, &f.arena, f.r, apart);
    assert_int_equal(f.r->debtors, INVOICES);
    for (size_t i = 0; i < PN_RESPONSE_FEATURES; i++) {
        print_message("%s: %.3f together, %.3f apart\n", PN_RESPONSE_NAMES[i], together[i],
                      apart[i]);
    }
    for (size_t i = 0; i < PN_RESPONSE_BANDS; i++) {
        assert_true(together[i] > 1.3 * apart[i]);
    }
    pn_arena_done(&f.arena);
}

static void too_little_is_told(void **state) {
    (void)state;
    fixture f;
    begin(&f);
    size_t messages = 0;
    for (size_t i = 0; i < INVOICES; i++) { /* the first few keep theirs */
        messages += f.l->truly[i].count;
        if (messages >= PN_RESPONSE_MESSAGES_MIN) {
            f.l->exposed[i].reaches.count = 0;
        }
    }
    assert_int_equal(pn_response_fit(f.l->spells, f.l->exposed, INVOICES, LAST, FITTED_MOST, NULL,
                                     &f.arena, f.r),
                     PN_OK);
    assert_false(f.r->fitted);
    assert_true(f.r->messages > 0 && f.r->messages < PN_RESPONSE_MESSAGES_MIN);
    assert_true(f.r->paid_without > PN_RESPONSE_PAID_MIN);
    pn_arena_done(&f.arena);
}

static bool loses_patience(void *context) {
    return --*(int *)context > 0;
}

/* Who waits is asked all along a round, and may end it. */
static void it_ends_when_told(void **state) {
    (void)state;
    fixture f;
    begin(&f);
    int questions = 7;
    pn_patience patience = {loses_patience, &questions};
    assert_int_equal(pn_response_fit(f.l->spells, f.l->exposed, INVOICES, LAST, FITTED_MOST,
                                     &patience, &f.arena, f.r),
                     PN_CONFLICT);
    assert_int_equal(questions, 0);
    pn_arena_done(&f.arena);
}

/* Before an invoice was known nobody could be written to: those days say nothing. */
static void days_before_it_was_known_do_not_count(void **state) {
    (void)state;
    fixture f;
    begin(&f);
    size_t days = f.r->days;
    for (size_t i = 0; i < INVOICES; i++) {
        f.l->spells[i].since = f.l->spells[i].issued + 10;
    }
    assert_int_equal(pn_response_fit(f.l->spells, f.l->exposed, INVOICES, LAST, FITTED_MOST, NULL,
                                     &f.arena, f.r),
                     PN_OK);
    assert_true(f.r->fitted);
    assert_true(f.r->days < days - (size_t)INVOICES * 9);
    for (size_t i = 0; i < INVOICES; i++) {
        f.l->spells[i].since = LAST;
    }
    assert_int_equal(pn_response_fit(f.l->spells, f.l->exposed, INVOICES, LAST, FITTED_MOST, NULL,
                                     &f.arena, f.r),
                     PN_OK);
    assert_false(f.r->fitted);
    assert_int_equal(f.r->invoices + f.r->messages + f.r->paid_after + f.r->paid_without, 0);
    pn_arena_done(&f.arena);
}

/* While something was promised: its payment is no answer to a message, nor to their want. */
static void days_of_a_pause_do_not_count(void **state) {
    (void)state;
    fixture f;
    begin(&f);
    size_t days = f.r->days, paid = f.r->paid_after + f.r->paid_without, left_out = 0, paused = 0;
    pn_pause pauses[INVOICES];
    for (size_t i = 0; i < INVOICES; i += 4) {
        const pn_spell *spell = &f.l->spells[i];
        pauses[i] = (pn_pause){spell->issued + 5, spell->issued + 24};
        f.l->exposed[i].pauses = &pauses[i];
        f.l->exposed[i].pause_count = 1;
        bool open = spell->paid == PN_DATE_NONE || spell->paid > pauses[i].last;
        left_out += open                             ? 20
                    : spell->paid >= pauses[i].first ? (size_t)(spell->paid - pauses[i].first + 1)
                                                     : 0;
        paused += !open && spell->paid >= pauses[i].first;
    }
    assert_int_equal(pn_response_fit(f.l->spells, f.l->exposed, INVOICES, LAST, FITTED_MOST, NULL,
                                     &f.arena, f.r),
                     PN_OK);
    assert_int_equal(f.r->days, days - left_out);
    assert_int_equal(f.r->paid_after + f.r->paid_without, paid - paused);
    assert_true(paused > 0);
    pn_arena_done(&f.arena);
}

/* ── one invoice, by hand ────────────────────────────────────────────────────────────────────── */

static void one_invoice_moves_as_by_hand(void **state) {
    (void)state;
    fixture f;
    begin(&f);
    for (size_t d = 0; d < PN_RESPONSE_DRAWS; d++) {
        for (size_t i = 0; i < PN_RESPONSE_FEATURES; i++) {
            f.r->draws[d][i] = i == 0 ? log(3) : 0; /* three times the odds for three days */
        }
    }
    const pn_response_odds *odds = pn_response_odds_new(f.r, &f.arena);
    pn_spell spell = {.debtor_id = 1,
                      .issued = START,
                      .due = START + 30,
                      .paid = START + 40,
                      .seen = LAST,
                      .amount = 10000};
    pn_habit habit = pn_hazard_habit(&f.r->base, f.l->spells, INVOICES, 1, START);
    const pn_reach on_time[] = {{.day = START + 39, .tone = 2}}, early[] = {{START + 36, 2}};
    const pn_reaches none = {NULL, 0}, last = {on_time, 1}, before = {early, 1};
    pn_response_moved moved;
    for (size_t i = 0; i < PN_RESPONSE_FINE; i++) {
        f.r->fine[i] = 0;
    }
    f.r->written = log(2); /* who was written to, in either life */
    double plain = pn_hazard_on(&f.r->base, &habit, &spell, START + 40);
    double o = 2 * plain / (1 - plain), h = o / (1 + o), high = 3 * o / (1 + 3 * o);
    /* without the message of the day before, its payment is kept with h / high */
    assert_true(pn_response_move(f.r, odds, &habit, &spell, last, none, START, START + 41, &moved));
    assert_true(fabs(moved.paid[0] + (1 - h / high)) < 1e-9);
    assert_true(fabs(moved.days[7] - (1 - h / high)) < 1e-9);
    /* with one three days before, it may have come on one of three days */
    double open = 1, days = 0;
    for (pn_date day = START + 37; day < START + 40; day++) {
        double chance = pn_hazard_on(&f.r->base, &habit, &spell, day), odd = chance / (1 - chance);
        double other = 3 * odd / (1 + 3 * odd);
        open *= 1 - (other - chance) / (1 - chance);
        days += open - 1;
    }
    assert_true(
        pn_response_move(f.r, odds, &habit, &spell, none, before, START, START + 60, &moved));
    assert_true(fabs(moved.days[0] - days) < 1e-9 && fabs(moved.paid[0]) < 1e-9);
    /* paid before the span, or a message that comes after the money */
    assert_false(
        pn_response_move(f.r, odds, &habit, &spell, none, before, START + 41, START + 60, &moved));
    const pn_reach late[] = {{START + 40, 2}};
    assert_false(pn_response_move(f.r, odds, &habit, &spell, none, (pn_reaches){late, 1}, START,
                                  START + 60, &moved));
    pn_arena_done(&f.arena);
}

/* Of a coin that fell on its head 300 times of 1,000. */
static void errors_are_those_of_a_coin(void **state) {
    (void)state;
    pn_logit fit = {.size = 2, .ridges = {1e-6, 1}};
    const double row[] = {1, 0};
    for (double step = 1; step > 1e-9;) {
        pn_logit_begin(&fit);
        for (int i = 0; i < 1000; i++) {
            pn_logit_add(&fit, row, i < 300);
        }
        step = pn_logit_step(&fit);
    }
    double column[PN_LOGIT_MAX];
    assert_true(fabs(fit.weights[0] - log(0.3 / 0.7)) < 1e-6);
    pn_logit_inverse(&fit, 0, column);
    assert_true(fabs(column[0] - 1 / (1000 * 0.3 * 0.7)) < 1e-6 && fabs(column[1]) < 1e-12);
    pn_logit_inverse(&fit, 1, column); /* nothing was seen of it: its prior */
    assert_true(fabs(column[1] - 1) < 1e-9 && fit.weights[1] == 0);
}

static void a_range_is_of_ranks(void **state) {
    (void)state;
    double draws[PN_RESPONSE_DRAWS];
    for (int i = 0; i < PN_RESPONSE_DRAWS; i++) {
        draws[i] = (double)((i * 37) % PN_RESPONSE_DRAWS) - 50;
    }
    pn_response_range range = pn_response_range_of(draws);
    assert_true(range.low == -31 && range.high == 130 && range.middle == 49.5);
    assert_true(pn_response_range_covers_none(range));
    assert_false(pn_response_range_covers_none((pn_response_range){1, 2, 3}));
    assert_true(pn_response_range_covers_none((pn_response_range){0, 0, 0}));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_are_those_of_a_coin),
        cmocka_unit_test(a_range_is_of_ranks),
        cmocka_unit_test(one_invoice_moves_as_by_hand),
        cmocka_unit_test(alike_moves_nothing_and_the_same_twice),
        cmocka_unit_test(invoices_decided_together_are_less_sure),
        cmocka_unit_test(too_little_is_told),
        cmocka_unit_test(days_before_it_was_known_do_not_count),
        cmocka_unit_test(days_of_a_pause_do_not_count),
        cmocka_unit_test(it_ends_when_told),
        cmocka_unit_test(an_effect_is_held),
        cmocka_unit_test(no_effect_is_held),
        cmocka_unit_test(accounts_without_effect_are_held),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
