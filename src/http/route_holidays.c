/* Public holidays, as waits and contact hours know them. */
#include "base/banned.h"
#include "calendar/business.h"
#include "http/answer.h"
#include "http/tables.h"

enum { DAYS_MAX = 800 };

static const pn_shape FIELDS[] = {
    {.name = "date", .type = PN_SHAPE_DATE, .required = true},
    {.name = "name", .type = PN_SHAPE_TEXT, .required = true, .help = "in the country's language"},
    {.name = NULL},
};
static const pn_schema_object HOLIDAY = {"Holiday", FIELDS, "A day on which business rests by law"};
static const pn_shape QUERY[] = {
    {.name = "country",
     .type = PN_SHAPE_TEXT,
     .min = 2,
     .max = 2,
     .help = "else the organization's"},
    {.name = "region", .type = PN_SHAPE_TEXT, .max = 6, .help = "ISO 3166-2 without the country"},
    {.name = "from", .type = PN_SHAPE_DATE, .required = true},
    {.name = "to", .type = PN_SHAPE_DATE, .required = true, .help = "the first day that is not"},
    {.name = NULL},
};

static pn_err wrong(pn_exchange *x, const char *where, const char *sentence) {
    pn_err err = pn_diag_set(&x->diag, PN_INVALID, "%s", sentence);
    pn_diag_where(&x->diag, "%s", where);
    return err;
}

static pn_err list_holidays(pn_exchange *x) {
    const pn_route_value *given = pn_query_value(x, "country");
    pn_str country = given->given ? given->text : x->app->org.country;
    pn_calendar calendar = pn_calendar_for(country, pn_query_value(x, "region")->text);
    pn_date from = (pn_date)pn_query_value(x, "from")->number;
    pn_date to = (pn_date)pn_query_value(x, "to")->number;
    if (!pn_holiday_country_known(country)) {
        return wrong(x, "country", "The holidays of this country are not known.");
    }
    if (to <= from || to - from > DAYS_MAX) {
        return wrong(x, "to", "It lies behind `from`, by at most 800 days.");
    }
    pn_json_writer *w = pn_page_begin(x);
    for (pn_date day = from; day < to; day++) {
        pn_str name = pn_calendar_holiday(&calendar, day);
        if (name.len != 0) {
            pn_json_begin_object(w);
            pn_put_date(w, "date", day);
            pn_json_put_str(w, "name", name);
            pn_json_end_object(w);
        }
    }
    pn_page_end(x, (int64_t[PN_PAGE_KEYS]){0}, false);
    return PN_OK;
}

pn_route_table PN_ROUTES_HOLIDAYS = {
    {.method = PN_HTTP_GET,
     .path = "/v1/holidays",
     .name = "list_holidays",
     .runs = PN_RUNS_READER,
     .roles = PN_MAY_READ,
     .scope = "policies:read",
     .query = QUERY,
     .gives = &HOLIDAY,
     .gives_list = true,
     .answer = list_holidays,
     .summary = "public holidays of a country or region, all on one page"},
    {.path = NULL},
};
