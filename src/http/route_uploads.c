/* Files that are uploaded to be imported: kept, looked at, mapped, and imported as a job. */
#include "app/import_job.h"
#include "app/import_sheet.h"
#include "app/jobs.h"
#include "base/banned.h"
#include "base/limits.h"
#include "http/answer.h"
#include "http/files.h"
#include "http/find.h"
#include "http/problem.h"
#include "http/service.h"
#include "http/tables.h"

static const char *const KINDS[] = {"debtors", "invoices", "payments", "lines", NULL};
static const char *const MARKS[] = {",", ".", NULL};

static const pn_shape UPLOAD_FIELDS[] = {
    {.name = "id", .type = PN_SHAPE_ID, .id_kind = PN_ID_UPLOAD, .required = true},
    {.name = "file_name", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "bytes", .type = PN_SHAPE_INT, .required = true},
    {.name = "sha256", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "at", .type = PN_SHAPE_TIME, .required = true},
    {.name = "by", .type = PN_SHAPE_TEXT, .required = true},
    {.name = NULL},
};
static const pn_schema_object UPLOAD = {"Upload", UPLOAD_FIELDS, "A file that can be imported"};

static void put_upload(pn_json_writer *w, const pn_file_row *row) {
    char hex[65];
    pn_hex(row->hash.bytes, sizeof row->hash.bytes, hex);
    pn_put_id(w, "id", PN_ID_UPLOAD, row->id);
    pn_json_put_str(w, "file_name", row->name);
    pn_json_put_int(w, "bytes", row->size);
    pn_json_put_str(w, "sha256", pn_str_of(hex));
    pn_put_time(w, "at", row->at);
    pn_json_put_str(w, "by", row->actor);
}

static pn_err path_upload(pn_exchange *x, pn_file_row *ret_row) {
    pn_id id = 0;
    PN_TRY(pn_argument_id(x, 0, PN_ID_UPLOAD, &id));
    pn_err err = pn_file_get(x->db, x->app->org.id, PN_FILE_UPLOAD, id, x->arena, ret_row);
    return err == PN_NOT_FOUND ? pn_nothing_here(x, "upload", PN_ID_UPLOAD, id) : pn_told(x, err);
}

/* ── keeping ── */

static const pn_shape SHEET_NAME[] = {{.name = "", .type = PN_SHAPE_TEXT}, {.name = NULL}};
static const pn_shape UPLOADED_FIELDS[] = {
    {.name = "id", .type = PN_SHAPE_ID, .id_kind = PN_ID_UPLOAD, .required = true},
    {.name = "sheet", .type = PN_SHAPE_TEXT, .help = "whose rows are kept; null: no spreadsheet"},
    {.name = "sheets",
     .type = PN_SHAPE_LIST,
     .fields = SHEET_NAME,
     .required = true,
     .help = "the visible ones, to be asked for instead"},
    {.name = NULL},
};
static const pn_schema_object UPLOADED = {"Uploaded", UPLOADED_FIELDS, "A file that was kept"};

static const pn_shape ADD_QUERY[] = {
    {.name = "file_name", .type = PN_SHAPE_TEXT, .max = 200, .help = "as people know it"},
    {.name = "sheet",
     .type = PN_SHAPE_TEXT,
     .max = 100,
     .help = "of a spreadsheet; without it, the first visible one with rows"},
    {.name = NULL},
};

static pn_err keep(pn_exchange *x, pn_file_row *row, pn_str content) {
    pn_app *app = x->app;
    int64_t kept = 0;
    pn_time old = pn_env_now(app->env) - PN_LIMIT_UPLOAD_DAYS * PN_DAY;
    PN_TRY(pn_file_sweep(app->db, app->org.id, PN_FILE_UPLOAD, old));
    PN_TRY(pn_file_sweep(app->db, app->org.id, PN_FILE_REFUSED, old));
    PN_TRY(pn_file_bytes(app->db, app->org.id, PN_FILE_UPLOAD, 0, &kept));
    if (kept + (int64_t)content.len > PN_LIMIT_UPLOADS_BYTES) {
        pn_err err = pn_diag_set(&x->diag, PN_LIMIT, "Uploads take %lld bytes at most together.",
                                 (long long)PN_LIMIT_UPLOADS_BYTES);
        pn_diag_mend(&x->diag, "Delete some that are imported.");
        return err;
    }
    row->id = pn_app_id(app);
    return pn_file_insert(app->db, row, content);
}

static pn_err answer_kept(pn_exchange *x, pn_id id, const pn_import_book *book) {
    pn_answer_created(x, "/v1/uploads", PN_ID_UPLOAD, id);
    pn_json_writer *w = pn_answer_json(x);
    pn_put_id(w, "id", PN_ID_UPLOAD, id);
    pn_put_str_or_null(w, "sheet", book->sheet);
    pn_put_texts(w, "sheets", book->sheets, book->sheet_count);
    pn_json_end_object(w);
    return PN_OK;
}

/* Of a spreadsheet its rows are kept: they are what is looked at, imported and refused. They may be
 * as large as all that an answer may need. */
static pn_err add_with(pn_exchange *x, pn_arena *rows) {
    const pn_route_value *name = pn_query_value(x, "file_name");
    pn_import_book book;
    pn_import_request request = {.bytes = x->body};
    if (pn_str_trim(x->body).len == 0) {
        return pn_diag_set(&x->diag, PN_INVALID, "The file is empty.");
    }
    PN_TRY(pn_import_unpack(x->app->env, pn_query_value(x, "sheet")->text, &request, rows, &book,
                            &x->diag));
    pn_file_row row = {.org_id = x->app->org.id,
                       .use = PN_FILE_UPLOAD,
                       .name = name->text.len != 0 ? name->text : PN_STR("upload.csv"),
                       .type =
                           request.from_sheet ? PN_STR(PN_IMPORT_SHEET_TYPE) : PN_STR("text/csv"),
                       .actor = pn_str_of(x->app->actor),
                       .at = pn_env_now(x->app->env)};
    PN_TRY(pn_app_begin_rows(x->app, &x->diag));
    PN_TRY(pn_app_end(x->app, keep(x, &row, request.bytes), &x->diag));
    return answer_kept(x, row.id, &book);
}

static pn_err add_upload(pn_exchange *x) {
    pn_arena rows;
    pn_arena_init(&rows, 0);
    pn_err err = add_with(x, &rows);
    pn_arena_done(&rows);
    return err;
}

static pn_err put_row_of_uploads(pn_exchange *x, pn_json_writer *w, const void *item,
                                 int64_t key[PN_PAGE_KEYS]) {
    const pn_file_row *row = item;
    (void)x;
    pn_json_begin_object(w);
    put_upload(w, row);
    pn_json_end_object(w);
    key[0] = row->id;
    return PN_OK;
}

static pn_err list_uploads(pn_exchange *x) {
    pn_page page;
    pn_file_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_page_read(x, &page));
    pn_id before = pn_page_before(&page);
    PN_TRY(pn_told(x, pn_file_page(x->db, x->app->org.id, PN_FILE_UPLOAD, before, page.limit + 1,
                                   x->arena, &rows, &count)));
    return pn_page_give(x, &page, rows, sizeof *rows, count, put_row_of_uploads);
}

static pn_err get_upload(pn_exchange *x) {
    pn_file_row row;
    PN_TRY(path_upload(x, &row));
    pn_json_writer *w = pn_answer_json(x);
    put_upload(w, &row);
    pn_json_end_object(w);
    return PN_OK;
}

static pn_err delete_upload(pn_exchange *x) {
    pn_file_row row;
    bool uses = false;
    PN_TRY(path_upload(x, &row));
    PN_TRY(pn_told(x, pn_job_uses_file(x->db, x->app->org.id, row.id, &uses)));
    if (uses) {
        return pn_diag_set(&x->diag, PN_CONFLICT, "A job is about to import this file.");
    }
    return pn_told(x, pn_file_delete(x->db, x->app->org.id, row.id));
}

/* ── looking ── */

static const pn_shape LOOK_QUERY[] = {
    {.name = "kind", .type = PN_SHAPE_WORD, .words = KINDS, .required = true},
    {.name = NULL},
};
static const pn_shape A_TEXT[] = {{.name = "", .type = PN_SHAPE_TEXT}, {.name = NULL}};
static const pn_shape COLUMN_FIELDS[] = {
    {.name = "name", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "field", .type = PN_SHAPE_TEXT, .help = "that it seems to be; null: none"},
    {.name = "samples", .type = PN_SHAPE_LIST, .fields = A_TEXT, .required = true},
    {.name = NULL},
};
static const pn_shape FIELD_FIELDS[] = {
    {.name = "name", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "required", .type = PN_SHAPE_BOOL, .required = true},
    {.name = "help", .type = PN_SHAPE_TEXT, .required = true},
    {.name = NULL},
};
static const pn_shape LOOKED_FIELDS[] = {
    {.name = "separator", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "encoding", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "date_format", .type = PN_SHAPE_TEXT, .help = "guessed; null: no date was seen"},
    {.name = "date_ambiguous",
     .type = PN_SHAPE_BOOL,
     .required = true,
     .help = "day first or month first: say which"},
    {.name = "decimal", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "columns", .type = PN_SHAPE_LIST, .fields = COLUMN_FIELDS, .required = true},
    {.name = "missing",
     .type = PN_SHAPE_LIST,
     .fields = A_TEXT,
     .required = true,
     .help = "needed fields that no column gives yet"},
    {.name = "fields",
     .type = PN_SHAPE_LIST,
     .fields = FIELD_FIELDS,
     .required = true,
     .help = "all there are"},
    {.name = NULL},
};
static const pn_schema_object LOOKED = {"UploadColumns", LOOKED_FIELDS,
                                        "What a file seems to hold"};

static void put_columns(pn_json_writer *w, const pn_import_peek *peek) {
    pn_put_list(w, "columns");
    for (size_t i = 0; i < peek->column_count; i++) {
        const pn_import_column *column = &peek->columns[i];
        pn_json_begin_object(w);
        pn_json_put_str(w, "name", column->name);
        pn_put_str_or_null(w, "field", column->field);
        pn_put_texts(w, "samples", column->samples, column->sample_count);
        pn_json_end_object(w);
    }
    pn_json_end_array(w);
}

static void put_fields(pn_json_writer *w, pn_import_kind kind) {
    const pn_import_field *field;
    pn_put_list(w, "fields");
    for (size_t i = 0; (field = pn_import_field_at(kind, i)) != NULL; i++) {
        pn_json_begin_object(w);
        pn_json_put_str(w, "name", pn_str_of(field->name));
        pn_json_put_bool(w, "required", field->required);
        pn_json_put_str(w, "help", pn_str_of(field->help));
        pn_json_end_object(w);
    }
    pn_json_end_array(w);
}

static pn_err look_at_upload(pn_exchange *x) {
    pn_file_row row;
    pn_import_peek peek;
    pn_import_request request = {.kind = (pn_import_kind)pn_query_value(x, "kind")->number};
    PN_TRY(path_upload(x, &row));
    PN_TRY(pn_told(x, pn_file_part(x->db, row.id, 0, x->arena, &request.bytes)));
    request.file_name = row.name;
    request.from_sheet = pn_import_is_sheet(row.type);
    PN_TRY(pn_import_look(x->app, &request, x->arena, &peek, &x->diag));
    pn_json_writer *w = pn_answer_json(x);
    pn_json_put_str(w, "separator", peek.separator);
    pn_json_put_str(w, "encoding", peek.encoding);
    pn_put_str_or_null(w, "date_format", peek.date_format);
    pn_json_put_bool(w, "date_ambiguous", peek.date_ambiguous);
    pn_json_put_str(w, "decimal", (pn_str){&peek.decimal, 1});
    put_columns(w, &peek);
    pn_put_list(w, "missing");
    for (size_t i = 0; i < peek.missing_count; i++) {
        pn_json_add_str(w, pn_str_of(peek.missing[i]));
    }
    pn_json_end_array(w);
    put_fields(w, request.kind);
    pn_json_end_object(w);
    return PN_OK;
}

/* ── importing ── */

static const pn_shape MAPPED[] = {
    {.name = "field", .type = PN_SHAPE_TEXT, .required = true, .min = 1, .max = 80},
    {.name = "column", .type = PN_SHAPE_TEXT, .max = 200, .help = "of the file"},
    {.name = "text", .type = PN_SHAPE_TEXT, .max = 400, .help = "the same for every row"},
    {.name = "template", .type = PN_SHAPE_TEXT, .max = 1000, .help = "Liquid over the row"},
    {.name = NULL},
};
static const pn_shape FIX[] = {
    {.name = "line",
     .type = PN_SHAPE_INT,
     .required = true,
     .min = 1,
     .max = INT64_MAX,
     .help = "of the file, from 1, as problems name it"},
    {.name = "field", .type = PN_SHAPE_TEXT, .required = true, .min = 1, .max = 80},
    {.name = "value", .type = PN_SHAPE_TEXT, .required = true, .max = 1000},
    {.name = NULL},
};
static const pn_shape IMPORT_BODY[] = {
    {.name = "kind", .type = PN_SHAPE_WORD, .words = KINDS, .required = true},
    {.name = "map",
     .type = PN_SHAPE_LIST,
     .fields = MAPPED,
     .max = 200,
     .help = "where fields come from that no column is named like; a column, text or template"},
    {.name = "fixes",
     .type = PN_SHAPE_LIST,
     .fields = FIX,
     .max = PN_LIMIT_IMPORT_FIXES,
     .help = "values in place of those that stand in the file"},
    {.name = "date_format", .type = PN_SHAPE_TEXT, .max = 40, .help = "DD/MM/YYYY; else guessed"},
    {.name = "decimal", .type = PN_SHAPE_WORD, .words = MARKS, .help = "else guessed"},
    {.name = "currency", .type = PN_SHAPE_TEXT, .min = 3, .max = 3},
    {.name = "creditor", .type = PN_SHAPE_ID, .id_kind = PN_ID_CREDITOR},
    {.name = "dry_run", .type = PN_SHAPE_BOOL, .help = "check every row; change nothing"},
    {.name = "skip_bad", .type = PN_SHAPE_BOOL, .help = "take the good rows though there are bad"},
    {.name = "informative",
     .type = PN_SHAPE_BOOL,
     .help = "lines need not come to their invoice's amount"},
    {.name = NULL},
};

static void put_quoted(pn_buf *map, pn_str text) {
    pn_buf_add_char(map, '"');
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '"' || text.ptr[i] == '\\') {
            pn_buf_add_char(map, '\\');
        }
        pn_buf_add_char(map, text.ptr[i]);
    }
    pn_buf_add_char(map, '"');
}

/* A column's name stands bare in a map; one that cannot is taken out of the row. */
static bool is_bare(pn_str column) {
    return pn_str_find_char(column, ',') == SIZE_MAX && column.len != 0 && column.ptr[0] != '"' &&
           column.ptr[0] != '`';
}

static pn_err put_mapped(pn_exchange *x, uint32_t index, const pn_json *object, pn_buf *map) {
    pn_route_value *values = NULL;
    pn_str pointer = pn_str_format(x->arena, "/map/%u", index);
    PN_TRY(pn_shape_read(x, MAPPED, object, pn_str_z(x->arena, pointer), &values));
    const pn_route_value *column = pn_value_named(MAPPED, values, "column");
    const pn_route_value *text = pn_value_named(MAPPED, values, "text");
    const pn_route_value *liquid = pn_value_named(MAPPED, values, "template");
    pn_str field = pn_value_named(MAPPED, values, "field")->text;
    bool one = column->given + text->given + liquid->given == 1;
    if (!one || pn_str_find_char(field, '=') != SIZE_MAX ||
        pn_str_find_char(liquid->text, '`') != SIZE_MAX ||
        (!is_bare(column->text) && pn_str_find_char(column->text, '"') != SIZE_MAX)) {
        pn_err err =
            pn_diag_set(&x->diag, PN_INVALID, "A field comes from one column, text or template.");
        pn_diag_where(&x->diag, "/map/%u", index);
        return err;
    }
    pn_buf_add_format(map, "%s%.*s=", map->len == 0 ? "" : ",", PN_STR_ARG(field));
    if (text->given) {
        put_quoted(map, text->text);
    } else if (liquid->given) {
        pn_buf_add_format(map, "`%.*s`", PN_STR_ARG(liquid->text));
    } else if (is_bare(column->text)) {
        pn_buf_add_str(map, column->text);
    } else {
        pn_buf_add_format(map, "`{{ row[\"%.*s\"] }}`", PN_STR_ARG(column->text));
    }
    return PN_OK;
}

/* A path in an uploaded file would name a file of ours: documents have a route of their own. */
static pn_err read_map(pn_exchange *x, pn_import_kind kind, pn_str *ret_map) {
    const pn_json *list = pn_body_value(x, "map")->json;
    pn_buf map;
    pn_err err = PN_OK;
    pn_buf_init(&map, 1 << 20);
    for (uint32_t i = 0; list != NULL && i < list->count && err == PN_OK; i++) {
        err = put_mapped(x, i, &list->items[i], &map);
    }
    if (err == PN_OK && kind == PN_IMPORT_INVOICES) {
        pn_buf_add_format(&map, "%sdocument=\"\"", map.len == 0 ? "" : ",");
    }
    *ret_map = pn_str_dup(x->arena, pn_buf_str(&map));
    err = err == PN_OK ? pn_buf_err(&map) : err;
    pn_buf_done(&map);
    return err;
}

static pn_err read_fixes(pn_exchange *x, pn_import_request *request) {
    const pn_json *list = pn_body_value(x, "fixes")->json;
    size_t count = list == NULL ? 0 : list->count;
    pn_import_fix *fixes = pn_arena_array(x->arena, pn_import_fix, count + 1);
    for (size_t i = 0; i < count; i++) {
        pn_route_value *values = NULL;
        pn_str pointer = pn_str_format(x->arena, "/fixes/%zu", i);
        PN_TRY(pn_shape_read(x, FIX, &list->items[i], pn_str_z(x->arena, pointer), &values));
        fixes[i] = (pn_import_fix){.line = pn_value_named(FIX, values, "line")->number,
                                   .field = pn_value_named(FIX, values, "field")->text,
                                   .value = pn_value_named(FIX, values, "value")->text};
    }
    request->fixes = fixes;
    request->fix_count = count;
    return PN_OK;
}

static pn_err check_missing(pn_exchange *x, const pn_import_peek *peek) {
    for (size_t i = 0; i < peek->missing_count; i++) {
        pn_problem_tell(x, PN_STR("/map"), PN_STR_NONE, "No column gives %s.", peek->missing[i]);
    }
    return peek->missing_count == 0 ? PN_OK : PN_INVALID;
}

static pn_err import_upload(pn_exchange *x) {
    pn_file_row row;
    pn_import_peek peek;
    const pn_creditor_row *of = NULL;
    const pn_route_value *creditor = pn_body_value(x, "creditor");
    pn_import_request request = {
        .kind = (pn_import_kind)pn_body_value(x, "kind")->number,
        .date_format = pn_body_value(x, "date_format")->text,
        .decimal = pn_body_value(x, "decimal")->text,
        .currency = pn_body_value(x, "currency")->text,
        .creditor = creditor->text,
        .dry_run = pn_body_value(x, "dry_run")->number != 0,
        .skip_bad = pn_body_value(x, "skip_bad")->number != 0,
        .informative = pn_body_value(x, "informative")->number != 0,
    };
    pn_id job = 0;
    PN_TRY(path_upload(x, &row));
    if (creditor->given) {
        PN_TRY(pn_find_creditor(x, creditor->number, &of));
    }
    PN_TRY(read_map(x, request.kind, &request.map));
    PN_TRY(read_fixes(x, &request));
    /* a map that cannot be read is told now, not by the job */
    PN_TRY(pn_told(x, pn_file_part(x->db, row.id, 0, x->arena, &request.bytes)));
    request.file_name = row.name;
    request.from_sheet = pn_import_is_sheet(row.type);
    PN_TRY(pn_import_look(x->app, &request, x->arena, &peek, &x->diag));
    PN_TRY(check_missing(x, &peek));
    PN_TRY(pn_jobs_add(x->app, PN_STR("import"), row.id, pn_import_job_json(&request, x->arena),
                       &job, &x->diag));
    if (x->service != NULL) {
        atomic_store(&x->service->job_added, true);
    }
    PN_TRY(pn_answer_made(x, "/v1/jobs", PN_ID_JOB, job));
    x->answer.status = 202;
    return PN_OK;
}

pn_route_table PN_ROUTES_UPLOADS = {
    {.method = PN_HTTP_GET,
     .path = "/v1/uploads",
     .name = "list_uploads",
     .runs = PN_RUNS_READER,
     .roles = PN_MAY_READ,
     .scope = "imports:read",
     .gives = &UPLOAD,
     .gives_list = true,
     .answer = list_uploads,
     .summary = "files that can be imported, the newest first"},
    {.method = PN_HTTP_POST,
     .path = "/v1/uploads",
     .name = "add_upload",
     .runs = PN_RUNS_LONG,
     .roles = PN_MAY_BOOK,
     .scope = "imports:write",
     .query = ADD_QUERY,
     .body_type = PN_FILE_TYPES,
     .body_max = PN_LIMIT_UPLOAD_BYTES,
     .gives = &UPLOADED,
     .answer = add_upload,
     .summary = "keep a CSV file or a spreadsheet (.xlsx), to look at it and import it",
     .help = "It is kept for 30 days; of a spreadsheet, the rows of one sheet as CSV."},
    {.method = PN_HTTP_GET,
     .path = "/v1/uploads/{upload}",
     .name = "get_upload",
     .runs = PN_RUNS_READER,
     .roles = PN_MAY_READ,
     .scope = "imports:read",
     .gives = &UPLOAD,
     .answer = get_upload,
     .summary = "one file that can be imported"},
    {.method = PN_HTTP_DELETE,
     .path = "/v1/uploads/{upload}",
     .name = "delete_upload",
     .runs = PN_RUNS_WRITER,
     .roles = PN_MAY_BOOK,
     .scope = "imports:write",
     .answer = delete_upload,
     .summary = "delete a file; what was imported of it stays"},
    {.method = PN_HTTP_GET,
     .path = "/v1/uploads/{upload}/columns",
     .name = "get_upload_columns",
     .runs = PN_RUNS_READER,
     .roles = PN_MAY_READ,
     .scope = "imports:read",
     .query = LOOK_QUERY,
     .gives = &LOOKED,
     .answer = look_at_upload,
     .summary = "its columns, what they seem to be, and the fields there are"},
    {.method = PN_HTTP_POST,
     .path = "/v1/uploads/{upload}/import",
     .name = "import_upload",
     .runs = PN_RUNS_WRITER,
     .roles = PN_MAY_BOOK,
     .scope = "imports:write",
     .body = IMPORT_BODY,
     .gives = &PN_MADE,
     .answer = import_upload,
     .summary = "import it, or check every row of it, as a job",
     .help = "All or nothing unless bad rows are skipped. The job says how far it is and what came "
             "of it; the rows it refused can be downloaded. The same file again changes nothing, "
             "and an import can be undone."},
    {.path = NULL},
};
