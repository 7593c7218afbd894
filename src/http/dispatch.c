#include "http/dispatch.h"

#include "auth/identity.h"
#include "base/banned.h"
#include "base/limits.h"
#include "http/door.h"
#include "http/idempotency.h"
#include "http/problem.h"
#include "http/route.h"
#include "http/shape.h"

/* A request on its way; on its arena. */
typedef struct {
    pn_job job;
    pn_operation operation;
    pn_service *service;
    pn_exchange *exchange;
} task;

static task *task_of_operation(pn_operation *operation) {
    return (task *)(void *)((char *)operation - offsetof(task, operation));
}

/* ── answers ─────────────────────────────────────────────────────────────────────────────────── */

/* What failed on our side is told by the log alone, in the database's or the system's words. */
static void log_failure(const task *t, pn_err err) {
    if (err == PN_IO || err == PN_CORRUPT) {
        pn_log_write(t->service->options.log, PN_LOG_ERROR, t->exchange->route->name,
                     (pn_log_fields){.org = t->exchange->org_id,
                                     .request = (int64_t)t->exchange->number,
                                     .detail = t->exchange->diag.what});
    }
}

/* Forgets what was answered: the route is asked again, or its answer is not true. */
static void forget_answer(pn_exchange *x) {
    pn_buf body = x->answer.body;
    pn_buf_clear(&body);
    x->answer = (pn_answer){.body = body};
    x->problem = PN_PROBLEM_BY_ERR;
    x->problems = NULL;
}

static void answer_busy(pn_exchange *x) {
    (void)pn_problem_set(x, PN_PROBLEM_BUSY, "Too much is waiting to be done.");
    pn_problem_answer(x, PN_RETRY);
}

static void finish(task *t, pn_err err) {
    pn_exchange *x = t->exchange;
    x->db = NULL;
    x->app = NULL;
    if (err == PN_OK && (pn_arena_over(x->arena) || x->answer.body.failed)) {
        err = pn_diag_set(&x->diag, PN_LIMIT, "The answer would be too large.");
    }
    if (err == PN_RETRY && x->problem == PN_PROBLEM_BY_ERR) {
        answer_busy(x);
    } else if (err != PN_OK) {
        log_failure(t, err);
        pn_problem_answer(x, err);
    }
    x->resume(x);
}

/* An answer that was given before under the same key is given again. */
static pn_err ask_route(pn_exchange *x) {
    bool replayed = false;
    bool once = x->method == PN_HTTP_POST && x->org_id != 0 && x->route->runs != PN_RUNS_ENTRANCE;
    if (once) {
        PN_TRY(pn_idempotency_begin(x, &replayed));
    }
    if (replayed) {
        return PN_OK;
    }
    pn_err err = x->route->answer(x);
    if (once && err == PN_OK) {
        err = pn_idempotency_keep(x);
    } else if (once && x->route->runs == PN_RUNS_LONG) {
        pn_idempotency_drop(x);
    }
    return err;
}

/* ── where it runs ───────────────────────────────────────────────────────────────────────────── */

static void act_as(pn_exchange *x, pn_app *app) {
    x->db = app->db;
    x->app = app;
    app->actor = x->identity != NULL ? pn_str_z(x->arena, x->identity->actor) : "api";
}

static pn_err run_in_writer(pn_operation *operation, pn_app *app, pn_diag *diag) {
    pn_exchange *x = task_of_operation(operation)->exchange;
    forget_answer(x);
    act_as(x, app);
    pn_err err = ask_route(x);
    *diag = x->diag;
    return err;
}

static void answer_from_writer(pn_operation *operation, pn_err err, const pn_diag *diag) {
    task *t = task_of_operation(operation);
    if (err != PN_OK && operation->err == PN_OK) {
        forget_answer(t->exchange); /* it was well, but could not be committed */
    }
    t->exchange->diag = *diag;
    finish(t, err);
}

static void run_long(pn_job *job, pn_apps *apps) {
    task *t = (task *)(void *)job;
    pn_exchange *x = t->exchange;
    pn_app *app = NULL;
    pn_apps_refresh(apps);
    pn_err err = pn_apps_get(apps, x->org_id, &app, &x->diag);
    if (err == PN_OK) {
        act_as(x, app);
        err = ask_route(x);
        pn_apps_forget(apps); /* it may have changed what others have loaded, too */
        (void)atomic_fetch_add(&t->service->changes, 1);
        pn_service_committed(t->service, x->org_id, true);
    }
    finish(t, err);
}

/* Nothing that apps load is changed there. */
static void run_entrance(pn_job *job, pn_apps *apps) {
    task *t = (task *)(void *)job;
    pn_exchange *x = t->exchange;
    pn_app *app = NULL;
    pn_apps_refresh(apps);
    pn_err err = pn_apps_get(apps, x->org_id, &app, &x->diag);
    if (err == PN_OK) {
        act_as(x, app);
        err = ask_route(x);
        pn_clerk_ring(t->service->clerk);
    }
    finish(t, err);
}

/* To whoever changes something; false where too many wait. */
static bool hand_on(task *t) {
    pn_exchange *x = t->exchange;
    bool enters = x->route->runs == PN_RUNS_ENTRANCE;
    if (x->route->runs == PN_RUNS_WRITER) {
        t->operation =
            (pn_operation){.org_id = x->org_id, .run = run_in_writer, .done = answer_from_writer};
        return pn_writer_add(t->service->writer, &t->operation);
    }
    t->job.run = enters ? run_entrance : run_long;
    return pn_crew_add(enters ? t->service->entrance : t->service->longs, &t->job);
}

static pn_err run_reading(task *t, pn_apps *apps) {
    pn_exchange *x = t->exchange;
    if (x->route->runs != PN_RUNS_READER) {
        return PN_OK;
    }
    if (x->org_id != 0 || x->route->door == PN_ROUTE_SIGNED) {
        PN_TRY(pn_apps_get(apps, x->org_id, &x->app, &x->diag));
    }
    return ask_route(x);
}

static int64_t time_to_read(const pn_route *route) {
    return route->read_ms_max != 0 ? route->read_ms_max * (PN_SECOND / 1000)
                                   : PN_LIMIT_API_READ_SECONDS * PN_SECOND;
}

/* Whatever was made of it on the way: what was asked for takes too long. */
static pn_err tell_late(pn_exchange *x) {
    return pn_problem_set(x, PN_PROBLEM_SLOW, "Reading this took too long.");
}

/* Of what people and keys read, which may take long. */
static bool has_place(task *t, const pn_apps *apps) {
    const pn_exchange *x = t->exchange;
    const pn_identity *who = x->identity;
    return who == NULL || x->route->runs != PN_RUNS_READER ||
           pn_crew_place(t->service->readers, apps, &t->job, x->org_id,
                         who->key_id != 0 ? who->key_id : who->user_id);
}

/* Who asks, what is asked; and the answer, where that changes nothing. */
static void run_in_reader(pn_job *job, pn_apps *apps) {
    task *t = (task *)(void *)job;
    pn_exchange *x = t->exchange;
    pn_apps_refresh(apps);
    x->db = pn_apps_db(apps);
    pn_err err = pn_db_begin_read_within(x->db, t->service->options.env, time_to_read(x->route));
    if (err == PN_IO) {
        (void)pn_problem_set(x, PN_PROBLEM_BUSY, "The database does not answer.");
        err = PN_RETRY;
    }
    if (err == PN_OK) {
        err = pn_door_open(x);
        if (err == PN_OK && !has_place(t, apps)) {
            pn_db_rollback(pn_apps_db(apps)); /* another thread may have the job already */
            return;
        }
        err = err == PN_OK ? pn_shape_request(x) : err;
        err = err == PN_OK ? run_reading(t, apps) : err;
        err = err != PN_OK && pn_db_was_late(x->db) ? tell_late(x) : err;
        pn_db_rollback(x->db);
    }
    if (err != PN_OK && x->diag.what[0] == '\0') {
        (void)pn_db_diag(pn_apps_db(apps), err, &x->diag);
    }
    if (err != PN_OK || x->route->runs == PN_RUNS_READER) {
        /* whoever refused may have said so in a page of its own */
        finish(t, x->answer.status != 0 && x->app == NULL ? PN_OK : err);
        return;
    }
    x->db = NULL;
    if (!hand_on(t)) {
        finish(t, PN_RETRY);
    }
}

/* ── from the server ─────────────────────────────────────────────────────────────────────────── */

pn_err pn_dispatch_head(pn_service *service, pn_exchange *exchange, int64_t *ret_body_max) {
    pn_str allow = PN_STR_NONE;
    exchange->service = service;
    pn_err err = pn_route_find(service->router, exchange->method, exchange->path, exchange->arena,
                               &exchange->route, exchange->arguments, &allow);
    if (err == PN_OK) {
        const pn_route *route = exchange->route;
        *ret_body_max = route->body_max != 0 ? route->body_max : PN_LIMIT_API_BODY_BYTES;
        return PN_OK;
    }
    if (err == PN_INVALID) {
        (void)pn_problem_set(exchange, PN_PROBLEM_METHOD, "This path knows %.*s.",
                             PN_STR_ARG(allow));
        pn_answer_field(exchange, "Allow", allow);
    } else {
        (void)pn_diag_set(&exchange->diag, err, "There is no such page.");
    }
    pn_problem_answer(exchange, err);
    return err;
}

/* Without a database: nobody can have signed in. */
static void answer_here(pn_exchange *x) {
    assert(x->route->door != PN_ROUTE_SIGNED);
    pn_err err = pn_shape_request(x);
    err = err == PN_OK ? x->route->answer(x) : err;
    if (err != PN_OK) {
        pn_problem_answer(x, err);
    }
}

/* How many requests somebody makes: by what they sign in with, and by address unless that is this
 * machine's own, for then it is a proxy. Links and providers are bounded by what they may do. */
static bool is_within_rate(pn_service *service, pn_exchange *x) {
    pn_route_door door = x->route->door;
    if (door == PN_ROUTE_LINK || door == PN_ROUTE_PROVIDER) {
        return true;
    }
    int64_t ticks = pn_env_ticks(service->options.env), wait = 0;
    pn_str key = pn_exchange_header(x, "authorization");
    key = key.len != 0 ? key : pn_exchange_header(x, "cookie");
    bool near = pn_str_starts(x->peer, PN_STR("127.")) || pn_str_is(x->peer, "::1");
    if (key.len != 0) {
        wait = pn_rate_take(service->rates, key, PN_LIMIT_RATE_KEY_MINUTE, ticks);
    }
    if (wait == 0 && !near) {
        wait = pn_rate_take(service->rates, x->peer, PN_LIMIT_RATE_ADDRESS_MINUTE, ticks);
    }
    if (wait != 0) {
        pn_answer_field(x, "Retry-After", pn_str_format(x->arena, "%lld", (long long)wait));
        pn_problem_answer(x, pn_problem_set(x, PN_PROBLEM_RATE, "Too many requests came."));
    }
    return wait == 0;
}

/* Whether no reader is needed to tell whose it is, and what changes something changes it. */
static bool needs_no_reader(pn_exchange *x) {
    const pn_route *route = x->route;
    return route->runs == PN_RUNS_WRITER &&
           (route->placed_here || (route->recall != NULL && route->recall(x, &x->org_id)));
}

/* From the connection's thread to the writer's, without a reader between. True: it is answered. */
static bool write_from_here(pn_service *service, pn_exchange *x) {
    pn_err err = pn_shape_request(x);
    if (err == PN_OK && x->route->placed_here) {
        err = x->route->place(x, &x->org_id);
    }
    if (err != PN_OK) {
        if (x->answer.status == 0) {
            pn_problem_answer(x, err);
        }
        return true;
    }
    task *t = pn_arena_new(x->arena, task);
    *t = (task){
        .service = service,
        .exchange = x,
        .operation = {.org_id = x->org_id, .run = run_in_writer, .done = answer_from_writer}};
    x->suspend(x);
    if (!pn_writer_add(service->writer, &t->operation)) {
        answer_busy(x);
        x->resume(x);
    }
    return false;
}

bool pn_dispatch_whole(pn_service *service, pn_exchange *exchange) {
    if (exchange->route->runs == PN_RUNS_HERE) {
        answer_here(exchange);
        return true;
    }
    if (!is_within_rate(service, exchange)) {
        return true;
    }
    if (needs_no_reader(exchange)) {
        return write_from_here(service, exchange);
    }
    task *t = pn_arena_new(exchange->arena, task);
    *t = (task){.job = {.run = run_in_reader}, .service = service, .exchange = exchange};
    exchange->suspend(exchange);
    if (!pn_crew_add(service->readers, &t->job)) {
        answer_busy(exchange);
        exchange->resume(exchange);
    }
    return false;
}

void pn_dispatch_refuse(pn_service *service, pn_exchange *exchange, pn_err err) {
    exchange->service = service;
    switch (err) {
    case PN_LIMIT:
        (void)pn_problem_set(exchange, PN_PROBLEM_BODY_SIZE, "At most %lld bytes are taken here.",
                             (long long)(exchange->route == NULL ? 0
                                         : exchange->route->body_max != 0
                                             ? exchange->route->body_max
                                             : PN_LIMIT_API_BODY_BYTES));
        break;
    case PN_RETRY:
        (void)pn_problem_set(exchange, PN_PROBLEM_BUSY, "Too much is being sent at once.");
        break;
    case PN_DENIED:
        (void)pn_problem_set(exchange, PN_PROBLEM_METHOD, "There is no such method here.");
        pn_answer_field(exchange, "Allow", PN_STR("GET, POST, PUT, PATCH, DELETE"));
        break;
    case PN_OK:
    case PN_NOT_FOUND:
    case PN_INVALID:
    case PN_CONFLICT:
    case PN_IO:
    case PN_CORRUPT:
        (void)pn_problem_set(exchange, PN_PROBLEM_MALFORMED, "The request is malformed.");
        break;
    }
    pn_problem_answer(exchange, err);
}

/* What browsers, mail programs and providers ask for in masses is logged only where it went wrong;
 * what a provider told is stored. */
static pn_log_level level_of(const pn_exchange *x) {
    bool in_masses =
        x->route != NULL && (x->route->door == PN_ROUTE_LINK ||
                             x->route->door == PN_ROUTE_PROVIDER || x->route->runs == PN_RUNS_HERE);
    return x->answer.status >= 500               ? PN_LOG_WARN
           : in_masses && x->answer.status < 400 ? PN_LOG_DEBUG
                                                 : PN_LOG_INFO;
}

void pn_dispatch_over(pn_service *service, const pn_exchange *exchange, int64_t duration) {
    const char *name = exchange->route != NULL ? exchange->route->name : "none";
    pn_metrics_request(service->metrics, exchange->route, exchange->answer.status, duration);
    pn_log_write(service->options.log, level_of(exchange), "request",
                 (pn_log_fields){.org = exchange->org_id,
                                 .request = (int64_t)exchange->number,
                                 .route = name,
                                 .status = exchange->answer.status,
                                 .duration_us = PN_MAX(duration, 1)});
}
