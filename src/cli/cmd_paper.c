/* Documents kept with debtors and invoices. */
#include "app/lookup.h"
#include "app/papers.h"
#include "base/banned.h"
#include "base/limits.h"
#include "cli/cmd.h"

const pn_cli_option PN_DOCUMENT_ADD_OPTIONS[] = {
    {"name", "TEXT", "as people know it (default: the file's)"},
    {"shown", NULL,
     "the debtor sees it: a PDF is the invoice's copy, on their page and in e-mails"},
    {NULL, NULL, NULL},
};

typedef struct {
    pn_paper paper;
    pn_id id;
} adding;

static pn_str base_name(pn_str path) {
    size_t at = path.len;
    while (at > 0 && path.ptr[at - 1] != '/') {
        at--;
    }
    return pn_str_from(path, at);
}

static pn_err add(pn_cli *cli, void *context) {
    adding *a = context;
    return pn_papers_add(cli->app, &a->paper, &cli->arena, &a->id, &cli->diag);
}

pn_err pn_cmd_document_add(pn_cli *cli) {
    pn_case_ref ref;
    adding a = {.paper = {.shown = pn_cli_given(cli, "shown"), .name = pn_cli_value(cli, "name")}};
    PN_TRY(pn_lookup_case(cli->app, cli->args[0], &cli->arena, &ref, &cli->diag));
    a.paper.debtor_id = ref.debtor_id;
    a.paper.invoice_id = ref.invoice_id;
    if (a.paper.name.len == 0) {
        a.paper.name = base_name(cli->args[1]);
    }
    PN_TRY(pn_cli_read_file(cli, cli->args[1], PN_LIMIT_API_DOCUMENT_BYTES, &a.paper.bytes));
    PN_TRY(pn_cli_write(cli, add, &a));
    pn_out_id(&cli->out, "id", "Document", PN_ID_DOCUMENT, a.id);
    return PN_OK;
}

pn_err pn_cmd_document_list(pn_cli *cli) {
    enum { LISTED = 500 };
    static const pn_column COLUMNS[] = {
        {"id", "Document", false}, {"name", "Name", false},       {"type", "Type", false},
        {"bytes", "Bytes", true},  {"invoice", "Invoice", false}, {"shown", "Shown", false},
        {"at", "When", false},
    };
    pn_case_ref ref;
    pn_file_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_lookup_case(cli->app, cli->args[0], &cli->arena, &ref, &cli->diag));
    pn_err err =
        pn_file_of_debtor(cli->app->db, ref.debtor_id, 0, LISTED, &cli->arena, &rows, &count);
    PN_TRY(pn_app_fail(cli->app, err, &cli->diag));
    pn_out_table(&cli->out, "documents", COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < count; i++) {
        if (ref.invoice_id != 0 && rows[i].invoice_id != ref.invoice_id) {
            continue;
        }
        pn_cell_id(&cli->out, PN_ID_DOCUMENT, rows[i].id);
        pn_cell_str(&cli->out, rows[i].name);
        pn_cell_str(&cli->out, rows[i].type);
        pn_cell_int(&cli->out, rows[i].size);
        pn_cell_id(&cli->out, PN_ID_INVOICE, rows[i].invoice_id);
        pn_cell_bool(&cli->out, rows[i].shown);
        pn_cell_time(&cli->out, rows[i].at);
    }
    pn_out_table_end(&cli->out, "There is no document.");
    return PN_OK;
}

pn_err pn_cmd_document_save(pn_cli *cli) {
    pn_id id = 0;
    pn_file_row row;
    pn_buf content;
    PN_TRY(pn_lookup_id(PN_ID_DOCUMENT, cli->args[0], &id, &cli->diag));
    pn_err err =
        pn_file_get(cli->app->db, cli->app->org.id, PN_FILE_DOCUMENT, id, &cli->arena, &row);
    if (err == PN_NOT_FOUND) {
        return pn_diag_set(&cli->diag, err, "There is no document %.*s here.",
                           PN_STR_ARG(cli->args[0]));
    }
    PN_TRY(pn_app_fail(cli->app, err, &cli->diag));
    pn_buf_init(&content, (size_t)row.size + 1);
    err = pn_app_fail(cli->app, pn_file_content(cli->app->db, &row, &content), &cli->diag);
    err = err == PN_OK ? pn_cli_write_file(cli, cli->args[1], pn_buf_str(&content)) : err;
    pn_buf_done(&content);
    PN_TRY(err);
    pn_out_str(&cli->out, "file", "File", cli->args[1]);
    pn_out_int(&cli->out, "bytes", "Bytes", row.size);
    return PN_OK;
}

static pn_err delete_one(pn_cli *cli, void *context) {
    return pn_papers_delete(cli->app, *(pn_id *)context, &cli->arena, &cli->diag);
}

pn_err pn_cmd_document_delete(pn_cli *cli) {
    pn_id id = 0;
    PN_TRY(pn_lookup_id(PN_ID_DOCUMENT, cli->args[0], &id, &cli->diag));
    PN_TRY(pn_cli_write(cli, delete_one, &id));
    pn_out_id(&cli->out, "deleted", "Deleted", PN_ID_DOCUMENT, id);
    return PN_OK;
}
