/* Dispatch: messages claimed, guarded, written, sent over SMTP and recorded.
 *
 *   bench_dispatch [--messages N] [--connections N] [--db URL] [--dir DIR]
 *
 * A sandbox with one debtor and one queued e-mail a message is made by import and engine; what is
 * measured is pn_delivery_work through the driver `smtp` to Postfix's smtp-sink. Beside it,
 * Postfix's smtp-source to the same sink with messages of the same size. */
#include <stdio.h>

#include "app/deliver.h"
#include "base/banned.h"
#include "rig.h"
#include "store/document.h"

static const char STRATEGY[] =
    "{'puntual':1,'name':'Reparto','subject':'account','kind':'strategy',"
    "'entry':{'rule':['account.claimable','>',0]},'start':'correo','nodes':{"
    "'correo':{'type':'send.email','template':'recordatorio','tone':1,'next':'plazo','error':'"
    "plazo'},"
    "'plazo':{'type':'wait.days','days':30,'next':'fin'},'fin':{'type':'end'}}}";

typedef struct {
    const char *place;
    int64_t messages;
    int port, connections;
} job;

typedef struct {
    double seconds, cpu_seconds;
    pn_delivery_stats stats;
    int64_t carriers, bytes; /* as the database has them */
} job_result;

static void set_channel(pn_app *app, const job *j) {
    char settings[200];
    (void)snprintf(settings, sizeof settings,
                   "{\"connections\":%d,\"url\":\"smtp://127.0.0.1:%d\"}", j->connections, j->port);
    pn_channel_row row = {.org_id = app->org.id,
                          .channel = PN_CHANNEL_EMAIL,
                          .driver = PN_STR("smtp"),
                          .settings = pn_str_of(settings),
                          .sender = PN_STR("Cobros <cobros@example.com>"),
                          .updated_at = pn_env_now(&rig_env)};
    pn_diag diag = {0};
    rig_must(pn_app_fail(app, pn_channel_put(app->db, &row), &diag), &diag);
}

static void prepare(void *context, void *result) {
    const job *j = context;
    pn_app *app = rig_new_org(j->place);
    pn_buf csv;
    pn_import_report report = {0};
    pn_engine *engine = NULL;
    pn_engine_stats *stats = result;
    pn_diag diag = {0};
    pn_buf_init(&csv, (size_t)j->messages * 220 + 4096);
    rig_write_csv(&(rig_file){.invoices = j->messages, .debtors = j->messages, .due_days = -10},
                  &csv);
    rig_say("dispatch: importing %lld invoices", (long long)j->messages);
    rig_import(app, PN_IMPORT_INVOICES, pn_buf_str(&csv), &report);
    pn_buf_done(&csv);
    rig_publish(app, STRATEGY);
    rig_set_clock(app, rig_moment(1, 10));
    rig_say("dispatch: the engine writes the intents");
    rig_must(pn_engine_open(app, &engine, &diag), &diag);
    rig_must(pn_engine_work(engine, pn_app_now(app), stats, &diag), &diag);
    pn_engine_close(engine);
    set_channel(app, j);
    pn_app_close(app);
}

static void count_sent(pn_app *app, job_result *result) {
    pn_stmt *q = pn_db_stmt(app->db, "SELECT count(*), coalesce(sum(size), 0)"
                                     " FROM carrier JOIN carrier_content ON carrier_id = id"
                                     " WHERE state = 2");
    if (pn_row_next(q) == PN_OK) {
        result->carriers = pn_col_int(q, 0);
        result->bytes = pn_col_int(q, 1);
    }
    pn_stmt_reset(q);
}

static void dispatch(void *context, void *result) {
    const job *j = context;
    job_result *r = result;
    pn_app *app = rig_open(j->place);
    pn_engine *engine = NULL;
    pn_delivery *delivery = NULL;
    pn_diag diag = {0};
    rig_must(pn_engine_open(app, &engine, &diag), &diag);
    rig_must(pn_delivery_open(engine, &delivery, &diag), &diag);
    double begin = rig_seconds(), cpu_begin = rig_cpu_seconds();
    rig_count_begin();
    rig_must(pn_delivery_work(delivery, pn_app_now(app), &r->stats, &diag), &diag);
    rig_count_end("dispatch", j->messages);
    r->seconds = rig_seconds() - begin;
    r->cpu_seconds = rig_cpu_seconds() - cpu_begin;
    pn_delivery_close(delivery);
    pn_engine_close(engine);
    count_sent(app, r);
    pn_app_close(app);
}

int main(int argc, char **argv) {
    char place[RIG_PLACE_SIZE], more[200];
    int port = rig_free_port();
    job j = {.place = place,
             .messages = rig_number(argc, argv, "messages", 100000),
             .port = port,
             .connections = (int)rig_number(argc, argv, "connections", 4)};
    rig_place(argc, argv, "dispatch", place);
    if (!rig_has_smtp_tools()) {
        rig_say("dispatch: skipped, smtp-sink and smtp-source (package postfix) are missing");
        return 0;
    }
    pn_engine_stats engine = {0};
    job_result result = {0};
    (void)rig_apart(prepare, &j, &engine, sizeof engine, 1);
    rig_settle(place);
    pid_t sink = rig_sink(port);
    rig_say("dispatch: %lld messages", (long long)engine.intents);
    int64_t log = rig_log_bytes(place);
    double rss = rig_apart(dispatch, &j, &result, sizeof result, 1);
    log = rig_log_bytes(place) - log;
    int64_t bytes = result.carriers != 0 ? result.bytes / result.carriers : 3000;
    rig_say("dispatch: smtp-source, %lld bytes a message", (long long)bytes);
    double raw = rig_smtp_source(port, PN_MAX(j.messages / 2, 1), (size_t)bytes);
    rig_stop(sink);
    if (result.stats.sent != j.messages || result.carriers != j.messages) {
        pn_panic("%lld messages left of %lld", (long long)result.stats.sent, (long long)j.messages);
    }
    (void)snprintf(more, sizeof more,
                   "\"messages\":%lld,\"bytes\":%lld,\"seconds\":%.3f,\"cpu_us_per_message\":%.1f,"
                   "\"log_bytes_per_message\":%.0f",
                   (long long)result.stats.sent, (long long)bytes, result.seconds,
                   result.cpu_seconds / (double)result.stats.sent * 1e6,
                   (double)log / (double)result.stats.sent);
    rig_report("dispatch", (double)result.stats.sent / result.seconds, "messages/s", raw, rss,
               more);
    rig_remove(place);
    return 0;
}
