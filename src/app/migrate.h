/* Bringing a database to this program's schema.
 *
 * A file is upgraded by whoever opens it first, with a backup beside it before: there is one
 * program on it. A server's database only by `puntual migrate`, for other programs may work on it
 * and its backup is not ours to make (docs/decisions/upgrades.md). Nobody else has the database
 * open meanwhile. */
#ifndef PN_APP_MIGRATE_H
#define PN_APP_MIGRATE_H

#include "app/app.h"

typedef struct {
    const char *url;
    const pn_env *env;
    const pn_log *log;
    bool look;      /* say what would be done; change nothing */
    bool backed_up; /* somebody has made a backup: of a server, ours to believe */
} pn_migrate_request;

typedef struct {
    int64_t from, to;  /* schemas; equal: nothing to do */
    char backup[1024]; /* the file that holds what was before; empty: none was made */
} pn_migrate_info;

/* NOT_FOUND where there is no database; CONFLICT with a sentence where another process has it open,
 * or it is newer than the program; DENIED where a server's backup was not told of. */
PN_MUST_USE pn_err pn_migrate(const pn_migrate_request *request, pn_migrate_info *ret_info,
                              pn_diag *diag);

/* What opening does: makes the schema of an empty database, upgrades a file (closing and opening it
 * again), refuses a server's database that is behind. */
PN_MUST_USE pn_err pn_migrate_opened(const pn_app_options *options, const pn_db_options *how,
                                     pn_db **db, pn_diag *diag);

#endif
