#include "compose/lines.h"

#include "base/banned.h"

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

size_t pn_line_width(pn_str text) {
    size_t hidden = 0;
    for (size_t i = 0; i < text.len; i++) {
        if ((unsigned char)text.ptr[i] >= 0x80) {
            hidden += !takes_column(text.ptr + i, text.len - i);
        }
    }
    return text.len - hidden;
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
void pn_line_add_behind(pn_buf *out, pn_str line, size_t column) {
    const size_t margin = column;
    size_t at = 0, width = 0;
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
