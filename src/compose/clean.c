#include "compose/clean.h"

#include "base/banned.h"
#include "base/buf.h"
#include "base/utf8.h"

typedef enum { KEPT, BREAK, DROPPED, BROKEN } fate;

/* C0, DEL, C1 and the line and paragraph separators break a line; the marks and overrides of
 * direction (Unicode's bidirectional formatting characters) could show an IBAN backwards. */
static fate fate_of(uint32_t c) {
    if (c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0x2028 || c == 0x2029) {
        return BREAK;
    }
    bool direction = c == 0x061C || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) ||
                     (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF;
    return direction ? DROPPED : c == 0xFFFD ? BROKEN : KEPT;
}

/* True when all eight are plain letters and signs: from the space to the tilde. May be false for
 * such that are, never true for others. */
static bool eight_kept(const char *at) {
    const uint64_t high = UINT64_C(0x8080808080808080), one = UINT64_C(0x0101010101010101);
    uint64_t eight;
    memcpy(&eight, at, sizeof eight);
    return ((eight | (eight - one * 0x20) | (eight + one)) & high) == 0;
}

/* Bytes at the head that stay as they are. */
static size_t kept_length(pn_str text) {
    size_t at = 0;
    while (at < text.len) {
        if (text.len - at >= 8 && eight_kept(text.ptr + at)) {
            at += 8;
            continue;
        }
        unsigned char byte = (unsigned char)text.ptr[at];
        if (byte >= 0x20 && byte < 0x7F) {
            at++;
            continue;
        }
        uint32_t c = 0;
        size_t len = pn_utf8_decode(pn_str_from(text, at), &c);
        if (fate_of(c) != KEPT) {
            break;
        }
        at += len;
    }
    return at;
}

static pn_str rewritten(pn_str text, pn_str joint, pn_arena *arena) {
    pn_buf out;
    pn_buf_init(&out, text.len * 3 + (joint.len + 1) * text.len);
    bool gap = false;
    while (text.len > 0) {
        uint32_t c = 0;
        size_t len = pn_utf8_decode(text, &c);
        fate what = fate_of(c);
        if (what == BREAK) {
            gap = true;
        } else if (what != DROPPED && !(gap && c == ' ')) {
            if (gap && out.len > 0) {
                pn_buf_add_str(&out, joint);
            }
            gap = false;
            char bytes[4];
            pn_buf_add(&out, bytes, pn_utf8_encode(c, bytes));
        }
        text = pn_str_from(text, len);
    }
    pn_str clean = pn_str_dup(arena, pn_buf_str(&out));
    pn_buf_done(&out);
    return clean;
}

pn_str pn_clean(pn_str text, pn_str joint, pn_arena *arena) {
    text = pn_str_trim(text);
    if (kept_length(text) == text.len) {
        return text;
    }
    return pn_str_trim(rewritten(text, joint, arena));
}

/* With its colon; 0 when it is not one of them. */
static size_t scheme_length(pn_str text) {
    static const char *const SCHEMES[] = {"https:", "http:", "mailto:", "tel:"};
    for (size_t i = 0; i < PN_COUNT(SCHEMES); i++) {
        pn_str scheme = pn_str_of(SCHEMES[i]);
        if (pn_str_eq_nocase(pn_str_first(text, scheme.len), scheme)) {
            return scheme.len;
        }
    }
    return 0;
}

bool pn_url_begins(pn_str text) {
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c <= ' ' || c == 0x7F || c == '<' || c == '>' || c == '"' || c == '\\') {
            return false;
        }
    }
    return scheme_length(text) != 0;
}

bool pn_url_allowed(pn_str url) {
    return pn_url_begins(url) && url.len > scheme_length(url);
}
