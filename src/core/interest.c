#include "core/interest.h"

#include "base/banned.h"

typedef struct {
    char country[3];
    int16_t year;
    uint8_t month; /* in force from the first of this month */
    int32_t rate_bp;
} statutory_rate;

/* Ascending within a country. Spain: resolutions of the Secretaría General del Tesoro in the BOE of
 * each January and July; the rate of 2026 follows from an MRO of 2.15 %. */
static const statutory_rate RATES[] = {
    {"es", 2012, 1, 900},  {"es", 2013, 1, 875},  {"es", 2013, 7, 850},  {"es", 2014, 1, 825},
    {"es", 2014, 7, 815},  {"es", 2015, 1, 805},  {"es", 2016, 7, 800},  {"es", 2023, 1, 1050},
    {"es", 2023, 7, 1200}, {"es", 2024, 1, 1250}, {"es", 2024, 7, 1225}, {"es", 2025, 1, 1115},
    {"es", 2025, 7, 1015}, {"es", 2026, 1, 1015}, {"mx", 1890, 1, 600},
};

static const statutory_rate *rate_on(pn_str country, pn_date day, pn_date *ret_until) {
    const statutory_rate *found = NULL;
    *ret_until = INT32_MAX;
    for (size_t i = 0; i < PN_COUNT(RATES); i++) {
        if (!pn_str_eq_nocase(country, (pn_str){RATES[i].country, 2})) {
            continue;
        }
        pn_date from = pn_date_of(RATES[i].year, RATES[i].month, 1);
        if (from <= day) {
            found = &RATES[i];
        } else {
            *ret_until = from;
            break;
        }
    }
    return found;
}

pn_err pn_interest_statutory(pn_str country, pn_date day, int32_t *ret_rate_bp) {
    pn_date until = 0;
    const statutory_rate *rate = rate_on(country, day, &until);
    if (rate == NULL) {
        return PN_NOT_FOUND;
    }
    *ret_rate_bp = rate->rate_bp;
    return PN_OK;
}

pn_err pn_interest_amount(int64_t principal, pn_str country, int32_t agreed_bp, pn_date from,
                          pn_date to, int64_t *ret_amount, int32_t *ret_last_rate_bp) {
    int64_t rate_days = 0; /* basis points times days */
    int32_t last_rate = agreed_bp;
    while (from < to) {
        pn_date until = to;
        int32_t rate_bp = agreed_bp;
        if (agreed_bp == 0) {
            const statutory_rate *rate = rate_on(country, from, &until);
            if (rate == NULL) {
                return PN_NOT_FOUND;
            }
            rate_bp = rate->rate_bp;
        }
        until = PN_MIN(until, to);
        rate_days += (int64_t)rate_bp * (until - from);
        last_rate = rate_bp;
        from = until;
    }
    int64_t amount = 0;
    PN_TRY(pn_amount_scale(principal, rate_days, INT64_C(10000) * 365, &amount));
    *ret_amount = amount;
    *ret_last_rate_bp = last_rate;
    return PN_OK;
}
