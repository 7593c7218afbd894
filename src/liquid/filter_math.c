/* Filters on numbers and money. */
#include "base/banned.h"
#include "liquid/access.h"
#include "liquid/amount.h"
#include "liquid/filter.h"
#include "liquid/print.h"

enum { PLACES_MAX = 400 };

static pn_err calculated(pn_liquid_run *run, pn_liquid_operation operation,
                         const pn_liquid_value *args, pn_liquid_value *ret_value) {
    pn_liquid_amount result;
    PN_TRY(pn_liquid_amount_calculate(run, operation, pn_liquid_amount_of(args[0]),
                                      pn_liquid_amount_of(args[1]), &result));
    return pn_liquid_amount_value(run, result, ret_value);
}

pn_err pn_liquid_filter_plus(pn_liquid_run *run, const pn_liquid_value *args, size_t count,
                             pn_liquid_value *ret_value) {
    (void)count;
    return calculated(run, PN_LIQUID_PLUS, args, ret_value);
}

pn_err pn_liquid_filter_minus(pn_liquid_run *run, const pn_liquid_value *args, size_t count,
                              pn_liquid_value *ret_value) {
    (void)count;
    return calculated(run, PN_LIQUID_MINUS, args, ret_value);
}

pn_err pn_liquid_filter_times(pn_liquid_run *run, const pn_liquid_value *args, size_t count,
                              pn_liquid_value *ret_value) {
    (void)count;
    return calculated(run, PN_LIQUID_TIMES, args, ret_value);
}

pn_err pn_liquid_filter_divided_by(pn_liquid_run *run, const pn_liquid_value *args, size_t count,
                                   pn_liquid_value *ret_value) {
    (void)count;
    return calculated(run, PN_LIQUID_DIVIDED_BY, args, ret_value);
}

pn_err pn_liquid_filter_modulo(pn_liquid_run *run, const pn_liquid_value *args, size_t count,
                               pn_liquid_value *ret_value) {
    (void)count;
    return calculated(run, PN_LIQUID_MODULO, args, ret_value);
}

pn_err pn_liquid_filter_abs(pn_liquid_run *run, const pn_liquid_value *args, size_t count,
                            pn_liquid_value *ret_value) {
    (void)count;
    pn_liquid_amount amount = pn_liquid_amount_of(args[0]);
    if (amount.number.coefficient < 0) {
        amount.number.coefficient = -amount.number.coefficient;
    }
    return pn_liquid_amount_value(run, amount, ret_value);
}

/* Money is rounded to whole units (or to decimals of them); it stays money. */
static pn_err rounded(pn_liquid_run *run, pn_liquid_value value, int places,
                      pn_liquid_rounding rounding, pn_liquid_value *ret_value) {
    pn_liquid_amount amount = pn_liquid_amount_of(value);
    amount.number = pn_liquid_decimal_round(amount.number, places, rounding);
    amount.number.real = amount.number.real && places > 0;
    return pn_liquid_amount_value(run, amount, ret_value);
}

pn_err pn_liquid_filter_ceil(pn_liquid_run *run, const pn_liquid_value *args, size_t count,
                             pn_liquid_value *ret_value) {
    (void)count;
    return rounded(run, args[0], 0, PN_LIQUID_CEILING, ret_value);
}

pn_err pn_liquid_filter_floor(pn_liquid_run *run, const pn_liquid_value *args, size_t count,
                              pn_liquid_value *ret_value) {
    (void)count;
    return rounded(run, args[0], 0, PN_LIQUID_FLOOR, ret_value);
}

pn_err pn_liquid_filter_round(pn_liquid_run *run, const pn_liquid_value *args, size_t count,
                              pn_liquid_value *ret_value) {
    double places = 0;
    if (count > 1) {
        places = pn_liquid_decimal_double(pn_liquid_amount_of(args[1]).number);
    }
    places = PN_MAX(PN_MIN(places, PLACES_MAX), -PLACES_MAX);
    return rounded(run, args[0], (int)places, PN_LIQUID_HALF_AWAY, ret_value);
}

static pn_err bounded(pn_liquid_run *run, const pn_liquid_value *args, bool at_least,
                      pn_liquid_value *ret_value) {
    pn_liquid_amount value = pn_liquid_amount_of(args[0]);
    pn_liquid_amount bound = pn_liquid_amount_of(args[1]);
    if (value.money && bound.money && !pn_currency_eq(value.currency, bound.currency)) {
        return pn_liquid_fail(run, "%s and %s cannot be compared.", value.currency.code,
                              bound.currency.code);
    }
    int order = pn_liquid_decimal_cmp(value.number, bound.number);
    pn_liquid_amount result = (at_least ? order < 0 : order > 0) ? bound : value;
    if (value.money || bound.money) {
        result.money = true;
        result.currency = value.money ? value.currency : bound.currency;
    }
    return pn_liquid_amount_value(run, result, ret_value);
}

pn_err pn_liquid_filter_at_least(pn_liquid_run *run, const pn_liquid_value *args, size_t count,
                                 pn_liquid_value *ret_value) {
    (void)count;
    return bounded(run, args, true, ret_value);
}

pn_err pn_liquid_filter_at_most(pn_liquid_run *run, const pn_liquid_value *args, size_t count,
                                pn_liquid_value *ret_value) {
    (void)count;
    return bounded(run, args, false, ret_value);
}

/* `sum`: of the items, or of one field of them. Amounts of two currencies have no sum. */
pn_err pn_liquid_filter_sum(pn_liquid_run *run, const pn_liquid_value *args, size_t count,
                            pn_liquid_value *ret_value) {
    pn_liquid_value summed = args[0];
    if (count > 1 && args[1].kind != PN_LIQUID_NIL) {
        PN_TRY(pn_liquid_filter_map(run, args, count, &summed));
    }
    const pn_liquid_value *items = NULL;
    uint32_t item_count = 0;
    PN_TRY(pn_liquid_flatten(run, summed, &items, &item_count));
    pn_liquid_amount total = pn_liquid_amount_of(pn_liquid_int(0));
    for (uint32_t i = 0; i < item_count; i++) {
        PN_TRY(pn_liquid_amount_calculate(run, PN_LIQUID_PLUS, total, pn_liquid_amount_of(items[i]),
                                          &total));
    }
    return pn_liquid_amount_value(run, total, ret_value);
}
