/* The helper puntual-pdf as seen from the program: a block document in, a PDF out. What a block
 * document says is told in codec/pdf/doc.h. */
#ifndef PN_CODEC_PDF_H
#define PN_CODEC_PDF_H

#include "codec/helper.h"

/* `helper` is made with pn_helper_new(env, "puntual-pdf", …). `json` names the logo by its number,
 * from 1 on, among `blobs`. The file lives on `arena`. What cannot be laid out is refused: INVALID
 * or LIMIT with a sentence and a JSON pointer. Equal input gives equal bytes. */
PN_MUST_USE pn_err pn_pdf_make(pn_helper *helper, pn_str json, const pn_str *blobs, size_t count,
                               pn_arena *arena, pn_str *ret_pdf, size_t *ret_pages, pn_diag *diag);

#endif
