/* Public holidays, as waits and contact hours know them, and days on which the organization itself
 * rests. */
#include "app/closing.h"
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

/* ── closing days ── */

static const pn_shape CLOSING_FIELDS[] = {
    {.name = "date", .type = PN_SHAPE_DATE, .required = true},
    {.name = "name", .type = PN_SHAPE_TEXT},
    {.name = NULL},
};
static const pn_schema_object CLOSING = {"ClosingDay", CLOSING_FIELDS,
                                         "A day on which the organization itself rests"};
static const pn_shape CLOSING_BODY[] = {
    {.name = "from", .type = PN_SHAPE_DATE, .required = true},
    {.name = "to", .type = PN_SHAPE_DATE, .help = "the last of them; else one day"},
    {.name = "name", .type = PN_SHAPE_TEXT, .max = 80, .help = "Vacaciones de agosto"},
    {.name = NULL},
};
static const pn_shape CLOSED_FIELDS[] = {
    {.name = "days", .type = PN_SHAPE_INT, .required = true},
    {.name = NULL},
};
static const pn_schema_object CLOSED = {"ClosingDaysSet", CLOSED_FIELDS, "How many were set"};

static pn_err list_closing_days(pn_exchange *x) {
    const pn_app *app = x->app;
    pn_json_writer *w = pn_page_begin(x);
    for (size_t i = 0; i < app->closed_count; i++) {
        pn_json_begin_object(w);
        pn_put_date(w, "date", app->closed[i]);
        pn_put_str_or_null(w, "name", app->closed_names[i]);
        pn_json_end_object(w);
    }
    pn_page_end(x, (int64_t[PN_PAGE_KEYS]){0}, false);
    return PN_OK;
}

static pn_err add_closing_days(pn_exchange *x) {
    pn_date from = (pn_date)pn_body_value(x, "from")->number;
    const pn_route_value *last = pn_body_value(x, "to");
    pn_date to = last->given ? (pn_date)last->number : from;
    PN_TRY(pn_closing_set(x->app, from, to, pn_str_trim(pn_body_value(x, "name")->text), x->arena,
                          &x->diag));
    pn_json_writer *w = pn_answer_json(x);
    pn_json_put_int(w, "days", (int64_t)(to - from) + 1);
    pn_json_end_object(w);
    return PN_OK;
}

static pn_err remove_closing_day(pn_exchange *x) {
    pn_date day = PN_DATE_NONE;
    if (pn_date_parse_iso(x->arguments[0], &day) != PN_OK) {
        return pn_diag_set(&x->diag, PN_NOT_FOUND, "This is no day: write it like 2026-08-14.");
    }
    return pn_closing_remove(x->app, day, x->arena, &x->diag);
}

pn_route_table PN_ROUTES_HOLIDAYS = {
    {.method = PN_HTTP_GET,
     .path = "/v1/closing-days",
     .name = "list_closing_days",
     .runs = PN_RUNS_READER,
     .roles = PN_MAY_READ,
     .scope = "policies:read",
     .gives = &CLOSING,
     .gives_list = true,
     .answer = list_closing_days,
     .summary = "days on which the organization itself rests, all on one page"},
    {.method = PN_HTTP_POST,
     .path = "/v1/closing-days",
     .name = "add_closing_days",
     .runs = PN_RUNS_WRITER,
     .roles = PN_MAY_MANAGE,
     .scope = "policies:write",
     .body = CLOSING_BODY,
     .gives = &CLOSED,
     .answer = add_closing_days,
     .summary = "rest on these days: nothing leaves, and waits do not count them"},
    {.method = PN_HTTP_DELETE,
     .path = "/v1/closing-days/{date}",
     .name = "remove_closing_day",
     .runs = PN_RUNS_WRITER,
     .roles = PN_MAY_MANAGE,
     .scope = "policies:write",
     .answer = remove_closing_day,
     .summary = "it is a day like others again"},
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
