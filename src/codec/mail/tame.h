/* Makes a mail harmless for a MIME library before the library sees it.
 *
 * One pass over the bytes: lines end in LF whatever they ended in (CR alone, CRLF, CR CR LF), NUL
 * bytes, a byte order mark, leading blank lines and the "From " line of an mbox are gone. What
 * would make the library's work or memory grow past all use is left out: header bytes and fields
 * past their limits, multiparts and enclosed mails past `CONTAINERS`, everything after `DASHES`
 * lines that could be boundaries. A mail that a person or a mail system wrote passes unchanged. */
#ifndef PN_CODEC_MAIL_TAME_H
#define PN_CODEC_MAIL_TAME_H

#include "base/str.h"

enum {
    PN_MAIL_CONTAINERS = 1000, /* Content-Type fields that open a further level */
    PN_MAIL_DASHES = 20000,    /* lines that begin with "--" */
};

typedef struct {
    pn_str text; /* in the room that the caller gave */
    bool cut;    /* something was left out */
} pn_mail_tamed;

/* `room` holds raw.len + 1 bytes; nothing more is ever written. */
void pn_mail_tame(pn_str raw, char *room, pn_mail_tamed *ret_tamed);

#endif
