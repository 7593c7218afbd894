/* A message as the SMTP session takes it, and whether it may be sent as it is. Pure. */
#ifndef PN_NET_SMTP_MESSAGE_H
#define PN_NET_SMTP_MESSAGE_H

#include "base/buf.h"

/* Everything is borrowed. */
typedef struct {
    pn_str sender;    /* may be empty: the null reverse-path */
    pn_str recipient; /* both UTF-8, the domain written as it is to be sent */
    pn_str content;   /* RFC 5322 with CRLF, not dot-stuffed */
    /* What pn_smtp_message_check found: */
    bool eight_bit;  /* the content has bytes above 127 */
    bool wants_utf8; /* an address or a header has characters outside ASCII (RFC 6531) */
    bool dotted;     /* a line begins with a dot */
} pn_smtp_message;

typedef enum {
    PN_SMTP_FINE,
    PN_SMTP_BAD_SENDER,
    PN_SMTP_BAD_RECIPIENT,
    PN_SMTP_BAD_CONTENT, /* a lone CR or LF, a NUL, a line over 998 bytes, no CRLF at the end */
} pn_smtp_check;

/* Looks the message over once and sets its flags. An address that could break out of its command
 * and content that two servers could read differently ("SMTP smuggling") do not pass. */
pn_smtp_check pn_smtp_message_check(pn_smtp_message *message);

/* Appends about `room` bytes of the content, from `*at`, with dots doubled where a line begins
 * with one (RFC 5321, section 4.5.2), and moves `*at`; at least something unless it is at the end.
 */
void pn_smtp_message_copy(const pn_smtp_message *message, size_t *at, pn_buf *out, size_t room);

#endif
