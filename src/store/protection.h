/* Protected debtors: why, since when, and who represents them. */
#ifndef PN_STORE_PROTECTION_H
#define PN_STORE_PROTECTION_H

#include "core/policy.h"
#include "store/db.h"

typedef struct {
    pn_id debtor_id, id, org_id;
    pn_protect_kind kind;
    pn_str reason, actor;
    pn_id contact_id; /* who represents the debtor; 0: not known */
    pn_time since;
    pn_time until; /* PN_TIME_NEVER: without end */
} pn_protection_row;

PN_MUST_USE pn_err pn_protection_insert(pn_db *db, const pn_protection_row *row);
PN_MUST_USE pn_err pn_protection_end(pn_db *db, pn_id debtor_id, pn_id id, pn_time at);
/* Those that nobody ended, also where their last day has passed; oldest first. */
PN_MUST_USE pn_err pn_protection_list(pn_db *db, pn_id debtor_id, pn_arena *arena,
                                      pn_protection_row **ret_rows, size_t *ret_count);

static inline bool pn_protection_in_force(const pn_protection_row *row, pn_time at) {
    return row->until > at;
}

#endif
