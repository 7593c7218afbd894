/* A debtor's open invoices by how late they are. */
#ifndef PN_STORE_AGEING_H
#define PN_STORE_AGEING_H

#include "calendar/date.h"
#include "store/db.h"

/* Not due; 1 to 30 days late, 31 to 60, 61 to 90, more. */
enum { PN_AGEING_BUCKETS = 5 };

typedef struct {
    pn_id account_id, creditor_id;
    pn_str currency;
    int64_t invoices[PN_AGEING_BUCKETS];
    int64_t open[PN_AGEING_BUCKETS], claimable[PN_AGEING_BUCKETS]; /* minor units */
} pn_debtor_ageing;

/* By account; those with nothing open are left out. */
PN_MUST_USE pn_err pn_ageing_of_debtor(pn_db *db, pn_id org_id, pn_id debtor_id, pn_date today,
                                       pn_arena *arena, pn_debtor_ageing **ret_rows,
                                       size_t *ret_count);

#endif
