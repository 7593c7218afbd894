/* What the hazard lends to the model that looks at messages too (core/response.h). */
#ifndef PN_CORE_HAZARD_INT_H
#define PN_CORE_HAZARD_INT_H

#include "core/hazard.h"
#include "core/logit.h"

/* An invoice that is fitted on, with its debtor's habit when it was issued. */
typedef struct {
    const pn_spell *spell;
    pn_habit habit;
    pn_date first, last; /* the days that count; first > last: none */
    bool paid;           /* on the last */
} pn_fitted;

/* Rounds of Newton's method at most, and the step after which no other is needed. */
enum { PN_HAZARD_ROUNDS = 25 };
#define PN_HAZARD_CLOSE 1e-4

/* Means and the invoices to fit on, as pn_hazard_fit takes them; `invoices` of the hazard are
 * chosen, by debtor. False where too little was paid. */
bool pn_hazard_choose(const pn_spell *spells, size_t count, pn_date until, size_t most,
                      pn_arena *arena, pn_hazard *ret_hazard, pn_fitted **ret_chosen);
/* PN_HAZARD_FEATURES numbers. */
void pn_hazard_features(const pn_hazard *hazard, const pn_habit *habit, const pn_spell *spell,
                        pn_date day, double *ret_features);
/* Priors, ridges and first weights of the hazard's own features; how many there are. */
size_t pn_hazard_ridge(pn_logit *fit);

#endif
