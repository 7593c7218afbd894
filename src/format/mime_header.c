#include "format/mime_header.h"

#include <string.h>

#include "base/banned.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "format/encoding.h"
#include "format/mime_body.h"

enum {
    LINE_MAX = PN_MIME_LINE_MAX,
    WORD_BYTES_MAX = 900, /* one that cannot be folded; the line limit is 998 */
    PHRASE_MAX = 60,      /* a longer display name is written as words that can be folded */
    ENCODED_MAX = 75,     /* of one encoded word, its frame counted (RFC 2047, section 2) */
    ENCODED_FRAME = sizeof "=?UTF-8?Q?" - 1 + sizeof "?=" - 1,
};

/* ── classes of characters ───────────────────────────────────────────────────────────────────── */

enum {
    ATOM = 1,         /* RFC 5322, 3.2.3: atext */
    Q_SAFE = 2,       /* RFC 2047, section 5, rule 3: stands for itself in Q, even in a phrase */
    TOKEN = 4,        /* RFC 2045, 5.1 */
    ATTRIBUTE = 8,    /* RFC 2231, section 7: attribute-char */
    ENDS_HEADER = 16, /* CR, LF, NUL */
    ODD = 32,         /* control characters and DEL */
    HIGH = 64,        /* from 0x80 */
};

#define ALNUM (ATOM | Q_SAFE | TOKEN | ATTRIBUTE)
/* The same class for a run of characters. */
#define RUN9(a) (a), (a), (a), (a), (a), (a), (a), (a), (a)
#define RUN10(a) RUN9(a), (a)
#define RUN18(a) RUN9(a), RUN9(a)
#define RUN26(a) RUN18(a), (a), (a), (a), (a), (a), (a), (a), (a)
#define RUN128(a) RUN26(a), RUN26(a), RUN26(a), RUN26(a), RUN18(a), (a), (a), (a), (a), (a), (a)

static const uint8_t CLASS[256] = {
    [0] = ODD | ENDS_HEADER,
    [1] = RUN9(ODD),
    ['\n'] = ODD | ENDS_HEADER,
    [11] = ODD,
    [12] = ODD,
    ['\r'] = ODD | ENDS_HEADER,
    [14] = RUN18(ODD), /* to 31 */
    ['!'] = ALNUM,
    ['#'] = ATOM | TOKEN | ATTRIBUTE,
    ['$'] = ATOM | TOKEN | ATTRIBUTE,
    ['%'] = ATOM | TOKEN,
    ['&'] = ATOM | TOKEN | ATTRIBUTE,
    ['\''] = ATOM | TOKEN,
    ['*'] = ATOM | TOKEN | Q_SAFE,
    ['+'] = ALNUM,
    ['-'] = ALNUM,
    ['.'] = TOKEN | ATTRIBUTE,
    ['/'] = ATOM | Q_SAFE,
    ['0'] = RUN10(ALNUM),
    ['='] = ATOM,
    ['?'] = ATOM,
    ['A'] = RUN26(ALNUM),
    ['^'] = ATOM | TOKEN | ATTRIBUTE,
    ['_'] = ATOM | TOKEN | ATTRIBUTE,
    ['`'] = ATOM | TOKEN | ATTRIBUTE,
    ['a'] = RUN26(ALNUM),
    ['{'] = ATOM | TOKEN | ATTRIBUTE,
    ['|'] = ATOM | TOKEN | ATTRIBUTE,
    ['}'] = ATOM | TOKEN | ATTRIBUTE,
    ['~'] = ATOM | TOKEN | ATTRIBUTE,
    [127] = ODD,
    [128] = RUN128(HIGH), /* to 255 */
};

static inline bool is(char c, unsigned classes) {
    return (CLASS[(unsigned char)c] & classes) != 0;
}

/* All classes that occur in `text`. */
static unsigned classes_in(pn_str text) {
    unsigned any = 0;
    for (size_t i = 0; i < text.len; i++) {
        any |= CLASS[(unsigned char)text.ptr[i]];
    }
    return any;
}

/* Refuses what no header may hold. */
static pn_err text_check(pn_str text, unsigned classes, pn_diag *diag) {
    if ((classes & ENDS_HEADER) != 0) {
        return pn_diag_set(diag, PN_INVALID, "A header cannot hold a line end or a NUL byte.");
    }
    if ((classes & HIGH) != 0 && pn_encoding_utf8_fault(text) != text.len) {
        return pn_diag_set(diag, PN_INVALID, "The text is not valid UTF-8.");
    }
    return PN_OK;
}

/* ── fields ──────────────────────────────────────────────────────────────────────────────────── */

static inline size_t column(const pn_mime_fields *fields) {
    return fields->out->len - fields->line;
}

void pn_mime_field_begin(pn_mime_fields *fields, pn_str name) {
    fields->line = fields->out->len;
    pn_buf_add_str(fields->out, name);
    pn_buf_add_lit(fields->out, ": ");
}

void pn_mime_field_end(pn_mime_fields *fields) {
    pn_buf_add_lit(fields->out, "\r\n");
    fields->line = fields->out->len;
}

void pn_mime_field_add(pn_mime_fields *fields, pn_str text) {
    pn_buf_add_str(fields->out, text);
}

/* Goes on in a new line, which begins with a space. */
static void fold(pn_mime_fields *fields) {
    pn_buf_add_lit(fields->out, "\r\n ");
    fields->line = fields->out->len - 1;
}

/* A space, and a new line before it when `len` more bytes do not fit. A line that has nothing but
 * its space is not left so. */
static void space_before(pn_mime_fields *fields, size_t len) {
    if (column(fields) > 1 && column(fields) + 1 + len > LINE_MAX) {
        fold(fields);
    } else {
        pn_buf_add_char(fields->out, ' ');
    }
}

/* ── encoded words ───────────────────────────────────────────────────────────────────────────── */

static const char HEX[] = "0123456789ABCDEF";

/* How a text is put into encoded words. In a phrase only letters, digits and !*+-/ stand for
 * themselves in Q (RFC 2047, section 5, rule 3), in a subject all of ASCII but =?_ and the space.
 */
typedef enum { WORDS_B, WORDS_Q_PHRASE, WORDS_Q_TEXT } words_kind;

static inline bool is_q_plain(char c, words_kind kind) {
    return kind == WORDS_Q_TEXT ? c > ' ' && c < 0x7F && c != '=' && c != '?' && c != '_'
                                : is(c, Q_SAFE);
}

static inline size_t q_size_of(char c, words_kind kind) {
    return is_q_plain(c, kind) || c == ' ' ? 1 : 3;
}

static size_t q_size(pn_str text, words_kind kind) {
    size_t size = 0;
    for (size_t i = 0; i < text.len; i++) {
        size += q_size_of(text.ptr[i], kind);
    }
    return size;
}

static size_t q_write(pn_str text, words_kind kind, char *out) {
    char *p = out;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (is_q_plain(c, kind) || c == ' ') {
            *p++ = c == ' ' ? '_' : c;
        } else {
            *p++ = '=';
            *p++ = HEX[(unsigned char)c >> 4];
            *p++ = HEX[(unsigned char)c & 15];
        }
    }
    return (size_t)(p - out);
}

/* How much of `text`, which is valid UTF-8, fits into `room` characters without splitting one. */
static size_t chars_that_fit(pn_str text, size_t room, words_kind kind) {
    size_t whole = 0; /* characters up to here fit */
    size_t size = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (((unsigned char)text.ptr[i] & 0xC0) != 0x80) {
            whole = i;
        }
        size = kind == WORDS_B ? pn_mime_base64_size(i + 1) : size + q_size_of(text.ptr[i], kind);
        if (size > room) {
            return whole;
        }
    }
    return text.len;
}

static void encoded_word(pn_mime_fields *fields, pn_str text, words_kind kind) {
    char word[ENCODED_MAX];
    bool as_b = kind == WORDS_B;
    memcpy(word, as_b ? "=?UTF-8?B?" : "=?UTF-8?Q?", 10);
    size_t len = 10;
    len += as_b ? pn_mime_base64(text.ptr, text.len, word + len) : q_write(text, kind, word + len);
    memcpy(word + len, "?=", 2);
    pn_buf_add(fields->out, word, len + 2);
}

/* Readers drop the space between two encoded words (RFC 2047, section 6.2). */
static void encoded_words(pn_mime_fields *fields, pn_str text, words_kind q_kind) {
    words_kind kind = q_size(text, q_kind) <= pn_mime_base64_size(text.len) ? q_kind : WORDS_B;
    while (text.len != 0) {
        size_t used = column(fields) + ENCODED_FRAME;
        size_t room = used >= LINE_MAX ? 0 : LINE_MAX - used;
        size_t most = PN_MIN(room, (size_t)(ENCODED_MAX - ENCODED_FRAME));
        size_t taken = chars_that_fit(text, most, kind);
        if (taken == 0) {
            fold(fields);
            continue;
        }
        encoded_word(fields, pn_str_first(text, taken), kind);
        text = pn_str_from(text, taken);
        if (text.len != 0) {
            fold(fields);
        }
    }
}

/* ── texts ───────────────────────────────────────────────────────────────────────────────────── */

static bool has_pair(pn_str text, char first, char second) {
    for (size_t i = 0; i + 1 < text.len; i++) {
        if (text.ptr[i] == first && text.ptr[i + 1] == second) {
            return true;
        }
    }
    return false;
}

/* ASCII that a reader would alter: blanks at the ends or in rows, and what looks like an encoded
 * word; or that cannot be folded. */
static bool is_delicate(pn_str text) {
    size_t word = 0;
    for (size_t i = 0; i < text.len; i++) {
        word = text.ptr[i] == ' ' ? 0 : word + 1;
        if (word > PHRASE_MAX) {
            return true;
        }
    }
    return text.ptr[0] == ' ' || text.ptr[text.len - 1] == ' ' || has_pair(text, ' ', ' ') ||
           has_pair(text, '=', '?');
}

/* Words as they are, folded at spaces. */
static pn_err words_fold(pn_mime_fields *fields, pn_str text, pn_diag *diag) {
    pn_str word;
    for (bool is_first = true; pn_str_split(&text, ' ', &word); is_first = false) {
        if (word.len > WORD_BYTES_MAX) {
            return pn_diag_set(diag, PN_LIMIT, "A word of a header is longer than %d bytes.",
                               WORD_BYTES_MAX);
        }
        if (!is_first) {
            space_before(fields, word.len);
        }
        pn_buf_add_str(fields->out, word);
    }
    return PN_OK;
}

pn_err pn_mime_field_text(pn_mime_fields *fields, pn_str text, pn_diag *diag) {
    if (text.len == 0) {
        return PN_OK;
    }
    unsigned classes = classes_in(text);
    PN_TRY(text_check(text, classes, diag));
    if ((classes & (HIGH | ODD)) != 0 || is_delicate(text)) {
        encoded_words(fields, text, WORDS_Q_TEXT);
        return PN_OK;
    }
    return words_fold(fields, text, diag);
}

pn_err pn_mime_field_value(pn_mime_fields *fields, pn_str value, pn_diag *diag) {
    value = pn_str_trim(value);
    if (value.len == 0) {
        return PN_OK;
    }
    unsigned classes = classes_in(value);
    PN_TRY(text_check(value, classes, diag));
    if ((classes & ODD) != 0) {
        return pn_diag_set(diag, PN_INVALID, "A control character stands in a header.");
    }
    if ((classes & HIGH) != 0) {
        encoded_words(fields, value, WORDS_Q_PHRASE);
        return PN_OK;
    }
    return words_fold(fields, value, diag);
}

/* ── addresses and ids ───────────────────────────────────────────────────────────────────────── */

/* Length of the quoted string at the head of a local part, or 0. */
static size_t quoted_local(pn_str text) {
    if (text.len < 2 || text.ptr[0] != '"') {
        return 0;
    }
    for (size_t i = 1; i < text.len; i++) {
        if (text.ptr[i] == '"') {
            return i + 1;
        }
        if (is(text.ptr[i], ODD)) {
            return 0;
        }
        i += text.ptr[i] == '\\';
    }
    return 0;
}

/* Atoms with single points between them (RFC 5322, dot-atom; RFC 6532 adds UTF-8). */
static bool is_dot_atom(pn_str text) {
    char before = '.';
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (!is(c, ATOM | HIGH) && (c != '.' || before == '.')) {
            return false;
        }
        before = c;
    }
    return before != '.';
}

static bool is_domain(pn_str text) {
    if (text.len > 2 && text.ptr[0] == '[' && text.ptr[text.len - 1] == ']') {
        for (size_t i = 1; i + 1 < text.len; i++) { /* [192.0.2.1], [IPv6:…] */
            if (!pn_is_digit(text.ptr[i]) && !pn_is_alpha(text.ptr[i]) && text.ptr[i] != '.' &&
                text.ptr[i] != ':') {
                return false;
            }
        }
        return true;
    }
    return is_dot_atom(text);
}

bool pn_mime_is_address(pn_str text) {
    size_t quoted = quoted_local(text);
    size_t at = quoted != 0 ? quoted : pn_str_find_char(text, '@');
    if (at >= text.len || text.ptr[at] != '@' || text.len > PN_LIMIT_EMAIL_BYTES) {
        return false;
    }
    return (quoted != 0 || is_dot_atom(pn_str_first(text, at))) &&
           is_domain(pn_str_from(text, at + 1)) && pn_encoding_utf8_fault(text) == text.len;
}

static bool needs_words(pn_str name, unsigned classes) {
    return (classes & (HIGH | ODD)) != 0 || name.len > PHRASE_MAX || has_pair(name, '=', '?');
}

/* Characters that a display name takes, more or less. */
static size_t name_width(pn_str name) {
    if (!needs_words(name, classes_in(name))) {
        return name.len + 2;
    }
    size_t as_b = pn_mime_base64_size(name.len);
    return PN_MIN(q_size(name, WORDS_Q_PHRASE), as_b) + ENCODED_FRAME;
}

/* "name " before "<address>", as atoms, as a quoted string or as encoded words. */
static pn_err display_name(pn_mime_fields *fields, pn_str name, pn_diag *diag) {
    unsigned classes = classes_in(name);
    PN_TRY(text_check(name, classes, diag));
    if (needs_words(name, classes)) {
        encoded_words(fields, name, WORDS_Q_PHRASE);
        return PN_OK;
    }
    bool atoms = name.ptr[0] != ' ' && name.ptr[name.len - 1] != ' ' && !has_pair(name, ' ', ' ');
    for (size_t i = 0; i < name.len && atoms; i++) {
        atoms = is(name.ptr[i], ATOM) || name.ptr[i] == ' ';
    }
    if (atoms) {
        pn_buf_add_str(fields->out, name);
        return PN_OK;
    }
    pn_buf_add_char(fields->out, '"');
    for (size_t i = 0; i < name.len; i++) {
        if (name.ptr[i] == '"' || name.ptr[i] == '\\') {
            pn_buf_add_char(fields->out, '\\');
        }
        pn_buf_add_char(fields->out, name.ptr[i]);
    }
    pn_buf_add_char(fields->out, '"');
    return PN_OK;
}

pn_err pn_mime_field_address(pn_mime_fields *fields, const pn_mime_address *address,
                             pn_diag *diag) {
    if (!pn_mime_is_address(address->address)) {
        pn_err err = pn_diag_set(diag, PN_INVALID, "“%.*s” is not an e-mail address.",
                                 PN_STR_ARG(pn_str_first(address->address, 80)));
        pn_diag_mend(diag, "Write it as name@example.com.");
        return err;
    }
    if (address->name.len == 0) {
        pn_buf_add_str(fields->out, address->address);
        return PN_OK;
    }
    PN_TRY(display_name(fields, address->name, diag));
    space_before(fields, address->address.len + 3); /* the brackets and a comma */
    pn_buf_add_char(fields->out, '<');
    pn_buf_add_str(fields->out, address->address);
    pn_buf_add_char(fields->out, '>');
    return PN_OK;
}

void pn_mime_field_comma(pn_mime_fields *fields, const pn_mime_address *next) {
    pn_buf_add_char(fields->out, ',');
    space_before(fields, name_width(next->name) + next->address.len + 4);
}

bool pn_mime_is_message_id(pn_str text) {
    if (text.len < 3 || text.len > WORD_BYTES_MAX) {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c <= ' ' || c >= 0x7F || c == '<' || c == '>') {
            return false;
        }
    }
    size_t at = pn_str_find_char(text, '@');
    return at != SIZE_MAX && at > 0 && at + 1 < text.len;
}

pn_err pn_mime_field_id(pn_mime_fields *fields, pn_str id, bool is_first, pn_diag *diag) {
    if (!pn_mime_is_message_id(id)) {
        return pn_diag_set(diag, PN_INVALID, "“%.*s” cannot be a Message-ID.",
                           PN_STR_ARG(pn_str_first(id, 80)));
    }
    if (!is_first) {
        space_before(fields, id.len + 2);
    }
    pn_buf_add_char(fields->out, '<');
    pn_buf_add_str(fields->out, id);
    pn_buf_add_char(fields->out, '>');
    return PN_OK;
}

/* ── date ────────────────────────────────────────────────────────────────────────────────────── */

/* Year, month and day of days since 1970-01-01, by Howard Hinnant's civil_from_days. Stands here
 * for the handful of lines it is. */
static void civil_of(int64_t days, int *ret_year, unsigned *ret_month, unsigned *ret_day) {
    int64_t shifted = days + 719468;
    int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    unsigned day_of_era = (unsigned)(shifted - era * 146097);
    unsigned year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    unsigned day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    unsigned month = (5 * day_of_year + 2) / 153;
    *ret_day = day_of_year - (153 * month + 2) / 5 + 1;
    *ret_month = month < 10 ? month + 3 : month - 9;
    *ret_year = (int)(year_of_era + era * 400) + (*ret_month <= 2);
}

static char *two_digits(char *p, unsigned value) {
    p[0] = (char)('0' + value / 10);
    p[1] = (char)('0' + value % 10);
    return p + 2;
}

static int64_t floor_div(int64_t value, int64_t divisor) {
    return value / divisor - (value % divisor < 0);
}

pn_err pn_mime_field_date(pn_mime_fields *fields, pn_time time, int32_t offset_minutes,
                          pn_diag *diag) {
    static const char WEEKDAYS[] = "ThuFriSatSunMonTueWed"; /* day 0 was a Thursday */
    static const char MONTHS[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    int64_t seconds = floor_div(time, PN_SECOND) + (int64_t)offset_minutes * 60;
    int64_t days = floor_div(seconds, 86400);
    unsigned of_day = (unsigned)(seconds - days * 86400);
    unsigned offset = offset_minutes < 0 ? 0U - (unsigned)offset_minutes : (unsigned)offset_minutes;
    int year = 0;
    unsigned month = 0;
    unsigned day = 0;
    civil_of(days, &year, &month, &day);
    if (offset >= 1440 || year < 1900 || year > 9999) {
        return pn_diag_set(diag, PN_INVALID, "The date cannot stand in an e-mail.");
    }
    char text[32];
    memcpy(text, WEEKDAYS + (days % 7 + 7) % 7 * 3, 3);
    memcpy(text + 3, ", ", 2);
    char *p = two_digits(text + 5, day);
    *p++ = ' ';
    memcpy(p, MONTHS + (month - 1) * 3, 3);
    p[3] = ' ';
    p = two_digits(p + 4, (unsigned)year / 100);
    p = two_digits(p, (unsigned)year % 100);
    *p++ = ' ';
    p = two_digits(p, of_day / 3600);
    *p++ = ':';
    p = two_digits(p, of_day / 60 % 60);
    *p++ = ':';
    p = two_digits(p, of_day % 60);
    *p++ = ' ';
    *p++ = offset_minutes < 0 ? '-' : '+';
    p = two_digits(two_digits(p, offset / 60), offset % 60);
    pn_buf_add(fields->out, text, (size_t)(p - text));
    return PN_OK;
}

/* ── parameters ──────────────────────────────────────────────────────────────────────────────── */

static bool is_slash(char c) {
    return c == '/' || c == '\\';
}

/* One character without accents in ASCII, or an underscore. */
static void add_fallback(pn_buf *out, pn_str character, pn_arena *arena) {
    uint32_t c = 0;
    (void)pn_utf8_decode(character, &c);
    pn_str folded = pn_utf8_fold(arena, character, true);
    if (folded.len == 0) {
        return; /* a combining accent */
    }
    bool upper = pn_utf8_lower(c) != c;
    for (size_t i = 0; i < folded.len; i++) {
        char letter = folded.ptr[i];
        if ((unsigned char)letter >= 0x80) {
            pn_buf_add_char(out, '_');
            return;
        }
        pn_buf_add_char(out, upper ? pn_to_upper(letter) : letter);
    }
}

static void add_plain_name(pn_buf *out, pn_str name) {
    pn_arena arena;
    pn_arena_init(&arena, 0);
    for (size_t i = 0; i < name.len;) {
        char c = name.ptr[i];
        if (is(c, HIGH)) {
            uint32_t character = 0;
            size_t len = pn_utf8_decode(pn_str_from(name, i), &character);
            add_fallback(out, (pn_str){name.ptr + i, len}, &arena);
            i += len;
        } else {
            pn_buf_add_char(out, c == '"' || is_slash(c) || is(c, ODD) ? '_' : c);
            i++;
        }
    }
    pn_arena_done(&arena);
}

/* ";" and a fold or space before `len` bytes. */
static void parameter_begin(pn_mime_fields *fields, size_t len) {
    pn_buf_add_char(fields->out, ';');
    space_before(fields, len);
}

static pn_err file_name_check(pn_str name, unsigned *ret_classes, pn_diag *diag) {
    unsigned classes = classes_in(name);
    PN_TRY(text_check(name, classes, diag));
    if (name.len > 255) {
        return pn_diag_set(diag, PN_LIMIT, "A file name is longer than 255 bytes.");
    }
    *ret_classes = classes;
    return PN_OK;
}

pn_err pn_mime_field_plain_name(pn_mime_fields *fields, pn_str key, pn_str file_name,
                                pn_diag *diag) {
    unsigned classes = 0;
    PN_TRY(file_name_check(file_name, &classes, diag));
    parameter_begin(fields, key.len + file_name.len + 4);
    pn_buf_add_str(fields->out, key);
    pn_buf_add_lit(fields->out, "=\"");
    add_plain_name(fields->out, file_name);
    pn_buf_add_char(fields->out, '"');
    return PN_OK;
}

/* A byte of a file name: itself, or its percent escape. Returns the length. */
static size_t extended_char(char c, char out[3]) {
    if (is_slash(c)) {
        c = '_';
    }
    if (is(c, ATTRIBUTE)) {
        out[0] = c;
        return 1;
    }
    out[0] = '%';
    out[1] = HEX[(unsigned char)c >> 4];
    out[2] = HEX[(unsigned char)c & 15];
    return 3;
}

static size_t extended_size(pn_str name) {
    size_t size = 0;
    char unused[3];
    for (size_t i = 0; i < name.len; i++) {
        size += extended_char(name.ptr[i], unused);
    }
    return size;
}

/* As much of `name` as a line takes; returns the rest. */
static pn_str extended_piece(pn_mime_fields *fields, pn_str name) {
    size_t i = 0;
    for (; i < name.len; i++) {
        char escaped[3];
        size_t len = extended_char(name.ptr[i], escaped);
        if (column(fields) + len + 1 > LINE_MAX) { /* the semicolon */
            break;
        }
        pn_buf_add(fields->out, escaped, len);
        if (fields->out->failed) {
            return PN_STR_NONE;
        }
    }
    return pn_str_from(name, i);
}

static void add_extended(pn_mime_fields *fields, pn_str key, pn_str name) {
    static const pn_str CHARSET = {"UTF-8''", 7};
    size_t whole = key.len + 2 + CHARSET.len + extended_size(name);
    if (whole + 2 <= LINE_MAX) {
        parameter_begin(fields, whole + 1);
        pn_buf_add_str(fields->out, key);
        pn_buf_add_lit(fields->out, "*=");
        pn_buf_add_str(fields->out, CHARSET);
        (void)extended_piece(fields, name);
        return;
    }
    for (int section = 0; name.len != 0; section++) {
        pn_buf_add_char(fields->out, ';');
        fold(fields);
        pn_buf_add_str(fields->out, key);
        pn_buf_add_char(fields->out, '*');
        pn_buf_add_int(fields->out, section);
        pn_buf_add_lit(fields->out, "*=");
        if (section == 0) {
            pn_buf_add_str(fields->out, CHARSET);
        }
        name = extended_piece(fields, name);
    }
}

pn_err pn_mime_field_file_name(pn_mime_fields *fields, pn_str key, pn_str file_name,
                               pn_diag *diag) {
    unsigned classes = 0;
    PN_TRY(file_name_check(file_name, &classes, diag));
    if ((classes & (HIGH | ODD)) == 0 && pn_str_find_char(file_name, '"') == SIZE_MAX) {
        return pn_mime_field_plain_name(fields, key, file_name, diag);
    }
    add_extended(fields, key, file_name);
    return PN_OK;
}

/* ── names ───────────────────────────────────────────────────────────────────────────────────── */

bool pn_mime_is_field_name(pn_str name) {
    for (size_t i = 0; i < name.len; i++) {
        if (name.ptr[i] <= ' ' || name.ptr[i] >= 0x7F || name.ptr[i] == ':') {
            return false;
        }
    }
    return name.len != 0 && name.len <= LINE_MAX - 2;
}

static size_t token_length(pn_str text) {
    size_t len = 0;
    while (len < text.len && is(text.ptr[len], TOKEN)) {
        len++;
    }
    return len;
}

bool pn_mime_is_content_type(pn_str text) {
    size_t type = token_length(text);
    if (type == 0 || type >= text.len || text.ptr[type] != '/' || text.len > WORD_BYTES_MAX) {
        return false;
    }
    if (pn_str_eq_nocase(pn_str_first(text, type), PN_STR("multipart")) ||
        pn_str_eq_nocase(pn_str_first(text, type), PN_STR("message"))) {
        return false;
    }
    pn_str rest = pn_str_from(text, type + 1);
    size_t subtype = token_length(rest);
    rest = pn_str_trim(pn_str_from(rest, subtype));
    if (subtype == 0 || (rest.len != 0 && rest.ptr[0] != ';')) {
        return false;
    }
    return (classes_in(rest) & (ODD | HIGH)) == 0;
}
