/* The kinds of nodes that strategies are made of and the fields of rules, from their registries:
 * what the designer offers and makes forms of; and the ready strategies to begin with. */
#include "base/banned.h"
#include "base/embedded.h"
#include "base/json.h"
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
/* As pn_param_type_word says them. */
static const char *const FORMS[] = {
    "int",      "bool",  "text",      "template", "choice",   "choices",  "recipients",
    "daykind",  "clock", "duration",  "weekdays", "monthday", "amount",   "percent",
    "value",    "rule",  "rules",     "arms",     "holdout",  "outcomes", "node",
    "strategy", "pill",  "connector", NULL,
};
static const pn_shape PARAM_FIELDS[] = {
    {.name = "name", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "form",
     .type = PN_SHAPE_WORD,
     .words = FORMS,
     .required = true,
     .help = "what a form asks with: the type in one word"},
    {.name = "label", .type = PN_SHAPE_OBJECT, .fields = LABEL_FIELDS, .required = true},
    {.name = "type", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "required", .type = PN_SHAPE_BOOL, .required = true},
    {.name = "min", .type = PN_SHAPE_INT},
    {.name = "max", .type = PN_SHAPE_INT},
    {.name = "default", .type = PN_SHAPE_JSON},
    {.name = "choices", .type = PN_SHAPE_LIST, .fields = A_TEXT},
    {.name = "help", .type = PN_SHAPE_OBJECT, .fields = LABEL_FIELDS, .required = true},
    {.name = NULL},
};
static const pn_shape TYPE_FIELDS[] = {
    {.name = "type", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "label", .type = PN_SHAPE_OBJECT, .fields = LABEL_FIELDS, .required = true},
    {.name = "help", .type = PN_SHAPE_OBJECT, .fields = LABEL_FIELDS, .required = true},
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

static void put_three(pn_json_writer *w, const char *key, pn_node_words words) {
    pn_put_object(w, key);
    pn_json_put_str(w, "es", pn_str_of(words.es));
    pn_json_put_str(w, "en", pn_str_of(words.en));
    pn_json_put_str(w, "pt", pn_str_of(words.pt));
    pn_json_end_object(w);
}

static void put_param(pn_json_writer *w, const pn_node_type *of, const pn_param *param) {
    pn_json_begin_object(w);
    pn_json_put_str(w, "name", pn_str_of(param->name));
    pn_json_put_str(w, "form", pn_str_of(pn_param_type_word(param->type)));
    put_three(w, "label", pn_node_param_label(of, param));
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
    put_three(w, "help", pn_node_param_says(of, param));
    pn_json_end_object(w);
}

static void put_type(pn_json_writer *w, const pn_node_type *type) {
    pn_json_begin_object(w);
    pn_json_put_str(w, "type", pn_str_of(type->type));
    put_three(w, "label", (pn_node_words){type->label_es, type->label_en, type->label_pt});
    put_three(w, "help", pn_node_type_says(type));
    pn_json_put_bool(w, "sends", (type->flags & PN_NODE_SENDS) != 0);
    put_words(w, "exits", type->exits);
    pn_put_list(w, "params");
    for (size_t i = 0; i < type->param_count; i++) {
        put_param(w, type, &type->params[i]);
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

/* ── fields of rules ── */

/* By the order of pn_field_type. */
static const char *const FIELD_TYPES[] = {"text", "int", "number", "money", "date", "bool", NULL};
static_assert(PN_FIELD_TEXT == 0 && PN_FIELD_BOOL == 5, "the order of FIELD_TYPES");

static const pn_shape FIELD_FIELDS[] = {
    {.name = "name", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "type", .type = PN_SHAPE_WORD, .words = FIELD_TYPES, .required = true},
    {.name = "label", .type = PN_SHAPE_OBJECT, .fields = LABEL_FIELDS, .required = true},
    {.name = "invoice", .type = PN_SHAPE_BOOL, .required = true, .help = "in rules of invoices"},
    {.name = "account", .type = PN_SHAPE_BOOL, .required = true, .help = "in rules of accounts"},
    {.name = NULL},
};
static const pn_schema_object FIELD = {"RuleField", FIELD_FIELDS, "What a rule can ask about"};

static pn_err list_rule_fields(pn_exchange *x) {
    int64_t key[PN_PAGE_KEYS] = {0};
    pn_json_writer *w = pn_page_begin(x);
    for (size_t i = 0; i < pn_field_count(); i++) {
        const pn_field *field = pn_field_at(i);
        pn_json_begin_object(w);
        pn_json_put_str(w, "name", pn_str_of(field->name));
        pn_json_put_str(w, "type", pn_str_of(FIELD_TYPES[field->type]));
        put_three(w, "label", (pn_node_words){field->label_es, field->label_en, field->label_pt});
        pn_json_put_bool(w, "invoice", (field->scope & PN_FIELD_OF_INVOICE) != 0);
        pn_json_put_bool(w, "account", (field->scope & PN_FIELD_OF_ACCOUNT) != 0);
        pn_json_end_object(w);
    }
    pn_page_end(x, key, false);
    return PN_OK;
}

/* ── ready strategies ── */

extern const pn_embedded pn_share_files[];

static const char *const KINDS[] = {"strategy", "pill", NULL};
static const char *const SUBJECTS[] = {"invoice", "account", NULL};
static const pn_shape READY_FIELDS[] = {
    {.name = "name", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "kind", .type = PN_SHAPE_WORD, .words = KINDS, .required = true},
    {.name = "subject", .type = PN_SHAPE_WORD, .words = SUBJECTS, .required = true},
    {.name = "description", .type = PN_SHAPE_LINES},
    {.name = "document", .type = PN_SHAPE_JSON, .required = true},
    {.name = NULL},
};
static const pn_schema_object READY = {"ReadyStrategy", READY_FIELDS,
                                       "A strategy that the program brings, published or not"};

static pn_err put_ready(pn_exchange *x, pn_json_writer *w, const pn_embedded *file) {
    pn_json *json = NULL;
    PN_TRY(pn_json_parse(pn_embedded_text(file), NULL, x->arena, &json, &x->diag));
    pn_json_begin_object(w);
    pn_json_put_str(w, "name", pn_json_text(pn_json_field(json, "name"), PN_STR("")));
    pn_json_put_str(w, "kind", pn_json_text(pn_json_field(json, "kind"), PN_STR("strategy")));
    pn_json_put_str(w, "subject", pn_json_text(pn_json_field(json, "subject"), PN_STR("")));
    pn_put_str_or_null(w, "description",
                       pn_json_text(pn_json_field(json, "description"), PN_STR_NONE));
    pn_put_json(w, "document", pn_embedded_text(file));
    pn_json_end_object(w);
    return PN_OK;
}

static pn_err list_ready_strategies(pn_exchange *x) {
    pn_json_writer *w = pn_page_begin(x);
    for (const pn_embedded *file = pn_share_files; file->name != NULL; file++) {
        if (pn_str_starts(pn_str_of(file->name), PN_STR("strategies/"))) {
            PN_TRY(put_ready(x, w, file));
        }
    }
    pn_page_end(x, (int64_t[PN_PAGE_KEYS]){0}, false);
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
    {.method = PN_HTTP_GET,
     .path = "/v1/strategies/fields",
     .name = "list_rule_fields",
     .runs = PN_RUNS_READER,
     .roles = PN_MAY_READ,
     .scope = "strategies:read",
     .gives = &FIELD,
     .gives_list = true,
     .answer = list_rule_fields,
     .summary = "what rules can ask about, all on one page"},
    {.method = PN_HTTP_GET,
     .path = "/v1/strategies/ready",
     .name = "list_ready_strategies",
     .runs = PN_RUNS_READER,
     .roles = PN_MAY_READ,
     .scope = "strategies:read",
     .gives = &READY,
     .gives_list = true,
     .answer = list_ready_strategies,
     .summary = "the strategies that the program brings, to begin with one of them"},
    {.path = NULL},
};
