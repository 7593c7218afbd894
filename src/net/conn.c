#include "net/conn.h"

#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/banned.h"
#include "net/dial.h"

/* OpenSSL makes records of at most this; a larger write would only be cut. */
enum { TLS_WRITE_MAX = 16384 };

typedef enum {
    STATE_CLOSED,
    STATE_LOOKING_UP,
    STATE_DIALLING,
    STATE_HANDSHAKE,
    STATE_OPEN,
    STATE_UNREACHABLE, /* failed before there was a socket; the timer tells */
    STATE_BROKEN,      /* sending failed; the timer tells */
} conn_state;

struct pn_conn {
    pn_loop *loop;
    pn_conn_fn *fn;
    void *context;
    conn_state state;
    bool in_callback;
    bool tls_first;       /* the handshake belongs to opening */
    bool tls_wants_write; /* OpenSSL waits for it, whatever we were doing */
    pn_host *host;
    pn_tls *tls;
    pn_tls_stream *stream; /* NULL: not secured */
    pn_host_waiter waiter;
    pn_dial dial;
    pn_watch watch;
    pn_timer teller;
    char *in;
    size_t in_at, in_len, in_max;
    pn_buf out;
    size_t out_at;
    uint64_t sent_bytes;
    pn_err error;
    pn_diag diag;
};

static void tell(pn_conn *conn, pn_conn_event event) {
    conn->in_callback = true;
    conn->fn(conn->context, event);
    conn->in_callback = false;
}

void pn_conn_close(pn_conn *conn) {
    switch (conn->state) {
    case STATE_CLOSED: return;
    case STATE_LOOKING_UP: pn_host_cancel(conn->host, &conn->waiter); break;
    case STATE_DIALLING: pn_dial_stop(&conn->dial); break;
    case STATE_HANDSHAKE:
    case STATE_OPEN:
    case STATE_UNREACHABLE:
    case STATE_BROKEN: break;
    }
    pn_tls_stream_free(conn->stream);
    conn->stream = NULL;
    if (conn->watch.watched) {
        pn_loop_unwatch(conn->loop, &conn->watch);
        (void)close(conn->watch.fd);
    }
    pn_loop_timer_stop(conn->loop, &conn->teller);
    conn->state = STATE_CLOSED;
}

/* Ends it and tells the owner. The diag is set already. */
static void fail(pn_conn *conn, pn_err err) {
    pn_conn_close(conn);
    conn->error = err;
    tell(conn, PN_CONN_FAILED);
}

/* The same where the owner may be the caller: the timer tells. */
static void fail_later(pn_conn *conn, conn_state state, pn_err err) {
    conn->state = state;
    conn->error = err;
    pn_loop_timer_start(conn->loop, &conn->teller, pn_loop_now(conn->loop));
}

/* ── sending ── */

static void want(pn_conn *conn) {
    bool unsent = conn->state == STATE_OPEN && conn->out_at < conn->out.len;
    bool write = unsent || conn->tls_wants_write;
    pn_loop_change(conn->loop, &conn->watch, PN_LOOP_READ | (write ? PN_LOOP_WRITE : 0U));
}

static bool send_plain(pn_conn *conn, const char *bytes, size_t size, size_t *ret_sent) {
    ssize_t sent = send(conn->watch.fd, bytes, size, MSG_NOSIGNAL);
    if (sent >= 0) {
        *ret_sent = (size_t)sent;
        return true;
    }
    if (errno != EAGAIN && errno != EINTR) {
        char text[128];
        (void)pn_diag_set(&conn->diag, PN_IO, "The connection broke: %s.",
                          strerror_r(errno, text, sizeof text));
        pn_diag_cause(&conn->diag, PN_CAUSE_HUNG_UP);
        /* An answer may still stand in the socket: it is read before the end is told. */
        fail_later(conn, STATE_BROKEN, PN_IO);
    }
    return false;
}

static bool send_secure(pn_conn *conn, const char *bytes, size_t size, size_t *ret_sent) {
    size = PN_MIN(size, TLS_WRITE_MAX);
    pn_tls_result result = pn_tls_write(conn->stream, bytes, size, ret_sent, &conn->diag);
    conn->tls_wants_write = result == PN_TLS_WANTS_WRITE;
    if (result == PN_TLS_FAILED || result == PN_TLS_CLOSED) {
        fail_later(conn, STATE_BROKEN, PN_IO);
    }
    return result == PN_TLS_DONE;
}

/* False when the socket takes no more now, or never will (the state is BROKEN then). */
static bool send_some(pn_conn *conn) {
    const char *bytes = conn->out.ptr + conn->out_at;
    size_t size = conn->out.len - conn->out_at, sent = 0;
    if (!(conn->stream == NULL ? send_plain(conn, bytes, size, &sent)
                               : send_secure(conn, bytes, size, &sent))) {
        return false;
    }
    conn->out_at += sent;
    conn->sent_bytes += sent;
    return true;
}

void pn_conn_flush(pn_conn *conn) {
    if (conn->state != STATE_OPEN) {
        return;
    }
    while (conn->out_at < conn->out.len && send_some(conn)) {
    }
    if (conn->out_at == conn->out.len) {
        pn_buf_clear(&conn->out);
        conn->out_at = 0;
    } else if (conn->out_at > conn->out.len / 2) {
        memmove(conn->out.ptr, conn->out.ptr + conn->out_at, conn->out.len - conn->out_at);
        conn->out.len -= conn->out_at;
        conn->out_at = 0;
    }
    if (conn->state == STATE_OPEN) {
        want(conn);
    }
}

/* ── receiving ── */

typedef enum { READ_SOME, READ_NOTHING, READ_END, READ_FAILED } read_result;

static read_result read_plain(pn_conn *conn, char *room, size_t size, size_t *ret_len) {
    ssize_t got = recv(conn->watch.fd, room, size, 0);
    if (got > 0) {
        *ret_len = (size_t)got;
        return READ_SOME;
    }
    if (got == 0) {
        return READ_END;
    }
    if (errno == EAGAIN || errno == EINTR) {
        return READ_NOTHING;
    }
    char text[128];
    (void)pn_diag_set(&conn->diag, PN_IO, "The connection broke: %s.",
                      strerror_r(errno, text, sizeof text));
    pn_diag_cause(&conn->diag, PN_CAUSE_HUNG_UP);
    return READ_FAILED;
}

static read_result read_secure(pn_conn *conn, char *room, size_t size, size_t *ret_len) {
    pn_tls_result result = pn_tls_read(conn->stream, room, size, ret_len, &conn->diag);
    conn->tls_wants_write = result == PN_TLS_WANTS_WRITE;
    switch (result) {
    case PN_TLS_DONE: return READ_SOME;
    case PN_TLS_WANTS_WRITE:
    case PN_TLS_WANTS_READ: return READ_NOTHING;
    case PN_TLS_CLOSED: return READ_END;
    case PN_TLS_FAILED: return READ_FAILED;
    }
    return READ_FAILED;
}

static read_result read_once(pn_conn *conn) {
    if (conn->in_at > 0) {
        memmove(conn->in, conn->in + conn->in_at, conn->in_len - conn->in_at);
        conn->in_len -= conn->in_at;
        conn->in_at = 0;
    }
    conn->error = PN_IO;
    size_t room = conn->in_max - conn->in_len, got = 0;
    if (room == 0) {
        (void)pn_diag_set(&conn->diag, PN_LIMIT, "The peer sent more than %zu bytes in one piece.",
                          conn->in_max);
        conn->error = PN_LIMIT;
        return READ_FAILED;
    }
    read_result result = conn->stream == NULL
                             ? read_plain(conn, conn->in + conn->in_len, room, &got)
                             : read_secure(conn, conn->in + conn->in_len, room, &got);
    conn->in_len += got;
    return result;
}

/* Reads and tells until nothing is left. OpenSSL may hold bytes that epoll knows nothing of, so
 * one read is enough only without it (and then epoll says if there is more). */
static void receive(pn_conn *conn) {
    for (;;) {
        bool was_secure = conn->stream != NULL;
        switch (read_once(conn)) {
        case READ_NOTHING: return;
        case READ_SOME:
            tell(conn, PN_CONN_DATA);
            if (!was_secure || conn->state != STATE_OPEN) {
                return;
            }
            break;
        case READ_END:
            pn_conn_close(conn);
            tell(conn, PN_CONN_CLOSED);
            return;
        case READ_FAILED: fail(conn, conn->error); return;
        }
    }
}

/* It failed some time ago. What the peer said before it hung up ("421 …", or the answer to the
 * final dot) is told first; a broken TLS stream can be read no more. */
static void tell_failed(void *context) {
    pn_conn *conn = context;
    pn_err err = conn->error;
    pn_diag why = conn->diag;
    if (conn->stream == NULL) {
        while (conn->state == STATE_BROKEN && read_once(conn) == READ_SOME) {
            tell(conn, PN_CONN_DATA);
        }
    }
    if (conn->state != STATE_CLOSED) {
        conn->diag = why;
        fail(conn, err);
    }
}

/* ── opening ── */

static void shake_hands(pn_conn *conn) {
    bool untrusted = false;
    pn_tls_result result = pn_tls_handshake(conn->stream, &untrusted, &conn->diag);
    conn->tls_wants_write = result == PN_TLS_WANTS_WRITE;
    switch (result) {
    case PN_TLS_WANTS_READ:
    case PN_TLS_WANTS_WRITE: want(conn); return;
    case PN_TLS_DONE:
        conn->state = STATE_OPEN;
        want(conn);
        tell(conn, conn->tls_first ? PN_CONN_OPENED : PN_CONN_SECURED);
        return;
    case PN_TLS_CLOSED:
        (void)pn_diag_set(&conn->diag, PN_IO,
                          "The peer hung up instead of securing the connection.");
        pn_diag_cause(&conn->diag, PN_CAUSE_NO_TLS);
        fail(conn, PN_IO);
        return;
    case PN_TLS_FAILED: fail(conn, untrusted ? PN_DENIED : PN_IO); return;
    }
}

static void ready(void *context, unsigned events) {
    pn_conn *conn = context;
    if (conn->state == STATE_HANDSHAKE) {
        shake_hands(conn);
        events = PN_LOOP_READ; /* OpenSSL may have read ahead */
    }
    if (conn->state == STATE_OPEN && ((events & PN_LOOP_READ) != 0 || conn->tls_wants_write)) {
        receive(conn);
    }
    bool unsent = conn->out_at < conn->out.len;
    if (conn->state == STATE_OPEN && unsent &&
        ((events & PN_LOOP_WRITE) != 0 || conn->stream != NULL)) {
        pn_conn_flush(conn);
        if (conn->state == STATE_OPEN && conn->out.len == 0) {
            tell(conn, PN_CONN_ROOM);
        }
    }
    if (conn->state == STATE_OPEN) {
        want(conn);
    }
}

/* The first step is the loop's, so that nothing is told from within a call of the owner. */
static void begin_tls(pn_conn *conn) {
    if (pn_tls_stream_new(conn->tls, conn->watch.fd, &conn->stream) != PN_OK) {
        (void)pn_diag_set(&conn->diag, PN_IO, "TLS could not be started.");
        fail_later(conn, STATE_UNREACHABLE, PN_IO);
        return;
    }
    conn->state = STATE_HANDSHAKE;
    conn->tls_wants_write = true;
    want(conn);
}

static void dialled(void *context, int fd, const pn_address *peer, int error) {
    (void)peer;
    pn_conn *conn = context;
    if (fd < 0) {
        char text[128];
        (void)pn_diag_set(&conn->diag, PN_IO, "%s port %u could not be reached: %s.",
                          pn_host_name(conn->host), (unsigned)conn->dial.addresses.items[0].port,
                          strerror_r(error, text, sizeof text));
        pn_diag_cause(&conn->diag, PN_CAUSE_UNREACHABLE);
        pn_host_forget(conn->host);
        fail(conn, PN_IO);
        return;
    }
    if (pn_loop_watch(conn->loop, &conn->watch, fd, PN_LOOP_READ) != PN_OK) {
        (void)close(fd);
        (void)pn_diag_set(&conn->diag, PN_IO, "The connection could not be watched.");
        fail(conn, PN_IO);
        return;
    }
    if (conn->tls_first) {
        begin_tls(conn);
    } else {
        conn->state = STATE_OPEN;
        tell(conn, PN_CONN_OPENED);
    }
}

/* May run within pn_conn_open. */
static void looked_up(void *context, pn_err err, const pn_addresses *addresses,
                      const pn_diag *diag) {
    pn_conn *conn = context;
    if (err == PN_OK) {
        conn->state = STATE_DIALLING;
        pn_dial_start(&conn->dial, conn->loop, addresses);
    } else {
        conn->diag = *diag;
        fail_later(conn, STATE_UNREACHABLE, err);
    }
}

pn_conn *pn_conn_new(pn_loop *loop, size_t in_max, size_t out_max, pn_conn_fn *fn, void *context) {
    pn_conn *conn = pn_alloc(sizeof *conn);
    *conn = (pn_conn){.loop = loop, .fn = fn, .context = context, .in_max = in_max};
    conn->in = pn_alloc(in_max);
    pn_buf_init(&conn->out, out_max);
    conn->waiter = (pn_host_waiter){.fn = looked_up, .context = conn};
    conn->dial.fn = dialled;
    conn->dial.context = conn;
    conn->watch = (pn_watch){.fn = ready, .context = conn, .fd = -1};
    conn->teller = (pn_timer){.fn = tell_failed, .context = conn};
    return conn;
}

void pn_conn_free(pn_conn *conn) {
    if (conn != NULL) {
        assert(!conn->in_callback);
        pn_conn_close(conn);
        pn_buf_done(&conn->out);
        free(conn->in);
        free(conn);
    }
}

void pn_conn_open(pn_conn *conn, pn_host *host, pn_tls *tls) {
    assert(conn->state == STATE_CLOSED && !conn->in_callback);
    conn->host = host;
    conn->tls = tls;
    conn->tls_first = tls != NULL;
    conn->tls_wants_write = false;
    conn->in_at = conn->in_len = 0;
    pn_buf_clear(&conn->out);
    conn->out_at = 0;
    conn->sent_bytes = 0;
    conn->error = PN_OK;
    pn_diag_clear(&conn->diag);
    conn->state = STATE_LOOKING_UP;
    pn_host_lookup(host, &conn->waiter);
}

void pn_conn_start_tls(pn_conn *conn, pn_tls *tls) {
    assert(conn->state == STATE_OPEN && conn->stream == NULL && conn->out_at == conn->out.len);
    conn->tls = tls;
    conn->tls_first = false;
    conn->in_at = conn->in_len = 0;
    begin_tls(conn);
}

bool pn_conn_is_open(const pn_conn *conn) {
    return conn->state == STATE_OPEN;
}

bool pn_conn_is_secure(const pn_conn *conn) {
    return conn->state == STATE_OPEN && conn->stream != NULL;
}

pn_err pn_conn_error(const pn_conn *conn) {
    return conn->error;
}

const pn_diag *pn_conn_diag(const pn_conn *conn) {
    return &conn->diag;
}

pn_address pn_conn_local(const pn_conn *conn) {
    pn_address local = {.family = 4, .ip = {127, 0, 0, 1}};
    struct sockaddr_storage name = {0};
    socklen_t size = sizeof name;
    if (conn->watch.watched && getsockname(conn->watch.fd, (struct sockaddr *)&name, &size) == 0) {
        if (name.ss_family == AF_INET) {
            struct sockaddr_in in;
            memcpy(&in, &name, sizeof in);
            memcpy(local.ip, &in.sin_addr, 4);
            local.port = ntohs(in.sin_port);
        } else if (name.ss_family == AF_INET6) {
            struct sockaddr_in6 in;
            memcpy(&in, &name, sizeof in);
            local.family = 6;
            memcpy(local.ip, &in.sin6_addr, 16);
            local.port = ntohs(in.sin6_port);
        }
    }
    return local;
}

pn_str pn_conn_in(const pn_conn *conn) {
    return (pn_str){conn->in + conn->in_at, conn->in_len - conn->in_at};
}

void pn_conn_consume(pn_conn *conn, size_t size) {
    assert(size <= conn->in_len - conn->in_at);
    conn->in_at += size;
    if (conn->in_at == conn->in_len) {
        conn->in_at = conn->in_len = 0;
    }
}

pn_buf *pn_conn_out(pn_conn *conn) {
    return &conn->out;
}

size_t pn_conn_unsent(const pn_conn *conn) {
    return conn->out.len - conn->out_at;
}

uint64_t pn_conn_sent_bytes(const pn_conn *conn) {
    return conn->sent_bytes;
}
