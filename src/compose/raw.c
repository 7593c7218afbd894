#include "compose/raw.h"

#include "base/banned.h"
#include "base/utf8.h"
#include "compose/clean.h"
#include "compose/markup.h"
#include "liquid/lex.h"

/* ── reading tags ────────────────────────────────────────────────────────────────────────────── */

/* In the source to be checked, an output and a control tag of Liquid become one of these each. */
enum {
    OUTPUT = 0x01,
    CONTROL = 0x02,
    OUTPUT_LINK = 0x03, /* {{ link }}, which is a URL by itself */
};

typedef struct {
    pn_str name;
    bool closing;
    pn_str attributes;
    size_t end; /* behind its > */
} tag;

static bool is_name(char c) {
    return pn_is_alpha(c) || pn_is_digit(c) || c == '-' || c == ':' || c == '_';
}

/* Index behind the > of the tag that begins at `at`, quotes respected; SIZE_MAX without one. */
static size_t tag_end(pn_str html, size_t at) {
    char quote = '\0';
    for (; at < html.len; at++) {
        char c = html.ptr[at];
        if (quote != '\0') {
            quote = c == quote ? '\0' : quote;
        } else if (c == '"' || c == '\'') {
            quote = c;
        } else if (c == '>') {
            return at + 1;
        }
    }
    return SIZE_MAX;
}

/* The tag or comment (with an empty name) whose < stands at `at`; false for a < of the text. */
static bool read_tag(pn_str html, size_t at, tag *ret_tag) {
    pn_str from = pn_str_from(html, at);
    if (pn_str_starts(from, PN_STR("<!--"))) {
        size_t end = pn_str_find(from, PN_STR("-->"));
        *ret_tag = (tag){.end = end == SIZE_MAX ? html.len : at + end + 3};
        return true;
    }
    bool closing = from.len > 1 && from.ptr[1] == '/';
    size_t name = 1 + (size_t)closing, len = 0;
    while (name + len < from.len && is_name(from.ptr[name + len])) {
        len++;
    }
    size_t end = tag_end(html, at);
    if (len == 0 || !pn_is_alpha(from.ptr[name]) || end == SIZE_MAX) {
        return false;
    }
    *ret_tag = (tag){
        .name = {from.ptr + name, len},
        .closing = closing,
        .attributes = pn_str_sub(from.ptr + name + len, html.ptr + end - 1),
        .end = end,
    };
    return true;
}

typedef struct {
    pn_str name, value;
    bool sound; /* a name, and behind a = a value in quotes without <: read by all alike */
} attribute;

static size_t skip_spaces(pn_str text, size_t at) {
    while (at < text.len &&
           (pn_is_space(text.ptr[at]) || text.ptr[at] == '/' || text.ptr[at] == CONTROL)) {
        at++;
    }
    return at;
}

/* Cuts the next attribute off; false at the end. Control tags of Liquid between them are passed. */
static bool next_attribute(pn_str *rest, attribute *ret_attribute) {
    pn_str text = *rest;
    size_t at = skip_spaces(text, 0), from = at;
    while (at < text.len && is_name(text.ptr[at])) {
        at++;
    }
    *ret_attribute = (attribute){.name = {text.ptr + from, at - from}, .sound = at > from};
    size_t equals = skip_spaces(text, at);
    if (at > from && equals < text.len && text.ptr[equals] == '=') {
        size_t value = skip_spaces(text, equals + 1);
        char quote = value < text.len ? text.ptr[value] : '\0';
        pn_str behind = pn_str_from(text, value + 1);
        size_t len = pn_str_find_char(behind, quote);
        ret_attribute->sound = (quote == '"' || quote == '\'') && len != SIZE_MAX;
        len = ret_attribute->sound ? len : behind.len;
        ret_attribute->value = pn_str_first(behind, len);
        ret_attribute->sound =
            ret_attribute->sound && pn_str_find_char(ret_attribute->value, '<') == SIZE_MAX;
        at = PN_MIN(value + len + 2, text.len);
    }
    bool more = from < text.len;
    *rest = pn_str_from(text, ret_attribute->sound ? at : text.len);
    return more;
}

/* ── checking a source ───────────────────────────────────────────────────────────────────────── */

static bool is_one_of(pn_str name, const char *const *list, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (pn_str_eq_nocase(name, pn_str_of(list[i]))) {
            return true;
        }
    }
    return false;
}
#define IS_ONE_OF(name, list) is_one_of((name), (list), PN_COUNT(list))

static bool has_output(pn_str text) {
    return pn_str_find_char(text, OUTPUT) != SIZE_MAX ||
           pn_str_find_char(text, OUTPUT_LINK) != SIZE_MAX;
}

static void check_url(pn_checker *checker, pn_str name, pn_str value) {
    value = pn_str_trim(value);
    if (value.len != 0 && value.ptr[0] == OUTPUT_LINK) {
        return;
    }
    size_t fixed = 0;
    while (fixed < value.len && (unsigned char)value.ptr[fixed] >= ' ') {
        fixed++;
    }
    if (pn_url_begins(pn_str_first(value, fixed))) {
        return;
    }
    if (fixed == 0 && value.len != 0) {
        pn_check_error(checker,
                       "The address in %.*s begins with an output, so nobody knows where it leads. "
                       "Begin it with https:, http:, mailto: or tel:, or make it {{ link }}.",
                       PN_STR_ARG(name));
        return;
    }
    pn_str shown = pn_str_first(value, fixed);
    pn_check_error(checker,
                   "The address in %.*s=\"%.*s\" is not allowed. Begin it with https:, http:, "
                   "mailto: or tel:, or make it {{ link }}.",
                   PN_STR_ARG(name), PN_STR_ARG(pn_str_first(shown, pn_utf8_prefix(shown, 60))));
}

static void check_style(pn_checker *checker, pn_str value) {
    if (has_output(value)) {
        pn_check_error(checker, "There is an output within style=\"…\". What it prints could break "
                                "the layout; write the style in full.");
    }
    pn_str lower = pn_str_lower_ascii(checker->arena, value);
    size_t at = pn_str_find(lower, PN_STR("url("));
    if (at != SIZE_MAX || pn_str_find(lower, PN_STR("expression(")) != SIZE_MAX ||
        pn_str_find(lower, PN_STR("@import")) != SIZE_MAX) {
        pn_check_error(checker, "A style may not load anything; use <img src=\"https://…\">.");
    }
}

static void check_attribute(pn_checker *checker, attribute attr) {
    static const char *const URLS[] = {"href",   "src",  "background", "action", "poster",
                                       "srcset", "cite", "longdesc",   "data",   "formaction"};
    pn_str on = PN_STR("on");
    if (!attr.sound) {
        pn_check_error(checker, "A tag holds something that is no attribute. Write name=\"value\", "
                                "with quotes, &lt; for a “<”, and outputs only within the quotes.");
    } else if (attr.name.len > on.len && pn_str_eq_nocase(pn_str_first(attr.name, on.len), on)) {
        pn_check_error(checker,
                       "The attribute “%.*s” runs a script, which no mail program does. "
                       "Remove it.",
                       PN_STR_ARG(attr.name));
    } else if (IS_ONE_OF(attr.name, URLS)) {
        check_url(checker, attr.name, attr.value);
    } else if (pn_str_eq_nocase(attr.name, PN_STR("style"))) {
        check_style(checker, attr.value);
    }
}

static void check_tag(pn_checker *checker, tag t) {
    static const char *const REFUSED[] = {
        "script", "style",    "link",     "meta",   "base",   "html",      "head",
        "body",   "title",    "iframe",   "frame",  "object", "embed",     "applet",
        "form",   "input",    "button",   "select", "option", "textarea",  "svg",
        "math",   "template", "noscript", "audio",  "video",  "plaintext", "xmp"};
    if (IS_ONE_OF(t.name, REFUSED)) {
        pn_check_error(checker,
                       "<%.*s> has no place in an e-mail: mail programs remove it or "
                       "distrust the message. Remove it.",
                       PN_STR_ARG(t.name));
        return;
    }
    attribute attr;
    while (next_attribute(&t.attributes, &attr)) {
        check_attribute(checker, attr);
    }
}

/* The source with each piece of Liquid as one character. */
static pn_str without_liquid(pn_str source, pn_arena *arena) {
    char *text = pn_arena_alloc(arena, source.len);
    size_t len = 0;
    for (size_t at = 0; at < source.len;) {
        pn_liquid_piece piece = pn_liquid_next_piece(source, &at);
        if (piece.kind == PN_PIECE_TEXT) {
            memcpy(text + len, piece.text.ptr, piece.text.len);
            len += piece.text.len;
        } else if (piece.kind == PN_PIECE_OUTPUT) {
            text[len++] = pn_str_is(pn_str_trim(piece.markup), "link") ? OUTPUT_LINK : OUTPUT;
        } else {
            text[len++] = CONTROL;
        }
    }
    return (pn_str){text, len};
}

void pn_raw_check(pn_checker *checker, pn_str source) {
    if (!pn_markup_check_controls(checker, source)) {
        return;
    }
    pn_str html = without_liquid(source, checker->arena);
    for (size_t at = 0; at < html.len;) {
        size_t open = pn_str_find_char(pn_str_from(html, at), '<');
        tag t;
        if (open == SIZE_MAX) {
            return;
        }
        at += open;
        if (!read_tag(html, at, &t)) {
            pn_check_error(checker, "There is a “<” that begins no tag. Write &lt; for the sign "
                                    "itself, and close every tag with “>”.");
            at++;
            continue;
        }
        if (t.name.len == 0) {
            pn_check_error(checker, "Comments have no place in an e-mail. Use {%% comment %%}.");
        } else {
            check_tag(checker, t);
        }
        at = t.end;
    }
}

/* ── checking what was rendered ──────────────────────────────────────────────────────────────── */

static bool is_void(pn_str name) {
    static const char *const VOID[] = {"br", "img", "hr", "wbr", "col"};
    return IS_ONE_OF(name, VOID);
}

bool pn_raw_check_nesting(pn_checker *checker, pn_str html) {
    enum { DEPTH_MAX = 64 };
    pn_str open[DEPTH_MAX];
    size_t depth = 0;
    for (size_t at = 0; at < html.len;) {
        size_t found = pn_str_find_char(pn_str_from(html, at), '<');
        tag t;
        if (found == SIZE_MAX) {
            break;
        }
        at += found;
        if (!read_tag(html, at, &t)) {
            at++;
            continue;
        }
        at = t.end;
        if (t.name.len == 0 || is_void(t.name)) {
            continue;
        }
        if (!t.closing && depth < DEPTH_MAX) {
            open[depth++] = t.name;
        } else if (depth == DEPTH_MAX) {
            pn_check_error(checker, "The tags stand more than %d deep in each other.", DEPTH_MAX);
            return false;
        } else if (depth == 0 || !pn_str_eq_nocase(open[--depth], t.name)) {
            pn_check_error(checker, "</%.*s> closes a tag that is not the last one opened.",
                           PN_STR_ARG(t.name));
            return false;
        }
    }
    if (depth != 0) {
        pn_check_error(checker, "<%.*s> is not closed.", PN_STR_ARG(open[depth - 1]));
        return false;
    }
    return true;
}

/* ── as plain text ───────────────────────────────────────────────────────────────────────────── */

/* Length of the entity at the head, or 0; `*ret_char` is what it stands for. */
static size_t read_entity(pn_str text, uint32_t *ret_char) {
    static const struct {
        const char *name;
        uint32_t c;
    } NAMED[] = {{"amp", '&'},     {"lt", '<'},       {"gt", '>'},       {"quot", '"'},
                 {"apos", '\''},   {"nbsp", 0xA0},    {"euro", 0x20AC},  {"middot", 0xB7},
                 {"bull", 0x2022}, {"ndash", 0x2013}, {"mdash", 0x2014}, {"hellip", 0x2026},
                 {"laquo", 0xAB},  {"raquo", 0xBB},   {"copy", 0xA9},    {"ordm", 0xBA},
                 {"ordf", 0xAA},   {"zwnj", 0x200C},  {"rarr", 0x2192},  {"times", 0xD7}};
    size_t end = pn_str_find_char(pn_str_first(text, 12), ';');
    if (end == SIZE_MAX) {
        return 0;
    }
    pn_str name = pn_str_sub(text.ptr + 1, text.ptr + end);
    for (size_t i = 0; i < PN_COUNT(NAMED); i++) {
        if (pn_str_eq(name, pn_str_of(NAMED[i].name))) {
            *ret_char = NAMED[i].c;
            return end + 1;
        }
    }
    if (name.len < 2 || name.ptr[0] != '#') {
        return 0;
    }
    uint32_t value = 0;
    bool hex = pn_to_lower(name.ptr[1]) == 'x';
    for (size_t i = 1 + (size_t)hex; i < name.len; i++) {
        char c = pn_to_lower(name.ptr[i]);
        bool letter = hex && c >= 'a' && c <= 'f';
        if (!pn_is_digit(c) && !letter) {
            return 0;
        }
        value = value * (hex ? 16 : 10) + (uint32_t)(letter ? c - 'a' + 10 : c - '0');
    }
    *ret_char = value;
    return end + 1;
}

static void add_text(pn_buf *out, pn_str text) {
    bool gap = out->len == 0 || pn_is_space(out->ptr[out->len - 1]);
    for (size_t i = 0; i < text.len;) {
        char c = text.ptr[i];
        uint32_t entity = 0;
        size_t len = c == '&' ? read_entity(pn_str_from(text, i), &entity) : 0;
        if (len != 0) {
            char bytes[4];
            bool shown = entity >= ' ' && !(entity >= 0x7F && entity < 0xA0);
            pn_buf_add(out, bytes, shown ? pn_utf8_encode(entity, bytes) : 0);
            i += len;
            gap = false;
            continue;
        }
        i++;
        if (!pn_is_space(c)) {
            pn_buf_add_char(out, c);
        } else if (!gap) {
            pn_buf_add_char(out, ' ');
        }
        gap = pn_is_space(c);
    }
}

static pn_str value_of(pn_str attributes, pn_str name) {
    attribute attr;
    while (next_attribute(&attributes, &attr)) {
        if (pn_str_eq_nocase(attr.name, name)) {
            return attr.value;
        }
    }
    return PN_STR_NONE;
}

/* What a tag looks like in plain text. */
static void add_tag(pn_buf *out, tag t, pn_str *address) {
    static const char *const PARAGRAPHS[] = {"p",  "h1", "h2",    "h3",         "h4",
                                             "ul", "ol", "table", "blockquote", "hr"};
    static const char *const LINES[] = {"div", "tr", "li"};
    static const char *const CELLS[] = {"td", "th"};
    if (pn_str_eq_nocase(t.name, PN_STR("a"))) {
        if (t.closing && pn_url_allowed(*address)) {
            pn_buf_add_lit(out, " (");
            add_text(out, *address);
            pn_buf_add_char(out, ')');
        }
        *address = t.closing ? PN_STR_NONE : value_of(t.attributes, PN_STR("href"));
    } else if (pn_str_eq_nocase(t.name, PN_STR("img"))) {
        add_text(out, value_of(t.attributes, PN_STR("alt")));
    } else if (IS_ONE_OF(t.name, PARAGRAPHS)) {
        pn_buf_add_lit(out, "\n\n");
    } else if (pn_str_eq_nocase(t.name, PN_STR("br"))) {
        pn_buf_add_char(out, '\n');
    } else if (IS_ONE_OF(t.name, LINES)) {
        bool begun = out->len != 0 && out->ptr[out->len - 1] != '\n';
        pn_buf_add_str(out, begun ? PN_STR("\n") : PN_STR_NONE);
        if (!t.closing && pn_str_eq_nocase(t.name, PN_STR("li"))) {
            pn_buf_add_lit(out, "- ");
        }
    } else if (t.closing && IS_ONE_OF(t.name, CELLS)) {
        pn_buf_add_char(out, ' ');
    }
}

void pn_raw_plain(pn_buf *out, pn_str html) {
    pn_str address = PN_STR_NONE;
    while (html.len > 0) {
        size_t open = PN_MIN(pn_str_find_char(html, '<'), html.len);
        add_text(out, pn_str_first(html, open));
        html = pn_str_from(html, open);
        tag t;
        if (html.len == 0) {
            return;
        }
        if (!read_tag(html, 0, &t)) {
            pn_buf_add_char(out, '<');
            html = pn_str_from(html, 1);
            continue;
        }
        add_tag(out, t, &address);
        html = pn_str_from(html, t.end);
    }
}
