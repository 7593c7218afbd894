#include "store/file.h"

#include "base/banned.h"

#define COLUMNS "id, org_id, use, debtor_id, invoice_id, name, type, size, hash, shown, actor, at"

static void read_file(pn_stmt *q, pn_arena *arena, void *row) {
    pn_file_row *file = row;
    *file = (pn_file_row){
        .id = pn_col_int(q, 0),
        .org_id = pn_col_int(q, 1),
        .use = (pn_file_use)pn_col_int(q, 2),
        .debtor_id = pn_col_int(q, 3),
        .invoice_id = pn_col_int(q, 4),
        .name = pn_col_str_dup(q, 5, arena),
        .type = pn_col_str_dup(q, 6, arena),
        .size = pn_col_int(q, 7),
        .shown = pn_col_int(q, 9) != 0,
        .actor = pn_col_str_dup(q, 10, arena),
        .at = pn_col_int(q, 11),
    };
    pn_str hash = pn_col_str(q, 8);
    memcpy(file->hash.bytes, hash.ptr, PN_MIN(hash.len, sizeof file->hash.bytes));
}

static pn_err insert_part(pn_db *db, const pn_file_row *row, int64_t number, pn_str bytes) {
    pn_stmt *q = pn_db_stmt(db, "INSERT INTO file_part (file_id, number, org_id, content)"
                                " VALUES ($1,$2,$3,$4)");
    pn_bind_int(q, 1, row->id);
    pn_bind_int(q, 2, number);
    pn_bind_int(q, 3, row->org_id);
    pn_bind_blob(q, 4, bytes.ptr, bytes.len);
    return pn_stmt_run(q, NULL);
}

pn_err pn_file_insert(pn_db *db, pn_file_row *row, pn_str bytes) {
    row->size = (int64_t)bytes.len;
    row->hash = pn_sha256_of(bytes.ptr, bytes.len);
    pn_stmt *q = pn_db_stmt(db, "INSERT INTO file (" COLUMNS ")"
                                " VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12)");
    pn_bind_int(q, 1, row->id);
    pn_bind_int(q, 2, row->org_id);
    pn_bind_int(q, 3, row->use);
    pn_bind_int(q, 4, row->debtor_id);
    pn_bind_int(q, 5, row->invoice_id);
    pn_bind_str(q, 6, row->name);
    pn_bind_str(q, 7, row->type);
    pn_bind_int(q, 8, row->size);
    pn_bind_blob(q, 9, row->hash.bytes, sizeof row->hash.bytes);
    pn_bind_int(q, 10, row->shown);
    pn_bind_str(q, 11, row->actor);
    pn_bind_int(q, 12, row->at);
    PN_TRY(pn_stmt_run(q, NULL));
    int64_t number = 0;
    for (size_t at = 0; at < bytes.len; at += PN_FILE_PART_BYTES) {
        PN_TRY(insert_part(db, row, number++,
                           pn_str_first(pn_str_from(bytes, at), PN_FILE_PART_BYTES)));
    }
    return PN_OK;
}

pn_err pn_file_get(pn_db *db, pn_id org_id, pn_file_use use, pn_id id, pn_arena *arena,
                   pn_file_row *ret_row) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " COLUMNS " FROM file WHERE org_id = $1 AND use = $2"
                                " AND id = $3");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, use);
    pn_bind_int(q, 3, id);
    PN_TRY(pn_row_next(q));
    read_file(q, arena, ret_row);
    pn_stmt_reset(q);
    return PN_OK;
}

static pn_err read_all(pn_stmt *q, pn_arena *arena, pn_file_row **ret_rows, size_t *ret_count) {
    void *rows = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_file_row), read_file, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

pn_err pn_file_page(pn_db *db, pn_id org_id, pn_file_use use, pn_id before, int64_t limit,
                    pn_arena *arena, pn_file_row **ret_rows, size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " COLUMNS " FROM file WHERE org_id = $1 AND use = $2"
                                " AND id < $3 ORDER BY id DESC LIMIT $4");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, use);
    pn_bind_int(q, 3, before == 0 ? INT64_MAX : before);
    pn_bind_int(q, 4, limit);
    return read_all(q, arena, ret_rows, ret_count);
}

pn_err pn_file_of_debtor(pn_db *db, pn_id debtor_id, pn_id before, int64_t limit, pn_arena *arena,
                         pn_file_row **ret_rows, size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " COLUMNS " FROM file WHERE debtor_id = $1 AND"
                                " debtor_id <> 0 AND id < $2 ORDER BY id DESC LIMIT $3");
    pn_bind_int(q, 1, debtor_id);
    pn_bind_int(q, 2, before == 0 ? INT64_MAX : before);
    pn_bind_int(q, 3, limit);
    return read_all(q, arena, ret_rows, ret_count);
}

pn_err pn_file_same(pn_db *db, pn_id debtor_id, pn_id invoice_id, const pn_sha256 *hash,
                    pn_id *ret_id) {
    pn_stmt *q = pn_db_stmt(db, "SELECT id FROM file WHERE debtor_id = $1 AND debtor_id <> 0 AND"
                                " invoice_id = $2 AND use = 2 AND hash = $3 ORDER BY id LIMIT 1");
    pn_bind_int(q, 1, debtor_id);
    pn_bind_int(q, 2, invoice_id);
    pn_bind_blob(q, 3, hash->bytes, sizeof hash->bytes);
    PN_TRY(pn_row_next(q));
    *ret_id = pn_col_int(q, 0);
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_file_copy_of(pn_db *db, pn_id debtor_id, pn_id invoice_id, pn_arena *arena,
                       pn_file_row *ret_row) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " COLUMNS " FROM file WHERE debtor_id = $1 AND"
                                " debtor_id <> 0 AND invoice_id = $2 AND use = 2 AND shown = 1 AND"
                                " type = 'application/pdf' ORDER BY id DESC LIMIT 1");
    pn_bind_int(q, 1, debtor_id);
    pn_bind_int(q, 2, invoice_id);
    PN_TRY(pn_row_next(q));
    read_file(q, arena, ret_row);
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_file_part(pn_db *db, pn_id id, int64_t number, pn_arena *arena, pn_str *ret_bytes) {
    pn_stmt *q = pn_db_stmt(db, "SELECT content FROM file_part WHERE file_id = $1 AND number = $2");
    pn_bind_int(q, 1, id);
    pn_bind_int(q, 2, number);
    PN_TRY(pn_row_next(q));
    *ret_bytes = pn_col_str_dup(q, 0, arena);
    pn_stmt_reset(q);
    return PN_OK;
}

static void take_part(pn_stmt *q, void *context) {
    pn_buf_add_str(context, pn_col_str(q, 0));
}

pn_err pn_file_content(pn_db *db, const pn_file_row *row, pn_buf *content) {
    size_t before = content->len;
    pn_stmt *q = pn_db_stmt(db, "SELECT content FROM file_part WHERE file_id = $1 ORDER BY number");
    pn_bind_int(q, 1, row->id);
    PN_TRY(pn_each_row(q, take_part, content));
    PN_TRY(pn_buf_err(content));
    return content->len - before == (size_t)row->size ? PN_OK : PN_CORRUPT;
}

pn_err pn_file_delete(pn_db *db, pn_id org_id, pn_id id) {
    pn_stmt *q = pn_db_stmt(db, "DELETE FROM file_part WHERE org_id = $1 AND file_id = $2");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, id);
    PN_TRY(pn_stmt_run(q, NULL));
    q = pn_db_stmt(db, "DELETE FROM file WHERE org_id = $1 AND id = $2");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, id);
    return pn_stmt_run(q, NULL);
}

pn_err pn_file_sweep(pn_db *db, pn_id org_id, pn_file_use use, pn_time before) {
    pn_stmt *q = pn_db_stmt(db, "DELETE FROM file_part WHERE file_id IN (SELECT id FROM file WHERE"
                                " org_id = $1 AND use = $2 AND at < $3)");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, use);
    pn_bind_int(q, 3, before);
    PN_TRY(pn_stmt_run(q, NULL));
    q = pn_db_stmt(db, "DELETE FROM file WHERE org_id = $1 AND use = $2 AND at < $3");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, use);
    pn_bind_int(q, 3, before);
    return pn_stmt_run(q, NULL);
}

pn_err pn_file_bytes(pn_db *db, pn_id org_id, pn_file_use use, pn_id debtor_id,
                     int64_t *ret_bytes) {
    pn_stmt *q =
        debtor_id != 0
            ? pn_db_stmt(db,
                         "SELECT CAST(coalesce(sum(size), 0) AS BIGINT) FROM file WHERE org_id = $1"
                         " AND use = $2 AND debtor_id = $3")
            : pn_db_stmt(db,
                         "SELECT CAST(coalesce(sum(size), 0) AS BIGINT) FROM file WHERE org_id = $1"
                         " AND use = $2");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, use);
    if (debtor_id != 0) {
        pn_bind_int(q, 3, debtor_id);
    }
    PN_TRY(pn_row_next(q));
    *ret_bytes = pn_col_int(q, 0);
    pn_stmt_reset(q);
    return PN_OK;
}
