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

/* ── files ───────────────────────────────────────────────────────────────────────────────────── */

pn_err pn_page_file_insert(pn_db *db, const pn_page_file_row *row) {
    pn_sha256 hash = pn_sha256_of(row->content.ptr, row->content.len);
    pn_stmt *q =
        pn_db_stmt(db, "INSERT INTO page_file (id, org_id, debtor_id, owner_id, name, type,"
                       " size, hash, content, at, task_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8,"
                       " $9, $10, $11)");
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
    pn_bind_int_or_null(q, 11, row->task_id, 0);
    return pn_stmt_run(q, NULL);
}

pn_err pn_page_file_bytes(pn_db *db, pn_id debtor_id, int64_t *ret_bytes) {
    pn_stmt *q =
        pn_db_stmt(db, "SELECT CAST(sum(size) AS BIGINT) FROM page_file WHERE debtor_id = $1");
    pn_bind_int(q, 1, debtor_id);
    return one_number(q, ret_bytes);
}

#define FILE_COLUMNS "id, org_id, debtor_id, owner_id, task_id, name, type, size, at"

static void read_file(pn_stmt *q, pn_arena *arena, void *out) {
    pn_page_file_row *row = out;
    *row = (pn_page_file_row){
        .id = pn_col_int(q, 0),
        .org_id = pn_col_int(q, 1),
        .debtor_id = pn_col_int(q, 2),
        .owner_id = pn_col_int(q, 3),
        .task_id = pn_col_int_or(q, 4, 0),
        .name = pn_col_str_dup(q, 5, arena),
        .type = pn_col_str_dup(q, 6, arena),
        .size = pn_col_int(q, 7),
        .at = pn_col_int(q, 8),
    };
}

static void bind_scope(pn_stmt *q, const pn_page_scope *scope, pn_id before, int64_t limit) {
    pn_bind_int(q, 1, scope->org_id);
    pn_bind_int(q, 2, scope->debtor_id);
    pn_bind_int(q, 3, before == 0 ? INT64_MAX : before);
    pn_bind_int(q, 4, limit);
}

pn_err pn_page_file_page(pn_db *db, const pn_page_scope *scope, pn_id before, int64_t limit,
                         pn_arena *arena, pn_page_file_row **ret_rows, size_t *ret_count) {
    void *rows = NULL;
    pn_stmt *q = pn_db_stmt(db, "SELECT " FILE_COLUMNS " FROM page_file WHERE org_id = $1"
                                " AND ($2 = 0 OR debtor_id = $2) AND id < $3"
                                " AND ($5 = 0 OR task_id = $5) ORDER BY id DESC LIMIT $4");
    bind_scope(q, scope, before, limit);
    pn_bind_int(q, 5, scope->task_id);
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_page_file_row), read_file, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

pn_err pn_page_file_get(pn_db *db, pn_id org_id, pn_id id, pn_arena *arena,
                        pn_page_file_row *ret_row) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " FILE_COLUMNS ", content FROM page_file WHERE org_id = $1"
                                " AND id = $2");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, id);
    PN_TRY(pn_row_next(q));
    read_file(q, arena, ret_row);
    ret_row->content = pn_col_str_dup(q, 9, arena);
    pn_stmt_reset(q);
    return PN_OK;
}

/* ── complaints ──────────────────────────────────────────────────────────────────────────────── */

enum { COMPLAINT_OPEN, COMPLAINT_ANSWERED };

#define COMPLAINT_COLUMNS                                                                          \
    "id, org_id, debtor_id, creditor_id, task_id, text, answer, opened_at, closed_at"

static void read_complaint(pn_stmt *q, pn_arena *arena, void *out) {
    pn_complaint_row *row = out;
    *row = (pn_complaint_row){
        .id = pn_col_int(q, 0),
        .org_id = pn_col_int(q, 1),
        .debtor_id = pn_col_int(q, 2),
        .creditor_id = pn_col_int(q, 3),
        .task_id = pn_col_int_or(q, 4, 0),
        .text = pn_col_str_dup(q, 5, arena),
        .answer = pn_col_str_dup(q, 6, arena),
        .opened_at = pn_col_int(q, 7),
        .closed_at = pn_col_int_or(q, 8, PN_TIME_NONE),
    };
}

pn_err pn_complaint_insert(pn_db *db, const pn_complaint_row *row) {
    pn_stmt *q = pn_db_stmt(db, "INSERT INTO complaint (id, org_id, debtor_id, creditor_id, text,"
                                " state, answer, opened_at, task_id) VALUES ($1, $2, $3, $4, $5,"
                                " $8, '', $6, $7)");
    pn_bind_int(q, 1, row->id);
    pn_bind_int(q, 2, row->org_id);
    pn_bind_int(q, 3, row->debtor_id);
    pn_bind_int(q, 4, row->creditor_id);
    pn_bind_str(q, 5, row->text);
    pn_bind_int(q, 6, row->opened_at);
    pn_bind_int_or_null(q, 7, row->task_id, 0);
    pn_bind_int(q, 8, COMPLAINT_OPEN);
    return pn_stmt_run(q, NULL);
}

pn_err pn_complaint_page(pn_db *db, const pn_page_scope *scope, pn_id before, int64_t limit,
                         pn_arena *arena, pn_complaint_row **ret_rows, size_t *ret_count) {
    void *rows = NULL;
    pn_stmt *q = pn_db_stmt(db, "SELECT " COMPLAINT_COLUMNS " FROM complaint WHERE org_id = $1"
                                " AND ($2 = 0 OR debtor_id = $2) AND id < $3"
                                " AND (state = $5 OR $6 = 1) ORDER BY id DESC LIMIT $4");
    bind_scope(q, scope, before, limit);
    pn_bind_int(q, 5, COMPLAINT_OPEN);
    pn_bind_int(q, 6, scope->all);
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_complaint_row), read_complaint, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

pn_err pn_complaint_get(pn_db *db, pn_id org_id, pn_id id, pn_arena *arena,
                        pn_complaint_row *ret_row) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " COMPLAINT_COLUMNS " FROM complaint WHERE org_id = $1"
                                " AND id = $2");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, id);
    PN_TRY(pn_row_next(q));
    read_complaint(q, arena, ret_row);
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_complaint_close(pn_db *db, pn_id id, pn_str answer, pn_time at) {
    int64_t changed = 0;
    pn_stmt *q = pn_db_stmt(db, "UPDATE complaint SET state = $2, answer = $3, closed_at = $4"
                                " WHERE id = $1 AND state = $5");
    pn_bind_int(q, 1, id);
    pn_bind_int(q, 2, COMPLAINT_ANSWERED);
    pn_bind_str(q, 3, answer);
    pn_bind_int(q, 4, at);
    pn_bind_int(q, 5, COMPLAINT_OPEN);
    PN_TRY(pn_stmt_run(q, &changed));
    return changed == 1 ? PN_OK : PN_CONFLICT;
}
