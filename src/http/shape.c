#include "http/shape.h"

#include <stdio.h>

#include "base/banned.h"
#include "base/limits.h"
#include "calendar/instant.h"
#include "format/mime.h"
#include "http/problem.h"
#include "http/query.h"

enum { POINTER_BYTES = 300 };

/* Where in the request we are, and whether anything was wrong so far. */
typedef struct {
    pn_exchange *exchange;
    char pointer[POINTER_BYTES]; /* RFC 6901; of a query the parameter's name */
    size_t len;
    bool query;
    bool failed;
} reader;

const pn_shape PN_PAGE_SHAPES[] = {
    {.name = "limit",
     .type = PN_SHAPE_INT,
     .min = 1,
     .max = PN_LIMIT_API_PAGE_MAX,
     .help = "rows of a page"},
    {.name = "cursor",
     .type = PN_SHAPE_TEXT,
     .max = 200,
     .help = "`next` of the page before: what follows it"},
    {.name = NULL},
};

size_t pn_shape_count(const pn_shape *fields) {
    size_t count = 0;
    while (fields != NULL && fields[count].name != NULL) {
        count++;
    }
    return count;
}

bool pn_shape_is_value_list(const pn_shape *list) {
    return list->fields != NULL && list->fields[0].name != NULL && list->fields[0].name[0] == '\0';
}

/* ── telling what is wrong ── */

static bool wrong(reader *r, const char *format, ...) PN_PRINTF(2, 3);
static bool wrong(reader *r, const char *format, ...) {
    va_list args;
    va_start(args, format);
    pn_str detail = pn_str_format_args(r->exchange->arena, format, args);
    va_end(args);
    pn_str place = {r->pointer, r->len};
    pn_problem_tell(r->exchange, r->query ? PN_STR_NONE : place, r->query ? place : PN_STR_NONE,
                    "%.*s", PN_STR_ARG(detail));
    r->failed = true;
    return false;
}

/* Appends a step to the pointer; `~` and `/` are escaped. What is too long is cut. */
static size_t descend(reader *r, pn_str step) {
    size_t before = r->len;
    if (!r->query && r->len + 1 < POINTER_BYTES) {
        r->pointer[r->len++] = '/';
    }
    for (size_t i = 0; i < step.len && r->len + 2 < POINTER_BYTES; i++) {
        char c = step.ptr[i];
        r->pointer[r->len++] = c == '~' || c == '/' ? '~' : c;
        if (c == '~' || c == '/') {
            r->pointer[r->len++] = c == '~' ? '0' : '1';
        }
    }
    return before;
}

static size_t descend_index(reader *r, size_t index) {
    char text[24];
    int len = snprintf(text, sizeof text, "%zu", index);
    return descend(r, (pn_str){text, (size_t)len});
}

static void suggest(reader *r, pn_str given, const pn_shape *fields, const char *what) {
    unsigned best = given.len < 5 ? 2 : 3;
    const char *candidate = NULL;
    for (size_t i = 0; fields != NULL && fields[i].name != NULL; i++) {
        unsigned distance = pn_str_distance(given, pn_str_of(fields[i].name));
        if (distance < best) {
            best = distance;
            candidate = fields[i].name;
        }
    }
    int shown = (int)PN_MIN(given.len, (size_t)60);
    if (candidate != NULL) {
        (void)wrong(r, "There is no %s “%.*s” here; did you mean “%s”?", what, shown, given.ptr,
                    candidate);
    } else {
        (void)wrong(r, "There is no %s “%.*s” here.", what, shown, given.ptr);
    }
}

/* ── the types ── */

typedef bool (*read_type)(reader *r, const pn_shape *shape, const pn_json *json,
                          pn_route_value *ret_value);
static bool read_value(reader *r, const pn_shape *shape, const pn_json *json,
                       pn_route_value *ret_value);

/* The value's text, or an error that says what it should be. */
static bool text_of(reader *r, const pn_json *json, const char *wanted, pn_str *ret_text) {
    if (json->type != PN_JSON_STR) {
        return wrong(r, "It should be %s, not %s.", wanted, pn_json_type_name(json->type));
    }
    *ret_text = json->text;
    return true;
}

static bool plain(pn_str text, bool lines) {
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        bool allowed = lines && (c == '\n' || c == '\r' || c == '\t');
        if ((c < ' ' && !allowed) || c == 0x7f) {
            return false;
        }
    }
    return true;
}

static bool read_text(reader *r, const pn_shape *shape, const pn_json *json,
                      pn_route_value *ret_value) {
    bool lines = shape->type == PN_SHAPE_LINES;
    size_t max = shape->max == 0 ? PN_LIMIT_API_TEXT_BYTES : (size_t)shape->max;
    if (!text_of(r, json, "a text", &ret_value->text)) {
        return false;
    }
    if (ret_value->text.len > max || ret_value->text.len < (size_t)shape->min) {
        return ret_value->text.len > max
                   ? wrong(r, "It may have at most %zu bytes.", max)
                   : wrong(r, "It must have at least %lld bytes.", (long long)shape->min);
    }
    return plain(ret_value->text, lines) ||
           wrong(r, lines ? "It holds control characters other than line ends."
                          : "It must be one line without control characters.");
}

static bool in_bounds(reader *r, const pn_shape *shape, int64_t number) {
    if (shape->min == shape->max || (number >= shape->min && number <= shape->max)) {
        return true;
    }
    return wrong(r, "It must be from %lld to %lld.", (long long)shape->min, (long long)shape->max);
}

static bool read_int(reader *r, const pn_shape *shape, const pn_json *json,
                     pn_route_value *ret_value) {
    if (json->type != PN_JSON_INT) {
        return wrong(r, "It should be a whole number.");
    }
    ret_value->number = json->integer;
    return in_bounds(r, shape, json->integer);
}

static bool read_bool(reader *r, const pn_shape *shape, const pn_json *json,
                      pn_route_value *ret_value) {
    (void)shape;
    if (json->type != PN_JSON_BOOL) {
        return wrong(r, "It should be true or false.");
    }
    ret_value->number = json->boolean;
    return true;
}

static bool read_id(reader *r, const pn_shape *shape, const pn_json *json,
                    pn_route_value *ret_value) {
    const char *prefix = pn_id_prefix(shape->id_kind);
    if (!text_of(r, json, "an id", &ret_value->text)) {
        return false;
    }
    return pn_id_parse(shape->id_kind, ret_value->text, &ret_value->number) == PN_OK ||
           wrong(r, "It should be an id like “%s_” and 13 letters.", prefix);
}

static bool read_date(reader *r, const pn_shape *shape, const pn_json *json,
                      pn_route_value *ret_value) {
    pn_date date = 0, first = pn_date_of(1900, 1, 1), last = pn_date_of(2199, 12, 31);
    (void)shape;
    if (!text_of(r, json, "a day", &ret_value->text)) {
        return false;
    }
    if (pn_date_parse_iso(ret_value->text, &date) != PN_OK || date < first || date > last) {
        return wrong(r, "It should be a day like 2026-03-31, from 1900 to 2199.");
    }
    ret_value->number = date;
    return true;
}

static bool read_time(reader *r, const pn_shape *shape, const pn_json *json,
                      pn_route_value *ret_value) {
    (void)shape;
    if (!text_of(r, json, "a time", &ret_value->text)) {
        return false;
    }
    return pn_instant_parse(ret_value->text, &ret_value->number) == PN_OK ||
           wrong(r, "It should be a time like 2026-03-31T10:00:00+02:00 or …T08:00:00Z.");
}

static bool read_amount(reader *r, const pn_shape *shape, const pn_json *json,
                        pn_route_value *ret_value) {
    const pn_json *minor = pn_json_field(json, "minor");
    const pn_json *currency = pn_json_field(json, "currency");
    if (json->type != PN_JSON_OBJECT || json->count != 2 || minor == NULL || currency == NULL ||
        minor->type != PN_JSON_INT || currency->type != PN_JSON_STR) {
        return wrong(r, "It should be an amount like {\"minor\": 121000, \"currency\": \"EUR\"}.");
    }
    if (pn_currency_parse(currency->text, &ret_value->currency) != PN_OK) {
        return wrong(r, "Its currency should be a code of ISO 4217, like EUR.");
    }
    ret_value->number = minor->integer;
    if (minor->integer > PN_AMOUNT_MAX || minor->integer < -PN_AMOUNT_MAX) {
        return wrong(r, "It has more than %d digits.", PN_LIMIT_AMOUNT_DIGITS);
    }
    return in_bounds(r, shape, minor->integer);
}

static bool read_word(reader *r, const pn_shape *shape, const pn_json *json,
                      pn_route_value *ret_value) {
    if (!text_of(r, json, "a word", &ret_value->text)) {
        return false;
    }
    pn_str list = PN_STR("");
    for (int64_t i = 0; shape->words[i] != NULL; i++) {
        if (pn_str_eq(ret_value->text, pn_str_of(shape->words[i]))) {
            ret_value->number = i;
            return true;
        }
        list = pn_str_format(r->exchange->arena, "%.*s%s%s", PN_STR_ARG(list), i == 0 ? "" : ", ",
                             shape->words[i]);
    }
    return wrong(r, "It should be one of: %.*s.", PN_STR_ARG(list));
}

static bool read_email(reader *r, const pn_shape *shape, const pn_json *json,
                       pn_route_value *ret_value) {
    (void)shape;
    if (!text_of(r, json, "an e-mail address", &ret_value->text)) {
        return false;
    }
    return (ret_value->text.len <= PN_LIMIT_EMAIL_BYTES && pn_mime_is_address(ret_value->text)) ||
           wrong(r, "It should be an e-mail address like ana@example.com.");
}

static bool is_url(pn_str text) {
    pn_str rest = PN_STR_NONE;
    if (pn_str_starts(text, PN_STR("https://"))) {
        rest = pn_str_from(text, 8);
    } else if (pn_str_starts(text, PN_STR("http://"))) {
        rest = pn_str_from(text, 7);
    }
    bool good = rest.len != 0 && text.len <= 2000 && rest.ptr[0] != '/';
    for (size_t i = 0; i < rest.len; i++) {
        unsigned char c = (unsigned char)rest.ptr[i];
        good = good && c > ' ' && c < 0x7f && strchr("\"<>\\^`{|}", c) == NULL;
    }
    return good;
}

static bool read_url(reader *r, const pn_shape *shape, const pn_json *json,
                     pn_route_value *ret_value) {
    (void)shape;
    if (!text_of(r, json, "a URL", &ret_value->text)) {
        return false;
    }
    return is_url(ret_value->text) ||
           wrong(r, "It should be a URL that begins with https:// or http://.");
}

static bool read_rule(reader *r, const pn_shape *shape, const pn_json *json,
                      pn_route_value *ret_value) {
    pn_diag diag = {0};
    ret_value->json = json;
    if (pn_rule_compile(json, (pn_subject)shape->min, r->exchange->arena, &ret_value->rule,
                        &diag) == PN_OK) {
        return true;
    }
    size_t before = r->len;
    if (!r->query && diag.where[0] == '/') {
        (void)descend(r, PN_STR_NONE);
        r->len = before + PN_MIN(strlen(diag.where), POINTER_BYTES - 1 - before);
        memcpy(r->pointer + before, diag.where, r->len - before);
    }
    (void)wrong(r, "%s%s%s", diag.what, diag.mend[0] == '\0' ? "" : " ", diag.mend);
    r->len = before;
    return false;
}

/* A NUL in a text has no place in either database. */
static bool has_nul(const pn_json *json) {
    bool found = json->type == PN_JSON_STR && memchr(json->text.ptr, '\0', json->text.len) != NULL;
    for (uint32_t i = 0; json->type == PN_JSON_ARRAY && i < json->count && !found; i++) {
        found = has_nul(&json->items[i]);
    }
    for (uint32_t i = 0; json->type == PN_JSON_OBJECT && i < json->count && !found; i++) {
        pn_str key = json->members[i].key;
        found = memchr(key.ptr, '\0', key.len) != NULL || has_nul(&json->members[i].value);
    }
    return found;
}

static bool read_json(reader *r, const pn_shape *shape, const pn_json *json,
                      pn_route_value *ret_value) {
    size_t max = shape->max == 0 ? PN_LIMIT_API_BODY_BYTES : (size_t)shape->max;
    pn_buf buf;
    ret_value->json = json;
    pn_buf_init(&buf, max);
    pn_json_writer writer = pn_json_writer_on(&buf, 0);
    pn_json_add_value(&writer, json);
    bool fits = pn_buf_err(&buf) == PN_OK;
    if (fits) {
        ret_value->text = pn_str_dup(r->exchange->arena, pn_buf_str(&buf));
    }
    pn_buf_done(&buf);
    if (has_nul(json)) {
        return wrong(r, "It holds a text with the character U+0000.");
    }
    return fits || wrong(r, "It may have at most %zu bytes.", max);
}

static void read_fields(reader *r, const pn_shape *fields, const pn_json *object,
                        pn_route_value *values) {
    for (uint32_t i = 0; i < object->count; i++) {
        const pn_json_member *member = &object->members[i];
        size_t field = 0;
        while (fields[field].name != NULL &&
               !pn_str_eq(member->key, pn_str_of(fields[field].name))) {
            field++;
        }
        size_t before = descend(r, member->key);
        if (fields[field].name == NULL) {
            suggest(r, member->key, fields, "field");
        } else {
            (void)read_value(r, &fields[field], &member->value, &values[field]);
        }
        r->len = before;
    }
    for (size_t i = 0; fields[i].name != NULL; i++) {
        if (fields[i].required && pn_json_get(object, pn_str_of(fields[i].name)) == NULL) {
            size_t before = descend(r, pn_str_of(fields[i].name));
            (void)wrong(r, "It is required.");
            r->len = before;
        }
    }
}

static bool read_object(reader *r, const pn_shape *shape, const pn_json *json,
                        pn_route_value *ret_value) {
    if (json->type != PN_JSON_OBJECT) {
        return wrong(r, "It should be an object, not %s.", pn_json_type_name(json->type));
    }
    size_t count = pn_shape_count(shape->fields);
    bool failed = r->failed;
    r->failed = false;
    read_fields(r, shape->fields, json, pn_arena_array(r->exchange->arena, pn_route_value, count));
    bool good = !r->failed;
    r->failed = failed || !good;
    ret_value->json = json;
    return good;
}

static bool read_list(reader *r, const pn_shape *shape, const pn_json *json,
                      pn_route_value *ret_value) {
    pn_shape item = {.name = "", .type = PN_SHAPE_OBJECT, .fields = shape->fields};
    const pn_shape *each = pn_shape_is_value_list(shape) ? &shape->fields[0] : &item;
    bool good = true;
    if (json->type != PN_JSON_ARRAY) {
        return wrong(r, "It should be a list, not %s.", pn_json_type_name(json->type));
    }
    if ((int64_t)json->count > shape->max || (int64_t)json->count < shape->min) {
        return wrong(r, "It may have from %lld to %lld entries, not %u.", (long long)shape->min,
                     (long long)shape->max, json->count);
    }
    ret_value->json = json;
    for (uint32_t i = 0; i < json->count; i++) {
        pn_route_value value = {0};
        pn_arena_mark mark = pn_arena_marked(r->exchange->arena);
        size_t before = descend_index(r, i);
        bool one = json->items[i].type == PN_JSON_NULL
                       ? wrong(r, "It may not be null.")
                       : read_value(r, each, &json->items[i], &value);
        r->len = before;
        if (one) { /* what was wrong stays on the arena */
            pn_arena_rewind(r->exchange->arena, mark);
        }
        good = good && one;
    }
    return good;
}

static const read_type READERS[] = {
    [PN_SHAPE_TEXT] = read_text,   [PN_SHAPE_LINES] = read_text,    [PN_SHAPE_INT] = read_int,
    [PN_SHAPE_BOOL] = read_bool,   [PN_SHAPE_ID] = read_id,         [PN_SHAPE_DATE] = read_date,
    [PN_SHAPE_TIME] = read_time,   [PN_SHAPE_AMOUNT] = read_amount, [PN_SHAPE_WORD] = read_word,
    [PN_SHAPE_EMAIL] = read_email, [PN_SHAPE_URL] = read_url,       [PN_SHAPE_RULE] = read_rule,
    [PN_SHAPE_JSON] = read_json,   [PN_SHAPE_OBJECT] = read_object, [PN_SHAPE_LIST] = read_list,
};

static bool read_value(reader *r, const pn_shape *shape, const pn_json *json,
                       pn_route_value *ret_value) {
    if (json->type == PN_JSON_NULL && shape->type != PN_SHAPE_JSON) {
        ret_value->null = true;
        return !shape->required || wrong(r, "It may not be null.");
    }
    pn_route_value value = {.given = true};
    if (!READERS[shape->type](r, shape, json, &value)) {
        return false;
    }
    *ret_value = value;
    return true;
}

/* ── the query ── */

/* A parameter's text as the JSON that its type wants. */
static bool query_json(reader *r, const pn_shape *shape, pn_str text, pn_json *ret_json) {
    pn_json *parsed = NULL;
    pn_diag diag = {0};
    *ret_json = (pn_json){.type = PN_JSON_STR, .text = text};
    switch (shape->type) {
    case PN_SHAPE_INT:
        ret_json->type = PN_JSON_INT;
        return pn_str_to_int64(text, &ret_json->integer) == PN_OK ||
               wrong(r, "It should be a whole number.");
    case PN_SHAPE_BOOL:
        ret_json->type = PN_JSON_BOOL;
        ret_json->boolean = pn_str_is(text, "true");
        return ret_json->boolean || pn_str_is(text, "false") ||
               wrong(r, "It should be true or false.");
    case PN_SHAPE_RULE:
    case PN_SHAPE_JSON:
    case PN_SHAPE_AMOUNT:
    case PN_SHAPE_OBJECT:
        if (pn_json_parse(text, NULL, r->exchange->arena, &parsed, &diag) != PN_OK) {
            return wrong(r, "It is no JSON: %s", diag.what);
        }
        *ret_json = *parsed;
        return true;
    case PN_SHAPE_LIST:
    case PN_SHAPE_TEXT:
    case PN_SHAPE_LINES:
    case PN_SHAPE_ID:
    case PN_SHAPE_DATE:
    case PN_SHAPE_TIME:
    case PN_SHAPE_WORD:
    case PN_SHAPE_EMAIL:
    case PN_SHAPE_URL: return true;
    }
    return true;
}

/* "a,b,c" */
static bool query_list(reader *r, const pn_shape *shape, pn_str text, pn_json *ret_json) {
    pn_json *items = NULL;
    size_t count = 0, capacity = 0;
    pn_str rest = text, part;
    while (text.len != 0 && count <= (size_t)shape->max && pn_str_split(&rest, ',', &part)) {
        items = pn_arena_grow(r->exchange->arena, items, count, &capacity, sizeof *items);
        if (!query_json(r, &shape->fields[0], part, &items[count])) {
            return false;
        }
        count++;
    }
    *ret_json = (pn_json){.type = PN_JSON_ARRAY, .count = (uint32_t)count, .items = items};
    return true;
}

static void read_parameter(reader *r, const pn_shape *shape, pn_str text,
                           pn_route_value *ret_value) {
    pn_json *json = pn_arena_new(r->exchange->arena, pn_json);
    if (ret_value->given) {
        (void)wrong(r, "It stands there twice.");
        return;
    }
    bool good = shape->type == PN_SHAPE_LIST ? query_list(r, shape, text, json)
                                             : query_json(r, shape, text, json);
    if (good) {
        (void)read_value(r, shape, json, ret_value);
    }
}

static const pn_shape *find_parameter(const pn_shape *shapes, pn_str name, size_t *ret_index) {
    for (size_t i = 0; shapes != NULL && shapes[i].name != NULL; i++) {
        if (pn_str_eq(name, pn_str_of(shapes[i].name))) {
            *ret_index = i;
            return &shapes[i];
        }
    }
    return NULL;
}

static void read_query(reader *r, const pn_route *route, struct pn_route_values *values) {
    pn_str rest = r->exchange->query, name, text;
    pn_err err;
    while ((err = pn_query_next(&rest, r->exchange->arena, &name, &text)) == PN_OK) {
        size_t index = 0;
        size_t before = descend(r, name);
        const pn_shape *shape = find_parameter(route->query, name, &index);
        pn_route_value *value = shape == NULL ? NULL : &values->query[index];
        if (shape == NULL && route->gives_list) {
            shape = find_parameter(PN_PAGE_SHAPES, name, &index);
            value = shape == NULL ? NULL : &values->page[index];
        }
        if (shape == NULL && !route->unlisted) {
            suggest(r, name, route->query, "parameter");
        } else if (shape != NULL) { /* whoever links to a page appends what they like */
            read_parameter(r, shape, text, value);
        }
        r->len = before;
    }
    if (err == PN_INVALID) {
        (void)wrong(r, "The query holds an escape that is none, or no UTF-8.");
    }
    for (size_t i = 0; i < pn_shape_count(route->query) && !r->failed; i++) {
        if (route->query[i].required && !values->query[i].given) {
            size_t before = descend(r, pn_str_of(route->query[i].name));
            (void)wrong(r, "It is required.");
            r->len = before;
        }
    }
}

/* ── the body ── */

/* "text/csv; charset=utf-8" is of type "text/csv"; a star takes all of its kind. */
static bool is_of_type(pn_str given, pn_str wanted) {
    pn_str type = PN_STR_NONE;
    (void)pn_str_split(&given, ';', &type);
    type = pn_str_trim(type);
    if (pn_str_is(wanted, "*/*")) {
        return true;
    }
    if (pn_str_ends(wanted, PN_STR("/*"))) {
        size_t len = wanted.len - 1;
        return type.len > len &&
               pn_str_eq_nocase(pn_str_first(type, len), pn_str_first(wanted, len));
    }
    return pn_str_eq_nocase(type, wanted);
}

static pn_err check_type(pn_exchange *exchange, const char *wanted) {
    pn_str given = pn_exchange_header(exchange, "content-type");
    pn_str rest = pn_str_of(wanted), one;
    while (pn_str_split(&rest, ' ', &one)) {
        if (is_of_type(given, one)) {
            return PN_OK;
        }
    }
    return pn_problem_set(exchange, PN_PROBLEM_BODY_TYPE, "The body should be %s, not “%.*s”.",
                          wanted, (int)PN_MIN(given.len, (size_t)100),
                          given.len == 0 ? "" : given.ptr);
}

static pn_err read_body(reader *r, const pn_route *route, struct pn_route_values *values) {
    pn_exchange *exchange = r->exchange;
    pn_diag diag = {0};
    if (route->body_type != NULL) {
        return check_type(exchange, route->body_type);
    }
    if (route->body == NULL) {
        return exchange->body.len == 0
                   ? PN_OK
                   : pn_problem_set(exchange, PN_PROBLEM_BODY_TYPE, "This takes no body.");
    }
    size_t count = pn_shape_count(route->body);
    values->body = pn_arena_array(exchange->arena, pn_route_value, count);
    pn_str text = exchange->body.len == 0 ? PN_STR("{}") : exchange->body;
    if (exchange->body.len != 0) {
        PN_TRY(check_type(exchange, "application/json"));
    }
    if (pn_json_parse(text, NULL, exchange->arena, &values->json, &diag) != PN_OK) {
        pn_err err = pn_problem_set(exchange, PN_PROBLEM_BODY_JSON, "%s", diag.what);
        pn_diag_where(&exchange->diag, "%s", diag.where);
        return err;
    }
    if (values->json->type != PN_JSON_OBJECT) {
        (void)wrong(r, "The body should be an object.");
        return PN_OK;
    }
    read_fields(r, route->body, values->json, values->body);
    return PN_OK;
}

pn_err pn_shape_request(pn_exchange *exchange) {
    const pn_route *route = exchange->route;
    struct pn_route_values *values = pn_arena_new(exchange->arena, struct pn_route_values);
    reader query = {.exchange = exchange, .query = true}, body = {.exchange = exchange};
    values->query =
        pn_arena_array(exchange->arena, pn_route_value, pn_shape_count(route->query) + 1);
    exchange->values = values;
    if (exchange->query.len > PN_LIMIT_API_QUERY_BYTES) {
        return pn_problem_set(exchange, PN_PROBLEM_URL_SIZE, "The query has more than %d bytes.",
                              PN_LIMIT_API_QUERY_BYTES);
    }
    bool for_people = route->unlisted && route->query == NULL;
    if (!for_people) { /* what mail programs hang onto a link is no mistake of who follows it */
        read_query(&query, route, values);
    }
    if (query.failed) {
        exchange->problem = PN_PROBLEM_QUERY;
        return PN_INVALID;
    }
    PN_TRY(read_body(&body, route, values));
    if (body.failed) {
        exchange->problem = PN_PROBLEM_BODY_FIELDS;
        return PN_INVALID;
    }
    return pn_arena_over(exchange->arena)
               ? pn_problem_set(exchange, PN_PROBLEM_BODY_SIZE,
                                "The body holds more values than fit in memory at once.")
               : PN_OK;
}

/* ── for routes ── */

const pn_route_value *pn_value_named(const pn_shape *fields, const pn_route_value *values,
                                     const char *name) {
    size_t i = 0;
    while (strcmp(fields[i].name, name) != 0) {
        i++;
        assert(fields[i].name != NULL); /* the descriptor declares what is asked for */
    }
    return &values[i];
}

const pn_route_value *pn_query_value(const pn_exchange *exchange, const char *name) {
    size_t index = 0;
    const struct pn_route_values *values = exchange->values;
    const pn_route *route = exchange->route;
    if (find_parameter(route->query, pn_str_of(name), &index) != NULL) {
        return &values->query[index];
    }
    assert(route->gives_list); /* the descriptor declares what is asked for */
    return pn_value_named(PN_PAGE_SHAPES, values->page, name);
}

const pn_route_value *pn_body_value(const pn_exchange *exchange, const char *name) {
    return pn_value_named(exchange->route->body, exchange->values->body, name);
}

pn_err pn_shape_read(pn_exchange *exchange, const pn_shape *fields, const pn_json *object,
                     const char *pointer, pn_route_value **ret_values) {
    reader r = {.exchange = exchange};
    pn_route_value *values =
        pn_arena_array(exchange->arena, pn_route_value, pn_shape_count(fields));
    r.len = PN_MIN(strlen(pointer), (size_t)POINTER_BYTES - 1);
    memcpy(r.pointer, pointer, r.len);
    if (object->type != PN_JSON_OBJECT) {
        (void)wrong(&r, "It should be an object, not %s.", pn_json_type_name(object->type));
    } else {
        read_fields(&r, fields, object, values);
    }
    if (r.failed) {
        exchange->problem = PN_PROBLEM_BODY_FIELDS;
        return PN_INVALID;
    }
    *ret_values = values;
    return PN_OK;
}

pn_err pn_argument_id(pn_exchange *exchange, size_t argument, pn_id_kind kind, pn_id *ret_id) {
    assert(argument < PN_ROUTE_ARGUMENTS);
    if (pn_id_parse(kind, exchange->arguments[argument], ret_id) != PN_OK) {
        return pn_diag_set(&exchange->diag, PN_NOT_FOUND,
                           "The path wants an id like “%s_” and 13 letters.", pn_id_prefix(kind));
    }
    return PN_OK;
}
