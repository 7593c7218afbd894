#include "format/mime_body.h"

#include <assert.h>
#include <string.h>

#include "base/banned.h"
#include "base/scan.h"

const char *pn_mime_encoding_name(pn_mime_encoding encoding) {
    static const char *const NAMES[] = {"7bit", "quoted-printable", "base64"};
    return NAMES[encoding];
}

/* ── looking at a text ───────────────────────────────────────────────────────────────────────── */

/* One bit a byte of a block. */
typedef struct {
    uint64_t escapes; /* '=', DEL, from 0x80, controls other than tab, CR and LF */
    uint64_t line_ends;
    uint64_t returns;
    uint64_t equals;
} text_bits;

static inline text_bits bits_of(const char *p) {
    text_bits bits = {0, 0, 0, 0};
    for (unsigned i = 0; i < PN_SCAN_BLOCK; i += PN_SCAN_LANES) {
        pn_scan_vec lanes = pn_scan_load(p + i);
        pn_scan_vec line_end = pn_scan_equal(lanes, pn_scan_splat('\n'));
        pn_scan_vec cr = pn_scan_equal(lanes, pn_scan_splat('\r'));
        pn_scan_vec equal = pn_scan_equal(lanes, pn_scan_splat('='));
        pn_scan_vec fine = line_end | cr | pn_scan_equal(lanes, pn_scan_splat('\t'));
        pn_scan_vec odd = pn_scan_odd(lanes) | pn_scan_equal(lanes, pn_scan_splat(0x7F));
        bits.escapes |= pn_scan_bits((odd & ~fine) | equal) << i;
        bits.line_ends |= pn_scan_bits(line_end) << i;
        bits.returns |= pn_scan_bits(cr) << i;
        bits.equals |= pn_scan_bits(equal) << i;
    }
    return bits;
}

static bool begins_from(pn_str text, size_t at) {
    return pn_str_starts(pn_str_from(text, at), PN_STR("From "));
}

/* The compilers' builtin is a call where the processor's instruction may not be assumed. */
static inline size_t count_bits(uint64_t bits) {
    bits -= (bits >> 1) & UINT64_C(0x5555555555555555);
    bits = (bits & UINT64_C(0x3333333333333333)) + ((bits >> 2) & UINT64_C(0x3333333333333333));
    bits = (bits + (bits >> 4)) & UINT64_C(0x0F0F0F0F0F0F0F0F);
    return (size_t)((bits * UINT64_C(0x0101010101010101)) >> 56);
}

/* Takes a line of the survey that ends at `end`, and looks at the one behind it. */
static inline void line_survey(pn_mime_survey *survey, pn_str text, size_t start, size_t end) {
    size_t len = end - start;
    len -= len != 0 && text.ptr[end - 1] == '\r';
    survey->line_max = PN_MAX(survey->line_max, len);
    if (end + 1 < text.len && text.ptr[end + 1] == 'F') {
        survey->from_line = survey->from_line || begins_from(text, end + 1);
    }
}

pn_mime_survey pn_mime_survey_of(pn_str text) {
    pn_mime_survey survey = {.is_ascii = true, .from_line = pn_str_starts(text, PN_STR("From "))};
    size_t line_start = 0;
    char padded[PN_SCAN_BLOCK];
    for (size_t block = 0; block < text.len; block += PN_SCAN_BLOCK) {
        const char *p = text.ptr + block;
        if (text.len - block < PN_SCAN_BLOCK) {
            memset(padded, ' ', sizeof padded);
            memcpy(padded, p, text.len - block);
            p = padded;
        }
        text_bits bits = bits_of(p);
        uint64_t ends_next = block + PN_SCAN_BLOCK < text.len && p[PN_SCAN_BLOCK] == '\n';
        uint64_t crlfs = bits.line_ends >> 1 | ends_next << 63;
        if ((bits.returns & ~crlfs) != 0) {
            survey.bare_returns += count_bits(bits.returns & ~crlfs);
        }
        survey.is_ascii = survey.is_ascii && bits.escapes == bits.equals;
        survey.escapes += count_bits(bits.escapes);
        for (uint64_t ends = bits.line_ends; ends != 0; ends &= ends - 1) {
            size_t at = block + pn_scan_first(ends);
            survey.line_ends++;
            line_survey(&survey, text, line_start, at);
            line_start = at + 1;
        }
    }
    line_survey(&survey, text, line_start, text.len);
    return survey;
}

/* More bytes than the text can take as quoted-printable. */
static size_t quoted_bound(const pn_mime_survey *survey, size_t len) {
    /* A line end may bring a CR, turn the blank before it and an F behind it into escapes. */
    size_t characters =
        len + 2 * survey->escapes + 5 * (survey->line_ends + survey->bare_returns + 2);
    /* A line of output holds at least 73; a soft break is 3 and may bring an escaped F. */
    return characters + 5 * (characters / 70 + 1);
}

static size_t base64_lines_size(size_t len) {
    size_t characters = pn_mime_base64_size(len);
    return characters + 2 * (characters / PN_MIME_LINE_MAX + 1);
}

pn_mime_encoding pn_mime_choose(const pn_mime_survey *survey, pn_str text) {
    if (survey->is_ascii && survey->line_max <= PN_MIME_LINE_MAX && !survey->from_line &&
        survey->bare_returns == 0 && pn_str_find(text, PN_STR("=_")) == SIZE_MAX) {
        return PN_MIME_7BIT;
    }
    size_t quoted_size = text.len + 2 * survey->escapes;
    quoted_size += quoted_size / 25; /* soft breaks */
    return quoted_size / 5 * 4 <= base64_lines_size(text.len) ? PN_MIME_QUOTED_PRINTABLE
                                                              : PN_MIME_BASE64;
}

/* ── plain text ──────────────────────────────────────────────────────────────────────────────── */

/* Lines end with LF or CRLF here: choose lets no bare CR pass. */
static void add_7bit(pn_buf *out, const pn_mime_survey *survey, pn_str text) {
    if (!pn_buf_reserve(out, text.len + survey->line_ends + 2)) {
        return;
    }
    char *p = out->ptr + out->len;
    while (text.len != 0) {
        size_t end = pn_str_find_char(text, '\n');
        size_t len = end == SIZE_MAX ? text.len : end;
        size_t kept = len - (len != 0 && text.ptr[len - 1] == '\r');
        memcpy(p, text.ptr, kept);
        memcpy(p + kept, "\r\n", 2);
        p += kept + 2;
        text = end == SIZE_MAX ? PN_STR_NONE : pn_str_from(text, len + 1);
    }
    out->len = (size_t)(p - out->ptr);
}

/* ── quoted-printable ────────────────────────────────────────────────────────────────────────── */

static const char HEX[] = "0123456789ABCDEF";

/* Writes into room that quoted_bound reserved. */
typedef struct {
    char *p;
    char *line; /* start of the output line */
} quoted;

enum {
    QUOTED_MAX = PN_MIME_LINE_MAX - 1, /* the last place is for the '=' of a soft break */
    SLACK = PN_SCAN_LANES,
};

static inline void soft_break(quoted *q) {
    memcpy(q->p, "=\r\n", 3);
    q->p += 3;
    q->line = q->p;
}

static inline void quoted_escape(quoted *q, unsigned char c) {
    if (q->p - q->line + 3 > QUOTED_MAX) {
        soft_break(q);
    }
    q->p[0] = '=';
    q->p[1] = HEX[c >> 4];
    q->p[2] = HEX[c & 15];
    q->p += 3;
}

/* Copies `len` bytes, at most 75, and what stands behind them up to a multiple of 16: both sides
 * have SLACK bytes more. A call of memcpy costs more than the copy. */
static inline void copy_slack(char *to, const char *from, size_t len) {
    for (size_t i = 0; i < len; i += PN_SCAN_LANES) {
        memcpy(to + i, from + i, PN_SCAN_LANES);
    }
}

/* `slack`: the text goes on for SLACK bytes behind the run. */
static inline void quoted_run(quoted *q, const char *run, size_t len, bool slack) {
    while (len != 0) {
        size_t room = (size_t)(QUOTED_MAX - (q->p - q->line));
        size_t piece = PN_MIN(len, room);
        if (PN_LIKELY(slack)) {
            copy_slack(q->p, run, piece);
        } else {
            memcpy(q->p, run, piece);
        }
        q->p += piece;
        run += piece;
        len -= piece;
        if (len != 0) {
            soft_break(q);
            if (*run == 'F') { /* may be "From " */
                quoted_escape(q, 'F');
                run++;
                len--;
            }
        }
    }
}

/* A blank at the end of a line would be lost on the way (RFC 2045, 6.7, rule 3). */
static inline void quoted_line_end(quoted *q) {
    if (q->p > q->line && (q->p[-1] == ' ' || q->p[-1] == '\t')) {
        unsigned char blank = (unsigned char)*--q->p;
        quoted_escape(q, blank);
    }
    memcpy(q->p, "\r\n", 2);
    q->p += 2;
    q->line = q->p;
}

static inline uint64_t quoted_marks(const char *p) {
    uint64_t marks = 0;
    for (unsigned i = 0; i < PN_SCAN_BLOCK; i += PN_SCAN_LANES) {
        pn_scan_vec lanes = pn_scan_load(p + i);
        pn_scan_vec hit = pn_scan_odd(lanes) | pn_scan_equal(lanes, pn_scan_splat('=')) |
                          pn_scan_equal(lanes, pn_scan_splat(0x7F));
        marks |= pn_scan_bits(hit) << i;
    }
    return marks;
}

/* What a mark asks for; returns how many bytes it took. */
static inline size_t quoted_mark(quoted *q, pn_str text, size_t at, bool from_line) {
    unsigned char c = (unsigned char)text.ptr[at];
    if (c == '\n' || c == '\r') {
        quoted_line_end(q);
        size_t taken = c == '\r' && at + 1 < text.len && text.ptr[at + 1] == '\n' ? 2 : 1;
        if (PN_UNLIKELY(from_line && begins_from(text, at + taken))) {
            quoted_escape(q, 'F');
            taken++;
        }
        return taken;
    }
    if (c == '\t') {
        quoted_run(q, "\t", 1, false);
    } else {
        quoted_escape(q, c);
    }
    return 1;
}

static void add_quoted(pn_buf *out, const pn_mime_survey *survey, pn_str text) {
    size_t bound = quoted_bound(survey, text.len);
    if (!pn_buf_reserve(out, bound + SLACK)) {
        return;
    }
    bool from_line = survey->from_line || survey->bare_returns != 0;
    quoted q = {out->ptr + out->len, out->ptr + out->len};
    size_t at = 0; /* everything before it is written */
    if (from_line && begins_from(text, 0)) {
        quoted_escape(&q, 'F');
        at = 1;
    }
    char padded[PN_SCAN_BLOCK];
    for (size_t block = 0; block < text.len; block += PN_SCAN_BLOCK) {
        const char *p = text.ptr + block;
        size_t len = PN_MIN(text.len - block, (size_t)PN_SCAN_BLOCK);
        bool slack = text.len - block >= PN_SCAN_BLOCK + SLACK;
        if (len < PN_SCAN_BLOCK) {
            memset(padded, ' ', sizeof padded);
            memcpy(padded, p, len);
            p = padded;
        }
        for (uint64_t marks = quoted_marks(p); marks != 0; marks &= marks - 1) {
            size_t mark = block + pn_scan_first(marks);
            if (mark >= at) { /* the LF of a CRLF was taken already */
                quoted_run(&q, text.ptr + at, mark - at, slack);
                at = mark + quoted_mark(&q, text, mark, from_line);
            }
        }
        if (at < block + len) {
            quoted_run(&q, text.ptr + at, block + len - at, slack);
            at = block + len;
        }
    }
    if (q.p != q.line) {
        quoted_line_end(&q);
    }
    size_t len = (size_t)(q.p - out->ptr);
    assert(len - out->len <= bound);
    out->len = len;
}

/* ── base64 ──────────────────────────────────────────────────────────────────────────────────── */

static const char LETTERS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

size_t pn_mime_base64(const char *bytes, size_t len, char *out) {
    const unsigned char *p = (const unsigned char *)bytes;
    char *start = out;
    for (; len >= 3; len -= 3, p += 3, out += 4) {
        uint32_t group = (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];
        out[0] = LETTERS[group >> 18];
        out[1] = LETTERS[(group >> 12) & 63];
        out[2] = LETTERS[(group >> 6) & 63];
        out[3] = LETTERS[group & 63];
    }
    if (len != 0) {
        uint32_t group = (uint32_t)p[0] << 16 | (len == 2 ? (uint32_t)p[1] << 8 : 0);
        out[0] = LETTERS[group >> 18];
        out[1] = LETTERS[(group >> 12) & 63];
        out[2] = len == 2 ? LETTERS[(group >> 6) & 63] : '=';
        out[3] = '=';
        out += 4;
    }
    return (size_t)(out - start);
}

enum { LINE_BYTES = PN_MIME_LINE_MAX / 4 * 3 };

void pn_mime_add_base64(pn_buf *out, pn_str bytes) {
    if (!pn_buf_reserve(out, base64_lines_size(bytes.len))) {
        return;
    }
    while (bytes.len != 0) {
        size_t piece = PN_MIN(bytes.len, (size_t)LINE_BYTES);
        out->len += pn_mime_base64(bytes.ptr, piece, out->ptr + out->len);
        memcpy(out->ptr + out->len, "\r\n", 2);
        out->len += 2;
        bytes = pn_str_from(bytes, piece);
    }
}

/* Splits the next line off `*rest`; any of CR, LF and CRLF ends it. */
static pn_str line_next(pn_str *rest) {
    size_t end = 0;
    while (end < rest->len && rest->ptr[end] != '\n' && rest->ptr[end] != '\r') {
        end++;
    }
    pn_str line = pn_str_first(*rest, end);
    bool crlf = end + 1 < rest->len && rest->ptr[end] == '\r' && rest->ptr[end + 1] == '\n';
    *rest = pn_str_from(*rest, end + (crlf ? 2 : 1));
    return line;
}

/* Line ends must be CRLF inside the base64 of a text (RFC 2045, 6.8), so it is cut into output
 * lines while its own lines are taken one by one. */
static void add_base64_text(pn_buf *out, pn_str text) {
    char group[LINE_BYTES];
    size_t len = 0;
    while (text.len != 0) {
        pn_str pieces[2] = {line_next(&text), PN_STR("\r\n")};
        for (size_t i = 0; i < 2; i++) {
            while (pieces[i].len != 0) {
                size_t piece = PN_MIN(pieces[i].len, LINE_BYTES - len);
                memcpy(group + len, pieces[i].ptr, piece);
                len += piece;
                pieces[i] = pn_str_from(pieces[i], piece);
                if (len == LINE_BYTES) {
                    pn_mime_add_base64(out, (pn_str){group, len});
                    len = 0;
                }
            }
        }
    }
    pn_mime_add_base64(out, (pn_str){group, len});
}

void pn_mime_add_text(pn_buf *out, pn_mime_encoding encoding, const pn_mime_survey *survey,
                      pn_str text) {
    switch (encoding) {
    case PN_MIME_7BIT: add_7bit(out, survey, text); return;
    case PN_MIME_QUOTED_PRINTABLE: add_quoted(out, survey, text); return;
    case PN_MIME_BASE64: add_base64_text(out, text); return;
    }
}
