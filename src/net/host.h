/* A host to connect to: its name or address, its port, and the addresses the name has now.
 *
 * getaddrinfo blocks and cannot be given up, so it runs in a thread of its own that touches
 * nothing but its own request and reports through an eventfd; who waits is told within
 * PN_LIMIT_RESOLVE_SECONDS whatever that thread does, and a host never has more than one such
 * thread. c-ares was rejected: it would not read /etc/hosts and nsswitch.conf as the rest of the
 * machine does. Answers are kept for a minute. */
#ifndef PN_NET_HOST_H
#define PN_NET_HOST_H

#include "net/address.h"
#include "net/loop.h"

typedef struct pn_host pn_host;

/* `name` is a host name, or an address without brackets. `allowed` is a set of pn_net_kind:
 * addresses of another kind are left out, and a host with no other is DENIED. */
pn_host *pn_host_new(pn_loop *loop, pn_str name, uint16_t port, unsigned allowed);
/* Nobody may be waiting any more. NULL accepted. */
void pn_host_free(pn_host *host);

const char *pn_host_name(const pn_host *host);
/* True when the name alone says that it is this machine: "localhost" or a loopback address. */
bool pn_host_is_loopback(pn_str name);

/* Somebody who waits for the addresses; lives in its owner. `fn` gets NOT_FOUND when there is no
 * such name, IO when the name could not be looked up now, DENIED when every address is of a kind
 * not allowed; `addresses` only with OK. It may be called from within `pn_host_lookup`, and must
 * not look up again itself. */
typedef struct pn_host_waiter pn_host_waiter;
struct pn_host_waiter {
    void (*fn)(void *context, pn_err err, const pn_addresses *addresses, const pn_diag *diag);
    void *context;
    int64_t until_ticks;
    pn_host_waiter *next;
    bool waiting;
};

void pn_host_lookup(pn_host *host, pn_host_waiter *waiter);
/* `fn` is not called any more. */
void pn_host_cancel(pn_host *host, pn_host_waiter *waiter);
/* None of the addresses answered: look them up anew next time. */
void pn_host_forget(pn_host *host);

#endif
