/* Days and times as filters see them: what a wall clock shows, read from values and texts. */
#ifndef PN_LIQUID_MOMENT_H
#define PN_LIQUID_MOMENT_H

#include "liquid/liquid.h"

typedef struct {
    pn_date date;
    int32_t second; /* since midnight */
    int32_t microsecond;
    int32_t offset_seconds; /* east of UTC */
} pn_liquid_moment;

/* A DATE, a TIME in the context's zone, a whole number or text of seconds since 1970, or a text
 * that reads as a date or time in one of the usual ways (ISO 8601, RFC 2822, "March 14, 2016",
 * "14/03/2016", "10:30"); "now" and "today" are the context's. False for everything else. */
bool pn_liquid_moment_of(const pn_liquid_context *context, pn_liquid_value value,
                         pn_liquid_moment *ret_moment);

/* A date and a time as they are printed without any filter: short, as the language and country
 * write them; ISO 8601 without a language. */
void pn_liquid_date_text(pn_buf *buf, const pn_liquid_context *context, pn_date date);
void pn_liquid_time_text(pn_buf *buf, const pn_liquid_context *context, pn_time time);

#endif
