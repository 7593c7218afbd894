#include "auth/identity.h"

#include "base/banned.h"
#include "base/limits.h"

static bool has_scope(const pn_identity *identity, const char *scope) {
    for (size_t i = 0; scope != NULL && i < identity->scope_count; i++) {
        if (pn_scope_covers(identity->scopes[i], pn_str_of(scope))) {
            return true;
        }
    }
    return false;
}

bool pn_identity_may(const pn_identity *identity, pn_role_set roles, const char *scope) {
    bool by_role = identity->role < PN_ROLES && (roles & PN_ROLE_BIT(identity->role)) != 0;
    if (identity->key_id != 0) {
        return by_role && has_scope(identity, scope);
    }
    bool operates =
        identity->operates && !identity->factor_due && (roles & (unsigned)PN_MAY_OPERATE) != 0;
    return by_role || operates || (roles & (unsigned)PN_MAY_SELF) != 0;
}

pn_err pn_identity_strong(const pn_identity *identity, pn_time now, pn_diag *diag) {
    if (identity->session_id != 0 && identity->strong_at != PN_TIME_NONE &&
        now - identity->strong_at <= PN_LIMIT_STRONG_MINUTES * PN_MINUTE) {
        return PN_OK;
    }
    pn_err err = pn_diag_set(diag, PN_DENIED, "This needs your password or second factor again.");
    pn_diag_mend(diag, "Give it with POST /v1/session/confirm, or sign in again.");
    return err;
}
