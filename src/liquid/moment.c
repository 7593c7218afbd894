/* Reading dates is lenient the way template authors expect it from Liquid, up to a point: a word
 * that is neither a month, a weekday nor a zone makes a text no date at all, where Ruby would take
 * "order 5" for the fifth of this month. */
#include "liquid/moment.h"

#include "base/banned.h"

enum {
    TEXT_MAX = 64,
    DAY_SECONDS = 86400,
    MINUTE_SECONDS = 60,
    HOUR_SECONDS = 3600,
    LOOSE_NUMBERS = 2,
};

static const int64_t FIRST_SECOND = INT64_C(-62135596800); /* 0001-01-01 */
static const int64_t LAST_SECOND = INT64_C(253402300799);  /* 9999-12-31 */

static int64_t floor_div(int64_t value, int64_t divisor) {
    return value / divisor - (value % divisor < 0);
}

static bool moment_of_time(const pn_liquid_context *context, pn_time time,
                           pn_liquid_moment *ret_moment) {
    int64_t seconds = floor_div(time, PN_SECOND);
    if (seconds < FIRST_SECOND + 2 * DAY_SECONDS || seconds > LAST_SECOND - 2 * DAY_SECONDS) {
        return false;
    }
    int32_t offset = context->zone == NULL ? 0 : pn_zone_offset(context->zone, time);
    int64_t local = seconds + offset;
    *ret_moment = (pn_liquid_moment){
        .date = (pn_date)floor_div(local, DAY_SECONDS),
        .second = (int32_t)(local - floor_div(local, DAY_SECONDS) * DAY_SECONDS),
        .microsecond = (int32_t)(time - seconds * PN_SECOND),
        .offset_seconds = offset,
    };
    return true;
}

/* ── reading a text ──────────────────────────────────────────────────────────────────────────── */

typedef struct {
    const char *at, *end; /* lower case */
    int32_t year, month, day;
    int32_t hour, minute, second, microsecond;
    int32_t offset_seconds;
    int32_t loose[LOOSE_NUMBERS]; /* numbers beside a month's name, with their lengths */
    size_t loose_digits[LOOSE_NUMBERS];
    size_t loose_count;
    bool has_year, has_month, has_day, has_time, has_offset;
} reader;

static char peek(const reader *r) {
    return r->at < r->end ? *r->at : '\0';
}

static bool take(reader *r, char c) {
    bool taken = peek(r) == c && c != '\0';
    r->at += taken;
    return taken;
}

/* Up to 9 digits; returns how many there were. */
static size_t take_number(reader *r, int32_t *ret_number) {
    size_t digits = 0;
    int32_t number = 0;
    for (; digits < 9 && pn_is_digit(peek(r)); digits++) {
        number = number * 10 + (*r->at++ - '0');
    }
    *ret_number = number;
    return digits;
}

static void take_fraction(reader *r) {
    int32_t unit = 100000;
    for (; pn_is_digit(peek(r)); r->at++) {
        r->microsecond += (*r->at - '0') * unit;
        unit /= 10;
    }
}

/* Where "am" or "pm" begins, if that comes next; NULL otherwise. */
static const char *meridian_ahead(const reader *r) {
    const char *at = r->at;
    while (at < r->end && *at == ' ') {
        at++;
    }
    bool found = r->end - at >= 2 && (at[0] == 'a' || at[0] == 'p') && at[1] == 'm' &&
                 (r->end - at == 2 || !pn_is_alpha(at[2]));
    return found ? at : NULL;
}

/* What follows an hour: ":mm[:ss[.fraction]] [am|pm]". */
static bool take_clock(reader *r, int32_t hour) {
    r->hour = hour;
    r->has_time = true;
    if (take(r, ':') && take_number(r, &r->minute) == 0) {
        return false;
    }
    if (take(r, ':') && take_number(r, &r->second) == 0) {
        return false;
    }
    if (r->second == 60) { /* a leap second */
        r->second = 59;
    }
    if (peek(r) == '.' || (peek(r) == ',' && r->end - r->at > 1 && pn_is_digit(r->at[1]))) {
        r->at++;
        take_fraction(r);
    }
    const char *meridian = meridian_ahead(r);
    if (meridian != NULL && r->hour >= 1 && r->hour <= 12) {
        r->hour = r->hour % 12 + (meridian[0] == 'p' ? 12 : 0);
        r->at = meridian + 2;
    }
    return r->hour < 24 && r->minute < 60 && r->second < 60;
}

/* "hhmm[ss]" behind the T of a basic ISO time. */
static void take_compact_clock(reader *r, int32_t number, size_t digits) {
    if (digits == 4) {
        number *= 100;
    }
    r->hour = number / 10000;
    r->minute = number / 100 % 100;
    r->second = number % 100;
    r->has_time = true;
}

static int32_t full_year(int32_t year, size_t digits) {
    return digits > 2 ? year : year + (year >= 69 ? 1900 : 2000);
}

/* a-b[-c]: year first, unless the last one is longer than two digits. */
static bool take_numeric_date(reader *r, int32_t first, size_t first_digits) {
    char separator = *r->at++;
    int32_t second = 0, third = 0;
    if (take_number(r, &second) == 0) {
        return false;
    }
    size_t third_digits = take(r, separator) ? take_number(r, &third) : 0;
    r->has_month = true;
    if (third_digits == 0) {
        bool year_first = first_digits > 2;
        r->month = year_first ? second : first;
        r->year = first;
        r->has_year = year_first;
        r->day = second;
        r->has_day = !year_first;
        return true;
    }
    bool year_last = first_digits <= 2 && third_digits > 2;
    r->year = year_last ? full_year(third, third_digits) : full_year(first, first_digits);
    r->month = second;
    r->day = year_last ? first : third;
    r->has_year = r->has_day = true;
    return true;
}

static bool take_digits(reader *r) {
    int32_t number = 0;
    size_t digits = take_number(r, &number);
    char next = peek(r);
    bool digit_follows = r->end - r->at > 1 && pn_is_digit(r->at[1]);
    if (r->has_year && digits >= 4 && !r->has_time) {
        take_compact_clock(r, number, digits);
        return true;
    }
    if (!r->has_time && (next == ':' || meridian_ahead(r) != NULL)) {
        return take_clock(r, number);
    }
    if ((next == '-' || next == '/' || next == '.') && digit_follows && !r->has_year) {
        return take_numeric_date(r, number, digits);
    }
    if (digits == 8 && !r->has_year) {
        r->year = number / 10000;
        r->month = number / 100 % 100;
        r->day = number % 100;
        r->has_year = r->has_month = r->has_day = true;
        return true;
    }
    if (r->loose_count == LOOSE_NUMBERS) {
        return false;
    }
    r->loose[r->loose_count] = number;
    r->loose_digits[r->loose_count++] = digits;
    return true;
}

/* "+01:00", "-0600", "+2" */
static bool take_offset(reader *r) {
    int32_t sign = *r->at++ == '-' ? -1 : 1;
    int32_t hours = 0, minutes = 0;
    size_t digits = take_number(r, &hours);
    if (take(r, ':')) {
        (void)take_number(r, &minutes);
    } else if (digits > 2) {
        minutes = hours % 100;
        hours /= 100;
    }
    if (digits == 0 || hours > 23 || minutes > 59) {
        return false;
    }
    r->offset_seconds = sign * (hours * HOUR_SECONDS + minutes * MINUTE_SECONDS);
    r->has_offset = true;
    return true;
}

/* The whole word or its first three letters; 0 when there is none, else its place from 1. */
static int32_t word_index(pn_str word, const char *const *words, size_t count) {
    for (size_t i = 0; i < count; i++) {
        pn_str full = pn_str_of(words[i]);
        if (word.len >= 3 && pn_str_starts(full, word) && (word.len <= 4 || word.len == full.len)) {
            return (int32_t)i + 1;
        }
    }
    return 0;
}

static bool take_zone_name(reader *r, pn_str word) {
    static const struct {
        const char *name;
        int32_t hours;
    } ZONES[] = {
        {"z", 0},    {"utc", 0},  {"gmt", 0},  {"ut", 0},   {"est", -5}, {"edt", -4},
        {"cst", -6}, {"cdt", -5}, {"mst", -7}, {"mdt", -6}, {"pst", -8}, {"pdt", -7},
        {"wet", 0},  {"cet", 1},  {"cest", 2}, {"bst", 1},
    };
    for (size_t i = 0; i < PN_COUNT(ZONES); i++) {
        if (pn_str_eq(word, pn_str_of(ZONES[i].name))) {
            r->offset_seconds = ZONES[i].hours * HOUR_SECONDS;
            r->has_offset = true;
            return r->has_time;
        }
    }
    return false;
}

static bool take_word(reader *r) {
    static const char *const MONTHS[] = {"january",   "february", "march",    "april",
                                         "may",       "june",     "july",     "august",
                                         "september", "october",  "november", "december"};
    static const char *const DAYS[] = {"monday", "tuesday",  "wednesday", "thursday",
                                       "friday", "saturday", "sunday"};
    static const char *const FILLERS[] = {"t", "at", "of", "st", "nd", "rd", "th"};
    const char *from = r->at;
    while (pn_is_alpha(peek(r))) {
        r->at++;
    }
    pn_str word = pn_str_sub(from, r->at);
    (void)take(r, '.');
    int32_t month = word_index(word, MONTHS, PN_COUNT(MONTHS));
    if (month != 0 && !r->has_month) {
        r->month = month;
        r->has_month = true;
        return true;
    }
    for (size_t i = 0; i < PN_COUNT(FILLERS); i++) {
        if (pn_str_eq(word, pn_str_of(FILLERS[i]))) {
            return true;
        }
    }
    return word_index(word, DAYS, PN_COUNT(DAYS)) != 0 || take_zone_name(r, word);
}

static bool take_all(reader *r) {
    while (r->at < r->end) {
        char c = peek(r);
        bool ok = true;
        if (pn_is_digit(c)) {
            ok = take_digits(r);
        } else if (pn_is_alpha(c)) {
            ok = take_word(r);
        } else if ((c == '+' || c == '-') && r->has_time) {
            ok = take_offset(r);
        } else if (pn_is_space(c) || c == ',' || c == '-' || c == '/' || c == '(' || c == ')') {
            r->at++;
        } else {
            return false;
        }
        if (!ok) {
            return false;
        }
    }
    return true;
}

/* Gives the numbers beside a month's name their meaning: more than two digits is a year. */
static bool place_loose_numbers(reader *r) {
    for (size_t i = 0; i < r->loose_count; i++) {
        bool is_year = r->loose_digits[i] > 2 || (r->has_day && !r->has_year);
        if (!r->has_month || (is_year ? r->has_year : r->has_day)) {
            return false;
        }
        if (is_year) {
            r->year = full_year(r->loose[i], r->loose_digits[i]);
            r->has_year = true;
        } else {
            r->day = r->loose[i];
            r->has_day = true;
        }
    }
    return true;
}

/* What is not said is now's: the year, or for a time alone the whole day. */
static bool complete(const pn_liquid_context *context, reader *r) {
    if (!r->has_month && !r->has_time) {
        return false;
    }
    if (!r->has_year || !r->has_month) {
        pn_liquid_moment now;
        if (context->now == PN_TIME_NONE || !moment_of_time(context, context->now, &now)) {
            return false;
        }
        pn_civil today = pn_date_civil(now.date);
        r->year = r->has_year ? r->year : today.year;
        r->day = r->has_month ? r->day : today.day;
        r->has_day = r->has_day || !r->has_month;
        r->month = r->has_month ? r->month : today.month;
    }
    if (!r->has_day) {
        r->day = 1;
    }
    return r->month > 0 && r->day > 0 && r->year > 0 && r->year <= 9999 &&
           pn_civil_valid(r->year, (unsigned)r->month, (unsigned)r->day);
}

static bool read_moment(const pn_liquid_context *context, pn_str text,
                        pn_liquid_moment *ret_moment) {
    char lower[TEXT_MAX];
    for (size_t i = 0; i < text.len; i++) {
        lower[i] = pn_to_lower(text.ptr[i]);
    }
    reader r = {.at = lower, .end = lower + text.len};
    if (!take_all(&r) || !place_loose_numbers(&r) || !complete(context, &r)) {
        return false;
    }
    pn_date date = pn_date_of(r.year, (unsigned)r.month, (unsigned)r.day);
    int32_t second = r.hour * HOUR_SECONDS + r.minute * MINUTE_SECONDS + r.second;
    if (!r.has_offset && context->zone != NULL) {
        r.offset_seconds =
            pn_zone_offset(context->zone, pn_zone_instant(context->zone, date, second));
    }
    *ret_moment = (pn_liquid_moment){date, second, r.microsecond, r.offset_seconds};
    return true;
}

static bool moment_of_seconds(const pn_liquid_context *context, int64_t seconds,
                              pn_liquid_moment *ret_moment) {
    return seconds >= FIRST_SECOND && seconds <= LAST_SECOND &&
           moment_of_time(context, seconds * PN_SECOND, ret_moment);
}

static bool moment_of_text(const pn_liquid_context *context, pn_str text,
                           pn_liquid_moment *ret_moment) {
    if (text.len > TEXT_MAX) {
        return false;
    }
    if (pn_str_eq_nocase(text, PN_STR("now")) || pn_str_eq_nocase(text, PN_STR("today"))) {
        return context->now != PN_TIME_NONE && moment_of_time(context, context->now, ret_moment);
    }
    if (pn_str_is_digits(text)) {
        int64_t seconds = 0;
        return pn_str_to_int64(text, &seconds) == PN_OK &&
               moment_of_seconds(context, seconds, ret_moment);
    }
    return read_moment(context, text, ret_moment);
}

bool pn_liquid_moment_of(const pn_liquid_context *context, pn_liquid_value value,
                         pn_liquid_moment *ret_moment) {
    if (value.kind == PN_LIQUID_DATE) {
        *ret_moment = (pn_liquid_moment){.date = value.date};
        return true;
    }
    if (value.kind == PN_LIQUID_TIME) {
        return moment_of_time(context, value.time, ret_moment);
    }
    if (value.kind == PN_LIQUID_INT) {
        return moment_of_seconds(context, value.integer, ret_moment);
    }
    return value.kind == PN_LIQUID_STR &&
           moment_of_text(context, pn_liquid_text(value), ret_moment);
}

/* ── writing without a filter ────────────────────────────────────────────────────────────────── */

void pn_liquid_date_text(pn_buf *buf, const pn_liquid_context *context, pn_date date) {
    if (context->language.len == 0) {
        pn_date_add_iso(buf, date);
    } else {
        pn_date_text_short(buf, date, context->language, context->country);
    }
}

void pn_liquid_time_text(pn_buf *buf, const pn_liquid_context *context, pn_time time) {
    pn_liquid_moment moment;
    if (!moment_of_time(context, time, &moment)) {
        return;
    }
    pn_liquid_date_text(buf, context, moment.date);
    int32_t minutes = moment.second / MINUTE_SECONDS;
    char clock[6] = {
        ' ', (char)('0' + minutes / 600),     (char)('0' + minutes / 60 % 10),
        ':', (char)('0' + minutes % 60 / 10), (char)('0' + minutes % 10),
    };
    pn_buf_add(buf, clock, sizeof clock);
}
