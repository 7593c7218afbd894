/* The fonts: a font map of Pango's that answers from a table filled at the start.
 *
 * Pango's own map asks fontconfig anew for each language and script it meets, each time in a
 * thread, and sorts every font of the machine. Here each style has its fonts from the beginning:
 * files that are named, in one order, whatever the text is. So equal text gives equal pages on
 * every machine, nothing is searched while a document is made, and a helper that may start no
 * thread starts none. */
#ifndef PN_CODEC_PDF_FONTS_H
#define PN_CODEC_PDF_FONTS_H

#include <pango/pangocairo.h>

#include "base/err.h"

typedef struct pn_pdf_fonts pn_pdf_fonts;

/* Finds the files; IO with a sentence when there are none. */
PN_MUST_USE pn_err pn_pdf_fonts_new(pn_pdf_fonts **ret_fonts, pn_diag *diag);
void pn_pdf_fonts_free(pn_pdf_fonts *fonts);

/* Loads the fonts of a size in points and a weight. All that texts may ask for are added before
 * the first text is set. */
void pn_pdf_fonts_add(pn_pdf_fonts *fonts, double size, PangoWeight weight);

/* What a context is made with; it borrows the fonts. */
PangoFontMap *pn_pdf_fonts_map(const pn_pdf_fonts *fonts);

#endif
