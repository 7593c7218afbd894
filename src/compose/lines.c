#include "compose/lines.h"

#include "base/banned.h"
#include "base/scan.h"

/* U+0300 to U+036F: CC 80 to CD AF. */
static bool is_combining(const char *at, size_t left) {
    unsigned char lead = (unsigned char)at[0];
    unsigned char next = left > 1 ? (unsigned char)at[1] : 0;
    return (lead == 0xCC && next >= 0x80) || (lead == 0xCD && next >= 0x80 && next <= 0xAF);
}

/* False for a byte within a character, and for the first of one that takes no column. */
static bool takes_column(const char *at, size_t left) {
    unsigned char byte = (unsigned char)at[0];
    return byte < 0x80 || (byte >= 0xC0 && !is_combining(at, left));
}

static size_t hidden_one_by_one(pn_str text) {
    size_t hidden = 0;
    for (size_t i = 0; i < text.len; i++) {
        hidden += !takes_column(text.ptr + i, text.len - i);
    }
    return hidden;
}

/* How many bytes take no column: eight at a time those within a character (10xxxxxx), unless there
 * may be combining marks. */
static size_t hidden_of(pn_str text) {
    const uint64_t ones = UINT64_C(0x0101010101010101), tops = ones << 7;
    size_t hidden = 0;
    for (size_t i = 0; i < text.len; i += sizeof(uint64_t)) {
        uint64_t word = 0;
        memcpy(&word, text.ptr + i, PN_MIN(sizeof word, text.len - i));
        if ((word & tops) == 0) {
            continue;
        }
        uint64_t lead = (word & ~ones) ^ (ones * 0xCC); /* a byte 0: CC or CD */
        if (((lead - ones) & ~lead & tops) != 0) {
            return hidden_one_by_one(text);
        }
        hidden += ((word & ~(word << 1) & tops) >> 7) * ones >> 56;
    }
    return hidden;
}

size_t pn_line_width(pn_str text) {
    return text.len - hidden_of(text);
}

void pn_line_repeat(pn_buf *out, char c, size_t count) {
    if (count != 0 && pn_buf_reserve(out, count)) {
        memset(out->ptr + out->len, c, count);
        out->len += count;
    }
}

static bool is_gap(char c) {
    return c == ' ' || c == '\t' || c == '\r';
}

/* The word behind `*at`, which moves past it; empty at the end. */
static pn_str next_word(pn_str line, size_t *at, size_t *ret_width) {
    size_t i = *at;
    while (i < line.len && is_gap(line.ptr[i])) {
        i++;
    }
    size_t from = i, hidden = 0;
    for (; i < line.len; i++) {
        unsigned char byte = (unsigned char)line.ptr[i];
        if (byte > ' ' && byte < 0x80) {
            continue;
        }
        if (is_gap(line.ptr[i])) {
            break;
        }
        hidden += !takes_column(line.ptr + i, line.len - i);
    }
    *at = i;
    *ret_width = i - from - hidden;
    return (pn_str){line.ptr + from, i - from};
}

/* Words that stand one space apart in the source are copied as one run. */
static void add_words(pn_buf *out, pn_str line, const size_t margin) {
    size_t at = 0, width = 0, column = margin;
    pn_str run = next_word(line, &at, &width);
    column += width;
    for (pn_str word = next_word(line, &at, &width); word.len != 0;
         word = next_word(line, &at, &width)) {
        if (column > margin && column + 1 + width > PN_LINE_WIDTH) {
            pn_buf_add_str(out, run);
            pn_buf_add_char(out, '\n');
            pn_line_repeat(out, ' ', margin);
            run = word;
            column = margin + width;
            continue;
        }
        if (word.ptr == run.ptr + run.len + 1 && word.ptr[-1] == ' ') {
            run.len += 1 + word.len;
        } else {
            pn_buf_add_str(out, run);
            pn_buf_add_char(out, ' ');
            run = word;
        }
        column += 1 + width;
    }
    pn_buf_add_str(out, run);
    pn_buf_add_char(out, '\n');
}

/* True for words one space apart, without combining marks: most lines. */
static bool is_simple(pn_str line) {
    uint64_t after_space = 1;
    for (size_t at = 0; at < line.len; at += PN_SCAN_BLOCK) {
        char rest[PN_SCAN_BLOCK];
        const char *p = line.ptr + at;
        uint64_t spaces = 0, others = 0;
        if (line.len - at < sizeof rest) {
            memset(rest, 'x', sizeof rest);
            memcpy(rest, p, line.len - at);
            p = rest;
        }
        for (unsigned i = 0; i < PN_SCAN_BLOCK; i += PN_SCAN_LANES) {
            pn_scan_vec lanes = pn_scan_load(p + i);
            spaces |= pn_scan_bits(pn_scan_equal(lanes, pn_scan_splat(' '))) << i;
            others |= pn_scan_bits(pn_scan_equal(lanes, pn_scan_splat('\t')) |
                                   pn_scan_equal(lanes, pn_scan_splat('\r')) |
                                   pn_scan_equal(lanes, pn_scan_splat(0xCC)) |
                                   pn_scan_equal(lanes, pn_scan_splat(0xCD)));
        }
        if (others != 0 || (spaces & (spaces << 1 | after_space)) != 0) {
            return false;
        }
        after_space = spaces >> 63;
    }
    return line.len != 0 && line.ptr[line.len - 1] != ' ';
}

/* How many bytes take so many columns; all of them where they take fewer. */
static size_t bytes_of(pn_str text, size_t columns) {
    size_t at = 0;
    while (columns > 0 && at < text.len) {
        size_t count = PN_MIN(columns, text.len - at);
        columns = hidden_of((pn_str){text.ptr + at, count});
        at += count;
    }
    while (at < text.len && !takes_column(text.ptr + at, text.len - at)) {
        at++;
    }
    return at;
}

/* Where a simple line that is too long is broken: at its last space that leaves it short enough,
 * else behind its first word. */
static size_t break_of(pn_str text, size_t fits) {
    size_t at = fits;
    while (at > 0 && text.ptr[at] != ' ') {
        at--;
    }
    for (size_t i = fits; at == 0; i++) {
        if (i == text.len || text.ptr[i] == ' ') {
            return i;
        }
    }
    return at;
}

void pn_line_add_behind(pn_buf *out, pn_str line, size_t column) {
    if (column >= PN_LINE_WIDTH || !is_simple(line)) {
        add_words(out, line, column);
        return;
    }
    for (;;) {
        size_t end = bytes_of(line, PN_LINE_WIDTH - column);
        end = end < line.len ? break_of(line, end) : end;
        pn_buf_add(out, line.ptr, end);
        pn_buf_add_char(out, '\n');
        if (end == line.len) {
            return;
        }
        pn_line_repeat(out, ' ', column);
        line = pn_str_from(line, end + 1);
    }
}

void pn_line_add(pn_buf *out, pn_str line) {
    pn_line_add_behind(out, line, 0);
}

void pn_lines_add(pn_buf *out, pn_str text) {
    bool started = false, gap = false;
    pn_str line;
    while (pn_str_split(&text, '\n', &line)) {
        if (pn_str_trim(line).len == 0) {
            gap = started;
            continue;
        }
        if (gap) {
            pn_buf_add_char(out, '\n');
        }
        pn_line_add(out, line);
        started = true;
        gap = false;
    }
}

void pn_line_cell(pn_buf *out, pn_str text, size_t width, pn_align align) {
    size_t own = pn_line_width(text);
    size_t pad = own < width ? width - own : 0;
    pn_line_repeat(out, ' ', align == PN_ALIGN_RIGHT ? pad : 0);
    pn_buf_add_str(out, text);
    pn_line_repeat(out, ' ', align == PN_ALIGN_LEFT ? pad : 0);
}
