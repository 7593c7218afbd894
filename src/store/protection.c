#include "store/protection.h"

#include "base/banned.h"

pn_err pn_protection_insert(pn_db *db, const pn_protection_row *row) {
    pn_stmt *q =
        pn_db_stmt(db, "INSERT INTO protection (debtor_id, id, org_id, kind, reason, actor,"
                       " contact_id, since, until) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9)");
    pn_bind_int(q, 1, row->debtor_id);
    pn_bind_int(q, 2, row->id);
    pn_bind_int(q, 3, row->org_id);
    pn_bind_int(q, 4, row->kind);
    pn_bind_str(q, 5, row->reason);
    pn_bind_str(q, 6, row->actor);
    pn_bind_int(q, 7, row->contact_id);
    pn_bind_int(q, 8, row->since);
    pn_bind_int_or_null(q, 9, row->until, PN_TIME_NEVER);
    return pn_stmt_run(q, NULL);
}

pn_err pn_protection_end(pn_db *db, pn_id debtor_id, pn_id id, pn_time at) {
    pn_stmt *q = pn_db_stmt(db, "UPDATE protection SET ended_at = $3 WHERE debtor_id = $1"
                                " AND id = $2 AND ended_at IS NULL");
    pn_bind_int(q, 1, debtor_id);
    pn_bind_int(q, 2, id);
    pn_bind_int(q, 3, at);
    return pn_stmt_run(q, NULL);
}

static void read_protection(pn_stmt *q, pn_arena *arena, void *row) {
    *(pn_protection_row *)row = (pn_protection_row){
        .debtor_id = pn_col_int(q, 0),
        .id = pn_col_int(q, 1),
        .org_id = pn_col_int(q, 2),
        .kind = (pn_protect_kind)pn_col_int(q, 3),
        .reason = pn_col_str_dup(q, 4, arena),
        .actor = pn_col_str_dup(q, 5, arena),
        .contact_id = pn_col_int(q, 6),
        .since = pn_col_int(q, 7),
        .until = pn_col_int_or(q, 8, PN_TIME_NEVER),
    };
}

pn_err pn_protection_list(pn_db *db, pn_id debtor_id, pn_arena *arena, pn_protection_row **ret_rows,
                          size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT debtor_id, id, org_id, kind, reason, actor, contact_id,"
                                " since, until FROM protection WHERE debtor_id = $1"
                                " AND ended_at IS NULL ORDER BY id");
    pn_bind_int(q, 1, debtor_id);
    void *rows = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_protection_row), read_protection, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}
