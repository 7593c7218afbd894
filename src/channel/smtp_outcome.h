/* What a mail server's answer means for the message: one pure function over three tables, used for
 * live replies and, later, for reports (DSN) about a recipient.
 *
 * The enhanced status (RFC 3463, RFC 5248 and the codes large providers add) decides first, then
 * the reply code (RFC 5321), then the text, which is asked only where a status or code is used for
 * opposite things in practice. In doubt the sender or the message is blamed rather than the
 * address, because a blamed address is not used again. */
#ifndef PN_CHANNEL_SMTP_OUTCOME_H
#define PN_CHANNEL_SMTP_OUTCOME_H

#include "channel/channel.h"
#include "net/smtp.h"

/* What the answer was about. */
typedef enum {
    PN_SMTP_ABOUT_SESSION,   /* greeting, EHLO, TLS, login: nothing about one message */
    PN_SMTP_ABOUT_SENDER,    /* MAIL */
    PN_SMTP_ABOUT_RECIPIENT, /* RCPT, and a report about a recipient */
    PN_SMTP_ABOUT_MESSAGE,   /* DATA, the content */
} pn_smtp_about;

/* `code` is 0 and `status` empty where unknown. About a session it is RETRY or SENDER_PROBLEM.
 * Where the classes of status and code contradict each other the code's counts, but a temporary
 * status makes a permanent code temporary. */
pn_send_outcome pn_smtp_outcome(pn_smtp_about about, unsigned code, pn_str status, pn_str text);

/* Why a message with that outcome was refused, or a session did not come about, at that stage. */
pn_cause pn_smtp_cause(pn_smtp_stage stage, pn_send_outcome outcome, unsigned code, pn_str status);

#endif
