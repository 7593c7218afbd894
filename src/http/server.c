#define _GNU_SOURCE /* accept4 */
#include "http/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "app/bell.h"
#include "base/banned.h"
#include "base/limits.h"
#include "http/secure.h"

typedef enum MHD_Result outcome;

/* A connection, in the list of all of them while it is open. */
typedef struct connection {
    struct connection *next, **at;
    int fd;
    _Atomic int64_t deadline; /* in ticks; 0: ours to be quick, not the client's */
} connection;

/* An answer that is the same each time, of these bytes. */
typedef struct {
    const char *bytes;
    bool secure;
    struct MHD_Response *response;
} kept_answer;

typedef struct request request;

enum { ANSWERS_KEPT = 4, REQUESTS_KEPT = 64, ARENA_KEPT_BYTES = 64 << 10 };

/* A thread with connections of its own. */
typedef struct {
    pn_server *server;
    struct MHD_Daemon *daemon;
    kept_answer answers[ANSWERS_KEPT];
    size_t answer_count;
    request *spare; /* requests that are over, for the next ones */
    size_t spare_count;
    pn_bell bell;
    atomic_bool rung;     /* the bell was, and its thread has not looked since */
    atomic_uint resuming; /* threads of others that are in pn_server_resume */
    pthread_t thread;
    bool started;
    bool accepts; /* its thread's: takes new connections */
} worker;

struct pn_server {
    pn_server_options options;
    worker workers[PN_SERVER_THREADS_MAX];
    atomic_uint accepting; /* workers that do */
    pthread_mutex_t mutex; /* of the list */
    connection *connections;
    atomic_int_fast64_t connection_count, request_count, body_bytes;
    atomic_uint_fast64_t number, cut_off;
    atomic_bool stopping; /* no more connections */
    atomic_bool ending;   /* and the threads shall end */
    pthread_t watch;
    bool watched;
};

typedef enum { AT_HEAD, AT_BODY, AT_REFUSED, ASKED, ANSWERED } stage;

struct request {
    pn_exchange exchange; /* first: a handler's exchange is its request */
    pn_server *server;
    worker *worker;
    struct MHD_Connection *mhd;
    connection *connection;
    pn_arena arena;
    pn_str target; /* as it came */
    pn_buf body;
    int64_t body_max, began;
    size_t counted; /* bytes of the body, in the server's sum */
    size_t dropped; /* of one that is refused */
    pn_err refused; /* why */
    stage stage;
    bool asked;    /* counted as under way */
    request *next; /* spare */
};

static int64_t ticks(const pn_server *server) {
    return pn_env_ticks(server->options.env);
}

/* ── connections ─────────────────────────────────────────────────────────────────────────────── */

/* From then on so long; a client may take as long as its bytes need over a slow line. */
static void give_time(connection *c, int64_t from, int64_t seconds, size_t bytes) {
    int64_t extra = (int64_t)(bytes / PN_LIMIT_HTTP_BYTES_A_SECOND) * PN_SECOND;
    atomic_store(&c->deadline, from + seconds * PN_SECOND + extra);
}

static void open_connection(pn_server *server, struct MHD_Connection *mhd, void **context) {
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
    connection *c = pn_alloc(sizeof *c);
    *c = (connection){.fd = info != NULL ? info->connect_fd : -1};
    give_time(c, ticks(server), PN_LIMIT_HTTP_HEAD_SECONDS, 0);
    (void)pthread_mutex_lock(&server->mutex);
    c->next = server->connections;
    c->at = &server->connections;
    if (c->next != NULL) {
        c->next->at = &c->next;
    }
    server->connections = c;
    (void)pthread_mutex_unlock(&server->mutex);
    (void)atomic_fetch_add(&server->connection_count, 1);
    *context = c;
}

static void close_connection(pn_server *server, void **context) {
    connection *c = *context;
    *context = NULL;
    if (c == NULL) {
        return;
    }
    (void)pthread_mutex_lock(&server->mutex);
    *c->at = c->next;
    if (c->next != NULL) {
        c->next->at = c->at;
    }
    (void)pthread_mutex_unlock(&server->mutex);
    (void)atomic_fetch_sub(&server->connection_count, 1);
    free(c);
}

/* Told before the descriptor is closed, so nobody shuts down another connection's. */
static void notify_connection(void *context, struct MHD_Connection *mhd, void **own,
                              enum MHD_ConnectionNotificationCode code) {
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        open_connection(context, mhd, own);
    } else {
        close_connection(context, own);
    }
}

static void cut_off_slow(pn_server *server) {
    int64_t now = ticks(server);
    (void)pthread_mutex_lock(&server->mutex);
    for (connection *c = server->connections; c != NULL; c = c->next) {
        int64_t deadline = atomic_load(&c->deadline);
        if (deadline != 0 && deadline < now) {
            (void)shutdown(c->fd, SHUT_RDWR); /* its thread sees the end and closes it */
            (void)atomic_fetch_add(&server->cut_off, 1);
            atomic_store(&c->deadline, now + PN_MINUTE);
        }
    }
    (void)pthread_mutex_unlock(&server->mutex);
}

static void *run_watch(void *context) {
    pn_server *server = context;
    while (!atomic_load(&server->stopping)) {
        cut_off_slow(server);
        (void)nanosleep(&(struct timespec){.tv_nsec = 250000000}, NULL);
    }
    return NULL;
}

/* ── a request's head ────────────────────────────────────────────────────────────────────────── */

/* The library would take the query apart next, into memory of the connection that many parameters
 * exhaust: then it neither answers nor closes. We read the query by ourselves, from our copy, so it
 * gets an empty one; the text is its own buffer, which it writes to as well. */
static void hide_query(const char *target) {
    const char *question = strchr(target, '?');
    if (question != NULL && question[1] != '\0') {
        union {
            const char *in;
            char *out;
        } cast = {.in = question + 1};
        *cast.out = '\0';
    }
}

/* Requests come and go on the thread of their connections, so its spare ones need no lock. */
static request *new_request(worker *w) {
    request *r = w->spare;
    if (r == NULL) {
        r = pn_alloc(sizeof *r);
        memset(r, 0, sizeof *r);
        pn_arena_init(&r->arena, PN_LIMIT_HTTP_ARENA_BYTES);
        return r;
    }
    w->spare = r->next;
    w->spare_count--;
    pn_arena arena = r->arena;
    memset(r, 0, sizeof *r);
    r->arena = arena;
    return r;
}

static void free_request(request *r) {
    worker *w = r->worker;
    if (w->spare_count == REQUESTS_KEPT || r->arena.used_bytes > ARENA_KEPT_BYTES) {
        pn_arena_done(&r->arena);
        free(r);
        return;
    }
    pn_arena_reset(&r->arena);
    r->next = w->spare;
    w->spare = r;
    w->spare_count++;
}

/* The first that is known of a request, before anything of it is read: its target as it came. */
static void *begin_request(void *context, const char *target, struct MHD_Connection *mhd) {
    worker *w = context;
    pn_server *server = w->server;
    request *r = new_request(w);
    r->server = server;
    r->worker = w;
    r->mhd = mhd;
    r->began = ticks(server);
    r->target = pn_str_dup(&r->arena, pn_str_of(target));
    hide_query(target);
    r->exchange.arena = &r->arena;
    r->exchange.suspend = pn_server_suspend;
    r->exchange.resume = pn_server_resume;
    r->exchange.number = atomic_fetch_add(&server->number, 1) + 1;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    r->connection = info != NULL ? info->socket_context : NULL;
    if (r->connection != NULL) {
        give_time(r->connection, r->began, PN_LIMIT_HTTP_HEAD_SECONDS, 0);
    }
    return r;
}

typedef struct {
    request *r;
    pn_http_field *fields;
    size_t count, max;
} header_reader;

static outcome count_field(void *context, enum MHD_ValueKind kind, const char *key,
                           const char *value) {
    (void)kind;
    (void)key;
    (void)value;
    ((header_reader *)context)->max++;
    return MHD_YES;
}

static outcome read_field(void *context, enum MHD_ValueKind kind, const char *key,
                          const char *value) {
    header_reader *reader = context;
    (void)kind;
    if (reader->count < reader->max) {
        reader->fields[reader->count++] = (pn_http_field){
            pn_str_lower_ascii(&reader->r->arena, pn_str_of(key)), pn_str_of(value)};
    }
    return MHD_YES;
}

static void read_headers(request *r) {
    header_reader reader = {.r = r};
    (void)MHD_get_connection_values(r->mhd, MHD_HEADER_KIND, count_field, &reader);
    reader.fields = pn_arena_array(&r->arena, pn_http_field, reader.max + 1);
    (void)MHD_get_connection_values(r->mhd, MHD_HEADER_KIND, read_field, &reader);
    r->exchange.headers = reader.fields;
    r->exchange.header_count = reader.count;
}

static pn_str peer_of(request *r) {
    char text[INET6_ADDRSTRLEN] = "";
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(r->mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const struct sockaddr *from = info != NULL ? info->client_addr : NULL;
    if (from != NULL && from->sa_family == AF_INET) {
        (void)inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)from)->sin_addr, text,
                        sizeof text);
    } else if (from != NULL && from->sa_family == AF_INET6) {
        (void)inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)(const void *)from)->sin6_addr,
                        text, sizeof text);
    }
    pn_str peer = pn_str_of(text);
    bool mapped = pn_str_starts(peer, PN_STR("::ffff:")) && pn_str_find_char(peer, '.') != SIZE_MAX;
    return pn_str_dup(&r->arena, mapped ? pn_str_from(peer, 7) : peer);
}

/* Who it is from, and whether nobody could listen: a trusted proxy says so for its client. */
static void read_origin(request *r) {
    pn_exchange *x = &r->exchange;
    const pn_networks *trusted = r->server->options.trusted;
    pn_str direct = peer_of(r);
    x->secure = r->server->options.certificate != NULL;
    x->peer = direct;
    if (trusted != NULL && pn_networks_have(trusted, direct)) {
        x->peer = pn_forwarded_for(trusted, direct, pn_exchange_header(x, "x-forwarded-for"));
        x->secure = x->secure ||
                    pn_str_eq_nocase(pn_exchange_header(x, "x-forwarded-proto"), PN_STR("https"));
    }
    x->host = pn_exchange_header(x, "host");
}

/* "/a%20b" decoded; false for what is no path, or would hide a control character in one. */
static bool decode_path(pn_str raw, pn_arena *arena, pn_str *ret_path) {
    char *out = pn_arena_alloc(arena, raw.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < raw.len; i++) {
        int c = (unsigned char)raw.ptr[i];
        if (c == '%') {
            int high = i + 1 < raw.len ? pn_hex_value(raw.ptr[i + 1]) : -1;
            int low = i + 2 < raw.len ? pn_hex_value(raw.ptr[i + 2]) : -1;
            if (high < 0 || low < 0) {
                return false;
            }
            c = high * 16 + low;
            i += 2;
        }
        if (c < ' ' || c == 0x7f) {
            return false;
        }
        out[len++] = (char)c;
    }
    out[len] = '\0';
    *ret_path = (pn_str){out, len};
    return len != 0 && out[0] == '/';
}

/* "http://host/path" is what a proxy is asked for, and has to be understood too. */
static pn_str without_authority(pn_str target) {
    size_t scheme = pn_str_find(pn_str_first(target, 8), PN_STR("://"));
    if (scheme == SIZE_MAX) {
        return target;
    }
    pn_str rest = pn_str_from(target, scheme + 3);
    return pn_str_from(rest, PN_MIN(pn_str_find_char(rest, '/'), rest.len));
}

static bool method_of(const char *name, pn_http_method *ret_method) {
    static const struct {
        const char *name;
        pn_http_method method;
    } METHODS[] = {{"GET", PN_HTTP_GET}, {"HEAD", PN_HTTP_GET},    {"POST", PN_HTTP_POST},
                   {"PUT", PN_HTTP_PUT}, {"PATCH", PN_HTTP_PATCH}, {"DELETE", PN_HTTP_DELETE}};
    for (size_t i = 0; i < PN_COUNT(METHODS); i++) {
        if (strcmp(name, METHODS[i].name) == 0) {
            *ret_method = METHODS[i].method;
            return true;
        }
    }
    return false;
}

/* ── answering ───────────────────────────────────────────────────────────────────────────────── */

static void add_header(struct MHD_Response *response, pn_str name, pn_str value, pn_arena *arena) {
    (void)MHD_add_response_header(response, pn_str_z(arena, name), pn_str_z(arena, value));
}

static void add_headers(request *r, struct MHD_Response *response, bool has_body) {
    const pn_answer *answer = &r->exchange.answer;
    for (size_t i = 0; i < answer->field_count; i++) {
        add_header(response, answer->fields[i].name, answer->fields[i].value, &r->arena);
    }
    if (answer->content_type != NULL && has_body) {
        (void)MHD_add_response_header(response, "Content-Type", answer->content_type);
    }
    if (atomic_load(&r->server->stopping) || r->stage == AT_REFUSED || r->stage == AT_HEAD) {
        (void)MHD_add_response_header(response, "Connection", "close");
    }
}

/* The bytes stay the request's, which lives until they were sent. */
static struct MHD_Response *new_response(request *r, pn_str bytes) {
    union {
        const char *in;
        void *out;
    } cast = {.in = bytes.ptr}; /* it is not written to */
    struct MHD_Response *response =
        MHD_create_response_from_buffer(bytes.len, cast.out, MHD_RESPMEM_PERSISTENT);
    if (response != NULL) {
        pn_answer_secure(&r->exchange);
        add_headers(r, response, bytes.len != 0);
    }
    return response;
}

/* Of an answer that is the same each time; NULL where it cannot be kept. */
static struct MHD_Response *kept_response(request *r) {
    worker *w = r->worker;
    const pn_exchange *x = &r->exchange;
    for (size_t i = 0; i < w->answer_count; i++) {
        const kept_answer *kept = &w->answers[i];
        if (kept->bytes == x->answer.whole.ptr && kept->secure == x->secure) {
            return kept->response;
        }
    }
    if (w->answer_count == PN_COUNT(w->answers)) {
        return NULL;
    }
    kept_answer *kept = &w->answers[w->answer_count];
    *kept = (kept_answer){x->answer.whole.ptr, x->secure, new_response(r, x->answer.whole)};
    w->answer_count += kept->response != NULL;
    return kept->response;
}

static outcome send_answer(request *r) {
    pn_answer *answer = &r->exchange.answer;
    pn_str bytes = answer->whole.len != 0 ? answer->whole : pn_buf_str(&answer->body);
    bool same = answer->same && !atomic_load(&r->server->stopping);
    struct MHD_Response *kept = same ? kept_response(r) : NULL;
    struct MHD_Response *response = kept != NULL ? kept : new_response(r, bytes);
    if (response == NULL) {
        return MHD_NO;
    }
    if (answer->status == 0) {
        answer->status = bytes.len != 0 ? 200 : 204;
    }
    if (r->connection != NULL) {
        give_time(r->connection, ticks(r->server), PN_LIMIT_HTTP_ANSWER_SECONDS, bytes.len);
    }
    r->stage = ANSWERED;
    outcome queued = MHD_queue_response(r->mhd, (unsigned)answer->status, response);
    if (kept == NULL) {
        MHD_destroy_response(response);
    }
    return queued;
}

static outcome refuse(request *r, pn_err err) {
    const pn_server_handler *handler = &r->server->options.handler;
    handler->refuse(handler->context, &r->exchange, err);
    return send_answer(r);
}

/* ── a request's way ─────────────────────────────────────────────────────────────────────────── */

/* What is read on of a body that is refused, so that its sender comes to read the answer: who is
 * cut off while sending hears of a broken pipe alone. */
enum { DROPPED_BYTES_MAX = 32 << 20 };

static outcome take_head(request *r, const char *method) {
    const pn_server_handler *handler = &r->server->options.handler;
    pn_exchange *x = &r->exchange;
    pn_str target = without_authority(r->target);
    size_t question = PN_MIN(pn_str_find_char(target, '?'), target.len);
    x->query = pn_str_from(target, question + 1);
    read_headers(r);
    read_origin(r);
    if (!decode_path(pn_str_first(target, question), &r->arena, &x->path)) {
        return refuse(r, PN_INVALID);
    }
    x->head = strcmp(method, "HEAD") == 0;
    if (!method_of(method, &x->method)) {
        return refuse(r, PN_DENIED);
    }
    if (handler->head(handler->context, x, &r->body_max) != PN_OK) {
        return send_answer(r);
    }
    pn_str length = pn_exchange_header(x, "content-length");
    int64_t said = 0;
    if (length.len != 0 && (pn_str_to_int64(length, &said) != PN_OK || said < 0)) {
        return refuse(r, PN_INVALID);
    }
    bool waits = pn_exchange_header(x, "expect").len != 0;
    if (said > r->body_max && (waits || said - r->body_max > DROPPED_BYTES_MAX)) {
        return refuse(r, PN_LIMIT);
    }
    if (r->connection != NULL) {
        bool none = length.len == 0 && pn_exchange_header(x, "transfer-encoding").len == 0;
        size_t wanted = none ? 0 : (size_t)(length.len != 0 ? said : r->body_max);
        int64_t from = none ? r->began : ticks(r->server);
        give_time(r->connection, from, PN_LIMIT_HTTP_BODY_SECONDS, wanted);
    }
    pn_buf_init(&r->body, (size_t)PN_MAX(r->body_max, 1));
    r->stage = AT_BODY;
    return MHD_YES;
}

/* All bodies together are bounded too. */
static outcome take_body(request *r, const char *bytes, size_t *size) {
    if (r->stage == AT_BODY) {
        int64_t all = (int64_t)*size + atomic_fetch_add(&r->server->body_bytes, (int64_t)*size);
        r->counted += *size;
        pn_buf_add(&r->body, bytes, *size);
        if (r->body.failed || all > PN_LIMIT_HTTP_BODIES_BYTES) {
            r->refused = r->body.failed ? PN_LIMIT : PN_RETRY;
            r->stage = AT_REFUSED;
        }
    } else {
        r->dropped += *size;
    }
    *size = 0;
    return r->dropped <= DROPPED_BYTES_MAX ? MHD_YES : MHD_NO;
}

static outcome ask(request *r) {
    const pn_server_handler *handler = &r->server->options.handler;
    if (r->stage == AT_REFUSED) {
        return refuse(r, r->refused);
    }
    r->stage = ASKED;
    r->asked = true;
    r->exchange.body = pn_buf_str(&r->body);
    if (r->connection != NULL) {
        atomic_store(&r->connection->deadline, 0);
    }
    (void)atomic_fetch_add(&r->server->request_count, 1);
    return handler->whole(handler->context, &r->exchange) ? send_answer(r) : MHD_YES;
}

/* Called for the head, for each piece of the body, at its end, and when it was resumed. */
static outcome on_request(void *context, struct MHD_Connection *mhd, const char *url,
                          const char *method, const char *version, const char *upload,
                          size_t *upload_size, void **own) {
    request *r = *own;
    (void)context;
    (void)mhd;
    (void)url;
    (void)version;
    if (r == NULL) {
        return MHD_NO;
    }
    if (r->stage == AT_HEAD) {
        return take_head(r, method);
    }
    if (*upload_size != 0) {
        return take_body(r, upload, upload_size);
    }
    return r->stage == ASKED ? send_answer(r) : ask(r);
}

void pn_server_suspend(pn_exchange *exchange) {
    MHD_suspend_connection(((request *)exchange)->mhd);
}

/* Many that are answered together ring once. */
static void ring(worker *w) {
    if (!atomic_exchange(&w->rung, true)) {
        pn_bell_ring(&w->bell);
    }
}

/* The library rings no bell for who runs its loop. Once it is resumed the request may be gone, and
 * its answer the last one that the server waited for: `end` waits for whoever is still in here. */
void pn_server_resume(pn_exchange *exchange) {
    request *r = (request *)exchange;
    worker *w = r->worker;
    atomic_fetch_add(&w->resuming, 1U);
    MHD_resume_connection(r->mhd);
    ring(w);
    atomic_fetch_sub(&w->resuming, 1U);
}

static void end_request(void *context, struct MHD_Connection *mhd, void **own,
                        enum MHD_RequestTerminationCode code) {
    request *r = *own;
    pn_server *server = context;
    (void)mhd;
    (void)code;
    *own = NULL;
    if (r == NULL) {
        return;
    }
    const pn_server_handler *handler = &server->options.handler;
    int64_t now = ticks(server);
    if (r->stage == ANSWERED) {
        handler->over(handler->context, &r->exchange, now - r->began);
    }
    if (r->connection != NULL) {
        give_time(r->connection, now, PN_LIMIT_HTTP_IDLE_SECONDS, 0);
    }
    (void)atomic_fetch_sub(&server->body_bytes, (int64_t)r->counted);
    (void)atomic_fetch_sub(&server->request_count, r->asked ? 1 : 0);
    pn_buf_done(&r->body);
    pn_buf_done(&r->exchange.answer.body);
    free_request(r);
}

/* ── a thread's daemon ───────────────────────────────────────────────────────────────────────── */

/* It says what it thinks of peers; what matters of that is counted. */
static void be_quiet(void *context, const char *format, va_list args) {
    (void)context;
    (void)format;
    (void)args;
}

/* We decode by ourselves. */
static size_t leave_escaped(void *context, struct MHD_Connection *mhd, char *text) {
    (void)context;
    (void)mhd;
    return strlen(text);
}

static struct MHD_Daemon *start_daemon(worker *w) {
    pn_server *server = w->server;
    const pn_server_options *own = &server->options;
    unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG |
                     (own->certificate != NULL ? MHD_USE_TLS : 0U);
    unsigned share = (PN_LIMIT_HTTP_CONNECTIONS + own->threads - 1) / own->threads;
    struct MHD_OptionItem tls[] = {
        {MHD_OPTION_HTTPS_CERT_CALLBACK, 0,
         own->certificate != NULL ? pn_certificate_callback() : NULL},
        {MHD_OPTION_END, 0, NULL},
    };
    if (own->certificate == NULL) {
        tls[0] = tls[1];
    }
    return MHD_start_daemon(
        flags, 0, NULL, NULL, on_request, server, MHD_OPTION_EXTERNAL_LOGGER, be_quiet, NULL,
        MHD_OPTION_LISTEN_SOCKET, own->listener.fd, MHD_OPTION_CONNECTION_LIMIT, share,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)PN_LIMIT_HTTP_HEAD_BYTES,
        MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1,
        MHD_OPTION_URI_LOG_CALLBACK, begin_request, w, MHD_OPTION_NOTIFY_COMPLETED, end_request,
        server, MHD_OPTION_NOTIFY_CONNECTION, notify_connection, server,
        MHD_OPTION_UNESCAPE_CALLBACK, leave_escaped, NULL, MHD_OPTION_ARRAY, tls, MHD_OPTION_END);
}

/* ── the threads ─────────────────────────────────────────────────────────────────────────────── */

/* Until one of its connections wants something, or the bell rings. */
static void wait_ready(worker *w) {
    MHD_UNSIGNED_LONG_LONG left = 0;
    bool bounded = MHD_get_timeout(w->daemon, &left) == MHD_YES;
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(w->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    struct pollfd fds[] = {{.fd = info->epoll_fd, .events = POLLIN},
                           {.fd = w->bell.fd, .events = POLLIN}};
    (void)poll(fds, PN_COUNT(fds), bounded ? (int)PN_MIN(left, 1000U) : -1);
    if ((fds[1].revents & POLLIN) != 0) {
        pn_bell_wait(&w->bell, 0);
        atomic_store(&w->rung, false); /* before what it rang for is looked at */
    }
}

/* Connections that the system has made for us already are answered too. */
static void take_in_backlog(struct MHD_Daemon *daemon, int listening) {
    struct sockaddr_storage from;
    socklen_t size = sizeof from;
    int fd;
    while ((fd = accept4(listening, (struct sockaddr *)&from, &size,
                         SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        if (MHD_add_connection(daemon, fd, (struct sockaddr *)&from, size) != MHD_YES) {
            return; /* it closed the descriptor */
        }
        size = sizeof from;
    }
}

/* The last of the threads takes what came meanwhile. */
static void accept_no_more(worker *w) {
    int listening = MHD_quiesce_daemon(w->daemon);
    w->accepts = false;
    if (atomic_fetch_sub(&w->server->accepting, 1) == 1 && listening >= 0) {
        take_in_backlog(w->daemon, listening);
        (void)close(listening);
    }
}

static void *run_worker(void *context) {
    worker *w = context;
    while (!atomic_load(&w->server->ending)) {
        wait_ready(w);
        (void)MHD_run(w->daemon);
        if (w->accepts && atomic_load(&w->server->stopping)) {
            accept_no_more(w);
        }
    }
    return NULL;
}

static void ring_all(pn_server *server) {
    for (unsigned i = 0; i < server->options.threads; i++) {
        if (server->workers[i].started) {
            ring(&server->workers[i]);
        }
    }
}

/* ── beginning and end ───────────────────────────────────────────────────────────────────────── */

static bool start_worker(pn_server *server, worker *w, pn_diag *diag) {
    w->server = server;
    w->accepts = true;
    w->daemon = start_daemon(w);
    if (w->daemon == NULL || pn_bell_open(&w->bell, diag) != PN_OK) {
        return false;
    }
    (void)atomic_fetch_add(&server->accepting, 1);
    w->started = pthread_create(&w->thread, NULL, run_worker, w) == 0;
    return w->started;
}

static void forget_kept(worker *w) {
    for (size_t i = 0; i < w->answer_count; i++) {
        MHD_destroy_response(w->answers[i].response);
    }
    while (w->spare != NULL) {
        request *r = w->spare;
        w->spare = r->next;
        pn_arena_done(&r->arena);
        free(r);
    }
}

/* Ends the threads, and then the connections that there are still. */
static void end(pn_server *server) {
    atomic_store(&server->stopping, true);
    atomic_store(&server->ending, true);
    ring_all(server);
    for (unsigned i = 0; i < server->options.threads; i++) {
        worker *w = &server->workers[i];
        if (w->started) {
            (void)pthread_join(w->thread, NULL);
        }
        while (atomic_load(&w->resuming) != 0) {
            (void)sched_yield();
        }
        if (w->daemon != NULL) {
            MHD_stop_daemon(w->daemon);
        }
        forget_kept(w);
        pn_bell_close(&w->bell);
    }
    if (server->watched) {
        (void)pthread_join(server->watch, NULL);
    }
    (void)pthread_mutex_destroy(&server->mutex);
    free(server);
}

pn_err pn_server_start(const pn_server_options *options, pn_server **ret_server, pn_diag *diag) {
    pn_server *server = pn_alloc(sizeof *server);
    memset(server, 0, sizeof *server);
    assert(options->threads != 0 && options->threads <= PN_SERVER_THREADS_MAX);
    server->options = *options;
    (void)pthread_mutex_init(&server->mutex, NULL);
    bool well = true;
    for (unsigned i = 0; i < options->threads; i++) {
        server->workers[i].bell.fd = -1;
    }
    for (unsigned i = 0; i < options->threads && well; i++) {
        well = start_worker(server, &server->workers[i], diag);
    }
    server->watched = well && pthread_create(&server->watch, NULL, run_watch, server) == 0;
    if (!server->watched) {
        end(server);
        return pn_diag_set(diag, PN_IO, "The server cannot be started on %s.",
                           options->listener.text);
    }
    *ret_server = server;
    return PN_OK;
}

static void wait_ms(int64_t ms) {
    (void)nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
}

/* Whoever is on a kept connection may be sending right now: a moment for those. */
static void wait_for_clients(const pn_server *server, int64_t until) {
    enum { MOMENT_MS = 300, STEP_MS = 5 };
    for (int64_t ms = 0; ms < MOMENT_MS && atomic_load(&server->connection_count) != 0;
         ms += STEP_MS) {
        wait_ms(STEP_MS);
    }
    while (atomic_load(&server->request_count) != 0 && ticks(server) < until) {
        wait_ms(STEP_MS);
    }
}

bool pn_server_stop(pn_server *server, int64_t patience) {
    int64_t until = ticks(server) + patience;
    atomic_store(&server->stopping, true);
    ring_all(server);
    wait_for_clients(server, until);
    if (atomic_load(&server->request_count) != 0) {
        return false;
    }
    end(server);
    return true;
}

pn_server_stats pn_server_told(pn_server *server) {
    return (pn_server_stats){
        .connections = atomic_load(&server->connection_count),
        .requests = atomic_load(&server->request_count),
        .cut_off = atomic_load(&server->cut_off),
    };
}
