/* Arenas: memory that is freed all at once.
 *
 * One per request, step batch or import. Blocks grow geometrically up to 1 MiB; `pn_arena_reset`
 * keeps up to 8 MiB of them, so that a batch loop does not touch malloc, nor the system fresh
 * pages.
 *
 * A cap is soft: an allocation past it still succeeds, `pn_arena_over` turns true, and the code
 * that owns the loop returns PN_LIMIT at its next check. That keeps every allocation free of
 * error handling while hostile input stays bounded (parsers check the input's size first, and one
 * allocation is never larger than its input). When the system has no memory left the program ends
 * with a sentence: the database holds the truth. */
#ifndef PN_BASE_ARENA_H
#define PN_BASE_ARENA_H

#include "base/macros.h"

typedef struct pn_arena_block pn_arena_block;

typedef struct {
    pn_arena_block *first;
    pn_arena_block *current;
    char *next;
    char *end;
    size_t used_bytes;
    size_t cap_bytes;
} pn_arena;

/* `cap_bytes` 0 means no cap. */
void pn_arena_init(pn_arena *arena, size_t cap_bytes);
void pn_arena_done(pn_arena *arena);

/* Forgets everything allocated, keeps the first blocks. */
void pn_arena_reset(pn_arena *arena);

/* Aligned to 16 bytes, never NULL, contents undefined. */
void *pn_arena_alloc(pn_arena *arena, size_t size) __attribute__((malloc, returns_nonnull));
/* The same, zeroed; `count * size` is checked for overflow. */
void *pn_arena_zalloc(pn_arena *arena, size_t count, size_t size)
    __attribute__((malloc, returns_nonnull));
/* Copies `size` bytes and adds a NUL behind them. */
char *pn_arena_copy(pn_arena *arena, const void *bytes, size_t size)
    __attribute__((returns_nonnull));

#define pn_arena_new(arena, type) ((type *)pn_arena_zalloc((arena), 1, sizeof(type)))
#define pn_arena_array(arena, type, count) ((type *)pn_arena_zalloc((arena), (count), sizeof(type)))

static inline bool pn_arena_over(const pn_arena *arena) {
    return arena->cap_bytes != 0 && arena->used_bytes > arena->cap_bytes;
}

/* Grows an array on the arena: returns room for at least `count + 1` items of `size` bytes, copied
 * from `items` when it had to move. `*capacity` is in items. */
void *pn_arena_grow(pn_arena *arena, void *items, size_t count, size_t *capacity, size_t size)
    __attribute__((returns_nonnull));

/* A point to return to: everything allocated after it is forgotten. */
typedef struct {
    pn_arena_block *block;
    char *next;
    size_t used_bytes;
} pn_arena_mark;

pn_arena_mark pn_arena_marked(const pn_arena *arena);
void pn_arena_rewind(pn_arena *arena, pn_arena_mark mark);

/* malloc and realloc that end the program with a sentence when memory runs out. They stand here
 * because base is the only place that may ask the system for memory. */
void *pn_alloc(size_t size) __attribute__((malloc, returns_nonnull));
void *pn_realloc(void *memory, size_t size) __attribute__((returns_nonnull));

/* Fault tests: the `nth` call from now fails (0 = never). Not for production. */
void pn_alloc_fail_at(uint64_t nth);

#endif
