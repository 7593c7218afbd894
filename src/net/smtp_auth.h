/* Logging in to a mail server: AUTH (RFC 4954) with PLAIN (RFC 4616), LOGIN (as everybody speaks
 * it) and XOAUTH2 (as Google and Microsoft document it; the secret is an access token). The
 * responses are IMAP's too. Pure. */
#ifndef PN_NET_SMTP_AUTH_H
#define PN_NET_SMTP_AUTH_H

#include "base/buf.h"

typedef enum {
    PN_SMTP_AUTH_NONE,
    PN_SMTP_AUTH_AUTO, /* PLAIN, else LOGIN */
    PN_SMTP_AUTH_PLAIN,
    PN_SMTP_AUTH_LOGIN,
    PN_SMTP_AUTH_XOAUTH2,
} pn_smtp_auth;

/* Where the exchange stands; a value. */
typedef struct {
    pn_smtp_auth mechanism;
    bool begun;
    unsigned next; /* index of the response to send */
} pn_smtp_sasl;

/* The mechanisms named in an AUTH line of EHLO's answer: a set of bits, 1 << pn_smtp_auth. */
unsigned pn_smtp_sasl_mechanisms(pn_str words);

/* False when the server does not offer what is wanted. */
bool pn_smtp_sasl_begin(pn_smtp_sasl *sasl, pn_smtp_auth wanted, unsigned offered);

/* Appends the next line. The first response goes with the command when both fit into the 512
 * bytes of a command line, else it waits for the challenge (RFC 4954, section 4). */
void pn_smtp_sasl_write(pn_smtp_sasl *sasl, pn_str user, pn_str secret, pn_buf *out);

/* Appends response `index` of a mechanism in base64, as SMTP and IMAP both want it; no line end. */
void pn_sasl_response(pn_smtp_auth mechanism, unsigned index, pn_str user, pn_str secret,
                      pn_buf *out);

/* The server said 334: true when there is something to answer. */
bool pn_smtp_sasl_challenged(const pn_smtp_sasl *sasl);

#endif
