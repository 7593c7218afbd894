#include "base/base64.h"

#include "base/banned.h"

static const char LETTERS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void pn_base64_add(pn_buf *out, const void *bytes, size_t size) {
    const uint8_t *in = bytes;
    for (size_t i = 0; i < size; i += 3) {
        size_t left = size - i;
        uint32_t three = (uint32_t)in[i] << 16 | (left > 1 ? (uint32_t)in[i + 1] << 8 : 0) |
                         (left > 2 ? in[i + 2] : 0);
        pn_buf_add_char(out, LETTERS[three >> 18]);
        pn_buf_add_char(out, LETTERS[three >> 12 & 63]);
        pn_buf_add_char(out, left > 1 ? LETTERS[three >> 6 & 63] : '=');
        pn_buf_add_char(out, left > 2 ? LETTERS[three & 63] : '=');
    }
}

static int value_of(char c) {
    const char *at = c == '\0' ? NULL : strchr(LETTERS, c);
    return at == NULL ? -1 : (int)(at - LETTERS);
}

pn_err pn_base64_read(pn_str text, pn_buf *out) {
    if (text.len % 4 != 0) {
        return PN_INVALID;
    }
    for (size_t i = 0; i < text.len; i += 4) {
        const char *four = text.ptr + i;
        bool last = i + 4 == text.len;
        int padding = last && four[3] == '=' ? (four[2] == '=' ? 2 : 1) : 0;
        uint32_t bits = 0;
        for (int j = 0; j < 4; j++) {
            int value = j >= 4 - padding ? 0 : value_of(four[j]);
            if (value < 0) {
                return PN_INVALID;
            }
            bits = bits << 6 | (uint32_t)value;
        }
        if ((padding == 2 && (bits & 0xFFFF) != 0) || (padding == 1 && (bits & 0xFF) != 0)) {
            return PN_INVALID; /* two texts must not mean the same */
        }
        for (int j = 0; j < 3 - padding; j++) {
            pn_buf_add_char(out, (char)(bits >> (16 - 8 * j) & 0xFF));
        }
    }
    return pn_buf_err(out);
}
