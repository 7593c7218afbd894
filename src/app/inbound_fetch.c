#define _GNU_SOURCE /* O_CLOEXEC */
#include "app/inbound_fetch.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/banned.h"
#include "base/limits.h"
#include "base/sort.h"

enum { HEADER_BYTES_MAX = 65536 };

/* ── IMAP ────────────────────────────────────────────────────────────────────────────────────── */

typedef struct {
    pn_inbound *inbound;
    const pn_mailbox *mailbox;
    const pn_inbound_listener *listener;
    pn_arena arena; /* of one mail */
    pn_diag *diag;
    int64_t mails;
} fetching;

static void opened(void *context, uint32_t uid_validity, uint32_t mails) {
    fetching *f = context;
    (void)uid_validity;
    f->mails = mails;
    if (f->listener != NULL && f->listener->opened != NULL) {
        f->listener->opened(f->listener->context);
    }
}

static pn_err mail_came(void *context, const pn_imap_mail *mail) {
    fetching *f = context;
    pn_received_row row;
    bool existed = false;
    pn_arena_reset(&f->arena);
    pn_inbound_mail given = {.bytes = mail->bytes,
                             .whole = mail->whole,
                             .source = f->mailbox->source,
                             .uid_validity = mail->uid_validity,
                             .uid = mail->uid};
    PN_TRY(pn_inbound_take(f->inbound, &given, &f->arena, &row, &existed, f->diag));
    f->listener->received(f->listener->context, &row, existed);
    return PN_OK;
}

static bool stopped(void *context) {
    fetching *f = context;
    return f->listener->stopped != NULL && f->listener->stopped(f->listener->context);
}

static const pn_imap_owner OWNER = {.opened = opened, .mail = mail_came};

pn_err pn_inbound_fetch(pn_inbound *inbound, const pn_mailbox *mailbox, bool wait,
                        const pn_inbound_listener *listener, pn_diag *ret_trouble, pn_diag *diag) {
    pn_app *app = pn_inbound_app(inbound);
    fetching f = {.inbound = inbound, .mailbox = mailbox, .listener = listener, .diag = diag};
    pn_imap_account account = mailbox->account;
    account.session.wait = wait;
    pn_err err = pn_mailbox_position(app->db, app->org.id, mailbox->source,
                                     &account.session.uid_validity, &account.session.last_uid);
    PN_TRY(pn_app_fail(app, err, diag));
    pn_arena_init(&f.arena, 0);
    err = pn_imap_run(app->env, &account, &OWNER, &f, stopped, ret_trouble, diag);
    pn_arena_done(&f.arena);
    return err;
}

static pn_err fetch_by(pn_inbound *inbound, pn_str settings, bool wait,
                       const pn_inbound_listener *listener, pn_diag *ret_trouble, pn_diag *diag) {
    pn_json *json = NULL;
    pn_mailbox mailbox;
    pn_arena arena;
    pn_arena_init(&arena, 0);
    pn_err err = pn_json_parse(settings, NULL, &arena, &json, diag);
    if (err == PN_OK) {
        err = pn_mailbox_read(pn_inbound_app(inbound), json, &arena, &mailbox, diag);
    }
    if (err == PN_OK) {
        err = pn_inbound_fetch(inbound, &mailbox, wait, listener, ret_trouble, diag);
    }
    pn_arena_done(&arena);
    return err;
}

pn_err pn_inbound_checked(pn_app *app, const pn_mailbox_row *row, pn_str trouble, pn_diag *diag) {
    PN_TRY(pn_app_begin(app, diag));
    pn_err err = pn_mailbox_checked(app->db, row->org_id, row->name, pn_env_now(app->env), trouble);
    return pn_app_end(app, err, diag);
}

pn_err pn_inbound_fetch_named(pn_inbound *inbound, const pn_mailbox_row *row, bool wait,
                              const pn_inbound_listener *listener, pn_diag *ret_trouble,
                              pn_diag *diag) {
    char sentence[400] = "";
    pn_diag noting;
    pn_diag_clear(ret_trouble);
    pn_err err = fetch_by(inbound, row->settings, wait, listener, ret_trouble, diag);
    if (err != PN_OK) {
        pn_diag_sentence(diag, sentence, sizeof sentence);
    }
    pn_err noted = pn_inbound_checked(pn_inbound_app(inbound), row, pn_str_of(sentence), &noting);
    if (err == PN_OK && noted != PN_OK) {
        *diag = noting;
    }
    return err != PN_OK ? err : noted;
}

pn_err pn_inbound_look(pn_app *app, const pn_mailbox *mailbox, int64_t *ret_mails, pn_diag *diag) {
    fetching f = {.mailbox = mailbox};
    pn_imap_account account = mailbox->account;
    account.session.look_only = true;
    pn_err err = pn_imap_run(app->env, &account, &OWNER, &f, NULL, NULL, diag);
    *ret_mails = f.mails;
    return err;
}

/* ── maildir ─────────────────────────────────────────────────────────────────────────────────── */

/* The header of a mail that is too large: up to the first empty line, and bounded. */
pn_str pn_inbound_header(pn_str bytes) {
    pn_str head = pn_str_first(bytes, HEADER_BYTES_MAX);
    size_t crlf = pn_str_find(head, PN_STR("\r\n\r\n")), lf = pn_str_find(head, PN_STR("\n\n"));
    size_t end = PN_MIN(crlf == SIZE_MAX ? head.len : crlf + 4, lf == SIZE_MAX ? head.len : lf + 2);
    return pn_str_first(head, end);
}

static int by_name(const void *a, const void *b) {
    return pn_str_cmp(*(const pn_str *)a, *(const pn_str *)b);
}

static pn_err list_new(pn_str path, pn_arena *arena, pn_str **ret_names, size_t *ret_count,
                       pn_diag *diag) {
    const char *folder = pn_str_z(arena, pn_str_format(arena, "%.*s/new", PN_STR_ARG(path)));
    DIR *dir = opendir(folder);
    if (dir == NULL) {
        pn_err err =
            pn_diag_set(diag, errno == ENOENT ? PN_NOT_FOUND : PN_IO, "%s cannot be read.", folder);
        pn_diag_mend(diag, "A maildir has the folders new, cur and tmp.");
        return err;
    }
    pn_str *names = NULL;
    size_t count = 0, capacity = 0;
    for (struct dirent *e; (e = readdir(dir)) != NULL;) {
        if (e->d_name[0] != '.') {
            names = pn_arena_grow(arena, names, count, &capacity, sizeof *names);
            names[count++] = pn_str_dup(arena, pn_str_of(e->d_name));
        }
    }
    (void)closedir(dir);
    pn_sort(names, count, sizeof *names, by_name, arena);
    *ret_names = names;
    *ret_count = count;
    return PN_OK;
}

/* NOT_FOUND when it is gone: another reader was faster. */
static pn_err read_mail_file(const char *file, pn_buf *bytes, bool *ret_whole, pn_diag *diag) {
    struct stat about;
    int fd = open(file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0) {
        return errno == ENOENT ? PN_NOT_FOUND
                               : pn_diag_set(diag, PN_IO, "%s cannot be read.", file);
    }
    char chunk[65536];
    ssize_t got = fstat(fd, &about) == 0 && S_ISREG(about.st_mode) ? 1 : -1;
    while (got > 0 && bytes->len <= PN_LIMIT_INBOUND_BYTES) {
        got = read(fd, chunk, sizeof chunk);
        pn_buf_add(bytes, chunk, got > 0 ? (size_t)got : 0);
    }
    (void)close(fd);
    *ret_whole = bytes->len <= PN_LIMIT_INBOUND_BYTES;
    return got >= 0 ? PN_OK : pn_diag_set(diag, PN_IO, "%s cannot be read.", file);
}

/* "1700000000.1.host" to cur as "1700000000.1.host:2,S"; flags that it has stay. */
static pn_err mark_seen(pn_str path, pn_str name, pn_arena *arena, pn_diag *diag) {
    bool flagged = pn_str_find(name, PN_STR(":2,")) != SIZE_MAX;
    pn_str from = pn_str_format(arena, "%.*s/new/%.*s", PN_STR_ARG(path), PN_STR_ARG(name));
    pn_str to = pn_str_format(arena, "%.*s/cur/%.*s%s", PN_STR_ARG(path), PN_STR_ARG(name),
                              flagged ? "" : ":2,S");
    if (rename(pn_str_z(arena, from), pn_str_z(arena, to)) != 0 && errno != ENOENT) {
        return pn_diag_set(diag, PN_IO, "%.*s is stored, but cannot be moved to %.*s/cur.",
                           PN_STR_ARG(from), PN_STR_ARG(path));
    }
    return PN_OK;
}

/* `*ret_skipped`, and why, when the file itself cannot be read: the others are taken all the
 * same. */
static pn_err take_file(pn_inbound *inbound, pn_str path, pn_str name, pn_arena *arena,
                        const pn_inbound_listener *listener, bool *ret_skipped, pn_diag *diag) {
    pn_received_row row;
    bool existed = false;
    pn_inbound_mail given = {.source = path};
    pn_buf bytes;
    pn_str file = pn_str_format(arena, "%.*s/new/%.*s", PN_STR_ARG(path), PN_STR_ARG(name));
    pn_buf_init(&bytes, PN_LIMIT_INBOUND_BYTES + (1 << 20));
    pn_err err = read_mail_file(pn_str_z(arena, file), &bytes, &given.whole, diag);
    *ret_skipped = err == PN_IO;
    if (err == PN_OK) {
        given.bytes = given.whole ? pn_buf_str(&bytes) : pn_inbound_header(pn_buf_str(&bytes));
        err = pn_inbound_take(inbound, &given, arena, &row, &existed, diag);
    }
    if (err == PN_OK) {
        listener->received(listener->context, &row, existed);
        err = mark_seen(path, name, arena, diag);
    }
    pn_buf_done(&bytes);
    return err == PN_NOT_FOUND ? PN_OK : err;
}

pn_err pn_inbound_maildir(pn_inbound *inbound, pn_str path, const pn_inbound_listener *listener,
                          pn_diag *diag) {
    pn_arena names_arena, arena;
    pn_str *names = NULL;
    size_t count = 0, skipped = 0;
    pn_arena_init(&names_arena, 0);
    pn_arena_init(&arena, 0);
    pn_err err = list_new(path, &names_arena, &names, &count, diag);
    for (size_t i = 0; i < count && err == PN_OK; i++) {
        bool skip = false;
        pn_diag why = {0};
        pn_arena_reset(&arena);
        err = take_file(inbound, path, names[i], &arena, listener, &skip, &why);
        if (diag != NULL && err != PN_OK && (!skip || skipped == 0)) {
            *diag = why; /* the first that was passed over, else what ended it */
        }
        skipped += skip ? 1 : 0;
        err = skip ? PN_OK : err;
        if (listener->stopped != NULL && listener->stopped(listener->context)) {
            break;
        }
    }
    pn_arena_done(&names_arena);
    pn_arena_done(&arena);
    return err == PN_OK && skipped != 0 ? PN_IO : err;
}
