/* Documents for debtors, from the books to the PDF: the copy of an invoice, the statement of an
 * account, a letter, a payment plan's agreement, a receipt.
 *
 * What a document says follows from the books as they are now; equal books give equal bytes. The
 * PDF is made by the helper process puntual-pdf. Nothing is stored. */
#ifndef PN_APP_DOCUMENTS_H
#define PN_APP_DOCUMENTS_H

#include "app/app.h"
#include "base/hash.h"
#include "codec/pdf.h"
#include "compose/document.h"

typedef enum {
    PN_DOCUMENT_INVOICE,
    PN_DOCUMENT_STATEMENT,
    PN_DOCUMENT_LETTER,
    PN_DOCUMENT_PLAN,
    PN_DOCUMENT_RECEIPT,
} pn_document_kind;

typedef struct {
    pn_document_kind kind;
    pn_str language; /* empty: the debtor's */
    /* what it is about: an invoice; a letter's or statement's debtor and account; a plan; a
     * payment */
    pn_id invoice_id, debtor_id, account_id, plan_id, payment_id;
    pn_date since; /* statement: movements from this day on; PN_DATE_NONE: none */
    /* letter */
    pn_str family;
    unsigned tone; /* 0: the strongest that law 5 permits now */
    pn_document_window window;
    bool usual_window; /* the one usual in the creditor's country instead */
} pn_document_request;

/* A document before it is drawn. */
typedef struct {
    pn_str json; /* codec/pdf/doc.h */
    pn_str logo; /* the first blob; empty: none */
    pn_str file_name;
    pn_str language;
} pn_document_sheet;

typedef struct {
    pn_document_sheet sheet;
    pn_str pdf;
    size_t pages;
    pn_sha256 hash;
} pn_document_file;

/* Everything lives on `arena`. NOT_FOUND and CONFLICT with a sentence: there is no such thing, or
 * nothing that such a document could say now. */
PN_MUST_USE pn_err pn_documents_sheet(pn_app *app, const pn_document_request *request,
                                      pn_arena *arena, pn_document_sheet *ret_sheet, pn_diag *diag);
PN_MUST_USE pn_err pn_documents_make(pn_app *app, pn_helper *helper,
                                     const pn_document_request *request, pn_arena *arena,
                                     pn_document_file *ret_file, pn_diag *diag);

/* What a debtor writes on a transfer for one invoice (its number) or for an account (the debtor's
 * key): an ISO 11649 reference where the creditor wants those and the text allows one, else the
 * text itself. */
pn_str pn_documents_reference(const pn_creditor_row *creditor, pn_str text, pn_arena *arena);

#endif
