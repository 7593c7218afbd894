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
    int64_t node; /* of the version; −1: each */
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
                           .text = pn_col_str_dup(q, 8, arena),
                           .kind = PN_ENTRIES,
                           .day = PN_DATE_NONE};
}

static void read_dated(pn_stmt *q, pn_arena *arena, void *row) {
    read_row(q, arena, row);
    ((pn_report_row *)row)->day = (pn_date)pn_col_int_or(q, 9, PN_DATE_NONE);
}

static void read_entry(pn_stmt *q, pn_arena *arena, void *row) {
    read_dated(q, arena, row);
    ((pn_report_row *)row)->kind = (pn_entry_kind)pn_col_int(q, 10);
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

static pn_err read_with(reader *r, pn_stmt *q,
                        void (*read)(pn_stmt *q, pn_arena *arena, void *row)) {
    void *rows = NULL;
    pn_err err = pn_rows_read(q, r->arena, sizeof(pn_report_row), read, &rows, &r->count);
    pn_report_of_done(&r->query->of, q);
    r->rows = err == PN_OK ? rows : NULL;
    return err;
}

static pn_err read_rows(reader *r, pn_stmt *q) {
    return read_with(r, q, read_row);
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
#define FITTING_ENTRIES                                                                            \
    " AND (k.debtor_id, k.invoice_id) IN (SELECT debtor_id, invoice_id FROM fits)"
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
    " AND f.channel < 0))) OR ($9 = 3 AND f.template_id = $11) OR ($9 = 4 AND f.version_id = $11"
    " AND ($12 < 0 OR f.node = $12))) AND ($13 <> 1 OR f.by_hand = 0)"
    " AND ($13 <> 2 OR f.channel > 0)"
    " ORDER BY f.day DESC, f.entry_id DESC LIMIT $7";
static_assert(PN_CAUSE_SEGMENT == 4, "what is put down to a segment is narrowed to it");
static_assert(PN_ROWS_HANDS_FREE == 1 && PN_ROWS_AFTER_MESSAGE == 2, "numbers in statements");

static pn_err collected(reader *r, pn_diag *diag) {
    pn_stmt *q = NULL;
    PN_TRY(begin_rows(r, COLLECTED, FITTING_CREDITS, 13, &q, diag));
    bind_span(q, r, r->query->from, r->query->to);
    pn_bind_str(q, 8, r->query->currency);
    pn_bind_int(q, 9, r->of->kind);
    pn_bind_str(q, 10, r->query->name);
    pn_bind_int(q, 11, r->of->id);
    pn_bind_int(q, 12, r->of->node);
    pn_bind_int(q, 13, r->query->what);
    return read_rows(r, q);
}

/* Days as pn_rollup_entry_key has them: what is withheld with a payment counts on the day of that,
 * and stands at its noon among the others. */
static const char LOWERED[] =
    "SELECT k.at, k.id, k.debtor_id, d.name, k.invoice_id, i.external_id, i.currency,"
    " -k.amount_minor, k.note, k.received, k.kind FROM (SELECT l.debtor_id, l.invoice_id, l.id,"
    " l.kind, l.amount_minor, l.note, l.at, NULL AS received FROM ledger l WHERE l.org_id = $1"
    " AND l.kind > 1 AND l.kind IN (2, 5, 6, 7, 8, 9) AND (l.payment_id = 0 OR l.reverses_id <> 0)"
    " AND l.at >= $2 AND l.at < $3 UNION ALL SELECT l.debtor_id, l.invoice_id, l.id, l.kind,"
    " l.amount_minor, l.note, p.received * 86400000000 + 43200000000, p.received FROM payment p"
    " JOIN ledger l ON l.payment_id = p.id AND l.payment_id <> 0 AND l.kind > 1"
    " AND l.kind IN (2, 5, 6, 7, 8, 9) AND l.reverses_id = 0"
    " WHERE p.org_id = $1 AND p.received >= $9 AND p.received < $10) k"
    " JOIN invoice i ON i.debtor_id = k.debtor_id AND i.id = k.invoice_id"
    " JOIN debtor d ON d.id = k.debtor_id WHERE ($4 = 0 OR i.creditor_id = $4)"
    " AND (k.at < $5 OR (k.at = $5 AND k.id < $6)) AND ($8 = '' OR i.currency = $8)"
    " ORDER BY k.at DESC, k.id DESC LIMIT $7";
static_assert(PN_ENTRY_CREDIT == 2 && PN_ENTRY_DISCOUNT == 5 && PN_ENTRY_WITHHOLDING == 6 &&
                  PN_ENTRY_WRITE_OFF == 7 && PN_ENTRY_FX == 8 && PN_ENTRY_CANCEL == 9 &&
                  PN_ENTRIES == 10 && PN_DAY == 86400000000,
              "numbers in statements");

static pn_err lowered(reader *r, pn_time from, pn_time to, pn_diag *diag) {
    pn_stmt *q = NULL;
    PN_TRY(begin_rows(r, LOWERED, FITTING_ENTRIES, 10, &q, diag));
    bind_span(q, r, from, to);
    pn_bind_str(q, 8, r->query->currency);
    pn_bind_int(q, 9, r->query->from);
    pn_bind_int(q, 10, r->query->to);
    return read_with(r, q, read_entry);
}

/* What was asked for at first: charges that came later lower or raise other figures. */
static const char BILLED[] =
    "SELECT i.issued, i.id, i.debtor_id, d.name, i.id, i.external_id, i.currency,"
    " (SELECT sum(l.amount_minor) FROM ledger l WHERE l.debtor_id = i.debtor_id AND"
    " l.invoice_id = i.id AND l.kind = 0 AND l.reverses_id = 0), '' FROM invoice i"
    " JOIN debtor d ON d.id = i.debtor_id"
    " WHERE +i.org_id = $1 AND i.issued >= $2 AND i.issued < $3"
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
    " AND ($10 <> 5 OR c.state IN (2, 3, 4)) AND ($10 <> 6 OR c.state IN (2, 3))"
    " AND ($10 <> 7 OR c.state = 4)"
    " AND ($10 < 8 OR EXISTS (SELECT 1 FROM signal s WHERE s.debtor_id = c.debtor_id AND"
    " s.carrier_id = c.id AND s.source = 0 AND ((s.kind IN (0, 1, 2, 3) AND $10 = 8)"
    " OR (s.kind = 1 AND $10 = 9) OR (s.kind = 2 AND $10 = 10))))"
    " AND ($8 = 0 OR ($8 = 2 AND c.channel = $9) OR ($8 = 3 AND c.template_id = $9)"
    " OR ($8 = 4 AND coalesce(c.version_id, 0) = $9 AND ($11 < 0 OR c.node = $11)))"
    " ORDER BY c.day DESC, c.id DESC LIMIT $7";
static_assert(PN_ROWS_SENT == 5 && PN_ROWS_DELIVERED == 6 && PN_ROWS_BOUNCED == 7 &&
                  PN_ROWS_READ == 8 && PN_ROWS_CLICKED == 9 && PN_ROWS_VISITED == 10,
              "numbers in statements");

static pn_err messages(reader *r, pn_diag *diag) {
    pn_stmt *q = NULL;
    PN_TRY(begin_rows(r, MESSAGES, FITTING_MESSAGES, 11, &q, diag));
    bind_span(q, r, r->query->from, r->query->to);
    pn_bind_int(q, 8, r->of->kind);
    pn_bind_int(q, 9, r->of->id);
    pn_bind_int(q, 10, r->query->what);
    pn_bind_int(q, 11, r->of->node);
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

/* Those that work on now, whatever the span, the newest debtor first. */
static const char STANDING[] =
    "SELECT r.debtor_id, r.id, r.debtor_id, d.name, r.invoice_id, coalesce(i.external_id, ''),"
    " a.currency, CASE WHEN r.invoice_id = 0 THEN a.open_minor ELSE coalesce(i.open_minor, 0) END,"
    " '', CASE WHEN r.invoice_id = 0 THEN a.oldest_due ELSE i.effective_due END FROM run r"
    " JOIN account a ON a.debtor_id = r.debtor_id AND a.id = r.account_id"
    " JOIN debtor d ON d.id = r.debtor_id LEFT JOIN invoice i ON i.debtor_id = r.debtor_id"
    " AND i.id = r.invoice_id WHERE r.org_id = $1 AND r.status = 0 AND r.version_id = $2"
    " AND ($3 < 0 OR r.node = $3) AND ($4 = 0 OR a.creditor_id = $4)"
    " AND (r.debtor_id < $5 OR (r.debtor_id = $5 AND r.id < $6)) AND ($8 = '' OR a.currency = $8)"
    " ORDER BY r.debtor_id DESC, r.id DESC LIMIT $7";
static_assert(PN_RUN_ACTIVE == 0, "numbers in statements");

static pn_err standing(reader *r, pn_diag *diag) {
    pn_stmt *q = NULL;
    PN_TRY(begin_rows(r, STANDING, PN_REPORT_FITTING_CASES, 8, &q, diag));
    bind_span(q, r, r->of->id, r->of->node);
    pn_bind_str(q, 8, r->query->currency);
    return read_with(r, q, read_dated);
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

/* NOT_FOUND for a step that the version has not. */
static pn_err find_node(pn_app *app, const pn_rows_query *query, cause *of, pn_diag *diag) {
    const pn_published *version = NULL;
    if (query->node.len == 0) {
        return PN_OK;
    }
    PN_TRY(pn_catalog_version(app, of->id, &version, diag));
    uint32_t node = pn_flow_find(version->flow, query->node);
    of->node = node;
    return node == PN_NODE_NONE ? PN_NOT_FOUND : PN_OK;
}

static pn_err find_version(pn_app *app, const pn_rows_query *query, cause *of, pn_diag *diag) {
    PN_TRY(one_id(pn_db_stmt(app->db, "SELECT v.id FROM strategy_version v JOIN strategy s ON s.id"
                                      " = v.strategy_id WHERE v.org_id = $1 AND s.name = $2"
                                      " AND v.version = $3"),
                  app, query, &of->id));
    return find_node(app, query, of, diag);
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
    case PN_CAUSE_STRATEGY: return find_version(app, query, of, diag);
    case PN_CAUSE_SEGMENT:
        PN_TRY(pn_segments_get(app, query->name, arena, &segment, diag));
        return pn_segments_rule(&segment, arena, &query->of.also, diag);
    }
    return PN_OK;
}

static bool of_money(pn_rows_what what) {
    return what == PN_ROWS_COLLECTED || what == PN_ROWS_HANDS_FREE || what == PN_ROWS_AFTER_MESSAGE;
}

static bool of_messages(pn_rows_what what) {
    return what >= PN_ROWS_SENT && what <= PN_ROWS_VISITED;
}

/* Messages stand in no phase and no segment, cases in a strategy; the rest is put down to nothing.
 */
static pn_err check_cause(const pn_rows_query *query, pn_diag *diag) {
    bool version = query->caused && query->by == PN_CAUSE_STRATEGY;
    bool fits = !query->caused || of_money(query->what) ||
                (of_messages(query->what) && query->by != PN_CAUSE_PHASE &&
                 query->by != PN_CAUSE_SEGMENT) ||
                (query->what == PN_ROWS_STANDING && version);
    if (!fits) {
        pn_err err = pn_diag_set(diag, PN_INVALID, "These rows have no such cause.");
        pn_diag_mend(diag, "Ask without “by”: collected rows have every cause, messages have a "
                           "channel, template and strategy.");
        return err;
    }
    if (query->caused && query->by == PN_CAUSE_SEGMENT && query->name.len == 0) {
        return pn_diag_set(diag, PN_INVALID, "“name” says which segment.");
    }
    if ((query->what == PN_ROWS_STANDING || query->node.len != 0) &&
        (!version || query->name.len == 0)) {
        pn_err err = pn_diag_set(diag, PN_INVALID, "Steps are those of a strategy's version.");
        pn_diag_mend(diag, "Say by=strategy, its name and its version.");
        return err;
    }
    return PN_OK;
}

static pn_err list(reader *r, const pn_zone *zone, pn_diag *diag) {
    pn_time from = pn_zone_instant(zone, r->query->from, 0);
    pn_time to = pn_zone_instant(zone, r->query->to, 0);
    switch (r->query->what) {
    case PN_ROWS_COLLECTED:
    case PN_ROWS_HANDS_FREE:
    case PN_ROWS_AFTER_MESSAGE: return collected(r, diag);
    case PN_ROWS_LOWERED: return lowered(r, from, to, diag);
    case PN_ROWS_BILLED: return billed(r, diag);
    case PN_ROWS_SENT:
    case PN_ROWS_DELIVERED:
    case PN_ROWS_BOUNCED:
    case PN_ROWS_READ:
    case PN_ROWS_CLICKED:
    case PN_ROWS_VISITED: return messages(r, diag);
    case PN_ROWS_KEPT:
    case PN_ROWS_BROKEN: return promises(r, from, to, diag);
    case PN_ROWS_COMPLAINTS: return of_debtors(r, COMPLAINTS, from, to, diag);
    case PN_ROWS_TASKS: return of_debtors(r, TASKS, from, to, diag);
    case PN_ROWS_STANDING: return standing(r, diag);
    }
    return PN_OK;
}

/* The day of a row that is not told it by its statement; a case where nothing is open has none. */
static pn_date day_of(pn_rows_what what, const pn_zone *zone, const pn_report_row *row) {
    if (row->day != PN_DATE_NONE || what == PN_ROWS_STANDING) {
        return row->day;
    }
    bool instant = what == PN_ROWS_LOWERED || what >= PN_ROWS_KEPT;
    return instant ? pn_zone_date(zone, row->at) : (pn_date)row->at;
}

pn_err pn_report_rows(pn_app *app, const pn_rows_query *asked, pn_arena *arena,
                      pn_report_row **ret_rows, size_t *ret_count, pn_diag *diag) {
    cause of = {.node = -1};
    pn_rows_query query = *asked;
    PN_TRY(check_cause(&query, diag));
    if (query.caused) {
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
        r.rows[i].day = day_of(query.what, zone, &r.rows[i]);
    }
    *ret_rows = r.rows;
    *ret_count = r.count;
    return PN_OK;
}
