#include "http/query.h"

#include "base/banned.h"
#include "base/utf8.h"

static bool is_plain_text(pn_str text) {
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if ((c < ' ' && c != '\n' && c != '\r' && c != '\t') || c == 0x7f) {
            return false;
        }
    }
    return pn_utf8_valid(text);
}

static pn_err decode(pn_str text, bool plus, pn_arena *arena, pn_str *ret_text) {
    char *out = pn_arena_alloc(arena, text.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '%') {
            int high = text.len - i > 2 ? pn_hex_value(text.ptr[i + 1]) : -1;
            int low = text.len - i > 2 ? pn_hex_value(text.ptr[i + 2]) : -1;
            if (high < 0 || low < 0) {
                return PN_INVALID;
            }
            c = (char)(high << 4 | low);
            i += 2;
        } else if (plus && c == '+') {
            c = ' ';
        }
        out[len++] = c;
    }
    *ret_text = (pn_str){out, len};
    return is_plain_text(*ret_text) ? PN_OK : PN_INVALID;
}

pn_err pn_query_next(pn_str *rest, pn_arena *arena, pn_str *ret_name, pn_str *ret_value) {
    pn_str part = PN_STR_NONE, name = PN_STR_NONE;
    do {
        if (!pn_str_split(rest, '&', &part)) {
            return PN_NOT_FOUND;
        }
    } while (part.len == 0);
    PN_TRY(pn_str_split(&part, '=', &name) ? PN_OK : PN_INVALID);
    pn_str value = part.ptr == NULL ? PN_STR("") : part;
    PN_TRY(decode(name, true, arena, ret_name));
    return decode(value, true, arena, ret_value);
}

pn_err pn_percent_decode(pn_str text, pn_arena *arena, pn_str *ret_text) {
    return decode(text, false, arena, ret_text);
}

void pn_percent_encode(pn_buf *buf, pn_str text) {
    static const char HEX[] = "0123456789ABCDEF";
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (pn_is_alpha(c) || pn_is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~') {
            pn_buf_add_char(buf, c);
        } else {
            pn_buf_add_char(buf, '%');
            pn_buf_add_char(buf, HEX[(unsigned char)c >> 4]);
            pn_buf_add_char(buf, HEX[(unsigned char)c & 15]);
        }
    }
}
