#include "base/hash.h"

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#endif

#include "base/banned.h"

static const uint32_t K[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static uint32_t rotate(uint32_t x, unsigned n) {
    return (x >> n) | (x << (32 - n));
}

static uint32_t big_endian_32(const uint8_t *p) {
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void compress_portable(uint32_t state[8], const uint8_t *data, size_t blocks) {
    for (; blocks > 0; blocks--, data += 64) {
        uint32_t w[64];
        for (size_t i = 0; i < 16; i++) {
            w[i] = big_endian_32(data + i * 4);
        }
        for (size_t i = 16; i < 64; i++) {
            uint32_t s0 = rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ (w[i - 15] >> 3);
            uint32_t s1 = rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ (w[i - 2] >> 10);
            w[i] = w[i - 16] + s0 + w[i - 7] + s1;
        }
        uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
        uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
        for (size_t i = 0; i < 64; i++) {
            uint32_t s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
            uint32_t t1 = h + s1 + ((e & f) ^ (~e & g)) + K[i] + w[i];
            uint32_t s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
            uint32_t t2 = s0 + ((a & b) ^ (a & c) ^ (b & c));
            h = g;
            g = f;
            f = e;
            e = d + t1;
            d = c;
            c = b;
            b = a;
            a = t1 + t2;
        }
        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
        state[4] += e;
        state[5] += f;
        state[6] += g;
        state[7] += h;
    }
}

#if defined(__x86_64__)
static bool has_sha_instructions(void) {
    /* -1 unknown, else 0 or 1; racing writers store the same value. */
    static _Atomic int known = -1;
    int value = known;
    if (value < 0) {
        unsigned a = 0, b = 0, c = 0, d = 0;
        value = __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (b & (1U << 29)) != 0 &&
                __builtin_cpu_supports("sse4.1");
        known = value;
    }
    return value == 1;
}

__attribute__((target("sha,sse4.1,ssse3"))) static void
compress_sha_ni(uint32_t state[8], const uint8_t *data, size_t blocks) {
    const __m128i swap = _mm_set_epi64x(0x0c0d0e0f08090a0bLL, 0x0405060700010203LL);
    __m128i low = _mm_loadu_si128((const void *)&state[0]);
    __m128i high = _mm_loadu_si128((const void *)&state[4]);
    low = _mm_shuffle_epi32(low, 0xB1);
    high = _mm_shuffle_epi32(high, 0x1B);
    __m128i abef = _mm_alignr_epi8(low, high, 8);
    __m128i cdgh = _mm_blend_epi16(high, low, 0xF0);
    for (; blocks > 0; blocks--, data += 64) {
        const __m128i abef_before = abef;
        const __m128i cdgh_before = cdgh;
        __m128i w[4];
        for (size_t i = 0; i < 4; i++) {
            w[i] = _mm_shuffle_epi8(_mm_loadu_si128((const void *)(data + i * 16)), swap);
        }
        for (size_t i = 0; i < 16; i++) {
            __m128i words = w[i & 3];
            __m128i sum = _mm_add_epi32(words, _mm_loadu_si128((const void *)&K[i * 4]));
            cdgh = _mm_sha256rnds2_epu32(cdgh, abef, sum);
            abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(sum, 0x0E));
            if (i < 12) { /* the words that round i + 4 will use take this round's place */
                __m128i next = _mm_sha256msg1_epu32(words, w[(i + 1) & 3]);
                next = _mm_add_epi32(next, _mm_alignr_epi8(w[(i + 3) & 3], w[(i + 2) & 3], 4));
                w[i & 3] = _mm_sha256msg2_epu32(next, w[(i + 3) & 3]);
            }
        }
        abef = _mm_add_epi32(abef, abef_before);
        cdgh = _mm_add_epi32(cdgh, cdgh_before);
    }
    __m128i feba = _mm_shuffle_epi32(abef, 0x1B);
    __m128i dchg = _mm_shuffle_epi32(cdgh, 0xB1);
    _mm_storeu_si128((void *)&state[0], _mm_blend_epi16(feba, dchg, 0xF0));
    _mm_storeu_si128((void *)&state[4], _mm_alignr_epi8(dchg, feba, 8));
}
#endif

static void compress(uint32_t state[8], const uint8_t *data, size_t blocks) {
#if defined(__x86_64__)
    if (has_sha_instructions()) {
        compress_sha_ni(state, data, blocks);
        return;
    }
#endif
    compress_portable(state, data, blocks);
}

void pn_sha256_begin(pn_sha256_ctx *ctx) {
    static const uint32_t INITIAL[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                        0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    memcpy(ctx->state, INITIAL, sizeof INITIAL);
    ctx->total_bytes = 0;
    ctx->block_len = 0;
}

void pn_sha256_add(pn_sha256_ctx *ctx, const void *bytes, size_t size) {
    const uint8_t *data = bytes;
    ctx->total_bytes += size;
    if (ctx->block_len != 0) {
        size_t take = PN_MIN(size, sizeof ctx->block - ctx->block_len);
        if (take != 0) {
            memcpy(ctx->block + ctx->block_len, data, take);
        }
        ctx->block_len += take;
        data += take;
        size -= take;
        if (ctx->block_len < sizeof ctx->block) {
            return;
        }
        compress(ctx->state, ctx->block, 1);
        ctx->block_len = 0;
    }
    size_t blocks = size / 64;
    if (blocks != 0) {
        compress(ctx->state, data, blocks);
        data += blocks * 64;
        size -= blocks * 64;
    }
    if (size != 0) {
        memcpy(ctx->block, data, size);
        ctx->block_len = size;
    }
}

pn_sha256 pn_sha256_end(pn_sha256_ctx *ctx) {
    uint64_t bits = ctx->total_bytes * 8;
    ctx->block[ctx->block_len++] = 0x80;
    if (ctx->block_len > 56) {
        memset(ctx->block + ctx->block_len, 0, 64 - ctx->block_len);
        compress(ctx->state, ctx->block, 1);
        ctx->block_len = 0;
    }
    memset(ctx->block + ctx->block_len, 0, 56 - ctx->block_len);
    for (size_t i = 0; i < 8; i++) {
        ctx->block[56 + i] = (uint8_t)(bits >> (56 - 8 * i));
    }
    compress(ctx->state, ctx->block, 1);
    pn_sha256 digest;
    for (size_t i = 0; i < 8; i++) {
        digest.bytes[i * 4] = (uint8_t)(ctx->state[i] >> 24);
        digest.bytes[i * 4 + 1] = (uint8_t)(ctx->state[i] >> 16);
        digest.bytes[i * 4 + 2] = (uint8_t)(ctx->state[i] >> 8);
        digest.bytes[i * 4 + 3] = (uint8_t)ctx->state[i];
    }
    return digest;
}

pn_sha256 pn_sha256_of(const void *bytes, size_t size) {
    pn_sha256_ctx ctx;
    pn_sha256_begin(&ctx);
    pn_sha256_add(&ctx, bytes, size);
    return pn_sha256_end(&ctx);
}

pn_hmac_key pn_hmac_key_of(pn_str key) {
    uint8_t pad[64] = {0};
    pn_hmac_key ready;
    if (key.len > sizeof pad) {
        pn_sha256 digest = pn_sha256_of(key.ptr, key.len);
        memcpy(pad, digest.bytes, sizeof digest.bytes);
    } else if (key.len != 0) {
        memcpy(pad, key.ptr, key.len);
    }
    for (size_t i = 0; i < sizeof pad; i++) {
        pad[i] ^= 0x36;
    }
    pn_sha256_begin(&ready.inner);
    pn_sha256_add(&ready.inner, pad, sizeof pad);
    for (size_t i = 0; i < sizeof pad; i++) {
        pad[i] ^= 0x36 ^ 0x5c;
    }
    pn_sha256_begin(&ready.outer);
    pn_sha256_add(&ready.outer, pad, sizeof pad);
    return ready;
}

pn_sha256 pn_hmac_with(const pn_hmac_key *key, const pn_str *pieces, size_t count) {
    pn_sha256_ctx ctx = key->inner;
    for (size_t i = 0; i < count; i++) {
        pn_sha256_add(&ctx, pieces[i].ptr, pieces[i].len);
    }
    pn_sha256 inner = pn_sha256_end(&ctx);
    ctx = key->outer;
    pn_sha256_add(&ctx, inner.bytes, sizeof inner.bytes);
    return pn_sha256_end(&ctx);
}

pn_sha256 pn_hmac_sha256(pn_str key, pn_str message) {
    pn_hmac_key ready = pn_hmac_key_of(key);
    return pn_hmac_with(&ready, &message, 1);
}

void pn_hex(const uint8_t *bytes, size_t size, char *out) {
    for (size_t i = 0; i < size; i++) {
        out[i * 2] = "0123456789abcdef"[bytes[i] >> 4];
        out[i * 2 + 1] = "0123456789abcdef"[bytes[i] & 15];
    }
    out[size * 2] = '\0';
}

static uint64_t load_64(const uint8_t *p, size_t size) {
    uint64_t value = 0;
    memcpy(&value, p, size);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    value = __builtin_bswap64(value);
#endif
    return value;
}

uint64_t pn_hash64(const void *bytes, size_t size, uint64_t seed) {
    const uint8_t *p = bytes;
    uint64_t hash = pn_mix64(seed + UINT64_C(0x9E3779B97F4A7C15) * (size + 1));
    while (size >= 8) {
        hash = (hash ^ pn_mix64(load_64(p, 8))) * UINT64_C(0x9FB21C651E98DF25);
        hash ^= hash >> 32;
        p += 8;
        size -= 8;
    }
    if (size != 0) {
        hash = (hash ^ pn_mix64(load_64(p, size))) * UINT64_C(0x9FB21C651E98DF25);
        hash ^= hash >> 32;
    }
    return pn_mix64(hash);
}

pn_random pn_random_for(uint64_t seed, pn_str purpose) {
    return (pn_random){pn_hash64_str(purpose, seed)};
}

uint64_t pn_random_next(pn_random *random) {
    random->state += UINT64_C(0x9E3779B97F4A7C15);
    return pn_mix64(random->state);
}

uint64_t pn_random_below(pn_random *random, uint64_t bound) {
    /* Lemire's multiplication; the bias is below bound / 2^64. */
    return (uint64_t)(((pn_uint128)pn_random_next(random) * bound) >> 64);
}

void pn_merkle_begin(pn_merkle *tree) {
    tree->count = 0;
}

pn_sha256 pn_merkle_leaf(const void *bytes, size_t size) {
    pn_sha256_ctx ctx;
    pn_sha256_begin(&ctx);
    pn_sha256_add(&ctx, "\x00", 1);
    pn_sha256_add(&ctx, bytes, size);
    return pn_sha256_end(&ctx);
}

static pn_sha256 merkle_node(const pn_sha256 *left, const pn_sha256 *right) {
    uint8_t data[1 + 2 * PN_SHA256_BYTES];
    data[0] = 1;
    memcpy(data + 1, left->bytes, PN_SHA256_BYTES);
    memcpy(data + 1 + PN_SHA256_BYTES, right->bytes, PN_SHA256_BYTES);
    return pn_sha256_of(data, sizeof data);
}

void pn_merkle_add(pn_merkle *tree, const pn_sha256 *leaf) {
    pn_sha256 node = *leaf;
    size_t level = 0;
    for (uint64_t bits = tree->count; (bits & 1) != 0; bits >>= 1) {
        node = merkle_node(&tree->roots[level], &node);
        level++;
    }
    tree->roots[level] = node;
    tree->count++;
}

pn_sha256 pn_merkle_root(const pn_merkle *tree) {
    if (tree->count == 0) {
        return pn_sha256_of("", 0);
    }
    size_t level = (size_t)__builtin_ctzll(tree->count);
    pn_sha256 root = tree->roots[level];
    for (level++; level < 64; level++) {
        if ((tree->count >> level & 1) != 0) {
            root = merkle_node(&tree->roots[level], &root);
        }
    }
    return root;
}
