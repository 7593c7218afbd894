/* The shape of the generated holiday tables (holiday_data.c); only business.c reads them.
 *
 * A country's holidays are rows sorted by day: a day, a name, and who rests, as a mask in which bit
 * 0 is the country without a region and every region has a bit of its own. A day on which regions
 * use different names has several rows; no two of them share a bit. Blocks of 32 days say on which
 * days anybody rests at all and where their rows begin, so the usual answer, "nobody", is one bit.
 *
 * A bitmap for each region would save a nanosecond and cost three times the space. */
#ifndef PN_CALENDAR_HOLIDAY_DATA_H
#define PN_CALENDAR_HOLIDAY_DATA_H

#include "calendar/date.h"

typedef struct {
    uint16_t day;  /* since pn_holiday_first_day; UINT16_MAX behind the last */
    uint16_t name; /* into pn_holiday_names */
    uint16_t who;  /* into the country's masks */
} pn_holiday_row;

typedef struct {
    uint32_t days;  /* bit 0 the block's first day */
    uint32_t first; /* the row of the first of them, or of the first after the block */
} pn_holiday_block;

typedef struct {
    char code[4]; /* ISO 3166-2 behind the hyphen */
    uint8_t bit;
} pn_holiday_region;

typedef struct {
    char code[3]; /* ISO 3166-1 */
    const pn_holiday_block *blocks;
    const pn_holiday_row *rows;
    const uint64_t *who;
    const pn_holiday_region *regions; /* several codes may share a bit (Spain's provinces) */
    size_t region_count;
} pn_holiday_country;

extern const pn_date pn_holiday_first_day; /* 1 January of the first year */
extern const pn_date pn_holiday_last_day;  /* 31 December of the last */
extern const char *const pn_holiday_names[];
extern const pn_holiday_country pn_holiday_countries[];
extern const size_t pn_holiday_country_count;

#endif
