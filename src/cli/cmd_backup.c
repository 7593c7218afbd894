/* Backups of the database, putting one in its place again, and what no backup may bring back. */
#include "app/backup.h"
#include "app/erasures.h"
#include "app/lookup.h"
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

#define ERASURES                                                                                   \
    { "erasures", "FILE", "the journal of erasures (default: beside the database file)" }

const pn_cli_option PN_RESTORE_OPTIONS[] = {
    {"replace", NULL, "put the database that is there aside, under another name"},
    ERASURES,
    {NULL, NULL, NULL},
};
const pn_cli_option PN_RESTORED_OPTIONS[] = {ERASURES, {NULL, NULL, NULL}};
const pn_cli_option PN_DEBTOR_ERASE_OPTIONS[] = {ERASURES, {NULL, NULL, NULL}};

static void print_restored(pn_cli *cli, const pn_restore_info *info) {
    pn_out_int(&cli->out, "organizations", "Organizations", info->organizations);
    pn_out_int(&cli->out, "channels_paused", "Channels paused", info->channels_paused);
    pn_out_int(&cli->out, "messages_uncertain", "Messages uncertain", info->messages_doubted);
    pn_out_int(&cli->out, "erased", "Debtors erased again", info->erased);
    if (info->messages_doubted != 0) {
        pn_out_line(&cli->out, "What waited may have left since the backup: `puntual message "
                               "uncertain` lists it, `message settle` says what became of it.");
    }
    if (info->channels_paused != 0) {
        pn_out_line(&cli->out, "`puntual channel resume email` lets messages leave again.");
    }
}

static pn_restore_request request_of(pn_cli *cli) {
    return (pn_restore_request){.target = pn_db_file(cli->db),
                                .erasures = cli->settings.items[PN_SETTING_ERASURES].value,
                                .env = cli->env,
                                .log = &cli->log,
                                .actor = "cli"};
}

pn_err pn_cmd_restore(pn_cli *cli) {
    pn_restore_info info;
    pn_restore_request request = request_of(cli);
    if (!pn_db_is_file(cli->db)) {
        return pn_cli_usage(cli, "A server's database is restored by its own tools, then `puntual "
                                 "restored` (docs/backup.md).");
    }
    request.backup = pn_str_z(&cli->arena, cli->args[0]);
    request.replace = pn_cli_given(cli, "replace");
    PN_TRY(pn_backup_restore(&request, &info, &cli->diag));
    pn_out_str(&cli->out, "database", "Database", pn_str_of(request.target));
    pn_out_str(&cli->out, "kept", "The one before", pn_str_of(info.kept));
    print_restored(cli, &info);
    return PN_OK;
}

pn_err pn_cmd_restored(pn_cli *cli) {
    pn_restore_info info;
    pn_restore_request request = request_of(cli);
    PN_TRY(pn_backup_restored(&request, &info, &cli->diag));
    print_restored(cli, &info);
    return PN_OK;
}

typedef struct {
    pn_id debtor_id;
    char journal[PN_ERASURES_PATH_MAX];
} erasing;

static pn_err erase(pn_cli *cli, void *context) {
    erasing *e = context;
    return pn_erase(cli->app, e->debtor_id, e->journal, &cli->arena, &cli->diag);
}

pn_err pn_cmd_debtor_erase(pn_cli *cli) {
    erasing e;
    PN_TRY(pn_lookup_debtor(cli->app, cli->args[0], PN_STR_NONE, &e.debtor_id, &cli->diag));
    PN_TRY(pn_erasures_path(cli->db, cli->settings.items[PN_SETTING_ERASURES].value, e.journal,
                            &cli->diag));
    PN_TRY(pn_cli_write(cli, erase, &e));
    pn_out_id(&cli->out, "debtor", NULL, PN_ID_DEBTOR, e.debtor_id);
    pn_out_str(&cli->out, "journal", "Journal of erasures", pn_str_of(e.journal));
    pn_out_line(&cli->out,
                "What is personal is gone; amounts and proofs remain. Backups still hold "
                "it until they expire; restoring one erases it again.");
    return PN_OK;
}
