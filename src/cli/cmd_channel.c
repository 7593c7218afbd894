#include "app/deliver.h"
#include "app/outlets.h"
#include "base/banned.h"
#include "channel/channel.h"
#include "cli/cmd.h"
#include "format/bounce.h"
#include "store/received.h"
#include "codec/dkim.h"

/* ── set ─────────────────────────────────────────────────────────────────────────────────────── */

const pn_cli_option PN_CHANNEL_SET_OPTIONS[] = {
    {"driver", "capture|smtp|http", "capture keeps messages here; smtp and http send them"},
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
    {"bounce-domain", "DOMAIN",
     "bounces and opt-outs come to addresses there (default: to --from)"},
    {"dkim-domain", "DOMAIN", "who signs (default: the domain of --from)"},
    {"dkim-selector", "NAME", "where its public key stands in the DNS"},
    {"dkim-key-file", "FILE", "its private key as PEM, readable for this user alone"},
    {"dkim-ed25519-selector", "NAME", "of a second key, for two signatures"},
    {"dkim-ed25519-key-file", "FILE", "its private key"},
    {"connector", "NAME", "http: the connector over which messages go (`connector set`)"},
    {"method", "POST|PUT", "http: how (default POST)"},
    {"path", "TEMPLATE", "http: where below the connector's address (default /)"},
    {"body-file", "PATH", "http: a file with the template of what is sent"},
    {"type", "json|form|text", "http: what the body is (default json)"},
    {"id", "POINTER", "http: where the answer says the message's id there, like /message/id"},
    {"ok", "POINTER", "http: where the answer says that it was taken, like /status"},
    {"ok-words", "WORDS", "http: what stands there then (default \"true, ok\")"},
    {"gone", "STATUSES", "http: statuses of an address that does not work (default 410)"},
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

/* Options that are settings of drivers. */
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
    {"bounce-domain", "bounce_domain", false},
    {"dkim-domain", "dkim_domain", false},
    {"dkim-selector", "dkim_selector", false},
    {"dkim-key-file", "dkim_key_file", false},
    {"dkim-ed25519-selector", "dkim_ed25519_selector", false},
    {"dkim-ed25519-key-file", "dkim_ed25519_key_file", false},
    {"connector", "connector", false},
    {"method", "method", false},
    {"path", "path", false},
    {"type", "type", false},
    {"id", "id", false},
    {"ok", "ok", false},
    {"ok-words", "ok_words", false},
    {"gone", "gone", false},
};

static pn_err add_body(pn_cli *cli, pn_json_writer *w) {
    pn_str body;
    if (!pn_cli_given(cli, "body-file")) {
        return PN_OK;
    }
    PN_TRY(pn_cli_read_file(cli, pn_cli_value(cli, "body-file"), PN_LIMIT_TEMPLATE_BYTES, &body));
    pn_json_put_str(w, "body", pn_str_trim(body));
    return PN_OK;
}

/* The driver's settings as a JSON object: texts as they are, numbers as numbers. */
static pn_err settings_json(pn_cli *cli, pn_str *ret_json) {
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
            bool file = pn_str_ends(pn_str_of(KEYS[i].key), PN_STR("_file"));
            pn_json_add_str(&w, file ? pn_cli_path(cli, value) : value);
        }
    }
    pn_err err = add_body(cli, &w);
    pn_json_end_object(&w);
    *ret_json = pn_str_dup(&cli->arena, pn_buf_str(&text));
    pn_buf_done(&text);
    return err;
}

typedef struct {
    pn_channel_row row;
    pn_str warning;
} setting_of_channel;

static pn_err set(pn_cli *cli, void *context) {
    setting_of_channel *s = context;
    return pn_outlet_set(cli->app, &s->row, &cli->arena, &s->warning, &cli->diag);
}

pn_err pn_cmd_channel_set(pn_cli *cli) {
    setting_of_channel s = {.row = {.org_id = cli->app->org.id,
                                    .driver = pn_cli_value(cli, "driver"),
                                    .sender = pn_cli_value(cli, "from"),
                                    .paused_reason = PN_STR("")}};
    pn_channel_row *row = &s.row;
    PN_TRY(parse_channel(cli, &row->channel));
    if (row->driver.len == 0 || row->sender.len == 0) {
        return pn_cli_usage(cli, "A channel needs --driver and --from.");
    }
    PN_TRY(settings_json(cli, &row->settings));
    PN_TRY(pn_cli_write(cli, set, &s));
    pn_out_str(&cli->out, "channel", "Channel", cli->args[0]);
    pn_out_str(&cli->out, "driver", "Driver", row->driver);
    pn_out_str(&cli->out, "from", "From", row->sender);
    pn_out_raw(&cli->out, "settings", "Settings", row->settings);
    pn_out_str(&cli->out, "warning", "Warning", s.warning);
    return PN_OK;
}

/* ── list, test, resume ──────────────────────────────────────────────────────────────────────── */

/* Reports of the last week that a server refuses us, not the address. */
static pn_err refusals(pn_cli *cli, const pn_channel_row *row, int64_t *ret_count) {
    *ret_count = 0;
    return row->channel != PN_CHANNEL_EMAIL
               ? PN_OK
               : pn_received_count_class(cli->app->db, cli->app->org.id, PN_MAIL_POLICY,
                                         pn_app_now(cli->app) - 7 * PN_DAY, ret_count);
}

pn_err pn_cmd_channel_list(pn_cli *cli) {
    static const pn_column COLUMNS[] = {
        {"channel", "Channel", false}, {"driver", "Driver", false},
        {"from", "From", false},       {"paused", "Paused", false},
        {"refused", "Refused", true},  {"settings", "Settings", false},
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
        int64_t refused = 0;
        PN_TRY(pn_app_fail(cli->app, refusals(cli, &rows[i], &refused), &cli->diag));
        pn_cell_str(&cli->out, rows[i].paused_reason);
        pn_cell_int(&cli->out, refused);
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

/* ── DKIM keys ───────────────────────────────────────────────────────────────────────────────── */

const pn_cli_option PN_DKIM_KEY_OPTIONS[] = {
    {"domain", "DOMAIN", "who will sign: the domain of the sender"},
    {"selector", "NAME", "name of the key under it; a new key gets a new one, like s2026"},
    {"type", "rsa|ed25519", "rsa (2048 bits) is read by all, ed25519 is short (default rsa)"},
    {"out", "FILE", "where the private key is written; it must not exist yet"},
    {NULL, NULL, NULL},
};

/* A text of DNS holds at most 255 bytes; several of them in a row are one value. */
static pn_str record_text(pn_str value, pn_arena *arena) {
    enum { STRING_MAX = 250 };
    pn_buf text;
    pn_buf_init(&text, 8192);
    for (size_t at = 0; at < value.len; at += STRING_MAX) {
        pn_buf_add_z(&text, at == 0 ? "\"" : " \"");
        pn_buf_add_str(&text, pn_str_first(pn_str_from(value, at), STRING_MAX));
        pn_buf_add_char(&text, '"');
    }
    pn_str copy = pn_str_dup(arena, pn_buf_str(&text));
    pn_buf_done(&text);
    return copy;
}

static void print_record(pn_cli *cli, pn_dkim_type type, pn_str public) {
    pn_arena *arena = &cli->arena;
    pn_str name =
        pn_str_format(arena, "%.*s._domainkey.%.*s", PN_STR_ARG(pn_cli_value(cli, "selector")),
                      PN_STR_ARG(pn_cli_value(cli, "domain")));
    pn_str value = pn_str_format(arena, "v=DKIM1; k=%s; p=%.*s",
                                 type == PN_DKIM_RSA ? "rsa" : "ed25519", PN_STR_ARG(public));
    pn_str line = pn_str_format(arena, "%.*s. IN TXT %.*s", PN_STR_ARG(name),
                                PN_STR_ARG(record_text(value, arena)));
    pn_out_str(&cli->out, "file", "Private key", pn_cli_value(cli, "out"));
    pn_out_str(&cli->out, "name", "Name", name);
    pn_out_str(&cli->out, "value", "Value", value);
    pn_out_str(&cli->out, "record", "DNS record", line);
}

pn_err pn_cmd_channel_dkim_key(pn_cli *cli) {
    pn_str type_name = pn_cli_value(cli, "type");
    pn_dkim_type type = pn_str_is(type_name, "ed25519") ? PN_DKIM_ED25519 : PN_DKIM_RSA;
    pn_buf private, public;
    if (type == PN_DKIM_RSA && type_name.len != 0 && !pn_str_is(type_name, "rsa")) {
        return pn_cli_usage(cli, "--type is rsa or ed25519, not “%.*s”.", PN_STR_ARG(type_name));
    }
    if (!pn_dkim_is_name(pn_cli_value(cli, "domain")) ||
        !pn_dkim_is_name(pn_cli_value(cli, "selector")) || pn_cli_value(cli, "out").len == 0) {
        return pn_cli_usage(cli,
                            "It needs --domain (like example.com), --selector (like s2026) and "
                            "--out FILE.");
    }
    pn_buf_init(&private, 16384);
    pn_buf_init(&public, 4096);
    pn_err err = pn_dkim_generate(type, &private, &public, &cli->diag);
    if (err == PN_OK) {
        err = pn_cli_write_secret(cli, pn_cli_value(cli, "out"), pn_buf_str(&private));
    }
    if (err == PN_OK) {
        print_record(cli, type, pn_buf_str(&public));
    }
    pn_buf_done(&private);
    pn_buf_done(&public);
    return err;
}
