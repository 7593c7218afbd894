/* Segments: rules with a name, and what fits them now. */
#include "app/segments.h"
#include "base/banned.h"
#include "base/limits.h"
#include "http/answer.h"
#include "http/find.h"
#include "http/tables.h"

static const char *const SUBJECTS[] = {"invoice", "account", NULL};
static_assert(PN_SUBJECT_INVOICE == 0 && PN_SUBJECT_ACCOUNT == 1, "the order of SUBJECTS");

static const pn_shape SUM_FIELDS[] = {
    {.name = "currency", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "cases", .type = PN_SHAPE_INT, .required = true},
    {.name = "debtors", .type = PN_SHAPE_INT, .required = true},
    {.name = "open", .type = PN_SHAPE_AMOUNT, .required = true},
    {.name = "claimable", .type = PN_SHAPE_AMOUNT, .required = true},
    {.name = NULL},
};

#define SEGMENT_COMMON                                                                             \
    {.name = "name", .type = PN_SHAPE_TEXT, .required = true},                                     \
        {.name = "subject", .type = PN_SHAPE_WORD, .words = SUBJECTS, .required = true},           \
        {.name = "rule", .type = PN_SHAPE_JSON, .required = true},                                 \
        {.name = "words", .type = PN_SHAPE_LINES, .required = true, .help = "the rule in words"},  \
        {.name = "version", .type = PN_SHAPE_TEXT, .required = true, .help = "for If-Match"}, {    \
        .name = "created_at", .type = PN_SHAPE_TIME, .required = true                              \
    }

static const pn_shape SEGMENT_FIELDS[] = {SEGMENT_COMMON, {.name = NULL}};
static const pn_schema_object SEGMENT = {"Segment", SEGMENT_FIELDS, "A rule with a name"};
static const pn_shape COUNTED_FIELDS[] = {
    SEGMENT_COMMON,
    {.name = "sums",
     .type = PN_SHAPE_LIST,
     .required = true,
     .fields = SUM_FIELDS,
     .help = "of what is open and fits now, by currency"},
    {.name = NULL},
};
static const pn_schema_object COUNTED = {"SegmentCounted", COUNTED_FIELDS,
                                         "A segment and what fits it now"};

static const pn_shape SET_BODY[] = {
    {.name = "subject", .type = PN_SHAPE_WORD, .words = SUBJECTS, .required = true},
    {.name = "rule",
     .type = PN_SHAPE_JSON,
     .required = true,
     .max = 65536,
     .help = "as in strategies: docs/strategy-language.md"},
    {.name = "name",
     .type = PN_SHAPE_TEXT,
     .min = 1,
     .max = PN_LIMIT_SEGMENT_NAME_BYTES,
     .help = "another name for it"},
    {.name = NULL},
};

/* ── answers ── */

static pn_err put_segment(pn_exchange *x, pn_json_writer *w, const pn_segment_row *row,
                          const pn_rule *rule) {
    pn_buf words;
    pn_buf_init(&words, 65536);
    pn_rule_words(rule, pn_exchange_reader(x), &words);
    pn_json_put_str(w, "name", row->name);
    pn_json_put_str(w, "subject", pn_str_of(SUBJECTS[row->subject]));
    pn_put_json(w, "rule", row->rule);
    pn_json_put_str(w, "words", pn_buf_str(&words));
    pn_json_put_str(w, "version", pn_str_format(x->arena, "%lld", (long long)row->version));
    pn_put_time(w, "created_at", row->created_at);
    pn_buf_done(&words);
    return PN_OK;
}

static pn_err put_sums(pn_exchange *x, pn_json_writer *w, int subject, const pn_rule *rule) {
    pn_case_query query = {.subject = (pn_subject)subject, .rule = rule};
    pn_case_sum *sums = NULL;
    size_t count = 0;
    PN_TRY(pn_case_sums(x->app, &query, x->arena, &sums, &count, &x->diag));
    pn_put_list(w, "sums");
    for (size_t i = 0; i < count; i++) {
        pn_json_begin_object(w);
        pn_json_put_str(w, "currency", pn_str_of(sums[i].currency.code));
        pn_json_put_int(w, "cases", sums[i].cases);
        pn_json_put_int(w, "debtors", sums[i].debtors);
        pn_put_amount(w, "open", sums[i].open, sums[i].currency);
        pn_put_amount(w, "claimable", sums[i].claimable, sums[i].currency);
        pn_json_end_object(w);
    }
    pn_json_end_array(w);
    return PN_OK;
}

static pn_err give_counted(pn_exchange *x, const pn_segment_row *row) {
    const pn_rule *rule = NULL;
    PN_TRY(pn_segments_rule(row, x->arena, &rule, &x->diag));
    pn_json_writer *w = pn_answer_json(x);
    PN_TRY(put_segment(x, w, row, rule));
    PN_TRY(put_sums(x, w, row->subject, rule));
    pn_json_end_object(w);
    return PN_OK;
}

/* ── routes ── */

/* All there are stand on one page. */
static pn_err list_segments(pn_exchange *x) {
    pn_segment_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_told(x, pn_segment_list(x->db, x->app->org.id, x->arena, &rows, &count)));
    pn_json_writer *w = pn_page_begin(x);
    for (size_t i = 0; i < count; i++) {
        const pn_rule *rule = NULL;
        PN_TRY(pn_segments_rule(&rows[i], x->arena, &rule, &x->diag));
        pn_json_begin_object(w);
        PN_TRY(put_segment(x, w, &rows[i], rule));
        pn_json_end_object(w);
    }
    pn_page_end(x, (int64_t[PN_PAGE_KEYS]){0}, false);
    return PN_OK;
}

static pn_err get_segment(pn_exchange *x) {
    pn_segment_row row;
    PN_TRY(pn_segments_get(x->app, x->arguments[0], x->arena, &row, &x->diag));
    PN_TRY(pn_answer_version(x, row.version));
    return give_counted(x, &row);
}

/* For a change: the version that If-Match names, if it names one; of one that there is not it can
 * name none. */
static pn_err check_version(pn_exchange *x) {
    pn_segment_row row;
    pn_diag nobody = {0};
    pn_err err = pn_segments_get(x->app, x->arguments[0], x->arena, &row, &nobody);
    return pn_check_version(x, err == PN_OK ? row.version : 0);
}

static pn_err set_segment(pn_exchange *x) {
    pn_segment_row row;
    PN_TRY(check_version(x));
    pn_buf rule;
    pn_buf_init(&rule, 1 << 17);
    pn_json_writer w = pn_json_writer_on(&rule, 0);
    pn_json_add_value(&w, pn_body_value(x, "rule")->json);
    pn_str text = pn_str_dup(x->arena, pn_buf_str(&rule));
    pn_buf_done(&rule);
    PN_TRY(pn_segments_put(x->app, x->arguments[0], (pn_subject)pn_body_value(x, "subject")->number,
                           text, x->arena, &row, &x->diag));
    const pn_route_value *name = pn_body_value(x, "name");
    if (name->given && !pn_str_eq(name->text, row.name)) {
        PN_TRY(pn_segments_rename(x->app, &row, name->text, x->arena, &x->diag));
    }
    pn_answer_tag(x, row.version);
    return give_counted(x, &row);
}

static pn_err remove_segment(pn_exchange *x) {
    PN_TRY(check_version(x));
    return pn_segments_remove(x->app, x->arguments[0], x->arena, &x->diag);
}

pn_route_table PN_ROUTES_SEGMENTS = {
    {.method = PN_HTTP_GET,
     .path = "/v1/segments",
     .name = "list_segments",
     .runs = PN_RUNS_READER,
     .roles = PN_MAY_READ,
     .scope = "segments:read",
     .gives = &SEGMENT,
     .gives_list = true,
     .answer = list_segments,
     .summary = "rules with a name"},
    {.method = PN_HTTP_GET,
     .path = "/v1/segments/{segment}",
     .name = "get_segment",
     .runs = PN_RUNS_READER,
     .roles = PN_MAY_READ,
     .scope = "segments:read",
     .read_ms_max = PN_LIMIT_API_REPORT_SECONDS * 1000,
     .gives = &COUNTED,
     .answer = get_segment,
     .summary = "one segment and what fits it now, in sums"},
    {.method = PN_HTTP_PUT,
     .path = "/v1/segments/{segment}",
     .name = "set_segment",
     .runs = PN_RUNS_WRITER,
     .roles = PN_MAY_MANAGE,
     .scope = "segments:write",
     .body = SET_BODY,
     .gives = &COUNTED,
     .answer = set_segment,
     .summary = "make a segment of this name, or give it another rule",
     .help = "With If-Match nothing is changed that changed meanwhile; \"0\" is one that there is "
             "not. Nothing holds a segment but by its name: saved views and addresses that say the "
             "old one find none."},
    {.method = PN_HTTP_DELETE,
     .path = "/v1/segments/{segment}",
     .name = "remove_segment",
     .runs = PN_RUNS_WRITER,
     .roles = PN_MAY_MANAGE,
     .scope = "segments:write",
     .answer = remove_segment,
     .summary = "have it no more: strategies hold rules of their own",
     .help = "With If-Match it stays where it changed meanwhile."},
    {.path = NULL},
};
