/* The driver `smtp` against a real Postfix (tests/peers/postfix.sh): what is accepted arrives, once
 * and as it was sent. Skipped where that cannot run (not root, no Postfix). */
#define _GNU_SOURCE
#include "unit.h"

#include <dirent.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "channel_rig.h"

static rig r;
static char folder[] = "/tmp/puntual-postfix-XXXXXX";
static int port;
static bool runs;

/* ── the peer ── */

static int command(const char *format, ...) PN_PRINTF(1, 2);

static int command(const char *format, ...) {
    char line[700];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(line, sizeof line, format, args);
    va_end(args);
    int status = system(line);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static const char *script(void) {
    static char path[500];
    const char *root = getenv("PUNTUAL_SOURCE");
    (void)snprintf(path, sizeof path, "%s/tests/peers/postfix.sh", root != NULL ? root : "..");
    return path;
}

static int start(void **state) {
    (void)state;
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof name;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(fd, (struct sockaddr *)&name, size) != 0 ||
        getsockname(fd, (struct sockaddr *)&name, &size) != 0 || mkdtemp(folder) == NULL) {
        return -1;
    }
    (void)close(fd);
    port = ntohs(name.sin_port);
    int status = command("%s start %s %d", script(), folder, port);
    runs = status == 0;
    return status == 0 || status == 77 ? 0 : -1;
}

static int stop(void **state) {
    (void)state;
    if (runs) {
        (void)command("%s stop %s", script(), folder);
    } else {
        (void)rmdir(folder);
    }
    return 0;
}

static void begin(const char *format) {
    if (!runs) {
        print_message("skipped: a private Postfix cannot run here\n");
        skip();
    }
    rig_start_on(&r, "", format, port);
}

static size_t delivered(void) {
    char path[200];
    (void)snprintf(path, sizeof path, "%s/mail/all/new", folder);
    DIR *dir = opendir(path);
    size_t count = 0;
    for (struct dirent *e; dir != NULL && (e = readdir(dir)) != NULL;) {
        count += e->d_name[0] != '.' ? 1 : 0;
    }
    if (dir != NULL) {
        (void)closedir(dir);
    }
    return count;
}

static void wait_for(size_t count) {
    for (int i = 0; i < 600 && delivered() < count; i++) {
        (void)usleep(50000);
    }
}

/* How many of the delivered files hold `text`. */
static int files_with(const char *text) {
    char line[400], number[20] = "";
    (void)snprintf(line, sizeof line, "grep -rlF -- '%s' %s/mail/all/new | wc -l", text, folder);
    FILE *pipe = popen(line, "r");
    assert_non_null(pipe);
    assert_non_null(fgets(number, sizeof number, pipe));
    (void)pclose(pipe);
    int64_t value = -1;
    assert_int_equal(pn_str_to_int64(pn_str_trim(pn_str_of(number)), &value), PN_OK);
    return (int)value;
}

/* ── what is tested ── */

static void offer_to(const char *recipient) {
    rig_offer(&r,
              (pn_outgoing){.sender = PN_STR("a@we.example"),
                            .recipient = pn_str_of(recipient),
                            .content = RIG_CONTENT},
              1);
}

static void accepted_mail_arrives(void **state) {
    (void)state;
    begin("{'url':'smtp://127.0.0.1:%d','connection_messages':30}");
    size_t before = delivered();
    for (int i = 0; i < 200; i++) {
        offer_to("b@example.net");
    }
    rig_run(&r);
    rig_expect(&r, PN_SEND_ACCEPTED, 200);
    for (size_t i = 0; i < r.count; i++) {
        assert_string_not_equal(r.results[i].provider_id, "");
    }
    wait_for(before + 200);
    assert_int_equal(delivered(), before + 200);
    assert_int_equal(files_with("..fin"), (int)(before + 200));
    rig_stop(&r);
}

static void refusals_among_good_mail(void **state) {
    (void)state;
    static const struct {
        const char *to;
        pn_send_outcome outcome;
    } cases[] = {
        {"b@example.net", PN_SEND_ACCEPTED},
        {"unknown@example.net", PN_SEND_NEXT_CONTACT},
        {"c@example.net", PN_SEND_ACCEPTED},
        {"full@example.net", PN_SEND_RETRY},
        {"grey@example.net", PN_SEND_RETRY},
        {"d@example.net", PN_SEND_ACCEPTED},
        {"policy@example.net", PN_SEND_SENDER_PROBLEM},
        {"e@example.net", PN_SEND_ACCEPTED},
    };
    begin("{'url':'smtp://127.0.0.1:%d','connections':1}");
    size_t before = delivered();
    for (size_t i = 0; i < 4 * PN_COUNT(cases); i++) {
        offer_to(cases[i % PN_COUNT(cases)].to);
    }
    rig_run(&r);
    assert_int_equal(r.count, 4 * PN_COUNT(cases));
    for (size_t i = 0; i < r.count; i++) {
        size_t number = (size_t)(r.results[i].id - 1) % PN_COUNT(cases);
        if (r.results[i].outcome != cases[number].outcome) {
            fail_msg("%s: %s", cases[number].to, r.results[i].reply);
        }
    }
    wait_for(before + 16);
    assert_int_equal(delivered(), before + 16);
    rig_stop(&r);
}

static void starttls_with_its_certificate(void **state) {
    (void)state;
    char format[300];
    (void)snprintf(format, sizeof format,
                   "{'url':'smtp://localhost:%%d','starttls':'required','ca_file':'%s/cert.pem',"
                   "'connection_messages':5}",
                   folder);
    begin(format);
    size_t before = delivered();
    for (int i = 0; i < 30; i++) {
        offer_to("b@example.net");
    }
    rig_run(&r);
    rig_expect(&r, PN_SEND_ACCEPTED, 30);
    wait_for(before + 30);
    assert_int_equal(delivered(), before + 30);
    assert_true(files_with("with ESMTPS") >= 30);
    rig_stop(&r);
}

static void addresses_outside_ascii_and_large_messages(void **state) {
    (void)state;
    static char big[2000000];
    for (size_t i = 0; i < sizeof big; i += 50) {
        memset(big + i, 'x', 48);
        memcpy(big + i + 48, "\r\n", 2);
    }
    begin("{'url':'smtp://127.0.0.1:%d'}");
    size_t before = delivered();
    offer_to("\xC3\xB1"
             "and\xC3\xBA@example.net");
    pn_outgoing message = {.recipient = PN_STR("b@example.net"), .content = {big, 900000}};
    rig_offer(&r, message, 1);
    rig_run(&r);
    rig_expect(&r, PN_SEND_ACCEPTED, 2);
    r.count = 0;
    message.content.len = sizeof big;
    rig_offer(&r, message, 1);
    rig_run(&r);
    rig_expect(&r, PN_SEND_NEXT_CHANNEL, 1);
    wait_for(before + 2);
    assert_int_equal(delivered(), before + 2);
    rig_stop(&r);
}

/* ── a restart ── */

enum { NUMBERED = 900, QUEUE_ID_SIZE = 32 };

/* How often each numbered message was taken: Postfix that is stopped delivers some of its own queue
 * again, with the queue id they had; a message that we sent twice has two of them. */
typedef struct {
    char queue_id[QUEUE_ID_SIZE];
    bool arrived, twice;
} arrival;

static void note(arrival *arrivals, int number, const char *queue_id) {
    assert_in_range(number, 0, NUMBERED - 1);
    arrival *each = &arrivals[number];
    each->twice = each->twice || (each->arrived && strcmp(each->queue_id, queue_id) != 0);
    each->arrived = true;
    (void)snprintf(each->queue_id, sizeof each->queue_id, "%s", queue_id);
}

static void read_arrivals(arrival *arrivals) {
    char line[600], queue_id[QUEUE_ID_SIZE] = "";
    (void)snprintf(line, sizeof line,
                   "grep -rhoE 'SMTPS? id [0-9A-F]+|^X-Number: [0-9]+' %s/mail/all/new", folder);
    FILE *pipe = popen(line, "r");
    assert_non_null(pipe);
    memset(arrivals, 0, NUMBERED * sizeof *arrivals);
    while (fgets(line, sizeof line, pipe) != NULL) {
        int number = 0;
        if (sscanf(line, "X-Number: %d", &number) == 1) {
            note(arrivals, number, queue_id);
        } else {
            (void)sscanf(strstr(line, " id ") + 4, "%31[0-9A-F]", queue_id);
        }
    }
    (void)pclose(pipe);
}

static size_t missing(const arrival *arrivals, pn_id first_id) {
    size_t count = 0;
    for (size_t i = 0; i < r.count; i++) {
        count += r.results[i].outcome == PN_SEND_ACCEPTED &&
                         !arrivals[r.results[i].id - first_id].arrived
                     ? 1
                     : 0;
    }
    return count;
}

static void offer_numbered(void) {
    static char contents[NUMBERED][80];
    for (int i = 0; i < NUMBERED; i++) {
        int len = snprintf(contents[i], sizeof contents[i],
                           "Subject: numbered\r\nX-Number: %d\r\n\r\nHello.\r\n", i);
        rig_offer(&r,
                  (pn_outgoing){.sender = PN_STR("a@we.example"),
                                .recipient = PN_STR("b@example.net"),
                                .content = {contents[i], (size_t)len}},
                  1);
    }
}

/* Postfix is stopped and started in the middle: what was accepted arrives, what was not does not,
 * and only what is called uncertain may be either. */
static void a_restart_loses_and_doubles_nothing(void **state) {
    (void)state;
    static arrival arrivals[NUMBERED];
    begin("{'url':'smtp://127.0.0.1:%d'}");
    pn_id first_id = r.last_id + 1;
    offer_numbered();
    while (r.count < NUMBERED / 6) {
        rig_poll(&r, 5);
    }
    pid_t restarter = fork();
    if (restarter == 0) {
        (void)command("postfix -c %s/etc stop >/dev/null 2>&1; sleep 1; "
                      "postfix -c %s/etc start >/dev/null 2>&1",
                      folder, folder);
        _exit(0);
    }
    rig_run(&r);
    (void)waitpid(restarter, NULL, 0);
    assert_int_equal(r.count, NUMBERED);
    read_arrivals(arrivals);
    for (int i = 0; i < 100 && missing(arrivals, first_id) != 0; i++) {
        /* what it was just delivering when it was stopped it has put off */
        (void)command("postfix -c %s/etc flush >/dev/null 2>&1", folder);
        (void)usleep(300000);
        read_arrivals(arrivals);
    }
    (void)sleep(1);
    read_arrivals(arrivals);
    size_t uncertain = rig_outcomes(&r, PN_SEND_UNCERTAIN);
    size_t later = rig_outcomes(&r, PN_SEND_RETRY);
    print_message("%zu accepted, %zu uncertain, %zu for later\n",
                  rig_outcomes(&r, PN_SEND_ACCEPTED), uncertain, later);
    assert_int_equal(rig_outcomes(&r, PN_SEND_ACCEPTED) + uncertain + later, NUMBERED);
    assert_int_equal(missing(arrivals, first_id), 0);
    for (size_t i = 0; i < r.count; i++) {
        const arrival *each = &arrivals[r.results[i].id - first_id];
        assert_false(each->twice);
        assert_false(each->arrived && r.results[i].outcome == PN_SEND_RETRY);
    }
    rig_stop(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepted_mail_arrives),
        cmocka_unit_test(refusals_among_good_mail),
        cmocka_unit_test(starttls_with_its_certificate),
        cmocka_unit_test(addresses_outside_ascii_and_large_messages),
        cmocka_unit_test(a_restart_loses_and_doubles_nothing),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
