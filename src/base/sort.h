/* A stable merge sort over the arena. libc's qsort allocates and is not stable, so pure code may
 * not use it. */
#ifndef PN_BASE_SORT_H
#define PN_BASE_SORT_H

#include "base/arena.h"

/* `compare` gets pointers to two items and returns <0, 0 or >0. The scratch space is rewound. */
void pn_sort(void *items, size_t count, size_t item_size,
             int (*compare)(const void *a, const void *b), pn_arena *arena);

#endif
