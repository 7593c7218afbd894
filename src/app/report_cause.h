/* Reports about what brought money: messages and payments by phase, channel, template, strategy or
 * segment; people's work; the arms of split tests. Formulas: docs/reports.md. */
#ifndef PN_APP_REPORT_CAUSE_H
#define PN_APP_REPORT_CAUSE_H

#include "app/figures.h"
#include "app/report_of.h"

typedef enum {
    PN_CAUSE_PHASE,
    PN_CAUSE_CHANNEL,
    PN_CAUSE_TEMPLATE, /* and its version */
    PN_CAUSE_STRATEGY, /* and its version */
    PN_CAUSE_SEGMENT,  /* as its rule fits now; one payment may be in several */
} pn_cause_by;

typedef struct {
    pn_str name;     /* empty: none */
    int64_t version; /* 0: has none */
    int64_t id;      /* of the template's or the strategy's version; a channel; else 0 */
    int64_t sent, bounced, failed, read, clicked, visited;
    int64_t channels[PN_CHANNEL_HTTP + 1]; /* sent by each, for their cost */
    pn_figure_monies cost;
    pn_figure_monies paid;  /* less what was taken back; count of payments */
    pn_figure_monies alone; /* of it, what came without a person's work */
} pn_cause_row;

/* Days from … to − 1: of messages the recipient's day on which they left, of payments the day they
 * were received. */
PN_MUST_USE pn_err pn_report_causes(pn_app *app, pn_cause_by by, pn_date from, pn_date to,
                                    const pn_report_of *of, pn_arena *arena,
                                    pn_cause_row **ret_rows, size_t *ret_count, pn_diag *diag);

typedef struct {
    int64_t promises_kept, promises_broken; /* judged in the span */
    int64_t complaints;                     /* opened in it */
    int64_t tasks;                          /* done in it */
    int64_t sent;                           /* messages that left */
    pn_figure_monies cost;                  /* of messages and tasks */
    pn_figure_monies paid, alone;
} pn_work_report;

/* Where a rule narrows it, promises are those about an account with an invoice that fits, tasks and
 * complaints those of its debtor. */
PN_MUST_USE pn_err pn_report_work(pn_app *app, pn_date from, pn_date to, const pn_report_of *of,
                                  pn_arena *arena, pn_work_report *ret_report, pn_diag *diag);

/* ── split tests ── */

/* An arm is told from another only with so many cases whose days are over in each, and so many that
 * paid and that did not. */
enum { PN_SPLIT_CASES_MIN = 30, PN_SPLIT_EACH_MIN = 5 };

typedef struct {
    pn_str arm;
    int64_t cases;          /* debtors in it */
    int64_t ripe;           /* of them, those whose days are over */
    int64_t paid;           /* of those, that paid something within their days */
    pn_figure_monies money; /* what those paid within their days */
    int64_t share_bp, share_low_bp, share_high_bp; /* of ripe; Wilson's interval at 95 % */
    bool compared; /* with the first arm; the rest is 0 where there is not enough data */
    int64_t difference_bp, difference_low_bp, difference_high_bp; /* Newcombe's interval at 95 % */
    bool differs;                                                 /* the interval leaves 0 out */
} pn_split_arm;

typedef struct {
    pn_str key;
    pn_split_arm *arms; /* by name */
    size_t arm_count;
} pn_split_report;

/* Of debtors who came into an arm on a day from … to − 1; `days` after it count. Narrowed, of those
 * with a case that fits, and to what they paid of the creditor's. */
PN_MUST_USE pn_err pn_report_splits(pn_app *app, pn_id strategy_id, pn_date from, pn_date to,
                                    int days, const pn_report_of *of, pn_arena *arena,
                                    pn_split_report **ret_splits, size_t *ret_count, pn_diag *diag);

/* A debtor of an arm. */
typedef struct {
    pn_id debtor_id;
    pn_str debtor_name;
    pn_time at; /* it came in; the key with its id */
    pn_date came;
    bool ripe;              /* its days are over: only then what it paid counts */
    pn_figure_monies money; /* paid within them; count of payments */
} pn_split_debtor;

typedef struct {
    pn_id strategy_id;
    pn_str key, arm;
    pn_date from, to;
    int days;
    pn_report_of of;
    pn_time after_at; /* behind this one; INT64_MAX: from the first */
    pn_id after_id;
    int64_t limit;
} pn_split_query;

/* The debtors that an arm counts, who came in last first. */
PN_MUST_USE pn_err pn_report_split_debtors(pn_app *app, const pn_split_query *query,
                                           pn_arena *arena, pn_split_debtor **ret_rows,
                                           size_t *ret_count, pn_diag *diag);

/* Wilson's score interval of `part` of `whole` at 95 %, in hundredths of a per cent; Brown, Cai,
 * DasGupta, “Interval Estimation for a Binomial Proportion”, 2001, (4). */
void pn_share_interval(int64_t part, int64_t whole, int64_t *ret_low_bp, int64_t *ret_high_bp);
/* Newcombe's hybrid score interval of the difference of two shares (a − b) at 95 %: “Interval
 * estimation for the difference between independent proportions”, 1998, method 10. */
void pn_difference_interval(int64_t part_a, int64_t whole_a, int64_t part_b, int64_t whole_b,
                            int64_t *ret_low_bp, int64_t *ret_high_bp);

#endif
