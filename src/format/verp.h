/* Addresses that say by themselves which message they are about (VERP), and the tokens of links
 * that do the same.
 *
 *   b+0b8x3k2v7q1zc-7k2m9c4d1e8f5g6h@bounce.example.com      envelope sender: bounces come here
 *   r+…  Reply-To        u+…  opt-out by mail; its part behind the + is also the token of a link
 *
 * Behind the kind stand the id (13 letters of Crockford's base 32) and a MAC over kind and id: the
 * first 80 bits of HMAC-SHA-256 under the organization's key, 16 letters. Without the key nobody
 * can make one, so a bounce that arrives there belongs to a message that we sent. Mail servers may
 * change the case of a local part: any case is read. An id in the address and no table of tokens,
 * because the id is needed anyway and a table would have to be kept as long as mail may bounce. */
#ifndef PN_FORMAT_VERP_H
#define PN_FORMAT_VERP_H

#include "base/id.h"

/* The letter that begins the local part. */
typedef enum { PN_VERP_BOUNCE = 'b', PN_VERP_REPLY = 'r', PN_VERP_OPT_OUT = 'u' } pn_verp_kind;

enum {
    PN_VERP_KEY_BYTES = 32,
    PN_VERP_MAC_LETTERS = 16,
    PN_VERP_TOKEN_LEN = PN_ID_LETTERS + 1 + PN_VERP_MAC_LETTERS,
    PN_VERP_LOCAL_LEN = 2 + PN_VERP_TOKEN_LEN,
};

typedef struct {
    pn_verp_kind kind;
    pn_id id; /* of the carrier */
} pn_verp;

/* The local part, lower case, NUL-terminated. Returns `out`. */
const char *pn_verp_local(const pn_verp *about, pn_str key, char out[PN_VERP_LOCAL_LEN + 1]);
/* The same without kind and plus, for a link. */
const char *pn_verp_token(const pn_verp *about, pn_str key, char out[PN_VERP_TOKEN_LEN + 1]);

/* Reads an address, or its local part alone. INVALID when it has not this form, DENIED when the
 * MAC is not ours; the MACs are compared in constant time. */
PN_MUST_USE pn_err pn_verp_read(pn_str address, pn_str key, pn_verp *ret);
/* Reads the token of a link of this kind. */
PN_MUST_USE pn_err pn_verp_read_token(pn_verp_kind kind, pn_str token, pn_str key, pn_id *ret_id);

#endif
