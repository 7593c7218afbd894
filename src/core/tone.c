#include "core/tone.h"

#include "base/banned.h"

unsigned pn_tone_permitted(const pn_item *item, const pn_calendar *calendar, pn_date today) {
    if (item->tone_received == 0 || item->tone_on == PN_DATE_NONE) {
        return 1;
    }
    bool rested = pn_calendar_count(calendar, item->tone_on, today) >= PN_TONE_STEP_BUSINESS_DAYS;
    return item->tone_received + (rested ? 1U : 0U);
}

void pn_tone_bound_add(pn_tone_bound *bound, const pn_item *item, const pn_calendar *calendar,
                       pn_date today) {
    unsigned permitted = pn_tone_permitted(item, calendar, today);
    bound->any = PN_MIN(bound->any, permitted);
    if (item->effective_due < today) {
        bound->overdue = PN_MIN(bound->overdue, permitted);
    }
}

unsigned pn_tone_within(const pn_tone_bound *bound, unsigned wanted) {
    unsigned most = bound->overdue != UINT32_MAX ? bound->overdue : bound->any;
    return PN_MAX(1U, PN_MIN(wanted, most));
}
