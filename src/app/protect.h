/* Protected debtors: who must be treated otherwise, and what the policy then does. */
#ifndef PN_APP_PROTECT_H
#define PN_APP_PROTECT_H

#include "app/guard.h"
#include "store/protection.h"

typedef struct {
    pn_id debtor_id;
    pn_protect_kind kind;
    pn_str reason;
    pn_date until;         /* the last day; PN_DATE_NONE: without end */
    pn_str representative; /* an e-mail address; empty: none is known */
    pn_str representative_name;
} pn_protect_request;

/* From now on the debtor is protected. Where the policy of one of its accounts wants a person to
 * take over, a task is opened; the representative becomes a contact that is used for nobody else's
 * sake. In the transaction under way. CONFLICT when it is protected as that already. */
PN_MUST_USE pn_err pn_protect_add(pn_app *app, const pn_protect_request *request, pn_arena *arena,
                                  pn_id *ret_id, pn_diag *diag);
/* Ends the protections of that kind, or of all kinds (PN_PROTECTIONS). CONFLICT when there is none.
 */
PN_MUST_USE pn_err pn_protect_end(pn_app *app, pn_id debtor_id, pn_protect_kind kind,
                                  pn_arena *arena, pn_diag *diag);

/* What the policy does about one kind for a demand of the account by e-mail. */
PN_MUST_USE pn_err pn_protect_treatment(pn_app *app, const pn_view *view,
                                        const pn_view_account *account, pn_protect_kind kind,
                                        pn_time at, pn_arena *arena, pn_treatment *ret_treatment,
                                        const pn_policy **ret_policy, pn_diag *diag);

#endif
