#include "app/deliver.h"
#include "app/outlets.h"
#include "base/banned.h"
#include "channel/channel.h"
#include "cli/cmd.h"

/* ── set ─────────────────────────────────────────────────────────────────────────────────────── */

const pn_cli_option PN_CHANNEL_SET_OPTIONS[] = {
    {"driver", "capture|smtp", "capture keeps messages here; smtp sends them"},
    {"from", "ADDRESS", "the sender, like 'Cobros <cobros@example.com>'"},
    {"url", "URL", "smtp://host:port, or smtps://host:port"},
    {"user", "NAME", "the name to log in with"},
    {"password-file", "PATH", "a file with the password, readable for this user alone"},
    {"password-env", "NAME", "an environment variable with the password"},
    {"auth", "auto|plain|login|xoauth2", "how to log in"},
    {"starttls", "required|opportunistic|never", "whether the connection must be secured"},
    {"verify", "full|none", "whether the server's certificate must be valid"},
    {"ca-file", "PATH", "the authority that signed it, where private"},
    {"helo", "NAME", "this machine's public name"},
    {"connections", "N", "connections at the same time (default 4)"},
    {"connection-messages", "N", "messages over one connection (default 500)"},
    {"rate", "N", "the most messages a second"},
    {NULL, NULL, NULL},
};

static pn_err parse_channel(pn_cli *cli, pn_channel_kind *ret_channel) {
    *ret_channel = pn_channel_kind_of(cli->args[0]);
    return *ret_channel != PN_CHANNEL_NONE
               ? PN_OK
               : pn_cli_usage(cli,
                              "“%.*s” is no channel. There are email, sms, whatsapp, push, "
                              "call, letter and http.",
                              PN_STR_ARG(cli->args[0]));
}

/* The driver's settings as a JSON object: texts as they are, numbers as numbers. */
static pn_err settings_json(pn_cli *cli, pn_str *ret_json) {
    static const struct {
        const char *option, *key;
        bool number;
    } KEYS[] = {
        {"url", "url", false},
        {"user", "user", false},
        {"password-file", "password_file", false},
        {"password-env", "password_env", false},
        {"auth", "auth", false},
        {"starttls", "starttls", false},
        {"verify", "verify", false},
        {"ca-file", "ca_file", false},
        {"helo", "helo", false},
        {"connections", "connections", true},
        {"connection-messages", "connection_messages", true},
        {"rate", "rate_per_second", true},
    };
    pn_buf text;
    pn_buf_init(&text, 65536);
    pn_json_writer w = pn_json_writer_on(&text, 0);
    pn_json_begin_object(&w);
    for (size_t i = 0; i < PN_COUNT(KEYS); i++) {
        pn_str value = pn_cli_value(cli, KEYS[i].option);
        pn_json *number = NULL;
        if (!pn_cli_given(cli, KEYS[i].option)) {
            continue;
        }
        if (KEYS[i].number && (pn_json_parse(value, NULL, &cli->arena, &number, NULL) != PN_OK ||
                               number->type > PN_JSON_REAL || number->type < PN_JSON_INT)) {
            pn_buf_done(&text);
            return pn_cli_usage(cli, "--%s wants a number.", KEYS[i].option);
        }
        pn_json_key(&w, pn_str_of(KEYS[i].key));
        if (KEYS[i].number) {
            pn_json_add_raw(&w, value);
        } else {
            pn_json_add_str(&w, value);
        }
    }
    pn_json_end_object(&w);
    *ret_json = pn_str_dup(&cli->arena, pn_buf_str(&text));
    pn_buf_done(&text);
    return PN_OK;
}

static pn_err set(pn_cli *cli, void *context) {
    return pn_outlet_set(cli->app, context, &cli->arena, &cli->diag);
}

pn_err pn_cmd_channel_set(pn_cli *cli) {
    pn_channel_row row = {.org_id = cli->app->org.id,
                          .driver = pn_cli_value(cli, "driver"),
                          .sender = pn_cli_value(cli, "from"),
                          .paused_reason = PN_STR("")};
    PN_TRY(parse_channel(cli, &row.channel));
    if (row.driver.len == 0 || row.sender.len == 0) {
        return pn_cli_usage(cli, "A channel needs --driver and --from.");
    }
    PN_TRY(settings_json(cli, &row.settings));
    PN_TRY(pn_cli_write(cli, set, &row));
    pn_out_str(&cli->out, "channel", "Channel", cli->args[0]);
    pn_out_str(&cli->out, "driver", "Driver", row.driver);
    pn_out_str(&cli->out, "from", "From", row.sender);
    pn_out_raw(&cli->out, "settings", "Settings", row.settings);
    return PN_OK;
}

/* ── list, test, resume ──────────────────────────────────────────────────────────────────────── */

pn_err pn_cmd_channel_list(pn_cli *cli) {
    static const pn_column COLUMNS[] = {
        {"channel", "Channel", false}, {"driver", "Driver", false},     {"from", "From", false},
        {"paused", "Paused", false},   {"settings", "Settings", false},
    };
    pn_channel_row *rows = NULL;
    size_t count = 0;
    pn_err err = pn_channel_list(cli->app->db, cli->app->org.id, &cli->arena, &rows, &count);
    PN_TRY(pn_app_fail(cli->app, err, &cli->diag));
    pn_out_table(&cli->out, "channels", COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < count; i++) {
        pn_cell_str(&cli->out, pn_str_of(pn_channel_kind_name(rows[i].channel)));
        pn_cell_str(&cli->out, rows[i].driver);
        pn_cell_str(&cli->out, rows[i].sender);
        pn_cell_str(&cli->out, rows[i].paused_reason);
        pn_cell_raw(&cli->out, rows[i].settings);
    }
    pn_out_table_end(&cli->out, "No channel is set. `puntual channel set email --driver smtp --url "
                                "smtp://host:587 --from ADDRESS` sets one.");
    return PN_OK;
}

const pn_cli_option PN_CHANNEL_TEST_OPTIONS[] = {
    {"to", "ADDRESS", "where the test message goes"},
    {NULL, NULL, NULL},
};

pn_err pn_cmd_channel_test(pn_cli *cli) {
    pn_channel_kind channel;
    pn_send_result result;
    PN_TRY(parse_channel(cli, &channel));
    if (!pn_cli_given(cli, "to")) {
        return pn_cli_usage(cli, "--to says where the test message goes.");
    }
    PN_TRY(pn_outlet_test(cli->app, channel, pn_cli_value(cli, "to"), &cli->arena, &result,
                          &cli->diag));
    pn_out_str(&cli->out, "outcome", "Outcome", pn_str_of(pn_send_outcome_name(result.outcome)));
    pn_out_str(&cli->out, "status", "Status", pn_str_of(result.status));
    pn_out_str(&cli->out, "reply", "Server said", pn_str_of(result.reply));
    pn_out_str(&cli->out, "provider_id", "Its number there", pn_str_of(result.provider_id));
    if (result.outcome == PN_SEND_ACCEPTED) {
        pn_out_line(&cli->out, "It was accepted.");
        return PN_OK;
    }
    return pn_diag_set(&cli->diag, PN_IO, "The test message was not accepted (%s).",
                       pn_send_outcome_name(result.outcome));
}

static pn_err resume(pn_cli *cli, void *context) {
    return pn_outlet_resume(cli->app, *(const pn_channel_kind *)context, &cli->diag);
}

pn_err pn_cmd_channel_resume(pn_cli *cli) {
    pn_channel_kind channel;
    PN_TRY(parse_channel(cli, &channel));
    PN_TRY(pn_cli_write(cli, resume, &channel));
    pn_out_str(&cli->out, "channel", NULL, cli->args[0]);
    pn_out_line(&cli->out, "The channel is in use again.");
    return PN_OK;
}
