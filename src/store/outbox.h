/* Which debtors have something due soon. */
#ifndef PN_STORE_OUTBOX_H
#define PN_STORE_OUTBOX_H

#include "store/db.h"

/* Ids, ascending, behind `after`: debtors of whom a run, a message or a timer of their own is due
 * until then. At most `limit`. */
PN_MUST_USE pn_err pn_outbox_debtors(pn_db *db, pn_id org_id, int64_t lane, pn_time until,
                                     pn_id after, size_t limit, pn_arena *arena, pn_id **ret_ids,
                                     size_t *ret_count);

#endif
