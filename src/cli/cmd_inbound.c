/* Mail that came in: what it means. */
#include "base/banned.h"
#include "base/limits.h"
#include "cli/cmd.h"
#include "codec/mail_read.h"
#include "format/bounce.h"

const pn_cli_option PN_INBOUND_OPTIONS[] = {
    {"dry-run", NULL, "say what each mail means; keep nothing"},
    {"recipient", "ADDRESS", "whom the envelope of a mail from standard input names"},
    {"maildir", "DIR", "take what lies in DIR/new, and move it to DIR/cur"},
    {"mailbox", "NAME", "fetch from a mailbox that is set, or from all of them: all"},
    {"imap", "URL", "fetch from imaps://host or imap://host:port"},
    {"user", "NAME", "the name to log in with"},
    {"password-file", "PATH", "a file with the password, readable for this user alone"},
    {"password-env", "NAME", "an environment variable with the password"},
    {"token-file", "PATH", "a file with an access token (XOAUTH2), read at each login"},
    {"folder", "NAME", "the folder to fetch from (default INBOX)"},
    {"processed", "NAME", "move stored mail to this folder, instead of marking it as read"},
    {"starttls", "required|never", "whether imap:// must be secured (default: yes)"},
    {"verify", "full|none", "whether the server's certificate must be valid"},
    {"ca-file", "PATH", "the authority that signed it, where private"},
    {"days", "N", "how old mail may be when a folder is read for the first time (default 7)"},
    {"idle", NULL, "stay and take each mail as it comes, until interrupted"},
    {NULL, NULL, NULL},
};

/* ── what is printed ─────────────────────────────────────────────────────────────────────────── */

static void put_texts(pn_json_writer *w, const char *key, const pn_str *items, size_t count) {
    pn_json_key(w, pn_str_of(key));
    pn_json_begin_array(w);
    for (size_t i = 0; i < count; i++) {
        pn_json_add_str(w, items[i]);
    }
    pn_json_end_array(w);
}

static void put_recipient(pn_json_writer *w, const pn_mail_recipient *recipient) {
    pn_json_begin_object(w);
    pn_json_put_str(w, "address", recipient->address);
    pn_json_put_str(w, "class", pn_str_of(pn_mail_class_name(recipient->class)));
    pn_json_put_str(w, "status", recipient->status);
    pn_json_put_bool(w, "status_derived", recipient->status_derived);
    pn_json_put_str(w, "reply", recipient->reply);
    pn_json_put_str(w, "reason", recipient->reason);
    pn_json_put_str(w, "diagnostic", recipient->diagnostic);
    pn_json_end_object(w);
}

/* The recipient that decided the mail's class: the first of that class. */
static pn_str deciding_address(const pn_mail_finding *finding) {
    for (size_t i = 0; i < finding->recipient_count; i++) {
        if (finding->recipients[i].class == finding->class) {
            return finding->recipients[i].address;
        }
    }
    return PN_STR("");
}

static void put_finding(pn_json_writer *w, pn_str file, const pn_mail_finding *finding) {
    pn_json_begin_object(w);
    pn_json_put_str_if(w, "file", file);
    pn_json_put_str(w, "class", pn_str_of(pn_mail_class_name(finding->class)));
    pn_json_put_str(w, "status", finding->status);
    pn_json_put_str(w, "recipient", deciding_address(finding));
    pn_json_put_str(w, "reason", finding->reason);
    pn_json_put_str(w, "diagnostic", finding->diagnostic);
    pn_json_put_str(w, "message", finding->original_id);
    pn_json_key(w, PN_STR("recipients"));
    pn_json_begin_array(w);
    for (size_t i = 0; i < finding->recipient_count; i++) {
        put_recipient(w, &finding->recipients[i]);
    }
    pn_json_end_array(w);
    pn_json_put_str(w, "message_id", finding->message_id);
    pn_json_put_str(w, "from", finding->from);
    pn_json_put_str(w, "subject", finding->subject);
    put_texts(w, "sent_to", finding->sent_to, finding->sent_to_count);
    put_texts(w, "references", finding->references, finding->reference_count);
    pn_json_end_object(w);
}

/* One document for one mail; a line each for several. */
static void print_json(pn_cli *cli, pn_str file, const pn_mail_finding *finding) {
    pn_buf text;
    pn_buf_init(&text, PN_LIMIT_HELPER_BYTES);
    pn_json_writer writer = pn_json_writer_on(&text, file.len != 0 ? 0 : 2);
    put_finding(&writer, file, finding);
    pn_out_whole(&cli->out, pn_buf_str(&text));
    pn_buf_done(&text);
}

static const char *meaning(pn_mail_class class) {
    static const char *const MEANINGS[PN_MAIL_CLASSES] = {
        [PN_MAIL_HARD] = "a bounce: this address does not work and should not be written to",
        [PN_MAIL_SOFT] = "a bounce that may pass: the address can be tried again",
        [PN_MAIL_POLICY] = "a refusal of us as the sender, not of the address",
        [PN_MAIL_COMPLAINT] = "a complaint: the recipient does not want this mail",
        [PN_MAIL_AUTO_REPLY] = "an automatic reply",
        [PN_MAIL_REPLY] = "a reply written by a person",
        [PN_MAIL_OTHER] = "neither a bounce nor a reply",
    };
    return MEANINGS[class];
}

static void print_text(pn_cli *cli, const pn_mail_finding *finding) {
    pn_out *out = &cli->out;
    const char *name = pn_mail_class_name(finding->class);
    pn_out_str(out, "class", "Class",
               pn_str_format(&cli->arena, "%s: %s", name, meaning(finding->class)));
    pn_out_str(out, "from", "From", finding->from);
    pn_out_str(out, "subject", "Subject", finding->subject);
    pn_out_str(out, "message", "About message", finding->original_id);
    for (size_t i = 0; i < finding->recipient_count; i++) {
        const pn_mail_recipient *r = &finding->recipients[i];
        pn_out_title(out, "%.*s",
                     PN_STR_ARG(r->address.len != 0 ? r->address : PN_STR("(nobody is named)")));
        pn_out_str(out, "class", "Class", pn_str_of(pn_mail_class_name(r->class)));
        pn_out_str(out, "status", "Status",
                   r->status_derived
                       ? pn_str_format(&cli->arena, "%.*s (ours: no server stated one)",
                                       PN_STR_ARG(r->status))
                       : r->status);
        pn_out_str(out, "reason", "Reason", r->reason);
        pn_out_str(out, "diagnostic", "It said", r->diagnostic);
    }
}

static void print_line(pn_cli *cli, pn_str file, const pn_mail_finding *finding) {
    pn_str address = deciding_address(finding);
    pn_out_line(&cli->out, "%-10s %-9.*s %-16.*s %.*s  %.*s", pn_mail_class_name(finding->class),
                PN_STR_ARG(finding->status), PN_STR_ARG(finding->reason), PN_STR_ARG(file),
                PN_STR_ARG(address));
}

/* ── looking at mails without keeping anything ───────────────────────────────────────────────── */

typedef struct {
    pn_helper *helper;
    bool several;
} dry_run;

static pn_err look_at(pn_cli *cli, const dry_run *run, pn_str file, pn_arena *arena) {
    pn_str raw;
    pn_mail mail;
    pn_mail_finding finding;
    PN_TRY(pn_cli_read_file(cli, file, PN_LIMIT_HELPER_BYTES, &raw));
    pn_err err = pn_mail_read(run->helper, raw, arena, &mail, &cli->diag);
    pn_cli_forget_file(cli);
    if (err != PN_OK) {
        pn_diag_where(&cli->diag, "%.*s", PN_STR_ARG(file));
        return err;
    }
    pn_mail_classify(&mail, arena, &finding);
    if (cli->out.json) {
        print_json(cli, run->several ? file : PN_STR_NONE, &finding);
    } else if (run->several) {
        print_line(cli, file, &finding);
    } else {
        print_text(cli, &finding);
    }
    return PN_OK;
}

static pn_err look_at_all(pn_cli *cli) {
    dry_run run = {.several = cli->arg_count > 1};
    pn_arena arena;
    PN_TRY(pn_helper_new(cli->env, "puntual-mail", &run.helper, &cli->diag));
    pn_arena_init(&arena, 0);
    pn_err err = cli->arg_count == 0 ? look_at(cli, &run, PN_STR("-"), &arena) : PN_OK;
    for (int i = 0; i < cli->arg_count && err == PN_OK; i++) {
        err = look_at(cli, &run, cli->args[i], &arena);
        if (run.several) {
            pn_arena_reset(&arena);
        }
    }
    err = err == PN_OK && cli->out.buf.failed ? PN_LIMIT : err;
    pn_arena_done(&arena);
    pn_helper_free(run.helper);
    return err;
}

pn_err pn_cmd_inbound(pn_cli *cli) {
    return pn_cli_given(cli, "dry-run") ? look_at_all(cli) : pn_inbound_take_all(cli);
}
