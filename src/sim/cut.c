#define _GNU_SOURCE /* mmap, prctl, memmem */
#include "sim/cut.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/banned.h"
#include "base/str.h"

/* What both processes see. */
typedef struct {
    atomic_uint left; /* until it cuts; 0: it does not */
    atomic_uint manner;
    atomic_bool commits_only, happened, rests;
} plan;

static plan *shared;

/* ── where the server is ─────────────────────────────────────────────────────────────────────── */

typedef struct {
    char host[108], port[16];
} target;

/* The value of a parameter, "%2F" read as "/"; false where there is none. */
static bool take_parameter(const char *url, const char *name, char *out, size_t size) {
    const char *at = strchr(url, '?');
    size_t len = strlen(name), n = 0;
    while (at != NULL && (strncmp(at + 1, name, len) != 0 || at[1 + len] != '=')) {
        at = strchr(at + 1, '&');
    }
    if (at == NULL) {
        return false;
    }
    for (at += 2 + len; *at != '\0' && *at != '&' && n + 1 < size; at++) {
        bool slash = strncmp(at, "%2F", 3) == 0 || strncmp(at, "%2f", 3) == 0;
        out[n++] = slash ? '/' : *at;
        at += slash ? 2 : 0;
    }
    out[n] = '\0';
    return true;
}

static void take_authority(const char *url, target *t) {
    const char *at = strstr(url, "://");
    at = at != NULL ? at + 3 : url;
    size_t len = strcspn(at, "/?");
    const char *user = memchr(at, '@', len);
    if (user != NULL) {
        len -= (size_t)(user + 1 - at);
        at = user + 1;
    }
    const char *colon = memchr(at, ':', len);
    size_t host = colon != NULL ? (size_t)(colon - at) : len;
    (void)snprintf(t->host, sizeof t->host, "%.*s", (int)host, at);
    if (colon != NULL) {
        (void)snprintf(t->port, sizeof t->port, "%.*s", (int)(len - host - 1), colon + 1);
    }
}

static pn_err find_target(const char *url, target *ret_target, pn_diag *diag) {
    target t = {.port = "5432"};
    take_authority(url, &t);
    (void)take_parameter(url, "host", t.host, sizeof t.host);
    (void)take_parameter(url, "port", t.port, sizeof t.port);
    if (t.host[0] == '\0' || strchr(t.host, ',') != NULL) {
        return pn_diag_set(diag, PN_INVALID, "The URL names %s: a way that breaks leads to one.",
                           t.host[0] == '\0' ? "no host" : "several hosts");
    }
    *ret_target = t;
    return PN_OK;
}

pn_err pn_cut_url(const char *url, const char *schema, const char *folder, char *out, size_t size,
                  pn_diag *diag) {
    char own[200] = "", options[8];
    if (take_parameter(url, "options", options, sizeof options)) {
        return pn_diag_set(diag, PN_INVALID,
                           "The URL has options=; each life has a schema of its own there.");
    }
    if (folder != NULL) {
        (void)snprintf(own, sizeof own, "&host=%s&port=5432&sslmode=disable&gssencmode=disable",
                       folder);
    }
    int len = snprintf(out, size, "%s%coptions=-csearch_path%%3D%s&application_name=%s%s", url,
                       strchr(url, '?') != NULL ? '&' : '?', schema, schema, own);
    return len > 0 && (size_t)len < size
               ? PN_OK
               : pn_diag_set(diag, PN_INVALID, "The URL is longer than %zu bytes.", size - 200);
}

/* ── the process ─────────────────────────────────────────────────────────────────────────────── */

enum { SESSIONS_MAX = 32, NAME_BYTES = 64, COMMITS_MAX = 8 };

typedef struct {
    int client, server; /* -1: closed */
    bool started;       /* the first message has no letter */
    bool swallows;      /* the next answer is lost, and the session with it */
    unsigned char *bytes;
    size_t size, capacity;
    char commits[COMMITS_MAX][NAME_BYTES]; /* names of prepared statements that commit */
    size_t commit_count;
} session;

static target server_at;
static session sessions[SESSIONS_MAX];

static void close_both(session *s) {
    if (s->client >= 0) {
        (void)close(s->client);
    }
    if (s->server >= 0) {
        (void)close(s->server);
    }
    free(s->bytes);
    *s = (session){.client = -1, .server = -1};
}

static void give(int fd, const void *bytes, size_t size) {
    const char *at = bytes;
    while (size > 0) {
        ssize_t sent = send(fd, at, size, MSG_NOSIGNAL);
        if (sent < 0 && errno != EINTR) {
            return; /* its end is heard of by reading */
        }
        at += sent > 0 ? sent : 0;
        size -= sent > 0 ? (size_t)sent : 0;
    }
}

static int reach_folder(const char *folder, const char *port) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    (void)snprintf(address.sun_path, sizeof address.sun_path, "%.80s/.s.PGSQL.%s", folder, port);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) != 0) {
        (void)close(fd);
        fd = -1;
    }
    return fd;
}

static int reach_server(void) {
    const struct addrinfo wanted = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    int fd = -1;
    if (server_at.host[0] == '/') {
        return reach_folder(server_at.host, server_at.port);
    }
    if (getaddrinfo(server_at.host, server_at.port, &wanted, &found) != 0) {
        return -1;
    }
    for (struct addrinfo *each = found; each != NULL && fd < 0; each = each->ai_next) {
        fd = socket(each->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (fd >= 0 && connect(fd, each->ai_addr, each->ai_addrlen) != 0) {
            (void)close(fd);
            fd = -1;
        }
    }
    freeaddrinfo(found);
    return fd;
}

static void take_session(int listener) {
    int client = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    int server = client < 0 ? -1 : reach_server();
    for (size_t i = 0; i < SESSIONS_MAX && server >= 0; i++) {
        if (sessions[i].client < 0 && sessions[i].server < 0) {
            sessions[i] = (session){.client = client, .server = server};
            return;
        }
    }
    if (client >= 0) {
        (void)close(client);
    }
    if (server >= 0) {
        (void)close(server);
    }
}

/* Does this message end a transaction? */
static bool commits(session *s, const unsigned char *message, size_t size) {
    bool says = memmem(message, size, "COMMIT", 6) != NULL;
    const char *name = (const char *)message + 5;
    if (message[0] == 'P' && says && s->commit_count < COMMITS_MAX) {
        (void)snprintf(s->commits[s->commit_count++], NAME_BYTES, "%.*s", (int)(size - 5), name);
    }
    if (message[0] == 'B') {
        const char *portal_end = memchr(name, '\0', size - 5);
        for (size_t i = 0; portal_end != NULL && i < s->commit_count; i++) {
            if (strcmp(portal_end + 1, s->commits[i]) == 0) {
                return true;
            }
        }
    }
    return message[0] == 'Q' && says;
}

static bool is_due(session *s, const unsigned char *message, size_t size) {
    bool commit = commits(s, message, size);
    if (atomic_load(&shared->rests) || atomic_load(&shared->left) == 0 ||
        (atomic_load(&shared->commits_only) && !commit)) {
        return false;
    }
    if (atomic_fetch_sub(&shared->left, 1) != 1) {
        return false;
    }
    atomic_store(&shared->happened, true);
    return true;
}

/* False where the session is over. What was written to the server is left for it to read: only our
 * half is closed, and the rest when it has closed its own. */
static bool hand_on(session *s, const unsigned char *message, size_t size) {
    if (!s->started || !is_due(s, message, size)) {
        give(s->server, message, size);
        return true;
    }
    switch ((pn_cut_manner)atomic_load(&shared->manner)) {
    case PN_CUT_AFTER:
        s->swallows = true;
        give(s->server, message, size);
        return true;
    case PN_CUT_SENT: give(s->server, message, size); break;
    case PN_CUT_HALF: give(s->server, message, size / 2); break;
    case PN_CUT_BEFORE:
    case PN_CUTS: break;
    }
    (void)shutdown(s->server, SHUT_WR);
    (void)close(s->client);
    s->client = -1;
    return false;
}

static uint32_t number_at(const unsigned char *bytes) {
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/* The size of the first message, or 0 while it is not all there. */
static size_t message_size(const session *s) {
    size_t head = s->started ? 1 : 0; /* its letter */
    if (s->size < head + 4) {
        return 0;
    }
    size_t size = head + number_at(s->bytes + head);
    return size <= s->size ? size : 0;
}

static void from_client(session *s) {
    if (s->capacity - s->size < 65536) {
        s->capacity = s->capacity * 2 + 65536;
        s->bytes = pn_realloc(s->bytes, s->capacity);
    }
    ssize_t got = recv(s->client, s->bytes + s->size, s->capacity - s->size, 0);
    if (got <= 0) {
        close_both(s);
        return;
    }
    s->size += (size_t)got;
    for (size_t size; (size = message_size(s)) != 0;) {
        if (!hand_on(s, s->bytes, size)) {
            return;
        }
        s->started = true; /* neither TLS nor GSS is asked for: the first message begins it */
        memmove(s->bytes, s->bytes + size, s->size - size);
        s->size -= size;
    }
}

static void from_server(session *s) {
    static char bytes[65536];
    ssize_t got = recv(s->server, bytes, sizeof bytes, 0);
    if (got <= 0 || s->swallows) { /* then it has done it */
        close_both(s);
    } else if (s->client >= 0) {
        give(s->client, bytes, (size_t)got);
    }
}

static void serve(int listener) {
    for (;;) {
        struct pollfd fds[1 + 2 * SESSIONS_MAX] = {{.fd = listener, .events = POLLIN}};
        for (size_t i = 0; i < SESSIONS_MAX; i++) {
            fds[1 + 2 * i] = (struct pollfd){.fd = sessions[i].client, .events = POLLIN};
            fds[2 + 2 * i] = (struct pollfd){.fd = sessions[i].server, .events = POLLIN};
        }
        if (poll(fds, PN_COUNT(fds), -1) < 0) {
            continue;
        }
        for (size_t i = 0; i < SESSIONS_MAX; i++) {
            if (fds[1 + 2 * i].revents != 0 && sessions[i].client == fds[1 + 2 * i].fd) {
                from_client(&sessions[i]);
            }
            if (fds[2 + 2 * i].revents != 0 && sessions[i].server == fds[2 + 2 * i].fd) {
                from_server(&sessions[i]);
            }
        }
        if (fds[0].revents != 0) {
            take_session(listener);
        }
    }
}

static int listen_in(const char *folder) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    (void)snprintf(address.sun_path, sizeof address.sun_path, "%.80s/.s.PGSQL.5432", folder);
    if (fd >= 0 && (bind(fd, (struct sockaddr *)&address, sizeof address) != 0 ||
                    listen(fd, SESSIONS_MAX) != 0)) {
        (void)close(fd);
        fd = -1;
    }
    return fd;
}

pn_err pn_cut_start(const char *url, const char *folder, pn_diag *diag) {
    PN_TRY(find_target(url, &server_at, diag));
    int listener = listen_in(folder);
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (listener < 0 || shared == MAP_FAILED) {
        return pn_diag_set(diag, PN_IO, "No way to the server can be made: %s.", strerror(errno));
    }
    for (size_t i = 0; i < SESSIONS_MAX; i++) {
        sessions[i] = (session){.client = -1, .server = -1};
    }
    pid_t parent = getpid(), child = fork();
    if (child == 0) {
        if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent) {
            _exit(1);
        }
        serve(listener);
    }
    (void)close(listener);
    return child > 0 ? PN_OK
                     : pn_diag_set(diag, PN_IO, "No process can be started: %s.", strerror(errno));
}

/* ── plans ───────────────────────────────────────────────────────────────────────────────────── */

void pn_cut_plan(pn_cut_manner manner, unsigned nth, bool commits_only) {
    pn_cut_clear();
    atomic_store(&shared->manner, (unsigned)manner);
    atomic_store(&shared->commits_only, commits_only);
    atomic_store(&shared->left, nth);
}

void pn_cut_clear(void) {
    if (shared != NULL) {
        atomic_store(&shared->left, 0);
        atomic_store(&shared->happened, false);
    }
}

void pn_cut_rest(bool rests) {
    if (shared != NULL) {
        atomic_store(&shared->rests, rests);
    }
}

bool pn_cut_happened(void) {
    return shared != NULL && atomic_load(&shared->happened);
}
