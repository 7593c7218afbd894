/* Texts that stand in the DNS (TXT records), asked of the machine's own resolver. Blocks for some
 * seconds at most: for threads that may. */
#ifndef PN_NET_DNS_H
#define PN_NET_DNS_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum { PN_DNS_TEXTS_MAX = 32 };

/* The texts of a name, each with its strings joined, on the arena; at most PN_DNS_TEXTS_MAX. OK
 * with none where the name has none or is none. IO where no resolver answers. */
PN_MUST_USE pn_err pn_dns_texts(pn_str name, pn_arena *arena, pn_str **ret_texts,
                                size_t *ret_count);

/* The same from an answer as it came (RFC 1035, 4.1); CORRUPT where it is none. */
PN_MUST_USE pn_err pn_dns_read_texts(const uint8_t *answer, size_t size, pn_arena *arena,
                                     pn_str **ret_texts, size_t *ret_count);

#endif
