/* HTML to the words in it. Not a parser of HTML: mail that people write needs its text and its line
 * ends, and a tokenizer that cannot be led astray gives both in one pass. */
#include "base/banned.h"
#include "base/utf8.h"
#include "format/mail.h"

typedef struct {
    pn_str in;
    size_t at;
    char *out; /* as long as `in` */
    size_t len;
    bool space; /* white space is waiting to be written */
} words;

static const struct {
    const char *name;
    uint32_t character;
} ENTITIES[] = {
    {"amp", '&'},      {"lt", '<'},       {"gt", '>'},       {"quot", '"'},     {"apos", '\''},
    {"nbsp", ' '},     {"aacute", 0xE1},  {"eacute", 0xE9},  {"iacute", 0xED},  {"oacute", 0xF3},
    {"uacute", 0xFA},  {"Aacute", 0xC1},  {"Eacute", 0xC9},  {"Iacute", 0xCD},  {"Oacute", 0xD3},
    {"Uacute", 0xDA},  {"ntilde", 0xF1},  {"Ntilde", 0xD1},  {"uuml", 0xFC},    {"Uuml", 0xDC},
    {"iquest", 0xBF},  {"iexcl", 0xA1},   {"ccedil", 0xE7},  {"Ccedil", 0xC7},  {"atilde", 0xE3},
    {"otilde", 0xF5},  {"Atilde", 0xC3},  {"Otilde", 0xD5},  {"acirc", 0xE2},   {"ecirc", 0xEA},
    {"ocirc", 0xF4},   {"agrave", 0xE0},  {"egrave", 0xE8},  {"auml", 0xE4},    {"ouml", 0xF6},
    {"Auml", 0xC4},    {"Ouml", 0xD6},    {"szlig", 0xDF},   {"euro", 0x20AC},  {"ordf", 0xAA},
    {"ordm", 0xBA},    {"laquo", 0xAB},   {"raquo", 0xBB},   {"ndash", 0x2013}, {"mdash", 0x2014},
    {"lsquo", 0x2018}, {"rsquo", 0x2019}, {"ldquo", 0x201C}, {"rdquo", 0x201D}, {"hellip", 0x2026},
    {"bull", 0x2022},  {"middot", 0xB7},  {"copy", 0xA9},    {"reg", 0xAE},     {"zwnj", 0},
};

static void put(words *w, const char *bytes, size_t len) {
    if (w->space && w->len != 0 && w->out[w->len - 1] != '\n') {
        w->out[w->len++] = ' ';
    }
    w->space = false;
    memcpy(w->out + w->len, bytes, len);
    w->len += len;
}

static void put_line_end(words *w, bool once) {
    w->space = false;
    if (w->len != 0 && !(once && w->out[w->len - 1] == '\n')) {
        w->out[w->len++] = '\n';
    }
}

static bool reference_number(pn_str digits, uint32_t *ret) {
    bool hex = digits.len > 1 && (digits.ptr[0] == 'x' || digits.ptr[0] == 'X');
    uint32_t value = 0;
    for (size_t i = hex ? 1 : 0; i < digits.len; i++) {
        char c = pn_to_lower(digits.ptr[i]);
        bool letter = hex && c >= 'a' && c <= 'f';
        if ((!pn_is_digit(c) && !letter) || value > 0x110000) {
            return false;
        }
        value = value * (hex ? 16 : 10) + (uint32_t)(letter ? c - 'a' + 10 : c - '0');
    }
    *ret = value < ' ' ? ' ' : value;
    return digits.len != 0;
}

static bool reference(pn_str name, uint32_t *ret) {
    if (name.len > 1 && name.ptr[0] == '#') {
        return reference_number(pn_str_from(name, 1), ret);
    }
    for (size_t i = 0; i < PN_COUNT(ENTITIES); i++) {
        if (pn_str_eq(name, pn_str_of(ENTITIES[i].name))) {
            *ret = ENTITIES[i].character;
            return true;
        }
    }
    return false;
}

/* "&aacute;" is longer than its character in UTF-8, and so are "&#10;" and all others. */
static void take_reference(words *w) {
    enum { NAME_MAX_BYTES = 10 };
    pn_str rest = pn_str_first(pn_str_from(w->in, w->at + 1), NAME_MAX_BYTES);
    size_t end = pn_str_find_char(rest, ';');
    uint32_t character = 0;
    char bytes[4];
    if (end == SIZE_MAX || !reference(pn_str_first(rest, end), &character)) {
        put(w, "&", 1);
        w->at++;
        return;
    }
    w->at += end + 2;
    if (character == ' ' || character == 0xA0) {
        w->space = true;
    } else if (character != 0) {
        put(w, bytes, pn_utf8_encode(character, bytes));
    }
}

static bool is_one_of(pn_str name, const char *list) {
    const char *at = list;
    while (*at != '\0') {
        size_t len = strcspn(at, " ");
        if (pn_str_eq_nocase(name, (pn_str){at, len})) {
            return true;
        }
        at += len + (at[len] == ' ');
    }
    return false;
}

/* Past the next occurrence of `what` in any case; the end of the text when there is none. */
static size_t past(pn_str in, size_t from, pn_str what) {
    for (size_t i = from; i + what.len <= in.len; i++) {
        if (in.ptr[i] == what.ptr[0] && pn_str_eq_nocase((pn_str){in.ptr + i, what.len}, what)) {
            return i + what.len;
        }
    }
    return in.len;
}

/* What a tag means for the text around it. */
static void take_name(words *w, pn_str name, bool closing) {
    if (!closing && is_one_of(name, "style script title head")) {
        char end[16] = "</";
        memcpy(end + 2, name.ptr, name.len);
        w->at = past(w->in, w->at, (pn_str){end, name.len + 2});
        w->at = past(w->in, w->at, PN_STR(">"));
    } else if (is_one_of(name, "br")) {
        put_line_end(w, false);
    } else if (is_one_of(name, "p")) {
        put_line_end(w, true);
        if (closing) {
            put_line_end(w, false);
        }
    } else if (is_one_of(name, "div tr li ul ol table h1 h2 h3 h4 h5 h6 blockquote hr pre")) {
        put_line_end(w, true);
    } else if (is_one_of(name, "td th")) {
        w->space = true;
    }
}

static void take_tag(words *w) {
    pn_str rest = pn_str_from(w->in, w->at);
    if (pn_str_starts(rest, PN_STR("<!--"))) {
        w->at = past(w->in, w->at + 4, PN_STR("-->"));
        return;
    }
    size_t name = rest.len > 1 && rest.ptr[1] == '/' ? 2 : 1;
    size_t end = name;
    while (end < rest.len && (pn_is_alpha(rest.ptr[end]) || pn_is_digit(rest.ptr[end])) &&
           end < name + 12) {
        end++;
    }
    bool odd = rest.len > 1 && (rest.ptr[1] == '!' || rest.ptr[1] == '?');
    if (end == name && !odd) {
        put(w, "<", 1); /* "a < b" */
        w->at++;
        return;
    }
    pn_str tag = {rest.ptr + name, end - name};
    w->at = past(w->in, w->at, PN_STR(">"));
    take_name(w, tag, name == 2);
}

pn_str pn_mail_html_words(pn_str html, pn_arena *arena) {
    words w = {.in = html, .out = pn_arena_alloc(arena, html.len + 1)};
    while (w.at < html.len) {
        char c = html.ptr[w.at];
        if (c == '<') {
            take_tag(&w);
        } else if (c == '&') {
            take_reference(&w);
        } else if (pn_is_space(c)) {
            w.space = true;
            w.at++;
        } else {
            size_t end = w.at + 1;
            while (end < html.len && html.ptr[end] != '<' && html.ptr[end] != '&' &&
                   !pn_is_space(html.ptr[end])) {
                end++;
            }
            put(&w, html.ptr + w.at, end - w.at);
            w.at = end;
        }
    }
    return (pn_str){w.out, w.len};
}

/* ── the words of a mail ─────────────────────────────────────────────────────────────────────── */

static bool is_shown(const pn_mail_part *part, const char *type) {
    return !part->enclosed && part->text.len != 0 && !pn_str_is(part->disposition, "attachment") &&
           pn_str_eq(part->content_type, pn_str_of(type));
}

static pn_str join(const pn_mail *mail, const char *type, pn_arena *arena) {
    size_t len = 0;
    for (size_t i = 0; i < mail->part_count; i++) {
        len += is_shown(&mail->parts[i], type) ? mail->parts[i].text.len + 1 : 0;
    }
    char *text = pn_arena_alloc(arena, len + 1);
    len = 0;
    for (size_t i = 0; i < mail->part_count; i++) {
        if (is_shown(&mail->parts[i], type)) {
            memcpy(text + len, mail->parts[i].text.ptr, mail->parts[i].text.len);
            len += mail->parts[i].text.len;
            text[len++] = '\n';
        }
    }
    return pn_str_trim((pn_str){text, len});
}

pn_str pn_mail_words(const pn_mail *mail, pn_arena *arena) {
    pn_str plain = join(mail, "text/plain", arena);
    if (plain.len != 0) {
        return plain;
    }
    return pn_str_trim(pn_mail_html_words(join(mail, "text/html", arena), arena));
}
