#include "http/service.h"

#include <semaphore.h>
#include <stdlib.h>

#include "base/banned.h"
#include "base/limits.h"
#include "http/dispatch.h"

/* Threads that read: more than cores, for they wait for the disk or the server, and twice as many
 * as one organization may have. */
enum { READERS = PN_LIMIT_HTTP_READERS, LONGS = 2, ENTRANCE = 2, WRITERS = 4 };
enum { READER_CACHE_KIB = 4096, CREDITORS_KNOWN = 1024 };

void pn_service_committed(pn_service *service, pn_id org_id, bool changed) {
    if (service->options.committed != NULL) {
        service->options.committed(service->options.context, org_id, changed);
    }
}

static void writer_committed(void *context, pn_id org_id, bool changed) {
    pn_service *service = context;
    if (atomic_exchange(&service->job_added, false)) {
        pn_foreman_ring(service->foreman);
        pn_foreman_ring(service->analyst);
    }
    pn_service_committed(context, org_id, changed);
}

static pn_err open_threads(pn_service *service, pn_diag *diag) {
    const pn_service_options *own = &service->options;
    pn_apps_options apps = {.url = own->url,
                            .mode = PN_DB_READ,
                            .cache_kib = READER_CACHE_KIB,
                            .env = own->env,
                            .log = own->log,
                            .actor = "api",
                            .public_url = own->public_url,
                            .turn = own->turn,
                            .rank = PN_TURN_BATCH,
                            .changes = &service->changes};
    pn_crew_bounds all = {0}, some = {PN_LIMIT_HTTP_READERS_ORG, PN_LIMIT_HTTP_READERS_ONE};
    PN_TRY(pn_crew_new(&apps, READERS, PN_LIMIT_HTTP_QUEUE, some, &service->readers, diag));
    apps.mode = PN_DB_WRITE;
    PN_TRY(pn_crew_new(&apps, LONGS, PN_LIMIT_HTTP_LONG_QUEUE, all, &service->longs, diag));
    PN_TRY(pn_crew_new(&apps, ENTRANCE, PN_LIMIT_PASSWORDS_WAITING, all, &service->entrance, diag));
    PN_TRY(pn_clerk_start(&apps, service->auth, own->public_url, &service->clerk, diag));
    pn_foreman_options foreman = {.apps = apps, .committed = writer_committed, .context = service};
    PN_TRY(pn_foreman_start(&foreman, &service->foreman, diag));
    foreman.studies = true;
    PN_TRY(pn_foreman_start(&foreman, &service->analyst, diag));
    pn_writer_options writer = {
        .apps = apps, .threads = WRITERS, .committed = writer_committed, .context = service};
    PN_TRY(pn_writer_new(&writer, &service->writer, diag));
    pn_tracker_options tracker = {.url = own->url, .env = own->env, .writer = service->writer};
    PN_TRY(pn_tracker_new(&tracker, &service->tracker, diag));
    service->connections =
        READERS + LONGS + ENTRANCE + 4 + (pn_db_is_file(own->url) ? 1 : WRITERS + 2);
    return PN_OK;
}

pn_err pn_service_open(const pn_service_options *options, pn_service **ret_service, pn_diag *diag) {
    pn_service *service = pn_alloc(sizeof *service);
    memset(service, 0, sizeof *service);
    service->options = *options;
    service->router = pn_router_new(options->routes);
    uint64_t seed = 0;
    pn_env_entropy(options->env, &seed, sizeof seed);
    service->rates = pn_rates_new(PN_LIMIT_RATE_BUCKETS, seed);
    service->creditors = pn_known_new(CREDITORS_KNOWN);
    service->metrics = pn_metrics_new(options->routes);
    service->auth = pn_auth_new(options->url, options->env);
    pn_err err = open_threads(service, diag);
    if (err != PN_OK) {
        pn_service_close(service);
        return err;
    }
    *ret_service = service;
    return PN_OK;
}

/* Each hands work to the next. */
void pn_service_close_threads(pn_service *service) {
    if (service != NULL) {
        pn_foreman_stop(service->analyst);
        pn_foreman_stop(service->foreman); /* what waits for its turn behind a job gets it */
        pn_crew_free(service->readers);
        pn_crew_free(service->longs);
        pn_crew_free(service->entrance);
        pn_tracker_free(service->tracker);
        service->tracker = NULL;
        pn_writer_free(service->writer);
        pn_clerk_stop(service->clerk);
        service->foreman = service->analyst = NULL;
        service->readers = service->longs = service->entrance = NULL;
        service->clerk = NULL;
        service->writer = NULL;
    }
}

void pn_service_close(pn_service *service) {
    if (service != NULL) {
        pn_service_close_threads(service);
        pn_auth_free(service->auth);
        pn_metrics_free(service->metrics);
        pn_rates_free(service->rates);
        pn_known_free(service->creditors);
        pn_router_free(service->router);
        free(service);
    }
}

/* ── for the server ──────────────────────────────────────────────────────────────────────────── */

static pn_err head(void *context, pn_exchange *exchange, int64_t *ret_body_max) {
    return pn_dispatch_head(context, exchange, ret_body_max);
}

static bool whole(void *context, pn_exchange *exchange) {
    return pn_dispatch_whole(context, exchange);
}

static void refuse(void *context, pn_exchange *exchange, pn_err err) {
    pn_dispatch_refuse(context, exchange, err);
}

static void over(void *context, const pn_exchange *exchange, int64_t duration) {
    pn_dispatch_over(context, exchange, duration);
}

pn_server_handler pn_service_handler(pn_service *service) {
    return (pn_server_handler){
        .head = head, .whole = whole, .refuse = refuse, .over = over, .context = service};
}

/* ── for tests ───────────────────────────────────────────────────────────────────────────────── */

static void nothing(pn_exchange *exchange) {
    (void)exchange;
}

static void wake(pn_exchange *exchange) {
    (void)sem_post(exchange->waiter);
}

void pn_service_ask(pn_service *service, pn_exchange *exchange) {
    sem_t answered;
    int64_t body_max = 0;
    (void)sem_init(&answered, 0, 0);
    exchange->suspend = nothing;
    exchange->resume = wake;
    exchange->waiter = &answered;
    int64_t began = pn_env_ticks(service->options.env);
    if (pn_dispatch_head(service, exchange, &body_max) == PN_OK) {
        if ((int64_t)exchange->body.len > body_max) {
            pn_dispatch_refuse(service, exchange, PN_LIMIT);
        } else if (!pn_dispatch_whole(service, exchange)) {
            while (sem_wait(&answered) != 0) {
            }
        }
    }
    pn_dispatch_over(service, exchange, pn_env_ticks(service->options.env) - began);
    (void)sem_destroy(&answered);
}
