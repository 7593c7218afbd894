/* What machines ask about the server: is it up, can it work, which version, how is it. */
#include <stdio.h>
#include <unistd.h>

#include "base/banned.h"
#include "base/limits.h"
#include "http/service.h"

#ifndef PN_VERSION
#define PN_VERSION "0"
#endif

static pn_err answer_health(pn_exchange *exchange) {
    pn_json_writer *w = pn_answer_json(exchange);
    pn_json_put_str(w, "status", PN_STR("ok"));
    pn_json_end_object(w);
    return PN_OK;
}

/* The snapshot was begun, so the database answers; but is it asked? */
static pn_err answer_ready(pn_exchange *exchange) {
    pn_pulse *pulse = &exchange->service->pulse;
    pn_org_row *rows = NULL;
    size_t count = 0;
    pn_err err = pn_org_list(exchange->db, exchange->arena, &rows, &count);
    bool away = atomic_load(&pulse->workers_away) != 0;
    const char *engine = away ? "away" : atomic_load(&pulse->workers) != 0 ? "ok" : "none";
    exchange->answer.status = err == PN_OK && !away ? 200 : 503;
    pn_json_writer *w = pn_answer_json(exchange);
    pn_json_put_str(w, "status", exchange->answer.status == 200 ? PN_STR("ok") : PN_STR("away"));
    pn_json_put_str(w, "database", err == PN_OK ? PN_STR("ok") : PN_STR("away"));
    pn_json_put_str(w, "engine", pn_str_of(engine));
    pn_json_end_object(w);
    return PN_OK;
}

static pn_err answer_version(pn_exchange *exchange) {
    pn_json_writer *w = pn_answer_json(exchange);
    pn_json_put_str(w, "version", PN_STR(PN_VERSION));
    pn_json_end_object(w);
    return PN_OK;
}

/* ── metrics ─────────────────────────────────────────────────────────────────────────────────── */

static void write_engine(pn_pulse *pulse, pn_buf *out) {
    const struct {
        const char *name;
        atomic_uint_fast64_t *count;
    } outcomes[] = {{"sent", &pulse->sent},       {"skipped", &pulse->skipped},
                    {"delayed", &pulse->delayed}, {"failed", &pulse->failed},
                    {"retried", &pulse->retried}, {"uncertain", &pulse->uncertain}};
    pn_metric_write(out, "workers", "gauge", "Organizations whose engine and delivery work here.",
                    atomic_load(&pulse->workers));
    pn_metric_write(out, "workers_away", "gauge", "Of them, those that cannot work now.",
                    atomic_load(&pulse->workers_away));
    pn_metric_write(out, "engine_enrolled_total", "counter", "Cases begun.",
                    (int64_t)atomic_load(&pulse->enrolled));
    pn_metric_write(out, "engine_steps_total", "counter", "Cases looked at.",
                    (int64_t)atomic_load(&pulse->stepped));
    pn_metric_write(out, "engine_moves_total", "counter", "Cases moved.",
                    (int64_t)atomic_load(&pulse->moved));
    pn_metric_head(out, "deliveries_total", "counter", "Messages, by what became of them.");
    for (size_t i = 0; i < PN_COUNT(outcomes); i++) {
        pn_metric_labelled(out, "deliveries_total", "outcome", outcomes[i].name,
                           (int64_t)atomic_load(outcomes[i].count));
    }
    pn_metric_write(out, "mails_received_total", "counter", "Mails fetched from mailboxes.",
                    (int64_t)atomic_load(&pulse->received));
    pn_metric_write(out, "mailboxes", "gauge", "Mailboxes that are set.",
                    atomic_load(&pulse->mailboxes));
    pn_metric_write(out, "mailboxes_open", "gauge", "Of them, those that are listened to now.",
                    atomic_load(&pulse->mailboxes_open));
    pn_metric_write(out, "mailbox_failures_total", "counter",
                    "Sessions with mailboxes that did not end well.",
                    (int64_t)atomic_load(&pulse->mailboxes_failed));
}

static void write_queues(const pn_service *service, pn_buf *out) {
    pn_writer_stats writer = pn_writer_told(service->writer);
    pn_metric_head(out, "queue_depth", "gauge", "What waits, by whom it waits for.");
    pn_metric_labelled(out, "queue_depth", "queue", "readers", pn_crew_waiting(service->readers));
    pn_metric_labelled(out, "queue_depth", "queue", "writer", writer.waiting);
    pn_metric_labelled(out, "queue_depth", "queue", "long", pn_crew_waiting(service->longs));
    pn_metric_write(out, "writer_operations_total", "counter", "Operations that were committed.",
                    (int64_t)writer.operations);
    pn_metric_write(out, "writer_undone_total", "counter", "Operations that were undone.",
                    (int64_t)writer.undone);
    pn_metric_write(out, "writer_commits_total", "counter", "Transactions of the writer.",
                    (int64_t)writer.commits);
    pn_metric_write(out, "database_connections", "gauge", "Open connections to the database.",
                    service->connections);
}

static void write_opens(pn_tracker *tracker, pn_buf *out) {
    pn_tracker_stats stats = pn_tracker_told(tracker);
    pn_metric_head(out, "opens_total", "counter", "Opens of messages, by what became of them.");
    pn_metric_labelled(out, "opens_total", "outcome", "stored", (int64_t)stats.stored);
    pn_metric_labelled(out, "opens_total", "outcome", "lost", (int64_t)stats.lost);
    pn_metric_write(out, "opens_waiting", "gauge", "Opens that wait to be stored.", stats.waiting);
}

static int64_t resident_bytes(void) {
    long size = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    if (file != NULL) {
        resident = fscanf(file, "%ld %ld", &size, &resident) == 2 ? resident : 0;
        (void)fclose(file);
    }
    return (int64_t)resident * sysconf(_SC_PAGESIZE);
}

static pn_err answer_metrics(pn_exchange *exchange) {
    pn_service *service = exchange->service;
    pn_buf *out = &exchange->answer.body;
    if (!pn_networks_have(&service->options.metrics_from, exchange->peer)) {
        return pn_diag_set(&exchange->diag, PN_DENIED, "Metrics are not for this address.");
    }
    pn_buf_init(out, PN_LIMIT_API_ANSWER_BYTES);
    exchange->answer.content_type = "text/plain; version=0.0.4; charset=utf-8";
    pn_metrics_write(service->metrics, out);
    write_queues(service, out);
    write_engine(&service->pulse, out);
    write_opens(service->tracker, out);
    pn_server *own = atomic_load(&service->server);
    if (own != NULL) {
        pn_server_stats server = pn_server_told(own);
        pn_metric_write(out, "http_connections", "gauge", "Open connections of clients.",
                        server.connections);
        pn_metric_write(out, "http_requests", "gauge", "Requests under way.", server.requests);
        pn_metric_write(out, "http_cut_off_total", "counter",
                        "Connections that were closed for being too slow.",
                        (int64_t)server.cut_off);
    }
    pn_metric_write(out, "resident_bytes", "gauge", "Memory of the process.", resident_bytes());
    return PN_OK;
}

const pn_route PN_ROUTES_HEALTH[] = {
    {.path = "/healthz",
     .name = "healthz",
     .runs = PN_RUNS_HERE,
     .door = PN_ROUTE_PUBLIC,
     .unlisted = true,
     .answer = answer_health,
     .summary = "The server answers."},
    {.path = "/readyz",
     .name = "readyz",
     .runs = PN_RUNS_READER,
     .door = PN_ROUTE_PUBLIC,
     .unlisted = true,
     .answer = answer_ready,
     .summary = "Database and engine can work; 503 where they cannot."},
    {.path = "/version",
     .name = "version",
     .runs = PN_RUNS_HERE,
     .door = PN_ROUTE_PUBLIC,
     .unlisted = true,
     .answer = answer_version,
     .summary = "The program's version."},
    {.path = "/metrics",
     .name = "metrics",
     .runs = PN_RUNS_HERE,
     .door = PN_ROUTE_PUBLIC,
     .unlisted = true,
     .answer = answer_metrics,
     .summary = "Metrics as Prometheus reads them."},
    {0},
};
