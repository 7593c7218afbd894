#include "format/account.h"

#include "base/banned.h"

enum { ACCOUNT_LETTERS_MAX = 34, CLABE_DIGITS = 18, CBU_DIGITS = 22 };

/* ── letters and digits ──────────────────────────────────────────────────────────────────────── */

/* Letters and digits, large; false when anything else than blanks, dots and dashes is there, or
 * more than `max`. */
static bool compact(pn_str text, char *out, size_t max, size_t *ret_len) {
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (pn_is_alpha(c) || pn_is_digit(c)) {
            if (len == max) {
                return false;
            }
            out[len++] = pn_to_upper(c);
        } else if (c != ' ' && c != '-' && c != '.') {
            return false;
        }
    }
    *ret_len = len;
    return true;
}

static unsigned digit(char c) {
    return (unsigned)(c - '0');
}

/* Goes on with ISO 7064 mod 97-10: a letter counts as two digits, A = 10. */
static unsigned mod_97(unsigned rest, pn_str text) {
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        rest = pn_is_digit(c) ? (rest * 10 + digit(c)) % 97
                              : (rest * 100 + (unsigned)(c - 'A') + 10) % 97;
    }
    return rest;
}

/* ── IBAN ────────────────────────────────────────────────────────────────────────────────────── */

typedef struct {
    char country[3];
    uint8_t letters;
    bool sepa;
} iban_country;

/* SWIFT's IBAN registry, release 99; SEPA as in EPC409-09. */
static const iban_country IBANS[] = {
    {"AD", 24, true},  {"AE", 23, false}, {"AL", 28, true},  {"AT", 20, true},  {"AZ", 28, false},
    {"BA", 20, false}, {"BE", 16, true},  {"BG", 22, true},  {"BH", 22, false}, {"BI", 27, false},
    {"BR", 29, false}, {"BY", 28, false}, {"CH", 21, true},  {"CR", 22, false}, {"CY", 28, true},
    {"CZ", 24, true},  {"DE", 22, true},  {"DJ", 27, false}, {"DK", 18, true},  {"DO", 28, false},
    {"EE", 20, true},  {"EG", 29, false}, {"ES", 24, true},  {"FI", 18, true},  {"FK", 18, false},
    {"FO", 18, false}, {"FR", 27, true},  {"GB", 22, true},  {"GE", 22, false}, {"GI", 23, true},
    {"GL", 18, false}, {"GR", 27, true},  {"GT", 28, false}, {"HN", 28, false}, {"HR", 21, true},
    {"HU", 28, true},  {"IE", 22, true},  {"IL", 23, false}, {"IQ", 23, false}, {"IS", 26, true},
    {"IT", 27, true},  {"JO", 30, false}, {"KW", 30, false}, {"KZ", 20, false}, {"LB", 28, false},
    {"LC", 32, false}, {"LI", 21, true},  {"LT", 20, true},  {"LU", 20, true},  {"LV", 21, true},
    {"LY", 25, false}, {"MC", 27, true},  {"MD", 24, true},  {"ME", 22, true},  {"MK", 19, true},
    {"MN", 20, false}, {"MR", 27, false}, {"MT", 31, true},  {"MU", 30, false}, {"NI", 28, false},
    {"NL", 18, true},  {"NO", 15, true},  {"OM", 23, false}, {"PK", 24, false}, {"PL", 28, true},
    {"PS", 29, false}, {"PT", 25, true},  {"QA", 29, false}, {"RO", 24, true},  {"RS", 22, true},
    {"RU", 33, false}, {"SA", 24, false}, {"SC", 31, false}, {"SD", 18, false}, {"SE", 24, true},
    {"SI", 19, true},  {"SK", 24, true},  {"SM", 27, true},  {"SO", 23, false}, {"ST", 25, false},
    {"SV", 28, false}, {"TL", 23, false}, {"TN", 24, false}, {"TR", 26, false}, {"UA", 29, false},
    {"VA", 22, true},  {"VG", 24, false}, {"XK", 20, false}, {"YE", 30, false},
};

static const iban_country *country_of(pn_str account) {
    for (size_t i = 0; i < PN_COUNT(IBANS); i++) {
        if (pn_str_eq(pn_str_first(account, 2), pn_str_of(IBANS[i].country))) {
            return &IBANS[i];
        }
    }
    return NULL;
}

static bool looks_like_iban(pn_str account) {
    return account.len >= 15 && account.len <= ACCOUNT_LETTERS_MAX && pn_is_alpha(account.ptr[0]) &&
           pn_is_alpha(account.ptr[1]) && pn_is_digit(account.ptr[2]) &&
           pn_is_digit(account.ptr[3]);
}

static bool sums_up(pn_str account) {
    return mod_97(mod_97(0, pn_str_from(account, 4)), pn_str_first(account, 4)) == 1;
}

bool pn_iban_valid(pn_str account) {
    const iban_country *country = country_of(account);
    return looks_like_iban(account) && country != NULL && account.len == country->letters &&
           sums_up(account);
}

bool pn_iban_sepa(pn_str account) {
    const iban_country *country = country_of(account);
    return country != NULL && country->sepa && pn_iban_valid(account);
}

/* ── CLABE, CBU ──────────────────────────────────────────────────────────────────────────────── */

bool pn_clabe_valid(pn_str digits) {
    static const unsigned WEIGHTS[] = {3, 7, 1};
    unsigned sum = 0;
    if (digits.len != CLABE_DIGITS || !pn_str_is_digits(digits)) {
        return false;
    }
    for (size_t i = 0; i < CLABE_DIGITS - 1; i++) {
        sum += digit(digits.ptr[i]) * WEIGHTS[i % 3] % 10;
    }
    return digit(digits.ptr[CLABE_DIGITS - 1]) == (10 - sum % 10) % 10;
}

/* The last digit of a block checks those before it, weighted from the right. */
static bool cbu_block_valid(pn_str block) {
    static const unsigned WEIGHTS[] = {3, 1, 7, 9};
    unsigned sum = 0;
    for (size_t i = 0; i + 1 < block.len; i++) {
        sum += digit(block.ptr[block.len - 2 - i]) * WEIGHTS[i % 4];
    }
    return digit(block.ptr[block.len - 1]) == (10 - sum % 10) % 10;
}

bool pn_cbu_valid(pn_str digits) {
    enum { BANK = 8 };
    return digits.len == CBU_DIGITS && pn_str_is_digits(digits) &&
           cbu_block_valid(pn_str_first(digits, BANK)) &&
           cbu_block_valid(pn_str_from(digits, BANK));
}

/* ── reading ─────────────────────────────────────────────────────────────────────────────────── */

pn_account_kind pn_account_kind_of(pn_str account) {
    if (pn_iban_valid(account)) {
        return PN_ACCOUNT_IBAN;
    }
    if (pn_clabe_valid(account)) {
        return PN_ACCOUNT_CLABE;
    }
    return pn_cbu_valid(account) ? PN_ACCOUNT_CBU : PN_ACCOUNT_OTHER;
}

pn_str pn_account_kind_name(pn_account_kind kind) {
    switch (kind) {
    case PN_ACCOUNT_IBAN: return PN_STR("IBAN");
    case PN_ACCOUNT_CLABE: return PN_STR("CLABE");
    case PN_ACCOUNT_CBU: return PN_STR("CBU");
    case PN_ACCOUNT_OTHER: break;
    }
    return PN_STR("");
}

static pn_err wrong_iban(pn_str account, pn_diag *diag) {
    const iban_country *country = country_of(account);
    pn_err err = pn_diag_set(diag, PN_INVALID, "“%.*s” is not a valid IBAN.", PN_STR_ARG(account));
    if (country == NULL) {
        pn_diag_mend(diag, "No country writes IBANs that begin with %.*s.",
                     PN_STR_ARG(pn_str_first(account, 2)));
    } else if (account.len != country->letters) {
        pn_diag_mend(diag, "Those of %s have %d letters and digits; this one has %zu.",
                     country->country, country->letters, account.len);
    } else {
        pn_diag_mend(diag, "Its check digits do not agree with the rest: look for a mistyped or "
                           "swapped digit.");
    }
    return err;
}

/* Where every account has one form, another one is a mistake. */
static pn_err check_country(pn_str account, pn_account_kind kind, pn_str country, pn_diag *diag) {
    const iban_country *of = country_of(country);
    if (pn_str_is(country, "MX") && kind != PN_ACCOUNT_CLABE) {
        pn_err err =
            pn_diag_set(diag, PN_INVALID, "“%.*s” is not a valid CLABE.", PN_STR_ARG(account));
        pn_diag_mend(diag, "A CLABE has 18 digits, the last of which checks the others.");
        return err;
    }
    if (of != NULL && of->sepa && kind != PN_ACCOUNT_IBAN) {
        pn_err err =
            pn_diag_set(diag, PN_INVALID, "“%.*s” is not a valid IBAN.", PN_STR_ARG(account));
        pn_diag_mend(diag,
                     "Accounts in %s are written as IBAN: %s, two check digits, and %d "
                     "letters and digits in all.",
                     of->country, of->country, of->letters);
        return err;
    }
    return PN_OK;
}

pn_err pn_account_read(pn_str text, pn_str country, pn_arena *arena, pn_str *ret_account,
                       pn_account_kind *ret_kind, pn_diag *diag) {
    char letters[ACCOUNT_LETTERS_MAX];
    size_t len = 0;
    if (!compact(text, letters, sizeof letters, &len) || len < 4) {
        pn_err err = pn_diag_set(diag, PN_INVALID, "“%.*s” is not a bank account.",
                                 PN_STR_ARG(pn_str_first(text, 60)));
        pn_diag_mend(diag,
                     "Write an IBAN, a CLABE or an account number of up to %d letters and "
                     "digits.",
                     ACCOUNT_LETTERS_MAX);
        return err;
    }
    pn_str account = {letters, len};
    pn_account_kind kind = pn_account_kind_of(account);
    if (kind == PN_ACCOUNT_OTHER && looks_like_iban(account)) {
        return wrong_iban(account, diag);
    }
    PN_TRY(check_country(account, kind, country, diag));
    *ret_account = pn_str_dup(arena, account);
    *ret_kind = kind;
    return PN_OK;
}

pn_str pn_account_grouped(pn_str account, pn_arena *arena) {
    bool clabe = pn_clabe_valid(account);
    char *text = pn_arena_alloc(arena, account.len * 2 + 1);
    size_t len = 0;
    for (size_t i = 0; i < account.len; i++) {
        bool gap = clabe ? i == 3 || i == 6 || i == 17 : i != 0 && i % 4 == 0;
        if (gap) {
            text[len++] = ' ';
        }
        text[len++] = account.ptr[i];
    }
    return (pn_str){text, len};
}

/* ── RF ──────────────────────────────────────────────────────────────────────────────────────── */

pn_err pn_rf_make(pn_str text, char out[PN_RF_SIZE], pn_str *ret_reference) {
    size_t len = 4;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (!pn_is_alpha(c) && !pn_is_digit(c)) {
            continue;
        }
        if (len == 4 + PN_RF_LETTERS_MAX) {
            return PN_INVALID;
        }
        out[len++] = pn_to_upper(c);
    }
    if (len == 4) {
        return PN_INVALID;
    }
    unsigned check = 98 - mod_97(mod_97(0, (pn_str){out + 4, len - 4}), PN_STR("RF00"));
    out[0] = 'R';
    out[1] = 'F';
    out[2] = (char)('0' + check / 10);
    out[3] = (char)('0' + check % 10);
    out[len] = '\0';
    *ret_reference = (pn_str){out, len};
    return PN_OK;
}

bool pn_rf_valid(pn_str text) {
    char letters[PN_RF_SIZE];
    size_t len = 0;
    if (!compact(text, letters, sizeof letters - 1, &len) || len < 5) {
        return false;
    }
    pn_str reference = {letters, len};
    return pn_str_starts(reference, PN_STR("RF")) && pn_is_digit(letters[2]) &&
           pn_is_digit(letters[3]) && sums_up(reference);
}
