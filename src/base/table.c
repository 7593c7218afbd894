#include "base/table.h"

#include "base/banned.h"
#include "base/hash.h"

typedef struct pn_table_slot {
    uint64_t hash;
    pn_str key; /* an integer key stands in `len`, with `ptr` NULL */
    void *value;
} slot;

pn_table pn_table_on(pn_arena *arena) {
    return (pn_table){.arena = arena};
}

static bool keys_equal(pn_str a, pn_str b) {
    if (a.ptr == NULL || b.ptr == NULL) {
        return a.ptr == b.ptr && a.len == b.len;
    }
    return pn_str_eq(a, b);
}

static slot *find(const pn_table *table, pn_str key, uint64_t hash) {
    size_t mask = table->capacity - 1;
    size_t at = (size_t)hash & mask;
    for (;;) {
        slot *candidate = &table->slots[at];
        if (candidate->value == NULL ||
            (candidate->hash == hash && keys_equal(candidate->key, key))) {
            return candidate;
        }
        at = (at + 1) & mask;
    }
}

static void grow(pn_table *table) {
    pn_table larger = *table;
    larger.capacity = table->capacity == 0 ? 16 : table->capacity * 2;
    larger.slots = pn_arena_array(table->arena, slot, larger.capacity);
    for (size_t i = 0; i < table->capacity; i++) {
        const slot *old = &table->slots[i];
        if (old->value != NULL) {
            *find(&larger, old->key, old->hash) = *old;
        }
    }
    *table = larger;
}

static void *get(const pn_table *table, pn_str key, uint64_t hash) {
    return table->capacity == 0 ? NULL : find(table, key, hash)->value;
}

static void *put(pn_table *table, pn_str key, uint64_t hash, void *value, bool copy_key) {
    if (table->count * 4 >= table->capacity * 3) {
        grow(table);
    }
    slot *place = find(table, key, hash);
    void *earlier = place->value;
    if (earlier == NULL) {
        table->count++;
        place->hash = hash;
        place->key = copy_key ? pn_str_dup(table->arena, key) : key;
    }
    place->value = value;
    return earlier;
}

static pn_str int_key(int64_t key) {
    return (pn_str){NULL, (size_t)key};
}

/* An empty text must not look like an integer key. */
static pn_str text_key(pn_str key) {
    return key.ptr == NULL ? PN_STR("") : key;
}

void *pn_table_get(const pn_table *table, pn_str key) {
    key = text_key(key);
    return get(table, key, pn_hash64_str(key, 0));
}

void *pn_table_put(pn_table *table, pn_str key, void *value) {
    key = text_key(key);
    return put(table, key, pn_hash64_str(key, 0), value, true);
}

void *pn_table_get_int(const pn_table *table, int64_t key) {
    return get(table, int_key(key), pn_mix64((uint64_t)key));
}

void *pn_table_put_int(pn_table *table, int64_t key, void *value) {
    return put(table, int_key(key), pn_mix64((uint64_t)key), value, false);
}
