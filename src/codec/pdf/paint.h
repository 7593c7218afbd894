/* Draws the pages of a layout as a PDF, by cairo. Neither links nor information about the document:
 * finish.h adds them, because cairo 1.16 writes damaged files where it makes links itself. */
#ifndef PN_CODEC_PDF_PAINT_H
#define PN_CODEC_PDF_PAINT_H

#include "codec/pdf/page.h"

/* `logo` may be NULL. Appends to `out`, whose maximum is the file's. LIMIT when that is passed. */
PN_MUST_USE pn_err pn_pdf_paint(const pn_pdf_layout *layout, cairo_surface_t *logo, pn_buf *out,
                                pn_diag *diag);

#endif
