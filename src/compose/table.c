#include "compose/table.h"

#include "base/banned.h"
#include "compose/lines.h"
#include "compose/style.h"
#include "liquid/escape.h"

/* "y 37 facturas más" */
static pn_str more_of(const pn_letter *letter, size_t left_out) {
    if (left_out == 1) {
        return pn_str_of(letter->words->one_more);
    }
    char number[20];
    size_t len = pn_int64_text((int64_t)left_out, number);
    enum { MORE_SIZE = 64 };
    char *text = pn_arena_alloc(letter->arena, MORE_SIZE);
    pn_buf buf = {.ptr = text, .capacity = MORE_SIZE, .max = MORE_SIZE};
    pn_words_fill(&buf, letter->words->more, (pn_str){number, len});
    return pn_buf_str(&buf);
}

/* ── HTML ────────────────────────────────────────────────────────────────────────────────────── */

#define CELL_LINE "border-top:1px solid " STYLE_LINE ";"

/* The widths keep both tables in line and leave a number its room beside a long remark. */
static void head_html(const char *first, const pn_words *words, pn_buf *out) {
    pn_buf_add_lit(out,
                   "<table class=\"t\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" "
                   "border=\"0\" style=\"border-collapse:collapse;" STYLE_WHOLE STYLE_SMALL "\">\n"
                   "<tr class=\"m\" style=\"font-size:13px;color:" STYLE_MUTED "\">"
                   "<th scope=\"col\" width=\"34%\" align=\"left\" style=\""
                   "padding:0 8px 6px 0;font-weight:400\">");
    pn_buf_add_z(out, first);
    pn_buf_add_lit(out, "</th><th scope=\"col\" width=\"32%\" align=\"left\" style=\""
                        "padding:0 8px 6px 0;font-weight:400\">");
    pn_buf_add_z(out, words->due);
    pn_buf_add_lit(out, "</th><th scope=\"col\" width=\"34%\" align=\"right\" style=\""
                        "padding:0 0 6px;font-weight:400\">");
    pn_buf_add_z(out, words->amount);
    pn_buf_add_lit(out, "</th></tr>\n");
}

static void muted_line(pn_buf *out, pn_str text) {
    if (text.len != 0) {
        pn_buf_add_lit(out,
                       "<br><span class=\"m\" style=\"font-size:13px;color:" STYLE_MUTED "\">");
        pn_buf_add_str(out, text);
        pn_buf_add_lit(out, "</span>");
    }
}

static void row_html(const pn_row *row, pn_buf *out) {
    pn_buf_add_lit(
        out,
        "<tr><td class=\"l\" valign=\"top\" style=\"padding:8px 8px 8px 0;" CELL_LINE STYLE_BREAK
        "\">");
    pn_liquid_escape_html(out, row->number);
    pn_buf_add_lit(
        out,
        "</td><td class=\"l\" valign=\"top\" style=\"padding:8px 8px 8px 0;" CELL_LINE STYLE_DIGITS
        "\">");
    pn_buf_add_str(out, row->due);
    muted_line(out, row->delay);
    pn_buf_add_lit(
        out, "</td><td class=\"l\" align=\"right\" valign=\"top\" style=\"padding:8px 0;" CELL_LINE
                 STYLE_DIGITS "\"><span style=\"white-space:nowrap\">");
    pn_buf_add_str(out, row->amount);
    pn_buf_add_lit(out, "</span>");
    muted_line(out, row->note);
    pn_buf_add_lit(out, "</td></tr>\n");
}

/* A row below the invoices: what is left out, or the total. */
static void sum_html(pn_str label, pn_str amount, const char *weight, pn_buf *out) {
    pn_buf_add_lit(out, "<tr style=\"font-weight:");
    pn_buf_add_z(out, weight);
    pn_buf_add_lit(out, "\"><td class=\"l\" colspan=\"2\" style=\"padding:8px 8px 8px 0;" CELL_LINE
                        "\">");
    pn_buf_add_str(out, label);
    pn_buf_add_lit(
        out, "</td><td class=\"l\" align=\"right\" style=\"padding:8px 0;" CELL_LINE STYLE_DIGITS
             "white-space:nowrap\">");
    pn_buf_add_str(out, amount);
    pn_buf_add_lit(out, "</td></tr>\n");
}

static void rows_html(const pn_letter *letter, const char *first, const pn_rows *rows,
                      pn_buf *out) {
    head_html(first, letter->words, out);
    for (size_t i = 0; i < rows->count; i++) {
        row_html(&rows->rows[i], out);
    }
    if (rows->left_out != 0) {
        sum_html(more_of(letter, rows->left_out), rows->left_total, "400", out);
    }
    if (rows->total.len != 0) {
        sum_html(pn_str_of(letter->words->total), rows->total, "600", out);
    }
    pn_buf_add_lit(out, "</table>\n");
}

void pn_table_html(pn_letter *letter, pn_str content, pn_buf *out) {
    (void)content;
    if (letter->overdue.count != 0) {
        rows_html(letter, letter->words->invoice, &letter->overdue, out);
    }
    if (letter->upcoming.count != 0) {
        if (letter->overdue.count != 0) {
            pn_buf_add_lit(
                out, "<p class=\"t\" style=\"margin:20px 0 8px;font-weight:600;" STYLE_SMALL "\">");
            pn_buf_add_z(out, letter->words->not_due_yet);
            pn_buf_add_lit(out, "</p>\n");
        }
        rows_html(letter, letter->words->invoice, &letter->upcoming, out);
    }
}

/* ── plain text ──────────────────────────────────────────────────────────────────────────────── */

enum { COLUMN_GAP = 2 };

typedef struct {
    size_t number, due, delay, amount;
} widths;

static void widen(size_t *width, pn_str text) {
    *width = PN_MAX(*width, pn_line_width(text));
}

/* Tables of one block share their columns. A number that leaves no room for the others gets a line
 * of its own, so its column is never wider than what is left. */
static widths widths_of(const pn_words *words, const char *first, const pn_rows *const *tables,
                        size_t count) {
    widths w = {0};
    widen(&w.number, pn_str_of(first));
    widen(&w.due, pn_str_of(words->due));
    widen(&w.amount, pn_str_of(words->amount));
    for (size_t t = 0; t < count; t++) {
        for (size_t i = 0; i < tables[t]->count; i++) {
            const pn_row *row = &tables[t]->rows[i];
            widen(&w.number, row->number);
            widen(&w.due, row->due);
            widen(&w.delay, row->delay);
            widen(&w.amount, row->amount);
        }
        widen(&w.amount, tables[t]->left_total);
        widen(&w.amount, tables[t]->total);
    }
    size_t others = w.due + w.delay + w.amount + 3 * COLUMN_GAP;
    size_t room = others < PN_LINE_WIDTH ? PN_LINE_WIDTH - others : 0;
    w.number = PN_MIN(w.number, PN_MAX(room, pn_line_width(pn_str_of(first))));
    return w;
}

static size_t table_width(const widths *w) {
    return w->number + w->due + w->delay + w->amount + 3 * COLUMN_GAP;
}

static void row_text(const widths *w, pn_str number, pn_str due, pn_str delay, pn_str amount,
                     pn_buf *out) {
    if (pn_line_width(number) > w->number) {
        pn_line_add(out, number);
        number = PN_STR_NONE;
    }
    pn_line_cell(out, number, w->number + COLUMN_GAP, PN_ALIGN_LEFT);
    pn_line_cell(out, due, w->due + COLUMN_GAP, PN_ALIGN_LEFT);
    pn_line_cell(out, delay, w->delay + COLUMN_GAP, PN_ALIGN_LEFT);
    pn_line_cell(out, amount, w->amount, PN_ALIGN_RIGHT);
    pn_buf_add_char(out, '\n');
}

/* A remark on the row above, at the right edge of the table where it fits. */
static void note_text(const widths *w, pn_str note, pn_buf *out) {
    if (pn_line_width(note) > PN_LINE_WIDTH) {
        pn_line_add(out, note);
    } else if (note.len != 0) {
        pn_line_cell(out, note, table_width(w), PN_ALIGN_RIGHT);
        pn_buf_add_char(out, '\n');
    }
}

static void sum_text(const widths *w, pn_str label, pn_str amount, pn_buf *out) {
    pn_line_cell(out, label, table_width(w) - w->amount, PN_ALIGN_LEFT);
    pn_line_cell(out, amount, w->amount, PN_ALIGN_RIGHT);
    pn_buf_add_char(out, '\n');
}

static void rule_text(const widths *w, pn_buf *out) {
    pn_line_repeat(out, '-', table_width(w));
    pn_buf_add_char(out, '\n');
}

static void rows_text(const pn_letter *letter, const char *first, const widths *w,
                      const pn_rows *rows, pn_buf *out) {
    const pn_words *words = letter->words;
    row_text(w, pn_str_of(first), pn_str_of(words->due), PN_STR_NONE, pn_str_of(words->amount),
             out);
    rule_text(w, out);
    for (size_t i = 0; i < rows->count; i++) {
        const pn_row *row = &rows->rows[i];
        row_text(w, row->number, row->due, row->delay, row->amount, out);
        note_text(w, row->note, out);
    }
    if (rows->left_out != 0) {
        sum_text(w, more_of(letter, rows->left_out), rows->left_total, out);
    }
    if (rows->total.len != 0) {
        rule_text(w, out);
        sum_text(w, pn_str_of(words->total), rows->total, out);
    }
}

void pn_table_text(pn_letter *letter, pn_str content, pn_buf *out) {
    (void)content;
    const pn_rows *const both[] = {&letter->overdue, &letter->upcoming};
    const char *first = letter->words->invoice;
    widths w = widths_of(letter->words, first, both, PN_COUNT(both));
    if (letter->overdue.count != 0) {
        rows_text(letter, first, &w, &letter->overdue, out);
    }
    if (letter->upcoming.count != 0) {
        if (letter->overdue.count != 0) {
            pn_buf_add_char(out, '\n');
            pn_line_add(out, pn_str_of(letter->words->not_due_yet));
            pn_buf_add_char(out, '\n');
        }
        rows_text(letter, first, &w, &letter->upcoming, out);
    }
}

/* ── installments ────────────────────────────────────────────────────────────────────────────── */

/* "2 / 6", its day and amount; "pagada" where nothing is open of it. */
static pn_rows plan_rows(const pn_letter *letter) {
    enum { DAY_SIZE = 40 };
    const pn_compose_facts *facts = letter->facts;
    size_t count = facts->plan_count;
    pn_row *rows = pn_arena_alloc(letter->arena, (count + 1) * sizeof *rows);
    pn_money sum = {0};
    for (size_t i = 0; i < count; i++) {
        const pn_compose_installment *one = &facts->plan[i];
        if (i == 0) {
            sum = one->amount;
        } else if (pn_money_add(sum, one->amount, &sum) != PN_OK) {
            sum = (pn_money){0};
        }
        pn_buf day = {.ptr = pn_arena_alloc(letter->arena, DAY_SIZE), .capacity = DAY_SIZE};
        day.max = DAY_SIZE;
        pn_date_text_short(&day, one->due, letter->context.language, letter->context.country);
        rows[i] = (pn_row){
            .number = pn_str_format(letter->arena, "%zu / %zu", i + 1, facts->plan_count),
            .due = pn_buf_str(&day),
            .delay = one->open.minor == 0 ? pn_str_of(letter->words->paid) : PN_STR_NONE,
            .amount = pn_letter_money(letter, one->amount),
        };
    }
    return (pn_rows){.rows = rows,
                     .count = count,
                     .total = count > 1 ? pn_letter_money(letter, sum) : PN_STR_NONE,
                     .sum = sum};
}

void pn_plan_html(pn_letter *letter, pn_str content, pn_buf *out) {
    (void)content;
    if (letter->facts->plan_count != 0) {
        pn_rows rows = plan_rows(letter);
        rows_html(letter, letter->words->installment, &rows, out);
    }
}

void pn_plan_text(pn_letter *letter, pn_str content, pn_buf *out) {
    (void)content;
    if (letter->facts->plan_count != 0) {
        pn_rows rows = plan_rows(letter);
        const pn_rows *const one[] = {&rows};
        const char *first = letter->words->installment;
        widths w = widths_of(letter->words, first, one, 1);
        rows_text(letter, first, &w, &rows, out);
    }
}
