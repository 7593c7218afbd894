/* The organizations of one thread: an app each, over one connection.
 *
 * What an app has loaded (creditors, people, templates) may be changed by others; whoever commits
 * such a change counts `changes` up, and every thread loads anew before its next work. On a shared
 * database other processes change things too: there an app is used for a second. */
#ifndef PN_APP_APPS_H
#define PN_APP_APPS_H

#include <stdatomic.h>

#include "app/app.h"

/* Counts changes of what apps load. */
typedef atomic_uint_fast64_t pn_changes;

typedef struct {
    const char *url;
    pn_db_mode mode;
    unsigned cache_kib; /* of pages; 0: the driver's default */
    const pn_env *env;
    const pn_log *log;
    const char *actor;
    pn_str public_url;   /* of organizations that say none of their own; may be empty */
    const pn_turn *turn; /* NULL: none */
    pn_turn_rank rank;
    pn_changes *changes;
} pn_apps_options;

typedef struct pn_apps pn_apps;

/* Opens the connection; the schema must be there. What the options name must outlive it. */
PN_MUST_USE pn_err pn_apps_open(const pn_apps_options *options, pn_apps **ret_apps, pn_diag *diag);
/* NULL accepted. */
void pn_apps_close(pn_apps *apps);
pn_db *pn_apps_db(const pn_apps *apps);

/* Forgets what others have changed since; before a transaction begins. */
void pn_apps_refresh(pn_apps *apps);
/* An organization's; the instance's own for 0. NOT_FOUND where there is none of that id. */
PN_MUST_USE pn_err pn_apps_get(pn_apps *apps, pn_id org_id, pn_app **ret_app, pn_diag *diag);
/* What is loaded may be wrong (an operation that changed it was undone): loaded anew next time. */
void pn_apps_forget(pn_apps *apps);

#endif
