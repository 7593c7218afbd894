/* The API about itself. */
#include "base/banned.h"
#include "base/limits.h"
#include "http/openapi.h"
#include "http/tables.h"

static pn_err give(pn_exchange *exchange, const char *type) {
    pn_answer_field(exchange, "Cache-Control", PN_STR("public, max-age=300"));
    exchange->answer.content_type = type;
    pn_buf_init(&exchange->answer.body, PN_LIMIT_API_ANSWER_BYTES);
    return PN_OK;
}

static pn_err give_openapi(pn_exchange *exchange) {
    PN_TRY(give(exchange, "application/json"));
    pn_openapi_write(PN_ROUTES, exchange->arena, &exchange->answer.body);
    return pn_buf_err(&exchange->answer.body);
}

static pn_err give_reference(pn_exchange *exchange) {
    PN_TRY(give(exchange, "text/html; charset=utf-8"));
    pn_reference_write(PN_ROUTES, exchange->arena, &exchange->answer.body);
    return pn_buf_err(&exchange->answer.body);
}

static pn_err give_problems(pn_exchange *exchange) {
    PN_TRY(give(exchange, "text/html; charset=utf-8"));
    pn_reference_problems_write(&exchange->answer.body);
    return pn_buf_err(&exchange->answer.body);
}

pn_route_table PN_ROUTES_DOCS = {
    {.path = "/v1/openapi.json",
     .name = "openapi",
     .door = PN_ROUTE_PUBLIC,
     .answer_type = "application/json",
     .answer = give_openapi,
     .summary = "this API as a document for programs"},
    {.path = "/v1/docs",
     .name = "docs",
     .door = PN_ROUTE_PUBLIC,
     .answer_type = "text/html",
     .answer = give_reference,
     .summary = "this page"},
    {.path = "/v1/docs/problems",
     .name = "docs_problems",
     .door = PN_ROUTE_PUBLIC,
     .answer_type = "text/html",
     .answer = give_problems,
     .summary = "what each code of a problem means"},
    {.path = NULL},
};
