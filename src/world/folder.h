/* The demo's folder: only what a demo made is ever overwritten. */
#ifndef PN_WORLD_FOLDER_H
#define PN_WORLD_FOLDER_H

#include "base/str.h"

/* Makes the folder, or empties the one that an earlier demo made: of it, only files that a demo
 * writes are removed. DENIED when it holds anything else. */
PN_MUST_USE pn_err pn_folder_prepare(pn_str path, pn_arena *arena, pn_diag *diag);
PN_MUST_USE pn_err pn_folder_write(pn_str path, pn_str bytes, pn_diag *diag);

#endif
