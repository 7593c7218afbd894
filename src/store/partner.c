#include "store/partner.h"

#include "base/banned.h"

static void read_partner(pn_stmt *q, pn_arena *arena, void *row) {
    *(pn_partner_row *)row = (pn_partner_row){.org_id = pn_col_int(q, 0),
                                              .creditor_id = pn_col_int(q, 1),
                                              .kind = (pn_partner_kind)pn_col_int(q, 2),
                                              .name = pn_col_str_dup(q, 3, arena),
                                              .contact = pn_col_str_dup(q, 4, arena)};
}

pn_err pn_partner_put(pn_db *db, const pn_partner_row *row) {
    pn_stmt *q = pn_db_stmt(
        db, "INSERT INTO partner (org_id, creditor_id, kind, name, contact) VALUES ($1,$2,$3,$4,$5)"
            " ON CONFLICT (org_id, creditor_id, kind) DO UPDATE SET name = excluded.name,"
            " contact = excluded.contact");
    pn_bind_int(q, 1, row->org_id);
    pn_bind_int(q, 2, row->creditor_id);
    pn_bind_int(q, 3, row->kind);
    pn_bind_str(q, 4, row->name);
    pn_bind_str(q, 5, row->contact);
    return pn_stmt_run(q, NULL);
}

pn_err pn_partner_remove(pn_db *db, pn_id org_id, pn_id creditor_id, pn_partner_kind kind,
                         bool *ret_removed) {
    pn_stmt *q = pn_db_stmt(db, "DELETE FROM partner WHERE org_id = $1 AND creditor_id = $2"
                                " AND kind = $3");
    int64_t changed = 0;
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, creditor_id);
    pn_bind_int(q, 3, kind);
    PN_TRY(pn_stmt_run(q, &changed));
    *ret_removed = changed != 0;
    return PN_OK;
}

pn_err pn_partner_list(pn_db *db, pn_id org_id, pn_arena *arena, pn_partner_row **ret_rows,
                       size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT org_id, creditor_id, kind, name, contact FROM partner"
                                " WHERE org_id = $1 ORDER BY creditor_id, kind");
    pn_bind_int(q, 1, org_id);
    void *rows = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_partner_row), read_partner, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}
