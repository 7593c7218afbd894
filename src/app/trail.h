/* The audit trail: who changed what, with what was before and after.
 *
 * It is no journal of its own, but a view on the sealed one (docs/decisions/audit-trail.md): every
 * event says who acted, and a change of people, keys or settings is an event with before and after
 * in its body. So it has the events' proof, and nothing can be in one and not in the other. */
#ifndef PN_APP_TRAIL_H
#define PN_APP_TRAIL_H

#include "app/app.h"

typedef struct {
    const char *what;     /* "user.role": a word of ours */
    pn_id_kind kind;      /* of what was changed */
    pn_id id;             /* 0: the organization itself */
    pn_str before, after; /* JSON values; empty: there was, or is, none */
} pn_trail_change;

/* In the transaction under way; of the organization, or of another (app.h). */
PN_MUST_USE pn_err pn_trail_add(pn_app *app, const pn_trail_change *change);
PN_MUST_USE pn_err pn_trail_add_org(pn_app *app, pn_id org_id, const pn_trail_change *change);

typedef struct {
    pn_str actor; /* "user:usr_…", "cli"; empty: everybody */
    pn_id before; /* events before it; 0: from the newest */
    int64_t max;
} pn_trail_request;

/* What people and systems did, the newest first; never what the engine did by itself. */
PN_MUST_USE pn_err pn_trail_list(pn_app *app, const pn_trail_request *request, pn_arena *arena,
                                 pn_event_row **ret_rows, size_t *ret_count);

#endif
