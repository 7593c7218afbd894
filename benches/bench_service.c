/* What the service does for a request, without the network: from what was asked to its answer, and
 * until it is stored.
 *
 *   bench_service [--requests N] [--dir DIR]
 *
 * A sandbox has sent one e-mail a case. Each gets its pixel, a first click and a second one, and
 * its page is looked at; a provider tells as many events. Requests come 64 at a time while the turn
 * of who writes is taken, so that as many share a commit in every run, and counts of instructions
 * are alike. */
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "app/config.h"
#include "app/links.h"
#include "app/till.h"
#include "app/work.h"
#include "base/banned.h"
#include "base/hash.h"
#include "http/dispatch.h"
#include "http/route.h"
#include "http/service.h"
#include "rig.h"

enum { TOGETHER = 64 };

#define SECRET "whsec_bench"
static const char STRATEGY[] =
    "{'puntual':1,'name':'Correo','subject':'account','kind':'strategy',"
    "'entry':{'rule':['account.claimable','>',0]},'start':'correo','nodes':{"
    "'correo':{'type':'send.email','template':'recordatorio','tone':1,'next':'plazo','error':'"
    "plazo'},"
    "'plazo':{'type':'wait.days','days':60,'next':'fin'},'fin':{'type':'end'}}}";

typedef struct {
    const char *place;
    int64_t requests;
} job;

typedef enum { OPEN, CLICK, CLICK_AGAIN, WEBHOOK, PAGE, KINDS } kind;
static const char *const NAMES[] = {"service-open", "service-click", "service-click-again",
                                    "service-webhook", "service-page"};

typedef struct {
    double seconds[KINDS];
} job_result;

/* ── the clock ───────────────────────────────────────────────────────────────────────────────── */

/* While instructions are counted nothing is long. */
static int64_t ticks(void *context) {
    return rig_counting() ? 1 : rig_env.ticks(context);
}

static void entropy(void *context, void *bytes, size_t size) {
    rig_env.entropy(context, bytes, size);
}

static pn_time now(void *context) {
    return rig_env.now(context);
}

static const pn_env ENV = {.now = now, .ticks = ticks, .entropy = entropy};

/* ── what was sent ───────────────────────────────────────────────────────────────────────────── */

static void set_up_creditor(pn_app *app, pn_diag *diag) {
    static const char SETTINGS[] = "{\"key_env\":\"BENCH_SECRET\","
                                   "\"webhook_secret_env\":\"BENCH_SECRET\"}";
    pn_arena arena;
    pn_arena_init(&arena, 0);
    rig_must(pn_app_begin(app, diag), diag);
    rig_must(pn_config_set(app, PN_STR("public_url"), PN_STR("https://p.example.com"), diag), diag);
    rig_must(pn_db_exec(app->db, "UPDATE creditor SET tracking = 1, iban ="
                                 " 'ES9121000418450200051332'"),
             diag);
    pn_method_row row = {.kind = PN_STR("stripe"), .settings = pn_str_of(SETTINGS)};
    rig_must(pn_till_set(app, &row, &arena, diag), diag);
    rig_must(pn_app_commit(app, diag), diag);
    rig_must(pn_app_reload(app, diag), diag);
    pn_arena_done(&arena);
}

static void prepare(void *context, void *result) {
    const job *j = context;
    pn_diag diag = {0};
    pn_buf csv;
    pn_import_report report = {0};
    pn_work_stats stats = {0};
    pn_worker *worker = NULL;
    (void)result;
    pn_app *app = rig_new_org(j->place);
    set_up_creditor(app, &diag);
    pn_buf_init(&csv, (size_t)j->requests * 220 + 4096);
    rig_write_csv(&(rig_file){.invoices = j->requests, .debtors = j->requests, .due_days = -10},
                  &csv);
    rig_import(app, PN_IMPORT_INVOICES, pn_buf_str(&csv), &report);
    pn_buf_done(&csv);
    rig_publish(app, STRATEGY);
    rig_must(pn_worker_open(app, &worker, &diag), &diag);
    rig_must(pn_worker_advance(worker, rig_moment(2, 12), NULL, &stats, &diag), &diag);
    pn_worker_close(worker);
    rig_must(pn_db_exec(app->db, "UPDATE organization SET mode = 1, clock = NULL"), &diag);
    pn_app_close(app);
}

/* ── asking ──────────────────────────────────────────────────────────────────────────────────── */

typedef struct {
    pn_app *app; /* of a connection of its own: what is asked is made with it */
    pn_service *service;
    pn_turns *turns;
    sem_t answered;
    pn_id *carriers;
    size_t count;
    pn_id creditor;
    pn_arena arena;
} asker;

static void nothing(pn_exchange *x) {
    (void)x;
}

static void wake(pn_exchange *x) {
    asker *a = x->waiter;
    (void)sem_post(&a->answered);
}

static pn_str signature_of(pn_str body, pn_arena *arena) {
    char hex[2 * PN_SHA256_BYTES + 1];
    long long at = (long long)(pn_env_now(&ENV) / PN_SECOND);
    pn_str message = pn_str_format(arena, "%lld.%.*s", at, PN_STR_ARG(body));
    pn_sha256 mac = pn_hmac_sha256(PN_STR(SECRET), message);
    pn_hex(mac.bytes, sizeof mac.bytes, hex);
    return pn_str_format(arena, "t=%lld,v1=%s", at, hex);
}

static void ask_webhook(const asker *a, size_t number, pn_exchange *x, pn_http_field *fields) {
    char id[PN_ID_TEXT_SIZE];
    x->method = PN_HTTP_POST;
    x->path = pn_str_format(x->arena, "/v1/provider/stripe/%s",
                            pn_id_text(PN_ID_CREDITOR, a->creditor, id));
    x->body = pn_str_format(
        x->arena,
        "{\"id\": \"evt_%zu\", \"object\": \"event\", \"type\": \"checkout.session.completed\","
        " \"data\": {\"object\": {\"id\": \"cs_%zu\", \"object\": \"checkout.session\","
        " \"status\": \"complete\", \"payment_status\": \"paid\", \"amount_total\": 1000,"
        " \"currency\": \"eur\"}}}",
        number, number);
    fields[1] = (pn_http_field){PN_STR("content-type"), PN_STR("application/json")};
    fields[2] = (pn_http_field){PN_STR("stripe-signature"), signature_of(x->body, x->arena)};
    x->header_count = 3;
}

static pn_exchange *request(asker *a, kind what, size_t number, pn_arena *arena) {
    static const pn_link_kind LINKS[] = {PN_LINK_OPEN, PN_LINK_CLICK, PN_LINK_CLICK, 0,
                                         PN_LINK_PAGE};
    pn_exchange *x = pn_arena_new(arena, pn_exchange);
    pn_http_field *fields = pn_arena_array(arena, pn_http_field, 3);
    fields[0] = (pn_http_field){PN_STR("user-agent"),
                                PN_STR("Mozilla/5.0 (Windows NT 10.0; Win64; x64) "
                                       "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 "
                                       "Safari/537.36")};
    *x = (pn_exchange){.method = PN_HTTP_GET,
                       .headers = fields,
                       .header_count = 1,
                       .peer = PN_STR("127.0.0.1"),
                       .host = PN_STR("p.example.com"),
                       .arena = arena,
                       .suspend = nothing,
                       .resume = wake,
                       .waiter = a};
    if (what == WEBHOOK) {
        ask_webhook(a, number, x, fields);
        return x;
    }
    pn_str url = pn_link_url(a->app, LINKS[what], a->carriers[number], arena);
    pn_str path = pn_str_from(url, strlen("https://p.example.com"));
    x->path = what == OPEN ? pn_str_format(arena, "%.*s.gif", PN_STR_ARG(path)) : path;
    return x;
}

static void check(const pn_exchange *x, kind what) {
    static const int WANTED[] = {200, 302, 302, 200, 200};
    if (x->answer.status != WANTED[what] && !(x->answer.status == 0 && WANTED[what] == 200)) {
        pn_panic("%.*s: %d %s", PN_STR_ARG(x->path), x->answer.status, x->diag.what);
    }
}

/* Asks them while nobody may write, and waits for all. */
static void ask_together(asker *a, kind what, pn_exchange *const *asked, size_t count) {
    const pn_turn *turn = pn_turns_own(a->turns);
    size_t waiting = 0;
    int64_t body_max = 0;
    turn->take(turn->context, PN_TURN_ANSWER);
    for (size_t i = 0; i < count; i++) {
        if (pn_dispatch_head(a->service, asked[i], &body_max) == PN_OK) {
            waiting += !pn_dispatch_whole(a->service, asked[i]);
        }
    }
    turn->give(turn->context);
    for (; waiting > 0; waiting--) {
        while (sem_wait(&a->answered) != 0) {
        }
    }
    for (size_t i = 0; i < count; i++) {
        pn_dispatch_over(a->service, asked[i], 1);
        check(asked[i], what);
    }
}

static void wait_stored(const asker *a, uint64_t opens) {
    while (pn_tracker_told(a->service->tracker).stored < opens) {
        (void)nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
    }
}

static double ask_all(asker *a, kind what) {
    double begin = 0;
    size_t count = a->count / TOGETHER * TOGETHER;
    pn_exchange **asked = pn_arena_array(&a->arena, pn_exchange *, count);
    pn_arena *arenas = pn_arena_array(&a->arena, pn_arena, count);
    uint64_t stored = pn_tracker_told(a->service->tracker).stored;
    for (size_t i = 0; i < count; i++) {
        pn_arena_init(&arenas[i], 0);
        asked[i] = request(a, what, i, &arenas[i]);
    }
    for (size_t i = 0; i < count; i += TOGETHER) {
        if (i == TOGETHER) { /* what is done once was */
            begin = rig_seconds();
            rig_count_begin();
        }
        ask_together(a, what, asked + i, TOGETHER);
    }
    if (what == OPEN) {
        wait_stored(a, stored + count);
    }
    rig_count_end(NAMES[what], (int64_t)count - TOGETHER);
    double seconds = (rig_seconds() - begin) / (double)(count - TOGETHER);
    for (size_t i = 0; i < count; i++) {
        pn_buf_done(&asked[i]->answer.body);
        pn_arena_done(&arenas[i]);
    }
    return seconds;
}

static void find_sent(asker *a) {
    pn_diag diag = {0};
    pn_stmt *q = pn_db_stmt(a->app->db, "SELECT id FROM carrier ORDER BY id");
    rig_must(pn_rows_ids(q, &a->arena, &a->carriers, &a->count), &diag);
    a->creditor = a->app->creditors[0].id;
}

static void ask(void *context, void *result) {
    const job *j = context;
    job_result *r = result;
    pn_diag diag = {0};
    asker a = {.app = rig_open(j->place), .turns = pn_turns_new()};
    pn_arena_init(&a.arena, 0);
    find_sent(&a);
    if (a.count < 2 * TOGETHER) {
        pn_panic("%zu messages were sent; %d are needed", a.count, 2 * TOGETHER);
    }
    (void)sem_init(&a.answered, 0, 0);
    pn_service_options options = {
        .url = j->place, .env = &ENV, .turn = pn_turns_own(a.turns), .routes = PN_ROUTES};
    rig_must(pn_service_open(&options, &a.service, &diag), &diag);
    for (kind what = OPEN; what < KINDS; what++) {
        rig_say("service: %s", NAMES[what]);
        r->seconds[what] = ask_all(&a, what);
    }
    pn_service_close(a.service);
    pn_app_close(a.app);
    pn_turns_free(a.turns);
    pn_arena_done(&a.arena);
    (void)sem_destroy(&a.answered);
}

int main(int argc, char **argv) {
    char place[RIG_PLACE_SIZE];
    job j = {.place = place, .requests = rig_number(argc, argv, "requests", 20000)};
    char none = 0;
    job_result result = {0};
    (void)setenv("BENCH_SECRET", SECRET, 1);
    rig_place(argc, argv, "service", place);
    (void)rig_apart(prepare, &j, &none, sizeof none, 1);
    double rss = rig_apart(ask, &j, &result, sizeof result, 1);
    for (kind what = OPEN; what < KINDS; what++) {
        rig_report(NAMES[what], 1 / result.seconds[what], "requests/s", 0, rss, NULL);
    }
    rig_remove(place);
    return 0;
}
