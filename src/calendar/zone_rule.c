/* POSIX TZ strings; see the header. */
#include "calendar/zone_rule.h"

#include "base/banned.h"

enum {
    SECONDS_HOUR = 3600,
    SECONDS_DAY = 86400,
    HOURS_OFFSET_MAX = 24,
    HOURS_RULE_MAX = 167, /* version 3 of TZif widened POSIX's 24 */
    NAME_CHARS_MIN = 3,
};

static bool take(pn_str *text, char c) {
    if (text->len == 0 || text->ptr[0] != c) {
        return false;
    }
    *text = pn_str_from(*text, 1);
    return true;
}

static bool take_number(pn_str *text, unsigned max, unsigned *ret_number) {
    unsigned number = 0;
    size_t digits = 0;
    while (digits < text->len && pn_is_digit(text->ptr[digits])) {
        number = number * 10 + (unsigned)(text->ptr[digits] - '0');
        if (number > max) {
            return false;
        }
        digits++;
    }
    *text = pn_str_from(*text, digits);
    *ret_number = number;
    return digits > 0;
}

/* "CET", or "<+03>" for names that are not letters alone. */
static bool take_name(pn_str *text) {
    bool quoted = take(text, '<');
    size_t len = 0;
    while (len < text->len) {
        char c = text->ptr[len];
        if (!pn_is_alpha(c) && !(quoted && (pn_is_digit(c) || c == '+' || c == '-'))) {
            break;
        }
        len++;
    }
    *text = pn_str_from(*text, len);
    return len >= NAME_CHARS_MIN && (!quoted || take(text, '>'));
}

/* [+-]hh[:mm[:ss]] */
static bool take_time(pn_str *text, unsigned hours_max, int32_t *ret_seconds) {
    bool negative = take(text, '-');
    if (!negative) {
        (void)take(text, '+');
    }
    unsigned hours = 0, minutes = 0, seconds = 0;
    if (!take_number(text, hours_max, &hours)) {
        return false;
    }
    if (take(text, ':')) {
        if (!take_number(text, 59, &minutes) ||
            (take(text, ':') && !take_number(text, 59, &seconds))) {
            return false;
        }
    }
    int32_t total = (int32_t)(hours * SECONDS_HOUR + minutes * 60 + seconds);
    *ret_seconds = negative ? -total : total;
    return true;
}

/* A day of the year and a time, "/2" when absent. */
static bool take_day(pn_str *text, pn_rule_day *day) {
    *day = (pn_rule_day){.kind = PN_RULE_DAY_ZERO, .time_s = 2 * SECONDS_HOUR};
    if (take(text, 'M')) {
        day->kind = PN_RULE_DAY_MONTH;
        if (!take_number(text, 12, &day->month) || day->month == 0 || !take(text, '.') ||
            !take_number(text, 5, &day->week) || day->week == 0 || !take(text, '.') ||
            !take_number(text, 6, &day->day)) {
            return false;
        }
    } else if (take(text, 'J')) {
        day->kind = PN_RULE_DAY_JULIAN;
        if (!take_number(text, 365, &day->day) || day->day == 0) {
            return false;
        }
    } else if (!take_number(text, 365, &day->day)) {
        return false;
    }
    return !take(text, '/') || take_time(text, HOURS_RULE_MAX, &day->time_s);
}

pn_err pn_zone_rule_parse(pn_str text, pn_zone_rule *ret_rule) {
    static const pn_str USUAL_DATES = {",M3.2.0,M11.1.0", 15};
    pn_zone_rule rule = {.has_daylight = false};
    int32_t west_s = 0;
    if (!take_name(&text) || !take_time(&text, HOURS_OFFSET_MAX, &west_s)) {
        return PN_INVALID;
    }
    rule.standard_s = -west_s; /* POSIX counts towards the west */
    rule.daylight_s = rule.standard_s;
    if (text.len > 0) {
        if (!take_name(&text)) {
            return PN_INVALID;
        }
        rule.has_daylight = true;
        rule.daylight_s = rule.standard_s + SECONDS_HOUR;
        if (text.len > 0 && text.ptr[0] != ',') {
            if (!take_time(&text, HOURS_OFFSET_MAX, &west_s)) {
                return PN_INVALID;
            }
            rule.daylight_s = -west_s;
        }
        if (text.len == 0) {
            text = USUAL_DATES;
        }
        if (!take(&text, ',') || !take_day(&text, &rule.start) || !take(&text, ',') ||
            !take_day(&text, &rule.end)) {
            return PN_INVALID;
        }
    }
    if (text.len > 0) {
        return PN_INVALID;
    }
    *ret_rule = rule;
    return PN_OK;
}

static pn_date day_in_year(const pn_rule_day *day, int32_t year) {
    pn_date new_year = pn_date_of(year, 1, 1);
    switch (day->kind) {
    case PN_RULE_DAY_ZERO: return new_year + (pn_date)day->day;
    case PN_RULE_DAY_JULIAN:
        return new_year + (pn_date)day->day - 1 +
               (day->day >= 60 && pn_month_days(year, 2) == 29 ? 1 : 0);
    case PN_RULE_DAY_MONTH: break;
    }
    pn_date first = pn_date_of(year, day->month, 1);
    unsigned first_weekday = (pn_date_weekday(first) + 1) % 7; /* counted from Sunday */
    unsigned offset = (day->day + 7 - first_weekday) % 7 + (day->week - 1) * 7;
    if (offset >= pn_month_days(year, day->month)) {
        offset -= 7;
    }
    return first + (pn_date)offset;
}

int64_t pn_zone_rule_start(const pn_zone_rule *rule, int32_t year) {
    return (int64_t)day_in_year(&rule->start, year) * SECONDS_DAY + rule->start.time_s -
           rule->standard_s;
}

int64_t pn_zone_rule_end(const pn_zone_rule *rule, int32_t year) {
    return (int64_t)day_in_year(&rule->end, year) * SECONDS_DAY + rule->end.time_s -
           rule->daylight_s;
}
