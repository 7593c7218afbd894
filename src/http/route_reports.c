/* What came of it: the report of a span of days; how many cases a rule fits. */
#include "app/cases.h"
#include "app/report.h"
#include "base/banned.h"
#include "base/limits.h"
#include "http/answer.h"
#include "http/find.h"
#include "http/tables.h"

static const pn_shape CURRENCY_FIELDS[] = {
    {.name = "open", .type = PN_SHAPE_AMOUNT, .required = true},
    {.name = "overdue", .type = PN_SHAPE_AMOUNT, .required = true},
    {.name = "billed", .type = PN_SHAPE_AMOUNT, .required = true},
    {.name = "collected", .type = PN_SHAPE_AMOUNT, .required = true},
    {.name = "payments", .type = PN_SHAPE_INT, .required = true},
    {.name = "days_late_tenths",
     .type = PN_SHAPE_INT,
     .required = true,
     .help = "mean by amount, in tenths of a day; negative: early"},
    {.name = "dso_days", .type = PN_SHAPE_INT, .help = "null where nothing was billed"},
    {.name = NULL},
};
static const pn_shape TEXT_FIELDS[] = {
    {.name = "template", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "channel", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "tone", .type = PN_SHAPE_INT, .required = true, .help = "0: it has one only"},
    {.name = "sent", .type = PN_SHAPE_INT, .required = true},
    {.name = "read", .type = PN_SHAPE_INT, .required = true, .help = "by a person"},
    {.name = "bounced", .type = PN_SHAPE_INT, .required = true},
    {.name = "refused", .type = PN_SHAPE_INT, .required = true},
    {.name = NULL},
};
static const pn_shape HELD_FIELDS[] = {
    {.name = "reason", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "messages", .type = PN_SHAPE_INT, .required = true},
    {.name = "never", .type = PN_SHAPE_INT, .required = true},
    {.name = NULL},
};
static const pn_shape PHASE_FIELDS[] = {
    {.name = "phase", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "amount", .type = PN_SHAPE_AMOUNT, .required = true},
    {.name = "payments", .type = PN_SHAPE_INT, .required = true},
    {.name = NULL},
};
static const pn_shape STRATEGY_FIELDS[] = {
    {.name = "name", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "entered", .type = PN_SHAPE_INT, .required = true},
    {.name = "working", .type = PN_SHAPE_INT, .required = true},
    {.name = "paid", .type = PN_SHAPE_INT, .required = true},
    {.name = "ended", .type = PN_SHAPE_INT, .required = true},
    {.name = NULL},
};
static const pn_shape PROMISES_FIELDS[] = {
    {.name = "open", .type = PN_SHAPE_INT, .required = true},
    {.name = "kept", .type = PN_SHAPE_INT, .required = true},
    {.name = "broken", .type = PN_SHAPE_INT, .required = true},
    {.name = NULL},
};
static const pn_shape REPORT_FIELDS[] = {
    {.name = "from", .type = PN_SHAPE_DATE, .required = true},
    {.name = "to", .type = PN_SHAPE_DATE, .required = true, .help = "the first day not in it"},
    {.name = "creditors", .type = PN_SHAPE_INT, .required = true},
    {.name = "debtors", .type = PN_SHAPE_INT, .required = true},
    {.name = "currencies", .type = PN_SHAPE_LIST, .fields = CURRENCY_FIELDS, .required = true},
    {.name = "messages_sent", .type = PN_SHAPE_INT, .required = true},
    {.name = "messages_skipped", .type = PN_SHAPE_INT, .required = true},
    {.name = "messages_bounced", .type = PN_SHAPE_INT, .required = true},
    {.name = "messages_failed", .type = PN_SHAPE_INT, .required = true},
    {.name = "texts", .type = PN_SHAPE_LIST, .fields = TEXT_FIELDS, .required = true},
    {.name = "held", .type = PN_SHAPE_LIST, .fields = HELD_FIELDS, .required = true},
    {.name = "phases", .type = PN_SHAPE_LIST, .fields = PHASE_FIELDS, .required = true},
    {.name = "strategies", .type = PN_SHAPE_LIST, .fields = STRATEGY_FIELDS, .required = true},
    {.name = "promises", .type = PN_SHAPE_OBJECT, .fields = PROMISES_FIELDS, .required = true},
    {.name = "tasks_done", .type = PN_SHAPE_INT, .required = true},
    {.name = "replies", .type = PN_SHAPE_INT, .required = true},
    {.name = NULL},
};
static const pn_schema_object REPORT = {"Report", REPORT_FIELDS, "What happened, in sums"};
static const pn_shape REPORT_QUERY[] = {
    {.name = "from", .type = PN_SHAPE_DATE, .required = true},
    {.name = "to",
     .type = PN_SHAPE_DATE,
     .required = true,
     .help = "the first day that is not in it; at most 400 days later"},
    {.name = NULL},
};

static void put_currency(pn_json_writer *w, const pn_report_currency *row) {
    pn_currency code = row->sums.currency;
    pn_json_begin_object(w);
    pn_put_amount(w, "open", row->sums.open, code);
    pn_put_amount(w, "overdue", row->sums.overdue, code);
    pn_put_amount(w, "billed", row->sums.billed, code);
    pn_put_amount(w, "collected", row->collected, code);
    pn_json_put_int(w, "payments", row->payments);
    pn_json_put_int(w, "days_late_tenths", row->days_late_tenths);
    if (row->dso_days >= 0) {
        pn_json_put_int(w, "dso_days", row->dso_days);
    }
    pn_json_end_object(w);
}

static void put_texts(pn_json_writer *w, const pn_report *report) {
    pn_put_list(w, "texts");
    for (size_t i = 0; i < report->text_count; i++) {
        const pn_report_text *text = &report->texts[i];
        pn_json_begin_object(w);
        pn_json_put_str(w, "template", text->family);
        pn_json_put_str(w, "channel", pn_str_of(pn_channel_kind_name(text->channel)));
        pn_json_put_int(w, "tone", text->tone);
        pn_json_put_int(w, "sent", text->sent);
        pn_json_put_int(w, "read", text->read);
        pn_json_put_int(w, "bounced", text->bounced);
        pn_json_put_int(w, "refused", text->refused);
        pn_json_end_object(w);
    }
    pn_json_end_array(w);
    pn_put_list(w, "held");
    for (size_t i = 0; i < report->held_count; i++) {
        pn_json_begin_object(w);
        pn_json_put_str(w, "reason", report->held[i].reason);
        pn_json_put_int(w, "messages", report->held[i].messages);
        pn_json_put_int(w, "never", report->held[i].never);
        pn_json_end_object(w);
    }
    pn_json_end_array(w);
}

static void put_progress(pn_json_writer *w, const pn_report *report) {
    pn_put_list(w, "phases");
    for (size_t i = 0; i < report->phase_count; i++) {
        const pn_report_phase *phase = &report->phases[i];
        pn_json_begin_object(w);
        pn_json_put_str(w, "phase", phase->phase);
        pn_put_amount(w, "amount", phase->amount, phase->currency);
        pn_json_put_int(w, "payments", phase->payments);
        pn_json_end_object(w);
    }
    pn_json_end_array(w);
    pn_put_list(w, "strategies");
    for (size_t i = 0; i < report->strategy_count; i++) {
        const pn_report_strategy *row = &report->strategies[i];
        pn_json_begin_object(w);
        pn_json_put_str(w, "name", row->name);
        pn_json_put_int(w, "entered", row->entered);
        pn_json_put_int(w, "working", row->working);
        pn_json_put_int(w, "paid", row->paid);
        pn_json_put_int(w, "ended", row->ended);
        pn_json_end_object(w);
    }
    pn_json_end_array(w);
    pn_put_object(w, "promises");
    pn_json_put_int(w, "open", report->promises[0]);
    pn_json_put_int(w, "kept", report->promises[1]);
    pn_json_put_int(w, "broken", report->promises[2]);
    pn_json_end_object(w);
}

enum { DAYS_MAX = 400 };

static pn_err make_report(pn_exchange *x) {
    pn_report report;
    pn_date from = (pn_date)pn_query_value(x, "from")->number;
    pn_date to = (pn_date)pn_query_value(x, "to")->number;
    if (to <= from || to - from > DAYS_MAX) {
        return pn_diag_set(&x->diag, PN_INVALID,
                           "The report ends behind its beginning, at most %d days later.",
                           DAYS_MAX);
    }
    PN_TRY(pn_report_make(x->app, from, to, x->arena, &report, &x->diag));
    pn_json_writer *w = pn_answer_json(x);
    pn_put_date(w, "from", report.from);
    pn_put_date(w, "to", report.to);
    pn_json_put_int(w, "creditors", report.creditors);
    pn_json_put_int(w, "debtors", report.debtors);
    pn_put_list(w, "currencies");
    for (size_t i = 0; i < report.currency_count; i++) {
        put_currency(w, &report.currencies[i]);
    }
    pn_json_end_array(w);
    const pn_report_messages *sent = &report.messages;
    pn_json_put_int(w, "messages_sent", sent->sent);
    pn_json_put_int(w, "messages_skipped",
                    sent->superseded + sent->reanchored + sent->paid + sent->other_skipped);
    pn_json_put_int(w, "messages_bounced", sent->bounced);
    pn_json_put_int(w, "messages_failed", sent->failed);
    put_texts(w, &report);
    put_progress(w, &report);
    pn_json_put_int(w, "tasks_done", report.tasks_done);
    pn_json_put_int(w, "replies", report.replies);
    pn_json_end_object(w);
    return PN_OK;
}

/* ── segments ── */

static const char *const SUBJECTS[] = {"invoice", "account", NULL};
static const pn_shape COUNT_BODY[] = {
    {.name = "subject", .type = PN_SHAPE_WORD, .words = SUBJECTS, .required = true},
    {.name = "rule", .type = PN_SHAPE_JSON, .required = true, .max = 65536},
    {.name = NULL},
};
static const pn_shape COUNT_FIELDS[] = {
    {.name = "count", .type = PN_SHAPE_INT, .required = true},
    {.name = "more",
     .type = PN_SHAPE_BOOL,
     .required = true,
     .help = "there are more than are counted"},
    {.name = "words", .type = PN_SHAPE_LINES, .required = true, .help = "the rule in words"},
    {.name = NULL},
};
static const pn_schema_object COUNT = {"RuleCount", COUNT_FIELDS,
                                       "How many open cases a rule fits"};

static pn_err count_rule(pn_exchange *x) {
    pn_case_row *rows = NULL;
    size_t count = 0;
    int64_t total = 0;
    pn_buf words;
    pn_case_query query = {
        .subject =
            pn_body_value(x, "subject")->number == 0 ? PN_SUBJECT_INVOICE : PN_SUBJECT_ACCOUNT,
        .limit = 1,
        .without_runs = true,
    };
    pn_err err = pn_rule_compile(pn_body_value(x, "rule")->json, query.subject, x->arena,
                                 &query.rule, &x->diag);
    if (err != PN_OK) {
        pn_str where = pn_str_format(x->arena, "/rule%s", x->diag.where);
        pn_diag_where(&x->diag, "%.*s", PN_STR_ARG(where));
        return err;
    }
    PN_TRY(pn_case_list(x->app, &query, x->arena, &rows, &count, &total, &x->diag));
    pn_buf_init(&words, 65536);
    pn_rule_words(query.rule, pn_exchange_reader(x), &words);
    pn_json_writer *w = pn_answer_json(x);
    pn_json_put_int(w, "count", PN_MIN(total, PN_LIMIT_CASES_COUNTED));
    pn_json_put_bool(w, "more", total > PN_LIMIT_CASES_COUNTED);
    pn_json_put_str(w, "words", pn_buf_str(&words));
    pn_json_end_object(w);
    pn_buf_done(&words);
    return PN_OK;
}

pn_route_table PN_ROUTES_REPORTS = {
    {.method = PN_HTTP_GET,
     .path = "/v1/reports/summary",
     .name = "get_report",
     .runs = PN_RUNS_READER,
     .roles = PN_MAY_READ,
     .scope = "reports:read",
     .query = REPORT_QUERY,
     .read_ms_max = PN_LIMIT_API_REPORT_SECONDS * 1000,
     .gives = &REPORT,
     .answer = make_report,
     .summary = "what happened in a span of days, in sums"},
    {.method = PN_HTTP_POST,
     .path = "/v1/segments/count",
     .name = "count_rule",
     .runs = PN_RUNS_READER,
     .roles = PN_MAY_READ,
     .scope = "cases:read",
     .body = COUNT_BODY,
     .gives = &COUNT,
     .answer = count_rule,
     .summary = "how many open cases a rule fits, and the rule in words"},
    {.path = NULL},
};
