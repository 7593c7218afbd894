/* An SMTP client session (RFC 5321) without a socket: replies go in, commands come out.
 *
 * The owner moves the bytes and tells how many of them the system has taken; so every order of
 * events can be tested without a network, and the session knows exactly whether a final dot may
 * have reached the server. Spoken: PIPELINING (RFC 2920), SIZE (1870), 8BITMIME (6152), SMTPUTF8
 * (6531), ENHANCEDSTATUSCODES (2034), STARTTLS (3207), AUTH PLAIN, LOGIN, XOAUTH2 (4954, 4616).
 *
 * One message has one recipient. Where the server pipelines, the next message's MAIL, RCPT and
 * DATA follow the dot of the one before in the same piece (RFC 2920, section 3.1 allows content as
 * the first command of a group, and DATA as its last); so a message costs one round trip. The
 * rules that follow from that:
 *
 * - Replies belong to commands in order; one that comes before its command was sent is no reply.
 *   Only a refusal while content is being sent is taken, and ends the session.
 * - RCPT refused, DATA accepted (354): a lone dot ends the transaction, its answer counts for
 *   nothing. RCPT refused, DATA refused: RSET goes before the next MAIL.
 * - A refusal stands from its reply on, whatever happens to the connection later.
 * - 421 ends the session after the command that it answers. */
#ifndef PN_NET_SMTP_H
#define PN_NET_SMTP_H

#include "net/smtp_auth.h"
#include "net/smtp_message.h"
#include "net/smtp_reply.h"

typedef struct pn_smtp pn_smtp;

typedef enum {
    PN_SMTP_STARTTLS_NEVER,
    PN_SMTP_STARTTLS_OPPORTUNISTIC, /* if the server offers it */
    PN_SMTP_STARTTLS_REQUIRED,
} pn_smtp_starttls;

/* Borrowed by the session. */
typedef struct {
    pn_str helo; /* our name; empty: the address literal given to pn_smtp_begin */
    pn_smtp_starttls starttls;
    pn_smtp_auth auth;
    pn_str user, secret;
    bool auth_in_clear;    /* the secret may be sent unsecured (only ever over loopback) */
    uint32_t messages_max; /* over one connection; then QUIT */
} pn_smtp_options;

/* What a reply was the answer to. */
typedef enum {
    PN_SMTP_STAGE_GREETING,
    PN_SMTP_STAGE_HELLO,
    PN_SMTP_STAGE_TLS,
    PN_SMTP_STAGE_AUTH,
    PN_SMTP_STAGE_MAIL,
    PN_SMTP_STAGE_RCPT,
    PN_SMTP_STAGE_DATA,
    PN_SMTP_STAGE_CONTENT,
} pn_smtp_stage;

/* Called from within pn_smtp_advance, _receive and _end. */
typedef struct {
    /* A message to send, checked and valid until it was answered or lost; NULL: none now. */
    pn_smtp_message *(*next)(void *context);
    /* The server's word on it. Stage CONTENT with a code 2xx: accepted. */
    void (*answered)(void *context, pn_smtp_message *message, pn_smtp_stage stage,
                     const pn_smtp_answer *answer);
    /* The session ended without one. `transmitted`: the final dot may have reached the server, so
     * the message may have been accepted; else it certainly was not. */
    void (*lost)(void *context, pn_smtp_message *message, bool transmitted);
} pn_smtp_owner;

typedef enum {
    PN_SMTP_OPENING,   /* up to the last reply before the first message */
    PN_SMTP_WANTS_TLS, /* secure the connection, then call pn_smtp_secured */
    PN_SMTP_READY,     /* sending, or waiting for something to send */
    PN_SMTP_QUITTING,  /* QUIT is on its way */
    PN_SMTP_ENDED,     /* close the connection, then call pn_smtp_end */
} pn_smtp_state;

/* `owner` and `options` must outlive it. */
pn_smtp *pn_smtp_new(const pn_smtp_options *options, const pn_smtp_owner *owner, void *context);
/* NULL accepted. */
void pn_smtp_free(pn_smtp *smtp);

/* A connection is open and the server will greet; `secured` if it is TLS already. What was before
 * is forgotten (and was ended by pn_smtp_end). */
void pn_smtp_begin(pn_smtp *smtp, bool secured, pn_str address_literal);
void pn_smtp_secured(pn_smtp *smtp);

/* Takes the whole replies at the head of `input`, and tells how many bytes they were. `sent_bytes`
 * of what pn_smtp_advance wrote have been handed to the system. INVALID or LIMIT when the server
 * does not speak SMTP; the session has ended then. */
PN_MUST_USE pn_err pn_smtp_receive(pn_smtp *smtp, pn_str input, uint64_t sent_bytes,
                                   size_t *ret_consumed);

/* Appends to `out` what can be sent now, about `room` bytes (it may be a line more). */
void pn_smtp_advance(pn_smtp *smtp, pn_buf *out, size_t room);

/* No further message: QUIT once the ones under way are answered. */
void pn_smtp_quit(pn_smtp *smtp);

/* The connection is gone or must go: tells what is lost. */
void pn_smtp_end(pn_smtp *smtp, uint64_t sent_bytes);

pn_smtp_state pn_smtp_state_of(const pn_smtp *smtp);
/* A reply is outstanding, or content is being sent. */
bool pn_smtp_is_busy(const pn_smtp *smtp);
/* Messages the server accepted since pn_smtp_begin. */
uint32_t pn_smtp_accepted(const pn_smtp *smtp);
/* Why the session ended before it was ready, or with a 421; NULL when the server gave no reason. */
const pn_smtp_answer *pn_smtp_reason(const pn_smtp *smtp, pn_smtp_stage *ret_stage);

#endif
