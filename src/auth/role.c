#include "auth/role.h"

#include "base/banned.h"

static const char *const NAMES[] = {
    [PN_ROLE_OPERATOR] = "operator",       [PN_ROLE_OWNER] = "owner",
    [PN_ROLE_MANAGER] = "manager",         [PN_ROLE_COLLECTOR] = "collector",
    [PN_ROLE_TREASURER] = "treasurer",     [PN_ROLE_AUDITOR] = "auditor",
    [PN_ROLE_INTEGRATION] = "integration",
};
static_assert(PN_COUNT(NAMES) == PN_ROLES, "every role has a name");

const char *pn_role_name(pn_role role) {
    return role < PN_ROLES ? NAMES[role] : "none";
}

pn_role pn_role_of(pn_str name) {
    for (size_t i = 0; i < PN_ROLES; i++) {
        if (pn_str_eq(name, pn_str_of(NAMES[i]))) {
            return (pn_role)i;
        }
    }
    return PN_ROLES;
}

bool pn_role_covers(pn_role role, pn_role other) {
    return role == other || (role == PN_ROLE_OWNER && other != PN_ROLE_OPERATOR) ||
           (role == PN_ROLE_MANAGER && other != PN_ROLE_OPERATOR && other != PN_ROLE_OWNER);
}

static bool is_word(pn_str text) {
    for (size_t i = 0; i < text.len; i++) {
        if (!(text.ptr[i] >= 'a' && text.ptr[i] <= 'z') && text.ptr[i] != '_') {
            return false;
        }
    }
    return text.len != 0 && text.len <= 40;
}

bool pn_scope_is(pn_str scope) {
    pn_str resource;
    pn_str verb = scope;
    return pn_str_split(&verb, ':', &resource) && is_word(resource) &&
           (pn_str_is(verb, "read") || pn_str_is(verb, "write"));
}

bool pn_scope_covers(pn_str granted, pn_str asked) {
    pn_str resource, other;
    if (pn_str_eq(granted, asked)) {
        return true;
    }
    return pn_str_split(&granted, ':', &resource) && pn_str_split(&asked, ':', &other) &&
           pn_str_eq(resource, other) && pn_str_is(granted, "write") && pn_str_is(asked, "read");
}
