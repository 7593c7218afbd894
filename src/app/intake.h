/* Intake of an organization: its mailboxes are listened to.
 *
 * Each mailbox has a thread and a session that stays: the server tells of new mail by itself
 * (IDLE), or is asked every minute. A session ends by itself after some minutes, or a minute after
 * something of the organization changed, and the next one begins at once with the settings, secrets
 * and people that are there by then. One that fails is tried again, ever more rarely. What becomes
 * of each stands with its mailbox, where people look.
 *
 * Past PN_LIMIT_MAILBOXES_LISTENED mailboxes the others are fetched one by one, every minute. */
#ifndef PN_APP_INTAKE_H
#define PN_APP_INTAKE_H

#include "app/apps.h"

typedef struct {
    pn_apps_options apps;
    pn_id org_id;
    /* Told on its threads. */
    void (*received)(void *context); /* a mail that had not come before */
    /* So many more or fewer are set; are open; and so many sessions failed. */
    void (*mailboxes)(void *context, int set, int open, int failed);
    void *context;
} pn_intake_options;

typedef struct pn_intake pn_intake;

PN_MUST_USE pn_err pn_intake_start(const pn_intake_options *options, pn_intake **ret_intake,
                                   pn_diag *diag);
/* Sessions log out; returns at once. */
void pn_intake_end(pn_intake *intake);
/* Waits for them. NULL accepted. */
void pn_intake_stop(pn_intake *intake);

#endif
