/* The service behind the server: what routes share, and the threads that run them.
 *
 * A request's way: its head finds the route; when all of it is there it goes to a reader, which
 * asks who sends it and checks what was sent, and answers what only reads. What changes something
 * goes on to the writer, which answers after its commit; long work goes to threads of its own. What
 * needs no database is answered on the connection's thread. */
#ifndef PN_HTTP_SERVICE_H
#define PN_HTTP_SERVICE_H

#include "app/clerk.h"
#include "app/crew.h"
#include "app/foreman.h"
#include "app/tracker.h"
#include "app/writer.h"
#include "http/known.h"
#include "http/metrics.h"
#include "http/ranges.h"
#include "http/rate.h"
#include "http/server.h"

/* What engine and delivery say of themselves; they write, anybody reads. */
typedef struct {
    atomic_int_fast64_t workers, workers_away; /* one an organization; those that cannot work now */
    atomic_uint_fast64_t enrolled, stepped, moved, intents;
    atomic_uint_fast64_t sent, skipped, delayed, failed, retried, uncertain;
    atomic_uint_fast64_t received;                 /* mails */
    atomic_int_fast64_t mailboxes, mailboxes_open; /* set; listened to now */
    atomic_uint_fast64_t mailboxes_failed;         /* sessions */
} pn_pulse;

typedef struct {
    const char *url; /* of the database */
    const pn_env *env;
    const pn_log *log;
    const pn_turn *turn; /* NULL: none is needed */
    pn_str public_url;   /* "https://…", of the whole instance; may be empty */
    const pn_route *const *routes;
    pn_networks metrics_from;      /* who may read /metrics */
    const pn_ranges *data_centres; /* whence no person follows links; NULL: nobody knows */
    pn_str erasures;               /* the journal of erasures; empty: beside the database's file */
    /* After a commit: the organization's engine may have something to do. May be NULL. */
    void (*committed)(void *context, pn_id org_id, bool changed);
    void *context;
} pn_service_options;

struct pn_service {
    pn_service_options options; /* for routes, too */
    pn_changes changes;         /* app/apps.h */
    pn_router *router;
    pn_rates *rates;
    pn_known *creditors; /* their organizations */
    pn_crew *readers, *longs, *entrance;
    pn_auth *auth;         /* who asks */
    pn_clerk *clerk;       /* letters, last uses */
    pn_foreman *foreman;   /* jobs */
    pn_foreman *analyst;   /* those that study */
    atomic_bool job_added; /* since the last commit: the foreman is told after it */
    pn_writer *writer;
    pn_tracker *tracker;
    pn_metrics *metrics;
    pn_pulse pulse;
    _Atomic(pn_server *) server; /* NULL: requests come from a test */
    int64_t connections;         /* to the database, ours and the engine's */
};

/* The schema must be there. The service is at one place until it is closed. */
PN_MUST_USE pn_err pn_service_open(const pn_service_options *options, pn_service **ret_service,
                                   pn_diag *diag);
/* Ends its threads, when all they had was done; then what they told can still be read. */
void pn_service_close_threads(pn_service *service);
/* Nothing may be under way. NULL accepted, of both. */
void pn_service_close(pn_service *service);
/* Tells the engine; also for what wrote without the writer. */
void pn_service_committed(pn_service *service, pn_id org_id, bool changed);
/* What the server calls. */
pn_server_handler pn_service_handler(pn_service *service);

/* The whole way of one request, waited for: for tests. Method, path, query, headers, body and arena
 * are given; the answer is in the exchange, whose body is the caller's to free. */
void pn_service_ask(pn_service *service, pn_exchange *exchange);

#endif
