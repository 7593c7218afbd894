/* An IMAP client session (IMAP4rev1, RFC 3501) without a socket: it brings in the mail of one
 * folder, oldest first, and can wait for more.
 *
 * Responses go in, commands come out; the owner moves the bytes, so every order of events can be
 * tested without a network. Spoken: STARTTLS, LOGIN, AUTHENTICATE PLAIN and XOAUTH2 (SASL-IR, RFC
 * 4959, where offered), SELECT, UID SEARCH, UID FETCH, UID STORE, MOVE (6851) or COPY with UIDPLUS
 * (4315), IDLE (2177) or NOOP.
 *
 * What holds:
 * - A mail is only marked or moved after its owner said that it is stored. What happens to the
 *   connection later loses nothing: the owner remembers the UID, and a mail that comes again is the
 *   owner's to recognize.
 * - Mail is asked for by BODY.PEEK, so that being looked at changes nothing.
 * - A mail larger than the owner takes comes as its header, with `whole` false, and stays as it is
 *   on the server; so does one that the server cannot give, without any bytes.
 * - Replies are found by their tags, for a server may answer out of order. */
#ifndef PN_NET_IMAP_H
#define PN_NET_IMAP_H

#include "net/smtp.h"

typedef struct pn_imap pn_imap;

/* Borrowed by the session. */
typedef struct {
    pn_str user, secret;
    pn_smtp_auth auth; /* AUTO: PLAIN, else the command LOGIN; LOGIN: that command */
    pn_smtp_starttls starttls;
    bool auth_in_clear; /* the secret may be sent unsecured (only ever over loopback) */
    pn_str folder;      /* UTF-8; empty: INBOX */
    pn_str processed;   /* the folder to move stored mail to; empty: it stays and is marked read */
    uint32_t uid_validity, last_uid; /* where an earlier session ended; 0: nowhere */
    pn_str since;   /* of a folder never seen: only mail from that day on, "1-Mar-2026"; or empty */
    bool look_only; /* open the folder, count, and log out */
    bool wait;      /* stay for more mail */
    uint32_t mail_bytes_max;
} pn_imap_options;

typedef struct {
    uint32_t uid_validity, uid;
    uint32_t size;
    bool whole; /* false: `bytes` is its header alone, for the mail is too large */
    pn_str bytes;
} pn_imap_mail;

/* Called from within pn_imap_receive. */
typedef struct {
    void (*opened)(void *context, uint32_t uid_validity, uint32_t mails);
    /* Borrowed until it returns. Anything but OK ends the session, and the mail stays as it is. */
    pn_err (*mail)(void *context, const pn_imap_mail *mail);
} pn_imap_owner;

typedef enum {
    PN_IMAP_WORKING,
    PN_IMAP_WANTS_TLS, /* secure the connection, then call pn_imap_secured */
    PN_IMAP_WAITING,   /* all mail is in; call pn_imap_look_again now and then */
    PN_IMAP_ENDED,     /* close the connection */
} pn_imap_state;

/* `owner` and `options` must outlive it. */
pn_imap *pn_imap_new(const pn_imap_options *options, const pn_imap_owner *owner, void *context);
/* NULL accepted. */
void pn_imap_free(pn_imap *imap);

/* A connection is open and the server will greet; `secured` if it is TLS already. */
void pn_imap_begin(pn_imap *imap, bool secured);
void pn_imap_secured(pn_imap *imap);

/* Takes the whole responses at the head of `input`, and tells how many bytes they were. What is no
 * IMAP ends the session. */
void pn_imap_receive(pn_imap *imap, pn_str input, size_t *ret_consumed);
/* Appends to `out` what can be sent now. */
void pn_imap_advance(pn_imap *imap, pn_buf *out);
/* While WAITING: ends the waiting and looks for mail that nobody told of. */
void pn_imap_look_again(pn_imap *imap);
/* Log out as soon as what is under way is done. */
void pn_imap_logout(pn_imap *imap);

pn_imap_state pn_imap_state_of(const pn_imap *imap);
/* Replies are outstanding: there is a limit to waiting for them. */
bool pn_imap_is_busy(const pn_imap *imap);
/* While WAITING: the server tells of new mail by itself. */
bool pn_imap_is_idle(const pn_imap *imap);
/* How an ended session ended: OK after a logout; DENIED the login was refused; NOT_FOUND no such
 * folder; INVALID, LIMIT or IO; or what the owner said. The diag has the sentence. */
pn_err pn_imap_result(const pn_imap *imap, pn_diag *ret_diag);
/* What could not be done, though all mail was stored (moving, marking); NULL for nothing. */
const pn_diag *pn_imap_trouble(const pn_imap *imap);

/* A folder's name as IMAP writes it: modified UTF-7 (RFC 3501, section 5.1.3). INVALID when it is
 * not UTF-8 or has control characters. */
PN_MUST_USE pn_err pn_imap_folder_name(pn_str folder, pn_buf *out);

#endif
