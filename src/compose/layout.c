#include "compose/layout.h"

#include "base/banned.h"
#include "compose/lines.h"
#include "compose/picture.h"
#include "compose/style.h"
#include "liquid/escape.h"

/* Outlook's web and phone programs know no media query for dark colours and mark the elements they
 * would recolour instead: data-ogsc for colours, data-ogsb for grounds. Every e-mail has these
 * rules three times, so they are no printf formats. In them '@' is what stands before the class,
 * and $1 and $2 are the brand's colours. */
static const char DARK_GROUNDS[] =
    "@.b{background:" STYLE_DARK_PAGE "!important}"
    "@.c{background:" STYLE_DARK_SURFACE "!important;border-color:" STYLE_DARK_LINE "!important}"
    "@.s{background:" STYLE_DARK_SOFT "!important}"
    "@.k{background:$1!important;border-color:$2!important}"
    "@.g{background:#ffffff!important;padding:6px!important;border-radius:4px!important}";

static const char DARK_COLOURS[] = "@.t{color:" STYLE_DARK_TEXT "!important}"
                                   "@.m{color:" STYLE_DARK_MUTED "!important}"
                                   "@.l{border-color:" STYLE_DARK_LINE "!important}"
                                   "@.a{color:$1!important}@.k a{color:$2!important}";

static void add_rules(pn_buf *out, const char *rules, const char *at, const char *first,
                      const char *second) {
    for (const char *end = rules; *end != '\0'; rules = end) {
        while (*end != '@' && *end != '$' && *end != '\0') {
            end++;
        }
        pn_buf_add(out, rules, (size_t)(end - rules));
        if (*end == '@') {
            pn_buf_add_z(out, at);
            end++;
        } else if (*end == '$') {
            pn_buf_add_z(out, end[1] == '1' ? first : second);
            end += 2;
        }
    }
}

static void dark_grounds(const pn_brand_colours *dark, const char *at, pn_buf *out) {
    add_rules(out, DARK_GROUNDS, at, dark->button, dark->border);
}

static void dark_colours(const pn_brand_colours *dark, const char *at, pn_buf *out) {
    add_rules(out, DARK_COLOURS, at, dark->link, dark->label);
}

static void style_sheet(const pn_brand *brand, pn_buf *out) {
    pn_buf_add_lit(
        out, "<style>\n"
             ":root{color-scheme:light dark;supported-color-schemes:light dark}\n"
             "@media (max-width:480px){.o{padding:0!important}.c{border-radius:0!important;"
             "border-left:0!important;border-right:0!important}.p{padding-left:20px!important;"
             "padding-right:20px!important}}\n"
             "@media (prefers-color-scheme:dark){");
    dark_grounds(&brand->dark, "", out);
    dark_colours(&brand->dark, "", out);
    pn_buf_add_lit(out, "}\n");
    dark_colours(&brand->dark, "[data-ogsc] ", out);
    pn_buf_add_char(out, '\n');
    dark_grounds(&brand->dark, "[data-ogsb] ", out);
    pn_buf_add_lit(out, "\n</style>\n");
}

/* Word draws Outlook's mails: it wants a table of fixed width, its own font, and 96 dots an inch.
 */
static const char HEAD[] =
    "<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
    "<meta name=\"x-apple-disable-message-reformatting\">\n"
    "<meta name=\"format-detection\" content=\"telephone=no,date=no,address=no,email=no,url=no\">\n"
    "<meta name=\"color-scheme\" content=\"light dark\">\n"
    "<meta name=\"supported-color-schemes\" content=\"light dark\">\n"
    "<!--[if mso]><xml><o:OfficeDocumentSettings><o:PixelsPerInch>96</o:PixelsPerInch>"
    "</o:OfficeDocumentSettings></xml><style>*{font-family:Arial,sans-serif!important}</style>"
    "<![endif]-->\n";

static const char BODY[] =
    "</head>\n<body class=\"b\" style=\"margin:0;padding:0;background:" STYLE_PAGE
    ";-webkit-text-size-adjust:100%;text-size-adjust:100%\">\n";

static const char CARD[] =
    "<table class=\"b\" width=\"100%\" " LAYOUT_TABLE " style=\"background:" STYLE_PAGE "\">\n"
    "<tr><td class=\"o\" align=\"center\" style=\"padding:24px 12px\">\n"
    "<!--[if mso]><table width=\"600\" align=\"center\" " LAYOUT_TABLE "><tr><td><![endif]-->\n"
    "<table class=\"c t\" width=\"100%\" " LAYOUT_TABLE
    " style=\"max-width:600px;background:" STYLE_SURFACE ";border:1px solid " STYLE_LINE
    ";border-radius:10px;border-collapse:separate;text-align:left;" STYLE_BREAK STYLE_BODY "\">\n";

static const char CARD_END[] =
    "<tr><td style=\"padding:0 0 24px;font-size:0;line-height:0\">&nbsp;</td></tr>\n</table>\n";

static const char PAGE_END[] =
    "<!--[if mso]></td></tr></table><![endif]-->\n</td></tr>\n</table>\n</div>\n</body>\n</html>\n";

/* Invisible, and followed by enough invisible characters that an inbox shows nothing of the body
 * behind it. */
static void preheader_html(pn_str preheader, pn_buf *out) {
    if (preheader.len == 0) {
        return;
    }
    pn_buf_add_lit(
        out, "<div style=\"display:none;max-height:0;max-width:0;opacity:0;"
             "overflow:hidden;mso-hide:all;font-size:1px;line-height:1px;color:" STYLE_PAGE "\">");
    pn_liquid_escape_html(out, preheader);
#define INVISIBLE "&#847;&zwnj;&nbsp;"
#define INVISIBLE_8 INVISIBLE INVISIBLE INVISIBLE INVISIBLE INVISIBLE INVISIBLE INVISIBLE INVISIBLE
    pn_buf_add_lit(out, INVISIBLE_8 INVISIBLE_8 INVISIBLE_8 INVISIBLE_8 INVISIBLE_8 "</div>\n");
}

/* The creditor's logo, or its name, above all blocks. */
static void head_html(const pn_letter *letter, pn_buf *out) {
    if (letter->facts->creditor_name.len == 0) {
        return;
    }
    pn_buf_add_lit(out, "<tr><td class=\"p l\" style=\"padding:20px 32px;border-bottom:1px "
                        "solid " STYLE_LINE ";font-weight:600\">");
    pn_picture_logo(letter, out);
    pn_buf_add_lit(out, "</td></tr>\n");
}

/* Which way the language is written: Arabic, Hebrew, Persian and Urdu from the right. */
static const char *direction_of(pn_str language) {
    static const char *const FROM_RIGHT[] = {"ar", "he", "fa", "ur"};
    for (size_t i = 0; i < PN_COUNT(FROM_RIGHT); i++) {
        if (pn_str_eq(pn_str_first(language, 2), pn_str_of(FROM_RIGHT[i]))) {
            return "rtl";
        }
    }
    return "ltr";
}

void pn_layout_open_html(const pn_letter *letter, pn_str subject, pn_str preheader, pn_buf *out) {
    pn_str language = letter->variant->language;
    pn_buf_add_lit(out, "<!doctype html>\n<html lang=\"");
    pn_buf_add_str(out, language);
    pn_buf_add_lit(out, "\" dir=\"");
    pn_buf_add_z(out, direction_of(language));
    pn_buf_add_lit(out, "\" xmlns=\"http://www.w3.org/1999/xhtml\" "
                        "xmlns:o=\"urn:schemas-microsoft-com:office:office\">\n<head>\n");
    pn_buf_add_lit(out, "<title>");
    pn_liquid_escape_html(out, subject);
    pn_buf_add_lit(out, "</title>\n");
    pn_buf_add(out, HEAD, sizeof HEAD - 1);
    style_sheet(&letter->brand, out);
    pn_buf_add(out, BODY, sizeof BODY - 1);
    preheader_html(preheader, out);
    pn_buf_add_lit(out, "<div role=\"article\" aria-roledescription=\"email\" aria-label=\"");
    pn_liquid_escape_html(out, subject);
    pn_buf_add_lit(out, "\" lang=\"");
    pn_buf_add_str(out, language);
    pn_buf_add_lit(out, "\" dir=\"");
    pn_buf_add_z(out, direction_of(language));
    pn_buf_add_lit(out, "\">\n");
    pn_buf_add(out, CARD, sizeof CARD - 1);
    if (!letter->places_logo) {
        head_html(letter, out);
    }
}

void pn_layout_open_block(pn_buf *out) {
    pn_buf_add_lit(out, "<tr><td class=\"p\" style=\"padding:24px 32px 0\">\n");
}

void pn_layout_close_block(pn_buf *out) {
    pn_buf_add_lit(out, "</td></tr>\n");
}

/* The creditor's name, tax number, address, telephone and e-mail: whoever is written to sees who
 * writes, whatever the blocks are. */
enum { IDENTITY_PARTS = 5 };

static void identity_of(const pn_letter *letter, pn_str parts[IDENTITY_PARTS]) {
    const pn_compose_facts *facts = letter->facts;
    parts[0] = facts->creditor_name;
    parts[1] = facts->creditor_tax_id;
    parts[2] = facts->creditor_address;
    parts[3] = facts->creditor_phone;
    parts[4] = facts->creditor_email;
}

/* For programs that show it badly, and for whoever wants to show it to somebody. */
static void in_browser_html(const pn_letter *letter, bool started, pn_buf *out) {
    if (letter->facts->web_link.len == 0) {
        return;
    }
    pn_buf_add_str(out, started ? PN_STR("<br>\n") : PN_STR_NONE);
    pn_buf_add_lit(out, "<a class=\"m\" href=\"");
    pn_liquid_escape_html(out, letter->facts->web_link);
    pn_buf_add_lit(out, "\" style=\"color:" STYLE_MUTED "\">");
    pn_buf_add_z(out, letter->words->in_browser);
    pn_buf_add_lit(out, "</a>");
}

void pn_layout_close_html(const pn_letter *letter, pn_buf *out) {
    pn_str parts[IDENTITY_PARTS];
    identity_of(letter, parts);
    pn_buf_add(out, CARD_END, sizeof CARD_END - 1);
    pn_buf_add_lit(out, "<table class=\"m\" width=\"100%\" " LAYOUT_TABLE
                        " style=\"max-width:600px;text-align:left;" STYLE_BREAK STYLE_FINE "\">\n"
                        "<tr><td class=\"p\" style=\"padding:16px 32px\">");
    bool started = false;
    for (size_t i = 0; i < IDENTITY_PARTS; i++) {
        if (parts[i].len != 0) {
            pn_buf_add_str(out, started ? PN_STR(" · ") : PN_STR_NONE);
            pn_liquid_escape_html(out, parts[i]);
            started = true;
        }
    }
    in_browser_html(letter, started, out);
    pn_buf_add_lit(out, "</td></tr>\n</table>\n");
    pn_buf_add(out, PAGE_END, sizeof PAGE_END - 1);
}

void pn_layout_open_text(const pn_letter *letter, pn_buf *out) {
    if (letter->facts->creditor_name.len != 0) {
        pn_line_add(out, letter->facts->creditor_name);
    }
}

void pn_layout_close_text(const pn_letter *letter, pn_buf *out) {
    pn_str parts[IDENTITY_PARTS];
    identity_of(letter, parts);
    pn_buf_add_char(out, '\n');
    pn_line_repeat(out, '-', PN_LINE_WIDTH);
    pn_buf_add_char(out, '\n');
    for (size_t i = 0; i < IDENTITY_PARTS; i++) {
        if (parts[i].len != 0) {
            pn_line_add(out, parts[i]);
        }
    }
}
