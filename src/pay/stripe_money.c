/* Stripe's units (docs.stripe.com/currencies): most currencies in hundredths, some whole, some in
 * thousandths of which the last digit must be 0. ISO 4217 differs for a few. */
#include "base/banned.h"
#include "pay/stripe_int.h"

static bool listed(const char *codes, const char *code) {
    for (const char *c = codes; *c != '\0'; c += 3) {
        if (memcmp(c, code, 3) == 0) {
            return true;
        }
    }
    return false;
}

static unsigned decimals_at_stripe(pn_currency currency) {
    static const char WHOLE[] = "BIFCLPDJFGNFJPYKMFKRWMGAPYGRWFVNDVUVXAFXOFXPF";
    static const char THOUSANDTHS[] = "BHDJODKWDOMRTND";
    return listed(WHOLE, currency.code) ? 0 : listed(THOUSANDTHS, currency.code) ? 3 : 2;
}

static int64_t power(unsigned of_ten) {
    int64_t value = 1;
    while (of_ten-- > 0) {
        value *= 10;
    }
    return value;
}

pn_err pn_stripe_amount(pn_money amount, int64_t *ret_units, pn_diag *diag) {
    unsigned ours = pn_currency_decimals(amount.currency);
    unsigned theirs = decimals_at_stripe(amount.currency);
    int64_t units = amount.minor;
    bool fits = units > 0 && units <= INT64_C(99999999999);
    if (fits && theirs > ours) {
        units *= power(theirs - ours);
    } else if (fits && theirs < ours) {
        fits = units % power(ours - theirs) == 0;
        units /= power(ours - theirs);
    }
    if (!fits || units > INT64_C(999999999999) || (theirs == 3 && units % 10 != 0)) {
        return pn_diag_set(diag, PN_INVALID, "This amount of %s cannot be paid by card.",
                           amount.currency.code);
    }
    *ret_units = units;
    return PN_OK;
}

pn_err pn_stripe_money(int64_t units, pn_str code, pn_money *ret_amount) {
    char upper[3];
    pn_money amount = {.minor = units};
    if (code.len != 3 || units < 0 || units > INT64_C(999999999999)) {
        return PN_INVALID;
    }
    for (size_t i = 0; i < 3; i++) {
        upper[i] = pn_to_upper(code.ptr[i]);
    }
    PN_TRY(pn_currency_parse((pn_str){upper, 3}, &amount.currency));
    unsigned ours = pn_currency_decimals(amount.currency);
    unsigned theirs = decimals_at_stripe(amount.currency);
    if (ours > theirs) {
        amount.minor *= power(ours - theirs);
    } else if (theirs > ours) {
        if (units % power(theirs - ours) != 0) {
            return PN_INVALID;
        }
        amount.minor /= power(theirs - ours);
    }
    *ret_amount = amount;
    return PN_OK;
}
