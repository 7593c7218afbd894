/* The bounds of the program, as docs/LIMITS.md has them. */
#include "base/banned.h"
#include "base/limits.h"
#include "http/answer.h"
#include "http/tables.h"

static const pn_shape FIELDS[] = {
    {.name = "name", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "value", .type = PN_SHAPE_INT, .required = true},
    {.name = "unit", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "meaning", .type = PN_SHAPE_TEXT, .required = true},
    {.name = NULL},
};
static const pn_schema_object LIMIT = {"Limit", FIELDS, "A bound of the program"};

static pn_err list_limits(pn_exchange *x) {
    static const struct {
        const char *name;
        int64_t value;
        const char *unit, *meaning;
    } LIMITS[] = {
#define LIMIT_ROW(name, value, unit, meaning) {#name, value, unit, meaning},
        PN_LIMITS(LIMIT_ROW)
#undef LIMIT_ROW
    };
    pn_json_writer *w = pn_page_begin(x);
    for (size_t i = 0; i < PN_COUNT(LIMITS); i++) {
        pn_json_begin_object(w);
        pn_json_put_str(w, "name", pn_str_lower_ascii(x->arena, pn_str_of(LIMITS[i].name)));
        pn_json_put_int(w, "value", LIMITS[i].value);
        pn_json_put_str(w, "unit", pn_str_of(LIMITS[i].unit));
        pn_json_put_str(w, "meaning", pn_str_of(LIMITS[i].meaning));
        pn_json_end_object(w);
    }
    pn_page_end(x, (int64_t[PN_PAGE_KEYS]){0}, false);
    return PN_OK;
}

pn_route_table PN_ROUTES_LIMITS = {
    {.method = PN_HTTP_GET,
     .path = "/v1/limits",
     .name = "list_limits",
     .runs = PN_RUNS_READER,
     .roles = PN_MAY_READ,
     .scope = "organization:read",
     .gives = &LIMIT,
     .gives_list = true,
     .answer = list_limits,
     .summary = "the bounds of the program, all on one page"},
    {.path = NULL},
};
