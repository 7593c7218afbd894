#include "liquid/amount.h"

#include "base/banned.h"

pn_liquid_amount pn_liquid_amount_of(pn_liquid_value value) {
    pn_liquid_amount amount = {.number = pn_liquid_decimal_int(0)};
    if (value.kind == PN_LIQUID_INT) {
        amount.number = pn_liquid_decimal_int(value.integer);
    } else if (value.kind == PN_LIQUID_REAL) {
        amount.number = pn_liquid_decimal_real(value.real);
    } else if (value.kind == PN_LIQUID_STR) {
        amount.number = pn_liquid_decimal_text(pn_liquid_text(value));
    } else if (value.kind == PN_LIQUID_MONEY) {
        amount.number = pn_liquid_decimal_int(value.integer);
        amount.number.exponent = -(int)pn_currency_decimals(value.currency);
        amount.number.real = true;
        amount.money = true;
        amount.currency = value.currency;
    }
    return amount;
}

pn_err pn_liquid_amount_value(pn_liquid_run *run, pn_liquid_amount amount,
                              pn_liquid_value *ret_value) {
    if (!amount.money) {
        if (pn_liquid_decimal_value(amount.number, ret_value) != PN_OK) {
            return pn_liquid_over(run, "The result is too large a number.");
        }
        return PN_OK;
    }
    pn_liquid_decimal minor = amount.number;
    minor.exponent += (int)pn_currency_decimals(amount.currency);
    minor = pn_liquid_decimal_round(minor, 0, PN_LIQUID_HALF_AWAY);
    minor.real = false;
    pn_liquid_value whole;
    if (pn_liquid_decimal_value(minor, &whole) != PN_OK || whole.integer > PN_AMOUNT_MAX ||
        whole.integer < -PN_AMOUNT_MAX) {
        return pn_liquid_over(run, "The result is larger than any amount Puntual keeps.");
    }
    *ret_value = pn_liquid_money((pn_money){whole.integer, amount.currency});
    return PN_OK;
}

/* Whether the operation makes sense between these two; the diag says why not. */
static pn_err check_money(pn_liquid_run *run, pn_liquid_operation operation, pn_liquid_amount a,
                          pn_liquid_amount b) {
    if (a.money && b.money) {
        if (operation == PN_LIQUID_TIMES) {
            return pn_liquid_fail(run, "An amount of money cannot be multiplied by another.");
        }
        if (!pn_currency_eq(a.currency, b.currency)) {
            return pn_liquid_fail(run, "%s and %s cannot be calculated with each other.",
                                  a.currency.code, b.currency.code);
        }
    } else if (b.money && (operation == PN_LIQUID_DIVIDED_BY || operation == PN_LIQUID_MODULO)) {
        return pn_liquid_fail(run, "A number cannot be divided by an amount of money.");
    }
    return PN_OK;
}

pn_err pn_liquid_amount_calculate(pn_liquid_run *run, pn_liquid_operation operation,
                                  pn_liquid_amount a, pn_liquid_amount b,
                                  pn_liquid_amount *ret_result) {
    if (a.money || b.money) {
        PN_TRY(check_money(run, operation, a, b));
    }
    pn_liquid_amount result = {.money = a.money || b.money,
                               .currency = a.money ? a.currency : b.currency};
    pn_err err = pn_liquid_calculate(operation, a.number, b.number, &result.number);
    if (err == PN_INVALID) {
        return pn_liquid_fail(run, "A division by zero.");
    }
    if (err != PN_OK) {
        return pn_liquid_over(run, "The result is too large a number.");
    }
    if (a.money && b.money && operation == PN_LIQUID_DIVIDED_BY) {
        result.money = false;
    }
    *ret_result = result;
    return PN_OK;
}
