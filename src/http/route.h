/* Routes: one table declares method, path, parameters, body, answer, who may, and help.
 *
 * Dispatch, validation, problems, /v1/openapi.json, the reference page and the console's TypeScript
 * types are made from it, so they cannot disagree. Each resource is a file with its own array of
 * routes and no header; http/routes.c lists the arrays. */
#ifndef PN_HTTP_ROUTE_H
#define PN_HTTP_ROUTE_H

#include "auth/role.h"
#include "base/id.h"
#include "base/money.h"
#include "calendar/date.h"
#include "core/rule/rule.h"
#include "http/exchange.h"

/* ── shapes: what parameters, bodies and answers are made of ── */

typedef enum {
    PN_SHAPE_TEXT,  /* min … max bytes (max 0: PN_LIMIT_API_TEXT_BYTES), one line */
    PN_SHAPE_LINES, /* the same, line ends allowed */
    PN_SHAPE_INT,   /* min … max where they differ */
    PN_SHAPE_BOOL,
    PN_SHAPE_ID,     /* of `id_kind`: "inv_…" */
    PN_SHAPE_DATE,   /* "2026-03-10" */
    PN_SHAPE_TIME,   /* RFC 3339 with offset */
    PN_SHAPE_AMOUNT, /* {"minor": 121000, "currency": "EUR"}; min … max where they differ */
    PN_SHAPE_WORD,   /* one of `words` */
    PN_SHAPE_EMAIL,
    PN_SHAPE_URL,
    PN_SHAPE_RULE,   /* a rule (docs/strategy-language.md), of the subject in `min` */
    PN_SHAPE_JSON,   /* any value, at most `max` bytes */
    PN_SHAPE_OBJECT, /* of `fields` */
    PN_SHAPE_LIST,   /* of at most `max` objects of `fields`; of values where the first of them has
                        an empty name, and says what they are */
} pn_shape_type;

typedef struct pn_shape pn_shape;
struct pn_shape {
    const char *name;
    pn_shape_type type;
    bool required; /* in a body or query; in an answer: always there, and never null */
    int64_t min, max;
    pn_id_kind id_kind;
    const char *const *words; /* ended by NULL */
    const pn_shape *fields;   /* ended by an entry without a name */
    const char *help;
};

/* A named object that several routes take or give: "Invoice". */
typedef struct {
    const char *name;
    const pn_shape *fields;
    const char *help;
} pn_schema_object;

/* ── what was given ── */

/* One checked value; `given` is false where it was left out, and the rest then zero. */
typedef struct {
    bool given;
    bool null; /* given as null, which clears a field of a PATCH */
    pn_str text;
    int64_t number; /* INT, BOOL, WORD (its index), DATE, TIME, ID, AMOUNT (minor units) */
    pn_currency currency;
    const pn_json *json; /* JSON, OBJECT, LIST */
    const pn_rule *rule;
} pn_route_value;

/* By the name in the route's descriptor; a name that is not there is our own bug. What gives a list
 * has "limit" and "cursor" in its query without declaring them. In a query a list stands as
 * "a,b,c", and a rule or JSON as its text. */
const pn_route_value *pn_query_value(const pn_exchange *exchange, const char *name);
const pn_route_value *pn_body_value(const pn_exchange *exchange, const char *name);
/* The value of a field among those that stand beside `fields`. */
const pn_route_value *pn_value_named(const pn_shape *fields, const pn_route_value *values,
                                     const char *name);
/* Reads an object inside the body (an item of a list) by its fields; INVALID with the JSON pointer
 * of what is wrong. `ret_values` stand beside `fields`. The whole body was checked before the
 * route was asked: of what it declares, this cannot fail. */
PN_MUST_USE pn_err pn_shape_read(pn_exchange *exchange, const pn_shape *fields,
                                 const pn_json *object, const char *pointer,
                                 pn_route_value **ret_values);
/* The path's argument as an id of that kind; NOT_FOUND with a sentence where it is none. */
PN_MUST_USE pn_err pn_argument_id(pn_exchange *exchange, size_t argument, pn_id_kind kind,
                                  pn_id *ret_id);

/* ── routes ── */

/* Where a route runs. */
typedef enum {
    PN_RUNS_HERE,   /* on the connection's thread: no database, nothing that waits */
    PN_RUNS_READER, /* on a reader's thread, in one snapshot */
    PN_RUNS_WRITER, /* on the writer's, in a savepoint of a transaction with others (begun already);
                       answered when that is committed, undone alone when it returns an error */
    PN_RUNS_LONG,   /* on a thread for long work, which begins its own transactions */
    PN_RUNS_ENTRANCE, /* like LONG, on threads of its own: passwords are slow, and whoever guesses
                         them keeps no import waiting; its answers are secrets that are not kept */
} pn_route_runs;

/* Who may ask; roles and scopes are auth/role.h's. */
typedef enum {
    PN_ROUTE_SIGNED,   /* somebody with one of `roles`, or a key with `scope` */
    PN_ROUTE_PUBLIC,   /* anybody: sign-in, /healthz, documentation */
    PN_ROUTE_LINK,     /* whoever holds a link that we made: the route checks its token */
    PN_ROUTE_PROVIDER, /* a provider's webhook: the route verifies it on the raw bytes */
} pn_route_door;

struct pn_route {
    pn_http_method method;
    const char *path; /* "/v1/invoices/{invoice}/ledger" */
    const char *name; /* "invoice_ledger": operationId, and the code of its log lines */
    pn_route_runs runs;
    pn_route_door door;
    pn_role_set roles;
    const char *scope;             /* of keys: "invoices:read" */
    const pn_shape *query;         /* may be NULL */
    const pn_shape *body;          /* of a JSON body; NULL: none */
    const char *body_type;         /* NULL: JSON; else what the raw body may be: "text/csv" */
    int64_t body_max;              /* bytes; 0: PN_LIMIT_API_BODY_BYTES */
    int64_t read_ms_max;           /* reading takes at most so long; 0: PN_LIMIT_API_READ_SECONDS */
    const pn_schema_object *gives; /* what a success holds; NULL: see `answer_type` */
    bool gives_list;               /* a page of them: {"items": […], "next": "cursor" or null} */
    const char *answer_type;       /* of an answer that is no JSON: "application/pdf" */
    bool unlisted; /* not of the API: left out of OpenAPI (debtor's page, tracking, assets) */
    pn_err (*answer)(pn_exchange *exchange);
    /* Of a LINK, PROVIDER or PUBLIC route: which organization it is of, asked before `answer` on a
     * reader's thread; it may refuse. NULL: of none. */
    pn_err (*place)(pn_exchange *exchange, pn_id *ret_org_id);
    /* `place` needs no database: it is asked on the connection's thread, and what runs on the
     * writer's goes there at once. */
    bool placed_here;
    /* Where `place` needs the database: whether it is known already, in memory. Then the request
     * goes to the writer without a reader between. NULL: it never is. */
    bool (*recall)(pn_exchange *exchange, pn_id *ret_org_id);
    const char *summary;
    const char *help; /* may be NULL */
};

/* Ended by an entry without a path. */
typedef const pn_route pn_route_table[];

/* All tables, ended by NULL. */
extern const pn_route *const PN_ROUTES[];

/* What finds routes: a tree of path segments, made once. A path names arguments as "{name}"; the
 * last one may be "{name*}", which takes the rest. Tables that contradict each other are our own
 * bug. */
typedef struct pn_router pn_router;
pn_router *pn_router_new(const pn_route *const *tables);
void pn_router_free(pn_router *router);

/* The route of a request and the arguments of its path; NOT_FOUND, or INVALID where the path exists
 * with other methods (`ret_allow` lists them). */
PN_MUST_USE pn_err pn_route_find(const pn_router *router, pn_http_method method, pn_str path,
                                 pn_arena *arena, const pn_route **ret_route,
                                 pn_str ret_arguments[PN_ROUTE_ARGUMENTS], pn_str *ret_allow);
/* "GET" */
const char *pn_http_method_name(pn_http_method method);

/* ── answers ── */

/* Begins a JSON object in the answer's body; the caller writes its fields and ends it. What routes
 * write most of all is in http/answer.h. */
pn_json_writer *pn_answer_json(pn_exchange *exchange);

/* A page of a list by keys: what the query's "limit" and "cursor" say, and the cursor of the next
 * page from the last row's key. A cursor is opaque, bound to route and filter, and authenticated.
 */
enum { PN_PAGE_KEYS = 3 };
typedef struct {
    int64_t limit;
    int64_t key[PN_PAGE_KEYS]; /* of the last row seen; INT64_MIN: from the beginning */
} pn_page;
PN_MUST_USE pn_err pn_page_read(pn_exchange *exchange, pn_page *ret_page);
/* Begins {"items": [; the route writes objects. */
pn_json_writer *pn_page_begin(pn_exchange *exchange);
/* Ends it with "next": the cursor behind the last row, or null where there is no more. */
void pn_page_end(pn_exchange *exchange, const int64_t key[PN_PAGE_KEYS], bool more);

/* A row of a page as an object, with its braces; `key` is what the cursor behind it says. */
typedef pn_err (*pn_page_put)(pn_exchange *exchange, pn_json_writer *w, const void *row,
                              int64_t key[PN_PAGE_KEYS]);
/* The whole answer of a list: of `count` rows of `size` bytes, read as up to one more than the
 * page's limit, those that stand on it, and the cursor where there is more. */
PN_MUST_USE pn_err pn_page_give(pn_exchange *exchange, const pn_page *page, const void *rows,
                                size_t size, size_t count, pn_page_put put);
/* Of a list by id, the newest first: behind which id; 0 from the newest. */
static inline pn_id pn_page_before(const pn_page *page) {
    return page->key[0] == INT64_MIN ? 0 : page->key[0];
}

/* The entity tag of a row's version: sets ETag, and refuses with CONFLICT (412) where If-Match
 * names another. */
PN_MUST_USE pn_err pn_answer_version(pn_exchange *exchange, int64_t version);
/* The same without setting it: before a change, which makes another version. */
PN_MUST_USE pn_err pn_check_version(pn_exchange *exchange, int64_t version);
/* Only sets ETag: after a change, whose version If-Match cannot name. */
void pn_answer_tag(pn_exchange *exchange, int64_t version);
/* A version of what has no number of its own: of its content. Safe in JSON of JavaScript. */
int64_t pn_version_of(pn_str content);

#endif
