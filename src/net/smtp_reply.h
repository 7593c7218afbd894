/* Replies of a mail server (RFC 5321, section 4.2).
 *
 * The peer is not trusted: a reply is bounded, its text is made printable before it goes anywhere,
 * and what is no reply ends the connection. The code of a multi-line reply is its last line's, as
 * Postfix reads it, should the lines disagree. Pure. */
#ifndef PN_NET_SMTP_REPLY_H
#define PN_NET_SMTP_REPLY_H

#include "base/err.h"
#include "base/str.h"

enum { PN_SMTP_STATUS_SIZE = 12, PN_SMTP_TEXT_SIZE = 256, PN_SMTP_QUEUE_ID_SIZE = 64 };

/* A reply as it stands in the input, from which it borrows. */
typedef struct {
    unsigned code; /* 200–599 */
    pn_str lines;  /* all lines, without the last line's end */
} pn_smtp_reply;

/* What is kept of a reply. A code of 0 marks our own words: the server was not asked, because what
 * it announced says what the answer would be. */
typedef struct {
    unsigned code;
    pn_cause cause;                   /* filled by who knows what was asked; else NONE */
    char status[PN_SMTP_STATUS_SIZE]; /* "5.1.1" (RFC 3463) as sent; may be empty */
    char text[PN_SMTP_TEXT_SIZE];     /* printable UTF-8, code and status first, cut */
} pn_smtp_answer;

/* Reads the reply at the head of `input` and how many bytes it takes. NOT_FOUND while it is not
 * complete; LIMIT when it is longer than PN_LIMIT_SMTP_REPLY_BYTES; INVALID when it is none. Lines
 * may end with a lone LF. */
PN_MUST_USE pn_err pn_smtp_reply_parse(pn_str input, pn_smtp_reply *ret_reply, size_t *ret_size);

/* Goes through the texts of the lines, without code and separator: start with `*rest` as
 * `reply.lines`; false at the end. */
bool pn_smtp_reply_line(pn_str *rest, pn_str *ret_text);

/* The enhanced status at the head of `text` (RFC 2034, section 4), empty if there is none. */
pn_str pn_smtp_status(pn_str text);

void pn_smtp_answer_of(const pn_smtp_reply *reply, pn_smtp_answer *ret_answer);
/* Our own words, with a status. */
pn_smtp_answer pn_smtp_answer_own(const char *status, const char *text);

/* The name under which the server took a message, found in the answer to its final dot in the
 * wording of Postfix, Exim, Sendmail, Exchange and Amazon SES; empty when there is none. */
void pn_smtp_queue_id(const pn_smtp_answer *answer, char out[PN_SMTP_QUEUE_ID_SIZE]);

#endif
