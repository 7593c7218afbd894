/* Documents that people attach to debtors and invoices: a signed order, a proof of delivery, the
 * invoice as it was sent. What is shown to the debtor is offered on their page; an invoice's shown
 * PDF takes the place of the copy that the program would make, there and in e-mails. */
#ifndef PN_APP_PAPERS_H
#define PN_APP_PAPERS_H

#include "app/app.h"
#include "store/file.h"

typedef struct {
    pn_id debtor_id;
    pn_id invoice_id; /* 0: of the debtor as a whole */
    pn_str name;      /* empty: named by what it is */
    pn_str bytes;
    bool shown;
} pn_paper;

/* In the transaction under way. INVALID for what is no PDF, JPEG or PNG by its content; LIMIT where
 * it or all of the debtor's are too large. The same bytes for the same thing again are the document
 * that is there. */
PN_MUST_USE pn_err pn_papers_add(pn_app *app, const pn_paper *paper, pn_arena *arena, pn_id *ret_id,
                                 pn_diag *diag);
/* In the transaction under way. NOT_FOUND. */
PN_MUST_USE pn_err pn_papers_delete(pn_app *app, pn_id id, pn_arena *arena, pn_diag *diag);

#endif
