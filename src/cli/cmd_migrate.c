/* `puntual migrate`: a database of an earlier program becomes one of this program. */
#include "app/migrate.h"
#include "base/banned.h"
#include "cli/cmd.h"

enum { EXIT_BEHIND = 3 };

const pn_cli_option PN_MIGRATE_OPTIONS[] = {
    {"check", NULL, "only say what would be done; exit code 3 where there is something to do"},
    {"backed-up", NULL, "of a server's database there is a backup"},
    {NULL, NULL, NULL},
};

static pn_str words(pn_cli *cli, const pn_migrate_info *info, bool look) {
    if (info->from == info->to) {
        return PN_STR("It is up to date.");
    }
    if (look) {
        return info->from == 0
                   ? PN_STR("It is empty: `puntual init` or `puntual migrate` makes the "
                            "tables.")
                   : PN_STR("`puntual migrate` brings it up to date.");
    }
    return info->backup[0] == '\0'
               ? PN_STR("It is up to date now.")
               : pn_str_format(&cli->arena, "It is up to date now. What was before is in %s.",
                               info->backup);
}

pn_err pn_cmd_migrate(pn_cli *cli) {
    pn_migrate_info info;
    pn_migrate_request request = {.url = cli->db,
                                  .env = cli->env,
                                  .log = &cli->log,
                                  .look = pn_cli_given(cli, "check"),
                                  .backed_up = pn_cli_given(cli, "backed-up")};
    PN_TRY(pn_migrate(&request, &info, &cli->diag));
    pn_out_int(&cli->out, "from", "Schema before", info.from);
    pn_out_int(&cli->out, "to", "Schema of this program", info.to);
    pn_out_str(&cli->out, "backup", NULL, pn_str_of(info.backup));
    pn_out_line(&cli->out, "%.*s", PN_STR_ARG(words(cli, &info, request.look)));
    if (!request.look || info.from == info.to) {
        return PN_OK;
    }
    cli->failure = EXIT_BEHIND;
    cli->refused = true;
    return PN_CONFLICT;
}
