/* A buffered client connection: TCP, with TLS from the start or from any later point.
 *
 * Everything that happens is told by one callback from within the loop; nothing is told from
 * within a call of the owner. Bytes to send are appended to a buffer and handed to the system by
 * `pn_conn_flush`; `pn_conn_sent_bytes` counts what the system has taken, so that a protocol knows
 * what the peer cannot have seen yet. */
#ifndef PN_NET_CONN_H
#define PN_NET_CONN_H

#include "base/buf.h"
#include "net/host.h"
#include "net/tls.h"

typedef struct pn_conn pn_conn;

typedef enum {
    PN_CONN_OPENED,  /* connected; secured too, if TLS was asked for from the start */
    PN_CONN_SECURED, /* the handshake of pn_conn_start_tls succeeded */
    PN_CONN_DATA,    /* pn_conn_in has more bytes */
    PN_CONN_ROOM,    /* what had to wait was sent */
    PN_CONN_CLOSED,  /* the peer ended it; what it sent before has been told */
    PN_CONN_FAILED,  /* it could not be opened, or broke; pn_conn_error says how */
} pn_conn_event;

/* In the callback the owner may do anything but free or open the connection. */
typedef void pn_conn_fn(void *context, pn_conn_event event);

/* `in_max` bounds what was received and not consumed, `out_max` what was written and not sent. */
pn_conn *pn_conn_new(pn_loop *loop, size_t in_max, size_t out_max, pn_conn_fn *fn, void *context);
/* Closes it too. NULL accepted. */
void pn_conn_free(pn_conn *conn);

/* Looks up and dials `host`, and secures it at once when `tls` is given. Host and tls must outlive
 * the connection. It must be closed before. */
void pn_conn_open(pn_conn *conn, pn_host *host, pn_tls *tls);
/* Secures an open connection (STARTTLS). Nothing may be waiting to be sent; what was received and
 * not consumed is the owner's mistake, as it came unsecured. */
void pn_conn_start_tls(pn_conn *conn, pn_tls *tls);
/* Drops it at once; what was not sent never will be. Nothing is told. */
void pn_conn_close(pn_conn *conn);

bool pn_conn_is_open(const pn_conn *conn);
bool pn_conn_is_secure(const pn_conn *conn);

/* Why it failed: NOT_FOUND no such host, DENIED an address that may not be used or an untrusted
 * certificate, LIMIT more input than `in_max`, IO everything else. */
pn_err pn_conn_error(const pn_conn *conn);
const pn_diag *pn_conn_diag(const pn_conn *conn);

/* Our own address; valid once opened. */
pn_address pn_conn_local(const pn_conn *conn);

/* What was received and not consumed. Valid until the callback returns. */
pn_str pn_conn_in(const pn_conn *conn);
void pn_conn_consume(pn_conn *conn, size_t size);

/* Where to append; and how much waits there. */
pn_buf *pn_conn_out(pn_conn *conn);
size_t pn_conn_unsent(const pn_conn *conn);
/* Sends what can be sent now; the rest follows by itself, and ROOM tells when it is gone. A broken
 * connection is told by the callback later, not from here. */
void pn_conn_flush(pn_conn *conn);
/* Bytes of the protocol handed to the system since it was opened. */
uint64_t pn_conn_sent_bytes(const pn_conn *conn);

#endif
