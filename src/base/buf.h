/* Growable byte buffers. A buffer must declare its maximum: past it, it stops taking bytes and
 * stays `failed` until cleared, so a writer checks once at the end instead of at every call. */
#ifndef PN_BASE_BUF_H
#define PN_BASE_BUF_H

#include "base/str.h"

typedef struct {
    char *ptr;
    size_t len;
    size_t capacity;
    size_t max;
    bool failed;
} pn_buf;

void pn_buf_init(pn_buf *buf, size_t max_bytes);
void pn_buf_done(pn_buf *buf);
/* Empties the buffer, keeps its memory. */
void pn_buf_clear(pn_buf *buf);

/* Makes room for `size` more bytes; false (and `failed`) when that passes the maximum. */
bool pn_buf_reserve_slow(pn_buf *buf, size_t size);

static inline bool pn_buf_reserve(pn_buf *buf, size_t size) {
    return PN_LIKELY(buf->capacity - buf->len >= size && !buf->failed)
               ? true
               : pn_buf_reserve_slow(buf, size);
}
static inline void pn_buf_add(pn_buf *buf, const void *bytes, size_t size) {
    if (size != 0 && pn_buf_reserve(buf, size)) {
        memcpy(buf->ptr + buf->len, bytes, size);
        buf->len += size;
    }
}
static inline void pn_buf_add_str(pn_buf *buf, pn_str text) {
    pn_buf_add(buf, text.ptr, text.len);
}
static inline void pn_buf_add_char(pn_buf *buf, char c) {
    if (pn_buf_reserve(buf, 1)) {
        buf->ptr[buf->len++] = c;
    }
}
#define pn_buf_add_lit(buf, literal) pn_buf_add((buf), "" literal, sizeof(literal) - 1)

void pn_buf_add_z(pn_buf *buf, const char *text);
void pn_buf_add_int(pn_buf *buf, int64_t value);
void pn_buf_add_format(pn_buf *buf, const char *format, ...) PN_PRINTF(2, 3);

static inline pn_str pn_buf_str(const pn_buf *buf) {
    return (pn_str){buf->ptr, buf->len};
}
/* PN_LIMIT when something did not fit. */
static inline pn_err pn_buf_err(const pn_buf *buf) {
    return buf->failed ? PN_LIMIT : PN_OK;
}

/* Writes `value` in decimal, returns the length (at most 20). */
size_t pn_int64_text(int64_t value, char out[20]);

#endif
