/* Problems: how an error is told over HTTP (RFC 9457).
 *
 * One table of stable codes gives status, title and documentation (docs/API-PROBLEMS.md is made
 * from it). A route returns a pn_err with a sentence in the exchange's diag; where that does not
 * say enough, it names the problem in `exchange->problem`. What failed on our side tells nobody
 * how: the sentence goes to the log, the client gets the request's number. */
#ifndef PN_HTTP_PROBLEM_H
#define PN_HTTP_PROBLEM_H

#include "http/exchange.h"

/* X(NAME, number, status, title, what it means and how to mend it) */
#define PN_PROBLEM_TABLE(X)                                                                        \
    X(INVALID, 1001, 422, "The request cannot be accepted",                                        \
      "What is asked for contradicts what there is; the detail says what, and how to mend it.")    \
    X(NOT_FOUND, 1002, 404, "Not found",                                                           \
      "There is nothing of this id in the organization, or there is no such route.")               \
    X(DENIED, 1003, 403, "Not allowed",                                                            \
      "Whoever asks may not do this; the detail says what it takes.")                              \
    X(CONFLICT, 1004, 409, "It changed meanwhile, or exists already",                              \
      "Read it again, decide again.")                                                              \
    X(LIMIT, 1005, 422, "A documented limit was reached",                                          \
      "docs/LIMITS.md lists all of them. Ask for less at once.")                                   \
    X(METHOD, 1101, 405, "The path exists, but not with this method",                              \
      "The header Allow lists the methods that it knows.")                                         \
    X(BODY_TYPE, 1102, 415, "The body is of another media type",                                   \
      "Send what the route takes: application/json unless it says otherwise.")                     \
    X(BODY_SIZE, 1103, 413, "The body is too large",                                               \
      "The limit stands in the detail. Send less at once.")                                        \
    X(BODY_JSON, 1104, 400, "The body is no JSON",                                                 \
      "The detail names line and column. UTF-8, no comments, no key twice.")                       \
    X(BODY_FIELDS, 1105, 422, "The body does not fit the route",                                   \
      "`errors` lists each field by its JSON pointer. Nothing was changed.")                       \
    X(QUERY, 1106, 400, "The query does not fit the route",                                        \
      "`errors` lists each parameter by its name.")                                                \
    X(CURSOR, 1107, 400, "The cursor is not one of this list",                                     \
      "A cursor belongs to the route and the filter that gave it. Begin without one.")             \
    X(HEADER, 1108, 400, "A header field cannot be understood", "The detail names it.")            \
    X(MALFORMED, 1109, 400, "The request is malformed",                                            \
      "It is no HTTP that we understand, or a path that does not decode.")                         \
    X(URL_SIZE, 1110, 414, "The URL is too long", "Send less in the query.")                       \
    X(TIMEOUT, 1111, 408, "The request came too slowly", "Send it again.")                         \
    X(SIGN_IN, 1201, 401, "Nobody is signed in",                                                   \
      "Sign in, or send a key as “Authorization: Bearer …”.")                                      \
    X(FORM_TOKEN, 1202, 403, "The request does not come from our pages",                           \
      "With a cookie, changes need the form's token and an Origin of ours.")                       \
    X(ROLE, 1203, 403, "The role does not allow this", "The detail names the roles that may.")     \
    X(SCOPE, 1204, 403, "The key's scopes do not allow this",                                      \
      "The detail names the scope it takes.")                                                      \
    X(STRONG, 1205, 403, "This takes a fresh sign-in",                                             \
      "Give the password or the second factor again, then repeat the request.")                    \
    X(VERSION, 1301, 412, "It changed since it was read",                                          \
      "If-Match names a version that is not the newest. Read it again, then change that.")         \
    X(KEY_REUSED, 1302, 422, "The Idempotency-Key was used for another request",                   \
      "A key belongs to one request, byte for byte. Make a new key for a new request.")            \
    X(KEY_BUSY, 1303, 409, "A request with this Idempotency-Key is under way",                     \
      "Wait, then send it again to get its answer.")                                               \
    X(RATE, 1401, 429, "Too many requests", "Retry-After says how many seconds to wait.")          \
    X(BUSY, 1402, 503, "The server is busy",                                                       \
      "Nothing was changed. Retry-After says how many seconds to wait.")                           \
    X(SLOW, 1403, 503, "The answer took too long",                                                 \
      "Nothing was changed. Ask for less, or by a filter that an index helps.")                    \
    X(ROWS, 1501, 422, "Some rows cannot be accepted",                                             \
      "`errors` lists them. None of the request's rows was taken.")                                \
    X(INTERNAL, 1901, 500, "Something failed on our side",                                         \
      "Nothing was changed. The server's log has the request under the number in `instance`.")

typedef enum {
    PN_PROBLEM_BY_ERR, /* what the pn_err says */
#define PN_PROBLEM_ENUM(name, number, status, title, meaning) PN_PROBLEM_##name,
    PN_PROBLEM_TABLE(PN_PROBLEM_ENUM)
#undef PN_PROBLEM_ENUM
        PN_PROBLEMS
} pn_problem_kind;

typedef struct {
    const char *name; /* "BODY_FIELDS" */
    int number;       /* 1105: "PN-1105" */
    int status;
    const char *title, *meaning;
} pn_problem_info;

/* Of a problem that is not PN_PROBLEM_BY_ERR. */
const pn_problem_info *pn_problem_about(pn_problem_kind problem);

/* One of several things that are wrong with a request. */
typedef struct {
    pn_str pointer;   /* into the body (RFC 6901); empty where it is about a parameter */
    pn_str parameter; /* of the query or path; empty otherwise */
    pn_str detail;
} pn_problem_item;

struct pn_problem_list {
    pn_problem_item items[100]; /* PN_LIMIT_API_PROBLEMS */
    size_t count;
    size_t more; /* that did not fit */
};

/* Adds one to the exchange's list; the first is its diag too. Texts are copied. */
void pn_problem_tell(pn_exchange *exchange, pn_str pointer, pn_str parameter, const char *format,
                     ...) PN_PRINTF(4, 5);

/* Sets `exchange->problem` and the sentence; gives the error that belongs to its status. */
pn_err pn_problem_set(pn_exchange *exchange, pn_problem_kind problem, const char *what_format, ...)
    PN_PRINTF(3, 4);

/* The problem that an error with this exchange is. */
pn_problem_kind pn_problem_of(const pn_exchange *exchange, pn_err err);

/* Makes the answer of an error, in place of whatever the route began; its header fields are
 * forgotten but those that belong to the problem (Allow, Retry-After, WWW-Authenticate). */
void pn_problem_answer(pn_exchange *exchange, pn_err err);

#endif
