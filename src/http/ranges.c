#include "http/ranges.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/banned.h"
#include "base/limits.h"
#include "base/sort.h"
#include "http/listen.h"

/* From the first address to the last; IPv4 as ::ffff:a.b.c.d. */
typedef struct {
    uint8_t first[16], last[16];
} range;

struct pn_ranges {
    size_t count;
    range items[]; /* ascending, none overlaps another */
};

static void span(const uint8_t bytes[16], int bits, range *ret) {
    for (int i = 0; i < 16; i++) {
        int own = PN_MAX(0, PN_MIN(8, bits - 8 * i));
        uint8_t mask = (uint8_t)(0xff00 >> own);
        ret->first[i] = bytes[i] & mask;
        ret->last[i] = bytes[i] | (uint8_t)~mask;
    }
}

static int by_first(const void *a, const void *b) {
    return memcmp(((const range *)a)->first, ((const range *)b)->first, 16);
}

/* Sorted ones that overlap become one. */
static void merge(pn_ranges *ranges) {
    size_t kept = 0;
    for (size_t i = 1; i < ranges->count; i++) {
        range *last = &ranges->items[kept], *each = &ranges->items[i];
        if (memcmp(each->first, last->last, 16) > 0) {
            ranges->items[++kept] = *each;
        } else if (memcmp(each->last, last->last, 16) > 0) {
            memcpy(last->last, each->last, 16);
        }
    }
    ranges->count = ranges->count == 0 ? 0 : kept + 1;
}

static pn_err read_lines(pn_str text, pn_ranges *ranges, size_t max, pn_diag *diag) {
    pn_str line;
    for (size_t number = 1; text.len != 0 && pn_str_split(&text, '\n', &line); number++) {
        uint8_t bytes[16];
        int bits = 0;
        line = pn_str_trim(pn_str_first(line, pn_str_find_char(line, '#')));
        if (line.len == 0) {
            continue;
        }
        if (ranges->count == max) {
            return pn_diag_set(diag, PN_LIMIT, "There are more than %d networks.",
                               PN_LIMIT_DATA_CENTRES);
        }
        if (!pn_network_read(line, bytes, &bits)) {
            pn_err err = pn_diag_set(diag, PN_INVALID, "“%.*s” is no network.",
                                     PN_STR_ARG(pn_str_first(line, 80)));
            pn_diag_where(diag, "line %zu", number);
            pn_diag_mend(diag, "Write one a line, like 203.0.113.0/24 or 2001:db8::/32.");
            return err;
        }
        span(bytes, bits, &ranges->items[ranges->count++]);
    }
    return PN_OK;
}

static size_t count_lines(pn_str text) {
    size_t count = 1;
    for (size_t i = 0; i < text.len; i++) {
        count += text.ptr[i] == '\n';
    }
    return count;
}

pn_err pn_ranges_read(pn_str text, pn_ranges **ret_ranges, pn_diag *diag) {
    size_t max = PN_MIN(count_lines(text), (size_t)PN_LIMIT_DATA_CENTRES);
    pn_ranges *ranges = pn_alloc(sizeof *ranges + max * sizeof ranges->items[0]);
    ranges->count = 0;
    pn_err err = read_lines(text, ranges, max, diag);
    if (err != PN_OK) {
        pn_ranges_free(ranges);
        return err;
    }
    pn_arena arena;
    pn_arena_init(&arena, 0);
    pn_sort(ranges->items, ranges->count, sizeof ranges->items[0], by_first, &arena);
    pn_arena_done(&arena);
    merge(ranges);
    *ret_ranges = ranges;
    return PN_OK;
}

void pn_ranges_free(pn_ranges *ranges) {
    free(ranges);
}

size_t pn_ranges_count(const pn_ranges *ranges) {
    return ranges != NULL ? ranges->count : 0;
}

bool pn_ranges_have(const pn_ranges *ranges, pn_str address) {
    uint8_t bytes[16];
    int bits = 0;
    size_t low = 0, high = pn_ranges_count(ranges);
    if (high == 0 || !pn_address_read(address, bytes, &bits)) {
        return false;
    }
    while (low < high) { /* behind the last that begins at the address or before */
        size_t middle = low + (high - low) / 2;
        if (memcmp(ranges->items[middle].first, bytes, 16) <= 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low != 0 && memcmp(bytes, ranges->items[low - 1].last, 16) <= 0;
}
