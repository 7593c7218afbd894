/* What the gate is asked about a debtor: the same question at a claim and in `policy check`. */
#ifndef PN_APP_GUARD_H
#define PN_APP_GUARD_H

#include "app/view.h"
#include "core/gate.h"

typedef struct {
    const pn_view *view;
    const pn_view_account *account;
    const pn_contact_row *contacts; /* all of the debtor's */
    size_t contact_count;
    const pn_contact_row *contact; /* the one to be used; NULL: none is chosen */
    pn_channel_kind channel;
    pn_purpose purpose;
    int64_t claimable;
} pn_guard;

/* The contact of the guard's channel that is used: the first usable one, or where the policy wants
 * it the debtor's representative, if one is known. NULL for none. */
PN_MUST_USE pn_err pn_guard_contact(pn_app *app, const pn_guard *guard, pn_time at, pn_arena *arena,
                                    const pn_contact_row **ret_contact, pn_diag *diag);

/* Protections that let no demand of the account leave, as holds: the case rests meanwhile. Appends
 * at most PN_PROTECTIONS of them. */
PN_MUST_USE pn_err pn_guard_holds(pn_app *app, const pn_view *view, const pn_view_account *account,
                                  pn_time at, pn_arena *arena, pn_hold_fact *holds,
                                  size_t *ret_count);

/* The query without the contacts made, and the policy that answers it. */
PN_MUST_USE pn_err pn_guard_query(pn_app *app, const pn_guard *guard, pn_time at, pn_arena *arena,
                                  pn_gate_query *ret_query, const pn_policy **ret_policy,
                                  pn_diag *diag);

/* Texts that a message of this query must carry, in the policy's order; `query` and `policy` are
 * pn_guard_query's. */
void pn_guard_texts(const pn_app *app, const pn_gate_query *query, const pn_policy *policy,
                    pn_time at, pn_arena *arena, const pn_legal *const **ret_texts,
                    size_t *ret_count);
/* Whether the creditor lacks a particular that one of those texts cannot do without. */
bool pn_guard_lacks_particulars(const pn_guard *guard, const pn_gate_query *query,
                                const pn_policy *policy, pn_time at);

#endif
