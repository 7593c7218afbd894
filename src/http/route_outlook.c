/* What is planned for a case, with dates; and what a strategy would do with it. Nothing is
 * written. */
#include "app/outlook.h"
#include "base/banned.h"
#include "base/limits.h"
#include "http/answer.h"
#include "http/find.h"
#include "http/problem.h"
#include "http/tables.h"

static const pn_shape PLANNED_FIELDS[] = {
    {.name = "at", .type = PN_SHAPE_TIME, .required = true},
    {.name = "kind", .type = PN_SHAPE_TEXT, .required = true, .help = "mail, task, fee, end …"},
    {.name = "word",
     .type = PN_SHAPE_LINES,
     .help = "template, category of a task, strategy, outcome, text"},
    {.name = "title", .type = PN_SHAPE_LINES, .help = "a task's; why a message is left out"},
    {.name = "node",
     .type = PN_SHAPE_TEXT,
     .help =
         "that does it; null after a jump into another strategy, and where it is no one node's"},
    {.name = "tone", .type = PN_SHAPE_INT},
    {.name = "amount", .type = PN_SHAPE_AMOUNT, .help = "interest, fee"},
    {.name = NULL},
};
static const pn_shape VISIT_FIELDS[] = {
    {.name = "strategy", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "node", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "at", .type = PN_SHAPE_TIME, .required = true},
    {.name = NULL},
};
static const pn_shape CASE_FIELDS[] = {
    {.name = "creditor", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "invoice", .type = PN_SHAPE_ID, .id_kind = PN_ID_INVOICE},
    {.name = "number", .type = PN_SHAPE_TEXT},
    {.name = "run", .type = PN_SHAPE_ID, .id_kind = PN_ID_RUN, .help = "null: not begun yet"},
    {.name = "strategy", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "enters", .type = PN_SHAPE_BOOL, .required = true},
    {.name = "endless",
     .type = PN_SHAPE_BOOL,
     .required = true,
     .help = "it takes more steps than can be looked ahead"},
    {.name = "planned", .type = PN_SHAPE_LIST, .fields = PLANNED_FIELDS, .required = true},
    {.name = "visits",
     .type = PN_SHAPE_LIST,
     .fields = VISIT_FIELDS,
     .required = true,
     .help = "the node it stands on, if it has begun, and those it would enter, in their order"},
    {.name = NULL},
};
static const pn_shape OUTLOOK_FIELDS[] = {
    {.name = "until", .type = PN_SHAPE_TIME, .required = true},
    {.name = "cases", .type = PN_SHAPE_LIST, .fields = CASE_FIELDS, .required = true},
    {.name = NULL},
};
static const pn_schema_object OUTLOOK = {"Outlook", OUTLOOK_FIELDS,
                                         "What is planned, if nothing happens but time"};

#define DAYS                                                                                       \
    {                                                                                              \
        .name = "days", .type = PN_SHAPE_INT, .min = 1, .max = PN_OUTLOOK_DAYS_MAX,                \
        .help = "so far ahead; 60 where it is left out"                                            \
    }
static const pn_shape QUERY[] = {DAYS, {.name = NULL}};
static const pn_shape TRY_BODY[] = {
    {.name = "debtor", .type = PN_SHAPE_ID, .id_kind = PN_ID_DEBTOR},
    {.name = "invoice", .type = PN_SHAPE_ID, .id_kind = PN_ID_INVOICE},
    {.name = "strategy",
     .type = PN_SHAPE_TEXT,
     .max = 200,
     .help = "name of one that is published; or give a document"},
    {.name = "document", .type = PN_SHAPE_JSON, .max = PN_LIMIT_STRATEGY_BYTES},
    DAYS,
    {.name = NULL},
};

static void put_planned(pn_json_writer *w, const pn_case_outlook *each, const pn_happening *h) {
    pn_json_begin_object(w);
    pn_put_time(w, "at", h->at);
    pn_json_put_str(w, "kind", pn_str_of(pn_happening_name(h->kind)));
    pn_put_str_or_null(w, "word", h->word);
    pn_put_str_or_null(w, "title", h->title);
    if (h->tone != 0) {
        pn_json_put_int(w, "tone", h->tone);
    }
    if (h->amount != 0) {
        pn_put_amount(w, "amount", h->amount, each->currency);
    }
    pn_put_str_or_null(w, "node", h->node);
    pn_json_end_object(w);
}

static void put_case(pn_json_writer *w, const pn_case_outlook *each) {
    pn_json_begin_object(w);
    pn_json_put_str(w, "creditor", each->creditor);
    pn_put_id(w, "invoice", PN_ID_INVOICE, each->invoice_id);
    pn_put_str_or_null(w, "number", each->number);
    pn_put_id(w, "run", PN_ID_RUN, each->run_id);
    pn_json_put_str(w, "strategy", each->strategy);
    pn_json_put_bool(w, "enters", each->enters);
    pn_json_put_bool(w, "endless", each->endless);
    pn_put_list(w, "planned");
    for (size_t i = 0; i < each->count; i++) {
        put_planned(w, each, &each->happenings[i]);
    }
    pn_json_end_array(w);
    pn_put_list(w, "visits");
    for (size_t i = 0; i < each->visit_count; i++) {
        pn_json_begin_object(w);
        pn_json_put_str(w, "strategy", each->visits[i].strategy);
        pn_json_put_str(w, "node", each->visits[i].node);
        pn_put_time(w, "at", each->visits[i].at);
        pn_json_end_object(w);
    }
    pn_json_end_array(w);
    pn_json_end_object(w);
}

static pn_err look(pn_exchange *x, pn_case_ref about, const pn_flow *flow,
                   const pn_route_value *days) {
    pn_case_outlook *cases = NULL;
    size_t count = 0;
    pn_outlook_request request = {
        .about = about,
        .flow = flow,
        .until = pn_app_now(x->app) + (days->given ? days->number : 60) * PN_DAY,
    };
    PN_TRY(pn_outlook_of(x->app, &request, x->arena, &cases, &count, &x->diag));
    pn_json_writer *w = pn_answer_json(x);
    pn_put_time(w, "until", request.until);
    pn_put_list(w, "cases");
    for (size_t i = 0; i < count; i++) {
        put_case(w, &cases[i]);
    }
    pn_json_end_array(w);
    pn_json_end_object(w);
    return PN_OK;
}

static pn_err of_debtor(pn_exchange *x) {
    pn_debtor_row row;
    PN_TRY(pn_path_debtor(x, &row));
    return look(x, (pn_case_ref){.debtor_id = row.id}, NULL, pn_query_value(x, "days"));
}

static pn_err of_invoice(pn_exchange *x) {
    pn_invoice_row row;
    PN_TRY(pn_path_invoice(x, &row));
    return look(x, (pn_case_ref){.debtor_id = row.debtor_id, .invoice_id = row.item.id}, NULL,
                pn_query_value(x, "days"));
}

static pn_err of_run(pn_exchange *x) {
    pn_run_row row;
    PN_TRY(pn_path_run(x, &row));
    return look(x, (pn_case_ref){.debtor_id = row.run.debtor_id, .run_id = row.run.id}, NULL,
                pn_query_value(x, "days"));
}

/* ── trying a strategy ── */

static pn_err find_flow(pn_exchange *x, const pn_flow **ret_flow) {
    const pn_published *published = NULL;
    const pn_route_value *document = pn_body_value(x, "document");
    if (document->given) {
        pn_flow_names names;
        pn_problems problems = {0};
        PN_TRY(pn_catalog_names(x->app, x->arena, &names, &x->diag));
        pn_err err =
            pn_flow_compile(document->json, &names, x->arena, ret_flow, &problems, &x->diag);
        if (err != PN_OK) {
            pn_diag_where(&x->diag, "/document");
        }
        return err;
    }
    if (!pn_body_value(x, "strategy")->given) {
        return pn_diag_set(&x->diag, PN_INVALID, "Name a strategy, or give a document.");
    }
    PN_TRY(pn_catalog_find(x->app, pn_body_value(x, "strategy")->text, &published, &x->diag));
    *ret_flow = published->flow;
    return PN_OK;
}

static pn_err try_strategy(pn_exchange *x) {
    const pn_flow *flow = NULL;
    pn_case_ref about = {0};
    const pn_route_value *debtor = pn_body_value(x, "debtor"), *of = pn_body_value(x, "invoice");
    if (debtor->given == of->given) {
        return pn_diag_set(&x->diag, PN_INVALID, "Name a debtor or an invoice, not both.");
    }
    if (debtor->given) {
        pn_debtor_row row;
        PN_TRY(pn_find_debtor(x, debtor->number, &row));
        about.debtor_id = row.id;
    } else {
        pn_invoice_row row;
        PN_TRY(pn_find_invoice(x, of->number, &row));
        about.debtor_id = row.debtor_id;
        about.invoice_id = row.item.id;
    }
    PN_TRY(find_flow(x, &flow));
    return look(x, about, flow, pn_body_value(x, "days"));
}

#define OF(thing, id, does)                                                                        \
    {                                                                                              \
        .method = PN_HTTP_GET, .path = thing "/outlook", .name = id, .runs = PN_RUNS_READER,       \
        .roles = PN_MAY_READ, .scope = "cases:read", .query = QUERY, .gives = &OUTLOOK,            \
        .answer = does, .summary = "what is planned, with dates, if nobody pays, answers or works" \
    }

pn_route_table PN_ROUTES_OUTLOOK = {
    OF("/v1/debtors/{debtor}", "get_debtor_outlook", of_debtor),
    OF("/v1/invoices/{invoice}", "get_invoice_outlook", of_invoice),
    OF("/v1/runs/{run}", "get_run_outlook", of_run),
    {.method = PN_HTTP_POST,
     .path = "/v1/strategies/try",
     .name = "try_strategy",
     .runs = PN_RUNS_READER,
     .roles = PN_MAY_READ,
     .scope = "strategies:read",
     .body = TRY_BODY,
     .gives = &OUTLOOK,
     .answer = try_strategy,
     .summary = "what a strategy, published or not, would do with a debtor or an invoice"},
    {.path = NULL},
};
