#include "calendar/phone.h"

#include "calendar/phone_data.h"
#include "calendar/zone.h"

#include "base/banned.h"

enum { DIGITS_MAX = 15, PREFIX_MAX = 7 };

/* ── zones ───────────────────────────────────────────────────────────────────────────────────── */

/* Order of a row's prefix against `len` digits. */
static int order_of(const pn_phone_row *row, const char *digits, size_t len) {
    int order = strncmp(row->prefix, digits, len);
    return order != 0 ? order : row->prefix[len] != '\0';
}

static const pn_phone_row *row_of(const char *digits, size_t len) {
    size_t low = 0, high = pn_phone_row_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = order_of(&pn_phone_rows[middle], digits, len);
        if (order == 0) {
            return &pn_phone_rows[middle];
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}

static pn_str country_of(pn_str digits) {
    for (size_t i = 0; i < pn_phone_code_count; i++) {
        if (pn_str_starts(digits, pn_str_of(pn_phone_codes[i].code))) {
            return pn_str_of(pn_phone_codes[i].country);
        }
    }
    return PN_STR_NONE;
}

size_t pn_phone_zones(pn_str number, pn_str ret_zones[PN_PHONE_ZONES_MAX]) {
    if (number.len < 4 || number.len > DIGITS_MAX + 1 || number.ptr[0] != '+') {
        return 0;
    }
    pn_str digits = pn_str_from(number, 1);
    /* numbers of Mexico's mobiles had a 1 in front of the area until 2019 */
    pn_str mexican = digits.len == 13 && pn_str_starts(digits, PN_STR("521"))
                         ? pn_str_from(digits, 1)
                         : PN_STR_NONE;
    char old[DIGITS_MAX];
    if (mexican.len != 0) {
        memcpy(old, mexican.ptr, mexican.len);
        old[0] = '5';
        old[1] = '2';
        digits = (pn_str){old, mexican.len};
    }
    for (size_t len = PN_MIN(digits.len, (size_t)PREFIX_MAX); len > 0; len--) {
        const pn_phone_row *row = row_of(digits.ptr, len);
        size_t count = 0;
        while (row != NULL && count < PN_PHONE_ZONES_MAX && row->zones[count] != 0) {
            ret_zones[count] = pn_str_of(pn_phone_zone_names[row->zones[count]]);
            count++;
        }
        if (count != 0) {
            return count;
        }
    }
    ret_zones[0] = pn_zone_of_country(country_of(digits), PN_STR_NONE);
    return ret_zones[0].len != 0;
}

/* ── reading ─────────────────────────────────────────────────────────────────────────────────── */

pn_str pn_phone_calling_code(pn_str country) {
    for (size_t i = 0; i < pn_phone_code_count; i++) {
        if (pn_str_eq_nocase(country, pn_str_of(pn_phone_codes[i].country))) {
            return pn_str_of(pn_phone_codes[i].code);
        }
    }
    return PN_STR_NONE;
}

static pn_err refuse(pn_diag *diag, const char *why) {
    return pn_diag_set(diag, PN_INVALID, "This is no telephone number: %s.", why);
}

/* The digits, with a + in front where there was one. */
static pn_err read_digits(pn_str text, char *digits, size_t *ret_len, pn_diag *diag) {
    enum { ROOM = 20 };
    size_t len = 0;
    text = pn_str_trim(text);
    if (pn_str_starts(text, PN_STR("tel:"))) {
        text = pn_str_from(text, 4);
    }
    size_t zero = pn_str_find(text, PN_STR("(0)"));
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool dropped = zero != SIZE_MAX && i == zero + 1 && text.ptr[0] == '+';
        if ((pn_is_digit(c) && !dropped) || (c == '+' && len == 0)) {
            if (len == ROOM) {
                return refuse(diag, "it has too many digits");
            }
            digits[len++] = c;
        } else if (!dropped && strchr(" -./()", c) == NULL && c != '\t') {
            return refuse(diag, "it has a sign that stands in none; an extension is left out");
        }
    }
    *ret_len = len;
    return PN_OK;
}

/* What people dial in front of a number within the country. */
static pn_str without_trunk(pn_str number, pn_str country) {
    char upper[2] = {pn_to_upper(country.ptr[0]), pn_to_upper(country.ptr[1])};
    pn_str code = (pn_str){upper, 2};
    if (pn_str_is(code, "MX")) { /* until 2019: 01, 044, 045 */
        if (number.len == 13 &&
            (pn_str_starts(number, PN_STR("044")) || pn_str_starts(number, PN_STR("045")))) {
            return pn_str_from(number, 3);
        }
        return number.len == 12 && pn_str_starts(number, PN_STR("01")) ? pn_str_from(number, 2)
                                                                       : number;
    }
    if (pn_str_is(pn_phone_calling_code(country), "1")) {
        return number.len == 11 && number.ptr[0] == '1' ? pn_str_from(number, 1) : number;
    }
    bool keeps = pn_str_find(PN_STR("IT SM VA"), code) != SIZE_MAX;
    return number.len > 7 && number.ptr[0] == '0' && !keeps ? pn_str_from(number, 1) : number;
}

/* Digits of a number within its country, where all have as many. */
static bool fits_country(pn_str number, pn_str country) {
    static const struct {
        char country[3];
        uint8_t min, max;
    } LENGTHS[] = {{"AR", 10, 11}, {"BR", 10, 11}, {"CA", 10, 10}, {"CL", 9, 9},
                   {"CO", 10, 10}, {"ES", 9, 9},   {"FR", 9, 9},   {"GT", 8, 8},
                   {"MX", 10, 11}, {"PE", 8, 9},   {"PT", 9, 9},   {"US", 10, 10}};
    for (size_t i = 0; i < PN_COUNT(LENGTHS); i++) {
        if (pn_str_eq_nocase(country, pn_str_of(LENGTHS[i].country))) {
            return number.len >= LENGTHS[i].min && number.len <= LENGTHS[i].max;
        }
    }
    return number.len >= 4;
}

pn_err pn_phone_read(pn_str text, pn_str country, pn_arena *arena, pn_str *ret_number,
                     pn_diag *diag) {
    char digits[24];
    size_t len = 0;
    PN_TRY(read_digits(text, digits, &len, diag));
    pn_str number = {digits, len};
    pn_str code = pn_phone_calling_code(country);
    bool american = pn_str_is(code, "1");
    bool international = len != 0 && digits[0] == '+';
    if (international) {
        number = pn_str_from(number, 1);
    } else if (pn_str_starts(number, PN_STR("00")) ||
               (american && pn_str_starts(number, PN_STR("011")))) {
        number = pn_str_from(number, number.ptr[1] == '0' ? 2 : 3);
        international = true;
    }
    if (!international && code.len != 0) {
        number = without_trunk(number, country);
        if (!fits_country(number, country)) {
            return refuse(diag, "it has not as many digits as numbers of its country; write it "
                                "with + and the country's code");
        }
        *ret_number = pn_str_format(arena, "+%.*s%.*s", PN_STR_ARG(code), PN_STR_ARG(number));
        return PN_OK;
    }
    if (number.len < 6 || number.len > DIGITS_MAX) {
        return refuse(diag, "one has 6 to 15 digits");
    }
    if (international && number.ptr[0] == '0') {
        return refuse(diag, "no country's code begins with 0");
    }
    *ret_number = pn_str_format(arena, "%s%.*s", international ? "+" : "", PN_STR_ARG(number));
    return PN_OK;
}
