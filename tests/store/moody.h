/* A channel driver for tests whose recipients are in a mood: it accepts, puts off, refuses or loses
 * messages as a seed has it, and keeps a list of what it accepted. */
#ifndef PN_TESTS_MOODY_H
#define PN_TESTS_MOODY_H

#include "channel/channel.h"

enum { MOODY_IDS = 100000 };

/* Everything that got through since moody_begin, in the order in which it came. */
typedef struct {
    pn_id ids[MOODY_IDS];
    size_t count;
    uint64_t seed;
    unsigned trouble_percent; /* how many do not simply get through */
    uint64_t taken;
} moody_record;

extern const pn_channel_driver moody_driver;

/* A record in memory that child processes share. */
moody_record *moody_share(void);
/* There is one at a time: the driver has no other way to find its record. */
void moody_begin(moody_record *record, uint64_t seed, unsigned trouble_percent);

#endif
