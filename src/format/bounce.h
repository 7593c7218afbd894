/* What a mail that came back means: a bounce, a complaint, an automatic reply, or a person.
 *
 *   RFC 3464  delivery status notifications    RFC 5965  feedback reports (complaints)
 *   RFC 3463  enhanced status codes            RFC 3834  automatic replies
 *
 * Evidence is weighed in this order: the status that the remote server stated; what its sentence
 * says where the status is a general one (5.0.0) or contradicts it; its three-digit reply.
 * docs/decisions/inbound-mail.md says why. The work is linear in the size of the mail. */
#ifndef PN_FORMAT_BOUNCE_H
#define PN_FORMAT_BOUNCE_H

#include "format/mail.h"

typedef enum {
    PN_MAIL_HARD,       /* the address does not exist or never will again: suppress it */
    PN_MAIL_SOFT,       /* full, too large, unreachable, delayed …: it may work another time */
    PN_MAIL_POLICY,     /* they refuse us, not the address: our reputation, authentication, rate */
    PN_MAIL_COMPLAINT,  /* the recipient called it spam, or opted out by a feedback report */
    PN_MAIL_AUTO_REPLY, /* nobody read it: vacation, ticket received */
    PN_MAIL_REPLY,      /* a person wrote */
    PN_MAIL_OTHER,      /* delivered, expanded, a newsletter … */
} pn_mail_class;

enum { PN_MAIL_CLASSES = PN_MAIL_OTHER + 1 };

/* "hard", "soft", "policy", "complaint", "auto_reply", "reply", "other". */
const char *pn_mail_class_name(pn_mail_class class);

/* One address that the report speaks about. */
typedef struct {
    pn_str address; /* as written; empty when the report hides it */
    pn_mail_class class;
    pn_str status;       /* "5.1.1"; "5.0.911" when derived; empty where there is none at all */
    bool status_derived; /* no server said it: x.0.9yy, made from the reason (format/bounce_reason)
                          */
    pn_str reply;        /* "550", the three digits of SMTP; may be empty */
    pn_str reason;       /* a word of format/bounce_reason.h: "userunknown" … */
    pn_str diagnostic;   /* what the server said, on one line; may be empty */
} pn_mail_recipient;

typedef struct {
    pn_mail_class class; /* the gravest of the recipients' */
    pn_str status;       /* of the recipient that decided `class` */
    pn_str reason;       /* the same; "vacation" …; empty for a reply */
    pn_str diagnostic;   /* the same */
    const pn_mail_recipient *recipients;
    size_t recipient_count;
    pn_str message_id;  /* of this mail; without brackets, as all identifiers here */
    pn_str original_id; /* of the mail of ours that came back; may be empty */
    pn_str from;        /* the address in From, else in Return-Path or the envelope */
    pn_str from_name;
    pn_str subject;
    const pn_str *sent_to; /* addresses this mail was sent to, of the envelope first: VERP */
    size_t sent_to_count;
    const pn_str *references; /* In-Reply-To, then References, the newest first */
    size_t reference_count;
} pn_mail_finding;

/* Every mail has a class: there is nothing to fail. The finding borrows from the mail and
 * `arena`. */
void pn_mail_classify(const pn_mail *mail, pn_arena *arena, pn_mail_finding *ret_finding);

#endif
