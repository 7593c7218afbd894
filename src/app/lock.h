/* One engine a lane on a SQLite file: an advisory lock that the kernel drops with the process. */
#ifndef PN_APP_LOCK_H
#define PN_APP_LOCK_H

#include "base/err.h"

typedef struct pn_lock pn_lock;

/* CONFLICT with the pid that holds it. A database in memory needs no lock. */
PN_MUST_USE pn_err pn_lock_take(const char *db_path, int64_t lane, pn_lock **ret_lock,
                                pn_diag *diag);
void pn_lock_release(pn_lock *lock);

#endif
