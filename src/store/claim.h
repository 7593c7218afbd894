/* What takes amounts out of what may be asked for: promises, disputes, plans, instruments on their
 * way, each with its earmarks on invoices; and holds, which stop runs. */
#ifndef PN_STORE_CLAIM_H
#define PN_STORE_CLAIM_H

#include "core/fact.h"
#include "store/db.h"

/* Order is stored. */
typedef enum {
    PN_EARMARK_DISPUTE,
    PN_EARMARK_PROMISE,
    PN_EARMARK_PLAN,
    PN_EARMARK_INSTRUMENT,
    PN_EARMARK_FULFILLED, /* holds nothing: money that a promise had when it was judged */
    PN_EARMARKS
} pn_earmark_kind;

typedef struct {
    pn_id invoice_id;
    pn_earmark_kind kind;
    pn_id owner_id;
    int64_t amount;
} pn_earmark_row;

PN_MUST_USE pn_err pn_earmark_put(pn_db *db, pn_id org_id, pn_id debtor_id,
                                  const pn_earmark_row *row);
/* Removes all earmarks of one promise, dispute, plan or instrument; and what judged promises had of
 * invoices on which no promise or plan is left that could count it again. */
PN_MUST_USE pn_err pn_earmark_remove(pn_db *db, pn_id debtor_id, pn_earmark_kind kind,
                                     pn_id owner_id);
/* All of the debtor's, by invoice, and on each in the order in which money fulfils them: what
 * judged promises had, then promises by their day, then the plan. */
PN_MUST_USE pn_err pn_earmark_list(pn_db *db, pn_id debtor_id, pn_arena *arena,
                                   pn_earmark_row **ret_rows, size_t *ret_count);

typedef enum {
    PN_PROMISE_OPEN,
    PN_PROMISE_KEPT,
    PN_PROMISE_BROKEN,
    PN_PROMISE_CANCELLED
} pn_promise_state;

const char *pn_promise_state_name(pn_promise_state state);

typedef struct {
    pn_id debtor_id, id, org_id, account_id;
    int64_t amount;
    pn_date due;
    pn_promise_state state;
    int64_t paid;
    pn_str source;
    pn_time made_at, judged_at;
} pn_promise_row;

PN_MUST_USE pn_err pn_promise_insert(pn_db *db, const pn_promise_row *row);
PN_MUST_USE pn_err pn_promise_judge(pn_db *db, pn_id debtor_id, pn_id id, pn_promise_state state,
                                    int64_t paid, pn_time at);
/* Whose promise it is; NOT_FOUND. */
PN_MUST_USE pn_err pn_promise_debtor(pn_db *db, pn_id org_id, pn_id id, pn_id *ret_debtor);
PN_MUST_USE pn_err pn_promise_list(pn_db *db, pn_id debtor_id, pn_arena *arena,
                                   pn_promise_row **ret_rows, size_t *ret_count);

typedef struct {
    pn_id debtor_id, id, org_id, invoice_id;
    int64_t line; /* 0: not about one line */
    int64_t amount;
    pn_str reason;
    bool closed;
    pn_str outcome;
    pn_time opened_at, closed_at;
} pn_dispute_row;

PN_MUST_USE pn_err pn_dispute_insert(pn_db *db, const pn_dispute_row *row);
PN_MUST_USE pn_err pn_dispute_close(pn_db *db, pn_id debtor_id, pn_id id, pn_str outcome,
                                    pn_time at);
/* All of the debtor's, in the order in which they were opened. */
PN_MUST_USE pn_err pn_dispute_list(pn_db *db, pn_id debtor_id, pn_arena *arena,
                                   pn_dispute_row **ret_rows, size_t *ret_count);
/* By its id alone; NOT_FOUND. */
PN_MUST_USE pn_err pn_dispute_get(pn_db *db, pn_id org_id, pn_id id, pn_arena *arena,
                                  pn_dispute_row *ret_row);

typedef enum {
    PN_INSTRUMENT_IN_FLIGHT,
    PN_INSTRUMENT_CLEARED,
    PN_INSTRUMENT_RETURNED
} pn_instrument_state;

const char *pn_instrument_state_name(pn_instrument_state state);

typedef struct {
    pn_id debtor_id, id, org_id, account_id;
    pn_str kind, number;
    int64_t amount;
    pn_date due;
    pn_instrument_state state;
    pn_id payment_id;
    pn_time taken_at, settled_at;
} pn_instrument_row;

PN_MUST_USE pn_err pn_instrument_insert(pn_db *db, const pn_instrument_row *row);
PN_MUST_USE pn_err pn_instrument_settle(pn_db *db, pn_id debtor_id, pn_id id,
                                        pn_instrument_state state, pn_id payment_id, pn_time at);
/* All of the debtor's, in the order in which they were taken. */
PN_MUST_USE pn_err pn_instrument_list(pn_db *db, pn_id debtor_id, pn_arena *arena,
                                      pn_instrument_row **ret_rows, size_t *ret_count);
/* Those that are due from one day until before another, of everybody: by day, behind the one given
 * (`after_id` 0: from the beginning). `state` -1: any. */
PN_MUST_USE pn_err pn_instrument_due(pn_db *db, pn_id org_id, pn_date from, pn_date until,
                                     int state, pn_date after_due, pn_id after_id, int64_t limit,
                                     pn_arena *arena, pn_instrument_row **ret_rows,
                                     size_t *ret_count);
PN_MUST_USE pn_err pn_instrument_get(pn_db *db, pn_id org_id, pn_id id, pn_arena *arena,
                                     pn_instrument_row *ret_row);

typedef enum { PN_PLAN_ACTIVE, PN_PLAN_DONE, PN_PLAN_DEFAULTED, PN_PLAN_CANCELLED } pn_plan_state;

const char *pn_plan_state_name(pn_plan_state state);

typedef struct {
    pn_id debtor_id, id, org_id, account_id;
    pn_plan_state state;
    pn_time made_at, ended_at;
} pn_plan_row;

typedef struct {
    int64_t number;
    pn_date due;
    int64_t amount;
} pn_installment_row;

PN_MUST_USE pn_err pn_plan_insert(pn_db *db, const pn_plan_row *row,
                                  const pn_installment_row *installments, size_t count);
/* Whose plan it is. */
PN_MUST_USE pn_err pn_plan_debtor(pn_db *db, pn_id org_id, pn_id id, pn_id *ret_debtor);
PN_MUST_USE pn_err pn_plan_end(pn_db *db, pn_id debtor_id, pn_id id, pn_plan_state state,
                               pn_time at);
PN_MUST_USE pn_err pn_plan_list(pn_db *db, pn_id debtor_id, pn_arena *arena, pn_plan_row **ret_rows,
                                size_t *ret_count);
PN_MUST_USE pn_err pn_plan_installments(pn_db *db, pn_id debtor_id, pn_id plan_id, pn_arena *arena,
                                        pn_installment_row **ret_rows, size_t *ret_count);

typedef struct {
    pn_id debtor_id, id, org_id;
    pn_id run_id; /* 0: all of the debtor */
    pn_str reason, actor;
    pn_time since, until;
    pn_time released_at; /* PN_TIME_NONE: in force */
} pn_hold_row;

PN_MUST_USE pn_err pn_hold_insert(pn_db *db, const pn_hold_row *row);
PN_MUST_USE pn_err pn_hold_release(pn_db *db, pn_id debtor_id, pn_id id, pn_time at);
/* It is looked at again at another time. */
PN_MUST_USE pn_err pn_hold_review(pn_db *db, pn_id debtor_id, pn_id id, pn_time until);
/* One of the organization's; NOT_FOUND. */
PN_MUST_USE pn_err pn_hold_get(pn_db *db, pn_id org_id, pn_id id, pn_arena *arena,
                               pn_hold_row *ret_row);
/* Those not released. */
PN_MUST_USE pn_err pn_hold_list(pn_db *db, pn_id debtor_id, pn_arena *arena, pn_hold_row **ret_rows,
                                size_t *ret_count);

#endif
