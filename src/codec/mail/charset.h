/* Character sets of mail: what a part says it is written in, and what it is. */
#ifndef PN_CODEC_MAIL_CHARSET_H
#define PN_CODEC_MAIL_CHARSET_H

#include "base/str.h"

/* Opens every converter once, so that none needs a file later. */
void pn_mail_charset_prepare(void);

/* `bytes` as UTF-8 with LF line ends and without NUL, on `arena`. A name that is missing, unknown
 * or untrue is no error: ISO-2022-JP is known by its escapes, UTF-8 by being well-formed, and all
 * else is windows-1252. What is no character becomes U+FFFD. */
pn_str pn_mail_charset_utf8(pn_str bytes, pn_str charset, pn_arena *arena);
/* The same promise for a text that should be UTF-8 already. */
pn_str pn_mail_charset_clean(pn_str text, pn_arena *arena);

#endif
