/* Civil days: arithmetic, reading by a format, guessing a format, texts.
 *
 * Formats are interpreted character by character instead of being compiled: an import reads a few
 * million dates at most and the walk costs less than finding the column did. strptime was rejected:
 * it depends on the locale and cannot say what it did not understand. */
#include "calendar/date.h"

#include <assert.h>

#include "base/utf8.h"

#include "base/banned.h"

/* ── arithmetic ──────────────────────────────────────────────────────────────────────────────── */

enum {
    DAYS_400_YEARS = 146097,
    /* Days from 0000-03-01, where Hinnant's years begin so that leap days end them, to 1970. */
    DAYS_TO_EPOCH = 719468,
};

static bool is_leap(int32_t year) {
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

unsigned pn_month_days(int32_t year, unsigned month) {
    assert(month >= 1 && month <= 12);
    if (month == 2) {
        return is_leap(year) ? 29 : 28;
    }
    return 30 + ((month + (month >> 3)) & 1);
}

bool pn_civil_valid(int32_t year, unsigned month, unsigned day) {
    return year >= 1 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 &&
           day <= pn_month_days(year, month);
}

pn_date pn_date_of(int32_t year, unsigned month, unsigned day) {
    assert(pn_civil_valid(year, month, day));
    uint32_t y = (uint32_t)year - (month <= 2);
    uint32_t era = y / 400;
    uint32_t year_of_era = y - era * 400;
    uint32_t month_from_march = month > 2 ? month - 3 : month + 9;
    uint32_t day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    uint32_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return (int32_t)(era * DAYS_400_YEARS + day_of_era) - DAYS_TO_EPOCH;
}

pn_civil pn_date_civil(pn_date date) {
    assert(date >= PN_DATE_FIRST && date <= PN_DATE_LAST);
    uint32_t days = (uint32_t)(date + DAYS_TO_EPOCH);
    uint32_t era = days / DAYS_400_YEARS;
    uint32_t day_of_era = days - era * DAYS_400_YEARS;
    uint32_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    uint32_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    uint32_t month_from_march = (5 * day_of_year + 2) / 153;
    uint32_t day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    uint32_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
    int32_t year = (int32_t)(year_of_era + era * 400 + (month <= 2));
    return (pn_civil){year, (uint8_t)month, (uint8_t)day};
}

unsigned pn_date_weekday(pn_date date) {
    /* 1970-01-01 was a Thursday; the multiple of seven makes every date positive. */
    return (unsigned)((uint64_t)((int64_t)date + 3 + INT64_C(7) * 306783379) % 7);
}

pn_date pn_date_add_months(pn_date date, int months) {
    pn_civil civil = pn_date_civil(date);
    int64_t month_index = (int64_t)civil.year * 12 + civil.month - 1 + months;
    if (month_index < 12) {
        return PN_DATE_FIRST;
    }
    if (month_index >= INT64_C(10000) * 12) {
        return PN_DATE_LAST;
    }
    int32_t year = (int32_t)(month_index / 12);
    unsigned month = (unsigned)(month_index % 12) + 1;
    unsigned last = pn_month_days(year, month);
    return pn_date_of(year, month, PN_MIN(civil.day, last));
}

pn_date pn_date_month_end(pn_date date) {
    pn_civil civil = pn_date_civil(date);
    return date + (pn_date)(pn_month_days(civil.year, civil.month) - civil.day);
}

/* ── names ───────────────────────────────────────────────────────────────────────────────────── */

typedef enum { LANGUAGE_ES, LANGUAGE_EN, LANGUAGE_PT, LANGUAGE_COUNT } language_index;

static const char *const MONTHS[LANGUAGE_COUNT][12] = {
    {"enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre",
     "octubre", "noviembre", "diciembre"},
    {"January", "February", "March", "April", "May", "June", "July", "August", "September",
     "October", "November", "December"},
    {"janeiro", "fevereiro", "março", "abril", "maio", "junho", "julho", "agosto", "setembro",
     "outubro", "novembro", "dezembro"},
};
static const char *const MONTHS_BRIEF[LANGUAGE_COUNT][12] = {
    {"ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"},
    {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"},
    {"jan", "fev", "mar", "abr", "mai", "jun", "jul", "ago", "set", "out", "nov", "dez"},
};

/* What files write besides; capital letters outside ASCII are spelt out, for only ASCII letters are
 * compared without case. */
static const struct {
    const char *text;
    uint8_t month;
    bool full;
} MONTHS_ALSO[] = {
    {"setiembre", 9, true}, {"marco", 3, true},  {"mar\xC3\x87o", 3, true}, /* MARÇO */
    {"sept", 9, false},     {"set", 9, false},   {"june", 6, false},
    {"july", 7, false},     {"abril", 4, false}, {"mayo", 5, false},
};

static const char *const WEEKDAYS[LANGUAGE_COUNT][7] = {
    {"lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"},
    {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"},
    {"segunda-feira", "terça-feira", "quarta-feira", "quinta-feira", "sexta-feira", "sábado",
     "domingo"},
};
static const char *const WEEKDAYS_BRIEF[LANGUAGE_COUNT][7] = {
    {"lun", "mar", "mié", "jue", "vie", "sáb", "dom"},
    {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"},
    {"seg", "ter", "qua", "qui", "sex", "sáb", "dom"},
};

/* LANGUAGE_COUNT for a language we do not write. */
static language_index language_of(pn_str tag) {
    static const char *const CODES[LANGUAGE_COUNT] = {"es", "en", "pt"};
    if (tag.len > 2 && tag.ptr[2] != '-' && tag.ptr[2] != '_') {
        return LANGUAGE_COUNT;
    }
    for (unsigned i = 0; i < LANGUAGE_COUNT; i++) {
        if (pn_str_eq_nocase(pn_str_first(tag, 2), pn_str_of(CODES[i]))) {
            return (language_index)i;
        }
    }
    return LANGUAGE_COUNT;
}

pn_str pn_weekday_name(unsigned weekday, pn_str language, bool abbreviated) {
    assert(weekday < 7);
    language_index index = language_of(language);
    if (index == LANGUAGE_COUNT) {
        return PN_STR_NONE;
    }
    return pn_str_of((abbreviated ? WEEKDAYS_BRIEF : WEEKDAYS)[index][weekday]);
}

pn_str pn_month_name(unsigned month, pn_str language, bool abbreviated) {
    assert(month >= 1 && month <= 12);
    language_index index = language_of(language);
    if (index == LANGUAGE_COUNT) {
        return PN_STR_NONE;
    }
    return pn_str_of((abbreviated ? MONTHS_BRIEF : MONTHS)[index][month - 1]);
}

/* The month that `word` names in any of our languages, or 0. */
static unsigned month_named(pn_str word, bool full) {
    for (unsigned language = 0; language < LANGUAGE_COUNT; language++) {
        for (unsigned month = 1; month <= 12; month++) {
            const char *known = (full ? MONTHS : MONTHS_BRIEF)[language][month - 1];
            if (pn_str_eq_nocase(word, pn_str_of(known))) {
                return month;
            }
        }
    }
    for (size_t i = 0; i < PN_COUNT(MONTHS_ALSO); i++) {
        if (MONTHS_ALSO[i].full == full && pn_str_eq_nocase(word, pn_str_of(MONTHS_ALSO[i].text))) {
            return MONTHS_ALSO[i].month;
        }
    }
    return 0;
}

/* ── reading ─────────────────────────────────────────────────────────────────────────────────── */

/* Takes between `min` and `max` digits off the head of `text`. */
static bool take_number(pn_str *text, unsigned min, unsigned max, unsigned *ret_number) {
    unsigned digits = 0, number = 0;
    while (digits < max && digits < text->len && pn_is_digit(text->ptr[digits])) {
        number = number * 10 + (unsigned)(text->ptr[digits] - '0');
        digits++;
    }
    if (digits < min) {
        return false;
    }
    *text = pn_str_from(*text, digits);
    *ret_number = number;
    return true;
}

static bool take_char(pn_str *text, char c) {
    if (text->len == 0 || pn_to_lower(text->ptr[0]) != pn_to_lower(c)) {
        return false;
    }
    *text = pn_str_from(*text, 1);
    return true;
}

static void take_spaces(pn_str *text) {
    while (text->len > 0 && text->ptr[0] == ' ') {
        *text = pn_str_from(*text, 1);
    }
}

pn_err pn_date_parse_iso(pn_str text, pn_date *ret_date) {
    unsigned year = 0, month = 0, day = 0;
    if (text.len != 10 || !take_number(&text, 4, 4, &year) || !take_char(&text, '-') ||
        !take_number(&text, 2, 2, &month) || !take_char(&text, '-') ||
        !take_number(&text, 2, 2, &day) || !pn_civil_valid((int32_t)year, month, day)) {
        return PN_INVALID;
    }
    *ret_date = pn_date_of((int32_t)year, month, day);
    return PN_OK;
}

/* The fields a format may have; each of the first three exactly once. */
enum { SEEN_YEAR = 1, SEEN_MONTH = 2, SEEN_DAY = 4, SEEN_DATE = 7 };

/* The letters at the head of `format` that stand for one field; 0 when a plain character stands
 * there. Single m and s are plain, because words such as "de mayo" have them. */
static size_t field_length(pn_str format) {
    size_t run = 1;
    char letter = format.ptr[0];
    while (run < format.len && format.ptr[run] == letter) {
        run++;
    }
    switch (letter) {
    case 'Y':
    case 'M':
    case 'D':
    case 'H': return run;
    case 'm':
    case 's': return run == 2 ? 2 : 0;
    default: return 0;
    }
}

static bool format_valid(pn_str format) {
    unsigned seen = 0;
    while (format.len > 0) {
        size_t run = field_length(format);
        unsigned field = 0;
        switch (run == 0 ? '\0' : format.ptr[0]) {
        case 'Y':
            field = SEEN_YEAR;
            if (run != 2 && run != 4) {
                return false;
            }
            break;
        case 'M':
            field = SEEN_MONTH;
            if (run > 4) {
                return false;
            }
            break;
        case 'D':
            field = SEEN_DAY;
            if (run > 2) {
                return false;
            }
            break;
        default:
            if (run > 2) {
                return false;
            }
        }
        if ((seen & field) != 0) {
            return false;
        }
        seen |= field;
        format = pn_str_from(format, PN_MAX(run, 1));
    }
    return seen == SEEN_DATE;
}

/* A month's name: the letters up to the next character that is none. */
static bool take_month_name(pn_str *text, bool full, unsigned *ret_month) {
    size_t len = 0;
    while (len < text->len &&
           (pn_is_alpha(text->ptr[len]) || ((unsigned char)text->ptr[len] & 0x80) != 0)) {
        len++;
    }
    unsigned month = month_named(pn_str_first(*text, len), full);
    if (month == 0) {
        return false;
    }
    *text = pn_str_from(*text, len);
    if (!full) {
        (void)take_char(text, '.');
    }
    *ret_month = month;
    return true;
}

typedef struct {
    unsigned year, month, day;
} fields;

static bool take_field(pn_str *text, char letter, size_t run, fields *found) {
    unsigned ignored = 0;
    unsigned min = (unsigned)run;
    switch (letter) {
    case 'Y':
        if (!take_number(text, min, min, &found->year)) {
            return false;
        }
        if (run == 2) {
            found->year += found->year <= 68 ? 2000 : 1900;
        }
        return true;
    case 'M':
        return run <= 2 ? take_number(text, min, 2, &found->month)
                        : take_month_name(text, run == 4, &found->month);
    case 'D': return take_number(text, min, 2, &found->day);
    default: return take_number(text, min, 2, &ignored);
    }
}

/* "AM", "p.m.", "p. m." */
static bool take_half_of_day(pn_str *text) {
    pn_str rest = *text;
    if (!take_char(&rest, 'a') && !take_char(&rest, 'p')) {
        return false;
    }
    (void)take_char(&rest, '.');
    take_spaces(&rest);
    if (!take_char(&rest, 'm')) {
        return false;
    }
    (void)take_char(&rest, '.');
    *text = rest;
    return true;
}

/* "Z", "UTC", "GMT", "+02", "+0200", "-03:00" */
static void take_zone(pn_str *text) {
    unsigned ignored = 0;
    if (take_char(text, 'Z')) {
        return;
    }
    if (pn_str_eq_nocase(pn_str_first(*text, 3), PN_STR("UTC")) ||
        pn_str_eq_nocase(pn_str_first(*text, 3), PN_STR("GMT"))) {
        *text = pn_str_from(*text, 3);
        return;
    }
    if (take_char(text, '+') || take_char(text, '-')) {
        (void)take_number(text, 2, 2, &ignored);
        (void)take_char(text, ':');
        (void)take_number(text, 2, 2, &ignored);
    }
}

/* What may stand behind a date: nothing, or a time of day. */
static bool is_time_of_day(pn_str rest) {
    unsigned ignored = 0;
    if (rest.len == 0) {
        return true;
    }
    if (rest.ptr[0] == ' ') {
        take_spaces(&rest);
    } else if (!take_char(&rest, 'T')) {
        return false;
    }
    if (!take_number(&rest, 1, 2, &ignored) || !take_char(&rest, ':') ||
        !take_number(&rest, 2, 2, &ignored)) {
        return false;
    }
    if (take_char(&rest, ':')) {
        if (!take_number(&rest, 2, 2, &ignored)) {
            return false;
        }
        if ((take_char(&rest, '.') || take_char(&rest, ',')) &&
            !take_number(&rest, 1, 9, &ignored)) {
            return false;
        }
    }
    take_spaces(&rest);
    if (take_half_of_day(&rest)) {
        take_spaces(&rest);
    }
    take_zone(&rest);
    return rest.len == 0;
}

/* Reads `text` by a valid format. PN_NOT_FOUND when it is written otherwise, PN_INVALID when it is
 * written so but the day does not exist. */
static pn_err read_by(pn_str text, pn_str format, pn_date *ret_date) {
    fields found = {0, 0, 0};
    text = pn_str_trim(text);
    while (format.len > 0) {
        size_t run = field_length(format);
        bool taken = run == 0 ? take_char(&text, format.ptr[0])
                              : take_field(&text, format.ptr[0], run, &found);
        if (!taken) {
            return PN_NOT_FOUND;
        }
        format = pn_str_from(format, PN_MAX(run, 1));
    }
    if (!is_time_of_day(text)) {
        return PN_NOT_FOUND;
    }
    if (!pn_civil_valid((int32_t)found.year, found.month, found.day)) {
        return PN_INVALID;
    }
    *ret_date = pn_date_of((int32_t)found.year, found.month, found.day);
    return PN_OK;
}

enum { SHOWN_CHARS = 40 };

pn_err pn_date_parse(pn_str text, pn_str format, pn_date *ret_date, pn_diag *diag) {
    pn_str shown = pn_str_first(text, pn_utf8_prefix(text, SHOWN_CHARS));
    pn_str shown_format = pn_str_first(format, pn_utf8_prefix(format, SHOWN_CHARS));
    if (!format_valid(format)) {
        (void)pn_diag_set(diag, PN_INVALID, "\"%.*s\" is not a date format.",
                          PN_STR_ARG(shown_format));
        pn_diag_mend(diag, "Write year, month and day once each, as in YYYY-MM-DD, D/M/YYYY or "
                           "D-MMM-YY.");
        return PN_INVALID;
    }
    pn_date date = PN_DATE_NONE;
    pn_err err = read_by(text, format, &date);
    if (err == PN_OK) {
        *ret_date = date;
        return PN_OK;
    }
    if (err == PN_INVALID) {
        return pn_diag_set(diag, PN_INVALID, "\"%.*s\" is no day of the calendar (read as %.*s).",
                           PN_STR_ARG(shown), PN_STR_ARG(shown_format));
    }
    return pn_diag_set(diag, PN_INVALID, "\"%.*s\" is not a date written as %.*s.",
                       PN_STR_ARG(shown), PN_STR_ARG(shown_format));
}

/* ── guessing ────────────────────────────────────────────────────────────────────────────────── */

/* In the order in which they are preferred, each with the format that reads the same texts with day
 * and month exchanged. */
static const struct {
    const char *format;
    const char *twin;
} KNOWN_FORMATS[] = {
    {"YYYY-MM-DD", NULL},   {"YYYY-M-D", NULL},
    {"YYYY/M/D", NULL},     {"YYYY.M.D", NULL},
    {"YYYYMMDD", NULL},     {"D/M/YYYY", "M/D/YYYY"},
    {"M/D/YYYY", NULL},     {"D-M-YYYY", "M-D-YYYY"},
    {"M-D-YYYY", NULL},     {"D.M.YYYY", "M.D.YYYY"},
    {"M.D.YYYY", NULL},     {"D/M/YY", "M/D/YY"},
    {"M/D/YY", NULL},       {"D-M-YY", "M-D-YY"},
    {"M-D-YY", NULL},       {"D.M.YY", "M.D.YY"},
    {"M.D.YY", NULL},       {"D-MMM-YYYY", NULL},
    {"D-MMM-YY", NULL},     {"D/MMM/YYYY", NULL},
    {"D/MMM/YY", NULL},     {"D MMM YYYY", NULL},
    {"D MMM YY", NULL},     {"D de MMM de YYYY", NULL},
    {"MMM D, YYYY", NULL},  {"D-MMMM-YYYY", NULL},
    {"D MMMM YYYY", NULL},  {"D de MMMM de YYYY", NULL},
    {"MMMM D, YYYY", NULL}, {"DDMMYYYY", NULL},
};

enum { GUESS_YEAR_MIN = 1900, GUESS_YEAR_MAX = 2199 };
enum { GUESS_PARTS = 4, GUESS_OF = 5 }; /* of the samples that a format has to read */

static bool is_read_by(pn_str sample, pn_str format) {
    pn_date date = PN_DATE_NONE;
    if (format.len == 0 || read_by(sample, format, &date) != PN_OK) {
        return false;
    }
    int32_t year = pn_date_civil(date).year;
    return year >= GUESS_YEAR_MIN && year <= GUESS_YEAR_MAX;
}

static size_t count_read(const pn_str *samples, size_t count, pn_str format) {
    size_t read = 0;
    for (size_t i = 0; i < count; i++) {
        read += is_read_by(samples[i], format);
    }
    return read;
}

static size_t count_given(const pn_str *samples, size_t count) {
    size_t given = 0;
    for (size_t i = 0; i < count; i++) {
        given += pn_str_trim(samples[i]).len != 0;
    }
    return given;
}

pn_err pn_date_guess_format(const pn_str *samples, size_t count, pn_str *ret_format,
                            bool *ret_ambiguous) {
    size_t given = count_given(samples, count);
    size_t best = PN_COUNT(KNOWN_FORMATS), best_read = 0;
    for (size_t i = 0; i < PN_COUNT(KNOWN_FORMATS) && best_read < given; i++) {
        size_t read = count_read(samples, count, pn_str_of(KNOWN_FORMATS[i].format));
        if (read > best_read) {
            best = i;
            best_read = read;
        }
    }
    /* a slip in a few cells does not hide how the others are written */
    if (best_read == 0 || best_read * GUESS_OF < given * GUESS_PARTS) {
        return PN_NOT_FOUND;
    }
    *ret_format = pn_str_of(KNOWN_FORMATS[best].format);
    *ret_ambiguous = count_read(samples, count, pn_str_of(KNOWN_FORMATS[best].twin)) == best_read;
    return PN_OK;
}

/* ── writing ─────────────────────────────────────────────────────────────────────────────────── */

static void put_digits(char *out, unsigned number, unsigned digits) {
    while (digits > 0) {
        out[--digits] = (char)('0' + number % 10);
        number /= 10;
    }
}

const char *pn_date_iso(pn_date date, char out[PN_DATE_ISO_SIZE]) {
    if (date == PN_DATE_NONE) {
        out[0] = '-';
        out[1] = '\0';
        return out;
    }
    pn_civil civil = pn_date_civil(date);
    put_digits(out, (unsigned)civil.year, 4);
    out[4] = '-';
    put_digits(out + 5, civil.month, 2);
    out[7] = '-';
    put_digits(out + 8, civil.day, 2);
    out[10] = '\0';
    return out;
}

void pn_date_add_iso(pn_buf *buf, pn_date date) {
    char text[PN_DATE_ISO_SIZE];
    pn_buf_add_z(buf, pn_date_iso(date, text));
}

/* `value` with at least `width` digits. */
static void add_number(pn_buf *buf, int32_t value, unsigned width) {
    char text[12];
    size_t at = sizeof text;
    for (unsigned digits = 0; digits < width || value != 0; digits++) {
        text[--at] = (char)('0' + value % 10);
        value /= 10;
    }
    pn_buf_add(buf, text + at, sizeof text - at);
}

static bool month_first(language_index index, pn_str country) {
    return pn_str_eq_nocase(country, PN_STR("US")) || (country.len == 0 && index == LANGUAGE_EN);
}

void pn_date_text_long(pn_buf *buf, pn_date date, pn_str language, pn_str country) {
    language_index index = language_of(language);
    if (index == LANGUAGE_COUNT || date == PN_DATE_NONE) {
        pn_date_add_iso(buf, date);
        return;
    }
    pn_civil civil = pn_date_civil(date);
    const char *month = MONTHS[index][civil.month - 1];
    const char *between = index == LANGUAGE_EN ? " " : " de ";
    if (index == LANGUAGE_EN && month_first(index, country)) {
        pn_buf_add_z(buf, month);
        pn_buf_add_char(buf, ' ');
        add_number(buf, civil.day, 1);
        pn_buf_add_lit(buf, ", ");
    } else {
        add_number(buf, civil.day, 1);
        pn_buf_add_z(buf, between);
        pn_buf_add_z(buf, month);
        pn_buf_add_z(buf, between);
    }
    add_number(buf, civil.year, 1);
}

void pn_date_text_short(pn_buf *buf, pn_date date, pn_str language, pn_str country) {
    language_index index = language_of(language);
    if (index == LANGUAGE_COUNT || date == PN_DATE_NONE) {
        pn_date_add_iso(buf, date);
        return;
    }
    pn_civil civil = pn_date_civil(date);
    if (month_first(index, country)) {
        add_number(buf, civil.day, 1);
        pn_buf_add_char(buf, ' ');
        pn_buf_add_z(buf, MONTHS_BRIEF[index][civil.month - 1]);
        pn_buf_add_char(buf, ' ');
        add_number(buf, civil.year, 1);
    } else {
        add_number(buf, civil.day, 2);
        pn_buf_add_char(buf, '/');
        add_number(buf, civil.month, 2);
        pn_buf_add_char(buf, '/');
        add_number(buf, civil.year, 4);
    }
}
