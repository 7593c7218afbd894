/* Many rows at once: as JSON, or as a file. */
#include "app/import_sheet.h"
#include "app/import_undo.h"
#include "app/sayings.h"
#include "base/banned.h"
#include "base/limits.h"
#include "http/answer.h"
#include "http/bulk.h"
#include "http/files.h"
#include "http/find.h"
#include "http/problem.h"
#include "http/tables.h"

#define WHO_FIELDS                                                                                 \
    {.name = "tax_id", .type = PN_SHAPE_TEXT, .max = 40},                                          \
        {.name = "kind", .type = PN_SHAPE_WORD, .words = KINDS},                                   \
        {.name = "parent",                                                                         \
         .type = PN_SHAPE_TEXT,                                                                    \
         .max = PN_LIMIT_EXTERNAL_ID_BYTES,                                                        \
         .help = "the ERP's key of the debtor above it"},                                          \
        {.name = "email", .type = PN_SHAPE_EMAIL},                                                 \
        {.name = "phone", .type = PN_SHAPE_TEXT, .max = 60},                                       \
        {.name = "address", .type = PN_SHAPE_TEXT, .max = 400},                                    \
        {.name = "http",                                                                           \
         .type = PN_SHAPE_TEXT,                                                                    \
         .max = 400,                                                                               \
         .help = "its name at the system that send.http writes to"},                               \
        {.name = "contact_name", .type = PN_SHAPE_TEXT, .max = 120},                               \
        {.name = "language", .type = PN_SHAPE_TEXT, .max = 6},                                     \
        {.name = "country", .type = PN_SHAPE_TEXT, .max = 2},                                      \
        {.name = "region", .type = PN_SHAPE_TEXT, .max = 6},                                       \
        {.name = "zone", .type = PN_SHAPE_TEXT, .max = 60},                                        \
        {.name = "owner", .type = PN_SHAPE_TEXT, .max = 120},                                      \
        {.name = "salesperson", .type = PN_SHAPE_TEXT, .max = 120}, {                              \
        .name = "creditor", .type = PN_SHAPE_ID, .id_kind = PN_ID_CREDITOR,                        \
        .help = "the only one where it is left out"                                                \
    }
#define WHO_COLUMNS                                                                                \
    {"tax_id", "tax_id"}, {"kind", "kind"}, {"parent", "parent"}, {"email", "email"},              \
        {"phone", "phone"}, {"address", "address"}, {"http", "http"},                              \
        {"contact_name", "contact_name"}, {"language", "language"}, {"country", "country"},        \
        {"region", "region"}, {"zone", "zone"}, {"owner", "owner"},                                \
        {"salesperson", "salesperson"}, {                                                          \
        "creditor", "creditor"                                                                     \
    }

static const char *const KINDS[] = {"person", "company", NULL};

static const pn_shape INVOICE_ROW[] = {
    {.name = "number",
     .type = PN_SHAPE_TEXT,
     .required = true,
     .min = 1,
     .max = PN_LIMIT_EXTERNAL_ID_BYTES,
     .help = "unique with its creditor"},
    {.name = "debtor",
     .type = PN_SHAPE_TEXT,
     .required = true,
     .min = 1,
     .max = PN_LIMIT_EXTERNAL_ID_BYTES,
     .help = "the ERP's key; one that is not known yet is made"},
    {.name = "issued", .type = PN_SHAPE_DATE, .required = true},
    {.name = "due", .type = PN_SHAPE_DATE, .required = true},
    {.name = "amount", .type = PN_SHAPE_AMOUNT, .required = true},
    {.name = "open", .type = PN_SHAPE_AMOUNT, .help = "what is open of it; without it, all"},
    {.name = "product", .type = PN_SHAPE_TEXT, .max = 200},
    {.name = "portal_accepted", .type = PN_SHAPE_DATE},
    {.name = "debtor_name", .type = PN_SHAPE_TEXT, .max = 200},
    {.name = "attributes",
     .type = PN_SHAPE_JSON,
     .max = 8192,
     .help =
         "your own fields, like {\"sector\": \"obras\", \"vip\": true}; those that are left out "
         "stay"},
    WHO_FIELDS,
    {.name = NULL},
};
static const pn_bulk_column INVOICE_COLUMNS[] = {
    {"number", "external_id"},
    {"debtor", "debtor"},
    {"issued", "issued"},
    {"due", "due"},
    {"amount", "amount"},
    {"open", "open"},
    {"product", "product"},
    {"portal_accepted", "portal_accepted"},
    {"debtor_name", "debtor_name"},
    WHO_COLUMNS,
    {NULL, NULL},
};
static const pn_bulk INVOICES = {PN_IMPORT_INVOICES, "invoices", INVOICE_ROW, INVOICE_COLUMNS,
                                 "attr."};

static const pn_shape DEBTOR_ROW[] = {
    {.name = "key",
     .type = PN_SHAPE_TEXT,
     .required = true,
     .min = 1,
     .max = PN_LIMIT_EXTERNAL_ID_BYTES,
     .help = "of the ERP; unique with its creditor"},
    {.name = "name", .type = PN_SHAPE_TEXT, .max = 200},
    {.name = "grace_days", .type = PN_SHAPE_INT, .min = 0, .max = 365},
    {.name = "payment_days",
     .type = PN_SHAPE_TEXT,
     .max = 100,
     .help = "days of the month on which it pays: 10 25"},
    {.name = "closed_months",
     .type = PN_SHAPE_TEXT,
     .max = 40,
     .help = "months in which it does not pay: 8"},
    {.name = "attributes",
     .type = PN_SHAPE_JSON,
     .max = 8192,
     .help =
         "your own fields, like {\"sector\": \"obras\", \"vip\": true}; those that are left out "
         "stay"},
    WHO_FIELDS,
    {.name = NULL},
};
static const pn_bulk_column DEBTOR_COLUMNS[] = {
    {"key", "external_id"},
    {"name", "name"},
    {"grace_days", "grace_days"},
    {"payment_days", "payment_days"},
    {"closed_months", "closed_months"},
    WHO_COLUMNS,
    {NULL, NULL},
};
static const pn_bulk DEBTORS = {PN_IMPORT_DEBTORS, "debtors", DEBTOR_ROW, DEBTOR_COLUMNS, "attr."};

static const pn_shape PAYMENT_ROW[] = {
    {.name = "key",
     .type = PN_SHAPE_TEXT,
     .min = 1,
     .max = PN_LIMIT_EXTERNAL_ID_BYTES,
     .help = "the bank's or ERP's; one that is there is not added twice"},
    {.name = "debtor",
     .type = PN_SHAPE_TEXT,
     .max = PN_LIMIT_EXTERNAL_ID_BYTES,
     .help = "the ERP's key; or name its invoices"},
    {.name = "invoices",
     .type = PN_SHAPE_TEXT,
     .max = 4000,
     .help = "numbers of the invoices it pays, separated by spaces"},
    {.name = "amount", .type = PN_SHAPE_AMOUNT, .required = true, .min = 1, .max = PN_AMOUNT_MAX},
    {.name = "received", .type = PN_SHAPE_DATE, .help = "without it, today"},
    {.name = "reference", .type = PN_SHAPE_TEXT, .max = 400},
    {.name = "method", .type = PN_SHAPE_TEXT, .max = 60},
    {.name = "creditor", .type = PN_SHAPE_ID, .id_kind = PN_ID_CREDITOR},
    {.name = NULL},
};
static const pn_bulk_column PAYMENT_COLUMNS[] = {
    {"key", "external_id"}, {"debtor", "debtor"},     {"invoices", "invoice"},
    {"amount", "amount"},   {"received", "date"},     {"reference", "reference"},
    {"method", "method"},   {"creditor", "creditor"}, {NULL, NULL},
};
static const pn_bulk PAYMENTS = {PN_IMPORT_PAYMENTS, "payments", PAYMENT_ROW, PAYMENT_COLUMNS,
                                 NULL};

#define BULK_BODY(list, rows)                                                                      \
    {                                                                                              \
        {.name = list,                                                                             \
         .type = PN_SHAPE_LIST,                                                                    \
         .required = true,                                                                         \
         .min = 1,                                                                                 \
         .max = PN_LIMIT_API_BULK_ROWS,                                                            \
         .fields = rows},                                                                          \
            {.name = "dry_run",                                                                    \
             .type = PN_SHAPE_BOOL,                                                                \
             .help = "check and report; change nothing"},                                          \
        {                                                                                          \
            .name = NULL                                                                           \
        }                                                                                          \
    }
static const pn_shape INVOICES_BODY[] = BULK_BODY("invoices", INVOICE_ROW);
static const pn_shape DEBTORS_BODY[] = BULK_BODY("debtors", DEBTOR_ROW);
static const pn_shape PAYMENTS_BODY[] = BULK_BODY("payments", PAYMENT_ROW);

static pn_err add_invoices(pn_exchange *x) {
    return pn_bulk_import(x, &INVOICES);
}

static pn_err add_debtors(pn_exchange *x) {
    return pn_bulk_import(x, &DEBTORS);
}

static pn_err add_payments(pn_exchange *x) {
    return pn_bulk_import(x, &PAYMENTS);
}

/* ── files ── */

enum { FILE_BYTES_MAX = 128 << 20 };

static const char *const FILE_KINDS[] = {"debtors", "invoices", "payments", "lines", NULL};
static const char *const MARKS[] = {",", ".", NULL};
static const pn_shape FILE_QUERY[] = {
    {.name = "kind", .type = PN_SHAPE_WORD, .words = FILE_KINDS, .required = true},
    {.name = "file_name", .type = PN_SHAPE_TEXT, .max = 200},
    {.name = "sheet",
     .type = PN_SHAPE_TEXT,
     .max = 100,
     .help = "of a spreadsheet; without it, the first visible one with rows"},
    {.name = "map",
     .type = PN_SHAPE_TEXT,
     .help = "field=Column,field=\"text\",field=`{{Liquid}}`; columns of a field's name need none"},
    {.name = "date_format", .type = PN_SHAPE_TEXT, .max = 40, .help = "DD/MM/YYYY; else guessed"},
    {.name = "decimal", .type = PN_SHAPE_WORD, .words = MARKS, .help = "else guessed"},
    {.name = "currency", .type = PN_SHAPE_TEXT, .min = 3, .max = 3},
    {.name = "creditor", .type = PN_SHAPE_ID, .id_kind = PN_ID_CREDITOR},
    {.name = "dry_run", .type = PN_SHAPE_BOOL},
    {.name = "skip_bad",
     .type = PN_SHAPE_BOOL,
     .help = "take the good rows though there are bad ones"},
    {.name = NULL},
};

/* A path in an uploaded file would name a file of ours. */
static pn_str without_paths(pn_exchange *x, pn_import_kind kind) {
    pn_str map = pn_query_value(x, "map")->text;
    return kind != PN_IMPORT_INVOICES ? map
                                      : pn_str_format(x->arena, "%.*s%sdocument=\"\"",
                                                      PN_STR_ARG(map), map.len == 0 ? "" : ",");
}

static pn_err tell_rows(pn_exchange *x, const pn_import_report *report) {
    for (size_t i = 0; i < report->problem_count; i++) {
        const pn_import_problem *problem = &report->problems[i];
        pn_str column = problem->column.len != 0 ? problem->column : problem->field;
        pn_problem_tell(x, PN_STR_NONE, PN_STR_NONE, "Line %lld, %.*s: %.*s.",
                        (long long)problem->line, PN_STR_ARG(column), PN_STR_ARG(problem->reason));
    }
    x->problems->more += (size_t)report->problems_more;
    x->problem = PN_PROBLEM_ROWS;
    return PN_INVALID;
}

/* What is read of a file may be larger than all that an answer may need: it lies on `rows`. */
static pn_err import_with(pn_exchange *x, pn_arena *rows) {
    pn_import_report report = {0};
    pn_import_book book;
    const pn_creditor_row *of = NULL;
    const pn_route_value *creditor = pn_query_value(x, "creditor");
    if (creditor->given) {
        PN_TRY(pn_find_creditor(x, creditor->number, &of));
    }
    pn_import_kind kind = (pn_import_kind)pn_query_value(x, "kind")->number;
    pn_import_request request = {
        .kind = kind,
        .file_name = pn_query_value(x, "file_name")->text,
        .bytes = x->body,
        .map = without_paths(x, kind),
        .date_format = pn_query_value(x, "date_format")->text,
        .decimal = pn_query_value(x, "decimal")->text,
        .currency = pn_query_value(x, "currency")->text,
        .creditor = creditor->text,
        .dry_run = pn_query_value(x, "dry_run")->number != 0,
        .skip_bad = pn_query_value(x, "skip_bad")->number != 0,
    };
    PN_TRY(pn_import_unpack(x->app->env, pn_query_value(x, "sheet")->text, &request, rows, &book,
                            &x->diag));
    pn_err err = pn_import_run(x->app, &request, rows, &report, &x->diag);
    bool bad_rows = err == PN_INVALID && report.problem_count != 0;
    if (bad_rows && !request.dry_run) {
        return tell_rows(x, &report);
    }
    PN_TRY(bad_rows ? PN_OK : err);
    pn_bulk_give(x, &report);
    return PN_OK;
}

static pn_err import_file(pn_exchange *x) {
    pn_arena rows;
    pn_arena_init(&rows, 0);
    pn_err err = import_with(x, &rows);
    pn_arena_done(&rows);
    return err;
}

static const pn_shape IMPORT_FIELDS[] = {
    {.name = "id", .type = PN_SHAPE_ID, .id_kind = PN_ID_IMPORT, .required = true},
    {.name = "kind", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "file_name", .type = PN_SHAPE_TEXT},
    {.name = "rows", .type = PN_SHAPE_INT, .required = true},
    {.name = "created", .type = PN_SHAPE_INT, .required = true},
    {.name = "changed", .type = PN_SHAPE_INT, .required = true},
    {.name = "same", .type = PN_SHAPE_INT, .required = true},
    {.name = "skipped", .type = PN_SHAPE_INT, .required = true},
    {.name = "at", .type = PN_SHAPE_TIME, .required = true},
    {.name = "undone_at", .type = PN_SHAPE_TIME, .help = "null: it stands"},
    {.name = "taken_back", .type = PN_SHAPE_INT, .required = true, .help = "of what it made"},
    {.name = "left", .type = PN_SHAPE_INT, .required = true, .help = "of it, what stayed"},
    {.name = NULL},
};
static const pn_schema_object IMPORT = {"Import", IMPORT_FIELDS, "A file that was taken in"};

static void put_import(pn_json_writer *w, const pn_import_row *row) {
    pn_put_id(w, "id", PN_ID_IMPORT, row->id);
    pn_json_put_str(w, "kind", row->kind);
    pn_put_str_or_null(w, "file_name", row->file_name);
    pn_json_put_int(w, "rows", row->rows_read);
    pn_json_put_int(w, "created", row->rows_created);
    pn_json_put_int(w, "changed", row->rows_changed);
    pn_json_put_int(w, "same", row->rows_same);
    pn_json_put_int(w, "skipped", row->rows_skipped);
    pn_put_time(w, "at", row->at);
    pn_put_time(w, "undone_at", row->undone_at);
    pn_json_put_int(w, "taken_back", row->taken_back);
    pn_json_put_int(w, "left", row->left);
}

static pn_err put_row_of_imports(pn_exchange *x, pn_json_writer *w, const void *item,
                                 int64_t key[PN_PAGE_KEYS]) {
    const pn_import_row *row = item;
    (void)x;
    pn_json_begin_object(w);
    put_import(w, row);
    pn_json_end_object(w);
    key[0] = row->id;
    return PN_OK;
}

static pn_err list_imports(pn_exchange *x) {
    pn_page page;
    pn_import_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_page_read(x, &page));
    pn_id before = pn_page_before(&page);
    PN_TRY(pn_told(
        x, pn_import_page(x->db, x->app->org.id, before, page.limit + 1, x->arena, &rows, &count)));
    return pn_page_give(x, &page, rows, sizeof *rows, count, put_row_of_imports);
}

static pn_err get_import(pn_exchange *x) {
    pn_id id = 0;
    pn_import_row row;
    PN_TRY(pn_argument_id(x, 0, PN_ID_IMPORT, &id));
    pn_err err = pn_import_get(x->db, x->app->org.id, id, x->arena, &row);
    PN_TRY(err == PN_NOT_FOUND ? pn_nothing_here(x, "import", PN_ID_IMPORT, id) : pn_told(x, err));
    pn_json_writer *w = pn_answer_json(x);
    put_import(w, &row);
    pn_json_end_object(w);
    return PN_OK;
}

/* ── undoing ── */

static const pn_shape UNDO_BODY[] = {
    {.name = "dry_run", .type = PN_SHAPE_BOOL, .help = "say what would be taken back"},
    {.name = NULL},
};
static const pn_shape LEFT_FIELDS[] = {
    {.name = "id", .type = PN_SHAPE_TEXT, .required = true, .help = "inv_…, pay_… or deb_…"},
    {.name = "name", .type = PN_SHAPE_TEXT, .required = true, .help = "its number or key"},
    {.name = "reason", .type = PN_SHAPE_TEXT, .required = true, .help = "a word"},
    {.name = "reason_words", .type = PN_SHAPE_TEXT, .required = true},
    {.name = NULL},
};
static const pn_shape UNDONE_FIELDS[] = {
    {.name = "committed",
     .type = PN_SHAPE_BOOL,
     .required = true,
     .help = "false: a dry run, or there was nothing to take back"},
    {.name = "invoices", .type = PN_SHAPE_INT, .required = true, .help = "taken back"},
    {.name = "payments", .type = PN_SHAPE_INT, .required = true},
    {.name = "debtors", .type = PN_SHAPE_INT, .required = true},
    {.name = "changed",
     .type = PN_SHAPE_INT,
     .required = true,
     .help = "rows that the import changed, which stay so"},
    {.name = "left",
     .type = PN_SHAPE_LIST,
     .fields = LEFT_FIELDS,
     .required = true,
     .help = "what something was built on"},
    {.name = "left_more", .type = PN_SHAPE_INT, .required = true},
    {.name = NULL},
};
static const pn_schema_object UNDONE = {"ImportUndone", UNDONE_FIELDS,
                                        "What undoing an import took back, and what it left"};

static pn_err undo_import(pn_exchange *x) {
    pn_id id = 0;
    pn_undo_report report;
    char text[PN_ID_TEXT_SIZE];
    PN_TRY(pn_argument_id(x, 0, PN_ID_IMPORT, &id));
    PN_TRY(pn_import_undo(x->app, id, pn_body_value(x, "dry_run")->number != 0, x->arena, &report,
                          &x->diag));
    pn_str language = pn_str_of(pn_exchange_language(x));
    pn_json_writer *w = pn_answer_json(x);
    pn_json_put_bool(w, "committed", report.committed);
    pn_json_put_int(w, "invoices", report.invoices);
    pn_json_put_int(w, "payments", report.payments);
    pn_json_put_int(w, "debtors", report.debtors);
    pn_json_put_int(w, "changed", report.changed);
    pn_put_list(w, "left");
    for (size_t i = 0; i < report.left_count; i++) {
        const pn_undo_left *left = &report.left[i];
        pn_json_begin_object(w);
        pn_json_put_str(w, "id", pn_str_of(pn_id_text(left->kind, left->id, text)));
        pn_json_put_str(w, "name", left->name);
        pn_json_put_str(w, "reason", left->reason);
        pn_json_put_str(w, "reason_words", pn_left_words(left->reason, language));
        pn_json_end_object(w);
    }
    pn_json_end_array(w);
    pn_json_put_int(w, "left_more", report.left_more);
    pn_json_end_object(w);
    return PN_OK;
}

#define ADDS(noun, id, takes, does, says)                                                          \
    {                                                                                              \
        .method = PN_HTTP_POST, .path = noun, .name = id, .runs = PN_RUNS_LONG,                    \
        .roles = PN_MAY_BOOK, .scope = "imports:write", .body = takes,                             \
        .body_max = PN_LIMIT_API_BULK_BYTES, .gives = &PN_IMPORTED, .answer = does,                \
        .summary = says,                                                                           \
        .help = "All or nothing: where a row cannot be taken, none is, and `errors` says of each " \
                "what "                                                                            \
                "is wrong. The same rows again change nothing."                                    \
    }

pn_route_table PN_ROUTES_IMPORTS = {
    ADDS("/v1/invoices", "add_invoices", INVOICES_BODY, add_invoices,
         "up to 10,000 invoices, with their debtors"),
    ADDS("/v1/debtors", "add_debtors", DEBTORS_BODY, add_debtors, "up to 10,000 debtors"),
    ADDS("/v1/payments/bulk", "add_payments", PAYMENTS_BODY, add_payments, "up to 10,000 payments"),
    {.method = PN_HTTP_GET,
     .path = "/v1/imports",
     .name = "list_imports",
     .runs = PN_RUNS_READER,
     .roles = PN_MAY_READ,
     .scope = "imports:read",
     .gives = &IMPORT,
     .gives_list = true,
     .answer = list_imports,
     .summary = "what was taken in, the newest first"},
    {.method = PN_HTTP_GET,
     .path = "/v1/imports/{import}",
     .name = "get_import",
     .runs = PN_RUNS_READER,
     .roles = PN_MAY_READ,
     .scope = "imports:read",
     .gives = &IMPORT,
     .answer = get_import,
     .summary = "one import"},
    {.method = PN_HTTP_POST,
     .path = "/v1/imports/{import}/undo",
     .name = "undo_import",
     .runs = PN_RUNS_LONG,
     .roles = PN_MAY_BOOK,
     .scope = "imports:write",
     .body = UNDO_BODY,
     .gives = &UNDONE,
     .answer = undo_import,
     .summary = "take back what an import made",
     .help = "What it made is taken back where nothing was built on it since: invoices are "
             "cancelled, payments reversed, debtors archived, and their numbers are free again. "
             "What was paid, agreed, changed or written about meanwhile stays and is listed. All "
             "of it or nothing; asked again, it takes back what has become free since."},
    {.method = PN_HTTP_POST,
     .path = "/v1/imports",
     .name = "import_file",
     .runs = PN_RUNS_LONG,
     .roles = PN_MAY_BOOK,
     .scope = "imports:write",
     .query = FILE_QUERY,
     .body_type = PN_FILE_TYPES,
     .body_max = FILE_BYTES_MAX,
     .gives = &PN_IMPORTED,
     .answer = import_file,
     .summary = "a CSV file or a spreadsheet (.xlsx)",
     .help = "All or nothing unless bad rows are skipped; a refused file answers 422 with its "
             "problems by line. The same file again changes nothing. A column of documents' paths "
             "is left out: such files stand on another machine."},
    {.path = NULL},
};
