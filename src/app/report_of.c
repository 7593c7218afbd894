#include "app/report_of.h"

#include "app/rollup.h"
#include "app/rule_where.h"
#include "base/banned.h"

/* The rule's own aliases are a, c, d and i. Asked once for a statement, whatever reads from it. */
#define FITS                                                                                       \
    "WITH fits AS MATERIALIZED (SELECT i.debtor_id, i.account_id, i.id AS invoice_id,"             \
    " i.creditor_id, i.currency, i.issued, i.effective_due FROM invoice i JOIN account a ON"       \
    " a.debtor_id = i.debtor_id AND a.id = i.account_id JOIN debtor d ON d.id = i.debtor_id"       \
    " JOIN creditor c ON c.id = i.creditor_id WHERE +i.org_id = $1"

static pn_err prepare(pn_app *app, const pn_report_of *of, const char *sql, int own,
                      pn_arena *arena, pn_stmt **ret_stmt, pn_diag *diag) {
    pn_rule_where one, other = {0};
    pn_stmt *q = NULL;
    pn_buf text;
    pn_buf_init(&text, 1 << 18);
    pn_buf_add_z(&text, FITS);
    pn_err err = pn_rule_where_add(app, of->rule, own + 1, arena, &text, &one);
    if (err == PN_OK) {
        err = pn_rule_where_add(app, of->also, own + 1 + (int)one.count, arena, &text, &other);
    }
    pn_buf_add_lit(&text, ") ");
    pn_buf_add_z(&text, sql);
    err = err == PN_OK ? pn_buf_err(&text) : err;
    if (err == PN_OK) {
        err = pn_db_prepare(app->db, pn_str_z(arena, pn_buf_str(&text)), &q, diag);
    }
    pn_buf_done(&text);
    PN_TRY(err);
    pn_rule_where_bind(&one, q);
    pn_rule_where_bind(&other, q);
    *ret_stmt = q;
    return PN_OK;
}

bool pn_report_of_narrows(const pn_report_of *of) {
    return of->rule != NULL || of->also != NULL;
}

pn_err pn_report_of_stmt(pn_app *app, const pn_report_of *of, const char *all, const char *some,
                         int own, pn_arena *arena, pn_stmt **ret_stmt, pn_diag *diag) {
    if (pn_report_of_narrows(of)) {
        return prepare(app, of, some, own, arena, ret_stmt, diag);
    }
    *ret_stmt = pn_db_stmt(app->db, all);
    return PN_OK;
}

void pn_report_of_done(const pn_report_of *of, pn_stmt *stmt) {
    if (pn_report_of_narrows(of)) {
        pn_stmt_free(stmt);
    }
}

/* ── sums ────────────────────────────────────────────────────────────────────────────────────── */

typedef struct {
    pn_app *app;
    pn_id creditor_id;
    pn_date from, to;
    void (*take)(void *context, const pn_rollup_row *row);
    void *context;
} reader;

static void pass_on(void *context, const pn_rollup_row *row) {
    const reader *r = context;
    if ((r->creditor_id == 0 || row->key.creditor_id == r->creditor_id) &&
        row->key.day >= r->from && row->key.day <= r->to) {
        r->take(r->context, row);
    }
}

static void read_entry(pn_stmt *q, void *context) {
    const reader *r = context;
    pn_rollup_row row = pn_rollup_entry_of(r->app, q);
    pass_on(context, &row);
}

static void read_credited(pn_stmt *q, void *context) {
    pn_rollup_row row = pn_rollup_credited_of(q);
    pass_on(context, &row);
}

static void read_counted(pn_stmt *q, void *context) {
    pn_rollup_row row = pn_rollup_counted_of(q);
    pass_on(context, &row);
}

/* By measure; columns as pn_rollup_…_of wants them, days $2 and $3 where the facts have them. */
static const struct {
    int own;
    const char *sql;
    void (*read)(pn_stmt *q, void *context);
} SOURCES[] = {
    [PN_ROLLUP_BALANCE] =
        {1,
         "SELECT l.kind, l.reverses_id, l.amount_minor, l.payment_id, l.at, p.received,"
         " f.creditor_id, f.currency, f.issued, f.effective_due FROM fits f JOIN ledger l ON"
         " l.debtor_id = f.debtor_id AND l.invoice_id = f.invoice_id LEFT JOIN payment p ON"
         " p.id = l.payment_id",
         read_entry},
    [PN_ROLLUP_CREDITED] =
        {3,
         "SELECT day, creditor_id, currency, version_id, node, template_id, channel, by_hand,"
         " phase, amount_minor FROM credited WHERE org_id = $1 AND day >= $2 AND day <= $3"
         " AND (debtor_id, invoice_id) IN (SELECT debtor_id, invoice_id FROM fits)",
         read_credited},
    [PN_ROLLUP_CARRIER] =
        {3,
         "SELECT 3, day, creditor_id, coalesce(version_id, 0), coalesce(node, -1), template_id,"
         " channel * 16 + tone, state, count(*) FROM carrier WHERE org_id = $1 AND day >= $2"
         " AND day <= $3 AND contact_id <> 0 AND state IN (2, 3, 4, 5) AND (debtor_id,"
         " creditor_id) IN (SELECT debtor_id, creditor_id FROM fits)"
         " GROUP BY 2, 3, 4, 5, 6, 7, 8",
         read_counted},
    [PN_ROLLUP_TOUCHED] =
        {3,
         "SELECT 4, c.day, c.creditor_id, coalesce(c.version_id, 0), coalesce(c.node, -1),"
         " c.template_id, c.channel * 16 + c.tone, s.what, count(*) FROM carrier c JOIN (SELECT"
         " DISTINCT debtor_id, carrier_id, 0 AS what FROM signal WHERE org_id = $1 AND source = 0"
         " AND kind IN (0, 1, 2, 3) AND debtor_id IN (SELECT debtor_id FROM fits) UNION SELECT"
         " DISTINCT debtor_id, carrier_id, kind FROM signal WHERE org_id = $1 AND source = 0 AND"
         " kind IN (1, 2) AND debtor_id IN (SELECT debtor_id FROM fits)) s ON s.carrier_id = c.id"
         " AND s.debtor_id = c.debtor_id WHERE c.org_id = $1 AND c.day >= $2 AND c.day <= $3"
         " AND c.contact_id <> 0 AND (c.debtor_id, c.creditor_id) IN (SELECT debtor_id,"
         " creditor_id FROM fits) GROUP BY 2, 3, 4, 5, 6, 7, 8",
         read_counted},
};
static_assert(PN_ROLLUP_CARRIER == 3 && PN_ROLLUP_TOUCHED == 4, "numbers in statements");

pn_err pn_report_of_each(pn_app *app, const pn_report_of *of, pn_rollup_measure measure,
                         pn_date from, pn_date to, pn_arena *arena,
                         void (*take)(void *context, const pn_rollup_row *row), void *context,
                         pn_diag *diag) {
    reader r = {app, of->creditor_id, from, to, take, context};
    pn_stmt *q = NULL;
    assert(pn_rollup_recounts(measure));
    if (!pn_report_of_narrows(of)) {
        return pn_rollup_each(app->db, app->org.id, measure, from, to, pass_on, &r);
    }
    PN_TRY(prepare(app, of, SOURCES[measure].sql, SOURCES[measure].own, arena, &q, diag));
    pn_bind_int(q, 1, app->org.id);
    if (SOURCES[measure].own > 1) {
        pn_bind_int(q, 2, from);
        pn_bind_int(q, 3, to);
    }
    pn_err err = pn_each_row(q, SOURCES[measure].read, &r);
    pn_stmt_free(q);
    return err;
}
