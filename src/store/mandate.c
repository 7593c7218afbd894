#include "store/mandate.h"

#include "base/banned.h"

#define COLUMNS                                                                                    \
    "debtor_id, id, org_id, creditor_id, provider, token, label, state, reason, made_at, ended_at"

static void read_mandate(pn_stmt *q, pn_arena *arena, void *row) {
    *(pn_mandate_row *)row = (pn_mandate_row){.debtor_id = pn_col_int(q, 0),
                                              .id = pn_col_int(q, 1),
                                              .org_id = pn_col_int(q, 2),
                                              .creditor_id = pn_col_int(q, 3),
                                              .provider = pn_col_str_dup(q, 4, arena),
                                              .token = pn_col_str_dup(q, 5, arena),
                                              .label = pn_col_str_dup(q, 6, arena),
                                              .ended = pn_col_int(q, 7) != 0,
                                              .reason = pn_col_str_dup(q, 8, arena),
                                              .made_at = pn_col_int(q, 9),
                                              .ended_at = pn_col_int_or(q, 10, PN_TIME_NONE)};
}

pn_err pn_mandate_insert(pn_db *db, const pn_mandate_row *row) {
    pn_stmt *q = pn_db_stmt(db, "INSERT INTO mandate (" COLUMNS
                                ") VALUES ($1,$2,$3,$4,$5,$6,$7,0,'',$8,NULL)");
    pn_bind_int(q, 1, row->debtor_id);
    pn_bind_int(q, 2, row->id);
    pn_bind_int(q, 3, row->org_id);
    pn_bind_int(q, 4, row->creditor_id);
    pn_bind_str(q, 5, row->provider);
    pn_bind_str(q, 6, row->token);
    pn_bind_str(q, 7, row->label);
    pn_bind_int(q, 8, row->made_at);
    return pn_stmt_run(q, NULL);
}

pn_err pn_mandate_for(pn_db *db, pn_id debtor_id, pn_id creditor_id, pn_arena *arena,
                      pn_mandate_row *ret_row) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " COLUMNS " FROM mandate WHERE debtor_id = $1 AND state = 0"
                                " AND creditor_id IN ($2, 0) ORDER BY creditor_id DESC, id DESC");
    pn_bind_int(q, 1, debtor_id);
    pn_bind_int(q, 2, creditor_id);
    PN_TRY(pn_row_next(q));
    read_mandate(q, arena, ret_row);
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_mandate_of_debtor(pn_db *db, pn_id debtor_id, pn_arena *arena, pn_mandate_row **ret_rows,
                            size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " COLUMNS " FROM mandate WHERE debtor_id = $1 ORDER BY id");
    void *rows = NULL;
    pn_bind_int(q, 1, debtor_id);
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_mandate_row), read_mandate, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

pn_err pn_mandate_end(pn_db *db, pn_id org_id, pn_id id, pn_str reason, pn_time at) {
    pn_stmt *q = pn_db_stmt(db, "UPDATE mandate SET state = 1, reason = $3, ended_at = $4"
                                " WHERE org_id = $1 AND id = $2 AND state = 0");
    int64_t changed = 0;
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, id);
    pn_bind_str(q, 3, reason);
    pn_bind_int(q, 4, at);
    PN_TRY(pn_stmt_run(q, &changed));
    return changed != 0 ? PN_OK : PN_NOT_FOUND;
}
