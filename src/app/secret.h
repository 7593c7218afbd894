/* Secrets of channels, mailboxes, connectors and providers: never in their settings, which name
 * where one is: a file (NAME_file), the environment (NAME_env), or the vault (NAME_kept), where
 * what was entered on a screen is sealed. */
#ifndef PN_APP_SECRET_H
#define PN_APP_SECRET_H

#include "app/app.h"
#include "base/json.h"

/* Takes "password_file", "password_env" or "password_kept" out of settings and reads what it names.
 */
PN_MUST_USE pn_err pn_secret_read(const pn_app *app, const pn_json *settings, pn_arena *arena,
                                  pn_json **ret_settings, pn_str *ret_secret, pn_diag *diag);

/* The same for "NAME_file", "NAME_env" and "NAME_kept"; `ret_secret` stays as it is where there is
 * none of them. */
PN_MUST_USE pn_err pn_secret_take(const pn_app *app, const pn_json *settings, const char *name,
                                  pn_arena *arena, pn_json **ret_settings, pn_str *ret_secret,
                                  pn_diag *diag);

/* Whether settings name a secret of that name, wherever it is. */
bool pn_secret_is_named(const pn_json *settings, const char *name);

#endif
