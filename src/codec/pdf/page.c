#include "codec/pdf/page.h"

#include "base/banned.h"
#include "base/limits.h"

enum { TIGHT_PAGES_MAX = 4 }; /* longer documents gain nothing by it */

/* ── pieces ──────────────────────────────────────────────────────────────────────────────────── */

pn_pdf_piece *pn_pdf_piece_new(pn_arena *arena, double height) {
    pn_pdf_piece *piece = pn_arena_new(arena, pn_pdf_piece);
    piece->height = height;
    return piece;
}

pn_pdf_piece *pn_pdf_piece_add(pn_pdf_layout *layout, double height) {
    pn_pdf_piece *piece = pn_pdf_piece_new(layout->arena, height);
    piece->gap = layout->gap;
    layout->gap = 0;
    layout->height += piece->gap + height;
    if (layout->last == NULL) {
        layout->first = piece;
    } else {
        layout->last->next = piece;
    }
    layout->last = piece;
    return piece;
}

pn_pdf_op *pn_pdf_draw(pn_arena *arena, pn_pdf_piece *piece, pn_pdf_op_kind kind, pn_pdf_role role,
                       double x, double y, double width, double height) {
    pn_pdf_op *op = pn_arena_new(arena, pn_pdf_op);
    *op = (pn_pdf_op){.kind = kind, .role = role, .x = x, .y = y, .width = width, .height = height};
    if (piece->last == NULL) {
        piece->first = op;
    } else {
        piece->last->next = op;
    }
    piece->last = op;
    return op;
}

void pn_pdf_draw_lines(pn_arena *arena, pn_pdf_piece *piece, const pn_pdf_text *text, size_t first,
                       size_t count, pn_pdf_align align, pn_pdf_role role, double x, double y) {
    for (size_t i = first; i < first + count; i++) {
        const pn_pdf_line *line = &text->lines[i];
        double left = align == PN_PDF_RIGHT    ? x - line->width
                      : align == PN_PDF_CENTRE ? x - line->width / 2
                                               : x;
        if (line->runs != NULL || line->boxes != NULL) {
            pn_pdf_op *op = pn_pdf_draw(arena, piece, PN_OP_LINE, role, left, y + text->baseline,
                                        line->width, text->leading);
            op->line = line;
        }
        for (const pn_pdf_run *run = line->runs; run != NULL; run = run->next) {
            if (run->url.len != 0) {
                pn_pdf_draw(arena, piece, PN_OP_LINK, role, left + (double)run->x, y,
                            (double)run->width, text->leading)
                    ->url = run->url;
            }
        }
        y += text->leading;
    }
}

void pn_pdf_draw_text(pn_arena *arena, pn_pdf_piece *piece, const pn_pdf_text *text,
                      pn_pdf_align align, pn_pdf_role role, double x, double y) {
    pn_pdf_draw_lines(arena, piece, text, 0, text->count, align, role, x, y);
}

double pn_pdf_text_height(const pn_pdf_text *text) {
    return text->leading * (double)text->count;
}

/* ── pages ───────────────────────────────────────────────────────────────────────────────────── */

static pn_err too_long(const pn_pdf_layout *layout) {
    (void)pn_diag_set(layout->diag, PN_LIMIT,
                      "The document would have more than %d pages, which is the most it may have.",
                      PN_LIMIT_PDF_PAGES);
    pn_diag_mend(layout->diag, "Divide it into several documents.");
    return PN_LIMIT;
}

static pn_err too_high(const pn_pdf_layout *layout) {
    (void)pn_diag_set(layout->diag, PN_INVALID,
                      "One row or box of the document is higher than a page.");
    pn_diag_mend(layout->diag, "Shorten its text.");
    return PN_INVALID;
}

pn_err pn_pdf_layout_check(const pn_pdf_layout *layout) {
    double page = layout->bottom - layout->top;
    if (layout->last != NULL && layout->last->height > page) {
        return too_high(layout);
    }
    bool over = layout->height > page * (PN_LIMIT_PDF_PAGES + 1) || pn_arena_over(layout->arena);
    return over ? too_long(layout) : PN_OK;
}

pn_err pn_pdf_page_add(pn_pdf_layout *layout) {
    if (layout->page_count == PN_LIMIT_PDF_PAGES) {
        return too_long(layout);
    }
    layout->pages = pn_arena_grow(layout->arena, layout->pages, layout->page_count,
                                  &layout->page_capacity, sizeof *layout->pages);
    layout->pages[layout->page_count++] = (pn_pdf_page){0};
    return PN_OK;
}

void pn_pdf_page_place(pn_pdf_layout *layout, size_t page, const pn_pdf_piece *piece, double y) {
    pn_pdf_placed *placed = pn_arena_new(layout->arena, pn_pdf_placed);
    *placed = (pn_pdf_placed){NULL, piece, y};
    pn_pdf_page *on = &layout->pages[page];
    if (on->last == NULL) {
        on->first = placed;
    } else {
        on->last->next = placed;
    }
    on->last = placed;
}

/* The height of a piece and of those that want to follow it on the same page. */
static double chain_height(const pn_pdf_layout *layout, const pn_pdf_piece *piece) {
    double height = piece->height;
    while (piece->keep && piece->next != NULL) {
        piece = piece->next;
        height += piece->gap * layout->gap_scale + piece->height;
    }
    return height;
}

static double header_height(const pn_pdf_piece *piece) {
    return piece->header == NULL ? 0 : piece->header->height;
}

/* A chain that no page can hold is broken where the page ends. */
static bool fits(const pn_pdf_layout *layout, const pn_pdf_piece *piece, double y) {
    double page = layout->bottom - layout->top - header_height(piece);
    double chain = chain_height(layout, piece);
    return y + (chain <= page ? chain : piece->height) <= layout->bottom + 0.01;
}

static pn_err begin_page(pn_pdf_layout *layout, const pn_pdf_piece *header, double *ret_y) {
    PN_TRY(pn_pdf_page_add(layout));
    *ret_y = layout->top;
    if (header != NULL) {
        pn_pdf_page_place(layout, layout->page_count - 1, header, *ret_y);
        *ret_y += header->height;
    }
    return PN_OK;
}

static pn_err place_all(pn_pdf_layout *layout) {
    double y = layout->top_first;
    bool fresh = true, kept = false; /* nothing is on the page yet; the piece before wants this */
    for (const pn_pdf_piece *piece = layout->first; piece != NULL; piece = piece->next) {
        double at = y + (fresh ? 0 : piece->gap * layout->gap_scale);
        bool fits_alone = at + piece->height <= layout->bottom + 0.01;
        bool stays = kept && !fresh ? fits_alone : fits(layout, piece, at);
        if (!stays && (!fresh || layout->page_count == 1)) {
            PN_TRY(begin_page(layout, piece->header, &at));
        }
        if (at + piece->height > layout->bottom + 0.01) {
            return too_high(layout);
        }
        pn_pdf_page_place(layout, layout->page_count - 1, piece, at);
        y = at + piece->height;
        fresh = false;
        kept = piece->keep;
    }
    return PN_OK;
}

/* The same pages' text once more, with narrower gaps; takes it where that saves a page. */
static pn_err narrow(pn_pdf_layout *layout, const pn_pdf_piece *head, double gap_scale) {
    pn_pdf_layout tight = *layout;
    tight.gap_scale = gap_scale;
    tight.pages = NULL;
    tight.page_count = tight.page_capacity = 0;
    PN_TRY(pn_pdf_page_add(&tight));
    pn_pdf_page_place(&tight, 0, head, 0);
    PN_TRY(place_all(&tight));
    if (tight.page_count < layout->page_count) {
        *layout = tight;
    }
    return PN_OK;
}

/* Some lines alone on the last page look like a mistake: gaps are narrowed where that saves it. */
pn_err pn_pdf_paginate(pn_pdf_layout *layout) {
    static const double SCALES[] = {0.75, 0.5};
    const pn_pdf_piece *head = layout->pages[0].first->piece;
    layout->gap_scale = 1;
    PN_TRY(place_all(layout));
    bool few = layout->page_count > 1 && layout->page_count <= TIGHT_PAGES_MAX;
    for (size_t i = 0; i < PN_COUNT(SCALES) && few && layout->gap_scale >= 1; i++) {
        PN_TRY(narrow(layout, head, SCALES[i]));
    }
    return PN_OK;
}
