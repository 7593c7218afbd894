/* Mandates: what debtors left with a provider so that it may be charged. */
#ifndef PN_STORE_MANDATE_H
#define PN_STORE_MANDATE_H

#include "store/db.h"

typedef struct {
    pn_id debtor_id, id, org_id;
    pn_id creditor_id; /* 0: every creditor */
    pn_str provider, token, label;
    bool ended;
    pn_str reason;
    pn_time made_at, ended_at;
} pn_mandate_row;

PN_MUST_USE pn_err pn_mandate_insert(pn_db *db, const pn_mandate_row *row);
/* The newest in force that this creditor may charge, its own before everybody's; NOT_FOUND. */
PN_MUST_USE pn_err pn_mandate_for(pn_db *db, pn_id debtor_id, pn_id creditor_id, pn_arena *arena,
                                  pn_mandate_row *ret_row);
PN_MUST_USE pn_err pn_mandate_of_debtor(pn_db *db, pn_id debtor_id, pn_arena *arena,
                                        pn_mandate_row **ret_rows, size_t *ret_count);
/* NOT_FOUND unless it is in force. */
PN_MUST_USE pn_err pn_mandate_end(pn_db *db, pn_id org_id, pn_id id, pn_str reason, pn_time at);

#endif
