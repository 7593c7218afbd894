/* What of a payment settles which invoices, after it was entered: money that found no invoice is
 * applied by hand, and taken from an invoice that it was not meant for. */
#ifndef PN_APP_ALLOCATIONS_H
#define PN_APP_ALLOCATIONS_H

#include "app/books.h"

/* Applies what is left of the payment to the invoices in their order, or to the oldest open ones of
 * its account where none are named. CONFLICT where nothing is left or nothing is open; INVALID for
 * an invoice that is not an open one of the payment's account. */
PN_MUST_USE pn_err pn_payment_allocate(pn_app *app, pn_id payment_id, const pn_id *invoices,
                                       size_t count, pn_arena *arena, pn_diag *diag);
/* Takes the payment's money from those invoices: they are open again, and it is not applied until
 * somebody says to what. INVALID for an invoice that it settles nothing of. */
PN_MUST_USE pn_err pn_payment_deallocate(pn_app *app, pn_id payment_id, const pn_id *invoices,
                                         size_t count, pn_str reason, pn_arena *arena,
                                         pn_diag *diag);
/* What a payment settles of one invoice, and what was withheld from it there. */
typedef struct {
    pn_id invoice_id;
    int64_t amount, withheld; /* minor units */
} pn_settled;

/* Makes the payment settle exactly that, and nothing else: what differs is taken away, what is
 * missing entered. INVALID for an invoice that is none of the account's or is named twice; CONFLICT
 * where the payment or an invoice has not that much left. */
PN_MUST_USE pn_err pn_payment_settle(pn_app *app, pn_id payment_id, const pn_settled *wanted,
                                     size_t count, pn_str reason, pn_arena *arena, pn_diag *diag);
/* Where the entries of an invoice come to less than nothing, because its amount was lowered below
 * what settles it: gives the excess back, of the newest money first (it is not applied until
 * somebody says to what), then of what else lowered it. Money is never lost in an invoice. */
PN_MUST_USE pn_err pn_invoice_free_excess(pn_app *app, pn_invoice_row *invoice, pn_str reason,
                                          pn_arena *arena);

#endif
