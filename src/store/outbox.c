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

static void read_waiting(pn_stmt *q, pn_arena *arena, void *row) {
    (void)arena;
    *(pn_outbox_waiting *)row = (pn_outbox_waiting){.message_id = pn_col_int(q, 0),
                                                    .debtor_id = pn_col_int(q, 1),
                                                    .run_id = pn_col_int(q, 2),
                                                    .account_id = pn_col_int(q, 3)};
}

pn_err pn_outbox_waiting_of(pn_db *db, pn_id org_id, const pn_outbox_range *range, size_t limit,
                            pn_arena *arena, pn_outbox_waiting **ret_rows, size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(
        db, "SELECT m.id, m.debtor_id, m.run_id, r.account_id FROM message m JOIN run r ON"
            " r.debtor_id = m.debtor_id AND r.id = m.run_id JOIN account a ON a.debtor_id ="
            " r.debtor_id AND a.id = r.account_id JOIN strategy_version v ON v.id = r.version_id"
            " WHERE m.org_id = $1 AND m.state IN (0, 1, 7) AND m.state = 0"
            " AND (m.debtor_id = $2 OR $2 = 0) AND (v.strategy_id = $3 OR $3 = 0)"
            " AND (m.channel = $4 OR $4 = 0) AND m.not_before >= $5 AND m.not_before < $6"
            " AND (a.creditor_id = $7 OR $7 = 0) ORDER BY m.debtor_id, m.run_id, m.id LIMIT $8");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, range->debtor_id);
    pn_bind_int(q, 3, range->strategy_id);
    pn_bind_int(q, 4, range->channel);
    pn_bind_int(q, 5, range->from);
    pn_bind_int(q, 6, range->until);
    pn_bind_int(q, 7, range->creditor_id);
    pn_bind_int(q, 8, (int64_t)limit);
    void *rows = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_outbox_waiting), read_waiting, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}
