/* TypeScript types of the API, for the console: an interface for each object, and a table from the
 * name of each route to what it takes and gives. */
#include "base/banned.h"
#include "http/openapi.h"
#include "http/shape.h"

static void put_type(pn_buf *buf, const pn_shape *shape, int depth);

static void indent(pn_buf *buf, int depth) {
    for (int i = 0; i < depth; i++) {
        pn_buf_add_lit(buf, "  ");
    }
}

static void put_help(pn_buf *buf, const char *help, int depth) {
    if (help != NULL) {
        indent(buf, depth);
        pn_buf_add_format(buf, "/** %s */\n", help);
    }
}

static void put_fields(pn_buf *buf, const pn_shape *fields, int depth) {
    pn_buf_add_lit(buf, "{\n");
    for (size_t i = 0; i < pn_shape_count(fields); i++) {
        put_help(buf, fields[i].help, depth + 1);
        indent(buf, depth + 1);
        pn_buf_add_format(buf, "%s%s: ", fields[i].name, fields[i].required ? "" : "?");
        put_type(buf, &fields[i], depth + 1);
        pn_buf_add_z(buf, fields[i].required ? ";\n" : " | null;\n");
    }
    indent(buf, depth);
    pn_buf_add_lit(buf, "}");
}

static void put_list(pn_buf *buf, const pn_shape *shape, int depth) {
    pn_buf_add_lit(buf, "Array<");
    if (pn_shape_is_value_list(shape)) {
        put_type(buf, &shape->fields[0], depth);
    } else {
        put_fields(buf, shape->fields, depth);
    }
    pn_buf_add_lit(buf, ">");
}

static void put_words(pn_buf *buf, const pn_shape *shape) {
    for (size_t i = 0; shape->words[i] != NULL; i++) {
        pn_buf_add_format(buf, "%s\"%s\"", i == 0 ? "" : " | ", shape->words[i]);
    }
}

static void put_type(pn_buf *buf, const pn_shape *shape, int depth) {
    switch (shape->type) {
    case PN_SHAPE_TEXT:
    case PN_SHAPE_LINES:
    case PN_SHAPE_EMAIL:
    case PN_SHAPE_URL: pn_buf_add_lit(buf, "string"); break;
    case PN_SHAPE_INT: pn_buf_add_lit(buf, "number"); break;
    case PN_SHAPE_BOOL: pn_buf_add_lit(buf, "boolean"); break;
    case PN_SHAPE_ID: pn_buf_add_format(buf, "Id<\"%s\">", pn_id_prefix(shape->id_kind)); break;
    case PN_SHAPE_DATE: pn_buf_add_lit(buf, "Day"); break;
    case PN_SHAPE_TIME: pn_buf_add_lit(buf, "Instant"); break;
    case PN_SHAPE_AMOUNT: pn_buf_add_lit(buf, "Amount"); break;
    case PN_SHAPE_WORD: put_words(buf, shape); break;
    case PN_SHAPE_RULE: pn_buf_add_lit(buf, "Rule"); break;
    case PN_SHAPE_JSON: pn_buf_add_lit(buf, "Json"); break;
    case PN_SHAPE_OBJECT: put_fields(buf, shape->fields, depth); break;
    case PN_SHAPE_LIST: put_list(buf, shape, depth); break;
    }
}

static void put_route(pn_buf *buf, const pn_route *route) {
    pn_str rest = pn_str_of(route->path), name;
    put_help(buf, route->summary, 1);
    pn_buf_add_format(buf, "  %s: {\n    method: \"%s\";\n    path: \"%s\";\n", route->name,
                      pn_http_method_name(route->method), route->path);
    pn_buf_add_lit(buf, "    arguments: {");
    for (int i = 0; pn_path_argument(&rest, &name); i++) {
        pn_buf_add_format(buf, "%s%.*s: string", i == 0 ? " " : "; ", PN_STR_ARG(name));
    }
    pn_buf_add_lit(buf, " };\n    query: ");
    put_fields(buf, route->query, 2);
    if (route->gives_list) {
        pn_buf_add_lit(buf, " & PageQuery");
    }
    pn_buf_add_lit(buf, ";\n    body: ");
    if (route->body_type != NULL) {
        pn_buf_add_lit(buf, "Blob");
    } else if (route->body != NULL) {
        put_fields(buf, route->body, 2);
    } else {
        pn_buf_add_lit(buf, "undefined");
    }
    pn_buf_add_format(buf, ";\n    answer: %s%s%s;\n  };\n", route->gives_list ? "Page<" : "",
                      route->gives != NULL         ? route->gives->name
                      : route->answer_type != NULL ? "Blob"
                                                   : "undefined",
                      route->gives_list ? ">" : "");
}

static const char HEAD[] =
    "// Made from the table of routes by `puntual api types`: not edited by hand.\n\n"
    "export type Id<Kind extends string> = `${Kind}_${string}`;\n"
    "/** \"2026-03-31\" */\n"
    "export type Day = string;\n"
    "/** \"2026-03-31T08:00:00Z\" */\n"
    "export type Instant = string;\n"
    "export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };\n"
    "export type Rule = Json[] | { [key: string]: Json };\n"
    "export interface Amount {\n  minor: number;\n  currency: string;\n}\n"
    "export interface Page<Row> {\n  items: Row[];\n  next: string | null;\n}\n"
    "export interface PageQuery {\n  limit?: number | null;\n  cursor?: string | null;\n}\n"
    "/** RFC 9457 */\n"
    "export interface Problem {\n  type: string;\n  title: string;\n  status: number;\n"
    "  code: string;\n  detail: string;\n  instance: string;\n  cause?: string;\n"
    "  pointer?: string;\n"
    "  where?: string;\n"
    "  errors?: Array<{ pointer?: string; parameter?: string; detail: string }>;\n"
    "  errors_more?: number;\n}\n";

void pn_typescript_write(const pn_route *const *tables, pn_arena *arena, pn_buf *buf) {
    const pn_route *const *routes = NULL;
    const pn_schema_object *const *objects = NULL;
    size_t count = 0, object_count = 0;
    pn_routes_listed(tables, arena, &routes, &count);
    pn_routes_objects(routes, count, arena, &objects, &object_count);
    pn_buf_add_z(buf, HEAD);
    for (size_t i = 0; i < object_count; i++) {
        pn_buf_add_lit(buf, "\n");
        put_help(buf, objects[i]->help, 0);
        pn_buf_add_format(buf, "export interface %s ", objects[i]->name);
        put_fields(buf, objects[i]->fields, 0);
        pn_buf_add_lit(buf, "\n");
    }
    pn_buf_add_lit(buf, "\nexport interface Routes {\n");
    for (size_t i = 0; i < count; i++) {
        put_route(buf, routes[i]);
    }
    pn_buf_add_lit(buf, "}\n");
}
