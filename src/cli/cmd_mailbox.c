/* Mailboxes: where mail is fetched from. */
#include "app/inbound_fetch.h"
#include "base/banned.h"
#include "cli/cmd.h"

const pn_cli_option PN_MAILBOX_SET_OPTIONS[] = {
    {"url", "URL", "imaps://host, or imap://host:port, secured by STARTTLS"},
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
    {NULL, NULL, NULL},
};

pn_err pn_mailbox_options_json(pn_cli *cli, pn_str url, pn_str *ret_json) {
    static const char *const KEYS[][2] = {
        {"user", "user"},           {"password-file", "password_file"},
        {"folder", "folder"},       {"password-env", "password_env"},
        {"processed", "processed"}, {"token-file", "token_file"},
        {"starttls", "starttls"},   {"verify", "verify"},
        {"ca-file", "ca_file"},
    };
    int64_t days = 0;
    pn_buf text;
    PN_TRY(pn_cli_int(cli, "days", 0, 3650, 7, &days));
    pn_buf_init(&text, 65536);
    pn_json_writer w = pn_json_writer_on(&text, 0);
    pn_json_begin_object(&w);
    pn_json_put_str(&w, "url", url);
    for (size_t i = 0; i < PN_COUNT(KEYS); i++) {
        pn_str value = pn_cli_value(cli, KEYS[i][0]);
        bool file = pn_str_ends(pn_str_of(KEYS[i][1]), PN_STR("_file"));
        pn_json_put_str_if(&w, KEYS[i][1], file ? pn_cli_path(cli, value) : value);
    }
    if (pn_cli_given(cli, "days")) {
        pn_json_put_int(&w, "days", days);
    }
    pn_json_end_object(&w);
    *ret_json = pn_str_dup(&cli->arena, pn_buf_str(&text));
    pn_err err = pn_buf_err(&text);
    pn_buf_done(&text);
    return err;
}

static pn_err parse(pn_cli *cli, pn_str json, pn_mailbox *ret_mailbox) {
    pn_json *settings = NULL;
    PN_TRY(pn_json_parse(json, NULL, &cli->arena, &settings, &cli->diag));
    return pn_mailbox_read(cli->app, settings, &cli->arena, ret_mailbox, &cli->diag);
}

static pn_err journal(pn_cli *cli, const char *what, pn_str name) {
    pn_buf body;
    pn_buf_init(&body, 65536);
    pn_json_writer w = pn_json_writer_on(&body, 0);
    pn_json_begin_object(&w);
    pn_json_put_str(&w, "mailbox", name);
    pn_json_put_str(&w, "what", pn_str_of(what));
    pn_json_end_object(&w);
    pn_err err =
        pn_journal_add(cli->app, 0, 0, 0, PN_EVENT_SETTING, pn_buf_str(&body), &(pn_id){0});
    pn_buf_done(&body);
    return err;
}

static pn_err put(pn_cli *cli, void *context) {
    const pn_mailbox_row *row = context;
    PN_TRY(pn_mailbox_put(cli->app->db, row));
    return journal(cli, "set", row->name);
}

pn_err pn_cmd_mailbox_set(pn_cli *cli) {
    pn_mailbox mailbox;
    pn_mailbox_row row = {
        .org_id = cli->app->org.id, .name = cli->args[0], .updated_at = pn_env_now(cli->env)};
    if (!pn_cli_given(cli, "url") || !pn_cli_given(cli, "user")) {
        return pn_cli_usage(cli, "A mailbox needs --url and --user.");
    }
    if (pn_str_is(row.name, "all") || row.name.len == 0 || row.name.len > 100) {
        return pn_cli_usage(cli, "A mailbox is not called “%.*s”: `all` means all of them.",
                            PN_STR_ARG(row.name));
    }
    PN_TRY(pn_mailbox_options_json(cli, pn_cli_value(cli, "url"), &row.settings));
    PN_TRY(parse(cli, row.settings, &mailbox));
    PN_TRY(pn_cli_write(cli, put, &row));
    pn_out_str(&cli->out, "mailbox", "Mailbox", row.name);
    pn_out_str(&cli->out, "source", "Source", mailbox.source);
    pn_out_raw(&cli->out, "settings", "Settings", row.settings);
    pn_out_line(&cli->out, "`puntual mailbox test %.*s` logs in.", PN_STR_ARG(row.name));
    return PN_OK;
}

pn_err pn_cmd_mailbox_list(pn_cli *cli) {
    static const pn_column COLUMNS[] = {
        {"name", "Mailbox", false},
        {"settings", "Settings", false},
        {"checked_at", "Last session", false},
        {"trouble", "Trouble", false},
    };
    pn_mailbox_row *rows = NULL;
    size_t count = 0;
    pn_err err = pn_mailbox_list(cli->app->db, cli->app->org.id, &cli->arena, &rows, &count);
    PN_TRY(pn_app_fail(cli->app, err, &cli->diag));
    pn_out_table(&cli->out, "mailboxes", COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < count; i++) {
        pn_cell_str(&cli->out, rows[i].name);
        pn_cell_raw(&cli->out, rows[i].settings);
        pn_cell_time(&cli->out, rows[i].checked_at);
        pn_cell_str(&cli->out, rows[i].trouble);
    }
    pn_out_table_end(&cli->out, "No mailbox is set. `puntual mailbox set` sets one.");
    return PN_OK;
}

pn_err pn_cmd_mailbox_test(pn_cli *cli) {
    pn_mailbox_row row;
    pn_mailbox mailbox;
    int64_t mails = 0;
    pn_err err = pn_mailbox_get(cli->app->db, cli->app->org.id, cli->args[0], &cli->arena, &row);
    if (err == PN_NOT_FOUND) {
        return pn_diag_set(&cli->diag, err, "There is no mailbox “%.*s”.",
                           PN_STR_ARG(cli->args[0]));
    }
    PN_TRY(pn_app_fail(cli->app, err, &cli->diag));
    PN_TRY(parse(cli, row.settings, &mailbox));
    PN_TRY(pn_inbound_look(cli->app, &mailbox, &mails, &cli->diag));
    pn_out_str(&cli->out, "mailbox", "Mailbox", row.name);
    pn_out_str(&cli->out, "source", "Source", mailbox.source);
    pn_out_int(&cli->out, "mails", "Mails in the folder", mails);
    return PN_OK;
}

static pn_err take_away(pn_cli *cli, void *context) {
    (void)context;
    pn_err err = pn_mailbox_remove(cli->app->db, cli->app->org.id, cli->args[0]);
    if (err == PN_NOT_FOUND) {
        return pn_diag_set(&cli->diag, err, "There is no mailbox “%.*s”.",
                           PN_STR_ARG(cli->args[0]));
    }
    PN_TRY(err);
    return journal(cli, "removed", cli->args[0]);
}

pn_err pn_cmd_mailbox_remove(pn_cli *cli) {
    PN_TRY(pn_cli_write(cli, take_away, NULL));
    pn_out_str(&cli->out, "mailbox", NULL, cli->args[0]);
    pn_out_line(&cli->out, "Removed. What was received from it stays.");
    return PN_OK;
}
