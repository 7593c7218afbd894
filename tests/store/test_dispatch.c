/* Dispatch with its three threads: what a mail server got is, byte for byte, what the database says
 * was sent; and one that goes away leaves nothing half done. */
#define _GNU_SOURCE
#include "app_rig.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

#include "app/deliver.h"
#include "store/message.h"

enum { DEBTORS = 1500, CONNECTIONS = 4, BUFFER = 1 << 16 };

static rig r;

static const char STRATEGY[] =
    "{'puntual':1,'name':'Reparto','subject':'account','kind':'strategy',"
    "'entry':{'rule':['account.claimable','>',0]},'start':'correo','nodes':{"
    "'correo':{'type':'send.email','template':'prueba','tone':1,'next':'plazo','error':'plazo'},"
    "'plazo':{'type':'wait.days','days':30,'next':'fin'},'fin':{'type':'end'}}}";

static int64_t wall_ticks(void *context) {
    (void)context;
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * PN_SECOND + now.tv_nsec / 1000;
}

/* ── a mail server that pipelines ────────────────────────────────────────────────────────────── */

typedef struct {
    int fd;
    char in[BUFFER];
    size_t len;
    bool data, refused;
    char recipient[300];
} caller;

typedef struct {
    int listener, port;
    pthread_t thread;
    atomic_bool ending;
    size_t deaf_after; /* so many messages; then it takes no connection and ends those it has */
    caller callers[CONNECTIONS + 1];
    size_t caller_count, taken, refused;
    pn_sha256 hashes[DEBTORS]; /* by the number in the recipient's address */
} server;

static server s;

static void answer(caller *c, const char *line) {
    (void)!write(c->fd, line, strlen(line));
}

static void take_message(caller *c, pn_str stuffed) {
    pn_buf content;
    pn_str line;
    pn_buf_init(&content, BUFFER);
    while (pn_str_split(&stuffed, '\n', &line)) {
        pn_buf_add_str(&content, pn_str_from(line, line.len != 0 && line.ptr[0] == '.'));
        pn_buf_add_char(&content, '\n');
    }
    content.len--; /* behind the last line break there is no line */
    int number = 0;
    assert_int_equal(sscanf(c->recipient, "d%d@", &number), 1);
    assert_in_range(number, 0, DEBTORS - 1);
    s.hashes[number] = pn_sha256_of(content.ptr, content.len);
    s.taken++;
    pn_buf_done(&content);
}

/* Every tenth address is unknown here. */
static void obey(caller *c, pn_str line) {
    if (pn_str_starts(line, PN_STR("EHLO"))) {
        answer(c, "250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n");
    } else if (pn_str_starts(line, PN_STR("RCPT TO:<"))) {
        pn_str to = pn_str_from(line, 9);
        (void)snprintf(c->recipient, sizeof c->recipient, "%.*s", PN_STR_ARG(to));
        c->refused = strstr(c->recipient, "0@") != NULL;
        s.refused += c->refused;
        answer(c, c->refused ? "550 5.1.1 unknown\r\n" : "250 ok\r\n");
    } else if (pn_str_starts(line, PN_STR("DATA"))) {
        c->data = !c->refused;
        answer(c, c->refused ? "503 nobody to send to\r\n" : "354 go on\r\n");
    } else if (pn_str_starts(line, PN_STR("QUIT"))) {
        answer(c, "221 bye\r\n");
    } else {
        answer(c, "250 ok\r\n");
    }
}

/* One command or message of what came; 0: it is not whole yet. */
static size_t take_one(caller *c) {
    const char *end = c->data ? memmem(c->in, c->len, "\r\n.\r\n", 5) : memchr(c->in, '\n', c->len);
    if (end == NULL) {
        return 0;
    }
    if (!c->data) {
        obey(c, (pn_str){c->in, (size_t)(end - c->in)});
        return (size_t)(end + 1 - c->in);
    }
    take_message(c, (pn_str){c->in, (size_t)(end + 2 - c->in)});
    c->data = false;
    answer(c, "250 2.0.0 taken\r\n");
    return (size_t)(end + 5 - c->in);
}

static bool serve(caller *c) {
    ssize_t got = read(c->fd, c->in + c->len, sizeof c->in - c->len);
    if (got <= 0) {
        return false;
    }
    c->len += (size_t)got;
    for (size_t used; c->len != 0 && (used = take_one(c)) != 0;) {
        memmove(c->in, c->in + used, c->len - used);
        c->len -= used;
        if (s.taken >= s.deaf_after) {
            return false;
        }
    }
    return true;
}

static void drop(size_t at) {
    (void)close(s.callers[at].fd);
    s.callers[at] = s.callers[--s.caller_count];
}

static void *run_server(void *context) {
    (void)context;
    while (!atomic_load(&s.ending)) {
        struct pollfd fds[CONNECTIONS + 2] = {{.fd = s.listener, .events = POLLIN}};
        for (size_t i = 0; i < s.caller_count; i++) {
            fds[i + 1] = (struct pollfd){.fd = s.callers[i].fd, .events = POLLIN};
        }
        (void)poll(fds, s.caller_count + 1, 20);
        for (size_t i = s.caller_count; i-- > 0;) {
            if (fds[i + 1].revents != 0 && !serve(&s.callers[i])) {
                drop(i);
            }
        }
        bool deaf = s.taken >= s.deaf_after;
        while (deaf && s.caller_count != 0) {
            drop(0);
        }
        if (deaf && s.listener >= 0) {
            (void)close(s.listener);
            s.listener = -1; /* poll passes it over */
        }
        if (!deaf && fds[0].revents != 0 && s.caller_count <= CONNECTIONS) {
            caller *c = &s.callers[s.caller_count++];
            *c = (caller){.fd = accept(s.listener, NULL, NULL)};
            /* answers are small: none shall wait for the one before */
            (void)setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
            answer(c, "220 sink\r\n");
        }
    }
    while (s.caller_count != 0) {
        drop(0);
    }
    return NULL;
}

static void open_server(size_t deaf_after) {
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof name;
    memset(&s, 0, sizeof s);
    s.deaf_after = deaf_after;
    s.listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(s.listener, (struct sockaddr *)&name, size), 0);
    assert_int_equal(listen(s.listener, 16), 0);
    assert_int_equal(getsockname(s.listener, (struct sockaddr *)&name, &size), 0);
    s.port = ntohs(name.sin_port);
    assert_int_equal(pthread_create(&s.thread, NULL, run_server, NULL), 0);
}

static void close_server(void) {
    atomic_store(&s.ending, true);
    (void)pthread_join(s.thread, NULL);
    if (s.listener >= 0) {
        (void)close(s.listener);
    }
}

/* ── a life ──────────────────────────────────────────────────────────────────────────────────── */

static void begin_life(void) {
    pn_buf file;
    pn_buf_init(&file, 1 << 20);
    rig_open(&r);
    r.env.ticks = wall_ticks;
    pn_channel_row row = {.org_id = r.app->org.id,
                          .channel = PN_CHANNEL_EMAIL,
                          .driver = PN_STR("smtp"),
                          .sender = PN_STR("Cobros <cobros@example.com>")};
    row.settings = pn_str_format(&r.arena,
                                 "{\"connections\":%d,\"starttls\":\"never\","
                                 "\"url\":\"smtp://127.0.0.1:%d\"}",
                                 CONNECTIONS, s.port);
    rig_ok(&r, pn_channel_put(r.app->db, &row));
    pn_buf_add_lit(&file, "external_id;debtor;email;issued;due;amount\n");
    for (int i = 0; i < DEBTORS; i++) {
        pn_buf_add_format(&file, "F-%d;D%d;d%d@example.com;2025-12-01;2026-01-02;%d,00\n", i, i, i,
                          100 + i % 1000);
    }
    pn_buf_add_char(&file, '\0');
    (void)rig_import(&r, PN_IMPORT_INVOICES, file.ptr);
    pn_buf_done(&file);
    rig_strategy(&r, STRATEGY);
    rig_advance(&r, "2026-01-13", 10, 0);
}

static int64_t messages_in(const char *state) {
    return rig_int(&r, "SELECT count(*) FROM message WHERE state = %s", state);
}

static void assert_proof_holds(void) {
    for (int i = 0; i < DEBTORS; i++) {
        pn_carrier_row row;
        pn_id id = rig_int(&r,
                           "SELECT c.id FROM carrier c JOIN debtor d ON d.id = c.debtor_id"
                           " WHERE d.external_id = 'D%d' AND c.state = 2",
                           i);
        static const pn_sha256 NOTHING;
        if (id == 0) {
            assert_memory_equal(&s.hashes[i], &NOTHING, sizeof NOTHING);
            continue;
        }
        rig_ok(&r, pn_carrier_get(r.app->db, id, &r.arena, &row));
        assert_int_equal(row.hash.len, sizeof NOTHING);
        assert_memory_equal(row.hash.ptr, &s.hashes[i], sizeof NOTHING);
    }
}

/* ── tests ───────────────────────────────────────────────────────────────────────────────────── */

static void what_arrives_is_what_is_kept(void **state) {
    (void)state;
    open_server(SIZE_MAX);
    begin_life();
    rig_work(&r);
    rig_release(&r);
    close_server();
    rig_ok(&r, rig_open_app(&r, false, NULL));
    assert_int_equal(s.refused, DEBTORS / 10);
    assert_int_equal(s.taken, DEBTORS - DEBTORS / 10);
    assert_int_equal(messages_in("2"), s.taken);
    assert_int_equal(messages_in("1"), 0);
    assert_proof_holds();
    rig_agrees(&r);
    rig_close(&r);
}

/* Its connections end and it takes no others: what had not left waits, what may have left is said
 * to be uncertain, and what it took is what is kept. */
static void a_server_that_goes_away(void **state) {
    (void)state;
    open_server(DEBTORS / 3);
    begin_life();
    rig_work(&r);
    rig_release(&r);
    close_server();
    rig_ok(&r, rig_open_app(&r, false, NULL));
    assert_in_range(s.taken, DEBTORS / 3, DEBTORS / 3 + CONNECTIONS);
    int64_t sent = messages_in("2"), uncertain = messages_in("8");
    assert_in_range(sent + uncertain, s.taken, s.taken + CONNECTIONS);
    assert_int_equal(messages_in("1"), 0);
    assert_true(messages_in("0") > DEBTORS / 3);
    rig_agrees(&r);
    rig_close(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_arrives_is_what_is_kept),
        cmocka_unit_test(a_server_that_goes_away),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
