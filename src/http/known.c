#include "http/known.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/banned.h"
#include "base/hash.h"

typedef struct {
    pn_id id, of;
} pair;

struct pn_known {
    pthread_mutex_t lock;
    size_t places;
    pair pairs[];
};

pn_known *pn_known_new(size_t places) {
    pn_known *known = pn_alloc(sizeof *known + places * sizeof(pair));
    memset(known, 0, sizeof *known + places * sizeof(pair));
    known->places = places;
    int failed = pthread_mutex_init(&known->lock, NULL);
    assert(failed == 0);
    return known;
}

void pn_known_free(pn_known *known) {
    if (known != NULL) {
        (void)pthread_mutex_destroy(&known->lock);
        free(known);
    }
}

static pair *place_of(pn_known *known, pn_id id) {
    return &known->pairs[pn_mix64((uint64_t)id) % known->places];
}

pn_id pn_known_get(pn_known *known, pn_id id) {
    (void)pthread_mutex_lock(&known->lock);
    const pair *at = place_of(known, id);
    pn_id of = at->id == id ? at->of : 0;
    (void)pthread_mutex_unlock(&known->lock);
    return of;
}

void pn_known_put(pn_known *known, pn_id id, pn_id of) {
    (void)pthread_mutex_lock(&known->lock);
    *place_of(known, id) = (pair){id, of};
    (void)pthread_mutex_unlock(&known->lock);
}
