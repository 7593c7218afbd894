/* Asking somebody over HTTP, as a client, over libcurl.
 *
 * A request is a value; many of them may run at once in the caller's thread, and each gets exactly
 * one answer within its time. What may be connected to is checked when a socket is opened, with the
 * address that is really dialled: so neither a name that is pointed elsewhere after it was checked
 * nor an odd spelling of an address leads into a network that is not allowed (DESIGN, section 12).
 * Only http and https, certificates verified, no redirects, no proxy and no password file of the
 * environment, no connection used twice: one request's permission never serves another one.
 *
 * libcurl is used rather than the loop of smtp.c: HTTP/1.1 as servers speak it (chunks, 100
 * Continue, early answers) is not worth writing twice. */
#ifndef PN_NET_FETCH_H
#define PN_NET_FETCH_H

#include "base/arena.h"
#include "base/str.h"
#include "net/address.h"

typedef struct {
    pn_str name, value;
} pn_fetch_header;

/* Everything in it is borrowed until the answer is there. */
typedef struct {
    const char *method; /* "GET", "POST", …; NULL: GET, or POST where there is a body */
    pn_str url;         /* http:// or https://, without user and password */
    const pn_fetch_header *headers; /* INVALID where one holds a line end */
    size_t header_count;
    pn_str body;
    unsigned networks;   /* a set of pn_net_kind; 0: PN_NET_PUBLIC */
    unsigned timeout_ms; /* for all of it; 0: PN_LIMIT_FETCH_SECONDS */
    size_t answer_max;   /* bytes of the answer's body; 0: PN_LIMIT_FETCH_BYTES */
    const char *ca_file; /* PEM; trusted instead of the system's authorities; NULL: the system's */
} pn_fetch_request;

typedef struct {
    /* OK: there is an answer, whatever its status. INVALID: the request makes no sense. DENIED: an
     * address that may not be connected to. LIMIT: the answer is too large. IO: none came. */
    pn_err err;
    bool done;    /* there is an answer, or there will be none */
    pn_diag diag; /* unless OK: a sentence without anything secret of the request */
    bool sent;    /* bytes of the request left: where there is no answer, it may have been done */
    bool timed_out;
    int status; /* 200, 404, …; 0 without an answer; of one that is too large, its own */
    int64_t elapsed_ms;
    const pn_fetch_header *headers; /* of the answer, in their order; names in lower case */
    size_t header_count;
    pn_str body;
} pn_fetch_answer;

/* Asks and waits. OK whenever there is an answer; else the error of the answer, with its diag. */
PN_MUST_USE pn_err pn_fetch(const pn_fetch_request *request, pn_arena *arena,
                            pn_fetch_answer *ret_answer, pn_diag *diag);

/* Requests under way, of one thread. */
typedef struct pn_fetches pn_fetches;

pn_fetches *pn_fetches_new(void);
/* What is under way is broken off first. NULL accepted. */
void pn_fetches_free(pn_fetches *fetches);
/* Begins a request; all of it, and where its answer goes, is borrowed until `ret_answer->done`. One
 * that makes no sense is done at once. How many run at once is the caller's to bound. */
void pn_fetches_begin(pn_fetches *fetches, const pn_fetch_request *request, pn_arena *arena,
                      pn_fetch_answer *ret_answer);
/* Goes on with all of them, waiting until something happens, at most `ms`; what `fd` (-1: none) has
 * to read ends the wait too. */
void pn_fetches_wait(pn_fetches *fetches, int64_t ms, int fd);
/* Readable when pn_fetches_wait has something to do, for who waits for several things. */
int pn_fetches_fd(const pn_fetches *fetches);
size_t pn_fetches_running(const pn_fetches *fetches);
/* Ends what runs: answered by IO, with `sent` as it is. */
void pn_fetches_break(pn_fetches *fetches);

/* The value of a header of the answer, by its name in lower case; empty when there is none. */
pn_str pn_fetch_header_of(const pn_fetch_answer *answer, const char *name);

/* Whether a status only says "not now": 408, 425, 429, 503. Nothing was done then. */
bool pn_fetch_says_later(int status);
/* How long the answer asks us to wait, at most a day; 0: it says nothing. Seconds, as nearly every
 * server writes it; a date is not worth more code than our own wait. */
int64_t pn_fetch_retry_after_s(const pn_fetch_answer *answer);

/* Whether a request could go to this URL: scheme, host, no user in it. `ret_host` (may be NULL)
 * gets its host, in lower case. INVALID with a sentence. */
PN_MUST_USE pn_err pn_fetch_check_url(pn_str url, pn_arena *arena, pn_str *ret_host, pn_diag *diag);

#endif
