/* Rates: how many requests somebody may make, as token buckets in memory.
 *
 * A bucket fills by `per_minute` and holds at most a minute's worth. Buckets stand in a table of
 * fixed size, four places a key; where all four are taken, the fullest one is forgotten: who is
 * forgotten begins with a full bucket. Any thread may ask. */
#ifndef PN_HTTP_RATE_H
#define PN_HTTP_RATE_H

#include "base/str.h"
#include "base/time.h"

typedef struct pn_rates pn_rates;

/* `seed` is secret: nobody outside can choose whose bucket is forgotten. */
pn_rates *pn_rates_new(size_t buckets, uint64_t seed);
void pn_rates_free(pn_rates *rates);

/* Takes one request out of the bucket of `who` ("address 192.0.2.1", "key key_…"); 0, or the whole
 * seconds to wait. `ticks` is microseconds that only grow. */
int64_t pn_rate_take(pn_rates *rates, pn_str who, int64_t per_minute, int64_t ticks);

#endif
