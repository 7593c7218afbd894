/* Base64 (RFC 4648, section 4) without line ends. */
#ifndef PN_BASE_BASE64_H
#define PN_BASE_BASE64_H

#include "base/buf.h"

void pn_base64_add(pn_buf *out, const void *bytes, size_t size);
/* With its padding, nothing else in it; INVALID otherwise. Appends to `out`. */
PN_MUST_USE pn_err pn_base64_read(pn_str text, pn_buf *out);

#endif
