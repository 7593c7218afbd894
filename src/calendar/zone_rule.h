/* POSIX TZ strings: the rule that holds after the last transition of a TZif file.
 *
 * Source: RFC 8536 §3.3 (and RFC 9636, its successor), POSIX.1 "TZ": quoted names, offsets, the
 * day forms Jn, n and Mm.w.d, and hours from -167 to 167. Only zone.c uses this. */
#ifndef PN_CALENDAR_ZONE_RULE_H
#define PN_CALENDAR_ZONE_RULE_H

#include "calendar/date.h"

typedef enum {
    PN_RULE_DAY_JULIAN, /* Jn: 1–365, 29 February is never counted */
    PN_RULE_DAY_ZERO,   /* n: 0–365, 29 February is counted */
    PN_RULE_DAY_MONTH,  /* Mm.w.d: weekday d of week w (5: the last) of month m */
} pn_rule_day_kind;

typedef struct {
    pn_rule_day_kind kind;
    unsigned day; /* of the year; Mm.w.d: 0 Sunday … 6 Saturday */
    unsigned week;
    unsigned month;
    int32_t time_s; /* on the wall clock, from that day's midnight; may leave the day */
} pn_rule_day;

typedef struct {
    int32_t standard_s; /* east of UTC */
    int32_t daylight_s;
    bool has_daylight;
    pn_rule_day start, end; /* of daylight saving; unused without it */
} pn_zone_rule;

/* INVALID for a text that is no rule. A rule with daylight saving but without dates gets those of
 * the United States, as everywhere. */
PN_MUST_USE pn_err pn_zone_rule_parse(pn_str text, pn_zone_rule *ret_rule);

/* When daylight saving starts and ends in a year (1 to 9999), in seconds since 1970 UTC. */
int64_t pn_zone_rule_start(const pn_zone_rule *rule, int32_t year);
int64_t pn_zone_rule_end(const pn_zone_rule *rule, int32_t year);

#endif
