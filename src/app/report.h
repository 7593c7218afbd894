/* Reports: what happened in a span of time, in sums.
 *
 * Read from what is stored, by nobody's own count: messages from carriers and intents, money from
 * payments that stand, phases from the events of the runs. Amounts never mix currencies. */
#ifndef PN_APP_REPORT_H
#define PN_APP_REPORT_H

#include "app/app.h"
#include "store/report.h"

/* What went out in one text: e-mails that were taken, those of them that a person read; besides,
 * those whose address does not work, and those that were refused for now. */
typedef struct {
    pn_channel_kind channel;
    pn_str family;
    pn_purpose purpose;
    uint8_t tone; /* 0: the text has one tone only */
    int64_t sent, read, bounced, refused;
} pn_report_text;

/* Messages by how they ended. */
typedef struct {
    int64_t sent;                                        /* intents that left */
    int64_t carriers;                                    /* in so many e-mails */
    int64_t merged;                                      /* intents that shared one */
    int64_t superseded, reanchored, paid, other_skipped; /* decided not to send, and why */
    int64_t bounced, failed;
} pn_report_messages;

/* Held back by the gate for one reason. */
typedef struct {
    pn_str reason; /* "hours" */
    int64_t verdicts, messages;
    int64_t never; /* of the messages, those that were not sent for it */
} pn_report_held;

/* Money of one currency that came in one phase; phase "" before any strategy, or after. */
typedef struct {
    pn_currency currency;
    pn_str phase;
    int64_t amount, payments;
    int64_t days; /* after the due date, summed over the payments */
} pn_report_phase;

typedef struct {
    pn_report_receivables sums;
    int64_t collected, payments;
    int64_t days_late_tenths; /* mean, weighted by amount; negative: early */
    int64_t dso_days;         /* open ÷ billed × days; −1 when nothing was billed */
} pn_report_currency;

typedef struct {
    pn_str name;
    int64_t entered, working, paid, ended;
} pn_report_strategy;

typedef struct {
    pn_date from, to; /* to: the first day that is not in it */
    int64_t creditors, debtors;
    pn_report_text *texts;
    size_t text_count;
    pn_report_messages messages;
    pn_report_held *held;
    size_t held_count;
    pn_report_phase *phases; /* by currency, in the order in which phases come */
    size_t phase_count;
    pn_report_currency *currencies;
    size_t currency_count;
    pn_report_strategy *strategies;
    size_t strategy_count;
    pn_report_count *tasks; /* open, by category; kind: overdue */
    size_t task_count;
    int64_t tasks_done;
    int64_t promises[3];         /* open, kept, broken */
    int64_t disputes[2];         /* open, closed */
    int64_t plans[3];            /* active, done, in default */
    int64_t cheques[3];          /* in flight, cleared, returned */
    int64_t returned;            /* payments taken back */
    int64_t opens[3], clicks[3]; /* by a person, a proxy, a machine */
    int64_t replies, auto_replies, bounces;
} pn_report;

/* The organization's days from … to − 1. */
PN_MUST_USE pn_err pn_report_make(pn_app *app, pn_date from, pn_date to, pn_arena *arena,
                                  pn_report *ret_report, pn_diag *diag);

#endif
