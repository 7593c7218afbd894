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

typedef struct {
    pn_app *app;
    const pn_rows_query *query;
    const cause *of;
    pn_arena *arena;
    pn_report_row *rows;
    size_t count;
} reader;

/* A statement of `own` parameters; where it is narrowed, `fitting` stands before its order. */
static pn_err begin_rows(const reader *r, const char *whole, const char *fitting, int own,
                         pn_stmt **ret_stmt, pn_diag *diag) {
    pn_str all = pn_str_of(whole);
    size_t end = pn_str_find(all, PN_STR(" ORDER BY "));
    assert(end != SIZE_MAX);
    pn_str some = pn_str_format(r->arena, "%.*s%s%s", (int)end, whole, fitting, whole + end);
    return pn_report_of_stmt(r->app, &r->query->of, whole, pn_str_z(r->arena, some), own, r->arena,
                             ret_stmt, diag);
}

static pn_err read_rows(reader *r, pn_stmt *q) {
    void *rows = NULL;
    pn_err err = pn_rows_read(q, r->arena, sizeof(pn_report_row), read_row, &rows, &r->count);
    pn_report_of_done(&r->query->of, q);
    r->rows = err == PN_OK ? rows : NULL;
    return err;
}

/* $1 … $7, which all of them have. */
static void bind_span(pn_stmt *q, const reader *r, int64_t from, int64_t to) {
    pn_bind_int(q, 1, r->app->org.id);
    pn_bind_int(q, 2, from);
    pn_bind_int(q, 3, to);
    pn_bind_int(q, 4, r->query->of.creditor_id);
    pn_bind_int(q, 5, r->query->after_at);
    pn_bind_int(q, 6, r->query->after_id);
    pn_bind_int(q, 7, r->query->limit);
}

static_assert(PN_CAUSE_PHASE == 0 && PN_CAUSE_CHANNEL == 1 && PN_CAUSE_TEMPLATE == 2 &&
                  PN_CAUSE_STRATEGY == 3,
              "numbers in statements");

/* What of a row is in `fits`. */
#define FITTING_CREDITS                                                                            \
    " AND (f.debtor_id, f.invoice_id) IN (SELECT debtor_id, invoice_id FROM fits)"
#define FITTING_INVOICES " AND (i.debtor_id, i.id) IN (SELECT debtor_id, invoice_id FROM fits)"
#define FITTING_ACCOUNTS " AND (a.debtor_id, a.id) IN (SELECT debtor_id, account_id FROM fits)"
#define FITTING_MESSAGES                                                                           \
    " AND (c.debtor_id, c.creditor_id) IN (SELECT debtor_id, creditor_id FROM fits)"
#define FITTING_DEBTORS " AND d.id IN (SELECT debtor_id FROM fits)"

/* ── money ───────────────────────────────────────────────────────────────────────────────────── */

static const char COLLECTED[] =
    "SELECT f.day, f.entry_id, f.debtor_id, d.name, f.invoice_id, i.external_id, f.currency,"
    " f.amount_minor, '' FROM credited f JOIN invoice i ON i.debtor_id = f.debtor_id AND i.id ="
    " f.invoice_id JOIN debtor d ON d.id = f.debtor_id"
    " WHERE f.org_id = $1 AND f.day >= $2 AND f.day < $3 AND ($4 = 0 OR f.creditor_id = $4)"
    " AND (f.day < $5 OR (f.day = $5 AND f.entry_id < $6)) AND ($8 = '' OR f.currency = $8)"
    " AND ($9 IN (0, 5) OR ($9 = 1 AND f.phase = $10) OR ($9 = 2 AND (f.channel = $11 OR ($11 = 0"
    " AND f.channel < 0))) OR ($9 = 3 AND f.template_id = $11) OR ($9 = 4 AND f.version_id = $11))"
    " ORDER BY f.day DESC, f.entry_id DESC LIMIT $7";
static_assert(PN_CAUSE_SEGMENT == 4, "what is put down to a segment is narrowed to it");

static pn_err collected(reader *r, pn_diag *diag) {
    pn_stmt *q = NULL;
    PN_TRY(begin_rows(r, COLLECTED, FITTING_CREDITS, 11, &q, diag));
    bind_span(q, r, r->query->from, r->query->to);
    pn_bind_str(q, 8, r->query->currency);
    pn_bind_int(q, 9, r->of->kind);
    pn_bind_str(q, 10, r->query->name);
    pn_bind_int(q, 11, r->of->id);
    return read_rows(r, q);
}

/* What was asked for at first: charges that came later lower or raise other figures. */
static const char BILLED[] =
    "SELECT i.issued, i.id, i.debtor_id, d.name, i.id, i.external_id, i.currency,"
    " (SELECT sum(l.amount_minor) FROM ledger l WHERE l.debtor_id = i.debtor_id AND"
    " l.invoice_id = i.id AND l.kind = 0 AND l.reverses_id = 0), '' FROM invoice i"
    " JOIN debtor d ON d.id = i.debtor_id"
    " WHERE i.org_id = $1 AND i.issued >= $2 AND i.issued < $3"
    " AND ($4 = 0 OR i.creditor_id = $4)"
    " AND (i.issued < $5 OR (i.issued = $5 AND i.id < $6))"
    " AND ($8 = '' OR i.currency = $8) ORDER BY i.issued DESC, i.id DESC LIMIT $7";
static_assert(PN_ENTRY_CHARGE == 0, "numbers in statements");

static pn_err billed(reader *r, pn_diag *diag) {
    pn_stmt *q = NULL;
    PN_TRY(begin_rows(r, BILLED, FITTING_INVOICES, 8, &q, diag));
    bind_span(q, r, r->query->from, r->query->to);
    pn_bind_str(q, 8, r->query->currency);
    return read_rows(r, q);
}

/* ── messages ────────────────────────────────────────────────────────────────────────────────── */

static const char MESSAGES[] =
    "SELECT c.day, c.id, c.debtor_id, d.name, 0, '', '', 0, c.subject FROM carrier c"
    " JOIN debtor d ON d.id = c.debtor_id WHERE c.org_id = $1 AND c.day >= $2 AND c.day < $3"
    " AND ($4 = 0 OR c.creditor_id = $4) AND (c.day, c.id) < ($5, $6) AND c.contact_id <> 0"
    " AND ($10 <> 2 OR c.state IN (2, 3, 4)) AND ($10 <> 3 OR c.state = 4)"
    " AND ($10 < 4 OR EXISTS (SELECT 1 FROM signal s WHERE s.debtor_id = c.debtor_id AND"
    " s.carrier_id = c.id AND s.source = 0 AND ((s.kind IN (0, 1, 2, 3) AND $10 = 4)"
    " OR (s.kind = 1 AND $10 = 5) OR (s.kind = 2 AND $10 = 6))))"
    " AND ($8 = 0 OR ($8 = 2 AND c.channel = $9) OR ($8 = 3 AND c.template_id = $9)"
    " OR ($8 = 4 AND coalesce(c.version_id, 0) = $9))"
    " ORDER BY c.day DESC, c.id DESC LIMIT $7";
static_assert(PN_ROWS_SENT == 2 && PN_ROWS_BOUNCED == 3 && PN_ROWS_READ == 4 &&
                  PN_ROWS_CLICKED == 5 && PN_ROWS_VISITED == 6,
              "numbers in statements");

static pn_err messages(reader *r, pn_diag *diag) {
    pn_stmt *q = NULL;
    PN_TRY(begin_rows(r, MESSAGES, FITTING_MESSAGES, 10, &q, diag));
    bind_span(q, r, r->query->from, r->query->to);
    pn_bind_int(q, 8, r->of->kind);
    pn_bind_int(q, 9, r->of->id);
    pn_bind_int(q, 10, r->query->what);
    return read_rows(r, q);
}

/* ── work ────────────────────────────────────────────────────────────────────────────────────── */

static const char PROMISES[] =
    "SELECT p.judged_at, p.id, p.debtor_id, d.name, 0, '', a.currency,"
    " p.amount_minor, '' FROM promise p JOIN account a ON a.debtor_id = p.debtor_id"
    " AND a.id = p.account_id JOIN debtor d ON d.id = p.debtor_id"
    " WHERE p.org_id = $1 AND p.judged_at >= $2 AND p.judged_at < $3"
    " AND ($4 = 0 OR a.creditor_id = $4)"
    " AND (p.judged_at < $5 OR (p.judged_at = $5 AND p.id < $6)) AND p.state = $8"
    " ORDER BY p.judged_at DESC, p.id DESC LIMIT $7";

static pn_err promises(reader *r, pn_time from, pn_time to, pn_diag *diag) {
    pn_stmt *q = NULL;
    PN_TRY(begin_rows(r, PROMISES, FITTING_ACCOUNTS, 8, &q, diag));
    bind_span(q, r, from, to);
    pn_bind_int(q, 8, r->query->what == PN_ROWS_KEPT ? 1 : 2);
    return read_rows(r, q);
}

static const char COMPLAINTS[] =
    "SELECT c.opened_at, c.id, c.debtor_id, d.name, 0, '', '', 0, c.text"
    " FROM complaint c JOIN debtor d ON d.id = c.debtor_id"
    " WHERE c.org_id = $1 AND c.opened_at >= $2 AND c.opened_at < $3 AND ($4 = 0 OR"
    " CASE WHEN c.creditor_id <> 0 THEN c.creditor_id ELSE d.creditor_id END = $4)"
    " AND (c.opened_at < $5 OR (c.opened_at = $5 AND c.id < $6))"
    " ORDER BY c.opened_at DESC, c.id DESC LIMIT $7";
static const char TASKS[] = "SELECT t.settled_at, t.id, t.debtor_id, d.name, 0, '', '', 0, t.title"
                            " FROM task t JOIN debtor d ON d.id = t.debtor_id"
                            " WHERE t.org_id = $1 AND t.settled_at >= $2 AND t.settled_at < $3"
                            " AND t.state = 1 AND ($4 = 0 OR d.creditor_id = $4)"
                            " AND (t.settled_at < $5 OR (t.settled_at = $5 AND t.id < $6))"
                            " ORDER BY t.settled_at DESC, t.id DESC LIMIT $7";

static pn_err of_debtors(reader *r, const char *sql, pn_time from, pn_time to, pn_diag *diag) {
    pn_stmt *q = NULL;
    PN_TRY(begin_rows(r, sql, FITTING_DEBTORS, 7, &q, diag));
    bind_span(q, r, from, to);
    return read_rows(r, q);
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

/* What a segment brought is what is narrowed to it: `query` then is. */
static pn_err find_cause(pn_app *app, pn_rows_query *query, pn_arena *arena, cause *of,
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
        return pn_segments_rule(&segment, arena, &query->of.also, diag);
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

static pn_err list(reader *r, const pn_zone *zone, pn_diag *diag) {
    pn_time from = pn_zone_instant(zone, r->query->from, 0);
    pn_time to = pn_zone_instant(zone, r->query->to, 0);
    switch (r->query->what) {
    case PN_ROWS_COLLECTED: return collected(r, diag);
    case PN_ROWS_BILLED: return billed(r, diag);
    case PN_ROWS_SENT:
    case PN_ROWS_BOUNCED:
    case PN_ROWS_READ:
    case PN_ROWS_CLICKED:
    case PN_ROWS_VISITED: return messages(r, diag);
    case PN_ROWS_KEPT:
    case PN_ROWS_BROKEN: return promises(r, from, to, diag);
    case PN_ROWS_COMPLAINTS: return of_debtors(r, COMPLAINTS, from, to, diag);
    case PN_ROWS_TASKS: return of_debtors(r, TASKS, from, to, diag);
    }
    return PN_OK;
}

pn_err pn_report_rows(pn_app *app, const pn_rows_query *asked, pn_arena *arena,
                      pn_report_row **ret_rows, size_t *ret_count, pn_diag *diag) {
    cause of = {0};
    pn_rows_query query = *asked;
    if (query.caused) {
        PN_TRY(check_cause(&query, diag));
        pn_err found = find_cause(app, &query, arena, &of, diag);
        if (found == PN_NOT_FOUND) {
            return pn_diag_set(diag, PN_NOT_FOUND, "There is no “%.*s”%s here.",
                               PN_STR_ARG(query.name),
                               query.version != 0 ? " of that version" : "");
        }
        PN_TRY(found);
    }
    reader r = {.app = app, .query = &query, .of = &of, .arena = arena};
    const pn_zone *zone = pn_app_zone_or_own(app, app->org.zone);
    pn_err err = list(&r, zone, diag);
    if (err != PN_OK) {
        return pn_app_fail(app, err, diag);
    }
    for (size_t i = 0; i < r.count; i++) {
        r.rows[i].day =
            query.what >= PN_ROWS_KEPT ? pn_zone_date(zone, r.rows[i].at) : (pn_date)r.rows[i].at;
    }
    *ret_rows = r.rows;
    *ret_count = r.count;
    return PN_OK;
}
