/* `puntual copy`: a whole database to another one, of the same kind or not. */
#include "app/copy.h"
#include "base/banned.h"
#include "cli/cmd.h"

const pn_cli_option PN_COPY_OPTIONS[] = {
    {"from", "URL", "the database to copy: a file, or postgresql://… (default: --db)"},
    {"to", "URL", "where to: a new file, or an empty database or schema of a server"},
    {NULL, NULL, NULL},
};

static void show_progress(void *context, const pn_copy_progress *p) {
    (void)context;
    pn_cli_progress("%s %.*s, table %zu of %zu: %lld rows", p->comparing ? "comparing" : "copying",
                    PN_STR_ARG(p->table), p->number, p->tables,
                    (long long)(p->rows + p->rows_before));
}

pn_err pn_cmd_copy(pn_cli *cli) {
    pn_copy_info info;
    if (!pn_cli_given(cli, "to")) {
        return pn_cli_usage(cli, "Say where to with --to FILE or --to postgresql://….");
    }
    pn_copy_request request = {.from = pn_cli_given(cli, "from")
                                           ? pn_str_z(&cli->arena, pn_cli_value(cli, "from"))
                                           : cli->db,
                               .to = pn_str_z(&cli->arena, pn_cli_value(cli, "to")),
                               .env = cli->env,
                               .log = &cli->log,
                               .progress = show_progress};
    pn_err err = pn_copy(&request, &info, &cli->diag);
    pn_cli_progress("%s", "");
    PN_TRY(err);
    pn_out_int(&cli->out, "organizations", "Organizations", info.organizations);
    pn_out_int(&cli->out, "tables", "Tables", info.tables);
    pn_out_int(&cli->out, "rows", "Rows written", info.rows);
    pn_out_int(&cli->out, "rows_before", "Rows written before", info.rows_before);
    pn_out_int(&cli->out, "bytes", "Bytes", info.bytes);
    pn_out_bool(&cli->out, "resumed", NULL, info.resumed);
    pn_out_int(&cli->out, "channels_paused", "Channels paused", info.channels_paused);
    pn_out_line(&cli->out, "Every table was compared with the source, and the copy was audited.");
    if (info.channels_paused != 0) {
        pn_out_line(&cli->out, "When the source does not send any more, `puntual channel resume "
                               "email` lets the copy send.");
    }
    return PN_OK;
}
