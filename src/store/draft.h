/* Strategies and templates that are being written and are not published yet. */
#ifndef PN_STORE_DRAFT_H
#define PN_STORE_DRAFT_H

#include "base/id.h"
#include "store/db.h"

/* The order is stored. */
typedef enum { PN_DRAFT_STRATEGY, PN_DRAFT_TEMPLATE } pn_draft_kind;

typedef struct {
    pn_id id, org_id;
    pn_draft_kind kind;
    pn_str name;     /* of the strategy or family that it changes; empty: of none yet */
    pn_str title;    /* what its document calls itself; may be empty */
    pn_str document; /* JSON, as it was written; empty in a list */
    int64_t base;    /* the published version that it began from; 0: none */
    int64_t version; /* from 1; one more with every change */
    pn_str created_by, changed_by;
    pn_time created_at, changed_at; /* real time */
    pn_time ended_at;               /* published or thrown away; PN_TIME_NONE: being written */
} pn_draft_row;

/* CONFLICT: there is another one of this name. */
PN_MUST_USE pn_err pn_draft_insert(pn_db *db, const pn_draft_row *row);
/* Title, document, base, version, who changed it and when, and its end; CONFLICT as above, and
 * where the one that is kept is not of the version before. */
PN_MUST_USE pn_err pn_draft_update(pn_db *db, const pn_draft_row *row);
/* Ended ones too. */
PN_MUST_USE pn_err pn_draft_get(pn_db *db, pn_id org_id, pn_id id, pn_arena *arena,
                                pn_draft_row *ret_row);
/* The one that is being written of what has that name. */
PN_MUST_USE pn_err pn_draft_named(pn_db *db, pn_id org_id, pn_draft_kind kind, pn_str name,
                                  pn_arena *arena, pn_draft_row *ret_row);
/* Those being written, the oldest first; `kind` below 0: of both. At most PN_LIMIT_DRAFTS. */
PN_MUST_USE pn_err pn_draft_list(pn_db *db, pn_id org_id, int kind, pn_arena *arena,
                                 pn_draft_row **ret_rows, size_t *ret_count);
/* Forgets those that ended before then. */
PN_MUST_USE pn_err pn_draft_forget(pn_db *db, pn_id org_id, pn_time before);

#endif
