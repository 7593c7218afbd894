#include "calendar/instant.h"

#include <stdio.h>

#include "base/banned.h"

/* Two digits of at most `max`; −1 otherwise. */
static int two(const char *text, int max) {
    int value =
        pn_is_digit(text[0]) && pn_is_digit(text[1]) ? (text[0] - '0') * 10 + (text[1] - '0') : -1;
    return value <= max ? value : -1;
}

/* ".25" behind the seconds; `rest` becomes what stands behind it. */
static bool read_fraction(pn_str *rest, int64_t *ret_us) {
    int64_t unit = PN_SECOND;
    size_t i = 1;
    *ret_us = 0;
    if (rest->len == 0 || rest->ptr[0] != '.') {
        return true;
    }
    while (i < rest->len && pn_is_digit(rest->ptr[i])) {
        unit /= 10;
        *ret_us += unit * (rest->ptr[i++] - '0');
    }
    *rest = pn_str_from(*rest, i);
    return i > 1 && i <= 10;
}

/* "Z" or "+01:00": seconds east of UTC. */
static bool read_offset(pn_str text, int64_t *ret_seconds) {
    if (text.len == 1 && (text.ptr[0] == 'Z' || text.ptr[0] == 'z')) {
        *ret_seconds = 0;
        return true;
    }
    if (text.len != 6 || (text.ptr[0] != '+' && text.ptr[0] != '-') || text.ptr[3] != ':') {
        return false;
    }
    int hours = two(text.ptr + 1, 23), minutes = two(text.ptr + 4, 59);
    int64_t seconds = hours * 3600 + minutes * 60;
    *ret_seconds = text.ptr[0] == '-' ? -seconds : seconds;
    return hours >= 0 && minutes >= 0;
}

pn_err pn_instant_parse(pn_str text, pn_time *ret_time) {
    pn_date date = 0;
    int64_t us = 0, east = 0;
    if (text.len < 20 || pn_date_parse_iso(pn_str_first(text, 10), &date) != PN_OK ||
        (text.ptr[10] != 'T' && text.ptr[10] != 't') || text.ptr[13] != ':' ||
        text.ptr[16] != ':' || date < 0 || date >= pn_date_of(2200, 1, 1)) {
        return PN_INVALID;
    }
    int hour = two(text.ptr + 11, 23), minute = two(text.ptr + 14, 59);
    int second = two(text.ptr + 17, 60);
    pn_str rest = pn_str_from(text, 19);
    if (hour < 0 || minute < 0 || second < 0 || !read_fraction(&rest, &us) ||
        !read_offset(rest, &east)) {
        return PN_INVALID;
    }
    int64_t seconds = hour * 3600 + minute * 60 + PN_MIN(second, 59) - east;
    *ret_time = date * PN_DAY + seconds * PN_SECOND + us;
    return PN_OK;
}

const char *pn_instant_text(pn_time at, char out[PN_INSTANT_SIZE]) {
    char date[PN_DATE_ISO_SIZE];
    int64_t day = at / PN_DAY - (at % PN_DAY < 0), us = at - day * PN_DAY;
    int second = (int)(us / PN_SECOND), part = (int)(us % PN_SECOND);
    int len = snprintf(out, PN_INSTANT_SIZE, "%sT%02d:%02d:%02d", pn_date_iso((pn_date)day, date),
                       second / 3600, second / 60 % 60, second % 60);
    if (part != 0) {
        len += snprintf(out + len, PN_INSTANT_SIZE - (size_t)len, ".%06d", part);
    }
    (void)snprintf(out + len, PN_INSTANT_SIZE - (size_t)len, "Z");
    return out;
}
