/* Commands on keys of systems. */
#include "app/api_keys.h"
#include "app/users.h"
#include "base/banned.h"
#include "base/limits.h"
#include "cli/cmd.h"

const pn_cli_option PN_KEY_ADD_OPTIONS[] = {
    {"user", "WHO", "whose rights it has at most: an address or usr_…"},
    {"scopes", "TEXT", "what it opens, separated by commas: invoices:read,payments:write"},
    {"from", "NETWORKS", "where it may come from, separated by commas: 203.0.113.0/24"},
    {"days", "N", "after so many days it ends (default: never)"},
    {NULL, NULL, NULL},
};

static size_t split(pn_str text, pn_str *items, size_t max) {
    size_t count = 0;
    pn_str item;
    while (text.len != 0 && count < max && pn_str_split(&text, ',', &item)) {
        items[count++] = pn_str_trim(item);
    }
    return count;
}

typedef struct {
    pn_key_request request;
    pn_id id;
    char key[PN_KEY_SIZE];
} adding;

static pn_err add(pn_cli *cli, void *context) {
    adding *a = context;
    return pn_api_key_add(cli->app, &a->request, &cli->arena, &a->id, a->key, &cli->diag);
}

pn_err pn_cmd_key_add(pn_cli *cli) {
    pn_str scopes[PN_LIMIT_API_KEY_SCOPES + 1], networks[PN_LIMIT_API_KEY_NETWORKS + 1];
    pn_user_row user;
    pn_membership_row membership;
    int64_t days = 0;
    if (!pn_cli_given(cli, "user") || !pn_cli_given(cli, "scopes")) {
        return pn_cli_usage(cli, "A key needs --user and --scopes.");
    }
    PN_TRY(pn_cli_int(cli, "days", 1, 3650, 0, &days));
    PN_TRY(pn_users_find(cli->app, pn_cli_value(cli, "user"), &cli->arena, &user, &membership,
                         &cli->diag));
    adding a = {
        .request = {.user_id = user.id,
                    .name = cli->args[0],
                    .scopes = scopes,
                    .addresses = networks,
                    .expires_at = days == 0 ? PN_TIME_NONE : pn_env_now(cli->env) + days * PN_DAY}};
    a.request.scope_count = split(pn_cli_value(cli, "scopes"), scopes, PN_COUNT(scopes));
    a.request.address_count = split(pn_cli_value(cli, "from"), networks, PN_COUNT(networks));
    PN_TRY(pn_cli_write(cli, add, &a));
    pn_out_id(&cli->out, "id", "ID", PN_ID_KEY, a.id);
    pn_out_str(&cli->out, "key", "Key", pn_str_of(a.key));
    pn_out_line(&cli->out, "It is shown this once: keep it where the system that uses it keeps its "
                           "secrets.");
    return PN_OK;
}

pn_err pn_cmd_key_list(pn_cli *cli) {
    static const pn_column COLUMNS[] = {
        {"id", "ID", false},          {"name", "Name", false},    {"start", "Key", false},
        {"scopes", "Scopes", false},  {"user", "Made by", false}, {"state", "State", false},
        {"used", "Last used", false}, {"ends", "Ends", false},
    };
    pn_key_row *rows = NULL;
    size_t count = 0;
    pn_out *out = &cli->out;
    pn_time now = pn_env_now(cli->env);
    pn_err err = pn_key_list(cli->app->db, cli->app->org.id, 0, 1000, &cli->arena, &rows, &count);
    PN_TRY(pn_app_fail(cli->app, err, &cli->diag));
    pn_out_table(out, "keys", COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < count; i++) {
        pn_cell_id(out, PN_ID_KEY, rows[i].id);
        pn_cell_str(out, rows[i].name);
        pn_cell_str(out, pn_str_format(&cli->arena, "%.*s…", PN_STR_ARG(rows[i].start)));
        pn_cell_str(out, rows[i].scopes);
        pn_cell_str(out, rows[i].user_name);
        pn_cell_str(out, pn_str_of(pn_api_key_state(&rows[i], now)));
        pn_cell_time(out, rows[i].used_at);
        pn_cell_time(out, rows[i].expires_at);
    }
    pn_out_table_end(out, "No key was made yet. `puntual key add 'SAP' --user ana@example.com "
                          "--scopes invoices:write` makes one.");
    return PN_OK;
}

static pn_err revoke(pn_cli *cli, void *context) {
    return pn_api_key_revoke(cli->app, *(const pn_id *)context, &cli->arena, &cli->diag);
}

pn_err pn_cmd_key_revoke(pn_cli *cli) {
    pn_id id = 0;
    if (pn_id_parse(PN_ID_KEY, cli->args[0], &id) != PN_OK) {
        return pn_cli_usage(cli, "“%.*s” is no key's id (key_…).", PN_STR_ARG(cli->args[0]));
    }
    PN_TRY(pn_cli_write(cli, revoke, &id));
    pn_out_str(&cli->out, "id", NULL, cli->args[0]);
    pn_out_line(&cli->out, "The key opens nothing any more.");
    return PN_OK;
}
