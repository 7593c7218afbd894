/* Bringing in mail from a real Dovecot (tests/peers/dovecot.sh): each mail once, as it lies there,
 * by password and by token, with and without STARTTLS. Skipped where there is no Dovecot. */
#define _GNU_SOURCE
#include "unit.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "net/address.h"
#include "net/imap_client.h"
#include "real_env.h"

static char folder[] = "/tmp/puntual-dovecot-XXXXXX";
static int port, tls_port;
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

static int free_port(void) {
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof name;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(fd, (struct sockaddr *)&name, size) != 0 ||
        getsockname(fd, (struct sockaddr *)&name, &size) != 0) {
        return -1;
    }
    (void)close(fd);
    return ntohs(name.sin_port);
}

static const char *script(void) {
    static char path[500];
    const char *root = getenv("PUNTUAL_SOURCE");
    (void)snprintf(path, sizeof path, "%s/tests/peers/dovecot.sh", root != NULL ? root : "..");
    return path;
}

static int start(void **state) {
    (void)state;
    port = free_port();
    do {
        tls_port = free_port();
    } while (tls_port == port);
    if (port < 0 || tls_port < 0 || mkdtemp(folder) == NULL) {
        return -1;
    }
    int status = command("%s start %s %d %d", script(), folder, port, tls_port);
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

/* Puts a mail into a folder ("" is INBOX, ".Name" another) as a delivery agent would. */
static void deliver(const char *name, pn_str content) {
    static unsigned count;
    char tmp[300], final[300];
    const char *home = "home/cobros@example.com/Maildir";
    (void)snprintf(tmp, sizeof tmp, "%s/%s/%s/tmp/%u", folder, home, name, ++count);
    (void)snprintf(final, sizeof final, "%s/%s/%s/new/%u.%u.test", folder, home, name,
                   1700000000 + count, count);
    FILE *file = fopen(tmp, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(content.ptr, 1, content.len, file), content.len);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(tmp, 0666), 0);
    assert_int_equal(rename(tmp, final), 0);
}

/* ── the owner ── */

typedef struct {
    pn_buf mails; /* one behind the other, '|' between */
    unsigned count, cut, stop_after;
    uint32_t uid_validity, last_uid, exists;
    int64_t until;
    bool late; /* more is delivered while we wait */
} owner;

static void opened(void *context, uint32_t uid_validity, uint32_t mails) {
    owner *o = context;
    o->uid_validity = uid_validity;
    o->exists = mails;
}

static pn_err mail(void *context, const pn_imap_mail *m) {
    owner *o = context;
    pn_buf_add_str(&o->mails, m->bytes);
    pn_buf_add_char(&o->mails, '|');
    o->last_uid = m->uid;
    o->cut += m->whole ? 0 : 1;
    o->count++;
    return PN_OK;
}

static bool stopped(void *context) {
    owner *o = context;
    if (o->late && o->count == 1) {
        o->late = false;
        deliver("", PN_STR("Subject: late\r\n\r\nlater\r\n"));
    }
    return o->count >= o->stop_after || real_ticks(NULL) > o->until;
}

static const pn_imap_owner OWNER = {.opened = opened, .mail = mail};

static void forget(owner *o) {
    o->count = o->cut = 0;
    pn_buf_clear(&o->mails);
}

/* ── settings ── */

static char ca_file[300], token[2000];

static pn_imap_account account_over(bool tls) {
    (void)snprintf(ca_file, sizeof ca_file, "%s/cert.pem", folder);
    return (pn_imap_account){.host = PN_STR("127.0.0.1"),
                             .port = (uint16_t)(tls ? tls_port : port),
                             .tls_at_once = tls,
                             .ca_file = pn_str_of(ca_file),
                             .networks = PN_NET_LOOPBACK,
                             .session = {.user = PN_STR("cobros@example.com"),
                                         .secret = PN_STR("s\xC3\xA9samo 1"),
                                         .auth = PN_SMTP_AUTH_AUTO,
                                         .starttls = PN_SMTP_STARTTLS_REQUIRED,
                                         .mail_bytes_max = 100000}};
}

static pn_err run(const pn_imap_account *account, owner *o, pn_diag *diag) {
    pn_diag trouble;
    o->until = real_ticks(NULL) + 20 * PN_SECOND;
    pn_err err = pn_imap_run(&REAL_ENV, account, &OWNER, o, account->session.wait ? stopped : NULL,
                             &trouble, diag);
    assert_string_equal(trouble.what, "");
    return err;
}

static void begin(owner *o) {
    if (!runs) {
        print_message("skipped: a private Dovecot cannot run here\n");
        skip();
    }
    *o = (owner){.stop_after = UINT32_MAX};
    pn_buf_init(&o->mails, 1 << 22);
}

static void run_well(const pn_imap_account *account, owner *o) {
    pn_diag diag = {0};
    if (run(account, o, &diag) != PN_OK) {
        print_error("%s\n", diag.what);
        fail();
    }
}

/* ── what is tested ── */

static void mail_comes_once_and_as_it_is(void **state) {
    (void)state;
    owner o;
    begin(&o);
    pn_imap_account account = account_over(false);
    deliver("", PN_STR("Subject: uno\r\n\r\nuno\r\n"));
    deliver("", PN_STR("Subject: dos\r\n\r\n\xC3\xB1 {5}\r\n) \"\r\n"));
    run_well(&account, &o);
    assert_int_equal(o.exists, 2);
    assert_str(pn_buf_str(&o.mails), "Subject: uno\r\n\r\nuno\r\n|Subject: dos\r\n\r\n\xC3\xB1 "
                                     "{5}\r\n) \"\r\n|");
    forget(&o);
    account.session.uid_validity = o.uid_validity;
    account.session.last_uid = o.last_uid;
    run_well(&account, &o);
    assert_int_equal(o.count, 0);
    deliver("", PN_STR("Subject: tres\r\n\r\n"));
    run_well(&account, &o);
    assert_str(pn_buf_str(&o.mails), "Subject: tres\r\n\r\n|");
    assert_int_equal(command("ls %s/home/cobros@example.com/Maildir/cur | grep -c ':2,S$' | "
                             "grep -qx 3",
                             folder),
                     0); /* all three are marked as read */
    pn_buf_done(&o.mails);
}

static void tokens_and_tls_from_the_start_work(void **state) {
    (void)state;
    owner o;
    begin(&o);
    char path[300];
    (void)snprintf(path, sizeof path, "%s/token", folder);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t len = fread(token, 1, sizeof token, file);
    (void)fclose(file);
    for (int tls = 0; tls < 2; tls++) {
        pn_diag diag = {0};
        pn_imap_account account = account_over(tls == 1);
        account.session.look_only = true;
        run_well(&account, &o);
        account.session.auth = PN_SMTP_AUTH_XOAUTH2;
        account.session.secret = (pn_str){token, len};
        run_well(&account, &o);
        account.session.secret = (pn_str){token, len - 4};
        assert_int_equal(run(&account, &o, &diag), PN_DENIED);
        account.session.auth = PN_SMTP_AUTH_PLAIN;
        account.session.secret = PN_STR("wrong");
        assert_int_equal(run(&account, &o, &diag), PN_DENIED);
        assert_int_equal(o.count, 0);
    }
    pn_buf_done(&o.mails);
}

static void certificates_and_folders_are_looked_at(void **state) {
    (void)state;
    owner o;
    begin(&o);
    pn_diag diag = {0};
    pn_imap_account account = account_over(true);
    account.ca_file = PN_STR_NONE;
    assert_int_equal(run(&account, &o, &diag), PN_DENIED);
    account = account_over(false);
    account.session.folder = PN_STR("No hay");
    assert_int_equal(run(&account, &o, &diag), PN_NOT_FOUND);
    pn_buf_done(&o.mails);
}

static void large_mail_is_cut_and_stays_unread(void **state) {
    (void)state;
    owner o;
    begin(&o);
    static char large[200000];
    memset(large, 'x', sizeof large);
    memcpy(large, "Subject: grande\r\n\r\n", 19);
    deliver("", (pn_str){large, sizeof large});
    pn_imap_account account = account_over(false);
    run_well(&account, &o);
    assert_int_equal(o.cut, 1);
    assert_int_not_equal(pn_str_find(pn_buf_str(&o.mails), PN_STR("Subject: grande\r\n\r\n|")),
                         SIZE_MAX);
    forget(&o);
    account.session.mail_bytes_max = 1 << 20;
    run_well(&account, &o);
    assert_int_equal(o.cut, 0);
    assert_true(o.mails.len > sizeof large);
    pn_buf_done(&o.mails);
}

static void stored_mail_is_moved_to_a_folder_that_is_made(void **state) {
    (void)state;
    owner o;
    begin(&o);
    pn_imap_account account = account_over(true);
    account.session.mail_bytes_max = 1 << 20;
    account.session.processed = PN_STR("Le\xC3\xAD"
                                       "do & hecho");
    run_well(&account, &o);
    unsigned all = o.count;
    assert_true(all >= 4);
    forget(&o);
    run_well(&account, &o);
    assert_int_equal(o.exists, 0);
    account.session.folder = account.session.processed;
    account.session.processed = PN_STR_NONE;
    run_well(&account, &o);
    assert_int_equal(o.count, all);
    pn_buf_done(&o.mails);
}

static void mail_that_comes_while_we_wait_is_seen(void **state) {
    (void)state;
    owner o;
    begin(&o);
    pn_imap_account account = account_over(true);
    account.session.wait = true;
    o.stop_after = 2;
    o.late = true;
    deliver("", PN_STR("Subject: first\r\n\r\n"));
    run_well(&account, &o);
    assert_str(pn_buf_str(&o.mails), "Subject: first\r\n\r\n|Subject: late\r\n\r\nlater\r\n|");
    pn_buf_done(&o.mails);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mail_comes_once_and_as_it_is),
        cmocka_unit_test(tokens_and_tls_from_the_start_work),
        cmocka_unit_test(certificates_and_folders_are_looked_at),
        cmocka_unit_test(large_mail_is_cut_and_stays_unread),
        cmocka_unit_test(stored_mail_is_moved_to_a_folder_that_is_made),
        cmocka_unit_test(mail_that_comes_while_we_wait_is_seen),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
