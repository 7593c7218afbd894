#define _GNU_SOURCE /* accept4 */
#include "app/control.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "app/bell.h"
#include "base/arena.h"
#include "base/banned.h"
#include "store/db.h"

/* What is said: a command asks, and is given; that it is done it says by a byte, or by ending. */
enum { ASKS = 't', GIVEN = 'y', DONE = 'd' };

/* "PATH-control"; false where that is too long for a socket. */
static bool address_of(const char *db_path, struct sockaddr_un *to) {
    *to = (struct sockaddr_un){.sun_family = AF_UNIX};
    int len = snprintf(to->sun_path, sizeof to->sun_path, "%s-control", db_path);
    return len > 0 && (size_t)len < sizeof to->sun_path;
}

static bool say(int fd, char what) {
    ssize_t sent;
    do {
        sent = send(fd, &what, 1, MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    return sent == 1;
}

/* 0 where the other end is gone. */
static char hear(int fd) {
    char what = 0;
    ssize_t got;
    do {
        got = recv(fd, &what, 1, 0);
    } while (got < 0 && errno == EINTR);
    return got == 1 ? what : 0;
}

/* ── the server's end ────────────────────────────────────────────────────────────────────────── */

struct pn_control {
    int listening;
    struct sockaddr_un address;
    const pn_turn *turn;
    void (*given_back)(void *context);
    void *context;
    pn_bell bell;
    atomic_bool ending;
    pthread_t thread;
};

/* Until there is something to hear, or the end; a command that stands still keeps nobody from that.
 */
static bool await_word(const pn_control *control, int fd) {
    struct pollfd fds[] = {{.fd = fd, .events = POLLIN},
                           {.fd = control->bell.fd, .events = POLLIN}};
    while (!atomic_load(&control->ending)) {
        if (poll(fds, PN_COUNT(fds), -1) < 0 && errno != EINTR) {
            return false;
        }
        if ((fds[0].revents & (POLLIN | POLLHUP | POLLERR)) != 0) {
            return true;
        }
    }
    return false;
}

/* One turn: the other commands wait as they would for the database. */
static void serve_command(pn_control *control, int fd) {
    if (!await_word(control, fd) || hear(fd) != ASKS) {
        return;
    }
    control->turn->take(control->turn->context, PN_TURN_ANSWER);
    if (say(fd, GIVEN) && await_word(control, fd)) {
        (void)hear(fd); /* that it is done, or that it ended */
    }
    control->turn->give(control->turn->context);
    control->given_back(control->context);
}

static void *run_control(void *context) {
    pn_control *control = context;
    struct pollfd fds[] = {{.fd = control->listening, .events = POLLIN},
                           {.fd = control->bell.fd, .events = POLLIN}};
    while (!atomic_load(&control->ending)) {
        (void)poll(fds, PN_COUNT(fds), -1);
        int fd = accept4(control->listening, NULL, NULL, SOCK_CLOEXEC);
        if (fd >= 0) {
            serve_command(control, fd);
            (void)close(fd);
        }
    }
    return NULL;
}

static pn_err cannot(pn_control *control, pn_diag *diag) {
    pn_err err = pn_diag_set(diag, PN_IO, "The control socket %s cannot be made: %s.",
                             control->address.sun_path, strerror(errno));
    if (control->listening >= 0) {
        (void)close(control->listening);
    }
    pn_bell_close(&control->bell);
    free(control);
    return err;
}

/* One that a server left which was killed is in the way; another server is not, for the file's lock
 * is ours. */
static bool listen_at(pn_control *control) {
    (void)unlink(control->address.sun_path);
    control->listening = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    return control->listening >= 0 && fchmod(control->listening, 0600) == 0 &&
           bind(control->listening, (const struct sockaddr *)&control->address,
                sizeof control->address) == 0 &&
           chmod(control->address.sun_path, 0600) == 0 && listen(control->listening, 64) == 0;
}

pn_err pn_control_open(const char *db_path, const pn_turn *turn, void (*given_back)(void *context),
                       void *context, pn_control **ret_control, pn_diag *diag) {
    pn_control *control = pn_alloc(sizeof *control);
    *control = (pn_control){.listening = -1,
                            .turn = turn,
                            .given_back = given_back,
                            .context = context,
                            .bell = {.fd = -1}};
    if (!address_of(db_path, &control->address)) {
        free(control);
        return pn_diag_set(diag, PN_LIMIT, "The path %.80s… is too long for a control socket.",
                           db_path);
    }
    if (pn_bell_open(&control->bell, diag) != PN_OK || !listen_at(control) ||
        pthread_create(&control->thread, NULL, run_control, control) != 0) {
        return cannot(control, diag);
    }
    *ret_control = control;
    return PN_OK;
}

void pn_control_close(pn_control *control) {
    if (control == NULL) {
        return;
    }
    atomic_store(&control->ending, true);
    pn_bell_ring(&control->bell);
    (void)pthread_join(control->thread, NULL);
    (void)unlink(control->address.sun_path);
    (void)close(control->listening);
    pn_bell_close(&control->bell);
    free(control);
}

/* ── a command's end ─────────────────────────────────────────────────────────────────────────── */

typedef struct {
    pn_turn turn; /* first */
    struct sockaddr_un address;
    int fd; /* -1: no server listens, as far as we know */
} remote;

/* A server that stands still is not waited for: SQLite's own lock is what keeps writers apart. */
static void connect_to(remote *r) {
    const struct timeval patience = {.tv_sec = 60};
    r->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (r->fd >= 0) {
        (void)setsockopt(r->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    }
    if (r->fd >= 0 &&
        connect(r->fd, (const struct sockaddr *)&r->address, sizeof r->address) != 0) {
        (void)close(r->fd);
        r->fd = -1;
    }
}

static void hang_up(remote *r) {
    if (r->fd >= 0) {
        (void)close(r->fd);
        r->fd = -1;
    }
}

/* A turn is a connection, so that a command which stays keeps the others out only while it writes.
 * A server that ended meanwhile holds nobody up. */
static void take(void *context, pn_turn_rank rank) {
    remote *r = context;
    (void)rank;
    connect_to(r);
    if (r->fd >= 0 && (!say(r->fd, ASKS) || hear(r->fd) != GIVEN)) {
        hang_up(r);
    }
}

static void give(void *context) {
    remote *r = context;
    if (r->fd >= 0) {
        (void)say(r->fd, DONE);
        hang_up(r);
    }
}

const pn_turn *pn_control_turn(const char *db_url) {
    if (!pn_db_is_file(db_url)) {
        return NULL;
    }
    remote *r = pn_alloc(sizeof *r);
    *r = (remote){.turn = {.take = take, .give = give, .context = r}, .fd = -1};
    if (!address_of(pn_db_file(db_url), &r->address)) {
        free(r);
        return NULL;
    }
    return &r->turn;
}

void pn_control_turn_free(const pn_turn *turn) {
    if (turn != NULL) {
        remote *r = turn->context;
        hang_up(r);
        free(r);
    }
}
