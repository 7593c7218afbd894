/* Late-payment interest: statutory rates by country and date, and the amount.
 *
 * Spain: Ley 3/2004, article 7: the ECB's main refinancing rate of the half-year plus eight points,
 * simple interest over 365 days; published half-yearly in the BOE. Mexico: Código de Comercio,
 * article 362: six per cent a year. Other countries have no entry: an agreed rate is needed. */
#ifndef PN_CORE_INTEREST_H
#define PN_CORE_INTEREST_H

#include "base/money.h"
#include "calendar/date.h"

/* Yearly rate in basis points on that day; NOT_FOUND where no rate is known. */
PN_MUST_USE pn_err pn_interest_statutory(pn_str country, pn_date day, int32_t *ret_rate_bp);

/* Simple interest on `principal` for the days [from, to), each at its day's rate: the agreed one if
 * it is not 0, else the statutory one. Rounded once, half away from zero. 0 days give 0. */
PN_MUST_USE pn_err pn_interest_amount(int64_t principal, pn_str country, int32_t agreed_bp,
                                      pn_date from, pn_date to, int64_t *ret_amount,
                                      int32_t *ret_last_rate_bp);

#endif
