/* Roles of people and scopes of keys: who may use which route.
 *
 * A person has one role in an organization; the operator of the instance none there, but the routes
 * of the instance. A key has scopes "resource:read" or "resource:write" and at most what its
 * creator's role may do; it never manages people, keys or secrets. */
#ifndef PN_AUTH_ROLE_H
#define PN_AUTH_ROLE_H

#include "base/str.h"

typedef enum {
    PN_ROLE_OPERATOR,    /* of the instance: organizations, its settings */
    PN_ROLE_OWNER,       /* of an organization: people, keys, secrets, everything below */
    PN_ROLE_MANAGER,     /* strategies, templates, policies, channels, approvals */
    PN_ROLE_COLLECTOR,   /* debtors, tasks, messages, promises, disputes, plans */
    PN_ROLE_TREASURER,   /* invoices, payments, imports, instruments */
    PN_ROLE_AUDITOR,     /* reads everything, changes nothing */
    PN_ROLE_INTEGRATION, /* a system: imports, invoices, payments, webhooks; no console */
    PN_ROLES
} pn_role;

typedef unsigned pn_role_set; /* one bit each */

#define PN_ROLE_BIT(role) (1U << (unsigned)(role))
enum {
    PN_MAY_READ = 1U << PN_ROLE_OWNER | 1U << PN_ROLE_MANAGER | 1U << PN_ROLE_COLLECTOR |
                  1U << PN_ROLE_TREASURER | 1U << PN_ROLE_AUDITOR | 1U << PN_ROLE_INTEGRATION,
    PN_MAY_COLLECT = 1U << PN_ROLE_OWNER | 1U << PN_ROLE_MANAGER | 1U << PN_ROLE_COLLECTOR,
    PN_MAY_BOOK = 1U << PN_ROLE_OWNER | 1U << PN_ROLE_MANAGER | 1U << PN_ROLE_TREASURER |
                  1U << PN_ROLE_INTEGRATION,
    PN_MAY_MANAGE = 1U << PN_ROLE_OWNER | 1U << PN_ROLE_MANAGER,
    PN_MAY_OWN = 1U << PN_ROLE_OWNER,
    PN_MAY_OPERATE = 1U << PN_ROLE_OPERATOR,
    PN_MAY_SELF = 1U << PN_ROLES, /* whoever is signed in, about themselves; never a key */
};

/* "owner"; PN_ROLES for a word that is none. */
const char *pn_role_name(pn_role role);
pn_role pn_role_of(pn_str name);

/* True where somebody of one role may do all that one of the other may. */
bool pn_role_covers(pn_role role, pn_role other);

/* "invoices:read": a resource of letters and underscores, and read or write. */
bool pn_scope_is(pn_str scope);
/* Whether what is granted opens what is asked for; who may write may read. */
bool pn_scope_covers(pn_str granted, pn_str asked);

#endif
