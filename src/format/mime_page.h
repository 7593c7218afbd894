/* An e-mail that we wrote ourselves (format/mime.h), as a page: its HTML, with the pictures that
 * came inside it.
 *
 * It reads what our own writer makes and nothing else; mail of others is read in a helper process
 * (codec/mail_read.h). */
#ifndef PN_FORMAT_MIME_PAGE_H
#define PN_FORMAT_MIME_PAGE_H

#include "base/buf.h"

/* Appends the HTML. Pictures named "cid:" become "data:", those not inside stay as they are.
 * NOT_FOUND when the mail has no HTML part, CORRUPT when that is not as we write it. */
PN_MUST_USE pn_err pn_mime_page(pn_str mail, pn_arena *arena, pn_buf *out);

#endif
