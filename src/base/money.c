#include "base/money.h"

#include <assert.h>

#include "base/banned.h"

/* ISO 4217 (list one, 2024): every code in use, its decimals, and the sign our texts use for it
 * where one is common. Sorted by code. */
typedef struct {
    char code[4];
    uint8_t decimals;
    const char *sign;
} currency_entry;

static const currency_entry CURRENCIES[] = {
    {"AED", 2, NULL}, {"AFN", 2, NULL}, {"ALL", 2, NULL},  {"AMD", 2, NULL},  {"AOA", 2, NULL},
    {"ARS", 2, "$"},  {"AUD", 2, "A$"}, {"AWG", 2, NULL},  {"AZN", 2, NULL},  {"BAM", 2, NULL},
    {"BBD", 2, NULL}, {"BDT", 2, NULL}, {"BGN", 2, NULL},  {"BHD", 3, NULL},  {"BIF", 0, NULL},
    {"BMD", 2, NULL}, {"BND", 2, NULL}, {"BOB", 2, "Bs"},  {"BRL", 2, "R$"},  {"BSD", 2, NULL},
    {"BTN", 2, NULL}, {"BWP", 2, NULL}, {"BYN", 2, NULL},  {"BZD", 2, NULL},  {"CAD", 2, "C$"},
    {"CDF", 2, NULL}, {"CHF", 2, NULL}, {"CLF", 4, "UF"},  {"CLP", 0, "$"},   {"CNY", 2, NULL},
    {"COP", 2, "$"},  {"COU", 2, NULL}, {"CRC", 2, "₡"},   {"CUP", 2, NULL},  {"CVE", 2, NULL},
    {"CZK", 2, NULL}, {"DJF", 0, NULL}, {"DKK", 2, NULL},  {"DOP", 2, "RD$"}, {"DZD", 2, NULL},
    {"EGP", 2, NULL}, {"ERN", 2, NULL}, {"ETB", 2, NULL},  {"EUR", 2, "€"},   {"FJD", 2, NULL},
    {"FKP", 2, NULL}, {"GBP", 2, "£"},  {"GEL", 2, NULL},  {"GHS", 2, NULL},  {"GIP", 2, NULL},
    {"GMD", 2, NULL}, {"GNF", 0, NULL}, {"GTQ", 2, "Q"},   {"GYD", 2, NULL},  {"HKD", 2, NULL},
    {"HNL", 2, "L"},  {"HTG", 2, NULL}, {"HUF", 2, NULL},  {"IDR", 2, NULL},  {"ILS", 2, NULL},
    {"INR", 2, "₹"},  {"IQD", 3, NULL}, {"IRR", 2, NULL},  {"ISK", 0, NULL},  {"JMD", 2, NULL},
    {"JOD", 3, NULL}, {"JPY", 0, "¥"},  {"KES", 2, NULL},  {"KGS", 2, NULL},  {"KHR", 2, NULL},
    {"KMF", 0, NULL}, {"KPW", 2, NULL}, {"KRW", 0, NULL},  {"KWD", 3, NULL},  {"KYD", 2, NULL},
    {"KZT", 2, NULL}, {"LAK", 2, NULL}, {"LBP", 2, NULL},  {"LKR", 2, NULL},  {"LRD", 2, NULL},
    {"LSL", 2, NULL}, {"LYD", 3, NULL}, {"MAD", 2, NULL},  {"MDL", 2, NULL},  {"MGA", 2, NULL},
    {"MKD", 2, NULL}, {"MMK", 2, NULL}, {"MNT", 2, NULL},  {"MOP", 2, NULL},  {"MRU", 2, NULL},
    {"MUR", 2, NULL}, {"MVR", 2, NULL}, {"MWK", 2, NULL},  {"MXN", 2, "$"},   {"MXV", 2, NULL},
    {"MYR", 2, NULL}, {"MZN", 2, NULL}, {"NAD", 2, NULL},  {"NGN", 2, NULL},  {"NIO", 2, "C$"},
    {"NOK", 2, NULL}, {"NPR", 2, NULL}, {"NZD", 2, NULL},  {"OMR", 3, NULL},  {"PAB", 2, "B/."},
    {"PEN", 2, "S/"}, {"PGK", 2, NULL}, {"PHP", 2, NULL},  {"PKR", 2, NULL},  {"PLN", 2, NULL},
    {"PYG", 0, "₲"},  {"QAR", 2, NULL}, {"RON", 2, NULL},  {"RSD", 2, NULL},  {"RUB", 2, NULL},
    {"RWF", 0, NULL}, {"SAR", 2, NULL}, {"SBD", 2, NULL},  {"SCR", 2, NULL},  {"SDG", 2, NULL},
    {"SEK", 2, NULL}, {"SGD", 2, NULL}, {"SHP", 2, NULL},  {"SLE", 2, NULL},  {"SOS", 2, NULL},
    {"SRD", 2, NULL}, {"SSP", 2, NULL}, {"STN", 2, NULL},  {"SVC", 2, NULL},  {"SYP", 2, NULL},
    {"SZL", 2, NULL}, {"THB", 2, NULL}, {"TJS", 2, NULL},  {"TMT", 2, NULL},  {"TND", 3, NULL},
    {"TOP", 2, NULL}, {"TRY", 2, NULL}, {"TTD", 2, NULL},  {"TWD", 2, NULL},  {"TZS", 2, NULL},
    {"UAH", 2, NULL}, {"UGX", 0, NULL}, {"USD", 2, "$"},   {"UYI", 0, NULL},  {"UYU", 2, "$"},
    {"UZS", 2, NULL}, {"VED", 2, NULL}, {"VES", 2, "Bs."}, {"VND", 0, NULL},  {"VUV", 0, NULL},
    {"WST", 2, NULL}, {"XAF", 0, NULL}, {"XCD", 2, NULL},  {"XOF", 0, NULL},  {"XPF", 0, NULL},
    {"YER", 2, NULL}, {"ZAR", 2, NULL}, {"ZMW", 2, NULL},  {"ZWL", 2, NULL},
};

/* Three letters as one number: an amount is written for every line of every e-mail, and memcmp of
 * three bytes costs more than the rest of the search. */
static uint32_t code_key(const char *code) {
    return (uint32_t)(unsigned char)code[0] << 16 | (uint32_t)(unsigned char)code[1] << 8 |
           (unsigned char)code[2];
}

static const currency_entry *currency_find(const char code[4]) {
    uint32_t key = code_key(code);
    size_t low = 0, high = PN_COUNT(CURRENCIES);
    while (low < high) {
        size_t middle = (low + high) / 2;
        uint32_t found = code_key(CURRENCIES[middle].code);
        if (key == found) {
            return &CURRENCIES[middle];
        }
        if (key < found) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return NULL;
}

pn_err pn_currency_parse(pn_str text, pn_currency *ret_currency) {
    pn_currency currency = {{0}};
    if (text.len != 3) {
        return PN_INVALID;
    }
    for (size_t i = 0; i < 3; i++) {
        currency.code[i] = pn_to_upper(text.ptr[i]);
    }
    if (currency_find(currency.code) == NULL) {
        return PN_INVALID;
    }
    *ret_currency = currency;
    return PN_OK;
}

unsigned pn_currency_decimals(pn_currency currency) {
    const currency_entry *entry = currency_find(currency.code);
    return entry == NULL ? 2 : entry->decimals;
}

int32_t pn_currency_unit(pn_currency currency) {
    int32_t unit = 1;
    for (unsigned i = pn_currency_decimals(currency); i > 0; i--) {
        unit *= 10;
    }
    return unit;
}

pn_err pn_money_add(pn_money a, pn_money b, pn_money *ret_sum) {
    if (!pn_currency_eq(a.currency, b.currency)) {
        return PN_INVALID;
    }
    int64_t sum = 0;
    if (__builtin_add_overflow(a.minor, b.minor, &sum)) {
        return PN_LIMIT;
    }
    *ret_sum = (pn_money){sum, a.currency};
    return PN_OK;
}

pn_err pn_money_sub(pn_money a, pn_money b, pn_money *ret_difference) {
    if (b.minor == INT64_MIN) {
        return PN_LIMIT;
    }
    b.minor = -b.minor;
    return pn_money_add(a, b, ret_difference);
}

pn_err pn_amount_scale(int64_t value, int64_t numerator, int64_t denominator, int64_t *ret_value) {
    assert(denominator > 0);
    pn_int128 product = (pn_int128)value * numerator;
    pn_int128 half = denominator / 2;
    pn_int128 magnitude = product < 0 ? -product : product;
    pn_int128 rounded = magnitude / denominator;
    pn_int128 rest = magnitude % denominator;
    if (rest > half || (rest == half && denominator % 2 == 0)) {
        rounded++;
    }
    rounded = product < 0 ? -rounded : rounded;
    if (rounded > INT64_MAX || rounded < INT64_MIN) {
        return PN_LIMIT;
    }
    *ret_value = (int64_t)rounded;
    return PN_OK;
}

/* ── reading ─────────────────────────────────────────────────────────────────────────────────── */

static pn_str without_currency(pn_str text, pn_currency currency) {
    const currency_entry *entry = currency_find(currency.code);
    pn_str marks[2] = {{currency.code, 3}, pn_str_of(entry != NULL ? entry->sign : NULL)};
    for (size_t i = 0; i < PN_COUNT(marks); i++) {
        if (marks[i].len == 0) {
            continue;
        }
        if (pn_str_starts(text, marks[i])) {
            return pn_str_trim(pn_str_from(text, marks[i].len));
        }
        if (pn_str_ends(text, marks[i])) {
            return pn_str_trim(pn_str_first(text, text.len - marks[i].len));
        }
    }
    return text;
}

/* U+00A0, U+202F and U+2009 separate thousands in what spreadsheets export. */
static size_t wide_space(pn_str text) {
    if (pn_str_starts(text, PN_STR("\xC2\xA0"))) {
        return 2;
    }
    if (pn_str_starts(text, PN_STR("\xE2\x80\xAF")) ||
        pn_str_starts(text, PN_STR("\xE2\x80\x89"))) {
        return 3;
    }
    return 0;
}

static pn_str trim_wide(pn_str text) {
    for (;;) {
        text = pn_str_trim(text);
        size_t head = wide_space(text);
        if (head == 0) {
            break;
        }
        text = pn_str_from(text, head);
    }
    while (pn_str_ends(text, PN_STR("\xC2\xA0"))) {
        text = pn_str_trim(pn_str_first(text, text.len - 2));
    }
    return text;
}

static pn_err not_an_amount(pn_str text, pn_number_style style, pn_diag *diag) {
    pn_err err = pn_diag_set(diag, PN_INVALID, "“%.*s” is not an amount.",
                             PN_STR_ARG(pn_str_first(text, 40)));
    pn_diag_mend(diag, "Write it like 1%c234%c56 or 1234%c56.",
                 style.thousand != '\0' ? style.thousand : ' ', style.decimal, style.decimal);
    return err;
}

typedef struct {
    int64_t minor;
    unsigned digits; /* digits seen in all */
    unsigned group;  /* digits since the last thousands mark */
    bool grouped;
    bool in_fraction;
    unsigned fraction; /* decimals taken */
    bool overflow;
    bool excess; /* a non-zero decimal that the currency has no room for */
} amount_scan;

static void take_digit(amount_scan *scan, char digit, unsigned decimals) {
    scan->digits++;
    if (scan->in_fraction && scan->fraction >= decimals) {
        scan->excess = scan->excess || digit != '0';
        return;
    }
    scan->fraction += scan->in_fraction;
    scan->group++;
    scan->overflow = scan->overflow || __builtin_mul_overflow(scan->minor, 10, &scan->minor) ||
                     __builtin_add_overflow(scan->minor, digit - '0', &scan->minor);
}

/* `currency` may be none: then no sign or code of one is looked past. */
static pn_err parse_scaled(pn_str text, pn_currency currency, unsigned decimals,
                           pn_number_style style, int64_t *ret_scaled, pn_diag *diag) {
    const pn_str whole_text = text;
    text = trim_wide(without_currency(trim_wide(text), currency));
    bool negative = false;
    if (text.len >= 2 && text.ptr[0] == '(' && text.ptr[text.len - 1] == ')') {
        negative = true;
        text = pn_str_trim((pn_str){text.ptr + 1, text.len - 2});
    } else if (text.len > 0 && (text.ptr[0] == '-' || text.ptr[0] == '+')) {
        negative = text.ptr[0] == '-';
        text = pn_str_trim(pn_str_from(text, 1));
    } else if (pn_str_starts(text, PN_STR("\xE2\x88\x92"))) { /* U+2212 minus sign */
        negative = true;
        text = pn_str_trim(pn_str_from(text, 3));
    } else if (text.len > 1 && text.ptr[text.len - 1] == '-') { /* SAP writes 12,00- */
        negative = true;
        text = pn_str_trim(pn_str_first(text, text.len - 1));
    }
    text = trim_wide(without_currency(text, currency));
    amount_scan scan = {0};
    for (size_t i = 0; i < text.len;) {
        char c = text.ptr[i];
        size_t space = wide_space(pn_str_from(text, i));
        bool thousand =
            (style.thousand != '\0' && c == style.thousand) || c == '\'' || c == ' ' || space != 0;
        if (pn_is_digit(c)) {
            take_digit(&scan, c, decimals);
        } else if (c == style.decimal && !scan.in_fraction) {
            if (scan.grouped && scan.group != 3) {
                return not_an_amount(whole_text, style, diag);
            }
            scan.in_fraction = true;
        } else if (thousand && !scan.in_fraction && scan.digits > 0 &&
                   (scan.grouped ? scan.group == 3 : scan.group <= 3)) {
            scan.grouped = true;
            scan.group = 0;
        } else {
            return not_an_amount(whole_text, style, diag);
        }
        i += space != 0 ? space : 1;
    }
    if (scan.digits == 0 || (scan.grouped && !scan.in_fraction && scan.group != 3)) {
        return not_an_amount(whole_text, style, diag);
    }
    if (scan.excess) {
        bool money = currency.code[0] != '\0';
        return pn_diag_set(diag, PN_INVALID, "“%.*s” has more decimals than %s allows (%u).",
                           PN_STR_ARG(pn_str_first(whole_text, 40)),
                           money ? currency.code : "Puntual", decimals);
    }
    for (; scan.fraction < decimals; scan.fraction++) {
        scan.overflow = scan.overflow || __builtin_mul_overflow(scan.minor, 10, &scan.minor);
    }
    if (scan.overflow || scan.minor > PN_AMOUNT_MAX) {
        return pn_diag_set(diag, PN_LIMIT, "“%.*s” is larger than any amount Puntual keeps.",
                           PN_STR_ARG(pn_str_first(whole_text, 40)));
    }
    *ret_scaled = negative ? -scan.minor : scan.minor;
    return PN_OK;
}

pn_err pn_amount_parse(pn_str text, pn_currency currency, pn_number_style style, int64_t *ret_minor,
                       pn_diag *diag) {
    return parse_scaled(text, currency, pn_currency_decimals(currency), style, ret_minor, diag);
}

pn_err pn_decimal_parse(pn_str text, pn_currency currency, unsigned decimals, pn_number_style style,
                        int64_t *ret_scaled, pn_diag *diag) {
    return parse_scaled(text, currency, decimals, style, ret_scaled, diag);
}

/* ── writing ─────────────────────────────────────────────────────────────────────────────────── */

static uint64_t magnitude_of(int64_t value) {
    return value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
}

static uint64_t power_of_ten(unsigned exponent) {
    uint64_t power = 1;
    while (exponent-- > 0) {
        power *= 10;
    }
    return power;
}

static void add_fraction(pn_buf *buf, uint64_t fraction, unsigned decimals) {
    char digits[20];
    for (unsigned i = decimals; i > 0; i--) {
        digits[i - 1] = (char)('0' + fraction % 10);
        fraction /= 10;
    }
    pn_buf_add(buf, digits, decimals);
}

static void add_grouped(pn_buf *buf, uint64_t value, char thousand) {
    char text[32];
    size_t at = sizeof text;
    assert(value <= INT64_MAX);
    for (unsigned digits = 0; value != 0 || digits == 0; digits++) {
        if (digits != 0 && thousand != '\0' && digits % 3 == 0) {
            text[--at] = thousand;
        }
        text[--at] = (char)('0' + value % 10);
        value /= 10;
    }
    pn_buf_add(buf, text + at, sizeof text - at);
}

static void add_number(pn_buf *buf, uint64_t magnitude, unsigned decimals, pn_number_style style) {
    uint64_t unit = power_of_ten(decimals);
    add_grouped(buf, magnitude / unit, style.thousand);
    if (decimals != 0) {
        pn_buf_add_char(buf, style.decimal);
        add_fraction(buf, magnitude % unit, decimals);
    }
}

void pn_amount_plain(pn_buf *buf, int64_t minor, unsigned decimals) {
    if (minor < 0) {
        pn_buf_add_char(buf, '-');
    }
    add_number(buf, magnitude_of(minor), decimals, (pn_number_style){'.', '\0'});
}

void pn_integer_text(pn_buf *buf, int64_t value, pn_number_style style) {
    if (value < 0) {
        pn_buf_add_char(buf, '-');
    }
    add_grouped(buf, magnitude_of(value), style.thousand);
}

/* Spanish-speaking countries that write 1,234.56, with the sign before the number. */
static bool writes_decimal_point(pn_str country) {
    static const char POINT[] = "MXGTHNSVNIPADOPRPEUS";
    if (country.len != 2) {
        return false;
    }
    char first = pn_to_upper(country.ptr[0]), second = pn_to_upper(country.ptr[1]);
    for (size_t i = 0; i < sizeof POINT - 1; i += 2) {
        if (POINT[i] == first && POINT[i + 1] == second) {
            return true;
        }
    }
    return false;
}

/* The language's first two letters. */
static bool speaks(pn_str language, char first, char second) {
    return language.len >= 2 && language.ptr[0] == first && language.ptr[1] == second;
}

pn_number_style pn_number_style_of(pn_str language, pn_str country) {
    if (speaks(language, 'e', 'n') ||
        (speaks(language, 'e', 's') && writes_decimal_point(country))) {
        return (pn_number_style){'.', ','};
    }
    return (pn_number_style){',', '.'};
}

/* Signs such as "$" mean another currency elsewhere: outside the country whose money it is (and
 * where the country is not known) the code stands instead. */
static pn_str sign_for(const currency_entry *entry, pn_str country) {
    if (entry == NULL || entry->sign == NULL) {
        return PN_STR_NONE;
    }
    static const struct {
        char code[4];
        const char *countries;
    } SHARED[] = {
        {"ARS", "AR"}, {"CLP", "CL"}, {"COP", "CO"},
        {"MXN", "MX"}, {"UYU", "UY"}, {"USD", "US PR EC SV PA"},
        {"NIO", "NI"}, {"CAD", "CA"}, {"BOB", "BO"},
    };
    for (size_t i = 0; i < PN_COUNT(SHARED); i++) {
        if (code_key(SHARED[i].code) == code_key(entry->code)) {
            bool at_home = country.len == 2 &&
                           pn_str_find(pn_str_of(SHARED[i].countries), country) != SIZE_MAX;
            return at_home ? pn_str_of(entry->sign) : PN_STR_NONE;
        }
    }
    return pn_str_of(entry->sign);
}

#define NO_BREAK_SPACE "\xC2\xA0"

void pn_money_text(pn_buf *buf, pn_money money, pn_str language, pn_str country) {
    pn_number_style style = pn_number_style_of(language, country);
    const currency_entry *entry = currency_find(money.currency.code);
    unsigned decimals = entry == NULL ? 2 : entry->decimals;
    pn_str sign = sign_for(entry, country);
    pn_str code = {money.currency.code, 3};
    bool sign_behind = style.decimal == ',' && pn_str_is(sign, "€");
    if (money.minor < 0) {
        pn_buf_add_char(buf, '-');
    }
    if (sign.len != 0 && !sign_behind) {
        pn_buf_add_str(buf, sign);
        if (style.decimal == ',' || sign.ptr[sign.len - 1] == '.' || pn_is_alpha(sign.ptr[0])) {
            pn_buf_add_lit(buf, NO_BREAK_SPACE);
        }
    }
    add_number(buf, magnitude_of(money.minor), decimals, style);
    if (sign.len == 0 || sign_behind) {
        pn_buf_add_lit(buf, NO_BREAK_SPACE);
        pn_buf_add_str(buf, sign_behind ? sign : code);
    }
}
