#include "app/import_sheet.h"
#include "app/import_undo.h"
#include "app/lookup.h"
#include "app/sayings.h"
#include "base/banned.h"
#include "base/limits.h"
#include "cli/cmd.h"

const pn_cli_option PN_IMPORT_OPTIONS[] = {
    {"map", "TEXT",
     "where fields come from: field=Column, field=\"text\" or field=`{{Liquid}}`, with "
     "commas between"},
    {"date-format", "FORMAT",
     "how dates are written, like DD/MM/YYYY or M/D/YYYY (default: guessed)"},
    {"decimal", "MARK", "the decimal mark of amounts: , or . (default: guessed)"},
    {"separator", "MARK", "what stands between columns: , ; tab or | (default: guessed)"},
    {"encoding", "NAME", "utf-8, latin-1, utf-16le or utf-16be (default: guessed)"},
    {"sheet", "NAME", "of a spreadsheet (default: the first visible one with rows)"},
    {"currency", "CODE", "for rows that name none (default: the organization's)"},
    {"creditor", "NAME", "for rows that name none (default: the only one)"},
    {"dry-run", NULL, "check and report; change nothing"},
    {"skip-bad", NULL, "import the good rows though there are bad ones"},
    {NULL, NULL, NULL},
};

const pn_cli_option PN_IMPORT_LINE_OPTIONS[] = {
    {"map", "TEXT",
     "where fields come from: field=Column, field=\"text\" or field=`{{Liquid}}`, with "
     "commas between"},
    {"decimal", "MARK", "the decimal mark of amounts: , or . (default: guessed)"},
    {"separator", "MARK", "what stands between columns: , ; tab or | (default: guessed)"},
    {"encoding", "NAME", "utf-8, latin-1, utf-16le or utf-16be (default: guessed)"},
    {"sheet", "NAME", "of a spreadsheet (default: the first visible one with rows)"},
    {"creditor", "NAME", "for rows that name none (default: the only one)"},
    {"informative", NULL, "lines need not come to the invoice's amount"},
    {"dry-run", NULL, "check and report; change nothing"},
    {"skip-bad", NULL, "import the invoices whose lines are good though there are bad ones"},
    {NULL, NULL, NULL},
};

static pn_str fields(pn_import_kind kind, pn_arena *arena) {
    pn_buf text;
    pn_buf_init(&text, 1 << 16);
    pn_buf_add_z(&text, "Fields (* needed):");
    const pn_import_field *field;
    for (size_t i = 0; (field = pn_import_field_at(kind, i)) != NULL; i++) {
        pn_buf_add_format(&text, "\n  %s%-16s %s", field->required ? "*" : " ", field->name,
                          field->help);
    }
    pn_str copy = pn_str_dup(arena, pn_buf_str(&text));
    pn_buf_done(&text);
    return copy;
}

pn_str pn_import_debtor_fields(pn_arena *arena) {
    return fields(PN_IMPORT_DEBTORS, arena);
}

pn_str pn_import_invoice_fields(pn_arena *arena) {
    return fields(PN_IMPORT_INVOICES, arena);
}

pn_str pn_import_payment_fields(pn_arena *arena) {
    return fields(PN_IMPORT_PAYMENTS, arena);
}

pn_str pn_import_line_fields(pn_arena *arena) {
    return fields(PN_IMPORT_LINES, arena);
}

static bool show_progress(void *context, bool writing, int64_t rows, int64_t of_rows) {
    (void)context;
    pn_cli_progress("%s %lld of %s%lld rows", writing ? "written" : "checked", (long long)rows,
                    writing ? "" : "about ", (long long)of_rows);
    return true;
}

static pn_err parse_format(pn_cli *cli, pn_csv_format *ret_format) {
    pn_str separator = pn_cli_value(cli, "separator");
    pn_str decimal = pn_cli_value(cli, "decimal");
    if (pn_str_is(separator, "tab") || pn_str_is(separator, "\\t")) {
        separator = PN_STR("\t");
    }
    if (separator.len > 1) {
        return pn_cli_usage(cli, "--separator is one character, or the word tab.");
    }
    if (decimal.len != 0 && !pn_str_is(decimal, ",") && !pn_str_is(decimal, ".")) {
        return pn_cli_usage(cli, "--decimal is , or . and nothing else.");
    }
    ret_format->separator = separator.len != 0 ? separator.ptr[0] : 0;
    pn_str encoding = pn_cli_value(cli, "encoding");
    if (encoding.len != 0 && pn_encoding_parse(encoding, &ret_format->encoding) != PN_OK) {
        return pn_cli_usage(cli, "--encoding is utf-8, latin-1, utf-16le or utf-16be.");
    }
    return PN_OK;
}

/* ── the report ──────────────────────────────────────────────────────────────────────────────── */

static void print_problems(pn_out *out, const char *title, const char *key,
                           const pn_import_problem *problems, size_t count, int64_t more) {
    static const pn_column COLUMNS[] = {
        {"line", "Line", true},    {"column", "Column", false}, {"field", "Field", false},
        {"value", "Value", false}, {"reason", "Reason", false},
    };
    if (count == 0 && !out->json) {
        return;
    }
    pn_out_title(out, "%s", title);
    pn_out_table(out, key, COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < count; i++) {
        const pn_import_problem *problem = &problems[i];
        pn_cell_int(out, problem->line);
        pn_cell_str(out, problem->column);
        pn_cell_str(out, problem->field);
        pn_cell_str(out, problem->value);
        pn_cell_str(out, problem->reason);
    }
    pn_out_table_end(out, NULL);
    if (more > 0) {
        pn_out_line(out, "… and %lld more.", (long long)more);
    }
}

/* Debtors have no amounts: the table is empty in JSON and not printed otherwise. */
static void print_totals(pn_out *out, const pn_import_report *report, pn_import_kind kind) {
    const bool lines = kind == PN_IMPORT_LINES, none = kind == PN_IMPORT_DEBTORS;
    static const pn_column COLUMNS[] = {
        {"currency", "Currency", false},
        {"rows", "Rows", true},
        {"amount", "Amount", true},
        {"open", "Open", true},
    };
    static const pn_column OF_LINES[] = {
        {"currency", "Currency", false},
        {"invoices", "Invoices", true},
        {"net", "Before taxes", true},
        {"total", "Total", true},
    };
    if (!none) {
        pn_out_title(out, "Control totals");
    }
    pn_out_table(out, "totals", lines ? OF_LINES : COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < report->total_count; i++) {
        const pn_import_total *total = &report->totals[i];
        pn_cell_str(out, pn_str_of(total->currency.code));
        pn_cell_int(out, total->rows);
        pn_cell_amount(out, (pn_money){total->amount, total->currency});
        pn_cell_amount(out, (pn_money){total->open, total->currency});
    }
    pn_out_table_end(out, none ? NULL : "No good row.");
}

static void print_format(pn_out *out, const pn_import_report *report, pn_import_kind kind) {
    const bool dates = kind == PN_IMPORT_INVOICES || kind == PN_IMPORT_PAYMENTS;
    const bool amounts = kind != PN_IMPORT_DEBTORS;
    char mark[2] = {report->decimal, '\0'}, thousand[2] = {report->thousand, '\0'};
    pn_out_str(out, "encoding", "Encoding", report->encoding);
    pn_out_str(out, "separator", "Separator", report->separator);
    pn_out_str(out, "date_format", dates ? "Dates" : NULL, report->date_format);
    pn_out_bool(out, "date_ambiguous", NULL, report->date_ambiguous);
    pn_out_str(out, "decimal", amounts ? "Decimal mark" : NULL, pn_str_of(mark));
    pn_out_str(out, "thousand", amounts ? "Thousands mark" : NULL, pn_str_of(thousand));
    if (report->date_ambiguous) {
        pn_out_line(out,
                    "Every date of this file could be day first or month first; say which with "
                    "--date-format.");
    }
}

static void print_ignored(pn_out *out, const pn_import_report *report) {
    static const pn_column COLUMNS[] = {{"column", "Columns that are not used", false}};
    if (report->ignored_count != 0 || out->json) {
        pn_out_title(out, "%s", "");
        pn_out_table(out, "ignored_columns", COLUMNS, 1);
        for (size_t i = 0; i < report->ignored_count; i++) {
            pn_cell_str(out, report->ignored_columns[i]);
        }
        pn_out_table_end(out, NULL);
    }
}

static void print_report(pn_cli *cli, const pn_import_report *report, bool dry_run,
                         pn_import_kind kind) {
    pn_out *out = &cli->out;
    pn_out_bool(out, "committed", NULL, report->committed);
    pn_out_bool(out, "dry_run", NULL, dry_run);
    pn_out_int(out, "rows", "Rows", report->rows);
    pn_out_int(out, "created", "Created", report->created);
    pn_out_int(out, "changed", "Changed", report->changed);
    pn_out_int(out, "same", "Known already", report->same);
    pn_out_int(out, "skipped", "Skipped", report->skipped);
    pn_out_int(out, "debtors_created", "New debtors", report->debtors_created);
    pn_out_int(out, "creditors_created", "New creditors", report->creditors_created);
    print_format(out, report, kind);
    print_totals(out, report, kind);
    print_problems(out, "Bad rows", "problems", report->problems, report->problem_count,
                   report->problems_more);
    print_problems(out, "To look at", "warnings", report->warnings, report->warning_count,
                   report->warnings_more);
    print_ignored(out, report);
    if (dry_run) {
        pn_out_line(out, "\nThis was a dry run: nothing was changed.");
    }
}

static pn_str folder_of(pn_cli *cli, pn_str file) {
    pn_str path = pn_cli_path(cli, file);
    size_t len = path.len;
    while (len > 0 && path.ptr[len - 1] != '/') {
        len--;
    }
    return pn_str_first(path, len == 0 ? 0 : len - 1);
}

static pn_err import(pn_cli *cli, pn_import_kind kind) {
    bool lines = kind == PN_IMPORT_LINES;
    pn_import_report report = {0};
    pn_import_book book;
    pn_import_request request = {
        .kind = kind,
        .file_name = cli->args[0],
        .folder = folder_of(cli, cli->args[0]),
        .map = pn_cli_value(cli, "map"),
        .date_format = lines ? PN_STR_NONE : pn_cli_value(cli, "date-format"),
        .decimal = pn_cli_value(cli, "decimal"),
        .currency = lines ? PN_STR_NONE : pn_cli_value(cli, "currency"),
        .creditor = pn_cli_value(cli, "creditor"),
        .dry_run = pn_cli_given(cli, "dry-run"),
        .skip_bad = pn_cli_given(cli, "skip-bad"),
        .informative = lines && pn_cli_given(cli, "informative"),
        .progress = show_progress,
    };
    PN_TRY(parse_format(cli, &request.given));
    PN_TRY(pn_cli_read_file(cli, cli->args[0], PN_LIMIT_IMPORT_FILE_BYTES, &request.bytes));
    PN_TRY(pn_import_unpack(cli->env, pn_cli_value(cli, "sheet"), &request, &cli->arena, &book,
                            &cli->diag));
    pn_err err = pn_import_run(cli->app, &request, &cli->arena, &report, &cli->diag);
    pn_cli_progress("%s", "");
    if (err == PN_OK || report.problem_count != 0) {
        pn_out_str(&cli->out, "sheet", book.sheet.len != 0 ? "Sheet" : NULL, book.sheet);
        print_report(cli, &report, request.dry_run, kind);
    }
    return err;
}

pn_err pn_cmd_import_debtors(pn_cli *cli) {
    return import(cli, PN_IMPORT_DEBTORS);
}

pn_err pn_cmd_import_invoices(pn_cli *cli) {
    return import(cli, PN_IMPORT_INVOICES);
}

pn_err pn_cmd_import_payments(pn_cli *cli) {
    return import(cli, PN_IMPORT_PAYMENTS);
}

pn_err pn_cmd_import_lines(pn_cli *cli) {
    return import(cli, PN_IMPORT_LINES);
}

/* ── what was imported ───────────────────────────────────────────────────────────────────────── */

const pn_cli_option PN_IMPORT_UNDO_OPTIONS[] = {
    {"dry-run", NULL, "say what would be taken back; change nothing"},
    {NULL, NULL, NULL},
};

enum { IMPORTS_LISTED = 100 };

pn_err pn_cmd_import_list(pn_cli *cli) {
    static const pn_column COLUMNS[] = {
        {"id", "Import", false},      {"at", "When", false},        {"kind", "Kind", false},
        {"file", "File", false},      {"rows", "Rows", true},       {"created", "Created", true},
        {"changed", "Changed", true}, {"skipped", "Skipped", true}, {"undone_at", "Undone", false},
    };
    pn_import_row *rows = NULL;
    size_t count = 0;
    pn_err err = pn_import_page(cli->app->db, cli->app->org.id, 0, IMPORTS_LISTED, &cli->arena,
                                &rows, &count);
    PN_TRY(pn_app_fail(cli->app, err, &cli->diag));
    pn_out_table(&cli->out, "imports", COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < count; i++) {
        pn_cell_id(&cli->out, PN_ID_IMPORT, rows[i].id);
        pn_cell_time(&cli->out, rows[i].at);
        pn_cell_str(&cli->out, rows[i].kind);
        pn_cell_str(&cli->out, rows[i].file_name);
        pn_cell_int(&cli->out, rows[i].rows_read);
        pn_cell_int(&cli->out, rows[i].rows_created);
        pn_cell_int(&cli->out, rows[i].rows_changed);
        pn_cell_int(&cli->out, rows[i].rows_skipped);
        pn_cell_time(&cli->out, rows[i].undone_at);
    }
    pn_out_table_end(&cli->out, "Nothing was imported yet.");
    return PN_OK;
}

pn_err pn_cmd_import_show(pn_cli *cli) {
    pn_id id = 0;
    pn_import_row row;
    pn_out *out = &cli->out;
    PN_TRY(pn_lookup_id(PN_ID_IMPORT, cli->args[0], &id, &cli->diag));
    pn_err err = pn_import_get(cli->app->db, cli->app->org.id, id, &cli->arena, &row);
    if (err == PN_NOT_FOUND) {
        return pn_diag_set(&cli->diag, err, "There is no import %.*s here.",
                           PN_STR_ARG(cli->args[0]));
    }
    PN_TRY(pn_app_fail(cli->app, err, &cli->diag));
    pn_out_id(out, "import", "Import", PN_ID_IMPORT, row.id);
    pn_out_time(out, "at", "When", row.at);
    pn_out_str(out, "kind", "Kind", row.kind);
    pn_out_str(out, "file", "File", row.file_name);
    pn_out_int(out, "rows", "Rows", row.rows_read);
    pn_out_int(out, "created", "Created", row.rows_created);
    pn_out_int(out, "changed", "Changed", row.rows_changed);
    pn_out_int(out, "same", "Known already", row.rows_same);
    pn_out_int(out, "skipped", "Skipped", row.rows_skipped);
    pn_out_raw(out, "totals", NULL, row.totals);
    if (row.undone_at != PN_TIME_NONE) {
        pn_out_time(out, "undone_at", "Undone", row.undone_at);
        pn_out_int(out, "taken_back", "Taken back", row.taken_back);
        pn_out_int(out, "left", "Left", row.left);
    }
    return PN_OK;
}

static void print_left(pn_out *out, const pn_undo_report *report) {
    static const pn_column COLUMNS[] = {
        {"id", "Left", false}, {"name", "Name", false}, {"reason", "Why", false}};
    pn_out_title(out, "%s", "");
    pn_out_table(out, "left", COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < report->left_count; i++) {
        const pn_undo_left *left = &report->left[i];
        pn_cell_id(out, left->kind, left->id);
        pn_cell_str(out, left->name);
        pn_cell_str(out, out->json ? left->reason : pn_left_words(left->reason, PN_STR("en")));
    }
    pn_out_table_end(out, NULL);
    if (report->left_more != 0) {
        pn_out_line(out, "… and %lld more.", (long long)report->left_more);
    }
}

pn_err pn_cmd_import_undo(pn_cli *cli) {
    pn_id id = 0;
    pn_undo_report report;
    pn_out *out = &cli->out;
    bool dry_run = pn_cli_given(cli, "dry-run");
    PN_TRY(pn_lookup_id(PN_ID_IMPORT, cli->args[0], &id, &cli->diag));
    PN_TRY(pn_import_undo(cli->app, id, dry_run, &cli->arena, &report, &cli->diag));
    pn_out_bool(out, "committed", NULL, report.committed);
    pn_out_bool(out, "dry_run", NULL, dry_run);
    pn_out_int(out, "invoices", "Invoices taken back", report.invoices);
    pn_out_int(out, "payments", "Payments taken back", report.payments);
    pn_out_int(out, "debtors", "Debtors taken back", report.debtors);
    pn_out_int(out, "changed", "Changes that stay", report.changed);
    print_left(out, &report);
    pn_out_int(out, "left_more", NULL, report.left_more);
    if (dry_run) {
        pn_out_line(out, "\nThis was a dry run: nothing was changed.");
    }
    return PN_OK;
}
