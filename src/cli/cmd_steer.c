/* Leading cases by hand. */
#include "app/catalog.h"
#include "app/lookup.h"
#include "app/steer.h"
#include "base/banned.h"
#include "cli/cmd.h"

const pn_cli_option PN_STEER_OPTIONS[] = {
    {"reason", "TEXT", "why; it is kept and shown"},
    {NULL, NULL, NULL},
};
const pn_cli_option PN_POSTPONE_OPTIONS[] = {
    {"reason", "TEXT", "why; it is kept and shown"},
    {"until", "DATE", "until when the wait lasts at least"},
    {NULL, NULL, NULL},
};

typedef struct {
    pn_id debtor_id, run_id;
    pn_steer_wish wish;
    pn_run_row row;
} steering;

/* The run that is named, or the only one of a debtor or invoice that goes on. */
static pn_err find_run(pn_cli *cli, steering *s) {
    pn_run_row *rows = NULL;
    size_t count = 0, found = 0;
    pn_case_ref ref;
    PN_TRY(pn_lookup_case(cli->app, cli->args[0], &cli->arena, &ref, &cli->diag));
    pn_err err =
        pn_run_range(cli->app->db, ref.debtor_id, ref.debtor_id, true, &cli->arena, &rows, &count);
    PN_TRY(pn_app_fail(cli->app, err, &cli->diag));
    for (size_t i = 0; i < count; i++) {
        const pn_run *run = &rows[i].run;
        bool named = ref.run_id != 0       ? run->id == ref.run_id
                     : ref.invoice_id != 0 ? run->invoice_id == ref.invoice_id
                                           : run->parent_id == 0;
        if (named) {
            s->row = rows[i];
            found++;
        }
    }
    if (found != 1) {
        err = pn_diag_set(&cli->diag, found == 0 ? PN_NOT_FOUND : PN_CONFLICT,
                          found == 0 ? "No case of “%.*s” goes on."
                                     : "Several cases of “%.*s” go on.",
                          PN_STR_ARG(cli->args[0]));
        pn_diag_mend(&cli->diag, "`puntual case show` lists its runs; name one as run_….");
        return err;
    }
    s->run_id = s->row.run.id;
    return PN_OK;
}

static pn_err write(pn_cli *cli, void *context) {
    steering *s = context;
    PN_TRY(pn_run_get(cli->app->db, s->run_id, &cli->arena, &s->row));
    return pn_steer(cli->app, &s->row, &s->wish, &cli->arena, &cli->diag);
}

static pn_err steer(pn_cli *cli, pn_steer_wish wish) {
    steering s = {.wish = wish};
    const pn_published *version = NULL;
    s.wish.reason = pn_cli_value(cli, "reason");
    if (s.wish.reason.len == 0) {
        return pn_cli_usage(cli, "It needs --reason TEXT.");
    }
    PN_TRY(find_run(cli, &s));
    PN_TRY(pn_cli_write(cli, write, &s));
    PN_TRY(pn_catalog_version(cli->app, s.row.run.version_id, &version, &cli->diag));
    bool goes_on = s.row.run.status == PN_RUN_ACTIVE;
    pn_out_id(&cli->out, "run", "Run", PN_ID_RUN, s.run_id);
    pn_out_str(&cli->out, "status", "Status", pn_str_of(pn_run_status_name(s.row.run.status)));
    pn_out_str(&cli->out, "node", "Node",
               goes_on ? pn_flow_node_id(version->flow, s.row.run.node) : PN_STR_NONE);
    return PN_OK;
}

pn_err pn_cmd_case_move(pn_cli *cli) {
    return steer(cli, (pn_steer_wish){.kind = PN_STEER_MOVE, .node = cli->args[1]});
}

pn_err pn_cmd_case_skip(pn_cli *cli) {
    return steer(cli, (pn_steer_wish){.kind = PN_STEER_SKIP});
}

pn_err pn_cmd_case_postpone(pn_cli *cli) {
    pn_steer_wish wish = {.kind = PN_STEER_POSTPONE};
    PN_TRY(pn_cli_time(cli, "until", cli->out.zone, PN_TIME_NONE, &wish.until));
    if (wish.until == PN_TIME_NONE) {
        return pn_cli_usage(cli, "It needs --until DATE.");
    }
    return steer(cli, wish);
}

pn_err pn_cmd_case_stop(pn_cli *cli) {
    return steer(cli, (pn_steer_wish){.kind = PN_STEER_STOP});
}
