/* What a figure of a report is the sum of, row by row, the newest first: payments put down to a
 * cause, messages by what became of them, promises, complaints, tasks, what was billed, what
 * lowered the debt without money, the cases that stand at a strategy's step. Figures and rows are
 * read from the same facts; docs/reports.md says which. */
#ifndef PN_APP_REPORT_ROWS_H
#define PN_APP_REPORT_ROWS_H

#include "app/report_cause.h"
#include "core/ledger.h"

typedef enum {
    PN_ROWS_COLLECTED,     /* applied to invoices, and what was taken back; by cause */
    PN_ROWS_HANDS_FREE,    /* of that, what came without a person's work; by cause */
    PN_ROWS_AFTER_MESSAGE, /* of that, what is put down to a message; by cause */
    PN_ROWS_LOWERED,       /* without money: credit notes, write-offs and so on, and taken back */
    PN_ROWS_BILLED,
    PN_ROWS_SENT,      /* messages that left; by cause, as the five that follow */
    PN_ROWS_DELIVERED, /* those that did not bounce */
    PN_ROWS_BOUNCED,
    PN_ROWS_READ,
    PN_ROWS_CLICKED,
    PN_ROWS_VISITED,
    PN_ROWS_KEPT, /* promises */
    PN_ROWS_BROKEN,
    PN_ROWS_COMPLAINTS,
    PN_ROWS_TASKS,
    PN_ROWS_STANDING, /* cases that stand there now and what they owe; of a strategy's version */
} pn_rows_what;

typedef struct {
    pn_rows_what what;
    pn_date from, to; /* the first day that is not in it */
    pn_report_of of;  /* its `also` is of rows of what a segment brought */
    pn_str currency;  /* empty: of each */
    bool caused;      /* only what is put down to the cause below */
    pn_cause_by by;
    pn_str name;                /* empty: to none */
    int64_t version;            /* of a template or strategy */
    pn_str node;                /* of a strategy's version: its step; empty: each */
    int64_t after_at, after_id; /* behind this row; INT64_MAX: from the first */
    int64_t limit;
} pn_rows_query;

typedef struct {
    int64_t at; /* a day, an instant, of cases the debtor: the key with id */
    int64_t id;
    pn_date day;
    pn_id debtor_id;
    pn_str debtor_name;
    pn_id invoice_id; /* 0: of none */
    pn_str number;
    pn_currency currency; /* none: no amount */
    int64_t amount;
    pn_str text;        /* a message's subject, a task's title, a complaint's words */
    pn_entry_kind kind; /* of what lowered the debt; else PN_ENTRIES */
} pn_report_row;

/* INVALID with a sentence where nothing of the kind has such a cause; NOT_FOUND where there is no
 * cause of that name. */
PN_MUST_USE pn_err pn_report_rows(pn_app *app, const pn_rows_query *query, pn_arena *arena,
                                  pn_report_row **ret_rows, size_t *ret_count, pn_diag *diag);

#endif
