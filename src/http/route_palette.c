/* The kinds of nodes that strategies are made of, from their registry: what the designer offers. */
#include "base/banned.h"
#include "core/node/node.h"
#include "http/answer.h"
#include "http/tables.h"

static const pn_shape A_TEXT[] = {{.name = "", .type = PN_SHAPE_TEXT}, {.name = NULL}};
static const pn_shape LABEL_FIELDS[] = {
    {.name = "es", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "en", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "pt", .type = PN_SHAPE_TEXT, .required = true},
    {.name = NULL},
};
static const pn_shape PARAM_FIELDS[] = {
    {.name = "name", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "type", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "required", .type = PN_SHAPE_BOOL, .required = true},
    {.name = "min", .type = PN_SHAPE_INT},
    {.name = "max", .type = PN_SHAPE_INT},
    {.name = "default", .type = PN_SHAPE_JSON},
    {.name = "choices", .type = PN_SHAPE_LIST, .fields = A_TEXT},
    {.name = "help", .type = PN_SHAPE_LINES},
    {.name = NULL},
};
static const pn_shape TYPE_FIELDS[] = {
    {.name = "type", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "label", .type = PN_SHAPE_OBJECT, .fields = LABEL_FIELDS, .required = true},
    {.name = "help", .type = PN_SHAPE_LINES, .required = true},
    {.name = "sends", .type = PN_SHAPE_BOOL, .required = true},
    {.name = "exits",
     .type = PN_SHAPE_LIST,
     .fields = A_TEXT,
     .required = true,
     .help = "that each has; rules and arms make more"},
    {.name = "params", .type = PN_SHAPE_LIST, .fields = PARAM_FIELDS, .required = true},
    {.name = NULL},
};
static const pn_schema_object TYPE = {"NodeType", TYPE_FIELDS, "A kind of node"};

static void put_words(pn_json_writer *w, const char *key, const char *const *words) {
    pn_put_list(w, key);
    for (; *words != NULL; words++) {
        pn_json_add_str(w, pn_str_of(*words));
    }
    pn_json_end_array(w);
}

static void put_param(pn_json_writer *w, const pn_param *param) {
    pn_json_begin_object(w);
    pn_json_put_str(w, "name", pn_str_of(param->name));
    pn_json_put_str(w, "type", pn_str_of(pn_param_type_name(param->type)));
    pn_json_put_bool(w, "required", param->required);
    if (param->min != param->max) {
        pn_json_put_int(w, "min", param->min);
        pn_json_put_int(w, "max", param->max);
    }
    if (param->otherwise != NULL) {
        pn_put_json(w, "default", pn_str_of(param->otherwise));
    }
    if (param->choices != NULL) {
        put_words(w, "choices", param->choices);
    }
    pn_put_str_or_null(w, "help", param->help == NULL ? PN_STR_NONE : pn_str_of(param->help));
    pn_json_end_object(w);
}

static void put_type(pn_json_writer *w, const pn_node_type *type) {
    pn_json_begin_object(w);
    pn_json_put_str(w, "type", pn_str_of(type->type));
    pn_put_object(w, "label");
    pn_json_put_str(w, "es", pn_str_of(type->label_es));
    pn_json_put_str(w, "en", pn_str_of(type->label_en));
    pn_json_put_str(w, "pt", pn_str_of(type->label_pt));
    pn_json_end_object(w);
    pn_json_put_str(w, "help", pn_str_of(type->help));
    pn_json_put_bool(w, "sends", (type->flags & PN_NODE_SENDS) != 0);
    put_words(w, "exits", type->exits);
    pn_put_list(w, "params");
    for (size_t i = 0; i < type->param_count; i++) {
        put_param(w, &type->params[i]);
    }
    pn_json_end_array(w);
    pn_json_end_object(w);
}

static pn_err list_node_types(pn_exchange *x) {
    int64_t key[PN_PAGE_KEYS] = {0};
    pn_json_writer *w = pn_page_begin(x);
    for (size_t i = 0; i < pn_node_type_count(); i++) {
        put_type(w, pn_node_type_at(i));
    }
    pn_page_end(x, key, false);
    return PN_OK;
}

pn_route_table PN_ROUTES_PALETTE = {
    {.method = PN_HTTP_GET,
     .path = "/v1/strategies/nodes",
     .name = "list_node_types",
     .runs = PN_RUNS_READER,
     .roles = PN_MAY_READ,
     .scope = "strategies:read",
     .gives = &TYPE,
     .gives_list = true,
     .answer = list_node_types,
     .summary = "the kinds of nodes, all on one page"},
    {.path = NULL},
};
