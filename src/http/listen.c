#define _GNU_SOURCE /* SOCK_CLOEXEC, setenv */
#include "http/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/banned.h"
#include "base/limits.h"

/* ── addresses ───────────────────────────────────────────────────────────────────────────────── */

typedef union {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
} address;

static pn_err bad_address(pn_str where, pn_diag *diag) {
    pn_err err = pn_diag_set(diag, PN_INVALID, "“%.*s” is no address to listen on.",
                             PN_STR_ARG(pn_str_first(where, 80)));
    pn_diag_mend(diag, "Write it like 127.0.0.1:8080, [::1]:8080 or *:8080.");
    return err;
}

/* The host, without brackets, and the port. */
static bool split(pn_str where, pn_str *ret_host, int64_t *ret_port) {
    size_t colon = where.len;
    while (colon > 0 && where.ptr[colon - 1] != ':') {
        colon--;
    }
    pn_str port = pn_str_from(where, colon);
    *ret_host = colon == 0 ? PN_STR("127.0.0.1") : pn_str_first(where, colon - 1);
    if (ret_host->len >= 2 && ret_host->ptr[0] == '[' && ret_host->ptr[ret_host->len - 1] == ']') {
        *ret_host = pn_str_sub(ret_host->ptr + 1, ret_host->ptr + ret_host->len - 1);
    }
    return pn_str_is_digits(port) && pn_str_to_int64(port, ret_port) == PN_OK &&
           *ret_port <= UINT16_MAX;
}

static bool parse_address(pn_str where, address *to, socklen_t *ret_size) {
    char host[INET6_ADDRSTRLEN + 1];
    pn_str name;
    int64_t port = 0;
    if (!split(where, &name, &port) || name.len >= sizeof host) {
        return false;
    }
    name = pn_str_is(name, "*")           ? PN_STR("::")
           : pn_str_is(name, "localhost") ? PN_STR("127.0.0.1")
                                          : name;
    memcpy(host, name.ptr, name.len);
    host[name.len] = '\0';
    memset(to, 0, sizeof *to);
    if (inet_pton(AF_INET, host, &to->v4.sin_addr) == 1) {
        to->v4.sin_family = AF_INET;
        to->v4.sin_port = htons((uint16_t)port);
        *ret_size = sizeof to->v4;
        return true;
    }
    to->v6.sin6_family = AF_INET6;
    to->v6.sin6_port = htons((uint16_t)port);
    *ret_size = sizeof to->v6;
    return inet_pton(AF_INET6, host, &to->v6.sin6_addr) == 1;
}

/* ── sockets ─────────────────────────────────────────────────────────────────────────────────── */

static void name_it(pn_listener *listener) {
    address own = {0};
    socklen_t size = sizeof own;
    char host[INET6_ADDRSTRLEN] = "";
    if (getsockname(listener->fd, &own.any, &size) != 0) {
        return;
    }
    bool v6 = own.any.sa_family == AF_INET6;
    const void *bytes = v6 ? (const void *)&own.v6.sin6_addr : (const void *)&own.v4.sin_addr;
    (void)inet_ntop(own.any.sa_family, bytes, host, sizeof host);
    (void)snprintf(listener->text, sizeof listener->text, v6 ? "[%s]:%u" : "%s:%u", host,
                   (unsigned)ntohs(v6 ? own.v6.sin6_port : own.v4.sin_port));
}

/* sd_listen_fds(3): the first one, from descriptor 3 on. Our children shall not take it too. */
static int given_by_systemd(void) {
    enum { FIRST = 3 };
    const char *pid = getenv("LISTEN_PID"), *count = getenv("LISTEN_FDS");
    int64_t number = 0;
    if (pid == NULL || count == NULL || pn_str_to_int64(pn_str_of(pid), &number) != PN_OK ||
        number != getpid() || pn_str_to_int64(pn_str_of(count), &number) != PN_OK || number < 1) {
        return -1;
    }
    (void)fcntl(FIRST, F_SETFD, FD_CLOEXEC);
    /* several threads hear of a new connection, and one of them gets it */
    (void)fcntl(FIRST, F_SETFL, fcntl(FIRST, F_GETFL) | O_NONBLOCK);
    return FIRST;
}

static pn_err cannot(pn_str where, int fd, pn_diag *diag) {
    int why = errno;
    pn_err err = pn_diag_set(diag, PN_IO, "Nobody can listen on %.*s: %s.", PN_STR_ARG(where),
                             strerror(why));
    if (why == EADDRINUSE) {
        pn_diag_mend(diag, "Another program listens there; --listen names another port.");
    } else if (why == EACCES) {
        pn_diag_mend(diag, "Ports below 1024 are the system's: listen on another one behind nginx, "
                           "or let systemd hold the socket.");
    }
    if (fd >= 0) {
        (void)close(fd);
    }
    return err;
}

/* A socket of the address's family; everywhere is IPv4 alone where the system has no IPv6. */
static int open_socket(pn_str where, address *to, socklen_t *size) {
    int fd = socket(to->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 && errno == EAFNOSUPPORT && pn_str_starts(where, PN_STR("*:"))) {
        in_port_t port = to->v6.sin6_port;
        *to = (address){.v4 = {.sin_family = AF_INET, .sin_port = port}};
        *size = sizeof to->v4;
        fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    }
    return fd;
}

pn_err pn_listen(pn_str where, bool shared, pn_listener *ret_listener, pn_diag *diag) {
    pn_listener listener = {.fd = given_by_systemd()};
    address to;
    socklen_t size = 0;
    const int on = 1, off = 0;
    if (listener.fd < 0) {
        if (!parse_address(where, &to, &size)) {
            return bad_address(where, diag);
        }
        listener.fd = open_socket(where, &to, &size);
        if (listener.fd < 0) {
            return cannot(where, -1, diag);
        }
        (void)setsockopt(listener.fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        if (shared) {
            (void)setsockopt(listener.fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
        }
        if (to.any.sa_family == AF_INET6) { /* [::] is everybody, IPv4 too */
            (void)setsockopt(listener.fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
        }
        if (bind(listener.fd, &to.any, size) != 0 ||
            listen(listener.fd, PN_LIMIT_HTTP_BACKLOG) != 0) {
            return cannot(where, listener.fd, diag);
        }
    }
    (void)setsockopt(listener.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    name_it(&listener);
    *ret_listener = listener;
    return PN_OK;
}

/* ── networks ────────────────────────────────────────────────────────────────────────────────── */

bool pn_address_read(pn_str text, uint8_t bytes[16], int *ret_bits) {
    char z[INET6_ADDRSTRLEN + 1];
    static const uint8_t MAPPED[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    if (text.len == 0 || text.len >= sizeof z) {
        return false;
    }
    memcpy(z, text.ptr, text.len);
    z[text.len] = '\0';
    *ret_bits = 128;
    if (inet_pton(AF_INET6, z, bytes) == 1) {
        return true;
    }
    memcpy(bytes, MAPPED, sizeof MAPPED);
    *ret_bits = 32;
    return inet_pton(AF_INET, z, bytes + sizeof MAPPED) == 1;
}

bool pn_network_read(pn_str text, uint8_t bytes[16], int *ret_bits) {
    size_t slash = PN_MIN(pn_str_find_char(text, '/'), text.len);
    int most = 0;
    if (!pn_address_read(pn_str_first(text, slash), bytes, &most)) {
        return false;
    }
    int64_t bits = most;
    if (slash != text.len && (pn_str_to_int64(pn_str_from(text, slash + 1), &bits) != PN_OK ||
                              bits < 0 || bits > most)) {
        return false;
    }
    *ret_bits = (int)bits + 128 - most;
    return true;
}

static bool parse_network(pn_str text, pn_networks *networks) {
    bool good = pn_network_read(text, networks->items[networks->count].bytes,
                                &networks->items[networks->count].bits);
    networks->count += good;
    return good;
}

pn_err pn_networks_parse(pn_str text, pn_networks *ret_networks, pn_diag *diag) {
    pn_networks networks = {0};
    pn_str part;
    while (text.len != 0 && pn_str_split(&text, ',', &part)) {
        part = pn_str_trim(part);
        if (networks.count == PN_NETWORKS_MAX || !parse_network(part, &networks)) {
            pn_err err = pn_diag_set(diag, PN_INVALID, "“%.*s” is no network.",
                                     PN_STR_ARG(pn_str_first(part, 80)));
            pn_diag_mend(diag, "Write it like 127.0.0.1 or 10.0.0.0/8; at most %d of them.",
                         (int)PN_NETWORKS_MAX);
            return err;
        }
    }
    *ret_networks = networks;
    return PN_OK;
}

static bool same_bits(const uint8_t *a, const uint8_t *b, int bits) {
    int whole = bits / 8, rest = bits % 8;
    return memcmp(a, b, (size_t)whole) == 0 &&
           (rest == 0 || ((a[whole] ^ b[whole]) & (0xff << (8 - rest)) & 0xff) == 0);
}

bool pn_networks_have(const pn_networks *networks, pn_str client) {
    uint8_t bytes[16];
    int bits = 0;
    if (!pn_address_read(client, bytes, &bits)) {
        return false;
    }
    for (size_t i = 0; i < networks->count; i++) {
        if (same_bits(networks->items[i].bytes, bytes, networks->items[i].bits)) {
            return true;
        }
    }
    return false;
}

pn_str pn_forwarded_for(const pn_networks *trusted, pn_str peer, pn_str forwarded) {
    pn_str client = peer;
    while (forwarded.len != 0 && pn_networks_have(trusted, client)) {
        size_t at = forwarded.len;
        while (at > 0 && forwarded.ptr[at - 1] != ',') {
            at--;
        }
        pn_str last = pn_str_trim(pn_str_from(forwarded, at));
        uint8_t bytes[16];
        int bits = 0;
        if (!pn_address_read(last, bytes, &bits)) {
            break; /* "unknown", or somebody's invention */
        }
        client = last;
        forwarded = pn_str_first(forwarded, at == 0 ? 0 : at - 1);
    }
    return client;
}
