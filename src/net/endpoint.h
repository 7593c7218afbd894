/* Where to connect to, as people write it behind the :// of a URL: "mail.example.com:587",
 * "192.0.2.1", "[2001:db8::1]:993". Pure. */
#ifndef PN_NET_ENDPOINT_H
#define PN_NET_ENDPOINT_H

#include "base/arena.h"
#include "base/str.h"

/* Letters, digits, points, hyphens and underscores; no leading point or hyphen. */
bool pn_is_host_name(pn_str name);

/* The host (borrowed, without brackets); the port only when one is written. Else a sentence that
 * says what is wrong. */
const char *pn_endpoint_parse(pn_str text, pn_str *ret_host, uint16_t *ret_port);

/* The same the other way round: an IPv6 address gets its brackets; port 0 is left out. */
pn_str pn_endpoint_url(const char *scheme, pn_str host, int64_t port, pn_arena *arena);

#endif
