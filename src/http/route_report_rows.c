/* The rows that a figure of a report is the sum of. */
#include "app/report_rows.h"
#include "base/banned.h"
#include "base/limits.h"
#include "http/answer.h"
#include "http/find.h"
#include "http/report.h"
#include "http/tables.h"

static const char *const WHATS[] = {
    "collected",       "hands_free", "after_message", "lowered",  "billed",  "sent",
    "delivered",       "bounced",    "read",          "clicked",  "visited", "promises_kept",
    "promises_broken", "complaints", "tasks",         "standing", NULL};
static_assert(PN_ROWS_COLLECTED == 0 && PN_ROWS_VISITED == 10 && PN_ROWS_TASKS == 14 &&
                  PN_ROWS_STANDING == 15,
              "the order of WHATS");
static const char *const BY[] = {"phase", "channel", "template", "strategy", "segment", NULL};
static_assert(PN_CAUSE_PHASE == 0 && PN_CAUSE_SEGMENT == 4, "the order of BY");

static const pn_shape ROWS_QUERY[] = {
    {.name = "what",
     .type = PN_SHAPE_WORD,
     .words = WHATS,
     .required = true,
     .help = "collected: payments applied to invoices, and what was taken back; hands_free: of it, "
             "without a person's work; after_message: of it, put down to a message; lowered: "
             "credit notes, write-offs, withholdings and so on; sent to visited: messages; "
             "promises: those judged in the span; standing: cases that stand now in the version "
             "that by, name and version say, whatever the span, and what they owe"},
    {.name = "from", .type = PN_SHAPE_DATE, .required = true},
    {.name = "to",
     .type = PN_SHAPE_DATE,
     .required = true,
     .help = "the first day that is not in it; at most two years later"},
    PN_REPORT_CREDITOR,
    PN_REPORT_SEGMENT,
    {.name = "currency",
     .type = PN_SHAPE_TEXT,
     .min = 3,
     .max = 3,
     .help = "of what was collected, lowered, billed or is owed"},
    {.name = "by",
     .type = PN_SHAPE_WORD,
     .words = BY,
     .help = "only what is put down to one of these: of what was collected any, of messages "
             "channel, template and strategy"},
    {.name = "name",
     .type = PN_SHAPE_TEXT,
     .max = 200,
     .help = "of that cause, as the report by it says; left out: what is put down to none"},
    {.name = "version",
     .type = PN_SHAPE_INT,
     .min = 1,
     .max = INT32_MAX,
     .help = "of that template or strategy"},
    {.name = "node",
     .type = PN_SHAPE_TEXT,
     .max = 200,
     .help = "only one step of that strategy's version"},
    {.name = NULL},
};
static const char *const KINDS[] = {"credit", "discount", "withholding", "write_off",
                                    "fx",     "cancel",   NULL};
static const pn_shape ROW_FIELDS[] = {
    {.name = "id",
     .type = PN_SHAPE_TEXT,
     .required = true,
     .help = "tells the rows of this list apart"},
    {.name = "day",
     .type = PN_SHAPE_DATE,
     .help = "of a case that stands: when the oldest of what it asks for was due; null: nothing"},
    {.name = "debtor", .type = PN_SHAPE_ID, .id_kind = PN_ID_DEBTOR, .required = true},
    {.name = "debtor_name", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "invoice", .type = PN_SHAPE_ID, .id_kind = PN_ID_INVOICE},
    {.name = "number", .type = PN_SHAPE_TEXT, .help = "of the invoice"},
    {.name = "amount", .type = PN_SHAPE_AMOUNT, .help = "negative: taken back"},
    {.name = "kind",
     .type = PN_SHAPE_WORD,
     .words = KINDS,
     .help = "what lowered the debt; null: of other rows"},
    {.name = "text",
     .type = PN_SHAPE_TEXT,
     .help = "a message's subject, a task's title, a complaint's words, a booking's note"},
    {.name = NULL},
};
static const pn_schema_object ROW = {"ReportRow", ROW_FIELDS, "One of those a figure counts"};

static pn_err put_row(pn_exchange *x, pn_json_writer *w, const void *each,
                      int64_t key[PN_PAGE_KEYS]) {
    const pn_report_row *row = each;
    pn_json_begin_object(w);
    pn_json_put_str(w, "id", pn_str_format(x->arena, "%lld", (long long)row->id));
    pn_put_date(w, "day", row->day);
    pn_put_id(w, "debtor", PN_ID_DEBTOR, row->debtor_id);
    pn_json_put_str(w, "debtor_name", row->debtor_name);
    pn_put_id(w, "invoice", PN_ID_INVOICE, row->invoice_id);
    pn_put_str_or_null(w, "number", row->number);
    if (row->currency.code[0] != '\0') {
        pn_put_amount(w, "amount", row->amount, row->currency);
    }
    pn_put_str_or_null(w, "kind",
                       row->kind == PN_ENTRIES ? PN_STR_NONE
                                               : pn_str_of(pn_entry_kind_name(row->kind)));
    pn_put_str_or_null(w, "text", row->text);
    pn_json_end_object(w);
    key[0] = row->at;
    key[1] = row->id;
    return PN_OK;
}

static pn_err list_rows(pn_exchange *x) {
    pn_page page;
    pn_report_row *rows = NULL;
    size_t count = 0;
    pn_rows_query query = {.what = (pn_rows_what)pn_query_value(x, "what")->number};
    const pn_route_value *by = pn_query_value(x, "by"), *name = pn_query_value(x, "name");
    const pn_route_value *version = pn_query_value(x, "version");
    const pn_route_value *currency = pn_query_value(x, "currency");
    PN_TRY(pn_page_read(x, &page));
    PN_TRY(pn_report_of_read(x, &query.of));
    PN_TRY(pn_report_days(x, &query.from, &query.to));
    query.currency = currency->given ? currency->text : PN_STR("");
    query.caused = by->given;
    query.by = by->given ? (pn_cause_by)by->number : PN_CAUSE_PHASE;
    query.name = name->given ? name->text : PN_STR("");
    query.version = version->given ? version->number : 0;
    query.node = pn_query_value(x, "node")->given ? pn_query_value(x, "node")->text : PN_STR("");
    bool begins = page.key[0] == INT64_MIN;
    query.after_at = begins ? INT64_MAX : page.key[0];
    query.after_id = begins ? INT64_MAX : page.key[1];
    query.limit = page.limit + 1;
    PN_TRY(pn_report_rows(x->app, &query, x->arena, &rows, &count, &x->diag));
    return pn_page_give(x, &page, rows, sizeof *rows, count, put_row);
}

pn_route_table PN_ROUTES_REPORT_ROWS = {
    {.method = PN_HTTP_GET,
     .path = "/v1/reports/rows",
     .name = "list_report_rows",
     .runs = PN_RUNS_READER,
     .roles = PN_MAY_READ,
     .scope = "reports:read",
     .query = ROWS_QUERY,
     .read_ms_max = PN_LIMIT_API_REPORT_SECONDS * 1000,
     .gives = &ROW,
     .gives_list = true,
     .answer = list_rows,
     .summary = "the rows that a figure of a report is the sum of, the newest first",
     .help = "The same span, creditor, segment and cause as the report's."},
    {.path = NULL},
};
