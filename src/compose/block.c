#include "compose/block.h"

#include "base/banned.h"
#include "compose/data.h"
#include "compose/lines.h"
#include "compose/markup.h"
#include "compose/picture.h"
#include "compose/raw.h"
#include "compose/style.h"
#include "compose/table.h"
#include "liquid/escape.h"

/* ── text, heading, legal ────────────────────────────────────────────────────────────────────── */

static void text_html(pn_letter *letter, pn_str content, pn_buf *out) {
    pn_markup_html(out, content, 16, letter->brand.light.link);
}

/* What the content says, in lines. */
static void text_text(pn_letter *letter, pn_str content, pn_buf *out) {
    pn_buf_clear(&letter->plain);
    pn_markup_plain(&letter->plain, content);
    pn_lines_add(out, pn_buf_str(&letter->plain));
}

static void heading_html(pn_letter *letter, pn_str content, pn_buf *out) {
    pn_str level = letter->has_heading ? PN_STR("h2") : PN_STR("h1");
    letter->has_heading = true;
    pn_buf_add_char(out, '<');
    pn_buf_add_str(out, level);
    pn_buf_add_lit(out, " style=\"margin:0;font-size:20px;line-height:28px;font-weight:600\">");
    pn_markup_html_line(out, content, letter->brand.light.link);
    pn_buf_add_lit(out, "</");
    pn_buf_add_str(out, level);
    pn_buf_add_lit(out, ">\n");
}

static void heading_text(pn_letter *letter, pn_str content, pn_buf *out) {
    size_t from = out->len;
    text_text(letter, content, out);
    size_t width = pn_line_width((pn_str){out->ptr + from, out->len - from});
    pn_line_repeat(out, '=', PN_MIN(width - 1, (size_t)PN_LINE_WIDTH));
    pn_buf_add_char(out, '\n');
}

static void legal_html(pn_letter *letter, pn_str content, pn_buf *out) {
    pn_buf_add_lit(out, "<div class=\"m\" style=\"" STYLE_FINE "\">\n");
    pn_markup_html(out, content, 8, letter->brand.light.link);
    pn_buf_add_lit(out, "</div>\n");
}

/* ── amount due ──────────────────────────────────────────────────────────────────────────────── */

typedef struct {
    const char *label;
    pn_money amount, left_out; /* the latter without currency: none */
} amount_due;

/* What is not paid of all that is listed; without currency when that is nothing. */
static pn_money open_of(const pn_compose_facts *facts) {
    pn_money sum = {0, facts->total.currency};
    const pn_compose_item *lists[] = {facts->overdue, facts->upcoming};
    const size_t counts[] = {facts->overdue_count, facts->upcoming_count};
    for (size_t list = 0; list < PN_COUNT(lists); list++) {
        for (size_t i = 0; i < counts[list]; i++) {
            if (pn_money_add(sum, lists[list][i].open, &sum) != PN_OK) {
                return (pn_money){0};
            }
        }
    }
    return sum.minor > 0 ? sum : (pn_money){0};
}

/* A demand asks for what is overdue; what is not due yet is named apart. Elsewhere it is what is
 * open, and nothing at all once that is paid. */
static amount_due amount_due_of(const pn_letter *letter) {
    const pn_compose_facts *facts = letter->facts;
    amount_due due = {.label = letter->words->amount_due, .amount = facts->total};
    if (letter->variant->purpose == PN_PURPOSE_SERVICE) {
        due.amount = open_of(facts);
    } else if (facts->overdue_count != 0) {
        due.label = letter->words->amount_overdue;
        due.amount = facts->total_overdue;
        if (pn_money_sub(facts->total, facts->total_overdue, &due.left_out) != PN_OK ||
            due.left_out.minor <= 0) {
            due.left_out = (pn_money){0};
        }
    }
    return due;
}

/* The label, the amount, and a line or two below it. */
static void amount_html(pn_letter *letter, pn_str content, pn_buf *out) {
    amount_due due = amount_due_of(letter);
    if (!pn_compose_has(due.amount)) {
        return;
    }
    pn_buf_add_lit(out, "<table class=\"s t\" width=\"100%\" " LAYOUT_TABLE
                        " style=\"background:" STYLE_SOFT
                        ";border-radius:10px;border-collapse:separate;" STYLE_FINE "\">\n"
                        "<tr><td class=\"m q\" style=\"padding:16px 20px;color:" STYLE_MUTED "\">");
    if (content.len != 0) {
        pn_markup_html_line(out, content, letter->brand.light.link);
    } else {
        pn_buf_add_z(out, due.label);
    }
    pn_buf_add_lit(out, "<br>\n<span class=\"t\" style=\"font-size:28px;line-height:40px;"
                        "font-weight:600;color:" STYLE_TEXT ";" STYLE_DIGITS "\">");
    pn_buf_add_str(out, pn_letter_money(letter, due.amount));
    pn_buf_add_lit(out, "</span><br>\n");
    pn_words_fill(out, letter->words->calculated_on, pn_letter_day(letter, letter->facts->today));
    if (pn_compose_has(due.left_out)) {
        pn_buf_add_lit(out, "<br>\n");
        pn_words_fill(out, letter->words->not_included, pn_letter_money(letter, due.left_out));
    }
    pn_buf_add_lit(out, "</td></tr>\n</table>\n");
}

static void amount_text(pn_letter *letter, pn_str content, pn_buf *out) {
    amount_due due = amount_due_of(letter);
    if (!pn_compose_has(due.amount)) {
        return;
    }
    pn_buf *line = &letter->plain;
    pn_buf_clear(line);
    if (content.len != 0) {
        pn_markup_plain(line, content);
    } else {
        pn_buf_add_z(line, due.label);
    }
    pn_buf_add_lit(line, ": ");
    pn_buf_add_str(line, pn_letter_money(letter, due.amount));
    pn_buf_add_char(line, '\n');
    pn_words_fill(line, letter->words->calculated_on, pn_letter_day(letter, letter->facts->today));
    if (pn_compose_has(due.left_out)) {
        pn_buf_add_char(line, '\n');
        pn_words_fill(line, letter->words->not_included, pn_letter_money(letter, due.left_out));
    }
    pn_lines_add(out, pn_buf_str(line));
}

/* ── pay button ──────────────────────────────────────────────────────────────────────────────── */

/* Word, which draws Outlook's mails, knows neither padding nor round corners of a link: it gets the
 * button as a shape of VML, whose size must be given. */
static void button_of_word(const pn_letter *letter, pn_str link, pn_str label, pn_buf *out) {
    enum { LETTER_PX = 9, SIDES_PX = 56, WIDTH_MAX = 480 };
    const pn_brand_colours *colours = &letter->brand.light;
    size_t width = PN_MIN(SIDES_PX + LETTER_PX * pn_line_width(label), (size_t)WIDTH_MAX);
    pn_buf_add_lit(out, "<!--[if mso]><v:roundrect xmlns:v=\"urn:schemas-microsoft-com:vml\" "
                        "xmlns:w=\"urn:schemas-microsoft-com:office:word\" href=\"");
    pn_liquid_escape_html(out, link);
    pn_buf_add_lit(out, "\" style=\"height:48px;v-text-anchor:middle;width:");
    pn_buf_add_int(out, (int64_t)width);
    pn_buf_add_lit(out, "px\" arcsize=\"13%\" strokecolor=\"");
    pn_buf_add_z(out, colours->border);
    pn_buf_add_lit(out, "\" fillcolor=\"");
    pn_buf_add_z(out, colours->button);
    pn_buf_add_lit(out, "\"><w:anchorlock/><center style=\"color:");
    pn_buf_add_z(out, colours->label);
    pn_buf_add_lit(out, ";font-family:Arial,sans-serif;font-size:16px;font-weight:bold\">");
    pn_liquid_escape_html(out, label);
    pn_buf_add_lit(out, "</center></v:roundrect><![endif]-->\n");
}

static void button_of_others(const pn_letter *letter, pn_str link, pn_str content, pn_buf *out) {
    const pn_brand_colours *colours = &letter->brand.light;
    pn_buf_add_lit(out, "<!--[if !mso]><!--><table " LAYOUT_TABLE " style=\"border-collapse:"
                        "separate\">\n<tr><td class=\"k\" align=\"center\" bgcolor=\"");
    pn_buf_add_z(out, colours->button);
    pn_buf_add_lit(out, "\" style=\"background:");
    pn_buf_add_z(out, colours->button);
    pn_buf_add_lit(out, ";border:1px solid ");
    pn_buf_add_z(out, colours->border);
    pn_buf_add_lit(out, ";border-radius:6px\"><a href=\"");
    pn_liquid_escape_html(out, link);
    pn_buf_add_lit(out, "\" style=\"display:inline-block;padding:13px 27px;" STYLE_FONT
                        "font-size:16px;line-height:20px;font-weight:600;color:");
    pn_buf_add_z(out, colours->label);
    pn_buf_add_lit(out, ";text-decoration:none;border-radius:6px\">");
    pn_markup_html_line(out, content, colours->label);
    pn_buf_add_lit(out, "</a></td></tr>\n</table><!--<![endif]-->\n");
}

static void button_html(pn_letter *letter, pn_str content, pn_buf *out) {
    pn_str link = letter->facts->link;
    if (link.len == 0) {
        return;
    }
    pn_buf_clear(&letter->plain);
    pn_markup_plain(&letter->plain, content);
    button_of_word(letter, link, pn_str_trim(pn_buf_str(&letter->plain)), out);
    button_of_others(letter, link, content, out);
    pn_buf_add_lit(out, "<p class=\"m\" style=\"margin:12px 0 0;" STYLE_FINE "\">");
    pn_buf_add_z(out, letter->words->copy_link);
    pn_buf_add_lit(out, "<br>\n<a class=\"m\" href=\"");
    pn_liquid_escape_html(out, link);
    pn_buf_add_lit(out, "\" style=\"color:" STYLE_MUTED "\">");
    pn_liquid_escape_html(out, link);
    pn_buf_add_lit(out, "</a></p>\n");
}

static void button_text(pn_letter *letter, pn_str content, pn_buf *out) {
    if (letter->facts->link.len == 0) {
        return;
    }
    pn_buf_clear(&letter->plain);
    pn_markup_plain(&letter->plain, content);
    pn_buf_add_char(&letter->plain, ':');
    pn_line_add(out, pn_buf_str(&letter->plain));
    pn_line_add(out, letter->facts->link);
}

/* ── bank reference ──────────────────────────────────────────────────────────────────────────── */

enum { BANK_LINES = 4 };

typedef struct {
    pn_str label, value;
} bank_line;

static bool is_iban(pn_str account) {
    return account.len >= 15 && pn_is_alpha(account.ptr[0]) && pn_is_alpha(account.ptr[1]) &&
           pn_is_digit(account.ptr[2]) && pn_is_digit(account.ptr[3]);
}

/* In groups of four, as people compare them. */
static pn_str grouped(pn_str account, pn_arena *arena) {
    char *text = pn_arena_alloc(arena, account.len * 2);
    size_t len = 0, letters = 0;
    for (size_t i = 0; i < account.len; i++) {
        if (account.ptr[i] == ' ') {
            continue;
        }
        if (letters != 0 && letters % 4 == 0) {
            text[len++] = ' ';
        }
        text[len++] = account.ptr[i];
        letters++;
    }
    return (pn_str){text, len};
}

static void bank_lines(pn_letter *letter, bank_line lines[BANK_LINES]) {
    enum { CLABE_DIGITS = 18 };
    const pn_compose_facts *facts = letter->facts;
    pn_str account = facts->creditor_iban;
    pn_str label = pn_str_of(letter->words->account);
    if (is_iban(account)) {
        label = PN_STR("IBAN");
        account = grouped(account, letter->arena);
    } else if (account.len == CLABE_DIGITS && pn_str_is_digits(account)) {
        label = PN_STR("CLABE");
    }
    lines[0] = (bank_line){pn_str_of(letter->words->holder), facts->creditor_name};
    lines[1] = (bank_line){label, account};
    lines[2] = (bank_line){pn_str_of(letter->words->pix_key), facts->creditor_pix};
    lines[3] = (bank_line){pn_str_of(letter->words->reference), facts->reference};
}

/* NULL where nothing is known of how to pay. */
static const char *bank_title(const pn_letter *letter) {
    if (letter->facts->creditor_iban.len != 0) {
        return letter->words->transfer;
    }
    return letter->facts->creditor_pix.len != 0 ? letter->words->by_pix : NULL;
}

static void bank_html(pn_letter *letter, pn_str content, pn_buf *out) {
    (void)content;
    if (bank_title(letter) == NULL) {
        return;
    }
    bank_line lines[BANK_LINES];
    bank_lines(letter, lines);
    pn_buf_add_lit(out, "<table class=\"t\" width=\"100%\" " LAYOUT_TABLE " style=\"" STYLE_SMALL
                        "\">\n<tr><td colspan=\"2\" style=\"padding:0 0 4px;font-weight:600\">");
    pn_buf_add_z(out, bank_title(letter));
    pn_buf_add_lit(out, "</td></tr>\n");
    for (size_t i = 0; i < BANK_LINES; i++) {
        if (lines[i].value.len == 0) {
            continue;
        }
        pn_buf_add_lit(out, "<tr><td class=\"m\" valign=\"top\" style=\"padding:4px 16px 4px 0;"
                            "color:" STYLE_MUTED ";white-space:nowrap\">");
        pn_buf_add_str(out, lines[i].label);
        pn_buf_add_lit(out,
                       "</td><td width=\"100%\" valign=\"top\" style=\"padding:4px 0;" STYLE_DIGITS
                       "\">");
        pn_liquid_escape_html(out, lines[i].value);
        pn_buf_add_lit(out, "</td></tr>\n");
    }
    pn_buf_add_lit(out, "</table>\n");
}

static void bank_text(pn_letter *letter, pn_str content, pn_buf *out) {
    (void)content;
    if (bank_title(letter) == NULL) {
        return;
    }
    bank_line lines[BANK_LINES];
    bank_lines(letter, lines);
    size_t width = 0;
    for (size_t i = 0; i < BANK_LINES; i++) {
        width = lines[i].value.len != 0 ? PN_MAX(width, pn_line_width(lines[i].label)) : width;
    }
    pn_line_add(out, pn_str_of(bank_title(letter)));
    for (size_t i = 0; i < BANK_LINES; i++) {
        if (lines[i].value.len != 0) {
            pn_buf_add_lit(out, "  ");
            pn_line_cell(out, lines[i].label, width + 2, PN_ALIGN_LEFT);
            pn_line_add_behind(out, lines[i].value, width + 4);
        }
    }
}

/* ── divider, html ───────────────────────────────────────────────────────────────────────────── */

static void divider_html(pn_letter *letter, pn_str content, pn_buf *out) {
    (void)letter;
    (void)content;
    pn_buf_add_lit(out, "<table width=\"100%\" " LAYOUT_TABLE ">\n<tr><td class=\"l\" style=\""
                        "border-top:1px solid " STYLE_LINE
                        ";font-size:0;line-height:0\">&nbsp;</td></tr>\n</table>\n");
}

static void divider_text(pn_letter *letter, pn_str content, pn_buf *out) {
    (void)letter;
    (void)content;
    pn_line_repeat(out, '-', PN_LINE_WIDTH);
    pn_buf_add_char(out, '\n');
}

static void raw_html(pn_letter *letter, pn_str content, pn_buf *out) {
    (void)letter;
    pn_buf_add_str(out, content);
    pn_buf_add_char(out, '\n');
}

static void raw_text(pn_letter *letter, pn_str content, pn_buf *out) {
    pn_buf_clear(&letter->plain);
    pn_raw_plain(&letter->plain, content);
    pn_lines_add(out, pn_buf_str(&letter->plain));
}

/* ── registry ────────────────────────────────────────────────────────────────────────────────── */

static const pn_block_kind KINDS[] = {
    {"logo", PN_BLOCK_FLAG, pn_logo_html, pn_logo_text,
     "The creditor's logo, or its name where it has none; without this block it stands above all "
     "others"},
    {"text", PN_BLOCK_TEXT, text_html, text_text,
     "Paragraphs, parted by blank lines; a line break stays one, `**bold**` and "
     "`[words](https://…)` work"},
    {"heading", PN_BLOCK_TEXT, heading_html, heading_text, "A title of one line"},
    {"amount_due", PN_BLOCK_LABEL, amount_html, amount_text,
     "The amount in large letters, with the day it was calculated for; `true`, or a text that "
     "replaces the label"},
    {"invoice_table", PN_BLOCK_FLAG, pn_table_html, pn_table_text,
     "The invoices: the overdue ones, then those not due yet under a heading of their own"},
    {"installments", PN_BLOCK_FLAG, pn_plan_html, pn_plan_text,
     "The installments of the payment plan with their days, and which are paid; nothing where "
     "there "
     "is no plan"},
    {"pay_button", PN_BLOCK_TEXT, button_html, button_text,
     "A button to the debtor's page with this label; nothing while there is no link"},
    {"bank_reference", PN_BLOCK_FLAG, bank_html, bank_text,
     "Account (in Brazil the Pix key too) and reference for a transfer; nothing where the creditor "
     "has none"},
    {"image", PN_BLOCK_IMAGE, pn_image_html, pn_image_text,
     "A picture of yours from the web: `{\"src\": \"https://…\", \"alt\": \"what it shows\"}`, and "
     "`\"link\"` where it leads somewhere"},
    {"divider", PN_BLOCK_FLAG, divider_html, divider_text, "A thin line"},
    {"legal", PN_BLOCK_TEXT, legal_html, text_text, "Small print; the same markup as `text`"},
    {"html", PN_BLOCK_RAW, raw_html, raw_text, "HTML as you write it, for experts"},
};

const pn_block_kind *pn_block_kind_at(size_t index) {
    return index < PN_COUNT(KINDS) ? &KINDS[index] : NULL;
}

const pn_block_kind *pn_block_kind_of(pn_str name) {
    for (size_t i = 0; i < PN_COUNT(KINDS); i++) {
        if (pn_str_eq(name, pn_str_of(KINDS[i].name))) {
            return &KINDS[i];
        }
    }
    return NULL;
}
