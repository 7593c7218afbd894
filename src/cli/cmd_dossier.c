/* Everything that is held about a debtor: one JSON text, and beside it the documents. */
#include "app/dossier.h"
#include "app/lookup.h"
#include "base/banned.h"
#include "cli/cmd.h"
#include "store/file.h"
#include "store/message.h"
#include "store/page.h"

enum { TEXT_BYTES_MAX = 1 << 28, ROWS_MAX = 100000 };

const pn_cli_option PN_DEBTOR_EXPORT_OPTIONS[] = {
    {"out", "DIR", "write debtor.json, documents, files and messages there"},
    {NULL, NULL, NULL},
};

typedef struct {
    pn_id debtor_id;
    pn_str dir;
    int64_t files;
} exporting;

static pn_err tell(pn_cli *cli, void *context) {
    exporting *e = context;
    return pn_dossier_tell(cli->app, e->debtor_id);
}

/* The name is ours: what a debtor called a file is no path. */
static pn_err write_one(pn_cli *cli, exporting *e, pn_id_kind kind, pn_id id, const char *ending,
                        pn_str bytes) {
    char text[PN_ID_TEXT_SIZE];
    pn_str path = pn_str_format(&cli->arena, "%.*s/%s.%s", PN_STR_ARG(e->dir),
                                pn_id_text(kind, id, text), ending);
    e->files++;
    return pn_cli_write_file(cli, path, bytes);
}

static const char *ending_of(pn_str type) {
    return pn_str_is(type, "application/pdf") ? "pdf"
           : pn_str_is(type, "image/png")     ? "png"
           : pn_str_is(type, "image/jpeg")    ? "jpg"
                                              : "bin";
}

static pn_err write_documents(pn_cli *cli, exporting *e) {
    pn_file_row *rows = NULL;
    size_t count = 0;
    pn_db *db = cli->app->db;
    PN_TRY(pn_file_of_debtor(db, e->debtor_id, 0, ROWS_MAX, &cli->arena, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        pn_buf content;
        pn_buf_init(&content, (size_t)rows[i].size + 1);
        pn_err err = pn_file_content(db, &rows[i], &content);
        err = err == PN_OK ? write_one(cli, e, PN_ID_DOCUMENT, rows[i].id, ending_of(rows[i].type),
                                       pn_buf_str(&content))
                           : err;
        pn_buf_done(&content);
        PN_TRY(err);
    }
    return PN_OK;
}

static pn_err write_files(pn_cli *cli, exporting *e) {
    pn_page_file_row *rows = NULL, row;
    size_t count = 0;
    pn_page_scope scope = {.org_id = cli->app->org.id, .debtor_id = e->debtor_id};
    pn_db *db = cli->app->db;
    PN_TRY(pn_page_file_page(db, &scope, 0, ROWS_MAX, &cli->arena, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        pn_arena_mark mark = pn_arena_marked(&cli->arena);
        PN_TRY(pn_page_file_get(db, cli->app->org.id, rows[i].id, &cli->arena, &row));
        PN_TRY(write_one(cli, e, PN_ID_FILE, row.id, ending_of(row.type), row.content));
        pn_arena_rewind(&cli->arena, mark);
    }
    return PN_OK;
}

static pn_err write_messages(pn_cli *cli, exporting *e) {
    pn_message_row *rows = NULL;
    size_t count = 0;
    pn_db *db = cli->app->db;
    PN_TRY(pn_message_page(db, cli->app->org.id, e->debtor_id, INT64_MAX, ROWS_MAX, &cli->arena,
                           &rows, &count));
    for (size_t i = 0; i < count; i++) {
        pn_arena_mark mark = pn_arena_marked(&cli->arena);
        pn_str content;
        pn_err err = rows[i].carrier_id == 0
                         ? PN_NOT_FOUND
                         : pn_carrier_content(db, rows[i].carrier_id, &cli->arena, &content);
        if (err == PN_OK) {
            err = write_one(cli, e, PN_ID_MESSAGE, rows[i].id,
                            rows[i].channel == PN_CHANNEL_EMAIL ? "eml" : "txt", content);
        }
        if (err != PN_NOT_FOUND) {
            PN_TRY(err);
        }
        pn_arena_rewind(&cli->arena, mark);
    }
    return PN_OK;
}

static pn_err write_all(pn_cli *cli, exporting *e, pn_str json) {
    PN_TRY(pn_cli_make_dir(cli, e->dir));
    PN_TRY(pn_cli_write_file(
        cli, pn_str_format(&cli->arena, "%.*s/debtor.json", PN_STR_ARG(e->dir)), json));
    pn_err err = write_documents(cli, e);
    err = err == PN_OK ? write_files(cli, e) : err;
    err = err == PN_OK ? write_messages(cli, e) : err;
    PN_TRY(pn_app_fail(cli->app, err, &cli->diag));
    pn_out_str(&cli->out, "folder", "Written to", e->dir);
    pn_out_int(&cli->out, "files", "Documents, files and messages", e->files);
    return PN_OK;
}

pn_err pn_cmd_debtor_export(pn_cli *cli) {
    exporting e = {.dir = pn_cli_value(cli, "out")};
    pn_buf text;
    PN_TRY(pn_lookup_debtor(cli->app, cli->args[0], PN_STR_NONE, &e.debtor_id, &cli->diag));
    PN_TRY(pn_cli_write(cli, tell, &e));
    pn_buf_init(&text, TEXT_BYTES_MAX);
    pn_json_writer w = pn_json_writer_on(&text, pn_cli_given(cli, "out") ? 2 : 0);
    pn_json_begin_object(&w);
    pn_err err = pn_dossier_write(cli->app, e.debtor_id, &w, &cli->diag);
    pn_json_end_object(&w);
    err = err == PN_OK ? pn_buf_err(&text) : err;
    if (err == PN_OK && pn_cli_given(cli, "out")) {
        err = write_all(cli, &e, pn_buf_str(&text));
    } else if (err == PN_OK) {
        pn_str json = pn_str_dup(&cli->arena, pn_buf_str(&text));
        pn_out_raw(&cli->out, "debtor", NULL, json);
        pn_out_text(&cli->out, json);
    }
    pn_buf_done(&text);
    return err;
}
