#include "format/tax_id.h"

#include "base/banned.h"

enum { LETTERS_MAX = 20 };

/* ── letters and digits ──────────────────────────────────────────────────────────────────────── */

/* Letters, large, and digits; & and Ñ (as '#') are letters of an RFC. False when anything else than
 * separators is there, or too much. */
static bool compact(pn_str text, char out[LETTERS_MAX], pn_str *ret_id) {
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool enye = c == '\xC3' && i + 1 < text.len &&
                    (text.ptr[i + 1] == '\x91' || text.ptr[i + 1] == '\xB1');
        if (enye || pn_is_alpha(c) || pn_is_digit(c) || c == '&') {
            if (len == LETTERS_MAX) {
                return false;
            }
            out[len++] = enye ? '#' : pn_to_upper(c);
            i += enye;
        } else if (c != ' ' && c != '-' && c != '.' && c != '/') {
            return false;
        }
    }
    *ret_id = (pn_str){out, len};
    return true;
}

static unsigned digit(char c) {
    return (unsigned)(c - '0');
}

static bool among(char c, const char *letters) {
    return pn_str_find_char(pn_str_of(letters), c) != SIZE_MAX;
}

static bool all_same(pn_str digits) {
    size_t i = 1;
    while (i < digits.len && digits.ptr[i] == digits.ptr[0]) {
        i++;
    }
    return i == digits.len;
}

/* Each value, its place in ASCII after '0', times its weight; from the right, as the weights are.
 */
static unsigned weighted(pn_str digits, const uint8_t *weights, size_t count) {
    unsigned sum = 0;
    for (size_t i = 0; i < digits.len; i++) {
        sum += digit(digits.ptr[digits.len - 1 - i]) * weights[i % count];
    }
    return sum;
}

static pn_tax_id_verdict sums(bool agree) {
    return agree ? PN_TAX_ID_GOOD : PN_TAX_ID_SUM;
}

/* ── Spain ───────────────────────────────────────────────────────────────────────────────────── */

static char nif_letter(pn_str digits) {
    unsigned rest = 0;
    for (size_t i = 0; i < digits.len; i++) {
        rest = (rest * 10 + digit(digits.ptr[i])) % 23;
    }
    return "TRWAGMYFPDXBNJZSQVHLCKE"[rest];
}

/* Digits in odd places are doubled and their own digits added. The control is a digit or a letter,
 * for some kinds of entity only one of both. */
static bool entity_agrees(pn_str id) {
    unsigned sum = 0;
    for (size_t i = 1; i < 8; i++) {
        unsigned twice = digit(id.ptr[i]) * 2;
        sum += i % 2 == 1 ? twice / 10 + twice % 10 : digit(id.ptr[i]);
    }
    unsigned control = (10 - sum % 10) % 10;
    bool abroad = id.ptr[1] == '0' && id.ptr[2] == '0';
    bool may_digit = !among(id.ptr[0], "NPQRSW"), may_letter = abroad || !among(id.ptr[0], "ABEH");
    return (may_digit && id.ptr[8] == (char)('0' + control)) ||
           (may_letter && id.ptr[8] == "JABCDEFGHI"[control]);
}

static pn_tax_id_verdict check_es(pn_str id) {
    if (id.len > 2 && pn_is_alpha(id.ptr[0]) && pn_is_alpha(id.ptr[1])) {
        if (!pn_str_starts(id, PN_STR("ES"))) {
            return PN_TAX_ID_UNKNOWN; /* another country's number for VAT */
        }
        id = pn_str_from(id, 2);
    }
    if (id.len != 9 || !pn_str_is_digits((pn_str){id.ptr + 1, 7})) {
        return PN_TAX_ID_FORM;
    }
    char first = id.ptr[0], last = id.ptr[8];
    if (pn_is_digit(first)) {
        return !pn_is_alpha(last) ? PN_TAX_ID_FORM : sums(last == nif_letter(pn_str_first(id, 8)));
    }
    if (among(first, "XYZ")) {
        char digits[8];
        memcpy(digits, id.ptr, sizeof digits);
        digits[0] = (char)('0' + (first - 'X'));
        return sums(last == nif_letter((pn_str){digits, sizeof digits}));
    }
    if (among(first, "KLM")) {
        return sums(last == nif_letter((pn_str){id.ptr + 1, 7}));
    }
    return !among(first, "ABCDEFGHJNPQRSUVW") ? PN_TAX_ID_FORM : sums(entity_agrees(id));
}

/* ── Mexico ──────────────────────────────────────────────────────────────────────────────────── */

/* SAT's table: the place of a character is its value. A company's RFC is one letter shorter and
 * reads as if it began with a space. */
static bool rfc_agrees(pn_str id) {
    static const pn_str VALUES = {"0123456789ABCDEFGHIJKLMN&OPQRSTUVWXYZ #", 39};
    size_t sum = id.len == 12 ? 13 * pn_str_find_char(VALUES, ' ') : 0;
    for (size_t i = 0; i + 1 < id.len; i++) {
        sum += (id.len - i) * pn_str_find_char(VALUES, id.ptr[i]);
    }
    size_t rest = sum % 11;
    char verifier = rest == 0 ? '0' : rest == 1 ? 'A' : (char)('0' + (11 - rest));
    return id.ptr[id.len - 1] == verifier;
}

/* Initials, a day, two characters that tell namesakes apart, the verifier. SAT itself gave some
 * that do not sum up. */
static pn_tax_id_verdict check_mx(pn_str id) {
    if (pn_str_is(id, "XAXX010101000") || pn_str_is(id, "XEXX010101000")) {
        return PN_TAX_ID_ANYBODY;
    }
    if (id.len != 12 && id.len != 13) {
        return PN_TAX_ID_FORM;
    }
    size_t initials = id.len - 9;
    for (size_t i = 0; i < initials; i++) {
        if (pn_is_digit(id.ptr[i])) {
            return PN_TAX_ID_FORM;
        }
    }
    pn_str day = {id.ptr + initials, 6};
    if (!pn_str_is_digits(day)) {
        return PN_TAX_ID_FORM;
    }
    unsigned month = digit(day.ptr[2]) * 10 + digit(day.ptr[3]);
    unsigned of_month = digit(day.ptr[4]) * 10 + digit(day.ptr[5]);
    if (month < 1 || month > 12 || of_month < 1 || of_month > 31 ||
        among(id.ptr[id.len - 3], "&#") || among(id.ptr[id.len - 2], "&#")) {
        return PN_TAX_ID_FORM;
    }
    return rfc_agrees(id) ? PN_TAX_ID_GOOD : PN_TAX_ID_DOUBTFUL;
}

/* ── Brazil ──────────────────────────────────────────────────────────────────────────────────── */

/* Two digits, each checking all that stands before it. */
static bool two_agree(pn_str id, const uint8_t *weights, size_t count) {
    for (size_t place = id.len - 2; place < id.len; place++) {
        unsigned rest = weighted(pn_str_first(id, place), weights, count) % 11;
        if (digit(id.ptr[place]) != (rest < 2 ? 0 : 11 - rest)) {
            return false;
        }
    }
    return true;
}

static pn_tax_id_verdict check_br(pn_str id) {
    static const uint8_t CPF[] = {2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
    static const uint8_t CNPJ[] = {2, 3, 4, 5, 6, 7, 8, 9};
    if (id.len == 11 && pn_str_is_digits(id)) {
        return sums(!all_same(id) && two_agree(id, CPF, PN_COUNT(CPF)));
    }
    if (id.len != 14 || !pn_str_is_digits(pn_str_from(id, 12)) ||
        pn_str_find_char(id, '&') != SIZE_MAX || pn_str_find_char(id, '#') != SIZE_MAX) {
        return PN_TAX_ID_FORM;
    }
    return sums(!all_same(id) && two_agree(id, CNPJ, PN_COUNT(CNPJ)));
}

/* ── digits before one that checks them ──────────────────────────────────────────────────────── */

/* The NIT's last digit is often left out, and persons' cédulas have none: only where one must be
 * there, it is looked at. */
static pn_tax_id_verdict check_co(pn_str id, bool dash) {
    static const uint8_t WEIGHTS[] = {3, 7, 13, 17, 19, 23, 29, 37, 41, 43, 47, 53, 59, 67, 71};
    if (!pn_str_is_digits(id) || id.len < 5 || id.len > 11) {
        return PN_TAX_ID_FORM;
    }
    bool company = id.len == 10 && (id.ptr[0] == '8' || id.ptr[0] == '9');
    if (!dash && !company && id.len != 11) {
        return PN_TAX_ID_GOOD;
    }
    unsigned rest = weighted(pn_str_first(id, id.len - 1), WEIGHTS, PN_COUNT(WEIGHTS)) % 11;
    return sums(digit(id.ptr[id.len - 1]) == (rest < 2 ? rest : 11 - rest));
}

static pn_tax_id_verdict check_cl(pn_str id) {
    static const uint8_t WEIGHTS[] = {2, 3, 4, 5, 6, 7};
    pn_str body = id.len == 0 ? id : pn_str_first(id, id.len - 1);
    char last = id.len == 0 ? ' ' : id.ptr[id.len - 1];
    if (body.len < 6 || body.len > 8 || !pn_str_is_digits(body) ||
        (!pn_is_digit(last) && last != 'K')) {
        return PN_TAX_ID_FORM;
    }
    return sums(last == "0K987654321"[weighted(body, WEIGHTS, PN_COUNT(WEIGHTS)) % 11]);
}

/* 5 4 3 2 7 6 5 4 3 2, as Argentina and Peru both have it; they differ in what 10 becomes. */
static unsigned eleventh(pn_str id) {
    static const uint8_t WEIGHTS[] = {2, 3, 4, 5, 6, 7};
    return 11 - weighted(pn_str_first(id, 10), WEIGHTS, PN_COUNT(WEIGHTS)) % 11;
}

static pn_tax_id_verdict check_ar(pn_str id) {
    if (!pn_str_is_digits(id) || (id.len != 11 && id.len != 7 && id.len != 8)) {
        return PN_TAX_ID_FORM;
    }
    if (id.len != 11) {
        return PN_TAX_ID_GOOD; /* a person's DNI */
    }
    if (!among(id.ptr[0], "235")) {
        return PN_TAX_ID_FORM;
    }
    return sums(id.ptr[10] == "12345678990"[eleventh(id) - 1]);
}

static pn_tax_id_verdict check_pe(pn_str id) {
    if (!pn_str_is_digits(id) || (id.len != 11 && id.len != 8)) {
        return PN_TAX_ID_FORM;
    }
    if (id.len == 8) {
        return PN_TAX_ID_GOOD; /* a person's DNI */
    }
    if (!among(id.ptr[0], "12")) {
        return PN_TAX_ID_FORM;
    }
    return sums(digit(id.ptr[10]) == eleventh(id) % 10);
}

static pn_tax_id_verdict check_gt(pn_str id) {
    unsigned sum = 0;
    if (pn_str_is(id, "CF")) {
        return PN_TAX_ID_ANYBODY;
    }
    pn_str body = id.len < 2 ? PN_STR_NONE : pn_str_first(id, id.len - 1);
    char last = id.len < 2 ? ' ' : id.ptr[id.len - 1];
    bool cui = id.len == 13 && pn_str_is_digits(id); /* a person's own number */
    if (cui) {
        return PN_TAX_ID_GOOD;
    }
    if (body.len < 1 || body.len > 11 || !pn_str_is_digits(body) ||
        (!pn_is_digit(last) && last != 'K')) {
        return PN_TAX_ID_FORM;
    }
    for (size_t i = 0; i < body.len; i++) {
        sum += digit(body.ptr[body.len - 1 - i]) * (unsigned)(i + 2);
    }
    return sums(last == "0123456789K"[(11 - sum % 11) % 11]);
}

/* ── countries ───────────────────────────────────────────────────────────────────────────────── */

typedef struct {
    char country[3];
    const char *name, *example;
    pn_tax_id_verdict (*check)(pn_str id); /* NULL: it needs to know of the dash */
} tax_country;

static const tax_country COUNTRIES[] = {
    {"AR", "CUIT", "20-05536168-2", check_ar}, {"BR", "CNPJ", "11.222.333/0001-81", check_br},
    {"CL", "RUT", "76.086.428-5", check_cl},   {"CO", "NIT", "213.123.432-1", NULL},
    {"ES", "NIF", "B12345674", check_es},      {"GT", "NIT", "576937-K", check_gt},
    {"MX", "RFC", "SAT970701NN3", check_mx},   {"PE", "RUC", "20512333797", check_pe},
};

static const tax_country *country_of(pn_str country) {
    for (size_t i = 0; i < PN_COUNT(COUNTRIES); i++) {
        if (pn_str_eq(country, pn_str_of(COUNTRIES[i].country))) {
            return &COUNTRIES[i];
        }
    }
    return NULL;
}

pn_tax_id_verdict pn_tax_id_check(pn_str text, pn_str country) {
    const tax_country *of = country_of(country);
    char letters[LETTERS_MAX];
    pn_str id = PN_STR_NONE;
    text = pn_str_trim(text);
    if (of == NULL) {
        return PN_TAX_ID_UNKNOWN;
    }
    if (!compact(text, letters, &id) || id.len == 0) {
        return PN_TAX_ID_FORM;
    }
    bool dash = text.len > 2 && text.ptr[text.len - 2] == '-';
    return of->check != NULL ? of->check(id) : check_co(id, dash);
}

pn_str pn_tax_id_name(pn_str country) {
    const tax_country *of = country_of(country);
    return of == NULL ? PN_STR_NONE : pn_str_of(of->name);
}

pn_str pn_tax_id_example(pn_str country) {
    const tax_country *of = country_of(country);
    return of == NULL ? PN_STR_NONE : pn_str_of(of->example);
}

pn_err pn_tax_id_read(pn_str text, pn_str country, pn_diag *diag) {
    const tax_country *of = country_of(country);
    pn_tax_id_verdict verdict = pn_tax_id_check(text, country);
    if (verdict != PN_TAX_ID_FORM && verdict != PN_TAX_ID_SUM && verdict != PN_TAX_ID_ANYBODY) {
        return PN_OK;
    }
    (void)pn_diag_set(diag, PN_INVALID, "“%.*s” is not a valid %s.",
                      PN_STR_ARG(pn_str_first(text, 40)), of->name);
    switch (verdict) {
    case PN_TAX_ID_ANYBODY:
        pn_diag_mend(diag, "It stands for whoever has none of their own.");
        break;
    case PN_TAX_ID_SUM:
        pn_diag_mend(diag, "Its check digit does not agree with the rest: look for a mistyped or "
                           "swapped character.");
        break;
    case PN_TAX_ID_GOOD:
    case PN_TAX_ID_UNKNOWN:
    case PN_TAX_ID_DOUBTFUL:
    case PN_TAX_ID_FORM: pn_diag_mend(diag, "One is written like %s.", of->example); break;
    }
    return PN_INVALID;
}
