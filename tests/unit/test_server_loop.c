#define _GNU_SOURCE /* struct timeval */
/* The server's loop: however many requests come at one moment, each is answered. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <netinet/in.h>
#include <semaphore.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/server.h"
#include "real_env.h"

/* As many events as libmicrohttpd takes at a time. */
enum { EVENTS = 128, PATIENCE_SECONDS = 20 };

static sem_t held, released;

static pn_err head(void *context, pn_exchange *exchange, int64_t *ret_body_max) {
    (void)context;
    (void)exchange;
    *ret_body_max = 0;
    return PN_OK;
}

/* "/hold" keeps the thread until everybody else has asked. */
static bool whole(void *context, pn_exchange *exchange) {
    (void)context;
    if (pn_str_is(exchange->path, "/hold")) {
        (void)sem_post(&held);
        (void)sem_wait(&released);
    }
    exchange->answer.whole = PN_STR("answered");
    return true;
}

static void refuse(void *context, pn_exchange *exchange, pn_err err) {
    (void)context;
    (void)exchange;
    (void)err;
}

static void over(void *context, const pn_exchange *exchange, int64_t duration) {
    (void)context;
    (void)exchange;
    (void)duration;
}

static pn_server *start(int *ret_port) {
    pn_diag diag = {0};
    pn_server_options options = {
        .threads = 1,
        .env = &REAL_ENV,
        .handler = {.head = head, .whole = whole, .refuse = refuse, .over = over}};
    pn_server *server = NULL;
    if (pn_listen(PN_STR("127.0.0.1:0"), false, &options.listener, &diag) != PN_OK ||
        pn_server_start(&options, &server, &diag) != PN_OK) {
        fail_msg("%s", diag.what);
    }
    assert_int_equal(sscanf(options.listener.text, "127.0.0.1:%d", ret_port), 1);
    return server;
}

static int dial(int port) {
    const struct sockaddr_in to = {.sin_family = AF_INET,
                                   .sin_port = htons((uint16_t)port),
                                   .sin_addr = {htonl(INADDR_LOOPBACK)}};
    const struct timeval patience = {.tv_sec = PATIENCE_SECONDS};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience), 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&to, sizeof to), 0);
    return fd;
}

static void ask(int fd, const char *path) {
    char text[100];
    int len = snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: test\r\n\r\n", path);
    assert_int_equal(send(fd, text, (size_t)len, MSG_NOSIGNAL), len);
}

static bool is_answered(int fd) {
    char text[1000];
    size_t len = 0;
    ssize_t got;
    while ((got = recv(fd, text + len, sizeof text - len, 0)) > 0) {
        len += (size_t)got;
        if (pn_str_ends((pn_str){text, len}, PN_STR("\r\n\r\nanswered"))) {
            return true;
        }
    }
    return false;
}

static void as_many_at_once_as_the_library_takes_events(void **state) {
    (void)state;
    int port = 0, fds[EVENTS], holder;
    pn_server *server = start(&port);
    (void)sem_init(&held, 0, 0);
    (void)sem_init(&released, 0, 0);
    for (int i = 0; i < EVENTS; i++) {
        fds[i] = dial(port);
        ask(fds[i], "/");
        assert_true(is_answered(fds[i]));
    }
    holder = dial(port);
    ask(holder, "/hold");
    (void)sem_wait(&held);
    for (int i = 0; i < EVENTS; i++) {
        ask(fds[i], "/");
    }
    (void)sem_post(&released);
    int answered = 0;
    for (int i = 0; i < EVENTS && answered == i; i++) {
        answered += is_answered(fds[i]);
    }
    assert_int_equal(answered, EVENTS);
    assert_true(is_answered(holder));
    for (int i = 0; i < EVENTS; i++) {
        (void)close(fds[i]);
    }
    (void)close(holder);
    assert_true(pn_server_stop(server, PN_MINUTE));
    (void)sem_destroy(&held);
    (void)sem_destroy(&released);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_many_at_once_as_the_library_takes_events),
    };
    return cmocka_run_group_tests_name("server_loop", tests, NULL, NULL);
}
