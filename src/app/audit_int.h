/* Shared by the parts of the audit. */
#ifndef PN_APP_AUDIT_INT_H
#define PN_APP_AUDIT_INT_H

#include "app/audit.h"
#include "base/money.h"

enum { PN_AUDIT_CHECKS_MAX = 40 };

typedef struct {
    pn_app *app;
    pn_arena *arena;  /* of the report */
    pn_arena scratch; /* of the debtor, block or carrier under examination */
    pn_audit_report *report;
} pn_auditor;

pn_audit_check *pn_audit_begin(pn_auditor *auditor, const char *name, const char *title);
/* Counts a disagreement; the first ones are kept in words. */
void pn_audit_disagree(pn_auditor *auditor, pn_audit_check *check, const char *format, ...)
    PN_PRINTF(3, 4);

/* "inv_… (F-1)" and "1210.00 EUR", on the scratch arena. */
const char *pn_audit_name(pn_auditor *auditor, pn_id_kind kind, pn_id id, pn_str known_as);
const char *pn_audit_amount(pn_auditor *auditor, int64_t minor, pn_currency currency);

/* Rows of a table that stand in the order of their debtors: column 0 is the debtor. */
typedef struct {
    pn_stmt *q;
    bool live; /* it stands on a row */
} pn_audit_cursor;

/* Runs the statement with the organization as $1 and stands on its first row. */
PN_MUST_USE pn_err pn_audit_open(pn_auditor *auditor, const char *literal,
                                 pn_audit_cursor *ret_cursor);
PN_MUST_USE pn_err pn_audit_next(pn_audit_cursor *cursor);
/* Hands each row of the debtor to `each`, and leaves the cursor behind them. Rows of smaller
 * debtors belong to nobody: a disagreement. */
PN_MUST_USE pn_err pn_audit_take(pn_auditor *auditor, pn_audit_check *check,
                                 pn_audit_cursor *cursor, pn_id debtor_id,
                                 void (*each)(void *context, pn_stmt *q), void *context);

/* Reads an optional number. */
static inline int64_t pn_audit_optional(pn_stmt *q, int column) {
    return pn_col_int_or(q, column, PN_TIME_NONE);
}

/* ── the parts ── */

/* Invoices, ledger, earmarks, claimable, accounts, payments, promises, contacts. */
PN_MUST_USE pn_err pn_audit_books(pn_auditor *auditor);
/* Events, blocks, chains. */
PN_MUST_USE pn_err pn_audit_log(pn_auditor *auditor);
/* Runs, who works what, wake zones. */
PN_MUST_USE pn_err pn_audit_runs(pn_auditor *auditor);
/* Messages, carriers, contacts made. */
PN_MUST_USE pn_err pn_audit_messages(pn_auditor *auditor);
/* Mail that came in. */
PN_MUST_USE pn_err pn_audit_received(pn_auditor *auditor);
/* Money from outside, agreements, questions, notifications, people. */
PN_MUST_USE pn_err pn_audit_rows(pn_auditor *auditor);
/* What reports sum: made anew from the facts and compared. */
PN_MUST_USE pn_err pn_audit_rollups(pn_auditor *auditor);
/* Protected debtors. */
PN_MUST_USE pn_err pn_audit_protections(pn_auditor *auditor);
/* Keys that must be unique, documents, the file itself. */
PN_MUST_USE pn_err pn_audit_keys(pn_auditor *auditor);

#endif
