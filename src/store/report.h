/* Sums over what happened, for reports. Times are half-open: from ≤ at < to. */
#ifndef PN_STORE_REPORT_H
#define PN_STORE_REPORT_H

#include "core/fact.h"
#include "store/db.h"

typedef struct {
    pn_id org_id;
    pn_time from, to;
} pn_report_span;

/* What really went out, copies for people of ours left out; `read` by a person. An address that was
 * refused for good (status 5…) counts as bounced, whether at once or later. */
typedef struct {
    pn_channel_kind channel;
    pn_purpose purpose;
    pn_str family;
    uint8_t tone;
    pn_message_state state;
    int64_t count, read;
} pn_report_carriers;

PN_MUST_USE pn_err pn_report_carrier_counts(pn_db *db, const pn_report_span *span, pn_arena *arena,
                                            pn_report_carriers **ret_rows, size_t *ret_count);

/* A word and how many: reasons, categories, names. */
typedef struct {
    pn_str word;
    int64_t kind; /* a state, a kind; its meaning is the query's */
    int64_t count;
    pn_time oldest; /* PN_TIME_NONE where it means nothing */
} pn_report_count;

/* Messages (intents) that were settled in the span, by state and reason. */
PN_MUST_USE pn_err pn_report_message_reasons(pn_db *db, const pn_report_span *span, pn_arena *arena,
                                             pn_report_count **ret_rows, size_t *ret_count);
/* Open tasks by category; `kind` is how many of them are overdue at `to`. */
PN_MUST_USE pn_err pn_report_tasks_open(pn_db *db, const pn_report_span *span, pn_arena *arena,
                                        pn_report_count **ret_rows, size_t *ret_count);
/* Runs by strategy; `kind` is the run's status. */
PN_MUST_USE pn_err pn_report_runs(pn_db *db, const pn_report_span *span, pn_arena *arena,
                                  pn_report_count **ret_rows, size_t *ret_count);
/* Signals by source; the word is empty. `kind` is source × 100 + signal kind. */
PN_MUST_USE pn_err pn_report_signals(pn_db *db, const pn_report_span *span, pn_arena *arena,
                                     pn_report_count **ret_rows, size_t *ret_count);
/* "promise", "dispute", "plan", "instrument" by state, and "task" that were done. */
PN_MUST_USE pn_err pn_report_facts(pn_db *db, const pn_report_span *span, pn_arena *arena,
                                   pn_report_count **ret_rows, size_t *ret_count);

/* Parameters of messages that have any; among them the gate's verdicts other than "now". */
PN_MUST_USE pn_err pn_report_verdicts(pn_db *db, const pn_report_span *span, pn_arena *arena,
                                      pn_str **ret_params, size_t *ret_count);

/* Money applied to an invoice by a payment that stands. */
typedef struct {
    pn_id debtor_id, account_id, invoice_id;
    pn_currency currency;
    int64_t amount;
    pn_time at;
    pn_date received, effective_due;
} pn_report_money;

PN_MUST_USE pn_err pn_report_payments(pn_db *db, const pn_report_span *span, pn_arena *arena,
                                      pn_report_money **ret_rows, size_t *ret_count);

/* Payments that were received and taken back in the span. */
PN_MUST_USE pn_err pn_report_returned(pn_db *db, const pn_report_span *span, int64_t *ret_count);

/* Invoices by currency. Amounts in minor units; `billed` in the days from … to − 1. */
typedef struct {
    pn_currency currency;
    int64_t invoices, open_invoices, overdue_invoices;
    int64_t billed, open, overdue;
} pn_report_receivables;

PN_MUST_USE pn_err pn_report_open(pn_db *db, pn_id org_id, pn_date from, pn_date to,
                                  pn_arena *arena, pn_report_receivables **ret_rows,
                                  size_t *ret_count);

/* Every run, and what its steps say; for finding the phase in which money came. In the order of
 * ids. */
typedef struct {
    pn_id id, debtor_id, account_id, invoice_id;
    pn_time started_at;
} pn_report_run;

PN_MUST_USE pn_err pn_report_run_list(pn_db *db, pn_id org_id, pn_arena *arena,
                                      pn_report_run **ret_rows, size_t *ret_count);

typedef struct {
    pn_id run_id;
    pn_time at;
    pn_str body;
} pn_report_step;

PN_MUST_USE pn_err pn_report_steps(pn_db *db, pn_id org_id, pn_arena *arena,
                                   pn_report_step **ret_rows, size_t *ret_count);

/* How many creditors, debtors, strategies. */
PN_MUST_USE pn_err pn_report_size(pn_db *db, pn_id org_id, int64_t *ret_creditors,
                                  int64_t *ret_debtors);

/* The e-mails of a family and tone that were sent, oldest first; tone 0: any. */
PN_MUST_USE pn_err pn_report_sent(pn_db *db, pn_id org_id, pn_str family, int64_t tone, size_t max,
                                  pn_arena *arena, pn_id **ret_carriers, size_t *ret_count);
/* The first message that was skipped for this reason; NOT_FOUND. */
PN_MUST_USE pn_err pn_report_skipped(pn_db *db, pn_id org_id, pn_str reason, pn_id *ret_message,
                                     pn_id *ret_debtor);

#endif
