/* Business days over the generated holiday tables. */
#include "calendar/business.h"

#include <assert.h>

#include "calendar/holiday_data.h"

#include "base/banned.h"

enum { WEEKEND = 1 << 5 | 1 << 6, ALL_WEEKDAYS = 0x7F };

int32_t pn_holiday_first_year(void) {
    return pn_date_civil(pn_holiday_first_day).year;
}

int32_t pn_holiday_last_year(void) {
    return pn_date_civil(pn_holiday_last_day).year;
}

static int16_t country_index(pn_str country) {
    for (size_t i = 0; i < pn_holiday_country_count; i++) {
        if (pn_str_eq_nocase(country, pn_str_of(pn_holiday_countries[i].code))) {
            return (int16_t)i;
        }
    }
    return -1;
}

bool pn_holiday_country_known(pn_str country) {
    return country_index(country) >= 0;
}

pn_calendar pn_calendar_for(pn_str country, pn_str region) {
    pn_calendar calendar = {
        .country = country_index(country),
        .region = -1,
        .closed_weekdays = WEEKEND,
    };
    if (calendar.country >= 0) {
        const pn_holiday_country *data = &pn_holiday_countries[calendar.country];
        for (size_t i = 0; i < data->region_count; i++) {
            if (pn_str_eq_nocase(region, pn_str_of(data->regions[i].code))) {
                calendar.region = (int16_t)(data->regions[i].bit - 1);
            }
        }
    }
    return calendar;
}

/* ── one day ─────────────────────────────────────────────────────────────────────────────────── */

static inline uint32_t day_index(pn_date date) {
    return (uint32_t)date - (uint32_t)pn_holiday_first_day; /* what is before becomes huge */
}

static inline bool rests(const pn_holiday_country *data, const pn_holiday_row *row,
                         int16_t region) {
    return (data->who[row->who] >> (region + 1) & 1) != 0;
}

/* The block's bit: whether the day is a holiday in any region at all. False outside the data. */
static inline bool anybody_rests(const pn_calendar *calendar, pn_date date) {
    uint32_t day = day_index(date);
    if (calendar->country < 0 || day > day_index(pn_holiday_last_day)) {
        return false;
    }
    const pn_holiday_country *data = &pn_holiday_countries[calendar->country];
    return (data->blocks[day / 32].days >> (day % 32) & 1) != 0;
}

/* The holiday's row, or NULL. */
static const pn_holiday_row *holiday_row(const pn_calendar *calendar, pn_date date) {
    if (!anybody_rests(calendar, date)) {
        return NULL;
    }
    uint32_t day = day_index(date);
    const pn_holiday_country *data = &pn_holiday_countries[calendar->country];
    const pn_holiday_row *row = data->rows + data->blocks[day / 32].first;
    while (row->day < day) {
        row++;
    }
    for (; row->day == day; row++) {
        if (rests(data, row, calendar->region)) {
            return row;
        }
    }
    return NULL;
}

/* The first closed day not before `date`. */
static size_t closed_from(const pn_calendar *calendar, pn_date date) {
    size_t low = 0, high = calendar->closed_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (calendar->closed[middle] < date) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static bool is_closed_day(const pn_calendar *calendar, pn_date date) {
    size_t at = closed_from(calendar, date);
    return at < calendar->closed_count && calendar->closed[at] == date;
}

pn_str pn_calendar_closed(const pn_calendar *calendar, pn_date date) {
    if (!is_closed_day(calendar, date)) {
        return PN_STR_NONE;
    }
    pn_str name = calendar->closed_names != NULL
                      ? calendar->closed_names[closed_from(calendar, date)]
                      : PN_STR_NONE;
    return name.len != 0 ? name : PN_STR("–");
}

static inline bool is_open(uint8_t closed_weekdays, unsigned weekday) {
    return (closed_weekdays >> weekday & 1) == 0;
}

static inline bool weekday_open(const pn_calendar *calendar, pn_date date) {
    return is_open(calendar->closed_weekdays, pn_date_weekday(date));
}

pn_str pn_calendar_holiday(const pn_calendar *calendar, pn_date date) {
    const pn_holiday_row *row = holiday_row(calendar, date);
    return row == NULL ? PN_STR_NONE : pn_str_of(pn_holiday_names[row->name]);
}

/* `open`: as far as the weekday is concerned. Not branched upon, for that is the one thing here
 * that a processor cannot foresee. */
static inline bool business_if(const pn_calendar *calendar, pn_date date, bool open) {
    if (PN_UNLIKELY(anybody_rests(calendar, date))) {
        open = open && holiday_row(calendar, date) == NULL;
    }
    if (PN_UNLIKELY(calendar->closed_count != 0)) {
        open = open && !is_closed_day(calendar, date);
    }
    return open;
}

bool pn_calendar_is_business(const pn_calendar *calendar, pn_date date) {
    return business_if(calendar, date, weekday_open(calendar, date));
}

/* ── stepping and counting ───────────────────────────────────────────────────────────────────── */

static bool in_range(pn_date date) {
    return date >= PN_DATE_FIRST && date <= PN_DATE_LAST;
}

/* `days` business days on, by steps of 1 or -1. The weekday is carried along: finding it anew would
 * cost as much as all the rest. */
static inline pn_date walk(const pn_calendar *calendar, pn_date date, int step, unsigned days) {
    pn_date end = step > 0 ? PN_DATE_LAST : PN_DATE_FIRST;
    if ((calendar->closed_weekdays & ALL_WEEKDAYS) == ALL_WEEKDAYS) {
        return end; /* never open: nothing to walk to */
    }
    unsigned weekday = pn_date_weekday(date);
    while (days > 0 && date != end) {
        date += step;
        if (step > 0) {
            weekday = weekday == 6 ? 0 : weekday + 1;
        } else {
            weekday = weekday == 0 ? 6 : weekday - 1;
        }
        days -= business_if(calendar, date, is_open(calendar->closed_weekdays, weekday));
    }
    return date;
}

pn_date pn_calendar_next(const pn_calendar *calendar, pn_date date) {
    assert(in_range(date));
    return pn_calendar_is_business(calendar, date) ? date : walk(calendar, date, 1, 1);
}

pn_date pn_calendar_previous(const pn_calendar *calendar, pn_date date) {
    assert(in_range(date));
    return pn_calendar_is_business(calendar, date) ? date : walk(calendar, date, -1, 1);
}

pn_date pn_calendar_add(const pn_calendar *calendar, pn_date date, int days) {
    assert(in_range(date));
    if (days == 0) {
        return pn_calendar_next(calendar, date);
    }
    return days > 0 ? walk(calendar, date, 1, (unsigned)days)
                    : walk(calendar, date, -1, 0U - (unsigned)days);
}

/* Days in (from, to] whose weekday is open. */
static int open_weekdays(const pn_calendar *calendar, pn_date from, pn_date to) {
    int days = to - from;
    int open_in_week = 0;
    for (unsigned weekday = 0; weekday < 7; weekday++) {
        open_in_week += (calendar->closed_weekdays >> weekday & 1) == 0;
    }
    int open = days / 7 * open_in_week;
    for (pn_date date = from + days / 7 * 7 + 1; date <= to; date++) {
        open += weekday_open(calendar, date);
    }
    return open;
}

/* Those of them that are holidays. */
static int open_holidays(const pn_calendar *calendar, pn_date from, pn_date to) {
    pn_date first = PN_MAX(from + 1, pn_holiday_first_day);
    pn_date last = PN_MIN(to, pn_holiday_last_day);
    if (calendar->country < 0 || first > last) {
        return 0;
    }
    const pn_holiday_country *data = &pn_holiday_countries[calendar->country];
    uint32_t first_day = day_index(first), last_day = day_index(last);
    int count = 0;
    for (const pn_holiday_row *row = data->rows + data->blocks[first_day / 32].first;
         row->day <= last_day; row++) {
        count += row->day >= first_day && rests(data, row, calendar->region) &&
                 weekday_open(calendar, pn_holiday_first_day + row->day);
    }
    return count;
}

/* Those of them that `closed` takes besides. */
static int open_closed_days(const pn_calendar *calendar, pn_date from, pn_date to) {
    int count = 0;
    for (size_t i = closed_from(calendar, from + 1); i < calendar->closed_count; i++) {
        pn_date date = calendar->closed[i];
        if (date > to) {
            break;
        }
        bool repeated = i > 0 && calendar->closed[i - 1] == date;
        count += !repeated && weekday_open(calendar, date) && holiday_row(calendar, date) == NULL;
    }
    return count;
}

int pn_calendar_count(const pn_calendar *calendar, pn_date from, pn_date to) {
    assert(in_range(from) && in_range(to));
    if (to < from) {
        return -pn_calendar_count(calendar, to, from);
    }
    return open_weekdays(calendar, from, to) - open_holidays(calendar, from, to) -
           open_closed_days(calendar, from, to);
}
