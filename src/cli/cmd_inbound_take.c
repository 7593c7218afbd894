/* Taking mail: from standard input, files, a maildir, mailboxes. */
#define _GNU_SOURCE /* sigaction */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "app/inbound_fetch.h"
#include "base/banned.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "cli/cmd.h"
#include "format/bounce.h"

enum { RETRY_SECONDS = 5, RETRY_SECONDS_MAX = 300 };

/* What an interruption says; there is no other way out of a signal's handler. */
static volatile sig_atomic_t interrupted;

static void interrupt(int signal_number) {
    (void)signal_number;
    interrupted = 1;
}

static bool is_interrupted(void *context) {
    (void)context;
    return interrupted != 0;
}

/* ── what is told ────────────────────────────────────────────────────────────────────────────── */

typedef struct {
    pn_cli *cli;
    pn_inbound *inbound;
    int64_t received, existed, unmatched;
    bool live;  /* each mail is told as it comes */
    bool begun; /* the table */
} taker;

static pn_str intent_of(pn_str suggestion, pn_arena *arena) {
    pn_json *json = NULL;
    if (suggestion.len == 0 || pn_json_parse(suggestion, NULL, arena, &json, NULL) != PN_OK) {
        return PN_STR("");
    }
    return pn_str_dup(arena, pn_json_text(pn_json_field(json, "intent"), PN_STR("")));
}

static void row_json(pn_json_writer *w, const pn_received_row *row, pn_str intent, bool existed) {
    char id[PN_ID_TEXT_SIZE];
    pn_json_begin_object(w);
    pn_json_put_str(w, "id", pn_str_of(pn_id_text(PN_ID_RECEIVED, row->id, id)));
    pn_json_put_str(w, "class", pn_str_of(pn_mail_class_name((pn_mail_class)row->class)));
    pn_json_put_str(w, "state", pn_str_of(pn_received_state_name(row->state)));
    pn_json_put_str(w, "matched_by", pn_str_of(pn_matched_name(row->matched_by)));
    pn_json_put_str_if(
        w, "debtor",
        row->debtor_id == 0 ? PN_STR("") : pn_str_of(pn_id_text(PN_ID_DEBTOR, row->debtor_id, id)));
    pn_json_put_str(w, "from", row->sender);
    pn_json_put_str(w, "subject", row->subject);
    pn_json_put_str(w, "status", row->status);
    pn_json_put_str(w, "reason", row->reason);
    pn_json_put_str_if(w, "note", row->note);
    pn_json_put_bool(w, "opt_out", row->opt_out != 0);
    pn_json_put_str(w, "intent", intent);
    pn_json_put_bool(w, "existed", existed);
    pn_json_end_object(w);
}

static void tell_live(const taker *t, const pn_received_row *row, bool existed) {
    if (t->cli->json) {
        pn_buf line;
        pn_buf_init(&line, 1 << 20);
        pn_json_writer w = pn_json_writer_on(&line, 0);
        row_json(&w, row, intent_of(row->suggestion, &t->cli->arena), existed);
        (void)printf("%.*s\n", PN_STR_ARG(pn_buf_str(&line)));
        pn_buf_done(&line);
    } else {
        (void)printf("%s  %s  %.*s  %.*s%s\n", pn_mail_class_name((pn_mail_class)row->class),
                     pn_received_state_name(row->state), PN_STR_ARG(row->sender),
                     PN_STR_ARG(row->subject), existed ? "  (came before)" : "");
    }
    (void)fflush(stdout);
}

static void tell_in_table(const taker *t, const pn_received_row *row, bool existed) {
    pn_out *out = &t->cli->out;
    pn_arena *arena = &t->cli->arena;
    pn_cell_id(out, PN_ID_RECEIVED, row->id);
    pn_cell_str(out, pn_str_of(pn_mail_class_name((pn_mail_class)row->class)));
    pn_cell_str(out, pn_str_of(pn_received_state_name(row->state)));
    pn_cell_str(out, pn_str_of(pn_matched_name(row->matched_by)));
    pn_cell_str(out, pn_str_dup(arena, row->sender));
    pn_cell_str(out, pn_str_dup(arena, row->subject));
    pn_cell_str(out, pn_str_dup(arena, row->note.len != 0 ? row->note : row->reason));
    pn_cell_str(out, intent_of(row->suggestion, arena));
    pn_cell_raw(out, existed ? PN_STR("true") : PN_STR("false"));
}

/* Not before there is something to say: a failure is a document of its own. */
static void begin_table(taker *t) {
    static const pn_column COLUMNS[] = {
        {"id", "Mail", false},       {"class", "Class", false},     {"state", "State", false},
        {"matched_by", "By", false}, {"from", "From", false},       {"subject", "Subject", false},
        {"reason", "Reason", false}, {"intent", "It seems", false}, {"existed", "Before", false},
    };
    if (t->begun) {
        return;
    }
    t->begun = true;
    pn_out_table(&t->cli->out, "mails", COLUMNS, PN_COUNT(COLUMNS));
}

static void received(void *context, const pn_received_row *row, bool existed) {
    taker *t = context;
    t->received += existed ? 0 : 1;
    t->existed += existed ? 1 : 0;
    t->unmatched += !existed && row->state == PN_RECEIVED_UNMATCHED ? 1 : 0;
    if (t->live) {
        tell_live(t, row, existed);
    } else {
        begin_table(t);
        tell_in_table(t, row, existed);
        pn_cli_progress("%lld mails", (long long)(t->received + t->existed));
    }
}

static void end_table(taker *t) {
    pn_out *out = &t->cli->out;
    pn_cli_progress("%s", "");
    pn_out_table_end(out, "There was no new mail.");
    pn_out_int(out, "received", NULL, t->received);
    pn_out_int(out, "existed", NULL, t->existed);
    pn_out_int(out, "unmatched", NULL, t->unmatched);
    if (t->unmatched != 0) {
        pn_out_line(out, "%lld belong to nobody yet: `puntual inbound list --unmatched`.",
                    (long long)t->unmatched);
    }
}

/* ── one mail: standard input or a file ──────────────────────────────────────────────────────── */

/* All of it is read, also what is too much: a mail server does not like a closed pipe. */
static pn_err read_all(pn_cli *cli, FILE *file, pn_buf *bytes, bool *ret_whole) {
    char chunk[65536];
    size_t got = 0;
    while ((got = fread(chunk, 1, sizeof chunk, file)) > 0) {
        if (bytes->len <= PN_LIMIT_INBOUND_BYTES) {
            pn_buf_add(bytes, chunk, got);
        }
    }
    *ret_whole = bytes->len <= PN_LIMIT_INBOUND_BYTES;
    return ferror(file) == 0
               ? PN_OK
               : pn_diag_set(&cli->diag, PN_IO, "The mail cannot be read: %s.", strerror(errno));
}

static pn_err take_stream(taker *t, FILE *file, pn_str source) {
    pn_cli *cli = t->cli;
    pn_received_row row;
    bool existed = false;
    pn_buf bytes;
    pn_str recipient = pn_cli_value(cli, "recipient");
    pn_inbound_mail mail = {.source = source,
                            .recipient = pn_utf8_valid(recipient) ? recipient : PN_STR("")};
    pn_buf_init(&bytes, PN_LIMIT_INBOUND_BYTES + (1 << 20));
    pn_err err = read_all(cli, file, &bytes, &mail.whole);
    if (err == PN_OK && bytes.len == 0) {
        err = pn_diag_set(&cli->diag, PN_INVALID, "There is no mail: nothing came from %.*s.",
                          PN_STR_ARG(source));
    }
    if (err == PN_OK) {
        mail.bytes = mail.whole ? pn_buf_str(&bytes) : pn_inbound_header(pn_buf_str(&bytes));
        err = pn_inbound_take(t->inbound, &mail, &cli->arena, &row, &existed, &cli->diag);
    }
    if (err == PN_OK) {
        received(t, &row, existed);
    }
    pn_buf_done(&bytes);
    return err;
}

static pn_err take_files(taker *t) {
    pn_cli *cli = t->cli;
    if (cli->arg_count == 0) {
        return take_stream(t, stdin, PN_STR("pipe"));
    }
    for (int i = 0; i < cli->arg_count; i++) {
        const char *path = pn_str_z(&cli->arena, cli->args[i]);
        FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
        if (file == NULL) {
            return pn_diag_set(&cli->diag, PN_IO, "%s cannot be read: %s.", path, strerror(errno));
        }
        pn_err err = take_stream(t, file, file == stdin ? PN_STR("pipe") : PN_STR("file"));
        if (file != stdin) {
            (void)fclose(file);
        }
        PN_TRY(err);
    }
    return PN_OK;
}

/* ── mailboxes ───────────────────────────────────────────────────────────────────────────────── */

static pn_err fetch_once(taker *t, pn_str settings, bool wait) {
    pn_cli *cli = t->cli;
    pn_json *json = NULL;
    pn_mailbox mailbox;
    pn_diag trouble;
    pn_inbound_listener listener = {.received = received, .stopped = is_interrupted, .context = t};
    PN_TRY(pn_json_parse(settings, NULL, &cli->arena, &json, &cli->diag));
    PN_TRY(pn_mailbox_read(cli->app, json, &cli->arena, &mailbox, &cli->diag));
    PN_TRY(pn_inbound_fetch(t->inbound, &mailbox, wait, &listener, &trouble, &cli->diag));
    if (trouble.what[0] != '\0') {
        (void)fprintf(stderr, "puntual: %s\n", trouble.what);
    }
    return PN_OK;
}

static pn_err fetch_named(taker *t, const pn_mailbox_row *row, bool wait) {
    pn_cli *cli = t->cli;
    pn_diag trouble;
    pn_inbound_listener listener = {.received = received, .stopped = is_interrupted, .context = t};
    pn_err err = pn_inbound_fetch_named(t->inbound, row, wait, &listener, &trouble, &cli->diag);
    if (trouble.what[0] != '\0') {
        (void)fprintf(stderr, "puntual: %s\n", trouble.what);
    }
    return err;
}

/* One that fails keeps none of the others from being fetched. */
static pn_err fetch_all(taker *t, const pn_mailbox_row *rows, size_t count) {
    pn_err first = PN_OK;
    pn_diag diag = {0};
    for (size_t i = 0; i < count && interrupted == 0; i++) {
        pn_err err = fetch_named(t, &rows[i], false);
        if (err != PN_OK && first == PN_OK) {
            first = err;
            diag = t->cli->diag;
            pn_diag_where(&diag, "mailbox %.*s", PN_STR_ARG(rows[i].name));
        }
    }
    t->cli->diag = first != PN_OK ? diag : t->cli->diag;
    return first;
}

static void wait_seconds(int seconds) {
    for (int i = 0; i < seconds && interrupted == 0; i++) {
        (void)nanosleep(&(struct timespec){1, 0}, NULL);
    }
}

/* Stays; what may pass (the network, a busy database) is tried again, ever more slowly. */
static pn_err stay(taker *t, const pn_mailbox_row *row) {
    int pause = RETRY_SECONDS;
    while (interrupted == 0) {
        int64_t before = t->received + t->existed;
        pn_err err =
            row->name.len != 0 ? fetch_named(t, row, true) : fetch_once(t, row->settings, true);
        if (err != PN_OK && err != PN_IO && err != PN_RETRY && err != PN_LIMIT) {
            return err;
        }
        if (interrupted == 0 && err != PN_OK) {
            (void)fprintf(stderr, "puntual: %s Trying again in %d seconds.\n", t->cli->diag.what,
                          pause);
        }
        pause = t->received + t->existed > before ? RETRY_SECONDS : pause;
        wait_seconds(pause);
        pause = PN_MIN(pause * 2, RETRY_SECONDS_MAX);
    }
    return PN_OK;
}

static pn_err take_mailboxes(taker *t) {
    pn_cli *cli = t->cli;
    pn_mailbox_row *rows = NULL, one = {.org_id = cli->app->org.id, .name = PN_STR("")};
    size_t count = 1;
    pn_str name = pn_cli_value(cli, "mailbox");
    bool idle = pn_cli_given(cli, "idle");
    if (pn_cli_given(cli, "imap")) {
        PN_TRY(pn_mailbox_options_json(cli, pn_cli_value(cli, "imap"), &one.settings));
        return idle ? stay(t, &one) : fetch_once(t, one.settings, false);
    }
    pn_err err = PN_OK;
    if (pn_str_is(name, "all")) {
        err = pn_mailbox_list(cli->app->db, cli->app->org.id, &cli->arena, &rows, &count);
    } else {
        err = pn_mailbox_get(cli->app->db, cli->app->org.id, name, &cli->arena, &one);
        rows = &one;
    }
    if (err == PN_NOT_FOUND || (err == PN_OK && count == 0)) {
        return pn_diag_set(&cli->diag, PN_NOT_FOUND,
                           "There is no mailbox “%.*s”. `puntual mailbox set` sets one.",
                           PN_STR_ARG(name));
    }
    PN_TRY(pn_app_fail(cli->app, err, &cli->diag));
    if (idle && count != 1) {
        return pn_cli_usage(cli, "--idle stays with one mailbox: start one program for each.");
    }
    return idle ? stay(t, &rows[0]) : fetch_all(t, rows, count);
}

/* ── the command ─────────────────────────────────────────────────────────────────────────────── */

static pn_err check_usage(pn_cli *cli) {
    int ways = (pn_cli_given(cli, "maildir") ? 1 : 0) + (pn_cli_given(cli, "mailbox") ? 1 : 0) +
               (pn_cli_given(cli, "imap") ? 1 : 0) + (cli->arg_count > 0 ? 1 : 0);
    if (ways > 1) {
        return pn_cli_usage(cli, "Mail comes from one place: a file, --maildir, --mailbox or "
                                 "--imap.");
    }
    if (pn_cli_given(cli, "idle") && !pn_cli_given(cli, "imap") && !pn_cli_given(cli, "mailbox")) {
        return pn_cli_usage(cli, "--idle goes with --mailbox or --imap.");
    }
    if (ways == 0 && isatty(STDIN_FILENO) == 1) {
        return pn_cli_usage(cli, "There is no mail on standard input. Name a file, --maildir, "
                                 "--mailbox or --imap.");
    }
    return PN_OK;
}

static pn_err take(taker *t) {
    pn_cli *cli = t->cli;
    pn_inbound_listener listener = {.received = received, .stopped = is_interrupted, .context = t};
    if (pn_cli_given(cli, "maildir")) {
        return pn_inbound_maildir(t->inbound, pn_cli_value(cli, "maildir"), &listener, &cli->diag);
    }
    return pn_cli_given(cli, "imap") || pn_cli_given(cli, "mailbox") ? take_mailboxes(t)
                                                                     : take_files(t);
}

pn_err pn_inbound_take_all(pn_cli *cli) {
    taker t = {.cli = cli, .live = pn_cli_given(cli, "idle")};
    struct sigaction on_signal = {.sa_handler = interrupt};
    PN_TRY(check_usage(cli));
    cli->failure = EX_TEMPFAIL; /* nothing that fails here is the mail's fault */
    PN_TRY(pn_cli_open(cli, false));
    PN_TRY(pn_inbound_new(cli->app, &t.inbound, &cli->diag));
    (void)sigaction(SIGINT, &on_signal, NULL);
    (void)sigaction(SIGTERM, &on_signal, NULL);
    pn_err err = take(&t);
    pn_inbound_free(t.inbound);
    if (err != PN_OK || t.live) {
        pn_cli_progress("%s", "");
    }
    if (!t.live && (err == PN_OK || t.begun)) {
        begin_table(&t);
        end_table(&t);
    }
    return err;
}
