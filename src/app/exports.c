#include "app/exports.h"

#include "base/banned.h"
#include "base/utf8.h"
#include "codec/xlsx_write.h"
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
    pn_xlsx_writer *xlsx; /* NULL: CSV */
    int64_t rows;
} sheet;

static const char *name_of(pn_export_kind kind) {
    switch (kind) {
    case PN_EXPORT_INVOICES: return "invoices";
    case PN_EXPORT_ACCOUNTS: return "accounts";
    case PN_EXPORT_DEBTORS: return "debtors";
    case PN_EXPORT_PAYMENTS: return "payments";
    }
    return "?";
}

static pn_err begin(sheet *s, const char *const *columns) {
    if (s->request->xlsx) {
        return pn_xlsx_writer_new(name_of(s->request->kind), columns, &s->xlsx, s->diag);
    }
    pn_csv_write_options options = {.separator = s->request->semicolon ? ';' : ',',
                                    .guard_formulas = true,
                                    .byte_order_mark = true};
    s->csv = pn_csv_writer_on(s->out, &options);
    for (; *columns != NULL; columns++) {
        pn_csv_put_plain(&s->csv, pn_str_of(*columns));
    }
    pn_csv_end(&s->csv);
    return PN_OK;
}

/* What others wrote. */
static void put(sheet *s, pn_str text) {
    if (s->xlsx != NULL) {
        pn_xlsx_put(s->xlsx, text);
    } else {
        pn_csv_put(&s->csv, text);
    }
}

/* A word of ours. */
static void put_word(sheet *s, const char *word) {
    if (s->xlsx != NULL) {
        pn_xlsx_put(s->xlsx, pn_str_of(word));
    } else {
        pn_csv_put_plain(&s->csv, pn_str_of(word));
    }
}

static void put_int(sheet *s, int64_t value) {
    if (s->xlsx != NULL) {
        pn_xlsx_put_int(s->xlsx, value);
    } else {
        pn_csv_put_int(&s->csv, value);
    }
}

static void put_amount(sheet *s, int64_t minor, pn_currency currency) {
    pn_buf text;
    if (s->xlsx != NULL) {
        pn_xlsx_put_amount(s->xlsx, minor, pn_currency_decimals(currency));
        return;
    }
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
    if (s->xlsx != NULL) {
        pn_xlsx_put_date(s->xlsx, day);
        return;
    }
    pn_csv_put_plain(&s->csv, day == PN_DATE_NONE ? PN_STR("") : pn_str_of(pn_date_iso(day, text)));
}

static pn_err end_row(sheet *s) {
    if (s->xlsx != NULL) {
        pn_xlsx_end_row(s->xlsx);
    } else {
        pn_csv_end(&s->csv);
    }
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
        put(s, row->number);
    }
    put(s, row->debtor_key);
    put(s, row->debtor_name);
    put(s, row->creditor);
    put(s, row->owner);
    put_day(s, row->due);
    put_word(s, row->currency.code);
    put_amount(s, row->open, row->currency);
    put_amount(s, row->claimable, row->currency);
    if (!invoice) {
        put_int(s, row->open_items);
    }
    put(s, row->strategy);
    put(s, row->node);
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
    PN_TRY(begin(s, COLUMNS));
    return export_cases(s, PN_SUBJECT_INVOICE);
}

static pn_err export_accounts(sheet *s) {
    static const char *const COLUMNS[] = {"debtor",   "name",     "creditor", "collector",
                                          "due",      "currency", "open",     "claimable",
                                          "invoices", "strategy", "node",     NULL};
    PN_TRY(begin(s, COLUMNS));
    return export_cases(s, PN_SUBJECT_ACCOUNT);
}

/* ── debtors ── */

static pn_err put_debtor(sheet *s, const pn_debtor_row *row) {
    put(s, row->external_id);
    put(s, row->name);
    put(s, row->tax_id);
    put(s, row->country);
    put(s, row->region);
    put(s, row->language);
    put(s, row->owner);
    put(s, row->salesperson);
    put_int(s, row->promises_kept);
    put_int(s, row->promises_broken);
    put(s, row->barred_reason);
    return end_row(s);
}

static pn_err export_debtors(sheet *s) {
    static const char *const COLUMNS[] = {
        "debtor", "name",        "tax_id",        "country",         "region",          "language",
        "owner",  "salesperson", "promises_kept", "promises_broken", "excluded_reason", NULL};
    PN_TRY(begin(s, COLUMNS));
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
    put(s, debtor.external_id);
    put(s, debtor.name);
    put_word(s, row->currency.code);
    put_amount(s, row->amount, row->currency);
    put_amount(s, row->unapplied, row->currency);
    put(s, row->method);
    put(s, row->reference);
    put(s, row->external_id);
    put_word(s, row->reversed_at != PN_TIME_NONE ? "reversed" : "");
    return end_row(s);
}

static pn_err export_payments(sheet *s) {
    static const char *const COLUMNS[] = {"received", "debtor",    "name",   "currency",
                                          "amount",   "unapplied", "method", "reference",
                                          "key",      "state",     NULL};
    const pn_export_request *r = s->request;
    pn_payment_filter filter = {.debtor_id = r->debtor_id,
                                .state = r->state,
                                .from = r->from,
                                .to = r->to,
                                .behind_day = PN_DATE_NONE};
    PN_TRY(begin(s, COLUMNS));
    for (size_t count = ROWS_A_READ; count == ROWS_A_READ;) {
        pn_payment_row *rows = NULL;
        pn_arena_mark mark = pn_arena_marked(s->arena);
        PN_TRY(pn_app_fail(s->app,
                           pn_payment_page(s->app->db, s->app->org.id, &filter, ROWS_A_READ,
                                           s->arena, &rows, &count),
                           s->diag));
        for (size_t i = 0; i < count; i++) {
            filter.behind_day = rows[i].received;
            filter.behind_id = rows[i].id;
            PN_TRY(put_payment(s, &rows[i]));
        }
        pn_arena_rewind(s->arena, mark);
    }
    return PN_OK;
}

/* ── the whole ── */

pn_str pn_export_file_name(const pn_export_request *request, pn_arena *arena) {
    return pn_str_format(arena, "%s.%s", name_of(request->kind), request->xlsx ? "xlsx" : "csv");
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

pn_err pn_export(pn_app *app, const pn_export_request *request, pn_arena *arena, pn_buf *out,
                 pn_diag *diag) {
    sheet s = {.app = app, .request = request, .arena = arena, .out = out, .diag = diag};
    pn_err err = write_kind(&s);
    if (err == PN_OK && s.xlsx != NULL) {
        err = pn_xlsx_finish(s.xlsx, out, diag);
    }
    pn_xlsx_writer_free(s.xlsx);
    return err;
}
