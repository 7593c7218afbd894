/* The HTTP client against a server of this file's own, and against openssl's for TLS. */
#define _GNU_SOURCE /* mkdtemp, usleep, getaddrinfo */
#include "net/fetch.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/limits.h"
#include "unit.h"

#define LOCAL (PN_NET_PUBLIC | PN_NET_LOOPBACK)

static struct {
    int fd;
    uint16_t port;
    atomic_int connections;
    char last[8192]; /* the last request as it came */
    pthread_t thread;
} server;

static pn_arena arena;

/* ── the server ── */

static void answer(int fd, const char *text) {
    (void)!write(fd, text, strlen(text));
}

static void answer_large(int fd) {
    static char block[65536];
    memset(block, 'x', sizeof block);
    answer(fd, "HTTP/1.1 200 OK\r\n\r\n");
    for (int i = 0; i < 64; i++) {
        if (write(fd, block, sizeof block) < 0) {
            return;
        }
    }
}

static size_t read_request(int fd, char *out, size_t size) {
    size_t len = 0;
    for (;;) {
        ssize_t got = read(fd, out + len, size - 1 - len);
        len += got > 0 ? (size_t)got : 0;
        out[len] = '\0';
        const char *end = strstr(out, "\r\n\r\n");
        const char *length = strstr(out, "Content-Length: ");
        size_t body = length != NULL ? (size_t)strtoul(length + 16, NULL, 10) : 0;
        if (got <= 0 || (end != NULL && len >= (size_t)(end - out) + 4 + body)) {
            return len;
        }
    }
}

static void *serve_one(void *context) {
    int fd = (int)(intptr_t)context;
    static _Thread_local char request[8192];
    (void)read_request(fd, request, sizeof request);
    memcpy(server.last, request, sizeof request);
    if (strstr(request, " /moved") != NULL) {
        answer(fd, "HTTP/1.1 302 Found\r\nLocation: /secret\r\nContent-Length: 0\r\n\r\n");
    } else if (strstr(request, " /large") != NULL) {
        answer_large(fd);
    } else if (strstr(request, " /silent") != NULL) {
        (void)sleep(5);
    } else if (strstr(request, " /broken") != NULL) {
        answer(fd, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
    } else if (strstr(request, " /odd") != NULL) {
        answer(fd, "hello\r\n");
    } else if (strstr(request, " /nothing") != NULL) {
        answer(fd, "HTTP/1.1 204 No Content\r\nX-Odd:\r\n\r\n");
    } else {
        answer(fd, "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nX-Note:  a b \r\n"
                   "Transfer-Encoding: chunked\r\n\r\n5\r\n{\"a\":\r\n2\r\n1}\r\n0\r\n\r\n");
    }
    (void)shutdown(fd, SHUT_RDWR);
    (void)close(fd);
    return NULL;
}

static void *serve(void *context) {
    (void)context;
    int fd;
    while ((fd = accept(server.fd, NULL, NULL)) >= 0) {
        atomic_fetch_add(&server.connections, 1);
        pthread_t thread;
        assert_int_equal(pthread_create(&thread, NULL, serve_one, (void *)(intptr_t)fd), 0);
        (void)pthread_detach(thread);
    }
    return NULL;
}

static int start(void **state) {
    (void)state;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    (void)signal(SIGPIPE, SIG_IGN);
    server.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(server.fd, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(server.fd, 64), 0);
    assert_int_equal(getsockname(server.fd, (struct sockaddr *)&address, &size), 0);
    server.port = ntohs(address.sin_port);
    pn_arena_init(&arena, 0);
    return pthread_create(&server.thread, NULL, serve, NULL);
}

static int stop(void **state) {
    (void)state;
    (void)shutdown(server.fd, SHUT_RDWR);
    (void)pthread_join(server.thread, NULL);
    (void)close(server.fd);
    pn_arena_done(&arena);
    return 0;
}

/* ── names that point where the test wants ── */

/* What libcurl calls: the program's own symbol goes before the C library's. The n-th look-up of
 * rebind.test gives the n-th address. */
static const char *const *rebind;
static atomic_int rebind_at;

int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints,
                struct addrinfo **ret_list) {
    (void)hints;
    if (name == NULL || strcmp(name, "rebind.test") != 0 || rebind == NULL) {
        name = name != NULL && strcmp(name, "localhost") == 0 ? "127.0.0.1" : name;
    } else {
        name = rebind[atomic_fetch_add(&rebind_at, 1)];
    }
    struct addrinfo *one = calloc(1, sizeof *one + sizeof(struct sockaddr_in));
    struct sockaddr_in *in = (struct sockaddr_in *)(void *)(one + 1);
    if (name == NULL || inet_pton(AF_INET, name, &in->sin_addr) != 1) {
        free(one);
        return EAI_NONAME;
    }
    in->sin_family = AF_INET;
    in->sin_port = htons(service != NULL ? (uint16_t)strtoul(service, NULL, 10) : 0);
    one->ai_family = AF_INET;
    one->ai_socktype = SOCK_STREAM;
    one->ai_addrlen = sizeof *in;
    one->ai_addr = (struct sockaddr *)in;
    *ret_list = one;
    return 0;
}

void freeaddrinfo(struct addrinfo *list) {
    free(list);
}

/* ── asking ── */

static pn_str url(const char *host, const char *path) {
    return pn_str_format(&arena, "http://%s:%u%s", host, (unsigned)server.port, path);
}

static pn_fetch_answer ask(pn_fetch_request request) {
    pn_fetch_answer got;
    pn_diag diag = {0};
    pn_err err = pn_fetch(&request, &arena, &got, &diag);
    assert_int_equal(err, got.err);
    assert_true(err == PN_OK || diag.what[0] != '\0');
    return got;
}

static pn_fetch_answer get(const char *path) {
    return ask((pn_fetch_request){.url = url("127.0.0.1", path), .networks = LOCAL});
}

static void asks(void **state) {
    (void)state;
    pn_fetch_header headers[] = {{PN_STR("Idempotency-Key"), PN_STR("k 1")},
                                 {PN_STR("Content-Type"), PN_STR("application/json")},
                                 {PN_STR("X-Empty"), PN_STR("")}};
    pn_fetch_answer got = ask((pn_fetch_request){.url = url("127.0.0.1", "/p?a=1"),
                                                 .networks = LOCAL,
                                                 .headers = headers,
                                                 .header_count = PN_COUNT(headers),
                                                 .body = PN_STR("{\"x\":2}")});
    assert_int_equal(got.err, PN_OK);
    assert_int_equal(got.status, 201);
    assert_str(got.body, "{\"a\":1}");
    assert_str(pn_fetch_header_of(&got, "content-type"), "application/json");
    assert_str(pn_fetch_header_of(&got, "x-note"), "a b");
    assert_str(pn_fetch_header_of(&got, "x-none"), "");
    assert_non_null(strstr(server.last, "POST /p?a=1 HTTP/1.1\r\n"));
    assert_non_null(strstr(server.last, "\r\nIdempotency-Key: k 1\r\n"));
    assert_non_null(strstr(server.last, "\r\nX-Empty:"));
    assert_null(strstr(server.last, "Expect:"));
    assert_non_null(strstr(server.last, "\r\n\r\n{\"x\":2}"));
}

static void methods(void **state) {
    (void)state;
    static const char *const METHODS[] = {"GET", "POST", "PUT", "PATCH", "DELETE"};
    for (size_t i = 0; i < PN_COUNT(METHODS); i++) {
        pn_fetch_answer got = ask((pn_fetch_request){
            .method = METHODS[i], .url = url("127.0.0.1", "/nothing"), .networks = LOCAL});
        assert_int_equal(got.status, 204);
        assert_int_equal(strncmp(server.last, METHODS[i], strlen(METHODS[i])), 0);
    }
    assert_int_equal(ask((pn_fetch_request){.method = "PUT",
                                            .url = url("127.0.0.1", "/"),
                                            .networks = LOCAL,
                                            .body = PN_STR("b")})
                         .status,
                     201);
    assert_int_equal(strncmp(server.last, "PUT / ", 6), 0);
}

/* The answer of a redirect is the redirect. */
static void does_not_follow(void **state) {
    (void)state;
    int before = atomic_load(&server.connections);
    pn_fetch_answer got = get("/moved");
    assert_int_equal(got.status, 302);
    assert_str(pn_fetch_header_of(&got, "location"), "/secret");
    assert_int_equal(atomic_load(&server.connections), before + 1);
}

static void no_proxy_of_the_environment(void **state) {
    (void)state;
    (void)setenv("http_proxy", "http://127.0.0.1:1", 1);
    (void)setenv("ALL_PROXY", "http://127.0.0.1:1", 1);
    assert_int_equal(get("/").status, 201);
    (void)unsetenv("http_proxy");
    (void)unsetenv("ALL_PROXY");
}

/* ── the guard ── */

static void denies_what_is_not_allowed(void **state) {
    (void)state;
    static const char *const HOSTS[] = {"127.0.0.1",
                                        "127.1",
                                        "0x7f.0.0.1",
                                        "2130706433",
                                        "localhost",
                                        "[::1]",
                                        "0.0.0.0",
                                        "[::]",
                                        "169.254.169.254",
                                        "10.0.0.1",
                                        "192.168.1.1",
                                        "172.16.0.1",
                                        "100.64.0.1",
                                        "[fe80::1]",
                                        "[fd00::1]",
                                        "[::ffff:127.0.0.1]",
                                        "[::ffff:a9fe:a9fe]",
                                        "[64:ff9b::7f00:1]",
                                        "[2002:7f00:1::]",
                                        "224.0.0.1",
                                        "017700000001"};
    int before = atomic_load(&server.connections);
    for (size_t i = 0; i < PN_COUNT(HOSTS); i++) {
        pn_fetch_answer got = ask((pn_fetch_request){.url = url(HOSTS[i], "/")});
        if (got.err != PN_DENIED) {
            fail_msg("%s: %s (%s)", HOSTS[i], pn_err_name(got.err), got.diag.what);
        }
        assert_false(got.sent);
    }
    assert_int_equal(atomic_load(&server.connections), before);
}

/* Link-local addresses are where clouds keep their secrets: no permission opens them. */
static void some_are_never_allowed(void **state) {
    (void)state;
    unsigned all = PN_NET_PUBLIC | PN_NET_PRIVATE | PN_NET_LOOPBACK | PN_NET_UNUSABLE;
    pn_fetch_answer got =
        ask((pn_fetch_request){.url = url("169.254.169.254", "/"), .networks = all});
    assert_int_equal(got.err, PN_DENIED);
    got = ask((pn_fetch_request){.url = url("127.0.0.1", "/"), .networks = PN_NET_LOOPBACK});
    assert_int_equal(got.status, 201);
    got = ask((pn_fetch_request){.url = url("10.0.0.1", "/"), .networks = PN_NET_LOOPBACK});
    assert_int_equal(got.err, PN_DENIED);
}

/* The name is fine when it is looked up first, and leads home when it is connected to. */
static void a_name_that_is_pointed_elsewhere(void **state) {
    (void)state;
    static const char *const ADDRESSES[] = {"127.0.0.1", "127.0.0.1", NULL};
    int before = atomic_load(&server.connections);
    rebind = ADDRESSES;
    atomic_store(&rebind_at, 0);
    pn_fetch_answer got =
        ask((pn_fetch_request){.url = url("rebind.test", "/"), .networks = LOCAL});
    assert_int_equal(got.status, 201); /* allowed to this one … */
    got = ask((pn_fetch_request){.url = url("rebind.test", "/")});
    assert_int_equal(got.err, PN_DENIED); /* … and not to that: neither address nor connection */
    assert_int_equal(atomic_load(&rebind_at), 2); /* is kept from one to the other */
    assert_int_equal(atomic_load(&server.connections), before + 1);
    rebind = NULL;
}

static void refuses_odd_urls(void **state) {
    (void)state;
    static const char *const URLS[] = {"",
                                       "ftp://example.com/",
                                       "file:///etc/passwd",
                                       "gopher://127.0.0.1/",
                                       "//example.com",
                                       "http://",
                                       "http://user:secret@example.com/",
                                       "http://user@example.com/",
                                       "http://example.com/a b",
                                       "http://example.com/\r\nX: y",
                                       "http://example.com:99999/",
                                       "HTTP://example.com/"};
    for (size_t i = 0; i < PN_COUNT(URLS); i++) {
        pn_fetch_answer got = ask((pn_fetch_request){.url = pn_str_of(URLS[i]), .networks = LOCAL});
        if (got.err != PN_INVALID) {
            fail_msg("%s: %s", URLS[i], pn_err_name(got.err));
        }
        assert_null(strstr(got.diag.what, "secret"));
    }
    pn_str host;
    assert_int_equal(
        pn_fetch_check_url(PN_STR("https://API.example.com:8443/x"), &arena, &host, NULL), PN_OK);
    assert_str(host, "api.example.com");
}

static void refuses_headers_with_lines(void **state) {
    (void)state;
    pn_fetch_header bad[] = {{PN_STR("X-A"), PN_STR("b\r\nX-C: d")},
                             {PN_STR("X\r\nA"), PN_STR("b")},
                             {PN_STR("A B"), PN_STR("c")},
                             {PN_STR(""), PN_STR("c")}};
    for (size_t i = 0; i < PN_COUNT(bad); i++) {
        pn_fetch_answer got = ask((pn_fetch_request){.url = url("127.0.0.1", "/"),
                                                     .networks = LOCAL,
                                                     .headers = &bad[i],
                                                     .header_count = 1});
        assert_int_equal(got.err, PN_INVALID);
    }
}

/* ── what goes wrong ── */

static void bounds(void **state) {
    (void)state;
    pn_fetch_answer got = get("/large");
    assert_int_equal(got.err, PN_LIMIT);
    got = ask((pn_fetch_request){.url = url("127.0.0.1", "/"), .networks = LOCAL, .answer_max = 3});
    assert_int_equal(got.err, PN_LIMIT);
    got = ask((pn_fetch_request){
        .url = url("127.0.0.1", "/silent"), .networks = LOCAL, .timeout_ms = 200});
    assert_int_equal(got.err, PN_IO);
    assert_true(got.timed_out);
    assert_true(got.sent); /* it may have been done */
    assert_true(got.elapsed_ms >= 200);
}

static void answers_that_are_none(void **state) {
    (void)state;
    assert_int_equal(get("/broken").err, PN_IO);
    assert_true(get("/broken").sent);
    assert_int_equal(get("/odd").err, PN_IO);
    pn_fetch_answer got =
        ask((pn_fetch_request){.url = PN_STR("http://127.0.0.1:1/"), .networks = LOCAL});
    assert_int_equal(got.err, PN_IO);
    assert_false(got.sent); /* nobody was there */
    got = ask((pn_fetch_request){.url = PN_STR("http://nobody.invalid/"), .networks = LOCAL});
    assert_int_equal(got.err, PN_IO);
    assert_false(got.sent);
}

static void many_at_once(void **state) {
    (void)state;
    enum { MANY = 49 };
    pn_fetches *fetches = pn_fetches_new();
    pn_fetch_request requests[MANY];
    pn_fetch_answer answers[MANY];
    for (size_t i = 0; i < MANY; i++) {
        requests[i] = (pn_fetch_request){.url = url("127.0.0.1", i % 7 == 3 ? "/broken" : "/"),
                                         .networks = i % 7 == 5 ? PN_NET_PUBLIC : LOCAL};
    }
    for (size_t i = 0; i < MANY; i++) {
        pn_fetches_begin(fetches, &requests[i], &arena, &answers[i]);
    }
    while (pn_fetches_running(fetches) != 0) {
        pn_fetches_wait(fetches, 1000, -1);
    }
    pn_fetches_free(fetches);
    for (size_t i = 0; i < MANY; i++) {
        pn_err expected = i % 7 == 3 ? PN_IO : i % 7 == 5 ? PN_DENIED : PN_OK;
        assert_true(answers[i].done);
        assert_int_equal(answers[i].err, expected);
    }
}

/* One peer that is silent keeps nobody waiting, and can be given up. */
static void break_off(void **state) {
    (void)state;
    pn_fetch_request silent = {.url = url("127.0.0.1", "/silent"), .networks = LOCAL};
    pn_fetch_request well = {.url = url("127.0.0.1", "/"), .networks = LOCAL};
    pn_fetch_answer slow, quick;
    pn_fetches *fetches = pn_fetches_new();
    pn_fetches_begin(fetches, &silent, &arena, &slow);
    pn_fetches_begin(fetches, &well, &arena, &quick);
    while (!quick.done) {
        pn_fetches_wait(fetches, 1000, -1);
    }
    assert_int_equal(quick.err, PN_OK);
    assert_int_equal(pn_fetches_running(fetches), 1);
    pn_fetches_break(fetches);
    assert_int_equal(pn_fetches_running(fetches), 0);
    assert_true(slow.done);
    assert_int_equal(slow.err, PN_IO);
    assert_true(slow.sent); /* it may have been done */
    pn_fetches_begin(fetches, &silent, &arena, &slow);
    pn_fetches_free(fetches);
    assert_true(slow.done);
}

/* ── TLS ── */

static pid_t run(const char *command) {
    pid_t pid = fork();
    if (pid == 0) {
        (void)execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
    return pid;
}

/* One that nobody listens at now. */
static unsigned free_port(void) {
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&at, size), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &size), 0);
    (void)close(fd);
    return ntohs(at.sin_port);
}

static void verifies_certificates(void **state) {
    (void)state;
    char folder[] = "/tmp/puntual-fetch-XXXXXX", text[600], file[100];
    int status = 1;
    assert_non_null(mkdtemp(folder));
    (void)snprintf(text, sizeof text,
                   "cd %s && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes "
                   "-keyout key -out cert -days 2 -subj /CN=localhost -addext "
                   "subjectAltName=DNS:localhost 2>/dev/null",
                   folder);
    assert_int_equal(waitpid(run(text), &status, 0) > 0 ? status : -1, 0);
    unsigned port = free_port();
    (void)snprintf(text, sizeof text,
                   "cd %s && exec openssl s_server -accept 127.0.0.1:%u -cert cert -key key -www "
                   ">/dev/null 2>&1",
                   folder, port);
    pid_t peer = run(text);
    (void)snprintf(file, sizeof file, "%s/cert", folder);
    pn_fetch_request request = {.url = pn_str_format(&arena, "https://localhost:%u/", port),
                                .networks = LOCAL};
    pn_fetch_request trusting = request, other_name = request;
    trusting.ca_file = other_name.ca_file = file;
    other_name.url = pn_str_format(&arena, "https://127.0.0.1:%u/", port);
    pn_fetch_answer got = {.err = PN_IO};
    for (int i = 0; i < 600 && got.err != PN_OK; i++) {
        (void)usleep(100000);
        got = ask(trusting);
    }
    assert_int_equal(got.status, 200);
    got = ask(request);
    assert_int_equal(got.err, PN_IO); /* nobody we know signed it */
    assert_false(got.sent);
    got = ask(other_name);
    assert_int_equal(got.err, PN_IO); /* signed for another name */
    (void)kill(peer, SIGTERM);
    (void)waitpid(peer, &status, 0);
    (void)snprintf(text, sizeof text, "rm -r %s", folder);
    (void)waitpid(run(text), &status, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(asks),
        cmocka_unit_test(methods),
        cmocka_unit_test(does_not_follow),
        cmocka_unit_test(no_proxy_of_the_environment),
        cmocka_unit_test(denies_what_is_not_allowed),
        cmocka_unit_test(some_are_never_allowed),
        cmocka_unit_test(a_name_that_is_pointed_elsewhere),
        cmocka_unit_test(refuses_odd_urls),
        cmocka_unit_test(refuses_headers_with_lines),
        cmocka_unit_test(bounds),
        cmocka_unit_test(answers_that_are_none),
        cmocka_unit_test(many_at_once),
        cmocka_unit_test(break_off),
        cmocka_unit_test(verifies_certificates),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
