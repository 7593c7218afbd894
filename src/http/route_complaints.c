/* Complaints of debtors, and the files they sent. */
#include "app/complaints.h"
#include "base/banned.h"
#include "base/limits.h"
#include "http/answer.h"
#include "http/find.h"
#include "http/tables.h"
#include "page/html.h"

static const pn_shape COMPLAINT_FIELDS[] = {
    {.name = "id", .type = PN_SHAPE_ID, .id_kind = PN_ID_COMPLAINT, .required = true},
    {.name = "debtor", .type = PN_SHAPE_ID, .id_kind = PN_ID_DEBTOR, .required = true},
    {.name = "creditor", .type = PN_SHAPE_ID, .id_kind = PN_ID_CREDITOR},
    {.name = "task", .type = PN_SHAPE_ID, .id_kind = PN_ID_TASK},
    {.name = "text", .type = PN_SHAPE_LINES, .required = true},
    {.name = "answer", .type = PN_SHAPE_LINES},
    {.name = "opened_at", .type = PN_SHAPE_TIME, .required = true},
    {.name = "closed_at", .type = PN_SHAPE_TIME, .help = "null: nobody has answered yet"},
    {.name = NULL},
};
static const pn_schema_object COMPLAINT = {"Complaint", COMPLAINT_FIELDS,
                                           "A debtor complains about how they were treated"};
static const pn_shape LIST_QUERY[] = {
    {.name = "debtor", .type = PN_SHAPE_ID, .id_kind = PN_ID_DEBTOR},
    {.name = "all", .type = PN_SHAPE_BOOL, .help = "those that were answered too"},
    {.name = NULL},
};
static const pn_shape ADD_BODY[] = {
    {.name = "debtor", .type = PN_SHAPE_ID, .id_kind = PN_ID_DEBTOR, .required = true},
    {.name = "text", .type = PN_SHAPE_LINES, .required = true, .min = 1, .max = 3000},
    {.name = NULL},
};
static const pn_shape CLOSE_BODY[] = {
    {.name = "answer",
     .type = PN_SHAPE_LINES,
     .required = true,
     .min = 1,
     .max = 3000,
     .help = "what the debtor was answered"},
    {.name = NULL},
};

static const pn_shape FILE_FIELDS[] = {
    {.name = "id", .type = PN_SHAPE_ID, .id_kind = PN_ID_FILE, .required = true},
    {.name = "debtor", .type = PN_SHAPE_ID, .id_kind = PN_ID_DEBTOR, .required = true},
    {.name = "task", .type = PN_SHAPE_ID, .id_kind = PN_ID_TASK},
    {.name = "name", .type = PN_SHAPE_TEXT, .required = true, .help = "as the debtor called it"},
    {.name = "type", .type = PN_SHAPE_TEXT, .required = true, .help = "by its content"},
    {.name = "size", .type = PN_SHAPE_INT, .required = true, .help = "bytes"},
    {.name = "at", .type = PN_SHAPE_TIME, .required = true},
    {.name = NULL},
};
static const pn_schema_object FILE_OBJECT = {"DebtorFile", FILE_FIELDS,
                                             "A file that a debtor sent"};
static const pn_shape FILES_QUERY[] = {
    {.name = "debtor", .type = PN_SHAPE_ID, .id_kind = PN_ID_DEBTOR},
    {.name = "task", .type = PN_SHAPE_ID, .id_kind = PN_ID_TASK, .help = "what it is about"},
    {.name = NULL},
};

/* ── complaints ──────────────────────────────────────────────────────────────────────────────── */

static void put_complaint(pn_json_writer *w, const pn_complaint_row *row) {
    pn_json_begin_object(w);
    pn_put_id(w, "id", PN_ID_COMPLAINT, row->id);
    pn_put_id(w, "debtor", PN_ID_DEBTOR, row->debtor_id);
    pn_put_id(w, "creditor", PN_ID_CREDITOR, row->creditor_id);
    pn_put_id(w, "task", PN_ID_TASK, row->task_id);
    pn_json_put_str(w, "text", row->text);
    pn_put_str_or_null(w, "answer", row->answer);
    pn_put_time(w, "opened_at", row->opened_at);
    pn_put_time(w, "closed_at", row->closed_at);
    pn_json_end_object(w);
}

/* The debtor that the list is about, 0: all. */
static pn_err read_debtor(pn_exchange *x, pn_id *ret_id) {
    pn_debtor_row debtor;
    const pn_route_value *value = pn_query_value(x, "debtor");
    *ret_id = 0;
    if (value->given) {
        PN_TRY(pn_find_debtor(x, value->number, &debtor));
        *ret_id = debtor.id;
    }
    return PN_OK;
}

static pn_err put_row_of_complaints(pn_exchange *x, pn_json_writer *w, const void *item,
                                    int64_t key[PN_PAGE_KEYS]) {
    const pn_complaint_row *row = item;
    (void)x;
    put_complaint(w, row);
    key[0] = row->id;
    return PN_OK;
}

static pn_err list_complaints(pn_exchange *x) {
    pn_page page;
    pn_complaint_row *rows = NULL;
    size_t count = 0;
    pn_page_scope scope = {.org_id = x->app->org.id, .all = pn_query_value(x, "all")->number != 0};
    PN_TRY(pn_page_read(x, &page));
    PN_TRY(read_debtor(x, &scope.debtor_id));
    pn_id before = pn_page_before(&page);
    PN_TRY(pn_told(
        x, pn_complaint_page(x->db, &scope, before, page.limit + 1, x->arena, &rows, &count)));
    return pn_page_give(x, &page, rows, sizeof *rows, count, put_row_of_complaints);
}

static pn_err get_complaint(pn_exchange *x) {
    pn_id id = 0;
    pn_complaint_row row;
    PN_TRY(pn_argument_id(x, 0, PN_ID_COMPLAINT, &id));
    PN_TRY(pn_complaints_get(x->app, id, x->arena, &row, &x->diag));
    put_complaint(pn_answer_bare(x), &row);
    return PN_OK;
}

static pn_err add_complaint(pn_exchange *x) {
    pn_debtor_row debtor;
    pn_id id = 0;
    PN_TRY(pn_find_debtor(x, pn_body_value(x, "debtor")->number, &debtor));
    PN_TRY(pn_complaints_add(x->app, debtor.id, 0, pn_body_value(x, "text")->text, x->arena, &id,
                             &x->diag));
    return pn_answer_made(x, "/v1/complaints", PN_ID_COMPLAINT, id);
}

static pn_err close_complaint(pn_exchange *x) {
    pn_id id = 0;
    PN_TRY(pn_argument_id(x, 0, PN_ID_COMPLAINT, &id));
    PN_TRY(pn_complaints_close(x->app, id, pn_body_value(x, "answer")->text, x->arena, &x->diag));
    return get_complaint(x);
}

/* ── files ───────────────────────────────────────────────────────────────────────────────────── */

static pn_err put_row_of_files(pn_exchange *x, pn_json_writer *w, const void *item,
                               int64_t key[PN_PAGE_KEYS]) {
    const pn_page_file_row *row = item;
    (void)x;
    pn_json_begin_object(w);
    pn_put_id(w, "id", PN_ID_FILE, row->id);
    pn_put_id(w, "debtor", PN_ID_DEBTOR, row->debtor_id);
    pn_put_id(w, "task", PN_ID_TASK, row->task_id);
    pn_json_put_str(w, "name", row->name);
    pn_json_put_str(w, "type", row->type);
    pn_json_put_int(w, "size", row->size);
    pn_put_time(w, "at", row->at);
    pn_json_end_object(w);
    key[0] = row->id;
    return PN_OK;
}

static pn_err list_files(pn_exchange *x) {
    pn_page page;
    pn_page_file_row *rows = NULL;
    size_t count = 0;
    pn_page_scope scope = {.org_id = x->app->org.id, .task_id = pn_query_value(x, "task")->number};
    PN_TRY(pn_page_read(x, &page));
    PN_TRY(read_debtor(x, &scope.debtor_id));
    pn_id before = pn_page_before(&page);
    PN_TRY(pn_told(
        x, pn_page_file_page(x->db, &scope, before, page.limit + 1, x->arena, &rows, &count)));
    return pn_page_give(x, &page, rows, sizeof *rows, count, put_row_of_files);
}

/* It is a stranger's file: it is saved, and never shown in our name. */
static pn_err get_file(pn_exchange *x) {
    pn_id id = 0;
    pn_page_file_row row;
    pn_buf name;
    PN_TRY(pn_argument_id(x, 0, PN_ID_FILE, &id));
    PN_TRY(pn_complaints_file(x->app, id, x->arena, &row, &x->diag));
    pn_buf_init(&name, 2048);
    pn_html_url(&name, row.name);
    pn_answer_field(x, "Content-Disposition",
                    pn_str_format(x->arena, "attachment; filename=\"file\"; filename*=UTF-8''%.*s",
                                  PN_STR_ARG(pn_buf_str(&name))));
    pn_buf_done(&name);
    pn_answer_field(x, "Content-Security-Policy", PN_STR("default-src 'none'; sandbox"));
    pn_buf_init(&x->answer.body, PN_LIMIT_PAGE_FILE_BYTES + 1024);
    pn_buf_add_str(&x->answer.body, row.content);
    x->answer.content_type = pn_str_z(x->arena, row.type);
    return PN_OK;
}

pn_route_table PN_ROUTES_COMPLAINTS = {
    {.method = PN_HTTP_GET,
     .path = "/v1/complaints",
     .name = "list_complaints",
     .runs = PN_RUNS_READER,
     .roles = PN_MAY_READ,
     .scope = "debtors:read",
     .query = LIST_QUERY,
     .gives = &COMPLAINT,
     .gives_list = true,
     .answer = list_complaints,
     .summary = "complaints that wait for an answer, the newest first"},
    {.method = PN_HTTP_POST,
     .path = "/v1/complaints",
     .name = "add_complaint",
     .runs = PN_RUNS_WRITER,
     .roles = PN_MAY_COLLECT,
     .scope = "debtors:write",
     .body = ADD_BODY,
     .gives = &PN_MADE,
     .answer = add_complaint,
     .summary = "enters one that was made by telephone or letter"},
    {.method = PN_HTTP_GET,
     .path = "/v1/complaints/{complaint}",
     .name = "get_complaint",
     .runs = PN_RUNS_READER,
     .roles = PN_MAY_READ,
     .scope = "debtors:read",
     .gives = &COMPLAINT,
     .answer = get_complaint,
     .summary = "one complaint"},
    {.method = PN_HTTP_POST,
     .path = "/v1/complaints/{complaint}/close",
     .name = "close_complaint",
     .runs = PN_RUNS_WRITER,
     .roles = PN_MAY_COLLECT,
     .scope = "debtors:write",
     .body = CLOSE_BODY,
     .gives = &COMPLAINT,
     .answer = close_complaint,
     .summary = "it was answered: its task is done"},
    {.method = PN_HTTP_GET,
     .path = "/v1/files",
     .name = "list_files",
     .runs = PN_RUNS_READER,
     .roles = PN_MAY_READ,
     .scope = "debtors:read",
     .query = FILES_QUERY,
     .gives = &FILE_OBJECT,
     .gives_list = true,
     .answer = list_files,
     .summary = "files that debtors sent, the newest first"},
    {.method = PN_HTTP_GET,
     .path = "/v1/files/{file}",
     .name = "get_file",
     .runs = PN_RUNS_READER,
     .roles = PN_MAY_READ,
     .scope = "debtors:read",
     .answer_type = "application/octet-stream",
     .answer = get_file,
     .summary = "a file itself: PDF, JPEG, PNG, HEIC or WebP"},
    {.path = NULL},
};
