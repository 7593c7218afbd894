/* What kind of image bytes are, and how large: read from the header alone.
 *
 *   PNG   ISO/IEC 15948, sections 5.2 (signature) and 11.2.2 (IHDR)
 *   JPEG  ITU-T T.81, annex B: the first frame header (SOF)
 *
 * Only what every mail program shows. SVG is left out: mail programs do not show it, and it can
 * hold scripts. */
#ifndef PN_FORMAT_IMAGE_H
#define PN_FORMAT_IMAGE_H

#include "base/str.h"

typedef struct {
    pn_str type; /* "image/png", "image/jpeg"; static */
    int32_t width, height;
} pn_image;

/* INVALID with a sentence for another kind of file, one whose header is cut or makes no sense, and
 * one with a side of no or more than PN_LIMIT_CREDITOR_LOGO_PIXELS pixels. */
PN_MUST_USE pn_err pn_image_read(pn_str bytes, pn_image *ret_image, pn_diag *diag);

#endif
