#include "liquid/number.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/banned.h"

enum { DIGITS_MAX = 37, DOUBLE_DIGITS = 17, EXPONENT_MAX = 10000 };

static pn_int128 magnitude_of(pn_int128 value) {
    return value < 0 ? -value : value;
}

/* 10^exponent for 0 to 37. */
static pn_int128 power_of_ten(int exponent) {
    static const int64_t SMALL[] = {
        1,
        10,
        100,
        1000,
        10000,
        100000,
        1000000,
        10000000,
        100000000,
        1000000000,
        10000000000,
        100000000000,
        1000000000000,
        10000000000000,
        100000000000000,
        1000000000000000,
        10000000000000000,
        100000000000000000,
        1000000000000000000,
    };
    assert(exponent >= 0 && exponent <= DIGITS_MAX);
    pn_int128 power = 1;
    while (exponent > 18) {
        power *= 10;
        exponent--;
    }
    return power * SMALL[exponent];
}

static int digits_of(pn_int128 value) {
    value = magnitude_of(value);
    int digits = 0;
    while (value != 0) {
        value /= 10;
        digits++;
    }
    return digits;
}

/* ── doubles and their digits ────────────────────────────────────────────────────────────────── */

static const double EXACT_POWERS[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                      1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                      1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

/* Most numbers have few decimals: an integer below 2^50 that gives `value` when divided by a power
 * of ten is its decimal, as division rounds correctly. 0 when there is none. */
static int few_digits(double value, char digits[DOUBLE_DIGITS + 1], int *ret_point) {
    for (int places = 0; places <= 6; places++) {
        double scaled = value * EXACT_POWERS[places];
        if (!(scaled < 0x1p50)) {
            return 0;
        }
        int64_t whole = (int64_t)(scaled + 0.5);
        if (whole != 0 && (double)whole / EXACT_POWERS[places] == value) {
            char text[20];
            int len = (int)pn_int64_text(whole, text);
            *ret_point = len - places;
            while (len > 1 && text[len - 1] == '0') {
                len--;
            }
            memcpy(digits, text, (size_t)len);
            return len;
        }
    }
    return 0;
}

/* The shortest digits that read back as `value` (positive, finite): value = 0.DIGITS × 10^point. */
static int shortest_digits(double value, char digits[DOUBLE_DIGITS + 1], int *ret_point) {
    int few = few_digits(value, digits, ret_point);
    if (few != 0) {
        return few;
    }
    char text[40];
    for (int precision = 14; precision <= 16; precision++) {
        (void)snprintf(text, sizeof text, "%.*e", precision, value);
        if (precision == 16 || strtod(text, NULL) == value) {
            break;
        }
    }
    int len = 0;
    const char *at = text;
    for (; *at != 'e'; at++) {
        if (pn_is_digit(*at)) {
            digits[len++] = *at;
        }
    }
    *ret_point = (int)strtol(at + 1, NULL, 10) + 1;
    while (len > 1 && digits[len - 1] == '0') {
        len--;
    }
    return len;
}

static size_t add_exponent(char *out, int exponent) {
    size_t len = 0;
    out[len++] = 'e';
    out[len++] = exponent < 0 ? '-' : '+';
    char digits[20];
    size_t count = pn_int64_text(exponent < 0 ? -exponent : exponent, digits);
    if (count < 2) {
        out[len++] = '0';
    }
    memcpy(out + len, digits, count);
    return len + count;
}

size_t pn_liquid_real_text(double value, char out[PN_LIQUID_REAL_SIZE]) {
    size_t len = 0;
    if (value < 0) {
        out[len++] = '-';
        value = -value;
    }
    if (!isfinite(value)) { /* infinite or not a number: never made, but never read past */
        memcpy(out, "0.0", 3);
        return 3;
    }
    char digits[DOUBLE_DIGITS + 1] = "0";
    int point = 1;
    int count = value == 0 ? 1 : shortest_digits(value, digits, &point);
    bool scientific = point < -3 || point > 16;
    int whole = scientific ? 1 : point;
    if (whole <= 0) {
        out[len++] = '0';
    }
    for (int i = 0; i < whole; i++) {
        out[len++] = i < count ? digits[i] : '0';
    }
    out[len++] = '.';
    for (int i = whole; i < 0; i++) {
        out[len++] = '0';
    }
    int from = PN_MAX(whole, 0);
    for (int i = from; i < count; i++) {
        out[len++] = digits[i];
    }
    if (from >= count) {
        out[len++] = '0';
    }
    return len + (scientific ? add_exponent(out + len, point - 1) : 0);
}

/* ── making and unmaking decimals ────────────────────────────────────────────────────────────── */

pn_liquid_decimal pn_liquid_decimal_int(int64_t value) {
    return (pn_liquid_decimal){.coefficient = value};
}

pn_liquid_decimal pn_liquid_decimal_real(double value) {
    pn_liquid_decimal number = {.real = true};
    double magnitude = value < 0 ? -value : value;
    if (magnitude == 0 || !isfinite(magnitude)) {
        return number;
    }
    char digits[DOUBLE_DIGITS + 1];
    int point = 0;
    int count = shortest_digits(magnitude, digits, &point);
    for (int i = 0; i < count; i++) {
        number.coefficient = number.coefficient * 10 + (digits[i] - '0');
    }
    number.exponent = point - count;
    number.coefficient = value < 0 ? -number.coefficient : number.coefficient;
    return number;
}

/* Adds the digit, or only notes it in the exponent once there is no more room. */
static void take_digit(pn_liquid_decimal *number, char digit, bool in_fraction) {
    if (number->coefficient < power_of_ten(DIGITS_MAX - 1)) {
        number->coefficient = number->coefficient * 10 + (digit - '0');
        number->exponent -= in_fraction;
    } else if (number->exponent < EXPONENT_MAX) {
        number->exponent += !in_fraction;
    }
}

/* -?\d+\.\d+ and nothing else. */
static bool is_decimal(pn_str text) {
    size_t i = text.len > 0 && text.ptr[0] == '-';
    size_t whole = 0, fraction = 0;
    for (; i < text.len && pn_is_digit(text.ptr[i]); i++) {
        whole++;
    }
    if (whole == 0 || i >= text.len || text.ptr[i] != '.') {
        return false;
    }
    for (i++; i < text.len && pn_is_digit(text.ptr[i]); i++) {
        fraction++;
    }
    return fraction > 0 && i == text.len;
}

pn_liquid_decimal pn_liquid_decimal_text(pn_str text) {
    text = pn_str_trim(text);
    pn_liquid_decimal number = {.real = is_decimal(text)};
    bool negative = text.len > 0 && text.ptr[0] == '-';
    bool in_fraction = false;
    for (size_t i = negative || (text.len > 0 && text.ptr[0] == '+'); i < text.len; i++) {
        char c = text.ptr[i];
        if (pn_is_digit(c)) {
            take_digit(&number, c, in_fraction);
        } else if (c == '.' && number.real) {
            in_fraction = true;
        } else if (c != '_' || i == 0 || i + 1 >= text.len || !pn_is_digit(text.ptr[i - 1]) ||
                   !pn_is_digit(text.ptr[i + 1])) {
            break;
        }
    }
    number.coefficient = negative ? -number.coefficient : number.coefficient;
    return number;
}

double pn_liquid_decimal_double(pn_liquid_decimal number) {
    pn_int128 magnitude = magnitude_of(number.coefficient);
    if (magnitude < (INT64_C(1) << 53) && number.exponent >= -22 && number.exponent <= 22) {
        double whole = (double)(int64_t)number.coefficient;
        return number.exponent < 0 ? whole / EXACT_POWERS[-number.exponent]
                                   : whole * EXACT_POWERS[number.exponent];
    }
    /* strtod rounds correctly, which a chain of multiplications would not. */
    char text[64];
    size_t at = sizeof text - 16;
    (void)snprintf(text + at, 16, "e%d", number.exponent);
    do {
        text[--at] = (char)('0' + (int)(magnitude % 10));
        magnitude /= 10;
    } while (magnitude != 0);
    double value = strtod(text + at, NULL);
    return number.coefficient < 0 ? -value : value;
}

pn_err pn_liquid_decimal_value(pn_liquid_decimal number, pn_liquid_value *ret_value) {
    if (number.real) {
        double value = pn_liquid_decimal_double(number);
        if (!isfinite(value)) {
            return PN_LIMIT;
        }
        *ret_value = pn_liquid_real(value);
        return PN_OK;
    }
    number = pn_liquid_decimal_round(number, 0, PN_LIQUID_FLOOR);
    while (number.exponent > 0 && magnitude_of(number.coefficient) < power_of_ten(20)) {
        number.coefficient *= 10;
        number.exponent--;
    }
    if (number.exponent > 0 || number.coefficient > INT64_MAX || number.coefficient < INT64_MIN) {
        return PN_LIMIT;
    }
    *ret_value = pn_liquid_int((int64_t)number.coefficient);
    return PN_OK;
}

/* ── arithmetic ──────────────────────────────────────────────────────────────────────────────── */

static pn_liquid_decimal without_zeros(pn_liquid_decimal number) {
    if (number.coefficient == 0) {
        number.exponent = 0;
    }
    while (number.coefficient != 0 && number.coefficient % 10 == 0) {
        number.coefficient /= 10;
        number.exponent++;
    }
    return number;
}

/* Gives both the same exponent. Where that takes more digits than there are, the smaller number
 * loses its last ones: they are far below what a double could show. */
static void align(pn_liquid_decimal *a, pn_liquid_decimal *b) {
    *a = without_zeros(*a);
    *b = without_zeros(*b);
    if (a->coefficient == 0 || b->coefficient == 0) {
        int exponent = a->coefficient == 0 ? b->exponent : a->exponent;
        a->exponent = b->exponent = exponent;
        return;
    }
    pn_liquid_decimal *high = a->exponent >= b->exponent ? a : b;
    pn_liquid_decimal *low = high == a ? b : a;
    int room = DIGITS_MAX - 1 - digits_of(high->coefficient);
    int shift = PN_MIN(high->exponent - low->exponent, PN_MAX(room, 0));
    high->coefficient *= power_of_ten(shift);
    high->exponent -= shift;
    int excess = high->exponent - low->exponent;
    low->coefficient = excess > DIGITS_MAX ? 0 : low->coefficient / power_of_ten(excess);
    low->exponent = high->exponent;
}

static pn_err multiply(pn_liquid_decimal a, pn_liquid_decimal b, pn_liquid_decimal *ret_product) {
    a = without_zeros(a);
    b = without_zeros(b);
    if (digits_of(a.coefficient) + digits_of(b.coefficient) > DIGITS_MAX) {
        if (!a.real && !b.real) {
            return PN_LIMIT;
        }
        *ret_product =
            pn_liquid_decimal_real(pn_liquid_decimal_double(a) * pn_liquid_decimal_double(b));
        return PN_OK;
    }
    *ret_product = (pn_liquid_decimal){.coefficient = a.coefficient * b.coefficient,
                                       .exponent = a.exponent + b.exponent,
                                       .real = a.real || b.real};
    return PN_OK;
}

static pn_int128 floored_quotient(pn_int128 a, pn_int128 b) {
    pn_int128 quotient = a / b;
    return a % b != 0 && (a < 0) != (b < 0) ? quotient - 1 : quotient;
}

static pn_err divide(pn_liquid_decimal a, pn_liquid_decimal b, pn_liquid_decimal *ret_quotient) {
    if (!a.real && !b.real) {
        align(&a, &b);
        if (b.coefficient == 0) { /* below the last digit of the dividend */
            return PN_LIMIT;
        }
        *ret_quotient =
            (pn_liquid_decimal){.coefficient = floored_quotient(a.coefficient, b.coefficient)};
        return PN_OK;
    }
    a = without_zeros(a);
    b = without_zeros(b);
    int shift = PN_MAX(DIGITS_MAX - digits_of(a.coefficient), 0);
    *ret_quotient =
        (pn_liquid_decimal){.coefficient = a.coefficient * power_of_ten(shift) / b.coefficient,
                            .exponent = a.exponent - b.exponent - shift,
                            .real = true};
    return PN_OK;
}

pn_err pn_liquid_calculate(pn_liquid_operation operation, pn_liquid_decimal a, pn_liquid_decimal b,
                           pn_liquid_decimal *ret_result) {
    bool real = a.real || b.real;
    switch (operation) {
    case PN_LIQUID_PLUS:
    case PN_LIQUID_MINUS:
        align(&a, &b);
        *ret_result = (pn_liquid_decimal){
            .coefficient = operation == PN_LIQUID_PLUS ? a.coefficient + b.coefficient
                                                       : a.coefficient - b.coefficient,
            .exponent = a.exponent,
            .real = real,
        };
        return PN_OK;
    case PN_LIQUID_TIMES: return multiply(a, b, ret_result);
    case PN_LIQUID_DIVIDED_BY:
        if (b.coefficient == 0) {
            return PN_INVALID;
        }
        return divide(a, b, ret_result);
    case PN_LIQUID_MODULO:
        if (b.coefficient == 0) {
            return PN_INVALID;
        }
        align(&a, &b);
        if (b.coefficient == 0) { /* the divisor is far below the dividend's last digit */
            *ret_result = (pn_liquid_decimal){.real = real};
            return PN_OK;
        }
        *ret_result = (pn_liquid_decimal){
            .coefficient =
                a.coefficient - b.coefficient * floored_quotient(a.coefficient, b.coefficient),
            .exponent = a.exponent,
            .real = real,
        };
        return PN_OK;
    }
    return PN_INVALID;
}

int pn_liquid_decimal_cmp(pn_liquid_decimal a, pn_liquid_decimal b) {
    align(&a, &b);
    return (a.coefficient > b.coefficient) - (a.coefficient < b.coefficient);
}

pn_liquid_decimal pn_liquid_decimal_round(pn_liquid_decimal number, int places,
                                          pn_liquid_rounding rounding) {
    /* 10^-places is the unit; what the coefficient has below it goes. */
    int64_t excess = -(int64_t)places - number.exponent;
    if (excess <= 0) {
        return number;
    }
    pn_int128 quotient = 0, rest = number.coefficient, unit = 0;
    if (excess <= DIGITS_MAX) {
        unit = power_of_ten((int)excess);
        quotient = number.coefficient / unit;
        rest = number.coefficient % unit;
    }
    pn_int128 half = unit / 2;
    bool negative = number.coefficient < 0;
    switch (rounding) {
    case PN_LIQUID_HALF_AWAY:
        if (unit != 0 && magnitude_of(rest) >= half) {
            quotient += negative ? -1 : 1;
        }
        break;
    case PN_LIQUID_FLOOR: quotient -= rest < 0; break;
    case PN_LIQUID_CEILING: quotient += rest > 0; break;
    }
    number.coefficient = quotient;
    number.exponent = quotient == 0 ? 0 : -places;
    return number;
}

/* ── integers in texts ───────────────────────────────────────────────────────────────────────── */

/* Reads digits with single underscores between them; returns the bytes read. */
static size_t read_digits(pn_str text, bool negative, int64_t *ret_value) {
    int64_t value = 0;
    size_t i = 0;
    for (; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '_' && i > 0 && text.ptr[i - 1] != '_' && i + 1 < text.len &&
            pn_is_digit(text.ptr[i + 1])) {
            continue;
        }
        if (!pn_is_digit(c)) {
            break;
        }
        int digit = negative ? '0' - c : c - '0';
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, digit, &value)) {
            value = negative ? INT64_MIN : INT64_MAX;
            while (i < text.len && pn_is_digit(text.ptr[i])) {
                i++;
            }
            break;
        }
    }
    *ret_value = value;
    return i;
}

pn_err pn_liquid_integer_parse(pn_str text, int64_t *ret_value) {
    text = pn_str_trim(text);
    bool negative = text.len > 0 && text.ptr[0] == '-';
    if (negative || (text.len > 0 && text.ptr[0] == '+')) {
        text = pn_str_from(text, 1);
    }
    int64_t value = 0;
    size_t read = read_digits(text, negative, &value);
    if (read == 0 || read != text.len) {
        return PN_INVALID;
    }
    *ret_value = value;
    return PN_OK;
}

int64_t pn_liquid_integer_prefix(pn_str text) {
    text = pn_str_trim(text);
    bool negative = text.len > 0 && text.ptr[0] == '-';
    if (negative || (text.len > 0 && text.ptr[0] == '+')) {
        text = pn_str_from(text, 1);
    }
    int64_t value = 0;
    (void)read_digits(text, negative, &value);
    return value;
}
