/* A mail server that follows a script, for tests: one thread a connection, TLS if the script says
 * so. The first connection follows the first script, and so on; the last script serves all the
 * rest. Steps of a script:
 *
 *   "<TEXT"   read a line that begins with TEXT       ">TEXT"   write TEXT; '|' is CRLF, one
 * follows "data"    read up to the final dot                "!TEXT"   the same without the CRLF
 *   "quiet"   nothing may come within 30 ms           "flood"   write 20,000 bytes without line end
 *   "eof"     the client must hang up                 "sleep N" wait N milliseconds
 *   "read N"  read N bytes                            "tls"     secure the connection
 *   "close"   hang up                                 "reset"   hang up with a TCP reset
 *   "serve"   from here on be a good server
 *
 * What goes wrong is kept as text, because assertions belong to the main thread. */
#ifndef PN_TESTS_SMTP_PEER_H
#define PN_TESTS_SMTP_PEER_H

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PEER_CONNECTIONS_MAX = 64, PEER_LINE = 4096 };

typedef const char *const *peer_script;

typedef struct {
    int listener;
    uint16_t port;
    const peer_script *scripts;
    size_t script_count;
    SSL_CTX *tls;
    pthread_t acceptor;
    pthread_mutex_t lock; /* over all that follows */
    pthread_t threads[PEER_CONNECTIONS_MAX];
    int fds[PEER_CONNECTIONS_MAX];
    size_t connections;
    int accepted; /* messages, by "serve" */
    int resumed;  /* TLS sessions */
    bool stopping;
    char wrong[400];
} peer;

typedef struct {
    peer *peer;
    size_t index;
    int fd;
    SSL *ssl;
    char in[65536];
    size_t in_at, in_len;
} peer_io;

/* ── bytes ── */

static inline void peer_wrong(peer_io *io, const char *what, const char *detail) {
    pthread_mutex_lock(&io->peer->lock);
    if (io->peer->wrong[0] == '\0' && !io->peer->stopping) {
        (void)snprintf(io->peer->wrong, sizeof io->peer->wrong, "connection %zu: %s: %s", io->index,
                       what, detail);
    }
    pthread_mutex_unlock(&io->peer->lock);
}

static inline void peer_write(peer_io *io, const char *bytes, size_t size) {
    while (size > 0) {
        ssize_t sent = io->ssl != NULL ? SSL_write(io->ssl, bytes, (int)size)
                                       : send(io->fd, bytes, size, MSG_NOSIGNAL);
        if (sent <= 0) {
            return; /* the client may be gone by right */
        }
        bytes += sent;
        size -= (size_t)sent;
    }
}

static inline bool peer_fill(peer_io *io) {
    if (io->in_at < io->in_len) {
        return true;
    }
    ssize_t got = io->ssl != NULL ? SSL_read(io->ssl, io->in, sizeof io->in)
                                  : recv(io->fd, io->in, sizeof io->in, 0);
    io->in_at = 0;
    io->in_len = got > 0 ? (size_t)got : 0;
    return got > 0;
}

/* A line without its CRLF; false at the end of the stream. */
static inline bool peer_line(peer_io *io, char line[PEER_LINE]) {
    size_t len = 0;
    while (peer_fill(io)) {
        char c = io->in[io->in_at++];
        if (c == '\n') {
            line[len > 0 && line[len - 1] == '\r' ? len - 1 : len] = '\0';
            return true;
        }
        if (len < PEER_LINE - 1) {
            line[len++] = c;
        }
    }
    return false;
}

static inline void peer_say(peer_io *io, const char *text, bool line_end) {
    char out[PEER_LINE];
    size_t len = 0;
    for (; *text != '\0' && len + 4 < sizeof out; text++) {
        if (*text == '|') {
            out[len++] = '\r';
            out[len++] = '\n';
        } else {
            out[len++] = *text;
        }
    }
    if (line_end) {
        out[len++] = '\r';
        out[len++] = '\n';
    }
    peer_write(io, out, len);
}

static inline bool peer_data(peer_io *io) {
    char line[PEER_LINE];
    while (peer_line(io, line)) {
        if (strcmp(line, ".") == 0) {
            return true;
        }
    }
    return false;
}

/* ── steps ── */

static inline bool starts(const char *text, const char *prefix) {
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

static inline bool peer_accept_message(peer_io *io) {
    peer_say(io, "354 go", true);
    if (!peer_data(io)) {
        return false;
    }
    pthread_mutex_lock(&io->peer->lock);
    io->peer->accepted++;
    pthread_mutex_unlock(&io->peer->lock);
    peer_say(io, "250 2.0.0 Ok: queued as 4Zb1", true);
    return true;
}

static inline void peer_serve(peer_io *io) {
    char line[PEER_LINE];
    while (peer_line(io, line)) {
        if (starts(line, "EHLO")) {
            peer_say(io, "250-mx|250-PIPELINING|250-8BITMIME|250 SIZE 0", true);
        } else if (starts(line, "MAIL") || starts(line, "RCPT") || starts(line, "RSET")) {
            peer_say(io, "250 ok", true);
        } else if (starts(line, "DATA")) {
            if (!peer_accept_message(io)) {
                return;
            }
        } else if (starts(line, "QUIT")) {
            peer_say(io, "221 bye", true);
            return;
        } else {
            peer_wrong(io, "the client said", line);
            return;
        }
    }
}

static inline bool peer_is_quiet(peer_io *io) {
    struct pollfd watched = {.fd = io->fd, .events = POLLIN};
    return io->in_at == io->in_len && poll(&watched, 1, 30) == 0;
}

static inline bool peer_secure(peer_io *io) {
    io->ssl = SSL_new(io->peer->tls);
    SSL_set_fd(io->ssl, io->fd);
    if (SSL_accept(io->ssl) != 1) {
        return false; /* a client may refuse us by right; the test looks at its result */
    }
    pthread_mutex_lock(&io->peer->lock);
    io->peer->resumed += SSL_session_reused(io->ssl);
    pthread_mutex_unlock(&io->peer->lock);
    return true;
}

static inline void peer_flood(peer_io *io) {
    char chunk[1000];
    memset(chunk, 'x', sizeof chunk);
    memcpy(chunk, "250-", 4);
    for (int i = 0; i < 20; i++) {
        peer_write(io, chunk, sizeof chunk);
    }
}

/* False when the connection is over. */
static inline bool peer_step(peer_io *io, const char *step) {
    char line[PEER_LINE];
    if (step[0] == '<') {
        if (!peer_line(io, line)) {
            peer_wrong(io, "hung up instead of", step + 1);
            return false;
        }
        if (!starts(line, step + 1)) {
            peer_wrong(io, step, line);
        }
        return starts(line, step + 1);
    }
    if (step[0] == '>' || step[0] == '!') {
        peer_say(io, step + 1, step[0] == '>');
    } else if (starts(step, "data")) {
        return peer_data(io);
    } else if (starts(step, "quiet")) {
        if (!peer_is_quiet(io)) {
            peer_wrong(io, "spoke out of turn", "");
        }
    } else if (starts(step, "eof")) {
        if (peer_line(io, line)) {
            peer_wrong(io, "went on", line);
        }
        return false;
    } else if (starts(step, "sleep ")) {
        long ms = strtol(step + 6, NULL, 10);
        (void)nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
    } else if (starts(step, "read ")) {
        for (long left = strtol(step + 5, NULL, 10); left > 0 && peer_fill(io);) {
            size_t part = io->in_len - io->in_at;
            part = part > (size_t)left ? (size_t)left : part;
            io->in_at += part;
            left -= (long)part;
        }
    } else if (starts(step, "tls")) {
        return peer_secure(io);
    } else if (starts(step, "flood")) {
        peer_flood(io);
    } else if (starts(step, "reset")) {
        struct linger now = {.l_onoff = 1};
        (void)setsockopt(io->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
        return false;
    } else if (starts(step, "serve")) {
        peer_serve(io);
        return false;
    } else if (starts(step, "close")) {
        return false;
    } else {
        peer_wrong(io, "no such step", step);
    }
    return true;
}

/* ── connections ── */

static inline void *peer_connection(void *context) {
    peer_io *io = context;
    peer *p = io->peer;
    struct timeval limit = {.tv_sec = 30};
    int on = 1;
    (void)setsockopt(io->fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    (void)setsockopt(io->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    size_t script = io->index < p->script_count ? io->index : p->script_count - 1;
    for (peer_script step = p->scripts[script]; *step != NULL && peer_step(io, *step); step++) {
    }
    if (io->ssl != NULL) {
        (void)SSL_shutdown(io->ssl);
        SSL_free(io->ssl);
    }
    pthread_mutex_lock(&p->lock);
    p->fds[io->index] = -1;
    (void)close(io->fd);
    pthread_mutex_unlock(&p->lock);
    free(io);
    return NULL;
}

static inline void *peer_accept(void *context) {
    peer *p = context;
    for (;;) {
        int fd = accept(p->listener, NULL, NULL);
        if (fd < 0) {
            return NULL;
        }
        pthread_mutex_lock(&p->lock);
        if (p->stopping || p->connections == PEER_CONNECTIONS_MAX) {
            (void)close(fd);
            pthread_mutex_unlock(&p->lock);
            continue;
        }
        peer_io *io = calloc(1, sizeof *io);
        if (io == NULL) {
            abort();
        }
        *io = (peer_io){.peer = p, .index = p->connections, .fd = fd};
        p->fds[p->connections] = fd;
        if (pthread_create(&p->threads[p->connections], NULL, peer_connection, io) != 0) {
            abort();
        }
        p->connections++;
        pthread_mutex_unlock(&p->lock);
    }
}

static inline void peer_start(peer *p, const peer_script *scripts, size_t count) {
    *p = (peer){.scripts = scripts, .script_count = count};
    pthread_mutex_init(&p->lock, NULL);
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof name;
    p->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (p->listener < 0 || bind(p->listener, (struct sockaddr *)&name, size) != 0 ||
        listen(p->listener, 64) != 0 ||
        getsockname(p->listener, (struct sockaddr *)&name, &size) != 0) {
        abort();
    }
    p->port = ntohs(name.sin_port);
    (void)signal(SIGPIPE, SIG_IGN);
    if (pthread_create(&p->acceptor, NULL, peer_accept, p) != 0) {
        abort();
    }
}

/* Hangs up and waits for the threads; returns what went wrong, or "". */
static inline const char *peer_stop(peer *p) {
    static char wrong[sizeof p->wrong];
    pthread_mutex_lock(&p->lock);
    p->stopping = true;
    for (size_t i = 0; i < p->connections; i++) {
        if (p->fds[i] >= 0) {
            (void)shutdown(p->fds[i], SHUT_RDWR);
        }
    }
    pthread_mutex_unlock(&p->lock);
    (void)shutdown(p->listener, SHUT_RDWR);
    pthread_join(p->acceptor, NULL);
    for (size_t i = 0; i < p->connections; i++) {
        pthread_join(p->threads[i], NULL);
    }
    (void)close(p->listener);
    SSL_CTX_free(p->tls);
    pthread_mutex_destroy(&p->lock);
    memcpy(wrong, p->wrong, sizeof wrong);
    return wrong;
}

static inline int peer_accepted(peer *p) {
    pthread_mutex_lock(&p->lock);
    int accepted = p->accepted;
    pthread_mutex_unlock(&p->lock);
    return accepted;
}

static inline size_t peer_connections(peer *p) {
    pthread_mutex_lock(&p->lock);
    size_t connections = p->connections;
    pthread_mutex_unlock(&p->lock);
    return connections;
}

/* ── a certificate of its own ── */

/* Makes a key and a self-signed certificate for `names` ("IP:127.0.0.1,DNS:localhost"), gives them
 * to the peer and writes the certificate to `path` as PEM. Before the first connection. */
static inline void peer_certificate(peer *p, const char *names, const char *path) {
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = X509_new();
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    X509_NAME *name = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"test peer", -1, -1,
                               0);
    X509_set_issuer_name(certificate, name);
    X509_EXTENSION *san = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, names);
    X509_add_ext(certificate, san, -1);
    X509_EXTENSION_free(san);
    X509_sign(certificate, key, EVP_sha256());
    p->tls = SSL_CTX_new(TLS_server_method());
    static const unsigned char context[] = "test";
    SSL_CTX_set_session_id_context(p->tls, context, sizeof context);
    FILE *file = fopen(path, "w");
    if (file == NULL || PEM_write_X509(file, certificate) != 1 ||
        SSL_CTX_use_certificate(p->tls, certificate) != 1 ||
        SSL_CTX_use_PrivateKey(p->tls, key) != 1) {
        abort();
    }
    (void)fclose(file);
    X509_free(certificate);
    EVP_PKEY_free(key);
}

#endif
