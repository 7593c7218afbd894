/* Signals of one message that are alike: what is asked before another one is recorded. */
#ifndef PN_STORE_TOUCH_H
#define PN_STORE_TOUCH_H

#include "store/message.h"

/* How many of this kind and source the debtor's carrier has. */
PN_MUST_USE pn_err pn_signal_count(pn_db *db, pn_id debtor_id, pn_id carrier_id,
                                   pn_signal_kind kind, pn_signal_source source,
                                   int64_t *ret_count);
/* Those of this kind; in no order. */
PN_MUST_USE pn_err pn_signal_alike(pn_db *db, pn_id debtor_id, pn_id carrier_id,
                                   pn_signal_kind kind, pn_arena *arena, pn_signal_row **ret_rows,
                                   size_t *ret_count);
/* Those recorded since then (real time) and taken for a person's are a machine's. */
PN_MUST_USE pn_err pn_signal_mark_machine(pn_db *db, pn_id debtor_id, pn_id carrier_id,
                                          pn_signal_kind kind, pn_time since, int64_t *ret_count);

#endif
