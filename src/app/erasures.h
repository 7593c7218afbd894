/* Erasing a debtor, and the journal of erasures.
 *
 * A backup made before an erasure still holds what was erased. So each erasure is noted in a file
 * of its own, outside the database and its backups: which debtor of which organization, by their
 * ids, and nothing else. Restoring reads it and erases again. A file's journal stands beside it,
 * named FILE.erasures; that of a server's database is named by whoever erases or restores. */
#ifndef PN_APP_ERASURES_H
#define PN_APP_ERASURES_H

#include "app/app.h"

enum { PN_ERASURES_PATH_MAX = 1024 };

/* The journal's path: `given`, else beside the file; DENIED with a sentence for a server's database
 * where none was given. */
PN_MUST_USE pn_err pn_erasures_path(const char *url, pn_str given,
                                    char ret_path[PN_ERASURES_PATH_MAX], pn_diag *diag);

/* Notes the erasure (on the disk when this goes on), then erases; within a transaction. CONFLICT
 * with what is still open with the debtor; INVALID for one that was erased before. */
PN_MUST_USE pn_err pn_erase(pn_app *app, pn_id debtor_id, const char *journal, pn_arena *arena,
                            pn_diag *diag);

/* Erases again whom the journal names of this organization and whom the database still knows, in a
 * transaction of its own for each. Without such a file there is nothing to do. */
PN_MUST_USE pn_err pn_erasures_again(pn_app *app, const char *journal, int64_t *ret_count,
                                     pn_diag *diag);

#endif
