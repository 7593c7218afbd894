/* Where the server listens, and whom it believes. */
#ifndef PN_HTTP_LISTEN_H
#define PN_HTTP_LISTEN_H

#include "base/str.h"

typedef struct {
    char text[80]; /* "127.0.0.1:8080", "[::1]:8080": where it really listens */
    int fd;
} pn_listener;

/* "8080", "127.0.0.1:8080", "[::]:8080", "*:8080"; port 0 takes a free one. With `shared`, several
 * processes of this user may listen on the port (SO_REUSEPORT). A socket that systemd holds for us
 * (LISTEN_FDS) is taken instead. INVALID or IO with a sentence. */
PN_MUST_USE pn_err pn_listen(pn_str where, bool shared, pn_listener *ret_listener, pn_diag *diag);

/* Networks whose X-Forwarded-For and -Proto are believed: "127.0.0.1", "10.0.0.0/8", "::1/128",
 * with commas between. */
enum { PN_NETWORKS_MAX = 16 };
typedef struct {
    struct {
        uint8_t bytes[16]; /* IPv4 as ::ffff:a.b.c.d */
        int bits;
    } items[PN_NETWORKS_MAX];
    size_t count;
} pn_networks;

PN_MUST_USE pn_err pn_networks_parse(pn_str text, pn_networks *ret_networks, pn_diag *diag);
/* An address as text; false for what is none. */
bool pn_networks_have(const pn_networks *networks, pn_str client);

/* An address as text, as 16 bytes (IPv4 as ::ffff:a.b.c.d); `ret_bits` is how many are its own. */
bool pn_address_read(pn_str text, uint8_t bytes[16], int *ret_bits);
/* A network, or an address alone: `ret_bits` of the 16 bytes are the network's. */
bool pn_network_read(pn_str text, uint8_t bytes[16], int *ret_bits);

/* The client's address: the peer's own unless it is a trusted proxy's, then the last one in the
 * list that no trusted proxy has. */
pn_str pn_forwarded_for(const pn_networks *trusted, pn_str peer, pn_str forwarded);

#endif
