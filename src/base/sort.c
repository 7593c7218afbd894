#include "base/sort.h"

#include <string.h>

#include "base/banned.h"

enum { INSERTION_RUN = 8 };

static void insertion_sort(char *items, size_t count, size_t size,
                           int (*compare)(const void *, const void *), char *scratch) {
    for (size_t i = 1; i < count; i++) {
        size_t at = i;
        while (at > 0 && compare(items + (at - 1) * size, items + i * size) > 0) {
            at--;
        }
        if (at != i) {
            memcpy(scratch, items + i * size, size);
            memmove(items + (at + 1) * size, items + at * size, (i - at) * size);
            memcpy(items + at * size, scratch, size);
        }
    }
}

static void merge(const char *from, char *to, size_t low, size_t middle, size_t high, size_t size,
                  int (*compare)(const void *, const void *)) {
    size_t left = low, right = middle;
    for (size_t at = low; at < high; at++) {
        bool take_left = left < middle &&
                         (right >= high || compare(from + left * size, from + right * size) <= 0);
        size_t taken = take_left ? left++ : right++;
        memcpy(to + at * size, from + taken * size, size);
    }
}

void pn_sort(void *items, size_t count, size_t item_size,
             int (*compare)(const void *a, const void *b), pn_arena *arena) {
    if (count < 2) {
        return;
    }
    pn_arena_mark mark = pn_arena_marked(arena);
    char *scratch = pn_arena_alloc(arena, count * item_size);
    char *data = items;
    for (size_t low = 0; low < count; low += INSERTION_RUN) {
        insertion_sort(data + low * item_size, PN_MIN((size_t)INSERTION_RUN, count - low),
                       item_size, compare, scratch);
    }
    char *from = data;
    char *to = scratch;
    for (size_t width = INSERTION_RUN; width < count; width *= 2) {
        for (size_t low = 0; low < count; low += width * 2) {
            merge(from, to, low, PN_MIN(low + width, count), PN_MIN(low + width * 2, count),
                  item_size, compare);
        }
        char *swap = from;
        from = to;
        to = swap;
    }
    if (from != data) {
        memcpy(data, from, count * item_size);
    }
    pn_arena_rewind(arena, mark);
}
