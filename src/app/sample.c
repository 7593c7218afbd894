#include "app/sample.h"

#include "base/banned.h"
#include "base/hash.h"
#include "base/sort.h"

typedef struct {
    uint64_t hash;
    pn_id id;
} drawn;

static int by_hash(const void *a, const void *b) {
    const drawn *x = a;
    const drawn *y = b;
    return x->hash != y->hash ? (x->hash > y->hash) - (x->hash < y->hash)
                              : (x->id > y->id) - (x->id < y->id);
}

static int by_id(const void *a, const void *b) {
    const pn_id *x = a;
    const pn_id *y = b;
    return (*x > *y) - (*x < *y);
}

size_t pn_sample_draw(pn_id *ids, size_t count, int64_t wanted, pn_arena *arena) {
    enum { SEED = 7 };
    if (wanted == 0 || (size_t)wanted >= count) {
        return count;
    }
    drawn *all = pn_arena_array(arena, drawn, count);
    for (size_t i = 0; i < count; i++) {
        all[i] = (drawn){pn_hash64(&ids[i], sizeof ids[i], SEED), ids[i]};
    }
    pn_sort(all, count, sizeof *all, by_hash, arena);
    for (size_t i = 0; i < (size_t)wanted; i++) {
        ids[i] = all[i].id;
    }
    pn_sort(ids, (size_t)wanted, sizeof *ids, by_id, arena);
    return (size_t)wanted;
}
