#include "base/arena.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/banned.h"
#include "base/err.h"

enum {
    ALIGNMENT = 16,
    BLOCK_BYTES_MIN = 4096,
    BLOCK_BYTES_MAX = 1 << 20,
    KEPT_BYTES_MAX = 8 << 20
};

struct pn_arena_block {
    pn_arena_block *next;
    size_t size;
};

static_assert(sizeof(struct pn_arena_block) % ALIGNMENT == 0, "block header keeps alignment");

/* Test hook: counts down to a simulated allocation failure. */
static _Thread_local uint64_t fail_countdown;

void pn_alloc_fail_at(uint64_t nth) {
    fail_countdown = nth;
}

static bool failure_is_due(void) {
    return fail_countdown != 0 && --fail_countdown == 0;
}

void *pn_alloc(size_t size) {
    void *memory = failure_is_due() ? NULL : malloc(size == 0 ? 1 : size);
    if (memory == NULL) {
        pn_panic("out of memory (asked for %zu bytes)", size);
    }
    return memory;
}

void *pn_realloc(void *memory, size_t size) {
    void *grown = failure_is_due() ? NULL : realloc(memory, size == 0 ? 1 : size);
    if (grown == NULL) {
        pn_panic("out of memory (asked for %zu bytes)", size);
    }
    return grown;
}

void pn_arena_init(pn_arena *arena, size_t cap_bytes) {
    *arena = (pn_arena){.cap_bytes = cap_bytes};
}

void pn_arena_done(pn_arena *arena) {
    if (arena == NULL) {
        return;
    }
    pn_arena_block *block = arena->first;
    while (block != NULL) {
        pn_arena_block *next = block->next;
        free(block);
        block = next;
    }
    *arena = (pn_arena){.cap_bytes = arena->cap_bytes};
}

static char *block_start(pn_arena_block *block) {
    return (char *)block + sizeof *block;
}

static void free_behind(pn_arena_block *last) {
    pn_arena_block *block = last->next;
    last->next = NULL;
    while (block != NULL) {
        pn_arena_block *next = block->next;
        free(block);
        block = next;
    }
}

static void use_block(pn_arena *arena, pn_arena_block *block) {
    arena->current = block;
    arena->next = block_start(block);
    arena->end = arena->next + block->size;
}

void pn_arena_reset(pn_arena *arena) {
    if (arena->first == NULL) {
        return;
    }
    pn_arena_block *last = arena->first;
    size_t kept = last->size;
    while (last->next != NULL && kept + last->next->size <= KEPT_BYTES_MAX) {
        last = last->next;
        kept += last->size;
    }
    free_behind(last);
    use_block(arena, arena->first);
    arena->used_bytes = 0;
}

/* A block that a reset kept is used again; one that is too small goes, with those behind it. */
static bool reuse_next(pn_arena *arena, size_t at_least) {
    if (arena->current == NULL || arena->current->next == NULL) {
        return false;
    }
    if (arena->current->next->size < at_least) {
        free_behind(arena->current);
        return false;
    }
    use_block(arena, arena->current->next);
    return true;
}

static void block_add(pn_arena *arena, size_t at_least) {
    if (reuse_next(arena, at_least)) {
        return;
    }
    size_t size = arena->current == NULL ? BLOCK_BYTES_MIN : arena->current->size * 2;
    size = PN_MIN(size, (size_t)BLOCK_BYTES_MAX);
    size = PN_MAX(size, at_least);
    pn_arena_block *block = pn_alloc(sizeof *block + size);
    block->next = NULL;
    block->size = size;
    if (arena->current == NULL) {
        arena->first = block;
    } else {
        assert(arena->current->next == NULL);
        arena->current->next = block;
    }
    use_block(arena, block);
}

void *pn_arena_alloc(pn_arena *arena, size_t size) {
    if (PN_UNLIKELY(size > SIZE_MAX / 2)) {
        pn_panic("an allocation of %zu bytes was asked for", size);
    }
    /* nothing takes a place too: what is returned is never NULL */
    size_t rounded = (size + (size == 0) + (ALIGNMENT - 1)) & ~(size_t)(ALIGNMENT - 1);
    if (PN_UNLIKELY((size_t)(arena->end - arena->next) < rounded)) {
        block_add(arena, rounded);
    }
    void *memory = arena->next;
    arena->next += rounded;
    arena->used_bytes += rounded;
    return memory;
}

void *pn_arena_zalloc(pn_arena *arena, size_t count, size_t size) {
    size_t bytes = 0;
    if (__builtin_mul_overflow(count, size, &bytes)) {
        pn_panic("an array of %zu times %zu bytes was asked for", count, size);
    }
    void *memory = pn_arena_alloc(arena, bytes);
    memset(memory, 0, bytes);
    return memory;
}

char *pn_arena_copy(pn_arena *arena, const void *bytes, size_t size) {
    char *copy = pn_arena_alloc(arena, size + 1);
    if (size != 0) {
        memcpy(copy, bytes, size);
    }
    copy[size] = '\0';
    return copy;
}

void *pn_arena_grow(pn_arena *arena, void *items, size_t count, size_t *capacity, size_t size) {
    if (count < *capacity) {
        assert(items != NULL);
        return items;
    }
    size_t grown_capacity = *capacity == 0 ? (size > 64 ? 4 : 8) : *capacity * 2;
    void *grown = pn_arena_zalloc(arena, grown_capacity, size);
    if (count != 0) {
        memcpy(grown, items, count * size);
    }
    *capacity = grown_capacity;
    return grown;
}

pn_arena_mark pn_arena_marked(const pn_arena *arena) {
    return (pn_arena_mark){arena->current, arena->next, arena->used_bytes};
}

void pn_arena_rewind(pn_arena *arena, pn_arena_mark mark) {
    if (mark.block == NULL) {
        pn_arena_reset(arena);
        return;
    }
    free_behind(mark.block);
    use_block(arena, mark.block);
    arena->next = mark.next;
    arena->used_bytes = mark.used_bytes;
}
