#include "http/openapi.h"

#include <stdio.h>

#include "base/banned.h"
#include "base/limits.h"
#include "base/sort.h"
#include "http/problem.h"
#include "http/shape.h"

/* ── the table, as all of them read it ── */

pn_str pn_route_group(const pn_route *route) {
    pn_str rest = pn_str_of(route->path), part = PN_STR("");
    rest = pn_str_starts(rest, PN_STR("/v1/")) ? pn_str_from(rest, 4) : pn_str_from(rest, 1);
    (void)pn_str_split(&rest, '/', &part);
    return part;
}

static int by_group(const void *a, const void *b) {
    const pn_route *const *x = a, *const *y = b;
    return pn_str_cmp(pn_route_group(*x), pn_route_group(*y));
}

void pn_routes_listed(const pn_route *const *tables, pn_arena *arena,
                      const pn_route *const **ret_routes, size_t *ret_count) {
    const pn_route **routes = NULL;
    size_t count = 0, capacity = 0;
    for (; *tables != NULL; tables++) {
        for (const pn_route *route = *tables; route->path != NULL; route++) {
            if (!route->unlisted) {
                routes = pn_arena_grow(arena, routes, count, &capacity, sizeof *routes);
                routes[count++] = route;
            }
        }
    }
    pn_sort(routes, count, sizeof *routes, by_group, arena);
    *ret_routes = routes;
    *ret_count = count;
}

static int by_name(const void *a, const void *b) {
    const pn_schema_object *const *x = a, *const *y = b;
    return strcmp((*x)->name, (*y)->name);
}

void pn_routes_objects(const pn_route *const *routes, size_t count, pn_arena *arena,
                       const pn_schema_object *const **ret_objects, size_t *ret_count) {
    const pn_schema_object **objects = NULL;
    size_t found = 0, capacity = 0;
    for (size_t i = 0; i < count; i++) {
        size_t j = 0;
        while (j < found && objects[j] != routes[i]->gives) {
            assert(routes[i]->gives == NULL || /* two objects of one name */
                   strcmp(objects[j]->name, routes[i]->gives->name) != 0);
            j++;
        }
        if (routes[i]->gives != NULL && j == found) {
            objects = pn_arena_grow(arena, objects, found, &capacity, sizeof *objects);
            objects[found++] = routes[i]->gives;
        }
    }
    pn_sort(objects, found, sizeof *objects, by_name, arena);
    *ret_objects = objects;
    *ret_count = found;
}

bool pn_path_argument(pn_str *rest, pn_str *ret_name) {
    size_t begin = pn_str_find_char(*rest, '{');
    if (begin == SIZE_MAX) {
        return false;
    }
    *rest = pn_str_from(*rest, begin + 1);
    size_t end = pn_str_find_char(*rest, '}');
    *ret_name = pn_str_first(*rest, end);
    *rest = pn_str_from(*rest, end + 1);
    if (pn_str_ends(*ret_name, PN_STR("*"))) {
        ret_name->len--;
    }
    return true;
}

pn_str pn_role_words(pn_role_set roles, pn_arena *arena) {
    pn_str text = PN_STR("");
    for (int role = 0; role < PN_ROLES; role++) {
        if ((roles & PN_ROLE_BIT(role)) != 0) {
            text = pn_str_format(arena, "%.*s%s%s", PN_STR_ARG(text), text.len == 0 ? "" : ", ",
                                 pn_role_name((pn_role)role));
        }
    }
    return text;
}

/* ── schemas ── */

typedef struct {
    pn_json_writer w;
    pn_arena *arena;
    bool request; /* of what is sent: with its bounds, and closed */
} writer;

static void put(writer *o, const char *key, const char *text) {
    pn_json_put_str(&o->w, key, pn_str_of(text));
}

static void open_key(writer *o, const char *key) {
    pn_json_key(&o->w, pn_str_of(key));
    pn_json_begin_object(&o->w);
}

static void put_schema(writer *o, const pn_shape *shape, bool nullable);

static void put_fields(writer *o, const pn_shape *fields) {
    put(o, "type", "object");
    open_key(o, "properties");
    for (size_t i = 0; i < pn_shape_count(fields); i++) {
        pn_json_key(&o->w, pn_str_of(fields[i].name));
        put_schema(o, &fields[i], !fields[i].required);
    }
    pn_json_end_object(&o->w);
    pn_json_key(&o->w, PN_STR("required"));
    pn_json_begin_array(&o->w);
    for (size_t i = 0; i < pn_shape_count(fields); i++) {
        if (fields[i].required) {
            pn_json_add_str(&o->w, pn_str_of(fields[i].name));
        }
    }
    pn_json_end_array(&o->w);
    if (o->request) {
        pn_json_put_bool(&o->w, "additionalProperties", false);
    }
}

static void put_text(writer *o, const pn_shape *shape) {
    put(o, "type", "string");
    if (o->request) {
        pn_json_put_int(&o->w, "minLength", shape->min > 0);
        pn_json_put_int(&o->w, "maxLength", shape->max == 0 ? PN_LIMIT_API_TEXT_BYTES : shape->max);
    }
}

static void put_int(writer *o, const pn_shape *shape) {
    put(o, "type", "integer");
    put(o, "format", "int64");
    if (o->request && shape->min != shape->max) {
        pn_json_put_int(&o->w, "minimum", shape->min);
        pn_json_put_int(&o->w, "maximum", shape->max);
    }
}

static void put_words(writer *o, const pn_shape *shape) {
    put(o, "type", "string");
    pn_json_key(&o->w, PN_STR("enum"));
    pn_json_begin_array(&o->w);
    for (size_t i = 0; shape->words[i] != NULL; i++) {
        pn_json_add_str(&o->w, pn_str_of(shape->words[i]));
    }
    pn_json_end_array(&o->w);
}

static void put_list(writer *o, const pn_shape *shape) {
    put(o, "type", "array");
    pn_json_key(&o->w, PN_STR("items"));
    if (pn_shape_is_value_list(shape)) {
        put_schema(o, &shape->fields[0], false);
    } else {
        pn_json_begin_object(&o->w);
        put_fields(o, shape->fields);
        pn_json_end_object(&o->w);
    }
    if (o->request) {
        pn_json_put_int(&o->w, "minItems", shape->min);
        pn_json_put_int(&o->w, "maxItems", shape->max);
    }
}

static void put_formatted(writer *o, const char *format) {
    put(o, "type", "string");
    put(o, "format", format);
}

static void put_type(writer *o, const pn_shape *shape) {
    switch (shape->type) {
    case PN_SHAPE_TEXT:
    case PN_SHAPE_LINES: put_text(o, shape); break;
    case PN_SHAPE_INT: put_int(o, shape); break;
    case PN_SHAPE_BOOL: put(o, "type", "boolean"); break;
    case PN_SHAPE_ID:
        put(o, "type", "string");
        pn_json_put_str(
            &o->w, "pattern",
            pn_str_format(o->arena, "^%s_[0-9A-Za-z]{13}$", pn_id_prefix(shape->id_kind)));
        break;
    case PN_SHAPE_DATE: put_formatted(o, "date"); break;
    case PN_SHAPE_TIME: put_formatted(o, "date-time"); break;
    case PN_SHAPE_AMOUNT: put(o, "$ref", "#/components/schemas/Amount"); break;
    case PN_SHAPE_WORD: put_words(o, shape); break;
    case PN_SHAPE_EMAIL: put_formatted(o, "email"); break;
    case PN_SHAPE_URL: put_formatted(o, "uri"); break;
    case PN_SHAPE_RULE: put(o, "$ref", "#/components/schemas/Rule"); break;
    case PN_SHAPE_JSON: break;
    case PN_SHAPE_OBJECT: put_fields(o, shape->fields); break;
    case PN_SHAPE_LIST: put_list(o, shape); break;
    }
}

static void put_schema(writer *o, const pn_shape *shape, bool nullable) {
    pn_json_begin_object(&o->w);
    if (shape->help != NULL) {
        put(o, "description", shape->help);
    }
    if (nullable && shape->type != PN_SHAPE_JSON) {
        pn_json_key(&o->w, PN_STR("anyOf"));
        pn_json_begin_array(&o->w);
        pn_json_begin_object(&o->w);
        put_type(o, shape);
        pn_json_end_object(&o->w);
        pn_json_begin_object(&o->w);
        put(o, "type", "null");
        pn_json_end_object(&o->w);
        pn_json_end_array(&o->w);
    } else {
        put_type(o, shape);
    }
    pn_json_end_object(&o->w);
}

/* ── operations ── */

static void put_parameter(writer *o, const char *in, pn_str name, const pn_shape *shape) {
    pn_json_begin_object(&o->w);
    pn_json_put_str(&o->w, "name", name);
    put(o, "in", in);
    pn_json_put_bool(&o->w, "required", shape == NULL || shape->required);
    if (shape == NULL) {
        open_key(o, "schema");
        put(o, "type", "string");
        pn_json_end_object(&o->w);
    } else if (shape->type == PN_SHAPE_RULE || shape->type == PN_SHAPE_JSON) {
        open_key(o, "content");
        open_key(o, "application/json");
        pn_json_key(&o->w, PN_STR("schema"));
        put_schema(o, shape, false);
        pn_json_end_object(&o->w);
        pn_json_end_object(&o->w);
    } else {
        if (shape->type == PN_SHAPE_LIST) {
            put(o, "style", "form");
            pn_json_put_bool(&o->w, "explode", false);
        }
        pn_json_key(&o->w, PN_STR("schema"));
        put_schema(o, shape, false);
    }
    pn_json_end_object(&o->w);
}

static void put_header_parameter(writer *o, const char *name) {
    pn_json_begin_object(&o->w);
    put(o, "$ref", name);
    pn_json_end_object(&o->w);
}

static void put_parameters(writer *o, const pn_route *route) {
    pn_str rest = pn_str_of(route->path), name;
    pn_json_key(&o->w, PN_STR("parameters"));
    pn_json_begin_array(&o->w);
    while (pn_path_argument(&rest, &name)) {
        put_parameter(o, "path", name, NULL);
    }
    for (size_t i = 0; i < pn_shape_count(route->query); i++) {
        put_parameter(o, "query", pn_str_of(route->query[i].name), &route->query[i]);
    }
    for (size_t i = 0; route->gives_list && PN_PAGE_SHAPES[i].name != NULL; i++) {
        put_parameter(o, "query", pn_str_of(PN_PAGE_SHAPES[i].name), &PN_PAGE_SHAPES[i]);
    }
    if (route->method == PN_HTTP_POST && route->door == PN_ROUTE_SIGNED) {
        put_header_parameter(o, "#/components/parameters/IdempotencyKey");
    }
    pn_json_end_array(&o->w);
}

static void put_body(writer *o, const pn_route *route) {
    if (route->body == NULL && route->body_type == NULL) {
        return;
    }
    bool needed = route->body_type != NULL;
    for (size_t i = 0; i < pn_shape_count(route->body); i++) {
        needed = needed || route->body[i].required;
    }
    open_key(o, "requestBody");
    pn_json_put_bool(&o->w, "required", needed);
    open_key(o, "content");
    pn_str types = pn_str_of(route->body_type == NULL ? "application/json" : route->body_type), one;
    while (pn_str_split(&types, ' ', &one)) {
        pn_json_key(&o->w, one);
        pn_json_begin_object(&o->w);
        open_key(o, "schema");
        if (route->body != NULL) {
            put_fields(o, route->body);
        }
        pn_json_end_object(&o->w);
        pn_json_end_object(&o->w);
    }
    pn_json_end_object(&o->w);
    pn_json_end_object(&o->w);
}

static void put_page_schema(writer *o, const char *name) {
    put(o, "type", "object");
    open_key(o, "properties");
    open_key(o, "items");
    put(o, "type", "array");
    open_key(o, "items");
    pn_json_put_str(&o->w, "$ref", pn_str_format(o->arena, "#/components/schemas/%s", name));
    pn_json_end_object(&o->w);
    pn_json_end_object(&o->w);
    open_key(o, "next");
    put(o, "description", "the cursor of the next page; null where there is none");
    pn_json_key(&o->w, PN_STR("type"));
    pn_json_begin_array(&o->w);
    pn_json_add_str(&o->w, PN_STR("string"));
    pn_json_add_str(&o->w, PN_STR("null"));
    pn_json_end_array(&o->w);
    pn_json_end_object(&o->w);
    pn_json_end_object(&o->w);
    pn_json_key(&o->w, PN_STR("required"));
    pn_json_begin_array(&o->w);
    pn_json_add_str(&o->w, PN_STR("items"));
    pn_json_add_str(&o->w, PN_STR("next"));
    pn_json_end_array(&o->w);
}

static void put_success(writer *o, const pn_route *route) {
    open_key(o, "2XX");
    put(o, "description",
        route->gives == NULL && route->answer_type == NULL ? "Done" : "The answer");
    if (route->gives != NULL || route->answer_type != NULL) {
        open_key(o, "content");
        open_key(o, route->answer_type == NULL ? "application/json" : route->answer_type);
        open_key(o, "schema");
        if (route->gives != NULL && route->gives_list) {
            put_page_schema(o, route->gives->name);
        } else if (route->gives != NULL) {
            pn_json_put_str(&o->w, "$ref",
                            pn_str_format(o->arena, "#/components/schemas/%s", route->gives->name));
        }
        pn_json_end_object(&o->w);
        pn_json_end_object(&o->w);
        pn_json_end_object(&o->w);
    }
    pn_json_end_object(&o->w);
}

static void put_responses(writer *o, const pn_route *route) {
    open_key(o, "responses");
    put_success(o, route);
    open_key(o, "default");
    put(o, "$ref", "#/components/responses/Problem");
    pn_json_end_object(&o->w);
    pn_json_end_object(&o->w);
}

static void put_description(writer *o, const pn_route *route) {
    pn_str who =
        route->door == PN_ROUTE_SIGNED ? pn_role_words(route->roles, o->arena) : PN_STR("");
    pn_str text =
        pn_str_format(o->arena, "%s%s%s%.*s%s%s%s", route->help == NULL ? "" : route->help,
                      route->help != NULL && who.len != 0 ? "\n\n" : "",
                      who.len == 0 ? "" : "Who may: ", PN_STR_ARG(who),
                      route->scope == NULL || who.len == 0 ? "" : "; keys with the scope `",
                      route->scope == NULL || who.len == 0 ? "" : route->scope,
                      route->scope == NULL || who.len == 0 ? "" : "`");
    pn_json_put_str_if(&o->w, "description", text);
}

static void put_operation(writer *o, const pn_route *route) {
    pn_str method = pn_str_lower_ascii(o->arena, pn_str_of(pn_http_method_name(route->method)));
    pn_json_key(&o->w, method);
    pn_json_begin_object(&o->w);
    put(o, "operationId", route->name);
    put(o, "summary", route->summary);
    put_description(o, route);
    pn_json_key(&o->w, PN_STR("tags"));
    pn_json_begin_array(&o->w);
    pn_json_add_str(&o->w, pn_route_group(route));
    pn_json_end_array(&o->w);
    o->request = true;
    put_parameters(o, route);
    put_body(o, route);
    o->request = false;
    put_responses(o, route);
    if (route->door != PN_ROUTE_SIGNED) {
        pn_json_key(&o->w, PN_STR("security"));
        pn_json_begin_array(&o->w);
        pn_json_end_array(&o->w);
    }
    pn_json_end_object(&o->w);
}

/* All methods of a path stand together, wherever the tables have them. */
static void put_paths(writer *o, const pn_route *const *routes, size_t count) {
    open_key(o, "paths");
    for (size_t i = 0; i < count; i++) {
        bool first = true;
        for (size_t j = 0; j < i; j++) {
            first = first && strcmp(routes[j]->path, routes[i]->path) != 0;
        }
        if (!first) {
            continue;
        }
        open_key(o, routes[i]->path);
        for (size_t j = i; j < count; j++) {
            if (strcmp(routes[j]->path, routes[i]->path) == 0) {
                put_operation(o, routes[j]);
            }
        }
        pn_json_end_object(&o->w);
    }
    pn_json_end_object(&o->w);
}

/* ── components ── */

static const pn_shape PROBLEM_ITEM[] = {
    {.name = "pointer", .type = PN_SHAPE_TEXT, .help = "into the body (RFC 6901)"},
    {.name = "parameter", .type = PN_SHAPE_TEXT, .help = "of the query"},
    {.name = "detail", .type = PN_SHAPE_TEXT, .required = true},
    {.name = NULL},
};
static const pn_shape PROBLEM[] = {
    {.name = "type", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "title", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "status", .type = PN_SHAPE_INT, .required = true},
    {.name = "code", .type = PN_SHAPE_TEXT, .required = true, .help = "stable, like PN-1105"},
    {.name = "detail", .type = PN_SHAPE_LINES, .required = true},
    {.name = "instance", .type = PN_SHAPE_TEXT, .required = true, .help = "as the log has it"},
    {.name = "cause",
     .type = PN_SHAPE_TEXT,
     .help = "why another system could not be used, as a word: login, certificate, silent"},
    {.name = "pointer", .type = PN_SHAPE_TEXT},
    {.name = "where", .type = PN_SHAPE_TEXT},
    {.name = "errors", .type = PN_SHAPE_LIST, .fields = PROBLEM_ITEM},
    {.name = "errors_more", .type = PN_SHAPE_INT, .help = "that are not listed"},
    {.name = NULL},
};
static const pn_shape AMOUNT[] = {
    {.name = "minor", .type = PN_SHAPE_INT, .required = true, .help = "in minor units"},
    {.name = "currency", .type = PN_SHAPE_TEXT, .required = true, .help = "ISO 4217"},
    {.name = NULL},
};

static void put_named(writer *o, const char *name, const pn_shape *fields, const char *help) {
    open_key(o, name);
    if (help != NULL) {
        put(o, "description", help);
    }
    put_fields(o, fields);
    pn_json_end_object(&o->w);
}

static void put_shared(writer *o) {
    open_key(o, "responses");
    open_key(o, "Problem");
    put(o, "description", "What is wrong, and how to mend it (RFC 9457)");
    open_key(o, "content");
    open_key(o, "application/problem+json");
    open_key(o, "schema");
    put(o, "$ref", "#/components/schemas/Problem");
    for (int i = 0; i < 4; i++) {
        pn_json_end_object(&o->w);
    }
    pn_json_end_object(&o->w);
    pn_json_key(&o->w, PN_STR("parameters"));
    pn_json_add_raw(&o->w, PN_STR("{\"IdempotencyKey\":{\"name\":\"Idempotency-Key\",\"in\":"
                                  "\"header\",\"required\":false,\"schema\":{\"type\":\"string\","
                                  "\"minLength\":1,\"maxLength\":200},\"description\":\"The same "
                                  "request with the same key is done once; for 24 hours it gets "
                                  "the same answer.\"}}"));
    pn_json_key(&o->w, PN_STR("securitySchemes"));
    pn_json_add_raw(&o->w, PN_STR("{\"key\":{\"type\":\"http\",\"scheme\":\"bearer\"},"
                                  "\"session\":{\"type\":\"apiKey\",\"in\":\"cookie\",\"name\":"
                                  "\"pn_session\"}}"));
}

static void put_components(writer *o, const pn_route *const *routes, size_t count) {
    const pn_schema_object *const *objects = NULL;
    size_t object_count = 0;
    pn_routes_objects(routes, count, o->arena, &objects, &object_count);
    open_key(o, "components");
    open_key(o, "schemas");
    put_named(o, "Problem", PROBLEM, NULL);
    put_named(o, "Amount", AMOUNT, "An amount of money");
    pn_json_key(&o->w, PN_STR("Rule"));
    pn_json_add_raw(&o->w, PN_STR("{\"description\":\"A rule, as strategies have them: "
                                  "[\\\"account.open\\\", \\\">\\\", 3000]\",\"type\":"
                                  "[\"array\",\"object\"]}"));
    for (size_t i = 0; i < object_count; i++) {
        put_named(o, objects[i]->name, objects[i]->fields, objects[i]->help);
    }
    pn_json_end_object(&o->w);
    put_shared(o);
    pn_json_end_object(&o->w);
}

void pn_openapi_write(const pn_route *const *tables, pn_arena *arena, pn_buf *buf) {
    writer o = {.w = pn_json_writer_on(buf, 0), .arena = arena};
    const pn_route *const *routes = NULL;
    size_t count = 0;
    pn_routes_listed(tables, arena, &routes, &count);
    pn_json_begin_object(&o.w);
    put(&o, "openapi", "3.1.0");
    open_key(&o, "info");
    put(&o, "title", "Puntual");
    put(&o, "version", "1");
    put(&o, "description", "The API of Puntual, a collections server.");
    open_key(&o, "license");
    put(&o, "name", "Apache-2.0");
    put(&o, "identifier", "Apache-2.0");
    pn_json_end_object(&o.w);
    pn_json_end_object(&o.w);
    pn_json_key(&o.w, PN_STR("servers"));
    pn_json_add_raw(&o.w, PN_STR("[{\"url\":\"/\"}]"));
    pn_json_key(&o.w, PN_STR("security"));
    pn_json_add_raw(&o.w, PN_STR("[{\"key\":[]},{\"session\":[]}]"));
    put_paths(&o, routes, count);
    put_components(&o, routes, count);
    pn_json_end_object(&o.w);
}
