/* QR codes (libqrencode) and bar codes (libzint) as dark modules; drawing them is the layout's. */
#ifndef PN_CODEC_PDF_SYMBOL_H
#define PN_CODEC_PDF_SYMBOL_H

#include "codec/pdf/page.h"

/* ISO/IEC 18004, bytes; `ecc` is L, M, Q or H. LIMIT with a sentence where the modules would be too
 * many to be printed on a box of a letter. */
PN_MUST_USE pn_err pn_pdf_symbol_qr(pn_str payload, char ecc, pn_arena *arena,
                                    const pn_pdf_modules **ret_modules, pn_diag *diag);

/* One row of modules, without quiet zone: Code 128 (ISO/IEC 15417), GS1-128 (application
 * identifiers in round brackets, as in “(90)5230…”), interleaved 2 of 5 (an even number of digits).
 * INVALID with a sentence where the payload cannot be written so. */
PN_MUST_USE pn_err pn_pdf_symbol_bars(pn_pdf_bar_kind kind, pn_str payload, pn_arena *arena,
                                      const pn_pdf_modules **ret_modules, pn_diag *diag);

#endif
