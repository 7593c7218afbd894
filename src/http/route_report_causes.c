/* Reports about what brought money: by cause, people's work, split tests. Formulas:
 * docs/reports.md. */
#include "app/report_cause.h"
#include "base/banned.h"
#include "base/limits.h"
#include "http/answer.h"
#include "http/find.h"
#include "http/report.h"
#include "http/tables.h"

static const pn_shape MONEY_FIELDS[] = {
    {.name = "amount", .type = PN_SHAPE_AMOUNT, .required = true},
    {.name = "count", .type = PN_SHAPE_INT, .required = true},
    {.name = NULL},
};
#define MONIES(field, says)                                                                        \
    { .name = field, .type = PN_SHAPE_LIST, .fields = MONEY_FIELDS, .required = true, .help = says }
#define COUNT(field, says)                                                                         \
    { .name = field, .type = PN_SHAPE_INT, .required = true, .help = says }

static const pn_shape CAUSE_FIELDS[] = {
    {.name = "name",
     .type = PN_SHAPE_TEXT,
     .help = "of the phase, channel, template, strategy or segment; null: without one"},
    {.name = "version", .type = PN_SHAPE_INT, .help = "of a template or strategy"},
    COUNT("sent", "messages that left in the span, those that bounced later too"),
    COUNT("bounced", "of them, came back"),
    COUNT("failed", "never left"),
    COUNT("read", "by a person, until now"),
    COUNT("clicked", "by a person"),
    COUNT("visited", "the debtor's page was opened from it, by a person"),
    MONIES("cost", "by the prices that the settings say; empty where they do not"),
    MONIES("paid", "received in the span, less what was taken back; once an invoice"),
    MONIES("hands_free", "of it, what came without a person's work in the 30 days before"),
    {.name = NULL},
};
static const pn_schema_object CAUSE = {"ReportCause", CAUSE_FIELDS, "What something brought"};

static const char *const BY[] = {"phase", "channel", "template", "strategy", "segment", NULL};
static_assert(PN_CAUSE_PHASE == 0 && PN_CAUSE_SEGMENT == 4, "the order of BY");
static const pn_shape CAUSE_QUERY[] = {
    {.name = "by", .type = PN_SHAPE_WORD, .words = BY, .required = true},
    {.name = "from", .type = PN_SHAPE_DATE, .required = true},
    {.name = "to",
     .type = PN_SHAPE_DATE,
     .required = true,
     .help = "the first day that is not in it; at most two years later"},
    PN_REPORT_CREDITOR,
    PN_REPORT_SEGMENT,
    {.name = NULL},
};

static void put_cause(pn_json_writer *w, const pn_cause_row *row) {
    pn_json_begin_object(w);
    pn_put_str_or_null(w, "name", row->name);
    pn_json_key(w, PN_STR("version"));
    if (row->version == 0) {
        pn_json_add_null(w);
    } else {
        pn_json_add_int(w, row->version);
    }
    pn_json_put_int(w, "sent", row->sent);
    pn_json_put_int(w, "bounced", row->bounced);
    pn_json_put_int(w, "failed", row->failed);
    pn_json_put_int(w, "read", row->read);
    pn_json_put_int(w, "clicked", row->clicked);
    pn_json_put_int(w, "visited", row->visited);
    pn_put_monies(w, "cost", &row->cost);
    pn_put_monies(w, "paid", &row->paid);
    pn_put_monies(w, "hands_free", &row->alone);
    pn_json_end_object(w);
}

static pn_err list_causes(pn_exchange *x) {
    pn_cause_row *rows = NULL;
    size_t count = 0;
    pn_report_of of;
    pn_date from = 0, to = 0;
    PN_TRY(pn_report_ready(x, &of));
    PN_TRY(pn_report_days(x, &from, &to));
    PN_TRY(pn_report_causes(x->app, (pn_cause_by)pn_query_value(x, "by")->number, from, to, &of,
                            x->arena, &rows, &count, &x->diag));
    pn_json_writer *w = pn_page_begin(x);
    for (size_t i = 0; i < count; i++) {
        put_cause(w, &rows[i]);
    }
    pn_page_end(x, (int64_t[PN_PAGE_KEYS]){0}, false);
    return PN_OK;
}

/* ── work ── */

static const pn_shape WORK_FIELDS[] = {
    {.name = "from", .type = PN_SHAPE_DATE, .required = true},
    {.name = "to", .type = PN_SHAPE_DATE, .required = true, .help = "the first day not in it"},
    COUNT("promises_kept", "judged in the span"),
    COUNT("promises_broken", "judged in the span"),
    COUNT("complaints", "that came in"),
    COUNT("tasks", "that people did"),
    COUNT("sent", "messages that left"),
    MONIES("cost", "of messages and tasks, by the prices that the settings say"),
    MONIES("paid", "received and applied, less what was taken back; once an invoice"),
    MONIES("hands_free", "of it, what came without a person's work in the 30 days before"),
    {.name = NULL},
};
static const pn_schema_object WORK = {"WorkReport", WORK_FIELDS,
                                      "Promises, complaints, people's work and what it costs"};

static pn_err get_work(pn_exchange *x) {
    pn_work_report report;
    pn_report_of of;
    pn_date from = 0, to = 0;
    PN_TRY(pn_report_ready(x, &of));
    PN_TRY(pn_report_days(x, &from, &to));
    PN_TRY(pn_report_work(x->app, from, to, &of, x->arena, &report, &x->diag));
    pn_json_writer *w = pn_answer_json(x);
    pn_put_date(w, "from", from);
    pn_put_date(w, "to", to);
    pn_json_put_int(w, "promises_kept", report.promises_kept);
    pn_json_put_int(w, "promises_broken", report.promises_broken);
    pn_json_put_int(w, "complaints", report.complaints);
    pn_json_put_int(w, "tasks", report.tasks);
    pn_json_put_int(w, "sent", report.sent);
    pn_put_monies(w, "cost", &report.cost);
    pn_put_monies(w, "paid", &report.paid);
    pn_put_monies(w, "hands_free", &report.alone);
    pn_json_end_object(w);
    return PN_OK;
}

/* ── split tests ── */

static const pn_shape ARM_FIELDS[] = {
    {.name = "arm", .type = PN_SHAPE_TEXT, .required = true},
    COUNT("cases", "debtors that came into it in the span"),
    COUNT("ripe", "of them, those whose days are over"),
    COUNT("paid", "of those, that paid something within their days"),
    MONIES("money", "what those paid within their days"),
    COUNT("share_bp", "paid of ripe, in hundredths of a per cent"),
    COUNT("share_low_bp", "its interval at 95 % (Wilson)"),
    COUNT("share_high_bp", "its interval at 95 % (Wilson)"),
    {.name = "compared",
     .type = PN_SHAPE_BOOL,
     .required = true,
     .help = "with the first arm; false for that itself, and where there is not enough data: fewer "
             "than 30 ripe cases in either, or fewer than 5 of them that paid or did not"},
    COUNT("difference_bp", "of the shares"),
    COUNT("difference_low_bp", "its interval at 95 % (Newcombe)"),
    COUNT("difference_high_bp", "its interval at 95 % (Newcombe)"),
    {.name = "differs",
     .type = PN_SHAPE_BOOL,
     .required = true,
     .help = "the interval of the difference leaves 0 out"},
    {.name = NULL},
};
static const pn_shape SPLIT_FIELDS[] = {
    {.name = "key", .type = PN_SHAPE_TEXT, .required = true, .help = "the split node's"},
    {.name = "arms", .type = PN_SHAPE_LIST, .fields = ARM_FIELDS, .required = true},
    {.name = NULL},
};
static const pn_schema_object SPLIT = {"SplitReport", SPLIT_FIELDS,
                                       "Arms of a split test, and whether they differ"};
static const pn_shape SPLIT_QUERY[] = {
    {.name = "from", .type = PN_SHAPE_DATE, .required = true},
    {.name = "to", .type = PN_SHAPE_DATE, .required = true, .help = "the first day not in it"},
    {.name = "days",
     .type = PN_SHAPE_INT,
     .min = 1,
     .max = 365,
     .help = "after coming into the arm within which a payment counts; else 30"},
    PN_REPORT_CREDITOR,
    PN_REPORT_SEGMENT,
    {.name = NULL},
};

static void put_arm(pn_json_writer *w, const pn_split_arm *arm) {
    pn_json_begin_object(w);
    pn_json_put_str(w, "arm", arm->arm);
    pn_json_put_int(w, "cases", arm->cases);
    pn_json_put_int(w, "ripe", arm->ripe);
    pn_json_put_int(w, "paid", arm->paid);
    pn_put_monies(w, "money", &arm->money);
    pn_json_put_int(w, "share_bp", arm->share_bp);
    pn_json_put_int(w, "share_low_bp", arm->share_low_bp);
    pn_json_put_int(w, "share_high_bp", arm->share_high_bp);
    pn_json_put_bool(w, "compared", arm->compared);
    pn_json_put_int(w, "difference_bp", arm->difference_bp);
    pn_json_put_int(w, "difference_low_bp", arm->difference_low_bp);
    pn_json_put_int(w, "difference_high_bp", arm->difference_high_bp);
    pn_json_put_bool(w, "differs", arm->differs);
    pn_json_end_object(w);
}

/* NOT_FOUND with a sentence for one that is not the organization's. */
static pn_err strategy_asked(pn_exchange *x, pn_id *ret_id) {
    pn_strategy_row strategy;
    PN_TRY(pn_argument_id(x, 0, PN_ID_STRATEGY, ret_id));
    pn_err err = pn_strategy_get(x->db, *ret_id, x->arena, &strategy);
    if (err == PN_NOT_FOUND || (err == PN_OK && strategy.org_id != x->app->org.id)) {
        return pn_nothing_here(x, "strategy", PN_ID_STRATEGY, *ret_id);
    }
    return pn_told(x, err);
}

static int days_asked(pn_exchange *x) {
    const pn_route_value *days = pn_query_value(x, "days");
    return days->given ? (int)days->number : 30;
}

static pn_err list_splits(pn_exchange *x) {
    pn_split_report *splits = NULL;
    pn_report_of of;
    size_t count = 0;
    pn_id id = 0;
    pn_date from = 0, to = 0;
    PN_TRY(pn_report_days(x, &from, &to));
    PN_TRY(strategy_asked(x, &id));
    PN_TRY(pn_report_of_read(x, &of));
    PN_TRY(pn_report_splits(x->app, id, from, to, days_asked(x), &of, x->arena, &splits, &count,
                            &x->diag));
    pn_json_writer *w = pn_page_begin(x);
    for (size_t i = 0; i < count; i++) {
        pn_json_begin_object(w);
        pn_json_put_str(w, "key", splits[i].key);
        pn_put_list(w, "arms");
        for (size_t j = 0; j < splits[i].arm_count; j++) {
            put_arm(w, &splits[i].arms[j]);
        }
        pn_json_end_array(w);
        pn_json_end_object(w);
    }
    pn_page_end(x, (int64_t[PN_PAGE_KEYS]){0}, false);
    return PN_OK;
}

static const pn_shape DEBTOR_FIELDS[] = {
    {.name = "debtor", .type = PN_SHAPE_ID, .id_kind = PN_ID_DEBTOR, .required = true},
    {.name = "debtor_name", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "came", .type = PN_SHAPE_DATE, .required = true, .help = "into the arm"},
    {.name = "ripe",
     .type = PN_SHAPE_BOOL,
     .required = true,
     .help = "its days are over: only then what it paid counts"},
    MONIES("money", "paid within its days; empty: nothing"),
    {.name = NULL},
};
static const pn_schema_object DEBTOR = {"SplitDebtor", DEBTOR_FIELDS,
                                        "A debtor that an arm of a split test counts"};
static const pn_shape DEBTORS_QUERY[] = {
    {.name = "from", .type = PN_SHAPE_DATE, .required = true},
    {.name = "to", .type = PN_SHAPE_DATE, .required = true, .help = "the first day not in it"},
    {.name = "days",
     .type = PN_SHAPE_INT,
     .min = 1,
     .max = 365,
     .help = "after coming into the arm within which a payment counts; else 30"},
    PN_REPORT_CREDITOR,
    PN_REPORT_SEGMENT,
    {.name = "key", .type = PN_SHAPE_TEXT, .max = 200, .required = true, .help = "the split's"},
    {.name = "arm", .type = PN_SHAPE_TEXT, .max = 200, .required = true},
    {.name = NULL},
};

static pn_err put_debtor(pn_exchange *x, pn_json_writer *w, const void *each,
                         int64_t key[PN_PAGE_KEYS]) {
    const pn_split_debtor *row = each;
    (void)x;
    pn_json_begin_object(w);
    pn_put_id(w, "debtor", PN_ID_DEBTOR, row->debtor_id);
    pn_json_put_str(w, "debtor_name", row->debtor_name);
    pn_put_date(w, "came", row->came);
    pn_json_put_bool(w, "ripe", row->ripe);
    pn_put_monies(w, "money", &row->money);
    pn_json_end_object(w);
    key[0] = row->at;
    key[1] = row->debtor_id;
    return PN_OK;
}

static pn_err list_debtors(pn_exchange *x) {
    pn_page page;
    pn_split_debtor *rows = NULL;
    size_t count = 0;
    pn_split_query query = {.key = pn_query_value(x, "key")->text,
                            .arm = pn_query_value(x, "arm")->text,
                            .days = days_asked(x)};
    PN_TRY(pn_page_read(x, &page));
    PN_TRY(pn_report_days(x, &query.from, &query.to));
    PN_TRY(strategy_asked(x, &query.strategy_id));
    PN_TRY(pn_report_of_read(x, &query.of));
    bool begins = page.key[0] == INT64_MIN;
    query.after_at = begins ? INT64_MAX : page.key[0];
    query.after_id = begins ? INT64_MAX : page.key[1];
    query.limit = page.limit + 1;
    PN_TRY(pn_report_split_debtors(x->app, &query, x->arena, &rows, &count, &x->diag));
    return pn_page_give(x, &page, rows, sizeof *rows, count, put_debtor);
}

#define REPORT(at, id, asks, what, does, says)                                                     \
    .method = PN_HTTP_GET, .path = at, .name = id, .runs = PN_RUNS_READER, .roles = PN_MAY_READ,   \
    .scope = "reports:read", .query = asks, .read_ms_max = PN_LIMIT_API_REPORT_SECONDS * 1000,     \
    .gives = what, .answer = does, .summary = says

pn_route_table PN_ROUTES_REPORT_CAUSES = {
    {REPORT("/v1/reports/causes", "list_report_causes", CAUSE_QUERY, &CAUSE, list_causes,
            "messages and money by phase, channel, template, strategy or segment"),
     .gives_list = true,
     .help = "A payment is put down to what had left last to the debtor in the 30 days before."},
    {REPORT("/v1/reports/work", "get_work_report", PN_REPORT_SPAN, &WORK, get_work,
            "promises, complaints, tasks, what they cost, and what came without them")},
    {REPORT("/v1/strategies/{strategy}/splits", "list_strategy_splits", SPLIT_QUERY, &SPLIT,
            list_splits, "the arms of its split tests, and whether they differ"),
     .gives_list = true},
    {REPORT("/v1/strategies/{strategy}/splits/debtors", "list_split_debtors", DEBTORS_QUERY,
            &DEBTOR, list_debtors, "the debtors that an arm counts, who came in last first"),
     .gives_list = true},
    {.path = NULL},
};
