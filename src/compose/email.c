/* Writing an e-mail, every block once, into HTML and plain text; and the texts of other channels.
 */
#include "base/banned.h"
#include "base/limits.h"
#include "compose/block.h"
#include "compose/layout.h"
#include "compose/legal.h"

/* What is written to, and where it began. */
typedef struct {
    pn_buf *buf;
    size_t start;
} sheet;

static sheet sheet_on(pn_buf *buf) {
    return (sheet){buf, buf->len};
}

static void forget(sheet s) {
    s.buf->len = s.start;
    s.buf->failed = false;
}

static bool is_blank(pn_str text) {
    for (size_t i = 0; i < text.len; i++) {
        if ((unsigned char)text.ptr[i] > ' ') {
            return false;
        }
    }
    return true;
}

/* Opens with what parts it from the block before; takes that back when nothing follows. */
static void write_html(pn_letter *letter, const pn_block *block, pn_str content, pn_buf *html) {
    size_t before = html->len;
    pn_layout_open_block(html);
    size_t inside = html->len;
    block->kind->html(letter, content, html);
    if (html->len == inside) {
        html->len = before;
    } else {
        pn_layout_close_block(html);
    }
}

static void write_text(pn_letter *letter, const pn_block *block, pn_str content, pn_buf *text,
                       size_t start) {
    size_t before = text->len;
    if (before != start) {
        pn_buf_add_char(text, '\n');
    }
    size_t inside = text->len;
    block->kind->text(letter, content, text);
    if (text->len == inside) {
        text->len = before;
    }
}

static pn_err write_block(pn_letter *letter, const pn_block *block, sheet text, sheet html) {
    pn_buf_clear(&letter->scratch);
    if (block->program != NULL) {
        pn_liquid_escape escape =
            block->kind->takes == PN_BLOCK_RAW ? PN_LIQUID_ESCAPE_HTML : PN_LIQUID_ESCAPE_NONE;
        PN_TRY(pn_letter_render(letter, block->program, escape, "block", block->number,
                                &letter->scratch));
    }
    pn_str content = pn_buf_str(&letter->scratch);
    bool wants_content =
        block->kind->takes != PN_BLOCK_FLAG && block->kind->takes != PN_BLOCK_LABEL;
    if (wants_content && is_blank(content)) {
        return PN_OK;
    }
    write_html(letter, block, content, html.buf);
    write_text(letter, block, content, text.buf, text.start);
    return PN_OK;
}

/* What the law wants in it, as small print at the foot. */
static pn_err write_legal(pn_letter *letter, sheet text, sheet html) {
    const pn_block print = {.kind = pn_block_kind_of(PN_STR("legal"))};
    for (size_t i = 0; i < letter->facts->legal_count; i++) {
        pn_buf_clear(&letter->scratch);
        PN_TRY(pn_legal_render(letter, letter->facts->legal[i], &letter->scratch));
        pn_str content = pn_buf_str(&letter->scratch);
        write_html(letter, &print, content, html.buf);
        write_text(letter, &print, content, text.buf, text.start);
    }
    return PN_OK;
}

static pn_err write_subject(pn_letter *letter, sheet subject) {
    PN_TRY(pn_letter_render(letter, letter->variant->subject, PN_LIQUID_ESCAPE_HEADER, "subject", 0,
                            subject.buf));
    if (subject.buf->len == subject.start) {
        pn_err err = pn_diag_set(letter->diag, PN_INVALID, "The subject comes out empty.");
        pn_diag_where(letter->diag, "subject");
        return err;
    }
    return PN_OK;
}

static pn_err write_all(pn_letter *letter, sheet subject, sheet text, sheet html) {
    const pn_variant *variant = letter->variant;
    PN_TRY(write_subject(letter, subject));
    if (variant->preheader != NULL) {
        PN_TRY(pn_letter_render(letter, variant->preheader, PN_LIQUID_ESCAPE_HEADER, "preheader", 0,
                                &letter->scratch));
    }
    pn_str title = {subject.buf->ptr + subject.start, subject.buf->len - subject.start};
    pn_layout_open_html(letter, title, pn_buf_str(&letter->scratch), html.buf);
    pn_layout_open_text(letter, text.buf);
    for (size_t i = 0; i < variant->block_count; i++) {
        PN_TRY(write_block(letter, &variant->blocks[i], text, html));
    }
    PN_TRY(write_legal(letter, text, html));
    pn_layout_close_html(letter, html.buf);
    pn_layout_close_text(letter, text.buf);
    if (pn_buf_err(subject.buf) != PN_OK || pn_buf_err(text.buf) != PN_OK ||
        pn_buf_err(html.buf) != PN_OK || pn_buf_err(&letter->plain) != PN_OK) {
        return pn_diag_set(letter->diag, PN_LIMIT, "The e-mail becomes longer than there is room.");
    }
    return PN_OK;
}

/* Mail programs cut off what is longer, and with it what stands below the tables. */
static bool is_long(const pn_letter *letter, sheet html) {
    return html.buf->len - html.start > PN_LIMIT_EMAIL_HTML_BYTES &&
           (letter->overdue.count > 1 || letter->upcoming.count > 1);
}

/* As many invoices as there is room for: half as many again where it becomes too long. */
pn_err pn_compose_email(const pn_variant *variant, const pn_compose_facts *facts, pn_arena *arena,
                        pn_buf *subject, pn_buf *text, pn_buf *html, pn_diag *diag) {
    assert(variant->channel == PN_CHANNEL_EMAIL);
    sheet subject_sheet = sheet_on(subject), text_sheet = sheet_on(text),
          html_sheet = sheet_on(html);
    bool again = true;
    pn_err err = PN_OK;
    for (size_t rows_max = PN_LIMIT_TEMPLATE_ROWS; again && rows_max > 0; rows_max /= 2) {
        pn_letter letter;
        forget(subject_sheet);
        forget(text_sheet);
        forget(html_sheet);
        pn_letter_init(&letter, variant, facts, rows_max, arena, diag);
        err = write_all(&letter, subject_sheet, text_sheet, html_sheet);
        again = err == PN_OK ? is_long(&letter, html_sheet) : err == PN_LIMIT;
        pn_letter_done(&letter);
    }
    if (err != PN_OK) {
        forget(subject_sheet);
        forget(text_sheet);
        forget(html_sheet);
    }
    return err;
}

pn_err pn_compose_text(const pn_variant *variant, const pn_compose_facts *facts, pn_arena *arena,
                       pn_buf *text, pn_diag *diag) {
    assert(variant->channel != PN_CHANNEL_EMAIL);
    sheet text_sheet = sheet_on(text);
    pn_letter letter;
    pn_letter_init(&letter, variant, facts, PN_LIMIT_TEMPLATE_ROWS, arena, diag);
    pn_err err = pn_letter_render(&letter, variant->text, PN_LIQUID_ESCAPE_SMS, "text", 0, text);
    for (size_t i = 0; i < facts->legal_count && err == PN_OK; i++) {
        pn_buf_add_char(text, '\n');
        err = pn_legal_render(&letter, facts->legal[i], text);
    }
    pn_letter_done(&letter);
    if (err != PN_OK) {
        forget(text_sheet);
    }
    return err;
}
