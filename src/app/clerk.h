/* The clerk: what sign-in leaves to be done beside requests. Sends letters to people of ours, and
 * writes now and then when sessions and keys were last used. One thread, one connection. */
#ifndef PN_APP_CLERK_H
#define PN_APP_CLERK_H

#include "app/apps.h"
#include "auth/auth.h"

typedef struct pn_clerk pn_clerk;

/* What the options name must outlive it; `public_url` is the whole instance's, or empty. */
PN_MUST_USE pn_err pn_clerk_start(const pn_apps_options *apps, pn_auth *auth, pn_str public_url,
                                  pn_clerk **ret_clerk, pn_diag *diag);
/* There may be a letter. */
void pn_clerk_ring(pn_clerk *clerk);
/* Writes the last uses, then ends. NULL accepted. */
void pn_clerk_stop(pn_clerk *clerk);

#endif
