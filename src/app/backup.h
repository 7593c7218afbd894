/* Backups of the whole database, and putting one in its place again.
 *
 * A backup is a database of its own: opened, audited and read like every other. It is made while
 * everything goes on. Restoring one goes back in time, and what was sent since is not in it: so in
 * live organizations channels are paused, and what waited becomes uncertain until a person says
 * what became of it. And who was erased since is in it: they are erased again (app/erasures.h). */
#ifndef PN_APP_BACKUP_H
#define PN_APP_BACKUP_H

#include "app/app.h"

typedef struct {
    int64_t bytes;
    int64_t schema;
    pn_sha256 hash; /* of the file */
} pn_backup_info;

/* Writes the database to a new file, reads it back, and only then gives it its name. CONFLICT when
 * there is such a file. */
PN_MUST_USE pn_err pn_backup_copy(pn_db *db, const char *path, pn_backup_info *ret_info,
                                  pn_diag *diag);

typedef struct {
    const char *backup, *target;
    bool replace;    /* the target is there: it is kept under another name */
    pn_str erasures; /* the journal of erasures; empty: beside the target */
    const pn_env *env;
    const pn_log *log;
    const char *actor;
} pn_restore_request;

typedef struct {
    int64_t channels_paused;
    int64_t messages_doubted;
    int64_t organizations;
    int64_t erased; /* debtors, again */
    char kept[512]; /* where the replaced database is now; empty: there was none */
} pn_restore_info;

/* What restoring does to a database that is in its place already, brought back by the tools of its
 * server: pauses, doubts, erases again. CONFLICT where somebody has it open. */
PN_MUST_USE pn_err pn_backup_restored(const pn_restore_request *request, pn_restore_info *ret_info,
                                      pn_diag *diag);

/* Copies the backup to the target. NOT_FOUND, CORRUPT for what is no sound backup; CONFLICT when
 * the target is there and shall not be replaced, or an engine works on it. Until the last step
 * nothing has changed. */
PN_MUST_USE pn_err pn_backup_restore(const pn_restore_request *request, pn_restore_info *ret_info,
                                     pn_diag *diag);

#endif
