/* Secrets of channels: never in the database, but in a file or the environment that settings name.
 */
#ifndef PN_APP_SECRET_H
#define PN_APP_SECRET_H

#include "base/json.h"

/* Takes "password_file" or "password_env" out of settings and reads what it names. */
PN_MUST_USE pn_err pn_secret_read(const pn_json *settings, pn_arena *arena, pn_json **ret_settings,
                                  pn_str *ret_secret, pn_diag *diag);

/* The same for "NAME_file" and "NAME_env"; `ret_secret` stays as it is where there is neither. */
PN_MUST_USE pn_err pn_secret_take(const pn_json *settings, const char *name, pn_arena *arena,
                                  pn_json **ret_settings, pn_str *ret_secret, pn_diag *diag);

#endif
