/* Founding an organization: it is made, and belongs to who made it. */
#ifndef PN_APP_FOUND_H
#define PN_APP_FOUND_H

#include "app/publish.h"
#include "app/sign_in.h"

/* Over the connection of `at`, whose own organization stays what it is; begins transactions of its
 * own. The user becomes its owner. */
PN_MUST_USE pn_err pn_found(const pn_app *at, const pn_init_request *request, pn_id user_id,
                            pn_id *ret_org_id, pn_diag *diag);
/* The same for the first owner, whose session works there then; where there is an organization
 * already nothing happens. */
PN_MUST_USE pn_err pn_found_first(const pn_visitor *visitor, const pn_init_request *request,
                                  pn_signed_in *in);

#endif
