/* Hashes: SHA-256 (FIPS 180-4) for proof, a fast 64-bit hash for tables and repeatable choices.
 *
 * SHA-256 stands here and not in a library because the pure core and the audit need it without a
 * dependency, and because sealing an event at nightly speed wants the one-block path without
 * OpenSSL's per-call set-up; it uses the processor's SHA instructions where it has them. */
#ifndef PN_BASE_HASH_H
#define PN_BASE_HASH_H

#include "base/str.h"

enum { PN_SHA256_BYTES = 32 };

typedef struct {
    uint8_t bytes[PN_SHA256_BYTES];
} pn_sha256;

typedef struct {
    uint32_t state[8];
    uint64_t total_bytes;
    uint8_t block[64];
    size_t block_len;
} pn_sha256_ctx;

void pn_sha256_begin(pn_sha256_ctx *ctx);
void pn_sha256_add(pn_sha256_ctx *ctx, const void *bytes, size_t size);
pn_sha256 pn_sha256_end(pn_sha256_ctx *ctx);
pn_sha256 pn_sha256_of(const void *bytes, size_t size);

/* HMAC-SHA-256 (RFC 2104). */
pn_sha256 pn_hmac_sha256(pn_str key, pn_str message);
/* The same with a key that was made ready, which is half the work of a short message; the message
 * may come in pieces. */
typedef struct {
    pn_sha256_ctx inner, outer;
} pn_hmac_key;
pn_hmac_key pn_hmac_key_of(pn_str key);
pn_sha256 pn_hmac_with(const pn_hmac_key *key, const pn_str *pieces, size_t count);

/* Lower-case hex, NUL-terminated. */
void pn_hex(const uint8_t *bytes, size_t size, char *out);

/* A 64-bit hash that will never change: choices such as split arms are derived from it and must
 * come out the same in every release. Not for adversarial keys. */
uint64_t pn_hash64(const void *bytes, size_t size, uint64_t seed);
static inline uint64_t pn_hash64_str(pn_str text, uint64_t seed) {
    return pn_hash64(text.ptr, text.len, seed);
}
/* Finalizer of splitmix64: a bijection that spreads all bits. */
static inline uint64_t pn_mix64(uint64_t x) {
    x ^= x >> 30;
    x *= UINT64_C(0xBF58476D1CE4E5B9);
    x ^= x >> 27;
    x *= UINT64_C(0x94D049BB133111EB);
    x ^= x >> 31;
    return x;
}

/* A repeatable stream: randomness is hash(seed, what it is for), never a global generator. */
typedef struct {
    uint64_t state;
} pn_random;

pn_random pn_random_for(uint64_t seed, pn_str purpose);
uint64_t pn_random_next(pn_random *random);
/* Uniform in [0, bound); `bound` must be positive. */
uint64_t pn_random_below(pn_random *random, uint64_t bound);

/* Merkle tree hash of RFC 6962, section 2.1, over leaf data already hashed with the 0x00 prefix
 * (`pn_merkle_leaf`). Folds incrementally: constant memory, at most 64 subtree roots. */
typedef struct {
    pn_sha256 roots[64];
    uint64_t count;
} pn_merkle;

void pn_merkle_begin(pn_merkle *tree);
pn_sha256 pn_merkle_leaf(const void *bytes, size_t size);
void pn_merkle_add(pn_merkle *tree, const pn_sha256 *leaf);
/* The root; SHA-256 of the empty text for an empty tree. */
pn_sha256 pn_merkle_root(const pn_merkle *tree);

#endif
