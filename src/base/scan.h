/* Scanning 64 bytes at once: a codec asks which bytes of a block belong to a class and gets one bit
 * a byte, lowest bit first.
 *
 * Written with the vector types of gcc and clang, so the same text becomes SSE2 on x86-64 and NEON
 * or plain words elsewhere; only gathering the bits has an x86 instruction of its own. AVX2 was
 * rejected: it would need a second copy chosen at run time, and the codecs are bound by what they
 * do with the bits. Define PN_SCAN_PORTABLE to test the other path on x86. */
#ifndef PN_BASE_SCAN_H
#define PN_BASE_SCAN_H

#include <string.h>

#include "base/macros.h"

#if defined(__SSE2__) && !defined(PN_SCAN_PORTABLE)
#include <emmintrin.h>
#define PN_SCAN_SSE2 1
#endif

enum { PN_SCAN_BLOCK = 64, PN_SCAN_LANES = 16 };

typedef uint8_t pn_scan_vec __attribute__((vector_size(16)));
typedef int8_t pn_scan_signed __attribute__((vector_size(16)));

static inline pn_scan_vec pn_scan_load(const char *p) {
    pn_scan_vec lanes;
    memcpy(&lanes, p, sizeof lanes);
    return lanes;
}

static inline pn_scan_vec pn_scan_splat(uint8_t c) {
    return (pn_scan_vec){c, c, c, c, c, c, c, c, c, c, c, c, c, c, c, c};
}

/* One bit for each lane whose highest bit is set. */
static inline uint64_t pn_scan_bits(pn_scan_vec lanes) {
#ifdef PN_SCAN_SSE2
    __m128i whole;
    memcpy(&whole, &lanes, sizeof whole);
    return (uint64_t)(uint32_t)_mm_movemask_epi8(whole);
#else
    uint64_t words[2];
    memcpy(words, &lanes, sizeof words);
    uint64_t bits = 0;
    for (unsigned half = 0; half < 2; half++) {
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
        words[half] = __builtin_bswap64(words[half]);
#endif
        /* one bit a byte, gathered in the top byte by the product */
        uint64_t ones = (words[half] >> 7) & UINT64_C(0x0101010101010101);
        bits |= (ones * UINT64_C(0x0102040810204080)) >> 56 << (8 * half);
    }
    return bits;
#endif
}

static inline pn_scan_vec pn_scan_equal(pn_scan_vec lanes, pn_scan_vec other) {
    return (pn_scan_vec)(lanes == other);
}

/* Unsigned: lane <= other. */
static inline pn_scan_vec pn_scan_most(pn_scan_vec lanes, pn_scan_vec other) {
    return (pn_scan_vec)(lanes <= other);
}

/* Control characters and bytes from 0x80: as signed bytes both are below the space. */
static inline pn_scan_vec pn_scan_odd(pn_scan_vec lanes) {
    return (pn_scan_vec)((pn_scan_signed)lanes < (pn_scan_signed)pn_scan_splat(' '));
}

/* The lowest `count` bits; `count` is at most 64. */
static inline uint64_t pn_scan_low(size_t count) {
    return count >= 64 ? ~UINT64_C(0) : (UINT64_C(1) << count) - 1;
}

static inline size_t pn_scan_first(uint64_t bits) {
    return (size_t)__builtin_ctzll(bits);
}

/* Length of the ASCII head of `text`. */
static inline size_t pn_scan_ascii(const char *p, size_t len) {
    size_t i = 0;
    for (; len - i >= PN_SCAN_BLOCK; i += PN_SCAN_BLOCK) {
        pn_scan_vec any = pn_scan_load(p + i) | pn_scan_load(p + i + 16) |
                          pn_scan_load(p + i + 32) | pn_scan_load(p + i + 48);
        if (pn_scan_bits(any) != 0) {
            break;
        }
    }
    for (; len - i >= PN_SCAN_LANES; i += PN_SCAN_LANES) {
        uint64_t high = pn_scan_bits(pn_scan_load(p + i));
        if (high != 0) {
            return i + pn_scan_first(high);
        }
    }
    while (i < len && (unsigned char)p[i] < 0x80) {
        i++;
    }
    return i;
}

#endif
