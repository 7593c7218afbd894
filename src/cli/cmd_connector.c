/* Connectors: how other systems are reached, and what cases asked of them. */
#include "app/connectors.h"
#include "base/banned.h"
#include "cli/cmd.h"
#include "store/errand.h"

const pn_cli_option PN_CONNECTOR_SET_OPTIONS[] = {
    {"url", "URL", "where it is: https://api.example.com/v2; nodes add their path"},
    {"auth", "none|bearer|basic|header", "how the key is sent (default none)"},
    {"user", "NAME", "the user, for basic"},
    {"header", "NAME", "the header that holds the key, for header: X-Api-Key"},
    {"password-file", "PATH", "a file with the key, readable for this user alone"},
    {"password-env", "NAME", "an environment variable with the key"},
    {"headers", "JSON", "more headers: {\"Accept\": \"application/json\"}"},
    {"timeout", "SECONDS", "how long an answer may take (default 20)"},
    {"tries", "N", "how often it is asked before it counts as failed (default 5)"},
    {"repeats", NULL, "it does nothing twice that comes with the same Idempotency-Key"},
    {"form", NULL, "bodies are forms, not JSON"},
    {"private", NULL, "it may be in our own network or on this machine"},
    {"ca-file", "PATH", "the authority that signed its certificate, where private"},
    {NULL, NULL, NULL},
};

static pn_err settings_json(pn_cli *cli, pn_str *ret_json) {
    static const char *const TEXTS[][2] = {{"auth", "auth"},
                                           {"user", "user"},
                                           {"header", "header"},
                                           {"password-file", "password_file"},
                                           {"password-env", "password_env"},
                                           {"ca-file", "ca_file"}};
    static const char *const SWITCHES[] = {"repeats", "form", "private"};
    int64_t timeout = 0, tries = 0;
    pn_json *headers = NULL;
    pn_buf text;
    PN_TRY(pn_cli_int(cli, "timeout", 1, 30, 20, &timeout));
    PN_TRY(pn_cli_int(cli, "tries", 1, 20, 5, &tries));
    if (pn_cli_given(cli, "headers")) {
        PN_TRY(pn_cli_parse_json(cli, pn_cli_value(cli, "headers"), PN_STR("--headers"), &headers));
    }
    pn_buf_init(&text, 65536);
    pn_json_writer w = pn_json_writer_on(&text, 0);
    pn_json_begin_object(&w);
    pn_json_put_str(&w, "url", pn_cli_value(cli, "url"));
    for (size_t i = 0; i < PN_COUNT(TEXTS); i++) {
        pn_str value = pn_cli_value(cli, TEXTS[i][0]);
        bool file = pn_str_ends(pn_str_of(TEXTS[i][1]), PN_STR("_file"));
        pn_json_put_str_if(&w, TEXTS[i][1], file ? pn_cli_path(cli, value) : value);
    }
    if (headers != NULL) {
        pn_json_key(&w, PN_STR("headers"));
        pn_json_add_value(&w, headers);
    }
    if (pn_cli_given(cli, "timeout")) {
        pn_json_put_int(&w, "timeout", timeout);
    }
    if (pn_cli_given(cli, "tries")) {
        pn_json_put_int(&w, "tries", tries);
    }
    for (size_t i = 0; i < PN_COUNT(SWITCHES); i++) {
        if (pn_cli_given(cli, SWITCHES[i])) {
            pn_json_put_bool(&w, SWITCHES[i], true);
        }
    }
    pn_json_end_object(&w);
    *ret_json = pn_str_dup(&cli->arena, pn_buf_str(&text));
    pn_err err = pn_buf_err(&text);
    pn_buf_done(&text);
    return err;
}

static pn_err put(pn_cli *cli, void *context) {
    const pn_str *settings = context;
    return pn_connector_set(cli->app, cli->args[0], *settings, &cli->arena, &cli->diag);
}

pn_err pn_cmd_connector_set(pn_cli *cli) {
    pn_str settings;
    if (!pn_cli_given(cli, "url")) {
        return pn_cli_usage(cli, "A connector needs --url.");
    }
    PN_TRY(settings_json(cli, &settings));
    PN_TRY(pn_cli_write(cli, put, &settings));
    pn_out_str(&cli->out, "connector", "Connector", cli->args[0]);
    pn_out_raw(&cli->out, "settings", "Settings", settings);
    pn_out_line(&cli->out, "`puntual connector test %.*s --path /…` asks it something.",
                PN_STR_ARG(cli->args[0]));
    return PN_OK;
}

pn_err pn_cmd_connector_list(pn_cli *cli) {
    static const pn_column COLUMNS[] = {
        {"name", "Connector", false},
        {"settings", "Settings", false},
        {"used_at", "Last request", false},
        {"trouble", "Trouble", false},
    };
    pn_connector_row *rows = NULL;
    size_t count = 0;
    pn_err err = pn_connector_list(cli->app->db, cli->app->org.id, &cli->arena, &rows, &count);
    PN_TRY(pn_app_fail(cli->app, err, &cli->diag));
    pn_out_table(&cli->out, "connectors", COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < count; i++) {
        pn_cell_str(&cli->out, rows[i].name);
        pn_cell_raw(&cli->out, rows[i].settings);
        pn_cell_time(&cli->out, rows[i].used_at);
        pn_cell_str(&cli->out, rows[i].trouble);
    }
    pn_out_table_end(&cli->out, "No connector is set. `puntual connector set` sets one.");
    return PN_OK;
}

const pn_cli_option PN_CONNECTOR_TEST_OPTIONS[] = {
    {"path", "PATH", "what follows its address (default /)"},
    {"method", "METHOD", "the method of the request (default GET)"},
    {"body", "TEXT", "its body"},
    {NULL, NULL, NULL},
};

pn_err pn_cmd_connector_test(pn_cli *cli) {
    pn_connector connector;
    pn_fetch_request request;
    pn_fetch_answer answer;
    pn_str path = pn_cli_given(cli, "path") ? pn_cli_value(cli, "path") : PN_STR("/");
    const char *method =
        pn_cli_given(cli, "method") ? pn_str_z(&cli->arena, pn_cli_value(cli, "method")) : "GET";
    PN_TRY(pn_connector_open(cli->app, cli->args[0], &cli->arena, &connector, &cli->diag));
    PN_TRY(pn_connector_request(&connector, method, path, pn_cli_value(cli, "body"), PN_STR_NONE,
                                &cli->arena, &request, &cli->diag));
    PN_TRY(pn_fetch(&request, &cli->arena, &answer, &cli->diag));
    pn_out_str(&cli->out, "connector", "Connector", connector.name);
    pn_out_int(&cli->out, "status", "Status", answer.status);
    pn_out_int(&cli->out, "ms", "Milliseconds", answer.elapsed_ms);
    pn_out_str(&cli->out, "body", "Answer", pn_str_first(answer.body, 2000));
    return PN_OK;
}

pn_err pn_cmd_connector_log(pn_cli *cli) {
    static const pn_column COLUMNS[] = {
        {"id", "Errand", false},           {"kind", "What", false},
        {"connector", "Connector", false}, {"debtor", "Debtor", false},
        {"state", "State", false},         {"attempts", "Asked", true},
        {"status", "Status", true},        {"outcome", "Outcome", false},
        {"reference", "Reference", false}, {"asked_at", "Wanted", false},
        {"reason", "Why", false},
    };
    pn_errand_row *rows = NULL;
    size_t count = 0;
    pn_err err = pn_errand_list(cli->app->db, cli->app->org.id, 100, &cli->arena, &rows, &count);
    PN_TRY(pn_app_fail(cli->app, err, &cli->diag));
    pn_out *out = &cli->out;
    pn_out_table(out, "errands", COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < count; i++) {
        pn_cell_id(out, PN_ID_ERRAND, rows[i].id);
        pn_cell_str(out, pn_str_of(pn_errand_kind_name(rows[i].kind)));
        pn_cell_str(out, rows[i].connector);
        pn_cell_id(out, PN_ID_DEBTOR, rows[i].debtor_id);
        pn_cell_str(out, pn_str_of(pn_errand_state_name((pn_errand_state)rows[i].call.state)));
        pn_cell_int(out, rows[i].call.attempts);
        pn_cell_int(out, rows[i].call.status);
        pn_cell_str(out, rows[i].outcome);
        pn_cell_str(out, rows[i].reference);
        pn_cell_time(out, rows[i].asked_at);
        pn_cell_str(out, rows[i].call.reason);
    }
    pn_out_table_end(out, "No case has asked anything yet.");
    return PN_OK;
}

static pn_err take_away(pn_cli *cli, void *context) {
    (void)context;
    return pn_connector_drop(cli->app, cli->args[0], &cli->arena, &cli->diag);
}

pn_err pn_cmd_connector_remove(pn_cli *cli) {
    PN_TRY(pn_cli_write(cli, take_away, NULL));
    pn_out_str(&cli->out, "connector", NULL, cli->args[0]);
    pn_out_line(&cli->out, "Removed. What was asked over it stays.");
    return PN_OK;
}
