/* How cash from open invoices spreads, and how often that held: paths are drawn from the chances of
 * each day; in half of them a debtor's invoices share their luck, for who is short of money pays
 * none of them, and each path has a pace of its own for all debtors together (August, a crisis).
 *
 * How much paces differ is learnt from the history, as it was foretold week after week by what was
 * known before: the variance of what came against what was expected that paths of one pace do not
 * hold (method of moments). Equal input gives equal output. */
#ifndef PN_CORE_SPREAD_H
#define PN_CORE_SPREAD_H

#include "core/hazard.h"

/* An open invoice and its chances: of being paid by the end of each day. */
typedef struct {
    pn_id debtor_id, id;
    int64_t amount;
    const double *paid_by;
} pn_spread_invoice;

/* Cumulative, minor units. */
typedef struct {
    int64_t p10, p50, p90;
} pn_spread_day;

enum { PN_SPREAD_PATHS = 400 };

/* Of each day; `pace` is the standard deviation of a path's logarithm of pace, 0 for none. CONFLICT
 * where the patience ended. */
PN_MUST_USE pn_err pn_spread_find(const pn_spread_invoice *invoices, size_t count, int64_t days,
                                  double pace, const pn_patience *patience, pn_arena *arena,
                                  pn_spread_day *ret_days);

/* How often the money that came in the next days lay from P10 to P90 of what was foretold. */
typedef struct {
    size_t times, within;
} pn_spread_held;

typedef struct {
    double pace;                /* learnt from the last two fifths of the history */
    double pace_before;         /* from the fourth alone: with it the last fifth was foretold */
    pn_date from;               /* the last fifth begins */
    pn_spread_held week, month; /* 7 and 30 days, from each seventh day on */
} pn_spread_check;

/* Spells as of pn_hazard_fit; `amounts` beside them, 0 for what does not count (another currency).
 * NOT_FOUND where there is too little; CONFLICT as above. */
PN_MUST_USE pn_err pn_spread_try(const pn_spell *spells, const int64_t *amounts, size_t count,
                                 const pn_patience *patience, pn_arena *arena,
                                 pn_spread_check *ret_check);

#endif
