/* Instants as text: RFC 3339. */
#ifndef PN_CALENDAR_INSTANT_H
#define PN_CALENDAR_INSTANT_H

#include "calendar/date.h"

/* "2026-03-10T09:00:00Z", "…09:00:00.25+01:00": with seconds and an offset, of the years 1970 to
 * 2199. Digits behind the sixth of a fraction are dropped; a leap second is the one before it. */
PN_MUST_USE pn_err pn_instant_parse(pn_str text, pn_time *ret_time);

enum { PN_INSTANT_SIZE = 32 };
/* "2026-03-10T08:00:00Z", with a fraction where there is one. Returns `out`. */
const char *pn_instant_text(pn_time at, char out[PN_INSTANT_SIZE]);

#endif
