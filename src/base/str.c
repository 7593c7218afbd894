#include "base/str.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/banned.h"

int pn_str_cmp(pn_str a, pn_str b) {
    size_t common = PN_MIN(a.len, b.len);
    int order = common == 0 ? 0 : memcmp(a.ptr, b.ptr, common);
    if (order != 0) {
        return order;
    }
    return a.len == b.len ? 0 : (a.len < b.len ? -1 : 1);
}

bool pn_str_starts(pn_str text, pn_str prefix) {
    return text.len >= prefix.len && pn_str_eq(pn_str_first(text, prefix.len), prefix);
}

bool pn_str_ends(pn_str text, pn_str suffix) {
    return text.len >= suffix.len && pn_str_eq(pn_str_from(text, text.len - suffix.len), suffix);
}

bool pn_str_eq_nocase(pn_str a, pn_str b) {
    if (a.len != b.len) {
        return false;
    }
    for (size_t i = 0; i < a.len; i++) {
        if (pn_to_lower(a.ptr[i]) != pn_to_lower(b.ptr[i])) {
            return false;
        }
    }
    return true;
}

size_t pn_str_find(pn_str text, pn_str needle) {
    if (needle.len == 0) {
        return 0;
    }
    for (size_t i = 0; i + needle.len <= text.len; i++) {
        const char *hit = memchr(text.ptr + i, needle.ptr[0], text.len - needle.len - i + 1);
        if (hit == NULL) {
            return SIZE_MAX;
        }
        i = (size_t)(hit - text.ptr);
        if (memcmp(hit, needle.ptr, needle.len) == 0) {
            return i;
        }
    }
    return SIZE_MAX;
}

size_t pn_str_find_char(pn_str text, char c) {
    const char *hit = text.len == 0 ? NULL : memchr(text.ptr, c, text.len);
    return hit == NULL ? SIZE_MAX : (size_t)(hit - text.ptr);
}

unsigned pn_str_distance(pn_str a, pn_str b) {
    enum { LONGEST = 63 };
    if (a.len > LONGEST || b.len > LONGEST) {
        return UINT32_MAX;
    }
    unsigned row[LONGEST + 1];
    for (unsigned j = 0; j <= b.len; j++) {
        row[j] = j;
    }
    for (unsigned i = 1; i <= a.len; i++) {
        unsigned diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            unsigned change = diagonal + (a.ptr[i - 1] != b.ptr[j - 1]);
            unsigned shift = PN_MIN(row[j], row[j - 1]) + 1;
            diagonal = row[j];
            row[j] = PN_MIN(change, shift);
        }
    }
    return row[b.len];
}

pn_str pn_str_trim(pn_str text) {
    while (text.len > 0 && pn_is_space(text.ptr[0])) {
        text.ptr++;
        text.len--;
    }
    while (text.len > 0 && pn_is_space(text.ptr[text.len - 1])) {
        text.len--;
    }
    return text;
}

bool pn_str_split(pn_str *rest, char separator, pn_str *ret_part) {
    if (rest->ptr == NULL) {
        return false;
    }
    size_t at = pn_str_find_char(*rest, separator);
    if (at == SIZE_MAX) {
        *ret_part = *rest;
        *rest = PN_STR_NONE;
    } else {
        *ret_part = pn_str_first(*rest, at);
        *rest = (pn_str){rest->ptr + at + 1, rest->len - at - 1};
    }
    return true;
}

pn_str pn_str_dup(pn_arena *arena, pn_str text) {
    return (pn_str){pn_arena_copy(arena, text.ptr, text.len), text.len};
}

const char *pn_str_z(pn_arena *arena, pn_str text) {
    return pn_arena_copy(arena, text.ptr, text.len);
}

pn_str pn_str_format_args(pn_arena *arena, const char *format, va_list args) {
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    if (len < 0) {
        pn_panic("a text could not be formatted: %s", format);
    }
    char *text = pn_arena_alloc(arena, (size_t)len + 1);
    (void)vsnprintf(text, (size_t)len + 1, format, again);
    va_end(again);
    return (pn_str){text, (size_t)len};
}

pn_str pn_str_format(pn_arena *arena, const char *format, ...) {
    va_list args;
    va_start(args, format);
    pn_str text = pn_str_format_args(arena, format, args);
    va_end(args);
    return text;
}

pn_str pn_str_lower_ascii(pn_arena *arena, pn_str text) {
    char *lower = pn_arena_copy(arena, text.ptr, text.len);
    for (size_t i = 0; i < text.len; i++) {
        lower[i] = pn_to_lower(lower[i]);
    }
    return (pn_str){lower, text.len};
}

bool pn_str_is_digits(pn_str text) {
    for (size_t i = 0; i < text.len; i++) {
        if (!pn_is_digit(text.ptr[i])) {
            return false;
        }
    }
    return text.len != 0;
}

pn_err pn_str_to_int64(pn_str text, int64_t *ret_value) {
    size_t i = 0;
    bool negative = false;
    if (text.len > 0 && (text.ptr[0] == '-' || text.ptr[0] == '+')) {
        negative = text.ptr[0] == '-';
        i = 1;
    }
    if (i == text.len) {
        return PN_INVALID;
    }
    int64_t value = 0; /* kept negative: INT64_MIN has no positive twin */
    for (; i < text.len; i++) {
        if (!pn_is_digit(text.ptr[i])) {
            return PN_INVALID;
        }
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_sub_overflow(value, text.ptr[i] - '0', &value)) {
            return PN_INVALID;
        }
    }
    if (!negative && value == INT64_MIN) {
        return PN_INVALID;
    }
    *ret_value = negative ? value : -value;
    return PN_OK;
}
