/* Settings of an organization that stand in its row. */
#ifndef PN_APP_CONFIG_H
#define PN_APP_CONFIG_H

#include "app/app.h"

/* Checks and writes one, in the transaction under way; an empty value takes it back. There is:
 *
 *   public_url   where debtors reach this installation: https://host or https://host/folder
 *
 * NOT_FOUND for another key, INVALID with a sentence for a value that is none. */
PN_MUST_USE pn_err pn_config_set(pn_app *app, pn_str key, pn_str value, pn_diag *diag);

/* The address in its plain form, without a slash at its end; INVALID with a sentence. */
PN_MUST_USE pn_err pn_config_public_url(pn_str url, pn_str *ret_url, pn_diag *diag);

#endif
