/* Business days: weekends and public holidays, national and regional.
 *
 * Holidays are generated data (tools/gen-holidays, src/calendar/holiday_data.c) for ES, MX, CO, CL,
 * PE, AR, BR and US; another country has weekends only, and says so through
 * `pn_holiday_country_known`. A holiday is a day on which business rests by law, including bank
 * holidays on which payments wait (docs/decisions/holidays.md); optional days and observances are
 * none, and municipal feasts are not in the data: give them in `closed`. */
#ifndef PN_CALENDAR_BUSINESS_H
#define PN_CALENDAR_BUSINESS_H

#include "calendar/date.h"

/* First and last year of the generated data; outside it only weekends count. */
int32_t pn_holiday_first_year(void);
int32_t pn_holiday_last_year(void);
bool pn_holiday_country_known(pn_str country);

typedef struct {
    int16_t country;         /* index into the data, -1 unknown */
    int16_t region;          /* index into the data, -1 none */
    uint8_t closed_weekdays; /* bit 0 Monday … bit 6 Sunday */
    const pn_date
        *closed; /* further closed days, ascending (bank days, August closure); may be NULL */
    const pn_str *closed_names; /* beside `closed`, what people call them; may be NULL */
    size_t closed_count;
} pn_calendar;

/* A value; Saturday and Sunday closed. `region` is ISO 3166-2 without its country ("MD", "CT";
 * Spain's provinces are known too, "M", "B") and may be empty; an unknown country or region is no
 * error. Letters in any case. */
pn_calendar pn_calendar_for(pn_str country, pn_str region);

/* The holiday's name in the country's language; empty when the day is none (for this country and
 * region; weekends are not holidays, nor is what stands in `closed`). The text is a constant. */
pn_str pn_calendar_holiday(const pn_calendar *calendar, pn_date date);
/* What stands in `closed` for the day: its name, or "–" where it has none; empty for a day that is
 * not closed. */
pn_str pn_calendar_closed(const pn_calendar *calendar, pn_date date);
bool pn_calendar_is_business(const pn_calendar *calendar, pn_date date);

/* The day itself if it is a business day, else the next (or the one before). A calendar without
 * business days (all weekdays closed, or everything up to the end of the supported years) gives the
 * last supported day in that direction; so do the following functions. */
pn_date pn_calendar_next(const pn_calendar *calendar, pn_date date);
pn_date pn_calendar_previous(const pn_calendar *calendar, pn_date date);
/* `days` business days later (or earlier, when negative); 0 gives pn_calendar_next. */
pn_date pn_calendar_add(const pn_calendar *calendar, pn_date date, int days);
/* Business days in (from, to]; negative when `to` is earlier: then minus those in (to, from]. */
int pn_calendar_count(const pn_calendar *calendar, pn_date from, pn_date to);

#endif
