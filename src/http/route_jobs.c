/* Jobs: how far they are and what came of them. */
#include "app/jobs.h"
#include "base/banned.h"
#include "http/answer.h"
#include "http/files.h"
#include "http/find.h"
#include "http/service.h"
#include "http/tables.h"

static const char *const STATES[] = {"waits", "runs", "done", "failed", "cancelled", NULL};

static const pn_shape JOB_FIELDS[] = {
    {.name = "id", .type = PN_SHAPE_ID, .id_kind = PN_ID_JOB, .required = true},
    {.name = "kind",
     .type = PN_SHAPE_TEXT,
     .required = true,
     .help = "import, simulation, forecast"},
    {.name = "state", .type = PN_SHAPE_WORD, .words = STATES, .required = true},
    {.name = "upload", .type = PN_SHAPE_ID, .id_kind = PN_ID_UPLOAD, .help = "that it works on"},
    {.name = "request", .type = PN_SHAPE_JSON, .required = true, .help = "how"},
    {.name = "done",
     .type = PN_SHAPE_INT,
     .required = true,
     .help = "of `total`: of an import twice its rows, which are checked, then written"},
    {.name = "total", .type = PN_SHAPE_INT, .required = true, .help = "0: not known yet"},
    {.name = "result", .type = PN_SHAPE_JSON, .help = "of an import: as importing at once gives"},
    {.name = "problem", .type = PN_SHAPE_TEXT, .help = "why it failed"},
    {.name = "has_refused", .type = PN_SHAPE_BOOL, .required = true, .help = "see …/refused"},
    {.name = "by", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "created_at", .type = PN_SHAPE_TIME, .required = true},
    {.name = "started_at", .type = PN_SHAPE_TIME},
    {.name = "finished_at", .type = PN_SHAPE_TIME},
    {.name = NULL},
};
static const pn_schema_object JOB = {"Job", JOB_FIELDS, "Work that takes longer than an answer"};

static void put_job(pn_exchange *x, pn_json_writer *w, const pn_job_row *row, bool whole) {
    pn_id id = row->id;
    int64_t done = row->done, total = row->total;
    if (row->state == PN_JOB_RUNS && x->service != NULL && x->service->foreman != NULL &&
        !pn_foreman_at(x->service->foreman, row->org_id, &id, &done, &total)) {
        (void)pn_foreman_at(x->service->analyst, row->org_id, &id, &done, &total);
    }
    pn_put_id(w, "id", PN_ID_JOB, row->id);
    pn_json_put_str(w, "kind", row->kind);
    pn_json_put_str(w, "state", pn_str_of(STATES[row->state]));
    pn_put_id(w, "upload", PN_ID_UPLOAD, row->file_id);
    pn_put_json(w, "request", row->request);
    pn_json_put_int(w, "done", done);
    pn_json_put_int(w, "total", total);
    if (whole) {
        pn_put_json(w, "result", row->result);
    }
    pn_put_str_or_null(w, "problem", row->problem);
    pn_json_put_bool(w, "has_refused", row->refused_id != 0);
    pn_json_put_str(w, "by", row->actor);
    pn_put_time(w, "created_at", row->created_at);
    pn_put_time(w, "started_at", row->started_at);
    pn_put_time(w, "finished_at", row->finished_at);
}

static pn_err path_job(pn_exchange *x, pn_job_row *ret_row) {
    pn_id id = 0;
    PN_TRY(pn_argument_id(x, 0, PN_ID_JOB, &id));
    pn_err err = pn_job_get(x->db, x->app->org.id, id, x->arena, ret_row);
    return err == PN_NOT_FOUND ? pn_nothing_here(x, "job", PN_ID_JOB, id) : pn_told(x, err);
}

static pn_err put_row_of_jobs(pn_exchange *x, pn_json_writer *w, const void *item,
                              int64_t key[PN_PAGE_KEYS]) {
    const pn_job_row *row = item;
    pn_json_begin_object(w);
    put_job(x, w, row, false);
    pn_json_end_object(w);
    key[0] = row->id;
    return PN_OK;
}

static pn_err list_jobs(pn_exchange *x) {
    pn_page page;
    pn_job_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_page_read(x, &page));
    pn_id before = pn_page_before(&page);
    PN_TRY(pn_told(
        x, pn_job_page(x->db, x->app->org.id, before, page.limit + 1, x->arena, &rows, &count)));
    return pn_page_give(x, &page, rows, sizeof *rows, count, put_row_of_jobs);
}

static pn_err get_job(pn_exchange *x) {
    pn_job_row row;
    PN_TRY(path_job(x, &row));
    pn_json_writer *w = pn_answer_json(x);
    put_job(x, w, &row, true);
    pn_json_end_object(w);
    return PN_OK;
}

/* One that runs here ends at its next piece, and what the database then is told waits for that. */
static pn_err cancel_job(pn_exchange *x) {
    pn_job_row row;
    PN_TRY(path_job(x, &row));
    if (row.state != PN_JOB_WAITS && row.state != PN_JOB_RUNS) {
        return pn_diag_set(&x->diag, PN_CONFLICT, "This job is over.");
    }
    if (x->service != NULL && x->service->foreman != NULL) {
        pn_foreman_cancel(x->service->foreman, x->app->org.id, row.id);
        pn_foreman_cancel(x->service->analyst, x->app->org.id, row.id);
    }
    return pn_jobs_cancel(x->app, row.id, &x->diag);
}

static pn_err get_refused(pn_exchange *x) {
    pn_job_row job;
    pn_file_row file;
    PN_TRY(path_job(x, &job));
    pn_err err = job.refused_id == 0 ? PN_NOT_FOUND
                                     : pn_file_get(x->db, x->app->org.id, PN_FILE_REFUSED,
                                                   job.refused_id, x->arena, &file);
    if (err == PN_NOT_FOUND) {
        return pn_diag_set(&x->diag, err, "This job refused nothing, or it is too long ago.");
    }
    PN_TRY(pn_told(x, err));
    return pn_file_answer(x, &file);
}

pn_route_table PN_ROUTES_JOBS = {
    {.method = PN_HTTP_GET,
     .path = "/v1/jobs",
     .name = "list_jobs",
     .runs = PN_RUNS_READER,
     .roles = PN_MAY_READ,
     .scope = "jobs:read",
     .gives = &JOB,
     .gives_list = true,
     .answer = list_jobs,
     .summary = "jobs, the newest first, without their results"},
    {.method = PN_HTTP_GET,
     .path = "/v1/jobs/{job}",
     .name = "get_job",
     .runs = PN_RUNS_READER,
     .roles = PN_MAY_READ,
     .scope = "jobs:read",
     .gives = &JOB,
     .answer = get_job,
     .summary = "one job: how far it is, what came of it",
     .help = "A job that its process did not end is begun again by the next; what it changes and "
             "that it is done are one transaction, so it is done once or not at all."},
    {.method = PN_HTTP_DELETE,
     .path = "/v1/jobs/{job}",
     .name = "cancel_job",
     .runs = PN_RUNS_LONG,
     .roles = PN_MAY_BOOK,
     .scope = "jobs:write",
     .answer = cancel_job,
     .summary = "cancel a job that waits or runs; it changes nothing"},
    {.method = PN_HTTP_GET,
     .path = "/v1/jobs/{job}/refused",
     .name = "get_job_refused",
     .runs = PN_RUNS_READER,
     .roles = PN_MAY_READ,
     .scope = "jobs:read",
     .answer_type = "text/csv",
     .answer = get_refused,
     .summary = "the rows it refused, as they stand in the file, each behind its problem"},
    {.path = NULL},
};
