/* Tasks: what needs a person now. */
#include "app/people.h"
#include "app/tasks.h"
#include "base/banned.h"
#include "http/answer.h"
#include "http/find.h"
#include "http/tables.h"
#include "store/task.h"

static const char *const STATES[] = {"open", "done", "cancelled", NULL};
static const char *const WHICH[] = {"open", "all", NULL};

static const pn_shape TASK_FIELDS[] = {
    {.name = "id", .type = PN_SHAPE_ID, .id_kind = PN_ID_TASK, .required = true},
    {.name = "category", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "title", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "debtor",
     .type = PN_SHAPE_ID,
     .id_kind = PN_ID_DEBTOR,
     .help = "null where it is about none"},
    {.name = "debtor_name", .type = PN_SHAPE_TEXT},
    {.name = "run", .type = PN_SHAPE_ID, .id_kind = PN_ID_RUN, .help = "that waits for it"},
    {.name = "queue",
     .type = PN_SHAPE_TEXT,
     .help = "whose it is: the queue it names, else the debtor's collector"},
    {.name = "assignee", .type = PN_SHAPE_TEXT, .help = "who does it today"},
    {.name = "script", .type = PN_SHAPE_LINES},
    {.name = "due_at", .type = PN_SHAPE_TIME, .required = true},
    {.name = "state", .type = PN_SHAPE_WORD, .words = STATES, .required = true},
    {.name = "outcome", .type = PN_SHAPE_TEXT},
    {.name = "opened_at", .type = PN_SHAPE_TIME, .required = true},
    {.name = "settled_at", .type = PN_SHAPE_TIME},
    {.name = "settled_by", .type = PN_SHAPE_TEXT},
    {.name = NULL},
};
static const pn_schema_object TASK = {"Task", TASK_FIELDS, "What a person has to do"};
static const pn_shape LIST_QUERY[] = {
    {.name = "state",
     .type = PN_SHAPE_WORD,
     .words = WHICH,
     .help = "open ones, the most urgent first; or all, the newest first"},
    {.name = NULL},
};
static const pn_shape DONE_BODY[] = {
    {.name = "outcome",
     .type = PN_SHAPE_TEXT,
     .max = 400,
     .help = "approved, refused, promised …; done where it is left out"},
    {.name = NULL},
};

static pn_err put_task(pn_exchange *x, pn_json_writer *w, const pn_task_row *row) {
    pn_debtor_row debtor = {0};
    if (row->debtor_id != 0) {
        PN_TRY(pn_find_debtor(x, row->debtor_id, &debtor));
    }
    pn_str queue = row->queue.len != 0 ? row->queue : debtor.owner;
    pn_colleague assignee = pn_people_find(x->app, queue, pn_app_today(x->app), x->arena);
    pn_json_begin_object(w);
    pn_put_id(w, "id", PN_ID_TASK, row->id);
    pn_json_put_str(w, "category", row->category);
    pn_json_put_str(w, "title", row->title);
    pn_put_id(w, "debtor", PN_ID_DEBTOR, row->debtor_id);
    pn_put_str_or_null(w, "debtor_name", debtor.name);
    pn_put_id(w, "run", PN_ID_RUN, row->run_id);
    pn_put_str_or_null(w, "queue", queue);
    pn_put_str_or_null(w, "assignee", assignee.known ? assignee.name : PN_STR_NONE);
    pn_put_str_or_null(w, "script", row->script);
    pn_put_time(w, "due_at", row->due_at);
    pn_json_put_str(w, "state", pn_str_of(STATES[row->state]));
    pn_put_str_or_null(w, "outcome", row->outcome);
    pn_put_time(w, "opened_at", row->opened_at);
    pn_put_time(w, "settled_at", row->settled_at);
    pn_put_str_or_null(w, "settled_by", row->settled_by);
    pn_json_end_object(w);
    return PN_OK;
}

static pn_err put_row_of_tasks(pn_exchange *x, pn_json_writer *w, const void *item,
                               int64_t key[PN_PAGE_KEYS]) {
    const pn_task_row *row = item;
    PN_TRY(put_task(x, w, row));
    key[0] = row->due_at;
    key[1] = row->id;
    return PN_OK;
}

static pn_err list_tasks(pn_exchange *x) {
    pn_page page;
    pn_task_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_page_read(x, &page));
    bool all = pn_query_value(x, "state")->number == 1, first = page.key[0] == INT64_MIN;
    PN_TRY(pn_told(x, all ? pn_task_page(x->db, x->app->org.id, first ? 0 : page.key[1],
                                         page.limit + 1, x->arena, &rows, &count)
                          : pn_task_open_page(x->db, x->app->org.id, page.key[0], page.key[1],
                                              page.limit + 1, x->arena, &rows, &count)));
    return pn_page_give(x, &page, rows, sizeof *rows, count, put_row_of_tasks);
}

static pn_err path_task(pn_exchange *x, pn_task_row *ret_row) {
    pn_id id = 0;
    PN_TRY(pn_argument_id(x, 0, PN_ID_TASK, &id));
    pn_err err = pn_task_get(x->db, x->app->org.id, id, x->arena, ret_row);
    return err == PN_NOT_FOUND ? pn_nothing_here(x, "task", PN_ID_TASK, id) : pn_told(x, err);
}

static pn_err get_task(pn_exchange *x) {
    pn_task_row row;
    PN_TRY(path_task(x, &row));
    return put_task(x, pn_answer_bare(x), &row);
}

static pn_err finish_task(pn_exchange *x) {
    pn_task_row row;
    PN_TRY(path_task(x, &row));
    PN_TRY(pn_tasks_done(x->app, row.id, pn_body_value(x, "outcome")->text, x->arena, &x->diag));
    return get_task(x);
}

pn_route_table PN_ROUTES_TASKS = {
    {.method = PN_HTTP_GET,
     .path = "/v1/tasks",
     .name = "list_tasks",
     .runs = PN_RUNS_READER,
     .roles = PN_MAY_READ,
     .scope = "tasks:read",
     .query = LIST_QUERY,
     .gives = &TASK,
     .gives_list = true,
     .answer = list_tasks,
     .summary = "what needs a person"},
    {.method = PN_HTTP_GET,
     .path = "/v1/tasks/{task}",
     .name = "get_task",
     .runs = PN_RUNS_READER,
     .roles = PN_MAY_READ,
     .scope = "tasks:read",
     .gives = &TASK,
     .answer = get_task,
     .summary = "one task"},
    {.method = PN_HTTP_POST,
     .path = "/v1/tasks/{task}/done",
     .name = "finish_task",
     .runs = PN_RUNS_WRITER,
     .roles = PN_MAY_COLLECT,
     .scope = "tasks:write",
     .body = DONE_BODY,
     .gives = &TASK,
     .answer = finish_task,
     .summary = "a person has done it: the run that waits for it goes on"},
    {.path = NULL},
};
