/* Time zones from the system's TZif files (RFC 8536), read by ourselves.
 *
 * libc's zone functions keep global state and ICU's data is years old (it still gives Mexico City
 * daylight saving), so the bytes of /usr/share/zoneinfo are parsed here: version 1 to 4, with the
 * footer's POSIX TZ rule for instants past the last transition. Reading the file is the caller's
 * work; this folder does no I/O. Leap seconds (the "right/" files) are taken out: `pn_time` counts
 * none. */
#ifndef PN_CALENDAR_ZONE_H
#define PN_CALENDAR_ZONE_H

#include "calendar/date.h"

typedef struct pn_zone pn_zone;

/* A zone on the arena, with a copy of its name; up to about 25 KiB when it has daylight saving for
 * ever. CORRUPT for bytes that are not TZif or contradict themselves, LIMIT past
 * PN_LIMIT_ZONE_CHANGES. */
PN_MUST_USE pn_err pn_zone_parse(pn_str tzif, pn_str name, pn_arena *arena,
                                 const pn_zone **ret_zone, pn_diag *diag);
/* UTC without any file. */
const pn_zone *pn_zone_utc(void);

pn_str pn_zone_name(const pn_zone *zone);

/* Seconds east of UTC at that instant. */
int32_t pn_zone_offset(const pn_zone *zone, pn_time at);

/* Local time: the day, and seconds since its midnight on the wall clock (0–86399). */
typedef struct {
    pn_date date;
    int32_t second;
} pn_local;

pn_local pn_zone_local(const pn_zone *zone, pn_time at);
pn_date pn_zone_date(const pn_zone *zone, pn_time at);

/* The instant at which the wall clock shows `second` on `date` (of the supported years). A time
 * that a forward jump skips gives the first instant after the jump; one that occurs twice gives the
 * first occurrence. 86400 is the next day's midnight. */
pn_time pn_zone_instant(const pn_zone *zone, pn_date date, int32_t second);

/* The next instant after `at` at which the offset changes, or PN_TIME_NEVER. */
pn_time pn_zone_next_change(const pn_zone *zone, pn_time at);

/* A zone's usual name for a country ("ES" → "Europe/Madrid", "MX" → "America/Mexico_City"), for a
 * debtor of whom nothing better is known; empty for a country we do not know. Where a country has
 * several, the most populous one. `region` (ISO 3166-2 without country, e.g. "CN" for the Canary
 * Islands, "BCN" for Baja California) decides when given; regions are known for ES, PT, MX, CL, AR,
 * BR, EC and US. Letters in any case. A system with older data may lack the newest names
 * ("America/Coyhaique", 2025): the country's zone without region is the one to fall back on. */
pn_str pn_zone_of_country(pn_str country, pn_str region);

#endif
