#include "codec/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/banned.h"
#include "base/macros.h"

/* Sanitizers reserve terabytes of address space and read their own maps. */
#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

/* Everything else answers EPERM. */
static const int CALLS[] = {
    /* the line to the program, and files that are open */
    SCMP_SYS(read),
    SCMP_SYS(write),
    SCMP_SYS(readv),
    SCMP_SYS(writev),
    SCMP_SYS(pread64),
    SCMP_SYS(recvfrom),
    SCMP_SYS(sendto),
    SCMP_SYS(recvmsg),
    SCMP_SYS(sendmsg),
    SCMP_SYS(poll),
    SCMP_SYS(ppoll),
    SCMP_SYS(lseek),
    SCMP_SYS(close),
    SCMP_SYS(fcntl),
    SCMP_SYS(dup),
    /* looking at files */
    SCMP_SYS(fstat),
    SCMP_SYS(stat),
    SCMP_SYS(lstat),
    SCMP_SYS(newfstatat),
    SCMP_SYS(statx),
    SCMP_SYS(fstatfs),
    SCMP_SYS(statfs),
    SCMP_SYS(access),
    SCMP_SYS(faccessat),
    SCMP_SYS(faccessat2),
    SCMP_SYS(readlink),
    SCMP_SYS(readlinkat),
    SCMP_SYS(getdents64),
    SCMP_SYS(getcwd),
    SCMP_SYS(fadvise64),
    /* memory */
    SCMP_SYS(brk),
    SCMP_SYS(mmap),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(mprotect),
    SCMP_SYS(madvise),
    /* being a process */
    SCMP_SYS(futex),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(getrandom),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(getuid),
    SCMP_SYS(geteuid),
    SCMP_SYS(getgid),
    SCMP_SYS(getegid),
    SCMP_SYS(getrlimit),
    SCMP_SYS(uname),
    SCMP_SYS(sysinfo),
    SCMP_SYS(sched_yield),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(tgkill),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(membarrier),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
};

PN_NORETURN static void refused(const char *what) {
    (void)fprintf(stderr, "helper: no sandbox (%s: %s), so nothing is read\n", what,
                  strerror(errno));
    _exit(70);
}

static void set_limit(int resource, rlim_t value) {
    struct rlimit limit = {value, value};
    if (setrlimit((__rlimit_resource_t)resource, &limit) != 0) {
        refused("setrlimit");
    }
}

static void allow_folder(int ruleset, const char *folder) {
    struct landlock_path_beneath_attr rule = {
        .allowed_access = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR,
        .parent_fd = open(folder, O_PATH | O_CLOEXEC),
    };
    if (rule.parent_fd >= 0) {
        (void)syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
        (void)close(rule.parent_fd);
    }
}

static void restrict_files(const char *const *reads) {
    struct landlock_ruleset_attr all = {.handled_access_fs =
                                            (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1};
    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &all, sizeof all, 0);
    if (ruleset < 0) {
        return; /* an older kernel, or it is switched off */
    }
    for (size_t i = 0; reads != NULL && reads[i] != NULL; i++) {
        allow_folder(ruleset, reads[i]);
    }
    if (syscall(SYS_landlock_restrict_self, ruleset, 0) != 0) {
        refused("landlock");
    }
    (void)close(ruleset);
}

/* Only where the bits `mask` of an argument are `bits`. */
static void allow_where(scmp_filter_ctx filter, int call, unsigned argument, uint64_t mask,
                        uint64_t bits) {
    struct scmp_arg_cmp where = {
        .arg = argument, .op = SCMP_CMP_MASKED_EQ, .datum_a = mask, .datum_b = bits};
    (void)seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, call, 1, &where);
}

static void filter_calls(void) {
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    if (filter == NULL) {
        refused("seccomp");
    }
    for (size_t i = 0; i < PN_COUNT(CALLS); i++) {
        (void)seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, CALLS[i], 0, NULL);
    }
    const uint64_t writing = O_ACCMODE | O_CREAT | O_TRUNC;
    allow_where(filter, SCMP_SYS(openat), 2, writing, O_RDONLY);
    allow_where(filter, SCMP_SYS(open), 1, writing, O_RDONLY);
    /* A limit of its own may be asked for, not changed. */
    allow_where(filter, SCMP_SYS(prlimit64), 2, UINT64_MAX, 0);
    int failed = seccomp_load(filter);
    seccomp_release(filter);
    if (failed != 0) {
        errno = -failed;
        refused("seccomp");
    }
}

void pn_sandbox_enter(size_t memory_max, const char *const *reads) {
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) {
        refused("prctl");
    }
    set_limit(RLIMIT_CORE, 0);
    set_limit(RLIMIT_FSIZE, 0);
    set_limit(RLIMIT_NOFILE, 64);
    if (!SANITIZED) {
        set_limit(RLIMIT_AS, memory_max);
        restrict_files(reads);
    }
    filter_calls();
}
