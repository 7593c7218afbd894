#include "app/effect_past.h"

#include "base/banned.h"
#include "base/sort.h"

typedef struct {
    const pn_zone *zone;
    pn_effect_past *past;
    pn_arena *arena;
} reader;

static int by_id(const void *a, const void *b) {
    const pn_effect_place *x = a;
    const pn_effect_place *y = b;
    return (x->id > y->id) - (x->id < y->id);
}

size_t pn_effect_past_find(const pn_effect_past *p, pn_id invoice_id) {
    size_t low = 0, high = p->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (p->places[middle].id < invoice_id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < p->count && p->places[low].id == invoice_id ? p->places[low].at : SIZE_MAX;
}

bool pn_effect_open_on(const pn_spell *spell, pn_date day) {
    return spell->since - 1 <= day && day <= spell->seen &&
           (spell->paid == PN_DATE_NONE || day <= spell->paid);
}

/* What came after the last payment that is known is not known yet: statements are loaded late. */
static pn_date known_until(const pn_effect_past *p, pn_date today) {
    pn_date last = PN_DATE_NONE;
    for (size_t i = 0; i < p->count; i++) {
        last = PN_MAX(last, p->rows[i].paid);
    }
    return last == PN_DATE_NONE ? today : PN_MIN(today, last + 1);
}

/* Before it was loaded nobody could be written to about it; what was never going to be paid was
 * seen open until it was closed. */
static void take_spells(reader *r) {
    pn_effect_past *p = r->past;
    p->spells = pn_arena_array(r->arena, pn_spell, p->count + 1);
    p->exposures = pn_arena_array(r->arena, pn_exposure, p->count + 1);
    p->places = pn_arena_array(r->arena, pn_effect_place, p->count + 1);
    for (size_t i = 0; i < p->count; i++) {
        const pn_spell_row *row = &p->rows[i];
        bool closed_otherwise = row->closed_at != PN_TIME_NONE && row->paid == PN_DATE_NONE;
        p->places[i] = (pn_effect_place){row->id, i};
        p->spells[i] =
            (pn_spell){.debtor_id = row->debtor_id,
                       .issued = row->issued,
                       .due = row->due,
                       .paid = row->paid,
                       .seen = closed_otherwise ? pn_zone_date(r->zone, row->closed_at) : p->until,
                       .since = pn_zone_date(r->zone, row->created_at) + 1,
                       .amount = row->amount};
    }
    if (p->count != 0) {
        pn_sort(p->places, p->count, sizeof *p->places, by_id, r->arena);
    }
}

/* ── what happened to which invoices ─────────────────────────────────────────────────────────── */

/* On one invoice, from a day to another; a message on one day, in a tone. */
typedef struct {
    size_t at;
    pn_date first, last;
    unsigned tone;
} hit;

typedef struct {
    hit *items;
    size_t count, capacity;
    size_t walked; /* the first invoice of the debtor at hand */
} hits;

static int by_invoice(const void *a, const void *b) {
    const hit *x = a;
    const hit *y = b;
    int order = (x->at > y->at) - (x->at < y->at);
    return order != 0 ? order : (x->first > y->first) - (x->first < y->first);
}

static void add(reader *r, hits *h, hit one) {
    if (pn_effect_open_on(&r->past->spells[one.at], one.first) || one.last > one.first) {
        h->items = pn_arena_grow(r->arena, h->items, h->count, &h->capacity, sizeof *h->items);
        h->items[h->count++] = one;
    }
}

/* On an invoice, or with 0 on all of an account, or with 0 too on all of a debtor. Debtors come in
 * order. */
static void spread(reader *r, hits *h, pn_id debtor_id, pn_id account_id, pn_id invoice_id,
                   hit one) {
    const pn_effect_past *p = r->past;
    if (invoice_id != 0) {
        one.at = pn_effect_past_find(p, invoice_id);
        if (one.at != SIZE_MAX) {
            add(r, h, one);
        }
        return;
    }
    while (h->walked < p->count && p->rows[h->walked].debtor_id < debtor_id) {
        h->walked++;
    }
    for (size_t at = h->walked; at < p->count && p->rows[at].debtor_id == debtor_id; at++) {
        if (account_id == 0 || p->rows[at].account_id == account_id) {
            one.at = at;
            add(r, h, one);
        }
    }
}

static void in_order(reader *r, hits *h) {
    if (h->count != 0) {
        pn_sort(h->items, h->count, sizeof *h->items, by_invoice, r->arena);
    }
}

/* ── messages ────────────────────────────────────────────────────────────────────────────────── */

static pn_err read_reaches(pn_app *app, reader *r) {
    pn_reach_row *rows = NULL;
    size_t count = 0;
    hits h = {0};
    PN_TRY(pn_past_reaches(app->db, app->org.id, r->arena, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        pn_date day = pn_zone_date(r->zone, rows[i].at);
        hit one = {.first = day, .last = day, .tone = rows[i].tone};
        spread(r, &h, rows[i].debtor_id, rows[i].account_id, rows[i].invoice_id, one);
    }
    in_order(r, &h);
    pn_reach *items = pn_arena_array(r->arena, pn_reach, h.count + 1);
    for (size_t i = 0; i < h.count; i++) {
        pn_reaches *of = &r->past->exposures[h.items[i].at].reaches;
        items[i] = (pn_reach){h.items[i].first, h.items[i].tone};
        of->items = of->count == 0 ? &items[i] : of->items;
        of->count++;
    }
    return PN_OK;
}

/* ── pauses ──────────────────────────────────────────────────────────────────────────────────── */

static void add_pause(reader *r, hits *h, pn_past_table table, const pn_past_row *row) {
    pn_time end = row->end;
    bool holds = table == PN_PAST_HOLDS;
    if (holds && (end == PN_TIME_NONE || end > row->ref)) {
        end = row->ref; /* its own end */
    }
    hit one = {.first = pn_zone_date(r->zone, row->at),
               .last = end == PN_TIME_NONE || end >= PN_TIME_NEVER ? r->past->until
                                                                   : pn_zone_date(r->zone, end)};
    pn_id invoice_id = table == PN_PAST_DISPUTES ? row->about : 0;
    spread(r, h, row->debtor_id, holds ? 0 : row->about, invoice_id, one);
}

static pn_err read_pauses(pn_app *app, reader *r) {
    static const pn_past_table TABLES[] = {PN_PAST_DISPUTES, PN_PAST_PROMISES, PN_PAST_PLANS,
                                           PN_PAST_INSTRUMENTS, PN_PAST_HOLDS};
    hits h = {0};
    const pn_effect_past *p = r->past;
    for (size_t t = 0; p->count != 0 && t < PN_COUNT(TABLES); t++) {
        pn_past_row *rows = NULL;
        size_t count = 0;
        PN_TRY(pn_past_rows(app->db, TABLES[t], app->org.id, p->rows[0].debtor_id,
                            p->rows[p->count - 1].debtor_id, r->arena, &rows, &count));
        h.walked = 0;
        for (size_t i = 0; i < count; i++) {
            add_pause(r, &h, TABLES[t], &rows[i]);
        }
    }
    in_order(r, &h);
    pn_pause *items = pn_arena_array(r->arena, pn_pause, h.count + 1);
    for (size_t i = 0; i < h.count; i++) {
        pn_exposure *of = &r->past->exposures[h.items[i].at];
        items[i] = (pn_pause){h.items[i].first, h.items[i].last};
        of->pauses = of->pause_count == 0 ? &items[i] : of->pauses;
        of->pause_count++;
    }
    return PN_OK;
}

pn_err pn_effect_past_read(pn_app *app, const pn_zone *zone, pn_arena *arena,
                           pn_effect_past *ret_past) {
    pn_effect_past past = {0};
    reader r = {.zone = zone, .past = &past, .arena = arena};
    PN_TRY(pn_past_spells(app->db, app->org.id, arena, &past.rows, &past.count));
    past.until = known_until(&past, pn_app_today(app));
    take_spells(&r);
    PN_TRY(read_reaches(app, &r));
    PN_TRY(read_pauses(app, &r));
    *ret_past = past;
    return PN_OK;
}
