#include "net/smtp_message.h"

#include "base/banned.h"
#include "base/limits.h"
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

#define EACH_BYTE(b) (UINT64_C(0x0101010101010101) * (uint64_t)(b))

/* The top bit of every byte of `word` that is zero. */
static uint64_t zero_bytes(uint64_t word) {
    uint64_t low = EACH_BYTE(0x7F);
    return ~(((word & low) + low) | word | low);
}

typedef struct {
    bool eight_bit, nul;
    size_t returns; /* how many CR */
} byte_kinds;

static void look_at(uint64_t word, byte_kinds *kinds, uint64_t *seen) {
    *seen |= word;
    kinds->nul |= zero_bytes(word) != 0;
    kinds->returns += (zero_bytes(word ^ EACH_BYTE('\r')) >> 7) * EACH_BYTE(1) >> 56;
}

/* Eight bytes at a time: this is the one look that every message gets. */
static byte_kinds kinds_of(pn_str text) {
    byte_kinds kinds = {0};
    uint64_t seen = 0, word;
    size_t at = 0;
    for (; at + sizeof word <= text.len; at += sizeof word) {
        memcpy(&word, text.ptr + at, sizeof word);
        look_at(word, &kinds, &seen);
    }
    if (at < text.len) {
        word = EACH_BYTE(' ');
        memcpy(&word, text.ptr + at, text.len - at);
        look_at(word, &kinds, &seen);
    }
    kinds.eight_bit = (seen & EACH_BYTE(0x80)) != 0;
    return kinds;
}

/* As many CR as lines, each line with one at its end: so there is none anywhere else. */
static bool lines_fine(pn_smtp_message *message, size_t returns) {
    const char *at = message->content.ptr, *end = at + message->content.len;
    size_t lines = 0;
    while (at < end) {
        const char *feed = memchr(at, '\n', (size_t)(end - at));
        if (feed == NULL || feed == at || feed[-1] != '\r' || feed - at > LINE_BYTES_MAX + 1) {
            return false;
        }
        message->dotted |= *at == '.';
        lines++;
        at = feed + 1;
    }
    return lines > 0 && lines == returns;
}

pn_smtp_check pn_smtp_message_check(pn_smtp_message *message) {
    if (message->sender.len > 0 && !mailbox(message->sender)) {
        return PN_SMTP_BAD_SENDER;
    }
    if (!mailbox(message->recipient)) {
        return PN_SMTP_BAD_RECIPIENT;
    }
    byte_kinds kinds = kinds_of(message->content);
    message->dotted = false;
    if (kinds.nul || !lines_fine(message, kinds.returns)) {
        return PN_SMTP_BAD_CONTENT;
    }
    message->eight_bit = kinds.eight_bit;
    message->wants_utf8 = !all_ascii(message->sender) || !all_ascii(message->recipient);
    if (kinds.eight_bit && !message->wants_utf8) {
        size_t header = pn_str_find(message->content, PN_STR("\r\n\r\n"));
        message->wants_utf8 = !all_ascii(pn_str_first(message->content, header));
    }
    return PN_SMTP_FINE;
}

/* The length up to and with the next CRLF that a dot follows; all of it if there is none. */
static size_t until_dot(pn_str text) {
    const char *at = text.ptr, *end = text.ptr + text.len;
    while ((at = memchr(at, '\n', (size_t)(end - at))) != NULL) {
        at++;
        if (at == end) {
            break;
        }
        if (*at == '.') {
            return (size_t)(at - text.ptr);
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
