/* Network addresses as values, and what kind of place an address is.
 *
 * The kind decides what may be connected to (DESIGN, section 12: SSRF is checked at connect, not
 * when a name is entered, because a name can be pointed elsewhere afterwards). */
#ifndef PN_NET_ADDRESS_H
#define PN_NET_ADDRESS_H

#include "base/str.h"

typedef struct {
    uint8_t family; /* 4 or 6 */
    uint16_t port;
    uint8_t ip[16]; /* network order; IPv4 uses the first four */
} pn_address;

enum { PN_ADDRESSES_MAX = 8, PN_ADDRESS_TEXT_SIZE = 64 };

typedef struct {
    pn_address items[PN_ADDRESSES_MAX];
    size_t count;
} pn_addresses;

/* Bits, so that a policy is a set of them. */
typedef enum {
    PN_NET_PUBLIC = 1,
    PN_NET_PRIVATE = 2,  /* RFC 1918, RFC 4193, RFC 6598, RFC 2544 */
    PN_NET_LOOPBACK = 4, /* 127/8, ::1 */
    /* Link-local (where clouds keep their metadata service), multicast, unspecified, reserved,
     * documentation: never connected to. */
    PN_NET_UNUSABLE = 8,
    PN_NET_NONE = 16, /* for a policy that allows nothing: no address is of it */
} pn_net_kind;

/* An IPv4 or IPv6 address without port and brackets. */
bool pn_address_parse(pn_str text, uint16_t port, pn_address *ret_address);

/* By the IANA special-purpose registries. An IPv6 address that carries an IPv4 one (mapped, NAT64
 * of RFC 6052, 6to4) is of the kind of what it carries. */
pn_net_kind pn_address_kind(const pn_address *address);
const char *pn_net_kind_name(pn_net_kind kind);

/* "192.0.2.1:25", "[2001:db8::1]:25"; returns `out`. */
const char *pn_address_text(const pn_address *address, char out[PN_ADDRESS_TEXT_SIZE]);
/* "[192.0.2.1]", "[IPv6:2001:db8::1]": an address literal (RFC 5321, section 4.1.3). */
const char *pn_address_literal(const pn_address *address, char out[PN_ADDRESS_TEXT_SIZE]);

/* Orders alternately by family, beginning with the first one's (RFC 8305, section 4), and keeps
 * the order within a family. */
void pn_addresses_interleave(pn_addresses *addresses);

#endif
