/* The HTTP server: connections in, exchanges out. The only file that sees libmicrohttpd.
 *
 * A few threads wait for all connections (epoll), each for its own. Of a request the head is told
 * first, so that its route bounds the body; when that is there the handler answers at once, or
 * suspends the connection and lets another thread answer. A client that is slow is cut off by a
 * deadline that its bytes do not move: so many seconds for a head, for a body and an answer by
 * their size.
 *
 * The threads are ours, each over a daemon of its own: libmicrohttpd's (0.9.75) take 128 events at
 * a time, and when exactly so many came, wait for another one before they handle any of them.
 * libmicrohttpd's own rules that bind us: an upload has to be taken to its end before it can be
 * answered, unless it is refused at its head; a connection must be suspended before anybody resumes
 * it, which holds because whoever resumes got the exchange after it was suspended. */
#ifndef PN_HTTP_SERVER_H
#define PN_HTTP_SERVER_H

#include "http/certificate.h"
#include "http/exchange.h"
#include "http/listen.h"

typedef struct pn_server pn_server;

enum { PN_SERVER_THREADS_MAX = 16 };

/* Called on the server's threads; must not wait. */
typedef struct {
    /* The head is there. OK: the body is wanted, of at most so many bytes. Else the answer is in
     * the exchange. */
    pn_err (*head)(void *context, pn_exchange *exchange, int64_t *ret_body_max);
    /* All of it is there. True: the answer is in the exchange. False: pn_server_suspend was called,
     * and pn_server_resume is or will be, from any thread. */
    bool (*whole)(void *context, pn_exchange *exchange);
    /* A body of more than was wanted, or one that there is no memory for now: write the answer. */
    void (*refuse)(void *context, pn_exchange *exchange, pn_err err);
    /* It was answered as far as the client took it; `duration` in microseconds. */
    void (*over)(void *context, const pn_exchange *exchange, int64_t duration);
    void *context;
} pn_server_handler;

typedef struct {
    pn_listener listener;
    pn_certificate *certificate; /* NULL: without TLS */
    const pn_networks *trusted;  /* proxies; outlives the server; NULL: none */
    unsigned threads;            /* at most PN_SERVER_THREADS_MAX */
    const pn_env *env;
    pn_server_handler handler;
} pn_server_options;

PN_MUST_USE pn_err pn_server_start(const pn_server_options *options, pn_server **ret_server,
                                   pn_diag *diag);
/* Takes no more connections, answers what came, waits for that at most so long, and ends. False
 * where something was still not answered: its connection is left as it is, and so is the server. */
bool pn_server_stop(pn_server *server, int64_t patience);

void pn_server_suspend(pn_exchange *exchange);
/* The answer is in the exchange, which is the server's from now on. */
void pn_server_resume(pn_exchange *exchange);

typedef struct {
    int64_t connections, requests; /* open now; under way now */
    uint64_t cut_off;              /* connections that were too slow */
} pn_server_stats;
pn_server_stats pn_server_told(pn_server *server);

#endif
