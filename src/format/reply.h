/* What a person wrote in a reply, without what they quote and sign.
 *
 * Mail clients mark a quotation in many ways: ">" at the head of lines, "El … escribió:", a block
 * of "De: Enviado: Para:", "-----Original Message-----". Lines between ">" quotes are answers and
 * stay; behind a mark without ">" everything is the quotation. The work is linear. Pure. */
#ifndef PN_FORMAT_REPLY_H
#define PN_FORMAT_REPLY_H

#include "base/arena.h"
#include "base/str.h"

/* `words` is the plain text of a mail (pn_mail_words), LF line ends; the result lives on `arena`.
 * It is all of `words` when nothing else would remain: a person then reads more than needed. */
pn_str pn_reply_text(pn_str words, pn_arena *arena);

#endif
