/* Cases as lists show them: an account or an invoice with the run that works it. */
#ifndef PN_APP_CASES_H
#define PN_APP_CASES_H

#include "app/catalog.h"
#include "core/run.h"

typedef struct {
    pn_id debtor_id, account_id;
    pn_id invoice_id; /* 0 in a list of accounts */
    pn_str debtor_key, debtor_name, creditor, owner;
    pn_str number; /* of the invoice */
    pn_currency currency;
    int64_t open, claimable;
    int32_t open_items; /* of an account */
    pn_date due;        /* effective due date of the invoice, or of the oldest claimable one */
    /* the run that works it; run_id 0: none */
    pn_id run_id;
    pn_str strategy, node;
    pn_run_wait wait;
    pn_time wake_at;
} pn_case_row;

typedef struct {
    pn_subject subject;
    const pn_rule *rule; /* compiled for the subject; NULL: all */
    pn_id debtor_id;     /* this one's only; 0: all debtors' */
    bool closed;         /* those with nothing open too */
    int64_t limit, skip;
    bool uncounted;     /* nobody asks how many there are */
    bool without_runs;  /* nor which run works them */
    bool behind;        /* only those behind this one, in the order of the list */
    pn_date behind_due; /* PN_DATE_NONE: it has none */
    pn_id behind_debtor, behind_id;
} pn_case_query;

/* Oldest due date first, then by debtor and id. `ret_total` counts all that fit; past
 * PN_LIMIT_CASES_COUNTED there are more, and nobody counted how many. */
PN_MUST_USE pn_err pn_case_list(pn_app *app, const pn_case_query *query, pn_arena *arena,
                                pn_case_row **ret_rows, size_t *ret_count, int64_t *ret_total,
                                pn_diag *diag);

/* What fits, added up in one currency. */
typedef struct {
    pn_currency currency;
    int64_t cases, debtors, open, claimable;
} pn_case_sum;

/* All of them counted, whatever limit the query has; by currency. */
PN_MUST_USE pn_err pn_case_sums(pn_app *app, const pn_case_query *query, pn_arena *arena,
                                pn_case_sum **ret_sums, size_t *ret_count, pn_diag *diag);

#endif
