/* The forecast: what today's open invoices will bring in, and what they will cause, in the next
 * days.
 *
 * Cash comes from a hazard fitted on the organization's own history (core/hazard.h); its spread
 * from drawing paths (core/spread.h). Messages and tasks come
 * from the outlooks of today's cases (app/outlook.h), each weighted by the chance that the case is
 * still open on that day. Invoices that are yet to come are not in it. Only read. */
#ifndef PN_APP_FORECAST_H
#define PN_APP_FORECAST_H

#include "app/simulate.h"
#include "base/json.h"
#include "core/spread.h"

enum { PN_FORECAST_DAYS_MAX = 365 };

/* Cash of one currency up to the end of a day, cumulative; minor units. */
typedef struct {
    pn_date day;
    int64_t expected, p10, p50, p90;
} pn_forecast_day;

typedef struct {
    pn_currency currency;
    int64_t open; /* claimable or held, today */
    int64_t invoices;
    pn_forecast_day *days;
} pn_forecast_cash;

/* What is expected on a day, in hundredths. */
typedef struct {
    pn_date day;
    int64_t messages, tasks;
    int64_t by_channel[PN_CHANNELS]; /* messages */
} pn_forecast_load;

typedef struct {
    pn_str owner;  /* empty: nobody's */
    int64_t tasks; /* hundredths, of the whole span */
} pn_forecast_person;

typedef struct {
    pn_date from; /* today */
    int64_t days;
    bool fitted; /* false: too little was ever paid; then there is no cash */
    pn_hazard hazard;
    bool checked;
    pn_hazard_check check;
    bool tried; /* how often P10 to P90 held, in the currency of most invoices */
    pn_spread_check held;
    pn_forecast_cash *cash;
    size_t cash_count;
    pn_forecast_load *loads; /* one a day */
    pn_forecast_person *people;
    size_t person_count;
    int64_t debtors, debtors_looked_at; /* with something open; of them, for the loads */
    int64_t cost;                       /* millionths of a major unit */
    pn_currency cost_currency;          /* empty: no prices were given */
} pn_forecast;

typedef struct {
    int64_t days;
    int64_t debtors_max; /* outlooks of at most so many, evenly, the sums scaled; 0: none */
    pn_simulate_prices prices;
    /* How far it is; false ends it (CONFLICT). May be NULL. */
    bool (*tell)(void *context, int64_t done, int64_t total);
    void *context;
} pn_forecast_request;

PN_MUST_USE pn_err pn_forecast_make(pn_app *app, const pn_forecast_request *request,
                                    pn_arena *arena, pn_forecast *ret_forecast, pn_diag *diag);

void pn_forecast_put(pn_json_writer *writer, const pn_forecast *forecast);

#endif
