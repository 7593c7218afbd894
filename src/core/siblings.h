/* What a debtor's other invoices say about one of them on a day: how many older ones were open in
 * the morning, how many others in all, and how long ago the debtor last paid another.
 *
 * Where a debtor pays in turn, an account's course begins anew with each payment: then its messages
 * tell which invoice comes next, and when, without causing it. These facts tell the same, so that
 * no message is credited with it. Made once for all invoices by sorting; a day costs no search. */
#ifndef PN_CORE_SIBLINGS_H
#define PN_CORE_SIBLINGS_H

#include "core/hazard.h"

typedef struct pn_siblings pn_siblings;

/* Spells stand by debtor, then by issue, and outlive it. */
pn_siblings *pn_siblings_new(const pn_spell *spells, size_t count, pn_arena *arena);

enum {
    PN_SIBLINGS_OLDER = 3,                /* one, two, three or more are older and open */
    PN_SIBLINGS_OPEN = PN_SIBLINGS_OLDER, /* others that are open, as a logarithm */
    PN_SIBLINGS_SINCE,                    /* since the last payment: by day, by two, by five */
    PN_SIBLINGS_DAYS = 14,
    PN_SIBLINGS_TWOS = 8,
    PN_SIBLINGS_FIVES = 6,
    PN_SIBLINGS_FEATURES =
        PN_SIBLINGS_SINCE + PN_SIBLINGS_DAYS + PN_SIBLINGS_TWOS + PN_SIBLINGS_FIVES,
};

/* Walks an invoice's days, which must not go back. */
typedef struct {
    const pn_siblings *siblings; /* NULL: it stands alone */
    size_t at;                   /* the invoice */
    size_t closed, issued;       /* the next of either */
    pn_date paid;                /* the last payment of another */
    bool self_closed;            /* the invoice itself is among the closed */
    size_t open;                 /* others, on the day that was looked at last */
    double log_open;
} pn_siblings_walk;

/* One of the spells, or another, which stands alone. */
pn_siblings_walk pn_siblings_of(const pn_siblings *siblings, const pn_spell *spell, pn_date first);
/* PN_SIBLINGS_FEATURES numbers, as they were in the morning of that day. */
void pn_siblings_on(pn_siblings_walk *walk, pn_date day, double *ret_features);
/* Their sum, weighted. */
double pn_siblings_sum(pn_siblings_walk *walk, pn_date day, const double *weights);

#endif
