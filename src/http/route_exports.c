/* Lists as files for spreadsheets. */
#include "app/cases.h"
#include "base/banned.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "format/csv_write.h"
#include "http/answer.h"
#include "http/find.h"
#include "http/tables.h"

enum { ROWS_MAX = 100000, ROWS_A_READ = 1000 };

static const char *const SEPARATORS[] = {"comma", "semicolon", NULL};
#define SEPARATOR                                                                                  \
    {                                                                                              \
        .name = "separator", .type = PN_SHAPE_WORD, .words = SEPARATORS,                           \
        .help = "semicolon writes amounts with a decimal comma, as spreadsheets there want it"     \
    }
#define CASE_QUERY(subject)                                                                        \
    {                                                                                              \
        {.name = "filter", .type = PN_SHAPE_RULE, .min = (subject)},                               \
            {.name = "debtor", .type = PN_SHAPE_ID, .id_kind = PN_ID_DEBTOR},                      \
            {.name = "closed", .type = PN_SHAPE_BOOL, .help = "those with nothing open too"},      \
            SEPARATOR, {                                                                           \
            .name = NULL                                                                           \
        }                                                                                          \
    }
static const pn_shape INVOICE_QUERY[] = CASE_QUERY(PN_SUBJECT_INVOICE);
static const pn_shape ACCOUNT_QUERY[] = CASE_QUERY(PN_SUBJECT_ACCOUNT);
static const pn_shape DEBTOR_QUERY[] = {
    {.name = "owner", .type = PN_SHAPE_TEXT, .max = 200, .help = "key of the collector"},
    {.name = "creditor", .type = PN_SHAPE_ID, .id_kind = PN_ID_CREDITOR},
    SEPARATOR,
    {.name = NULL},
};
static const pn_shape PAYMENT_QUERY[] = {
    {.name = "debtor", .type = PN_SHAPE_ID, .id_kind = PN_ID_DEBTOR},
    {.name = "from", .type = PN_SHAPE_DATE, .help = "received then or later"},
    {.name = "to", .type = PN_SHAPE_DATE, .help = "received before"},
    SEPARATOR,
    {.name = NULL},
};

/* ── a file ── */

typedef struct {
    pn_exchange *x;
    pn_csv_writer csv;
    bool decimal_comma;
    int64_t rows;
} sheet;

static sheet begin(pn_exchange *x, const char *file_name, const char *const *columns) {
    bool semicolon = pn_query_value(x, "separator")->number == 1;
    sheet s = {.x = x, .decimal_comma = semicolon};
    pn_csv_write_options options = {
        .separator = semicolon ? ';' : ',', .guard_formulas = true, .byte_order_mark = true};
    pn_buf_init(&x->answer.body, PN_LIMIT_API_ANSWER_BYTES);
    x->answer.content_type = "text/csv; charset=utf-8";
    pn_answer_field(x, "Content-Disposition",
                    pn_str_format(x->arena, "attachment; filename=\"%s\"", file_name));
    s.csv = pn_csv_writer_on(&x->answer.body, &options);
    for (; *columns != NULL; columns++) {
        pn_csv_put_plain(&s.csv, pn_str_of(*columns));
    }
    pn_csv_end(&s.csv);
    return s;
}

static void put_amount(sheet *s, int64_t minor, pn_currency currency) {
    pn_buf text;
    pn_buf_init(&text, 64);
    pn_amount_plain(&text, minor, pn_currency_decimals(currency));
    for (size_t i = 0; s->decimal_comma && i < text.len; i++) {
        text.ptr[i] = text.ptr[i] == '.' ? ',' : text.ptr[i];
    }
    pn_csv_put_plain(&s->csv, pn_buf_str(&text));
    pn_buf_done(&text);
}

static void put_day(sheet *s, pn_date day) {
    char text[PN_DATE_ISO_SIZE];
    pn_csv_put_plain(&s->csv, day == PN_DATE_NONE ? PN_STR("") : pn_str_of(pn_date_iso(day, text)));
}

static pn_err end_row(sheet *s) {
    pn_csv_end(&s->csv);
    if (++s->rows <= ROWS_MAX && pn_buf_err(&s->x->answer.body) == PN_OK) {
        return PN_OK;
    }
    pn_err err = pn_diag_set(&s->x->diag, PN_LIMIT, "A file holds %d rows at most.", ROWS_MAX);
    pn_diag_mend(&s->x->diag, "Narrow the filter, or take it debtor by debtor.");
    return err;
}

/* ── invoices, accounts ── */

static pn_err put_case(sheet *s, const pn_case_row *row, bool invoice) {
    if (invoice) {
        pn_csv_put(&s->csv, row->number);
    }
    pn_csv_put(&s->csv, row->debtor_key);
    pn_csv_put(&s->csv, row->debtor_name);
    pn_csv_put(&s->csv, row->creditor);
    pn_csv_put(&s->csv, row->owner);
    put_day(s, row->due);
    pn_csv_put_plain(&s->csv, pn_str_of(row->currency.code));
    put_amount(s, row->open, row->currency);
    put_amount(s, row->claimable, row->currency);
    if (!invoice) {
        pn_csv_put_int(&s->csv, row->open_items);
    }
    pn_csv_put(&s->csv, row->strategy);
    pn_csv_put(&s->csv, row->node);
    return end_row(s);
}

static pn_err export_cases(pn_exchange *x, sheet *s, pn_subject subject) {
    pn_case_query query = {.subject = subject,
                           .rule = pn_query_value(x, "filter")->rule,
                           .debtor_id = pn_query_value(x, "debtor")->number,
                           .closed = pn_query_value(x, "closed")->number != 0,
                           .limit = ROWS_A_READ,
                           .uncounted = true};
    for (size_t count = ROWS_A_READ; count == ROWS_A_READ; query.behind = true) {
        pn_case_row *rows = NULL;
        int64_t total = 0;
        pn_arena_mark mark = pn_arena_marked(x->arena);
        PN_TRY(pn_case_list(x->app, &query, x->arena, &rows, &count, &total, &x->diag));
        for (size_t i = 0; i < count; i++) {
            PN_TRY(put_case(s, &rows[i], subject == PN_SUBJECT_INVOICE));
            query.behind_due = rows[i].due;
            query.behind_debtor = rows[i].debtor_id;
            query.behind_id =
                subject == PN_SUBJECT_INVOICE ? rows[i].invoice_id : rows[i].account_id;
        }
        pn_arena_rewind(x->arena, mark);
    }
    return PN_OK;
}

static pn_err export_invoices(pn_exchange *x) {
    static const char *const COLUMNS[] = {"invoice",   "debtor",   "name",     "creditor",
                                          "collector", "due",      "currency", "open",
                                          "claimable", "strategy", "node",     NULL};
    sheet s = begin(x, "invoices.csv", COLUMNS);
    return export_cases(x, &s, PN_SUBJECT_INVOICE);
}

static pn_err export_accounts(pn_exchange *x) {
    static const char *const COLUMNS[] = {"debtor",   "name",     "creditor", "collector",
                                          "due",      "currency", "open",     "claimable",
                                          "invoices", "strategy", "node",     NULL};
    sheet s = begin(x, "accounts.csv", COLUMNS);
    return export_cases(x, &s, PN_SUBJECT_ACCOUNT);
}

/* ── debtors ── */

static pn_err put_debtor(sheet *s, const pn_debtor_row *row) {
    pn_csv_put(&s->csv, row->external_id);
    pn_csv_put(&s->csv, row->name);
    pn_csv_put(&s->csv, row->tax_id);
    pn_csv_put(&s->csv, row->country);
    pn_csv_put(&s->csv, row->region);
    pn_csv_put(&s->csv, row->language);
    pn_csv_put(&s->csv, row->owner);
    pn_csv_put(&s->csv, row->salesperson);
    pn_csv_put_int(&s->csv, row->promises_kept);
    pn_csv_put_int(&s->csv, row->promises_broken);
    pn_csv_put(&s->csv, row->barred_reason);
    return end_row(s);
}

static pn_err export_debtors(pn_exchange *x) {
    static const char *const COLUMNS[] = {
        "debtor", "name",        "tax_id",        "country",         "region",          "language",
        "owner",  "salesperson", "promises_kept", "promises_broken", "excluded_reason", NULL};
    sheet s = begin(x, "debtors.csv", COLUMNS);
    pn_debtor_filter filter = {
        .owner_fold = pn_utf8_fold(x->arena, pn_query_value(x, "owner")->text, false),
        .creditor_id = pn_query_value(x, "creditor")->number,
    };
    pn_id after = INT64_MIN;
    for (size_t count = ROWS_A_READ; count == ROWS_A_READ;) {
        pn_debtor_row *rows = NULL;
        pn_arena_mark mark = pn_arena_marked(x->arena);
        PN_TRY(pn_told(x, pn_debtor_page(x->db, x->app->org.id, after, &filter, ROWS_A_READ,
                                         x->arena, &rows, &count)));
        for (size_t i = 0; i < count; i++) {
            PN_TRY(put_debtor(&s, &rows[i]));
            after = rows[i].id;
        }
        pn_arena_rewind(x->arena, mark);
    }
    return PN_OK;
}

/* ── payments ── */

static pn_err put_payment(sheet *s, const pn_payment_row *row) {
    pn_debtor_row debtor = {0};
    if (row->debtor_id != 0) {
        PN_TRY(pn_find_debtor(s->x, row->debtor_id, &debtor));
    }
    put_day(s, row->received);
    pn_csv_put(&s->csv, debtor.external_id);
    pn_csv_put(&s->csv, debtor.name);
    pn_csv_put_plain(&s->csv, pn_str_of(row->currency.code));
    put_amount(s, row->amount, row->currency);
    put_amount(s, row->unapplied, row->currency);
    pn_csv_put(&s->csv, row->method);
    pn_csv_put(&s->csv, row->reference);
    pn_csv_put(&s->csv, row->external_id);
    pn_csv_put_plain(&s->csv, row->reversed_at != PN_TIME_NONE ? PN_STR("reversed") : PN_STR(""));
    return end_row(s);
}

static pn_err export_payments(pn_exchange *x) {
    static const char *const COLUMNS[] = {"received", "debtor",    "name",   "currency",
                                          "amount",   "unapplied", "method", "reference",
                                          "key",      "state",     NULL};
    const pn_route_value *of = pn_query_value(x, "debtor");
    const pn_route_value *from = pn_query_value(x, "from"), *to = pn_query_value(x, "to");
    pn_debtor_row debtor = {0};
    pn_id before = 0;
    if (of->given) {
        PN_TRY(pn_find_debtor(x, of->number, &debtor));
    }
    sheet s = begin(x, "payments.csv", COLUMNS);
    for (size_t count = ROWS_A_READ; count == ROWS_A_READ;) {
        pn_payment_row *rows = NULL;
        pn_arena_mark mark = pn_arena_marked(x->arena);
        PN_TRY(pn_told(x, pn_payment_page(x->db, x->app->org.id, debtor.id, before, ROWS_A_READ,
                                          x->arena, &rows, &count)));
        for (size_t i = 0; i < count; i++) {
            bool wanted = (!from->given || rows[i].received >= from->number) &&
                          (!to->given || rows[i].received < to->number);
            before = rows[i].id;
            if (wanted) {
                PN_TRY(put_payment(&s, &rows[i]));
            }
        }
        pn_arena_rewind(x->arena, mark);
    }
    return PN_OK;
}

#define FILE_OF(at, id, of, takes, does, says)                                                     \
    {                                                                                              \
        .method = PN_HTTP_GET, .path = "/v1/exports/" at, .name = id, .runs = PN_RUNS_READER,      \
        .roles = PN_MAY_READ, .scope = of, .query = takes, .answer_type = "text/csv",              \
        .read_ms_max = PN_LIMIT_API_REPORT_SECONDS * 1000, .answer = does, .summary = says,        \
        .help = "UTF-8 with a byte order mark; what could be a formula is quoted. 100,000 rows "   \
                "at most."                                                                         \
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
