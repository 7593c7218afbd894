/* Numbers as templates see them: 64-bit integers and decimal numbers.
 *
 * A decimal is kept as a double, but calculated with in base ten, so that 10.1 minus 2.2 is 7.9:
 * the operands are the shortest decimals that stand for the doubles, sums and products are exact
 * within 37 digits, and only the result becomes a double again. */
#ifndef PN_LIQUID_NUMBER_H
#define PN_LIQUID_NUMBER_H

#include "liquid/value.h"

/* coefficient × 10^exponent. */
typedef struct {
    pn_int128 coefficient;
    int exponent;
    bool real; /* came from, or makes, a decimal number rather than an integer */
} pn_liquid_decimal;

typedef enum {
    PN_LIQUID_PLUS,
    PN_LIQUID_MINUS,
    PN_LIQUID_TIMES,
    PN_LIQUID_DIVIDED_BY, /* floored for two integers */
    PN_LIQUID_MODULO,     /* with the sign of the divisor */
} pn_liquid_operation;

pn_liquid_decimal pn_liquid_decimal_int(int64_t value);
pn_liquid_decimal pn_liquid_decimal_real(double value);
/* What a text is worth in arithmetic: "12.5" as a decimal, otherwise the integer it begins with,
 * otherwise 0. */
pn_liquid_decimal pn_liquid_decimal_text(pn_str text);

double pn_liquid_decimal_double(pn_liquid_decimal number);
/* INT or REAL. LIMIT for an integer past 64 bits or a decimal past a double. */
PN_MUST_USE pn_err pn_liquid_decimal_value(pn_liquid_decimal number, pn_liquid_value *ret_value);

/* INVALID for a division by zero, LIMIT on overflow. */
PN_MUST_USE pn_err pn_liquid_calculate(pn_liquid_operation operation, pn_liquid_decimal a,
                                       pn_liquid_decimal b, pn_liquid_decimal *ret_result);
int pn_liquid_decimal_cmp(pn_liquid_decimal a, pn_liquid_decimal b);

typedef enum { PN_LIQUID_HALF_AWAY, PN_LIQUID_FLOOR, PN_LIQUID_CEILING } pn_liquid_rounding;
/* To `places` decimals, which may be negative. */
pn_liquid_decimal pn_liquid_decimal_round(pn_liquid_decimal number, int places,
                                          pn_liquid_rounding rounding);

/* "1.5", "3.0", "1.0e+20": the shortest text that reads back as the same double. */
enum { PN_LIQUID_REAL_SIZE = 40 };
size_t pn_liquid_real_text(double value, char out[PN_LIQUID_REAL_SIZE]);

/* A whole integer, blanks around it and single underscores within allowed; out of range is
 * clamped. INVALID otherwise. */
PN_MUST_USE pn_err pn_liquid_integer_parse(pn_str text, int64_t *ret_value);
/* The integer a text begins with, or 0. */
int64_t pn_liquid_integer_prefix(pn_str text);

#endif
