#include "core/siblings.h"

#include <math.h>

#include "base/banned.h"
#include "base/sort.h"

typedef struct {
    pn_id debtor_id;
    pn_date day;  /* the last on which it was open in the morning */
    pn_date paid; /* the debtor's last payment up to it, in this order */
    size_t at;
} closing;

/* Of one invoice: its debtor's, and the latest closings of those that are older. */
typedef struct {
    size_t first, end;
    pn_date older[PN_SIBLINGS_OLDER];
} place;

struct pn_siblings {
    const pn_spell *spells;
    size_t count;
    closing *closings; /* by debtor, then by day; a debtor's stand where its spells do */
    place *places;
};

static int by_day(const void *a, const void *b) {
    const closing *x = a;
    const closing *y = b;
    if (x->debtor_id != y->debtor_id) {
        return x->debtor_id < y->debtor_id ? -1 : 1;
    }
    if (x->day != y->day) {
        return x->day < y->day ? -1 : 1;
    }
    return (x->at > y->at) - (x->at < y->at);
}

/* What was closed without money was open until it was seen last. */
static pn_date closed_on(const pn_spell *spell) {
    return spell->paid != PN_DATE_NONE ? spell->paid : spell->seen;
}

/* Puts a day among the latest. */
static void keep_latest(pn_date *latest, pn_date day) {
    for (size_t i = 0; i < PN_SIBLINGS_OLDER; i++) {
        if (day > latest[i]) {
            pn_date less = latest[i];
            latest[i] = day;
            day = less;
        }
    }
}

/* Those that stand before it are older; one that was closed stays so, so the latest closings say
 * on any day how many of them are open. */
static void take_debtor(pn_siblings *s, size_t first, size_t end) {
    pn_date latest[PN_SIBLINGS_OLDER];
    for (size_t i = 0; i < PN_SIBLINGS_OLDER; i++) {
        latest[i] = INT32_MIN;
    }
    for (size_t at = first; at < end; at++) {
        place *p = &s->places[at];
        p->first = first;
        p->end = end;
        for (size_t i = 0; i < PN_SIBLINGS_OLDER; i++) {
            p->older[i] = latest[i];
        }
        keep_latest(latest, closed_on(&s->spells[at]));
    }
}

pn_siblings *pn_siblings_new(const pn_spell *spells, size_t count, pn_arena *arena) {
    pn_siblings *s = pn_arena_new(arena, pn_siblings);
    *s = (pn_siblings){.spells = spells,
                       .count = count,
                       .closings = pn_arena_array(arena, closing, count + 1),
                       .places = pn_arena_array(arena, place, count + 1)};
    for (size_t at = 0, first = 0; at < count; at++) {
        s->closings[at] = (closing){.debtor_id = spells[at].debtor_id,
                                    .day = closed_on(&spells[at]),
                                    .paid = spells[at].paid,
                                    .at = at};
        if (at + 1 == count || spells[at + 1].debtor_id != spells[at].debtor_id) {
            take_debtor(s, first, at + 1);
            first = at + 1;
        }
    }
    if (count != 0) {
        pn_sort(s->closings, count, sizeof *s->closings, by_day, arena);
    }
    for (size_t i = 1; i < count; i++) {
        closing *c = &s->closings[i];
        bool alike = c->debtor_id == s->closings[i - 1].debtor_id;
        c->paid = alike && c->paid == PN_DATE_NONE ? s->closings[i - 1].paid : c->paid;
    }
    return s;
}

/* Into the middle of a debtor's closings: all before `first` are passed. */
static void enter(pn_siblings_walk *w, const place *p, pn_date first) {
    const pn_siblings *s = w->siblings;
    size_t low = p->first, high = p->end;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (s->closings[middle].day < first) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    w->closed = low;
    w->self_closed = closed_on(&s->spells[w->at]) < first;
    w->paid = low > p->first ? s->closings[low - 1].paid : PN_DATE_NONE;
}

pn_siblings_walk pn_siblings_of(const pn_siblings *s, const pn_spell *spell, pn_date first) {
    pn_siblings_walk w = {.paid = PN_DATE_NONE};
    uintptr_t begin = s != NULL ? (uintptr_t)s->spells : 0, here = (uintptr_t)spell;
    if (s == NULL || here < begin || here >= begin + s->count * sizeof *spell) {
        return w;
    }
    w.siblings = s;
    w.at = (size_t)(spell - s->spells);
    w.issued = w.at + 1;
    enter(&w, &s->places[w.at], first);
    return w;
}

static void pass_to(pn_siblings_walk *w, const place *p, pn_date day) {
    const pn_siblings *s = w->siblings;
    while (w->closed < p->end && s->closings[w->closed].day < day) {
        size_t at = s->closings[w->closed++].at;
        if (at == w->at) {
            w->self_closed = true;
        } else if (s->spells[at].paid != PN_DATE_NONE) {
            w->paid = s->spells[at].paid;
        }
    }
    while (w->issued < p->end && s->spells[w->issued].issued < day) {
        w->issued++;
    }
}

/* PN_SIBLINGS_FEATURES: longer ago than all of them. */
static size_t since_of(int32_t days) {
    int32_t from = days - 1, twos = from - PN_SIBLINGS_DAYS, fives = twos - 2 * PN_SIBLINGS_TWOS;
    if (twos < 0) {
        return (size_t)(PN_SIBLINGS_SINCE + from);
    }
    if (fives < 0) {
        return (size_t)(PN_SIBLINGS_SINCE + PN_SIBLINGS_DAYS + twos / 2);
    }
    int32_t at = PN_SIBLINGS_SINCE + PN_SIBLINGS_DAYS + PN_SIBLINGS_TWOS + fives / 5;
    return (size_t)PN_MIN(at, (int32_t)PN_SIBLINGS_FEATURES);
}

/* What is not 0 on a day. */
typedef struct {
    size_t older, since; /* features; PN_SIBLINGS_FEATURES: neither */
    double open;
} seen;

static seen see(pn_siblings_walk *w, pn_date day) {
    const place *p = &w->siblings->places[w->at];
    size_t older = 0;
    pass_to(w, p, day);
    while (older < PN_SIBLINGS_OLDER && p->older[older] >= day) {
        older++;
    }
    /* one that was paid before its issue is closed before it opens */
    size_t issued = w->issued - p->first + w->self_closed, gone = w->closed - p->first + 1;
    size_t open = issued > gone ? issued - gone : 0;
    if (open != w->open) {
        w->open = open;
        w->log_open = log(1 + (double)open);
    }
    return (seen){.older = older != 0 ? older - 1 : PN_SIBLINGS_FEATURES,
                  .since = w->paid != PN_DATE_NONE ? since_of(day - w->paid) : PN_SIBLINGS_FEATURES,
                  .open = w->log_open};
}

void pn_siblings_on(pn_siblings_walk *w, pn_date day, double *ret) {
    for (size_t i = 0; i < PN_SIBLINGS_FEATURES; i++) {
        ret[i] = 0;
    }
    if (w->siblings == NULL) {
        return;
    }
    seen s = see(w, day);
    ret[PN_SIBLINGS_OPEN] = s.open;
    if (s.older < PN_SIBLINGS_FEATURES) {
        ret[s.older] = 1;
    }
    if (s.since < PN_SIBLINGS_FEATURES) {
        ret[s.since] = 1;
    }
}

double pn_siblings_sum(pn_siblings_walk *w, pn_date day, const double *weights) {
    if (w->siblings == NULL) {
        return 0;
    }
    seen s = see(w, day);
    return s.open * weights[PN_SIBLINGS_OPEN] +
           (s.older < PN_SIBLINGS_FEATURES ? weights[s.older] : 0) +
           (s.since < PN_SIBLINGS_FEATURES ? weights[s.since] : 0);
}
