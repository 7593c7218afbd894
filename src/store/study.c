#include "store/study.h"

#include "base/banned.h"
#include "store/currency.h"

#define FROM " FROM study s JOIN job j ON j.org_id = s.org_id AND j.id = s.job_id"
#define COLUMNS(texts)                                                                             \
    "s.id, s.org_id, s.kind, s.job_id, s.name, s.strategy, s.against, s.request, s.summary,"       \
    " s.actor, s.created_at, j.state, j.done, j.total, j.tries, j.problem, j.started_at,"          \
    " j.finished_at, " texts
#define WHOLE COLUMNS("s.document, s.against_document, s.result")

static void read_study(pn_stmt *q, pn_arena *arena, void *row) {
    *(pn_study_row *)row = (pn_study_row){
        .id = pn_col_int(q, 0),
        .org_id = pn_col_int(q, 1),
        .kind = (pn_study_kind)pn_col_int(q, 2),
        .job_id = pn_col_int(q, 3),
        .name = pn_col_str_dup(q, 4, arena),
        .strategy = pn_col_str_dup(q, 5, arena),
        .against = pn_col_str_dup(q, 6, arena),
        .request = pn_col_str_dup(q, 7, arena),
        .summary = pn_col_str_dup(q, 8, arena),
        .actor = pn_col_str_dup(q, 9, arena),
        .created_at = pn_col_int(q, 10),
        .state = (pn_job_state)pn_col_int(q, 11),
        .done = pn_col_int(q, 12),
        .total = pn_col_int(q, 13),
        .tries = pn_col_int(q, 14),
        .problem = pn_col_str_dup(q, 15, arena),
        .started_at = pn_col_int_or(q, 16, PN_TIME_NONE),
        .finished_at = pn_col_int_or(q, 17, PN_TIME_NONE),
        .document = pn_col_str_dup(q, 18, arena),
        .against_document = pn_col_str_dup(q, 19, arena),
        .result = pn_col_str_dup(q, 20, arena),
    };
}

pn_err pn_study_insert(pn_db *db, const pn_study_row *row) {
    pn_stmt *q = pn_db_stmt(
        db, "INSERT INTO study (id, org_id, kind, job_id, name, strategy, document, against,"
            " against_document, request, summary, result, actor, created_at)"
            " VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,'','',$11,$12)");
    pn_bind_int(q, 1, row->id);
    pn_bind_int(q, 2, row->org_id);
    pn_bind_int(q, 3, row->kind);
    pn_bind_int(q, 4, row->job_id);
    pn_bind_str(q, 5, row->name);
    pn_bind_str(q, 6, row->strategy);
    pn_bind_str(q, 7, row->document);
    pn_bind_str(q, 8, row->against);
    pn_bind_str(q, 9, row->against_document);
    pn_bind_str(q, 10, row->request);
    pn_bind_str(q, 11, row->actor);
    pn_bind_int(q, 12, row->created_at);
    return pn_stmt_run(q, NULL);
}

static pn_err read_one(pn_stmt *q, pn_arena *arena, pn_study_row *ret_row) {
    PN_TRY(pn_row_next(q));
    read_study(q, arena, ret_row);
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_study_get(pn_db *db, pn_id org_id, pn_study_kind kind, pn_id id, pn_arena *arena,
                    pn_study_row *ret_row) {
    pn_stmt *q =
        pn_db_stmt(db, "SELECT " WHOLE FROM " WHERE s.org_id = $1 AND s.kind = $2 AND s.id = $3");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, kind);
    pn_bind_int(q, 3, id);
    return read_one(q, arena, ret_row);
}

pn_err pn_study_of_job(pn_db *db, pn_id org_id, pn_id job_id, pn_arena *arena,
                       pn_study_row *ret_row) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " WHOLE FROM " WHERE s.org_id = $1 AND s.job_id = $2");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, job_id);
    return read_one(q, arena, ret_row);
}

pn_err pn_study_page(pn_db *db, pn_id org_id, pn_study_kind kind, pn_id before, int64_t limit,
                     pn_arena *arena, pn_study_row **ret_rows, size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " COLUMNS("'', '', ''") FROM
                            " WHERE s.org_id = $1 AND s.kind = $2 AND s.id < $3"
                            " ORDER BY s.id DESC LIMIT $4");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, kind);
    pn_bind_int(q, 3, before == 0 ? INT64_MAX : before);
    pn_bind_int(q, 4, limit);
    void *rows = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_study_row), read_study, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

pn_err pn_study_finish(pn_db *db, const pn_study_row *row) {
    int64_t changed = 0;
    pn_stmt *q =
        pn_db_stmt(db, "UPDATE study SET summary = $3, result = $4 WHERE org_id = $1 AND id = $2");
    pn_bind_int(q, 1, row->org_id);
    pn_bind_int(q, 2, row->id);
    pn_bind_str(q, 3, row->summary);
    pn_bind_str(q, 4, row->result);
    PN_TRY(pn_stmt_run(q, &changed));
    return changed == 1 ? PN_OK : PN_CONFLICT;
}

pn_err pn_study_delete(pn_db *db, pn_id org_id, pn_id id) {
    pn_stmt *q = pn_db_stmt(db, "DELETE FROM study_message WHERE study_id = $2 AND org_id = $1");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, id);
    PN_TRY(pn_stmt_run(q, NULL));
    q = pn_db_stmt(db, "DELETE FROM study WHERE org_id = $1 AND id = $2");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, id);
    return pn_stmt_run(q, NULL);
}

pn_err pn_study_count(pn_db *db, pn_id org_id, int64_t *ret_kept, int64_t *ret_open) {
    pn_stmt *q = pn_db_stmt(
        db, "SELECT count(*), coalesce(sum(CASE WHEN j.state < 2 THEN 1 ELSE 0 END), 0)" FROM
            " WHERE s.org_id = $1");
    pn_bind_int(q, 1, org_id);
    PN_TRY(pn_row_next(q));
    *ret_kept = pn_col_int(q, 0);
    *ret_open = pn_col_int(q, 1);
    pn_stmt_reset(q);
    return PN_OK;
}

/* ── messages ────────────────────────────────────────────────────────────────────────────────── */

pn_err pn_study_message_insert(pn_db *db, const pn_study_message *row) {
    pn_stmt *q = pn_db_stmt(
        db, "INSERT INTO study_message (study_id, side, number, org_id, debtor_id, invoice_id, at,"
            " channel, family, tone, amount, currency, crossed)"
            " VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13)");
    pn_bind_int(q, 1, row->study_id);
    pn_bind_int(q, 2, row->side);
    pn_bind_int(q, 3, row->number);
    pn_bind_int(q, 4, row->org_id);
    pn_bind_int(q, 5, row->debtor_id);
    pn_bind_int(q, 6, row->invoice_id);
    pn_bind_int(q, 7, row->at);
    pn_bind_int(q, 8, row->channel);
    pn_bind_str(q, 9, row->family);
    pn_bind_int(q, 10, row->tone);
    pn_bind_int(q, 11, row->amount);
    pn_bind_str(q, 12, pn_str_of(row->currency.code));
    pn_bind_int(q, 13, row->crossed);
    return pn_stmt_run(q, NULL);
}

static void read_message(pn_stmt *q, pn_arena *arena, void *row) {
    *(pn_study_message *)row = (pn_study_message){
        .number = pn_col_int(q, 0),
        .debtor_id = pn_col_int(q, 1),
        .invoice_id = pn_col_int(q, 2),
        .at = pn_col_int(q, 3),
        .channel = (int)pn_col_int(q, 4),
        .family = pn_col_str_dup(q, 5, arena),
        .tone = pn_col_int(q, 6),
        .amount = pn_col_int(q, 7),
        .currency = pn_col_currency(q, 8),
        .crossed = pn_col_int(q, 9) != 0,
        .debtor = pn_col_str_dup(q, 10, arena),
        .invoice = pn_col_str_dup(q, 11, arena),
    };
}

pn_err pn_study_message_page(pn_db *db, pn_id org_id, pn_id study_id, int64_t side, int64_t after,
                             int64_t limit, pn_arena *arena, pn_study_message **ret_rows,
                             size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(
        db, "SELECT m.number, m.debtor_id, m.invoice_id, m.at, m.channel, m.family, m.tone,"
            " m.amount, m.currency, m.crossed, coalesce(d.name, ''), coalesce(i.external_id, '')"
            " FROM study_message m LEFT JOIN debtor d ON d.id = m.debtor_id LEFT JOIN invoice i ON"
            " i.debtor_id = m.debtor_id AND i.id = m.invoice_id WHERE m.study_id = $2 AND"
            " m.side = $3 AND m.number > $4 AND m.org_id = $1 ORDER BY m.number LIMIT $5");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, study_id);
    pn_bind_int(q, 3, side);
    pn_bind_int(q, 4, after);
    pn_bind_int(q, 5, limit);
    void *rows = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_study_message), read_message, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}
