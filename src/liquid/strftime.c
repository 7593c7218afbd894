#include "liquid/strftime.h"

#include "base/banned.h"
#include "base/utf8.h"

enum { WIDTH_MAX = 64, HOUR_SECONDS = 3600, MINUTE_SECONDS = 60, DAY_SECONDS = 86400 };

/* One directive with what stands between % and its letter. */
typedef struct {
    char letter;
    char pad;       /* '0', ' ', '-' for none, or 0 for the directive's own */
    unsigned width; /* 0: the directive's own */
    unsigned colons;
    bool upper, swap;
} directive;

typedef struct {
    pn_buf *buf;
    pn_liquid_moment moment;
    pn_civil civil;
    pn_str language;
} writer;

/* Reads the directive behind a %; returns the bytes it takes, 0 when it is none. */
static size_t read_directive(pn_str text, directive *d) {
    *d = (directive){0};
    size_t i = 0;
    for (; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '-' || c == '0') {
            d->pad = c;
        } else if (c == '_') {
            d->pad = ' ';
        } else if (c == '^') {
            d->upper = true;
        } else if (c == '#') {
            d->swap = true;
        } else if (c == ':') {
            d->colons++;
        } else {
            break;
        }
    }
    for (; i < text.len && pn_is_digit(text.ptr[i]); i++) {
        d->width = PN_MIN(d->width * 10 + (unsigned)(text.ptr[i] - '0'), (unsigned)WIDTH_MAX);
    }
    if (i + 1 < text.len && (text.ptr[i] == 'E' || text.ptr[i] == 'O')) {
        i++;
    }
    if (i >= text.len) {
        return 0;
    }
    d->letter = text.ptr[i];
    return i + 1;
}

static void add_number(writer *w, const directive *d, int64_t value, unsigned width, char pad) {
    char digits[20];
    size_t len = pn_int64_text(value < 0 ? -value : value, digits);
    pad = d->pad != '\0' ? d->pad : pad;
    width = d->width != 0 ? d->width : width;
    size_t used = len + (value < 0);
    if (value < 0 && pad != ' ') {
        pn_buf_add_char(w->buf, '-');
    }
    for (; pad != '-' && used < width; used++) {
        pn_buf_add_char(w->buf, pad);
    }
    if (value < 0 && pad == ' ') {
        pn_buf_add_char(w->buf, '-');
    }
    pn_buf_add(w->buf, digits, len);
}

/* Changes the case of what was written since `start`. All our names keep their length in it. */
static void change_case(pn_buf *buf, size_t start, bool upper) {
    for (size_t i = start; i < buf->len && !buf->failed;) {
        uint32_t c = 0;
        char changed[4];
        size_t len = pn_utf8_decode((pn_str){buf->ptr + i, buf->len - i}, &c);
        if (pn_utf8_encode(upper ? pn_utf8_upper(c) : pn_utf8_lower(c), changed) == len) {
            memcpy(buf->ptr + i, changed, len);
        }
        i += len;
    }
}

/* Pads what was written since `start` on its left. */
static void pad_text(pn_buf *buf, size_t start, const directive *d) {
    size_t len = pn_utf8_count((pn_str){buf->ptr + start, buf->len - start});
    if (buf->failed || d->width <= len || d->pad == '-') {
        return;
    }
    size_t missing = d->width - len;
    if (pn_buf_reserve(buf, missing)) {
        memmove(buf->ptr + start + missing, buf->ptr + start, buf->len - start);
        memset(buf->ptr + start, d->pad == '0' ? '0' : ' ', missing);
        buf->len += missing;
    }
}

static void add_text(writer *w, const directive *d, pn_str text) {
    size_t start = w->buf->len;
    pn_buf_add_str(w->buf, text);
    if (d->upper || d->swap) {
        change_case(w->buf, start, d->upper || d->letter != 'p');
    }
    pad_text(w->buf, start, d);
}

static pn_str name_or_english(pn_str (*names)(unsigned, pn_str, bool), unsigned index,
                              pn_str language, bool abbreviated) {
    pn_str name = language.len == 0 ? PN_STR_NONE : names(index, language, abbreviated);
    return name.len != 0 ? name : names(index, PN_STR("en"), abbreviated);
}

static void add_weekday(writer *w, const directive *d, bool abbreviated) {
    unsigned weekday = pn_date_weekday(w->moment.date);
    add_text(w, d, name_or_english(pn_weekday_name, weekday, w->language, abbreviated));
}

static void add_month(writer *w, const directive *d, bool abbreviated) {
    add_text(w, d, name_or_english(pn_month_name, w->civil.month, w->language, abbreviated));
}

static void add_offset(writer *w, const directive *d) {
    int32_t offset = w->moment.offset_seconds;
    unsigned magnitude = (unsigned)(offset < 0 ? -offset : offset);
    const char *separator = d->colons > 0 ? ":" : "";
    pn_buf_add_format(w->buf, "%c%02u%s%02u", offset < 0 ? '-' : '+', magnitude / HOUR_SECONDS,
                      separator, magnitude / MINUTE_SECONDS % 60);
    if (d->colons > 1) {
        pn_buf_add_format(w->buf, ":%02u", magnitude % 60);
    }
}

static void add_zone_name(writer *w, const directive *d) {
    if (w->moment.offset_seconds == 0) {
        add_text(w, d, PN_STR("UTC"));
    } else {
        add_offset(w, &(directive){.colons = 1});
    }
}

/* Digits of the second's fraction: `width` of them. */
static void add_fraction(writer *w, const directive *d, unsigned width) {
    width = d->width != 0 ? d->width : width;
    int32_t rest = w->moment.microsecond;
    int32_t unit = 100000;
    for (unsigned i = 0; i < width; i++) {
        pn_buf_add_char(w->buf, unit == 0 ? '0' : (char)('0' + rest / unit));
        rest = unit == 0 ? 0 : rest % unit;
        unit /= 10;
    }
}

static int day_of_year(const writer *w) {
    return (int)(w->moment.date - pn_date_of(w->civil.year, 1, 1));
}

/* The week of ISO 8601 and the year it belongs to: that of its Thursday. */
static unsigned iso_week(const writer *w, int32_t *ret_year) {
    pn_date thursday = w->moment.date - (pn_date)pn_date_weekday(w->moment.date) + 3;
    *ret_year = pn_date_civil(thursday).year;
    return (unsigned)(thursday - pn_date_of(*ret_year, 1, 1)) / 7 + 1;
}

static void add_format(writer *w, const directive *d, const char *format) {
    size_t start = w->buf->len;
    pn_liquid_strftime(w->buf, w->moment, pn_str_of(format), w->language);
    if (d->upper) {
        change_case(w->buf, start, true);
    }
    pad_text(w->buf, start, d);
}

static bool english(const writer *w) {
    return w->language.len == 0 || pn_str_starts(w->language, PN_STR("en"));
}

/* Directives made of others. */
static const char *composite(const writer *w, char letter) {
    switch (letter) {
    case 'c': return english(w) ? "%a %b %e %H:%M:%S %Y" : "%a %e %b %Y %H:%M:%S";
    case 'D': return "%m/%d/%y";
    case 'x': return english(w) ? "%m/%d/%y" : "%d/%m/%Y";
    case 'F': return "%Y-%m-%d";
    case 'T':
    case 'X': return "%H:%M:%S";
    case 'R': return "%H:%M";
    case 'r': return "%I:%M:%S %p";
    case 'v': return "%e-%^b-%Y";
    default: return NULL;
    }
}

static bool add_day_directive(writer *w, const directive *d) {
    int32_t week_year = 0;
    unsigned weekday = pn_date_weekday(w->moment.date);
    int32_t year = w->civil.year;
    switch (d->letter) {
    case 'Y': add_number(w, d, year, 4, '0'); break;
    case 'C': add_number(w, d, year / 100, 2, '0'); break;
    case 'y': add_number(w, d, year % 100, 2, '0'); break;
    case 'm': add_number(w, d, w->civil.month, 2, '0'); break;
    case 'B': add_month(w, d, false); break;
    case 'b':
    case 'h': add_month(w, d, true); break;
    case 'd': add_number(w, d, w->civil.day, 2, '0'); break;
    case 'e': add_number(w, d, w->civil.day, 2, ' '); break;
    case 'j': add_number(w, d, day_of_year(w) + 1, 3, '0'); break;
    case 'A': add_weekday(w, d, false); break;
    case 'a': add_weekday(w, d, true); break;
    case 'u': add_number(w, d, weekday + 1, 1, '0'); break;
    case 'w': add_number(w, d, (weekday + 1) % 7, 1, '0'); break;
    case 'G':
        (void)iso_week(w, &week_year);
        add_number(w, d, week_year, 4, '0');
        break;
    case 'g':
        (void)iso_week(w, &week_year);
        add_number(w, d, week_year % 100, 2, '0');
        break;
    case 'V': add_number(w, d, iso_week(w, &week_year), 2, '0'); break;
    case 'U': add_number(w, d, (day_of_year(w) + 7 - (int)((weekday + 1) % 7)) / 7, 2, '0'); break;
    case 'W': add_number(w, d, (day_of_year(w) + 7 - (int)weekday) / 7, 2, '0'); break;
    default: return false;
    }
    return true;
}

static bool add_time_directive(writer *w, const directive *d) {
    int32_t hour = w->moment.second / HOUR_SECONDS;
    int32_t half_hour = (hour + 11) % 12 + 1;
    int64_t epoch = (int64_t)w->moment.date * DAY_SECONDS + w->moment.second;
    switch (d->letter) {
    case 'H': add_number(w, d, hour, 2, '0'); break;
    case 'k': add_number(w, d, hour, 2, ' '); break;
    case 'I': add_number(w, d, half_hour, 2, '0'); break;
    case 'l': add_number(w, d, half_hour, 2, ' '); break;
    case 'M': add_number(w, d, w->moment.second / MINUTE_SECONDS % 60, 2, '0'); break;
    case 'S': add_number(w, d, w->moment.second % 60, 2, '0'); break;
    case 'P': add_text(w, d, hour < 12 ? PN_STR("am") : PN_STR("pm")); break;
    case 'p': add_text(w, d, hour < 12 ? PN_STR("AM") : PN_STR("PM")); break;
    case 'L': add_fraction(w, d, 3); break;
    case 'N': add_fraction(w, d, 9); break;
    case 'z': add_offset(w, d); break;
    case 'Z': add_zone_name(w, d); break;
    case 's': add_number(w, d, epoch - w->moment.offset_seconds, 1, '0'); break;
    case 'n': add_text(w, d, PN_STR("\n")); break;
    case 't': add_text(w, d, PN_STR("\t")); break;
    case '%': add_text(w, d, PN_STR("%")); break;
    default: return false;
    }
    return true;
}

void pn_liquid_strftime(pn_buf *buf, pn_liquid_moment moment, pn_str format, pn_str language) {
    writer w = {buf, moment, pn_date_civil(moment.date), language};
    while (format.len > 0 && !buf->failed) {
        size_t text = PN_MIN(pn_str_find_char(format, '%'), format.len);
        pn_buf_add(buf, format.ptr, text);
        format = pn_str_from(format, text);
        if (format.len == 0) {
            break;
        }
        directive d;
        size_t taken = read_directive(pn_str_from(format, 1), &d);
        const char *made_of = taken == 0 ? NULL : composite(&w, d.letter);
        if (made_of != NULL) {
            add_format(&w, &d, made_of);
        } else if (taken == 0 || (!add_day_directive(&w, &d) && !add_time_directive(&w, &d))) {
            pn_buf_add(buf, format.ptr, 1 + taken);
        }
        format = pn_str_from(format, 1 + taken);
    }
}
