/* The composition root: the only place that reads the clock and makes entropy. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

#include "base/banned.h"
#include "cli/command.h"

static int64_t read_clock(clockid_t clock) {
    struct timespec now;
    if (clock_gettime(clock, &now) != 0) {
        pn_panic("the system has no clock: %s", strerror(errno));
    }
    return now.tv_sec * PN_SECOND + now.tv_nsec / 1000;
}

static pn_time real_now(void *context) {
    (void)context;
    return read_clock(CLOCK_REALTIME);
}

static int64_t real_ticks(void *context) {
    (void)context;
    return read_clock(CLOCK_MONOTONIC);
}

static void real_entropy(void *context, void *bytes, size_t size) {
    (void)context;
    char *at = bytes;
    while (size > 0) {
        ssize_t got = getrandom(at, size, 0);
        if (got < 0 && errno != EINTR) {
            pn_panic("the system gives no random bytes: %s", strerror(errno));
        }
        if (got > 0) {
            at += got;
            size -= (size_t)got;
        }
    }
}

static void write_log(void *context, pn_str line) {
    (void)context;
    (void)fwrite(line.ptr, 1, line.len, stderr);
}

int main(int argc, char **argv) {
    static const pn_env env = {real_now, real_ticks, real_entropy, NULL};
    static pn_cli cli;              /* zero; too large for a comfortable stack */
    (void)signal(SIGPIPE, SIG_IGN); /* a closed pipe is an error of writing, with a sentence */
    cli.env = &env;
    cli.log = (pn_log){.env = &env, .write = write_log, .level = PN_LOG_WARN};
    pn_arena_init(&cli.arena, 0);
    int code = pn_cli_main(&cli, argc, argv);
    pn_cli_done(&cli);
    return code;
}
