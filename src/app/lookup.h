/* Finding things by what people type: our public ids, or the ERP's own keys. */
#ifndef PN_APP_LOOKUP_H
#define PN_APP_LOOKUP_H

#include "app/app.h"
#include "store/invoice.h"
#include "store/run.h"

/* A case as somebody named it: by debtor, invoice or run. */
typedef struct {
    pn_id debtor_id;
    pn_id invoice_id; /* 0: not named */
    pn_id run_id;     /* 0: not named */
} pn_case_ref;

/* "deb_…" or an ERP key, of that creditor where one is named (else empty). NOT_FOUND with a
 * sentence; CONFLICT when several creditors use the key. */
PN_MUST_USE pn_err pn_lookup_debtor(pn_app *app, pn_str text, pn_str creditor, pn_id *ret_id,
                                    pn_diag *diag);
/* "inv_…" or the number on the invoice. */
PN_MUST_USE pn_err pn_lookup_invoice(pn_app *app, pn_str text, pn_arena *arena,
                                     pn_invoice_row *ret_invoice, pn_diag *diag);
/* "run_…", "inv_…", "deb_…", an invoice's number or a debtor's key, in this order. */
PN_MUST_USE pn_err pn_lookup_case(pn_app *app, pn_str text, pn_arena *arena, pn_case_ref *ret_ref,
                                  pn_diag *diag);
/* The debtor's account with that creditor (empty: any) in that currency (empty: any); it must be
 * the only one. */
PN_MUST_USE pn_err pn_lookup_account(pn_app *app, pn_id debtor_id, pn_str creditor, pn_str currency,
                                     pn_arena *arena, pn_account_row *ret_account, pn_diag *diag);
/* An id with that prefix, and nothing else. INVALID with a sentence. */
PN_MUST_USE pn_err pn_lookup_id(pn_id_kind kind, pn_str text, pn_id *ret_id, pn_diag *diag);

#endif
