/* Whose figures a report tells: all of an organization's, a creditor's, those of the cases that a
 * rule fits. Sums that are kept (store/rollup.h) know creditors and no rules: what a rule fits is
 * counted from the facts when it is asked for, in time that grows with what they are. A rule is
 * asked of cases as they are today, whatever the span. */
#ifndef PN_APP_REPORT_OF_H
#define PN_APP_REPORT_OF_H

#include "app/app.h"
#include "core/rule/rule.h"
#include "store/rollup.h"

typedef struct {
    pn_id creditor_id;   /* 0: of all */
    const pn_rule *rule; /* invoices that it fits; NULL: all */
    const pn_rule *also; /* and this one too; NULL: all */
} pn_report_of;

/* In a statement that is narrowed: of the cases r, an invoice's own or its account's, those that
 * are in `fits`. */
#define PN_REPORT_FITTING_CASES                                                                    \
    " AND ((r.invoice_id = 0 AND (r.debtor_id, r.account_id) IN (SELECT debtor_id, account_id"     \
    " FROM fits)) OR (r.invoice_id <> 0 AND (r.debtor_id, r.invoice_id) IN (SELECT debtor_id,"     \
    " invoice_id FROM fits)))"

/* True where a rule narrows it. */
bool pn_report_of_narrows(const pn_report_of *of);

/* The statement `all`, or where a rule narrows it `some`, which may read from `fits`, the invoices
 * that both rules fit: debtor_id, account_id, invoice_id, creditor_id, currency, issued,
 * effective_due. Their own parameters are $1, the organization, to $`own`, bound by the caller;
 * done with by pn_report_of_done. LIMIT with a sentence where the rules have too many parameters.
 */
PN_MUST_USE pn_err pn_report_of_stmt(pn_app *app, const pn_report_of *of, const char *all,
                                     const char *some, int own, pn_arena *arena, pn_stmt **ret_stmt,
                                     pn_diag *diag);
void pn_report_of_done(const pn_report_of *of, pn_stmt *stmt);

/* Gives `take` the sums of a measure (of pn_rollup_recounts) on days from … to, both included, each
 * key any number of times. A message belongs to what is narrowed where its debtor has an invoice of
 * its creditor that fits. */
PN_MUST_USE pn_err pn_report_of_each(pn_app *app, const pn_report_of *of, pn_rollup_measure measure,
                                     pn_date from, pn_date to, pn_arena *arena,
                                     void (*take)(void *context, const pn_rollup_row *row),
                                     void *context, pn_diag *diag);

#endif
