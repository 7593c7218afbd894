/* Money: integer minor units with their currency (ISO 4217). No floating point comes near it.
 *
 * Arithmetic reports overflow and mixed currencies instead of hiding them; a remainder always has
 * a stated rule. The number of decimals of a currency is ISO 4217's. */
#ifndef PN_BASE_MONEY_H
#define PN_BASE_MONEY_H

#include "base/buf.h"

typedef struct {
    char code[4]; /* three capital letters and a NUL; all zero: none */
} pn_currency;

typedef struct {
    int64_t minor;
    pn_currency currency;
} pn_money;

#define PN_AMOUNT_MAX INT64_C(9999999999999999) /* PN_LIMIT_AMOUNT_DIGITS nines */

static inline bool pn_currency_eq(pn_currency a, pn_currency b) {
    return memcmp(a.code, b.code, sizeof a.code) == 0;
}
/* INVALID unless `text` is a code that ISO 4217 lists as money in use. */
PN_MUST_USE pn_err pn_currency_parse(pn_str text, pn_currency *ret_currency);
/* Digits behind the decimal mark: 2 for EUR, 0 for CLP, 3 for KWD. */
unsigned pn_currency_decimals(pn_currency currency);
/* Minor units in one: 100 for EUR, 1 for CLP, 1000 for KWD. */
int32_t pn_currency_unit(pn_currency currency);

PN_MUST_USE pn_err pn_money_add(pn_money a, pn_money b, pn_money *ret_sum);
PN_MUST_USE pn_err pn_money_sub(pn_money a, pn_money b, pn_money *ret_difference);

/* value × numerator ÷ denominator, the half rounded away from zero (what tax and interest laws
 * mean by rounding). LIMIT on overflow; the denominator is positive. */
PN_MUST_USE pn_err pn_amount_scale(int64_t value, int64_t numerator, int64_t denominator,
                                   int64_t *ret_value);

/* How numbers stand in a text. */
typedef struct {
    char decimal;  /* '.' or ',' */
    char thousand; /* '.', ',', ' ', '\'' or 0 for none */
} pn_number_style;

/* Reads an amount such as "1.234,56", "(120.00)", "-3", "1 234.5", "€ 12,00", "12,00 EUR" into
 * minor units. A currency sign or code around it is accepted when it is `currency`'s. More decimals
 * than the currency has are refused unless they are zeros; PN_LIMIT past PN_AMOUNT_MAX. */
PN_MUST_USE pn_err pn_amount_parse(pn_str text, pn_currency currency, pn_number_style style,
                                   int64_t *ret_minor, pn_diag *diag);

/* The same for a number that is no amount of money (a quantity, a rate) or has more decimals (a
 * unit price): scaled by 10^decimals. `currency` may be none. */
PN_MUST_USE pn_err pn_decimal_parse(pn_str text, pn_currency currency, unsigned decimals,
                                    pn_number_style style, int64_t *ret_scaled, pn_diag *diag);

/* "1234.56": plain, for files and JSON. */
void pn_amount_plain(pn_buf *buf, int64_t minor, unsigned decimals);

/* What a person reads: "1.234,56 €" (es-ES), "$1,234.56" (es-MX), "R$ 1.234,56" (pt-BR),
 * "€1,234.56" (en). `country` decides where a language's countries differ; it may be empty. The
 * space before a sign behind the number is a no-break space. */
void pn_money_text(pn_buf *buf, pn_money money, pn_str language, pn_str country);

/* The style of numbers of a language and country. */
pn_number_style pn_number_style_of(pn_str language, pn_str country);

/* An integer with separators, "1.234" */
void pn_integer_text(pn_buf *buf, int64_t value, pn_number_style style);

#endif
