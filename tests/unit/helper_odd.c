/* A helper that does what it is told, also what helpers may not: what the sandbox answers. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/banned.h"
#include "codec/serve.h"

/* "0" when a call succeeded, else the error's name. */
static pn_str result_of(long got) {
    if (got >= 0) {
        return PN_STR("done");
    }
    return errno == EPERM || errno == EACCES ? PN_STR("denied") : pn_str_of(strerror(errno));
}

static pn_str try_it(pn_str what) {
    if (pn_str_is(what, "socket")) {
        return result_of(socket(AF_INET, SOCK_STREAM, 0));
    }
    if (pn_str_is(what, "fork")) {
        return result_of(fork());
    }
    if (pn_str_is(what, "exec")) {
        return result_of(execl("/bin/true", "true", (char *)NULL));
    }
    if (pn_str_is(what, "create")) {
        return result_of(open("/tmp/puntual-odd", O_WRONLY | O_CREAT, 0600));
    }
    if (pn_str_is(what, "read-folder")) {
        return result_of(open("/usr/share/zoneinfo/UTC", O_RDONLY));
    }
    if (pn_str_is(what, "read-elsewhere")) {
        return result_of(open("/etc/passwd", O_RDONLY));
    }
    if (pn_str_is(what, "memory")) {
        void *memory =
            mmap(NULL, 1U << 30, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0); /* 1 GiB */
        return memory == MAP_FAILED ? PN_STR("denied") : PN_STR("done");
    }
    return PN_STR("?");
}

static pn_err answer(const pn_str *parts, size_t count, pn_arena *arena, pn_helper_reply *reply,
                     pn_diag *diag) {
    if (pn_str_is(parts[0], "die")) {
        abort();
    }
    if (pn_str_is(parts[0], "sleep")) {
        for (;;) { /* pause is not among what the sandbox lets through */
        }
    }
    if (pn_str_is(parts[0], "refuse")) {
        pn_err err = pn_diag_set(diag, PN_LIMIT, "Too many\npages.");
        pn_diag_where(diag, "block 3");
        pn_diag_mend(diag, "Ask for fewer.");
        return err;
    }
    if (pn_str_is(parts[0], "large")) {
        char *bytes = pn_arena_alloc(arena, 60U << 20);
        memset(bytes, 'x', 60U << 20);
        reply->parts[0] = reply->parts[1] = (pn_str){bytes, 60U << 20};
        reply->count = pn_str_is(parts[1], "two") ? 2 : 1;
        return PN_OK;
    }
    if (pn_str_is(parts[0], "try")) {
        reply->parts[reply->count++] = try_it(parts[1]);
        return PN_OK;
    }
    for (size_t i = 0; i < count; i++) { /* echo */
        reply->parts[reply->count++] = parts[i];
    }
    return PN_OK;
}

int main(void) {
    static const char *const READS[] = {"/usr/share", NULL};
    static const pn_helper_program PROGRAM = {
        .memory_max = 512U << 20, .reads = READS, .answer = answer};
    return pn_helper_serve(&PROGRAM);
}
