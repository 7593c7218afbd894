#include "world/sample.h"

#include "base/banned.h"

static int value_of(char c, bool hex) {
    if (c >= '0' && c <= '9') {
        return hex ? c - '0' : c - '0' + 52;
    }
    if (hex) {
        return c >= 'A' && c <= 'F' ? c - 'A' + 10 : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    }
    return c >= 'A' && c <= 'Z'   ? c - 'A'
           : c >= 'a' && c <= 'z' ? c - 'a' + 26
           : c == '+'             ? 62
           : c == '/'             ? 63
                                  : -1;
}

/* RFC 2045, section 6.7. */
static pn_str decode_quoted(pn_str body, pn_arena *arena) {
    char *out = pn_arena_alloc(arena, body.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < body.len; i++) {
        if (body.ptr[i] != '=') {
            out[len++] = body.ptr[i];
        } else if (i + 2 < body.len && body.ptr[i + 1] == '\r') {
            i += 2; /* a soft line break */
        } else if (i + 2 < body.len) {
            int high = value_of(body.ptr[i + 1], true), low = value_of(body.ptr[i + 2], true);
            out[len++] = high >= 0 && low >= 0 ? (char)(high * 16 + low) : '=';
            i += high >= 0 && low >= 0 ? 2 : 0;
        }
    }
    return (pn_str){out, len};
}

/* RFC 2045, section 6.8. */
static pn_str decode_base64(pn_str body, pn_arena *arena) {
    char *out = pn_arena_alloc(arena, body.len + 1);
    size_t len = 0;
    unsigned bits = 0, have = 0;
    for (size_t i = 0; i < body.len; i++) {
        int value = value_of(body.ptr[i], false);
        if (value < 0) {
            continue;
        }
        bits = bits << 6 | (unsigned)value;
        have += 6;
        if (have >= 8) {
            have -= 8;
            out[len++] = (char)(bits >> have & 0xFF);
        }
    }
    return (pn_str){out, len};
}

pn_err pn_sample_html(pn_str mail, pn_arena *arena, pn_str *ret_html) {
    size_t at = pn_str_find(mail, PN_STR("Content-Type: text/html"));
    if (at == SIZE_MAX) {
        return PN_NOT_FOUND;
    }
    pn_str part = pn_str_from(mail, at);
    size_t head_end = pn_str_find(part, PN_STR("\r\n\r\n"));
    if (head_end == SIZE_MAX) {
        return PN_NOT_FOUND;
    }
    pn_str head = pn_str_first(part, head_end);
    pn_str body = pn_str_from(part, head_end + 4);
    size_t end = pn_str_find(body, PN_STR("\r\n--"));
    body = end == SIZE_MAX ? body : pn_str_first(body, end);
    *ret_html = pn_str_find(head, PN_STR("quoted-printable")) != SIZE_MAX
                    ? decode_quoted(body, arena)
                : pn_str_find(head, PN_STR("base64")) != SIZE_MAX ? decode_base64(body, arena)
                                                                  : body;
    return PN_OK;
}
