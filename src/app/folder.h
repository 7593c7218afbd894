/* Folds the write-ahead log of a server's file back, in a thread of its own.
 *
 * A commit that finds the log long would else write all of it to the file, tens of megabytes, while
 * everybody who waits for a turn stands behind it. Here most is folded while others write; the
 * rest, which is little then, with a turn taken: so the log is empty for a moment, and begins anew.
 */
#ifndef PN_APP_FOLDER_H
#define PN_APP_FOLDER_H

#include "app/turn.h"
#include "base/err.h"

typedef struct pn_folder pn_folder;

/* Before the other connections are opened. `turns` and `url`, a file's, outlive it. */
PN_MUST_USE pn_err pn_folder_start(const char *url, pn_turns *turns, pn_folder **ret_folder,
                                   pn_diag *diag);
/* After they were closed. NULL accepted. */
void pn_folder_stop(pn_folder *folder);

#endif
