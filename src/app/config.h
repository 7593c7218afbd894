/* Settings of an organization: in its row, and what it decided about itself (auth/setting.h). */
#ifndef PN_APP_CONFIG_H
#define PN_APP_CONFIG_H

#include "app/app.h"
#include "base/money.h"

/* Checks and writes one, in the transaction under way; an empty value takes it back. There is:
 *
 *   public_url   where debtors reach this installation: https://host or https://host/folder
 *   second_factor, four_eyes_publish, four_eyes_release, four_eyes_steer,
 *   four_eyes_write_off   auth/setting.h
 *
 * NOT_FOUND for another key, INVALID with a sentence for a value that is none. */
PN_MUST_USE pn_err pn_config_set(pn_app *app, pn_str key, pn_str value, pn_diag *diag);
/* Empty where it was never set. */
PN_MUST_USE pn_err pn_config_get(pn_app *app, pn_str key, pn_arena *arena, pn_str *ret_value);
/* "1000.00 EUR"; INVALID for what is none. */
PN_MUST_USE pn_err pn_config_amount(pn_str value, pn_money *ret_amount);

/* The address in its plain form, without a slash at its end; INVALID with a sentence. */
PN_MUST_USE pn_err pn_config_public_url(pn_str url, pn_str *ret_url, pn_diag *diag);

/* The policy that the organization's debtors fall under, by name: one of its own or a pack; empty:
 * their countries'. In the transaction under way. NOT_FOUND with a sentence. */
PN_MUST_USE pn_err pn_config_policy(pn_app *app, pn_str name, pn_arena *arena, pn_diag *diag);

#endif
