/* Law 5: a demand's tone climbs by steps. */
#ifndef PN_CORE_TONE_H
#define PN_CORE_TONE_H

#include "core/fact.h"

/* So many business days lie between a tone and the next stronger one. */
enum { PN_TONE_STEP_BUSINESS_DAYS = 5, PN_TONE_MAX = 5 };

/* The strongest tone in which this item may be asked for today: at most one above the strongest
 * that was received for it, and that only five business days later. */
unsigned pn_tone_permitted(const pn_item *item, const pn_calendar *calendar, pn_date today);

/* What several items permit together: what is not due yet is listed apart and keeps nobody from
 * being firm. Begin with PN_TONE_BOUND_NONE and add each item. */
typedef struct {
    unsigned overdue; /* the least that an overdue item permits */
    unsigned any;
} pn_tone_bound;

#define PN_TONE_BOUND_NONE ((pn_tone_bound){UINT32_MAX, UINT32_MAX})

void pn_tone_bound_add(pn_tone_bound *bound, const pn_item *item, const pn_calendar *calendar,
                       pn_date today);
/* The tone that is wanted, lowered to what the items permit; 1 at least. */
unsigned pn_tone_within(const pn_tone_bound *bound, unsigned wanted);

#endif
