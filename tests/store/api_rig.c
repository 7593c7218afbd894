#include "api_rig.h"

#include "http/idempotency.h"
#include "http/problem.h"
#include "http/service.h"
#include "http/shape.h"

rig r;
static pn_router *router;
static pn_service service; /* whose options say nothing */

int api_set_up(void **state) {
    (void)state;
    router = pn_router_new(PN_ROUTES);
    asker = NULL;
    rig_open(&r);
    rig_import(&r, PN_IMPORT_INVOICES,
               "external_id;debtor;debtor_name;email;tax_id;issued;due;amount\n"
               "F-1;D1;Talleres Núñez;nunez@example.com;B12345678;2025-12-12;2026-01-14;100,00\n"
               "F-2;D1;Talleres Núñez;nunez@example.com;B12345678;2025-12-13;2026-01-15;50,00\n"
               "F-3;D2;Bar Pepe;pepe@example.com;;2025-12-15;2026-01-15;300,00\n");
    rig_strategy(&r, RIG_STRATEGY);
    rig_advance(&r, "2026-01-20", 12, 0);
    return 0;
}

int api_tear_down(void **state) {
    (void)state;
    rig_close(&r);
    pn_router_free(router);
    return 0;
}

/* ── asking ── */

const char *if_match = "", *idempotency_key = "", *language = "en";
const char *body_type = "application/json";
const pn_identity *asker;

static pn_err run(pn_exchange *x, bool *ret_replayed) {
    PN_TRY(pn_shape_request(x));
    PN_TRY(pn_idempotency_begin(x, ret_replayed));
    if (*ret_replayed) {
        return PN_OK;
    }
    pn_err err = x->route->answer(x);
    if (err == PN_OK) {
        return pn_idempotency_keep(x);
    }
    pn_idempotency_drop(x);
    return err;
}

static pn_err run_in_place(pn_exchange *x, bool *ret_replayed) {
    if (x->route->runs != PN_RUNS_WRITER) {
        return run(x, ret_replayed);
    }
    rig_ok(&r, pn_app_begin(r.app, &r.diag));
    pn_err err = run(x, ret_replayed);
    if (err == PN_OK) {
        return pn_app_commit(r.app, &x->diag);
    }
    pn_app_rollback(r.app);
    return err;
}

answer ask_text(pn_http_method method, const char *url, pn_str body) {
    pn_exchange x = {.method = method, .number = 1, .arena = &r.arena, .db = r.app->db};
    pn_str path = pn_str_dup(&r.arena, pn_str_of(url)), query = path;
    pn_http_field headers[] = {
        {PN_STR("content-type"), pn_str_of(body_type)},
        {PN_STR("if-match"), pn_str_of(if_match)},
        {PN_STR("idempotency-key"), pn_str_of(idempotency_key)},
        {PN_STR("accept-language"), pn_str_of(language)},
    };
    (void)pn_str_split(&query, '?', &path);
    x.path = path;
    x.query = query.ptr == NULL ? PN_STR("") : query;
    x.body = pn_str_dup(&r.arena, body);
    x.headers = headers;
    x.header_count = PN_COUNT(headers);
    x.service = &service;
    x.app = r.app;
    x.org_id = r.app->org.id;
    x.identity = asker;
    answer a = {0};
    pn_str allow;
    pn_err err = pn_route_find(router, method, path, &r.arena, &x.route, x.arguments, &allow);
    if (err == PN_OK) {
        err = run_in_place(&x, &a.replayed);
    }
    if (err != PN_OK) {
        if (x.answer.body.ptr == NULL) {
            x.answer.body = (pn_buf){0};
        }
        pn_problem_answer(&x, err);
    }
    a.status = x.answer.status != 0 ? x.answer.status : x.answer.body.len != 0 ? 200 : 204;
    a.body = pn_str_z(&r.arena, pn_buf_str(&x.answer.body));
    for (size_t i = 0; i < x.answer.field_count; i++) {
        const char *value = pn_str_z(&r.arena, x.answer.fields[i].value);
        a.location = pn_str_is(x.answer.fields[i].name, "Location") ? value : a.location;
        a.etag = pn_str_is(x.answer.fields[i].name, "ETag") ? value : a.etag;
    }
    pn_buf_done(&x.answer.body);
    return a;
}

answer ask(pn_http_method method, const char *url, const char *body) {
    char *text = pn_arena_copy(&r.arena, body, strlen(body));
    for (char *c = text; *c != '\0'; c++) {
        *c = *c == '\'' ? '"' : *c;
    }
    return ask_text(method, url, pn_str_of(text));
}

answer want_at(answer a, int status, int line) {
    if (a.status != status) {
        fail_msg("line %d: %d instead of %d: %s", line, a.status, status, a.body);
    }
    return a;
}

void says_at(answer a, const char *words, int line) {
    char *text = pn_arena_copy(&r.arena, words, strlen(words));
    for (char *c = text; *c != '\0'; c++) {
        *c = *c == '\'' ? '"' : *c;
    }
    if (strstr(a.body, text) == NULL) {
        fail_msg("line %d: %s is not in %s", line, text, a.body);
    }
}

const char *url_of(const char *format, pn_id_kind kind, pn_id id) {
    char text[PN_ID_TEXT_SIZE];
    pn_str pattern = pn_str_of(format), before, rest = pattern;
    (void)pn_str_split(&rest, '$', &before);
    return pn_str_z(&r.arena, pn_str_format(&r.arena, "%.*s%s%.*s", PN_STR_ARG(before),
                                            pn_id_text(kind, id, text), PN_STR_ARG(rest)));
}

const char *debtor(const char *key, const char *tail) {
    return url_of(pn_str_z(&r.arena, pn_str_format(&r.arena, "/v1/debtors/$%s", tail)),
                  PN_ID_DEBTOR, rig_debtor(&r, key));
}

const char *invoice(const char *number, const char *tail) {
    return url_of(pn_str_z(&r.arena, pn_str_format(&r.arena, "/v1/invoices/$%s", tail)),
                  PN_ID_INVOICE, rig_invoice(&r, number));
}

const char *made(answer a, char out[PN_ID_TEXT_SIZE]) {
    assert_non_null(strstr(a.body, "\"id\":\""));
    (void)snprintf(out, PN_ID_TEXT_SIZE, "%.17s", strstr(a.body, "\"id\":\"") + 6);
    return out;
}
