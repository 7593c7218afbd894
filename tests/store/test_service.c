/* What the service does with any route, asked with routes of the test's own: what reads too long is
 * interrupted, and who asks too often waits. */
#include "app_rig.h"

#include <stdatomic.h>

#include "base/limits.h"
#include "http/answer.h"
#include "http/route.h"
#include "http/service.h"

static rig r;
static pn_service *service;
static pn_exchange asked;
static atomic_int_fast64_t ticks, pace;

/* Each look at the clock finds it later by `pace`. */
static int64_t hasty_ticks(void *context) {
    (void)context;
    return atomic_fetch_add(&ticks, atomic_load(&pace));
}

/* ── routes ── */

static pn_err count_for_ever(pn_exchange *x) {
    pn_stmt *q = pn_db_stmt(x->db, "WITH RECURSIVE n (i) AS (SELECT CAST($1 AS BIGINT) UNION ALL"
                                   " SELECT i + 1 FROM n WHERE i < 1000000000000)"
                                   " SELECT count(*) FROM n");
    pn_bind_int(q, 1, 1);
    pn_err err = pn_row_next(q);
    return err == PN_OK ? PN_OK : pn_db_diag(x->db, err, &x->diag);
}

static pn_err say_one(pn_exchange *x) {
    pn_stmt *q = pn_db_stmt(x->db, "SELECT CAST($1 AS BIGINT)");
    pn_bind_int(q, 1, 1);
    PN_TRY(pn_row_next(q));
    pn_json_put_int(pn_answer_json(x), "one", pn_col_int(q, 0));
    pn_json_end_object(&x->answer.json);
    pn_stmt_reset(q);
    return PN_OK;
}

static const pn_route ROUTES[] = {
    {.method = PN_HTTP_GET,
     .path = "/slow",
     .name = "slow",
     .runs = PN_RUNS_READER,
     .door = PN_ROUTE_PUBLIC,
     .answer_type = "application/json",
     .read_ms_max = 50,
     .answer = count_for_ever,
     .summary = "it never ends"},
    {.method = PN_HTTP_GET,
     .path = "/quick",
     .name = "quick",
     .runs = PN_RUNS_READER,
     .door = PN_ROUTE_PUBLIC,
     .answer_type = "application/json",
     .answer = say_one,
     .summary = "it ends"},
    {.path = NULL},
};
static const pn_route *const TABLES[] = {ROUTES, NULL};

static int set_up(void **state) {
    (void)state;
    rig_open(&r);
    r.env.ticks = hasty_ticks;
    atomic_store(&ticks, 0);
    atomic_store(&pace, 0);
    pn_service_options options = {
        .url = r.app->url, .env = &r.env, .log = r.app->log, .routes = TABLES};
    rig_ok(&r, pn_service_open(&options, &service, &r.diag));
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    pn_service_close(service);
    service = NULL;
    pn_buf_done(&asked.answer.body);
    rig_close(&r);
    return 0;
}

static int ask(const char *path, const char *peer) {
    pn_buf_done(&asked.answer.body);
    asked = (pn_exchange){
        .method = PN_HTTP_GET, .path = pn_str_of(path), .peer = pn_str_of(peer), .arena = &r.arena};
    pn_service_ask(service, &asked);
    return asked.answer.status;
}

static bool answer_has(const char *words) {
    return pn_str_find(pn_buf_str(&asked.answer.body), pn_str_of(words)) != SIZE_MAX;
}

static int64_t retry_after(void) {
    int64_t seconds = 0;
    for (size_t i = 0; i < asked.answer.field_count; i++) {
        if (pn_str_is(asked.answer.fields[i].name, "Retry-After")) {
            assert_int_equal(pn_str_to_int64(asked.answer.fields[i].value, &seconds), PN_OK);
        }
    }
    return seconds;
}

/* ── the tests ── */

static void what_reads_too_long_is_interrupted(void **state) {
    (void)state;
    atomic_store(&pace, 10000);
    for (int i = 0; i < 8; i++) { /* each reader's connection goes on afterwards */
        assert_int_equal(ask("/slow", "127.0.0.1"), 503);
        assert_true(answer_has("PN-1403"));
        assert_true(retry_after() > 0);
        assert_int_equal(ask("/quick", "127.0.0.1"), 0);
        assert_true(answer_has("{\"one\":1}"));
    }
}

static void who_asks_too_often_waits(void **state) {
    (void)state;
    for (int i = 0; i < PN_LIMIT_RATE_ADDRESS_MINUTE; i++) {
        assert_int_equal(ask("/quick", "192.0.2.7"), 0);
    }
    assert_int_equal(ask("/quick", "192.0.2.7"), 429);
    assert_true(answer_has("PN-1401"));
    int64_t seconds = retry_after();
    assert_in_range(seconds, 1, 60);
    assert_int_equal(ask("/quick", "192.0.2.8"), 0); /* and nobody else */
    (void)atomic_fetch_add(&ticks, seconds * PN_SECOND);
    assert_int_equal(ask("/quick", "192.0.2.7"), 0);
}

int main(void) {
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(what_reads_too_long_is_interrupted),
        TEST(who_asks_too_often_waits),
    };
    return cmocka_run_group_tests_name("service", tests, NULL, NULL);
}
