/* Lists as files for spreadsheets: as CSV, UTF-8 with a byte order mark, where what could be a
 * formula is guarded; or as .xlsx with cells of their types, where text is text. */
#ifndef PN_APP_EXPORTS_H
#define PN_APP_EXPORTS_H

#include "app/cases.h"
#include "store/invoice.h"

typedef enum {
    PN_EXPORT_INVOICES, /* open ones, the oldest due date first */
    PN_EXPORT_ACCOUNTS, /* the same */
    PN_EXPORT_DEBTORS,
    PN_EXPORT_PAYMENTS, /* the newest first */
} pn_export_kind;

enum { PN_EXPORT_ROWS_MAX = 100000 };

typedef struct {
    pn_export_kind kind;
    bool xlsx;              /* instead of CSV */
    bool semicolon;         /* CSV: between fields, and a decimal comma in amounts */
    pn_id debtor_id;        /* not of debtors; 0: all */
    const pn_rule *rule;    /* of invoices and accounts; NULL: all */
    bool closed;            /* the same: those with nothing open too */
    pn_str owner;           /* of debtors: key of the collector; empty: all */
    pn_id creditor_id;      /* the same; 0: all */
    pn_payment_state state; /* of payments */
    pn_date from, to;       /* of payments: received then or later, and before; PN_DATE_NONE: all */
} pn_export_request;

/* "invoices.csv", "invoices.xlsx" */
pn_str pn_export_file_name(const pn_export_request *request, pn_arena *arena);

/* Appends the file to `out`, whose own limit holds. LIMIT with a sentence for more rows than
 * PN_EXPORT_ROWS_MAX. The arena is as full as before when it comes back. */
PN_MUST_USE pn_err pn_export(pn_app *app, const pn_export_request *request, pn_arena *arena,
                             pn_buf *out, pn_diag *diag);

#endif
