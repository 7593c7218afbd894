#include "store/claim.h"

#include "base/banned.h"

const char *pn_promise_state_name(pn_promise_state state) {
    switch (state) {
    case PN_PROMISE_OPEN: return "open";
    case PN_PROMISE_KEPT: return "kept";
    case PN_PROMISE_BROKEN: return "broken";
    case PN_PROMISE_CANCELLED: return "cancelled";
    }
    return "?";
}

const char *pn_instrument_state_name(pn_instrument_state state) {
    switch (state) {
    case PN_INSTRUMENT_IN_FLIGHT: return "in_flight";
    case PN_INSTRUMENT_CLEARED: return "cleared";
    case PN_INSTRUMENT_RETURNED: return "returned";
    }
    return "?";
}

/* Runs an update that must meet exactly one row. */
static pn_err change_one(pn_stmt *q) {
    int64_t changed = 0;
    PN_TRY(pn_stmt_run(q, &changed));
    return changed == 1 ? PN_OK : PN_CONFLICT;
}

/* ── earmarks ── */

pn_err pn_earmark_put(pn_db *db, pn_id org_id, pn_id debtor_id, const pn_earmark_row *row) {
    pn_stmt *q = pn_db_stmt(
        db, "INSERT INTO earmark (debtor_id, invoice_id, kind, owner_id, org_id, amount_minor)"
            " VALUES ($1,$2,$3,$4,$5,$6)");
    pn_bind_int(q, 1, debtor_id);
    pn_bind_int(q, 2, row->invoice_id);
    pn_bind_int(q, 3, row->kind);
    pn_bind_int(q, 4, row->owner_id);
    pn_bind_int(q, 5, org_id);
    pn_bind_int(q, 6, row->amount);
    return pn_stmt_run(q, NULL);
}

pn_err pn_earmark_remove(pn_db *db, pn_id debtor_id, pn_earmark_kind kind, pn_id owner_id) {
    pn_stmt *q =
        pn_db_stmt(db, "DELETE FROM earmark WHERE debtor_id = $1 AND kind = $2 AND owner_id = $3");
    pn_bind_int(q, 1, debtor_id);
    pn_bind_int(q, 2, kind);
    pn_bind_int(q, 3, owner_id);
    PN_TRY(pn_stmt_run(q, NULL));
    if (kind != PN_EARMARK_PROMISE && kind != PN_EARMARK_PLAN) {
        return PN_OK;
    }
    q = pn_db_stmt(db, "DELETE FROM earmark WHERE debtor_id = $1 AND kind = $2 AND NOT EXISTS"
                       " (SELECT 1 FROM earmark o WHERE o.debtor_id = earmark.debtor_id AND"
                       " o.invoice_id = earmark.invoice_id AND o.kind IN ($3, $4))");
    pn_bind_int(q, 1, debtor_id);
    pn_bind_int(q, 2, PN_EARMARK_FULFILLED);
    pn_bind_int(q, 3, PN_EARMARK_PROMISE);
    pn_bind_int(q, 4, PN_EARMARK_PLAN);
    return pn_stmt_run(q, NULL);
}

static void read_earmark(pn_stmt *q, pn_arena *arena, void *row) {
    (void)arena;
    *(pn_earmark_row *)row = (pn_earmark_row){
        .invoice_id = pn_col_int(q, 0),
        .kind = (pn_earmark_kind)pn_col_int(q, 1),
        .owner_id = pn_col_int(q, 2),
        .amount = pn_col_int(q, 3),
    };
}

pn_err pn_earmark_list(pn_db *db, pn_id debtor_id, pn_arena *arena, pn_earmark_row **ret_rows,
                       size_t *ret_count) {
    pn_stmt *q =
        pn_db_stmt(db, "SELECT e.invoice_id, e.kind, e.owner_id, e.amount_minor FROM earmark e"
                       " LEFT JOIN promise p ON p.debtor_id = e.debtor_id AND p.id = e.owner_id"
                       " WHERE e.debtor_id = $1 ORDER BY e.invoice_id,"
                       " CASE WHEN e.kind = $2 THEN -1 ELSE e.kind END, p.due, e.owner_id");
    pn_bind_int(q, 1, debtor_id);
    pn_bind_int(q, 2, PN_EARMARK_FULFILLED);
    void *rows = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_earmark_row), read_earmark, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

/* ── promises ── */

pn_err pn_promise_insert(pn_db *db, const pn_promise_row *row) {
    pn_stmt *q = pn_db_stmt(
        db, "INSERT INTO promise (debtor_id, id, org_id, account_id, amount_minor, due, state,"
            " paid_minor, source, made_at) VALUES ($1,$2,$3,$4,$5,$6,0,0,$7,$8)");
    pn_bind_int(q, 1, row->debtor_id);
    pn_bind_int(q, 2, row->id);
    pn_bind_int(q, 3, row->org_id);
    pn_bind_int(q, 4, row->account_id);
    pn_bind_int(q, 5, row->amount);
    pn_bind_int(q, 6, row->due);
    pn_bind_str(q, 7, row->source);
    pn_bind_int(q, 8, row->made_at);
    return pn_stmt_run(q, NULL);
}

pn_err pn_promise_judge(pn_db *db, pn_id debtor_id, pn_id id, pn_promise_state state, int64_t paid,
                        pn_time at) {
    pn_stmt *q = pn_db_stmt(db, "UPDATE promise SET state = $3, paid_minor = $4, judged_at = $5"
                                " WHERE debtor_id = $1 AND id = $2 AND state = 0");
    pn_bind_int(q, 1, debtor_id);
    pn_bind_int(q, 2, id);
    pn_bind_int(q, 3, state);
    pn_bind_int(q, 4, paid);
    pn_bind_int(q, 5, at);
    return change_one(q);
}

static void read_promise(pn_stmt *q, pn_arena *arena, void *row) {
    *(pn_promise_row *)row = (pn_promise_row){
        .debtor_id = pn_col_int(q, 0),
        .id = pn_col_int(q, 1),
        .org_id = pn_col_int(q, 2),
        .account_id = pn_col_int(q, 3),
        .amount = pn_col_int(q, 4),
        .due = (pn_date)pn_col_int(q, 5),
        .state = (pn_promise_state)pn_col_int(q, 6),
        .paid = pn_col_int(q, 7),
        .source = pn_col_str_dup(q, 8, arena),
        .made_at = pn_col_int(q, 9),
        .judged_at = pn_col_int_or(q, 10, PN_TIME_NONE),
    };
}

pn_err pn_promise_debtor(pn_db *db, pn_id org_id, pn_id id, pn_id *ret_debtor) {
    pn_stmt *q = pn_db_stmt(db, "SELECT debtor_id FROM promise WHERE org_id = $1 AND id = $2");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, id);
    PN_TRY(pn_row_next(q));
    *ret_debtor = pn_col_int(q, 0);
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_promise_list(pn_db *db, pn_id debtor_id, pn_arena *arena, pn_promise_row **ret_rows,
                       size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(
        db, "SELECT debtor_id, id, org_id, account_id, amount_minor, due, state, paid_minor,"
            " source, made_at, judged_at FROM promise WHERE debtor_id = $1 ORDER BY id");
    pn_bind_int(q, 1, debtor_id);
    void *rows = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_promise_row), read_promise, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

/* ── disputes ── */

#define DISPUTE_COLUMNS                                                                            \
    "debtor_id, id, org_id, invoice_id, line, amount_minor, reason, state, outcome, opened_at,"    \
    " closed_at"

pn_err pn_dispute_insert(pn_db *db, const pn_dispute_row *row) {
    pn_stmt *q = pn_db_stmt(db, "INSERT INTO dispute (" DISPUTE_COLUMNS ") VALUES"
                                " ($1,$2,$3,$4,$5,$6,$7,0,'',$8,NULL)");
    pn_bind_int(q, 1, row->debtor_id);
    pn_bind_int(q, 2, row->id);
    pn_bind_int(q, 3, row->org_id);
    pn_bind_int(q, 4, row->invoice_id);
    pn_bind_int_or_null(q, 5, row->line, 0);
    pn_bind_int(q, 6, row->amount);
    pn_bind_str(q, 7, row->reason);
    pn_bind_int(q, 8, row->opened_at);
    return pn_stmt_run(q, NULL);
}

pn_err pn_dispute_close(pn_db *db, pn_id debtor_id, pn_id id, pn_str outcome, pn_time at) {
    pn_stmt *q = pn_db_stmt(db, "UPDATE dispute SET state = 1, outcome = $3, closed_at = $4"
                                " WHERE debtor_id = $1 AND id = $2 AND state = 0");
    pn_bind_int(q, 1, debtor_id);
    pn_bind_int(q, 2, id);
    pn_bind_str(q, 3, outcome);
    pn_bind_int(q, 4, at);
    return change_one(q);
}

static void read_dispute(pn_stmt *q, pn_arena *arena, void *row) {
    *(pn_dispute_row *)row = (pn_dispute_row){
        .debtor_id = pn_col_int(q, 0),
        .id = pn_col_int(q, 1),
        .org_id = pn_col_int(q, 2),
        .invoice_id = pn_col_int(q, 3),
        .line = pn_col_int_or(q, 4, 0),
        .amount = pn_col_int(q, 5),
        .reason = pn_col_str_dup(q, 6, arena),
        .closed = pn_col_int(q, 7) != 0,
        .outcome = pn_col_str_dup(q, 8, arena),
        .opened_at = pn_col_int(q, 9),
        .closed_at = pn_col_int_or(q, 10, PN_TIME_NONE),
    };
}

pn_err pn_dispute_list(pn_db *db, pn_id debtor_id, pn_arena *arena, pn_dispute_row **ret_rows,
                       size_t *ret_count) {
    pn_stmt *q =
        pn_db_stmt(db, "SELECT " DISPUTE_COLUMNS " FROM dispute WHERE debtor_id = $1 ORDER BY id");
    pn_bind_int(q, 1, debtor_id);
    void *rows = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_dispute_row), read_dispute, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

pn_err pn_dispute_get(pn_db *db, pn_id org_id, pn_id id, pn_arena *arena, pn_dispute_row *ret_row) {
    pn_stmt *q =
        pn_db_stmt(db, "SELECT " DISPUTE_COLUMNS " FROM dispute WHERE id = $1 AND org_id = $2");
    pn_bind_int(q, 1, id);
    pn_bind_int(q, 2, org_id);
    PN_TRY(pn_row_next(q));
    read_dispute(q, arena, ret_row);
    pn_stmt_reset(q);
    return PN_OK;
}

/* ── instruments ── */

#define INSTRUMENT_COLUMNS                                                                         \
    "debtor_id, id, org_id, account_id, kind, number, amount_minor, due, state, payment_id,"       \
    " taken_at, settled_at"

pn_err pn_instrument_insert(pn_db *db, const pn_instrument_row *row) {
    pn_stmt *q = pn_db_stmt(db, "INSERT INTO instrument (" INSTRUMENT_COLUMNS ") VALUES"
                                " ($1,$2,$3,$4,$5,$6,$7,$8,0,0,$9,NULL)");
    pn_bind_int(q, 1, row->debtor_id);
    pn_bind_int(q, 2, row->id);
    pn_bind_int(q, 3, row->org_id);
    pn_bind_int(q, 4, row->account_id);
    pn_bind_str(q, 5, row->kind);
    pn_bind_str(q, 6, row->number);
    pn_bind_int(q, 7, row->amount);
    pn_bind_int(q, 8, row->due);
    pn_bind_int(q, 9, row->taken_at);
    return pn_stmt_run(q, NULL);
}

pn_err pn_instrument_settle(pn_db *db, pn_id debtor_id, pn_id id, pn_instrument_state state,
                            pn_id payment_id, pn_time at) {
    pn_stmt *q = pn_db_stmt(db, "UPDATE instrument SET state = $3, payment_id = $4, settled_at = $5"
                                " WHERE debtor_id = $1 AND id = $2");
    pn_bind_int(q, 1, debtor_id);
    pn_bind_int(q, 2, id);
    pn_bind_int(q, 3, state);
    pn_bind_int(q, 4, payment_id);
    pn_bind_int(q, 5, at);
    return change_one(q);
}

static void read_instrument(pn_stmt *q, pn_arena *arena, void *row) {
    *(pn_instrument_row *)row = (pn_instrument_row){
        .debtor_id = pn_col_int(q, 0),
        .id = pn_col_int(q, 1),
        .org_id = pn_col_int(q, 2),
        .account_id = pn_col_int(q, 3),
        .kind = pn_col_str_dup(q, 4, arena),
        .number = pn_col_str_dup(q, 5, arena),
        .amount = pn_col_int(q, 6),
        .due = (pn_date)pn_col_int(q, 7),
        .state = (pn_instrument_state)pn_col_int(q, 8),
        .payment_id = pn_col_int(q, 9),
        .taken_at = pn_col_int(q, 10),
        .settled_at = pn_col_int_or(q, 11, PN_TIME_NONE),
    };
}

pn_err pn_instrument_list(pn_db *db, pn_id debtor_id, pn_arena *arena, pn_instrument_row **ret_rows,
                          size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " INSTRUMENT_COLUMNS
                                " FROM instrument WHERE debtor_id = $1 ORDER BY id");
    pn_bind_int(q, 1, debtor_id);
    void *rows = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_instrument_row), read_instrument, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

pn_err pn_instrument_due(pn_db *db, pn_id org_id, pn_date from, pn_date until, int state,
                         pn_date after_due, pn_id after_id, int64_t limit, pn_arena *arena,
                         pn_instrument_row **ret_rows, size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " INSTRUMENT_COLUMNS
                                " FROM instrument WHERE org_id = $1 AND due >= $2 AND due < $3"
                                " AND (due > $4 OR (due = $4 AND id > $5))"
                                " AND ($6 < 0 OR state = $6) ORDER BY due, id LIMIT $7");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, from);
    pn_bind_int(q, 3, until);
    pn_bind_int(q, 4, after_id == 0 ? INT32_MIN : after_due);
    pn_bind_int(q, 5, after_id);
    pn_bind_int(q, 6, state);
    pn_bind_int(q, 7, limit);
    void *rows = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_instrument_row), read_instrument, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

pn_err pn_instrument_get(pn_db *db, pn_id org_id, pn_id id, pn_arena *arena,
                         pn_instrument_row *ret_row) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " INSTRUMENT_COLUMNS
                                " FROM instrument WHERE id = $1 AND +org_id = $2");
    pn_bind_int(q, 1, id);
    pn_bind_int(q, 2, org_id);
    PN_TRY(pn_row_next(q));
    read_instrument(q, arena, ret_row);
    pn_stmt_reset(q);
    return PN_OK;
}

/* ── plans ── */

const char *pn_plan_state_name(pn_plan_state state) {
    switch (state) {
    case PN_PLAN_ACTIVE: return "active";
    case PN_PLAN_DONE: return "done";
    case PN_PLAN_DEFAULTED: return "defaulted";
    case PN_PLAN_CANCELLED: return "cancelled";
    }
    return "?";
}

pn_err pn_plan_insert(pn_db *db, const pn_plan_row *row, const pn_installment_row *installments,
                      size_t count) {
    pn_stmt *q = pn_db_stmt(db, "INSERT INTO plan (debtor_id, id, org_id, account_id, state,"
                                " made_at) VALUES ($1,$2,$3,$4,0,$5)");
    pn_bind_int(q, 1, row->debtor_id);
    pn_bind_int(q, 2, row->id);
    pn_bind_int(q, 3, row->org_id);
    pn_bind_int(q, 4, row->account_id);
    pn_bind_int(q, 5, row->made_at);
    PN_TRY(pn_stmt_run(q, NULL));
    for (size_t i = 0; i < count; i++) {
        pn_stmt *each =
            pn_db_stmt(db, "INSERT INTO plan_installment (debtor_id, plan_id, number, org_id, due,"
                           " amount_minor) VALUES ($1,$2,$3,$4,$5,$6)");
        pn_bind_int(each, 1, row->debtor_id);
        pn_bind_int(each, 2, row->id);
        pn_bind_int(each, 3, installments[i].number);
        pn_bind_int(each, 4, row->org_id);
        pn_bind_int(each, 5, installments[i].due);
        pn_bind_int(each, 6, installments[i].amount);
        PN_TRY(pn_stmt_run(each, NULL));
    }
    return PN_OK;
}

pn_err pn_plan_debtor(pn_db *db, pn_id org_id, pn_id id, pn_id *ret_debtor) {
    pn_stmt *q = pn_db_stmt(db, "SELECT debtor_id FROM plan WHERE org_id = $1 AND id = $2");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, id);
    PN_TRY(pn_row_next(q));
    *ret_debtor = pn_col_int(q, 0);
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_plan_end(pn_db *db, pn_id debtor_id, pn_id id, pn_plan_state state, pn_time at) {
    pn_stmt *q = pn_db_stmt(db, "UPDATE plan SET state = $3, ended_at = $4"
                                " WHERE debtor_id = $1 AND id = $2 AND state = 0");
    pn_bind_int(q, 1, debtor_id);
    pn_bind_int(q, 2, id);
    pn_bind_int(q, 3, state);
    pn_bind_int(q, 4, at);
    return change_one(q);
}

static void read_plan(pn_stmt *q, pn_arena *arena, void *row) {
    (void)arena;
    *(pn_plan_row *)row = (pn_plan_row){
        .debtor_id = pn_col_int(q, 0),
        .id = pn_col_int(q, 1),
        .org_id = pn_col_int(q, 2),
        .account_id = pn_col_int(q, 3),
        .state = (pn_plan_state)pn_col_int(q, 4),
        .made_at = pn_col_int(q, 5),
        .ended_at = pn_col_int_or(q, 6, PN_TIME_NONE),
    };
}

pn_err pn_plan_list(pn_db *db, pn_id debtor_id, pn_arena *arena, pn_plan_row **ret_rows,
                    size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT debtor_id, id, org_id, account_id, state, made_at, ended_at"
                                " FROM plan WHERE debtor_id = $1 ORDER BY id");
    pn_bind_int(q, 1, debtor_id);
    void *rows = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_plan_row), read_plan, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

static void read_installment(pn_stmt *q, pn_arena *arena, void *row) {
    (void)arena;
    *(pn_installment_row *)row = (pn_installment_row){
        .number = pn_col_int(q, 0),
        .due = (pn_date)pn_col_int(q, 1),
        .amount = pn_col_int(q, 2),
    };
}

pn_err pn_plan_installments(pn_db *db, pn_id debtor_id, pn_id plan_id, pn_arena *arena,
                            pn_installment_row **ret_rows, size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT number, due, amount_minor FROM plan_installment"
                                " WHERE debtor_id = $1 AND plan_id = $2 ORDER BY number");
    pn_bind_int(q, 1, debtor_id);
    pn_bind_int(q, 2, plan_id);
    void *rows = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_installment_row), read_installment, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

/* ── holds ── */

pn_err pn_hold_insert(pn_db *db, const pn_hold_row *row) {
    pn_stmt *q = pn_db_stmt(db, "INSERT INTO hold (debtor_id, id, org_id, run_id, reason, actor,"
                                " since, until) VALUES ($1,$2,$3,$4,$5,$6,$7,$8)");
    pn_bind_int(q, 1, row->debtor_id);
    pn_bind_int(q, 2, row->id);
    pn_bind_int(q, 3, row->org_id);
    pn_bind_int(q, 4, row->run_id);
    pn_bind_str(q, 5, row->reason);
    pn_bind_str(q, 6, row->actor);
    pn_bind_int(q, 7, row->since);
    pn_bind_int(q, 8, row->until);
    return pn_stmt_run(q, NULL);
}

pn_err pn_hold_review(pn_db *db, pn_id debtor_id, pn_id id, pn_time until) {
    pn_stmt *q = pn_db_stmt(db, "UPDATE hold SET until = $3 WHERE debtor_id = $1 AND id = $2"
                                " AND released_at IS NULL");
    pn_bind_int(q, 1, debtor_id);
    pn_bind_int(q, 2, id);
    pn_bind_int(q, 3, until);
    return change_one(q);
}

pn_err pn_hold_release(pn_db *db, pn_id debtor_id, pn_id id, pn_time at) {
    pn_stmt *q = pn_db_stmt(db, "UPDATE hold SET released_at = $3 WHERE debtor_id = $1 AND id = $2"
                                " AND released_at IS NULL");
    pn_bind_int(q, 1, debtor_id);
    pn_bind_int(q, 2, id);
    pn_bind_int(q, 3, at);
    return change_one(q);
}

static void read_hold(pn_stmt *q, pn_arena *arena, void *row) {
    *(pn_hold_row *)row = (pn_hold_row){
        .debtor_id = pn_col_int(q, 0),
        .id = pn_col_int(q, 1),
        .org_id = pn_col_int(q, 2),
        .run_id = pn_col_int(q, 3),
        .reason = pn_col_str_dup(q, 4, arena),
        .actor = pn_col_str_dup(q, 5, arena),
        .since = pn_col_int(q, 6),
        .until = pn_col_int(q, 7),
        .released_at = PN_TIME_NONE,
    };
}

pn_err pn_hold_get(pn_db *db, pn_id org_id, pn_id id, pn_arena *arena, pn_hold_row *ret_row) {
    pn_stmt *q = pn_db_stmt(db, "SELECT debtor_id, id, org_id, run_id, reason, actor, since, until,"
                                " released_at FROM hold WHERE id = $1 AND org_id = $2");
    pn_bind_int(q, 1, id);
    pn_bind_int(q, 2, org_id);
    PN_TRY(pn_row_next(q));
    read_hold(q, arena, ret_row);
    ret_row->released_at = pn_col_int_or(q, 8, PN_TIME_NONE);
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_hold_list(pn_db *db, pn_id debtor_id, pn_arena *arena, pn_hold_row **ret_rows,
                    size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT debtor_id, id, org_id, run_id, reason, actor, since, until"
                                " FROM hold WHERE debtor_id = $1 AND released_at IS NULL"
                                " ORDER BY id");
    pn_bind_int(q, 1, debtor_id);
    void *rows = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_hold_row), read_hold, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}
