/* String views: a pointer and a length, borrowed, never NUL-terminated by contract.
 *
 * Texts are UTF-8. Comparison is bytewise; nothing here depends on a locale. */
#ifndef PN_BASE_STR_H
#define PN_BASE_STR_H

#include <stdarg.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"

typedef struct {
    const char *ptr;
    size_t len;
} pn_str;

#define PN_STR(literal) ((pn_str){"" literal, sizeof(literal) - 1})
#define PN_STR_NONE ((pn_str){NULL, 0})
/* For printf: "%.*s", PN_STR_ARG(text). */
#define PN_STR_ARG(text) (int)(text).len, (text).len == 0 ? "" : (text).ptr

static inline pn_str pn_str_of(const char *text) {
    return text == NULL ? PN_STR_NONE : (pn_str){text, strlen(text)};
}
static inline pn_str pn_str_sub(const char *begin, const char *end) {
    return (pn_str){begin, (size_t)(end - begin)};
}
static inline bool pn_str_eq(pn_str a, pn_str b) {
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}
#define pn_str_is(text, literal) pn_str_eq((text), PN_STR(literal))

int pn_str_cmp(pn_str a, pn_str b);
bool pn_str_starts(pn_str text, pn_str prefix);
bool pn_str_ends(pn_str text, pn_str suffix);
/* ASCII letters compared without case. */
bool pn_str_eq_nocase(pn_str a, pn_str b);
/* Index of the first occurrence, or SIZE_MAX. */
size_t pn_str_find(pn_str text, pn_str needle);
size_t pn_str_find_char(pn_str text, char c);
/* Edits (insert, delete, replace) between two short texts, for "did you mean"; texts longer than 63
 * bytes are far from everything. */
unsigned pn_str_distance(pn_str a, pn_str b);
/* Without ASCII white space at both ends. */
pn_str pn_str_trim(pn_str text);
static inline pn_str pn_str_from(pn_str text, size_t index) {
    return index >= text.len ? (pn_str){text.ptr + text.len, 0}
                             : (pn_str){text.ptr + index, text.len - index};
}
static inline pn_str pn_str_first(pn_str text, size_t len) {
    return (pn_str){text.ptr, PN_MIN(len, text.len)};
}
/* Splits off what stands before `separator`; `*rest` becomes what stands behind it. False at the
 * end, that is when `rest->ptr` is NULL. An empty last field is given. */
bool pn_str_split(pn_str *rest, char separator, pn_str *ret_part);

/* A NUL-terminated copy on the arena. */
pn_str pn_str_dup(pn_arena *arena, pn_str text);
const char *pn_str_z(pn_arena *arena, pn_str text);
pn_str pn_str_format(pn_arena *arena, const char *format, ...) PN_PRINTF(2, 3);
pn_str pn_str_format_args(pn_arena *arena, const char *format, va_list args) PN_PRINTF(2, 0);
pn_str pn_str_lower_ascii(pn_arena *arena, pn_str text);

/* Decimal integer, the whole text, optional sign; INVALID otherwise or out of range. */
PN_MUST_USE pn_err pn_str_to_int64(pn_str text, int64_t *ret_value);

static inline bool pn_is_digit(char c) {
    return c >= '0' && c <= '9';
}
static inline bool pn_is_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}
static inline bool pn_is_alpha(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
static inline char pn_to_lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}
static inline char pn_to_upper(char c) {
    return c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
}
/* 0 to 15; -1 for what is no hexadecimal digit. */
static inline int pn_hex_value(char c) {
    c = pn_to_lower(c);
    return pn_is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Digits and nothing else, at least one. */
bool pn_str_is_digits(pn_str text);

#endif
