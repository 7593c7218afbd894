#include "store/touch.h"

#include "base/banned.h"

pn_err pn_signal_count(pn_db *db, pn_id debtor_id, pn_id carrier_id, pn_signal_kind kind,
                       pn_signal_source source, int64_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT count(*) FROM signal WHERE debtor_id = $1 AND carrier_id ="
                                " $2 AND kind = $3 AND source = $4");
    pn_bind_int(q, 1, debtor_id);
    pn_bind_int(q, 2, carrier_id);
    pn_bind_int(q, 3, kind);
    pn_bind_int(q, 4, source);
    PN_TRY(pn_row_next(q));
    *ret_count = pn_col_int(q, 0);
    pn_stmt_reset(q);
    return PN_OK;
}

static void read_alike(pn_stmt *q, pn_arena *arena, void *row) {
    *(pn_signal_row *)row = (pn_signal_row){.source = (pn_signal_source)pn_col_int(q, 0),
                                            .recorded_at = pn_col_int(q, 1),
                                            .detail = pn_col_str_dup(q, 2, arena)};
}

pn_err pn_signal_alike(pn_db *db, pn_id debtor_id, pn_id carrier_id, pn_signal_kind kind,
                       pn_arena *arena, pn_signal_row **ret_rows, size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT source, recorded_at, detail FROM signal WHERE debtor_id ="
                                " $1 AND carrier_id = $2 AND kind = $3");
    pn_bind_int(q, 1, debtor_id);
    pn_bind_int(q, 2, carrier_id);
    pn_bind_int(q, 3, kind);
    void *rows = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_signal_row), read_alike, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

pn_err pn_signal_mark_machine(pn_db *db, pn_id debtor_id, pn_id carrier_id, pn_signal_kind kind,
                              pn_time since, int64_t *ret_count) {
    pn_stmt *q =
        pn_db_stmt(db, "UPDATE signal SET source = $5 WHERE debtor_id = $1 AND carrier_id ="
                       " $2 AND kind = $3 AND recorded_at >= $4 AND source = 0");
    pn_bind_int(q, 1, debtor_id);
    pn_bind_int(q, 2, carrier_id);
    pn_bind_int(q, 3, kind);
    pn_bind_int(q, 4, since);
    pn_bind_int(q, 5, PN_SOURCE_MACHINE);
    return pn_stmt_run(q, ret_count);
}
