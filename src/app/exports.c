#include "app/exports.h"

#include "base/banned.h"
#include "base/utf8.h"
#include "format/csv_write.h"
#include "store/debtor.h"
#include "store/invoice.h"

enum { ROWS_A_READ = 1000 };

/* ── a file ── */

typedef struct {
    pn_app *app;
    const pn_export_request *request;
    pn_arena *arena;
    pn_buf *out;
    pn_diag *diag;
    pn_csv_writer csv;
    int64_t rows;
} sheet;

static void begin(sheet *s, const char *const *columns) {
    pn_csv_write_options options = {.separator = s->request->semicolon ? ';' : ',',
                                    .guard_formulas = true,
                                    .byte_order_mark = true};
    s->csv = pn_csv_writer_on(s->out, &options);
    for (; *columns != NULL; columns++) {
        pn_csv_put_plain(&s->csv, pn_str_of(*columns));
    }
    pn_csv_end(&s->csv);
}

static void put_amount(sheet *s, int64_t minor, pn_currency currency) {
    pn_buf text;
    pn_buf_init(&text, 64);
    pn_amount_plain(&text, minor, pn_currency_decimals(currency));
    for (size_t i = 0; s->request->semicolon && i < text.len; i++) {
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
    if (++s->rows <= PN_EXPORT_ROWS_MAX && pn_buf_err(s->out) == PN_OK) {
        return PN_OK;
    }
    pn_err err =
        pn_diag_set(s->diag, PN_LIMIT, "A file holds %d rows at most.", PN_EXPORT_ROWS_MAX);
    pn_diag_mend(s->diag, "Narrow the filter, or take it debtor by debtor.");
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

static pn_err export_cases(sheet *s, pn_subject subject) {
    pn_case_query query = {.subject = subject,
                           .rule = s->request->rule,
                           .debtor_id = s->request->debtor_id,
                           .closed = s->request->closed,
                           .limit = ROWS_A_READ,
                           .uncounted = true};
    for (size_t count = ROWS_A_READ; count == ROWS_A_READ; query.behind = true) {
        pn_case_row *rows = NULL;
        int64_t total = 0;
        pn_arena_mark mark = pn_arena_marked(s->arena);
        PN_TRY(pn_case_list(s->app, &query, s->arena, &rows, &count, &total, s->diag));
        for (size_t i = 0; i < count; i++) {
            PN_TRY(put_case(s, &rows[i], subject == PN_SUBJECT_INVOICE));
            query.behind_due = rows[i].due;
            query.behind_debtor = rows[i].debtor_id;
            query.behind_id =
                subject == PN_SUBJECT_INVOICE ? rows[i].invoice_id : rows[i].account_id;
        }
        pn_arena_rewind(s->arena, mark);
    }
    return PN_OK;
}

static pn_err export_invoices(sheet *s) {
    static const char *const COLUMNS[] = {"invoice",   "debtor",   "name",     "creditor",
                                          "collector", "due",      "currency", "open",
                                          "claimable", "strategy", "node",     NULL};
    begin(s, COLUMNS);
    return export_cases(s, PN_SUBJECT_INVOICE);
}

static pn_err export_accounts(sheet *s) {
    static const char *const COLUMNS[] = {"debtor",   "name",     "creditor", "collector",
                                          "due",      "currency", "open",     "claimable",
                                          "invoices", "strategy", "node",     NULL};
    begin(s, COLUMNS);
    return export_cases(s, PN_SUBJECT_ACCOUNT);
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

static pn_err export_debtors(sheet *s) {
    static const char *const COLUMNS[] = {
        "debtor", "name",        "tax_id",        "country",         "region",          "language",
        "owner",  "salesperson", "promises_kept", "promises_broken", "excluded_reason", NULL};
    begin(s, COLUMNS);
    pn_debtor_filter filter = {
        .owner_fold = pn_utf8_fold(s->arena, s->request->owner, false),
        .creditor_id = s->request->creditor_id,
    };
    pn_id after = INT64_MIN;
    for (size_t count = ROWS_A_READ; count == ROWS_A_READ;) {
        pn_debtor_row *rows = NULL;
        pn_arena_mark mark = pn_arena_marked(s->arena);
        PN_TRY(pn_app_fail(s->app,
                           pn_debtor_page(s->app->db, s->app->org.id, after, &filter, ROWS_A_READ,
                                          s->arena, &rows, &count),
                           s->diag));
        for (size_t i = 0; i < count; i++) {
            PN_TRY(put_debtor(s, &rows[i]));
            after = rows[i].id;
        }
        pn_arena_rewind(s->arena, mark);
    }
    return PN_OK;
}

/* ── payments ── */

static pn_err put_payment(sheet *s, const pn_payment_row *row) {
    pn_debtor_row debtor = {0};
    if (row->debtor_id != 0) {
        PN_TRY(pn_app_fail(s->app, pn_debtor_get(s->app->db, row->debtor_id, s->arena, &debtor),
                           s->diag));
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

static pn_err export_payments(sheet *s) {
    static const char *const COLUMNS[] = {"received", "debtor",    "name",   "currency",
                                          "amount",   "unapplied", "method", "reference",
                                          "key",      "state",     NULL};
    const pn_export_request *r = s->request;
    pn_id before = 0;
    begin(s, COLUMNS);
    for (size_t count = ROWS_A_READ; count == ROWS_A_READ;) {
        pn_payment_row *rows = NULL;
        pn_arena_mark mark = pn_arena_marked(s->arena);
        PN_TRY(pn_app_fail(s->app,
                           pn_payment_page(s->app->db, s->app->org.id, r->debtor_id, before,
                                           ROWS_A_READ, s->arena, &rows, &count),
                           s->diag));
        for (size_t i = 0; i < count; i++) {
            bool wanted = (r->from == PN_DATE_NONE || rows[i].received >= r->from) &&
                          (r->to == PN_DATE_NONE || rows[i].received < r->to);
            before = rows[i].id;
            if (wanted) {
                PN_TRY(put_payment(s, &rows[i]));
            }
        }
        pn_arena_rewind(s->arena, mark);
    }
    return PN_OK;
}

/* ── the whole ── */

const char *pn_export_file_name(pn_export_kind kind) {
    switch (kind) {
    case PN_EXPORT_INVOICES: return "invoices.csv";
    case PN_EXPORT_ACCOUNTS: return "accounts.csv";
    case PN_EXPORT_DEBTORS: return "debtors.csv";
    case PN_EXPORT_PAYMENTS: return "payments.csv";
    }
    return "?";
}

static pn_err write_kind(sheet *s) {
    switch (s->request->kind) {
    case PN_EXPORT_INVOICES: return export_invoices(s);
    case PN_EXPORT_ACCOUNTS: return export_accounts(s);
    case PN_EXPORT_DEBTORS: return export_debtors(s);
    case PN_EXPORT_PAYMENTS: return export_payments(s);
    }
    return PN_INVALID;
}

pn_err pn_export_csv(pn_app *app, const pn_export_request *request, pn_arena *arena, pn_buf *out,
                     pn_diag *diag) {
    sheet s = {.app = app, .request = request, .arena = arena, .out = out, .diag = diag};
    return write_kind(&s);
}
