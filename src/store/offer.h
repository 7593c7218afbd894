/* Offers: what debtors are offered by their cases, and what they agreed to. */
#ifndef PN_STORE_OFFER_H
#define PN_STORE_OFFER_H

#include "base/hash.h"
#include "core/fact.h"
#include "store/db.h"

typedef struct {
    pn_id debtor_id, id, org_id, run_id;
    uint32_t visit;
    pn_id account_id;
    pn_id invoice_id; /* 0: about all that the account's run works */
    pn_offer_kind kind;
    pn_offer_state state;
    pn_id version_id;
    uint32_t node;
    pn_time made_at, until;
    pn_time settled_at; /* PN_TIME_NONE: open */
    int64_t choice, total, discount;
    pn_id plan_id;
    pn_str terms;
    pn_sha256 hash;
    pn_str accepted_by, accepted_from;
} pn_offer_row;

PN_MUST_USE pn_err pn_offer_insert(pn_db *db, const pn_offer_row *row);
/* NOT_FOUND. */
PN_MUST_USE pn_err pn_offer_get(pn_db *db, pn_id org_id, pn_id id, pn_arena *arena,
                                pn_offer_row *ret_row);
/* All of the debtor's, the oldest first. */
PN_MUST_USE pn_err pn_offer_of_debtor(pn_db *db, pn_id debtor_id, pn_arena *arena,
                                      pn_offer_row **ret_rows, size_t *ret_count);
/* The newest first. */
PN_MUST_USE pn_err pn_offer_list(pn_db *db, pn_id org_id, int64_t limit, pn_arena *arena,
                                 pn_offer_row **ret_rows, size_t *ret_count);
/* Its state, settled_at and what accepting it made. CONFLICT when it is not open any more. */
PN_MUST_USE pn_err pn_offer_settle(pn_db *db, const pn_offer_row *row);
/* The accepted offer behind a plan; NOT_FOUND. */
PN_MUST_USE pn_err pn_offer_of_plan(pn_db *db, pn_id debtor_id, pn_id plan_id, pn_arena *arena,
                                    pn_offer_row *ret_row);

#endif
