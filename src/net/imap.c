#include <assert.h>

#include "base/banned.h"
#include "base/limits.h"
#include "base/sort.h"
#include "base/utf8.h"
#include "net/imap_int.h"
#include "net/imap_reply.h"

/* ── ending ──────────────────────────────────────────────────────────────────────────────────── */

enum { SAID_SIZE = 200 };

/* What a server said, printable and cut: it goes to terminals and pages. */
static const char *said(pn_str text, char out[SAID_SIZE]) {
    size_t len = 0;
    bool utf8 = pn_utf8_valid(text);
    text = pn_str_first(text, SAID_SIZE - 1);
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        bool fine = c >= 0x20 && c != 0x7F && (c < 0x80 || utf8);
        out[len++] = fine ? (char)c : '?';
    }
    while (len > 0 && utf8 && !pn_utf8_valid((pn_str){out, len})) {
        len--;
    }
    out[len] = '\0';
    return out;
}

static void end(pn_imap *imap, pn_err err) {
    if (imap->state != PN_IMAP_ENDED) {
        imap->state = PN_IMAP_ENDED;
        imap->result = err;
        imap->task_count = 0;
    }
}

static void end_saying(pn_imap *imap, pn_err err, pn_cause cause, const char *what) {
    if (imap->state != PN_IMAP_ENDED) {
        end(imap, pn_diag_set(&imap->diag, err, "%s", what));
        pn_diag_cause(&imap->diag, cause);
    }
}

static void end_refused(pn_imap *imap, pn_err err, pn_cause cause, const char *what,
                        const pn_imap_reply *reply) {
    char text[SAID_SIZE];
    end(imap, pn_diag_set(&imap->diag, err, "%s: “%s”.", what, said(reply->text, text)));
    pn_diag_cause(&imap->diag, cause);
}

/* The mail is stored all the same, so it is only told at the end. */
static void note_trouble(pn_imap *imap, const char *what, const pn_imap_reply *reply) {
    char text[SAID_SIZE];
    if (!imap->has_trouble) {
        imap->has_trouble = true;
        (void)pn_diag_set(&imap->trouble, PN_IO, "%s: “%s”.", what, said(reply->text, text));
    }
}

/* ── tasks ───────────────────────────────────────────────────────────────────────────────────── */

/* False when there is no room: a server that answers only what it likes. */
static bool has_room(pn_imap *imap) {
    if (imap->task_count == TASKS_MAX) {
        end_saying(imap, PN_IO, PN_CAUSE_PROTOCOL,
                   "The mail server leaves too many commands unanswered.");
    }
    return imap->state != PN_IMAP_ENDED;
}

static void want(pn_imap *imap, pn_imap_command c, uint32_t uid) {
    if (has_room(imap)) {
        imap->tasks[imap->task_count++] = (pn_imap_task){.command = c, .uid = uid};
    }
}

/* Before what else waits. */
static void want_first(pn_imap *imap, pn_imap_command c, uint32_t uid) {
    if (has_room(imap)) {
        memmove(imap->tasks + 1, imap->tasks, imap->task_count++ * sizeof *imap->tasks);
        imap->tasks[0] = (pn_imap_task){.command = c, .uid = uid};
    }
}

static pn_imap_task *find_tag(pn_imap *imap, pn_str tag) {
    int64_t number = 0;
    if (tag.len < 2 || tag.ptr[0] != 'p' ||
        pn_str_to_int64(pn_str_from(tag, 1), &number) != PN_OK || number < 1) {
        return NULL;
    }
    for (unsigned i = 0; i < imap->task_count; i++) {
        if (imap->tasks[i].tag == number) {
            return &imap->tasks[i];
        }
    }
    return NULL;
}

static pn_imap_task take(pn_imap *imap, pn_imap_task *found) {
    pn_imap_task t = *found;
    size_t after = (size_t)(imap->tasks + imap->task_count - (found + 1));
    memmove(found, found + 1, after * sizeof *found);
    imap->task_count--;
    return t;
}

static const pn_imap_task *outstanding(const pn_imap *imap, pn_imap_command c) {
    for (unsigned i = 0; i < imap->task_count; i++) {
        if (imap->tasks[i].command == c && imap->tasks[i].tag != 0) {
            return &imap->tasks[i];
        }
    }
    return NULL;
}

/* ── capabilities and login ──────────────────────────────────────────────────────────────────── */

static void read_capabilities(pn_imap *imap, const pn_imap_value *words, size_t count) {
    static const struct {
        pn_str name;
        unsigned can;
    } names[] = {{{"STARTTLS", 8}, CAN_STARTTLS}, {{"SASL-IR", 7}, CAN_IR},
                 {{"MOVE", 4}, CAN_MOVE},         {{"UIDPLUS", 7}, CAN_UIDPLUS},
                 {{"IDLE", 4}, CAN_IDLE},         {{"LOGINDISABLED", 13}, LOGIN_DISABLED}};
    imap->can = imap->mechanisms = 0;
    for (size_t i = 0; i < count; i++) {
        pn_str word = words[i].text;
        for (size_t k = 0; k < PN_COUNT(names); k++) {
            imap->can |= pn_str_eq_nocase(word, names[k].name) ? names[k].can : 0;
        }
        if (word.len > 5 && pn_str_eq_nocase(pn_str_first(word, 5), PN_STR("AUTH="))) {
            imap->mechanisms |= pn_smtp_sasl_mechanisms(pn_str_from(word, 5));
        }
    }
}

static bool is_ascii_line(pn_str text) {
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c < 0x20 || c >= 0x7F) {
            return false;
        }
    }
    return true;
}

static void log_in_by_command(pn_imap *imap) {
    if ((imap->can & LOGIN_DISABLED) != 0) {
        end_saying(imap, PN_DENIED, PN_CAUSE_NO_TLS,
                   "The mail server takes no password over this connection.");
    } else if (!is_ascii_line(imap->options->user) || !is_ascii_line(imap->options->secret)) {
        end_saying(imap, PN_DENIED, PN_CAUSE_LOGIN,
                   "The user or password has letters outside ASCII, and the mail server does not "
                   "offer the way to log in that allows them (AUTH=PLAIN).");
    } else {
        want(imap, COMMAND_LOGIN, 0);
    }
}

static void log_in(pn_imap *imap) {
    pn_smtp_auth wanted = imap->options->auth;
    if (!imap->secured && !imap->options->auth_in_clear) {
        end_saying(imap, PN_DENIED, PN_CAUSE_NO_TLS,
                   "The password was not sent, because the mail server offers no TLS.");
        return;
    }
    if (wanted == PN_SMTP_AUTH_AUTO) {
        bool plain = (imap->mechanisms & 1U << PN_SMTP_AUTH_PLAIN) != 0;
        wanted = plain ? PN_SMTP_AUTH_PLAIN : PN_SMTP_AUTH_LOGIN;
    }
    if (wanted == PN_SMTP_AUTH_LOGIN) {
        log_in_by_command(imap);
    } else if ((imap->mechanisms & 1U << wanted) == 0) {
        end_saying(imap, PN_DENIED, PN_CAUSE_LOGIN,
                   "The mail server does not offer the wanted way to log in.");
    } else {
        imap->mechanism = wanted;
        imap->sasl_next = 0;
        want(imap, COMMAND_AUTHENTICATE, 0);
    }
}

static void after_capability(pn_imap *imap) {
    pn_smtp_starttls wanted = imap->options->starttls;
    if (imap->authenticated) {
        want(imap, COMMAND_SELECT, 0);
    } else if (imap->secured || wanted == PN_SMTP_STARTTLS_NEVER) {
        log_in(imap);
    } else if ((imap->can & CAN_STARTTLS) != 0) {
        want(imap, COMMAND_STARTTLS, 0);
    } else if (wanted == PN_SMTP_STARTTLS_REQUIRED) {
        end_saying(imap, PN_DENIED, PN_CAUSE_NO_TLS,
                   "The mail server does not offer STARTTLS, which the settings require.");
    } else {
        log_in(imap);
    }
}

static void logged_in(pn_imap *imap, const pn_imap_reply *reply) {
    imap->authenticated = true;
    if (reply->count > 1 && pn_str_eq_nocase(reply->values[0].text, PN_STR("CAPABILITY"))) {
        want(imap, COMMAND_SELECT, 0); /* they came with the reply */
    } else {
        want(imap, COMMAND_CAPABILITY, 0);
    }
}

static void greeting(pn_imap *imap, const pn_imap_reply *reply) {
    imap->greeted = true;
    if (reply->kind == PN_IMAP_BYE) {
        end_refused(imap, PN_IO, PN_CAUSE_REFUSED, "The mail server refuses us", reply);
    } else if (reply->kind != PN_IMAP_OK && reply->kind != PN_IMAP_PREAUTH) {
        end_saying(imap, PN_INVALID, PN_CAUSE_PROTOCOL, "What answers there does not speak IMAP.");
    } else {
        bool preauth = reply->kind == PN_IMAP_PREAUTH;
        if (preauth && !imap->secured && imap->options->starttls == PN_SMTP_STARTTLS_REQUIRED) {
            end_saying(imap, PN_DENIED, PN_CAUSE_NO_TLS,
                       "The mail server lets us in without TLS, which the settings require.");
        }
        imap->authenticated = preauth;
        if (imap->state != PN_IMAP_ENDED) {
            want(imap, COMMAND_CAPABILITY, 0);
        }
    }
}

/* ── mail ────────────────────────────────────────────────────────────────────────────────────── */

static int by_uid(const void *a, const void *b) {
    const pn_imap_listed *x = a, *y = b;
    return x->uid < y->uid ? -1 : x->uid > y->uid;
}

/* "n:*" always gives the last mail, also when its UID is below n. */
static void read_search(pn_imap *imap, const pn_imap_reply *reply) {
    pn_imap_listed *mails =
        pn_arena_array(&imap->list_arena, pn_imap_listed, imap->mail_count + reply->count);
    size_t count = imap->mail_count;
    if (count > 0) {
        memcpy(mails, imap->mails, count * sizeof *mails);
    }
    for (size_t i = 0; i < reply->count && count < PN_IMAP_VALUES_MAX; i++) {
        uint32_t uid = 0;
        if (pn_imap_number(&reply->values[i], &uid) && uid > imap->last_uid) {
            mails[count++] = (pn_imap_listed){.uid = uid};
        }
    }
    imap->mails = mails;
    imap->mail_count = count;
    if (pn_arena_over(&imap->list_arena)) {
        end_saying(imap, PN_LIMIT, PN_CAUSE_PROTOCOL, "The mail server sends more than it may.");
    }
}

static void sort_search(pn_imap *imap) {
    size_t kept = 0;
    pn_sort(imap->mails, imap->mail_count, sizeof *imap->mails, by_uid, &imap->arena);
    for (size_t i = 0; i < imap->mail_count; i++) {
        if (kept == 0 || imap->mails[i].uid != imap->mails[kept - 1].uid) {
            imap->mails[kept++] = imap->mails[i];
        }
    }
    imap->mail_count = kept;
    imap->mail_at = imap->sized = 0;
}

static void look_for_mail(pn_imap *imap) {
    pn_arena_reset(&imap->list_arena);
    imap->mails = NULL;
    imap->mail_count = 0;
    imap->news = false;
    want(imap, COMMAND_SEARCH, 0);
}

static void caught_up(pn_imap *imap) {
    if (imap->logout_wanted || !imap->options->wait) {
        want(imap, COMMAND_LOGOUT, 0);
    } else if (imap->news) {
        look_for_mail(imap);
    } else if ((imap->can & CAN_IDLE) != 0) {
        want(imap, COMMAND_IDLE, 0);
    } else {
        imap->state = PN_IMAP_WAITING;
    }
}

static void next_mail(pn_imap *imap) {
    if (imap->mail_at == imap->mail_count || imap->logout_wanted) {
        caught_up(imap);
    } else if (imap->mail_at == imap->sized) {
        want(imap, COMMAND_SIZES, 0);
    } else {
        imap->delivered = false;
        want(imap, COMMAND_FETCH, imap->mails[imap->mail_at].uid);
    }
}

static void read_size(pn_imap *imap, uint32_t uid, uint32_t size) {
    for (size_t i = imap->mail_at; i < imap->sized; i++) {
        if (imap->mails[i].uid == uid) {
            imap->mails[i].size = size;
        }
    }
}

static void read_mail(pn_imap *imap, const pn_imap_value *body) {
    const pn_imap_listed *listed_mail = &imap->mails[imap->mail_at];
    pn_imap_mail mail = {.uid_validity = imap->uid_validity,
                         .uid = listed_mail->uid,
                         .size = PN_MAX(listed_mail->size, (uint32_t)body->text.len),
                         .whole = pn_imap_is_whole(imap, listed_mail),
                         .bytes = body->text};
    if (imap->delivered) {
        return; /* said twice */
    }
    pn_err err = imap->owner->mail(imap->context, &mail);
    if (err != PN_OK) {
        pn_diag_clear(&imap->diag); /* the owner knows why */
        end(imap, err);
    }
    imap->delivered = true;
}

static void read_fetch(pn_imap *imap, const pn_imap_reply *reply) {
    uint32_t uid = 0, size = 0;
    if (reply->count == 0 || reply->values[0].type != PN_IMAP_LIST) {
        return;
    }
    const pn_imap_value *pairs = reply->values[0].items;
    size_t count = reply->values[0].count;
    if (!pn_imap_number(pn_imap_find(pairs, count, PN_STR("UID")), &uid)) {
        return; /* flags that somebody else changed */
    }
    if (outstanding(imap, COMMAND_SIZES) != NULL &&
        pn_imap_number(pn_imap_find(pairs, count, PN_STR("RFC822.SIZE")), &size)) {
        read_size(imap, uid, size);
    }
    const pn_imap_value *body = pn_imap_find(pairs, count, PN_STR("BODY[]"));
    if (body == NULL) {
        body = pn_imap_find(pairs, count, PN_STR("BODY[HEADER]<0>"));
    }
    const pn_imap_task *fetch = outstanding(imap, COMMAND_FETCH);
    if (body != NULL && body->type == PN_IMAP_STRING && fetch != NULL && fetch->uid == uid) {
        read_mail(imap, body);
    }
}

/* A mail that gave nothing was deleted meanwhile. One that is too large stays as it is: a person
 * has to read it there. */
static void fetched(pn_imap *imap) {
    const pn_imap_listed *mail = &imap->mails[imap->mail_at++];
    imap->last_uid = mail->uid;
    if (imap->delivered && pn_imap_is_whole(imap, mail)) {
        bool moves = imap->options->processed.len > 0;
        pn_imap_command c = !moves                        ? COMMAND_SEEN
                            : (imap->can & CAN_MOVE) != 0 ? COMMAND_MOVE
                                                          : COMMAND_COPY;
        want(imap, c, mail->uid);
    }
    next_mail(imap);
}

static void selected(pn_imap *imap) {
    const pn_imap_options *o = imap->options;
    imap->last_uid = imap->uid_validity == o->uid_validity ? o->last_uid : 0;
    imap->owner->opened(imap->context, imap->uid_validity, imap->exists);
    if (o->look_only) {
        want(imap, COMMAND_LOGOUT, 0);
    } else {
        look_for_mail(imap);
    }
}

/* ── replies ─────────────────────────────────────────────────────────────────────────────────── */

static bool has_code(const pn_imap_reply *reply, pn_str code) {
    return reply->count > 0 && pn_str_eq_nocase(reply->values[0].text, code);
}

/* The server cannot give this mail. When that may pass, it is asked again another day; else the
 * mail is listed without content and the ones behind it come in. */
static void not_fetched(pn_imap *imap, const pn_imap_reply *reply) {
    static const pn_str passing[] = {
        {"UNAVAILABLE", 11}, {"INUSE", 5}, {"SERVERBUG", 9}, {"LIMIT", 5}};
    for (size_t i = 0; i < PN_COUNT(passing); i++) {
        if (has_code(reply, passing[i])) {
            end_refused(imap, PN_IO, PN_CAUSE_LATER, "The mail server cannot give its mail now",
                        reply);
            return;
        }
    }
    pn_imap_listed *mail = &imap->mails[imap->mail_at];
    static const pn_imap_value nothing = {.type = PN_IMAP_STRING, .text = {"", 0}};
    mail->size = UINT32_MAX;
    note_trouble(imap, "The mail server could not give a mail", reply);
    read_mail(imap, &nothing);
    if (imap->state != PN_IMAP_ENDED) {
        fetched(imap);
    }
}

/* There may be no such folder yet: it is made once, and the move tried again. */
static void not_moved(pn_imap *imap, const pn_imap_task *t, const pn_imap_reply *reply) {
    bool missing = has_code(reply, PN_STR("TRYCREATE")) || has_code(reply, PN_STR("NONEXISTENT"));
    if (missing && !imap->created) {
        imap->created = true;
        want_first(imap, t->command, t->uid);
        want_first(imap, COMMAND_CREATE, 0);
        return;
    }
    note_trouble(imap, "A mail was stored, but could not be moved", reply);
}

static void refused(pn_imap *imap, const pn_imap_task *t, const pn_imap_reply *reply) {
    switch (t->command) {
    case COMMAND_STARTTLS:
        if (imap->options->starttls == PN_SMTP_STARTTLS_REQUIRED) {
            end_refused(imap, PN_DENIED, PN_CAUSE_NO_TLS, "The mail server refuses STARTTLS",
                        reply);
        } else {
            log_in(imap);
        }
        return;
    case COMMAND_LOGIN:
    case COMMAND_AUTHENTICATE:
        end_refused(imap, PN_DENIED, PN_CAUSE_LOGIN, "The mail server refuses the login", reply);
        return;
    case COMMAND_SELECT:
        end_refused(imap, PN_NOT_FOUND, PN_CAUSE_FOLDER, "The folder cannot be opened", reply);
        return;
    case COMMAND_FETCH: not_fetched(imap, reply); return;
    case COMMAND_SEEN: note_trouble(imap, "A mail could not be marked as read", reply); return;
    case COMMAND_MOVE:
    case COMMAND_COPY: not_moved(imap, t, reply); return;
    case COMMAND_DELETED:
    case COMMAND_EXPUNGE:
        note_trouble(imap, "A mail was copied, but could not be removed", reply);
        return;
    case COMMAND_CREATE:
        note_trouble(imap, "The folder for stored mail could not be made", reply);
        return;
    case COMMAND_IDLE: /* offered and refused: ask now and then */
        imap->can &= ~(unsigned)CAN_IDLE;
        imap->idle_begun = false;
        imap->state = PN_IMAP_WAITING;
        if (imap->logout_wanted) {
            imap->state = PN_IMAP_WORKING;
            want(imap, COMMAND_LOGOUT, 0);
        }
        return;
    case COMMAND_LOGOUT: end(imap, PN_OK); return;
    case COMMAND_CAPABILITY:
    case COMMAND_SEARCH:
    case COMMAND_SIZES:
    case COMMAND_NOOP:
        end_refused(imap, PN_IO, PN_CAUSE_REFUSED, "The mail server refuses to go on", reply);
        return;
    }
}

static void done(pn_imap *imap, const pn_imap_task *t, const pn_imap_reply *reply) {
    switch (t->command) {
    case COMMAND_CAPABILITY: after_capability(imap); return;
    case COMMAND_STARTTLS: imap->state = PN_IMAP_WANTS_TLS; return;
    case COMMAND_LOGIN:
    case COMMAND_AUTHENTICATE: logged_in(imap, reply); return;
    case COMMAND_SELECT: selected(imap); return;
    case COMMAND_SEARCH:
        sort_search(imap);
        next_mail(imap);
        return;
    case COMMAND_SIZES: next_mail(imap); return;
    case COMMAND_FETCH: fetched(imap); return;
    case COMMAND_COPY: want_first(imap, COMMAND_DELETED, t->uid); return;
    case COMMAND_DELETED:
        if ((imap->can & CAN_UIDPLUS) != 0) { /* a plain EXPUNGE would remove others' mail too */
            want_first(imap, COMMAND_EXPUNGE, t->uid);
        }
        return;
    case COMMAND_IDLE:
        imap->idle_begun = false;
        imap->state = PN_IMAP_WORKING;
        if (imap->logout_wanted) {
            want(imap, COMMAND_LOGOUT, 0);
        } else {
            look_for_mail(imap);
        }
        return;
    case COMMAND_NOOP: look_for_mail(imap); return;
    case COMMAND_LOGOUT: end(imap, PN_OK); return;
    case COMMAND_SEEN:
    case COMMAND_MOVE:
    case COMMAND_EXPUNGE:
    case COMMAND_CREATE: return;
    }
}

static void tagged(pn_imap *imap, const pn_imap_reply *reply) {
    pn_imap_task *found = find_tag(imap, reply->tag);
    if (found == NULL) {
        end_saying(imap, PN_INVALID, PN_CAUSE_PROTOCOL,
                   "The mail server answers what it was not asked.");
        return;
    }
    pn_imap_task t = take(imap, found);
    if (has_code(reply, PN_STR("CAPABILITY"))) {
        read_capabilities(imap, reply->values + 1, reply->count - 1);
    }
    if (reply->kind == PN_IMAP_OK) {
        done(imap, &t, reply);
    } else {
        refused(imap, &t, reply);
    }
}

static void data(pn_imap *imap, const pn_imap_reply *reply) {
    if (pn_str_eq_nocase(reply->word, PN_STR("CAPABILITY"))) {
        read_capabilities(imap, reply->values, reply->count);
    } else if (pn_str_eq_nocase(reply->word, PN_STR("EXISTS")) && reply->number >= 0) {
        bool more = reply->number > imap->exists;
        imap->exists = (uint32_t)PN_MIN(reply->number, (int64_t)UINT32_MAX);
        if (more && imap->authenticated) {
            imap->news = true;
            imap->done_due = imap->idle_begun;
        }
    } else if (pn_str_eq_nocase(reply->word, PN_STR("EXPUNGE")) && imap->exists > 0) {
        imap->exists--;
    } else if (pn_str_eq_nocase(reply->word, PN_STR("SEARCH")) &&
               outstanding(imap, COMMAND_SEARCH) != NULL) {
        read_search(imap, reply);
    } else if (pn_str_eq_nocase(reply->word, PN_STR("FETCH"))) {
        read_fetch(imap, reply);
    }
}

static void untagged_status(pn_imap *imap, const pn_imap_reply *reply) {
    if (!imap->greeted) {
        if (has_code(reply, PN_STR("CAPABILITY"))) {
            read_capabilities(imap, reply->values + 1, reply->count - 1);
        }
        greeting(imap, reply);
    } else if (reply->kind == PN_IMAP_BYE) {
        imap->goodbye = true;
        if (outstanding(imap, COMMAND_LOGOUT) == NULL) {
            end_refused(imap, PN_IO, PN_CAUSE_HUNG_UP, "The mail server ended the connection",
                        reply);
        }
    } else if (reply->count > 1 && has_code(reply, PN_STR("UIDVALIDITY"))) {
        (void)pn_imap_number(&reply->values[1], &imap->uid_validity);
    }
}

static void continued(pn_imap *imap) {
    if (outstanding(imap, COMMAND_AUTHENTICATE) != NULL && imap->sasl_next < 2) {
        imap->sasl_due = true;
    } else if (outstanding(imap, COMMAND_IDLE) != NULL && !imap->idle_begun) {
        imap->idle_begun = true;
        imap->state = PN_IMAP_WAITING;
        imap->done_due = imap->done_due || imap->news || imap->logout_wanted;
    } else {
        end_saying(imap, PN_INVALID, PN_CAUSE_PROTOCOL,
                   "The mail server waits for what it was not promised.");
    }
}

static void read_reply(pn_imap *imap, const pn_imap_reply *reply) {
    if (!imap->greeted &&
        (reply->kind == PN_IMAP_DATA || reply->kind == PN_IMAP_CONTINUE || reply->tag.len > 0)) {
        end_saying(imap, PN_INVALID, PN_CAUSE_PROTOCOL, "What answers there does not speak IMAP.");
    } else if (reply->kind == PN_IMAP_CONTINUE) {
        continued(imap);
    } else if (reply->kind == PN_IMAP_DATA) {
        data(imap, reply);
    } else if (reply->tag.len > 0) {
        tagged(imap, reply);
    } else {
        untagged_status(imap, reply);
    }
}

void pn_imap_receive(pn_imap *imap, pn_str input, size_t *ret_consumed) {
    size_t at = 0, max = (size_t)imap->options->mail_bytes_max + RESPONSE_SLACK;
    while (at < input.len && imap->state != PN_IMAP_ENDED) {
        pn_imap_reply reply;
        size_t size = 0;
        pn_str rest = pn_str_from(input, at);
        if (imap->state == PN_IMAP_WANTS_TLS) {
            /* Sent before the handshake, so it could be anybody's. */
            end_saying(imap, PN_INVALID, PN_CAUSE_PROTOCOL,
                       "The mail server spoke between STARTTLS and TLS.");
            break;
        }
        pn_err err = pn_imap_reply_size(rest, max, &size);
        if (err == PN_NOT_FOUND) {
            break;
        }
        if (err == PN_OK) {
            pn_arena_reset(&imap->arena);
            err = pn_imap_reply_parse(pn_str_first(rest, size), &imap->arena, &reply);
        }
        if (err != PN_OK) {
            end_saying(imap, err, PN_CAUSE_PROTOCOL,
                       err == PN_LIMIT ? "The mail server sends more than it may."
                                       : "What the mail server sends is no IMAP.");
            break;
        }
        read_reply(imap, &reply);
        at += size;
    }
    *ret_consumed = at;
}

/* ── the rest ────────────────────────────────────────────────────────────────────────────────── */

void pn_imap_look_again(pn_imap *imap) {
    if (imap->state != PN_IMAP_WAITING) {
        return;
    }
    if (imap->idle_begun) {
        imap->done_due = true;
    } else {
        imap->state = PN_IMAP_WORKING;
        want(imap, COMMAND_NOOP, 0);
    }
}

void pn_imap_logout(pn_imap *imap) {
    if (imap->logout_wanted) {
        return;
    }
    imap->logout_wanted = true;
    if (imap->state == PN_IMAP_WAITING) {
        if (imap->idle_begun) {
            imap->done_due = true;
        } else {
            imap->state = PN_IMAP_WORKING;
            want(imap, COMMAND_LOGOUT, 0);
        }
    }
}

pn_imap *pn_imap_new(const pn_imap_options *options, const pn_imap_owner *owner, void *context) {
    pn_imap *imap = pn_alloc(sizeof *imap);
    *imap = (pn_imap){.options = options, .owner = owner, .context = context};
    pn_arena_init(&imap->arena, ARENA_BYTES_MAX);
    pn_arena_init(&imap->list_arena, ARENA_BYTES_MAX);
    return imap;
}

void pn_imap_free(pn_imap *imap) {
    if (imap != NULL) {
        pn_arena_done(&imap->arena);
        pn_arena_done(&imap->list_arena);
        free(imap);
    }
}

void pn_imap_begin(pn_imap *imap, bool secured) {
    imap->state = PN_IMAP_WORKING;
    imap->secured = secured;
}

void pn_imap_secured(pn_imap *imap) {
    assert(imap->state == PN_IMAP_WANTS_TLS);
    imap->secured = true;
    imap->state = PN_IMAP_WORKING;
    imap->can = imap->mechanisms = 0; /* what was announced before counts no more */
    want(imap, COMMAND_CAPABILITY, 0);
}

pn_imap_state pn_imap_state_of(const pn_imap *imap) {
    return imap->state;
}

bool pn_imap_is_busy(const pn_imap *imap) {
    return imap->state != PN_IMAP_ENDED && imap->state != PN_IMAP_WAITING;
}

bool pn_imap_is_idle(const pn_imap *imap) {
    return imap->state == PN_IMAP_WAITING && imap->idle_begun;
}

pn_err pn_imap_result(const pn_imap *imap, pn_diag *ret_diag) {
    *ret_diag = imap->diag;
    return imap->result;
}

const pn_diag *pn_imap_trouble(const pn_imap *imap) {
    return imap->has_trouble ? &imap->trouble : NULL;
}
