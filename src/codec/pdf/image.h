/* The logo: a PNG or a JPEG of bounded size. A JPEG is put into the PDF as it is; a PNG is decoded
 * and made as small as its print needs. */
#ifndef PN_CODEC_PDF_IMAGE_H
#define PN_CODEC_PDF_IMAGE_H

#include <cairo.h>

#include "base/str.h"

/* INVALID or LIMIT with a sentence. The surface is the caller's to destroy. */
PN_MUST_USE pn_err pn_pdf_image_read(pn_str bytes, cairo_surface_t **ret_surface, pn_diag *diag);

#endif
