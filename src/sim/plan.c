/* The making of histories: who does what, when, from one seed. */
#include "sim/sim.h"

#include <stdio.h>

#include "base/banned.h"
#include "base/sort.h"

static const char *const NAMES[PN_SIM_ACTS] = {
    "ready strategy",
    "random strategy",
    "invoices",
    "pay",
    "pay all",
    "pay twice",
    "take back",
    "promise",
    "cancel promise",
    "dispute",
    "settle dispute",
    "lower",
    "hold",
    "release",
    "bar",
    "unbar",
    "plan",
    "instrument",
    "said paid",
    "signal",
    "task done",
    "steer",
    "settle uncertain",
    "undo import",
    "erase",
    "republish",
    "restart",
    "weather",
    "clock jump",
    "fault",
};

const char *pn_sim_act_name(pn_sim_act_kind kind) {
    return NAMES[kind];
}

/* How often, among others; faults are counted in by how many are wanted. */
static const struct {
    pn_sim_act_kind kind;
    unsigned weight; /* in the first world */
    unsigned more;   /* besides, in the second */
} WEIGHTS[] = {
    {PN_SIM_INVOICES, 10, 4},  {PN_SIM_PAY, 10, 0},      {PN_SIM_PAY_ALL, 6, 4},
    {PN_SIM_PAY_TWICE, 3, 0},  {PN_SIM_TAKE_BACK, 4, 4}, {PN_SIM_PROMISE, 4, 3},
    {PN_SIM_UNPROMISE, 2, 0},  {PN_SIM_DISPUTE, 5, 2},   {PN_SIM_SETTLE, 3, 0},
    {PN_SIM_LOWER, 3, 0},      {PN_SIM_HOLD, 2, 4},      {PN_SIM_RELEASE, 3, 2},
    {PN_SIM_BAR, 1, 0},        {PN_SIM_UNBAR, 2, 0},     {PN_SIM_PLAN, 2, 0},
    {PN_SIM_INSTRUMENT, 3, 0}, {PN_SIM_SAID_PAID, 2, 1}, {PN_SIM_SIGNAL, 14, 0},
    {PN_SIM_TASK, 14, 0},      {PN_SIM_STEER, 3, 0},     {PN_SIM_UNCERTAIN, 3, 0},
    {PN_SIM_UNDO, 1, 0},       {PN_SIM_ERASE, 1, 0},     {PN_SIM_REPUBLISH, 3, 0},
    {PN_SIM_RESTART, 2, 0},    {PN_SIM_RANDOM, 1, 2},
};

static unsigned weight_of(size_t at, int32_t world) {
    return WEIGHTS[at].weight + (world == PN_SIM_WORLD_FIRST ? 0 : WEIGHTS[at].more);
}

static pn_sim_act_kind any_kind(pn_random *dice, int32_t world) {
    uint64_t sum = 0;
    for (size_t i = 0; i < PN_COUNT(WEIGHTS); i++) {
        sum += weight_of(i, world);
    }
    uint64_t at = pn_random_below(dice, sum);
    for (size_t i = 0; i < PN_COUNT(WEIGHTS); i++) {
        if (at < weight_of(i, world)) {
            return WEIGHTS[i].kind;
        }
        at -= weight_of(i, world);
    }
    return PN_SIM_PAY;
}

static void add(pn_history *h, pn_random *dice, int32_t day, pn_sim_act_kind kind, uint32_t amid) {
    if (h->count < PN_SIM_DEEDS_MAX) {
        h->deeds[h->count++] = (pn_sim_act){.day = day,
                                            .minute = (int32_t)pn_random_below(dice, 24 * 60),
                                            .kind = kind,
                                            .amid = amid,
                                            .dice = pn_random_next(dice)};
    }
}

static int by_time(const void *a, const void *b) {
    const pn_sim_act *x = a, *y = b;
    return x->day != y->day ? (x->day < y->day ? -1 : 1)
                            : (x->minute > y->minute) - (x->minute < y->minute);
}

static void begin(pn_history *h, pn_random *dice) {
    bool first = h->world == PN_SIM_WORLD_FIRST;
    uint64_t ready = 1 + pn_random_below(dice, first ? 3 : 4);
    for (uint64_t i = 0; i < ready; i++) {
        add(h, dice, 0, PN_SIM_STRATEGY, 0);
    }
    for (uint64_t i = pn_random_below(dice, 4) + (first ? 0 : 1); i > 0; i--) {
        add(h, dice, 0, PN_SIM_RANDOM, 0);
    }
    for (int i = 0; i < 4; i++) {
        add(h, dice, 0, PN_SIM_INVOICES, 0);
    }
    for (size_t i = 0; i < h->count; i++) {
        h->deeds[i].minute = (int32_t)i; /* strategies first */
    }
}

static void plan_day(pn_history *h, pn_random *dice, int32_t day, pn_sim_faults faults) {
    uint64_t least = h->world == PN_SIM_WORLD_FIRST ? 1 : 2;
    uint64_t deeds = least + pn_random_below(dice, 4 + (uint64_t)h->debtors / 4);
    for (uint64_t i = 0; i < deeds; i++) {
        bool amid = faults != PN_SIM_CALM && pn_random_below(dice, 4) == 0;
        add(h, dice, day, any_kind(dice, h->world),
            amid ? 1 + (uint32_t)pn_random_below(dice, 9) : 0);
    }
    if (faults == PN_SIM_CALM) {
        return;
    }
    if (pn_random_below(dice, 6) == 0) {
        add(h, dice, day, PN_SIM_WEATHER, 0);
    }
    if (pn_random_below(dice, 20) == 0) {
        add(h, dice, day, PN_SIM_CLOCK, 0);
    }
    if (pn_random_below(dice, faults == PN_SIM_ALL ? 3 : 12) == 0) {
        add(h, dice, day, PN_SIM_FAULT, 0);
    }
}

void pn_history_make(uint64_t seed, int32_t world, int32_t days, int32_t debtors,
                     pn_sim_faults faults, pn_arena *arena, pn_history *ret_history) {
    pn_random dice = pn_random_for(seed, PN_STR("history"));
    pn_history h = {.seed = seed, .world = world, .days = days, .debtors = debtors};
    h.deeds = pn_arena_array(arena, pn_sim_act, PN_SIM_DEEDS_MAX);
    /* any day of four years: winter and summer, both changes of the clock, holidays, a leap day */
    h.start = pn_date_of(2026, 1, 1) + (pn_date)pn_random_below(&dice, 4 * 365);
    begin(&h, &dice);
    for (int32_t day = 1; day < days; day++) {
        plan_day(&h, &dice, day, faults);
    }
    pn_sort(h.deeds, h.count, sizeof *h.deeds, by_time, arena);
    *ret_history = h;
}

void pn_sim_act_words(const pn_sim_act *deed, pn_date start, char *out, size_t size) {
    char date[PN_DATE_ISO_SIZE], amid[24] = "";
    if (deed->amid != 0) {
        (void)snprintf(amid, sizeof amid, ", amid %u", deed->amid);
    }
    (void)snprintf(out, size, "%s %02d:%02d  %s (dice %llx%s)",
                   pn_date_iso(start + deed->day, date), deed->minute / 60, deed->minute % 60,
                   pn_sim_act_name(deed->kind), (unsigned long long)deed->dice, amid);
}
