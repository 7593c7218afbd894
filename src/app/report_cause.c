#include "app/report_cause.h"

#include "app/segments.h"
#include "base/banned.h"
#include "base/sort.h"
#include "store/currency.h"
#include "store/segment.h"

typedef struct {
    pn_app *app;
    pn_cause_by by;
    pn_date from, to;
    const pn_report_of *of;
    pn_arena *arena;
    pn_cause_row *rows;
    size_t count, capacity;
} causes;

static pn_cause_row *row_of(causes *c, int64_t id, pn_str name) {
    for (size_t i = 0; i < c->count; i++) {
        if (c->rows[i].id == id && pn_str_eq(c->rows[i].name, name)) {
            return &c->rows[i];
        }
    }
    c->rows = pn_arena_grow(c->arena, c->rows, c->count, &c->capacity, sizeof *c->rows);
    c->rows[c->count] = (pn_cause_row){.id = id, .name = pn_str_dup(c->arena, name)};
    return &c->rows[c->count++];
}

static pn_str channel_name(int64_t channel) {
    return channel >= PN_CHANNEL_EMAIL && channel <= PN_CHANNEL_HTTP
               ? pn_str_of(pn_channel_kind_name((pn_channel_kind)channel))
               : PN_STR("");
}

/* The row that something counts in; `channel` −1: it has none. */
static pn_cause_row *cause_of(causes *c, const pn_rollup_row *row, int64_t channel) {
    switch (c->by) {
    case PN_CAUSE_PHASE: return row_of(c, 0, pn_str_of(row->key.word));
    case PN_CAUSE_CHANNEL: return row_of(c, PN_MAX(channel, (int64_t)0), channel_name(channel));
    case PN_CAUSE_TEMPLATE: return row_of(c, row->key.a, PN_STR(""));
    case PN_CAUSE_STRATEGY: return row_of(c, row->key.version_id, PN_STR(""));
    case PN_CAUSE_SEGMENT: return NULL;
    }
    return NULL;
}

static void take_carrier(void *context, const pn_rollup_row *row) {
    causes *c = context;
    int64_t channel = row->key.b / 16;
    if (channel < 0 || channel > PN_CHANNEL_HTTP) {
        return;
    }
    pn_cause_row *to = cause_of(c, row, channel);
    bool left = row->key.c != PN_MESSAGE_FAILED;
    to->sent += left ? row->count : 0;
    to->channels[channel] += left ? row->count : 0;
    to->failed += left ? 0 : row->count;
    to->bounced += row->key.c == PN_MESSAGE_BOUNCED ? row->count : 0;
}

static void take_touched(void *context, const pn_rollup_row *row) {
    causes *c = context;
    pn_cause_row *to = cause_of(c, row, row->key.b / 16);
    to->read += row->key.c == PN_TOUCH_READ ? row->count : 0;
    to->clicked += row->key.c == PN_TOUCH_CLICKED ? row->count : 0;
    to->visited += row->key.c == PN_TOUCH_VISITED ? row->count : 0;
}

static void add_paid(pn_cause_row *to, const pn_rollup_row *row) {
    pn_currency currency = pn_currency_kept(row->key.currency);
    pn_figure_add(&to->paid, currency, row->amount, row->count);
    if (row->key.c == 0) {
        pn_figure_add(&to->alone, currency, row->amount, row->count);
    }
}

static void take_paid(void *context, const pn_rollup_row *row) {
    causes *c = context;
    add_paid(cause_of(c, row, row->key.b), row);
}

/* ── names ───────────────────────────────────────────────────────────────────────────────────── */

static void take_name(pn_stmt *q, void *context) {
    causes *c = context;
    for (size_t i = 0; i < c->count; i++) {
        if (c->rows[i].id == pn_col_int(q, 0)) {
            c->rows[i].name = pn_col_str_dup(q, 1, c->arena);
            c->rows[i].version = pn_col_int(q, 2);
        }
    }
}

static pn_err name_rows(causes *c) {
    pn_stmt *q = NULL;
    if (c->by == PN_CAUSE_TEMPLATE) {
        q = pn_db_stmt(c->app->db, "SELECT id, family, version FROM template WHERE org_id = $1");
    } else if (c->by == PN_CAUSE_STRATEGY) {
        q = pn_db_stmt(c->app->db, "SELECT v.id, s.name, v.version FROM strategy_version v"
                                   " JOIN strategy s ON s.id = v.strategy_id WHERE v.org_id = $1");
    } else {
        return PN_OK;
    }
    pn_bind_int(q, 1, c->app->org.id);
    return pn_each_row(q, take_name, c);
}

static int64_t most(const pn_cause_row *row) {
    int64_t amount = 0;
    for (size_t i = 0; i < row->paid.count; i++) {
        amount = PN_MAX(amount, row->paid.items[i].amount);
    }
    return amount;
}

static int by_money(const void *a, const void *b) {
    const pn_cause_row *x = a;
    const pn_cause_row *y = b;
    int64_t more = most(y) - most(x);
    if (more != 0) {
        return more > 0 ? 1 : -1;
    }
    int order = pn_str_cmp(x->name, y->name);
    return order != 0 ? order : (x->version > y->version) - (x->version < y->version);
}

static void add_costs(const pn_costs *costs, const int64_t *sent, pn_figure_monies *to) {
    for (size_t i = 0; i <= PN_CHANNEL_HTTP; i++) {
        if (sent[i] != 0 && costs->channels[i].currency.code[0] != '\0') {
            pn_figure_add(to, costs->channels[i].currency, pn_cost_of(costs->channels[i], sent[i]),
                          sent[i]);
        }
    }
}

/* ── segments ────────────────────────────────────────────────────────────────────────────────── */

static void take_segment(void *context, const pn_rollup_row *row) {
    add_paid(context, row);
}

static pn_err count_segments(causes *c, pn_diag *diag) {
    pn_segment_row *segments = NULL;
    size_t count = 0;
    PN_TRY(pn_segment_list(c->app->db, c->app->org.id, c->arena, &segments, &count));
    for (size_t i = 0; i < count; i++) {
        pn_report_of of = *c->of;
        PN_TRY(pn_segments_rule(&segments[i], c->arena, &of.also, diag));
        PN_TRY(pn_report_of_each(c->app, &of, PN_ROLLUP_CREDITED, c->from, c->to - 1, c->arena,
                                 take_segment, row_of(c, segments[i].id, segments[i].name), diag));
    }
    return PN_OK;
}

/* ── causes ──────────────────────────────────────────────────────────────────────────────────── */

static pn_err count_sums(causes *c, pn_diag *diag) {
    if (c->by != PN_CAUSE_PHASE) { /* messages stand in none */
        PN_TRY(pn_report_of_each(c->app, c->of, PN_ROLLUP_CARRIER, c->from, c->to - 1, c->arena,
                                 take_carrier, c, diag));
        PN_TRY(pn_report_of_each(c->app, c->of, PN_ROLLUP_TOUCHED, c->from, c->to - 1, c->arena,
                                 take_touched, c, diag));
    }
    return pn_report_of_each(c->app, c->of, PN_ROLLUP_CREDITED, c->from, c->to - 1, c->arena,
                             take_paid, c, diag);
}

pn_err pn_report_causes(pn_app *app, pn_cause_by by, pn_date from, pn_date to,
                        const pn_report_of *of, pn_arena *arena, pn_cause_row **ret_rows,
                        size_t *ret_count, pn_diag *diag) {
    pn_costs costs;
    causes c = {.app = app, .by = by, .from = from, .to = to, .of = of, .arena = arena};
    pn_err err = by == PN_CAUSE_SEGMENT ? count_segments(&c, diag) : count_sums(&c, diag);
    err = err == PN_OK ? name_rows(&c) : err;
    err = err == PN_OK ? pn_costs_load(app, arena, &costs) : err;
    if (err != PN_OK) {
        return pn_app_fail(app, err, diag);
    }
    for (size_t i = 0; i < c.count; i++) {
        add_costs(&costs, c.rows[i].channels, &c.rows[i].cost);
    }
    pn_sort(c.rows, c.count, sizeof *c.rows, by_money, arena);
    *ret_rows = c.rows;
    *ret_count = c.count;
    return PN_OK;
}

/* ── work ────────────────────────────────────────────────────────────────────────────────────── */

typedef struct {
    pn_app *app;
    pn_time from, to;
    const pn_report_of *of;
    pn_arena *arena;
} facts;

/* `all` ends where `fitting`, the condition of what is narrowed, may follow. */
static pn_err count_one(const facts *f, const char *all, const char *fitting, int64_t *ret_a,
                        int64_t *ret_b, pn_diag *diag) {
    pn_stmt *q = NULL;
    pn_str some = pn_str_format(f->arena, "%s%s", all, fitting);
    PN_TRY(pn_report_of_stmt(f->app, f->of, all, pn_str_z(f->arena, some), 4, f->arena, &q, diag));
    pn_bind_int(q, 1, f->app->org.id);
    pn_bind_int(q, 2, f->from);
    pn_bind_int(q, 3, f->to);
    pn_bind_int(q, 4, f->of->creditor_id);
    pn_err err = pn_row_next(q);
    if (err == PN_OK) {
        *ret_a = pn_col_int_or(q, 0, 0);
        *ret_b = pn_col_int_or(q, 1, 0);
    }
    pn_stmt_reset(q);
    pn_report_of_done(f->of, q);
    return err;
}

static const char PROMISES[] =
    "SELECT sum(CASE WHEN p.state = 1 THEN 1 ELSE 0 END), sum(CASE WHEN p.state = 2 THEN 1 ELSE 0"
    " END) FROM promise p JOIN account a ON a.debtor_id = p.debtor_id AND a.id = p.account_id"
    " WHERE p.org_id = $1 AND p.judged_at >= $2 AND p.judged_at < $3 AND ($4 = 0 OR"
    " a.creditor_id = $4)";
static const char TASKS[] =
    "SELECT count(*), 0 FROM task t JOIN debtor d ON d.id = t.debtor_id WHERE t.org_id = $1 AND"
    " t.settled_at >= $2 AND t.settled_at < $3 AND t.state = 1 AND ($4 = 0 OR d.creditor_id = $4)";
static const char COMPLAINTS[] =
    "SELECT count(*), 0 FROM complaint c JOIN debtor d ON d.id = c.debtor_id WHERE c.org_id = $1"
    " AND c.opened_at >= $2 AND c.opened_at < $3 AND ($4 = 0 OR CASE WHEN c.creditor_id <> 0 THEN"
    " c.creditor_id ELSE d.creditor_id END = $4)";

/* Straight from the facts, by index. A debtor's task counts for the creditor it was first known by.
 */
static pn_err count_facts(const facts *f, pn_work_report *r, pn_diag *diag) {
    static const char OF_ACCOUNTS[] =
        " AND (a.debtor_id, a.id) IN (SELECT debtor_id, account_id FROM fits)";
    static const char OF_DEBTORS[] = " AND d.id IN (SELECT debtor_id FROM fits)";
    int64_t none = 0;
    PN_TRY(count_one(f, PROMISES, OF_ACCOUNTS, &r->promises_kept, &r->promises_broken, diag));
    PN_TRY(count_one(f, TASKS, OF_DEBTORS, &r->tasks, &none, diag));
    return count_one(f, COMPLAINTS, OF_DEBTORS, &r->complaints, &none, diag);
}

pn_err pn_report_work(pn_app *app, pn_date from, pn_date to, const pn_report_of *of,
                      pn_arena *arena, pn_work_report *ret_report, pn_diag *diag) {
    pn_work_report report = {0};
    pn_costs costs;
    const pn_zone *zone = pn_app_zone_or_own(app, app->org.zone);
    facts f = {app, pn_zone_instant(zone, from, 0), pn_zone_instant(zone, to, 0), of, arena};
    PN_TRY(pn_app_fail(app, count_facts(&f, &report, diag), diag));
    PN_TRY(pn_costs_load(app, arena, &costs));
    pn_cause_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_report_causes(app, PN_CAUSE_CHANNEL, from, to, of, arena, &rows, &count, diag));
    for (size_t i = 0; i < count; i++) {
        report.sent += rows[i].sent;
        add_costs(&costs, rows[i].channels, &report.cost);
        for (size_t j = 0; j < rows[i].paid.count; j++) {
            const pn_figure_money *paid = &rows[i].paid.items[j];
            pn_figure_add(&report.paid, paid->currency, paid->amount, paid->count);
        }
        for (size_t j = 0; j < rows[i].alone.count; j++) {
            const pn_figure_money *alone = &rows[i].alone.items[j];
            pn_figure_add(&report.alone, alone->currency, alone->amount, alone->count);
        }
    }
    if (report.tasks != 0 && costs.task.currency.code[0] != '\0') {
        pn_figure_add(&report.cost, costs.task.currency, pn_cost_of(costs.task, report.tasks),
                      report.tasks);
    }
    *ret_report = report;
    return PN_OK;
}
