#include "compose/lines.h"

#include "base/banned.h"

/* U+0300 to U+036F: CC 80 to CD AF. */
static bool is_combining(const char *at, size_t left) {
    unsigned char lead = (unsigned char)at[0];
    unsigned char next = left > 1 ? (unsigned char)at[1] : 0;
    return (lead == 0xCC && next >= 0x80) || (lead == 0xCD && next >= 0x80 && next <= 0xAF);
}

size_t pn_line_width(pn_str text) {
    size_t width = 0;
    for (size_t i = 0; i < text.len; i++) {
        bool starts = ((unsigned char)text.ptr[i] & 0xC0) != 0x80;
        width += starts && !is_combining(text.ptr + i, text.len - i);
    }
    return width;
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

void pn_line_add_behind(pn_buf *out, pn_str line, size_t column) {
    const size_t margin = column;
    size_t at = 0;
    for (;;) {
        while (at < line.len && is_gap(line.ptr[at])) {
            at++;
        }
        size_t from = at;
        while (at < line.len && !is_gap(line.ptr[at])) {
            at++;
        }
        if (from == at) {
            break;
        }
        pn_str word = {line.ptr + from, at - from};
        size_t width = pn_line_width(word);
        if (column > margin && column + 1 + width > PN_LINE_WIDTH) {
            pn_buf_add_char(out, '\n');
            pn_line_repeat(out, ' ', margin);
            column = margin;
        } else if (column > margin) {
            pn_buf_add_char(out, ' ');
            column++;
        }
        pn_buf_add_str(out, word);
        column += width;
    }
    pn_buf_add_char(out, '\n');
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
