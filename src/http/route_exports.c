/* Lists as files for spreadsheets. */
#include "app/exports.h"
#include "base/banned.h"
#include "base/limits.h"
#include "http/answer.h"
#include "http/files.h"
#include "http/find.h"
#include "http/tables.h"

static const char *const SEPARATORS[] = {"comma", "semicolon", NULL};
static const char *const FORMATS[] = {"csv", "xlsx", NULL};
#define HOW                                                                                        \
    {.name = "format",                                                                             \
     .type = PN_SHAPE_WORD,                                                                        \
     .words = FORMATS,                                                                             \
     .help = "xlsx: a spreadsheet with typed cells; without it, what Accept asks for"},            \
    {                                                                                              \
        .name = "separator", .type = PN_SHAPE_WORD, .words = SEPARATORS,                           \
        .help = "semicolon writes amounts with a decimal comma, as spreadsheets there want it"     \
    }
#define CASE_QUERY(subject)                                                                        \
    {                                                                                              \
        {.name = "filter", .type = PN_SHAPE_RULE, .min = (subject)},                               \
            {.name = "debtor", .type = PN_SHAPE_ID, .id_kind = PN_ID_DEBTOR},                      \
            {.name = "closed", .type = PN_SHAPE_BOOL, .help = "those with nothing open too"}, HOW, \
        {                                                                                          \
            .name = NULL                                                                           \
        }                                                                                          \
    }
static const pn_shape INVOICE_QUERY[] = CASE_QUERY(PN_SUBJECT_INVOICE);
static const pn_shape ACCOUNT_QUERY[] = CASE_QUERY(PN_SUBJECT_ACCOUNT);
static const pn_shape DEBTOR_QUERY[] = {
    {.name = "owner", .type = PN_SHAPE_TEXT, .max = 200, .help = "key of the collector"},
    {.name = "creditor", .type = PN_SHAPE_ID, .id_kind = PN_ID_CREDITOR},
    HOW,
    {.name = NULL},
};
static const pn_shape PAYMENT_QUERY[] = {
    {.name = "debtor", .type = PN_SHAPE_ID, .id_kind = PN_ID_DEBTOR},
    {.name = "state", .type = PN_SHAPE_WORD, .words = PN_PAYMENT_STATES},
    {.name = "from", .type = PN_SHAPE_DATE, .help = "received then or later"},
    {.name = "to", .type = PN_SHAPE_DATE, .help = "received before"},
    HOW,
    {.name = NULL},
};

static pn_err answer_file(pn_exchange *x, pn_export_request *request) {
    const pn_route_value *format = pn_query_value(x, "format");
    pn_str accept = pn_exchange_header(x, "accept");
    request->xlsx =
        format->given ? format->number == 1 : pn_str_find(accept, PN_STR(PN_XLSX_TYPE)) != SIZE_MAX;
    pn_str name = pn_export_file_name(request, x->arena);
    request->semicolon = pn_query_value(x, "separator")->number == 1;
    pn_buf_init(&x->answer.body, PN_LIMIT_API_ANSWER_BYTES);
    x->answer.content_type = request->xlsx ? PN_XLSX_TYPE : "text/csv; charset=utf-8";
    pn_answer_field(x, "Content-Disposition",
                    pn_str_format(x->arena, "attachment; filename=\"%.*s\"", PN_STR_ARG(name)));
    return pn_export(x->app, request, x->arena, &x->answer.body, &x->diag);
}

static pn_err export_cases(pn_exchange *x, pn_export_kind kind) {
    pn_export_request request = {.kind = kind,
                                 .rule = pn_query_value(x, "filter")->rule,
                                 .debtor_id = pn_query_value(x, "debtor")->number,
                                 .closed = pn_query_value(x, "closed")->number != 0};
    return answer_file(x, &request);
}

static pn_err export_invoices(pn_exchange *x) {
    return export_cases(x, PN_EXPORT_INVOICES);
}

static pn_err export_accounts(pn_exchange *x) {
    return export_cases(x, PN_EXPORT_ACCOUNTS);
}

static pn_err export_debtors(pn_exchange *x) {
    pn_export_request request = {.kind = PN_EXPORT_DEBTORS,
                                 .owner = pn_query_value(x, "owner")->text,
                                 .creditor_id = pn_query_value(x, "creditor")->number};
    return answer_file(x, &request);
}

static pn_err export_payments(pn_exchange *x) {
    const pn_route_value *of = pn_query_value(x, "debtor");
    const pn_route_value *from = pn_query_value(x, "from"), *to = pn_query_value(x, "to");
    pn_debtor_row debtor = {0};
    if (of->given) {
        PN_TRY(pn_find_debtor(x, of->number, &debtor));
    }
    pn_export_request request = {.kind = PN_EXPORT_PAYMENTS,
                                 .debtor_id = debtor.id,
                                 .state = (pn_payment_state)pn_query_value(x, "state")->number,
                                 .from = from->given ? (pn_date)from->number : PN_DATE_NONE,
                                 .to = to->given ? (pn_date)to->number : PN_DATE_NONE};
    return answer_file(x, &request);
}

#define FILE_OF(at, id, of, takes, does, says)                                                     \
    {                                                                                              \
        .method = PN_HTTP_GET, .path = "/v1/exports/" at, .name = id, .runs = PN_RUNS_READER,      \
        .roles = PN_MAY_READ, .scope = of, .query = takes, .answer_type = "text/csv",              \
        .read_ms_max = PN_LIMIT_API_REPORT_SECONDS * 1000, .answer = does, .summary = says,        \
        .help = "CSV (UTF-8 with a byte order mark; what could be a formula is quoted) or a "      \
                "spreadsheet. 100,000 rows at most."                                               \
    }

pn_route_table PN_ROUTES_EXPORTS = {
    FILE_OF("invoices", "export_invoices", "invoices:read", INVOICE_QUERY, export_invoices,
            "open invoices as a file, the oldest due date first"),
    FILE_OF("accounts", "export_accounts", "cases:read", ACCOUNT_QUERY, export_accounts,
            "open accounts as a file, the oldest due date first"),
    FILE_OF("debtors", "export_debtors", "debtors:read", DEBTOR_QUERY, export_debtors,
            "debtors as a file"),
    FILE_OF("payments", "export_payments", "payments:read", PAYMENT_QUERY, export_payments,
            "payments as a file, the newest first"),
    {.path = NULL},
};
