/* What an import reports, for programs; and the rows it refused, for spreadsheets. */
#include "app/import_int.h"

#include "base/banned.h"
#include "base/sort.h"
#include "format/csv_write.h"

static void put_or_null(pn_json_writer *w, const char *key, pn_str text) {
    if (text.len != 0) {
        pn_json_put_str(w, key, text);
    } else {
        pn_json_key(w, pn_str_of(key));
        pn_json_add_null(w);
    }
}

static void put_amount(pn_json_writer *w, const char *key, int64_t minor, pn_currency currency) {
    pn_json_key(w, pn_str_of(key));
    pn_json_begin_object(w);
    pn_json_put_int(w, "minor", minor);
    pn_json_put_str(w, "currency", pn_str_of(currency.code));
    pn_json_end_object(w);
}

static void put_totals(pn_json_writer *w, const pn_import_report *report) {
    pn_json_key(w, PN_STR("totals"));
    pn_json_begin_array(w);
    for (size_t i = 0; i < report->total_count; i++) {
        const pn_import_total *total = &report->totals[i];
        pn_json_begin_object(w);
        pn_json_put_int(w, "rows", total->rows);
        put_amount(w, "amount", total->amount, total->currency);
        put_amount(w, "open", total->open, total->currency);
        pn_json_end_object(w);
    }
    pn_json_end_array(w);
}

static void put_problems(pn_json_writer *w, const char *key, const pn_import_problem *problems,
                         size_t count) {
    pn_json_key(w, pn_str_of(key));
    pn_json_begin_array(w);
    for (size_t i = 0; i < count; i++) {
        const pn_import_problem *problem = &problems[i];
        pn_json_begin_object(w);
        pn_json_put_int(w, "line", problem->line);
        put_or_null(w, "column", problem->column);
        put_or_null(w, "field", problem->field);
        put_or_null(w, "value", problem->value);
        pn_json_put_str(w, "reason", problem->reason);
        pn_json_end_object(w);
    }
    pn_json_end_array(w);
}

void pn_import_report_put(pn_json_writer *w, const pn_import_report *report) {
    char id[PN_ID_TEXT_SIZE];
    pn_json_put_bool(w, "committed", report->committed);
    put_or_null(w, "import",
                report->import_id == 0
                    ? PN_STR_NONE
                    : pn_str_of(pn_id_text(PN_ID_IMPORT, report->import_id, id)));
    pn_json_put_int(w, "rows", report->rows);
    pn_json_put_int(w, "created", report->created);
    pn_json_put_int(w, "changed", report->changed);
    pn_json_put_int(w, "same", report->same);
    pn_json_put_int(w, "skipped", report->skipped);
    pn_json_put_int(w, "debtors_created", report->debtors_created);
    put_totals(w, report);
    pn_json_key(w, PN_STR("ignored_columns"));
    pn_json_begin_array(w);
    for (size_t i = 0; i < report->ignored_count; i++) {
        pn_json_add_str(w, report->ignored_columns[i]);
    }
    pn_json_end_array(w);
    put_problems(w, "problems", report->problems, report->problem_count);
    pn_json_put_int(w, "problems_more", report->problems_more);
    put_problems(w, "warnings", report->warnings, report->warning_count);
    pn_json_put_int(w, "warnings_more", report->warnings_more);
}

/* ── refused rows ────────────────────────────────────────────────────────────────────────────── */

static int by_line(const void *a, const void *b) {
    const pn_import_refused *x = a;
    const pn_import_refused *y = b;
    return (x->line > y->line) - (x->line < y->line);
}

/* The record as it stands, behind its problem. */
static void put_record(pn_csv_writer *csv, pn_str reason, const pn_str *fields, size_t count) {
    pn_csv_put(csv, reason);
    for (size_t i = 0; i < count; i++) {
        pn_csv_put_plain(csv, fields[i]);
    }
    pn_csv_end(csv);
}

static pn_err copy_refused(pn_importer *importer, const pn_import_refused *refused, size_t count,
                           pn_csv_writer *csv) {
    pn_csv_record record;
    for (size_t at = 0; at < count;) {
        pn_diag diag = {0};
        pn_err err = pn_csv_next(&importer->csv, &record, &diag);
        if (err == PN_NOT_FOUND) {
            return PN_OK;
        }
        const pn_csv_fault *fault = pn_csv_last_fault(&importer->csv);
        int64_t line = (int64_t)(err == PN_OK ? record.line : fault->line);
        while (at < count && refused[at].line < line) {
            at++;
        }
        if (at < count && refused[at].line == line) {
            put_record(csv, refused[at].reason, err == PN_OK ? record.fields : &fault->raw,
                       err == PN_OK ? record.count : 1);
        }
    }
    return PN_OK;
}

pn_err pn_import_refused_csv(const pn_import_request *request, const pn_import_report *report,
                             pn_arena *arena, pn_buf *csv, pn_diag *diag) {
    pn_importer importer = {.request = request, .arena = arena, .diag = diag};
    pn_csv_format format = pn_csv_sniff(request->bytes, pn_import_given(request));
    pn_csv_write_options options = {
        .separator = format.separator, .guard_formulas = true, .byte_order_mark = true};
    pn_csv_writer writer = pn_csv_writer_on(csv, &options);
    PN_TRY(pn_csv_init(&importer.csv, request->bytes, &format, diag));
    pn_sort(report->refused, report->refused_count, sizeof *report->refused, by_line, arena);
    pn_err err = pn_csv_read_header(&importer.csv, arena, &importer.header, diag);
    if (err == PN_OK) {
        put_record(&writer, PN_STR("Problem"), importer.header.names, importer.header.count);
        err = copy_refused(&importer, report->refused, report->refused_count, &writer);
    }
    pn_csv_done(&importer.csv);
    return err == PN_OK ? pn_buf_err(csv) : err;
}
