#include "base/banned.h"
#include "codec/pdf/layout.h"

/* Gaps in points: what belongs together is nearer than what does not. */
enum { GAP_BLOCK = 10, GAP_PARAGRAPH = 6, GAP_HEADING = 18, GAP_BOX = 14, PADDING = 12 };
enum { WORD_BYTES_MAX = 1000 };

void pn_pdf_gap(pn_pdf_layout *layout, double points) {
    layout->gap = PN_MAX(layout->gap, points);
}

static double text_width(const pn_pdf_layout *layout) {
    return layout->right - layout->left;
}

static pn_pdf_text set_marked(pn_pdf_layout *layout, pn_pdf_style style, pn_str source,
                              double width) {
    pn_pdf_marked marked = pn_pdf_markup(layout->arena, source);
    return pn_pdf_set(layout->type, layout->arena, style, &marked, width);
}

static pn_pdf_text set_plain(pn_pdf_layout *layout, pn_pdf_style style, pn_str source,
                             double width) {
    pn_pdf_marked marked = pn_pdf_plain(source);
    return pn_pdf_set(layout->type, layout->arena, style, &marked, width);
}

/* ── text ────────────────────────────────────────────────────────────────────────────────────── */

/* A piece a line. A short paragraph, like a signature, is not parted; of a longer one neither the
 * first nor the last line stands alone on a page. */
enum { WHOLE_LINES = 6 };

static void add_lines(pn_pdf_layout *layout, pn_pdf_style style, pn_pdf_role role,
                      const pn_pdf_marked *marked) {
    pn_pdf_text text = pn_pdf_set(layout->type, layout->arena, style, marked, text_width(layout));
    for (size_t i = 0; i < text.count; i++) {
        pn_pdf_piece *piece = pn_pdf_piece_add(layout, text.leading);
        piece->keep =
            i + 1 < text.count && (text.count <= WHOLE_LINES || i == 0 || i + 2 == text.count);
        pn_pdf_draw_lines(layout->arena, piece, &text, i, 1, PN_PDF_LEFT, role, layout->left, 0);
    }
}

/* Where the text from `at` on is cut: its end, but for words of a length that Pango takes minutes
 * to break into lines. */
static size_t find_cut(pn_str text, size_t at) {
    size_t word = 0;
    for (size_t i = at; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (word >= WORD_BYTES_MAX && (c & 0xC0) != 0x80) {
            return i;
        }
        word = pn_is_space(text.ptr[i]) ? 0 : word + 1;
    }
    return text.len;
}

static void add_paragraph(pn_pdf_layout *layout, pn_pdf_style style, pn_pdf_role role,
                          pn_str source) {
    pn_pdf_marked whole = pn_pdf_markup(layout->arena, source);
    for (size_t at = 0; at < whole.text.len;) {
        size_t end = find_cut(whole.text, at);
        pn_pdf_marked part = pn_pdf_marked_part(layout->arena, &whole, at, end);
        add_lines(layout, style, role, &part);
        at = end;
    }
}

/* Paragraphs are divided by blank lines. */
static void add_paragraphs(pn_pdf_layout *layout, pn_pdf_style style, pn_pdf_role role,
                           pn_str source, double gap) {
    while (source.len > 0) {
        size_t end = pn_str_find(source, PN_STR("\n\n"));
        pn_str paragraph = pn_str_trim(pn_str_first(source, end));
        source = end == SIZE_MAX ? PN_STR_NONE : pn_str_from(source, end + 2);
        if (paragraph.len > 0) {
            add_paragraph(layout, style, role, paragraph);
            pn_pdf_gap(layout, gap);
        }
    }
}

static void add_heading(pn_pdf_layout *layout, pn_str source) {
    pn_pdf_gap(layout, GAP_HEADING);
    pn_pdf_text text = set_plain(layout, PN_STYLE_HEADING, source, text_width(layout));
    pn_pdf_piece *piece = pn_pdf_piece_add(layout, pn_pdf_text_height(&text));
    piece->keep = true;
    pn_pdf_draw_text(layout->arena, piece, &text, PN_PDF_LEFT, PN_ROLE_INK, layout->left, 0);
    pn_pdf_gap(layout, 5);
}

/* ── sums ────────────────────────────────────────────────────────────────────────────────────── */

typedef struct {
    pn_pdf_text label, value;
    bool strong;
    double height;
} total;

static total set_total(pn_pdf_layout *layout, const pn_pdf_pair *pair, double label_width) {
    pn_pdf_marked label = pn_pdf_markup(layout->arena, pair->label);
    pn_pdf_marked value = pn_pdf_markup(layout->arena, pair->value);
    total row = {.strong = pn_pdf_all_bold(&label) || pn_pdf_all_bold(&value)};
    pn_pdf_style style = row.strong ? PN_STYLE_GRAND : PN_STYLE_CELL;
    row.label = pn_pdf_set(layout->type, layout->arena, style, &label, label_width);
    row.value = pn_pdf_set(layout->type, layout->arena, style, &value, -1);
    row.height = PN_MAX(pn_pdf_text_height(&row.label), pn_pdf_text_height(&row.value)) +
                 (row.strong ? 10 : 5);
    return row;
}

static double measure_value(pn_pdf_layout *layout, const pn_pdf_pair *pair) {
    pn_pdf_marked label = pn_pdf_markup(layout->arena, pair->label);
    pn_pdf_marked value = pn_pdf_markup(layout->arena, pair->value);
    bool strong = pn_pdf_all_bold(&label) || pn_pdf_all_bold(&value);
    return pn_pdf_measure(layout->type, strong ? PN_STYLE_GRAND : PN_STYLE_CELL, value.text,
                          value.span_count > 0);
}

/* One piece at the right: labels beside values, a bold row (the sum itself) larger, under a line.
 */
static void add_totals(pn_pdf_layout *layout, const pn_pdf_pairs *pairs) {
    double width = text_width(layout) * 0.5, left = layout->right - width, height = 0;
    double value_width = 0;
    for (size_t i = 0; i < pairs->count; i++) {
        double width_now = measure_value(layout, &pairs->items[i]);
        value_width = PN_MAX(value_width, width_now);
    }
    double label_width = PN_MAX(width - value_width - 14, width * 0.3);
    total *rows = pn_arena_array(layout->arena, total, pairs->count + 1);
    for (size_t i = 0; i < pairs->count; i++) {
        rows[i] = set_total(layout, &pairs->items[i], label_width);
        height += rows[i].height;
    }
    pn_pdf_gap(layout, GAP_BLOCK);
    pn_pdf_piece *piece = pn_pdf_piece_add(layout, height);
    double y = 0;
    for (size_t i = 0; i < pairs->count; i++) {
        const total *row = &rows[i];
        double inset = row->strong ? 7 : 2.5;
        if (row->strong) {
            pn_pdf_draw(layout->arena, piece, PN_OP_FILL, PN_ROLE_ACCENT, left, y + 2, width, 1);
        }
        pn_pdf_draw_text(layout->arena, piece, &row->label, PN_PDF_LEFT,
                         row->strong ? PN_ROLE_INK : PN_ROLE_MUTED, left, y + inset);
        pn_pdf_draw_text(layout->arena, piece, &row->value, PN_PDF_RIGHT, PN_ROLE_INK,
                         layout->right, y + inset);
        y += row->height;
    }
    pn_pdf_gap(layout, GAP_BLOCK);
}

static void add_amount(pn_pdf_layout *layout, const pn_pdf_amount *amount) {
    double inner = text_width(layout) - 2 * PADDING - 4, x = layout->left + PADDING + 4;
    pn_pdf_text label = set_plain(layout, PN_STYLE_CELL, amount->label, inner);
    pn_pdf_text value = set_plain(layout, PN_STYLE_AMOUNT, amount->value, inner);
    pn_pdf_text note = set_marked(layout, PN_STYLE_SMALL, amount->note, inner);
    double label_height = pn_pdf_text_height(&label), value_height = pn_pdf_text_height(&value);
    double height = label_height + value_height + pn_pdf_text_height(&note) + 2 * PADDING;
    pn_pdf_gap(layout, GAP_BOX);
    pn_pdf_piece *piece = pn_pdf_piece_add(layout, height);
    pn_arena *arena = layout->arena;
    pn_pdf_draw(arena, piece, PN_OP_FILL, PN_ROLE_SOFT, layout->left, 0, text_width(layout),
                height);
    pn_pdf_draw(arena, piece, PN_OP_FILL, PN_ROLE_ACCENT, layout->left, 0, 3, height);
    pn_pdf_draw_text(arena, piece, &label, PN_PDF_LEFT, PN_ROLE_MUTED, x, PADDING);
    pn_pdf_draw_text(arena, piece, &value, PN_PDF_LEFT, PN_ROLE_ACCENT, x, PADDING + label_height);
    pn_pdf_draw_text(arena, piece, &note, PN_PDF_LEFT, PN_ROLE_MUTED, x,
                     PADDING + label_height + value_height);
    pn_pdf_gap(layout, GAP_BOX);
}

/* ── signing ─────────────────────────────────────────────────────────────────────────────────── */

static double signature_height(const pn_pdf_text *text) {
    return text->count > 0 ? pn_pdf_text_height(text) : text->leading * 0.6;
}

/* An empty line among them is a small gap. */
static void add_signature(pn_pdf_layout *layout, const pn_pdf_strs *lines) {
    pn_pdf_text *texts = pn_arena_array(layout->arena, pn_pdf_text, lines->count + 1);
    double height = 0, y = 0;
    for (size_t i = 0; i < lines->count; i++) {
        texts[i] = set_plain(layout, PN_STYLE_BODY, lines->items[i], text_width(layout));
        height += signature_height(&texts[i]);
    }
    pn_pdf_gap(layout, GAP_BOX);
    pn_pdf_piece *piece = pn_pdf_piece_add(layout, height);
    for (size_t i = 0; i < lines->count; i++) {
        pn_pdf_draw_text(layout->arena, piece, &texts[i], PN_PDF_LEFT, PN_ROLE_INK, layout->left,
                         y);
        y += signature_height(&texts[i]);
    }
    pn_pdf_gap(layout, GAP_BLOCK);
}

/* Two beside each other: room to sign, a line, name and role. */
static void add_signatures(pn_pdf_layout *layout, const pn_pdf_pairs *people) {
    const double gutter = 28, room = 62, width = (text_width(layout) - gutter) / 2;
    pn_arena *arena = layout->arena;
    for (size_t i = 0; i < people->count; i += 2) {
        pn_pdf_gap(layout, GAP_BOX);
        pn_pdf_piece *piece = pn_pdf_piece_add(layout, room);
        for (size_t k = i; k < PN_MIN(i + 2, people->count); k++) {
            double x = layout->left + (double)(k - i) * (width + gutter);
            pn_pdf_text name = set_plain(layout, PN_STYLE_STRONG, people->items[k].label, width);
            pn_pdf_text role = set_plain(layout, PN_STYLE_SMALL, people->items[k].value, width);
            double name_height = pn_pdf_text_height(&name);
            pn_pdf_draw(arena, piece, PN_OP_FILL, PN_ROLE_MUTED, x, room - 5, width, 0.75);
            pn_pdf_draw_text(arena, piece, &name, PN_PDF_LEFT, PN_ROLE_INK, x, room);
            pn_pdf_draw_text(arena, piece, &role, PN_PDF_LEFT, PN_ROLE_MUTED, x,
                             room + name_height);
            double height = room + name_height + pn_pdf_text_height(&role);
            layout->height += PN_MAX(0, height - piece->height);
            piece->height = PN_MAX(piece->height, height);
        }
    }
    pn_pdf_gap(layout, GAP_BLOCK);
}

static void add_divider(pn_pdf_layout *layout) {
    pn_pdf_gap(layout, GAP_BOX);
    pn_pdf_piece *piece = pn_pdf_piece_add(layout, 0.5);
    pn_pdf_draw(layout->arena, piece, PN_OP_FILL, PN_ROLE_HAIR, layout->left, 0, text_width(layout),
                0.5);
    pn_pdf_gap(layout, GAP_BOX);
}

/* ── all ─────────────────────────────────────────────────────────────────────────────────────── */

static pn_err add_block(pn_pdf_layout *layout, const pn_pdf_block *block) {
    switch (block->kind) {
    case PN_PDF_HEADING: add_heading(layout, block->text); return PN_OK;
    case PN_PDF_TEXT:
        pn_pdf_gap(layout, GAP_PARAGRAPH);
        add_paragraphs(layout, PN_STYLE_BODY, PN_ROLE_INK, block->text, GAP_PARAGRAPH);
        return PN_OK;
    case PN_PDF_TABLE: return pn_pdf_table_block(layout, &block->table);
    case PN_PDF_TOTALS: add_totals(layout, &block->pairs); return PN_OK;
    case PN_PDF_AMOUNT: add_amount(layout, &block->amount); return PN_OK;
    case PN_PDF_PAY: return pn_pdf_pay_block(layout, &block->pay);
    case PN_PDF_SIGNATURE: add_signature(layout, &block->lines); return PN_OK;
    case PN_PDF_SIGNATURES: add_signatures(layout, &block->pairs); return PN_OK;
    case PN_PDF_LEGAL:
        pn_pdf_gap(layout, GAP_BLOCK);
        add_paragraphs(layout, PN_STYLE_FINE, PN_ROLE_MUTED, block->text, 3);
        return PN_OK;
    case PN_PDF_DIVIDER: add_divider(layout); return PN_OK;
    case PN_PDF_SPACE: layout->gap += block->space_mm * PN_PDF_MM; return PN_OK;
    }
    return PN_OK;
}

/* A sum without a row, or a signature without a word, says too little for a page of its own. */
static bool follows(pn_pdf_block_kind kind, pn_pdf_block_kind before) {
    return (kind == PN_PDF_TOTALS && before == PN_PDF_TABLE) ||
           ((kind == PN_PDF_SIGNATURE || kind == PN_PDF_SIGNATURES) && before == PN_PDF_TEXT);
}

pn_err pn_pdf_blocks(pn_pdf_layout *layout) {
    for (size_t i = 0; i < layout->doc->block_count; i++) {
        const pn_pdf_block *block = &layout->doc->blocks[i];
        if (i > 0 && layout->last != NULL && follows(block->kind, block[-1].kind)) {
            layout->last->keep = true;
        }
        PN_TRY(add_block(layout, block));
        PN_TRY(pn_pdf_layout_check(layout));
    }
    return PN_OK;
}

pn_err pn_pdf_layout_make(const pn_pdf_doc *doc, pn_pdf_type *type, double logo_width,
                          double logo_height, pn_arena *arena, pn_pdf_layout *ret_layout,
                          pn_diag *diag) {
    pn_pdf_layout layout = {.arena = arena,
                            .type = type,
                            .doc = doc,
                            .diag = diag,
                            .logo_width = logo_width,
                            .logo_height = logo_height};
    pn_pdf_type_language(type, doc->language.len != 0 ? pn_str_z(arena, doc->language) : "en");
    PN_TRY(pn_pdf_head(&layout));
    PN_TRY(pn_pdf_blocks(&layout));
    PN_TRY(pn_pdf_paginate(&layout));
    pn_pdf_head_finish(&layout);
    *ret_layout = layout;
    return PN_OK;
}
