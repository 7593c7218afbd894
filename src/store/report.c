#include "store/report.h"

#include "base/banned.h"
#include "store/currency.h"

static void bind_span(pn_stmt *q, const pn_report_span *span) {
    pn_bind_int(q, 1, span->org_id);
    pn_bind_int(q, 2, span->from);
    pn_bind_int(q, 3, span->to);
}

/* ── messages ────────────────────────────────────────────────────────────────────────────────── */

static void read_carriers(pn_stmt *q, pn_arena *arena, void *row) {
    *(pn_report_carriers *)row = (pn_report_carriers){
        .channel = (pn_channel_kind)pn_col_int(q, 0),
        .purpose = (pn_purpose)pn_col_int(q, 1),
        .family = pn_col_str_dup(q, 2, arena),
        .tone = (uint8_t)pn_col_int(q, 3),
        .state = (pn_message_state)pn_col_int(q, 4),
        .count = pn_col_int(q, 5),
        .read = pn_col_int(q, 6),
    };
}

pn_err pn_report_carrier_counts(pn_db *db, const pn_report_span *span, pn_arena *arena,
                                pn_report_carriers **ret_rows, size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(
        db,
        "SELECT c.channel, c.purpose, t.family, c.tone,"
        " CASE WHEN c.state = 5 AND substr(c.status, 1, 1) = '5' THEN 4 ELSE c.state END, count(*),"
        " sum(CASE WHEN s.carrier_id IS NULL THEN 0 ELSE 1 END)"
        " FROM carrier c JOIN template t ON t.id = c.template_id"
        " LEFT JOIN (SELECT carrier_id FROM signal WHERE org_id = $1 AND source = 0"
        " AND kind IN (0, 1, 2, 3) AND carrier_id <> 0 GROUP BY carrier_id) s"
        " ON s.carrier_id = c.id"
        " WHERE +c.org_id = $1 AND c.at >= $2 AND c.at < $3 AND c.contact_id <> 0"
        " GROUP BY c.channel, c.purpose, t.family, c.tone,"
        " CASE WHEN c.state = 5 AND substr(c.status, 1, 1) = '5' THEN 4 ELSE c.state END"
        " ORDER BY 1, 3, 4, 5");
    void *rows = NULL;
    bind_span(q, span);
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_report_carriers), read_carriers, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

static void read_count(pn_stmt *q, pn_arena *arena, void *row) {
    *(pn_report_count *)row = (pn_report_count){.word = pn_col_str_dup(q, 0, arena),
                                                .kind = pn_col_int(q, 1),
                                                .count = pn_col_int(q, 2),
                                                .oldest = pn_col_int_or(q, 3, PN_TIME_NONE)};
}

static pn_err read_counts(pn_stmt *q, pn_arena *arena, pn_report_count **ret_rows,
                          size_t *ret_count) {
    void *rows = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_report_count), read_count, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

pn_err pn_report_message_reasons(pn_db *db, const pn_report_span *span, pn_arena *arena,
                                 pn_report_count **ret_rows, size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT reason, state, count(*), NULL FROM message"
                                " WHERE org_id = $1 AND settled_at >= $2 AND settled_at < $3"
                                " GROUP BY reason, state ORDER BY count(*) DESC, reason, state");
    bind_span(q, span);
    return read_counts(q, arena, ret_rows, ret_count);
}

static void read_text(pn_stmt *q, pn_arena *arena, void *row) {
    *(pn_str *)row = pn_col_str_dup(q, 0, arena);
}

pn_err pn_report_verdicts(pn_db *db, const pn_report_span *span, pn_arena *arena,
                          pn_str **ret_params, size_t *ret_count) {
    pn_stmt *q =
        pn_db_stmt(db, "SELECT params FROM message WHERE org_id = $1"
                       " AND (settled_at IS NULL OR (settled_at >= $2 AND settled_at < $3))"
                       " AND params <> '{}' ORDER BY id");
    void *rows = NULL;
    bind_span(q, span);
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_str), read_text, &rows, ret_count));
    *ret_params = rows;
    return PN_OK;
}

pn_err pn_report_sent(pn_db *db, pn_id org_id, pn_str family, int64_t tone, size_t max,
                      pn_arena *arena, pn_id **ret_carriers, size_t *ret_count) {
    pn_stmt *q =
        pn_db_stmt(db, "SELECT c.id FROM carrier c JOIN template t ON t.id = c.template_id"
                       " WHERE +c.org_id = $1 AND t.family = $2 AND ($3 = 0 OR c.tone = $3)"
                       " AND c.state IN (2, 3) AND c.contact_id <> 0"
                       " ORDER BY c.id LIMIT $4");
    pn_bind_int(q, 1, org_id);
    pn_bind_str(q, 2, family);
    pn_bind_int(q, 3, tone);
    pn_bind_int(q, 4, (int64_t)max);
    return pn_rows_ids(q, arena, ret_carriers, ret_count);
}

/* ── people's work, strategies, facts ────────────────────────────────────────────────────────── */

pn_err pn_report_tasks_open(pn_db *db, const pn_report_span *span, pn_arena *arena,
                            pn_report_count **ret_rows, size_t *ret_count) {
    pn_stmt *q =
        pn_db_stmt(db, "SELECT category, sum(CASE WHEN due_at < $2 THEN 1 ELSE 0 END),"
                       " count(*), min(opened_at) FROM task WHERE org_id = $1 AND state = 0"
                       " GROUP BY category ORDER BY count(*) DESC, category");
    pn_bind_int(q, 1, span->org_id);
    pn_bind_int(q, 2, span->to);
    return read_counts(q, arena, ret_rows, ret_count);
}

pn_err pn_report_runs(pn_db *db, const pn_report_span *span, pn_arena *arena,
                      pn_report_count **ret_rows, size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT s.name, r.status, count(*), min(r.started_at) FROM run r"
                                " JOIN strategy_version v ON v.id = r.version_id"
                                " JOIN strategy s ON s.id = v.strategy_id"
                                " WHERE r.org_id = $1 AND r.started_at >= $2 AND r.started_at < $3"
                                " GROUP BY s.name, r.status ORDER BY s.name, r.status");
    bind_span(q, span);
    return read_counts(q, arena, ret_rows, ret_count);
}

pn_err pn_report_signals(pn_db *db, const pn_report_span *span, pn_arena *arena,
                         pn_report_count **ret_rows, size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT '', source * 100 + kind, count(*), NULL FROM signal"
                                " WHERE org_id = $1 AND at >= $2 AND at < $3"
                                " GROUP BY source, kind ORDER BY source, kind");
    bind_span(q, span);
    return read_counts(q, arena, ret_rows, ret_count);
}

pn_err pn_report_facts(pn_db *db, const pn_report_span *span, pn_arena *arena,
                       pn_report_count **ret_rows, size_t *ret_count) {
    pn_stmt *q =
        pn_db_stmt(db, "SELECT 'promise', state, count(*), NULL FROM promise"
                       " WHERE org_id = $1 AND made_at >= $2 AND made_at < $3 GROUP BY state"
                       " UNION ALL SELECT 'dispute', state, count(*), NULL FROM dispute"
                       " WHERE org_id = $1 AND opened_at >= $2 AND opened_at < $3 GROUP BY state"
                       " UNION ALL SELECT 'plan', state, count(*), NULL FROM plan"
                       " WHERE org_id = $1 AND made_at >= $2 AND made_at < $3 GROUP BY state"
                       " UNION ALL SELECT 'instrument', state, count(*), NULL FROM instrument"
                       " WHERE +org_id = $1 AND taken_at >= $2 AND taken_at < $3 GROUP BY state"
                       " UNION ALL SELECT 'task', state, count(*), NULL FROM task"
                       " WHERE org_id = $1 AND opened_at >= $2 AND opened_at < $3 GROUP BY state"
                       " ORDER BY 1, 2");
    bind_span(q, span);
    return read_counts(q, arena, ret_rows, ret_count);
}

/* ── money ───────────────────────────────────────────────────────────────────────────────────── */

static void read_money(pn_stmt *q, pn_arena *arena, void *row) {
    (void)arena;
    *(pn_report_money *)row = (pn_report_money){
        .debtor_id = pn_col_int(q, 0),
        .account_id = pn_col_int(q, 1),
        .invoice_id = pn_col_int(q, 2),
        .currency = pn_col_currency(q, 3),
        .amount = pn_col_int(q, 4),
        .at = pn_col_int(q, 5),
        .received = (pn_date)pn_col_int(q, 6),
        .effective_due = (pn_date)pn_col_int(q, 7),
    };
}

pn_err pn_report_payments(pn_db *db, const pn_report_span *span, pn_arena *arena,
                          pn_report_money **ret_rows, size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(
        db, "SELECT l.debtor_id, i.account_id, l.invoice_id, i.currency, -l.amount_minor, l.at,"
            " p.received, i.effective_due FROM ledger l JOIN payment p ON p.id = l.payment_id"
            " JOIN invoice i ON i.debtor_id = l.debtor_id AND i.id = l.invoice_id"
            " WHERE l.org_id = $1 AND l.at >= $2 AND l.at < $3 AND l.kind = 1"
            " AND l.reverses_id = 0 AND p.reversed_at IS NULL ORDER BY l.debtor_id, l.at, l.id");
    void *rows = NULL;
    bind_span(q, span);
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_report_money), read_money, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

pn_err pn_report_returned(pn_db *db, const pn_report_span *span, int64_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT count(*) FROM payment WHERE org_id = $1"
                                " AND reversed_at >= $2 AND reversed_at < $3");
    bind_span(q, span);
    PN_TRY(pn_row_next(q));
    *ret_count = pn_col_int(q, 0);
    pn_stmt_reset(q);
    return PN_OK;
}

static void read_receivables(pn_stmt *q, pn_arena *arena, void *row) {
    (void)arena;
    *(pn_report_receivables *)row = (pn_report_receivables){
        .currency = pn_col_currency(q, 0),
        .invoices = pn_col_int(q, 1),
        .open_invoices = pn_col_int(q, 2),
        .overdue_invoices = pn_col_int(q, 3),
        .billed = pn_col_int(q, 4),
        .open = pn_col_int(q, 5),
        .overdue = pn_col_int(q, 6),
    };
}

pn_err pn_report_open(pn_db *db, pn_id org_id, pn_date from, pn_date to, pn_arena *arena,
                      pn_report_receivables **ret_rows, size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(
        db, "SELECT currency, count(*), sum(CASE WHEN open_minor > 0 THEN 1 ELSE 0 END),"
            " sum(CASE WHEN open_minor > 0 AND effective_due < $3 THEN 1 ELSE 0 END),"
            " sum(CASE WHEN issued >= $2 AND issued < $3 THEN amount_minor ELSE 0 END),"
            " sum(open_minor), sum(CASE WHEN effective_due < $3 THEN open_minor ELSE 0 END)"
            " FROM invoice WHERE +org_id = $1 GROUP BY currency ORDER BY currency");
    void *rows = NULL;
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, from);
    pn_bind_int(q, 3, to);
    PN_TRY(
        pn_rows_read(q, arena, sizeof(pn_report_receivables), read_receivables, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

/* ── phases ──────────────────────────────────────────────────────────────────────────────────── */

static void read_run(pn_stmt *q, pn_arena *arena, void *row) {
    (void)arena;
    *(pn_report_run *)row = (pn_report_run){.id = pn_col_int(q, 0),
                                            .debtor_id = pn_col_int(q, 1),
                                            .account_id = pn_col_int(q, 2),
                                            .invoice_id = pn_col_int(q, 3),
                                            .started_at = pn_col_int(q, 4)};
}

pn_err pn_report_run_list(pn_db *db, pn_id org_id, pn_arena *arena, pn_report_run **ret_rows,
                          size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT id, debtor_id, account_id, invoice_id, started_at FROM run"
                                " WHERE org_id = $1 AND parent_id = 0 ORDER BY debtor_id, id");
    void *rows = NULL;
    pn_bind_int(q, 1, org_id);
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_report_run), read_run, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

static void read_step(pn_stmt *q, pn_arena *arena, void *row) {
    *(pn_report_step *)row = (pn_report_step){
        .run_id = pn_col_int(q, 0), .at = pn_col_int(q, 1), .body = pn_col_str_dup(q, 2, arena)};
}

pn_err pn_report_steps(pn_db *db, pn_id org_id, pn_arena *arena, pn_report_step **ret_rows,
                       size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT run_id, at, body FROM event WHERE org_id = $1"
                                " AND kind IN (0, 1) AND body IS NOT NULL ORDER BY id");
    void *rows = NULL;
    pn_bind_int(q, 1, org_id);
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_report_step), read_step, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

pn_err pn_report_size(pn_db *db, pn_id org_id, int64_t *ret_creditors, int64_t *ret_debtors) {
    pn_stmt *q = pn_db_stmt(db, "SELECT (SELECT count(*) FROM creditor WHERE org_id = $1),"
                                " (SELECT count(*) FROM debtor WHERE org_id = $1)");
    pn_bind_int(q, 1, org_id);
    PN_TRY(pn_row_next(q));
    *ret_creditors = pn_col_int(q, 0);
    *ret_debtors = pn_col_int(q, 1);
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_report_skipped(pn_db *db, pn_id org_id, pn_str reason, pn_id *ret_message,
                         pn_id *ret_debtor) {
    pn_stmt *q = pn_db_stmt(db, "SELECT id, debtor_id FROM message WHERE org_id = $1"
                                " AND state = 6 AND reason = $2 ORDER BY id LIMIT 1");
    pn_bind_int(q, 1, org_id);
    pn_bind_str(q, 2, reason);
    PN_TRY(pn_row_next(q));
    *ret_message = pn_col_int(q, 0);
    *ret_debtor = pn_col_int(q, 1);
    pn_stmt_reset(q);
    return PN_OK;
}
