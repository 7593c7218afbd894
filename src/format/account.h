/* Bank accounts and structured references: reading, checking, grouping for people.
 *
 * IBAN: ISO 13616, check by ISO 7064 mod 97-10. CLABE: 18 digits, weights 3 7 1 (Banxico). CBU and
 * CVU: 22 digits in two blocks, weights 3 1 7 9 (BCRA). RF references: ISO 11649.
 * Vectors: tests/unit/test_format_account.c. */
#ifndef PN_FORMAT_ACCOUNT_H
#define PN_FORMAT_ACCOUNT_H

#include "base/str.h"

typedef enum {
    PN_ACCOUNT_OTHER, /* a number whose form is not known here */
    PN_ACCOUNT_IBAN,
    PN_ACCOUNT_CLABE,
    PN_ACCOUNT_CBU,
} pn_account_kind;

/* Reads an account as its owner writes it and gives it without spaces, letters large, on the arena.
 * INVALID with a sentence for a wrong check digit or length, for an account of a SEPA country or
 * Mexico that is neither IBAN nor CLABE, and for what no account looks like. */
PN_MUST_USE pn_err pn_account_read(pn_str text, pn_str country, pn_arena *arena,
                                   pn_str *ret_account, pn_account_kind *ret_kind, pn_diag *diag);
/* What a compact account is, by its form alone. */
pn_account_kind pn_account_kind_of(pn_str account);
/* "IBAN", "CLABE", "CBU"; empty for another kind. */
pn_str pn_account_kind_name(pn_account_kind kind);
/* In groups as people compare them: IBANs and others of four, a CLABE as 3 3 11 1. */
pn_str pn_account_grouped(pn_str account, pn_arena *arena);

bool pn_iban_valid(pn_str compact);
/* True for an IBAN of a country where SEPA transfers go (the EPC's list, 2025). */
bool pn_iban_sepa(pn_str compact);
bool pn_clabe_valid(pn_str digits);
bool pn_cbu_valid(pn_str digits);

enum { PN_RF_LETTERS_MAX = 21, PN_RF_SIZE = 26 };

/* "RF18539007547034" from the letters and digits of `text`, up to 21 of them; others are left out.
 * INVALID when none is left or they are too many. */
PN_MUST_USE pn_err pn_rf_make(pn_str text, char out[PN_RF_SIZE], pn_str *ret_reference);
/* Spaces do not matter. */
bool pn_rf_valid(pn_str text);

#endif
