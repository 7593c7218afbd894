/* Saved views: how people look at lists. */
#ifndef PN_STORE_SAVED_VIEW_H
#define PN_STORE_SAVED_VIEW_H

#include "store/db.h"

typedef struct {
    pn_id id, org_id;
    pn_str list, name;
    pn_id owner_id;
    bool shared;
    pn_str query; /* JSON */
    int64_t position, version;
    pn_time created_at;
    pn_time archived_at; /* PN_TIME_NONE: not */
} pn_saved_view_row;

PN_MUST_USE pn_err pn_saved_view_insert(pn_db *db, const pn_saved_view_row *row);
/* Name, shared, query, position and whether it is archived. CONFLICT where it is not of
 * `row->version` any more; else that is one more now. */
PN_MUST_USE pn_err pn_saved_view_update(pn_db *db, pn_saved_view_row *row);
/* Archived or not. */
PN_MUST_USE pn_err pn_saved_view_get(pn_db *db, pn_id org_id, pn_id id, pn_arena *arena,
                                     pn_saved_view_row *ret_row);
/* Those of a list (empty: of all) that the person has: their own and shared ones. */
PN_MUST_USE pn_err pn_saved_view_list(pn_db *db, pn_id org_id, pn_id owner_id, pn_str list,
                                      pn_arena *arena, pn_saved_view_row **ret_rows,
                                      size_t *ret_count);

#endif
