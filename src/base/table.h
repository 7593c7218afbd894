/* Hash tables on an arena: from a text or a 64-bit key to a pointer. They only grow. */
#ifndef PN_BASE_TABLE_H
#define PN_BASE_TABLE_H

#include "base/str.h"

typedef struct {
    struct pn_table_slot *slots;
    size_t count;
    size_t capacity; /* a power of two, or 0 */
    pn_arena *arena;
} pn_table;

pn_table pn_table_on(pn_arena *arena);

/* The value kept under the key, or NULL. */
void *pn_table_get(const pn_table *table, pn_str key);
/* Keeps `value` (not NULL) under a copy of `key`; returns the earlier value, or NULL. */
void *pn_table_put(pn_table *table, pn_str key, void *value);

void *pn_table_get_int(const pn_table *table, int64_t key);
void *pn_table_put_int(pn_table *table, int64_t key, void *value);

#endif
