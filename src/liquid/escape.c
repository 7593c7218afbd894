#include "liquid/escape.h"

#include "base/banned.h"

/* 1 for the five characters that HTML needs escaped. */
static const uint8_t HTML_SPECIAL[256] = {
    ['&'] = 1, ['<'] = 1, ['>'] = 1, ['"'] = 1, ['\''] = 1,
};

static pn_str entity_of(char c) {
    switch (c) {
    case '&': return PN_STR("&amp;");
    case '<': return PN_STR("&lt;");
    case '>': return PN_STR("&gt;");
    case '"': return PN_STR("&quot;");
    default: return PN_STR("&#39;");
    }
}

/* How many characters at the head need no escaping. Eight look-ups without a branch between them
 * are a third faster than one at a time. */
static size_t plain_length(const unsigned char *text, size_t len) {
    size_t i = 0;
    while (i + 8 <= len) {
        const unsigned char *at = text + i;
        unsigned special = HTML_SPECIAL[at[0]] | HTML_SPECIAL[at[1]] | HTML_SPECIAL[at[2]] |
                           HTML_SPECIAL[at[3]] | HTML_SPECIAL[at[4]] | HTML_SPECIAL[at[5]] |
                           HTML_SPECIAL[at[6]] | HTML_SPECIAL[at[7]];
        if (special != 0) {
            break;
        }
        i += 8;
    }
    while (i < len && HTML_SPECIAL[text[i]] == 0) {
        i++;
    }
    return i;
}

void pn_liquid_escape_html(pn_buf *buf, pn_str text) {
    for (;;) {
        size_t plain = plain_length((const unsigned char *)text.ptr, text.len);
        pn_buf_add(buf, text.ptr, plain);
        if (plain == text.len) {
            return;
        }
        pn_buf_add_str(buf, entity_of(text.ptr[plain]));
        text = pn_str_from(text, plain + 1);
    }
}

/* &name; or &#digits; at the head of `text`. */
static bool is_entity(pn_str text) {
    size_t i = 1;
    bool numeric = i < text.len && text.ptr[i] == '#';
    i += numeric;
    size_t from = i;
    while (i < text.len && (numeric ? pn_is_digit(text.ptr[i]) : pn_is_alpha(text.ptr[i]))) {
        i++;
    }
    return i > from && i < text.len && text.ptr[i] == ';';
}

void pn_liquid_escape_html_once(pn_buf *buf, pn_str text) {
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (HTML_SPECIAL[(unsigned char)c] == 0 || (c == '&' && is_entity(pn_str_from(text, i)))) {
            pn_buf_add_char(buf, c);
        } else {
            pn_buf_add_str(buf, entity_of(c));
        }
    }
}

void pn_liquid_escape_json(pn_buf *buf, pn_str text) {
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c < 0x20) {
            pn_buf_add_format(buf, "\\u%04x", (unsigned)c);
        } else {
            if (c == '"' || c == '\\') {
                pn_buf_add_char(buf, '\\');
            }
            pn_buf_add_char(buf, (char)c);
        }
    }
}

void pn_liquid_escape_url(pn_buf *buf, pn_str text, bool form) {
    static const char HEX[] = "0123456789ABCDEF";
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        unsigned char byte = (unsigned char)c;
        if (pn_is_alpha(c) || pn_is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~') {
            pn_buf_add_char(buf, c);
        } else if (form && c == ' ') {
            pn_buf_add_char(buf, '+');
        } else {
            char encoded[3] = {'%', HEX[byte >> 4], HEX[byte & 15]};
            pn_buf_add(buf, encoded, sizeof encoded);
        }
    }
}

/* Length of the control character at the head, or 0: C0, DEL, and C1 in UTF-8. */
static size_t control_length(const char *text, size_t len) {
    unsigned char byte = (unsigned char)text[0];
    if (byte < 0x20 || byte == 0x7F) {
        return 1;
    }
    return byte == 0xC2 && len > 1 && (unsigned char)text[1] < 0xA0 ? 2 : 0;
}

size_t pn_liquid_clean_header(char *text, size_t len) {
    size_t kept = 0;
    bool gap = false;
    for (size_t i = 0; i < len;) {
        size_t control = control_length(text + i, len - i);
        if (control != 0) {
            gap = true;
            i += control;
            continue;
        }
        if (gap && kept > 0 && text[kept - 1] != ' ' && text[i] != ' ') {
            text[kept++] = ' ';
        }
        gap = false;
        if (text[i] != ' ' || kept > 0) {
            text[kept++] = text[i];
        }
        i++;
    }
    while (kept > 0 && text[kept - 1] == ' ') {
        kept--;
    }
    return kept;
}

/* Length of the no-break space at the head, wide (U+00A0) or narrow (U+202F), or 0. The alphabet of
 * an SMS has neither: one of them alone would halve what fits into it. */
static size_t no_break_length(const char *text, size_t len) {
    if (len > 1 && memcmp(text, "\xC2\xA0", 2) == 0) {
        return 2;
    }
    return len > 2 && memcmp(text, "\xE2\x80\xAF", 3) == 0 ? 3 : 0;
}

size_t pn_liquid_clean_sms(char *text, size_t len) {
    size_t kept = 0;
    for (size_t i = 0; i < len;) {
        size_t control = control_length(text + i, len - i);
        size_t space = no_break_length(text + i, len - i);
        if (space != 0) {
            text[kept++] = ' ';
            i += space;
        } else if (control == 0 || text[i] == '\n') {
            text[kept++] = text[i++];
        } else {
            i += control;
        }
    }
    return kept;
}
