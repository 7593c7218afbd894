/* Filters that write for a language and country: money, numbers, dates, days. */
#include "base/banned.h"
#include "liquid/access.h"
#include "liquid/amount.h"
#include "liquid/filter.h"
#include "liquid/moment.h"
#include "liquid/print.h"
#include "liquid/strftime.h"

static pn_err end_text(pn_liquid_run *run, pn_liquid_value *ret_value) {
    pn_str text;
    PN_TRY(pn_liquid_end(run, &text));
    *ret_value = pn_liquid_str(text);
    return PN_OK;
}

/* ── money and numbers ───────────────────────────────────────────────────────────────────────── */

static pn_err currency_of(pn_liquid_run *run, pn_liquid_value value, pn_currency *ret_currency) {
    pn_str code;
    PN_TRY(pn_liquid_to_text(run, value, &code));
    if (pn_currency_parse(code, ret_currency) != PN_OK) {
        return pn_liquid_fail(run, "“%.*s” is not a currency (three letters, such as EUR).",
                              PN_STR_ARG(pn_str_first(code, 20)));
    }
    return PN_OK;
}

/* `money`: the locale's text. A number needs the currency: {{ 12.5 | money: "EUR" }}. */
pn_err pn_liquid_filter_money(pn_liquid_run *run, const pn_liquid_value *args, size_t count,
                              pn_liquid_value *ret_value) {
    if (args[0].kind == PN_LIQUID_NIL) {
        *ret_value = args[0];
        return PN_OK;
    }
    pn_liquid_value money = args[0];
    if (count > 1) {
        pn_currency currency;
        PN_TRY(currency_of(run, args[1], &currency));
        if (money.kind != PN_LIQUID_MONEY) {
            pn_liquid_amount amount = pn_liquid_amount_of(money);
            amount.money = true;
            amount.currency = currency;
            PN_TRY(pn_liquid_amount_value(run, amount, &money));
        } else if (!pn_currency_eq(money.currency, currency)) {
            return pn_liquid_fail(run, "This amount is in %s, not %s.", money.currency.code,
                                  currency.code);
        }
    } else if (money.kind != PN_LIQUID_MONEY) {
        return pn_liquid_fail(run, "money needs a currency for %s, such as money: \"EUR\".",
                              pn_liquid_kind_name((pn_liquid_kind)money.kind));
    }
    pn_liquid_write(run, pn_liquid_begin(run), money);
    return end_text(run, ret_value);
}

/* Digits with the locale's marks. Without a number of decimals a number keeps its own, money its
 * currency's. */
static pn_err write_number(pn_liquid_run *run, pn_liquid_amount amount, int places) {
    pn_number_style style = pn_number_style_of(run->language, run->context->country);
    pn_buf *buf = pn_liquid_begin(run);
    pn_liquid_decimal scaled = pn_liquid_decimal_round(amount.number, places, PN_LIQUID_HALF_AWAY);
    scaled.exponent += places;
    scaled.real = false;
    pn_liquid_value units;
    if (pn_liquid_decimal_value(scaled, &units) != PN_OK || units.integer == INT64_MIN) {
        return pn_liquid_over(run, "This number is too large to be written out.");
    }
    int64_t unit = 1;
    for (int i = 0; i < places; i++) {
        unit *= 10;
    }
    int64_t magnitude = units.integer < 0 ? -units.integer : units.integer;
    if (units.integer < 0) {
        pn_buf_add_char(buf, '-');
    }
    pn_integer_text(buf, magnitude / unit, style);
    if (places > 0) {
        char digits[20];
        size_t len = pn_int64_text(magnitude % unit, digits);
        pn_buf_add_char(buf, style.decimal);
        for (size_t i = len; i < (size_t)places; i++) {
            pn_buf_add_char(buf, '0');
        }
        pn_buf_add(buf, digits, len);
    }
    return PN_OK;
}

pn_err pn_liquid_filter_number(pn_liquid_run *run, const pn_liquid_value *args, size_t count,
                               pn_liquid_value *ret_value) {
    enum { PLACES_MAX = 15 };
    if (args[0].kind == PN_LIQUID_NIL) {
        *ret_value = args[0];
        return PN_OK;
    }
    pn_liquid_amount amount = pn_liquid_amount_of(args[0]);
    int64_t places = 0;
    if (count > 1) {
        PN_TRY(pn_liquid_to_integer(run, args[1], &places));
    } else if (amount.money) {
        places = pn_currency_decimals(amount.currency);
    } else if (amount.number.real) {
        places = -amount.number.exponent;
    }
    places = PN_MAX(PN_MIN(places, PLACES_MAX), 0);
    PN_TRY(write_number(run, amount, (int)places));
    return end_text(run, ret_value);
}

/* ── dates ───────────────────────────────────────────────────────────────────────────────────── */

/* `date`: a strftime format, or one of our named styles. What is no date stays as it is, and so
 * does everything under an empty format. */
pn_err pn_liquid_filter_date(pn_liquid_run *run, const pn_liquid_value *args, size_t count,
                             pn_liquid_value *ret_value) {
    (void)count;
    pn_str format;
    pn_liquid_moment moment;
    PN_TRY(pn_liquid_to_text(run, args[1], &format));
    if (format.len == 0 || !pn_liquid_moment_of(run->context, args[0], &moment)) {
        *ret_value = args[0];
        return PN_OK;
    }
    pn_buf *buf = pn_liquid_begin(run);
    if (pn_str_is(format, "long")) {
        pn_date_text_long(buf, moment.date, run->language, run->context->country);
    } else if (pn_str_is(format, "short")) {
        pn_date_text_short(buf, moment.date, run->language, run->context->country);
    } else if (pn_str_is(format, "iso")) {
        pn_date_add_iso(buf, moment.date);
    } else {
        pn_liquid_strftime(buf, moment, format, run->language);
    }
    return end_text(run, ret_value);
}

static pn_err day_of(pn_liquid_run *run, pn_liquid_value value, pn_date *ret_date) {
    pn_liquid_moment moment;
    if (!pn_liquid_moment_of(run->context, value, &moment)) {
        return pn_liquid_fail(run, "A date was expected, not %s.",
                              pn_liquid_kind_name((pn_liquid_kind)value.kind));
    }
    *ret_date = moment.date;
    return PN_OK;
}

static pn_err days_between(pn_liquid_run *run, pn_liquid_value from, pn_liquid_value to,
                           pn_liquid_value *ret_value) {
    pn_date first, last;
    PN_TRY(day_of(run, from, &first));
    PN_TRY(day_of(run, to, &last));
    *ret_value = pn_liquid_int((int64_t)last - first);
    return PN_OK;
}

/* {{ invoice.due | days_until: today }}: days from the value until the argument. */
pn_err pn_liquid_filter_days_until(pn_liquid_run *run, const pn_liquid_value *args, size_t count,
                                   pn_liquid_value *ret_value) {
    (void)count;
    if (args[0].kind == PN_LIQUID_NIL) {
        *ret_value = args[0];
        return PN_OK;
    }
    return days_between(run, args[0], args[1], ret_value);
}

/* {{ invoice.due | days_since: invoice.issued }}: days from the argument until the value. */
pn_err pn_liquid_filter_days_since(pn_liquid_run *run, const pn_liquid_value *args, size_t count,
                                   pn_liquid_value *ret_value) {
    (void)count;
    if (args[0].kind == PN_LIQUID_NIL) {
        *ret_value = args[0];
        return PN_OK;
    }
    return days_between(run, args[1], args[0], ret_value);
}

/* `days`: "3 días", "1 día". Of a number of days, or of the days from a date until the argument. */
pn_err pn_liquid_filter_days(pn_liquid_run *run, const pn_liquid_value *args, size_t count,
                             pn_liquid_value *ret_value) {
    if (args[0].kind == PN_LIQUID_NIL) {
        *ret_value = args[0];
        return PN_OK;
    }
    pn_liquid_value days = args[0];
    if (count > 1) {
        PN_TRY(days_between(run, args[0], args[1], &days));
    }
    int64_t number = 0;
    PN_TRY(pn_liquid_to_integer(run, days, &number));
    if (number == INT64_MIN) {
        return pn_liquid_over(run, "This is too large a number of days.");
    }
    static const struct {
        const char *language, *one, *many;
    } WORDS[] = {{"es", "día", "días"}, {"pt", "dia", "dias"}, {"en", "day", "days"}};
    size_t i = 0;
    while (i + 1 < PN_COUNT(WORDS) && !pn_str_starts(run->language, pn_str_of(WORDS[i].language))) {
        i++;
    }
    pn_buf *buf = pn_liquid_begin(run);
    pn_integer_text(buf, number, pn_number_style_of(run->language, run->context->country));
    pn_buf_add_char(buf, ' ');
    pn_buf_add_z(buf, number == 1 || number == -1 ? WORDS[i].one : WORDS[i].many);
    return end_text(run, ret_value);
}
