/* Partners: the lawyers, insurers and agencies that take cases over. */
#ifndef PN_STORE_PARTNER_H
#define PN_STORE_PARTNER_H

#include "core/flow/handed.h"
#include "store/db.h"

typedef struct {
    pn_id org_id;
    pn_id creditor_id; /* 0: for every creditor without one of its own */
    pn_partner_kind kind;
    pn_str name;
    pn_str contact; /* how to reach them, one line */
} pn_partner_row;

PN_MUST_USE pn_err pn_partner_put(pn_db *db, const pn_partner_row *row);
PN_MUST_USE pn_err pn_partner_remove(pn_db *db, pn_id org_id, pn_id creditor_id,
                                     pn_partner_kind kind, bool *ret_removed);
/* Those for every creditor first. */
PN_MUST_USE pn_err pn_partner_list(pn_db *db, pn_id org_id, pn_arena *arena,
                                   pn_partner_row **ret_rows, size_t *ret_count);

#endif
