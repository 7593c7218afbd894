/* One engine a lane: an advisory lock that goes with the process, of the kernel on a file beside a
 * SQLite database, of the server elsewhere. */
#ifndef PN_APP_LOCK_H
#define PN_APP_LOCK_H

#include "base/err.h"
#include "store/db.h"

typedef struct pn_lock pn_lock;

/* CONFLICT with the pid that holds it. A database in memory needs no lock. */
PN_MUST_USE pn_err pn_lock_take(const char *db_path, int64_t lane, pn_lock **ret_lock,
                                pn_diag *diag);
/* The one program that serves a file; CONFLICT likewise. */
PN_MUST_USE pn_err pn_lock_take_serving(const char *db_path, pn_lock **ret_lock, pn_diag *diag);
/* The same for whatever kind of database it is; a server is asked for three seconds, for it may not
 * have noticed yet that the one that held it is gone. */
PN_MUST_USE pn_err pn_lock_take_on(pn_db *db, int64_t lane, pn_lock **ret_lock, pn_diag *diag);
void pn_lock_release(pn_lock *lock);

#endif
