#include "app/import_int.h"

#include "app/import_sheet.h"

#include "base/banned.h"
#include "store/import.h"
#include "store/run.h"

const char *pn_import_kind_name(pn_import_kind kind) {
    switch (kind) {
    case PN_IMPORT_DEBTORS: return "debtors";
    case PN_IMPORT_INVOICES: return "invoices";
    case PN_IMPORT_PAYMENTS: return "payments";
    case PN_IMPORT_LINES: return "lines";
    }
    return "?";
}

/* ── problems and totals ─────────────────────────────────────────────────────────────────────── */

static pn_str column_name(const pn_importer *importer, pn_str field) {
    for (size_t i = 0; i < importer->mapping.count; i++) {
        const pn_cell *cell = &importer->mapping.cells[i];
        if (pn_str_eq(cell->field, field) && cell->kind == PN_CELL_COLUMN) {
            return importer->header.names[cell->column];
        }
    }
    return PN_STR_NONE;
}

/* Once a row. */
static void note_refused(pn_importer *importer, pn_str reason) {
    pn_import_report *report = importer->report;
    bool noted = report->refused_count != 0 &&
                 report->refused[report->refused_count - 1].line == importer->line;
    if (noted || report->refused_count == PN_LIMIT_IMPORT_REFUSED) {
        return;
    }
    report->refused = pn_arena_grow(importer->arena, report->refused, report->refused_count,
                                    &importer->refused_capacity, sizeof *report->refused);
    report->refused[report->refused_count++] = (pn_import_refused){importer->line, reason};
}

static pn_import_problem problem_of(const pn_importer *importer, pn_str field, pn_str value,
                                    pn_str reason) {
    return (pn_import_problem){
        .line = importer->line,
        .column = column_name(importer, field),
        .field = field,
        .value = pn_str_dup(importer->arena, pn_str_first(value, 200)),
        .reason = reason,
    };
}

static void add_problem(pn_importer *importer, pn_str field, pn_str value, pn_str reason) {
    pn_import_report *report = importer->report;
    note_refused(importer, reason);
    importer->row_bad = true;
    if (report->problem_count == PN_LIMIT_IMPORT_PROBLEMS) {
        report->problems_more++;
        return;
    }
    report->problems = pn_arena_grow(importer->arena, report->problems, report->problem_count,
                                     &importer->problem_capacity, sizeof *report->problems);
    report->problems[report->problem_count++] = problem_of(importer, field, value, reason);
}

void pn_import_warn(pn_importer *importer, const char *field, pn_str value, const char *format,
                    ...) {
    pn_import_report *report = importer->report;
    if (report->warning_count == PN_LIMIT_IMPORT_PROBLEMS) {
        report->warnings_more++;
        return;
    }
    va_list args;
    va_start(args, format);
    pn_str reason = pn_str_format_args(importer->arena, format, args);
    va_end(args);
    report->warnings = pn_arena_grow(importer->arena, report->warnings, report->warning_count,
                                     &importer->warning_capacity, sizeof *report->warnings);
    report->warnings[report->warning_count++] =
        problem_of(importer, pn_str_of(field), value, reason);
}

void pn_import_refuse(pn_importer *importer, const char *field, pn_str value, const char *format,
                      ...) {
    va_list args;
    va_start(args, format);
    pn_str reason = pn_str_format_args(importer->arena, format, args);
    va_end(args);
    add_problem(importer, pn_str_of(field), value, reason);
}

void pn_import_count(pn_importer *importer, pn_currency currency, int64_t amount, int64_t open) {
    pn_import_report *report = importer->report;
    for (size_t i = 0; i < report->total_count; i++) {
        if (pn_currency_eq(report->totals[i].currency, currency)) {
            report->totals[i].rows++;
            report->totals[i].amount += amount;
            report->totals[i].open += open;
            return;
        }
    }
    report->totals = pn_arena_grow(importer->arena, report->totals, report->total_count,
                                   &importer->total_capacity, sizeof *report->totals);
    report->totals[report->total_count++] = (pn_import_total){currency, 1, amount, open};
}

void pn_import_uncount(pn_importer *importer, pn_currency currency, int64_t amount, int64_t open) {
    pn_import_report *report = importer->report;
    for (size_t i = 0; i < report->total_count; i++) {
        if (pn_currency_eq(report->totals[i].currency, currency)) {
            report->totals[i].rows--;
            report->totals[i].amount -= amount;
            report->totals[i].open -= open;
        }
    }
}

bool pn_import_may_write(const pn_importer *importer) {
    return importer->report->problem_count == 0 || importer->request->skip_bad;
}

/* ── typed values ────────────────────────────────────────────────────────────────────────────── */

static bool missing(pn_importer *importer, const char *field, bool required) {
    if (required) {
        pn_import_refuse(importer, field, PN_STR(""), "a value is missing");
    }
    return !required;
}

bool pn_import_date(pn_importer *importer, const char *field, bool required, pn_date otherwise,
                    pn_date *ret_date) {
    pn_str text = pn_import_value(importer, field);
    *ret_date = otherwise;
    if (text.len == 0) {
        return missing(importer, field, required);
    }
    pn_diag diag = {0};
    /* written so it can mean no other day, whatever the file's other dates look like */
    pn_err err = pn_date_parse(text, PN_STR("YYYY-MM-DD"), ret_date, &diag);
    if (err != PN_OK && pn_import_typed(importer->request, text)) {
        pn_import_refuse(importer, field, text,
                         "the cell holds this number; show it as a date in the spreadsheet");
        return false;
    }
    if (err != PN_OK && importer->date_format.len != 0) {
        err = pn_date_parse(text, importer->date_format, ret_date, &diag);
    }
    if (err != PN_OK) {
        pn_import_refuse(importer, field, text, "this is no date of the form %.*s",
                         importer->date_format.len == 0 ? 10 : (int)importer->date_format.len,
                         importer->date_format.len == 0 ? "YYYY-MM-DD" : importer->date_format.ptr);
        return false;
    }
    if (*ret_date < pn_date_of(1970, 1, 1) || *ret_date > pn_date_of(2150, 1, 1)) {
        pn_import_refuse(importer, field, text, "a date between 1970 and 2150 is expected");
        return false;
    }
    return true;
}

/* A sheet's number has a point and is rounded as it is shown: 40.3333333333333 is 40.33. */
static pn_str number_of(pn_importer *importer, pn_str text, unsigned decimals,
                        pn_number_style *style) {
    if (!pn_import_typed(importer->request, text)) {
        return text;
    }
    *style = (pn_number_style){'.', ','};
    return pn_import_shown(text, decimals, &importer->row_arena);
}

bool pn_import_amount(pn_importer *importer, const char *field, bool required, pn_currency currency,
                      int64_t otherwise, int64_t *ret_minor) {
    pn_str text = pn_import_value(importer, field);
    *ret_minor = otherwise;
    if (text.len == 0) {
        return missing(importer, field, required);
    }
    pn_diag diag = {0};
    pn_number_style style = importer->style;
    pn_str number = number_of(importer, text, pn_currency_decimals(currency), &style);
    if (pn_amount_parse(number, currency, style, ret_minor, &diag) != PN_OK) {
        pn_import_refuse(importer, field, text, "%s %s", diag.what, diag.mend);
        return false;
    }
    return true;
}

bool pn_import_text(pn_importer *importer, const char *field, bool required, size_t max_bytes,
                    pn_str *ret_text) {
    pn_str text = pn_import_value(importer, field);
    *ret_text = PN_STR_NONE;
    if (text.len == 0) {
        return missing(importer, field, required);
    }
    if (text.len > max_bytes) {
        pn_import_refuse(importer, field, text, "it has %zu bytes; at most %zu are kept", text.len,
                         max_bytes);
        return false;
    }
    *ret_text = pn_import_keep(importer, text);
    return true;
}

bool pn_import_whole(pn_importer *importer, const char *field, int64_t min, int64_t max,
                     int64_t otherwise, int64_t *ret_number) {
    pn_str text = pn_import_value(importer, field);
    *ret_number = otherwise;
    if (text.len == 0) {
        return true;
    }
    if (pn_str_to_int64(text, ret_number) != PN_OK || *ret_number < min || *ret_number > max) {
        pn_import_refuse(importer, field, text, "a whole number from %lld to %lld is expected",
                         (long long)min, (long long)max);
        return false;
    }
    return true;
}

bool pn_import_millionths(pn_importer *importer, const char *field, pn_currency currency,
                          int64_t *ret_millionths) {
    pn_str text = pn_import_value(importer, field);
    pn_diag diag = {0};
    *ret_millionths = PN_MILLIONTHS_NONE;
    pn_number_style style = importer->style;
    pn_str number = number_of(importer, text, 6, &style);
    if (text.len != 0 &&
        pn_decimal_parse(number, currency, 6, style, ret_millionths, &diag) != PN_OK) {
        pn_import_refuse(importer, field, text, "%s %s", diag.what, diag.mend);
        return false;
    }
    return true;
}

bool pn_import_percent(pn_importer *importer, const char *field, int64_t *ret_ppm) {
    static const pn_currency NO_MONEY;
    pn_str text = pn_import_value(importer, field);
    pn_str number = text;
    pn_diag diag = {0};
    *ret_ppm = PN_MILLIONTHS_NONE;
    if (pn_str_ends(number, PN_STR("%"))) {
        number = pn_str_trim(pn_str_first(number, number.len - 1));
    }
    if (text.len == 0) {
        return true;
    }
    pn_number_style style = importer->style;
    number = number_of(importer, number, 4, &style);
    if (pn_decimal_parse(number, NO_MONEY, 4, style, ret_ppm, &diag) != PN_OK || *ret_ppm < 0 ||
        *ret_ppm > 1000000) {
        pn_import_refuse(importer, field, text, "a percentage from 0 to 100 is expected, like %s",
                         importer->style.decimal == ',' ? "21 or 5,2" : "21 or 5.2");
        return false;
    }
    return true;
}

/* ── sniffing ────────────────────────────────────────────────────────────────────────────────── */

enum { SAMPLES = 1000 };

static bool is_date_field(pn_str field) {
    return pn_str_is(field, "issued") || pn_str_is(field, "due") || pn_str_is(field, "date") ||
           pn_str_is(field, "portal_accepted");
}

static bool is_amount_field(pn_str field) {
    return pn_str_is(field, "amount") || pn_str_is(field, "open") || pn_str_is(field, "total") ||
           pn_str_is(field, "tax") || pn_str_is(field, "unit_price");
}

/* A date that needs no guess; others are collected. */
static bool is_plain_date(const pn_importer *importer, pn_str value) {
    pn_date day;
    return pn_import_typed(importer->request, value) || pn_date_parse_iso(value, &day) == PN_OK;
}

/* Looks at the first records only: what they do not show, a bad row will. */
static pn_err sample_columns(pn_importer *importer, const pn_csv_format *format) {
    pn_csv csv;
    pn_csv_header header;
    pn_csv_record record;
    pn_str dates[SAMPLES], amounts[SAMPLES];
    size_t date_count = 0, amount_count = 0;
    bool plain_dates = false;
    PN_TRY(pn_csv_init(&csv, importer->request->bytes, format, importer->diag));
    pn_err err = pn_csv_read_header(&csv, importer->arena, &header, importer->diag);
    while (err == PN_OK && date_count < SAMPLES - 8 && amount_count < SAMPLES - 8) {
        err = pn_csv_next(&csv, &record, NULL);
        importer->record = &record;
        for (size_t i = 0; err == PN_OK && i < importer->mapping.count; i++) {
            const pn_cell *cell = &importer->mapping.cells[i];
            if (cell->kind != PN_CELL_COLUMN) {
                continue;
            }
            pn_str value = pn_str_trim(pn_csv_field(&record, cell->column));
            if (pn_import_is_error(value)) {
                continue;
            }
            if (is_date_field(cell->field) && is_plain_date(importer, value)) {
                plain_dates = true;
            } else if (is_date_field(cell->field)) {
                dates[date_count++] = pn_str_dup(importer->arena, value);
            } else if (is_amount_field(cell->field) && !pn_import_typed(importer->request, value)) {
                amounts[amount_count++] = pn_str_dup(importer->arena, value);
            }
        }
        err = err == PN_INVALID || err == PN_LIMIT ? PN_OK : err;
    }
    pn_csv_done(&csv);
    bool ambiguous = false;
    if (importer->request->date_format.len != 0) {
        importer->date_format = importer->request->date_format;
    } else if (pn_date_guess_format(dates, date_count, &importer->date_format,
                                    &importer->report->date_ambiguous) != PN_OK) {
        importer->date_format = plain_dates ? PN_STR("YYYY-MM-DD") : PN_STR_NONE;
    }
    importer->style = pn_number_style_of(importer->app->org.language, importer->app->org.country);
    if (importer->request->decimal.len == 1) {
        char mark = importer->request->decimal.ptr[0];
        importer->style = (pn_number_style){mark, mark == ',' ? '.' : ','};
    } else {
        /* without amounts to look at, the organization's own style stands */
        if (pn_csv_guess_number_style(amounts, amount_count, &importer->style, &ambiguous) !=
            PN_OK) {
            importer->style =
                pn_number_style_of(importer->app->org.language, importer->app->org.country);
        }
    }
    return PN_OK;
}

static void describe_file(pn_importer *importer, const pn_csv_format *format) {
    pn_import_report *report = importer->report;
    report->encoding = pn_str_of(pn_encoding_name(format->encoding));
    report->separator = format->separator == '\t'
                            ? PN_STR("tab")
                            : pn_str_dup(importer->arena, (pn_str){&format->separator, 1});
    report->date_format =
        importer->date_format.len != 0 ? importer->date_format : PN_STR("YYYY-MM-DD");
    report->decimal = importer->style.decimal;
    report->thousand = importer->style.thousand;
}

/* ── how far it is ───────────────────────────────────────────────────────────────────────────── */

enum { ROWS_A_WORD = 1000 };

pn_err pn_import_go_on(pn_importer *importer, bool writing, int64_t rows, int64_t of_rows) {
    const pn_import_request *request = importer->request;
    bool begins = rows < importer->told;
    if (request->progress == NULL || (!begins && rows - importer->told < ROWS_A_WORD)) {
        return PN_OK;
    }
    importer->told = rows;
    if (request->progress(request->context, writing, rows, of_rows)) {
        return PN_OK;
    }
    importer->report->stopped = true;
    return pn_diag_set(importer->diag, PN_CONFLICT, "The import was stopped; nothing is changed.");
}

/* ── rows ────────────────────────────────────────────────────────────────────────────────────── */

/* Cells in which a spreadsheet shows an error: whatever the field, that is no value. */
static bool refuse_errors(pn_importer *importer) {
    for (size_t i = 0; i < importer->mapping.count; i++) {
        const pn_cell *cell = &importer->mapping.cells[i];
        if (cell->kind != PN_CELL_COLUMN) {
            continue;
        }
        pn_str raw = pn_csv_field(importer->record, cell->column);
        if (raw.len == 0 || (unsigned char)raw.ptr[0] > '#') {
            continue; /* nearly all: a digit, a letter */
        }
        pn_str value = pn_str_trim(raw);
        if (pn_import_is_error(value) && !pn_import_fixed(importer, cell->field)) {
            add_problem(importer, cell->field, value,
                        PN_STR("the spreadsheet shows an error in this cell"));
        }
    }
    return importer->row_bad;
}

/* A creditor that a row named and nobody had made stands or falls with the row. */
static pn_err end_creditor(pn_importer *importer) {
    pn_app *app = importer->app;
    importer->made_creditor = false;
    if (!importer->row_bad) {
        return pn_app_keep(app, importer->diag);
    }
    importer->report->creditors_created--;
    PN_TRY(pn_app_undo(app, &importer->before_creditor, importer->diag));
    return pn_creditor_list(app->db, app->org.id, &app->arena, &app->creditors,
                            &app->creditor_count);
}

pn_err pn_import_rows(pn_importer *importer, pn_err (*each)(pn_importer *importer, void *context),
                      void *context) {
    pn_csv_record record;
    pn_diag diag;
    for (;;) {
        pn_diag_clear(&diag);
        pn_arena_reset(&importer->row_arena);
        pn_err err = pn_csv_next(&importer->csv, &record, &diag);
        if (err == PN_NOT_FOUND) {
            return PN_OK;
        }
        importer->row_bad = false;
        if (err != PN_OK) {
            importer->report->rows++;
            importer->line = (int64_t)pn_csv_last_fault(&importer->csv)->line;
            add_problem(importer, PN_STR_NONE, pn_csv_last_fault(&importer->csv)->raw,
                        pn_str_dup(importer->arena, pn_str_of(diag.what)));
        } else if (!pn_csv_is_blank(&record)) {
            importer->report->rows++;
            importer->record = &record;
            importer->line = (int64_t)record.line;
            bool bad = refuse_errors(importer);
            /* lines are told of a bad one, for the others of its invoice */
            if (!bad || importer->request->kind == PN_IMPORT_LINES) {
                PN_TRY(each(importer, context));
            }
            PN_TRY(importer->made_creditor ? end_creditor(importer) : PN_OK);
        }
        importer->report->skipped += importer->row_bad;
        size_t consumed = pn_csv_consumed(&importer->csv), all = importer->request->bytes.len;
        int64_t rows = importer->report->rows;
        int64_t guessed = (int64_t)((double)rows * (double)all / (double)(consumed + 1));
        PN_TRY(pn_import_go_on(importer, false, rows, PN_MAX(rows, guessed)));
    }
}

static pn_err import_kind(pn_importer *importer) {
    switch (importer->request->kind) {
    case PN_IMPORT_DEBTORS: return pn_import_debtors(importer);
    case PN_IMPORT_INVOICES: return pn_import_invoices(importer);
    case PN_IMPORT_PAYMENTS: return pn_import_payments(importer);
    case PN_IMPORT_LINES: return pn_import_lines(importer);
    }
    return PN_INVALID;
}

/* ── the import's own row and event ──────────────────────────────────────────────────────────── */

static pn_str totals_json(pn_importer *importer) {
    pn_buf text;
    pn_buf_init(&text, 1 << 16);
    pn_json_writer w = pn_json_writer_on(&text, 0);
    pn_json_begin_array(&w);
    for (size_t i = 0; i < importer->report->total_count; i++) {
        const pn_import_total *total = &importer->report->totals[i];
        pn_json_begin_object(&w);
        pn_json_put_int(&w, "amount", total->amount);
        pn_json_put_str(&w, "currency", (pn_str){total->currency.code, 3});
        pn_json_put_int(&w, "open", total->open);
        pn_json_put_int(&w, "rows", total->rows);
        pn_json_end_object(&w);
    }
    pn_json_end_array(&w);
    pn_str copy = pn_str_dup(importer->arena, pn_buf_str(&text));
    pn_buf_done(&text);
    return copy;
}

static pn_err record_import(pn_importer *importer) {
    const pn_import_report *report = importer->report;
    const pn_import_request *request = importer->request;
    pn_str file = request->original.len != 0 ? request->original : request->bytes;
    pn_sha256 hash = pn_sha256_of(file.ptr, file.len);
    char hex[65], id[PN_ID_TEXT_SIZE];
    pn_hex(hash.bytes, sizeof hash.bytes, hex);
    pn_import_row row = {
        .id = importer->import_id,
        .org_id = importer->app->org.id,
        .kind = pn_str_of(pn_import_kind_name(importer->request->kind)),
        .file_name = importer->request->file_name,
        .file_hash = {(const char *)hash.bytes, sizeof hash.bytes},
        .rows_read = report->rows,
        .rows_created = report->created,
        .rows_changed = report->changed,
        .rows_same = report->same,
        .rows_skipped = report->skipped,
        .totals = totals_json(importer),
        .at = pn_app_now(importer->app),
        .last_id = pn_app_id(importer->app), /* all it made lies between */
    };
    PN_TRY(pn_import_insert(importer->app->db, &row));
    pn_id event = 0;
    pn_str body = pn_str_format(importer->arena,
                                "{\"changed\":%lld,\"created\":%lld,\"file_sha256\":\"%s\","
                                "\"import\":\"%s\",\"kind\":\"%.*s\"}",
                                (long long)report->changed, (long long)report->created, hex,
                                pn_id_text(PN_ID_IMPORT, row.id, id), PN_STR_ARG(row.kind));
    return pn_journal_add(importer->app, 0, 0, 0, PN_EVENT_INVOICE, body, &event);
}

/* ── the whole ───────────────────────────────────────────────────────────────────────────────── */

/* A row that is refused may have brought a debtor or creditor all the same. */
static bool made_any(const pn_import_report *report) {
    return report->created != 0 || report->changed != 0 || report->debtors_created != 0 ||
           report->creditors_created != 0;
}

static pn_err import_in_transaction(pn_importer *importer) {
    importer->import_id = pn_app_id(importer->app);
    PN_TRY(import_kind(importer));
    if (!pn_import_may_write(importer)) {
        return pn_diag_set(importer->diag, PN_INVALID,
                           "%lld of %lld rows are wrong; nothing was imported.",
                           (long long)importer->report->skipped, (long long)importer->report->rows);
    }
    return made_any(importer->report) ? record_import(importer) : PN_OK;
}

/* What is told is true once it is committed; what tells it is committed with it. */
static pn_err finish_and_commit(pn_importer *importer) {
    const pn_import_request *request = importer->request;
    pn_import_report *report = importer->report;
    pn_err err = PN_OK;
    report->committed = true;
    report->import_id = made_any(report) ? importer->import_id : 0;
    if (request->finish != NULL) {
        err = request->finish(request->context, report);
    }
    err = pn_app_end(importer->app, err, importer->diag);
    if (err != PN_OK) {
        report->committed = false;
        report->import_id = 0;
    }
    return err;
}

static pn_err import_rows(pn_importer *importer) {
    pn_app *app = importer->app;
    PN_TRY(pn_app_begin(app, importer->diag));
    pn_err err = import_in_transaction(importer);
    if (err == PN_OK && !importer->request->dry_run) {
        return finish_and_commit(importer);
    }
    if (err != PN_OK) {
        (void)pn_app_fail(app, err, importer->diag);
    }
    pn_app_rollback(app);
    return err;
}

pn_csv_format pn_import_given(const pn_import_request *request) {
    pn_csv_format given = request->given;
    given.header = PN_CSV_HEADER_PRESENT;
    if (request->from_sheet) {
        given.header = PN_CSV_HEADER_GUESS; /* people put titles above their tables */
        given.encoding = PN_ENCODING_UTF8;
        given.separator = ',';
    }
    return given;
}

pn_err pn_import_open(pn_importer *importer, bool loosely) {
    const pn_import_request *request = importer->request;
    pn_arena_init(&importer->row_arena, 0);
    if (pn_str_trim(request->bytes).len == 0) {
        return pn_diag_set(importer->diag, PN_INVALID, "The file %.*s is empty.",
                           PN_STR_ARG(request->file_name));
    }
    pn_csv_format given = pn_import_given(request);
    pn_csv_format format = pn_csv_sniff(request->bytes, given);
    PN_TRY(pn_csv_init(&importer->csv, request->bytes, &format, importer->diag));
    importer->reads = true;
    PN_TRY(pn_csv_read_header(&importer->csv, importer->arena, &importer->header, importer->diag));
    PN_TRY(loosely ? pn_import_map_loosely(importer) : pn_import_map(importer));
    PN_TRY(sample_columns(importer, &format));
    describe_file(importer, &format);
    return PN_OK;
}

void pn_import_close(pn_importer *importer) {
    if (importer->reads) {
        pn_csv_done(&importer->csv);
    }
    pn_arena_done(&importer->row_arena);
}

pn_err pn_import_run(pn_app *app, const pn_import_request *request, pn_arena *arena,
                     pn_import_report *ret_report, pn_diag *diag) {
    static const pn_import_report NOTHING;
    *ret_report = NOTHING;
    pn_importer *importer = pn_arena_new(arena, pn_importer);
    importer->app = app;
    importer->request = request;
    importer->arena = arena;
    importer->report = ret_report;
    importer->diag = diag;
    pn_diag_clear(diag);
    pn_err err = pn_import_open(importer, false);
    err = err == PN_OK ? import_rows(importer) : err;
    pn_import_close(importer);
    pn_diag why = {0}; /* creditors were made, or are gone again; their data are of another time */
    pn_err reloaded = pn_app_reload(app, &why);
    if (err == PN_OK && reloaded != PN_OK) {
        if (diag != NULL) {
            *diag = why;
        }
        if (ret_report->committed) {
            pn_diag_mend(diag, "The file itself is imported; importing it again changes nothing.");
        }
        return reloaded;
    }
    return err;
}
