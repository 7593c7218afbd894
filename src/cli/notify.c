#define _GNU_SOURCE /* SOCK_CLOEXEC */
#include "cli/notify.h"

#include <stddef.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/banned.h"
#include "base/str.h"

void pn_notify(const char *state) {
    const char *path = getenv("NOTIFY_SOCKET");
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    size_t len = path == NULL ? 0 : strlen(path);
    if (len < 2 || len >= sizeof to.sun_path) {
        return;
    }
    memcpy(to.sun_path, path, len);
    if (path[0] == '@') {
        to.sun_path[0] = '\0'; /* the abstract namespace */
    }
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd >= 0) {
        socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
        ssize_t sent =
            sendto(fd, state, strlen(state), MSG_NOSIGNAL, (const struct sockaddr *)&to, size);
        (void)sent; /* nobody to tell it to */
        (void)close(fd);
    }
}

int64_t pn_notify_watchdog_ms(void) {
    const char *usec = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");
    int64_t us = 0, who = 0;
    if (usec == NULL || pn_str_to_int64(pn_str_of(usec), &us) != PN_OK || us <= 0) {
        return 0;
    }
    bool ours = pid == NULL || (pn_str_to_int64(pn_str_of(pid), &who) == PN_OK && who == getpid());
    return ours ? PN_MAX(us / 2000, 1) : 0;
}
