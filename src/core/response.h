/* Whether invoices are paid sooner after a message: the hazard (core/hazard.h) fitted together with
 * what had reached the debtor about the invoice by that day.
 *
 * To the hazard's features, which stand for age, habit, weekday, terms and amount, it adds: how
 * long ago the last message left (in bands, up to 14 days, from the day after it), its tone, and
 * how many there were; and whether there was any at all, which is taken for a trait of those who
 * are written to and not for an effect; and the day relative to the due date finely, for strategies
 * write on fixed days, and a message must not stand for its day. So the days after a message are
 * held against other days of invoices about which one was sent, as in a self-controlled study:
 * whoever pays without a word is never written to, and would make every message look harmful. Days
 * on which nobody is written to for a reason (a promise, a plan, a dispute, a pause) are left out,
 * for then money is on its way, or held back, without one. The effects' covariance is the sandwich
 * that takes the invoices of one debtor for one observation (with the ridges, and the factor
 * G / (G − 1) for G debtors), no surer of any effect than the inverse of the penalised Hessian;
 * ranges come from draws of it that are always the same.
 *
 * It is observational: who was written to differs from who was not by more than the features know.
 * pn_response_moved says what a past would have been with other messages: day by day the luck that
 * was, tried against the other chance. Where the messages are the same, nothing moves.
 *
 * Probabilities are floating point; nothing here is ever booked. */
#ifndef PN_CORE_RESPONSE_H
#define PN_CORE_RESPONSE_H

#include "core/siblings.h"

/* A message about an invoice that left on that day; it counts from the next. */
typedef struct {
    pn_date day;
    unsigned tone;
} pn_reach;

/* Of one invoice, in the order of days. */
typedef struct {
    const pn_reach *items;
    size_t count;
} pn_reaches;

/* Days on which nobody is written to about an invoice, both included. */
typedef struct {
    pn_date first, last;
} pn_pause;

/* What truly happened to one invoice; pauses in any order. */
typedef struct {
    pn_reaches reaches;
    const pn_pause *pauses;
    size_t pause_count;
} pn_exposure;

enum {
    PN_RESPONSE_BANDS = 3,                /* since the last message: 1–3, 4–7, 8–14 days */
    PN_RESPONSE_TONE = PN_RESPONSE_BANDS, /* of the last one, above the second */
    PN_RESPONSE_MORE,                     /* messages before the last one, at most four */
    PN_RESPONSE_FEATURES,
    PN_RESPONSE_FINE = 41,
    PN_RESPONSE_DRAWS = 200,
    PN_RESPONSE_DAYS = 14, /* after so many days a message does nothing any more */
};
/* Without so many there is no fit. */
enum { PN_RESPONSE_MESSAGES_MIN = 200, PN_RESPONSE_PAID_MIN = 50 };

/* The last day of each band. */
extern const int32_t PN_RESPONSE_BAND_LAST[PN_RESPONSE_BANDS];

/* What each effect is of: "days_1_3" … "tone", "more". */
extern const char *const PN_RESPONSE_NAMES[PN_RESPONSE_FEATURES];

typedef struct {
    pn_hazard base;      /* of the same fit */
    size_t messages;     /* while their invoice was followed */
    size_t paid_after;   /* within PN_RESPONSE_DAYS after one */
    size_t paid_without; /* otherwise */
    bool fitted;         /* false: too little of these, or of paid invoices; then no more is set */
    size_t invoices, days;                /* fitted on */
    size_t debtors;                       /* to whom they belong */
    double effects[PN_RESPONSE_FEATURES]; /* on the log odds of a day */
    double errors[PN_RESPONSE_FEATURES];  /* their standard errors */
    double written;                       /* the trait of those who are written to, log odds */
    double fine[PN_RESPONSE_FINE];        /* of days relative to the due date, log odds */
    double others[PN_SIBLINGS_FEATURES];  /* of the debtor's other invoices, log odds */
    const pn_siblings *siblings;          /* of the spells that were fitted on */
    double moved[PN_RESPONSE_FEATURES];   /* so much more they were, but for those others */
    double draws[PN_RESPONSE_DRAWS][PN_RESPONSE_FEATURES];
} pn_response;

/* Spells as of pn_hazard_fit, `exposures` beside them; a spell's days before its `since` do not
 * count. Only what was known on `until` counts. CONFLICT where the patience ended. */
PN_MUST_USE pn_err pn_response_fit(const pn_spell *spells, const pn_exposure *exposures,
                                   size_t count, pn_date until, size_t invoices_max,
                                   const pn_patience *patience, pn_arena *arena,
                                   pn_response *ret_response);

/* The odds of each draw, for all that may have reached a debtor; ready for many invoices. */
typedef struct pn_response_odds pn_response_odds;
pn_response_odds *pn_response_odds_new(const pn_response *response, pn_arena *arena);

/* What other messages would have moved, by draw. */
typedef struct {
    double days[PN_RESPONSE_DRAWS]; /* open for so many more days of the span; negative: sooner */
    double paid[PN_RESPONSE_DRAWS]; /* the more of it that is paid by the end of the span, −1 … 1 */
} pn_response_moved;

/* An invoice as it truly was, with `instead` in place of `truly`, from … to − 1 (to: no later than
 * the history is known). False where nothing moves; then nothing is written. */
bool pn_response_move(const pn_response *response, const pn_response_odds *odds,
                      const pn_habit *habit, const pn_spell *spell, pn_reaches truly,
                      pn_reaches instead, pn_date from, pn_date to, pn_response_moved *ret_moved);

/* P10, P50 and P90 of numbers by draw. */
typedef struct {
    double low, middle, high;
} pn_response_range;
pn_response_range pn_response_range_of(const double *by_draw);
/* Whether no effect at all lies within it. */
bool pn_response_range_covers_none(pn_response_range range);

#endif
