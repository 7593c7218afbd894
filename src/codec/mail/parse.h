/* From the bytes of a mail to its value, by GMime. The plain function behind puntual-mail: it runs
 * there alone, and in tests and fuzzing under a sanitizer. */
#ifndef PN_CODEC_MAIL_PARSE_H
#define PN_CODEC_MAIL_PARSE_H

#include "format/mail.h"

/* Initializes GMime and opens what it would load later. Once. */
void pn_mail_parse_prepare(void);

/* There is no mail that cannot be read: what has no header is one text. At most
 * PN_LIMIT_INBOUND_BYTES are looked at. The mail lives on `arena`. */
void pn_mail_parse(pn_str raw, pn_arena *arena, pn_mail *ret_mail);

#endif
