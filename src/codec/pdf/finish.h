/* What cairo leaves out, added by libqpdf: links, language, information about the document, and an
 * identifier that depends on the contents alone, so that equal documents are equal files. */
#ifndef PN_CODEC_PDF_FINISH_H
#define PN_CODEC_PDF_FINISH_H

#include "codec/pdf/page.h"

/* `drawn` is what pn_pdf_paint wrote. The result stands on the arena. */
PN_MUST_USE pn_err pn_pdf_finish(const pn_pdf_layout *layout, pn_str drawn, pn_arena *arena,
                                 pn_str *ret_pdf, pn_diag *diag);

#endif
