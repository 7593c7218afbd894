#include "base/json.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/banned.h"
#include "base/limits.h"
#include "base/sort.h"
#include "base/utf8.h"

typedef struct {
    pn_str input;
    size_t at;
    unsigned depth_left;
    bool duplicate_keys;
    pn_arena *arena;
    pn_diag *diag;
} reader;

void pn_json_position(pn_str input, size_t offset, unsigned *ret_line, unsigned *ret_column) {
    unsigned line = 1;
    size_t line_start = 0;
    for (size_t i = 0; i < offset && i < input.len; i++) {
        if (input.ptr[i] == '\n') {
            line++;
            line_start = i + 1;
        }
    }
    *ret_line = line;
    *ret_column = (unsigned)(PN_MIN(offset, input.len) - line_start) + 1;
}

static pn_err fail(reader *r, size_t at, const char *what) {
    unsigned line = 0, column = 0;
    pn_json_position(r->input, at, &line, &column);
    pn_err err = pn_diag_set(r->diag, PN_INVALID, "This is not valid JSON: %s.", what);
    pn_diag_where(r->diag, "line %u, column %u", line, column);
    return err;
}

static char peek(const reader *r) {
    return r->at < r->input.len ? r->input.ptr[r->at] : '\0';
}

static void skip_space(reader *r) {
    while (r->at < r->input.len) {
        char c = r->input.ptr[r->at];
        if (c != ' ' && c != '\n' && c != '\r' && c != '\t') {
            break;
        }
        r->at++;
    }
}

static bool hex_value(pn_str digits, uint32_t *ret_value) {
    if (digits.len < 4) {
        return false;
    }
    uint32_t value = 0;
    for (size_t i = 0; i < 4; i++) {
        int digit = pn_hex_value(digits.ptr[i]);
        if (digit < 0) {
            return false;
        }
        value = value * 16 + (uint32_t)digit;
    }
    *ret_value = value;
    return true;
}

/* \uXXXX at r->at (behind the 'u'), a surrogate pair included; writes UTF-8 to out. */
static pn_err read_unicode_escape(reader *r, char *out, size_t *len) {
    uint32_t c = 0;
    if (!hex_value(pn_str_from(r->input, r->at), &c)) {
        return fail(r, r->at, "\\u needs four hexadecimal digits");
    }
    r->at += 4;
    if (c >= 0xD800 && c <= 0xDBFF) {
        uint32_t low = 0;
        if (pn_str_starts(pn_str_from(r->input, r->at), PN_STR("\\u")) &&
            hex_value(pn_str_from(r->input, r->at + 2), &low) && low >= 0xDC00 && low <= 0xDFFF) {
            c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
            r->at += 6;
        } else {
            return fail(r, r->at, "half of a surrogate pair stands alone");
        }
    } else if (c >= 0xDC00 && c <= 0xDFFF) {
        return fail(r, r->at, "half of a surrogate pair stands alone");
    }
    *len += pn_utf8_encode(c, out + *len);
    return PN_OK;
}

static pn_err read_escaped(reader *r, size_t start, pn_str *ret_text) {
    /* The closing quote is not found yet; what is left of the input bounds the text. */
    size_t end = r->at;
    while (end < r->input.len && r->input.ptr[end] != '"') {
        end += r->input.ptr[end] == '\\' ? 2 : 1;
    }
    if (end >= r->input.len) {
        return fail(r, start, "a text has no closing quote");
    }
    char *out = pn_arena_alloc(r->arena, end - start + 1);
    size_t len = r->at - start;
    memcpy(out, r->input.ptr + start, len);
    while (peek(r) != '"') {
        char c = r->input.ptr[r->at];
        if ((unsigned char)c < 0x20) {
            return fail(r, r->at, "a control character stands in a text unescaped");
        }
        r->at++;
        if (c != '\\') {
            out[len++] = c;
            continue;
        }
        char escape = r->input.ptr[r->at++];
        switch (escape) {
        case '"':
        case '\\':
        case '/': out[len++] = escape; break;
        case 'b': out[len++] = '\b'; break;
        case 'f': out[len++] = '\f'; break;
        case 'n': out[len++] = '\n'; break;
        case 'r': out[len++] = '\r'; break;
        case 't': out[len++] = '\t'; break;
        case 'u': PN_TRY(read_unicode_escape(r, out, &len)); break;
        default: return fail(r, r->at - 1, "this escape does not exist");
        }
    }
    r->at++;
    out[len] = '\0';
    *ret_text = (pn_str){out, len};
    return PN_OK;
}

static pn_err read_text(reader *r, pn_str *ret_text) {
    size_t start = ++r->at;
    pn_err err = PN_OK;
    for (;;) {
        if (r->at >= r->input.len) {
            return fail(r, start - 1, "a text has no closing quote");
        }
        char c = r->input.ptr[r->at];
        if (c == '"') {
            *ret_text = (pn_str){r->input.ptr + start, r->at - start};
            r->at++;
            break;
        }
        if (c == '\\') {
            err = read_escaped(r, start, ret_text);
            break;
        }
        if ((unsigned char)c < 0x20) {
            return fail(r, r->at, "a control character stands in a text unescaped");
        }
        r->at++;
    }
    if (err == PN_OK && !pn_utf8_valid(*ret_text)) {
        return fail(r, start, "a text is not valid UTF-8");
    }
    return err;
}

static size_t digits_at(const reader *r, size_t at) {
    size_t count = 0;
    while (at + count < r->input.len && pn_is_digit(r->input.ptr[at + count])) {
        count++;
    }
    return count;
}

static pn_err read_number(reader *r, pn_json *value) {
    size_t start = r->at;
    bool integral = true;
    if (peek(r) == '-') {
        r->at++;
    }
    size_t whole = digits_at(r, r->at);
    if (whole == 0 || (whole > 1 && peek(r) == '0')) {
        return fail(r, start, "a number is not well formed");
    }
    r->at += whole;
    if (peek(r) == '.') {
        integral = false;
        size_t fraction = digits_at(r, r->at + 1);
        if (fraction == 0) {
            return fail(r, start, "a number needs digits behind its point");
        }
        r->at += 1 + fraction;
    }
    if (peek(r) == 'e' || peek(r) == 'E') {
        integral = false;
        r->at++;
        if (peek(r) == '+' || peek(r) == '-') {
            r->at++;
        }
        size_t exponent = digits_at(r, r->at);
        if (exponent == 0) {
            return fail(r, start, "a number needs digits in its exponent");
        }
        r->at += exponent;
    }
    pn_str text = {r->input.ptr + start, r->at - start};
    if (integral && pn_str_to_int64(text, &value->integer) == PN_OK) {
        value->type = PN_JSON_INT;
    } else {
        value->type = PN_JSON_REAL;
        value->text = text;
    }
    return PN_OK;
}

static pn_err read_word(reader *r, pn_str word) {
    if (!pn_str_starts(pn_str_from(r->input, r->at), word)) {
        return fail(r, r->at, "a value was expected here");
    }
    r->at += word.len;
    return PN_OK;
}

static pn_err read_value(reader *r, pn_json *value);

static pn_err read_array(reader *r, pn_json *value) {
    value->type = PN_JSON_ARRAY;
    size_t capacity = 0;
    r->at++;
    skip_space(r);
    if (peek(r) == ']') {
        r->at++;
        return PN_OK;
    }
    for (;;) {
        pn_json item = {0};
        PN_TRY(read_value(r, &item));
        value->items =
            pn_arena_grow(r->arena, value->items, value->count, &capacity, sizeof *value->items);
        value->items[value->count++] = item;
        skip_space(r);
        char c = peek(r);
        r->at++;
        if (c == ']') {
            return PN_OK;
        }
        if (c != ',') {
            return fail(r, r->at - 1, "a comma or ] was expected");
        }
    }
}

/* Index of an earlier member with this key, or SIZE_MAX. Large objects are checked once, sorted,
 * when they are complete, so that hostile input cannot make this quadratic. */
enum { LINEAR_MEMBERS_MAX = 32 };

static size_t earlier_member(const pn_json *object, pn_str key) {
    for (size_t i = 0; i < object->count; i++) {
        if (pn_str_eq(object->members[i].key, key)) {
            return i;
        }
    }
    return SIZE_MAX;
}

static int order_by_key(const void *a, const void *b) {
    const pn_json_member *const *x = a;
    const pn_json_member *const *y = b;
    int order = pn_str_cmp((*x)->key, (*y)->key);
    return order != 0 ? order : (*x < *y ? -1 : 1);
}

static const pn_json_member **sorted_members(const pn_json *object, pn_arena *arena) {
    const pn_json_member **sorted = pn_arena_alloc(arena, (object->count + 1) * sizeof(void *));
    for (size_t i = 0; i < object->count; i++) {
        sorted[i] = &object->members[i];
    }
    pn_sort((void *)sorted, object->count, sizeof *sorted, order_by_key, arena);
    return sorted;
}

static pn_err check_large_object(reader *r, pn_json *object) {
    if (object->count <= LINEAR_MEMBERS_MAX) {
        return PN_OK;
    }
    const pn_json_member **sorted = sorted_members(object, r->arena);
    bool *dropped = pn_arena_zalloc(r->arena, object->count, sizeof *dropped);
    for (size_t i = 1; i < object->count; i++) {
        if (pn_str_eq(sorted[i - 1]->key, sorted[i]->key)) {
            if (!r->duplicate_keys) {
                return fail(r, sorted[i]->value.offset, "a key appears twice in one object");
            }
            dropped[sorted[i - 1] - object->members] = true;
        }
    }
    uint32_t kept = 0;
    for (uint32_t i = 0; i < object->count; i++) {
        if (!dropped[i]) {
            object->members[kept++] = object->members[i];
        }
    }
    object->count = kept;
    return PN_OK;
}

static pn_err read_member(reader *r, pn_json *object, size_t *capacity) {
    skip_space(r);
    size_t key_at = r->at;
    if (peek(r) != '"') {
        return fail(r, key_at, "a key in quotes was expected");
    }
    pn_json_member member = {0};
    PN_TRY(read_text(r, &member.key));
    skip_space(r);
    if (peek(r) != ':') {
        return fail(r, r->at, "a colon was expected behind the key");
    }
    r->at++;
    PN_TRY(read_value(r, &member.value));
    size_t earlier =
        object->count < LINEAR_MEMBERS_MAX ? earlier_member(object, member.key) : SIZE_MAX;
    if (earlier != SIZE_MAX) {
        if (!r->duplicate_keys) {
            return fail(r, key_at, "a key appears twice in one object");
        }
        object->members[earlier].value = member.value;
        return PN_OK;
    }
    object->members =
        pn_arena_grow(r->arena, object->members, object->count, capacity, sizeof *object->members);
    object->members[object->count++] = member;
    return PN_OK;
}

static pn_err read_object(reader *r, pn_json *value) {
    value->type = PN_JSON_OBJECT;
    size_t capacity = 0;
    r->at++;
    skip_space(r);
    if (peek(r) == '}') {
        r->at++;
        return PN_OK;
    }
    for (;;) {
        PN_TRY(read_member(r, value, &capacity));
        skip_space(r);
        char c = peek(r);
        r->at++;
        if (c == '}') {
            return check_large_object(r, value);
        }
        if (c != ',') {
            return fail(r, r->at - 1, "a comma or } was expected");
        }
    }
}

static pn_err read_nested(reader *r, pn_json *value) {
    if (r->depth_left == 0) {
        (void)fail(r, r->at, "it is nested too deeply");
        return PN_LIMIT;
    }
    r->depth_left--;
    pn_err err = peek(r) == '{' ? read_object(r, value) : read_array(r, value);
    r->depth_left++;
    return err;
}

static pn_err read_value(reader *r, pn_json *value) {
    skip_space(r);
    value->offset = (uint32_t)r->at;
    if (r->at >= r->input.len) {
        return fail(r, r->at, "it ends where a value was expected");
    }
    switch (r->input.ptr[r->at]) {
    case '{':
    case '[': return read_nested(r, value);
    case '"': value->type = PN_JSON_STR; return read_text(r, &value->text);
    case 't':
        value->type = PN_JSON_BOOL;
        value->boolean = true;
        return read_word(r, PN_STR("true"));
    case 'f':
        value->type = PN_JSON_BOOL;
        value->boolean = false;
        return read_word(r, PN_STR("false"));
    case 'n': value->type = PN_JSON_NULL; return read_word(r, PN_STR("null"));
    default: return read_number(r, value);
    }
}

pn_err pn_json_parse(pn_str input, const pn_json_options *options, pn_arena *arena,
                     pn_json **ret_value, pn_diag *diag) {
    if (input.len > UINT32_MAX) {
        return pn_diag_set(diag, PN_LIMIT, "A JSON text of more than 4 GB is not read.");
    }
    reader r = {.input = input,
                .depth_left = options != NULL && options->depth_max != 0 ? options->depth_max
                                                                         : PN_LIMIT_JSON_DEPTH,
                .duplicate_keys = options != NULL && options->duplicate_keys,
                .arena = arena,
                .diag = diag};
    pn_json *value = pn_arena_new(arena, pn_json);
    PN_TRY(read_value(&r, value));
    skip_space(&r);
    if (r.at != input.len) {
        return fail(&r, r.at, "text follows the end of the value");
    }
    *ret_value = value;
    return PN_OK;
}

const pn_json *pn_json_get(const pn_json *object, pn_str key) {
    if (object == NULL || object->type != PN_JSON_OBJECT) {
        return NULL;
    }
    size_t at = earlier_member(object, key);
    return at == SIZE_MAX ? NULL : &object->members[at].value;
}

pn_str pn_json_text(const pn_json *value, pn_str otherwise) {
    return value != NULL && value->type == PN_JSON_STR ? value->text : otherwise;
}

int64_t pn_json_int(const pn_json *value, int64_t otherwise) {
    return value != NULL && value->type == PN_JSON_INT ? value->integer : otherwise;
}

bool pn_json_bool(const pn_json *value, bool otherwise) {
    return value != NULL && value->type == PN_JSON_BOOL ? value->boolean : otherwise;
}

double pn_json_double(const pn_json *value, double otherwise) {
    if (value == NULL) {
        return otherwise;
    }
    if (value->type == PN_JSON_INT) {
        return (double)value->integer;
    }
    if (value->type != PN_JSON_REAL) {
        return otherwise;
    }
    char text[64];
    size_t len = PN_MIN(value->text.len, sizeof text - 1);
    memcpy(text, value->text.ptr, len);
    text[len] = '\0';
    return strtod(text, NULL);
}

const char *pn_json_type_name(pn_json_type type) {
    switch (type) {
    case PN_JSON_NULL: return "null";
    case PN_JSON_BOOL: return "true or false";
    case PN_JSON_INT: return "a whole number";
    case PN_JSON_REAL: return "a number";
    case PN_JSON_STR: return "a text";
    case PN_JSON_ARRAY: return "a list";
    case PN_JSON_OBJECT: return "an object";
    }
    return "?";
}

static bool arrays_equal(const pn_json *a, const pn_json *b) {
    for (size_t i = 0; i < a->count; i++) {
        if (!pn_json_equal(&a->items[i], &b->items[i])) {
            return false;
        }
    }
    return true;
}

static bool objects_equal(const pn_json *a, const pn_json *b) {
    for (size_t i = 0; i < a->count; i++) {
        const pn_json *other = pn_json_get(b, a->members[i].key);
        if (other == NULL || !pn_json_equal(&a->members[i].value, other)) {
            return false;
        }
    }
    return true;
}

bool pn_json_equal(const pn_json *a, const pn_json *b) {
    if (a->type != b->type || a->count != b->count) {
        return false;
    }
    switch (a->type) {
    case PN_JSON_NULL: return true;
    case PN_JSON_BOOL: return a->boolean == b->boolean;
    case PN_JSON_INT: return a->integer == b->integer;
    case PN_JSON_REAL:
    case PN_JSON_STR: return pn_str_eq(a->text, b->text);
    case PN_JSON_ARRAY: return arrays_equal(a, b);
    case PN_JSON_OBJECT: return objects_equal(a, b);
    }
    return false;
}

pn_json_writer pn_json_writer_on(pn_buf *buf, unsigned indent) {
    return (pn_json_writer){.buf = buf, .indent = indent};
}

static void new_line(pn_json_writer *w) {
    if (w->indent != 0) {
        pn_buf_add_char(w->buf, '\n');
        for (unsigned i = 0; i < w->depth * w->indent; i++) {
            pn_buf_add_char(w->buf, ' ');
        }
    }
}

static void before_value(pn_json_writer *w) {
    if (w->after_key) {
        w->after_key = false;
        return;
    }
    if (w->needs_comma) {
        pn_buf_add_char(w->buf, ',');
    }
    if (w->depth != 0) {
        new_line(w);
    }
}

static void begin(pn_json_writer *w, char bracket) {
    before_value(w);
    pn_buf_add_char(w->buf, bracket);
    w->depth++;
    w->needs_comma = false;
}

static void end(pn_json_writer *w, char bracket) {
    assert(w->depth > 0 && !w->after_key);
    w->depth--;
    if (w->needs_comma) {
        new_line(w);
    }
    pn_buf_add_char(w->buf, bracket);
    w->needs_comma = true;
}

void pn_json_begin_object(pn_json_writer *w) {
    begin(w, '{');
}
void pn_json_end_object(pn_json_writer *w) {
    end(w, '}');
}
void pn_json_begin_array(pn_json_writer *w) {
    begin(w, '[');
}
void pn_json_end_array(pn_json_writer *w) {
    end(w, ']');
}

void pn_json_key(pn_json_writer *w, pn_str key) {
    assert(!w->after_key);
    before_value(w);
    pn_json_quote(w->buf, key);
    pn_buf_add_char(w->buf, ':');
    if (w->indent != 0) {
        pn_buf_add_char(w->buf, ' ');
    }
    w->after_key = true;
    w->needs_comma = false;
}

void pn_json_add_raw(pn_json_writer *w, pn_str json) {
    before_value(w);
    pn_buf_add_str(w->buf, json);
    w->needs_comma = true;
}

void pn_json_add_str(pn_json_writer *w, pn_str text) {
    before_value(w);
    pn_json_quote(w->buf, text);
    w->needs_comma = true;
}

void pn_json_add_int(pn_json_writer *w, int64_t value) {
    before_value(w);
    pn_buf_add_int(w->buf, value);
    w->needs_comma = true;
}

void pn_json_add_bool(pn_json_writer *w, bool value) {
    pn_json_add_raw(w, value ? PN_STR("true") : PN_STR("false"));
}

void pn_json_add_null(pn_json_writer *w) {
    pn_json_add_raw(w, PN_STR("null"));
}

static void add_tree(pn_json_writer *w, const pn_json *value, pn_arena *canonical_arena) {
    switch (value->type) {
    case PN_JSON_NULL: pn_json_add_null(w); break;
    case PN_JSON_BOOL: pn_json_add_bool(w, value->boolean); break;
    case PN_JSON_INT: pn_json_add_int(w, value->integer); break;
    case PN_JSON_REAL: pn_json_add_raw(w, value->text); break;
    case PN_JSON_STR: pn_json_add_str(w, value->text); break;
    case PN_JSON_ARRAY:
        pn_json_begin_array(w);
        for (size_t i = 0; i < value->count; i++) {
            add_tree(w, &value->items[i], canonical_arena);
        }
        pn_json_end_array(w);
        break;
    case PN_JSON_OBJECT: {
        const pn_json_member **sorted =
            canonical_arena != NULL ? sorted_members(value, canonical_arena) : NULL;
        pn_json_begin_object(w);
        for (size_t i = 0; i < value->count; i++) {
            const pn_json_member *member = sorted != NULL ? sorted[i] : &value->members[i];
            pn_json_key(w, member->key);
            add_tree(w, &member->value, canonical_arena);
        }
        pn_json_end_object(w);
        break;
    }
    }
}

void pn_json_add_value(pn_json_writer *w, const pn_json *value) {
    add_tree(w, value, NULL);
}

void pn_json_add_canonical(pn_json_writer *w, const pn_json *value, pn_arena *arena) {
    add_tree(w, value, arena);
}

void pn_json_put_str(pn_json_writer *w, const char *key, pn_str text) {
    pn_json_key(w, pn_str_of(key));
    pn_json_add_str(w, text);
}

void pn_json_put_int(pn_json_writer *w, const char *key, int64_t value) {
    pn_json_key(w, pn_str_of(key));
    pn_json_add_int(w, value);
}

void pn_json_put_bool(pn_json_writer *w, const char *key, bool value) {
    pn_json_key(w, pn_str_of(key));
    pn_json_add_bool(w, value);
}

void pn_json_put_str_if(pn_json_writer *w, const char *key, pn_str text) {
    if (text.len != 0) {
        pn_json_put_str(w, key, text);
    }
}

void pn_json_put_int_if(pn_json_writer *w, const char *key, int64_t value) {
    if (value != 0) {
        pn_json_put_int(w, key, value);
    }
}

void pn_json_quote(pn_buf *buf, pn_str text) {
    pn_buf_add_char(buf, '"');
    size_t from = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c >= 0x20 && c != '"' && c != '\\' && c != 0x7F) {
            continue;
        }
        pn_buf_add(buf, text.ptr + from, i - from);
        from = i + 1;
        switch (c) {
        case '"': pn_buf_add_lit(buf, "\\\""); break;
        case '\\': pn_buf_add_lit(buf, "\\\\"); break;
        case '\n': pn_buf_add_lit(buf, "\\n"); break;
        case '\r': pn_buf_add_lit(buf, "\\r"); break;
        case '\t': pn_buf_add_lit(buf, "\\t"); break;
        default: pn_buf_add_format(buf, "\\u%04x", c); break;
        }
    }
    pn_buf_add(buf, text.ptr + from, text.len - from);
    pn_buf_add_char(buf, '"');
}
