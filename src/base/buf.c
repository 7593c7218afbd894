#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

void pn_buf_init(pn_buf *buf, size_t max_bytes) {
    *buf = (pn_buf){.max = max_bytes};
}

void pn_buf_done(pn_buf *buf) {
    if (buf != NULL) {
        free(buf->ptr);
        *buf = (pn_buf){.max = buf->max};
    }
}

void pn_buf_clear(pn_buf *buf) {
    buf->len = 0;
    buf->failed = false;
}

bool pn_buf_reserve_slow(pn_buf *buf, size_t size) {
    if (buf->failed || size > buf->max || buf->len > buf->max - size) {
        buf->failed = true;
        return false;
    }
    size_t wanted = buf->len + size;
    if (wanted > buf->capacity) {
        size_t capacity = buf->capacity < 256 ? 256 : buf->capacity * 2;
        capacity = PN_MAX(capacity, wanted);
        capacity = PN_MIN(capacity, buf->max);
        buf->ptr = pn_realloc(buf->ptr, capacity);
        buf->capacity = capacity;
    }
    return true;
}

void pn_buf_add_z(pn_buf *buf, const char *text) {
    pn_buf_add(buf, text, strlen(text));
}

size_t pn_int64_text(int64_t value, char out[20]) {
    char reversed[20];
    size_t len = 0;
    bool negative = value < 0;
    uint64_t magnitude = negative ? 0 - (uint64_t)value : (uint64_t)value;
    do {
        reversed[len++] = (char)('0' + magnitude % 10);
        magnitude /= 10;
    } while (magnitude != 0);
    size_t at = 0;
    if (negative) {
        out[at++] = '-';
    }
    while (len > 0) {
        out[at++] = reversed[--len];
    }
    return at;
}

void pn_buf_add_int(pn_buf *buf, int64_t value) {
    char digits[20];
    pn_buf_add(buf, digits, pn_int64_text(value, digits));
}

void pn_buf_add_format(pn_buf *buf, const char *format, ...) {
    char small[256];
    va_list args;
    va_start(args, format);
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(small, sizeof small, format, args);
    va_end(args);
    if (len < 0) {
        pn_panic("a text could not be formatted: %s", format);
    }
    if ((size_t)len < sizeof small) {
        pn_buf_add(buf, small, (size_t)len);
    } else if (pn_buf_reserve(buf, (size_t)len)) {
        /* vsnprintf wants room for its NUL, which the maximum does not count. */
        char *large = pn_alloc((size_t)len + 1);
        (void)vsnprintf(large, (size_t)len + 1, format, again);
        pn_buf_add(buf, large, (size_t)len);
        free(large);
    }
    va_end(again);
}
