/* What a value is worth in arithmetic: a number, or money, which keeps its currency. */
#ifndef PN_LIQUID_AMOUNT_H
#define PN_LIQUID_AMOUNT_H

#include "liquid/number.h"
#include "liquid/run.h"

/* In whole units (euros, not cents). What is no number is 0, as Liquid has it. */
typedef struct {
    pn_liquid_decimal number;
    bool money;
    pn_currency currency; /* of money */
} pn_liquid_amount;

pn_liquid_amount pn_liquid_amount_of(pn_liquid_value value);

/* The value again: an integer, a decimal, or money rounded to its smallest unit, the half away from
 * zero. LIMIT with a diag past what we keep. */
PN_MUST_USE pn_err pn_liquid_amount_value(pn_liquid_run *run, pn_liquid_amount amount,
                                          pn_liquid_value *ret_value);

/* Money and money of one currency add, subtract, divide (to a plain ratio) and leave a remainder;
 * money takes plain numbers on its right, and on its left where that makes sense (adding,
 * subtracting, multiplying), as whole units. INVALID with a diag for two currencies, for money
 * times money, a number divided by money, and a division by zero. */
PN_MUST_USE pn_err pn_liquid_amount_calculate(pn_liquid_run *run, pn_liquid_operation operation,
                                              pn_liquid_amount a, pn_liquid_amount b,
                                              pn_liquid_amount *ret_result);

#endif
