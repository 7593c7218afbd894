/* Sums of what simulated cases told. */
#include "app/simulate.h"
#include "base/banned.h"
#include "base/sort.h"
#include "base/table.h"

/* Counts by word, found through a table. */
typedef struct {
    pn_table by;
    pn_simulated_count *items; /* stable: a table points at indexes */
    size_t count, capacity;
} word_counts;

struct pn_simulate_sums {
    const pn_simulate_request *request;
    const pn_zone *zone;
    pn_arena *arena;
    pn_simulation *s;
    word_counts held, skipped, categories, ends, jumps, pills, unled;
    size_t text_capacity, person_capacity, charge_capacity;
};

pn_simulate_sums *pn_simulate_sums_new(const pn_simulate_request *request, const pn_zone *zone,
                                       pn_arena *arena, pn_simulation *simulation) {
    pn_simulate_sums *sums = pn_arena_new(arena, pn_simulate_sums);
    *sums = (pn_simulate_sums){.request = request, .zone = zone, .arena = arena, .s = simulation};
    sums->held.by = sums->skipped.by = sums->categories.by = pn_table_on(arena);
    sums->ends.by = sums->jumps.by = sums->pills.by = sums->unled.by = pn_table_on(arena);
    simulation->day_count = (size_t)(request->to - request->from);
    simulation->days = pn_arena_array(arena, pn_simulated_day, simulation->day_count);
    for (size_t i = 0; i < simulation->day_count; i++) {
        simulation->days[i].day = request->from + (pn_date)i;
    }
    simulation->cost_currency = request->prices.currency;
    return sums;
}

/* The table keeps an index behind a pointer of its own, for the items move when they grow. */
static void count(pn_simulate_sums *sums, word_counts *counts, pn_str word) {
    size_t *at = pn_table_get(&counts->by, word);
    if (at == NULL) {
        at = pn_arena_new(sums->arena, size_t);
        *at = counts->count;
        counts->items = pn_arena_grow(sums->arena, counts->items, counts->count, &counts->capacity,
                                      sizeof *counts->items);
        counts->items[counts->count++] =
            (pn_simulated_count){.word = pn_str_dup(sums->arena, word)};
        (void)pn_table_put(&counts->by, word, at);
    }
    counts->items[*at].count++;
}

static pn_simulated_day *day_of(pn_simulate_sums *sums, pn_time at) {
    int64_t index = pn_zone_date(sums->zone, at) - sums->request->from;
    int64_t last = (int64_t)sums->s->day_count - 1;
    return &sums->s->days[PN_MAX(PN_MIN(index, last), 0)];
}

static void add_text(pn_simulate_sums *sums, const pn_past_sent *sent) {
    pn_simulation *s = sums->s;
    size_t at = 0;
    while (at < s->text_count &&
           !(s->texts[at].channel == sent->channel && s->texts[at].purpose == sent->purpose &&
             s->texts[at].tone == sent->tone && pn_str_eq(s->texts[at].family, sent->family))) {
        at++;
    }
    if (at == s->text_count) {
        s->texts = pn_arena_grow(sums->arena, s->texts, s->text_count, &sums->text_capacity,
                                 sizeof *s->texts);
        s->texts[s->text_count++] =
            (pn_simulated_text){.channel = sent->channel,
                                .purpose = sent->purpose,
                                .family = pn_str_dup(sums->arena, sent->family),
                                .tone = sent->tone};
    }
    s->texts[at].sent++;
    s->messages++;
}

static pn_simulated_person *person_of(pn_simulate_sums *sums, pn_str owner) {
    pn_simulation *s = sums->s;
    for (size_t i = 0; i < s->person_count; i++) {
        if (pn_str_eq(s->people[i].owner, owner)) {
            return &s->people[i];
        }
    }
    s->people = pn_arena_grow(sums->arena, s->people, s->person_count, &sums->person_capacity,
                              sizeof *s->people);
    s->people[s->person_count] =
        (pn_simulated_person){.owner = pn_str_dup(sums->arena, owner),
                              .busiest = PN_DATE_NONE,
                              .loads = pn_arena_array(sums->arena, int64_t, s->day_count)};
    return &s->people[s->person_count++];
}

static void add_task(pn_simulate_sums *sums, const pn_happening *task, pn_str owner) {
    pn_simulated_person *person = person_of(sums, owner);
    pn_simulated_day *day = day_of(sums, task->at);
    int64_t *load = &person->loads[day - sums->s->days];
    person->days += *load == 0;
    ++*load;
    if (*load > person->most || (*load == person->most && day->day < person->busiest)) {
        person->most = *load;
        person->busiest = day->day;
    }
    person->tasks++;
    day->tasks++;
    sums->s->tasks++;
    sums->s->cost += sums->request->prices.task;
    count(sums, &sums->categories, task->word);
}

static void add_charge(pn_simulate_sums *sums, const pn_happening *charge, pn_currency currency) {
    pn_simulation *s = sums->s;
    size_t at = 0;
    while (at < s->charge_count && !pn_currency_eq(s->charges[at].currency, currency)) {
        at++;
    }
    if (at == s->charge_count) {
        s->charges = pn_arena_grow(sums->arena, s->charges, s->charge_count, &sums->charge_capacity,
                                   sizeof *s->charges);
        s->charges[s->charge_count++] = (pn_simulated_charge){.currency = currency};
    }
    if (charge->kind == PN_HAPPENS_INTEREST) {
        s->charges[at].interest += charge->amount;
    } else {
        s->charges[at].fees += charge->amount;
    }
}

static void add_happening(pn_simulate_sums *sums, const pn_happening *h, pn_currency currency,
                          pn_str owner) {
    switch (h->kind) {
    case PN_HAPPENS_TASK: add_task(sums, h, owner); break;
    case PN_HAPPENS_HANDOVER: sums->s->handovers++; break;
    case PN_HAPPENS_INTEREST:
    case PN_HAPPENS_FEE: add_charge(sums, h, currency); break;
    case PN_HAPPENS_JUMP: count(sums, &sums->jumps, h->word); break;
    case PN_HAPPENS_END: count(sums, &sums->ends, h->word); break;
    case PN_HAPPENS_SKIPPED: count(sums, &sums->skipped, h->title); break;
    case PN_HAPPENS_MAIL: /* counted by what was sent */
    case PN_HAPPENS_PHASE:
    case PN_HAPPENS_NOTE:
    case PN_HAPPENS_NOTIFY:
    case PN_HAPPENS_PILL: break;
    }
}

static void add_told(pn_simulate_sums *sums, const pn_past_told *told, bool is_pill,
                     pn_currency currency, pn_str owner) {
    sums->s->endless += !told->rests;
    for (size_t i = 0; i < told->sent_count; i++) {
        add_text(sums, &told->sent[i]);
    }
    for (size_t i = 0; i < told->held_count; i++) {
        count(sums, &sums->held, pn_str_of(pn_gate_reason_name(told->held[i].reason)));
    }
    for (size_t i = 0; i < told->count; i++) {
        if (!is_pill || told->happenings[i].kind != PN_HAPPENS_END) { /* ends are of cases */
            add_happening(sums, &told->happenings[i], currency, owner);
        }
    }
}

void pn_simulate_add_case(pn_simulate_sums *sums, const pn_past_told *told, pn_currency currency,
                          pn_str owner) {
    sums->s->cases += (int64_t)told->entries;
    add_told(sums, told, false, currency, owner);
}

void pn_simulate_add_pill(pn_simulate_sums *sums, const pn_past_told *told, pn_str name,
                          pn_currency currency, pn_str owner) {
    count(sums, &sums->pills, name);
    add_told(sums, told, true, currency, owner);
}

void pn_simulate_add_unled(pn_simulate_sums *sums, pn_str name) {
    count(sums, &sums->unled, name);
}

void pn_simulate_add_contact(pn_simulate_sums *sums, pn_channel_kind channel, pn_time at) {
    pn_simulated_day *day = day_of(sums, at);
    day->contacts++;
    day->by_channel[channel]++;
    sums->s->contacts++;
    sums->s->cost += sums->request->prices.contact[channel];
}

void pn_simulate_add_debtor(pn_simulate_sums *sums, int64_t contacts) {
    static const int64_t UP_TO[PN_SIMULATED_BINS] = {0, 1, 2, 3, 5, 10, INT64_MAX};
    size_t bin = 0;
    while (contacts > UP_TO[bin]) {
        bin++;
    }
    sums->s->bins[bin]++;
    sums->s->most = PN_MAX(sums->s->most, contacts);
    sums->s->debtors_contacted += contacts != 0;
}

/* ── in order ────────────────────────────────────────────────────────────────────────────────── */

static int by_count(const void *a, const void *b) {
    const pn_simulated_count *x = a;
    const pn_simulated_count *y = b;
    return x->count != y->count ? (x->count < y->count) - (x->count > y->count)
                                : pn_str_cmp(x->word, y->word);
}

static int by_text(const void *a, const void *b) {
    const pn_simulated_text *x = a;
    const pn_simulated_text *y = b;
    int order = pn_str_cmp(x->family, y->family);
    order = order != 0 ? order : (int)x->tone - (int)y->tone;
    return order != 0 ? order : (int)x->channel - (int)y->channel;
}

static int by_tasks(const void *a, const void *b) {
    const pn_simulated_person *x = a;
    const pn_simulated_person *y = b;
    return x->tasks != y->tasks ? (x->tasks < y->tasks) - (x->tasks > y->tasks)
                                : pn_str_cmp(x->owner, y->owner);
}

static void take(pn_simulate_sums *sums, const word_counts *counts, pn_simulated_count **ret_items,
                 size_t *ret_count) {
    if (counts->count != 0) {
        pn_sort(counts->items, counts->count, sizeof *counts->items, by_count, sums->arena);
    }
    *ret_items = counts->items;
    *ret_count = counts->count;
}

void pn_simulate_sums_end(pn_simulate_sums *sums) {
    pn_simulation *s = sums->s;
    take(sums, &sums->held, &s->held, &s->held_count);
    take(sums, &sums->skipped, &s->skipped, &s->skipped_count);
    take(sums, &sums->categories, &s->categories, &s->category_count);
    take(sums, &sums->ends, &s->ends, &s->end_count);
    take(sums, &sums->jumps, &s->jumps, &s->jump_count);
    take(sums, &sums->pills, &s->pills, &s->pill_count);
    take(sums, &sums->unled, &s->unled, &s->unled_count);
    pn_sort(s->texts, s->text_count, sizeof *s->texts, by_text, sums->arena);
    pn_sort(s->people, s->person_count, sizeof *s->people, by_tasks, sums->arena);
}
