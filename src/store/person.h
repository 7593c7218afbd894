/* People of ours: collectors and salespeople. */
#ifndef PN_STORE_PERSON_H
#define PN_STORE_PERSON_H

#include "calendar/date.h"
#include "store/db.h"

typedef struct pn_person_row {
    pn_id id, org_id;
    pn_str key, key_fold;
    pn_str name, email, email_fold, phone, title, signature;
    pn_str substitute;  /* a key; empty: nobody */
    pn_date away_until; /* PN_DATE_NONE: they are here */
    pn_time created_at;
    pn_time archived_at; /* PN_TIME_NONE: not */
} pn_person_row;

PN_MUST_USE pn_err pn_person_insert(pn_db *db, const pn_person_row *row);
/* Everything but id, organization and when it was made. */
PN_MUST_USE pn_err pn_person_update(pn_db *db, const pn_person_row *row);
/* All of them, archived ones too, by key. */
PN_MUST_USE pn_err pn_person_list(pn_db *db, pn_id org_id, pn_arena *arena,
                                  pn_person_row **ret_rows, size_t *ret_count);

#endif
