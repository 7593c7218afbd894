/* DKIM signatures (RFC 6376) over what leaves: RSA by libopendkim, Ed25519 by our own code
 * (codec/dkim_ed25519.h says why).
 *
 * relaxed/relaxed, so that a relay that folds a header anew or trims a line breaks nothing. From is
 * signed once more than it occurs: a second one put before it makes the signature wrong. Several
 * keys give several signatures over the same message, each verified by whoever knows its algorithm.
 * What is signed is our own writing, so the library works within the program and not in a helper.
 *
 * RSA-2048 costs about a millisecond of processor per message; two threads sign while the caller
 * goes on writing. They start with the first message: without keys there is no signer and no cost.
 * A signer belongs to one thread. */
#ifndef PN_CODEC_DKIM_H
#define PN_CODEC_DKIM_H

#include "base/buf.h"
#include "base/time.h"

enum { PN_DKIM_KEYS_MAX = 4 };

typedef struct {
    pn_str domain;   /* d=, in its ASCII form */
    pn_str selector; /* s= */
    pn_str pem;      /* private key, RSA or Ed25519 */
} pn_dkim_key;

typedef struct pn_dkim pn_dkim;

/* Checks and copies the keys; the copies are wiped with the signer. INVALID with a sentence for a
 * name that is none, a text that is no private key, one of another algorithm, and RSA of less than
 * 1024 bits. */
PN_MUST_USE pn_err pn_dkim_new(const pn_dkim_key *keys, size_t count, pn_dkim **ret_dkim,
                               pn_diag *diag);
/* Waits for what is being signed. NULL accepted. */
void pn_dkim_free(pn_dkim *dkim);

/* One message on its way through the signer. It must not move until it is done. */
typedef struct pn_dkim_job {
    struct pn_dkim_job *next;
    pn_str message; /* whole, CRLF line ends; borrowed until done */
    pn_time signed_at;
    pn_buf fields; /* the DKIM-Signature fields, to stand before the message */
    pn_err err;
    bool done;
} pn_dkim_job;

/* Gives a message to the threads. `signed_at` is the time the signatures name. */
void pn_dkim_begin(pn_dkim *dkim, pn_dkim_job *job, pn_str message, pn_time signed_at);
/* Waits until the job is done. IO when the message could not be signed; the fields are then empty.
 * The caller frees them (pn_buf_done) in any case. */
PN_MUST_USE pn_err pn_dkim_end(pn_dkim *dkim, pn_dkim_job *job);

/* ── keys ── */

typedef enum { PN_DKIM_RSA, PN_DKIM_ED25519 } pn_dkim_type;

/* A new pair, 2048 bits for RSA: the private key as PEM (PKCS #8), the public one as it stands in
 * p= of the DNS record. Both on the heap of the buffers, which the caller frees. */
PN_MUST_USE pn_err pn_dkim_generate(pn_dkim_type type, pn_buf *private_pem, pn_buf *public_base64,
                                    pn_diag *diag);

/* True for a domain of letters, digits and hyphens between dots, at most 253 bytes, and for a
 * selector, which has the same form. */
bool pn_dkim_is_name(pn_str name);

#endif
