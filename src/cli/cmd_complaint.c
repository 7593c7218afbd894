/* Complaints of debtors, and the files they sent. */
#include "app/complaints.h"
#include "app/lookup.h"
#include "base/banned.h"
#include "cli/cmd.h"

enum { LIST_MAX = 200 };

/* ── complaints ──────────────────────────────────────────────────────────────────────────────── */

const pn_cli_option PN_COMPLAINT_LIST_OPTIONS[] = {
    {"all", NULL, "those that were answered too"},
    {"debtor", "DEBTOR", "of this one alone"},
    {NULL, NULL, NULL},
};

pn_err pn_cmd_complaint_list(pn_cli *cli) {
    static const pn_column COLUMNS[] = {
        {"id", "Complaint", false},   {"debtor", "Debtor", false},      {"text", "Text", false},
        {"opened_at", "Made", false}, {"closed_at", "Answered", false}, {"answer", "Answer", false},
    };
    pn_complaint_row *rows = NULL;
    size_t count = 0;
    pn_page_scope scope = {.org_id = cli->app->org.id, .all = pn_cli_given(cli, "all")};
    if (pn_cli_given(cli, "debtor")) {
        PN_TRY(pn_lookup_debtor(cli->app, pn_cli_value(cli, "debtor"), PN_STR(""), &scope.debtor_id,
                                &cli->diag));
    }
    pn_err err = pn_complaint_page(cli->app->db, &scope, 0, LIST_MAX, &cli->arena, &rows, &count);
    PN_TRY(pn_app_fail(cli->app, err, &cli->diag));
    pn_out *out = &cli->out;
    pn_out_table(out, "complaints", COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < count; i++) {
        pn_cell_id(out, PN_ID_COMPLAINT, rows[i].id);
        pn_cell_id(out, PN_ID_DEBTOR, rows[i].debtor_id);
        pn_cell_str(out, rows[i].text);
        pn_cell_time(out, rows[i].opened_at);
        pn_cell_time(out, rows[i].closed_at);
        pn_cell_str(out, rows[i].answer);
    }
    pn_out_table_end(out, "Nobody waits for an answer to a complaint.");
    return PN_OK;
}

pn_err pn_cmd_complaint_show(pn_cli *cli) {
    pn_id id = 0;
    pn_complaint_row row;
    pn_out *out = &cli->out;
    PN_TRY(pn_lookup_id(PN_ID_COMPLAINT, cli->args[0], &id, &cli->diag));
    PN_TRY(pn_complaints_get(cli->app, id, &cli->arena, &row, &cli->diag));
    pn_out_id(out, "id", "Complaint", PN_ID_COMPLAINT, row.id);
    pn_out_id(out, "debtor", "Debtor", PN_ID_DEBTOR, row.debtor_id);
    pn_out_id(out, "task", "Task", PN_ID_TASK, row.task_id);
    pn_out_time(out, "opened_at", "Made", row.opened_at);
    pn_out_time(out, "closed_at", "Answered", row.closed_at);
    pn_out_str(out, "answer", "Answer", row.answer);
    pn_out_str(out, "text", NULL, row.text);
    pn_out_line(out, "\n%.*s", PN_STR_ARG(row.text));
    return PN_OK;
}

typedef struct {
    pn_id id, debtor_id;
    pn_str text;
} complaint;

static pn_err add(pn_cli *cli, void *context) {
    complaint *c = context;
    return pn_complaints_add(cli->app, c->debtor_id, 0, c->text, &cli->arena, &c->id, &cli->diag);
}

pn_err pn_cmd_complaint_add(pn_cli *cli) {
    complaint c = {.text = cli->args[1]};
    PN_TRY(pn_lookup_debtor(cli->app, cli->args[0], PN_STR(""), &c.debtor_id, &cli->diag));
    PN_TRY(pn_cli_write(cli, add, &c));
    pn_out_id(&cli->out, "complaint", "Complaint", PN_ID_COMPLAINT, c.id);
    return PN_OK;
}

const pn_cli_option PN_COMPLAINT_CLOSE_OPTIONS[] = {
    {"answer", "TEXT", "what the debtor was answered"},
    {NULL, NULL, NULL},
};

static pn_err close_it(pn_cli *cli, void *context) {
    const pn_id *id = context;
    return pn_complaints_close(cli->app, *id, pn_cli_value(cli, "answer"), &cli->arena, &cli->diag);
}

pn_err pn_cmd_complaint_close(pn_cli *cli) {
    pn_id id = 0;
    PN_TRY(pn_lookup_id(PN_ID_COMPLAINT, cli->args[0], &id, &cli->diag));
    PN_TRY(pn_cli_write(cli, close_it, &id));
    pn_out_id(&cli->out, "complaint", "Complaint", PN_ID_COMPLAINT, id);
    pn_out_line(&cli->out, "Answered; its task is done.");
    return PN_OK;
}

/* ── files ───────────────────────────────────────────────────────────────────────────────────── */

const pn_cli_option PN_FILE_LIST_OPTIONS[] = {
    {"debtor", "DEBTOR", "of this one alone"},
    {"task", "ID", "what a task is about"},
    {NULL, NULL, NULL},
};

pn_err pn_cmd_file_list(pn_cli *cli) {
    static const pn_column COLUMNS[] = {
        {"id", "File", false},   {"debtor", "Debtor", false}, {"name", "Name", false},
        {"type", "Type", false}, {"size", "Bytes", true},     {"task", "Task", false},
        {"at", "Sent", false},
    };
    pn_page_file_row *rows = NULL;
    size_t count = 0;
    pn_page_scope scope = {.org_id = cli->app->org.id};
    if (pn_cli_given(cli, "debtor")) {
        PN_TRY(pn_lookup_debtor(cli->app, pn_cli_value(cli, "debtor"), PN_STR(""), &scope.debtor_id,
                                &cli->diag));
    }
    if (pn_cli_given(cli, "task")) {
        PN_TRY(pn_lookup_id(PN_ID_TASK, pn_cli_value(cli, "task"), &scope.task_id, &cli->diag));
    }
    pn_err err = pn_page_file_page(cli->app->db, &scope, 0, LIST_MAX, &cli->arena, &rows, &count);
    PN_TRY(pn_app_fail(cli->app, err, &cli->diag));
    pn_out *out = &cli->out;
    pn_out_table(out, "files", COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < count; i++) {
        pn_cell_id(out, PN_ID_FILE, rows[i].id);
        pn_cell_id(out, PN_ID_DEBTOR, rows[i].debtor_id);
        pn_cell_str(out, rows[i].name);
        pn_cell_str(out, rows[i].type);
        pn_cell_int(out, rows[i].size);
        pn_cell_id(out, PN_ID_TASK, rows[i].task_id);
        pn_cell_time(out, rows[i].at);
    }
    pn_out_table_end(out, "Debtors sent no files.");
    return PN_OK;
}

pn_err pn_cmd_file_save(pn_cli *cli) {
    pn_id id = 0;
    pn_page_file_row row;
    PN_TRY(pn_lookup_id(PN_ID_FILE, cli->args[0], &id, &cli->diag));
    PN_TRY(pn_complaints_file(cli->app, id, &cli->arena, &row, &cli->diag));
    PN_TRY(pn_cli_write_file(cli, cli->args[1], row.content));
    pn_out_id(&cli->out, "file", "File", PN_ID_FILE, id);
    pn_out_str(&cli->out, "path", "Saved to", cli->args[1]);
    return PN_OK;
}
