/* Pages: what is drawn where.
 *
 * The blocks become a list of *pieces*, each a strip of paper that is never divided: a line of a
 * paragraph, a row of a table, a box. Pieces fill page after page. A piece may want to stay with
 * the one that follows, and may name another as its header, which is shown again above it where a
 * page begins with it. Nothing is drawn before the last piece is placed, because only then is the
 * number of pages known.
 *
 * Lengths are points from the top left corner of the page; within a piece y counts from its top. */
#ifndef PN_CODEC_PDF_PAGE_H
#define PN_CODEC_PDF_PAGE_H

#include "codec/pdf/doc.h"
#include "codec/pdf/type.h"

#define PN_PDF_MM (72.0 / 25.4)

typedef enum {
    PN_ROLE_INK,
    PN_ROLE_MUTED,
    PN_ROLE_ACCENT,
    PN_ROLE_HAIR,
    PN_ROLE_SOFT,
    PN_ROLE_BLACK, /* of QR and bar codes */
    PN_ROLE_COUNT,
} pn_pdf_role;

typedef enum {
    PN_OP_LINE,    /* one line of a text */
    PN_OP_FILL,    /* a rectangle */
    PN_OP_OUTLINE, /* the border of one */
    PN_OP_LOGO,    /* the logo, in a rectangle of its proportions */
    PN_OP_MODULES, /* dark modules of a QR or bar code */
    PN_OP_LINK,    /* a rectangle that leads to an address */
} pn_pdf_op_kind;

typedef struct {
    const uint8_t *dark; /* a byte a module, row by row */
    unsigned columns, rows;
} pn_pdf_modules;

typedef struct pn_pdf_op pn_pdf_op;
struct pn_pdf_op {
    pn_pdf_op *next;
    pn_pdf_op_kind kind;
    pn_pdf_role role;
    double x, y, width, height; /* of a line: x and its baseline */
    union {
        const pn_pdf_line *line;
        const pn_pdf_modules *modules;
        pn_str url;
    };
};

typedef struct pn_pdf_piece pn_pdf_piece;
struct pn_pdf_piece {
    pn_pdf_piece *next;
    const pn_pdf_piece *header; /* shown again where a page begins with this piece */
    double gap, height;         /* the gap above it is left out where a page begins */
    bool keep;                  /* with the piece that follows */
    pn_pdf_op *first, *last;
};

typedef struct pn_pdf_placed pn_pdf_placed;
struct pn_pdf_placed {
    pn_pdf_placed *next;
    const pn_pdf_piece *piece;
    double y;
};

typedef struct {
    pn_pdf_placed *first, *last;
} pn_pdf_page;

/* All that the layout of one document shares. */
typedef struct {
    pn_arena *arena;
    pn_pdf_type *type;
    const pn_pdf_doc *doc;
    pn_diag *diag;
    double paper_width, paper_height;
    double left, right;             /* edges of the text */
    double top_first, top, bottom;  /* of the text on the first page, on others; its foot */
    double logo_width, logo_height; /* proportions of the logo, 0: none */
    pn_pdf_piece *first, *last;
    double height; /* of all pieces, to stop in time */
    double gap;    /* that the next piece wants above itself */
    pn_pdf_piece *footer;
    double gap_scale; /* of all gaps, at most 1 */
    pn_pdf_page *pages;
    size_t page_count, page_capacity;
} pn_pdf_layout;

/* A new piece at the end of the text. */
pn_pdf_piece *pn_pdf_piece_add(pn_pdf_layout *layout, double height);
/* A piece that is no part of the text: a header, a footer. */
pn_pdf_piece *pn_pdf_piece_new(pn_arena *arena, double height);

pn_pdf_op *pn_pdf_draw(pn_arena *arena, pn_pdf_piece *piece, pn_pdf_op_kind kind, pn_pdf_role role,
                       double x, double y, double width, double height);
/* Draws lines from `first` on, `count` of them, below each other from y; x is their left edge, or
 * with PN_PDF_RIGHT their right edge, or their middle. Links get their rectangles. */
void pn_pdf_draw_lines(pn_arena *arena, pn_pdf_piece *piece, const pn_pdf_text *text, size_t first,
                       size_t count, pn_pdf_align align, pn_pdf_role role, double x, double y);
void pn_pdf_draw_text(pn_arena *arena, pn_pdf_piece *piece, const pn_pdf_text *text,
                      pn_pdf_align align, pn_pdf_role role, double x, double y);
double pn_pdf_text_height(const pn_pdf_text *text);

/* LIMIT once the text is longer than a document may be, INVALID when the last piece is higher than
 * a page: asked after every block and row, so that nothing is set in vain. */
PN_MUST_USE pn_err pn_pdf_layout_check(const pn_pdf_layout *layout);

/* Adds a page with nothing on it. */
PN_MUST_USE pn_err pn_pdf_page_add(pn_pdf_layout *layout);
void pn_pdf_page_place(pn_pdf_layout *layout, size_t page, const pn_pdf_piece *piece, double y);

/* Places all pieces, from the first page on, which has its head already. LIMIT when they need too
 * many pages, INVALID when one is higher than a page. */
PN_MUST_USE pn_err pn_pdf_paginate(pn_pdf_layout *layout);

#endif
