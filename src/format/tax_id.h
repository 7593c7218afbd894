/* Tax ids: whether one is written, and sums up, as its country's are.
 *
 * Spain: NIF of persons and foreigners (Orden EHA/451/2008's letters) and of entities (the former
 * CIF). Mexico: RFC with SAT's verifier. Brazil: CPF, and CNPJ also with letters (Receita Federal,
 * IN RFB 2.229/2024). Colombia: NIT. Chile: RUT. Argentina: CUIT. Peru: RUC. Guatemala: NIT.
 * Of other countries' nothing is known here. A wrong one is never mended: which digit is mistyped,
 * only its owner knows. Vectors: tests/unit/test_format_tax_id.c. */
#ifndef PN_FORMAT_TAX_ID_H
#define PN_FORMAT_TAX_ID_H

#include "base/str.h"

typedef enum {
    PN_TAX_ID_GOOD,
    PN_TAX_ID_UNKNOWN,  /* of a country whose ids are not known here */
    PN_TAX_ID_ANYBODY,  /* stands for whoever has none: Mexico's XAXX010101000, Guatemala's CF */
    PN_TAX_ID_DOUBTFUL, /* does not sum up, and yet there are some like it: an RFC */
    PN_TAX_ID_FORM,     /* not written like one: too long, a letter where there is none … */
    PN_TAX_ID_SUM,      /* written like one, but its check digits do not agree */
} pn_tax_id_verdict;

/* Blanks, dots, dashes and slashes do not matter, nor does the size of letters, nor a Spanish one's
 * ES before it. `country`: two letters, large. Persons' numbers without check digit (a cédula, a
 * DNI) are good where customers use them in its place. */
pn_tax_id_verdict pn_tax_id_check(pn_str text, pn_str country);
/* What the country calls it, "NIF", and one as it is written; empty where none is known. */
pn_str pn_tax_id_name(pn_str country);
pn_str pn_tax_id_example(pn_str country);

/* Refuses what is FORM, SUM or ANYBODY: INVALID with a sentence. */
PN_MUST_USE pn_err pn_tax_id_read(pn_str text, pn_str country, pn_diag *diag);

#endif
