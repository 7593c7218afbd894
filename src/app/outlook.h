/* Outlooks: what is planned for a case, with dates, if nothing happened but time; and a dry run of
 * a strategy, published or not, on a real case. Nothing is written.
 *
 * What is assumed stands in core/outlook.h. Contact law is asked for the debtor's e-mail contact,
 * by the policy that is in force today. */
#ifndef PN_APP_OUTLOOK_H
#define PN_APP_OUTLOOK_H

#include "app/catalog.h"
#include "app/lookup.h"
#include "core/outlook.h"

typedef struct {
    pn_case_ref about; /* a debtor's cases, an invoice's, or one run */
    /* A strategy to be tried instead of those that work the case; NULL: these, and for what none
     * works the one that would be the first to take it. */
    const pn_flow *flow;
    pn_time until;
} pn_outlook_request;

/* A node that the case stands on, or would enter. */
typedef struct {
    pn_str strategy, node;
    pn_time at;
} pn_outlook_visit;

typedef struct {
    pn_id account_id;
    pn_id invoice_id; /* 0: an account's */
    pn_id run_id;     /* 0: not begun yet */
    pn_str creditor, number;
    pn_currency currency;
    pn_str strategy;
    bool enters;              /* false: it does not take the case until then */
    bool endless;             /* it takes more steps than can be looked ahead */
    pn_happening *happenings; /* in the order of time; `at` is when */
    size_t count;
    pn_outlook_visit *visits; /* the first is where it stands now, if it has begun */
    size_t visit_count;
} pn_case_outlook;

enum { PN_OUTLOOK_DAYS_MAX = 400 };

/* NOT_FOUND with a sentence; an empty list where nothing is open. */
PN_MUST_USE pn_err pn_outlook_of(pn_app *app, const pn_outlook_request *request, pn_arena *arena,
                                 pn_case_outlook **ret_cases, size_t *ret_count, pn_diag *diag);

#endif
