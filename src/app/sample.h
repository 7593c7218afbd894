/* Debtors of whom something is tried out. */
#ifndef PN_APP_SAMPLE_H
#define PN_APP_SAMPLE_H

#include "base/arena.h"
#include "base/id.h"

/* Keeps `wanted` of them, ordered by id: the same for the same number, so that two trials can be
 * compared. All for 0, and where there are fewer. Returns how many. */
size_t pn_sample_draw(pn_id *ids, size_t count, int64_t wanted, pn_arena *arena);

#endif
