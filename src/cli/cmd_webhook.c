/* Webhooks: who is told of what happens. */
#include "app/lookup.h"
#include "app/webhooks.h"
#include "base/banned.h"
#include "cli/cmd.h"

const pn_cli_option PN_WEBHOOK_ADD_OPTIONS[] = {
    {"events", "TYPES", "which: \"invoice.paid promise.broken\" (default: all)"},
    {"private", NULL, "it may be in our own network or on this machine"},
    {NULL, NULL, NULL},
};

typedef struct {
    pn_webhook_row row;
    pn_id id;
} change;

static pn_err add(pn_cli *cli, void *context) {
    change *c = context;
    return pn_webhook_add(cli->app, cli->args[0], pn_cli_value(cli, "events"),
                          pn_cli_given(cli, "private"), &cli->arena, &c->row, &cli->diag);
}

static void print_secret(pn_cli *cli, const pn_webhook_row *row) {
    pn_out_id(&cli->out, "webhook", "Webhook", PN_ID_WEBHOOK, row->id);
    pn_out_str(&cli->out, "secret", "Secret",
               pn_webhook_secret(cli->app, row, row->generation, &cli->arena));
}

pn_err pn_cmd_webhook_add(pn_cli *cli) {
    change c = {0};
    char id[PN_ID_TEXT_SIZE];
    PN_TRY(pn_cli_write(cli, add, &c));
    print_secret(cli, &c.row);
    pn_out_line(&cli->out,
                "The other side checks signatures with the secret (Standard Webhooks).\n"
                "`puntual webhook test %s` sends it something.",
                pn_id_text(PN_ID_WEBHOOK, c.row.id, id));
    return PN_OK;
}

pn_err pn_cmd_webhook_list(pn_cli *cli) {
    static const pn_column COLUMNS[] = {
        {"id", "Webhook", false},      {"url", "URL", false},
        {"events", "Events", false},   {"state", "State", false},
        {"trouble", "Trouble", false}, {"failing_since", "Failing since", false},
    };
    pn_webhook_row *rows = NULL;
    size_t count = 0;
    pn_err err = pn_webhook_list(cli->app->db, cli->app->org.id, &cli->arena, &rows, &count);
    PN_TRY(pn_app_fail(cli->app, err, &cli->diag));
    pn_out_table(&cli->out, "webhooks", COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < count; i++) {
        pn_cell_id(&cli->out, PN_ID_WEBHOOK, rows[i].id);
        pn_cell_str(&cli->out, rows[i].url);
        pn_cell_str(&cli->out, rows[i].events);
        pn_cell_str(&cli->out, rows[i].state == PN_WEBHOOK_ON ? PN_STR("on") : PN_STR("off"));
        pn_cell_str(&cli->out, rows[i].trouble);
        pn_cell_time(&cli->out, rows[i].failing_since);
    }
    pn_out_table_end(&cli->out, "Nobody is told. `puntual webhook add` adds somebody.");
    return PN_OK;
}

static pn_err named(pn_cli *cli, pn_id *ret_id) {
    return pn_lookup_id(PN_ID_WEBHOOK, cli->args[0], ret_id, &cli->diag);
}

static pn_err send_test(pn_cli *cli, void *context) {
    change *c = context;
    PN_TRY(pn_webhook_find(cli->app, c->id, &cli->arena, &c->row, &cli->diag));
    return pn_hooks_test(cli->app, c->row.id, &c->id);
}

static pn_err print_one(pn_cli *cli, pn_id id) {
    pn_notification_row row;
    pn_err err = pn_notification_get(cli->app->db, cli->app->org.id, id, &cli->arena, &row);
    PN_TRY(pn_app_fail(cli->app, err, &cli->diag));
    pn_out_id(&cli->out, "notification", "Notification", PN_ID_NOTIFICATION, id);
    pn_out_str(&cli->out, "state", "State",
               pn_str_of(pn_notification_state_name((pn_notification_state)row.call.state)));
    pn_out_int(&cli->out, "status", "Status", row.call.status);
    pn_out_str(&cli->out, "reason", "Why", row.call.reason);
    return PN_OK;
}

static pn_err work_now(pn_cli *cli) {
    pn_call_stats stats = {0};
    return pn_calls_work(cli->app, &PN_WEBHOOK_KIND, pn_app_now(cli->app), &stats, &cli->diag);
}

pn_err pn_cmd_webhook_test(pn_cli *cli) {
    change c = {0};
    PN_TRY(named(cli, &c.id));
    PN_TRY(pn_cli_write(cli, send_test, &c));
    PN_TRY(work_now(cli));
    return print_one(cli, c.id);
}

pn_err pn_cmd_webhook_log(pn_cli *cli) {
    static const pn_column COLUMNS[] = {
        {"id", "Notification", false}, {"webhook", "Webhook", false}, {"type", "Event", false},
        {"state", "State", false},     {"attempts", "Tries", true},   {"status", "Status", true},
        {"reason", "Why", false},      {"at", "When", false},         {"due_at", "Next try", false},
    };
    pn_notification_row *rows = NULL;
    size_t count = 0;
    pn_id id = 0;
    if (cli->arg_count != 0) {
        PN_TRY(named(cli, &id));
    }
    pn_err err =
        pn_notification_list(cli->app->db, cli->app->org.id, id, 100, &cli->arena, &rows, &count);
    PN_TRY(pn_app_fail(cli->app, err, &cli->diag));
    pn_out *out = &cli->out;
    pn_out_table(out, "notifications", COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < count; i++) {
        bool waits = rows[i].call.state == PN_NOTIFICATION_WAITS;
        pn_cell_id(out, PN_ID_NOTIFICATION, rows[i].id);
        pn_cell_id(out, PN_ID_WEBHOOK, rows[i].webhook_id);
        pn_cell_str(out, rows[i].type);
        pn_cell_str(
            out, pn_str_of(pn_notification_state_name((pn_notification_state)rows[i].call.state)));
        pn_cell_int(out, rows[i].call.attempts);
        pn_cell_int(out, rows[i].call.status);
        pn_cell_str(out, rows[i].call.reason);
        pn_cell_time(out, rows[i].at);
        pn_cell_time(out, waits ? rows[i].call.due_at : PN_TIME_NONE);
    }
    pn_out_table_end(out, "Nothing was told yet.");
    return PN_OK;
}

static pn_err redeliver(pn_cli *cli, void *context) {
    const change *c = context;
    return pn_webhook_redeliver(cli->app, c->id, &cli->arena, &cli->diag);
}

pn_err pn_cmd_webhook_redeliver(pn_cli *cli) {
    change c = {0};
    PN_TRY(pn_lookup_id(PN_ID_NOTIFICATION, cli->args[0], &c.id, &cli->diag));
    PN_TRY(pn_cli_write(cli, redeliver, &c));
    PN_TRY(work_now(cli));
    return print_one(cli, c.id);
}

static pn_err rotate(pn_cli *cli, void *context) {
    change *c = context;
    return pn_webhook_rotate(cli->app, c->id, &cli->arena, &c->row, &cli->diag);
}

pn_err pn_cmd_webhook_rotate(pn_cli *cli) {
    change c = {0};
    PN_TRY(named(cli, &c.id));
    PN_TRY(pn_cli_write(cli, rotate, &c));
    print_secret(cli, &c.row);
    pn_out_line(&cli->out, "Until tomorrow the one before signs too.");
    return PN_OK;
}

static pn_err enable(pn_cli *cli, void *context) {
    const change *c = context;
    return pn_webhook_enable(cli->app, c->id, &cli->arena, &cli->diag);
}

pn_err pn_cmd_webhook_enable(pn_cli *cli) {
    change c = {0};
    PN_TRY(named(cli, &c.id));
    PN_TRY(pn_cli_write(cli, enable, &c));
    pn_out_id(&cli->out, "webhook", "Webhook", PN_ID_WEBHOOK, c.id);
    pn_out_line(&cli->out, "It is told again, of what happens from now on.");
    return PN_OK;
}

static pn_err take_away(pn_cli *cli, void *context) {
    const change *c = context;
    return pn_webhook_remove(cli->app, c->id, &cli->diag);
}

pn_err pn_cmd_webhook_remove(pn_cli *cli) {
    change c = {0};
    PN_TRY(named(cli, &c.id));
    PN_TRY(pn_cli_write(cli, take_away, &c));
    pn_out_id(&cli->out, "webhook", NULL, PN_ID_WEBHOOK, c.id);
    pn_out_line(&cli->out, "Removed, with what it was told.");
    return PN_OK;
}
