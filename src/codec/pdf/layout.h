/* From a document to its pages: head.c makes what stands around the text, block.c, table.c and
 * pay.c the text itself. */
#ifndef PN_CODEC_PDF_LAYOUT_H
#define PN_CODEC_PDF_LAYOUT_H

#include "codec/pdf/page.h"

/* Lays out the whole document. `logo_width` and `logo_height` are the logo's proportions (0: no
 * logo). The result borrows from the document and the arena. */
PN_MUST_USE pn_err pn_pdf_layout_make(const pn_pdf_doc *doc, pn_pdf_type *type, double logo_width,
                                      double logo_height, pn_arena *arena,
                                      pn_pdf_layout *ret_layout, pn_diag *diag);

/* head.c: sets the edges of the text, then adds the first page with its head. */
PN_MUST_USE pn_err pn_pdf_head(pn_pdf_layout *layout);
/* Once all pages are there: their footers, and a line at the head of every page but the first. */
void pn_pdf_head_finish(pn_pdf_layout *layout);

/* The blocks. Each adds pieces. */
PN_MUST_USE pn_err pn_pdf_blocks(pn_pdf_layout *layout);
PN_MUST_USE pn_err pn_pdf_table_block(pn_pdf_layout *layout, const pn_pdf_table *table);
PN_MUST_USE pn_err pn_pdf_pay_block(pn_pdf_layout *layout, const pn_pdf_pay *pay);

/* The gap above the next piece is at least this. */
void pn_pdf_gap(pn_pdf_layout *layout, double points);

/* Label and value below each other, the values at `x + label_width`; returns the height. */
typedef struct {
    double x, y, width;
    pn_pdf_style label_style, value_style;
    pn_pdf_role label_role, value_role;
    bool values_right; /* values end at the right edge instead */
    double row_gap;
} pn_pdf_pairs_place;
double pn_pdf_draw_pairs(pn_pdf_layout *layout, pn_pdf_piece *piece, const pn_pdf_pairs *pairs,
                         const pn_pdf_pairs_place *place);

#endif
