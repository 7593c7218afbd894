#include "format/mail_date.h"

#include "calendar/date.h"

#include "base/banned.h"

typedef struct {
    pn_str rest;
} reader;

static pn_str next_word(reader *r) {
    r->rest = pn_str_trim(r->rest);
    size_t len = 0;
    while (len < r->rest.len && !pn_is_space(r->rest.ptr[len])) {
        len++;
    }
    pn_str word = pn_str_first(r->rest, len);
    r->rest = pn_str_from(r->rest, len);
    return word;
}

static bool number_of(pn_str word, int64_t min, int64_t max, int64_t *ret_number) {
    return word.len > 0 && word.len <= 4 && pn_is_digit(word.ptr[0]) &&
           pn_str_to_int64(word, ret_number) == PN_OK && *ret_number >= min && *ret_number <= max;
}

static unsigned month_of(pn_str word) {
    static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    for (unsigned i = 0; i < 12 && word.len >= 3; i++) {
        if (pn_str_eq_nocase(pn_str_first(word, 3), (pn_str){names + 3 * i, 3})) {
            return i + 1;
        }
    }
    return 0;
}

/* "10:22:11", "10:22" */
static bool seconds_of(pn_str word, int64_t *ret_seconds) {
    int64_t part[3] = {0};
    static const int64_t max[3] = {23, 59, 60};
    pn_str one;
    size_t count = 0;
    while (pn_str_split(&word, ':', &one)) {
        if (count == 3 || !number_of(one, 0, max[count], &part[count])) {
            return false;
        }
        count++;
    }
    *ret_seconds = part[0] * 3600 + part[1] * 60 + part[2];
    return count >= 2;
}

/* "+0100", "-0300", "GMT", "EST"; what is not known counts as UTC (RFC 5322, section 4.3). */
static int64_t zone_seconds(pn_str word) {
    static const struct {
        pn_str name;
        int hours;
    } names[] = {{{"EST", 3}, -5}, {{"EDT", 3}, -4}, {{"CST", 3}, -6}, {{"CDT", 3}, -5},
                 {{"MST", 3}, -7}, {{"MDT", 3}, -6}, {{"PST", 3}, -8}, {{"PDT", 3}, -7}};
    int64_t number = 0;
    if (word.len == 5 && (word.ptr[0] == '+' || word.ptr[0] == '-') &&
        number_of(pn_str_from(word, 1), 0, 1459, &number)) {
        int64_t seconds = number / 100 * 3600 + number % 100 * 60;
        return word.ptr[0] == '-' ? -seconds : seconds;
    }
    for (size_t i = 0; i < PN_COUNT(names); i++) {
        if (pn_str_eq_nocase(word, names[i].name)) {
            return names[i].hours * INT64_C(3600);
        }
    }
    return 0;
}

bool pn_mail_date(pn_str value, pn_time *ret_time) {
    reader r = {.rest = value};
    int64_t day = 0, year = 0, seconds = 0;
    pn_str word = next_word(&r);
    if (word.len > 0 && pn_is_alpha(word.ptr[0])) {
        word = next_word(&r); /* behind "Mon," */
    }
    if (!number_of(word, 1, 31, &day)) {
        return false;
    }
    unsigned month = month_of(next_word(&r));
    if (month == 0 || !number_of(next_word(&r), 1990, 2199, &year) ||
        !pn_civil_valid((int32_t)year, month, (unsigned)day) ||
        !seconds_of(next_word(&r), &seconds)) {
        return false;
    }
    pn_date date = pn_date_of((int32_t)year, month, (unsigned)day);
    *ret_time = date * PN_DAY + (seconds - zone_seconds(next_word(&r))) * PN_SECOND;
    return true;
}
