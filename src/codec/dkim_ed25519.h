/* A DKIM signature by Ed25519 (RFC 8463), relaxed/relaxed (RFC 6376, section 3.4).
 *
 * libopendkim 2.11, which signs by RSA (codec/dkim.h), knows this algorithm too, but loses its copy
 * of the key with every message: a kilobyte each, which a program that runs for months may not. */
#ifndef PN_CODEC_DKIM_ED25519_H
#define PN_CODEC_DKIM_ED25519_H

#include "base/buf.h"

typedef struct evp_pkey_st EVP_PKEY;

typedef struct {
    EVP_PKEY *key; /* Ed25519, private; may be used by several threads */
    pn_str domain, selector;
    int64_t seconds;           /* t= */
    const char *const *fields; /* lower-case names of what is signed where it occurs, ended by NULL;
                                  the first must occur, and is signed once more than it does */
} pn_dkim_ed25519;

/* Appends the DKIM-Signature field of the message (CRLF line ends) to `out`. False when the first
 * field is missing, memory ran out or OpenSSL refuses. */
bool pn_dkim_ed25519_sign(const pn_dkim_ed25519 *with, pn_str message, pn_buf *out);

#endif
