#include "store/page.h"

#include "base/banned.h"

pn_err pn_page_action_insert(pn_db *db, pn_id org_id, pn_id debtor_id, pn_id link_id, pn_str nonce,
                             pn_str action, pn_time at) {
    int64_t changed = 0;
    pn_stmt *q = pn_db_stmt(db, "INSERT INTO page_action (nonce, org_id, debtor_id, link_id,"
                                " action, at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (nonce)"
                                " DO NOTHING");
    pn_bind_str(q, 1, nonce);
    pn_bind_int(q, 2, org_id);
    pn_bind_int(q, 3, debtor_id);
    pn_bind_int(q, 4, link_id);
    pn_bind_str(q, 5, action);
    pn_bind_int(q, 6, at);
    PN_TRY(pn_stmt_run(q, &changed));
    return changed == 0 ? PN_CONFLICT : PN_OK;
}

static pn_err one_number(pn_stmt *q, int64_t *ret_number) {
    PN_TRY(pn_row_next(q));
    *ret_number = pn_col_int_or(q, 0, 0);
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_page_action_count(pn_db *db, pn_id link_id, pn_str action, pn_time since,
                            int64_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT count(*) FROM page_action WHERE link_id = $1 AND at > $2"
                                " AND (action = $3 OR $3 = '')");
    pn_bind_int(q, 1, link_id);
    pn_bind_int(q, 2, since);
    pn_bind_str(q, 3, action);
    return one_number(q, ret_count);
}

/* ── codes ───────────────────────────────────────────────────────────────────────────────────── */

pn_err pn_page_code_insert(pn_db *db, const pn_page_code_row *row) {
    pn_stmt *q = pn_db_stmt(
        db, "INSERT INTO page_code (id, org_id, debtor_id, link_id, contact_id, hash, tries,"
            " made_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)");
    pn_bind_int(q, 1, row->id);
    pn_bind_int(q, 2, row->org_id);
    pn_bind_int(q, 3, row->debtor_id);
    pn_bind_int(q, 4, row->link_id);
    pn_bind_int(q, 5, row->contact_id);
    pn_bind_blob(q, 6, row->hash.bytes, PN_SHA256_BYTES);
    pn_bind_int(q, 7, row->tries);
    pn_bind_int(q, 8, row->made_at);
    pn_bind_int(q, 9, row->expires_at);
    return pn_stmt_run(q, NULL);
}

pn_err pn_page_code_newest(pn_db *db, pn_id link_id, pn_page_code_row *ret_row) {
    pn_stmt *q = pn_db_stmt(db, "SELECT id, org_id, debtor_id, contact_id, hash, tries, made_at,"
                                " expires_at, opened_at FROM page_code WHERE link_id = $1"
                                " ORDER BY id DESC LIMIT 1");
    pn_bind_int(q, 1, link_id);
    PN_TRY(pn_row_next(q));
    *ret_row = (pn_page_code_row){
        .id = pn_col_int(q, 0),
        .org_id = pn_col_int(q, 1),
        .debtor_id = pn_col_int(q, 2),
        .link_id = link_id,
        .contact_id = pn_col_int(q, 3),
        .tries = pn_col_int(q, 5),
        .made_at = pn_col_int(q, 6),
        .expires_at = pn_col_int(q, 7),
        .opened_at = pn_col_int_or(q, 8, PN_TIME_NONE),
    };
    pn_str hash = pn_col_str(q, 4);
    if (hash.len == PN_SHA256_BYTES) {
        memcpy(ret_row->hash.bytes, hash.ptr, PN_SHA256_BYTES);
    }
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_page_code_count(pn_db *db, pn_id debtor_id, pn_time since, int64_t *ret_count) {
    pn_stmt *q =
        pn_db_stmt(db, "SELECT count(*) FROM page_code WHERE debtor_id = $1 AND made_at > $2");
    pn_bind_int(q, 1, debtor_id);
    pn_bind_int(q, 2, since);
    return one_number(q, ret_count);
}

pn_err pn_page_code_try(pn_db *db, pn_id id) {
    pn_stmt *q = pn_db_stmt(db, "UPDATE page_code SET tries = tries + 1 WHERE id = $1");
    pn_bind_int(q, 1, id);
    return pn_stmt_run(q, NULL);
}

pn_err pn_page_code_open(pn_db *db, pn_id id, pn_time at, const pn_sha256 *pass) {
    pn_stmt *q = pn_db_stmt(db, "UPDATE page_code SET opened_at = $2, pass = $3 WHERE id = $1");
    pn_bind_int(q, 1, id);
    pn_bind_int(q, 2, at);
    pn_bind_blob(q, 3, pass->bytes, PN_SHA256_BYTES);
    return pn_stmt_run(q, NULL);
}

pn_err pn_page_pass_good(pn_db *db, pn_id link_id, const pn_sha256 *pass, pn_time since,
                         bool *ret_good) {
    int64_t count = 0;
    pn_stmt *q = pn_db_stmt(db, "SELECT count(*) FROM page_code WHERE link_id = $1 AND opened_at >"
                                " $2 AND pass = $3");
    pn_bind_int(q, 1, link_id);
    pn_bind_int(q, 2, since);
    pn_bind_blob(q, 3, pass->bytes, PN_SHA256_BYTES);
    PN_TRY(one_number(q, &count));
    *ret_good = count > 0;
    return PN_OK;
}

/* ── files, complaints ───────────────────────────────────────────────────────────────────────── */

pn_err pn_page_file_insert(pn_db *db, const pn_page_file_row *row) {
    pn_sha256 hash = pn_sha256_of(row->content.ptr, row->content.len);
    pn_stmt *q =
        pn_db_stmt(db, "INSERT INTO page_file (id, org_id, debtor_id, owner_id, name, type,"
                       " size, hash, content, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8,"
                       " $9, $10)");
    pn_bind_int(q, 1, row->id);
    pn_bind_int(q, 2, row->org_id);
    pn_bind_int(q, 3, row->debtor_id);
    pn_bind_int(q, 4, row->owner_id);
    pn_bind_str(q, 5, row->name);
    pn_bind_str(q, 6, row->type);
    pn_bind_int(q, 7, (int64_t)row->content.len);
    pn_bind_blob(q, 8, hash.bytes, PN_SHA256_BYTES);
    pn_bind_blob(q, 9, row->content.ptr, row->content.len);
    pn_bind_int(q, 10, row->at);
    return pn_stmt_run(q, NULL);
}

pn_err pn_page_file_bytes(pn_db *db, pn_id debtor_id, int64_t *ret_bytes) {
    pn_stmt *q =
        pn_db_stmt(db, "SELECT CAST(sum(size) AS BIGINT) FROM page_file WHERE debtor_id = $1");
    pn_bind_int(q, 1, debtor_id);
    return one_number(q, ret_bytes);
}

pn_err pn_complaint_insert(pn_db *db, pn_id id, pn_id org_id, pn_id debtor_id, pn_id creditor_id,
                           pn_str text, pn_time at) {
    pn_stmt *q = pn_db_stmt(db, "INSERT INTO complaint (id, org_id, debtor_id, creditor_id, text,"
                                " state, answer, opened_at) VALUES ($1, $2, $3, $4, $5, 0, '',"
                                " $6)");
    pn_bind_int(q, 1, id);
    pn_bind_int(q, 2, org_id);
    pn_bind_int(q, 3, debtor_id);
    pn_bind_int(q, 4, creditor_id);
    pn_bind_str(q, 5, text);
    pn_bind_int(q, 6, at);
    return pn_stmt_run(q, NULL);
}
