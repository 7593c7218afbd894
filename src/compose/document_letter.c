/* A letter on paper: the template's own letter, else its e-mail, block by block. What only a screen
 * can do (a button) becomes the lines about paying. */
#include "base/banned.h"
#include "base/limits.h"
#include "compose/block.h"
#include "compose/document_int.h"
#include "compose/legal.h"
#include "compose/letter.h"
#include "compose/markup.h"

typedef struct {
    pn_doc doc;
    pn_letter letter;
    const pn_document_letter *request;
    bool pay_wanted; /* the template says how to pay: behind its texts, before the small print */
    bool code_said;  /* the template carries the code itself */
} paper;

/* What the author wrote, rendered, as markup of block documents. */
static pn_err render(paper *p, const pn_liquid_template *program, unsigned number,
                     pn_str *ret_markup) {
    pn_letter *letter = &p->letter;
    pn_buf markup;
    pn_buf_clear(&letter->scratch);
    PN_TRY(pn_letter_render(letter, program, PN_LIQUID_ESCAPE_NONE, "block", number,
                            &letter->scratch));
    pn_str rendered = pn_buf_str(&letter->scratch);
    if (p->doc.frame->code.len != 0 && pn_str_find(rendered, p->doc.frame->code) != SIZE_MAX) {
        p->code_said = true;
    }
    pn_buf_init(&markup, 2 * PN_LIMIT_TEMPLATE_BYTES);
    pn_markup_document(&markup, pn_str_trim(rendered));
    *ret_markup = pn_str_dup(p->doc.arena, pn_buf_str(&markup));
    pn_err err = pn_buf_err(&markup);
    pn_buf_done(&markup);
    return err;
}

/* ── amounts and invoices ────────────────────────────────────────────────────────────────────── */

static void put_amount(paper *p, pn_str label) {
    pn_doc *doc = &p->doc;
    const pn_compose_facts *facts = p->letter.facts;
    pn_money amount = facts->overdue_count != 0 ? facts->total_overdue : facts->total;
    if (amount.minor <= 0) {
        return;
    }
    if (label.len == 0) {
        label = pn_str_of(facts->overdue_count != 0 ? p->letter.words->amount_overdue
                                                    : p->letter.words->amount_due);
    }
    pn_doc_amount(
        doc, label, pn_doc_money(doc, amount.minor),
        pn_doc_say(doc, PN_DOC_CALCULATED, pn_doc_long_day(doc, doc->frame->today), PN_STR_NONE));
}

static void put_rows(paper *p, const pn_rows *rows, pn_str section) {
    pn_doc *doc = &p->doc;
    const pn_doc_column columns[] = {
        {pn_doc_word(doc, PN_DOC_INVOICE), false, true},
        {pn_doc_word(doc, PN_DOC_DUE), false, false},
        {PN_STR(""), false, false},
        {pn_doc_word(doc, PN_DOC_AMOUNT), true, false},
    };
    if (rows->count == 0) {
        return;
    }
    pn_doc_table_begin(doc, section, columns, PN_COUNT(columns));
    for (size_t i = 0; i < rows->count; i++) {
        const pn_row *row = &rows->rows[i];
        pn_str number = pn_doc_cell(doc, row->number);
        if (row->note.len != 0) {
            number =
                pn_str_format(doc->arena, "%.*s (%.*s)", PN_STR_ARG(number), PN_STR_ARG(row->note));
        }
        pn_str cells[] = {number, row->due, row->delay, row->amount};
        pn_doc_row(doc, cells, PN_COUNT(cells));
    }
    if (rows->left_out != 0) {
        pn_str more = pn_str_format(doc->arena, "… + %zu", rows->left_out);
        pn_str cells[] = {more, PN_STR_NONE, PN_STR_NONE, rows->left_total};
        pn_doc_row(doc, cells, PN_COUNT(cells));
    }
    if (rows->total.len != 0) {
        pn_doc_table_foot(doc);
        pn_str foot[] = {pn_doc_word(doc, PN_DOC_TOTAL), rows->total};
        pn_doc_row(doc, foot, PN_COUNT(foot));
    }
    pn_doc_table_end(doc);
}

static void put_invoices(paper *p) {
    put_rows(p, &p->letter.overdue, PN_STR_NONE);
    put_rows(p, &p->letter.upcoming, pn_str_of(p->letter.words->not_due_yet));
}

static void put_pay(paper *p) {
    const pn_compose_facts *facts = p->letter.facts;
    pn_money amount = facts->overdue_count != 0 ? facts->total_overdue : facts->total;
    if (p->pay_wanted) {
        pn_doc_pay(&p->doc, amount.minor, true);
        p->pay_wanted = false;
    }
}

/* ── blocks ──────────────────────────────────────────────────────────────────────────────────── */

/* The blocks of an e-mail by name; what a block is called is its contract with authors. Raw HTML is
 * of screens alone. */
static pn_err put_block(paper *p, const pn_block *block) {
    pn_str content = PN_STR_NONE;
    pn_str kind = pn_str_of(block->kind->name);
    if (pn_str_is(kind, "html")) {
        return PN_OK;
    }
    if (block->program != NULL) {
        PN_TRY(render(p, block->program, block->number, &content));
    }
    if (pn_str_is(kind, "text")) {
        pn_doc_text(&p->doc, content);
    } else if (pn_str_is(kind, "heading")) {
        pn_doc_heading(&p->doc, content);
    } else if (pn_str_is(kind, "legal")) {
        put_pay(p);
        pn_doc_legal(&p->doc, content);
    } else if (pn_str_is(kind, "amount_due")) {
        put_amount(p, content);
    } else if (pn_str_is(kind, "invoice_table")) {
        put_invoices(p);
    } else if (pn_str_is(kind, "bank_reference")) {
        p->pay_wanted = true;
    }
    return PN_OK;
}

static pn_err put_body(paper *p) {
    const pn_variant *variant = p->request->variant;
    if (variant->channel != PN_CHANNEL_EMAIL) {
        pn_str text;
        PN_TRY(render(p, variant->text, 0, &text));
        pn_doc_text(&p->doc, text);
        put_amount(p, PN_STR_NONE);
        put_invoices(p);
        p->pay_wanted = true;
        put_pay(p);
        return PN_OK;
    }
    for (size_t i = 0; i < variant->block_count; i++) {
        PN_TRY(put_block(p, &variant->blocks[i]));
    }
    put_pay(p);
    return PN_OK;
}

/* What the law wants in it, as small print below. */
static pn_err put_legal(paper *p) {
    const pn_compose_facts *facts = p->letter.facts;
    for (size_t i = 0; i < facts->legal_count; i++) {
        pn_buf_clear(&p->letter.scratch);
        PN_TRY(pn_legal_render(&p->letter, facts->legal[i], &p->letter.scratch));
        pn_doc_legal(&p->doc, pn_buf_str(&p->letter.scratch));
    }
    return PN_OK;
}

/* ── the whole ───────────────────────────────────────────────────────────────────────────────── */

static pn_err subject_of(paper *p, pn_str *ret_subject) {
    const pn_variant *variant = p->request->variant;
    pn_letter *letter = &p->letter;
    if (variant->subject == NULL) {
        *ret_subject = p->request->reference;
        return PN_OK;
    }
    pn_buf_clear(&letter->scratch);
    PN_TRY(pn_letter_render(letter, variant->subject, PN_LIQUID_ESCAPE_HEADER, "subject", 0,
                            &letter->scratch));
    *ret_subject = pn_str_dup(p->doc.arena, pn_buf_str(&letter->scratch));
    return PN_OK;
}

static pn_err write_all(paper *p) {
    pn_doc *doc = &p->doc;
    const pn_document_frame *frame = doc->frame;
    pn_str subject, day = pn_doc_long_day(doc, frame->today);
    PN_TRY(subject_of(p, &subject));
    pn_doc_begin(doc, subject, p->request->window);
    pn_doc_meta_begin(doc);
    if (!pn_str_eq(p->request->reference, frame->customer)) {
        pn_doc_meta(doc, PN_DOC_REFERENCE, p->request->reference);
    }
    pn_doc_meta(doc, PN_DOC_CUSTOMER, frame->customer);
    pn_doc_meta(doc, PN_DOC_CODE, frame->code);
    pn_doc_blocks_begin(doc);
    pn_doc_text(
        doc, frame->creditor.city.len == 0
                 ? day
                 : pn_doc_say(doc, PN_DOC_PLACE_DATE, pn_doc_cell(doc, frame->creditor.city), day));
    PN_TRY(put_body(p));
    if (!p->code_said) {
        pn_doc_code_note(doc);
    }
    PN_TRY(put_legal(p));
    return pn_doc_end(doc, frame->creditor.name);
}

pn_err pn_document_letter_write(const pn_document_frame *frame, const pn_document_letter *letter,
                                pn_arena *arena, pn_buf *out, pn_diag *diag) {
    paper p = {.request = letter};
    size_t start = out->len;
    pn_letter_init(&p.letter, letter->variant, letter->facts, PN_LIMIT_TEMPLATE_ROWS, arena, diag);
    p.doc = pn_doc_on(frame, letter->facts->total.currency, arena, out);
    pn_err err = write_all(&p);
    pn_letter_done(&p.letter);
    if (err != PN_OK) {
        out->len = start;
        out->failed = false;
    }
    return err;
}
