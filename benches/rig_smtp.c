/* Postfix's smtp-sink and smtp-source, on loopback. */
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/banned.h"
#include "rig.h"

#define SINK "/usr/sbin/smtp-sink"
#define SOURCE "/usr/sbin/smtp-source"

bool rig_has_smtp_tools(void) {
    return access(SINK, X_OK) == 0 && access(SOURCE, X_OK) == 0;
}

pid_t rig_spawn(char *const argv[]) {
    pid_t pid = fork();
    if (pid == 0) {
        (void)execv(argv[0], argv);
        _exit(127);
    }
    return pid;
}

static struct sockaddr_in loopback(int port) {
    return (struct sockaddr_in){.sin_family = AF_INET,
                                .sin_port = htons((uint16_t)port),
                                .sin_addr = {htonl(INADDR_LOOPBACK)}};
}

int rig_free_port(void) {
    struct sockaddr_in name = loopback(0);
    socklen_t size = sizeof name;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&name, size) != 0 ||
        getsockname(fd, (struct sockaddr *)&name, &size) != 0) {
        pn_panic("no free port");
    }
    (void)close(fd);
    return ntohs(name.sin_port);
}

static void wait_for_port(int port) {
    struct sockaddr_in to = loopback(port);
    for (int i = 0; i < 500; i++) {
        int fd = socket(AF_INET, SOCK_STREAM, 0);
        int failed = connect(fd, (struct sockaddr *)&to, sizeof to);
        (void)close(fd);
        if (failed == 0) {
            return;
        }
        (void)nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    }
    pn_panic("smtp-sink does not listen");
}

pid_t rig_sink(int port) {
    char address[32];
    (void)snprintf(address, sizeof address, "127.0.0.1:%d", port);
    char *as_root[] = {SINK, "-u", "nobody", address, "256", NULL};
    char *as_user[] = {SINK, address, "256", NULL};
    pid_t pid = rig_spawn(geteuid() == 0 ? as_root : as_user);
    wait_for_port(port);
    return pid;
}

void rig_stop(pid_t pid) {
    (void)kill(pid, SIGTERM);
    (void)waitpid(pid, NULL, 0);
}

double rig_smtp_source(int port, int64_t messages, size_t bytes) {
    if (rig_counting()) {
        return 0;
    }
    char to[32], count[32], length[32];
    (void)snprintf(to, sizeof to, "127.0.0.1:%d", port);
    (void)snprintf(count, sizeof count, "%lld", (long long)messages);
    (void)snprintf(length, sizeof length, "%zu", bytes);
    /* without -d it would open a connection for every message */
    char *argv[] = {
        SOURCE,          "-d", "-s", "16", "-m", count, "-l", length, "-f", "a@example.com", "-t",
        "b@example.net", to,   NULL};
    double begin = rig_seconds();
    int status = 0;
    if (waitpid(rig_spawn(argv), &status, 0) < 0 || status != 0) {
        return 0;
    }
    return (double)messages / (rig_seconds() - begin);
}
