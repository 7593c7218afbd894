/* Lists as CSV or spreadsheet, into a file or to standard output; and public holidays. */
#include "app/exports.h"
#include "app/lookup.h"
#include "base/banned.h"
#include "base/limits.h"
#include "calendar/business.h"
#include "cli/cmd.h"
#include "core/rule/rule.h"

/* ── files ───────────────────────────────────────────────────────────────────────────────────── */

#define FILE_OPTIONS                                                                               \
    {"out", "FILE", "where it goes; - is standard output (default: invoices.csv and so on)"},      \
        {"format", "csv|xlsx", "of the file (default: as --out ends, else csv)"}, {                \
        "separator", "comma|semicolon",                                                            \
            "of CSV: semicolon writes amounts with a decimal comma (default comma)"                \
    }

const pn_cli_option PN_EXPORT_CASE_OPTIONS[] = {
    FILE_OPTIONS,
    {"filter", "RULE", "only those that fit, like '[\"account.open\", \">\", 3000]'"},
    {"debtor", "ID", "of this debtor alone"},
    {"all", NULL, "those with nothing open too"},
    {NULL, NULL, NULL},
};
const pn_cli_option PN_EXPORT_DEBTOR_OPTIONS[] = {
    FILE_OPTIONS,
    {"owner", "KEY", "of this collector alone"},
    {"creditor", "NAME", "of this creditor alone"},
    {NULL, NULL, NULL},
};
const pn_cli_option PN_EXPORT_PAYMENT_OPTIONS[] = {
    FILE_OPTIONS,
    {"debtor", "ID", "of this debtor alone"},
    {"from", "DATE", "received then or later"},
    {"to", "DATE", "received before"},
    {NULL, NULL, NULL},
};

static pn_err check_options(pn_cli *cli, pn_export_request *request) {
    pn_str separator = pn_cli_value(cli, "separator");
    pn_str format = pn_cli_value(cli, "format");
    bool named = pn_str_ends(pn_cli_value(cli, "out"), PN_STR(".xlsx"));
    request->xlsx = format.len != 0 ? pn_str_is(format, "xlsx") : named;
    request->semicolon = pn_str_is(separator, "semicolon");
    if (format.len != 0 && !request->xlsx && !pn_str_is(format, "csv")) {
        return pn_cli_usage(cli, "--format is csv or xlsx, not “%.*s”.", PN_STR_ARG(format));
    }
    if (request->xlsx && separator.len != 0) {
        return pn_cli_usage(cli, "--separator is of CSV; a spreadsheet has none.");
    }
    if (separator.len != 0 && !request->semicolon && !pn_str_is(separator, "comma")) {
        return pn_cli_usage(cli, "--separator is comma or semicolon, not “%.*s”.",
                            PN_STR_ARG(separator));
    }
    if (cli->json && pn_str_is(pn_cli_value(cli, "out"), "-")) {
        return pn_cli_usage(cli, "--out - writes the file itself to standard output, where --json "
                                 "would stand. Leave one of them out.");
    }
    return PN_OK;
}

static pn_err give_file(pn_cli *cli, const pn_export_request *request, pn_str bytes) {
    pn_str path = pn_cli_given(cli, "out") ? pn_cli_value(cli, "out")
                                           : pn_export_file_name(request, &cli->arena);
    if (pn_str_is(path, "-")) {
        pn_out_exact(&cli->out, bytes);
        return PN_OK;
    }
    PN_TRY(pn_cli_write_file(cli, path, bytes));
    pn_out_str(&cli->out, "path", "File", path);
    pn_out_int(&cli->out, "bytes", "Bytes", (int64_t)bytes.len);
    return PN_OK;
}

static pn_err make(pn_cli *cli, const pn_export_request *request) {
    pn_buf file;
    pn_buf_init(&file, PN_LIMIT_API_ANSWER_BYTES);
    pn_err err = pn_export(cli->app, request, &cli->arena, &file, &cli->diag);
    pn_str bytes = err == PN_OK ? pn_str_dup(&cli->arena, pn_buf_str(&file)) : PN_STR_NONE;
    pn_buf_done(&file);
    return err == PN_OK ? give_file(cli, request, bytes) : err;
}

static pn_err find_debtor(pn_cli *cli, pn_export_request *request) {
    return pn_cli_given(cli, "debtor")
               ? pn_lookup_debtor(cli->app, pn_cli_value(cli, "debtor"), PN_STR_NONE,
                                  &request->debtor_id, &cli->diag)
               : PN_OK;
}

static pn_err export_cases(pn_cli *cli, pn_export_kind kind) {
    pn_export_request request = {.kind = kind, .closed = pn_cli_given(cli, "all")};
    PN_TRY(check_options(cli, &request));
    PN_TRY(find_debtor(cli, &request));
    if (pn_cli_given(cli, "filter")) {
        pn_json *json = NULL;
        pn_subject subject = kind == PN_EXPORT_INVOICES ? PN_SUBJECT_INVOICE : PN_SUBJECT_ACCOUNT;
        PN_TRY(pn_cli_parse_json(cli, pn_cli_value(cli, "filter"), PN_STR("--filter"), &json));
        PN_TRY(pn_rule_compile(json, subject, &cli->arena, &request.rule, &cli->diag));
    }
    return make(cli, &request);
}

pn_err pn_cmd_export_invoices(pn_cli *cli) {
    return export_cases(cli, PN_EXPORT_INVOICES);
}

pn_err pn_cmd_export_accounts(pn_cli *cli) {
    return export_cases(cli, PN_EXPORT_ACCOUNTS);
}

pn_err pn_cmd_export_debtors(pn_cli *cli) {
    pn_export_request request = {.kind = PN_EXPORT_DEBTORS, .owner = pn_cli_value(cli, "owner")};
    PN_TRY(check_options(cli, &request));
    if (pn_cli_given(cli, "creditor")) {
        const pn_creditor_row *creditor = NULL;
        PN_TRY(
            pn_app_find_creditor(cli->app, pn_cli_value(cli, "creditor"), &creditor, &cli->diag));
        request.creditor_id = creditor->id;
    }
    return make(cli, &request);
}

pn_err pn_cmd_export_payments(pn_cli *cli) {
    pn_export_request request = {.kind = PN_EXPORT_PAYMENTS};
    PN_TRY(check_options(cli, &request));
    PN_TRY(find_debtor(cli, &request));
    PN_TRY(pn_cli_date(cli, "from", PN_DATE_NONE, &request.from));
    PN_TRY(pn_cli_date(cli, "to", PN_DATE_NONE, &request.to));
    return make(cli, &request);
}

/* ── holidays ────────────────────────────────────────────────────────────────────────────────── */

enum { DAYS_MAX = 800 };

const pn_cli_option PN_HOLIDAY_OPTIONS[] = {
    {"country", "CODE", "whose (default the organization's)"},
    {"region", "CODE", "of a region too, ISO 3166-2 without the country: MD, SP"},
    {"from", "DATE", "first day (default today)"},
    {"to", "DATE", "last day (default a year later; at most 800 days)"},
    {NULL, NULL, NULL},
};

pn_err pn_cmd_holiday_list(pn_cli *cli) {
    static const pn_column COLUMNS[] = {{"date", "Date", false}, {"name", "Holiday", false}};
    pn_str country =
        pn_cli_given(cli, "country") ? pn_cli_value(cli, "country") : cli->app->org.country;
    pn_date from = 0, to = 0;
    PN_TRY(pn_cli_date(cli, "from", pn_zone_date(cli->out.zone, pn_app_now(cli->app)), &from));
    PN_TRY(pn_cli_date(cli, "to", from + 364, &to));
    if (to < from || to - from >= DAYS_MAX) {
        return pn_cli_usage(cli, "--to is a day from --from on, at most 800 days later.");
    }
    if (!pn_holiday_country_known(country)) {
        return pn_diag_set(&cli->diag, PN_INVALID, "The holidays of “%.*s” are not known.",
                           PN_STR_ARG(country));
    }
    pn_calendar calendar = pn_calendar_for(country, pn_cli_value(cli, "region"));
    pn_out_table(&cli->out, "holidays", COLUMNS, PN_COUNT(COLUMNS));
    for (pn_date day = from; day <= to; day++) {
        pn_str name = pn_calendar_holiday(&calendar, day);
        if (name.len != 0) {
            pn_cell_date(&cli->out, day);
            pn_cell_str(&cli->out, name);
        }
    }
    pn_out_table_end(&cli->out, NULL);
    return PN_OK;
}
