/* A request and its answer, apart from the server that carries them.
 *
 * What a route sees of HTTP. Texts of the request are borrowed from the connection and live as long
 * as its arena; nothing in them was trusted yet but what the route's descriptor says
 * (http/route.h). A route fills the answer, or returns an error with a sentence, of which the
 * dispatcher makes an RFC 9457 problem. */
#ifndef PN_HTTP_EXCHANGE_H
#define PN_HTTP_EXCHANGE_H

#include "app/app.h"
#include "base/buf.h"
#include "base/json.h"

typedef struct pn_route pn_route;
typedef struct pn_identity pn_identity; /* who asks (auth/identity.h) */
typedef struct pn_service pn_service;   /* what routes share (http/service.h) */
typedef struct pn_exchange pn_exchange;

typedef enum {
    PN_HTTP_GET, /* HEAD too: the server leaves the body away */
    PN_HTTP_POST,
    PN_HTTP_PUT,
    PN_HTTP_PATCH,
    PN_HTTP_DELETE,
    PN_HTTP_METHODS
} pn_http_method;

typedef struct {
    pn_str name; /* lower case */
    pn_str value;
} pn_http_field;

enum {
    PN_HTTP_ANSWER_FIELDS = 16, /* header fields that a route may set */
    PN_ROUTE_ARGUMENTS = 4,     /* {names} in a path */
};

typedef struct {
    int status;               /* 0: 200, or 204 without a body */
    const char *content_type; /* NULL: none */
    pn_http_field fields[PN_HTTP_ANSWER_FIELDS];
    size_t field_count;
    pn_buf body;  /* bounded; freed by the server once it was sent */
    pn_str whole; /* instead of `body`: bytes that live as long as the program (assets) */
    bool same; /* as `whole`, status and fields are the same each time: the server may keep them */
    pn_json_writer json; /* on `body`, where it is JSON (http/route.h) */
} pn_answer;

typedef struct pn_problem_list pn_problem_list; /* http/problem.h */

struct pn_exchange {
    pn_http_method method;
    bool head;    /* it was HEAD, which is GET without its body */
    pn_str path;  /* decoded, as it was matched */
    pn_str query; /* raw, behind the "?" */
    pn_str body;
    const pn_http_field *headers;
    size_t header_count;
    pn_str peer;     /* the client's address; behind a trusted proxy what that one says */
    pn_str host;     /* as the client named us */
    bool secure;     /* it came by TLS, to us or to the trusted proxy */
    uint64_t number; /* of the request: in logs, and in problems as their instance */

    const pn_route *route;
    pn_str arguments[PN_ROUTE_ARGUMENTS]; /* of the path, decoded, in their order */
    const struct pn_route_values *values; /* query and body, checked (http/route.h) */

    pn_service *service;
    pn_id org_id;                /* the organization it is of; 0: none */
    pn_db *db;                   /* NULL for routes that need none */
    pn_app *app;                 /* the organization's; for none NULL, or to write the instance's */
    const pn_identity *identity; /* NULL: nobody signed in (public routes) */
    pn_arena *arena;             /* of the request, with a cap */
    pn_answer answer;
    pn_diag diag;
    int problem;               /* which one of http/problem.h; 0: what the error says */
    pn_problem_list *problems; /* each by itself, where there are several; NULL */

    /* The server's: another thread answers; it has answered. */
    void (*suspend)(pn_exchange *exchange);
    void (*resume)(pn_exchange *exchange);
    void *waiter;
};

/* The first header of that name (lower case); empty where there is none. */
pn_str pn_exchange_header(const pn_exchange *exchange, const char *name);
/* "es", "en" or "pt": the first of them that the caller's Accept-Language names; NULL: none. */
const char *pn_exchange_language(const pn_exchange *exchange);
/* The same where sentences for people stand among data: English for callers that name none. */
pn_str pn_exchange_reader(const pn_exchange *exchange);
/* The first parameter of the query of that name, decoded; `ret_value` may be NULL. */
bool pn_exchange_query(const pn_exchange *exchange, const char *name, pn_str *ret_value);
/* A cookie's value; empty where there is none. */
pn_str pn_exchange_cookie(const pn_exchange *exchange, const char *name);

/* Adds a header field to the answer; `name` outlives the answer, `value` lives on the arena and is
 * of printable characters. More than PN_HTTP_ANSWER_FIELDS is our own bug. */
void pn_answer_field(pn_exchange *exchange, const char *name, pn_str value);
/* 303 See Other, to a path of ours or a whole URL. */
pn_err pn_answer_see_other(pn_exchange *exchange, pn_str location);

#endif
