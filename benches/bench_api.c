/* Pages of the worklist over the API, without the network: from a request's path to the JSON of
 * its answer.
 *
 *   bench_api [--cases N] [--queries N] [--db URL] [--dir DIR]
 *
 * An organization of so many cases is made as bench_nightly makes it. Then its first page of 50 is
 * asked for, one far behind by a cursor, and the first one of a filter that half of all fit. What
 * is printed is the median; the first, of which nothing is in memory yet, stands beside it. */
#include <stdio.h>
#include <stdlib.h>

#include "base/banned.h"
#include "http/problem.h"
#include "http/route.h"
#include "http/shape.h"
#include "rig_night.h"

enum { QUERIES_MAX = 1000, DEEP_PAGES = 40, DEEP_ROWS = 500 };

typedef struct {
    const char *place;
    int queries;
} question;

typedef struct {
    double median_ms, first_ms;
} timing;

typedef struct {
    timing page, deep, filter;
} answer;

typedef struct {
    pn_app *app;
    pn_router *router;
    pn_arena arena;
    pn_buf body; /* of the last answer */
} asker;

/* One request; its seconds. */
static double ask(asker *a, const char *query) {
    pn_exchange x = {.method = PN_HTTP_GET,
                     .path = PN_STR("/v1/cases"),
                     .query = pn_str_of(query),
                     .app = a->app,
                     .db = a->app->db,
                     .org_id = a->app->org.id,
                     .arena = &a->arena};
    pn_str allow;
    pn_buf_done(&a->body);
    pn_arena_reset(&a->arena);
    double begin = rig_seconds();
    pn_err err = pn_route_find(a->router, x.method, x.path, x.arena, &x.route, x.arguments, &allow);
    err = err == PN_OK ? pn_shape_request(&x) : err;
    err = err == PN_OK ? x.route->answer(&x) : err;
    double seconds = rig_seconds() - begin;
    rig_must(err, &x.diag);
    a->body = x.answer.body;
    return seconds;
}

static int by_size(const void *a, const void *b) {
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static timing ask_often(asker *a, const char *query, int queries) {
    double ms[QUERIES_MAX];
    for (int i = 0; i < queries; i++) {
        ms[i] = ask(a, query) * 1000;
    }
    timing t = {.first_ms = ms[0]};
    qsort(ms, (size_t)queries, sizeof *ms, by_size);
    t.median_ms = ms[queries / 2];
    return t;
}

/* The cursor behind the page that was given last. */
static void next_of(const asker *a, char *query, size_t size) {
    pn_str body = pn_buf_str(&a->body), key = PN_STR("\"next\":\"");
    size_t at = pn_str_find(body, key);
    if (at == SIZE_MAX) {
        pn_panic("the list ends too early");
    }
    pn_str rest = pn_str_from(body, at + key.len);
    (void)snprintf(query, size, "%.*s", (int)pn_str_find_char(rest, '"'), rest.ptr);
}

static void measure(void *context, void *result) {
    const question *q = context;
    answer *out = result;
    char cursor[100] = "", query[200] = "limit=500";
    asker a = {.app = rig_open(q->place), .router = pn_router_new(PN_ROUTES)};
    pn_arena_init(&a.arena, 0);
    out->page = ask_often(&a, "", q->queries);
    for (int i = 0; i < DEEP_PAGES; i++) {
        (void)ask(&a, query);
        next_of(&a, cursor, sizeof cursor);
        (void)snprintf(query, sizeof query, "limit=500&cursor=%s", cursor);
    }
    (void)snprintf(query, sizeof query, "cursor=%s", cursor);
    out->deep = ask_often(&a, query, q->queries);
    out->filter = ask_often(&a, "filter=%5B%22account.open%22,%22%3E%22,500%5D", q->queries);
    pn_buf_done(&a.body);
    pn_arena_done(&a.arena);
    pn_router_free(a.router);
    pn_app_close(a.app);
}

static void tell(const char *job, timing t, int64_t cases, double rss_mb) {
    char more[120];
    (void)snprintf(more, sizeof more, "\"first_ms\":%.3f,\"cases\":%lld", t.first_ms,
                   (long long)cases);
    rig_report(job, t.median_ms, "ms", 0, rss_mb, more);
}

int main(int argc, char **argv) {
    char place[RIG_PLACE_SIZE];
    int64_t cases = rig_number(argc, argv, "cases", 1000000);
    question q = {.place = place, .queries = (int)rig_number(argc, argv, "queries", 21)};
    answer a = {0};
    night_filling filling;
    if (cases < 2 * DEEP_PAGES * DEEP_ROWS || q.queries < 1 || q.queries > QUERIES_MAX) {
        pn_panic("--cases wants %d or more, --queries 1 to %d", 2 * DEEP_PAGES * DEEP_ROWS,
                 QUERIES_MAX);
    }
    rig_place(argc, argv, "api", place);
    rig_say("api: making %lld cases", (long long)cases);
    night_fill(place, cases, cases, &filling);
    double rss_mb = rig_apart(measure, &q, &a, sizeof a, 1);
    tell("api-page", a.page, cases, rss_mb);
    tell("api-page-deep", a.deep, cases, rss_mb);
    tell("api-page-filter", a.filter, cases, rss_mb);
    rig_remove(place);
    return 0;
}
