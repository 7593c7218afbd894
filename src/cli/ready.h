/* What the program carries ready-made: strategies and templates, found by name. */
#ifndef PN_CLI_READY_H
#define PN_CLI_READY_H

#include "base/embedded.h"
#include "core/flow/flow.h"

extern const pn_embedded pn_share_files[];

/* "rebote" → share/strategies/rebote.json; NULL when none goes by that name. */
const pn_embedded *pn_ready_strategy(pn_str name);
/* The names of the ready templates and strategies, for checking a document without a database. */
PN_MUST_USE pn_err pn_ready_names(pn_arena *arena, pn_flow_names *ret_names, pn_diag *diag);

#endif
