#include "compose/markup.h"

#include "base/banned.h"
#include "base/utf8.h"
#include "compose/clean.h"
#include "liquid/escape.h"
#include "liquid/lex.h"

/* As long as what they stand for. BOLD, URL and their double stand for two characters. */
enum {
    MARK_BOLD = 0x03,  /* twice: ** */
    MARK_LINK = 0x04,  /* [ */
    MARK_URL = 0x05,   /* twice: ]( */
    MARK_END = 0x06,   /* ) */
    MARK_QUIET = 0x0E, /* a backslash before a sign that is meant literally */
};

/* ── before compiling ────────────────────────────────────────────────────────────────────────── */

bool pn_markup_check_controls(pn_checker *checker, pn_str source) {
    for (size_t i = 0; i < source.len; i++) {
        unsigned char c = (unsigned char)source.ptr[i];
        if ((c < 0x20 && c != '\n' && c != '\r' && c != '\t') || c == 0x7F) {
            pn_check_error(checker,
                           "There is a control character (code %u) in the text. Remove it.", c);
            return false;
        }
    }
    return true;
}

typedef struct {
    pn_checker *checker;
    char *text; /* becomes the source to compile */
    const char *source;
    bool *literal; /* of each byte: not within a tag or an output */
    size_t len;
} preparation;

static bool is_sign(const preparation *p, size_t at, char sign) {
    return at < p->len && p->literal[at] && p->text[at] == sign;
}

/* `escape` would show its entities, and a line break needs no tag here. */
static void check_filters(pn_checker *checker, pn_str markup) {
    static const char *const NEEDLESS[] = {"escape", "escape_once", "newline_to_br"};
    for (pn_liquid_lexer lexer = pn_liquid_lex(markup); lexer.now.kind != PN_TOKEN_END;
         pn_liquid_advance(&lexer)) {
        for (size_t i = 0; i < PN_COUNT(NEEDLESS) && lexer.now.kind == PN_TOKEN_PIPE; i++) {
            if (pn_str_eq(lexer.next.text, pn_str_of(NEEDLESS[i]))) {
                pn_check_warning(checker,
                                 "The filter “%s” shows its HTML here: a text block is escaped "
                                 "anyway, and a line break in it is one. Leave the filter out.",
                                 NEEDLESS[i]);
            }
        }
    }
}

static void find_literals(preparation *p) {
    pn_str source = {p->source, p->len};
    for (size_t at = 0; at < p->len;) {
        pn_liquid_piece piece = pn_liquid_next_piece(source, &at);
        if (piece.kind == PN_PIECE_TEXT) {
            memset(p->literal + piece.offset, 1, at - piece.offset);
        } else {
            check_filters(p->checker, piece.markup);
        }
    }
}

static void mark_quiet(preparation *p) {
    for (size_t i = 0; i + 1 < p->len; i++) {
        if (is_sign(p, i, '\\') && p->literal[i + 1] && strchr("*[]()\\", p->source[i + 1])) {
            p->text[i] = MARK_QUIET;
            p->literal[i] = p->literal[i + 1] = false;
        }
    }
}

static void mark_bold(preparation *p) {
    size_t count = 0;
    for (size_t i = 0; i + 1 < p->len; i++) {
        if (is_sign(p, i, '*') && is_sign(p, i + 1, '*')) {
            p->text[i] = p->text[i + 1] = MARK_BOLD;
            count++;
            i++;
        }
    }
    if (count % 2 != 0) {
        pn_check_warning(p->checker, "Bold (**) is opened but not closed; it ends with its "
                                     "paragraph. Write \\** for the stars themselves.");
    }
}

/* Index of the literal `sign` from `at` on within the same line, or SIZE_MAX. */
static size_t find_sign(const preparation *p, size_t at, char sign) {
    for (; at < p->len && !is_sign(p, at, '\n'); at++) {
        if (is_sign(p, at, sign)) {
            return at;
        }
    }
    return SIZE_MAX;
}

/* The address of a link: what is written before its first variable must name the scheme; one that
 * is a variable as a whole is checked when it is known. */
static void check_address(preparation *p, size_t from, size_t to) {
    size_t fixed = from;
    while (fixed < to && p->literal[fixed]) {
        fixed++;
    }
    pn_str head = {p->source + from, fixed - from};
    if ((fixed < to && head.len == 0) || pn_url_begins(head)) {
        return;
    }
    pn_str shown = pn_str_first(head, pn_utf8_prefix(head, 60));
    pn_check_error(p->checker,
                   "The link to “%.*s” is not allowed. Begin it with https:, http:, mailto: or "
                   "tel:, without spaces.",
                   PN_STR_ARG(shown));
}

static void mark_links(preparation *p) {
    for (size_t i = 0; i < p->len; i++) {
        size_t close = is_sign(p, i, '[') ? find_sign(p, i + 1, ']') : SIZE_MAX;
        if (close == SIZE_MAX || !is_sign(p, close + 1, '(')) {
            continue;
        }
        size_t end = find_sign(p, close + 2, ')');
        if (end == SIZE_MAX) {
            continue;
        }
        check_address(p, close + 2, end);
        p->text[i] = MARK_LINK;
        p->text[close] = p->text[close + 1] = MARK_URL;
        p->text[end] = MARK_END;
        i = end;
    }
}

pn_str pn_markup_prepare(pn_checker *checker, pn_str source) {
    if (!pn_markup_check_controls(checker, source)) {
        return source;
    }
    preparation p = {
        .checker = checker,
        .text = pn_arena_copy(checker->arena, source.ptr, source.len),
        .source = source.ptr,
        .literal = pn_arena_array(checker->arena, bool, source.len),
        .len = source.len,
    };
    find_literals(&p);
    mark_quiet(&p);
    mark_bold(&p);
    mark_links(&p);
    return (pn_str){p.text, p.len};
}

/* ── a rendered text ─────────────────────────────────────────────────────────────────────────── */

static size_t find_mark(pn_str text, size_t at) {
    while (at < text.len && (unsigned char)text.ptr[at] >= 0x20) {
        at++;
    }
    return at;
}

/* The label and address of the link whose mark stands at the head, and how long all of it is; 0
 * when it is not whole. */
static size_t split_link(pn_str text, pn_str *ret_label, pn_str *ret_url) {
    size_t url = pn_str_find_char(text, MARK_URL);
    if (url == SIZE_MAX) {
        return 0;
    }
    pn_str behind = pn_str_from(text, url);
    while (behind.len > 0 && behind.ptr[0] == MARK_URL) {
        behind = pn_str_from(behind, 1);
    }
    size_t end = pn_str_find_char(behind, MARK_END);
    if (end == SIZE_MAX) {
        return 0;
    }
    *ret_label = pn_str_sub(text.ptr + 1, text.ptr + url);
    *ret_url = pn_str_trim(pn_str_first(behind, end));
    return (size_t)(behind.ptr - text.ptr) + end + 1;
}

static void toggle_bold(pn_buf *html, bool *bold) {
    *bold = !*bold;
    pn_buf_add_str(html, *bold ? PN_STR("<strong>") : PN_STR("</strong>"));
}

/* How line breaks and links are written. */
typedef struct {
    const char *line_break;
    const char *link; /* colour */
} manner;

/* Escapes `text` and turns its marks into tags that nest properly whatever their order. */
static void add_inline(pn_buf *html, pn_str text, bool *bold, bool in_link, const manner *look);

static void add_link(pn_buf *html, pn_str label, pn_str url, bool *bold, const manner *look) {
    bool was_bold = *bold;
    if (!pn_url_allowed(url)) {
        add_inline(html, label, bold, true, look);
        return;
    }
    if (was_bold) {
        pn_buf_add_lit(html, "</strong>");
        *bold = false;
    }
    pn_buf_add_lit(html, "<a class=\"a\" href=\"");
    pn_liquid_escape_html(html, url);
    pn_buf_add_lit(html, "\" style=\"color:");
    pn_buf_add_z(html, look->link);
    pn_buf_add_lit(html, "\">");
    if (was_bold) {
        toggle_bold(html, bold);
    }
    add_inline(html, label, bold, true, look);
    bool is_bold = *bold;
    if (is_bold) {
        toggle_bold(html, bold);
    }
    pn_buf_add_lit(html, "</a>");
    if (is_bold) {
        toggle_bold(html, bold);
    }
}

static void add_inline(pn_buf *html, pn_str text, bool *bold, bool in_link, const manner *look) {
    while (text.len > 0) {
        size_t plain = find_mark(text, 0);
        pn_liquid_escape_html(html, pn_str_first(text, plain));
        if (plain == text.len) {
            return;
        }
        text = pn_str_from(text, plain);
        size_t taken = 1, link = 0;
        pn_str label, url;
        switch (text.ptr[0]) {
        case MARK_BOLD:
            taken = text.len > 1 && text.ptr[1] == MARK_BOLD ? 2 : 1;
            toggle_bold(html, bold);
            break;
        case MARK_LINK:
            link = in_link ? 0 : split_link(text, &label, &url);
            if (link != 0) {
                add_link(html, label, url, bold, look);
                taken = link;
            }
            break;
        case '\n': pn_buf_add_z(html, look->line_break); break;
        case '\t': pn_buf_add_char(html, ' '); break;
        default: break;
        }
        text = pn_str_from(text, taken);
    }
}

/* True when nothing of the line can be seen. */
static bool is_blank(pn_str line) {
    for (size_t i = 0; i < line.len; i++) {
        if ((unsigned char)line.ptr[i] > ' ') {
            return false;
        }
    }
    return true;
}

/* Cuts the next paragraph off: lines up to a blank one. False at the end. */
static bool next_paragraph(pn_str *rest, pn_str *ret_paragraph) {
    pn_str line;
    const char *from = NULL, *to = NULL;
    while (pn_str_split(rest, '\n', &line)) {
        if (!is_blank(line)) {
            from = from == NULL ? line.ptr : from;
            to = line.ptr + line.len;
        } else if (from != NULL) {
            break;
        }
    }
    if (from != NULL) {
        *ret_paragraph = pn_str_trim(pn_str_sub(from, to));
    }
    return from != NULL;
}

static void add_whole(pn_buf *html, pn_str text, const manner *look) {
    bool bold = false;
    add_inline(html, text, &bold, false, look);
    if (bold) {
        toggle_bold(html, &bold);
    }
}

void pn_markup_html(pn_buf *html, pn_str rendered, unsigned gap_px, const char *link) {
    const manner look = {.line_break = "<br>\n", .link = link};
    unsigned gap = 0;
    pn_str paragraph;
    while (next_paragraph(&rendered, &paragraph)) {
        pn_buf_add_lit(html, "<p style=\"margin:");
        pn_buf_add_int(html, gap);
        pn_buf_add_str(html, gap == 0 ? PN_STR("\">") : PN_STR("px 0 0\">"));
        add_whole(html, paragraph, &look);
        pn_buf_add_lit(html, "</p>\n");
        gap = gap_px;
    }
}

void pn_markup_html_line(pn_buf *html, pn_str rendered, const char *link) {
    add_whole(html, pn_str_trim(rendered), &(manner){.line_break = " ", .link = link});
}

void pn_markup_plain(pn_buf *out, pn_str rendered) {
    while (rendered.len > 0) {
        size_t plain = find_mark(rendered, 0);
        pn_buf_add_str(out, pn_str_first(rendered, plain));
        if (plain == rendered.len) {
            return;
        }
        rendered = pn_str_from(rendered, plain);
        pn_str label, url;
        size_t link = rendered.ptr[0] == MARK_LINK ? split_link(rendered, &label, &url) : 0;
        size_t taken = PN_MAX(link, (size_t)1);
        if (link != 0) {
            pn_markup_plain(out, label);
            if (pn_url_allowed(url) && !pn_str_eq(label, url)) {
                pn_buf_add_lit(out, " (");
                pn_buf_add_str(out, url);
                pn_buf_add_char(out, ')');
            }
        } else if (rendered.ptr[0] == '\n' || rendered.ptr[0] == '\t') {
            pn_buf_add_char(out, rendered.ptr[0]);
        }
        rendered = pn_str_from(rendered, taken);
    }
}

/* ── for block documents ─────────────────────────────────────────────────────────────────────── */

void pn_markup_literal(pn_buf *out, pn_str text) {
    for (size_t i = 0; i < text.len; i++) {
        if (pn_str_find_char(PN_STR("*[]()\\"), text.ptr[i]) != SIZE_MAX) {
            pn_buf_add_char(out, '\\');
        }
        pn_buf_add_char(out, text.ptr[i]);
    }
}

static void document_link(pn_buf *out, pn_str label, pn_str url) {
    if (!pn_url_allowed(url)) {
        pn_markup_document(out, label);
        return;
    }
    pn_buf_add_char(out, '[');
    pn_markup_document(out, label);
    pn_buf_add_lit(out, "](");
    for (size_t i = 0; i < url.len; i++) {
        if (url.ptr[i] == '(' || url.ptr[i] == ')') {
            pn_buf_add_z(out, url.ptr[i] == '(' ? "%28" : "%29");
        } else {
            pn_buf_add_char(out, url.ptr[i]);
        }
    }
    pn_buf_add_char(out, ')');
}

void pn_markup_document(pn_buf *out, pn_str rendered) {
    while (rendered.len > 0) {
        size_t plain = find_mark(rendered, 0);
        pn_markup_literal(out, pn_str_first(rendered, plain));
        if (plain == rendered.len) {
            return;
        }
        rendered = pn_str_from(rendered, plain);
        pn_str label, url;
        size_t link = rendered.ptr[0] == MARK_LINK ? split_link(rendered, &label, &url) : 0;
        if (link != 0) {
            document_link(out, label, url);
        } else if (rendered.ptr[0] == '\n' || rendered.ptr[0] == '\t') {
            pn_buf_add_char(out, rendered.ptr[0] == '\t' ? ' ' : '\n');
        } else if (rendered.ptr[0] == MARK_BOLD) {
            pn_buf_add_char(out, '*');
        }
        rendered = pn_str_from(rendered, PN_MAX(link, (size_t)1));
    }
}
