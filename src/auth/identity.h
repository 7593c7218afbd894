/* Who asks: a person with a session, or a key. */
#ifndef PN_AUTH_IDENTITY_H
#define PN_AUTH_IDENTITY_H

#include "auth/role.h"
#include "base/id.h"

typedef struct pn_identity {
    pn_id user_id;
    pn_id session_id; /* 0: a key's */
    pn_id key_id;     /* 0: a session's */
    pn_id org_id;     /* the organization it works in now; 0: none (the operator) */
    pn_role role;     /* there; PN_ROLES: none, or none until a second factor is set up */
    bool operates;    /* an operator of the instance, whatever its role in an organization */
    bool factor_due;  /* it has to set up a second factor before it may do anything else */
    pn_str name;      /* of the person or key, for people */
    pn_str actor;     /* in events: "user:usr_…", "key:key_…"; NUL-terminated */
    pn_str language;
    const pn_str *scopes; /* of a key */
    size_t scope_count;
    pn_time strong_at; /* when a second factor or the password was last given; PN_TIME_NONE */
} pn_identity;

/* Whether a route that takes these roles, or a key with this scope, is open to it. A route without
 * a scope is closed to keys. */
bool pn_identity_may(const pn_identity *identity, pn_role_set roles, const char *scope);

/* Whether a second factor or the password was given lately enough for what is guarded: people, keys
 * and secrets. DENIED with a sentence. */
PN_MUST_USE pn_err pn_identity_strong(const pn_identity *identity, pn_time now, pn_diag *diag);

#endif
