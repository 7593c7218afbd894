/* Dialling: from a list of addresses to one connected socket.
 *
 * RFC 8305 ("happy eyeballs"), section 5: the addresses are tried in order, the next one a quarter
 * of a second after the last or as soon as that failed; the first connection wins and the others
 * are closed. */
#ifndef PN_NET_DIAL_H
#define PN_NET_DIAL_H

#include "net/address.h"
#include "net/loop.h"

typedef struct pn_dial pn_dial;

typedef struct {
    pn_dial *dial;
    size_t index;
    pn_watch watch;
} pn_dial_try;

/* Lives in its owner, must not move while it dials; a zeroed one is idle. */
struct pn_dial {
    /* The socket (non-blocking, without delay of small packets) and the address it reached, or -1
     * with the errno of the last failure. Not called from within `pn_dial_start`. */
    void (*fn)(void *context, int fd, const pn_address *peer, int error);
    void *context;
    pn_loop *loop;
    pn_addresses addresses;
    size_t next, open;
    pn_dial_try tries[PN_ADDRESSES_MAX];
    pn_timer timer;
    int64_t until_ticks;
    int error;
};

/* Dials for at most PN_LIMIT_CONNECT_SECONDS. */
void pn_dial_start(pn_dial *dial, pn_loop *loop, const pn_addresses *addresses);
/* `fn` is not called any more. */
void pn_dial_stop(pn_dial *dial);

#endif
