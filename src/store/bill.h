/* What an invoice bills: its lines and the summary of its taxes. */
#ifndef PN_STORE_BILL_H
#define PN_STORE_BILL_H

#include "core/bill.h"
#include "core/fact.h"
#include "store/db.h"

/* Writes the bill in place of the one that was there. Folded texts are made here. */
PN_MUST_USE pn_err pn_bill_put(pn_db *db, pn_id org_id, pn_id debtor_id, pn_id invoice_id,
                               const pn_bill *bill, pn_arena *arena);
/* Lines by number, taxes by position; an invoice without lines gives an empty bill. */
PN_MUST_USE pn_err pn_bill_get(pn_db *db, pn_id debtor_id, pn_id invoice_id, pn_arena *arena,
                               pn_bill *ret_bill);
/* Equal in everything that is stored. */
bool pn_bill_same(const pn_bill *a, const pn_bill *b);

/* The lines as rules see them: texts folded. */
PN_MUST_USE pn_err pn_line_list(pn_db *db, pn_id debtor_id, pn_id invoice_id, pn_arena *arena,
                                pn_line **ret_lines, size_t *ret_count);
/* One line's share of the invoice's amount, by its number. */
PN_MUST_USE pn_err pn_line_amount(pn_db *db, pn_id debtor_id, pn_id invoice_id, int64_t number,
                                  int64_t *ret_amount);

#endif
