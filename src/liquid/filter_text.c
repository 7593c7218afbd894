/* Filters on texts. Characters are code points; case is that of base/utf8.
 *
 * A safe text (captured output, host HTML, what `escape` made) stays safe under filters that
 * cannot break an entity or a tag: joining with another text, which is escaped first where it is
 * not safe, and taking white space away. Every other filter gives a text that is escaped when
 * printed. */
#include "base/banned.h"
#include "base/utf8.h"
#include "liquid/access.h"
#include "liquid/escape.h"
#include "liquid/filter.h"
#include "liquid/print.h"

static bool escapes_html(const pn_liquid_run *run) {
    return run->context->escape == PN_LIQUID_ESCAPE_HTML;
}

/* Ends the text begun with pn_liquid_begin and makes it the filter's result. */
static pn_err end_text(pn_liquid_run *run, bool safe, pn_liquid_value *ret_value) {
    pn_str text;
    PN_TRY(pn_liquid_end(run, &text));
    *ret_value = safe ? pn_liquid_safe(text) : pn_liquid_str(text);
    return PN_OK;
}

/* A result that is part of another text. */
static pn_err part_of(pn_liquid_run *run, pn_str text, bool safe, pn_liquid_value *ret_value) {
    PN_TRY(pn_liquid_charge_bytes(run, text.len));
    *ret_value = safe ? pn_liquid_safe(text) : pn_liquid_str(text);
    return PN_OK;
}

/* ── joining ─────────────────────────────────────────────────────────────────────────────────── */

static void add_escaped(const pn_liquid_run *run, pn_buf *buf, pn_str text, bool escape) {
    if (escape && escapes_html(run)) {
        pn_liquid_escape_html(buf, text);
    } else if (escape && run->context->escape == PN_LIQUID_ESCAPE_URL) {
        pn_liquid_escape_url(buf, text, false);
    } else if (escape && run->context->escape == PN_LIQUID_ESCAPE_JSON) {
        pn_liquid_escape_json(buf, text);
    } else {
        pn_buf_add_str(buf, text);
    }
}

static pn_err joined(pn_liquid_run *run, pn_liquid_value first, pn_liquid_value second,
                     pn_liquid_value *ret_value) {
    pn_str head, tail;
    PN_TRY(pn_liquid_to_text(run, first, &head));
    PN_TRY(pn_liquid_to_text(run, second, &tail));
    bool safe = first.safe || second.safe;
    pn_buf *buf = pn_liquid_begin(run);
    add_escaped(run, buf, head, safe && !first.safe);
    add_escaped(run, buf, tail, safe && !second.safe);
    return end_text(run, safe, ret_value);
}

pn_err pn_liquid_filter_append(pn_liquid_run *run, const pn_liquid_value *args, size_t count,
                               pn_liquid_value *ret_value) {
    (void)count;
    return joined(run, args[0], args[1], ret_value);
}

pn_err pn_liquid_filter_prepend(pn_liquid_run *run, const pn_liquid_value *args, size_t count,
                                pn_liquid_value *ret_value) {
    (void)count;
    return joined(run, args[1], args[0], ret_value);
}

/* ── case ────────────────────────────────────────────────────────────────────────────────────── */

typedef enum { CASE_UPPER, CASE_LOWER, CASE_CAPITALIZED } text_case;

static pn_err in_case(pn_liquid_run *run, pn_liquid_value value, text_case wanted,
                      pn_liquid_value *ret_value) {
    pn_str text;
    PN_TRY(pn_liquid_to_text(run, value, &text));
    pn_buf *buf = pn_liquid_begin(run);
    for (size_t i = 0; i < text.len && !buf->failed;) {
        uint32_t c = 0;
        size_t len = pn_utf8_decode(pn_str_from(text, i), &c);
        bool upper = wanted == CASE_UPPER || (wanted == CASE_CAPITALIZED && i == 0);
        char encoded[4];
        pn_buf_add(buf, encoded,
                   pn_utf8_encode(upper ? pn_utf8_upper(c) : pn_utf8_lower(c), encoded));
        i += len;
    }
    return end_text(run, false, ret_value);
}

pn_err pn_liquid_filter_upcase(pn_liquid_run *run, const pn_liquid_value *args, size_t count,
                               pn_liquid_value *ret_value) {
    (void)count;
    return in_case(run, args[0], CASE_UPPER, ret_value);
}

pn_err pn_liquid_filter_downcase(pn_liquid_run *run, const pn_liquid_value *args, size_t count,
                                 pn_liquid_value *ret_value) {
    (void)count;
    return in_case(run, args[0], CASE_LOWER, ret_value);
}

pn_err pn_liquid_filter_capitalize(pn_liquid_run *run, const pn_liquid_value *args, size_t count,
                                   pn_liquid_value *ret_value) {
    (void)count;
    return in_case(run, args[0], CASE_CAPITALIZED, ret_value);
}

/* ── escaping ────────────────────────────────────────────────────────────────────────────────── */

pn_err pn_liquid_filter_escape(pn_liquid_run *run, const pn_liquid_value *args, size_t count,
                               pn_liquid_value *ret_value) {
    (void)count;
    if (args[0].kind == PN_LIQUID_NIL || (args[0].safe && escapes_html(run))) {
        *ret_value = args[0];
        return PN_OK;
    }
    pn_str text;
    PN_TRY(pn_liquid_to_text(run, args[0], &text));
    pn_liquid_escape_html(pn_liquid_begin(run), text);
    return end_text(run, escapes_html(run), ret_value);
}

pn_err pn_liquid_filter_escape_once(pn_liquid_run *run, const pn_liquid_value *args, size_t count,
                                    pn_liquid_value *ret_value) {
    (void)count;
    pn_str text;
    PN_TRY(pn_liquid_to_text(run, args[0], &text));
    pn_liquid_escape_html_once(pn_liquid_begin(run), text);
    return end_text(run, escapes_html(run), ret_value);
}

pn_err pn_liquid_filter_url_encode(pn_liquid_run *run, const pn_liquid_value *args, size_t count,
                                   pn_liquid_value *ret_value) {
    (void)count;
    if (args[0].kind == PN_LIQUID_NIL) {
        *ret_value = args[0];
        return PN_OK;
    }
    pn_str text;
    PN_TRY(pn_liquid_to_text(run, args[0], &text));
    pn_liquid_escape_url(pn_liquid_begin(run), text, true);
    return end_text(run, false, ret_value);
}

pn_err pn_liquid_filter_url_decode(pn_liquid_run *run, const pn_liquid_value *args, size_t count,
                                   pn_liquid_value *ret_value) {
    (void)count;
    if (args[0].kind == PN_LIQUID_NIL) {
        *ret_value = args[0];
        return PN_OK;
    }
    pn_str text;
    PN_TRY(pn_liquid_to_text(run, args[0], &text));
    pn_buf *buf = pn_liquid_begin(run);
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '%' && i + 2 < text.len && pn_hex_value(text.ptr[i + 1]) >= 0 &&
            pn_hex_value(text.ptr[i + 2]) >= 0) {
            c = (char)(pn_hex_value(text.ptr[i + 1]) * 16 + pn_hex_value(text.ptr[i + 2]));
            i += 2;
        } else if (c == '+') {
            c = ' ';
        }
        pn_buf_add_char(buf, c);
    }
    if (!pn_utf8_valid(pn_buf_str(buf))) {
        return pn_liquid_fail(run, "What url_decode gives is not valid text.");
    }
    return end_text(run, false, ret_value);
}

pn_err pn_liquid_filter_newline_to_br(pn_liquid_run *run, const pn_liquid_value *args, size_t count,
                                      pn_liquid_value *ret_value) {
    (void)count;
    pn_str text;
    PN_TRY(pn_liquid_to_text(run, args[0], &text));
    pn_buf *buf = pn_liquid_begin(run);
    while (text.len > 0 && !buf->failed) {
        size_t line = PN_MIN(pn_str_find_char(text, '\n'), text.len);
        bool ends = line < text.len;
        bool carriage = ends && line > 0 && text.ptr[line - 1] == '\r';
        add_escaped(run, buf, pn_str_first(text, line - carriage),
                    escapes_html(run) && !args[0].safe);
        if (ends) {
            pn_buf_add_lit(buf, "<br />\n");
        }
        text = pn_str_from(text, line + ends);
    }
    return end_text(run, escapes_html(run), ret_value);
}

pn_err pn_liquid_filter_safe(pn_liquid_run *run, const pn_liquid_value *args, size_t count,
                             pn_liquid_value *ret_value) {
    (void)count;
    pn_str text;
    PN_TRY(pn_liquid_to_text(run, args[0], &text));
    *ret_value = pn_liquid_safe(text);
    return PN_OK;
}

/* ── white space ─────────────────────────────────────────────────────────────────────────────── */

static bool is_blank_byte(char c) {
    return pn_is_space(c) || c == '\0';
}

static pn_err stripped(pn_liquid_run *run, pn_liquid_value value, bool left, bool right,
                       pn_liquid_value *ret_value) {
    pn_str text;
    PN_TRY(pn_liquid_to_text(run, value, &text));
    while (left && text.len > 0 && is_blank_byte(text.ptr[0])) {
        text = pn_str_from(text, 1);
    }
    while (right && text.len > 0 && is_blank_byte(text.ptr[text.len - 1])) {
        text.len--;
    }
    return part_of(run, text, value.safe, ret_value);
}

pn_err pn_liquid_filter_strip(pn_liquid_run *run, const pn_liquid_value *args, size_t count,
                              pn_liquid_value *ret_value) {
    (void)count;
    return stripped(run, args[0], true, true, ret_value);
}

pn_err pn_liquid_filter_lstrip(pn_liquid_run *run, const pn_liquid_value *args, size_t count,
                               pn_liquid_value *ret_value) {
    (void)count;
    return stripped(run, args[0], true, false, ret_value);
}

pn_err pn_liquid_filter_rstrip(pn_liquid_run *run, const pn_liquid_value *args, size_t count,
                               pn_liquid_value *ret_value) {
    (void)count;
    return stripped(run, args[0], false, true, ret_value);
}

pn_err pn_liquid_filter_squish(pn_liquid_run *run, const pn_liquid_value *args, size_t count,
                               pn_liquid_value *ret_value) {
    (void)count;
    if (args[0].kind == PN_LIQUID_NIL) {
        *ret_value = args[0];
        return PN_OK;
    }
    pn_str text;
    PN_TRY(pn_liquid_to_text(run, args[0], &text));
    text = pn_str_trim(text);
    pn_buf *buf = pn_liquid_begin(run);
    for (size_t i = 0; i < text.len; i++) {
        if (!pn_is_space(text.ptr[i])) {
            pn_buf_add_char(buf, text.ptr[i]);
        } else if (!pn_is_space(text.ptr[i - 1])) {
            pn_buf_add_char(buf, ' ');
        }
    }
    return end_text(run, args[0].safe, ret_value);
}

pn_err pn_liquid_filter_strip_newlines(pn_liquid_run *run, const pn_liquid_value *args,
                                       size_t count, pn_liquid_value *ret_value) {
    (void)count;
    pn_str text;
    PN_TRY(pn_liquid_to_text(run, args[0], &text));
    pn_buf *buf = pn_liquid_begin(run);
    for (size_t i = 0; i < text.len; i++) {
        bool carriage = text.ptr[i] == '\r' && i + 1 < text.len && text.ptr[i + 1] == '\n';
        if (text.ptr[i] != '\n' && !carriage) {
            pn_buf_add_char(buf, text.ptr[i]);
        }
    }
    return end_text(run, args[0].safe, ret_value);
}

/* ── tags ────────────────────────────────────────────────────────────────────────────────────── */

/* Bytes of the block that `open` begins and `close` ends, at the head of `text`; 0 when there is
 * none. `*absent` remembers that `close` does not occur any more. */
static size_t block_length(pn_str text, pn_str open, pn_str close, bool *absent) {
    if (*absent || !pn_str_starts(text, open)) {
        return 0;
    }
    size_t end = pn_str_find(pn_str_from(text, open.len), close);
    *absent = end == SIZE_MAX;
    return *absent ? 0 : open.len + end + close.len;
}

static void without_blocks(pn_buf *buf, pn_str text) {
    static const pn_str BLOCKS[][2] = {
        {{"<script", 7}, {"</script>", 9}},
        {{"<!--", 4}, {"-->", 3}},
        {{"<style", 6}, {"</style>", 8}},
    };
    bool absent[PN_COUNT(BLOCKS)] = {false};
    while (text.len > 0 && !buf->failed) {
        size_t plain = PN_MIN(pn_str_find_char(text, '<'), text.len);
        pn_buf_add(buf, text.ptr, plain);
        text = pn_str_from(text, plain);
        size_t block = 0;
        for (size_t i = 0; i < PN_COUNT(BLOCKS) && block == 0; i++) {
            block = block_length(text, BLOCKS[i][0], BLOCKS[i][1], &absent[i]);
        }
        if (block == 0 && text.len > 0) {
            pn_buf_add_char(buf, '<');
            block = 1;
        }
        text = pn_str_from(text, block);
    }
}

static void without_tags(pn_buf *buf, pn_str text) {
    while (text.len > 0) {
        size_t open = PN_MIN(pn_str_find_char(text, '<'), text.len);
        size_t close = pn_str_find_char(pn_str_from(text, open), '>');
        if (close == SIZE_MAX) {
            break;
        }
        pn_buf_add(buf, text.ptr, open);
        text = pn_str_from(text, open + close + 1);
    }
    pn_buf_add_str(buf, text);
}

pn_err pn_liquid_filter_strip_html(pn_liquid_run *run, const pn_liquid_value *args, size_t count,
                                   pn_liquid_value *ret_value) {
    (void)count;
    pn_str text;
    PN_TRY(pn_liquid_to_text(run, args[0], &text));
    without_blocks(pn_liquid_begin(run), text);
    PN_TRY(pn_liquid_end(run, &text));
    without_tags(pn_liquid_begin(run), text);
    return end_text(run, args[0].safe, ret_value);
}

/* ── replacing ───────────────────────────────────────────────────────────────────────────────── */

/* An empty needle stands before every character and at the end. */
static void replace_nothing(pn_buf *buf, pn_str text, pn_str replacement) {
    while (text.len > 0 && !buf->failed) {
        size_t len = pn_utf8_prefix(text, 1);
        pn_buf_add_str(buf, replacement);
        pn_buf_add(buf, text.ptr, len);
        text = pn_str_from(text, len);
    }
    pn_buf_add_str(buf, replacement);
}

typedef enum { REPLACE_ALL, REPLACE_FIRST, REPLACE_LAST } replace_which;

static size_t find_last(pn_str text, pn_str needle) {
    for (size_t i = text.len + 1; i-- > 0;) {
        if (pn_str_starts(pn_str_from(text, i), needle)) {
            return i;
        }
    }
    return SIZE_MAX;
}

static void replace_once(pn_buf *buf, pn_str text, size_t at, pn_str needle, pn_str replacement) {
    pn_buf_add_str(buf, pn_str_first(text, PN_MIN(at, text.len)));
    if (at != SIZE_MAX) {
        pn_buf_add_str(buf, replacement);
        pn_buf_add_str(buf, pn_str_from(text, at + needle.len));
    }
}

static pn_err replaced(pn_liquid_run *run, const pn_liquid_value *args, pn_liquid_value with,
                       replace_which which, pn_liquid_value *ret_value) {
    pn_str text, needle, replacement;
    PN_TRY(pn_liquid_to_text(run, args[0], &text));
    PN_TRY(pn_liquid_to_text(run, args[1], &needle));
    PN_TRY(pn_liquid_to_text(run, with, &replacement));
    PN_TRY(pn_liquid_charge_search(run, text.len, needle.len));
    pn_buf *buf = pn_liquid_begin(run);
    switch (which) {
    case REPLACE_FIRST:
        replace_once(buf, text, pn_str_find(text, needle), needle, replacement);
        break;
    case REPLACE_LAST: replace_once(buf, text, find_last(text, needle), needle, replacement); break;
    case REPLACE_ALL:
        if (needle.len == 0) {
            replace_nothing(buf, text, replacement);
            break;
        }
        for (size_t at; (at = pn_str_find(text, needle)) != SIZE_MAX && !buf->failed;) {
            pn_buf_add(buf, text.ptr, at);
            pn_buf_add_str(buf, replacement);
            text = pn_str_from(text, at + needle.len);
        }
        pn_buf_add_str(buf, text);
        break;
    }
    return end_text(run, false, ret_value);
}

pn_err pn_liquid_filter_replace(pn_liquid_run *run, const pn_liquid_value *args, size_t count,
                                pn_liquid_value *ret_value) {
    return replaced(run, args, count > 2 ? args[2] : pn_liquid_nil(), REPLACE_ALL, ret_value);
}

pn_err pn_liquid_filter_replace_first(pn_liquid_run *run, const pn_liquid_value *args, size_t count,
                                      pn_liquid_value *ret_value) {
    return replaced(run, args, count > 2 ? args[2] : pn_liquid_nil(), REPLACE_FIRST, ret_value);
}

pn_err pn_liquid_filter_replace_last(pn_liquid_run *run, const pn_liquid_value *args, size_t count,
                                     pn_liquid_value *ret_value) {
    (void)count;
    return replaced(run, args, args[2], REPLACE_LAST, ret_value);
}

pn_err pn_liquid_filter_remove(pn_liquid_run *run, const pn_liquid_value *args, size_t count,
                               pn_liquid_value *ret_value) {
    (void)count;
    return replaced(run, args, pn_liquid_nil(), REPLACE_ALL, ret_value);
}

pn_err pn_liquid_filter_remove_first(pn_liquid_run *run, const pn_liquid_value *args, size_t count,
                                     pn_liquid_value *ret_value) {
    (void)count;
    return replaced(run, args, pn_liquid_nil(), REPLACE_FIRST, ret_value);
}

pn_err pn_liquid_filter_remove_last(pn_liquid_run *run, const pn_liquid_value *args, size_t count,
                                    pn_liquid_value *ret_value) {
    (void)count;
    return replaced(run, args, pn_liquid_nil(), REPLACE_LAST, ret_value);
}

/* ── cutting ─────────────────────────────────────────────────────────────────────────────────── */

pn_err pn_liquid_filter_truncate(pn_liquid_run *run, const pn_liquid_value *args, size_t count,
                                 pn_liquid_value *ret_value) {
    if (args[0].kind == PN_LIQUID_NIL) {
        *ret_value = args[0];
        return PN_OK;
    }
    int64_t length = 50;
    pn_str text, ellipsis = PN_STR("...");
    PN_TRY(pn_liquid_to_text(run, args[0], &text));
    if (count > 1) {
        PN_TRY(pn_liquid_to_integer(run, args[1], &length));
    }
    if (count > 2) {
        PN_TRY(pn_liquid_to_text(run, args[2], &ellipsis));
    }
    if ((int64_t)pn_utf8_count(text) <= length) {
        return part_of(run, text, args[0].safe, ret_value);
    }
    int64_t ellipsis_length = (int64_t)pn_utf8_count(ellipsis);
    size_t kept = length > ellipsis_length ? (size_t)(length - ellipsis_length) : 0;
    pn_buf *buf = pn_liquid_begin(run);
    pn_buf_add(buf, text.ptr, pn_utf8_prefix(text, kept));
    pn_buf_add_str(buf, ellipsis);
    return end_text(run, false, ret_value);
}

/* Splits off the next word; false when there is none. */
static bool next_word(pn_str *text, pn_str *ret_word) {
    size_t from = 0;
    while (from < text->len && pn_is_space(text->ptr[from])) {
        from++;
    }
    size_t to = from;
    while (to < text->len && !pn_is_space(text->ptr[to])) {
        to++;
    }
    *ret_word = (pn_str){text->ptr + from, to - from};
    *text = pn_str_from(*text, to);
    return to > from;
}

pn_err pn_liquid_filter_truncatewords(pn_liquid_run *run, const pn_liquid_value *args, size_t count,
                                      pn_liquid_value *ret_value) {
    if (args[0].kind == PN_LIQUID_NIL) {
        *ret_value = args[0];
        return PN_OK;
    }
    int64_t words = 15;
    pn_str text, ellipsis = PN_STR("...");
    PN_TRY(pn_liquid_to_text(run, args[0], &text));
    if (count > 1) {
        PN_TRY(pn_liquid_to_integer(run, args[1], &words));
    }
    if (count > 2) {
        PN_TRY(pn_liquid_to_text(run, args[2], &ellipsis));
    }
    words = PN_MAX(words, 1);
    pn_str rest = text, word;
    pn_buf *buf = pn_liquid_begin(run);
    int64_t taken = 0;
    for (; taken < words && next_word(&rest, &word); taken++) {
        if (taken != 0) {
            pn_buf_add_char(buf, ' ');
        }
        pn_buf_add_str(buf, word);
    }
    /* White space behind the last word counts as one more, empty word. */
    if (taken < words || rest.len == 0) {
        return part_of(run, text, args[0].safe, ret_value);
    }
    pn_buf_add_str(buf, ellipsis);
    return end_text(run, false, ret_value);
}

/* ── splitting ───────────────────────────────────────────────────────────────────────────────── */

typedef struct {
    pn_str rest;
    pn_str separator;
    bool done;
} splitter;

/* The next part; false at the end. A single space splits at any white space. */
static bool next_part(splitter *s, pn_str *ret_part) {
    if (pn_str_is(s->separator, " ")) {
        return next_word(&s->rest, ret_part);
    }
    if (s->done || (s->separator.len == 0 && s->rest.len == 0)) {
        return false;
    }
    if (s->separator.len == 0) {
        size_t len = pn_utf8_prefix(s->rest, 1);
        *ret_part = pn_str_first(s->rest, len);
        s->rest = pn_str_from(s->rest, len);
        return true;
    }
    size_t at = pn_str_find(s->rest, s->separator);
    s->done = at == SIZE_MAX;
    *ret_part = pn_str_first(s->rest, PN_MIN(at, s->rest.len));
    s->rest = pn_str_from(s->rest, s->done ? s->rest.len : at + s->separator.len);
    return true;
}

pn_err pn_liquid_filter_split(pn_liquid_run *run, const pn_liquid_value *args, size_t count,
                              pn_liquid_value *ret_value) {
    (void)count;
    pn_str text, separator, part;
    PN_TRY(pn_liquid_to_text(run, args[0], &text));
    PN_TRY(pn_liquid_to_text(run, args[1], &separator));
    PN_TRY(pn_liquid_charge_search(run, text.len, separator.len));
    /* Parts are counted before they are kept; empty ones at the end do not count. */
    size_t parts = 0, kept = 0;
    for (splitter s = {text, separator, false}; next_part(&s, &part);) {
        parts++;
        kept = part.len != 0 ? parts : kept;
    }
    PN_TRY(pn_liquid_charge(run, parts));
    pn_liquid_value *items = pn_arena_alloc(run->arena, kept * sizeof *items);
    splitter s = {text, separator, false};
    for (size_t i = 0; i < kept && next_part(&s, &part); i++) {
        items[i] = pn_liquid_str(part);
    }
    *ret_value = pn_liquid_array(items, (uint32_t)kept);
    return PN_OK;
}

/* ── base 64 ─────────────────────────────────────────────────────────────────────────────────── */

static const char BASE64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char BASE64_URL[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static pn_err encoded(pn_liquid_run *run, pn_liquid_value value, const char *alphabet,
                      pn_liquid_value *ret_value) {
    pn_str text;
    PN_TRY(pn_liquid_to_text(run, value, &text));
    pn_buf *buf = pn_liquid_begin(run);
    for (size_t i = 0; i < text.len && !buf->failed; i += 3) {
        size_t taken = PN_MIN(text.len - i, (size_t)3);
        uint32_t bits = 0;
        for (size_t j = 0; j < 3; j++) {
            bits = (bits << 8) | (j < taken ? (unsigned char)text.ptr[i + j] : 0U);
        }
        char group[4];
        for (size_t j = 0; j < 4; j++) {
            group[j] = j <= taken ? alphabet[(bits >> (18 - 6 * j)) & 63] : '=';
        }
        pn_buf_add(buf, group, sizeof group);
    }
    return end_text(run, false, ret_value);
}

static pn_err not_base64(pn_liquid_run *run) {
    return pn_liquid_fail(run, "This is not valid base 64.");
}

/* 0 to 63, or -1. */
static int base64_digit(char c, bool url_safe) {
    if (url_safe && (c == '-' || c == '_')) {
        return c == '-' ? 62 : 63;
    }
    const char *found = c == '\0' ? NULL : strchr(BASE64, c);
    return found == NULL ? -1 : (int)(found - BASE64);
}

/* The URL alphabet takes either form of its two signs, and padding is optional in it. */
static pn_err decoded(pn_liquid_run *run, pn_liquid_value value, bool url_safe,
                      pn_liquid_value *ret_value) {
    pn_str text;
    PN_TRY(pn_liquid_to_text(run, value, &text));
    size_t padding = 0;
    while (padding < 2 && text.len > 0 && text.ptr[text.len - 1] == '=') {
        text.len--;
        padding++;
    }
    bool optional = url_safe && padding == 0;
    if ((!optional && (text.len + padding) % 4 != 0) || text.len % 4 == 1) {
        return not_base64(run);
    }
    pn_buf *buf = pn_liquid_begin(run);
    uint32_t bits = 0;
    for (size_t i = 0; i < text.len; i++) {
        int digit = base64_digit(text.ptr[i], url_safe);
        if (digit < 0) {
            return not_base64(run);
        }
        bits = (bits << 6) | (uint32_t)digit;
        if (i % 4 != 0) {
            pn_buf_add_char(buf, (char)(bits >> (6 - 2 * (i % 4)) & 0xFF));
        }
    }
    bool left_over =
        (text.len % 4 == 2 && (bits & 15) != 0) || (text.len % 4 == 3 && (bits & 3) != 0);
    if (left_over) {
        return not_base64(run);
    }
    if (!pn_utf8_valid(pn_buf_str(buf))) {
        return pn_liquid_fail(run, "What this base 64 holds is not text.");
    }
    return end_text(run, false, ret_value);
}

pn_err pn_liquid_filter_base64_encode(pn_liquid_run *run, const pn_liquid_value *args, size_t count,
                                      pn_liquid_value *ret_value) {
    (void)count;
    return encoded(run, args[0], BASE64, ret_value);
}

pn_err pn_liquid_filter_base64_decode(pn_liquid_run *run, const pn_liquid_value *args, size_t count,
                                      pn_liquid_value *ret_value) {
    (void)count;
    return decoded(run, args[0], false, ret_value);
}

pn_err pn_liquid_filter_base64_url_safe_encode(pn_liquid_run *run, const pn_liquid_value *args,
                                               size_t count, pn_liquid_value *ret_value) {
    (void)count;
    return encoded(run, args[0], BASE64_URL, ret_value);
}

pn_err pn_liquid_filter_base64_url_safe_decode(pn_liquid_run *run, const pn_liquid_value *args,
                                               size_t count, pn_liquid_value *ret_value) {
    (void)count;
    return decoded(run, args[0], true, ret_value);
}
