#include "store/link.h"

#include "base/banned.h"

/* ── keys ────────────────────────────────────────────────────────────────────────────────────── */

pn_err pn_link_key_insert(pn_db *db, const pn_link_key_row *row) {
    pn_stmt *q = pn_db_stmt(db, "INSERT INTO link_key (id, org_id, secret, made_at, retired_at)"
                                " VALUES ($1, $2, $3, $4, $5)");
    pn_bind_int(q, 1, row->id);
    pn_bind_int(q, 2, row->org_id);
    pn_bind_blob(q, 3, row->secret.ptr, row->secret.len);
    pn_bind_int(q, 4, row->made_at);
    pn_bind_int_or_null(q, 5, row->retired_at, PN_TIME_NONE);
    return pn_stmt_run(q, NULL);
}

static void read_key(pn_stmt *q, pn_arena *arena, void *row) {
    *(pn_link_key_row *)row = (pn_link_key_row){.id = (int32_t)pn_col_int(q, 0),
                                                .org_id = pn_col_int(q, 1),
                                                .secret = pn_col_str_dup(q, 2, arena),
                                                .made_at = pn_col_int(q, 3),
                                                .retired_at = PN_TIME_NONE};
}

pn_err pn_link_key_list(pn_db *db, pn_id org_id, pn_arena *arena, pn_link_key_row **ret_rows,
                        size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT id, org_id, secret, made_at FROM link_key"
                                " WHERE retired_at IS NULL AND (org_id = $1 OR $1 = 0)"
                                " ORDER BY id");
    pn_bind_int(q, 1, org_id);
    void *rows = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_link_key_row), read_key, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

pn_err pn_link_key_highest(pn_db *db, int32_t *ret_id) {
    pn_stmt *q = pn_db_stmt(db, "SELECT max(id) FROM link_key");
    PN_TRY(pn_row_next(q));
    *ret_id = (int32_t)pn_col_int_or(q, 0, 0);
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_link_key_retire(pn_db *db, pn_id org_id, int32_t id, pn_time at) {
    int64_t changed = 0;
    pn_stmt *q = pn_db_stmt(db, "UPDATE link_key SET retired_at = $3 WHERE org_id = $1 AND id = $2"
                                " AND retired_at IS NULL");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, id);
    pn_bind_int(q, 3, at);
    PN_TRY(pn_stmt_run(q, &changed));
    return changed == 0 ? PN_NOT_FOUND : PN_OK;
}

/* ── links ───────────────────────────────────────────────────────────────────────────────────── */

#define LINK_COLUMNS                                                                               \
    "id, org_id, kind, debtor_id, account_id, invoice_id, carrier_id, target, code, made_at,"      \
    " expires_at, revoked_at"

static void read_link_at(pn_stmt *q, int first, pn_arena *arena, pn_link_row *row) {
    *row = (pn_link_row){.id = pn_col_int(q, first),
                         .org_id = pn_col_int(q, first + 1),
                         .kind = (int)pn_col_int(q, first + 2),
                         .debtor_id = pn_col_int(q, first + 3),
                         .account_id = pn_col_int(q, first + 4),
                         .invoice_id = pn_col_int(q, first + 5),
                         .carrier_id = pn_col_int(q, first + 6),
                         .target = pn_col_str_dup(q, first + 7, arena),
                         .code = pn_col_int_or(q, first + 8, 0),
                         .made_at = pn_col_int(q, first + 9),
                         .expires_at = pn_col_int(q, first + 10),
                         .revoked_at = pn_col_int_or(q, first + 11, PN_TIME_NONE)};
}

static void read_link(pn_stmt *q, pn_arena *arena, void *row) {
    read_link_at(q, 0, arena, row);
}

static void bind_link(pn_stmt *q, const pn_link_row *row) {
    pn_bind_int(q, 1, row->id);
    pn_bind_int(q, 2, row->org_id);
    pn_bind_int(q, 3, row->kind);
    pn_bind_int(q, 4, row->debtor_id);
    pn_bind_int(q, 5, row->account_id);
    pn_bind_int(q, 6, row->invoice_id);
    pn_bind_int(q, 7, row->carrier_id);
    pn_bind_str(q, 8, row->target);
    pn_bind_int_or_null(q, 9, row->code, 0);
    pn_bind_int(q, 10, row->made_at);
    pn_bind_int(q, 11, row->expires_at);
    pn_bind_int_or_null(q, 12, row->revoked_at, PN_TIME_NONE);
}

/* With the e-mail that it stands in, so it may be put off with it. */
pn_err pn_link_insert(pn_db *db, const pn_link_row *row) {
    pn_stmt *q = pn_db_stmt_many(
        db, "INSERT INTO link (" LINK_COLUMNS ") VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12)",
        PN_PG("INSERT INTO link (id, org_id, kind, debtor_id, account_id, invoice_id, carrier_id,"
              " target, code, made_at, expires_at, revoked_at) SELECT * FROM unnest($1, $2, $3, $4,"
              " $5, $6, $7, $8, $9, $10, $11, $12)"));
    bind_link(q, row);
    return pn_stmt_later(q, PN_ANY_ROWS);
}

pn_err pn_link_put(pn_db *db, const pn_link_row *row) {
    pn_stmt *q = pn_db_stmt(
        db, "INSERT INTO link (" LINK_COLUMNS ") VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12)"
            " ON CONFLICT (id) DO UPDATE SET target = excluded.target, code = excluded.code,"
            " expires_at = excluded.expires_at, revoked_at = excluded.revoked_at");
    bind_link(q, row);
    return pn_stmt_run(q, NULL);
}

static pn_err read_one(pn_stmt *q, pn_arena *arena, pn_link_row *ret_row) {
    PN_TRY(pn_row_next(q));
    read_link(q, arena, ret_row);
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_link_get(pn_db *db, pn_id id, pn_arena *arena, pn_link_row *ret_row) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " LINK_COLUMNS " FROM link WHERE id = $1");
    pn_bind_int(q, 1, id);
    return read_one(q, arena, ret_row);
}

pn_err pn_link_by_code(pn_db *db, int64_t code, pn_arena *arena, pn_link_row *ret_row) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " LINK_COLUMNS " FROM link WHERE code = $1");
    pn_bind_int(q, 1, code);
    return read_one(q, arena, ret_row);
}

pn_err pn_link_list(pn_db *db, pn_id org_id, pn_id debtor_id, pn_arena *arena,
                    pn_link_row **ret_rows, size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " LINK_COLUMNS " FROM link WHERE debtor_id = $1 AND"
                                " org_id = $2 ORDER BY id");
    pn_bind_int(q, 1, debtor_id);
    pn_bind_int(q, 2, org_id);
    void *rows = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_link_row), read_link, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

/* ── what a carrier's links are about ────────────────────────────────────────────────────────── */

#define CARRIER_COLUMNS                                                                            \
    "c.org_id, c.creditor_id, c.debtor_id, c.contact_id, c.channel, c.at, c.settled_at,"           \
    " c.address, c.language, c.facts"

static void read_carrier(pn_stmt *q, pn_arena *arena, pn_link_carrier *ret_carrier) {
    *ret_carrier = (pn_link_carrier){.org_id = pn_col_int(q, 0),
                                     .creditor_id = pn_col_int(q, 1),
                                     .debtor_id = pn_col_int(q, 2),
                                     .contact_id = pn_col_int(q, 3),
                                     .channel = (pn_channel_kind)pn_col_int(q, 4),
                                     .at = pn_col_int(q, 5),
                                     .sent_at = pn_col_int_or(q, 6, PN_TIME_NONE),
                                     .address = pn_col_str_dup(q, 7, arena),
                                     .language = pn_col_str_dup(q, 8, arena),
                                     .facts = pn_col_str_dup(q, 9, arena)};
}

pn_err pn_link_carrier_get(pn_db *db, pn_id carrier_id, pn_arena *arena,
                           pn_link_carrier *ret_carrier) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " CARRIER_COLUMNS " FROM carrier c WHERE c.id = $1");
    pn_bind_int(q, 1, carrier_id);
    PN_TRY(pn_row_next(q));
    read_carrier(q, arena, ret_carrier);
    pn_stmt_reset(q);
    return PN_OK;
}

/* In one look: it is what each click asks for. */
pn_err pn_link_carrier_row(pn_db *db, pn_id carrier_id, pn_arena *arena,
                           pn_link_carrier *ret_carrier, bool *ret_has_row, pn_link_row *ret_row) {
    enum { LINK_FIRST = 10 };
    pn_stmt *q = pn_db_stmt(db, "SELECT " CARRIER_COLUMNS ", l.id, l.org_id, l.kind, l.debtor_id,"
                                " l.account_id, l.invoice_id, l.carrier_id, l.target, l.code,"
                                " l.made_at, l.expires_at, l.revoked_at FROM carrier c"
                                " LEFT JOIN link l ON l.id = c.id WHERE c.id = $1");
    pn_bind_int(q, 1, carrier_id);
    PN_TRY(pn_row_next(q));
    read_carrier(q, arena, ret_carrier);
    *ret_has_row = !pn_col_null(q, LINK_FIRST);
    if (*ret_has_row) {
        read_link_at(q, LINK_FIRST, arena, ret_row);
    }
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_link_message_case(pn_db *db, pn_id debtor_id, pn_id message_id, pn_id *ret_account,
                            pn_id *ret_invoice) {
    pn_stmt *q = pn_db_stmt(
        db, "SELECT r.account_id, r.invoice_id FROM message m JOIN run r ON r.debtor_id ="
            " m.debtor_id AND r.id = m.run_id WHERE m.debtor_id = $1 AND m.id = $2");
    pn_bind_int(q, 1, debtor_id);
    pn_bind_int(q, 2, message_id);
    PN_TRY(pn_row_next(q));
    *ret_account = pn_col_int(q, 0);
    *ret_invoice = pn_col_int(q, 1);
    pn_stmt_reset(q);
    return PN_OK;
}
