/* How many messages a second the driver `smtp` hands to smtp-sink, beside smtp-source's rate to the
 * same sink in the same run. One line of JSON.
 *
 *   bench_smtp [messages [connections [bytes]]]     200000 4 3000 by default
 *
 * smtp-source opens a connection per message unless it is told -d; it is run with it. */
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/banned.h"
#include "channel/channel.h"
#include "net/address.h"

enum { BATCH = 500 };

static int64_t monotonic_us(void *context) {
    (void)context;
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * PN_SECOND + now.tv_nsec / 1000;
}

static double seconds_since(int64_t begin_us) {
    return (double)(monotonic_us(NULL) - begin_us) / 1e6;
}

static pid_t spawn(char *const argv[]) {
    pid_t pid = fork();
    if (pid == 0) {
        (void)execv(argv[0], argv);
        _exit(127);
    }
    return pid;
}

static int free_port(void) {
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
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
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)port),
                             .sin_addr = {htonl(INADDR_LOOPBACK)}};
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

static pn_str make_message(size_t bytes) {
    static pn_buf message;
    pn_buf_init(&message, bytes + 4096);
    pn_buf_add_z(&message, "From: cobros@example.com\r\nTo: cliente@example.net\r\n"
                           "Subject: Factura\r\nMessage-ID: <1@example.com>\r\n\r\n");
    while (message.len + 2 < bytes) {
        size_t line = PN_MIN(bytes - message.len - 2, 74);
        for (size_t i = 0; i < line; i++) {
            pn_buf_add_char(&message, (char)('a' + (message.len + i) % 26));
        }
        pn_buf_add_lit(&message, "\r\n");
    }
    return pn_buf_str(&message);
}

/* Returns messages a second. */
static double run_driver(int port, int64_t messages, int64_t connections, pn_str content,
                         int64_t *ret_accepted) {
    const pn_channel_driver *driver = pn_channel_driver_find(PN_STR("smtp"));
    pn_env env = {.ticks = monotonic_us};
    pn_channel_host host = {.env = &env, .networks = PN_NET_LOOPBACK};
    pn_arena arena;
    pn_arena_init(&arena, 0);
    pn_json *settings = NULL;
    pn_diag diag = {0};
    pn_channel *channel = NULL;
    pn_str text = pn_str_format(&arena, "{\"url\":\"smtp://127.0.0.1:%d\",\"connections\":%d}",
                                port, (int)connections);
    if (pn_json_parse(text, NULL, &arena, &settings, &diag) != PN_OK ||
        driver->start(settings, PN_STR_NONE, &host, &channel, &diag) != PN_OK) {
        pn_panic("%s", diag.what);
    }
    static pn_outgoing batch[BATCH];
    static pn_send_result results[BATCH];
    int64_t sent = 0, done = 0, accepted = 0, begin = monotonic_us(NULL);
    while (done < messages) {
        size_t count = PN_MIN(driver->room(channel), BATCH), taken = 0, got = 0;
        count = PN_MIN(count, (size_t)(messages - sent));
        if (count >= BATCH / 2 || sent + (int64_t)count == messages) {
            for (size_t i = 0; i < count; i++) {
                batch[i] = (pn_outgoing){.id = sent + (int64_t)i + 1,
                                         .sender = PN_STR("b+1@example.com"),
                                         .recipient = PN_STR("cliente@example.net"),
                                         .content = content};
            }
            (void)driver->send(channel, batch, count, &taken);
            sent += (int64_t)taken;
        }
        if (driver->poll(channel, 1000, results, BATCH, &got) != PN_OK) {
            pn_panic("poll failed");
        }
        done += (int64_t)got;
        for (size_t i = 0; i < got; i++) {
            accepted += results[i].outcome == PN_SEND_ACCEPTED ? 1 : 0;
        }
    }
    double rate = (double)messages / seconds_since(begin);
    driver->stop(channel);
    pn_arena_done(&arena);
    *ret_accepted = accepted;
    return rate;
}

static double run_source(int port, int64_t messages, size_t bytes) {
    char to[32], count[32], length[32];
    (void)snprintf(to, sizeof to, "127.0.0.1:%d", port);
    (void)snprintf(count, sizeof count, "%lld", (long long)messages);
    (void)snprintf(length, sizeof length, "%zu", bytes);
    char *argv[] = {"/usr/sbin/smtp-source",
                    "-d",
                    "-s",
                    "16",
                    "-m",
                    count,
                    "-l",
                    length,
                    "-f",
                    "a@example.com",
                    "-t",
                    "b@example.net",
                    to,
                    NULL};
    int64_t begin = monotonic_us(NULL);
    int status = 0;
    if (waitpid(spawn(argv), &status, 0) < 0 || status != 0) {
        return 0;
    }
    return (double)messages / seconds_since(begin);
}

static int64_t argument(int argc, char **argv, int index, int64_t otherwise) {
    int64_t value = otherwise;
    if (index < argc && (pn_str_to_int64(pn_str_of(argv[index]), &value) != PN_OK || value < 1)) {
        pn_panic("not a number: %s", argv[index]);
    }
    return value;
}

int main(int argc, char **argv) {
    int64_t messages = argument(argc, argv, 1, 200000);
    int64_t connections = argument(argc, argv, 2, 4);
    size_t bytes = (size_t)argument(argc, argv, 3, 3000);
    if (access("/usr/sbin/smtp-sink", X_OK) != 0) {
        (void)printf("{\"bench\":\"smtp\",\"skipped\":\"smtp-sink is not on this machine\"}\n");
        return 0;
    }
    int port = free_port();
    char address[32];
    (void)snprintf(address, sizeof address, "127.0.0.1:%d", port);
    char *as_root[] = {"/usr/sbin/smtp-sink", "-u", "nobody", address, "256", NULL};
    char *as_user[] = {"/usr/sbin/smtp-sink", address, "256", NULL};
    pid_t sink = spawn(geteuid() == 0 ? as_root : as_user);
    wait_for_port(port);

    double source = run_source(port, PN_MAX(messages / 4, 1), bytes);
    struct rusage before, after;
    (void)getrusage(RUSAGE_SELF, &before);
    int64_t accepted = 0;
    double driver = run_driver(port, messages, connections, make_message(bytes), &accepted);
    (void)getrusage(RUSAGE_SELF, &after);
    (void)kill(sink, SIGTERM);
    (void)waitpid(sink, NULL, 0);

    double cpu = (double)(after.ru_utime.tv_sec - before.ru_utime.tv_sec) +
                 (double)(after.ru_utime.tv_usec - before.ru_utime.tv_usec) / 1e6 +
                 (double)(after.ru_stime.tv_sec - before.ru_stime.tv_sec) +
                 (double)(after.ru_stime.tv_usec - before.ru_stime.tv_usec) / 1e6;
    (void)printf("{\"bench\":\"smtp\",\"messages\":%lld,\"bytes\":%zu,\"connections\":%lld,"
                 "\"accepted\":%lld,\"per_second\":%.0f,\"smtp_source_per_second\":%.0f,"
                 "\"ratio\":%.2f,\"cpu_us_per_message\":%.1f}\n",
                 (long long)messages, bytes, (long long)connections, (long long)accepted, driver,
                 source, source > 0 ? driver / source : 0, cpu / (double)messages * 1e6);
    return accepted == messages ? 0 : 1;
}
