/* Offers: what debtors are offered by their cases, and what they agreed to. */
#ifndef PN_STORE_OFFER_H
#define PN_STORE_OFFER_H

#include "base/hash.h"
#include "core/fact.h"
#include "store/db.h"

typedef struct {
    pn_id debtor_id, id, org_id;
    pn_id run_id; /* 0: of no case: of the organization's matrix, or the debtor's own proposal */
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
    pn_str row_text;     /* the matrix's row that it was made by; empty: of none */
    int64_t asked_count; /* what the debtor proposed: installments; 0: nothing */
    pn_date asked_first; /* PN_DATE_NONE */
    pn_str asked_text, asked_language;
    pn_str answer;
    pn_time tell_at; /* real time; PN_TIME_NONE: there is nothing to tell */
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
/* What debtors proposed, before `before` (0: all), the newest first: what waits for an answer, or
 * all of it. */
PN_MUST_USE pn_err pn_offer_asked_page(pn_db *db, pn_id org_id, bool all, pn_id before,
                                       int64_t limit, pn_arena *arena, pn_offer_row **ret_rows,
                                       size_t *ret_count);
/* Its state, settled_at and what accepting it made. CONFLICT when it is not open any more. */
PN_MUST_USE pn_err pn_offer_settle(pn_db *db, const pn_offer_row *row);
/* The answer to what a debtor proposed: state, until, settled_at, asked_count and asked_first
 * (which may be others now), answer, tell_at. CONFLICT when it was answered already. */
PN_MUST_USE pn_err pn_offer_answer(pn_db *db, const pn_offer_row *row);
/* Answers that debtors are to be told of by now, the oldest first; `ret_next` is when the next one
 * is (PN_TIME_NEVER). */
PN_MUST_USE pn_err pn_offer_untold(pn_db *db, pn_id org_id, pn_time now, int64_t limit,
                                   pn_arena *arena, pn_offer_row **ret_rows, size_t *ret_count);
PN_MUST_USE pn_err pn_offer_untold_next(pn_db *db, pn_id org_id, pn_time *ret_next);
/* When it is told (again); PN_TIME_NONE: it is done. CONFLICT when it was to be at another time. */
PN_MUST_USE pn_err pn_offer_tell(pn_db *db, const pn_offer_row *row, pn_time at);
/* The accepted offer behind a plan; NOT_FOUND. */
PN_MUST_USE pn_err pn_offer_of_plan(pn_db *db, pn_id debtor_id, pn_id plan_id, pn_arena *arena,
                                    pn_offer_row *ret_row);

#endif
