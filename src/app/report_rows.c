#include "app/report_rows.h"

#include "app/segments.h"
#include "base/banned.h"
#include "core/ledger.h"
#include "store/currency.h"
#include "store/segment.h"

/* What a cause is in the columns of what is put down to it. */
typedef struct {
    int64_t kind; /* 0: any, else 1 + pn_cause_by */
    int64_t id;   /* channel, template, version */
    const pn_rule *rule;
} cause;

static void read_row(pn_stmt *q, pn_arena *arena, void *row) {
    pn_report_row *out = row;
    *out = (pn_report_row){.at = pn_col_int(q, 0),
                           .id = pn_col_int(q, 1),
                           .debtor_id = pn_col_int(q, 2),
                           .debtor_name = pn_col_str_dup(q, 3, arena),
                           .invoice_id = pn_col_int(q, 4),
                           .number = pn_col_str_dup(q, 5, arena),
                           .currency = pn_col_currency(q, 6),
                           .amount = pn_col_int(q, 7),
                           .text = pn_col_str_dup(q, 8, arena)};
}

static pn_err read_rows(pn_stmt *q, pn_arena *arena, pn_report_row **ret_rows, size_t *ret_count) {
    void *rows = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_report_row), read_row, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

/* $1 … $6, which all of them have. */
static void bind_span(pn_stmt *q, pn_app *app, const pn_rows_query *query, int64_t from,
                      int64_t to) {
    pn_bind_int(q, 1, app->org.id);
    pn_bind_int(q, 2, from);
    pn_bind_int(q, 3, to);
    pn_bind_int(q, 4, query->creditor_id);
    pn_bind_int(q, 5, query->after_at);
    pn_bind_int(q, 6, query->after_id);
}

static_assert(PN_CAUSE_PHASE == 0 && PN_CAUSE_CHANNEL == 1 && PN_CAUSE_TEMPLATE == 2 &&
                  PN_CAUSE_STRATEGY == 3,
              "numbers in statements");

/* ── money ───────────────────────────────────────────────────────────────────────────────────── */

#define COLLECTED                                                                                  \
    "SELECT f.day, f.entry_id, f.debtor_id, d.name, f.invoice_id, i.external_id, f.currency,"      \
    " f.amount_minor, '' FROM credited f JOIN invoice i ON i.debtor_id = f.debtor_id AND i.id ="   \
    " f.invoice_id JOIN account a ON a.debtor_id = i.debtor_id AND a.id = i.account_id"            \
    " JOIN debtor d ON d.id = f.debtor_id JOIN creditor c ON c.id = f.creditor_id"                 \
    " WHERE f.org_id = $1 AND f.day >= $2 AND f.day < $3 AND ($4 = 0 OR f.creditor_id = $4)"       \
    " AND (f.day < $5 OR (f.day = $5 AND f.entry_id < $6)) AND ($7 = '' OR f.currency = $7)"
#define NEWEST_CREDIT " ORDER BY f.day DESC, f.entry_id DESC LIMIT $"

static pn_err collected(pn_app *app, const pn_rows_query *query, const cause *of, pn_arena *arena,
                        pn_report_row **ret_rows, size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(
        app->db, COLLECTED
        " AND ($8 = 0 OR ($8 = 1 AND f.phase = $9) OR ($8 = 2 AND (f.channel = $10 OR ($10 = 0 AND"
        " f.channel < 0))) OR ($8 = 3 AND f.template_id = $10) OR ($8 = 4 AND f.version_id = "
        "$10))" NEWEST_CREDIT "11");
    bind_span(q, app, query, query->from, query->to);
    pn_bind_int(q, 8, of->kind);
    pn_bind_str(q, 9, query->name);
    pn_bind_int(q, 10, of->id);
    pn_bind_str(q, 7, query->currency);
    pn_bind_int(q, 11, query->limit);
    return read_rows(q, arena, ret_rows, ret_count);
}

/* Of the cases that its rule fits today. */
static pn_err collected_in(pn_app *app, const pn_rows_query *query, const cause *of,
                           pn_arena *arena, pn_report_row **ret_rows, size_t *ret_count,
                           pn_diag *diag) {
    pn_sql_param *params = NULL;
    size_t count = 0;
    pn_stmt *q = NULL;
    pn_buf sql;
    pn_sql_dialect dialect = pn_db_speaks_pg(app->db) ? PN_DIALECT_PG : PN_DIALECT_SQLITE;
    pn_buf_init(&sql, 1 << 18);
    pn_buf_add_lit(&sql, COLLECTED " AND (");
    pn_err err = pn_rule_sql(of->rule, dialect, pn_app_today(app), 8, arena, &sql, &params, &count);
    pn_buf_add_format(&sql, ")" NEWEST_CREDIT "%zu", 8 + count);
    err = err == PN_OK ? pn_buf_err(&sql) : err;
    if (err == PN_OK) {
        err = pn_db_prepare(app->db, pn_str_z(arena, pn_buf_str(&sql)), &q, diag);
    }
    pn_buf_done(&sql);
    PN_TRY(err);
    bind_span(q, app, query, query->from, query->to);
    pn_bind_str(q, 7, query->currency);
    pn_bind_int(q, 8 + (int)count, query->limit);
    for (size_t i = 0; i < count; i++) {
        if (params[i].is_text) {
            pn_bind_str(q, 8 + (int)i, params[i].text);
        } else {
            pn_bind_int(q, 8 + (int)i, params[i].number);
        }
    }
    err = read_rows(q, arena, ret_rows, ret_count);
    pn_stmt_free(q);
    return err;
}

/* What was asked for at first: charges that came later lower or raise other figures. */
static pn_err billed(pn_app *app, const pn_rows_query *query, pn_arena *arena,
                     pn_report_row **ret_rows, size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(
        app->db, "SELECT i.issued, i.id, i.debtor_id, d.name, i.id, i.external_id, i.currency,"
                 " (SELECT sum(l.amount_minor) FROM ledger l WHERE l.debtor_id = i.debtor_id AND"
                 " l.invoice_id = i.id AND l.kind = 0 AND l.reverses_id = 0), '' FROM invoice i"
                 " JOIN debtor d ON d.id = i.debtor_id"
                 " WHERE i.org_id = $1 AND i.issued >= $2 AND i.issued < $3"
                 " AND ($4 = 0 OR i.creditor_id = $4)"
                 " AND (i.issued < $5 OR (i.issued = $5 AND i.id < $6))"
                 " AND ($8 = '' OR i.currency = $8) ORDER BY i.issued DESC, i.id DESC LIMIT $7");
    bind_span(q, app, query, query->from, query->to);
    pn_bind_int(q, 7, query->limit);
    pn_bind_str(q, 8, query->currency);
    return read_rows(q, arena, ret_rows, ret_count);
}
static_assert(PN_ENTRY_CHARGE == 0, "numbers in statements");

/* ── messages ────────────────────────────────────────────────────────────────────────────────── */

/* By id, which is the order in which they were made; the filter on the day is exact. */
static pn_err messages(pn_app *app, const pn_rows_query *query, const cause *of, pn_arena *arena,
                       pn_report_row **ret_rows, size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(
        app->db,
        "SELECT c.day, c.id, c.debtor_id, d.name, 0, '', '', 0, c.subject FROM carrier c"
        " JOIN debtor d ON d.id = c.debtor_id WHERE c.org_id = $1 AND c.day >= $2 AND c.day < $3"
        " AND ($4 = 0 OR c.creditor_id = $4) AND $5 <> 0 AND c.id < $6 AND c.contact_id <> 0"
        " AND ($10 <> 2 OR c.state IN (2, 3, 4)) AND ($10 <> 3 OR c.state = 4)"
        " AND ($10 < 4 OR EXISTS (SELECT 1 FROM signal s WHERE s.debtor_id = c.debtor_id AND"
        " s.carrier_id = c.id AND s.source = 0 AND ((s.kind IN (0, 1, 2, 3) AND $10 = 4)"
        " OR (s.kind = 1 AND $10 = 5) OR (s.kind = 2 AND $10 = 6))))"
        " AND ($8 = 0 OR ($8 = 2 AND c.channel = $9) OR ($8 = 3 AND c.template_id = $9)"
        " OR ($8 = 4 AND coalesce(c.version_id, 0) = $9))"
        " ORDER BY c.id DESC LIMIT $7");
    bind_span(q, app, query, query->from, query->to);
    pn_bind_int(q, 7, query->limit);
    pn_bind_int(q, 8, of->kind);
    pn_bind_int(q, 9, of->id);
    pn_bind_int(q, 10, query->what);
    return read_rows(q, arena, ret_rows, ret_count);
}
static_assert(PN_ROWS_SENT == 2 && PN_ROWS_BOUNCED == 3 && PN_ROWS_READ == 4 &&
                  PN_ROWS_CLICKED == 5 && PN_ROWS_VISITED == 6,
              "numbers in statements");

/* ── work ────────────────────────────────────────────────────────────────────────────────────── */

static pn_err promises(pn_app *app, const pn_rows_query *query, pn_time from, pn_time to,
                       pn_arena *arena, pn_report_row **ret_rows, size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(
        app->db, "SELECT p.judged_at, p.id, p.debtor_id, d.name, 0, '', a.currency,"
                 " p.amount_minor, '' FROM promise p JOIN account a ON a.debtor_id = p.debtor_id"
                 " AND a.id = p.account_id JOIN debtor d ON d.id = p.debtor_id"
                 " WHERE p.org_id = $1 AND p.judged_at >= $2 AND p.judged_at < $3"
                 " AND ($4 = 0 OR a.creditor_id = $4)"
                 " AND (p.judged_at < $5 OR (p.judged_at = $5 AND p.id < $6)) AND p.state = $8"
                 " ORDER BY p.judged_at DESC, p.id DESC LIMIT $7");
    bind_span(q, app, query, from, to);
    pn_bind_int(q, 7, query->limit);
    pn_bind_int(q, 8, query->what == PN_ROWS_KEPT ? 1 : 2);
    return read_rows(q, arena, ret_rows, ret_count);
}

static pn_err complaints(pn_app *app, const pn_rows_query *query, pn_time from, pn_time to,
                         pn_arena *arena, pn_report_row **ret_rows, size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(
        app->db, "SELECT c.opened_at, c.id, c.debtor_id, d.name, 0, '', '', 0, c.text"
                 " FROM complaint c JOIN debtor d ON d.id = c.debtor_id"
                 " WHERE c.org_id = $1 AND c.opened_at >= $2 AND c.opened_at < $3 AND ($4 = 0 OR"
                 " CASE WHEN c.creditor_id <> 0 THEN c.creditor_id ELSE d.creditor_id END = $4)"
                 " AND (c.opened_at < $5 OR (c.opened_at = $5 AND c.id < $6))"
                 " ORDER BY c.opened_at DESC, c.id DESC LIMIT $7");
    bind_span(q, app, query, from, to);
    pn_bind_int(q, 7, query->limit);
    return read_rows(q, arena, ret_rows, ret_count);
}

static pn_err tasks(pn_app *app, const pn_rows_query *query, pn_time from, pn_time to,
                    pn_arena *arena, pn_report_row **ret_rows, size_t *ret_count) {
    pn_stmt *q =
        pn_db_stmt(app->db, "SELECT t.settled_at, t.id, t.debtor_id, d.name, 0, '', '', 0, t.title"
                            " FROM task t JOIN debtor d ON d.id = t.debtor_id"
                            " WHERE t.org_id = $1 AND t.settled_at >= $2 AND t.settled_at < $3"
                            " AND t.state = 1 AND ($4 = 0 OR d.creditor_id = $4)"
                            " AND (t.settled_at < $5 OR (t.settled_at = $5 AND t.id < $6))"
                            " ORDER BY t.settled_at DESC, t.id DESC LIMIT $7");
    bind_span(q, app, query, from, to);
    pn_bind_int(q, 7, query->limit);
    return read_rows(q, arena, ret_rows, ret_count);
}

/* ── causes ──────────────────────────────────────────────────────────────────────────────────── */

static pn_err one_id(pn_stmt *q, pn_app *app, const pn_rows_query *query, int64_t *ret_id) {
    pn_bind_int(q, 1, app->org.id);
    pn_bind_str(q, 2, query->name);
    pn_bind_int(q, 3, query->version);
    pn_err err = pn_row_next(q);
    if (err == PN_OK) {
        *ret_id = pn_col_int(q, 0);
    }
    pn_stmt_reset(q);
    return err;
}

static pn_err channel_of(pn_str name, int64_t *ret_id) {
    *ret_id = pn_channel_kind_of(name);
    return *ret_id == PN_CHANNEL_NONE ? PN_NOT_FOUND : PN_OK;
}

static pn_err find_cause(pn_app *app, const pn_rows_query *query, pn_arena *arena, cause *of,
                         pn_diag *diag) {
    pn_segment_row segment;
    of->kind = 1 + (int64_t)query->by;
    if (query->name.len == 0) {
        return PN_OK;
    }
    switch (query->by) {
    case PN_CAUSE_PHASE: return PN_OK;
    case PN_CAUSE_CHANNEL: return channel_of(query->name, &of->id);
    case PN_CAUSE_TEMPLATE:
        return one_id(pn_db_stmt(app->db, "SELECT id FROM template WHERE org_id = $1 AND family ="
                                          " $2 AND version = $3"),
                      app, query, &of->id);
    case PN_CAUSE_STRATEGY:
        return one_id(pn_db_stmt(app->db,
                                 "SELECT v.id FROM strategy_version v JOIN strategy s ON s.id ="
                                 " v.strategy_id WHERE v.org_id = $1 AND s.name = $2"
                                 " AND v.version = $3"),
                      app, query, &of->id);
    case PN_CAUSE_SEGMENT:
        PN_TRY(pn_segments_get(app, query->name, arena, &segment, diag));
        return pn_segments_rule(&segment, arena, &of->rule, diag);
    }
    return PN_OK;
}

/* Messages stand in no phase and no segment, and the rest is put down to nothing. */
static pn_err check_cause(const pn_rows_query *query, pn_diag *diag) {
    bool message = query->what >= PN_ROWS_SENT && query->what <= PN_ROWS_VISITED;
    bool fits = query->what == PN_ROWS_COLLECTED ||
                (message && query->by != PN_CAUSE_PHASE && query->by != PN_CAUSE_SEGMENT);
    if (!fits) {
        pn_err err = pn_diag_set(diag, PN_INVALID, "These rows have no such cause.");
        pn_diag_mend(diag, "Ask without “by”: collected rows have every cause, messages have a "
                           "channel, template and strategy.");
        return err;
    }
    if (query->by == PN_CAUSE_SEGMENT && query->name.len == 0) {
        return pn_diag_set(diag, PN_INVALID, "“name” says which segment.");
    }
    return PN_OK;
}

static pn_err list(pn_app *app, const pn_rows_query *query, const cause *of, pn_arena *arena,
                   pn_report_row **ret_rows, size_t *ret_count, pn_diag *diag) {
    const pn_zone *zone = pn_app_zone_or_own(app, app->org.zone);
    pn_time from = pn_zone_instant(zone, query->from, 0), to = pn_zone_instant(zone, query->to, 0);
    switch (query->what) {
    case PN_ROWS_COLLECTED:
        return of->rule != NULL ? collected_in(app, query, of, arena, ret_rows, ret_count, diag)
                                : collected(app, query, of, arena, ret_rows, ret_count);
    case PN_ROWS_BILLED: return billed(app, query, arena, ret_rows, ret_count);
    case PN_ROWS_SENT:
    case PN_ROWS_BOUNCED:
    case PN_ROWS_READ:
    case PN_ROWS_CLICKED:
    case PN_ROWS_VISITED: return messages(app, query, of, arena, ret_rows, ret_count);
    case PN_ROWS_KEPT:
    case PN_ROWS_BROKEN: return promises(app, query, from, to, arena, ret_rows, ret_count);
    case PN_ROWS_COMPLAINTS: return complaints(app, query, from, to, arena, ret_rows, ret_count);
    case PN_ROWS_TASKS: return tasks(app, query, from, to, arena, ret_rows, ret_count);
    }
    return PN_OK;
}

pn_err pn_report_rows(pn_app *app, const pn_rows_query *query, pn_arena *arena,
                      pn_report_row **ret_rows, size_t *ret_count, pn_diag *diag) {
    cause of = {0};
    if (query->caused) {
        PN_TRY(check_cause(query, diag));
        pn_err found = find_cause(app, query, arena, &of, diag);
        if (found == PN_NOT_FOUND) {
            return pn_diag_set(diag, PN_NOT_FOUND, "There is no “%.*s”%s here.",
                               PN_STR_ARG(query->name),
                               query->version != 0 ? " of that version" : "");
        }
        PN_TRY(found);
    }
    pn_report_row *rows = NULL;
    size_t count = 0;
    pn_err err = list(app, query, &of, arena, &rows, &count, diag);
    if (err != PN_OK) {
        return pn_app_fail(app, err, diag);
    }
    const pn_zone *zone = pn_app_zone_or_own(app, app->org.zone);
    for (size_t i = 0; i < count; i++) {
        rows[i].day =
            query->what >= PN_ROWS_KEPT ? pn_zone_date(zone, rows[i].at) : (pn_date)rows[i].at;
    }
    *ret_rows = rows;
    *ret_count = count;
    return PN_OK;
}
