/* What an organization decided about itself: rows of name and value, and what they mean here.
 *
 *   second_factor       nobody, owners or everybody has to have one (nobody by default)
 *   four_eyes_publish   yes: publishing a strategy waits for a second person
 *   four_eyes_release   yes: so does releasing held sends
 *   four_eyes_steer     yes: so does leading a case by hand
 *   four_eyes_live      yes: so does going live
 *   four_eyes_write_off an amount in major units above which so do write-offs, "1000 EUR" */
#ifndef PN_AUTH_SETTING_H
#define PN_AUTH_SETTING_H

#include "auth/role.h"
#include "base/id.h"
#include "store/db.h"

/* Empty where it was never set. */
PN_MUST_USE pn_err pn_setting_get(pn_db *db, pn_id org_id, pn_str name, pn_arena *arena,
                                  pn_str *ret_value);
/* An empty value takes it back. */
PN_MUST_USE pn_err pn_setting_put(pn_db *db, pn_id org_id, pn_str name, pn_str value, pn_time at);

/* Whether somebody with that role has to have a second factor. */
PN_MUST_USE pn_err pn_factor_wanted(pn_db *db, pn_id org_id, pn_role role, bool *ret_wanted);

#endif
