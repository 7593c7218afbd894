#include "format/encoding.h"

#include <string.h>

#include "base/banned.h"
#include "base/utf8.h"
#include "base/scan.h"

static const struct {
    const char *name;
    pn_encoding encoding;
} NAMES[] = {
    {"guess", PN_ENCODING_GUESS}, /* the first name of each is the one we write */
    {"utf-8", PN_ENCODING_UTF8},
    {"utf-16le", PN_ENCODING_UTF16LE},
    {"utf-16be", PN_ENCODING_UTF16BE},
    {"windows-1252", PN_ENCODING_WINDOWS1252},
    {"utf8", PN_ENCODING_UTF8},
    {"ascii", PN_ENCODING_UTF8},
    {"us-ascii", PN_ENCODING_UTF8},
    {"utf-16", PN_ENCODING_UTF16LE},
    {"cp1252", PN_ENCODING_WINDOWS1252},
    {"latin1", PN_ENCODING_WINDOWS1252},
    {"latin-1", PN_ENCODING_WINDOWS1252},
    {"iso-8859-1", PN_ENCODING_WINDOWS1252},
    {"iso8859-1", PN_ENCODING_WINDOWS1252},
    {"ansi", PN_ENCODING_WINDOWS1252},
};

const char *pn_encoding_name(pn_encoding encoding) {
    return NAMES[encoding].name;
}

pn_err pn_encoding_parse(pn_str name, pn_encoding *ret_encoding) {
    for (size_t i = 0; i < PN_COUNT(NAMES); i++) {
        if (pn_str_eq_nocase(name, pn_str_of(NAMES[i].name))) {
            *ret_encoding = NAMES[i].encoding;
            return PN_OK;
        }
    }
    return PN_INVALID;
}

pn_encoding pn_encoding_of_bom(pn_str bytes, size_t *ret_bom_bytes) {
    if (pn_str_starts(bytes, PN_STR("\xEF\xBB\xBF"))) {
        *ret_bom_bytes = 3;
        return PN_ENCODING_UTF8;
    }
    if (pn_str_starts(bytes, PN_STR("\xFF\xFE"))) {
        *ret_bom_bytes = 2;
        return PN_ENCODING_UTF16LE;
    }
    if (pn_str_starts(bytes, PN_STR("\xFE\xFF"))) {
        *ret_bom_bytes = 2;
        return PN_ENCODING_UTF16BE;
    }
    *ret_bom_bytes = 0;
    return PN_ENCODING_GUESS;
}

/* Western text in UTF-16 has a zero byte in most pairs, always on the same side. */
static pn_encoding guess_utf16(pn_str bytes) {
    size_t pairs = PN_MIN(bytes.len, (size_t)4096) / 2;
    size_t zeros[2] = {0, 0};
    for (size_t i = 0; i < pairs * 2; i++) {
        zeros[i & 1] += bytes.ptr[i] == '\0';
    }
    for (unsigned side = 0; side < 2; side++) {
        if (pairs >= 2 && zeros[side] * 2 >= pairs && zeros[1 - side] * 50 <= pairs) {
            return side == 1 ? PN_ENCODING_UTF16LE : PN_ENCODING_UTF16BE;
        }
    }
    return PN_ENCODING_GUESS;
}

/* Length of the well-formed character at the head of `text`, or 0. */
static size_t character_at(pn_str text) {
    uint32_t character = 0;
    size_t len = pn_utf8_decode(text, &character);
    return len == 1 && character == 0xFFFD ? 0 : len;
}

pn_encoding pn_encoding_guess(pn_str bytes) {
    size_t bom_bytes = 0;
    pn_encoding encoding = pn_encoding_of_bom(bytes, &bom_bytes);
    if (encoding == PN_ENCODING_GUESS) {
        encoding = guess_utf16(bytes);
    }
    if (encoding != PN_ENCODING_GUESS) {
        return encoding;
    }
    size_t good = 0;
    size_t broken = 0;
    for (size_t i = 0; i < bytes.len;) {
        i += pn_scan_ascii(bytes.ptr + i, bytes.len - i);
        if (i < bytes.len) {
            size_t len = character_at(pn_str_from(bytes, i));
            good += len != 0;
            broken += len == 0;
            i += len != 0 ? len : 1;
        }
    }
    return broken == 0 || good > broken ? PN_ENCODING_UTF8 : PN_ENCODING_WINDOWS1252;
}

size_t pn_encoding_utf8_fault(pn_str text) {
    size_t i = 0;
    for (;;) {
        i += pn_scan_ascii(text.ptr + i, text.len - i);
        size_t len = i < text.len ? character_at(pn_str_from(text, i)) : 0;
        if (len == 0) {
            return i;
        }
        i += len;
    }
}

/* What Windows-1252 has where Latin-1 has C1 controls, 0x80 to 0x9F. */
static const uint16_t WINDOWS1252[32] = {
    0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x008D, 0x017D, 0x008F, 0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x009D, 0x017E, 0x0178,
};

static void recode_windows1252(pn_str bytes, pn_buf *out) {
    for (size_t i = 0; i < bytes.len;) {
        size_t ascii = pn_scan_ascii(bytes.ptr + i, bytes.len - i);
        pn_buf_add(out, bytes.ptr + i, ascii);
        for (i += ascii; i < bytes.len && (unsigned char)bytes.ptr[i] >= 0x80; i++) {
            unsigned char c = (unsigned char)bytes.ptr[i];
            char utf8[4];
            size_t len = pn_utf8_encode(c < 0xA0 ? WINDOWS1252[c - 0x80] : c, utf8);
            pn_buf_add(out, utf8, len);
        }
    }
}

static uint32_t unit_at(pn_str bytes, size_t i, bool little) {
    uint32_t first = (unsigned char)bytes.ptr[i];
    uint32_t second = (unsigned char)bytes.ptr[i + 1];
    return little ? first | (second << 8) : (first << 8) | second;
}

static bool is_high_half(uint32_t unit) {
    return unit >> 10 == 0xD800 >> 10;
}

static bool is_low_half(uint32_t unit) {
    return unit >> 10 == 0xDC00 >> 10;
}

/* Half of a pair as three bytes (what is called WTF-8): malformed for every validator. */
static void add_unit(pn_buf *out, uint32_t unit) {
    char utf8[4];
    size_t len = 3;
    if (is_high_half(unit) || is_low_half(unit)) {
        utf8[0] = (char)0xED;
        utf8[1] = (char)(0x80 | ((unit >> 6) & 0x3F));
        utf8[2] = (char)(0x80 | (unit & 0x3F));
    } else {
        len = pn_utf8_encode(unit, utf8);
    }
    pn_buf_add(out, utf8, len);
}

static size_t recode_utf16(pn_str bytes, bool little, bool is_last, pn_buf *out) {
    size_t i = 0;
    while (bytes.len - i >= 2) {
        uint32_t unit = unit_at(bytes, i, little);
        if (unit < 0x80) {
            pn_buf_add_char(out, (char)unit);
            i += 2;
            continue;
        }
        if (is_high_half(unit)) {
            if (bytes.len - i < 4 && !is_last) {
                return i;
            }
            uint32_t low = bytes.len - i >= 4 ? unit_at(bytes, i + 2, little) : 0;
            if (is_low_half(low)) {
                unit = 0x10000 + ((unit & 0x3FF) << 10) + (low & 0x3FF);
                i += 2;
            }
        }
        add_unit(out, unit);
        i += 2;
    }
    if (i < bytes.len && is_last) {
        pn_buf_add_char(out, (char)0xFF);
        i++;
    }
    return i;
}

size_t pn_encoding_to_utf8(pn_encoding encoding, pn_str bytes, bool is_last, pn_buf *out) {
    switch (encoding) {
    case PN_ENCODING_GUESS:
    case PN_ENCODING_UTF8: pn_buf_add_str(out, bytes); return bytes.len;
    case PN_ENCODING_WINDOWS1252: recode_windows1252(bytes, out); return bytes.len;
    case PN_ENCODING_UTF16LE: return recode_utf16(bytes, true, is_last, out);
    case PN_ENCODING_UTF16BE: return recode_utf16(bytes, false, is_last, out);
    }
    return bytes.len;
}
