#include "net/smtp_message.h"

#include "base/banned.h"
#include "base/limits.h"
#include "base/scan.h"
#include "base/utf8.h"

enum { LINE_BYTES_MAX = 998 }; /* without its CRLF; RFC 5321, section 4.5.3.1.6 */

/* ── addresses ── */

static bool all_ascii(pn_str text) {
    for (size_t i = 0; i < text.len; i++) {
        if ((unsigned char)text.ptr[i] >= 0x80) {
            return false;
        }
    }
    return true;
}

/* atext of RFC 5322 with RFC 6531, and the dot wherever it stands: some carriers give out
 * addresses with two in a row or one at the end. */
static bool is_local_char(char c) {
    return pn_is_alpha(c) || pn_is_digit(c) || (unsigned char)c >= 0x80 ||
           (c != '\0' && strchr(".!#$%&'*+-/=?^_`{|}~", c) != NULL);
}

static bool quoted_local_part(pn_str local) {
    if (local.len < 3 || local.ptr[local.len - 1] != '"') {
        return false;
    }
    for (size_t i = 1; i < local.len - 1; i++) {
        unsigned char c = (unsigned char)local.ptr[i];
        if (c == '\\') {
            if (++i >= local.len - 1) {
                return false;
            }
            c = (unsigned char)local.ptr[i];
        } else if (c == '"') {
            return false;
        }
        if (c < 0x20 || c == 0x7F) {
            return false;
        }
    }
    return true;
}

static bool local_part(pn_str local) {
    if (local.len == 0) {
        return false;
    }
    if (local.ptr[0] == '"') {
        return quoted_local_part(local);
    }
    for (size_t i = 0; i < local.len; i++) {
        if (!is_local_char(local.ptr[i])) {
            return false;
        }
    }
    return true;
}

static bool domain(pn_str name) {
    bool literal = name.len > 2 && name.ptr[0] == '[' && name.ptr[name.len - 1] == ']';
    if (literal) {
        name = pn_str_sub(name.ptr + 1, name.ptr + name.len - 1);
    }
    if (name.len == 0 || name.ptr[0] == '.' || name.ptr[0] == '-') {
        return false;
    }
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        if (!pn_is_alpha(c) && !pn_is_digit(c) && (unsigned char)c < 0x80 && c != '-' && c != '.' &&
            c != '_' && !(literal && c == ':')) {
            return false;
        }
    }
    return true;
}

/* Mailbox of RFC 5321, section 4.1.2. */
static bool mailbox(pn_str address) {
    if (address.len > PN_LIMIT_EMAIL_BYTES || !pn_utf8_valid(address)) {
        return false;
    }
    for (size_t i = address.len; i-- > 0;) {
        if (address.ptr[i] == '@') {
            return local_part(pn_str_first(address, i)) && domain(pn_str_from(address, i + 1));
        }
    }
    return false;
}

/* ── content ── */

/* One bit a byte of a block. */
static uint64_t bits_of(const char *p, char c) {
    uint64_t bits = 0;
    for (unsigned i = 0; i < PN_SCAN_BLOCK; i += PN_SCAN_LANES) {
        pn_scan_vec lanes = pn_scan_load(p + i);
        bits |= pn_scan_bits(pn_scan_equal(lanes, pn_scan_splat((uint8_t)c))) << i;
    }
    return bits;
}

/* What the blocks before leave behind. */
typedef struct {
    uint64_t after_return, after_feed; /* 0 or 1: the next byte follows one; it begins a line */
    size_t line_start;
    bool dotted, bad;
    pn_scan_vec high, nul; /* in some lane, some block */
} look;

/* Every LF follows a CR and every CR stands before an LF, and no line is too long. */
static void look_at(look *l, size_t at, const char *p) {
    uint64_t feeds = bits_of(p, '\n'), returns = bits_of(p, '\r');
    for (unsigned i = 0; i < PN_SCAN_BLOCK; i += PN_SCAN_LANES) {
        pn_scan_vec lanes = pn_scan_load(p + i);
        l->high |= lanes;
        l->nul |= pn_scan_equal(lanes, pn_scan_splat(0));
    }
    l->bad |= (returns << 1 | l->after_return) != feeds;
    uint64_t begins = feeds << 1 | l->after_feed;
    if (!l->dotted && begins != 0) {
        l->dotted = (bits_of(p, '.') & begins) != 0;
    }
    l->after_return = returns >> 63;
    l->after_feed = feeds >> 63;
    if (feeds != 0) { /* the others of the block end short lines */
        l->bad |= at + pn_scan_first(feeds) - l->line_start > LINE_BYTES_MAX + 1;
        l->line_start = at + 64 - (size_t)__builtin_clzll(feeds);
    }
}

/* Sixty-four bytes at a time: this is the one look that every message gets. */
static look look_over(pn_str text) {
    look l = {.after_feed = 1};
    size_t at = 0;
    for (; text.len - at >= PN_SCAN_BLOCK; at += PN_SCAN_BLOCK) {
        look_at(&l, at, text.ptr + at);
    }
    if (at < text.len) {
        char rest[PN_SCAN_BLOCK];
        memset(rest, ' ', sizeof rest);
        memcpy(rest, text.ptr + at, text.len - at);
        look_at(&l, at, rest);
    }
    l.bad |= pn_scan_bits(l.nul) != 0 || text.len == 0 || text.ptr[text.len - 1] != '\n';
    return l;
}

pn_smtp_check pn_smtp_message_check(pn_smtp_message *message) {
    if (message->sender.len > 0 && !mailbox(message->sender)) {
        return PN_SMTP_BAD_SENDER;
    }
    if (!mailbox(message->recipient)) {
        return PN_SMTP_BAD_RECIPIENT;
    }
    look seen = look_over(message->content);
    if (seen.bad) {
        return PN_SMTP_BAD_CONTENT;
    }
    message->dotted = seen.dotted;
    message->eight_bit = pn_scan_bits(seen.high) != 0;
    message->wants_utf8 = !all_ascii(message->sender) || !all_ascii(message->recipient);
    if (message->eight_bit && !message->wants_utf8) {
        size_t header = pn_str_find(message->content, PN_STR("\r\n\r\n"));
        message->wants_utf8 = !all_ascii(pn_str_first(message->content, header));
    }
    return PN_SMTP_FINE;
}

/* The length up to and with the next CRLF that a dot follows; all of it if there is none. */
static size_t until_dot(pn_str text) {
    size_t at = 0;
    uint64_t after_feed = 0;
    for (; text.len - at >= PN_SCAN_BLOCK; at += PN_SCAN_BLOCK) {
        uint64_t feeds = bits_of(text.ptr + at, '\n');
        uint64_t begins = feeds << 1 | after_feed;
        uint64_t dots = begins != 0 ? bits_of(text.ptr + at, '.') & begins : 0;
        if (dots != 0) {
            return at + pn_scan_first(dots);
        }
        after_feed = feeds >> 63;
    }
    for (; at < text.len; at++) {
        if (at != 0 && text.ptr[at] == '.' && text.ptr[at - 1] == '\n') {
            return at;
        }
    }
    return text.len;
}

void pn_smtp_message_copy(const pn_smtp_message *message, size_t *at, pn_buf *out, size_t room) {
    pn_str rest = pn_str_from(message->content, *at);
    if (!message->dotted) {
        rest = pn_str_first(rest, PN_MAX(room, 1));
        pn_buf_add_str(out, rest);
        *at += rest.len;
        return;
    }
    size_t target = out->len + room;
    do {
        bool line_begins = *at == 0 || message->content.ptr[*at - 1] == '\n';
        if (rest.len > 0 && line_begins && rest.ptr[0] == '.') {
            pn_buf_add_char(out, '.');
        }
        size_t left = target > out->len ? target - out->len : 1;
        pn_str piece = pn_str_first(rest, left);
        piece = pn_str_first(piece, until_dot(piece));
        pn_buf_add_str(out, piece);
        *at += piece.len;
        rest = pn_str_from(rest, piece.len);
    } while (rest.len > 0 && out->len < target);
}
