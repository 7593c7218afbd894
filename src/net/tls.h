/* TLS as a client, over OpenSSL.
 *
 * TLS 1.2 or newer; the peer's certificate and name are verified (RFC 6125) unless the options say
 * otherwise. One `pn_tls` belongs to one host and keeps its newest session, so that reconnecting
 * costs no new signature. All of OpenSSL that net uses stands in tls.c. */
#ifndef PN_NET_TLS_H
#define PN_NET_TLS_H

#include "base/str.h"

typedef struct pn_tls pn_tls;
typedef struct pn_tls_stream pn_tls_stream;

typedef struct {
    pn_str ca_file;   /* PEM; trusted instead of the system's authorities. Empty: the system's. */
    bool verify_none; /* accept any certificate; the caller sees to it that the peer is loopback */
} pn_tls_options;

/* `host` is the name to verify, or an address. INVALID when the file of authorities cannot be
 * used. `options` may be NULL. */
PN_MUST_USE pn_err pn_tls_new(const char *host, const pn_tls_options *options, pn_tls **ret_tls,
                              pn_diag *diag);
/* No stream of it may be left. NULL accepted. */
void pn_tls_free(pn_tls *tls);

typedef enum {
    PN_TLS_DONE,
    PN_TLS_WANTS_READ, /* call again when the socket is readable */
    PN_TLS_WANTS_WRITE,
    PN_TLS_CLOSED, /* the peer ended the stream */
    PN_TLS_FAILED, /* the diag says why */
} pn_tls_result;

/* A stream over a connected, non-blocking socket, which stays the caller's. */
PN_MUST_USE pn_err pn_tls_stream_new(pn_tls *tls, int fd, pn_tls_stream **ret_stream);
/* Tells the peer that the stream ends, as far as that does not block. NULL accepted. */
void pn_tls_stream_free(pn_tls_stream *stream);

/* FAILED with `*ret_untrusted` set when the peer's certificate was refused. */
pn_tls_result pn_tls_handshake(pn_tls_stream *stream, bool *ret_untrusted, pn_diag *diag);
pn_tls_result pn_tls_read(pn_tls_stream *stream, void *bytes, size_t size, size_t *ret_len,
                          pn_diag *diag);
/* Bytes counted in `*ret_len` are in records handed to the socket whole; bytes not counted are in
 * no record that the peer could read. After WANTS_… the same bytes (or more) come again. */
pn_tls_result pn_tls_write(pn_tls_stream *stream, const void *bytes, size_t size, size_t *ret_len,
                           pn_diag *diag);

#endif
