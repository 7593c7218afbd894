#include "net/address.h"

#include <arpa/inet.h>
#include <stdio.h>

#include "base/banned.h"

typedef struct {
    uint8_t prefix[12];
    uint8_t bits;
    pn_net_kind kind;
} range;

/* RFC 6890 and its registry; what is in no row is public. */
static const range RANGES4[] = {
    {{0}, 8, PN_NET_UNUSABLE},            /* this network */
    {{10}, 8, PN_NET_PRIVATE},            /* RFC 1918 */
    {{100, 64}, 10, PN_NET_PRIVATE},      /* carrier-grade NAT, RFC 6598 */
    {{127}, 8, PN_NET_LOOPBACK},          /* RFC 1122 */
    {{169, 254}, 16, PN_NET_UNUSABLE},    /* link-local, RFC 3927 */
    {{172, 16}, 12, PN_NET_PRIVATE},      /* RFC 1918 */
    {{192, 0, 0}, 24, PN_NET_UNUSABLE},   /* protocol assignments, RFC 6890 */
    {{192, 0, 2}, 24, PN_NET_UNUSABLE},   /* documentation, RFC 5737 */
    {{192, 88, 99}, 24, PN_NET_UNUSABLE}, /* 6to4 relays, RFC 7526 */
    {{192, 168}, 16, PN_NET_PRIVATE},     /* RFC 1918 */
    {{198, 18}, 15, PN_NET_PRIVATE},      /* benchmarks, RFC 2544 */
    {{198, 51, 100}, 24, PN_NET_UNUSABLE},
    {{203, 0, 113}, 24, PN_NET_UNUSABLE},
    {{224}, 3, PN_NET_UNUSABLE}, /* multicast, reserved, broadcast */
};

/* Global unicast is 2000::/3; outside it only what stands here can be used. */
static const range RANGES6[] = {
    {{0x00, 0x64, 0xff, 0x9b, 0x00, 0x01}, 48, PN_NET_PRIVATE}, /* local NAT64, RFC 8215 */
    {{0xfc}, 7, PN_NET_PRIVATE},                                /* unique local, RFC 4193 */
    {{0x20, 0x01, 0x00}, 23, PN_NET_UNUSABLE},                  /* Teredo, ORCHID, benchmarks */
    {{0x20, 0x01, 0x0d, 0xb8}, 32, PN_NET_UNUSABLE},            /* documentation, RFC 3849 */
    {{0x3f, 0xff, 0x00}, 20, PN_NET_UNUSABLE},                  /* documentation, RFC 9637 */
    {{0x20}, 3, PN_NET_PUBLIC},
    {{0x00}, 0, PN_NET_UNUSABLE},
};

static bool in_range(const uint8_t *ip, const range *r) {
    size_t whole = r->bits / 8;
    unsigned rest = r->bits % 8;
    return memcmp(ip, r->prefix, whole) == 0 &&
           (rest == 0 || (ip[whole] ^ r->prefix[whole]) >> (8 - rest) == 0);
}

static pn_net_kind kind4(const uint8_t *ip) {
    for (size_t i = 0; i < PN_COUNT(RANGES4); i++) {
        if (in_range(ip, &RANGES4[i])) {
            return RANGES4[i].kind;
        }
    }
    return PN_NET_PUBLIC;
}

pn_net_kind pn_address_kind(const pn_address *address) {
    static const uint8_t loopback[16] = {[15] = 1};
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    static const uint8_t nat64[12] = {0x00, 0x64, 0xff, 0x9b};
    const uint8_t *ip = address->ip;
    if (address->family == 4) {
        return kind4(ip);
    }
    if (memcmp(ip, loopback, sizeof loopback) == 0) {
        return PN_NET_LOOPBACK;
    }
    if (memcmp(ip, mapped, sizeof mapped) == 0 || memcmp(ip, nat64, sizeof nat64) == 0) {
        return kind4(ip + 12);
    }
    if (ip[0] == 0x20 && ip[1] == 0x02) {
        return kind4(ip + 2);
    }
    for (size_t i = 0; i < PN_COUNT(RANGES6); i++) {
        if (in_range(ip, &RANGES6[i])) {
            return RANGES6[i].kind;
        }
    }
    return PN_NET_UNUSABLE;
}

const char *pn_net_kind_name(pn_net_kind kind) {
    switch (kind) {
    case PN_NET_PUBLIC: return "public";
    case PN_NET_PRIVATE: return "private";
    case PN_NET_LOOPBACK: return "loopback";
    case PN_NET_UNUSABLE: return "link-local or reserved";
    case PN_NET_NONE: break;
    }
    return "unknown";
}

bool pn_address_parse(pn_str text, uint16_t port, pn_address *ret_address) {
    char z[INET6_ADDRSTRLEN + 1];
    if (text.len == 0 || text.len >= sizeof z || memchr(text.ptr, '\0', text.len) != NULL) {
        return false;
    }
    memcpy(z, text.ptr, text.len);
    z[text.len] = '\0';
    pn_address address = {.port = port};
    if (inet_pton(AF_INET, z, address.ip) == 1) {
        address.family = 4;
    } else if (inet_pton(AF_INET6, z, address.ip) == 1) {
        address.family = 6;
    } else {
        return false;
    }
    *ret_address = address;
    return true;
}

static const char *ip_text(const pn_address *address, char out[INET6_ADDRSTRLEN]) {
    int family = address->family == 4 ? AF_INET : AF_INET6;
    const char *text = inet_ntop(family, address->ip, out, INET6_ADDRSTRLEN);
    return text == NULL ? "" : text;
}

const char *pn_address_text(const pn_address *address, char out[PN_ADDRESS_TEXT_SIZE]) {
    char ip[INET6_ADDRSTRLEN];
    (void)snprintf(out, PN_ADDRESS_TEXT_SIZE, address->family == 4 ? "%s:%u" : "[%s]:%u",
                   ip_text(address, ip), (unsigned)address->port);
    return out;
}

const char *pn_address_literal(const pn_address *address, char out[PN_ADDRESS_TEXT_SIZE]) {
    char ip[INET6_ADDRSTRLEN];
    (void)snprintf(out, PN_ADDRESS_TEXT_SIZE, address->family == 4 ? "[%s]" : "[IPv6:%s]",
                   ip_text(address, ip));
    return out;
}

void pn_addresses_interleave(pn_addresses *addresses) {
    pn_addresses mixed = {0};
    size_t next[2] = {0, 0};
    uint8_t families[2] = {addresses->items[0].family, 0};
    families[1] = families[0] == 4 ? 6 : 4;
    for (unsigned turn = 0; mixed.count < addresses->count; turn ^= 1) {
        while (next[turn] < addresses->count &&
               addresses->items[next[turn]].family != families[turn]) {
            next[turn]++;
        }
        if (next[turn] < addresses->count) {
            mixed.items[mixed.count++] = addresses->items[next[turn]++];
        }
    }
    *addresses = mixed;
}
