#include "http/rate.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/banned.h"
#include "base/hash.h"

enum { WAYS = 4 };

/* A bucket is the moment at which it will be full again: one number that needs no refilling. */
typedef struct {
    uint64_t who; /* 0: free */
    int64_t full_at;
} bucket;

struct pn_rates {
    pthread_mutex_t lock;
    uint64_t seed;
    size_t sets;
    bucket buckets[];
};

pn_rates *pn_rates_new(size_t buckets, uint64_t seed) {
    size_t sets = PN_MAX(buckets / WAYS, (size_t)1);
    pn_rates *rates = pn_alloc(sizeof *rates + sets * WAYS * sizeof(bucket));
    memset(rates, 0, sizeof *rates + sets * WAYS * sizeof(bucket));
    rates->seed = seed;
    rates->sets = sets;
    int failed = pthread_mutex_init(&rates->lock, NULL);
    assert(failed == 0);
    return rates;
}

void pn_rates_free(pn_rates *rates) {
    if (rates != NULL) {
        (void)pthread_mutex_destroy(&rates->lock);
        free(rates);
    }
}

/* Its bucket, or the one that is forgotten for it. */
static bucket *find_bucket(pn_rates *rates, uint64_t who) {
    bucket *set = &rates->buckets[who % rates->sets * WAYS];
    bucket *oldest = set;
    for (size_t i = 0; i < WAYS; i++) {
        if (set[i].who == who) {
            return &set[i];
        }
        if (set[i].full_at < oldest->full_at) {
            oldest = &set[i];
        }
    }
    *oldest = (bucket){.who = who};
    return oldest;
}

int64_t pn_rate_take(pn_rates *rates, pn_str who, int64_t per_minute, int64_t ticks) {
    uint64_t hash = pn_mix64(pn_hash64_str(who, rates->seed)) | 1;
    int64_t each = PN_MINUTE / per_minute, wait = 0;
    (void)pthread_mutex_lock(&rates->lock);
    bucket *of = find_bucket(rates, hash);
    int64_t full_at = PN_MAX(of->full_at, ticks) + each;
    if (full_at - ticks <= PN_MINUTE) {
        of->full_at = full_at;
    } else {
        wait = (full_at - ticks - PN_MINUTE + PN_SECOND - 1) / PN_SECOND;
    }
    (void)pthread_mutex_unlock(&rates->lock);
    return wait;
}
