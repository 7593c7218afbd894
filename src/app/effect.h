/* What a simulated strategy would have changed in payment: a range, from the model of messages and
 * payments (core/response.h) fitted on the organization's own history.
 *
 * An estimate from what was observed, not a measurement: PN_EFFECT_ASSUMPTIONS says what it rests
 * on and stands wherever a range is told. Where the history says too little there is no range, and
 * pn_effect_lack says why. Both strategies of a comparison are given the same draws, so that their
 * difference has a range of its own. Only read. */
#ifndef PN_APP_EFFECT_H
#define PN_APP_EFFECT_H

#include "app/app.h"
#include "base/json.h"
#include "core/past.h"
#include "core/response.h"

/* The history with what was fitted on it, as of one moment. */
typedef struct pn_effect pn_effect;

/* Of a span that is simulated; everything in the arena, which must outlive it. Holdouts are
 * measured over the same span. CONFLICT where the patience, which may be NULL, ended. */
PN_MUST_USE pn_err pn_effect_new(pn_app *app, pn_date from, pn_date to, const pn_patience *patience,
                                 pn_arena *arena, pn_effect **ret_effect, pn_diag *diag);

/* ── one strategy ── */

/* What other messages would have moved, of one currency. Sums are by draw. */
typedef struct {
    pn_currency currency;
    int64_t invoices;                /* open and known on a day of the span */
    int64_t written;                 /* of them, whose messages differ from those truly sent */
    int64_t amount;                  /* of them all, minor units */
    int64_t paid, paid_amount;       /* of them, truly paid within the span */
    double days[PN_RESPONSE_DRAWS];  /* open within the span, more */
    double count[PN_RESPONSE_DRAWS]; /* paid within the span, more */
    double money[PN_RESPONSE_DRAWS]; /* the same in minor units */
} pn_effect_sum;

typedef struct {
    const pn_effect *effect;
    pn_arena *arena;
    pn_effect_sum *sums;
    size_t count, capacity;
    pn_habit habit; /* of the debtor and the day of issue that were looked at last */
    pn_id habit_of;
    pn_date habit_on;
} pn_effect_sums;

pn_effect_sums pn_effect_sums_of(const pn_effect *effect, pn_arena *arena);
/* An invoice, with the messages of its case, or of its account's, in the order of time. One that
 * was loaded since is not looked at. */
void pn_effect_add(pn_effect_sums *sums, pn_id invoice_id, const pn_past_sent *sent, size_t count);

/* ── what is told ── */

typedef struct {
    const char *word;
    const char *says; /* a sentence */
} pn_effect_assumption;
extern const pn_effect_assumption PN_EFFECT_ASSUMPTIONS[];
extern const size_t PN_EFFECT_ASSUMPTION_COUNT;

typedef struct {
    pn_currency currency;
    pn_response_range days;  /* mean per invoice */
    pn_response_range share; /* of invoices, from −1 to 1 */
    pn_response_range money; /* minor units */
} pn_effect_told;

pn_effect_told pn_effect_tell(const pn_effect_sum *sum);
/* The first less the second; false where the second has nothing of its currency. */
bool pn_effect_tell_difference(const pn_effect_sum *first, const pn_effect_sums *second,
                               pn_effect_told *ret_told);

/* What a split truly measured: debtors of an arm beside those who were kept apart. */
typedef struct {
    pn_str strategy, split, arm;
    int64_t ripe, paid, apart_ripe, apart_paid; /* PN_EFFECT_SPLIT_DAYS after they came */
    bool compared;                              /* enough of both */
    int64_t difference_bp, low_bp, high_bp;     /* Newcombe's interval at 95 % */
} pn_effect_split;
enum { PN_EFFECT_SPLIT_DAYS = 30 };

/* Minor units, rounded. */
int64_t pn_effect_minor(double money);
const pn_response *pn_effect_response(const pn_effect *effect);
const pn_effect_split *pn_effect_splits(const pn_effect *effect, size_t *ret_count);
/* Why there is no range, and what would mend it; empty where there is one. */
pn_str pn_effect_lack(const pn_effect *effect, pn_arena *arena);

/* As JSON; `against` may be NULL: then there is no difference. */
void pn_effect_put(pn_json_writer *writer, const pn_effect_sums *sums,
                   const pn_effect_sums *against, pn_arena *arena);

#endif
