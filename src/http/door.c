#include "http/door.h"

#include "auth/auth.h"
#include "base/banned.h"
#include "http/problem.h"
#include "http/service.h"
#include "http/visit.h"

/* "owner, manager": the roles of a set. */
static pn_str roles_text(pn_role_set roles, pn_arena *arena) {
    pn_str text = PN_STR("");
    for (int i = 0; i < PN_ROLES; i++) {
        if ((roles & PN_ROLE_BIT(i)) != 0) {
            text = pn_str_format(arena, "%.*s%s%s", PN_STR_ARG(text), text.len != 0 ? ", " : "",
                                 pn_role_name((pn_role)i));
        }
    }
    return text;
}

static pn_err not_signed_in(pn_exchange *x, const pn_credentials *shown, pn_err err) {
    bool by_cookie = shown->authorization.len == 0 && shown->cookie.len != 0;
    if (err == PN_NOT_FOUND) {
        return pn_problem_set(x, PN_PROBLEM_SIGN_IN, "Nobody is signed in.");
    }
    if (err == PN_DENIED) {
        bool forged = by_cookie && shown->changes && pn_csrf_check(shown, NULL) != PN_OK;
        x->problem = forged ? PN_PROBLEM_FORM_TOKEN : PN_PROBLEM_SIGN_IN;
    }
    return err;
}

static pn_err may_not(pn_exchange *x, const pn_identity *who) {
    const pn_route *route = x->route;
    if (who->factor_due) {
        return pn_problem_set(x, PN_PROBLEM_STRONG,
                              "A second factor has to be set up first: POST /v1/second-factor.");
    }
    if (who->key_id != 0 && route->scope == NULL) {
        return pn_problem_set(x, PN_PROBLEM_SCOPE, "No key opens this: it is for people.");
    }
    if (who->key_id != 0 && (route->roles & PN_ROLE_BIT(who->role)) != 0) {
        return pn_problem_set(x, PN_PROBLEM_SCOPE, "It takes a key with the scope %s.",
                              route->scope);
    }
    pn_str roles = roles_text(route->roles, x->arena);
    return pn_problem_set(x, PN_PROBLEM_ROLE, "This is for: %.*s.", PN_STR_ARG(roles));
}

static pn_err identify(pn_exchange *x) {
    pn_identity *who = pn_arena_new(x->arena, pn_identity);
    pn_credentials shown = pn_exchange_credentials(x);
    pn_err err = pn_auth_identify(x->service->auth, x->db, &shown, x->arena, who, &x->diag);
    if (err != PN_OK) {
        return not_signed_in(x, &shown, err);
    }
    if (!pn_identity_may(who, x->route->roles, x->route->scope)) {
        return may_not(x, who);
    }
    x->identity = who;
    x->org_id = who->org_id;
    return PN_OK;
}

pn_err pn_door_open(pn_exchange *exchange) {
    const pn_route *route = exchange->route;
    if (route->door == PN_ROUTE_SIGNED) {
        return identify(exchange);
    }
    return route->place != NULL ? route->place(exchange, &exchange->org_id) : PN_OK;
}
