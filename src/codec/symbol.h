/* QR codes (libqrencode) and bar codes (libzint) as dark modules, for pages: drawn in the program
 * itself, because what they say is ours: references, amounts, the creditor's account. */
#ifndef PN_CODEC_SYMBOL_H
#define PN_CODEC_SYMBOL_H

#include "base/str.h"

typedef struct {
    const uint8_t *dark; /* a byte a module, row by row */
    unsigned width, height;
} pn_symbol;

/* ISO/IEC 18004, bytes, error correction M. LIMIT where it would be finer than a phone reads. */
PN_MUST_USE pn_err pn_symbol_qr(pn_str payload, pn_arena *arena, pn_symbol *ret_symbol);
/* Code 128 (ISO/IEC 15417), one row without quiet zone: letters and digits. INVALID otherwise. */
PN_MUST_USE pn_err pn_symbol_code128(pn_str payload, pn_arena *arena, pn_symbol *ret_symbol);

#endif
