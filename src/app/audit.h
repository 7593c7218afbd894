/* The audit: every number, proof and state computed again, by other code than the one that keeps
 * it.
 *
 * Nothing is trusted that can be derived: balances are summed from their entries, claimable amounts
 * from ledger, earmarks and credit, events are hashed again from their bytes, Merkle roots built by
 * plain recursion. It only reads, all of it as of one moment, while others go on writing. Rows are
 * read in the order of their ids; memory is bounded by one debtor and one block. */
#ifndef PN_APP_AUDIT_H
#define PN_APP_AUDIT_H

#include "app/app.h"

enum { PN_AUDIT_SHOWN = 20 };

typedef struct {
    const char *name;  /* "ledger" */
    const char *title; /* what holds when it agrees, one sentence */
    int64_t rows;      /* looked at */
    int64_t disagreements;
    pn_str shown[PN_AUDIT_SHOWN]; /* the first ones, in words: which row, expected, found */
    size_t shown_count;
} pn_audit_check;

typedef struct {
    pn_audit_check *checks;
    size_t count;
    int64_t disagreements; /* of all; 0: the database agrees */
} pn_audit_report;

/* Audits the organization, and the log of the whole database, which all share. OK also when there
 * are disagreements; the report lives in the arena. CORRUPT or IO when the file cannot be read. */
PN_MUST_USE pn_err pn_audit(pn_app *app, pn_arena *arena, pn_audit_report *ret_report,
                            pn_diag *diag);

#endif
