/* A worker that stays: `puntual run --follow`. */
#ifndef PN_CLI_FOLLOW_H
#define PN_CLI_FOLLOW_H

#include "app/work.h"
#include "cli/command.h"

/* What --lease says. */
PN_MUST_USE pn_err pn_cli_lease(pn_cli *cli);

/* Works whenever something is due, until SIGINT or SIGTERM. Each time begins with the organization
 * as it is now: its settings may have changed, and the database may have been away. That it is away
 * is logged once, and that it is back. Adds to `stats`; cli->app is open at the end. */
PN_MUST_USE pn_err pn_cli_follow(pn_cli *cli, pn_work_stats *stats);

#endif
