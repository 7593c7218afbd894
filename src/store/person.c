#include "store/person.h"

#include "base/banned.h"

#define COLUMNS                                                                                    \
    "id, org_id, key, key_fold, name, email, email_fold, phone, title, signature, substitute,"     \
    " away_until, created_at, archived_at"

static void read_person(pn_stmt *q, pn_arena *arena, void *row) {
    *(pn_person_row *)row = (pn_person_row){
        .id = pn_col_int(q, 0),
        .org_id = pn_col_int(q, 1),
        .key = pn_col_str_dup(q, 2, arena),
        .key_fold = pn_col_str_dup(q, 3, arena),
        .name = pn_col_str_dup(q, 4, arena),
        .email = pn_col_str_dup(q, 5, arena),
        .email_fold = pn_col_str_dup(q, 6, arena),
        .phone = pn_col_str_dup(q, 7, arena),
        .title = pn_col_str_dup(q, 8, arena),
        .signature = pn_col_str_dup(q, 9, arena),
        .substitute = pn_col_str_dup(q, 10, arena),
        .away_until = (pn_date)pn_col_int_or(q, 11, PN_DATE_NONE),
        .created_at = pn_col_int(q, 12),
        .archived_at = pn_col_int_or(q, 13, PN_TIME_NONE),
    };
}

static void bind_person(pn_stmt *q, const pn_person_row *row) {
    pn_bind_int(q, 1, row->id);
    pn_bind_int(q, 2, row->org_id);
    pn_bind_str(q, 3, row->key);
    pn_bind_str(q, 4, row->key_fold);
    pn_bind_str(q, 5, row->name);
    pn_bind_str(q, 6, row->email);
    pn_bind_str(q, 7, row->email_fold);
    pn_bind_str(q, 8, row->phone);
    pn_bind_str(q, 9, row->title);
    pn_bind_str(q, 10, row->signature);
    pn_bind_str(q, 11, row->substitute);
    pn_bind_int_or_null(q, 12, row->away_until, PN_DATE_NONE);
    pn_bind_int_or_null(q, 13, row->archived_at, PN_TIME_NONE);
}

pn_err pn_person_insert(pn_db *db, const pn_person_row *row) {
    pn_stmt *q = pn_db_stmt(
        db, "INSERT INTO person (id, org_id, key, key_fold, name, email, email_fold, phone, title,"
            " signature, substitute, away_until, archived_at, created_at)"
            " VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14)");
    bind_person(q, row);
    pn_bind_int(q, 14, row->created_at);
    return pn_stmt_run(q, NULL);
}

pn_err pn_person_update(pn_db *db, const pn_person_row *row) {
    pn_stmt *q = pn_db_stmt(
        db, "UPDATE person SET key = $3, key_fold = $4, name = $5, email = $6, email_fold = $7,"
            " phone = $8, title = $9, signature = $10, substitute = $11, away_until = $12,"
            " archived_at = $13 WHERE id = $1 AND org_id = $2");
    bind_person(q, row);
    return pn_stmt_run(q, NULL);
}

pn_err pn_person_list(pn_db *db, pn_id org_id, pn_arena *arena, pn_person_row **ret_rows,
                      size_t *ret_count) {
    pn_stmt *q =
        pn_db_stmt(db, "SELECT " COLUMNS " FROM person WHERE org_id = $1 ORDER BY key_fold");
    pn_bind_int(q, 1, org_id);
    void *rows = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_person_row), read_person, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}
