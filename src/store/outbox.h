/* Which debtors have something due soon. */
#ifndef PN_STORE_OUTBOX_H
#define PN_STORE_OUTBOX_H

#include "core/fact.h"
#include "store/db.h"

/* Ids, ascending, behind `after`: debtors of whom a run, a message or a timer of their own is due
 * until then. At most `limit`. */
PN_MUST_USE pn_err pn_outbox_debtors(pn_db *db, pn_id org_id, int64_t lane, pn_time until,
                                     pn_id after, size_t limit, pn_arena *arena, pn_id **ret_ids,
                                     size_t *ret_count);

/* Which messages that wait; what is 0, NONE or the ends of time asks for nothing. */
typedef struct {
    pn_id debtor_id, strategy_id, creditor_id;
    pn_channel_kind channel;
    pn_time from, until; /* may leave at `from` or later, and before `until` */
} pn_outbox_range;

typedef struct {
    pn_id message_id, debtor_id, run_id, account_id;
} pn_outbox_waiting;

/* Queued ones, by debtor, run and id; at most `limit`. */
PN_MUST_USE pn_err pn_outbox_waiting_of(pn_db *db, pn_id org_id, const pn_outbox_range *range,
                                        size_t limit, pn_arena *arena, pn_outbox_waiting **ret_rows,
                                        size_t *ret_count);

#endif
