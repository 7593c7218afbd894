/* What each step of a strategy's version brings: cases, money, messages, cost. */
#include "app/figures.h"
#include "base/banned.h"
#include "http/answer.h"
#include "http/find.h"
#include "http/report.h"
#include "http/tables.h"
#include "store/document.h"

static const pn_shape MONEY_FIELDS[] = {
    {.name = "amount", .type = PN_SHAPE_AMOUNT, .required = true},
    {.name = "count", .type = PN_SHAPE_INT, .required = true, .help = "cases, payments, messages"},
    {.name = NULL},
};
#define MONIES(field, says)                                                                        \
    { .name = field, .type = PN_SHAPE_LIST, .fields = MONEY_FIELDS, .required = true, .help = says }
static const pn_shape NODE_FIELDS[] = {
    {.name = "node", .type = PN_SHAPE_TEXT, .required = true, .help = "its id in the document"},
    {.name = "runs",
     .type = PN_SHAPE_INT,
     .required = true,
     .help = "active ones that stand there now"},
    MONIES("open", "what the cases that stand there owe now, by currency"),
    {.name = "entered",
     .type = PN_SHAPE_INT,
     .help = "how often cases came there in the span; null: not known of a creditor or segment"},
    {.name = "sent",
     .type = PN_SHAPE_INT,
     .required = true,
     .help = "messages that left from it, what bounced later included; several that left as one "
             "count at the first one's step"},
    {.name = "bounced", .type = PN_SHAPE_INT, .required = true},
    {.name = "failed", .type = PN_SHAPE_INT, .required = true, .help = "never left"},
    {.name = "read", .type = PN_SHAPE_INT, .required = true, .help = "by a person"},
    {.name = "clicked", .type = PN_SHAPE_INT, .required = true, .help = "by a person"},
    {.name = "visited",
     .type = PN_SHAPE_INT,
     .required = true,
     .help = "the debtor's page was opened from it, by a person"},
    MONIES("cost",
           "of what was sent, by the prices that the settings say; empty where they do not"),
    MONIES("paid", "received in the span and put down to this step, less what was taken back"),
    {.name = NULL},
};
static const pn_shape EDGE_FIELDS[] = {
    {.name = "from", .type = PN_SHAPE_TEXT, .help = "null: cases began here"},
    {.name = "to", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "passed", .type = PN_SHAPE_INT, .required = true},
    {.name = NULL},
};
static const pn_shape FIGURES_FIELDS[] = {
    {.name = "version", .type = PN_SHAPE_INT, .required = true},
    {.name = "from", .type = PN_SHAPE_DATE, .help = "null: from the beginning"},
    {.name = "to", .type = PN_SHAPE_DATE, .help = "the first day not in it; null: until now"},
    {.name = "nodes",
     .type = PN_SHAPE_LIST,
     .fields = NODE_FIELDS,
     .required = true,
     .help = "every node of the version"},
    {.name = "edges",
     .type = PN_SHAPE_LIST,
     .fields = EDGE_FIELDS,
     .required = true,
     .help = "the ways that cases went, from node to node; exits that lead to the same node are "
             "one, and a closing that a payment made leads from where the case stood; none of a "
             "creditor "
             "or segment"},
    {.name = NULL},
};
static const pn_schema_object FIGURES = {"StrategyFigures", FIGURES_FIELDS,
                                         "What each step of a version brings"};
static const pn_shape QUERY[] = {
    {.name = "from", .type = PN_SHAPE_DATE},
    {.name = "to", .type = PN_SHAPE_DATE, .help = "the first day that is not in it"},
    PN_REPORT_CREDITOR,
    PN_REPORT_SEGMENT,
    {.name = NULL},
};

static pn_err find_version(pn_exchange *x, const pn_published **ret_version) {
    pn_id id = 0;
    int64_t number = 0;
    pn_strategy_row strategy;
    pn_version_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_argument_id(x, 0, PN_ID_STRATEGY, &id));
    pn_err err = pn_strategy_get(x->db, id, x->arena, &strategy);
    if (err == PN_NOT_FOUND || (err == PN_OK && strategy.org_id != x->app->org.id)) {
        return pn_nothing_here(x, "strategy", PN_ID_STRATEGY, id);
    }
    PN_TRY(pn_told(x, err));
    PN_TRY(pn_told(x, pn_version_list(x->db, strategy.id, x->arena, &rows, &count)));
    if (pn_str_to_int64(x->arguments[1], &number) == PN_OK) {
        for (size_t i = 0; i < count; i++) {
            if (rows[i].version == number) {
                return pn_catalog_version(x->app, rows[i].id, ret_version, &x->diag);
            }
        }
    }
    return pn_diag_set(&x->diag, PN_NOT_FOUND, "It has no such version.");
}

static void put_node(pn_json_writer *w, const pn_figures *figures, uint32_t index) {
    const pn_node_figures *node = &figures->nodes[index];
    pn_json_begin_object(w);
    pn_json_put_str(w, "node", pn_flow_node_id(figures->flow, index));
    pn_json_put_int(w, "runs", node->standing);
    pn_put_monies(w, "open", &node->open);
    pn_json_key(w, PN_STR("entered"));
    if (figures->narrowed) {
        pn_json_add_null(w);
    } else {
        pn_json_add_int(w, node->entered);
    }
    pn_json_put_int(w, "sent", node->sent);
    pn_json_put_int(w, "bounced", node->bounced);
    pn_json_put_int(w, "failed", node->failed);
    pn_json_put_int(w, "read", node->read);
    pn_json_put_int(w, "clicked", node->clicked);
    pn_json_put_int(w, "visited", node->visited);
    pn_put_monies(w, "cost", &node->cost);
    pn_put_monies(w, "paid", &node->paid);
    pn_json_end_object(w);
}

static void put_edges(pn_json_writer *w, const pn_figures *figures) {
    pn_put_list(w, "edges");
    for (size_t i = 0; i < figures->edge_count; i++) {
        const pn_edge_figures *edge = &figures->edges[i];
        int64_t count = figures->flow->node_count;
        if (edge->from >= count || edge->to < 0 || edge->to >= count) {
            continue;
        }
        pn_json_begin_object(w);
        pn_put_str_or_null(w, "from",
                           edge->from < 0 ? PN_STR_NONE
                                          : pn_flow_node_id(figures->flow, (uint32_t)edge->from));
        pn_json_put_str(w, "to", pn_flow_node_id(figures->flow, (uint32_t)edge->to));
        pn_json_put_int(w, "passed", edge->passed);
        pn_json_end_object(w);
    }
    pn_json_end_array(w);
}

static pn_err get_figures(pn_exchange *x) {
    const pn_published *version = NULL;
    pn_figures figures;
    pn_report_of of;
    const pn_route_value *from = pn_query_value(x, "from");
    const pn_route_value *to = pn_query_value(x, "to");
    pn_date first = from->given ? (pn_date)from->number : INT32_MIN;
    pn_date last = to->given ? (pn_date)to->number - 1 : INT32_MAX;
    PN_TRY(find_version(x, &version));
    PN_TRY(pn_report_of_read(x, &of));
    if (last < first) {
        return pn_diag_set(&x->diag, PN_INVALID, "The span ends before it begins.");
    }
    PN_TRY(pn_figures_make(x->app, version, first, last, &of, x->arena, &figures, &x->diag));
    pn_json_writer *w = pn_answer_json(x);
    pn_json_put_int(w, "version", version->version);
    pn_put_date(w, "from", from->given ? first : PN_DATE_NONE);
    pn_put_date(w, "to", to->given ? (pn_date)to->number : PN_DATE_NONE);
    pn_put_list(w, "nodes");
    for (uint32_t i = 0; i < figures.flow->node_count; i++) {
        put_node(w, &figures, i);
    }
    pn_json_end_array(w);
    put_edges(w, &figures);
    pn_json_end_object(w);
    return PN_OK;
}

pn_route_table PN_ROUTES_FIGURES = {
    {.method = PN_HTTP_GET,
     .path = "/v1/strategies/{strategy}/versions/{version}/figures",
     .name = "get_strategy_figures",
     .runs = PN_RUNS_READER,
     .roles = PN_MAY_READ,
     .scope = "strategies:read",
     .query = QUERY,
     .read_ms_max = PN_LIMIT_API_REPORT_SECONDS * 1000,
     .gives = &FIGURES,
     .answer = get_figures,
     .summary = "cases, money, messages and cost of each step of a version, and the ways between",
     .help = "Payments are put down to the step whose message left last to the debtor in the 30 "
             "days before, else to the step at which the case stood."},
    {.path = NULL},
};
