#define _GNU_SOURCE /* nanosleep */
#include "app/bell.h"

#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "base/banned.h"

pn_err pn_bell_open(pn_bell *ret_bell, pn_diag *diag) {
    ret_bell->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return ret_bell->fd >= 0 ? PN_OK
                             : pn_diag_set(diag, PN_IO, "The system gives no more descriptors.");
}

void pn_bell_close(pn_bell *bell) {
    if (bell->fd >= 0) {
        (void)close(bell->fd);
        bell->fd = -1;
    }
}

void pn_bell_ring(const pn_bell *bell) {
    const uint64_t one = 1;
    int before = errno; /* a handler leaves it as it was */
    ssize_t written = write(bell->fd, &one, sizeof one);
    (void)written; /* full: it rings already */
    errno = before;
}

void pn_bell_wait(const pn_bell *bell, int64_t ms) {
    uint64_t rung = 0;
    struct pollfd fd = {.fd = bell->fd, .events = POLLIN};
    if (poll(&fd, 1, (int)PN_MIN(PN_MAX(ms, 0), INT32_MAX)) > 0) {
        ssize_t got = read(bell->fd, &rung, sizeof rung);
        (void)got;
    }
}

void pn_bell_rest(int64_t ms) {
    (void)nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
}
