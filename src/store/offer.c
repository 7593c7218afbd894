#include "store/offer.h"

#include "base/banned.h"

#define COLUMNS                                                                                    \
    "debtor_id, id, org_id, run_id, visit, account_id, invoice_id, kind, state, version_id, node," \
    " made_at, until, settled_at, choice, total_minor, discount_minor, plan_id, terms, hash,"      \
    " accepted_by, accepted_from, row_text, asked_count, asked_first, asked_text,"                 \
    " asked_language, answer, tell_at"

static void read_offer(pn_stmt *q, pn_arena *arena, void *row) {
    pn_offer_row *out = row;
    *out = (pn_offer_row){
        .debtor_id = pn_col_int(q, 0),
        .id = pn_col_int(q, 1),
        .org_id = pn_col_int(q, 2),
        .run_id = pn_col_int(q, 3),
        .visit = (uint32_t)pn_col_int(q, 4),
        .account_id = pn_col_int(q, 5),
        .invoice_id = pn_col_int(q, 6),
        .kind = (pn_offer_kind)pn_col_int(q, 7),
        .state = (pn_offer_state)pn_col_int(q, 8),
        .version_id = pn_col_int(q, 9),
        .node = (uint32_t)pn_col_int(q, 10),
        .made_at = pn_col_int(q, 11),
        .until = pn_col_int(q, 12),
        .settled_at = pn_col_int_or(q, 13, PN_TIME_NONE),
        .choice = pn_col_int(q, 14),
        .total = pn_col_int(q, 15),
        .discount = pn_col_int(q, 16),
        .plan_id = pn_col_int(q, 17),
        .terms = pn_col_str_dup(q, 18, arena),
        .accepted_by = pn_col_str_dup(q, 20, arena),
        .accepted_from = pn_col_str_dup(q, 21, arena),
        .row_text = pn_col_str_dup(q, 22, arena),
        .asked_count = pn_col_int_or(q, 23, 0),
        .asked_first = (pn_date)pn_col_int_or(q, 24, PN_DATE_NONE),
        .asked_text = pn_col_str_dup(q, 25, arena),
        .asked_language = pn_col_str_dup(q, 26, arena),
        .answer = pn_col_str_dup(q, 27, arena),
        .tell_at = pn_col_int_or(q, 28, PN_TIME_NONE),
    };
    pn_str hash = pn_col_str(q, 19);
    if (hash.len == sizeof out->hash.bytes) {
        memcpy(out->hash.bytes, hash.ptr, hash.len);
    }
}

static pn_err read_all(pn_stmt *q, pn_arena *arena, pn_offer_row **ret_rows, size_t *ret_count) {
    void *rows = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_offer_row), read_offer, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

static pn_err read_one(pn_stmt *q, pn_arena *arena, pn_offer_row *ret_row) {
    PN_TRY(pn_row_next(q));
    read_offer(q, arena, ret_row);
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_offer_insert(pn_db *db, const pn_offer_row *row) {
    pn_stmt *q = pn_db_stmt(db, "INSERT INTO offer (" COLUMNS ") VALUES ($1,$2,$3,$4,$5,$6,$7,$8,"
                                "$13,$9,$10,$11,$12,NULL,0,0,0,0,'',NULL,'','',$14,$15,$16,$17,"
                                "$18,NULL,NULL)");
    pn_bind_int(q, 1, row->debtor_id);
    pn_bind_int(q, 2, row->id);
    pn_bind_int(q, 3, row->org_id);
    pn_bind_int(q, 4, row->run_id);
    pn_bind_int(q, 5, row->visit);
    pn_bind_int(q, 6, row->account_id);
    pn_bind_int(q, 7, row->invoice_id);
    pn_bind_int(q, 8, row->kind);
    pn_bind_int(q, 9, row->version_id);
    pn_bind_int(q, 10, row->node);
    pn_bind_int(q, 11, row->made_at);
    pn_bind_int(q, 12, row->until);
    pn_bind_int(q, 13, row->state);
    pn_bind_str_or_null(q, 14, row->row_text);
    pn_bind_int_or_null(q, 15, row->asked_count, 0);
    pn_bind_int_or_null(q, 16, row->asked_first, PN_DATE_NONE);
    pn_bind_str_or_null(q, 17, row->asked_text);
    pn_bind_str_or_null(q, 18, row->asked_language);
    return pn_stmt_run(q, NULL);
}

pn_err pn_offer_get(pn_db *db, pn_id org_id, pn_id id, pn_arena *arena, pn_offer_row *ret_row) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " COLUMNS " FROM offer WHERE org_id = $1 AND id = $2");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, id);
    return read_one(q, arena, ret_row);
}

pn_err pn_offer_of_debtor(pn_db *db, pn_id debtor_id, pn_arena *arena, pn_offer_row **ret_rows,
                          size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " COLUMNS " FROM offer WHERE debtor_id = $1 ORDER BY id");
    pn_bind_int(q, 1, debtor_id);
    return read_all(q, arena, ret_rows, ret_count);
}

pn_err pn_offer_list(pn_db *db, pn_id org_id, int64_t limit, pn_arena *arena,
                     pn_offer_row **ret_rows, size_t *ret_count) {
    pn_stmt *q =
        pn_db_stmt(db, "SELECT " COLUMNS " FROM offer WHERE org_id = $1 ORDER BY id DESC LIMIT $2");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, limit);
    return read_all(q, arena, ret_rows, ret_count);
}

pn_err pn_offer_settle(pn_db *db, const pn_offer_row *row) {
    bool accepted = row->state == PN_OFFER_ACCEPTED;
    int64_t changed = 0;
    pn_stmt *q = pn_db_stmt(
        db, "UPDATE offer SET state = $3, settled_at = $4, choice = $5, total_minor = $6,"
            " discount_minor = $7, plan_id = $8, terms = $9, hash = $10, accepted_by = $11,"
            " accepted_from = $12 WHERE debtor_id = $1 AND id = $2 AND state = 0");
    pn_bind_int(q, 1, row->debtor_id);
    pn_bind_int(q, 2, row->id);
    pn_bind_int(q, 3, row->state);
    pn_bind_int(q, 4, row->settled_at);
    pn_bind_int(q, 5, row->choice);
    pn_bind_int(q, 6, row->total);
    pn_bind_int(q, 7, row->discount);
    pn_bind_int(q, 8, row->plan_id);
    pn_bind_str(q, 9, row->terms);
    pn_bind_blob_or_null(q, 10, row->hash.bytes, accepted ? sizeof row->hash.bytes : 0);
    pn_bind_str(q, 11, row->accepted_by);
    pn_bind_str(q, 12, row->accepted_from);
    PN_TRY(pn_stmt_run(q, &changed));
    return changed == 1 ? PN_OK : PN_CONFLICT;
}

pn_err pn_offer_of_plan(pn_db *db, pn_id debtor_id, pn_id plan_id, pn_arena *arena,
                        pn_offer_row *ret_row) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " COLUMNS " FROM offer WHERE debtor_id = $1"
                                " AND plan_id = $2 AND plan_id <> 0");
    pn_bind_int(q, 1, debtor_id);
    pn_bind_int(q, 2, plan_id);
    return read_one(q, arena, ret_row);
}

/* ── what debtors propose ────────────────────────────────────────────────────────────────────── */

pn_err pn_offer_answer(pn_db *db, const pn_offer_row *row) {
    int64_t changed = 0;
    pn_stmt *q = pn_db_stmt(db, "UPDATE offer SET state = $3, until = $4, settled_at = $5,"
                                " asked_count = $6, asked_first = $7, answer = $8, tell_at = $9"
                                " WHERE debtor_id = $1 AND id = $2 AND state = $10");
    pn_bind_int(q, 1, row->debtor_id);
    pn_bind_int(q, 2, row->id);
    pn_bind_int(q, 3, row->state);
    pn_bind_int(q, 4, row->until);
    pn_bind_int_or_null(q, 5, row->settled_at, PN_TIME_NONE);
    pn_bind_int_or_null(q, 6, row->asked_count, 0);
    pn_bind_int_or_null(q, 7, row->asked_first, PN_DATE_NONE);
    pn_bind_str_or_null(q, 8, row->answer);
    pn_bind_int_or_null(q, 9, row->tell_at, PN_TIME_NONE);
    pn_bind_int(q, 10, PN_OFFER_ASKED);
    PN_TRY(pn_stmt_run(q, &changed));
    return changed == 1 ? PN_OK : PN_CONFLICT;
}

pn_err pn_offer_asked_page(pn_db *db, pn_id org_id, bool all, pn_id before, int64_t limit,
                           pn_arena *arena, pn_offer_row **ret_rows, size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " COLUMNS " FROM offer WHERE org_id = $1"
                                " AND asked_count IS NOT NULL AND (state = $2 OR $3 = 1)"
                                " AND id < $4 ORDER BY id DESC LIMIT $5");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, PN_OFFER_ASKED);
    pn_bind_int(q, 3, all);
    pn_bind_int(q, 4, before == 0 ? INT64_MAX : before);
    pn_bind_int(q, 5, limit);
    return read_all(q, arena, ret_rows, ret_count);
}

pn_err pn_offer_untold(pn_db *db, pn_id org_id, pn_time now, int64_t limit, pn_arena *arena,
                       pn_offer_row **ret_rows, size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " COLUMNS " FROM offer WHERE org_id = $1 AND tell_at <= $2"
                                " ORDER BY tell_at LIMIT $3");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, now);
    pn_bind_int(q, 3, limit);
    return read_all(q, arena, ret_rows, ret_count);
}

pn_err pn_offer_untold_next(pn_db *db, pn_id org_id, pn_time *ret_next) {
    pn_stmt *q = pn_db_stmt(db, "SELECT min(tell_at) FROM offer WHERE org_id = $1"
                                " AND tell_at IS NOT NULL");
    pn_bind_int(q, 1, org_id);
    PN_TRY(pn_row_next(q));
    *ret_next = pn_col_int_or(q, 0, PN_TIME_NEVER);
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_offer_tell(pn_db *db, const pn_offer_row *row, pn_time at) {
    int64_t changed = 0;
    pn_stmt *q = pn_db_stmt(db, "UPDATE offer SET tell_at = $3 WHERE debtor_id = $1 AND id = $2"
                                " AND coalesce(tell_at, 0) = $4");
    pn_bind_int(q, 1, row->debtor_id);
    pn_bind_int(q, 2, row->id);
    pn_bind_int_or_null(q, 3, at, PN_TIME_NONE);
    pn_bind_int(q, 4, row->tell_at == PN_TIME_NONE ? 0 : row->tell_at);
    PN_TRY(pn_stmt_run(q, &changed));
    return changed == 1 ? PN_OK : PN_CONFLICT;
}
