#include "store/past.h"

#include "base/banned.h"
#include "store/currency.h"

static void read_row(pn_stmt *q, pn_arena *arena, void *out) {
    *(pn_past_row *)out = (pn_past_row){
        .debtor_id = pn_col_int(q, 0),
        .id = pn_col_int(q, 1),
        .about = pn_col_int(q, 2),
        .kind = pn_col_int(q, 3),
        .amount = pn_col_int(q, 4),
        .state = pn_col_int(q, 5),
        .at = pn_col_int(q, 6),
        .end = pn_col_int_or(q, 7, PN_TIME_NONE),
        .ref = pn_col_int(q, 8),
        .word = pn_col_str_dup(q, 9, arena),
        .outcome = pn_col_str_dup(q, 10, arena),
    };
}

static pn_stmt *statement(pn_db *db, pn_past_table table) {
    switch (table) {
    case PN_PAST_LEDGER:
        return pn_db_stmt(db, "SELECT debtor_id, id, invoice_id, kind, amount_minor, reverses_id,"
                              " at, NULL, payment_id, '', '' FROM ledger"
                              " WHERE debtor_id BETWEEN $1 AND $2 AND +org_id = $3"
                              " ORDER BY debtor_id, invoice_id, id");
    case PN_PAST_PAYMENTS:
        return pn_db_stmt(db, "SELECT debtor_id, id, account_id, 0, amount_minor, received, at,"
                              " reversed_at, 0, '', '' FROM payment"
                              " WHERE debtor_id BETWEEN $1 AND $2 AND +org_id = $3"
                              " ORDER BY debtor_id, id");
    case PN_PAST_DISPUTES:
        return pn_db_stmt(db, "SELECT debtor_id, id, invoice_id, 0, amount_minor, state, opened_at,"
                              " closed_at, 0, '', '' FROM dispute"
                              " WHERE debtor_id BETWEEN $1 AND $2 AND +org_id = $3"
                              " ORDER BY debtor_id, id");
    case PN_PAST_PROMISES:
        return pn_db_stmt(db, "SELECT debtor_id, id, account_id, due, amount_minor, state, made_at,"
                              " judged_at, paid_minor, '', '' FROM promise"
                              " WHERE debtor_id BETWEEN $1 AND $2 AND +org_id = $3"
                              " ORDER BY debtor_id, id");
    case PN_PAST_PLANS:
        return pn_db_stmt(db, "SELECT p.debtor_id, p.id, p.account_id, 0,"
                              " (SELECT coalesce(sum(i.amount_minor), 0) FROM plan_installment i"
                              " WHERE i.debtor_id = p.debtor_id AND i.plan_id = p.id),"
                              " p.state, p.made_at, p.ended_at, 0, '', '' FROM plan p"
                              " WHERE p.debtor_id BETWEEN $1 AND $2 AND +p.org_id = $3"
                              " ORDER BY p.debtor_id, p.id");
    case PN_PAST_INSTRUMENTS:
        return pn_db_stmt(db, "SELECT debtor_id, id, account_id, 0, amount_minor, state, taken_at,"
                              " settled_at, 0, '', '' FROM instrument"
                              " WHERE debtor_id BETWEEN $1 AND $2 AND +org_id = $3"
                              " ORDER BY debtor_id, id");
    case PN_PAST_HOLDS:
        return pn_db_stmt(db, "SELECT debtor_id, id, run_id, 0, 0, 0, since, released_at, until,"
                              " reason, '' FROM hold"
                              " WHERE debtor_id BETWEEN $1 AND $2 AND +org_id = $3"
                              " ORDER BY debtor_id, id");
    case PN_PAST_SIGNALS:
        return pn_db_stmt(db, "SELECT debtor_id, id, carrier_id, kind, 0, source, at, NULL, 0, '',"
                              " '' FROM signal"
                              " WHERE debtor_id BETWEEN $1 AND $2 AND +org_id = $3"
                              " ORDER BY debtor_id, id");
    case PN_PAST_TASKS:
        return pn_db_stmt(db, "SELECT debtor_id, id, run_id, 0, 0, state, opened_at, settled_at, 0,"
                              " category, outcome FROM task"
                              " WHERE debtor_id BETWEEN $1 AND $2 AND +org_id = $3 AND state = 1"
                              " ORDER BY debtor_id, id");
    case PN_PAST_TABLES: break;
    }
    assert(false); // every table stands above
    return NULL;
}

pn_err pn_past_rows(pn_db *db, pn_past_table table, pn_id org_id, pn_id first, pn_id last,
                    pn_arena *arena, pn_past_row **ret_rows, size_t *ret_count) {
    pn_stmt *q = statement(db, table);
    void *rows = NULL;
    pn_bind_int(q, 1, first);
    pn_bind_int(q, 2, last);
    pn_bind_int(q, 3, org_id);
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_past_row), read_row, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

pn_err pn_past_truly(pn_db *db, pn_id org_id, pn_time from, pn_time to, int64_t *ret_messages,
                     int64_t *ret_tasks) {
    pn_stmt *q = pn_db_stmt(db, "SELECT (SELECT count(*) FROM carrier WHERE +org_id = $1"
                                " AND settled_at >= $2 AND settled_at < $3 AND state IN (2, 3, 4)),"
                                " (SELECT count(*) FROM task WHERE org_id = $1"
                                " AND opened_at >= $2 AND opened_at < $3 AND run_id <> 0)");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, from);
    pn_bind_int(q, 3, to);
    PN_TRY(pn_row_next(q));
    *ret_messages = pn_col_int(q, 0);
    *ret_tasks = pn_col_int(q, 1);
    pn_stmt_reset(q);
    return PN_OK;
}

static void read_spell(pn_stmt *q, pn_arena *arena, void *out) {
    pn_spell_row *row = out;
    *row = (pn_spell_row){
        .debtor_id = pn_col_int(q, 0),
        .id = pn_col_int(q, 1),
        .account_id = pn_col_int(q, 2),
        .currency = pn_col_currency(q, 3),
        .issued = (pn_date)pn_col_int(q, 4),
        .due = (pn_date)pn_col_int(q, 5),
        .amount = pn_col_int(q, 6),
        .open = pn_col_int(q, 7),
        .paid = (pn_date)pn_col_int_or(q, 8, PN_DATE_NONE),
        .closed_at = pn_col_int_or(q, 9, PN_TIME_NONE),
        .owner = pn_col_str_dup(q, 10, arena),
        .created_at = pn_col_int(q, 11),
    };
}

pn_err pn_past_spells(pn_db *db, pn_id org_id, pn_arena *arena, pn_spell_row **ret_rows,
                      size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(
        db, "SELECT i.debtor_id, i.id, i.account_id, i.currency, i.issued, i.effective_due,"
            " i.amount_minor, CASE WHEN i.closed = 0 THEN i.open_minor ELSE 0 END,"
            " CASE WHEN i.closed = 1 THEN (SELECT max(p.received) FROM ledger l"
            " JOIN payment p ON p.id = l.payment_id WHERE l.debtor_id = i.debtor_id"
            " AND l.invoice_id = i.id AND l.kind = 1) ELSE NULL END,"
            " CASE WHEN i.closed = 0 THEN NULL ELSE i.closed_at END, d.owner,"
            " i.created_at"
            " FROM invoice i JOIN debtor d ON d.id = i.debtor_id"
            " WHERE +i.org_id = $1 ORDER BY i.debtor_id, i.issued, i.id");
    void *rows = NULL;
    pn_bind_int(q, 1, org_id);
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_spell_row), read_spell, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

static void read_reach(pn_stmt *q, pn_arena *arena, void *out) {
    (void)arena;
    *(pn_reach_row *)out = (pn_reach_row){.debtor_id = pn_col_int(q, 0),
                                          .account_id = pn_col_int(q, 1),
                                          .invoice_id = pn_col_int(q, 2),
                                          .at = pn_col_int(q, 3),
                                          .tone = (unsigned)pn_col_int(q, 4)};
}

/* Purposes: all but service. */
pn_err pn_past_reaches(pn_db *db, pn_id org_id, pn_arena *arena, pn_reach_row **ret_rows,
                       size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(
        db, "SELECT m.debtor_id, r.account_id, r.invoice_id, c.settled_at, m.tone"
            " FROM message m JOIN run r ON r.debtor_id = m.debtor_id AND r.id = m.run_id"
            " JOIN carrier c ON c.id = m.carrier_id WHERE m.org_id = $1 AND m.state IN (2, 3)"
            " AND c.purpose <> 1 AND c.settled_at IS NOT NULL ORDER BY m.debtor_id, m.id");
    void *rows = NULL;
    pn_bind_int(q, 1, org_id);
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_reach_row), read_reach, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

static void read_holdout(pn_stmt *q, pn_arena *arena, void *out) {
    *(pn_holdout_row *)out =
        (pn_holdout_row){.strategy_id = pn_col_int(q, 0), .name = pn_col_str_dup(q, 1, arena)};
}

pn_err pn_past_holdouts(pn_db *db, pn_id org_id, pn_arena *arena, pn_holdout_row **ret_rows,
                        size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT s.id, s.name FROM strategy s WHERE s.org_id = $1 AND EXISTS"
                                " (SELECT 1 FROM split_arm a WHERE a.org_id = $1 AND a.strategy_id"
                                " = s.id AND a.arm = 'holdout') ORDER BY s.id");
    void *rows = NULL;
    pn_bind_int(q, 1, org_id);
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_holdout_row), read_holdout, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

pn_err pn_past_debtors(pn_db *db, pn_id org_id, pn_arena *arena, pn_id **ret_ids,
                       size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT id FROM debtor WHERE org_id = $1 ORDER BY id");
    pn_bind_int(q, 1, org_id);
    return pn_rows_ids(q, arena, ret_ids, ret_count);
}
