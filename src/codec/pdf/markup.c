#include "codec/pdf/markup.h"

#include "base/banned.h"
#include "codec/pdf/doc.h"

enum { BOLD_BYTES_MAX = 4000, WORDS_BYTES_MAX = 400 }; /* in one pair of signs */

typedef struct {
    pn_arena *arena;
    pn_str source;
    size_t at;
    char *text;
    size_t len;
    pn_pdf_span *spans;
    size_t count, capacity;
} marker;

static bool is_sign(char c) {
    return c == '*' || c == '[' || c == ']' || c == '(' || c == ')' || c == '\\';
}

/* The index of `sign` from `at` on that no backslash stands before, or SIZE_MAX. Not looked for
 * further than `reach`, else a text of opening brackets alone would be searched from each of
 * them. */
static size_t find_sign(pn_str source, size_t at, pn_str sign, size_t reach) {
    size_t end = PN_MIN(source.len, at + reach);
    for (size_t i = at; i + sign.len <= end; i++) {
        if (source.ptr[i] == '\\') {
            i++;
        } else if (memcmp(source.ptr + i, sign.ptr, sign.len) == 0) {
            return i;
        }
    }
    return SIZE_MAX;
}

static void add_span(marker *m, size_t start, pn_str url) {
    if (m->len > start) {
        m->spans = pn_arena_grow(m->arena, m->spans, m->count, &m->capacity, sizeof *m->spans);
        m->spans[m->count++] = (pn_pdf_span){start, m->len, url};
    }
}

/* A bracket within an address has a backslash before it, which is no part of it. */
static pn_str unescaped(pn_arena *arena, pn_str text) {
    char *copy = pn_arena_alloc(arena, text.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        i += text.ptr[i] == '\\' && i + 1 < text.len && is_sign(text.ptr[i + 1]);
        copy[len++] = text.ptr[i];
    }
    return (pn_str){copy, len};
}

static bool take_link(marker *m, size_t end);

static void take_until(marker *m, size_t end, bool in_bold, bool in_link) {
    while (m->at < end) {
        char c = m->source.ptr[m->at];
        if (c == '\\' && m->at + 1 < end && is_sign(m->source.ptr[m->at + 1])) {
            m->text[m->len++] = m->source.ptr[m->at + 1];
            m->at += 2;
            continue;
        }
        pn_str inside = pn_str_first(m->source, end);
        if (c == '*' && !in_bold && pn_str_starts(pn_str_from(inside, m->at), PN_STR("**"))) {
            size_t close = find_sign(inside, m->at + 2, PN_STR("**"), BOLD_BYTES_MAX);
            if (close != SIZE_MAX && close > m->at + 2) {
                size_t start = m->len;
                m->at += 2;
                take_until(m, close, true, in_link);
                m->at = close + 2;
                add_span(m, start, PN_STR_NONE);
                continue;
            }
        }
        if (c == '[' && !in_link && take_link(m, end)) {
            continue;
        }
        m->text[m->len++] = c;
        m->at++;
    }
}

/* At a bracket: the link that begins here, if one does. */
static bool take_link(marker *m, size_t end) {
    pn_str inside = pn_str_first(m->source, end);
    size_t close = find_sign(inside, m->at + 1, PN_STR("]"), WORDS_BYTES_MAX);
    if (close == SIZE_MAX || close == m->at + 1 || close + 1 >= end ||
        inside.ptr[close + 1] != '(') {
        return false;
    }
    size_t paren = find_sign(inside, close + 2, PN_STR(")"), PN_PDF_URL_BYTES_MAX + 1);
    if (paren == SIZE_MAX) {
        return false;
    }
    pn_str url = unescaped(m->arena, pn_str_sub(inside.ptr + close + 2, inside.ptr + paren));
    if (!pn_pdf_url_ok(url)) {
        return false;
    }
    size_t start = m->len;
    m->at++;
    take_until(m, close, false, true);
    m->at = paren + 1;
    add_span(m, start, url);
    return true;
}

pn_pdf_marked pn_pdf_markup(pn_arena *arena, pn_str source) {
    if (source.len == 0 || (memchr(source.ptr, '*', source.len) == NULL &&
                            memchr(source.ptr, '[', source.len) == NULL &&
                            memchr(source.ptr, '\\', source.len) == NULL)) {
        return pn_pdf_plain(source);
    }
    marker m = {.arena = arena, .source = source, .text = pn_arena_alloc(arena, source.len + 1)};
    take_until(&m, source.len, false, false);
    return (pn_pdf_marked){{m.text, m.len}, m.spans, m.count};
}

pn_pdf_marked pn_pdf_plain(pn_str text) {
    return (pn_pdf_marked){text, NULL, 0};
}

pn_pdf_marked pn_pdf_marked_part(pn_arena *arena, const pn_pdf_marked *whole, size_t start,
                                 size_t end) {
    if (start == 0 && end == whole->text.len) {
        return *whole;
    }
    pn_pdf_marked part = {.text = pn_str_first(pn_str_from(whole->text, start), end - start)};
    part.spans = pn_arena_array(arena, pn_pdf_span, whole->span_count + 1);
    for (size_t i = 0; i < whole->span_count; i++) {
        const pn_pdf_span *span = &whole->spans[i];
        size_t from = PN_MAX(span->start, start), to = PN_MIN(span->end, end);
        if (from < to) {
            part.spans[part.span_count++] = (pn_pdf_span){from - start, to - start, span->url};
        }
    }
    return part;
}

bool pn_pdf_all_bold(const pn_pdf_marked *marked) {
    for (size_t i = 0; i < marked->span_count; i++) {
        const pn_pdf_span *span = &marked->spans[i];
        if (span->url.len == 0 && span->start == 0 && span->end == marked->text.len) {
            return true;
        }
    }
    return false;
}
