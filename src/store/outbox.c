#include "store/outbox.h"

#include "base/banned.h"

/* Zones tell where to look for runs and messages: neither has an index of its times. */
pn_err pn_outbox_debtors(pn_db *db, pn_id org_id, int64_t lane, pn_time until, pn_id after,
                         size_t limit, pn_arena *arena, pn_id **ret_ids, size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(
        db, "SELECT r.debtor_id FROM wake_zone z JOIN run r ON r.debtor_id BETWEEN z.first_debtor"
            " AND z.last_debtor WHERE z.lane = $1 AND z.wake_at <= $2 AND z.last_debtor > $3"
            " AND r.debtor_id > $3 AND r.status = 0 AND r.wake_at <= $2 AND r.org_id = $4"
            " UNION SELECT m.debtor_id FROM wake_zone z JOIN message m ON m.debtor_id BETWEEN"
            " z.first_debtor AND z.last_debtor WHERE z.lane = $1 AND z.deliver_at <= $2"
            " AND z.last_debtor > $3 AND m.debtor_id > $3 AND m.state = 0 AND m.not_before <= $2"
            " AND m.org_id = $4"
            " UNION SELECT id FROM debtor WHERE org_id = $4 AND wake_at <= $2"
            " AND wake_at < 9223372036854775807 AND id > $3"
            " ORDER BY 1 LIMIT $5");
    pn_bind_int(q, 1, lane);
    pn_bind_int(q, 2, until);
    pn_bind_int(q, 3, after);
    pn_bind_int(q, 4, org_id);
    pn_bind_int(q, 5, (int64_t)limit);
    return pn_rows_ids(q, arena, ret_ids, ret_count);
}
