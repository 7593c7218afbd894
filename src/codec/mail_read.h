/* The helper puntual-mail as seen from the program: bytes of a mail in, a parsed mail out. */
#ifndef PN_CODEC_MAIL_READ_H
#define PN_CODEC_MAIL_READ_H

#include "codec/helper.h"
#include "format/mail.h"

/* `helper` is made with pn_helper_new(env, "puntual-mail", …). The mail lives on `arena`. Broken
 * mail is read as far as it goes, and of a large one the first PN_LIMIT_INBOUND_BYTES (`cut` says
 * so). INVALID only for one over which the helper died or ran out of time; else as pn_helper_ask.
 */
PN_MUST_USE pn_err pn_mail_read(pn_helper *helper, pn_str raw, pn_arena *arena, pn_mail *ret_mail,
                                pn_diag *diag);

#endif
