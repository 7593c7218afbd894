#include "codec/helper.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/banned.h"
#include "base/limits.h"
#include "codec/frame.h"

struct pn_helper {
    const pn_env *env;
    char program[64];
    char path[PATH_MAX];
    pid_t pid; /* 0: not running */
    int fd;
    int64_t deadline; /* ticks of the question under way */
};

/* ── where it is ─────────────────────────────────────────────────────────────────────────────── */

static bool found_in(pn_helper *helper, const char *folder, const char *below) {
    int length =
        snprintf(helper->path, sizeof helper->path, "%s%s/%s", folder, below, helper->program);
    return length > 0 && (size_t)length < sizeof helper->path && access(helper->path, X_OK) == 0;
}

static bool find(pn_helper *helper) {
    const char *given = getenv("PUNTUAL_HELPERS");
    char self[PATH_MAX];
    if (given != NULL && given[0] != '\0') {
        return found_in(helper, given, "");
    }
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    if (length <= 0) {
        return false;
    }
    while (length > 1 && self[length - 1] != '/') {
        length--;
    }
    self[length - 1] = '\0';
    return found_in(helper, self, "") || found_in(helper, self, "/../codec") ||
           found_in(helper, self, "/../../src/codec") || found_in(helper, self, "/../lib/puntual");
}

pn_err pn_helper_new(const pn_env *env, const char *program, pn_helper **ret_helper,
                     pn_diag *diag) {
    pn_helper *helper = pn_alloc(sizeof *helper);
    *helper = (pn_helper){.env = env, .fd = -1};
    (void)snprintf(helper->program, sizeof helper->program, "%s", program);
    if (!find(helper)) {
        free(helper);
        pn_err err =
            pn_diag_set(diag, PN_NOT_FOUND, "The helper program “%s” was not found.", program);
        pn_diag_mend(diag, "Install it beside puntual, or name its folder in PUNTUAL_HELPERS.");
        return err;
    }
    *ret_helper = helper;
    return PN_OK;
}

/* ── its process ─────────────────────────────────────────────────────────────────────────────── */

static void end_process(pn_helper *helper) {
    if (helper->pid == 0) {
        return;
    }
    (void)close(helper->fd);
    (void)kill(helper->pid, SIGKILL);
    while (waitpid(helper->pid, NULL, 0) < 0 && errno == EINTR) {
    }
    helper->pid = 0;
    helper->fd = -1;
}

void pn_helper_free(pn_helper *helper) {
    if (helper != NULL) {
        end_process(helper);
        free(helper);
    }
}

/* What a helper's libraries and the sanitizers read; nothing that could be a secret. */
static void environment_of(char **ret_environment, size_t max) {
    static const char *const KEPT[] = {
        "ASAN_OPTIONS=", "UBSAN_OPTIONS=", "FONTCONFIG_FILE=", "FONTCONFIG_PATH="};
    extern char **environ;
    static char locale[] = "LC_ALL=C.UTF-8";
    size_t count = 0;
    ret_environment[count++] = locale;
    for (char **each = environ; *each != NULL && count + 1 < max; each++) {
        for (size_t i = 0; i < PN_COUNT(KEPT); i++) {
            if (strncmp(*each, KEPT[i], strlen(KEPT[i])) == 0) {
                ret_environment[count++] = *each;
                break;
            }
        }
    }
    ret_environment[count] = NULL;
}

static int spawn(pn_helper *helper, int its_end) {
    posix_spawn_file_actions_t files;
    char *arguments[] = {helper->program, NULL}, *environment[16];
    environment_of(environment, PN_COUNT(environment));
    if (posix_spawn_file_actions_init(&files) != 0) {
        return ENOMEM;
    }
    int failed = posix_spawn_file_actions_adddup2(&files, its_end, STDIN_FILENO);
    if (failed == 0) {
        failed = posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    }
    if (failed == 0) {
        failed = posix_spawn(&helper->pid, helper->path, &files, NULL, arguments, environment);
    }
    (void)posix_spawn_file_actions_destroy(&files);
    return failed;
}

static pn_err start(pn_helper *helper, pn_diag *diag) {
    int ends[2];
    if (helper->pid != 0) {
        return PN_OK;
    }
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
        return pn_diag_set(diag, PN_IO, "No socket for the helper “%s”: %s.", helper->program,
                           strerror(errno));
    }
    int failed = spawn(helper, ends[1]);
    (void)close(ends[1]);
    if (failed != 0) {
        (void)close(ends[0]);
        helper->pid = 0;
        return pn_diag_set(diag, PN_IO, "The helper “%s” does not start: %s.", helper->path,
                           strerror(failed));
    }
    (void)fcntl(ends[0], F_SETFL, O_NONBLOCK);
    helper->fd = ends[0];
    return PN_OK;
}

/* ── asking ──────────────────────────────────────────────────────────────────────────────────── */

static bool ready(void *context, short events) {
    const pn_helper *helper = context;
    for (;;) {
        int64_t left_us = helper->deadline - pn_env_ticks(helper->env);
        struct pollfd wait = {.fd = helper->fd, .events = events};
        if (left_us <= 0) {
            return false;
        }
        int got = poll(&wait, 1, (int)PN_MIN(left_us / 1000 + 1, 60000));
        if (got > 0) {
            return true;
        }
        if (got < 0 && errno != EINTR) {
            return false;
        }
    }
}

/* The first part is the outcome: nothing, or an error's number, a line feed, and the sentence's
 * three parts, a line each. */
static pn_err outcome_of(pn_str outcome, pn_diag *diag) {
    if (outcome.len == 0) {
        return PN_OK;
    }
    pn_str lines[4] = {0};
    for (size_t i = 0; i < PN_COUNT(lines); i++) {
        size_t end = pn_str_find_char(outcome, '\n');
        lines[i] = end == SIZE_MAX ? outcome : pn_str_first(outcome, end);
        outcome = end == SIZE_MAX ? PN_STR_NONE : pn_str_from(outcome, end + 1);
    }
    int number = lines[0].len == 1 ? lines[0].ptr[0] - '0' : 0;
    pn_err err = number > PN_OK && number <= PN_CORRUPT ? (pn_err)number : PN_CORRUPT;
    (void)pn_diag_set(diag, err, "%.*s", PN_STR_ARG(lines[1]));
    if (lines[2].len != 0) {
        pn_diag_where(diag, "%.*s", PN_STR_ARG(lines[2]));
    }
    if (lines[3].len != 0) {
        pn_diag_mend(diag, "%.*s", PN_STR_ARG(lines[3]));
    }
    return err;
}

static pn_err exchange(pn_helper *helper, const pn_str *parts, size_t count, pn_arena *arena,
                       pn_frame *ret_answer, pn_diag *diag) {
    pn_frame_line line = {.fd = helper->fd, .ready = ready, .context = helper};
    pn_err err = pn_frame_write(&line, parts, count);
    if (err == PN_LIMIT) {
        return pn_diag_set(diag, PN_LIMIT, "This is larger than the helper “%s” takes.",
                           helper->program);
    }
    if (err == PN_OK) {
        err = pn_frame_read(&line, arena, ret_answer);
    }
    if (err == PN_OK && ret_answer->count != 0) {
        return PN_OK;
    }
    bool late = pn_env_ticks(helper->env) >= helper->deadline;
    end_process(helper);
    return pn_diag_set(diag, PN_INVALID, "The helper “%s” %s.", helper->program,
                       late ? "took too long over this" : "stopped over this");
}

pn_err pn_helper_ask(pn_helper *helper, const pn_str *parts, size_t count, int timeout_ms,
                     pn_arena *arena, pn_str *ret_parts, size_t *ret_count, pn_diag *diag) {
    pn_frame answer = {0};
    assert(count <= PN_HELPER_PARTS_MAX);
    PN_TRY(start(helper, diag));
    helper->deadline = pn_env_ticks(helper->env) + (int64_t)timeout_ms * 1000;
    PN_TRY(exchange(helper, parts, count, arena, &answer, diag));
    PN_TRY(outcome_of(answer.parts[0], diag));
    for (size_t i = 1; i < answer.count; i++) {
        ret_parts[i - 1] = answer.parts[i];
    }
    *ret_count = answer.count - 1;
    return PN_OK;
}
