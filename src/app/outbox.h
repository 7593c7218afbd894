/* The outbox: what is about to leave, for a person to look at before it does.
 *
 * Most of tomorrow's messages are not written yet, for a message is an intent of the step that is
 * due tomorrow. So the outbox looks ahead (app/outlook.h) for every debtor with something due until
 * then; what somebody does meanwhile changes it. Holding a message before it leaves is holding its
 * case, with a reason and a review (law 3). */
#ifndef PN_APP_OUTBOX_H
#define PN_APP_OUTBOX_H

#include "app/outlook.h"
#include "store/outbox.h"

typedef struct {
    pn_id debtor_id, run_id; /* run_id 0: the case begins with it */
    pn_str debtor_key, debtor_name;
    pn_str creditor, number; /* number: of an invoice's case */
    pn_str strategy, family;
    unsigned tone; /* 0: no demand */
    pn_time at;
    pn_money claimable; /* of the debtor's account, today */
} pn_outbox_row;

typedef struct {
    pn_time until;
    pn_id after;  /* debtors behind it; 0: from the first */
    size_t limit; /* rows; the last debtor's are all given */
} pn_outbox_query;

/* By debtor, then time. `ret_next` is the debtor to go on behind; 0 where there are no more. */
PN_MUST_USE pn_err pn_outbox_list(pn_app *app, const pn_outbox_query *query, pn_arena *arena,
                                  pn_outbox_row **ret_rows, size_t *ret_count, pn_id *ret_next,
                                  pn_diag *diag);

/* ── many at once: what is written and waits ── */

/* At most so many messages are picked by one filter. */
enum { PN_OUTBOX_PICK_MAX = 5000 };

typedef struct {
    pn_outbox_range range;
    const pn_rule *rule; /* of the account; NULL: whatever it is like */
} pn_outbox_filter;

/* The cases of the messages that wait and fit, each once, by debtor and run. LIMIT with a sentence
 * where there are too many. */
PN_MUST_USE pn_err pn_outbox_pick(pn_app *app, const pn_outbox_filter *filter, pn_arena *arena,
                                  pn_case_ref **ret_cases, size_t *ret_count, size_t *ret_messages,
                                  pn_diag *diag);

/* Holds those cases (all of a debtor's where run_id is 0), each once, in the transaction under way;
 * `reason` is kept, and `until` is when it is looked at again. `ret_holds` are the holds made, by
 * which it is taken back. */
PN_MUST_USE pn_err pn_outbox_hold(pn_app *app, const pn_case_ref *cases, size_t count,
                                  pn_str reason, pn_time until, pn_arena *arena, pn_id **ret_holds,
                                  size_t *ret_held, pn_diag *diag);
/* Ends these holds, where they are in force still, in the transaction under way. NOT_FOUND where
 * one is none of the organization's. */
PN_MUST_USE pn_err pn_outbox_release(pn_app *app, const pn_id *holds, size_t count, pn_arena *arena,
                                     size_t *ret_released, pn_diag *diag);
/* Those that people laid on these very cases (on one run, not on a debtor) and that are in force.
 */
PN_MUST_USE pn_err pn_outbox_holds_of(pn_app *app, const pn_case_ref *cases, size_t count,
                                      pn_arena *arena, pn_id **ret_holds, size_t *ret_count,
                                      pn_diag *diag);

#endif
