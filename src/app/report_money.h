/* Reports about money: what is open by age, what came in, how late, and by month of due date. All
 * of it are sums over the ledger's days (store/rollup.h); currencies never mix. Formulas:
 * docs/reports.md. */
#ifndef PN_APP_REPORT_MONEY_H
#define PN_APP_REPORT_MONEY_H

#include "app/report_of.h"

/* Not due; 1–30, 31–60, 61–90, 91–120 days overdue; more. */
enum { PN_AGE_BANDS = 6 };
/* The first day overdue of a band; 0 for what is not due. */
int pn_age_band_from(size_t band);

typedef struct {
    pn_currency currency;
    pn_id creditor_id; /* 0: all together */
    int64_t open;
    int64_t bands[PN_AGE_BANDS];
} pn_ageing_row;

/* At the end of that day; of one creditor, or with 0 of each and of all together. */
PN_MUST_USE pn_err pn_report_ageing(pn_app *app, pn_date as_of, const pn_report_of *of,
                                    pn_arena *arena, pn_ageing_row **ret_rows, size_t *ret_count,
                                    pn_diag *diag);

/* An invoice as it stood at the end of a day. */
typedef struct {
    pn_id debtor_id, invoice_id;
    pn_str number, debtor_name;
    pn_currency currency;
    pn_date due;
    int64_t open;
} pn_ageing_invoice;

typedef struct {
    pn_date as_of;
    size_t band;
    bool older; /* and the bands behind it */
    pn_report_of of;
    pn_currency currency;
    pn_date after_due; /* behind this one, in the order of the list; PN_DATE_NONE: from the first */
    pn_id after_id;
    int64_t limit;
} pn_ageing_query;

/* The invoices that a band, or it and those behind it, is the sum of, the oldest due date first. */
PN_MUST_USE pn_err pn_report_ageing_invoices(pn_app *app, const pn_ageing_query *query,
                                             pn_arena *arena, pn_ageing_invoice **ret_rows,
                                             size_t *ret_count, pn_diag *diag);

enum { PN_REPORT_MONTHS = 25 };

typedef struct {
    pn_date first; /* of the month */
    int64_t billed, collected;
} pn_money_month;

typedef struct {
    pn_currency currency;
    int64_t open_before, open, overdue; /* at the end of the day before the span, and of its last */
    int64_t billed;
    int64_t collected;        /* received, less what was taken back */
    int64_t taken_back;       /* of it */
    int64_t lowered;          /* credit notes, write-offs, discounts, withholdings, cancellations */
    int64_t payments;         /* applied to invoices, each counted once an invoice */
    int64_t paid_late_tenths; /* mean days after the due date by amount; negative: early */
    int64_t dso_tenths, countback_days, add_tenths; /* −1: nothing was billed */
    int64_t cei_bp; /* hundredths of a per cent; −1: there was nothing to collect */
    pn_money_month months[PN_REPORT_MONTHS];
    size_t month_count;
} pn_money_row;

/* Days from … to − 1. */
PN_MUST_USE pn_err pn_report_money(pn_app *app, pn_date from, pn_date to, const pn_report_of *of,
                                   pn_arena *arena, pn_money_row **ret_rows, size_t *ret_count,
                                   pn_diag *diag);

enum { PN_COHORT_POINTS = 10 };
/* Days after the due date. */
extern const int PN_COHORT_DAYS[PN_COHORT_POINTS];

typedef struct {
    pn_currency currency;
    pn_date first; /* of the month in which they were due */
    int64_t due; /* billed, less credit notes, cancellations and what was paid before the import */
    int64_t paid[PN_COHORT_POINTS];  /* until that many days after each one's due date */
    bool complete[PN_COHORT_POINTS]; /* those days are over for all of them */
} pn_cohort_row;

/* Of invoices due from … to − 1, by currency and month. `today` is the last day that counts. */
PN_MUST_USE pn_err pn_report_cohorts(pn_app *app, pn_date from, pn_date to, pn_date today,
                                     const pn_report_of *of, pn_arena *arena,
                                     pn_cohort_row **ret_rows, size_t *ret_count, pn_diag *diag);

/* An invoice of a cohort, of which it sums the same. */
typedef struct {
    pn_id debtor_id, invoice_id;
    pn_str number, debtor_name;
    pn_date effective_due;
    int64_t due;
    int64_t paid[PN_COHORT_POINTS];
} pn_cohort_invoice;

typedef struct {
    pn_date first;           /* any day of the month */
    pn_date from, to, today; /* as of the report */
    pn_report_of of;
    pn_currency currency;
    pn_date after_due; /* behind this one, in the order of the list; PN_DATE_NONE: from the first */
    pn_id after_id;
    int64_t limit;
} pn_cohort_query;

/* The invoices of a cohort, the oldest due date first; those that were cancelled too, with 0. */
PN_MUST_USE pn_err pn_report_cohort_invoices(pn_app *app, const pn_cohort_query *query,
                                             pn_arena *arena, pn_cohort_invoice **ret_rows,
                                             size_t *ret_count, pn_diag *diag);

#endif
