#include "compose/picture.h"

#include "base/banned.h"
#include "compose/clean.h"
#include "compose/lines.h"
#include "compose/style.h"
#include "liquid/escape.h"

enum { LOGO_WIDTH_MAX = 240, LOGO_HEIGHT_MAX = 56 };

/* ── logo ────────────────────────────────────────────────────────────────────────────────────── */

void pn_picture_logo(const pn_letter *letter, pn_buf *out) {
    const pn_compose_facts *facts = letter->facts;
    if (facts->logo_src.len == 0) {
        pn_liquid_escape_html(out, facts->creditor_name);
        return;
    }
    pn_shown size =
        pn_brand_fit(facts->logo_width, facts->logo_height, LOGO_WIDTH_MAX, LOGO_HEIGHT_MAX);
    pn_buf_add_lit(out, "<img class=\"g t\" src=\"");
    pn_liquid_escape_html(out, facts->logo_src);
    pn_buf_add_lit(out, "\" alt=\"");
    pn_liquid_escape_html(out, facts->creditor_name);
    if (size.width != 0) {
        pn_buf_add_lit(out, "\" width=\"");
        pn_buf_add_int(out, size.width);
    }
    pn_buf_add_lit(out, "\" height=\"");
    pn_buf_add_int(out, size.height);
    /* where images are not shown, the other text looks like the name that stands there else */
    pn_buf_add_lit(out, "\" style=\"display:block;border:0;outline:none;text-decoration:none;"
                        "max-width:100%;" STYLE_BODY "font-weight:600\">");
}

void pn_logo_html(pn_letter *letter, pn_str content, pn_buf *out) {
    (void)content;
    if (letter->facts->creditor_name.len == 0) {
        return;
    }
    pn_buf_add_lit(out, "<div class=\"t\" style=\"font-weight:600\">");
    pn_picture_logo(letter, out);
    pn_buf_add_lit(out, "</div>\n");
}

/* The creditor's name stands above the text already. */
void pn_logo_text(pn_letter *letter, pn_str content, pn_buf *out) {
    (void)letter;
    (void)content;
    (void)out;
}

/* ── image ───────────────────────────────────────────────────────────────────────────────────── */

typedef struct {
    pn_str src, alt, link;
} picture;

/* Whatever data brought into an address may have made it one that has no place in an e-mail: then
 * there is no picture, or no link. */
static bool read_picture(pn_str content, picture *ret) {
    pn_str *const parts[] = {&ret->src, &ret->alt, &ret->link};
    for (size_t i = 0; i < PN_COUNT(parts); i++) {
        pn_str line = PN_STR_NONE;
        (void)pn_str_split(&content, '\n', &line);
        *parts[i] = pn_str_trim(line);
    }
    bool linked = pn_str_starts(ret->link, PN_STR("http")) && pn_url_allowed(ret->link);
    ret->link = linked ? ret->link : PN_STR_NONE;
    return pn_str_starts(ret->src, PN_STR("https://")) && pn_url_allowed(ret->src);
}

void pn_image_html(pn_letter *letter, pn_str content, pn_buf *out) {
    picture p;
    (void)letter;
    if (!read_picture(content, &p)) {
        return;
    }
    if (p.link.len != 0) {
        pn_buf_add_lit(out, "<a class=\"t\" href=\"");
        pn_liquid_escape_html(out, p.link);
        pn_buf_add_lit(out, "\" style=\"text-decoration:none;color:" STYLE_TEXT "\">");
    }
    pn_buf_add_lit(out, "<img class=\"t\" src=\"");
    pn_liquid_escape_html(out, p.src);
    pn_buf_add_lit(out, "\" alt=\"");
    pn_liquid_escape_html(out, p.alt);
    /* Word goes by the attribute, all others by the style: never wider than the card */
    pn_buf_add_lit(out, "\" width=\"534\" style=\"display:block;border:0;outline:none;"
                        "text-decoration:none;width:100%;max-width:534px;height:auto;" STYLE_SMALL
                        "\">");
    pn_buf_add_str(out, p.link.len != 0 ? PN_STR("</a>\n") : PN_STR("\n"));
}

void pn_image_text(pn_letter *letter, pn_str content, pn_buf *out) {
    picture p;
    if (!read_picture(content, &p) || p.alt.len == 0) {
        return;
    }
    pn_buf_clear(&letter->plain);
    pn_buf_add_char(&letter->plain, '[');
    pn_buf_add_str(&letter->plain, p.alt);
    pn_buf_add_char(&letter->plain, ']');
    pn_line_add(out, pn_buf_str(&letter->plain));
    if (p.link.len != 0) {
        pn_line_add(out, p.link);
    }
}
