/* Backups of the database, and putting one in its place again. */
#include "app/backup.h"
#include "base/banned.h"
#include "cli/cmd.h"

pn_err pn_cmd_backup(pn_cli *cli) {
    pn_backup_info info;
    char hex[2 * PN_SHA256_BYTES + 1];
    PN_TRY(pn_backup_copy(cli->app->db, pn_str_z(&cli->arena, cli->args[0]), &info, &cli->diag));
    pn_hex(info.hash.bytes, sizeof info.hash.bytes, hex);
    pn_out_str(&cli->out, "file", "Backup", cli->args[0]);
    pn_out_int(&cli->out, "bytes", "Bytes", info.bytes);
    pn_out_str(&cli->out, "sha256", "SHA-256", pn_str_of(hex));
    pn_out_int(&cli->out, "schema", NULL, info.schema);
    pn_out_line(&cli->out, "It was read back whole. Secrets of channels are not in it: they stand "
                           "in files of their own.");
    return PN_OK;
}

const pn_cli_option PN_RESTORE_OPTIONS[] = {
    {"replace", NULL, "put the database that is there aside, under another name"},
    {NULL, NULL, NULL},
};

pn_err pn_cmd_restore(pn_cli *cli) {
    pn_restore_info info;
    pn_restore_request request = {.backup = pn_str_z(&cli->arena, cli->args[0]),
                                  .target =
                                      strncmp(cli->db, "sqlite:", 7) == 0 ? cli->db + 7 : cli->db,
                                  .replace = pn_cli_given(cli, "replace"),
                                  .env = cli->env,
                                  .log = &cli->log,
                                  .actor = "cli"};
    PN_TRY(pn_backup_restore(&request, &info, &cli->diag));
    pn_out_str(&cli->out, "database", "Database", pn_str_of(request.target));
    pn_out_str(&cli->out, "kept", "The one before", pn_str_of(info.kept));
    pn_out_int(&cli->out, "organizations", "Organizations", info.organizations);
    pn_out_int(&cli->out, "channels_paused", "Channels paused", info.channels_paused);
    pn_out_int(&cli->out, "messages_uncertain", "Messages uncertain", info.messages_doubted);
    if (info.messages_doubted != 0) {
        pn_out_line(&cli->out, "What waited may have left since the backup: `puntual message "
                               "uncertain` lists it, `message settle` says what became of it.");
    }
    if (info.channels_paused != 0) {
        pn_out_line(&cli->out, "`puntual channel resume email` lets messages leave again.");
    }
    return PN_OK;
}
