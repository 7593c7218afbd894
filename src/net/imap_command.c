#include "base/banned.h"
#include "base/utf8.h"
#include "net/imap_int.h"

/* ── writing ─────────────────────────────────────────────────────────────────────────────────── */

static void put_quoted(pn_buf *out, pn_str text) {
    pn_buf_add_char(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '"' || text.ptr[i] == '\\') {
            pn_buf_add_char(out, '\\');
        }
        pn_buf_add_char(out, text.ptr[i]);
    }
    pn_buf_add_char(out, '"');
}

static void put_folder(pn_buf *out, pn_str folder) {
    pn_buf name;
    pn_buf_init(&name, 4096);
    if (pn_imap_folder_name(folder.len > 0 ? folder : PN_STR("INBOX"), &name) == PN_OK) {
        put_quoted(out, pn_buf_str(&name));
    }
    pn_buf_done(&name);
}

static void put_authenticate(pn_imap *imap, pn_buf *out) {
    pn_buf_add_lit(out, "AUTHENTICATE ");
    pn_buf_add_z(out, imap->mechanism == PN_SMTP_AUTH_PLAIN ? "PLAIN" : "XOAUTH2");
    if ((imap->can & CAN_IR) != 0) {
        pn_buf_add_char(out, ' ');
        pn_sasl_response(imap->mechanism, imap->sasl_next++, imap->options->user,
                         imap->options->secret, out);
    }
}

static void put_search(const pn_imap *imap, pn_buf *out) {
    if (imap->last_uid > 0) {
        pn_buf_add_lit(out, "UID SEARCH UID ");
        pn_buf_add_int(out, (int64_t)imap->last_uid + 1);
        pn_buf_add_lit(out, ":*");
    } else if (imap->options->since.len > 0) {
        pn_buf_add_lit(out, "UID SEARCH SINCE ");
        pn_buf_add_str(out, imap->options->since);
    } else {
        pn_buf_add_lit(out, "UID SEARCH ALL");
    }
}

static void put_sizes(pn_imap *imap, pn_buf *out) {
    pn_buf_add_lit(out, "UID FETCH ");
    size_t last = PN_MIN(imap->sized + SIZES_AT_ONCE, imap->mail_count);
    for (; imap->sized < last; imap->sized++) {
        pn_buf_add_int(out, imap->mails[imap->sized].uid);
        pn_buf_add_str(out, imap->sized + 1 < last ? PN_STR(",") : PN_STR(" (UID RFC822.SIZE)"));
    }
}

static void put_fetch(const pn_imap *imap, pn_buf *out) {
    const pn_imap_listed *mail = &imap->mails[imap->mail_at];
    pn_buf_add_lit(out, "UID FETCH ");
    pn_buf_add_int(out, mail->uid);
    if (pn_imap_is_whole(imap, mail)) {
        pn_buf_add_lit(out, " (UID BODY.PEEK[])");
    } else {
        pn_buf_add_format(out, " (UID BODY.PEEK[HEADER]<0.%d>)", HEADER_BYTES_MAX);
    }
}

static void put_uid_command(pn_buf *out, const char *verb, uint32_t uid, const char *rest) {
    pn_buf_add_z(out, verb);
    pn_buf_add_int(out, uid);
    pn_buf_add_z(out, rest);
}

static void put_command(pn_imap *imap, const pn_imap_task *t, pn_buf *out) {
    const pn_imap_options *o = imap->options;
    switch (t->command) {
    case COMMAND_CAPABILITY: pn_buf_add_lit(out, "CAPABILITY"); break;
    case COMMAND_STARTTLS: pn_buf_add_lit(out, "STARTTLS"); break;
    case COMMAND_LOGIN:
        pn_buf_add_lit(out, "LOGIN ");
        put_quoted(out, o->user);
        pn_buf_add_char(out, ' ');
        put_quoted(out, o->secret);
        break;
    case COMMAND_AUTHENTICATE: put_authenticate(imap, out); break;
    case COMMAND_SELECT:
        pn_buf_add_str(out, o->look_only ? PN_STR("EXAMINE ") : PN_STR("SELECT "));
        put_folder(out, o->folder);
        break;
    case COMMAND_SEARCH: put_search(imap, out); break;
    case COMMAND_SIZES: put_sizes(imap, out); break;
    case COMMAND_FETCH: put_fetch(imap, out); break;
    case COMMAND_SEEN: put_uid_command(out, "UID STORE ", t->uid, " +FLAGS.SILENT (\\Seen)"); break;
    case COMMAND_MOVE:
    case COMMAND_COPY:
        put_uid_command(out, t->command == COMMAND_MOVE ? "UID MOVE " : "UID COPY ", t->uid, " ");
        put_folder(out, o->processed);
        break;
    case COMMAND_DELETED:
        put_uid_command(out, "UID STORE ", t->uid, " +FLAGS.SILENT (\\Seen \\Deleted)");
        break;
    case COMMAND_EXPUNGE: put_uid_command(out, "UID EXPUNGE ", t->uid, ""); break;
    case COMMAND_CREATE:
        pn_buf_add_lit(out, "CREATE ");
        put_folder(out, o->processed);
        break;
    case COMMAND_IDLE: pn_buf_add_lit(out, "IDLE"); break;
    case COMMAND_NOOP: pn_buf_add_lit(out, "NOOP"); break;
    case COMMAND_LOGOUT: pn_buf_add_lit(out, "LOGOUT"); break;
    }
}

/* Only what concerns one mail may go beside other commands. */
static bool goes_along(pn_imap_command c) {
    switch (c) {
    case COMMAND_FETCH:
    case COMMAND_SEEN:
    case COMMAND_MOVE:
    case COMMAND_COPY:
    case COMMAND_DELETED:
    case COMMAND_EXPUNGE: return true;
    case COMMAND_CAPABILITY:
    case COMMAND_STARTTLS:
    case COMMAND_LOGIN:
    case COMMAND_AUTHENTICATE:
    case COMMAND_SELECT:
    case COMMAND_SEARCH:
    case COMMAND_SIZES:
    case COMMAND_CREATE:
    case COMMAND_IDLE:
    case COMMAND_NOOP:
    case COMMAND_LOGOUT: return false;
    }
    return false;
}

static void put_sasl(pn_imap *imap, pn_buf *out) {
    imap->sasl_due = false;
    /* The second response is empty: it asks for the real reply after an error told as a challenge.
     */
    if (imap->sasl_next == 0) {
        pn_sasl_response(imap->mechanism, 0, imap->options->user, imap->options->secret, out);
    }
    imap->sasl_next++;
    pn_buf_add_lit(out, "\r\n");
}

void pn_imap_advance(pn_imap *imap, pn_buf *out) {
    if (imap->state == PN_IMAP_ENDED || imap->state == PN_IMAP_WANTS_TLS) {
        return;
    }
    if (imap->sasl_due) {
        put_sasl(imap, out);
    }
    if (imap->done_due && imap->idle_begun) {
        imap->done_due = imap->idle_begun = false;
        imap->state = PN_IMAP_WORKING;
        pn_buf_add_lit(out, "DONE\r\n");
    }
    for (unsigned i = 0; i < imap->task_count; i++) {
        pn_imap_task *t = &imap->tasks[i];
        if (t->tag != 0) {
            if (!goes_along(t->command)) {
                return;
            }
            continue;
        }
        if (i > 0 && !goes_along(t->command)) {
            return;
        }
        t->tag = ++imap->last_tag;
        pn_buf_add_char(out, 'p');
        pn_buf_add_int(out, t->tag);
        pn_buf_add_char(out, ' ');
        put_command(imap, t, out);
        pn_buf_add_lit(out, "\r\n");
        if (!goes_along(t->command)) {
            return;
        }
    }
}

/* ── names of folders ────────────────────────────────────────────────────────────────────────── */

static const char BASE64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

/* A run of characters as UTF-16 in the modified base64: 16 bits at a time. */
typedef struct {
    uint32_t bits;
    unsigned count;
    bool open;
} shifter;

static void put_unit(shifter *s, uint32_t unit, pn_buf *out) {
    if (!s->open) {
        pn_buf_add_char(out, '&');
        s->open = true;
    }
    s->bits = s->bits << 16 | unit;
    s->count += 16;
    while (s->count >= 6) {
        s->count -= 6;
        pn_buf_add_char(out, BASE64[s->bits >> s->count & 63]);
    }
    s->bits &= (1U << s->count) - 1;
}

static void close_shift(shifter *s, pn_buf *out) {
    if (s->count > 0) {
        pn_buf_add_char(out, BASE64[s->bits << (6 - s->count) & 63]);
    }
    if (s->open) {
        pn_buf_add_char(out, '-');
    }
    *s = (shifter){0};
}

pn_err pn_imap_folder_name(pn_str folder, pn_buf *out) {
    shifter s = {0};
    if (!pn_utf8_valid(folder)) {
        return PN_INVALID;
    }
    while (folder.len > 0) {
        uint32_t c = 0;
        folder = pn_str_from(folder, pn_utf8_decode(folder, &c));
        if (c < 0x20 || c == 0x7F) {
            return PN_INVALID;
        }
        if (c < 0x7F) {
            close_shift(&s, out);
            pn_buf_add_char(out, (char)c);
            if (c == '&') {
                pn_buf_add_char(out, '-');
            }
        } else if (c < 0x10000) {
            put_unit(&s, c, out);
        } else {
            put_unit(&s, 0xD800 + ((c - 0x10000) >> 10), out);
            put_unit(&s, 0xDC00 + ((c - 0x10000) & 0x3FF), out);
        }
    }
    close_shift(&s, out);
    return PN_OK;
}
