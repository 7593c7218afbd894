/* Tax ids and account numbers with their right check digits.
 *
 * Spain: NIF of persons (the letter table of Orden EHA/451/2008) and of companies (Real Decreto
 * 1065/2007, the former CIF). Mexico: RFC with the verifier of SAT's Anexo 3 (modulo 11). IBAN by
 * ISO 13616 (modulo 97), CLABE by its weights 3, 7, 1. What they make is what format/ calls right.
 */
#ifndef PN_WORLD_TAX_H
#define PN_WORLD_TAX_H

#include "base/str.h"
#include "calendar/date.h"

/* "99012345K": eight digits and their letter. */
pn_str pn_tax_nif(uint32_t number, pn_arena *arena);
/* "B00123454": a company's letter (one of ABEFGH, which take a digit), seven digits, the control.
 */
pn_str pn_tax_cif(char kind, uint32_t number, pn_arena *arena);
/* Initials (3 capital letters for a company, 4 for a person), the day it was born or founded, two
 * characters that tell namesakes apart, and the verifier. */
pn_str pn_tax_rfc(pn_str initials, pn_date day, pn_str homonym, pn_arena *arena);
/* "ES" with bank, branch and account: 20 digits with their own two controls. */
pn_str pn_tax_iban_es(uint32_t bank, uint32_t branch, uint64_t account, pn_arena *arena);
/* 18 digits: bank 3, place 3, account 11, control. */
pn_str pn_tax_clabe(uint32_t bank, uint32_t place, uint64_t account, pn_arena *arena);

#endif
