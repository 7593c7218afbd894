/* Shared by the kinds of documents. */
#ifndef PN_APP_DOCUMENTS_INT_H
#define PN_APP_DOCUMENTS_INT_H

#include "app/documents.h"
#include "store/claim.h"
#include "store/debtor.h"
#include "store/invoice.h"

/* One document while its facts are gathered. */
typedef struct {
    pn_app *app;
    const pn_document_request *request;
    pn_arena *arena;
    pn_diag *diag;
    pn_debtor_row debtor;
    const pn_creditor_row *creditor;
    const pn_zone *zone; /* the debtor's */
    pn_document_frame frame;
    pn_str logo;
    pn_str file_name;
    pn_buf json;
} pn_documents;

/* Loads debtor and creditor and fills the frame. */
PN_MUST_USE pn_err pn_documents_open(pn_documents *work, pn_id debtor_id, pn_id creditor_id);
/* How to pay `amount`: account, reference (from a text, see pn_documents_reference) and code. */
void pn_documents_payable(pn_documents *work, pn_str text, pn_money amount);

/* The account by its id; NOT_FOUND with a sentence. */
PN_MUST_USE pn_err pn_documents_account(pn_documents *work, pn_id debtor_id, pn_id account_id,
                                        pn_account_row *ret_account);

/* The kinds: gather facts, open the frame, write `json` and `file_name`. */
PN_MUST_USE pn_err pn_documents_invoice(pn_documents *work);
PN_MUST_USE pn_err pn_documents_statement(pn_documents *work);
PN_MUST_USE pn_err pn_documents_letter(pn_documents *work);
PN_MUST_USE pn_err pn_documents_plan(pn_documents *work);
PN_MUST_USE pn_err pn_documents_receipt(pn_documents *work);

#endif
