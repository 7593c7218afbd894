/* Reports about money: ageing as of any day and the invoices behind it, a span's figures, cohorts.
 * Formulas: docs/reports.md. */
#include "app/report_money.h"
#include "base/banned.h"
#include "base/limits.h"
#include "http/answer.h"
#include "http/find.h"
#include "http/report.h"
#include "http/tables.h"

/* ── ageing ── */

static const pn_shape BAND_FIELDS[] = {
    {.name = "from_days",
     .type = PN_SHAPE_INT,
     .required = true,
     .help = "days overdue; 0: what is not due yet"},
    {.name = "to_days", .type = PN_SHAPE_INT, .help = "null: no end"},
    {.name = "amount", .type = PN_SHAPE_AMOUNT, .required = true},
    {.name = NULL},
};
static const pn_shape AGEING_FIELDS[] = {
    {.name = "creditor",
     .type = PN_SHAPE_ID,
     .id_kind = PN_ID_CREDITOR,
     .help = "null: all together"},
    {.name = "creditor_name", .type = PN_SHAPE_TEXT},
    {.name = "open", .type = PN_SHAPE_AMOUNT, .required = true},
    {.name = "bands", .type = PN_SHAPE_LIST, .fields = BAND_FIELDS, .required = true},
    {.name = NULL},
};
static const pn_shape AGEING_ROWS[] = {
    {.name = "as_of", .type = PN_SHAPE_DATE, .required = true},
    {.name = "rows",
     .type = PN_SHAPE_LIST,
     .fields = AGEING_FIELDS,
     .required = true,
     .help = "by currency; in each first all creditors together, then each"},
    {.name = NULL},
};
static const pn_schema_object AGEING = {"Ageing", AGEING_ROWS, "What was open, by age"};
static const pn_shape AGEING_QUERY[] = {
    {.name = "as_of", .type = PN_SHAPE_DATE, .help = "at the end of this day; else today's"},
    PN_REPORT_CREDITOR,
    PN_REPORT_SEGMENT,
    {.name = NULL},
};

static void put_band(pn_json_writer *w, const pn_ageing_row *row, size_t band) {
    bool last = band + 1 == PN_AGE_BANDS;
    pn_json_begin_object(w);
    pn_json_put_int(w, "from_days", pn_age_band_from(band));
    pn_json_key(w, PN_STR("to_days"));
    if (last) {
        pn_json_add_null(w);
    } else {
        pn_json_add_int(w, pn_age_band_from(band + 1) - 1);
    }
    pn_put_amount(w, "amount", row->bands[band], row->currency);
    pn_json_end_object(w);
}

static void put_ageing(pn_exchange *x, pn_json_writer *w, const pn_ageing_row *row) {
    const pn_creditor_row *creditor = pn_app_creditor(x->app, row->creditor_id);
    pn_json_begin_object(w);
    pn_put_id(w, "creditor", PN_ID_CREDITOR, row->creditor_id);
    pn_put_str_or_null(w, "creditor_name", creditor != NULL ? creditor->name : PN_STR_NONE);
    pn_put_amount(w, "open", row->open, row->currency);
    pn_put_list(w, "bands");
    for (size_t i = 0; i < PN_AGE_BANDS; i++) {
        put_band(w, row, i);
    }
    pn_json_end_array(w);
    pn_json_end_object(w);
}

static pn_date as_of(pn_exchange *x) {
    const pn_route_value *day = pn_query_value(x, "as_of");
    return day->given ? (pn_date)day->number : pn_app_today(x->app);
}

static pn_err get_ageing(pn_exchange *x) {
    pn_ageing_row *rows = NULL;
    size_t count = 0;
    pn_report_of of;
    PN_TRY(pn_report_ready(x, &of));
    PN_TRY(pn_report_ageing(x->app, as_of(x), &of, x->arena, &rows, &count, &x->diag));
    pn_json_writer *w = pn_answer_json(x);
    pn_put_date(w, "as_of", as_of(x));
    pn_put_list(w, "rows");
    for (size_t i = 0; i < count; i++) {
        put_ageing(x, w, &rows[i]);
    }
    pn_json_end_array(w);
    pn_json_end_object(w);
    return PN_OK;
}

static const pn_shape INVOICE_FIELDS[] = {
    {.name = "invoice", .type = PN_SHAPE_ID, .id_kind = PN_ID_INVOICE, .required = true},
    {.name = "number", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "debtor", .type = PN_SHAPE_ID, .id_kind = PN_ID_DEBTOR, .required = true},
    {.name = "debtor_name", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "due", .type = PN_SHAPE_DATE, .required = true, .help = "its effective due date"},
    {.name = "open", .type = PN_SHAPE_AMOUNT, .required = true, .help = "at the end of that day"},
    {.name = NULL},
};
static const pn_schema_object INVOICE = {"AgeingInvoice", INVOICE_FIELDS,
                                         "An invoice as it stood at the end of a day"};
static const pn_shape INVOICES_QUERY[] = {
    {.name = "as_of", .type = PN_SHAPE_DATE, .help = "at the end of this day; else today's"},
    PN_REPORT_CREDITOR,
    PN_REPORT_SEGMENT,
    {.name = "currency", .type = PN_SHAPE_TEXT, .required = true, .min = 3, .max = 3},
    {.name = "from_days",
     .type = PN_SHAPE_INT,
     .required = true,
     .min = 0,
     .max = 10000,
     .help = "the band's"},
    {.name = "older",
     .type = PN_SHAPE_BOOL,
     .help = "and of the bands behind it: from 0 all that was open, from 1 all that was overdue"},
    {.name = NULL},
};

static pn_err put_invoice(pn_exchange *x, pn_json_writer *w, const void *each,
                          int64_t key[PN_PAGE_KEYS]) {
    const pn_ageing_invoice *row = each;
    (void)x;
    pn_json_begin_object(w);
    pn_put_id(w, "invoice", PN_ID_INVOICE, row->invoice_id);
    pn_json_put_str(w, "number", row->number);
    pn_put_id(w, "debtor", PN_ID_DEBTOR, row->debtor_id);
    pn_json_put_str(w, "debtor_name", row->debtor_name);
    pn_put_date(w, "due", row->due);
    pn_put_amount(w, "open", row->open, row->currency);
    pn_json_end_object(w);
    key[0] = row->due;
    key[1] = row->invoice_id;
    return PN_OK;
}

static pn_err list_invoices(pn_exchange *x) {
    pn_page page;
    pn_ageing_invoice *rows = NULL;
    size_t count = 0, band = 0;
    pn_ageing_query query = {.as_of = as_of(x)};
    PN_TRY(pn_page_read(x, &page));
    PN_TRY(pn_report_of_read(x, &query.of));
    pn_err err = pn_currency_parse(pn_query_value(x, "currency")->text, &query.currency);
    while (band < PN_AGE_BANDS &&
           pn_age_band_from(band) != pn_query_value(x, "from_days")->number) {
        band++;
    }
    if (err != PN_OK || band == PN_AGE_BANDS) {
        return pn_diag_set(&x->diag, PN_INVALID,
                           err != PN_OK ? "There is no such currency."
                                        : "No band begins there: 0, 1, 31, 61, 91 or 121.");
    }
    query.band = band;
    query.older = pn_query_value(x, "older")->given && pn_query_value(x, "older")->number != 0;
    query.limit = page.limit + 1;
    query.after_due = page.key[0] == INT64_MIN ? PN_DATE_NONE : (pn_date)page.key[0];
    query.after_id = page.key[0] == INT64_MIN ? 0 : page.key[1];
    PN_TRY(pn_report_ageing_invoices(x->app, &query, x->arena, &rows, &count, &x->diag));
    return pn_page_give(x, &page, rows, sizeof *rows, count, put_invoice);
}

/* ── a span ── */

static const pn_shape MONTH_FIELDS[] = {
    {.name = "month", .type = PN_SHAPE_DATE, .required = true, .help = "its first day"},
    {.name = "billed", .type = PN_SHAPE_AMOUNT, .required = true},
    {.name = "collected", .type = PN_SHAPE_AMOUNT, .required = true},
    {.name = NULL},
};
static const pn_shape CURRENCY_FIELDS[] = {
    {.name = "currency", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "open_before", .type = PN_SHAPE_AMOUNT, .required = true, .help = "as the span began"},
    {.name = "open", .type = PN_SHAPE_AMOUNT, .required = true, .help = "as it ended"},
    {.name = "overdue", .type = PN_SHAPE_AMOUNT, .required = true, .help = "of that"},
    {.name = "billed", .type = PN_SHAPE_AMOUNT, .required = true, .help = "by day of issue"},
    {.name = "collected",
     .type = PN_SHAPE_AMOUNT,
     .required = true,
     .help = "received and applied to invoices, less what was taken back"},
    {.name = "taken_back", .type = PN_SHAPE_AMOUNT, .required = true},
    {.name = "lowered",
     .type = PN_SHAPE_AMOUNT,
     .required = true,
     .help = "credit notes, write-offs, discounts, withholdings, cancellations"},
    {.name = "payments", .type = PN_SHAPE_INT, .required = true, .help = "once an invoice"},
    {.name = "paid_late_tenths",
     .type = PN_SHAPE_INT,
     .required = true,
     .help = "mean days after the due date by amount, in tenths; negative: early"},
    {.name = "dso_tenths", .type = PN_SHAPE_INT, .help = "open ÷ billed × days; null: none billed"},
    {.name = "countback_days",
     .type = PN_SHAPE_INT,
     .help = "days back in which as much was billed as is open; null: more than two years"},
    {.name = "add_tenths",
     .type = PN_SHAPE_INT,
     .help = "average days delinquent: overdue ÷ billed × days; null: none billed"},
    {.name = "cei_bp",
     .type = PN_SHAPE_INT,
     .help = "collection effectiveness in hundredths of a per cent: (open before + billed − open) "
             "÷ (open before + billed − open and not due); null: there was nothing to collect"},
    {.name = "months", .type = PN_SHAPE_LIST, .fields = MONTH_FIELDS, .required = true},
    {.name = NULL},
};
static const pn_shape MONEY_FIELDS[] = {
    {.name = "from", .type = PN_SHAPE_DATE, .required = true},
    {.name = "to", .type = PN_SHAPE_DATE, .required = true, .help = "the first day not in it"},
    {.name = "currencies", .type = PN_SHAPE_LIST, .fields = CURRENCY_FIELDS, .required = true},
    {.name = NULL},
};
static const pn_schema_object MONEY = {"MoneyReport", MONEY_FIELDS,
                                       "What was billed, came in and is open, by currency"};

static void put_known(pn_json_writer *w, const char *key, int64_t value) {
    pn_json_key(w, pn_str_of(key));
    if (value < 0) {
        pn_json_add_null(w);
    } else {
        pn_json_add_int(w, value);
    }
}

static void put_money(pn_json_writer *w, const pn_money_row *row) {
    pn_currency code = row->currency;
    pn_json_begin_object(w);
    pn_json_put_str(w, "currency", pn_str_of(code.code));
    pn_put_amount(w, "open_before", row->open_before, code);
    pn_put_amount(w, "open", row->open, code);
    pn_put_amount(w, "overdue", row->overdue, code);
    pn_put_amount(w, "billed", row->billed, code);
    pn_put_amount(w, "collected", row->collected, code);
    pn_put_amount(w, "taken_back", row->taken_back, code);
    pn_put_amount(w, "lowered", row->lowered, code);
    pn_json_put_int(w, "payments", row->payments);
    pn_json_put_int(w, "paid_late_tenths", row->paid_late_tenths);
    put_known(w, "dso_tenths", row->dso_tenths);
    put_known(w, "countback_days", row->countback_days);
    put_known(w, "add_tenths", row->add_tenths);
    put_known(w, "cei_bp", row->cei_bp);
    pn_put_list(w, "months");
    for (size_t i = 0; i < row->month_count; i++) {
        pn_json_begin_object(w);
        pn_put_date(w, "month", row->months[i].first);
        pn_put_amount(w, "billed", row->months[i].billed, code);
        pn_put_amount(w, "collected", row->months[i].collected, code);
        pn_json_end_object(w);
    }
    pn_json_end_array(w);
    pn_json_end_object(w);
}

static pn_err get_money(pn_exchange *x) {
    pn_money_row *rows = NULL;
    size_t count = 0;
    pn_report_of of;
    pn_date from = 0, to = 0;
    PN_TRY(pn_report_ready(x, &of));
    PN_TRY(pn_report_days(x, &from, &to));
    PN_TRY(pn_report_money(x->app, from, to, &of, x->arena, &rows, &count, &x->diag));
    pn_json_writer *w = pn_answer_json(x);
    pn_put_date(w, "from", from);
    pn_put_date(w, "to", to);
    pn_put_list(w, "currencies");
    for (size_t i = 0; i < count; i++) {
        put_money(w, &rows[i]);
    }
    pn_json_end_array(w);
    pn_json_end_object(w);
    return PN_OK;
}

/* ── cohorts ── */

static const pn_shape POINT_FIELDS[] = {
    {.name = "days", .type = PN_SHAPE_INT, .required = true, .help = "after the due date"},
    {.name = "paid", .type = PN_SHAPE_AMOUNT, .required = true},
    {.name = "share_bp",
     .type = PN_SHAPE_INT,
     .help = "of what was due, in hundredths of a per cent; null: those days are not over for all"},
    {.name = NULL},
};
static const pn_shape COHORT_FIELDS[] = {
    {.name = "month", .type = PN_SHAPE_DATE, .required = true, .help = "its first day"},
    {.name = "due", .type = PN_SHAPE_AMOUNT, .required = true},
    {.name = "points", .type = PN_SHAPE_LIST, .fields = POINT_FIELDS, .required = true},
    {.name = NULL},
};
static const pn_schema_object COHORT = {
    "Cohort", COHORT_FIELDS, "What was due in a month of one currency, and when it was paid"};

static void put_cohort(pn_json_writer *w, const pn_cohort_row *row) {
    pn_json_begin_object(w);
    pn_put_date(w, "month", row->first);
    pn_put_amount(w, "due", row->due, row->currency);
    pn_put_list(w, "points");
    for (size_t i = 0; i < PN_COHORT_POINTS; i++) {
        bool known = row->complete[i] && row->due > 0;
        pn_json_begin_object(w);
        pn_json_put_int(w, "days", PN_COHORT_DAYS[i]);
        pn_put_amount(w, "paid", row->paid[i], row->currency);
        pn_json_key(w, PN_STR("share_bp"));
        if (known) {
            pn_json_add_int(w, (int64_t)((pn_int128)row->paid[i] * 10000 / row->due));
        } else {
            pn_json_add_null(w);
        }
        pn_json_end_object(w);
    }
    pn_json_end_array(w);
    pn_json_end_object(w);
}

static pn_err list_cohorts(pn_exchange *x) {
    pn_cohort_row *rows = NULL;
    size_t count = 0;
    pn_report_of of;
    pn_date from = 0, to = 0;
    PN_TRY(pn_report_ready(x, &of));
    PN_TRY(pn_report_days(x, &from, &to));
    PN_TRY(pn_report_cohorts(x->app, from, to, pn_app_today(x->app), &of, x->arena, &rows, &count,
                             &x->diag));
    pn_json_writer *w = pn_page_begin(x);
    for (size_t i = 0; i < count; i++) {
        put_cohort(w, &rows[i]);
    }
    pn_page_end(x, (int64_t[PN_PAGE_KEYS]){0}, false);
    return PN_OK;
}

static const pn_shape COHORT_INVOICE_FIELDS[] = {
    {.name = "invoice", .type = PN_SHAPE_ID, .id_kind = PN_ID_INVOICE, .required = true},
    {.name = "number", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "debtor", .type = PN_SHAPE_ID, .id_kind = PN_ID_DEBTOR, .required = true},
    {.name = "debtor_name", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "effective_due", .type = PN_SHAPE_DATE, .required = true},
    {.name = "due",
     .type = PN_SHAPE_AMOUNT,
     .required = true,
     .help = "billed, less credit notes, cancellations and what was paid before the import"},
    {.name = "paid",
     .type = PN_SHAPE_AMOUNT,
     .required = true,
     .help = "until so many days after its due date"},
    {.name = NULL},
};
static const pn_schema_object COHORT_INVOICE = {"CohortInvoice", COHORT_INVOICE_FIELDS,
                                                "An invoice due in a month, and what was paid"};
static const pn_shape COHORT_INVOICES_QUERY[] = {
    {.name = "from", .type = PN_SHAPE_DATE, .required = true, .help = "the report's"},
    {.name = "to",
     .type = PN_SHAPE_DATE,
     .required = true,
     .help = "the report's: the first day that is not in it"},
    PN_REPORT_CREDITOR,
    PN_REPORT_SEGMENT,
    {.name = "month", .type = PN_SHAPE_DATE, .required = true, .help = "any day of it"},
    {.name = "currency", .type = PN_SHAPE_TEXT, .required = true, .min = 3, .max = 3},
    {.name = "days",
     .type = PN_SHAPE_INT,
     .required = true,
     .min = 0,
     .max = 180,
     .help = "one of the report's: 0, 7, 15, 30, 45, 60, 90, 120, 150 or 180"},
    {.name = NULL},
};

/* PN_COHORT_POINTS where the report has no such point. */
static size_t point_at(int64_t days) {
    size_t point = 0;
    while (point < PN_COHORT_POINTS && PN_COHORT_DAYS[point] != days) {
        point++;
    }
    return point;
}

static pn_err put_cohort_invoice(pn_exchange *x, pn_json_writer *w, const void *each,
                                 int64_t key[PN_PAGE_KEYS]) {
    const pn_cohort_invoice *row = each;
    pn_currency currency = {{0}};
    PN_TRY(pn_currency_parse(pn_query_value(x, "currency")->text, &currency));
    pn_json_begin_object(w);
    pn_put_id(w, "invoice", PN_ID_INVOICE, row->invoice_id);
    pn_json_put_str(w, "number", row->number);
    pn_put_id(w, "debtor", PN_ID_DEBTOR, row->debtor_id);
    pn_json_put_str(w, "debtor_name", row->debtor_name);
    pn_put_date(w, "effective_due", row->effective_due);
    pn_put_amount(w, "due", row->due, currency);
    pn_put_amount(w, "paid", row->paid[point_at(pn_query_value(x, "days")->number)], currency);
    pn_json_end_object(w);
    key[0] = row->effective_due;
    key[1] = row->invoice_id;
    return PN_OK;
}

static pn_err list_cohort_invoices(pn_exchange *x) {
    pn_page page;
    pn_cohort_invoice *rows = NULL;
    size_t count = 0;
    pn_cohort_query query = {.first = (pn_date)pn_query_value(x, "month")->number,
                             .today = pn_app_today(x->app)};
    PN_TRY(pn_page_read(x, &page));
    PN_TRY(pn_report_of_read(x, &query.of));
    PN_TRY(pn_report_days(x, &query.from, &query.to));
    pn_err err = pn_currency_parse(pn_query_value(x, "currency")->text, &query.currency);
    if (err != PN_OK || point_at(pn_query_value(x, "days")->number) == PN_COHORT_POINTS) {
        return pn_diag_set(&x->diag, PN_INVALID,
                           err != PN_OK ? "There is no such currency."
                                        : "The report has no such point: 0, 7, 15, 30, 45, 60, 90, "
                                          "120, 150 or 180 days.");
    }
    query.limit = page.limit + 1;
    query.after_due = page.key[0] == INT64_MIN ? PN_DATE_NONE : (pn_date)page.key[0];
    query.after_id = page.key[0] == INT64_MIN ? 0 : page.key[1];
    PN_TRY(pn_report_cohort_invoices(x->app, &query, x->arena, &rows, &count, &x->diag));
    return pn_page_give(x, &page, rows, sizeof *rows, count, put_cohort_invoice);
}

#define REPORT(at, id, asks, what, does, says)                                                     \
    .method = PN_HTTP_GET, .path = "/v1/reports/" at, .name = id, .runs = PN_RUNS_READER,          \
    .roles = PN_MAY_READ, .scope = "reports:read", .query = asks,                                  \
    .read_ms_max = PN_LIMIT_API_REPORT_SECONDS * 1000, .gives = what, .answer = does,              \
    .summary = says

pn_route_table PN_ROUTES_REPORT_MONEY = {
    {REPORT("ageing", "get_ageing", AGEING_QUERY, &AGEING, get_ageing,
            "what was open at the end of any day, by age, currency and creditor")},
    {REPORT("ageing/invoices", "list_ageing_invoices", INVOICES_QUERY, &INVOICE, list_invoices,
            "the invoices that one of its amounts is the sum of"),
     .gives_list = true},
    {REPORT("money", "get_money_report", PN_REPORT_SPAN, &MONEY, get_money,
            "billed, collected and open in a span of days; DSO, ADD, CEI")},
    {REPORT("cohorts", "list_cohorts", PN_REPORT_SPAN, &COHORT, list_cohorts,
            "by month of due date: how much was paid how many days after it"),
     .gives_list = true},
    {REPORT("cohorts/invoices", "list_cohort_invoices", COHORT_INVOICES_QUERY, &COHORT_INVOICE,
            list_cohort_invoices, "the invoices that one of its months is the sum of"),
     .gives_list = true},
    {.path = NULL},
};
