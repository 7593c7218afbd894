/* A small MIME reader for tests, written from the RFCs and not from the writer, so that what the
 * writer writes can be read back and compared. It trusts nothing: what is not as the RFCs say it
 * calls `mime_wrong` with a sentence. Shared by the unit tests and the fuzz target. */
#ifndef PN_TESTS_MIME_READER_H
#define PN_TESTS_MIME_READER_H

#include "base/buf.h"
#include "base/str.h"
#include "base/utf8.h"

/* Given by the includer: fails the test. */
static void mime_wrong(const char *what, pn_str where);

typedef struct mime_part mime_part;
struct mime_part {
    pn_str header;  /* up to and with the last field's CRLF */
    pn_str body;    /* as it stands */
    pn_str content; /* decoded; for a leaf */
    mime_part *parts;
    size_t count;
};

/* ── lines ── */

/* Every line ends with CRLF, holds ASCII (or UTF-8 with `utf8`) and is at most 998 long. */
static inline void mime_check_lines(pn_str message, bool utf8) {
    size_t start = 0;
    for (size_t i = 0; i < message.len; i++) {
        char c = message.ptr[i];
        if ((unsigned char)c >= 0x80 && !utf8) {
            mime_wrong("a byte is not ASCII", pn_str_from(message, i));
        }
        if (c == '\0') {
            mime_wrong("a NUL", pn_str_from(message, i));
        }
        if (c == '\n' || (c == '\r' && (i + 1 == message.len || message.ptr[i + 1] != '\n'))) {
            mime_wrong("a bare line end", pn_str_from(message, i));
        }
        if (c == '\r') {
            if (i - start > 998) {
                mime_wrong("a line is too long", pn_str_from(message, start));
            }
            start = ++i + 1;
        }
    }
    if (start != message.len) {
        mime_wrong("the last line has no end", message);
    }
}

/* ── header ── */

static inline bool mime_blank(char c) {
    return c == ' ' || c == '\t';
}

/* Next field of a header, unfolded; false at its end. */
static inline bool mime_field_next(pn_arena *arena, pn_str *rest, pn_str *ret_name,
                                   pn_str *ret_value) {
    if (rest->len == 0) {
        return false;
    }
    size_t colon = pn_str_find_char(*rest, ':');
    size_t end = pn_str_find(*rest, PN_STR("\r\n"));
    if (colon == SIZE_MAX || colon > end || colon == 0 || mime_blank(rest->ptr[0])) {
        mime_wrong("a header line is no field", *rest);
        return false;
    }
    *ret_name = pn_str_first(*rest, colon);
    pn_str value = PN_STR("");
    pn_str line = pn_str_sub(rest->ptr + colon + 1, rest->ptr + end);
    for (;;) {
        value = pn_str_format(arena, "%.*s%.*s", PN_STR_ARG(value), PN_STR_ARG(line));
        *rest = pn_str_from(*rest, end + 2);
        if (rest->len == 0 || !mime_blank(rest->ptr[0])) {
            break;
        }
        end = pn_str_find(*rest, PN_STR("\r\n"));
        line = pn_str_first(*rest, end);
        if (pn_str_trim(line).len == 0) {
            mime_wrong("a folded line is blank", *rest);
        }
    }
    *ret_value = pn_str_trim(value);
    return true;
}

/* The value of the only field of that name; none when it is missing. */
static inline pn_str mime_field(pn_arena *arena, pn_str header, const char *wanted) {
    pn_str found = PN_STR_NONE;
    pn_str name;
    pn_str value;
    while (mime_field_next(arena, &header, &name, &value)) {
        if (pn_str_eq_nocase(name, pn_str_of(wanted))) {
            if (found.ptr != NULL) {
                mime_wrong("a field stands twice", name);
            }
            found = value;
        }
    }
    return found;
}

/* ── decoding ── */

static inline int mime_hex(char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static inline int mime_letter(char c) {
    return c >= 'A' && c <= 'Z'   ? c - 'A'
           : c >= 'a' && c <= 'z' ? c - 'a' + 26
           : c >= '0' && c <= '9' ? c - '0' + 52
           : c == '+'             ? 62
           : c == '/'             ? 63
                                  : -1;
}

static inline pn_str mime_base64_decode(pn_arena *arena, pn_str text) {
    char *out = pn_arena_alloc(arena, text.len + 3);
    size_t len = 0;
    uint32_t group = 0;
    unsigned letters = 0;
    size_t i = 0;
    for (; i < text.len && text.ptr[i] != '='; i++) {
        if (text.ptr[i] == '\r' || text.ptr[i] == '\n') {
            continue;
        }
        int value = mime_letter(text.ptr[i]);
        if (value < 0) {
            mime_wrong("not base64", pn_str_from(text, i));
        }
        group = group << 6 | (uint32_t)value;
        if (++letters == 4) {
            out[len++] = (char)(group >> 16);
            out[len++] = (char)(group >> 8);
            out[len++] = (char)group;
            letters = 0;
        }
    }
    if (letters == 1 || (letters != 0 && pn_str_trim(pn_str_from(text, i)).len != 4 - letters)) {
        mime_wrong("base64 ends wrongly", text);
    }
    if (letters == 2) {
        out[len++] = (char)(group >> 4);
    } else if (letters == 3) {
        out[len++] = (char)(group >> 10);
        out[len++] = (char)(group >> 2);
    }
    return (pn_str){out, len};
}

static inline pn_str mime_quoted_decode(pn_arena *arena, pn_str text) {
    char *out = pn_arena_alloc(arena, text.len + 1);
    size_t len = 0;
    size_t start = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '\n') {
            if (i - start - 1 > 76 || (i >= 2 && mime_blank(text.ptr[i - 2]))) {
                mime_wrong("a quoted-printable line is too long or ends with a blank",
                           pn_str_from(text, start));
            }
            start = i + 1;
        }
        if (c != '=') {
            out[len++] = c;
        } else if (pn_str_starts(pn_str_from(text, i), PN_STR("=\r\n"))) {
            if (i - start + 1 > 76) {
                mime_wrong("a quoted-printable line is too long", pn_str_from(text, start));
            }
            i += 2;
            start = i + 1;
        } else {
            if (i + 2 >= text.len || mime_hex(text.ptr[i + 1]) < 0 ||
                mime_hex(text.ptr[i + 2]) < 0) {
                mime_wrong("not quoted-printable", pn_str_from(text, i));
                break;
            }
            out[len++] = (char)(mime_hex(text.ptr[i + 1]) * 16 + mime_hex(text.ptr[i + 2]));
            i += 2;
        }
    }
    return (pn_str){out, len};
}

/* One encoded word at the head of `text`; its length, or 0. */
static inline size_t mime_word(pn_arena *arena, pn_str text, pn_str *ret_decoded) {
    if (!pn_str_starts(text, PN_STR("=?UTF-8?")) || text.len < 12 || text.ptr[9] != '?') {
        return 0;
    }
    size_t end = pn_str_find(pn_str_from(text, 10), PN_STR("?="));
    if (end == SIZE_MAX) {
        mime_wrong("an encoded word has no end", text);
        return 0;
    }
    pn_str inner = {text.ptr + 10, end};
    if (end + 12 > 75) {
        mime_wrong("an encoded word is too long", text);
    }
    if (text.ptr[8] == 'B') {
        *ret_decoded = mime_base64_decode(arena, inner);
    } else {
        char *spaced = pn_arena_copy(arena, inner.ptr, inner.len);
        for (size_t i = 0; i < inner.len; i++) {
            spaced[i] = spaced[i] == '_' ? ' ' : spaced[i];
        }
        *ret_decoded = mime_quoted_decode(arena, (pn_str){spaced, inner.len});
    }
    if (!pn_utf8_valid(*ret_decoded)) {
        mime_wrong("an encoded word splits a character", text);
    }
    return end + 12;
}

/* Unstructured text with its encoded words decoded. */
static inline pn_str mime_text(pn_arena *arena, pn_str text) {
    pn_buf out;
    pn_buf_init(&out, SIZE_MAX / 4);
    bool behind_word = false;
    while (text.len != 0) {
        pn_str decoded;
        size_t len = mime_word(arena, text, &decoded);
        if (len != 0) {
            pn_buf_add_str(&out, decoded);
            text = pn_str_from(text, len);
            size_t blanks = 0;
            while (blanks < text.len && mime_blank(text.ptr[blanks])) {
                blanks++;
            }
            pn_str unused;
            if (mime_word(arena, pn_str_from(text, blanks), &unused) != 0) {
                text = pn_str_from(text, blanks);
            }
            behind_word = true;
            continue;
        }
        if (behind_word && !mime_blank(text.ptr[0]) && text.ptr[0] != ',') {
            mime_wrong("text touches an encoded word", text);
        }
        behind_word = false;
        pn_buf_add_char(&out, text.ptr[0]);
        text = pn_str_from(text, 1);
    }
    pn_str result = pn_str_dup(arena, pn_buf_str(&out));
    pn_buf_done(&out);
    return result;
}

/* The parameter of a field's value; quoted strings are unquoted, RFC 2231 sections joined. */
static inline pn_str mime_plain_parameter(pn_arena *arena, pn_str value, const char *key) {
    pn_str wanted = pn_str_format(arena, "%s=", key);
    for (;;) {
        size_t semicolon = SIZE_MAX;
        bool quoted = false;
        for (size_t i = 0; i < value.len && semicolon == SIZE_MAX; i++) {
            quoted ^= value.ptr[i] == '"';
            semicolon = value.ptr[i] == ';' && !quoted ? i : SIZE_MAX;
        }
        pn_str piece = pn_str_trim(semicolon == SIZE_MAX ? value : pn_str_first(value, semicolon));
        if (pn_str_starts(piece, wanted)) {
            piece = pn_str_from(piece, wanted.len);
            if (piece.len >= 2 && piece.ptr[0] == '"') {
                piece = (pn_str){piece.ptr + 1, piece.len - 2};
            }
            return piece;
        }
        if (semicolon == SIZE_MAX) {
            return PN_STR_NONE;
        }
        value = pn_str_from(value, semicolon + 1);
    }
}

static inline pn_str mime_percent_decode(pn_arena *arena, pn_str text) {
    char *out = pn_arena_alloc(arena, text.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '%' && i + 2 < text.len) {
            out[len++] = (char)(mime_hex(text.ptr[i + 1]) * 16 + mime_hex(text.ptr[i + 2]));
            i += 2;
        } else {
            out[len++] = text.ptr[i];
        }
    }
    return (pn_str){out, len};
}

static inline pn_str mime_parameter(pn_arena *arena, pn_str value, const char *key) {
    pn_str joined = mime_plain_parameter(arena, value, pn_str_format(arena, "%s*", key).ptr);
    for (int i = 0; joined.ptr == NULL || i != 0; i++) {
        pn_str section =
            mime_plain_parameter(arena, value, pn_str_format(arena, "%s*%d*", key, i).ptr);
        if (section.ptr == NULL) {
            break;
        }
        joined = pn_str_format(arena, "%.*s%.*s", PN_STR_ARG(joined), PN_STR_ARG(section));
    }
    if (joined.ptr == NULL) {
        return mime_plain_parameter(arena, value, key);
    }
    if (!pn_str_starts(joined, PN_STR("UTF-8''"))) {
        mime_wrong("an extended parameter has no charset", joined);
    }
    return mime_percent_decode(arena, pn_str_from(joined, 7));
}

/* ── parts ── */

static inline mime_part mime_read(pn_arena *arena, pn_str entity);

static inline void mime_split(pn_arena *arena, mime_part *part, pn_str boundary) {
    pn_str opening = pn_str_format(arena, "--%.*s\r\n", PN_STR_ARG(boundary));
    pn_str between = pn_str_format(arena, "\r\n--%.*s", PN_STR_ARG(boundary));
    if (!pn_str_starts(part->body, opening)) {
        mime_wrong("a multipart does not begin with its boundary", part->body);
        return;
    }
    pn_str rest = pn_str_from(part->body, opening.len);
    part->parts = pn_arena_array(arena, mime_part, 64);
    for (;;) {
        /* an empty part: the CRLF of its header's blank line is the delimiter's */
        size_t end = pn_str_find(rest, between);
        if (end == SIZE_MAX || part->count == 64) {
            mime_wrong("a multipart has no end", rest);
            return;
        }
        pn_str entity = pn_str_first(rest, end);
        if (pn_str_ends(entity, PN_STR("\r\n")) &&
            pn_str_find(entity, PN_STR("\r\n\r\n")) == SIZE_MAX) {
            entity = pn_str_first(rest, end + 2);
        }
        part->parts[part->count++] = mime_read(arena, entity);
        rest = pn_str_from(rest, end + between.len);
        if (pn_str_starts(rest, PN_STR("--\r\n")) || pn_str_is(rest, "--")) {
            if (pn_str_trim(pn_str_from(rest, 2)).len != 0) {
                mime_wrong("text stands behind a multipart", rest);
            }
            return;
        }
        if (!pn_str_starts(rest, PN_STR("\r\n"))) {
            mime_wrong("a boundary line goes on", rest);
            return;
        }
        rest = pn_str_from(rest, 2);
    }
}

static inline mime_part mime_read(pn_arena *arena, pn_str entity) {
    mime_part part = {.count = 0};
    size_t end = pn_str_find(entity, PN_STR("\r\n\r\n"));
    if (end == SIZE_MAX) {
        mime_wrong("an entity has no header", entity);
        return part;
    }
    part.header = pn_str_first(entity, end + 2);
    part.body = pn_str_from(entity, end + 4);
    pn_str type = mime_field(arena, part.header, "Content-Type");
    if (pn_str_starts(type, PN_STR("multipart/"))) {
        mime_split(arena, &part, mime_parameter(arena, type, "boundary"));
        return part;
    }
    pn_str encoding = mime_field(arena, part.header, "Content-Transfer-Encoding");
    if (pn_str_is(encoding, "base64")) {
        part.content = mime_base64_decode(arena, part.body);
    } else if (pn_str_is(encoding, "quoted-printable")) {
        part.content = mime_quoted_decode(arena, part.body);
    } else if (pn_str_is(encoding, "7bit")) {
        part.content = part.body;
    } else {
        mime_wrong("an unknown transfer encoding", encoding);
    }
    return part;
}

/* A text as the writer should carry it: CRLF at every line end, without the last one. */
static inline pn_str mime_canonical(pn_arena *arena, pn_str text) {
    char *out = pn_arena_alloc(arena, text.len * 2 + 2);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\r' || text.ptr[i] == '\n') {
            i += text.ptr[i] == '\r' && i + 1 < text.len && text.ptr[i + 1] == '\n';
            out[len++] = '\r';
            out[len++] = '\n';
        } else {
            out[len++] = text.ptr[i];
        }
    }
    if (len >= 2 && out[len - 1] == '\n') {
        len -= 2;
    }
    return (pn_str){out, len};
}

static inline bool mime_content_is(pn_arena *arena, const mime_part *part, pn_str text) {
    pn_str content = part->content;
    if (pn_str_ends(content, PN_STR("\r\n"))) {
        content.len -= 2;
    }
    pn_str expected = mime_canonical(arena, text);
    if (pn_str_eq(content, expected)) {
        return true;
    }
    /* behind the last CRLF of a multipart's text only more of them may have been lost */
    return pn_str_eq(part->content, expected);
}

#endif
