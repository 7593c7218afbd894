#include "net/host.h"

#include <assert.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/banned.h"
#include "base/limits.h"

enum { NAME_SIZE = 256 };

#define KEEP_US (60 * PN_SECOND)

/* What the thread works on. It has two owners, the host and the thread, and the later one frees
 * it; the eventfd orders the thread's writes before the host's reads. */
typedef struct {
    atomic_int owners;
    int done_fd;
    char name[NAME_SIZE];
    uint16_t port;
    int error; /* of getaddrinfo */
    pn_addresses found;
} request;

struct pn_host {
    pn_loop *loop;
    char name[NAME_SIZE];
    uint16_t port;
    unsigned allowed;
    bool numeric;
    pn_addresses kept; /* before the policy */
    int64_t kept_until;
    request *request; /* running, or NULL */
    pn_watch done;
    pn_timer overdue;
    pn_host_waiter *waiters;
};

static void request_drop(request *r) {
    if (atomic_fetch_sub(&r->owners, 1) == 1) {
        (void)close(r->done_fd);
        free(r);
    }
}

/* ── in the thread ── */

static void take_addresses(request *r, const struct addrinfo *list) {
    for (; list != NULL && r->found.count < PN_ADDRESSES_MAX; list = list->ai_next) {
        pn_address address = {.port = r->port};
        if (list->ai_family == AF_INET && list->ai_addrlen >= sizeof(struct sockaddr_in)) {
            struct sockaddr_in in;
            memcpy(&in, list->ai_addr, sizeof in);
            address.family = 4;
            memcpy(address.ip, &in.sin_addr, 4);
        } else if (list->ai_family == AF_INET6 && list->ai_addrlen >= sizeof(struct sockaddr_in6)) {
            struct sockaddr_in6 in;
            memcpy(&in, list->ai_addr, sizeof in);
            address.family = 6;
            memcpy(address.ip, &in.sin6_addr, 16);
        } else {
            continue;
        }
        r->found.items[r->found.count++] = address;
    }
    pn_addresses_interleave(&r->found);
}

static void *look_up(void *context) {
    request *r = context;
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_family = AF_UNSPEC};
    struct addrinfo *list = NULL;
    r->error = getaddrinfo(r->name, NULL, &hints, &list);
    if (r->error == 0) {
        take_addresses(r, list);
        freeaddrinfo(list);
    }
    (void)eventfd_write(r->done_fd, 1);
    request_drop(r);
    return NULL;
}

/* ── in the loop ── */

static pn_err choose(const pn_host *host, pn_addresses *ret_addresses, pn_diag *diag) {
    pn_addresses allowed = {0};
    for (size_t i = 0; i < host->kept.count; i++) {
        if (((unsigned)pn_address_kind(&host->kept.items[i]) & host->allowed) != 0) {
            allowed.items[allowed.count++] = host->kept.items[i];
        }
    }
    if (allowed.count == 0 && host->kept.count > 0) {
        char text[PN_ADDRESS_TEXT_SIZE];
        const pn_address *first = &host->kept.items[0];
        (void)pn_diag_set(diag, PN_DENIED,
                          "%s is at %s, a %s address, which may not be connected to.", host->name,
                          pn_address_text(first, text), pn_net_kind_name(pn_address_kind(first)));
        pn_diag_cause(diag, PN_CAUSE_CLOSED);
        return PN_DENIED;
    }
    if (allowed.count == 0) {
        (void)pn_diag_set(diag, PN_NOT_FOUND, "%s has no address.", host->name);
        pn_diag_cause(diag, PN_CAUSE_NO_HOST);
        return PN_NOT_FOUND;
    }
    *ret_addresses = allowed;
    return PN_OK;
}

/* Answers whoever waits since before `until_ticks`; the others keep waiting. */
static void answer(pn_host *host, pn_err err, int64_t until_ticks, pn_diag *diag) {
    pn_addresses addresses = {0};
    if (err == PN_OK) {
        err = choose(host, &addresses, diag);
    }
    pn_host_waiter **at = &host->waiters;
    while (*at != NULL) {
        pn_host_waiter *waiter = *at;
        if (waiter->until_ticks > until_ticks) {
            at = &waiter->next;
            continue;
        }
        *at = waiter->next;
        waiter->waiting = false;
        waiter->fn(waiter->context, err, err == PN_OK ? &addresses : NULL, diag);
        at = &host->waiters; /* the list may have changed */
    }
}

static void restart_overdue(pn_host *host) {
    int64_t first = PN_TIME_NEVER;
    for (pn_host_waiter *w = host->waiters; w != NULL; w = w->next) {
        first = PN_MIN(first, w->until_ticks);
    }
    if (first == PN_TIME_NEVER) {
        pn_loop_timer_stop(host->loop, &host->overdue);
    } else {
        pn_loop_timer_start(host->loop, &host->overdue, first);
    }
}

static void looked_up(void *context, unsigned events) {
    (void)events;
    pn_host *host = context;
    request *r = host->request;
    eventfd_t times = 0;
    if (eventfd_read(r->done_fd, &times) != 0) {
        return;
    }
    pn_loop_unwatch(host->loop, &host->done);
    host->request = NULL;
    pn_diag diag = {0};
    pn_err err = PN_OK;
    if (r->error == EAI_NONAME || r->error == EAI_NODATA) {
        err = pn_diag_set(&diag, PN_NOT_FOUND, "There is no host named %s.", host->name);
    } else if (r->error != 0) {
        err = pn_diag_set(&diag, PN_IO, "The addresses of %s could not be looked up: %s.",
                          host->name, gai_strerror(r->error));
    }
    if (r->error != 0) {
        pn_diag_cause(&diag, PN_CAUSE_NO_HOST);
    } else {
        host->kept = r->found;
        host->kept_until = pn_loop_now(host->loop) + KEEP_US;
    }
    request_drop(r);
    answer(host, err, PN_TIME_NEVER, &diag);
    restart_overdue(host);
}

/* The thread goes on; when it ends after all, what it found is kept for the next one who asks. */
static void is_overdue(void *context) {
    pn_host *host = context;
    pn_diag diag = {0};
    pn_err err =
        pn_diag_set(&diag, PN_IO, "The addresses of %s could not be looked up within %d seconds.",
                    host->name, PN_LIMIT_RESOLVE_SECONDS);
    pn_diag_cause(&diag, PN_CAUSE_NO_HOST);
    answer(host, err, pn_loop_now(host->loop), &diag);
    restart_overdue(host);
}

static bool thread_start(request *r) {
    /* Signals are the main thread's business. */
    sigset_t all, before;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_t thread;
    bool started = pthread_create(&thread, NULL, look_up, r) == 0;
    if (started) {
        (void)pthread_detach(thread);
    }
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started;
}

static pn_err request_start(pn_host *host) {
    request *r = pn_alloc(sizeof *r);
    *r = (request){.port = host->port};
    memcpy(r->name, host->name, sizeof r->name);
    atomic_init(&r->owners, 2);
    r->done_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (r->done_fd < 0) {
        free(r);
        return PN_IO;
    }
    if (pn_loop_watch(host->loop, &host->done, r->done_fd, PN_LOOP_READ) != PN_OK ||
        !thread_start(r)) {
        pn_loop_unwatch(host->loop, &host->done);
        (void)close(r->done_fd);
        free(r);
        return PN_IO;
    }
    host->request = r;
    return PN_OK;
}

pn_host *pn_host_new(pn_loop *loop, pn_str name, uint16_t port, unsigned allowed) {
    pn_host *host = pn_alloc(sizeof *host);
    *host = (pn_host){.loop = loop, .port = port, .allowed = allowed};
    assert(name.len > 0 && name.len < NAME_SIZE);
    memcpy(host->name, name.ptr, name.len);
    host->done.fn = looked_up;
    host->done.context = host;
    host->overdue.fn = is_overdue;
    host->overdue.context = host;
    host->numeric = pn_address_parse(name, port, &host->kept.items[0]);
    if (host->numeric) {
        host->kept.count = 1;
        host->kept_until = PN_TIME_NEVER;
    }
    return host;
}

void pn_host_free(pn_host *host) {
    if (host == NULL) {
        return;
    }
    assert(host->waiters == NULL);
    pn_loop_timer_stop(host->loop, &host->overdue);
    if (host->request != NULL) {
        pn_loop_unwatch(host->loop, &host->done);
        request_drop(host->request);
    }
    free(host);
}

const char *pn_host_name(const pn_host *host) {
    return host->name;
}

bool pn_host_is_loopback(pn_str name) {
    pn_address address;
    if (pn_address_parse(name, 0, &address)) {
        return pn_address_kind(&address) == PN_NET_LOOPBACK;
    }
    return pn_str_eq_nocase(name, PN_STR("localhost"));
}

void pn_host_lookup(pn_host *host, pn_host_waiter *waiter) {
    assert(!waiter->waiting);
    int64_t now = pn_loop_now(host->loop);
    pn_diag diag = {0};
    if (host->kept.count > 0 && now < host->kept_until) {
        pn_addresses addresses = {0};
        pn_err err = choose(host, &addresses, &diag);
        waiter->fn(waiter->context, err, err == PN_OK ? &addresses : NULL, &diag);
        return;
    }
    if (host->request == NULL && request_start(host) != PN_OK) {
        pn_err err = pn_diag_set(&diag, PN_IO, "The addresses of %s could not be looked up: %s.",
                                 host->name, "the system gave no thread or descriptor for it");
        waiter->fn(waiter->context, err, NULL, &diag);
        return;
    }
    waiter->waiting = true;
    waiter->until_ticks = now + PN_LIMIT_RESOLVE_SECONDS * PN_SECOND;
    waiter->next = host->waiters;
    host->waiters = waiter;
    restart_overdue(host);
}

void pn_host_cancel(pn_host *host, pn_host_waiter *waiter) {
    for (pn_host_waiter **at = &host->waiters; *at != NULL; at = &(*at)->next) {
        if (*at == waiter) {
            *at = waiter->next;
            waiter->waiting = false;
            return;
        }
    }
}

void pn_host_forget(pn_host *host) {
    if (!host->numeric) {
        host->kept_until = 0;
    }
}
