#include "core/flow/schema.h"

#include <stdio.h>

#include "base/banned.h"
#include "base/limits.h"
#include "core/example/example.h"
#include "core/node/node.h"

static void put(pn_json_writer *w, const char *key, const char *value) {
    pn_json_put_str(w, key, pn_str_of(value));
}

static void ref(pn_json_writer *w, const char *key, const char *definition) {
    pn_json_key(w, pn_str_of(key));
    pn_json_begin_object(w);
    put(w, "$ref", definition);
    pn_json_end_object(w);
}

static void choices(pn_json_writer *w, const char *const *values) {
    pn_json_key(w, PN_STR("enum"));
    pn_json_begin_array(w);
    for (size_t i = 0; values[i] != NULL; i++) {
        pn_json_add_str(w, pn_str_of(values[i]));
    }
    pn_json_end_array(w);
}

static void list_of_choices(pn_json_writer *w, const char *const *values) {
    put(w, "type", "array");
    pn_json_put_int(w, "minItems", 1);
    pn_json_key(w, PN_STR("items"));
    pn_json_begin_object(w);
    choices(w, values);
    pn_json_end_object(w);
}

/* A list of objects {name, rule|percent, next}; `what` NULL: {name, next}. */
static void options(pn_json_writer *w, const char *what) {
    put(w, "type", "array");
    pn_json_put_int(w, "minItems", 1);
    pn_json_put_int(w, "maxItems", PN_LIMIT_NODE_EXITS);
    pn_json_key(w, PN_STR("items"));
    pn_json_begin_object(w);
    put(w, "type", "object");
    pn_json_put_bool(w, "additionalProperties", false);
    pn_json_key(w, PN_STR("required"));
    pn_json_begin_array(w);
    pn_json_add_str(w, PN_STR("name"));
    if (what != NULL) {
        pn_json_add_str(w, pn_str_of(what));
    }
    pn_json_add_str(w, PN_STR("next"));
    pn_json_end_array(w);
    pn_json_key(w, PN_STR("properties"));
    pn_json_begin_object(w);
    ref(w, "name", "#/$defs/name");
    if (what != NULL) {
        char target[32];
        (void)snprintf(target, sizeof target, "#/$defs/%s", what);
        ref(w, what, target);
    }
    ref(w, "next", "#/$defs/node_id");
    pn_json_end_object(w);
    pn_json_end_object(w);
}

static void holdout(pn_json_writer *w) {
    put(w, "type", "object");
    pn_json_put_bool(w, "additionalProperties", false);
    pn_json_key(w, PN_STR("required"));
    pn_json_add_raw(w, PN_STR("[\"percent\",\"next\"]"));
    pn_json_key(w, PN_STR("properties"));
    pn_json_begin_object(w);
    ref(w, "percent", "#/$defs/percent");
    ref(w, "next", "#/$defs/node_id");
    pn_json_end_object(w);
}

/* A number in major units between the bounds, or the same as a text. */
static void amount(pn_json_writer *w, const pn_param *param) {
    char number[160];
    int len = snprintf(number, sizeof number,
                       "[{\"type\":\"number\",\"minimum\":%lld.%02lld,\"maximum\":%lld.%02lld},"
                       "{\"type\":\"string\",\"pattern\":\"^[0-9]+(\\\\.[0-9]{1,2})?$\"}]",
                       (long long)param->min / 100, (long long)param->min % 100,
                       (long long)param->max / 100, (long long)param->max % 100);
    pn_json_key(w, PN_STR("anyOf"));
    pn_json_add_raw(w, (pn_str){number, (size_t)len});
}

static void param_type(pn_json_writer *w, const pn_param *param) {
    static const char *const DAYKINDS[] = {"calendar", "business", NULL};
    switch (param->type) {
    case PN_PARAM_INT:
        put(w, "type", "integer");
        pn_json_put_int(w, "minimum", param->min);
        pn_json_put_int(w, "maximum", param->max);
        break;
    case PN_PARAM_BOOL: put(w, "type", "boolean"); break;
    case PN_PARAM_TEXT:
    case PN_PARAM_TEMPLATE:
    case PN_PARAM_STRATEGY:
    case PN_PARAM_PILL:
    case PN_PARAM_CONNECTOR:
        put(w, "type", "string");
        pn_json_put_int(w, "minLength", 1);
        pn_json_put_int(w, "maxLength", param->max != 0 ? param->max : PN_LIMIT_TEXT_BYTES);
        break;
    case PN_PARAM_CHOICE: choices(w, param->choices); break;
    case PN_PARAM_CHOICES: list_of_choices(w, param->choices); break;
    case PN_PARAM_DAYKIND: choices(w, DAYKINDS); break;
    case PN_PARAM_WEEKDAYS: put(w, "$ref", "#/$defs/weekdays"); break;
    case PN_PARAM_RECIPIENTS:
        put(w, "type", "array");
        pn_json_put_int(w, "minItems", 1);
        pn_json_put_int(w, "maxItems", 10);
        pn_json_key(w, PN_STR("items"));
        pn_json_add_raw(w, PN_STR("{\"type\":\"string\",\"maxLength\":254,"
                                  "\"pattern\":\"^(owner|salesperson|[^@]+@.+)$\"}"));
        break;
    case PN_PARAM_CLOCK: put(w, "$ref", "#/$defs/clock"); break;
    case PN_PARAM_DURATION:
        put(w, "type", "string");
        put(w, "pattern", "^[0-9]{1,6}[mhdw]$");
        break;
    case PN_PARAM_MONTHDAY:
        pn_json_key(w, PN_STR("anyOf"));
        pn_json_add_raw(w, PN_STR("[{\"type\":\"integer\",\"minimum\":1,\"maximum\":31},"
                                  "{\"const\":\"last\"}]"));
        break;
    case PN_PARAM_AMOUNT: amount(w, param); break;
    case PN_PARAM_PERCENT: put(w, "$ref", "#/$defs/percent"); break;
    case PN_PARAM_VALUE:
        pn_json_key(w, PN_STR("type"));
        pn_json_add_raw(w, PN_STR("[\"string\",\"number\",\"boolean\"]"));
        break;
    case PN_PARAM_RULE: put(w, "$ref", "#/$defs/rule"); break;
    case PN_PARAM_RULES: options(w, "rule"); break;
    case PN_PARAM_ARMS: options(w, "percent"); break;
    case PN_PARAM_OUTCOMES: options(w, NULL); break;
    case PN_PARAM_HOLDOUT: holdout(w); break;
    case PN_PARAM_NODE: put(w, "$ref", "#/$defs/node_id"); break;
    }
}

static void node_schema(pn_json_writer *w, const pn_node_type *type) {
    pn_json_begin_object(w);
    put(w, "title", type->type);
    put(w, "description", type->help);
    put(w, "type", "object");
    pn_json_put_bool(w, "additionalProperties", false);
    pn_json_key(w, PN_STR("required"));
    pn_json_begin_array(w);
    pn_json_add_str(w, PN_STR("type"));
    for (size_t i = 0; type->exits[i] != NULL; i++) {
        pn_json_add_str(w, pn_str_of(type->exits[i]));
    }
    for (size_t i = 0; i < type->param_count; i++) {
        if (type->params[i].required) {
            pn_json_add_str(w, pn_str_of(type->params[i].name));
        }
    }
    pn_json_end_array(w);
    pn_json_key(w, PN_STR("properties"));
    pn_json_begin_object(w);
    pn_json_key(w, PN_STR("type"));
    pn_json_begin_object(w);
    put(w, "const", type->type);
    pn_json_end_object(w);
    ref(w, "note", "#/$defs/text");
    for (size_t i = 0; type->exits[i] != NULL; i++) {
        ref(w, type->exits[i], "#/$defs/node_id");
    }
    for (size_t i = 0; i < type->param_count; i++) {
        const pn_param *param = &type->params[i];
        pn_json_key(w, pn_str_of(param->name));
        pn_json_begin_object(w);
        param_type(w, param);
        put(w, "description", param->help);
        if (param->otherwise != NULL) {
            pn_json_key(w, PN_STR("default"));
            pn_json_add_raw(w, pn_str_of(param->otherwise));
        }
        pn_json_end_object(w);
    }
    pn_json_end_object(w);
    pn_json_end_object(w);
}

static void rule_schema(pn_json_writer *w) {
    pn_json_key(w, PN_STR("rule"));
    pn_json_begin_object(w);
    put(w, "description",
        "[\"field\", \"operator\", value], or {\"all\": […]}, {\"any\": […]}, {\"not\": …}");
    pn_json_key(w, PN_STR("anyOf"));
    pn_json_begin_array(w);
    pn_json_add_raw(
        w, PN_STR("{\"type\":\"array\",\"minItems\":2,\"maxItems\":3,\"prefixItems\":["
                  "{\"$ref\":\"#/$defs/field\"},{\"enum\":[\"=\",\"!=\",\"<\",\"<=\",\">\",\">=\","
                  "\"between\",\"in\",\"missing\",\"present\",\"contains\",\"starts\"]}]}"));
    static const char *const GROUPS[] = {"all", "any"};
    for (size_t i = 0; i < PN_COUNT(GROUPS); i++) {
        pn_json_begin_object(w);
        put(w, "type", "object");
        pn_json_put_bool(w, "additionalProperties", false);
        pn_json_key(w, PN_STR("required"));
        pn_json_begin_array(w);
        pn_json_add_str(w, pn_str_of(GROUPS[i]));
        pn_json_end_array(w);
        pn_json_key(w, PN_STR("properties"));
        pn_json_begin_object(w);
        pn_json_key(w, pn_str_of(GROUPS[i]));
        pn_json_add_raw(w, PN_STR("{\"type\":\"array\",\"minItems\":1,"
                                  "\"items\":{\"$ref\":\"#/$defs/rule\"}}"));
        pn_json_end_object(w);
        pn_json_end_object(w);
    }
    pn_json_add_raw(w, PN_STR("{\"type\":\"object\",\"additionalProperties\":false,"
                              "\"required\":[\"not\"],\"properties\":"
                              "{\"not\":{\"$ref\":\"#/$defs/rule\"}}}"));
    pn_json_end_array(w);
    pn_json_end_object(w);
}

static void field_schema(pn_json_writer *w) {
    pn_json_key(w, PN_STR("field"));
    pn_json_begin_object(w);
    pn_json_key(w, PN_STR("anyOf"));
    pn_json_begin_array(w);
    pn_json_begin_object(w);
    pn_json_key(w, PN_STR("enum"));
    pn_json_begin_array(w);
    for (size_t i = 0; i < pn_field_count(); i++) {
        pn_json_add_str(w, pn_str_of(pn_field_at(i)->name));
    }
    pn_json_end_array(w);
    pn_json_end_object(w);
    pn_json_begin_object(w);
    put(w, "type", "string");
    put(w, "pattern", "^(invoice\\.attr|debtor\\.attr|line)\\..+$");
    pn_json_end_object(w);
    pn_json_end_array(w);
    pn_json_end_object(w);
}

static void definitions(pn_json_writer *w) {
    pn_json_key(w, PN_STR("$defs"));
    pn_json_begin_object(w);
    pn_json_key(w, PN_STR("name"));
    pn_json_add_raw(w, PN_STR("{\"type\":\"string\",\"minLength\":1,\"maxLength\":60}"));
    pn_json_key(w, PN_STR("text"));
    pn_json_add_raw(w, PN_STR("{\"type\":\"string\"}"));
    pn_json_key(w, PN_STR("node_id"));
    pn_json_add_raw(w, PN_STR("{\"type\":\"string\",\"pattern\":\"^[A-Za-z0-9_.-]{1,60}$\"}"));
    static const char *const WEEKDAYS[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun", NULL};
    pn_json_key(w, PN_STR("weekdays"));
    pn_json_begin_object(w);
    list_of_choices(w, WEEKDAYS);
    pn_json_end_object(w);
    pn_json_key(w, PN_STR("clock"));
    pn_json_add_raw(w, PN_STR("{\"type\":\"string\","
                              "\"pattern\":\"^([01][0-9]|2[0-3]):[0-5][0-9]$\"}"));
    pn_json_key(w, PN_STR("percent"));
    /* no multipleOf 0.01: validators that divide doubles would refuse 33.33 */
    pn_json_add_raw(w, PN_STR("{\"type\":\"number\",\"minimum\":0,\"maximum\":100}"));
    field_schema(w);
    rule_schema(w);
    pn_json_key(w, PN_STR("node"));
    pn_json_begin_object(w);
    pn_json_key(w, PN_STR("oneOf"));
    pn_json_begin_array(w);
    for (size_t i = 0; i < pn_node_type_count(); i++) {
        node_schema(w, pn_node_type_at(i));
    }
    pn_json_end_array(w);
    pn_json_end_object(w);
    pn_json_end_object(w);
}

static void head_properties(pn_json_writer *w) {
    pn_json_key(w, PN_STR("properties"));
    pn_json_begin_object(w);
    static const struct {
        const char *key, *schema;
    } HEAD[] = {
        {"puntual", "{\"const\":1,\"description\":\"The format of the document.\"}"},
        {"name", "{\"type\":\"string\",\"minLength\":1,\"maxLength\":120}"},
        {"description", "{\"type\":\"string\"}"},
        {"kind", "{\"enum\":[\"strategy\",\"pill\"],\"default\":\"strategy\"}"},
        {"subject", "{\"enum\":[\"invoice\",\"account\"]}"},
        {"priority", "{\"type\":\"integer\",\"minimum\":-1000,\"maximum\":1000,\"default\":0}"},
        {"trigger", "{\"enum\":[\"payment_failed\",\"visited_not_paid\",\"promise_broken\","
                    "\"bounce\",\"reply\",\"promise_due\",\"installment_due\","
                    "\"dispute_opened\"],\"description\":\"What starts a pill by itself.\"}"},
        {"entry", "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"rule\"],"
                  "\"properties\":{\"rule\":{\"$ref\":\"#/$defs/rule\"}}}"},
        {"hours", "{\"type\":\"object\",\"additionalProperties\":false,"
                  "\"required\":[\"weekdays\",\"from\",\"to\"],\"properties\":{\"weekdays\":"
                  "{\"$ref\":\"#/$defs/weekdays\"},\"from\":{\"$ref\":\"#/$defs/clock\"},\"to\":"
                  "{\"$ref\":\"#/$defs/clock\"}},"
                  "\"description\":\"When it may contact, inside what the policy allows.\"}"},
        {"start", "{\"$ref\":\"#/$defs/node_id\"}"},
        {"on_paid", "{\"$ref\":\"#/$defs/node_id\",\"description\":\"Where a case goes that money "
                    "closed.\"}"},
        {"on_closed", "{\"$ref\":\"#/$defs/node_id\",\"description\":\"Where a case goes that was "
                      "credited, written off or cancelled.\"}"},
        {"on_returned", "{\"$ref\":\"#/$defs/node_id\",\"description\":\"Where a case goes on when "
                        "a reversal reopens it.\"}"},
        {"nodes", "{\"type\":\"object\",\"minProperties\":1,\"propertyNames\":"
                  "{\"$ref\":\"#/$defs/node_id\"},\"additionalProperties\":"
                  "{\"$ref\":\"#/$defs/node\"}}"},
        {"layout", "{\"type\":\"object\",\"description\":\"Where nodes stand on the canvas.\"}"},
    };
    for (size_t i = 0; i < PN_COUNT(HEAD); i++) {
        pn_json_key(w, pn_str_of(HEAD[i].key));
        pn_json_add_raw(w, pn_str_of(HEAD[i].schema));
    }
    pn_json_key(w, PN_STR("examples"));
    pn_examples_schema(w);
    pn_json_end_object(w);
}

void pn_flow_schema(pn_json_writer *w) {
    pn_json_begin_object(w);
    put(w, "$schema", "https://json-schema.org/draft/2020-12/schema");
    put(w, "title", "Puntual strategy");
    put(w, "type", "object");
    pn_json_put_bool(w, "additionalProperties", false);
    pn_json_key(w, PN_STR("required"));
    pn_json_add_raw(w, PN_STR("[\"puntual\",\"name\",\"subject\",\"start\",\"nodes\"]"));
    head_properties(w);
    definitions(w);
    pn_json_end_object(w);
}

/* ── documentation ───────────────────────────────────────────────────────────────────────────── */

static void document_exits(pn_buf *out, const pn_node_type *type) {
    for (size_t i = 0; type->exits[i] != NULL; i++) {
        pn_buf_add_format(out, "%s`%s`", i == 0 ? "" : ", ", type->exits[i]);
    }
    for (size_t i = 0; i < type->param_count; i++) {
        pn_param_type kind = type->params[i].type;
        if (kind == PN_PARAM_RULES || kind == PN_PARAM_ARMS || kind == PN_PARAM_OUTCOMES ||
            kind == PN_PARAM_HOLDOUT) {
            pn_buf_add_format(out, "%sone for `%s`", type->exits[0] == NULL && i == 0 ? "" : ", ",
                              type->params[i].name);
        }
    }
    if (type->exits[0] == NULL && type->param_count == 1) {
        pn_buf_add_lit(out, "none");
    }
}

/* Its type, the choices, and the bounds of a number or text. */
static void document_value(pn_buf *out, const pn_param *param) {
    if (param->choices != NULL) {
        pn_buf_add_z(out, param->type == PN_PARAM_CHOICES ? "list of " : "");
        for (size_t i = 0; param->choices[i] != NULL; i++) {
            pn_buf_add_format(out, "%s`\"%s\"`", i == 0 ? "" : ", ", param->choices[i]);
        }
        return;
    }
    pn_buf_add_z(out, pn_param_type_name(param->type));
    if (param->type == PN_PARAM_INT) {
        pn_buf_add_format(out, ", %lld to %lld", (long long)param->min, (long long)param->max);
    } else if (param->type == PN_PARAM_TEXT) {
        pn_buf_add_format(out, ", at most %lld bytes", (long long)param->max);
    }
}

static void document_param(pn_buf *out, const pn_param *param) {
    pn_buf_add_format(out, "| `%s` | ", param->name);
    document_value(out, param);
    if (param->otherwise != NULL) {
        pn_buf_add_format(out, " | `%s` | %s |\n", param->otherwise, param->help);
    } else {
        pn_buf_add_format(out, " | %s | %s |\n", param->required ? "required" : "–", param->help);
    }
}

void pn_flow_reference(pn_buf *out) {
    for (size_t i = 0; i < pn_node_type_count(); i++) {
        const pn_node_type *type = pn_node_type_at(i);
        pn_buf_add_format(out, "### `%s`\n\n%s\n\nExits: ", type->type, type->help);
        document_exits(out, type);
        pn_buf_add_lit(out,
                       ".\n\n| parameter | value | default | meaning |\n| --- | --- | --- | --- "
                       "|\n");
        for (size_t j = 0; j < type->param_count; j++) {
            document_param(out, &type->params[j]);
        }
        pn_buf_add_lit(out, "\n");
    }
    pn_buf_add_lit(out, "### Fields of rules\n\n| field | type | where | meaning |\n| --- | --- | "
                        "--- | --- |\n");
    for (size_t i = 0; i < pn_field_count(); i++) {
        const pn_field *field = pn_field_at(i);
        pn_buf_add_format(out, "| `%s` | %s | %s | %s |\n", field->name,
                          pn_field_type_name(field->type),
                          field->scope == PN_FIELD_OF_BOTH ? "both" : "invoice", field->label_en);
    }
}
