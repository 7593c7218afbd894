/* An import as a job: an upload with what was chosen for it. The import and that it is done are one
 * transaction. */
#include "app/import_job.h"

#include "app/import_sheet.h"
#include "app/jobs.h"
#include "base/banned.h"
#include "base/limits.h"
#include "base/sort.h"
#include "store/file.h"

typedef struct {
    pn_job_run *run;
    pn_import_request request;
    pn_file_row file;
} import_job;

static pn_str text_of(const pn_json *json, const char *key) {
    return pn_json_text(pn_json_get(json, pn_str_of(key)), PN_STR_NONE);
}

static bool flag_of(const pn_json *json, const char *key) {
    return pn_json_bool(pn_json_get(json, pn_str_of(key)), false);
}

/* ── the request as it is kept ───────────────────────────────────────────────────────────────── */

static void put_fixes(pn_json_writer *w, const pn_import_request *request) {
    if (request->fix_count == 0) {
        return;
    }
    pn_json_key(w, PN_STR("fixes"));
    pn_json_begin_array(w);
    for (size_t i = 0; i < request->fix_count; i++) {
        const pn_import_fix *fix = &request->fixes[i];
        pn_json_begin_object(w);
        pn_json_put_str(w, "field", fix->field);
        pn_json_put_int(w, "line", fix->line);
        pn_json_put_str(w, "value", fix->value);
        pn_json_end_object(w);
    }
    pn_json_end_array(w);
}

static int by_line(const void *a, const void *b) {
    const pn_import_fix *left = a, *right = b;
    return (left->line > right->line) - (left->line < right->line);
}

static void read_fixes(import_job *job, const pn_json *list) {
    if (list == NULL || list->type != PN_JSON_ARRAY) {
        return;
    }
    pn_import_fix *fixes = pn_arena_array(job->run->arena, pn_import_fix, list->count + 1);
    for (uint32_t i = 0; i < list->count; i++) {
        const pn_json *one = &list->items[i];
        fixes[i] = (pn_import_fix){
            .line = pn_json_int(pn_json_get(one, PN_STR("line")), 0),
            .field = text_of(one, "field"),
            .value = text_of(one, "value"),
        };
    }
    pn_sort(fixes, list->count, sizeof *fixes, by_line, job->run->arena);
    job->request.fixes = fixes;
    job->request.fix_count = list->count;
}

pn_str pn_import_job_json(const pn_import_request *request, pn_arena *arena) {
    pn_buf text;
    pn_buf_init(&text, 1 << 20);
    pn_json_writer w = pn_json_writer_on(&text, 0);
    pn_json_begin_object(&w);
    pn_json_put_str_if(&w, "creditor", request->creditor);
    pn_json_put_str_if(&w, "currency", request->currency);
    pn_json_put_str_if(&w, "date_format", request->date_format);
    pn_json_put_str_if(&w, "decimal", request->decimal);
    pn_json_put_bool(&w, "dry_run", request->dry_run);
    put_fixes(&w, request);
    pn_json_put_bool(&w, "informative", request->informative);
    pn_json_put_str(&w, "kind", pn_str_of(pn_import_kind_name(request->kind)));
    pn_json_put_str_if(&w, "map", request->map);
    pn_json_put_bool(&w, "skip_bad", request->skip_bad);
    pn_json_end_object(&w);
    pn_str copy = pn_str_dup(arena, pn_buf_str(&text));
    pn_buf_done(&text);
    return copy;
}

static pn_err read_request(import_job *job) {
    pn_json *json = NULL;
    pn_job_run *run = job->run;
    PN_TRY(pn_json_parse(run->row->request, NULL, run->arena, &json, run->diag));
    pn_str kind = text_of(json, "kind");
    job->request = (pn_import_request){
        .creditor = text_of(json, "creditor"),
        .currency = text_of(json, "currency"),
        .date_format = text_of(json, "date_format"),
        .decimal = text_of(json, "decimal"),
        .dry_run = flag_of(json, "dry_run"),
        .informative = flag_of(json, "informative"),
        .map = text_of(json, "map"),
        .skip_bad = flag_of(json, "skip_bad"),
    };
    read_fixes(job, pn_json_get(json, PN_STR("fixes")));
    for (int i = 0; i <= PN_IMPORT_LINES; i++) {
        if (pn_str_eq(kind, pn_str_of(pn_import_kind_name((pn_import_kind)i)))) {
            job->request.kind = (pn_import_kind)i;
        }
    }
    return PN_OK;
}

/* ── its end ─────────────────────────────────────────────────────────────────────────────────── */

static pn_err keep_refused(import_job *job, const pn_import_report *report) {
    pn_job_run *run = job->run;
    if (report->refused_count == 0) {
        return PN_OK;
    }
    pn_buf csv;
    pn_buf_init(&csv, 2 * (size_t)PN_LIMIT_UPLOAD_BYTES);
    pn_err err = pn_import_refused_csv(&job->request, report, run->arena, &csv, run->diag);
    pn_file_row file = {.id = pn_app_id(run->app),
                        .org_id = run->app->org.id,
                        .use = PN_FILE_REFUSED,
                        .name =
                            pn_str_format(run->arena, "refused-%.*s", PN_STR_ARG(job->file.name)),
                        .type = PN_STR("text/csv"),
                        .actor = run->row->actor,
                        .at = pn_env_now(run->app->env)};
    err = err == PN_OK ? pn_file_insert(run->app->db, &file, pn_buf_str(&csv)) : err;
    pn_buf_done(&csv);
    run->row->refused_id = err == PN_OK ? file.id : 0;
    return err;
}

/* What came of it, in the transaction under way. */
static pn_err finish_as(import_job *job, const pn_import_report *report, pn_job_state state) {
    pn_job_run *run = job->run;
    pn_buf text;
    PN_TRY(keep_refused(job, report));
    pn_buf_init(&text, 8 << 20);
    pn_json_writer w = pn_json_writer_on(&text, 0);
    pn_json_begin_object(&w);
    pn_import_report_put(&w, report);
    pn_json_end_object(&w);
    run->row->result = pn_str_dup(run->arena, pn_buf_str(&text));
    pn_err err = pn_buf_err(&text);
    pn_buf_done(&text);
    run->row->done = run->row->total = report->rows;
    return err == PN_OK ? pn_job_over(run, state) : err;
}

static pn_err finish(void *context, const pn_import_report *report) {
    return finish_as(context, report, PN_JOB_DONE);
}

static bool progress(void *context, bool writing, int64_t rows, int64_t of_rows) {
    import_job *job = context;
    /* checking is the first half of it */
    return pn_job_tell(job->run, writing ? of_rows + rows : rows, 2 * of_rows);
}

/* Nothing was imported: a dry run, or rows that are wrong. */
static pn_err finish_apart(import_job *job, const pn_import_report *report, pn_job_state state) {
    pn_job_run *run = job->run;
    pn_diag diag = {0};
    if (state == PN_JOB_FAILED) {
        run->row->problem = pn_str_dup(run->arena, pn_str_of(run->diag->what));
    }
    PN_TRY(pn_app_begin_rows(run->app, run->diag));
    pn_err err = finish_as(job, report, state);
    return pn_app_end(run->app, err, err == PN_OK ? &diag : run->diag);
}

static pn_err import(import_job *job) {
    pn_import_report report = {0};
    pn_job_run *run = job->run;
    pn_err err = pn_import_run(run->app, &job->request, run->arena, &report, run->diag);
    if (err == PN_OK && job->request.dry_run) {
        return finish_apart(job, &report, PN_JOB_DONE);
    }
    if (err == PN_INVALID && report.problem_count != 0) {
        return finish_apart(job, &report, job->request.dry_run ? PN_JOB_DONE : PN_JOB_FAILED);
    }
    return err;
}

pn_err pn_job_import(pn_job_run *run) {
    import_job job = {.run = run};
    pn_buf content;
    PN_TRY(read_request(&job));
    pn_err err = pn_file_get(run->app->db, run->app->org.id, PN_FILE_UPLOAD, run->row->file_id,
                             run->arena, &job.file);
    if (err == PN_NOT_FOUND) {
        return pn_diag_set(run->diag, PN_INVALID, "The file to import is gone.");
    }
    PN_TRY(err);
    pn_buf_init(&content, (size_t)PN_LIMIT_UPLOAD_BYTES + 1);
    err = pn_file_content(run->app->db, &job.file, &content);
    if (err == PN_OK) {
        job.request.file_name = job.file.name;
        job.request.bytes = pn_buf_str(&content);
        job.request.from_sheet = pn_import_is_sheet(job.file.type);
        job.request.progress = progress;
        job.request.finish = finish;
        job.request.context = &job;
        err = import(&job);
    }
    pn_buf_done(&content);
    return err;
}
