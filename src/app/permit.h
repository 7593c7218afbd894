/* Permits: what the gate would say to a contact, asked without making one. */
#ifndef PN_APP_PERMIT_H
#define PN_APP_PERMIT_H

#include "app/catalog.h"
#include "core/gate.h"

typedef struct {
    pn_id debtor_id;
    pn_channel_kind channel;
    pn_purpose purpose;
    pn_time at;
} pn_permit_query;

typedef struct {
    pn_id account_id;
    pn_str creditor;
    const pn_policy *policy;
    pn_verdict verdict;
    pn_str explanation; /* in English */
} pn_permit;

/* One answer for each account of the debtor. The strategy's own hours are not asked: no strategy
 * makes this contact. */
PN_MUST_USE pn_err pn_permit_ask(pn_app *app, const pn_permit_query *query, pn_arena *arena,
                                 pn_permit **ret_permits, size_t *ret_count, pn_diag *diag);

#endif
