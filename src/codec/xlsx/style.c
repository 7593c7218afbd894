#include "codec/xlsx/style.h"

#include <stdlib.h>

#include "base/banned.h"
#include "base/limits.h"
#include "calendar/date.h"

enum { STYLES_MAX = 65536, FORMATS_MAX = 4096, DIGITS_KEPT = 15, DIGITS_READ = 40 };

/* ── formats ─────────────────────────────────────────────────────────────────────────────────── */

/* Passes over what is shown as it stands, and says what it meets. */
typedef struct {
    bool day, hour, percent;
} met;

static size_t skip_bracket(pn_str code, size_t at, met *seen) {
    size_t close = at + 1;
    while (close < code.len && code.ptr[close] != ']') {
        close++;
    }
    pn_str inside = pn_str_sub(code.ptr + at + 1, code.ptr + close);
    char first = inside.len != 0 ? pn_to_lower(inside.ptr[0]) : '\0';
    bool all = inside.len != 0;
    for (size_t i = 0; i < inside.len; i++) {
        all = all && pn_to_lower(inside.ptr[i]) == first;
    }
    seen->hour |= all && (first == 'h' || first == 'm' || first == 's'); /* [hh]: a duration */
    return close;
}

static met letters_of(pn_str code) {
    met seen = {0};
    bool minutes = false;
    for (size_t i = 0; i < code.len && code.ptr[i] != ';'; i++) {
        char c = pn_to_lower(code.ptr[i]);
        if (c == '"') {
            for (i++; i < code.len && code.ptr[i] != '"'; i++) {
            }
        } else if (c == '[') {
            i = skip_bracket(code, i, &seen);
        } else if (c == '\\' || c == '_' || c == '*') {
            i++;
        } else if (c == 'y' || c == 'd') {
            seen.day = true;
        } else if (c == 'h' || c == 's') {
            seen.hour = true;
        } else {
            minutes |= c == 'm'; /* a month or minutes */
            seen.percent |= c == '%';
        }
    }
    seen.day |= minutes && !seen.hour;
    return seen;
}

pn_xlsx_style pn_xlsx_style_of(pn_str code) {
    size_t zeros = 0;
    while (zeros < code.len && code.ptr[zeros] == '0') {
        zeros++;
    }
    if (zeros == code.len && zeros >= 2 && zeros <= DIGITS_KEPT) {
        return (pn_xlsx_style){PN_XLSX_ZEROS, (uint8_t)zeros};
    }
    if (pn_str_eq_nocase(code, PN_STR("General"))) {
        return (pn_xlsx_style){0};
    }
    met seen = letters_of(code);
    pn_xlsx_shown shown = seen.day       ? PN_XLSX_DATE
                          : seen.hour    ? PN_XLSX_TIME
                          : seen.percent ? PN_XLSX_PERCENT
                                         : PN_XLSX_NUMBER;
    return (pn_xlsx_style){.shown = shown};
}

/* Formats that files name by number alone (18.8.30); 27 to 36 and 50 to 58 are East Asian dates. */
static pn_xlsx_style built_in(int64_t id) {
    pn_xlsx_shown shown = PN_XLSX_NUMBER;
    if ((id >= 14 && id <= 17) || id == 22 || (id >= 27 && id <= 36) || (id >= 50 && id <= 58)) {
        shown = PN_XLSX_DATE;
    } else if ((id >= 18 && id <= 21) || (id >= 45 && id <= 47)) {
        shown = PN_XLSX_TIME;
    } else if (id == 9 || id == 10) {
        shown = PN_XLSX_PERCENT;
    }
    return (pn_xlsx_style){.shown = shown};
}

typedef struct {
    int64_t id;
    pn_xlsx_style style;
} format;

typedef struct {
    format *formats;
    size_t format_count, format_capacity, style_capacity;
    bool in_cells;
} reading;

static int64_t number_of(pn_str text) {
    int64_t number = 0;
    return pn_str_to_int64(text, &number) == PN_OK ? number : 0;
}

static pn_xlsx_style style_of_id(const reading *r, int64_t id) {
    for (size_t i = 0; i < r->format_count; i++) {
        if (r->formats[i].id == id) {
            return r->formats[i].style;
        }
    }
    return built_in(id);
}

static void read_node(reading *r, const pn_xlsx_part *part, pn_arena *arena,
                      pn_xlsx_styles *styles) {
    if (pn_xlsx_begins(part, "numFmt") && r->format_count < FORMATS_MAX) {
        r->formats = pn_arena_grow(arena, r->formats, r->format_count, &r->format_capacity,
                                   sizeof *r->formats);
        r->formats[r->format_count++] =
            (format){number_of(pn_xlsx_attribute(part, "numFmtId", arena)),
                     pn_xlsx_style_of(pn_xlsx_attribute(part, "formatCode", arena))};
    } else if (pn_xlsx_begins(part, "cellXfs") || pn_xlsx_ends(part, "cellXfs")) {
        r->in_cells = pn_xlsx_begins(part, "cellXfs") && !pn_xlsx_is_empty(part);
    } else if (r->in_cells && pn_xlsx_begins(part, "xf") && styles->count < STYLES_MAX) {
        styles->styles = pn_arena_grow(arena, styles->styles, styles->count, &r->style_capacity,
                                       sizeof *styles->styles);
        styles->styles[styles->count++] =
            style_of_id(r, number_of(pn_xlsx_attribute(part, "numFmtId", arena)));
    }
}

pn_err pn_xlsx_styles_read(pn_xlsx_package *package, const char *path, pn_arena *arena,
                           pn_xlsx_styles *ret_styles, pn_diag *diag) {
    reading r = {0};
    pn_xlsx_part part;
    pn_xlsx_styles styles = {0};
    pn_err err = pn_xlsx_part_open(package, path, &part, diag);
    if (err == PN_NOT_FOUND) {
        *ret_styles = styles;
        return PN_OK;
    }
    PN_TRY(err);
    while ((err = pn_xlsx_part_next(&part)) == PN_OK) {
        read_node(&r, &part, arena, &styles);
    }
    pn_xlsx_part_close(&part);
    *ret_styles = styles;
    return err == PN_NOT_FOUND ? PN_OK : err;
}

/* ── numbers ─────────────────────────────────────────────────────────────────────────────────── */

/* 0.d1 d2 d3 … × 10^point */
typedef struct {
    char digits[DIGITS_READ + 1];
    size_t count;
    int64_t point;
    bool negative;
} decimal;

static bool read_digits(pn_str raw, size_t *at, decimal *out) {
    bool any = false, behind = false;
    for (; *at < raw.len && (pn_is_digit(raw.ptr[*at]) || (raw.ptr[*at] == '.' && !behind));
         (*at)++) {
        char c = raw.ptr[*at];
        if (c == '.') {
            behind = true;
            continue;
        }
        any = true;
        if (c == '0' && out->count == 0) {
            out->point -= behind;
            continue;
        }
        out->point += !behind;
        if (out->count < DIGITS_READ) {
            out->digits[out->count++] = c;
        }
    }
    return any;
}

static bool read_decimal(pn_str raw, decimal *ret_decimal) {
    decimal out = {0};
    size_t at = 0;
    int64_t exponent = 0;
    if (at < raw.len && (raw.ptr[at] == '-' || raw.ptr[at] == '+')) {
        out.negative = raw.ptr[at++] == '-';
    }
    if (!read_digits(raw, &at, &out)) {
        return false;
    }
    if (at < raw.len && (raw.ptr[at] == 'e' || raw.ptr[at] == 'E')) {
        if (pn_str_to_int64(pn_str_from(raw, at + 1), &exponent) != PN_OK || exponent > 400 ||
            exponent < -400) {
            return false;
        }
        at = raw.len;
    }
    out.point += exponent;
    *ret_decimal = out;
    return at == raw.len;
}

/* Half away from zero, as spreadsheets show. */
static void keep_fifteen(decimal *number) {
    if (number->count > DIGITS_KEPT) {
        bool up = number->digits[DIGITS_KEPT] >= '5';
        number->count = DIGITS_KEPT;
        while (up && number->count != 0) {
            up = number->digits[number->count - 1] == '9';
            if (up) {
                number->count--;
            } else {
                number->digits[number->count - 1]++;
            }
        }
        if (up) {
            number->digits[number->count++] = '1';
            number->point++;
        }
    }
    while (number->count != 0 && number->digits[number->count - 1] == '0') {
        number->count--;
    }
}

enum { PLACES_MAX = 30 };

static pn_str plain(const decimal *number, pn_arena *arena) {
    char text[2 * PLACES_MAX + DIGITS_READ + 8];
    size_t len = 0;
    if (number->count == 0) {
        return PN_STR("0");
    }
    if (number->point > PLACES_MAX || number->point < -PLACES_MAX) {
        return PN_STR_NONE;
    }
    if (number->negative) {
        text[len++] = '-';
    }
    if (number->point <= 0) {
        text[len++] = '0';
        text[len++] = '.';
        for (int64_t i = number->point; i < 0; i++) {
            text[len++] = '0';
        }
    }
    for (size_t i = 0; i < number->count; i++) {
        if (i != 0 && (int64_t)i == number->point) {
            text[len++] = '.';
        }
        text[len++] = number->digits[i];
    }
    for (int64_t i = (int64_t)number->count; i < number->point; i++) {
        text[len++] = '0';
    }
    return pn_str_dup(arena, (pn_str){text, len});
}

static pn_str zeros_text(pn_str text, size_t digits, pn_arena *arena) {
    if (!pn_str_is_digits(text) || text.len >= digits) {
        return text;
    }
    return pn_str_format(arena, "%0*d%.*s", (int)(digits - text.len), 0, PN_STR_ARG(text));
}

/* ── dates ───────────────────────────────────────────────────────────────────────────────────── */

/* Days since 1899-12-31, of which the 60th, 29 February 1900, never was; or since 1904-01-01. */
static pn_date day_of(int64_t serial, bool from_1904) {
    pn_date first = from_1904 ? pn_date_of(1904, 1, 1) : pn_date_of(1899, 12, 31);
    return first + (pn_date)serial - (!from_1904 && serial > 60);
}

static pn_str date_text(const decimal *number, pn_xlsx_style style, bool from_1904,
                        pn_arena *arena) {
    char iso[PN_DATE_ISO_SIZE];
    decimal rounded = *number;
    keep_fifteen(&rounded);
    pn_str text = plain(&rounded, arena);
    double value = text.len == 0 ? -1 : strtod(pn_str_z(arena, text), NULL);
    if (!(value >= 0) || value >= 2958466) { /* 10000-01-01 */
        return PN_STR_NONE;
    }
    int64_t seconds = (int64_t)(value * 86400 + 0.5);
    int64_t day = seconds / 86400, rest = seconds % 86400;
    int hours = (int)(rest / 3600), minutes = (int)(rest / 60 % 60), left = (int)(rest % 60);
    if (style.shown == PN_XLSX_TIME) {
        return pn_str_format(arena, "%02lld:%02d:%02d", (long long)(day * 24 + hours), minutes,
                             left);
    }
    if (day == 0 && !from_1904) {
        return PN_STR_NONE;
    }
    const char *shown = pn_date_iso(day_of(day, from_1904), iso);
    return rest == 0 ? pn_str_dup(arena, pn_str_of(shown))
                     : pn_str_format(arena, "%s %02d:%02d:%02d", shown, hours, minutes, left);
}

pn_str pn_xlsx_number_text(pn_str raw, pn_xlsx_style style, bool from_1904, pn_arena *arena) {
    decimal number;
    if (!read_decimal(pn_str_trim(raw), &number)) {
        return PN_STR_NONE;
    }
    if (style.shown == PN_XLSX_DATE || style.shown == PN_XLSX_TIME) {
        pn_str date = date_text(&number, style, from_1904, arena);
        if (date.len != 0) {
            return date;
        }
    }
    bool percent = style.shown == PN_XLSX_PERCENT;
    number.point += percent ? 2 : 0;
    keep_fifteen(&number);
    pn_str text = plain(&number, arena);
    if (percent && text.len != 0) {
        return pn_str_format(arena, "%.*s%%", PN_STR_ARG(text));
    }
    return style.shown == PN_XLSX_ZEROS ? zeros_text(text, style.digits, arena) : text;
}
