/* `puntual serve`: everything in one process, until a signal ends it. */
#define _GNU_SOURCE /* sigtimedwait */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "app/config.h"
#include "app/control.h"
#include "app/folder.h"
#include "app/lock.h"
#include "app/shift.h"
#include "app/users.h"
#include "base/banned.h"
#include "base/limits.h"
#include "cli/cmd.h"
#include "cli/notify.h"
#include "http/route.h"
#include "http/service.h"

const pn_cli_option PN_SERVE_OPTIONS[] = {
    {"listen", "ADDRESS:PORT", "where (default 127.0.0.1:8080); [::]:8080 is everywhere"},
    {"roles", "ROLE,…", "of http, engine, delivery, intake (default all)"},
    {"public-url", "URL", "where people reach it from outside: https://pagos.example.com"},
    {"tls-cert", "FILE", "serve by TLS: certificate with its chain, PEM; read again on SIGHUP"},
    {"tls-key", "FILE", "its key, PEM"},
    {"trusted-proxy", "NETWORK,…", "whose X-Forwarded-For and -Proto are believed: 127.0.0.1"},
    {"erasures", "FILE", "the journal of erasures (default: beside the database file)"},
    {"metrics-from", "NETWORK,…", "who may read /metrics (default 127.0.0.1,::1)"},
    {"data-centres", "FILE", "networks of data centres, one a line: who clicks there is no person"},
    {"lease", "SECONDS",
     "how long a message that is claimed belongs to this process (default 300)"},
    {NULL, NULL, NULL},
};

enum { HTTP_THREADS = 2 };

typedef struct {
    bool http, intake;
    pn_work_roles work;
} roles;

typedef struct {
    pn_cli *cli;
    roles roles;
    bool file; /* the database is one */
    int64_t lease_seconds;
    pn_str public_url;
    pn_networks trusted, metrics_from;
    pn_ranges *data_centres; /* NULL: none are known */
    pn_listener listener;
    pn_certificate *certificate;
    pn_lock *lock;
    pn_turns *turns;
    pn_folder *folder;
    pn_service *service;
    pn_shift *shift;
    pn_str first_link; /* empty: somebody signs in already */
    pn_control *control;
    pn_server *server;
} serving;

static pn_str setting(const serving *s, int index) {
    return s->cli->settings.items[index].value;
}

/* ── what is asked for ───────────────────────────────────────────────────────────────────────── */

static pn_err parse_roles(serving *s) {
    pn_str text = setting(s, PN_SETTING_ROLES), word;
    while (text.len != 0 && pn_str_split(&text, ',', &word)) {
        word = pn_str_trim(word);
        if (pn_str_is(word, "http")) {
            s->roles.http = true;
        } else if (pn_str_is(word, "intake")) {
            s->roles.intake = true;
        } else if (pn_str_is(word, "engine")) {
            s->roles.work |= PN_WORK_STEPS;
        } else if (pn_str_is(word, "delivery")) {
            s->roles.work |= PN_WORK_DELIVERS | PN_WORK_CALLS;
        } else {
            return pn_cli_usage(s->cli, "Roles are http, engine, delivery and intake, not “%.*s”.",
                                PN_STR_ARG(word));
        }
    }
    if (!s->roles.http && !s->roles.intake && s->roles.work == 0) {
        return pn_cli_usage(s->cli, "There is nothing to do: --roles names none.");
    }
    return PN_OK;
}

static pn_err load_certificate(serving *s) {
    pn_str cert = setting(s, PN_SETTING_TLS_CERT), key = setting(s, PN_SETTING_TLS_KEY);
    if (cert.len == 0 && key.len == 0) {
        return PN_OK;
    }
    if (cert.len == 0 || key.len == 0) {
        return pn_cli_usage(s->cli, "TLS takes both: --tls-cert and --tls-key.");
    }
    return pn_certificate_new(pn_str_z(&s->cli->arena, cert), pn_str_z(&s->cli->arena, key),
                              &s->certificate, &s->cli->diag);
}

static pn_err load_data_centres(serving *s) {
    pn_str text, path = setting(s, PN_SETTING_DATA_CENTRES);
    if (path.len == 0) {
        return PN_OK;
    }
    PN_TRY(pn_cli_read_file(s->cli, path, PN_LIMIT_DATA_CENTRES * 64, &text));
    pn_err err = pn_ranges_read(text, &s->data_centres, &s->cli->diag);
    pn_cli_forget_file(s->cli);
    return err;
}

static pn_err parse(serving *s) {
    pn_cli *cli = s->cli;
    PN_TRY(parse_roles(s));
    PN_TRY(pn_cli_int(cli, "lease", 1, 3600, PN_LIMIT_DELIVERY_LEASE_SECONDS, &s->lease_seconds));
    s->public_url = setting(s, PN_SETTING_PUBLIC_URL);
    if (s->public_url.len != 0) {
        PN_TRY(pn_config_public_url(s->public_url, &s->public_url, &cli->diag));
    }
    PN_TRY(pn_networks_parse(setting(s, PN_SETTING_TRUSTED_PROXY), &s->trusted, &cli->diag));
    PN_TRY(pn_networks_parse(setting(s, PN_SETTING_METRICS_FROM), &s->metrics_from, &cli->diag));
    PN_TRY(load_data_centres(s));
    return load_certificate(s);
}

/* ── what is told from inside ────────────────────────────────────────────────────────────────── */

static void committed(void *context, pn_id org_id, bool changed) {
    const serving *s = context;
    (void)changed;
    if (s->shift != NULL) {
        pn_shift_ring(s->shift, org_id);
    }
}

/* A command wrote: anything may have changed. */
static void given_back(void *context) {
    const serving *s = context;
    (void)atomic_fetch_add(&s->service->changes, 1);
    pn_shift_ring(s->shift, 0);
}

static void add(atomic_uint_fast64_t *count, int64_t number) {
    (void)atomic_fetch_add(count, (uint64_t)number);
}

static void worked(void *context, pn_id org_id, const pn_work_stats *done) {
    const serving *s = context;
    pn_pulse *pulse = &s->service->pulse;
    (void)org_id;
    add(&pulse->enrolled, done->engine.enrolled);
    add(&pulse->stepped, done->engine.stepped);
    add(&pulse->moved, done->engine.moved);
    add(&pulse->intents, done->engine.intents);
    add(&pulse->sent, done->delivery.sent);
    add(&pulse->skipped, done->delivery.skipped);
    add(&pulse->delayed, done->delivery.delayed);
    add(&pulse->failed, done->delivery.failed);
    add(&pulse->retried, done->delivery.retried);
    add(&pulse->uncertain, done->delivery.uncertain);
}

static void away(void *context, bool is_away) {
    const serving *s = context;
    (void)atomic_fetch_add(&s->service->pulse.workers_away, is_away ? 1 : -1);
}

static void received(void *context) {
    const serving *s = context;
    add(&s->service->pulse.received, 1);
}

static void mailboxes(void *context, int set, int open, int failed) {
    const serving *s = context;
    pn_pulse *pulse = &s->service->pulse;
    (void)atomic_fetch_add(&pulse->mailboxes, set);
    (void)atomic_fetch_add(&pulse->mailboxes_open, open);
    add(&pulse->mailboxes_failed, failed);
}

static void workers(void *context, int64_t count) {
    const serving *s = context;
    atomic_store(&s->service->pulse.workers, count);
}

/* ── beginning ───────────────────────────────────────────────────────────────────────────────── */

/* As many descriptors as the system gives: a connection each. */
static void raise_descriptors(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &limit);
    }
}

/* Where nobody signs in yet: a link for the first owner. */
static pn_err make_first_link(serving *s) {
    pn_cli *cli = s->cli;
    char token[PN_TOKEN_SIZE];
    int64_t count = 0;
    pn_err err = pn_user_count(cli->app->db, &count);
    if (err != PN_OK || count != 0) {
        return pn_app_fail(cli->app, err, &cli->diag);
    }
    PN_TRY(pn_users_first_link(cli->app, token, &cli->diag));
    pn_str url = s->public_url;
    if (url.len == 0) {
        const char *scheme = s->certificate != NULL ? "https" : "http";
        pn_str host = pn_str_of(s->listener.text), all = PN_STR("[::]");
        bool any = pn_str_starts(host, all) || pn_str_starts(host, PN_STR("0.0.0.0"));
        size_t port = pn_str_starts(host, all) ? all.len : PN_STR("0.0.0.0").len;
        url = any ? pn_str_format(&cli->arena, "%s://localhost%.*s", scheme,
                                  PN_STR_ARG(pn_str_from(host, port)))
                  : pn_str_format(&cli->arena, "%s://%.*s", scheme, PN_STR_ARG(host));
    }
    s->first_link = pn_str_format(&cli->arena, "%.*s/enter/%s", PN_STR_ARG(url), token);
    return PN_OK;
}

/* Makes it, or brings it to this program's schema. */
static pn_err prepare_database(serving *s) {
    pn_cli *cli = s->cli;
    if (s->file) {
        PN_TRY(pn_lock_take_serving(pn_db_file(cli->db), &s->lock, &cli->diag));
    }
    s->turns = s->file ? pn_turns_new() : pn_turns_new_shared();
    PN_TRY(pn_cli_open(cli, true));
    pn_err err = s->roles.http ? make_first_link(s) : PN_OK;
    pn_app_close(cli->app);
    cli->app = NULL;
    return err;
}

static pn_err start_service(serving *s) {
    pn_cli *cli = s->cli;
    if (s->file) {
        PN_TRY(pn_folder_start(cli->db, s->turns, &s->folder, &cli->diag));
    }
    const pn_turn *turn = pn_turns_own(s->turns);
    pn_service_options options = {.url = cli->db,
                                  .env = cli->env,
                                  .log = &cli->log,
                                  .turn = turn,
                                  .public_url = s->public_url,
                                  .routes = PN_ROUTES,
                                  .metrics_from = s->metrics_from,
                                  .data_centres = s->data_centres,
                                  .erasures = setting(s, PN_SETTING_ERASURES),
                                  .committed = committed,
                                  .context = s};
    PN_TRY(pn_service_open(&options, &s->service, &cli->diag));
    pn_shift_options shift = {.url = cli->db,
                              .env = cli->env,
                              .log = &cli->log,
                              .turn = turn,
                              .public_url = s->public_url,
                              .changes = &s->service->changes,
                              .roles = s->roles.work,
                              .intake = s->roles.intake,
                              .lease_seconds = s->lease_seconds,
                              .worked = worked,
                              .away = away,
                              .received = received,
                              .mailboxes = mailboxes,
                              .workers = workers,
                              .context = s};
    PN_TRY(pn_shift_start(&shift, &s->shift, &cli->diag));
    return s->file
               ? pn_control_open(pn_db_file(cli->db), turn, given_back, s, &s->control, &cli->diag)
               : PN_OK;
}

static pn_err start_server(serving *s) {
    if (!s->roles.http) {
        return PN_OK;
    }
    pn_server_options options = {.listener = s->listener,
                                 .certificate = s->certificate,
                                 .trusted = &s->trusted,
                                 .threads = HTTP_THREADS,
                                 .env = s->cli->env,
                                 .handler = pn_service_handler(s->service)};
    PN_TRY(pn_server_start(&options, &s->server, &s->cli->diag));
    atomic_store(&s->service->server, s->server); /* which serves already */
    return PN_OK;
}

/* Who comes early waits for an answer instead of being refused: the port is opened first. */
static pn_err start(serving *s) {
    pn_cli *cli = s->cli;
    if (s->roles.http) {
        PN_TRY(pn_listen(setting(s, PN_SETTING_LISTEN), !s->file, &s->listener, &cli->diag));
    }
    PN_TRY(prepare_database(s));
    PN_TRY(start_service(s));
    return start_server(s);
}

static void tell_started(const serving *s) {
    pn_cli *cli = s->cli;
    const char *scheme = s->certificate != NULL ? "https" : "http";
    if (cli->json) {
        pn_buf line;
        pn_buf_init(&line, 65536);
        pn_json_writer w = pn_json_writer_on(&line, 0);
        pn_json_begin_object(&w);
        pn_json_put_str(&w, "listen", pn_str_of(s->listener.text));
        pn_json_put_str(&w, "scheme", pn_str_of(scheme));
        pn_json_put_str(&w, "database", pn_str_of(cli->db));
        pn_json_put_int(&w, "process", getpid());
        pn_json_put_str_if(&w, "first_owner", s->first_link);
        pn_json_end_object(&w);
        (void)printf("%.*s\n", PN_STR_ARG(pn_buf_str(&line)));
        pn_buf_done(&line);
    } else if (s->server != NULL) {
        (void)printf("Puntual listens on %s://%s\n", scheme, s->listener.text);
    } else {
        (void)printf("Puntual works on %s\n", cli->db);
    }
    if (!cli->json && s->first_link.len != 0) {
        (void)printf(
            "Nobody signs in here yet. The first owner begins here, once, within an hour:\n"
            "  %.*s\n",
            PN_STR_ARG(s->first_link));
    }
    (void)fflush(stdout);
    pn_notify("READY=1");
}

/* ── until the end ───────────────────────────────────────────────────────────────────────────── */

static void reload(const serving *s) {
    pn_diag diag;
    if (s->certificate == NULL) {
        return;
    }
    if (pn_certificate_reload(s->certificate, &diag) == PN_OK) {
        pn_log_write(&s->cli->log, PN_LOG_INFO, "serve.certificate", (pn_log_fields){0});
    } else {
        pn_log_write(&s->cli->log, PN_LOG_ERROR, "serve.certificate",
                     (pn_log_fields){.detail = diag.what});
    }
}

/* Before any thread is there, so that all of them leave these signals to this one. */
static void hold_signals(sigset_t *ret_set) {
    (void)sigemptyset(ret_set);
    (void)sigaddset(ret_set, SIGTERM);
    (void)sigaddset(ret_set, SIGINT);
    (void)sigaddset(ret_set, SIGHUP);
    (void)pthread_sigmask(SIG_BLOCK, ret_set, NULL);
}

static void serve_until_told(const serving *s, const sigset_t *signals) {
    int64_t ms = pn_notify_watchdog_ms();
    ms = ms == 0 ? 3600000 : ms;
    const struct timespec most = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    for (;;) {
        int told = sigtimedwait(signals, NULL, &most);
        if (told == SIGHUP) {
            reload(s);
        } else if (told == SIGTERM || told == SIGINT) {
            return;
        }
        pn_notify("WATCHDOG=1");
    }
}

/* What came is answered, what was begun is finished. */
static void stop(serving *s) {
    pn_notify("STOPPING=1");
    if (s->server != NULL && !pn_server_stop(s->server, PN_LIMIT_HTTP_STOP_SECONDS * PN_SECOND)) {
        pn_log_write(&s->cli->log, PN_LOG_ERROR, "serve.cut_short", (pn_log_fields){0});
        _exit(1); /* what was not committed is undone by that */
    }
    pn_control_close(s->control);
    pn_service_close_threads(s->service);
    pn_shift_stop(s->shift);
    pn_service_close(s->service);
    pn_folder_stop(s->folder);
    pn_turns_free(s->turns);
    pn_lock_release(s->lock);
    pn_certificate_free(s->certificate);
    pn_ranges_free(s->data_centres);
    if (s->server == NULL && s->listener.fd > 0) {
        (void)close(s->listener.fd);
    }
}

pn_err pn_cmd_serve(pn_cli *cli) {
    serving s = {.cli = cli, .file = pn_db_is_file(cli->db), .listener = {.fd = -1}};
    sigset_t signals;
    PN_TRY(parse(&s));
    if (cli->settings.items[PN_SETTING_LOG].origin == PN_ORIGIN_BUILT_IN) {
        cli->log.level = PN_LOG_INFO;
    }
    raise_descriptors();
    hold_signals(&signals);
    pn_err err = start(&s);
    if (err == PN_OK) {
        tell_started(&s);
        serve_until_told(&s, &signals);
    }
    stop(&s);
    return err;
}
