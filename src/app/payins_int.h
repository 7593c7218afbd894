/* Shared by the parts of payment intents. */
#ifndef PN_APP_PAYINS_INT_H
#define PN_APP_PAYINS_INT_H

#include "app/payins.h"

/* What follows from a report about the intent, in the transaction under way; the row is written.
 * `ret_verdict` is a word for the event. */
PN_MUST_USE pn_err pn_payin_apply(pn_app *app, pn_payin_row *payin, const pn_pay_report *report,
                                  pn_arena *arena, pn_str *ret_verdict, pn_diag *diag);

/* The ids in a row's `invoices`. */
void pn_payin_invoices(const pn_payin_row *payin, pn_arena *arena, pn_id **ret_ids,
                       size_t *ret_count);

#define PN_PAYIN_VOUCHER PN_STR("voucher")

#endif
