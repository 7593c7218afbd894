#include "net/imap_reply.h"

#include "base/banned.h"

/* ── cutting ─────────────────────────────────────────────────────────────────────────────────── */

static pn_str without_line_end(pn_str line) {
    return line.len > 0 && line.ptr[line.len - 1] == '\r' ? pn_str_first(line, line.len - 1) : line;
}

/* The length of the literal that `line` announces at its end: "… {123}", or "~{123}" (RFC 3516). */
static bool literal_length(pn_str line, size_t *ret_length) {
    if (line.len < 3 || line.ptr[line.len - 1] != '}') {
        return false;
    }
    size_t at = line.len - 1, length = 0;
    while (at > 0 && pn_is_digit(line.ptr[at - 1])) {
        at--;
    }
    if (at == line.len - 1 || at == 0 || line.ptr[at - 1] != '{' || line.len - 1 - at > 10) {
        return false;
    }
    for (; at < line.len - 1; at++) {
        length = length * 10 + (size_t)(line.ptr[at] - '0');
    }
    *ret_length = length;
    return true;
}

static const struct {
    pn_str word;
    pn_imap_kind kind;
} STATUSES[] = {
    {{"OK", 2}, PN_IMAP_OK},           {{"NO", 2}, PN_IMAP_NO},   {{"BAD", 3}, PN_IMAP_BAD},
    {{"PREAUTH", 7}, PN_IMAP_PREAUTH}, {{"BYE", 3}, PN_IMAP_BYE},
};

static bool status_of(pn_str word, pn_imap_kind *ret_kind) {
    for (size_t i = 0; i < PN_COUNT(STATUSES); i++) {
        if (pn_str_eq_nocase(word, STATUSES[i].word)) {
            *ret_kind = STATUSES[i].kind;
            return true;
        }
    }
    return false;
}

static pn_str first_word(pn_str text) {
    return pn_str_first(text, PN_MIN(pn_str_find_char(text, ' '), text.len));
}

/* Only data have literals: the text of a status may end with "{5}" and mean nothing by it. */
static bool may_have_literals(pn_str line) {
    pn_imap_kind kind;
    return line.len > 2 && line.ptr[0] == '*' && line.ptr[1] == ' ' &&
           !status_of(first_word(pn_str_from(line, 2)), &kind);
}

pn_err pn_imap_reply_size(pn_str input, size_t max, size_t *ret_size) {
    pn_str bounded = pn_str_first(input, max);
    size_t at = 0, length = 0;
    bool data = false;
    for (bool first = true;; first = false) {
        pn_str rest = pn_str_from(bounded, at);
        size_t len = pn_str_find_char(rest, '\n');
        if (len == SIZE_MAX) {
            return input.len >= max ? PN_LIMIT : PN_NOT_FOUND;
        }
        pn_str line = without_line_end(pn_str_first(rest, len));
        data = first ? may_have_literals(line) : data;
        at += len + 1;
        if (!data || !literal_length(line, &length)) {
            *ret_size = at;
            return PN_OK;
        }
        if (length > max - at) {
            return PN_LIMIT;
        }
        at += length;
        if (at > bounded.len) {
            return PN_NOT_FOUND;
        }
    }
}

/* ── reading ─────────────────────────────────────────────────────────────────────────────────── */

typedef struct {
    pn_str text;
    size_t at;
    size_t values;
    pn_arena *arena;
} reader;

static bool more(const reader *r) {
    return r->at < r->text.len;
}

static bool is_at(const reader *r, char c) {
    return more(r) && r->text.ptr[r->at] == c;
}

static void skip_spaces(reader *r) {
    while (is_at(r, ' ')) {
        r->at++;
    }
}

static pn_err read_literal(reader *r, pn_imap_value *ret_value) {
    size_t line = pn_str_find_char(pn_str_from(r->text, r->at), '\n'), length = 0;
    if (line == SIZE_MAX) {
        return PN_INVALID;
    }
    pn_str head = without_line_end(pn_str_sub(r->text.ptr + r->at, r->text.ptr + r->at + line));
    if (!literal_length(head, &length) || head.ptr[0] != '{') {
        return PN_INVALID;
    }
    r->at += line + 1;
    if (length > r->text.len - r->at) {
        return PN_INVALID;
    }
    *ret_value = (pn_imap_value){.type = PN_IMAP_STRING,
                                 .text = pn_str_first(pn_str_from(r->text, r->at), length)};
    r->at += length;
    return PN_OK;
}

static pn_str unescaped(pn_str text, pn_arena *arena) {
    char *out = pn_arena_alloc(arena, text.len);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\\' && i + 1 < text.len) {
            i++;
        }
        out[len++] = text.ptr[i];
    }
    return (pn_str){out, len};
}

static pn_err read_quoted(reader *r, pn_imap_value *ret_value) {
    size_t begin = ++r->at;
    bool escapes = false;
    while (more(r) && r->text.ptr[r->at] != '"') {
        if (r->text.ptr[r->at] == '\n') {
            return PN_INVALID;
        }
        escapes = escapes || r->text.ptr[r->at] == '\\';
        r->at += is_at(r, '\\') ? 2 : 1;
    }
    if (!more(r)) {
        return PN_INVALID;
    }
    pn_str text = pn_str_sub(r->text.ptr + begin, r->text.ptr + r->at);
    r->at++;
    *ret_value =
        (pn_imap_value){.type = PN_IMAP_STRING, .text = escapes ? unescaped(text, r->arena) : text};
    return PN_OK;
}

/* Atoms may hold a section in brackets with spaces and parentheses: BODY[HEADER.FIELDS (FROM)]. */
static pn_err read_atom(reader *r, pn_imap_value *ret_value) {
    size_t begin = r->at;
    bool section = false;
    for (; more(r); r->at++) {
        char c = r->text.ptr[r->at];
        if (c == '[') {
            section = true;
        } else if (c == ']' && section) {
            section = false;
        } else if (c == '\r' || c == '\n' || c == '"' ||
                   (!section && (c == ' ' || c == '(' || c == ')' || c == '{' || c == ']'))) {
            break;
        }
    }
    if (r->at == begin || section) {
        return PN_INVALID;
    }
    pn_str text = pn_str_sub(r->text.ptr + begin, r->text.ptr + r->at);
    bool nil = pn_str_eq_nocase(text, PN_STR("NIL"));
    *ret_value = (pn_imap_value){.type = nil ? PN_IMAP_NIL : PN_IMAP_ATOM, .text = text};
    return PN_OK;
}

static pn_err read_values(reader *r, char end, unsigned depth, const pn_imap_value **ret_items,
                          size_t *ret_count);

static pn_err read_value(reader *r, unsigned depth, pn_imap_value *ret_value) {
    if (++r->values > PN_IMAP_VALUES_MAX) {
        return PN_LIMIT;
    }
    switch (r->text.ptr[r->at]) {
    case '{': return read_literal(r, ret_value);
    case '"': return read_quoted(r, ret_value);
    case '(': {
        pn_imap_value list = {.type = PN_IMAP_LIST};
        if (depth == 0) {
            return PN_LIMIT;
        }
        r->at++;
        PN_TRY(read_values(r, ')', depth - 1, &list.items, &list.count));
        *ret_value = list;
        return PN_OK;
    }
    default: return read_atom(r, ret_value);
    }
}

static bool at_line_end(const reader *r) {
    return !more(r) || is_at(r, '\r') || is_at(r, '\n');
}

/* Values up to `end`, which is consumed; '\n' stands for the end of the response. */
static pn_err read_values(reader *r, char end, unsigned depth, const pn_imap_value **ret_items,
                          size_t *ret_count) {
    pn_imap_value *items = NULL;
    size_t count = 0, capacity = 0;
    for (;;) {
        skip_spaces(r);
        if (end == '\n' ? at_line_end(r) : is_at(r, end)) {
            r->at += end == '\n' ? 0 : 1;
            *ret_items = items;
            *ret_count = count;
            return PN_OK;
        }
        if (at_line_end(r)) {
            return PN_INVALID;
        }
        items = pn_arena_grow(r->arena, items, count, &capacity, sizeof *items);
        PN_TRY(read_value(r, depth, &items[count]));
        count++;
    }
}

/* "[UIDVALIDITY 42] text": the code's words become the reply's values. Codes nobody here asks for
 * may hold what is no value; then the whole is text. */
static pn_err read_status(reader *r, pn_imap_reply *reply) {
    skip_spaces(r);
    if (is_at(r, '[')) {
        reader inner = *r;
        pn_str rest = pn_str_from(r->text, r->at);
        size_t end = pn_str_find_char(rest, ']');
        if (end != SIZE_MAX) {
            inner.text = pn_str_first(r->text, r->at + end);
            inner.at++;
            const pn_imap_value *items = NULL;
            size_t count = 0;
            pn_err err = read_values(&inner, '\n', PN_IMAP_DEPTH_MAX, &items, &count);
            if (err == PN_LIMIT) {
                return err;
            }
            if (err == PN_OK) {
                reply->values = items;
                reply->count = count;
                r->at += end + 1;
                skip_spaces(r);
            }
        }
    }
    reply->text = pn_str_trim(pn_str_from(r->text, r->at));
    return PN_OK;
}

static pn_str read_word(reader *r) {
    skip_spaces(r);
    size_t begin = r->at;
    while (more(r) && !at_line_end(r) && !is_at(r, ' ') && !is_at(r, '(')) {
        r->at++;
    }
    return pn_str_sub(r->text.ptr + begin, r->text.ptr + r->at);
}

static pn_err read_untagged(reader *r, pn_imap_reply *reply) {
    pn_str word = read_word(r);
    if (word.len == 0) {
        return PN_INVALID;
    }
    if (status_of(word, &reply->kind)) {
        return read_status(r, reply);
    }
    if (pn_is_digit(word.ptr[0])) {
        if (word.len > 10 || pn_str_to_int64(word, &reply->number) != PN_OK) {
            return PN_INVALID;
        }
        word = read_word(r);
        if (word.len == 0) {
            return PN_INVALID;
        }
    }
    reply->word = word;
    return read_values(r, '\n', PN_IMAP_DEPTH_MAX, &reply->values, &reply->count);
}

pn_err pn_imap_reply_parse(pn_str response, pn_arena *arena, pn_imap_reply *ret_reply) {
    reader r = {.text = response, .arena = arena};
    pn_imap_reply reply = {.kind = PN_IMAP_DATA, .number = -1};
    pn_str tag = read_word(&r);
    pn_err err = PN_OK;
    if (pn_str_is(tag, "*")) {
        err = read_untagged(&r, &reply);
    } else if (pn_str_is(tag, "+")) {
        reply.kind = PN_IMAP_CONTINUE;
        reply.text = pn_str_trim(pn_str_from(response, r.at));
    } else if (tag.len == 0 || !status_of(read_word(&r), &reply.kind) ||
               reply.kind == PN_IMAP_PREAUTH || reply.kind == PN_IMAP_BYE) {
        err = PN_INVALID;
    } else {
        reply.tag = tag;
        err = read_status(&r, &reply);
    }
    if (err == PN_OK) {
        *ret_reply = reply;
    }
    return err;
}

const pn_imap_value *pn_imap_find(const pn_imap_value *pairs, size_t count, pn_str key) {
    for (size_t i = 0; i + 1 < count; i += 2) {
        if (pairs[i].type == PN_IMAP_ATOM && pn_str_eq_nocase(pairs[i].text, key)) {
            return &pairs[i + 1];
        }
    }
    return NULL;
}

bool pn_imap_number(const pn_imap_value *value, uint32_t *ret_number) {
    int64_t number = 0;
    if (value == NULL || value->type != PN_IMAP_ATOM || value->text.len > 10 ||
        value->text.len == 0 || !pn_is_digit(value->text.ptr[0]) ||
        pn_str_to_int64(value->text, &number) != PN_OK || number > UINT32_MAX) {
        return false;
    }
    *ret_number = (uint32_t)number;
    return true;
}
