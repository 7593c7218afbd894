/* Segments: named rules. */
#ifndef PN_STORE_SEGMENT_H
#define PN_STORE_SEGMENT_H

#include "store/db.h"

typedef struct {
    pn_id id, org_id;
    pn_str name, name_fold;
    int subject; /* pn_subject */
    pn_str rule; /* JSON */
    pn_time created_at;
    pn_time archived_at; /* PN_TIME_NONE: not */
    int64_t version;     /* one more with each change */
} pn_segment_row;

/* CONFLICT where another one has the name. */
PN_MUST_USE pn_err pn_segment_insert(pn_db *db, const pn_segment_row *row);
/* Name, subject, rule and whether it is archived; it is a version more then. */
PN_MUST_USE pn_err pn_segment_update(pn_db *db, pn_segment_row *row);
/* NOT_FOUND where there is none. Only one that is archived goes: the journal has what it was. */
PN_MUST_USE pn_err pn_segment_delete(pn_db *db, pn_id org_id, pn_id id);
/* Those that are not archived, by name. */
PN_MUST_USE pn_err pn_segment_list(pn_db *db, pn_id org_id, pn_arena *arena,
                                   pn_segment_row **ret_rows, size_t *ret_count);
/* By folded name, archived or not. */
PN_MUST_USE pn_err pn_segment_named(pn_db *db, pn_id org_id, pn_str name_fold, pn_arena *arena,
                                    pn_segment_row *ret_row);

#endif
