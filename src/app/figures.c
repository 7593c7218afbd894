#include "app/figures.h"

#include "app/config.h"
#include "app/rollup.h"
#include "base/banned.h"
#include "base/sort.h"
#include "store/currency.h"

void pn_figure_add(pn_figure_monies *to, pn_currency currency, int64_t amount, int64_t count) {
    size_t i = 0;
    while (i < to->count && !pn_currency_eq(to->items[i].currency, currency)) {
        i++;
    }
    if (i == PN_FIGURE_CURRENCIES) {
        to->more = true;
        return;
    }
    if (i == to->count) {
        to->items[to->count++] = (pn_figure_money){.currency = currency};
    }
    to->items[i].amount += amount;
    to->items[i].count += count;
}

/* ── costs ───────────────────────────────────────────────────────────────────────────────────── */

static pn_err load_cost(pn_app *app, const char *of, pn_arena *arena, pn_money *ret_cost) {
    pn_str value;
    PN_TRY(pn_config_get(app, pn_str_format(arena, "cost_%s", of), arena, &value));
    *ret_cost = (pn_money){0};
    return value.len == 0 ? PN_OK : pn_config_amount(value, ret_cost);
}

pn_err pn_costs_load(pn_app *app, pn_arena *arena, pn_costs *ret_costs) {
    *ret_costs = (pn_costs){0};
    for (int i = PN_CHANNEL_EMAIL; i <= PN_CHANNEL_HTTP; i++) {
        PN_TRY(load_cost(app, pn_channel_kind_name((pn_channel_kind)i), arena,
                         &ret_costs->channels[i]));
    }
    return load_cost(app, "task", arena, &ret_costs->task);
}

int64_t pn_cost_of(pn_money thousand, int64_t count) {
    pn_int128 whole = (pn_int128)thousand.minor * count;
    return (int64_t)((whole + (whole < 0 ? -500 : 500)) / 1000);
}

/* ── a version's ─────────────────────────────────────────────────────────────────────────────── */

typedef struct {
    pn_app *app;
    pn_id version_id;
    const pn_report_of *of;
    pn_figures *figures;
    pn_arena *arena;
    void (*take)(void *context, const pn_rollup_row *row); /* of what is narrowed */
    size_t edge_capacity;
    int64_t (*sent)[PN_CHANNEL_HTTP + 1]; /* by node and channel */
} maker;

/* NULL for a node that the version has not. */
static pn_node_figures *node_of(const maker *m, int64_t node) {
    return node >= 0 && node < (int64_t)m->figures->flow->node_count ? &m->figures->nodes[node]
                                                                     : NULL;
}

static void take_passed(void *context, const pn_rollup_row *row) {
    maker *m = context;
    pn_figures *figures = m->figures;
    pn_node_figures *node = node_of(m, row->key.node);
    if (node != NULL) {
        node->entered += row->count;
    }
    for (size_t i = 0; i < figures->edge_count; i++) {
        if (figures->edges[i].from == row->key.a && figures->edges[i].to == row->key.node) {
            figures->edges[i].passed += row->count;
            return;
        }
    }
    figures->edges = pn_arena_grow(m->arena, figures->edges, figures->edge_count, &m->edge_capacity,
                                   sizeof *figures->edges);
    figures->edges[figures->edge_count++] =
        (pn_edge_figures){.from = row->key.a, .to = row->key.node, .passed = row->count};
}

static void take_carrier(void *context, const pn_rollup_row *row) {
    maker *m = context;
    pn_node_figures *node = node_of(m, row->key.node);
    int64_t channel = row->key.b / 16;
    if (node == NULL || channel < 0 || channel > PN_CHANNEL_HTTP) {
        return;
    }
    bool left = row->key.c != PN_MESSAGE_FAILED;
    node->sent += left ? row->count : 0;
    node->bounced += row->key.c == PN_MESSAGE_BOUNCED ? row->count : 0;
    node->failed += left ? 0 : row->count;
    m->sent[row->key.node][channel] += left ? row->count : 0;
}

static void take_touched(void *context, const pn_rollup_row *row) {
    pn_node_figures *node = node_of(context, row->key.node);
    if (node == NULL) {
        return;
    }
    node->read += row->key.c == PN_TOUCH_READ ? row->count : 0;
    node->clicked += row->key.c == PN_TOUCH_CLICKED ? row->count : 0;
    node->visited += row->key.c == PN_TOUCH_VISITED ? row->count : 0;
}

static void take_paid(void *context, const pn_rollup_row *row) {
    pn_node_figures *node = node_of(context, row->key.node);
    if (node != NULL) {
        pn_currency currency = pn_currency_kept(row->key.currency);
        pn_figure_add(&node->paid, currency, row->amount, row->count);
    }
}

/* The cases that stand somewhere and what they ask for: read from them, for it changes with every
 * fact. */
static void take_open(pn_stmt *q, void *context) {
    pn_node_figures *node = node_of(context, pn_col_int(q, 0));
    pn_currency currency = {{0}};
    if (node != NULL && pn_currency_parse(pn_col_str(q, 1), &currency) == PN_OK) {
        node->standing += pn_col_int(q, 3);
        pn_figure_add(&node->open, currency, pn_col_int(q, 2), pn_col_int(q, 3));
    }
}

#define CASES                                                                                      \
    "SELECT r.node, a.currency, sum(CASE WHEN r.invoice_id = 0 THEN a.open_minor ELSE"             \
    " coalesce(i.open_minor, 0) END), count(*) FROM run r JOIN account a ON a.debtor_id ="         \
    " r.debtor_id AND a.id = r.account_id LEFT JOIN invoice i ON i.debtor_id = r.debtor_id AND"    \
    " i.id = r.invoice_id WHERE r.org_id = $1 AND r.version_id = $2 AND r.status = 0"              \
    " AND ($3 = 0 OR a.creditor_id = $3)"
#define BY_NODE " GROUP BY r.node, a.currency ORDER BY r.node, a.currency"

static pn_err read_open(maker *m, pn_diag *diag) {
    pn_stmt *q = NULL;
    PN_TRY(pn_report_of_stmt(m->app, m->of, CASES BY_NODE, CASES PN_REPORT_FITTING_CASES BY_NODE, 3,
                             m->arena, &q, diag));
    pn_bind_int(q, 1, m->app->org.id);
    pn_bind_int(q, 2, m->version_id);
    pn_bind_int(q, 3, m->of->creditor_id);
    pn_err err = pn_each_row(q, take_open, m);
    pn_report_of_done(m->of, q);
    return err;
}

static int by_edge(const void *a, const void *b) {
    const pn_edge_figures *x = a;
    const pn_edge_figures *y = b;
    int order = (x->from > y->from) - (x->from < y->from);
    return order != 0 ? order : (x->to > y->to) - (x->to < y->to);
}

static pn_err add_costs(maker *m) {
    pn_costs costs;
    PN_TRY(pn_costs_load(m->app, m->arena, &costs));
    for (size_t i = 0; i < m->figures->flow->node_count; i++) {
        for (size_t j = 0; j <= PN_CHANNEL_HTTP; j++) {
            if (m->sent[i][j] != 0 && costs.channels[j].currency.code[0] != '\0') {
                pn_figure_add(&m->figures->nodes[i].cost, costs.channels[j].currency,
                              pn_cost_of(costs.channels[j], m->sent[i][j]), m->sent[i][j]);
            }
        }
    }
    return PN_OK;
}

static void take_narrowed(void *context, const pn_rollup_row *row) {
    const maker *m = context;
    if (row->key.version_id == m->version_id) {
        m->take(context, row);
    }
}

static pn_err read_sums(maker *m, pn_rollup_measure measure, pn_date from, pn_date to,
                        void (*take)(void *context, const pn_rollup_row *row), pn_diag *diag) {
    pn_app *app = m->app;
    if (!m->figures->narrowed) {
        return pn_rollup_of_version(app->db, app->org.id, measure, m->version_id, from, to, take,
                                    m);
    }
    if (!pn_rollup_recounts(measure)) {
        return PN_OK;
    }
    m->take = take;
    return pn_report_of_each(app, m->of, measure, from, to, m->arena, take_narrowed, m, diag);
}

static pn_err make(maker *m, pn_date from, pn_date to, pn_diag *diag) {
    static const struct {
        pn_rollup_measure measure;
        void (*take)(void *context, const pn_rollup_row *row);
    } PARTS[] = {{PN_ROLLUP_PASSED, take_passed},
                 {PN_ROLLUP_CARRIER, take_carrier},
                 {PN_ROLLUP_TOUCHED, take_touched},
                 {PN_ROLLUP_CREDITED, take_paid}};
    for (size_t i = 0; i < PN_COUNT(PARTS); i++) {
        PN_TRY(read_sums(m, PARTS[i].measure, from, to, PARTS[i].take, diag));
    }
    PN_TRY(read_open(m, diag));
    pn_sort(m->figures->edges, m->figures->edge_count, sizeof *m->figures->edges, by_edge,
            m->arena);
    return add_costs(m);
}

pn_err pn_figures_make(pn_app *app, const pn_published *version, pn_date from, pn_date to,
                       const pn_report_of *of, pn_arena *arena, pn_figures *ret_figures,
                       pn_diag *diag) {
    pn_figures figures = {.flow = version->flow,
                          .narrowed = of->creditor_id != 0 || pn_report_of_narrows(of)};
    size_t count = version->flow->node_count;
    maker m = {.app = app,
               .version_id = version->version_id,
               .of = of,
               .figures = &figures,
               .arena = arena};
    figures.nodes = pn_arena_array(arena, pn_node_figures, count + 1);
    m.sent = pn_arena_alloc(arena, (count + 1) * sizeof *m.sent);
    memset(m.sent, 0, (count + 1) * sizeof *m.sent);
    pn_err err = make(&m, from, to, diag);
    if (err == PN_OK) {
        *ret_figures = figures;
    }
    return pn_app_fail(app, err, diag);
}
