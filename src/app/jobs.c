#include "app/jobs.h"

#include <stdio.h>

#include "base/banned.h"
#include "base/limits.h"

static const struct {
    const char *name;
    pn_err (*run)(pn_job_run *run);
} KINDS[] = {
    {"import", pn_job_import},
    {"simulation", pn_job_simulation},
    {"forecast", pn_job_forecast},
};

static pn_err tell_event(pn_app *app, const pn_job_row *row, pn_job_state state) {
    char id[PN_ID_TEXT_SIZE], body[200];
    pn_id event = 0;
    (void)snprintf(body, sizeof body, "{\"job\":\"%s\",\"kind\":\"%.*s\",\"state\":\"%s\"}",
                   pn_id_text(PN_ID_JOB, row->id, id), PN_STR_ARG(row->kind),
                   pn_job_state_name(state));
    return pn_journal_add(app, 0, 0, 0, PN_EVENT_JOB, pn_str_of(body), &event);
}

pn_err pn_jobs_add(pn_app *app, pn_str kind, pn_id file_id, pn_str request, pn_id *ret_id,
                   pn_diag *diag) {
    int64_t open = 0;
    PN_TRY(pn_app_fail(app, pn_job_open_count(app->db, app->org.id, &open), diag));
    if (open >= PN_LIMIT_JOBS_WAITING) {
        return pn_diag_set(diag, PN_LIMIT, "%d jobs wait already; wait until some are done.",
                           PN_LIMIT_JOBS_WAITING);
    }
    pn_job_row row = {.id = pn_app_id(app),
                      .org_id = app->org.id,
                      .kind = kind,
                      .file_id = file_id,
                      .request = request,
                      .actor = pn_str_of(app->actor),
                      .created_at = pn_env_now(app->env)};
    pn_err err = pn_job_insert(app->db, &row);
    err = err == PN_OK ? tell_event(app, &row, PN_JOB_WAITS) : err;
    *ret_id = row.id;
    return pn_app_fail(app, err, diag);
}

/* As the instance: the organization itself may be somebody's for the whole job. */
static pn_err cancel_apart(pn_app *app, pn_id id, pn_diag *diag) {
    pn_app *instance = NULL;
    pn_app_options options = {.env = app->env, .log = app->log, .actor = app->actor};
    PN_TRY(pn_app_borrow(app->db, &options, 0, &instance, diag));
    instance->turn = app->turn;
    instance->rank = app->rank;
    pn_err err = pn_app_begin_rows(instance, diag);
    if (err == PN_OK) {
        err = pn_job_cancel(instance->db, app->org.id, id, pn_env_now(app->env));
        if (err == PN_CONFLICT) {
            (void)pn_diag_set(diag, err, "This job is over.");
        }
        err = pn_app_end(instance, err, diag);
    }
    pn_app_close(instance);
    return err;
}

pn_err pn_jobs_cancel(pn_app *app, pn_id id, pn_diag *diag) {
    pn_arena arena;
    pn_job_row row;
    pn_arena_init(&arena, 0);
    pn_err err = pn_job_get(app->db, app->org.id, id, &arena, &row);
    pn_arena_done(&arena);
    if (err == PN_NOT_FOUND) {
        char text[PN_ID_TEXT_SIZE];
        return pn_diag_set(diag, err, "There is no job %s here.", pn_id_text(PN_ID_JOB, id, text));
    }
    PN_TRY(pn_app_fail(app, err, diag));
    return cancel_apart(app, id, diag);
}

/* ── running ─────────────────────────────────────────────────────────────────────────────────── */

bool pn_job_tell(pn_job_run *run, int64_t done, int64_t total) {
    run->row->done = done;
    run->row->total = PN_MAX(total, done);
    if (run->word == PN_JOB_GO_ON) {
        run->word = run->watch->tell(run->watch->context, done, run->row->total);
    }
    return run->word == PN_JOB_GO_ON;
}

pn_err pn_job_over(pn_job_run *run, pn_job_state state) {
    run->row->state = state;
    run->row->finished_at = state == PN_JOB_WAITS ? PN_TIME_NONE : pn_env_now(run->app->env);
    PN_TRY(pn_job_settle(run->app->db, run->row));
    return state == PN_JOB_WAITS ? PN_OK : tell_event(run->app, run->row, state);
}

static pn_err over_apart(pn_job_run *run, pn_job_state state, pn_diag *diag) {
    PN_TRY(pn_app_begin_rows(run->app, diag));
    pn_err err = pn_job_over(run, state);
    err = pn_app_end(run->app, err == PN_CONFLICT ? PN_OK : err, diag);
    return err;
}

static pn_err claim(pn_app *app, pn_job_row *row, pn_time now, pn_diag *diag) {
    PN_TRY(pn_app_begin_rows(app, diag));
    return pn_app_end(
        app, pn_job_claim(app->db, row, now, now + PN_LIMIT_JOB_LEASE_SECONDS * PN_SECOND), diag);
}

static pn_err run_kind(pn_job_run *run) {
    for (size_t i = 0; i < PN_COUNT(KINDS); i++) {
        if (pn_str_eq(run->row->kind, pn_str_of(KINDS[i].name))) {
            return KINDS[i].run(run);
        }
    }
    return pn_diag_set(run->diag, PN_INVALID, "This program knows no job of this kind.");
}

/* What kept a job from its end: somebody, the process's end, or itself. */
static pn_err settle_failed(pn_job_run *run, pn_err err, pn_diag *diag) {
    if (run->word == PN_JOB_PUT_BACK) {
        return over_apart(run, PN_JOB_WAITS, diag);
    }
    if (run->word == PN_JOB_CANCEL) {
        return over_apart(run, PN_JOB_CANCELLED, diag);
    }
    if (err == PN_RETRY || err == PN_IO) {
        return over_apart(run, PN_JOB_WAITS, diag); /* the database's: again, later */
    }
    const pn_diag *told = run->diag;
    run->row->problem =
        told->mend[0] != '\0'
            ? pn_str_format(run->arena, "%s %s", told->what, told->mend)
            : pn_str_dup(run->arena,
                         pn_str_of(told->what[0] != '\0' ? told->what : pn_err_name(err)));
    return over_apart(run, PN_JOB_FAILED, diag);
}

pn_err pn_jobs_run_next(pn_app *app, bool studies, pn_time now, const pn_job_watch *watch,
                        pn_arena *arena, pn_job_row *ret_row, pn_diag *diag) {
    pn_diag told = {0};
    pn_job_run run = {.app = app, .row = ret_row, .watch = watch, .arena = arena, .diag = &told};
    pn_err err = pn_job_next(app->db, app->org.id, studies, now, arena, ret_row);
    if (err == PN_NOT_FOUND) {
        return err;
    }
    PN_TRY(pn_app_fail(app, err, diag));
    PN_TRY(claim(app, ret_row, pn_env_now(app->env), diag));
    if (watch->begun != NULL) {
        watch->begun(watch->context, ret_row);
    }
    const char *before = app->actor;
    app->actor = pn_str_z(arena, ret_row->actor);
    if (ret_row->tries > PN_LIMIT_JOB_TRIES) {
        ret_row->problem = pn_str_format(arena, "It was begun %d times and never came to its end.",
                                         PN_LIMIT_JOB_TRIES);
        err = over_apart(&run, PN_JOB_FAILED, diag);
    } else {
        (void)pn_job_tell(&run, 0, 0);
        err = ret_row->cancel ? PN_CONFLICT : run_kind(&run);
        run.word = ret_row->cancel ? PN_JOB_CANCEL : run.word;
        err = err == PN_OK ? PN_OK : settle_failed(&run, err, diag);
    }
    app->actor = before;
    return err;
}
