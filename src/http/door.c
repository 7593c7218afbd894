#include "http/door.h"

#include "base/banned.h"
#include "http/problem.h"

pn_err pn_door_open(pn_exchange *exchange) {
    const pn_route *route = exchange->route;
    if (route->door == PN_ROUTE_SIGNED) {
        return pn_problem_set(exchange, PN_PROBLEM_SIGN_IN, "Nobody is signed in.");
    }
    return route->place != NULL ? route->place(exchange, &exchange->org_id) : PN_OK;
}
