#include "world/tax.h"

#include "base/banned.h"

static unsigned digit(char c) {
    return (unsigned)(c - '0');
}

/* ── Spain ───────────────────────────────────────────────────────────────────────────────────── */

static char nif_letter(uint32_t number) {
    return "TRWAGMYFPDXBNJZSQVHLCKE"[number % 23];
}

pn_str pn_tax_nif(uint32_t number, pn_arena *arena) {
    assert(number < 100000000);
    return pn_str_format(arena, "%08u%c", number, nif_letter(number));
}

/* Digits in odd places are doubled and their own digits added. */
static unsigned cif_control(pn_str seven) {
    unsigned sum = 0;
    for (size_t i = 0; i < 7; i++) {
        unsigned value = digit(seven.ptr[i]);
        unsigned twice = value * 2;
        sum += i % 2 == 0 ? twice / 10 + twice % 10 : value;
    }
    return (10 - sum % 10) % 10;
}

pn_str pn_tax_cif(char kind, uint32_t number, pn_arena *arena) {
    assert(number < 10000000);
    pn_str seven = pn_str_format(arena, "%07u", number);
    return pn_str_format(arena, "%c%.*s%u", kind, PN_STR_ARG(seven), cif_control(seven));
}

/* ── Mexico ──────────────────────────────────────────────────────────────────────────────────── */

/* SAT's table: the place of a character is its value. A company's RFC is one letter shorter and
 * reads as if it began with a space. */
static char rfc_verifier(pn_str rfc) {
    static const pn_str VALUES = {"0123456789ABCDEFGHIJKLMN&OPQRSTUVWXYZ ", 38};
    size_t sum = rfc.len == 11 ? 13 * pn_str_find_char(VALUES, ' ') : 0;
    size_t weight = rfc.len == 11 ? 12 : 13;
    for (size_t i = 0; i < rfc.len; i++) {
        sum += (weight - i) * pn_str_find_char(VALUES, rfc.ptr[i]);
    }
    size_t rest = sum % 11;
    return rest == 0 ? '0' : rest == 1 ? 'A' : (char)('0' + (11 - rest));
}

pn_str pn_tax_rfc(pn_str initials, pn_date day, pn_str homonym, pn_arena *arena) {
    pn_civil civil = pn_date_civil(day);
    pn_str rfc =
        pn_str_format(arena, "%.*s%02d%02u%02u%.*s", PN_STR_ARG(initials), (int)(civil.year % 100),
                      (unsigned)civil.month, (unsigned)civil.day, PN_STR_ARG(homonym));
    return pn_str_format(arena, "%.*s%c", PN_STR_ARG(rfc), rfc_verifier(rfc));
}

/* ── accounts ────────────────────────────────────────────────────────────────────────────────── */

/* Modulo 97 over the text with letters as two digits. */
static unsigned mod97(pn_str text) {
    unsigned rest = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        unsigned value = pn_is_digit(c) ? digit(c) : (unsigned)(c - 'A') + 10;
        rest = (rest * (value >= 10 ? 100 : 10) + value) % 97;
    }
    return rest;
}

/* Spain's own control over ten digits. */
static unsigned control_es(pn_str ten) {
    static const unsigned WEIGHTS[] = {1, 2, 4, 8, 5, 10, 9, 7, 3, 6};
    unsigned sum = 0;
    for (size_t i = 0; i < 10; i++) {
        sum += digit(ten.ptr[i]) * WEIGHTS[i];
    }
    unsigned control = 11 - sum % 11;
    return control == 11 ? 0 : control == 10 ? 1 : control;
}

pn_str pn_tax_iban_es(uint32_t bank, uint32_t branch, uint64_t account, pn_arena *arena) {
    pn_str office = pn_str_format(arena, "00%04u%04u", bank, branch);
    pn_str number = pn_str_format(arena, "%010llu", (unsigned long long)account);
    pn_str body = pn_str_format(arena, "%.*s%u%u%.*s", PN_STR_ARG(pn_str_from(office, 2)),
                                control_es(office), control_es(number), PN_STR_ARG(number));
    pn_str turned = pn_str_format(arena, "%.*sES00", PN_STR_ARG(body));
    return pn_str_format(arena, "ES%02u%.*s", 98 - mod97(turned), PN_STR_ARG(body));
}

static unsigned clabe_control(pn_str seventeen) {
    static const unsigned WEIGHTS[] = {3, 7, 1};
    unsigned sum = 0;
    for (size_t i = 0; i < 17; i++) {
        sum += digit(seventeen.ptr[i]) * WEIGHTS[i % 3] % 10;
    }
    return (10 - sum % 10) % 10;
}

pn_str pn_tax_clabe(uint32_t bank, uint32_t place, uint64_t account, pn_arena *arena) {
    pn_str body = pn_str_format(arena, "%03u%03u%011llu", bank, place, (unsigned long long)account);
    return pn_str_format(arena, "%.*s%u", PN_STR_ARG(body), clabe_control(body));
}
