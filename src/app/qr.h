/* QR codes as pictures in a page. */
#ifndef PN_APP_QR_H
#define PN_APP_QR_H

#include "base/str.h"

/* An SVG of black squares on white, with its quiet zone, without a size of its own. LIMIT for a
 * text that no QR code holds. */
PN_MUST_USE pn_err pn_qr_svg(pn_str text, pn_arena *arena, pn_str *ret_svg);

#endif
