/* A block document becomes a PDF. */
#ifndef PN_CODEC_PDF_WRITE_H
#define PN_CODEC_PDF_WRITE_H

#include "codec/pdf/doc.h"

/* What is kept from document to document: fonts, and the last logo. One thread uses it. */
typedef struct pn_pdf_press pn_pdf_press;

/* Loads the fonts and what else is read from files, so that nothing has to be later. */
PN_MUST_USE pn_err pn_pdf_press_new(pn_pdf_press **ret_press, pn_diag *diag);
void pn_pdf_press_free(pn_pdf_press *press);

/* Part 0 is the document (doc.h), the others are what it names: its logo. The file stands on the
 * arena. Equal parts give equal bytes. INVALID or LIMIT with a sentence and a JSON pointer. */
PN_MUST_USE pn_err pn_pdf_write(pn_pdf_press *press, const pn_str *parts, size_t count,
                                pn_arena *arena, pn_str *ret_pdf, size_t *ret_pages, pn_diag *diag);

#endif
