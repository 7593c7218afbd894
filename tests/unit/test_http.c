/* The form of the API without a server: routes, shapes, problems, pages, versions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/limits.h"
#include "calendar/instant.h"
#include "http/answer.h"
#include "http/problem.h"
#include "http/query.h"
#include "http/ranges.h"
#include "http/rate.h"
#include "http/route.h"
#include "http/shape.h"

static pn_err nothing(pn_exchange *exchange) {
    (void)exchange;
    return PN_OK;
}

static const char *const KINDS[] = {"debit", "credit", NULL};
static const pn_shape LINE[] = {
    {.name = "text", .type = PN_SHAPE_TEXT, .required = true, .min = 1, .max = 20},
    {.name = "amount", .type = PN_SHAPE_AMOUNT, .required = true},
    {.name = NULL},
};
static const pn_shape AN_INVOICE[] = {{.name = "", .type = PN_SHAPE_ID, .id_kind = PN_ID_INVOICE},
                                      {.name = NULL}};
static const pn_shape BODY[] = {
    {.name = "number", .type = PN_SHAPE_TEXT, .required = true, .min = 1},
    {.name = "note", .type = PN_SHAPE_LINES, .max = 50},
    {.name = "count", .type = PN_SHAPE_INT, .min = 1, .max = 9},
    {.name = "any", .type = PN_SHAPE_INT},
    {.name = "final", .type = PN_SHAPE_BOOL},
    {.name = "debtor", .type = PN_SHAPE_ID, .id_kind = PN_ID_DEBTOR},
    {.name = "due", .type = PN_SHAPE_DATE},
    {.name = "at", .type = PN_SHAPE_TIME},
    {.name = "amount", .type = PN_SHAPE_AMOUNT, .min = 1, .max = PN_AMOUNT_MAX},
    {.name = "kind", .type = PN_SHAPE_WORD, .words = KINDS},
    {.name = "email", .type = PN_SHAPE_EMAIL},
    {.name = "url", .type = PN_SHAPE_URL},
    {.name = "rule", .type = PN_SHAPE_RULE, .min = PN_SUBJECT_INVOICE},
    {.name = "data", .type = PN_SHAPE_JSON, .max = 40},
    {.name = "line", .type = PN_SHAPE_OBJECT, .fields = LINE},
    {.name = "lines", .type = PN_SHAPE_LIST, .max = 3, .fields = LINE},
    {.name = "invoices", .type = PN_SHAPE_LIST, .max = 2, .fields = AN_INVOICE},
    {.name = NULL},
};
static const pn_shape QUERY[] = {
    {.name = "filter", .type = PN_SHAPE_RULE, .min = PN_SUBJECT_ACCOUNT},
    {.name = "closed", .type = PN_SHAPE_BOOL},
    {.name = "kinds", .type = PN_SHAPE_LIST, .max = 3, .fields = AN_INVOICE},
    {.name = NULL},
};

#define ROUTE(m, p, n) .method = PN_HTTP_##m, .path = p, .name = n, .answer = nothing, .summary = ""
static pn_route_table TABLE = {
    {ROUTE(GET, "/v1/invoices", "list"), .gives_list = true, .query = QUERY},
    {ROUTE(POST, "/v1/invoices", "add"), .body = BODY},
    {ROUTE(GET, "/v1/invoices/{invoice}", "get")},
    {ROUTE(DELETE, "/v1/invoices/{invoice}", "remove")},
    {ROUTE(GET, "/v1/invoices/{invoice}/lines/{line}", "line")},
    {ROUTE(POST, "/v1/invoices/bulk", "bulk")},
    {ROUTE(POST, "/v1/logo", "logo"), .body_type = "image/png image/jpeg"},
    {.path = NULL},
};
static pn_route_table OTHERS = {
    {ROUTE(GET, "/", "root")},
    {ROUTE(GET, "/console/{file*}", "console")},
    {.path = NULL},
};
static const pn_route *const TABLES[] = {TABLE, OTHERS, NULL};

typedef struct {
    pn_arena arena;
    pn_app app;
    pn_exchange exchange;
    pn_http_field headers[2];
} call;

static void begin(call *c, const pn_route *route, const char *query, const char *body) {
    memset(c, 0, sizeof *c);
    pn_arena_init(&c->arena, 0);
    c->app.org.id = 77;
    c->app.org.mail_key = PN_STR("0123456789abcdef0123456789abcdef");
    c->headers[0] = (pn_http_field){PN_STR("content-type"), PN_STR("application/json")};
    c->exchange = (pn_exchange){
        .route = route,
        .path = pn_str_of(route->path),
        .query = pn_str_of(query),
        .body = pn_str_of(body),
        .headers = c->headers,
        .header_count = 1,
        .number = 5,
        .app = &c->app,
        .arena = &c->arena,
    };
}

static void end(call *c) {
    pn_buf_done(&c->exchange.answer.body);
    pn_arena_done(&c->arena);
}

/* ── routes ── */

static void find(const pn_router *router, pn_http_method method, const char *path, const char *want,
                 const char *argument) {
    pn_arena arena;
    const pn_route *route = NULL;
    pn_str arguments[PN_ROUTE_ARGUMENTS], allow = PN_STR("");
    pn_arena_init(&arena, 0);
    pn_err err = pn_route_find(router, method, pn_str_of(path), &arena, &route, arguments, &allow);
    if (err == PN_OK) {
        assert_string_equal(route->name, want);
        assert_true(pn_str_eq(arguments[0], pn_str_of(argument)));
    } else {
        assert_string_equal(err == PN_INVALID ? pn_str_z(&arena, allow) : "", want);
    }
    pn_arena_done(&arena);
}

static void test_routes(void **state) {
    (void)state;
    pn_router *router = pn_router_new(TABLES);
    find(router, PN_HTTP_GET, "/v1/invoices", "list", "");
    find(router, PN_HTTP_POST, "/v1/invoices", "add", "");
    find(router, PN_HTTP_GET, "/v1/invoices/inv_1", "get", "inv_1");
    find(router, PN_HTTP_GET, "/v1/invoices/inv_1/lines/2", "line", "inv_1");
    find(router, PN_HTTP_POST, "/v1/invoices/bulk", "bulk", "");
    /* a literal segment of another method does not hide the argument */
    find(router, PN_HTTP_GET, "/v1/invoices/bulk", "get", "bulk");
    find(router, PN_HTTP_GET, "/", "root", "");
    find(router, PN_HTTP_GET, "/console/a/b.js", "console", "a/b.js");
    find(router, PN_HTTP_PUT, "/v1/invoices", "GET, HEAD, POST", "");
    find(router, PN_HTTP_PATCH, "/v1/invoices/inv_1", "GET, HEAD, DELETE", "");
    static const char *const NOWHERE[] = {"",
                                          "v1",
                                          "//",
                                          "/v1/invoices/",
                                          "/v2",
                                          "/v1",
                                          "/v1//lines",
                                          "/v1/invoices/a/lines",
                                          "/console",
                                          "/console/",
                                          "/v1/invoices/a/lines/2/x"};
    for (size_t i = 0; i < PN_COUNT(NOWHERE); i++) {
        find(router, PN_HTTP_GET, NOWHERE[i], "", "");
    }
    pn_router_free(router);
}

static void test_the_programs_routes(void **state) {
    (void)state;
    pn_router_free(pn_router_new(PN_ROUTES)); /* it would assert where two are the same */
}

/* ── shapes ── */

static void test_a_body_that_fits(void **state) {
    (void)state;
    call c;
    begin(&c, &TABLE[1], "",
          "{\"number\":\"F-1\",\"note\":\"a\\nb\",\"count\":9,\"any\":-9223372036854775808,"
          "\"final\":true,\"debtor\":\"deb_0000000000001\",\"due\":\"2026-03-31\","
          "\"at\":\"2026-03-31T10:00:00+02:00\",\"amount\":{\"minor\":121000,\"currency\":\"EUR\"},"
          "\"kind\":\"credit\",\"email\":\"ana@example.com\",\"url\":\"https://a.example/x\","
          "\"rule\":[\"invoice.open\",\">\",10],\"data\":{\"a\":[1,2.50]},"
          "\"line\":{\"text\":\"x\",\"amount\":{\"minor\":-1,\"currency\":\"CLP\"}},"
          "\"lines\":[{\"text\":\"y\",\"amount\":{\"minor\":1,\"currency\":\"EUR\"}}],"
          "\"invoices\":[\"inv_0000000000002\"]}");
    assert_int_equal(pn_shape_request(&c.exchange), PN_OK);
    const pn_exchange *x = &c.exchange;
    assert_true(pn_str_is(pn_body_value(x, "number")->text, "F-1"));
    assert_int_equal(pn_body_value(x, "count")->number, 9);
    assert_true(pn_body_value(x, "any")->number == INT64_MIN);
    assert_int_equal(pn_body_value(x, "final")->number, 1);
    assert_int_equal(pn_body_value(x, "debtor")->number, 1);
    assert_int_equal(pn_body_value(x, "due")->number, pn_date_of(2026, 3, 31));
    assert_int_equal(pn_body_value(x, "at")->number,
                     pn_date_of(2026, 3, 31) * PN_DAY + 8 * PN_HOUR);
    assert_int_equal(pn_body_value(x, "amount")->number, 121000);
    assert_string_equal(pn_body_value(x, "amount")->currency.code, "EUR");
    assert_int_equal(pn_body_value(x, "kind")->number, 1);
    assert_non_null(pn_body_value(x, "rule")->rule);
    assert_true(pn_str_is(pn_body_value(x, "data")->text, "{\"a\":[1,2.50]}"));
    const pn_id *ids = NULL;
    size_t count = 0;
    pn_value_ids(pn_body_value(x, "invoices"), PN_ID_INVOICE, &c.arena, &ids, &count);
    assert_int_equal(count, 1);
    assert_int_equal(ids[0], 2);
    pn_route_value *line = NULL;
    assert_int_equal(pn_shape_read(&c.exchange, LINE, &pn_body_value(x, "lines")->json->items[0],
                                   "/lines/0", &line),
                     PN_OK);
    assert_true(pn_str_is(pn_value_named(LINE, line, "text")->text, "y"));
    end(&c);
}

/* One thing wrong each: the pointer and a piece of the sentence. */
static const struct {
    const char *body, *pointer, *words;
} WRONG[] = {
    {"{}", "/number", "required"},
    {"{\"number\":null}", "/number", "null"},
    {"{\"number\":\"\"}", "/number", "at least 1"},
    {"{\"number\":1}", "/number", "a text"},
    {"{\"number\":\"a\\nb\"}", "/number", "one line"},
    {"{\"number\":\"a\\u0000b\"}", "/number", "one line"},
    {"{\"number\":\"a\",\"nubmer\":1}", "/nubmer", "did you mean “number”"},
    {"{\"number\":\"a\",\"a/b~c\":1}", "/a~1b~0c", "no field"},
    {"{\"number\":\"a\",\"note\":\"\\u0007\"}", "/note", "control"},
    {"{\"number\":\"a\",\"count\":0}", "/count", "from 1 to 9"},
    {"{\"number\":\"a\",\"count\":1.5}", "/count", "whole number"},
    {"{\"number\":\"a\",\"any\":9223372036854775808}", "/any", "whole number"},
    {"{\"number\":\"a\",\"final\":1}", "/final", "true or false"},
    {"{\"number\":\"a\",\"debtor\":\"inv_0000000000001\"}", "/debtor", "deb_"},
    {"{\"number\":\"a\",\"debtor\":\"deb_0000000000000\"}", "/debtor", "deb_"},
    {"{\"number\":\"a\",\"due\":\"2026-02-30\"}", "/due", "a day"},
    {"{\"number\":\"a\",\"due\":\"0026-02-20\"}", "/due", "from 1900"},
    {"{\"number\":\"a\",\"at\":\"2026-02-20T10:00\"}", "/at", "a time"},
    {"{\"number\":\"a\",\"at\":\"2026-02-20T24:00:00Z\"}", "/at", "a time"},
    {"{\"number\":\"a\",\"amount\":{\"minor\":1}}", "/amount", "an amount"},
    {"{\"number\":\"a\",\"amount\":{\"minor\":1,\"currency\":\"XXX\"}}", "/amount", "ISO 4217"},
    {"{\"number\":\"a\",\"amount\":{\"minor\":1,\"currency\":\"EUR\",\"x\":1}}", "/amount",
     "an amount"},
    {"{\"number\":\"a\",\"amount\":{\"minor\":0,\"currency\":\"EUR\"}}", "/amount", "from 1"},
    {"{\"number\":\"a\",\"amount\":{\"minor\":10000000000000000,\"currency\":\"EUR\"}}", "/amount",
     "16 digits"},
    {"{\"number\":\"a\",\"kind\":\"debitt\"}", "/kind", "debit, credit"},
    {"{\"number\":\"a\",\"email\":\"ana\"}", "/email", "e-mail"},
    {"{\"number\":\"a\",\"email\":\"a@b.example\\r\\nBcc: c\"}", "/email", "e-mail"},
    {"{\"number\":\"a\",\"url\":\"javascript:alert(1)\"}", "/url", "https://"},
    {"{\"number\":\"a\",\"url\":\"https://\"}", "/url", "https://"},
    {"{\"number\":\"a\",\"rule\":[\"invoice.oepn\",\">\",1]}", "/rule", "invoice.open"},
    {"{\"number\":\"a\",\"data\":\"01234567890123456789012345678901234567890\"}", "/data",
     "40 bytes"},
    {"{\"number\":\"a\",\"data\":[\"\\u0000\"]}", "/data", "U+0000"},
    {"{\"number\":\"a\",\"line\":{\"text\":\"x\"}}", "/line/amount", "required"},
    {"{\"number\":\"a\",\"line\":[]}", "/line", "an object"},
    {"{\"number\":\"a\",\"lines\":{}}", "/lines", "a list"},
    {"{\"number\":\"a\",\"lines\":[{},{},{},{}]}", "/lines", "from 0 to 3"},
    {"{\"number\":\"a\",\"lines\":[null]}", "/lines/0", "null"},
    {"{\"number\":\"a\",\"lines\":[{\"text\":\"x\",\"amount\":{\"minor\":1,\"currency\":\"EUR\"}},"
     "{\"text\":\"\",\"amount\":{\"minor\":1,\"currency\":\"EUR\"}}]}",
     "/lines/1/text", "at least"},
    {"{\"number\":\"a\",\"invoices\":[\"inv_0000000000001\",7]}", "/invoices/1", "an id"},
};

static void test_a_body_that_does_not_fit(void **state) {
    (void)state;
    for (size_t i = 0; i < PN_COUNT(WRONG); i++) {
        call c;
        begin(&c, &TABLE[1], "", WRONG[i].body);
        assert_int_equal(pn_shape_request(&c.exchange), PN_INVALID);
        assert_int_equal(c.exchange.problem, PN_PROBLEM_BODY_FIELDS);
        const pn_problem_list *list = c.exchange.problems;
        assert_int_equal(list->count, 1);
        bool hit = pn_str_eq(list->items[0].pointer, pn_str_of(WRONG[i].pointer)) &&
                   pn_str_find(list->items[0].detail, pn_str_of(WRONG[i].words)) != SIZE_MAX;
        if (!hit) {
            fail_msg("%s: “%.*s” at %.*s", WRONG[i].body, PN_STR_ARG(list->items[0].detail),
                     PN_STR_ARG(list->items[0].pointer));
        }
        end(&c);
    }
}

static void test_null_clears(void **state) {
    (void)state;
    call c;
    begin(&c, &TABLE[1], "", "{\"number\":\"a\",\"due\":null}");
    assert_int_equal(pn_shape_request(&c.exchange), PN_OK);
    assert_true(pn_body_value(&c.exchange, "due")->null);
    assert_false(pn_body_value(&c.exchange, "due")->given);
    assert_false(pn_body_value(&c.exchange, "at")->null);
    end(&c);
}

static void refuse(const pn_route *route, const char *type, const char *body,
                   pn_problem_kind problem) {
    call c;
    begin(&c, route, "", body);
    c.headers[0].value = pn_str_of(type);
    assert_int_not_equal(pn_shape_request(&c.exchange), PN_OK);
    assert_int_equal(c.exchange.problem, problem);
    end(&c);
}

static void test_bodies_of_another_kind(void **state) {
    (void)state;
    refuse(&TABLE[1], "application/json", "[]", PN_PROBLEM_BODY_FIELDS);
    refuse(&TABLE[1], "application/json", "{\"number\":\"a\",\"number\":\"b\"}",
           PN_PROBLEM_BODY_JSON);
    refuse(&TABLE[1], "application/json", "{\"number\":", PN_PROBLEM_BODY_JSON);
    refuse(&TABLE[1], "text/plain", "{\"number\":\"a\"}", PN_PROBLEM_BODY_TYPE);
    refuse(&TABLE[2], "application/json", "{}", PN_PROBLEM_BODY_TYPE);
    refuse(&TABLE[6], "image/gif", "GIF", PN_PROBLEM_BODY_TYPE);
    call c;
    begin(&c, &TABLE[6], "", "\x89PNG");
    c.headers[0].value = PN_STR("image/jpeg; x=y");
    assert_int_equal(pn_shape_request(&c.exchange), PN_OK);
    end(&c);
}

static void test_queries(void **state) {
    (void)state;
    call c;
    begin(&c, &TABLE[0],
          "filter=%5B%22account.open%22,%22%3E%22,3000%5D&closed=true&limit=7&"
          "kinds=inv_0000000000001,inv_0000000000002&",
          "");
    assert_int_equal(pn_shape_request(&c.exchange), PN_OK);
    assert_non_null(pn_query_value(&c.exchange, "filter")->rule);
    assert_int_equal(pn_query_value(&c.exchange, "closed")->number, 1);
    assert_int_equal(pn_query_value(&c.exchange, "limit")->number, 7);
    assert_int_equal(pn_query_value(&c.exchange, "kinds")->json->count, 2);
    end(&c);
    static const char *const BAD[] = {"closde=true", "closed=1",   "closed=true&closed=true",
                                      "filter=[",    "filter=[1]", "limit=0",
                                      "limit=501",   "limit=x",    "limit=",
                                      "cursor=%ff",  "limit=%4",   "kinds=a,b",
                                      "limit=%00",   "x"};
    for (size_t i = 0; i < PN_COUNT(BAD); i++) {
        begin(&c, &TABLE[0], BAD[i], "");
        if (pn_shape_request(&c.exchange) != PN_INVALID || c.exchange.problem != PN_PROBLEM_QUERY) {
            fail_msg("%s was taken", BAD[i]);
        }
        end(&c);
    }
}

/* ── problems ── */

static pn_str told(call *c, pn_err err) {
    pn_problem_answer(&c->exchange, err);
    assert_string_equal(c->exchange.answer.content_type, "application/problem+json");
    return pn_buf_str(&c->exchange.answer.body);
}

static void assert_says(pn_str text, const char *words) {
    if (pn_str_find(text, pn_str_of(words)) == SIZE_MAX) {
        fail_msg("“%s” is not in %.*s", words, PN_STR_ARG(text));
    }
}

static void test_problems(void **state) {
    (void)state;
    call c;
    begin(&c, &TABLE[1], "", "{\"count\":0}");
    pn_str text = told(&c, pn_shape_request(&c.exchange));
    assert_int_equal(c.exchange.answer.status, 422);
    assert_says(text, "\"code\":\"PN-1105\"");
    assert_says(text, "\"instance\":\"urn:puntual:request:5\"");
    assert_says(text, "\"pointer\":\"/count\"");
    assert_says(text, "{\"pointer\":\"/number\",\"detail\":\"It is required.\"}");
    end(&c);

    begin(&c, &TABLE[2], "", "");
    pn_answer_field(&c.exchange, "Retry-After", PN_STR("3"));
    pn_answer_field(&c.exchange, "ETag", PN_STR("\"1\""));
    (void)pn_diag_set(&c.exchange.diag, PN_IO, "The database says: disk full.");
    text = told(&c, PN_IO);
    assert_int_equal(c.exchange.answer.status, 500);
    assert_true(pn_str_find(text, PN_STR("disk")) == SIZE_MAX);
    assert_int_equal(c.exchange.answer.field_count, 1);
    end(&c);

    begin(&c, &TABLE[2], "", "");
    (void)pn_diag_set(&c.exchange.diag, PN_CONFLICT, "It is closed.");
    pn_diag_mend(&c.exchange.diag, "Open it first.");
    assert_says(told(&c, PN_CONFLICT), "\"detail\":\"It is closed. Open it first.\"");
    end(&c);
}

static void test_many_problems_are_counted(void **state) {
    (void)state;
    call c;
    begin(&c, &TABLE[1], "", "");
    for (int i = 0; i < PN_LIMIT_API_PROBLEMS + 5; i++) {
        pn_problem_tell(&c.exchange, PN_STR("/x"), PN_STR_NONE, "Wrong %d.", i);
    }
    assert_says(told(&c, PN_INVALID), "\"errors_more\":5");
    end(&c);
}

static void test_every_problem_has_its_code(void **state) {
    (void)state;
    for (int i = PN_PROBLEM_BY_ERR + 1; i < PN_PROBLEMS; i++) {
        for (int j = i + 1; j < PN_PROBLEMS; j++) {
            assert_int_not_equal(pn_problem_about((pn_problem_kind)i)->number,
                                 pn_problem_about((pn_problem_kind)j)->number);
        }
    }
}

/* ── pages and versions ── */

static void read_page(call *c, const char *query, pn_err want, pn_page *ret_page) {
    pn_str keep = pn_str_of(query);
    begin(c, &TABLE[0], query, "");
    c->exchange.query = keep;
    assert_int_equal(pn_shape_request(&c->exchange), PN_OK);
    assert_int_equal(pn_page_read(&c->exchange, ret_page), want);
}

static void test_pages(void **state) {
    (void)state;
    static const int64_t KEY[PN_PAGE_KEYS] = {-5, INT64_MAX, 42};
    call c;
    pn_page page = {0};
    char query[200], cursor[64];
    read_page(&c, "closed=true", PN_OK, &page);
    assert_int_equal(page.limit, PN_LIMIT_API_PAGE);
    assert_true(page.key[0] == INT64_MIN);
    (void)pn_page_begin(&c.exchange);
    pn_page_end(&c.exchange, KEY, true);
    pn_str text = pn_buf_str(&c.exchange.answer.body);
    assert_int_equal(text.len, strlen("{\"items\":[],\"next\":\"\"}") + 52);
    memcpy(cursor, text.ptr + strlen("{\"items\":[],\"next\":\""), 52);
    cursor[52] = '\0';
    end(&c);

    (void)snprintf(query, sizeof query, "cursor=%s&closed=true&limit=3", cursor);
    read_page(&c, query, PN_OK, &page);
    assert_memory_equal(page.key, KEY, sizeof KEY);
    assert_int_equal(page.limit, 3);
    end(&c);
    (void)snprintf(query, sizeof query, "cursor=%s&closed=false", cursor);
    read_page(&c, query, PN_INVALID, &page);
    end(&c);
    cursor[3] = cursor[3] == '0' ? '1' : '0';
    (void)snprintf(query, sizeof query, "cursor=%s&closed=true", cursor);
    read_page(&c, query, PN_INVALID, &page);
    assert_int_equal(c.exchange.problem, PN_PROBLEM_CURSOR);
    end(&c);
    read_page(&c, "cursor=a", PN_INVALID, &page);
    (void)pn_page_begin(&c.exchange);
    pn_page_end(&c.exchange, KEY, false);
    assert_says(pn_buf_str(&c.exchange.answer.body), "\"next\":null");
    end(&c);
}

static pn_err with_match(const char *match) {
    call c;
    begin(&c, &TABLE[2], "", "");
    c.headers[0] = (pn_http_field){PN_STR("if-match"), pn_str_of(match)};
    pn_err err = pn_answer_version(&c.exchange, 12);
    assert_int_equal(c.exchange.answer.field_count, err == PN_OK);
    end(&c);
    return err;
}

static void test_versions(void **state) {
    (void)state;
    assert_int_equal(with_match(""), PN_OK);
    assert_int_equal(with_match("\"12\""), PN_OK);
    assert_int_equal(with_match("\"11\", \"12\""), PN_OK);
    assert_int_equal(with_match("*"), PN_OK);
    assert_int_equal(with_match("\"11\""), PN_CONFLICT);
    assert_int_equal(with_match("12"), PN_CONFLICT);
    assert_int_equal(with_match("W/\"12\""), PN_CONFLICT);
}

static void test_cookies_and_headers(void **state) {
    (void)state;
    call c;
    begin(&c, &TABLE[0], "a=1&b=x%20y+z&a=2", "");
    c.headers[0] = (pn_http_field){PN_STR("cookie"), PN_STR("a=b; pn_session=x=y ;c")};
    pn_str value = PN_STR_NONE;
    assert_true(pn_str_is(pn_exchange_cookie(&c.exchange, "pn_session"), "x=y"));
    assert_int_equal(pn_exchange_cookie(&c.exchange, "c").len, 0);
    assert_true(pn_exchange_query(&c.exchange, "b", &value));
    assert_true(pn_str_is(value, "x y z"));
    assert_true(pn_exchange_query(&c.exchange, "a", &value));
    assert_true(pn_str_is(value, "1"));
    assert_false(pn_exchange_query(&c.exchange, "c", NULL));
    end(&c);
}

/* A minute's worth at once, then one each time that one has come in. */
static void test_rates(void **state) {
    (void)state;
    pn_rates *rates = pn_rates_new(8, 7);
    int64_t now = 5 * PN_MINUTE;
    for (int i = 0; i < 60; i++) {
        assert_int_equal(pn_rate_take(rates, PN_STR("a"), 60, now), 0);
    }
    assert_int_equal(pn_rate_take(rates, PN_STR("a"), 60, now), 1);
    assert_int_equal(pn_rate_take(rates, PN_STR("b"), 60, now), 0);
    assert_int_equal(pn_rate_take(rates, PN_STR("a"), 60, now + PN_SECOND), 0);
    assert_int_equal(pn_rate_take(rates, PN_STR("a"), 60, now + PN_SECOND), 1);
    assert_int_equal(pn_rate_take(rates, PN_STR("a"), 1, now + PN_SECOND), 60);
    /* more than fit are forgotten, and nobody waits for another's sake */
    for (int i = 0; i < 1000; i++) {
        char who[16];
        (void)snprintf(who, sizeof who, "%d", i);
        assert_int_equal(pn_rate_take(rates, pn_str_of(who), 60, now), 0);
    }
    pn_rates_free(rates);
}

static void test_ranges(void **state) {
    (void)state;
    pn_ranges *ranges = NULL;
    pn_diag diag = {0};
    static const char *const IN[] = {"10.1.2.3",       "10.1.3.255",   "10.1.0.0",
                                     "192.0.2.7",      "2001:db8:1::", "2001:db8:1:ffff::9",
                                     "::ffff:10.1.2.3"};
    static const char *const OUT[] = {"10.0.255.255", "10.1.4.0", "192.0.2.6", "192.0.2.8",
                                      "2001:db8:2::", "::1",      "",          "x",
                                      "10.1.2.3.4"};
    assert_int_equal(pn_ranges_read(PN_STR("# theirs\n10.1.2.0/23\n10.1.0.0/22 # wider\r\n\n"
                                           "2001:db8:1::/48\n192.0.2.7\n10.1.2.3"),
                                    &ranges, &diag),
                     PN_OK);
    assert_int_equal(pn_ranges_count(ranges), 3); /* what overlaps is one */
    for (size_t i = 0; i < PN_COUNT(IN); i++) {
        assert_true(pn_ranges_have(ranges, pn_str_of(IN[i])));
    }
    for (size_t i = 0; i < PN_COUNT(OUT); i++) {
        assert_false(pn_ranges_have(ranges, pn_str_of(OUT[i])));
    }
    assert_false(pn_ranges_have(NULL, PN_STR("10.1.2.3")));
    pn_ranges_free(ranges);
    assert_int_equal(pn_ranges_read(PN_STR(""), &ranges, &diag), PN_OK);
    assert_false(pn_ranges_have(ranges, PN_STR("10.1.2.3")));
    pn_ranges_free(ranges);
    assert_int_equal(pn_ranges_read(PN_STR("0.0.0.0/0\n::/0"), &ranges, &diag), PN_OK);
    assert_true(pn_ranges_have(ranges, PN_STR("9.9.9.9")));
    pn_ranges_free(ranges);
    assert_int_equal(pn_ranges_read(PN_STR("10.0.0.0/8\n10.0.0.0/33\n"), &ranges, &diag),
                     PN_INVALID);
    assert_string_equal(diag.where, "line 2");
}

static void test_instants(void **state) {
    (void)state;
    static const struct {
        const char *text, *back;
    } GOOD[] = {
        {"2026-03-10T08:00:00Z", "2026-03-10T08:00:00Z"},
        {"2026-03-10t09:00:00.25+01:00", "2026-03-10T08:00:00.250000Z"},
        {"2025-12-31T23:30:00-03:30", "2026-01-01T03:00:00Z"},
        {"2016-12-31T23:59:60Z", "2016-12-31T23:59:59Z"},
    };
    static const char *const BAD[] = {"",
                                      "2026-03-10",
                                      "2026-03-10T08:00:00",
                                      "2026-03-10T08:00:00.Z",
                                      "2026-03-10T08:60:00Z",
                                      "2026-03-10T08:00:00+0100",
                                      "2026-03-10 08:00:00Z",
                                      "1969-12-31T23:59:59Z",
                                      "2026-02-29T00:00:00Z",
                                      "2026-03-10T08:00:00ZZ",
                                      "2200-01-01T00:00:00Z"};
    char text[PN_INSTANT_SIZE];
    pn_time at = 0;
    for (size_t i = 0; i < PN_COUNT(GOOD); i++) {
        assert_int_equal(pn_instant_parse(pn_str_of(GOOD[i].text), &at), PN_OK);
        assert_string_equal(pn_instant_text(at, text), GOOD[i].back);
    }
    for (size_t i = 0; i < PN_COUNT(BAD); i++) {
        assert_int_equal(pn_instant_parse(pn_str_of(BAD[i]), &at), PN_INVALID);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_routes),
        cmocka_unit_test(test_the_programs_routes),
        cmocka_unit_test(test_a_body_that_fits),
        cmocka_unit_test(test_a_body_that_does_not_fit),
        cmocka_unit_test(test_null_clears),
        cmocka_unit_test(test_bodies_of_another_kind),
        cmocka_unit_test(test_queries),
        cmocka_unit_test(test_problems),
        cmocka_unit_test(test_many_problems_are_counted),
        cmocka_unit_test(test_every_problem_has_its_code),
        cmocka_unit_test(test_pages),
        cmocka_unit_test(test_versions),
        cmocka_unit_test(test_cookies_and_headers),
        cmocka_unit_test(test_rates),
        cmocka_unit_test(test_ranges),
        cmocka_unit_test(test_instants),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
