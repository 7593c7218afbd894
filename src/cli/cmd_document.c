/* Documents as PDF: into a file, or to standard output. */
#include "app/documents.h"
#include "app/lookup.h"
#include "base/banned.h"
#include "cli/cmd.h"

#define OUT_OPTIONS                                                                                \
    {"out", "FILE", "where it goes; - is standard output (default: the document's own name)"}, {   \
        "language", "CODE", "es, en or pt, or with a country: es-MX (default: the debtor's)"       \
    }

const pn_cli_option PN_DOCUMENT_OPTIONS[] = {OUT_OPTIONS, {NULL, NULL, NULL}};

const pn_cli_option PN_DOCUMENT_STATEMENT_OPTIONS[] = {
    OUT_OPTIONS,
    {"creditor", "NAME", "of whose account (needed where the debtor has several)"},
    {"currency", "CODE", "in which currency (needed where there are several)"},
    {"since", "DATE", "show the movements from this day on too"},
    {NULL, NULL, NULL},
};

const pn_cli_option PN_DOCUMENT_LETTER_OPTIONS[] = {
    OUT_OPTIONS,
    {"template", "FAMILY", "whose text it has: its letter, else its e-mail"},
    {"invoice", "ID", "about this invoice alone"},
    {"debtor", "ID", "about all that this debtor's account owes"},
    {"creditor", "NAME", "of whose account (with --debtor, where it has several)"},
    {"currency", "CODE", "in which currency (the same)"},
    {"tone", "N", "1 kindly to 5 last (default: the strongest that may be used now)"},
    {"window", "left|right|none",
     "where the envelope shows the address (default: right in Spain and Portugal, else left)"},
    {NULL, NULL, NULL},
};

/* ── making and writing ──────────────────────────────────────────────────────────────────────── */

static pn_err print_file(pn_cli *cli, const pn_document_file *file, pn_str path) {
    char hex[65];
    pn_out *out = &cli->out;
    pn_hex(file->hash.bytes, sizeof file->hash.bytes, hex);
    pn_out_str(out, "path", "File", path);
    pn_out_int(out, "pages", "Pages", (int64_t)file->pages);
    pn_out_int(out, "bytes", "Bytes", (int64_t)file->pdf.len);
    pn_out_str(out, "language", "Language", file->sheet.language);
    pn_out_str(out, "sha256", "SHA-256", pn_str_of(hex));
    return PN_OK;
}

static bool known_language(pn_str language) {
    return language.len == 0 ||
           ((language.len == 2 || (language.len > 3 && language.ptr[2] == '-')) &&
            (pn_str_starts(language, PN_STR("es")) || pn_str_starts(language, PN_STR("en")) ||
             pn_str_starts(language, PN_STR("pt"))));
}

static pn_err check_options(pn_cli *cli) {
    pn_str language = pn_cli_value(cli, "language");
    if (!known_language(language)) {
        return pn_cli_usage(cli,
                            "--language is es, en or pt, or one with a country like es-MX, "
                            "not “%.*s”.",
                            PN_STR_ARG(language));
    }
    if (cli->json && pn_str_is(pn_cli_value(cli, "out"), "-")) {
        return pn_cli_usage(cli, "--out - writes the PDF itself to standard output, where --json "
                                 "would stand. Leave one of them out.");
    }
    return PN_OK;
}

static pn_err make(pn_cli *cli, pn_document_request *request) {
    pn_helper *helper = NULL;
    pn_document_file file = {0};
    request->language = pn_cli_value(cli, "language");
    pn_err err = pn_helper_new(cli->env, "puntual-pdf", &helper, &cli->diag);
    if (err == PN_OK) {
        err = pn_documents_make(cli->app, helper, request, &cli->arena, &file, &cli->diag);
    }
    pn_helper_free(helper);
    PN_TRY(err);
    pn_str path = pn_cli_given(cli, "out") ? pn_cli_value(cli, "out") : file.sheet.file_name;
    if (pn_str_is(path, "-")) {
        pn_out_exact(&cli->out, file.pdf);
        return PN_OK;
    }
    PN_TRY(pn_cli_write_file(cli, path, file.pdf));
    return print_file(cli, &file, path);
}

/* ── the commands ────────────────────────────────────────────────────────────────────────────── */

pn_err pn_cmd_document_invoice(pn_cli *cli) {
    pn_invoice_row invoice;
    pn_document_request request = {.kind = PN_DOCUMENT_INVOICE};
    PN_TRY(check_options(cli));
    PN_TRY(pn_lookup_invoice(cli->app, cli->args[0], &cli->arena, &invoice, &cli->diag));
    request.invoice_id = invoice.item.id;
    return make(cli, &request);
}

static pn_err find_account(pn_cli *cli, pn_str debtor, pn_document_request *request) {
    pn_account_row account;
    pn_str creditor = pn_cli_value(cli, "creditor");
    PN_TRY(pn_lookup_debtor(cli->app, debtor, creditor, &request->debtor_id, &cli->diag));
    PN_TRY(pn_lookup_account(cli->app, request->debtor_id, creditor, pn_cli_value(cli, "currency"),
                             &cli->arena, &account, &cli->diag));
    request->account_id = account.id;
    return PN_OK;
}

pn_err pn_cmd_document_statement(pn_cli *cli) {
    pn_document_request request = {.kind = PN_DOCUMENT_STATEMENT};
    PN_TRY(check_options(cli));
    PN_TRY(pn_cli_date(cli, "since", PN_DATE_NONE, &request.since));
    PN_TRY(find_account(cli, cli->args[0], &request));
    return make(cli, &request);
}

static pn_err parse_window(pn_cli *cli, pn_document_request *request) {
    pn_str text = pn_cli_value(cli, "window");
    request->usual_window = text.len == 0;
    if (pn_str_is(text, "left") || pn_str_is(text, "right")) {
        request->window = pn_str_is(text, "left") ? PN_DOCUMENT_LEFT : PN_DOCUMENT_RIGHT;
    } else if (text.len != 0 && !pn_str_is(text, "none")) {
        return pn_cli_usage(cli, "--window is left, right or none, not “%.*s”.", PN_STR_ARG(text));
    }
    return PN_OK;
}

pn_err pn_cmd_document_letter(pn_cli *cli) {
    int64_t tone = 0;
    pn_document_request request = {.kind = PN_DOCUMENT_LETTER,
                                   .family = pn_cli_value(cli, "template")};
    PN_TRY(check_options(cli));
    if (request.family.len == 0 || pn_cli_given(cli, "invoice") == pn_cli_given(cli, "debtor")) {
        return pn_cli_usage(cli, "A letter needs --template, and either --invoice or --debtor.");
    }
    PN_TRY(pn_cli_int(cli, "tone", 1, 5, 0, &tone));
    request.tone = (unsigned)tone;
    if (pn_cli_given(cli, "invoice")) {
        pn_invoice_row invoice;
        PN_TRY(pn_lookup_invoice(cli->app, pn_cli_value(cli, "invoice"), &cli->arena, &invoice,
                                 &cli->diag));
        request.invoice_id = invoice.item.id;
    } else {
        PN_TRY(find_account(cli, pn_cli_value(cli, "debtor"), &request));
    }
    PN_TRY(parse_window(cli, &request));
    return make(cli, &request);
}

pn_err pn_cmd_document_plan(pn_cli *cli) {
    pn_document_request request = {.kind = PN_DOCUMENT_PLAN};
    PN_TRY(check_options(cli));
    PN_TRY(pn_lookup_id(PN_ID_PLAN, cli->args[0], &request.plan_id, &cli->diag));
    return make(cli, &request);
}

pn_err pn_cmd_document_receipt(pn_cli *cli) {
    pn_document_request request = {.kind = PN_DOCUMENT_RECEIPT};
    PN_TRY(check_options(cli));
    PN_TRY(pn_lookup_id(PN_ID_PAYMENT, cli->args[0], &request.payment_id, &cli->diag));
    return make(cli, &request);
}
