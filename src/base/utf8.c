/* UTF-8 by the table of RFC 3629, section 4.
 *
 * Case and accent mapping cover the scripts our users write names in (Latin, Greek, Cyrillic).
 * ICU would know more, but it allocates, loads 8 MB and may not be called from pure code. */
#include "base/utf8.h"

#include "base/banned.h"

/* Length of a well-formed sequence at `p` (at least 1 byte available), or 0. */
static size_t sequence_length(const unsigned char *p, size_t available) {
    unsigned char lead = p[0];
    if (lead < 0x80) {
        return 1;
    }
    size_t len = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || available < len) {
        return 0;
    }
    for (size_t i = 1; i < len; i++) {
        if ((p[i] & 0xC0) != 0x80) {
            return 0;
        }
    }
    if ((lead == 0xE0 && p[1] < 0xA0) || (lead == 0xED && p[1] > 0x9F) ||
        (lead == 0xF0 && p[1] < 0x90) || (lead == 0xF4 && p[1] > 0x8F)) {
        return 0;
    }
    return len;
}

bool pn_utf8_valid(pn_str text) {
    size_t i = 0;
    while (i < text.len) {
        size_t len = sequence_length((const unsigned char *)text.ptr + i, text.len - i);
        if (len == 0) {
            return false;
        }
        i += len;
    }
    return true;
}

size_t pn_utf8_decode(pn_str text, uint32_t *ret_char) {
    const unsigned char *p = (const unsigned char *)text.ptr;
    size_t len = sequence_length(p, text.len);
    if (len == 0) {
        *ret_char = 0xFFFD;
        return 1;
    }
    if (len == 1) {
        *ret_char = p[0];
        return 1;
    }
    uint32_t value = p[0] & (0x7FU >> len);
    for (size_t i = 1; i < len; i++) {
        value = (value << 6) | (p[i] & 0x3FU);
    }
    *ret_char = value;
    return len;
}

size_t pn_utf8_encode(uint32_t character, char out[4]) {
    if (character > 0x10FFFF || (character >= 0xD800 && character <= 0xDFFF)) {
        character = 0xFFFD;
    }
    if (character < 0x80) {
        out[0] = (char)character;
        return 1;
    }
    if (character < 0x800) {
        out[0] = (char)(0xC0 | (character >> 6));
        out[1] = (char)(0x80 | (character & 0x3F));
        return 2;
    }
    if (character < 0x10000) {
        out[0] = (char)(0xE0 | (character >> 12));
        out[1] = (char)(0x80 | ((character >> 6) & 0x3F));
        out[2] = (char)(0x80 | (character & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | (character >> 18));
    out[1] = (char)(0x80 | ((character >> 12) & 0x3F));
    out[2] = (char)(0x80 | ((character >> 6) & 0x3F));
    out[3] = (char)(0x80 | (character & 0x3F));
    return 4;
}

size_t pn_utf8_count(pn_str text) {
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++) {
        count += ((unsigned char)text.ptr[i] & 0xC0) != 0x80;
    }
    return count;
}

size_t pn_utf8_prefix(pn_str text, size_t count) {
    size_t i = 0;
    while (i < text.len) {
        if (((unsigned char)text.ptr[i] & 0xC0) != 0x80 && count-- == 0) {
            break;
        }
        i++;
    }
    return i;
}

uint32_t pn_utf8_lower(uint32_t c) {
    if (c < 0x80) {
        return c >= 'A' && c <= 'Z' ? c + 32 : c;
    }
    if (c >= 0xC0 && c <= 0xDE && c != 0xD7) {
        return c + 32;
    }
    if ((c >= 0x100 && c <= 0x137) || (c >= 0x14A && c <= 0x177)) {
        return c == 0x130 ? 'i' : c | 1U;
    }
    if ((c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17E)) {
        return (c & 1U) != 0 ? c + 1 : c;
    }
    if (c == 0x178) {
        return 0xFF;
    }
    if (c >= 0x391 && c <= 0x3A9 && c != 0x3A2) {
        return c + 32;
    }
    if (c >= 0x410 && c <= 0x42F) {
        return c + 32;
    }
    if (c >= 0x400 && c <= 0x40F) {
        return c + 80;
    }
    return c;
}

uint32_t pn_utf8_upper(uint32_t c) {
    if (c < 0x80) {
        return c >= 'a' && c <= 'z' ? c - 32 : c;
    }
    if (c >= 0xE0 && c <= 0xFE && c != 0xF7) {
        return c - 32;
    }
    if ((c >= 0x100 && c <= 0x137) || (c >= 0x14A && c <= 0x177)) {
        return c == 0x131 ? 'I' : c & ~1U;
    }
    if ((c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17E)) {
        return (c & 1U) == 0 ? c - 1 : c;
    }
    if (c == 0xFF) {
        return 0x178;
    }
    if (c >= 0x3B1 && c <= 0x3C9 && c != 0x3C2) {
        return c - 32;
    }
    if (c >= 0x430 && c <= 0x44F) {
        return c - 32;
    }
    if (c >= 0x450 && c <= 0x45F) {
        return c - 80;
    }
    return c;
}

/* Lower-case letter, its base letter, and the combining mark that makes the one from the other. */
static const struct {
    uint16_t composed;
    char base;
    uint16_t mark;
} ACCENTS[] = {
    {0xE0, 'a', 0x300},  {0xE1, 'a', 0x301},  {0xE2, 'a', 0x302},  {0xE3, 'a', 0x303},
    {0xE4, 'a', 0x308},  {0xE5, 'a', 0x30A},  {0xE7, 'c', 0x327},  {0xE8, 'e', 0x300},
    {0xE9, 'e', 0x301},  {0xEA, 'e', 0x302},  {0xEB, 'e', 0x308},  {0xEC, 'i', 0x300},
    {0xED, 'i', 0x301},  {0xEE, 'i', 0x302},  {0xEF, 'i', 0x308},  {0xF1, 'n', 0x303},
    {0xF2, 'o', 0x300},  {0xF3, 'o', 0x301},  {0xF4, 'o', 0x302},  {0xF5, 'o', 0x303},
    {0xF6, 'o', 0x308},  {0xF8, 'o', 0},      {0xF9, 'u', 0x300},  {0xFA, 'u', 0x301},
    {0xFB, 'u', 0x302},  {0xFC, 'u', 0x308},  {0xFD, 'y', 0x301},  {0xFF, 'y', 0x308},
    {0x101, 'a', 0x304}, {0x103, 'a', 0x306}, {0x105, 'a', 0x328}, {0x107, 'c', 0x301},
    {0x10D, 'c', 0x30C}, {0x10F, 'd', 0x30C}, {0x111, 'd', 0},     {0x113, 'e', 0x304},
    {0x119, 'e', 0x328}, {0x11B, 'e', 0x30C}, {0x11F, 'g', 0x306}, {0x12B, 'i', 0x304},
    {0x131, 'i', 0},     {0x142, 'l', 0},     {0x144, 'n', 0x301}, {0x148, 'n', 0x30C},
    {0x14D, 'o', 0x304}, {0x151, 'o', 0x30B}, {0x159, 'r', 0x30C}, {0x15B, 's', 0x301},
    {0x15F, 's', 0x327}, {0x161, 's', 0x30C}, {0x165, 't', 0x30C}, {0x16B, 'u', 0x304},
    {0x16F, 'u', 0x30A}, {0x171, 'u', 0x30B}, {0x17A, 'z', 0x301}, {0x17C, 'z', 0x307},
    {0x17E, 'z', 0x30C},
};

static char base_letter(uint32_t c) {
    for (size_t i = 0; i < PN_COUNT(ACCENTS); i++) {
        if (ACCENTS[i].composed == c) {
            return ACCENTS[i].base;
        }
    }
    return '\0';
}

static uint32_t compose(uint32_t base, uint32_t mark) {
    for (size_t i = 0; i < PN_COUNT(ACCENTS); i++) {
        if ((uint32_t)(unsigned char)ACCENTS[i].base == base && ACCENTS[i].mark == mark) {
            return ACCENTS[i].composed;
        }
    }
    return 0;
}

pn_str pn_utf8_fold(pn_arena *arena, pn_str text, bool strip_accents) {
    /* U+FFFD for a bad byte makes one byte three: the only way a fold can grow. */
    char *out = pn_arena_alloc(arena, text.len * 3 + 1);
    size_t len = 0;
    size_t last_at = 0; /* where the last base letter stands in `out` */
    uint32_t last = 0;
    for (size_t i = 0; i < text.len;) {
        uint32_t c = (unsigned char)text.ptr[i];
        if (c < 0x80) {
            i++;
        } else {
            i += pn_utf8_decode(pn_str_from(text, i), &c);
        }
        c = pn_utf8_lower(c);
        bool combining = c >= 0x300 && c <= 0x36F;
        if (combining && strip_accents) {
            continue;
        }
        if (combining && last != 0) {
            uint32_t composed = compose(last, c);
            if (composed != 0) {
                len = last_at;
                c = composed;
            }
        }
        if (strip_accents && c >= 0x80) {
            char base = base_letter(c);
            if (base != '\0') {
                c = (uint32_t)(unsigned char)base;
            } else if (c == 0xDF) { /* ß */
                out[len++] = 's';
                c = 's';
            }
        }
        last = c < 0x80 ? c : 0;
        last_at = len;
        len += pn_utf8_encode(c, out + len);
    }
    out[len] = '\0';
    return (pn_str){out, len};
}
