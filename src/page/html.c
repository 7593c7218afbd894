#include "page/html.h"

#include "base/banned.h"

static void add(pn_buf *out, pn_str text, bool lines) {
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        switch (c) {
        case '&': pn_buf_add_lit(out, "&amp;"); break;
        case '<': pn_buf_add_lit(out, "&lt;"); break;
        case '>': pn_buf_add_lit(out, "&gt;"); break;
        case '"': pn_buf_add_lit(out, "&quot;"); break;
        case '\'': pn_buf_add_lit(out, "&#39;"); break;
        case '\n':
            if (lines) {
                pn_buf_add_lit(out, "<br>");
            } else {
                pn_buf_add_char(out, ' ');
            }
            break;
        default:
            if ((unsigned char)c >= ' ' && c != 0x7F) {
                pn_buf_add_char(out, c);
            }
        }
    }
}

void pn_html_text(pn_buf *out, pn_str text) {
    add(out, text, false);
}

void pn_html_lines(pn_buf *out, pn_str text) {
    add(out, text, true);
}

void pn_html_attr(pn_buf *out, pn_str text) {
    add(out, text, false);
}

void pn_html_url(pn_buf *out, pn_str text) {
    static const char HEX[] = "0123456789ABCDEF";
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (pn_is_digit((char)c) || pn_is_alpha((char)c) || c == '-' || c == '_' || c == '.') {
            pn_buf_add_char(out, (char)c);
        } else {
            const char escaped[3] = {'%', HEX[c >> 4], HEX[c & 15]};
            pn_buf_add(out, escaped, sizeof escaped);
        }
    }
}
