/* When invoices are paid: a discrete daily hazard, fitted on an organization's own history.
 *
 * The chance that an invoice which is open in the morning is paid that day follows a logistic
 * regression on: the day relative to the due date (in bands), the weekday, how far the day is from
 * the debtor's usual delay, the share the debtor paid in time, how regular the debtor is, how long
 * ago the invoice was issued, its terms, and the amount against others. A debtor's habits are means
 * of what was known when the invoice was issued, shrunk towards everybody's.
 * Coefficients are found by Newton's method with a ridge, so that rare bands stay near the rest.
 * Equal input gives equal output.
 *
 * Probabilities are floating point; nothing here is ever booked. Amounts are minor units. */
#ifndef PN_CORE_HAZARD_H
#define PN_CORE_HAZARD_H

#include "base/arena.h"
#include "base/id.h"
#include "calendar/date.h"
#include "core/logit.h"

/* One invoice, as the past shows it. */
typedef struct {
    pn_id debtor_id;
    pn_date issued, due;
    pn_date paid;  /* PN_DATE_NONE: not paid */
    pn_date seen;  /* the last day on which it was looked at: what is not paid then is unknown */
    pn_date since; /* days before it are not fitted on; 0: all count */
    int64_t amount;
} pn_spell;

enum { PN_HAZARD_FEATURES = 32 };
/* A week after the due date still counts as in time. */
enum { PN_HAZARD_WITHIN_DAYS = 7 };

typedef struct {
    double weights[PN_HAZARD_FEATURES];
    double usual_delay;  /* everybody's mean, days after the due date */
    double usual_spread; /* everybody's mean distance from it */
    double usual_share;  /* of invoices that were paid in time, everybody's */
    double log_amount;   /* mean */
    size_t invoices;     /* fitted on */
    size_t days;
    bool converged;
} pn_hazard;

/* What the debtor's history says on the day an invoice is issued. */
typedef struct {
    double delay;  /* usual, shrunk */
    double spread; /* usual distance from it, shrunk */
    double share;  /* of invoices paid in time, shrunk */
    size_t known;  /* invoices it is made from */
} pn_habit;

/* Spells stand by debtor, then by issue. Only what was known on `until` counts; at most
 * `invoices_max` invoices are used, chosen by a hash. NOT_FOUND where too little was paid
 * (PN_HAZARD_PAID_MIN); CONFLICT where the patience ended. */
enum { PN_HAZARD_PAID_MIN = 30 };
PN_MUST_USE pn_err pn_hazard_fit(const pn_spell *spells, size_t count, pn_date until,
                                 size_t invoices_max, const pn_patience *patience, pn_arena *arena,
                                 pn_hazard *ret_hazard);

/* From the debtor's spells that were paid before `on`. */
pn_habit pn_hazard_habit(const pn_hazard *hazard, const pn_spell *spells, size_t count,
                         pn_id debtor_id, pn_date on);

/* The chance that an invoice, open at the beginning of `day`, is paid on it. */
double pn_hazard_on(const pn_hazard *hazard, const pn_habit *habit, const pn_spell *spell,
                    pn_date day);

/* How well a fit on the first part of the history foretells the last. */
enum { PN_HAZARD_BINS = 5 };
typedef struct {
    pn_date split;      /* fitted on what was known then, checked on invoices issued later */
    size_t invoices;    /* checked: paid ones */
    double error_days;  /* mean distance of the median that was foretold, days */
    double naive_days;  /* the same for the debtor's mean delay, or everybody's */
    double brier;       /* of "paid within 7 days after the due date" */
    double naive_brier; /* of the debtor's, or everybody's, share so far */
    size_t judged;      /* invoices for which that is known */
    double foretold[PN_HAZARD_BINS], came[PN_HAZARD_BINS]; /* shares, by fifths of the chance */
    size_t counts[PN_HAZARD_BINS];
} pn_hazard_check;

/* NOT_FOUND where there is too little to split; CONFLICT as above. */
PN_MUST_USE pn_err pn_hazard_try(const pn_spell *spells, size_t count, const pn_patience *patience,
                                 pn_arena *arena, pn_hazard_check *ret_check);

#endif
