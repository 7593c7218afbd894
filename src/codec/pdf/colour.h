/* Colours of a document: one accent, the brand's, and greys. Everything that is read has a contrast
 * of at least 4.5 to 1 on white (WCAG 2.1, 1.4.3): a brand's colour that has less is darkened. */
#ifndef PN_CODEC_PDF_COLOUR_H
#define PN_CODEC_PDF_COLOUR_H

#include "base/str.h"

enum {
    PN_PDF_ACCENT = 0x0b5fcc, /* where the brand has no colour */
    PN_PDF_INK = 0x16202c,
    PN_PDF_MUTED = 0x566273,
    PN_PDF_HAIR = 0xd9dde3,
    PN_PDF_SOFT = 0xf2f5f8,
};

/* "#0b5fcc" */
bool pn_pdf_colour_read(pn_str text, uint32_t *ret_colour);

/* Contrast of two colours, 1 to 21. */
double pn_pdf_contrast(uint32_t a, uint32_t b);

/* The same hue, as dark as text on white and on soft ground has to be. */
uint32_t pn_pdf_colour_readable(uint32_t colour);

#endif
